"""The panel of /setup: what admins set, each with its control, and a live example below."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import discord
from discord import ui

from bot.answer import CAUTION
from bot.health import Finding
from bot.refused import RefusedError
from bot.station import Station
from bot.store.server_settings import ServerSettings
from bot.views.bot import AidBot
from bot.views.errors import AidModal, AidView, Guarded
from bot.views.layouts import (
    CALM,
    TEXT_LIMIT,
    advice_beginning,
    note_layout,
    red_flag_beginning,
    understood_text,
    view_of,
)
from bot.views.reply import EXAMPLE_WORDS
from bot.wording import caution_text, safe

LABELS = {
    "public": "Answer in the channel",
    "private": "Answer only who asks",
    "anywhere": "Answer in any channel",
    "words": "Emergency number, club's line …",
}
NO_CHANNEL = "The channel for answers is gone or hidden from me, so all answers are private"
NO_ROLE = "The role that was chosen is gone, so only those who manage the server may"
EMERGENCY_WORDS = "crushing chest pain and I cannot breathe when I run"
NUMBER_LENGTH, LINE_LENGTH = 20, 200
NO_NUMBER = "The emergency number should be one to dial, such as 112, 911 or “112 or 999”."
_DIALLED = re.compile(r"[\d+*#()/, .-]+")


class ChannelChoice(Guarded, ui.DynamicItem[ui.ChannelSelect[Any]], template="aid1:setup:channel"):
    """The channel for public answers; none chosen means any."""

    def __init__(self, channel_id: int | None = None) -> None:
        chosen = _chosen(channel_id, discord.SelectDefaultValueType.channel)
        super().__init__(
            ui.ChannelSelect(
                custom_id="aid1:setup:channel",
                channel_types=[discord.ChannelType.text, discord.ChannelType.forum],
                placeholder="Any channel",
                min_values=0,
                default_values=chosen,
            )
        )

    async def press(self, interaction: discord.Interaction[AidBot]) -> None:
        """Keeps the choice."""
        chosen = [channel.id for channel in self.item.values]
        await _set(interaction, channel_id=chosen[0] if chosen else None)


class RoleChoice(Guarded, ui.DynamicItem[ui.RoleSelect[Any]], template="aid1:setup:role"):
    """The role that may curate; none chosen means only those who manage the server."""

    def __init__(self, role_id: int | None = None) -> None:
        chosen = _chosen(role_id, discord.SelectDefaultValueType.role)
        super().__init__(
            ui.RoleSelect(
                custom_id="aid1:setup:role",
                placeholder="Only those who manage the server",
                min_values=0,
                default_values=chosen,
            )
        )

    async def press(self, interaction: discord.Interaction[AidBot]) -> None:
        """Keeps the choice."""
        chosen = [role.id for role in self.item.values]
        await _set(interaction, curator_role_id=chosen[0] if chosen else None)


class SetupButton(
    Guarded,
    ui.DynamicItem[ui.Button[Any]],
    template=r"aid1:setup:(?P<what>public|private|anywhere|words)",
):
    """Public or private answers, any channel for them, or the form for the club's own words."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(ui.Button(label=LABELS[what], custom_id=f"aid1:setup:{what}"))

    async def press(self, interaction: discord.Interaction[AidBot]) -> None:
        """Keeps the choice, or opens the form."""
        if self.what == "words":
            server = interaction.client.manager(interaction)
            form = WordsForm(interaction.client.station.server_settings(server))
            await interaction.response.send_modal(form)
        elif self.what == "anywhere":
            await _set(interaction, channel_id=None)
        else:
            await _set(interaction, private=self.what == "private")


class WordsForm(AidModal, title="Your club's words"):
    """The emergency number to name, and a line under the caution."""

    number = ui.Label[Any](
        text="Emergency number",
        description="Named in an emergency, such as 112 or 911. Empty: none is named.",
        component=ui.TextInput(custom_id="number", required=False, max_length=NUMBER_LENGTH),
    )
    line = ui.Label[Any](
        text="A line of your own under the caution",
        description="Such as: Our physio is at the track on Tuesdays. The caution itself stays.",
        component=ui.TextInput(custom_id="line", required=False, max_length=LINE_LENGTH),
    )

    def __init__(self, settings: ServerSettings) -> None:
        super().__init__()
        self._opened = settings
        for label, value in (
            (self.number, settings.emergency_number),
            (self.line, settings.club_line),
        ):
            assert isinstance(label.component, ui.TextInput)
            label.component.default = value or None

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        """Keeps what was typed."""
        assert isinstance(self.number.component, ui.TextInput)
        assert isinstance(self.line.component, ui.TextInput)
        typed = {
            "emergency_number": self.number.component.value.strip(),
            "club_line": " ".join(self.line.component.value.split()),
        }
        # What was left as it was may have been changed by another admin meanwhile.
        changes = {name: new for name, new in typed.items() if new != getattr(self._opened, name)}
        if not _can_be_dialled(changes.get("emergency_number", "")):
            raise RefusedError(NO_NUMBER)
        await _set(interaction, **changes)


