"""A form that was refused, opened once more with what was typed into it."""

from __future__ import annotations

import secrets
from typing import Any

import discord
from discord import ui

from bot.views.errors import AidModal, Guarded, tell_privately

MOST_KEPT = 200  # forms, over all servers; they are kept in memory alone
GONE = "That form is too long ago, or I was restarted meanwhile. What you typed stands above."


class RefusedForms:
    """The latest forms that were refused, each under the token of its button."""

    def __init__(self) -> None:
        self._forms: dict[str, AidModal] = {}

    def button(self, form: AidModal) -> Reopen | None:
        """Keeps a form that was sent; None for one that is not opened again."""
        if form.again() is None:
            return None
        token = secrets.token_hex(8)
        self._forms[token] = form
        if len(self._forms) > MOST_KEPT:
            del self._forms[next(iter(self._forms))]
        return Reopen(token)

    def again(self, token: str) -> AidModal | None:
        """The form of a button, to be opened; None for one that is kept no more."""
        form = self._forms.get(token)
        return form.again() if form else None


class Reopen(
    Guarded, ui.DynamicItem[ui.Button[Any]], template=r"aid1:reopen:(?P<token>[0-9a-f]{16})"
):
    """Opens the form again, for whoever alone sees the refusal."""

    def __init__(self, token: str) -> None:
        self.token = token
        super().__init__(ui.Button(label="Open the form again", custom_id=f"aid1:reopen:{token}"))

    async def press(self, interaction: discord.Interaction[Any]) -> None:
        """Opens it; who may not send it is told so when they do."""
        form = interaction.client.refused_forms.again(self.token)
        if form is None:
            await tell_privately(interaction, GONE)
        else:
            await interaction.response.send_modal(form)
