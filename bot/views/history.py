"""Who changed an entry, when and how: pages of changes, each with a button that undoes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.knowledge.own import FIELDS_IN_WORDS
from bot.station import Station
from bot.store.entries import Change, Key, Kind, load_changes
from bot.store.privacy import GONE
from bot.views.bot import AidBot
from bot.views.curating import FOOT, change_layout, in_words
from bot.views.errors import SLUG, AidView, Guarded
from bot.views.layouts import CALM, TEXT_LIMIT, note_layout, view_of
from bot.wording import safe

SHOWN = 5  # changes on a page, fewer where they are long: a row of buttons holds no more
DROPPED = 20  # later changes that are named when an older one is undone
NEWEST = 0


class UndoChange(
    Guarded, ui.DynamicItem[ui.Button[Any]], template=r"aid1:undo:(?P<number>\d{1,9})"
):
    """Puts an entry back to what it was before a change; also after a restart."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(ui.Button(label=f"Undo #{number}", custom_id=f"aid1:undo:{number}"))

    async def press(self, interaction: discord.Interaction[AidBot]) -> None:
        """Undoes it, and says what later changes that drops; undoing it in turn is possible."""
        bot = interaction.client
        who = bot.curator(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        undone = await bot.station.curating.undo(who, self.number)
        name = f"**{safe(undone.name)}**"
        text = f"{name} is as it was before change #{self.number}."
        if undone.gone:
            text = f"{name} is out again: before change #{self.number} it was not there."
        if undone.later:
            text += "\nWhat came later went with it; the history brings it back, too:\n"
            text += "\n".join(f"- #{one.number}: {_fields(one)}" for one in undone.later[:DROPPED])
        await interaction.followup.send(view=change_layout("Undone", text), ephemeral=True)


class TurnPage(
    Guarded,
    ui.DynamicItem[ui.Button[Any]],
    template=rf"aid1:history:(?P<kind>remedy|pattern):(?P<slug>{SLUG}):(?P<below>\d{{1,9}})",
):
    """Shows the changes before a number, or for 0 the newest; also after a restart."""

    def __init__(self, kind: Kind, slug: str, below: int) -> None:
        self.kind, self.slug, self.below = kind, slug, below
        label = "The newest" if below == NEWEST else "Older ones"
        custom_id = f"aid1:history:{kind}:{slug}:{below}"
        super().__init__(ui.Button(label=label, custom_id=custom_id))

    async def press(self, interaction: discord.Interaction[AidBot]) -> None:
        """Another page takes the place of this one."""
        bot = interaction.client
        who = bot.curator(interaction)
        key = Key(who.server_id, self.kind, self.slug)
        layout = await history_layout(bot.station, key, who.key, self.below)
        await interaction.response.edit_message(view=layout)


async def show_history(interaction: discord.Interaction[AidBot], kind: Kind, slug: str) -> None:
    """Answers with the newest changes of an entry. Raises RefusedError."""
    bot = interaction.client
    who = bot.curator(interaction)
    layout = await history_layout(bot.station, Key(who.server_id, kind, slug), who.key)
    await interaction.response.send_message(view=layout, ephemeral=True)


async def remove_entry(interaction: discord.Interaction[AidBot], kind: Kind, slug: str) -> None:
    """Takes an entry out and says so. Raises RefusedError."""
    bot = interaction.client
    who = bot.curator(interaction)
    await interaction.response.defer(ephemeral=True, thinking=True)
    name = await bot.station.curating.remove(who, kind, slug)
    layout = change_layout("Taken out", f"`/{kind} restore` brings **{safe(name)}** back.")
    newest = await load_changes(bot.station.engine, Key(who.server_id, kind, slug), 1)
    layout.add_item(ui.ActionRow(*(UndoChange(change.number) for change in newest)))
    await interaction.followup.send(view=layout, ephemeral=True)


async def restore_entry(interaction: discord.Interaction[AidBot], kind: Kind, slug: str) -> None:
    """Brings an entry back and says so. Raises RefusedError."""
    bot = interaction.client
    who = bot.curator(interaction)
    await interaction.response.defer(ephemeral=True, thinking=True)
    name = await bot.station.curating.restore(who, kind, slug)
    layout = change_layout("Back again", f"**{safe(name)}** is there as before.")
    await interaction.followup.send(view=layout, ephemeral=True)


HISTORY_ITEMS = (UndoChange, TurnPage)


async def history_layout(station: Station, key: Key, viewer: str, below: int = NEWEST) -> AidView:
    """A page of an entry's changes, newest first; only those before number `below` unless 0."""
    changes = await load_changes(station.engine, key, SHOWN + 1, below=below or None)
    if not changes:
        return note_layout("No changes yet", "Nobody here has changed it.", FOOT)
    for shown in range(min(SHOWN, len(changes)), 0, -1):
        turns = [TurnPage(key.kind, key.slug, NEWEST)] if below else []
        if shown < len(changes):
            turns.append(TurnPage(key.kind, key.slug, changes[shown - 1].number))
        view = _page(changes[:shown], viewer, turns)
        if view.content_length() <= TEXT_LIMIT:
            break
    return view


def _page(changes: Sequence[Change], viewer: str, turns: Sequence[TurnPage]) -> AidView:
    state = changes[0].after or changes[0].before or {}
    rows = [ui.ActionRow[Any](*(UndoChange(change.number) for change in changes))]
    if turns:
        rows.append(ui.ActionRow[Any](*turns))
    return view_of(
        CALM,
        ui.TextDisplay(f"### History of {safe(str(state.get('name', 'it')))}"),
        ui.TextDisplay("\n".join(_told(change, viewer) for change in changes)),
        *rows,
        ui.TextDisplay(f"-# {FOOT}"),
    )


def _told(change: Change, viewer: str) -> str:
    who = "you" if change.by == viewer else f"curator {change.by[:4]}"
    if change.by == GONE:
        who = "a curator whose code is deleted"
    when = discord.utils.format_dt(change.at, "R")
    return f"**#{change.number}** {when} by {who}\n{_difference(change)}"


def _difference(change: Change) -> str:
    if change.after is None:
        return f"-# {_fields(change)}"
    if change.after.get("hidden") and not (change.before or {}).get("hidden"):
        return "-# hidden: offered for nothing"
    lines = []
    for field in _changed(change):
        was, now = in_words((change.before or {}).get(field)), in_words(change.after.get(field))
        arrow = f"{safe(was)} → {safe(now) or '(nothing)'}" if was else safe(now)
        lines.append(f"-# {FIELDS_IN_WORDS.get(field, field)}: {arrow}")
    return "\n".join(lines) or "-# nothing changed"


def _fields(change: Change) -> str:
    """Which fields a change changed, in words."""
    if change.after is None:
        return "taken out, or put back as it was at first"
    names = [FIELDS_IN_WORDS.get(field, field) for field in _changed(change)]
    return ", ".join(names) or "nothing changed"


def _changed(change: Change) -> list[str]:
    before, after = change.before or {}, change.after or {}
    return [one for one in after if in_words(before.get(one)) != in_words(after[one])]
