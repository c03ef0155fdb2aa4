"""Thread files: told by what is in them, not by their names, and read by the reader for it."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import IO, Any

from charset_normalizer import from_bytes

from bot.threads import page, plain
from bot.threads.chats import read_discord, read_reddit
from bot.threads.comments import Thread, ThreadError
from bot.threads.exports import read_disqus, read_wordpress

HEAD = 65_536  # bytes that tell the format
MOST_WHOLE = 50_000_000  # bytes of a text or page, which are read whole
Reader = Callable[[Any], Iterator[Thread]]  # of a file that can be read and wound back
_MARKED = (  # byte order marks, and the encodings that they tell
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_SAVED_WHOLE = ("mime-version:", "multipart/related")  # stands in the head of an MHTML archive
_TOLD = re.compile(r"""encoding=["']([^"']+)""")  # in an XML declaration
_DECLARATION = 200  # characters
_CONTROLS = bytes(each for each in range(32) if each not in b"\t\n\r")

# A reader, and what must stand in the head of a file for it; the first that fits is taken.
_STREAMED: tuple[tuple[tuple[str, ...], Reader], ...] = (
    (("<rss", "wordpress.org/export"), read_wordpress),
    (("<disqus",), read_disqus),
    (('"listing"', '"kind"'), read_reddit),
    (('"messages"', '"channel"'), read_discord),
)
_DOCUMENTS = {
    b"%PDF": "a PDF",
    b"{\\rtf": "a word processor's file",
    b"PK": "a packed file",
    **dict.fromkeys((b"\x89PNG", b"\xff\xd8\xff", b"GIF8"), "a picture"),
}
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
    encoding = _encoding(head)
    wide = encoding.startswith("utf-16")
    lowered = head.decode(encoding, errors="replace").lower().lstrip()
    for marks, reader in _STREAMED:
        if lowered.startswith(("<", "[", "{")) and all(mark in lowered for mark in marks):
            # XML tells its encoding itself; JSON is UTF-8 to its reader.
            if lowered.startswith("<"):
                told = _TOLD.search(lowered[:_DECLARATION])
                is_utf8 = not told or told[1] in ("utf-8", "utf8")
                text = _AsUtf8(file, encoding) if is_utf8 and not wide else file
                yield from _streamed(reader, file if wide else _WithoutControls(text), name)
            else:
                yield from _streamed(reader, _AsUtf8(file, encoding), name)
            return
    content = file.read(MOST_WHOLE + 1)
    if not content.strip():
        raise ThreadError(f"{name}: there is nothing in it")
    for mark, what in _DOCUMENTS.items():
        if content.startswith(mark):
            raise ThreadError(f"{name}: that is {what}; save its words as plain text")
    if len(content) > MOST_WHOLE:
        raise ThreadError(f"{name}: too large for a text or a page; exports may be of any size")
    if all(mark in lowered for mark in _SAVED_WHOLE):
        yield from _first_with_comments(_pages_in(content), name)
    else:
        yield from _whole(_decoded(content, encoding, name), name)


def _streamed(reader: Reader, file: Any, name: str) -> Iterator[Thread]:
    """The reader's threads; whatever it stumbles over is told with the file's name."""
    found = False
    try:
        for thread in reader(file):
            found = True
            yield thread
    except ThreadError as error:
        raise ThreadError(f"{name}: {error}") from error
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        # Somebody else's program wrote it: a number where a name should be, and the like.
        raise ThreadError(f"{name}: not laid out as such an export is: {error}") from error
    if not found:
        raise ThreadError(f"{name}: no comments in it")


def _of_windows(error: UnicodeError) -> tuple[str, int]:
    """What bytes that are no UTF-8 mean: old blogs' exports hold Windows' quotes and dashes."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", errors="replace"), error.end


codecs.register_error("of-windows", _of_windows)


class _AsUtf8:
    """A file as UTF-8, without a byte order mark; bytes that are no text as they mostly mean."""

    def __init__(self, file: IO[bytes], encoding: str) -> None:
        errors = "of-windows" if encoding.startswith("utf-8") else "replace"
        # Its own: codecs' recoder lends out the raw file's readinto, which recodes nothing.
        recoder = codecs.EncodedFile(file, "utf-8", encoding, errors=errors)
        self.read, self.seek = recoder.read, recoder.seek


class _WithoutControls:
    """A file without what XML forbids and blogs' exports hold: control characters, and blank lines
    before the first tag.
    """

    def __init__(self, file: IO[bytes] | _AsUtf8) -> None:
        self._file = file
        self._begun = False

    def read(self, size: int) -> bytes:
        """As a file's own."""
        while chunk := self._file.read(size):
            clean = chunk.translate(None, _CONTROLS)
            if clean := clean if self._begun else clean.removeprefix(codecs.BOM_UTF8).lstrip():
                self._begun = True
                return clean
        return b""


def _pages_in(archive: bytes) -> Iterator[tuple[bytes, str]]:
    """The pages in an MHTML archive and their encodings: the page itself, and its frames."""
    for part in message_from_bytes(archive, policy=policy.default).walk():
        if part.get_content_type() == "text/html":
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                yield content, _known(part.get_content_charset("utf-8"))


def _known(encoding: str) -> str:
    """The encoding, or UTF-8 where it is none of texts."""
    try:
        b" ".decode(encoding, errors="replace")
    except (LookupError, ValueError):
        return "utf-8"
    return encoding


def _first_with_comments(pages: Iterator[tuple[bytes, str]], name: str) -> list[Thread]:
    """The threads of the first page that has one: often the comments stand in a frame of it."""
    for content, encoding in pages:
        if found := page.read_page(_decoded(content, encoding, name), name):
            return found
    raise ThreadError(f"{name}: no comments found; tried {TRIED}")


def _encoding(head: bytes) -> str:
    """The encoding that a file's beginning tells; UTF-16 also without its mark."""
    for mark, encoding in _MARKED:
        if head.startswith(mark):
            return encoding
    for encoding, high in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
        if high.count(0) > len(high) / 2:  # in the languages of the west that byte is mostly zero
            return encoding
    return "utf-8"


def _whole(text: str, name: str) -> Iterator[Thread]:
    if text.lstrip()[:1] == "<":
        if found := page.read_page(text, name):
            yield from found
            return
    else:
        try:
            yield from plain.parse_threads(text, name)
            return
        except ThreadError:
            pass  # the message below names all that was tried
    raise ThreadError(f"{name}: no comments found; tried {TRIED}")


def _decoded(content: bytes, encoding: str, name: str) -> str:
    """The text, in whatever encoding it is; in the one told where that fits. Raises ThreadError."""
    try:
        return content.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError:
        text = content.decode(encoding, errors="replace")
    broken, fine = text.count("\ufffd"), sum(each > "\x7f" for each in text)
    if broken * 2 < fine:  # most are whole: it is that encoding, with letters cut in the middle
        return text
    best = from_bytes(content).best()
    if best is not None:
        return str(best)
    if broken * 100 < len(text):
        return text
    raise ThreadError(f"{name}: not a text; tried {TRIED}")
