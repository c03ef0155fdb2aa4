"""/pain as members see it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from conftest import (
    EMERGENCY,
    KNEE,
    OFF_TOPIC,
    VAGUE,
    Club,
    buttons,
    raw,
    reactions,
    text,
    unescaped,
    walk,
)

NOT_ADVICE = "not medical advice"
HOSTILE = (
    "@everyone <@1> <@&2> <#3> [click](https://evil.example) https://evil.example **b** `c` ||s|| "
    "# h\n> q\n\u202etxet"
)


async def test_a_member_asks_and_everybody_sees_the_answer(club: Club) -> None:
    result = await club.ask(KNEE)
    assert not result.ephemeral
    seen = text(result.response)
    assert "Sounds like what runners call **IT band pain**" in seen
    assert "knee" in seen.split("I read:")[1].splitlines()[0]
    assert "1️⃣ **" in seen
    assert "runners suggest it" in seen
    assert "See a professional when" in seen
    assert "The knee is swollen, locks or gives way: be seen within a day or two." in seen
    assert NOT_ADVICE in seen
    assert "you have " not in seen.lower()


async def test_the_answer_comes_at_once_and_pings_nobody(club: Club) -> None:
    result = await club.ask(KNEE)
    assert not result.deferred
    sent = [r for r in club.env.http_requests if "/callback" in r.path]
    assert len(sent) == 1
    data = sent[0].json["data"]
    assert data["allowed_mentions"] == {"parse": []}


async def test_the_picture_has_words_for_those_who_cannot_see_it(club: Club) -> None:
    result = await club.ask(KNEE)
    (picture,) = [c for c in walk(raw(result.response)) if c["type"] == 11]
    assert "outer side of the knee" in picture["description"]
    assert [each.filename for each in result.response.attachments] == ["it-band.png"]


async def test_the_bot_puts_a_reaction_for_each_remedy(club: Club) -> None:
    result = await club.ask(KNEE)
    message = club.channel.last_message
    numbers = re.findall(r"(\d\ufe0f\u20e3) \*\*", text(result.response))
    assert 1 <= len(numbers) <= 5
    assert reactions(message) == dict.fromkeys([*numbers, "👎"], 1)


async def test_private_is_seen_by_the_member_alone(club: Club) -> None:
    result = await club.ask(KNEE, private=True)
    assert result.ephemeral
    assert "IT band pain" in text(result.response)
    assert "React with its number" not in text(result.response)
    assert club.channel.history(viewer=club.kim) == []


@pytest.mark.parametrize("private", [True, False])
async def test_a_direct_message_offers_only_what_works_there(club: Club, private: bool) -> None:
    result = await club.sam.user.slash("pain", description=KNEE, private=private)
    assert result.acknowledged
    assert "IT band pain" in text(result.response)
    assert_only_what_works(result.response)
    vague = next(each for each in VAGUE if club.station.answer(each, None).kind == "unsure")
    unsure = await club.sam.user.slash("pain", description=vague, private=private)
    label = next(iter(buttons(unsure.response)))
    pressed = await club.sam.user.click(unsure.response, label=label)
    assert pressed.acknowledged
    assert "Sounds like what runners call" in text(unsure.response)
    assert_only_what_works(unsure.response)


def assert_only_what_works(message: Any) -> None:
    """No votes and no question for later, which only a server has; the rest is there."""
    assert "Did one of these help you" not in text(message)
    labels = buttons(message).keys()
    assert "Who said so?" in labels
    assert "Ask me in two weeks" not in labels
    assert "1" not in labels


@pytest.mark.parametrize("private", [True, False])
async def test_an_emergency_gets_no_remedies(club: Club, private: bool) -> None:
    result = await club.ask(EMERGENCY, private=private)
    assert result.ephemeral is private
    seen = text(result.response)
    assert "Please get help now" in seen
    assert "emergency" in seen.lower()
    assert "chest pain" in seen
    assert "1️⃣" not in seen
    assert raw(result.response)[0]["accent_color"] == 0xD62828
    assert reactions(result.response.message) == {}


INTIMATE = "my back went and now i'm numb between my legs and cant pee"


async def test_of_an_intimate_emergency_the_channel_reads_nothing(club: Club) -> None:
    result = await club.ask(INTIMATE)
    assert result.acknowledged
    assert result.ephemeral
    assert "Please get help now" in text(result.response)
    assert "Only you see this." in text(result.response)
    assert club.channel.history(viewer=club.kim) == []


async def test_of_an_intimate_place_the_channel_reads_nothing(club: Club) -> None:
    result = await club.ask("my labia are rubbed raw after every long run")
    assert result.acknowledged
    assert result.ephemeral
    assert "Only you see this." in text(result.response)
    assert club.channel.history(viewer=club.kim) == []


async def test_who_chose_to_ask_openly_is_answered_openly(club: Club) -> None:
    result = await club.ask(INTIMATE, private=False)
    assert not result.ephemeral
    assert "Please get help now" in text(result.response)


@pytest.mark.parametrize(
    "description",
    [OFF_TOPIC, " ", "🦵🔥😭", "me duele mucho la rodilla cuando corro por la mañana"],
    ids=["off-topic", "blank", "emoji", "other-language"],
)
async def test_what_it_cannot_answer_gets_a_short_private_word(
    club: Club, description: str
) -> None:
    result = await club.ask(description)
    assert result.ephemeral
    seen = text(result.response)
    assert 40 < len(seen) < 600
    assert NOT_ADVICE in seen
    assert "1️⃣" not in seen


@pytest.mark.parametrize(
    "description", [OFF_TOPIC, "tengo un dolor muy fuerte en el pecho y no puedo respirar"]
)
async def test_who_is_not_understood_is_told_what_to_do_in_an_emergency(
    club: Club, description: str
) -> None:
    result = await club.ask(description)
    assert result.ephemeral
    assert "call your local emergency number" in text(result.response)


@pytest.mark.parametrize("word", ["knee ", "a", "🦵", "knee pain. ", "\n", "|| "])
async def test_the_longest_legal_input_is_answered(club: Club, word: str) -> None:
    result = await club.ask((word * 2000)[:2000])
    assert NOT_ADVICE in text(result.response)


async def test_hostile_markdown_and_mentions_do_not_come_out_live(club: Club) -> None:
    result = await club.ask(f"{HOSTILE} {EMERGENCY} {HOSTILE}")
    quoted = re.findall("you wrote “(.*?)”", text(result.response), re.DOTALL)
    live = unescaped("".join(quoted))
    for bad in ("@everyone", "<@", "<#", "](", "https://", "**", "`", "||", "\n", "\u202e"):
        assert bad not in live
    assert club.channel.last_message.mention_everyone is False


async def test_a_close_match_shows_its_advice_privately(club: Club) -> None:
    await club.ask_close()
    message = club.channel.last_message
    label = next(iter(buttons(message)))
    pressed = await club.kim.click(message, label=label)
    assert pressed.acknowledged
    assert pressed.ephemeral
    assert f"what runners call **{label}**".lower() in text(pressed.response).lower()
    assert NOT_ADVICE in text(pressed.response)


async def test_a_second_pain_has_its_own_button(club: Club) -> None:
    result = await club.ask(
        "Heel kills on the first steps out of bed. Also my shins ache along the inside when I run."
    )
    message = result.response
    assert "what runners call **plantar fasciitis**" in text(message)
    assert "Does another place hurt as well?" in text(message)
    assert "Or is it more like this?" not in text(message)
    pressed = await club.kim.click(message, label="Shin splints")
    assert pressed.acknowledged
    assert pressed.ephemeral
    assert "what runners call **shin splints**" in text(pressed.response)
    assert NOT_ADVICE in text(pressed.response)


async def ask_unsure(club: Club, **options: Any) -> Any:
    result = await club.ask_unsure(**options)
    assert "Where is it most?" in text(result.response)
    assert len(buttons(result.response)) >= 2
    return result


async def test_where_no_runner_gave_advice_yet_a_member_is_told_how_to(club: Club) -> None:
    result = await club.ask("pulled my quad at parkrun, front of the thigh")
    seen = text(result.response)
    assert "No runner has told me yet" in seen and "/suggest" in seen
    assert "Physiotherapist" in seen and "Research: weak support" in seen
    assert "See a professional when" in seen and NOT_ADVICE in seen


async def test_unsure_asks_and_the_press_completes_the_answer(club: Club) -> None:
    result = await ask_unsure(club)
    label = next(iter(buttons(result.response)))
    pressed = await club.sam.click(club.channel.last_message, label=label)
    assert pressed.acknowledged
    message = club.channel.last_message
    assert message.id == result.response.id
    seen = text(message)
    assert "Sounds like what runners call" in seen
    assert "I read" in seen
    assert NOT_ADVICE in seen
    assert "👎" in reactions(message)


async def test_after_the_question_there_is_a_way_back_and_why(club: Club) -> None:
    result = await ask_unsure(club)
    await club.sam.click(result.response, label=next(iter(buttons(result.response))))
    message = club.channel.last_message
    assert "Or is it more like this?" in text(message)
    other = next(iter(buttons(message)))
    pressed = await club.sam.click(message, label=other)
    assert pressed.acknowledged
    assert f"what runners call **{other}**".lower() in text(pressed.response).lower()
    why = await club.sam.click(message, label="Why this?")
    assert why.acknowledged
    assert why.ephemeral
    assert "this was tapped" in text(why.response)


async def test_only_who_asked_may_answer_the_question(club: Club) -> None:
    result = await ask_unsure(club)
    label = next(iter(buttons(result.response)))
    pressed = await club.kim.click(club.channel.last_message, label=label)
    assert pressed.acknowledged
    assert pressed.ephemeral
    assert "member who asked" in text(pressed.response)
    assert "Where is it most?" in text(club.channel.last_message)


async def test_an_unsure_question_asked_privately_stays_private(club: Club) -> None:
    result = await ask_unsure(club, private=True)
    label = next(iter(buttons(result.response)))
    pressed = await club.sam.click(result.response, label=label)
    assert pressed.acknowledged
    assert club.channel.history(viewer=club.kim) == []
    assert reactions(result.response.message) == {}


async def test_help_says_how_and_what_becomes_of_the_words(club: Club) -> None:
    result = await club.sam.slash(club.channel, "help")
    assert result.acknowledged
    assert result.ephemeral
    seen = text(result.response)
    for words in ("/pain", "neither stored nor logged", "Not medical advice"):
        assert words in seen


async def test_why_this_is_told_to_who_presses_alone(club: Club) -> None:
    await club.ask(KNEE)
    message = club.channel.last_message
    await club.restart()
    pressed = await club.kim.click(message, label="Why this?")
    assert pressed.acknowledged
    assert pressed.ephemeral
    told = text(pressed.response)
    assert "Why IT band pain?" in told
    assert "I read: outer side of the right knee" in told
    assert "where it is:" in told
    assert "worse downhill:" in told


async def test_a_note_for_the_young_stands_above_the_remedies_and_stays(club: Club) -> None:
    result = await club.ask("im 13 and my foot hurts")
    assert result.acknowledged
    assert "For somebody who still grows" in text(result.response)
    pressed = await club.sam.click(result.response, label=next(iter(buttons(result.response))))
    assert pressed.acknowledged
    seen = text(club.channel.last_message)
    assert seen.index("For somebody who still grows") < seen.index("See a professional")


async def test_what_nobody_wrote_is_not_said_to_be_noticed(club: Club) -> None:
    quoted = await club.ask(EMERGENCY)
    assert "What I noticed:" in text(quoted.response)
    felt = await club.ask("an anvil on my ribs each time the road goes up, better when i stop")
    assert felt.acknowledged
    assert "What it reminds me of" in text(felt.response)


async def test_a_whole_sentence_of_a_danger_is_quoted_to_the_member_alone(club: Club) -> None:
    words = "One side of my face has gone droopy since I told Ann about the loan"
    asked = f"Blister on my heel from the new shoes. {words}. Pop it or leave it?"
    public, private = await club.ask(asked, private=False), await club.ask(asked, private=True)
    assert public.acknowledged
    assert private.acknowledged
    assert "a stroke" in text(public.response)
    assert "Ann" not in text(public.response)
    assert words in text(private.response)


async def test_another_language_is_told_so(club: Club) -> None:
    result = await club.ask("mal au genou depuis deux semaines")
    assert result.acknowledged
    assert "I only read English so far" in text(result.response)


PREGNANT = "my knee hurts, i am pregnant"


def _remedies(message: Any) -> list[str]:
    """The numbered remedies of an answer, in order, by the number and the name."""
    return re.findall(r"(\d️?⃣ \*\*[^*]+\*\*)", text(message))


async def test_who_must_be_told_more_is_so_after_every_tap(club: Club) -> None:
    assert (await club.ask(PREGNANT)).ephemeral  # nobody else's business, unless she says so
    asked = await club.ask(PREGNANT, private=False)
    assert not asked.ephemeral
    assert "Where is it most?" in text(asked.response)
    place = next(iter(buttons(asked.response)))
    assert (await club.sam.click(asked.response, label=place)).acknowledged
    answers = [asked.response]
    advice = [
        label for label, custom_id in buttons(asked.response).items() if ":show:" in custom_id
    ]
    assert advice
    for label in advice:
        pressed = await club.kim.click(asked.response, label=label)
        assert pressed.acknowledged
        answers.append(pressed.response)
    for each in answers:
        assert "⚠️ In pregnancy, ask your midwife" in text(each)
        assert "**Painkillers**" not in text(each)
    for each in answers:
        said = await club.kim.click(each, label="Who said so?")
        assert said.acknowledged
        assert _remedies(said.response) == _remedies(each)
