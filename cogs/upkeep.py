"""What the bot does by itself: a backup a night, votes that fade, data of servers it left."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from datetime import UTC, datetime, time, timedelta
from typing import Any

import discord
from discord.ext import commands, tasks

from bot.background import end
from bot.client import AidStation
from bot.store.backup import last_nightly, nightly, prune
from bot.store.candidates import forget_old_words
from bot.store.privacy import (
    forget_server,
    known_servers,
    left_before,
    left_servers,
    note_back,
    note_left,
)
from bot.store.proposals import forget_rejected
from bot.store.replies import LOOKED_BACK
from bot.store.votes import forget_taken_back
from bot.views.errors import log_failure

log = logging.getLogger("aid_station")
AT_NIGHT = time(3, 30, tzinfo=UTC)
A_WAY_BACK = timedelta(days=30)
A_DAY = timedelta(days=1)


class Upkeep(commands.Cog):
    """The nightly round, and the notes of coming and going."""

    def __init__(self, bot: AidStation) -> None:
        self.bot = bot

    async def cog_load(self) -> None:
        """Starts the clock."""
        self.night.start()

    async def cog_unload(self) -> None:
        """Stops it."""
        task = self.night.get_task()
        await end([task] if task else [])

    @tasks.loop(time=AT_NIGHT)
    async def night(self) -> None:
        """The nightly round; what fails is logged, and the next night tries again."""
        # Such a note is somebody else's, another bot's on the same database: it is here now.
        await _step("servers that are here", self.note_back_here())
        await _step("servers left", self.forget_left_servers())
        await _step("votes that fade", self.let_votes_fade())
        await _step("forgetting what is over", self.forget_what_is_over())
        await _step("nightly backup", self.backup())

    @night.before_loop
    async def at_start(self) -> None:
        """What nights went by without, for a host that is off at that hour.

        The clock starts after it, so that it never runs beside a nightly round. Votes were just
        loaded as they weigh today. Of servers left nothing goes before it is known who is back.
        """
        await _step("forgetting what is over", self.forget_what_is_over())
        await _step("nightly backup", self.backup(unless_within=A_DAY))

    async def let_votes_fade(self) -> None:
        """Weighs each server's votes as they count today."""
        for server in await known_servers(self.bot.station.engine):
            await self.bot.station.servers.refresh_votes(server)

    async def backup(self, unless_within: timedelta = timedelta()) -> None:
        """Copies the database, where the host wants that and has no copy as new as that."""
        settings = self.bot.settings
        # In the Preview a week passes in a moment.
        if not settings.database_url.startswith("sqlite") or self.bot.simulated:
            return
        if not settings.backups_kept:
            prune(settings.database_url, settings.backups_kept)
            return
        last = last_nightly(settings.database_url)
        if last and datetime.now(UTC) - last < unless_within:
            return
        made = await asyncio.to_thread(nightly, settings.database_url, settings.backups_kept)
        log.info("Backed up to %s", made.name)

    async def forget_what_is_over(self) -> None:
        """Lets go of taken-back votes, old words and rejected proposals."""
        engine, now = self.bot.station.engine, discord.utils.utcnow()
        await forget_taken_back(engine, now - LOOKED_BACK)
        await forget_old_words(engine, now - A_WAY_BACK)
        await forget_rejected(engine, now - A_WAY_BACK)

    async def forget_left_servers(self) -> None:
        """Lets go of what is kept of servers that were left 30 days ago or longer.

        Not of one that took the bot back in time, while nobody was there to note it.
        """
        moment = discord.utils.utcnow() - A_WAY_BACK
        for server, left_at in (await left_before(self.bot.station.engine, moment)).items():
            guild = self.bot.get_guild(server)
            back = guild.me.joined_at if guild and guild.me else None
            if back and left_at < back < left_at + A_WAY_BACK:
                continue
            await forget_server(self.bot.station.engine, server)
            self.bot.station.forget_server(server)
            log.info("Let go of a server that was left")

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """The bot was removed: the server's data goes in 30 days."""
        await note_left(self.bot.station.engine, guild.id, discord.utils.utcnow())

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """The bot is back, or new: the data stays, unless its time is over."""
        await self.forget_left_servers()
        await note_back(self.bot.station.engine, guild.id)

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Servers that removed the bot, or took it back, while it was down.

        What is over its time goes before that, also of a server that has the bot again: it was
        promised to go.
        """
        await self.forget_left_servers()
        if self.bot.shard_ids or self.bot.simulated:
            return  # one of several processes, or the Preview: it cannot know the others' servers
        await self.note_back_here()
        here = {guild.id for guild in self.bot.guilds}
        noted = await left_servers(self.bot.station.engine)
        for server in await known_servers(self.bot.station.engine) - here - noted:
            await note_left(self.bot.station.engine, server, discord.utils.utcnow())

    async def note_back_here(self) -> None:
        """Lets no server that the bot is in count as left."""
        here = {guild.id for guild in self.bot.guilds}
        for server in await left_servers(self.bot.station.engine) & here:
            await note_back(self.bot.station.engine, server)


async def _step(what: str, step: Coroutine[Any, Any, None]) -> None:
    """A step of the round; whatever fails is logged, and the others and the next night go on."""
    try:
        await step
    except Exception as error:  # noqa: BLE001 - one fault must not end all nights
        log_failure(what, error)


async def setup(bot: AidStation) -> None:
    """discord.py's entry."""
    await bot.add_cog(Upkeep(bot))
