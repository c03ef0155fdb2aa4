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
from bot.knowledge.own import RefusedError
from bot.store.entries import Key, load_changes, removed_slugs
from bot.views.curating import (
    RemedyForm,
    change_layout,
    entry_layout,
    history_layout,
    list_layout,
)
from bot.views.exchange import difference_layout
from bot.views.names import Choices, suggest_pattern, suggest_remedy

Interaction = discord.Interaction[AidStation]


async def suggest_removed(interaction: Interaction, typed: str) -> Choices:
    """Autocomplete for a remedy that was taken out or is hidden."""
    bot, server = interaction.client, interaction.guild_id or 0
    slugs = [*await removed_slugs(bot.engine, server, "remedy"), *_hidden(bot, server)]
    return [
        app_commands.Choice(name=slug.replace("-", " "), value=slug)
        for slug in slugs
        if typed.lower() in slug.replace("-", " ")
    ][:25]


def _hidden(bot: AidStation, server: int) -> list[str]:
    here, shipped = bot.knowledge(server).catalogue.remedies, bot.knowledge(None).catalogue.remedies
    return [slug for slug in shipped if slug not in here]


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
        if pain not in self.bot.knowledge(interaction.guild_id).catalogue.patterns:
            raise RefusedError("Please choose the pain from the list that opens as you type.")
        await interaction.response.send_modal(RemedyForm(patterns=(pain,), anyway=anyway))

    @app_commands.command(name="edit", description="Change a remedy for this club")
    @app_commands.describe(
        remedy="The remedy, by any of its names", also="One more pain to offer it for"
    )
    @app_commands.autocomplete(remedy=suggest_remedy, also=suggest_pattern)
    async def edit(self, interaction: Interaction, remedy: str, also: str | None = None) -> None:
        """Opens the form with what stands there; a shipped remedy changes for this server only."""
        who = self.bot.curator(interaction)
        state = await self.bot.curating.state(who.server_id, "remedy", remedy)
        patterns = tuple(dict.fromkeys([*state.get("patterns", ()), *([also] if also else [])]))
        await interaction.response.send_modal(
            RemedyForm(patterns=patterns, slug=remedy, state=state)
        )

    @app_commands.command(name="remove", description="Take a remedy out for this club")
    @app_commands.describe(remedy="The remedy, by any of its names")
    @app_commands.autocomplete(remedy=suggest_remedy)
    async def remove(self, interaction: Interaction, remedy: str) -> None:
        """Takes it out; /remedy restore brings it back."""
        await self.bot.curating.remove(self.bot.curator(interaction), "remedy", remedy)
        layout = change_layout("Taken out", f"`/remedy restore` brings `{remedy}` back.")
        await interaction.response.send_message(view=layout, ephemeral=True)

    @app_commands.command(name="restore", description="Bring back a remedy that was taken out")
    @app_commands.describe(remedy="The remedy, by any of its names")
    @app_commands.autocomplete(remedy=suggest_removed)
    async def restore(self, interaction: Interaction, remedy: str) -> None:
        """Undoes the change that took it out."""
        who = self.bot.curator(interaction)
        changes = await load_changes(self.bot.engine, Key(who.server_id, "remedy", remedy))
        if not changes or not (changes[0].after is None or changes[0].after.get("hidden")):
            raise RefusedError("That remedy was not taken out.")
        await self.bot.curating.undo(who, changes[0].number)
        layout = change_layout("Back again", f"`{remedy}` is offered as before.")
        await interaction.response.send_message(view=layout, ephemeral=True)

    @app_commands.command(name="list", description="All remedies that this club can be offered")
    @app_commands.describe(page="The page of the list, from 1")
    async def list(
        self, interaction: Interaction, page: app_commands.Range[int, 1, 500] = 1
    ) -> None:
        """A page of names, this club's own first."""
        knowledge = self.bot.knowledge(interaction.guild_id)
        layout = list_layout(list(knowledge.catalogue.remedies.values()), page)
        await interaction.response.send_message(view=layout, ephemeral=True)

    @app_commands.command(name="show", description="One remedy, as this club has it")
    @app_commands.describe(remedy="The remedy, by any of its names")
    @app_commands.autocomplete(remedy=suggest_remedy)
    async def show(self, interaction: Interaction, remedy: str) -> None:
        """Its names, how it is done, and for what it is offered."""
        knowledge = self.bot.knowledge(interaction.guild_id)
        known: Remedy | None = knowledge.catalogue.remedies.get(remedy)
        if known is None:
            raise RefusedError("Please choose the remedy from the list that opens as you type.")
        offered = [slug for slug, added in knowledge.added.items() if remedy in added]
        pains = [knowledge.catalogue.patterns[slug].name for slug in offered]
        await interaction.response.send_message(view=entry_layout(known, pains), ephemeral=True)

    @app_commands.command(name="history", description="Who changed a remedy, when and how")
    @app_commands.describe(remedy="The remedy, by any of its names")
    @app_commands.autocomplete(remedy=suggest_remedy)
    async def history(self, interaction: Interaction, remedy: str) -> None:
        """The last changes, each with a button that undoes it."""
        who = self.bot.curator(interaction)
        changes = await load_changes(self.bot.engine, Key(who.server_id, "remedy", remedy), 5)
        await interaction.response.send_message(
            view=history_layout(changes, who.key), ephemeral=True
        )

    @app_commands.command(name="export", description="For curators: this club's remedies as a file")
    @app_commands.describe(how="JSON, or CSV for a spreadsheet")
    @app_commands.rename(how="format")
    async def export(self, interaction: Interaction, how: Literal["csv", "json"]) -> None:
        """All that this server added or changed; /remedy import takes it back without loss."""
        who = self.bot.curator(interaction)
        content = write_file(await self.bot.curating.own_remedies(who.server_id), how)
        file = discord.File(io.BytesIO(content), f"remedies.{how}")
        await interaction.response.send_message(file=file, ephemeral=True)

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
        difference = await self.bot.curating.difference(who.server_id, rows)
        layout, files = difference_layout(difference, file.filename, content)
        await interaction.followup.send(view=layout, files=files, ephemeral=True)


async def setup(bot: AidStation) -> None:
    """discord.py's entry."""
    await bot.add_cog(Remedies(bot))
