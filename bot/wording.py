"""Sentences of the reply: counts, votes and evidence in words, and a member's words made safe."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from urllib.parse import quote

from bot.advice import Advice, RankedRemedy
from bot.knowledge.catalogue import Evidence, Pattern, Remedy
from bot.knowledge.snapshot import Votes
from bot.knowledge.tally import Tally

QUOTE_LENGTH = 120
remembered = lru_cache(maxsize=1024)  # for what is said of an advice, the same in each reply
OF_ANOTHER = "These are somebody else's words: “you” is whoever wrote them. Only you see this."
WAITS = "I have it, and keep it as soon as my database is free again."
NO_REMEDIES = "No runner has told me yet what helps with this."
GRADES = {
    "supported": "supported",
    "weak": "weak support",
    "little": "little support",
    "advised-against": "advised against",
}
_IN_ADDRESSES = "%/:?#@!$&'()+,;=~"  # all that may stand there but < > [ ] and *
_SPECIAL = re.compile(r"[\\*_~`|<>\[\]()#@:/]|^-")  # a dash at the beginning makes a list


def number_emoji(number: int) -> str:
    """The keycap emoji of 1 to 9."""
    return f"{number}\ufe0f\u20e3"


def safe(text: str, limit: int = QUOTE_LENGTH) -> str:
    """A member's words for showing: one line, no live Markdown, link or mention, not too long."""
    # Cc and Cf are control characters, among them those that turn the reading direction around.
    if not text.isprintable():  # which most are, and then hold none
        text = "".join(" " if unicodedata.category(c) in ("Cc", "Cf") else c for c in text)
    line = " ".join(text.split())
    if len(line) > limit:
        line = line[: limit - 1].rstrip() + "…"
    return _SPECIAL.sub(r"\\\g<0>", line)


def curated(text: str, own: bool) -> str:
    """A text of the catalogue; what a server's curators wrote is made safe, whole."""
    return safe(text, len(text)) if own else text


def name_of(entry: Pattern | Remedy) -> str:
    """What a pattern or remedy is called, safe to show."""
    return curated(entry.name, entry.own)


def linked(words: str, address: str) -> str:
    """Words, safe already, as a link without a preview; nothing in the address ends it early."""
    return f"[{words}](<{quote(address, safe=_IN_ADDRESSES)}>)"


def caution_text(caution: str, club_line: str) -> str:
    """The caution, with the club's own line under it; both as small print."""
    return f"{caution}\n-# {safe(club_line, len(club_line))}" if club_line else caution


def emergency_line(number: str) -> str:
    """The emergency number that the club's admins named, "" for none."""
    return f"☎️ Emergency number here: **{safe(number)}**" if number else ""


def counted(number: int, one: str, more: str = "") -> str:
    """Such as "1 thread" or "2 threads"; `more`: the plural, where it is not just an "s" longer."""
    return f"{number} {one if number == 1 else more or one + 's'}"


def runners_say(tally: Tally, people: int) -> str:
    """Tally in words, like "9 of 14 runners suggest it, 5 say it helped, 1 that it did not"."""
    of = f"of {counted(people, 'runner')}"
    against = tally.against
    if tally.in_favour:
        parts = [f"{tally.in_favour} {of} {verb_for(tally.in_favour, 'suggest')} it"]
        if tally.helped:
            parts.append(f"{tally.helped} {verb_for(tally.helped, 'say')} it helped")
        if against:
            did_not = (
                "that it did not" if tally.helped else f"{verb_for(against, 'say')} it did not help"
            )
            parts.append(f"{against} {did_not}")
        return ", ".join(parts)
    if against:
        return f"{against} {of} {verb_for(against, 'say')} it did not help"
    if tally.people:
        return f"{tally.people} {of} tried it"
    return "No runner mentioned it yet"


def server_says(votes: Votes) -> str:
    """This server's votes in words, like "5 members here say it helped, 2 that it did not"."""
    said = votes.helped or votes.not_helped
    members = f"{said} {'member' if said == 1 else 'members'} here {verb_for(said, 'say')}"
    if not votes.helped:
        return f"{members} it did not help"
    against = f", {votes.not_helped} that it did not" if votes.not_helped else ""
    return f"{members} it helped{against}"


def research_says(evidence: Evidence) -> str:
    """An evidence mark in words: on what condition, and by which source, linked if it can be."""
    words = f"Research: {GRADES[evidence.grade]}. {evidence.says}"
    source = _source(evidence)
    return f"{words} ({source})" if source else words


@remembered
def remedy_text(number: int, ranked: RankedRemedy, people: int) -> str:
    """One numbered remedy: its name, how it is done, and what speaks for it."""
    remedy = ranked.remedy
    said = ["Added by this club"] if ranked.added else []
    if ranked.tally.people or not ranked.added:
        said.append(runners_say(ranked.tally, people))
    if ranked.votes:
        said.append(server_says(ranked.votes))
    lines = [f"{number_emoji(number)} **{name_of(remedy)}**"]
    lines.append(curated(remedy.how, remedy.own))
    if remedy.caution:
        lines.append(f"⚠️ {curated(remedy.caution, remedy.own)}")
    lines.append(f"-# {' · '.join(said)}")
    if ranked.evidence:
        lines.append(f"-# {research_says(ranked.evidence)}")
    return "\n".join(lines)


@remembered
def advised_against(advice: Advice) -> str:
    """The popular remedies that research advises against, each with why."""
    lines = ["**✋ Often suggested, but advised against**"]
    return "\n".join([*lines, *_by_research(advice.but)])


@remembered
def rarely_mentioned(advice: Advice) -> str:
    """The remedies that research supports and runners rarely name, each with when."""
    lines = ["**🔬 Supported by research, rarely mentioned here**"]
    return "\n".join([*lines, *_by_research(advice.rarely)])


def _by_research(remedies: Iterable[RankedRemedy]) -> Iterator[str]:
    """A line for each thing that research says, with the remedies of which it says that."""
    names: dict[str, list[str]] = {}
    for ranked in remedies:
        evidence = ranked.evidence
        source = _source(evidence) if evidence else ""
        says = evidence.says + (f" ({source})" if source else "") if evidence else ""
        names.setdefault(says, []).append(f"**{name_of(ranked.remedy)}**")
    for says, some in names.items():
        yield ", ".join(some) + (f": {says}" if says else "")


def verb_for(people: int, verb: str) -> str:
    """A verb's form for so many people: "1 suggests", "2 suggest", "1 tried"."""
    if verb.endswith("ied"):
        return verb
    return f"{verb}s" if people == 1 else verb


def _source(evidence: Evidence) -> str:
    if not evidence.source:
        return ""
    name = evidence.source.split(",")[0]  # "Neal 2022" of "Neal 2022, review of 65 trials"
    if evidence.year and str(evidence.year) not in name:
        name = f"{name} {evidence.year}"
    address = evidence.url or ""
    return linked(name, address) if address.startswith("https://") else name
