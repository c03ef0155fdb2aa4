"""`python -m bot learn`: comment threads from files, printed or stored."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from bot.plain import lesson_as_json
from bot.settings import Settings
from bot.store.database import StoreError, open_engine, upgrade
from bot.store.suggestions import EVERY_SERVER, store_thread
from bot.threads.learning import Learner, Lesson
from bot.threads.plain import ThreadError, read_thread


@dataclass(slots=True)
class Totals:
    """What became of a batch of files."""

    threads: int = 0
    comments: int = 0
    suggestions: int = 0
    duplicates: int = 0
    failed: int = 0


def learn_files(
    files: Iterable[Path], learner: Learner, *, settings: Settings | None, jsonl: bool
) -> int:
    """Learns each file; with `settings` stores what it teaches for every server, approved.

    Prints a table (or, with `jsonl`, an object a file). A file that is no thread is named on
    standard error and the rest goes on. Returns how many files failed.
    """
    totals = Totals()
    lessons = list(_lessons(files, learner, totals))
    try:
        known = asyncio.run(_store(settings, lessons)) if settings else set()
    except (StoreError, SQLAlchemyError, OSError) as error:
        Console(stderr=True).print(
            f"Stopped, and it is safe to run this again: {error}", markup=False
        )
        return len(lessons) + totals.failed
    for path, lesson in lessons:
        totals.threads += 1
        totals.comments += len(lesson.comments)
        if lesson.thread.key in known:
            totals.duplicates += 1
        else:
            totals.suggestions += sum(1 for _ in lesson.suggestions())
        if jsonl:
            print(json.dumps(lesson_as_json(lesson, str(path)), ensure_ascii=False))
    if not jsonl:
        _print(totals, stored=settings is not None)
    return totals.failed


def _lessons(
    files: Iterable[Path], learner: Learner, totals: Totals
) -> Iterator[tuple[Path, Lesson]]:
    for path in files:
        try:
            yield path, learner.learn(read_thread(path))
        except (ThreadError, OSError) as error:
            totals.failed += 1
            Console(stderr=True).print(f"Skipped: {error}", markup=False)


async def _store(settings: Settings, lessons: list[tuple[Path, Lesson]]) -> set[str]:
    """Stores the lessons, each thread in one transaction; the keys of those known already."""
    await upgrade(settings.database_url)
    engine = open_engine(settings.database_url)
    known = set()
    try:
        for _, lesson in lessons:
            thread = lesson.thread
            new = await store_thread(
                engine,
                EVERY_SERVER,
                thread.key,
                thread.title,
                lesson.suggestions(),
                # Whoever runs the command line hosts the bot and has the say over what counts.
                approved=True,
            )
            if not new:
                known.add(thread.key)
    finally:
        await engine.dispose()
    return known


def _print(totals: Totals, *, stored: bool) -> None:
    table = Table(title="Learned" if stored else "Would learn (dry run)")
    for name in ("Threads", "Comments", "Suggestions", "Known already", "Skipped"):
        table.add_column(name, justify="right")
    table.add_row(
        *(
            str(number)
            for number in (
                totals.threads,
                totals.comments,
                totals.suggestions,
                totals.duplicates,
                totals.failed,
            )
        )
    )
    Console().print(table)
