"""The commands as Discord knows them: told only when they changed, and held against these."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from typing import Any

import discord
from sqlalchemy.exc import SQLAlchemyError

from bot.store.commands import forget_fingerprints, load_fingerprint, store_fingerprint
from bot.views.bot import AidBot
from bot.views.errors import log_failure

log = logging.getLogger("aid_station")


async def sync_changed(bot: AidBot) -> None:
    """Tells Discord of the commands, where they are others than it was last told."""
    application_id = bot.application_id or 0
    fingerprint = _fingerprint(_commands(bot))
    if fingerprint == await load_fingerprint(bot.station.engine, application_id):
        return
    try:
        told = await bot.tree.sync()
    except discord.HTTPException as error:
        # The old commands still answer; the next start tries again.
        log_failure("command sync", error)
        return
    try:
        await store_fingerprint(bot.station.engine, application_id, fingerprint)
    except SQLAlchemyError as error:
        log_failure("noting the command sync", error)  # the next start only tells it again
    log.info("Told Discord of %d commands", len(told))


async def stale_commands(bot: AidBot) -> list[str]:
    """Commands that Discord knows otherwise than they are here.

    That a command or an option of it is missing, or worded otherwise, Discord itself tells.
    Where only the rest differs from what it was last told, all are named. Where any is stale, what
    Discord was told is forgotten, so that the next start tells it. Raises discord.HTTPException
    when Discord cannot be asked.
    """
    here = {_typed(one): _as_shown(one) for one in _commands(bot)}
    fetched = [dict(one.to_dict()) for one in await bot.tree.fetch_commands()]
    there = {_typed(one): _as_shown(one) for one in fetched}
    stale = {name for name in here.keys() | there.keys() if here.get(name) != there.get(name)}
    told = await load_fingerprint(bot.station.engine, bot.application_id or 0)
    if told != _fingerprint(_commands(bot)):
        stale = stale or set(here)
    if stale:
        await forget_fingerprints(bot.station.engine)
    return sorted(stale)


def _commands(bot: AidBot) -> list[dict[str, Any]]:
    return [command.to_dict(bot.tree) for command in bot.tree.get_commands()]


def _fingerprint(commands: list[dict[str, Any]]) -> str:
    return hashlib.sha256(json.dumps(commands, sort_keys=True).encode()).hexdigest()


def _typed(command: Mapping[str, Any]) -> str:
    slash = command["type"] == discord.AppCommandType.chat_input.value
    return f"/{command['name']}" if slash else f"“{command['name']}”"


def _as_shown(command: Mapping[str, Any]) -> tuple[Any, ...]:
    """What members see of a command or an option, in the same form from here and from Discord."""
    options = tuple(_as_shown(option) for option in command.get("options", ()))
    required = bool(command.get("required"))
    return command["name"], command.get("description", ""), required, options
