"""Remedies and stances in comments that nothing was learned from: part of `make validate`.

Every fifth file of data/comments and data/threads is left out in turn; the stances are learned
from the rest. The words of remedies (data/lexicon, data/remedies.toml) are those of today, some of
them written with these very comments in sight, so what is found looks better here than it is.
"""

from __future__ import annotations

from collections import Counter

from train_stances import LabelledComment, labelled_comments, labelled_mentions, train_stances

from bot.answer import Answerer
from bot.knowledge.tally import AGAINST, FOR
from bot.settings import ROOT
from bot.threads.learning import Learner
from bot.threads.references import ReferenceFinder
from bot.threads.stance import StanceRules
from bot.threads.stance_model import StanceReader
from bot.threads.unknown import NameFinder

FOLDS = 5


def main() -> None:
    """Prints the figures of the threads and of the single comments."""
    data_dir = ROOT / "data"
    answerer = Answerer.load(data_dir)
    comments = list(labelled_comments(data_dir))
    threads = {path.stem for path in (data_dir / "threads").glob("*.json")}
    fold = {source: place % FOLDS for place, source in enumerate(sorted({c[0] for c in comments}))}
    counts: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for left_out in range(FOLDS):
        learned = [one for one in comments if fold[one.source] != left_out]
        learner = _taught(answerer, learned)
        for one in comments:
            if fold[one.source] == left_out:
                counts[one.source in threads].update(_compare(learner, one))
    for is_thread, seen in counts.items():
        precision, recall = seen["hit"] / seen["found"], seen["hit"] / seen["labelled"]
        print(
            f"{'threads' if is_thread else 'comments':9} {seen['labelled']:5} mentions,"
            f" precision {precision:.3f}, recall {recall:.3f},"
            f" F1 {2 * precision * recall / (precision + recall):.3f};"
            f" stance {seen['stance'] / seen['hit']:.3f}, side {seen['side'] / seen['hit']:.3f}"
        )


def _taught(answerer: Answerer, comments: list[LabelledComment]) -> Learner:
    data_dir = ROOT / "data"
    labelled = labelled_mentions(comments, data_dir, answerer.catalogue, answerer.reader)
    return Learner(
        answerer.catalogue,
        answerer.reader,
        answerer.assessor,
        StanceReader(StanceRules(data_dir), train_stances(labelled)),
        NameFinder(data_dir),
        ReferenceFinder(data_dir),
    )


def _compare(learner: Learner, comment: LabelledComment) -> Counter[str]:
    found = {each.remedy: each.stance for each in learner.said(comment.text, comment.teller)}
    both = found.keys() & comment.stances.keys()
    pairs = [(found[remedy], comment.stances[remedy]) for remedy in both]
    return Counter(
        found=len(found),
        labelled=len(comment.stances),
        hit=len(both),
        stance=sum(one == other for one, other in pairs),
        side=sum(_side(one) == _side(other) for one, other in pairs),
    )


def _side(stance: str) -> int:
    return 1 if stance in FOR else -1 if stance in AGAINST else 0


if __name__ == "__main__":
    main()
