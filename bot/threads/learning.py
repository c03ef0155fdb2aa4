"""From a thread to what it teaches: for which pattern who says what of which remedy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.assessment import Assessor
from bot.knowledge.catalogue import Catalogue
from bot.knowledge.tally import Stance, Suggestion
from bot.matching import Matcher
from bot.reading.reader import Reader
from bot.reading.reading import Mention, Reading
from bot.threads.comments import Comment, Thread, person_key
from bot.threads.stance import StanceReader, strongest

_QUOTE_WORDS = 12
_TOPICS = 3
_ASKER_WEIGHT = 3.0  # the first comment is the question; it tells most of what the thread is about


@dataclass(frozen=True, slots=True)
class Said:
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
    remedies: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a whole thread says. `topics`: its patterns, best first."""

    thread: Thread
    topics: tuple[str, ...]
    comments: tuple[ReadComment, ...]

    def suggestions(self) -> Iterator[Suggestion]:
        """Each person's word on each remedy, once for each of the thread's topics.

        A comment that is plainly about another pattern teaches that one instead.
        """
        said: dict[tuple[int, str, str], list[Stance]] = {}
        for comment in self.comments:
            for pattern in self._taught_by(comment):
                for each in comment.remedies:
                    said.setdefault((comment.person, pattern, each.remedy), []).append(each.stance)
        for (person, pattern, remedy), stances in said.items():
            yield Suggestion(self.thread.key, person, pattern, remedy, strongest(stances))

    def _taught_by(self, comment: ReadComment) -> tuple[str, ...]:
        """The thread's own topics (the likeliest, where nobody labelled it), or the comment's."""
        topics = self.topics if self.thread.topics else self.topics[:1]
        if comment.topics and not set(comment.topics) & set(topics):
            return comment.topics[:1]
        return topics


class Learner:
    """Reads threads with the same reader and model that answer members."""

    def __init__(
        self, catalogue: Catalogue, reader: Reader, assessor: Assessor, stances: StanceReader
    ) -> None:
        self._catalogue = catalogue
        self._reader = reader
        self._assessor = assessor
        self._matcher = Matcher(assessor.model)
        self._stances = stances

    def learn(self, thread: Thread) -> Lesson:
        """What the thread teaches. Whatever the text, no exception."""
        people = thread.people()
        readings = [(comment, self._reader.read(comment.text)) for comment in thread]
        comments = tuple(
            ReadComment(
                comment.number,
                people[person_key(comment)],
                self._comment_topics(reading),
                tuple(self._said(reading)),
            )
            for comment, reading in readings
        )
        return Lesson(thread, self._thread_topics(thread, readings), comments)

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
        for place, (_, reading) in enumerate(readings):
            weight = _ASKER_WEIGHT if place == 0 else 1.0
            named = {one.concept.name for one in reading.of_kind("named") if _meant(one)}
            for pattern in named:
                weights[pattern] = weights.get(pattern, 0.0) + weight
            if not named and not reading.of_kind("place"):
                continue
            for match in self._matcher.match(self._assessor.assess(reading)):
                weights[match.slug] = weights.get(match.slug, 0.0) + weight * match.score
        return tuple(sorted(weights, key=lambda slug: -weights[slug])[:_TOPICS])

    def _said(self, reading: Reading) -> Iterator[Said]:
        mentions = self._own(reading.of_kind("remedy"))
        found: dict[str, list[tuple[Mention, Stance]]] = {}
        for mention, stance in zip(mentions, self._stances.stances(reading, mentions), strict=True):
            found.setdefault(mention.concept.name, []).append((mention, stance))
        for remedy, each in found.items():
            stance = strongest([stance for _, stance in each])
            mention = next(one for one, its in each if its == stance)
            yield Said(remedy, stance, _quote(reading, mention))

    def _own(self, mentions: Sequence[Mention]) -> list[Mention]:
        """Without the broader remedies that a narrower one nearby names as well."""
        covered = {
            (broader, mention.sentence + step)
            for mention in mentions
            for broader in self._catalogue.remedies[mention.concept.name].broader
            for step in (-1, 0, 1)
        }
        return [one for one in mentions if (one.concept.name, one.sentence) not in covered]


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
    return reading.text[tokens[start].start : tokens[end].end]
