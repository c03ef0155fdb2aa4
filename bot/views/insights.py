"""/insights: what is asked about and what helped, as a picture for a phone and as text."""

from __future__ import annotations

import io
from collections.abc import Sequence

import discord
from discord import ui
from PIL import Image, ImageDraw, ImageFont

from bot.insights import SHOWN_FROM, Insights
from bot.knowledge.catalogue import Catalogue
from bot.views.errors import AidView
from bot.views.layouts import CALM, note_layout, view_of
from bot.views.text import safe

WIDTH, MARGIN, BAR, GAP, FONT = 720, 24, 30, 44, 26
PAPER, INK, FILL = (246, 243, 236), (52, 66, 84), (42, 157, 143)
FILE = "insights.png"
Bars = Sequence[tuple[str, int]]


def insights_layout(found: Insights, catalogue: Catalogue) -> tuple[AidView, list[discord.File]]:
    """The picture, with the same numbers as text; a kind word while there is little to show."""
    if not (found.asked or found.helped or found.wrong):
        text = f"Counts under {SHOWN_FROM} stay hidden, so that nobody can be made out."
        return note_layout(f"Not much yet in {found.days} days", text, "Only you see this."), []
    asked = [(_pattern(slug, catalogue), times) for slug, times in found.asked]
    helped = [
        (f"{_remedy(remedy, catalogue)} for {_pattern(pattern, catalogue)}", members)
        for (pattern, remedy), members in found.helped
    ]
    wrong = [(_pattern(slug, catalogue), members) for slug, members in found.wrong]
    parts = [
        _part("Asked about (answers)", asked),
        _part("Helped (members)", helped),
        _part("Marked “not my pain” (members)", wrong),
    ]
    if found.unhelped:
        names = ", ".join(_pattern(slug, catalogue) for slug in found.unhelped)
        parts.append(f"**Nobody says yet what helped**\n{safe(names, 400)}")
    rows: list[ui.Item[AidView]] = [ui.TextDisplay(f"### The last {found.days} days")]
    files = []
    if asked:
        files = [draw_bars(f"Asked about, last {found.days} days", asked)]
        gallery = ui.MediaGallery[AidView]()
        gallery.add_item(media=f"attachment://{FILE}", description="The same numbers as below")
        rows.append(gallery)
    rows += [ui.TextDisplay(part) for part in parts if part]
    rows.append(
        ui.TextDisplay(f"-# Counts under {SHOWN_FROM} are hidden ({found.hidden} of them).")
    )
    return view_of(CALM, *rows), files


def draw_bars(title: str, bars: Bars) -> discord.File:
    """A bar chart as a PNG, 720 pixels wide: readable on a phone."""
    height = 2 * MARGIN + GAP + len(bars) * (BAR + GAP)
    image = Image.new("RGB", (WIDTH, height), PAPER)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(FONT)
    draw.text((MARGIN, MARGIN), title, INK, font)
    most = max(1, *(count for _, count in bars))
    room = WIDTH - 2 * MARGIN - 90  # the number stands behind the bar
    for place, (name, count) in enumerate(bars):
        top = MARGIN + GAP + place * (BAR + GAP)
        draw.text((MARGIN, top), name, INK, font)
        bar = (MARGIN, top + FONT + 8, MARGIN + max(4, room * count // most), top + FONT + 8 + BAR)
        draw.rounded_rectangle(bar, 6, FILL)
        draw.text((bar[2] + 10, bar[1]), str(count), INK, font)
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    file.seek(0)
    return discord.File(file, FILE, description=title)


def _part(title: str, bars: Bars) -> str:
    lines = [f"- {safe(name)}: {count}" for name, count in bars]
    return "\n".join([f"**{title}**", *lines]) if lines else ""


def _pattern(slug: str, catalogue: Catalogue) -> str:
    known = catalogue.patterns.get(slug)
    return known.name if known else slug.replace("-", " ")


def _remedy(slug: str, catalogue: Catalogue) -> str:
    known = catalogue.remedies.get(slug)
    return known.name if known else slug.replace("-", " ")
