"""A pattern, what runners said, a server's votes and research, into ranked remedies."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import cast

from bot.knowledge.catalogue import Evidence, Pattern, Remedy
from bot.knowledge.snapshot import Knowledge, Votes
from bot.knowledge.tally import Tally

SHOWN = 5
PRIOR_VOTES = 10.0  # what threads say is worth this many votes
DOUBT, FEW = 8.0, 0.3
VOTES_SHOWN_FROM = 5
PLACES_FOR_ADDED = 2  # of the five, for what curators added and votes have not carried up yet
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
    """Rank of a remedy: thread counts as the prior, worth PRIOR_VOTES, then the server's votes.

    The prior begins with DOUBT people, a share FEW of them for it, so that a single voice does
    not outrank a dozen; how strong both are was chosen by `measure`'s precision at five, a
    thread left out. 0 where nobody speaks for it.
    """
    if not tally.in_favour + votes.helped:
        return 0.0
    said = tally.in_favour + tally.against
    prior = lower_bound(tally.in_favour + FEW * DOUBT, said + DOUBT)
    return lower_bound(prior * PRIOR_VOTES + votes.good, PRIOR_VOTES + votes.weight)


def advise(pattern_slug: str, knowledge: Knowledge) -> Advice:
    """Advice for a known pattern slug. Raises KeyError for an unknown one.

    A snapshot never changes, so its advice is worked out once and kept with it.
    """
    kept = knowledge.advice.get(pattern_slug)
    if kept is None:
        kept = knowledge.advice[pattern_slug] = _advise(pattern_slug, knowledge)
    return cast(Advice, kept)


def _advise(pattern_slug: str, knowledge: Knowledge) -> Advice:
    catalogue = knowledge.catalogue
    ranked = sorted(
        (_rank(pattern_slug, remedy, knowledge) for remedy in catalogue.remedies.values()),
        key=lambda each: (-each.score, -each.tally.people, each.remedy.slug),
    )
    advised_against = [each for each in ranked if _grade(each) == "advised-against"]
    usable = [each for each in ranked if _grade(each) != "advised-against"]
    shown = _with_added([each for each in usable if each.score > 0], usable)
    supported = [each for each in usable if _grade(each) == "supported" and each not in shown]
    if not shown:
        shown, supported = supported[:SHOWN], supported[SHOWN:]
    return Advice(
        pattern=catalogue.patterns[pattern_slug],
        people=knowledge.people.get(pattern_slug, 0),
        remedies=tuple(shown),
        but=tuple(each for each in advised_against if each.tally.in_favour > 0),
        rarely=tuple(supported),
    )


def _with_added(ranked: list[RankedRemedy], usable: list[RankedRemedy]) -> list[RankedRemedy]:
    """The first five; the last places go to what the curators offer and nobody has ranked yet."""
    late = [each for each in usable if each.added and each not in ranked[:SHOWN]][:PLACES_FOR_ADDED]
    return [each for each in ranked if each not in late][: SHOWN - len(late)] + late


def _rank(pattern: str, remedy: Remedy, knowledge: Knowledge) -> RankedRemedy:
    pair = (pattern, remedy.slug)
    tally = knowledge.tallies.get(pair, Tally())
    votes = knowledge.votes.get(pair, Votes())
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
