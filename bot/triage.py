"""An Assessment into emergency, urgent or self-care, with the signs that decided.

Two readers look at every text. The rules of data/flags name signs that mean danger together.
The model, trained on how people tell and play down such things, sees what no rule words: each of
its danger classes is a flag at a level, and what it believes of them adds up to the level.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bot.assessment import DANGERS, Assessment
from bot.flags import Alarm, Flags, Hit
from bot.model import Model

Level = Literal["self-care", "urgent", "emergency"]
UNNAMED = "between-the-lines"
UNKNOWN = "self-care:other"  # the class of ordinary pains that are none of the patterns

# Where belief becomes an alarm. Chosen on retold posts and on what testers wrote that the model had
# not seen, alone and told amid other talk, on the open half of the samples and on tests/exam: of
# what misses hardly more there, what alarms least.
ALARM_FROM = 0.45  # urgent and emergency together
EMERGENCY_FROM = 0.12  # emergency alone
# A text that names nothing bodily and fulfils no rule is chat more often than not: it is off-topic
# from here on, where little of danger is believed. Chosen on 2,853 unlearned messages of chat; of
# 740 complaints in the same words one more is taken for chat.
BARE_OFF_TOPIC_FROM = 0.05
EMERGENCY_SHARE = 0.08  # of an alarm's belief: from here on it is an emergency
FLAG_SHARE = 0.5  # of its level's belief: from here on the model's likeliest flag is told
OFF_TOPIC_FROM = 0.15
UNKNOWN_FROM = 0.7
# A few words of a place that hurts ("leg pain") tell too little for EMERGENCY_FROM.
BRIEF = 4  # words
_ONLY_HURTS = frozenset({"pain", "tight"})
MOST_SIGNS = 3


@dataclass(frozen=True, slots=True)
class Sign:
    """A danger sign that was read: its flag's slug, what we noticed in plain words, the quote."""

    flag: str
    noticed: str
    quote: str


@dataclass(frozen=True, slots=True)
class Triage:
    """How soon somebody must be seen, the signs that decided, and what to do now.

    `intimate`: few would want a whole channel to read of such signs.
    """

    level: Level
    signs: tuple[Sign, ...] = ()
    do_now: str = ""
    intimate: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """The triage, and whether the text tells of a pain at all.

    `unknown`: of one that is most likely none of the patterns, such as a sting or a graze.
    """

    triage: Triage
    off_topic: bool
    unknown: bool = False


_DO: dict[Alarm, str] = {
    "emergency": (
        "Please do not wait: call your local emergency number or go to an emergency department "
        "now, and say there what you wrote here."
    ),
    "urgent": (
        "Please stop running and have this seen by a doctor within a day or two. If it gets worse, "
        "call your local emergency number."
    ),
}
_NUMBER = "emergency number"
_ON_THE_WAY = (
    "If you cannot get there, or it gets worse on the way, call your local emergency number."
)
_LEVELS = ("emergency", "urgent", "off-topic")
_NOTICED = "the way you tell it sounds like something that a professional should look at first"


