"""What curators are asked to look at twice when they word a remedy, such as a dose.

Their words go out under the bot's name, and people act on them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from bot.datafiles import Line, check, read_toml
from bot.reading.lexicon import Concept, build_lexicon
from bot.reading.tokens import tokenize

FILE = "second_look.toml"


class Doubt(BaseModel):
    """A doubt as a volunteer writes it; the head of data/second_look.toml explains the fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    says: Line
    words: tuple[Line, ...] = Field(min_length=1)


class SecondLook:
    """The doubts of data/second_look.toml. Built once."""

    def __init__(self, data_dir: Path) -> None:
        """Raises DataFileError for a broken file."""
        path = data_dir / FILE
        doubts = {name: check(path, name, Doubt, table) for name, table in read_toml(path).items()}
        self._says: Mapping[str, str] = {name: doubt.says for name, doubt in doubts.items()}
        self._lexicon = build_lexicon(
            (Concept("doubt", name), doubt.words) for name, doubt in doubts.items()
        )

    def doubts(self, text: str) -> list[str]:
        """What to tell of a text, each once; nothing for most."""
        found = self._lexicon.find(tokenize(text))
        return [self._says[name] for name in dict.fromkeys(one.concept.name for one in found)]
