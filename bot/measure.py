"""Figures of understanding: how the labelled cases of a folder are answered.

The rules of scoring are those of the cases' own README: hit@1, hit@3, caught, missed, false
alarms, off-topic answered, remedy mentions, stances, topics.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from zlib import crc32

from bot.advice import SHOWN, advise
from bot.answer import Answer, Answerer
from bot.knowledge.catalogue import Catalogue
from bot.knowledge.snapshot import Knowledge, build_knowledge
from bot.knowledge.tally import AGAINST, FOR
from bot.matching import Match
from bot.threads.files import read_threads
from bot.threads.learning import Learner, Lesson

Half = Literal["all", "open", "shut"]
Record = dict[str, Any]
# What a record must tell beside its id and text, by the file's name.
LABELS = {"descriptions": ("patterns", "named", "triage")}


class CasesError(Exception):
    """A folder of cases is missing or broken. The message names the file and the line."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A share: `hits` of `of`; `value` is 0 to 1, None where there was nothing to measure."""

    name: str
    hits: float
    of: float

    @property
    def value(self) -> float | None:
        """The share, 0 to 1."""
        return self.hits / self.of if self.of else None


def in_half(name: str, half: Half) -> bool:
    """Whether a case belongs to a half: by its name, so that it never changes sides."""
    return half == "all" or (crc32(name.encode()) % 2 == 0) == (half == "open")


def read_cases(path: Path, half: Half) -> list[Record]:
    """The records of a .jsonl file, none when there is no such file. Raises CasesError."""
    if not path.exists():
        return []
    records = []
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise CasesError(f"{path}: not UTF-8: {error}") from error
    for number, line in enumerate(lines, start=1):
        try:
            record = json.loads(line)
            if not isinstance(record["text"], str):
                raise TypeError("its text is no text")
            for label in LABELS.get(path.stem, ()):
                if label not in record:
                    raise KeyError(label)
            if in_half(record["id"], half):
                records.append(record)
        except (ValueError, KeyError, TypeError) as error:
            raise CasesError(f"{path}, line {number}: {error}") from error
    return records


def measure(
    folder: Path,
    answerer: Answerer,
    knowledge: Knowledge,
    learner: Learner,
    half: Half = "all",
    *,
    threads: Path,
) -> list[Figure]:
    """All figures for the cases in `folder`. Raises CasesError for a missing or broken folder.

    `threads`: labelled threads that, beside the folder's own, say what is recommended for what.
    """
    if not folder.is_dir():
        raise CasesError(f"{folder}: no such folder")
    if not any(folder.glob("*.jsonl")) and not any(folder.glob("threads/*.json")):
        raise CasesError(f"{folder}: no cases in it")
    cases = {
        name: [
            (record, answerer.answer(record["text"], knowledge))
            for record in read_cases(folder / f"{name}.jsonl", half)
        ]
        for name in ("descriptions", "redflags", "benign", "offtopic")
    }
    lessons = list(_lessons(folder / "threads", learner, half))
    return [
        *_descriptions(cases["descriptions"]),
        *_safety([pair for pairs in cases.values() for pair in pairs]),
        _share("answered off-topic", (_answered(answer) for _, answer in cases["offtopic"])),
        *_threads(lessons),
        *_ranking([*lessons, *_lessons(threads, learner, "all")], answerer.catalogue),
    ]


def _descriptions(pairs: Sequence[tuple[Record, Answer]]) -> Iterator[Figure]:
    unnamed = [(record, answer) for record, answer in pairs if not record["named"]]
    for label, some in (("", pairs), (", not named", unnamed)):
        for first in (1, 3):
            yield _share(
                f"hit@{first}{label}",
                (
                    any(match.slug in record["patterns"] for match in answer.matches[:first])
                    for record, answer in some
                ),
            )
    yield _share("asks instead of answering", (answer.kind == "unsure" for _, answer in pairs))
    yield _share(
        "hit@1 after one answer",
        (
            any(match.slug in record["patterns"] for match in _offered(answer))
            for record, answer in pairs
        ),
    )


def _offered(answer: Answer) -> tuple[Match, ...]:
    """What a member can end with: the first pattern, or the question's buttons when unsure."""
    first = answer.matches[:1]
    return (*first, *answer.close) if answer.kind == "unsure" else first


