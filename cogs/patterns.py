"""/pattern: curators add pains that only their club has a name for."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import AidStation
from bot.views.curating import PatternForm
from bot.views.history import remove_entry, restore_entry, show_history
from bot.views.names import (
    Choices,
    autocomplete,
    suggest_own_pattern,
    suggest_removed,
    suggest_with_history,
)

Interaction = discord.Interaction[AidStation]


@autocomplete
async def suggest_removed_pattern(interaction: Interaction, typed: str) -> Choices:
    """Autocomplete for a pain that was taken out."""
    return await suggest_removed(interaction, "pattern", typed)


@autocomplete
async def suggest_changed_pattern(interaction: Interaction, typed: str) -> Choices:
    """Autocomplete for a pain of the club's own that has a history, taken out or not."""
    return await suggest_with_history(interaction, "pattern", typed)


@app_commands.guild_only()
class Patterns(commands.GroupCog, group_name="pattern"):
    """A club's own patterns."""

    def __init__(self, bot: AidStation) -> None:
        self.bot = bot
        super().__init__()

    @app_commands.command(name="add", description="Add a pain that only this club has a name for")
    @app_commands.describe(anyway="Add it although one like it is here already")
    async def add(self, interaction: Interaction, anyway: bool = False) -> None:
        """Opens the form; three examples of how people say it are enough to match at once."""
        self.bot.curator(interaction)
        await interaction.response.send_modal(PatternForm(anyway=anyway))

    @app_commands.command(name="edit", description="Change a pain of this club's own")
    @app_commands.describe(pain="The pain, by any of its names")
    @app_commands.autocomplete(pain=suggest_own_pattern)
    async def edit(self, interaction: Interaction, pain: str) -> None:
        """Opens the form with what stands there."""
        who = self.bot.curator(interaction)
        state = await self.bot.station.curating.state(who.server_id, "pattern", pain)
        await interaction.response.send_modal(PatternForm(slug=pain, state=state, anyway=False))

    @app_commands.command(name="remove", description="Take out a pain of this club's own")
    @app_commands.describe(pain="The pain, by any of its names")
    @app_commands.autocomplete(pain=suggest_own_pattern)
    async def remove(self, interaction: Interaction, pain: str) -> None:
        """Takes it out; /pattern restore brings it back."""
        await remove_entry(interaction, "pattern", pain)

    @app_commands.command(name="restore", description="Bring back a pain that was taken out")
    @app_commands.describe(pain="The pain, by its name")
    @app_commands.autocomplete(pain=suggest_removed_pattern)
    async def restore(self, interaction: Interaction, pain: str) -> None:
        """Brings it back, with its examples."""
        await restore_entry(interaction, "pattern", pain)

    @app_commands.command(name="history", description="Who changed a pain, when and how")
    @app_commands.describe(pain="The pain, by any of its names")
    @app_commands.autocomplete(pain=suggest_changed_pattern)
    async def history(self, interaction: Interaction, pain: str) -> None:
        """Pages of changes, each with a button that undoes it."""
        await show_history(interaction, "pattern", pain)


async def setup(bot: AidStation) -> None:
    """discord.py's entry."""
    await bot.add_cog(Patterns(bot))
