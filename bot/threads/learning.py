"""From a thread to what it teaches: for which pattern who says what of which remedy."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace

import numpy as np

from bot.assessment import Assessor
from bot.knowledge.catalogue import Catalogue
from bot.knowledge.tally import AGAINST, FOR, STANCES, Stance, Suggestion
from bot.matching import Matcher
from bot.reading.reader import Reader
from bot.reading.reading import Mention, Reading
from bot.reading.tokens import without_links
from bot.threads.comments import Comment, Thread, person_key
from bot.threads.references import Conversation, Reference, ReferenceFinder
from bot.threads.stance import strongest
from bot.threads.stance_model import Array, StanceReader, Teller
from bot.threads.unknown import Name, NameFinder

_QUOTE_WORDS = 12
_QUOTE_CHARS = 40  # either side of an unknown name
_TOPICS = 3
_AGREED: Stance = "recommends"  # who agrees with somebody that is for a remedy
# What one mention tells outright, however many others only name the remedy.
_OUTCOMES: frozenset[Stance] = frozenset(("helped", "helped-some", "no-help"))
_OUTRIGHT: frozenset[Stance] = _OUTCOMES | {"warns"}
_OUTRIGHT_FROM = 0.65
_TELL_TOPIC = 40  # comments: what a thread is about is told early
_TITLE_WEIGHT = 0.5  # of a comment: a few words, and not always of what hurts
_ASKER_WEIGHT = 3.0  # the first comment is the question; it tells most of what the thread is about


@dataclass(frozen=True, slots=True)
class RemedyMention:
    """A remedy that a comment names, what it says of it, and its own words."""

    remedy: str
    stance: Stance
    quote: str


@dataclass(frozen=True, slots=True)
class ReadComment:
    """What one comment says: the patterns it is about (often none) and the remedies."""

    number: int
    person: int
    topics: tuple[str, ...]
    remedies: tuple[RemedyMention, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A suggestion, the words it was read from, and where they stand ("" for no address).

    `number`: of the comment that tells it.
    """

    number: int
    suggestion: Suggestion
    quote: str
    link: str


