"""A Reading into ranked pain patterns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.linear import LinearModel, load_model
from bot.own_patterns import OwnPatterns
from bot.reading.features import Features, text_features, told_by
from bot.reading.reading import Reading

MODEL_FILE = "built/patterns.npz"
MOST = 5


@dataclass(frozen=True, slots=True)
class Match:
    """A pattern that the words fit, with its share of belief, 0 to 1."""

    slug: str
    score: float


@dataclass(frozen=True, slots=True)
class Reason:
    """What weighed for a pattern, or against it below 0: a share of all that weighed, -1 to 1.

    `what`: WHERE, WORDS, or a concept's kind and name, its status before it if not affirmed.
    """

    what: str
    share: float


class Matcher:
    """Ranks patterns by a linear model of the Reading's words and concepts."""

    def __init__(self, model: LinearModel) -> None:
        self.model = model

    @classmethod
    def load(cls, data_dir: Path) -> Matcher:
        """The matcher as trained. Raises CatalogueError when its file is missing or broken."""
        return cls(load_model(data_dir / MODEL_FILE))

    def match(
        self,
        reading: Reading,
        blocks: Sequence[Features] | None = None,
        own: OwnPatterns | None = None,
    ) -> list[Match]:
        """The five best patterns, best first.

        `blocks`: the reading's features, if at hand. `own`: a server's own patterns, which take
        their share of belief from the trained ones.
        """
        blocks = blocks or text_features(reading)
        shares = self.model.probabilities(blocks)
        best = np.argsort(-shares)[:MOST]
        matches = [Match(self.model.classes[place], float(shares[place])) for place in best]
        if own is None:
            return matches
        beliefs = own.beliefs(reading, blocks, shares)
        taken = max(beliefs)
        each = taken / sum(beliefs)
        matches = [Match(one.slug, one.score * (1 - taken)) for one in matches]
        matches += [Match(slug, x * each) for slug, x in zip(own.slugs, beliefs, strict=True)]
        return sorted(matches, key=lambda one: -one.score)[:MOST]

    def reasons(self, blocks: Sequence[Features], matches: Sequence[Match]) -> list[Reason]:
        """Why the first match came before the others, what weighed most first.

        Empty for a server's own pattern: it has no weights, only its examples.
        """
        trained = [one.slug for one in matches if one.slug in self.model.classes]
        if len(trained) < 2 or trained[0] != matches[0].slug:
            return []
        weights: dict[str, float] = {}
        found = self.model.contributions(blocks, trained[0], trained[1:])
        for feature, weight in found.items():
            told = list(told_by(feature))
            for what in told:
                weights[what] = weights.get(what, 0.0) + weight / len(told)
        total = sum(abs(weight) for weight in weights.values()) or 1.0
        reasons = [Reason(what, weight / total) for what, weight in weights.items()]
        return sorted(reasons, key=lambda one: -abs(one.share))
