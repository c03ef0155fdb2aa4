"""The lexicon: which phrases name which concepts, read from data/ into one trie of stems."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from bot.datafiles import DataFileError, Line, Name, Slug, check, read_tables, read_toml
from bot.reading.tokens import LOOSE, Token, tokenize

NUMBER = "<n>"
START = "^"  # before a phrase: it must begin its sentence
_FILES = {
    "place": "places.toml",
    "side": "sides.toml",
    "feeling": "feelings.toml",
    "trigger": "triggers.toml",
    "sign": "signs",
    "plain": "plain.toml",
    "remedy": "remedies.toml",
    "note": "notes.toml",
}
_ANY = "any"  # the table of words that {name} stands for in the same file or folder
_SLOT = re.compile(r"\{(\w+)\}")


class Words(BaseModel):
    """A concept's phrases, as a volunteer writes them, and how it is said to a member.

    `intimate`: an answer about it is for the member alone, unless they choose otherwise.
    `broad`: of a place that by itself tells too little: the patterns that sit there.
    `taken_for`: of a place or an ache of which we have none: the patterns that it sounds like.
    `compares`: each phrase holds two figures against each other, and counts where they differ.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    words: tuple[Line, ...] = Field(min_length=1)
    label: Name | None = None
    intimate: bool = False
    broad: tuple[Slug, ...] = ()
    taken_for: tuple[Slug, ...] = ()
    compares: bool = False


class Concept(NamedTuple):
    """What a phrase means: `kind` is the group (place, side, feeling …), `name` its slug."""

    kind: str
    name: str


class Found(NamedTuple):
    """A concept at tokens[start:end]."""

    concept: Concept
    start: int
    end: int


END = ""  # no stem
Node = dict[str, Any]  # stem -> Node, and END -> list of the concepts that end here


_word, _stem = attrgetter("word"), attrgetter("stem")
_sentence = attrgetter("sentence")


class Lexicon:
    """A trie of phrases by stem. Built once; `find` walks it over a text's tokens.

    `exact`: by whole word instead, where the form of a word matters ("helped", not "help").
    """

    def __init__(self, *, exact: bool = False) -> None:
        self._root: Node = {}
        self._exact = exact
        self.vocabulary: set[str] = set()

    def add(self, concept: Concept, phrase: str) -> None:
        """Lets `phrase` (words, "<n>" for any number) name `concept`.

        Raises ValueError for a phrase without words.
        """
        root = self._root
        if phrase.startswith(START):
            phrase = phrase.removeprefix(START)
            root = root.setdefault(START, {})
        keys, bare = [], []
        for piece in phrase.split():
            for key, word in _compiled(piece, self._exact):
                keys.append(key)
                if word:
                    self.vocabulary.add(word)
                if key not in LOOSE:
                    bare.append(key)
        if not any(key != NUMBER for key in keys):
            raise ValueError(f"{phrase!r} has no words")
        _put(root, keys, concept)
        if 2 <= len(bare) < len(keys):
            _put(root, bare, concept)

    def find(self, tokens: Sequence[Token]) -> list[Found]:
        """Every concept named, longest phrase per kind at each place, in order of appearance."""
        if not tokens:
            return []
        found: list[Found] = []
        keys = list(map(_word if self._exact else _stem, tokens))
        root = self._root
        # Nearly every word begins some phrase; few of them go on.
        following = [*keys[1:], END]
        for start, (key, after, token) in enumerate(zip(keys, following, tokens, strict=True)):
            if token.number:
                self._begin(root, tokens, keys, start, found)
                continue
            node = root.get(key)
            if node is not None and (END in node or after in node or _is_open(tokens, start + 1)):
                self._walk(tokens, keys, start, start + 1, node, found)
        at_start = root.get(START)
        if at_start:
            before = -1
            for start, sentence in enumerate(map(_sentence, tokens)):
                if sentence != before:
                    before = sentence
                    self._begin(at_start, tokens, keys, start, found)
        return _longest(found)

    def _begin(
        self,
        root: Node,
        tokens: Sequence[Token],
        keys: Sequence[str],
        start: int,
        found: list[Found],
    ) -> None:
        """Finds the phrases of `root` that begin at tokens[start]."""
        for node in _steps(root, keys[start], tokens[start]):
            self._walk(tokens, keys, start, start + 1, node, found)

    def _walk(
        self,
        tokens: Sequence[Token],
        keys: Sequence[str],
        start: int,
        place: int,
        node: Node,
        found: list[Found],
    ) -> None:
        """Follows the phrases from `node`, which tokens[start:place] have reached."""
        ends = node.get(END)
        if ends is not None:
            for concept in ends:
                found.append(Found(concept, start, place))
            if len(node) == 1:
                return
        # A phrase never reaches over a comma: "ice, baths" is not an ice bath. Loose words may
        # stand before any next word.
        clause, size = tokens[start].clause, len(tokens)
        while place < size:
            token = tokens[place]
            if token.clause != clause:
                return
            if token.number:
                for step in _steps(node, keys[place], token):
                    self._walk(tokens, keys, start, place + 1, step, found)
            elif keys[place] in node:
                self._walk(tokens, keys, start, place + 1, node[keys[place]], found)
            if not token.loose:
                return
            place += 1


