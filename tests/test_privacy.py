"""No description is kept anywhere; what hangs on a member can be seen, taken along and deleted."""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import discord
import pytest
from conftest import EMERGENCY, KNEE, Club, admin, deaf, locked, reactions, text
from sqlalchemy import String, select

from bot.settings import ROOT, Settings
from bot.store import schema
from bot.store.database import open_engine, upgrade
from bot.store.entries import Key, load_changes
from bot.store.privacy import MEMBER_COLUMNS, known_servers, left_servers, note_left
from bot.store.proposals import store_proposal
from bot.store.votes import count_wrong_matches, load_votes
from bot.views.preview import serve_preview

MARK = "zebracrossing"
NO_MEMBERS = {  # tables that tell of no member, and why
    "threads": "titles of threads",
    "suggestions": "people are numbers within a thread",
    "pending": "the same",
    "learned": "codes of comments",
    "heard": "the same",
    "replies": "what the bot itself said",
    "synced_commands": "the application's",
    "entries": "remedies",
    "server_settings": "the admins'",
    "asked": "numbers by day",
    "left_servers": "servers",
}


async def leave_traces(club: Club) -> None:
    """Sam and Robin do all that is kept under their codes."""
    robin = await admin(club)
    opened = await robin.slash(club.channel, "remedy add", **{"for": "it-band"})
    await robin.submit_modal(opened, {"name": "hop", "called": "", "how": "x", "caution": ""})
    result = await club.ask(KNEE)
    await club.sam.react(club.channel.last_message, "1️⃣")
    await club.sam.react(club.channel.last_message, "👎")
    await club.sam.click(result.response, label="Ask me in two weeks")
    opened = await club.sam.slash(club.channel, "suggest", **{"for": "it-band"})
    await club.sam.submit_modal(opened, {"name": "Towpath shuffle", "how": "x"})


def test_every_table_is_known_to_privacy() -> None:
    tables = schema.metadata.tables
    assert MEMBER_COLUMNS.keys() | NO_MEMBERS.keys() == tables.keys()
    for name, column in MEMBER_COLUMNS.items():
        assert column in tables[name].c
    for name in NO_MEMBERS:
        assert not {"member", "member_id", "by", "user_id"} & set(tables[name].c.keys())


def test_the_privacy_page_tells_of_every_column() -> None:
    page = (ROOT / "PRIVACY.md").read_text(encoding="utf-8")
    told = {
        (table, column.strip(" `"))
        for line in page.splitlines()
        if line.startswith("| `")
        for table, columns in [line.split("|")[1:3]]
        for table in [table.strip(" `")]
        for column in columns.split(",")
    }
    held = {(name, c.name) for name, table in schema.metadata.tables.items() for c in table.c}
    assert told == held


