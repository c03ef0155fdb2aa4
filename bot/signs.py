"""The signs of a red flag: what is told of an alarm, by whose words, and what to do now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bot.assessment import Assessment
from bot.flags import Alarm, FlagEntry, Hit

Level = Literal["self-care", "urgent", "emergency"]
UNNAMED = "between-the-lines"
MOST_SIGNS = 3
FLAG_SHARE = 0.5  # of its level's belief: from here on the model's likeliest flag is told
NEARLY = 0.05  # as much belief
STRAY_BELOW = 0.002  # of a rule's flag: beside another, that is believed, it is not told
ENOUGH = 0.45  # of a flag, for a part of the text to be quoted for it


@dataclass(frozen=True, slots=True)
class Sign:
    """A danger sign that was read: its flag's slug, what we noticed in plain words, the quote.

    `felt`: no rule names it, it is what the words (the quote, where one sentence tells most of it)
    are like.
    """

    flag: str
    noticed: str
    quote: str
    felt: bool = False


@dataclass(frozen=True, slots=True)
class Triage:
    """How soon somebody must be seen, the signs that decided, and what to do now.

    `intimate`: few would want a whole channel to read of such signs.
    """

    level: Level
    signs: tuple[Sign, ...] = ()
    do_now: str = ""
    intimate: bool = False


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
_NOTICED = "the way you tell it sounds like something that a professional should look at first"


class SignReader:
    """Says by which signs an assessment is an alarm. Built once."""

    def __init__(self, entries: Mapping[str, FlagEntry], classes: Sequence[str]) -> None:
        """`classes`: of the model's dangers, such as "urgent:bone-stress"."""
        self._entries = entries
        parts = [name.partition(":") for name in classes]
        self._slugs = np.array([flag for _, _, flag in parts])
        levels: tuple[Alarm, ...] = ("emergency", "urgent")
        self._of = {level: np.array([each == level for each, _, _ in parts]) for level in levels}
        self._alarms = self._of["emergency"] | self._of["urgent"]

    def read(
        self, level: Alarm, assessment: Assessment, hits: list[Hit], parts: Iterable[Assessment]
    ) -> Iterator[Sign]:
        """The signs that the rules saw and the model's likeliest flag, most believed first.

        `hits`: the rules that count. `parts`: of the same text, by which the model's is quoted.
        """
        shares = assessment.dangers[self._of[level]]
        slugs = self._slugs[self._of[level]].tolist()
        belief = dict(zip(slugs, shares.tolist(), strict=True))
        quotes = {
            hit.rule.flag: " … ".join(dict.fromkeys(one.quote for one in hit.mentions))
            for hit in reversed(hits)
        }
        best = slugs[int(shares.argmax())]
        felt: dict[str, str] = {}
        likely = best in self._entries and shares.max() >= FLAG_SHARE * shares.sum()
        if likely and best not in quotes:
            felt[best] = self._telling(level, int(shares.argmax()), parts)
        told = felt | quotes
        sure = {hit.rule.flag for hit in hits if hit.rule.always}
        most = max(told, key=lambda flag: belief.get(flag, 0.0), default="")
        for flag in sorted(told, key=lambda flag: -belief.get(flag, 0.0)):
            stray = self._danger_of(flag, assessment) < STRAY_BELOW and flag not in sure
            if stray and belief.get(most, 0.0) >= FLAG_SHARE:
                continue
            noticed = self._entries[flag].noticed
            yield Sign(flag, noticed, told[flag], felt=flag not in quotes)

    def seen(self, hits: Iterable[Hit]) -> Iterator[Sign]:
        """The signs that rules saw, and nothing else."""
        for hit in hits:
            quote = " … ".join(dict.fromkeys(one.quote for one in hit.mentions))
            yield Sign(hit.rule.flag, self._entries[hit.rule.flag].noticed, quote)

    def triage(self, level: Alarm, signs: Iterable[Sign]) -> Triage:
        """The red flag of these signs, each flag once, and what to do now."""
        told = tuple({sign.flag: sign for sign in signs}.values())[:MOST_SIGNS]
        if not told:
            return Triage(level, (Sign(UNNAMED, _NOTICED, "", felt=True),), _DO[level])
        entries = [self._entries[sign.flag] for sign in told]
        # Of several, what is believed most; in an emergency, what is one by itself presses more.
        pressing = entries[0]
        if level == "emergency":
            pressing = min(entries, key=lambda entry: entry.level != "emergency")
        never = dict.fromkeys(entry.never for entry in (pressing, *entries) if entry.never)
        do = getattr(pressing.do, level)
        on_the_way = [_ON_THE_WAY] if level == "emergency" and _NUMBER not in do else []
        do_now = " ".join([do, *on_the_way, *never])
        return Triage(level, told, do_now, any(entry.intimate for entry in entries))

    def _danger_of(self, flag: str, assessment: Assessment) -> float:
        """What is believed of a flag, at either level."""
        return float(assessment.dangers[self._alarms & (self._slugs == flag)].sum())

    def _telling(self, level: Alarm, flag: int, parts: Iterable[Assessment]) -> str:
        """The shortest of the parts that tell most of the level's flag, "" where none does enough.

        A word alone is often enough for that, and says little: "low sugar".
        """
        of = self._of[level]
        told = [(float(part.dangers[of][flag]), part.reading.text) for part in parts]
        most = max((belief for belief, _ in told), default=0.0)
        near = [text for belief, text in told if belief >= most - NEARLY]
        return min(near, key=len) if most >= ENOUGH else ""
