"""The Discord client: wires the parts together, syncs commands, keeps one error path."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import discord
import yarl
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.http import Route
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.advice import Advice, advise
from bot.answer import CAUTION, Answer, Answerer
from bot.curating import Curating, Curator
from bot.house import load_learner
from bot.knowledge.own import RefusedError
from bot.knowledge.shipped import load_suggestions, load_titles
from bot.knowledge.snapshot import Knowledge
from bot.knowledge.tally import Suggestion
from bot.notes import Note, notes_in, without_left_out
from bot.reading.lexicon import Concept
from bot.second_look import SecondLook
from bot.servers import Servers
from bot.settings import Settings, SettingsError
from bot.store.asked import count_answer, load_all_asked
from bot.store.database import open_engine, upgrade
from bot.store.secret import key_file, keyed_hash, load_key
from bot.store.server_settings import (
    ServerSettings,
    load_server_settings,
    store_server_settings,
)
from bot.threads.learning import Learner
from bot.views.again import TellAgain
from bot.views.buttons import DYNAMIC_ITEMS
from bot.views.candidates import CandidateButton
from bot.views.commands import sync_changed
from bot.views.errors import AidTree, AidView, answer_unknown_form, log_failure
from bot.views.exchange import TakeIn
from bot.views.forgetting import ForgetButton
from bot.views.history import HISTORY_ITEMS
from bot.views.learned import LEARNED_ITEMS
from bot.views.messages import Viewer
from bot.views.pictures import Pictures
from bot.views.provenance import WhoSaidSo
from bot.views.questions import QUESTION_ITEMS
from bot.views.reopen import RefusedForms, Reopen
from bot.views.reply import Audience, Reply, build_reply
from bot.views.review import Decide, review_layout
from bot.views.setup import SETUP_ITEMS
from bot.views.text import caution_text
from bot.views.voting import VOTE_ITEMS
from bot.views.why import WhyThis
from bot.writer import Writer

log = logging.getLogger("aid_station")

discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # the bot never speaks
EXTENSIONS = (
    "cogs.pain",
    "cogs.feedback",
    "cogs.questions",
    "cogs.remedies",
    "cogs.patterns",
    "cogs.review",
    "cogs.learn",
    "cogs.insights",
    "cogs.privacy",
    "cogs.setup",
    "cogs.upkeep",
    "cogs.about",
)


class AidStation(commands.AutoShardedBot):
    """The bot. Make it with `create_bot`; parts that need files or a database come at start."""

    engine: AsyncEngine
    servers: Servers
    pictures: Pictures
    curating: Curating
    second_look: SecondLook
    writer: Writer
    _answerer: Answerer
    _settings: dict[int, ServerSettings]
    _key: bytes
    shipped_titles: dict[str, str]
    _learner: Learner

    def __init__(self, settings: Settings) -> None:
        intents = discord.Intents.none()
        intents.guilds = True
        intents.guild_reactions = True
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=AidTree,
            intents=intents,
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
        )
        self.settings = settings
        self.refused_forms = RefusedForms()
        self._asked: defaultdict[int, Counter[str]] = defaultdict(Counter)
        self._setting: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    def answer(self, text: str, server_id: int | None) -> Answer:
        """The answer to a member's words, with what their server knows."""
        return self._answerer.answer(text, self.servers.knowledge(server_id))

    def reply(self, text: str, server_id: int | None, to: Audience) -> Reply:
        """The message that answers a member's words."""
        answer, settings = self.answer(text, server_id), self.server_settings(server_id)
        return build_reply(answer, self.knowledge(server_id).catalogue, self.pictures, settings, to)

    def private_reply(self, interaction: discord.Interaction[Any], text: str) -> Reply:
        """The same, for the eyes of whoever interacts alone."""
        server_id = interaction.guild_id
        to = Audience(interaction.user.id, private=True, in_server=server_id is not None)
        return self.reply(text, server_id, to)

    def knowledge(self, server_id: int | None) -> Knowledge:
        """What this server's members get to see."""
        return self.servers.knowledge(server_id)

    @property
    def labels(self) -> Mapping[Concept, str]:
        """How the concepts that are read are said to a member."""
        return self._answerer.reader.labels

    def advise(
        self, pattern: str, server_id: int | None, notes: Sequence[Note] = ()
    ) -> Advice | None:
        """Advice for a pattern, None for one that the catalogue no longer has.

        `notes`: what the member is told besides; remedies that these leave out are not in it.
        """
        knowledge = self.servers.knowledge(server_id)
        if pattern not in knowledge.catalogue.patterns:
            return None
        return without_left_out(advise(pattern, knowledge), notes)

    def notes_in(self, text: str) -> tuple[Note, ...]:
        """What a member was told besides, by the text of their answer: it is kept nowhere else."""
        return notes_in(text, self._answerer.notes)

    def member_key(self, server_id: int, member_id: int) -> str:
        """The keyed hash under which a member's votes are kept."""
        return keyed_hash(self._key, server_id, member_id)

    def name_key(self, server_id: int, name: str) -> str:
        """The keyed hash under which a name out of a Discord message is kept."""
        return keyed_hash(self._key, server_id, f"name {name}")

    def server_settings(self, server_id: int | None) -> ServerSettings:
        """What the server's admins set; as it comes for a server with nothing set, and for none."""
        return self._settings.get(server_id or 0, ServerSettings())

    def caution(self, server_id: int | None) -> str:
        """The caution under an answer, with the club's own line."""
        return caution_text(CAUTION, self.server_settings(server_id).club_line)

    async def what_waits(self, viewer: Viewer) -> AidView:
        """What a curator has to decide next; whatever they decide on leads there again."""
        return await review_layout(viewer)

    async def set_server_settings(self, server_id: int, **changes: Any) -> ServerSettings:
        """Keeps what an admin of the server set; gives all settings as they are then.

        `changes`: only the fields that were set, so that two admins at once lose nothing.
        """
        async with self._setting[server_id]:
            settings = replace(self.server_settings(server_id), **changes)
            await store_server_settings(self.engine, server_id, settings)
            self._settings[server_id] = settings
        return settings

    def learner(self, server_id: int) -> Learner:
        """Reads threads as this server's own names have it."""
        knowledge = self.servers.knowledge(server_id)
        reader = knowledge.reader or self._answerer.reader
        return self._learner.with_own(knowledge.catalogue, reader)

    def _counts_shipped(self, server_id: int) -> bool:
        return self.server_settings(server_id).shipped_threads

    def count_answer(self, server_id: int | None, pattern: str) -> None:
        """Counts, for the curators' insights, that a pattern was answered; not for whom."""
        if server_id is not None:
            day = discord.utils.utcnow().date()
            count = partial(count_answer, server_id=server_id, pattern=pattern, day=day)
            self.writer.put(count)
            self._asked[server_id][pattern] += 1

    def asked(self, server_id: int | None) -> Mapping[str, int]:
        """How often each pattern was answered in a server over about the last year."""
        return self._asked.get(server_id or 0, {})

    def forget_server(self, server_id: int) -> None:
        """Lets go of what is held ready of a server whose stored data is gone."""
        self._settings.pop(server_id, None)
        self._asked.pop(server_id, None)
        self.servers.forget(server_id)

    async def _votes_stored(self, server_ids: set[int]) -> None:
        for server_id in server_ids:
            await self.servers.refresh_votes(server_id)

    def manager(self, interaction: discord.Interaction[Any]) -> int:
        """The server that whoever interacts here may manage.

        Raises RefusedError for a member who may not.
        """
        if interaction.guild_id is None:
            raise RefusedError("This works in a server only.")
        if not interaction.permissions.manage_guild:
            raise RefusedError("Only those who may manage this server can do that.")
        return interaction.guild_id

    def curator(self, interaction: discord.Interaction[Any]) -> Curator:
        """Who curates here by this interaction.

        Discord does not hide curators' commands from others: it would hide them from the role as
        well, until an admin allows that role under Integrations, too, which no bot may do for
        them. So the role chosen in `/setup panel` is all it takes, and it is checked here. Raises
        RefusedError, which tells who can, for a member who may not.
        """
        server_id, member = interaction.guild_id, interaction.user
        if server_id is None or not isinstance(member, discord.Member):
            raise RefusedError("This works in a server only.")
        role = member.guild.get_role(self.server_settings(server_id).curator_role_id or 0)
        if not interaction.permissions.manage_guild and role not in member.roles:
            others = f" and {role.mention}" if role else ""
            raise RefusedError(
                f"Only those who may manage this server{others} can do that. Ask one of them, "
                "or an admin to choose your role with `/setup panel`."
            )
        return Curator(server_id, self.member_key(server_id, member.id))

    async def setup_hook(self) -> None:
        """Opens what is stored, loads what answering needs, tells Discord of changed commands.

        Raises StoreError, DataFileError or a load error: a bot that cannot answer does not start.
        """
        await upgrade(self.settings.database_url)
        self.engine = open_engine(self.settings.database_url)
        self._key = load_key(key_file(self.settings.database_url))
        loaded = await asyncio.to_thread(_load, self.settings.data_dir)
        self._answerer, self.pictures = loaded.answerer, loaded.pictures
        self._settings = await load_server_settings(self.engine)
        last_year = (discord.utils.utcnow() - timedelta(days=365)).date()
        for server_id, times in (await load_all_asked(self.engine, last_year)).items():
            self._asked[server_id].update(times)
        self._learner, self.shipped_titles = loaded.learner, loaded.titles
        self.second_look = loaded.second_look
        self.servers = await Servers.load(
            self.engine, loaded.answerer, loaded.shipped, self._counts_shipped
        )
        self.curating = Curating(self.engine, self.servers)
        self.writer = Writer(self.engine, self._votes_stored)
        for extension in EXTENSIONS:
            await self.load_extension(extension)
        self.add_dynamic_items(*DYNAMIC_ITEMS, *SETUP_ITEMS, *QUESTION_ITEMS, *LEARNED_ITEMS)
        self.add_dynamic_items(*VOTE_ITEMS, *HISTORY_ITEMS)
        self.add_dynamic_items(WhoSaidSo, CandidateButton, WhyThis, TakeIn, Decide, TellAgain)
        self.add_dynamic_items(ForgetButton, Reopen)
        await sync_changed(self)

    async def launch_shards(self) -> None:
        """Connects; away from Discord's own API, every connection goes to that API's gateway."""
        if self.settings.discord_api_base != _default("discord_api_base"):
            _, address, _ = await self.http.get_bot_gateway()
            # discord.py asks for the address once and falls back to its own on reconnecting.
            DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(address)
        await super().launch_shards()

    async def on_error(self, event_method: str, /, *_args: Any, **_kwargs: Any) -> None:
        """A failing event handler: logged without its data."""
        error = sys.exc_info()[1]
        if error is not None:
            log_failure(f"event {event_method}", error)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """discord.py drops a form that was open over a restart; its member is answered here.

        A known form has begun to answer by now: its task was made before this event's.
        """
        await answer_unknown_form(interaction)

    async def close(self) -> None:
        """Leaves Discord, then stores what still waits and closes the database."""
        await super().close()
        if hasattr(self, "writer"):
            await self.writer.close()
        if hasattr(self, "engine"):
            await self.engine.dispose()


