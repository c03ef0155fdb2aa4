"""Which other comment a comment speaks of: "what Amanda said", "+1 to the above", "this!".

Names are used while a thread is read, and not kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.datafiles import Line, check, read_toml
from bot.reading.lexicon import Concept, build_lexicon, check_words
from bot.reading.reading import Mention, Reading
from bot.reading.tokens import Token, tokenize
from bot.threads.comments import GONE, Comment, Thread, person_key

_FILE = "lexicon/references.toml"
_BY_NAME, _BY_ANSWERING, _PLACES = (
    ("said", "with"),
    ("agreed", "answered", "went"),
    ("nearby", "asker"),
)
_NAME = "xname"  # stands for any name in the words of the file; no English word
_NEGATED = frozenset("not dont never disagree unlike wouldnt isnt wasnt didnt nor cant".split())
_NEGATES = 3  # words before a reference
_OPENING = 2  # sentences in which a comment answers another
_LONGEST = 3  # words of a name
_Name = tuple[str, ...]  # words in lower case; first letters alone in upper case
_ASIDE = re.compile(r"\([^)]*\)")  # "Rory (original post)"
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")  # "AmandaRuns"
_SHORT = re.compile(r"['’]s$", re.IGNORECASE)  # "Amanda's"
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Reference:
    """Words at tokens[start:end] that speak of one of the comments `to`, the likeliest first.

    None where they go without saying: "didn't help me". `all_named`: of all remedies that it names,
    not of a single one. `told`: only where the words tell as well how it went or that it will be
    tried. `names`: the people's that the comment names.
    """

    to: tuple[int, ...]
    start: int
    end: int
    all_named: bool
    told: bool
    names: tuple[str, ...] = ()

    def as_mention(self, reading: Reading) -> Mention:
        """The words as if they named a remedy themselves."""
        tokens = reading.tokens
        first = tokens[self.start]
        quote = _between(reading, self.start, self.end) if self.end > self.start else ""
        concept = Concept("remedy", "reference")
        return Mention(
            concept, "affirmed", self.start, self.end, first.clause, first.sentence, quote
        )

    def without_names(self, quote: str) -> str:
        """The comment's words without the people that they name."""
        for name in self.names:
            quote = quote.replace(name, "…")
        return quote


@dataclass(frozen=True, slots=True)
class _Call:
    """A name at tokens[start:end], and the comments of whoever is called so, the nearest first.

    `plainly`: written as a name, or no word but a name. `named`: not as "the above".
    """

    to: tuple[int, ...]
    start: int
    end: int
    plainly: bool
    named: bool = True


class ReferenceFinder:
    """Finds references by the words of data/lexicon/references.toml."""

    def __init__(self, data_dir: Path) -> None:
        """Raises DataFileError for a broken file."""
        path = data_dir / _FILE
        tables = read_toml(path)
        choices = check(path, "any", dict[str, tuple[Line, ...]], tables.pop("any", {}))
        choices["name"] = (_NAME,)
        words = {
            name: check_words(path, name, table, choices).words for name, table in tables.items()
        }
        self.by_name, self.by_answering, self.places = (
            build_lexicon(((Concept("frame", name), words[name]) for name in names), exact=True)
            for names in (_BY_NAME, _BY_ANSWERING, _PLACES)
        )
        self.place_words = {one.split()[-1] for name in _PLACES for one in words[name]}
        self.this = frozenset(choices["this"])
        self.follows = frozenset(words["follows"])
        self.goes_on = frozenset(words["goes-on"])
        self.no_names = frozenset(words["no-names"])
        self.also_words = frozenset(words["also-words"])


