"""What is read in a text: places, feelings, and whether they are meant."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answer import Answerer
from bot.knowledge.snapshot import Knowledge
from bot.reading.describe import describe
from bot.reading.places import find_places
from bot.reading.tokens import tokenize


def statuses(answerer: Answerer, text: str, name: str) -> list[str]:
    return [one.status for one in answerer.reader.read(text).mentions if one.concept.name == name]


@pytest.mark.parametrize(
    ("text", "name", "status"),
    [
        ("my calf is swollen", "swollen", "affirmed"),
        ("no swelling at all", "swollen", "denied"),
        ("no pop, bruise or swelling", "swollen", "denied"),
        ("no pain at rest but it is swollen", "swollen", "affirmed"),
        ("didnt hear a pop, swelling a lot", "swollen", "affirmed"),
        ("my husband has a swollen calf", "swollen", "other"),
        ("had a swollen knee years ago", "swollen", "past"),
        ("if it gets swollen ill see someone", "swollen", "hypothetical"),
        ("the knee is fine", "knee", "denied"),
        ("cant feel my foot", "numb", "affirmed"),
    ],
)
def test_how_a_word_is_meant(answerer: Answerer, text: str, name: str, status: str) -> None:
    assert statuses(answerer, text, name) == [status]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("outside of my right knee hurts", "knee/outer"),
        ("hurts on the inner side of the knee", "knee/inner"),
        ("right of my left kneecap aches", "kneecap/inner"),
        ("left of my left kneecap aches", "kneecap/outer"),
        ("back of my left knee is sore", "back-of-knee"),
        ("sore achillies", "achilles"),
        ("my hammy is tight", "hamstring"),
        ("my hip was bad last year but now the ankle hurts", "ankle"),
    ],
)
def test_where_it_hurts(answerer: Answerer, text: str, place: str) -> None:
    assert find_places(answerer.reader.read(text))[0].label == place


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("acheing achiles", "achilles"),
        ("swolen ankel", "ankle"),
        ("hamstrng gone", "hamstring-strain"),
    ],
)
def test_spelling_mistakes_are_read(answerer: Answerer, written: str, meant: str) -> None:
    assert meant in [one.concept.name for one in answerer.reader.read(written).mentions]


def test_common_english_is_left_alone(answerer: Answerer) -> None:
    text = "needless to say i can relate to that"
    assert [token.word for token in answerer.reader.read(text).tokens] == text.split()


def test_a_quote_is_the_members_own_words(answerer: Answerer) -> None:
    text = "Été — my “Right KNEE” is sore"
    quotes = [one.quote for one in answerer.reader.read(text).of_kind("place")]
    assert quotes == ["KNEE"]


def test_describes_what_was_read(answerer: Answerer) -> None:
    reading = answerer.reader.read("sharp pain outside of my right knee going downhill")
    assert (
        describe(reading, answerer.reader.labels)
        == "outer side of the right knee, sharp, worse downhill"
    )


@given(st.text(max_size=300))
def test_tokens_lie_in_the_text_in_order(text: str) -> None:
    end = 0
    for token in tokenize(text):
        assert end <= token.start < token.end <= len(text) or token.start >= end - 1
        end = token.end


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=2000))
def test_any_text_gets_an_answer(answerer: Answerer, knowledge: Knowledge, text: str) -> None:
    answer = answerer.answer(text, knowledge)
    assert answer.caution
    assert len(answer.matches) <= 5


@pytest.mark.parametrize(
    "text",
    ["[" * 2000, "\u202e" * 2000, "k̸̡̛̹n̷͔͝e̵͎͊ě̷ " * 80, "knee " * 400, "**" * 1000, "@everyone " * 200],
    ids=["brackets", "right-to-left", "zalgo", "one word", "markdown", "mentions"],
)
def test_hostile_text_gets_an_answer(answerer: Answerer, knowledge: Knowledge, text: str) -> None:
    assert answerer.answer(text[:2000], knowledge).caution
