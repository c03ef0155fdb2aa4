"""Thread files of every kind, told by what is in them; and files that are none."""

from __future__ import annotations

import contextlib
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
from bot.threads.comments import GONE, Thread, ThreadError, marks_of
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


@pytest.mark.parametrize("content", [WXR, DISQUS, REDDIT, DISCORD])
def test_windows_bytes_in_what_calls_itself_utf_8_are_read(content: str) -> None:
    text = "It’s “fixed” – café"
    meant = HELPED.sub(text, content)
    mixed = HELPED.sub("QUOTED", content).encode().replace(b"QUOTED", text.encode("cp1252"))
    assert text in "".join(one.text for thread in read(mixed) for one in thread)
    assert list(map(said, read(mixed))) == list(map(said, read(meant)))


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


@pytest.mark.parametrize(
    "shape",
    [
        "{} said…\n{}\n",
        "{}:\n\n{}\n",
        "**{}**: {}\n",
        "**{}:** {}\n",
        "{} - May 3, 2012\n\n{}\n",
        "{}\n — \n10:03 AM\n{}\n",
        "{} replied to Kim:\n{}\n",
        "2021-03-04T10:01:00Z {}: {}\n",
        "On March 1, 2014 at 10:00 am {} said:\n{}\n",
        "Comment by {} on March 1, 2014 at 10:00 am\n{}\n",
        "[–]{} 12 points 3 years ago\n{}\n",
    ],
)
def test_people_named_at_length_are_people(shape: str) -> None:
    told = [
        ("Amanda @ Once Upon a Recipe", "A foam roller fixed mine."),
        ("Mary Ann Smith", "Ice did nothing for me."),
        ("Joe", "Rest helped."),
    ]
    (thread,) = read("\n".join(shape.format(*one) for one in told))
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


@pytest.mark.parametrize("content", ["just a line", "<html><p>hi</p></html>", '{"a": 1}', "{"])
def test_what_is_no_thread_names_what_was_tried(content: str) -> None:
    with pytest.raises(ThreadError, match="Reddit thread JSON"):
        read(content)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "nothing in it"),
        (" \n\n", "nothing in it"),
        ("%PDF-1.7\nSam: Ice.\nJo: Rest.\n", "a PDF"),
        ("{\\rtf1 Sam: Ice.", "a word processor's file"),
    ],
)
def test_what_holds_no_words_is_told_what_it_is(content: str, why: str) -> None:
    with pytest.raises(ThreadError, match=why):
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


