"""What the host does with the database, and what the bot bears: kills, full disks, locks."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from conftest import KNEE, Club, admin, text
from sqlalchemy import event, make_url
from sqlalchemy import text as sql
from typer.testing import CliRunner

from bot.__main__ import app
from bot.settings import ROOT, Settings
from bot.store.backup import backup, last_nightly, nightly, restore
from bot.store.database import sqlite_path
from bot.store.secret import key_file, load_key

runner = CliRunner()
CHANGES = """
import asyncio, sys
from bot.answer import Answerer
from bot.curating import Curating, Curator
from bot.servers import Servers
from bot.settings import ROOT
from bot.store.database import open_engine, upgrade

async def main(url):
    await upgrade(url)
    engine = open_engine(url)
    servers = await Servers.load(engine, Answerer.load(ROOT / "data"), ())
    curating = Curating(engine, servers)
    for number in range(1000):
        slug = await curating.add(Curator(1, "k"), "remedy", {"name": f"no {number}", "how": "x"})
        print(slug, flush=True)

asyncio.run(main(sys.argv[1]))
"""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """As a host has them, who sets nothing: a backup a night, and one at the start."""
    return settings.model_copy(
        update={"backups_kept": Settings.model_fields["backups_kept"].default}
    )


@pytest.fixture
def file(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The database's file; the command line works on it."""
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    path = sqlite_path(make_url(settings.database_url))
    assert path is not None
    return path


def rows(path: Path, table: str) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def key_of(path: Path) -> bytes:
    return path.with_name(f"{path.name}.key").read_bytes()


def db(*words: str | Path) -> Any:
    return runner.invoke(app, ["db", *map(str, words)])