class Conversation:
    """A thread read comment by comment, in order: who is called what, and who spoke when."""

    def __init__(self, finder: ReferenceFinder, thread: Thread) -> None:
        self._finder = finder
        self._people: dict[_Name, set[str]] = {}
        self._spoke: dict[str, list[int]] = {}  # numbers of comments, by person_key
        self._last = (0, "")  # the comment before, and whose it is
        self._heard: tuple[int, list[_Call]] = (0, [])  # a comment's number, the names in it
        # Discord mentions by the author's id, people by what he is called.
        names = {(name, person_key(one)) for one in thread for name in (one.called, one.author)}
        for called, person in names:
            for name in self._names(called):
                self._people.setdefault(name, set()).add(person)
        self._clues = {name[0].lower() for name in self._people} | finder.place_words

    def without_people(self, comment: Comment, reading: Reading) -> Reading:
        """The next comment without remedies that are only in somebody's name: "Ice Queen"."""
        if not reading.of_kind("remedy"):
            return reading
        inside = {
            place
            for call in self._called(comment, reading)
            if call.named and _is_written_as_a_name(reading, call)
            for place in range(call.start, call.end)
        }
        kept = tuple(one for one in reading.mentions if one.start not in inside)
        return reading if len(kept) == len(reading.mentions) else replace(reading, mentions=kept)

    def references(self, comment: Comment, reading: Reading) -> list[Reference]:
        """The references in the next comment of the thread."""
        person = person_key(comment)
        remedies = {mention.sentence for mention in reading.of_kind("remedy")}
        calls = self._called(comment, reading)
        found = list(self._by_name(reading, calls, remedies)) if calls else []
        if not found and not remedies:
            to, begins = self._answered(comment, person), 0
            if calls and calls[0].start == 0:  # "@Amanda +1"
                to, begins = calls[0].to, calls[0].end
            found = list(self._by_answering(reading, to, begins))
        self._spoke.setdefault(person, []).insert(0, comment.number)
        self._last = comment.number, person
        names = tuple(
            _SHORT.sub("", _between(reading, one.start, one.end)) for one in calls if one.named
        )
        return [replace(one, names=names) for one in found]

    def _names(self, author: str) -> Iterator[_Name]:
        """What somebody is called: the whole name, its first word, its first letters."""
        words = [token.word for token in tokenize(_HUMP.sub(" ", _ASIDE.sub("", author)))]
        if not words or words[0] in self._finder.no_names:
            return
        yield tuple(words[:_LONGEST])
        yield ("".join(words),)
        if len(words[0]) > 1:
            yield (words[0],)
        if len(words) > 1:
            yield ("".join(word[0] for word in words).upper(),)

    def _answered(self, comment: Comment, person: str) -> tuple[int, ...]:
        """The comment that this one answers: the one before, where nothing else is known."""
        if comment.answers:
            return (comment.answers,) if comment.answers != GONE else ()
        number, whose = self._last
        return (number,) if number and whose != person else ()

    def _called(self, comment: Comment, reading: Reading) -> list[_Call]:
        """The names in the next comment, looked for once."""
        number, calls = self._heard
        if number != comment.number:
            calls = []
            if not self._clues.isdisjoint(_WORD.findall(comment.text.lower())):
                calls = list(self._calls(person_key(comment), reading))
            self._heard = comment.number, calls
        return calls

    def _calls(self, person: str, reading: Reading) -> Iterator[_Call]:
        """The names in a comment, other people's only."""
        places = {one.start: one for one in self._finder.places.find(reading.tokens)}
        end = 0
        for start in range(len(reading.tokens)):
            if start < end:
                continue
            call = self._call(person, reading, start)
            if call is None and start in places:
                place = places[start]
                number, whose = self._last if place.concept.name == "nearby" else (1, "")
                if number and whose != person:
                    call = _Call((number,), start, place.end, plainly=True, named=False)
            if call is not None:
                end = call.end
                yield call

    def _call(self, person: str, reading: Reading, start: int) -> _Call | None:
        """The name that begins at a token, in the words as they were written."""
        text, tokens = reading.text, reading.tokens[start : start + _LONGEST]
        first, end = tokens[0].start, tokens[0].end
        if _SHORT.sub("", text[first:end]).lower() not in self._clues:
            return None
        written = [_SHORT.sub("", text[token.start : token.end]) for token in tokens]
        for size in range(len(written), 0, -1):
            name = tuple(word.lower() for word in written[:size])
            people = self._people.get(name) or (size == 1 and self._people.get((written[0],)))
            numbers = [n for one in people or () if one != person for n in self._spoke.get(one, ())]
            if numbers:
                capital = text[first].isupper() or text[first - 1 : first] == "@"
                plainly = capital or name[0] not in self._finder.also_words
                return _Call(tuple(sorted(numbers, reverse=True)), start, start + size, plainly)
        return None

    def _by_name(
        self, reading: Reading, calls: Sequence[_Call], remedies: set[int]
    ) -> Iterator[Reference]:
        tokens, places = _with_names(reading, calls)
        for found in self._finder.by_name.find(tokens):
            start, end = places[found.start], places[found.end]
            # A remedy in the same sentence tells which one is meant: "as Barry says, warm down".
            if reading.tokens[start].sentence in remedies or _negated(reading.tokens, start):
                continue
            if not _is_plus(reading.text, reading.tokens[start]):
                continue
            call = next(one for one in calls if start <= one.start < end)
            if found.concept.name == "said" or (call.plainly and self._ends(tokens, found.end)):
                yield Reference(call.to, start, end, all_named=True, told=False)

    def _ends(self, tokens: Sequence[Token], end: int) -> bool:
        """Whether nothing that the name could be a part of goes on at tokens[end]."""
        return _new_clause(tokens, end) or tokens[end].word in self._finder.follows

    def _by_answering(
        self, reading: Reading, to: tuple[int, ...], begins: int
    ) -> Iterator[Reference]:
        """`begins`: the token after the name of whoever is answered."""
        opening = [token for token in reading.tokens[begins:] if token.sentence < _OPENING]
        for found in self._finder.by_answering.find(opening) if to else ():
            start, end = found.start, found.end
            agreed = found.concept.name == "agreed"
            if _negated(opening, start) or not _is_plus(reading.text, opening[start]):
                continue
            if agreed and _new_clause(opening, start) and _new_clause(opening, end):
                yield Reference(to, begins + start, begins + end, all_named=False, told=False)
            elif found.concept.name == "went":
                if not (_new_clause(opening, end) or opening[end].word in self._finder.goes_on):
                    continue  # "Worked all day on my feet"
                # Before the words, which tell how it went: they stand for no remedy themselves.
                yield Reference(to, begins + start, begins + start, all_named=False, told=True)
            elif not agreed:
                for n in range(start, end):
                    if opening[n].word in self._finder.this:
                        yield Reference(to, begins + n, begins + n + 1, all_named=False, told=True)