@pytest.mark.timeout(300)
async def test_no_word_of_500_descriptions_is_kept(
    club: Club, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("simcord").setLevel(logging.INFO)
    for number in range(500):
        words = (KNEE, EMERGENCY, "pizza", "my knee hurts")[number % 4]
        club.station.answer(f"{words} {MARK} {number}", club.channel.guild.id)
    for words in (KNEE, EMERGENCY, "pizza tonight?", "my knee hurts"):
        await club.ask(f"{words} {MARK}")
        await club.ask(f"{words} {MARK}", private=True)
    await club.station.writer.drained()
    assert MARK not in "\n".join(record.getMessage() for record in caplog.records)
    folder = Path(club.settings.database_url.split("///")[1]).parent
    assert list(folder.iterdir())
    for file in folder.rglob("*"):
        assert file.is_dir() or MARK.encode() not in file.read_bytes()


async def test_no_id_and_no_proposal_is_logged(
    club: Club, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await leave_traces(club)
    logged = [record.getMessage() for record in caplog.records if record.name != "simcord"]
    for private in (str(club.sam.id), "Towpath shuffle"):
        assert not [line for line in logged if private in line]


async def test_a_member_sees_takes_along_and_deletes(club: Club) -> None:
    await leave_traces(club)
    shown = await club.sam.slash(club.channel, "privacy show")
    assert shown.acknowledged
    assert shown.ephemeral
    seen = text(shown.response)
    for line in (
        "1 vote on",
        "1 “not my pain” mark",
        "1 remedy proposed",
        "0 votes or marks taken",
    ):
        assert line in seen
    assert seen.index("With your id itself") < seen.index("1 question for later")
    exported = await club.sam.slash(club.channel, "privacy export")
    found = json.loads(await exported.response.attachments[0].read())
    assert found.keys() == MEMBER_COLUMNS.keys()
    assert found["proposals"][0]["data"]["name"] == "Towpath shuffle"
    deleted = await club.sam.slash(club.channel, "privacy delete")
    assert deleted.acknowledged
    key = club.station.member_key(club.channel.guild.id, club.sam.id)
    async with club.station.engine.connect() as connection:
        for name, table in schema.metadata.tables.items():
            rows = (await connection.execute(select(table))).mappings().all()
            assert (key in str(rows)) is (name == "forgotten"), name
            if name == "questions":
                assert not rows
    assert club.station.knowledge(club.channel.guild.id).votes == {}


async def test_a_curators_history_stays_without_the_curator(club: Club) -> None:
    robin = await admin(club)
    opened = await robin.slash(club.channel, "remedy add", **{"for": "it-band"})
    await robin.submit_modal(opened, {"name": "hop", "called": "", "how": "x", "caution": ""})
    await robin.slash(club.channel, "privacy delete")
    changes = await load_changes(
        club.station.engine, Key(club.channel.guild.id, "remedy", "own-hop")
    )
    assert [change.by for change in changes] == ["gone"]
    shown = await robin.slash(club.channel, "remedy history", remedy="own-hop")
    assert shown.acknowledged
    assert "by a curator whose code is deleted" in text(shown.response)
    assert "own-hop" in club.station.knowledge(club.channel.guild.id).catalogue.remedies


async def test_in_a_direct_message_it_is_all_servers(club: Club) -> None:
    await leave_traces(club)
    shown = await club.sam.user.slash("privacy show")
    assert "1 vote on" in text(shown.response)
    await club.sam.user.slash("privacy delete")
    shown = await club.sam.slash(club.channel, "privacy show")
    assert "0 votes" in text(shown.response)


async def test_in_a_direct_message_it_is_shown_however_many_servers_there_are(club: Club) -> None:
    await leave_traces(club)
    left = [{"server_id": 10**17 + n, "left_at": club.env.now()} for n in range(1200)]
    async with club.station.engine.begin() as connection:
        await connection.execute(schema.left_servers.insert(), left)
    for command, told in (("show", "1 vote on"), ("delete", "are gone"), ("show", "0 votes on")):
        shown = await club.sam.user.slash(f"privacy {command}")
        assert shown.acknowledged
        assert told in text(shown.response)


@pytest.mark.parametrize("allowed", [True, False])
async def test_what_was_deleted_stays_deleted_after_a_restart(club: Club, allowed: bool) -> None:
    await club.ask(KNEE)
    message, server = club.channel.last_message, club.channel.guild.id
    for emoji in ("1️⃣", "👎"):
        await club.sam.react(message, emoji)
        await club.kim.react(message, emoji)
    if not allowed:
        path = f"/channels/*/messages/{message.id}/reactions/*/{club.sam.id}"
        club.env.inject_error("DELETE", path, status=403, code=50013, times=None)
    deleted = await club.sam.slash(club.channel, "privacy delete")
    assert deleted.acknowledged
    left = reactions(club.channel.last_message)
    assert left["1️⃣"] == left["👎"] == (2 if allowed else 3)
    await club.restart()
    await club.env.advance_time(10)
    assert sum(each.total for each in (await load_votes(club.station.engine, server)).values()) == 1
    assert await count_wrong_matches(club.station.engine, server) == {"it-band": 1}
    shown = await club.sam.slash(club.channel, "privacy show")
    assert "1 note that you had all deleted" in text(shown.response)
    await club.ask(KNEE)
    await club.sam.react(club.channel.last_message, "1️⃣")
    assert sum(each.total for each in (await load_votes(club.station.engine, server)).values()) == 2
    await club.days_go_by(31)
    shown = await club.sam.slash(club.channel, "privacy show")
    assert "0 notes that you had all deleted" in text(shown.response)


async def test_a_busy_database_is_said_so_and_deletes_nothing_by_halves(club: Club) -> None:
    await leave_traces(club)
    with locked(club):
        result = await club.sam.slash(club.channel, "privacy delete")
        assert result.acknowledged
        assert "database is busy" in text(result.response)
    club.env.errors.clear()
    shown = await club.sam.slash(club.channel, "privacy show")
    assert "1 vote on" in text(shown.response)


async def test_nobody_sees_anothers(club: Club) -> None:
    await leave_traces(club)
    shown = await club.kim.slash(club.channel, "privacy show")
    assert "0 votes" in text(shown.response)


async def test_a_left_servers_data_goes_after_30_days(club: Club) -> None:
    await leave_traces(club)
    server = club.channel.guild.id
    guild = club.bot.get_guild(server)
    assert guild is not None
    await guild.leave()
    await club.days_go_by(29)
    assert server in await known_servers(club.station.engine)
    await club.days_go_by(2)
    assert server not in await known_servers(club.station.engine)
    assert "own-hop" not in club.station.knowledge(server).catalogue.remedies


async def test_a_server_that_the_bot_is_in_is_not_let_go(club: Club) -> None:
    """Another bot on the same database may have noted it as left."""
    await leave_traces(club)
    server = club.channel.guild.id
    await note_left(club.station.engine, server, discord.utils.utcnow())
    await club.days_go_by(31)
    assert "own-hop" in club.station.knowledge(server).catalogue.remedies
    assert server not in await left_servers(club.station.engine)


async def test_the_preview_notes_no_real_server_as_left(settings: Settings) -> None:
    await upgrade(settings.database_url)
    engine = open_engine(settings.database_url)
    await store_proposal(engine, 4242, "key", {"name": "Towpath shuffle"}, discord.utils.utcnow())
    shown = asyncio.Event()
    page = settings.model_copy(update={"preview_port": 0})
    preview = asyncio.create_task(serve_preview(page, lambda address: shown.set()))
    await asyncio.wait_for(shown.wait(), 60)
    preview.cancel()
    with suppress(asyncio.CancelledError):
        await preview
    assert await left_servers(engine) == set()
    assert await known_servers(engine) == {4242}
    await engine.dispose()


async def test_a_server_gone_while_the_bot_was_down_is_noted_as_left(club: Club) -> None:
    await store_proposal(
        club.station.engine, 4242, "key", {"name": "Towpath shuffle"}, discord.utils.utcnow()
    )
    await club.bot.get_cog("Upkeep").on_ready()
    assert await left_servers(club.station.engine) == {4242}


async def test_a_server_that_comes_back_in_time_keeps_all(club: Club) -> None:
    await leave_traces(club)
    guild = club.bot.get_guild(club.channel.guild.id)
    club.bot.dispatch("guild_remove", guild)
    await club.env.advance_time(86_400)
    club.bot.dispatch("guild_join", guild)
    await club.days_go_by(40)
    assert "own-hop" in club.station.knowledge(club.channel.guild.id).catalogue.remedies


@pytest.mark.parametrize(("days", "kept"), [(20, True), (40, False)])
@pytest.mark.parametrize("told_by", ["restart", "join"])
async def test_a_server_that_comes_back_too_late_begins_anew(
    club: Club, days: int, kept: bool, told_by: str
) -> None:
    await leave_traces(club)
    server = club.channel.guild.id
    guild, upkeep = club.bot.get_guild(server), club.bot.get_cog("Upkeep")
    await upkeep.on_guild_remove(guild)
    if told_by == "restart":
        await club.bot.close()
    else:
        upkeep.night.cancel()  # it is taken back before the next night
    await club.days_go_by(days)
    if told_by == "restart":
        await club.restart()
        await club.bot.get_cog("Upkeep").on_ready()
    else:
        await upkeep.on_guild_join(guild)
    assert ("own-hop" in club.station.knowledge(server).catalogue.remedies) is kept
    assert (server in await known_servers(club.station.engine)) is kept
    assert server not in await left_servers(club.station.engine)


def test_no_column_is_wide_enough_for_a_description() -> None:
    for name, table in schema.metadata.tables.items():
        for column in table.c:
            if isinstance(column.type, String):
                assert (column.type.length or 0) <= 200, f"{name}.{column.name}"


async def test_what_was_not_picked_up_yet_is_deleted_too(club: Club) -> None:
    await club.ask(KNEE)
    with deaf(club):
        for emoji in ("1️⃣", "👎"):
            await club.kim.react(club.channel.last_message, emoji)
    assert (await club.kim.slash(club.channel, "privacy delete")).acknowledged
    await club.restart()
    await club.env.advance_time(10)
    assert not await load_votes(club.station.engine, club.channel.guild.id)
    shown = await club.kim.slash(club.channel, "privacy show")
    assert "0 votes" in text(shown.response)


async def test_a_server_that_took_the_bot_back_unnoticed_keeps_all(club: Club) -> None:
    await leave_traces(club)
    server = club.channel.guild.id
    guild = club.bot.get_guild(server)
    assert guild is not None
    joined = guild.me.joined_at
    assert joined is not None
    await note_left(club.station.engine, server, joined - timedelta(days=1))
    await club.bot.close()  # before anybody could note that it is back
    await club.days_go_by(40)
    await club.restart()
    await club.env.settle()
    assert "own-hop" in club.station.knowledge(server).catalogue.remedies
    assert server not in await left_servers(club.station.engine)
