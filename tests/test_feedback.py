"""Reactions under a reply are votes."""

from __future__ import annotations

from conftest import KNEE, Club, text

from bot.knowledge.snapshot import Votes
from bot.store.votes import count_wrong_matches, load_votes


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
    message = club.channel.last_message
    for number in range(5):
        user = club.env.create_user(f"runner{number}")
        await club.channel.guild.add_member(user).react(message, "1️⃣")
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
