"""What is stored, on a real SQLite file."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from conftest import store_votes
from sqlalchemy import event, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.answer import Answerer
from bot.client import create_bot
from bot.knowledge.names import names_of
from bot.knowledge.snapshot import Votes
from bot.knowledge.tally import Stance
from bot.servers import Servers
from bot.settings import Settings
from bot.store import schema
from bot.store.candidates import Place, forget_old_words, load_candidates, load_places
from bot.store.commands import forget_fingerprints, load_fingerprint, store_fingerprint
from bot.store.database import NewerDatabaseError, StoreError, open_engine, upgrade
from bot.store.entries import Key, load_changes, load_entries, write_entries
from bot.store.lessons import store_lesson
from bot.store.replies import Reply, forget_replies, load_replies, write_reply
from bot.store.secret import key_file, keyed_hash, load_key
from bot.store.suggestions import (
    EVERY_SERVER,
    forget_threads,
    load_all_suggestions,
    load_one_pending,
    load_sources,
    reject,
)
from bot.store.votes import (
    Ballot,
    Cast,
    TakeBack,
    count_wrong_matches,
    load_votes,
)
from bot.threads.comments import Comment, RawComment, Thread, former_marks_of, make_thread, marks_of
from bot.threads.learning import Heard, Lesson, ReadComment, RemedyMention
from bot.threads.unknown import Name

SERVER = 1_400_000_000_000_000_001
PAIR = ("it-band", "rest")


async def cast_vote(engine: AsyncEngine, ballot: Ballot, days_ago: int = 0, **more: Any) -> None:
    at = datetime.now(UTC) - timedelta(days=days_ago)
    await store_votes(engine, [Cast(ballot, at, **more)])


async def take_back_vote(engine: AsyncEngine, ballot: Ballot) -> None:
    await store_votes(engine, [TakeBack(ballot, datetime.now(UTC))])


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path}/new/folder/test.db"


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite+aiosqlite:///"))


@pytest_asyncio.fixture
async def engine(url: str) -> AsyncIterator[AsyncEngine]:
    await upgrade(url)
    engine = open_engine(url)
    yield engine
    await engine.dispose()


async def test_a_new_database_is_set_up_for_a_bot(engine: AsyncEngine, url: str) -> None:
    async with engine.connect() as connection:
        values = [
            await connection.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "foreign_keys", "busy_timeout")
        ]
    assert values == ["wal", 1, 2000]
    await upgrade(url)  # a second start has nothing to do


async def test_the_migrations_make_exactly_the_schema(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        differences = await connection.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync), schema.metadata)
        )
    assert differences == []


async def test_a_newer_database_is_refused_and_not_touched(url: str, settings: Settings) -> None:
    path = file_of(url)
    path.parent.mkdir(parents=True)
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("INSERT INTO alembic_version VALUES ('9999')")
    connection.close()
    before, folder = path.read_bytes(), sorted(path.parent.iterdir())
    with pytest.raises(NewerDatabaseError, match=r"newer version.*9999.*Nothing was changed"):
        await upgrade(url)
    bot = create_bot(settings.model_copy(update={"database_url": url}))
    with pytest.raises(NewerDatabaseError):
        await bot.setup_hook()
    assert path.read_bytes() == before
    assert sorted(path.parent.iterdir()) == folder


async def test_a_newer_revision_still_in_the_journal_is_seen(url: str) -> None:
    await upgrade(url)
    path = file_of(url)
    writer = sqlite3.connect(path)
    writer.execute("UPDATE alembic_version SET version_num = '9999'")
    writer.commit()
    try:
        with pytest.raises(NewerDatabaseError):
            await upgrade(url)
    finally:
        writer.close()


async def test_a_file_that_is_no_database_is_named(url: str) -> None:
    path = file_of(url)
    path.parent.mkdir(parents=True)
    path.write_text("just some text, long enough to not be taken for an empty database")
    with pytest.raises(StoreError, match=r"test\.db cannot be read"):
        await upgrade(url)


async def test_two_processes_may_start_at_once(url: str) -> None:
    await asyncio.gather(upgrade(url), upgrade(url))


async def test_the_newest_vote_wins_and_can_be_taken_back(engine: AsyncEngine) -> None:
    vote = Ballot(SERVER, "member", *PAIR)
    await cast_vote(engine, vote)
    await cast_vote(engine, vote, helped=False)
    assert await load_votes(engine, SERVER) == {PAIR: Votes(0, 1)}
    await cast_vote(engine, vote)
    assert await load_votes(engine, SERVER) == {PAIR: Votes(1, 0)}
    await cast_vote(engine, Ballot(SERVER, "another", *PAIR), helped=False)
    assert await load_votes(engine, SERVER) == {PAIR: Votes(1, 1)}
    assert await load_votes(engine, SERVER + 1) == {}
    await take_back_vote(engine, vote)
    await take_back_vote(engine, vote)
    assert await load_votes(engine, SERVER) == {PAIR: Votes(0, 1)}


async def test_old_votes_fade_and_some_do_not_count_yet(engine: AsyncEngine) -> None:
    await cast_vote(engine, Ballot(SERVER, "old", *PAIR), days_ago=365)
    await cast_vote(engine, Ballot(SERVER, "returner", *PAIR), weight=2.0)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    await cast_vote(engine, Ballot(SERVER, "newcomer", *PAIR), counts_from=tomorrow)
    votes = (await load_votes(engine, SERVER))[PAIR]
    assert votes == Votes(2, 0)
    assert votes.good == pytest.approx(2.5, abs=0.01)
    later = await load_votes(engine, SERVER, datetime.now(UTC) + timedelta(days=2))
    assert later[PAIR] == Votes(3, 0)


async def test_a_vote_goes_with_its_own_reply_only(engine: AsyncEngine) -> None:
    first, second = (Ballot(SERVER, "member", *PAIR, message_id=number) for number in (1, 2))
    await cast_vote(engine, first)
    await cast_vote(engine, second)
    await take_back_vote(engine, first)
    assert await load_votes(engine, SERVER) == {PAIR: Votes(1, 0)}
    await take_back_vote(engine, second)
    assert await load_votes(engine, SERVER) == {}


async def test_many_votes_at_once_are_all_kept(engine: AsyncEngine) -> None:
    ballots = [Ballot(SERVER, f"member{number}", *PAIR) for number in range(100)]
    await asyncio.gather(*(cast_vote(engine, each) for each in ballots + ballots))
    assert await load_votes(engine, SERVER) == {PAIR: Votes(100, 0)}


async def test_wrong_matches_are_counted_apart(engine: AsyncEngine) -> None:
    vote = Ballot(SERVER, "member", "it-band")
    await cast_vote(engine, vote)
    await cast_vote(engine, vote)
    assert await count_wrong_matches(engine, SERVER) == {"it-band": 1}
    assert await load_votes(engine, SERVER) == {}
    await take_back_vote(engine, vote)
    assert await count_wrong_matches(engine, SERVER) == {}


def lesson(key: str, *stances: Stance, link: str = "") -> Lesson:
    """A thread in which each person says one thing of rest. `key`: two letters."""
    comments = tuple(
        Comment(number, f"person {number}", "Rest.", f"{link}/{number}" if link else "")
        for number in range(1, len(stances) + 1)
    )
    said = tuple(
        ReadComment(number, number, (), (RemedyMention(PAIR[1], stance, "their words"),))
        for number, stance in enumerate(stances, start=1)
    )
    thread = Thread(key * 32, "A title " * 50, link, PAIR[:1], comments)
    return Lesson(thread, PAIR[:1], said)


async def waiting(engine: AsyncEngine) -> list[Any]:
    async with engine.connect() as connection:
        return list(await connection.execute(select(schema.pending).order_by(schema.pending.c.id)))


async def test_the_same_thread_twice_changes_nothing(engine: AsyncEngine) -> None:
    first = lesson("ab", "helped", "warns")
    assert await store_lesson(engine, SERVER, first, approved=True) == 2
    assert await store_lesson(engine, SERVER, first, approved=True) is None
    approved = await load_all_suggestions(engine)
    assert approved == {SERVER: list(first.suggestions())}
    assert await store_lesson(engine, SERVER + 1, first) == 2
    assert await load_all_suggestions(engine) == approved  # not approved yet


async def test_a_thread_that_grew_teaches_what_is_new_in_it(engine: AsyncEngine) -> None:
    place = "https://blog.example/knees"
    assert await store_lesson(engine, SERVER, lesson("ab", "helped", link=place)) == 1
    (waits,) = await waiting(engine)
    first = await load_one_pending(engine, SERVER, waits.id)
    assert first and await reject(engine, SERVER, first)
    assert not await reject(engine, SERVER, first)
    grown = lesson("cd", "helped", "warns", link=place)
    assert await store_lesson(engine, SERVER, grown) == 1
    (new,) = await waiting(engine)
    assert (new.stance, new.thread) == ("warns", waits.thread)
    assert new.id != waits.id  # a button of before must not decide another one
    assert await store_lesson(engine, SERVER, grown) is None
    await forget_threads(engine, SERVER, [new.thread])
    assert await store_lesson(engine, SERVER, grown) == 2  # forgotten is forgotten


async def test_a_name_used_again_in_a_thread_that_grew_loses_nothing(engine: AsyncEngine) -> None:
    place = "https://blog.example/knees"
    name = Name("remedy", "zebra balm", "zebra balm")
    first = lesson("ab", "helped", link=place)
    again = lesson("cd", "helped", "warns", "recommends", link=place)
    told = replace(first, heard=(Heard(1, 1, name, "zebra balm", ""),))
    more = replace(again, heard=tuple(Heard(n, 1, name, "zebra balm", "") for n in (1, 2)))
    assert await store_lesson(engine, SERVER, told) == 1
    assert await store_lesson(engine, SERVER, more) == 2
    (candidate,) = await load_candidates(engine, SERVER, 1)
    assert candidate.people == 1


async def test_a_thread_sorted_otherwise_knows_its_people(engine: AsyncEngine) -> None:
    place = "https://blog.example/knees"
    assert await store_lesson(engine, SERVER, lesson("ab", "helped", "warns", link=place)) == 2
    first, second = (Comment(n, f"person {n}", "Rest.", f"{place}/{n}") for n in (1, 2))
    third = Comment(1, "person 3", "Rest.", f"{place}/3")
    again = Comment(4, "person 1", "Rest, I said.", f"{place}/4")
    comments = (third, replace(second, number=2), replace(first, number=3), again)
    said = tuple(
        ReadComment(number, person, (), (RemedyMention(PAIR[1], "recommends", "their words"),))
        for number, person in enumerate((1, 2, 3, 3), start=1)
    )
    newest_first = Lesson(Thread("cd" * 16, "A title", place, PAIR[:1], comments), PAIR[:1], said)
    # Only the third is new: the first one spoke of it before, though with another number here.
    assert await store_lesson(engine, SERVER, newest_first) == 1
    stances = [(one.person, one.stance) for one in await waiting(engine)]
    assert stances == [(1, "helped"), (2, "warns"), (3, "recommends")]


async def test_who_taught_by_a_comment_alone_teaches_no_second_time(engine: AsyncEngine) -> None:
    place = "https://discord.com/channels/1/2"
    whole = lesson("ab", "helped", "warns", link=place)
    again = Comment(3, "person 1", "Rest, still.", f"{place}/3")
    said = ReadComment(3, 1, (), (RemedyMention(PAIR[1], "helped", "their words"),))
    comments = (*whole.thread.comments, again)
    whole = replace(
        whole,
        thread=replace(whole.thread, comments=comments),
        comments=(*whole.comments, said),
    )
    alone = lesson("cd", "helped", link=place)
    alone = replace(alone, thread=replace(alone.thread, source=f"{place}/1"))
    assert await store_lesson(engine, SERVER, alone, approved=True) == 1
    assert await store_lesson(engine, SERVER, whole, approved=True) == 1
    taught = (await load_all_suggestions(engine))[SERVER]
    assert sorted(one.stance for one in taught) == ["helped", "warns"]


async def test_who_only_thought_of_it_in_a_comment_alone_may_tell_more(engine: AsyncEngine) -> None:
    place = "https://discord.com/channels/1/2"
    whole = lesson("ab", "untried", "warns", link=place)
    again = Comment(3, "person 1", "Rest helped.", f"{place}/3")
    said = ReadComment(3, 1, (), (RemedyMention(PAIR[1], "helped", "their words"),))
    thread = replace(whole.thread, comments=(*whole.thread.comments, again))
    whole = replace(whole, thread=thread, comments=(*whole.comments, said))
    alone = lesson("cd", "untried", link=place)
    alone = replace(alone, thread=replace(alone.thread, source=f"{place}/1"))
    assert await store_lesson(engine, SERVER, alone, approved=True) == 1
    assert await store_lesson(engine, SERVER, whole) == 2
    assert sorted(one.stance for one in await waiting(engine)) == ["helped", "warns"]


@pytest.mark.parametrize("place", ["", "https://blog.example/knees"])
def test_a_comment_is_known_in_finer_print(place: str) -> None:
    plain, fine = ('It\'s "fixed"... mostly', "It’s “fixed”… mostly")
    one, other = (
        make_thread("Knees", place, [RawComment("Amy", words)]) for words in (plain, fine)
    )
    assert one
    assert other
    assert one.key != other.key
    assert marks_of(one) == marks_of(other)


def test_nobody_in_particular_is_known_when_their_thread_grew() -> None:
    said = [RawComment("Anonymous", words) for words in ("Ice helped.", "Thanks!", "Thanks!")]
    young, grown = make_thread("Knees", "", said), make_thread("Knees", "", [*said, said[1]])
    assert young
    assert grown
    assert len(set(marks_of(grown).values())) == 4
    assert list(marks_of(grown).values())[:3] == list(marks_of(young).values())


async def test_comments_told_apart_by_an_older_version_are_known(engine: AsyncEngine) -> None:
    told = lesson("ab", "helped", "warns")
    comments = tuple(
        replace(one, author=author, text="It’s “better”.")
        for one, author in zip(told.thread.comments, ("Amy", ""), strict=True)
    )
    told = replace(told, thread=replace(told.thread, comments=comments))
    assert await store_lesson(engine, SERVER, told) == 2
    marks, former = marks_of(told.thread), former_marks_of(told.thread)
    async with engine.begin() as connection:
        for number in marks:
            same = schema.learned.c.mark == marks[number]
            await connection.execute(
                schema.learned.update().where(same).values(mark=former[number])
            )
    assert await store_lesson(engine, SERVER, told) is None


async def test_names_stay_with_who_has_more_to_say_there(engine: AsyncEngine) -> None:
    name = Name("remedy", "zebra balm", "zebra balm")
    talk = [
        RawComment("Amy", "My knee."),
        RawComment("Bob", "I swear by zebra balm."),
        RawComment("Bob", "Thanks!"),
    ]
    thread = make_thread("Knees", "", talk)
    other = make_thread("Heels", "", [RawComment("Cid", "My heel."), talk[2]])
    assert thread
    assert other
    read = tuple(ReadComment(n, person, (), ()) for n, person in ((1, 1), (2, 2), (3, 2)))
    heard = (Heard(2, 2, name, "zebra balm", ""),)
    await store_lesson(engine, SERVER, Lesson(thread, PAIR[:1], read, heard))
    await store_lesson(engine, SERVER, Lesson(other, PAIR[:1], read[:2], ()))
    (candidate,) = await load_candidates(engine, SERVER, 1)
    assert candidate.people == 1


ADDED = {  # what later versions have, the newest first: as a database of an older one lacks it
    "0013": (),
    "0012": ("ALTER TABLE proposals DROP COLUMN rejected_at",),
    "0011": (
        "DROP INDEX ix_suggestions_server_id_decision",
        "ALTER TABLE suggestions DROP COLUMN number",
        "ALTER TABLE suggestions DROP COLUMN decision",
    ),
    "0010": ("DROP INDEX ix_suggestions_server_id_pattern_remedy",),
    "0009": ("ALTER TABLE learned DROP COLUMN person",),
}


def go_back_to(url: str, version: str, *statements: str) -> None:
    """Makes the database one of an older version, and carries out what is asked besides."""
    older = [each for newer, some in ADDED.items() if newer > version for each in some]
    with closing(sqlite3.connect(url.partition(":///")[2])) as database, database:
        for statement in (*older, *statements):
            database.execute(statement)
        database.execute("UPDATE alembic_version SET version_num = ?", [version])


async def test_messages_learned_by_an_older_version_are_known(url: str) -> None:
    place = f"https://discord.com/channels/{SERVER}/7"
    await upgrade(url)
    first = open_engine(url)
    await store_lesson(first, SERVER, lesson("ab", "helped", "warns", link=place), approved=True)
    await first.dispose()
    go_back_to(url, "0008", "DELETE FROM learned")
    await upgrade(url)
    engine = open_engine(url)
    # The same messages, in a conversation of their own, and one more.
    talk = lesson("cd", "helped", "warns", "no-help", link=place)
    talk = replace(talk, thread=replace(talk.thread, source=f"{place}/1"))
    assert await store_lesson(engine, SERVER, talk) == 1
    (new,) = await waiting(engine)
    assert new.stance == "no-help"
    await engine.dispose()


async def test_names_of_discord_threads_that_were_kept_once_go(url: str) -> None:
    await upgrade(url)
    first = open_engine(url)
    places = {f"https://discord.com/channels/{SERVER}/{rest}": rest for rest in ("7", "7/8", "9")}
    for key, place in zip(("aa", "bb", "cc"), places, strict=True):
        told = lesson(key, "helped", link=place)
        await store_lesson(first, SERVER, replace(told, thread=replace(told.thread, title=key)))
    await first.dispose()
    go_back_to(url, "0012")
    await upgrade(url)
    engine = open_engine(url)
    found = {one.link: one.title for one in (await load_sources(engine, SERVER)).values()}
    assert [found[place] for place in places] == [
        "A thread on Discord",
        "bb",
        "A thread on Discord",
    ]
    await engine.dispose()


async def test_words_around_names_go_after_a_while(engine: AsyncEngine) -> None:
    name = Name("remedy", "zebra balm", "zebra balm")
    told = replace(lesson("ab", "helped"), heard=(Heard(1, 1, name, "try zebra balm", ""),))
    await store_lesson(engine, SERVER, told)
    zebra = (SERVER, "remedy", name.key)
    await forget_old_words(engine, datetime.now(UTC) - timedelta(days=30))
    assert await load_places(engine, *zebra) == [Place("zebra balm", "try zebra balm", "")]
    await forget_old_words(engine, datetime.now(UTC) + timedelta(days=1))
    assert await load_places(engine, *zebra) == [Place("zebra balm", "", "")]


async def test_a_servers_knowledge_holds_its_own_suggestions_and_votes(
    engine: AsyncEngine, answerer: Answerer
) -> None:
    await store_lesson(engine, SERVER, lesson("aa", "helped"), approved=True)
    await store_lesson(engine, EVERY_SERVER, lesson("bb", "recommends"), approved=True)
    await cast_vote(engine, Ballot(SERVER, "member", *PAIR))
    servers = await Servers.load(engine, answerer, [])
    here, elsewhere = servers.knowledge(SERVER), servers.knowledge(5)
    assert (here.tallies[PAIR].people, elsewhere.tallies[PAIR].people) == (2, 1)
    assert here.votes == {PAIR: Votes(1, 0)}
    assert elsewhere.votes == {}
    assert servers.knowledge(None) is elsewhere
    await cast_vote(engine, Ballot(5, "member", *PAIR))
    await servers.refresh_votes(5)
    assert servers.knowledge(5).votes == {PAIR: Votes(1, 0)}
    assert servers.knowledge(None).votes == {}
    names = names_of(servers.knowledge(5), "remedy")
    await cast_vote(engine, Ballot(5, "another", *PAIR))
    await servers.refresh_votes(5)
    assert servers.knowledge(5).votes == {PAIR: Votes(2, 0)}
    assert names_of(servers.knowledge(5), "remedy") is names


async def test_replies_come_back_as_they_were(engine: AsyncEngine) -> None:
    one = Reply(SERVER + 5, 2, SERVER, "it-band", ("rest", "ice"))
    two = Reply(SERVER + 6, 2, 99, "achilles", ())
    for reply in (one, one, two):
        async with engine.begin() as connection:
            await write_reply(connection, reply, datetime.now(UTC))
    assert await load_replies(engine) == {one.message_id: one, two.message_id: two}
    assert list(await load_replies(engine, newest=1)) == [two.message_id]
    await forget_replies(engine, SERVER)
    assert await load_replies(engine) == {two.message_id: two}


async def test_fingerprints(engine: AsyncEngine) -> None:
    assert await load_fingerprint(engine, 1) is None
    await store_fingerprint(engine, 1, "a")
    await store_fingerprint(engine, 1, "b")
    assert await load_fingerprint(engine, 1) == "b"
    await forget_fingerprints(engine)
    assert await load_fingerprint(engine, 1) is None


def test_the_key_is_made_once_and_hides_the_member(url: str) -> None:
    path = key_file(url)
    key = load_key(path)
    assert load_key(path) == key
    assert path.stat().st_mode & 0o777 == 0o600
    assert keyed_hash(key, 1, 2) == keyed_hash(key, 1, 2)
    different = {keyed_hash(key, 1, 2), keyed_hash(key, 2, 2), keyed_hash(b"x" * 32, 1, 2)}
    assert len(different) == 3
    path.write_bytes(b"short")
    with pytest.raises(StoreError, match="32 bytes"):
        load_key(path)


def many(last: str = "own-r1949") -> dict[Key, Any]:
    """The writes of a big import."""
    data = {"name": "x", "how": "y"}
    return {Key(SERVER, "remedy", f"own-r{n}"): data for n in range(1949)} | {
        Key(SERVER, "remedy", last): data
    }


async def test_others_read_while_one_writes(engine: AsyncEngine) -> None:
    await write_entries(engine, {Key(2, "remedy", "own-x"): {"name": "x"}}, "k")
    async with engine.begin() as connection:
        await connection.execute(schema.entries.delete())
        assert await load_entries(engine, 2) == {2: {"remedy": {"own-x": {"name": "x"}}}}
    assert await load_entries(engine, 2) == {}


async def test_many_changes_take_few_statements(engine: AsyncEngine) -> None:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    for _ in range(2):
        statements.clear()
        await write_entries(engine, many(), "k")
        assert len(statements) <= 5
    stored = (await load_entries(engine, SERVER))[SERVER]["remedy"]
    assert len(stored) == 1950
    newest, first = await load_changes(engine, Key(SERVER, "remedy", "own-r7"))
    assert (first.before, first.after) == (None, stored["own-r7"])
    assert newest.before == stored["own-r7"]


async def test_many_changes_are_all_or_nothing(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "CREATE TRIGGER full BEFORE INSERT ON changes WHEN new.slug = 'own-last' "
                "BEGIN SELECT RAISE(ABORT, 'full'); END"
            )
        )
    with pytest.raises(IntegrityError):
        await write_entries(engine, many("own-last"), "k")
    assert await load_entries(engine) == {}
    assert await load_changes(engine, Key(SERVER, "remedy", "own-r7")) == []


async def test_names_that_stood_in_clear_go_with_the_new_version(url: str) -> None:
    await upgrade(url)
    first = open_engine(url)
    name = Name("remedy", "zebra balm", "zebra balm")
    channel = f"https://discord.com/channels/{SERVER}/7"
    for words, link in (("ab", channel), ("cd", "https://blog.example/knees")):
        heard = (Heard(1, 1, name, "zebra balm", f"{link}/1"),)
        told = replace(lesson(words, "helped", link=link), heard=heard)
        await store_lesson(first, SERVER, told)
    await first.dispose()
    go_back_to(url, "0009")
    await upgrade(url)
    engine = open_engine(url)
    (place,) = await load_places(engine, SERVER, "remedy", name.key)
    assert place.link.startswith("https://blog.example/")
    await engine.dispose()
