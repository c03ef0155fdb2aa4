""" "Who said so?": counts by stance, the sources, and the server's own runners in their words.

No member's words are stored: they are read from Discord when they are shown, and a message that
was deleted has none any more. They never leave their server.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import discord
from discord import ui

from bot.advice import RankedRemedy
from bot.knowledge.tally import STANCES, Stance, Suggestion
from bot.store.suggestions import EVERY_SERVER, Source, load_links, load_sources
from bot.views.errors import SLUG, AidView, Guarded, tell_privately
from bot.views.layouts import CALM, view_of
from bot.views.text import name_of, number_emoji, safe

if TYPE_CHECKING:
    from bot.client import AidStation

MOST_QUOTES, MOST_SOURCES = 3, 4
_LINK = re.compile(r"https://discord\.com/channels/(\d+)/(\d+)/(\d+)")
SAID: dict[Stance, str] = {
    "recommends": "suggest it",
    "helped": "say it helped",
    "helped-some": "say it helped a little",
    "no-help": "say it did not help",
    "warns": "warn of it",
    "tried": "tried it and do not say how it went",
    "untried": "only think of it",
}


class WhoSaidSo(Guarded, ui.DynamicItem[ui.Button[Any]], template=rf"aid1:who:(?P<pattern>{SLUG})"):
    """Shows, privately, who said what of the remedies of an answer."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        super().__init__(ui.Button(label="Who said so?", custom_id=f"aid1:who:{pattern}"))

    async def press(self, interaction: discord.Interaction[AidStation]) -> None:
        """Gathers it and answers."""
        bot, server = interaction.client, interaction.guild_id
        advice = bot.advise(self.pattern, server)
        if advice is None:
            await tell_privately(interaction, "I do not know this one any more.")
            return
        await interaction.response.defer(ephemeral=True, thinking=True)
        parts = [
            await _part(bot, server or 0, self.pattern, number, ranked)
            for number, ranked in enumerate(advice.remedies, start=1)
        ]
        await interaction.followup.send(view=_layout(parts), ephemeral=True)


def _layout(parts: Sequence[str]) -> AidView:
    foot = "-# A person counts once for each thread. Names are not kept."
    texts = [ui.TextDisplay[AidView](part[:700]) for part in parts]
    if not texts:
        texts = [ui.TextDisplay("Nobody has said anything of this yet.")]
    return view_of(CALM, ui.TextDisplay("### Who said so?"), *texts, ui.TextDisplay(foot))


async def _part(
    bot: AidStation, server: int, pattern: str, number: int, ranked: RankedRemedy
) -> str:
    remedy = ranked.remedy
    title = f"{number_emoji(number)} **{name_of(remedy)}**"
    own = await load_links(bot.engine, server, pattern, remedy.slug)
    hosts = await load_links(bot.engine, EVERY_SERVER, pattern, remedy.slug)
    shipped = bot.servers.shipped_of(server, pattern, remedy.slug)
    said = [*shipped, *(one for one, _ in (*own, *hosts))]
    if not said:
        return f"{title}\nNobody yet; a curator added it." if ranked.added else f"{title}\nNobody."
    counts = Counter(one.stance for one in said)
    lines = [", ".join(f"{counts[each]} {SAID[each]}" for each in STANCES if counts[each])]
    lines.append("-# From: " + ", ".join(await _sources(bot, server, said)))
    lines += await _quotes(bot, server, remedy.slug, [link for _, link in own])
    return "\n".join([title, *lines])


async def _sources(bot: AidStation, server: int, said: Sequence[Suggestion]) -> list[str]:
    known: dict[str, Source] = {
        **{key: Source(key, title, "") for key, title in bot.shipped_titles.items()},
        **await load_sources(bot.engine, EVERY_SERVER),
        **await load_sources(bot.engine, server),
    }
    threads = [key for key, _ in Counter(one.thread for one in said).most_common()]
    shown = [_source(known[key]) for key in threads[:MOST_SOURCES] if key in known]
    more = len(threads) - len(shown)
    return [*shown, *([f"{more} more"] if more > 0 else [])]


def _source(source: Source) -> str:
    title = safe(source.title, 60)
    return f"[{title}](<{source.link}>)" if source.link else title


async def _quotes(bot: AidStation, server: int, remedy: str, links: Sequence[str]) -> list[str]:
    lines = []
    for link in links:
        words = await read_words(bot, server, link, remedy)
        if words:
            lines.append(f"> {safe(words)} ([there](<{link}>))")
        if len(lines) == MOST_QUOTES:
            break
    return lines


async def read_words(bot: AidStation, server: int, link: str, remedy: str) -> str:
    """What a Discord message of this server says of a remedy; "" when it is gone or elsewhere."""
    said = bot.learner(server).said(await read_message(bot, server, link))
    return next((one.quote for one in said if one.remedy == remedy), "")


async def read_message(bot: AidStation, server: int, link: str) -> str:
    """The words of a Discord message of this server; "" when it is gone or elsewhere."""
    found = _LINK.fullmatch(link)
    if found is None or int(found[1]) != server:
        return ""
    channel = bot.get_partial_messageable(int(found[2]), guild_id=server)
    try:
        return (await channel.fetch_message(int(found[3]))).content
    except discord.HTTPException:
        return ""