class Triager:
    """Judges assessments by the rules and the model's beliefs. Built once."""

    def __init__(self, flags: Flags, model: Model) -> None:
        self._flags = flags
        classes = model.heads[DANGERS].classes
        parts = [name.partition(":") for name in classes]
        self._slugs = np.array([flag for _, _, flag in parts])
        self._of = {level: np.array([each == level for each, _, _ in parts]) for level in _LEVELS}
        self._unknown = classes.index(UNKNOWN)
        self._sums = np.array([self._of[level] for level in _LEVELS], np.float32)

    def judge(self, assessment: Assessment) -> Verdict:
        """How soon, by which signs; or that it tells of no pain."""
        emergency, urgent, off_topic = (self._sums @ assessment.dangers).tolist()
        own = [h for h in assessment.hits if all(one.status == "affirmed" for one in h.mentions)]
        always = [hit for hit in own if hit.rule.always]
        bare = _names_nothing(assessment)
        emergency_from = ALARM_FROM if _is_brief(assessment) else EMERGENCY_FROM
        alarmed = emergency + urgent >= ALARM_FROM or emergency >= emergency_from
        if not alarmed and not always:
            harmless = emergency + urgent < EMERGENCY_FROM
            chat_from = BARE_OFF_TOPIC_FROM if bare and harmless else OFF_TOPIC_FROM
            unknown = float(assessment.dangers[self._unknown]) >= UNKNOWN_FROM
            return Verdict(Triage("self-care"), off_topic >= chat_from, unknown)
        pressing = (
            (alarmed and emergency >= EMERGENCY_SHARE * (emergency + urgent))
            or any(hit.rule.level == "emergency" for hit in always)
            or self._is_raised(assessment, own)
        )
        level: Alarm = "emergency" if pressing else "urgent"
        return Verdict(self._alarm(level, assessment, own or list(assessment.hits)), False)

    def _is_raised(self, assessment: Assessment, own: list[Hit]) -> bool:
        """Whether a rule makes an emergency of the urgent flag that the model finds likeliest.

        What company makes it one (a swollen calf on the pill) is set down in data/flags; the model
        has seen too few of each to know it.
        """
        urgent = self._of["urgent"]
        likeliest = self._slugs[urgent][assessment.dangers[urgent].argmax()]
        entry = self._flags.entries.get(likeliest)
        if entry is None or entry.level == "emergency":
            return False
        return any(hit.rule.flag == likeliest and hit.rule.level == "emergency" for hit in own)

    def _alarm(self, level: Alarm, assessment: Assessment, hits: list[Hit]) -> Triage:
        signs = {sign.flag: sign for sign in self._signs(level, assessment, hits)}
        if not signs:
            return Triage(level, (Sign(UNNAMED, _NOTICED, ""),), _DO[level])
        told = tuple(signs.values())[:MOST_SIGNS]
        entries = [self._flags.entries[sign.flag] for sign in told]
        # Of several, what is an emergency by itself presses most; then what is believed most.
        pressing = min(entries, key=lambda entry: entry.level != "emergency")
        never = dict.fromkeys(entry.never for entry in (pressing, *entries) if entry.never)
        do = getattr(pressing.do, level)
        on_the_way = [_ON_THE_WAY] if level == "emergency" and _NUMBER not in do else []
        do_now = " ".join([do, *on_the_way, *never])
        return Triage(level, told, do_now, any(entry.intimate for entry in entries))

    def _signs(self, level: Alarm, assessment: Assessment, hits: list[Hit]) -> Iterator[Sign]:
        """The rules' signs and the model's likeliest flag, most believed first."""
        shares = assessment.dangers[self._of[level]]
        slugs = self._slugs[self._of[level]].tolist()
        belief = dict(zip(slugs, shares.tolist(), strict=True))
        quotes = {
            hit.rule.flag: " … ".join(dict.fromkeys(one.quote for one in hit.mentions))
            for hit in reversed(hits)
        }
        best = slugs[int(shares.argmax())]
        if best in self._flags.entries and shares.max() >= FLAG_SHARE * shares.sum():
            quotes.setdefault(best, "")
        for flag in sorted(quotes, key=lambda flag: -belief.get(flag, 0.0)):
            yield Sign(flag, self._flags.entries[flag].noticed, quotes[flag])


def _is_brief(assessment: Assessment) -> bool:
    """Whether next to nothing stands there but a place that hurts, and no rule sees a danger."""
    reading = assessment.reading
    if assessment.hits or len(reading.tokens) > BRIEF or not reading.of_kind("place"):
        return False
    told = [one for one in reading.mentions if one.concept.kind in ("place", "side")]
    told += [one for one in reading.of_kind("feeling") if one.concept.name in _ONLY_HURTS]
    read = {place for one in told for place in range(one.start, one.end)}
    return all(
        place in read or token.loose or token.word == "in"
        for place, token in enumerate(reading.tokens)
    )


def _names_nothing(assessment: Assessment) -> bool:
    """Whether no part of the body stands there, no pain by its name, and no danger by its rule."""
    bodily = ("place", "named")
    return not assessment.hits and not any(map(assessment.reading.of_kind, bodily))
