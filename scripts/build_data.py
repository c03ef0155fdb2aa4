"""Builds data/built: the word list, the model, and what the shipped threads teach.

Run `make build` after a change to data/examples, data/lexicon, data/flags or data/threads.
scikit-learn is needed here and nowhere else. Same input, same output.
"""

from __future__ import annotations

import json
import random
import re
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits
from wordfreq import top_n_list

from bot.assessment import DANGERS, MODEL_FILE, PATTERNS, Assessor, alarms
from bot.flags import Flags, load_flags
from bot.knowledge.catalogue import Catalogue, load_catalogue
from bot.knowledge.shipped import save_suggestions, save_titles
from bot.knowledge.tally import Stance, Suggestion
from bot.model import Layer, Model, Vocabulary, load_model, save_model
from bot.own_patterns import Array, Comparer, Likeness, beliefs_unit, numbers, save_likeness
from bot.reading.features import Blocks, Features, features, letter_runs, near_names
from bot.reading.places import find_places
from bot.reading.reader import WORDS_FILE, Reader
from bot.screen import Screen, save_screen
from bot.settings import ROOT
from bot.threads.comments import Thread
from bot.threads.files import read_threads
from bot.threads.learning import Learner, Lesson, RemedyMention, tellers, without_broader
from bot.threads.references import ReferenceFinder
from bot.threads.stance import StanceRules
from bot.threads.stance_model import (
    CLASSES,
    StanceModel,
    StanceReader,
    Teller,
    all_features,
    save_stance_model,
)
from bot.threads.unknown import NameFinder

COMMON_WORDS = 20_000
WORD_SEEN = 3  # a word seen this often in the examples is English, not a misspelling
OWN_EXAMPLES = 3  # what an admin must give at least
OWN_WEIGHT = 4  # of a hit against a miss: a trained pattern is seldom taken over
# Of each so many stories one is learned once more with other talk around it, by its level. Dangers
# most: told in passing they were taken for chat seven times as often as by themselves.
AMID_CHAT_EVERY = {"emergency": 4, "urgent": 4, "self-care": 8, "off-topic": 3}
LEAST_OF_A_KIND = 12  # a danger with fewer examples is gathered with the other rare ones
OTHER = "other"

# How much an example counts, by the file it stands in. Real wording teaches most; found on
# held-out real posts. What is written from the desk by pattern says little of how soon.
DESCRIPTIONS = {"spread": 1.0, "messy": 1.0, "posts": 1.5, "real": 3.0}
DANGER_DESCRIPTIONS = {"spread": 0.3, "messy": 0.3, "posts": 6.0, "real": 12.0}
# The same of stories, by how the file's name begins: what it counts for the patterns, and for how
# soon. That is learned best from what people wrote before they knew (retold posts), and from what
# testers wrote where an earlier model was wrong or nearly so (probed). Found on later ones. A tell
# is the core of a story alone, in a sentence or two.
STORIES = {
    "stories_retold": (1.0, 8.0),
    "stories_probed": (1.0, 8.0),
    "stories": (1.0, 2.0),
    "tells": (0.5, 0.5),
}
FLAGS_WEIGHT = 1.5
CALM_WEIGHT = 1.5
OFFTOPIC_WEIGHT = 2.0
ALSO_WEIGHT = 1 / 3  # of an equally fair pattern
OFTEN_MORE = ("bone-stress", "compartment")  # than self-care, where nobody has labelled it

# scales: see Vocabulary. LEAST: in how many texts a feature of the block must stand.
SCALES = (2, 1, 1, 1, 1, -0.4)
LEAST = (2, 3, 2, 3, 3, 2)
FEATURES = 90_000
INVERSE_PENALTY = 10
ROUNDS, ROUGHLY = 100, 40  # of the fitting; roughly is enough to see which features are strong

# The layer of the dangers' head, by Adam. It is fitted from several beginnings, which err in other
# places: the mean of their scores is right more often. Chosen on stories by writers of no others,
# the two beginnings (seeds) out of four.
UNITS, BEGINNINGS = 64, (1, 3)
TURNS, BATCH, STEP = 4, 128, 0.003

SCREEN_LEAST = 5  # in how many examples a word, or two neighbours, must stand
SCREEN_INVERSE_PENALTY, SCREEN_ROUNDS = 0.3, 300
SCREEN_TELLS = 0.2  # smaller weights are left out

