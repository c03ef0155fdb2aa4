"""What a server's curators add to the shipped catalogue, and change of it for their server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from bot.knowledge.catalogue import Catalogue, Entry, Line, Name, Pattern, Remedy, Slug

MOST_REMEDIES = 2000
MOST_PATTERNS = 300
LEAST_EXAMPLES = 3  # of how people say it: fewer tell a pattern too badly
SEE = (
    "It is severe, swollen, hot, numb or getting worse.",
    "It is no better after two weeks of easier running.",
)

Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class OwnRemedy(Entry):
    """A remedy as a server's curators want it: one of their own, or a shipped one reworded.

    `patterns`: for what it is offered, whatever threads say. `hidden`: offered for nothing.
    """

    name: Name
    called: tuple[Name, ...] = Field(default=(), max_length=20)
    how: Line
    caution: Line | None = None
    patterns: tuple[Slug, ...] = Field(default=(), max_length=50)
    hidden: bool = False


class OwnPattern(Entry):
    """A pattern of a server's own: where it is and how its runners say it."""

    name: Name
    where: Name
    wording: tuple[Said, ...] = Field(min_length=LEAST_EXAMPLES, max_length=20)


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
