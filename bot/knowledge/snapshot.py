"""Knowledge: all that answering sees. Immutable; a change builds a new one and swaps it in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from bot.knowledge.catalogue import Catalogue
from bot.knowledge.tally import Suggestion, Tally, count, people_by_pattern
from bot.own_patterns import OwnPatterns
from bot.reading.reader import Reader


@dataclass(frozen=True, slots=True)
class Votes:
    """A server's live votes on one remedy for one pattern: members whom it helped, and not.

    The weights are means over either side, in fresh votes: old votes fade.
    """

    helped: int = 0
    not_helped: int = 0
    helped_weight: float = field(default=1.0, compare=False)
    not_helped_weight: float = field(default=1.0, compare=False)

    @property
    def total(self) -> int:
        """All votes."""
        return self.helped + self.not_helped

    @property
    def good(self) -> float:
        """What the votes of those weigh whom it helped."""
        return self.helped * self.helped_weight

    @property
    def weight(self) -> float:
        """What all votes weigh."""
        return self.good + self.not_helped * self.not_helped_weight


@dataclass(frozen=True, slots=True)
class Knowledge:
    """One server's view: the catalogue, what threads taught, and that server's votes.

    `tallies` and `votes` are keyed by (pattern slug, remedy slug), `people` by pattern slug.
    `added`: the remedies that the server's curators offer for a pattern, by pattern slug.
    `hidden`: names of the remedies that the curators took out or hid, by slug.
    `named_in`: which other remedies the words of a server's own one name, by its slug.
    `reader` and `own_patterns` know the server's own names and patterns, None where it has none.
    `advice` is the advice module's memory, by pattern slug, `names` the names module's, by kind.
    """

    catalogue: Catalogue
    tallies: Mapping[tuple[str, str], Tally] = field(default_factory=dict)
    people: Mapping[str, int] = field(default_factory=dict)
    votes: Mapping[tuple[str, str], Votes] = field(default_factory=dict)
    added: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hidden: Mapping[str, str] = field(default_factory=dict)
    named_in: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reader: Reader | None = None
    own_patterns: OwnPatterns | None = None
    advice: dict[object, object] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    names: dict[str, object] = field(default_factory=dict, init=False, compare=False, repr=False)


def build_knowledge(
    catalogue: Catalogue,
    suggestions: Iterable[Suggestion],
    votes: Mapping[tuple[str, str], Votes] | None = None,
) -> Knowledge:
    """The snapshot made of the catalogue, shipped and learned suggestions, and votes."""
    known = list(suggestions)
    return Knowledge(catalogue, count(known), people_by_pattern(known), votes or {})


def with_votes(knowledge: Knowledge, votes: Mapping[tuple[str, str], Votes]) -> Knowledge:
    """The same snapshot with other votes. Its names are the same, too: they are not built anew."""
    voted = replace(knowledge, votes=votes)
    voted.names.update(knowledge.names)
    return voted
