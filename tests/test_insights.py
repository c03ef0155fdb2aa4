"""/insights: counts for curators, as a picture and as text; small ones hidden."""

from __future__ import annotations

import io
from dataclasses import replace

from conftest import KNEE, Club, admin, store_votes, text, was_refused
from PIL import Image

from bot.answer import Answerer
from bot.insights import Insights
from bot.store.votes import Ballot, Cast
from bot.views.insights import MARGIN, PAPER, WIDTH, draw_bars, insights_layout
from bot.views.layouts import TEXT_LIMIT


async def test_curators_see_what_is_asked_and_what_helped(club: Club) -> None:
    robin = await admin(club)
    for _ in range(6):
        await club.ask(KNEE, private=True)
    for _ in range(2):
        await club.ask("pulled my calf sprinting, the muscle is tight and sore")
    server, now = club.channel.guild.id, club.env.now()
    votes = [Cast(Ballot(server, f"m{n}", "it-band", "foam-roll"), now) for n in range(7)]
    wrong = [Cast(Ballot(server, f"m{n}", "calf-strain"), now) for n in range(5)]
    await store_votes(club.station.engine, [*votes, *wrong])
    shown = await robin.slash(club.channel, "insights")
    assert shown.acknowledged
    assert shown.ephemeral
    seen = text(shown.response)
    assert "IT band pain: 6" in seen
    assert "for IT band pain: 7" in seen
    assert "calf strain: 5" in seen.lower()
    assert "such counts: 1" in seen
    picture = Image.open(io.BytesIO(await shown.response.attachments[0].read()))
    assert picture.width == 720
    await club.days_go_by(40)
    later = await robin.slash(club.channel, "insights")
    assert "Not much yet in 30 days" in text(later.response)
    year = await robin.slash(club.channel, "insights", days=365)
    assert "IT band pain: 6" in text(year.response)


async def test_members_do_not(club: Club) -> None:
    refused = await club.sam.slash(club.channel, "insights")
    assert "Only those who may manage" in text(refused.response)
    assert was_refused(club)


async def test_what_nothing_helps_with_is_told(club: Club) -> None:
    robin = await admin(club)
    server, now = club.channel.guild.id, club.env.now()
    said = {"calf-strain": 6, "shin-splints": 4, "it-band": 5}
    votes = [
        Cast(Ballot(server, f"m{n}", pattern, remedy), now, helped=False, weight=1.0)
        for pattern, members in said.items()
        for n in range(members)
        for remedy in ("rest", "foam-roll")
    ]
    some_help = [Cast(Ballot(server, f"m{n}", "it-band", "ice"), now) for n in range(4, 7)]
    await store_votes(club.station.engine, [*votes, *some_help])
    shown = await robin.slash(club.channel, "insights")
    assert shown.acknowledged
    seen = text(shown.response)
    nothing, without_help = seen.split("**Nothing helped (members)**")[1].split("**Nobody says yet")
    assert nothing.strip() == "- calf strain: 6"
    assert "calf strain" in without_help
    assert "IT band" not in without_help
    assert "such counts: 3" in seen


async def test_each_part_has_a_picture(club: Club) -> None:
    robin = await admin(club)
    server, now = club.channel.guild.id, club.env.now()
    votes = [
        Cast(Ballot(server, f"m{n}", "it-band", remedy), now, helped)
        for n in range(10)
        for remedy, helped in ((None, True), ("rest", n < 5))
    ]
    await store_votes(club.station.engine, votes)
    shown = await robin.slash(club.channel, "insights")
    assert shown.acknowledged
    titles = [file.description for file in shown.response.attachments]
    assert titles == [
        "Helped (members)",
        "Nothing helped (members)",
        "Marked “not my pain” (members)",
    ]
    seen = text(shown.response)
    assert all(f"**{title}**" in seen for title in titles)


def test_the_longest_names_fit_into_the_message_and_the_pictures(answerer: Answerer) -> None:
    catalogue = answerer.catalogue
    name = "@W:" * 26 + "w"  # wide, and twice as long once it is made safe
    patterns = {f"own-{n}": catalogue.patterns["it-band"] for n in range(8)}
    patterns = {slug: one.model_copy(update={"name": name}) for slug, one in patterns.items()}
    remedy = catalogue.remedies["rest"].model_copy(update={"name": name})
    counts = tuple((slug, 1_000_000) for slug in patterns)
    helped = tuple(((slug, "rest"), 1_000_000) for slug in patterns)
    found = Insights(30, counts, helped, counts, counts, tuple(patterns), 0)
    long_names = replace(catalogue, patterns=patterns, remedies={"rest": remedy})
    layout, files = insights_layout(found, long_names)
    assert layout.content_length() <= TEXT_LIMIT
    for file in files:
        picture = Image.open(file.fp).convert("RGB")
        edge = picture.crop((WIDTH - MARGIN + 1, 0, WIDTH, picture.height))
        assert edge.getcolors() == [(edge.width * edge.height, PAPER)]


def test_bars_are_drawn_for_any_counts() -> None:
    for bars in ([("a", 0)], [("x" * 200, 10**9), ("b", 1)]):
        assert draw_bars("Title", bars, "a.png").fp.read(4) == b"\x89PNG"
