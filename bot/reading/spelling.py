"""Spelling: an unknown word becomes the lexicon's nearest, when it is near enough."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from copy import copy

from rapidfuzz import process
from rapidfuzz.distance import OSA

_SHORTEST = 4
_LONGEST = 24


class Spelling:
    """Mends words toward `targets` (the lexicon's), leaving `known` English words alone."""

    def __init__(self, targets: Iterable[str], known: Iterable[str]) -> None:
        wanted = {word for word in targets if len(word) >= _SHORTEST}
        self._known = wanted | set(known)
        self._by_letter: dict[str, list[str]] = defaultdict(list)
        for word in sorted(wanted):
            self._by_letter[word[0]].append(word)
        self._own: frozenset[str] = frozenset()

    def with_targets(self, words: Iterable[str]) -> Spelling:
        """The same, mending toward these words too. They share all that is large."""
        more = copy(self)
        more._own = frozenset(word for word in words if len(word) >= _SHORTEST) - self._known
        more._by_letter = defaultdict(list, self._by_letter)
        for word in sorted(more._own):
            more._by_letter[word[0]] = [*more._by_letter[word[0]], word]
        return more

    def knows(self, word: str) -> bool:
        """Whether a word, in lower case without apostrophes, needs no mending."""
        return word in self._known or word in self._own

    def mend(self, word: str) -> str:
        """The word itself, or the lexicon's word at one edit (two from seven letters on).

        The first letter must agree, as it does in nearly all misspellings.
        """
        if not _SHORTEST <= len(word) <= _LONGEST or not word.isalpha():
            return word
        if self.knows(word):
            return word
        limit = 1 if len(word) < 7 else 2
        hit = process.extractOne(
            word, self._by_letter.get(word[0], ()), scorer=OSA.distance, score_cutoff=limit
        )
        return hit[0] if hit else word
