"""What taking in a file's remedies would change, worked out before anything is changed."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from bot.exchange import FIELDS, Data, Row, insist_on_none
from bot.knowledge.catalogue import Pattern, Remedy
from bot.knowledge.own import complete, new_slug, quotable
from bot.refused import RefusedError

OWN_SLUG = re.compile(r"(?=.{3,40}$)own(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Known:
    """What a server has, to compare a file with; all of it by slug.

    `own`: what the server added or changed. `shipped`: the built-in remedies as they came, in the
    form of entries. `removed`: names of what was taken out and can come back.
    """

    own: Mapping[str, Data]
    shipped: Mapping[str, Data]
    removed: Mapping[str, str]
    patterns: Mapping[str, Pattern | Remedy]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field of a remedy in words, as it was and as it would be."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What taking a file in changes: `rows` to be written, and how each differs from before.

    `new`: names. `changed`: each name with what differs. `same`: how many. `notes`: what is left
    out of the file, and why.
    """

    rows: tuple[Row, ...]
    new: tuple[str, ...]
    changed: tuple[tuple[str, tuple[FieldChange, ...]], ...]
    same: int
    notes: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        """A short code that is the same for the same difference only."""
        told = repr((self.rows, self.new, self.changed)).encode("utf-8", "backslashreplace")
        return blake2b(told, digest_size=8).hexdigest()


def compare(file: Sequence[Row], known: Known) -> Difference:
    """What a file would change of a server's remedies.

    A row without a slug means the own remedy of that name, else a new one. Some club's own pain
    that is not here is left out with a note. Raises RefusedError, which names the lines, for a
    pain or a slug that is not known here.
    """
    own = {slug: complete("remedy", data) for slug, data in known.own.items()}
    before = {**known.shipped, **own}
    usable, notes = _usable(file, known, before)
    rows = [row for row in usable if row.data != before.get(row.slug)]
    return Difference(
        rows=tuple(rows),
        new=tuple(str(row.data["name"]) for row in rows if row.slug not in before),
        changed=tuple(
            (str(row.data["name"]), tuple(_changes(before[row.slug], row.data)))
            for row in rows
            if row.slug in before
        ),
        same=len(file) - len(rows),
        notes=tuple(notes),
    )


def _usable(
    file: Sequence[Row], known: Known, before: Mapping[str, Data]
) -> tuple[list[Row], list[str]]:
    """The rows, each with its slug and the pains of this server, and notes of what is left out."""
    pains = _by_name(known.patterns)
    slugs: dict[str, str] = {}  # by name
    for slug, data in known.own.items():
        slugs.setdefault(_folded(data["name"]), slug)
    taken = known.own.keys() | known.removed.keys()
    lines: dict[str, int] = {}  # where a slug stood first
    rows: list[Row] = []
    faults: list[str] = []
    notes: list[str] = []
    for row in file:
        name = str(row.data["name"])
        try:
            slug = row.slug or slugs.get(_folded(name)) or new_slug(name, taken | lines.keys())
            _insist_on_usable(slug, known.shipped, lines)
            found, gone = _pains(row, before.get(slug, {}), pains)
        except RefusedError as error:
            faults.append(f"line {row.line}: {error}")
            continue
        lines[slug] = row.line
        slugs.setdefault(_folded(name), slug)
        if gone:
            notes.append(f"{name}: not for {', '.join(gone)}, a pain that is not here")
        data = {**row.data, "patterns": found}
        kept = {f: told for f, told in before.get(slug, {}).items() if f not in row.given}
        rows.append(Row(row.line, slug, {**data, **kept}))
    insist_on_none(faults)
    return rows, notes


def _insist_on_usable(slug: str, shipped: Container[str], lines: Mapping[str, int]) -> None:
    if slug not in shipped and not OWN_SLUG.fullmatch(slug):
        raise RefusedError(
            f"no remedy “{quotable(slug)}”. Leave the slug empty for a new one, or for one of "
            "your own by its name"
        )
    if slug in lines:
        raise RefusedError(f"that one stands in line {lines[slug]} already")


def _by_name(patterns: Mapping[str, Pattern | Remedy]) -> dict[str, str]:
    """Slugs by all that a pain is called; a slug goes before a name, a name before other names."""
    called = {_folded(word): slug for slug, one in patterns.items() for word in one.called}
    names = {_folded(one.name): slug for slug, one in patterns.items()}
    return {**called, **names, **{slug: slug for slug in patterns}}


def _pains(row: Row, before: Data, by_name: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """The slugs of a row's pains, and the own pains among them that are not here.

    What the remedy names already stays: a pain that was taken out may be brought back.
    """
    found: list[str] = []
    gone: list[str] = []
    for written in row.data["patterns"]:
        for one in [written] if _folded(written) in by_name else re.split("[,;]", written):
            slug = by_name.get(_folded(one))
            if slug or one in before.get("patterns", ()):
                found.append(slug or one)
            elif OWN_SLUG.fullmatch(one):
                gone.append(one)
            else:
                raise RefusedError(f"no pain “{quotable(one)}”")
    return list(dict.fromkeys(found)), gone


def _folded(name: str) -> str:
    return " ".join(name.casefold().replace("’", "'").split())


def _changes(before: Data, after: Data) -> Iterator[FieldChange]:
    for field in FIELDS:
        was, now = before.get(field), after.get(field)
        if was != now:
            yield FieldChange(field, _plain(was), _plain(now))


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value or "–")
