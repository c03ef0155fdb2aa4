"""The database: opening it, bringing it up to date, and refusing one from a newer version."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Table, and_, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

State = Literal[
    "current",
    "missing",
    "older than this version of the bot",
    "newer than this version of the bot",
]
MIGRATIONS = Path(__file__).parent / "migrations"
WRITES = "writes"  # the execution option of a connection that may write
QUIET = ("aiosqlite", "sqlalchemy")
BUSY_MILLISECONDS = 2000  # Discord wants its answer within 3 s, also that we are busy


class StoreError(Exception):
    """The database cannot be used. The message says why, for whoever hosts the bot."""


class NewerDatabaseError(StoreError):
    """The database was made by a newer version of the bot; nothing in it was touched."""


class Engine(AsyncEngine):
    """An engine that knows reading from writing: `connect` to read, `begin` to write.

    SQLite lets many read beside the one that writes, as long as they do not claim to write.
    """

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        """A connection within a transaction that may write; committed at the end."""
        async with self.connect() as connection:
            await connection.execution_options(**{WRITES: True})
            async with connection.begin():
                yield connection


def open_engine(database_url: str) -> Engine:
    """An engine for the URL; for SQLite the folder is made and each connection set up.

    Raises StoreError where the package that speaks to such a database is not installed.
    """
    for name in QUIET:  # their finer levels tell what is stored
        logging.getLogger(name).setLevel(logging.WARNING)
    url = make_url(database_url)
    pre_ping = url.get_backend_name() != "sqlite"
    engine = Engine(_async_engine(url, pool_pre_ping=pre_ping).sync_engine)
    if url.get_backend_name() == "sqlite":
        if path := sqlite_path(url):
            path.parent.mkdir(parents=True, exist_ok=True)
        event.listen(engine.sync_engine, "connect", _set_up_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _async_engine(url: URL, **options: Any) -> AsyncEngine:
    try:
        return create_async_engine(url, **options)
    except ModuleNotFoundError as error:
        raise StoreError(
            f"DATABASE_URL cannot be used: please install the package {error.name}"
        ) from error


async def upgrade(database_url: str) -> None:
    """Brings the database up to date, making it when there is none.

    Raises NewerDatabaseError, before anything is written, for a revision that is not known here,
    and StoreError for a file that is not a database.
    """
    config = _config()
    script = ScriptDirectory.from_config(config)
    stored = await _stored_revisions(make_url(database_url))
    if stored == {script.get_current_head()}:
        return
    if unknown := stored - _known(script):
        raise NewerDatabaseError(
            f"The database {make_url(database_url).database} is from a newer version of "
            f"Aid Station (revision {', '.join(sorted(unknown))}, newest known here "
            f"{script.get_current_head()}). Nothing was changed. Update the bot, or point "
            "DATABASE_URL at another database."
        )
    engine = open_engine(database_url)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_run_upgrade, config)
    finally:
        await engine.dispose()


async def stored_state(database_url: str) -> State:
    """How the database's tables stand to this version. Raises StoreError for a broken file."""
    script = ScriptDirectory.from_config(_config())
    stored = await _stored_revisions(make_url(database_url))
    if not stored:
        return "missing"
    if stored == {script.get_current_head()}:
        return "current"
    if stored - _known(script):
        return "newer than this version of the bot"
    return "older than this version of the bot"


def _known(script: ScriptDirectory) -> set[str]:
    return {revision.revision for revision in script.walk_revisions()}


async def put(
    engine: AsyncEngine, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]
) -> None:
    """Stores one row, in place of the one with the same key. The same SQL on every database."""
    same_key = and_(*(table.c[name] == value for name, value in key.items()))
    for last_try in (False, True):
        try:
            async with engine.begin() as connection:
                await connection.execute(table.delete().where(same_key))
                await connection.execute(table.insert().values(**key, **values))
            return
        except IntegrityError:
            # Another process put the same key between our two statements: ours is the newer.
            if last_try:
                raise


def sqlite_path(url: URL) -> Path | None:
    """The file of a SQLite URL; None for one in memory and for other databases."""
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database))


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _run_upgrade(connection: Connection, config: Config) -> None:
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


async def _stored_revisions(url: URL) -> set[str]:
    if url.get_backend_name() == "sqlite":
        path = sqlite_path(url)
        return _revisions_in_file(path) if path and path.exists() else set()
    engine = _async_engine(url)
    try:
        async with engine.connect() as connection:
            return set(await connection.run_sync(_revisions))
    finally:
        await engine.dispose()


def _revisions(connection: Connection) -> tuple[str, ...]:
    return MigrationContext.configure(connection).get_current_heads()


def _revisions_in_file(path: Path) -> set[str]:
    try:
        with read_only(path) as connection:
            found = connection.execute(
                "SELECT name FROM sqlite_master WHERE name = 'alembic_version'"
            ).fetchone()
            rows = connection.execute("SELECT version_num FROM alembic_version") if found else ()
            return {revision for (revision,) in rows}
    except sqlite3.DatabaseError as error:
        raise StoreError(f"{path} cannot be read as a SQLite database: {error}") from error


@contextmanager
def read_only(path: Path) -> Iterator[sqlite3.Connection]:
    """A SQLite file, opened so that nothing is written. Raises sqlite3.DatabaseError."""
    # Plain sqlite3: an engine of ours would already switch the file to WAL. `immutable` keeps
    # SQLite from making its side files, but hides a journal that a crash left behind.
    journal = path.with_name(path.name + "-wal")
    how = "mode=ro" if journal.exists() else "mode=ro&immutable=1"
    with closing(sqlite3.connect(f"file:{quote(str(path))}?{how}", uri=True)) as connection:
        yield connection


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # so that our own BEGIN counts, for table changes too
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {BUSY_MILLISECONDS}",
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "foreign_keys = ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # IMMEDIATE waits its turn at the start; a reader that turns writer midway would fail at once.
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
