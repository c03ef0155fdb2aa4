"""What the bot does by itself at night: a backup of its database."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from datetime import UTC, time

from discord.ext import commands, tasks

from bot.client import AidStation
from bot.store.backup import nightly
from bot.store.database import StoreError
from bot.views.errors import log_failure

log = logging.getLogger("aid_station")
AT_NIGHT = time(3, 30, tzinfo=UTC)


class Upkeep(commands.Cog):
    """A copy a night, the newest few kept."""

    def __init__(self, bot: AidStation) -> None:
        self.bot = bot

    async def cog_load(self) -> None:
        """Starts the clock, where backups are wanted."""
        if self.bot.settings.backups_kept:
            self.backup.start()

    async def cog_unload(self) -> None:
        """Stops it."""
        self.backup.cancel()

    @tasks.loop(time=AT_NIGHT)
    async def backup(self) -> None:
        """Copies the database; a full disk is logged and the next night tries again."""
        settings = self.bot.settings
        try:
            made = await asyncio.to_thread(nightly, settings.database_url, settings.backups_kept)
        except (StoreError, sqlite3.Error, OSError) as error:
            log_failure("nightly backup", error)
        else:
            log.info("Backed up to %s", made.name)


async def setup(bot: AidStation) -> None:
    """discord.py's entry."""
    await bot.add_cog(Upkeep(bot))
