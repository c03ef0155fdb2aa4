"""The Reading: what a text says, read once, for triage, matching and learning alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from bot.reading.lexicon import Concept
from bot.reading.tokens import Token

Status = Literal["affirmed", "denied", "past", "other", "hypothetical"]


class Mention(NamedTuple):
    """A concept named at tokens[start:end], and how it is meant.

    `quote` is the text's own words.
    """

    concept: Concept
    status: Status
    start: int
    end: int
    clause: int
    sentence: int
    quote: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A text, its tokens (spelling mended) and the mentions in order of appearance."""

    text: str
    tokens: tuple[Token, ...]
    mentions: tuple[Mention, ...]

    def of_kind(self, kind: str) -> tuple[Mention, ...]:
        """The mentions of one kind, such as "place"."""
        return tuple(each for each in self.mentions if each.concept.kind == kind)
