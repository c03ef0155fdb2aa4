"""Reactions under a public reply are votes: a number, "this helped me"; 👎, "not my pain"."""

from __future__ import annotations

import asyncio
import logging

import discord
from discord.ext import commands

from bot.advice import Advice
from bot.client import AidStation
from bot.store.replies import Reply, load_replies, store_reply
from bot.store.votes import Ballot, cast_vote, take_back_vote
from bot.views.text import number_emoji

log = logging.getLogger("aid_station")

WRONG = "👎"
NUMBERS = tuple(number_emoji(number) for number in range(1, 6))


class Feedback(commands.Cog):
    """Puts the reactions under replies, and turns members' reactions into stored votes."""

    def __init__(self, bot: AidStation, replies: dict[int, Reply]) -> None:
        self.bot = bot
        self.replies = replies
        self._in_order = asyncio.Lock()

    @commands.Cog.listener()
    async def on_public_advice(self, message: discord.Message, advice: Advice) -> None:
        """A reply went out: remember what stands in it and put the reactions there."""
        if message.guild is None:
            return
        remedies = tuple(ranked.remedy.slug for ranked in advice.remedies)
        reply = Reply(
            message.id, message.channel.id, message.guild.id, advice.pattern.slug, remedies
        )
        self.replies[message.id] = reply
        await store_reply(self.bot.engine, reply)
        # A channel's message: an interaction's own runs out after a quarter of an hour.
        target = self.bot.get_partial_messageable(
            message.channel.id, guild_id=message.guild.id
        ).get_partial_message(message.id)
        try:
            for emoji in (*NUMBERS[: len(remedies)], WRONG):
                await target.add_reaction(emoji)
        except discord.HTTPException as error:
            # Not allowed here, or deleted already. Members can still react by themselves.
            log.info("No reactions under reply %d (%d)", message.id, error.code)

    @commands.Cog.listener()
    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        """Casts a vote, where the reaction is one."""
        if event.member is not None and event.member.bot:
            return
        if ballot := self._ballot(event):
            async with self._in_order:  # a vote and its taking back must not overtake each other
                await cast_vote(self.bot.engine, ballot)
                await self.bot.servers.refresh_votes(ballot.server_id)

    @commands.Cog.listener()
    async def on_raw_reaction_remove(self, event: discord.RawReactionActionEvent) -> None:
        """Takes the vote back."""
        if ballot := self._ballot(event):
            async with self._in_order:
                await take_back_vote(self.bot.engine, ballot)
                await self.bot.servers.refresh_votes(ballot.server_id)

    def _ballot(self, event: discord.RawReactionActionEvent) -> Ballot | None:
        reply = self.replies.get(event.message_id)
        if reply is None or (self.bot.user and event.user_id == self.bot.user.id):
            return None
        member = self.bot.member_key(reply.server_id, event.user_id)
        if event.emoji.name == WRONG:
            return Ballot(reply.server_id, member, reply.pattern)
        if event.emoji.name not in NUMBERS[: len(reply.remedies)]:
            return None
        remedy = reply.remedies[NUMBERS.index(event.emoji.name)]
        return Ballot(reply.server_id, member, reply.pattern, remedy)


async def setup(bot: AidStation) -> None:
    """discord.py's entry. Replies from before a restart are known again."""
    await bot.add_cog(Feedback(bot, await load_replies(bot.engine)))
