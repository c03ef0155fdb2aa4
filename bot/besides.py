"""What else hurts: a pattern of another place that the same words tell of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.knowledge.catalogue import Pattern
from bot.matching import Match
from bot.reading.places import Place, find_places
from bot.reading.reader import Reader


class PatternPlaces:
    """Which places each pattern's own wording complains of. Built once."""

    def __init__(self, patterns: Iterable[Pattern], reader: Reader) -> None:
        self._of = {
            pattern.slug: frozenset(
                place.name
                for line in (pattern.where, *pattern.wording)
                for place in _complained(find_places(reader.read(line)))
            )
            for pattern in patterns
        }

    def besides(self, places: Sequence[Place], matches: Sequence[Match]) -> tuple[Match, ...]:
        """The matches for places complained of that are none of the first one's, each once.

        `places`: the text's. A pattern that was not there at the start, such as a server's own,
        has no places: beside it nothing is told, and it is told beside none.
        """
        first, *others = matches
        own = self._of.get(first.slug)
        if own is None:
            return ()
        found: dict[str, Match] = {}
        for place in _complained(places):
            if place.name in own:
                continue
            for match in others:
                if place.name in self._of.get(match.slug, ()):
                    found[match.slug] = match
                    break
        return tuple(found.values())


def _complained(places: Iterable[Place]) -> Iterable[Place]:
    return (place for place in places if place.weight > 0 and not place.is_broad)
