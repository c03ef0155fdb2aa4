"""Red flags as data: data/flags into rules, and the rules held against a Reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from bot.datafiles import DataFileError, Line, Slug, check, read_tables
from bot.reading.lexicon import Concept
from bot.reading.reading import Mention, Reading

Alarm = Literal["urgent", "emergency"]


class DoNow(BaseModel):
    """What to do now, by how soon: an emergency may be read as urgent, and the other way round."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    emergency: Line
    urgent: Line


class FlagEntry(BaseModel):
    """A flag as a volunteer writes it; the head of each file in data/flags explains the fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    level: Alarm
    noticed: Line
    do: DoNow
    never: Line | None = None
    intimate: bool = False
    when: tuple[Line, ...] = ()
    plain: tuple[Line, ...] = ()
    told: tuple[Slug, ...] = ()
    source: str | None = None
    url: str | None = None


Choice = tuple[Concept, ...]  # in the order of the file, so that every start reads alike


@dataclass(frozen=True, slots=True, eq=False)  # known by itself: its fields take long to hash
class Rule:
    """All of `groups` together mean `flag` at `level`; a group's signs stand in one sentence.

    Each sign is a choice of concepts. `signs`: those of all groups. `always`: whatever the model
    believes. `line`: as it stands in the file.
    """

    flag: str
    level: Alarm
    groups: tuple[tuple[Choice, ...], ...]
    signs: tuple[frozenset[Concept], ...]
    always: bool
    line: str

    @property
    def concepts(self) -> frozenset[Concept]:
        """All that it names."""
        return frozenset().union(*self.signs)


RulesBySign = Mapping[Concept, tuple[Rule, ...]]  # by each concept of their first sign


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that a text fulfils, and the mentions that fulfil it."""

    rule: Rule
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class Flags:
    """The flags by slug, their rules, and the slug for each name that examples use.

    `plain`: rules that the model was not taught.
    """

    entries: Mapping[str, FlagEntry]
    rules: RulesBySign
    plain: RulesBySign
    named: Mapping[str, str]

    def hits(self, reading: Reading, rules: RulesBySign | None = None) -> Iterator[Hit]:
        """The rules that the reading fulfils by affirmed mentions, this person's or another's.

        `rules`: other ones than those that the model was taught.
        """
        rules = self.rules if rules is None else rules
        by_concept: dict[Concept, list[Mention]] = {}
        for status in ("affirmed", "other"):  # this person's own before another's
            for mention in reading.mentions:
                if mention.status == status:
                    by_concept.setdefault(mention.concept, []).append(mention)
        possible = (rule for concept in by_concept for rule in rules.get(concept, ()))
        named = set(by_concept)
        for rule in dict.fromkeys(possible):
            if any(map(named.isdisjoint, rule.signs)):
                continue  # as by far the most
            found = _fulfilled(rule, by_concept)
            if found is not None:
                yield Hit(rule, found)


def _fulfilled(
    rule: Rule, by_concept: Mapping[Concept, list[Mention]]
) -> tuple[Mention, ...] | None:
    found: list[Mention] = []
    for group in rule.groups:
        together = _in_one_sentence(group, by_concept)
        if together is None:
            return None
        found += together
    return tuple(found)


def _in_one_sentence(
    group: Sequence[Choice], by_concept: Mapping[Concept, list[Mention]]
) -> list[Mention] | None:
    first, *others = (
        [mention for concept in sign for mention in by_concept.get(concept, ())] for sign in group
    )
    for mention in first:
        near = [[o for o in found if o.sentence == mention.sentence] for found in others]
        if all(near):
            return [mention, *(found[0] for found in near)]
    return None


def load_flags(data_dir: Path, known: frozenset[Concept]) -> Flags:
    """The flags of data/flags. Raises DataFileError; `known` are the lexicon's concepts."""
    tables = read_tables(data_dir / "flags")
    entries = {slug: check(path, slug, FlagEntry, row) for slug, (path, row) in tables.items()}
    named = {slug: slug for slug in entries}
    named |= {name: slug for slug, entry in entries.items() for name in entry.told}
    rules, plain = (_rules(tables, entries, field, known) for field in ("when", "plain"))
    return Flags(entries, rules, plain, named)


def _rules(
    tables: Mapping[str, tuple[Path, Any]],
    entries: Mapping[str, FlagEntry],
    field: str,
    known: frozenset[Concept],
) -> RulesBySign:
    rules: dict[Concept, list[Rule]] = {}
    for slug, entry in entries.items():
        for line in getattr(entry, field):
            rule = _rule(slug, entry, line)
            for concept in sorted(rule.concepts - known):
                raise DataFileError(
                    f"{tables[slug][0]}: [{slug}] {field}: {line!r}: no {concept.kind} "
                    f"{concept.name!r}"
                )
            for concept in rule.groups[0][0]:
                rules.setdefault(concept, []).append(rule)
    return {concept: tuple(some) for concept, some in rules.items()}


def _rule(slug: str, entry: FlagEntry, line: str) -> Rule:
    signs_of, always = line.removeprefix("always "), line.startswith("always ")
    level: Alarm = entry.level
    first, _, rest = signs_of.partition(" ")
    if first in ("urgent", "emergency"):
        signs_of = rest
        level = "urgent" if first == "urgent" else "emergency"
    groups = tuple(
        tuple(
            tuple(_concept(name.strip()) for name in sign.split("|")) for sign in group.split("&")
        )
        for group in signs_of.split("+")
    )
    signs = tuple(frozenset(sign) for group in groups for sign in group)
    return Rule(slug, level, groups, signs, always, line)


def _concept(name: str) -> Concept:
    kind, colon, rest = name.partition(":")
    return Concept(kind, rest) if colon else Concept("sign", name)
