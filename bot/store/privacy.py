"""What is kept of one member, and letting go of it; what is kept of a server that is left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store import schema
from bot.store.database import put

GONE = "gone"  # stands for a curator who wished to be forgotten


@dataclass(frozen=True, slots=True)
class Person:
    """A member of one server: the plain id and the keyed hash that it has there."""

    server_id: int
    member_id: int
    key: str


# Each column that tells of a member, by table; with the plain id only where a message must be sent.
MEMBER_COLUMNS: Mapping[str, str] = {
    "votes": "member",
    "wrong_matches": "member",
    "proposals": "member",
    "changes": "by",
    "questions": "member_id",
    "forgotten": "member",
}
# The history of a club's remedies stays whole; only who did it is taken out.
KEPT_WITHOUT_NAME = ("changes",)
REACTED = ("votes", "wrong_matches", "forgotten")  # tells of reactions that may still stand
AT_ONCE = 500  # servers in one statement: databases take only so many values


async def load_personal(
    engine: AsyncEngine, people: Sequence[Person]
) -> dict[str, list[dict[str, Any]]]:
    """All rows that hang on a member, by table; without the columns that name the member."""
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in MEMBER_COLUMNS}
    async with engine.connect() as connection:
        for table, whose in _rows_of(people):
            rows = await connection.execute(select(table).where(whose))
            found[table.name] += [
                {key: value for key, value in row.items() if key != MEMBER_COLUMNS[table.name]}
                for row in rows.mappings()
            ]
    return found


async def forget_member(engine: AsyncEngine, people: Sequence[Person], at: datetime) -> set[int]:
    """Lets go of all that hangs on a member, in one transaction; gives the servers with votes.

    In each server a mark stays (see `forgotten` in the schema): a reaction of before must not be
    taken for a vote again, nor one that has not been picked up yet.
    """
    voted: set[int] = set()
    async with engine.begin() as connection:
        for table, whose in _rows_of(people):
            if table.name in REACTED:
                voted |= set(await connection.scalars(select(table.c.server_id).where(whose)))
            if table.name in KEPT_WITHOUT_NAME:
                gone = {MEMBER_COLUMNS[table.name]: GONE}
                await connection.execute(table.update().where(whose).values(gone))
            else:
                await connection.execute(table.delete().where(whose))
        marks = [{"server_id": one.server_id, "member": one.key, "at": at} for one in people]
        if marks:
            await connection.execute(schema.forgotten.insert(), marks)
    return voted


def _rows_of(people: Sequence[Person]) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    for start in range(0, len(people), AT_ONCE):
        some = people[start : start + AT_ONCE]
        servers = [one.server_id for one in some]
        for name, column in MEMBER_COLUMNS.items():
            table = schema.metadata.tables[name]
            ids = {one.member_id if column == "member_id" else one.key for one in some}
            yield table, and_(table.c.server_id.in_(servers), table.c[column].in_(ids))


async def known_servers(engine: AsyncEngine) -> set[int]:
    """The servers of which anything is kept."""
    found: set[int] = set()
    async with engine.connect() as connection:
        for table in _of_servers():
            found |= set(await connection.scalars(select(table.c.server_id).distinct()))
    return found - {0}  # what the host learned for all


async def note_left(engine: AsyncEngine, server_id: int, at: datetime) -> None:
    """Notes when the bot was removed from a server."""
    await put(engine, schema.left_servers, {"server_id": server_id}, {"left_at": at})


async def note_back(engine: AsyncEngine, server_id: int) -> None:
    """The bot is back: the server's data stays."""
    table = schema.left_servers
    async with engine.begin() as connection:
        await connection.execute(table.delete().where(table.c.server_id == server_id))


async def left_before(engine: AsyncEngine, moment: datetime) -> dict[int, datetime]:
    """The servers that the bot was removed from before a moment, and when that was."""
    table = schema.left_servers
    async with engine.connect() as connection:
        rows = await connection.execute(
            select(table.c.server_id, table.c.left_at).where(table.c.left_at < moment)
        )
        return {row.server_id: row.left_at for row in rows}


async def left_servers(engine: AsyncEngine) -> set[int]:
    """All servers that the bot was removed from and whose data is still here."""
    async with engine.connect() as connection:
        return set(await connection.scalars(select(schema.left_servers.c.server_id)))


async def forget_server(engine: AsyncEngine, server_id: int) -> None:
    """Lets go of all that is kept of a server, in one transaction."""
    async with engine.begin() as connection:
        for table in _of_servers():
            await connection.execute(table.delete().where(table.c.server_id == server_id))


def _of_servers() -> list[Table]:
    """Every table with rows of servers, those that hang on another one first."""
    tables = reversed(schema.metadata.sorted_tables)
    return [table for table in tables if "server_id" in table.c]
