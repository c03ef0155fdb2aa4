"""Autocomplete: the names of what this server knows, for what was typed so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from functools import wraps
from typing import Any

import discord
from discord import app_commands

from bot.knowledge.names import CHOICES, Names, names_of
from bot.knowledge.snapshot import Knowledge
from bot.refused import RefusedError
from bot.store.entries import Kind
from bot.views.bot import AidBot
from bot.views.errors import log_failure

HERE = 10  # a vote or an answer here tells as much of what this club uses as ten people in threads
CHOOSE = "Please choose the {what} from the list that opens as you type."
# What tells two of one name apart; a name has 80 characters at most, and a choice 100.
HERE_ONLY, GONE = " (this club's own)", " (taken out)"
Choices = list[app_commands.Choice[str]]
Suggest = Callable[[discord.Interaction[Any], str], Coroutine[Any, Any, Choices]]


def autocomplete(suggest: Suggest) -> Suggest:
    """An autocomplete with the error path: discord.py's own logs who typed, and what.

    What fails is logged, and nothing is offered; nor to whom it is refused.
    """

    @wraps(suggest)
    async def guarded(interaction: discord.Interaction[Any], typed: str) -> Choices:
        try:
            return await suggest(interaction, typed)
        except RefusedError:
            return []
        except Exception as error:  # noqa: BLE001 - whatever it is, typing goes on
            log_failure(f"autocomplete {suggest.__name__}", error)
            return []

    return guarded


async def suggest(interaction: discord.Interaction[AidBot], kind: Kind, typed: str) -> Choices:
    """Names for what was typed so far; for nothing typed, what this server uses most."""
    knowledge = interaction.client.station.knowledge(interaction.guild_id)
    return _choices(typed, names_of(knowledge, kind), _used(interaction, kind))


def chosen_pattern(knowledge: Knowledge, typed: str) -> str:
    """The slug of a pattern that was chosen from the list, or typed in full by its name.

    Raises RefusedError for another word.
    """
    patterns, name = knowledge.catalogue.patterns, typed.strip().casefold()
    if typed in patterns:
        return typed
    named = [slug for slug, one in patterns.items() if one.name.casefold() == name]
    if len(named) != 1:
        raise RefusedError(CHOOSE.format(what="pain"))
    return named[0]


@autocomplete
async def suggest_pattern(interaction: discord.Interaction[AidBot], typed: str) -> Choices:
    """Autocomplete for a pattern, by its names or by what it feels like ("outside of knee")."""
    named = await suggest(interaction, "pattern", typed)
    return named or _described(interaction, typed)


@autocomplete
async def suggest_own_pattern(interaction: discord.Interaction[AidBot], typed: str) -> Choices:
    """Autocomplete for a pattern of the server's own, which its curators may change."""
    knowledge = interaction.client.station.knowledge(interaction.guild_id)
    own = [one for one in knowledge.catalogue.patterns.values() if one.own]
    return _choices(typed, Names(own), _used(interaction, "pattern"))


@autocomplete
async def suggest_offered(interaction: discord.Interaction[AidBot], typed: str) -> Choices:
    """Autocomplete for a pattern that the remedy chosen beside it is offered for."""
    knowledge = interaction.client.station.knowledge(interaction.guild_id)
    patterns, remedy = knowledge.catalogue.patterns, interaction.namespace.remedy
    slugs = [slug for slug, added in knowledge.added.items() if remedy in added]
    offered = [patterns[slug] for slug in slugs if slug in patterns]
    return _choices(typed, Names(offered), _used(interaction, "pattern"))


@autocomplete
async def suggest_remedy(interaction: discord.Interaction[AidBot], typed: str) -> Choices:
    """Autocomplete for a remedy."""
    return await suggest(interaction, "remedy", typed)


async def suggest_removed(
    interaction: discord.Interaction[AidBot], kind: Kind, typed: str
) -> Choices:
    """What was taken out or is hidden, the last taken out first.

    Raises RefusedError for whoever is no curator: what they took out is not for all to read.
    """
    interaction.client.curator(interaction)
    removed = await interaction.client.station.curating.removed(interaction.guild_id or 0, kind)
    return [
        app_commands.Choice(name=name[:100], value=slug)
        for slug, name in removed.items()
        if typed.strip().lower() in name.lower()
    ][:CHOICES]


async def suggest_with_history(
    interaction: discord.Interaction[AidBot], kind: Kind, typed: str
) -> Choices:
    """What curators may have changed, and what they took out. Raises RefusedError for others."""
    of_kind = suggest_remedy if kind == "remedy" else suggest_own_pattern
    here = await of_kind(interaction, typed)
    removed = [
        app_commands.Choice(name=f"{one.name[: 100 - len(GONE)]}{GONE}", value=one.value)
        for one in await suggest_removed(interaction, kind, typed)
    ]
    # What holds the very letters that were typed must not drown in what only sounds alike.
    return [*removed, *here][:CHOICES] if typed.strip() else [*here, *removed][:CHOICES]


def _described(interaction: discord.Interaction[AidBot], typed: str) -> Choices:
    """The patterns that a description of a pain fits, the likeliest first."""
    station, server = interaction.client.station, interaction.guild_id
    patterns = station.knowledge(server).catalogue.patterns
    matches = station.answer(typed, server).matches
    return [
        app_commands.Choice(name=patterns[match.slug].name[:100], value=match.slug)
        for match in matches
    ]


def _used(interaction: discord.Interaction[AidBot], kind: Kind) -> Mapping[str, int]:
    """How much each pattern or remedy is used, by slug: in threads, and in this server."""
    station, server = interaction.client.station, interaction.guild_id
    knowledge = station.knowledge(server)
    if kind == "pattern":
        return use_of_patterns(knowledge, station.asked(server))
    return use_of_remedies(knowledge)


def use_of_patterns(knowledge: Knowledge, asked: Mapping[str, int]) -> Counter[str]:
    """People in threads; votes and answers of this server, which count more."""
    times = Counter(knowledge.people)
    for (pattern, _), votes in knowledge.votes.items():
        times[pattern] += HERE * votes.total
    for pattern, answers in asked.items():
        times[pattern] += HERE * answers
    return times


def use_of_remedies(knowledge: Knowledge) -> Counter[str]:
    """People in threads; votes of this server and what its curators offer, which count more."""
    times: Counter[str] = Counter()
    for (_, remedy), tally in knowledge.tallies.items():
        times[remedy] += tally.people
    for (_, remedy), votes in knowledge.votes.items():
        times[remedy] += HERE * votes.total
    for remedies in knowledge.added.values():
        times.update(dict.fromkeys(remedies, HERE))
    return times


def _choices(typed: str, names: Names, times: Mapping[str, int]) -> Choices:
    found = names.find(typed, times)
    named = Counter(one.name.casefold() for one in found)
    return [
        app_commands.Choice(
            name=one.name + (HERE_ONLY if one.own and named[one.name.casefold()] > 1 else ""),
            value=one.slug,
        )
        for one in found
    ]
