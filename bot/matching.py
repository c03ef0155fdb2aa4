"""An Assessment into ranked pain patterns, with what weighed for the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.assessment import PATTERNS, Assessment
from bot.model import Model
from bot.own_patterns import OwnPatterns
from bot.reading.features import WORDS, stands_for, told_by

MOST = 5
# Of all belief, for a server's own patterns: they are told by their examples alone, which know
# nothing of what else hurts there, so that the trained ones stay a tap away.
OWN_MOST = 0.75
MOST_REASONS = 6


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
    """Ranks patterns by the trained model, and a server's own ones by their examples."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._classes = model.heads[PATTERNS].classes

    def match(self, assessment: Assessment, own: OwnPatterns | None = None) -> list[Match]:
        """The five best patterns, best first.

        `own`: a server's own patterns, which take their share of belief from the trained ones.
        """
        shares = assessment.patterns
        best = np.argsort(-shares)[:MOST]
        matches = [Match(self._classes[place], float(shares[place])) for place in best]
        if own is None:
            return matches
        beliefs = own.beliefs(assessment)
        taken = min(float(beliefs.max()), OWN_MOST)
        each = taken / float(beliefs.sum())
        matches = [Match(one.slug, one.score * (1 - taken)) for one in matches]
        likest = np.argsort(-beliefs, kind="stable")[:MOST]
        matches += [Match(own.slugs[place], float(beliefs[place]) * each) for place in likest]
        return sorted(matches, key=lambda one: -one.score)[:MOST]

    def reasons(self, assessment: Assessment, matches: Sequence[Match]) -> list[Reason]:
        """Why the first match came before the others, what weighed most first, at most six.

        Empty for a server's own pattern: it has no weights, only its examples.
        """
        trained = [one.slug for one in matches if one.slug in self._classes]
        if len(trained) < 2 or trained[0] != matches[0].slug:
            return []
        meant = stands_for(assessment.reading)
        weights: dict[str, float] = {}
        first, others = trained[0], trained[1:]
        vector = assessment.vector
        words = [word for word in vector.words if word in meant]
        lead, adding = self._model.contributions(
            vector, assessment.scores, PATTERNS, first, others, words
        )
        for name, weight in adding:
            parts = told_by(name)
            for part in parts:
                what = meant.get(part)
                if what is not None:
                    weights[what] = weights.get(what, 0.0) + weight / len(parts)
        weights[WORDS] = lead - sum(weights.values())
        total = sum(map(abs, weights.values())) or 1.0
        weightiest = sorted(weights, key=lambda what: -abs(weights[what]))[:MOST_REASONS]
        return [Reason(what, weights[what] / total) for what in weightiest]
