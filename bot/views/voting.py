"""How members say what helped: reactions under a public reply, buttons where none can be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import discord
from discord import ui

from bot.advice import Advice
from bot.store.votes import Ballot, Cast, TakeBack, change_vote
from bot.views.bot import AidBot
from bot.views.errors import SLUG, Guarded, tell_privately
from bot.views.layouts import CALM, view_of
from bot.views.provenance import WhoSaidSo
from bot.views.questions import AskLater
from bot.views.shown import VOTE_ID
from bot.wording import WAITS, number_emoji

WRONG = "👎"
MOST_NUMBERS = 5
NUMBERS = tuple(number_emoji(number) for number in range(1, MOST_NUMBERS + 1))
NEWCOMER = timedelta(days=3)  # before that an account's votes count nothing
VOTE_WRONG = "-# 👎 means: not my pain."
VOTE = "-# Did one of these help you? React with its number. 👎 means: not my pain."
VOTE_PRIVATELY = "Did one of these help you? Tap its number."


class VoteButton(
    Guarded,
    ui.DynamicItem[ui.Button[Any]],
    template=VOTE_ID,
):
    """A vote under a private reply. A press always casts; what it says offers to take it back."""

    labelled = True

    def __init__(self, pattern: str, remedy: str | None, label: str) -> None:
        self.pattern, self.remedy = pattern, remedy
        custom_id = f"aid1:vote:{pattern}:{remedy or ''}"
        super().__init__(ui.Button(label=label, custom_id=custom_id))

    async def press(self, interaction: discord.Interaction[AidBot]) -> None:
        """Casts the vote."""
        station, member = interaction.client.station, interaction.user
        if interaction.guild_id is None:
            await tell_privately(interaction, "Votes count within a server only.")
            return
        now = discord.utils.utcnow()
        key = station.member_key(interaction.guild_id, member.id)
        ballot = Ballot(interaction.guild_id, key, self.pattern, self.remedy)
        cast = Cast(ballot, now, counts_from=counts_from(member, now))
        station.writer.put(partial(change_vote, change=cast), votes_of=ballot.server_id)
        said = self._said(cast) if await station.writer.drained() else WAITS
        back = TakeBackButton(self.pattern, self.remedy)
        layout = view_of(CALM, ui.TextDisplay(said), ui.ActionRow(back))
        await interaction.response.send_message(view=layout, ephemeral=True)

    def _said(self, cast: Cast) -> str:
        noted = "Noted." if self.remedy else "Noted: not your pain."
        when = " It counts once you have been here for three days." if cast.counts_from else ""
        return f"{noted} Thank you!{when}"


class TakeBackButton(
    Guarded,
    ui.DynamicItem[ui.Button[Any]],
    template=rf"aid1:unvote:(?P<pattern>{SLUG}):(?P<remedy>{SLUG})?",
):
    """Takes the vote back that was just cast by a button."""

    def __init__(self, pattern: str, remedy: str | None) -> None:
        self.pattern, self.remedy = pattern, remedy
        custom_id = f"aid1:unvote:{pattern}:{remedy or ''}"
        super().__init__(ui.Button(label="Take it back", custom_id=custom_id))

    async def press(self, interaction: discord.Interaction[AidBot]) -> None:
        """Takes the vote back; a reaction of before does not bring it back by itself."""
        station, server = interaction.client.station, interaction.guild_id
        if server is None:
            await tell_privately(interaction, "Votes count within a server only.")
            return
        ballot = Ballot(
            server, station.member_key(server, interaction.user.id), self.pattern, self.remedy
        )
        change = TakeBack(ballot, discord.utils.utcnow())
        station.writer.put(partial(change_vote, change=change), votes_of=server)
        said = "Taken back." if await station.writer.drained() else WAITS
        await interaction.response.edit_message(view=view_of(CALM, ui.TextDisplay(said)))


VOTE_ITEMS = (VoteButton, TakeBackButton)


def reactions_arrive(interaction: discord.Interaction[Any]) -> bool:
    """Whether the bot can react here and hears of reactions: commands work in hidden channels."""
    may = interaction.app_permissions
    return may.view_channel and may.add_reactions and may.read_message_history


def counts_from(member: discord.abc.User, now: datetime) -> datetime | None:
    """From when on a member's vote counts; None for at once."""
    joined = member.joined_at if isinstance(member, discord.Member) else None
    if joined is None or joined + NEWCOMER <= now:
        return None
    return joined + NEWCOMER


def feedback_rows(
    advice: Advice, *, by_buttons: bool, in_server: bool, more: Sequence[ui.Item[Any]] = ()
) -> list[ui.Item[Any]]:
    """The rows under a reply: how to say what helped, then `more` buttons in the last row.

    `by_buttons`: not by reactions, which a private reply cannot have and which do not reach the
    bot from a channel that is hidden from it. In a direct message nothing can be voted for and no
    question kept: both are a server's.
    """
    pattern, remedies = advice.pattern.slug, advice.remedies[:MOST_NUMBERS]
    if not remedies:
        rows: list[ui.Item[Any]] = [ui.ActionRow(*more)] if more else []
        return [*rows, ui.TextDisplay(VOTE_WRONG)] if in_server and not by_buttons else rows
    who = WhoSaidSo(pattern)
    if not in_server:
        return [ui.ActionRow(*more, who)]
    later = AskLater(pattern)
    if not by_buttons:
        return [ui.ActionRow(*more, who, later), ui.TextDisplay(VOTE)]
    votes = (
        VoteButton(pattern, ranked.remedy.slug, str(number))
        for number, ranked in enumerate(remedies, start=1)
    )
    wrong = VoteButton(pattern, None, f"{WRONG} Not my pain")
    return [
        ui.TextDisplay(VOTE_PRIVATELY),
        ui.ActionRow(*votes),
        ui.ActionRow(wrong, *more, who, later),
    ]
