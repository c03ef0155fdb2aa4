"""Votes: one live vote per member, server, pattern and remedy; and "this is not my pain"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Table, Update, and_, case, func, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.knowledge.snapshot import Votes
from bot.store import schema

Pair = tuple[str, str]  # pattern slug, remedy slug

HALF_LIFE = timedelta(days=365)  # a vote of a year ago weighs half


@dataclass(frozen=True, slots=True)
class Ballot:
    """Whose vote on what. `member` is the keyed hash, never the id. No remedy: on the match.

    `message_id`: under which reply, None for one by a button.
    """

    server_id: int
    member: str
    pattern: str
    remedy: str | None = None
    message_id: int | None = None

    @property
    def table(self) -> Table:
        """Where the vote is kept."""
        return schema.votes if self.remedy else schema.wrong_matches

    @property
    def key(self) -> dict[str, int | str]:
        """The columns that tell this vote from others."""
        key: dict[str, int | str] = {
            "server_id": self.server_id,
            "member": self.member,
            "pattern": self.pattern,
        }
        return key | ({"remedy": self.remedy} if self.remedy else {})


@dataclass(frozen=True, slots=True)
class Cast:
    """A vote to be kept in place of an older one.

    `helped` and `weight` (in votes) are for votes on a remedy. `counts_from`: before that moment
    it counts nothing. `unless_since`: for a reaction that is found late. It is a vote only where
    the member did nothing about it since then: neither voted, nor took back by a button, nor
    deleted all. A reaction that was taken away elsewhere does not speak against it.
    """

    ballot: Ballot
    at: datetime
    helped: bool = True
    weight: float = 1.0
    counts_from: datetime | None = None
    unless_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class TakeBack:
    """A vote to count no more.

    With the ballot's reply: only the "this helped me" or "not my pain" that its reaction stands
    for, so not a newer one under another reply.
    """

    ballot: Ballot
    at: datetime


VoteChange = Cast | TakeBack


async def change_vote(connection: AsyncConnection, change: VoteChange) -> None:
    """Makes the change, within the connection's transaction."""
    if isinstance(change, Cast):
        await _cast(connection, change)
    else:
        await _take_back(connection, change)


async def take_back_all(
    connection: AsyncConnection, message_id: int, remedy: str | None, at: datetime
) -> None:
    """All votes on a remedy that were cast under a reply count no more; None: on the match."""
    table = schema.votes if remedy else schema.wrong_matches
    gone = _taken_back(table, at).where(table.c.message_id == message_id)
    if remedy:
        gone = gone.where(schema.votes.c.remedy == remedy)
    await connection.execute(gone)


async def _cast(connection: AsyncConnection, cast: Cast) -> None:
    ballot = cast.ballot
    table, same = ballot.table, _same(ballot)
    if cast.unless_since and await _done_since(connection, cast, cast.unless_since):
        return
    values: dict[str, Any] = {
        "cast_at": cast.at,
        "message_id": ballot.message_id,
        "counts_from": cast.counts_from,
    }
    if ballot.remedy:
        values |= {"helped": cast.helped, "weight": cast.weight}
    await connection.execute(table.delete().where(same))
    await connection.execute(table.insert().values(**ballot.key, **values))


async def _done_since(connection: AsyncConnection, cast: Cast, moment: datetime) -> bool:
    ballot = cast.ballot
    row, forgotten = ballot.table.c, schema.forgotten.c
    # Taken back under a reply: it was that reply's reaction, or this one's that came again since.
    holds = or_(not_(row.taken_back), row.message_id.is_(None))
    voted = select(func.count()).where(_same(ballot), row.cast_at >= moment, holds)
    deleted = select(func.count()).where(
        forgotten.server_id == ballot.server_id,
        forgotten.member == ballot.member,
        forgotten.at >= moment,
    )
    return bool(await connection.scalar(voted) or await connection.scalar(deleted))


async def _take_back(connection: AsyncConnection, change: TakeBack) -> None:
    ballot = change.ballot
    table = ballot.table
    gone = _taken_back(table, change.at).where(_same(ballot)).values(message_id=ballot.message_id)
    if ballot.message_id is not None:  # a newer vote, cast elsewhere, stands
        gone = gone.where(table.c.message_id == ballot.message_id)
    await connection.execute(gone)


def _taken_back(table: Table, at: datetime) -> Update:
    return table.update().where(not_(table.c.taken_back)).values(taken_back=True, cast_at=at)


async def forget_taken_back(engine: AsyncEngine, moment: datetime) -> None:
    """Lets go of what only keeps older reactions from counting and is from before a moment."""
    async with engine.begin() as connection:
        for table in (schema.votes, schema.wrong_matches):
            old = and_(table.c.taken_back, table.c.cast_at < moment)
            await connection.execute(table.delete().where(old))
        gone = schema.forgotten.delete().where(schema.forgotten.c.at < moment)
        await connection.execute(gone)


def _counts(table: Table, now: datetime) -> ColumnElement[bool]:
    begun = or_(table.c.counts_from.is_(None), table.c.counts_from <= now)
    return and_(not_(table.c.taken_back), begun)


def _same(ballot: Ballot) -> Any:
    return and_(*(ballot.table.c[name] == value for name, value in ballot.key.items()))


