"""What lies in data/built is what scripts/build_data.py makes, and the bot reads it alike."""

from __future__ import annotations

from pathlib import Path

import build_data
import labelled_examples
import numpy as np
import pytest
import train_model
import train_stances
from labelled_examples import Example
from train_likeness import fit_likeness

from bot.answer import Answerer
from bot.knowledge.shipped import load_suggestions
from bot.model import Model, load_model, save_model
from bot.own_patterns import load_likeness
from bot.reading.reader import WORDS_FILE
from bot.screen import load_screen, save_screen
from bot.settings import ROOT
from bot.threads.stance_model import load_stance_model

DATA = ROOT / "data"

# Much is fitted again here; on a machine that has other work at hand too, that takes its time.
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def examples(answerer: Answerer) -> list[Example]:
    return labelled_examples.all_examples(DATA, answerer.reader, answerer.assessor.flags)


def shares(model: Model, example: Example) -> np.ndarray:
    scores = model.scores(model.vocabulary.vector(example.blocks))
    return np.concatenate([model.probabilities(scores, head) for head in model.heads])


@pytest.mark.timeout(3000)  # all of the training, on a slow machine
def test_training_again_gives_the_same_model(
    answerer: Answerer, examples: list[Example], tmp_path: Path
) -> None:
    save_model(tmp_path / "model.npz", train_model.train(examples))
    anew, shipped = load_model(tmp_path / "model.npz"), answerer.assessor.model
    assert {name: head.classes for name, head in anew.heads.items()} == {
        name: head.classes for name, head in shipped.heads.items()
    }
    for example in examples[::50]:
        difference = shares(anew, example) - shares(shipped, example)
        assert np.abs(difference).max() < 0.03, "run `make build`"


def test_the_bot_reads_the_weights_as_they_were_trained(
    examples: list[Example], tmp_path: Path
) -> None:
    """scikit-learn's own probabilities and the bot's dot products agree; rounding moves little."""
    few = [one for one in examples[::12] if one.patterns and one.danger]
    words = train_model.vocabulary(few)
    patterns = train_model.fit([(one.blocks, one.patterns[0]) for one in few], words)
    told = [(one.blocks, one.danger) for one in few if one.danger]
    matrix = train_model.to_matrix(words, (one.blocks for one in few))
    dangers = train_model.fit_layer(told, matrix, beginning=0)
    wanted = np.hstack([patterns.predict_proba(matrix), dangers.predict_proba(matrix)])
    model = train_model.joined(words, patterns, [dangers])
    save_model(tmp_path / "model.npz", model)
    for read, close in ((model, 1e-3), (load_model(tmp_path / "model.npz"), 0.05)):
        found = np.array([shares(read, one) for one in few])
        assert np.abs(found - wanted).max() < close


def test_the_screen_is_as_built(examples: list[Example], tmp_path: Path) -> None:
    (tmp_path / "built").mkdir()
    save_screen(tmp_path, train_model.train_screen(examples))
    anew, shipped = load_screen(tmp_path), load_screen(DATA)
    assert anew.bias == pytest.approx(shipped.bias, abs=0.05)
    for name in anew.weights.keys() | shipped.weights.keys():
        # What one of them leaves out is next to that in the other.
        before, after = (
            each.weights.get(name, train_model.SCREEN_TELLS) for each in (shipped, anew)
        )
        assert abs(abs(after) - abs(before)) < 0.05, f"{name}: run `make build`"


def test_the_likeness_of_own_patterns_is_as_built(answerer: Answerer) -> None:
    fitted = fit_likeness(DATA, answerer.catalogue, answerer.reader, answerer.assessor)
    shipped = load_likeness(DATA)
    assert np.allclose(fitted.weights, shipped.weights, atol=0.1), "run `make build`"


def test_the_stance_model_is_as_built(answerer: Answerer) -> None:
    comments = train_stances.labelled_comments(DATA)
    taught = train_stances.labelled_mentions(comments, DATA, answerer.catalogue, answerer.reader)
    anew, shipped = train_stances.train_stances(taught), load_stance_model(DATA)
    for one in taught[::10]:
        before, after = (model.shares(model.scores([one.features])) for model in (shipped, anew))
        assert np.abs(after - before).max() < 0.03, "run `make build`"


def test_the_word_list_is_as_built(tmp_path: Path) -> None:
    for name in ("examples", "lexicon", "threads"):
        (tmp_path / name).symlink_to(DATA / name)
    (tmp_path / "built").mkdir()
    build_data.write_words(tmp_path)
    words = Path(WORDS_FILE)
    assert (tmp_path / words).read_text() == (DATA / words).read_text(), "run `make build`"


def test_the_shipped_suggestions_are_as_built(answerer: Answerer) -> None:
    parts = answerer.catalogue, answerer.reader, answerer.assessor
    taught = build_data.shipped_suggestions(DATA, *parts)
    assert tuple(taught) == load_suggestions(DATA), "run `make build`"
