"""Examples into the model of pains and dangers, and into the screen before it."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain

import numpy as np
from labelled_examples import Example, Target
from scipy.sparse import csr_matrix
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from bot.assessment import DANGERS, PATTERNS
from bot.model import Layer, Model, Vocabulary
from bot.reading.features import Blocks, Features, letter_runs, near_names
from bot.screen import Screen

# scales: see Vocabulary. LEAST: in how many texts a feature of the block must stand.
SCALES = (2, 1, 1, 1, 1, -0.4)
LEAST = (2, 3, 2, 3, 3, 2)
FEATURES = 90_000
INVERSE_PENALTY = 10
ROUNDS, ROUGHLY = 100, 40  # of the fitting; roughly is enough to see which features are strong

# The layer of the dangers' head, by Adam. It is fitted from several beginnings, which err in other
# places: the mean of their scores is right more often. Chosen on stories by writers of no others,
# the two beginnings (seeds) out of four.
UNITS, BEGINNINGS = 64, (1, 3)
TURNS, BATCH, STEP = 4, 128, 0.003

SCREEN_LEAST = 5  # in how many examples a word, or two neighbours, must stand
SCREEN_INVERSE_PENALTY, SCREEN_ROUNDS = 0.3, 300
SCREEN_TELLS = 0.2  # smaller weights are left out

Taught = list[tuple[Blocks, Target]]


def heads_of(examples: Iterable[Example]) -> dict[str, Taught]:
    """What each head learns from: a text's blocks and a lesson, one for each lesson."""
    heads: dict[str, Taught] = {PATTERNS: [], DANGERS: []}
    for one in examples:
        heads[PATTERNS] += [(one.blocks, lesson) for lesson in one.patterns]
        heads[DANGERS] += [(one.blocks, one.danger)] if one.danger else []
    return heads


def train(examples: list[Example]) -> Model:
    """The model of these examples, with only its strongest features."""
    heads = heads_of(examples)
    # How soon, without which danger: it costs a tenth, and the strongest features are the same.
    levels = [
        (blocks, Target(lesson.label.partition(":")[0], lesson.weight))
        for blocks, lesson in heads[DANGERS]
    ]
    words = vocabulary(examples)
    # On one thread each, sums are always taken in the same order: the same input, the same output.
    with (
        threadpool_limits(1),
        ThreadPoolExecutor(len(heads)) as pool,
        warnings.catch_warnings(action="ignore", category=ConvergenceWarning),
    ):
        rough = pool.map(partial(fit, words=words, rounds=ROUGHLY), (heads[PATTERNS], levels))
        strength = np.maximum(*(np.abs(one.coef_).max(axis=0) for one in rough))
        kept = np.sort(np.argsort(-strength)[:FEATURES])
        words = Vocabulary([words.names[i] for i in kept], [words.idf[i] for i in kept], SCALES)
        patterns = pool.submit(fit, heads[PATTERNS], words)
        vectors = to_matrix(words, (blocks for blocks, _ in heads[DANGERS]))
        dangers = pool.map(partial(fit_layer, heads[DANGERS], vectors), BEGINNINGS)
        return joined(words, patterns.result(), list(dangers))


def joined(words: Vocabulary, patterns: LogisticRegression, dangers: list[MLPClassifier]) -> Model:
    """Both heads as they were fitted, as the one model that the bot reads.

    The mean of the scores of several layers is the score of one that has all their units.
    """
    weights = np.vstack([each.coefs_[1] for each in dangers]) / len(dangers)
    bias = np.mean([each.intercepts_[1] for each in dangers], axis=0)
    layer = Layer(weights.astype(np.float32), bias.astype(np.float32))
    return Model(
        {PATTERNS: patterns.classes_.tolist(), DANGERS: dangers[0].classes_.tolist()},
        words,
        np.hstack([patterns.coef_.T, *(each.coefs_[0] for each in dangers)], dtype=np.float32),
        np.hstack(
            [patterns.intercept_, *(each.intercepts_[0] for each in dangers)], dtype=np.float32
        ),
        {DANGERS: layer},
    )


