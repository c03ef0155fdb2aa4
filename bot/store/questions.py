""" "Ask me in two weeks": whom to ask what, and how far that is.

A question is `waiting`, then `sending`, then `sent`, and gone with its answer. Where sending fails,
or the process dies meanwhile, it stays `sending`: the next look finds out whether it arrived.
However far it is, it goes 30 days after the day that the member was told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.store import schema

State = Literal["waiting", "sending", "sent"]
KEPT = timedelta(days=30)  # then a question goes, and with it the member's id


@dataclass(frozen=True, slots=True)
class Question:
    """What helped of `remedies`? `member_id` is the plain id: it is needed for the message."""

    number: int
    server_id: int
    member_id: int
    pattern: str
    remedies: tuple[str, ...]
    due_at: datetime
    state: State

    def is_over(self, now: datetime) -> bool:
        """Whether it is to go, answered or not."""
        return self.due_at <= now - KEPT


async def store_question(
    engine: AsyncEngine,
    server_id: int,
    member_id: int,
    pattern: str,
    remedies: tuple[str, ...],
    due_at: datetime,
) -> None:
    """Keeps a question, in place of an older one on the same pattern."""
    table = schema.questions
    async with engine.begin() as connection:
        await connection.execute(table.delete().where(*_about(server_id, member_id, pattern)))
        await connection.execute(
            table.insert().values(
                server_id=server_id,
                member_id=member_id,
                pattern=pattern,
                remedies=list(remedies),
                due_at=due_at,
                state="waiting",
            )
        )


async def load_due(engine: AsyncEngine, now: datetime) -> list[Question]:
    """What is to be asked now, and what is over."""
    table = schema.questions
    asked = table.c.state == "sent"
    due = and_(~asked, table.c.due_at <= now) | (table.c.due_at <= now - KEPT)
    async with engine.connect() as connection:
        rows = await connection.execute(select(table).where(due).order_by(table.c.due_at))
        return [_question(row) for row in rows]


async def next_due(engine: AsyncEngine, now: datetime) -> datetime | None:
    """When there is something to do with a question again, after now; None for never."""
    table = schema.questions
    asked = table.c.state == "sent"
    first = select(func.min(table.c.due_at))
    async with engine.connect() as connection:
        to_ask = await connection.scalar(first.where(~asked, table.c.due_at > now))
        to_forget = await connection.scalar(first.where(table.c.due_at > now - KEPT))
    times = [to_ask, to_forget and to_forget + KEPT]
    return min((time for time in times if time), default=None)


async def load_question(engine: AsyncEngine, number: int) -> Question | None:
    """One question; None for one that is answered or forgotten."""
    query = select(schema.questions).where(schema.questions.c.id == number)
    async with engine.connect() as connection:
        row = (await connection.execute(query)).one_or_none()
    return _question(row) if row else None


def _question(row: Row[Any]) -> Question:
    return Question(
        row.id,
        row.server_id,
        row.member_id,
        row.pattern,
        tuple(row.remedies),
        row.due_at,
        row.state,
    )


async def mark_question(engine: AsyncEngine, number: int, state: State) -> bool:
    """Notes how far a question is. False for one that is answered or forgotten."""
    table = schema.questions
    now = table.update().where(table.c.id == number).values(state=state)
    async with engine.begin() as connection:
        return bool((await connection.execute(now)).rowcount)


async def forget_question(connection: AsyncConnection, number: int) -> None:
    """Lets go of a question, and with it of the member's id."""
    await connection.execute(schema.questions.delete().where(schema.questions.c.id == number))


async def forget_question_about(
    engine: AsyncEngine, server_id: int, member_id: int, pattern: str
) -> None:
    """Lets go of the question to a member on a pattern, if there is one."""
    gone = schema.questions.delete().where(*_about(server_id, member_id, pattern))
    async with engine.begin() as connection:
        await connection.execute(gone)


def _about(server_id: int, member_id: int, pattern: str) -> tuple[ColumnElement[bool], ...]:
    table = schema.questions.c
    return table.server_id == server_id, table.member_id == member_id, table.pattern == pattern


async def forget_member_questions(connection: AsyncConnection, member_id: int) -> int:
    """Lets go of all questions to a member; gives how many there were."""
    table = schema.questions
    gone = table.c.member_id == member_id
    count = await connection.scalar(select(func.count()).select_from(table).where(gone))
    await connection.execute(table.delete().where(gone))
    return int(count or 0)
