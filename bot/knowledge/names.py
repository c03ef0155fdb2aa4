"""All names of a server's patterns or remedies, ready to be looked through at every keystroke."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, cast

from rapidfuzz import fuzz, process
from rapidfuzz.utils import default_process

from bot.knowledge.catalogue import Pattern, Remedy
from bot.knowledge.snapshot import Knowledge

CHOICES = 25  # Discord's, for autocomplete
_WORD_ALIKE = 74  # of 100, by RapidFuzz's ratio: "rolr" and "roller"
_NAME_ALIKE = 70
_LAST = "\U0010ffff"  # after each letter
Entry = Pattern | Remedy


class Names:
    """The names of some entries. Built once; holds no more than they do.

    A name is compared as RapidFuzz's default_process leaves it: lower case, letters and digits.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = tuple(entries)
        self._names: list[str] = []
        self._whose: list[Entry] = []  # for each name
        self._shown: set[int] = set()  # the places of entries' first names
        for entry in self._entries:
            self._shown.add(len(self._names))
            for name in (entry.name, *entry.called):
                self._names.append(str(default_process(name)))
                self._whose.append(entry)
        self._with_word: dict[str, set[int]] = {}
        for place, name in enumerate(self._names):
            for word in name.split():
                self._with_word.setdefault(word, set()).add(place)
        self._words = sorted(self._with_word)

    def find(self, typed: str, used: Mapping[str, int]) -> list[Entry]:
        """At most 25 entries for what was typed so far, the likeliest first.

        For nothing typed the most used first; `used`: how often, by slug.
        """
        query = str(default_process(typed))
        if not query:
            most = sorted(self._entries, key=lambda one: (-used.get(one.slug, 0), one.name))
            return most[:CHOICES]
        found: dict[str, Entry] = {}
        # The nearer the cheaper: what only sounds alike is looked for when too little begins so.
        for places in (self._holding(query), self._alike_by_word(query), self._alike(query)):
            for place in places:
                entry = self._whose[place]
                found.setdefault(entry.slug, entry)
            if len(found) >= CHOICES:
                break
        return list(found.values())[:CHOICES]

    def _holding(self, query: str) -> list[int]:
        """Names with the query in them: at their beginning, at a word's, then anywhere.

        The names that are shown come before what else their entries are called: whoever types
        "bosu" sees "Bosu balance" before "Ankle strength", which is called that, too.
        """
        places = [place for place, name in enumerate(self._names) if query in name]

        def nearness(place: int) -> tuple[bool, bool, bool, int]:
            name = self._names[place]
            shown = place in self._shown
            return not name.startswith(query), not shown, f" {query}" not in name, len(name)

        return sorted(places, key=nearness)

    def _alike_by_word(self, query: str) -> Iterator[int]:
        """Names in which each of the query's words is begun or nearly meant, in any order."""
        near = [
            set[int]().union(*(self._with_word[known] for known in self._near_words(word)))
            for word in query.split()
        ]
        names = {place: self._names[place] for place in sorted(set.intersection(*near))}
        hits = process.extract(query, names, scorer=fuzz.token_sort_ratio, limit=2 * CHOICES)
        yield from (place for _, _, place in hits)

    def _near_words(self, word: str) -> Iterator[str]:
        """The known words that begin with this one, and those that are nearly it."""
        first = bisect_left(self._words, word)
        yield from self._words[first : bisect_left(self._words, word + _LAST, lo=first)]
        hits = process.extract(
            word, self._words, scorer=fuzz.ratio, score_cutoff=_WORD_ALIKE, limit=CHOICES
        )
        yield from (known for known, _, _ in hits)

    def _alike(self, query: str) -> Iterator[int]:
        """Names that are nearly the query as a whole, its words joined or parted."""
        hits = process.extract(
            query, self._names, scorer=fuzz.ratio, score_cutoff=_NAME_ALIKE, limit=2 * CHOICES
        )
        yield from (place for _, _, place in hits)


def names_of(knowledge: Knowledge, kind: Literal["pattern", "remedy"]) -> Names:
    """The names that a server knows. A snapshot never changes, so they are kept with it."""
    kept = knowledge.names.get(kind)
    if kept is None:
        catalogue = knowledge.catalogue
        entries: Iterable[Entry] = (
            catalogue.patterns.values() if kind == "pattern" else catalogue.remedies.values()
        )
        kept = knowledge.names[kind] = Names(entries)
    return cast(Names, kept)
