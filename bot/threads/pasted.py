"""A page that was copied as text: what it leaves between comments, and heads on several lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from bot.threads.when import AGO, SHORT, WHEN, has_day

_PART = r"[^\s:;,.!?<>()]"
# "J.R.", "dave.potter", "Lottie H."; a longer word with a point ends a sentence.
WORD_OF_NAME = rf"(?:{_PART}{{1,3}}\.|{_PART}+(?:\.{_PART}+)*\.?(?<!{_PART}{{4}}\.))"
# A short line that ends like no sentence, such as a name.
CALLED = re.compile(rf"^\s*(?P<name>@?{WORD_OF_NAME}(?: {WORD_OF_NAME}){{0,3}})\s*$")
# The same with a blog's name, where the line below tells that it is one.
_CALLED_AT_LENGTH = re.compile(rf"^\s*(?P<name>@?{WORD_OF_NAME}(?: {WORD_OF_NAME}){{0,7}})\s*$")
# No name begins so.
SENTENCE = frozenset(
    "i it we he she they you that this these those my your his her our their so and but or as "
    "like what which who when because if then".split()
)
# Lines that pages and chats leave between comments, or have in place of words.
_CHAFF = re.compile(
    "|".join(
        (
            rf"\[?{WHEN}\]?",
            r"(?:log in to )?reply(?: ↓| with quote|delete)?|replies|leave a (?:reply|comment)",
            r"like|likes|share(?: ›)?|report|permalink|embed|save|hide|parent|edit|delete|follow",
            r"upvote|downvote|award|upvote \d* ?downvote.*|\d*\s*[•·]\s*reply\s*[•·]\s*share ›?",
            r"#?\d+(?: (?:likes?|points?|upvotes?|repl(?:y|ies)|comments?))?",
            r"last reply .{1,30} ago|click to expand\.*|\(edited\)|-{3,}[^-]+-{3,}|top|quote:",
            r"<?(?:[a-z]+|.{1,150} document|contact card|video note) omitted>?|null",
            r"<[^<>]*(?:omitted|ausgeschlossen|attached|edited)[^<>]*>|.{0,200} \(file attached\)",
            r"(?:this message was|you) deleted(?: this message)?\.?|missed (?:voice|video) call.*",
            r"waiting for this message(?:\. this may take a while\.?)?",
            r"messages and calls are end-to-end encrypted.*|poll:|option: .* \(\d+ votes?\)",
        )
    ),
    re.IGNORECASE,
)
_LONGEST = 250  # characters of a line that is no words
# What a forum tells of a writer, several lines of it together.
_PROFILE = re.compile(r"(?:Posts|Joined|Join Date|Location|Messages|Reaction score|Points): .*")
_TITLE, _POSTED_BY = re.compile(r"Re: .*"), re.compile(r"Post(?:ed)? ?by\b")  # and each post's
_FROM = re.compile(r"From: \S.*")
_HEADER = re.compile(r"[A-Z][A-Za-z-]{1,30}: .*")  # a mail's, below From
# What begins like a head of another shape.
_HEADED = re.compile(r"\s*#?\d{1,5}[.):]?\s|.*\b(?:said|says|wrote|writes|replied)\W*$")
# What a page says of a writer, beside the name.
_BADGE = re.compile(
    "|".join(
        (
            r"OP|APP|BOT|MOD|[Aa]uthor|[Aa]dmin|[Mm]oderator|[Aa]vatar|[Ss]ays:?|[Uu]nread,?",
            r"Top contributor|Top \d+% (?:Commenter|Poster)|Registered [Uu]ser",
            r"(?:(?:[Nn]ew|[Aa]ctive|[Ww]ell-[Kk]nown|[Ss]enior|[Jj]unior) )?[Mm]ember",
            rf"Edited(?: (?:{AGO}|{SHORT}))?",
            r".{1,60}[’']s profile photo|u/\S+ avatar|[•·—–-]",
        )
    )
)
_ONLY_WHEN = re.compile(
    rf"^(?P<before>\s*(?::\w+:\s*)?)(?:[•·—–-]\s*)?(?P<when>{WHEN})(?: \(edited\)|\*)?\s*$"
)
_WHEN_BELOW = re.compile(
    rf"^\s*(?:like\s*·?\s*reply\s*·?\s*)?(?P<when>{WHEN}|{SHORT})(?:\s*like\s*reply)?"
    r"(?:\s*·?\s*\(?edited\)?)?\s*$",
    re.IGNORECASE,
)
_HALF = re.compile(r"[AaPp]\.?[Mm]")
# Old Reddit's head of a comment, and of what was asked, below its title.
_SCORED = re.compile(
    r"^\s*(?:\[[-–+]\])?\s*(?P<name>\S[^\n]{0,58}?)(?:\[[A-Z,]+\])?\s+"
    rf"(?:-?\d+ points?|score hidden)\s*[·•]?\s*(?P<when>{AGO})\*?(?: \(\d+ child(?:ren)?\))?\s*$"
)
# A forum's, above the name.
_POSTED = re.compile(rf"^\s*(?P<when>{WHEN})\s+#\d+\s*$")
_SUBMITTED = re.compile(rf"^\s*submitted (?P<when>{AGO}) by (?P<name>\S+).*$")


def is_chaff(line: str) -> bool:
    """Whether a line is no words of a comment: a button, a count, a time."""
    return len(line) <= _LONGEST and _CHAFF.fullmatch(line.strip()) is not None


def tidied(lines: Sequence[str]) -> list[str]:
    """The lines, with each comment's name and time brought together on one above its words.

    Where they do not stand on lines of their own, nothing changes.
    """
    plain = list(_without_badges(list(_rewritten(lines))))
    return _timed_below(plain) or _joined(plain)


def without_headers(lines: Sequence[str]) -> Iterator[str]:
    """The lines without mails' headers but From, and without what forums tell of writers."""
    in_mail = False
    for above, line, below in _neighbours(lines):
        in_mail = (in_mail and bool(_HEADER.fullmatch(line))) or bool(_FROM.fullmatch(above))
        beside = _PROFILE.fullmatch(above.strip()) or _PROFILE.fullmatch(below.strip())
        if in_mail and _HEADER.fullmatch(line):
            continue
        titled = _TITLE.fullmatch(line) and _POSTED_BY.match(below)
        if not titled and not (beside and _PROFILE.fullmatch(line.strip())):
            yield line


