"""What a commenter says of a remedy: urges it, was helped by it, warns of it, only thinks of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.knowledge.catalogue import check, read_toml
from bot.knowledge.tally import STANCES, Stance
from bot.reading.lexicon import Concept, Found, Words, build_lexicon
from bot.reading.reading import Mention, Reading
from bot.reading.tokens import Token

_KIND = "stance"
_FIRST = frozenset("i im ive id ill me my mine we our us".split())
_POINTS_BACK = frozenset(
    "it that this they which these those both its thats didnt helped worked made did never has "
    "works helps then felt and so but".split()
)
_REACH = 7  # words from a warning or a plan to what it is about
# Where several sentences of one comment speak of a remedy, the one that tells most counts.
_TELLS_MOST: tuple[Stance, ...] = (
    "helped",
    "no-help",
    "helped-some",
    "warns",
    "recommends",
    "tried",
    "untried",
)


class StanceReader:
    """Judges the stance of remedy mentions by the words of data/lexicon/stances.toml."""

    def __init__(self, data_dir: Path) -> None:
        """Raises CatalogueError for a broken file."""
        path = data_dir / "lexicon" / "stances.toml"
        tables = read_toml(path)
        self._lexicon = build_lexicon(
            (Concept(_KIND, name), check(path, name, Words, table).words)
            for name, table in tables.items()
        )

    def stances(self, reading: Reading, mentions: Sequence[Mention]) -> list[Stance]:
        """A stance for each remedy mention, in the same order."""
        cues = self._lexicon.find(reading.tokens)
        return [_Judge(reading, mention, cues).stance() for mention in mentions]


def strongest(stances: Sequence[Stance]) -> Stance:
    """The stance that tells most among those of one person on one remedy. Not for none."""
    return min(stances, key=_TELLS_MOST.index)


assert set(_TELLS_MOST) == set(STANCES)


class _Judge:
    def __init__(self, reading: Reading, mention: Mention, cues: Sequence[Found]) -> None:
        self._reading = reading
        self._mention = mention
        self._cues = [cue for cue in cues if cue.end <= mention.start or mention.end <= cue.start]
        self._tokens = reading.tokens

    def stance(self) -> Stance:
        if self._asks():
            return "recommends" if self._before("recommends", clause=True) else "untried"
        if self._said("no-help"):
            return "no-help"
        if self._before("warns", clause=True) or self._after("warns"):
            return "warns"
        if self._before("untried", clause=True) and not self._said("helped"):
            return "untried"
        if self._said("helped-some"):
            return "helped-some"
        if self._said("helped"):
            return "helped"
        if self._before("did", clause=True):
            return "tried"
        if self._urges():
            return "recommends"
        if self._before("did", clause=False) or self._first_person():
            return "tried"
        return "recommends"

    def _asks(self) -> bool:
        last = max(
            place
            for place in range(self._mention.start, len(self._tokens))
            if self._tokens[place].sentence == self._mention.sentence
        )
        end = self._tokens[last].end
        return "?" in self._reading.text[end : end + 3]

    def _said(self, name: str) -> bool:
        """The cue stands in the mention's sentence, or in the next one when that points back."""
        return any(self._about(cue) for cue in self._named(name))

    def _about(self, cue: Found) -> bool:
        token = self._tokens[cue.start]
        if token.sentence == self._mention.sentence:
            return True
        if token.sentence != self._mention.sentence + 1:
            return False
        first = next(t for t in self._tokens if t.sentence == token.sentence)
        return first.word in _POINTS_BACK

    def _before(self, name: str, *, clause: bool) -> bool:
        for cue in self._named(name):
            token = self._tokens[cue.start]
            near = 0 <= self._mention.start - cue.end <= _REACH
            same = token.clause == self._mention.clause if clause else near
            if near and same and token.sentence == self._mention.sentence:
                return True
        return False

    def _after(self, name: str) -> bool:
        return any(
            cue.start >= self._mention.end
            and self._tokens[cue.start].sentence == self._mention.sentence
            and cue.end - cue.start >= 2
            for cue in self._named(name)
        )

    def _urges(self) -> bool:
        if any(
            self._tokens[cue.start].sentence == self._mention.sentence
            for cue in self._named("recommends")
        ):
            return True
        first = next(t for t in self._tokens if t.sentence == self._mention.sentence)
        return first is self._tokens[self._mention.start]

    def _first_person(self) -> bool:
        return any(
            token.word in _FIRST
            for token in self._tokens
            if token.sentence == self._mention.sentence
        )

    def _named(self, name: str) -> Iterator[Found]:
        return (cue for cue in self._cues if cue.concept.name == name)
