"""Rules for what a commenter says of a remedy: urges it, was helped by it, warns of it.

What they read is one of the features of bot/threads/stance_model.py, which has the say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from bot.datafiles import check, read_toml
from bot.knowledge.tally import Stance
from bot.reading.lexicon import Concept, Found, Words, build_lexicon
from bot.reading.reading import Mention, Reading
from bot.reading.tokens import Token

_KIND = "stance"
_ME = frozenset("i im ive id ill me my mine we our us myself".split())
_YOU = frozenset("you your youre youll youd youve yourself u".split())
# A sentence that begins so goes on about the one before it.
_GOES_ON = frozenset(
    (
        "it that this they which these those both its thats theyre didnt helped worked made did "
        "never has havent works helps felt and so but now since after"
    ).split()
)
_REACH = 7  # words from a warning or a plan to what it is about
_OUTCOME_WITHIN = 2  # sentences from a remedy to how it went
# Where several sentences of one comment speak of a remedy, the one that tells most counts.
_TELLS_MOST: tuple[Stance, ...] = (
    "no-help",
    "helped-some",
    "helped",
    "warns",
    "recommends",
    "tried",
    "untried",
)


class StanceRules:
    """Judges the stance of remedy mentions by the words of data/lexicon/stances.toml."""

    def __init__(self, data_dir: Path) -> None:
        """Raises DataFileError for a broken file."""
        path = data_dir / "lexicon" / "stances.toml"
        self._lexicon = build_lexicon(
            (
                (Concept(_KIND, name), check(path, name, Words, table).words)
                for name, table in read_toml(path).items()
            ),
            exact=True,
        )

    def cues(self, reading: Reading) -> list[Found]:
        """The words in a comment that tell stances."""
        return self._lexicon.find(reading.tokens)

    def stances(
        self, reading: Reading, mentions: Sequence[Mention], cues: Sequence[Found]
    ) -> list[Stance]:
        """A stance for each remedy mention, in the same order."""
        sentences = {
            number: list(tokens)
            for number, tokens in groupby(reading.tokens, key=attrgetter("sentence"))
        }
        stances: list[Stance] = []
        for mention in mentions:
            judge = _Judge(reading, mention, cues, sentences)
            if stances and judge.same_as_before():
                stances.append(stances[-1])
            else:
                stances.append(judge.stance())
        return stances


def strongest(stances: Sequence[Stance]) -> Stance:
    """The stance that tells most among those of one person on one remedy. Not for none."""
    return min(stances, key=_TELLS_MOST.index)


class _Judge:
    """One mention among the cues of its comment."""

    def __init__(
        self,
        reading: Reading,
        mention: Mention,
        cues: Sequence[Found],
        sentences: Mapping[int, Sequence[Token]],
    ) -> None:
        self._reading = reading
        self._mention = mention
        self._tokens = reading.tokens
        self._cues: dict[str, list[Found]] = {}
        for cue in cues:
            if cue.end <= mention.start or mention.end <= cue.start:
                self._cues.setdefault(cue.concept.name, []).append(cue)
        self._sentences = sentences
        self._words = [token.word for token in sentences[mention.sentence]]
        self._mine = any(word in _ME for word in self._words)
        self._yours = any(word in _YOU for word in self._words)

    def same_as_before(self) -> bool:
        return any(
            self._tokens[cue.start].word == self._words[0] and self._in_sentence(cue)
            for cue in self._cues.get("same-as-before", ())
            if cue.end <= self._mention.start
        )

    def stance(self) -> Stance:
        if self._outcome("not-done"):
            return "untried"
        if self._asks():
            return "recommends" if self._before("recommends") and not self._mine else "untried"
        if self._before("untried") and not self._outcome_after():
            return "untried"
        if self._outcome("no-help"):
            return "no-help"
        if self._before("warns") or self._after("warns"):
            return "warns"
        if self._outcome("helped-some"):
            return "helped-some"
        if self._outcome("helped") and not self._only_urges():
            return "helped"
        if self._urges():
            return "recommends"
        if self._mine or self._anywhere("did"):
            return "helped" if self._recovered() else "tried"
        return "recommends"

    def _only_urges(self) -> bool:
        """ "You should try X, it works": the praise belongs to the advice."""
        return not self._mine and self._before("recommends")

    def _urges(self) -> bool:
        if self._before("recommends"):
            return self._yours or not self._before("did")
        first = self._tokens[self._mention.start].word == self._words[0]
        return (first and not self._mine) or (self._yours and not self._anywhere("did"))

    def _asks(self) -> bool:
        last = self._sentences[self._mention.sentence][-1].end
        return "?" in self._reading.text[last : last + 3]

    def _outcome(self, name: str) -> bool:
        """Said in the mention's sentence, or in the next where that goes on about it."""
        return any(self._in_sentence(cue) or self._in_next(cue) for cue in self._cues.get(name, ()))

    def _outcome_after(self) -> bool:
        return any(
            cue.start >= self._mention.end and (self._in_sentence(cue) or self._in_next(cue))
            for name in ("helped", "helped-some", "no-help")
            for cue in self._cues.get(name, ())
        )

    def _recovered(self) -> bool:
        return any(
            0 < self._tokens[cue.start].sentence - self._mention.sentence <= _OUTCOME_WITHIN
            for cue in self._cues.get("recovery", ())
        )

    def _in_sentence(self, cue: Found) -> bool:
        return self._tokens[cue.start].sentence == self._mention.sentence

    def _in_next(self, cue: Found) -> bool:
        sentence = self._tokens[cue.start].sentence
        if sentence != self._mention.sentence + 1:
            return False
        words = [token.word for token in self._sentences[sentence][:3]]
        if words[:2] == ["for", "me"]:  # "for me it worked", not "for me heat never did"
            words = words[2:]
        return bool(words) and words[0] in _GOES_ON

    def _before(self, name: str) -> bool:
        """Shortly before the mention, in its clause."""
        return any(
            0 <= self._mention.start - cue.end <= _REACH
            and self._tokens[cue.start].clause == self._mention.clause
            for cue in self._cues.get(name, ())
        )

    def _after(self, name: str) -> bool:
        """Further on in the sentence, by a phrase of its own ("made it worse")."""
        return any(
            cue.start >= self._mention.end and cue.end - cue.start >= 2 and self._in_sentence(cue)
            for cue in self._cues.get(name, ())
        )

    def _anywhere(self, name: str) -> bool:
        return any(self._in_sentence(cue) for cue in self._cues.get(name, ()))
