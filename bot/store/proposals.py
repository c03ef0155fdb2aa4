"""Remedies that members propose: they wait for a curator, and come back if one thinks better."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store import schema


@dataclass(frozen=True, slots=True)
class Proposal:
    """A remedy as a member proposes it; `data` holds its fields."""

    number: int
    server_id: int
    data: Mapping[str, Any]
    made_at: datetime


async def store_proposal(
    engine: AsyncEngine, server_id: int, member: str, data: Mapping[str, Any], at: datetime
) -> None:
    """Keeps a proposal. `member`: the keyed hash. `at`: when it was made."""
    async with engine.begin() as connection:
        await connection.execute(
            schema.proposals.insert().values(
                server_id=server_id, member=member, data=dict(data), made_at=at
            )
        )


async def load_next_proposal(engine: AsyncEngine, server_id: int, after: int) -> Proposal | None:
    """What has waited longest of what comes after a number; None when nothing waits."""
    table = schema.proposals
    query = select(table).where(*_waiting(server_id), table.c.id > after).order_by(table.c.id)
    async with engine.connect() as connection:
        row = (await connection.execute(query.limit(1))).one_or_none()
    return _proposal(row) if row else None


async def load_proposal(engine: AsyncEngine, server_id: int, number: int) -> Proposal | None:
    """One proposal that waits; None for one that was decided."""
    query = select(schema.proposals).where(*_waiting(server_id, number))
    async with engine.connect() as connection:
        row = (await connection.execute(query)).one_or_none()
    return _proposal(row) if row else None


async def count_proposals(engine: AsyncEngine, server_id: int, member: str | None = None) -> int:
    """How many wait, of one member when the keyed hash is given."""
    query = select(func.count()).select_from(schema.proposals).where(*_waiting(server_id))
    if member is not None:
        query = query.where(schema.proposals.c.member == member)
    async with engine.connect() as connection:
        return int(await connection.scalar(query) or 0)


async def reject_proposal(engine: AsyncEngine, server_id: int, number: int, at: datetime) -> bool:
    """Lets a proposal wait no longer; False for whoever comes second."""
    rejects = schema.proposals.update().where(*_waiting(server_id, number))
    async with engine.begin() as connection:
        done = await connection.execute(rejects.values(rejected_at=at))
    return bool(done.rowcount)


async def take_back_rejection(engine: AsyncEngine, server_id: int, number: int) -> bool:
    """Lets a rejected proposal wait again; False where it does already, or is gone."""
    table = schema.proposals
    rejected = (
        table.c.id == number,
        table.c.server_id == server_id,
        table.c.rejected_at.is_not(None),
    )
    async with engine.begin() as connection:
        done = await connection.execute(table.update().where(*rejected).values(rejected_at=None))
    return bool(done.rowcount)


async def forget_rejected(engine: AsyncEngine, before: datetime) -> None:
    """Lets go of what was rejected before a moment."""
    table = schema.proposals
    async with engine.begin() as connection:
        await connection.execute(table.delete().where(table.c.rejected_at < before))


def _waiting(server_id: int, number: int | None = None) -> tuple[ColumnElement[bool], ...]:
    table = schema.proposals
    waits = (table.c.server_id == server_id, table.c.rejected_at.is_(None))
    return waits if number is None else (*waits, table.c.id == number)


def _proposal(row: Any) -> Proposal:
    return Proposal(row.id, row.server_id, row.data, row.made_at)
