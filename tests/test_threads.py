"""Thread files of every kind, told by what is in them; and files that are none."""

from __future__ import annotations

import io
import json
import re
import tracemalloc
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from bot.__main__ import app
from bot.threads.comments import Thread, ThreadError
from bot.threads.files import read_file

SAID = [("Amanda", "Ice and a foam roller helped me."), ("Joe B", "Rest for two weeks.")]

SAMPLES = Path(__file__).parent / "threads"
OF_SEVERAL = ("reddit.json", "discord.json")


def sample(name: str) -> str:
    return (SAMPLES / name).read_text(encoding="utf-8")


WXR, DISQUS = sample("wordpress-export.xml"), sample("disqus-export.xml")
REDDIT, DISCORD = (sample(name) for name in OF_SEVERAL)
ALIKE = sorted(path.name for path in SAMPLES.iterdir() if path.name not in OF_SEVERAL)


def read(content: str | bytes) -> list[Thread]:
    raw = content if isinstance(content, bytes) else content.encode()
    return list(read_file(io.BytesIO(raw), "file"))


def said(thread: Thread) -> list[tuple[str, str]]:
    return [(each.author, each.text.replace("\n", " ")) for each in thread]


@pytest.mark.parametrize("name", ALIKE)
def test_every_kind_of_file_is_read(name: str) -> None:
    (thread,) = read(sample(name))
    assert said(thread) == SAID


def test_a_reddit_thread_is_read_replies_below_what_they_answer() -> None:
    (thread,) = read(REDDIT)
    assert said(thread) == [("[deleted]", "Sore knees"), *SAID]
    assert thread.source == "https://www.reddit.com/r/running/1"


def test_a_discord_channel_is_parted_into_conversations() -> None:
    first, second = read(DISCORD)
    assert said(first) == SAID
    assert said(second) == [("Joe B", "Another day")]
    assert first.comments[1].link == "https://discord.com/channels/7/8/4"


@pytest.mark.parametrize("content", [WXR, DISQUS, REDDIT, DISCORD])
def test_what_a_comment_answers_is_known_where_the_file_tells(content: str) -> None:
    comments = read(content)[0].comments
    amanda, joe = comments[-2:]
    assert (amanda.author, amanda.answers, joe.answers) == ("Amanda", 0, amanda.number)


def test_where_a_thread_is_from_is_known() -> None:
    for content in (sample("wordpress-page.html"), WXR, DISQUS):
        (thread,) = read(content)
        assert (thread.title, thread.source) == ("Sore knees", "https://blog.example/knees")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_are_sniffed(encoding: str) -> None:
    text = sample("numbered.txt").replace("two weeks", "two weeks – it’s café-quiet, naïve, über")
    (thread,) = read((text * 3).encode(encoding))
    assert "it’s café-quiet" in thread.comments[1].text


@pytest.mark.parametrize("content", [WXR, DISQUS])
def test_control_characters_in_an_export_are_passed_over(content: str) -> None:
    dirty = content.replace("Amanda", "\x08Am\x00anda\x1f" + "\x0b" * 70_000)
    assert dirty != content
    assert list(map(said, read(dirty))) == list(map(said, read(content)))


def test_a_broken_byte_spoils_no_more_than_itself() -> None:
    comments = "1. Zoë\n\nIt’s “fixed”: ice helped.\n\n2. Jo\n\nRest – a week … no more.\n"
    raw = comments.encode() + b"\xe2\x80 thanks"
    (thread,) = read(raw)
    assert [each.author for each in thread] == ["Zoë", "Jo"]
    assert "It’s “fixed”" in thread.comments[0].text


ARCHIVE = """From: <Saved by Blink>
MIME-Version: 1.0
Content-Type: multipart/related; type="text/html"; boundary="----part"

------part
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: quoted-printable

<html><head><title>Knees</title></head><body><ol><li class=3D"comment">
<cite class=3D"fn">Amanda</cite><div class=3D"comment-content"><p>Ice and a =
foam roller helped me.</p></div></li><li class=3D"comment"><cite class=3D"fn">Joe B</cite>
<div class=3D"comment-content"><p>Rest for two weeks.</p></div></li></ol></body></html>
------part
Content-Type: image/png
Content-Transfer-Encoding: base64

aWNl
------part--
"""


def test_a_page_saved_whole_is_read() -> None:
    (thread,) = read(ARCHIVE)
    assert said(thread) == SAID
    with pytest.raises(ThreadError):
        read(ARCHIVE.replace("text/html", "text/css"))