@pytest.mark.timeout(180)
def test_what_was_confirmed_is_there_after_a_kill(settings: Settings, file: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", CHANGES, settings.database_url],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    confirmed = [process.stdout.readline().strip() for _ in range(100)]
    os.kill(process.pid, signal.SIGKILL)
    confirmed += process.stdout.read().split("\n")[:-1]
    process.wait()
    with closing(sqlite3.connect(file)) as connection:
        kept = {slug for (slug,) in connection.execute("SELECT slug FROM entries")}
    assert 100 <= len(confirmed) < 1000
    assert set(confirmed) <= kept
    assert rows(file, "changes") == len(kept)


def test_the_commands_tell_what_they_did(file: Path, tmp_path: Path) -> None:
    assert db("check").exit_code == 1
    assert db("upgrade").exit_code == 0
    checked = db("check")
    assert checked.exit_code == 0
    assert "sound" in checked.output
    copy = tmp_path / "copies" / "one.db"
    assert db("backup", copy).exit_code == 0
    restored = db("restore", copy)
    assert restored.exit_code == 0
    assert "before-" in restored.output


@pytest.mark.parametrize("command", ["backup", "restore"])
@pytest.mark.parametrize("linked", [False, True])
def test_the_database_is_no_copy_of_itself(
    file: Path, tmp_path: Path, command: str, linked: bool
) -> None:
    assert db("upgrade").exit_code == 0
    named = file
    if linked:
        named = tmp_path / "link.db"
        named.symlink_to(file)
    before = file.read_bytes()
    done = db(command, named)
    assert done.exit_code == 1
    assert "is the database itself" in done.output
    assert file.read_bytes() == before
    assert db("check").exit_code == 0


def test_a_copy_without_its_key_is_told(settings: Settings, file: Path, tmp_path: Path) -> None:
    assert db("upgrade").exit_code == 0
    load_key(key_file(settings.database_url))
    copy = tmp_path / "copy.db"
    assert db("backup", copy).exit_code == 0
    assert "codes of members" not in db("restore", copy).output
    before = key_of(file)
    copy.with_name(f"{copy.name}.key").unlink()
    done = db("restore", copy)
    assert done.exit_code == 0
    assert "codes of members fit no more" in done.output
    assert key_of(file) == before


async def test_a_backup_of_a_running_bot_comes_back(club: Club, file: Path, tmp_path: Path) -> None:
    robin = await admin(club)
    opened = await robin.slash(club.channel, "remedy add", **{"for": "it-band"})
    values = {"name": "Towpath shuffle", "called": "", "how": "x", "caution": ""}
    assert (await robin.submit_modal(opened, values)).acknowledged
    copy = tmp_path / "copy.db"
    backup(club.settings.database_url, copy)
    assert key_of(copy) == key_of(file)
    slug = next(iter(await club.station.curating.own_remedies(club.channel.guild.id)))
    await robin.slash(club.channel, "remedy remove", remedy=slug)
    await club.ask(KNEE)
    assert "Towpath shuffle" not in text(club.channel.last_message)
    await club.station.engine.dispose()
    await restore(club.settings.database_url, copy)
    await club.restart()
    await club.ask(KNEE)
    assert "Towpath shuffle" in text(club.channel.last_message)


def test_a_backup_ends_though_the_bot_never_stops_writing(
    settings: Settings, file: Path, tmp_path: Path
) -> None:
    assert db("upgrade").exit_code == 0
    copy, done = tmp_path / "copy.db", Event()
    ends = time.monotonic() + 10

    def write() -> None:
        with closing(sqlite3.connect(file, isolation_level=None)) as connection:
            connection.execute("CREATE TABLE busy (words TEXT)")
            connection.execute("INSERT INTO busy VALUES (?)", ("x" * 4_000_000,))
            while not done.is_set() and time.monotonic() < ends:
                connection.execute("INSERT INTO busy VALUES ('y')")
                begun.set()

    begun = Event()
    with ThreadPoolExecutor() as beside:
        writing = beside.submit(write)
        assert begun.wait(10)
        backup(settings.database_url, copy)
        assert time.monotonic() < ends
        done.set()
        writing.result()
    assert 1 < rows(copy, "busy") <= rows(file, "busy")


@pytest.mark.parametrize("harm", ["junk", "cut", "newer", "foreign"])
def test_a_bad_copy_is_refused_and_nothing_touched(
    settings: Settings, file: Path, tmp_path: Path, harm: str
) -> None:
    assert db("upgrade").exit_code == 0
    copy = tmp_path / "copy.db"
    backup(settings.database_url, copy)
    if harm == "junk":
        copy.write_bytes(b"not a database" * 400)
    elif harm == "cut":
        copy.write_bytes(copy.read_bytes()[:8192])
    else:
        with closing(sqlite3.connect(copy)) as connection, connection:
            change = "UPDATE alembic_version SET version_num = '9999'"
            connection.execute(change if harm == "newer" else "DROP TABLE alembic_version")
    before = file.read_bytes()
    done = db("restore", copy)
    assert done.exit_code == 1
    assert "Nothing was changed" in done.output
    assert file.read_bytes() == before


@pytest.mark.parametrize("harm", [b"not a database" * 400, None], ids=["junk", "cut"])
def test_a_copy_replaces_a_database_that_cannot_be_read(
    settings: Settings, file: Path, tmp_path: Path, harm: bytes | None
) -> None:
    assert db("upgrade").exit_code == 0
    copy = tmp_path / "copy.db"
    backup(settings.database_url, copy)
    harmed = harm or file.read_bytes()[:8192]
    file.write_bytes(harmed)
    done = db("restore", copy)
    assert done.exit_code == 0, done.output
    assert rows(file, "alembic_version") == 1
    (kept,) = file.parent.glob("*.before-*[0-9]")
    assert kept.read_bytes() == harmed


async def test_what_a_kill_left_and_what_is_too_old_goes(club: Club, file: Path) -> None:
    folder = file.parent / "backups"
    folder.mkdir(exist_ok=True)
    left = (
        "2020-01-01.db.part",
        "2020-01-02.db.part-journal",
        "2020-01-03.db.key",
        "2020-01-04.db",
    )
    for name in left:
        (folder / f"aid-station-{name}").write_bytes(b"")
    cog: Any = club.bot.get_cog("Upkeep")
    await cog.night()
    assert not [one.name for one in folder.iterdir() if "2020" in one.name]
    assert last_nightly(club.settings.database_url)


async def test_old_copies_go_though_none_can_be_made(club: Club, file: Path) -> None:
    folder = file.parent / "backups"
    (made,) = await backups(club)
    made.unlink()
    (made / "in the way").mkdir(parents=True)
    for day in ("2020-01-01", "2020-01-02"):
        (folder / f"aid-station-{day}.db").write_bytes(b"")
    await cog(club).night()
    assert [one.name for one in folder.glob("*.db")] == [made.name]
    assert cog(club).night.is_running()


async def test_what_fails_at_night_leaves_the_rest_of_it(club: Club, file: Path) -> None:
    (made,) = await backups(club)
    made.unlink()
    async with club.station.engine.begin() as connection:
        await connection.execute(sql("DROP TABLE heard"))
    await cog(club).night()
    assert await backups(club)
    assert cog(club).night.is_running()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("before", [signal.SIG_DFL, signal.SIG_IGN])  # ignored: begun by a script
def test_a_stop_by_a_signal_is_a_clean_one(
    file: Path, how: signal.Signals, before: signal.Handlers
) -> None:
    quiet = {"DISCORD_TOKEN": "", "PREVIEW_PORT": "0", "PYTHONUNBUFFERED": "1"}
    running = subprocess.Popen(
        [sys.executable, "-m", "bot", "try"],
        cwd=ROOT,
        env=os.environ | quiet,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, before),
    )
    assert running.stdout
    try:
        assert any("http://127.0.0.1" in line for line in running.stdout)
        running.send_signal(how)
        said, _ = running.communicate(timeout=30)
    finally:
        running.kill()
    assert running.returncode == 0
    assert "Bye." in said
    assert not file.with_name(f"{file.name}-wal").exists()


