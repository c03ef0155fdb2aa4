"""A server's remedies as a file and back, without loss: JSON, or CSV for a spreadsheet.

A file is read whole before anything is changed; what is wrong is named by its line.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bot.knowledge.own import OwnRemedy, RefusedError, checked, new_slug, quotable

Format = Literal["json", "csv"]
Data = Mapping[str, Any]

MOST_BYTES = 5_000_000
MOST_FAULTS = 10  # named at once
FIELDS = tuple(OwnRemedy.model_fields)
COLUMNS = ("slug", *FIELDS)
LISTS = ("called", "patterns")  # in a cell: one to a line
OWN_SLUG = re.compile(r"(?=.{3,40}$)own(-[a-z0-9]+)*")
# A spreadsheet takes a cell that begins like this for a formula; the quote keeps it text.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")


@dataclass(frozen=True, slots=True)
class Row:
    """A remedy of a file: where it stands, its slug ("" for a new one), its checked fields."""

    line: int
    slug: str
    data: Data


@dataclass(frozen=True, slots=True)
class Difference:
    """What taking a file in changes: `rows` to be written, and how each differs from before.

    `new`: names. `changed`: name and a line for each field that differs. `same`: how many.
    """

    rows: tuple[Row, ...]
    new: tuple[str, ...]
    changed: tuple[tuple[str, tuple[str, ...]], ...]
    same: int


def write_file(remedies: Mapping[str, Data], how: Format) -> bytes:
    """The remedies, by slug, as a file that `read_file` reads back alike."""
    if how == "json":
        lines = ",\n".join(
            json.dumps({"slug": slug, **data}, ensure_ascii=False)
            for slug, data in remedies.items()
        )
        return f"[\n{lines}\n]\n".encode()
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for slug, data in remedies.items():
        writer.writerow([_cell(slug), *(_cell(data.get(field)) for field in FIELDS)])
    return text.getvalue().encode("utf-8-sig")  # the mark tells Excel that it is UTF-8


def read_file(name: str, content: bytes) -> list[Row]:
    """The remedies of a file, checked. `name` tells the format.

    Raises RefusedError, which names the lines, when any of it cannot be taken.
    """
    if len(content) > MOST_BYTES:
        raise RefusedError("That file is larger than 5 MB.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RefusedError("That file is not UTF-8 text. Save it as “CSV UTF-8”.") from error
    records = _json(text) if name.lower().endswith(".json") else _csv(text)
    rows: list[Row] = []
    faults: list[str] = []
    for line, record in records:
        try:
            slug = str(record.pop("slug", None) or "")
            rows.append(Row(line, slug, checked("remedy", record)))
        except RefusedError as error:
            faults.append(f"line {line}: {error}")
    faults += _twice(rows)
    if faults:
        more = len(faults) - MOST_FAULTS
        shown = [*faults[:MOST_FAULTS], *([f"and {more} more"] if more > 0 else [])]
        raise RefusedError("Nothing was changed. Please mend these:\n" + "\n".join(shown))
    return rows


def compare(
    file: Sequence[Row],
    own: Mapping[str, Data],
    shipped: Container[str],
    patterns: Container[str],
) -> Difference:
    """What a file would change of a server's remedies.

    `own`: what the server added or changed, by slug. Raises RefusedError for a pain or a slug
    that this server does not know.
    """
    rows: list[Row] = []
    new: list[str] = []
    changed: list[tuple[str, tuple[str, ...]]] = []
    taken = set(own)
    for row in file:
        for pattern in row.data["patterns"]:
            if pattern not in patterns:
                raise RefusedError(
                    f"Nothing was changed. Line {row.line}: no pain “{quotable(pattern)}”."
                )
        name = str(row.data["name"])
        slug = row.slug or new_slug(name, taken)
        if slug not in shipped and not OWN_SLUG.fullmatch(slug):
            raise RefusedError(
                f"Nothing was changed. Line {row.line}: no remedy “{quotable(slug)}”. Leave the "
                "slug empty for a new one."
            )
        taken.add(slug)
        before = own.get(slug)
        if before == row.data:
            continue
        rows.append(Row(row.line, slug, row.data))
        if before is None:
            new.append(name)
        else:
            changed.append((name, tuple(_changes(before, row.data))))
    return Difference(tuple(rows), tuple(new), tuple(changed), len(file) - len(rows))


def _changes(before: Data, after: Data) -> Iterator[str]:
    for field in FIELDS:
        was, now = before.get(field), after.get(field)
        if was != now:
            yield f"{field}: {_plain(was)} → {_plain(now)}"


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value or "–")


def _twice(rows: Sequence[Row]) -> Iterator[str]:
    seen: dict[str, int] = {}
    for row in rows:
        if row.slug and row.slug in seen:
            yield f"line {row.line}: “{quotable(row.slug)}” stands in line {seen[row.slug]} already"
        seen[row.slug] = row.line


def _cell(value: Any) -> str:
    if isinstance(value, list | tuple):
        value = "\n".join(map(str, value))
    elif isinstance(value, bool):
        value = "yes" if value else ""
    text = "" if value is None else str(value)
    return "'" + text if text.startswith(FORMULA) else text


def _csv(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    header = text.split("\n", 1)[0]
    # Spreadsheets of many countries part cells by semicolons.
    delimiter = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        columns = [name.strip().lower() for name in next(reader, [])]
        unknown = [name for name in columns if name not in COLUMNS]
        if unknown or "name" not in columns or "how" not in columns:
            raise RefusedError(
                "The first line should name the columns: " + ", ".join(COLUMNS) + "."
            )
        line = reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield line, _record(dict(zip(columns, cells, strict=False)))
            line = reader.line_num + 1
    except csv.Error as error:
        raise RefusedError(f"Line {reader.line_num} is not CSV: {error}.") from error


def _record(cells: Mapping[str, str]) -> dict[str, Any]:
    texts = {name: cell[1:] if cell.startswith("'") else cell for name, cell in cells.items()}
    record: dict[str, Any] = {name: text for name, text in texts.items() if text}
    for name in LISTS:
        record[name] = [
            one for one in texts.get(name, "").replace("\r\n", "\n").split("\n") if one.strip()
        ]
    record["hidden"] = texts.get("hidden", "").strip().lower() in ("yes", "true", "1", "x")
    return record


def _json(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each object of the array with its line; one after the other, so that a line is known."""
    decoder = json.JSONDecoder()
    place = _past(text, 0, "[")
    while text[place : place + 1] != "]":
        try:
            record, end = decoder.raw_decode(text, place)
        except (ValueError, RecursionError) as error:
            raise RefusedError(f"Line {_line(text, place)} is not JSON: {error}.") from error
        if not isinstance(record, dict):
            raise RefusedError(f"Line {_line(text, place)} should be an object in braces.")
        yield _line(text, place), record
        place = _space(text, end)
        if text[place : place + 1] == "]":
            break
        place = _past(text, place, ",")


def _past(text: str, place: int, mark: str) -> int:
    place = _space(text, place)
    if text[place : place + 1] != mark:
        raise RefusedError(f"Line {_line(text, place)}: a “{mark}” should be there.")
    return _space(text, place + 1)


def _space(text: str, place: int) -> int:
    while text[place : place + 1].isspace():
        place += 1
    return place


def _line(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1
