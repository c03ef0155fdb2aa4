"""Threads as plain text: numbered, or with "Name said…", "[time] Name:" and their cousins."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from bot.threads.comments import (
    GROUP_PAUSE,
    RawComment,
    Thread,
    ThreadError,
    conversations,
    make_thread,
)
from bot.threads.pasted import (
    CALLED,
    SENTENCE,
    WORD_OF_NAME,
    is_chaff,
    tidied,
    without_headers,
)
from bot.threads.when import SHORT, TO_THE_MINUTE, WHEN, has_day, moments

_LABEL = re.compile(r"^#\s*(topic|source|title)\s*:\s*(.*)$")
_NAME = r"(?P<name>[^\s:>][^:>\n]{0,58}?)"
_SAID = r"(?:said|says|wrote|writes|replied|commented)"
_NUMBER = r"^\s{0,3}(?P<sign>#(?=\d))?(?P<number>\d{1,5})(?P<dot>[.):]?)"
_LISTED = re.compile(rf"{_NUMBER}\s")
_NUMBERED = re.compile(rf"{_NUMBER}\s+(?P<name>\S.{{0,79}}?)\s*$")
_NUMBERED_CLOSE = re.compile(
    rf"{_NUMBER}\s+(?P<name>@?{WORD_OF_NAME}(?: {WORD_OF_NAME}){{0,2}})"
    r"(?::\s+(?P<text>\S.*))?\s*$"
)
_SUFFIX = re.compile(rf"(?:,? {_SAID}(?: on {WHEN})?)?\s*(?:\.\.\.|…|:)?$")
_BULLET = r"^\s{0,3}(?:[-*•] )?\s*"
_NAME_ALONE = re.compile(
    rf"{_BULLET}(?P<stars>\*{{0,2}})(?P<name>[A-Z@][\w.'-]{{0,20}}(?: [A-Z][\w.'-]{{0,20}}){{0,3}}"
    rf"(?: @ ?[\w.'-]+(?: [\w.'-]+){{0,5}})?(?: \([^()\n]{{1,20}}\))?"
    r"(?: ?[^\w\s:;,.!?*()-]{1,4})?)"
    r"(?::(?P=stars)|(?P=stars):)(?:\s+(?P<text>.*))?$"
)
# The same in small letters, which may be anything; the last to be tried.
_NAME_IN_SMALL = re.compile(rf"{_BULLET}(?P<name>[\w.'-]{{2,20}}):\s+(?P<text>\S.*)$")
# A chat's line. Not the date of "March 12, 2012 at 6:22 pm" and somebody called "at 6".
_TIMED = re.compile(rf"^\s*\[?(?P<when>{WHEN})\]?,?\s*[-–—]?\s*{_NAME}:(?!\d)\s*(?P<text>.*)$")
# What a chat tells of itself, in nobody's words: "Sam added Kev".
_EVENT = re.compile(rf"^\s*\[?{TO_THE_MINUTE}\]?,?\s*[-–—]?\s*(?P<what>\S.*)$")
_HAPPENS = re.compile(
    r"^\S+(?: \S+){0,3} (?:(?:changed|created|renamed|pinned) (?:the|this|a|group)\b"
    r"|(?:added|removed) \S|were added|was added|joined using|left$)|^Your security code|end-to-end"
)
_NO_TEXT = "(?P<text>)$"  # ends a shape that has no words of the comment on its line
_LONGEST_HEAD = 160  # characters of such a line
# A comment's first line, by shape; what follows on the line is text already.
_SHAPES: tuple[re.Pattern[str], ...] = (
    re.compile(
        rf"^\s*{_NAME}(?: {WHEN})?,? {_SAID}(?: to [^:\n]{{1,40}})?(?:,? {WHEN})?"
        rf"\s*(?:\.\.\.|…|:)?\s*(?P<text>)$"
    ),
    _TIMED,
    re.compile(rf"^\s*{_NAME}\s*(?:[-–—|•·,»]|\s\()\s*{WHEN}\)?:?\s*(?P<text>)$"),
    re.compile(rf"^\s*{_NAME} {_SAID}:\s+(?P<text>\S.*)$"),
    re.compile(
        rf"^\s*(?:[Pp]ost(?:ed)? ?|[Cc]omment )?[Bb]y:? {_NAME},?(?: [»|·•])? {WHEN}:?"
        r"\s*(?P<text>)$"
    ),
    re.compile(rf"^\s*[Oo]n {WHEN},? {_NAME} {_SAID}\s*(?:\.\.\.|…|:)\s*(?P<text>.*)$"),
    re.compile(rf"^(?=.*\d[:.]\d)\s*{_NAME}\s*(?:\[{WHEN}\]|{TO_THE_MINUTE})\s*(?P<text>)$"),
    re.compile(rf"^\s*{_NAME} / (?:{WHEN}|{SHORT})(?: / \w+)*\s*(?P<text>)$"),
    re.compile(rf"^\s*\[{TO_THE_MINUTE}\] {_NAME}\s*(?P<text>)$"),
    re.compile(rf"^\s*(?:\[?{WHEN}\]? )?<(?P<name>[^\s<>]{{1,30}})> (?P<text>\S.*)$"),
    re.compile(rf"^From: \"?{_NAME}\"?(?: <[^<>\n]*>)?\s*(?P<text>)$"),
)
_MOST_WORDS = 8  # of a name, "Amanda @ Once Upon a Recipe"; more are a sentence
# Before a name: "2. Ana", "~ Ana" in WhatsApp, "Post by Ana".
_BEFORE_NAME = re.compile(
    r"^(?:#\d{1,5}[.):]?|\d{1,5}[.):])\s+(?=\D)|^~\s*|^[Pp]ost(?:ed)? ?[Bb]y:? +"
)
# After it: whom Disqus says that it answers, a comma.
_AFTER_NAME = re.compile(r"(?:\s{2,}\S.*|,|\s+[-–—|»])$")
_BEGINNING = 5  # lines, of which some may be titles
_INDENT = 4  # blanks before a line that tell anything
_BLANKS = re.compile(r"\s{3,}")
_SIGNATURE = re.compile(r"^(?:-- ?|_{10,})$")  # of a mail, and what a forum sets below a post
_HOUR = re.compile(r"\d{1,2}")
# Nobody's name where a line begins with it and a colon; some months are also people.
_NO_NAMES = SENTENCE | frozenset(
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri "
    "sat sun january february march july september october november december "
    "update edit note notes ps tldr tip tips pros cons question answer step day week summary first "
    "second third result results warning morning evening today tomorrow yesterday title topic "
    "author date posted tags category from subject re link forum thread board replies views url "
    "on at in to cc bcc sent reply-to message-id in-reply-to references mime-version content-type "
    "joined join location posts quote originally last guild channel messages reactions points "
    "trophy creator producer injury remedy".split()
)
# What a phone's chat puts around names and times.
_INVISIBLE = {0x202F: " "} | dict.fromkeys([0x200E, 0x200F, *range(0x202A, 0x202F)])
_EDITED = "<This message was edited>"
TRIED = 'plain text (each comment headed by its writer: "1. Ana", "Ana said:", "[10:02] Ana: …")'


def parse_threads(text: str, name: str) -> Iterator[Thread]:
    """The thread in a text, or a chat's conversations; `name` is the title where none is given.

    Raises ThreadError where there is none.
    """
    labels: dict[str, str] = {}
    lines = [_squeezed(line) for line in text.translate(_INVISIBLE).splitlines()]
    while lines and (label := _LABEL.match(lines[0])):
        labels[label.group(1)] = label.group(2).strip()
        lines.pop(0)
    lines = list(without_headers(lines))
    if not _is_headed(lines):
        lines = tidied(lines)
    heads = (
        _likeliest(lines) or _numbered_close(lines) or _shaped(_from_first(lines), _NAME_IN_SMALL)
    )
    topics = tuple(re.findall(r"[a-z0-9-]+", labels.get("topic", "")))
    whens = moments([head.when for head in heads])
    spoken = [each for each in zip(whens, _between(heads, lines), strict=True) if each[1].author]
    found = False
    for part in conversations(spoken, in_thread=bool(topics) or not any(whens), pause=GROUP_PAUSE):
        thread = make_thread(labels.get("title", name), labels.get("source", ""), part, topics)
        if thread is not None:
            found = True
            yield thread
    if not found:
        raise ThreadError(f"{name}: no comments found; tried {TRIED}")


def _squeezed(line: str) -> str:
    """The line without long runs of blanks, over which the patterns would take their time."""
    words = line.lstrip()
    indent = " " * min(len(line) - len(words), _INDENT) if words else ""
    return indent + _BLANKS.sub("  ", words.rstrip())


def _is_headed(lines: Sequence[str]) -> bool:
    """Whether the text begins with a head that needs no time beside it: "1. Ana", "Ana said:"."""
    begin = [place for place, line in enumerate(lines) if line.strip()][:_BEGINNING]
    ways = (_numbered(lines), _shaped(lines, _SHAPES[0]))
    return any(len(heads) > 1 and heads[0].place in begin for heads in ways)


class _Head(NamedTuple):
    """A comment's first line: where it stands, whose it is, and what of the words is on it.

    `name`: "" for nobody's, which a chat tells itself. `when`: in a chat.
    """

    place: int
    name: str
    text: str = ""
    when: str = ""


def _likeliest(lines: Sequence[str]) -> list[_Head]:
    """The heads by the way of parting the text that leaves least of its beginning unread.

    Lists within the comments may look like heads, and be more. A title may look like one, too: a
    way with few heads says little. A name and a colon alone may be anything, such as "Forum: …".
    """
    ways = [_numbered(lines), *(_shaped(lines, shape) for shape in _SHAPES)]
    enough = max(map(len, ways)) / 3
    likely = [heads for heads in ways if heads and len(heads) >= enough]
    best = min(likely, key=lambda heads: (heads[0].place, -len(heads)), default=[])
    named = _shaped(lines, _NAME_ALONE)
    more = len(named) > len(best)
    return named if more and (not best or named[0].place < best[0].place) else best


def _numbered(lines: Sequence[str]) -> list[_Head]:
    found = [
        (place, head)
        for place, line in enumerate(lines)
        if (head := _NUMBERED.match(line)) and _blank(lines, place + 1) and not is_chaff(line)
    ]
    return [
        _Head(place, _SUFFIX.sub("", head["name"])) for place, head in _counted_up(found, lines)
    ]


def _numbered_close(lines: Sequence[str]) -> list[_Head]:
    """The same without a blank line below the name, or with the words on its line."""
    heads = ((place, _NUMBERED_CLOSE.match(line)) for place, line in enumerate(lines))
    found = [(place, head) for place, head in heads if head]
    return [_head(*one) for one in _counted_up(found, lines)]


_Numbered = tuple[int, re.Match[str]]  # a line that may be a head, and where it stands


def _counted_up(found: Sequence[_Numbered], lines: Sequence[str]) -> list[_Numbered]:
    """The heads among these lines: their numbers go up, and a list within a comment is none.

    One page of a thread need not begin with 1, and what was deleted leaves a gap; there a number
    must be written as such, above a name, and the one that is missing stand nowhere below.
    """
    in_lists = _in_lists(found, lines)
    last_place = {int(head["number"]): place for place, head in found}
    heads: list[_Numbered] = []
    last = 0
    for place, head in found:
        number = int(head["number"])
        leaves_gap = number > last + 1 and last_place.get(last + 1, -1) < place
        comes_next = number == last + 1 or (leaves_gap and _is_written_out(head))
        if comes_next and place not in in_lists:
            heads.append((place, head))
            last = number
    return heads if len(heads) > 1 or last == 1 else []


def _in_lists(found: Sequence[_Numbered], lines: Sequence[str]) -> set[int]:
    """Where a number goes on a list above it, and comes once more before the next higher one."""
    places: set[int] = set()
    next_place: dict[int, int] = {}  # of a number outside of lists, further below
    for place, head in reversed(found):
        number, end = int(head["number"]), len(lines)
        if not _goes_on_a_list(lines, place, number):
            next_place[number] = place
        elif next_place.get(number, end) < next_place.get(number + 1, end):
            places.add(place)
    return places


def _goes_on_a_list(lines: Sequence[str], place: int, number: int) -> bool:
    """Whether the line above, blank ones aside, has the number before."""
    while place and _blank(lines, place - 1):
        place -= 1
    above = _LISTED.match(lines[place - 1]) if place else None
    return above is not None and int(above["number"]) == number - 1


def _is_written_out(head: re.Match[str]) -> bool:
    """Whether the number has its sign or dot, and what follows is no longer than a name."""
    return bool((head["sign"] or head["dot"]) and CALLED.match(head["name"]))


def _shaped(lines: Sequence[str], shape: re.Pattern[str]) -> list[_Head]:
    short = shape.pattern.endswith(_NO_TEXT)
    found = (
        (place, shape.match(line))
        for place, line in enumerate(lines)
        if line and not (short and len(line) > _LONGEST_HEAD)
    )
    heads = [_head(place, head) for place, head in found if head]
    heads = _own(lines, [one for one in heads if _may_be_a_name(one.name, shape)])
    if shape == _TIMED:
        heads = _of_chat(lines, heads)
    return heads if len(heads) > 1 else []  # one line alone may look like anything


def _of_chat(lines: Sequence[str], heads: Sequence[_Head]) -> list[_Head]:
    """A chat's heads, with those of what it tells itself.

    Where most tell the day, one that does not is a plan within a message: "18:00 - warm up: …".
    """
    dated = [head for head in heads if has_day(head.when)]
    if len(dated) * 2 <= len(heads):
        return list(heads)
    told = ((place, _EVENT.match(line)) for place, line in enumerate(lines))
    events = {place for place, event in told if event and _HAPPENS.search(event["what"])}
    said = [head for head in dated if head.place not in events]
    return sorted([*said, *(_Head(place, "") for place in events)])


def _head(place: int, head: re.Match[str]) -> _Head:
    told = head.groupdict()
    name = _AFTER_NAME.sub("", _BEFORE_NAME.sub("", head["name"])).strip("*")
    return _Head(place, name, head["text"] or "", told.get("when") or "")


def _may_be_a_name(name: str, shape: re.Pattern[str]) -> bool:
    """Whether a line of this shape begins with somebody's name, and not with any other words."""
    words = name.lower().split()
    # "3/12/24, 10:02 - …" is no word of somebody called 10.
    if not words or _HOUR.fullmatch(name) or not any(map(str.isalnum, name)):
        return False
    if shape == _TIMED:
        return True
    if shape in (_NAME_ALONE, _NAME_IN_SMALL):
        return words[0] not in _NO_NAMES
    return len(words) <= _MOST_WORDS and words[0] not in SENTENCE and name.lower() not in _NO_NAMES


