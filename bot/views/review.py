"""What waits for a curator: remedies that members propose, one at a time, with buttons."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord import ui

from bot.curating import DECIDED
from bot.knowledge.own import OwnRemedy, checked
from bot.refused import RefusedError
from bot.store.proposals import (
    count_proposals,
    load_next_proposal,
    load_proposal,
    reject_proposal,
    store_proposal,
    take_back_rejection,
)
from bot.views.bot import AidBot
from bot.views.candidates import candidate_layout
from bot.views.curating import change_layout, doubts_of, from_now_on, text_input
from bot.views.errors import AidModal, AidView, Guarded
from bot.views.later import Later
from bot.views.layouts import CALM, note_layout, view_of
from bot.views.learned import learned_layout
from bot.views.messages import Viewer, viewer_of
from bot.views.turns import BEGINNING, Turn, Waiting
from bot.wording import counted, safe

MOST_OF_ONE = 10  # proposals of one member that wait: nobody floods the curators
FOOT = "Only curators see this."
MORE = (
    "Discord lets me look up only so many messages at once, and you may read none of those that "
    "I tried. Please open `/review` once more, or let somebody do it who may read them."
)
LEFT = "Something waits still: `/review` shows it."
TAKEN_BACK = "That waits again already, or has gone: a rejected remedy is kept for 30 days."


class SuggestForm(AidModal, title="Propose a remedy"):
    """A member's remedy for a pain: its name and how it is done."""

    name = ui.Label[Any](text="Name", component=ui.TextInput(custom_id="name", max_length=80))
    how = ui.Label[Any](
        text="How it is done",
        component=ui.TextInput(custom_id="how", style=discord.TextStyle.paragraph, max_length=400),
    )

    def __init__(self, pattern: str, name: str = "", how: str = "") -> None:
        """`name` and `how`: what stands in the fields."""
        super().__init__()
        self._pattern = pattern
        text_input(self.name).default = name or None
        text_input(self.how).default = how or None

    def again(self) -> SuggestForm:
        """The form with what was typed."""
        return SuggestForm(self._pattern, text_input(self.name).value, text_input(self.how).value)

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        """Keeps it for the curators."""
        station = interaction.client.station
        server = interaction.guild_id or 0
        data = checked(
            "remedy",
            {
                "name": text_input(self.name).value,
                "how": text_input(self.how).value,
                "patterns": (self._pattern,),
            },
        )
        member = station.member_key(server, interaction.user.id)
        if await count_proposals(station.engine, server, member) >= MOST_OF_ONE:
            raise RefusedError(f"{MOST_OF_ONE} of yours wait already. Please give them time.")
        await store_proposal(station.engine, server, member, data, interaction.created_at)
        text = f"**{safe(data['name'])}** waits for a curator of this club. Thank you!"
        await interaction.response.send_message(
            view=note_layout("Proposed", text, "It is shown to curators without your name."),
            ephemeral=True,
        )


class Decide(
    Guarded,
    ui.DynamicItem[ui.Button[Any]],
    template=r"aid1:decide:(?P<what>accept|reject):(?P<number>\d{1,9})",
):
    """Accepts or rejects a proposal; the next one takes its place."""

    def __init__(self, what: str, number: int, *, doubted: bool = False) -> None:
        """`doubted`: a warning stands above it, so that accepting is not what offers itself."""
        self.what, self.number = what, number
        label = "Reject" if what == "reject" else "Accept anyway" if doubted else "Accept"
        style = discord.ButtonStyle.success if label == "Accept" else discord.ButtonStyle.secondary
        custom_id = f"aid1:decide:{what}:{number}"
        super().__init__(ui.Button(label=label, style=style, custom_id=custom_id))

    async def press(self, interaction: discord.Interaction[AidBot]) -> None:
        """Decides; whoever comes second is told so."""
        bot = interaction.client
        who = bot.curator(interaction)
        await interaction.response.defer()
        engine = bot.station.engine
        proposal = await load_proposal(engine, who.server_id, self.number)
        if proposal is None:
            raise RefusedError(DECIDED)
        rejects = self.what == "reject"
        done = "is not taken."
        if not rejects:
            curating = bot.station.curating
            slug = await curating.add(who, "remedy", proposal.data, proposal=self.number)
            done = f"{from_now_on(bot.station, who, 'remedy', slug)} `/remedy history` undoes it."
        elif not await reject_proposal(engine, who.server_id, self.number, interaction.created_at):
            raise RefusedError(DECIDED)
        turn = Turn("proposal", self.number)
        layout = await review_layout(viewer_of(interaction), turn)
        layout.add_item(ui.TextDisplay(f"-# **{safe(proposal.data['name'])}** {done}"))
        if rejects:
            layout.add_item(ui.ActionRow[Any](TakeBackRejection(self.number)))
        await interaction.edit_original_response(view=layout)


