"""/insights: counts for curators, as a picture and as text; small ones hidden."""

from __future__ import annotations

import io

from conftest import KNEE, Club, admin, text, was_refused
from PIL import Image

from bot.store.votes import Ballot, Cast, store_votes
from bot.views.insights import draw_bars


async def test_curators_see_what_is_asked_and_what_helped(club: Club) -> None:
    robin = await admin(club)
    for _ in range(6):
        await club.ask(KNEE, private=True)
    for _ in range(2):
        await club.ask("my calf cramps and pulls in the muscle, strained it sprinting")
    server, now = club.channel.guild.id, club.env.now()
    votes = [Cast(Ballot(server, f"m{n}", "it-band", "foam-roll"), now) for n in range(7)]
    wrong = [Cast(Ballot(server, f"m{n}", "calf-strain"), now) for n in range(5)]
    await store_votes(club.bot.engine, [*votes, *wrong])
    shown = await robin.slash(club.channel, "insights")
    assert shown.acknowledged
    assert shown.ephemeral
    seen = text(shown.response)
    assert "IT band pain: 6" in seen
    assert "for IT band pain: 7" in seen
    assert "calf strain: 5" in seen.lower()
    assert "hidden (1 of them)" in seen
    picture = Image.open(io.BytesIO(await shown.response.attachments[0].read()))
    assert picture.width == 720
    await club.env.advance_time(40 * 86_400)
    later = await robin.slash(club.channel, "insights")
    assert "Not much yet in 30 days" in text(later.response)
    year = await robin.slash(club.channel, "insights", days=365)
    assert "IT band pain: 6" in text(year.response)


async def test_members_do_not(club: Club) -> None:
    refused = await club.sam.slash(club.channel, "insights")
    assert "Only those who may manage" in text(refused.response)
    assert was_refused(club)


def test_bars_are_drawn_for_any_counts() -> None:
    for bars in ([("a", 0)], [("x" * 200, 10**9), ("b", 1)]):
        assert draw_bars("Title", bars).fp.read(4) == b"\x89PNG"
