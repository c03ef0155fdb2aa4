"""A pattern, what runners said, a server's votes and research, into ranked remedies."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from typing import TypeVar, cast

from bot.knowledge.catalogue import Evidence, Pattern, Remedy
from bot.knowledge.snapshot import Knowledge, Votes
from bot.knowledge.tally import Tally

SHOWN = 5
# What threads say is worth at most so many votes. Half of the ten that it might be: in
# benchmarks/simulate_votes.py more of them hold up a club whose members know better.
PRIOR_VOTES = 5.0
DOUBT, FEW = 12.0, 0.3
VOTES_SHOWN_FROM = 5
PLACES_FOR_ADDED = 2  # of the five, for what curators added and votes have not carried up yet
T = TypeVar("T")
Z = 1.0  # one standard error: about 84 % sure that the true share is above the bound


# Compared by identity: a snapshot makes each once, so what views make of one can be remembered.
@dataclass(frozen=True, slots=True, eq=False)
class RankedRemedy:
    """A remedy with what is said of it. `votes` is None while there are too few to show.

    `added`: the server's curators offer it for this.
    """

    remedy: Remedy
    tally: Tally
    evidence: Evidence | None
    votes: Votes | None
    score: float
    added: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Advice:
    """What to answer for one pattern: `remedies` in order, best first, at most five.

    `but`: often suggested and advised against. `rarely`: supported by research and not among
    the five. `people`: how many runners gave advice for the pattern.
    """

    pattern: Pattern
    people: int
    remedies: tuple[RankedRemedy, ...]
    but: tuple[RankedRemedy, ...]
    rarely: tuple[RankedRemedy, ...]

    @property
    def unspoken(self) -> bool:
        """Whether nobody has said yet what helps: what stands here, if anything, is research's."""
        return not any(each.score or each.added for each in self.remedies)


def with_last(advice: Advice, remedies: Collection[Remedy]) -> Advice:
    """The advice with these remedies after the others, such as those that a member has tried."""
    later = sorted(advice.remedies, key=lambda each: each.remedy in remedies)
    return replace(advice, remedies=tuple(later))


def lower_bound(good: float, total: float) -> float:
    """Wilson's lower bound of the share good/total at Z standard errors; 0 without votes.

    Source: Wilson (1927), "Probable inference, the law of succession, and statistical
    inference", JASA 22, 209-212.
    """
    if total <= 0:
        return 0.0
    share = good / total
    spread = Z * sqrt(share * (1 - share) / total + Z * Z / (4 * total * total))
    return (share + Z * Z / (2 * total) - spread) / (1 + Z * Z / total)


def score(tally: Tally, votes: Votes) -> float:
    """Rank of a remedy: thread counts as the prior, then the server's votes; a lower bound of both.

    The prior begins with DOUBT people, a share FEW of them for it, so that a single voice does
    not outrank a dozen; many people weigh no more than PRIOR_VOTES. The figures were chosen by
    `measure`'s precision at five, a thread left out, and by benchmarks/simulate_votes.py.
    0 where nobody speaks for it.
    """
    if not tally.in_favour + votes.helped:
        return 0.0
    said = tally.in_favour + tally.against + DOUBT
    share = (tally.in_favour + FEW * DOUBT) / said
    prior = min(said, PRIOR_VOTES)
    return lower_bound(share * prior + votes.good, prior + votes.weight)


def advise(
    pattern_slug: str, knowledge: Knowledge, left_out: frozenset[str] = frozenset()
) -> Advice:
    """Advice for a known pattern slug. Raises KeyError for an unknown one.

    A snapshot never changes, so its advice is worked out once and kept with it. `left_out`:
    remedies, by slug, that are not for whoever asks; the next ones take their places.
    """
    key = pattern_slug, left_out
    kept = knowledge.advice.get(key)
    if kept is None:
        kept = knowledge.advice[key] = _advise(pattern_slug, knowledge, left_out)
    return cast(Advice, kept)


def _advise(pattern_slug: str, knowledge: Knowledge, left_out: frozenset[str]) -> Advice:
    catalogue = knowledge.catalogue
    ranked = sorted(
        (
            _rank(pattern_slug, remedy, knowledge)
            for remedy in _spoken_of(pattern_slug, knowledge)
            if left_out.isdisjoint((remedy.slug, *knowledge.named_in.get(remedy.slug, ())))
        ),
        key=lambda each: (-each.score, -each.tally.people, each.remedy.slug),
    )
    advised_against = [each for each in ranked if _grade(each) == "advised-against"]
    usable = [each for each in ranked if _grade(each) != "advised-against"]
    spoken_for = [each for each in usable if each.score > 0]
    weights = [_votes(pattern_slug, each.remedy.slug, knowledge).weight for each in spoken_for]
    shown = _with_added(shown_of(spoken_for, weights), usable)
    supported = [each for each in usable if _grade(each) == "supported" and each not in shown]
    if not shown:  # nobody spoke: what research knows, were it little
        weak = [each for each in usable if _grade(each) == "weak"]
        shown, supported = [*supported, *weak][:SHOWN], supported[SHOWN:]
    return Advice(
        pattern=catalogue.patterns[pattern_slug],
        people=knowledge.people.get(pattern_slug, 0),
        remedies=tuple(shown),
        but=tuple(each for each in advised_against if each.tally.in_favour > 0),
        rarely=tuple(supported),
    )


def shown_of(ranked: Sequence[T], weights: Sequence[float]) -> list[T]:
    """The first five; once a server votes, the fifth is the one of the rest with fewest votes.

    Else what threads put sixth could never earn a vote. `weights`: of each one's votes.
    """
    rest = range(SHOWN - 1, min(len(ranked), 2 * SHOWN))
    if not rest or not any(weights):
        return list(ranked[:SHOWN])
    return [*ranked[: SHOWN - 1], ranked[min(rest, key=lambda place: weights[place])]]


def _with_added(shown: list[RankedRemedy], usable: list[RankedRemedy]) -> list[RankedRemedy]:
    """The last places go to what the curators offer and nobody has ranked yet."""
    late = [each for each in usable if each.added and each not in shown][:PLACES_FOR_ADDED]
    return shown[: SHOWN - len(late)] + late


def _spoken_of(pattern: str, knowledge: Knowledge) -> list[Remedy]:
    """The remedies of which anything is known here: a server may have 2,000 others."""
    tables = (knowledge.tallies, knowledge.votes, knowledge.catalogue.evidence)
    added = knowledge.added.get(pattern, ())
    return [
        remedy
        for slug, remedy in knowledge.catalogue.remedies.items()
        if slug in added or any((pattern, slug) in table for table in tables)
    ]


def _votes(pattern: str, remedy: str, knowledge: Knowledge) -> Votes:
    return knowledge.votes.get((pattern, remedy), Votes())


def _rank(pattern: str, remedy: Remedy, knowledge: Knowledge) -> RankedRemedy:
    pair = (pattern, remedy.slug)
    tally = knowledge.tallies.get(pair, Tally())
    votes = _votes(pattern, remedy.slug, knowledge)
    return RankedRemedy(
        remedy=remedy,
        tally=tally,
        evidence=knowledge.catalogue.evidence.get(pair),
        votes=votes if votes.total >= VOTES_SHOWN_FROM else None,
        score=score(tally, votes),
        added=remedy.slug in knowledge.added.get(pattern, ()),
    )


def _grade(ranked: RankedRemedy) -> str | None:
    return ranked.evidence.grade if ranked.evidence else None
