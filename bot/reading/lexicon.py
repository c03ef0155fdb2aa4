"""The lexicon: which phrases name which concepts, read from data/ into one trie of stems."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from bot.knowledge.catalogue import CatalogueError, Line, check, read_toml
from bot.reading.tokens import Token, tokenize

NUMBER = "<n>"
# Words that may stand inside any phrase: "back of my left knee" is "back of knee".
_LOOSE = frozenset("my the a an your his her their our this that left right both".split())
_FILES = {
    "place": "places.toml",
    "side": "sides.toml",
    "feeling": "feelings.toml",
    "trigger": "triggers.toml",
    "sign": "signs.toml",
}
_ANY = "any"  # the table of words that {name} stands for in the same file
_SLOT = re.compile(r"\{(\w+)\}")


class Words(BaseModel):
    """A concept's phrases, as a volunteer writes them."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    words: tuple[Line, ...] = Field(min_length=1)


class Concept(NamedTuple):
    """What a phrase means: `kind` is the group (place, side, feeling …), `name` its slug."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Found:
    """A concept at tokens[start:end]."""

    concept: Concept
    start: int
    end: int


Node = dict[str, Any]  # stem -> Node, and "" -> list of the concepts that end here


class Lexicon:
    """A trie of phrases by stem. Built once; `find` walks it over a text's tokens."""

    def __init__(self) -> None:
        self._root: Node = {}
        self.vocabulary: set[str] = set()

    def add(self, concept: Concept, phrase: str) -> None:
        """Lets `phrase` (words, "<n>" for any number) name `concept`."""
        stems, words = _compile(phrase)
        self.vocabulary.update(words)
        bare = [each for each in stems if each not in _LOOSE]
        for path in (stems, bare) if 2 <= len(bare) < len(stems) else (stems,):
            node = self._root
            for each in path:
                node = node.setdefault(each, {})
            ends: list[Concept] = node.setdefault("", [])
            if concept not in ends:
                ends.append(concept)

    def find(self, tokens: Sequence[Token]) -> list[Found]:
        """Every concept named, longest phrase per kind at each place, in order of appearance."""
        found: list[Found] = []
        for start, token in enumerate(tokens):
            node = self._root.get(token.stem)
            if node is not None:
                self._walk(tokens, start, node, found)
            if token.number and NUMBER in self._root:
                self._walk(tokens, start, self._root[NUMBER], found)
        return _longest(found)

    def _walk(self, tokens: Sequence[Token], start: int, node: Node, found: list[Found]) -> None:
        place = start + 1
        while True:
            for concept in node.get("", ()):
                found.append(Found(concept, start, place))
            while place < len(tokens):
                token = tokens[place]
                step = node.get(token.stem)
                if step is None and token.number:
                    step = node.get(NUMBER)
                if step is not None or token.word not in _LOOSE:
                    break
                place += 1
            else:
                return
            if step is None or tokens[place].sentence != tokens[start].sentence:
                return
            node = step
            place += 1


def _compile(phrase: str) -> tuple[list[str], list[str]]:
    stems: list[str] = []
    words: list[str] = []
    for piece in phrase.split():
        if piece == NUMBER:
            stems.append(NUMBER)
            continue
        for token in tokenize(piece.replace(NUMBER, "0")):
            stems.append(token.stem)
            if token.word.isalpha():
                words.append(token.word)
    return stems, words


def _longest(found: list[Found]) -> list[Found]:
    """Without those that lie inside a longer one of the same kind."""
    kept: list[Found] = []
    best_end: dict[str, int] = {}
    for each in sorted(found, key=lambda one: (one.start, -one.end)):
        kind = each.concept.kind
        last = best_end.get(kind, 0)
        # One that ends by an earlier longer one's end is part of it; equal spans both count.
        if each.end > last or any(
            one.start == each.start and one.end == each.end and one.concept.kind == kind
            for one in kept[-4:]
        ):
            kept.append(each)
            best_end[kind] = max(last, each.end)
    return kept


def load_concepts(data_dir: Path) -> Iterator[tuple[Concept, tuple[str, ...]]]:
    """Each concept of data/lexicon with its phrases. Raises CatalogueError for a broken file."""
    for kind, file in _FILES.items():
        path = data_dir / "lexicon" / file
        tables = read_toml(path)
        choices = check(path, _ANY, dict[str, tuple[Line, ...]], tables.pop(_ANY, {}))
        for name, table in tables.items():
            words = check(path, name, Words, table).words
            try:
                yield (
                    Concept(kind, name),
                    tuple(full for phrase in words for full in _filled(phrase, choices)),
                )
            except KeyError as error:
                raise CatalogueError(f"{path}: [{name}] no [{_ANY}] words {error}") from error


def _filled(phrase: str, choices: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """The phrase with each {name} replaced by each of its words."""
    slot = _SLOT.search(phrase)
    if slot is None:
        yield phrase
        return
    for word in choices[slot.group(1)]:
        yield from _filled(phrase[: slot.start()] + word + phrase[slot.end() :], choices)


def build_lexicon(entries: Iterable[tuple[Concept, Iterable[str]]]) -> Lexicon:
    """A lexicon of these concepts and phrases. Raises CatalogueError for a phrase without words."""
    lexicon = Lexicon()
    for concept, phrases in entries:
        for phrase in phrases:
            if not _compile(phrase)[0]:
                raise CatalogueError(f"{concept.kind} {concept.name}: {phrase!r} has no words")
            lexicon.add(concept, phrase)
    return lexicon
