"""The reply keeps to Discord's limits and says things in good English."""

from __future__ import annotations

from dataclasses import replace

import pytest
from discord import ui
from hypothesis import given
from hypothesis import strategies as st

from bot.advice import Advice, advise
from bot.answer import CAUTION
from bot.knowledge.catalogue import Catalogue, Evidence, load_catalogue
from bot.knowledge.shipped import load_suggestions
from bot.knowledge.snapshot import Knowledge, Votes, build_knowledge
from bot.knowledge.tally import Tally
from bot.matching import Match, Reason
from bot.reading.lexicon import Concept
from bot.settings import ROOT
from bot.views.buttons import choose_buttons, show_buttons
from bot.views.errors import AidView
from bot.views.layouts import TEXT_LIMIT, advice_layout, note_layout, question_layout
from bot.views.pictures import Pictures
from bot.views.shown import UNDERSTOOD
from bot.views.voting import feedback_rows
from bot.views.why import explain, unpack, why_button
from bot.wording import research_says, runners_say, safe, server_says

DATA = ROOT / "data"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(DATA)


@pytest.fixture(scope="module")
def knowledge(catalogue: Catalogue) -> Knowledge:
    return build_knowledge(catalogue, load_suggestions(DATA))


def layout(advice: Advice, catalogue: Catalogue, understood: str = "knee") -> AidView:
    close, besides = ([Match(slug, 0.2)] for slug in list(catalogue.patterns)[:2])
    reasons = [Reason(f"denied:trigger:a-long-name-{n}", 0.1) for n in range(9)]
    return advice_layout(
        advice,
        understood=understood,
        caution=CAUTION,
        picture=Pictures(DATA).file(advice.pattern.slug),
        rows=lambda shown: [
            *show_buttons(close, besides, catalogue),
            *feedback_rows(
                shown,
                by_buttons=True,
                in_server=True,
                more=[why_button(advice.pattern.slug, reasons)],
            ),
        ],
    ).layout


def test_every_pattern_has_a_reply_within_discords_limits(
    catalogue: Catalogue, knowledge: Knowledge
) -> None:
    for slug in catalogue.patterns:
        built = layout(advise(slug, knowledge), catalogue)
        assert built.content_length() <= TEXT_LIMIT
        assert built.total_children_count <= 40
        assert built.to_components()


def test_what_was_understood_is_found_again_without_a_picture(
    catalogue: Catalogue, knowledge: Knowledge
) -> None:
    """A club's own pains have none, and the buttons under their answers go by what it says."""
    fitted = advice_layout(
        advise("it-band", knowledge), understood="⚠️ a note", caution=CAUTION, picture=None
    )
    found = fitted.layout.find_item(UNDERSTOOD)
    assert isinstance(found, ui.TextDisplay)
    assert found.content == "⚠️ a note"


def test_too_much_text_drops_whole_remedies_last_first(
    catalogue: Catalogue, knowledge: Knowledge
) -> None:
    advice = advise("it-band", knowledge)
    long = tuple(
        replace(each, remedy=each.remedy.model_copy(update={"how": "x" * 400}))
        for each in advice.remedies * 3
    )
    built = layout(replace(advice, remedies=long), catalogue)
    assert built.content_length() <= TEXT_LIMIT
    words = str(built.to_components())
    assert "1️⃣" in words
    assert "See a professional" in words
    assert CAUTION in words


def test_the_longest_labels_and_ids_fit(catalogue: Catalogue) -> None:
    matches = [Match(slug, 0.1) for slug in catalogue.patterns]
    for start in range(0, len(matches), 5):
        built = question_layout(
            "leg", CAUTION, choose_buttons(matches[start : start + 5], catalogue, 2**63)
        )
        for item in built.walk_children():
            assert len(getattr(item, "label", None) or "") <= 80
            assert len(getattr(item, "custom_id", None) or "") <= 100


def test_places_that_are_alike_are_told_apart_by_name(catalogue: Catalogue) -> None:
    slug = next(iter(catalogue.patterns))
    twice = choose_buttons([Match(slug, 0.2), Match(slug, 0.1)], catalogue, 1)
    assert catalogue.patterns[slug].name in str([row.to_component_dict() for row in twice])


@pytest.mark.parametrize(
    ("tally", "people", "words"),
    [
        (Tally(9, 9, 5, 1), 14, "9 of 14 runners suggest it, 5 say it helped, 1 that it did not"),
        (Tally(1, 1, 0, 0), 14, "1 of 14 runners suggests it"),
        (Tally(2, 1, 0, 1), 2, "1 of 2 runners suggests it, 1 says it did not help"),
        (Tally(1, 1, 1, 0), 1, "1 of 1 runner suggests it, 1 says it helped"),
        (Tally(2, 0, 0, 2), 9, "2 of 9 runners say it did not help"),
        (Tally(3, 0, 0, 0), 9, "3 of 9 runners tried it"),
        (Tally(), 9, "No runner mentioned it yet"),
    ],
)
def test_counts_in_words(tally: Tally, people: int, words: str) -> None:
    assert runners_say(tally, people) == words


def test_votes_and_evidence_in_words() -> None:
    assert server_says(Votes(5)) == "5 members here say it helped"
    assert server_says(Votes(6, 1)) == "6 members here say it helped, 1 that it did not"
    assert server_says(Votes(0, 5)) == "5 members here say it did not help"
    mark = Evidence(
        pattern="it-band", remedy="rest", grade="supported", says="It works.", year=2022
    )
    words = "Research: supported. It works."
    assert research_says(mark) == words
    named = mark.model_copy(update={"source": "Neal", "url": "https://doi.org/1(2)"})
    assert research_says(named) == words + " ([Neal 2022](<https://doi.org/1(2)>))"
    assert "](" not in research_says(named.model_copy(update={"url": "javascript:alert(1)"}))


@given(st.text(max_size=300))
def test_whatever_a_member_writes_is_one_safe_line(words: str) -> None:
    shown = safe(words)
    assert "\n" not in shown
    live = shown.replace("\\\\", "")
    for special in "*_~`|<>[]()#@:/":
        assert live.count(special) == live.count("\\" + special)


def test_a_note_is_small() -> None:
    assert note_layout("Title", "Text", CAUTION).content_length() < 400


def test_reasons_come_back_from_the_button_as_they_went_in() -> None:
    reasons = [
        Reason("where", 0.5),
        Reason("words", -0.2),
        Reason("denied:feeling:sharp", 0.1),
        Reason("trigger:downhill", -0.05),
        Reason("named:it-band", 0.04),
    ]
    button = why_button("it-band", reasons)
    assert len(button.custom_id or "") <= 100
    assert unpack(button.why) == reasons
    assert unpack("nonsense,,;+1,0-1,a:b:c+1,:-1") == []


def test_reasons_are_told_in_plain_words() -> None:
    labels = {Concept("feeling", "sharp"): "sharp"}
    reasons = [Reason("where", 0.5), Reason("denied:feeling:sharp", -0.1)]
    reasons += [Reason("named:numb-foot", 0.2), Reason("trigger:heat-weather", 0.2)]
    told = "\n".join(explain(reasons, labels, load_catalogue(DATA).patterns))
    assert "where it is: 50%" in told
    assert "sharp, that you do not have it: 10%" in told
    assert "that you name it (a numb foot" in told
    assert "heat" not in told  # there are no words for it


@given(st.text(max_size=100) | st.from_regex(r"([a-z0-9:-]{1,9}[+-][0-9]{1,2},?){1,9}"))
def test_any_custom_id_can_be_explained(packed: str) -> None:
    list(explain(unpack(packed), {}, {}))
