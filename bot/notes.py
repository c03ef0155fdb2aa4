"""What some must be told besides, whatever the pain: the young, the pregnant, the operated on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from bot.datafiles import DataFileError, Line, Slug, check, read_toml
from bot.knowledge.catalogue import Catalogue
from bot.reading.lexicon import Concept
from bot.reading.places import Place
from bot.reading.reading import Reading

FILE = "notes.toml"
KIND = "note"  # of the concepts by which they are known


class Note(BaseModel):
    """A note as a volunteer writes it; the head of data/notes.toml explains the fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    says: Line
    leave_out: tuple[Slug, ...] = ()
    spare: tuple[Slug, ...] = ()
    intimate: bool = False
    of_anybody: bool = False


def load_notes(
    data_dir: Path, catalogue: Catalogue, known: Collection[Concept]
) -> Mapping[str, Note]:
    """The notes by slug. Raises DataFileError; `known` are the lexicon's concepts."""
    path = data_dir / FILE
    notes = {slug: check(path, slug, Note, table) for slug, table in read_toml(path).items()}
    worded = {one.name for one in known if one.kind == KIND}
    for slug in sorted(worded - notes.keys()):
        raise DataFileError(f"{path}: [{slug}] stands in lexicon/notes.toml alone")
    for slug, note in notes.items():
        if slug not in worded:
            raise DataFileError(f"{path}: [{slug}] no words for it in lexicon/notes.toml")
        for field in ("leave_out", "spare"):
            for remedy in getattr(note, field):
                if remedy not in catalogue.remedies:
                    raise DataFileError(f"{path}: [{slug}] {field}: no remedy {remedy!r}")
    return notes


def notes_for(
    reading: Reading, places: Sequence[Place], notes: Mapping[str, Note]
) -> tuple[Note, ...]:
    """The notes for whoever a text complains of, the writer or somebody else, each once.

    `places`: of find_places. "My dad takes warfarin, my knee hurts" is of no concern to the knee.
    """
    own = any(place.weight > 0 for place in places)
    told = [
        one.concept.name
        for one in reading.of_kind(KIND)
        if one.status == "affirmed"
        or (one.status == "other" and (not own or notes[one.concept.name].of_anybody))
    ]
    return tuple(notes[slug] for slug in dict.fromkeys(told))


def notes_in(text: str, notes: Mapping[str, Note]) -> tuple[Note, ...]:
    """The notes whose sentence stands in a text, such as that of an answer."""
    return tuple(note for note in notes.values() if note.says in text)


def spared(notes: Sequence[Note]) -> frozenset[str]:
    """The slugs of the remedies of which these notes let nobody be advised against."""
    return frozenset(slug for note in notes for slug in note.spare)


def left_out(notes: Sequence[Note]) -> frozenset[str]:
    """The slugs of the remedies that these notes leave out."""
    return frozenset(slug for note in notes for slug in note.leave_out)
