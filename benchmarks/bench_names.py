"""How long autocomplete takes at each letter, in a server with as many remedies as it may have.

`make bench`. The peer compares all names by RapidFuzz's WRatio, in the same run.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from rapidfuzz import fuzz, process
from rapidfuzz.utils import default_process

from bot.knowledge.catalogue import Remedy, load_catalogue
from bot.knowledge.names import CHOICES, Names
from bot.knowledge.own import MOST_REMEDIES
from bot.settings import ROOT


@pytest.fixture(scope="module")
def remedies() -> list[Remedy]:
    """The shipped remedies, and 2,000 of a server's own, each with four names."""
    shipped = list(load_catalogue(ROOT / "data").remedies.values())
    words = sorted({word for one in shipped for word in one.how.lower().split() if word.isalpha()})
    word = itertools.cycle(words)
    own = [
        shipped[0].model_copy(
            update={
                "slug": f"own-{number}",
                "name": f"{next(word)} {next(word)} {next(word)}",
                "called": tuple(f"{next(word)} {next(word)}" for _ in range(3)),
            }
        )
        for number in range(MOST_REMEDIES)
    ]
    return shipped + own


@pytest.fixture(scope="module")
def typed(remedies: list[Remedy]) -> list[str]:
    """Names as they are typed, letter by letter; every third one with a slip."""
    names = [one.name for one in remedies[::40]]
    slipped = [n[:2] + n[3:] if number % 3 == 0 else n for number, n in enumerate(names)]
    return [name[:end] for name in slipped for end in range(1, len(name) + 1)]


def another(typed: list[str]) -> Any:
    stream: Iterator[str] = itertools.cycle(typed)
    return lambda: ((next(stream),), {})


@pytest.mark.benchmark(group="autocomplete, one letter")
def test_aid_station(benchmark: Any, remedies: list[Remedy], typed: list[str]) -> None:
    names = Names(remedies)
    setup = another(typed)
    benchmark.pedantic(lambda text: names.find(text, {}), setup=setup, rounds=1000)
    times = sorted(benchmark.stats.stats.data)
    benchmark.extra_info["p99 in ms"] = round(times[int(0.99 * len(times))] * 1000, 1)


@pytest.mark.benchmark(group="autocomplete, one letter")
def test_peer_rapidfuzz_wratio(benchmark: Any, remedies: list[Remedy], typed: list[str]) -> None:
    names = [default_process(name) for one in remedies for name in (one.name, *one.called)]

    def search(text: str) -> object:
        return process.extract(
            text, names, scorer=fuzz.WRatio, processor=default_process, limit=CHOICES
        )

    benchmark.pedantic(search, setup=another(typed), rounds=200)
