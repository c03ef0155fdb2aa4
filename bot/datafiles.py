"""Files of data/: TOML into checked values; what is broken is told by file and place."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, StringConstraints, TypeAdapter, ValidationError

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]
# Marks that turn the direction of what is written around them.
_TURNS = dict.fromkeys([0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def _on_one_line(value: object) -> object:
    return " ".join(value.translate(_TURNS).split()) if isinstance(value, str) else value


Name = Annotated[str, StringConstraints(min_length=1, max_length=80), BeforeValidator(_on_one_line)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
T = TypeVar("T")


class DataFileError(Exception):
    """A file in data/ is broken. The message names the file, the place and what is wrong."""


def read_toml(path: Path) -> dict[str, Any]:
    """The file's tables. Raises DataFileError naming the file and the line that is wrong."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise DataFileError(f"{path}: the file is missing") from error
    except UnicodeDecodeError as error:
        raise DataFileError(f"{path}: not UTF-8 text ({error.reason})") from error
    except tomllib.TOMLDecodeError as error:
        raise DataFileError(f"{path}: not valid TOML: {error}") from error


def read_tables(path: Path) -> dict[str, tuple[Path, Any]]:
    """The tables of a TOML file, or of all those in a folder, each with the file it stands in.

    Raises DataFileError as read_toml, and for a table that stands in two files.
    """
    tables: dict[str, tuple[Path, Any]] = {}
    for file in sorted(path.glob("*.toml")) if path.is_dir() else [path]:
        for name, table in read_toml(file).items():
            if name in tables:
                raise DataFileError(f"{file}: [{name}] stands in {tables[name][0].name}, too")
            tables[name] = file, table
    return tables


def check(path: Path, place: str, kind: type[T], value: object) -> T:
    """`value` as a `kind`. Raises DataFileError naming file, place and every fault."""
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc'])) or 'value'}: {fault['msg']}"
            for fault in error.errors()
        )
        raise DataFileError(f"{path}: [{place}] {faults}") from error
