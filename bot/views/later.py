"""A curator who cannot decide on something yet goes on to the next."""

from __future__ import annotations

from typing import Any, get_args

import discord
from discord import ui

from bot.views.bot import AidBot
from bot.views.errors import Guarded
from bot.views.messages import viewer_of
from bot.views.turns import Turn, Waiting


class Later(
    Guarded,
    ui.DynamicItem[ui.Button[Any]],
    template=rf"aid1:skip:(?P<waiting>{'|'.join(get_args(Waiting))}):(?P<number>\d{{1,9}})",
):
    """Shows what waits after this one; nothing is decided."""

    def __init__(self, waiting: Waiting, number: int) -> None:
        self.turn = Turn(waiting, number)
        custom_id = f"aid1:skip:{waiting}:{number}"
        super().__init__(ui.Button(label="Later", custom_id=custom_id))

    async def press(self, interaction: discord.Interaction[AidBot]) -> None:
        """Goes on."""
        bot = interaction.client
        bot.curator(interaction)
        await interaction.response.defer()
        layout = await bot.what_waits(viewer_of(interaction), self.turn)
        await interaction.edit_original_response(view=layout)


class ReviewNow(Guarded, ui.DynamicItem[ui.Button[Any]], template="aid1:review"):
    """Shows what waits, in place of the word that something does."""

    def __init__(self) -> None:
        super().__init__(ui.Button(label="Review now", custom_id="aid1:review"))

    async def press(self, interaction: discord.Interaction[AidBot]) -> None:
        """As `/review`."""
        bot = interaction.client
        bot.curator(interaction)
        await interaction.response.defer()
        layout = await bot.what_waits(viewer_of(interaction))
        await interaction.edit_original_response(view=layout)


LATER_ITEMS = (Later, ReviewNow)
