"""Writes that nobody waits for: kept in order, stored together, tried until they are stored.

A reaction comes in no matter how the database feels. While one transaction runs, what comes in
gathers for the next, so a burst of a thousand votes takes a few transactions.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from sqlalchemy.exc import DataError, IntegrityError, ProgrammingError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

log = logging.getLogger("aid_station")

MOST_TOGETHER = 1000
RETRY_SECONDS = (6, 15, 60)
CLOSING_SECONDS = 10
DRAINED_SECONDS = 2  # within the three that Discord waits for an answer

Write = Callable[[AsyncConnection], Awaitable[None]]
VotesStored = Callable[[set[int]], Awaitable[None]]


class Writer:
    """Stores writes in the background, by a task that lives while there are any."""

    def __init__(self, engine: AsyncEngine, votes_stored: VotesStored) -> None:
        """`votes_stored` is told the servers whose votes a transaction changed."""
        self._engine = engine
        self._votes_stored = votes_stored
        self._waiting: list[tuple[Write, int | None]] = []
        self._task: asyncio.Task[None] | None = None
        self._tries = 0
        self._pausing = False

    def put(self, write: Write, *, votes_of: int | None = None) -> None:
        """Takes a write, to be stored soon. `votes_of`: the server whose votes it changes."""
        self._waiting.append((write, votes_of))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._store_all())

    async def drained(self, seconds: float = DRAINED_SECONDS) -> bool:
        """Waits until all that was put is stored, at most so long; gives whether it is.

        What waits for its next try is tried at once.
        """
        self._end_pause()
        try:
            async with asyncio.timeout(seconds):
                while self._task and not self._task.done():
                    await asyncio.wait({self._task})  # whoever ends a pause puts another in place
        except TimeoutError:
            return False
        return not self._waiting

    async def close(self) -> None:
        """Stores what is left, as far as the database lets it in ten seconds."""
        for _ in range(CLOSING_SECONDS):
            if await self.drained(seconds=1):
                return
        log.error("%d writes could not be stored before closing", len(self._waiting))
        if self._task:
            self._task.cancel()
            self._pausing = False

    async def _store_all(self) -> None:
        together = MOST_TOGETHER
        while self._waiting:
            jobs = self._waiting[:together]
            try:
                async with self._engine.begin() as connection:
                    for write, _ in jobs:
                        await write(connection)
            except Exception as error:  # noqa: BLE001 - a fault in one write must not end the task
                if _passes(error):
                    pause = RETRY_SECONDS[min(self._tries, len(RETRY_SECONDS) - 1)]
                    self._tries += 1
                    log.error(
                        "%d writes wait, again in %d s (%s)", len(jobs), pause, type(error).__name__
                    )
                    self._pausing = True
                    await asyncio.sleep(pause)
                    self._pausing = False
                elif len(jobs) > 1:
                    together = 1  # to find the one at fault: it must not hold up the others
                else:
                    log.error("a write can never be stored (%s)", type(error).__name__)
                    del self._waiting[0]
                    together = MOST_TOGETHER
                continue
            self._tries = 0
            del self._waiting[: len(jobs)]
            await self._tell({server for _, server in jobs if server is not None})

    def _end_pause(self) -> None:
        if self._pausing and self._task:
            self._pausing = False
            self._task.cancel()
            self._task = asyncio.create_task(self._store_all())

    async def _tell(self, servers: set[int]) -> None:
        try:
            await self._votes_stored(servers)
        except (SQLAlchemyError, OSError) as error:
            # The votes are safe; the next one, or the night, brings them into the answers.
            log.error("votes are stored but not counted yet (%s)", type(error).__name__)


def _passes(error: Exception) -> bool:
    """Whether the same write may succeed later: the database is locked, full or gone for now."""
    if isinstance(error, IntegrityError | ProgrammingError | DataError):
        return False
    return isinstance(error, SQLAlchemyError | OSError)
