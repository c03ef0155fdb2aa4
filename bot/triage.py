"""An Assessment into emergency, urgent or self-care, with the signs that decided.

Two readers look at every text. The rules of data/flags name signs that mean danger together.
The model, trained on how people tell and play down such things, sees what no rule words: each of
its danger classes is a flag at a level, and what it believes of them adds up to the level. Where
the whole text leaves it in doubt, it looks at one and two sentences at a time: a danger is often
told in passing, and what only the whole sounds like is none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Literal

import numpy as np

from bot.assessment import DANGERS, Assessment
from bot.close_reading import CloseReading
from bot.flags import Alarm, Flags, Hit
from bot.model import Model
from bot.signs import UNNAMED, SignReader, Triage

UNKNOWN = "self-care:other"  # the class of ordinary pains that are none of the patterns

# Where belief becomes an alarm. Chosen, as all of these, on retold posts and on what testers wrote
# that the model had not seen, alone and told amid other talk, on the open half of the samples and
# on tests/exam: of what misses hardly more there, what alarms least.
ALARM_FROM = 0.45  # urgent and emergency together
EMERGENCY_FROM = 0.12  # emergency alone
EMERGENCY_SHARE = 0.08  # of an alarm's belief: from here on it is an emergency
OFF_TOPIC_FROM = 0.05
SURELY_OFF_TOPIC_FROM = 0.95
UNKNOWN_FROM = 0.7
# What one or two sentences must come to by themselves, urgent and emergency together. A text that
# leaves this much doubt is an alarm where some come to LOUD_FROM; any text, where one comes to
# CERTAIN_FROM and still to STANDING_FROM with what follows. An alarm of the whole is none where
# none come to SOMEWHERE_FROM, and one for a little belief of an emergency where none come to that
# of one. Chosen likewise: of 60 dangers told in passing 14 of the 16 missed are found, of 66 missed
# elsewhere 28, and of 72 false alarms 7 are gone.
DOUBT_FROM = 0.05
LOUD_FROM = 0.95
CERTAIN_FROM = 0.98
STANDING_FROM = 0.9
SOMEWHERE_FROM = 0.1
EMERGENCY_SOMEWHERE_FROM = 0.15  # emergency alone
# What a few words that fulfil a rule must come to, where they stand for themselves. Of 3,675 plain
# dangers beside a plain complaint ("my quads are sore. my speech is slurred") 29 in 100 were missed
# without and 2 are with it, beside everyday messages 36 and 2; of 3,100 harmless messages a dozen
# are alarmed besides.
PLAIN_FROM = 0.3
# Where some are this surely no chat, the text is a complaint amid chat: two in three of those that
# were taken for chat are answered, and no more chat is.
NO_CHAT_BELOW = 0.005
# A few words of a place that hurts ("leg pain"), or of no more than that it does ("it sort of
# hurts"), tell too little for EMERGENCY_FROM.
BRIEF = 4  # words
_ONLY_HURTS = frozenset({"pain", "tight"})
_FILLS = frozenset("in it its is of kind sort really so just bit much still again".split())


@dataclass(frozen=True, slots=True)
class Verdict:
    """The triage, and whether the text tells of a pain at all.

    `surely`: hardly a doubt that it is not. `unknown`: of one that is most likely none of the
    patterns, such as a sting or a graze. `brief`: it tells hardly more than that something hurts.
    """

    triage: Triage
    off_topic: bool
    surely: bool = False
    unknown: bool = False
    brief: bool = False


_LEVELS = ("emergency", "urgent", "off-topic")


@dataclass(frozen=True, slots=True)
class _Belief:
    """What the model believes of a text, 0 to 1 each."""

    emergency: float
    urgent: float
    off_topic: float

    @property
    def danger(self) -> float:
        return self.emergency + self.urgent


class Triager:
    """Judges assessments by the rules and the model's beliefs. Built once."""

    def __init__(self, flags: Flags, model: Model) -> None:
        self._flags = flags
        self._signs = SignReader(flags.entries, model.heads[DANGERS].classes)
        classes = model.heads[DANGERS].classes
        parts = [name.partition(":") for name in classes]
        self._slugs = np.array([flag for _, _, flag in parts])
        self._of = {level: np.array([each == level for each, _, _ in parts]) for level in _LEVELS}
        self._unknown = classes.index(UNKNOWN)
        self._sums = np.array([self._of[level] for level in _LEVELS], np.float32)

    def judge(self, assessment: Assessment, closely: CloseReading) -> Verdict:
        """How soon, by which signs; or that it tells of no pain. `closely`: of the same text."""
        belief = self._belief(assessment)
        if _always(assessment) or (
            _is_alarmed(belief, assessment) and self._is_somewhere(belief, assessment, closely)
        ):
            return Verdict(self._most_pressing(assessment, closely), False)
        passing = self._in_passing(belief, closely) or self._plainly_told(assessment, closely)
        if passing is not None:
            return Verdict(self._red_flag(passing, (passing,)), False)
        at_its_word = self._at_its_word(assessment, closely)
        if at_its_word is not None:
            return Verdict(at_its_word, False)
        # Of one sentence there is nothing else to go by.
        off_topic = belief.off_topic >= OFF_TOPIC_FROM and all(
            self._belief(each).off_topic >= NO_CHAT_BELOW for each in closely
        )
        unknown = float(assessment.dangers[self._unknown]) >= UNKNOWN_FROM
        surely = belief.off_topic >= SURELY_OFF_TOPIC_FROM
        brief = _is_brief(assessment)
        return Verdict(Triage("self-care"), off_topic, surely, unknown, brief)

    def _is_somewhere(self, whole: _Belief, assessment: Assessment, closely: CloseReading) -> bool:
        """Whether a danger stands in some sentence, not only in what they sound like together."""
        if closely.is_empty:
            return True
        beliefs = map(self._belief, closely)
        if whole.danger < ALARM_FROM:
            return any(each.emergency >= EMERGENCY_SOMEWHERE_FROM for each in beliefs)
        return bool(_own(assessment.hits)) or any(each.danger >= SOMEWHERE_FROM for each in beliefs)

    def _most_pressing(self, assessment: Assessment, closely: CloseReading) -> Triage:
        """The red flag of the whole; where that is urgent, of an emergency told besides as well."""
        told = self._red_flag(assessment, closely.sentences())
        passing = None if told.level == "emergency" else self._certain(closely, "emergency")
        if passing is None:
            return told
        besides = self._red_flag(passing, (passing,)).signs
        named = [sign for sign in (*besides, *told.signs) if sign.flag != UNNAMED]
        return self._signs.triage("emergency", named)

    def _in_passing(self, whole: _Belief, closely: CloseReading) -> Assessment | None:
        """The sentence, or two, that tell of a danger for which the whole is no alarm."""
        if whole.danger >= DOUBT_FROM:
            loudest = max(closely, key=lambda each: self._belief(each).danger, default=None)
            if loudest is not None and self._belief(loudest).danger >= LOUD_FROM:
                return loudest
        return self._certain(closely, "danger")

    def _plainly_told(self, assessment: Assessment, closely: CloseReading) -> Assessment | None:
        """The words that fulfil a rule, where they stand for themselves and tell of a danger.

        Of several the ones that press most.
        """
        places = {part for hit in _own(assessment.hits) for part in _plain_parts(hit, closely)}
        parts = [closely.between(*part) for part in sorted(places)]
        plain = [part for part in parts if self._belief(part).danger >= PLAIN_FROM]
        return max(plain, key=lambda each: self._belief(each).emergency, default=None)

    def _at_its_word(self, assessment: Assessment, closely: CloseReading) -> Triage | None:
        """By what plain rules see, whatever the model believes, where it stands for itself."""
        hits = _own(self._flags.hits(assessment.reading, self._flags.plain))
        plain = [hit for hit in hits if _plain_parts(hit, closely)]
        if not plain:
            return None
        level: Alarm = max((hit.rule.level for hit in plain), key=("urgent", "emergency").index)
        return self._signs.triage(level, self._signs.seen(plain))

    def _certain(
        self, closely: CloseReading, of: Literal["danger", "emergency"]
    ) -> Assessment | None:
        """The sentence that by itself is surely one, and still with what follows, if any.

        Of several the one that presses most.
        """
        believed = attrgetter(of)
        certain = [
            alone
            for place in closely.suspects()
            if believed(self._belief(alone := closely.alone(place))) >= CERTAIN_FROM
            and believed(self._belief(closely.followed(place))) >= STANDING_FROM
        ]
        return max(certain, key=lambda each: self._belief(each).emergency, default=None)

    def _belief(self, assessment: Assessment) -> _Belief:
        return _Belief(*(self._sums @ assessment.dangers).tolist())

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

    def _red_flag(self, assessment: Assessment, parts: Iterable[Assessment]) -> Triage:
        """How soon, by which signs. `parts`: of the same text, by which the signs are quoted."""
        belief, own = self._belief(assessment), _own(assessment.hits)
        pressing = (
            (
                _is_alarmed(belief, assessment)
                and belief.emergency >= EMERGENCY_SHARE * belief.danger
            )
            or any(hit.rule.level == "emergency" for hit in _always(assessment))
            or self._is_raised(assessment, own)
        )
        level: Alarm = "emergency" if pressing else "urgent"
        hits = own or list(assessment.hits)
        return self._signs.triage(level, self._signs.read(level, assessment, hits, parts))


