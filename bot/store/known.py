"""What a server knows of a thread already: its comments, its people, and what was decided."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.knowledge.tally import Stance
from bot.store import schema
from bot.threads.comments import Thread

AT_ONCE = 500  # marks in one statement: databases take only so many values
LINK_LENGTH = 200


class KnownPerson(NamedTuple):
    """A thread as this server has it, and a person's number in it; 0 where that was not kept."""

    thread: str
    person: int


async def known_comments(
    connection: AsyncConnection, server_id: int, marks: list[str]
) -> dict[str, KnownPerson]:
    """In which thread, and by whom, each of these comments stands that was learned."""
    table = schema.learned
    known: dict[str, KnownPerson] = {}
    for start in range(0, len(marks), AT_ONCE):
        some = table.c.mark.in_(marks[start : start + AT_ONCE])
        query = select(table).where(table.c.server_id == server_id, some)
        for row in await connection.execute(query):
            known[row.mark] = KnownPerson(row.thread, row.person)
    return known


async def who_taught(
    connection: AsyncConnection, server_id: int, threads: Collection[str]
) -> dict[KnownPerson, dict[tuple[str, str], Stance | None]]:
    """Of whom in these threads something was read: the stance by pattern and remedy.

    None where a curator says no.
    """
    taught: dict[KnownPerson, dict[tuple[str, str], Stance | None]] = {}
    for thread in threads:
        decided = await decided_in(connection, server_id, thread)
        for (person, pattern, remedy), stance in decided.items():
            taught.setdefault(KnownPerson(thread, person), {})[pattern, remedy] = stance
    return taught


async def leave_thread(
    connection: AsyncConnection, server_id: int, mark: str, writer: KnownPerson
) -> None:
    """Takes a comment out of a thread; with a writer's last one go the names that they used."""
    learned, heard = schema.learned, schema.heard
    same = (learned.c.server_id == server_id, learned.c.mark == mark)
    await connection.execute(learned.delete().where(*same))
    theirs, named = (
        (
            table.c.server_id == server_id,
            table.c.thread == writer.thread,
            table.c.person == writer.person,
        )
        for table in (learned, heard)
    )
    if await connection.scalar(select(learned.c.mark).where(*theirs).limit(1)) is None:
        await connection.execute(heard.delete().where(*named))


async def people_of(
    connection: AsyncConnection,
    server_id: int,
    thread: str,
    writers: Mapping[int, int],
    known: Mapping[int, KnownPerson],
) -> dict[int, int]:
    """The number that each person of a file has in the thread as this server has it.

    Whoever wrote a comment that is known keeps their number; others get one that nobody has. Where
    none of the thread's comments is known (it is new, or from before they were remembered) the
    file's own numbers hold. `writers`: the file's number of each comment's writer, by its number;
    `known`: those of them that are known here.
    """
    last = await _last_person(connection, server_id, thread)
    if last is None:
        return {person: person for person in writers.values()}
    people = {
        person: known[number].person or person
        for number, person in writers.items()
        if number in known
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
) -> dict[tuple[int, str, str], Stance | None]:
    """Who is read to say what of which remedy in a thread; None where a curator says no."""
    decided: dict[tuple[int, str, str], Stance | None] = {}
    for table in (schema.suggestions, schema.pending):
        query = select(table).where(table.c.server_id == server_id, table.c.thread == thread)
        for row in (await connection.execute(query)).mappings():
            stance = row["stance"] if row.get("approved", True) else None
            decided[row["person"], row["pattern"], row["remedy"]] = stance
    return decided


def link_of(link: str) -> str:
    """The link as it is kept, "" for none; half an address leads nowhere."""
    return link if link.startswith(("https://", "http://")) and len(link) <= LINK_LENGTH else ""
