"""How members say what helped: reactions under a public reply, buttons under a private one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Self

import discord
from discord import ui

from bot.advice import Advice
from bot.store.votes import Ballot, Cast, TakeBack, change_vote, has_vote
from bot.views.errors import Guarded, tell_privately
from bot.views.provenance import WhoSaidSo
from bot.views.questions import AskLater
from bot.views.text import number_emoji

if TYPE_CHECKING:
    from bot.client import AidStation

WRONG = "👎"
MOST_NUMBERS = 5
NUMBERS = tuple(number_emoji(number) for number in range(1, MOST_NUMBERS + 1))
NEWCOMER = timedelta(days=3)  # before that an account's votes count nothing
VOTE = "-# Did one of these help you? React with its number. 👎 means: not my pain."
VOTE_PRIVATELY = "Did one of these help you? Tap its number. Tap again to take it back."
_SLUG = r"[a-z0-9-]{1,40}"


class VoteButton(
    Guarded,
    ui.DynamicItem[ui.Button[Any]],
    template=rf"aid1:vote:(?P<pattern>{_SLUG}):(?P<remedy>{_SLUG})?",
):
    """A vote under a private reply: the first press casts it, the next takes it back."""

    def __init__(self, pattern: str, remedy: str | None, label: str) -> None:
        self.pattern, self.remedy = pattern, remedy
        custom_id = f"aid1:vote:{pattern}:{remedy or ''}"
        super().__init__(ui.Button(label=label, custom_id=custom_id))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """discord.py's way back from a pressed button."""
        label = item.label if isinstance(item, ui.Button) else None
        return cls(match["pattern"], match["remedy"], label or "…")

    async def press(self, interaction: discord.Interaction[AidStation]) -> None:
        """Casts the vote, or takes it back."""
        bot, member = interaction.client, interaction.user
        if interaction.guild_id is None:
            await tell_privately(interaction, "Votes count within a server only.")
            return
        key = bot.member_key(interaction.guild_id, member.id)
        ballot = Ballot(interaction.guild_id, key, self.pattern, self.remedy)
        stands = await has_vote(bot.engine, ballot)
        now = discord.utils.utcnow()
        change = (
            TakeBack(ballot) if stands else Cast(ballot, now, counts_from=counts_from(member, now))
        )
        bot.writer.put(partial(change_vote, change=change), votes_of=ballot.server_id)
        await tell_privately(interaction, self._said(stands, await bot.writer.drained()))

    def _said(self, stands: bool, stored: bool) -> str:
        if not stored:
            return "I have it, and keep it as soon as my database is free again."
        if stands:
            return "Taken back."
        return "Noted: not your pain. Thank you!" if self.remedy is None else "Noted. Thank you!"


def counts_from(member: discord.abc.User, now: datetime) -> datetime | None:
    """From when on a member's vote counts; None for at once."""
    joined = member.joined_at if isinstance(member, discord.Member) else None
    if joined is None or joined + NEWCOMER <= now:
        return None
    return joined + NEWCOMER


def feedback_rows(
    advice: Advice, *, private: bool, more: Sequence[ui.Item[Any]] = ()
) -> list[ui.Item[Any]]:
    """The rows under a reply: how to say what helped, then `more` buttons in the last row."""
    pattern, remedies = advice.pattern.slug, advice.remedies[:MOST_NUMBERS]
    if not remedies:
        return [ui.ActionRow(*more)] if more else []
    who, later = WhoSaidSo(pattern), AskLater(pattern)
    if not private:
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
