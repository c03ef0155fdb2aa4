"""The bot as views and cogs see it: what they may ask of it, whatever they show."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import discord
from discord.ext import commands

from bot.answer import CAUTION
from bot.curating import Curator
from bot.refused import RefusedError
from bot.station import Station
from bot.views.errors import AidView
from bot.views.messages import Viewer
from bot.views.pictures import Pictures
from bot.views.sending import Audience, Reply
from bot.views.turns import BEGINNING, Turn
from bot.wording import caution_text


class AidBot(commands.AutoShardedBot):
    """A bot with a station. `bot.client` makes it whole: there each view leads to the others."""

    station: Station
    pictures: Pictures

    @abstractmethod
    def reply(self, text: str, server_id: int | None, to: Audience) -> Reply:
        """The message that answers a member's words."""

    @abstractmethod
    async def what_waits(self, viewer: Viewer, turn: Turn = BEGINNING) -> AidView:
        """What a curator has to decide next; whatever they decide on leads there again."""

    async def send_privately(
        self, interaction: discord.Interaction[Any], text: str, *, of_another: bool = False
    ) -> None:
        """Answers a text, for the eyes of whoever interacts alone. `of_another`: see Audience."""
        server_id, member_id = interaction.guild_id, interaction.user.id
        in_server = server_id is not None
        to = Audience(member_id, private=True, in_server=in_server, of_another=of_another)
        reply = self.reply(text, server_id, to)
        await interaction.response.send_message(
            view=reply.layout, files=reply.files, ephemeral=True
        )
        if reply.advice:
            self.count_answer(server_id, reply.advice.pattern.slug)

    def caution(self, server_id: int | None) -> str:
        """The caution under an answer, with the club's own line."""
        return caution_text(CAUTION, self.station.server_settings(server_id).club_line)

    def count_answer(self, server_id: int | None, pattern: str) -> None:
        """Counts, for the curators' insights, that a pattern was answered today; not for whom."""
        self.station.count_answer(server_id, pattern, discord.utils.utcnow().date())

    def manager(self, interaction: discord.Interaction[Any]) -> int:
        """The server that whoever interacts here may manage.

        Raises RefusedError for a member who may not.
        """
        if interaction.guild_id is None:
            raise RefusedError("This works in a server only.")
        if not interaction.permissions.manage_guild:
            raise RefusedError("Only those who may manage this server can do that.")
        return interaction.guild_id

    def curator(self, interaction: discord.Interaction[Any]) -> Curator:
        """Who curates here by this interaction.

        Discord does not hide curators' commands from others: it would hide them from the role as
        well, until an admin allows that role under Integrations, too, which no bot may do for
        them. So the role chosen in `/setup panel` is all it takes, and it is checked here. Raises
        RefusedError, which tells who can, for a member who may not.
        """
        server_id, member = interaction.guild_id, interaction.user
        if server_id is None or not isinstance(member, discord.Member):
            raise RefusedError("This works in a server only.")
        role = member.guild.get_role(self.station.server_settings(server_id).curator_role_id or 0)
        if not interaction.permissions.manage_guild and role not in member.roles:
            others = f" and {role.mention}" if role else ""
            raise RefusedError(
                f"Only those who may manage this server{others} can do that. Ask one of them, "
                "or an admin to choose your role with `/setup panel`."
            )
        key = self.station.member_key(server_id, member.id)
        return Curator(server_id, key, interaction.created_at)
