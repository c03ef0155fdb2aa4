"""A club's remedies as a file and back: without loss, all or nothing, faults named by line."""

from __future__ import annotations

import json
import string
from typing import Any

import pytest
from conftest import KNEE, Club, admin, text, was_refused
from hypothesis import given
from hypothesis import strategies as st

from bot.exchange import COLUMNS, read_file, write_file
from bot.knowledge.own import OwnRemedy, RefusedError, checked

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
    pressed = await robin.click(shown.response, label="Take it in")
    assert pressed.acknowledged
    assert "2 new" in text(shown.response)
    await club.ask(KNEE)
    assert "Towpath shuffle" in text(club.channel.last_message)


@pytest.mark.parametrize("how", ["json", "csv"])
async def test_what_is_exported_can_be_taken_in_elsewhere(club: Club, how: str) -> None:
    robin = await admin(club)
    shown = await take_in(club, robin, "ours.json", json.dumps(FILE).encode())
    await robin.click(shown.response, label="Take it in")
    exported = await robin.slash(club.channel, "remedy export", format=how)
    assert exported.acknowledged
    assert exported.ephemeral
    content = await exported.response.attachments[0].read()
    again = await take_in(club, robin, f"x.{how}", content)
    assert "Nothing to change" in text(again.response)
    mine = await club.bot.curating.own_remedies(club.channel.guild.id)
    assert {row.slug: row.data for row in read_file(f"x.{how}", content)} == dict(mine)
    content = content.replace(b"Backwards", b"Forwards")
    changed = await take_in(club, robin, f"x.{how}", content)
    assert "how: Backwards, along the canal\\. → Forwards" in text(changed.response) or (
        "Forwards" in text(changed.response)
    )


async def test_one_bad_row_stops_the_whole_file(club: Club) -> None:
    robin = await admin(club)
    bad = [*FILE, {"name": "Third", "how": "x", "patterns": ["no-such-pain"]}]
    shown = await take_in(club, robin, "ours.json", json.dumps(bad).encode())
    assert "Nothing was changed" in text(shown.response)
    assert was_refused(club)
    assert not await club.bot.curating.own_remedies(club.channel.guild.id)


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
