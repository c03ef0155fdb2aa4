"""Layouts of the reply, in Components V2.

Chosen over embeds after looking at both at 390 pixels: a container lets each remedy stand as a
block of its own with the small print under it, puts the picture beside the heading, and takes the
buttons inside. An embed's fields run together on a phone, and its buttons hang below everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import discord
from discord import ui

from bot.advice import SHOWN, Advice
from bot.signs import Sign, Triage
from bot.views.errors import AidView
from bot.views.sending import Audience
from bot.views.shown import UNDERSTOOD
from bot.wording import (
    NO_REMEDIES,
    QUOTE_LENGTH,
    advised_against,
    emergency_line,
    name_of,
    rarely_mentioned,
    remedy_text,
    remembered,
    safe,
)

CALM = discord.Colour(0x2A9D8F)
SOON = discord.Colour(0xE9A23B)
NOW = discord.Colour(0xD62828)
SUGGEST = "Did something help you? Tell your club with `/suggest`."
TEXT_LIMIT = 4000  # Discord's, for all text of a message together
UNDERSTOOD_LENGTH = 300
OF_ANOTHER = (
    "**This is about somebody else's message. They do not see it: please go to them or tell them, "
    "and get help for them.**"
)
Row = ui.Item[Any]


@dataclass(frozen=True, slots=True)
class Fitted:
    """An answer as it fits into a message: its layout, and the advice with what stands in it."""

    layout: AidView
    advice: Advice


def advice_layout(
    advice: Advice,
    *,
    understood: str,
    caution: str,
    picture: discord.File | None,
    rows: Callable[[Advice], Sequence[Row]] = lambda advice: (),
) -> Fitted:
    """The answer for one pattern. `understood` is Markdown-safe already.

    Whole remedies, last first, make room when the text would be too long for Discord; `rows` makes
    what stands at the end for those that are left.
    """
    for shown in range(min(SHOWN, len(advice.remedies)), -1, -1):
        whole = shown == len(advice.remedies)
        fitted = advice if whole else replace(advice, remedies=advice.remedies[:shown])
        end = rows(fitted)
        smallest = view_of(
            CALM,
            *_heading(advice, understood, picture),
            *_remedies(advice, shown),
            ui.Separator(),
            *_research(advice),
            ui.TextDisplay(_see(advice)),
            ui.TextDisplay(f"-# {caution}"),
            *((ui.Separator(), *end) if end else ()),
        )
        if smallest.content_length() <= TEXT_LIMIT:
            break
    return Fitted(smallest, fitted)


def red_flag_layout(
    triage: Triage, caution: str, emergency_number: str, again: Row, to: Audience
) -> AidView:
    """What was noticed and what to do now. No remedies: they would only hold somebody up.

    `again`: how somebody who was misread goes on. The words of a sign are quoted; a whole sentence
    may tell more than a channel should read, and is only to the member.
    """
    who = "they" if to.of_another else "you"

    def line(sign: Sign) -> str:
        shown = sign.quote and (not sign.felt or (to.private and len(sign.quote) <= QUOTE_LENGTH))
        quote = f" ({who} wrote “{safe(sign.quote)}”)" if shown else ""
        return f"- **{sign.noticed}**{quote}"

    quoted = [line(sign) for sign in triage.signs if not sign.felt]
    felt = [line(sign) for sign in triage.signs if sign.felt]
    noticed = ["What I noticed:", *quoted] if quoted else []
    noticed += ["What it reminds me of, though I may be wrong:", *felt] if felt else []
    return view_of(
        _urgency(triage),
        *((ui.TextDisplay[Any](OF_ANOTHER),) if to.of_another else ()),
        *_do_now(triage, emergency_number),
        ui.Separator(),
        ui.TextDisplay("\n".join(noticed)),
        ui.Separator(),
        ui.TextDisplay(
            f"I leave out what other runners suggest: this needs more than tips.\n-# {caution}"
        ),
        again,
    )


def advice_beginning(advice: Advice, understood: str, caution: str, shown: int) -> Row:
    """How an answer begins and ends, with the first `shown` remedies, for an example."""
    return ui.Container(
        *_heading(advice, understood, None),
        *(_remedies(advice, shown) if shown else ()),
        ui.TextDisplay("…"),
        ui.TextDisplay(f"-# {caution}"),
        accent_colour=CALM,
    )


def red_flag_beginning(triage: Triage, emergency_number: str) -> Row:
    """How an answer to danger signs begins, for an example."""
    return ui.Container(
        *_do_now(triage, emergency_number), ui.TextDisplay("…"), accent_colour=_urgency(triage)
    )


def _urgency(triage: Triage) -> discord.Colour:
    return NOW if triage.level == "emergency" else SOON


def _do_now(triage: Triage, emergency_number: str) -> Iterable[Row]:
    if triage.level != "emergency":
        yield ui.TextDisplay(f"## ⚠️ Please have this looked at before you run on\n{triage.do_now}")
        return
    yield ui.TextDisplay("# 🚨 Please get help now")
    if call := emergency_line(emergency_number):
        yield ui.TextDisplay(call)
    yield ui.TextDisplay(f"**{triage.do_now}**")


def question_layout(understood: str, caution: str, buttons: Iterable[Row]) -> AidView:
    """One question: which place is nearest? A button a place, each in a row of its own.

    `understood` is Markdown-safe already.
    """
    return view_of(
        CALM,
        ui.TextDisplay("### Where is it most?"),
        ui.TextDisplay(understood, id=UNDERSTOOD),
        ui.TextDisplay("I am not sure yet which pain this is. Tap what comes nearest:"),
        *buttons,
        ui.TextDisplay(f"-# {caution}"),
    )


def note_layout(title: str, text: str, small: str = "") -> AidView:
    """A short friendly word; `small`: what stands below it in small print."""
    # A text of its own: right after a list it would be read as part of the last item.
    below = [ui.TextDisplay[AidView](f"-# {small}")] if small else []
    return view_of(CALM, ui.TextDisplay(f"### {title}\n{text}"), *below)


def understood_text(understood: str, notes: Sequence[str] = ()) -> str:
    """What was understood as a line of small print, made safe, and what must be told besides."""
    words = safe(understood, UNDERSTOOD_LENGTH)
    read = f"-# I read: {words}" if words else "-# I understood only a little."
    return "\n".join([read, notes_text(notes)]) if notes else read


def notes_text(notes: Sequence[str]) -> str:
    """What must be told besides, a line each."""
    return "\n".join(f"⚠️ {note}" for note in notes)


def view_of(colour: discord.Colour, *rows: Row) -> AidView:
    """A layout of one container with these rows."""
    view = AidView()
    view.add_item(ui.Container(*rows, accent_colour=colour))
    return view


def _heading(
    advice: Advice, understood: str, picture: discord.File | None
) -> Sequence[ui.TextDisplay[Any] | ui.Section[Any]]:
    title = f"### Sounds like what runners call **{name_of(advice.pattern)}**"
    texts = [ui.TextDisplay[Any](title)]
    if understood:
        texts.append(ui.TextDisplay(understood, id=UNDERSTOOD))
    if picture is None:
        return texts
    beside = ui.Thumbnail[Any](f"attachment://{picture.filename}", description=picture.description)
    return [ui.Section(*texts, accessory=beside)]


def _remedies(advice: Advice, shown: int) -> Iterable[Row]:
    if advice.unspoken:
        yield ui.TextDisplay(f"{NO_REMEDIES} {SUGGEST}")
    for number, ranked in enumerate(advice.remedies[:shown], start=1):
        if number > 1:
            yield ui.Separator(visible=False)
        yield ui.TextDisplay(remedy_text(number, ranked, advice.people))


def _research(advice: Advice) -> Iterable[Row]:
    if advice.but:
        yield ui.TextDisplay(advised_against(advice))
    if advice.but and advice.rarely:
        yield ui.Separator(visible=False)
    if advice.rarely:
        yield ui.TextDisplay(rarely_mentioned(advice))
    if advice.but or advice.rarely:
        yield ui.Separator()


@remembered
def _see(advice: Advice) -> str:
    signs = "\n".join(f"- {sign}" for sign in advice.pattern.see)
    return f"**🩺 See a professional when**\n{signs}"
