"""/suggest: members propose a remedy; /review: curators decide what waits."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import AidStation
from bot.views.messages import viewer_of
from bot.views.names import chosen_pattern, suggest_pattern
from bot.views.review import SuggestForm, review_layout

Interaction = discord.Interaction[AidStation]


class Review(commands.Cog):
    """From a member's proposal to the club's remedy."""

    def __init__(self, bot: AidStation) -> None:
        self.bot = bot

    @app_commands.command(description="Propose a remedy that helped you; a curator decides")
    @app_commands.describe(pain="For which pain it is")
    @app_commands.rename(pain="for")
    @app_commands.autocomplete(pain=suggest_pattern)
    @app_commands.guild_only()
    async def suggest(self, interaction: Interaction, pain: str) -> None:
        """Opens the form."""
        pattern = chosen_pattern(self.bot.station.knowledge(interaction.guild_id), pain)
        await interaction.response.send_modal(SuggestForm(pattern))

    @app_commands.command(
        description="For curators: decide what members proposed and threads taught"
    )
    @app_commands.guild_only()
    async def review(self, interaction: Interaction) -> None:
        """The oldest one that waits."""
        self.bot.curator(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        layout = await review_layout(viewer_of(interaction))
        await interaction.followup.send(view=layout, ephemeral=True)


async def setup(bot: AidStation) -> None:
    """discord.py's entry."""
    await bot.add_cog(Review(bot))
