"""Thread files: told by what is in them, not by their names, and read by the reader for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from charset_normalizer import from_bytes

from bot.threads import page, plain
from bot.threads.chats import read_discord, read_reddit
from bot.threads.comments import Thread, ThreadError
from bot.threads.exports import read_disqus, read_wordpress

HEAD = 65_536  # bytes that tell the format
MOST_WHOLE = 50_000_000  # bytes of a text or page, which are read whole
Reader = Callable[[IO[bytes]], Iterator[Thread]]

# A reader, and what must stand in the head of a file for it; the first that fits is taken.
_STREAMED: tuple[tuple[tuple[bytes, ...], Reader], ...] = (
    ((b"<rss", b"wordpress.org/export"), read_wordpress),
    ((b"<disqus",), read_disqus),
    ((b'"listing"', b'"kind"'), read_reddit),
    ((b'"messages"', b'"channel"'), read_discord),
)
TRIED = (
    f"{plain.TRIED}; {page.TRIED}; WordPress export (WXR); Disqus export; Reddit thread JSON; "
    "DiscordChatExporter JSON"
)


def read_threads(path: Path) -> Iterator[Thread]:
    """The threads in a file, one after the other. Raises ThreadError, OSError as open."""
    with path.open("rb") as file:
        yield from read_file(file, path.stem)


def read_file(file: IO[bytes], name: str) -> Iterator[Thread]:
    """The threads in an open file; `name` is the title where it gives none. Raises ThreadError."""
    head = file.read(HEAD)
    file.seek(0)
    lowered = head.lower()
    opens = lowered.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"[", b"{"))
    for marks, reader in _STREAMED:
        if opens and all(mark in lowered for mark in marks):
            try:
                yield from reader(file)
            except ThreadError as error:
                raise ThreadError(f"{name}: {error}") from error
            return
    content = file.read(MOST_WHOLE + 1)
    if len(content) > MOST_WHOLE:
        raise ThreadError(f"{name}: too large for a text or a page; exports may be of any size")
    yield _whole(_decoded(content, name), name)


def _whole(text: str, name: str) -> Thread:
    if text.lstrip()[:1] == "<":
        found = page.read_page(text, name)
        if found is not None:
            return found
    else:
        try:
            return plain.parse_thread(text, name)
        except ThreadError:
            pass  # the message below names all that was tried
    raise ThreadError(f"{name}: no comments found; tried {TRIED}")


def _decoded(content: bytes, name: str) -> str:
    """The text, in whatever encoding it is; UTF-8 where that fits. Raises ThreadError."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        best = from_bytes(content).best()
    if best is None:
        raise ThreadError(f"{name}: not a text; tried {TRIED}")
    return str(best)
