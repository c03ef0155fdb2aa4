"""Red flags as data: data/flags.toml into rules, and the rules held against a Reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.knowledge.catalogue import CatalogueError, Line, Slug, check, read_toml
from bot.reading.lexicon import Concept
from bot.reading.reading import Mention, Reading

Alarm = Literal["urgent", "emergency"]


class FlagEntry(BaseModel):
    """A flag as a volunteer writes it; the head of data/flags.toml explains the fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    level: Alarm
    noticed: Line
    do: Line
    when: tuple[Line, ...] = Field(min_length=1)
    near: Literal["sentence", "text"] = "text"
    told: tuple[Slug, ...] = ()
    source: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """All of `signs` (each a choice of concepts) together mean `flag` at `level`.

    `always`: whatever the model believes.
    """

    flag: str
    level: Alarm
    signs: tuple[frozenset[Concept], ...]
    in_sentence: bool
    always: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that a text fulfils, and the mentions that fulfil it."""

    rule: Rule
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class Flags:
    """The flags by slug, their rules, and the slug for each name that examples use."""

    entries: Mapping[str, FlagEntry]
    rules: Mapping[Concept, tuple[Rule, ...]]  # by each concept of their first sign
    named: Mapping[str, str]

    def hits(self, reading: Reading) -> Iterator[Hit]:
        """The rules that the reading fulfils by affirmed mentions, this person's or another's."""
        by_concept: dict[Concept, list[Mention]] = {}
        for status in ("affirmed", "other"):  # this person's own before another's
            for mention in reading.mentions:
                if mention.status == status:
                    by_concept.setdefault(mention.concept, []).append(mention)
        possible = (rule for concept in by_concept for rule in self.rules.get(concept, ()))
        for rule in dict.fromkeys(possible):
            found = _fulfilled(rule, by_concept)
            if found is not None:
                yield Hit(rule, found)


def _fulfilled(
    rule: Rule, by_concept: Mapping[Concept, list[Mention]]
) -> tuple[Mention, ...] | None:
    choices: list[list[Mention]] = []
    for sign in rule.signs:
        found = [mention for concept in sign for mention in by_concept.get(concept, ())]
        if not found:
            return None
        choices.append(found)
    if not rule.in_sentence or len(choices) == 1:
        return tuple(found[0] for found in choices)
    for first in choices[0]:
        near = [[one for one in found if one.sentence == first.sentence] for found in choices[1:]]
        if all(near):
            return (first, *(found[0] for found in near))
    return None


def load_flags(data_dir: Path, known: frozenset[Concept]) -> Flags:
    """The flags of data/flags.toml. Raises CatalogueError; `known` are the lexicon's concepts."""
    path = data_dir / "flags.toml"
    entries = {slug: check(path, slug, FlagEntry, table) for slug, table in read_toml(path).items()}
    rules: dict[Concept, list[Rule]] = {}
    for slug, entry in entries.items():
        for line in entry.when:
            rule = _rule(slug, entry, line)
            for concept in frozenset().union(*rule.signs) - known:
                raise CatalogueError(
                    f"{path}: [{slug}] when: {line!r}: no {concept.kind} {concept.name!r}"
                )
            for concept in rule.signs[0]:
                rules.setdefault(concept, []).append(rule)
    named = {slug: slug for slug in entries}
    named |= {name: slug for slug, entry in entries.items() for name in entry.told}
    return Flags(entries, {concept: tuple(some) for concept, some in rules.items()}, named)


def _rule(slug: str, entry: FlagEntry, line: str) -> Rule:
    level: Alarm = entry.level
    first, _, rest = line.partition(" ")
    if first in ("urgent", "emergency", "always"):
        line = rest
    if first in ("urgent", "emergency"):
        level = "urgent" if first == "urgent" else "emergency"
    signs = tuple(
        frozenset(_concept(name.strip()) for name in part.split("|")) for part in line.split("+")
    )
    return Rule(slug, level, signs, entry.near == "sentence", first == "always")


def _concept(name: str) -> Concept:
    kind, colon, rest = name.partition(":")
    return Concept(kind, rest) if colon else Concept("sign", name)
