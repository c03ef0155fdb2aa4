"""The parts put together: all that the command line and the bot share, loaded once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot.answer import Answerer
from bot.knowledge.shipped import load_suggestions
from bot.knowledge.snapshot import Knowledge, build_knowledge
from bot.knowledge.tally import Suggestion
from bot.threads.learning import Learner
from bot.threads.references import ReferenceFinder
from bot.threads.stance_model import StanceReader
from bot.threads.unknown import NameFinder


def shipped_knowledge(
    answerer: Answerer, data_dir: Path, learned: Sequence[Suggestion] = ()
) -> Knowledge:
    """What everyone starts with: the catalogue and the shipped threads. Raises DataFileError.

    `learned`: what the host's own threads teach besides.
    """
    return build_knowledge(answerer.catalogue, [*load_suggestions(data_dir), *learned])


def load_learner(answerer: Answerer, data_dir: Path) -> Learner:
    """A learner that reads with the answerer's own reader and model. Raises DataFileError."""
    return Learner(
        answerer.catalogue,
        answerer.reader,
        answerer.assessor,
        StanceReader.load(data_dir),
        NameFinder(data_dir),
        ReferenceFinder(data_dir),
    )
