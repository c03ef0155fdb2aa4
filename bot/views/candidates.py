"""Names that runners keep using and the catalogue lacks: a curator adds them or lets them go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import ui

from bot.store.candidates import Candidate, drop_candidate, load_candidates
from bot.store.entries import Kind
from bot.threads.learning import around
from bot.views.curating import PatternForm, RemedyForm
from bot.views.errors import AidView, Guarded
from bot.views.layouts import CALM, view_of
from bot.views.messages import Viewer, viewer_of
from bot.views.text import safe

if TYPE_CHECKING:
    from bot.client import AidStation

NAMED_BY = 3  # people
LABELS = {"add": "Add it …", "drop": "Leave it out"}


class CandidateButton(
    Guarded,
    ui.DynamicItem[ui.Button[Any]],
    template=r"aid1:name:(?P<what>add|drop):(?P<kind>remedy|pattern):(?P<key>[^:]{1,60})",
):
    """Opens the form with the name filled in, or lets the name go."""

    def __init__(self, what: str, kind: str, key: str) -> None:
        self.what, self.kind, self.key = what, kind, key
        custom_id = f"aid1:name:{what}:{kind}:{key}"
        super().__init__(ui.Button(label=LABELS[what], custom_id=custom_id))

    async def press(self, interaction: discord.Interaction[AidStation]) -> None:
        """Once it is added, it is known and shows up no more."""
        from bot.views.review import review_layout  # which shows what waits, this among it

        bot = interaction.client
        server = bot.curator(interaction).server_id
        if self.what == "drop":
            await interaction.response.defer()
            await drop_candidate(bot.engine, server, self.kind, self.key)
            layout = await review_layout(viewer_of(interaction))
            await interaction.edit_original_response(view=layout)
            return
        named = await load_candidates(bot.engine, server, NAMED_BY)
        name = next((one.name for one in named if one.key == self.key), self.key)
        state = {"name": name.capitalize()}
        form = RemedyForm if self.kind == "remedy" else PatternForm
        await interaction.response.send_modal(form(state=state, anyway=self.kind == "pattern"))


async def candidate_layout(viewer: Viewer) -> AidView | None:
    """The name that most people use and the catalogue lacks; None where there is none."""
    bot, server = viewer.bot, viewer.server
    for candidate in await load_candidates(bot.engine, server, NAMED_BY):
        kind: Kind = "pattern" if candidate.kind == "pattern" else "remedy"
        if bot.curating.alike(server, kind, candidate.name) is None:
            return await _layout(viewer, candidate)
        await drop_candidate(bot.engine, server, candidate.kind, candidate.key)
    return None


async def _layout(viewer: Viewer, candidate: Candidate) -> AidView:
    what = "a pain" if candidate.kind == "pattern" else "a remedy"
    lines = []
    for kept, link in candidate.places:
        words = "" if await viewer.is_hidden(link) else kept
        message = None if words else await viewer.message(link)
        words = words or (around(message.text, candidate.name) if message else "")
        where = f" ([there](<{link}>))" if link else ""
        if words:
            lines.append(f"> {safe(words)}{where}")
    return view_of(
        CALM,
        ui.TextDisplay(
            f"### Runners keep naming **{safe(candidate.name)}**\n{candidate.people} people in "
            f"your threads name it like {what}, and I do not know it."
        ),
        *((ui.TextDisplay("\n".join(lines)),) if lines else ()),
        ui.ActionRow(
            *(CandidateButton(what, candidate.kind, candidate.key) for what in ("add", "drop"))
        ),
    )
