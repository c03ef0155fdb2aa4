"""Whether the database is in order: what `python -m bot db check` and `/setup check` tell."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url

from bot.store.database import StoreError, read_only, sqlite_path, stored_state

LEAST_FREE = 100_000_000  # bytes; a big server's database with a week of backups


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: whether it is well, what it is, and how to mend it."""

    well: bool
    what: str
    fix: str = ""


async def check_store(database_url: str) -> list[Finding]:
    """What was found of the database: its version, its soundness, the room on its disk.

    Raises SQLAlchemyError for a database that is not a file and cannot be reached.
    """
    try:
        state = await stored_state(database_url)
    except StoreError as error:
        return [Finding(False, str(error), "Bring a backup back: `python -m bot db restore`.")]
    findings = [
        Finding(
            state == "current",
            f"The database's tables are {state}",
            "" if state == "current" else FIXES[state],
        )
    ]
    if path := sqlite_path(make_url(database_url)):
        findings += await asyncio.to_thread(_file_findings, path)  # a large file takes a while
    return findings


FIXES = {
    "missing": "Start the bot once, or run `python -m bot db upgrade`.",
    "older than this version of the bot": "Run `python -m bot db upgrade`, or restart the bot.",
    "newer than this version of the bot": "Update the bot, or point DATABASE_URL elsewhere.",
}


def _file_findings(path: Path) -> list[Finding]:
    findings = []
    if path.exists():
        faults = _faults(path)
        text = f"The database file is {'damaged: ' + faults if faults else 'sound'}"
        fix = "Bring a backup back: `python -m bot db restore`." if faults else ""
        findings.append(Finding(not faults, text, fix))
    free = shutil.disk_usage(path.parent if path.parent.exists() else Path()).free
    enough = free >= LEAST_FREE
    fix = "" if enough else "Make room: votes and changes cannot be kept on a full disk."
    text = f"{free // 1_000_000:,} MB are free on the database's disk"
    return [*findings, Finding(enough, text, fix)]


def _faults(path: Path) -> str:
    """What SQLite's own check finds, "" for a sound file."""
    try:
        with read_only(path) as connection:
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        return str(error)
    return "" if found == "ok" else str(found)
