"""A text's sentences by themselves: the model reads a text as a whole, in which little drowns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import chain, groupby
from math import ceil
from operator import attrgetter

from bot.assessment import Assessment
from bot.reading.reading import Reading
from bot.reading.tokens import Token
from bot.screen import Screen

# Few type full stops on a phone: a sentence of more words than LONG is cut into runs of about RUN.
# Of 60 dangers told in passing, with all marks taken out, 6 are missed then, and 18 without.
LONG, RUN = 36, 20
# What nothing beside it explains or takes back: a sentence so SHORT; in so short a text, or where
# at most AFTER words follow, the words with so many BEFORE and AFTER them.
SHORT, SHORT_TEXT, BEFORE, AFTER = 10, 18, 2, 4
_ADDS = frozenset("and also plus oh".split())  # what follows is another matter
MOST = 24  # parts, so that a text of very many sentences takes no longer: some go together


class CloseReading:
    """Each sentence alone, and with the one that follows it; assessed as they are asked for.

    A text of one sentence has none, unless it is a long one: it is assessed as a whole.
    """

    def __init__(
        self, reading: Reading, assess: Callable[[str], Assessment], screen: Screen
    ) -> None:
        """`assess`: as the whole was assessed."""
        self._reading = reading
        self._assess = assess
        self._screen = screen
        self._assessed: dict[tuple[int, int], Assessment] = {}

    @property
    def is_empty(self) -> bool:
        """Whether there is no sentence beside the whole."""
        return not self._parts

    def suspects(self) -> Iterator[int]:
        """The sentences whose words alone are like those of dangers, by their place."""
        return (place for place, part in enumerate(self._parts) if self._screen.suspects(part))

    def alone(self, place: int) -> Assessment:
        """The sentence at this place by itself."""
        return self._of(place, place)

    def followed(self, place: int) -> Assessment:
        """The same with the next one, which may take back what it tells."""
        return self._of(place, min(place + 1, len(self._parts) - 1))

    def sentences(self) -> Iterator[Assessment]:
        """Each alone."""
        return map(self.alone, range(len(self._parts)))

    def between(self, first: int, last: int) -> Assessment:
        """The words from one place to another by themselves."""
        return self._words(self._reading.tokens[first], self._reading.tokens[last])

    def short_sentence(self, first: int, last: int) -> tuple[int, int] | None:
        """The first and last place of what words stand in, where that is a short sentence."""
        begin, end = self._sentence(first, last)
        return (begin, end) if end - begin < SHORT else None

    def few_words(self, first: int, last: int) -> tuple[int, int] | None:
        """The same with the few words around them in their sentence, where the text is a short one
        or ends with them.
        """
        begin, end = self._sentence(first, last)
        size = len(self._reading.tokens)
        if size > SHORT_TEXT and last + AFTER < size - 1:
            return None
        after = range(last + 1, min(end, last + AFTER) + 1)
        adds = next((n for n in after if self._reading.tokens[n].word in _ADDS), after.stop)
        return max(begin, first - BEFORE), adds - 1

    def _sentence(self, first: int, last: int) -> tuple[int, int]:
        tokens = self._reading.tokens
        begun, ended = tokens[first].sentence, tokens[last].sentence
        places = [n for n, one in enumerate(tokens) if begun <= one.sentence <= ended]
        return places[0], places[-1]

    def __iter__(self) -> Iterator[Assessment]:
        """All that there are: each alone, then each with the next."""
        yield from self.sentences()
        yield from map(self.followed, range(len(self._parts) - 1))

    @cached_property
    def _parts(self) -> list[list[Token]]:
        by_sentence = groupby(self._reading.tokens, key=attrgetter("sentence"))
        parts = [run for _, tokens in by_sentence for run in _runs(list(tokens))]
        if len(parts) < 2:
            return []
        step = ceil(len(parts) / MOST)
        return [
            [*chain.from_iterable(parts[place : place + step])]
            for place in range(0, len(parts), step)
        ]

    def _of(self, first: int, last: int) -> Assessment:
        if (first, last) not in self._assessed:
            self._assessed[first, last] = self._words(self._parts[first][0], self._parts[last][-1])
        return self._assessed[first, last]

    def _words(self, first: Token, last: Token) -> Assessment:
        return self._assess(self._reading.text[first.start : last.end])


def _runs(sentence: list[Token]) -> list[list[Token]]:
    if len(sentence) <= LONG:
        return [sentence]
    size = ceil(len(sentence) / ceil(len(sentence) / RUN))
    return [sentence[place : place + size] for place in range(0, len(sentence), size)]
