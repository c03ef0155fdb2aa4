"""A server's own patterns, known by a few examples each, beside the trained ones.

A text is held against every example in three ways: by its words, by its concepts, and by what the
trained model believes of both. Four numbers come of it for each pattern; a small logistic model,
fitted by scripts/train_likeness.py, turns them into a belief.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.assessment import Assessment, Assessor
from bot.datafiles import DataFileError
from bot.knowledge.catalogue import Pattern
from bot.reading.features import Features
from bot.reading.places import Place
from bot.reading.reader import Reader

FILE = "built/own_patterns.json"
NAMED = 4.0  # what naming the pattern itself adds to the logit: from one in ten to eight in ten
# What is added where a text tells of other places than all of the pattern's examples, however like
# them it is otherwise, or of none at all: from one in two to one in a thousand, or one in ten.
ELSEWHERE, NOWHERE = -7.0, -2.2
_MAIN_FROM = 0.6  # of the weight of the place that most is said of
_LEAST_SHARE = 1e-4
Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Likeness:
    """The logistic model: a weight for each of the four numbers, and the bias."""

    weights: tuple[float, ...]
    bias: float

    def beliefs(self, numbers: Array, besides: Array) -> Array:
        """The chance, 0 to 1, that a text tells of each pattern.

        `numbers`: patterns by four; `besides`: what else adds to each one's logit.
        """
        logits = numbers @ np.array(self.weights) + self.bias + besides
        return np.asarray(1 / (1 + np.exp(-logits)))


@dataclass(frozen=True, slots=True)
class Compared:
    """A text's words and concepts, and what the model believes of it, each of length 1.

    `places`: those that most is said of, with their faces ("" for none told), without what says
    little, such as a leg.
    """

    words: Features
    concepts: Features
    beliefs: Array
    places: frozenset[tuple[str, str]]


class Comparer:
    """Compares texts in the trained model's own terms. Built once, shared by all servers."""

    def __init__(self, reader: Reader, assessor: Assessor) -> None:
        self._reader = reader
        self._assessor = assessor
        self._rarity = assessor.model.vocabulary.rarity

    def of_text(self, text: str) -> Compared:
        """A text as it is compared."""
        return self.of(self._assessor.assess(self._reader.read(text)))

    def of(self, assessment: Assessment) -> Compared:
        """A text that is assessed already, as it is compared."""
        return Compared(
            self._unit(assessment.blocks.words),
            self._unit(assessment.blocks.concepts),
            beliefs_unit(assessment.patterns),
            _main(assessment.places),
        )

    def _unit(self, block: Features) -> Features:
        values = {name: (1 + log(count)) * self._rarity(name) for name, count in block.items()}
        length = sqrt(sum(value * value for value in values.values())) or 1.0
        return {name: value / length for name, value in values.items()}


def beliefs_unit(shares: npt.ArrayLike) -> Array:
    """Shares of belief as centred logarithms of length 1, so that their dot product compares."""
    logs = np.log(np.maximum(np.asarray(shares, np.float64), _LEAST_SHARE))
    logs -= logs.mean()
    return np.asarray(logs / (np.linalg.norm(logs) or 1.0))


class _Index:
    """Which examples hold a feature, and with what weight; for many dot products at once."""

    def __init__(self, vectors: Sequence[Features]) -> None:
        postings: dict[str, tuple[list[int], list[float]]] = {}
        for number, vector in enumerate(vectors):
            for name, value in vector.items():
                rows, values = postings.setdefault(name, ([], []))
                rows.append(number)
                values.append(value)
        self._size = len(vectors)
        self._postings = {
            name: (np.array(rows), np.array(values)) for name, (rows, values) in postings.items()
        }

    def products(self, vector: Features) -> Array:
        """The dot product of `vector` with each of the vectors."""
        known = [(self._postings[name], x) for name, x in vector.items() if name in self._postings]
        if not known:
            return np.zeros(self._size)
        rows = np.concatenate([rows for (rows, _), _ in known])
        values = np.concatenate([values * x for (_, values), x in known])
        return np.bincount(rows, values, self._size).astype(np.float64)


