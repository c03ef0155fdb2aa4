"""A Reading into emergency, urgent or self-care, with the signs that decided.

Two readers look at every text. The rules of data/flags.toml name signs that mean danger together.
A linear model, trained on how people tell and play down such things, sees what no rule words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bot.flags import Alarm, Flags, Hit, load_flags
from bot.linear import LinearModel, load_model
from bot.reading.features import Features, near_features, pair_features, sign_features
from bot.reading.lexicon import Concept
from bot.reading.reading import Reading

Level = Literal["self-care", "urgent", "emergency"]
MODEL_FILE = "built/triage.npz"
UNNAMED = "between-the-lines"

# Where the model's belief becomes an alarm. Chosen on the examples and the open half of the
# sample cases: a missed emergency is far worse than a false alarm.
EMERGENCY_FROM = 0.15
URGENT_FROM = 0.4
# The same where the text names none of the lexicon's danger signs, as nine in ten dangers do.
EMERGENCY_WITHOUT_SIGN_FROM = 0.5
URGENT_WITHOUT_SIGN_FROM = 0.7
# Both together, where a rule saw a sign as well, by the rule's level.
WITH_RULE_FROM: dict[Alarm, float] = {"emergency": 0.1, "urgent": 0.3}
EMERGENCY_SHARE = 0.3  # of an alarm's belief: from here on it is an emergency
OFF_TOPIC_FROM = 0.1
LEAST_WORDS = 3  # "knee" alone tells the model nothing


@dataclass(frozen=True, slots=True)
class Sign:
    """A danger sign that was read: its flag's slug, what we noticed in plain words, the quote."""

    flag: str
    noticed: str
    quote: str


@dataclass(frozen=True, slots=True)
class Triage:
    """How soon somebody must be seen, the signs that decided, and what to do now."""

    level: Level
    signs: tuple[Sign, ...] = ()
    do_now: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The triage, and whether the text tells of a pain at all."""

    triage: Triage
    off_topic: bool


_DO: dict[Alarm, str] = {
    "emergency": (
        "Please do not wait: call your local emergency number or go to an emergency department "
        "now, and say there what you wrote here."
    ),
    "urgent": (
        "Please stop running and have this seen by a doctor or physiotherapist within a day or "
        "two. If it gets worse, call your local emergency number."
    ),
}
_NOTICED = "the way you tell it sounds like something that a professional should look at first"


class Triager:
    """Judges readings by the rules and the model. Built once."""

    def __init__(self, flags: Flags, model: LinearModel) -> None:
        self._flags = flags
        self._model = model

    @classmethod
    def load(cls, data_dir: Path, known: frozenset[Concept]) -> Triager:
        """Flags and model of `data_dir`; `known`: the lexicon's concepts. Raises CatalogueError."""
        return cls(load_flags(data_dir, known), load_model(data_dir / MODEL_FILE))

    def judge(self, reading: Reading, shared: Sequence[Features]) -> Verdict:
        """The verdict on a reading; `shared` are its text_features."""
        hits = list(self._flags.hits(reading))
        blocks = triage_features(reading, shared, hits)
        chances = dict(zip(self._model.classes, self._model.probabilities(blocks), strict=True))
        emergency, urgent = float(chances["emergency"]), float(chances["urgent"])
        own = [hit for hit in hits if all(one.status == "affirmed" for one in hit.mentions)]
        if not _alarming(emergency, urgent, reading, own):
            return Verdict(Triage("self-care"), float(chances["off-topic"]) >= OFF_TOPIC_FROM)
        share = emergency / (emergency + urgent)
        always = any(hit.rule.always and hit.rule.level == "emergency" for hit in own)
        level: Alarm = "emergency" if always or share >= EMERGENCY_SHARE else "urgent"
        return Verdict(self._alarm(level, own or hits), False)

    def _alarm(self, level: Alarm, hits: Sequence[Hit]) -> Triage:
        signs: dict[str, Sign] = {}
        for hit in sorted(hits, key=lambda one: one.rule.level != level):
            flag = hit.rule.flag
            quote = " … ".join(dict.fromkeys(one.quote for one in hit.mentions))
            signs.setdefault(flag, Sign(flag, self._flags.entries[flag].noticed, quote))
        if not signs:
            return Triage(level, (Sign(UNNAMED, _NOTICED, ""),), _DO[level])
        entries = (self._flags.entries[flag] for flag in signs)
        # What a flag says to do is worded for its own level.
        do_now = next((entry.do for entry in entries if entry.level == level), _DO[level])
        return Triage(level, tuple(signs.values())[:3], do_now)


def _alarming(emergency: float, urgent: float, reading: Reading, own: Sequence[Hit]) -> bool:
    both = emergency + urgent
    if any(hit.rule.always or both >= WITH_RULE_FROM[hit.rule.level] for hit in own):
        return True
    if len({token.stem for token in reading.tokens}) < LEAST_WORDS:
        return False
    if any(one.status in ("affirmed", "other") for one in reading.of_kind("sign")):
        return emergency >= EMERGENCY_FROM or urgent >= URGENT_FROM
    return emergency >= EMERGENCY_WITHOUT_SIGN_FROM or urgent >= URGENT_WITHOUT_SIGN_FROM


def triage_features(
    reading: Reading, shared: Sequence[Features], hits: Sequence[Hit]
) -> tuple[Features, ...]:
    """The blocks of the triage model: the shared ones, pairs, signs and rules."""
    signs = sign_features(reading)
    for hit in hits:
        told = "other" if any(one.status == "other" for one in hit.mentions) else "own"
        signs[f"r {told} {hit.rule.flag} {hit.rule.level}"] = 1.0
        signs[f"r {told} {hit.rule.level}"] = 1.0
    return (*shared, near_features(reading), pair_features(reading), signs)
