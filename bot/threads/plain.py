"""Threads as plain text: "  1. Name", a blank line, the comment's indented paragraphs."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from bot.threads.comments import Comment, Thread

_HEADER = re.compile(r"^#\s*(topic|source|title)\s*:\s*(.*)$")
_NUMBERED = re.compile(r"^\s{0,3}(\d{1,5})\.\s+(\S.{0,79}?)\s*$")
_SUFFIXES = (" said...", " said…", " says:", " said:", ":")


class ThreadError(Exception):
    """A file is no thread that can be read. The message says what was tried."""


def read_thread(path: Path) -> Thread:
    """The thread in a text file. Raises ThreadError when there is none in it, OSError as open."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ThreadError(f"{path.name}: not UTF-8 text ({error.reason})") from error
    return parse_thread(text, path.stem)


def parse_thread(text: str, name: str) -> Thread:
    """The thread in a text; `name` is the title where the text gives none. Raises ThreadError."""
    labels: dict[str, str] = {}
    lines = text.splitlines()
    while lines and (header := _HEADER.match(lines[0])):
        labels[header.group(1)] = header.group(2).strip()
        lines.pop(0)
    comments = _comments(lines)
    if not comments:
        raise ThreadError(
            f'{name}: no comments found; tried numbered plain text ("  1. Name", a blank line, '
            "the words)"
        )
    source = labels.get("source", "")
    joined = source + "\n".join(comment.text for comment in comments)
    return Thread(
        key=hashlib.sha256(joined.encode()).hexdigest()[:32],
        title=labels.get("title", name),
        source=source,
        topics=tuple(re.findall(r"[a-z0-9-]+", labels.get("topic", ""))),
        comments=tuple(comments),
    )


def _comments(lines: list[str]) -> list[Comment]:
    starts: list[tuple[int, int, str]] = []
    expected = 1
    for place, line in enumerate(lines):
        head = _NUMBERED.match(line)
        # Numbers go up by one; a numbered list within a comment starts again or is indented more.
        if head and int(head.group(1)) == expected and _blank(lines, place + 1):
            starts.append((place, expected, head.group(2)))
            expected += 1
    comments = []
    ends = [start for start, _, _ in starts[1:]] + [len(lines)]
    for (start, number, author), end in zip(starts, ends, strict=False):
        body = "\n".join(line.strip() for line in lines[start + 1 : end]).strip()
        comments.append(Comment(number, _bare(author), body))
    return comments


def _blank(lines: list[str], place: int) -> bool:
    return place >= len(lines) or not lines[place].strip()


def _bare(author: str) -> str:
    for suffix in _SUFFIXES:
        author = author.removesuffix(suffix)
    return author