class OwnPatterns:
    """The patterns of one server, ready to be held against texts. Immutable."""

    def __init__(
        self,
        patterns: Iterable[Pattern],
        comparer: Comparer,
        likeness: Likeness,
        before: OwnPatterns | None = None,
    ) -> None:
        """`before`: patterns made earlier by the same comparer, whose examples are taken over."""
        self._comparer = comparer
        self._likeness = likeness
        self.patterns = kept = tuple(patterns)
        self.slugs = tuple(pattern.slug for pattern in kept)
        known: Mapping[str, Compared] = before.compared if before else {}
        lines = [line for pattern in kept for line in pattern.wording]
        self.compared: dict[str, Compared] = {
            line: known.get(line) or comparer.of_text(line) for line in lines
        }
        examples = [self.compared[line] for line in lines]
        self._words = _Index([each.words for each in examples])
        self._concepts = _Index([each.concepts for each in examples])
        self._beliefs = np.array([each.beliefs for each in examples])
        self._sizes = np.array([len(pattern.wording) for pattern in kept], np.intp)
        self._starts = np.cumsum(self._sizes) - self._sizes
        self._places = [self._places_of(pattern) for pattern in kept]

    def _places_of(self, pattern: Pattern) -> frozenset[tuple[str, str]]:
        """All places that its examples complain of; none where one of them names none."""
        each = [self.compared[line].places for line in pattern.wording]
        return frozenset().union(*each) if all(each) else frozenset()

    def beliefs(self, assessment: Assessment) -> Array:
        """The belief in each pattern, 0 to 1, in the order of `slugs`."""
        text = self._comparer.of(assessment)
        table = numbers(
            self._words.products(text.words),
            self._concepts.products(text.concepts),
            self._beliefs @ text.beliefs,
            self._starts,
            self._sizes,
        )
        mentions = assessment.reading.of_kind("named")
        # "Think it's my towpath elbow" is a guess that counts.
        guessed = ("affirmed", "hypothetical")
        named = {one.concept.name for one in mentions if one.status in guessed}
        besides = [
            NAMED if slug in named else _by_place(own, text.places)
            for slug, own in zip(self.slugs, self._places, strict=True)
        ]
        return self._likeness.beliefs(table, np.array(besides))


def _main(places: Sequence[Place]) -> frozenset[tuple[str, str]]:
    told = [one for one in places if one.weight > 0 and not one.is_broad]
    least = max((one.weight for one in told), default=0.0) * _MAIN_FROM
    return frozenset((one.name, one.face or "") for one in told if one.weight >= least)


def _by_place(own: frozenset[tuple[str, str]], told: frozenset[tuple[str, str]]) -> float:
    """What the places told of add to the logit of a pattern whose examples tell of its own."""
    if not own:
        return 0.0
    if not told:
        return NOWHERE
    meet = any(
        one == other and (not face or not seen or face == seen)
        for one, face in own
        for other, seen in told
    )
    return 0.0 if meet else ELSEWHERE


def numbers(
    words: Array,
    concepts: Array,
    beliefs: Array,
    starts: npt.NDArray[np.intp],
    sizes: npt.NDArray[np.intp],
) -> Array:
    """The four numbers of each pattern, from the products with each of its examples.

    The best and the mean likeness by words, the mean by concepts, the best by belief.
    """
    return np.column_stack(
        [
            np.maximum.reduceat(words, starts),
            np.add.reduceat(words, starts) / sizes,
            np.add.reduceat(concepts, starts) / sizes,
            np.maximum.reduceat(beliefs, starts),
        ]
    )


def load_likeness(data_dir: Path) -> Likeness:
    """What scripts/build_data.py fitted. Raises DataFileError when it is missing or broken."""
    path = data_dir / FILE
    try:
        fitted = json.loads(path.read_text(encoding="utf-8"))
        return Likeness(tuple(fitted["weights"]), fitted["bias"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataFileError(f"{path}: {error}; `make build` makes it anew") from error


def save_likeness(data_dir: Path, likeness: Likeness) -> None:
    """Writes what was fitted, rounded so that a change of it can be read."""
    fitted = {"weights": [round(w, 4) for w in likeness.weights], "bias": round(likeness.bias, 4)}
    (data_dir / FILE).write_text(json.dumps(fitted) + "\n", encoding="utf-8")
