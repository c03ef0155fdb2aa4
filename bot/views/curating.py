"""What curators see: the forms for remedies and patterns, lists, and the history with its undo."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

import discord
from discord import ui

from bot.knowledge.catalogue import Remedy
from bot.store.entries import Change
from bot.views.errors import AidModal, AidView, Guarded
from bot.views.layouts import note_layout
from bot.views.text import safe

if TYPE_CHECKING:
    from bot.client import AidStation

NAME, HOW = 80, 400  # characters at most
PAGE = 20
FOOT = "Only this server sees the change."
_SPLIT = re.compile(r"[,;\n]")


class RemedyForm(AidModal, title="Remedy"):
    """Name, other names, how, caution. Adds a remedy, or with `slug` changes that one."""

    name = ui.Label[Any](text="Name", component=ui.TextInput(custom_id="name", max_length=NAME))
    called = ui.Label[Any](
        text="Other names",
        description="How runners call it, with commas between. They are understood in threads.",
        component=ui.TextInput(custom_id="called", required=False, max_length=HOW),
    )
    how = ui.Label[Any](
        text="How it is done",
        component=ui.TextInput(custom_id="how", style=discord.TextStyle.paragraph, max_length=HOW),
    )
    caution = ui.Label[Any](
        text="Caution",
        description="What to look out for, if anything",
        component=ui.TextInput(custom_id="caution", required=False, max_length=HOW),
    )

    def __init__(
        self,
        *,
        patterns: tuple[str, ...] = (),
        slug: str | None = None,
        state: Mapping[str, Any] | None = None,
        anyway: bool = False,
    ) -> None:
        super().__init__()
        self._patterns, self._slug, self._anyway = patterns, slug, anyway
        for field in ("name", "how", "caution"):
            _input(getattr(self, field)).default = (state or {}).get(field)
        _input(self.called).default = ", ".join((state or {}).get("called", ())) or None

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        """Stores what was typed; for a name that is here already offers that one instead."""
        bot: AidStation = interaction.client
        who = bot.curator(interaction)
        name, how = _input(self.name).value, _input(self.how).value
        fields = {
            "name": name,
            "called": _lines(_input(self.called).value),
            "how": how,
            "caution": _input(self.caution).value.strip() or None,
            "patterns": self._patterns,
        }
        if self._slug is not None:
            await bot.curating.change(who, "remedy", self._slug, {**fields, "hidden": False})
        else:
            alike = bot.curating.alike(who.server_id, "remedy", name)
            if alike is not None and not self._anyway:
                await interaction.response.send_message(
                    view=_alike_layout(alike.name, how), ephemeral=True
                )
                return
            await bot.curating.add(who, "remedy", fields)
        text = f"**{safe(name)}** is in the very next answer that it is offered for."
        await interaction.response.send_message(view=change_layout("Kept", text), ephemeral=True)


class PatternForm(AidModal, title="Pain"):
    """Name, where, examples. Adds a pattern, or with `slug` changes that one."""

    name = ui.Label[Any](
        text="What your runners call it", component=ui.TextInput(custom_id="name", max_length=NAME)
    )
    where = ui.Label[Any](
        text="Where it is",
        description="Such as: outer side of the elbow",
        component=ui.TextInput(custom_id="where", max_length=60),
    )
    wording = ui.Label[Any](
        text="How people say it",
        description="Three examples or more, each on a line of its own",
        component=ui.TextInput(
            custom_id="wording", style=discord.TextStyle.paragraph, max_length=2000
        ),
    )

    def __init__(self, *, slug: str | None = None, state: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        self._slug = slug
        for field in ("name", "where"):
            _input(getattr(self, field)).default = (state or {}).get(field)
        _input(self.wording).default = "\n".join((state or {}).get("wording", ())) or None

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        """Stores what was typed."""
        bot: AidStation = interaction.client
        who = bot.curator(interaction)
        name = _input(self.name).value
        fields = {
            "name": name,
            "where": _input(self.where).value,
            "wording": [line for line in _input(self.wording).value.splitlines() if line.strip()],
        }
        if self._slug is not None:
            await bot.curating.change(who, "pattern", self._slug, fields)
        else:
            await bot.curating.add(who, "pattern", fields)
        text = f"**{safe(name)}** is matched from now on."
        await interaction.response.send_message(view=change_layout("Kept", text), ephemeral=True)


class UndoChange(
    Guarded, ui.DynamicItem[ui.Button[Any]], template=r"aid1:undo:(?P<number>\d{1,9})"
):
    """Puts an entry back to what it was before a change; also after a restart."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(ui.Button(label=f"Undo #{number}", custom_id=f"aid1:undo:{number}"))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """discord.py's way back from a pressed button."""
        return cls(int(match["number"]))

    async def press(self, interaction: discord.Interaction[AidStation]) -> None:
        """Undoes it; undoing that is possible in turn."""
        bot = interaction.client
        change = await bot.curating.undo(bot.curator(interaction), self.number)
        text = f"`{change.key.slug}` is as it was before change #{self.number}."
        await interaction.response.send_message(view=change_layout("Undone", text), ephemeral=True)


