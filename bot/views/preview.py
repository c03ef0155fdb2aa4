"""The very same bot on SimCord's simulated Discord, with a page to try it by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import discord
import simcord

from bot.client import create_bot
from bot.settings import Settings, SettingsError
from bot.store.commands import forget_fingerprints
from bot.store.database import open_engine, upgrade
from bot.store.replies import forget_replies

SERVER = "Aid Station Running Club"
SERVER_ID = 1_000_000_000_000_000_001
CHANNEL = "injuries"
PHONE = (390, 844)
SETTLED_IN = timedelta(days=4)  # the votes of newcomers do not count


async def serve_preview(settings: Settings, announce: Callable[[str], None]) -> None:
    """Serves the page until it is ended there, or this task is cancelled.

    `announce` gets the address: whoever has it can use the page. Raises SettingsError when the port
    is taken, and what starting the bot raises.
    """
    await _let_go_of_earlier_run(settings.database_url)
    bot = create_bot(settings, simulated=True)
    try:
        async with simcord.run(bot, shard_count=1, check_errors=False) as env:
            channel, viewers = _sample_server(env)
            await env.advance_time(SETTLED_IN.total_seconds())
            if bot.user:
                await bot.user.edit(username="Aid Station")
            page = env.preview(
                channel,
                viewers=viewers,
                layout="channel",
                width=PHONE[0],
                height=PHONE[1],
                port=settings.preview_port,
            )
            async with page:
                announce(page.url)
                await page.wait_closed()
    except simcord.SetupError as error:
        if not isinstance(error.__cause__, OSError):
            raise
        taken = f"PREVIEW_PORT {settings.preview_port} is taken; set another, or 0 for any free one"
        raise SettingsError(taken) from error
    finally:
        await asyncio.shield(bot.close())


async def _let_go_of_earlier_run(database_url: str) -> None:
    # The simulated Discord starts empty and gives out the same ids each time: an old reply's id
    # would be that of a new message, and commands counted as synced would be missing.
    await upgrade(database_url)
    engine = open_engine(database_url)
    try:
        await forget_replies(engine, SERVER_ID)
        await forget_fingerprints(engine)
    finally:
        await engine.dispose()


def _sample_server(env: Any) -> tuple[Any, list[Any]]:
    admin = env.create_user("robin", global_name="Robin (admin)")
    server = env.create_guild(SERVER, id=SERVER_ID)
    server.create_text_channel("general")
    channel = server.create_text_channel(CHANNEL, topic="Where it hurts, and what helped")
    manager = server.create_role("Committee", permissions=discord.Permissions(manage_guild=True))
    viewers = [server.add_member(admin, roles=[manager])]
    for name in ("sam", "kim"):
        viewers.append(server.add_member(env.create_user(name, global_name=name.title())))
    return channel, [*viewers[1:], viewers[0]]
