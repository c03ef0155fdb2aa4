"""Telling it again, after a misreading or where no button fits."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import EMERGENCY, KNEE, Club, buttons, text


async def tell_again(club: Club, message: Any, label: str, words: str) -> Any:
    """Kim, who need not be the one who asked, presses and tells it in other words."""
    opened = await club.kim.click(message, label=label)
    assert opened.acknowledged
    assert opened.modal
    sent = await club.kim.submit_modal(opened, {"description": words})
    assert sent.acknowledged
    assert sent.ephemeral
    return sent


async def test_who_was_misread_tells_it_again_and_alone_sees_the_answer(club: Club) -> None:
    red = await club.ask(EMERGENCY)
    sent = await tell_again(club, red.response, "Not what I meant", KNEE)
    assert "IT band pain" in text(sent.response)
    assert "1️⃣" in text(sent.response)
    assert club.station.asked(club.channel.guild.id)["it-band"] == 1
    assert "Please get help now" in text(red.response)


async def test_danger_told_again_is_danger(club: Club) -> None:
    red = await club.ask(EMERGENCY)
    sent = await tell_again(club, red.response, "Not what I meant", EMERGENCY)
    assert "Please get help now" in text(sent.response)
    assert "1️⃣" not in text(sent.response)


async def test_where_no_button_fits_and_after_a_restart(club: Club) -> None:
    unsure = await club.ask_unsure()
    assert list(buttons(unsure.response))[-1] == "None of these"
    await club.restart()
    sent = await tell_again(club, unsure.response, "None of these", KNEE)
    assert "IT band pain" in text(sent.response)
    assert "Where is it most?" in text(unsure.response)


@pytest.mark.parametrize("words", ["🙈", "which shop sells stickers?", "x" * 2000])
async def test_what_is_no_pain_gets_a_kind_word(club: Club, words: str) -> None:
    red = await club.ask(EMERGENCY)
    sent = await tell_again(club, red.response, "Not what I meant", words)
    assert "/pain" in text(sent.response) or "Try it like this" in text(sent.response)
