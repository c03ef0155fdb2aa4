"""Words that are written in place of one that sounds the same: "my heal" is a heel."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

from bot.datafiles import check, read_toml
from bot.reading.tokens import Token, form_of

_FILE = "lexicon/spelt_alike.toml"
Word = Annotated[str, StringConstraints(pattern=r"^[a-z]+$")]


class Alike(BaseModel):
    """What a written word means, beside which words; the head of the file explains the fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    means: Word
    before: frozenset[Word] = frozenset()
    after: frozenset[Word] = frozenset()
    never: frozenset[Word] = frozenset()

    @model_validator(mode="after")
    def _has_neighbours(self) -> Alike:
        if not self.before | self.after:
            raise ValueError("a word is needed in before or in after")
        return self


class Alikes:
    """The words of data/lexicon/spelt_alike.toml. Built once."""

    def __init__(self, data_dir: Path) -> None:
        """Raises DataFileError for a broken file."""
        path = data_dir / _FILE
        self._alikes = {
            check(path, word, Word, word): check(path, word, Alike, table)
            for word, table in read_toml(path).items()
        }

    def mended(self, tokens: Sequence[Token]) -> tuple[Token, ...]:
        """The tokens, with the word that is meant where another one is written."""
        return tuple(
            token if token.word not in self._alikes else self._mended(tokens, place)
            for place, token in enumerate(tokens)
        )

    def _mended(self, tokens: Sequence[Token], place: int) -> Token:
        token = tokens[place]
        alike = self._alikes[token.word]
        last, following = (_word(tokens, token, at) for at in (place - 1, place + 1))
        if last in alike.never or not (last in alike.before or following in alike.after):
            return token
        meant = form_of(alike.means)
        return token._replace(
            word=meant.word, stem=meant.stem, number=meant.number, loose=meant.loose
        )


def _word(tokens: Sequence[Token], beside: Token, at: int) -> str:
    """The word at a place, "" where none stands in the same clause."""
    inside = 0 <= at < len(tokens) and tokens[at].clause == beside.clause
    return tokens[at].word if inside else ""
