"""Text into tokens: normalised words with their place in the text, sentence and clause."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

import Stemmer

FORMS_REMEMBERED = 20_000
LONGEST_REMEMBERED = 30  # characters of a run; few longer ones stand in two texts
MAX_CHARS = 10_000  # far above Discord's 2,000; what is longer is a pasted article

# A hyphen or stroke between two letters joins them ("run-walk"); elsewhere it ends a clause.
# "5.5 miles" and "1:52:09" are one figure each: their points end no sentence.
_TOKEN = re.compile(
    r"\d+(?:[.,:]\d+)+[a-z]*|[a-z0-9]+(?:'[a-z]+)*"
    r"|(?<![a-z0-9])[-/]|[-/](?![a-z0-9])|[^\sa-z0-9'/-]"
)
# Addresses, and Discord's marks for people, channels and pictures, say nothing of a pain.
_LINK = r"(?:https?://|www\.)[^\s<>()\[\]]+"
_LINKS = re.compile(_LINK, re.I)
_ADDRESSES = re.compile(rf"{_LINK}|<(?:@[!&]?|#|a?:\w+:)\d+>|@(?:everyone|here)\b", re.I)
# An age, "my son (14)" or "my son, 14, has", sets nothing apart.
_AGES = ((re.compile(r"\((\d{1,2})\)"), r" \1 "), (re.compile(r", (\d{1,2})(?=[,)])"), r"  \1"))
_DIGITS = re.compile(r"\d+(?:[.,:]\d+)*")
_SENTENCE_END = frozenset(".!?\n")
_CLAUSE_END = frozenset(",;:()[]–—-/")
_CLAUSE_WORDS = frozenset(
    "but although though whereas except while because cos then however yet which".split()
)
_NUMBER_WORDS = frozenset(
    (
        "one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty "
        "forty fifty sixty couple few several half"
    ).split()
)
# Words that may stand inside any phrase: "back of my left knee" is "back of knee".
LOOSE = frozenset("my the a an your his her their our this that left right both".split())
_QUOTES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "′": "'"})
# What takes the place of one character, so that nothing moves.
_SAME_LENGTH = _QUOTES | str.maketrans({"\r": " ", "\n": "."})
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_stemmer = Stemmer.Stemmer("english")
# Their stems are parts of the body or remedies, and they are not: "headed out", "my leggings",
# "my lungs" (lunges), "insertional" (an insert), "a needle" (needling), "weights" (my weight).
_OWN_STEM = frozenset(
    (
        "backed backing faced facing footing handed handing headed heading legging leggings "
        "lung lungs insertional elevator elevators boots crutches eccentric lifting marble "
        "needle needles pills potatoes rolls rowing sleeps sprays strapped warms weights"
    ).split()
)


class Token(NamedTuple):
    """A word as read. `start` and `end` are offsets in the original text.

    `word` is lower case without apostrophes, digits kept; `stem` is its English stem with every
    number as "0"; `number` tells a number or number word; `loose` one that may stand inside any
    phrase.
    """

    word: str
    stem: str
    start: int
    end: int
    sentence: int
    clause: int
    number: bool
    loose: bool


class Form(NamedTuple):
    """What a run of letters and digits is, wherever it stands."""

    word: str
    stem: str
    number: bool
    loose: bool
    begins_clause: bool


class _Word(NamedTuple):
    """A word in a run. `marks`: the clauses that end between the word before it and this one.

    `ends`: whether a sentence does.
    """

    form: Form
    start: int
    end: int
    marks: int
    ends: bool


class _Run(NamedTuple):
    """What stands between two spaces: its words, and what ends after the last of them."""

    words: tuple[_Word, ...]
    marks: int
    ends: bool


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """The stem of a lower-case word by Porter 2, but for _OWN_STEM; numbers in it become "0"."""
    bare = word.replace("'", "")
    if bare in _OWN_STEM:
        return bare
    if bare.isalpha():
        return str(_stemmer.stemWord(bare))
    return _DIGITS.sub("0", bare)


@lru_cache(maxsize=FORMS_REMEMBERED)
def form_of(found: str) -> Form:
    """The form of a run of letters, digits and apostrophes, all in lower case."""
    word = found.replace("'", "")
    number = word[0].isdigit() or word in _NUMBER_WORDS
    return Form(word, stem(word), number, word in LOOSE, found in _CLAUSE_WORDS)


class Tokenizer:
    """Cuts texts into tokens, and remembers how it cut what stands between two spaces."""

    def __init__(self, form: Callable[[str], Form] = form_of) -> None:
        """`form`: what each run of letters and digits is, by default as it is spelt."""
        self._form = form
        self._remembered = lru_cache(maxsize=FORMS_REMEMBERED)(self._cut)

    def tokens(self, text: str) -> list[Token]:
        """All words of the first MAX_CHARS characters, in order; punctuation only ends clauses."""
        plain, offsets = _plain(text[:MAX_CHARS])
        for age, joined in _AGES:
            plain = age.sub(joined, plain)
        tokens: list[Token] = []
        sentence = clause = 0
        ended = False  # the sentence, since the last word: "...", "?!" end one, not several
        for place, (words, marks_after, ends_after) in self._runs(plain):
            for (word, own_stem, number, loose, begins), start, end, marks, ends in words:
                if tokens and (ended or ends):
                    sentence += 1
                ended = False
                clause += marks + begins
                start += place
                end += place
                if offsets is not None:
                    start, end = offsets[start], offsets[end - 1] + 1
                tokens.append(Token(word, own_stem, start, end, sentence, clause, number, loose))
            clause += marks_after
            ended = ended or ends_after
        return tokens

    def _runs(self, plain: str) -> Iterator[tuple[int, _Run]]:
        """What stands between spaces, each with its place in the text."""
        place = 0
        for run in plain.split(" "):
            if run:
                cut = self._remembered if len(run) <= LONGEST_REMEMBERED else self._cut
                yield place, cut(run)
            place += len(run) + 1

    def _cut(self, run: str) -> _Run:
        words: list[_Word] = []
        marks, ends = 0, False
        for match in _TOKEN.finditer(run):
            found = match[0]
            if found[0].isalnum():
                words.append(_Word(self._form(found), *match.span(), marks, ends))
                marks, ends = 0, False
            else:
                marks += found in _SENTENCE_END or found in _CLAUSE_END
                ends = ends or found in _SENTENCE_END
        return _Run(tuple(words), marks, ends)


tokenize = Tokenizer().tokens


def without_addresses(text: str) -> str:
    """A text with spaces in place of addresses, mentions and Discord's own pictures."""
    # Most texts have none; to look for these costs a tenth of the search.
    if not any(mark in text for mark in ("://", "<", "@")) and "www." not in text.lower():
        return text
    return _ADDRESSES.sub(_blanked, text)


def without_links(text: str) -> str:
    """A text with spaces in place of links: their words are a page's, not the writer's."""
    return _LINKS.sub(_blanked, text) if "://" in text or "www." in text else text


def _blanked(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _plain(text: str) -> tuple[str, list[int] | None]:
    """Lower-case text without accents and invisible marks, and where each character stood.

    The offsets are None where nothing moved (by far the most).
    """
    text = text.translate(_SAME_LENGTH)
    if text.isascii():
        return text.lower(), None
    parts: list[str] = []
    offsets: list[int] = []
    done = 0
    for found in _FOREIGN.finditer(text):
        place = found.start()
        parts.append(text[done:place].lower())
        offsets.extend(range(done, place))
        plain = _unaccented(found[0])
        parts.append(plain)
        offsets.extend([place] * len(plain))
        done = place + 1
    parts.append(text[done:].lower())
    offsets.extend(range(done, len(text)))
    return "".join(parts), offsets


@lru_cache(maxsize=4096)
def _unaccented(char: str) -> str:
    """A character without its accents; nothing for an invisible mark."""
    return "".join(
        part
        for part in unicodedata.normalize("NFKD", char).lower()
        if not unicodedata.combining(part) and unicodedata.category(part) != "Cf"
    )
