"""A server's remedies as a file and back, without loss: JSON, or CSV for a spreadsheet.

A file is read whole before anything is changed; what is wrong is named by its line.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bot.knowledge.own import MOST_REMEDIES, OwnRemedy, checked
from bot.refused import RefusedError

Format = Literal["json", "csv"]
Data = Mapping[str, Any]

MOST_BYTES = 5_000_000
MOST_ROWS = 2 * MOST_REMEDIES  # some may stand for built-in ones
MOST_PAINS, PAIN_LENGTH = 50, 200  # of one remedy, as they may be written
MOST_FAULTS, FAULT_LENGTH = 10, 160  # told at once: a message holds 2,000 characters
FIELDS = tuple(OwnRemedy.model_fields)
COLUMNS = ("slug", *FIELDS)
LISTS = ("called", "patterns")  # in a cell: one to a line
YES_OR_NO = {"yes": True, "true": True, "1": True, "x": True, "": False, "no": False, "0": False}
YES_OR_NO["false"] = False
# A spreadsheet takes a cell that begins like this for a formula; the quote keeps it text.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
_SPACE = re.compile(r"\s*")


@dataclass(frozen=True, slots=True)
class Row:
    """A remedy of a file: where it stands, its slug ("" for none), its checked fields.

    The pains stand as they were written, slugs or names, until difference.compare looked them up.
    `given`: the fields that the file tells; of a remedy that is here the others stay as they are.
    """

    line: int
    slug: str
    data: Data
    given: frozenset[str] = frozenset(FIELDS)


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
    rows: list[Row] = []
    faults: list[str] = []
    for line, record in _json(text) if name.lower().endswith(".json") else _csv(text):
        if len(rows) + len(faults) == MOST_ROWS:
            raise RefusedError(f"That file has more than {MOST_ROWS:,} rows.")
        try:
            rows.append(_row(line, record))
        except RefusedError as error:
            faults.append(f"line {line}: {error}")
    insist_on_none(faults)
    return rows


def first_of(lines: Sequence[str], most: int, length: int) -> str:
    """As many of the lines as fit, at most `most` in about `length` characters; how many follow."""
    shown = 0
    for line in lines[:most]:
        length -= len(line) + 1
        if length < 0:
            break
        shown += 1
    more = len(lines) - shown
    rest = [f"… and {more} more {'line' if more == 1 else 'lines'}"] if more else []
    return "\n".join([*lines[:shown], *rest])


def _row(line: int, record: dict[str, Any] | str) -> Row:
    if isinstance(record, str):
        raise RefusedError(record)
    given = frozenset(record)
    slug, pains = record.pop("slug", None) or "", record.pop("patterns", None) or []
    if not isinstance(slug, str):
        raise RefusedError("the slug should be text")
    if not isinstance(pains, list) or not all(isinstance(one, str) for one in pains):
        raise RefusedError("patterns should be a list of pains")
    if len(pains) > MOST_PAINS or any(len(one) > PAIN_LENGTH for one in pains):
        raise RefusedError(f"patterns can be {MOST_PAINS} pains at most, each by its name")
    return Row(line, slug, {**checked("remedy", record), "patterns": pains}, given)


def insist_on_none(faults: Sequence[str]) -> None:
    """Raises RefusedError that tells the first faults of a file, where it has any."""
    if faults:
        cut = [one if len(one) <= FAULT_LENGTH else one[:FAULT_LENGTH] + "…" for one in faults]
        listed = first_of(cut, MOST_FAULTS, MOST_FAULTS * (FAULT_LENGTH + 2))
        raise RefusedError(f"Nothing was changed. Please mend these:\n{listed}")


def _cell(value: Any) -> str:
    if isinstance(value, list | tuple):
        value = "\n".join(map(str, value))
    elif isinstance(value, bool):
        value = "yes" if value else ""
    text = "" if value is None else str(value)
    return "'" + text if text.startswith(FORMULA) else text


def _csv(text: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Each row with its line; what is wrong with it, where its cells cannot be told apart."""
    header = text.split("\n", 1)[0]
    # Spreadsheets of many countries part cells by semicolons.
    delimiter = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        columns = _columns(next(reader, []))
        line = reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells[len(columns) :]):
                yield (
                    line,
                    f"{len(cells)} cells for {len(columns)} columns. A text with “{delimiter}” in "
                    "it belongs in double quotes",
                )
            elif any(cell.strip() for cell in cells):
                yield line, _record(dict(zip(columns, cells, strict=False)))
            line = reader.line_num + 1
    except csv.Error as error:
        raise RefusedError(
            f"Line {reader.line_num} is not CSV. Is a double quote missing there, or one too many?"
        ) from error


def _columns(header: Sequence[str]) -> list[str]:
    columns = [name.strip().lower() for name in header]
    while columns and not columns[-1]:
        columns.pop()
    twice = len(set(columns)) < len(columns)
    if twice or not set(columns) <= set(COLUMNS) or not {"name", "how"} <= set(columns):
        raise RefusedError(
            f"The first line should name the columns, each once: {', '.join(COLUMNS)}. Only name "
            "and how must be there."
        )
    return columns


def _record(cells: Mapping[str, str]) -> dict[str, Any]:
    """What the cells tell: an empty caution is none, an empty name is left out."""
    record: dict[str, Any] = {}
    for name, cell in cells.items():
        text = _text(cell)
        if name in LISTS:
            lines = text.replace("\r\n", "\n").split("\n")
            record[name] = [one for one in lines if one.strip()]
        elif name == "hidden":
            hidden = text.strip().lower()
            record[name] = YES_OR_NO.get(hidden, hidden)
        elif text or name == "caution":
            record[name] = text or None
    return record


def _text(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


def _json(text: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Each object of the array with its line; one after the other, so that a line is known."""
    decoder = json.JSONDecoder()
    place = _past(text, 0, "[")
    line, counted = 1, 0
    while text[place : place + 1] != "]":
        line, counted = line + text.count("\n", counted, place), place
        try:
            record, end = decoder.raw_decode(text, place)
        except json.JSONDecodeError as error:
            raise RefusedError(
                f"Line {error.lineno} is not JSON. Is a quote, a comma or a bracket missing there?"
            ) from error
        except (ValueError, RecursionError) as error:
            raise RefusedError(f"Line {line} is not JSON that I can read.") from error
        yield line, record if isinstance(record, dict) else "should be an object in braces"
        place = _space(text, end)
        if text[place : place + 1] == "]":
            break
        place = _past(text, place, ",")
    if _space(text, place + 1) < len(text):
        raise RefusedError(f"Line {_line(text, place)}: more follows after the last “]”.")


def _past(text: str, place: int, mark: str) -> int:
    place = _space(text, place)
    if text[place : place + 1] != mark:
        raise RefusedError(f"Line {_line(text, place)}: a “{mark}” should be there.")
    return _space(text, place + 1)


def _space(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    return found.end() if found else place


def _line(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1
