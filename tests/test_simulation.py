"""The simulated club of benchmarks/: reproducible, and hostile votes do not decide."""

from __future__ import annotations

from simulate_votes import votes_by_place, votes_needed

FEW = 25


def test_the_same_seeds_give_the_same_figures() -> None:
    assert votes_needed("ours", clubs=FEW) == votes_needed("ours", clubs=FEW)


def test_hostile_votes_hold_up_ours_less_than_net_votes() -> None:
    honest, _ = votes_needed("ours", clubs=FEW)
    ours, _ = votes_needed("ours", 0.2, clubs=FEW)
    net, _ = votes_needed("net votes", 0.2, clubs=FEW)
    assert honest <= ours < net


def test_what_stands_higher_gets_more_votes() -> None:
    shares = votes_by_place(2.0, clubs=FEW)
    assert shares == sorted(shares, reverse=True)
