"""/remedy: curators add, change, take out and bring back their server's remedies."""

from __future__ import annotations

import io
from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.client import AidStation
from bot.exchange import MOST_BYTES, read_file, write_file
from bot.knowledge.catalogue import Remedy
from bot.refused import RefusedError
from bot.views.curating import RemedyForm, entry_layout, list_layout
from bot.views.exchange import difference_layout
from bot.views.history import remove_entry, restore_entry, show_history
from bot.views.names import (
    CHOOSE,
    Choices,
    autocomplete,
    chosen_pattern,
    suggest_offered,
    suggest_pattern,
    suggest_remedy,
    suggest_removed,
    suggest_with_history,
)

Interaction = discord.Interaction[AidStation]

CHOOSE_PAIN = CHOOSE.format(what="pain")


@autocomplete
async def suggest_removed_remedy(interaction: Interaction, typed: str) -> Choices:
    """Autocomplete for a remedy that was taken out or is hidden."""
    return await suggest_removed(interaction, "remedy", typed)


@autocomplete
async def suggest_changed_remedy(interaction: Interaction, typed: str) -> Choices:
    """Autocomplete for a remedy that has a history, taken out or not."""
    return await suggest_with_history(interaction, "remedy", typed)


@app_commands.guild_only()
class Remedies(commands.GroupCog, group_name="remedy"):
    """What curators do; /remedy list and show are for everybody."""

    def __init__(self, bot: AidStation) -> None:
        self.bot = bot
        super().__init__()

    @app_commands.command(name="add", description="Add a remedy of this club for a pain")
    @app_commands.describe(
        pain="For which pain it is offered", anyway="Add it although one like it is here already"
    )
    @app_commands.rename(pain="for")
    @app_commands.autocomplete(pain=suggest_pattern)
    async def add(self, interaction: Interaction, pain: str, anyway: bool = False) -> None:
        """Opens the form; what is sent answers the very next /pain."""
        self.bot.curator(interaction)
        pattern = chosen_pattern(self.bot.station.knowledge(interaction.guild_id), pain)
        await interaction.response.send_modal(RemedyForm(patterns=(pattern,), anyway=anyway))

    @app_commands.command(name="edit", description="Change a remedy for this club")
    @app_commands.describe(
        remedy="The remedy, by any of its names",
        also="One more pain to offer it for",
        not_for="A pain to offer it for no more",
    )
    @app_commands.autocomplete(remedy=suggest_remedy, also=suggest_pattern, not_for=suggest_offered)
    async def edit(
        self,
        interaction: Interaction,
        remedy: str,
        also: str | None = None,
        not_for: str | None = None,
    ) -> None:
        """Opens the form with what stands there; a shipped remedy changes for this server only."""
        who = self.bot.curator(interaction)
        state = await self.bot.station.curating.state(who.server_id, "remedy", remedy)
        patterns = list(state.get("patterns", ()))
        knowledge = self.bot.station.knowledge(who.server_id)
        more = [chosen_pattern(knowledge, also)] if also else []
        if not_for and not_for not in patterns:
            raise RefusedError(f"This club does not offer it for that. {CHOOSE_PAIN}")
        kept = dict.fromkeys([*patterns, *more])
        form = RemedyForm(
            patterns=tuple(one for one in kept if one != not_for),
            slug=remedy,
            state=state,
            anyway=False,
        )
        await interaction.response.send_modal(form)

    @app_commands.command(name="remove", description="Take a remedy out for this club")
    @app_commands.describe(remedy="The remedy, by any of its names")
    @app_commands.autocomplete(remedy=suggest_remedy)
    async def remove(self, interaction: Interaction, remedy: str) -> None:
        """Takes it out; /remedy restore brings it back."""
        await remove_entry(interaction, "remedy", remedy)

    @app_commands.command(name="restore", description="Bring back a remedy that was taken out")
    @app_commands.describe(remedy="The remedy, by any of its names")
    @app_commands.autocomplete(remedy=suggest_removed_remedy)
    async def restore(self, interaction: Interaction, remedy: str) -> None:
        """Brings it back as members last saw it."""
        await restore_entry(interaction, "remedy", remedy)

    @app_commands.command(name="list", description="All remedies here, this club's own first")
    @app_commands.describe(page="The page of the list, from 1")
    async def list(
        self, interaction: Interaction, page: app_commands.Range[int, 1, 500] = 1
    ) -> None:
        """A page of names, this club's own first."""
        knowledge = self.bot.station.knowledge(interaction.guild_id)
        layout = list_layout(list(knowledge.catalogue.remedies.values()), page)
        await interaction.response.send_message(view=layout, ephemeral=True)

    @app_commands.command(name="show", description="One remedy, as this club has it")
    @app_commands.describe(remedy="The remedy, by any of its names")
    @app_commands.autocomplete(remedy=suggest_remedy)
    async def show(self, interaction: Interaction, remedy: str) -> None:
        """Its names, how it is done, and for what it is offered."""
        knowledge = self.bot.station.knowledge(interaction.guild_id)
        known: Remedy | None = knowledge.catalogue.remedies.get(remedy)
        if known is None:
            raise RefusedError(CHOOSE.format(what="remedy"))
        offered = [slug for slug, added in knowledge.added.items() if remedy in added]
        patterns = knowledge.catalogue.patterns
        # A pain that was taken out stays with the remedy: it may be brought back.
        pains = [patterns[slug].name for slug in offered if slug in patterns]
        await interaction.response.send_message(view=entry_layout(known, pains), ephemeral=True)

    @app_commands.command(name="history", description="Who changed a remedy, when and how")
    @app_commands.describe(remedy="The remedy, by any of its names")
    @app_commands.autocomplete(remedy=suggest_changed_remedy)
    async def history(self, interaction: Interaction, remedy: str) -> None:
        """Pages of changes, each with a button that undoes it."""
        await show_history(interaction, "remedy", remedy)

    @app_commands.command(name="export", description="For curators: this club's remedies as a file")
    @app_commands.describe(how="JSON, or CSV for a spreadsheet")
    @app_commands.rename(how="format")
    async def export(self, interaction: Interaction, how: Literal["csv", "json"]) -> None:
        """All that this server added or changed; /remedy import takes it back without loss."""
        who = self.bot.curator(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        content = write_file(await self.bot.station.curating.own_remedies(who.server_id), how)
        file = discord.File(io.BytesIO(content), f"remedies.{how}")
        await interaction.followup.send(file=file, ephemeral=True)

    @app_commands.command(name="import", description="For curators: take in remedies from a file")
    @app_commands.describe(file="A JSON or CSV file, as /remedy export makes it; 5 MB at most")
    async def import_(self, interaction: Interaction, file: discord.Attachment) -> None:
        """Shows what would change, with a button that does it."""
        who = self.bot.curator(interaction)
        if file.size > MOST_BYTES:
            raise RefusedError("That file is larger than 5 MB.")
        await interaction.response.defer(ephemeral=True)
        content = await file.read()
        rows = read_file(file.filename, content)
        difference = await self.bot.station.curating.difference(who.server_id, rows)
        layout, files = await difference_layout(
            self.bot.station, who.server_id, difference, file.filename, content
        )
        await interaction.followup.send(view=layout, files=files, ephemeral=True)


async def setup(bot: AidStation) -> None:
    """discord.py's entry."""
    await bot.add_cog(Remedies(bot))
