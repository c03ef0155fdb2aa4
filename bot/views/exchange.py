"""What curators see of an import: the difference first, then a button that takes it in."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import discord
from discord import ui

from bot.curating import Curator
from bot.difference import Difference, FieldChange
from bot.exchange import first_of, read_file
from bot.refused import RefusedError
from bot.station import Station
from bot.views.bot import AidBot
from bot.views.curating import doubts_of
from bot.views.errors import AidView, Guarded
from bot.views.layouts import CALM, note_layout, view_of
from bot.wording import counted, name_of, safe

# Of the difference; the file itself hangs below.
LINES, LENGTH = 20, 1800
NOTES, NOTES_LENGTH = 5, 800
DOUBTS, DOUBTS_LENGTH = 8, 1000
NAME = 25  # characters of the remedy that stands for all of its doubt
SIDE = 90  # characters of a field, as it was and as it would be
LEAD = 15  # of what is alike before the first letter that differs
UNDO = "`/remedy history` undoes any step."
KEPT, KEPT_LENGTH = 10, 600


class TakeIn(
    Guarded, ui.DynamicItem[ui.Button[Any]], template=r"aid1:import:(?P<mark>[0-9a-f]{16})"
):
    """Takes in the file that hangs under the difference, also after a restart.

    It does what was shown and nothing else: `mark` tells whether that is still the difference.
    """

    def __init__(self, mark: str) -> None:
        self.mark = mark
        super().__init__(
            ui.Button(
                label="Take it in",
                style=discord.ButtonStyle.primary,
                custom_id=f"aid1:import:{mark}",
            )
        )

    async def press(self, interaction: discord.Interaction[AidBot]) -> None:
        """All of the file or none of it, and once."""
        bot, message = interaction.client, interaction.message
        who = bot.curator(interaction)
        file = _file_below(message) if message else None
        if file is None:
            raise RefusedError("That is done already, or the file is gone. Please import it again.")
        await interaction.response.defer()
        # The library gives what components show no connection to read it by.
        name, content = file.name or "", await bot.http.get_from_cdn(file.media.url)
        rows = read_file(name, content)
        found, changes = await bot.station.curating.exchange(who, rows, self.mark)
        files: list[discord.File] = []
        if not found.rows:
            layout = note_layout("That is done already", "All of it is here.", UNDO)
        elif not changes:
            layout, files = await difference_layout(
                bot.station, who.server_id, found, name, content, again=True
            )
        else:
            layout = _done_layout(bot.station, who, found, changes)
        await interaction.edit_original_response(view=layout, attachments=files)


class UndoImport(
    Guarded,
    ui.DynamicItem[ui.Button[Any]],
    template=r"aid1:undoall:(?P<first>\d{1,9}):(?P<last>\d{1,9})",
):
    """Puts all back that an import changed, also after a restart; by the numbers of its changes."""

    def __init__(self, first: int, last: int) -> None:
        self.changes = range(first, last + 1)
        custom_id = f"aid1:undoall:{first}:{last}"
        super().__init__(ui.Button(label="Undo all of it", custom_id=custom_id))

    async def press(self, interaction: discord.Interaction[AidBot]) -> None:
        """Undoes it, but for what was changed since; undoing it in turn is possible."""
        bot = interaction.client
        who = bot.curator(interaction)
        await interaction.response.defer()
        undone = await bot.station.curating.undo_together(who, self.changes)
        done = f"{counted(undone.count, 'remedy is', 'remedies are')} as before."
        kept = [f"- {safe(name, NAME)}" for name in undone.kept]
        rows: list[ui.Item[Any]] = [ui.TextDisplay(f"### Undone\n{done}")]
        if kept:
            heading = "**Changed since, and left as they are:**"
            rows.append(ui.TextDisplay(first_of([heading, *kept], 1 + KEPT, KEPT_LENGTH)))
        rows.append(ui.TextDisplay(f"-# {UNDO}"))
        await interaction.edit_original_response(view=view_of(CALM, *rows))


EXCHANGE_ITEMS = (TakeIn, UndoImport)


async def difference_layout(
    station: Station,
    server_id: int,
    difference: Difference,
    name: str,
    content: bytes,
    *,
    again: bool = False,
) -> tuple[AidView, list[discord.File]]:
    """The difference in words, with the file and the button; no button for no difference.

    What a curator should look at twice is told before the button, with the remedies' names.

    `again`: another one was shown before.
    """
    if not difference.rows:
        return note_layout("Nothing to change", "All of that is here already."), []
    since = "Somebody changed remedies since you looked. Now it is this:\n" if again else ""
    title = (
        f"### This would change {counted(len(difference.rows), 'remedy', 'remedies')}\n"
        f"{since}{_counts(difference)} "
        "Nothing is changed yet."
    )
    lines = [f"+ {safe(each)}" for each in difference.new]
    for each, changes in difference.changed:
        lines += [f"~ {safe(each)}", *map(_change, changes)]
    # Of 2,000 remedies it takes a second or two.
    doubts = await asyncio.to_thread(_doubts, station, server_id, difference)
    kept = "remedies.json" if name.lower().endswith(".json") else "remedies.csv"
    view = view_of(
        CALM,
        ui.TextDisplay(title),
        ui.TextDisplay(first_of(lines, LINES, LENGTH)),
        *_notes(difference),
        *([ui.TextDisplay(doubts)] if doubts else []),
        ui.File(f"attachment://{kept}"),
        ui.ActionRow(TakeIn(difference.mark)),
    )
    return view, [discord.File(io.BytesIO(content), kept)]


def _file_below(message: discord.Message) -> discord.FileComponent | None:
    """The file that a message shows. Discord does not list it among the attachments."""
    for component in message.components:
        for each in (component, *getattr(component, "children", ())):
            if isinstance(each, discord.FileComponent):
                return each
    return None


def _done_layout(station: Station, who: Curator, done: Difference, changes: range) -> AidView:
    shown = _in_answers(station, who.server_id)
    unseen = sum(row.slug not in shown for row in done.rows if not row.data["hidden"])
    told = f"\n{unseen} of them in no answer yet: for no pain, or without room." if unseen else ""
    return view_of(
        CALM,
        ui.TextDisplay(f"### Taken in\n{_counts(done)}{told}"),
        *_notes(done),
        ui.ActionRow(UndoImport(changes[0], changes[-1])),
        ui.TextDisplay(f"-# {UNDO}"),
    )


def _in_answers(station: Station, server_id: int) -> set[str]:
    patterns = station.knowledge(server_id).catalogue.patterns
    answers = (station.advise(pattern, server_id) for pattern in patterns)
    return {one.remedy.slug for advice in answers if advice for one in advice.remedies}


def _counts(difference: Difference) -> str:
    new, changed = len(difference.new), len(difference.changed)
    return f"{new} new, {changed} changed, {difference.same} as they are."


def _notes(difference: Difference) -> list[ui.Item[Any]]:
    if not difference.notes:
        return []
    lines = ["**Left out:**", *(f"- {safe(note)}" for note in difference.notes)]
    return [ui.TextDisplay(first_of(lines, NOTES, NOTES_LENGTH))]


def _doubts(station: Station, server_id: int, difference: Difference) -> str:
    names: dict[str, list[str]] = {}
    new = set(difference.new)
    for row in difference.rows:
        name = row.data["name"]
        known = station.curating.alike(server_id, "remedy", name) if name in new else None
        if known:
            twin = f"That looks like **{name_of(known)}**, which is here already."
            names.setdefault(twin, []).append(name)
        for doubt in doubts_of(station, row.data):
            names.setdefault(doubt, []).append(name)
    lines = [f"⚠️ {_named(some)}: {doubt}" for doubt, some in names.items()]
    head = ["**Please look twice:**"] if lines else []
    return first_of([*head, *lines], 1 + DOUBTS, DOUBTS_LENGTH)


def _named(names: list[str]) -> str:
    more = len(names) - 1
    return f"**{safe(names[0], NAME)}**{f' and {more} more' if more else ''}"


def _change(change: FieldChange) -> str:
    was, now = change.before, change.after
    alike = next((n for n, (a, b) in enumerate(zip(was, now, strict=False)) if a != b), len(was))
    sides = (f"…{text[alike - LEAD :]}" if alike > 2 * LEAD else text for text in (was, now))
    return f"-# {change.field}: {' → '.join(safe(side, SIDE) for side in sides)}"
