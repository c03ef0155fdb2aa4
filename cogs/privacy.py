"""/privacy: a member sees, takes along and deletes all that hangs on them, at once."""

from __future__ import annotations

import io
import json

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import AidStation
from bot.store.privacy import Person, forget_member, known_servers, load_personal
from bot.views.layouts import note_layout

Interaction = discord.Interaction[AidStation]

KEPT = {
    "votes": "votes on what helped",
    "wrong_matches": "“not my pain” marks",
    "proposals": "remedies proposed and not decided",
    "changes": "changes of remedies made as a curator",
    "questions": "questions for later, with your id",
}
NEVER = "What you write in `/pain` is never kept: it is read, answered and forgotten."


class Privacy(commands.GroupCog, group_name="privacy"):
    """In a server: what hangs on the member there. In a direct message: in all servers."""

    def __init__(self, bot: AidStation) -> None:
        self.bot = bot
        super().__init__()

    @app_commands.command(name="show", description="What is kept of you, in numbers")
    async def show(self, interaction: Interaction) -> None:
        """How many rows of what."""
        found = await load_personal(self.bot.engine, await self._people(interaction))
        lines = [f"- {len(rows)} {KEPT[name]}" for name, rows in found.items()]
        text = "\n".join([NEVER, "Under a code that only my key can make of your id:", *lines])
        foot = "`/privacy export` gives it to you, `/privacy delete` lets go of it."
        layout = note_layout("What I keep of you", text, foot)
        await interaction.response.send_message(view=layout, ephemeral=True)

    @app_commands.command(name="export", description="What is kept of you, as a file")
    async def export(self, interaction: Interaction) -> None:
        """All rows as JSON."""
        found = await load_personal(self.bot.engine, await self._people(interaction))
        content = json.dumps(found, indent=1, default=str, ensure_ascii=False).encode()
        file = discord.File(io.BytesIO(content), "aid-station.json")
        await interaction.response.send_message(file=file, ephemeral=True)

    @app_commands.command(name="delete", description="Let go of all that is kept of you, at once")
    async def delete(self, interaction: Interaction) -> None:
        """All rows of the member, votes included; the order of remedies follows."""
        people = await self._people(interaction)
        await self.bot.writer.drained()
        await forget_member(self.bot.engine, people)
        for person in people:
            await self.bot.servers.refresh_votes(person.server_id)
        text = (
            "Votes, marks, proposals and questions are gone. In the history of remedies nobody "
            "can tell any more that it was you."
        )
        layout = note_layout("Done", text, "Copies in the host's nightly backups go with those.")
        await interaction.response.send_message(view=layout, ephemeral=True)

    async def _people(self, interaction: Interaction) -> list[Person]:
        await self.bot.writer.drained()
        member = interaction.user.id
        here = interaction.guild_id
        servers = {here} if here else await known_servers(self.bot.engine) | {0}
        return [Person(each, member, self.bot.member_key(each, member)) for each in servers]


async def setup(bot: AidStation) -> None:
    """discord.py's entry."""
    await bot.add_cog(Privacy(bot))
