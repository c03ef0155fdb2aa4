"""What curators see of an import: the difference first, then a button that takes it in."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any, Self

import discord
from discord import ui

from bot.exchange import Difference, read_file
from bot.knowledge.own import RefusedError
from bot.views.errors import AidView, Guarded
from bot.views.layouts import CALM, note_layout, view_of
from bot.views.text import safe

if TYPE_CHECKING:
    from bot.client import AidStation

LINES = 20  # of the difference; the file itself hangs below


class TakeIn(Guarded, ui.DynamicItem[ui.Button[Any]], template="aid1:import"):
    """Takes in the file that hangs under the difference; also after a restart."""

    def __init__(self) -> None:
        super().__init__(
            ui.Button(
                label="Take it in", style=discord.ButtonStyle.primary, custom_id="aid1:import"
            )
        )

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """discord.py's way back from a pressed button."""
        return cls()

    async def press(self, interaction: discord.Interaction[AidStation]) -> None:
        """All of the file or none of it."""
        bot = interaction.client
        who = bot.curator(interaction)
        files = interaction.message.attachments if interaction.message else []
        if not files:
            raise RefusedError("The file is gone. Please import it again.")
        await interaction.response.defer()
        rows = read_file(files[0].filename, await files[0].read())
        done = await bot.curating.exchange(who, rows)
        text = f"{len(done.new)} new, {len(done.changed)} changed, {done.same} as before."
        await interaction.edit_original_response(
            view=note_layout("Taken in", text, "`/remedy history` undoes any step."), attachments=[]
        )


def difference_layout(
    difference: Difference, name: str, content: bytes
) -> tuple[AidView, list[discord.File]]:
    """The difference in words, with the file and the button; no button for no difference."""
    title = (
        f"### This would change {len(difference.rows)} remedies\n{len(difference.new)} new, "
        f"{len(difference.changed)} changed, {difference.same} as they are. Nothing is changed yet."
    )
    if not difference.rows:
        return note_layout("Nothing to change", "All of that is here already.", ""), []
    lines = [f"+ {safe(each)}" for each in difference.new]
    for each, changes in difference.changed:
        lines += [f"~ {safe(each)}", *(f"-# {safe(change, 200)}" for change in changes)]
    if len(lines) > LINES:
        lines = [*lines[:LINES], f"… and {len(lines) - LINES} lines more"]
    kept = "remedies.json" if name.lower().endswith(".json") else "remedies.csv"
    view = view_of(
        CALM,
        ui.TextDisplay(title),
        ui.TextDisplay("\n".join(lines)),
        ui.File(f"attachment://{kept}"),
        ui.ActionRow(TakeIn()),
    )
    return view, [discord.File(io.BytesIO(content), kept)]
