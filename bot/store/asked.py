"""How often which pattern was answered on which day, in one server: numbers, nobody's words."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.store import schema


async def count_answer(
    connection: AsyncConnection, server_id: int, pattern: str, day: date
) -> None:
    """Counts one more answer for the pattern."""
    table = schema.asked
    key = {"server_id": server_id, "day": day, "pattern": pattern}
    same = [table.c[name] == value for name, value in key.items()]
    done = await connection.execute(table.update().where(*same).values(times=table.c.times + 1))
    if not done.rowcount:
        await connection.execute(table.insert().values(**key, times=1))


async def load_asked(engine: AsyncEngine, server_id: int, since: date) -> dict[str, int]:
    """How often each pattern was answered since a day, the most often first."""
    table = schema.asked
    times = func.sum(table.c.times).label("times")
    query = (
        select(table.c.pattern, times)
        .where(table.c.server_id == server_id, table.c.day >= since)
        .group_by(table.c.pattern)
        .order_by(times.desc())
    )
    async with engine.connect() as connection:
        return {row.pattern: int(row.times) for row in await connection.execute(query)}


async def load_all_asked(engine: AsyncEngine, since: date) -> dict[int, dict[str, int]]:
    """How often each pattern was answered since a day, by server."""
    table = schema.asked
    query = (
        select(table.c.server_id, table.c.pattern, func.sum(table.c.times).label("times"))
        .where(table.c.day >= since)
        .group_by(table.c.server_id, table.c.pattern)
    )
    found: dict[int, dict[str, int]] = {}
    async with engine.connect() as connection:
        for row in await connection.execute(query):
            found.setdefault(row.server_id, {})[row.pattern] = int(row.times)
    return found