STANCE_LEAST = 2  # in how many labelled mentions a feature must stand
STANCE_FEATURES = 40_000
STANCE_INVERSE_PENALTY = 0.2  # like the sizes found on files of comments left out
# What comments count, by how their file's name begins: wittier than real ones; many of a hard kind.
COMMENTS = {"wry": 0.25, "hard": 0.3}
NONE_WEIGHT = 0.5  # of words that no label takes for a remedy: some were overlooked
# In real threads twice as much is urged as in what was written to teach. How far the bias goes from
# those shares to the threads' own: on data/threads left out, more is no better.
LIKE_THREADS = 0.65


class Row(NamedTuple):
    """A line of data/examples, and the name of the file that it stands in."""

    file: str
    told: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Target:
    """What an example teaches one head: a class, and how much that counts."""

    label: str
    weight: float


@dataclass(frozen=True, slots=True)
class Example:
    """A text as feature blocks, the patterns that it is told for, and its danger class."""

    blocks: Blocks
    patterns: tuple[Target, ...]
    danger: Target | None


def main() -> None:
    """Builds everything in place, in the order in which one part needs the other."""
    data_dir = ROOT / "data"
    (data_dir / "built").mkdir(exist_ok=True)
    write_words(data_dir)
    catalogue = load_catalogue(data_dir)
    reader = Reader(data_dir, catalogue)
    flags = load_flags(data_dir, reader.concepts)
    examples = all_examples(data_dir, reader, flags)
    save_model(data_dir / MODEL_FILE, train(examples))
    save_screen(data_dir, train_screen(examples))
    assessor = Assessor(flags, load_model(data_dir / MODEL_FILE))
    save_likeness(data_dir, fit_likeness(data_dir, catalogue, reader, assessor))
    labelled = labelled_mentions(labelled_comments(data_dir), data_dir, catalogue, reader)
    save_stance_model(data_dir, train_stances(labelled))
    save_suggestions(data_dir, shipped_suggestions(data_dir, catalogue, reader, assessor))
    save_titles(data_dir, {each.key: each.title for each in shipped_threads(data_dir)})


def rows(path: Path) -> list[dict[str, Any]]:
    """The records of a .jsonl file."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def write_words(data_dir: Path) -> None:
    """The words that the speller leaves alone: common English, stances, examples, threads."""
    texts = [row["text"] for path in (data_dir / "examples").glob("*.jsonl") for row in rows(path)]
    texts += [path.read_text(encoding="utf-8") for path in (data_dir / "threads").glob("*.txt")]
    seen: Counter[str] = Counter()
    for text in texts:
        seen.update(set(re.findall(r"[a-z]{4,}", text.lower().replace("'", "").replace("’", ""))))
    english = {word for word in top_n_list("en", COMMON_WORDS) if re.fullmatch(r"[a-z]{4,}", word)}
    stances = (data_dir / "lexicon" / "stances.toml").read_text(encoding="utf-8")
    english |= set(re.findall(r"[a-z]{4,}", stances.lower().replace("'", "")))
    words = sorted(english | {word for word, count in seen.items() if count >= WORD_SEEN})
    (data_dir / WORDS_FILE).write_text("\n".join(words) + "\n", encoding="utf-8")


def all_examples(data_dir: Path, reader: Reader, flags: Flags) -> list[Example]:
    """What the model is trained on: all of data/examples, and stories told amid chat."""
    told = list(example_rows(data_dir))
    return as_examples([*told, *amid_chat(told)], reader, flags)


def amid_chat(told: Sequence[Row]) -> Iterator[Row]:
    """Some stories as a club's channel has them: after, before or between other talk."""
    stories = [one for one in told if one.file.startswith("stories")]
    chat = [one.told["text"] for one in stories if one.told["triage"] == "off-topic"]
    chosen = random.Random(0)  # the same ones each time
    seen: Counter[str] = Counter()
    for one in stories:
        level = one.told["triage"]
        seen[level] += 1
        if seen[level] % AMID_CHAT_EVERY[level] == 0:
            before, after = chosen.choice(chat), chosen.choice(chat)
            first, last = chosen.choice(((before, ""), ("", after), (before, after)))
            parts = filter(None, (first, one.told["text"], last))
            yield one._replace(told={**one.told, "text": chosen.choice((" ", "\n")).join(parts)})


def example_rows(data_dir: Path) -> Iterator[Row]:
    """All of data/examples, by file and line."""
    for path in sorted((data_dir / "examples").glob("*.jsonl")):
        for row in rows(path):
            yield Row(path.stem, row)


