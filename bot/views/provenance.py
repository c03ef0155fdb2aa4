""" "Who said so?": counts by stance, the sources, and the server's own runners in their words.

No member's words are stored: they are read from Discord when they are shown, and a message that
was deleted has none any more. They never leave their server, nor the channel for those who may not
read it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.advice import VOTES_SHOWN_FROM
from bot.knowledge.catalogue import Remedy
from bot.knowledge.snapshot import Votes
from bot.knowledge.tally import STANCES, Stance, Suggestion
from bot.station import Station
from bot.store.suggestions import EVERY_SERVER, Source, load_links, load_sources
from bot.threads.learning import RemedyMention
from bot.views.bot import AidBot
from bot.views.errors import SLUG, AidView, Guarded, tell_privately
from bot.views.layouts import CALM, view_of
from bot.views.messages import Viewer, place_of, viewer_of
from bot.views.shown import remedies_above, understood_by
from bot.wording import counted, linked, name_of, number_emoji, safe, server_says, verb_for

MOST_QUOTES, MOST_SOURCES, MOST_LOOKED_AT = 3, 4, 50
PART = 700  # characters for one remedy: five of them fit into a message
_FROM = "-# From: "
SAID: dict[Stance, str] = {
    "recommends": "suggest it",
    "helped": "say it helped",
    "helped-some": "say it helped a little",
    "no-help": "say it did not help",
    "warns": "warn of it",
    "tried": "tried it without saying how it went",
    "untried": "think of it only",
}


def _said(people: int, stance: Stance) -> str:
    """Such as "3 suggest it" or "1 suggests it"."""
    verb, rest = SAID[stance].split(" ", 1)
    return f"{people} {verb_for(people, verb)} {rest}"


class WhoSaidSo(Guarded, ui.DynamicItem[ui.Button[Any]], template=rf"aid1:who:(?P<pattern>{SLUG})"):
    """Shows, privately, who said what of the remedies of an answer."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        super().__init__(ui.Button(label="Who said so?", custom_id=f"aid1:who:{pattern}"))

    async def press(self, interaction: discord.Interaction[AidBot]) -> None:
        """Gathers it and answers."""
        station, server = interaction.client.station, interaction.guild_id
        advice = station.advise(self.pattern, server, station.notes_in(understood_by(self)))
        if advice is None:
            await tell_privately(interaction, "I do not know this one any more.")
            return
        viewer = viewer_of(interaction) if server else None
        await interaction.response.defer(ephemeral=True, thinking=True)
        known = station.knowledge(server).catalogue.remedies
        above = await remedies_above(interaction, self, self.pattern)
        # Numbered as in the reply: members vote by these numbers.
        slugs = above or tuple(ranked.remedy.slug for ranked in advice.remedies)
        parts = [
            await _part(station, viewer, self.pattern, number, known[slug])
            for number, slug in enumerate(slugs, start=1)
            if slug in known
        ]
        await interaction.followup.send(view=_layout(parts), ephemeral=True)


def _layout(parts: Sequence[str]) -> AidView:
    foot = "-# A person counts once for each thread. Names are not kept."
    texts = [ui.TextDisplay[AidView](part) for part in parts]
    if not texts:
        texts = [ui.TextDisplay("Nobody has said anything of this yet.")]
    return view_of(CALM, ui.TextDisplay("### Who said so?"), *texts, ui.TextDisplay(foot))


async def _part(
    station: Station, viewer: Viewer | None, pattern: str, number: int, remedy: Remedy
) -> str:
    server = viewer.server if viewer else 0
    title = f"{number_emoji(number)} **{name_of(remedy)}**"
    own = await load_links(station.engine, server, pattern, remedy.slug) if viewer else []
    hosts = await load_links(station.engine, EVERY_SERVER, pattern, remedy.slug)
    shipped = station.servers.shipped_of(server, pattern, remedy.slug)
    said = [*shipped, *(one for one, _ in (*own, *hosts))]
    here = votes_say(station.knowledge(server).votes.get((pattern, remedy.slug)))
    if not said:
        added = remedy.slug in station.knowledge(server).added.get(pattern, ())
        nobody = "In no thread yet; a curator added it." if added else "In no thread yet."
        return "\n".join([title, nobody, *here])
    counts = Counter(one.stance for one in said)
    told = ", ".join(_said(counts[each], each) for each in STANCES if counts[each])
    quotes = await _quotes(viewer, own) if viewer else []
    quotes = _fitting(quotes, PART - sum(map(len, (title, told, _FROM, *here))))
    room = PART - sum(map(len, (title, told, *here, *quotes)))
    sources = _FROM + await _sources(station, viewer, said, room)
    return "\n".join([title, told, sources, *quotes, *here])


def votes_say(votes: Votes | None) -> list[str]:
    """What this server's members voted, as a line; few votes are not counted out: who cast them
    could be guessed. None without votes.
    """
    if votes is None or not votes.total:
        return []
    few = f"Fewer than {VOTES_SHOWN_FROM} members here have voted on it so far"
    return [f"-# {server_says(votes) if votes.total >= VOTES_SHOWN_FROM else few}."]


async def _sources(
    station: Station, viewer: Viewer | None, said: Sequence[Suggestion], room: int
) -> str:
    """Where it was said, in at most `room` characters: what the member may see, then how many."""
    threads = [key for key, _ in Counter(one.thread for one in said).most_common()]
    likely = threads[:MOST_LOOKED_AT]
    known: dict[str, Source] = {
        **{key: Source(key, title, "") for key, title in station.shipped_titles.items()},
        **await load_sources(station.engine, EVERY_SERVER, likely),
        **(await load_sources(station.engine, viewer.server, likely) if viewer else {}),
    }
    shown: list[str] = []
    for source in (known[key] for key in likely if key in known):
        if len(shown) == MOST_SOURCES:
            break
        # In a direct message nobody knows which of a server's channels they may read.
        if await viewer.may_follow(source.link) if viewer else not place_of(source.link):
            shown.append(f"“{source_name(source)}”")
    shown = _fitting(shown, room - len(_FROM) - 20)
    more = len(threads) - len(shown)
    rest = f"{more} more" if shown else counted(more, "thread")
    return ", ".join([*shown, *([rest] if more > 0 else [])])


def source_name(source: Source) -> str:
    """A thread's title, as a link where it has an address."""
    title = safe(source.title, 60)
    return linked(title, source.link) if source.link else title


async def _quotes(viewer: Viewer, own: Sequence[tuple[Suggestion, str]]) -> list[str]:
    lines: list[str] = []
    for counted_as, link in own:
        message = await viewer.message(link)
        if len(lines) == MOST_QUOTES or (message and not message.text):
            break  # one whose words are withheld tells that all are
        said = said_of(viewer, message.text, counted_as.remedy) if message else None
        # Who has changed their mind since is not quoted for what they said before.
        if said and not (message and message.edited and said.stance != counted_as.stance):
            lines.append(f"> {safe(said.quote)} ({linked('there', link)})")
    return lines


def said_of(viewer: Viewer, message: str, remedy: str) -> RemedyMention | None:
    """What a message says of a remedy, and its words; None where it names it not."""
    said = viewer.station.learner(viewer.server).said(message)
    return next((one for one in said if one.remedy == remedy), None)


def _fitting(lines: Sequence[str], room: int) -> list[str]:
    """The first lines that have room together, whole."""
    fitting: list[str] = []
    for line in lines:
        room -= len(line) + 2
        if room < 0:
            break
        fitting.append(line)
    return fitting
