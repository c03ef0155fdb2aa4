"""The catalogue: patterns, remedies, evidence marks. Read from TOML, checked on load."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from bot.datafiles import DataFileError, Line, Name, Slug, check, read_toml

Grade = Literal["supported", "weak", "little", "advised-against"]
T = TypeVar("T")


class Entry(BaseModel):
    """A table of the catalogue: unknown keys are errors, so that a slip is told."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Pattern(Entry):
    """What runners call a pain. A label for "sounds like …", never a diagnosis.

    `placeless`: it is told without a place as well, by what one cannot do. `own`: a server's
    curators worded it.
    """

    slug: Slug
    name: Name
    called: tuple[Line, ...] = Field(min_length=1)
    where: Name
    wording: tuple[Line, ...] = Field(min_length=3)
    triggers: tuple[Line, ...]
    see: tuple[Line, ...] = Field(min_length=1)
    placeless: bool = False
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


def load_catalogue(data_dir: Path) -> Catalogue:
    """Reads patterns.toml, remedies.toml and evidence.toml of `data_dir`.

    Raises DataFileError for the first file that is missing, broken or names an unknown slug.
    """
    patterns = _by_slug(data_dir / "patterns.toml", Pattern)
    remedies = _by_slug(data_dir / "remedies.toml", Remedy)
    path = data_dir / "evidence.toml"
    evidence: dict[tuple[str, str], Evidence] = {}
    for number, row in enumerate(read_toml(path).get("mark", []), start=1):
        place = f"mark {number}"
        mark = check(path, place, Evidence, row)
        if mark.pattern not in patterns:
            raise DataFileError(f"{path}: [{place}] pattern: no pattern {mark.pattern!r}")
        if mark.remedy not in remedies:
            raise DataFileError(f"{path}: [{place}] remedy: no remedy {mark.remedy!r}")
        evidence[mark.pattern, mark.remedy] = mark
    return Catalogue(patterns, remedies, evidence)


def _by_slug(path: Path, kind: type[T]) -> dict[str, T]:
    tables = read_toml(path)
    return {
        slug: check(path, slug, kind, {"slug": slug, **table} if isinstance(table, dict) else table)
        for slug, table in tables.items()
    }