def change_layout(title: str, text: str) -> AidView:
    """A short word on what was done. `text` is Markdown-safe already."""
    return note_layout(title, text, FOOT)


def entry_layout(remedy: Remedy, pains: Sequence[str]) -> AidView:
    """One remedy as it stands."""
    lines = [safe(remedy.how, HOW)]
    if remedy.caution:
        lines.append(f"⚠️ {safe(remedy.caution, HOW)}")
    lines.append(f"**Also called:** {safe(', '.join(remedy.called[:20]), HOW)}")
    if pains:
        lines.append(f"**Offered by this club for:** {safe(', '.join(pains), HOW)}")
    foot = (
        "Worded by this club." if remedy.own else "Built in; `/remedy edit` words it for this club."
    )
    return note_layout(safe(remedy.name, NAME), "\n".join(lines), foot)


def list_layout(remedies: Sequence[Remedy], page: int) -> AidView:
    """A page of names, a club's own first."""
    ordered = sorted(remedies, key=lambda one: (not one.own, one.name.lower()))
    pages = max(1, -(-len(ordered) // PAGE))
    page = min(page, pages)
    shown = ordered[(page - 1) * PAGE : page * PAGE]
    lines = [f"- {safe(one.name, NAME)}" + (" (this club's)" if one.own else "") for one in shown]
    title = f"Remedies, page {page} of {pages}"
    more = f"`/remedy list page:{page + 1}` shows more." if page < pages else "That is all."
    return note_layout(title, "\n".join(lines), more)


def history_layout(changes: Sequence[Change], viewer: str) -> AidView:
    """The changes, newest first, each with what it changed and a button that undoes it."""
    if not changes:
        return note_layout("No changes yet", "It is as it came.", FOOT)
    lines = []
    for change in changes:
        who = "you" if change.by == viewer else f"curator {change.by[:4]}"
        when = discord.utils.format_dt(change.at, "R")
        lines.append(f"**#{change.number}** {when} by {who}\n{_difference(change)}")
    row = ui.ActionRow[Any](*(UndoChange(change.number) for change in changes[:5]))
    view = note_layout("History", "\n".join(lines), FOOT)
    view.add_item(row)
    return view


def _difference(change: Change) -> str:
    before, after = change.before or {}, change.after or {}
    if not change.after:
        return "-# taken out"
    lines = []
    for field in after:
        was, now = _plain(before.get(field)), _plain(after[field])
        if was != now:
            arrow = f"{safe(was)} → {safe(now)}" if was else safe(now)
            lines.append(f"-# {field}: {arrow or '(nothing)'}")
    return "\n".join(lines) or "-# nothing changed"


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value in (None, False) else str(value)


def _alike_layout(name: str, how: str) -> AidView:
    text = (
        f"That looks like **{safe(name)}**, which is here already. To offer that one for this "
        "pain, use `/remedy edit` with `also`. To add yours all the same, use `/remedy add` with "
        f"`anyway: True`. What you typed, to copy:\n> {safe(how, HOW)}"
    )
    return note_layout("Is it this one?", text, "Nothing was changed.")


def _input(label: ui.Label[Any]) -> ui.TextInput[Any]:
    component = label.component
    assert isinstance(component, ui.TextInput)
    return component


def _lines(text: str) -> list[str]:
    return [part.strip() for part in _SPLIT.split(text) if part.strip()]
