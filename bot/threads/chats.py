"""Threads as JSON: a Reddit thread, and what DiscordChatExporter writes of a channel; streamed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import IO, Any

import ijson

from bot.threads.comments import RawComment, Thread, ThreadError, conversations, make_thread

DISCORD = "https://discord.com/channels"
REDDIT = "https://www.reddit.com"
NOBODY = ("AutoModerator", "RemindMeBot")  # speak on Reddit for no member
DEEPEST = 1000  # a reply to a reply is five deeper; Reddit itself shows ten of them
_TO_THE_END = re.compile(r"^>>> ", re.MULTILINE)
_OPENS, _CLOSES = frozenset({"start_map", "start_array"}), frozenset({"end_map", "end_array"})


def read_reddit(file: IO[bytes]) -> Iterator[Thread]:
    """The thread of a Reddit page's JSON. Raises ThreadError for broken JSON."""
    title, source, said = "", "", []
    for listing in _items(file, "item.data.children.item"):
        data = listing.get("data") or {}
        if listing.get("kind") == "t3":
            title, source = _told(data, "title"), REDDIT + _told(data, "permalink")
            text = f"{title}\n{_told(data, 'selftext')}"
            said.append(RawComment(_told(data, "author"), text, source, _told(data, "name")))
        elif listing.get("kind") == "t1":
            said += _reddit_comments(listing)
    thread = make_thread(title, source, said)
    if thread:
        yield thread


def _reddit_comments(comment: Any) -> Iterator[RawComment]:
    """The comment and its replies, in the order in which they are read."""
    waiting = [comment]
    while waiting:
        data = waiting.pop(0).get("data") or {}
        body = _told(data, "body")
        if body not in ("", "[deleted]", "[removed]") and _told(data, "author") not in NOBODY:
            link = REDDIT + str(data["permalink"]) if data.get("permalink") else ""
            key, parent = _told(data, "name"), _told(data, "parent_id")
            yield RawComment(_told(data, "author"), body, link, key, parent)
        replies = data.get("replies")
        if isinstance(replies, dict):
            children = (replies.get("data") or {}).get("children") or []
            waiting = [one for one in children if one.get("kind") == "t1"] + waiting


def read_discord(file: IO[bytes]) -> Iterator[Thread]:
    """A channel's conversations, parted by long pauses; all of a thread or a forum's post as one.

    Raises ThreadError for broken JSON.
    """
    channel = _first(file, "channel")
    in_thread = "Thread" in _told(channel, "type")
    place = f"{DISCORD}/{_first(file, 'guild').get('id')}/{channel.get('id')}"
    for said in conversations(_messages(file, place), in_thread):
        name = _told(channel, "name") or "channel"
        if in_thread:
            # What a thread is called is often a member's description: it is read and not kept.
            above = _told(channel, "category")
            called = f"A thread in #{above}" if above else "A thread on Discord"
            thread = make_thread(name, place, said, called=called)
        else:
            thread = make_thread(f"#{name}", said[0].link, said)
        if thread:
            yield thread


def _messages(file: IO[bytes], place: str) -> Iterator[tuple[datetime | None, RawComment]]:
    """What members said, and when."""
    for message in _items(file, "messages.item"):
        author = message.get("author") or {}
        if message.get("type") in ("Default", "Reply") and not author.get("isBot"):
            key = str(message.get("id"))
            parent = str((message.get("reference") or {}).get("messageId") or "")
            called = _told(author, "nickname") or _told(author, "name")
            said = RawComment(
                _told(author, "id"),
                own_words(_told(message, "content")),
                f"{place}/{key}",
                key,
                parent,
                called,
            )
            yield _moment(message.get("timestamp")), said


def own_words(content: str) -> str:
    """A Discord message without what it quotes to its end, after ">>>" at a line's start."""
    return _TO_THE_END.split(content, maxsplit=1)[0]


def _told(data: Any, name: str) -> str:
    """A text of a JSON object; "" where it is null or missing."""
    value = data.get(name)
    return "" if value is None else str(value)


def _moment(text: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _first(file: IO[bytes], prefix: str) -> dict[str, Any]:
    file.seek(0)
    found: Any = next(_parsed(file, prefix), {})
    return found if isinstance(found, dict) else {}


def _items(file: IO[bytes], prefix: str) -> Iterator[dict[str, Any]]:
    file.seek(0)
    return (one for one in _parsed(file, prefix) if isinstance(one, dict))


def _parsed(file: IO[bytes], prefix: str) -> Iterator[Any]:
    try:
        yield from ijson.items(ijson.parse(_shallow(file)), prefix)
    except ijson.JSONError as error:
        why = str(error).partition("\n")[0]  # below it the parser draws where
        raise ThreadError(f"the JSON is broken or cut off: {why}") from error


def _shallow(file: IO[bytes]) -> Iterator[tuple[str, Any]]:
    """The file's events. What is nested without end would fill the memory before it is read."""
    depth = 0
    for event in ijson.basic_parse(file, use_float=True):
        if event[0] in _OPENS:
            depth += 1
            if depth > DEEPEST:
                raise ThreadError(f"the JSON is nested more than {DEEPEST} deep")
        elif event[0] in _CLOSES:
            depth -= 1
        yield event