def vocabulary(examples: list[Example]) -> Vocabulary:
    """The features that stand in enough texts, with ln((1 + n) / (1 + df)) + 1 as their idf."""
    names: list[str] = []
    idf: list[float] = []
    for block, scale, least in zip(Blocks._fields, SCALES, LEAST, strict=True):
        seen = Counter(name for each in examples for name in _names(each.blocks, block))
        for name in sorted(name for name, count in seen.items() if count >= least):
            names.append(name)
            rarity = np.log((1 + len(examples)) / (1 + seen[name])) + 1
            idf.append(1.0 if scale < 0 else float(rarity))
    return Vocabulary(names, idf, SCALES)


def _names(blocks: Blocks, block: str) -> Iterable[str]:
    """The names of a text's features of one block, each once."""
    if block == "letters":
        return {run for word in blocks.letters for run in letter_runs(word)}
    if block == "near":
        return set(near_names(blocks.near))
    names: Features = getattr(blocks, block)
    return names


def fit(taught: Taught, words: Vocabulary, rounds: int = ROUNDS) -> LogisticRegression:
    """Multinomial logistic regression over the same vectors that the bot makes."""
    return LogisticRegression(C=INVERSE_PENALTY, max_iter=rounds).fit(
        to_matrix(words, (blocks for blocks, _ in taught)),
        [lesson.label for _, lesson in taught],
        sample_weight=[lesson.weight for _, lesson in taught],
    )


def fit_layer(taught: Taught, vectors: csr_matrix, beginning: int) -> MLPClassifier:
    """A layer of units between the texts' vectors and the classes, from a random beginning."""
    return MLPClassifier(
        (UNITS,), batch_size=BATCH, learning_rate_init=STEP, max_iter=TURNS, random_state=beginning
    ).fit(
        vectors,
        [lesson.label for _, lesson in taught],
        sample_weight=[lesson.weight for _, lesson in taught],
    )


def train_screen(examples: Iterable[Example]) -> Screen:
    """The screen of these examples: dangers against all else, by words and pairs of them."""
    told = [(one.blocks.words, one.danger.label) for one in examples if one.danger]
    seen = Counter(name for words, _ in told for name in words)
    columns = {name: n for n, name in enumerate(sorted(n for n in seen if seen[n] >= SCREEN_LEAST))}
    known = [[(columns[n], times) for n, times in w.items() if n in columns] for w, _ in told]
    ends = np.cumsum([0, *map(len, known)])
    places, counts = zip(*chain.from_iterable(known), strict=True)
    texts = csr_matrix((counts, places, ends), shape=(len(told), len(columns)), dtype=float)
    dangerous = [label.startswith(("emergency", "urgent")) for _, label in told]
    fitted = LogisticRegression(C=SCREEN_INVERSE_PENALTY, max_iter=SCREEN_ROUNDS)
    fitted.fit(texts, dangerous)
    weights = dict(zip(columns, fitted.coef_[0].tolist(), strict=True))
    telling = {name: weight for name, weight in weights.items() if abs(weight) >= SCREEN_TELLS}
    return Screen(
        {name.removeprefix("w "): weight for name, weight in telling.items()},
        float(fitted.intercept_[0]),
    )


def to_matrix(words: Vocabulary, texts: Iterable[Blocks]) -> csr_matrix:
    """The texts' vectors as one sparse matrix, the runs of letters written out.

    In double precision, though the bot needs less: machines round the last digit differently, and
    1,800 steps of fitting in single precision made 0.04 of a belief of that.
    """
    indices: list[int] = []
    values: list[float] = []
    ends = [0]
    for blocks in texts:
        vector = words.vector(blocks)
        indices += vector.rows.tolist()
        values += vector.values.tolist()
        for word, count in vector.words.items():
            runs = words.runs(word)
            indices += runs.rows
            values += [value * count * vector.letters for value in runs.values]
        ends.append(len(indices))
    table = (np.array(values, np.float64), indices, ends)
    return csr_matrix(table, shape=(len(ends) - 1, len(words.names)))
