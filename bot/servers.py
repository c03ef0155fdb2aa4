"""What each server's members get to see: one Knowledge per server, held ready in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.knowledge.catalogue import Catalogue
from bot.knowledge.snapshot import Knowledge, build_knowledge
from bot.knowledge.tally import Suggestion
from bot.store.suggestions import EVERY_SERVER, load_all_suggestions
from bot.store.votes import load_all_votes, load_votes


class Servers:
    """Snapshots by server. Reading one touches no database; a change swaps in a new one."""

    def __init__(self, engine: AsyncEngine, shared: Knowledge) -> None:
        self._engine = engine
        self._shared = shared
        self._own: dict[int, Knowledge] = {}

    @classmethod
    async def load(
        cls, engine: AsyncEngine, catalogue: Catalogue, shipped: Sequence[Suggestion]
    ) -> Servers:
        """All servers' snapshots, of what is shipped and what is stored."""
        learned = await load_all_suggestions(engine)
        votes = await load_all_votes(engine)
        everywhere = [*shipped, *learned.pop(EVERY_SERVER, [])]
        servers = cls(engine, build_knowledge(catalogue, everywhere))
        for server_id, own in learned.items():
            servers._own[server_id] = build_knowledge(catalogue, [*everywhere, *own])
        for server_id, counted in votes.items():
            # Tallies are shared between servers without suggestions of their own.
            servers._own[server_id] = replace(servers.knowledge(server_id), votes=counted)
        return servers

    @property
    def catalogue(self) -> Catalogue:
        """Patterns, remedies and evidence, the same for all."""
        return self._shared.catalogue

    def knowledge(self, server_id: int | None) -> Knowledge:
        """The server's snapshot; what everybody shares for one without own data and for none."""
        return self._own.get(server_id, self._shared) if server_id else self._shared

    async def refresh_votes(self, server_id: int) -> None:
        """Reads the server's votes anew and swaps them in."""
        votes = await load_votes(self._engine, server_id)
        self._own[server_id] = replace(self.knowledge(server_id), votes=votes)