def _safety(pairs: Sequence[tuple[Record, Answer]]) -> Iterator[Figure]:
    def labelled(*levels: str) -> list[Answer]:
        return [answer for record, answer in pairs if record.get("triage") in levels]

    yield _share(
        "caught: emergency", (one.triage.level == "emergency" for one in labelled("emergency"))
    )
    yield _share("caught: urgent", (one.triage.level != "self-care" for one in labelled("urgent")))
    yield _share(
        "missed: emergency as self-care",
        (one.triage.level == "self-care" for one in labelled("emergency")),
    )
    yield _share(
        "missed: red flag as self-care",
        (one.triage.level == "self-care" for one in labelled("emergency", "urgent")),
    )
    yield _share("false alarms", (one.triage.level != "self-care" for one in labelled("self-care")))


def _answered(answer: Answer) -> bool:
    return bool(answer.matches) or answer.triage.level != "self-care"


def _lessons(folder: Path, learner: Learner, half: Half) -> Iterator[tuple[dict[str, Any], Lesson]]:
    for path in sorted(folder.glob("*.txt")):
        if in_half(path.stem, half) and path.with_suffix(".json").exists():
            labels = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
            for thread in read_threads(path):
                yield labels, learner.learn(thread)


def _threads(lessons: Sequence[tuple[dict[str, Any], Lesson]]) -> Iterator[Figure]:
    wanted: dict[tuple[str, int, str], str] = {}
    found: dict[tuple[str, int, str], str] = {}
    for labels, lesson in lessons:
        for comment in labels["comments"]:
            for each in comment["remedies"]:
                wanted[lesson.thread.key, comment["n"], each["remedy"]] = each["stance"]
        for read in lesson.comments:
            for said in read.remedies:
                found[lesson.thread.key, read.number, said.remedy] = said.stance
    both = wanted.keys() & found.keys()
    yield Figure("mentions: precision", len(both), len(found))
    yield Figure("mentions: recall", len(both), len(wanted))
    yield Figure("mentions: F1", 2 * len(both), len(found) + len(wanted))
    yield _share("stance right", (wanted[key] == found[key] for key in both))
    yield _share(
        "stance on the right side", (_side(wanted[key]) == _side(found[key]) for key in both)
    )
    yield _share(
        "topic of the thread",
        (
            bool(lesson.topics) and lesson.topics[0] in labels["topics"]
            for labels, lesson in lessons
        ),
    )


def _ranking(
    lessons: Sequence[tuple[dict[str, Any], Lesson]], catalogue: Catalogue
) -> Iterator[Figure]:
    """Ranking in use: of the first five for a thread's topic, built from all the other threads,
    how many its own people recommend or were helped by; beside the plain most-mentioned list.
    """
    taught = {lesson.thread.key: list(lesson.suggestions()) for _, lesson in lessons}
    ours: list[bool] = []
    plain: list[bool] = []
    for labels, lesson in lessons:
        topic = next((one for one in labels["topics"] if one in catalogue.patterns), None)
        liked = {
            each["remedy"]
            for comment in labels["comments"]
            for each in comment["remedies"]
            if each["stance"] in FOR
        }
        if topic is None or not liked:
            continue
        others = [one for key, some in taught.items() if key != lesson.thread.key for one in some]
        knowledge = build_knowledge(catalogue, others)
        ours += [one.remedy.slug in liked for one in advise(topic, knowledge).remedies]
        plain += [remedy in liked for remedy in _most_mentioned(topic, knowledge)]
    yield _share("precision at five", ours)
    yield _share("precision at five, most mentioned", plain)


def _most_mentioned(pattern: str, knowledge: Knowledge) -> list[str]:
    people = {
        remedy: tally.people for (of, remedy), tally in knowledge.tallies.items() if of == pattern
    }
    return sorted(people, key=lambda remedy: (-people[remedy], remedy))[:SHOWN]


def _side(stance: str) -> str:
    return "for" if stance in FOR else "against" if stance in AGAINST else "open"


def _share(name: str, outcomes: Iterable[bool]) -> Figure:
    seen = list(outcomes)
    return Figure(name, sum(seen), len(seen))
