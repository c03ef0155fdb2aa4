"""The command line: run, try, ask, learn, learned, measure, db."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from bot import db_command
from bot.answer import Answerer
from bot.datafiles import DataFileError
from bot.house import load_learner, shipped_knowledge
from bot.knowledge.tally import Suggestion
from bot.settings import ROOT, Settings, SettingsError, load_settings

app = typer.Typer(
    help="Aid Station: what other runners do for the pain that you describe.",
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(db_command.app, name="db")
CASES = ROOT / "tests" / "cases"


def _stop(reason: object) -> NoReturn:
    typer.echo(f"Aid Station: {reason}", err=True)
    raise typer.Exit(1)


def _settings() -> Settings:
    try:
        settings = load_settings()
    except SettingsError as error:
        _stop(error)
    logging.basicConfig(
        level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells of every start
    return settings


def _load(settings: Settings) -> Answerer:
    try:
        return Answerer.load(settings.data_dir)
    except DataFileError as error:
        _stop(error)


@app.callback(invoke_without_command=True)
def start(context: typer.Context) -> None:
    """Without a command: on Discord when there is a token, else the Preview page."""
    if context.invoked_subcommand is None:
        if _settings().discord_token:
            run()
        else:
            preview()


@app.command()
def run() -> None:
    """Runs the bot on Discord. Insists on DISCORD_TOKEN."""
    settings = _settings()
    if settings.discord_token is None:
        _stop("DISCORD_TOKEN is not set. Put it in .env, or use `python -m bot try`.")
    from bot.client import run_bot  # discord.py is loaded by no other command

    _serve(run_bot(settings))


@app.command("try")
def preview() -> None:
    """Runs the very same bot on a simulated Discord, as a page in your browser. No token."""
    settings = _settings()
    # SimCord tries out a client without intents as it loads; the warnings are about that one.
    for name in ("discord.state", "discord.client", "discord.ext.tasks"):
        logging.getLogger(name).setLevel(logging.ERROR)
    from bot.views.preview import serve_preview

    _serve(serve_preview(settings, typer.echo))


@app.command()
def ask(
    text: Annotated[str, typer.Argument(help="What hurts, in your own words.")] = "",
    as_object: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help='Reads {"id", "text"} a line, writes an object a line.')
    ] = False,
) -> None:
    """Answers a description of a pain."""
    from bot.plain import as_json, as_text

    settings = _settings()
    answerer = _load(settings)
    try:
        knowledge = shipped_knowledge(answerer, settings.data_dir, _learned_here(settings))
    except DataFileError as error:
        _stop(error)
    if jsonl:
        bad = 0
        for question in _questions():
            if isinstance(question, BadLineError):
                bad += 1
                typer.echo(f"Aid Station: {question}", err=True)
                continue
            identity, words = question
            print(json.dumps({"id": identity, **as_json(answerer.answer(words, knowledge))}))
        if bad:
            raise typer.Exit(1)
        return
    answer = answerer.answer(text, knowledge)
    print(json.dumps(as_json(answer)) if as_object else as_text(answer, answerer.catalogue))


def _learned_here(settings: Settings) -> Sequence[Suggestion]:
    """What `learn --approve` stored; without it, and a word of that, where it cannot be read."""
    file = settings.database_file
    if file and not file.exists():
        return ()  # by far the most often, and the database's packages take long to load
    from sqlalchemy.exc import SQLAlchemyError

    from bot.learned_command import learned_here
    from bot.store.database import StoreError

    try:
        return learned_here(settings)
    except (StoreError, SQLAlchemyError, OSError) as error:
        typer.echo(f"Aid Station: answering without what was learned here: {error}", err=True)
        return ()


class BadLineError(Exception):
    """A line of the input that asks nothing; the message names it."""


def _questions() -> Iterator[tuple[object, str] | BadLineError]:
    """What each line asks. After a bad line the others still get their answers."""
    for number, line in enumerate(sys.stdin, start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line.removeprefix("\ufeff"))  # some editors begin a file with it
            identity, words = record["id"], record["text"]
        except (ValueError, KeyError, TypeError, RecursionError):
            identity = words = None
        if isinstance(words, str):
            yield identity, words
        else:
            yield BadLineError(
                f'line {number} of the input is not a JSON object with "id" and "text"'
            )


@app.command()
def learn(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Text, saved pages, exports of WordPress, Disqus, Reddit, Discord."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Store nothing.")] = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON object a file.")] = False,
    approve: Annotated[
        bool, typer.Option("--approve", help="Let it count, and all that waits from before.")
    ] = False,
) -> None:
    """Learns from comment threads who suggests which remedy for what, for every server."""
    from bot.learn_command import learn_files

    if not files and not approve:
        _stop("name the files to learn, or --approve for what waits")
    settings = _settings()
    answerer = _load(settings)
    try:
        learner = load_learner(answerer, settings.data_dir)
    except DataFileError as error:
        _stop(error)
    failures = learn_files(
        files or [],
        learner,
        settings=None if dry_run else settings,
        jsonl=jsonl,
        approved=approve,
    )
    if failures:
        raise typer.Exit(1)


@app.command()
def learned(
    forget: Annotated[
        list[str] | None, typer.Option(help="A thread's name in that table; may be given again.")
    ] = None,
) -> None:
    """Shows which threads were learned here for every server, or lets go of what some taught."""
    from sqlalchemy.exc import SQLAlchemyError

    from bot.learned_command import UnknownError, forget_learned, show_learned
    from bot.store.database import StoreError

    settings = _settings()
    try:
        if forget:
            forget_learned(settings, forget)
        else:
            show_learned(settings)
    except (StoreError, SQLAlchemyError, UnknownError) as error:
        _stop(error)


@app.command()
def measure(
    folder: Annotated[Path, typer.Argument(help="A folder of labelled cases.")] = CASES,
    as_object: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    half: Annotated[
        str,
        typer.Option(
            help="all, or a half of each file: open to read, or kept shut while you work."
        ),
    ] = "all",
) -> None:
    """Prints how well the cases are understood."""
    from bot.measure import CasesError
    from bot.measure import measure as figures_of

    settings = _settings()
    answerer = _load(settings)
    if half not in ("all", "open", "shut"):
        _stop("--half is all, open or shut")
    try:
        figures = figures_of(
            folder,
            answerer,
            shipped_knowledge(answerer, settings.data_dir),
            load_learner(answerer, settings.data_dir),
            half,  # type: ignore[arg-type]
            threads=settings.data_dir / "threads",
        )
    except (CasesError, DataFileError) as error:
        _stop(error)
    if as_object:
        print(
            json.dumps(
                {one.name: {"value": one.value, "hits": one.hits, "of": one.of} for one in figures}
            )
        )
        return
    for one in figures:
        value = "   —  " if one.value is None else f"{one.value:6.3f}"
        print(f"{one.name:32} {value}   {one.hits:g} / {one.of:g}")


def _serve(job: object) -> None:
    from sqlalchemy.exc import SQLAlchemyError  # the database is loaded only where it is used

    from bot.store.database import StoreError

    # A service is stopped by this signal, and what still waits to be stored must not be lost.
    # Where a script starts it in the background, the other one is ignored until it is asked for.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        asyncio.run(job)  # type: ignore[arg-type]
    except KeyboardInterrupt:
        typer.echo("Bye.")
    except (DataFileError, SettingsError, StoreError) as error:
        _stop(error)
    except SQLAlchemyError as error:
        _stop(f"DATABASE_URL cannot be used: {error}")
    except OSError as error:  # aiohttp's connection errors are among these
        _stop(f"Discord cannot be reached: {error}")


if __name__ == "__main__":
    app()
