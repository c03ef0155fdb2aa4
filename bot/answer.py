"""A member's words into an Answer: reading, then triage, then matching, then advice."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from bot.advice import Advice, advise, with_last
from bot.assessment import Assessment, Assessor
from bot.besides import PatternPlaces
from bot.close_reading import CloseReading
from bot.knowledge.catalogue import Catalogue, Pattern, Remedy, load_catalogue
from bot.knowledge.snapshot import Knowledge
from bot.matching import Match, Matcher, Reason
from bot.notes import Note, left_out, load_notes, notes_for, spared
from bot.own_patterns import Comparer, Likeness, OwnPatterns, load_likeness
from bot.reading.describe import describe
from bot.reading.language import is_english
from bot.reading.reader import Reader
from bot.reading.reading import Reading
from bot.reading.tokens import without_addresses
from bot.screen import Screen, load_screen
from bot.signs import Triage
from bot.triage import Triager

Kind = Literal[
    "advice", "unsure", "red-flag", "elsewhere", "off-topic", "empty", "other-language", "too-long"
]

MAX_CHARS = 2000
SURE_FROM = 0.45  # belief in the first pattern
SURE_OF_LITTLE_FROM = 0.85  # the same, where only a place is told: "my knee hurts"
# Belief in a pattern that is told without a place: from here on the words are no talk, unless the
# triage is sure that they are. Of messages that nothing is learned from, 45 complaints more are
# answered, and 7 of 1,382 chats.
PLACELESS_FROM = 0.7
SURE_LEAD = 0.1  # and how far it must be ahead of the second
FEW_WORDS = 3
SHORT = 12  # words: a complaint told in no more is never taken for talk
OFFERED = 2  # buttons of other patterns under an answer
ASKED = 5  # buttons of the question when unsure
OFFERED_FROM = 0.01  # belief in what it offers
CLOSE_SHARE = 0.25  # a reading is offered as a button from this share of the first one's belief
CAUTION = (
    "This is what other runners tell each other, not medical advice. If it is severe, gets worse "
    "or does not get better, please see a doctor or physiotherapist."
)
# Not the usual caution: its "if it lasts" would tell somebody in an emergency to wait and see.
RED_FLAG_CAUTION = (
    "I only go by your words and may be wrong. Not medical advice: if in doubt, get help."
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What to say to a member; views and the command line put it into words.

    `understood`: what was read, in plain words, "" when nothing. `matches`: best first, at most
    five. `advice`: for the first match, None for a red flag or when nothing fits. `close`: the
    other matches that are near enough, or named as well, to offer as buttons (at most two; when
    unsure, all that the question offers). `besides`: those for another place that hurts as well.
    `caution`: always there. `reasons`: why the first match
    is first.
    `intimate`: few would want a whole channel to read it. `notes`: what somebody like the writer
    must be told besides; their remedies are left out of the advice already.
    """

    kind: Kind
    understood: str
    triage: Triage
    matches: tuple[Match, ...]
    sure: bool
    advice: Advice | None
    close: tuple[Match, ...]
    caution: str
    reasons: tuple[Reason, ...] = ()
    besides: tuple[Match, ...] = ()
    intimate: bool = False
    notes: tuple[str, ...] = ()


