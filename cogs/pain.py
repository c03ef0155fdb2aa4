"""/pain: a member says where it hurts, or points at a message, and reads what helped others."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.answer import MAX_CHARS
from bot.client import AidStation
from bot.views.sending import Audience
from bot.views.voting import reactions_arrive


class Pain(commands.Cog):
    """Answering. It takes a millisecond, so the answer is the first response, never a wait."""

    def __init__(self, bot: AidStation) -> None:
        self.bot = bot
        self._menu = app_commands.ContextMenu(
            name="What helps with this?", callback=self.what_helps
        )

    async def cog_load(self) -> None:
        """Adds the message command."""
        self.bot.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        """Takes it away again."""
        self.bot.tree.remove_command(self._menu.name, type=self._menu.type)

    @app_commands.command(description="What other runners do for a pain like yours")
    @app_commands.describe(
        description="Where it hurts, how it feels, when it comes. Your own words are fine",
        private="True: only you see the answer. False: the channel sees it",
    )
    async def pain(
        self,
        interaction: discord.Interaction[AidStation],
        description: app_commands.Range[str, 1, MAX_CHARS],
        private: bool | None = None,
    ) -> None:
        """Answers once, in the channel or to the member alone."""
        settings = self.bot.station.server_settings(interaction.guild_id)
        where = (interaction.channel_id, getattr(interaction.channel, "parent_id", None))
        to = Audience(
            interaction.user.id,
            private=settings.answers_privately(where, private),
            in_server=interaction.guild_id is not None,
            public_in=self._known(interaction.guild, settings.moved_to(where, private)),
            discreet=private is None,
            hears_reactions=reactions_arrive(interaction),
        )
        reply = self.bot.reply(description, interaction.guild_id, to)
        sent = await interaction.response.send_message(
            view=reply.layout, files=reply.files, ephemeral=reply.private
        )
        if reply.advice:
            self.bot.count_answer(interaction.guild_id, reply.advice.pattern.slug)
        public = not reply.private and to.hears_reactions
        if reply.advice and public and isinstance(sent.resource, discord.Message):
            self.bot.dispatch("public_advice", sent.resource, reply.advice)

    async def what_helps(
        self, interaction: discord.Interaction[AidStation], message: discord.Message
    ) -> None:
        """The message command: answers that message as /pain would, to whoever asks."""
        of_another = message.author != interaction.user
        await self.bot.send_privately(interaction, message.content, of_another=of_another)

    @staticmethod
    def _known(guild: discord.Guild | None, channel_id: int | None) -> int | None:
        # A channel that was deleted is no place to send a member to.
        return channel_id if guild and channel_id and guild.get_channel(channel_id) else None


async def setup(bot: AidStation) -> None:
    """discord.py's entry."""
    await bot.add_cog(Pain(bot))
