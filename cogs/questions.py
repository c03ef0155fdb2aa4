"""Sends the questions of "Ask me in two weeks" when they are due, each once."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus

import aiohttp
import discord
from discord.ext import commands
from sqlalchemy.exc import SQLAlchemyError

from bot.background import Background
from bot.client import AidStation
from bot.store.questions import (
    KEPT,
    Question,
    forget_question,
    load_due,
    mark_question,
    next_due,
)
from bot.views.errors import log_failure
from bot.views.questions import ask_layout

AGAIN = timedelta(minutes=10)
PAUSE = 1.0  # seconds between two members
# Discord's codes for who cannot be asked: unknown, closed direct messages, no server in common.
FINAL = frozenset({10013, 50007, 50278})
TOO_FAST = 40003  # too many direct messages opened in a short time
LOOKED_THROUGH = 50  # messages of the bot's own, for a question that may have arrived


class _TooFastError(Exception):
    """Discord wants no more direct messages to be opened for a while."""


class Questions(commands.Cog):
    """A clock that sleeps until the next question is due, while there is one."""

    def __init__(self, bot: AidStation) -> None:
        self.bot = bot
        self._clock = Background(partial(log_failure, "the clock of questions"))
        self._sending = False
        self._again = False  # something changed while sending

    async def cog_unload(self) -> None:
        """Stops the clock; what is due then is asked after the next start."""
        await self._clock.end()

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Starts the clock."""
        self._look_again()

    @commands.Cog.listener()
    async def on_question_kept(self) -> None:
        """A new question: the clock looks again."""
        self._look_again()

    @commands.Cog.listener()
    async def on_guild_join(self, _guild: discord.Guild) -> None:
        """A server that is back may have questions from before."""
        self._look_again()

    def _look_again(self) -> None:
        if self._sending:
            self._again = True  # to break off now might ask somebody twice
            return
        self._clock.start(self._run())

    async def _run(self) -> None:
        pause = await self._look()
        while pause is not None:
            await asyncio.sleep(pause.total_seconds())
            pause = await self._look()

    async def _look(self) -> timedelta | None:
        """Sends what is due; gives how long until the next one, None for no other."""
        self._sending = self._again = True
        pause = None
        try:
            while self._again:
                self._again = False
                pause = await self._send_due(discord.utils.utcnow())
        except SQLAlchemyError as error:
            log_failure("asking what helped", error)
            return AGAIN
        finally:
            self._sending = False
        return pause

    async def _send_due(self, now: datetime) -> timedelta | None:
        """Sends what is due; gives how long until the next one, None for no other."""
        pauses: list[timedelta] = []
        for question in await load_due(self.bot.station.engine, now):
            if question.is_over(now):
                await self._forget(question)
            elif self.bot.get_guild(question.server_id) is not None:
                if pauses:
                    await asyncio.sleep(PAUSE)
                try:
                    pauses.append(await self._send(question))
                except _TooFastError:
                    pauses.append(AGAIN)
                    break
            # else another process's, or of a server that is left
        following = await next_due(self.bot.station.engine, now)
        if following:
            pauses.append(following - now)
        return min(pauses, default=None)

    async def _send(self, question: Question) -> timedelta:
        """Sends one question; gives when to look at it again.

        One that fails stays `sending`: nobody knows whether it arrived, the next look finds out.
        """
        engine = self.bot.station.engine
        try:
            user = await self.bot.fetch_user(question.member_id)
            if question.state == "waiting" or not await self._arrived(user, question):
                if not await mark_question(engine, question.number, "sending"):
                    return KEPT  # the member deleted it just now
                knowledge = self.bot.station.knowledge(question.server_id)
                await user.send(view=ask_layout(question, knowledge.catalogue))
            await mark_question(engine, question.number, "sent")
        except (discord.HTTPException, aiohttp.ClientError, OSError, SQLAlchemyError) as error:
            if getattr(error, "code", None) == TOO_FAST:
                raise _TooFastError from error
            if not _is_final(error):
                log_failure("asking what helped", error)
                return AGAIN
            # Closed direct messages are a no, and who is gone cannot be asked.
            await self._forget(question)
        return KEPT

    async def _forget(self, question: Question) -> None:
        async with self.bot.station.engine.begin() as connection:
            await forget_question(connection, question.number)

    async def _arrived(self, user: discord.User, question: Question) -> bool:
        """Whether a question that was being sent when the process ended did arrive."""
        mine = f"aid1:helped:{question.number}:"
        channel = await user.create_dm()
        since = question.due_at - AGAIN  # clocks differ
        async for message in channel.history(limit=LOOKED_THROUGH, after=since):
            if mine in str([component.to_dict() for component in message.components]):
                return True
        return False


def _is_final(error: Exception) -> bool:
    """Whether Discord refuses the message for good, so that asking again is of no use."""
    if not isinstance(error, discord.HTTPException):
        return False
    return error.code in FINAL or error.status in (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND)


async def setup(bot: AidStation) -> None:
    """discord.py's entry."""
    await bot.add_cog(Questions(bot))
