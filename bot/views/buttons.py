"""Buttons that live on after a restart: all they need stands in their custom_id."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.knowledge.catalogue import Catalogue, Pattern
from bot.matching import Match
from bot.views.bot import AidBot
from bot.views.errors import SLUG, Guarded, tell_privately
from bot.views.layouts import advice_layout, notes_text
from bot.views.shown import is_of_another, understood_by
from bot.views.voting import feedback_rows, reactions_arrive
from bot.views.why import CHOSEN, WhyThis
from bot.wording import OF_ANOTHER

LABEL_LENGTH = 80
INSTEAD = "Or is it more like this?"
TOO = "Does another place hurt as well?"
SHOWN = 2  # buttons of other choices under an answer
GONE = "I do not know this one any more. Please ask again with `/pain`."
NOT_YOURS = "This question is for the member who asked. Describe your own pain with `/pain`."


class ShowPattern(
    Guarded, ui.DynamicItem[ui.Button[Any]], template=rf"aid1:show:(?P<pattern>{SLUG})"
):
    """Another pattern, close or told besides: its advice, privately, to whoever presses."""

    labelled = True

    def __init__(self, pattern: str, label: str) -> None:
        self.pattern = pattern
        super().__init__(ui.Button(label=_short(label), custom_id=f"aid1:show:{pattern}"))

    async def press(self, interaction: discord.Interaction[AidBot]) -> None:
        """Answers privately, so that a press by anyone leaves the reply as it is."""
        bot, server = interaction.client, interaction.guild_id
        notes = bot.station.notes_in(understood_by(self))
        advice = bot.station.advise(self.pattern, server, notes)
        if advice is None:
            await tell_privately(interaction, GONE)
            return
        picture = bot.pictures.file(self.pattern)
        fitted = advice_layout(
            advice,
            understood=notes_text([note.says for note in notes]),
            caution=_caution(bot, server, self),
            picture=picture,
            rows=lambda shown: feedback_rows(shown, by_buttons=True, in_server=server is not None),
        )
        files = [picture] if picture else []
        await interaction.response.send_message(view=fitted.layout, files=files, ephemeral=True)


_CHOICE = re.compile(rf"aid1:choose:(?P<pattern>{SLUG}):(?P<member_id>\d{{1,20}})")


class ChoosePattern(Guarded, ui.DynamicItem[ui.Button[Any]], template=_CHOICE):
    """An answer to "where is it most?": completes the reply in place, for who asked."""

    labelled = True

    def __init__(self, pattern: str, member_id: int, label: str) -> None:
        self.pattern = pattern
        self.member_id = member_id
        custom_id = f"aid1:choose:{pattern}:{member_id}"
        super().__init__(ui.Button(label=_short(label), custom_id=custom_id))

    async def press(self, interaction: discord.Interaction[AidBot]) -> None:
        """Edits the question into the answer; tells anybody else kindly that it is not theirs."""
        bot, server = interaction.client, interaction.guild_id
        if interaction.user.id != self.member_id:
            await tell_privately(interaction, NOT_YOURS)
            return
        understood = understood_by(self)
        advice = bot.station.advise(self.pattern, server, bot.station.notes_in(understood))
        if advice is None or interaction.message is None:
            await tell_privately(interaction, GONE)
            return
        reacted = not interaction.message.flags.ephemeral and reactions_arrive(interaction)
        picture = bot.pictures.file(self.pattern)
        fitted = advice_layout(
            advice,
            understood=understood,
            caution=_caution(bot, server, self),
            picture=picture,
            rows=lambda shown: [
                *_show_row(INSTEAD, self._passed_over(bot.station.knowledge(server).catalogue)),
                *feedback_rows(
                    shown,
                    by_buttons=not reacted,
                    in_server=server is not None,
                    more=[WhyThis(self.pattern, CHOSEN)],
                ),
            ],
        )
        files = [picture] if picture else []
        await interaction.response.edit_message(view=fitted.layout, attachments=files)
        bot.count_answer(server, self.pattern)
        if reacted:
            bot.dispatch("public_advice", interaction.message, fitted.advice)

    def _passed_over(self, catalogue: Catalogue) -> list[Pattern]:
        """The first of the question's other choices, for a thumb that slipped."""
        items = self.view.walk_children() if self.view else ()
        ids = (getattr(item, "custom_id", None) for item in items)
        found = (_CHOICE.fullmatch(each or "") for each in ids)
        slugs = [match["pattern"] for match in found if match and match["pattern"] != self.pattern]
        return [catalogue.patterns[slug] for slug in slugs[:SHOWN] if slug in catalogue.patterns]


def _caution(bot: AidBot, server: int | None, button: ui.Item[Any]) -> str:
    of_another = f"\n-# {OF_ANOTHER}" if is_of_another(button) else ""
    return bot.caution(server) + of_another


DYNAMIC_ITEMS = (ShowPattern, ChoosePattern)


def show_buttons(
    close: Sequence[Match], besides: Sequence[Match], catalogue: Catalogue
) -> list[ui.Item[Any]]:
    """A line and a button for each match of what else hurts, and for each close one."""
    instead = [catalogue.patterns[one.slug] for one in close]
    too = [catalogue.patterns[one.slug] for one in besides]
    return [*_show_row(TOO, too), *_show_row(INSTEAD, instead)]


def _show_row(line: str, patterns: Sequence[Pattern]) -> list[ui.Item[Any]]:
    if not patterns:
        return []
    shown = (ShowPattern(each.slug, _title(each)) for each in patterns)
    return [ui.TextDisplay(line), ui.ActionRow(*shown)]


def choose_buttons(
    matches: Sequence[Match], catalogue: Catalogue, member_id: int
) -> list[ui.Item[Any]]:
    """A row for each candidate, labelled by its place; by name too where places are alike."""
    patterns = [catalogue.patterns[match.slug] for match in matches]
    places = [each.where for each in patterns]
    return [
        ui.ActionRow(ChoosePattern(each.slug, member_id, _place(each, places))) for each in patterns
    ]


def _place(pattern: Pattern, places: list[str]) -> str:
    # A club's own words for a place say little beside those of the others.
    alike = pattern.own or places.count(pattern.where) > 1
    label = f"{pattern.where} ({pattern.name})" if alike else pattern.where
    return label[:1].upper() + label[1:]


def _title(pattern: Pattern) -> str:
    return pattern.name[:1].upper() + pattern.name[1:]


def _short(label: str) -> str:
    return label if len(label) <= LABEL_LENGTH else label[: LABEL_LENGTH - 1] + "…"
