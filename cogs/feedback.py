"""Reactions under a public reply are votes: a number, "this helped me"; 👎, "not my pain"."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
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
    taken_back_at,
)
from bot.views.errors import log_failure
from bot.views.reactions import (
    ballot_of,
    member_of,
    message_of,
    remedies_by_emoji,
    toneless,
    votes_under,
)
from bot.views.voting import NUMBERS, WRONG, counts_from

log = logging.getLogger("aid_station")

LATER = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))  # what failed, again
MOST_LOOKED_AT = 2000  # replies at a start
MOST_ALIKE = 5  # other replies that are looked at where a vote under one is taken back
PATIENCE = 60  # seconds for the database to store a vote that is taken back
PAUSE = 0.25  # seconds between two replies: new answers come first

Touched = tuple[int, str | None, str | None]  # message id, member's key or None for all, remedy


class Feedback(commands.Cog):
    """Puts the reactions under replies, and turns members' reactions into stored votes."""

    def __init__(self, bot: AidStation, replies: dict[int, Reply]) -> None:
        self.bot = bot
        self.replies = replies
        self._catching_up = Background(partial(log_failure, "catching up"))
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
                await message_of(self.bot, reply).add_reaction(emoji)
        except discord.HTTPException as error:
            # Not allowed here, or deleted already. Members can still react by themselves.
            log.info("No reactions under reply %d (%d)", message.id, error.code)

    @commands.Cog.listener()
    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        """Casts a vote, where the reaction is one."""
        reply = self.replies.get(event.message_id)
        if reply is None or (event.member is not None and event.member.bot):
            return
        if ballot := ballot_of(self.bot, reply, event.user_id, toneless(event.emoji)):
            now = discord.utils.utcnow()
            from_when = counts_from(event.member, now) if event.member else None
            self._put(Cast(ballot, now, counts_from=from_when))

    @commands.Cog.listener()
    async def on_raw_reaction_remove(self, event: discord.RawReactionActionEvent) -> None:
        """Takes the vote back."""
        reply = self.replies.get(event.message_id)
        if reply is None:
            return
        if ballot := ballot_of(self.bot, reply, event.user_id, toneless(event.emoji)):
            now = discord.utils.utcnow()
            self._put(TakeBack(ballot, now))
            await self._look_again(reply, ballot.remedy, now)

    async def _look_again(self, reply: Reply, remedy: str | None, at: datetime) -> None:
        """A vote that was taken back at that moment lives on where its member still stands by it.

        That is under another reply or, of two 👎 in two skin tones, under this one. What cannot be
        looked at now is found by the next start.
        """
        guild = self.bot.get_guild(reply.server_id)
        await self.bot.station.writer.drained(PATIENCE)
        engine = self.bot.station.engine
        members = await taken_back_at(engine, reply.message_id, remedy, at)
        for other in self._alike(reply, remedy):
            if not members or guild is None:
                return
            try:
                found = await votes_under(self.bot, other, remedy)
                theirs = {one: user for one, user in found.items() if one.member in members}
                casts = await _late(guild, other, theirs)
            except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
                log.info("A reply is not looked at again (%s)", type(error).__name__)
                continue
            for cast in casts:
                self._put(cast)
            members -= {ballot.member for ballot in theirs}

    def _alike(self, reply: Reply, remedy: str | None) -> list[Reply]:
        """The newest other replies with the same vote; for one on the match, this one before."""
        alike = (
            one
            for one in self._recent()
            if (one.server_id, one.pattern) == (reply.server_id, reply.pattern)
            and (remedy is None or remedy in one.remedies)
            and one.message_id != reply.message_id
        )
        return [*([] if remedy else [reply]), *islice(alike, MOST_ALIKE)]

    @commands.Cog.listener()
    async def on_raw_reaction_clear(self, event: discord.RawReactionClearEvent) -> None:
        """A moderator took all reactions away. A vote by reaction stands as long as the reaction.

        So it goes, whoever took the reaction away; a start would find the same. A member who
        reacts again votes again.
        """
        if reply := self.replies.get(event.message_id):
            await self._clear(reply, *remedies_by_emoji(reply).values())

    @commands.Cog.listener()
    async def on_raw_reaction_clear_emoji(self, event: discord.RawReactionClearEmojiEvent) -> None:
        """A moderator took one emoji away: its votes go, as when all are cleared."""
        reply, emoji = self.replies.get(event.message_id), toneless(event.emoji)
        if reply and emoji in (remedies := remedies_by_emoji(reply)):
            await self._clear(reply, remedies[emoji])

    async def _clear(self, reply: Reply, *remedies: str | None) -> None:
        now = discord.utils.utcnow()
        for remedy in remedies:
            self._touch(reply.message_id, None, remedy)
            write = partial(take_back_all, message_id=reply.message_id, remedy=remedy, at=now)
            self.bot.station.writer.put(write, votes_of=reply.server_id)
        for remedy in remedies:
            await self._look_again(reply, remedy, now)

    @commands.Cog.listener()
    async def on_member_forgotten(
        self, member_id: int, votes: Iterable[tuple[int, str | None]]
    ) -> None:
        """Takes away the reactions that a member's deleted votes came from, where the bot may.

        `votes`: message id, and the remedy or None for the match.
        """
        for message_id, remedy in votes:
            reply = self.replies.get(message_id)
            for emoji, of in remedies_by_emoji(reply).items() if reply else ():
                if reply and of == remedy:
                    await self._take_away(reply, emoji, member_id)

    async def _take_away(self, reply: Reply, emoji: str, member_id: int) -> None:
        try:
            await message_of(self.bot, reply).remove_reaction(emoji, discord.Object(member_id))
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

    def _recent(self) -> Iterator[Reply]:
        """The newest first. Of older ones it is no more known what was taken back or deleted."""
        since = discord.utils.time_snowflake(discord.utils.utcnow() - LOOKED_BACK)
        # By their ids: a question that is answered late is the newest here, and an old message.
        newest_first = sorted((one for one in self.replies if one >= since), reverse=True)
        return map(self.replies.__getitem__, newest_first)

    async def _catch_up(self) -> None:
        waiting = in_turn([*self._recent()])[:MOST_LOOKED_AT]
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
        found = await votes_under(self.bot, reply)
        await self.bot.station.writer.drained()
        stored = set(await ballots_under(self.bot.station.engine, reply.message_id))
        now = discord.utils.utcnow()
        new = {ballot: user for ballot, user in found.items() if ballot not in stored}
        gone = stored - found.keys()
        changes: list[VoteChange] = [TakeBack(ballot, now) for ballot in gone]
        changes += await _late(guild, reply, new)
        for change in changes:
            remedy = change.ballot.remedy
            mine = {(reply.message_id, member, remedy) for member in (change.ballot.member, None)}
            if self._meanwhile.isdisjoint(mine):
                self._put(change)
        for remedy in {ballot.remedy for ballot in gone}:
            await self._look_again(reply, remedy, now)

    def _put(self, change: VoteChange) -> None:
        ballot = change.ballot
        self._touch(ballot.message_id or 0, ballot.member, ballot.remedy)
        self.bot.station.writer.put(partial(change_vote, change=change), votes_of=ballot.server_id)

    def _touch(self, message_id: int, member: str | None, remedy: str | None) -> None:
        if self._catching_up.running:
            self._meanwhile.add((message_id, member, remedy))


async def _late(
    guild: discord.Guild, reply: Reply, found: Mapping[Ballot, discord.abc.User]
) -> list[Cast]:
    """Votes that were found under a reply late, of those who are still members."""
    sent, now = discord.utils.snowflake_time(reply.message_id), discord.utils.utcnow()
    casts = []
    for ballot, user in found.items():
        if member := await member_of(guild, user):
            when = counts_from(member, now)
            casts.append(Cast(ballot, now, counts_from=when, unless_since=sent))
    return casts


def in_turn(replies: Sequence[Reply]) -> list[Reply]:
    """The first of each server, then the second of each: a busy club starves no small one."""
    seen: Counter[int] = Counter()
    turns = []
    for reply in replies:
        turns.append(seen[reply.server_id])
        seen[reply.server_id] += 1
    return [one for _, one in sorted(zip(turns, replies, strict=True), key=itemgetter(0))]


async def setup(bot: AidStation) -> None:
    """discord.py's entry. Replies from before a restart are known again."""
    await bot.add_cog(Feedback(bot, await load_replies(bot.station.engine)))
