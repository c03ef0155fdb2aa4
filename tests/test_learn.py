"""Learning in Discord: from files, threads, messages; decided by curators, told, forgotten."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import discord
import pytest
from conftest import (
    KNEE,
    VAGUE,
    Club,
    acknowledged_first,
    admin,
    buttons,
    raw,
    text,
    walk,
    was_refused,
)
from sqlalchemy import select
from sqlalchemy import text as sql

from bot.curating import DECIDED
from bot.store import schema
from bot.store.lessons import store_lesson
from bot.store.suggestions import (
    EVERY_SERVER,
    count_pending,
    load_all_suggestions,
    take_back,
)
from bot.threads.comments import RawComment, make_thread
from bot.views.learned import CORRECTED, TAKEN_BACK

THESE = "Approve these"
THREAD = Path(__file__).parent / "samples" / "knee.txt"
ASKED = "My IT band hurts on the outside of my knee after 3 miles, any ideas?"
ADVICE = "A foam roller helped my IT band a lot, and I iced it."


async def learn_file(club: Club, robin: Any) -> Any:
    done = await robin.slash(club.channel, "learn file", file=("knee.txt", THREAD.read_bytes()))
    assert done.acknowledged
    assert done.ephemeral
    return done


async def pending(club: Club) -> int:
    return await count_pending(club.station.engine, club.channel.guild.id)


async def learned(club: Club) -> list[Any]:
    server = club.channel.guild.id
    return (await load_all_suggestions(club.station.engine, server)).get(server, [])


async def test_nothing_of_a_file_counts_before_it_is_approved(club: Club) -> None:
    robin = await admin(club)
    before = club.station.advise("it-band", club.channel.guild.id)
    done = await learn_file(club, robin)
    assert "to review" in text(done.response)
    assert await learned(club) == []
    count = await pending(club)
    assert count >= 2
    await club.restart()
    shown = await robin.slash(club.channel, "review")
    assert "From knee" in text(shown.response)
    assert "for **IT band pain**" in text(shown.response)
    assert text(shown.response).count("for **IT band pain**: they") == count
    assert (await robin.click(shown.response, label="Approve")).acknowledged
    assert "Approved: **" in text(shown.response)
    assert len(await learned(club)) == 1
    rest = await robin.click(shown.response, label=these(shown))
    assert rest.acknowledged
    assert "Nothing waits" in text(shown.response)
    assert len(await learned(club)) == count
    after = club.station.advise("it-band", club.channel.guild.id)
    assert after.people > before.people
    again = await learn_file(club, robin)
    assert "I knew it already" in text(again.response)


async def test_the_rest_of_a_thread_is_not_what_was_left_for_later(club: Club) -> None:
    robin = await admin(club)
    shown = await learn_file(club, robin)
    count = await pending(club)
    with acknowledged_first(club):
        assert (await robin.click(shown.response, label="Review now")).acknowledged
    first = text(shown.response)
    assert "From knee" in first
    assert (await robin.click(shown.response, label="Later")).acknowledged
    assert text(shown.response) != first
    assert f"{count} of this thread" in text(shown.response)
    assert (await robin.click(shown.response, label="Correct …")).acknowledged
    assert (await robin.click(shown.response, label="Back")).acknowledged
    rest = await robin.click(shown.response, label=these(shown))
    assert rest.acknowledged
    assert "Something waits still" in text(shown.response)
    assert await pending(club) == 1
    again = await robin.slash(club.channel, "review")
    assert text(again.response).splitlines()[:2] == first.splitlines()[:2]
    assert (await robin.click(again.response, label="Reject")).acknowledged
    assert "Nothing waits" in text(again.response)


async def test_what_is_not_shown_is_not_approved(club: Club) -> None:
    robin = await admin(club)
    await club.sam.send(club.channel, ASKED)
    remedies = (
        "foam roller", "heat", "new shoes", "kinesio tape", "yoga", "swimming", "squats",
        "clamshells", "physio", "compression socks", "massage gun", "rest",
    )  # fmt: skip
    for remedy in remedies:
        await club.kim.send(club.channel, f"For my IT band {remedy} helped a lot.")
    await robin.slash(club.channel, "learn thread")
    count = await pending(club)
    assert count > 9
    shown = await robin.slash(club.channel, "review")
    assert these(shown) == "Approve these 9"
    for remedy in remedies[1:9]:
        assert f"For my IT band {remedy} helped a lot" in text(shown.response)
    assert (await robin.click(shown.response, label="Approve these 9")).acknowledged
    assert len(await learned(club)) == 9
    assert await pending(club) == count - 9
    assert remedies[9] in text(shown.response)


async def test_what_a_thread_says_is_looked_at_twice(club: Club) -> None:
    robin = await admin(club)
    await club.sam.send(club.channel, ASKED)
    await club.kim.send(club.channel, "Take 800 mg of ibuprofen and run through the pain.")
    await robin.slash(club.channel, "learn thread")
    shown = await robin.slash(club.channel, "review")
    assert "It seems to name a dose" in text(shown.response)
    assert "It speaks of going on in pain" in text(shown.response)
    assert (await robin.click(shown.response, label="Approve anyway")).acknowledged
    assert len(await learned(club)) == 1


async def test_rejected_is_gone_and_corrected_is_as_corrected(club: Club) -> None:
    robin = await admin(club)
    await learn_file(club, robin)
    count = await pending(club)
    shown = await robin.slash(club.channel, "review")
    assert (await robin.click(shown.response, label="Reject")).acknowledged
    assert await pending(club) == count - 1
    assert (await robin.click(shown.response, label="Correct …")).acknowledged
    for field, value in (("stance", "warns"), ("pattern", "shin-splints")):
        with acknowledged_first(club):
            chosen = await robin.select(shown.response, [value], custom_id=choice_of(shown, field))
        assert chosen.acknowledged
    assert "they warn of it" in text(shown.response)
    assert (await robin.click(shown.response, label="Approve")).acknowledged
    (one,) = await learned(club)
    assert (one.stance, one.pattern) == ("warns", "shin-splints")


async def test_two_curators_decide_once(club: Club) -> None:
    robin = await admin(club)
    await learn_file(club, robin)
    one, other = [await robin.slash(club.channel, "review") for _ in range(2)]
    await robin.click(one.response, label="Approve")
    late = await robin.click(other.response, label="Reject")
    assert late.acknowledged
    assert DECIDED in text(late.followups[-1])
    assert len(await learned(club)) == 1
    # Whoever came second sees what there is to decide now.
    assert (await robin.click(other.response, label="Reject")).acknowledged
    assert len(await learned(club)) == 1


async def test_a_decision_is_taken_back(club: Club) -> None:
    robin = await admin(club)
    await learn_file(club, robin)
    count = await pending(club)
    shown = await robin.slash(club.channel, "review")
    first = text(shown.response).splitlines()[3]
    for label, counting in (
        ("Approve", 1),
        ("Reject", 0),
        (THESE, count),
    ):
        chosen = these(shown) if label == THESE else label
        await robin.click(shown.response, label=chosen)
        assert len(await learned(club)) == counting
        await club.restart()
        assert (await robin.click(shown.response, label="Take that back")).acknowledged
        assert "Taken back" in text(shown.response)
        # It is the first to be decided again, though a file's words were let go of.
        assert first in text(shown.response)
        assert "its words went" in text(shown.response)
        assert await learned(club) == []
        assert await pending(club) == count


async def test_a_decision_is_taken_back_once(club: Club) -> None:
    robin = await admin(club)
    await learn_file(club, robin)
    one = await robin.slash(club.channel, "review")
    count = await pending(club)
    await robin.click(one.response, label="Approve")
    number = int(buttons(one.response)["Take that back"].rpartition(":")[2])
    assert await take_back(club.station.engine, club.channel.guild.id, number) == 1
    assert await pending(club) == count
    late = await robin.click(one.response, label="Take that back")
    assert late.acknowledged
    assert TAKEN_BACK in text(late.followups[-1])
    assert await pending(club) == count


async def test_what_a_thread_told_meanwhile_still_waits(club: Club) -> None:
    robin = await admin(club)
    await club.sam.send(club.channel, ASKED)
    await club.kim.send(club.channel, "I will try a foam roller on my IT band.")
    await robin.slash(club.channel, "learn thread")
    shown = await robin.slash(club.channel, "review")
    await robin.click(shown.response, label="Approve")
    await club.kim.send(club.channel, "The foam roller fixed my IT band!")
    await robin.slash(club.channel, "learn thread")
    assert await pending(club) == 1
    await robin.click(shown.response, label="Take that back")
    assert await pending(club) == 2
    await robin.click(shown.response, label=these(shown))
    assert [each.stance for each in await learned(club)] == ["helped"]


async def test_what_would_lose_what_counted_is_not_taken_back(club: Club) -> None:
    robin = await admin(club)
    await club.sam.send(club.channel, ASKED)
    for words in ("I will try a foam roller on my IT band.", "The foam roller fixed my IT band!"):
        await club.kim.send(club.channel, words)
        await robin.slash(club.channel, "learn thread")
        shown = await robin.slash(club.channel, "review")
        assert (await robin.click(shown.response, label="Approve")).acknowledged
    assert "Take that back" not in buttons(shown.response)
    assert [each.stance for each in await learned(club)] == ["helped"]


async def test_what_was_corrected_to_and_fro_and_rejected_is_taken_back(club: Club) -> None:
    robin = await admin(club)
    await learn_file(club, robin)
    count = await pending(club)
    shown = await robin.slash(club.channel, "review")
    await robin.click(shown.response, label="Correct …")
    for pattern in ("shin-splints", "it-band"):
        await robin.select(shown.response, [pattern], custom_id=choice_of(shown, "pattern"))
    await robin.click(shown.response, label="Reject")
    assert (await robin.click(shown.response, label="Take that back")).acknowledged
    assert await pending(club) == count


async def test_only_what_was_decided_together_is_taken_back_together(club: Club) -> None:
    robin = await admin(club)
    await learn_file(club, robin)
    count = await pending(club)
    assert count >= 3
    one, other = [await robin.slash(club.channel, "review") for _ in "ab"]
    await robin.click(one.response, label="Approve")
    await robin.click(one.response, label="Approve")
    await robin.click(one.response, label="Take that back")
    await robin.click(other.response, label="Reject")  # the first was decided: what waits is shown
    await robin.click(other.response, label=these(other))
    assert len(await learned(club)) == count
    await robin.click(other.response, label="Take that back")
    assert await pending(club) == count - 1
    assert len(await learned(club)) == 1


async def test_who_only_looks_at_the_choices_goes_back(club: Club) -> None:
    robin = await admin(club)
    await learn_file(club, robin)
    shown = await robin.slash(club.channel, "review")
    before = text(shown.response)
    await robin.click(shown.response, label="Correct …")
    assert "Correct it" in text(shown.response)
    assert (await robin.click(shown.response, label="Back")).acknowledged
    assert text(shown.response) == before


def these(shown: Any) -> str:
    """The label of the button that approves all that is shown; it tells how many that is."""
    return next(label for label in buttons(shown.response) if label.startswith(THESE))


def choice_of(shown: Any, field: str) -> str:
    """The select for a field, by its id."""
    ids = (str(component.get("custom_id")) for component in walk(raw(shown.response)))
    return next(one for one in ids if f"correct:{field}" in one)


@pytest.mark.parametrize("label", ["Approve", THESE])
async def test_what_was_corrected_meanwhile_is_not_approved_unseen(club: Club, label: str) -> None:
    robin = await admin(club)
    await learn_file(club, robin)
    one, other = [await robin.slash(club.channel, "review") for _ in range(2)]
    await robin.click(other.response, label="Correct …")
    await robin.select(other.response, ["warns"], custom_id=choice_of(other, "stance"))
    late = await robin.click(one.response, label=these(one) if label == THESE else label)
    assert late.acknowledged
    assert CORRECTED in text(late.followups[-1])
    assert await learned(club) == []
    assert "they warn of it" in text(one.response)
    assert (await robin.click(one.response, label="Approve")).acknowledged
    assert [each.stance for each in await learned(club)] == ["warns"]


async def test_of_several_none_is_approved_otherwise_than_it_was_shown(club: Club) -> None:
    robin = await admin(club)
    await learn_file(club, robin)
    one, other = [await robin.slash(club.channel, "review") for _ in range(2)]
    await robin.click(other.response, label="Later")
    await robin.click(other.response, label="Correct …")
    await robin.select(other.response, ["warns"], custom_id=choice_of(other, "stance"))
    late = await robin.click(one.response, label=these(one))
    assert late.acknowledged
    assert CORRECTED in text(late.followups[-1])
    assert await learned(club) == []
    assert (await robin.click(one.response, label=these(one))).acknowledged
    assert "warns" in [each.stance for each in await learned(club)]


async def test_the_rest_is_what_waited_when_it_was_shown(club: Club) -> None:
    robin = await admin(club)
    await club.sam.send(club.channel, ASKED)
    await club.kim.send(club.channel, ADVICE)
    await robin.slash(club.channel, "learn thread")
    shown = await robin.slash(club.channel, "review")
    waiting = await pending(club)
    await club.sam.send(club.channel, "Heavy squats cured my IT band overnight.")
    await robin.slash(club.channel, "learn thread")
    assert await pending(club) == waiting + 1
    assert (await robin.click(shown.response, label=these(shown))).acknowledged
    assert len(await learned(club)) == waiting
    assert await pending(club) == 1


async def test_a_message_read_by_itself_teaches_once_the_thread_tells_its_topic(club: Club) -> None:
    robin = await admin(club)
    await club.sam.send(club.channel, ASKED)
    alone = await club.kim.send(club.channel, "A foam roller fixed mine.")
    menu = await robin.context_menu(club.channel, "Learn from this message", alone)
    assert menu.acknowledged
    assert await pending(club) == 0
    await robin.slash(club.channel, "learn thread")
    assert await pending(club) == 1


async def test_who_tells_later_how_it_went_is_read_again(club: Club) -> None:
    robin = await admin(club)
    await club.sam.send(club.channel, ASKED)
    await club.kim.send(club.channel, "I will try a foam roller for my IT band.")
    await robin.slash(club.channel, "learn thread")
    shown = await robin.slash(club.channel, "review")
    await robin.click(shown.response, label="Approve")
    assert [one.stance for one in await learned(club)] == ["untried"]
    await club.kim.send(club.channel, "Update: the foam roller fixed my IT band!")
    await robin.slash(club.channel, "learn thread")
    assert [one.stance for one in await learned(club)] == ["untried"]  # until it is decided
    shown = await robin.slash(club.channel, "review")
    assert "they say it helped" in text(shown.response)
    await robin.click(shown.response, label="Approve")
    assert [one.stance for one in await learned(club)] == ["helped"]


async def test_what_was_rejected_or_corrected_is_not_read_again(club: Club) -> None:
    robin = await admin(club)
    await learn_file(club, robin)
    shown = await robin.slash(club.channel, "review")
    await robin.click(shown.response, label="Reject")
    await robin.click(shown.response, label="Correct …")
    await robin.select(shown.response, ["shin-splints"], custom_id=choice_of(shown, "pattern"))
    await robin.click(shown.response, label="Approve")
    waiting = await pending(club)
    again = await learn_file(club, robin)
    assert "I knew it already" in text(again.response)
    assert await pending(club) == waiting
    grown = THREAD.read_bytes() + b"\n5. Zoe\n\nThanks, all!\n"
    await robin.slash(club.channel, "learn file", file=("knee.txt", grown))
    assert await pending(club) == waiting


async def test_a_channel_is_learned_and_told_in_its_own_words(club: Club) -> None:
    robin = await admin(club)
    await club.sam.send(club.channel, ASKED)
    message = await club.kim.send(club.channel, ADVICE)
    done = await robin.slash(club.channel, "learn thread")
    assert done.acknowledged
    assert "to review" in text(done.response)
    shown = await robin.slash(club.channel, "review")
    assert "foam roller helped" in text(shown.response)
    assert str(message.id) in text(shown.response)
    while "Nothing waits" not in text(shown.response):
        await robin.click(shown.response, label="Approve")
    folder = Path(club.settings.database_url.split("///")[1]).parent
    kept = b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())
    assert b"helped my IT band" not in kept
    result = await club.ask(KNEE)
    told = await club.kim.click(result.response, label="Who said so?")
    assert told.ephemeral
    assert "foam roller helped my IT band" in text(told.response)
    await club.kim.delete(message)
    told = await club.kim.click(result.response, label="Who said so?")
    assert "foam roller helped my IT band" not in text(told.response)
    assert "say it helped" in text(told.response)


@pytest.mark.parametrize("named", ["<@{id}>", "@{name}", "{name}"])
async def test_who_agrees_with_a_member_speaks_of_the_same_remedy(club: Club, named: str) -> None:
    robin = await admin(club)
    await club.sam.send(club.channel, ASKED)
    await club.kim.send(club.channel, "A foam roller fixed mine.")
    kim = named.format(id=club.kim.id, name=club.kim.name)
    await club.sam.send(club.channel, f"Thanks! I tried what {kim} said and it helped.")
    await robin.slash(club.channel, "learn thread")
    assert await pending(club) == 2
    shown = await robin.slash(club.channel, "review")
    await robin.click(shown.response, label=these(shown))
    assert {(each.remedy, each.stance) for each in await learned(club)} == {("foam-roll", "helped")}
    assert len({each.person for each in await learned(club)}) == 2


async def test_a_reply_speaks_of_the_remedy_that_it_answers(club: Club) -> None:
    robin = await admin(club)
    asked = await club.sam.send(club.channel, ASKED)
    advice = await club.kim.send(club.channel, "A foam roller fixed mine.", reply_to=asked)
    await robin.send(club.channel, "Good luck with that, ice is what I used.", reply_to=asked)
    await club.sam.send(club.channel, "This!", reply_to=advice)
    await robin.slash(club.channel, "learn thread")
    shown = await robin.slash(club.channel, "review")
    await robin.click(shown.response, label=these(shown))
    rolled = [each for each in await learned(club) if each.remedy == "foam-roll"]
    assert sorted(each.stance for each in rolled) == ["helped", "recommends"]


async def test_what_only_agrees_is_shown_whole_in_review(club: Club) -> None:
    robin = await admin(club)
    await club.sam.send(club.channel, ASKED)
    advice = await club.kim.send(club.channel, "A foam roller fixed mine.")
    await club.sam.send(club.channel, "This!", reply_to=advice)
    await robin.slash(club.channel, "learn thread")
    shown = await robin.slash(club.channel, "review")
    await robin.click(shown.response, label="Approve")
    assert "> This" in text(shown.response)
    await robin.click(shown.response, label="Correct …")
    assert "> This" in text(shown.response)
    assert "There it stands" in text(shown.response)


async def test_every_remedy_can_be_chosen_in_a_correction(club: Club) -> None:
    robin = await admin(club)
    await learn_file(club, robin)
    shown = await robin.slash(club.channel, "review")
    await robin.click(shown.response, label="Correct …")
    seen: set[str] = set()
    for _ in range(10):
        select = next(
            part
            for part in walk(raw(shown.response))
            if str(part.get("custom_id")).startswith("aid1:correct:remedy")
        )
        values = [option["value"] for option in select["options"]]
        seen |= set(values)
        with acknowledged_first(club):
            await robin.select(shown.response, values[-1:], custom_id=select["custom_id"])
    assert seen >= club.station.knowledge(club.channel.guild.id).catalogue.remedies.keys()


async def test_a_channel_that_went_on_teaches_only_what_is_new(club: Club) -> None:
    robin = await admin(club)
    await club.sam.send(club.channel, ASKED)
    advice = await club.kim.send(club.channel, ADVICE)
    await robin.slash(club.channel, "learn thread")
    shown = await robin.slash(club.channel, "review")
    await robin.click(shown.response, label="Approve")
    await robin.click(shown.response, label="Reject")
    await club.sam.send(club.channel, "Thanks! And calf raises fixed my IT band for good.")
    again = await robin.slash(club.channel, "learn thread")
    assert "1 suggestion to review" in text(again.response)
    menu = await robin.context_menu(club.channel, "Learn from this message", advice)
    assert "0 suggestions" in text(menu.response)
    assert await pending(club) == 1
    assert len(await learned(club)) == 1


async def test_a_channels_talks_are_told_apart(club: Club) -> None:
    robin = await admin(club)
    await club.sam.send(club.channel, ASKED)
    await club.kim.send(club.channel, "Foam rolling fixed mine.")
    await club.env.advance_time(24 * 3600)
    await club.sam.send(club.channel, "My shin splints hurt at the start of each run, ideas?")
    await club.kim.send(club.channel, "Calf raises fixed mine.")
    done = await robin.slash(club.channel, "learn thread")
    assert "4 comments in 2 threads" in text(done.response)
    shown = await robin.slash(club.channel, "review")
    for _ in range(2):
        await robin.click(shown.response, label="Approve")
    pairs = {(each.pattern, each.remedy) for each in await learned(club)}
    assert pairs == {("it-band", "foam-roll"), ("shin-splints", "calf-raise")}


async def test_of_a_very_long_channel_the_newest_is_read(
    club: Club, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["cogs.learn"], "MOST_MESSAGES", 2)
    robin = await admin(club)
    await club.kim.send(club.channel, "Ice fixed my IT band.")
    await club.sam.send(club.channel, ASKED)
    await club.kim.send(club.channel, "A foam roller fixed mine.")
    done = await robin.slash(club.channel, "learn thread")
    assert "older ones were left out" in text(done.response)
    shown = await robin.slash(club.channel, "review")
    assert "Foam roller" in text(shown.response)
    assert await pending(club) == 1


async def test_words_of_a_hidden_channel_stay_there(club: Club) -> None:
    guild = club.channel.guild
    manage = discord.Permissions(manage_guild=True)
    role = guild.create_role("Committee", permissions=manage)
    robin = guild.add_member(club.env.create_user("robin"), roles=[role])
    other = await admin(club)
    may, may_not = (discord.PermissionOverwrite(view_channel=seen) for seen in (True, False))
    hidden = guild.create_text_channel(
        "committee", overwrites={guild.default_role: may_not, role: may, guild.me: may}
    )
    await robin.send(hidden, ASKED)
    await robin.send(hidden, "A foam roller helped my IT band, don't tell Bob.")
    assert (await robin.slash(hidden, "learn thread")).acknowledged
    blind = await other.slash(club.channel, "review")
    assert "Bob" not in text(blind.response) + str(raw(blind.response))
    assert "committee" not in text(blind.response)
    shown = await robin.slash(hidden, "review")
    assert "foam roller helped my IT band" in text(shown.response)
    await robin.click(shown.response, label="Approve")
    result = await club.ask(KNEE)
    told = await club.kim.click(result.response, label="Who said so?")
    assert told.acknowledged
    assert "roller helped" not in text(told.response)
    assert "committee" not in text(told.response)
    assert "say it helped" in text(told.response)
    told = await robin.click(result.response, label="Who said so?")
    assert "roller helped my IT band" in text(told.response)
    assert await club.kim.autocomplete(club.channel, "learn forget", "thread", "") == []
    assert await robin.autocomplete(club.channel, "learn forget", "thread", "com")
    (choice,) = await other.autocomplete(club.channel, "learn forget", "thread", "")
    assert choice["name"].startswith("A thread, archived or hidden (learned ")


async def test_who_said_so_shows_whole_quotes(club: Club) -> None:
    robin = await admin(club)
    assert (await robin.slash(club.channel, "learn shipped", count=False)).acknowledged
    for words in (
        "I used a foam roller on my IT band for three weeks and it really helped me a lot",
        "A foam roller helped my IT band more than any other thing that I had tried before",
        "My IT band was cured by foam rolling each evening in front of the television",
        "A foam roller fixed my IT band, honest, I could not believe it myself at first",
    ):
        message = await club.kim.send(club.channel, words)
        await robin.context_menu(club.channel, "Learn from this message", message)
    shown = await robin.slash(club.channel, "review")
    while "Nothing waits" not in text(shown.response):
        await robin.click(shown.response, label="Approve")
    told = await club.kim.click((await club.ask(KNEE)).response, label="Who said so?")
    assert "4 say it helped" in text(told.response)
    assert text(told.response).count("> ") == text(told.response).count("([there](<")
    assert text(told.response).count("[") == text(told.response).count(">)")


async def test_where_the_bot_cannot_read_it_says_what_is_missing(club: Club) -> None:
    robin = await admin(club)
    guild = club.channel.guild
    hidden = guild.create_text_channel(
        "hidden",
        overwrites={guild.default_role: discord.PermissionOverwrite(read_message_history=False)},
    )
    refused = await robin.slash(hidden, "learn thread")
    assert "Read Message History" in text(refused.response)
    assert was_refused(club)


async def test_one_message_is_learned_by_its_menu(club: Club) -> None:
    robin = await admin(club)
    message = await club.kim.send(club.channel, ADVICE)
    done = await robin.context_menu(club.channel, "Learn from this message", message)
    assert done.acknowledged
    assert await pending(club) == 2
    refused = await club.sam.context_menu(club.channel, "Learn from this message", message)
    assert "Only those who may manage" in text(refused.response)
    assert was_refused(club)


async def test_what_helps_answers_a_message_as_pain_would(club: Club) -> None:
    message = await club.sam.send(club.channel, KNEE)
    shown = await club.kim.context_menu(club.channel, "What helps with this?", message)
    assert shown.ephemeral
    assert "IT band pain" in text(shown.response)
    assert "“you” is whoever wrote them" in text(shown.response)
    assert "1" in buttons(shown.response)
    for _ in range(4):
        await club.kim.context_menu(club.channel, "What helps with this?", message)
    counted = await (await admin(club)).slash(club.channel, "insights")
    assert "IT band" in text(counted.response)


async def test_whose_words_they_were_is_told_after_a_tap_too(club: Club) -> None:
    vague = next(each for each in VAGUE if club.station.answer(each, None).kind == "unsure")
    message = await club.sam.send(club.channel, vague)
    asked = await club.kim.context_menu(club.channel, "What helps with this?", message)
    assert "Where is it most?" in text(asked.response)
    label = next(iter(buttons(asked.response)))
    assert (await club.kim.click(asked.response, label=label)).acknowledged
    assert "what runners call" in text(asked.response)
    assert "“you” is whoever wrote them" in text(asked.response)


async def test_who_asks_for_somebody_in_danger_is_told_to_go_to_them(club: Club) -> None:
    message = await club.sam.send(club.channel, "crushing chest pain on my run, down my left arm")
    theirs = await club.kim.context_menu(club.channel, "What helps with this?", message)
    assert theirs.acknowledged
    assert "somebody else's message. They do not see it: please go to them" in text(theirs.response)
    assert "they wrote" in text(theirs.response)
    own = await club.sam.context_menu(club.channel, "What helps with this?", message)
    assert own.acknowledged
    assert "somebody else" not in text(own.response)
    assert "you wrote" in text(own.response)


async def test_forgetting_a_thread_takes_all_it_taught(club: Club) -> None:
    robin = await admin(club)
    await learn_file(club, robin)
    shown = await robin.slash(club.channel, "review")
    await robin.click(shown.response, label="Approve")
    (choice,) = await robin.autocomplete(club.channel, "learn forget", "thread", "kn")
    waiting = await pending(club)
    with acknowledged_first(club):
        asked = await robin.slash(club.channel, "learn forget", thread=choice["value"])
    assert f"1 suggestion that counts here, and {waiting} more" in text(asked.response)
    assert (len(await learned(club)), await pending(club)) == (1, waiting)
    await club.restart()
    with acknowledged_first(club):
        gone = await robin.click(asked.response, label="Forget it")
    assert gone.acknowledged
    assert "Forgotten" in text(asked.response)
    assert await learned(club) == []
    assert await pending(club) == 0


async def test_forgetting_a_channel_takes_all_its_conversations(club: Club) -> None:
    robin = await admin(club)
    for said in (ADVICE, "Ice helped my shin splints."):
        message = await club.kim.send(club.channel, said)
        await robin.context_menu(club.channel, "Learn from this message", message)
    choices = await robin.autocomplete(club.channel, "learn forget", "thread", "")
    assert choices[0]["name"] == f"All 2 learned in #{club.channel.name}"
    assert len(choices) == 3
    by_link = await robin.autocomplete(club.channel, "learn forget", "thread", message.jump_url)
    assert [choice["value"] for choice in by_link] == [choices[1]["value"]]  # the newest first
    asked = await robin.slash(club.channel, "learn forget", thread=choices[0]["value"])
    assert "2 threads taught" in text(asked.response)
    more = await club.kim.send(club.channel, "A foam roller helped my shin splints.")
    await robin.context_menu(club.channel, "Learn from this message", more)
    count = await pending(club)
    assert (await robin.click(asked.response, label="Forget it")).acknowledged
    assert "3 threads taught" in text(asked.response)
    assert await pending(club) == count
    assert (await robin.click(asked.response, label="Forget it")).acknowledged
    assert await pending(club) == 0
    assert await robin.autocomplete(club.channel, "learn forget", "thread", "") == []
    await robin.slash(club.channel, "learn forget", thread="another")
    assert was_refused(club)


async def test_the_shipped_threads_can_be_switched_off(club: Club) -> None:
    robin = await admin(club)
    with acknowledged_first(club):
        assert (await robin.slash(club.channel, "learn shipped", count=False)).acknowledged
    await club.restart()
    assert club.station.advise("it-band", club.channel.guild.id).people == 0
    assert club.station.advise("it-band", None).people > 0
    assert (await robin.slash(club.channel, "learn shipped", count=True)).acknowledged
    assert club.station.advise("it-band", club.channel.guild.id).people > 0


async def test_shipped_threads_are_named_as_sources(club: Club) -> None:
    result = await club.ask(KNEE)
    told = await club.sam.click(result.response, label="Who said so?")
    assert "From: " in text(told.response)
    assert "say it helped" in text(told.response)


async def test_a_direct_message_names_no_channel_of_a_server(club: Club) -> None:
    link = "https://discord.com/channels/1/2"
    words = "A foam roller helped my IT band a lot."
    said = [RawComment(f"m{n}", words, f"{link}/{n}") for n in range(1, 13)]
    thread = make_thread("#committee-secret", link, said)
    assert thread is not None
    lesson = club.station.learner(EVERY_SERVER).learn(thread)
    await store_lesson(club.station.engine, EVERY_SERVER, lesson, approved=True)
    await club.restart()
    result = await club.sam.user.slash("pain", description=KNEE)
    told = await club.sam.user.click(result.response, label="Who said so?")
    assert told.acknowledged
    assert "say it helped" in text(told.response)
    assert "committee-secret" not in text(told.response)
    assert link not in text(told.response)


async def test_a_file_that_is_no_thread_says_so(club: Club) -> None:
    robin = await admin(club)
    refused = await robin.slash(club.channel, "learn file", file=("x.txt", b"just a line"))
    assert "no comments found" in text(refused.response)
    assert was_refused(club)


async def test_a_file_that_breaks_off_tells_what_was_read(club: Club) -> None:
    robin = await admin(club)
    whole = (Path(__file__).parent / "threads" / "discord.json").read_bytes()
    told = whole[: whole.rindex(b"Another day")].replace(b"helped me", b"helped my IT band")
    file = ("discord.json", told)
    done = await robin.slash(club.channel, "learn file", file=file)
    assert "2 comments in 1 thread" in text(done.response)
    assert "It broke off there" in text(done.response)
    assert await pending(club) > 0


async def test_a_database_that_fails_amid_a_file_keeps_what_was_read(club: Club) -> None:
    robin = await admin(club)
    export = (Path(__file__).parent / "threads" / "wordpress-export.xml").read_bytes()
    item = export[export.index(b"<item>") : export.index(b"</item>") + len(b"</item>")]
    second = item.replace(b"blog.example/knees", b"blog.example/heels")
    told = export.replace(item, item + second, 1)
    async with club.station.engine.begin() as connection:
        await connection.execute(
            sql(
                "CREATE TRIGGER full BEFORE INSERT ON threads WHEN EXISTS (SELECT 1 FROM threads) "
                "BEGIN SELECT RAISE(ABORT, 'full'); END"
            )
        )
    done = await robin.slash(club.channel, "learn file", file=("export.xml", told))
    assert "in 1 thread" in text(done.response)
    assert "It broke off there: my database is busy" in text(done.response)
    async with club.station.engine.begin() as connection:
        await connection.execute(sql("DROP TRIGGER full"))
    again = await robin.slash(club.channel, "learn file", file=("export.xml", told))
    assert "broke off" not in text(again.response)


async def test_a_name_that_many_use_and_nobody_knows_is_offered(club: Club) -> None:
    robin = await admin(club)
    lines = ["1. Sam\n\nMy IT band hurts."]
    for number, words in enumerate(
        ("I swear by zebra balm.", "Try some zebra balm!", "zebra balms? I bought zebra balm too"),
        2,
    ):
        lines.append(f"{number}. Runner{number}\n\n{words}")
    file = ("balm.txt", "\n\n".join(lines).encode())
    await robin.slash(club.channel, "learn file", file=file)
    shown = await robin.slash(club.channel, "review")
    assert "Runners keep naming **zebra balm**" in text(shown.response)
    assert "3 people" in text(shown.response)
    assert "swear by zebra balm" in text(shown.response)
    opened = await robin.click(shown.response, label="Add it …")
    values = {"name": "Zebra balm", "called": "", "how": "Thinly, after the run.", "caution": ""}
    added = await robin.submit_modal(opened, values)
    assert added.acknowledged
    assert "in no answer yet: now tell me for which pain it is" in text(added.response)
    again = await robin.slash(club.channel, "review")
    assert "Nothing waits" in text(again.response)
    assert [
        one.remedy for one in club.station.learner(club.channel.guild.id).said("zebra balm helped")
    ]


async def test_names_are_left_for_later_one_by_one(club: Club) -> None:
    robin = await admin(club)
    said = "Try zebra balm! Try yak wax! Try toad butter!"
    lines = "\n\n".join(f"{number}. Runner{number}\n\n{said}" for number in range(1, 5))
    await robin.slash(club.channel, "learn file", file=("x.txt", lines.encode()))
    shown = await robin.slash(club.channel, "review")
    names = []
    for label in ("Later", "Leave it out"):
        names.append(text(shown.response).split("**")[1])
        assert (await robin.click(shown.response, label=label)).acknowledged
    names.append(text(shown.response).split("**")[1])
    assert len({*names}) == 3
    assert (await robin.click(shown.response, label="Later")).acknowledged
    assert "Something waits still" in text(shown.response)
    again = await robin.slash(club.channel, "review")
    assert names[0] in text(again.response)


async def test_a_name_that_is_none_is_let_go(club: Club) -> None:
    robin = await admin(club)
    lines = "\n\n".join(
        f"{number}. Runner{number}\n\nTry the zebra crossing!" for number in range(1, 5)
    )
    await robin.slash(club.channel, "learn file", file=("x.txt", lines.encode()))
    shown = await robin.slash(club.channel, "review")
    assert "zebra crossing" in text(shown.response)
    with acknowledged_first(club):
        assert (await robin.click(shown.response, label="Leave it out")).acknowledged
    assert "Nothing waits" in text(shown.response)


async def test_who_changed_their_mind_is_not_quoted_for_what_they_said(club: Club) -> None:
    robin = await admin(club)
    await robin.slash(club.channel, "learn shipped", count=False)
    said = await club.kim.send(club.channel, "A foam roller helped my IT band.")
    await robin.context_menu(club.channel, "Learn from this message", said)
    shown = await robin.slash(club.channel, "review")
    await robin.click(shown.response, label="Approve")
    answer = await club.ask(KNEE)
    told = await club.sam.click(answer.response, label="Who said so?")
    assert "A foam roller helped" in text(told.response)
    await club.kim.edit(said, "Never use a foam roller for your IT band.")
    told = await club.sam.click(answer.response, label="Who said so?")
    assert told.acknowledged
    assert "foam roller for your" not in text(told.response)


GONE = 223456789012345678  # no channel that is there


@pytest.mark.parametrize("server", [None, 123456789012345678])
async def test_the_words_of_a_channel_that_is_gone_can_be_reviewed(
    club: Club, server: int | None
) -> None:
    robin = await admin(club)
    told = [("amy", ASKED), ("joe", "A foam roller helped my IT band a lot.")]
    messages = [
        {
            "id": str(number),
            "type": "Default",
            "timestamp": "2020-01-01T10:00:00+00:00",
            "content": words,
            "author": {"id": str(number), "name": name},
        }
        for number, (name, words) in enumerate(told, start=1000)
    ]
    guild = {"id": str(server or club.channel.guild.id), "name": "Old club"}
    export = {"guild": guild, "channel": {"id": str(GONE), "name": "knees"}, "messages": messages}
    file = ("export.json", json.dumps(export).encode())
    assert (await robin.slash(club.channel, "learn file", file=file)).acknowledged
    shown = await robin.slash(club.channel, "review")
    assert shown.acknowledged
    assert "foam roller helped my IT band" in text(shown.response)


async def test_where_a_page_stands_is_linked_in_the_review(club: Club) -> None:
    robin = await admin(club)
    words = f"# source: http://blog.example/knees\n1. Amy\n\n{ASKED}\n\n2. Jo\n\n{ADVICE}\n"
    await robin.slash(club.channel, "learn file", file=("knees.txt", words.encode()))
    shown = await robin.slash(club.channel, "review")
    assert "From [knees.txt](<http://blog.example/knees>)" in text(shown.response)


async def learn_talk(club: Club, said: list[tuple[str, str]], *, approved: bool = False) -> int:
    """Learns what was said on a page; gives how many suggestions are new."""
    thread = make_thread("Knees", "https://blog.example/knees", [RawComment(*one) for one in said])
    assert thread is not None
    server = club.channel.guild.id
    lesson = club.station.learner(server).learn(thread)
    return await store_lesson(club.station.engine, server, lesson, approved=approved) or 0


async def test_what_was_decided_holds_when_a_thread_turns_to_something_else(club: Club) -> None:
    robin = await admin(club)
    talk = [
        ("Ann", ASKED),
        ("Bob", "A foam roller fixed mine."),
        ("Cid", "Ice did nothing for me."),
    ]
    assert await learn_talk(club, talk) == 2
    shown = await robin.slash(club.channel, "review")
    await robin.click(shown.response, label="Reject")
    await robin.click(shown.response, label="Approve")
    shins = "My shin splints hurt along the shin bone, shin splints are the worst."
    assert await learn_talk(club, talk + [(f"P{number}", shins) for number in range(8)]) == 0
    assert await pending(club) == 0


async def test_a_later_word_is_read_where_a_curator_said_no_to_the_first(club: Club) -> None:
    robin = await admin(club)
    talk = [("Ann", ASKED), ("Bob", "A foam roller did not help my IT band.")]
    assert await learn_talk(club, talk) == 1
    shown = await robin.slash(club.channel, "review")
    await robin.click(shown.response, label="Reject")
    assert await learn_talk(club, talk) == 0
    assert await learn_talk(club, [*talk, ("Bob", "The foam roller fixed my IT band!")]) == 1
    shown = await robin.slash(club.channel, "review")
    assert "they say it helped" in text(shown.response)


async def test_a_comment_by_itself_takes_none_out_of_its_conversation(club: Club) -> None:
    robin = await admin(club)
    await club.sam.send(club.channel, ASKED)
    thanks = await club.kim.send(club.channel, "Thanks, I will report.")
    await robin.slash(club.channel, "learn thread")
    again = await robin.context_menu(club.channel, "Learn from this message", thanks)
    assert again.acknowledged
    choices = await robin.autocomplete(club.channel, "learn forget", "thread", "")
    assert len(choices) == 1


async def test_a_remedy_that_was_taken_out_here_is_read_over(club: Club) -> None:
    robin = await admin(club)
    said = await club.kim.send(club.channel, ADVICE)
    await robin.context_menu(club.channel, "Learn from this message", said)
    await robin.slash(club.channel, "remedy remove", remedy="foam-roll")
    shown = await robin.slash(club.channel, "review")
    assert shown.acknowledged
    assert "A foam roller helped my IT band" in text(shown.response)
    assert "**Foam roller (taken out here)** for" in text(shown.response)
    done = await learn_file(club, robin)
    assert "to review" in text(done.response)
    told = await robin.context_menu(club.channel, "Learn from this message", said)
    assert "I knew it already" in text(told.response)


async def test_names_out_of_messages_are_kept_as_hashes_and_read_where_they_stand(
    club: Club,
) -> None:
    robin = await admin(club)
    for member, words in ((club.sam, "My IT band hurts."), (club.sam, "I swear by zebra balm.")):
        await member.send(club.channel, words)
    await club.kim.send(club.channel, "Try some zebra balm!")
    await robin.send(club.channel, "I was diagnosed with lupus. I bought zebra balm too.")
    assert (await robin.slash(club.channel, "learn thread")).acknowledged
    async with club.station.engine.connect() as connection:
        rows = [str(row) for row in await connection.execute(select(schema.heard))]
    assert len(rows) == 4
    assert not any(word in row for row in rows for word in ("zebra", "balm", "lupus"))
    await club.restart()
    shown = await robin.slash(club.channel, "review")
    while "Nothing waits" not in text(shown.response) and "keep naming" not in text(shown.response):
        await robin.click(shown.response, label="Reject")
    assert "Runners keep naming **zebra balm**" in text(shown.response)
    assert "I swear by zebra balm" in text(shown.response)
    opened = await robin.click(shown.response, label="Add it …")
    assert opened.acknowledged
    assert "Zebra balm" in str(opened.modal)


async def test_a_name_that_its_messages_have_no_more_is_let_go(club: Club) -> None:
    robin = await admin(club)
    said = [
        (member, await member.send(club.channel, words))
        for member, words in (
            (club.sam, "My IT band hurts. I swear by zebra balm."),
            (club.kim, "Try some zebra balm!"),
            (robin, "I bought zebra balm too."),
        )
    ]
    assert (await robin.slash(club.channel, "learn thread")).acknowledged
    assert await heard(club) == 3
    for member, message in said:
        await member.delete(message)
    shown = await robin.slash(club.channel, "review")
    while "Nothing waits" not in text(shown.response):
        assert "keep naming" not in text(shown.response)
        await robin.click(shown.response, label="Reject")
    assert await heard(club) == 0


async def heard(club: Club) -> int:
    async with club.station.engine.connect() as connection:
        return len(list(await connection.execute(select(schema.heard))))


async def test_a_name_in_an_export_of_a_hidden_channel_is_not_told(club: Club) -> None:
    guild = club.channel.guild
    may, may_not = (discord.PermissionOverwrite(view_channel=seen) for seen in (True, False))
    hidden = guild.create_text_channel(
        "committee", overwrites={guild.default_role: may_not, guild.me: may}
    )
    robin = await admin(club)
    words = (
        "My IT band hurts. I swear by zebra balm.",
        "Try some zebra balm!",
        "I bought zebra balm.",
    )
    export = {
        "guild": {"id": str(guild.id)},
        "channel": {"id": str(hidden.id), "name": "committee", "type": "GuildTextChat"},
        "messages": [
            {
                "id": str(number),
                "type": "Default",
                "timestamp": "2026-01-01T10:00:00+00:00",
                "content": each,
                "author": {"id": str(number), "name": f"runner{number}"},
            }
            for number, each in enumerate(words, 1)
        ],
    }
    file = ("committee.json", json.dumps(export).encode())
    assert (await robin.slash(club.channel, "learn file", file=file)).acknowledged
    shown = await robin.slash(club.channel, "review")
    assert "zebra" not in text(shown.response)
    # What is gone nobody is kept from any more, and the export's words are kept.
    await club.bot.get_channel(hidden.id).delete()
    shown = await robin.slash(club.channel, "review")
    assert "Runners keep naming **zebra balm**" in text(shown.response)
    shown = await robin.slash(club.channel, "review")
    assert "Runners keep naming **zebra balm**" in text(shown.response)


async def test_nothing_chosen_forgets_nothing(club: Club) -> None:
    robin = await admin(club)
    await learn_file(club, robin)
    count = await pending(club)
    refused = await robin.slash(club.channel, "learn forget", thread="")
    assert refused.acknowledged
    assert was_refused(club)
    assert await pending(club) == count > 0


async def test_an_address_cannot_write_into_what_curators_read(club: Club) -> None:
    robin = await admin(club)
    page = (
        '<link rel="canonical" href="https://a.example/&gt;) **win** [shoes](https://evil.example/">'
        '<ol class="comment-list"><li class="comment" id="comment-1"><div class="comment-author">'
        '<cite class="fn">Kim</cite></div><div class="comment-content"><p>A foam roller helped my '
        "IT band.</p></div></li></ol>"
    )
    await robin.slash(club.channel, "learn file", file=("page.html", page.encode()))
    shown = await robin.slash(club.channel, "review")
    assert shown.acknowledged
    assert "**win**" not in text(shown.response)
    assert "[shoes](" not in text(shown.response)
    assert "foam roller" in text(shown.response).lower()


async def thread_of(club: Club, message: Any) -> tuple[Any, discord.Thread]:
    """A thread that begins from a message, as Discord makes it: with an empty first message.

    For members, and for the bot.
    """
    channel = club.bot.get_channel(club.channel.id)
    assert isinstance(channel, discord.TextChannel)
    thread = await channel.create_thread(name="knee", message=discord.Object(message.id))
    club.env.backend.create_system_message(
        thread.id,
        discord.MessageType.thread_starter_message.value,
        club.sam.id,
        referenced_channel_id=channel.id,
        referenced_message_id=message.id,
    )
    (members,) = club.channel.threads
    return members, thread


async def test_a_threads_own_name_is_not_kept(club: Club) -> None:
    robin = await admin(club)
    thread, _ = await thread_of(club, await club.sam.send(club.channel, ASKED))
    await club.kim.send(thread, "A foam roller fixed mine.")
    assert (await robin.slash(club.channel, "learn thread", thread=thread)).acknowledged
    shown = await robin.slash(club.channel, "review")
    assert "From [A thread in " in text(shown.response)
    said = await club.kim.send(thread, "And I iced mine every night, my IT band is fine now.")
    assert (await robin.context_menu(thread, "Learn from this message", said)).acknowledged
    async with club.station.engine.connect() as connection:
        titles = set(await connection.scalars(select(schema.threads.c.title)))
    assert titles
    assert not any(thread.name in title for title in titles)


async def test_a_thread_begun_from_a_message_has_its_question(club: Club) -> None:
    robin = await admin(club)
    thread, _ = await thread_of(club, await club.sam.send(club.channel, ASKED))
    await club.kim.send(thread, "A foam roller fixed mine.")
    done = await robin.slash(club.channel, "learn thread", thread=thread)
    assert done.acknowledged
    assert "2 comments in 1 thread: 1 suggestion" in text(done.response)
    assert "no words for me" not in text(done.response)


async def test_what_a_thread_grew_from_is_found_where_it_stands(club: Club) -> None:
    robin = await admin(club)
    asked = await club.kim.send(club.channel, f"{ASKED} The foam roller helped a little.")
    thread, _ = await thread_of(club, asked)
    assert (await robin.slash(club.channel, "learn thread", thread=thread)).acknowledged
    shown = await robin.slash(club.channel, "review")
    assert "The foam roller helped a little" in text(shown.response)
    assert asked.jump_url in text(shown.response)
    again = await robin.slash(club.channel, "learn thread")
    assert "0 suggestions to review" in text(again.response)


async def test_an_archived_thread_is_learned_and_a_hidden_one_refused(club: Club) -> None:
    robin = await admin(club)
    thread, seen_by_bot = await thread_of(club, await club.sam.send(club.channel, ASKED))
    await club.kim.send(thread, "A foam roller fixed mine.")
    await seen_by_bot.edit(archived=True)
    done = await robin.slash(club.channel, "learn thread", thread=thread)
    assert done.acknowledged
    assert "1 suggestion" in text(done.response)
    club.env.inject_error("GET", "/channels/*/messages", status=403)
    refused = await robin.slash(club.channel, "learn thread", thread=thread)
    assert refused.acknowledged
    assert "mention me there" in text(refused.response)
    assert was_refused(club)
