"""/setup: what only those who manage the server decide."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import AidStation
from bot.store.server_settings import ServerSettings
from bot.views.curating import change_layout


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class Setup(commands.GroupCog, group_name="setup"):
    """Settings of a server."""

    def __init__(self, bot: AidStation) -> None:
        self.bot = bot
        super().__init__()

    @app_commands.command(name="curators", description="Which role may add and change remedies")
    @app_commands.describe(role="The role; without one only those who may manage the server")
    @app_commands.checks.has_permissions(manage_guild=True)
    async def curators(
        self, interaction: discord.Interaction[AidStation], role: discord.Role | None = None
    ) -> None:
        """Keeps the role; those who may manage the server can always curate."""
        settings = ServerSettings(curator_role_id=role.id if role else None)
        await self.bot.set_server_settings(interaction.guild_id or 0, settings)
        who = f"{role.mention} and those" if role else "Those"
        text = f"{who} who may manage this server can add and change remedies."
        await interaction.response.send_message(
            view=change_layout("Curators", text), ephemeral=True
        )


async def setup(bot: AidStation) -> None:
    """discord.py's entry."""
    await bot.add_cog(Setup(bot))
