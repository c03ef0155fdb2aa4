"""Which commands Discord was last told of, so that an unchanged set is not sent again."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store import schema
from bot.store.database import put


async def load_fingerprint(engine: AsyncEngine, application_id: int) -> str | None:
    """The fingerprint of the commands last synced for the application; None before the first."""
    table = schema.synced_commands
    query = select(table.c.fingerprint).where(table.c.application_id == application_id)
    async with engine.connect() as connection:
        return await connection.scalar(query)


async def store_fingerprint(engine: AsyncEngine, application_id: int, fingerprint: str) -> None:
    """Remembers what was synced."""
    key = {"application_id": application_id}
    await put(engine, schema.synced_commands, key, {"fingerprint": fingerprint})


async def forget_fingerprints(engine: AsyncEngine) -> None:
    """Makes the next start sync again."""
    async with engine.begin() as connection:
        await connection.execute(schema.synced_commands.delete())
