"""Comments of a saved web page: blogs, forums, exported chats, and what is marked up as such."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.threads.comments import (
    GROUP_PAUSE,
    PAUSE,
    RawComment,
    Thread,
    ThreadError,
    conversations,
    make_thread,
)
from bot.threads.when import moments

TRIED = (
    "a saved web page (comments of WordPress, Blogger, Disqus or a forum, or marked up as such; "
    "an exported chat of Discord or Telegram)"
)


@dataclass(frozen=True, slots=True)
class _Kind:
    """Where a kind of page has its comments: CSS selectors, the inner two within the first.

    `authors`: the first that finds something in a comment is taken.
    """

    comment: str
    authors: tuple[str, ...]
    text: str


_KINDS = (
    _Kind(
        "li.post, div.post[data-role=post]", (".author, .post-byline a",), ".post-message"
    ),  # Disqus
    _Kind(
        "li.comment, div.comment, article.comment",
        (
            "cite.user, cite.fn, .comment-author .fn, .fn",
            ".comment-author, .wp-block-comment-author-name, .wpd-comment-author, cite, .author",
        ),
        "p.comment-content, div.comment-content, .comment-text, .comment-body, .comment_content, "
        ".wp-block-comment-content, .wpd-comment-text, .usertext-body",
    ),
    _Kind(
        "[itemtype$='/Comment'], [itemprop=comment]",
        ("[itemprop=author] [itemprop=name]", "[itemprop=author]"),
        "[itemprop=text]",
    ),
    _Kind("[id^=comment-]", ("cite, .fn, .author, strong, b",), ".entry, .content, .text, p"),
    _Kind("div.post", (".author .username, .author strong",), ".postbody .content"),  # phpBB
    _Kind("li.postcontainer", (".username",), ".postcontent"),  # vBulletin
)


@dataclass(frozen=True, slots=True)
class _Chat:
    """Where an exported chat has its messages: CSS selectors, the inner three within the first.

    A message without an author is by whoever wrote the one before. `pause`: after which a chat of
    that kind goes on with something else.
    """

    message: str
    author: str
    text: str
    when: str
    pause: timedelta


_CHATS = (
    _Chat(  # DiscordChatExporter
        ".chatlog__message-container",
        ".chatlog__author",
        ".chatlog__content",
        ".chatlog__timestamp, .chatlog__short-timestamp",
        PAUSE,
    ),
    _Chat(".message.default", ".from_name", ".text", ".date", GROUP_PAUSE),  # Telegram
)
_NOT_TEXT = (
    "script, style, blockquote, .bbcode_container, cite, .reply, .comment-meta, .comment-metadata, "
    ".comment-author, .comment-actions, .comment-footer, .wp-block-comment-author-name"
)


DEEPEST = 10_000  # tags within tags; what is deeper takes the parser longer and longer
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.IGNORECASE)
# They hold nothing, or end where the next begins.
_SHALLOW = frozenset(
    "area base br col embed hr img input link meta param source track wbr p li dt dd tr td th "
    "thead tbody tfoot option optgroup".split()
)


def read_page(html: str, name: str) -> list[Thread]:
    """The page's comments as a thread, a chat's as conversations; none where there are none.

    `name`: where it has no title. Raises ThreadError for one that is nested more than DEEPEST deep.
    """
    page = _parsed(html)
    title = page.css_first("title")
    called, source = title.text() if title else name, _address(page)
    for chat in _CHATS:
        whens, messages = [], []
        for when, message in _messages(page, chat):
            whens.append(when)
            messages.append(message)
        spoken = zip(moments(whens), messages, strict=True)
        parts = conversations(spoken, in_thread=False, pause=chat.pause)
        threads = [make_thread(called, source, part) for part in parts]
        if found := [thread for thread in threads if thread is not None]:
            return found
    for comments in (*(list(_of_kind(page, kind)) for kind in _KINDS), list(_old_blogger(page))):
        said = [one for one in comments if one.text]
        if said:
            thread = make_thread(called, source, said)
            return [thread] if thread else []
    return []


def _messages(page: LexborHTMLParser, chat: _Chat) -> Iterator[tuple[str, RawComment]]:
    """A chat's messages, and when each was written, as the page has it."""
    author = ""
    for message in page.css(chat.message):
        author = _name(message.css_first(chat.author)) or author
        when = message.css_first(chat.when)
        told = f"{when.text()} {when.attributes.get('title') or ''}" if when else ""
        yield told, RawComment(author, _text(message.css_first(chat.text)))


