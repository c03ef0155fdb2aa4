"""What some must be told besides, whatever the pain: the young, the pregnant, the operated on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from bot.advice import Advice
from bot.datafiles import DataFileError, Line, Slug, check, read_toml
from bot.knowledge.catalogue import Catalogue
from bot.reading.lexicon import Concept
from bot.reading.reading import Reading

FILE = "notes.toml"
KIND = "note"  # of the concepts by which they are known
OTHERWISE = "otherwise"  # words that only begin like such a concept's


class Note(BaseModel):
    """A note as a volunteer writes it; the head of data/notes.toml explains the fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    says: Line
    leave_out: tuple[Slug, ...] = ()


def load_notes(
    data_dir: Path, catalogue: Catalogue, known: Collection[Concept]
) -> Mapping[str, Note]:
    """The notes by slug. Raises DataFileError; `known` are the lexicon's concepts."""
    path = data_dir / FILE
    notes = {slug: check(path, slug, Note, table) for slug, table in read_toml(path).items()}
    worded = {one.name for one in known if one.kind == KIND} - {OTHERWISE}
    for slug in sorted(worded - notes.keys()):
        raise DataFileError(f"{path}: [{slug}] stands in lexicon/notes.toml alone")
    for slug, note in notes.items():
        if slug not in worded:
            raise DataFileError(f"{path}: [{slug}] no words for it in lexicon/notes.toml")
        for remedy in note.leave_out:
            if remedy not in catalogue.remedies:
                raise DataFileError(f"{path}: [{slug}] leave_out: no remedy {remedy!r}")
    return notes


def notes_for(reading: Reading, notes: Mapping[str, Note]) -> tuple[Note, ...]:
    """The notes for whoever a text is about, the writer or somebody else, each once."""
    told = [
        one.concept.name
        for one in reading.of_kind(KIND)
        if one.status in ("affirmed", "other") and one.concept.name != OTHERWISE
    ]
    return tuple(notes[slug] for slug in dict.fromkeys(told))


def notes_in(text: str, notes: Mapping[str, Note]) -> tuple[Note, ...]:
    """The notes whose sentence stands in a text, such as that of an answer."""
    return tuple(note for note in notes.values() if note.says in text)


def without_left_out(advice: Advice, notes: Sequence[Note]) -> Advice:
    """The advice without the remedies that the notes leave out; the same where there are none."""
    left_out = {slug for note in notes for slug in note.leave_out}
    if not left_out:
        return advice
    remedies, but, rarely = (
        tuple(one for one in some if one.remedy.slug not in left_out)
        for some in (advice.remedies, advice.but, advice.rarely)
    )
    return replace(advice, remedies=remedies, but=but, rarely=rarely)
