"""What a server knows of a thread already: its comments, its people, and what was decided."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import schema
from bot.threads.comments import Thread

AT_ONCE = 500  # marks in one statement: databases take only so many values
LINK_LENGTH = 200
REJECTED = ""  # in the place of a stance


class Writer(NamedTuple):
    """A thread as this server has it, and a person's number in it; 0 where that was not kept."""

    thread: str
    person: int


async def known_comments(
    connection: AsyncConnection, server_id: int, marks: list[str]
) -> dict[str, Writer]:
    """In which thread, and by whom, each of these comments stands that was learned."""
    table = schema.learned
    known: dict[str, Writer] = {}
    for start in range(0, len(marks), AT_ONCE):
        some = table.c.mark.in_(marks[start : start + AT_ONCE])
        query = select(table).where(table.c.server_id == server_id, some)
        for row in await connection.execute(query):
            known[row.mark] = Writer(row.thread, row.person)
    return known


async def that_taught_nothing(
    connection: AsyncConnection, server_id: int, known: Mapping[str, Writer], some: Collection[str]
) -> set[str]:
    """Those of some known comments whose writer has taught nothing in the thread they are of.

    Such as one that was learned by itself, where nothing tells what it is about.
    """
    taught: set[Writer] = set()
    for thread in {known[mark].thread for mark in some}:
        of_thread = await decided_in(connection, server_id, thread)
        taught |= {Writer(thread, person) for person, _, _ in of_thread}
        taught.add(Writer(thread, 0))
    return {mark for mark in some if known[mark] not in taught}


async def people_of(
    connection: AsyncConnection,
    server_id: int,
    thread: str,
    writers: Mapping[str, int],
    known: Mapping[str, Writer],
) -> dict[int, int]:
    """The number that each person of a file has in the thread as this server has it.

    Whoever wrote a comment that is known keeps their number; others get one that nobody has. Where
    none of the thread's comments is known (it is new, or from before they were remembered) the
    file's own numbers hold. `writers`: the file's number of each comment's writer, by its mark.
    """
    last = await _last_person(connection, server_id, thread)
    if last is None:
        return {person: person for person in writers.values()}
    people = {
        person: known[mark].person or person
        for mark, person in writers.items()
        if mark in known and known[mark].thread == thread
    }
    for person in sorted(set(writers.values()) - people.keys()):
        last += 1
        people[person] = last
    return people


async def _last_person(connection: AsyncConnection, server_id: int, thread: str) -> int | None:
    """The highest number of a person in a thread; None where no comment of it is remembered."""
    highest: list[int | None] = []
    for table in (schema.learned, schema.suggestions, schema.pending, schema.heard):
        of_thread = (table.c.server_id == server_id, table.c.thread == thread)
        highest.append(await connection.scalar(select(func.max(table.c.person)).where(*of_thread)))
    if highest[0] is None:
        return None
    return max(number for number in highest if number is not None)


async def stored_thread(connection: AsyncConnection, server_id: int, thread: Thread) -> str | None:
    """The key of the thread as this server has it, by its words or its address; None for new."""
    table, link = schema.threads, link_of(thread.source)
    same = table.c.thread == thread.key
    if link:
        same |= table.c.link == link
    query = select(table.c.thread).where(table.c.server_id == server_id, same)
    return (await connection.scalars(query.order_by(table.c.learned_at))).first()


async def decided_in(
    connection: AsyncConnection, server_id: int, thread: str
) -> dict[tuple[int, str, str], str]:
    """Who is read to say what of which remedy in a thread; REJECTED where a curator says no."""
    decided: dict[tuple[int, str, str], str] = {}
    for table in (schema.suggestions, schema.pending):
        query = select(table).where(table.c.server_id == server_id, table.c.thread == thread)
        for row in (await connection.execute(query)).mappings():
            counts = row.get("approved", True)
            decided[row["person"], row["pattern"], row["remedy"]] = (
                row["stance"] if counts else REJECTED
            )
    return decided


def link_of(link: str) -> str:
    """The link as it is kept, "" for none; half an address leads nowhere."""
    return link if link.startswith(("https://", "http://")) and len(link) <= LINK_LENGTH else ""
