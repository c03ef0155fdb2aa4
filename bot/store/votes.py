"""Votes: one live vote per member, server, pattern and remedy; and "this is not my pain"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Integer, Table, and_, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.knowledge.snapshot import Votes
from bot.store import schema
from bot.store.database import put

Pair = tuple[str, str]  # pattern slug, remedy slug


@dataclass(frozen=True, slots=True)
class Ballot:
    """Whose vote on what. `member` is the keyed hash, never the id. No remedy: on the match."""

    server_id: int
    member: str
    pattern: str
    remedy: str | None = None

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


async def cast_vote(engine: AsyncEngine, ballot: Ballot, *, helped: bool = True) -> None:
    """Keeps the vote, in place of an older one. `helped` is for votes on a remedy."""
    values: dict[str, object] = {"cast_at": datetime.now(UTC)}
    if ballot.remedy:
        values["helped"] = helped
    await put(engine, ballot.table, ballot.key, values)


async def take_back_vote(engine: AsyncEngine, ballot: Ballot) -> None:
    """Lets go of the vote; nothing happens when there is none."""
    same = and_(*(ballot.table.c[name] == value for name, value in ballot.key.items()))
    async with engine.begin() as connection:
        await connection.execute(ballot.table.delete().where(same))


async def load_votes(engine: AsyncEngine, server_id: int) -> dict[Pair, Votes]:
    """One server's votes on remedies, counted."""
    return (await load_all_votes(engine, server_id)).get(server_id, {})


async def load_all_votes(
    engine: AsyncEngine, server_id: int | None = None
) -> dict[int, dict[Pair, Votes]]:
    """Votes on remedies by server, counted; of one server when it is named."""
    table = schema.votes
    helped = func.sum(table.c.helped.cast(Integer)).label("helped")
    columns = (table.c.server_id, table.c.pattern, table.c.remedy)
    query = select(*columns, helped, func.count().label("total")).group_by(*columns)
    if server_id is not None:
        query = query.where(table.c.server_id == server_id)
    by_server: dict[int, dict[Pair, Votes]] = {}
    async with engine.connect() as connection:
        for row in await connection.execute(query):
            counted = Votes(helped=int(row.helped), not_helped=int(row.total - row.helped))
            by_server.setdefault(row.server_id, {})[row.pattern, row.remedy] = counted
    return by_server


async def count_wrong_matches(engine: AsyncEngine, server_id: int) -> dict[str, int]:
    """How many members of a server said "not my pain", by pattern slug."""
    table = schema.wrong_matches
    query = (
        select(table.c.pattern, func.count().label("members"))
        .where(table.c.server_id == server_id)
        .group_by(table.c.pattern)
    )
    async with engine.connect() as connection:
        return {row.pattern: row.members for row in await connection.execute(query)}
