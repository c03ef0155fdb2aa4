"""`python -m bot learned`: what the host has learned for every server, and names it lacks."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.knowledge.catalogue import load_catalogue
from bot.knowledge.tally import Suggestion
from bot.reading.reader import Reader
from bot.settings import Settings
from bot.store.candidates import NAMED_BY, Candidate, Place, load_candidates, load_places
from bot.store.database import StoreError, open_engine, stored_state, upgrade
from bot.store.suggestions import (
    EVERY_SERVER,
    Source,
    count_by_thread,
    forget_threads,
    load_all_suggestions,
    load_sources,
)

LETTERS = 8  # of a thread's key; enough to tell some thousand of them apart
Named = tuple[Candidate, Sequence[Place]]
RESTART = "A bot that runs takes that in at its next start."


class UnknownError(Exception):
    """No thread, or more than one, goes by that name. The message says which."""


def show_learned(settings: Settings) -> None:
    """Prints each thread that was learned at the command line, and what came of it."""
    asyncio.run(_show(settings))


def forget_learned(settings: Settings, names: Sequence[str]) -> None:
    """Lets go of all that some threads taught, by the names that `show_learned` prints.

    All or none: raises UnknownError for a name that is not a thread's.
    """
    forgotten = asyncio.run(_forget(settings, names))
    Console().print(f"Forgotten: {', '.join(forgotten)}. {RESTART}", markup=False)


def learned_here(settings: Settings) -> list[Suggestion]:
    """What the threads learned at the command line teach, as far as it counts.

    The database is only read. Raises StoreError, also for one of another version, and
    SQLAlchemyError.
    """
    return asyncio.run(_learned_here(settings.database_url))


async def _learned_here(url: str) -> list[Suggestion]:
    state = await stored_state(url)
    if state == "missing":
        return []
    if state != "current":
        raise StoreError(f"the database is {state}")
    engine = open_engine(url)
    try:
        return (await load_all_suggestions(engine, EVERY_SERVER)).get(EVERY_SERVER, [])
    finally:
        await engine.dispose()


async def _show(settings: Settings) -> None:
    await upgrade(settings.database_url)
    engine = open_engine(settings.database_url)
    try:
        sources = await load_sources(engine, EVERY_SERVER)
        counts = await count_by_thread(engine, EVERY_SERVER)
        named = [
            (one, await load_places(engine, EVERY_SERVER, one.kind, one.key))
            for one in await load_candidates(engine, EVERY_SERVER, NAMED_BY)
        ]
    finally:
        await engine.dispose()
    table = Table(title="Learned for every server")
    for name in ("Name", "Learned", "Count", "Wait", "Title"):
        table.add_column(name, justify="right" if name in ("Count", "Wait") else "left")
    for key, source in sources.items():
        counting, waiting = counts.get(key, (0, 0))
        day = f"{source.learned_at:%Y-%m-%d}" if source.learned_at else ""
        table.add_row(key[:LETTERS], day, str(counting), str(waiting), escape(source.title))
    Console().print(table)
    if unknown := list(_unknown(named, settings.data_dir)):
        Console().print(_names(unknown))


def _unknown(named: Iterable[Named], data_dir: Path) -> Iterator[Named]:
    """Those that were not put into data/ since."""
    reader = Reader(data_dir, load_catalogue(data_dir))
    for one, places in named:
        known = "remedy" if one.kind == "remedy" else "named"
        if not reader.read(places[0].name).of_kind(known):
            yield one, places


def _names(named: Iterable[Named]) -> Table:
    table = Table(title="Named there like a remedy or a pain, and not in data/")
    for name in ("Name", "Like a", "People", "In words such as"):
        table.add_column(name, justify="right" if name == "People" else "left")
    for one, places in named:
        words = next((place.quote for place in places if place.quote), "")
        like = "pain" if one.kind == "pattern" else one.kind
        table.add_row(escape(places[0].name), like, str(one.people), escape(words))
    return table


async def _forget(settings: Settings, names: Sequence[str]) -> list[str]:
    await upgrade(settings.database_url)
    engine = open_engine(settings.database_url)
    try:
        sources = await load_sources(engine, EVERY_SERVER)
        threads = [_thread(name, sources) for name in names]
        await forget_threads(engine, EVERY_SERVER, threads)
    finally:
        await engine.dispose()
    return [sources[key].title for key in threads]


def _thread(name: str, sources: Mapping[str, Source]) -> str:
    found = [key for key in sources if name and key.startswith(name)]
    if len(found) != 1:
        many = "more than one thread" if found else "no thread"
        raise UnknownError(f"{many} goes by “{name}”; `python -m bot learned` shows them")
    return found[0]