def test_a_page_saved_whole_that_tells_its_encoding_elsewhere_is_read() -> None:
    fine = ARCHIVE.replace("helped me", "didn=E2=80=99t help")
    for told in ("", "; charset=x-user-defined"):
        (thread,) = read(fine.replace('; charset="utf-8"', told))
        assert thread.comments[0].text == "Ice and a foam roller didn’t help."


def test_what_stands_around_a_comments_paragraphs_is_not_its_writers() -> None:
    page = (
        '<div id="comment-1"><cite>Bob</cite><p>Good to know.</p><blockquote><p>Ice helped.</p>'
        '</blockquote><p class="comment-meta">3 days ago</p><p>Thanks.</p><p class="reply">Reply'
        "</p></div>"
    )
    (thread,) = read(f"<html><body>{page}</body></html>")
    assert thread.comments[0].text == "Good to know.\nThanks."


@pytest.mark.parametrize("shape", ["{} said…\n{}\n", "[10:30] {}: {}\n"])
def test_people_named_like_months_are_read(shape: str) -> None:
    told = [("April", "A foam roller fixed mine."), ("Bob", "Thanks."), ("May", "Ice helped.")]
    (thread,) = read("".join(shape.format(*one) for one in told))
    assert said(thread) == told


def test_days_of_a_plan_are_no_people() -> None:
    plan = "Monday: ice, twice.\nTuesday: rest.\nUpdate: better.\n"
    with pytest.raises(ThreadError):
        read(plan)
    (thread,) = read(f"Amy: My knee hurts.\n{plan}Joe: Rest helped mine.\n")
    assert [each.author for each in thread] == ["Amy", "Joe"]


def test_replies_far_within_each_other_are_read_in_a_moment() -> None:
    opening = '<li class="comment"><cite class="fn">Amy</cite><p class="comment-content">Ice.</p>'
    page = "<html><body>" + (opening + "<ol>") * 2000
    begun = perf_counter()
    (thread,) = read(page)
    assert len(thread.comments) == 2000
    assert perf_counter() - begun < 5


def test_entity_bombs_are_refused() -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaa"><!ENTITY b "&a;&a;">]>' + WXR[38:]
    with pytest.raises(ThreadError, match="refused"):
        read(bomb.replace("cheap", "&b;"))


@pytest.mark.parametrize("content", ["", "just a line", "<html><p>hi</p></html>", '{"a": 1}', "{"])
def test_what_is_no_thread_names_what_was_tried(content: str) -> None:
    with pytest.raises(ThreadError, match="Reddit thread JSON"):
        read(content)


