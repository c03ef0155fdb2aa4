"""Threads as plain text: numbered, or with "Name said…", "[time] Name:" and their cousins."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

from bot.threads.comments import RawComment, Thread, ThreadError, make_thread

_LABEL = re.compile(r"^#\s*(topic|source|title)\s*:\s*(.*)$")
_NAME = r"(?P<name>[^\s:>][^:>\n]{0,58}?)"
_DATE = (
    r"(?:\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{1,2}\.? [A-Z][a-z]{2,8}\.?,? \d{4}"
    r"|[A-Z][a-z]{2,8}\.? \d{1,2},? \d{4})"
)
_TIME = r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?: ?[AaPp]\.?[Mm]\.?)?"
_AGO = (
    r"\d+ ?(?:minutes?|mins?|hours?|hrs?|days?|weeks?|wks?|months?|mos?|years?|yrs?|[mhdwy])\.? ago"
)
_DAY = rf"(?:{_DATE}|[Tt]oday|[Yy]esterday)"
_WHEN = rf"(?:(?:on |at )?{_DAY}(?:,? (?:at )?{_TIME})?|(?:at )?{_TIME}|{_AGO})"
_SAID = r"(?:said|says|wrote|writes|replied|commented)"
_NUMBER = r"^\s{0,3}(?:#(?=\d))?(?P<number>\d{1,5})[.):]?"
_NUMBERED = re.compile(rf"{_NUMBER}\s+(?P<name>\S.{{0,79}}?)\s*$")
_WORD_OF_NAME = r"[^\s:;,.!?<>()]+\.?"
# A short line that ends like no sentence, such as a name.
_CALLED = re.compile(rf"^\s{{0,3}}(?P<name>@?{_WORD_OF_NAME}(?: {_WORD_OF_NAME}){{0,3}})\s*$")
_NUMBERED_CLOSE = re.compile(
    rf"{_NUMBER}\s+(?P<name>@?{_WORD_OF_NAME}(?: {_WORD_OF_NAME}){{0,2}})"
    r"(?::\s+(?P<text>\S.*))?\s*$"
)
_SUFFIX = re.compile(rf"(?:,? {_SAID}(?: on {_WHEN})?)?\s*(?:\.\.\.|…|:)?$")
_BULLET = r"^\s{0,3}(?:[-*•] )?\s*"
_NAME_ALONE = re.compile(
    rf"{_BULLET}(?P<name>[A-Z@][\w.'-]{{0,20}}(?: [A-Z][\w.'-]{{0,20}})?):(?:\s+(?P<text>.*))?$"
)
# The same in small letters, which may be anything; the last to be tried.
_NAME_IN_SMALL = re.compile(rf"{_BULLET}(?P<name>[\w.'-]{{2,20}}):\s+(?P<text>\S.*)$")
# A comment's first line, by shape; what follows on the line is text already.
_SHAPES: tuple[re.Pattern[str], ...] = (
    re.compile(rf"^\s{{0,3}}{_NAME},? {_SAID}(?:,? {_WHEN})?\s*(?:\.\.\.|…|:)?\s*(?P<text>)$"),
    re.compile(rf"^\s{{0,3}}\[?{_WHEN}\]?,?\s*[-–—]?\s*{_NAME}:\s*(?P<text>.*)$"),
    re.compile(rf"^\s{{0,3}}{_NAME}\s*(?:[-–—|•·,]|\s\()\s*{_WHEN}\)?:?\s*(?P<text>)$"),
    re.compile(rf"^\s{{0,3}}{_NAME} {_SAID}:\s+(?P<text>\S.*)$"),
    _NAME_ALONE,
)
# Nobody's name where a line begins with it and a colon; some months are also people.
_NO_NAMES = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri "
    "sat sun january february march july september october november december "
    "update edit note notes ps tldr tip tips pros cons question answer step day week summary first "
    "second third result results warning morning evening today tomorrow yesterday".split()
)
_ONLY_WHEN = re.compile(rf"^\s*[•·]?\s*{_WHEN}\s*$")
_ONLY_DOT = re.compile(r"^\s*[•·]\s*$")
# Lines that a web page leaves between comments.
_CHAFF = re.compile(
    rf"^\s*(?:{_WHEN}|reply|like|share|report|permalink|edit|delete|upvote|downvote|award|follow"
    r"|\d+(?: (?:likes?|points?|upvotes?))?)\s*$",
    re.IGNORECASE,
)
TRIED = 'plain text (each comment headed by its writer: "1. Ana", "Ana said:", "[10:02] Ana: …")'


def parse_thread(text: str, name: str) -> Thread:
    """The thread in a text; `name` is the title where the text gives none. Raises ThreadError."""
    labels: dict[str, str] = {}
    lines = text.splitlines()
    while lines and (label := _LABEL.match(lines[0])):
        labels[label.group(1)] = label.group(2).strip()
        lines.pop(0)
    lines = _dated(lines)
    said = (
        _numbered(lines)
        or max((_shaped(lines, shape) for shape in _SHAPES), key=len)
        or _numbered_close(lines)
        or _shaped(_from_first(lines), _NAME_IN_SMALL)
    )
    thread = make_thread(
        labels.get("title", name),
        labels.get("source", ""),
        said,
        tuple(re.findall(r"[a-z0-9-]+", labels.get("topic", ""))),
    )
    if thread is None:
        raise ThreadError(f"{name}: no comments found; tried {TRIED}")
    return thread


Head = TypeVar("Head")


def _numbered(lines: Sequence[str]) -> list[RawComment]:
    starts: list[tuple[int, str]] = []
    for place, line in enumerate(lines):
        head = _NUMBERED.match(line)
        # Numbers go up by one; a numbered list within a comment starts again or is indented more.
        if head and int(head["number"]) == len(starts) + 1 and _blank(lines, place + 1):
            starts.append((place, head["name"]))
    return [
        RawComment(_SUFFIX.sub("", author), _body(lines[place + 1 : end]))
        for (place, author), end in _with_ends(starts, len(lines))
    ]


def _numbered_close(lines: Sequence[str]) -> list[RawComment]:
    """The same without a blank line below the name, or with the words on its line."""
    heads: list[tuple[int, re.Match[str]]] = []
    for place, line in enumerate(lines):
        head = _NUMBERED_CLOSE.match(line)
        if head and int(head["number"]) == len(heads) + 1:
            heads.append((place, head))
    return _between(heads, lines)


def _dated(lines: Sequence[str]) -> list[str]:
    """The lines, a name with a time below it (as pages are copied) made one line of them."""
    joined: list[str] = []
    for line in lines:
        called = _CALLED.match(joined[-1]) if joined and _ONLY_WHEN.match(line) else None
        if called:
            joined[-1] = f"{called['name']} - {line.strip(' •·')}"
        elif not _ONLY_DOT.match(line):
            joined.append(line)
    return joined


def _shaped(lines: Sequence[str], shape: re.Pattern[str]) -> list[RawComment]:
    heads = [(place, head) for place, line in enumerate(lines) if (head := shape.match(line))]
    if shape in (_NAME_ALONE, _NAME_IN_SMALL):
        heads = [one for one in heads if one[1]["name"].lower().split()[0] not in _NO_NAMES]
    if len(heads) < 2:  # one line alone may look like anything
        return []
    return _between(heads, lines)


def _from_first(lines: Sequence[str]) -> Sequence[str]:
    """The lines, where one of the first two (one may be a title) names somebody; else none."""
    written = [line for line in lines if line.strip()]
    return lines if any(map(_NAME_IN_SMALL.match, written[:2])) else ()


def _between(heads: Sequence[tuple[int, re.Match[str]]], lines: Sequence[str]) -> list[RawComment]:
    """What stands on each head's line and below it, up to the next."""
    return [
        RawComment(head["name"], _body([head["text"] or "", *lines[place + 1 : end]]))
        for (place, head), end in _with_ends(heads, len(lines))
    ]


def _with_ends(
    starts: Sequence[tuple[int, Head]], length: int
) -> list[tuple[tuple[int, Head], int]]:
    ends = [place for place, _ in starts[1:]] + [length]
    return list(zip(starts, ends, strict=False))


def _body(lines: Sequence[str]) -> str:
    kept = (line.strip() for line in lines if not _CHAFF.match(line) or not line.strip())
    return "\n".join(kept).strip()


def _blank(lines: Sequence[str], place: int) -> bool:
    return place >= len(lines) or not lines[place].strip()
