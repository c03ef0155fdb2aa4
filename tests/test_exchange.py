"""A club's remedies as a file and back: without loss, all or nothing, faults named by line."""

from __future__ import annotations

import asyncio
import json
import string
from typing import Any

import discord
import pytest
from conftest import KNEE, Club, admin, text, was_refused
from hypothesis import given
from hypothesis import strategies as st

from bot.curating import Curator
from bot.exchange import COLUMNS, read_file, write_file
from bot.knowledge.own import OwnRemedy, checked
from bot.refused import RefusedError
from bot.views.layouts import TEXT_LIMIT

FILE = [
    {"name": "Towpath shuffle", "how": "Backwards, along the canal.", "patterns": ["it-band"]},
    {"name": "=SUM(A1)", "how": "'quoted', \"twice\"; and; so on", "called": ["-x", "a;b", "c,d"]},
]
line = st.text(min_size=1, max_size=60).filter(str.strip)
remedies = st.dictionaries(
    st.from_regex(r"own-[a-z]{1,20}", fullmatch=True),
    st.fixed_dictionaries(
        {
            "name": line,
            "how": line,
            "called": st.lists(line, max_size=3),
            "caution": st.none() | line,
            "patterns": st.lists(st.sampled_from(["it-band", "calf-strain"]), max_size=2),
            "hidden": st.booleans(),
        }
    ),
    max_size=4,
)


@pytest.mark.parametrize("how", ["json", "csv"])
@given(found=remedies)
def test_a_file_reads_back_as_it_was_written(how: Any, found: dict[str, Any]) -> None:
    own = {}
    for slug, fields in found.items():
        try:
            own[slug] = checked("remedy", fields)
        except RefusedError:
            continue
    rows = read_file(f"remedies.{how}", write_file(own, how))
    assert {row.slug: row.data for row in rows} == own


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_file_is_read_or_refused_in_words(content: bytes) -> None:
    for name in ("a.json", "a.csv"):
        try:
            read_file(name, content)
        except RefusedError as error:
            assert str(error)


def test_faults_are_named_by_line() -> None:
    broken = [*FILE, {"name": "", "how": "x"}, {"name": "y", "how": "x" * 401}]
    lines = ",\n".join(json.dumps(each) for each in broken)
    with pytest.raises(RefusedError, match=r"line 4: .*name(.|\n)*line 5: .*how"):
        read_file("a.json", f"[\n{lines}\n]".encode())
    with pytest.raises(RefusedError, match="line 3"):
        read_file("a.csv", b"name,how\nfine,so\n,missing\n")
    with pytest.raises(RefusedError, match="Line 2 is not JSON"):
        read_file("a.json", b'[\n{"name": }]')
    with pytest.raises(RefusedError, match="5 MB"):
        read_file("a.json", b" " * 5_000_001)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", "name,how\nTowpath,Slowly, then fast\n", "line 2: 3 cells for 2 columns"),
        ("a.csv", "name;how\nx;y;z\nfine;so;;\n", "line 2: 3 cells for 2 columns"),
        ("a.csv", "name,how,how\nTowpath,Slowly,Fast\n", "each once"),
        ("a.csv", "name,how,,\nTowpath,Slowly,Fast,\n", "line 2: 4 cells for 2 columns"),
        ("a.csv", "name,how,hidden\nTowpath,Slowly,maybe\n", "hidden, I need yes or no"),
        ("a.csv", 'name,how\nTowpath,"Slowly\n', "not CSV. Is a double quote missing"),
        ("a.json", '[{"name": "x", "how": "y"}] more', "more follows"),
        ("a.json", '[{"name": "x", "how": 5}]', "line 1: .*how it is done, I need a text"),
        ("a.json", '[{"name": "x", "how": "y", "patterns": "it-band"}]', "a list of pains"),
        ("a.json", '[{"name": "x", "how": "y", "slug": ["a"]}]', "slug should be text"),
        ("a.json", '[{"name": "x", "how": "y", "cost": 5}]', "I know no field “cost”"),
        ("a.json", "[" + "{}, " * 5000 + "{}]", "more than 4,000 rows"),
    ],
)
def test_no_text_is_lost_silently(name: str, content: str, words: str) -> None:
    with pytest.raises(RefusedError, match=words):
        read_file(name, content.encode())


