"""A small linear model of stances: the words around a remedy in, a share for each stance out.

Trained by scripts/build_data.py on labelled comments; what the rules of bot/threads/stance.py
read is one feature among many.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, repeat
from pathlib import Path
from typing import get_args
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from bot.knowledge.catalogue import CatalogueError
from bot.knowledge.tally import Stance
from bot.reading.lexicon import Found
from bot.reading.reading import Mention, Reading
from bot.threads.stance import StanceRules

FILE = "built/stances.npz"
STANCES: tuple[Stance, ...] = get_args(Stance)
Features = Mapping[str, float]
Array = npt.NDArray[np.float32]

CERTAIN: dict[Stance, Array] = {  # what stands when the rules read it
    stance: np.eye(len(STANCES), dtype=np.float32)[STANCES.index(stance)]
    for stance in ("helped", "helped-some", "no-help")
}
_THIS, _OTHER = "<this>", "<other>"  # stand for the remedy itself and for another one
_BEFORE, _AFTER = 5, 6  # words around the remedy that count by their side
_ME = frozenset("i im ive id my mine me we our".split())
_YOU = frozenset("you your u".split())
_RULE, _NEXT, _COMMENT, _ASKED = 2.0, 0.7, 0.3, 1.5  # what the parts weigh


@dataclass(frozen=True, slots=True)
class Words:
    """A comment as the features see it, made once for all of its mentions of remedies.

    `names`: the stems, with _OTHER for each word of a remedy. `sentences`: where each one's first
    word stands, and the end. `comment`: the features that all mentions share.
    """

    reading: Reading
    mentions: Sequence[Mention]
    names: Sequence[str]
    sentences: Sequence[int]
    comment: Features

    @classmethod
    def of(cls, reading: Reading, mentions: Sequence[Mention]) -> Words:
        """The words of a comment in which these remedies are named."""
        names = [token.stem for token in reading.tokens]
        comment = {f"c:{name}": _COMMENT for name in names}
        for one in mentions:
            names[one.start : one.end] = [_OTHER] * (one.end - one.start)
        sentences: list[int] = []
        for place, token in enumerate(reading.tokens):
            while len(sentences) <= token.sentence:
                sentences.append(place)
        return cls(reading, mentions, names, [*sentences, len(names)], comment)

    def sentence(self, number: int) -> slice:
        """Where a sentence stands; an empty slice where there is none."""
        if number + 1 >= len(self.sentences):
            return slice(0)
        return slice(self.sentences[number], self.sentences[number + 1])


def sentence_features(said: Words, sentence: int, cues: Sequence[Found]) -> dict[str, float]:
    """What a sentence tells of all remedies in it, by what stands around it in the comment.

    `cues`: the stance words found in the comment.
    """
    reading, own = said.reading, said.sentence(sentence)
    found = {"remedies": min(len(said.mentions), 5) / 5}
    for step in (1, 2):
        later = said.names[said.sentence(sentence + step)]
        found |= {f"n{step}:{word}": _NEXT for word in later}
        found |= {f"n{step}:{one}_{two}": _NEXT for one, two in pairwise(later)}
    for cue in cues:
        where = reading.tokens[cue.start].sentence - sentence
        if where:
            found[f"cue {'next' if where == 1 else 'elsewhere'}:{cue.concept.name}"] = 1.0
    spoken = {token.word for token in reading.tokens[own]}
    found["me"], found["you"] = float(bool(spoken & _ME)), float(bool(spoken & _YOU))
    end = reading.tokens[own.stop - 1].end
    if "?" in reading.text[end : end + 3]:
        found["asked"] = _ASKED
    elif "?" in reading.text:
        found["asks"] = 1.0
    return found


def mention_features(
    said: Words, mention: Mention, rule: Stance, cues: Sequence[Found]
) -> dict[str, float]:
    """What the words around a remedy in its own sentence tell of it. `cues`: of the comment."""
    own = said.sentence(mention.sentence)
    names = list(said.names[own])
    first, end = mention.start - own.start, mention.end - own.start
    names[first:end] = [_THIS] * (end - first)
    words = _joined(names)
    found = {f"s:{word}": 1.0 for word in words}
    found |= {f"s:{one}_{two}": 1.0 for one, two in pairwise(("^", *words, "$"))}
    found |= _around(words)
    for cue in cues:
        if own.start <= cue.start < own.stop:
            side = "before" if cue.end <= mention.start else "after"
            found[f"cue {side}:{cue.concept.name}"] = 1.0
    found[f"rule:{rule}"] = _RULE
    found[f"status:{mention.status}"] = 1.0
    found["length"] = min(len(words), 30) / 30
    return found


def _joined(words: Sequence[str]) -> list[str]:
    """The words, with a remedy of several words as one."""
    return [
        word
        for place, word in enumerate(words)
        if not (place and word in (_THIS, _OTHER) and words[place - 1] == word)
    ]


def _around(words: Sequence[str]) -> dict[str, float]:
    at = words.index(_THIS) if _THIS in words else 0
    before, after = words[max(0, at - _BEFORE) : at], words[at + 1 : at + 1 + _AFTER]
    found = {f"b:{word}": 1.0 for word in before} | {f"a:{word}": 1.0 for word in after}
    for count in (1, 2):
        if len(before) >= count:
            found["b:" + "_".join(before[-count:]) + "|"] = 1.0
        if len(after) >= count:
            found["a:|" + "_".join(after[:count])] = 1.0
    found["first"] = float(at == 0)
    return found


class StanceModel:
    """Weights for each feature and stance."""

    def __init__(self, names: Sequence[str], weights: Array, bias: Array) -> None:
        """`weights`: features by STANCES; `bias`: one for each."""
        self.names = names
        self.weights = weights
        self.bias = bias
        self._rows = {name: row for row, name in enumerate(names)}

    def scores(self, found: Features) -> Array:
        """What these features say for each of STANCES; those of several may be added."""
        rows = np.fromiter(map(self._rows.get, found, repeat(-1)), np.intp, len(found))
        known = rows >= 0
        values = np.fromiter(found.values(), np.float32, len(found))[known]
        scores: Array = values @ self.weights[rows[known]]
        return scores

    def shares(self, scores: Array) -> Array:
        """The share of each of STANCES by the scores and the bias, together 1 (softmax)."""
        scores = self.bias + scores
        shares: Array = np.exp(scores - scores.max())
        shares /= shares.sum()
        return shares


def save_stance_model(data_dir: Path, model: StanceModel) -> None:
    """Writes the model; weights as 16-bit floats."""
    np.savez_compressed(
        data_dir / FILE,
        names=np.frombuffer("\n".join(model.names).encode(), np.uint8),
        weights=model.weights.astype(np.float16),
        bias=model.bias,
    )


def load_stance_model(data_dir: Path) -> StanceModel:
    """The model of scripts/build_data.py. Raises CatalogueError when it is missing or broken."""
    path = data_dir / FILE
    try:
        with np.load(path, allow_pickle=False) as file:
            names = file["names"].tobytes().decode().split("\n")
            return StanceModel(names, file["weights"].astype(np.float32), file["bias"])
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        raise CatalogueError(f"{path}: {error}; `make build` makes it anew") from error


class StanceReader:
    """What a comment says of each remedy that it names: the rules and the model together."""

    def __init__(self, rules: StanceRules, model: StanceModel) -> None:
        self._rules = rules
        self._model = model

    @classmethod
    def load(cls, data_dir: Path) -> StanceReader:
        """The rules and the model of `data_dir`. Raises CatalogueError for a broken file."""
        return cls(StanceRules(data_dir), load_stance_model(data_dir))

    def told(self, reading: Reading, words: Mention) -> Stance | None:
        """What is told in so many words of a remedy that `words` stand for, None for nothing."""
        (rule,) = self._rules.stances(reading, [words], self._rules.cues(reading))
        return rule if rule in CERTAIN or rule in ("warns", "untried") else None

    def shares(self, reading: Reading, mentions: Sequence[Mention]) -> list[Array]:
        """A share for each of STANCES, for each mention in the same order.

        An outcome that is told in so many words stands: the rules are good at those. For all that
        is told between the lines the model has the say.
        """
        cues = self._rules.cues(reading)
        rules = self._rules.stances(reading, mentions, cues)
        if CERTAIN.keys() >= set(rules):
            return [CERTAIN[rule] for rule in rules]
        said, scores = Words.of(reading, mentions), self._model.scores
        comment = scores(said.comment)
        sentences = {
            number: comment + scores(sentence_features(said, number, cues))
            for number in {one.sentence for one in mentions}
        }
        return [
            CERTAIN[rule]
            if rule in CERTAIN
            else self._model.shares(
                sentences[mention.sentence] + scores(mention_features(said, mention, rule, cues))
            )
            for mention, rule in zip(mentions, rules, strict=True)
        ]


def all_features(
    rules: StanceRules, reading: Reading, mentions: Sequence[Mention]
) -> list[tuple[Stance, dict[str, float]]]:
    """For each mention of a comment what the rules say, and its features."""
    cues = rules.cues(reading)
    read = rules.stances(reading, mentions, cues)
    said = Words.of(reading, mentions)
    return [
        (
            rule,
            mention_features(said, mention, rule, cues)
            | sentence_features(said, mention.sentence, cues)
            | dict(said.comment),
        )
        for mention, rule in zip(mentions, read, strict=True)
    ]
