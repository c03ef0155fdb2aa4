"""What else hurts: a pattern of another place that the same words tell of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bot.knowledge.catalogue import Pattern
from bot.matching import Match
from bot.reading.places import Place, find_places
from bot.reading.reader import Reader
from bot.reading.reading import Reading

# Belief in another place's pattern: little, as most of it goes to the pain told first or at length.
# Of 56 messages that tell two pains 38 get the second one's button, of 55 that only name another
# place 8 do.
BELIEVED_FROM = 0.001


class PatternPlaces:
    """Which places each pattern's own wording complains of; none of a placeless one. Built once."""

    def __init__(self, patterns: Iterable[Pattern], reader: Reader) -> None:
        self._of = {
            pattern.slug: frozenset(
                place.name
                for line in (pattern.where, *pattern.wording)
                for place in _complained(find_places(reader.read(line)))
            )
            for pattern in patterns
            if not pattern.placeless
        }

    def besides(
        self, reading: Reading, places: Sequence[Place], matches: Sequence[Match]
    ) -> tuple[Match, ...]:
        """The matches for places that hurt as well and are none of the first one's, best first.

        `places`: those of the reading. Beside a placeless pattern nothing is told, nor beside a
        server's own, whose places nobody knows; and neither is told beside another.
        """
        first, *others = matches
        own = self._of.get(first.slug)
        if own is None:
            return ()
        likely = [one for one in others if one.score >= BELIEVED_FROM]
        found = set()
        for place in _hurting(reading, places):
            at = (one for one in likely if place.name in self._of.get(one.slug, ()))
            match = None if place.name in own else next(at, None)
            if match is not None:
                found.add(match)
        return tuple(one for one in likely if one in found)


def _complained(places: Iterable[Place]) -> Iterator[Place]:
    return (place for place in places if place.weight > 0 and not place.is_broad)


def _hurting(reading: Reading, places: Iterable[Place]) -> Iterator[Place]:
    """The places beside a feeling, with no comma between: "I stretch my hips" tells of none."""
    felt = {one.clause for one in reading.of_kind("feeling") if one.status == "affirmed"}
    return (place for place in _complained(places) if place.mention.clause in felt)
