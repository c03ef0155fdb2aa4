"""A Reading as the features that the models weigh: words, letters, concepts, signs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby, pairwise
from operator import attrgetter
from typing import NamedTuple

from bot.reading.places import Place
from bot.reading.reading import Mention, Reading

Features = dict[str, float]
Near = dict[str, list[str]]  # a word, and the telling words that stand near after it
NEAR = "n "  # begins the names of pairs of them


class Blocks(NamedTuple):
    """A text's features by what they are of, words and letters with how often each stands there.

    `letters`: the words whose runs of letters count (see letter_runs).
    """

    words: Features
    letters: Features
    concepts: Features
    near: Near
    pairs: Features
    signs: Features


LONGEST_WORD = 30
_PLACES_COUNTED = 4
FEATURES_REMEMBERED = 20_000
_PAIR_REACH = 8  # concepts of one sentence that are paired with one another
_TOLD = frozenset({"place", "side", "feeling", "trigger", "named"})
_MANY = 3
_NEAR = 4  # telling words
WHERE, WORDS = "where", "words"  # what features stand for, where it is no single concept
_WHERE = frozenset({"place", "side", "at", "main", "in"})
_PAIRED = frozenset({"place", "feeling", "sign", "trigger"})


def word_features(reading: Reading) -> Features:
    """Stems and pairs of neighbouring stems, each with how often it stands in the text."""
    tokens = reading.tokens
    single = ["w " + token.stem for token in tokens]
    double = [
        f"w {one.stem} {two.stem}" for one, two in pairwise(tokens) if one.sentence == two.sentence
    ]
    return dict(Counter(single + double))


def letter_runs(word: str) -> Iterator[str]:
    """The runs of 3 to 5 letters of a word, its ends marked by spaces."""
    padded = f" {word[:LONGEST_WORD]} "
    for size in (3, 4, 5):
        for start in range(max(1, len(padded) - size + 1)):
            yield "l" + padded[start : start + size]


def letter_features(reading: Reading) -> Features:
    """The words, with how often each stands there."""
    return dict(Counter([token.word for token in reading.tokens]))


def concept_features(reading: Reading, places: Sequence[Place]) -> Features:
    """The concepts with their status, their order, and the complaint's place with each."""
    features: Features = {}
    mentions = [one for one in reading.mentions if one.concept.kind in _TOLD]
    names = [_name(one) for one in mentions]
    for name in names:
        features["k " + name] = 1.0
    for (first, one), (second, two) in pairwise(zip(names, mentions, strict=True)):
        if one.sentence == two.sentence:
            features[f"k {first}>{second}"] = 1.0
    complained = [place for place in places if place.weight > 0]
    for place in complained[:_PLACES_COUNTED]:
        features[f"k at:{place.label}"] = 1.0
    where = "nowhere"
    if complained:
        where = complained[0].name
        features[f"k main:{complained[0].label}"] = 1.0
        features[f"k main:{where}"] = 1.0
    for one in mentions:
        if one.status == "affirmed" and one.concept.kind in ("feeling", "trigger", "side"):
            features[f"k in:{where}&{_name(one)}"] = 1.0
    return features


@lru_cache(maxsize=FEATURES_REMEMBERED)
def told_by(feature: str) -> tuple[str, ...]:
    """What a feature of the blocks words, letters (a word) or concepts joins: stems, concepts."""
    if not feature.startswith("k "):
        return tuple(feature.removeprefix("w ").split(" "))
    parts = re.split("[>&]", feature[2:])
    return tuple(WHERE if _WHERE.intersection(part.split(":")[:-1]) else part for part in parts)


def stands_for(reading: Reading) -> dict[str, str]:
    """What each part of told_by stands for in a member's terms: WHERE, or "feeling:sharp".

    A concept that is not affirmed comes with its status: "denied:feeling:sharp". Words that name
    no concept are left out.
    """
    meant: dict[str, str] = {WHERE: WHERE}
    for one in reading.mentions:
        if one.concept.kind in _TOLD:
            name = _name(one)
            what = WHERE if one.concept.kind in _WHERE else name
            meant[name] = what
            for token in reading.tokens[one.start : one.end]:
                meant.setdefault(token.stem, what)
                meant.setdefault(token.word, what)
    return meant


def pair_features(reading: Reading) -> Features:
    """Which two concepts are affirmed in one sentence, whatever stands between them."""
    by_sentence: dict[int, list[str]] = {}
    for one in reading.mentions:
        if one.status == "affirmed" and one.concept.kind in _PAIRED:
            by_sentence.setdefault(one.sentence, []).append(one.concept.name)
    features: Features = {}
    for names in by_sentence.values():
        for place, first in enumerate(names):
            for second in names[place + 1 : place + 1 + _PAIR_REACH]:
                if first != second:
                    features[f"p {first}+{second}" if first < second else f"p {second}+{first}"] = (
                        1.0
                    )
    return features


def near_features(reading: Reading) -> Near:
    """Which telling words stand near after each in its sentence: "sock" and "tight".

    By word, since a text has hundreds of such pairs, most of them unknown: to look up one name for
    each would be a tenth of an answer.
    """
    near: Near = {}
    telling = [one for one in reading.tokens if len(one.word) > 2 or one.number]
    for _, sentence in groupby(telling, key=attrgetter("sentence")):
        stems = [one.stem for one in sentence]
        for place, stem in enumerate(stems, start=1):
            after = stems[place : place + _NEAR]
            near[stem] = near[stem] + after if stem in near else after
    return near


def near_names(near: Near) -> Iterator[str]:
    """The names of such pairs: "n sock tight"."""
    return (f"{NEAR}{first} {second}" for first, after in near.items() for second in after)


def sign_features(reading: Reading) -> Features:
    """Each danger sign with its status, and how much of a complaint there is at all."""
    features: Features = {}
    meant: dict[str, set[str]] = {kind: set() for kind in ("sign", "place", "feeling", "named")}
    for one in reading.mentions:
        if one.concept.kind == "sign":
            features[f"s {one.status} {one.concept.name}"] = 1.0
        if one.status in ("affirmed", "other") and one.concept.kind in meant:
            meant[one.concept.kind].add(one.concept.name)
    for kind, names in meant.items():
        features[f"t {kind} {min(len(names), _MANY)}"] = 1.0
    if meant["place"] and meant["feeling"]:
        features["t complaint"] = 1.0
    return features


def _name(mention: Mention) -> str:
    name = f"{mention.concept.kind}:{mention.concept.name}"
    return name if mention.status == "affirmed" else f"{mention.status}:{name}"


def features(reading: Reading, places: Sequence[Place], alarms: Iterable[str]) -> Blocks:
    """A Reading as the model's blocks.

    `places`: of find_places. `alarms`: what the rules of data/flags saw, each a feature of the
    last block.
    """
    return Blocks(
        word_features(reading),
        letter_features(reading),
        concept_features(reading, places),
        near_features(reading),
        pair_features(reading),
        sign_features(reading) | {f"r {alarm}": 1.0 for alarm in alarms},
    )
