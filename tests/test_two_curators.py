"""Two curators at once lose nothing of each other's; what is taken out comes back."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from typing import Any

import pytest
from conftest import KNEE, Club, admin, buttons, text, was_refused
from sqlalchemy import event, make_url
from sqlalchemy.exc import OperationalError

from bot.answer import Answerer
from bot.curating import AlikeError, ChangedError, Curating, Curator
from bot.exchange import read_file
from bot.refused import RefusedError
from bot.servers import Servers
from bot.settings import Settings
from bot.store.database import open_engine, sqlite_path, upgrade
from bot.store.entries import Key, load_changes

SERVER = 7
ROBIN, LEE = Curator(SERVER, "robin"), Curator(SERVER, "lee")
HOP = {"name": "Towpath hop", "how": "Slowly.", "patterns": ["it-band"]}
WORDING = ["my elbow hurts when running", "elbow aches with a bottle", "sore elbow outside"]


@pytest.fixture
async def curating(settings: Settings, answerer: Answerer) -> Any:
    await upgrade(settings.database_url)
    engine = open_engine(settings.database_url)
    yield Curating(engine, await Servers.load(engine, answerer, ()))
    await engine.dispose()


async def test_two_of_one_name_are_both_kept(curating: Curating) -> None:
    names = ("Towpath hop", "Towpath hop", "冷湿布", "ストレッチ")
    adds = (curating.add(ROBIN, "remedy", {**HOP, "name": name}) for name in names)
    slugs = await asyncio.gather(*adds)
    assert len(set(slugs)) == 4
    assert set(await curating.own_remedies(SERVER)) == set(slugs)
    assert set(slugs) <= set(curating._servers.knowledge(SERVER).catalogue.remedies)


async def test_who_comes_second_with_a_name_is_told(curating: Curating) -> None:
    found = await asyncio.gather(
        *(curating.add(who, "remedy", HOP, anyway=False) for who in (ROBIN, LEE)),
        return_exceptions=True,
    )
    assert [isinstance(one, AlikeError) for one in found] == [False, True]


async def test_all_that_was_confirmed_is_in_the_answers(curating: Curating) -> None:
    known, names = curating._servers, [f"{word} hop" for word in ("red", "blue", "green", "grey")]
    slugs = await asyncio.gather(
        *(curating.add(ROBIN, "remedy", {**HOP, "name": name}) for name in names),
        known.refresh(SERVER),
        known.refresh_votes(SERVER),
    )
    assert {slug for slug in slugs if slug} <= set(known.knowledge(SERVER).catalogue.remedies)


async def test_what_cannot_be_read_back_beside_another_change_comes_later(
    curating: Curating, settings: Settings
) -> None:
    servers, engine = curating._servers, curating._engine
    reads: list[str] = []
    of_one, failing, read_again = 0, False, asyncio.Event()

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        reads.append(statement)
        if of_one and len(reads) == 2 * of_one:
            read_again.set()
        if failing:
            raise OperationalError(statement, None, Exception("busy"))

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    await servers.refresh(SERVER)
    of_one = len(reads)
    first = asyncio.create_task(servers.refresh(SERVER))
    await read_again.wait()
    # The first has read and builds; nothing is awaited until the second has begun.
    with closing(sqlite3.connect(str(sqlite_path(make_url(settings.database_url))))) as other:
        row = (SERVER, "remedy", "own-hop", json.dumps(HOP))
        other.execute("INSERT INTO entries (server_id, kind, slug, data) VALUES (?, ?, ?, ?)", row)
        other.commit()
    failing = True
    with pytest.raises(RefusedError):
        await servers.refresh(SERVER)
    await first
    failing = False
    assert "own-hop" not in servers.knowledge(SERVER).catalogue.remedies
    await servers.refresh_votes(SERVER)
    assert "own-hop" in servers.knowledge(SERVER).catalogue.remedies


async def test_a_form_writes_only_what_was_changed_in_it(curating: Curating) -> None:
    slug = await curating.add(ROBIN, "remedy", HOP)
    opened = await curating.state(SERVER, "remedy", slug)
    theirs = {"how": "Backwards.", "patterns": ["it-band", "calf-strain"]}
    assert await curating.change(LEE, "remedy", slug, opened, theirs)
    mine = {**opened, "caution": "Mind the bikes.", "patterns": ["it-band", "shin-splints"]}
    assert await curating.change(ROBIN, "remedy", slug, opened, mine)
    state = await curating.state(SERVER, "remedy", slug)
    assert (state["how"], state["caution"]) == ("Backwards.", "Mind the bikes.")
    assert state["patterns"] == ["it-band", "calf-strain", "shin-splints"]
    with pytest.raises(ChangedError) as clash:
        await curating.change(ROBIN, "remedy", slug, opened, {"how": "Forwards."})
    assert clash.value.now == {"how": "Backwards."}
    assert not await curating.change(ROBIN, "remedy", slug, state, {"how": "Backwards."})


async def test_taken_out_twice_comes_back_at_once(curating: Curating) -> None:
    known = curating._servers
    assert await curating.remove(ROBIN, "remedy", "ice")
    with pytest.raises(RefusedError, match="taken out already"):
        await curating.remove(LEE, "remedy", "ice")
    assert "ice" not in known.knowledge(SERVER).catalogue.remedies
    assert await curating.removed(SERVER, "remedy") == {"ice": "Ice"}
    assert await curating.restore(LEE, "remedy", "ice") == "Ice"
    assert "ice" in known.knowledge(SERVER).catalogue.remedies
    assert not await curating.own_remedies(SERVER)  # as it came, not a copy of it
    assert await curating.removed(SERVER, "remedy") == {}
    with pytest.raises(RefusedError, match="not taken out"):
        await curating.restore(ROBIN, "remedy", "ice")


async def test_one_of_the_same_name_is_another_one(curating: Curating) -> None:
    slug = await curating.add(ROBIN, "remedy", HOP)
    await curating.remove(ROBIN, "remedy", slug)
    with pytest.raises(AlikeError) as alike:
        await curating.add(LEE, "remedy", HOP, anyway=False)
    assert alike.value.hidden
    assert await curating.add(LEE, "remedy", HOP) == f"{slug}-2"
    rows = read_file("x.csv", b"name,how\ntowpath-hop,Fast\n")
    assert [row.slug for row in (await curating.difference(SERVER, rows)).rows] == [f"{slug}-3"]
    assert await curating.restore(ROBIN, "remedy", slug) == "Towpath hop"


async def test_a_step_is_undone_once(curating: Curating) -> None:
    slug = await curating.add(ROBIN, "remedy", HOP)
    key = Key(SERVER, "remedy", slug)
    (added,) = await load_changes(curating._engine, key)
    assert (await curating.undo(ROBIN, added.number)).name == "Towpath hop"
    with pytest.raises(RefusedError, match="already"):
        await curating.undo(LEE, added.number)
    taken_out, _ = await load_changes(curating._engine, key)
    await curating.undo(LEE, taken_out.number)
    assert slug in await curating.own_remedies(SERVER)


async def test_a_pain_and_its_examples_come_back(curating: Curating) -> None:
    fields = {"name": "towpath elbow", "where": "elbow", "wording": WORDING}
    slug = await curating.add(ROBIN, "pattern", fields)
    await curating.remove(ROBIN, "pattern", slug)
    assert await curating.removed(SERVER, "pattern") == {slug: "towpath elbow"}
    await curating.restore(ROBIN, "pattern", slug)
    assert (await curating.state(SERVER, "pattern", slug))["wording"] == WORDING


async def hide_by_import(club: Club, robin: Any) -> None:
    row = {"slug": "own-towpath", "name": "Towpath", "how": "Old words.", "hidden": True}
    file = ("ours.json", json.dumps([row]).encode())
    shown = await robin.slash(club.channel, "remedy import", file=file)
    assert (await robin.click(shown.response, label="Take it in")).acknowledged


async def test_what_an_import_hid_is_offered_and_not_overwritten(club: Club) -> None:
    robin = await admin(club)
    await hide_by_import(club, robin)
    for command, name in (("restore", "Towpath"), ("history", "Towpath (taken out)")):
        found = await robin.autocomplete(club.channel, f"remedy {command}", "remedy", "tow")
        assert (found[0]["name"], found[0]["value"]) == (name, "own-towpath")
    for anyway in (False, True):
        opened = await robin.slash(
            club.channel, "remedy add", **{"for": "it-band", "anyway": anyway}
        )
        values = {"name": "Towpath", "called": "", "how": "New words.", "caution": ""}
        sent = await robin.submit_modal(opened, values)
        assert sent.acknowledged
        assert ("`/remedy restore` brings it back" in text(sent.response)) is not anyway
    assert was_refused(club)
    own = await club.station.curating.own_remedies(club.channel.guild.id)
    assert {slug: data["how"] for slug, data in own.items()} == {
        "own-towpath": "Old words.",
        "own-towpath-2": "New words.",
    }
    back = await robin.slash(club.channel, "remedy restore", remedy="own-towpath")
    assert "**Towpath** is there as before" in text(back.response)
    assert "own-towpath" in club.station.knowledge(club.channel.guild.id).catalogue.remedies


async def test_the_second_of_two_forms_is_shown_both(club: Club) -> None:
    robin = await admin(club)
    who = Curator(club.channel.guild.id, "key")
    slug = await club.station.curating.add(who, "remedy", HOP)
    first, second = [await robin.slash(club.channel, "remedy edit", remedy=slug) for _ in "ab"]
    values = {"name": "Towpath hop", "called": "", "how": "*Theirs*", "caution": ""}
    assert (await robin.submit_modal(first, values)).acknowledged
    sent = await robin.submit_modal(second, {**values, "how": "*Mine*"})
    assert sent.acknowledged
    assert "Somebody else changed the same" in text(sent.response)
    assert "\\*Theirs\\*" in text(sent.response)
    assert "```\n*Mine*\n```" in text(sent.followups[-1])
    assert was_refused(club)
    assert (await club.station.curating.state(who.server_id, "remedy", slug))["how"] == "*Theirs*"
    again = await robin.click(sent.followups[-1], label="Open the form again")
    assert "*Mine*" in str(again.modal)
    assert (await robin.submit_modal(again, {**values, "how": "*Both*"})).acknowledged
    assert (await club.station.curating.state(who.server_id, "remedy", slug))["how"] == "*Both*"


async def test_two_settings_at_once_are_both_kept(club: Club) -> None:
    robin, server = await admin(club), club.channel.guild.id
    await asyncio.gather(
        club.station.set_server_settings(server, private=True),
        club.station.set_server_settings(server, channel_id=club.channel.id),
    )
    await club.restart()
    settings = club.station.server_settings(server)
    assert (settings.private, settings.channel_id) == (True, club.channel.id)
    panels = [await robin.slash(club.channel, "setup panel") for _ in "ab"]
    forms = []
    for panel in panels:
        forms.append(await robin.click(panel.response, custom_id="aid1:setup:words"))
    await robin.submit_modal(forms[0], {"number": "112", "line": ""})
    await robin.submit_modal(forms[1], {"number": "", "line": "Our physio is here."})
    settings = club.station.server_settings(server)
    assert (settings.emergency_number, settings.club_line) == ("112", "Our physio is here.")


async def test_a_remedy_is_shown_without_a_pain_that_is_gone(club: Club) -> None:
    robin = await admin(club)
    who = Curator(club.channel.guild.id, "key")
    fields = {"name": "towpath elbow", "where": "elbow", "wording": WORDING}
    pain = await club.station.curating.add(who, "pattern", fields)
    patterns = [pain, "it-band"]
    slug = await club.station.curating.add(who, "remedy", {**HOP, "patterns": patterns})
    gone = await robin.slash(club.channel, "pattern remove", pain=pain)
    assert "`/pattern restore` brings **towpath elbow** back" in text(gone.response)
    shown = await club.sam.slash(club.channel, "remedy show", remedy=slug)
    assert shown.acknowledged
    assert "IT band pain" in text(shown.response)
    assert "towpath elbow" not in text(shown.response)
    found = await robin.autocomplete(club.channel, "pattern restore", "pain", "")
    assert [one["name"] for one in found] == ["towpath elbow"]
    found = await robin.autocomplete(club.channel, "pattern history", "pain", "")
    assert [one["name"] for one in found] == ["towpath elbow (taken out)"]
    back = await robin.slash(club.channel, "pattern restore", pain=pain)
    assert "Back again" in text(back.response)
    shown = await robin.slash(club.channel, "pattern history", pain=pain)
    assert "History of towpath elbow" in text(shown.response)
    shown = await club.sam.slash(club.channel, "remedy show", remedy=slug)
    assert "towpath elbow" in text(shown.response)


async def test_only_own_pains_are_offered_for_change(club: Club) -> None:
    robin = await admin(club)
    assert await robin.autocomplete(club.channel, "pattern edit", "pain", "") == []
    who = Curator(club.channel.guild.id, "key")
    fields = {"name": "towpath elbow", "where": "elbow", "wording": WORDING}
    await club.station.curating.add(who, "pattern", fields)
    for command in ("edit", "remove", "history"):
        found = await robin.autocomplete(club.channel, f"pattern {command}", "pain", "")
        assert [one["name"] for one in found] == ["towpath elbow"]
    refused = await robin.slash(club.channel, "pattern edit", pain="it-band")
    assert "**IT band pain**" not in text(refused.response)
    assert "is built in and cannot be changed" in text(refused.response)
    assert was_refused(club)


async def test_a_pain_is_taken_off_a_remedy(club: Club) -> None:
    robin = await admin(club)
    who = Curator(club.channel.guild.id, "key")
    patterns = ["it-band", "calf-strain"]
    slug = await club.station.curating.add(who, "remedy", {**HOP, "patterns": patterns})
    values = {"name": "Towpath hop", "called": "", "how": "Slowly.", "caution": ""}
    found = await robin.autocomplete(club.channel, "remedy edit", "not_for", "", remedy=slug)
    assert {one["value"] for one in found} == set(patterns)
    options = {"remedy": slug, "not_for": "it-band"}
    opened = await robin.slash(club.channel, "remedy edit", **options)
    assert (await robin.submit_modal(opened, values)).acknowledged
    assert (await club.station.curating.state(who.server_id, "remedy", slug))["patterns"] == [
        "calf-strain"
    ]
    await club.ask(KNEE)
    assert "Towpath hop" not in text(club.channel.last_message)
    also = await robin.slash(club.channel, "remedy edit", remedy=slug, also="it band pain ")
    assert (await robin.submit_modal(also, values)).acknowledged
    assert "Towpath hop" in text((await club.ask(KNEE)).response)
    for options in ({"not_for": "runners-knee"}, {"also": "**nonsense**"}):
        refused = await robin.slash(club.channel, "remedy edit", remedy=slug, **options)
        assert "Please choose the pain" in text(refused.response)
    assert was_refused(club)


async def test_history_has_pages_and_fits(club: Club) -> None:
    robin = await admin(club)
    who = Curator(club.channel.guild.id, "key")
    slug = await club.station.curating.add(who, "remedy", HOP)
    for word in ("warm", "cold", "slow", "fast", "long", "short", "wide"):
        state = await club.station.curating.state(who.server_id, "remedy", slug)
        fields = {
            "name": f"The {word} towpath hop",
            "called": [f"{word} [hop] *{number}*" for number in range(15)],
            "how": f"Go {word}: " + "*very* slowly, " * 20,
            "caution": f"Mind {word} " + "#the_bikes, " * 20,
        }
        await club.station.curating.change(who, "remedy", slug, state, fields)
    shown = await robin.slash(club.channel, "remedy history", remedy=slug)
    assert shown.acknowledged
    seen = {label for label in buttons(shown.response) if label.startswith("Undo")}
    for _ in range(8):
        assert len(text(shown.response)) <= 4000
        if "Older ones" not in buttons(shown.response):
            break
        await club.restart()
        assert (await robin.click(shown.response, label="Older ones")).acknowledged
        seen |= {label for label in buttons(shown.response) if label.startswith("Undo")}
    assert len(seen) == 8
    oldest = min(seen, key=lambda label: int(label.split("#")[1]))
    assert "The newest" in buttons(shown.response)
    pressed = await robin.click(shown.response, label=oldest)
    assert pressed.acknowledged
    assert "What came later went with it" in text(pressed.response)
    assert "#8: the name, other names" in text(pressed.response)
    assert slug not in club.station.knowledge(who.server_id).catalogue.remedies
