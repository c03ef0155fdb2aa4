"""Names that threads use like a remedy or a pain and that the catalogue lacks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store import schema


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name that the catalogue lacks, how many people named it, and where some of them did."""

    kind: str
    key: str
    name: str
    people: int
    places: tuple[tuple[str, str], ...]  # quote (of files) and link


async def load_candidates(engine: AsyncEngine, server_id: int, least: int) -> list[Candidate]:
    """The names that at least so many people used, the most used first."""
    table = schema.heard
    people = func.count().label("people")
    query = (
        select(table.c.kind, table.c.key, func.min(table.c.name).label("name"), people)
        .where(table.c.server_id == server_id)
        .group_by(table.c.kind, table.c.key)
        .having(people >= least)
        .order_by(people.desc(), table.c.key)
    )
    async with engine.connect() as connection:
        rows = list(await connection.execute(query))
        found = []
        for row in rows:
            same = (table.c.kind == row.kind, table.c.key == row.key)
            places = select(table.c.quote, table.c.link).where(
                table.c.server_id == server_id, *same
            )
            some = [tuple(place) for place in await connection.execute(places.limit(3))]
            found.append(Candidate(row.kind, row.key, row.name, row.people, tuple(some)))
    return found


async def drop_candidate(engine: AsyncEngine, server_id: int, kind: str, key: str) -> None:
    """Lets go of a name: it is no remedy and no pain, or it is in the catalogue now."""
    table = schema.heard
    async with engine.begin() as connection:
        await connection.execute(
            table.delete().where(
                table.c.server_id == server_id, table.c.kind == kind, table.c.key == key
            )
        )


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
