"""Curators' remedies and patterns, as an admin and the members of the server see them."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import KNEE, Club, admin, buttons, store_votes, text, unescaped, was_refused
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text as sql

from bot.curating import Curator
from bot.knowledge.catalogue import load_catalogue
from bot.knowledge.names import CHOICES, Names
from bot.knowledge.own import checked
from bot.refused import RefusedError
from bot.servers import KEPT
from bot.settings import ROOT
from bot.store.entries import Data, Key, write_entries
from bot.store.votes import Ballot, Cast

SHIPPED = Names(load_catalogue(ROOT / "data").remedies.values())
ELBOW = "\n".join(
    (
        "outside of my elbow aches when I carry a bottle",
        "sore elbow on long runs from holding my handheld flask",
        "elbow burns on the outer side after carrying water",
    )
)


async def add(club: Club, robin: Any, name: str, how: str = "Slowly.", **more: Any) -> Any:
    """Robin adds a remedy for IT band pain."""
    options = {"for": "it-band", **more}
    opened = await robin.slash(club.channel, "remedy add", **options)
    assert opened.acknowledged
    values = {"name": name, "called": "", "how": how, "caution": ""}
    sent = await robin.submit_modal(opened, values)
    assert sent.acknowledged
    return sent


async def test_what_is_added_answers_the_very_next_question(club: Club) -> None:
    robin = await admin(club)
    sent = await add(club, robin, "Towpath shuffle", "Ten minutes along the canal, backwards.")
    assert sent.ephemeral
    await club.ask(KNEE)
    seen = text(club.channel.last_message)
    assert "Towpath shuffle" in seen
    assert "Ten minutes along the canal, backwards" in seen
    assert "Added by this club" in seen


@pytest.mark.parametrize(
    ("how", "doubt"),
    [
        ("Take 400 mg before the start.", "It seems to name a dose"),
        ("Ibuprofen 600, then a walk.", "It seems to name a dose"),
        ("Two aspirins, then run through the pain.", "It speaks of going on in pain"),
        ("A gram of paracetamol plus an aspirin.", "It seems to name a dose"),
        ("A course of prednisolone.", "a doctor prescribes"),
        ("Cut the blister open with scissors.", "takes training"),
        ("Lance it with a hot needle.", "takes training"),
        ("A spoon of turpentine rubbed in.", "can poison or burn"),
        ("It goes by itself, no need to see a doctor.", "doing without a doctor"),
    ],
)
async def test_a_curator_is_asked_to_look_twice_and_decides(
    club: Club, how: str, doubt: str
) -> None:
    robin = await admin(club)
    sent = await add(club, robin, "Towpath shuffle", how)
    assert doubt in text(sent.response)
    assert "Kept" in text(sent.response)
    await club.ask(KNEE)
    assert "Towpath shuffle" in text(club.channel.last_message)
    assert "⚠️" not in text((await add(club, robin, "Barrel roll")).response)


async def test_what_an_answer_has_no_room_for_is_said(club: Club) -> None:
    robin = await admin(club)
    for name in ("Alpine yodel", "Barrel roll"):
        await add(club, robin, name)
    sent = await add(club, robin, "Towpath shuffle")
    assert "is kept, but is not shown yet" in text(sent.response)
    await club.ask(KNEE)
    assert "Towpath shuffle" not in text(club.channel.last_message)


async def test_whose_place_it_takes_is_said(club: Club) -> None:
    robin = await admin(club)
    for name in ("Towpath shuffle", "Umbrella walk"):
        assert "no room" not in text((await add(club, robin, name)).response)
    sent = await add(club, robin, "Barrel roll")
    assert "no room there now for **Umbrella walk**" in text(sent.response)


async def test_it_stays_after_a_restart_and_in_its_own_server(club: Club) -> None:
    robin = await admin(club)
    await add(club, robin, "Towpath shuffle")
    await club.restart()
    await club.ask(KNEE)
    assert "Towpath shuffle" in text(club.channel.last_message)
    other = club.env.create_guild("Other Club")
    there = club.station.knowledge(other.id)
    assert not [one for one in there.catalogue.remedies.values() if one.own]


async def test_a_near_duplicate_offers_what_is_there(club: Club) -> None:
    robin = await admin(club)
    sent = await add(club, robin, "foam rollin", "My own words.")
    assert "That looks like **Foam roll" in text(sent.response)
    assert "My own words" in text(sent.followups[-1])
    assert was_refused(club)
    sent = await add(club, robin, "foam rollin", anyway=True)
    assert "very next answer" in text(sent.response)


async def test_a_member_is_told_who_can(club: Club) -> None:
    refused = await club.sam.slash(club.channel, "remedy add", **{"for": "it-band"})
    assert refused.acknowledged
    assert refused.ephemeral
    assert "Only those who may manage this server" in text(refused.response)
    assert was_refused(club)


async def test_a_chosen_role_may_curate(club: Club) -> None:
    robin = await admin(club)
    guild = club.channel.guild
    role = guild.create_role("Coaches")
    lee = guild.add_member(club.env.create_user("lee"), roles=[role])
    panel = await robin.slash(club.channel, "setup panel")
    chosen = await robin.select(panel.response, [role], custom_id="aid1:setup:role")
    assert chosen.acknowledged
    await club.restart()
    await add(club, lee, "Towpath shuffle")
    await club.ask(KNEE)
    assert "Towpath shuffle" in text(club.channel.last_message)


async def test_a_shipped_remedy_is_reworded_hidden_and_brought_back(club: Club) -> None:
    robin = await admin(club)
    first = club.station.advise("it-band", None)
    assert first is not None
    slug, name = first.remedies[0].remedy.slug, first.remedies[0].remedy.name
    gone = await robin.slash(club.channel, "remedy remove", remedy=slug)
    assert gone.acknowledged
    await club.ask(KNEE)
    assert f"**{name}**" not in text(club.channel.last_message)
    back = await robin.slash(club.channel, "remedy restore", remedy=slug)
    assert back.acknowledged
    await club.ask(KNEE)
    assert f"**{name}**" in text(club.channel.last_message)
    opened = await robin.slash(club.channel, "remedy edit", remedy=slug)
    values = {"name": name, "called": "", "how": "Our way.", "caution": "Mind it."}
    assert (await robin.submit_modal(opened, values)).acknowledged
    await club.ask(KNEE)
    assert "Our way" in text(club.channel.last_message)
    assert "Mind it" in text(club.channel.last_message)


async def test_history_shows_and_undoes_each_step(club: Club) -> None:
    robin = await admin(club)
    await add(club, robin, "Towpath shuffle")
    slug = next(
        one.slug
        for one in club.station.knowledge(club.channel.guild.id).catalogue.remedies.values()
        if one.own
    )
    await robin.slash(club.channel, "remedy remove", remedy=slug)
    shown = await robin.slash(club.channel, "remedy history", remedy=slug)
    assert "History of Towpath shuffle" in text(shown.response)
    assert "taken out" in text(shown.response)
    assert "by you" in text(shown.response)
    undo = next(label for label in buttons(shown.response) if label.startswith("Undo"))
    pressed = await robin.click(shown.response, label=undo)
    assert pressed.acknowledged
    await club.ask(KNEE)
    assert "Towpath shuffle" in text(club.channel.last_message)


async def test_a_clubs_own_pain_matches_at_once(club: Club) -> None:
    robin = await admin(club)
    opened = await robin.slash(club.channel, "pattern add")
    values = {
        "name": "towpath elbow",
        "where": "outer side of the elbow",
        "wording": ELBOW,
    }
    sent = await robin.submit_modal(opened, values)
    assert sent.acknowledged
    await club.ask("my elbow is sore on the outside after two hours with a bottle in my hand")
    assert "Sounds like what runners call **towpath elbow**" in text(club.channel.last_message)
    opened = await robin.slash(club.channel, "pattern add")
    few = await robin.submit_modal(opened, {**values, "wording": "only one line"})
    assert "Please give three examples or more" in text(few.response)
    assert "only one line" in text(few.followups[-1])
    assert was_refused(club)


async def test_a_clubs_own_pain_takes_over_no_other_part_of_the_body(club: Club) -> None:
    robin = await admin(club)
    opened = await robin.slash(club.channel, "pattern add")
    values = {"name": "towpath elbow", "where": "outer side of the elbow", "wording": ELBOW}
    assert (await robin.submit_modal(opened, values)).acknowledged
    for words in (
        "sharp pain on the outer side of knee, worse downhill",
        "pain on the outer side of my ankle",
        "outer side of the hip hurts at night",
        "knee aches when running",
        "neck and shoulders ache on long runs, I think I hold my arms too high",
    ):
        asked = await club.ask(words)
        assert "towpath elbow" not in text(asked.response) + str(buttons(asked.response))


async def test_a_painkiller_by_another_name_is_left_out_for_whom_it_is_none(club: Club) -> None:
    robin = await admin(club)
    sent = await add(club, robin, "Zebra trick", "Two ibuprofen before each race.")
    assert sent.acknowledged
    seen = text((await club.ask(KNEE)).response)
    caution = club.station.knowledge(0).catalogue.remedies["painkiller"].caution
    assert "Zebra trick" in seen and caution and caution in unescaped(seen)
    for told in ("16 weeks pregnant and ", "on warfarin, ", "I have a stomach ulcer. "):
        seen = text((await club.ask(told + KNEE, private=True)).response)
        assert "⚠️" in seen and "Zebra trick" not in seen


@pytest.mark.parametrize(
    "how", ["Better than ibuprofen for me.", "Skip the ibuprofen, walk.", "No painkillers needed."]
)
async def test_what_stands_for_a_painkiller_is_none(club: Club, how: str) -> None:
    robin = await admin(club)
    assert (await add(club, robin, "Zebra trick", how)).acknowledged
    seen = text((await club.ask("on warfarin, " + KNEE, private=True)).response)
    assert "Zebra trick" in seen


async def test_a_pain_that_is_here_already_is_shown_first(club: Club) -> None:
    robin = await admin(club)
    values = {"name": "IT-band pains", "where": "outer side of the elbow", "wording": ELBOW}
    opened = await robin.slash(club.channel, "pattern add")
    near = await robin.submit_modal(opened, values)
    assert near.acknowledged
    assert "That looks like **IT band pain**" in text(near.response)
    assert "open the form again and send it" in text(near.response)
    opened = await robin.slash(club.channel, "pattern add", anyway=True)
    assert "Kept" in text((await robin.submit_modal(opened, values)).response)
    assert was_refused(club)


async def test_hostile_words_are_shown_literally_or_refused(club: Club) -> None:
    robin = await admin(club)
    refused = await add(club, robin, "@everyone https://evil.example")
    assert "leave out mentions and links" in text(refused.response)
    assert was_refused(club)
    await add(club, robin, "**bold** `code`", "||hidden|| # head")
    await club.ask(KNEE)
    seen = text(club.channel.last_message)
    assert "\\*\\*bold\\*\\*" in seen
    assert "\\|\\|hidden\\|\\|" in seen


async def test_a_clubs_names_are_shown_literally_everywhere(club: Club) -> None:
    robin, server = await admin(club), club.channel.guild.id
    curating, who = club.station.curating, Curator(server, "k")
    words = "my elbow hurts when running"
    elbow = {"name": "**loud** elbow", "where": "elbow", "wording": [words] * 3}
    slug = await curating.add(who, "pattern", elbow)
    await curating.add(
        who, "remedy", {"name": "||hop||", "how": "- slowly", "patterns": [slug, "calf-strain"]}
    )
    for remedy in ("calf-stretch", "strengthening"):  # advised against; rarely mentioned
        state = await curating.state(server, "remedy", remedy)
        await curating.change(who, "remedy", remedy, state, {"name": f"__{remedy}__"})
    asked = await club.ask(words, private=True)
    seen = [asked.response]
    for label in ("Why this?", "Who said so?"):
        pressed = await club.sam.click(asked.response, label=label)
        seen.append(pressed.response or pressed.followups[-1])
    for pain in ("strained my calf muscle sprinting", "rolled my ankle on a root and it is sore"):
        seen.append((await club.ask(pain, private=True)).response)
    seen.append((await robin.slash(club.channel, "remedy show", remedy="own-hop")).response)
    told = "\n".join(map(text, seen))
    for live, literal in (
        ("**loud**", r"\*\*loud\*\*"),
        ("||hop||", r"\|\|hop\|\|"),
        ("__calf-stretch__", r"\_\_calf-stretch\_\_"),
        ("__strengthening__", r"\_\_strengthening\_\_"),
        ("\n- slowly", r"\- slowly"),
    ):
        assert literal in told
        assert live not in told


NO_WORD = ("🧊", "!!!", "^", "--", "<n>", "\u200b\u200d")


@pytest.mark.parametrize("name", NO_WORD)
async def test_a_name_without_a_word_is_refused_and_stops_nobody(club: Club, name: str) -> None:
    robin = await admin(club)
    for values in ({"name": name}, {"name": "Towpath shuffle", "called": f"shuffle, {name}"}):
        opened = await robin.slash(club.channel, "remedy add", **{"for": "it-band"})
        sent = await robin.submit_modal(
            opened, {"called": "", "how": "Slowly.", "caution": "", **values}
        )
        assert sent.acknowledged
        assert "has no word in it" in text(sent.response)
    for values in ({"name": name, "wording": ELBOW}, {"name": "elbow", "wording": f"{name}\n" * 3}):
        opened = await robin.slash(club.channel, "pattern add")
        sent = await robin.submit_modal(opened, {"where": "elbow", **values})
        assert sent.acknowledged
    assert was_refused(club)
    await add(club, robin, "Towpath shuffle")
    await club.restart()
    await club.ask(KNEE)
    assert "Towpath shuffle" in text(club.channel.last_message)


async def test_a_broken_row_of_one_club_stops_no_other(
    club: Club, caplog: pytest.LogCaptureFixture
) -> None:
    robin = await admin(club)
    await add(club, robin, "Towpath shuffle")
    here, other = club.channel.guild.id, club.env.create_guild("Other Club").id
    fine = {"name": "Zebra hop", "how": "Slowly.", "patterns": ["it-band"]}
    broken: dict[Key, Data] = {
        Key(other, "remedy", "own-broken"): {"name": "my private words"},
        Key(other, "pattern", "own-broken"): {"wording": 5},
        Key(other, "remedy", "own-ice"): {"name": "🧊", "how": "Slowly."},  # of an older version
        Key(other, "remedy", "own-zebra-hop"): fine,
    }
    await write_entries(club.station.engine, broken, "key")
    await club.restart()
    assert {"own-zebra-hop", "own-ice"} <= set(club.station.knowledge(other).catalogue.remedies)
    assert "own-broken" not in club.station.knowledge(other).catalogue.remedies
    assert "own-towpath-shuffle" in club.station.knowledge(here).catalogue.remedies
    assert f"Server {other}: the stored remedy own-broken is left out" in caplog.text
    assert "private words" not in caplog.text
    await club.station.servers.refresh(other)
    assert "own-zebra-hop" in club.station.knowledge(other).catalogue.remedies


LONG = {"name": "Towpath", "called": "a\nb", "how": "My `own` ``` words.", "caution": ""}


async def test_a_form_that_was_open_over_a_restart_gives_its_text_back(club: Club) -> None:
    robin = await admin(club)
    opened = await robin.slash(club.channel, "remedy add", **{"for": "it-band"})
    await club.restart()
    sent = await robin.submit_modal(opened, LONG)
    assert sent.acknowledged
    assert sent.ephemeral
    assert "Please open it again" in text(sent.response)
    kept = sent.followups[-1]
    assert kept.ephemeral
    for words in ("```\nTowpath\n```", "```\na\nb\n```", "My `own` ` ` ` words."):
        assert words in text(kept)
    assert not await club.station.curating.own_remedies(club.channel.guild.id)


async def test_a_refused_form_gives_its_text_back(club: Club) -> None:
    robin = await admin(club)
    refusals = {
        "leave out mentions and links": {**LONG, "how": "See https://evil.example"},
        "20 entries are the most": {**LONG, "called": "\n".join("abcdefghijklmnopqrstu")},
    }
    for reason, values in refusals.items():
        opened = await robin.slash(club.channel, "remedy add", **{"for": "it-band"})
        sent = await robin.submit_modal(opened, values)
        assert sent.acknowledged
        assert reason in text(sent.response)
        assert values["how"][:6] in text(sent.followups[-1])
    assert was_refused(club)


async def test_a_refused_form_is_opened_again_as_it_was_sent(club: Club) -> None:
    robin = await admin(club)
    opened = await robin.slash(club.channel, "remedy add", **{"for": "it-band"})
    sent = await robin.submit_modal(opened, {**LONG, "how": "See https://evil.example"})
    again = await robin.click(sent.followups[-1], label="Open the form again")
    assert again.acknowledged
    assert "See https://evil.example" in str(again.modal)
    assert "a\\nb" in str(again.modal)
    kept = await robin.submit_modal(again, {**LONG, "how": "Along the canal."})
    assert "Kept" in text(kept.response)
    await club.ask(KNEE)
    assert "Along the canal" in text(club.channel.last_message)
    await club.restart()
    late = await robin.click(sent.followups[-1], label="Open the form again")
    assert late.acknowledged
    assert "stands above" in text(late.response)
    assert was_refused(club)


async def test_one_like_it_is_added_all_the_same_by_sending_the_form_again(club: Club) -> None:
    robin = await admin(club)
    sent = await add(club, robin, "foam rollin")
    assert "That looks like **Foam roll" in text(sent.response)
    again = await robin.click(sent.followups[-1], label="Open the form again")
    values = {"name": "foam rollin", "called": "", "how": "Slowly.", "caution": ""}
    assert "Kept" in text((await robin.submit_modal(again, values)).response)
    assert was_refused(club)


async def test_many_long_names_and_commas_are_edited(club: Club) -> None:
    robin = await admin(club)
    called = [f"towpath shuffle along the canal number {number}" for number in range(19)]
    fields = {"name": "Towpath", "how": "Slowly.", "called": [*called, "hop, skip"]}
    who = Curator(club.channel.guild.id, "key")
    slug = await club.station.curating.add(who, "remedy", fields)
    opened = await robin.slash(club.channel, "remedy edit", remedy=slug)
    assert opened.acknowledged
    assert opened.modal
    names = "\n".join(["one, two", *called[:17], "hop, skip"])
    sent = await robin.submit_modal(opened, {**LONG, "called": names, "how": "Slowly."})
    assert "in no answer yet" in text(sent.response)
    state = await club.station.curating.state(who.server_id, "remedy", slug)
    assert state["called"] == ["one", "two", *called[:17], "hop, skip"]


async def test_an_unknown_remedy_is_never_echoed(club: Club) -> None:
    robin = await admin(club)
    for typed in ("x" * 2500, "@everyone **x** [y](https://evil.example)"):
        for command in ("edit", "remove", "restore"):
            refused = await robin.slash(club.channel, f"remedy {command}", remedy=typed)
            assert refused.acknowledged
            assert refused.ephemeral
            assert "evil" not in text(refused.response)
    assert was_refused(club)


async def test_for_nothing_typed_what_this_club_uses_comes_first(club: Club) -> None:
    robin = await admin(club)
    server = club.channel.guild.id
    who = Curator(server, "key")
    for number in range(30):
        fields = {"name": f"Zebra hop {number}", "how": "Slowly."}
        slug = await club.station.curating.add(who, "remedy", fields)
    first = await robin.autocomplete(club.channel, "remedy edit", "remedy", "")
    assert slug not in [one["value"] for one in first]
    now = club.env.now()
    votes = [Cast(Ballot(server, f"m{number}", "it-band", slug), now) for number in range(6)]
    await store_votes(club.station.engine, votes)
    await club.station.servers.refresh_votes(server)
    first = await robin.autocomplete(club.channel, "remedy edit", "remedy", "")
    assert slug in [one["value"] for one in first]


async def test_for_nothing_typed_what_this_club_asks_for_comes_first(club: Club) -> None:
    robin, server = await admin(club), club.channel.guild.id
    knowledge = club.station.knowledge(server)
    rarest = min(knowledge.catalogue.patterns, key=lambda slug: knowledge.people.get(slug, 0))
    for _ in range(1 + max(knowledge.people.values()) // 10):
        club.bot.count_answer(server, rarest)
    for _ in range(2):
        first = await robin.autocomplete(club.channel, "remedy add", "for", "")
        assert first[0]["value"] == rarest
        await club.station.writer.drained()
        await club.restart()


@pytest.mark.parametrize(
    ("kind", "fields", "words"),
    [
        ("remedy", {"name": "x" * 81, "how": "x"}, "In the name, 80 characters are the most."),
        ("remedy", {"name": "x", "how": " "}, "Please give how it is done."),
        ("remedy", {"name": "x"}, "Please give how it is done."),
        ("remedy", {"name": "x", "how": "x", "called": ["y" * 81]}, "80 characters each"),
        ("remedy", {"name": "x", "how": "x", "patterns": ["No *slug*"]}, "the pains (patterns)"),
        ("remedy", {"name": "x", "how": "x", "*colour*": "y"}, "no field “colour”"),
        ("remedy", {"name": "x", "how": 5}, "In how it is done, I need a text"),
        ("pattern", {"name": "x", "where": "y", "wording": ["z"]}, "three examples or more"),
    ],
)
def test_faults_are_told_in_our_own_words(kind: str, fields: dict[str, Any], words: str) -> None:
    with pytest.raises(RefusedError) as refused:
        checked(kind, fields)
    assert words in str(refused.value)
    assert "valid" not in str(refused.value)


async def test_a_pain_is_found_by_what_it_feels_like(club: Club) -> None:
    robin = await admin(club)
    for typed, slug in (
        ("outside of knee", "it-band"),
        ("bottom of the heel", "plantar-fasciitis"),
    ):
        found = await robin.autocomplete(club.channel, "remedy add", "for", typed)
        assert slug in [one["value"] for one in found[:3]]
    assert await robin.autocomplete(club.channel, "remedy add", "for", "who has the tickets") == []


async def test_names_are_suggested_while_typing(club: Club) -> None:
    robin = await admin(club)
    for typed in ("", "foam", "it b"):
        found = await robin.autocomplete(club.channel, "remedy edit", "remedy", typed)
        assert 0 < len(found) <= CHOICES


async def test_a_name_that_is_shown_comes_before_one_that_is_not(club: Club) -> None:
    robin = await admin(club)
    before = await robin.autocomplete(club.channel, "remedy edit", "remedy", "bosu")
    assert before[0]["name"] == "Ankle strength"  # also called that
    await add(club, robin, "Bosu balance")
    found = await robin.autocomplete(club.channel, "remedy edit", "remedy", "bosu")
    assert [one["name"] for one in found[:2]] == ["Bosu balance", "Ankle strength"]


async def test_lists_and_single_remedies_are_for_everybody(club: Club) -> None:
    for page in (1, 2, 500):
        shown = await club.sam.slash(club.channel, "remedy list", page=page)
        assert shown.acknowledged
        assert "Remedies, page" in text(shown.response)
    shown = await club.sam.slash(club.channel, "remedy show", remedy="foam-roll")
    assert "Found by words such as:** foam rol" in text(shown.response)
    shown = await club.sam.slash(club.channel, "remedy show", remedy="rest")
    words = text(shown.response).partition("Found by words such as:** ")[2]
    assert words
    assert not set("^<") & set(words.partition("\n")[0])


@given(st.text(max_size=100))
def test_anything_typed_finds_at_most_25_names(typed: str) -> None:
    assert len(SHIPPED.find(typed, {})) <= CHOICES


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("foam rolr", "foam-roll"),
        ("rolling foam", "foam-roll"),
        ("foamroller", "foam-roll"),
        ("ibuprofin", "painkiller"),
        ("ice", "ice"),
    ],
)
def test_the_likeliest_name_comes_first(typed: str, slug: str) -> None:
    assert SHIPPED.find(typed, {})[0].slug == slug


@pytest.mark.parametrize("command", ["remedy restore", "remedy history"])
async def test_what_was_taken_out_is_for_curators_to_read(club: Club, command: str) -> None:
    robin = await admin(club)
    who = Curator(club.channel.guild.id, "k")
    slug = await club.station.curating.add(who, "remedy", {"name": "Zebra hop", "how": "Hop."})
    await club.station.curating.remove(who, "remedy", slug)
    found = await robin.autocomplete(club.channel, command, "remedy", "zebra")
    assert [choice["value"] for choice in found] == [slug]
    assert await club.sam.autocomplete(club.channel, command, "remedy", "zebra") == []


async def test_a_change_that_cannot_be_read_back_is_kept_and_comes_later(club: Club) -> None:
    robin = await admin(club)
    async with club.station.engine.begin() as connection:
        await connection.execute(sql("ALTER TABLE votes RENAME TO votes_away"))
    done = await robin.slash(club.channel, "remedy remove", remedy="foam-roll")
    assert done.acknowledged
    assert was_refused(club)
    assert KEPT in text(done.followups[-1] if done.followups else done.response)
    server = club.channel.guild.id
    assert "foam-roll" in club.station.knowledge(server).catalogue.remedies
    async with club.station.engine.begin() as connection:
        await connection.execute(sql("ALTER TABLE votes_away RENAME TO votes"))
    await club.station.servers.refresh_votes(server)
    assert "foam-roll" not in club.station.knowledge(server).catalogue.remedies


async def test_a_wrong_removal_is_undone_where_it_was_made(club: Club) -> None:
    robin = await admin(club)
    server = club.channel.guild.id
    gone = await robin.slash(club.channel, "remedy remove", remedy="foam-roll")
    assert "foam-roll" not in club.station.knowledge(server).catalogue.remedies
    (label,) = buttons(gone.response)
    undone = await robin.click(gone.response, label=label)
    assert undone.acknowledged
    assert "is as it was before change" in text(undone.response)
    assert "foam-roll" in club.station.knowledge(server).catalogue.remedies


async def test_undoing_an_addition_says_that_it_is_out_again(club: Club) -> None:
    robin = await admin(club)
    await add(club, robin, "Towpath shuffle")
    shown = await robin.slash(club.channel, "remedy history", remedy="own-towpath-shuffle")
    (label,) = buttons(shown.response)
    undone = await robin.click(shown.response, label=label)
    assert undone.acknowledged
    assert "is out again" in text(undone.response)


async def test_wording_a_remedy_anew_keeps_its_caution(club: Club) -> None:
    robin = await admin(club)
    opened = await robin.slash(club.channel, "remedy edit", remedy="painkiller")
    assert "Ask first if you are pregnant" in str(opened.modal)
    values = {"name": "Tablets", "called": "", "how": "As on the packet.", "caution": ""}
    assert (await robin.submit_modal(opened, values)).acknowledged
    shown = await robin.slash(club.channel, "remedy show", remedy="painkiller")
    assert "As on the packet." in text(shown.response)
    assert "Ask first if you are pregnant" in text(shown.response)


async def test_a_clubs_own_pain_leaves_the_usual_one_a_tap_away(club: Club) -> None:
    robin = await admin(club)
    words = "calf tight after hills\ncalf cramps on the hill\ncalves sore on tuesdays"
    opened = await robin.slash(club.channel, "pattern add")
    values = {"name": "Tuesday calf", "where": "calf", "wording": words}
    sent = await robin.submit_modal(opened, values)
    assert "Until now I took such words for **" in text(sent.response)
    asked = await club.ask("strained my calf muscle sprinting, sharp pain when i push off")
    if "Tuesday calf" in text(asked.response):
        assert any("calf" in label.lower() for label in buttons(asked.response))
    asked = await club.ask("calf tight after hills")
    assert "Sounds like what runners call **Tuesday calf**" in text(asked.response)


async def test_a_new_name_that_another_has_is_asked_about_once(club: Club) -> None:
    robin = await admin(club)
    opened = await robin.slash(club.channel, "pattern add")
    values = {"name": "Bottle elbow", "where": "elbow", "wording": ELBOW}
    assert (await robin.submit_modal(opened, values)).acknowledged
    opened = await robin.slash(club.channel, "pattern edit", pain="own-bottle-elbow")
    refused = await robin.submit_modal(opened, {**values, "name": "Shin splint"})
    assert "which is here already" in text(refused.response)
    assert was_refused(club)
    again = await robin.click(refused.followups[-1], label="Open the form again")
    sent = await robin.submit_modal(again, {**values, "name": "Shin splint"})
    assert "**Shin splint** is matched from now on" in text(sent.response)


async def test_what_research_advises_against_is_said_so(club: Club) -> None:
    robin = await admin(club)
    opened = await robin.slash(club.channel, "remedy edit", remedy="night-splint", also="achilles")
    values = {"name": "Night splint", "called": "", "how": "At night.", "caution": ""}
    sent = await robin.submit_modal(opened, values)
    assert "research advises against it for that" in text(sent.response)


async def test_two_of_one_name_are_told_apart(club: Club) -> None:
    robin = await admin(club)
    await add(club, robin, "Ice", anyway=True)
    edit = "remedy edit", "remedy", "ice"
    names = [one["name"] for one in await robin.autocomplete(club.channel, *edit)]
    assert "Ice" in names
    assert "Ice (this club's own)" in names
    assert (await robin.slash(club.channel, "remedy remove", remedy="own-ice")).acknowledged
    history = await robin.autocomplete(club.channel, "remedy history", "remedy", "ice")
    assert "Ice (taken out)" in [one["name"] for one in history]
