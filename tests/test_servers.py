"""Nothing of one server is ever seen in another: over every table, and every command."""

from __future__ import annotations

from typing import Any

import discord
import pytest
from conftest import KNEE, Club, admin, text
from discord import app_commands
from sqlalchemy import select

from bot.store import schema

MARK = "zebracrossing"
WHOLE_HOST = {"synced_commands"}  # tables that belong to no server
ELSEWHERE = {"left_servers"}  # filled when the bot is removed, see test_privacy.py
OPTIONS: dict[str, Any] = {
    "description": KNEE,
    "for": "it-band",
    "pain": "it-band",
    "remedy": "foam-roll",
    "also": "it-band",
    "format": "json",
    "file": ("ours.json", b"[]"),
    "page": 1,
    "thread": "no-such-thread",
    "count": True,
}


async def fill(club: Club) -> None:
    """The club gets something of everything, with the mark in all that is text."""
    robin = await admin(club)
    opened = await robin.slash(club.channel, "remedy add", **{"for": "it-band"})
    values = {"name": f"{MARK} hop", "called": "", "how": MARK, "caution": MARK}
    await robin.submit_modal(opened, values)
    opened = await robin.slash(club.channel, "pattern add")
    wording = "\n".join(f"my {MARK} hurts when i {verb}" for verb in ("run", "sit", "jump"))
    await robin.submit_modal(opened, {"name": f"{MARK} knee", "where": "elbow", "wording": wording})
    opened = await club.sam.slash(club.channel, "suggest", **{"for": "it-band"})
    await club.sam.submit_modal(opened, {"name": f"{MARK} hop again", "how": MARK})
    panel = await robin.slash(club.channel, "setup panel")
    opened = await robin.click(panel.response, custom_id="aid1:setup:words")
    await robin.submit_modal(opened, {"number": "112", "line": MARK})
    lines = (
        f"# title: {MARK}\n1. Sam\n\nMy IT band {MARK} hurts\n\n"
        f"2. Kim\n\nA foam roller and ice {MARK} helped, try {MARK} cream\n"
    )
    await robin.slash(club.channel, "learn file", file=(f"{MARK}.txt", lines.encode()))
    shown = await robin.slash(club.channel, "review")
    await robin.click(shown.response, label="Reject")
    await robin.click(shown.response, label="Approve")
    result = await club.ask(KNEE)
    await club.sam.click(result.response, label="Ask me in two weeks")
    opened = await club.sam.slash(club.channel, "suggest", **{"for": "it-band"})
    await club.sam.submit_modal(opened, {"name": f"{MARK} step", "how": MARK})
    message = club.channel.last_message
    await club.sam.react(message, "1️⃣")
    await club.kim.react(message, "👎")
    lee = club.channel.guild.add_member(club.env.create_user("lee"))
    await lee.react(message, "1️⃣")
    await lee.slash(club.channel, "privacy delete")


def leaves(club: Club) -> list[app_commands.Command[Any, Any, Any]]:
    commands = club.bot.tree.walk_commands()
    return [one for one in commands if isinstance(one, app_commands.Command)]


async def test_every_table_belongs_to_a_server_and_is_filled(club: Club) -> None:
    await fill(club)
    async with club.station.engine.connect() as connection:
        for name, table in schema.metadata.tables.items():
            if name in WHOLE_HOST:
                continue
            assert "server_id" in table.c, name
            found = {row.server_id for row in await connection.execute(select(table))}
            assert found <= {club.channel.guild.id}, name
            assert found or name in ELSEWHERE, f"{name}: let `fill` put something there"


@pytest.mark.timeout(120)
async def test_no_command_shows_what_another_server_has(club: Club) -> None:
    await fill(club)
    other = club.env.create_guild("Other Club")
    channel = other.create_text_channel("injuries")
    manager = club.env.create_user("max")
    role = other.create_role("Committee", permissions=discord.Permissions.all())
    stranger = other.add_member(manager, roles=[role])
    for command in leaves(club):
        options = {
            option.display_name: OPTIONS[option.display_name]
            for option in command.parameters
            if option.required or option.display_name == "page"
        }
        done = await stranger.slash(channel, command.qualified_name, **options)
        assert done.acknowledged, command.qualified_name
        shown = [done.response, *done.followups]
        seen = "\n".join([*(text(one) for one in shown if one), str(done.modal)])
        assert MARK not in seen.lower(), command.qualified_name
        for option in command.parameters:
            if option.autocomplete:
                found = await stranger.autocomplete(
                    channel, command.qualified_name, option.display_name, MARK[:5]
                )
                assert MARK not in str(found).lower(), command.qualified_name
    club.env.errors.clear()


async def test_one_server_may_not_decide_or_undo_in_another(club: Club) -> None:
    await fill(club)
    other = club.env.create_guild("Other Club")
    channel = other.create_text_channel("injuries")
    role = other.create_role("Committee", permissions=discord.Permissions.all())
    stranger = other.add_member(club.env.create_user("max"), roles=[role])
    shown = await stranger.slash(channel, "review")
    assert "Nothing waits" in text(shown.response)
    history = await stranger.slash(channel, "remedy history", remedy=f"own-{MARK}-hop")
    assert "No changes yet" in text(history.response)
