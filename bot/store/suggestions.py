"""What threads taught and what of it waits: numbers and slugs, no names."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import Any

from sqlalchemy import ColumnElement, Table, bindparam, func, select, true
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.knowledge.tally import Stance, Suggestion
from bot.store import schema

Data = Mapping[str, Any]

# Whose word on which remedy for which pain: it is kept once.
KEY = tuple(column.name for column in schema.suggestions.primary_key)

EVERY_SERVER = 0  # the server id of what the host learned, at the command line, for all servers


@dataclass(frozen=True, slots=True)
class Pending:
    """A suggestion that no curator has decided yet, with the words (of a file) or their link."""

    number: int
    suggestion: Suggestion
    quote: str
    link: str


@dataclass(frozen=True, slots=True)
class Source:
    """A thread that was learned: what it is called and where it stands ("" for no address).

    `learned_at`: the first time; None for one that the bot came with.
    """

    thread: str
    title: str
    link: str
    learned_at: datetime | None = None


def row_of(server_id: int, one: Suggestion, link: str) -> dict[str, Any]:
    """A suggestion as the tables of suggestions have it, but for what is theirs alone."""
    return {
        "server_id": server_id,
        "thread": one.thread,
        "person": one.person,
        "pattern": one.pattern,
        "remedy": one.remedy,
        "stance": one.stance,
        "link": link,
    }


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
            by_server.setdefault(row.server_id, []).append(_suggestion(row))
    return by_server


async def load_links(
    engine: AsyncEngine, server_id: int, pattern: str, remedy: str
) -> list[tuple[Suggestion, str]]:
    """A server's approved suggestions on one remedy, each with the link to its words."""
    table = schema.suggestions
    query = select(table).where(
        table.c.approved,
        table.c.server_id == server_id,
        table.c.pattern == pattern,
        table.c.remedy == remedy,
    )
    async with engine.connect() as connection:
        return [(_suggestion(row), row.link) for row in await connection.execute(query)]


async def load_sources(
    engine: AsyncEngine, server_id: int, threads: Collection[str] | None = None
) -> dict[str, Source]:
    """The threads that a server learned, by key, the newest first; a few, where they are named."""
    table = schema.threads
    query = select(table).where(table.c.server_id == server_id).order_by(table.c.learned_at.desc())
    if threads is not None:
        query = query.where(table.c.thread.in_(threads))
    async with engine.connect() as connection:
        return {
            row.thread: Source(row.thread, row.title, row.link, row.learned_at)
            for row in await connection.execute(query)
        }


async def count_by_thread(engine: AsyncEngine, server_id: int) -> dict[str, tuple[int, int]]:
    """How many suggestions of each thread count, and how many wait."""
    found: list[dict[str, int]] = []
    async with engine.connect() as connection:
        for table, counted in (
            (schema.suggestions, schema.suggestions.c.approved),
            (schema.pending, true()),
        ):
            query = select(table.c.thread, func.count().label("number")).where(
                table.c.server_id == server_id, counted
            )
            rows = await connection.execute(query.group_by(table.c.thread))
            found.append({row.thread: row.number for row in rows})
    counting, waiting = found
    return {
        thread: (counting.get(thread, 0), waiting.get(thread, 0))
        for thread in counting.keys() | waiting.keys()
    }


async def forget_threads(engine: AsyncEngine, server_id: int, threads: Collection[str]) -> None:
    """Lets go of all that these threads taught."""
    tables = (schema.learned, schema.heard, schema.pending, schema.suggestions, schema.threads)
    async with engine.begin() as connection:
        for thread, table in product(threads, tables):
            await connection.execute(
                table.delete().where(table.c.server_id == server_id, table.c.thread == thread)
            )


async def count_pending(engine: AsyncEngine, server_id: int, thread: str | None = None) -> int:
    """How many suggestions of a server wait, of one thread when it is named."""
    table = schema.pending
    query = select(func.count()).select_from(table).where(table.c.server_id == server_id)
    if thread is not None:
        query = query.where(table.c.thread == thread)
    async with engine.connect() as connection:
        return int(await connection.scalar(query) or 0)


