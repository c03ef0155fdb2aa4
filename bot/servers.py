"""What each server's members get to see: one Knowledge per server, held ready in memory."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import get_args

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.answer import Answerer
from bot.knowledge.names import names_of
from bot.knowledge.own import StoredEntries, read_own, remedies_in, with_cautions, with_own
from bot.knowledge.snapshot import Knowledge, Votes, build_knowledge, with_votes
from bot.knowledge.tally import Suggestion
from bot.reading.lexicon import Concept
from bot.refused import RefusedError
from bot.store.entries import Kind, load_entries
from bot.store.privacy import known_servers
from bot.store.suggestions import EVERY_SERVER, load_all_suggestions
from bot.store.votes import Pair, load_all_votes, load_votes

log = logging.getLogger("aid_station")

KEPT = (
    "That is kept, but my database did not let me read it back just now. Answers have it a little "
    "later; there is no need to do it again."
)
CountsShipped = Callable[[int], bool]
Learned = Mapping[int, Sequence[Suggestion]]


class Servers:
    """Snapshots by server. Reading one touches no database; a change swaps in a new one."""

    def __init__(
        self,
        engine: AsyncEngine,
        answerer: Answerer,
        shipped: Sequence[Suggestion],
        hosts: Sequence[Suggestion],
        counts_shipped: CountsShipped,
    ) -> None:
        """`shipped`, `hosts`: what threads that come with the bot, and the host's, taught.

        `counts_shipped`: whether the shipped ones count in a server.
        """
        self._engine = engine
        self._answerer = answerer
        self._shipped, self._hosts = shipped, hosts
        self._counts_shipped = counts_shipped
        self._shared = build_knowledge(answerer.catalogue, [*shipped, *hosts])
        self._own: dict[int, Knowledge] = {}
        # One after the other: who read first must not swap in last.
        self._turns: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._stale: set[int] = set()  # servers whose last change is not read yet

    @classmethod
    async def load(
        cls,
        engine: AsyncEngine,
        answerer: Answerer,
        shipped: Sequence[Suggestion],
        counts_shipped: CountsShipped = lambda server_id: True,
    ) -> Servers:
        """All servers' snapshots, of what is shipped and what is stored."""
        learned: dict[int, Sequence[Suggestion]] = {**await load_all_suggestions(engine)}
        votes, entries = await load_all_votes(engine), await load_entries(engine)
        hosts = learned.pop(EVERY_SERVER, [])
        servers = cls(engine, answerer, shipped, hosts, counts_shipped)
        apart = {one for one in await known_servers(engine) if not counts_shipped(one)}
        for server_id in learned.keys() | votes.keys() | entries.keys() | apart:
            servers._own[server_id] = servers._build(
                server_id,
                learned.get(server_id, ()),
                votes.get(server_id, {}),
                entries.get(server_id, {}),
            )
        return servers

    def knowledge(self, server_id: int | None) -> Knowledge:
        """The server's snapshot; what everybody shares for one without own data and for none."""
        return self._own.get(server_id, self._shared) if server_id else self._shared

    async def refresh_votes(self, server_id: int) -> None:
        """Reads the server's votes anew and swaps them in; all of it, where that failed before."""
        if server_id in self._stale:
            await self._read(server_id)
            return
        async with self._turns[server_id]:
            votes = await load_votes(self._engine, server_id)
            if votes or server_id in self._own:
                self._own[server_id] = with_votes(self.knowledge(server_id), votes)

    async def refresh(self, server_id: int) -> None:
        """Reads all that is the server's own anew, after a change of it, and swaps it in.

        Raises RefusedError where it cannot be read: the change is kept, and the next one, a vote or
        the night brings it in.
        """
        self._stale.add(server_id)
        try:
            await self._read(server_id)
        except SQLAlchemyError as error:
            log.error("a change is kept and not counted yet (%s)", type(error).__name__)
            raise RefusedError(KEPT) from error

    async def _read(self, server_id: int) -> None:
        async with self._turns[server_id]:
            # Before reading: what somebody else changes from here on may not be in what is read.
            self._stale.discard(server_id)
            try:
                self._own[server_id] = await self._built_anew(server_id)
            except BaseException:
                self._stale.add(server_id)
                raise

    async def _built_anew(self, server_id: int) -> Knowledge:
        learned = (await load_all_suggestions(self._engine, server_id)).get(server_id, ())
        votes = await load_votes(self._engine, server_id)
        entries = (await load_entries(self._engine, server_id)).get(server_id, {})
        # With hundreds of own patterns this takes a while: answers go on meanwhile.
        return await asyncio.to_thread(self._build, server_id, learned, votes, entries)

    def forget(self, server_id: int) -> None:
        """Lets go of a snapshot whose stored data is gone."""
        self._own.pop(server_id, None)

    def shipped_of(self, server_id: int, pattern: str, remedy: str) -> list[Suggestion]:
        """What the shipped threads say of a remedy, where they count."""
        if not self._counts_shipped(server_id):
            return []
        return [one for one in self._shipped if (one.pattern, one.remedy) == (pattern, remedy)]

    def _build(
        self,
        server_id: int,
        learned: Sequence[Suggestion],
        votes: Mapping[Pair, Votes],
        stored: StoredEntries,
    ) -> Knowledge:
        shipped = self._answerer.catalogue.remedies
        own = read_own(server_id, stored, shipped)
        named = remedies_in(own, self._answerer.reader)
        own = with_cautions(own, named, shipped)
        catalogue = with_own(self._answerer.catalogue, own)
        # Tallies are shared between servers without suggestions of their own.
        knowledge = replace(self._shared, catalogue=catalogue, votes=votes)
        counts = self._counts_shipped(server_id)
        if learned or not counts:
            taught = self._shipped if counts else ()
            knowledge = build_knowledge(catalogue, [*taught, *self._hosts, *learned], votes)
        if not stored:
            return knowledge
        names = [(Concept(kind, slug), called) for kind, slug, called in own.spoken]
        knowledge = replace(
            knowledge,
            added=own.added,
            hidden=own.hidden,
            named_in=named,
            reader=self._answerer.reader.with_names(names),
            own_patterns=self._answerer.own_patterns(
                own.patterns.values(), self.knowledge(server_id).own_patterns
            ),
        )
        for kind in get_args(Kind):
            names_of(knowledge, kind)  # now, so that the next letter typed need not wait for it
        return knowledge
