"""What stands in the message that a pressed button belongs to: much of it is kept nowhere else."""

from __future__ import annotations

import re
from typing import Any

import discord
from discord import ui

from bot.store.replies import load_reply
from bot.views.bot import AidBot
from bot.views.errors import SLUG
from bot.wording import OF_ANOTHER

UNDERSTOOD = 1001  # the id of the text that says what was understood
# The id of a button under a private reply that votes for a remedy; for none, on the match.
VOTE_ID = re.compile(rf"aid1:vote:(?P<pattern>{SLUG}):(?P<remedy>{SLUG})?")


def understood_by(button: ui.Item[Any]) -> str:
    """What the reply says that was understood, with the notes in it; "" for none."""
    item = button.view.find_item(UNDERSTOOD) if button.view else None
    return item.content if isinstance(item, ui.TextDisplay) else ""


def is_of_another(button: ui.Item[Any]) -> bool:
    """Whether the reply is to somebody else's words."""
    items = button.view.walk_children() if button.view else ()
    return any(isinstance(one, ui.TextDisplay) and OF_ANOTHER in one.content for one in items)


async def remedies_above(
    interaction: discord.Interaction[AidBot], button: ui.Item[Any], pattern: str
) -> tuple[str, ...]:
    """The remedies that the reply shows: as its vote buttons have them, or as it is stored.

    Today's order may be another; () where neither tells.
    """
    items = button.view.walk_children() if button.view else ()
    ids = (VOTE_ID.fullmatch(getattr(item, "custom_id", None) or "") for item in items)
    if on_buttons := tuple(found["remedy"] for found in ids if found and found["remedy"]):
        return on_buttons
    station, message = interaction.client.station, interaction.message
    await station.writer.drained()  # a reply of just now may still wait to be stored
    reply = await load_reply(station.engine, message.id) if message else None
    return reply.remedies if reply and reply.pattern == pattern else ()