async def load_next_pending(engine: AsyncEngine, server_id: int, after: int) -> Pending | None:
    """What has waited longest of what comes after a number; None when nothing waits."""
    table = schema.pending
    waits = (table.c.server_id == server_id, table.c.id > after)
    query = select(table).where(*waits).order_by(table.c.id).limit(1)
    async with engine.connect() as connection:
        row = (await connection.execute(query)).one_or_none()
    return _pending(row) if row else None


async def load_pending_of(
    engine: AsyncEngine, server_id: int, thread: str, after: int, most: int
) -> list[Pending]:
    """What waits of a thread after a number, the longest first, at most `most`."""
    table = schema.pending
    query = (
        select(table)
        .where(table.c.server_id == server_id, table.c.thread == thread, table.c.id > after)
        .order_by(table.c.id)
        .limit(most)
    )
    async with engine.connect() as connection:
        return [_pending(row) for row in await connection.execute(query)]


async def load_one_pending(engine: AsyncEngine, server_id: int, number: int) -> Pending | None:
    """One that waits; None for one that was decided."""
    async with engine.connect() as connection:
        row = await _row(connection, server_id, number)
    return _pending(row) if row else None


async def approve(engine: AsyncEngine, server_id: int, seen: Pending) -> bool:
    """Lets a suggestion count; its words go. False when it was decided, or is read otherwise now.

    `seen`: as the curator had it.
    """
    async with engine.begin() as connection:
        row = await _row(connection, server_id, seen.number)
        if row is None or _suggestion(row) != seen.suggestion:
            return False
        await _approve(connection, [row], row.id)
    return True


async def approve_all(
    engine: AsyncEngine,
    server_id: int,
    thread: str | None = None,
    first: int | None = None,
    last: int | None = None,
) -> int:
    """Lets all that waits count; gives how many.

    `thread`: only what waits of it. `first` and `last`: the numbers between which it is meant;
    under that of the first it can be taken back.
    """
    table = schema.pending
    query = select(table).where(table.c.server_id == server_id).order_by(table.c.id)
    if thread is not None:
        query = query.where(table.c.thread == thread)
    if first is not None:
        query = query.where(table.c.id >= first)
    if last is not None:
        query = query.where(table.c.id <= last)
    async with engine.begin() as connection:
        rows = list(await connection.execute(query))
        await _approve(connection, rows, first)
    return len(rows)


async def reject(engine: AsyncEngine, server_id: int, seen: Pending) -> bool:
    """Lets go of a suggestion, for good. False when it was decided, or is read otherwise now.

    `seen`: as the curator had it.
    """
    table = schema.pending
    async with engine.begin() as connection:
        row = await _row(connection, server_id, seen.number)
        if row is None or _suggestion(row) != seen.suggestion:
            return False
        await connection.execute(table.delete().where(table.c.id == seen.number))
        await _not_again(connection, row, row.id)
    return True


async def can_be_taken_back(engine: AsyncEngine, server_id: int, decision: int) -> bool:
    """Whether all that was decided together can wait again, see `take_back`."""
    table = schema.suggestions
    query = select(table.c.number).where(*_decided_in(server_id, decision)).limit(1)
    async with engine.connect() as connection:
        return await connection.scalar(query) is not None


async def take_back(engine: AsyncEngine, server_id: int, decision: int) -> int:
    """Lets wait again what was decided together, where it stood; gives how many.

    `decision`: the number of the first. None of it waits again, and 0 is given, where it was taken
    back or forgotten, or where something that counted before had to make room. The words of a file
    are gone.
    """
    table = schema.suggestions
    together = _decided_in(server_id, decision)
    async with engine.begin() as connection:
        rows = list(await connection.execute(select(table).where(*together)))
        await connection.execute(table.delete().where(*together))
        # What a thread told meanwhile of the same waits, too: whoever approves both has the later.
        waiting = [
            {"id": row.number, **row_of(server_id, _suggestion(row), row.link)} for row in rows
        ]
        if waiting:
            await connection.execute(schema.pending.insert(), waiting)
    return len(rows)


