"""`python -m bot learn`: comment threads from files of any size, printed or stored."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from bot.learned_command import RESTART
from bot.plain import LessonLines
from bot.settings import Settings
from bot.store.database import StoreError, open_engine, upgrade
from bot.store.lessons import LearnedTotals, store_lesson
from bot.store.suggestions import EVERY_SERVER, approve_all
from bot.threads.comments import Thread, ThreadError
from bot.threads.files import read_file
from bot.threads.learning import Learner

ERRORS = Console(stderr=True)


@dataclass(slots=True)
class Totals:
    """What became of a batch of files."""

    stored: LearnedTotals = field(default_factory=LearnedTotals)
    failed: int = 0
    approved: int = 0  # that had waited from before


def learn_files(
    files: Iterable[Path],
    learner: Learner,
    *,
    settings: Settings | None,
    jsonl: bool,
    approved: bool,
) -> int:
    """Learns each file; with `settings` stores what it teaches for every server.

    It waits unless `approved`, which also lets all count that waits from before.

    Prints a table (or, with `jsonl`, an object a file). Each thread is stored before the next
    is read: Ctrl-C loses nothing that was stored. A file that is no thread is named on standard
    error and the rest goes on. Returns how many files failed.
    """
    totals = Totals()
    try:
        asyncio.run(_learn(list(files), learner, settings, jsonl, approved, totals))
    except (StoreError, SQLAlchemyError, OSError) as error:
        ERRORS.print(f"Stopped, and it is safe to run this again: {error}", markup=False)
        totals.failed += 1
    except KeyboardInterrupt:
        ERRORS.print("Stopped. What the table counts is kept.")
        totals.failed += 1
    if not jsonl:
        _print(totals, stored=settings is not None)
        if settings and totals.stored.suggestions and not approved:
            Console().print("Nothing of it counts yet: `python -m bot learn --approve` lets it.")
        if approved:
            Console().print(f"Of what waited from before, {totals.approved} count now. {RESTART}")
    return totals.failed


async def _learn(
    files: list[Path],
    learner: Learner,
    settings: Settings | None,
    jsonl: bool,
    approved: bool,
    totals: Totals,
) -> None:
    engine = None
    lines = LessonLines(sys.stdout)
    if settings:
        await upgrade(settings.database_url)
        engine = open_engine(settings.database_url)
    try:
        for path, thread in _threads(files, totals):
            lesson = learner.learn(thread)
            if engine:
                new = await store_lesson(engine, EVERY_SERVER, lesson, approved=approved)
            else:
                new = sum(1 for _ in lesson.findings())
                await asyncio.sleep(0)  # where Ctrl-C is heard
            totals.stored.add(lesson, new)
            if jsonl:
                lines.write(str(path), lesson)
        if engine and approved:
            totals.approved = await approve_all(engine, EVERY_SERVER)
    finally:
        lines.end()
        if engine:
            await engine.dispose()


def _threads(files: list[Path], totals: Totals) -> Iterator[tuple[Path, Thread]]:
    """The threads of all files, with a progress bar and comments a second while they are read."""
    begun = perf_counter()
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    rate = TextColumn("{task.fields[rate]} comments/s")
    with Progress(*columns, rate, console=ERRORS, transient=True) as progress:
        for path in files:
            try:
                task = progress.add_task(path.name, total=path.stat().st_size, rate=0)
                with path.open("rb") as file:
                    for thread in read_file(progress.wrap_file(file, task_id=task), path.stem):
                        yield path, thread
                        rate_now = int(totals.stored.comments / (perf_counter() - begun))
                        progress.update(task, rate=rate_now)
                progress.remove_task(task)
            except (ThreadError, OSError) as error:
                totals.failed += 1
                ERRORS.print(f"Skipped: {error}", markup=False)


def _print(totals: Totals, *, stored: bool) -> None:
    table = Table(title="Learned" if stored else "Would learn (dry run)")
    for name in ("Threads", "Comments", "Suggestions", "Known already", "Skipped"):
        table.add_column(name, justify="right")
    table.add_row(
        *(
            str(number)
            for number in (
                totals.stored.threads,
                totals.stored.comments,
                totals.stored.suggestions,
                totals.stored.known,
                totals.failed,
            )
        )
    )
    Console().print(table)
