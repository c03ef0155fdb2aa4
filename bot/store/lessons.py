"""Storing what a thread taught: each comment once, in whatever thread or format it comes back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Table, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.knowledge.tally import Stance
from bot.store import schema
from bot.store.known import (
    KnownPerson,
    decided_in,
    known_comments,
    leave_thread,
    link_of,
    people_of,
    stored_thread,
    who_taught,
)
from bot.store.suggestions import let_go, row_of
from bot.threads.comments import Thread, former_marks_of, marks_of
from bot.threads.learning import Finding, Heard, Lesson
from bot.threads.stance import strongest

QUOTE_LENGTH = TITLE_LENGTH = 200
Hide = Callable[[str], str]


@dataclass(slots=True)
class LearnedTotals:
    """What became of threads that were learned one after the other."""

    threads: int = 0
    comments: int = 0
    suggestions: int = 0
    known: int = 0  # threads that taught nothing new

    def add(self, lesson: Lesson, new: int | None) -> None:
        """Counts one more; `new`: what store_lesson gave for it."""
        self.threads += 1
        self.comments += len(lesson.thread.comments)
        self.suggestions += new or 0
        self.known += new is None


async def store_lesson(
    engine: AsyncEngine,
    server_id: int,
    lesson: Lesson,
    *,
    approved: bool = False,
    hide: Hide | None = None,
) -> int | None:
    """Keeps what a thread taught: to count at once when `approved`, else waiting for a curator.

    Of comments that this server has learned before only what was not read in them then (a remedy
    that was added since, say), and never what a curator decided. Who says in a new comment how it
    went with what they only thought of before is read again. Gives how many suggestions are new;
    None where every comment is known and nothing is new in it. `hide`: for Discord messages, whose
    words are looked up by their link when they are shown: hashes an unknown name.
    """
    try:
        return await _store(engine, server_id, lesson, approved=approved, hide=hide)
    except IntegrityError:
        # Somebody else stored or forgot the same in the same moment; now it can be seen.
        return await _store(engine, server_id, lesson, approved=approved, hide=hide)


async def _store(
    engine: AsyncEngine, server_id: int, lesson: Lesson, *, approved: bool, hide: Hide | None
) -> int | None:
    async with engine.begin() as connection:
        placed = await _placed(connection, server_id, lesson)
        findings = await _fresh(connection, server_id, placed)
        if not placed.new and not findings:
            return None
        await _keep_thread(connection, server_id, placed.thread, lesson.thread)
        rows = [
            row_of(server_id, replace(one.suggestion, thread=placed.thread), link_of(one.link))
            for one in findings
        ]
        await let_go(connection, schema.pending, rows)
        if approved:
            await let_go(connection, schema.suggestions, rows)
            await _insert(connection, schema.suggestions, rows, approved=True)
        else:
            for row, finding in zip(rows, findings, strict=True):
                row["quote"] = "" if hide else finding.quote[:QUOTE_LENGTH]
            await _insert(connection, schema.pending, rows)
        await _keep_names(connection, server_id, placed, hide)
        await _keep_marks(connection, server_id, placed)
    return len(rows)


class _Placed(NamedTuple):
    """What of a lesson is this thread's, as a server has it, by the server's numbers of people.

    `new`: the numbers of its new comments. `marks`: those that are to be kept, by number. `moved`:
    the writers of comments, by mark, that stood in another thread until now. `elsewhere`: what
    was read of its people in another thread, whose comments stand in this file as well.
    """

    thread: str
    lesson: Lesson
    new: Collection[int]
    marks: Mapping[int, str]
    moved: Mapping[str, KnownPerson]
    elsewhere: Mapping[tuple[int, str, str], Stance | None]


async def _placed(connection: AsyncConnection, server_id: int, lesson: Lesson) -> _Placed:
    marks, former = marks_of(lesson.thread), former_marks_of(lesson.thread)
    found = await known_comments(connection, server_id, sorted({*marks.values(), *former.values()}))
    known = {n: found.get(marks[n]) or found.get(former[n]) for n in marks}
    thread = await stored_thread(connection, server_id, lesson.thread) or lesson.thread.key
    elsewhere = {n: one for n, one in known.items() if one and one.thread != thread}
    # A comment by itself has no topic to offer to one that was learned with its thread.
    alone = len(lesson.thread.comments) == 1
    taught = await who_taught(connection, server_id, {one.thread for one in elsewhere.values()})
    moving = {n for n, one in elsewhere.items() if not alone and one not in taught and one.person}
    wrote = {comment.number: comment.person for comment in lesson.comments}
    lesson = lesson.without(elsewhere.keys() - moving)
    writers = {comment.number: comment.person for comment in lesson.comments}
    here = {n: one for n, one in known.items() if one and n not in elsewhere}
    people = await people_of(connection, server_id, thread, writers, here)
    new = {n for n, one in known.items() if one is None} | moving
    return _Placed(
        thread,
        lesson.renumbered(people),
        new,
        {n: mark for n, mark in marks.items() if mark not in found or n in moving},
        {(marks if marks[n] in found else former)[n]: elsewhere[n] for n in moving},
        {
            (people[wrote[n]], *said): stance
            for n, one in elsewhere.items()
            if wrote[n] in people
            for said, stance in taught.get(one, {}).items()
        },
    )


async def _keep_thread(
    connection: AsyncConnection, server_id: int, stored: str, thread: Thread
) -> None:
    """Stores a thread under its key, if it is new."""
    table = schema.threads
    same = (table.c.server_id == server_id, table.c.thread == stored)
    if await connection.scalar(select(table.c.thread).where(*same)) is None:
        title = (thread.called or thread.title)[:TITLE_LENGTH]
        values = {"title": title, "link": link_of(thread.source)}
        now = datetime.now(UTC)
        await _insert(
            connection, table, [values], server_id=server_id, thread=stored, learned_at=now
        )


async def _fresh(connection: AsyncConnection, server_id: int, placed: _Placed) -> list[Finding]:
    """What was not read before in this thread: of the new comments, and of all the others.

    Whose word on a remedy was read has said it, whatever the thread was taken to be about then,
    and in whatever thread of this server that comment stands.
    A new comment tells more where it tells something stronger, or where a curator said no.
    """
    decided = {**placed.elsewhere, **await decided_in(connection, server_id, placed.thread)}
    spoken = {(person, remedy) for person, _, remedy in decided}
    lesson = placed.lesson
    first = [one for one in lesson.findings() if _who_of_what(one) not in spoken]
    known = {comment.number for comment in lesson.comments} - set(placed.new)
    again = [one for one in lesson.without(known).findings() if _who_of_what(one) in spoken]
    return first + [one for one in again if _tells_more(one, decided)]


def _who_of_what(one: Finding) -> tuple[int, str]:
    return one.suggestion.person, one.suggestion.remedy


def _tells_more(one: Finding, decided: Mapping[tuple[int, str, str], Stance | None]) -> bool:
    said = one.suggestion
    key = said.person, said.pattern, said.remedy
    before = decided.get(key)
    if key not in decided or before is None:
        return True
    return said.stance != before and strongest([before, said.stance]) == said.stance


async def _keep_names(
    connection: AsyncConnection, server_id: int, placed: _Placed, hide: Hide | None
) -> None:
    """Stores the unknown names that new comments use, once a person."""
    stored = await _stored_names(connection, server_id, placed.thread)
    heard = [one for one in placed.lesson.heard if one.number in placed.new]
    rows = {
        (row["person"], row["kind"], row["key"]): row
        for row in (_name_row(server_id, placed.thread, one, hide) for one in heard)
    }
    await _insert(connection, schema.heard, [rows[key] for key in rows if key not in stored])


async def _keep_marks(connection: AsyncConnection, server_id: int, placed: _Placed) -> None:
    table = schema.learned
    for mark, writer in placed.moved.items():
        await leave_thread(connection, server_id, mark, writer)
    rows = [
        {"mark": placed.marks[comment.number], "person": comment.person}
        for comment in placed.lesson.comments
        if comment.number in placed.marks
    ]
    await _insert(connection, table, rows, server_id=server_id, thread=placed.thread)


async def _stored_names(
    connection: AsyncConnection, server_id: int, thread: str
) -> set[tuple[int, str, str]]:
    """Who has used which unknown name in this thread already."""
    table = schema.heard
    query = select(table.c.person, table.c.kind, table.c.key)
    of_thread = query.where(table.c.server_id == server_id, table.c.thread == thread)
    return {(row.person, row.kind, row.key) for row in await connection.execute(of_thread)}


def _name_row(server_id: int, thread: str, heard: Heard, hide: Hide | None) -> dict[str, Any]:
    name = heard.name
    return {
        "server_id": server_id,
        "thread": thread,
        "person": heard.person,
        "kind": name.kind,
        "key": hide(name.key) if hide else name.key,
        "name": "" if hide else name.name,
        "quote": "" if hide else heard.quote[:QUOTE_LENGTH],
        "link": link_of(heard.link),
    }


async def _insert(
    connection: AsyncConnection, table: Table, rows: list[dict[str, Any]], **same: Any
) -> None:
    if rows:
        await connection.execute(table.insert(), [{**row, **same} for row in rows])
