"""Whatever fails, the member gets a private word, and the log a reference without their words."""

from __future__ import annotations

import asyncio
import gc
import logging
import re
import stat
from functools import partial
from pathlib import Path
from typing import Any

import discord
import pytest
from conftest import KNEE, Club, admin, buttons, text, was_refused
from discord import app_commands, ui
from discord.ext import commands
from sqlalchemy import text as sql

from bot.background import Background
from bot.refused import RefusedError
from bot.store import schema
from bot.store.database import upgrade
from bot.store.replies import load_replies
from bot.views.errors import AidModal, AidView, Guarded, log_failure

SECRET = "my very private knee"


class FailingButton(Guarded, ui.DynamicItem[ui.Button[Any]], template=r"test:fail"):
    def __init__(self) -> None:
        super().__init__(ui.Button(label="Dynamic", custom_id="test:fail"))

    @classmethod
    async def from_custom_id(cls, *_: Any) -> FailingButton:
        return cls()

    async def press(self, interaction: discord.Interaction[Any]) -> None:
        raise RuntimeError(SECRET)


class FailingView(AidView):
    row = ui.ActionRow[Any]()

    def __init__(self) -> None:
        super().__init__()
        self.add_item(ui.ActionRow(FailingButton()))

    @row.button(label="Plain", custom_id="plain")
    async def plain(self, interaction: discord.Interaction[Any], _: ui.Button[Any]) -> None:
        raise RuntimeError(SECRET)


class FailingModal(AidModal, title="Fails"):
    words = ui.Label[Any](text="Words", component=ui.TextInput())

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        raise RuntimeError(SECRET)


class Failing(commands.Cog):
    """Commands that fail in every way there is."""

    @app_commands.command(description="Fails")
    async def fail(
        self, interaction: discord.Interaction[Any], words: str, after: str = "nothing"
    ) -> None:
        if after == "answering":
            await interaction.response.send_message("Public.")
        elif after == "deferring":
            await interaction.response.defer()
        elif after == "deferring-privately":
            await interaction.response.defer(ephemeral=True)
        if words.startswith("refuse"):
            raise RefusedError(words)
        try:
            raise ValueError(words)
        except ValueError as error:
            raise RuntimeError(words) from error

    @app_commands.command(description="Shows what fails")
    async def show(self, interaction: discord.Interaction[Any], what: str) -> None:
        if what == "modal":
            await interaction.response.send_modal(FailingModal())
        else:
            await interaction.response.send_message(view=FailingView())


@pytest.fixture
async def failing(club: Club) -> Club:
    await club.bot.add_cog(Failing())
    await club.bot.tree.sync()
    return club


def told(message: Any, caplog: pytest.LogCaptureFixture) -> str:
    """The reference that the member was told, checked against the log."""
    assert message.ephemeral
    found = re.search(r"reference `([0-9a-f]{6})`", text(message))
    assert found
    assert f"Reference {found[1]}" in caplog.text
    assert "RuntimeError" in caplog.text
    assert SECRET not in caplog.text
    assert SECRET not in text(message)
    return found[1]


@pytest.mark.parametrize("after", ["nothing", "answering", "deferring-privately"])
async def test_a_failing_command_answers_privately(
    failing: Club, caplog: pytest.LogCaptureFixture, after: str
) -> None:
    result = await failing.sam.slash(failing.channel, "fail", words=SECRET, after=after)
    assert result.acknowledged
    message = result.followups[-1] if after == "answering" else result.response
    told(message, caplog)
    assert "ValueError" in caplog.text
    assert "test_errors.py" in caplog.text
    seen = [text(each) for each in failing.channel.history(viewer=failing.kim)]
    assert seen == (["Public."] if after == "answering" else [])
    assert failing.env.errors


async def test_a_command_that_fails_while_everybody_waits_leaves_nothing_public(
    failing: Club, caplog: pytest.LogCaptureFixture
) -> None:
    result = await failing.sam.slash(failing.channel, "fail", words=SECRET, after="deferring")
    assert result.acknowledged
    assert failing.channel.history(viewer=failing.kim) == []
    assert SECRET not in caplog.text
    assert failing.env.errors


@pytest.mark.parametrize("after", ["nothing", "deferring-privately"])
async def test_a_long_refusal_is_cut_to_what_a_message_holds(failing: Club, after: str) -> None:
    words = "refuse" * 700
    result = await failing.sam.slash(failing.channel, "fail", words=words, after=after)
    assert result.acknowledged
    assert result.response.ephemeral
    assert text(result.response) == words[:1999] + "…"
    assert was_refused(failing)


async def test_a_refusal_that_discord_does_not_take_raises_nothing(
    failing: Club, caplog: pytest.LogCaptureFixture
) -> None:
    failing.env.inject_error("POST", "/interactions/*/callback", status=500, times=None)
    await failing.sam.slash(failing.channel, "fail", words="refused")
    assert "the member was not told" in caplog.text
    assert failing.env.errors