def test_faults_are_told_in_our_own_words_and_not_all_of_them() -> None:
    rows = "name,how,called\n" + f'{"x" * 90},,"{"y" * 90}"\n' * 24
    with pytest.raises(RefusedError) as told:
        read_file("a.csv", rows.encode())
    assert "line 2: That does not fit yet. In the name, 80 characters are" in str(told.value)
    assert "Please give how it is done." in str(told.value)
    assert "… and 14 more lines" in str(told.value)
    assert len(str(told.value)) < 2000


def test_empty_cells_at_the_end_and_a_quote_at_the_start_are_no_fault() -> None:
    (row,) = read_file("a.csv", b"name,how,\n'Towpath',Slowly,,,\n")
    assert row.data["name"] == "'Towpath'"


def test_no_cell_is_a_formula() -> None:
    data = OwnRemedy(name="=1+1", how="@cmd", called=("+x",)).model_dump(mode="json")
    written = write_file({"own-x": data}, "csv").decode("utf-8-sig")
    header, row = written.splitlines()[:2]
    assert header == ",".join(COLUMNS)
    assert "own-x,'=1+1,'+x,'@cmd" in row


async def take_in(club: Club, robin: Any, name: str, content: bytes) -> Any:
    """Robin imports a file and looks at the difference."""
    shown = await robin.slash(club.channel, "remedy import", file=(name, content))
    assert shown.acknowledged
    assert shown.ephemeral
    return shown


async def test_a_dry_run_first_then_all_of_it(club: Club) -> None:
    robin = await admin(club)
    content = json.dumps(FILE).encode()
    shown = await take_in(club, robin, "ours.json", content)
    seen = text(shown.response)
    assert "2 new, 0 changed" in seen
    assert "+ Towpath shuffle" in seen
    await club.ask(KNEE)
    assert "Towpath shuffle" not in text(club.channel.last_message)
    await club.restart()
    await press(club, robin, shown)
    assert "2 new" in text(shown.response)
    await club.ask(KNEE)
    assert "Towpath shuffle" in text(club.channel.last_message)


async def test_an_import_is_undone_as_a_whole_but_for_what_was_changed_since(club: Club) -> None:
    robin = await admin(club)
    await press(club, robin, await take_in(club, robin, "x.csv", b"name,how\nTowpath,Slowly.\n"))
    rows = "slug,name,how\n,Towpath,By boat.\n,Duck walk,Daily.\nfoam-roll,Roll it,Hard.\n"
    shown = await take_in(club, robin, "x.csv", rows.encode())
    await press(club, robin, shown)
    slugs = {one["name"]: slug for slug, one in (await own(club)).items()}
    assert set(slugs) == {"Towpath", "Duck walk", "Roll it"}
    await robin.slash(club.channel, "remedy remove", remedy=slugs["Duck walk"])
    await club.restart()
    assert (await robin.click(shown.response, label="Undo all of it")).acknowledged
    assert "2 remedies are as before" in text(shown.response)
    assert "Changed since, and left as they are:**\n- Duck walk" in text(shown.response)
    assert {one["how"] for one in (await own(club)).values()} == {"Slowly."}
    history = await robin.slash(club.channel, "remedy history", remedy=slugs["Towpath"])
    assert "By boat. → Slowly." in text(history.response)


async def press(club: Club, robin: Any, shown: Any) -> Any:
    """Robin takes the file in. Discord lists no attachments that a component shows."""
    with pytest.MonkeyPatch.context() as patch:
        none = property(lambda _message: [], lambda _message, _listed: None)
        patch.setattr(discord.Message, "attachments", none)
        pressed = await robin.click(shown.response, label="Take it in")
    assert pressed.acknowledged
    return pressed


async def own(club: Club) -> dict[str, Any]:
    """What the club has of its own."""
    return dict(await club.station.curating.own_remedies(club.channel.guild.id))


async def test_pains_may_be_written_by_any_of_their_names(club: Club) -> None:
    robin = await admin(club)
    rows = 'name,how,patterns\nTowpath,Slowly,"it BAND Pain\ncalf-strain; Runner’s knee"\n'
    await press(club, robin, await take_in(club, robin, "x.csv", rows.encode()))
    ((_, data),) = (await own(club)).items()
    assert data["patterns"] == ["it-band", "calf-strain", "runners-knee"]


