"""What a server learned, as a curator finds it in order to let go of it: by thread or channel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.knowledge.names import CHOICES
from bot.store.suggestions import Source, load_sources
from bot.views.messages import Viewer, place_of, viewer_of
from bot.views.names import Choices

if TYPE_CHECKING:
    from bot.client import AidStation

LABEL = 100  # characters of a choice, as Discord allows


async def suggest_learned(interaction: discord.Interaction[AidStation], typed: str) -> Choices:
    """Autocomplete for what was learned here: whole channels first, then the newest threads.

    Found by title or by a pasted link. A place that the curator may not read keeps its name to
    itself.
    """
    sources = list((await load_sources(interaction.client.engine, _server(interaction))).values())
    viewer = viewer_of(interaction)
    named = [*_channels(viewer, sources), *_threads(viewer, sources)]
    fitting = [
        app_commands.Choice(name=name[:LABEL], value=value)
        for name, value, links in named
        if typed.lower() in name.lower() or typed in links
    ]
    return fitting[:CHOICES]


async def chosen_threads(interaction: discord.Interaction[AidStation], chosen: str) -> list[str]:
    """The keys of the threads that a choice of the list above names; none for anything else."""
    sources = await load_sources(interaction.client.engine, _server(interaction))
    return [
        source.thread
        for source in sources.values()
        if chosen == source.thread or (chosen and chosen == place_of(source.link))
    ]


Named = tuple[str, str, tuple[str, ...]]  # what a choice is called, its value, links that find it


def _channels(viewer: Viewer, sources: Iterable[Source]) -> Iterable[Named]:
    """Places in which several conversations or messages were learned."""
    for place, count in Counter(place_of(one.link) for one in sources).items():
        if place and count > 1:
            called = viewer.called(place) or "a channel that you may not read"
            yield f"All {count} learned in {called}", place, (place,)


def _threads(viewer: Viewer, sources: Iterable[Source]) -> Iterable[Named]:
    for one in sources:
        place = place_of(one.link)
        title = one.title if not place or viewer.called(place) else "A thread, archived or hidden"
        when = f" (learned {one.learned_at:%d %b %Y %H:%M} UTC)"
        yield title[: LABEL - len(when)] + when, one.thread, (one.link, place)


def _server(interaction: discord.Interaction[AidStation]) -> int:
    return interaction.guild_id or 0