def _between(reading: Reading, start: int, end: int) -> str:
    return reading.text[reading.tokens[start].start : reading.tokens[end - 1].end]


def _with_names(reading: Reading, calls: Sequence[_Call]) -> tuple[list[Token], list[int]]:
    """The tokens with one for each name, and where each began; one more for the end."""
    tokens: list[Token] = []
    places: list[int] = []
    by_start = {call.start: call for call in calls}
    place = 0
    while place < len(reading.tokens):
        token, call = reading.tokens[place], by_start.get(place)
        places.append(place)
        if call is not None:
            last = reading.tokens[call.end - 1]
            theirs = _SHORT.search(reading.text[last.start : last.end])
            token = token._replace(word=_NAME + "s" * bool(theirs), number=False)
        tokens.append(token)
        place = call.end if call else place + 1
    return tokens, [*places, place]


def _is_written_as_a_name(reading: Reading, call: _Call) -> bool:
    """Whether it is "@name", or two words or more with capitals: "Ice Queen", no "foam roller"."""
    words = [reading.text[one.start : one.end] for one in reading.tokens[call.start : call.end]]
    start = reading.tokens[call.start].start
    addressed = reading.text[start - 1 : start] == "@"
    return addressed or (len(words) > 1 and all(word[0].isupper() for word in words))


def _is_plus(text: str, token: Token) -> bool:
    """False for a number that is no "+1": "1 week off"."""
    return not token.word[0].isdigit() or text[token.start - 1 : token.start] == "+"


def _new_clause(tokens: Sequence[Token], place: int) -> bool:
    """Whether a clause begins or ends before tokens[place]."""
    return not 0 < place < len(tokens) or tokens[place - 1].clause != tokens[place].clause


def _negated(tokens: Sequence[Token], place: int) -> bool:
    before = tokens[max(0, place - _NEGATES) : place]
    return any(one.word in _NEGATED and one.clause == tokens[place].clause for one in before)
