"""How many votes until the remedy that truly helps most comes first: a simulated club.

    PYTHONPATH=. .venv/bin/python benchmarks/simulate_votes.py

Eight remedies of one pattern, each with a share of members whom it truly helps. What threads say
of them is drawn with noise, so the first order is often wrong. A member sees the first five, tries
one (more likely the higher it stands), and reacts when it helped; some answer two weeks later
whether or not it did. Hostile members always vote the worst remedy up. Seeded: the same table
each time. Four ways of ordering are compared on the same clubs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bot.advice import lower_bound, score
from bot.knowledge.snapshot import Votes
from bot.knowledge.tally import Tally
from bot.views.questions import WEIGHT

CLUBS, MOST_VOTES, SHOWN = 200, 600, 5
TRUE_SHARES = (0.62, 0.48, 0.45, 0.4, 0.35, 0.3, 0.22, 0.15)
COMES_BACK = 0.25  # of members answer "Ask me in two weeks"
STEADY = 20  # votes in a row that the best must stay first


@dataclass
class Item:
    """A remedy in a club: what threads say, and the weight of votes for and against it."""

    tally: Tally
    helped: int = 0
    not_helped: int = 0
    good: float = 0.0
    weight: float = 0.0

    @property
    def votes(self) -> Votes:
        bad = self.weight - self.good
        return Votes(
            self.helped,
            self.not_helped,
            self.good / self.helped if self.helped else 1.0,
            bad / self.not_helped if self.not_helped else 1.0,
        )


Order = Callable[[Item], float]
ORDERS: dict[str, Order] = {
    "ours": lambda item: score(item.tally, item.votes),
    "net votes": lambda item: 2 * item.good - item.weight,
    "plain mean": lambda item: item.good / item.weight if item.weight else 0.0,
    "Wilson": lambda item: lower_bound(item.good, item.weight),
}


def club(seed: int, order: Order, hostile: float, bias: float) -> tuple[int, np.ndarray]:
    """Votes until the best is first and stays there, and the votes by place shown.

    `hostile`: share of voters; `bias`: how much likelier each place is tried than the next.
    MOST_VOTES when it never comes first.
    """
    random = np.random.default_rng(seed)
    items = [Item(_tally(random, share)) for share in TRUE_SHARES]
    places = np.zeros(SHOWN)
    chances = bias ** -np.arange(SHOWN)
    first_since = 0
    for number in range(1, MOST_VOTES + 1):
        ranked = sorted(range(len(items)), key=lambda one: (-order(items[one]), one % 3, one))
        if ranked[0] != 0:
            first_since = number
        elif number - first_since >= STEADY:
            return first_since, places
        if random.random() < hostile:
            _vote(items[-1], helped=True, weight=1.0)
            continue
        place = int(random.choice(SHOWN, p=chances / chances.sum()))
        one = ranked[place]
        helped = random.random() < TRUE_SHARES[one]
        if random.random() < COMES_BACK:
            _vote(items[one], helped=helped, weight=WEIGHT)
        elif helped:
            _vote(items[one], helped=True, weight=1.0)
        places[place] += helped
    return MOST_VOTES, places


def _tally(random: np.random.Generator, share: float) -> Tally:
    people = int(random.integers(1, 12))
    helped = int(random.binomial(people, share))
    against = int(random.binomial(people - helped, 0.3))
    return Tally(people, people - against, helped, against)


def _vote(item: Item, *, helped: bool, weight: float) -> None:
    item.helped += helped
    item.not_helped += not helped
    item.good += weight * helped
    item.weight += weight


def votes_needed(
    name: str, hostile: float = 0.0, bias: float = 1.5, clubs: int = CLUBS
) -> tuple[int, float]:
    """The median of votes until the best is first, and the share of clubs where it came to that."""
    found = [club(seed, ORDERS[name], hostile, bias)[0] for seed in range(clubs)]
    return int(np.median(found)), float(np.mean([one < MOST_VOTES for one in found]))


def votes_by_place(bias: float, clubs: int = CLUBS) -> Sequence[float]:
    """The share of votes that each place gets, in our order."""
    total = sum(club(seed, ORDERS["ours"], 0.0, bias)[1] for seed in range(clubs))
    return [float(each) for each in total / total.sum()]


def main() -> None:
    """Prints the tables."""
    print(f"{CLUBS} clubs each: votes until the best remedy is first (median), and in how many")
    for hostile in (0.0, 0.1, 0.2, 0.3):
        print(f"\n{hostile:.0%} hostile")
        for name in ORDERS:
            needed, reached = votes_needed(name, hostile)
            shown = f"{needed}" if needed < MOST_VOTES else f"over {MOST_VOTES}"
            print(f"  {name:12} {shown:>9}   {reached:.0%}")
    print("\nShare of votes by place, when each place is tried more than the next by a factor of")
    for bias in (1.0, 1.5, 2.0):
        needed, _ = votes_needed("ours", bias=bias)
        shares = " ".join(f"{share:.2f}" for share in votes_by_place(bias))
        print(f"  {bias}: {shares}   (votes needed: {needed})")


if __name__ == "__main__":
    main()
