"""Public replies: which message shows which remedies, so that a reaction can be read as a vote."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.store import schema

LOOKED_BACK = timedelta(days=30)  # so old a reply is still looked at for what was missed
REMEMBERED = 100_000  # newest replies kept in memory; about 30 MB


@dataclass(frozen=True, slots=True)
class Reply:
    """A public reply: where it is and what stands in it, remedies in the order shown."""

    message_id: int
    channel_id: int
    server_id: int
    pattern: str
    remedies: tuple[str, ...]


async def write_reply(connection: AsyncConnection, reply: Reply, sent_at: datetime) -> None:
    """Keeps the reply in place of one with the same id, within the connection's transaction."""
    table = schema.replies
    values = asdict(reply) | {"remedies": list(reply.remedies), "sent_at": sent_at}
    await connection.execute(table.delete().where(table.c.message_id == reply.message_id))
    await connection.execute(table.insert().values(**values))


async def load_replies(engine: AsyncEngine, newest: int = REMEMBERED) -> dict[int, Reply]:
    """The newest replies by message id, the oldest of them first."""
    table = schema.replies
    query = select(table).order_by(table.c.sent_at.desc()).limit(newest)
    async with engine.connect() as connection:
        rows = (await connection.execute(query)).all()
    return {row.message_id: _reply(row) for row in reversed(rows)}


def _reply(row: Row[Any]) -> Reply:
    return Reply(row.message_id, row.channel_id, row.server_id, row.pattern, tuple(row.remedies))


async def load_reply(engine: AsyncEngine, message_id: int) -> Reply | None:
    """One reply; None for a message that is none."""
    query = select(schema.replies).where(schema.replies.c.message_id == message_id)
    async with engine.connect() as connection:
        row = (await connection.execute(query)).one_or_none()
    return _reply(row) if row else None


async def forget_replies(engine: AsyncEngine, server_id: int) -> None:
    """Lets go of a server's replies; the votes cast under them stay."""
    async with engine.begin() as connection:
        await connection.execute(
            schema.replies.delete().where(schema.replies.c.server_id == server_id)
        )
