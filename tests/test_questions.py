""" "Ask me in two weeks": asked once, privately, and let go of."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import aiohttp
import discord
import pytest
from conftest import KNEE, Club, acknowledged_first, buttons, locked, reword, text
from sqlalchemy import select

from bot.curating import Curator
from bot.knowledge.snapshot import Votes
from bot.store import schema
from bot.store.questions import (
    Question,
    forget_member_questions,
    load_due,
    mark_question,
    store_question,
)
from bot.store.votes import load_votes

TWO_WEEKS = 14 * 86_400


async def keep(club: Club, **options: Any) -> None:
    """Sam asks and wants to be asked back."""
    result = await club.ask(KNEE, **options)
    with acknowledged_first(club):
        pressed = await club.sam.click(result.response, label="Ask me in two weeks")
    assert pressed.acknowledged
    assert pressed.ephemeral


async def dms(club: Club) -> list[Any]:
    """The direct messages that Sam got."""
    return list(club.sam.user.dm_channel.history())


async def questions(club: Club) -> list[Question]:
    """All that are kept."""
    return await load_due(club.station.engine, club.env.now() + timedelta(days=3650))


async def kept(club: Club) -> int:
    return len(await questions(club))


async def test_asked_once_after_two_weeks_and_an_answer_is_a_vote(club: Club) -> None:
    await keep(club)
    await club.env.advance_time(TWO_WEEKS - 60)
    assert await dms(club) == []
    await club.env.advance_time(120)
    (message,) = await dms(club)
    assert "Two weeks ago you asked about **IT band pain**" in text(message)
    remedy = club.station.advise("it-band", club.channel.guild.id).remedies[0].remedy
    pressed = await club.sam.user.click(message, label=remedy.name)
    assert pressed.acknowledged
    votes = await load_votes(club.station.engine, club.channel.guild.id, club.env.now())
    assert votes == {("it-band", remedy.slug): Votes(helped=1)}
    assert votes["it-band", remedy.slug].good > 1.9
    assert await kept(club) == 0
    await club.env.advance_time(TWO_WEEKS)
    assert len(await dms(club)) == 1


async def test_who_thinks_better_of_it_is_not_asked(club: Club) -> None:
    result = await club.ask(KNEE)
    kept_for = await club.sam.click(result.response, label="Ask me in two weeks")
    assert await kept(club) == 1
    await club.restart()
    with acknowledged_first(club):
        taken = await club.sam.click(kept_for.response, label="Do not ask")
    assert taken.acknowledged
    assert "your id in it" in text(kept_for.response)
    assert await kept(club) == 0


async def test_nothing_helped_is_a_vote_against_what_was_shown(club: Club) -> None:
    await keep(club, private=True)
    await club.env.advance_time(TWO_WEEKS + 60)
    (message,) = await dms(club)
    assert {"Nothing helped", "I saw a professional", "Stop asking"} <= set(buttons(message))
    await club.sam.user.click(message, label="Nothing helped")
    votes = await load_votes(club.station.engine, club.channel.guild.id)
    assert len(votes) == 5
    assert all(each == Votes(0, 1) for each in votes.values())


async def test_stop_asking_lets_go_of_all_questions(club: Club) -> None:
    await keep(club)
    await club.env.advance_time(TWO_WEEKS + 60)
    calf = await club.ask("pulled my calf sprinting, the muscle is tight and sore")
    await club.sam.click(calf.response, label="Ask me in two weeks")
    assert await kept(club) == 2
    (message,) = await dms(club)
    with acknowledged_first(club):
        await club.sam.user.click(message, label="Stop asking")
    assert await kept(club) == 0


async def test_due_questions_survive_a_restart(club: Club) -> None:
    await keep(club)
    await club.restart()
    await club.env.advance_time(TWO_WEEKS + 60)
    assert len(await dms(club)) == 1


async def test_a_process_that_dies_while_sending_asks_once(club: Club) -> None:
    await keep(club)
    await club.env.advance_time(TWO_WEEKS + 60)
    (question,) = await questions(club)
    await mark_question(club.station.engine, question.number, "sending")  # sent, and not noted
    await club.restart()
    assert len(await dms(club)) == 1
    assert (await questions(club))[0].state == "sent"


async def test_a_process_that_dies_before_sending_asks_once(club: Club) -> None:
    await keep(club)
    (question,) = await questions(club)
    await mark_question(club.station.engine, question.number, "sending")
    await club.env.advance_time(TWO_WEEKS + 60)
    assert len(await dms(club)) == 1


async def test_closed_direct_messages_are_a_no(club: Club) -> None:
    await keep(club)
    club.env.inject_error("POST", "/channels/*/messages", status=403, code=50007, times=None)
    await club.env.advance_time(TWO_WEEKS + 60)
    assert await kept(club) == 0


async def test_an_unanswered_question_goes_with_the_id(club: Club) -> None:
    await keep(club)
    await club.days_go_by(14 + 31)
    assert await kept(club) == 0
    async with club.station.engine.connect() as connection:
        assert not list(await connection.execute(select(schema.questions)))


async def test_a_question_of_a_server_that_is_left_goes_as_well(
    club: Club, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keep(club)
    await club.env.advance_time(TWO_WEEKS + 60)
    monkeypatch.setattr(club.bot, "get_guild", lambda _id: None)
    await club.days_go_by(31)
    assert await kept(club) == 0


async def test_a_question_is_not_asked_when_the_id_should_be_gone(club: Club) -> None:
    await store_question(
        club.station.engine,
        club.channel.guild.id,
        club.sam.id,
        "it-band",
        ("ice",),
        club.env.now() - timedelta(days=31),
    )
    await club.restart()
    await club.env.advance_time(60)
    assert await dms(club) == []
    assert await kept(club) == 0


async def test_too_many_at_once_are_asked_later(club: Club) -> None:
    await keep(club)
    asked = await club.kim.slash(club.channel, "pain", description=KNEE)
    await club.kim.click(asked.response, label="Ask me in two weeks")
    club.env.inject_error("POST", "/users/@me/channels", status=403, code=40003, times=1)
    await club.env.advance_time(TWO_WEEKS + 60)
    assert await kept(club) == 2
    await club.env.advance_time(15 * 60)
    assert len(await dms(club)) == len(club.kim.user.dm_channel.history()) == 1


async def test_an_answer_is_not_let_go_before_it_is_stored(club: Club) -> None:
    await keep(club)
    await club.env.advance_time(TWO_WEEKS + 60)
    (message,) = await dms(club)
    with locked(club):
        await club.sam.user.click(message, label="Nothing helped")
        assert await kept(club) == 1
    await club.station.writer.close()
    assert await kept(club) == 0
    assert len(await load_votes(club.station.engine, club.channel.guild.id)) == 5


@pytest.mark.parametrize("error", [ConnectionResetError, aiohttp.ServerDisconnectedError])
async def test_a_network_that_fails_asks_later_and_others_now(
    club: Club, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    await keep(club)
    asked = await club.kim.slash(club.channel, "pain", description=KNEE)
    await club.kim.click(asked.response, label="Ask me in two weeks")
    fetch_user, failures = club.bot.fetch_user, [error()]

    async def at_first_fails(user_id: int) -> discord.User:
        if failures:
            raise failures.pop()
        return await fetch_user(user_id)

    monkeypatch.setattr(club.bot, "fetch_user", at_first_fails)
    await club.env.advance_time(TWO_WEEKS + 60)
    assert len(club.kim.user.dm_channel.history()) == 1
    await club.env.advance_time(15 * 60)
    assert len(await dms(club)) == 1


async def test_what_is_deleted_while_it_is_about_to_be_sent_is_not_asked(
    club: Club, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keep(club)
    fetch_user = club.bot.fetch_user

    async def deleted_meanwhile(user_id: int) -> discord.User:
        async with club.station.engine.begin() as connection:
            await forget_member_questions(connection, user_id)
        return await fetch_user(user_id)

    monkeypatch.setattr(club.bot, "fetch_user", deleted_meanwhile)
    await club.env.advance_time(TWO_WEEKS + 60)
    assert await dms(club) == []


async def test_a_question_kept_while_another_is_sent_is_asked(
    club: Club, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keep(club)
    fetch_user, server = club.bot.fetch_user, club.channel.guild.id
    soon = club.env.now() + timedelta(days=15)

    async def meanwhile(user_id: int) -> discord.User:
        if user_id == club.sam.id:
            await store_question(
                club.station.engine, server, club.kim.id, "it-band", ("ice",), soon
            )
            await club.bot.get_cog("Questions").on_question_kept()
        return await fetch_user(user_id)

    monkeypatch.setattr(club.bot, "fetch_user", meanwhile)
    await club.env.advance_time(TWO_WEEKS + 60)
    assert len(await dms(club)) == 1
    await club.env.advance_time(2 * 86_400)
    assert len(club.kim.user.dm_channel.history()) == 1


async def test_a_server_that_is_back_after_the_day_is_asked_then(
    club: Club, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keep(club)
    guild = club.bot.get_guild(club.channel.guild.id)
    with monkeypatch.context() as away:
        away.setattr(club.bot, "get_guild", lambda _id: None)
        await club.env.advance_time(TWO_WEEKS + 60)
    assert await dms(club) == []
    club.bot.dispatch("guild_join", guild)
    for _ in range(100):
        await asyncio.sleep(0.1)
        if await dms(club):
            break
    assert len(await dms(club)) == 1


@pytest.mark.parametrize("private", [True, False])
async def test_the_question_is_about_what_that_reply_showed(club: Club, private: bool) -> None:
    server = club.channel.guild.id
    result = await club.ask(KNEE, private=private)
    shown = [ranked.remedy.slug for ranked in club.station.advise("it-band", server).remedies]
    await club.station.curating.remove(Curator(server, "k"), "remedy", shown[0])
    assert shown[0] not in [
        ranked.remedy.slug for ranked in club.station.advise("it-band", server).remedies
    ]
    assert (await club.sam.click(result.response, label="Ask me in two weeks")).acknowledged
    (question,) = await questions(club)
    assert list(question.remedies) == shown


@pytest.mark.parametrize("private", [True, False])
async def test_the_question_is_about_no_more_than_fitted_into_the_reply(
    club: Club, private: bool
) -> None:
    await reword(club)
    ranked = club.station.advise("it-band", club.channel.guild.id).remedies
    result = await club.ask(KNEE, private=private)
    shown = [one.remedy.slug for one in ranked if f"**{one.remedy.name}**" in text(result.response)]
    assert 0 < len(shown) < len(ranked)
    pressed = await club.sam.click(result.response, label="Ask me in two weeks")
    assert pressed.acknowledged
    (question,) = await questions(club)
    assert list(question.remedies) == shown


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("Nothing helped", "see a doctor or physiotherapist"),
        ("I saw a professional", "Get well soon"),
        ("Stop asking", "I ask no more"),
    ],
)
async def test_each_answer_gets_a_kind_word(club: Club, label: str, said: str) -> None:
    await keep(club)
    await club.env.advance_time(TWO_WEEKS + 60)
    (message,) = await dms(club)
    pressed = await club.sam.user.click(message, label=label)
    assert pressed.acknowledged
    (answered,) = await dms(club)
    assert said in text(answered)
    assert "your id in it" in text(answered)
