"""Remedies that members propose, waiting for a curator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
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
    engine: AsyncEngine, server_id: int, member: str, data: Mapping[str, Any]
) -> None:
    """Keeps a proposal. `member`: the keyed hash."""
    async with engine.begin() as connection:
        await connection.execute(
            schema.proposals.insert().values(
                server_id=server_id, member=member, data=dict(data), made_at=datetime.now(UTC)
            )
        )


async def load_next_proposal(engine: AsyncEngine, server_id: int) -> Proposal | None:
    """What has waited longest; None when nothing waits."""
    table = schema.proposals
    query = select(table).where(table.c.server_id == server_id).order_by(table.c.id).limit(1)
    async with engine.connect() as connection:
        row = (await connection.execute(query)).one_or_none()
    return _proposal(row) if row else None


async def load_proposal(engine: AsyncEngine, server_id: int, number: int) -> Proposal | None:
    """One proposal that waits; None for one that was decided."""
    table = schema.proposals
    query = select(table).where(table.c.id == number, table.c.server_id == server_id)
    async with engine.connect() as connection:
        row = (await connection.execute(query)).one_or_none()
    return _proposal(row) if row else None


async def count_proposals(engine: AsyncEngine, server_id: int, member: str | None = None) -> int:
    """How many wait, of one member when the keyed hash is given."""
    table = schema.proposals
    query = select(func.count()).select_from(table).where(table.c.server_id == server_id)
    if member is not None:
        query = query.where(table.c.member == member)
    async with engine.connect() as connection:
        return int(await connection.scalar(query) or 0)


async def take_proposal(engine: AsyncEngine, server_id: int, number: int) -> Proposal | None:
    """Takes a proposal out to decide it; None for whoever comes second."""
    table = schema.proposals
    same = (table.c.id == number, table.c.server_id == server_id)
    async with engine.begin() as connection:
        row = (await connection.execute(select(table).where(*same))).one_or_none()
        await connection.execute(table.delete().where(*same))
    return _proposal(row) if row else None


def _proposal(row: Any) -> Proposal:
    return Proposal(row.id, row.server_id, row.data, row.made_at)
