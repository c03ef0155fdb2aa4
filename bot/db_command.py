"""`python -m bot db`: bringing the database up to date, looking after it, copies of it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from bot.settings import SettingsError, load_settings

T = TypeVar("T")
app = typer.Typer(help="The database: upgrade, check, backup, restore.", no_args_is_help=True)


@app.command()
def upgrade() -> None:
    """Brings the database up to date, as each start of the bot does."""
    from bot.store.database import upgrade as upgrade_database

    _run(upgrade_database)
    typer.echo("The database is up to date.")


@app.command()
def check() -> None:
    """Says whether the database is sound, up to date, and has room. Ends with 1 when it is not."""
    from bot.health import check_store

    findings = _run(check_store)
    for one in findings:
        typer.echo(f"{'well  ' if one.well else 'MEND  '}{one.what}. {one.fix}".rstrip())
    if not all(one.well for one in findings):
        raise typer.Exit(1)


@app.command()
def backup(target: Annotated[Path, typer.Argument(help="The file to write.")]) -> None:
    """Copies the database and its key, also while the bot runs."""
    from bot.store import backup as copies

    async def job(url: str) -> None:
        copies.backup(url, target)

    _run(job)
    typer.echo(f"Copied to {target}. The key of its votes lies beside it: keep both together.")


@app.command()
def restore(source: Annotated[Path, typer.Argument(help="A file made by backup.")]) -> None:
    """Puts a copy in place of the database. Stop the bot before, start it after."""
    from bot.store import backup as copies

    done = _run(lambda url: copies.restore(url, source))
    typer.echo(f"Restored {source}." + (f" What was there is in {done.kept}." if done.kept else ""))
    if not done.with_key:
        typer.echo(
            f"There is no {source}.key beside it. Unless the key here is the one it was made with, "
            "the codes of members fit no more: their votes still count, but nobody can take back, "
            "see or delete their own. If you have the key, put it there and restore once more."
        )


def _run(job: Callable[[str], Coroutine[Any, Any, T]]) -> T:
    """Runs a job on the database of the settings; whatever is wrong with it is told in a line."""
    from sqlalchemy.exc import SQLAlchemyError  # the database is loaded only where it is used

    from bot.store.database import StoreError

    try:
        return asyncio.run(job(load_settings().database_url))
    except (SettingsError, StoreError) as error:
        reason = str(error)
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        reason = f"the database cannot be used: {error}"
    typer.echo(f"Aid Station: {reason}", err=True)
    raise typer.Exit(1)
