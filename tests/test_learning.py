"""Threads: what is read in them, and what the shipped ones taught."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answer import Answerer
from bot.house import load_learner
from bot.knowledge.shipped import load_suggestions
from bot.settings import ROOT
from bot.threads.comments import Comment, Thread, ThreadError
from bot.threads.files import read_threads
from bot.threads.learning import Learner, Lesson
from bot.threads.plain import parse_thread

SEED = ROOT.parent / "shared" / "cases" / "threads" / "seed.txt"


@pytest.fixture(scope="session")
def learner(answerer: Answerer) -> Learner:
    return load_learner(answerer, ROOT / "data")


def said(lesson: Lesson) -> dict[tuple[int, str], str]:
    return {(c.number, each.remedy): each.stance for c in lesson.comments for each in c.remedies}


def thread(*comments: tuple[str, str], topics: tuple[str, ...] = ("it-band",)) -> Thread:
    numbered = (Comment(n, name, text) for n, (name, text) in enumerate(comments, start=1))
    return Thread("key", "title", "", topics, tuple(numbered))


def test_the_seed_thread_is_read_right(learner: Learner) -> None:
    """A real page: it is read from where it lies and stays out of the repository."""
    if not SEED.exists():
        pytest.skip("the seed thread is not beside this checkout (../shared)")
    found = said(learner.learn(next(read_threads(SEED))))
    labels = json.loads(SEED.with_suffix(".json").read_text(encoding="utf-8"))
    wanted = {
        (comment["n"], each["remedy"]): each["stance"]
        for comment in labels["comments"]
        for each in comment["remedies"]
    }
    assert {key: found.get(key) for key in wanted} == wanted


@pytest.mark.parametrize(
    ("text", "remedy", "stance"),
    [
        ("You need to get a foam roller asap!", "foam-roll", "recommends"),
        ("My foam roller was a life saver.", "foam-roll", "helped"),
        ("I tried acupuncture. It didn't do anything for me.", "acupuncture", "no-help"),
        ("I iced it and it helped a little but wasn't enough.", "ice", "helped-some"),
        ("I've been told to try yoga but never gave it a shot.", "yoga", "untried"),
        ("Don't keep running through it, it'll get worse.", "rest", "recommends"),
        ("Has anyone tried kinesio tape?", "tape", "untried"),
        ("Whatever you do, avoid cortisone injections.", "injection", "warns"),
        ("I took ibuprofen before the race.", "painkiller", "tried"),
    ],
)
def test_what_a_comment_says_of_a_remedy(
    learner: Learner, text: str, remedy: str, stance: str
) -> None:
    assert said(learner.learn(thread(("Ann", text)))) == {(1, remedy): stance}


def test_a_person_counts_once_however_often_she_writes(learner: Learner) -> None:
    lesson = learner.learn(
        thread(("Ann", "Try a foam roller."), ("ann ", "Really, get a foam roller!"))
    )
    assert len(list(lesson.suggestions())) == 1


def test_anonymous_people_are_not_one(learner: Learner) -> None:
    lesson = learner.learn(
        thread(("Anonymous", "Try a foam roller."), ("Anonymous", "Get a foam roller!"))
    )
    assert len(list(lesson.suggestions())) == 2


def test_names_are_not_kept(learner: Learner) -> None:
    lesson = learner.learn(thread(("Zebedee", "Try a foam roller.")))
    assert "Zebedee" not in repr(list(lesson.suggestions()))


def test_the_topic_is_found_without_a_label(learner: Learner) -> None:
    lesson = learner.learn(
        thread(
            ("Bo", "Heel is agony with the first steps in the morning. Help?"),
            ("Cy", "Roll a frozen bottle under the arch."),
            topics=(),
        )
    )
    assert lesson.topics[0] == "plantar-fasciitis"


def test_what_is_shipped_is_what_the_threads_teach(learner: Learner) -> None:
    taught = [
        suggestion
        for path in sorted((ROOT / "data" / "threads").glob("*.txt"))
        for suggestion in learner.learn(next(read_threads(path))).suggestions()
    ]
    assert tuple(taught) == load_suggestions(ROOT / "data"), "run `make build`"


def test_a_numbered_list_inside_a_comment_is_no_comment() -> None:
    text = "  1. Ann\n\n    Do this:\n    1. ice\n    2. rest\n\n  2. Bo said...\n\n    Thanks\n"
    comments = parse_thread(text, "x").comments
    assert [(one.number, one.author) for one in comments] == [(1, "Ann"), (2, "Bo")]
    assert "2. rest" in comments[0].text


def test_a_file_that_is_no_thread_says_so(tmp_path: Path) -> None:
    path = tmp_path / "song.txt"
    path.write_text("la la la")
    with pytest.raises(ThreadError, match=r"song.*no comments found; tried"):
        next(read_threads(path))
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ThreadError, match="not a text"):
        next(read_threads(path))


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=400))
def test_any_comment_can_be_read(learner: Learner, text: str) -> None:
    learner.learn(thread(("Ann", text), topics=()))