@dataclass(frozen=True, slots=True)
class _Loaded:
    answerer: Answerer
    learner: Learner
    shipped: tuple[Suggestion, ...]
    titles: dict[str, str]
    pictures: Pictures
    second_look: SecondLook


def create_bot(settings: Settings) -> AidStation:
    """The bot, not yet started. Reads no file and opens nothing."""
    Route.BASE = settings.discord_api_base.rstrip("/")
    # At DEBUG discord.py logs whole payloads, and members' words with them.
    level = max(logging.INFO, logging.getLevelNamesMapping()[settings.log_level])
    logging.getLogger("discord").setLevel(level)
    return AidStation(settings)


async def run_bot(settings: Settings) -> None:
    """Runs on Discord until stopped. Raises SettingsError without a token that Discord knows."""
    if settings.discord_token is None:
        raise SettingsError("DISCORD_TOKEN is not set. `make run` without it opens the Preview.")
    async with create_bot(settings) as bot:
        try:
            await bot.start(settings.discord_token.get_secret_value())
        except discord.LoginFailure as error:
            raise SettingsError(
                "Discord does not know DISCORD_TOKEN. Copy it anew from the developer portal "
                "(your application → Bot → Reset Token)."
            ) from error


# Once in a process, however many bots it starts: nothing of it ever changes, and what the garbage
# collector no longer looks at (see Answerer.load) is never freed.
@lru_cache(maxsize=1)
def _load(data_dir: Path) -> _Loaded:
    answerer = Answerer.load(data_dir)
    return _Loaded(
        answerer=answerer,
        learner=load_learner(answerer, data_dir),
        shipped=load_suggestions(data_dir),
        titles=load_titles(data_dir),
        pictures=Pictures(data_dir),
        second_look=SecondLook(data_dir),
    )


def _default(name: str) -> Any:
    return Settings.model_fields[name].default