@pytest.mark.parametrize("around", ["<div>", "<blockquote class=x><p>"])
def test_a_page_nested_without_end_is_refused_before_it_takes_for_ever(around: str) -> None:
    page = f"<html>{around * 200_000}<li class=comment><cite>Ann</cite><p>Ice helped.</p></li>"
    with pytest.raises(ThreadError, match="nested"):
        read(page)


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
    "times below": "Morning run\nKudos 14\n\nAmanda\n{0}\n3 days ago\nJoe B\n{1}\n2 days ago",
    "a copied Facebook": "Amanda\n{0}\nLike\nReply\n3d\nJoe B\n{1}\nLike\nReply\n2d\nEdited",
    "the same on a phone": "Amanda\n{0}\n3dLikeReply\nJoe B\n{1}\n2dLikeReply",
    "with strokes": "Amanda / 3d / Like / Reply\n{0}\nJoe B / 2d / Like\n{1}",
    "a copied Slack": "Amanda\n  6:22 PM\n{0}\nJoe B\n:runner:  6:24 PM\n{1}\n2 replies",
    "a copied Reddit": (
        "Amanda\nOP\n•\n3y ago\n{0}\nUpvote\n2\nJoe B\n•\n3y ago\n•\nEdited 3y ago\n{1}\nAward"
    ),
    "an old Reddit": (
        "[–]Amanda[S] 2 points 3 years ago*\n{0}\nembed\n"
        "[–]Joe B score hidden 2 hours ago (1 child)\n{1}\nparent"
    ),
    "replies indented": (
        "Amanda says:\nMarch 12, 2012 at 6:22 pm\n{0}\nReply\n"
        "    Joe B says:\n    March 12, 2012 at 8:22 pm\n    {1}\n    Reply"
    ),
    "blank lines between": (
        "Amanda\n\nMarch 12, 2012 at 6:22 pm\n\n{0}\n\nReply\n\nJoe B\n\n13th March 2012\n\n{1}"
    ),
    "who is answered": (
        "Amanda\n12 years ago\n\n{0}\n\n•\nReply\n•\nShare ›\n"
        "Avatar\nJoe B\nAmanda\n12 years ago\n\n{1}"
    ),
    "a copied phpBB": (
        "Re: Knees\nPost by Amanda » Mon Mar 12, 2012 6:22 pm\n\n{0}\n\nRe: Knees\n"
        "Post by Joe B » Tue Mar 13, 2012 8:02 am\n\n{1}\nPosts: 77\nJoined: Sun Feb 01, 2011"
    ),
    "a copied vBulletin": (
        "03-12-2012, 06:22 PM\t  #1\nAmanda\nRegistered User\nJoin Date: Jan 2012\n"
        "Location: Keswick\n{0}\n03-12-2012, 07:40 PM\t  #2\nJoe B\nSenior Member\n"
        "Join Date: May 2009\nPosts: 12\n{1}\nReply With Quote"
    ),
    "a copied XenForo": (
        "Amanda\nWell-Known Member\nMar 12, 2020\n#1\n{0}\nJoe B\nNew Member\nMar 13, 2020\n#2\n{1}"
    ),
    "a copied Teams": "[12/03/2024 18:22] Amanda\n{0}\n[12/03/2024 18:24] Joe B\n{1}",
    "a copied Blogger": (
        "Amanda12 March 2012 at 18:22\n{0}\nReplyDelete\nJoe B13.03.2012 18:22\n{1}"
    ),
    "mails": (
        "From: Amanda <a@b.example>\nTo: c@d.example\nDate: Tue, 12 Mar 2024 18:22:10 +0000\n"
        "Subject: Knees\n\n{0}\n-- \nAmanda, yoga teacher\n\n"
        'From: "Joe B" <j@b.example>\nSubject: Re: Knees\n\n{1}\n'
        "__________________\nIce baths for all!"
    ),
}


@pytest.mark.parametrize("shape", COUSINS.values(), ids=COUSINS)
def test_a_text_is_read_however_its_writers_stand_there(shape: str) -> None:
    (thread,) = read(shape.format(*(text for _, text in SAID)))
    assert said(thread) == SAID


KEPT = (
    "X-ray: clear, so I rested and it helped.",
    "Location: outside of the knee.",
    "Re: ice. It did nothing for me.",
    "To: Ann. Ice helped me.",
    "Option: ice the knee. It helped me a lot.",
    "My warm up is always omitted",
    "2 weeks ago\nI began to ice and it helped.",
    "Today\nrest helped",
    "Foam roller\ndaily\n3 days ago",
    "Hi all,\nrest helped me",
)


@pytest.mark.parametrize("words", KEPT)
@pytest.mark.parametrize(
    "shape", ["1. Ann\n\n{0}\n\n2. Bob\n\n{1}\n\n3. Cat\n\nNo.", "Ann said:\n{0}\nBob said:\n{1}"]
)
def test_words_that_look_like_a_pages_are_kept(shape: str, words: str) -> None:
    for first, second in ((words, "Hi all,\nOh."), ("Hi all,\nOh.", words)):
        (thread,) = read(shape.format(first, second))
        assert [each.author for each in thread][:2] == ["Ann", "Bob"]
        last_words = (first.splitlines()[-1], second.splitlines()[-1])
        for comment, last in zip(thread, last_words, strict=False):
            assert last in comment.text or last.endswith("ago")


@pytest.mark.parametrize("name", ["Admin", "Member", "Moderator", "MOD", "Bot"])
def test_somebody_may_be_called_like_a_badge(name: str) -> None:
    page = "Ann\n{0}\nmy knee hurts.\n\n{1}\n{0}\nRest helped me.\n\nReply\nBob\n{0}\nOh."
    (thread,) = read(page.format("March 3, 2012 at 10:02 am", name))
    assert [each.author for each in thread] == ["Ann", name, "Bob"]


