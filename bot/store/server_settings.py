"""What a server's admins set: who may curate."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store import schema
from bot.store.database import put


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """A server's settings; as they are here where nobody has set any."""

    curator_role_id: int | None = None


async def store_server_settings(
    engine: AsyncEngine, server_id: int, settings: ServerSettings
) -> None:
    """Keeps a server's settings in place of earlier ones."""
    await put(engine, schema.server_settings, {"server_id": server_id}, asdict(settings))


async def load_server_settings(engine: AsyncEngine) -> dict[int, ServerSettings]:
    """Every server's settings."""
    table = schema.server_settings
    async with engine.connect() as connection:
        return {
            row.server_id: ServerSettings(row.curator_role_id)
            for row in await connection.execute(select(table))
        }
