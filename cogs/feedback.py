"""Reactions under a public reply are votes: a number, "this helped me"; 👎, "not my pain"."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta
from functools import partial

import discord
from discord.ext import commands

from bot.advice import Advice
from bot.client import AidStation
from bot.store.replies import Reply, load_replies, write_reply
from bot.store.votes import Ballot, Cast, TakeBack, VoteChange, ballots_under, change_vote
from bot.views.errors import log_failure
from bot.views.voting import NUMBERS, WRONG, counts_from

log = logging.getLogger("aid_station")

LOOKED_BACK = timedelta(days=30)
MOST_LOOKED_AT = 2000  # replies at a start
PAUSE = 0.25  # seconds between two replies: new answers come first

Key = tuple[int, str, str | None]  # message id, member's key, remedy


class Feedback(commands.Cog):
    """Puts the reactions under replies, and turns members' reactions into stored votes."""

    def __init__(self, bot: AidStation, replies: dict[int, Reply]) -> None:
        self.bot = bot
        self.replies = replies
        self._catching_up: asyncio.Task[None] | None = None
        self._meanwhile: set[Key] = set()  # reactions that came while catching up

    async def cog_unload(self) -> None:
        """Ends catching up; the next start begins again."""
        if self._catching_up:
            self._catching_up.cancel()

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
        sent_at = discord.utils.utcnow()
        self.bot.writer.put(partial(write_reply, reply=reply, sent_at=sent_at))
        try:
            for emoji in (*NUMBERS[: len(remedies)], WRONG):
                await self._message(reply).add_reaction(emoji)
        except discord.HTTPException as error:
            # Not allowed here, or deleted already. Members can still react by themselves.
            log.info("No reactions under reply %d (%d)", message.id, error.code)

    @commands.Cog.listener()
    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        """Casts a vote, where the reaction is one."""
        reply = self.replies.get(event.message_id)
        if reply is None or (event.member is not None and event.member.bot):
            return
        if ballot := self._ballot(reply, event.user_id, event.emoji.name or ""):
            now = discord.utils.utcnow()
            from_when = counts_from(event.member, now) if event.member else None
            self._put(Cast(ballot, now, counts_from=from_when))

    @commands.Cog.listener()
    async def on_raw_reaction_remove(self, event: discord.RawReactionActionEvent) -> None:
        """Takes the vote back."""
        reply = self.replies.get(event.message_id)
        if reply and (ballot := self._ballot(reply, event.user_id, event.emoji.name or "")):
            self._put(TakeBack(ballot))

    @commands.Cog.listener()
    async def on_raw_reaction_clear(self, event: discord.RawReactionClearEvent) -> None:
        """A moderator took all reactions away: the votes under this reply go, too."""
        if event.message_id in self.replies:
            await self.bot.writer.drained()
            for ballot in await ballots_under(self.bot.engine, event.message_id):
                self._put(TakeBack(ballot))

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Once a start, beside all else: what happened under replies while the bot was down."""
        if self._catching_up is None:
            self._catching_up = asyncio.create_task(self._catch_up())

    async def _catch_up(self) -> None:
        since = discord.utils.time_snowflake(discord.utils.utcnow() - LOOKED_BACK)
        recent = sorted((one for one in self.replies if one >= since), reverse=True)
        for message_id in recent[:MOST_LOOKED_AT]:
            try:
                await self._reconcile(self.replies[message_id])
            except discord.NotFound:
                continue  # a deleted reply keeps its votes
            except discord.HTTPException as error:
                log_failure("catching up on a reply", error)
            await asyncio.sleep(PAUSE)
        self._meanwhile.clear()

    async def _reconcile(self, reply: Reply) -> None:
        """Brings the stored votes under a reply in line with its reactions."""
        message = await self._message(reply).fetch()
        found: dict[Ballot, discord.abc.User] = {}
        for reaction in message.reactions:
            if str(reaction.emoji) not in (*NUMBERS, WRONG) or reaction.count <= reaction.me:
                continue
            async for user in reaction.users():
                ballot = None if user.bot else self._ballot(reply, user.id, str(reaction.emoji))
                if ballot:
                    found[ballot] = user
        await self.bot.writer.drained()
        stored = set(await ballots_under(self.bot.engine, reply.message_id))
        changes: list[VoteChange] = [TakeBack(ballot) for ballot in stored - found.keys()]
        changes += [await self._missed(one, found[one]) for one in found.keys() - stored]
        for change in changes:
            ballot = change.ballot
            if (reply.message_id, ballot.member, ballot.remedy) not in self._meanwhile:
                self._put(change)

    async def _missed(self, ballot: Ballot, user: discord.abc.User) -> Cast:
        now = discord.utils.utcnow()
        guild = self.bot.get_guild(ballot.server_id)
        if guild and not isinstance(user, discord.Member):
            with suppress(discord.NotFound):  # who has left since voted while a member
                user = await guild.fetch_member(user.id)
        return Cast(ballot, now, counts_from=counts_from(user, now), only_new=True)

    def _put(self, change: VoteChange) -> None:
        ballot = change.ballot
        if self._catching_up and not self._catching_up.done():
            self._meanwhile.add((ballot.message_id or 0, ballot.member, ballot.remedy))
        self.bot.writer.put(partial(change_vote, change=change), votes_of=ballot.server_id)

    def _message(self, reply: Reply) -> discord.PartialMessage:
        # A channel's message: an interaction's own runs out after a quarter of an hour.
        channel = self.bot.get_partial_messageable(reply.channel_id, guild_id=reply.server_id)
        return channel.get_partial_message(reply.message_id)

    def _ballot(self, reply: Reply, user_id: int, emoji: str) -> Ballot | None:
        if self.bot.user and user_id == self.bot.user.id:
            return None
        member = self.bot.member_key(reply.server_id, user_id)
        if emoji == WRONG:
            return Ballot(reply.server_id, member, reply.pattern, None, reply.message_id)
        if emoji not in NUMBERS[: len(reply.remedies)]:
            return None
        remedy = reply.remedies[NUMBERS.index(emoji)]
        return Ballot(reply.server_id, member, reply.pattern, remedy, reply.message_id)


async def setup(bot: AidStation) -> None:
    """discord.py's entry. Replies from before a restart are known again."""
    await bot.add_cog(Feedback(bot, await load_replies(bot.engine)))