def test_a_second_comment_on_a_copied_page_is_the_same_persons() -> None:
    page = (
        "Ann\n•\n3y ago\nIce.\nReply\nAward\nShare\nAnn\n•\n2y ago\nRest.\nLike\nReply\n"
        "Bob\n1 day ago\nOh."
    )
    (thread,) = read(page)
    assert [each.author for each in thread] == ["Ann", "Ann", "Bob"]


def test_names_above_times_are_no_words_whatever_ends_the_file() -> None:
    (thread,) = read("Knee\n\nAnn\n10:02\nIce helped\nBob\n10:05\nTry rest\nuntil\n18:00")
    assert [each.author for each in thread][:2] == ["Ann", "Bob"]
    (thread,) = read("Ann\n10:02 AM\nIce\nBob\n10:05 AM\nRest\nCat Hill\n13:10\nHeat\n")
    assert [each.author for each in thread] == ["Ann", "Bob", "Cat Hill"]


def test_comments_that_begin_alike_are_all_read() -> None:
    text = "".join(f"{name} said:\nHi all,\n{name} iced.\n" for name in ("Ann", "Bob", "Cat"))
    (thread,) = read(text)
    assert len(thread.comments) == 3


def test_an_american_chat_of_early_days_is_one_talk() -> None:
    text = "".join(f"3/{day}/24, 11:58 PM - Ann: Ice.\n" for day in range(4, 9))
    (thread,) = read(text)
    assert len(thread.comments) == 5


def test_a_dated_line_in_a_message_is_its_writers() -> None:
    (thread,) = read(
        "01/03/2024, 23:58 - Ann: hi\n01/03/2024, 23:59 - Bob: my log:\n01/03/2024 10:00 run\n"
        "ice helped me\n02/03/2024, 08:00 - Kev who left us: rest\n"
    )
    assert [each.author for each in thread] == ["Ann", "Bob", "Kev who left us"]
    assert "ice helped me" in thread.comments[1].text


def test_what_somebody_says_in_answer_is_no_quote() -> None:
    text = "1. Ann\n\nIce\n\n2. Bob\n\n@Ann\nIce\n\n3. Cat\n\nMy doc said:\nIce\nand it worked\n"
    (thread,) = read(text)
    assert said(thread)[1:] == [("Bob", "@Ann Ice"), ("Cat", "My doc said: Ice and it worked")]
    long = "I have run for ten years with no pain."
    (thread,) = read(f"1. Ann\n\n{long}\n\n2. Bob\n\n{long}\n")
    assert said(thread)[1] == ("Bob", long)


HOSTILE = ("like reply", "3d", "", "10:02", "Ann", "1 points", "submitted 3 years ago by", "said")


