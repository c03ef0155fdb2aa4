"""Telling it again: a way on for whoever was misread, or finds no button that fits."""

from __future__ import annotations

from typing import Any

import discord
from discord import ui

from bot.answer import MAX_CHARS
from bot.views.bot import AidBot
from bot.views.errors import AidModal, Guarded

LABELS = {"misread": "Not what I meant", "none": "None of these"}
ADVICE = {
    "misread": "Was I right? Get help first. If not, say it again, and what you do not have.",
    "none": "Where it hurts, how it feels, and what brings it on",
}


class TellAgain(
    Guarded, ui.DynamicItem[ui.Button[Any]], template=r"aid1:again:(?P<why>misread|none)"
):
    """Opens a form for other words, to whoever presses; also after a restart."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(ui.Button(label=LABELS[why], custom_id=f"aid1:again:{why}"))

    async def press(self, interaction: discord.Interaction[AidBot]) -> None:
        """Opens the form. What was told before is kept nowhere, so it begins empty."""
        await interaction.response.send_modal(TellAgainForm(ADVICE[self.why]))


class TellAgainForm(AidModal, title="In other words"):
    """The same pain once more; the answer is for the member alone."""

    description = ui.Label[Any](
        text="What hurts?",
        component=ui.TextInput(
            custom_id="description", style=discord.TextStyle.paragraph, max_length=MAX_CHARS
        ),
    )

    def __init__(self, advice: str) -> None:
        super().__init__()
        self.description.description = advice

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        """Answers as `/pain` would; danger signs come first here, too."""
        bot: AidBot = interaction.client
        assert isinstance(self.description.component, ui.TextInput)
        await bot.send_privately(interaction, self.description.component.value)
