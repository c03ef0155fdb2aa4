"""/pattern: curators add pains that only their club has a name for."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import AidStation
from bot.views.curating import PatternForm, change_layout
from bot.views.names import suggest_pattern

Interaction = discord.Interaction[AidStation]


@app_commands.guild_only()
class Patterns(commands.GroupCog, group_name="pattern"):
    """A club's own patterns."""

    def __init__(self, bot: AidStation) -> None:
        self.bot = bot
        super().__init__()

    @app_commands.command(name="add", description="Add a pain that only this club has a name for")
    async def add(self, interaction: Interaction) -> None:
        """Opens the form; three examples of how people say it are enough to match at once."""
        self.bot.curator(interaction)
        await interaction.response.send_modal(PatternForm())

    @app_commands.command(name="edit", description="Change a pain of this club's own")
    @app_commands.describe(pain="The pain, by any of its names")
    @app_commands.autocomplete(pain=suggest_pattern)
    async def edit(self, interaction: Interaction, pain: str) -> None:
        """Opens the form with what stands there."""
        who = self.bot.curator(interaction)
        state = await self.bot.curating.state(who.server_id, "pattern", pain)
        await interaction.response.send_modal(PatternForm(slug=pain, state=state))

    @app_commands.command(name="remove", description="Take out a pain of this club's own")
    @app_commands.describe(pain="The pain, by any of its names")
    @app_commands.autocomplete(pain=suggest_pattern)
    async def remove(self, interaction: Interaction, pain: str) -> None:
        """Takes it out."""
        await self.bot.curating.remove(self.bot.curator(interaction), "pattern", pain)
        layout = change_layout("Taken out", f"`{pain}` is matched no more.")
        await interaction.response.send_message(view=layout, ephemeral=True)


async def setup(bot: AidStation) -> None:
    """discord.py's entry."""
    await bot.add_cog(Patterns(bot))
