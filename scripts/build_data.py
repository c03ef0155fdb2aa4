"""Builds data/built: the word list, the two linear models, and what the shipped threads teach.

Run `make build` after a change to data/examples, data/lexicon, data/flags.toml or data/threads.
scikit-learn is needed here and nowhere else. Same input, same output.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from wordfreq import top_n_list

from bot.flags import Flags, load_flags
from bot.knowledge.catalogue import Catalogue, load_catalogue
from bot.knowledge.shipped import save_suggestions
from bot.knowledge.tally import Suggestion
from bot.linear import LinearModel, Vocabulary, save_model
from bot.matching import MODEL_FILE as PATTERNS_FILE
from bot.matching import Matcher
from bot.own_patterns import Array, Comparer, Likeness, beliefs_unit, numbers, save_likeness
from bot.reading.features import LETTERS, Features, letter_runs, text_features
from bot.reading.reader import WORDS_FILE, Reader
from bot.settings import ROOT
from bot.threads.learning import Learner
from bot.threads.plain import read_thread
from bot.threads.stance import StanceReader
from bot.triage import MODEL_FILE as TRIAGE_FILE
from bot.triage import triage_features

Blocks = Sequence[Features]
COMMON_WORDS = 20_000
WORD_SEEN = 3  # a word seen this often in the examples is English, not a misspelling
OWN_EXAMPLES = 3  # what an admin must give at least
OWN_WEIGHT = 8  # of a hit against a miss: it answers two in three, and takes over 4 in 100 others
OFFTOPIC_WEIGHT = 2.0  # few examples for a kind of text that can be about anything
CALM_WEIGHT = 1.5
POSTS_WEIGHT = 1.5
REAL_WEIGHT = 3.0  # real wording teaches most; found on held-out real posts

DESCRIPTIONS = (("spread", 1.0), ("messy", 1.0), ("posts", POSTS_WEIGHT), ("real", REAL_WEIGHT))


@dataclass(frozen=True, slots=True)
class Example:
    """A text as feature blocks, the class that it teaches, and how much it counts."""

    blocks: Blocks
    label: str
    weight: float


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a model is made. `scales`: see Vocabulary. `least`: texts a feature must stand in."""

    scales: tuple[float, ...]
    least: tuple[int, ...]
    inverse_penalty: float
    features: int


PATTERNS = Recipe(scales=(1.5, 1, 1), least=(2, 3, 2), inverse_penalty=10, features=22_000)
TRIAGE = Recipe(
    scales=(2, 1, 1, 1, 1, -0.4), least=(2, 3, 2, 2, 2, 2), inverse_penalty=10, features=50_000
)


def main() -> None:
    """Builds everything in place, in the order in which one part needs the other."""
    data_dir = ROOT / "data"
    (data_dir / "built").mkdir(exist_ok=True)
    write_words(data_dir)
    catalogue = load_catalogue(data_dir)
    reader = Reader(data_dir, catalogue)
    flags = load_flags(data_dir, reader.concepts)
    save_model(data_dir / PATTERNS_FILE, train(pattern_examples(data_dir, reader), PATTERNS))
    save_model(data_dir / TRIAGE_FILE, train(triage_examples(data_dir, reader, flags), TRIAGE))
    save_likeness(data_dir, fit_likeness(data_dir, catalogue, reader))
    save_suggestions(data_dir, shipped_suggestions(data_dir, catalogue, reader))


