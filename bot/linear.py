"""A linear model at run time: features in, a probability for each class out.

Trained by scripts/build_data.py with scikit-learn; here is only the dot product, so that the bot
needs no training library and an answer costs well under a millisecond.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from bot.knowledge.catalogue import CatalogueError
from bot.reading.features import LETTERS, Features, letter_runs

WORDS_REMEMBERED = 20_000
Array = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Vector:
    """A text as sparse features: rows of the model's table and their values."""

    rows: list[int]
    values: list[float]


class Vocabulary:
    """Which features count, each with its row and its rarity (idf)."""

    def __init__(self, names: Sequence[str], idf: Sequence[float], scales: Sequence[float]) -> None:
        """`scales`: the weight of each block; a negative one takes its values as they are."""
        self.names = names
        self.idf = idf
        self.scales = scales
        self._rows: Mapping[str, int] = {name: row for row, name in enumerate(names)}
        self._runs: dict[str, tuple[int, ...]] = {}

    def vector(self, blocks: Sequence[Features]) -> Vector:
        """The blocks as one vector: (1 + ln count) * idf, each block scaled to its own length."""
        rows: list[int] = []
        values: list[float] = []
        for number, (block, scale) in enumerate(zip(blocks, self.scales, strict=True)):
            counts = self._letter_counts(block) if number == LETTERS else self._counts(block)
            if scale < 0:
                block_values = [-scale] * len(counts)
            else:
                idf = self.idf
                block_values = [
                    idf[row] if count == 1 else (1 + log(count)) * idf[row]
                    for row, count in counts.items()
                ]
                length = sqrt(sum(value * value for value in block_values))
                factor = scale / length if length else 0.0
                block_values = [value * factor for value in block_values]
            rows += counts
            values += block_values
        return Vector(rows, values)

    def _counts(self, block: Features) -> dict[int, float]:
        known = self._rows
        return {known[name]: count for name, count in block.items() if name in known}

    def _letter_counts(self, block: Features) -> dict[int, float]:
        """The letter block holds words; each stands for its runs of letters, looked up once."""
        counts: dict[int, float] = {}
        for word, times in block.items():
            for row in self._runs_of(word):
                counts[row] = counts.get(row, 0) + times
        return counts

    def _runs_of(self, word: str) -> tuple[int, ...]:
        rows = self._runs.get(word)
        if rows is None:
            if len(self._runs) >= WORDS_REMEMBERED:
                self._runs.clear()
            known = self._rows
            rows = tuple(known[run] for run in letter_runs(word) if run in known)
            self._runs[word] = rows
        return rows


class LinearModel:
    """Classes, a vocabulary and a weight for each feature and class."""

    def __init__(
        self, classes: Sequence[str], vocabulary: Vocabulary, weights: Array, bias: Array
    ) -> None:
        """`weights`: features by classes; `bias`: one for each class."""
        self.classes = tuple(classes)
        self.vocabulary = vocabulary
        self._weights = weights
        self._bias = bias

    def probabilities(self, blocks: Sequence[Features]) -> Array:
        """One probability for each class, in the order of `classes` (softmax)."""
        vector = self.vocabulary.vector(blocks)
        scores = self._bias.copy()
        if vector.rows:
            scores += np.asarray(vector.values, np.float32) @ self._weights[vector.rows]
        scores -= scores.max()
        np.exp(scores, out=scores)
        scores /= scores.sum()
        return scores

    def contributions(
        self, blocks: Sequence[Features], first: str, others: Sequence[str]
    ) -> dict[str, float]:
        """What each feature of a text adds to class `first` beyond the mean of `others`.

        In units of the score before softmax. Raises ValueError for a class that is not there.
        """
        vector = self.vocabulary.vector(blocks)
        if not vector.rows:
            return {}
        weights = self._weights[vector.rows]
        rivals = [self.classes.index(name) for name in others]
        ahead = weights[:, self.classes.index(first)] - weights[:, rivals].mean(axis=1)
        names = (self.vocabulary.names[row] for row in vector.rows)
        return dict(zip(names, (ahead * vector.values).tolist(), strict=True))


def save_model(path: Path, model: LinearModel) -> None:
    """Writes the model; weights as whole numbers of 8 bits, each feature with its own step."""
    step = np.maximum(np.abs(model._weights).max(axis=1, keepdims=True), 1e-9) / 127
    np.savez_compressed(
        path,
        classes=np.array(model.classes),
        names=np.frombuffer("\n".join(model.vocabulary.names).encode(), np.uint8),
        idf=np.asarray(model.vocabulary.idf, np.float32),
        scales=np.asarray(model.vocabulary.scales, np.float32),
        weights=np.round(model._weights / step).astype(np.int8),
        step=step.astype(np.float32),
        bias=model._bias.astype(np.float32),
    )


def load_model(path: Path) -> LinearModel:
    """The model of scripts/build_data.py. Raises CatalogueError when it is missing or broken."""
    try:
        with np.load(path, allow_pickle=False) as file:
            names = file["names"].tobytes().decode().split("\n")
            vocabulary = Vocabulary(names, file["idf"].tolist(), file["scales"].tolist())
            weights = file["weights"].astype(np.float32) * file["step"]
            return LinearModel(file["classes"].tolist(), vocabulary, weights, file["bias"])
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        raise CatalogueError(f"{path}: {error}; `make build` makes it anew") from error
