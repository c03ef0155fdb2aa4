"""/help: how to use the bot, and what becomes of your words."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import AidStation
from bot.views.layouts import note_layout

HOW = """\
Type `/pain` and say in your own words where it hurts, how it feels and when it comes. I answer \
with what other runners most often suggest for that, how it went for them, and what research says.
- **In the channel or just for you:** with `private: True` only you see the answer, with `False` \
all do; else it is as this club's admins chose.
- **It helped?** Under an answer in the channel, react with the number of what helped you. \
👎 means: not my pain. Take the reaction back and the vote is gone.
- **Not your pain?** Tap one of the buttons, or ask again with other words.
- **It takes time?** Tap *Ask me in two weeks*, and I ask you once what helped.
- **More:** `/suggest` proposes a remedy to this club's curators, `/remedy list` shows all that \
there are, `/privacy show` what I keep of you, and `/privacy delete` lets go of it.

**Privacy** Your words are read once to answer you and are neither stored nor logged. A vote is \
kept under a code that does not name you.

**Not medical advice** I pass on what runners tell each other. I do not examine and cannot tell \
what you have."""


class About(commands.Cog):
    """Help."""

    def __init__(self, bot: AidStation) -> None:
        self.bot = bot

    @app_commands.command(name="help", description="How to use Aid Station, and your privacy")
    async def help(self, interaction: discord.Interaction[AidStation]) -> None:
        """Tells the member privately."""
        layout = note_layout("Aid Station", HOW, self.bot.caution(interaction.guild_id))
        await interaction.response.send_message(view=layout, ephemeral=True)


async def setup(bot: AidStation) -> None:
    """discord.py's entry."""
    await bot.add_cog(About(bot))
