"""Autocomplete: the names of what this server knows, for what was typed so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.knowledge.names import names_of
from bot.store.entries import Kind

if TYPE_CHECKING:
    from bot.client import AidStation

Choices = list[app_commands.Choice[str]]


async def suggest(interaction: discord.Interaction[AidStation], kind: Kind, typed: str) -> Choices:
    """Names for what was typed so far; for nothing typed, what this server talks of most."""
    knowledge = interaction.client.knowledge(interaction.guild_id)
    if kind == "pattern":
        used = dict(knowledge.people)
    else:
        used = {}
        for (_, remedy), tally in knowledge.tallies.items():
            used[remedy] = used.get(remedy, 0) + tally.people
    return [
        app_commands.Choice(name=one.name[:100], value=one.slug)
        for one in names_of(knowledge, kind).find(typed, used)
    ]


async def suggest_pattern(interaction: discord.Interaction[AidStation], typed: str) -> Choices:
    """Autocomplete for a pattern."""
    return await suggest(interaction, "pattern", typed)


async def suggest_remedy(interaction: discord.Interaction[AidStation], typed: str) -> Choices:
    """Autocomplete for a remedy."""
    return await suggest(interaction, "remedy", typed)