@dataclass(frozen=True, slots=True)
class Heard:
    """A name that the catalogue lacks: in which comment, by whom, in which words, where."""

    number: int
    person: int
    name: Name
    quote: str
    link: str


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a whole thread says. `topics`: its patterns, best first; `heard`: unknown names."""

    thread: Thread
    topics: tuple[str, ...]
    comments: tuple[ReadComment, ...]
    heard: tuple[Heard, ...] = ()

    def suggestions(self) -> Iterator[Suggestion]:
        """Each person's word on each remedy, once for each of the thread's topics.

        A comment that is plainly about another pattern teaches that one instead.
        """
        return (finding.suggestion for finding in self.findings())

    def findings(self) -> Iterator[Finding]:
        """The suggestions, each with the comment that tells most."""
        said: dict[tuple[int, str, str], list[tuple[int, RemedyMention]]] = {}
        links = {comment.number: comment.link for comment in self.thread}
        for comment in self.comments:
            for pattern in self._taught_by(comment):
                for each in comment.remedies:
                    key = (comment.person, pattern, each.remedy)
                    said.setdefault(key, []).append((comment.number, each))
        for (person, pattern, remedy), words in said.items():
            number, told = _last_word(words)
            suggestion = Suggestion(self.thread.key, person, pattern, remedy, told.stance)
            yield Finding(number, suggestion, told.quote, links[number])

    def without(self, known: Collection[int]) -> Lesson:
        """The lesson of the other comments, by their numbers; its topics are still all those."""
        comments = tuple(one for one in self.comments if one.number not in known)
        heard = tuple(one for one in self.heard if one.number not in known)
        return replace(self, comments=comments, heard=heard)

    def renumbered(self, people: Mapping[int, int]) -> Lesson:
        """The lesson with other numbers for its people, by those that they have now."""
        comments = tuple(replace(one, person=people[one.person]) for one in self.comments)
        heard = tuple(replace(one, person=people[one.person]) for one in self.heard)
        return replace(self, comments=comments, heard=heard)

    def _taught_by(self, comment: ReadComment) -> tuple[str, ...]:
        """The thread's own topics (the likeliest, where nobody labelled it), or the comment's."""
        topics = self.topics if self.thread.topics else self.topics[:1]
        if comment.topics and not set(comment.topics) & set(topics):
            return comment.topics[:1]
        return topics


def _last_word(words: Sequence[tuple[int, RemedyMention]]) -> tuple[int, RemedyMention]:
    """What one person says of a remedy in the end: how it went at last, else what tells most.

    "It did nothing" and, comments later, "update: it did work after all".
    """
    outcomes = [one for one in words if one[1].stance in _OUTCOMES]
    if outcomes:
        return outcomes[-1]
    stance = strongest([each.stance for _, each in words])
    return next(one for one in words if one[1].stance == stance)


class Learner:
    """Reads threads with the same reader and model that answer members."""

    def __init__(
        self,
        catalogue: Catalogue,
        reader: Reader,
        assessor: Assessor,
        stances: StanceReader,
        names: NameFinder,
        references: ReferenceFinder,
    ) -> None:
        self._catalogue = catalogue
        self._reader = reader
        self._assessor = assessor
        self._matcher = Matcher(assessor.model)
        self._stances = stances
        self._names = names
        self._references = references

    def with_own(self, catalogue: Catalogue, reader: Reader) -> Learner:
        """A learner that reads as a server's own catalogue and names have it."""
        learner = copy(self)
        learner._catalogue, learner._reader = catalogue, reader
        return learner

    def said(self, text: str, teller: Teller | None = None) -> list[RemedyMention]:
        """What one comment says of remedies; `teller`: by whom, where that is known."""
        return list(self._said(self._skim(text), teller))

    def names(self, text: str) -> list[Name]:
        """The names in a comment that are used like a remedy or a pain and that nobody knows."""
        return list(self._unknown(self._skim(text)))

    def learn(self, thread: Thread) -> Lesson:
        """What the thread teaches. Whatever the text, no exception."""
        people = thread.people()
        readings = [(comment, self._skim(comment.text)) for comment in thread]
        said = self._all_said(thread, readings, tellers(thread, people))
        comments = tuple(
            ReadComment(
                comment.number,
                people[person_key(comment)],
                self._comment_topics(reading),
                said[comment.number],
            )
            for comment, reading in readings
        )
        heard = tuple(
            Heard(
                comment.number,
                people[person_key(comment)],
                name,
                around(comment.text, name.name),
                comment.link,
            )
            for comment, reading in readings
            for name in self._unknown(reading)
        )
        return Lesson(thread, self._thread_topics(thread, readings), comments, heard)

    def _skim(self, text: str) -> Reading:
        return self._reader.skim(without_links(text))

    def _unknown(self, reading: Reading) -> Iterator[Name]:
        frames = self._names.frames(reading)
        # What the skimmed reading does not leave unknown, the whole one does not either.
        if not any(self._names.find(reading, frames)):
            return iter(())
        return self._names.find(self._reader.whole(reading), frames)

    def _comment_topics(self, reading: Reading) -> tuple[str, ...]:
        """The patterns that a comment names."""
        named = [one.concept.name for one in reading.of_kind("named") if _meant(one)]
        return tuple(dict.fromkeys(named))[:_TOPICS]

    def _thread_topics(
        self, thread: Thread, readings: list[tuple[Comment, Reading]]
    ) -> tuple[str, ...]:
        given = tuple(topic for topic in thread.topics if topic in self._catalogue.patterns)
        if given:
            return given
        weights: dict[str, float] = {}
        self._weigh(self._reader.read(thread.title), _TITLE_WEIGHT, weights)
        for place, (_, skimmed) in enumerate(readings[:_TELL_TOPIC]):
            weight = _ASKER_WEIGHT if place == 0 else 1.0
            self._weigh(self._reader.whole(skimmed), weight, weights)
        return tuple(sorted(weights, key=lambda slug: -weights[slug])[:_TOPICS])

    def _weigh(self, reading: Reading, weight: float, weights: dict[str, float]) -> None:
        """Adds what the words of a reading say for each pattern, if they name a body part."""
        named = {one.concept.name for one in reading.of_kind("named") if _meant(one)}
        for pattern in named:
            weights[pattern] = weights.get(pattern, 0.0) + weight
        if not named and not reading.of_kind("place"):
            return
        for match in self._matcher.match(self._assessor.assess(reading)):
            weights[match.slug] = weights.get(match.slug, 0.0) + weight * match.score

    def _all_said(
        self,
        thread: Thread,
        readings: Sequence[tuple[Comment, Reading]],
        tell: Iterable[Teller],
    ) -> dict[int, tuple[RemedyMention, ...]]:
        """What each comment says of remedies, by number: named there, or where it points to."""
        said: dict[int, tuple[RemedyMention, ...]] = {}
        conversation = Conversation(self._references, thread)
        for (comment, read), teller in zip(readings, tell, strict=True):
            reading = conversation.without_people(comment, read)
            found = {each.remedy: each for each in self._said(reading, teller)}
            for reference in conversation.references(comment, reading):
                for each in self._said_again(reading, reference, said):
                    found.setdefault(each.remedy, each)
            said[comment.number] = tuple(found.values())
        return said

    def _said_again(
        self, reading: Reading, reference: Reference, said: Mapping[int, Sequence[RemedyMention]]
    ) -> Iterator[RemedyMention]:
        """What a reference says of the remedies in the comment that it speaks of."""
        named = next((said[number] for number in reference.to if said[number]), ())
        if len(named) != 1 and not reference.all_named:
            return
        words = reference.as_mention(reading)
        told = self._stances.told(reading, words)
        if told is None and reference.told:
            return
        quote = reference.without_names(_quote(reading, words))
        for each in named:
            stance = told or (_AGREED if each.stance in FOR else each.stance)
            if told or each.stance in FOR | AGAINST:  # nobody agrees with a mere try
                yield RemedyMention(each.remedy, stance, quote)

    def _said(self, reading: Reading, teller: Teller | None) -> Iterator[RemedyMention]:
        # What this server's curators took out is still read, and no remedy here.
        known = [m for m in reading.of_kind("remedy") if m.concept.name in self._catalogue.remedies]
        mentions = without_broader(self._catalogue, known)
        if not mentions:
            return
        found: dict[str, list[tuple[Mention, Array]]] = {}
        read = self._stances.shares(reading, mentions, teller)
        for mention, shares in zip(mentions, read, strict=True):
            if shares is not None:
                found.setdefault(mention.concept.name, []).append((mention, shares))
        for remedy, each in found.items():
            stance = _together([shares for _, shares in each])
            place = STANCES.index(stance)
            mention, _ = max(each, key=lambda one: float(one[1][place]))
            yield RemedyMention(remedy, stance, _quote(reading, mention))


