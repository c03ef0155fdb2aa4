"""What a server's curators add to the shipped catalogue, and change of it for their server."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field, StringConstraints, ValidationError

from bot.knowledge.catalogue import Catalogue, Entry, Line, Name, Pattern, Remedy, Slug

MOST_REMEDIES = 2000
MOST_PATTERNS = 300
OWN = "own-"  # how the slugs of servers' own entries begin
SLUG_LENGTH = 40
LEAST_EXAMPLES = 3  # of how people say it: fewer tell a pattern too badly
SEE = (
    "It is severe, swollen, hot, numb or getting worse.",
    "It is no better after two weeks of easier running.",
)

TOLD = 3  # faults of an entry at once
_WORDS = {  # for pydantic's kinds of faults
    "missing": "is missing",
    "string_type": "should be text",
    "string_too_short": "is empty",
    "string_too_long": "has more than {max_length} characters",
    "string_pattern_mismatch": "cannot be kept like that",
    "tuple_type": "should be a list",
    "too_short": "should have {min_length} lines or more",
    "too_long": "has more than {max_length} lines",
    "bool_type": "should be yes or no",
    "bool_parsing": "should be yes or no",
    "extra_forbidden": "is nothing that I keep",
}

_LIVE = re.compile(r"@(?:everyone|here)|<[@#:]|https?://|discord\.gg", re.IGNORECASE)

Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


Spoken = Annotated[  # in a list with a line for each
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=r"^[^\r\n]*$"),
]


class OwnRemedy(Entry):
    """A remedy as a server's curators want it: one of their own, or a shipped one reworded.

    `patterns`: for what it is offered, whatever threads say. `hidden`: offered for nothing.
    """

    name: Name
    called: tuple[Spoken, ...] = Field(default=(), max_length=20)
    how: Line
    caution: Line | None = None
    patterns: tuple[Slug, ...] = Field(default=(), max_length=50)
    hidden: bool = False


class OwnPattern(Entry):
    """A pattern of a server's own: where it is and how its runners say it."""

    name: Name
    where: Name
    wording: tuple[Said, ...] = Field(min_length=LEAST_EXAMPLES, max_length=20)


MODELS: dict[str, type[OwnRemedy] | type[OwnPattern]] = {
    "remedy": OwnRemedy,
    "pattern": OwnPattern,
}


class RefusedError(Exception):
    """What somebody asked for cannot be done. The message says why, to that member."""


def checked(kind: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an entry as they are stored. Raises RefusedError in plain words."""
    try:
        entry = MODELS[kind](**fields)
    except ValidationError as error:
        raise RefusedError(_faults(error)) from error
    data = entry.model_dump(mode="json")
    if any(_LIVE.search(text) for text in _texts(data)):
        raise RefusedError("Please leave out mentions and links: they would not be shown as such.")
    return data


def new_slug(name: str, known: Container[str]) -> str:
    """A slug for a server's own entry of this name that is not among `known`."""
    # "own-" keeps it apart from every shipped slug, those of later versions too.
    base = OWN + re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[: SLUG_LENGTH - 8]
    slug = base = base.strip("-")
    number = 2
    while slug in known:
        slug, number = f"{base}-{number}", number + 1
    return slug


def quotable(text: str) -> str:
    """What somebody wrote, cut down to what no Markdown can come of, for a word on a fault."""
    return re.sub(r"[^\w .,+-]|__", " ", text)[:40].strip()


def _faults(error: ValidationError) -> str:
    told = [_fault(one["loc"], one["type"], one.get("ctx", {})) for one in error.errors()]
    more = [f"and {len(told) - TOLD} more"] if len(told) > TOLD else []
    return "That does not fit yet: " + "; ".join([*told[:TOLD], *more])


def _fault(place: tuple[int | str, ...], kind: str, limits: Mapping[str, Any]) -> str:
    field = " ".join(str(one + 1 if isinstance(one, int) else one) for one in place)
    return f"{quotable(field)} {_WORDS.get(kind, 'cannot be kept like that').format_map(limits)}"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


Own = Mapping[str, Mapping[str, Mapping[str, Any]]]  # kind, then slug, then data


def own_remedies(own: Own) -> dict[str, OwnRemedy]:
    """The remedies among a server's entries, by slug."""
    return {slug: OwnRemedy(**data) for slug, data in own.get("remedy", {}).items()}


def own_patterns(own: Own) -> list[Pattern]:
    """The patterns among a server's entries, as the catalogue has them."""
    return [_pattern(slug, OwnPattern(**data)) for slug, data in own.get("pattern", {}).items()]


def with_own(catalogue: Catalogue, own: Own) -> Catalogue:
    """The catalogue as one server sees it: with its own entries, without what it hides."""
    remedies = dict(catalogue.remedies)
    for slug, mine in own_remedies(own).items():
        if mine.hidden:
            remedies.pop(slug, None)
        else:
            remedies[slug] = _remedy(slug, mine, catalogue.remedies.get(slug))
    patterns = {**catalogue.patterns, **{one.slug: one for one in own_patterns(own)}}
    return replace(catalogue, patterns=patterns, remedies=remedies)


def added_for(own: Own) -> dict[str, tuple[str, ...]]:
    """Which remedies the curators offer for a pattern, by pattern slug."""
    added: dict[str, tuple[str, ...]] = {}
    for slug, mine in own_remedies(own).items():
        for pattern in () if mine.hidden else mine.patterns:
            added[pattern] = (*added.get(pattern, ()), slug)
    return added


def names(own: Own) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Kind of concept, slug and names of all that a server's reader must know as well."""
    for slug, mine in own_remedies(own).items():
        if not mine.hidden:
            yield "remedy", slug, (mine.name, *mine.called)
    for pattern in own_patterns(own):
        yield "named", pattern.slug, pattern.called


def _remedy(slug: str, mine: OwnRemedy, shipped: Remedy | None) -> Remedy:
    called = tuple(name.lower() for name in (mine.name, *mine.called))
    return Remedy(
        slug=slug,
        name=mine.name,
        how=mine.how,
        called=(*(shipped.called if shipped else ()), *called),
        broader=shipped.broader if shipped else (),
        caution=mine.caution,
        own=True,
    )


def _pattern(slug: str, mine: OwnPattern) -> Pattern:
    return Pattern(
        slug=slug,
        name=mine.name,
        called=(mine.name.lower(),),
        where=mine.where,
        wording=mine.wording,
        triggers=(),
        see=SEE,
        own=True,
    )