def as_examples(told: Iterable[Row], reader: Reader, flags: Flags) -> list[Example]:
    """The rows as they are read, with what each teaches: its file's name says what it holds."""
    examples = []
    for file, row in told:
        reading = reader.read(row["text"])
        hits = tuple(flags.hits(reading))
        blocks = features(reading, find_places(reading), alarms(hits))
        examples.append(Example(blocks, *_lessons(file, row, flags)))
    seen = Counter(one.danger.label for one in examples if one.danger)
    return [_gathered(one, seen) for one in examples]


def _lessons(
    file: str, row: dict[str, Any], flags: Flags
) -> tuple[tuple[Target, ...], Target | None]:
    """The patterns and the danger that a row teaches."""
    if file in DESCRIPTIONS:
        weight = DESCRIPTIONS[file]
        told = _patterns([row["pattern"], *row["also"]], weight)
        level = row.get("triage", "self-care")
        if level is None or ("triage" not in row and row["pattern"] in OFTEN_MORE):
            return told, None
        kind = row["pattern"] if level == "self-care" else OTHER
        return told, Target(f"{level}:{kind}", DANGER_DESCRIPTIONS[file])
    if file.startswith("offtopic"):
        return (), Target("off-topic", OFFTOPIC_WEIGHT)
    story = next((weights for name, weights in STORIES.items() if file.startswith(name)), None)
    patterns = row.get("patterns", [])
    danger = row["triage"] in ("urgent", "emergency")
    for_pattern, weight = story or (1.0, FLAGS_WEIGHT if danger else CALM_WEIGHT)
    if danger:
        label = f"{row['triage']}:{flags.named[row['flag']] if 'flag' in row else OTHER}"
        return _patterns(patterns, for_pattern) if story else (), Target(label, weight)
    if row["triage"] == "off-topic" or not (patterns or story):
        return (), Target("off-topic", weight)
    soon = Target(f"self-care:{patterns[0] if patterns else OTHER}", weight)
    # A few plain words ("my foot hurts") are not dangerous, and say little of which pattern.
    return () if file == "calm_plain" else _patterns(patterns, for_pattern), soon


def _patterns(slugs: list[str], weight: float) -> tuple[Target, ...]:
    first, also = slugs[:1], slugs[1:]
    lessons = [Target(slug, weight) for slug in first]
    return (*lessons, *(Target(slug, weight * ALSO_WEIGHT) for slug in also))


def _gathered(example: Example, seen: Counter[str]) -> Example:
    """The example with a rare danger under its level's other ones."""
    danger = example.danger
    if danger is None or seen[danger.label] >= LEAST_OF_A_KIND or danger.label == "off-topic":
        return example
    level = danger.label.partition(":")[0]
    return replace(example, danger=Target(f"{level}:{OTHER}", danger.weight))


Taught = list[tuple[Blocks, Target]]


def heads_of(examples: Iterable[Example]) -> dict[str, Taught]:
    """What each head learns from: a text's blocks and a lesson, one for each lesson."""
    heads: dict[str, Taught] = {PATTERNS: [], DANGERS: []}
    for one in examples:
        heads[PATTERNS] += [(one.blocks, lesson) for lesson in one.patterns]
        heads[DANGERS] += [(one.blocks, one.danger)] if one.danger else []
    return heads


def train(examples: list[Example]) -> Model:
    """The model of these examples, with only its strongest features."""
    heads = heads_of(examples)
    # How soon, without which danger: it costs a tenth, and the strongest features are the same.
    levels = [
        (blocks, Target(lesson.label.partition(":")[0], lesson.weight))
        for blocks, lesson in heads[DANGERS]
    ]
    words = vocabulary(examples)
    # On one thread each, sums are always taken in the same order: the same input, the same output.
    with (
        threadpool_limits(1),
        ThreadPoolExecutor(len(heads)) as pool,
        warnings.catch_warnings(action="ignore", category=ConvergenceWarning),
    ):
        rough = pool.map(partial(fit, words=words, rounds=ROUGHLY), (heads[PATTERNS], levels))
        strength = np.maximum(*(np.abs(one.coef_).max(axis=0) for one in rough))
        kept = np.sort(np.argsort(-strength)[:FEATURES])
        words = Vocabulary([words.names[i] for i in kept], [words.idf[i] for i in kept], SCALES)
        patterns = pool.submit(fit, heads[PATTERNS], words)
        vectors = to_matrix(words, (blocks for blocks, _ in heads[DANGERS]))
        dangers = pool.map(partial(fit_layer, heads[DANGERS], vectors), BEGINNINGS)
        return joined(words, patterns.result(), list(dangers))