def _together(mentions: Sequence[Array]) -> Stance:
    """What several mentions of a remedy in one comment say of it, by their shares of STANCES.

    An outcome or a warning that one of them tells outright, else what they say together. On
    comments left out that is right as often as the sum alone, and more often than the surest.
    """
    surest = [(STANCES[int(shares.argmax())], float(shares.max())) for shares in mentions]
    outright = [
        stance for stance, share in surest if stance in _OUTRIGHT and share >= _OUTRIGHT_FROM
    ]
    return strongest(outright) if outright else STANCES[int(np.sum(mentions, axis=0).argmax())]


def tellers(thread: Thread, people: Mapping[str, int]) -> Iterator[Teller]:
    """Who tells each comment: the asker is whoever wrote the first one, if that one asks.

    Below a blog's post the first comment answers like all the others. `people`: of the thread.
    """
    asker = None
    for place, comment in enumerate(thread):
        person = people[person_key(comment)]
        if place == 0 and "?" in comment.text:
            asker = person
        yield "asker" if person == asker else "replier"


def without_broader(catalogue: Catalogue, mentions: Sequence[Mention]) -> list[Mention]:
    """Mentions of remedies, without the broader ones that a narrower one nearby names as well."""
    covered = {
        (broader, mention.sentence + step)
        for mention in mentions
        for broader in catalogue.remedies[mention.concept.name].broader
        for step in (-1, 0, 1)
    }
    return [one for one in mentions if (one.concept.name, one.sentence) not in covered]


def around(text: str, name: str) -> str:
    """The words of a text around a name in it, "" where it is not there."""
    place = text.lower().find(name)
    if place < 0:
        return ""
    start = text.rfind(" ", 0, max(0, place - _QUOTE_CHARS)) + 1
    return text[start : place + len(name) + _QUOTE_CHARS]


def _meant(mention: Mention) -> bool:
    return mention.status != "denied"


def _quote(reading: Reading, mention: Mention) -> str:
    """The words around the mention, within its sentence."""
    tokens = reading.tokens
    start, end = mention.start, mention.end - 1
    while end - start + 1 < _QUOTE_WORDS:
        before = start > 0 and tokens[start - 1].sentence == mention.sentence
        after = end + 1 < len(tokens) and tokens[end + 1].sentence == mention.sentence
        if not before and not after:
            break
        start -= before
        end += after
    first = tokens[start].start
    first -= reading.text[:first].endswith("+")  # "+1" is more than "1"
    return " ".join(reading.text[first : tokens[end].end].split())
