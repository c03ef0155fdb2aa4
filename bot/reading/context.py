"""Whether a mention is meant: denied, past, somebody else's, hypothetical or affirmed.

Cues are data (data/lexicon/context.toml); a cue never changes a mention that it overlaps, so
"can't feel my foot" stays the finding that it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.datafiles import Line, check, read_toml
from bot.reading.lexicon import Found
from bot.reading.reading import Status
from bot.reading.tokens import Token

CUE = "cue"
_REACH_FORWARD = 7  # words: "no swelling, bruising or any other sign"
_REACH_BACKWARD = 4
# "No pop, swelling or bruise" denies all three; "didn't hear a pop, swelling a lot" only the pop.
_LISTING = frozenset("no without nor neither zero none nil".split())
_OR = frozenset({"or", "nor", "any"})
# Words that only lead on to when: "it doesn't hurt when i hop or at night".
_LEADS = frozenset("at when while to in on or nor if even i im my the a during with for".split())
# Words that begin a new statement, where a list that is denied ends.
_NEW_CLAUSE = frozenset("but although though just only i im it its".split())


class Cue(BaseModel):
    """A group of small words, what status they give and in which direction."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    affects: Literal["forward", "backward", "clause", "when", "none"]
    status: Status
    words: tuple[Line, ...] = Field(min_length=1)


def load_cues(data_dir: Path) -> dict[str, Cue]:
    """The cues by name. Raises DataFileError for a broken file."""
    path = data_dir / "lexicon" / "context.toml"
    return {name: check(path, name, Cue, table) for name, table in read_toml(path).items()}


class Context:
    """Judges mentions against the cues found in the same text."""

    def __init__(
        self, cues: dict[str, Cue], tokens: Sequence[Token], everything: Sequence[Found]
    ) -> None:
        """`everything`: the cues among all that was found in the text."""
        self._tokens = tokens
        found = [one for one in everything if one.concept.kind == CUE]
        pseudo = [one for one in found if one.concept.name == "pseudo"]
        kept = [
            one
            for one in found
            if one.concept.name != "pseudo"
            and not any(p.start <= one.start and one.end <= p.end for p in pseudo)
        ]
        self._negations = [one for one in kept if one.concept.name == "negation"]
        self._after = [one for one in kept if cues[one.concept.name].affects == "backward"]
        self._triggers = [one for one in everything if one.concept.kind == "trigger"]
        self._fine: list[Found] = []  # what tells when it does not hurt, and denies that
        for one in kept:
            if cues[one.concept.name].affects == "when":
                tells_when = any(self._when(one, each) for each in everything)
                (self._fine if tells_when else self._after).append(one)
        self._past = [one for one in kept if one.concept.name == "past"]
        self._guesses = [one for one in kept if one.concept.name == "hypothetical"]
        self._others = self._sentences_of_others(kept)

    def status(self, found: Found) -> Status:
        """How this mention is meant; the strongest reading wins."""
        if self._others and self._is_others(found):
            return "other"
        if self._past and any(self._same_clause(cue, found) for cue in self._past):
            return "past"
        if self._denied(found):
            return "denied"
        if any(cue.end <= found.start and self._same_clause(cue, found) for cue in self._guesses):
            return "hypothetical"
        return "affirmed"

    def _denied(self, found: Found) -> bool:
        for cue in self._negations:
            if cue.end <= found.start <= cue.end + _REACH_FORWARD and self._in_list(cue, found):
                return True
        if any(self._when(cue, found) for cue in self._fine):
            return True
        return any(
            found.end <= cue.start <= found.end + _REACH_BACKWARD
            and self._same_clause(cue, found)
            and not self._still(cue)
            for cue in self._after
        )

    def _when(self, cue: Found, found: Found) -> bool:
        """ "The knee is fine on stairs", "it doesn't hurt to hop": when it does not hurt.

        Not "it was fine until i fell": nothing but what tells when stands between.
        """
        if found.concept.kind not in ("trigger", "sign") or not (
            cue.start < found.start and cue.end < found.end
        ):
            return False
        return self._tokens[cue.start].clause == self._tokens[found.start].clause and all(
            self._tokens[place].word in _LEADS
            or any(one.start <= place < one.end for one in self._triggers)
            for place in range(cue.end, found.start)
        )

    def _still(self, cue: Found) -> bool:
        """ "The groin is ok but i still get pains there": not denied after all."""
        clause = self._tokens[cue.start].clause
        return any(
            token.word == "still" and clause <= token.clause <= clause + 1
            for token in self._tokens[cue.end :]
        )

    def _in_list(self, cue: Found, found: Found) -> bool:
        """In the cue's clause, or further on in its list ("no pop, bruise or swelling")."""
        first = self._tokens[cue.end - 1]
        last = self._tokens[found.start]
        if first.clause == last.clause:
            return True
        between = self._tokens[cue.end : found.start]
        lists = first.word in _LISTING or any(token.word in _OR for token in between)
        return (
            lists
            and first.sentence == last.sentence
            and last.clause - first.clause <= 3
            and all(token.word not in _NEW_CLAUSE for token in between)
            and self._short_clause(last.clause, found.start)
        )

    def _short_clause(self, clause: int, at: int) -> bool:
        size = 1
        for step in (-1, 1):
            place = at + step
            while 0 <= place < len(self._tokens) and self._tokens[place].clause == clause:
                size += 1
                place += step
        return size <= 3

    def _same_clause(self, cue: Found, found: Found) -> bool:
        if cue.start < found.end and found.start < cue.end:
            return False
        return self._tokens[cue.start].clause == self._tokens[found.start].clause

    def _is_others(self, found: Found) -> bool:
        holder = "self"
        for place, who in self._others:
            if place > found.start:
                break
            holder = who
        return holder == "other"

    def _sentences_of_others(self, kept: Sequence[Found]) -> list[tuple[int, str]]:
        """Where the talk turns to somebody else and back; each sentence starts with the teller."""
        told = [one for one in kept if one.concept.name in ("other-person", "self")]
        if not told:
            return []
        first = {token.sentence: i for i, token in reversed(list(enumerate(self._tokens)))}
        turns: list[tuple[int, str]] = []
        sentence = -1
        for one in told:
            now = self._tokens[one.start].sentence
            if now != sentence:
                turns.append((first[now], "self"))
                sentence = now
            turns.append((one.start, "other" if one.concept.name == "other-person" else "self"))
        later = [place for number, place in first.items() if number > sentence]
        if later:
            turns.append((min(later), "self"))
        return turns
