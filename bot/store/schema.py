"""The tables. What they hold of members, and how long, stands in PRIVACY.md."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    TypeDecorator,
    false,
    text,
    true,
)

# Constraints get names, so that a later migration can alter them on either database.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC. SQLite drops the zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """An aware datetime into UTC. A naive one is a mistake: ValueError."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a stored time needs a zone")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """What was stored, as an aware datetime in UTC."""
        return value and (value.replace(tzinfo=UTC) if value.tzinfo is None else value)


SLUG = String(40)
KEY = String(64)
LINK = String(200)
KIND = String(10)

threads = Table(
    "threads",
    metadata,
    Column("server_id", BigInteger, primary_key=True, autoincrement=False),
    Column("thread", KEY, primary_key=True),
    Column("title", String(200), nullable=False),
    Column("learned_at", UtcDateTime, nullable=False),
    Column("link", LINK, nullable=False, server_default=""),
)

suggestions = Table(
    "suggestions",
    metadata,
    Column("server_id", BigInteger, primary_key=True, autoincrement=False),
    Column("thread", KEY, primary_key=True),
    Column("person", Integer, primary_key=True, autoincrement=False),
    Column("pattern", SLUG, primary_key=True),
    Column("remedy", SLUG, primary_key=True),
    Column("stance", String(20), nullable=False),
    Column("approved", Boolean, nullable=False),
    Column("link", LINK, nullable=False, server_default=""),
    # The number under which it waited, and that of the first of all that were decided with it;
    # none for what cannot wait again.
    Column("number", Integer),
    Column("decision", Integer),
    ForeignKeyConstraint(
        ["server_id", "thread"], ["threads.server_id", "threads.thread"], ondelete="CASCADE"
    ),
    Index(None, "server_id", "pattern", "remedy"),
    Index(None, "server_id", "decision"),
)

# The comments that were learned, by their marks (see bot/threads/comments.py): a thread that grew,
# was sorted otherwise or comes in another format teaches only what is new in it. `person`: the
# number in its thread of whoever wrote it; 0 where it was not kept yet.
learned = Table(
    "learned",
    metadata,
    Column("server_id", BigInteger, primary_key=True, autoincrement=False),
    Column("mark", KEY, primary_key=True),
    Column("thread", KEY, nullable=False),
    Column("person", Integer, nullable=False, server_default=text("0")),
    ForeignKeyConstraint(
        ["server_id", "thread"], ["threads.server_id", "threads.thread"], ondelete="CASCADE"
    ),
    Index(None, "server_id", "thread"),
)

# What a thread taught and no curator has decided yet. `quote`: of a file only, where the words
# cannot be looked up again; of a Discord message the link alone is kept. Buttons name the id, so
# here and below a number is never given twice.
pending = Table(
    "pending",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("server_id", BigInteger, nullable=False),
    Column("thread", KEY, nullable=False),
    Column("person", Integer, nullable=False),
    Column("pattern", SLUG, nullable=False),
    Column("remedy", SLUG, nullable=False),
    Column("stance", String(20), nullable=False),
    Column("quote", String(200), nullable=False, server_default=""),
    Column("link", LINK, nullable=False, server_default=""),
    ForeignKeyConstraint(
        ["server_id", "thread"], ["threads.server_id", "threads.thread"], ondelete="CASCADE"
    ),
    Index(None, "server_id", "thread"),
    sqlite_autoincrement=True,
)

# Names that threads use like a remedy or a pain and that the catalogue lacks. Of Discord messages
# `key` is a keyed hash and `name` empty: it is read there again when it is shown.
heard = Table(
    "heard",
    metadata,
    Column("server_id", BigInteger, primary_key=True, autoincrement=False),
    Column("thread", KEY, primary_key=True),
    Column("person", Integer, primary_key=True, autoincrement=False),
    Column("kind", KIND, primary_key=True),
    Column("key", String(60), primary_key=True),
    Column("name", String(60), nullable=False),
    Column("quote", String(200), nullable=False, server_default=""),
    Column("link", LINK, nullable=False, server_default=""),
    ForeignKeyConstraint(
        ["server_id", "thread"], ["threads.server_id", "threads.thread"], ondelete="CASCADE"
    ),
)

replies = Table(
    "replies",
    metadata,
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("server_id", BigInteger, nullable=False),
    Column("pattern", SLUG, nullable=False),
    Column("remedies", JSON, nullable=False),
    Column("sent_at", UtcDateTime, nullable=False),
    Index(None, "sent_at"),
)

