"""What a thread taught, waiting for a curator: one suggestion at a time, decided by buttons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any
from zlib import crc32

import discord
from discord import ui

from bot.curating import DECIDED
from bot.knowledge.snapshot import Knowledge
from bot.knowledge.tally import STANCES
from bot.refused import RefusedError
from bot.station import Station
from bot.store.suggestions import (
    Pending,
    approve,
    approve_all,
    can_be_taken_back,
    correct,
    count_pending,
    load_next_pending,
    load_one_pending,
    load_pending_of,
    load_sources,
    reject,
    take_back,
)
from bot.views.bot import AidBot
from bot.views.errors import AidView, Guarded
from bot.views.later import Later
from bot.views.layouts import CALM, view_of
from bot.views.messages import Viewer, place_of, viewer_of
from bot.views.provenance import SAID, said_of, source_name
from bot.views.turns import Turn
from bot.wording import QUOTE_LENGTH, counted, linked, safe

NEXT, NEXT_LENGTH = 8, 90  # suggestions named after the first, and characters of their words
PAGE = 24  # options of a select, and one to turn the page: Discord allows 25
TURN = "page:"  # no slug has a colon
LABELS = {
    "yes": "Approve",
    "no": "Reject",
    "fix": "Correct …",
    "rest": "Approve these",
    "back": "Back",
}
DONE = {
    "yes": "Approved:",
    "no": "Rejected, and not asked again:",
    "rest": "Approved, with all that stood below it:",
}
STYLES = {"yes": discord.ButtonStyle.success, "no": discord.ButtonStyle.danger}
FIELDS = ("pattern", "remedy", "stance")
MEANWHILE = "Somebody else was faster with that one. Please look at what waits now."
TAKEN_BACK = "That was taken back already, decided anew, or its thread was forgotten."
CORRECTED = "Somebody else has corrected that one meanwhile. Please look at it again."


class DecideLearned(
    Guarded,
    ui.DynamicItem[ui.Button[Any]],
    template=r"aid1:learned:(?P<what>yes|no|fix|rest|back):(?P<number>\d{1,9})(?::(?P<seen>[\w-]{1,20}))?",
):
    """A curator's word on what a thread taught; the next one takes its place.

    `seen`: what the curator had before them: how it was read, and, for several at once, the number
    of the last that was shown. None on a button from before that was noted.
    """

    def __init__(
        self, what: str, number: int, seen: str | None = None, label: str | None = None
    ) -> None:
        """`label`: where it is not the usual one; such a button does not offer itself."""
        self.what, self.number, self.seen = what, number, seen
        plain = discord.ButtonStyle.secondary
        style = plain if label else STYLES.get(what, plain)
        custom_id = f"aid1:learned:{what}:{number}" + (f":{seen}" if seen else "")
        super().__init__(ui.Button(label=label or LABELS[what], style=style, custom_id=custom_id))

    async def press(self, interaction: discord.Interaction[AidBot]) -> None:
        """Decides; whoever comes second is told so, and sees what there is now."""
        bot = interaction.client
        server = bot.curator(interaction).server_id
        await interaction.response.defer()
        viewer = viewer_of(interaction)
        pending = await load_one_pending(bot.station.engine, server, self.number)
        refused = "" if pending or self.what == "back" else DECIDED
        if pending and self.what == "fix":
            layout = await correct_layout(viewer, pending)
        elif self.what == "back":
            layout = await bot.what_waits(viewer, self._turn(before=True))
        else:
            refused = refused or await self._decide(bot.station, server, pending)
            layout = await bot.what_waits(viewer, self._turn(before=bool(refused)))
            if pending and not refused:
                done = f"{DONE[self.what]} {_reads(pending, bot.station.knowledge(server))}"
                layout.add_item(ui.TextDisplay(f"-# {done}"))
                if await can_be_taken_back(bot.station.engine, server, self.number):
                    layout.add_item(ui.ActionRow[Any](TakeBackDecision(self.number)))
        await interaction.edit_original_response(view=layout)
        if refused:
            raise RefusedError(refused)

    def _turn(self, *, before: bool) -> Turn:
        return Turn("learned", self.number - before)

    async def _decide(self, station: Station, server: int, pending: Pending | None) -> str:
        """Carries it out; gives the reason where that is refused, "" where it is done."""
        if pending is None:
            return DECIDED
        mark, _, last = (self.seen or "").partition("-")
        thread, up_to = pending.suggestion.thread, int(last) if last else None
        shown = [pending]
        if up_to is not None:  # all of them as they were shown, and no other in between
            rest = await load_pending_of(station.engine, server, thread, self.number, NEXT + 1)
            shown += [one for one in rest if one.number <= up_to]
        if mark not in ("", _mark(*shown)):
            return CORRECTED
        if self.what == "rest":
            await approve_all(station.engine, server, thread, self.number, up_to)
        else:
            decide = reject if self.what == "no" else approve
            if not await decide(station.engine, server, pending):
                return MEANWHILE
        if self.what != "no":
            await station.servers.refresh(server)
        return ""


class TakeBackDecision(
    Guarded, ui.DynamicItem[ui.Button[Any]], template=r"aid1:undecide:(?P<number>\d{1,9})"
):
    """Lets what was just decided wait again; also after a restart."""

    def __init__(self, number: int) -> None:
        """`number`: of the first that was decided."""
        self.number = number
        super().__init__(ui.Button(label="Take that back", custom_id=f"aid1:undecide:{number}"))

    async def press(self, interaction: discord.Interaction[AidBot]) -> None:
        """Takes it back and shows that first."""
        bot = interaction.client
        server = bot.curator(interaction).server_id
        await interaction.response.defer()
        count = await take_back(bot.station.engine, server, self.number)
        if not count:
            raise RefusedError(TAKEN_BACK)
        await bot.station.servers.refresh(server)
        turn = Turn("learned", self.number - 1)
        layout = await bot.what_waits(viewer_of(interaction), turn)
        again = f"Taken back, and to decide anew: {counted(count, 'suggestion')}."
        layout.add_item(ui.TextDisplay(f"-# {again}"))
        await interaction.edit_original_response(view=layout)


class CorrectLearned(
    Guarded,
    ui.DynamicItem[ui.Select[Any]],
    template=r"aid1:correct:(?P<field>pattern|remedy|stance):(?P<number>\d{1,9})",
):
    """Puts another pain, remedy or stance into what a thread is said to teach."""

    def __init__(
        self, field: str, number: int, options: list[discord.SelectOption] | None = None
    ) -> None:
        self.field, self.number = field, number
        super().__init__(
            ui.Select(
                custom_id=f"aid1:correct:{field}:{number}",
                options=options or [discord.SelectOption(label="…", value="…")],
            )
        )

    async def press(self, interaction: discord.Interaction[AidBot]) -> None:
        """Keeps the choice."""
        bot = interaction.client
        server = bot.curator(interaction).server_id
        chosen = self.item.values[0]
        await interaction.response.defer()
        page = _page_of(chosen)
        if page is None and not await correct(
            bot.station.engine, server, self.number, self.field, chosen
        ):
            raise RefusedError(DECIDED)
        pending = await load_one_pending(bot.station.engine, server, self.number)
        if pending is None:
            raise RefusedError(DECIDED)
        turned = {} if page is None else {self.field: page}
        layout = await correct_layout(viewer_of(interaction), pending, turned)
        await interaction.edit_original_response(view=layout)


LEARNED_ITEMS = (DecideLearned, CorrectLearned, TakeBackDecision)


async def learned_layout(viewer: Viewer, after: int) -> AidView | None:
    """The first suggestion that waits after a number, with its words and its buttons, or None."""
    station, server = viewer.station, viewer.server
    first = await load_next_pending(station.engine, server, after)
    if first is None:
        return None
    thread = first.suggestion.thread
    count = await count_pending(station.engine, server, thread)
    total = await count_pending(station.engine, server)
    following = await load_pending_of(station.engine, server, thread, first.number, NEXT)
    source = (await load_sources(station.engine, server, [thread])).get(thread)
    seen = source is not None and not await viewer.is_hidden(source.link)
    title = f"### From {source_name(source) if source and seen else 'a thread'}"
    words = await _words(viewer, first)
    doubts = "".join(f"\n⚠️ {doubt}" for doubt in station.second_look.doubts(words))
    mark = _mark(first)
    buttons: list[ui.Item[Any]] = [
        DecideLearned("yes", first.number, mark, "Approve anyway" if doubts else None),
        DecideLearned("no", first.number, mark),
        DecideLearned("fix", first.number, mark),
        Later("learned", first.number),
    ]
    if following:
        these = f"{LABELS['rest']} {1 + len(following)}"
        last = following[-1].number
        buttons.append(
            DecideLearned("rest", first.number, f"{_mark(first, *following)}-{last}", these)
        )
    return view_of(
        CALM,
        ui.TextDisplay(title),
        ui.TextDisplay(_told(viewer, first, words) + doubts),
        *([ui.TextDisplay(await _below(viewer, following))] if following else []),
        ui.ActionRow(*buttons),
        ui.TextDisplay(f"-# {count} of this thread and {total} in all wait. Only you see this."),
    )


async def correct_layout(
    viewer: Viewer, pending: Pending, pages: Mapping[str, int] = MappingProxyType({})
) -> AidView:
    """The suggestion with a choice of pain, remedy and stance; `pages`: turned to, by field."""
    knowledge = viewer.station.knowledge(viewer.server)
    words = await _words(viewer, pending)
    choices = (
        CorrectLearned(
            field, pending.number, _options(field, pending, knowledge, pages.get(field, 0))
        )
        for field in FIELDS
    )
    return view_of(
        CALM,
        ui.TextDisplay(f"### Correct it\n{_told(viewer, pending, words)}"),
        *(ui.ActionRow[Any](choice) for choice in choices),
        ui.ActionRow(
            *(DecideLearned(what, pending.number, _mark(pending)) for what in ("yes", "no", "back"))
        ),
    )


def _mark(*pending: Pending) -> str:
    """Tells one reading of what waits from another."""
    said = [one.suggestion for one in pending]
    read = "\n".join(f"{one.pattern} {one.remedy} {one.stance}" for one in said)
    return f"{crc32(read.encode()):08x}"


def _told(viewer: Viewer, pending: Pending, words: str) -> str:
    """The words, what is read in them, and where they stand."""
    reads = _reads(pending, viewer.station.knowledge(viewer.server))
    link = f"\n{linked('There it stands', pending.link)}" if pending.link else ""
    # The empty line ends the quotation: what follows is the bot's own reading.
    return f"> {words}\n\n{reads}{link}"


async def _below(viewer: Viewer, following: Sequence[Pending]) -> str:
    """What comes next of the thread, each with its words: it may be approved unopened."""
    lines = ["**Next in this thread:**"]
    for one in following:
        words = await _words(viewer, one, NEXT_LENGTH)
        doubted = "⚠️ " if viewer.station.second_look.doubts(words) else ""
        reads = _reads(one, viewer.station.knowledge(viewer.server))
        lines.append(f"-# {doubted}{reads} (“{words}”)")
    return "\n".join(lines)


async def _words(viewer: Viewer, pending: Pending, length: int = QUOTE_LENGTH) -> str:
    """What was said, in so many characters at most, or why it is not shown."""
    if pending.quote and not await viewer.is_hidden(pending.link):
        return safe(pending.quote, length)
    if not place_of(pending.link):
        return "(its words went when it was decided)"
    message = await viewer.message(pending.link)
    if message is None:
        return "(the message is gone, or you or I may not read it)"
    if not message.text:
        return "(its words are withheld from me: whoever hosts me can change that)"
    # Who only says "this!" is shown whole: what they point to names the remedy.
    said = said_of(viewer, message.text, pending.suggestion.remedy)
    return safe(said.quote if said else message.text, length)


def _reads(pending: Pending, knowledge: Knowledge) -> str:
    said = pending.suggestion
    remedy, pattern = _named(said.remedy, knowledge), _named(said.pattern, knowledge)
    return f"**{remedy}** for **{pattern}**: they {SAID[said.stance]}"


def _named(slug: str, knowledge: Knowledge) -> str:
    catalogue = knowledge.catalogue
    known = catalogue.remedies.get(slug) or catalogue.patterns.get(slug)
    if known is None and slug in knowledge.hidden:
        return f"{safe(knowledge.hidden[slug])} (taken out here)"
    return safe(known.name if known else slug)


def _options(
    field: str, pending: Pending, knowledge: Knowledge, page: int
) -> list[discord.SelectOption]:
    now = getattr(pending.suggestion, field)
    if field == "stance":
        return [
            discord.SelectOption(label=f"They {SAID[one]}", value=one, default=one == now)
            for one in STANCES
        ]
    known = knowledge.catalogue.patterns if field == "pattern" else knowledge.catalogue.remedies
    likely = [now, *_likely(field, pending, knowledge)]
    slugs = [slug for slug in dict.fromkeys([*likely, *known]) if slug in known]
    shown = slugs[page * PAGE : (page + 1) * PAGE]
    options = [
        discord.SelectOption(label=known[slug].name[:100], value=slug, default=slug == now)
        for slug in shown
    ]
    if len(slugs) > PAGE:
        following = (page + 1) % -(-len(slugs) // PAGE)
        label = "Others …" if following else "Back to the likeliest …"
        options.append(discord.SelectOption(label=label, value=f"{TURN}{following}"))
    return options


def _page_of(chosen: str) -> int | None:
    """The page that a choice turns to, None for a choice of something."""
    return int(chosen.removeprefix(TURN)) if chosen.startswith(TURN) else None


def _likely(field: str, pending: Pending, knowledge: Knowledge) -> list[str]:
    """What is most talked of: pains in all, remedies for this pain."""
    if field == "pattern":
        return sorted(knowledge.people, key=lambda slug: -knowledge.people[slug])
    of_pain = {
        remedy: tally.people
        for (pattern, remedy), tally in knowledge.tallies.items()
        if pattern == pending.suggestion.pattern
    }
    return sorted(of_pain, key=lambda slug: -of_pain[slug])
