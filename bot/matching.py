"""A Reading into ranked pain patterns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.linear import LinearModel, load_model
from bot.reading.features import Features, text_features
from bot.reading.reading import Reading

MODEL_FILE = "built/patterns.npz"
MOST = 5


@dataclass(frozen=True, slots=True)
class Match:
    """A pattern that the words fit, with its share of belief, 0 to 1."""

    slug: str
    score: float


class Matcher:
    """Ranks patterns by a linear model of the Reading's words and concepts."""

    def __init__(self, model: LinearModel) -> None:
        self._model = model

    @classmethod
    def load(cls, data_dir: Path) -> Matcher:
        """The matcher as trained. Raises CatalogueError when its file is missing or broken."""
        return cls(load_model(data_dir / MODEL_FILE))

    def match(self, reading: Reading, blocks: Sequence[Features] | None = None) -> list[Match]:
        """The five best patterns, best first. `blocks`: the reading's features, if at hand."""
        shares = self._model.probabilities(blocks or text_features(reading))
        best = np.argsort(-shares)[:MOST]
        return [Match(self._model.classes[place], float(shares[place])) for place in best]