async def load_votes(
    engine: AsyncEngine, server_id: int, now: datetime | None = None
) -> dict[Pair, Votes]:
    """One server's votes on remedies, counted."""
    return (await load_all_votes(engine, server_id, now)).get(server_id, {})


async def load_all_votes(
    engine: AsyncEngine, server_id: int | None = None, now: datetime | None = None
) -> dict[int, dict[Pair, Votes]]:
    """Votes on remedies by server, counted; of one server when it is named.

    A vote weighs half for each year since it was cast; one that does not count yet is left out.
    """
    now = now or datetime.now(UTC)
    table = schema.votes
    columns = (table.c.server_id, table.c.pattern, table.c.remedy)
    query = select(*columns, table.c.helped, table.c.weight, table.c.cast_at)
    query = query.where(_counts(table, now))
    if server_id is not None:
        query = query.where(table.c.server_id == server_id)
    weights: dict[tuple[int, Pair], dict[bool, list[float]]] = {}
    async with engine.connect() as connection:
        for row in await connection.execute(query):
            age = max(timedelta(), now - row.cast_at)
            weight = row.weight * 0.5 ** (age / HALF_LIFE)
            of = weights.setdefault((row.server_id, (row.pattern, row.remedy)), {})
            of.setdefault(row.helped, []).append(weight)
    by_server: dict[int, dict[Pair, Votes]] = {}
    for (server, pair), found in weights.items():
        by_server.setdefault(server, {})[pair] = _counted(found.get(True, ()), found.get(False, ()))
    return by_server


def _counted(helped: Sequence[float], not_helped: Sequence[float]) -> Votes:
    return Votes(len(helped), len(not_helped), _mean(helped), _mean(not_helped))


def _mean(weights: Sequence[float]) -> float:
    return sum(weights) / len(weights) if weights else 1.0


async def ballots_under(engine: AsyncEngine, message_id: int) -> list[Ballot]:
    """The votes that were cast under a reply and are still live."""
    found: list[Ballot] = []
    async with engine.connect() as connection:
        for table in (schema.votes, schema.wrong_matches):
            query = select(table).where(table.c.message_id == message_id, not_(table.c.taken_back))
            for row in (await connection.execute(query)).mappings():
                found.append(
                    Ballot(
                        row["server_id"],
                        row["member"],
                        row["pattern"],
                        row.get("remedy"),
                        message_id,
                    )
                )
    return found


async def taken_back_at(
    engine: AsyncEngine, message_id: int, remedy: str | None, moment: datetime
) -> set[str]:
    """Whose votes on a remedy, cast under a reply, were taken back at a moment: keyed hashes.

    No remedy: votes on the match.
    """
    table = schema.votes if remedy else schema.wrong_matches
    query = select(table.c.member).where(
        table.c.message_id == message_id, table.c.taken_back, table.c.cast_at == moment
    )
    if remedy:
        query = query.where(schema.votes.c.remedy == remedy)
    async with engine.connect() as connection:
        return set(await connection.scalars(query))


async def count_wrong_matches(
    engine: AsyncEngine,
    server_id: int,
    since: datetime | None = None,
    now: datetime | None = None,
) -> dict[str, int]:
    """How many members of a server said "not my pain", by pattern slug.

    What does not count yet is left out.
    """
    table, now = schema.wrong_matches, now or datetime.now(UTC)
    query = (
        select(table.c.pattern, func.count().label("members"))
        .where(table.c.server_id == server_id, _counts(table, now))
        .group_by(table.c.pattern)
    )
    if since is not None:
        query = query.where(table.c.cast_at >= since)
    async with engine.connect() as connection:
        return {row.pattern: row.members for row in await connection.execute(query)}


async def count_helped(
    engine: AsyncEngine, server_id: int, since: datetime, now: datetime
) -> dict[Pair, int]:
    """How many members said since a moment that a remedy helped, by pattern and remedy.

    As in the answers, a vote that does not count yet is left out.
    """
    table = schema.votes
    query = (
        select(table.c.pattern, table.c.remedy, func.count().label("members"))
        .where(table.c.server_id == server_id, table.c.helped, table.c.cast_at >= since)
        .where(_counts(table, now))
        .group_by(table.c.pattern, table.c.remedy)
    )
    async with engine.connect() as connection:
        return {(row.pattern, row.remedy): row.members for row in await connection.execute(query)}


async def count_nothing_helped(
    engine: AsyncEngine, server_id: int, since: datetime, now: datetime
) -> dict[str, int]:
    """How many members said since a moment that nothing helped, by pattern slug.

    Whoever said of any remedy since then that it helped with that pattern is left out.
    """
    table = schema.votes
    said = (
        select(table.c.pattern)
        .where(table.c.server_id == server_id, table.c.cast_at >= since)
        .where(_counts(table, now))
        .group_by(table.c.pattern, table.c.member)
        .having(func.max(case((table.c.helped, 1), else_=0)) == 0)
        .subquery()
    )
    query = select(said.c.pattern, func.count().label("members")).group_by(said.c.pattern)
    async with engine.connect() as connection:
        return {row.pattern: row.members for row in await connection.execute(query)}