def joined(words: Vocabulary, patterns: LogisticRegression, dangers: list[MLPClassifier]) -> Model:
    """Both heads as they were fitted, as the one model that the bot reads.

    The mean of the scores of several layers is the score of one that has all their units.
    """
    weights = np.vstack([each.coefs_[1] for each in dangers]) / len(dangers)
    bias = np.mean([each.intercepts_[1] for each in dangers], axis=0)
    layer = Layer(weights.astype(np.float32), bias.astype(np.float32))
    return Model(
        {PATTERNS: patterns.classes_.tolist(), DANGERS: dangers[0].classes_.tolist()},
        words,
        np.hstack([patterns.coef_.T, *(each.coefs_[0] for each in dangers)], dtype=np.float32),
        np.hstack(
            [patterns.intercept_, *(each.intercepts_[0] for each in dangers)], dtype=np.float32
        ),
        {DANGERS: layer},
    )


def vocabulary(examples: list[Example]) -> Vocabulary:
    """The features that stand in enough texts, with ln((1 + n) / (1 + df)) + 1 as their idf."""
    names: list[str] = []
    idf: list[float] = []
    for block, scale, least in zip(Blocks._fields, SCALES, LEAST, strict=True):
        seen = Counter(name for each in examples for name in _names(each.blocks, block))
        for name in sorted(name for name, count in seen.items() if count >= least):
            names.append(name)
            rarity = np.log((1 + len(examples)) / (1 + seen[name])) + 1
            idf.append(1.0 if scale < 0 else float(rarity))
    return Vocabulary(names, idf, SCALES)


def _names(blocks: Blocks, block: str) -> Iterable[str]:
    """The names of a text's features of one block, each once."""
    if block == "letters":
        return {run for word in blocks.letters for run in letter_runs(word)}
    if block == "near":
        return set(near_names(blocks.near))
    names: Features = getattr(blocks, block)
    return names


def fit(taught: Taught, words: Vocabulary, rounds: int = ROUNDS) -> LogisticRegression:
    """Multinomial logistic regression over the same vectors that the bot makes."""
    return LogisticRegression(C=INVERSE_PENALTY, max_iter=rounds).fit(
        to_matrix(words, (blocks for blocks, _ in taught)),
        [lesson.label for _, lesson in taught],
        sample_weight=[lesson.weight for _, lesson in taught],
    )


def fit_layer(taught: Taught, vectors: csr_matrix, beginning: int) -> MLPClassifier:
    """A layer of units between the texts' vectors and the classes, from a random beginning."""
    return MLPClassifier(
        (UNITS,), batch_size=BATCH, learning_rate_init=STEP, max_iter=TURNS, random_state=beginning
    ).fit(
        vectors,
        [lesson.label for _, lesson in taught],
        sample_weight=[lesson.weight for _, lesson in taught],
    )


def train_screen(examples: Iterable[Example]) -> Screen:
    """The screen of these examples: dangers against all else, by words and pairs of them."""
    told = [(one.blocks.words, one.danger.label) for one in examples if one.danger]
    seen = Counter(name for words, _ in told for name in words)
    columns = {name: n for n, name in enumerate(sorted(n for n in seen if seen[n] >= SCREEN_LEAST))}
    known = [[(columns[n], times) for n, times in w.items() if n in columns] for w, _ in told]
    ends = np.cumsum([0, *map(len, known)])
    places, counts = zip(*chain.from_iterable(known), strict=True)
    texts = csr_matrix((counts, places, ends), shape=(len(told), len(columns)), dtype=float)
    dangerous = [label.startswith(("emergency", "urgent")) for _, label in told]
    fitted = LogisticRegression(C=SCREEN_INVERSE_PENALTY, max_iter=SCREEN_ROUNDS)
    fitted.fit(texts, dangerous)
    weights = dict(zip(columns, fitted.coef_[0].tolist(), strict=True))
    telling = {name: weight for name, weight in weights.items() if abs(weight) >= SCREEN_TELLS}
    return Screen(
        {name.removeprefix("w "): weight for name, weight in telling.items()},
        float(fitted.intercept_[0]),
    )


