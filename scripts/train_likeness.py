"""How like a server's own pattern a text must be: four numbers into one belief."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from labelled_examples import rows
from sklearn.linear_model import LogisticRegression

from bot.assessment import PATTERNS, Assessor
from bot.knowledge.catalogue import Catalogue
from bot.own_patterns import Array, Comparer, Likeness, beliefs_unit, numbers
from bot.reading.features import Features
from bot.reading.reader import Reader

OWN_EXAMPLES = 3  # what an admin must give at least
OWN_WEIGHT = 4  # of a hit against a miss: a trained pattern is seldom taken over


def fit_likeness(
    data_dir: Path, catalogue: Catalogue, reader: Reader, assessor: Assessor
) -> Likeness:
    """How like a server's own pattern a text must be, to be told apart from all the others.

    Each trained pattern in turn is taken out of the model and told by three of its wordings, as
    an admin would; the real posts show which of the four numbers tell it.
    """
    comparer = Comparer(reader, assessor)
    posts = [(row, comparer.of_text(row["text"])) for row in rows(data_dir / "examples/real.jsonl")]
    one = np.zeros(1, np.intp), np.array([OWN_EXAMPLES], np.intp)
    table: list[list[float]] = []
    right: list[bool] = []
    for place, slug in enumerate(assessor.model.heads[PATTERNS].classes):
        wording = catalogue.patterns[slug].wording
        told = [comparer.of_text(line) for line in wording[:: len(wording) // OWN_EXAMPLES]]
        told = told[:OWN_EXAMPLES]
        known = [_without(each.beliefs, place) for each in told]
        for row, post in posts:
            if slug in row["also"]:
                continue
            rest = _without(post.beliefs, place)
            found = numbers(
                np.array([_dot(post.words, each.words) for each in told]),
                np.array([_dot(post.concepts, each.concepts) for each in told]),
                np.array([rest @ each for each in known]),
                *one,
            )
            table.append(found[0].tolist())
            right.append(row["pattern"] == slug)
    fitted = LogisticRegression(C=10, class_weight={False: 1, True: OWN_WEIGHT}).fit(table, right)
    return Likeness(tuple(fitted.coef_[0].tolist()), float(fitted.intercept_[0]))


def _without(logs: Array, place: int) -> Array:
    """Beliefs as if the pattern at `place` had never been trained."""
    return beliefs_unit(np.exp(np.delete(logs, place)))


def _dot(one: Features, other: Features) -> float:
    return sum(value * other.get(name, 0.0) for name, value in one.items())