async def test_many_faults_are_told_within_one_message(club: Club) -> None:
    robin = await admin(club)
    rows = "name,how,patterns\n" + "".join(f"Remedy {n},Slowly,{'pain ' * 9}\n" for n in range(30))
    shown = await take_in(club, robin, "x.csv", rows.encode())
    assert "line 2: no pain “pain pain" in text(shown.response)
    assert "… and 20 more lines" in text(shown.response)
    assert was_refused(club)


async def test_a_long_difference_fits_into_a_message(club: Club) -> None:
    robin = await admin(club)
    first = [{"name": f"({n}) [_*~]" * 6, "how": "(a) [b]; " * 40} for n in range(30)]
    await press(club, robin, await take_in(club, robin, "x.json", json.dumps(first).encode()))
    slugs = list(await own(club))
    assert len(slugs) == 30
    called = ["x" + "*" * 79] * 5
    second = [{**each, "how": each["how"] + "(new)", "called": called} for each in first]
    shown = await take_in(club, robin, "x.json", json.dumps(second).encode())
    assert "0 new, 30 changed" in text(shown.response)
    assert "more lines" in text(shown.response)
    assert "how: …" in text(shown.response)
    assert "new" in text(shown.response).split("how: …")[1].split("\n")[0]


async def test_an_import_asks_to_look_twice_at_what_it_brings(club: Club) -> None:
    robin = await admin(club)
    all_doubts = (
        "Ibuprofen 800, then run through the pain. Prednisone. No need to see a doctor. Lance it. "
    )
    rows = [{"name": "Towpath", "how": "Slowly."}, {"name": "*Pills*", "how": all_doubts}]
    rows += [{"name": f"({n}) [_*~]" * 6, "how": all_doubts + "(a) [b]; " * 20} for n in range(30)]
    gone = [
        {"name": f"Gone {n}", "how": "x", "patterns": [f"own-{'x' * 30}-{n}"]} for n in range(9)
    ]
    shown = await take_in(club, robin, "x.json", json.dumps(rows + gone).encode())
    seen = text(shown.response)
    assert len(seen) <= TEXT_LIMIT
    asked = seen.split("Please look twice")[1]
    for doubt in ("seems to name a dose", "in pain", "prescribes", "without a doctor", "training"):
        assert doubt in asked
    assert r"**\*Pills\*** and 30 more" in asked
    await press(club, robin, shown)
    assert len(await own(club)) == 41
    calm = await take_in(club, robin, "x.csv", b"name,how\nLane,Slowly\n")
    assert "look twice" not in text(calm.response)


async def test_the_same_file_again_makes_nothing_twice(club: Club) -> None:
    robin = await admin(club)
    content = b"name,how\nTowpath,Slowly\n"
    one, other = [await take_in(club, robin, "x.csv", content) for _ in range(2)]
    await press(club, robin, one)
    await press(club, robin, other)
    assert "That is done already" in text(other.response)
    assert list(await own(club)) == ["own-towpath"]
    again = await take_in(club, robin, "x.csv", b"name,how\n TOWPATH ,Fast\n")
    assert "0 new, 1 changed" in text(again.response)
    twice = await take_in(club, robin, "x.csv", b"name,how\nNew,x\nnew,y\n")
    assert "line 3: that one stands in line 2 already" in text(twice.response)
    assert was_refused(club)


async def test_two_at_once_make_nothing_twice(club: Club) -> None:
    who = Curator(club.channel.guild.id, "k")
    rows = read_file("x.csv", b"name,how\nTowpath,Slowly\n")
    curating = club.station.curating
    shown = (await curating.difference(who.server_id, rows)).mark
    await asyncio.gather(*(curating.exchange(who, rows, shown) for _ in range(2)))
    assert list(await own(club)) == ["own-towpath"]


async def test_what_another_changes_at_the_same_moment_is_not_written_over(club: Club) -> None:
    curating, who = club.station.curating, Curator(club.channel.guild.id, "k")
    slug = await curating.add(who, "remedy", {"name": "Towpath", "how": "Slowly"})
    rows = read_file("x.csv", b"name,how\nTowpath,Fast\n")
    shown = (await curating.difference(who.server_id, rows)).mark
    stands = await curating.state(who.server_id, "remedy", slug)
    _, (found, changes) = await asyncio.gather(
        curating.change(who, "remedy", slug, stands, {"how": "Backwards"}),
        curating.exchange(who, rows, shown),
    )
    assert found.mark != shown
    assert not changes
    assert (await own(club))[slug]["how"] == "Backwards"


