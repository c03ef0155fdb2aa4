"""Public replies: which message shows which remedies, so that a reaction can be read as a vote."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store import schema
from bot.store.database import put

REMEMBERED = 100_000  # newest replies kept in memory; about 30 MB


@dataclass(frozen=True, slots=True)
class Reply:
    """A public reply: where it is and what stands in it, remedies in the order shown."""

    message_id: int
    channel_id: int
    server_id: int
    pattern: str
    remedies: tuple[str, ...]


async def store_reply(engine: AsyncEngine, reply: Reply) -> None:
    """Keeps the reply, in place of an older one with the same message id."""
    values = asdict(reply) | {"remedies": list(reply.remedies), "sent_at": datetime.now(UTC)}
    key = {"message_id": values.pop("message_id")}
    await put(engine, schema.replies, key, values)


async def load_replies(engine: AsyncEngine, newest: int = REMEMBERED) -> dict[int, Reply]:
    """The newest replies by message id."""
    table = schema.replies
    query = select(table).order_by(table.c.sent_at.desc()).limit(newest)
    async with engine.connect() as connection:
        return {
            row.message_id: Reply(
                row.message_id, row.channel_id, row.server_id, row.pattern, tuple(row.remedies)
            )
            for row in await connection.execute(query)
        }


async def forget_replies(engine: AsyncEngine, server_id: int) -> None:
    """Lets go of a server's replies; the votes cast under them stay."""
    async with engine.begin() as connection:
        await connection.execute(
            schema.replies.delete().where(schema.replies.c.server_id == server_id)
        )
