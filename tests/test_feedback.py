"""Reactions under a reply are votes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from functools import partial

from conftest import KNEE, SETTLED_IN, Club, buttons, reactions, text
from sqlalchemy import event, make_url

from bot.curating import Curator
from bot.knowledge.snapshot import Votes
from bot.store.database import sqlite_path
from bot.store.replies import load_replies
from bot.store.votes import Ballot, Cast, change_vote, count_wrong_matches, load_votes
from bot.views.voting import NUMBERS
from bot.writer import RETRY_SECONDS


async def votes(club: Club) -> dict[tuple[str, str], Votes]:
    return await load_votes(club.bot.engine, club.channel.guild.id)


def first_remedy(club: Club) -> tuple[str, str]:
    advice = club.bot.advise("it-band", club.channel.guild.id)
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
    assert "Here it helped 5 of 5 members" in text(result.response)


async def test_thumbs_down_is_a_vote_on_the_match(club: Club) -> None:
    await club.ask(KNEE)
    message, server = club.channel.last_message, club.channel.guild.id
    await club.kim.react(message, "👎")
    assert await count_wrong_matches(club.bot.engine, server) == {"it-band": 1}
    assert await votes(club) == {}
    await club.kim.unreact(message, "👎")
    assert await count_wrong_matches(club.bot.engine, server) == {}


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
    assert await count_wrong_matches(club.bot.engine, club.channel.guild.id) == {}


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
    assert await load_votes(club.bot.engine, other.id) == {}
    assert club.bot.servers.knowledge(other.id).votes == {}


async def test_a_newcomers_vote_counts_after_three_days(club: Club) -> None:
    await club.ask(KNEE)
    newcomer = club.channel.guild.add_member(club.env.create_user("new"))
    await newcomer.react(club.channel.last_message, "1️⃣")
    server = club.channel.guild.id
    now = club.env.now()
    assert await load_votes(club.bot.engine, server, now) == {}
    assert len(await load_votes(club.bot.engine, server, now + timedelta(days=3))) == 1


async def test_private_answers_carry_votes_as_buttons(club: Club) -> None:
    result = await club.ask(KNEE, private=True)
    pair = first_remedy(club)
    pressed = await club.sam.click(result.response, label="1")
    assert pressed.acknowledged
    assert pressed.ephemeral
    assert await votes(club) == {pair: Votes(helped=1)}
    await club.restart()
    assert (await club.sam.click(result.response, label="1")).acknowledged
    assert await votes(club) == {}
    assert (await club.sam.click(result.response, label="👎 Not my pain")).acknowledged
    assert await count_wrong_matches(club.bot.engine, club.channel.guild.id) == {"it-band": 1}
    assert "1" not in buttons((await club.ask(KNEE)).response)


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
    assert await count_wrong_matches(club.bot.engine, club.channel.guild.id) == {"it-band": 1}
    await club.kim.unreact(message, "1️⃣")
    assert await votes(club) == {}


async def test_a_deleted_reply_keeps_its_votes(club: Club) -> None:
    await club.ask(KNEE)
    message, pair = club.channel.last_message, first_remedy(club)
    await club.kim.react(message, "1️⃣")
    await club.bot.http.delete_message(message.channel.id, message.id)
    await club.restart()
    await club.env.advance_time(10)
    assert await votes(club) == {pair: Votes(helped=1)}


async def test_a_burst_is_stored_whole_in_few_transactions(club: Club) -> None:
    server, begun = club.channel.guild.id, 0

    def count(_connection: object) -> None:
        nonlocal begun
        begun += 1

    event.listen(club.bot.engine.sync_engine, "begin", count)
    for number in range(1000):
        cast = Cast(Ballot(server, f"member{number}", "it-band", "rest"), club.env.now())
        club.bot.writer.put(partial(change_vote, change=cast), votes_of=server)
    assert await club.bot.writer.drained(30)
    assert (await votes(club))["it-band", "rest"].helped == 1000
    assert begun < 20


async def test_a_vote_waits_for_a_locked_database(club: Club) -> None:
    await club.ask(KNEE)
    message, pair = club.channel.last_message, first_remedy(club)
    path = sqlite_path(make_url(club.settings.database_url))
    with closing(sqlite3.connect(str(path))) as other:
        other.execute("BEGIN EXCLUSIVE")
        await club.kim.react(message, "1️⃣")
    await club.env.advance_time(RETRY_SECONDS[0])
    assert await club.bot.writer.drained(5)
    assert await votes(club) == {pair: Votes(helped=1)}


async def reword(club: Club) -> None:
    """The club words what is suggested for the knee at the greatest length."""
    who = Curator(club.channel.guild.id, "k")
    advice = club.bot.advise("it-band", None)
    assert advice is not None
    for ranked in advice.remedies:
        fields = {"how": "Slowly (twice a day): " * 18, "caution": "Stop when it hurts. " * 20}
        await club.bot.curating.change(who, "remedy", ranked.remedy.slug, fields)


async def test_only_what_fits_into_the_answer_can_be_voted_for(club: Club) -> None:
    await reword(club)
    await club.ask(KNEE)
    message = club.channel.last_message
    shown = [number for number in NUMBERS if number in text(message)]
    assert 0 < len(shown) < 5
    assert set(reactions(message)) == {*shown, "👎"}
    await club.bot.writer.drained()
    (stored,) = (await load_replies(club.bot.engine)).values()
    assert len(stored.remedies) == len(shown)
    await club.kim.react(message, NUMBERS[4])
    await club.bot.writer.drained()
    assert not await load_votes(club.bot.engine, club.channel.guild.id)
    private = await club.ask(KNEE, private=True)
    assert [label for label in buttons(private.response) if label.isdigit()] == [
        str(number) for number in range(1, len(shown) + 1)
    ]
