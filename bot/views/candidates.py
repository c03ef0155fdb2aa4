"""Names that runners keep using and the catalogue lacks: a curator adds them or lets them go."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import discord
from discord import ui

from bot.store.candidates import (
    NAMED_BY,
    Candidate,
    Place,
    drop_candidate,
    drop_places,
    load_candidates,
    load_places,
)
from bot.store.entries import Kind
from bot.threads.learning import around
from bot.views.bot import AidBot
from bot.views.curating import PatternForm, RemedyForm
from bot.views.errors import AidView, Guarded
from bot.views.later import Later
from bot.views.layouts import CALM, view_of
from bot.views.messages import Viewer, viewer_of
from bot.views.turns import Turn
from bot.wording import linked, safe

LONGEST_LOOK = 1.5  # seconds
LABELS = {"add": "Add it …", "drop": "Leave it out"}


class CandidateButton(
    Guarded,
    ui.DynamicItem[ui.Button[Any]],
    template=r"aid1:name:(?P<what>add|drop):(?P<kind>remedy|pattern):(?P<key>[^:]{1,60})",
):
    """Opens the form with the name filled in, or lets the name go."""

    def __init__(self, what: str, kind: Kind, key: str) -> None:
        self.what, self.kind, self.key = what, kind, key
        custom_id = f"aid1:name:{what}:{kind}:{key}"
        super().__init__(ui.Button(label=LABELS[what], custom_id=custom_id))

    async def press(self, interaction: discord.Interaction[AidBot]) -> None:
        """Once it is added, it is known and shows up no more."""
        bot = interaction.client
        server = bot.curator(interaction).server_id
        viewer = viewer_of(interaction)
        if self.what == "drop":
            await interaction.response.defer()
            turn = Turn("name", await self._number(viewer) - 1)
            await drop_candidate(bot.station.engine, server, self.kind, self.key)
            await interaction.edit_original_response(view=await bot.what_waits(viewer, turn))
            return
        state = {"name": (await self._name(viewer)).capitalize()}
        form = RemedyForm if self.kind == "remedy" else PatternForm
        await interaction.response.send_modal(form(state=state, anyway=self.kind == "pattern"))

    async def _number(self, viewer: Viewer) -> int:
        """Which one of the candidates it is; the first where it is none any more."""
        known = await load_candidates(viewer.station.engine, viewer.server, NAMED_BY)
        keys = [(one.kind, one.key) for one in known]
        mine = (self.kind, self.key)
        return keys.index(mine) + 1 if mine in keys else 1

    async def _name(self, viewer: Viewer) -> str:
        """The name as it is spelt, "" where Discord does not tell it in time.

        A form can only be the first answer, and Discord waits three seconds for that.
        """
        engine, server = viewer.station.engine, viewer.server
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_LOOK):
                for place in await load_places(engine, server, self.kind, self.key):
                    if spelt := await _name_at(viewer, place, self.key):
                        return spelt
        return ""


async def candidate_layout(viewer: Viewer, after: int) -> AidView | None:
    """The name that most people use and the catalogue lacks, after so many; None for none.

    Passed over is one that whoever looks may not read; what was added meanwhile is let go, and
    what its messages name no more.
    """
    station, server = viewer.station, viewer.server
    candidates = await load_candidates(station.engine, server, NAMED_BY)
    for number, candidate in enumerate(candidates[after:], start=after + 1):
        used = await _used(viewer, candidate.kind, candidate.key)
        if used.gone:
            await drop_places(station.engine, server, candidate.kind, candidate.key, used.gone)
        if not used.name:
            continue
        if station.curating.alike(server, candidate.kind, used.name) is None:
            return _layout(candidate, used, number)
        await drop_candidate(station.engine, server, candidate.kind, candidate.key)
    return None


class _Used(NamedTuple):
    """A name as it is spelt, "" where nobody may read it, and lines that show its use.

    `gone`: links to messages that name it no more.
    """

    name: str
    lines: Sequence[str]
    gone: Sequence[str]


async def _used(viewer: Viewer, kind: Kind, key: str) -> _Used:
    """How a name is used, as far as whoever looks may read it.

    Of Discord messages only a hash is kept: there the name itself is read again.
    """
    name, lines, gone = "", [], []
    for place in await load_places(viewer.station.engine, viewer.server, kind, key):
        if await viewer.is_hidden(place.link):
            continue
        words = place.quote
        message = None if words else await viewer.message(place.link)
        spelt = place.name or (_spelt(viewer, message.text, key) if message else "")
        if message and spelt:
            words = around(message.text, spelt)
        elif not words and (viewer.is_gone(place.link) or (message and message.text)):
            gone.append(place.link)
        name = name or spelt
        if words:
            where = f" ({linked('there', place.link)})" if place.link else ""
            lines.append(f"> {safe(words)}{where}")
    return _Used(name, lines, gone)


async def _name_at(viewer: Viewer, place: Place, key: str) -> str:
    if place.name:
        return "" if await viewer.is_hidden(place.link) else place.name
    message = await viewer.message(place.link)
    return _spelt(viewer, message.text, key) if message else ""


def _spelt(viewer: Viewer, text: str, key: str) -> str:
    """The name in a message of which `key` is the hash, "" where it is not there any more."""
    station, server = viewer.station, viewer.server
    names = station.learner(server).names(text)
    return next((one.name for one in names if station.name_key(server, one.key) == key), "")


def _layout(candidate: Candidate, used: _Used, number: int) -> AidView:
    """`number`: which one of the candidates it is."""
    what = "a pain" if candidate.kind == "pattern" else "a remedy"
    return view_of(
        CALM,
        ui.TextDisplay(
            f"### Runners keep naming **{safe(used.name)}**\n{candidate.people} people in "
            f"your threads name it like {what}, and I do not know it."
        ),
        *((ui.TextDisplay("\n".join(used.lines)),) if used.lines else ()),
        ui.ActionRow(
            *(CandidateButton(what, candidate.kind, candidate.key) for what in ("add", "drop")),
            Later("name", number),
        ),
    )
