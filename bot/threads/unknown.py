"""What runners name like a remedy or a pain, and the catalogue does not know."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from bot.datafiles import check, read_toml
from bot.reading.lexicon import Concept, Found, Lexicon, Words, build_lexicon
from bot.reading.reading import Reading

_FILE = "lexicon/frames.toml"
_KINDS = ("remedy", "pattern")
_LONGEST = 3  # words of a name
_LETTERS = 5  # of a name at least
Kind = Literal["remedy", "pattern"]


@dataclass(frozen=True, slots=True)
class Name:
    """A name that the catalogue lacks. `key`: its stems, which tell one name from another."""

    kind: Kind
    key: str
    name: str


class NameFinder:
    """Finds unknown names by the words of data/lexicon/frames.toml."""

    def __init__(self, data_dir: Path) -> None:
        """Raises DataFileError for a broken file."""
        path = data_dir / _FILE
        words = {
            name: check(path, name, Words, table).words for name, table in read_toml(path).items()
        }
        self._frames = build_lexicon(
            ((Concept("frame", kind), words[kind]) for kind in _KINDS), exact=True
        )
        self._before = _lexicon(words["before"])
        self._ends = frozenset(words["ends"])

    def frames(self, reading: Reading) -> list[Found]:
        """The words in a comment after which a name may stand; mostly none."""
        return self._frames.find(reading.tokens)

    def find(self, reading: Reading, frames: Sequence[Found]) -> Iterator[Name]:
        """The unknown names in a comment, each once. `frames`: those of the same tokens."""
        known = {
            place
            for mention in reading.mentions
            if mention.concept.kind != "sign"
            for place in range(mention.start, mention.end)
        }
        seen: set[str] = set()
        for frame in frames:
            name = self._after(reading, frame.end, known)
            if name and name[0] not in seen:
                seen.add(name[0])
                yield Name(cast(Kind, frame.concept.name), *name)

    def _after(self, reading: Reading, place: int, known: set[int]) -> tuple[str, str] | None:
        tokens = reading.tokens
        for word in self._before.find(tokens[place : place + 2 * _LONGEST]):
            if word.start == 0:
                place += word.end
        start = end = place
        while (
            end < len(tokens)
            and end - start < _LONGEST
            and tokens[end].clause == tokens[place - 1].clause
            and end not in known
            and not tokens[end].number
            and tokens[end].word not in self._ends
        ):
            end += 1
        # A known word right after belongs to it: "ice" in "crushed ice".
        if end == start or (end in known and end < len(tokens)):
            return None
        name = " ".join(token.word for token in tokens[start:end])
        if len(name) < _LETTERS or not name.replace(" ", "").isalpha():
            return None
        return " ".join(token.stem for token in tokens[start:end])[:60], name[:60]


def _lexicon(words: tuple[str, ...]) -> Lexicon:
    return build_lexicon([(Concept("frame", "before"), words)], exact=True)
