"""What a server's admins set: who may curate, where and how answers are given."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store import schema
from bot.store.database import put


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """A server's settings; as they are here where nobody has set any.

    `channel_id`: the only channel for public answers, None for any. `private`: how to answer a
    member who says nothing of it. `club_line`: stands under each caution, "" for none.
    `shipped_threads`: whether the threads that come with the bot count here.
    """

    curator_role_id: int | None = None
    channel_id: int | None = None
    private: bool = False
    emergency_number: str = ""
    club_line: str = ""
    shipped_threads: bool = True

    def answers_privately(self, channel_ids: Collection[int | None], asked: bool | None) -> bool:
        """Whether an answer is for the member alone.

        `channel_ids`: where it was asked, a thread's channel with it. `asked`: what the member
        chose, None for nothing.
        """
        return self._wants_private(asked) or self._is_elsewhere(channel_ids)

    def moved_to(self, channel_ids: Collection[int | None], asked: bool | None) -> int | None:
        """Where an answer would be public that is private only because of its channel."""
        moved = self._is_elsewhere(channel_ids) and not self._wants_private(asked)
        return self.channel_id if moved else None

    def _wants_private(self, asked: bool | None) -> bool:
        return self.private if asked is None else asked

    def _is_elsewhere(self, channel_ids: Collection[int | None]) -> bool:
        return self.channel_id is not None and self.channel_id not in channel_ids


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
            row.server_id: ServerSettings(
                row.curator_role_id,
                row.channel_id,
                row.private,
                row.emergency_number,
                row.club_line,
                row.shipped_threads,
            )
            for row in await connection.execute(select(table))
        }
