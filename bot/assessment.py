"""A Reading and what the model believes of it: made once, for triage, matching and learning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.flags import Flags, Hit, load_flags
from bot.model import Array, Model, Vector, load_model
from bot.reading.features import Blocks, features
from bot.reading.lexicon import Concept
from bot.reading.places import Place, find_places
from bot.reading.reading import Reading

MODEL_FILE = "built/model.npz"
PATTERNS, DANGERS = "patterns", "dangers"  # the model's heads


@dataclass(frozen=True, slots=True)
class Assessment:
    """A reading, its places, the flags' rules that it fulfils, its features, and the beliefs.

    `scores`: the model's for all heads. `patterns` and `dangers`: one share for each class of the
    head, 0 to 1, together 1.
    """

    reading: Reading
    places: tuple[Place, ...]
    hits: tuple[Hit, ...]
    blocks: Blocks
    vector: Vector
    scores: Array
    patterns: Array
    dangers: Array


class Assessor:
    """Assesses readings by the rules of data/flags and the trained model. Built once."""

    def __init__(self, flags: Flags, model: Model) -> None:
        self.flags = flags
        self.model = model

    @classmethod
    def load(cls, data_dir: Path, known: frozenset[Concept]) -> Assessor:
        """Flags and model of `data_dir`; `known`: the lexicon's concepts. Raises DataFileError."""
        return cls(load_flags(data_dir, known), load_model(data_dir / MODEL_FILE))

    def assess(self, reading: Reading) -> Assessment:
        """The assessment of any reading."""
        hits = tuple(self.flags.hits(reading))
        places = find_places(reading)
        blocks = features(reading, places, alarms(hits))
        vector = self.model.vocabulary.vector(blocks)
        scores = self.model.scores(vector)
        return Assessment(
            reading,
            tuple(places),
            hits,
            blocks,
            vector,
            scores,
            self.model.probabilities(scores, PATTERNS),
            self.model.probabilities(scores, DANGERS),
        )


def alarms(hits: Sequence[Hit]) -> list[str]:
    """The rules' hits as names of features: whose sign, by which rule, of which flag and level."""
    names = set()
    for hit in hits:
        told = "other" if any(one.status == "other" for one in hit.mentions) else "own"
        names.add(f"{told} {hit.rule.flag} {hit.rule.level}")
        names.add(f"{told} {hit.rule.level}")
        names.add(f"{told} {hit.rule.flag}: {hit.rule.line}")
    return sorted(names)
