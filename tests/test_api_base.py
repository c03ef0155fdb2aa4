"""DISCORD_API_BASE: the bot talks to another server of the same API, gateway included."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import WSMsgType, web
from pydantic import SecretStr

from bot.client import create_bot, run_bot
from bot.settings import Settings, SettingsError

BOT = {"id": "1", "username": "Aid Station", "discriminator": "0", "avatar": None, "bot": True}
APPLICATION = {
    "id": "1",
    "name": "Aid Station",
    "icon": None,
    "description": "",
    "bot_public": True,
    "bot_require_code_grant": False,
    "verify_key": "",
    "team": None,
    "owner": BOT,
    "flags": 0,
}


class Elsewhere:
    """The least of Discord's API that a bot needs to log in, on loopback."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.connected = 0
        self.ready = asyncio.Event()
        self.app = web.Application()
        self.app.router.add_route("*", "/api/v10/{tail:.*}", self.rest)
        self.app.router.add_get("/gateway/", self.gateway)
        self.port = 0
        self.knows_token = True

    async def rest(self, request: web.Request) -> web.Response:
        path = request.path.removeprefix("/api/v10")
        self.calls.append(f"{request.method} {path}")
        if not self.knows_token:
            return web.json_response({"message": "401: Unauthorized", "code": 0}, status=401)
        answers: dict[str, Any] = {
            "/users/@me": BOT,
            "/oauth2/applications/@me": APPLICATION,
            "/applications/1/commands": [],
            "/gateway/bot": {
                "url": f"ws://127.0.0.1:{self.port}/gateway/",
                "shards": 1,
                "session_start_limit": {
                    "total": 9,
                    "remaining": 9,
                    "reset_after": 1,
                    "max_concurrency": 1,
                },
            },
        }
        # As Discord sends it: discord.py takes no other type for JSON, not even with a charset.
        headers = {"Content-Type": "application/json"}
        return web.Response(body=json.dumps(answers[path]).encode(), headers=headers)

    async def gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.connected += 1
        await socket.send_json({"op": 10, "d": {"heartbeat_interval": 40_000}})
        async for message in socket:
            if message.type is not WSMsgType.TEXT or json.loads(message.data)["op"] != 2:
                continue
            ready = {
                "v": 10,
                "user": BOT,
                "guilds": [],
                "shard": [0, 1],
                "session_id": "s",
                "resume_gateway_url": f"ws://127.0.0.1:{self.port}/gateway/",
                "application": {"id": "1", "flags": 0},
            }
            await socket.send_json({"op": 0, "t": "READY", "s": 1, "d": ready})
            if self.connected == 1:
                # "Your session is gone": the reconnect must come back here, not to Discord.
                await socket.send_json({"op": 9, "d": False})
            else:
                self.ready.set()
        return socket


@asynccontextmanager
async def settings_for(elsewhere: Elsewhere, settings: Settings) -> AsyncIterator[Settings]:
    """Settings that lead there, while it serves."""
    runner = web.AppRunner(elsewhere.app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        elsewhere.port = runner.addresses[0][1]
        base = f"http://127.0.0.1:{elsewhere.port}/api/v10/"
        yield settings.model_copy(update={"discord_api_base": base})
    finally:
        await runner.cleanup()


async def test_login_commands_and_gateway_go_there(settings: Settings) -> None:
    elsewhere = Elsewhere()
    async with settings_for(elsewhere, settings) as there, create_bot(there) as bot:
        running = asyncio.create_task(bot.start("not.a.token"))
        await asyncio.wait_for(elsewhere.ready.wait(), 30)
        await bot.close()
        await running
    assert elsewhere.calls[0] == "GET /users/@me"
    assert "PUT /applications/1/commands" in elsewhere.calls
    assert "GET /gateway/bot" in elsewhere.calls
    assert elsewhere.connected == 2


async def test_a_token_that_discord_does_not_know_is_told_in_plain_words(
    settings: Settings,
) -> None:
    elsewhere = Elsewhere()
    elsewhere.knows_token = False
    async with settings_for(elsewhere, settings) as there:
        mistyped = there.model_copy(update={"discord_token": SecretStr("not.a.token")})
        with pytest.raises(SettingsError, match="Discord does not know DISCORD_TOKEN"):
            await run_bot(mistyped)
