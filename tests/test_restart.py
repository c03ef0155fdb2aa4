"""What a restart keeps: votes, replies, buttons."""

from __future__ import annotations

from conftest import KNEE, Club, buttons, text

from bot.store.votes import load_votes


async def test_votes_stay_and_old_replies_still_take_them(club: Club) -> None:
    await club.ask(KNEE)
    message, server = club.channel.last_message, club.channel.guild.id
    await club.kim.react(message, "1️⃣")
    await club.restart()
    knowledge = club.station.servers.knowledge(server)
    assert sum(votes.helped for votes in knowledge.votes.values()) == 1
    await club.sam.react(message, "1️⃣")
    await club.kim.unreact(message, "1️⃣")
    (counted,) = (await load_votes(club.station.engine, server)).values()
    assert counted.helped == 1


async def test_a_question_asked_before_can_be_answered_after(club: Club) -> None:
    await club.ask_unsure()
    label = next(iter(buttons(club.channel.last_message)))
    await club.restart()
    pressed = await club.sam.click(club.channel.last_message, label=label)
    assert pressed.acknowledged
    assert "Sounds like what runners call" in text(club.channel.last_message)


async def test_a_close_match_from_before_still_opens(club: Club) -> None:
    await club.ask_close()
    message = club.channel.last_message
    label = next(iter(buttons(message)))
    await club.restart()
    pressed = await club.kim.click(message, label=label)
    assert pressed.acknowledged
    assert pressed.ephemeral
    assert "Sounds like what runners call" in text(pressed.response)