def _decided_in(server_id: int, decision: int) -> tuple[ColumnElement[bool], ...]:
    table = schema.suggestions
    return table.c.server_id == server_id, table.c.decision == decision


async def correct(engine: AsyncEngine, server_id: int, number: int, field: str, value: str) -> bool:
    """Puts another pattern, remedy or stance into one that waits. False when it was decided."""
    table = schema.pending
    async with engine.begin() as connection:
        row = await _row(connection, server_id, number)
        if row is not None:
            change = table.update().where(table.c.id == number).values({field: value})
            await connection.execute(change)
            if field != "stance":
                await _not_again(connection, row)
    return row is not None


async def _row(connection: AsyncConnection, server_id: int, number: int) -> Any:
    table = schema.pending
    query = select(table).where(table.c.id == number, table.c.server_id == server_id)
    return (await connection.execute(query)).one_or_none()


async def _approve(connection: AsyncConnection, rows: Sequence[Any], decision: int | None) -> None:
    if not rows:
        return
    pending, suggestions = schema.pending, schema.suggestions
    decided = pending.delete().where(pending.c.id == bindparam("number"))
    await connection.execute(decided, [{"number": row.id} for row in rows])
    # Two that were corrected into the same are one.
    values = {
        key_of(row): {**row_of(row.server_id, _suggestion(row), row.link), "number": row.id}
        for row in rows
    }
    # Who takes such a decision back would lose what counted before.
    if decision is not None and await _any_counts(connection, rows[0], values.keys()):
        decision = None
    await let_go(connection, suggestions, list(values.values()))
    counting = [{**each, "approved": True, "decision": decision} for each in values.values()]
    await connection.execute(suggestions.insert(), counting)


async def _any_counts(connection: AsyncConnection, of: Any, keys: Collection[Any]) -> bool:
    """Whether any of these keys, all of one thread, stands among what counts."""
    table = schema.suggestions
    columns = [table.c[name] for name in KEY]
    here = (table.c.server_id == of.server_id, table.c.thread == of.thread, table.c.approved)
    standing = await connection.execute(select(*columns).where(*here))
    return any(tuple(row) in keys for row in standing)


async def _not_again(connection: AsyncConnection, row: Any, decision: int | None = None) -> None:
    """Keeps in mind what a curator did not let count, so that it is not read there once more.

    `decision`: the number of what was rejected. What counts already goes on counting.
    """
    table = schema.suggestions
    same = [table.c[name] == value for name, value in zip(KEY, key_of(row), strict=True)]
    if not await connection.scalar(select(table.c.approved).where(*same)):
        await connection.execute(table.delete().where(*same))
        values = row_of(row.server_id, _suggestion(row), row.link)
        values |= {"approved": False, "number": decision, "decision": decision}
        await connection.execute(table.insert().values(values))


async def let_go(connection: AsyncConnection, table: Table, rows: Iterable[Data]) -> None:
    """Deletes what stands in a table under the same KEY as these rows."""
    told = [{f"of_{name}": row[name] for name in KEY} for row in rows]
    if told:
        same = [table.c[name] == bindparam(f"of_{name}") for name in KEY]
        await connection.execute(table.delete().where(*same), told)


def key_of(row: Any) -> tuple[Any, ...]:
    """What stands in the columns of KEY."""
    return tuple(getattr(row, name) for name in KEY)


def _pending(row: Any) -> Pending:
    return Pending(row.id, _suggestion(row), row.quote, row.link)


def _suggestion(row: Any) -> Suggestion:
    stance: Stance = row.stance
    return Suggestion(row.thread, row.person, row.pattern, row.remedy, stance)
