"""Figures of the model on examples that it was not trained on: `make validate`.

Every third block of 24 lines of the real posts and the stories is left out in turn (neighbouring
lines are often of one story), the rest trains a model, and that is asked about what was left out.
It shows what a change of features or examples is worth; the thresholds of bot/triage.py are chosen
on tests/exam. The sample cases are not touched.
A number after the command asks for that many of the three folds only.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

import numpy as np
import numpy.typing as npt
from labelled_examples import Example, Row, amid_chat, as_examples, example_rows
from train_model import train

from bot.answer import Answerer
from bot.assessment import DANGERS, PATTERNS
from bot.model import Model
from bot.settings import ROOT

FOLDS = 3
BLOCK = 24
LEVELS = ("emergency", "urgent", "off-topic", "self-care")
Table = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """Whether examples, held out, were understood: their levels, and the belief in each level."""

    files: npt.NDArray[np.str_]
    levels: npt.NDArray[np.str_]
    shares: Table  # examples by LEVELS
    ranks: npt.NDArray[np.int64]  # of the first fair pattern; -1 where none is labelled


def main() -> None:
    """Prints how many are caught and falsely alarmed at each threshold, and the patterns' hits."""
    data_dir = ROOT / "data"
    answerer = Answerer.load(data_dir)
    folds = list(_folds(example_rows(data_dir)))
    parts = []
    for fold in range(int(sys.argv[1]) if len(sys.argv) > 1 else FOLDS):
        taught = [row for row, own in folds if own != fold]
        held = [row for row, own in folds if own == fold]
        flags = answerer.assessor.flags
        model = train(as_examples([*taught, *amid_chat(taught)], answerer.reader, flags))
        asked = zip(held, as_examples(held, answerer.reader, flags), strict=True)
        parts.append(_ask(model, [(row.file, one) for row, one in asked if one.danger]))
    _print(
        Asked(
            np.concatenate([part.files for part in parts]),
            np.concatenate([part.levels for part in parts]),
            np.vstack([part.shares for part in parts]),
            np.concatenate([part.ranks for part in parts]),
        )
    )


def _folds(told: Iterable[Row]) -> Iterator[tuple[Row, int]]:
    """Each row with its fold; -1: never held out."""
    for file, of_file in groupby(told, key=attrgetter("file")):
        held = file == "real" or file.startswith(("stories", "tells"))
        for number, row in enumerate(of_file):
            yield row, (number // BLOCK) % FOLDS if held else -1


def _ask(model: Model, held: list[tuple[str, Example]]) -> Asked:
    dangers = np.array([name.partition(":")[0] for name in model.heads[DANGERS].classes])
    patterns = model.heads[PATTERNS].classes
    shares, ranks = [], []
    for _, one in held:
        scores = model.scores(model.vocabulary.vector(one.blocks))
        belief = model.probabilities(scores, DANGERS)
        shares.append([float(belief[dangers == level].sum()) for level in LEVELS])
        order = [patterns[i] for i in np.argsort(-model.probabilities(scores, PATTERNS))]
        fair = [order.index(lesson.label) for lesson in one.patterns]
        ranks.append(min(fair, default=-1))
    return Asked(
        np.array([file for file, _ in held]),
        np.array([one.danger.label.partition(":")[0] if one.danger else "" for _, one in held]),
        np.array(shares),
        np.array(ranks),
    )


def _print(asked: Asked) -> None:
    emergency, urgent, off_topic, calm = (asked.levels == level for level in LEVELS)
    both = asked.shares[:, 0] + asked.shares[:, 1]
    real = calm & (asked.files == "real")
    print(f"held out: {dict(zip(*np.unique(asked.levels, return_counts=True), strict=True))}")
    print("alarm from   emergencies  urgent  false: real posts, stories  off-topic alarmed")
    for threshold in (0.2, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7):
        alarmed = both >= threshold
        print(
            f"{threshold:10.2f} {alarmed[emergency].mean():12.3f} {alarmed[urgent].mean():7.3f}"
            f" {alarmed[real].mean():18.3f} {alarmed[calm & ~real].mean():8.3f}"
            f" {alarmed[off_topic].mean():18.3f}"
        )
    print("off-topic from   seen   ordinary pains lost")
    for threshold in (0.05, 0.1, 0.2, 0.3, 0.4):
        off = asked.shares[:, 2] >= threshold
        print(f"{threshold:14.2f} {off[off_topic].mean():6.3f} {off[calm].mean():21.3f}")
    alarmed = both >= 0.4
    print("emergency from this share of an alarm   emergencies so   urgent so")
    for share in (0.08, 0.12, 0.2, 0.3, 0.4):
        level = asked.shares[:, 0] >= share * both
        print(
            f"{share:36.2f} {(level & alarmed)[emergency].mean():16.3f}"
            f" {(level & alarmed)[urgent].mean():11.3f}"
        )
    for name, some in (("real posts", asked.files == "real"), ("stories", asked.files != "real")):
        ranks = asked.ranks[some & calm & (asked.ranks >= 0)]
        print(f"{name}: hit@1 {(ranks == 0).mean():.3f}, hit@3 {(ranks < 3).mean():.3f}")


if __name__ == "__main__":
    main()
