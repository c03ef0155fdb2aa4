"""What a server learned, as a curator finds it in order to let go of it: by thread or channel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import discord
from discord import app_commands, ui

from bot.knowledge.names import CHOICES
from bot.refused import RefusedError
from bot.store.suggestions import Source, count_by_thread, forget_threads, load_sources
from bot.views.bot import AidBot
from bot.views.errors import AidView, Guarded
from bot.views.layouts import CALM, note_layout, view_of
from bot.views.messages import Viewer, place_of, viewer_of
from bot.views.names import CHOOSE, Choices
from bot.wording import counted

LABEL = 100  # characters of a choice, as Discord allows


async def suggest_learned(interaction: discord.Interaction[AidBot], typed: str) -> Choices:
    """Autocomplete for what was learned here: whole channels first, then the newest threads.

    Found by title or by a pasted link. A place that the curator may not read keeps its name to
    itself.
    """
    sources = list(
        (await load_sources(interaction.client.station.engine, _server(interaction))).values()
    )
    viewer = viewer_of(interaction)
    named = [*_channels(viewer, sources), *_threads(viewer, sources)]
    fitting = [
        app_commands.Choice(name=name[:LABEL], value=value)
        for name, value, links in named
        if typed.lower() in name.lower() or typed in links
    ]
    return fitting[:CHOICES]


class ForgetButton(
    Guarded,
    ui.DynamicItem[ui.Button[Any]],
    template=r"aid1:forget:(?P<number>\d{1,9}):(?P<chosen>\S{1,78})",
):
    """Lets go of what was chosen, where that is still as much as the curator was told."""

    def __init__(self, number: int, chosen: str) -> None:
        """`number`: of the suggestions that would go."""
        self.number, self.chosen = number, chosen
        super().__init__(
            ui.Button(
                label="Forget it",
                style=discord.ButtonStyle.danger,
                custom_id=f"aid1:forget:{number}:{chosen}",
            )
        )

    async def press(self, interaction: discord.Interaction[AidBot]) -> None:
        """Forgets, for good."""
        bot = interaction.client
        server = bot.curator(interaction).server_id
        await interaction.response.defer()
        threads = await _chosen_threads(interaction, self.chosen)
        if sum(await _taught(interaction, threads)) != self.number:
            layout = await forget_layout(interaction, self.chosen)
            layout.add_item(ui.TextDisplay("-# It has changed meanwhile: please look again."))
        else:
            await forget_threads(bot.station.engine, server, threads)
            await bot.station.servers.refresh(server)
            layout = note_layout("Forgotten", "What it taught counts no more.")
        await interaction.edit_original_response(view=layout)


async def forget_layout(interaction: discord.Interaction[AidBot], chosen: str) -> AidView:
    """What a choice of the list above taught, with the button that lets go of it.

    Raises RefusedError for what is no such choice.
    """
    threads = await _chosen_threads(interaction, chosen)
    counting, waiting = await _taught(interaction, threads)
    text = (
        f"{counted(len(threads), 'thread')} taught {counted(counting, 'suggestion')} that "
        f"count{'s' * (counting == 1)} here, and {waiting} more that wait{'s' * (waiting == 1)}. "
        "All of it would go. Who learns it again approves it again."
    )
    return view_of(
        CALM,
        ui.TextDisplay(f"### Forget that?\n{text}"),
        ui.ActionRow[Any](ForgetButton(counting + waiting, chosen)),
    )


async def _taught(
    interaction: discord.Interaction[AidBot], threads: Iterable[str]
) -> tuple[int, int]:
    """How many suggestions of these threads count, and how many wait."""
    counts = await count_by_thread(interaction.client.station.engine, _server(interaction))
    found = [counts.get(one, (0, 0)) for one in threads]
    return sum(counting for counting, _ in found), sum(waiting for _, waiting in found)


async def _chosen_threads(interaction: discord.Interaction[AidBot], chosen: str) -> list[str]:
    """The keys of the threads that a choice names. Raises RefusedError where there are none."""
    sources = await load_sources(interaction.client.station.engine, _server(interaction))
    threads = [
        source.thread
        for source in sources.values()
        if chosen == source.thread or (chosen and chosen == place_of(source.link))
    ]
    if not threads:
        raise RefusedError(CHOOSE.format(what="thread"))
    return threads


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


def _server(interaction: discord.Interaction[AidBot]) -> int:
    return interaction.guild_id or 0