async def test_a_failed_look_up_says_nothing_of_keeping(
    club: Club, caplog: pytest.LogCaptureFixture
) -> None:
    robin = await admin(club)
    async with club.station.engine.begin() as connection:
        await connection.execute(schema.changes.delete())
        await connection.run_sync(schema.changes.drop)
    shown = await robin.slash(club.channel, "remedy history", remedy="ice")
    assert shown.acknowledged
    assert "could not look that up" in text(shown.response)
    assert "half done" not in text(shown.response)
    found = re.search(r"reference `([0-9a-f]{6})`", text(shown.response))
    assert found
    assert f"Reference {found[1]}" in caplog.text
    assert club.env.errors


@pytest.mark.parametrize("label", ["Plain", "Dynamic"])
async def test_a_failing_button_answers_privately(
    failing: Club, caplog: pytest.LogCaptureFixture, label: str
) -> None:
    await failing.sam.slash(failing.channel, "show", what="buttons")
    assert set(buttons(failing.channel.last_message)) == {"Plain", "Dynamic"}
    pressed = await failing.kim.click(failing.channel.last_message, label=label)
    assert pressed.acknowledged
    told(pressed.response, caplog)
    assert len(failing.env.errors) in (0, 1)


async def test_a_failing_modal_answers_privately(
    failing: Club, caplog: pytest.LogCaptureFixture
) -> None:
    shown = await failing.sam.slash(failing.channel, "show", what="modal")
    (field,) = (c for c in _fields(shown.modal) if c.get("custom_id"))
    submitted = await failing.sam.submit_modal(shown, {field["custom_id"]: SECRET})
    assert submitted.acknowledged
    told(submitted.response, caplog)
    assert failing.env.errors


def _fields(modal: Any) -> list[dict[str, Any]]:
    return [row.get("component", row) for row in modal["components"]]


async def test_when_discord_refuses_the_answer_nothing_goes_public(
    club: Club, caplog: pytest.LogCaptureFixture
) -> None:
    club.env.inject_error("POST", "/interactions/*/callback", status=500, times=None)
    await club.sam.slash(club.channel, "pain", description=f"{KNEE} {SECRET}", private=True)
    assert club.channel.history() == []
    assert "the member was not told" in caplog.text
    assert SECRET not in caplog.text
    assert club.env.errors


async def test_one_refused_answer_still_leads_to_a_word(
    club: Club, caplog: pytest.LogCaptureFixture
) -> None:
    club.env.inject_error("POST", "/interactions/*/callback", status=400)
    result = await club.ask(f"{KNEE} {SECRET}")
    assert result.ephemeral
    assert re.search("reference `[0-9a-f]{6}`", text(result.response))
    assert SECRET not in caplog.text
    assert club.env.errors


async def test_answering_goes_on_while_the_database_cannot(
    club: Club, caplog: pytest.LogCaptureFixture
) -> None:
    await club.station.engine.dispose()
    path = Path(club.settings.database_url.removeprefix("sqlite+aiosqlite:///"))
    for side in path.parent.glob(f"{path.name}*"):
        if side.suffix != ".key":
            side.unlink()
    await asyncio.to_thread(path.mkdir)  # where the file was: no connection can be opened now
    result = await club.ask(f"{KNEE}, {SECRET}")
    assert "IT band pain" in text(result.response)
    assert "writes wait, again in" in caplog.text
    assert SECRET not in caplog.text
    await asyncio.to_thread(path.rmdir)
    await upgrade(club.settings.database_url)
    await club.env.advance_time(30)
    assert await load_replies(club.station.engine)


async def test_no_description_reaches_log_or_database(
    club: Club, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    marker = "zebrastripe"
    for words in (KNEE, "my leg hurts", "which pizza", "chest pain when i run"):
        await club.ask(f"{words} {marker}")
    await club.kim.react(club.channel.history()[0], "1️⃣")
    folder = Path(club.settings.database_url.removeprefix("sqlite+aiosqlite:///")).parent
    kept = b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
    assert marker.encode() not in kept
    assert str(club.kim.id).encode() not in kept
    assert marker not in caplog.text
    (key,) = folder.glob("*.key")
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


async def test_an_autocomplete_that_fails_is_logged_without_who_typed_what(
    club: Club, caplog: pytest.LogCaptureFixture
) -> None:
    robin = await admin(club)
    async with club.station.engine.begin() as connection:
        await connection.execute(sql("DROP TABLE changes"))
    found = await robin.autocomplete(club.channel, "remedy restore", "remedy", SECRET)
    assert found == []
    assert "autocomplete suggest_removed_remedy" in caplog.text
    assert SECRET not in caplog.text
    assert str(robin.id) not in caplog.text


async def test_work_beside_all_else_that_fails_is_logged_without_its_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def fail() -> None:
        raise ValueError(SECRET)

    work = Background(partial(log_failure, "catching up"))
    work.start(fail())
    await asyncio.sleep(0.1)
    assert not work.running
    gc.collect()
    assert "catching up failed: ValueError" in caplog.text
    assert SECRET not in caplog.text
