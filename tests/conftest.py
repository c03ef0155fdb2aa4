"""A running club on a simulated Discord: the real bot, a channel, and two members."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord
import pytest
import pytest_asyncio
from discord.gateway import DiscordWebSocket
from discord.http import Route
from simcord import Env
from sqlalchemy import event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.answer import Answerer
from bot.client import AidStation, create_bot
from bot.curating import Curator
from bot.house import shipped_knowledge
from bot.knowledge.snapshot import Knowledge
from bot.refused import RefusedError
from bot.settings import ROOT, Settings
from bot.station import Station
from bot.store.database import sqlite_path
from bot.store.votes import VoteChange, change_vote

KNEE = "sharp pain on the outside of my right knee after a few miles, worse running downhill"
EMERGENCY = "crushing chest pain and i can't breathe when i run, feels like im going to pass out"
OFF_TOPIC = "which pizza place is open on sunday evening?"
SETTLED_IN = 4 * 86_400  # seconds: sam and kim are no newcomers, whose votes do not count
# Which of these is clear and which is not may change whenever the matcher learns.
VAGUE = (
    "my leg hurts",
    "my knee hurts",
    "my foot is sore when i run",
    "ache around my kneecap and just below it when i jump and on stairs",
    "back of my thigh up by the sit bone aches when sitting and sprinting",
    "back of my leg hurts when i run fast",
    "hip or buttock pain on long runs",
    "pain around my ankle",
    "hip pain after long runs",
    "buttock and hamstring pain when sitting",
    "front of hip and groin sore after speedwork",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        item.add_marker(pytest.mark.simcord(shard_count=1))


@pytest.fixture(autouse=True)
def _discord_as_it_was() -> Iterator[None]:
    """`create_bot` points discord.py, as a whole, at an API; the next test starts from its own."""
    base, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    yield
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


@pytest.fixture(scope="session")
def answerer() -> Answerer:
    """What the bot itself answers with, loaded once for all tests."""
    return Answerer.load(ROOT / "data")


@pytest.fixture(scope="session")
def knowledge(answerer: Answerer) -> Knowledge:
    """What everyone starts with."""
    return shipped_knowledge(answerer, ROOT / "data")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        _env_file=None,
        discord_token=None,
        discord_api_base=Settings.model_fields["discord_api_base"].default,
        database_url=f"sqlite+aiosqlite:///{tmp_path}/var/aid-station.db",
        data_dir=ROOT / "data",
        backups_kept=0,  # tests/test_host.py looks at those; elsewhere each night would cost one
    )


@pytest_asyncio.fixture
async def simcord_bot(settings: Settings) -> AsyncIterator[AidStation]:
    async with create_bot(settings) as bot:
        yield bot


@dataclass
class Club:
    """The server under test and who is in it."""

    env: Env
    settings: Settings
    channel: Any
    sam: Any
    kim: Any

    @property
    def bot(self) -> AidStation:
        bot = self.env.bot
        assert isinstance(bot, AidStation)
        return bot

    @property
    def station(self) -> Station:
        """What the bot knows and keeps."""
        return self.bot.station

    async def days_go_by(self, days: int) -> None:
        """One day after the other: a step that holds many nights may outlast SimCord's patience."""
        for _ in range(days):
            await self.env.advance_time(86_400)

    async def ask(self, description: str, **options: Any) -> Any:
        """Sam asks; every question must be acknowledged."""
        result = await self.sam.slash(self.channel, "pain", description=description, **options)
        assert result.acknowledged
        return result

    async def ask_unsure(self, **options: Any) -> Any:
        """Sam asks something too vague for one answer."""
        vague = next(each for each in VAGUE if self.station.answer(each, None).kind == "unsure")
        return await self.ask(vague, **options)

    async def ask_close(self) -> Any:
        """Sam asks something with a second reading close by."""
        answers = ((each, self.station.answer(each, None)) for each in VAGUE)
        close = next(each for each, answer in answers if answer.kind == "advice" and answer.close)
        return await self.ask(close)

    async def restart(self) -> None:
        """The process ends and a new one starts, on the same database and the same Discord."""
        old = self.bot
        new = create_bot(self.settings)
        await self.env.restart_bot(new)
        await old.close()