class Answerer:
    """Reads, triages, matches and advises. Built once; `answer` touches no database."""

    def __init__(
        self,
        catalogue: Catalogue,
        reader: Reader,
        assessor: Assessor,
        likeness: Likeness,
        notes: Mapping[str, Note],
        screen: Screen,
    ) -> None:
        self.catalogue = catalogue
        self.reader = reader
        self.assessor = assessor
        self._comparer = Comparer(reader, assessor)
        self._likeness = likeness
        self.notes = notes
        self._screen = screen
        self.matcher = Matcher(assessor.model)
        self._places = PatternPlaces(catalogue.patterns.values(), reader)
        self._triager = Triager(assessor.flags, assessor.model)

    @classmethod
    def load(cls, data_dir: Path) -> Answerer:
        """Everything that answering needs from `data_dir`. Raises DataFileError."""
        catalogue = load_catalogue(data_dir)
        reader = Reader(data_dir, catalogue)
        assessor = Assessor.load(data_dir, reader.concepts)
        notes = load_notes(data_dir, catalogue, reader.concepts)
        likeness, screen = load_likeness(data_dir), load_screen(data_dir)
        answerer = cls(catalogue, reader, assessor, likeness, notes, screen)
        # All of that stays for good: the garbage collector need not look through it again and
        # again, which would cost a third of each answer.
        gc.freeze()
        return answerer

    def own_patterns(
        self, patterns: Iterable[Pattern], before: OwnPatterns | None = None
    ) -> OwnPatterns | None:
        """A server's own patterns, ready to be matched; None for none.

        `before`: as they were until now; of what did not change nothing is worked out anew.
        """
        own = tuple(patterns)
        if before and before.patterns == own:
            return before
        return OwnPatterns(own, self._comparer, self._likeness, before) if own else None

    def answer(self, text: str, knowledge: Knowledge) -> Answer:
        """The answer to a member's words, never an exception, whatever the text."""
        if len(text) > MAX_CHARS:
            return _nothing("too-long")
        # A training log's address among the words would be read as talk, and hide a danger.
        reader = knowledge.reader or self.reader
        reading = reader.read(without_addresses(text))
        if not any(token.word.isalpha() for token in reading.tokens):
            written = any(char.isalpha() for char in text)
            return _nothing("other-language" if written else "empty")
        assessment = self.assessor.assess(reading)
        closely = CloseReading(
            reading, lambda part: self.assessor.assess(reader.read(part)), self._screen
        )
        verdict = self._triager.judge(assessment, closely)
        triage = verdict.triage
        notes = notes_for(reading, assessment.places, self.notes)
        says = tuple(note.says for note in notes)
        # What the model believes of words that it cannot read is chance; a rule's signs are not.
        calm = triage.level == "self-care"
        if (calm or not assessment.hits) and not is_english(reading, self.reader.knows):
            return _nothing("other-language")
        matches = tuple(self.matcher.match(assessment, knowledge.own_patterns))
        told = _is_short_complaint(reading) or (
            not verdict.surely and _is_placeless(matches[0], reading, knowledge.catalogue)
        )
        if calm and verdict.off_topic and not told:
            # "It hurts": a friendly word on what is missing.
            return replace(_nothing("empty" if verdict.brief else "off-topic"), notes=says)
        if calm and self._is_elsewhere(reading, matches[0]):
            return replace(_nothing("elsewhere"), notes=says)
        sitting = self._sitting_there(assessment)
        if sitting:
            matches = _asked_about(sitting, matches, knowledge.catalogue)
        sure = not sitting and _is_sure(reading, matches, knowledge.catalogue)
        if verdict.unknown and not knowledge.catalogue.patterns[matches[0].slug].own:
            sure = sure and any(one.concept.kind == "named" for one in reading.mentions)
        if not sitting and not sure:
            matches = tuple(one for one in matches if one.score >= OFFERED_FROM)
        # The place complained of: "my private physio" is none.
        intimate = any(
            one.mention.concept in self.reader.intimate for one in assessment.places[:1]
        ) or any(note.intimate for note in notes)
        answer = Answer(
            kind="red-flag",
            understood=self._understood(assessment, knowledge.catalogue),
            triage=triage,
            matches=matches,
            sure=sure,
            advice=None,
            close=(),
            caution=RED_FLAG_CAUTION,
            intimate=triage.intimate or intimate,
        )
        if not calm:
            return answer
        return replace(
            self._with_advice(answer, assessment, knowledge, notes), caution=CAUTION, notes=says
        )

    def _with_advice(
        self, answer: Answer, assessment: Assessment, knowledge: Knowledge, notes: Sequence[Note]
    ) -> Answer:
        """What to do for the first match, or the question which one it is."""
        advice = advise(answer.matches[0].slug, knowledge, left_out(notes))
        if spare := spared(notes):
            but = tuple(one for one in advice.but if one.remedy.slug not in spare)
            advice = replace(advice, but=but)
        if not answer.sure:
            return replace(answer, kind="unsure", advice=advice, close=answer.matches[1:ASKED])
        named_too = _named_among(advice, assessment.reading)
        if named_too:
            advice = with_last(advice, named_too)
            names = ", ".join(one.name for one in named_too)
            said = filter(None, (answer.understood, f"last below, since you name it: {names}"))
            answer = replace(answer, understood="; ".join(said))
        reasons = tuple(self.matcher.reasons(assessment, answer.matches))
        close, besides = self._offered(answer.matches, assessment)
        return replace(
            answer, kind="advice", advice=advice, close=close, besides=besides, reasons=reasons
        )

    def _offered(
        self, matches: Sequence[Match], assessment: Assessment
    ) -> tuple[tuple[Match, ...], tuple[Match, ...]]:
        """Beside the first match, at most two: those near enough or named, and what else hurts."""
        first, *others = matches
        mentions = assessment.reading.of_kind("named")
        named = {one.concept.name for one in mentions if one.status == "affirmed"}
        besides = self._places.besides(assessment.reading, assessment.places, matches)
        close = [
            one
            for one in others
            if one not in besides and (one.score >= CLOSE_SHARE * first.score or one.slug in named)
        ]
        besides = besides[: OFFERED - bool(close)]
        return tuple(close[: OFFERED - len(besides)]), besides

    def _sitting_there(self, assessment: Assessment) -> tuple[str, ...]:
        """The patterns among which only a question can tell: for "my foot hurts"."""
        places, broad = assessment.reading.of_kind("place"), self.reader.broad
        if not places or not _says_little(assessment.reading):
            return ()
        if any(one.concept not in broad for one in places):
            return ()
        return broad[assessment.places[0].mention.concept]

    def _is_elsewhere(self, reading: Reading, first: Match) -> bool:
        """Whether nothing is told but what the catalogue has no pain for: "my elbow hurts".

        A tight arm may be of the shoulders.
        """
        taken_for = self.reader.taken_for
        meant = [one for one in reading.mentions if one.status in ("affirmed", "other")]
        if any(one.concept.kind == "named" or one.concept.name == "tight" for one in meant):
            return False
        places = [one for one in meant if one.concept.kind == "place" or one.concept in taken_for]
        fitting = [one for one in places if first.slug in taken_for.get(one.concept, ())]
        return bool(places) and fitting == places

    def _understood(self, assessment: Assessment, catalogue: Catalogue) -> str:
        """What was read in plain words, the pain's own name where there is nothing else."""
        words = describe(assessment.reading, assessment.places, self.reader.labels)
        named = [one for one in assessment.reading.of_kind("named") if one.status != "denied"]
        known = [catalogue.patterns.get(one.concept.name) for one in named]
        return words or next((one.name for one in known if one), "")


