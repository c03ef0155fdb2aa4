"""What curators do to their server's remedies and patterns: add, change, take out, undo.

Each function checks, writes the entry with its change in one transaction, and swaps the new
knowledge in, so that the very next answer has it. What is refused is told in plain words.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rapidfuzz import fuzz, process
from rapidfuzz.utils import default_process
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.difference import Difference, Known, compare
from bot.exchange import Row
from bot.knowledge.catalogue import Catalogue, Pattern, Remedy
from bot.knowledge.own import (
    MOST_PATTERNS,
    MOST_REMEDIES,
    checked,
    complete,
    new_slug,
    quotable,
)
from bot.refused import RefusedError
from bot.servers import Servers
from bot.store.entries import (
    Change,
    Data,
    DecidedError,
    Key,
    Kind,
    load_change,
    load_changes,
    load_entries,
    load_removed,
    load_together,
    write_entries,
)

ALIKE = 82  # of 100, by RapidFuzz's ratio on names: "foam rollin" and "foam roller"
DECIDED = "That one is decided already."
MOST: dict[Kind, int] = {"remedy": MOST_REMEDIES, "pattern": MOST_PATTERNS}


@dataclass(frozen=True, slots=True)
class Curator:
    """Who changes which server's entries, and when; `key` is the member's keyed hash.

    `at`: by Discord's clock; None for this machine's.
    """

    server_id: int
    key: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Undone:
    """What undoing a change did: the entry's name, and the later changes that went with it.

    `gone`: it was not there before that change, and is not any more.
    """

    name: str
    later: tuple[Change, ...]
    gone: bool


@dataclass(frozen=True, slots=True)
class UndoneTogether:
    """What undoing an import did: how many entries are as before, which stayed as they are now."""

    count: int
    kept: tuple[str, ...]


class AlikeError(RefusedError):
    """An entry of nearly that name is here already. `hidden`: taken out, but it can come back."""

    def __init__(self, name: str, *, hidden: bool) -> None:
        super().__init__(f"“{quotable(name)}” is here already.")
        self.name, self.hidden = name, hidden


class ChangedError(RefusedError):
    """Somebody else changed the same fields meanwhile. `now`: what stands in them."""

    def __init__(self, now: Mapping[str, Any]) -> None:
        super().__init__("Somebody else changed the same meanwhile.")
        self.now = now


class Curating:
    """The curators' work on one database and the snapshots made of it.

    What one curator looks at, writes and swaps in is done before the next one's turn in that
    server, so that two at once lose nothing of each other's.
    """

    def __init__(self, engine: AsyncEngine, servers: Servers) -> None:
        self._engine = engine
        self._servers = servers
        self._turns: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def add(
        self,
        who: Curator,
        kind: Kind,
        fields: Mapping[str, Any],
        *,
        proposal: int | None = None,
        anyway: bool = True,
    ) -> str:
        """A new entry of these fields; gives its slug. Raises RefusedError.

        `proposal`: the number of the member's proposal that this accepts. `anyway`: also where
        one of nearly that name is here; else raises AlikeError.
        """
        data = checked(kind, fields)
        async with self._turns[who.server_id]:
            removed = await self.removed(who.server_id, kind)
            if not anyway:
                self._refuse_alike(who.server_id, kind, data["name"], removed)
            stored = await self._stored(who.server_id, kind)
            _refuse_full(kind, stored)
            # What is taken out keeps its slug: one of its name must not get its history and votes.
            taken = {*stored, *removed, *self._known(who.server_id, kind)}
            slug = new_slug(data["name"], taken)
            await self._write(who, {Key(who.server_id, kind, slug): data}, proposal)
        return slug

    async def exchange(
        self, who: Curator, file: Sequence[Row], shown: str
    ) -> tuple[Difference, range]:
        """Takes in the remedies of a file, all or none; gives what differs, and the changes made.

        `shown`: the mark of the difference that the curator saw. Where it is another one by now,
        nothing is written. Raises RefusedError when a remedy cannot be taken.
        """
        async with self._turns[who.server_id]:
            difference = await self.difference(who.server_id, file)
            writes = {Key(who.server_id, "remedy", row.slug): row.data for row in difference.rows}
            if not writes or difference.mark != shown:
                return difference, range(0)
            return difference, await self._write(who, writes)

    async def difference(self, server_id: int, file: Sequence[Row]) -> Difference:
        """What taking in the remedies of a file would change. Raises RefusedError."""
        own = await self.own_remedies(server_id)
        known = Known(
            own=own,
            shipped={
                slug: complete("remedy", _worded(one))
                for slug, one in self._shipped("remedy").items()
                if isinstance(one, Remedy)
            },
            removed=await self.removed(server_id, "remedy"),
            patterns=self._known(server_id, "pattern"),
        )
        found = compare(file, known)
        entries = own.keys() | {row.slug for row in found.rows}
        if len(entries) > max(len(own), MOST_REMEDIES):
            raise RefusedError(
                f"That would be more than {MOST_REMEDIES} remedies, and that is the most."
            )
        return found

    async def own_remedies(self, server_id: int) -> Mapping[str, Data]:
        """What this server added or changed, by slug."""
        return await self._stored(server_id, "remedy")

    async def change(
        self,
        who: Curator,
        kind: Kind,
        slug: str,
        opened: Mapping[str, Any],
        fields: Mapping[str, Any],
        *,
        anyway: bool = True,
    ) -> bool:
        """Writes those fields of an entry that differ from what its form opened with.

        A shipped remedy changes for this server only. False where nothing differs. `anyway`: also
        where another one is called nearly so; else raises AlikeError. Raises ChangedError where
        somebody else changed the same fields meanwhile, else RefusedError.
        """
        typed = checked(kind, {**opened, **fields})
        async with self._turns[who.server_id]:
            state = await self.state(who.server_id, kind, slug)
            if state.get("hidden"):
                raise RefusedError(f"That is taken out. `/{kind} restore` brings it back.")
            now = complete(kind, state)
            after = checked(kind, _merged(complete(kind, opened), typed, now))
            if after == now:
                return False
            if not anyway and after["name"] != now["name"]:
                self._refuse_alike(who.server_id, kind, after["name"], {}, but=slug)
            await self._write(who, {Key(who.server_id, kind, slug): after})
        return True

    async def remove(self, who: Curator, kind: Kind, slug: str) -> str:
        """Takes an own entry out, hides a shipped remedy on this server; gives its name.

        Raises RefusedError.
        """
        async with self._turns[who.server_id]:
            state = await self.state(who.server_id, kind, slug)
            if state.get("hidden"):
                raise RefusedError(f"That is taken out already. `/{kind} restore` brings it back.")
            after = {**state, "hidden": True} if slug in self._shipped(kind) else None
            await self._write(who, {Key(who.server_id, kind, slug): after})
        return self._name(kind, slug, state)

    async def restore(self, who: Curator, kind: Kind, slug: str) -> str:
        """Brings an entry back as it was when it was last seen; gives its name.

        Raises RefusedError for one that is not taken out.
        """
        async with self._turns[who.server_id]:
            stored = await self._stored(who.server_id, kind)
            changes = await load_changes(self._engine, Key(who.server_id, kind, slug))
            now = stored.get(slug)
            gone = now is None and bool(changes) and slug not in self._shipped(kind)
            if not (gone or (now and now.get("hidden"))):
                raise RefusedError("That was not taken out.")
            if gone:
                _refuse_full(kind, stored)
            after = self._last_seen(kind, slug, now, changes)
            await self._write(who, {Key(who.server_id, kind, slug): after})
        return self._name(kind, slug, after)

    async def undo(self, who: Curator, number: int) -> Undone:
        """Puts an entry back to what it was before a change; that is a change, too.

        Raises RefusedError when this server has no such change, or the entry is like that already.
        """
        async with self._turns[who.server_id]:
            change = await load_change(self._engine, who.server_id, number)
            if change is None:
                raise RefusedError("I do not know that change.")
            kind, slug = change.key.kind, change.key.slug
            stored = await self._stored(who.server_id, kind)
            if stored.get(slug) == change.before:
                raise RefusedError(f"It is as it was before change #{number} already.")
            if change.before is not None and slug not in stored:
                _refuse_full(kind, stored)
            later = await load_changes(self._engine, change.key, above=number)
            await self._write(who, {change.key: change.before})
        name = self._name(kind, slug, change.before or stored.get(slug) or change.after)
        gone = change.before is None and slug not in self._shipped(kind)
        return Undone(name, tuple(later), gone)

    async def undo_together(self, who: Curator, numbers: range) -> UndoneTogether:
        """Puts back what these changes of an import changed; all or nothing.

        What somebody changed since then stays as it is. Raises RefusedError where this server has
        no such changes, or nothing of them is left.
        """
        async with self._turns[who.server_id]:
            together = await load_together(self._engine, who.server_id, numbers)
            stored = await self._stored(who.server_id, "remedy")
            since = [one for one in together if stored.get(one.key.slug) != one.after]
            writes = {one.key: one.before for one in together if one not in since}
            if not writes:
                raise RefusedError("All of that was undone or changed since.")
            await self._write(who, writes)
        last = {one.key.slug: one.after or one.before for one in since}
        kept = (self._name("remedy", slug, stored.get(slug) or last[slug]) for slug in last)
        return UndoneTogether(len(writes), tuple(kept))

    async def state(self, server_id: int, kind: Kind, slug: str) -> Data:
        """An entry's fields as they stand. Raises RefusedError for one that is not there."""
        own = (await self._stored(server_id, kind)).get(slug)
        if own is not None:
            return own
        shipped = self._shipped(kind).get(slug)
        if isinstance(shipped, Remedy):
            return _worded(shipped)
        if shipped:
            raise RefusedError(f"“{shipped.name}” is built in and cannot be changed.")
        raise RefusedError(
            "I do not have that (any more). Please choose from the list that opens as you type."
        )

    async def removed(self, server_id: int, kind: Kind) -> dict[str, str]:
        """Names of what was taken out or hidden and can be restored, by slug."""
        removed = await load_removed(self._engine, server_id, kind)
        # A shipped one is not gone without an entry: it is as it came.
        names = {
            slug: self._name(kind, slug, data)
            for slug, data in removed.items()
            if slug not in self._shipped(kind)
        }
        hidden = self._servers.knowledge(server_id).hidden if kind == "remedy" else {}
        return {**names, **hidden}

    def alike(
        self, server_id: int, kind: Kind, name: str, but: str | None = None
    ) -> Pattern | Remedy | None:
        """The entry that a name most likely means already; None where it is a new one.

        `but`: the slug of the entry that is called so itself.
        """
        known = self._known(server_id, kind)
        spoken = {slug: (one.name, *one.called) for slug, one in known.items() if slug != but}
        slug = _nearest(name, spoken)
        return known[slug] if slug else None

    def _refuse_alike(
        self,
        server_id: int,
        kind: Kind,
        name: str,
        removed: Mapping[str, str],
        but: str | None = None,
    ) -> None:
        if known := self.alike(server_id, kind, name, but):
            raise AlikeError(known.name, hidden=False)
        if slug := _nearest(name, {slug: (called,) for slug, called in removed.items()}):
            raise AlikeError(removed[slug], hidden=True)

    def _last_seen(
        self, kind: Kind, slug: str, now: Data | None, changes: Sequence[Change]
    ) -> Data | None:
        """What an entry was when members last saw it; None for a shipped one as it came."""
        for change in changes:
            if change.before is None and slug in self._shipped(kind):
                return None
            if change.before is not None and not change.before.get("hidden"):
                return change.before
        # A file brought it in hidden: nobody ever saw it.
        return {**(now or changes[0].before or {}), "hidden": False}

    def _name(self, kind: Kind, slug: str, data: Data | None) -> str:
        return str(data.get("name", slug)) if data else self._shipped(kind)[slug].name

    async def _stored(self, server_id: int, kind: Kind) -> Mapping[str, Data]:
        return (await load_entries(self._engine, server_id)).get(server_id, {}).get(kind, {})

    def _known(self, server_id: int, kind: Kind) -> Mapping[str, Pattern | Remedy]:
        return _of(self._servers.knowledge(server_id).catalogue, kind)

    def _shipped(self, kind: Kind) -> Mapping[str, Pattern | Remedy]:
        return _of(self._servers.knowledge(None).catalogue, kind)

    async def _write(
        self, who: Curator, writes: Mapping[Key, Data | None], proposal: int | None = None
    ) -> range:
        """Writes the states and swaps them in; gives the numbers of the changes."""
        try:
            changes = await write_entries(self._engine, writes, who.key, proposal, who.at)
        except DecidedError as error:
            raise RefusedError(DECIDED) from error
        await self._servers.refresh(who.server_id)
        return changes