def rows(path: Path) -> list[dict[str, Any]]:
    """The records of a .jsonl file."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def write_words(data_dir: Path) -> None:
    """The words that the speller leaves alone: common English, the examples, the threads."""
    texts = [row["text"] for path in (data_dir / "examples").glob("*.jsonl") for row in rows(path)]
    texts += [path.read_text(encoding="utf-8") for path in (data_dir / "threads").glob("*.txt")]
    seen: Counter[str] = Counter()
    for text in texts:
        seen.update(set(re.findall(r"[a-z]{4,}", text.lower().replace("'", "").replace("’", ""))))
    english = {word for word in top_n_list("en", COMMON_WORDS) if re.fullmatch(r"[a-z]{4,}", word)}
    words = sorted(english | {word for word, count in seen.items() if count >= WORD_SEEN})
    (data_dir / WORDS_FILE).write_text("\n".join(words) + "\n", encoding="utf-8")


def pattern_examples(data_dir: Path, reader: Reader) -> list[Example]:
    """What each pattern sounds like. An equally fair pattern teaches with a third."""
    folder = data_dir / "examples"
    labelled: list[tuple[str, list[str], float]] = []
    for name, weight in DESCRIPTIONS:
        for row in rows(folder / f"{name}.jsonl"):
            labelled.append((row["text"], [row["pattern"], *row["also"]], weight))
    for path in sorted(folder.glob("*calm*.jsonl")):
        labelled += [(row["text"], row["patterns"], 1.0) for row in rows(path) if row["patterns"]]
    examples = []
    for text, (first, *others), weight in labelled:
        blocks = text_features(reader.read(text))
        examples.append(Example(blocks, first, weight))
        examples.extend(Example(blocks, also, weight / 3) for also in others)
    return examples


def triage_examples(data_dir: Path, reader: Reader, flags: Flags) -> list[Example]:
    """What an emergency, something urgent, an ordinary pain and club chatter sound like."""
    folder = data_dir / "examples"
    labelled: list[tuple[str, str, float]] = []
    for path in sorted(folder.glob("*flags*.jsonl")):
        labelled += [(row["text"], row["triage"], 1.5) for row in rows(path)]
    for path in sorted(folder.glob("*calm*.jsonl")):
        for row in rows(path):
            label = "self-care" if row["patterns"] else "off-topic"
            labelled.append((row["text"], label, CALM_WEIGHT))
    for path in sorted(folder.glob("offtopic*.jsonl")):
        labelled += [(row["text"], "off-topic", OFFTOPIC_WEIGHT) for row in rows(path)]
    for name, weight in (("posts", POSTS_WEIGHT), ("real", REAL_WEIGHT)):
        labelled += [
            (row["text"], row["triage"], weight)
            for row in rows(folder / f"{name}.jsonl")
            if row["triage"]
        ]
    for name in ("spread", "messy"):
        # Their triage is not labelled; these two patterns are often more than self-care.
        labelled += [
            (row["text"], "self-care", 0.3)
            for row in rows(folder / f"{name}.jsonl")
            if row["pattern"] not in ("bone-stress", "compartment")
        ]
    examples = []
    for text, label, weight in labelled:
        reading = reader.read(text)
        blocks = triage_features(reading, text_features(reading), list(flags.hits(reading)))
        examples.append(Example(blocks, label, weight))
    return examples


def train(examples: list[Example], recipe: Recipe) -> LinearModel:
    """The model of these examples, with only its strongest features."""
    names, idf = vocabulary(examples, recipe)
    first = fit(examples, names, idf, recipe)
    strength = np.abs(first.coef_).max(axis=0)
    kept = np.sort(np.argsort(-strength)[: recipe.features])
    names, idf = [names[place] for place in kept], [idf[place] for place in kept]
    final = fit(examples, names, idf, recipe)
    return LinearModel(
        [str(each) for each in final.classes_],
        Vocabulary(names, idf, recipe.scales),
        final.coef_.T.astype(np.float32),
        final.intercept_.astype(np.float32),
    )


def vocabulary(examples: list[Example], recipe: Recipe) -> tuple[list[str], list[float]]:
    """The features that stand in enough texts, with ln((1 + n) / (1 + df)) + 1 as their idf."""
    names: list[str] = []
    idf: list[float] = []
    for block, (scale, least) in enumerate(zip(recipe.scales, recipe.least, strict=True)):
        seen = Counter(name for each in examples for name in _names(each.blocks[block], block))
        for name in sorted(name for name, count in seen.items() if count >= least):
            names.append(name)
            rarity = np.log((1 + len(examples)) / (1 + seen[name])) + 1
            idf.append(1.0 if scale < 0 else float(rarity))
    return names, idf


def _names(block: Features, number: int) -> Iterable[str]:
    if number != LETTERS:
        return block
    return {run for word in block for run in letter_runs(word)}


def fit(
    examples: list[Example], names: list[str], idf: list[float], recipe: Recipe
) -> LogisticRegression:
    """Multinomial logistic regression over the same vectors that the bot makes."""
    matrix = to_matrix(Vocabulary(names, idf, recipe.scales), examples, len(names))
    return LogisticRegression(C=recipe.inverse_penalty, max_iter=500).fit(
        matrix,
        [each.label for each in examples],
        sample_weight=[each.weight for each in examples],
    )


def to_matrix(words: Vocabulary, examples: Iterable[Example], width: int) -> csr_matrix:
    """The examples' vectors as one sparse matrix."""
    indices: list[int] = []
    values: list[float] = []
    ends = [0]
    for each in examples:
        vector = words.vector(each.blocks)
        indices += vector.rows
        values += vector.values
        ends.append(len(indices))
    return csr_matrix((values, indices, ends), shape=(len(ends) - 1, width))