@pytest.mark.parametrize("content", [WXR, DISQUS, REDDIT, DISCORD])
def test_a_cut_export_says_that_it_is_broken(content: str) -> None:
    with pytest.raises(ThreadError, match="broken"):
        read(content[: len(content) * 3 // 4])


@given(st.binary(max_size=400) | st.text(max_size=400).map(str.encode))
def test_any_file_is_read_or_refused(content: bytes) -> None:
    try:
        read(content)
    except ThreadError as error:
        assert str(error).startswith("file")


def test_a_large_export_is_read_in_little_memory(tmp_path: Path) -> None:
    item = WXR[WXR.index("<item>") : WXR.index("<item><title>No")]
    export = tmp_path / "export.xml"
    with export.open("w") as file:
        file.write(WXR[: WXR.index("<item>")])
        for _ in range(20_000):
            file.write(item)
        file.write("</channel></rss>")
    assert export.stat().st_size > 15_000_000
    tracemalloc.start()
    with export.open("rb") as file:
        assert sum(1 for _ in read_file(file, "export")) == 20_000
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 3_000_000


def test_the_command_line_learns_a_batch_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path}/learn.db")
    none = tmp_path / "none.txt"
    none.write_text("no thread")
    files = [str(path) for path in (*sorted(SAMPLES.iterdir()), none)]
    first = CliRunner().invoke(app, ["learn", *files])
    assert first.exit_code == 1
    assert "Skipped: " in first.output
    again = CliRunner().invoke(app, ["learn", *files])
    counts = [int(word) for word in again.output.split() if word.isdigit()]
    assert counts[-3:] == [0, len(ALIKE) + 3, 1]  # suggestions, known already, skipped


def test_reddits_entities_quotes_and_nulls_are_read_as_what_they_are() -> None:
    reddit = json.dumps(
        [
            {"kind": "Listing", "data": {"children": [{"kind": "t3", "data": {"title": "Knees"}}]}},
            {
                "kind": "Listing",
                "data": {
                    "children": [
                        {"kind": "t1", "data": {"author": None, "body": body, "name": None}}
                        for body in (
                            "&gt; Rolling helped.\n\nI iced &amp; don&#39;t roll.",
                            "Rest.",
                        )
                    ]
                },
            },
        ]
    )
    (thread,) = read(reddit)
    assert said(thread) == [("", "Knees"), ("", "I iced & don't roll."), ("", "Rest.")]
    assert len(thread.people()) == 3


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("name", ["reddit.json", "discord.json", *ALIKE])
def test_every_kind_of_file_is_read_in_every_encoding(name: str, encoding: str) -> None:
    content = sample(name)
    told = re.sub("(?i)utf-8", encoding.removesuffix("-sig"), content, count=1)
    assert list(map(said, read(told.encode(encoding)))) == list(map(said, read(content)))


@pytest.mark.parametrize(
    "content",
    [
        '{"messages": [{"type": "Default", "author": "sam", "content": "ice"}], "channel": {}}',
        '[{"kind": "Listing", "data": {"children": [{"kind": "t1", "data": "ice"}]}}]',
        '[{"kind": "Listing", "data": {"children": []}}]',
    ],
)
def test_an_export_laid_out_otherwise_is_told_and_never_raised(content: str) -> None:
    with pytest.raises(ThreadError, match="file: "):
        read(content)


def test_a_nested_reply_answers_what_it_stands_below() -> None:
    def comment(name: str, words: str, *replies: str) -> str:
        head = f'<div class="comment-body"><cite class="fn">{name}</cite><p>{words}</p></div>'
        below = f'<ul class="children">{"".join(replies)}</ul>' if replies else ""
        return f'<li class="comment">{head if words else ""}{below}</li>'

    deleted = comment("", "", comment("Kim", "Ice worked for me."))
    page = comment("Sam", "Rolling fixed it.", deleted, comment("Al", "This!"))
    (thread,) = read(f"<html><body><ol>{page}</ol></body></html>")
    assert [(one.author, one.answers) for one in thread] == [("Sam", 0), ("Kim", 1), ("Al", 1)]


def test_json_nested_without_end_is_refused_before_it_fills_the_memory() -> None:
    reply = '{"kind":"t1","data":{"body":"x","replies":{"kind":"Listing","data":{"children":['
    post = '{"kind":"t3","data":{"title":"Sore knee","permalink":"/r/x/1","author":"kim"}}'
    nested = reply * 20_000 + "]}}}}" * 20_000
    page = f'[{{"data":{{"children":[{post}]}}}},{{"data":{{"children":[{nested}]}}}}]'
    with pytest.raises(ThreadError, match="nested"):
        list(read_file(io.BytesIO(page.encode()), "deep"))


COUSINS = {
    "numbered, close": "1. Amanda\n{0}\n2. Joe B\n{1}",
    "numbered, on one line": "1) Amanda: {0}\n2) Joe B: {1}",
    "a number sign": "#1 Amanda\n{0}\n#2 Joe B\n{1}",
    "a name with a colon": "Sore knees\n\nAmanda:\n{0}\n\nJoe B:\n{1}",
    "a list": "- Amanda: {0}\n- Joe B: {1}",
    "a copied Discord chat": "Amanda — Today at 10:02\n{0}\nJoe B — Yesterday at 10:05 PM\n{1}",
    "a copied blog": "Amanda\nMay 3, 2026 at 10:02 am\n{0}\nReply\n\nJoe B\nMay 4, 2026\n{1}",
    "a copied forum": "Amanda\n•\n3 yr. ago\n{0}\n12\nReply\n\nJoe B\n•\n2d ago\n{1}\nUpvote",
}


@pytest.mark.parametrize("shape", COUSINS.values(), ids=COUSINS)
def test_a_text_is_read_however_its_writers_stand_there(shape: str) -> None:
    (thread,) = read(shape.format(*(text for _, text in SAID)))
    assert said(thread) == SAID


def test_names_in_small_letters_are_names_where_the_text_begins_so() -> None:
    (thread,) = read("sore knees\n\namanda: ice helped me\njoe: rest did")
    assert said(thread) == [("amanda", "ice helped me"), ("joe", "rest did")]
    with pytest.raises(ThreadError):
        read("My plan for the knee.\n\nIt is long.\n\nwarmup: ten minutes\ncooldown: five")
