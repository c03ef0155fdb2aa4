"""The catalogue: patterns, remedies, evidence marks. Read from TOML, checked on load."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
Grade = Literal["supported", "weak", "little", "advised-against"]


class CatalogueError(Exception):
    """A file in data/ is broken. The message names the file, the place and what is wrong."""


class Entry(BaseModel):
    """A table of the catalogue: unknown keys are errors, so that a slip is told."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Pattern(Entry):
    """What runners call a pain. A label for "sounds like …", never a diagnosis.

    `own`: a server's curators worded it.
    """

    slug: Slug
    name: Name
    called: tuple[Line, ...] = Field(min_length=1)
    where: Name
    wording: tuple[Line, ...] = Field(min_length=3)
    triggers: tuple[Line, ...]
    see: tuple[Line, ...] = Field(min_length=1)
    own: bool = False


class Remedy(Entry):
    """What runners suggest to each other, with one line on how it is done.

    `broader`: remedies that the words of this one name as well ("strengthening" for clamshells);
    beside this one in a sentence they are no remedy of their own. `own`: a server's curators
    worded it.
    """

    slug: Slug
    name: Name
    how: Line
    called: tuple[Line, ...] = Field(min_length=1)
    broader: tuple[Slug, ...] = ()
    caution: Line | None = None
    own: bool = False


class Evidence(Entry):
    """What research says of a remedy for a pattern. No source rather than a guessed one."""

    pattern: Slug
    remedy: Slug
    grade: Grade
    says: Line
    source: Name | None = None
    url: Line | None = None
    year: int | None = Field(default=None, ge=1950, le=2100)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that is shipped: patterns and remedies by slug, evidence by (pattern, remedy)."""

    patterns: Mapping[str, Pattern]
    remedies: Mapping[str, Remedy]
    evidence: Mapping[tuple[str, str], Evidence]


T = TypeVar("T")


def read_toml(path: Path) -> dict[str, Any]:
    """The file's tables. Raises CatalogueError naming the file and the line that is wrong."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CatalogueError(f"{path}: the file is missing") from error
    except UnicodeDecodeError as error:
        raise CatalogueError(f"{path}: not UTF-8 text ({error.reason})") from error
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{path}: not valid TOML: {error}") from error


def read_tables(path: Path) -> dict[str, tuple[Path, Any]]:
    """The tables of a TOML file, or of all those in a folder, each with the file it stands in.

    Raises CatalogueError as read_toml, and for a table that stands in two files.
    """
    tables: dict[str, tuple[Path, Any]] = {}
    for file in sorted(path.glob("*.toml")) if path.is_dir() else [path]:
        for name, table in read_toml(file).items():
            if name in tables:
                raise CatalogueError(f"{file}: [{name}] stands in {tables[name][0].name}, too")
            tables[name] = file, table
    return tables


def check(path: Path, place: str, kind: type[T], value: object) -> T:
    """`value` as a `kind`. Raises CatalogueError naming file, place and every fault."""
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc'])) or 'value'}: {fault['msg']}"
            for fault in error.errors()
        )
        raise CatalogueError(f"{path}: [{place}] {faults}") from error


def load_catalogue(data_dir: Path) -> Catalogue:
    """Reads patterns.toml, remedies.toml and evidence.toml of `data_dir`.

    Raises CatalogueError for the first file that is missing, broken or names an unknown slug.
    """
    patterns = _by_slug(data_dir / "patterns.toml", Pattern)
    remedies = _by_slug(data_dir / "remedies.toml", Remedy)
    path = data_dir / "evidence.toml"
    evidence: dict[tuple[str, str], Evidence] = {}
    for number, row in enumerate(read_toml(path).get("mark", []), start=1):
        place = f"mark {number}"
        mark = check(path, place, Evidence, row)
        if mark.pattern not in patterns:
            raise CatalogueError(f"{path}: [{place}] pattern: no pattern {mark.pattern!r}")
        if mark.remedy not in remedies:
            raise CatalogueError(f"{path}: [{place}] remedy: no remedy {mark.remedy!r}")
        evidence[mark.pattern, mark.remedy] = mark
    return Catalogue(patterns, remedies, evidence)


def _by_slug(path: Path, kind: type[T]) -> dict[str, T]:
    tables = read_toml(path)
    return {
        slug: check(path, slug, kind, {"slug": slug, **table} if isinstance(table, dict) else table)
        for slug, table in tables.items()
    }
