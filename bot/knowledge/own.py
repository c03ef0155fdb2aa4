"""What a server's curators add to the shipped catalogue, and change of it for their server."""

from __future__ import annotations

import logging
import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from pydantic import Field, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from bot.datafiles import Line, Name, Slug
from bot.knowledge.catalogue import Catalogue, Entry, Pattern, Remedy
from bot.reading.lexicon import has_words
from bot.reading.reader import Reader
from bot.reading.reading import Mention, Reading
from bot.refused import RefusedError

log = logging.getLogger("aid_station")

MOST_REMEDIES = 2000
MOST_PATTERNS = 300
OWN = "own-"  # how the slugs of servers' own entries begin
SLUG_LENGTH = 40
LEAST_EXAMPLES = 3  # of how people say it: fewer tell a pattern too badly
SEE = (
    "It is severe, swollen, hot, numb or getting worse.",
    "It is no better after two weeks of easier running.",
    "Your chest hurts or you are short of breath, or an arm, a leg or the face goes weak: get "
    "emergency help.",
)

TOLD = 3  # faults of an entry at once
_SHOULD_BE = {  # by pydantic's kinds of faults
    "string_type": "a text",
    "tuple_type": "a list",
    "bool_type": "yes or no",
    "bool_parsing": "yes or no",
}

# Within so many words before another remedy: it is none of what is done.
_BEFORE = 3
_APART = frozenset("than instead skip never without avoid like unlike replaces not no".split())

_LIVE = re.compile(r"@(?:everyone|here)|<[@#:]|https?://|discord\.gg", re.IGNORECASE)

Wording = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


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
    wording: tuple[Wording, ...] = Field(min_length=LEAST_EXAMPLES, max_length=20)


MODELS: dict[str, type[OwnRemedy] | type[OwnPattern]] = {
    "remedy": OwnRemedy,
    "pattern": OwnPattern,
}


FIELDS_IN_WORDS = {
    "name": "the name",
    "called": "other names (called)",
    "how": "how it is done",
    "caution": "the caution",
    "patterns": "the pains (patterns)",
    "hidden": "hidden",
    "where": "where it is",
    "wording": "how people say it",
}


