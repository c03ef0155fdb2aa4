"""What the shipped threads taught: built by scripts/build_data.py, read at start."""

from __future__ import annotations

import json
from pathlib import Path

from bot.datafiles import DataFileError
from bot.knowledge.tally import Suggestion

FILE, TITLES = "built/suggestions.json", "built/threads.json"


def load_suggestions(data_dir: Path) -> tuple[Suggestion, ...]:
    """The suggestions learned from data/threads. Raises DataFileError when missing or broken."""
    path = data_dir / FILE
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return tuple(Suggestion(*row) for row in rows)
    except (OSError, ValueError, TypeError) as error:
        raise DataFileError(f"{path}: {error}; `make build` makes it anew") from error


def load_titles(data_dir: Path) -> dict[str, str]:
    """What the threads of data/threads are called, by key. Raises DataFileError as above."""
    path = data_dir / TITLES
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise DataFileError(f"{path}: {error}; `make build` makes it anew") from error


def save_titles(data_dir: Path, titles: dict[str, str]) -> None:
    """Writes what the threads are called, one a line."""
    text = json.dumps(titles, indent=1, ensure_ascii=False, sort_keys=True)
    (data_dir / TITLES).write_text(text + "\n", encoding="utf-8")


def save_suggestions(data_dir: Path, suggestions: list[Suggestion]) -> None:
    """Writes the suggestions, a row a line, so that a change reads well in git."""
    rows = [
        json.dumps([each.thread, each.person, each.pattern, each.remedy, each.stance])
        for each in suggestions
    ]
    text = "[\n" + ",\n".join(rows) + "\n]\n"
    (data_dir / FILE).write_text(text, encoding="utf-8")
