"""Threads as JSON: a Reddit thread, and what DiscordChatExporter writes of a channel; streamed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import IO, Any

import ijson

from bot.threads.comments import Said, Thread, ThreadError, make_thread

PAUSE = timedelta(hours=6)  # a channel is silent that long: another conversation begins
MOST_IN_ONE = 500  # messages of a conversation that never pauses
DISCORD = "https://discord.com/channels"
REDDIT = "https://www.reddit.com"


def read_reddit(file: IO[bytes]) -> Iterator[Thread]:
    """The thread of a Reddit page's JSON. Raises ThreadError for broken JSON."""
    title, source, said = "", "", []
    for listing in _items(file, "item.data.children.item"):
        data = listing.get("data") or {}
        if listing.get("kind") == "t3":
            title, source = str(data.get("title", "")), REDDIT + str(data.get("permalink", ""))
            text = f"{title}\n{data.get('selftext', '')}"
            said.append(Said(str(data.get("author", "")), text, source, str(data.get("name", ""))))
        elif listing.get("kind") == "t1":
            said += _reddit_comments(listing)
    thread = make_thread(title, source, said)
    if thread:
        yield thread


def _reddit_comments(comment: Any) -> Iterator[Said]:
    """The comment and its replies, in the order in which they are read."""
    waiting = [comment]
    while waiting:
        data = waiting.pop(0).get("data") or {}
        body = str(data.get("body", ""))
        if body not in ("", "[deleted]", "[removed]"):
            link = REDDIT + str(data["permalink"]) if data.get("permalink") else ""
            key, parent = str(data.get("name", "")), str(data.get("parent_id", ""))
            yield Said(str(data.get("author", "")), body, link, key, parent)
        replies = data.get("replies")
        if isinstance(replies, dict):
            children = (replies.get("data") or {}).get("children") or []
            waiting = [one for one in children if one.get("kind") == "t1"] + waiting


def read_discord(file: IO[bytes]) -> Iterator[Thread]:
    """A channel's conversations, parted by long pauses. Raises ThreadError for broken JSON."""
    channel = _first(file, "channel")
    place = f"{DISCORD}/{_first(file, 'guild').get('id')}/{channel.get('id')}"
    said: list[Said] = []
    before: datetime | None = None
    for message in _items(file, "messages.item"):
        when = _moment(message.get("timestamp"))
        apart = when is not None and before is not None and when - before > PAUSE
        if said and (apart or len(said) >= MOST_IN_ONE):
            yield from _conversation(channel, said)
            said = []
        before = when or before
        author = message.get("author") or {}
        if message.get("type") in ("Default", "Reply") and not author.get("isBot"):
            key = str(message.get("id"))
            parent = str((message.get("reference") or {}).get("messageId") or "")
            called = str(author.get("nickname") or author.get("name") or "")
            words = str(message.get("content", ""))
            said.append(
                Said(str(author.get("id", "")), words, f"{place}/{key}", key, parent, called)
            )
    yield from _conversation(channel, said)


def _conversation(channel: Any, said: list[Said]) -> Iterator[Thread]:
    link = said[0][2] if said else ""
    thread = make_thread(f"#{channel.get('name', 'channel')}", link, said)
    if thread:
        yield thread


def _moment(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None


def _first(file: IO[bytes], prefix: str) -> dict[str, Any]:
    file.seek(0)
    found: Any = next(_parsed(file, prefix), {})
    return found if isinstance(found, dict) else {}


def _items(file: IO[bytes], prefix: str) -> Iterator[dict[str, Any]]:
    file.seek(0)
    return (one for one in _parsed(file, prefix) if isinstance(one, dict))


def _parsed(file: IO[bytes], prefix: str) -> Iterator[Any]:
    try:
        yield from ijson.items(file, prefix, use_float=True)
    except ijson.JSONError as error:
        raise ThreadError(f"the JSON is broken: {error}") from error
