"""/setup: what only those who manage the server decide, and whether all is well here."""

from __future__ import annotations

from dataclasses import replace

import discord
from discord import app_commands
from discord.ext import commands
from sqlalchemy.exc import SQLAlchemyError

from bot.client import AidStation
from bot.health import Finding, check_store
from bot.views.commands import stale_commands
from bot.views.errors import log_failure
from bot.views.setup import (
    NO_CHANNEL,
    NO_ROLE,
    check_layout,
    missing_permissions,
    setup_layout,
)

Interaction = discord.Interaction[AidStation]


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class Setup(commands.GroupCog, group_name="setup"):
    """Settings of a server."""

    def __init__(self, bot: AidStation) -> None:
        self.bot = bot
        super().__init__()

    @app_commands.command(
        name="panel", description="Choose where answers go, who curates, and your own words"
    )
    async def panel(self, interaction: Interaction) -> None:
        """All settings on one panel, with how it looks now."""
        server = self.bot.manager(interaction)
        layout = setup_layout(self.bot.station, server, interaction.guild)
        await interaction.response.send_message(view=layout, ephemeral=True)

    @app_commands.command(
        name="check", description="Check whether I have all that I need, and how to mend it"
    )
    async def check(self, interaction: Interaction) -> None:
        """Permissions, commands, database and disk, each fault with its fix."""
        server = self.bot.manager(interaction)
        await interaction.response.defer(ephemeral=True)
        findings = [
            *self._permissions(interaction, server),
            await self._commands(),
            await self._intent(),
            *await self._store(),
        ]
        await interaction.followup.send(view=check_layout(findings), ephemeral=True)

    def _permissions(self, interaction: Interaction, server: int) -> list[Finding]:
        guild, settings = interaction.guild, self.bot.station.server_settings(server)
        if guild is None:
            return []
        role, chosen = settings.curator_role_id, settings.channel_id
        again = "Choose another with `/setup panel`."
        no_role = role and guild.get_role(role) is None
        roles = [Finding(False, NO_ROLE, again)] if no_role else []
        return [*roles, self._channel(interaction, guild, chosen, again)]

    def _channel(
        self, interaction: Interaction, guild: discord.Guild, chosen: int | None, again: str
    ) -> Finding:
        channel = guild.get_channel(chosen) if chosen else interaction.channel
        if not isinstance(channel, discord.abc.GuildChannel | discord.Thread):
            return Finding(False, NO_CHANNEL, again)
        missing = missing_permissions(channel, guild.me)
        where = f"in #{channel.name}"
        if not missing:
            return Finding(True, f"I may do all that I need {where}")
        fix = "Channel settings → Permissions → add me and allow it."
        return Finding(False, f"I lack {', '.join(f'“{name}”' for name in missing)} {where}", fix)

    async def _commands(self) -> Finding:
        try:
            stale = await stale_commands(self.bot)
        except (discord.HTTPException, SQLAlchemyError) as error:
            # The other findings may tell why, such as a full disk.
            reference = log_failure("looking at the commands", error)
            what = f"I could not see whether Discord knows my commands (reference {reference})"
            return Finding(False, what, "Mend what else is told here, and look again.")
        if not stale:
            return Finding(True, "Discord knows my commands as they are")
        what = f"Discord has an old list of my commands ({', '.join(stale)})"
        return Finding(False, what, "Ask whoever runs this bot to restart it.")

    async def _store(self) -> list[Finding]:
        """What the host can mend, said to somebody who is not the host."""
        try:
            found = await check_store(self.bot.settings.database_url)
        except SQLAlchemyError as error:
            reference = log_failure("looking at the database", error)
            found = [Finding(False, f"The database does not answer (reference {reference})")]
        hosts = "Tell whoever runs this bot."
        return [one if one.well else replace(one, fix=f"{hosts} {one.fix}") for one in found]

    async def _intent(self) -> Finding:
        try:
            flags = (await self.bot.application_info()).flags
        except discord.HTTPException as error:
            reference = log_failure("looking at the intents", error)
            what = f"I could not see which intents I have (reference {reference})"
            return Finding(False, what, "Try again in a minute.")
        if flags.gateway_message_content or flags.gateway_message_content_limited:
            return Finding(True, "I can read threads (Message Content Intent is on)")
        return Finding(True, "Message Content Intent is off: fine, unless you want /learn thread")


async def setup(bot: AidStation) -> None:
    """discord.py's entry."""
    await bot.add_cog(Setup(bot))
