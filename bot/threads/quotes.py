"""What of a comment's text is its writer's own: without quotes."""

from __future__ import annotations

import re
from typing import NamedTuple

_QUOTES = re.compile(r"(\[quote(?:[ =][^\]\n]{0,200})?\]|\[/quote\])", re.IGNORECASE)
_INTRODUCES = re.compile(r"\b(?:wrote|writes|said|says)\s*:\s*(?:↑.*)?$|^\s*Originally Posted by ")
# What a mail's program broke in two: "On Tue, 12 Mar 2024, Sam <sam@…>", and "wrote:" below.
_BEGINS = re.compile(r"^\s*On .*[@\d].*[^.!?]$")
_BROKEN = re.compile(r"^.{0,40}\b(?:wrote|writes)\s*:\s*$")
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

    def anothers(self, line: str, writer: str) -> tuple[str, int]:
        """Who else wrote the line, and the number of the comment; "" and 0 for nobody."""
        other, number = self._first.get(_plain(line), (writer, 0))
        return (other, number) if other != writer else ("", 0)


def _plain(line: str) -> str:
    return " ".join(line.lstrip("> ").casefold().split())


class Own(NamedTuple):
    """A comment's own words, and the number of the comment that it quotes, 0 for none known."""

    text: str
    quotes: int


def without_quotes(text: str, writer: str, lines: Lines) -> Own:
    """The text without quoted lines, who is said to have written them, and [quote]s.

    A line is quoted after ">", or where somebody wrote it above and is said to have, right here.
    "" for what only tells that a comment is gone. `lines`: of the comments before.
    """
    kept: list[str] = []  # from the last line on
    quotes = 0
    quoted = False  # whether the line just below is
    doubtful: list[str] = []  # lines just below that somebody else wrote above
    broken = False  # whether half of who is said to have written it stands just below
    for line in reversed(_outside_of_tags(text).splitlines()):
        again = lines.anothers(line, writer)
        if line.lstrip().startswith(">"):
            quoted, doubtful, quotes = True, [], again[1] or quotes
        elif again[1] or (doubtful and not line.strip()):
            doubtful.append(line)
        elif (quoted and _INTRODUCES.search(line)) or (named := _named(line, doubtful, lines)):
            quotes = quotes if quoted else named
            quoted, doubtful, broken = False, [], bool(_BROKEN.match(line))
        elif not (broken and _BEGINS.match(line)):
            kept += [*doubtful, line]
            quoted, doubtful, broken = False, [], False
    own = "\n".join(reversed([*kept, *doubtful])).strip()
    return Own("", 0) if own.casefold().rstrip(".") in _GONE else Own(own, quotes)


def _named(line: str, below: list[str], lines: Lines) -> int:
    """The comment of whoever a line says to have written those below it; 0 where it does not."""
    words = line.casefold()
    for each in below if _INTRODUCES.search(line) else ():
        writer, number = lines.anothers(each, "")
        if writer and writer.casefold() in words:
            return number
    return 0


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
