"""/setup as somebody sees it who manages a server, and what it changes for the members."""

from __future__ import annotations

from typing import Any

import discord
from conftest import EMERGENCY, KNEE, Club, admin, buttons, raw, text, walk, was_refused

from bot.curating import Curator
from bot.views.layouts import TEXT_LIMIT


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
    await club.ask(KNEE)
    answer = text(club.channel.last_message)
    heading = answer.splitlines()[1]
    first = next(line for line in answer.splitlines() if "1️⃣" in line)
    assert heading.startswith("### Sounds like")
    assert heading in seen
    assert first in seen
    assert "2️⃣" not in seen
    assert "Please get help now" in seen


async def test_a_line_that_speaks_against_the_caution_is_looked_at_twice(club: Club) -> None:
    robin = await admin(club)
    panel = await words(club, robin, "", "Take two ibuprofen, it is fine. See no doctor.")
    assert "⚠️ Your line: It seems to name a dose" in text(panel.response)
    assert "⚠️ Your line: It speaks of doing without a doctor" in text(panel.response)
    await words(club, robin, "", "Our physio is at the track on Tuesdays.")
    fine = await robin.slash(club.channel, "setup panel")
    assert "⚠️" not in text(fine.response).split("How answers look now")[0]


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
    assert "Jo" not in text(club.channel.last_message)  # the number alone, in an emergency
    seen = text(club.channel.last_message)
    assert seen.index("112") < seen.index("Call your local emergency number")  # first of all
    assert not club.channel.last_message.mention_everyone
    await words(club, robin, "", "")
    await club.ask(EMERGENCY)
    seen = text(club.channel.last_message)
    assert "Emergency number here" not in seen
    assert "may be wrong" in seen


async def test_the_panel_fits_whatever_the_club_writes(club: Club) -> None:
    robin = await admin(club)
    who = Curator(club.channel.guild.id, "k")
    advice = club.station.advise("it-band", None)
    assert advice is not None
    for ranked in advice.remedies:
        fields = {"name": "x" + "*" * 79, "how": "*" * 400, "caution": "*" * 400}
        slug = ranked.remedy.slug
        stands = await club.station.curating.state(who.server_id, "remedy", slug)
        await club.station.curating.change(who, "remedy", slug, stands, fields)
    panel = await words(club, robin, "1" + "*" * 19, "*" * 200)
    assert "Sounds like" in text(panel.response)
    assert len(text(panel.response)) <= TEXT_LIMIT


async def test_an_emergency_number_must_be_one_to_dial(club: Club) -> None:
    robin = await admin(club)
    await words(club, robin, "call my mum", "")
    assert was_refused(club)
    await club.ask("crushing chest pain and i cannot breathe")
    assert "call my mum" not in text(club.channel.last_message)


async def test_the_number_is_for_emergencies_only(club: Club) -> None:
    robin = await admin(club)
    await words(club, robin, "112", "")
    told = (
        "my calf is swollen, red and hot",
        "heard a pop in my calf and cannot walk on it",
        "my shin bone hurts in one spot, at night and at rest too",
    )
    soon = next(one for one in told if club.station.answer(one, None).triage.level == "urgent")
    await club.ask(soon)
    assert "have this looked at" in text(club.channel.last_message)
    assert "112" not in text(club.channel.last_message)


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
    assert f"Answers for everybody go to <#{club.channel.id}>" in text(there.response)
    asked = await club.sam.slash(elsewhere, "pain", description=KNEE, private=True)
    assert "Answers for everybody" not in text(asked.response)
    defaults = [c.get("default_values") for c in walk(raw(panel.response)) if c["type"] == 8]
    assert int(defaults[0][0]["id"]) == club.channel.id
    again = await robin.select(panel.response, [], custom_id="aid1:setup:channel")
    assert again.acknowledged
    there = await club.sam.slash(elsewhere, "pain", description=KNEE)
    assert not there.ephemeral


