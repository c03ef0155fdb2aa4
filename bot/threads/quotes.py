"""What of a comment's text is its writer's own: without quotes and signatures."""

from __future__ import annotations

import re
from typing import NamedTuple

_QUOTES = re.compile(r"(\[quote(?:[ =][^\]\n]{0,200})?\]|\[/quote\])", re.IGNORECASE)
_INTRODUCES = re.compile(
    r"\b(?:wrote|writes|said|says)\s*:\s*(?:↑.*)?$|^\s*(?:Originally Posted by .*|@\S+)$"
)
# What a mail's program broke in two: "On Tue, 12 Mar 2024, Sam <sam@…>", and "wrote:" below.
_BEGINS = re.compile(r"^\s*On .*[@\d].*[^.!?]$")
_BROKEN = re.compile(r"^.{0,40}\b(?:wrote|writes)\s*:\s*$")
# From here on a mail or a forum has what stands below everything that somebody writes.
_SIGNATURE = re.compile(r"^(?:-- ?|_{5,})$", re.MULTILINE)
_SAID_AGAIN = 8  # words of a line that nobody but who quotes it writes again
_GONE = frozenset(
    {"[deleted]", "[removed]", "comment deleted by user", "this comment was deleted"}
    | {"comment removed by moderator"}
)


class Lines:
    """The lines of a thread so far, and who wrote each first, in which comment."""

    def __init__(self) -> None:
        self._first: dict[str, tuple[str, int]] = {}

    def add(self, text: str, writer: str, number: int) -> None:
        """What somebody wrote in a comment."""
        for line in filter(None, map(_plain, text.splitlines())):
            self._first.setdefault(line, (writer, number))

    def anothers(self, line: str, writer: str) -> int:
        """The number of the comment in which somebody else wrote the line; 0 for none."""
        other, number = self._first.get(_plain(line), (writer, 0))
        return number if other != writer else 0


def _plain(line: str) -> str:
    return " ".join(line.lstrip("> ").casefold().split())


class Own(NamedTuple):
    """A comment's own words, and the number of the comment that it quotes, 0 for none known."""

    text: str
    quotes: int


def own_words(text: str, writer: str, lines: Lines) -> Own:
    """The text without what is quoted in it and what its writer signs all texts with.

    "" for what only tells that a comment is gone. `lines`: of the comments before.
    """
    own = _unquoted(_SIGNATURE.split(text, maxsplit=1)[0], writer, lines)
    return Own("", 0) if own.text.casefold().rstrip(".") in _GONE else own


def _unquoted(text: str, writer: str, lines: Lines) -> Own:
    """The text without quoted lines, who is said to have written them, and [quote]s.

    A line is quoted after ">", or where somebody else wrote it above: below who is said to have
    written it, or long enough to be nobody else's.
    """
    kept: list[str] = []  # from the last line on
    quotes = 0
    quoted = False  # whether the line just below is
    doubtful: list[str] = []  # lines just below that may be quoted
    broken = False  # whether half of who is said to have written it stands just below
    for line in reversed(_outside_of_tags(text).splitlines()):
        again = lines.anothers(line, writer)
        if line.lstrip().startswith(">") or (again and len(line.split()) >= _SAID_AGAIN):
            quoted, doubtful, quotes = True, [], again or quotes
        elif again or (doubtful and not line.strip()):
            doubtful.append(line)
        elif (quoted or doubtful) and _INTRODUCES.search(line):
            numbers = (lines.anothers(each, writer) for each in doubtful)
            quotes = next(filter(None, numbers), quotes)
            quoted, doubtful, broken = False, [], bool(_BROKEN.match(line))
        elif not (broken and _BEGINS.match(line)):
            kept += [*doubtful, line]
            quoted, doubtful, broken = False, [], False
    return Own("\n".join(reversed([*kept, *doubtful])).strip(), quotes)


def _outside_of_tags(text: str) -> str:
    """The text without what stands in [quote], of which one may stand in another."""
    kept: list[str] = []
    opened: list[int] = []  # how much was kept before each that is not closed yet
    for part in _QUOTES.split(text):
        if not _QUOTES.fullmatch(part):
            kept.append(part)
        elif part[1] != "/":
            opened.append(len(kept))
        elif opened:
            del kept[opened.pop() :]
    return "".join(kept)
