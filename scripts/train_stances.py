"""data/comments and data/threads into the model of stances."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from labelled_examples import rows
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from bot.knowledge.catalogue import Catalogue
from bot.knowledge.tally import Stance
from bot.own_patterns import Array
from bot.reading.reader import Reader
from bot.threads.files import read_threads
from bot.threads.learning import tellers, without_broader
from bot.threads.stance import StanceRules
from bot.threads.stance_model import CLASSES, StanceModel, Teller, all_features

# In how many labelled mentions a feature must stand. To choose by the weights of a first fitting is
# no better, and machines differ in which come last.
STANCE_LEAST = 10
STANCE_INVERSE_PENALTY = 0.2  # like the sizes found on files of comments left out
# What comments count, by how their file's name begins: wittier than real ones; many of a hard kind;
# so short that they tell little else.
COMMENTS = {"wry": 0.25, "hard": 0.3, "verdicts": 0.15}
NONE_WEIGHT = 0.5  # of words that no label takes for a remedy: some were overlooked
# In real threads twice as much is urged as in what was written to teach. How far the bias goes from
# those shares to the threads' own: on data/threads left out, more is no better.
LIKE_THREADS = 0.65


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
    """The model of these mentions, by the features that stand in enough of them."""
    seen = Counter(name for one in taught for name in one.features)
    names = sorted(name for name, count in seen.items() if count >= STANCE_LEAST)
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
