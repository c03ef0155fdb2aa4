"""/insights: what is asked about and what helped, as pictures for a phone and as text."""

from __future__ import annotations

import io
from collections.abc import Sequence

import discord
from discord import ui
from PIL import Image, ImageDraw, ImageFont

from bot.insights import SHOWN_FROM, Insights
from bot.knowledge.catalogue import Catalogue
from bot.views.errors import AidView
from bot.views.layouts import CALM, Row, note_layout, view_of
from bot.wording import safe

WIDTH, MARGIN, BAR, GAP, FONT = 720, 24, 30, 44, 26
INSIDE = WIDTH - 2 * MARGIN
PAPER, INK, FILL = (246, 243, 236), (52, 66, 84), (42, 157, 143)
NAME, NAMES = 40, 200  # letters of one name, and of a list of them: all must fit into a message
Bars = Sequence[tuple[str, int]]


def insights_layout(found: Insights, catalogue: Catalogue) -> tuple[AidView, list[discord.File]]:
    """A picture for each part, its numbers under it; a kind word while there is little to show."""
    helped = [
        (f"{_remedy(remedy, catalogue)} for {_pattern(pattern, catalogue)}", members)
        for (pattern, remedy), members in found.helped
    ]
    parts = {
        "Asked about (answers)": _of_patterns(found.asked, catalogue),
        "Helped (members)": helped,
        "Nothing helped (members)": _of_patterns(found.nothing, catalogue),
        "Marked “not my pain” (members)": _of_patterns(found.wrong, catalogue),
    }
    shown = {title: bars for title, bars in parts.items() if bars}
    if not shown:
        text = f"Counts under {SHOWN_FROM} stay hidden, so that nobody can be made out."
        return note_layout(f"Not much yet in {found.days} days", text, "Only you see this."), []
    rows: list[Row] = [ui.TextDisplay(f"### The last {found.days} days")]
    files = []
    for number, (title, bars) in enumerate(shown.items(), start=1):
        picture = draw_bars(title, bars, f"insights-{number}.png")
        gallery = ui.MediaGallery[AidView]()
        gallery.add_item(media=picture, description="The same numbers as below")
        rows += [gallery, ui.TextDisplay(_part(title, bars))]
        files.append(picture)
    if found.unhelped:
        names = ", ".join(_pattern(slug, catalogue) for slug in found.unhelped)
        rows.append(ui.TextDisplay(f"**Nobody says yet what helped**\n{safe(names, NAMES)}"))
    rows.append(
        ui.TextDisplay(f"-# Numbers under {SHOWN_FROM} stay hidden; such counts: {found.hidden}.")
    )
    return view_of(CALM, *rows), files


def draw_bars(title: str, bars: Bars, filename: str) -> discord.File:
    """A bar chart as a PNG, 720 pixels wide: readable on a phone. What is too long ends in "…"."""
    height = 2 * MARGIN + GAP + len(bars) * (BAR + GAP)
    image = Image.new("RGB", (WIDTH, height), PAPER)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(FONT)
    draw.text((MARGIN, MARGIN), _fitted(title, draw, font), INK, font)
    most = max(1, *(count for _, count in bars))
    room = INSIDE - 10 - int(draw.textlength(str(most), font))  # the number stands behind the bar
    for place, (name, count) in enumerate(bars):
        top = MARGIN + GAP + place * (BAR + GAP)
        draw.text((MARGIN, top), _fitted(name, draw, font), INK, font)
        bar = (MARGIN, top + FONT + 8, MARGIN + max(4, room * count // most), top + FONT + 8 + BAR)
        draw.rounded_rectangle(bar, 6, FILL)
        draw.text((bar[2] + 10, bar[1]), str(count), INK, font)
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    file.seek(0)
    return discord.File(file, filename, description=title)


def _fitted(
    text: str, draw: ImageDraw.ImageDraw, font: ImageFont.FreeTypeFont | ImageFont.ImageFont
) -> str:
    if draw.textlength(text, font) <= INSIDE:
        return text
    while draw.textlength(f"{text}…", font) > INSIDE:
        text = text[:-1].rstrip()
    return f"{text}…"


def _part(title: str, bars: Bars) -> str:
    return "\n".join([f"**{title}**", *(f"- {safe(name)}: {count}" for name, count in bars)])


def _of_patterns(counts: Bars, catalogue: Catalogue) -> Bars:
    return [(_pattern(slug, catalogue), count) for slug, count in counts]


def _pattern(slug: str, catalogue: Catalogue) -> str:
    known = catalogue.patterns.get(slug)
    return _short(known.name if known else slug.replace("-", " "))


def _remedy(slug: str, catalogue: Catalogue) -> str:
    known = catalogue.remedies.get(slug)
    return _short(known.name if known else slug.replace("-", " "))


def _short(name: str) -> str:
    return name if len(name) <= NAME else f"{name[: NAME - 1].rstrip()}…"
