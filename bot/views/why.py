""" "Why this?": what was read and what it weighed, to the member alone.

Nothing a member wrote is kept for it: the reasons stand in the button's custom_id as the names of
concepts with a share, and what was read stands in the message itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import discord
from discord import ui

from bot.knowledge.catalogue import Pattern
from bot.matching import Reason
from bot.reading.features import WHERE, WORDS
from bot.reading.lexicon import Concept
from bot.views.bot import AidBot
from bot.views.errors import SLUG, Guarded
from bot.views.layouts import note_layout
from bot.views.shown import understood_by
from bot.wording import name_of

LONGEST_ID = 100  # Discord's
CHOSEN = "chosen"  # in place of reasons: the member answered the question where it is
_LEAST_SHARE = 0.01
_STATUS = {
    "denied": "that you do not have it",
    "past": "that it is long ago",
    "other": "that it is somebody else's",
    "hypothetical": "that it only might be",
}
_SHORT = {"feeling:": "f:", "trigger:": "t:", "named:": "n:"}
_REASON = re.compile(
    rf"({WHERE}|{WORDS}|(?:(?:{'|'.join(_STATUS)}):)?[a-z]+:[a-z0-9-]+?)([+-]\d{{1,2}})"
)


class WhyThis(
    Guarded, ui.DynamicItem[ui.Button[Any]], template=rf"aid1:why:(?P<pattern>{SLUG}):(?P<why>.*)"
):
    """Explains a match, privately, to whoever presses; also after a restart."""

    def __init__(self, pattern: str, why: str) -> None:
        self.pattern = pattern
        self.why = why
        super().__init__(
            ui.Button(
                label="Why this?",
                custom_id=f"aid1:why:{pattern}:{why}",
                style=discord.ButtonStyle.secondary,
            )
        )

    async def press(self, interaction: discord.Interaction[AidBot]) -> None:
        """Tells what was read and what it weighed."""
        station = interaction.client.station
        catalogue = station.knowledge(interaction.guild_id).catalogue
        known = catalogue.patterns.get(self.pattern)
        read = understood_by(self).partition("\n")[0]
        lines = [read] if read else []
        foot = FOOT
        if self.why == CHOSEN:
            lines.append(CHOSEN_WORDS)
        else:
            lines += explain(unpack(self.why), station.labels, catalogue.patterns)
            foot = f"{SHARES} {FOOT}"
        title = f"Why {name_of(known)}?" if known else "Why this?"
        layout = note_layout(title, "\n".join(lines), foot)
        await interaction.response.send_message(view=layout, ephemeral=True)


CHOSEN_WORDS = "From these words alone I was not sure, so I asked, and this was tapped."
SHARES = "The shares were learned from what runners write about each pain."
FOOT = "I compare words: I do not examine, and cannot tell what you have."


def why_button(pattern: str, reasons: Sequence[Reason]) -> WhyThis:
    """The button for these reasons, the weightiest that fit into its id."""
    packed = ""
    room = LONGEST_ID - len(f"aid1:why:{pattern}:")
    for one in _telling(reasons):
        code = ("," if packed else "") + one
        if len(packed) + len(code) > room:
            break
        packed += code
    return WhyThis(pattern, packed)


def _telling(reasons: Sequence[Reason]) -> Iterator[str]:
    for reason in reasons:
        if abs(reason.share) < _LEAST_SHARE:
            continue
        what = reason.what
        for kind, short in _SHORT.items():
            what = what.replace(kind, short)
        yield f"{what}{max(-99, min(99, round(reason.share * 100))):+d}"


def unpack(packed: str) -> list[Reason]:
    """The reasons that `why_button` packed; whatever is no reason is left out."""
    reasons = []
    for match in filter(None, map(_REASON.fullmatch, packed.split(","))):
        what = match[1]
        for kind, short in _SHORT.items():
            what = re.sub(rf"(^|:){short}", rf"\1{kind}", what)
        reasons.append(Reason(what, int(match[2]) / 100))
    return reasons


def explain(
    reasons: Sequence[Reason], labels: Mapping[Concept, str], patterns: Mapping[str, Pattern]
) -> Iterator[str]:
    """The reasons in plain words, a line each, what spoke for it first.

    What the lexicon has no words for says nothing to a member, and is left out.
    """
    told = [(_words(one.what, labels, patterns), one.share) for one in reasons]
    for title, some in (
        ("**What spoke for it**", [(words, share) for words, share in told if share > 0]),
        ("**What spoke against it**", [(words, share) for words, share in told if share < 0]),
    ):
        lines = [f"- {words}: {abs(share):.0%}" for words, share in some if words]
        if lines:
            yield from (title, *lines)
    if not reasons:
        yield "It is like the examples that this club gave for it, or named outright."


def _words(what: str, labels: Mapping[Concept, str], patterns: Mapping[str, Pattern]) -> str | None:
    if what == WHERE:
        return "where it is"
    if what == WORDS:
        return "all the rest of your words, taken together"
    *status, kind, name = what.split(":")
    label = labels.get(Concept(kind, name))
    if kind == "named" and name in patterns:
        label = f"that you name it ({name_of(patterns[name])})"
    return f"{label}, {_STATUS[status[0]]}" if label and status else label
