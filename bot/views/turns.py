"""The order in which `/review` shows what waits, and where in it a curator is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Waiting = Literal["proposal", "learned", "name"]


@dataclass(frozen=True, slots=True)
class Turn:
    """What comes after a number: of the members' proposals, of what threads taught, of new names.

    The kinds come in that order. What was left for later stands before it, and waits.
    """

    waiting: Waiting = "proposal"
    after: int = 0


BEGINNING = Turn()