def _can_be_dialled(number: str) -> bool:
    """Whether it is a number, or several of them; or nothing, for none."""
    signs = number.replace(" or ", " ")
    return not number or (bool(_DIALLED.fullmatch(signs)) and any(map(str.isdigit, signs)))


def _chosen(
    chosen: int | None, kind: discord.SelectDefaultValueType
) -> list[discord.SelectDefaultValue]:
    return [discord.SelectDefaultValue(id=chosen, type=kind)] if chosen else []


SETUP_ITEMS = (ChannelChoice, RoleChoice, SetupButton)


async def _set(interaction: discord.Interaction[AidBot], **changes: Any) -> None:
    bot = interaction.client
    server = bot.manager(interaction)
    await bot.station.set_server_settings(server, **changes)
    layout = setup_layout(bot.station, server, interaction.guild)
    await interaction.response.edit_message(view=layout)


def setup_layout(station: Station, server_id: int, guild: discord.Guild | None) -> AidView:
    """The panel as the settings stand, and how answers begin with them.

    `guild`: tells which channels and roles are there still.
    """
    for shown in (1, 0):
        view = _panel(station, server_id, guild)
        for example in _examples(station, server_id, shown):
            view.add_item(example)
        if view.content_length() <= TEXT_LIMIT:
            break
    return view


def _examples(station: Station, server_id: int, shown: int) -> Iterator[ui.Item[Any]]:
    """A short answer, with so many remedies, and the beginning of one in an emergency."""
    settings = station.server_settings(server_id)
    yield ui.TextDisplay("**How answers look now**")
    usual = station.answer(EXAMPLE_WORDS, server_id)
    if usual.advice:
        caution = caution_text(CAUTION, settings.club_line)
        understood = understood_text(usual.understood)
        yield advice_beginning(usual.advice, understood, caution, shown)
    grave = station.answer(EMERGENCY_WORDS, server_id).triage
    if grave.level != "self-care":
        yield red_flag_beginning(grave, settings.emergency_number)


def _panel(station: Station, server_id: int, guild: discord.Guild | None) -> AidView:
    settings = station.server_settings(server_id)
    doubts = [f"⚠️ Your line: {doubt}" for doubt in station.second_look.doubts(settings.club_line)]
    channel, role = settings.channel_id, settings.curator_role_id
    no_channel = bool(guild and channel and guild.get_channel(channel) is None)
    no_role = bool(guild and role and guild.get_role(role) is None)
    now = "only who asks sees the answer" if settings.private else "the channel sees the answer"
    other = "public" if settings.private else "private"
    return view_of(
        CALM,
        ui.TextDisplay(
            "### Setting up Aid Station\nAll of this can stay as it is. Each change counts at once."
        ),
        ui.TextDisplay(
            "**Channel for answers** Elsewhere `/pain` answers only the member who asks."
            + (f"\n⚠️ {NO_CHANNEL}." if no_channel else "")
        ),
        # Discord may refuse a panel that begins with what it does not know.
        ui.ActionRow(ChannelChoice(None if no_channel else channel)),
        *([ui.ActionRow[Any](SetupButton("anywhere"))] if no_channel else []),
        ui.TextDisplay(
            "**Who may add and change remedies**" + (f"\n⚠️ {NO_ROLE}." if no_role else "")
        ),
        ui.ActionRow(RoleChoice(None if no_role else role)),
        ui.TextDisplay(f"**Unless a member chooses, {now}.**"),
        ui.ActionRow(SetupButton(other), SetupButton("words")),
        *([ui.TextDisplay[Any]("\n".join(doubts))] if doubts else []),
        ui.TextDisplay("-# `/setup check` tells whether I have all that I need here."),
    )


def check_layout(findings: Sequence[Finding]) -> AidView:
    """What was looked at, what is wrong first, each with its fix."""
    faults = [one for one in findings if not one.well]
    lines = [f"❌ **{safe(one.what, 300)}**\n{one.fix}" for one in faults]
    lines += [f"✅ {safe(one.what, 300)}" for one in findings if one.well]
    title = f"{len(faults)} to mend" if faults else "All is well"
    return note_layout(title, "\n".join(lines), "Only you see this.")


def missing_permissions(
    channel: discord.abc.GuildChannel | discord.Thread, me: discord.Member
) -> list[str]:
    """What the bot may not do in a channel and needs, by Discord's own names for it."""
    may = channel.permissions_for(me)
    needed = {
        "View Channel": may.view_channel,
        "Send Messages": may.send_messages,
        "Embed Links": may.embed_links,
        "Attach Files": may.attach_files,
        "Add Reactions": may.add_reactions,
        "Read Message History": may.read_message_history,
    }
    return [name for name, granted in needed.items() if not granted]
