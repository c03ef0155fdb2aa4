"""Builds data/built: the word list, the model, and what the shipped threads teach.

Run `make build` after a change to data/examples, data/lexicon, data/flags or data/threads.
scikit-learn is needed here and nowhere else. Same input, same output.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from labelled_examples import all_examples, rows
from train_likeness import fit_likeness
from train_model import train, train_screen
from train_stances import labelled_comments, labelled_mentions, stances_of, train_stances
from wordfreq import top_n_list

from bot.assessment import MODEL_FILE, Assessor
from bot.flags import load_flags
from bot.knowledge.catalogue import Catalogue, load_catalogue
from bot.knowledge.shipped import save_suggestions, save_titles
from bot.knowledge.tally import Suggestion
from bot.model import load_model, save_model
from bot.own_patterns import save_likeness
from bot.reading.reader import WORDS_FILE, Reader
from bot.screen import save_screen
from bot.settings import ROOT
from bot.threads.comments import Thread
from bot.threads.files import read_threads
from bot.threads.learning import Learner, Lesson, RemedyMention
from bot.threads.references import ReferenceFinder
from bot.threads.stance_model import StanceReader, save_stance_model
from bot.threads.unknown import NameFinder

COMMON_WORDS = 20_000
WORD_SEEN = 3  # a word seen this often in the examples is English, not a misspelling


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