def _neighbours(lines: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Each line between those around it."""
    return zip(["", *lines], lines, [*lines[1:], ""], strict=False)


def _without_badges(lines: Sequence[str]) -> Iterator[str]:
    """Not what stands alone above a time: somebody may be called Admin."""
    for above, line, below in _neighbours(lines):
        alone = not above.strip() or is_chaff(above)
        named = alone and _ONLY_WHEN.match(below) and CALLED.match(line)
        if named or len(line) > _LONGEST or not _BADGE.fullmatch(line.strip()):
            yield line


def _rewritten(lines: Sequence[str]) -> Iterator[str]:
    """Old Reddit's heads, and forums' with the time above, as those of others.

    A question's head stands below its title there, and is put above it.
    """
    taken = False
    for line, below in pairwise([*lines, ""]):
        if taken:
            taken = False
        elif submitted := _SUBMITTED.match(below):
            yield _head(submitted["name"], submitted["when"])
            yield line
            taken = True
        elif (posted := _POSTED.match(line)) and _may_be_called(below, CALLED):
            yield _head(below.strip(), posted["when"])
            taken = True
        elif scored := _SCORED.match(line):
            yield _head(scored["name"], scored["when"])
        else:
            yield line


def _head(name: str, when: str) -> str:
    when = f"{when} ago" if re.fullmatch(SHORT, when) else when
    return f"{name} - {when}"


def _timed_below(lines: Sequence[str]) -> list[str]:
    """The lines where each comment's time stands below its words; none where that is not so."""
    kept = [
        line for line in lines if not line.strip() or _WHEN_BELOW.match(line) or not is_chaff(line)
    ]
    while kept and not kept[-1].strip():
        kept.pop()
    found = ((place, _WHEN_BELOW.match(line)) for place, line in enumerate(kept))
    times = [(place, when["when"]) for place, when in found if when]
    # A name alone above the first: it has its time above the words.
    if len(times) < 2 or times[-1][0] != len(kept) - 1 or _ends(kept, times[0][0] - 2):
        return []
    told: list[str] = []
    start = 0
    for place, when in times:
        words = _from_name(kept[start:place], first=not start)
        if not words:
            return []
        told += [_head(words[0].strip(), when), *words[1:]]
        start = place + 1
    return told


def _from_name(block: list[str], *, first: bool) -> list[str]:
    """A comment from its name on: the first may stand below a title; none where no name is."""
    starts = [place for place, line in enumerate(block) if line.strip() and _ends(block, place - 1)]
    for place in reversed(starts) if first else starts[:1]:
        if _may_be_called(block[place], CALLED) and any(map(str.strip, block[place + 1 :])):
            return block[place:]
    return []


def _ends(lines: Sequence[str], place: int) -> bool:
    return place < 0 or not lines[place].strip()


def _may_be_called(line: str, shape: re.Pattern[str]) -> bool:
    called = None if _HEADED.match(line) else shape.match(line)
    return called is not None and called["name"].split()[0].lower() not in SENTENCE


def _joined(lines: Sequence[str]) -> list[str]:
    """The lines, a name with a time below it made one line of them."""
    joined: list[str] = []
    seen: set[str] = set()
    of_first = next((form for line in lines if (form := _form(line))), None)
    community = ""  # "r/running" stands where the writer does elsewhere, who comes below the time
    for line in lines:
        when = _ONLY_WHEN.match(line)
        if community and _may_be_called(line, CALLED):
            joined.append(_head(line.strip(), community))
            community = ""
        elif when is None or (_form(line) not in (None, of_first) and not _ends_with_name(joined)):
            joined += [] if when else [line]
        elif name := _taken(joined, seen):
            if name.startswith("r/"):
                community = when["when"]
            else:
                seen.add(name.casefold())
                joined.append(_head(name, when["when"]))
        else:
            joined.append(line)
    return joined


def _ends_with_name(joined: Sequence[str]) -> bool:
    """Whether the last line looks like nothing but a name: "Cat", "Rob Hill"."""
    called = CALLED.match(joined[-1]) if joined else None
    return called is not None and all(word[0].isupper() for word in called["name"].split())


def _form(line: str) -> tuple[bool, bool] | None:
    """How a time without a day is written; None for any other line.

    A chat that has "6:22 PM" beside names has "6:25" beside what the same person goes on with.
    """
    when = _ONLY_WHEN.match(line)
    if when is None or has_day(when["when"]) or re.fullmatch(AGO, when["when"]):
        return None
    return bool(when["before"]), bool(_HALF.search(when["when"]))


def _taken(joined: list[str], seen: set[str]) -> str:
    """The name that ends these lines, taken off them; "" where none does.

    Disqus has the writer above whom they answer, who is known by then.
    """
    blank = len(joined) > 1 and not joined[-1].strip() and _ends(joined, len(joined) - 3)
    place = len(joined) - 1 - blank
    if place < 0 or not _may_be_called(joined[place], _CALLED_AT_LENGTH):
        return ""
    above = place - 1
    if (
        joined[place].strip().casefold() in seen
        and above >= 0
        and not is_chaff(joined[above])
        and _may_be_called(joined[above], CALLED)
        and (_ends(joined, above - 1) or is_chaff(joined[above - 1]))
    ):
        place = above
    name = joined[place].strip()
    del joined[place:]
    return name