def _is_open(tokens: Sequence[Token], place: int) -> bool:
    """Whether more than one phrase's word may stand for tokens[place]: a number, a loose word."""
    return place < len(tokens) and (tokens[place].number or tokens[place].loose)


def _steps(node: Node, key: str, token: Token) -> Iterable[Node]:
    """Where a token leads from `node`: by `key`, a number in figures or as any number."""
    if not token.number:
        step = node.get(key)
        return () if step is None else (step,)
    return [node[each] for each in (key, token.word, NUMBER) if each in node]


def find_in(lexicons: Sequence[Lexicon], tokens: Sequence[Token]) -> list[Found]:
    """What any of the lexicons finds, as Lexicon.find."""
    if len(lexicons) == 1:
        return lexicons[0].find(tokens)
    return _longest([one for lexicon in lexicons for one in lexicon.find(tokens)])


def _put(node: Node, path: Iterable[str], concept: Concept) -> None:
    for key in path:
        step = node.get(key)
        if step is None:
            step = node[key] = {}
        node = step
    ends: list[Concept] = node.setdefault(END, [])
    if concept not in ends:
        ends.append(concept)


@lru_cache(maxsize=65536)
def _compiled(piece: str, exact: bool) -> tuple[tuple[str, str], ...]:
    """A phrase's piece as keys of the trie, each with its word, "" for what is no word.

    Remembered: the same few thousand words stand in tens of thousands of phrases.
    """
    if piece == NUMBER:
        return ((NUMBER, ""),)
    found = []
    for token in tokenize(piece.replace(NUMBER, "0")):
        # A figure in a phrase is meant as it stands: "1000 mile socks".
        as_it_is = exact or (token.word[0].isdigit() and NUMBER not in piece)
        key = token.word if as_it_is else token.stem
        found.append((key, token.word if token.word.isalpha() else ""))
    return tuple(found)


def _longest(found: list[Found]) -> list[Found]:
    """Without those that lie inside a longer one of the same kind."""
    kept: list[Found] = []
    best_end: dict[str, int] = {}
    for each in sorted(found, key=_longest_first):
        (kind, _), start, end = each
        # One that ends by an earlier longer one's end is part of it; equal spans both count, but
        # one concept once, though two phrases of it lead there ("skip the half", "skip <n>").
        best = best_end.get(kind, 0)
        if end > best:
            best_end[kind] = end
        elif (
            end < best
            or each in kept[-4:]
            or not any(
                one.start == start and one.end == end and one.concept.kind == kind
                for one in kept[-4:]
            )
        ):
            continue
        kept.append(each)
    return kept


def _longest_first(found: Found) -> tuple[int, int]:
    return found.start, -found.end


def load_concepts(data_dir: Path) -> Iterator[tuple[Concept, Words]]:
    """Each concept of data/lexicon, phrases in full. Raises DataFileError for a broken file."""
    for kind, file in _FILES.items():
        tables = read_tables(data_dir / "lexicon" / file)
        path, any_words = tables.pop(_ANY, (data_dir, {}))
        choices = check(path, _ANY, dict[str, tuple[Line, ...]], any_words)
        for name, (path, table) in tables.items():
            yield Concept(kind, name), check_words(path, name, table, choices)


def load_otherwise(data_dir: Path) -> tuple[str, ...]:
    """The phrases of data/lexicon/otherwise.toml in full. Raises DataFileError if it is broken."""
    path, name = data_dir / "lexicon" / "otherwise.toml", "otherwise"
    tables = read_toml(path)
    choices = check(path, _ANY, dict[str, tuple[Line, ...]], tables.get(_ANY, {}))
    return check_words(path, name, tables.get(name, {}), choices).words


def check_words(
    path: Path, name: str, table: object, choices: Mapping[str, tuple[str, ...]]
) -> Words:
    """A table of a file as Words, its phrases in full. Raises DataFileError if it is broken."""
    entry = check(path, name, Words, table)
    try:
        words = tuple(full for phrase in entry.words for full in _filled(phrase, choices))
    except KeyError as error:
        raise DataFileError(f"{path}: [{name}] no [{_ANY}] words {error}") from error
    return entry.model_copy(update={"words": words})


def _filled(phrase: str, choices: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """The phrase with each {name} replaced by each of its words."""
    slot = _SLOT.search(phrase)
    if slot is None:
        yield phrase
        return
    for word in choices[slot.group(1)]:
        yield from _filled(phrase[: slot.start()] + word + phrase[slot.end() :], choices)


def has_words(phrase: str) -> bool:
    """Whether a phrase can be found in a text by a word: "🧊" and "!!!" cannot."""
    pieces = phrase.removeprefix(START).split()
    return any(key != NUMBER for piece in pieces for key, _ in _compiled(piece, exact=True))


def build_lexicon(
    entries: Iterable[tuple[Concept, Iterable[str]]], *, exact: bool = False
) -> Lexicon:
    """A lexicon of these concepts and phrases. Raises DataFileError for a phrase without words."""
    lexicon = Lexicon(exact=exact)
    for concept, phrases in entries:
        for phrase in phrases:
            try:
                lexicon.add(concept, phrase)
            except ValueError as error:
                raise DataFileError(f"{concept.kind} {concept.name}: {error}") from error
    return lexicon
