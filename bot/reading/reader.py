"""The reader: text in, Reading out. The one place where English is read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from functools import lru_cache
from pathlib import Path

from bot.datafiles import DataFileError
from bot.knowledge.catalogue import Catalogue
from bot.reading.alike import Alikes
from bot.reading.context import CUE, Context, Cue, load_cues
from bot.reading.lexicon import (
    Concept,
    Found,
    Lexicon,
    build_lexicon,
    find_in,
    has_words,
    load_concepts,
    load_otherwise,
)
from bot.reading.reading import Mention, Reading
from bot.reading.spelling import Spelling
from bot.reading.tokens import FORMS_REMEMBERED, LOOSE, Form, Token, Tokenizer, form_of, stem

SKIMMED = frozenset({"named", "remedy", CUE})
_WITHIN = frozenset({"sign", "feeling"})
# Words that mean nothing of their kind take the place of the shorter ones within: "ice" in "black
# ice" is no remedy, the "hand" of "second hand shoes" no place.
OTHERWISE = "otherwise"
WORDS_FILE = "built/words.txt"
FORMS_OF_A_SERVER = 2_000  # remembered by a reader that knows a server's own names: there are many
# What is said word for word more often than this, in a text of more words than that, is no telling.
_OFTEN = 8
_LONG = 100
_FIGURE = re.compile(r"\d+(?:[.,]\d+)?")


class Reader:
    """Reads texts with one lexicon. Built once, shared by answering and learning."""

    def __init__(self, data_dir: Path, catalogue: Catalogue) -> None:
        """Raises DataFileError when the lexicon is broken."""
        self._cues = load_cues(data_dir)
        told = dict(load_concepts(data_dir))
        for kind, name in told:
            if kind == "remedy" and name not in catalogue.remedies:
                raise DataFileError(f"{data_dir}/lexicon/remedies.toml: no remedy {name!r}")
            for field in ("broad", "taken_for"):
                for pattern in getattr(told[Concept(kind, name)], field):
                    if pattern not in catalogue.patterns:
                        raise DataFileError(f"{data_dir}/lexicon: [{name}] {field}: no {pattern!r}")
        self.labels = {concept: each.label for concept, each in told.items() if each.label}
        self.intimate = frozenset(concept for concept, each in told.items() if each.intimate)
        self.broad = {concept: each.broad for concept, each in told.items() if each.broad}
        self.taken_for = {
            concept: each.taken_for for concept, each in told.items() if each.taken_for
        }
        self._compares = frozenset(concept for concept, each in told.items() if each.compares)
        entries = [(concept, each.words) for concept, each in told.items()]
        entries += _named(catalogue, self._cues)
        entries.append((Concept("remedy", OTHERWISE), load_otherwise(data_dir)))
        self.concepts = frozenset(one for one, _ in entries if one.name != OTHERWISE)
        lexicon = build_lexicon(entries)
        self._lexicons: tuple[Lexicon, ...] = (lexicon,)
        skimmed = build_lexicon(one for one in entries if one[0].kind in SKIMMED)
        self._skimmed: tuple[Lexicon, ...] = (skimmed,)
        self._spelling = Spelling(lexicon.vocabulary, _known_words(data_dir / WORDS_FILE))
        self._alikes = Alikes(data_dir)
        self._tokenizer = Tokenizer(lru_cache(maxsize=FORMS_REMEMBERED)(self._mended))

    def with_names(self, entries: Iterable[tuple[Concept, Iterable[str]]]) -> Reader:
        """A reader that knows these names as well: a server's own patterns and remedies.

        A name without words is left out: it could not be found in any text.
        """
        names = Lexicon()
        for concept, called in entries:
            for name in filter(has_words, called):
                names.add(concept, name)
        reader = copy(self)
        reader._lexicons = (*self._lexicons, names)
        reader._skimmed = (*self._skimmed, names)
        reader._spelling = self._spelling.with_targets(names.vocabulary)
        reader._tokenizer = Tokenizer(lru_cache(maxsize=FORMS_OF_A_SERVER)(reader._mended))
        return reader

    def knows(self, word: str) -> bool:
        """Whether a word in lower case is English, or of the lexicon, as it is spelt."""
        return self._spelling.knows(word.replace("'", ""))

    def read(self, text: str) -> Reading:
        """The Reading of any text; an empty one where there are no Latin words."""
        return self._reading(text, _without_repeats(self._tokens(text)), self._lexicons)

    def skim(self, text: str) -> Reading:
        """The Reading without mentions of other kinds than SKIMMED: far quicker."""
        return self._reading(text, self._tokens(text), self._skimmed)

    def whole(self, skimmed: Reading) -> Reading:
        """What `read` gives for the text of a Reading that `skim` gave."""
        return self._reading(skimmed.text, skimmed.tokens, self._lexicons)

    def _tokens(self, text: str) -> tuple[Token, ...]:
        return self._alikes.mended(self._tokenizer.tokens(text))

    def _mended(self, found: str) -> Form:
        form = form_of(found)
        word = self._spelling.mend(form.word)
        if word == form.word:
            return form
        return form._replace(word=word, stem=stem(word), loose=word in LOOSE)

    def _reading(
        self, text: str, tokens: tuple[Token, ...], lexicons: Sequence[Lexicon]
    ) -> Reading:
        found = _without_parts(find_in(lexicons, tokens))
        context = Context(self._cues, tokens, found)
        mentions: list[Mention] = []
        for one in found:
            concept, start, end = one
            if concept.kind == CUE or concept.name == OTHERWISE:
                continue
            if concept in self._compares and _are_equal(tokens[start:end]):
                continue
            first = tokens[start]
            quote = text[first.start : tokens[end - 1].end]
            # In the order of its fields, not by their names: a text has dozens, which takes time.
            mentions.append(
                Mention(
                    concept, context.status(one), start, end, first.clause, first.sentence, quote
                )
            )
        return Reading(text, tokens, tuple(mentions))


def _without_repeats(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """Without what is said again and again: it tells nothing more, and every pair takes time."""
    if len(tokens) <= _LONG:
        return tokens
    told: Counter[tuple[str, ...]] = Counter()
    kept: list[Token] = []
    for place, token in enumerate(tokens):
        words = tuple(each.word for each in tokens[max(place - 2, 0) : place + 1])
        told[words] += 1
        if told[words] <= _OFTEN:
            kept.append(token)
    return tuple(kept)


def _without_parts(found: list[Found]) -> list[Found]:
    """Without single words that are only a part of a remedy's name: "foam" in "foam roller".

    They would be signs and feelings: of blood that is coughed up, "drops" of a face that hangs.
    """
    names = [one for one in found if one.concept.kind == "remedy" and one.end - one.start > 1]
    if not names:
        return found
    parts = {place for one in names for place in range(one.start, one.end)}
    return [
        one
        for one in found
        if one.concept.kind not in _WITHIN or one.end - one.start > 1 or one.start not in parts
    ]


def _known_words(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").split()
    except OSError as error:
        raise DataFileError(f"{path}: {error}; `make build` makes it anew") from error


def _named(
    catalogue: Catalogue, cues: Mapping[str, Cue]
) -> Iterator[tuple[Concept, tuple[str, ...]]]:
    for pattern in catalogue.patterns.values():
        yield Concept("named", pattern.slug), pattern.called
    for remedy in catalogue.remedies.values():
        yield Concept("remedy", remedy.slug), remedy.called
    for name, cue in cues.items():
        yield Concept(CUE, name), cue.words


def _are_equal(tokens: Sequence[Token]) -> bool:
    """Whether all figures in these tokens are the same: "38 cm vs 38cm"."""
    figures = [found[0] for one in tokens if (found := _FIGURE.match(one.word))]
    return len(set(figures)) == 1