def _is_sure(reading: Reading, matches: Sequence[Match], catalogue: Catalogue) -> bool:
    """Whether the first match is believed enough, and far enough ahead of the second."""
    first, second = matches[:2]
    own = catalogue.patterns[first.slug].own
    # "Hurts on the outside", "sore": whatever the model believes, nobody can know what hurts.
    if not own and len(reading.tokens) <= SHORT and not _names_a_pain(reading):
        return False
    # A club's own pattern may be told by a place alone: its examples are like that.
    little = _says_little(reading) and not own
    enough = SURE_OF_LITTLE_FROM if little else SURE_FROM
    return first.score >= enough and first.score - second.score >= SURE_LEAD


def _names_a_pain(reading: Reading) -> bool:
    """Whether a part of the body stands there, or a pain by its name."""
    return any(one.concept.kind in ("place", "named") for one in reading.mentions)


def _asked_about(
    sitting: Sequence[str], matches: Sequence[Match], catalogue: Catalogue
) -> tuple[Match, ...]:
    """The choices of the question: a server's own patterns that fit, then all that sit there."""
    scores = {one.slug: one.score for one in matches}
    fitting = (one for one in matches if one.score >= OFFERED_FROM)
    own = [one for one in fitting if catalogue.patterns[one.slug].own]
    usual = [Match(slug, scores.get(slug, 0.0)) for slug in sitting if slug in catalogue.patterns]
    return tuple(sorted((*own, *usual)[:ASKED], key=lambda one: -one.score))


def _named_among(advice: Advice, reading: Reading) -> list[Remedy]:
    """The remedies of the advice that the text names itself, and does not ask about."""
    triggers = {one.start for one in reading.of_kind("trigger")}  # "since my new shoes"
    named = {
        one.concept.name
        for one in reading.of_kind("remedy")
        if one.status not in ("other", "hypothetical")
        and one.start not in triggers
        and not _is_asked(reading, one.sentence)
    }
    return [one.remedy for one in advice.remedies if one.remedy.slug in named]


def _is_asked(reading: Reading, sentence: int) -> bool:
    end = max(token.end for token in reading.tokens if token.sentence == sentence)
    return "?" in reading.text[end : end + 3]


def _says_little(reading: Reading) -> bool:
    """Whether the text tells no more than that some place hurts."""
    return not any(
        one.concept.kind in ("feeling", "trigger", "side", "named")
        and one.concept.name not in ("pain", "left", "right")
        for one in reading.mentions
    )


def _is_short_complaint(reading: Reading) -> bool:
    """Whether few words name a pain, or a place that hurts, or only a place: "my achilles".

    The writer's or somebody else's: who asks for a child is no less in earnest.
    """
    if len(reading.tokens) > SHORT:
        return False
    meant = [one for one in reading.mentions if one.status in ("affirmed", "other")]
    if any(one.concept.kind == "named" for one in meant):
        return True
    places = {one.clause for one in meant if one.concept.kind == "place"}
    feelings = {one.clause for one in meant if one.concept.kind == "feeling"}
    return bool(places & feelings) or (bool(places) and len(reading.tokens) <= FEW_WORDS)


def _is_placeless(first: Match, reading: Reading, catalogue: Catalogue) -> bool:
    """Whether the words are like a pain that is told without a place: "not leaving this sofa".

    Not if they deny one: "legs fine, no soreness".
    """
    if first.score < PLACELESS_FROM or not catalogue.patterns[first.slug].placeless:
        return False
    return not any(
        one.status == "denied" and one.concept.kind in ("feeling", "named")
        for one in reading.mentions
    )


def _nothing(kind: Kind) -> Answer:
    return Answer(kind, "", Triage("self-care"), (), False, None, (), CAUTION)
