"""Reactions under a reply are votes."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from datetime import timedelta
from functools import partial
from typing import Any

import discord
import pytest
from conftest import (
    KNEE,
    SETTLED_IN,
    Club,
    buttons,
    deaf,
    locked,
    reactions,
    reword,
    store_votes,
    text,
)
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.knowledge.snapshot import Votes
from bot.store import schema
from bot.store.replies import Reply, load_replies
from bot.store.votes import (
    Ballot,
    Cast,
    count_wrong_matches,
    load_votes,
)
from bot.views.voting import NUMBERS
from bot.writer import RETRY_SECONDS
from cogs.feedback import in_turn


async def votes(club: Club) -> dict[tuple[str, str], Votes]:
    return await load_votes(club.station.engine, club.channel.guild.id)


def first_remedy(club: Club) -> tuple[str, str]:
    advice = club.station.advise("it-band", club.channel.guild.id)
    assert advice
    return "it-band", advice.remedies[0].remedy.slug


async def test_a_number_is_a_vote_and_taking_it_back_takes_it_back(club: Club) -> None:
    await club.ask(KNEE)
    message, pair = club.channel.last_message, first_remedy(club)
    await club.kim.react(message, "1️⃣")
    assert await votes(club) == {pair: Votes(helped=1)}
    await club.sam.react(message, "1️⃣")
    assert await votes(club) == {pair: Votes(helped=2)}
    await club.kim.unreact(message, "1️⃣")
    assert await votes(club) == {pair: Votes(helped=1)}


async def test_one_member_has_one_vote_whatever_the_reply(club: Club) -> None:
    pair = None
    for _ in range(3):
        await club.ask(KNEE)
        pair = pair or first_remedy(club)
        await club.kim.react(club.channel.last_message, "1️⃣")
    assert await votes(club) == {pair: Votes(helped=1)}


async def test_the_next_answer_sees_the_votes(club: Club) -> None:
    await club.ask(KNEE)
    message, runners = club.channel.last_message, []
    for number in range(5):
        user = club.env.create_user(f"runner{number}")
        runners.append(club.channel.guild.add_member(user))
    await club.env.advance_time(SETTLED_IN)
    for runner in runners:
        await runner.react(message, "1️⃣")
    result = await club.ask(KNEE)
    assert "5 members here say it helped" in text(result.response)


async def test_thumbs_down_is_a_vote_on_the_match(club: Club) -> None:
    await club.ask(KNEE)
    message, server = club.channel.last_message, club.channel.guild.id
    await club.kim.react(message, "👎")
    assert await count_wrong_matches(club.station.engine, server) == {"it-band": 1}
    assert await votes(club) == {}
    await club.kim.unreact(message, "👎")
    assert await count_wrong_matches(club.station.engine, server) == {}
    await club.kim.react(message, "👎🏽")  # whoever chose a skin tone
    assert await count_wrong_matches(club.station.engine, server) == {"it-band": 1}
    await club.restart()
    assert await count_wrong_matches(club.station.engine, server) == {"it-band": 1}


async def test_of_two_thumbs_the_other_still_is_a_vote(club: Club) -> None:
    await club.ask(KNEE)
    message, server = club.channel.last_message, club.channel.guild.id
    for thumb in ("👎", "👎🏽"):
        await club.kim.react(message, thumb)
    for first, second in (("👎🏽", "👎"), ("👎", "👎🏽")):
        await club.kim.unreact(message, first)
        assert await count_wrong_matches(club.station.engine, server) == {"it-band": 1}
        await club.kim.unreact(message, second)
        assert await count_wrong_matches(club.station.engine, server) == {}
        for thumb in (first, second):
            await club.kim.react(message, thumb)
    await club.restart()
    await club.kim.unreact(message, "👎")
    assert await count_wrong_matches(club.station.engine, server) == {"it-band": 1}


async def two_replies(club: Club, emoji: str) -> list[Any]:
    """Kim reacts under one reply, Kim and Sam under the next to the same pain."""
    messages = []
    for members in ((club.kim,), (club.kim, club.sam)):
        await club.ask(KNEE)
        messages.append(club.channel.last_message)
        for member in members:
            await member.react(messages[-1], emoji)
    return messages


@pytest.mark.parametrize("first", [0, 1])
async def test_a_vote_stands_as_long_as_its_member_stands_by_it_somewhere(
    club: Club, first: int
) -> None:
    messages, pair = await two_replies(club, "1️⃣"), first_remedy(club)
    for member in (club.kim, club.sam):
        await member.react(messages[1], "👎")
    await club.kim.react(messages[0], "👎")
    await club.sam.unreact(messages[1], "1️⃣")
    for emoji in ("1️⃣", "👎"):
        await club.kim.unreact(messages[first], emoji)
    assert await votes(club) == {pair: Votes(helped=1)}
    assert await count_wrong_matches(club.station.engine, club.channel.guild.id) == {"it-band": 2}
    for emoji in ("1️⃣", "👎"):
        await club.kim.unreact(messages[1 - first], emoji)
    assert await votes(club) == {}
    assert await count_wrong_matches(club.station.engine, club.channel.guild.id) == {"it-band": 1}


@pytest.mark.parametrize("down", [False, True])
async def test_what_is_cleared_under_one_reply_stands_under_another(club: Club, down: bool) -> None:
    messages, pair = await two_replies(club, "1️⃣"), first_remedy(club)
    with deaf(club) if down else nullcontext():
        await club.bot.http.clear_reactions(club.channel.id, messages[1].id)
        await club.env.settle()
    if down:
        await connected_again(club, {pair: Votes(helped=1)})
    assert await votes(club) == {pair: Votes(helped=1)}
    await club.kim.unreact(messages[0], "1️⃣")
    assert await votes(club) == {}


async def test_a_reply_that_is_gone_hides_no_reaction_under_an_older_one(club: Club) -> None:
    messages, pair = await two_replies(club, "1️⃣"), first_remedy(club)
    await club.ask(KNEE)
    await club.bot.http.delete_message(club.channel.id, club.channel.last_message.id)
    await club.kim.unreact(messages[1], "1️⃣")
    assert await votes(club) == {pair: Votes(helped=2)}


async def test_what_was_deleted_does_not_come_back_from_another_reply(club: Club) -> None:
    messages, pair = await two_replies(club, "1️⃣"), first_remedy(club)
    await club.env.advance_time(10)
    assert (await club.kim.slash(club.channel, "privacy delete")).acknowledged
    await club.kim.react(messages[1], "1️⃣")
    assert await votes(club) == {pair: Votes(helped=2)}
    await club.kim.unreact(messages[1], "1️⃣")
    assert await votes(club) == {pair: Votes(helped=1)}


async def test_what_was_deleted_long_ago_stays_so(club: Club) -> None:
    club.env.inject_error("DELETE", "/channels/*/reactions/*", status=403, code=50013, times=None)
    await club.ask(KNEE)
    await club.kim.react(club.channel.last_message, "1️⃣")
    await club.env.advance_time(10)
    assert (await club.kim.slash(club.channel, "privacy delete")).acknowledged
    await club.days_go_by(32)
    await club.ask(KNEE)
    await club.kim.react(club.channel.last_message, "1️⃣")
    await club.kim.unreact(club.channel.last_message, "1️⃣")
    assert await votes(club) == {}


async def test_a_vote_that_could_not_be_looked_for_is_found_by_the_next_start(club: Club) -> None:
    messages, pair = await two_replies(club, "1️⃣"), first_remedy(club)
    path = f"/channels/{club.channel.id}/messages/{messages[0].id}"
    club.env.inject_error("GET", path, status=500)
    await club.kim.unreact(messages[1], "1️⃣")
    assert await votes(club) == {pair: Votes(helped=1)}
    await back_after(club, down=10)
    assert await votes(club) == {pair: Votes(helped=2)}


async def test_a_vote_is_looked_for_once_the_database_is_free(club: Club) -> None:
    messages, pair = await two_replies(club, "1️⃣"), first_remedy(club)
    with locked(club):
        await club.kim.unreact(messages[1], "1️⃣")
        await asyncio.sleep(6)
    await club.env.advance_time(RETRY_SECONDS[0])
    await club.env.settle()
    assert await votes(club) == {pair: Votes(helped=2)}


async def test_of_two_thumbs_one_may_be_cleared(club: Club) -> None:
    await club.ask(KNEE)
    message, server = club.channel.last_message, club.channel.guild.id
    await club.kim.react(message, "👎")
    await club.sam.react(message, "👎🏽")
    for thumb, left in (("👎🏽", {"it-band": 1}), ("👎", {})):
        await club.bot.http.clear_single_reaction(club.channel.id, message.id, thumb)
        await club.env.settle()
        assert await count_wrong_matches(club.station.engine, server) == left


async def test_other_emoji_other_messages_and_bots_are_ignored(club: Club) -> None:
    await club.ask(KNEE)
    reply = club.channel.last_message
    chat = await club.sam.send(club.channel, "1️⃣ is my favourite number")
    robot = club.channel.guild.add_member(club.env.create_user("robot", bot=True))
    await club.kim.react(reply, "🔥")
    await club.kim.react(reply, "9️⃣")
    await club.kim.react(chat, "1️⃣")
    await robot.react(reply, "1️⃣")
    assert await votes(club) == {}
    assert await count_wrong_matches(club.station.engine, club.channel.guild.id) == {}


async def test_where_the_bot_may_not_react_members_still_can(club: Club) -> None:
    club.env.inject_error("PUT", "/channels/*/reactions/*", status=403, code=50013, times=None)
    result = await club.ask(KNEE)
    assert "IT band pain" in text(result.response)
    await club.kim.react(club.channel.last_message, "1️⃣")
    assert sum(each.total for each in (await votes(club)).values()) == 1


async def test_servers_do_not_see_each_others_votes(club: Club) -> None:
    other = club.env.create_guild("Other Club")
    await club.ask(KNEE)
    await club.kim.react(club.channel.last_message, "1️⃣")
    assert await load_votes(club.station.engine, other.id) == {}
    assert club.station.servers.knowledge(other.id).votes == {}


async def test_a_newcomers_vote_counts_after_three_days(club: Club) -> None:
    await club.ask(KNEE)
    newcomer = club.channel.guild.add_member(club.env.create_user("new"))
    for emoji in ("1️⃣", "👎"):
        await newcomer.react(club.channel.last_message, emoji)
    server = club.channel.guild.id
    for days, counted in ((0, 0), (3, 1)):
        now = club.env.now() + timedelta(days=days)
        assert len(await load_votes(club.station.engine, server, now)) == counted
        assert len(await count_wrong_matches(club.station.engine, server, now=now)) == counted


async def test_private_answers_carry_votes_as_buttons(club: Club) -> None:
    result = await club.ask(KNEE, private=True)
    pair = first_remedy(club)
    pressed = await press(club, result.response, "1")
    assert "Noted. Thank you!" in text(pressed.response)
    assert await votes(club) == {pair: Votes(helped=1)}
    await club.restart()
    assert "Taken back." in await take_back(club, pressed.response)
    assert await votes(club) == {}
    await press(club, result.response, "👎 Not my pain")
    assert await count_wrong_matches(club.station.engine, club.channel.guild.id) == {"it-band": 1}
    assert "1" not in buttons((await club.ask(KNEE)).response)


async def press(club: Club, message: Any, label: str) -> Any:
    """Sam presses a button under a private answer."""
    pressed = await club.sam.click(message, label=label)
    assert pressed.acknowledged
    assert pressed.ephemeral
    return pressed


async def take_back(club: Club, message: Any) -> str:
    """Sam takes back what was just noted; gives what it says then."""
    pressed = await club.sam.click(message, label="Take it back")
    assert pressed.acknowledged
    return text(message)


async def test_a_press_always_says_that_it_helped(club: Club) -> None:
    pair = first_remedy(club)
    for _ in range(2):  # a month apart, under two answers
        result = await club.ask(KNEE, private=True)
        assert "Noted" in text((await press(club, result.response, "1")).response)
        assert await votes(club) == {pair: Votes(helped=1)}
        await club.days_go_by(30)
    no = Cast(Ballot(club.channel.guild.id, key(club, club.sam), *pair), club.env.now(), False)
    await store_votes(club.station.engine, [no])
    assert await votes(club) == {pair: Votes(not_helped=1)}
    await press(club, result.response, "1")
    assert await votes(club) == {pair: Votes(helped=1)}


async def test_what_was_taken_back_by_a_button_stays_so(club: Club) -> None:
    await club.ask(KNEE)
    message, pair = club.channel.last_message, first_remedy(club)
    await club.sam.react(message, "1️⃣")
    result = await club.ask(KNEE, private=True)
    pressed = await press(club, result.response, "1")
    await take_back(club, pressed.response)
    await back_after(club, down=0)
    assert await votes(club) == {}
    await club.sam.unreact(message, "1️⃣")
    await club.sam.react(message, "1️⃣")
    assert await votes(club) == {pair: Votes(helped=1)}


async def test_a_reaction_that_is_newer_than_taking_back_is_a_vote(club: Club) -> None:
    await club.ask(KNEE)
    message, pair = club.channel.last_message, first_remedy(club)
    await club.sam.react(message, "1️⃣")
    await club.sam.unreact(message, "1️⃣")
    await club.kim.react(message, "1️⃣")
    await club.kim.unreact(message, "1️⃣")
    await club.env.advance_time(10)
    await club.ask(KNEE)
    await club.bot.close()
    await club.sam.react(message, "1️⃣")
    await club.kim.react(club.channel.last_message, "1️⃣")
    await back_after(club, down=10)
    assert await votes(club) == {pair: Votes(helped=2)}


async def test_taking_a_reaction_back_leaves_a_later_no(club: Club) -> None:
    await club.ask(KNEE)
    message, pair = club.channel.last_message, first_remedy(club)
    await club.sam.react(message, "1️⃣")
    no = Cast(Ballot(club.channel.guild.id, key(club, club.sam), *pair), club.env.now(), False)
    await store_votes(club.station.engine, [no])
    await club.sam.unreact(message, "1️⃣")
    assert await votes(club) == {pair: Votes(not_helped=1)}


async def test_what_was_taken_back_is_known_for_30_days(club: Club) -> None:
    await club.ask(KNEE)
    message = club.channel.last_message
    await club.kim.react(message, "1️⃣")
    await club.kim.unreact(message, "1️⃣")
    await club.kim.react(message, "👎")
    await club.kim.unreact(message, "👎")
    for days, left in ((29, 2), (2, 0)):
        await club.days_go_by(days)
        async with club.station.engine.connect() as connection:
            rows = [
                *await connection.execute(select(schema.votes)),
                *await connection.execute(select(schema.wrong_matches)),
            ]
        assert len(rows) == left


@pytest.mark.parametrize("down", [False, True])
async def test_what_a_moderator_clears_counts_no_more(club: Club, down: bool) -> None:
    await club.ask(KNEE)
    message, pair = club.channel.last_message, first_remedy(club)
    for emoji in ("1️⃣", "2️⃣", "👎"):
        await club.kim.react(message, emoji)
    http, where = club.bot.http, (message.channel.id, message.id)
    for clear, left in (
        (partial(http.clear_single_reaction, *where, "2️⃣"), {pair: Votes(helped=1)}),
        (partial(http.clear_reactions, *where), {}),
    ):
        with deaf(club) if down else nullcontext():
            await clear()
            await club.env.settle()
        if down:
            await connected_again(club, left)
        assert await votes(club) == left
    assert await count_wrong_matches(club.station.engine, club.channel.guild.id) == {}
    await club.kim.react(message, "1️⃣")
    assert await votes(club) == {pair: Votes(helped=1)}


async def test_what_is_cleared_while_catching_up_stays_so(
    club: Club, monkeypatch: pytest.MonkeyPatch
) -> None:
    await club.ask(KNEE)
    message, http = club.channel.last_message, club.bot.http
    for emoji in ("1️⃣", "👎"):
        await club.kim.react(message, emoji)
    get_users, begun = http.get_reaction_users, asyncio.Event()

    async def cleared_meanwhile(*args: Any, **more: Any) -> Any:
        found = await get_users(*args, **more)
        if args[2] == "👎":  # the last that is looked at
            await http.clear_reactions(message.channel.id, message.id)
            await asyncio.sleep(0.2)  # until it is heard of
            begun.set()
        return found

    monkeypatch.setattr(http, "get_reaction_users", cleared_meanwhile)
    club.bot.dispatch("ready")
    await begun.wait()
    await asyncio.sleep(1)
    await club.station.writer.drained()
    assert await votes(club) == {}
    assert await count_wrong_matches(club.station.engine, club.channel.guild.id) == {}


def key(club: Club, member: Any) -> str:
    return club.station.member_key(club.channel.guild.id, member.id)


async def back_after(club: Club, down: float) -> None:
    """The bot starts again, and has the time to look at its replies."""
    await club.env.advance_time(down)
    await club.restart()
    await club.env.advance_time(10)


async def connected_again(club: Club, expected: dict[tuple[str, str], Votes]) -> None:
    """The bot has a new connection; soon the votes are as expected."""
    club.bot.dispatch("ready")
    for _ in range(100):
        await asyncio.sleep(0.1)
        if await votes(club) == expected:
            break
    assert await votes(club) == expected


async def test_votes_while_the_bot_was_down_are_made_up(club: Club) -> None:
    await club.ask(KNEE)
    message, pair = club.channel.last_message, first_remedy(club)
    await club.sam.react(message, "1️⃣")
    await club.bot.close()
    await club.sam.unreact(message, "1️⃣")
    await club.kim.react(message, "1️⃣")
    await club.kim.react(message, "👎")
    await club.restart()
    await club.env.advance_time(10)
    assert await votes(club) == {pair: Votes(helped=1)}
    assert await count_wrong_matches(club.station.engine, club.channel.guild.id) == {"it-band": 1}
    await club.kim.unreact(message, "1️⃣")
    assert await votes(club) == {}


async def test_votes_while_the_connection_was_lost_are_made_up(club: Club) -> None:
    await club.ask(KNEE)
    message, pair = club.channel.last_message, first_remedy(club)
    with deaf(club):
        await club.kim.react(message, "1️⃣")
    club.bot.dispatch("ready")  # and again, while this one is at it
    await connected_again(club, {pair: Votes(helped=1)})


async def test_a_reply_that_fails_is_looked_at_again_and_the_others_now(club: Club) -> None:
    pair, replies = first_remedy(club), []
    for _ in range(2):
        await club.ask(KNEE)
        replies.append(club.channel.last_message)
    await club.bot.close()
    await club.sam.react(replies[0], "1️⃣")
    await club.kim.react(replies[1], "1️⃣")
    path = f"/channels/*/messages/{replies[1].id}"
    club.env.inject_error("GET", path, status=500)
    await back_after(club, down=10)
    await club.env.advance_time(30)
    assert await votes(club) == {pair: Votes(helped=1)}
    await club.env.advance_time(60)
    assert await votes(club) == {pair: Votes(helped=2)}


async def test_a_database_that_fails_does_not_end_the_catching_up(club: Club) -> None:
    await club.ask(KNEE)
    message, pair = club.channel.last_message, first_remedy(club)
    await club.bot.close()
    await club.kim.react(message, "1️⃣")
    await club.restart()
    with locked(club):
        await club.env.advance_time(10)
    await club.env.advance_time(60)
    assert await votes(club) == {pair: Votes(helped=1)}


async def test_super_reactions_are_made_up_too(club: Club, monkeypatch: pytest.MonkeyPatch) -> None:
    await club.ask(KNEE)
    pair, http = first_remedy(club), club.bot.http
    get_message, get_users = http.get_message, http.get_reaction_users

    async def with_super_reaction(*ids: int) -> Any:
        found = await get_message(*ids)
        found["reactions"][0] |= {"count": 2, "count_details": {"normal": 1, "burst": 1}}
        return found

    async def users(*args: Any, type: int | None = None, **more: Any) -> Any:
        if type == discord.ReactionType.burst.value:
            kim = {"id": str(club.kim.id), "username": "kim", "discriminator": "0", "avatar": None}
            return [kim]
        return await get_users(*args, type=type, **more)

    monkeypatch.setattr(http, "get_message", with_super_reaction)
    monkeypatch.setattr(http, "get_reaction_users", users)
    await connected_again(club, {pair: Votes(helped=1)})


@pytest.mark.parametrize("leaves", [False, True])
async def test_a_newcomer_while_the_bot_was_down_does_not_count_yet(
    club: Club, leaves: bool
) -> None:
    await club.ask(KNEE)
    message, server = club.channel.last_message, club.channel.guild
    await club.bot.close()
    newcomer = server.add_member(club.env.create_user("new"))
    await newcomer.react(message, "1️⃣")
    if leaves:
        server.remove_member(newcomer)
    await back_after(club, down=10)
    now = club.env.now()
    assert await load_votes(club.station.engine, server.id, now) == {}
    later = await load_votes(club.station.engine, server.id, now + timedelta(days=3))
    assert len(later) == (0 if leaves else 1)


async def test_a_newcomer_is_told_from_when_a_vote_counts(club: Club) -> None:
    newcomer = club.channel.guild.add_member(club.env.create_user("new"))
    asked = await newcomer.slash(club.channel, "pain", description=KNEE, private=True)
    for label in ("1", "👎 Not my pain"):
        pressed = await newcomer.click(asked.response, label=label)
        assert pressed.acknowledged
        assert "counts once you have been here for three days" in text(pressed.response)


async def test_a_deleted_reply_keeps_its_votes(club: Club) -> None:
    await club.ask(KNEE)
    message, pair = club.channel.last_message, first_remedy(club)
    await club.kim.react(message, "1️⃣")
    await club.bot.http.delete_message(message.channel.id, message.id)
    await club.restart()
    await club.env.advance_time(10)
    assert await votes(club) == {pair: Votes(helped=1)}


async def test_a_burst_is_stored_whole_in_few_transactions(club: Club) -> None:
    await club.ask(KNEE)
    message, begun = club.channel.last_message, 0

    def count(_connection: object) -> None:
        nonlocal begun
        begun += 1

    event.listen(club.station.engine.sync_engine, "begin", count)
    from_gateway = club.bot._connection.parsers["MESSAGE_REACTION_ADD"]
    for number in range(1000):  # as Discord sends them, all at once
        from_gateway(
            {
                "user_id": str(10**17 + number),
                "channel_id": str(club.channel.id),
                "guild_id": str(club.channel.guild.id),
                "message_id": str(message.id),
                "emoji": {"id": None, "name": "1️⃣"},
                "burst": False,
                "type": 0,
            }
        )
    await asyncio.sleep(1)
    assert await club.station.writer.drained(30)
    assert (await votes(club))[first_remedy(club)].helped == 1000
    assert begun < 20


async def test_a_vote_waits_for_a_locked_database(club: Club) -> None:
    await club.ask(KNEE)
    message, pair = club.channel.last_message, first_remedy(club)
    with locked(club):
        await club.kim.react(message, "1️⃣")
    await club.env.advance_time(RETRY_SECONDS[0])
    assert await club.station.writer.drained(5)
    assert await votes(club) == {pair: Votes(helped=1)}


async def test_a_vote_that_waits_is_stored_at_a_stop(club: Club) -> None:
    await club.ask(KNEE)
    message, pair = club.channel.last_message, first_remedy(club)
    with locked(club):
        await club.kim.react(message, "1️⃣")
        both = await asyncio.gather(*(club.station.writer.drained(1) for _ in range(2)))
        assert both == [False, False]
    await club.station.writer.close()  # long before the next try
    assert await votes(club) == {pair: Votes(helped=1)}


async def test_a_write_that_can_never_be_stored_holds_up_no_vote(
    club: Club, caplog: pytest.LogCaptureFixture
) -> None:
    async def faulty(_connection: object) -> None:
        raise KeyError("what a member wrote")

    async def contradicting(connection: AsyncConnection) -> None:
        await connection.execute(schema.replies.insert().values(message_id=message.id))

    await club.ask(KNEE)
    message, pair = club.channel.last_message, first_remedy(club)
    club.station.writer.put(faulty)
    club.station.writer.put(contradicting)
    await club.kim.react(message, "1️⃣")
    assert await club.station.writer.drained(5)
    assert await votes(club) == {pair: Votes(helped=1)}
    assert caplog.text.count("can never be stored") == 2
    assert "what a member wrote" not in caplog.text


async def test_only_what_fits_into_the_answer_can_be_voted_for(club: Club) -> None:
    await reword(club)
    await club.ask(KNEE)
    message = club.channel.last_message
    shown = [number for number in NUMBERS if number in text(message)]
    assert 0 < len(shown) < 5
    assert set(reactions(message)) == {*shown, "👎"}
    await club.station.writer.drained()
    (stored,) = (await load_replies(club.station.engine)).values()
    assert len(stored.remedies) == len(shown)
    await club.kim.react(message, NUMBERS[4])
    await club.station.writer.drained()
    assert not await load_votes(club.station.engine, club.channel.guild.id)
    private = await club.ask(KNEE, private=True)
    assert [label for label in buttons(private.response) if label.isdigit()] == [
        str(number) for number in range(1, len(shown) + 1)
    ]


async def test_where_reactions_do_not_reach_the_bot_votes_are_buttons(club: Club) -> None:
    guild = club.channel.guild
    role = guild.create_role("Committee")
    lee = guild.add_member(club.env.create_user("lee"), roles=[role])
    hidden = guild.create_text_channel(
        "committee",
        overwrites={
            guild.default_role: discord.PermissionOverwrite(view_channel=False),
            role: discord.PermissionOverwrite(view_channel=True),
        },
    )
    await club.env.advance_time(SETTLED_IN)
    asked = await lee.slash(hidden, "pain", description=KNEE)
    assert asked.acknowledged
    assert not asked.ephemeral
    assert "React with its number" not in text(asked.response)
    pressed = await lee.click(asked.response, label="1")
    assert pressed.ephemeral
    assert "Noted" in text(pressed.response)
    assert await votes(club) == {first_remedy(club): Votes(helped=1)}


def test_catching_up_begins_with_the_newest_of_each_server() -> None:
    replies = [
        Reply(number, 1, server, "it-band", ()) for number, server in enumerate((1, 1, 1, 2))
    ]
    assert [one.message_id for one in in_turn(replies)] == [0, 3, 1, 2]