def fit_likeness(data_dir: Path, catalogue: Catalogue, reader: Reader) -> Likeness:
    """How like a server's own pattern a text must be, to be told apart from all the others.

    Each trained pattern in turn is taken out of the model and told by three of its wordings, as
    an admin would; the real posts show which of the four numbers tell it.
    """
    comparer = Comparer(reader, Matcher.load(data_dir).model)
    classes = comparer.model.classes
    posts = [(row, comparer.of_text(row["text"])) for row in rows(data_dir / "examples/real.jsonl")]
    table: list[list[float]] = []
    right: list[bool] = []
    for place, slug in enumerate(classes):
        wording = catalogue.patterns[slug].wording
        told = [comparer.of_text(line) for line in wording[:: len(wording) // OWN_EXAMPLES]]
        told = told[:OWN_EXAMPLES]
        one = np.zeros(1, np.intp), np.array([OWN_EXAMPLES], np.intp)
        known = [_without(beliefs, place) for _, _, beliefs in told]
        for row, (words, concepts, beliefs) in posts:
            if slug in row["also"]:
                continue
            rest = _without(beliefs, place)
            found = numbers(
                np.array([_dot(words, each) for each, _, _ in told]),
                np.array([_dot(concepts, each) for _, each, _ in told]),
                np.array([rest @ each for each in known]),
                *one,
            )
            table.append(found[0].tolist())
            right.append(row["pattern"] == slug)
    fitted = LogisticRegression(C=10, class_weight={False: 1, True: OWN_WEIGHT}).fit(table, right)
    return Likeness(tuple(fitted.coef_[0].tolist()), float(fitted.intercept_[0]))


def _without(logs: Array, place: int) -> Array:
    """Beliefs as if the pattern at `place` had never been trained."""
    return beliefs_unit(np.exp(np.delete(logs, place)))


def _dot(one: Features, other: Features) -> float:
    return sum(value * other.get(name, 0.0) for name, value in one.items())


def shipped_suggestions(data_dir: Path, catalogue: Catalogue, reader: Reader) -> list[Suggestion]:
    """What the threads of data/threads teach, by the code that learns a server's own."""
    learner = Learner(catalogue, reader, Matcher.load(data_dir), StanceReader(data_dir))
    return [
        suggestion
        for path in sorted((data_dir / "threads").glob("*.txt"))
        for suggestion in learner.learn(read_thread(path)).suggestions()
    ]


if __name__ == "__main__":
    main()
