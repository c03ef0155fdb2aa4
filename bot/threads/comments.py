"""A thread of comments, as every reader of a thread format gives it."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape
from typing import NamedTuple

from bot.reading.tokens import MAX_CHARS
from bot.threads.quotes import Lines, without_quotes

TITLE = 200
GONE = -1  # what a comment answers is not among those that were read
PAUSE = timedelta(hours=6)  # a channel is silent that long: another conversation begins
GROUP_PAUSE = timedelta(days=2)  # the same of a group's chat, in which answers take longer
MOST_IN_ONE = 500  # messages of a conversation that never pauses


class ThreadError(Exception):
    """A file is no thread that can be read. The message says what was tried."""


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment. `author` only tells people apart while a thread is read; it is not kept.

    `link`: where the comment itself can be seen, "" where it has no address. `called`: what others
    call the author, where `author` is not that. `answers`: the number of the comment that this one
    replies to or quotes, 0 where the file does not tell, GONE where that comment is not here.
    """

    number: int
    author: str
    text: str
    link: str = ""
    called: str = ""
    answers: int = 0


class RawComment(NamedTuple):
    """A comment as a file gives it. `key`: its own in the file; `answers`: of its parent, if any.

    `called`: what others call the author, where `author` is not that.
    """

    author: str
    text: str
    link: str = ""
    key: str = ""
    answers: str = ""
    called: str = ""


@dataclass(frozen=True, slots=True)
class Thread:
    """Comments in order. `topics`: patterns' slugs given by hand, best first, often none.

    `key` tells the thread from every other one. The title is read with the comments, and shown as
    a source, but for `called`: what is kept and shown in its place.
    """

    key: str
    title: str
    source: str
    topics: tuple[str, ...]
    comments: tuple[Comment, ...]
    called: str = ""

    def people(self) -> dict[str, int]:
        """A number for each author, by first appearance; anonymous ones are all different."""
        numbers: dict[str, int] = {}
        for comment in self.comments:
            numbers.setdefault(person_key(comment), len(numbers) + 1)
        return numbers

    def __iter__(self) -> Iterator[Comment]:
        return iter(self.comments)


def make_thread(
    title: str,
    source: str,
    said: Iterable[RawComment],
    topics: tuple[str, ...] = (),
    called: str = "",
) -> Thread | None:
    """The thread of what was said; None when nothing was.

    `source`: the address, "" for none. `called`: what is kept in place of the title, where that is
    a member's own words. The key is made of the address and the words, so that the
    same thread is known again in another file. Entities ("&gt;") are undone; what is quoted is
    another's words: left out.
    """
    comments: list[Comment] = []
    numbers: dict[str, int] = {}
    lines = Lines()
    for author, text, link, key, answers, name in said:
        who = unescape(author).strip()
        own, quotes = without_quotes(unescape(text).replace("\0", ""), who, lines)
        if own := own[:MAX_CHARS].strip():
            number = numbers[key] = len(comments) + 1
            lines.add(own, who, number)
            parent = numbers.get(answers, GONE) if answers else quotes
            comments.append(Comment(number, who, own, link, name, parent))
    if not comments:
        return None
    joined = source + "\n".join(comment.text for comment in comments)
    return Thread(
        key=hashlib.sha256(joined.encode(errors="replace")).hexdigest()[:32],
        title=" ".join(unescape(title).replace("\0", "").split())[:TITLE] or "A thread",
        source=source,
        topics=topics,
        comments=tuple(comments),
        called=called,
    )


def conversations(
    messages: Iterable[tuple[datetime | None, RawComment]],
    in_thread: bool,
    pause: timedelta = PAUSE,
) -> Iterator[list[RawComment]]:
    """A channel's messages, each with its moment if known, parted where it was silent for long.

    `pause`: that long. `in_thread`: what is said in a thread is one conversation, however slow and
    long. Where the messages break off with a ThreadError, what came before is given first.
    """
    said: list[RawComment] = []
    before: datetime | None = None
    try:
        for when, message in messages:
            apart = when is not None and before is not None and when - before > pause
            if said and not in_thread and (apart or len(said) >= MOST_IN_ONE):
                yield said
                said = []
            before = when or before
            said.append(message)
    except ThreadError:
        if said:
            yield said
        raise
    if said:
        yield said


_ROLE = re.compile(r"\((?:original post(?:er)?|op|author|asker|thread starter)\)", re.I)
_NOBODY = frozenset({"", "anonymous", "guest", "anon", "unknown", "deleted", "[deleted]"})


def person_key(comment: Comment) -> str:
    """What tells this commenter from the others of the thread."""
    return _name(comment) if _is_named(comment) else f"#{comment.number}"


def marks_of(thread: Thread) -> dict[int, str]:
    """What tells each comment, by its number, from all others in the world.

    That is its address, or else who wrote what, and where; of an anonymous one what stands before
    it, too. A mark holds in whatever format the thread comes back and when it grew in between.
    Hashed: neither names nor words are kept.
    """
    marks: dict[int, str] = {}
    again: Counter[str] = Counter()  # "Thanks!", twice by the same person
    before = ""
    for comment in thread:
        words = comment.text.translate(_PLAIN).replace("--", "-")
        told = comment.link
        if not told and (thread.source or _is_named(comment)):
            told = "\n".join((thread.source, comment.author.casefold(), words))
        told = told or f"{before}\n{words}"
        again[told] += 1
        told += f"\n{again[told]}" if again[told] > 1 else ""
        marks[comment.number] = _hashed(told)
        before = words
    return marks


def former_marks_of(thread: Thread) -> dict[int, str]:
    """The same as an older version told comments apart, for what it has learned."""
    marks: dict[int, str] = {}
    for comment in thread:
        told = comment.link
        if not told and (thread.source or _is_named(comment)):
            told = "\n".join((thread.source, comment.author.casefold(), comment.text))
        told = told or f"{thread.key} {comment.number}"
        marks[comment.number] = _hashed(told)
    return marks


def _hashed(told: str) -> str:
    return hashlib.sha256(told.encode(errors="replace")).hexdigest()[:32]


# A blog's page shows its comments in finer print than its export.
_PLAIN = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "…": "...", "–": "-", "—": "-", "\xa0": " "}
    | {"🙂": ":)", "😉": ";)", "🙁": ":(", "😀": ":D"}
)


def _is_named(comment: Comment) -> bool:
    """Whether somebody stands by it, under whatever name."""
    return _name(comment) not in _NOBODY


def _name(comment: Comment) -> str:
    return _ROLE.sub("", comment.author).strip().casefold()
