"""From a member's proposal to the club's remedy."""

from __future__ import annotations

from typing import Any

from conftest import KNEE, Club, admin, buttons, text, was_refused

from bot.store.proposals import store_proposal


async def propose(club: Club, name: str, how: str = "Slowly.") -> Any:
    """Sam proposes a remedy for IT band pain."""
    opened = await club.sam.slash(club.channel, "suggest", **{"for": "it-band"})
    assert opened.acknowledged
    sent = await club.sam.submit_modal(opened, {"name": name, "how": how})
    assert sent.acknowledged
    assert sent.ephemeral
    return sent


async def test_what_a_member_proposes_counts_once_it_is_accepted(club: Club) -> None:
    robin = await admin(club)
    await propose(club, "Towpath shuffle")
    await club.ask(KNEE)
    assert "Towpath shuffle" not in text(club.channel.last_message)
    await club.restart()
    shown = await robin.slash(club.channel, "review")
    assert "1 proposal waits" in text(shown.response)
    assert "Towpath shuffle" in text(shown.response)
    assert (await robin.click(shown.response, label="Accept")).acknowledged
    assert "Nothing waits" in text(shown.response)
    assert "**Towpath shuffle** is in the very next answer" in text(shown.response)
    assert "`/remedy history` undoes it" in text(shown.response)
    await club.ask(KNEE)
    assert "Towpath shuffle" in text(club.channel.last_message)


async def test_a_refused_proposal_is_opened_again(club: Club) -> None:
    sent = await propose(club, "Towpath shuffle", "See https://evil.example")
    again = await club.sam.click(sent.followups[-1], label="Open the form again")
    assert again.acknowledged
    assert "Towpath shuffle" in str(again.modal)
    mended = await club.sam.submit_modal(again, {"name": "Towpath shuffle", "how": "Slowly."})
    assert "waits for a curator" in text(mended.response)
    assert was_refused(club)


async def test_a_rejected_one_is_gone(club: Club) -> None:
    robin = await admin(club)
    await propose(club, "Towpath shuffle", "Ibuprofen, 400mg.")
    await propose(club, "foam rollin")
    shown = await robin.slash(club.channel, "review")
    assert "It seems to name a dose" in text(shown.response)
    assert "Accept anyway" in buttons(shown.response)
    assert (await robin.click(shown.response, label="Reject")).acknowledged
    assert "Here already: **Foam" in text(shown.response)
    await club.ask(KNEE)
    assert "Towpath shuffle" not in text(club.channel.last_message)


async def test_what_is_left_for_later_waits(club: Club) -> None:
    robin = await admin(club)
    for name in ("Towpath shuffle", "Duck waddle", "Zebra lean"):
        await propose(club, name)
    shown = await robin.slash(club.channel, "review")
    assert "Towpath shuffle" in text(shown.response)
    assert (await robin.click(shown.response, label="Later")).acknowledged
    assert "Duck waddle" in text(shown.response)
    assert "3 proposals wait" in text(shown.response)
    await club.restart()
    assert (await robin.click(shown.response, label="Reject")).acknowledged
    assert "Zebra lean" in text(shown.response)
    assert (await robin.click(shown.response, label="Later")).acknowledged
    assert "Something waits still" in text(shown.response)
    again = await robin.slash(club.channel, "review")
    assert "Towpath shuffle" in text(again.response)
    assert "2 proposals wait" in text(again.response)


async def test_a_rejection_can_be_taken_back(club: Club) -> None:
    robin = await admin(club)
    await propose(club, "Towpath shuffle")
    shown = await robin.slash(club.channel, "review")
    rejected = await robin.click(shown.response, label="Reject")
    assert rejected.acknowledged
    assert "**Towpath shuffle** is not taken" in text(shown.response)
    await club.restart()
    back = await robin.click(shown.response, label="Take that back")
    assert back.acknowledged
    assert "1 proposal waits" in text(shown.response)
    assert (await robin.click(shown.response, label="Accept")).acknowledged
    await club.ask(KNEE)
    assert "Towpath shuffle" in text(club.channel.last_message)


async def test_a_rejection_is_taken_back_once_by_curators_while_it_is_kept(club: Club) -> None:
    robin = await admin(club)
    await propose(club, "Towpath shuffle")
    shown = await robin.slash(club.channel, "review")
    other = await robin.slash(club.channel, "review")
    assert (await robin.click(shown.response, label="Reject")).acknowledged
    late = await robin.click(other.response, label="Accept")
    assert late.acknowledged
    assert "is decided already" in text(late.followups[-1])
    await club.days_go_by(29)
    back = await robin.click(shown.response, label="Take that back")
    assert back.acknowledged
    assert "1 proposal waits" in text(shown.response)
    assert (await robin.click(shown.response, label="Reject")).acknowledged
    await club.days_go_by(31)
    gone = await robin.click(shown.response, label="Take that back")
    assert gone.acknowledged
    assert "kept for 30 days" in text(gone.followups[-1])


async def test_two_curators_decide_once(club: Club) -> None:
    robin = await admin(club)
    await propose(club, "Towpath shuffle")
    one = await robin.slash(club.channel, "review")
    other = await robin.slash(club.channel, "review")
    assert (await robin.click(one.response, label="Accept")).acknowledged
    late = await robin.click(other.response, label="Accept")
    assert "is decided already" in text(late.followups[-1])
    own = await club.station.curating.own_remedies(club.channel.guild.id)
    assert len(own) == 1


async def test_members_cannot_decide_nor_flood(club: Club) -> None:
    refused = await club.sam.slash(club.channel, "review")
    assert "Only those who may manage" in text(refused.response)
    for number in range(10):
        await propose(club, f"Remedy number {number}")
    too_many = await propose(club, "one more")
    assert "wait already" in text(too_many.response)
    assert was_refused(club)


async def test_a_proposal_without_a_word_is_refused_on_either_side(club: Club) -> None:
    robin = await admin(club)
    refused = await propose(club, "🧊")
    assert "has no word in it" in text(refused.response)
    server = club.channel.guild.id
    kept = {"name": "🧊", "how": "Slowly.", "patterns": ["it-band"]}  # by an older version
    await store_proposal(club.station.engine, server, "key", kept, club.env.now())
    shown = await robin.slash(club.channel, "review")
    pressed = await robin.click(shown.response, label="Accept")
    assert pressed.acknowledged
    assert "has no word in it" in text(pressed.followups[-1])
    assert was_refused(club)
    assert not await club.station.curating.own_remedies(server)
    assert (await robin.click(shown.response, label="Reject")).acknowledged
    assert "Nothing waits" in text(shown.response)


async def test_hostile_proposals_are_harmless(club: Club) -> None:
    robin = await admin(club)
    refused = await propose(club, "@everyone", "https://evil.example")
    assert "leave out mentions and links" in text(refused.response)
    assert was_refused(club)
    await propose(club, "**loud** <script>")
    shown = await robin.slash(club.channel, "review")
    assert "\\*\\*loud\\*\\*" in text(shown.response)
    assert set(buttons(shown.response)) == {"Accept", "Reject", "Later"}


async def test_accepting_says_where_there_is_no_room_yet(club: Club) -> None:
    robin = await admin(club)
    for name in ("Towpath shuffle", "Duck waddle", "Zebra lean"):
        await propose(club, name)
        shown = await robin.slash(club.channel, "review")
        assert (await robin.click(shown.response, label="Accept")).acknowledged
    assert "**Zebra lean** is kept, but is not shown yet" in text(shown.response)
    await club.ask(KNEE)
    assert "Zebra lean" not in text(club.channel.last_message)