@pytest_asyncio.fixture
async def club(simcord_env: Env, settings: Settings) -> AsyncIterator[Club]:
    server = simcord_env.create_guild("Running Club")
    channel = server.create_text_channel("injuries")
    sam, kim = (server.add_member(simcord_env.create_user(name)) for name in ("sam", "kim"))
    club = Club(simcord_env, settings, channel, sam, kim)
    first = club.bot
    await simcord_env.advance_time(SETTLED_IN)
    yield club
    if club.bot is not first:
        await club.bot.close()


async def admin(club: Club) -> Any:
    """Somebody who may manage the server."""
    guild = club.channel.guild
    role = guild.create_role("Committee", permissions=discord.Permissions(manage_guild=True))
    return guild.add_member(club.env.create_user("robin"), roles=[role])


async def reword(club: Club) -> None:
    """The club words what is suggested for the knee at the greatest length."""
    who = Curator(club.channel.guild.id, "k")
    advice = club.station.advise("it-band", None)
    assert advice is not None
    for ranked in advice.remedies:
        fields = {"how": "Slowly (twice a day): " * 18, "caution": "Stop when it hurts. " * 20}
        slug = ranked.remedy.slug
        stands = await club.station.curating.state(who.server_id, "remedy", slug)
        await club.station.curating.change(who, "remedy", slug, stands, fields)


@contextmanager
def acknowledged_first(club: Club) -> Iterator[None]:
    """Discord is answered before the database is asked: that may take longer than it waits."""
    engine, before = club.station.engine.sync_engine, len(club.env.http_requests)
    answered: list[bool] = []

    def note(_connection: object) -> None:
        sent = club.env.http_requests[before:]
        answered.append(any(each.path.endswith("/callback") for each in sent))

    event.listen(engine, "begin", note)
    yield
    event.remove(engine, "begin", note)
    assert answered
    assert all(answered)


@contextmanager
def locked(club: Club) -> Iterator[None]:
    """Meanwhile somebody else has the database: the bot cannot write."""
    path = sqlite_path(make_url(club.settings.database_url))
    with closing(sqlite3.connect(str(path))) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield


@contextmanager
def deaf(club: Club) -> Iterator[None]:
    """Cut off from Discord: reactions go unheard."""
    heard = [
        (name, listener)
        for name, listener in club.bot.get_cog("Feedback").get_listeners()
        if "reaction" in name
    ]
    for name, listener in heard:
        club.bot.remove_listener(listener, name)
    yield
    for name, listener in heard:
        club.bot.add_listener(listener, name)


def was_refused(club: Club) -> bool:
    """SimCord counts a refusal among the errors; looking at it says that it was expected."""
    causes = [getattr(error, "original", error) for error in club.env.errors]
    return bool(causes) and all(isinstance(cause, RefusedError) for cause in causes)


def walk(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every component of a message, nested ones too."""
    for component in components:
        yield component
        yield from walk(component.get("components", []))
        if accessory := component.get("accessory"):
            yield accessory


def unescaped(words: str) -> str:
    """What stays live: the text without everything that a backslash takes the meaning from."""
    return re.sub(r"\\[^0-9A-Za-z\s]", "", words)


def text(message: Any) -> str:
    """All text of a message as it was sent."""
    return "\n".join(
        [message.content, *(c["content"] for c in walk(raw(message)) if "content" in c)]
    )


def buttons(message: Any) -> dict[str, str]:
    """A message's buttons: label to custom_id."""
    return {c["label"]: c["custom_id"] for c in walk(raw(message)) if c["type"] == 2}


def raw(message: Any) -> list[dict[str, Any]]:
    """A message's components as Discord holds them."""
    components = message.components
    return [c if isinstance(c, dict) else c.to_dict() for c in components]


def reactions(message: discord.Message) -> dict[str, int]:
    """The reactions under a message, with their counts."""
    return {str(each.emoji): each.count for each in message.reactions}


async def store_votes(engine: AsyncEngine, changes: Iterable[VoteChange]) -> None:
    """Casts and takes back these votes, in one transaction."""
    async with engine.begin() as connection:
        for change in changes:
            await change_vote(connection, change)
