"""/setup as somebody sees it who manages a server, and what it changes for the members."""

from __future__ import annotations

from typing import Any

import discord
from conftest import EMERGENCY, KNEE, Club, admin, buttons, raw, text, walk


async def words(club: Club, robin: Any, number: str, line: str) -> Any:
    """Robin fills in the form of the panel."""
    panel = await robin.slash(club.channel, "setup panel")
    assert panel.acknowledged
    assert panel.ephemeral
    opened = await robin.click(panel.response, custom_id="aid1:setup:words")
    sent = await robin.submit_modal(opened, {"number": number, "line": line})
    assert sent.acknowledged
    return panel


async def test_the_panel_shows_how_it_looks_now(club: Club) -> None:
    robin = await admin(club)
    panel = await words(club, robin, "112", "Our physio is at the track on Tuesdays.")
    seen = text(panel.response)
    assert "Emergency number here: **112**" in seen
    assert "Our physio is at the track on Tuesdays" in seen
    assert "not medical advice" in seen


async def test_the_clubs_words_are_in_answers_and_stay(club: Club) -> None:
    robin = await admin(club)
    await words(club, robin, "112", "Ask **Jo** @everyone")
    await club.restart()
    await club.ask(KNEE)
    seen = text(club.channel.last_message)
    assert "not medical advice" in seen
    assert "\\*\\*Jo\\*\\* \\@everyone" in seen
    await club.ask(EMERGENCY)
    assert "Emergency number here: **112**" in text(club.channel.last_message)
    assert not club.channel.last_message.mention_everyone
    await words(club, robin, "", "")
    await club.ask(EMERGENCY)
    seen = text(club.channel.last_message)
    assert "Emergency number here" not in seen
    assert "may be wrong" in seen


async def test_answers_are_private_where_the_admin_says_so(club: Club) -> None:
    robin = await admin(club)
    panel = await robin.slash(club.channel, "setup panel")
    assert (await robin.click(panel.response, label="Answer only who asks")).acknowledged
    assert (await club.ask(KNEE)).ephemeral
    assert not (await club.ask(KNEE, private=False)).ephemeral
    assert "Answer in the channel" in buttons(panel.response)
    assert (await robin.click(panel.response, label="Answer in the channel")).acknowledged
    assert not (await club.ask(KNEE)).ephemeral
    assert (await club.ask(KNEE, private=True)).ephemeral


async def test_public_answers_only_in_the_chosen_channel(club: Club) -> None:
    robin = await admin(club)
    elsewhere = club.channel.guild.create_text_channel("general")
    panel = await robin.slash(club.channel, "setup panel")
    chosen = await robin.select(panel.response, [club.channel], custom_id="aid1:setup:channel")
    assert chosen.acknowledged
    assert not (await club.ask(KNEE)).ephemeral
    there = await club.sam.slash(elsewhere, "pain", description=KNEE, private=False)
    assert there.acknowledged
    assert there.ephemeral
    defaults = [c.get("default_values") for c in walk(raw(panel.response)) if c["type"] == 8]
    assert int(defaults[0][0]["id"]) == club.channel.id
    again = await robin.select(panel.response, [], custom_id="aid1:setup:channel")
    assert again.acknowledged
    there = await club.sam.slash(elsewhere, "pain", description=KNEE)
    assert not there.ephemeral


async def test_check_names_what_is_missing_with_its_fix(club: Club) -> None:
    robin = await admin(club)
    shown = await robin.slash(club.channel, "setup check")
    assert shown.acknowledged
    assert "All is well" in text(shown.response)
    guild = club.channel.guild
    barred = guild.create_text_channel(
        "barred",
        overwrites={
            guild.default_role: discord.PermissionOverwrite(add_reactions=False, attach_files=False)
        },
    )
    shown = await robin.slash(barred, "setup check")
    seen = text(shown.response)
    assert "2 to mend" in seen
    assert "I lack “Add Reactions” in" in seen
    assert "Channel settings" in seen


async def test_check_tells_of_old_commands(club: Club) -> None:
    robin = await admin(club)
    await club.bot.tree.sync()
    club.bot.tree.remove_command("help")
    shown = await robin.slash(club.channel, "setup check")
    assert "old list of my commands" in text(shown.response)
    assert "Restart the bot" in text(shown.response)
