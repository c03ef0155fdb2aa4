"""What lies in data/built is what scripts/build_data.py makes, and the bot reads it alike."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import build_data
import numpy as np
import pytest

from bot.answer import Answerer
from bot.flags import Flags, load_flags
from bot.linear import load_model
from bot.reading.reader import Reader
from bot.settings import ROOT

DATA = ROOT / "data"
Examples = Callable[[Path, Reader, Flags], list[build_data.Example]]


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("file", "recipe", "examples"),
    [
        (
            build_data.PATTERNS_FILE,
            build_data.PATTERNS,
            lambda data, reader, _: build_data.pattern_examples(data, reader),
        ),
        (build_data.TRIAGE_FILE, build_data.TRIAGE, build_data.triage_examples),
    ],
    ids=["patterns", "triage"],
)
def test_training_again_gives_the_same_model(
    answerer: Answerer, file: str, recipe: build_data.Recipe, examples: Examples
) -> None:
    learned = examples(DATA, answerer.reader, load_flags(DATA, answerer.reader.concepts))
    anew, shipped = build_data.train(learned, recipe), load_model(DATA / file)
    assert anew.classes == shipped.classes
    for example in learned[::50]:
        difference = anew.probabilities(example.blocks) - shipped.probabilities(example.blocks)
        assert np.abs(difference).max() < 0.03, "run `make build`"


def test_the_word_list_is_as_built(tmp_path: Path) -> None:
    for name in ("examples", "threads"):
        (tmp_path / name).symlink_to(DATA / name)
    (tmp_path / "built").mkdir()
    build_data.write_words(tmp_path)
    words = Path(build_data.WORDS_FILE)
    assert (tmp_path / words).read_text() == (DATA / words).read_text(), "run `make build`"
