"""The answer as a whole: danger first, then the pattern, then the remedies."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from bot.advice import PRIOR_VOTES, SHOWN, advise, lower_bound, score
from bot.answer import ASKED, Answerer
from bot.assessment import MODEL_FILE
from bot.knowledge.catalogue import Pattern
from bot.knowledge.snapshot import Knowledge, Votes, build_knowledge
from bot.knowledge.tally import Suggestion, Tally, count, people_by_pattern
from bot.model import load_model
from bot.reading.lexicon import Concept
from bot.settings import ROOT


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("outside of my knee kills me going downhill after mile 4", "it-band"),
        ("first steps in the morning my heel is agony then it eases", "plantar-fasciitis"),
        ("stiff achillies in the morning, thick and sore to pinch", "achilles"),
        ("burning between my 3rd and 4th toes like a pebble in the shoe", "mortons-neuroma"),
        ("sharp pain under my ribs on the right side when i run fast", "side-stitch"),
        ("sit bone aches when i drive and when i sprint", "high-hamstring"),
    ],
)
def test_the_pattern_comes_first(
    answerer: Answerer, knowledge: Knowledge, text: str, pattern: str
) -> None:
    answer = answerer.answer(text, knowledge)
    assert answer.triage.level == "self-care"
    assert answer.matches[0].slug == pattern
    assert answer.advice is not None
    assert answer.advice.remedies


@pytest.mark.parametrize(
    "text",
    [
        "prob nothing but my calf has been fat and warm since the flight",
        "crushing chest pain going down my arm on the hill",
        "blacked out mid run and woke up on the pavement",
        "my back went and now i'm numb between my legs and cant pee",
        "pee like cola since the race and my thighs are swollen solid",
        "collapsed at mile 20 talking rubbish in the heat",
        "drank at every station, now pounding head and being sick, rings too tight",
        "my foot is cold and white and i cant feel it",
        "three months injured and honestly im suicidal, sorry",
        "cant breathe",
        "chest pain",
        "suicidal",
        "stroke?",
        "collapsed",
    ],
)
def test_an_emergency_gets_no_remedies(answerer: Answerer, knowledge: Knowledge, text: str) -> None:
    answer = answerer.answer(text, knowledge)
    assert answer.triage.level == "emergency"
    assert answer.triage.signs
    assert answer.triage.do_now
    assert answer.advice is None


@pytest.mark.parametrize(
    ("text", "level"),
    [
        (
            "my number for sunday is free, somebody faster should have it. i wont be needing "
            "anything after friday. sorry for everything, look after the dog",
            "emergency",
        ),
        (
            "my number for sunday is free, somebody faster should have it. we move to oslo on "
            "friday and the dog comes along",
            "self-care",
        ),
        (
            "my husband filled his bottle at every stop, is two kilos up on the scales and just "
            "asked me who i am",
            "emergency",
        ),
        (
            "hip flexor they say, but i lift the leg into the car with my hand since sunday and "
            "turning over in bed is the worst",
            "urgent",
        ),
        (
            "hip flexor they say, a bit tight when i lift the knee on the stairs, goes off once i "
            "am warm",
            "self-care",
        ),
        (
            "calf stops me at the same bench every walk, two minutes and i am off again. 67, used "
            "to smoke. magnesium?",
            "urgent",
        ),
        (
            "calf a bit tight at the start of every run, two minutes of walking and i am off "
            "again. magnesium?",
            "self-care",
        ),
    ],
)
def test_danger_between_the_lines_is_heard_and_its_harmless_twin_is_none(
    answerer: Answerer, knowledge: Knowledge, text: str, level: str
) -> None:
    assert answerer.answer(text, knowledge).triage.level == level


@pytest.mark.parametrize(
    ("text", "level", "telling"),
    [
        (
            "Blister on my heel from the new shoes. Also one side of my face has gone droopy "
            "since this morning. Pop it or leave it?",
            "emergency",
            "face",
        ),
        (
            "Black toenail again. My chest goes tight on every hill these days and eases when I "
            "stop. Bigger shoes?",
            "emergency",
            "chest",
        ),
        (
            "Heels are rubbed raw from the new racers. I passed out at the finish on Sunday and "
            "woke up with a medic over me. Plaster or air for the heels?",
            "emergency",
            "passed out",
        ),
        (
            "Bunions rub in every shoe that I own. There was blood mixed into my poo after the "
            "last three long runs, not piles. Are toe spacers any good?",
            "urgent",
            "blood",
        ),
        (
            "My son is ten and has a black toenail, shoes too small. He has been limping since "
            "sports day though and points at his thigh. Drill the nail or not?",
            "urgent",
            "limping",
        ),
    ],
)
def test_a_danger_told_in_passing_is_heard_and_quoted(
    answerer: Answerer, knowledge: Knowledge, text: str, level: str, telling: str
) -> None:
    answer = answerer.answer(text, knowledge)
    assert answer.triage.level == level
    quotes = [sign.quote for sign in answer.triage.signs]
    assert any(telling in quote for quote in quotes)
    assert not any("?" in quote or quote == text for quote in quotes)


def test_a_danger_in_passing_is_heard_without_full_stops(
    answerer: Answerer, knowledge: Knowledge
) -> None:
    text = (
        "got a blister on my heel from the new shoes after the long run on sunday and also one "
        "side of my face has gone droopy since this morning anyway do you lot pop it or leave it "
        "before the relay on thursday"
    )
    assert answerer.answer(text, knowledge).triage.level == "emergency"


def test_an_emergency_told_beside_something_urgent_is_one(
    answerer: Answerer, knowledge: Knowledge
) -> None:
    text = (
        "My knee locks and won't straighten since the twist. One side of my face has gone droopy "
        "since this morning. Is it the meniscus?"
    )
    answer = answerer.answer(text, knowledge)
    assert answer.triage.level == "emergency"
    assert [sign.flag for sign in answer.triage.signs] == ["stroke", "knee-injury"]


def test_what_is_not_believed_is_not_told_beside_what_is(
    answerer: Answerer, knowledge: Knowledge
) -> None:
    text = (
        "back pain that wakes me every night whatever i do, position doesnt matter, 2 months. its "
        "got worse. rest days same. mattress?"
    )
    answer = answerer.answer(text, knowledge)
    assert answer.triage.level == "urgent"
    assert [sign.flag for sign in answer.triage.signs] == ["whole-body"]
    assert "doctor" in answer.triage.do_now


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        (
            "Up at six for the dog, doing my John Wayne across the bedroom carpet till the "
            "underneath of my heel wakes up, then I'm grand for the day. The exchange visit is in "
            "October, bring cake. Ferry at ten.",
            "plantar-fasciitis",
        ),
        (
            "Thanks to everybody who came to the quiz, we raised two hundred quid. Outside of my "
            "knee hurts on the downhills after four miles. Sarah won the raffle.",
            "it-band",
        ),
    ],
)
def test_a_complaint_amid_chat_is_answered(
    answerer: Answerer, knowledge: Knowledge, text: str, pattern: str
) -> None:
    answer = answerer.answer(text, knowledge)
    assert (answer.triage.level, answer.matches[0].slug) == ("self-care", pattern)


def test_a_text_of_very_many_sentences_is_read_to_its_end(
    answerer: Answerer, knowledge: Knowledge
) -> None:
    chat = "See you all at ten. Bring some cake. "
    answer = answerer.answer(chat * 45 + "Crushing chest pain since the hill. " + chat, knowledge)
    assert answer.triage.level == "emergency"


def test_of_several_signs_the_most_pressing_says_what_to_do_and_never_is_kept(
    answerer: Answerer, knowledge: Knowledge
) -> None:
    text = "drank at every station, now pounding head and being sick, rings too tight"
    triage = answerer.answer(text, knowledge).triage
    assert "emergency" in triage.do_now
    assert "Do not drink more water." in triage.do_now


@pytest.mark.parametrize(
    "text",
    [
        "one calf is twice the size of the other, hot and red since the flight",
        "knee red hot and ballooned overnight, shivering",
        "numb between my legs and my back has gone",
        "collapsed on the hill, chest tight, grey and sweating",
    ],
)
def test_each_emergency_names_the_number_to_call(
    answerer: Answerer, knowledge: Knowledge, text: str
) -> None:
    triage = answerer.answer(text, knowledge).triage
    assert triage.level == "emergency"
    assert triage.do_now.count("local emergency number") == 1


def test_a_stress_fracture_of_long_ago_is_no_danger_now(
    answerer: Answerer, knowledge: Knowledge
) -> None:
    text = "had a femoral neck stress fracture in 2015. now the outside of my knee hurts downhill"
    assert answerer.answer(text, knowledge).triage.level == "self-care"


@pytest.mark.parametrize(
    "text",
    [
        "felt like someone kicked me in the calf, cant push off now",
        "foot slaps when i walk and i cant lift my toes",
        "rolled my ankle, cant put weight on it",
        "one pinpoint spot on my shin, hurts at night and when i hop",
        "calf a bit tight since sunday, it's 3 cm thicker than the right one, compression sock?",
        "calf swollen",
        "foot drop",
        "femoral neck stress fracture confirmed, how long till i can run",
        "navicular stress fracture, been in the boot 3 weeks, when can i run",
    ],
)
def test_something_urgent_gets_no_remedies(
    answerer: Answerer, knowledge: Knowledge, text: str
) -> None:
    answer = answerer.answer(text, knowledge)
    assert answer.triage.level in ("urgent", "emergency")
    assert answer.advice is None


@pytest.mark.parametrize(
    "text",
    [
        "this hill kills me, my quads are dead the day after",
        "black toenail after the marathon",
        "black toenail",
        "sore knee",
        "knee pops but no pain, just an ache under the kneecap on stairs",
        "numb toes when the laces are too tight",
        "tight calf after hills, doc ruled out a clot",
        "calf sore since the hills, measured both, 38 cm vs 38 cm",
    ],
)
def test_alarming_words_alone_raise_no_alarm(
    answerer: Answerer, knowledge: Knowledge, text: str
) -> None:
    assert answerer.answer(text, knowledge).triage.level == "self-care"


def test_danger_is_heard_where_no_part_of_the_body_is_named(
    answerer: Answerer, knowledge: Knowledge
) -> None:
    text = "got lost on my usual loop and couldnt think straight"
    assert answerer.answer(text, knowledge).triage.level == "emergency"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "empty"),
        ("🏃‍♀️🏃‍♀️ 🎉", "empty"),
        ("it hurts", "empty"),
        ("it sort of hurts", "empty"),
        ("it kind of hurts", "empty"),
        ("膝が痛い、走ると痛みます", "other-language"),
        ("膝盖疼", "other-language"),
        ("болит колено", "other-language"),
        ("my elbow hurts", "elsewhere"),
        ("wrist", "elsewhere"),
        ("forearm aches when i run far", "elsewhere"),
        ("headache after long runs in the heat", "elsewhere"),
        ("wer kommt morgen um neun mit auf die lange runde durch den wald", "other-language"),
        ("which pizza place is open on sunday evening", "off-topic"),
        ("lol", "off-topic"),
        ("my wallet hurts after buying carbon shoes", "off-topic"),
        ("not me, i'm on lates til sunday, then a person again for 3 days", "off-topic"),
        ("T2 took me six minutes because I sat down. never sit down in T2", "off-topic"),
        ("lost my left glove by the second gate again, if you see it, bin it", "off-topic"),
        ("x" * 2001, "too-long"),
    ],
)
def test_what_is_no_pain_is_told_kindly(
    answerer: Answerer, knowledge: Knowledge, text: str, kind: str
) -> None:
    answer = answerer.answer(text, knowledge)
    assert answer.kind == kind
    assert not answer.matches
    assert answer.caution


def test_a_person_counts_once_for_a_thread_remedy_and_pattern() -> None:
    said = [Suggestion("t", 1, "it-band", "ice", "helped")] * 3
    assert count(said) == {("it-band", "ice"): Tally(people=1, in_favour=1, helped=1)}
    assert people_by_pattern(said) == {"it-band": 1}


def test_more_voices_for_a_remedy_rank_it_higher() -> None:
    assert score(Tally(9, 9, 5, 0), Votes()) > score(Tally(1, 1, 1, 0), Votes())
    assert score(Tally(9, 9, 5, 0), Votes()) > score(Tally(9, 5, 1, 4), Votes())


def test_a_single_voice_does_not_outrank_a_dozen() -> None:
    assert score(Tally(9, 8, 0, 1), Votes()) > score(Tally(1, 1, 1, 0), Votes())


def test_what_nobody_speaks_for_is_not_ranked() -> None:
    assert score(Tally(3, 0, 0, 2), Votes()) == 0


def test_every_pattern_can_be_advised_on(answerer: Answerer, knowledge: Knowledge) -> None:
    for slug in answerer.catalogue.patterns:
        advice = advise(slug, knowledge)
        assert len(advice.remedies) <= 5
        assert all(one.score > 0 or one.evidence for one in advice.remedies)


def test_votes_outweigh_threads_in_time() -> None:
    popular, loved = Tally(30, 30, 10, 0), Tally(2, 2, 1, 0)
    assert score(popular, Votes(0, 40)) < score(loved, Votes(30, 2))
    assert PRIOR_VOTES < 40


def test_the_lower_bound_is_wilsons() -> None:
    # Worked by hand for 8 of 10 at z = 1: (0.8 + 0.05 - sqrt(0.016 + 0.0025)) / 1.1
    assert lower_bound(8, 10) == pytest.approx(0.6491, abs=1e-4)
    assert lower_bound(0, 0) == 0


def test_votes_never_lift_what_is_advised_against(answerer: Answerer) -> None:
    marks = answerer.catalogue.evidence.values()
    bad = next(mark for mark in marks if mark.grade == "advised-against")
    said = [Suggestion("t", n, bad.pattern, bad.remedy, "helped") for n in range(20)]
    votes = {(bad.pattern, bad.remedy): Votes(helped=50)}
    advice = advise(bad.pattern, build_knowledge(answerer.catalogue, said, votes))
    assert bad.remedy not in [one.remedy.slug for one in advice.remedies]
    assert bad.remedy in [one.remedy.slug for one in advice.but]


def test_a_servers_new_pattern_with_three_examples_answers_at_once(
    answerer: Answerer, knowledge: Knowledge
) -> None:
    own = Pattern(
        slug="towpath-elbow",
        name="towpath elbow",
        called=("towpath elbow",),
        where="outer side of the elbow",
        wording=(
            "outside of my elbow aches when I carry a bottle",
            "sore elbow on long runs from holding my handheld flask",
            "elbow burns on the outer side after carrying water",
        ),
        triggers=(),
        see=("It is swollen.",),
    )
    catalogue = replace(answerer.catalogue, patterns={**answerer.catalogue.patterns, own.slug: own})
    club = replace(
        build_knowledge(catalogue, ()),
        reader=answerer.reader.with_names([(Concept("named", own.slug), own.called)]),
        own_patterns=answerer.own_patterns([own]),
    )
    for text in (
        "my elbow is really sore on the outside after two hours with the bottle in my hand",
        "think ive got towpath elbo again, aches",
    ):
        assert answerer.answer(text, club).matches[0].slug == own.slug
        assert answerer.answer(text, knowledge).kind == "elsewhere"
    knee = "outside of my knee kills me going downhill after mile 4"
    assert answerer.answer(knee, club).matches[0].slug == "it-band"


def test_examples_that_stay_are_not_worked_out_anew(answerer: Answerer) -> None:
    own, other = (
        Pattern(
            slug=f"own-{name}",
            name=f"{name} elbow",
            called=(f"{name} elbow",),
            where="outer side of the elbow",
            wording=tuple(f"my {name} elbow {verb}" for verb in ("hurts", "aches", "burns")),
            triggers=(),
            see=("It is swollen.",),
            own=True,
        )
        for name in ("towpath", "canal")
    )
    before = answerer.own_patterns([own])
    assert before
    assert answerer.own_patterns([own], before) is before
    after = answerer.own_patterns([own, other], before)
    assert after
    assert all(after.compared[line] is before.compared[line] for line in own.wording)


TWO_PAINS = {
    "my achilles is stiff every morning and the outside of my knee hurts downhill after mile 4": {
        "achilles",
        "it-band",
    },
    "Heel kills on the first steps out of bed. Also my shins ache along the inside when I run.": {
        "plantar-fasciitis",
        "shin-splints",
    },
    "ball of my foot burns in the long run and my lower back is stiff after sitting": {
        "ball-of-foot",
        "lower-back",
    },
}
SITS = {  # by volunteers: data/lexicon/places.toml
    "my foot hurts": (
        "plantar-fasciitis",
        "top-of-foot",
        "ball-of-foot",
        "posterior-tibial",
        "bone-stress",
    ),
    "knee pain": ("runners-knee", "it-band", "patellar-tendon", "inner-knee", "back-of-knee"),
    "hip": ("outer-hip", "hip-flexor", "hip-joint", "deep-buttock", "groin"),
}


@pytest.mark.parametrize(
    "text", ["leg pain", "my ankle hurts", "pain in my lower leg", "tummy pain"]
)
def test_two_words_of_what_hurts_are_no_emergency(
    answerer: Answerer, knowledge: Knowledge, text: str
) -> None:
    assert answerer.answer(text, knowledge).triage.level == "self-care"


@pytest.mark.parametrize(
    "text",
    [
        "chest pain",
        "chest tight",
        "can't pee",
        "face drooping",
        "calf huge",
        "calf massive",
        "can't breathe",
    ],
)
def test_two_words_of_a_danger_are_one(answerer: Answerer, knowledge: Knowledge, text: str) -> None:
    assert answerer.answer(text, knowledge).triage.level != "self-care"


@pytest.mark.parametrize(
    "text",
    [
        "wasp sting on my calf, itchy and a bit puffy",
        "cut on my shin from a bramble, it stings",
        "insect bite on my ankle, itchy",
        "hurts on the outside",
        "it hurts when i sit",
    ],
)
def test_what_is_no_pain_that_it_knows_is_asked_about(
    answerer: Answerer, knowledge: Knowledge, text: str
) -> None:
    assert answerer.answer(text, knowledge).kind == "unsure"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("left hand side of my lower back aches", "left lower back"),
        ("second hand shoes and now my arch aches", "arch"),
        ("sore two fingers below the kneecap", "just below the kneecap"),
        ("like a nail in my heel", "heel"),
        ("my knee is fine on stairs but sitting hurts", "knee, when sitting"),
        ("fine going uphill, my knee aches downhill", "knee, worse downhill"),
    ],
)
def test_what_was_read_is_what_was_said(
    answerer: Answerer, knowledge: Knowledge, text: str, read: str
) -> None:
    assert answerer.answer(text, knowledge).understood == read


@pytest.mark.parametrize(
    "text",
    [
        "ACL repaired 4 months ago and my knee aches",
        "c-section 10 weeks ago, my shins ache",
        "hernia op 6 weeks ago, my knee aches after my run",
    ],
)
def test_an_operation_is_noted_however_it_is_told(
    answerer: Answerer, knowledge: Knowledge, text: str
) -> None:
    assert any("After an operation" in one for one in answerer.answer(text, knowledge).notes)


def test_telegram_style_is_english(answerer: Answerer, knowledge: Knowledge) -> None:
    text = "achilles insertional tendinopathy, eccentric heel lowering, plateau"
    assert answerer.answer(text, knowledge).kind == "advice"
    german = "wer kommt morgen um neun mit auf die lange runde durch den wald"
    assert answerer.answer(german, knowledge).kind == "other-language"


@pytest.mark.parametrize(
    "text", ["my son (14) has sore heels", "my daughter, 12, has a sore knee", "I (F, 15) ran"]
)
def test_an_age_in_brackets_or_commas_is_an_age(
    answerer: Answerer, knowledge: Knowledge, text: str
) -> None:
    assert any("still grows" in one for one in answerer.answer(text, knowledge).notes)


def test_whoever_still_grows_is_not_told_that_rest_is_wrong(
    answerer: Answerer, knowledge: Knowledge
) -> None:
    of_adult = answerer.answer("my achilles is stiff in the morning", knowledge)
    assert of_adult.advice
    assert any(one.remedy.slug == "rest" for one in of_adult.advice.but)
    of_child = answerer.answer("i'm 13 and my achilles is stiff in the morning", knowledge)
    assert of_child.advice
    assert not any(one.remedy.slug == "rest" for one in of_child.advice.but)


@pytest.mark.parametrize(
    "text",
    [
        "quads have resigned. ran 30k yesterday",
        "legs like two planks. 10k yesterday",
        "metafit wednesday. I'm being lowered onto the loo by the radiator pipe",
    ],
)
def test_soreness_is_understood_by_what_one_cannot_do(
    answerer: Answerer, knowledge: Knowledge, text: str
) -> None:
    answer = answerer.answer(text, knowledge)
    assert answer.kind in ("advice", "unsure")
    assert answer.matches[0].slug == "doms"


def test_talk_of_tired_legs_is_talk(answerer: Answerer, knowledge: Knowledge) -> None:
    for text in (
        "that hill broke me and I loved it",
        "absolutely wrecked, best run ever",
        "my feet feel great after yesterdays race. legs totally fine, no soreness",
    ):
        assert answerer.answer(text, knowledge).kind == "off-topic"


@pytest.mark.parametrize("text", SITS)
def test_where_several_pains_sit_the_place_alone_is_asked_about(
    answerer: Answerer, knowledge: Knowledge, text: str
) -> None:
    answer = answerer.answer(text, knowledge)
    assert answer.kind == "unsure"
    assert len(answer.close) == ASKED - 1
    offered = [answer.matches[0].slug, *(one.slug for one in answer.close)]
    assert set(offered) <= set(SITS[text])


def test_what_is_named_besides_is_offered(answerer: Answerer, knowledge: Knowledge) -> None:
    text = "achilles is stiff in the morning and the front of my knee hurts on stairs too"
    answer = answerer.answer(text, knowledge)
    offered = (answer.matches[0], *answer.close, *answer.besides)
    assert "achilles" in [one.slug for one in offered]


@pytest.mark.parametrize(("text", "pains"), TWO_PAINS.items())
def test_a_second_pain_in_another_place_is_not_lost(
    answerer: Answerer, knowledge: Knowledge, text: str, pains: set[str]
) -> None:
    answer = answerer.answer(text, knowledge)
    assert {answer.matches[0].slug, *(one.slug for one in answer.besides)} == pains
    assert not set(answer.close) & set(answer.besides)


def test_a_neighbouring_place_is_no_second_pain(answerer: Answerer, knowledge: Knowledge) -> None:
    for text in (
        "outside of my knee kills me going downhill after mile 4, it goes up the thigh",
        "heel hurts with the first steps in the morning, a bit into the arch",
        "back of the ankle is stiff, achilles, worse on hills, calf is fine",
        "my quads are so sore two days after the marathon, cannot do the stairs",
        "my low back gets stiff after 10 km, both sides. I stretch hamstrings and hips every day",
    ):
        assert not answerer.answer(text, knowledge).besides


@pytest.mark.parametrize(
    ("text", "begins", "left_out"),
    [
        ("im 12 and my it band hurts, outside of the knee", "For somebody who still grows", True),
        ("my 13 year old's knee hurts on the outside, it band?", "For somebody who still", True),
        ("19 weeks pregnant and my it band hurts on the outside", "In pregnancy", True),
        ("Pregnant. it band hurts on the outside of the knee", "In pregnancy", True),
        ("my son is 14, it band pain, outside of his knee", "For somebody who still", True),
        ("i'm twelve and the outside of my knee hurts, it band", "For somebody who", True),
        ("cant take ibuprofen. it band pain, outside of the knee", "You name a reason", True),
        ("my dad takes warfarin. my it band hurts, outside of the knee", "", False),
        ("my 10 year old shoes gave me it band pain outside of the knee", "", False),
        ("outside of my knee hurts, it band, as when i was pregnant", "", False),
        ("on warfarin, and the outside of my knee hurts downhill, it band", "With blood", True),
        ("it band hurts 12 weeks after my operation", "After an operation", False),
        ("im 12 weeks into training and my it band hurts", "", False),
        ("outside of my knee hurts downhill, it band, as in my first pregnancy", "", False),
    ],
)
def test_some_are_told_more_and_shown_less(
    answerer: Answerer, knowledge: Knowledge, text: str, begins: str, left_out: bool
) -> None:
    answer = answerer.answer(text, knowledge)
    assert answer.advice is not None
    assert answer.advice.pattern.slug == "it-band"
    assert [note[: len(begins)] for note in answer.notes] == ([begins] if begins else [])
    shown = {ranked.remedy.slug for ranked in answer.advice.remedies}
    usual = {ranked.remedy.slug for ranked in advise("it-band", knowledge).remedies}
    assert "painkiller" in usual
    assert ("painkiller" not in shown) is left_out
    assert len(answer.advice.remedies) == SHOWN  # others take the places of what is left out


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("i was hit by a car while running, my hip hurts", "After being hit"),
        ("a van clipped me this morning, outside of my knee is sore", "After being hit"),
        ("fell off a wall, lower back hurts", "After being hit"),
        ("a car nearly hit me. outside of my knee hurts downhill", ""),
        ("havent eaten properly in weeks to get lighter, shin sore", "Bones, muscles and hormones"),
        ("eaten enough and slept well, shin sore", ""),
        ("hamstring tendon right under my butt hurts", ""),
        ("took ten paracetamol for my shin splints today", "If you took more"),
        ("took two paracetamol for my shin splints today", ""),
        (
            "side stitch under the ribs on the right that makes me short of breath when i run fast "
            "in the second half of races, gone as soon as i slow down to a jog",
            "Out of breath more",
        ),
        ("pulled my hamstring last spring, tight again now", ""),
    ],
)
def test_what_must_not_wait_is_told_besides(
    answerer: Answerer, knowledge: Knowledge, text: str, begins: str
) -> None:
    answer = answerer.answer(text, knowledge)
    told = [note for note in answer.notes if note.startswith(begins)]
    assert len(answer.notes) == len(told) == bool(begins)


@pytest.mark.parametrize(
    "text", ["pulled my hamstring an hour ago sprinting", "calf tore yesterday, can walk"]
)
def test_a_fresh_tear_is_not_stretched_nor_kneaded(
    answerer: Answerer, knowledge: Knowledge, text: str
) -> None:
    answer = answerer.answer(text, knowledge)
    assert answer.advice is not None
    assert "freshly pulled or torn" in answer.notes[0]
    shown = {ranked.remedy.slug for ranked in answer.advice.remedies}
    assert shown
    assert not shown & {"stretching", "hamstring-stretch", "heat", "foam-roll", "massage-stick"}


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("bottom of foot numb between 3rd and 4th toe", "With numb toes or feet"),
        ("toes go numb after 3 miles", "With numb toes or feet"),
        ("sprained ankle this morning, ice or heat?", "A fresh sprain"),
        ("rolled my ankle on a root yesterday, outside is swollen", "A fresh sprain"),
        ("my ankle keeps rolling, outside of it aches, rolled it last year", ""),
    ],
)
def test_barefoot_shoes_are_for_no_numb_foot_and_no_fresh_sprain(
    answerer: Answerer, knowledge: Knowledge, text: str, begins: str
) -> None:
    answer = answerer.answer(text, knowledge)
    assert answer.advice is not None
    assert [note[: len(begins)] for note in answer.notes] == ([begins] if begins else [])
    shown = {ranked.remedy.slug for ranked in answer.advice.remedies}
    assert not begins or "minimal-shoes" not in shown


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("the neighbour's dog bit me in the calf on my run", "A bite that broke the skin"),
        ("osteoporosis, and my lower back is sore since a small stumble", "With thin bones"),
        ("im 17 and my lower back hurts when i lean back", "For somebody who still grows"),
    ],
)
def test_what_the_model_takes_lightly_is_noted(
    answerer: Answerer, knowledge: Knowledge, text: str, begins: str
) -> None:
    answer = answerer.answer(text, knowledge)
    assert answer.triage.level != "self-care" or answer.notes[0].startswith(begins)


@pytest.mark.parametrize(
    "text",
    [
        "my wife has shin splints from running",
        "my 14 year old son has heel pain",
        "heel is giving me grief, the pain is constant",
        "these shin splints will be the death of me",
    ],
)
def test_a_short_complaint_is_never_talk(
    answerer: Answerer, knowledge: Knowledge, text: str
) -> None:
    assert answerer.answer(text, knowledge).kind != "off-topic"


def test_what_a_member_has_tried_comes_last(answerer: Answerer, knowledge: Knowledge) -> None:
    usual = advise("it-band", knowledge).remedies
    first = usual[0].remedy
    words = "outside of my knee hurts running downhill, it band."
    answer = answerer.answer(f"{words} {first.called[0]} made it worse", knowledge)
    assert answer.advice is not None
    assert answer.advice.remedies[-1].remedy.slug == first.slug
    assert {one.remedy.slug for one in answer.advice.remedies} == {u.remedy.slug for u in usual}
    assert f"since you name it: {first.name}" in answer.understood
    asked = answerer.answer(f"{words} Does {first.called[0]} help?", knowledge)
    assert asked.advice is not None
    assert asked.advice.remedies[0].remedy.slug == first.slug


def test_what_is_nobodys_business_is_discreet(answerer: Answerer, knowledge: Knowledge) -> None:
    text = "19 weeks pregnant and my it band hurts on the outside of the knee"
    assert answerer.answer(text, knowledge).intimate
    assert not answerer.answer(text.removeprefix("19 weeks pregnant and "), knowledge).intimate


@pytest.mark.parametrize("text", ["penis numb after cycling", "my crotch went numb on the bike"])
def test_numbness_between_the_legs_is_never_self_care(
    answerer: Answerer, knowledge: Knowledge, text: str
) -> None:
    assert answerer.answer(text, knowledge).triage.level != "self-care"


def test_who_asks_while_a_thread_is_learned_is_read_alike(answerer: Answerer) -> None:
    """What the letters of words add is remembered, from the loop and from threads at once."""
    told = (ROOT / "tests" / "probes" / "descriptions.jsonl").read_text().splitlines()
    read = [answerer.assessor.assess(answerer.reader.read(json.loads(one)["text"])) for one in told]
    anew = load_model(ROOT / "data" / MODEL_FILE)
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor() as threads:
            found = [*threads.map(anew.scores, [one.vector for one in read * 2])]
    finally:
        sys.setswitchinterval(usual)
    for one, scores in zip(read * 2, found, strict=True):
        assert np.allclose(scores, one.scores, atol=1e-3)


PLAIN_DANGERS = (
    "i am short of breath on the stairs",
    "i coughed up some blood",
    "my chest feels tight",
    "my left arm aches and i feel sick",
    "i passed out during the run",
    "i fainted at the finish",
    "i collapsed at mile 20",
    "i am numb between my legs",
    "my face droops on one side",
    "i cannot move my right arm",
    "my vision went double",
    "my foot is cold and white",
    "my lips are swelling",
    "i have the worst headache of my life",
    "i have a fever and a stiff neck",
    "bone is sticking out",
    "i threw up blood",
    "my stools are black today",
    "i had a seizure after the race",
    "i lost the sight in one eye",
    "my pee looks like cola",
    "my calf is swollen and hot since the flight",
    "i cannot put weight on the leg",
    "there is blood in my urine",
    "my kneecap slipped out of place",
    "my foot drops and slaps",
)
COMPLAINTS = (
    "my knee hurts",
    "my heel hurts in the morning",
    "upper back aches",
    "shin splints",
    "i have a blister",
    "my quads are sore from the race",
)


@pytest.mark.parametrize("danger", PLAIN_DANGERS)
def test_a_plain_danger_is_seen_beside_any_complaint(
    answerer: Answerer, knowledge: Knowledge, danger: str
) -> None:
    """By system, each with each: what is harmless must not drown what is not."""
    for complaint in COMPLAINTS:
        for joined in ("{0} and {1}", "{0}. {1}", "{1}, also {0}", "{1}. {0}"):
            text = joined.format(complaint, danger)
            assert answerer.answer(text, knowledge).triage.level != "self-care", text
    told = "Hello all, second week back after a cold and it is all a bit slow. "
    told += "The outside of my left knee is sore from mile three on, mostly downhill. "
    told += f"{danger.capitalize()}. What do you do about shoes, do you swap them at 500 miles?"
    assert answerer.answer(told, knowledge).triage.level != "self-care", told
