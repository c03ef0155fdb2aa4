"""Reactions under a public reply are votes: a number, "this helped me"; 👎, "not my pain"."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from operator import itemgetter

import aiohttp
import discord
from discord.ext import commands
from sqlalchemy.exc import SQLAlchemyError

from bot.advice import Advice
from bot.background import Background
from bot.client import AidStation
from bot.store.replies import LOOKED_BACK, REMEMBERED, Reply, load_replies, write_reply
from bot.store.votes import (
    Ballot,
    Cast,
    TakeBack,
    VoteChange,
    ballots_under,
    change_vote,
    take_back_all,
)
from bot.views.errors import log_failure
from bot.views.voting import NUMBERS, WRONG, counts_from

log = logging.getLogger("aid_station")

LATER = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))  # what failed, again
MOST_LOOKED_AT = 2000  # replies at a start
TONES = dict.fromkeys(range(0x1F3FB, 0x1F400))  # of skin
PAUSE = 0.25  # seconds between two replies: new answers come first

Touched = tuple[int, str | None, str | None]  # message id, member's key or None for all, remedy


class Feedback(commands.Cog):
    """Puts the reactions under replies, and turns members' reactions into stored votes."""

    def __init__(self, bot: AidStation, replies: dict[int, Reply]) -> None:
        self.bot = bot
        self.replies = replies
        self._catching_up = Background()
        self._meanwhile: set[Touched] = set()  # what changed since a reply is looked at

    async def cog_unload(self) -> None:
        """Ends catching up; the next start begins again."""
        await self._catching_up.end()

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
        if len(self.replies) > REMEMBERED:
            del self.replies[next(iter(self.replies))]  # the oldest
        sent_at = discord.utils.utcnow()
        self.bot.station.writer.put(partial(write_reply, reply=reply, sent_at=sent_at))
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
            self._put(TakeBack(ballot, discord.utils.utcnow()))
            if ballot.remedy is None:
                await self._look_for_another(reply, ballot)

    async def _look_for_another(self, reply: Reply, ballot: Ballot) -> None:
        """Of two 👎 of one member, in other skin tones, one still stands: so does the vote."""
        guild = self.bot.get_guild(reply.server_id)
        try:
            user = (await self._found(reply, (WRONG,))).get(ballot)
            member = await _member(guild, user) if guild and user else None
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            log.info("A reply is not looked at again (%s)", type(error).__name__)
            return  # the next start finds it
        if member:
            now = discord.utils.utcnow()
            self._put(Cast(ballot, now, counts_from=counts_from(member, now)))

    @commands.Cog.listener()
    async def on_raw_reaction_clear(self, event: discord.RawReactionClearEvent) -> None:
        """A moderator took all reactions away. A vote by reaction stands as long as the reaction.

        So it goes, whoever took the reaction away; a start would find the same. A member who
        reacts again votes again.
        """
        for emoji in (*NUMBERS, WRONG):
            self._clear(event.message_id, emoji)

    @commands.Cog.listener()
    async def on_raw_reaction_clear_emoji(self, event: discord.RawReactionClearEmojiEvent) -> None:
        """A moderator took one emoji away: its votes go, as when all are cleared."""
        self._clear(event.message_id, event.emoji.name or "")

    def _clear(self, message_id: int, emoji: str) -> None:
        reply = self.replies.get(message_id)
        if reply and emoji in _emoji(reply):
            now = discord.utils.utcnow()
            remedy = _emoji(reply)[emoji]
            self._touch(message_id, None, remedy)
            write = partial(take_back_all, message_id=message_id, remedy=remedy, at=now)
            self.bot.station.writer.put(write, votes_of=reply.server_id)

    @commands.Cog.listener()
    async def on_member_forgotten(
        self, member_id: int, votes: Iterable[tuple[int, str | None]]
    ) -> None:
        """Takes away the reactions that a member's deleted votes came from, where the bot may.

        `votes`: message id, and the remedy or None for the match.
        """
        for message_id, remedy in votes:
            reply = self.replies.get(message_id)
            for emoji, of in _emoji(reply).items() if reply else ():
                if reply and of == remedy:
                    await self._take_away(reply, emoji, member_id)

    async def _take_away(self, reply: Reply, emoji: str, member_id: int) -> None:
        try:
            await self._message(reply).remove_reaction(emoji, discord.Object(member_id))
        except discord.HTTPException as error:
            # Without *Manage Messages* it stays to be seen. It counts no more in any case.
            log.info("A reaction under reply %d stays (%d)", reply.message_id, error.code)

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Beside all else: what happened under replies while the bot was down or cut off.

        A connection that is resumed gets what it missed from Discord; a new one, at a start or
        later, does not. Where one is at it already, it begins again from the newest reply.
        """
        self._catching_up.start(self._catch_up())

    async def _catch_up(self) -> None:
        since = discord.utils.time_snowflake(discord.utils.utcnow() - LOOKED_BACK)
        recent = [self.replies[one] for one in sorted(self.replies, reverse=True) if one >= since]
        waiting = in_turn(recent)[:MOST_LOOKED_AT]
        for pause in (*LATER, None):
            waiting = [one for one in waiting if not await self._looked_at(one)]
            if not waiting or pause is None:
                return
            await asyncio.sleep(pause.total_seconds())

    async def _looked_at(self, reply: Reply) -> bool:
        """Reconciles one reply; False where that failed and is to be tried again."""
        guild = self.bot.get_guild(reply.server_id)
        if guild is None:
            return True  # another process's, or a server that is left
        await asyncio.sleep(PAUSE)
        try:
            await self._reconcile(reply, guild)
        except (discord.NotFound, discord.Forbidden):
            return True  # a reply that is deleted, or out of sight, keeps its votes
        except (discord.HTTPException, aiohttp.ClientError, OSError, SQLAlchemyError) as error:
            log_failure("catching up on a reply", error)
            return False
        return True

    async def _reconcile(self, reply: Reply, guild: discord.Guild) -> None:
        """Brings the stored votes under a reply in line with its reactions."""
        self._meanwhile.clear()
        found = await self._found(reply)
        await self.bot.station.writer.drained()
        stored = set(await ballots_under(self.bot.station.engine, reply.message_id))
        now = discord.utils.utcnow()
        changes: list[VoteChange] = [TakeBack(ballot, now) for ballot in stored - found.keys()]
        for ballot in found.keys() - stored:
            member = await _member(guild, found[ballot])
            if member:
                sent = discord.utils.snowflake_time(reply.message_id)
                from_when = counts_from(member, now)
                changes.append(Cast(ballot, now, counts_from=from_when, unless_since=sent))
        for change in changes:
            remedy = change.ballot.remedy
            mine = {(reply.message_id, member, remedy) for member in (change.ballot.member, None)}
            if self._meanwhile.isdisjoint(mine):
                self._put(change)

    async def _found(
        self, reply: Reply, emojis: Sequence[str] = (*NUMBERS, WRONG)
    ) -> dict[Ballot, discord.abc.User]:
        """The votes that stand under a reply as one of these reactions, and whose they are."""
        message = await self._message(reply).fetch()
        found: dict[Ballot, discord.abc.User] = {}
        for reaction in message.reactions:
            emoji = _toneless(str(reaction.emoji))
            if emoji not in emojis or emoji not in _emoji(reply) or reaction.count <= reaction.me:
                continue
            # Discord tells of super reactions only where they are asked for.
            for kind, count in (
                (discord.ReactionType.normal, reaction.normal_count),
                (discord.ReactionType.burst, reaction.burst_count),
            ):
                async for user in reaction.users(limit=count, type=kind):
                    ballot = None if user.bot else self._ballot(reply, user.id, emoji)
                    if ballot:
                        found[ballot] = user
        return found

    def _put(self, change: VoteChange) -> None:
        ballot = change.ballot
        self._touch(ballot.message_id or 0, ballot.member, ballot.remedy)
        self.bot.station.writer.put(partial(change_vote, change=change), votes_of=ballot.server_id)

    def _touch(self, message_id: int, member: str | None, remedy: str | None) -> None:
        if self._catching_up.running:
            self._meanwhile.add((message_id, member, remedy))

    def _message(self, reply: Reply) -> discord.PartialMessage:
        # A channel's message: an interaction's own runs out after a quarter of an hour.
        channel = self.bot.get_partial_messageable(reply.channel_id, guild_id=reply.server_id)
        return channel.get_partial_message(reply.message_id)

    def _ballot(self, reply: Reply, user_id: int, emoji: str) -> Ballot | None:
        emoji = _toneless(emoji)
        if emoji not in _emoji(reply) or (self.bot.user and user_id == self.bot.user.id):
            return None
        member = self.bot.station.member_key(reply.server_id, user_id)
        remedy = _emoji(reply)[emoji]
        return Ballot(reply.server_id, member, reply.pattern, remedy, reply.message_id)


def in_turn(replies: Sequence[Reply]) -> list[Reply]:
    """The first of each server, then the second of each: a busy club starves no small one."""
    seen: Counter[int] = Counter()
    turns = []
    for reply in replies:
        turns.append(seen[reply.server_id])
        seen[reply.server_id] += 1
    return [one for _, one in sorted(zip(turns, replies, strict=True), key=itemgetter(0))]


def _emoji(reply: Reply) -> dict[str, str | None]:
    """What counts as a vote under a reply: the emoji, and the remedy or None for the match."""
    return {**dict(zip(NUMBERS, reply.remedies, strict=False)), WRONG: None}


def _toneless(emoji: str) -> str:
    """An emoji without the skin tone that a member has chosen for all of theirs."""
    return emoji.translate(TONES)


async def _member(guild: discord.Guild, user: discord.abc.User) -> discord.Member | None:
    """The member of the server; None for one who has left, whose late-found votes do not count."""
    if isinstance(user, discord.Member):
        return user
    with suppress(discord.NotFound):
        return await guild.fetch_member(user.id)
    return None


async def setup(bot: AidStation) -> None:
    """discord.py's entry. Replies from before a restart are known again."""
    await bot.add_cog(Feedback(bot, await load_replies(bot.station.engine)))