async def test_nightly_backups_are_kept_by_count(club: Club, file: Path) -> None:
    folder = file.parent / "backups"
    folder.mkdir(exist_ok=True)
    for days in range(1, 10):
        day = datetime.now(UTC) - timedelta(days=days)
        (folder / f"aid-station-{day:%Y-%m-%d}.db").write_bytes(b"")
    cog: Any = club.bot.get_cog("Upkeep")
    assert cog.night.is_running()
    await cog.night()
    kept = sorted(folder.glob("*.db"))
    assert len(kept) == club.settings.backups_kept
    assert rows(kept[-1], "alembic_version") == 1
    assert nightly(club.settings.database_url, 3) == kept[-1]
    assert len(list(folder.glob("*.db"))) == 3


@pytest.mark.parametrize("age", [None, timedelta(hours=25), timedelta(hours=23)])
async def test_a_start_makes_the_backup_that_a_night_missed(
    club: Club, file: Path, age: timedelta | None
) -> None:
    folder = file.parent / "backups"
    (made,) = await backups(club)  # the first start's
    await club.bot.close()
    if age is None:
        made.unlink()
    else:
        at = (datetime.now(UTC) - age).timestamp()
        os.utime(made, (at, at))
        made = made.rename(folder / f"aid-station-{datetime.fromtimestamp(at, UTC):%Y-%m-%d}.db")
    before = made.stat().st_mtime_ns if made.exists() else 0
    await club.restart()
    newest = (await backups(club))[-1]
    is_new = newest.stat().st_mtime_ns != before
    assert is_new is (age != timedelta(hours=23))
    at = newest.stat().st_mtime_ns
    club.bot.dispatch("ready")  # a connection that was lost is no start
    await club.env.settle()
    assert (await backups(club))[-1].stat().st_mtime_ns == at


@pytest.mark.parametrize("moment", [0, 0.001, 0.002, 0.003, 0.004])
async def test_closing_ends_what_runs_beside(club: Club, file: Path, moment: float) -> None:
    """A task that is cut off in a query must have closed its connection when the loop ends."""
    await club.station.engine.dispose()  # connections are opened anew
    for _ in range(2):  # a second one takes the place of the first
        club.bot.dispatch("ready")
        await asyncio.sleep(moment)
    await club.bot.close()
    running = [getattr(task.get_coro(), "cr_code", None) for task in asyncio.all_tasks()]
    assert not [code for code in running if code and "cogs" in Path(code.co_filename).parts]


