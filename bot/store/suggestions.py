"""Suggestions learned from a server's own threads: numbers and slugs, no names, no words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.knowledge.tally import Suggestion
from bot.store import schema

EVERY_SERVER = 0  # the server id of what the host learned, at the command line, for all servers
TITLE_LENGTH = 200


async def store_thread(
    engine: AsyncEngine,
    server_id: int,
    thread: str,
    title: str,
    found: Iterable[Suggestion],
    *,
    approved: bool = False,
) -> bool:
    """Keeps a thread's suggestions. `thread`: sha256 of its source, in hex.

    False, and nothing is changed, when this server has the thread already.
    """
    rows = {
        (each.person, each.pattern, each.remedy): {
            "server_id": server_id,
            "thread": thread,
            "person": each.person,
            "pattern": each.pattern,
            "remedy": each.remedy,
            "stance": each.stance,
            "approved": approved,
        }
        for each in reversed(list(found))  # a person's first word on a remedy is the one counted
    }
    try:
        async with engine.begin() as connection:
            await connection.execute(
                schema.threads.insert().values(
                    server_id=server_id,
                    thread=thread,
                    title=title[:TITLE_LENGTH],
                    learned_at=datetime.now(UTC),
                )
            )
            if rows:
                await connection.execute(schema.suggestions.insert(), list(rows.values()))
    except IntegrityError:
        return False
    return True


async def load_suggestions(engine: AsyncEngine, server_id: int) -> list[Suggestion]:
    """The approved suggestions of one server."""
    return (await load_all_suggestions(engine, server_id)).get(server_id, [])


async def load_all_suggestions(
    engine: AsyncEngine, server_id: int | None = None
) -> dict[int, list[Suggestion]]:
    """The approved suggestions by server, of one server when it is named."""
    table = schema.suggestions
    query = select(table).where(table.c.approved).order_by(*table.primary_key.columns)
    if server_id is not None:
        query = query.where(table.c.server_id == server_id)
    by_server: dict[int, list[Suggestion]] = {}
    async with engine.connect() as connection:
        for row in await connection.execute(query):
            by_server.setdefault(row.server_id, []).append(
                Suggestion(row.thread, row.person, row.pattern, row.remedy, row.stance)
            )
    return by_server
