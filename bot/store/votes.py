"""Votes: one live vote per member, server, pattern and remedy; and "this is not my pain"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Table, and_, func, or_, select
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
    it counts nothing. `only_new`: an older one stays.
    """

    ballot: Ballot
    at: datetime
    helped: bool = True
    weight: float = 1.0
    counts_from: datetime | None = None
    only_new: bool = False


@dataclass(frozen=True, slots=True)
class TakeBack:
    """A vote to be let go, unless a newer one of the same member stands under another reply."""

    ballot: Ballot


VoteChange = Cast | TakeBack


async def change_vote(connection: AsyncConnection, change: VoteChange) -> None:
    """Makes the change, within the connection's transaction."""
    if isinstance(change, Cast):
        await _cast(connection, change)
    else:
        await _take_back(connection, change.ballot)


async def store_votes(engine: AsyncEngine, changes: Iterable[VoteChange]) -> None:
    """Makes all the changes in their order, in one transaction."""
    async with engine.begin() as connection:
        for change in changes:
            await change_vote(connection, change)


async def _cast(connection: AsyncConnection, cast: Cast) -> None:
    ballot = cast.ballot
    table, same = ballot.table, _same(ballot)
    if cast.only_new and await connection.scalar(select(func.count()).where(same)):
        return
    values: dict[str, Any] = {"cast_at": cast.at, "message_id": ballot.message_id}
    if ballot.remedy:
        values |= {"helped": cast.helped, "weight": cast.weight, "counts_from": cast.counts_from}
    await connection.execute(table.delete().where(same))
    await connection.execute(table.insert().values(**ballot.key, **values))


async def _take_back(connection: AsyncConnection, ballot: Ballot) -> None:
    table = ballot.table
    gone = table.delete().where(_same(ballot))
    if ballot.message_id is not None:
        here = (table.c.message_id == ballot.message_id, table.c.message_id.is_(None))
        gone = gone.where(or_(*here))
    await connection.execute(gone)


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
    query = select(*columns, table.c.helped, table.c.weight, table.c.cast_at).where(
        or_(table.c.counts_from.is_(None), table.c.counts_from <= now)
    )
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
            query = select(table).where(table.c.message_id == message_id)
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


async def has_vote(engine: AsyncEngine, ballot: Ballot) -> bool:
    """Whether a member's vote on this stands."""
    async with engine.connect() as connection:
        return bool(await connection.scalar(select(func.count()).where(_same(ballot))))


async def count_wrong_matches(
    engine: AsyncEngine, server_id: int, since: datetime | None = None
) -> dict[str, int]:
    """How many members of a server said "not my pain", by pattern slug."""
    table = schema.wrong_matches
    query = (
        select(table.c.pattern, func.count().label("members"))
        .where(table.c.server_id == server_id)
        .group_by(table.c.pattern)
    )
    if since is not None:
        query = query.where(table.c.cast_at >= since)
    async with engine.connect() as connection:
        return {row.pattern: row.members for row in await connection.execute(query)}


async def count_helped(engine: AsyncEngine, server_id: int, since: datetime) -> dict[Pair, int]:
    """How many members said since a moment that a remedy helped, by pattern and remedy."""
    table = schema.votes
    query = (
        select(table.c.pattern, table.c.remedy, func.count().label("members"))
        .where(table.c.server_id == server_id, table.c.helped, table.c.cast_at >= since)
        .group_by(table.c.pattern, table.c.remedy)
    )
    async with engine.connect() as connection:
        return {(row.pattern, row.remedy): row.members for row in await connection.execute(query)}