async def backups(club: Club) -> list[Path]:
    """The nightly backups, once the bot has started and the oldest first."""
    path = sqlite_path(make_url(club.settings.database_url))
    assert path is not None
    for _ in range(100):
        found = sorted((path.parent / "backups").glob("*.db"))
        if found and cog(club).night.next_iteration:
            return found
        await asyncio.sleep(0.05)
    raise AssertionError("no backup was made")


def cog(club: Club) -> Any:
    return club.bot.get_cog("Upkeep")


async def add(club: Club, robin: Any) -> Any:
    opened = await robin.slash(club.channel, "remedy add", anyway=True, **{"for": "it-band"})
    values = {"name": "Towpath shuffle", "called": "", "how": "x" * 400, "caution": ""}
    sent = await robin.submit_modal(opened, values)
    assert sent.acknowledged
    return sent


async def test_a_locked_database_is_told_and_survived(club: Club, file: Path) -> None:
    robin = await admin(club)
    with closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN EXCLUSIVE")
        sent = await add(club, robin)
        assert "database is busy" in text(sent.response)
        other.rollback()
    club.env.errors.clear()
    await add(club, robin)
    await club.ask(KNEE)
    assert "Towpath shuffle" in text(club.channel.last_message)


async def test_a_full_disk_is_told_and_survived(club: Club, file: Path) -> None:
    robin = await admin(club)
    engine = club.station.engine.sync_engine

    with closing(sqlite3.connect(file)) as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()

    def full(connection: Any, _record: Any) -> None:
        connection.cursor().execute(f"PRAGMA max_page_count = {pages}")

    await club.station.engine.dispose()
    event.listen(engine, "connect", full)
    for _ in range(60):
        sent = await add(club, robin)
        if "disk is full" in text(sent.response):
            break
    else:
        pytest.fail("the disk never was full")
    club.env.errors.clear()
    event.remove(engine, "connect", full)
    await club.station.engine.dispose()
    before = len(await club.station.curating.own_remedies(club.channel.guild.id))
    await add(club, robin)
    assert len(await club.station.curating.own_remedies(club.channel.guild.id)) >= before
    assert rows(file, "entries") == rows(file, "changes")


def test_what_the_host_learned_is_shown_and_forgotten_thread_by_thread(
    file: Path, tmp_path: Path
) -> None:
    for title in ("knees [old]", "heels"):
        words = f"# title: {title}\n1. Amy\n\nIT band {title}!\n\n2. Jo\n\nIce helped {title}.\n"
        (tmp_path / f"{title}.txt").write_text(words)
    threads = [str(path) for path in tmp_path.glob("*.txt")]
    learned = runner.invoke(app, ["learn", "--approve", *threads])
    assert learned.exit_code == 0
    assert "next start" in learned.output
    shown = runner.invoke(app, ["learned"]).output
    assert "knees [old]" in shown
    (name,) = (line.split()[1] for line in shown.splitlines() if "heels" in line)
    before = rows(file, "suggestions")
    unknown = runner.invoke(app, ["learned", "--forget", name, "--forget", "zz"])
    assert unknown.exit_code == 1
    assert "no thread goes by “zz”" in unknown.output
    assert rows(file, "suggestions") == before
    assert runner.invoke(app, ["learned", "--forget", name]).exit_code == 0
    assert rows(file, "suggestions") == before / 2
    assert "heels" not in runner.invoke(app, ["learned"]).output


def test_names_that_many_use_and_nobody_knows_are_shown_to_the_host(
    file: Path, tmp_path: Path
) -> None:
    lines = ["1. Sam\n\nMy IT band hurts."]
    for number in range(2, 5):
        lines.append(f"{number}. Runner{number}\n\nI swear by zebra balm{'!' * number}")
    (tmp_path / "balm.txt").write_text("\n\n".join(lines))
    assert runner.invoke(app, ["learn", str(tmp_path / "balm.txt")]).exit_code == 0
    assert "zebra balm" in runner.invoke(app, ["learned"]).output
