"""Storing what a thread taught: each comment once, in whatever thread or format it comes back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Table, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.store import schema
from bot.threads.comments import Comment, Thread, is_named
from bot.threads.learning import Finding, Heard, Lesson

LINK_LENGTH = QUOTE_LENGTH = TITLE_LENGTH = 200
AT_ONCE = 500  # marks in one statement: databases take only so many values


async def store_lesson(
    engine: AsyncEngine,
    server_id: int,
    lesson: Lesson,
    *,
    approved: bool = False,
    keep_words: bool = True,
) -> int | None:
    """Keeps what a thread taught: to count at once when `approved`, else waiting for a curator.

    Only what stands in comments that this server has not learned yet, and a person's word on a
    remedy once a thread. Gives how many suggestions are new; None, and nothing is changed, where
    every comment is known. `keep_words`: False for Discord messages, whose words are looked up by
    their link when they are shown.
    """
    try:
        return await _store(engine, server_id, lesson, approved=approved, keep_words=keep_words)
    except IntegrityError:
        # Somebody else stored or forgot the same in the same moment; now it can be seen.
        return await _store(engine, server_id, lesson, approved=approved, keep_words=keep_words)


async def _store(
    engine: AsyncEngine, server_id: int, lesson: Lesson, *, approved: bool, keep_words: bool
) -> int | None:
    marks = {comment.number: mark_of(lesson.thread, comment) for comment in lesson.thread}
    async with engine.begin() as connection:
        known = await _known(connection, server_id, sorted(set(marks.values())))
        new = {number for number, mark in marks.items() if mark not in known}
        if not new or await _is_stored(connection, server_id, lesson.thread):
            return None
        thread = await _thread_key(connection, server_id, lesson.thread)
        people = await _people(connection, server_id, thread, _writers(lesson, marks), known)
        lesson = lesson.renumbered(people)
        fresh = lesson.without(marks.keys() - new)
        findings = await _fresh(connection, server_id, thread, fresh.findings())
        rows = [_row(server_id, thread, one) for one in findings]
        if approved:
            await _insert(connection, schema.suggestions, rows, approved=True)
        else:
            for row, finding in zip(rows, findings, strict=True):
                row["quote"] = finding.quote[:QUOTE_LENGTH] if keep_words else ""
            await _insert(connection, schema.pending, rows)
        known_names = await _stored_names(connection, server_id, thread)
        new_names = [one for one in fresh.heard if _name_key(one) not in known_names]
        heard = _names(server_id, thread, new_names, keep_words=keep_words)
        await _insert(connection, schema.heard, heard)
        learned = [
            {"mark": mark, "person": person}
            for mark, person in sorted(_writers(lesson, marks).items())
            if mark not in known
        ]
        await _insert(connection, schema.learned, learned, server_id=server_id, thread=thread)
    return len(rows)


def _writers(lesson: Lesson, marks: Mapping[int, str]) -> dict[str, int]:
    """Who wrote each comment, by its mark."""
    return {marks[comment.number]: comment.person for comment in lesson.comments}


def mark_of(thread: Thread, comment: Comment) -> str:
    """What tells a comment from all others: its address, or else who wrote what, and where.

    Hashed: neither names nor words are kept. An anonymous one without any address is known by its
    place in its thread.
    """
    told = comment.link
    if not told and (thread.source or is_named(comment)):
        told = "\n".join((thread.source, comment.author.casefold(), comment.text))
    told = told or f"{thread.key} {comment.number}"
    return hashlib.sha256(told.encode(errors="replace")).hexdigest()[:32]


async def _known(
    connection: AsyncConnection, server_id: int, marks: list[str]
) -> dict[str, tuple[str, int]]:
    """In which thread, and by whom, each of these comments stands that was learned."""
    table = schema.learned
    known: dict[str, tuple[str, int]] = {}
    for start in range(0, len(marks), AT_ONCE):
        some = table.c.mark.in_(marks[start : start + AT_ONCE])
        query = select(table).where(table.c.server_id == server_id, some)
        for row in await connection.execute(query):
            known[row.mark] = row.thread, row.person
    return known


async def _people(
    connection: AsyncConnection,
    server_id: int,
    thread: str,
    writers: Mapping[str, int],
    known: Mapping[str, tuple[str, int]],
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
        person: known[mark][1] or person
        for mark, person in writers.items()
        if mark in known and known[mark][0] == thread
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


async def _is_stored(connection: AsyncConnection, server_id: int, thread: Thread) -> bool:
    """Whether these very words are stored: also from before single comments were remembered."""
    table = schema.threads
    same = (table.c.server_id == server_id, table.c.thread == thread.key)
    return await connection.scalar(select(table.c.thread).where(*same)) is not None


async def _thread_key(connection: AsyncConnection, server_id: int, thread: Thread) -> str:
    """The key of the thread as this server has it, by its words or its address; stored if new."""
    table, link = schema.threads, _link(thread.source)
    same = table.c.thread == thread.key
    if link:
        same |= table.c.link == link
    query = select(table.c.thread).where(table.c.server_id == server_id, same)
    stored = (await connection.scalars(query.order_by(table.c.learned_at))).first()
    if stored:
        return str(stored)
    values = {"thread": thread.key, "title": thread.title[:TITLE_LENGTH], "link": link}
    now = datetime.now(UTC)
    await _insert(connection, table, [values], server_id=server_id, learned_at=now)
    return thread.key


async def _fresh(
    connection: AsyncConnection, server_id: int, thread: str, findings: Iterable[Finding]
) -> list[Finding]:
    """The findings on what their person has not spoken of in this thread before."""
    spoken: set[tuple[int, str, str]] = set()
    for table in (schema.suggestions, schema.pending):
        query = select(table.c.person, table.c.pattern, table.c.remedy)
        of_thread = query.where(table.c.server_id == server_id, table.c.thread == thread)
        spoken |= {
            (row.person, row.pattern, row.remedy) for row in await connection.execute(of_thread)
        }
    return [
        one
        for one in findings
        if (one.suggestion.person, one.suggestion.pattern, one.suggestion.remedy) not in spoken
    ]


async def _stored_names(
    connection: AsyncConnection, server_id: int, thread: str
) -> set[tuple[int, str, str]]:
    """Who has used which unknown name in this thread already."""
    table = schema.heard
    query = select(table.c.person, table.c.kind, table.c.key)
    of_thread = query.where(table.c.server_id == server_id, table.c.thread == thread)
    return {(row.person, row.kind, row.key) for row in await connection.execute(of_thread)}


def _name_key(heard: Heard) -> tuple[int, str, str]:
    return heard.person, heard.name.kind, heard.name.key


def _row(server_id: int, thread: str, finding: Finding) -> dict[str, Any]:
    said = finding.suggestion
    return {
        "server_id": server_id,
        "thread": thread,
        "person": said.person,
        "pattern": said.pattern,
        "remedy": said.remedy,
        "stance": said.stance,
        "link": _link(finding.link),
    }


def _names(
    server_id: int, thread: str, heard: Iterable[Heard], *, keep_words: bool
) -> list[dict[str, Any]]:
    rows = {
        _name_key(one): {
            "server_id": server_id,
            "thread": thread,
            "person": one.person,
            "kind": one.name.kind,
            "key": one.name.key,
            "name": one.name.name,
            "quote": one.quote[:QUOTE_LENGTH] if keep_words else "",
            "link": _link(one.link),
        }
        for one in heard
    }
    return list(rows.values())


async def _insert(
    connection: AsyncConnection, table: Table, rows: list[dict[str, Any]], **same: Any
) -> None:
    if rows:
        await connection.execute(table.insert(), [{**row, **same} for row in rows])


def _link(link: str) -> str:
    # Half an address leads nowhere.
    return link if link.startswith("https://") and len(link) <= LINK_LENGTH else ""
