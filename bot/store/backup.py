"""Copies of a SQLite database: taken while the bot runs, brought back after a mishap."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.engine import make_url

from bot.store.database import StoreError, read_only, sqlite_path, stored_state
from bot.store.secret import key_file

A_WEEK = 7  # days after which copies go where the host keeps no more of them


def backup(database_url: str, target: Path) -> None:
    """Copies the database into `target`, with its key beside it as `target`.key.

    Whole or not at all: what stood in `target` stays until the copy is complete. Raises StoreError
    for a database that is not a file and for a target that is the database itself, OSError and
    sqlite3.Error for a full disk.
    """
    source = _file(database_url)
    if not source.exists():
        raise StoreError(f"There is no database at {source} yet")
    _insist_on_apart(target, source)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    try:
        with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(part)) as copy:
            # In one go: in parts, each write of the bot begins it anew. It may write meanwhile.
            live.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, no journal beside it
        _copy_key(database_url, target)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Restored:
    """What was done: where the database that was there is kept, and whether the key came, too."""

    kept: Path | None
    with_key: bool


async def restore(database_url: str, source: Path) -> Restored:
    """Puts the copy in `source`, and `source`.key, in place of the database and its key.

    A database that is damaged is kept as it lies there, file by file. Raises StoreError, before
    anything is touched, for a file that is missing, damaged, no Aid Station database, from a newer
    version, or the database itself.
    """
    target = _file(database_url)
    await _insist_on_sound(source)
    _insist_on_apart(source, target)
    kept = None
    if target.exists():
        kept = target.with_name(f"{target.name}.before-{datetime.now(UTC):%Y%m%d-%H%M%S}")
        try:
            backup(database_url, kept)
        except sqlite3.OperationalError:
            raise  # locked, or a full disk: the database itself may be sound
        except sqlite3.DatabaseError:
            _move_aside(target, kept)
            _copy_key(database_url, kept)
    target.parent.mkdir(parents=True, exist_ok=True)
    # Written through SQLite in one go, so that a bot that still runs is not left with half of it.
    with closing(sqlite3.connect(source)) as copy, closing(sqlite3.connect(target)) as live:
        copy.backup(live)
    with_key = _key_of(source).exists()
    if with_key:
        shutil.copy2(_key_of(source), key_file(database_url))
    return Restored(kept, with_key)


def nightly(database_url: str, kept: int) -> Path:
    """Today's backup in the folder `backups` beside the database; only the newest `kept` stay.

    None of those is older than as many days.
    """
    target = _nightly(database_url, datetime.now(UTC))
    prune(database_url, kept)  # first: old copies may be what fills the disk
    backup(database_url, target)
    for old in _nightly_ones(database_url)[:-kept]:
        _remove(old)
    return target


def prune(database_url: str, kept: int) -> None:
    """Removes nightly backups older than `kept` days, and what a kill left of a half-made one.

    The newest stays until there is another. Where none are `kept`, those of before go after a week
    all the same. Raises what `nightly` does.
    """
    oldest = _nightly(database_url, datetime.now(UTC) - timedelta(days=kept or A_WEEK))
    copies = _nightly_ones(database_url)
    for old in copies[:-1] if kept else copies:
        if old.name < oldest.name:
            _remove(old)
    folder = _nightly_folder(database_url)
    for part in folder.glob("aid-station-*.db.part*"):
        part.unlink()
    for key in folder.glob("aid-station-*.db.key"):
        if not key.with_suffix("").exists():
            key.unlink()


def last_nightly(database_url: str) -> datetime | None:
    """When the newest of these backups was made; None for none. Raises what `nightly` raises."""
    made = _nightly_ones(database_url)
    return datetime.fromtimestamp(made[-1].stat().st_mtime, UTC) if made else None


def _nightly(database_url: str, day: datetime) -> Path:
    return _nightly_folder(database_url) / f"aid-station-{day:%Y-%m-%d}.db"


def _nightly_folder(database_url: str) -> Path:
    return _file(database_url).parent / "backups"


def _nightly_ones(database_url: str) -> list[Path]:
    """The oldest first."""
    return sorted(_nightly_folder(database_url).glob("aid-station-*.db"))


def _insist_on_apart(copy: Path, database: Path) -> None:
    if copy.exists() and database.exists() and copy.samefile(database):
        raise StoreError(f"{copy} is the database itself. Nothing was changed; name another file.")


async def _insist_on_sound(source: Path) -> None:
    _insist_on_unbroken(source)
    state = await stored_state(f"sqlite+aiosqlite:///{source}")
    if state not in ("current", "older than this version of the bot"):
        raise StoreError(f"The tables in {source} are {state}. Nothing was changed.")


def _insist_on_unbroken(source: Path) -> None:
    if not source.is_file():
        raise StoreError(f"There is no file {source}")
    try:
        with read_only(source) as connection:
            (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{source} is no sound database: {error}. Nothing was changed.") from error
    if found != "ok":
        raise StoreError(f"{source} is damaged: {found}. Nothing was changed.")


def _file(database_url: str) -> Path:
    path = sqlite_path(make_url(database_url))
    if path is None:
        raise StoreError(
            "Backups are made here for SQLite files only; for other databases use their own tool "
            "(pg_dump for PostgreSQL)."
        )
    return path


def _remove(copy: Path) -> None:
    copy.unlink()
    _key_of(copy).unlink(missing_ok=True)


def _copy_key(database_url: str, copy: Path) -> None:
    key = key_file(database_url)
    if key.exists():
        shutil.copy2(key, _key_of(copy))


def _move_aside(database: Path, kept: Path) -> None:
    """Moves a database that cannot be read, with its journals."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        part = database.with_name(database.name + suffix)
        if part.exists():
            part.replace(kept.with_name(kept.name + suffix))


def _key_of(copy: Path) -> Path:
    return copy.with_name(copy.name + ".key")
