"""The trained model at run time: features in, a probability for each class of each head out.

Trained by scripts/train_model.py with scikit-learn; here are only the dot products, so that the bot
needs no training library and an answer costs well under a millisecond. The heads (which pattern,
which danger) share one vocabulary, so a text is turned into numbers once for all of them. A head
is linear, so that its weights are reasons, or has a layer of units between features and classes,
so that it sees which signs are dangerous only together.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import log, sqrt
from pathlib import Path
from threading import Lock
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from bot.datafiles import DataFileError
from bot.reading.features import NEAR, Blocks, Features, Near, letter_runs

WORDS_REMEMBERED = 20_000
Array = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Vector:
    """A text as sparse features: rows of the model's table and their values.

    `told`: how many of them, the first, are of the blocks words and concepts. The runs of letters
    come as whole words with how often each stands there, and the factor that scales their block.
    """

    rows: npt.NDArray[np.intp]
    values: Array
    told: int
    words: Features
    letters: float


@dataclass(frozen=True, slots=True)
class Runs:
    """A word's runs of letters: their rows, their values, and the square of their length."""

    rows: list[int]
    values: list[float]
    square: float


class Vocabulary:
    """Which features count, each with its row and its rarity (idf)."""

    def __init__(self, names: Sequence[str], idf: Sequence[float], scales: Sequence[float]) -> None:
        """`scales`: the weight of each of Blocks; a negative one takes its values as they are."""
        self.names = names
        self.idf = idf
        self.scales = scales
        by_block = dict(zip(Blocks._fields, scales, strict=True))
        self._scale_of_letters = by_block.pop("letters")
        self._scales = list(by_block.values())
        self._rows: dict[str, int] = {}
        self._near: dict[str, dict[str, int]] = {}  # rows of near words, by the first and second
        for row, name in enumerate(names):
            if name.startswith(NEAR):
                _, first, second = name.split(" ")
                self._near.setdefault(first, {})[second] = row
            else:
                self._rows[name] = row
        self._idf = np.asarray(idf, np.float64)
        self._rarest = max(idf, default=1.0)
        self._runs: dict[str, Runs] = {}

    def rarity(self, name: str) -> float:
        """The idf of a feature that is no pair of near words; an unseen one's is the rarest's."""
        row = self._rows.get(name)
        return self._rarest if row is None else self.idf[row]

    def vector(self, blocks: Blocks) -> Vector:
        """The blocks as one vector: (1 + ln count) * idf, each block scaled to its own length.

        A run of letters counts with the sum of its words' counts; the length of that block is
        taken word by word, so that what a word adds can be remembered.
        """
        words = [
            (row, count)
            for name, count in blocks.words.items()
            if (row := self._rows.get(name)) is not None
        ]
        found = (
            [row for row, _ in words],
            self._known(blocks.concepts),
            self._known_near(blocks.near),
            self._known(blocks.pairs),
            self._known(blocks.signs),
        )
        sizes = list(map(len, found))
        rows = np.array([*chain.from_iterable(found)], np.intp)
        values = self._idf[rows]
        for place, (_, count) in enumerate(words):
            if count > 1:
                values[place] *= 1 + log(count)
        of = np.repeat(np.arange(len(found)), sizes)
        squares = np.bincount(of, values * values, len(found)).tolist()
        factors = [
            -scale if scale < 0 else scale / (sqrt(square) or 1.0)
            for scale, square in zip(self._scales, squares, strict=True)
        ]
        values = (values * np.array(factors)[of]).astype(np.float32)
        square = sum([n * n * self.runs(word).square for word, n in blocks.letters.items()])
        letters = self._scale_of_letters / sqrt(square) if square else 0.0
        return Vector(rows, values, sizes[0] + sizes[1], blocks.letters, letters)

    def _known(self, block: Features) -> list[int]:
        return [row for name in block if (row := self._rows.get(name)) is not None]

    def _known_near(self, near: Near) -> list[int]:
        rows: dict[int, None] = {}  # in order, each once
        for first, after in near.items():
            known = self._near.get(first)
            if known is not None:
                for second in after:
                    if second in known:
                        rows[known[second]] = None
        return list(rows)

    def runs(self, word: str) -> Runs:
        """The known runs of letters of a word, worked out once."""
        runs = self._runs.get(word)
        if runs is None:
            if len(self._runs) >= WORDS_REMEMBERED:
                self._runs.clear()
            rows = [self._rows[run] for run in letter_runs(word) if run in self._rows]
            values = [self.idf[row] for row in rows]
            runs = self._runs[word] = Runs(rows, values, sum(value * value for value in values))
        return runs


@dataclass(frozen=True, slots=True)
class Layer:
    """From a head's units to its classes: `weights` are units by classes, a `bias` for each class.

    A unit counts as far as its score is above 0 (a rectifier).
    """

    weights: Array
    bias: Array


@dataclass(frozen=True, slots=True)
class Head:
    """One question that the model answers: its classes, and its columns in the table.

    Without a layer each column is a class, else a unit of it.
    """

    classes: tuple[str, ...]
    start: int
    layer: Layer | None = None

    @property
    def columns(self) -> slice:
        """Where the head's columns stand."""
        size = len(self.classes) if self.layer is None else len(self.layer.weights)
        return slice(self.start, self.start + size)