def checked(kind: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an entry as they are stored. Raises RefusedError in plain words."""
    try:
        entry = MODELS[kind](**fields)
    except ValidationError as error:
        raise RefusedError(_faults(error)) from error
    data = entry.model_dump(mode="json")
    if any(_LIVE.search(text) for text in _texts(data)):
        raise RefusedError("Please leave out mentions and links: they would not be shown as such.")
    for text in (data["name"], *data.get("called", ()), *data.get("wording", ())):
        if not has_words(text):
            raise RefusedError(
                f"“{quotable(text) or '…'}” has no word in it that I could find again in what "
                "runners write. Please give it letters, in the name, in every other name and in "
                "every example."
            )
    return data


def complete(kind: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a stored entry with those that it leaves out, in the form of `checked`."""
    return MODELS[kind](**fields).model_dump(mode="json")


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
    told = list(dict.fromkeys(_fault(one) for one in error.errors()))
    more = [f"And {len(told) - TOLD} more."] if len(told) > TOLD else []
    return " ".join(["That does not fit yet.", *told[:TOLD], *more])


def _fault(one: ErrorDetails) -> str:
    """What is wrong with one field, in our own words."""
    field = str(one["loc"][0]) if one["loc"] else ""
    what = FIELDS_IN_WORDS.get(field, f"“{quotable(field)}”")
    kind, limits = one["type"], one.get("ctx", {})
    if field == "wording" and kind in ("too_short", "missing"):
        return "Please give three examples or more of how people say it, one a line."
    if kind in ("too_long", "string_too_long"):
        of_what = "entries" if kind == "too_long" else "characters"
        each = " each" if kind == "string_too_long" and len(one["loc"]) > 1 else ""
        return f"In {what}, {limits['max_length']} {of_what}{each} are the most."
    if kind in ("missing", "string_too_short"):
        return f"Please give {what}."
    if kind == "extra_forbidden":
        return f"I know no field {what}."
    if kind in _SHOULD_BE:
        return f"In {what}, I need {_SHOULD_BE[kind]}."
    return f"I cannot make anything of {what} as it stands."


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


StoredEntries = Mapping[str, Mapping[str, Mapping[str, Any]]]  # kind, then slug, then data


@dataclass(frozen=True, slots=True)
class Own:
    """A server's entries, checked. `remedies` and `patterns` by slug, as the catalogue has them.

    `hidden`: names of the remedies that are offered for nothing, by slug. `added`: which remedies
    the curators offer for a pattern, by pattern slug. `spoken`: kind of concept, slug and names
    of all that a server's reader must know as well.
    """

    remedies: Mapping[str, Remedy]
    patterns: Mapping[str, Pattern]
    hidden: Mapping[str, str]
    added: Mapping[str, tuple[str, ...]]
    spoken: tuple[tuple[str, str, tuple[str, ...]], ...]


def read_own(server_id: int, stored: StoredEntries, shipped: Mapping[str, Remedy]) -> Own:
    """The entries of one server as they are stored; one that is broken is logged and left out.

    `shipped`: the catalogue's remedies, which the server's may reword.
    """
    remedies: dict[str, Remedy] = {}
    patterns: dict[str, Pattern] = {}
    hidden: dict[str, str] = {}
    added: dict[str, tuple[str, ...]] = {}
    spoken: list[tuple[str, str, tuple[str, ...]]] = []
    for kind, slug, data in _rows(stored):
        # One club's broken entry must keep neither that club nor any other from its answers.
        try:
            if kind == "pattern":
                patterns[slug] = _pattern(slug, OwnPattern(**data))
                spoken.append(("named", slug, patterns[slug].called))
                continue
            mine = OwnRemedy(**data)
            remedy = _remedy(slug, mine, shipped.get(slug))
        except (ValidationError, TypeError) as error:
            fault = type(error).__name__
            log.error("Server %d: the stored %s %s is left out (%s)", server_id, kind, slug, fault)
            continue
        if mine.hidden:
            hidden[slug] = mine.name
            continue
        remedies[slug] = remedy
        spoken.append(("remedy", slug, (mine.name, *mine.called)))
        for pattern in mine.patterns:
            added[pattern] = (*added.get(pattern, ()), slug)
    return Own(remedies, patterns, hidden, added, tuple(spoken))


def with_own(catalogue: Catalogue, own: Own) -> Catalogue:
    """The catalogue as one server sees it: with its own entries, without what it hides."""
    shown = {slug: one for slug, one in catalogue.remedies.items() if slug not in own.hidden}
    return replace(
        catalogue,
        patterns={**catalogue.patterns, **own.patterns},
        remedies={**shown, **own.remedies},
    )


def remedies_in(own: Own, reader: Reader) -> dict[str, tuple[str, ...]]:
    """Which other remedies each of a server's own names in its name or how-to, by slug.

    `reader`: of the shipped names. "600 mg ibuprofen before a race", whatever it is called, is a
    painkiller; "better than ibuprofen" is none.
    """
    found: dict[str, tuple[str, ...]] = {}
    for slug, remedy in own.remedies.items():
        reading = reader.skim(f"{remedy.name}. {remedy.how}")
        named = reading.of_kind("remedy")
        slugs = dict.fromkeys(one.concept.name for one in named if not _is_set_apart(reading, one))
        if others := tuple(each for each in slugs if each != slug):
            found[slug] = others
    return found


def _is_set_apart(reading: Reading, named: Mention) -> bool:
    before = reading.tokens[max(0, named.start - _BEFORE) : named.start]
    return named.status == "denied" or any(
        one.word in _APART and one.clause == named.clause for one in before
    )


def with_cautions(
    own: Own, named: Mapping[str, Sequence[str]], shipped: Mapping[str, Remedy]
) -> Own:
    """The same, where a remedy without a caution has that of what it names (`remedies_in`)."""
    remedies = dict(own.remedies)
    for slug, others in named.items():
        cautions = (shipped[each].caution for each in others if each in shipped)
        if remedies[slug].caution is None and (caution := next(filter(None, cautions), None)):
            remedies[slug] = remedies[slug].model_copy(update={"caution": caution})
    return replace(own, remedies=remedies)


def _rows(stored: StoredEntries) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for kind in MODELS:
        for slug, data in stored.get(kind, {}).items():
            yield kind, slug, data


def _remedy(slug: str, mine: OwnRemedy, shipped: Remedy | None) -> Remedy:
    called = tuple(name.lower() for name in (mine.name, *mine.called))
    return Remedy(
        slug=slug,
        name=mine.name,
        how=mine.how,
        called=tuple(dict.fromkeys([*(shipped.called if shipped else ()), *called])),
        broader=shipped.broader if shipped else (),
        # Whoever words a remedy anew may tell more of its dangers, and not none.
        caution=mine.caution or (shipped.caution if shipped else None),
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
