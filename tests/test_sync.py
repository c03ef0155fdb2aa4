"""Discord is told of the commands when they changed, and only then."""

from __future__ import annotations

import discord
from conftest import Club, locked
from discord import app_commands

from bot.client import create_bot


def syncs(club: Club) -> int:
    return sum(
        each.method == "PUT" and each.path.endswith("/commands") for each in club.env.http_requests
    )


async def test_an_unchanged_set_is_sent_once(club: Club) -> None:
    assert syncs(club) == 1
    await club.restart()
    assert syncs(club) == 1
    assert (await club.ask("my knee hurts")).acknowledged


async def test_a_changed_set_is_sent_again(club: Club) -> None:
    old, new = club.bot, create_bot(club.settings)

    @new.tree.command(description="A command that was not there before")
    async def stretch(interaction: discord.Interaction) -> None:
        raise NotImplementedError

    assert isinstance(stretch, app_commands.Command)
    await club.env.restart_bot(new)
    await old.close()
    assert syncs(club) == 2


async def test_a_failed_sync_is_tried_again_at_the_next_start(club: Club) -> None:
    old, new = club.bot, create_bot(club.settings)
    new.tree.command(name="more", description="New")(_more)
    club.env.inject_error("PUT", "/applications/*/commands", status=500, times=None)
    await club.env.restart_bot(new)
    await old.close()
    assert new.is_ready()
    failed = syncs(club)
    club.env.backend.faults.clear()
    third = create_bot(club.settings)
    third.tree.command(name="more", description="New")(_more)
    await club.env.restart_bot(third)
    await new.close()
    assert syncs(club) == failed + 1


async def _more(interaction: discord.Interaction) -> None:
    raise NotImplementedError


async def test_a_busy_database_does_not_stop_the_start(club: Club) -> None:
    old, new = club.bot, create_bot(club.settings)
    new.tree.command(name="more", description="New")(_more)
    with locked(club):
        await club.env.restart_bot(new)
        assert new.is_ready()
    await old.close()