async def test_a_built_in_remedy_is_compared_with_how_it_came(club: Club) -> None:
    robin = await admin(club)
    ice = club.station.knowledge(None).catalogue.remedies["ice"]
    row = {"slug": "ice", "name": ice.name, "how": ice.how}
    shown = await take_in(club, robin, "x.json", json.dumps([row]).encode())
    assert "Nothing to change" in text(shown.response)
    row["how"] = "Ten minutes."
    shown = await take_in(club, robin, "x.json", json.dumps([row]).encode())
    seen = text(shown.response)
    assert "This would change 1 remedy\n0 new, 1 changed" in seen
    assert "→ Ten minutes." in seen
    await press(club, robin, shown)
    assert (await own(club))["ice"]["how"] == "Ten minutes."


async def test_only_the_difference_that_was_shown_is_taken_in(club: Club) -> None:
    robin = await admin(club)
    await press(club, robin, await take_in(club, robin, "x.csv", b"name,how\nTowpath,Slowly\n"))
    shown = await take_in(club, robin, "x.csv", b"name,how\nTowpath,Fast\n")
    who = Curator(club.channel.guild.id, "another")
    stands = await club.station.curating.state(who.server_id, "remedy", "own-towpath")
    await club.station.curating.change(who, "remedy", "own-towpath", stands, {"how": "Backwards"})
    await press(club, robin, shown)
    assert "Somebody changed remedies since" in text(shown.response)
    assert "how: Backwards → Fast" in text(shown.response)
    assert (await own(club))["own-towpath"]["how"] == "Backwards"
    await press(club, robin, shown)
    assert (await own(club))["own-towpath"]["how"] == "Fast"


async def test_a_big_import_holds_nobody_up(club: Club) -> None:
    robin = await admin(club)
    rows = "name,how,patterns\n" + "".join(f"no {n},Slowly,it-band\n" for n in range(1950))
    shown = await take_in(club, robin, "x.csv", rows.encode())
    pressed = asyncio.create_task(press(club, robin, shown))
    while not pressed.done():  # another server looks something up, again and again
        assert not await club.station.curating.own_remedies(club.channel.guild.id + 1)
    await pressed
    assert "1950 new" in text(shown.response)


@pytest.mark.parametrize("how", ["json", "csv"])
async def test_a_pain_that_was_taken_out_stops_no_file(club: Club, how: str) -> None:
    robin = await admin(club)
    here = Curator(club.channel.guild.id, "k")
    wording = ["my elbow aches on the towpath", "elbow sore after canal runs", "towpath elbow"]
    fields = {"name": "Towpath elbow", "where": "elbow", "wording": wording}
    pain = await club.station.curating.add(here, "pattern", fields)
    remedy = {"name": "Towpath shuffle", "how": "Slowly", "patterns": [pain, "it-band"]}
    slug = await club.station.curating.add(here, "remedy", remedy)
    await club.station.curating.remove(here, "pattern", pain)
    exported = await robin.slash(club.channel, "remedy export", format=how)
    content = await exported.response.attachments[0].read()
    same = await take_in(club, robin, f"x.{how}", content)
    assert "Nothing to change" in text(same.response)
    # In another club, which never had that pain:
    await club.station.curating.remove(here, "remedy", slug)
    shown = await take_in(club, robin, f"x.{how}", content)
    assert "Left out:" in text(shown.response)
    assert "Towpath shuffle\\: not for own-towpath-elbow" in text(shown.response)
    await press(club, robin, shown)
    assert (await own(club))[slug]["patterns"] == ["it-band"]


@pytest.mark.parametrize("how", ["json", "csv"])
async def test_what_is_exported_can_be_taken_in_elsewhere(club: Club, how: str) -> None:
    robin = await admin(club)
    shown = await take_in(club, robin, "ours.json", json.dumps(FILE).encode())
    await press(club, robin, shown)
    exported = await robin.slash(club.channel, "remedy export", format=how)
    assert exported.acknowledged
    assert exported.ephemeral
    content = await exported.response.attachments[0].read()
    again = await take_in(club, robin, f"x.{how}", content)
    assert "Nothing to change" in text(again.response)
    mine = await club.station.curating.own_remedies(club.channel.guild.id)
    assert {row.slug: row.data for row in read_file(f"x.{how}", content)} == dict(mine)
    content = content.replace(b"Backwards", b"Forwards")
    changed = await take_in(club, robin, f"x.{how}", content)
    assert "how: Backwards, along the canal\\. → Forwards" in text(changed.response) or (
        "Forwards" in text(changed.response)
    )


