"""A thread of comments, as every reader of a thread format gives it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment. `author` only tells people apart while a thread is read; it is not kept."""

    number: int
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class Thread:
    """Comments in order. `topics`: patterns' slugs given by hand, best first, often none.

    `key` tells the thread from every other one; `title` is shown as a source.
    """

    key: str
    title: str
    source: str
    topics: tuple[str, ...]
    comments: tuple[Comment, ...]

    def people(self) -> dict[str, int]:
        """A number for each author, by first appearance; anonymous ones are all different."""
        numbers: dict[str, int] = {}
        for comment in self.comments:
            numbers.setdefault(person_key(comment), len(numbers) + 1)
        return numbers

    def __iter__(self) -> Iterator[Comment]:
        return iter(self.comments)


_NOBODY = frozenset({"", "anonymous", "guest", "anon", "unknown", "deleted", "[deleted]"})


def person_key(comment: Comment) -> str:
    """What tells this commenter from the others of the thread."""
    name = comment.author.strip().casefold()
    return f"#{comment.number}" if name in _NOBODY else name
