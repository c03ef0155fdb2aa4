"""Threads of whole blogs: WordPress' export (WXR) and Disqus' export, both XML, streamed.

XML from outside is parsed by defusedxml, which refuses entities and so entity bombs.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import IO, Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from bot.threads.comments import RawComment, Thread, ThreadError, make_thread
from bot.threads.page import plain_text


def read_wordpress(file: IO[bytes]) -> Iterator[Thread]:
    """A thread for each post with approved comments. Raises ThreadError for broken XML."""
    for item in _elements(file, "item"):
        said = [one for one in map(_wordpress_comment, _children(item, "comment")) if one]
        thread = make_thread(_text(item, "title"), _text(item, "link"), said)
        if thread:
            yield thread


def _wordpress_comment(comment: Any) -> RawComment | None:
    if _text(comment, "comment_approved") != "1":
        return None
    if _text(comment, "comment_type") not in ("", "comment"):
        return None  # pingbacks and trackbacks
    words = plain_text(_text(comment, "comment_content"))
    key, parent = _text(comment, "comment_id"), _text(comment, "comment_parent")
    answers = "" if parent == "0" else parent
    return RawComment(_text(comment, "comment_author"), words, key=key, answers=answers)


def read_disqus(file: IO[bytes]) -> Iterator[Thread]:
    """A thread for each page that was commented on. Raises ThreadError for broken XML.

    The file holds the pages first and then all comments mixed, so they are laid out in a
    temporary database: memory stays small whatever the file's size.
    """
    # "": a temporary file. Each page may be asked for from another thread, one at a time.
    with closing(sqlite3.connect("", check_same_thread=False)) as laid:
        laid.execute("CREATE TABLE pages (id TEXT PRIMARY KEY, title TEXT, link TEXT)")
        laid.execute("CREATE TABLE posts (page, author, words, key, answers)")
        for element in _elements(file, "thread", "post"):
            _lay_out(laid, element)
        laid.execute("CREATE INDEX by_page ON posts (page)")
        for page, title, link in laid.execute("SELECT id, title, link FROM pages ORDER BY rowid"):
            query = "SELECT author, words, key, answers FROM posts WHERE page = ? ORDER BY rowid"
            said = (
                RawComment(author, plain_text(words), key=key, answers=answers)
                for author, words, key, answers in laid.execute(query, (page,))
            )
            thread = make_thread(title, link, said)
            if thread:
                yield thread


def _lay_out(laid: sqlite3.Connection, element: Any) -> None:
    if _bare(element.tag) == "thread":
        row = (_identity(element), _text(element, "title"), _text(element, "link"))
        laid.execute("INSERT OR IGNORE INTO pages VALUES (?, ?, ?)", row)
    elif "true" not in (_text(element, "isDeleted"), _text(element, "isSpam")):
        author = _child(element, "author")
        said_by = "" if author is None else _text(author, "name")
        page, parent = _points_to(element, "thread"), _points_to(element, "parent")
        post = (page, said_by, _text(element, "message"), _identity(element), parent)
        laid.execute("INSERT INTO posts VALUES (?, ?, ?, ?, ?)", post)


def _elements(file: IO[bytes], *names: str) -> Iterator[Any]:
    """The elements of these names below the root or its only child, each let go after use."""
    path: list[Any] = []
    try:
        for event, element in iterparse(file, events=("start", "end"), forbid_dtd=False):
            if event == "start":
                path.append(element)
                continue
            path.pop()
            # A <thread> within a <post> only points to one.
            if _bare(element.tag) in names and not any(_bare(one.tag) in names for one in path):
                yield element
                element.clear()
                path[-1].remove(element)
    except DefusedXmlException as error:
        raise ThreadError("the file defines XML entities, which is refused") from error
    except ParseError as error:
        raise ThreadError(f"the XML is broken: {error}") from error


def _children(element: Any, name: str) -> list[Any]:
    return [child for child in element if _bare(child.tag) == name]


def _child(element: Any, name: str) -> Any:
    return next(iter(_children(element, name)), None)


def _points_to(element: Any, name: str) -> str:
    """The identity of what a child of this name points to, "" without one."""
    child = _child(element, name)
    return "" if child is None else _identity(child)


def _text(element: Any, name: str) -> str:
    child = _child(element, name)
    return "" if child is None else (child.text or "").strip()


def _identity(element: Any) -> str:
    return next((value for key, value in element.attrib.items() if _bare(key) == "id"), "")


def _bare(name: str) -> str:
    return name.rpartition("}")[2]