def _worded(remedy: Remedy) -> Data:
    """A shipped remedy as far as a server may word it, in the form of an entry."""
    return {"name": remedy.name, "how": remedy.how, "caution": remedy.caution}


def _refuse_full(kind: Kind, stored: Mapping[str, Data]) -> None:
    if len(stored) >= MOST[kind]:
        raise RefusedError(f"There are {MOST[kind]} of them already, and that is the most.")


def _merged(
    opened: Mapping[str, Any], typed: Mapping[str, Any], now: Mapping[str, Any]
) -> dict[str, Any]:
    """What stands now with what was changed in a form that opened earlier.

    Raises ChangedError for fields that both changed, each in another way.
    """
    after, clashes = dict(now), {}
    for field, value in typed.items():
        was, stands = opened[field], now[field]
        if value == was:
            continue
        if field == "patterns":  # a set: what one adds does not take away what another added
            kept = [one for one in stands if one in value or one not in was]
            after[field] = [*kept, *(one for one in value if one not in kept and one not in was)]
        elif stands in (was, value):
            after[field] = value
        else:
            clashes[field] = stands
    if clashes:
        raise ChangedError(clashes)
    return after


def _nearest(name: str, spoken: Mapping[str, Sequence[str]]) -> str | None:
    """The slug whose names hold the nearest to `name`, None where none is near."""
    names = [(slug, called) for slug, all_names in spoken.items() for called in all_names]
    hit = process.extractOne(
        name,
        [called for _, called in names],
        scorer=fuzz.ratio,
        processor=default_process,
        score_cutoff=ALIKE,
    )
    return names[hit[2]][0] if hit else None


def _of(catalogue: Catalogue, kind: Kind) -> Mapping[str, Pattern | Remedy]:
    return catalogue.patterns if kind == "pattern" else catalogue.remedies
