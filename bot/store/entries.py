"""A server's own remedies and patterns as they stand, and every change that led there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.store import schema

Kind = Literal["remedy", "pattern"]
Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Key:
    """Which entry of which server."""

    server_id: int
    kind: Kind
    slug: str


@dataclass(frozen=True, slots=True)
class Change:
    """A change of an entry: who (keyed hash), when, the state before and after, None for none."""

    number: int
    key: Key
    by: str
    at: datetime
    before: Data | None
    after: Data | None


AT_ONCE = 4000  # changes by one statement: SQLite takes 32,766 values
KEY = tuple(each.name for each in fields(Key))


class DecidedError(Exception):
    """A proposal was decided by somebody else meanwhile; nothing was written."""


async def write_entries(
    engine: AsyncEngine,
    writes: Mapping[Key, Data | None],
    by: str,
    proposal: int | None = None,
    at: datetime | None = None,
) -> range:
    """Puts entries into a new state, None to take one out, and records that; all or nothing.

    Gives the numbers of the changes. `proposal`: the number of the proposal that this accepts,
    which is gone then. `at`: when; now, where nothing is given. Raises DecidedError when it was
    decided already.
    """
    proposals = schema.proposals
    async with engine.begin() as connection:
        if proposal is not None:
            waits = (proposals.c.id == proposal, proposals.c.rejected_at.is_(None))
            done = await connection.execute(proposals.delete().where(*waits))
            if not done.rowcount:
                raise DecidedError
        if not writes:
            return range(0)
        return await _write(connection, writes, by, at or datetime.now(UTC))


async def _write(
    connection: AsyncConnection, writes: Mapping[Key, Data | None], by: str, at: datetime
) -> range:
    # A statement for all rows, not some for each: nobody else can write while an import does.
    entries = schema.entries
    before = await _stored(connection, writes)
    states = {key: None if after is None else dict(after) for key, after in writes.items()}
    same = and_(*(entries.c[name] == bindparam(f"old_{name}") for name in KEY))
    old = [{f"old_{name}": value for name, value in asdict(key).items()} for key in before]
    new = [{**asdict(key), "data": state} for key, state in states.items() if state is not None]
    if old:
        await connection.execute(entries.delete().where(same), old)
    if new:
        await connection.execute(entries.insert(), new)
    numbers = await connection.scalars(
        schema.changes.insert().returning(schema.changes.c.id),
        [
            {**asdict(key), "by": by, "at": at, "before": before.get(key), "after": state}
            for key, state in states.items()
        ],
        execution_options={"insertmanyvalues_page_size": AT_ONCE},
    )
    # Nobody else writes in between, so they stand one after the other.
    written = numbers.all()
    return range(min(written), max(written) + 1)


async def _stored(connection: AsyncConnection, keys: Collection[Key]) -> dict[Key, Data]:
    """The entries that are there already."""
    table = schema.entries
    query = select(table).where(
        table.c.server_id.in_({key.server_id for key in keys}),
        table.c.slug.in_({key.slug for key in keys}),
    )
    rows = await connection.execute(query)
    found = {Key(row.server_id, row.kind, row.slug): row.data for row in rows}
    return {key: data for key, data in found.items() if key in keys}


async def load_entries(
    engine: AsyncEngine, server_id: int | None = None
) -> dict[int, dict[str, dict[str, Data]]]:
    """The entries by server, kind and slug; of one server when it is named."""
    table = schema.entries
    query = select(table).order_by(table.c.slug)
    if server_id is not None:
        query = query.where(table.c.server_id == server_id)
    found: dict[int, dict[str, dict[str, Data]]] = {}
    async with engine.connect() as connection:
        for row in await connection.execute(query):
            found.setdefault(row.server_id, {}).setdefault(row.kind, {})[row.slug] = row.data
    return found


async def load_changes(
    engine: AsyncEngine,
    key: Key,
    newest: int | None = None,
    *,
    above: int = 0,
    below: int | None = None,
) -> list[Change]:
    """An entry's changes, newest first, at most `newest`.

    `above`, `below`: only those whose number lies between the two.
    """
    table = schema.changes
    query = (
        select(table)
        .where(
            table.c.server_id == key.server_id,
            table.c.kind == key.kind,
            table.c.slug == key.slug,
            table.c.id > above,
        )
        .order_by(table.c.id.desc())
        .limit(newest)
    )
    if below is not None:
        query = query.where(table.c.id < below)
    async with engine.connect() as connection:
        return [_change(row) for row in await connection.execute(query)]


async def load_change(engine: AsyncEngine, server_id: int, number: int) -> Change | None:
    """One change of a server by its number; None where it has none of that number."""
    table = schema.changes
    query = select(table).where(table.c.server_id == server_id, table.c.id == number)
    async with engine.connect() as connection:
        row = (await connection.execute(query)).one_or_none()
        return _change(row) if row else None


async def load_together(engine: AsyncEngine, server_id: int, numbers: range) -> list[Change]:
    """The changes of a server that have these numbers, oldest first."""
    table = schema.changes
    query = (
        select(table)
        .where(table.c.server_id == server_id)
        .where(table.c.id.between(numbers.start, numbers.stop - 1))
        .order_by(table.c.id)
    )
    async with engine.connect() as connection:
        return [_change(row) for row in await connection.execute(query)]


async def load_removed(engine: AsyncEngine, server_id: int, kind: Kind) -> dict[str, Data]:
    """Entries that once were and were taken out, as they last were; the last taken out first."""
    table, entries = schema.changes, schema.entries
    still = select(entries.c.slug).where(entries.c.server_id == server_id, entries.c.kind == kind)
    last = (
        select(func.max(table.c.id))
        .where(
            table.c.server_id == server_id,
            table.c.kind == kind,
            table.c.slug.not_in(still),
            table.c.before.is_not(None),
        )
        .group_by(table.c.slug)
    )
    query = select(table.c.slug, table.c.before).where(table.c.id.in_(last))
    async with engine.connect() as connection:
        rows = await connection.execute(query.order_by(table.c.id.desc()))
        return {row.slug: row.before for row in rows}


def _change(row: Any) -> Change:
    key = Key(row.server_id, row.kind, row.slug)
    return Change(row.id, key, row.by, row.at, row.before, row.after)