class TakeBackRejection(
    Guarded, ui.DynamicItem[ui.Button[Any]], template=r"aid1:unreject:(?P<number>\d{1,9})"
):
    """Lets a proposal that was just rejected wait again; also after a restart."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(ui.Button(label="Take that back", custom_id=f"aid1:unreject:{number}"))

    async def press(self, interaction: discord.Interaction[AidBot]) -> None:
        """Takes it back and shows it."""
        bot = interaction.client
        server = bot.curator(interaction).server_id
        await interaction.response.defer()
        if not await take_back_rejection(bot.station.engine, server, self.number):
            raise RefusedError(TAKEN_BACK)
        turn = Turn("proposal", self.number - 1)
        layout = await review_layout(viewer_of(interaction), turn)
        layout.add_item(ui.TextDisplay("-# Taken back: the proposal waits again."))
        await interaction.edit_original_response(view=layout)


REVIEW_ITEMS = (Decide, TakeBackRejection)


async def review_layout(viewer: Viewer, turn: Turn = BEGINNING) -> AidView:
    """What waits from a turn on: proposals, what threads taught, new names; else a kind word."""
    if layout := await _first_from(viewer, turn):
        return layout
    if viewer.has_looked_enough:
        return change_layout("Not all is looked through yet", MORE)
    if turn != BEGINNING and await _first_from(viewer, BEGINNING):
        return note_layout("That was the last one", LEFT, FOOT)
    return note_layout("Nothing waits", "All is decided.", FOOT)


async def _first_from(viewer: Viewer, turn: Turn) -> AidView | None:
    """The first that waits from a turn on, None for none."""
    kinds = list(_SHOWN)
    begun = kinds.index(turn.waiting)
    for kind in kinds[begun:]:
        layout = await _SHOWN[kind](viewer, turn.after if kind == turn.waiting else 0)
        if layout is not None:
            return layout
    return None


async def _proposal_layout(viewer: Viewer, after: int) -> AidView | None:
    """The oldest proposal after a number, None for none."""
    station = viewer.station
    proposal = await load_next_proposal(station.engine, viewer.server, after)
    if proposal is None:
        return None
    remedy = OwnRemedy(**proposal.data)
    knowledge = station.knowledge(proposal.server_id)
    pains = [
        knowledge.catalogue.patterns[slug].name
        for slug in remedy.patterns
        if slug in knowledge.catalogue.patterns
    ]
    alike = station.curating.alike(proposal.server_id, "remedy", remedy.name)
    lines = [f"**{safe(remedy.name)}** for {safe(', '.join(pains) or 'a pain that is gone')}"]
    lines.append(safe(remedy.how, len(remedy.how)))
    doubts = doubts_of(station, proposal.data)
    if alike:
        doubts.append(f"Here already: **{safe(alike.name)}**. Is it the same?")
    lines += [f"⚠️ {doubt}" for doubt in doubts]
    accept = Decide("accept", proposal.number, doubted=bool(doubts))
    count = await count_proposals(station.engine, viewer.server)
    when = discord.utils.format_dt(proposal.made_at, "R")
    return view_of(
        CALM,
        ui.TextDisplay("### A member proposes\n" + "\n".join(lines)),
        ui.ActionRow(accept, Decide("reject", proposal.number), Later("proposal", proposal.number)),
        ui.TextDisplay(f"-# {when}. {counted(count, 'proposal waits', 'proposals wait')}. {FOOT}"),
    )


# In the order of Turn: each gives the first after a number.
_SHOWN: dict[Waiting, Callable[[Viewer, int], Awaitable[AidView | None]]] = {
    "proposal": _proposal_layout,
    "learned": learned_layout,
    "name": candidate_layout,
}