@pytest.mark.parametrize("begins", HOSTILE)
@pytest.mark.parametrize("filler", [" ", "\t", "a ", "- ", "said ", "10:02 "])
def test_no_line_takes_the_reader_long(begins: str, filler: str) -> None:
    line = begins + filler * (100_000 // len(filler)) + "x"
    begun = perf_counter()
    list(read(f"Ann said:\nIce.\n{line}\nBob said:\nRest."))
    with contextlib.suppress(ThreadError):
        list(read(f"Ann\n3d ago\nIce.\n{line}\nBob\n2d ago\nRest."))
    assert perf_counter() - begun < 5


CHAT = """[12/03/2024, 18:20:01] Harriers: Messages and calls are end-to-end encrypted.
[12/03/2024, 18:22:10] Amanda: Ice helped me.
[12/03/2024, 18:31:09] Joe B changed the group name to “Ice bath fans”
[12/03/2024, 18:32:00] Joe B: Tuesday:
18:00 - warm up: 10 min easy
[12/03/2024, 18:33:00] Amanda: image omitted
[12/03/2024, 18:34:00] Joe B: You deleted this message
[12/03/2024, 18:35:00] Sam (M45): Rest. <This message was edited>
[12/03/2024, 18:36:00] Sam (M45): Missed voice call
"""


def test_what_a_chat_tells_itself_is_nobodys() -> None:
    (thread,) = read(CHAT)
    assert said(thread) == [
        ("Amanda", "Ice helped me."),
        ("Joe B", "Tuesday: 18:00 - warm up: 10 min easy"),
        ("Sam (M45)", "Rest."),
    ]


@pytest.mark.parametrize("day", ["{0}/{1}/2024", "{1}/{0}/24", "2024-{1}-{0}"])
def test_a_chat_is_parted_where_it_is_silent_for_days(day: str) -> None:
    days = [day.format("13", "03"), day.format("14", "03"), day.format("19", "05")]
    text = "".join(f"{each}, 18:22 - Amanda: Ice.\n" for each in days)
    assert [len(thread.comments) for thread in read(text)] == [2, 1]
    assert [len(thread.comments) for thread in read(f"# topic: it-band\n{text}")] == [3]


def test_a_time_alone_in_a_chat_is_no_new_writers() -> None:
    lines = ("Amanda", "  6:22 PM", "Bridges helped", "6:25", "and ice", "Joe", "  6:30 PM", "No.")
    (thread,) = read("\n".join(lines))
    assert said(thread) == [("Amanda", "Bridges helped and ice"), ("Joe", "No.")]


DISCORD_PAGE = """<!DOCTYPE html><html><head><title>Harriers</title></head><body>
<div class="chatlog__message-container"><span class="chatlog__author" title="a">Amanda</span>
<span class="chatlog__timestamp">12/03/2024 18:22</span>
<div class="chatlog__content"><span>my shins hurt</span></div></div>
<div class="chatlog__message-container"><div class="chatlog__short-timestamp" title="12/03/2024
 18:23">18:23</div><div class="chatlog__content">any ideas?</div></div>
<div class="chatlog__message-container"><div class="chatlog__reply"><div
 class="chatlog__reply-author">Amanda</div><div class="chatlog__reply-content">any ideas?</div>
</div>
<span class="chatlog__author">Joe B</span><span class="chatlog__timestamp">13/03/2024 18:22</span>
<div class="chatlog__content">Ice.</div></div></body></html>"""
TELEGRAM_PAGE = """<html><body><div class="history">
<div class="message service"><div class="body details">12 March 2024</div></div>
<div class="message default clearfix"><div class="date details" title="12.03.2024 18:22:00">18:22
</div>
<div class="from_name">Amanda</div><div class="text">my shins hurt</div></div>
<div class="message default clearfix joined"><div class="date details" title="12.03.2024 18:23:00">
</div><div class="text">any ideas?</div></div>
<div class="message default clearfix"><div class="date details" title="20.03.2024 18:22:00"></div>
<div class="from_name">Joe B</div><div class="text">Ice.</div></div></div></body></html>"""


@pytest.mark.parametrize("page", [DISCORD_PAGE, TELEGRAM_PAGE])
def test_an_exported_chats_page_is_parted_into_conversations(page: str) -> None:
    first, second = read(page)
    assert said(first) == [("Amanda", "my shins hurt"), ("Amanda", "any ideas?")]
    assert said(second) == [("Joe B", "Ice.")]


def test_irc_is_read() -> None:
    (thread,) = read("[18:22] <amanda> my knee\n[18:24] <joe> ice: daily\n[18:25] <amanda> ok\n")
    assert [each.author for each in thread] == ["amanda", "joe", "amanda"]


def test_a_comment_that_is_gone_is_none() -> None:
    page = "Amanda\n•\n3y ago\n{}\nJoe B\n•\n2y ago\nRest."
    for gone in ("[deleted]", "Comment deleted by user", "This comment was deleted."):
        (thread,) = read(page.format(gone))
        assert said(thread) == [("Joe B", "Rest.")]


def test_names_in_small_letters_are_names_where_the_text_begins_so() -> None:
    (thread,) = read("sore knees\n\namanda: ice helped me\njoe: rest did")
    assert said(thread) == [("amanda", "ice helped me"), ("joe", "rest did")]
    with pytest.raises(ThreadError):
        read("My plan for the knee.\n\nIt is long.\n\nwarmup: ten minutes\ncooldown: five")


LISTS = {
    "numbers": "1. Foam rolling every night\n\n2. Clamshells",
    "words and colons": "Ice: ten minutes\nRolling: daily\nClamshells: three sets\nSquats: two",
    "a sentence that ends like a head": "I do what everybody in the club said\nand she said\nToday",
    "a pause and a day": "It was that track session, yesterday\nand ice does not help.",
}


@pytest.mark.parametrize("part", LISTS.values(), ids=LISTS)
def test_no_line_within_a_comment_becomes_a_person(part: str) -> None:
    (thread,) = read(
        f"Amanda said...\nThis helped:\n{part}\n\nTom said...\nSame here.\n\nNeil said...\nNo."
    )
    assert [each.author for each in thread] == ["Amanda", "Tom", "Neil"]
    (thread,) = read(
        f"1. Amanda\n\nThis helped:\n\n{part}\n\n2. Tom\n\nSame here.\n\n3. Neil\n\nNo."
    )
    assert [each.author for each in thread] == ["Amanda", "Tom", "Neil"]


THREE = (
    "Forum: Running\nThread: Knee\n\n{0} said...\nIce.\n\n{1} said...\nNo.\n\n{2} said...\nOh.",
    "Forum: Running\nThread: Knee\nBoard: All\n\n1. {0}\n\nIce.\n\n2. {1}\n\nNo.\n\n3. {2}\n\nOh.",
    "10. Knee pain\n\n1. {0}\n\nIce.\n\n2. {1}\n\nI ran my\n\n#50 marathon\n\n3. {2}\n\nOh.",
    "{0} said:\nIce.\n{1} said:\n> Ice.\nNo.\n{2} said:\nOh.",
    "[10:01] {0}: Ice.\n[10:02] {1}: I say to\n> Ice.\nno.\n[10:03] {2}: Oh.",
)


@pytest.mark.parametrize("text", THREE)
@pytest.mark.parametrize("people", [("Ana", "Thu Nguyen", "1234"), ("a", "In Pain", "Old Joe")])
def test_three_people_are_three(text: str, people: tuple[str, ...]) -> None:
    (thread,) = read(text.format(*people))
    assert [each.author for each in thread] == list(people)


def test_what_people_in_a_chat_are_called_is_theirs() -> None:
    names = ["My Physio", "Sarah from the Tuesday running group", "007"]
    (thread,) = read("".join(f"[10:0{n}] {name}: Ice.\n" for n, name in enumerate(names)))
    assert [each.author for each in thread] == names


@pytest.mark.parametrize("text", ["[quote]Ice. It hurt.", "A [quote unquote] expert: ice."])
def test_a_quote_without_an_end_takes_nothing_with_it(text: str) -> None:
    (thread,) = read(f"Amanda said:\n{text}\n\nTom said:\nOh.")
    assert "ice." in thread.comments[0].text.lower()


def test_a_blogs_article_is_no_comment_on_it() -> None:
    by = '<p class="author">By <strong>Sue</strong></p>'
    article = f'<div class="post">{by}<div class="content"><p>I iced.</p></div></div>'
    comment = '<ol><li id="comment-1"><cite>Ana</cite><p>Ice.</p></li></ol>'
    (thread,) = read(f"<html><body>{article}{comment}</body></html>")
    assert said(thread) == [("Ana", "Ice.")]


@pytest.mark.parametrize("numbers", [(1, 2, 4), (16, 17, 18), (3, 9, 10)])
def test_numbers_may_begin_later_and_leave_gaps(numbers: tuple[int, ...]) -> None:
    people = ("Neil", "Bev", "Tom")
    text = "".join(f"{n}. {who}\n\nIce helped.\n\n" for n, who in zip(numbers, people, strict=True))
    (thread,) = read(text)
    assert [each.author for each in thread] == list(people)


QUOTED = (
    "Amanda wrote:\n> Ice helped me.\nIt did not help me.",
    '[quote="Amanda"]Oh! [quote]Ice[/quote] Ice helped me.[/quote]\nIt did not help me.',
    "On Mon, 3 March 2012, Amanda <a@b.example> wrote:\n> Ice helped me.\n\nIt did not help me.",
    "On Mon, 3 March 2012, Amanda <a@b.example>\nwrote:\n> Ice helped me.\nIt did not help me.",
    "Amanda wrote: ↑Mon Mar 12, 2012 6:22 pm\nIce helped me.\nIt did not help me.",
    "Quote:\nOriginally Posted by Amanda View Post\nIce helped me.\n\nIt did not help me.",
    "Amanda said:\nIce helped me.\nClick to expand...\nIt did not help me.",
)


@pytest.mark.parametrize("text", QUOTED)
def test_what_is_quoted_is_not_said_again(text: str) -> None:
    (thread,) = read(f"Amanda said:\nIce helped me.\n\nBev said:\n{text}\n\nTom said:\nOh.")
    assert said(thread) == [
        ("Amanda", "Ice helped me."),
        ("Bev", "It did not help me."),
        ("Tom", "Oh."),
    ]


def test_words_that_two_people_say_are_no_quote() -> None:
    (thread,) = read("Amanda said:\nIce helped me.\n\nBev said:\nYes.\nIce helped me.\n")
    assert said(thread)[1] == ("Bev", "Yes. Ice helped me.")


def test_who_quotes_somebody_answers_them() -> None:
    told = "1. Amanda\n\nIce helped me.\n\n2. Jo\n\nRest.\n\n3. Bev\n\n{}\nNot me.\n"
    for quote in ("> Ice helped me.", "Amanda said:\nIce helped me."):
        (thread,) = read(told.format(quote))
        assert said(thread)[-1] == ("Bev", "Not me.")
        assert thread.comments[-1].answers == 1


def test_a_discord_quote_goes_on_to_the_messages_end() -> None:
    (first, _) = read(DISCORD.replace("Rest for two weeks.", "Rest.\\n>>> Ice\\nhelped me"))
    assert said(first)[1] == ("Joe B", "Rest.")


@pytest.mark.parametrize("kind", ["GuildPublicThread", "GuildPrivateThread"])
def test_a_discord_thread_is_one_conversation_however_slow(kind: str) -> None:
    export = json.loads(DISCORD)
    export["channel"]["type"] = kind
    export["channel"] |= {"name": "my numb bum, help", "category": "injuries"}
    (thread,) = read(json.dumps(export))
    assert said(thread) == [*SAID, ("Joe B", "Another day")]
    assert thread.source == "https://discord.com/channels/7/8"
    assert thread.called == "A thread in #injuries"


HELPED = re.compile(r"Ice and a foam roller(?: <b>helped</b>|\s+helped) me\.")


@pytest.mark.parametrize("content", [WXR, DISQUS, REDDIT, DISCORD])
def test_an_answer_to_what_is_not_there_answers_nothing_else(content: str) -> None:
    without, count = HELPED.subn("", content)
    (joe,) = [each for each in read(without)[0] if each.text == "Rest for two weeks."]
    assert (count, joe.answers) == (1, GONE)


def test_a_blogs_export_and_its_page_are_the_same_comments() -> None:
    text = 'Ice -- twice -- helped "me" :)'
    export = WXR.replace("<![CDATA[Amanda]]>", "<![CDATA[Amanda &amp; Jo]]>")
    export = HELPED.sub(text, export)
    page = sample("wordpress-page.html").replace(">Amanda<", ">Amanda &amp; Jo<")
    page = page.replace(
        "<p>Ice and a foam roller</p><p>helped me.</p>", "<p>Ice — twice — helped “me” 🙂</p>"
    )
    (of_export,), (of_page,) = read(export), read(page)
    assert said(of_export)[0] == ("Amanda & Jo", text)
    assert marks_of(of_export) == marks_of(of_page)


def test_reddits_own_voice_is_no_member() -> None:
    (thread,) = read(REDDIT.replace('"Amanda"', '"AutoModerator"'))
    assert "AutoModerator" not in {each.author for each in thread}


def test_an_encoding_that_nobody_knows_is_told() -> None:
    with pytest.raises(ThreadError, match="encoding"):
        read(WXR.replace('encoding="UTF-8"', 'encoding="utf8mb4"'))
    (thread,) = read(ARCHIVE.replace("utf-8", "hex"))
    assert said(thread) == SAID


def test_blank_lines_before_an_export_are_passed_over() -> None:
    (thread,) = read("\n\n" + WXR)
    assert said(thread) == SAID


def test_comments_in_a_frame_of_a_page_saved_whole_are_read() -> None:
    page = "------part\nContent-Type: text/html\n\n<html><body>An article.</body></html>\n"
    (thread,) = read(ARCHIVE.replace("------part\n", page + "------part\n", 1))
    assert said(thread) == SAID