def _own(lines: Sequence[str], heads: Sequence[_Head]) -> list[_Head]:
    """The heads without what heads a quote within a comment: "Ana wrote:", and her words below.

    They stand after ">", or she has written them above. Where a blank line stands above all the
    others, that is.
    """
    ends = [*(head.place for head in heads[1:]), len(lines)]
    written: set[tuple[str, str]] = set()
    quoting: set[int] = set()
    for head, end in zip(heads, ends, strict=False):
        below = lines[head.place + 1 : end]
        first = below[0].strip() if below else ""
        close = head.place and not head.text and not _blank(lines, head.place - 1)
        if close and (first.startswith(">") or (head.name, first) in written):
            quoting.add(head.place)
        written |= {(head.name, line.strip()) for line in below if line.strip()}
    others = [head for head in heads if head.place not in quoting]
    apart = all(not head.place or _blank(lines, head.place - 1) for head in others)
    return others if apart and len(others) > 1 else list(heads)


def _from_first(lines: Sequence[str]) -> Sequence[str]:
    """The lines, where one of the first two (one may be a title) names somebody; else none."""
    written = [line for line in lines if line.strip()]
    return lines if any(map(_NAME_IN_SMALL.match, written[:2])) else ()


def _between(heads: Sequence[_Head], lines: Sequence[str]) -> list[RawComment]:
    """What stands on each head's line and below it, up to the next."""
    places = [*(head.place for head in heads), len(lines)]
    return [
        RawComment(head.name, _body([head.text, *lines[start + 1 : end]]))
        for head, (start, end) in zip(heads, pairwise(places), strict=True)
    ]


def _body(lines: Sequence[str]) -> str:
    signed = (place for place, line in enumerate(lines) if _SIGNATURE.match(line))
    words = lines[: next(signed, len(lines))]
    kept = (line.strip() for line in words if not is_chaff(line) or not line.strip())
    return "\n".join(kept).removesuffix(_EDITED).strip()


def _blank(lines: Sequence[str], place: int) -> bool:
    return place >= len(lines) or not lines[place].strip()
