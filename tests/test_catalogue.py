"""The files of data/: complete, and a broken one is named with the place and the fault."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.answer import Answerer
from bot.datafiles import DataFileError
from bot.knowledge.catalogue import load_catalogue
from bot.settings import ROOT
from bot.threads.references import ReferenceFinder

DATA = ROOT / "data"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    target = tmp_path / "data"
    ignored = shutil.ignore_patterns("examples", "threads", "pictures")
    return Path(shutil.copytree(DATA, target, ignore=ignored))


def edit(path: Path, change: Callable[[str], str]) -> None:
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")


def test_everything_shipped_is_there() -> None:
    catalogue = load_catalogue(DATA)
    assert len(catalogue.patterns) == 36
    assert len(catalogue.remedies) == 87
    assert len(catalogue.evidence) > 60
    for slug in catalogue.patterns:
        assert (DATA / "pictures" / f"{slug}.png").exists()


def test_no_phrase_names_two_remedies() -> None:
    seen: dict[str, str] = {}
    for remedy in load_catalogue(DATA).remedies.values():
        for phrase in remedy.called:
            assert seen.setdefault(phrase, remedy.slug) == remedy.slug, phrase


def test_evidence_without_a_source_has_no_year() -> None:
    for mark in load_catalogue(DATA).evidence.values():
        assert mark.source or not (mark.year or mark.url)


@pytest.mark.parametrize(
    ("file", "change", "told"),
    [
        ("patterns.toml", lambda s: s.replace("\nwhere =", "\nwear =", 1), "[it-band]"),
        ("patterns.toml", lambda s: s + "\n[oops\n", "not valid TOML"),
        ("remedies.toml", lambda s: s.replace("\nhow =", "\nhow = 3 #", 1), "[rest] how"),
        ("evidence.toml", lambda s: s.replace('"achilles"', '"elbow"', 1), "no pattern 'elbow'"),
        (
            "flags/heart-and-breath.toml",
            lambda s: s.replace("when = [\n", 'when = [\n  "nonsense + fever",\n', 1),
            "nonsense",
        ),
        (
            "flags/head-and-nerves.toml",
            lambda s: s.replace('"emergency"', '"panic"', 1),
            "[heat-stroke] level",
        ),
        ("flags/heart-and-breath.toml", lambda s: s + "\n[stroke]\n", "[stroke] stands in"),
        ("lexicon/places.toml", lambda s: s.replace("words =", "wrods =", 1), "[head]"),
        (
            "lexicon/signs/shared.toml",
            lambda s: s.replace("{cant} breathe", "{cnat} breathe"),
            "cnat",
        ),
        ("notes.toml", lambda s: s.replace('"painkiller"', '"painkliler"', 1), "'painkliler'"),
        ("notes.toml", lambda s: s.replace("[young]", "[tall]"), "[young] stands in"),
        ("notes.toml", lambda s: s + '\n[tall]\nsays = "Mind your head."\n', "[tall] no words"),
        ("lexicon/otherwise.toml", lambda s: s.replace("{outside}", "{outsied}"), "outsied"),
        ("lexicon/context.toml", lambda s: s.replace('"forward"', '"up"', 1), "[negation]"),
        ("lexicon/spelt_alike.toml", lambda s: s.replace("[heal]", "[Heal]"), "[Heal]"),
        ("lexicon/spelt_alike.toml", lambda s: s.replace('"my"', '"on my"', 1), "[heal] before"),
        ("lexicon/spelt_alike.toml", lambda s: s + '[tow]\nmeans = "toe"\n', "before or in after"),
    ],
)
def test_a_broken_file_is_named(
    copy: Path, file: str, change: Callable[[str], str], told: str
) -> None:
    edit(copy / file, change)
    with pytest.raises(DataFileError) as error:
        Answerer.load(copy)
    assert Path(file).name in str(error.value)
    assert told in str(error.value)


def test_words_of_a_remedy_that_nobody_knows_are_named(copy: Path) -> None:
    edit(copy / "lexicon" / "remedies.toml", lambda text: text.replace("[rest]", "[rets]"))
    with pytest.raises(DataFileError, match=r"remedies\.toml: no remedy 'rets'"):
        Answerer.load(copy)


def test_a_broken_file_of_references_is_named(copy: Path) -> None:
    edit(copy / "lexicon" / "references.toml", lambda s: s.replace("{this}", "{tihs}"))
    with pytest.raises(DataFileError, match=r"references\.toml: .*tihs"):
        ReferenceFinder(copy)


@pytest.mark.parametrize(
    "file",
    [
        "patterns.toml",
        "lexicon/spelt_alike.toml",
        "built/model.npz",
        "built/own_patterns.json",
    ],
)
def test_a_missing_file_is_named(copy: Path, file: str) -> None:
    (copy / file).unlink()
    with pytest.raises(DataFileError, match=Path(file).name):
        Answerer.load(copy)


def test_a_damaged_model_is_named(copy: Path) -> None:
    (copy / "built" / "model.npz").write_bytes(b"PK\x03\x04 not a model")
    with pytest.raises(DataFileError, match=r"model\.npz"):
        Answerer.load(copy)
