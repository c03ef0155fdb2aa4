"""data/examples as what the model learns from: each text read, with what it teaches."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from bot.assessment import alarms
from bot.flags import Flags
from bot.reading.features import Blocks, features
from bot.reading.places import find_places
from bot.reading.reader import Reader

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


def rows(path: Path) -> list[dict[str, Any]]:
    """The records of a .jsonl file."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


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
