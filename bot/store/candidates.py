"""Names that threads use like a remedy or a pain and that the catalogue lacks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store import schema
from bot.store.entries import Kind

PLACES = 3
NAMED_BY = 3  # people, from which on a name is worth a look


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name that the catalogue lacks, by its `key`, and how many people used it."""

    kind: Kind
    key: str
    people: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody used a name: how it is spelt and the words around it ("" but for files)."""

    name: str
    quote: str
    link: str


async def load_candidates(engine: AsyncEngine, server_id: int, least: int) -> list[Candidate]:
    """The names that at least so many people used, the most used first."""
    table = schema.heard
    people = func.count().label("people")
    query = (
        select(table.c.kind, table.c.key, people)
        .where(table.c.server_id == server_id)
        .group_by(table.c.kind, table.c.key)
        .having(people >= least)
        .order_by(people.desc(), table.c.key)
    )
    async with engine.connect() as connection:
        rows = await connection.execute(query)
        return [Candidate(row.kind, row.key, row.people) for row in rows]


async def load_places(engine: AsyncEngine, server_id: int, kind: Kind, key: str) -> list[Place]:
    """Some of the places in which a name was used."""
    query = select(schema.heard).where(*_named(server_id, kind, key)).limit(PLACES)
    async with engine.connect() as connection:
        return [Place(row.name, row.quote, row.link) for row in await connection.execute(query)]


async def drop_candidate(engine: AsyncEngine, server_id: int, kind: Kind, key: str) -> None:
    """Lets go of a name: it is no remedy and no pain, or it is in the catalogue now."""
    async with engine.begin() as connection:
        await connection.execute(schema.heard.delete().where(*_named(server_id, kind, key)))


async def drop_places(
    engine: AsyncEngine, server_id: int, kind: Kind, key: str, links: Collection[str]
) -> None:
    """Lets go of some places in which a name was used: it stands there no more."""
    there = schema.heard.c.link.in_(links)
    async with engine.begin() as connection:
        named = _named(server_id, kind, key)
        await connection.execute(schema.heard.delete().where(*named, there))


def _named(server_id: int, kind: Kind, key: str) -> tuple[ColumnElement[bool], ...]:
    table = schema.heard
    return table.c.server_id == server_id, table.c.kind == kind, table.c.key == key


async def forget_old_words(engine: AsyncEngine, before: datetime) -> None:
    """Lets go of the words around names of files that were learned before a moment.

    What waits keeps its words until it is decided; a name that too few use is never decided.
    """
    threads, heard = schema.threads, schema.heard
    old = select(threads.c.server_id, threads.c.thread).where(threads.c.learned_at < before)
    its_thread = tuple_(heard.c.server_id, heard.c.thread)
    async with engine.begin() as connection:
        await connection.execute(
            heard.update().where(heard.c.quote != "", its_thread.in_(old)).values(quote="")
        )