def to_matrix(words: Vocabulary, texts: Iterable[Blocks]) -> csr_matrix:
    """The texts' vectors as one sparse matrix, the runs of letters written out.

    In double precision, though the bot needs less: machines round the last digit differently, and
    1,800 steps of fitting in single precision made 0.04 of a belief of that.
    """
    indices: list[int] = []
    values: list[float] = []
    ends = [0]
    for blocks in texts:
        vector = words.vector(blocks)
        indices += vector.rows.tolist()
        values += vector.values.tolist()
        for word, count in vector.words.items():
            runs = words.runs(word)
            indices += runs.rows
            values += [value * count * vector.letters for value in runs.values]
        ends.append(len(indices))
    table = (np.array(values, np.float64), indices, ends)
    return csr_matrix(table, shape=(len(ends) - 1, len(words.names)))


def fit_likeness(
    data_dir: Path, catalogue: Catalogue, reader: Reader, assessor: Assessor
) -> Likeness:
    """How like a server's own pattern a text must be, to be told apart from all the others.

    Each trained pattern in turn is taken out of the model and told by three of its wordings, as
    an admin would; the real posts show which of the four numbers tell it.
    """
    comparer = Comparer(reader, assessor)
    posts = [(row, comparer.of_text(row["text"])) for row in rows(data_dir / "examples/real.jsonl")]
    one = np.zeros(1, np.intp), np.array([OWN_EXAMPLES], np.intp)
    table: list[list[float]] = []
    right: list[bool] = []
    for place, slug in enumerate(assessor.model.heads[PATTERNS].classes):
        wording = catalogue.patterns[slug].wording
        told = [comparer.of_text(line) for line in wording[:: len(wording) // OWN_EXAMPLES]]
        told = told[:OWN_EXAMPLES]
        known = [_without(each.beliefs, place) for each in told]
        for row, post in posts:
            if slug in row["also"]:
                continue
            rest = _without(post.beliefs, place)
            found = numbers(
                np.array([_dot(post.words, each.words) for each in told]),
                np.array([_dot(post.concepts, each.concepts) for each in told]),
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


class LabelledComment(NamedTuple):
    """A comment of a file, who tells it, and the stance of each remedy that it names."""

    source: str
    text: str
    teller: Teller | None
    stances: dict[str, Stance]


class LabelledMention(NamedTuple):
    """A mention's features, what is said of it (one of CLASSES), and how much that teaches.

    `in_thread`: in one of data/threads.
    """

    features: dict[str, float]
    stance: str
    weight: float
    in_thread: bool


Labelled = list[LabelledMention]


def labelled_mentions(
    comments: Iterable[LabelledComment], data_dir: Path, catalogue: Catalogue, reader: Reader
) -> Labelled:
    """The remedies that the reader finds in these comments, as they are labelled."""
    rules = StanceRules(data_dir)
    threads = {path.stem for path in (data_dir / "threads").glob("*.json")}
    found: Labelled = []
    for comment in comments:
        reading = reader.skim(comment.text)
        mentions = without_broader(catalogue, reading.of_kind("remedy"))
        read = all_features(rules, reading, mentions, comment.teller)
        named = Counter(mention.concept.name for mention in mentions)
        for mention, (_, each) in zip(mentions, read, strict=True):
            stance = comment.stances.get(mention.concept.name, CLASSES[-1])
            weight = COMMENTS.get(comment.source.partition("_")[0], 1.0)
            weight *= NONE_WEIGHT if stance == CLASSES[-1] else 1.0
            weight /= named[mention.concept.name]
            found.append(LabelledMention(each, stance, weight, comment.source in threads))
    return found


def labelled_comments(data_dir: Path) -> Iterator[LabelledComment]:
    """The comments of data/comments and of the labelled threads in data/threads."""
    for path in sorted((data_dir / "comments").glob("*.jsonl")):
        for row in rows(path):
            yield LabelledComment(path.stem, row["text"], row.get("teller"), stances_of(row))
    for path in sorted((data_dir / "threads").glob("*.json")):
        labels = {one["n"]: one for one in json.loads(path.read_text(encoding="utf-8"))["comments"]}
        for thread in read_threads(path.with_suffix(".txt")):
            for comment, teller in zip(thread, tellers(thread, thread.people()), strict=True):
                said = stances_of(labels.get(comment.number, {}))
                yield LabelledComment(path.stem, comment.text, teller, said)


def stances_of(labels: Mapping[str, Any]) -> dict[str, Stance]:
    """The stance of each remedy that a labelled comment names."""
    return {one["remedy"]: one["stance"] for one in labels.get("remedies", [])}


def train_stances(taught: Labelled) -> StanceModel:
    """The model of these mentions, with only its strongest features."""
    seen = Counter(name for one in taught for name in one.features)
    names = sorted(name for name, count in seen.items() if count >= STANCE_LEAST)
    strength = np.abs(fit_stances(taught, names).coef_).max(axis=0)
    names = sorted(names[place] for place in np.argsort(-strength)[:STANCE_FEATURES])
    fitted = fit_stances(taught, names)
    weights = fitted.coef_.T.astype(np.float32)
    bias = fitted.intercept_ + LIKE_THREADS * _less_usual(taught)
    return StanceModel(names, weights, bias.astype(np.float32))


def _less_usual(taught: Labelled) -> Array:
    """For each of CLASSES how much more of the threads it is than of all, as a logarithm."""
    places = np.array([CLASSES.index(one.stance) for one in taught])
    weights = np.array([[one.weight, one.weight * one.in_thread] for one in taught])
    seen = np.array([weights[places == place].sum(axis=0) for place in range(len(CLASSES))])
    shares = (seen + 1) / (seen + 1).sum(axis=0)
    more: Array = np.log(shares[:, 1] / shares[:, 0])
    return more


def fit_stances(taught: Labelled, names: list[str]) -> LogisticRegression:
    """Multinomial logistic regression of these features on the place among CLASSES.

    The features are fitted at the size that `sizes_of` gives them, the weights are for plain ones.
    """
    row = {name: number for number, name in enumerate(names)}
    known = [{row[n]: value for n, value in one.features.items() if n in row} for one in taught]
    values = np.array([value for each in known for value in each.values()], np.float64)
    places = np.array([place for each in known for place in each], np.intp)
    ends = np.cumsum([0, *map(len, known)])
    shape = (len(taught), len(names))
    stances = np.array([CLASSES.index(one.stance) for one in taught])
    sizes = sizes_of(csr_matrix((values != 0, places, ends), shape=shape, dtype=float), stances)
    with threadpool_limits(1):
        fitted = LogisticRegression(C=STANCE_INVERSE_PENALTY, max_iter=300).fit(
            csr_matrix((values * sizes[places], places, ends), shape=shape),
            stances,
            sample_weight=[one.weight for one in taught],
        )
    fitted.coef_ *= sizes
    return fitted


def sizes_of(stands: csr_matrix, classes: Array) -> Array:
    """A size for each feature, 1/2 at least and 1 on average, so that those that tell weigh more.

    `stands`: texts by features, 1 where one stands. Half of a size is the same for all, half grows
    with the root mean square, over the classes, of the feature's log-count ratio (Wang and Manning,
    Baselines and Bigrams, 2012).
    """
    ratios = []
    for each in range(len(CLASSES)):
        shares = []
        for chosen in (classes == each, classes != each):
            seen = np.asarray(stands[chosen].sum(axis=0)).ravel() + 1
            shares.append(seen / seen.sum())
        ratios.append(np.log(shares[0] / shares[1]))
    telling = np.sqrt(np.mean(np.square(ratios), axis=0))
    sizes: Array = (1 + telling / (telling.mean() or 1.0)) / 2
    return sizes


def shipped_threads(data_dir: Path) -> Iterator[Thread]:
    """The threads of data/threads, in the order of their files."""
    for path in sorted((data_dir / "threads").glob("*.txt")):
        yield from read_threads(path)


def shipped_suggestions(
    data_dir: Path, catalogue: Catalogue, reader: Reader, assessor: Assessor
) -> list[Suggestion]:
    """What the threads of data/threads teach, by the code that learns a server's own.

    What it misread is corrected by the labels beside each thread, as a curator corrects it.
    """
    stances, names = StanceReader.load(data_dir), NameFinder(data_dir)
    learner = Learner(catalogue, reader, assessor, stances, names, ReferenceFinder(data_dir))
    return [
        suggestion
        for path in sorted((data_dir / "threads").glob("*.txt"))
        for thread in read_threads(path)
        for suggestion in corrected(learner.learn(thread), path.with_suffix(".json")).suggestions()
    ]


def corrected(lesson: Lesson, labels: Path) -> Lesson:
    """The lesson with the remedies, stances and topics of each comment as they are labelled."""
    told = {one["n"]: one for one in json.loads(labels.read_text(encoding="utf-8"))["comments"]}
    comments = []
    for one in lesson.comments:
        said = told.get(one.number, {})
        remedies = [RemedyMention(slug, stance, "") for slug, stance in stances_of(said).items()]
        topics = tuple(said.get("topics", ()))
        comments.append(replace(one, remedies=tuple(remedies), topics=topics))
    return replace(lesson, comments=tuple(comments))


if __name__ == "__main__":
    main()
