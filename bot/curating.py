"""What curators do to their server's remedies and patterns: add, change, take out, undo.

Each function checks, writes the entry with its change in one transaction, and swaps the new
knowledge in, so that the very next answer has it. What is refused is told in plain words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz, process
from rapidfuzz.utils import default_process
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.exchange import Difference, Row, compare
from bot.knowledge.catalogue import Catalogue, Pattern, Remedy
from bot.knowledge.own import (
    MOST_PATTERNS,
    MOST_REMEDIES,
    RefusedError,
    checked,
    new_slug,
)
from bot.servers import Servers
from bot.store.entries import (
    Change,
    Data,
    DecidedError,
    Key,
    Kind,
    load_change,
    load_entries,
    write_entries,
)

ALIKE = 82  # of 100, by RapidFuzz's ratio on names: "foam rollin" and "foam roller"
MOST: dict[Kind, int] = {"remedy": MOST_REMEDIES, "pattern": MOST_PATTERNS}


@dataclass(frozen=True, slots=True)
class Curator:
    """Who changes which server's entries; `key` is the member's keyed hash."""

    server_id: int
    key: str


class Curating:
    """The curators' work on one database and the snapshots made of it."""

    def __init__(self, engine: AsyncEngine, servers: Servers) -> None:
        self._engine = engine
        self._servers = servers

    async def add(
        self, who: Curator, kind: Kind, fields: Mapping[str, Any], proposal: int | None = None
    ) -> str:
        """A new entry of these fields; gives its slug. Raises RefusedError.

        `proposal`: the number of the member's proposal that this accepts.
        """
        data = checked(kind, fields)
        existing = (await load_entries(self._engine, who.server_id)).get(who.server_id, {})
        if len(existing.get(kind, {})) >= MOST[kind]:
            raise RefusedError(f"There are {MOST[kind]} of them already, and that is the most.")
        slug = new_slug(str(data["name"]), self._known(who.server_id, kind))
        await self._write(who, {Key(who.server_id, kind, slug): data}, proposal)
        return slug

    async def exchange(self, who: Curator, file: Sequence[Row]) -> Difference:
        """Takes in the remedies of a file, all or none; gives what that changed.

        Raises RefusedError when one cannot be taken.
        """
        difference = await self.difference(who.server_id, file)
        writes = {Key(who.server_id, "remedy", row.slug): row.data for row in difference.rows}
        if writes:
            await self._write(who, writes)
        return difference

    async def difference(self, server_id: int, file: Sequence[Row]) -> Difference:
        """What taking in the remedies of a file would change. Raises RefusedError."""
        own = (await load_entries(self._engine, server_id)).get(server_id, {}).get("remedy", {})
        found = compare(file, own, self._shipped("remedy"), self._known(server_id, "pattern"))
        if len(own) + len(found.new) > MOST_REMEDIES:
            raise RefusedError(
                f"That would be more than {MOST_REMEDIES} remedies, and that is the most."
            )
        return found

    async def own_remedies(self, server_id: int) -> Mapping[str, Data]:
        """What this server added or changed, by slug."""
        return (await load_entries(self._engine, server_id)).get(server_id, {}).get("remedy", {})

    async def change(self, who: Curator, kind: Kind, slug: str, fields: Mapping[str, Any]) -> None:
        """New fields for an entry, a shipped remedy's too, for this server. Raises RefusedError."""
        state = await self.state(who.server_id, kind, slug)
        data = checked(kind, {**state, **fields})
        await self._write(who, {Key(who.server_id, kind, slug): data})

    async def remove(self, who: Curator, kind: Kind, slug: str) -> None:
        """Takes an own entry out; hides a shipped remedy on this server. Raises RefusedError."""
        state = await self.state(who.server_id, kind, slug)
        shipped = slug in self._shipped(kind)
        after = {**state, "hidden": True} if shipped else None
        await self._write(who, {Key(who.server_id, kind, slug): after})

    async def undo(self, who: Curator, number: int) -> Change:
        """Puts an entry back to what it was before a change; that is a change, too.

        Raises RefusedError when this server has no such change.
        """
        change = await load_change(self._engine, who.server_id, number)
        if change is None:
            raise RefusedError("I do not know that change.")
        await self._write(who, {change.key: change.before})
        return change

    async def state(self, server_id: int, kind: Kind, slug: str) -> Data:
        """An entry's fields as they stand. Raises RefusedError for one that is not there."""
        entries = (await load_entries(self._engine, server_id)).get(server_id, {})
        own = entries.get(kind, {}).get(slug)
        if own is not None:
            return own
        shipped = self._shipped(kind).get(slug)
        if isinstance(shipped, Remedy):
            return {"name": shipped.name, "how": shipped.how}
        what = "built in and cannot be changed" if shipped else "not here (any more)"
        raise RefusedError(f"“{slug}” is {what}.")

    def alike(self, server_id: int, kind: Kind, name: str) -> Pattern | Remedy | None:
        """The entry that a name most likely means already; None where it is a new one."""
        known = self._known(server_id, kind)
        spoken = {slug: (each.name, *each.called) for slug, each in known.items()}
        names = [(slug, called) for slug, all_names in spoken.items() for called in all_names]
        hit = process.extractOne(
            name,
            [called for _, called in names],
            scorer=fuzz.ratio,
            processor=default_process,
            score_cutoff=ALIKE,
        )
        return known[names[hit[2]][0]] if hit else None

    def _known(self, server_id: int, kind: Kind) -> Mapping[str, Pattern | Remedy]:
        return _of(self._servers.knowledge(server_id).catalogue, kind)

    def _shipped(self, kind: Kind) -> Mapping[str, Pattern | Remedy]:
        return _of(self._servers.knowledge(None).catalogue, kind)

    async def _write(
        self, who: Curator, writes: Mapping[Key, Data | None], proposal: int | None = None
    ) -> None:
        try:
            await write_entries(self._engine, writes, who.key, proposal)
        except DecidedError as error:
            raise RefusedError("Somebody else has decided that one already.") from error
        await self._servers.refresh(who.server_id)


def _of(catalogue: Catalogue, kind: Kind) -> Mapping[str, Pattern | Remedy]:
    return catalogue.patterns if kind == "pattern" else catalogue.remedies
