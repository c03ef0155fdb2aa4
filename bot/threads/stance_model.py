"""A small linear model of stances: the words around a remedy in, a share for each stance out.

Trained by scripts/train_stances.py on labelled comments; what the rules of bot/threads/stance.py
read is one feature among many.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, pairwise, repeat
from pathlib import Path
from typing import Literal
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from bot.datafiles import DataFileError
from bot.knowledge.tally import STANCES, Stance
from bot.reading.lexicon import Found
from bot.reading.reading import Mention, Reading
from bot.threads.stance import StanceRules

FILE = "built/stances.npz"
Teller = Literal["asker", "replier"]  # of a thread's first post, or of an answer to it
Features = Mapping[str, float]
Array = npt.NDArray[np.float32]

# What the rules read has a share beside the model, so that what is told in so many words stays what
# it is; a mere try is one of its features alone. On comments that the model had not seen, this
# costs less than half a point, and more costs more.
_TRUST: dict[Stance, float] = {
    "recommends": 0.15,
    "helped": 0.4,
    "helped-some": 0.2,
    "no-help": 0.2,
    "untried": 0.2,
    "warns": 0.2,
}
# What the model answers: a stance, or that the words are no remedy there ("I'm screwed").
CLASSES: tuple[str, ...] = (*STANCES, "no remedy")
_NONE_FROM = 0.8  # share; less would let go of short lists ("heat, massage, yoga")
_THIS, _OTHER = "<this>", "<other>"  # stand for the remedy itself and for another one
_RUN = 4  # sentences after a remedy that may still speak of it
_BEFORE, _AFTER = 5, 6  # words around the remedy that count by their side
_BESIDE, _OF_REMEDY = 5, 0.5  # words around it that count with what it is, and their weight
_ME = frozenset("i im ive id my mine me we our".split())
_YOU = frozenset("you your youre u".split())
_PEOPLE = _ME | _YOU | frozenset("he she they it".split())
_RULE, _NEXT, _COMMENT, _ASKED, _TELLER, _LEAD = 2.0, 0.7, 0.3, 1.5, 1.5, 0.7  # what each weighs


@dataclass(frozen=True, slots=True)
class Words:
    """A comment as the features see it, made once for all of its mentions of remedies.

    `names`: the stems, with _OTHER for each word of a remedy. `sentences`: where each one's first
    word stands, and the end. `comment`: the features that all mentions share. `teller`: None where
    nobody knows.
    """

    reading: Reading
    mentions: Sequence[Mention]
    names: Sequence[str]
    sentences: Sequence[int]
    comment: Features
    teller: Teller | None

    @classmethod
    def of(cls, reading: Reading, mentions: Sequence[Mention], teller: Teller | None) -> Words:
        """The words of a comment in which these remedies are named."""
        names = [token.stem for token in reading.tokens]
        comment = {f"c:{name}": _COMMENT for name in names}
        comment[f"teller:{teller}"] = _TELLER
        comment |= _whose([token.word for token in reading.tokens])
        for one in mentions:
            names[one.start : one.end] = [_OTHER] * (one.end - one.start)
        sentences: list[int] = []
        for place, token in enumerate(reading.tokens):
            while len(sentences) <= token.sentence:
                sentences.append(place)
        return cls(reading, mentions, names, [*sentences, len(names)], comment, teller)

    def sentence(self, number: int) -> slice:
        """Where a sentence stands; an empty slice where there is none."""
        if number + 1 >= len(self.sentences):
            return slice(0)
        return slice(self.sentences[number], self.sentences[number + 1])


def sentence_features(said: Words, sentence: int, cues: Sequence[Found]) -> dict[str, float]:
    """What a sentence tells of all remedies in it, by what stands around it in the comment.

    `cues`: the stance words found in the comment. What follows up to the next remedy still speaks
    of this one: how it went is often told sentences later.
    """
    reading, own = said.reading, said.sentence(sentence)
    found = {"remedies": min(len(said.mentions), 5) / 5}
    found["first sentence"] = float(sentence == 0)
    found["last sentence"] = float(sentence == len(said.sentences) - 2)
    found["lead:" + "_".join(said.names[own][:2])] = _LEAD
    then = min((m.sentence for m in said.mentions if m.sentence > sentence), default=None)
    stop = min(len(said.sentences) - 1, sentence + 1 + _RUN, *(() if then is None else (then,)))
    run = said.names[own.stop : said.sentences[stop]]
    found |= {f"next:{word}": _NEXT for word in run}
    found |= {f"next:{one}_{two}": _NEXT for one, two in pairwise(run)}
    found["run"] = (stop - sentence - 1) / _RUN
    if then is not None:
        found["then:" + "_".join(said.names[said.sentence(then)][:2])] = _LEAD
    if then == sentence + 1:
        later = said.names[said.sentence(then)]
        found |= {f"other:{word}": _NEXT for word in later}
        found |= {f"other:{one}_{two}": _NEXT for one, two in pairwise(later)}
    last = ""
    for cue in cues:
        where = reading.tokens[cue.start].sentence
        if sentence < where < stop:
            found[f"cue next:{cue.concept.name}"] = 1.0
            last = cue.concept.name
        elif where != sentence:
            found[f"cue elsewhere:{cue.concept.name}"] = 1.0
    found[f"cue last:{last}"] = 1.0
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
    remedy = mention.concept.name
    found |= {f"{remedy}:{word}": _OF_REMEDY for word in _beside(words)}
    here = [cue for cue in cues if own.start <= cue.start < own.stop]
    before = [cue.concept.name for cue in here if cue.end <= mention.start]
    after = [cue.concept.name for cue in here if cue.end > mention.start]
    found |= {f"cue before:{name}": 1.0 for name in before}
    found |= {f"cue after:{name}": 1.0 for name in after}
    if before:
        found[f"nearest before:{before[-1]}"] = 1.0
    if after:
        found[f"nearest after:{after[0]}"] = 1.0
    found |= _subject(said.reading, own.start, mention)
    found[f"rule:{rule}"] = _RULE
    found[f"{said.teller}:{rule}"] = 1.0
    named = said.reading.tokens[mention.start : mention.end]
    found["as:" + "_".join(token.stem for token in named)] = 1.0
    found[f"is:{remedy}"] = 1.0
    found[f"status:{mention.status}"] = 1.0
    found["length"] = min(len(words), 30) / 30
    return found


def _whose(words: Sequence[str]) -> dict[str, float]:
    """Whether a comment tells of its writer or of the reader, and how long it is."""
    mine, yours = (sum(word in whose for word in words) for whose in (_ME, _YOU))
    return {
        "mine or yours": (mine - yours) / (mine + yours + 1),
        "not mine": float(not mine),
        "not yours": float(not yours),
        "words": min(len(words), 200) / 200,
    }


def _subject(reading: Reading, start: int, mention: Mention) -> dict[str, float]:
    """The nearest person before a remedy, with the word after it: who does it, or should."""
    for place in range(mention.start - 1, start - 1, -1):
        word = reading.tokens[place].word
        if word in _PEOPLE:
            verb = reading.tokens[place + 1].word
            return {f"subject:{word}": 1.0, f"subject:{word}_{verb}": 1.0}
    return {"subject:": 1.0}


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


def _beside(words: Sequence[str]) -> Sequence[str]:
    """The words next to the remedy, which mean another thing by another: a doctor "says"."""
    at = words.index(_THIS) if _THIS in words else 0
    return [*words[max(0, at - _BESIDE) : at], *words[at + 1 : at + 1 + _BESIDE]]


class StanceModel:
    """Weights for each feature and class."""

    def __init__(self, names: Sequence[str], weights: Array, bias: Array) -> None:
        """`weights`: features by CLASSES; `bias`: one for each."""
        self.names = names
        self.weights = weights
        self.bias = bias
        self._rows = {name: row for row, name in enumerate(names)}
        # One row more, for what is no known feature.
        self._weighed = np.vstack([weights, np.zeros_like(bias)])

    def scores(self, parts: Sequence[Features]) -> Array:
        """What the features of each part say, parts by CLASSES; those of several may be added.

        All at once: a call costs more than what it adds up. No part may be empty.
        """
        lengths = list(map(len, parts))
        count, unknown = sum(lengths), len(self.names)
        found = chain.from_iterable(parts)
        rows = np.fromiter(map(self._rows.get, found, repeat(unknown)), np.intp, count)
        told = chain.from_iterable(part.values() for part in parts)
        values = np.fromiter(told, np.float32, count)
        starts = [0, *accumulate(lengths[:-1])]
        scores: Array = np.add.reduceat(self._weighed[rows] * values[:, None], starts)
        return scores

    def shares(self, scores: Array) -> Array:
        """The shares of CLASSES by each row of scores and the bias, together 1 (softmax)."""
        scores = self.bias + scores
        shares: Array = np.exp(scores - scores.max(axis=-1, keepdims=True))
        shares /= shares.sum(axis=-1, keepdims=True)
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
    """The model of scripts/build_data.py. Raises DataFileError when it is missing or broken."""
    path = data_dir / FILE
    try:
        with np.load(path, allow_pickle=False) as file:
            names = file["names"].tobytes().decode().split("\n")
            return StanceModel(names, file["weights"].astype(np.float32), file["bias"])
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        raise DataFileError(f"{path}: {error}; `make build` makes it anew") from error


class StanceReader:
    """What a comment says of each remedy that it names: the rules and the model together."""

    def __init__(self, rules: StanceRules, model: StanceModel) -> None:
        self._rules = rules
        self._model = model

    @classmethod
    def load(cls, data_dir: Path) -> StanceReader:
        """The rules and the model of `data_dir`. Raises DataFileError for a broken file."""
        return cls(StanceRules(data_dir), load_stance_model(data_dir))

    def told(self, reading: Reading, words: Mention) -> Stance | None:
        """What is told in so many words of a remedy that `words` stand for, None for nothing."""
        (rule,) = self._rules.stances(reading, [words], self._rules.cues(reading))
        return None if rule in ("recommends", "tried") else rule

    def shares(
        self, reading: Reading, mentions: Sequence[Mention], teller: Teller | None = None
    ) -> list[Array | None]:
        """A share for each of STANCES, together 1, for each mention in the same order.

        None where its words are no remedy.
        """
        if not mentions:
            return []
        cues = self._rules.cues(reading)
        rules = self._rules.stances(reading, mentions, cues)
        said = Words.of(reading, mentions, teller)
        sentences = sorted({mention.sentence for mention in mentions})
        scores = self._model.scores(
            [
                said.comment,
                *(sentence_features(said, number, cues) for number in sentences),
                *(
                    mention_features(said, mention, rule, cues)
                    for mention, rule in zip(mentions, rules, strict=True)
                ),
            ]
        )
        around = {number: row for row, number in enumerate(sentences, start=1)}
        rows = [around[mention.sentence] for mention in mentions]
        shares = self._model.shares(scores[0] + scores[rows] + scores[1 + len(sentences) :])
        return [
            None if share[-1] >= _NONE_FROM else _trusting(rule, share[:-1] / (1 - share[-1]))
            for rule, share in zip(rules, shares, strict=True)
        ]


def _trusting(rule: Stance, shares: Array) -> Array:
    """The shares of STANCES with what the rule's own word is worth."""
    trust = _TRUST.get(rule, 0.0)
    shares *= 1 - trust
    shares[STANCES.index(rule)] += trust
    return shares


def all_features(
    rules: StanceRules, reading: Reading, mentions: Sequence[Mention], teller: Teller | None
) -> list[tuple[Stance, dict[str, float]]]:
    """For each mention of a comment what the rules say, and its features."""
    cues = rules.cues(reading)
    read = rules.stances(reading, mentions, cues)
    said = Words.of(reading, mentions, teller)
    return [
        (
            rule,
            mention_features(said, mention, rule, cues)
            | sentence_features(said, mention.sentence, cues)
            | dict(said.comment),
        )
        for mention, rule in zip(mentions, read, strict=True)
    ]