async def test_a_built_in_remedy_that_is_hidden_comes_back_as_it_was(club: Club) -> None:
    robin = await admin(club)
    await robin.slash(club.channel, "remedy remove", remedy="ice")
    exported = await robin.slash(club.channel, "remedy export", format="json")
    content = await exported.response.attachments[0].read()
    again = await take_in(club, robin, "x.json", content)
    assert "Nothing to change" in text(again.response)


def test_a_name_stands_on_one_line_and_turns_nothing_around() -> None:
    named = checked("remedy", {"name": "Foam\nroller \u202edrills", "how": "x"})
    assert named["name"] == "Foam roller drills"


async def test_one_bad_row_stops_the_whole_file(club: Club) -> None:
    robin = await admin(club)
    bad = [*FILE, {"name": "Third", "how": "x", "patterns": ["no-such-pain"]}]
    shown = await take_in(club, robin, "ours.json", json.dumps(bad).encode())
    assert "Nothing was changed" in text(shown.response)
    assert was_refused(club)
    assert not await club.station.curating.own_remedies(club.channel.guild.id)


@pytest.mark.parametrize("row", [{"name": "🧊"}, {"name": "Towpath", "called": ["🔥"]}])
async def test_a_row_whose_name_has_no_word_is_named(club: Club, row: dict[str, Any]) -> None:
    robin = await admin(club)
    content = json.dumps([*FILE, {"how": "Slowly.", **row}]).encode()
    shown = await take_in(club, robin, "ours.json", content)
    assert "line 1" in text(shown.response)
    assert "has no word in it" in text(shown.response)
    assert was_refused(club)


async def test_a_member_may_neither_export_nor_import(club: Club) -> None:
    refused = await club.sam.slash(club.channel, "remedy export", format="csv")
    assert "Only those who may manage" in text(refused.response)
    assert was_refused(club)


def test_letters_stay() -> None:
    own = {"own-x": checked("remedy", {"name": "Kälte 冷", "how": string.printable.strip()})}
    assert read_file("x.csv", write_file(own, "csv"))[0].data == own["own-x"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.csv", b"name,how\nTowpath shuffle,Forwards.\n"),
        ("x.json", b'[{"name": "Towpath shuffle", "how": "Forwards."}]'),
    ],
)
async def test_what_a_file_does_not_tell_stays_as_it_is(
    club: Club, name: str, content: bytes
) -> None:
    robin = await admin(club)
    whole = [{**FILE[0], "called": ["canal hop"], "caution": "Not on ice."}]
    await press(club, robin, await take_in(club, robin, "a.json", json.dumps(whole).encode()))
    shown = await take_in(club, robin, name, content)
    assert "caution" not in text(shown.response)
    await press(club, robin, shown)
    kept = (await own(club))["own-towpath-shuffle"]
    assert kept["how"] == "Forwards."
    assert (kept["called"], kept["caution"]) == (["canal hop"], "Not on ice.")
    assert kept["patterns"] == ["it-band"]
    cleared = b"name,how,caution,patterns\nTowpath shuffle,Forwards.,,\n"
    await press(club, robin, await take_in(club, robin, "b.csv", cleared))
    kept = (await own(club))["own-towpath-shuffle"]
    assert (kept["caution"], kept["patterns"], kept["called"]) == (None, [], ["canal hop"])


async def test_an_import_names_twins_and_what_nobody_will_see(club: Club) -> None:
    robin = await admin(club)
    rows = [{"name": "Foam rolling", "how": "x", "patterns": ["it-band"]}]
    rows += [{"name": name, "how": "x", "patterns": []} for name in ("Lane", "Duck waddle")]
    shown = await take_in(club, robin, "a.json", json.dumps(rows).encode())
    assert "**Foam rolling**: That looks like **Foam roller**" in text(shown.response)
    await press(club, robin, shown)
    assert "2 of them in no answer yet" in text(shown.response)
