"""/insights: curators see what is asked about, what helped, and what was matched wrongly."""

from __future__ import annotations

from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import AidStation
from bot.insights import load_insights
from bot.views.insights import insights_layout


class InsightsCog(commands.Cog, name="Insights"):
    """Numbers of one server, for its curators."""

    def __init__(self, bot: AidStation) -> None:
        self.bot = bot

    @app_commands.command(description="For curators: what is asked about here, and what helped")
    @app_commands.describe(days="Over the last 30 or 365 days")
    @app_commands.guild_only()
    async def insights(
        self, interaction: discord.Interaction[AidStation], days: Literal[30, 365] = 30
    ) -> None:
        """The counts, privately."""
        who = self.bot.curator(interaction)
        await interaction.response.defer(ephemeral=True)
        await self.bot.station.writer.drained()
        now = discord.utils.utcnow()
        found = await load_insights(self.bot.station.engine, who.server_id, days, now)
        layout, files = insights_layout(found, self.bot.station.knowledge(who.server_id).catalogue)
        await interaction.followup.send(view=layout, files=files, ephemeral=True)


async def setup(bot: AidStation) -> None:
    """discord.py's entry."""
    await bot.add_cog(InsightsCog(bot))
