"""How often runners said what of a remedy: the sums that advice is ranked by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

Stance = Literal["recommends", "helped", "helped-some", "no-help", "warns", "tried", "untried"]
STANCES: tuple[Stance, ...] = get_args(Stance)
FOR: frozenset[Stance] = frozenset({"recommends", "helped", "helped-some"})
AGAINST: frozenset[Stance] = frozenset({"no-help", "warns"})


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One person's word on one remedy for one pattern, in one thread.

    `person` numbers the thread's people in order of appearance: names are not kept.
    """

    thread: str
    person: int
    pattern: str
    remedy: str
    stance: Stance


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of people: all who name the remedy, who are for it, whom it helped, against it."""

    people: int = 0
    in_favour: int = 0
    helped: int = 0
    against: int = 0


def count(suggestions: Iterable[Suggestion]) -> dict[tuple[str, str], Tally]:
    """Suggestions into a Tally for each (pattern, remedy), a person counted once a thread."""
    stances: dict[tuple[str, str], Counter[Stance]] = {}
    seen: set[tuple[str, int, str, str]] = set()
    for each in suggestions:
        key = (each.thread, each.person, each.pattern, each.remedy)
        if key not in seen:
            seen.add(key)
            stances.setdefault((each.pattern, each.remedy), Counter())[each.stance] += 1
    return {
        pair: Tally(
            people=counts.total(),
            in_favour=sum(counts[stance] for stance in FOR),
            helped=counts["helped"] + counts["helped-some"],
            against=sum(counts[stance] for stance in AGAINST),
        )
        for pair, counts in stances.items()
    }


def people_by_pattern(suggestions: Iterable[Suggestion]) -> dict[str, int]:
    """How many people (counted once a thread) gave any advice for each pattern."""
    people = {(each.pattern, each.thread, each.person) for each in suggestions}
    return dict(Counter(pattern for pattern, _, _ in people))