# A row is a member's last word. One that is `taken_back` counts nothing and goes after 30 days: it
# is there so that a reaction that still stands under an older reply is not taken for a new vote.
votes = Table(
    "votes",
    metadata,
    Column("server_id", BigInteger, primary_key=True, autoincrement=False),
    Column("member", KEY, primary_key=True),
    Column("pattern", SLUG, primary_key=True),
    Column("remedy", SLUG, primary_key=True),
    Column("helped", Boolean, nullable=False),
    Column("cast_at", UtcDateTime, nullable=False),
    Column("weight", Float, nullable=False, server_default="1"),
    Column("message_id", BigInteger),
    Column("counts_from", UtcDateTime),
    Column("taken_back", Boolean, nullable=False, server_default=false()),
    Index(None, "message_id"),
)

wrong_matches = Table(
    "wrong_matches",
    metadata,
    Column("server_id", BigInteger, primary_key=True, autoincrement=False),
    Column("member", KEY, primary_key=True),
    Column("pattern", SLUG, primary_key=True),
    Column("cast_at", UtcDateTime, nullable=False),
    Column("message_id", BigInteger),
    Column("counts_from", UtcDateTime),
    Column("taken_back", Boolean, nullable=False, server_default=false()),
    Index(None, "message_id"),
)

# Who had all votes deleted, and when, for 30 days: reactions from before are no votes any more.
forgotten = Table(
    "forgotten",
    metadata,
    Column("server_id", BigInteger, primary_key=True, autoincrement=False),
    Column("member", KEY, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)

# How often a pattern was answered on a day; nothing of who asked or how.
asked = Table(
    "asked",
    metadata,
    Column("server_id", BigInteger, primary_key=True, autoincrement=False),
    Column("day", Date, primary_key=True),
    Column("pattern", SLUG, primary_key=True),
    Column("times", Integer, nullable=False),
)

# "Ask me in two weeks". The only place where a member's plain id stands; it goes with the answer.
questions = Table(
    "questions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("server_id", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("pattern", SLUG, nullable=False),
    Column("remedies", JSON, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("state", String(10), nullable=False),
    Index(None, "due_at"),
    sqlite_autoincrement=True,
)

# Servers that the bot was removed from; their data goes 30 days later.
left_servers = Table(
    "left_servers",
    metadata,
    Column("server_id", BigInteger, primary_key=True, autoincrement=False),
    Column("left_at", UtcDateTime, nullable=False),
)

synced_commands = Table(
    "synced_commands",
    metadata,
    Column("application_id", BigInteger, primary_key=True, autoincrement=False),
    Column("fingerprint", KEY, nullable=False),
)

# What a server's curators added or changed; gone from here when they took it out again.
entries = Table(
    "entries",
    metadata,
    Column("server_id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", KIND, primary_key=True),
    Column("slug", SLUG, primary_key=True),
    Column("data", JSON(none_as_null=True), nullable=False),
)

# Every change of an entry. `by` is the curator's keyed hash; no state before or after is null.
changes = Table(
    "changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("server_id", BigInteger, nullable=False),
    Column("kind", KIND, nullable=False),
    Column("slug", SLUG, nullable=False),
    Column("by", KEY, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("before", JSON(none_as_null=True)),
    Column("after", JSON(none_as_null=True)),
    Index(None, "server_id", "kind", "slug"),
)

server_settings = Table(
    "server_settings",
    metadata,
    Column("server_id", BigInteger, primary_key=True, autoincrement=False),
    Column("curator_role_id", BigInteger),
    Column("channel_id", BigInteger),
    Column("private", Boolean, nullable=False, server_default=false()),
    Column("emergency_number", String(20), nullable=False, server_default=""),
    Column("club_line", String(200), nullable=False, server_default=""),
    Column("shipped_threads", Boolean, nullable=False, server_default=true()),
)

# Remedies that members propose, until a curator decides; a rejected one stays for a while, so that
# it can be taken back. `member` is the keyed hash.
proposals = Table(
    "proposals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("server_id", BigInteger, nullable=False),
    Column("member", KEY, nullable=False),
    Column("data", JSON(none_as_null=True), nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("rejected_at", UtcDateTime),
    Index(None, "server_id"),
    sqlite_autoincrement=True,
)
