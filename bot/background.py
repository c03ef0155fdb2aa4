"""Work beside all else, and its end before what it works with is closed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

Task = asyncio.Task[None]


class Background:
    """One piece of work at a time: a new one takes the place of the one before."""

    def __init__(self, on_failure: Callable[[BaseException], object]) -> None:
        """`on_failure`: told of what ends the work; asyncio would log what the exception says."""
        self._on_failure = on_failure
        self._tasks: set[Task] = set()  # the last one started, and those that are ending
        self._ended = False

    @property
    def running(self) -> bool:
        """Whether any of it still runs."""
        return bool(self._tasks)

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Starts work in place of what runs. After `end` nothing is started any more."""
        if self._ended:
            work.close()
            return
        for task in self._tasks:
            task.cancel()
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._over)

    def _over(self, task: Task) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self._on_failure(error)

    async def end(self) -> None:
        """Ends it for good, and waits until it has let go of the database."""
        self._ended = True
        await end(self._tasks)


async def end(tasks: Iterable[Task]) -> None:
    """Cancels tasks and waits for them.

    A task that is cancelled in a query still has to close its connection. Whoever only cancels it
    leaves it to the end of the event loop, which cancels it once more, and on that SQLAlchemy's
    connection to SQLite waits for ever: aiosqlite's thread has stopped by then.
    """
    ending = set(tasks)
    for task in ending:
        task.cancel()
    if ending:
        await asyncio.wait(ending)
