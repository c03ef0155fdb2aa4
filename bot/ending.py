"""Ending background work before what it works with is closed."""

from __future__ import annotations

import asyncio


async def end(task: asyncio.Task[None] | None) -> None:
    """Cancels a task, None for none, and waits until it has let go of what it holds.

    A task that is cancelled in a query still has to close its connection. Whoever only cancels it
    leaves it to the end of the event loop, which cancels it once more, and on that SQLAlchemy's
    connection to SQLite waits for ever: aiosqlite's thread has stopped by then.
    """
    if task:
        task.cancel()
        await asyncio.wait([task])