async def test_a_channel_for_answers_that_is_gone_is_told(club: Club) -> None:
    robin = await admin(club)
    server = club.channel.guild.id
    await club.station.set_server_settings(server, channel_id=12345)
    answer = await club.ask(KNEE)
    assert answer.ephemeral
    assert "12345" not in text(answer.response)
    shown = await robin.slash(club.channel, "setup check")
    assert "gone or hidden from me, so all answers are private" in text(shown.response)
    assert "Choose another with `/setup panel`" in text(shown.response)
    await club.station.set_server_settings(server, curator_role_id=6789)
    shown = await robin.slash(club.channel, "setup check")
    assert "The role that was chosen is gone" in text(shown.response)
    panel = await robin.slash(club.channel, "setup panel")
    assert "so all answers are private" in text(panel.response)
    assert "The role that was chosen is gone" in text(panel.response)
    selects = [part for part in walk(raw(panel.response)) if part["type"] in (6, 8)]
    assert len(selects) == 2
    assert not any(part.get("default_values") for part in selects)
    assert (await robin.click(panel.response, label="Answer in any channel")).acknowledged
    assert "are private" not in text(panel.response)
    assert not (await club.ask(KNEE)).ephemeral


async def test_a_role_that_is_gone_is_not_named(club: Club) -> None:
    guild = club.channel.guild
    await club.station.set_server_settings(guild.id, curator_role_id=12345)
    refused = await club.sam.slash(club.channel, "review")
    assert refused.acknowledged
    assert "Only those who may manage this server can do that" in text(refused.response)
    role = guild.create_role("Coaches")
    await club.station.set_server_settings(guild.id, curator_role_id=role.id)
    refused = await club.sam.slash(club.channel, "review")
    assert f"manage this server and <@&{role.id}> can do that" in text(refused.response)
    assert was_refused(club)
    coach = guild.add_member(club.env.create_user("lee"), roles=[role])
    shown = await coach.slash(club.channel, "review")
    assert "Nothing waits" in text(shown.response)


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
    assert "1 to mend" in seen
    assert "I lack “Attach Files”, “Add Reactions” in" in seen
    assert "Channel settings" in seen


async def test_check_tells_of_old_commands(club: Club) -> None:
    robin = await admin(club)
    await club.bot.tree.sync()
    club.bot.tree.remove_command("help")
    shown = await robin.slash(club.channel, "setup check")
    assert r"old list of my commands \(\/help\)" in text(shown.response)
    assert "to restart it" in text(shown.response)


async def test_check_tells_the_rest_where_the_commands_cannot_be_looked_at(club: Club) -> None:
    robin = await admin(club)
    club.bot.tree.remove_command("help")

    async def look() -> None:
        shown = await robin.slash(club.channel, "setup check")
        assert shown.acknowledged
        assert "1 to mend" in text(shown.response)
        assert "could not see whether Discord knows my commands" in text(shown.response)
        assert "MB are free" in text(shown.response)

    async with club.station.engine.begin() as connection:
        await connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE DELETE ON synced_commands "
            "BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
    await look()
    async with club.station.engine.begin() as connection:
        await connection.exec_driver_sql("DROP TRIGGER full")
    club.env.inject_error("GET", "/applications/*/commands", status=403)
    await look()


async def test_check_tells_the_rest_where_the_intents_cannot_be_looked_at(club: Club) -> None:
    robin = await admin(club)
    club.env.inject_error("GET", "/oauth2/applications/@me", status=403)
    shown = await robin.slash(club.channel, "setup check")
    assert shown.acknowledged
    assert "could not see which intents I have" in text(shown.response)
    assert "MB are free" in text(shown.response)


async def test_check_tells_of_a_command_that_is_worded_otherwise(club: Club) -> None:
    robin = await admin(club)
    pain: Any = club.bot.tree.get_command("pain")
    pain._params["description"].description = "Tell me in your own words where it hurts"
    shown = await robin.slash(club.channel, "setup check")
    assert r"old list of my commands \(\/pain\)" in text(shown.response)
    await club.restart()
    shown = await robin.slash(club.channel, "setup check")
    assert "Discord knows my commands" in text(shown.response)


async def test_check_tells_of_what_discord_was_not_told(club: Club) -> None:
    robin = await admin(club)
    setup: Any = club.bot.tree.get_command("setup")
    setup.default_permissions = discord.Permissions(manage_guild=True, manage_roles=True)
    shown = await robin.slash(club.channel, "setup check")
    assert r"old list of my commands \(\/help, \/insights" in text(shown.response)