class Model:
    """Heads with their classes, a vocabulary, and a weight for each feature and column."""

    def __init__(
        self,
        heads: Mapping[str, Sequence[str]],
        vocabulary: Vocabulary,
        weights: Array,
        bias: Array,
        layers: Mapping[str, Layer],
    ) -> None:
        """`weights`: features by columns, the heads side by side; `bias`: one for each column.

        `layers`: those of the heads that have one.
        """
        self.heads: dict[str, Head] = {}
        start = 0
        for name, classes in heads.items():
            head = self.heads[name] = Head(tuple(classes), start, layers.get(name))
            start = head.columns.stop
        self.vocabulary = vocabulary
        self.weights = weights
        self.bias = bias
        self._known: dict[str, int] = {}  # words to their rows in the table of their letters
        self._letters: Array = np.zeros((WORDS_REMEMBERED, len(bias)), np.float32)
        self._remembering = Lock()  # threads are learned from beside the loop that answers

    def scores(self, vector: Vector) -> Array:
        """The score of each column of all heads."""
        scores: Array = self.bias + self.letters(vector)
        scores += vector.values @ self.weights[vector.rows]
        return scores

    def probabilities(self, scores: Array, head: str) -> Array:
        """One probability for each class of a head, in their order (softmax)."""
        own, layer = scores[self.heads[head].columns], self.heads[head].layer
        if layer is not None:
            own = np.maximum(own, 0) @ layer.weights + layer.bias
        shares: Array = np.exp(own - own.max())
        shares /= shares.sum()
        return shares

    def contributions(
        self,
        vector: Vector,
        scores: Array,
        head: str,
        first: str,
        others: Sequence[str],
        words: Sequence[str],
    ) -> tuple[float, list[tuple[str, float]]]:
        """How far class `first` is ahead of the mean of `others`, and what adds to that.

        Each stem and concept adds, and each of `words` of the text, by its runs of letters; all
        else is in the whole alone. `scores`: the vector's own, of all heads; what comes out is in
        their units. The head has no layer. Raises ValueError for a class that is not there.
        """
        start, classes = self.heads[head].start, self.heads[head].classes
        beyond = np.zeros_like(scores)
        for name in others:
            beyond[start + classes.index(name)] = -1 / len(others)
        beyond[start + classes.index(first)] = 1
        told = vector.rows[: vector.told]
        added = (self.weights[told] @ beyond * vector.values[: vector.told]).tolist()
        by_word = (self._letters_of(words) @ beyond).tolist()
        names = self.vocabulary.names
        adding = [*zip([names[row] for row in told.tolist()], added, strict=True)]
        for word, letters in zip(words, by_word, strict=True):
            adding.append((word, letters * vector.words[word] * vector.letters))
        return float((scores - self.bias) @ beyond), adding

    def letters(self, vector: Vector) -> Array:
        """What the runs of letters of all words add to each column."""
        counts = np.fromiter(vector.words.values(), np.float32, len(vector.words))
        counts *= vector.letters
        added: Array = counts @ self._letters_of(vector.words)
        return added

    def _letters_of(self, words: Collection[str]) -> Array:
        """What the runs of letters of each word add to each column, before they are scaled."""
        with self._remembering:
            if len(self._known) + len(words) > WORDS_REMEMBERED:
                self._known.clear()
            found: Array = self._letters[[self._row(word) for word in words]]
        return found

    def _row(self, word: str) -> int:
        """Where that is remembered of a word."""
        row = self._known.get(word)
        if row is None:
            row = self._known[word] = len(self._known)
            runs = self.vocabulary.runs(word)
            self._letters[row] = np.asarray(runs.values, np.float32) @ self.weights[runs.rows]
        return row


def save_model(path: Path, model: Model) -> None:
    """Writes the model; weights as whole numbers of 8 bits, each feature and head with its step."""
    heads = list(model.heads.values())
    parts = [model.weights[:, head.columns] for head in heads]
    steps = [np.maximum(np.abs(part).max(axis=1, keepdims=True), 1e-9) / 127 for part in parts]
    whole = [np.round(part / step).astype(np.int8) for part, step in zip(parts, steps, strict=True)]
    layers = {name: head.layer for name, head in model.heads.items() if head.layer is not None}
    tables: dict[str, Any] = {f"{name} weights": each.weights for name, each in layers.items()}
    tables |= {f"{name} bias": each.bias for name, each in layers.items()}
    np.savez_compressed(
        path,
        heads=np.array(list(model.heads)),
        sizes=np.array([len(head.classes) for head in heads]),
        classes=np.array([name for head in heads for name in head.classes]),
        names=np.frombuffer("\n".join(model.vocabulary.names).encode(), np.uint8),
        idf=np.asarray(model.vocabulary.idf, np.float32),
        scales=np.asarray(model.vocabulary.scales, np.float32),
        weights=np.hstack(whole),
        columns=np.array([part.shape[1] for part in parts]),
        step=np.hstack(steps).astype(np.float32),
        bias=model.bias.astype(np.float32),
        layers=np.array(list(layers)),
        **tables,
    )


def load_model(path: Path) -> Model:
    """The model of scripts/build_data.py. Raises DataFileError when it is missing or broken."""
    try:
        with np.load(path, allow_pickle=False) as file:
            names = file["names"].tobytes().decode().split("\n")
            vocabulary = Vocabulary(names, file["idf"].tolist(), file["scales"].tolist())
            classes = iter(file["classes"].tolist())
            heads = {
                name: [next(classes) for _ in range(size)]
                for name, size in zip(file["heads"].tolist(), file["sizes"].tolist(), strict=True)
            }
            layers = {
                name: Layer(file[f"{name} weights"], file[f"{name} bias"])
                for name in file["layers"].tolist()
            }
            weights = file["weights"].astype(np.float32)
            weights *= np.repeat(file["step"], file["columns"], axis=1)
            return Model(heads, vocabulary, weights, file["bias"], layers)
    except (OSError, ValueError, KeyError, BadZipFile, StopIteration) as error:
        raise DataFileError(f"{path}: {error}; `make build` makes it anew") from error
