"""The aid station behind the counter: all that the running bot knows and keeps, without Discord."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.advice import Advice, advise
from bot.answer import Answer, Answerer
from bot.curating import Curating
from bot.house import load_learner
from bot.knowledge.shipped import load_suggestions, load_titles
from bot.knowledge.snapshot import Knowledge
from bot.knowledge.tally import Suggestion
from bot.notes import Note, left_out, notes_in
from bot.reading.lexicon import Concept
from bot.second_look import SecondLook
from bot.servers import Servers
from bot.settings import Settings
from bot.store.asked import count_answer, load_all_asked
from bot.store.database import open_engine, upgrade
from bot.store.secret import key_file, keyed_hash, load_key
from bot.store.server_settings import ServerSettings, load_server_settings, store_server_settings
from bot.threads.learning import Learner
from bot.writer import Writer

COUNTED = timedelta(days=365)  # answers of the last year show what a server asks


@dataclass(frozen=True, slots=True)
class Shipped:
    """What comes with the bot and never changes, the same for every server."""

    answerer: Answerer
    learner: Learner
    suggestions: tuple[Suggestion, ...]
    titles: dict[str, str]
    second_look: SecondLook


# Once in a process, however many bots it starts: nothing of it ever changes, and what the garbage
# collector no longer looks at (see Answerer.load) is never freed.
@lru_cache(maxsize=1)
def load_shipped(data_dir: Path) -> Shipped:
    """Everything of `data_dir` that answering and learning need. Raises DataFileError."""
    answerer = Answerer.load(data_dir)
    return Shipped(
        answerer=answerer,
        learner=load_learner(answerer, data_dir),
        suggestions=load_suggestions(data_dir),
        titles=load_titles(data_dir),
        second_look=SecondLook(data_dir),
    )


class Station:
    """What answers members and obeys curators. Open it with `Station.open`, and close it."""

    def __init__(
        self,
        engine: AsyncEngine,
        key: bytes,
        shipped: Shipped,
        servers: Servers,
        settings: dict[int, ServerSettings],
        asked: Mapping[int, Counter[str]],
    ) -> None:
        """`key`: of the hashes. `settings`: by server. `asked`: answers by server and pattern."""
        self.engine = engine
        self.servers = servers
        self.curating = Curating(engine, servers)
        self.writer = Writer(engine, self._votes_stored)
        self.second_look = shipped.second_look
        self.shipped_titles = shipped.titles
        self._answerer = shipped.answerer
        self._learner = shipped.learner
        self._key = key
        self._settings = settings
        self._setting: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._asked = defaultdict(Counter, asked)

    @classmethod
    async def open(cls, settings: Settings, today: date) -> Station:
        """Opens what is stored and loads what answering needs.

        Raises StoreError, DataFileError or a load error: a bot that cannot answer does not start.
        """
        await upgrade(settings.database_url)
        engine = open_engine(settings.database_url)
        try:
            key = load_key(key_file(settings.database_url))
            shipped = await asyncio.to_thread(load_shipped, settings.data_dir)
            own = await load_server_settings(engine)
            asked = await load_all_asked(engine, today - COUNTED)
            servers = await Servers.load(
                engine,
                shipped.answerer,
                shipped.suggestions,
                lambda server_id: own.get(server_id, ServerSettings()).shipped_threads,
            )
        except BaseException:
            await engine.dispose()
            raise
        counted = {server_id: Counter(times) for server_id, times in asked.items()}
        return cls(engine, key, shipped, servers, own, counted)

    async def close(self) -> None:
        """Stores what still waits and closes the database."""
        await self.writer.close()
        await self.engine.dispose()

    def answer(self, text: str, server_id: int | None) -> Answer:
        """The answer to a member's words, with what their server knows."""
        return self._answerer.answer(text, self.servers.knowledge(server_id))

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
        knowledge = self.knowledge(server_id)
        if pattern not in knowledge.catalogue.patterns:
            return None
        return advise(pattern, knowledge, left_out(notes))

    def notes_in(self, text: str) -> tuple[Note, ...]:
        """What a member was told besides, by the text of their answer: it is kept nowhere else."""
        return notes_in(text, self._answerer.notes)

    def learner(self, server_id: int) -> Learner:
        """Reads threads as this server's own names have it."""
        knowledge = self.knowledge(server_id)
        reader = knowledge.reader or self._answerer.reader
        return self._learner.with_own(knowledge.catalogue, reader)

    def member_key(self, server_id: int, member_id: int) -> str:
        """The keyed hash under which a member's votes are kept."""
        return keyed_hash(self._key, server_id, member_id)

    def name_key(self, server_id: int, name: str) -> str:
        """The keyed hash under which a name out of a Discord message is kept."""
        return keyed_hash(self._key, server_id, f"name {name}")

    def server_settings(self, server_id: int | None) -> ServerSettings:
        """What the server's admins set; as it comes for a server with nothing set, and for none."""
        return self._settings.get(server_id or 0, ServerSettings())

    async def set_server_settings(self, server_id: int, **changes: Any) -> ServerSettings:
        """Keeps what an admin of the server set; gives all settings as they are then.

        `changes`: only the fields that were set, so that two admins at once lose nothing.
        """
        async with self._setting[server_id]:
            settings = replace(self.server_settings(server_id), **changes)
            await store_server_settings(self.engine, server_id, settings)
            self._settings[server_id] = settings
        return settings

    def count_answer(self, server_id: int | None, pattern: str, day: date) -> None:
        """Counts, for the curators' insights, that a pattern was answered; not for whom."""
        if server_id is not None:
            self.writer.put(partial(count_answer, server_id=server_id, pattern=pattern, day=day))
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