def plain_text(html: str) -> str:
    """A piece of HTML as text: paragraphs on lines of their own, quotes left out.

    Raises ThreadError as read_page does.
    """
    return _text(_parsed(html).body)


def _parsed(html: str) -> LexborHTMLParser:
    depth = 0
    for closes, tag in _TAG.findall(html):
        if tag.lower() not in _SHALLOW:
            depth += -1 if closes else 1
            if depth > DEEPEST:
                raise ThreadError(f"the page is nested more than {DEEPEST} deep")
    return LexborHTMLParser(html)


def _of_kind(page: LexborHTMLParser, kind: _Kind) -> Iterator[RawComment]:
    """The comments, each with the one that it stands within as what it answers."""
    comments = page.css(kind.comment)
    known = {comment.mem_id for comment in comments}
    texts, *authors = (_parts(page, each, known) for each in (kind.text, *kind.authors))
    beside = {node.mem_id for node in page.css(_NOT_TEXT)} - known if known else set()
    keys: dict[int, str] = {}
    for number, comment in enumerate(comments, start=1):
        author = next((of[comment.mem_id] for of in authors if comment.mem_id in of), [None])
        text = texts.get(comment.mem_id, [None])
        above = keys.get(_around(comment.parent, known), "")
        said = RawComment(
            _name(author[0]), _whole_text(text, beside), key=str(number), answers=above
        )
        # Replies to one that was deleted, or to a mere frame, answer what is around that.
        keys[comment.mem_id] = said.key if said.text else above
        yield said


def _parts(
    page: LexborHTMLParser, selector: str, known: Collection[int]
) -> dict[int, list[LexborNode | None]]:
    """Such parts of each comment, by the comment, without those of replies within it."""
    parts: dict[int, list[LexborNode | None]] = {}
    for part in page.css(selector) if known else ():
        parts.setdefault(_around(part, known), []).append(part)
    return parts


def _whole_text(parts: Sequence[LexborNode | None], beside: Collection[int]) -> str:
    """The first part's words; where that is a mere paragraph, those of all.

    `beside`: what is no part of a comment's words; nor is a paragraph in it.
    """
    first = parts[0]
    if first is None or first.tag != "p":
        return _text(first)
    paragraphs = (part for part in parts if part is not None and part.tag == "p")
    return "\n".join(_text(part) for part in paragraphs if not _around(part, beside))


def _around(node: LexborNode | None, known: Collection[int]) -> int:
    """The nearest comment around a node, or the node itself; 0 for none."""
    while node is not None and node.mem_id not in known:
        node = node.parent
    return node.mem_id if node is not None else 0


def _old_blogger(page: LexborHTMLParser) -> Iterator[RawComment]:
    """Older Blogger pages: a <dl> with the name in <dt> and the words in the <dd> after it."""
    author = ""
    for node in page.css("#comments-block dt.comment-author, #comments-block dd.comment-body"):
        if node.tag == "dt":
            author = _name(node)
        else:
            yield RawComment(author, _text(node))


def _address(page: LexborHTMLParser) -> str:
    for selector, attribute in (
        ("link[rel=canonical]", "href"),
        ("meta[property='og:url']", "content"),
    ):
        node = page.css_first(selector)
        address = node.attributes.get(attribute) if node else None
        if address and address.startswith(("https://", "http://")):
            return address
    return ""


def _name(node: LexborNode | None) -> str:
    words = node.text(separator=" ").split() if node else []
    while words and words[-1].strip("….:").lower() in ("said", "says", "wrote", ""):
        words.pop()
    return " ".join(words)[:80]


def _text(node: LexborNode | None) -> str:
    if node is None:
        return ""
    for other in node.css(_NOT_TEXT):
        if other != node:
            other.decompose()
    for line in node.css("br, p, li, div"):
        line.insert_after("\n")
    lines = (" ".join(line.split()) for line in node.text(separator=" ").splitlines())
    return "\n".join(line for line in lines if line)