def _own(hits: Iterable[Hit]) -> list[Hit]:
    """The rules that the writer's own signs fulfil."""
    return [hit for hit in hits if all(one.status == "affirmed" for one in hit.mentions)]


def _plain_parts(hit: Hit, closely: CloseReading) -> list[tuple[int, int]]:
    """The first and last places of the words that fulfil it, where they stand for themselves."""
    first = min(one.start for one in hit.mentions)
    last = max(one.end for one in hit.mentions) - 1
    parts = [closely.short_sentence(first, last)]
    if len(hit.rule.groups) == 1:  # what comes together from here and there does not
        parts.append(closely.few_words(first, last))
    return [part for part in parts if part]


def _always(assessment: Assessment) -> list[Hit]:
    """Those of them that are an alarm whatever the model believes."""
    return [hit for hit in _own(assessment.hits) if hit.rule.always]


def _is_alarmed(belief: _Belief, assessment: Assessment) -> bool:
    emergency_from = ALARM_FROM if _is_brief(assessment) else EMERGENCY_FROM
    return belief.danger >= ALARM_FROM or belief.emergency >= emergency_from


def _is_brief(assessment: Assessment) -> bool:
    """Whether next to nothing stands there but a place, or that it hurts; no rule sees a danger."""
    reading = assessment.reading
    if assessment.hits or len(reading.tokens) > BRIEF:
        return False
    told = [one for one in reading.mentions if one.concept.kind in ("place", "side")]
    told += [one for one in reading.of_kind("feeling") if one.concept.name in _ONLY_HURTS]
    read = {place for one in told for place in range(one.start, one.end)}
    return bool(read) and all(
        place in read or token.loose or token.word in _FILLS
        for place, token in enumerate(reading.tokens)
    )
