"""What somebody typed into a form, given back for copying when the form could not be taken."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

import discord
from discord import ui

from bot.knowledge.own import FIELDS_IN_WORDS

NAMES = {**FIELDS_IN_WORDS, "number": "the emergency number", "line": "the club's line"}
TEXT_INPUT = discord.ComponentType.text_input.value


def typed_view(interaction: discord.Interaction[Any]) -> ui.LayoutView | None:
    """All texts of a form that was sent, each in a block of its own; None for none."""
    view = ui.LayoutView(timeout=None)
    for field, text in _typed(dict(interaction.data or {})):
        view.add_item(ui.TextDisplay(f"{NAMES.get(field, field)}:\n{_block(text)}"))
    return view if view.children else None


def _typed(component: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if component.get("type") == TEXT_INPUT and component.get("value", "").strip():
        yield component["custom_id"], component["value"]
    inner = [component["component"]] if "component" in component else []
    for each in (*inner, *component.get("components", ())):
        yield from _typed(each)


def _block(text: str) -> str:
    # In a block nothing is live, and it is copied as it was typed.
    visible = "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf"))
    return f"```\n{visible.replace('```', '` ` `')}\n```"
