"""Words that are written in place of one that sounds the same: "my heal" is a heel."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from bot.datafiles import Line, check, read_toml
from bot.reading.tokens import Token, form_of

_FILE = "lexicon/spelt_alike.toml"


class Alike(BaseModel):
    """What a written word means, beside which words; the head of the file explains the fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    means: Line
    before: frozenset[Line]
    after: frozenset[Line]


class Alikes:
    """The words of data/lexicon/spelt_alike.toml. Built once."""

    def __init__(self, data_dir: Path) -> None:
        """Raises DataFileError for a broken file."""
        path = data_dir / _FILE
        self._alikes = {
            word: check(path, word, Alike, table) for word, table in read_toml(path).items()
        }

    def mended(self, tokens: Sequence[Token]) -> tuple[Token, ...]:
        """The tokens, those that another word is meant by as that word, where they stand."""
        mended = list(tokens)
        for place, token in enumerate(tokens):
            alike = self._alikes.get(token.word)
            if alike is not None and _is_beside(alike, tokens, place):
                meant = form_of(alike.means)
                mended[place] = token._replace(word=meant.word, stem=meant.stem)
        return tuple(mended)


def _is_beside(alike: Alike, tokens: Sequence[Token], place: int) -> bool:
    if place and tokens[place - 1].word in alike.before:
        return True
    return place + 1 < len(tokens) and tokens[place + 1].word in alike.after
