"""/privacy: a member sees, takes along and deletes all that hangs on them, at once."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands
from sqlalchemy.exc import SQLAlchemyError

from bot.client import AidStation
from bot.refused import RefusedError
from bot.store.privacy import Person, forget_member, known_servers, load_personal
from bot.views.errors import log_failure
from bot.views.layouts import note_layout

Interaction = discord.Interaction[AidStation]

# What is kept where, in words, for one and for more.
KEPT = {
    "Under a code that only my key can make of your id:": {
        "votes": ("vote on what helped", "votes on what helped"),
        "wrong_matches": ("“not my pain” mark", "“not my pain” marks"),
        "proposals": ("remedy proposed and not accepted", "remedies proposed and not accepted"),
        "changes": (
            "change of remedies made as a curator",
            "changes of remedies made as a curator",
        ),
    },
    "The same, for 30 days, so that reactions that still stand do not count again:": {
        "taken_back": ("vote or mark taken back", "votes or marks taken back"),
        "forgotten": ("note that you had all deleted", "notes that you had all deleted"),
    },
    "With your id itself, to write to you:": {
        "questions": ("question for later", "questions for later"),
    },
}
GONE = (
    "Votes, marks, proposals and questions are gone. In the history of remedies nobody can tell "
    "any more that it was you. Where I may, I also take your reactions under my answers away; "
    "those that stay count no more."
)
STORED_WITHIN = 10  # seconds, for what waits to be stored
NEVER = "What you write in `/pain` is never kept: it is read, answered and forgotten."


class Privacy(commands.GroupCog, group_name="privacy"):
    """In a server: what hangs on the member there. In a direct message: in all servers."""

    def __init__(self, bot: AidStation) -> None:
        self.bot = bot
        super().__init__()

    @app_commands.command(name="show", description="What is kept of you, in numbers")
    async def show(self, interaction: Interaction) -> None:
        """How many rows of what."""
        await interaction.response.defer(ephemeral=True)
        found = await load_personal(self.bot.station.engine, await self._people(interaction))
        foot = "`/privacy export` gives it to you, `/privacy delete` lets go of it."
        layout = note_layout("What I keep of you", _told(found), foot)
        await interaction.followup.send(view=layout, ephemeral=True)

    @app_commands.command(name="export", description="What is kept of you, as a file")
    async def export(self, interaction: Interaction) -> None:
        """All rows as JSON."""
        await interaction.response.defer(ephemeral=True)
        found = await load_personal(self.bot.station.engine, await self._people(interaction))
        content = json.dumps(found, indent=1, default=str, ensure_ascii=False).encode()
        file = discord.File(io.BytesIO(content), "aid-station.json")
        await interaction.followup.send(file=file, ephemeral=True)

    @app_commands.command(name="delete", description="Let go of all that is kept of you, at once")
    async def delete(self, interaction: Interaction) -> None:
        """All rows of the member, votes included; the order of remedies follows."""
        await interaction.response.defer(ephemeral=True)
        people = await self._people(interaction)
        found = await load_personal(self.bot.station.engine, people)
        voted = await forget_member(self.bot.station.engine, people, discord.utils.utcnow())
        for server in voted:
            try:
                await self.bot.station.servers.refresh_votes(server)
            except SQLAlchemyError as error:
                # All is deleted: the next vote there or the night brings that into the order.
                log_failure("votes of somebody who had them deleted", error)
        reactions = [
            (row["message_id"], row.get("remedy"))
            for row in (*found["votes"], *found["wrong_matches"])
            if row["message_id"] and not row["taken_back"]
        ]
        self.bot.dispatch("member_forgotten", interaction.user.id, reactions)
        layout = note_layout(
            "Done", GONE, "Copies in nightly backups go as those are replaced, in a week as a rule."
        )
        await interaction.followup.send(view=layout, ephemeral=True)

    async def _people(self, interaction: Interaction) -> list[Person]:
        """Whom to look for, once all that waits is stored. Raises RefusedError where it is not."""
        if not await self.bot.station.writer.drained(STORED_WITHIN):
            raise RefusedError("My database is busy just now. Please try again in a minute.")
        member = interaction.user.id
        here = interaction.guild_id
        servers = {here} if here else await known_servers(self.bot.station.engine) | {0}
        return [Person(each, member, self.bot.station.member_key(each, member)) for each in servers]


def _told(found: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    counts = {
        name: sum(1 for row in rows if not row.get("taken_back")) for name, rows in found.items()
    }
    counts["taken_back"] = sum(len(rows) - counts[name] for name, rows in found.items())
    lines = [NEVER]
    for title, kinds in KEPT.items():
        lines.append(f"\n{title}")  # right below a list it would be read as part of the last item
        for name, (one, more) in kinds.items():
            lines.append(f"- {counts[name]} {one if counts[name] == 1 else more}")
    return "\n".join(lines)


async def setup(bot: AidStation) -> None:
    """discord.py's entry."""
    await bot.add_cog(Privacy(bot))
