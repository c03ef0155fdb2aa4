"""What the command line prints: an Answer as JSON or as text, and lessons as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, TextIO

from bot.advice import Advice
from bot.answer import Answer
from bot.knowledge.catalogue import Catalogue
from bot.threads.learning import Lesson, ReadComment
from bot.wording import GRADES, NO_REMEDIES, runners_say

_TOPICS = 3  # of a file
_IF_UNWELL = "If somebody is unwell right now, call your local emergency number."
KIND_WORDS = {
    "off-topic": f"That does not sound like a pain that I can help with. {_IF_UNWELL}",
    "elsewhere": f"I have nothing on that part of the body. {_IF_UNWELL}",
    "empty": "That is too little to go by. Tell me where it hurts, how it feels and when.",
    "other-language": f"I only read English so far, sorry. {_IF_UNWELL}",
    "too-long": f"That is more than 2,000 characters. Please tell it shorter. {_IF_UNWELL}",
}


def as_json(answer: Answer) -> dict[str, Any]:
    """The answer as the command line's JSON object (without an id)."""
    return {
        "triage": {
            "level": answer.triage.level,
            "signs": [{"flag": one.flag, "quote": one.quote} for one in answer.triage.signs],
        },
        "patterns": [{"slug": one.slug, "score": round(one.score, 4)} for one in answer.matches],
        "sure": answer.sure,
        "remedies": [
            {
                "slug": one.remedy.slug,
                "people": one.tally.people,
                "for": one.tally.in_favour,
                "against": one.tally.against,
                "evidence": one.evidence.grade if one.evidence else None,
            }
            for one in (answer.advice.remedies if answer.advice else ())
        ],
        "caution": answer.caution,
    }


class LessonLines:
    """What files teach, as the command line's JSON objects: one a file, one a line.

    Written thread by thread, as a file may hold a whole blog: its comments are numbered through,
    and its topics, those of most comments first, stand at the end.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._file = ""
        self._comments = 0
        self._topics: Counter[str] = Counter()

    def write(self, file: str, lesson: Lesson) -> None:
        """Writes what one thread of a file says."""
        if file != self._file:
            self.end()
            self._file = file
            self._out.write(f'{{"file": {json.dumps(file)}, "comments": [')
        for comment in lesson.comments:
            self._out.write(", " if self._comments else "")
            self._comments += 1
            self._out.write(json.dumps(_comment(comment, self._comments), ensure_ascii=False))
        for place, topic in enumerate(lesson.topics):
            self._topics[topic] += len(lesson.comments) * (len(lesson.topics) - place)

    def end(self) -> None:
        """Ends the object of the file that is being written, if one is."""
        if self._file:
            topics = json.dumps([topic for topic, _ in self._topics.most_common(_TOPICS)])
            self._out.write(f'], "topics": {topics}}}\n')
        self._file, self._comments = "", 0
        self._topics.clear()


def _comment(comment: ReadComment, number: int) -> dict[str, Any]:
    return {
        "n": number,
        "topics": list(comment.topics),
        "remedies": [
            {"remedy": one.remedy, "stance": one.stance, "quote": one.quote}
            for one in comment.remedies
        ],
    }


def as_text(answer: Answer, catalogue: Catalogue) -> str:
    """The answer for people, lines joined."""
    return "\n".join(_lines(answer, catalogue))


def _lines(answer: Answer, catalogue: Catalogue) -> Iterator[str]:
    if answer.kind in KIND_WORDS:
        yield from answer.notes
        yield KIND_WORDS[answer.kind]
        yield answer.caution
        return
    if answer.understood:
        yield f"Understood: {answer.understood}"
    yield from answer.notes
    if answer.kind == "red-flag":
        yield f"{answer.triage.level.upper()}. Noticed:"
        for sign in answer.triage.signs:
            yield f"  - {sign.noticed}" + (f' ("{sign.quote}")' if sign.quote else "")
        yield answer.triage.do_now
        yield answer.caution
        return
    if answer.advice is not None:
        yield from _advice_lines(answer, answer.advice, catalogue)
        yield answer.caution


def _advice_lines(answer: Answer, advice: Advice, catalogue: Catalogue) -> Iterator[str]:
    if answer.kind == "unsure":
        yield "I am not sure yet which pain this is. Where is it most?"
        for match in (answer.matches[0], *answer.close):
            yield f"  - {catalogue.patterns[match.slug].where}"
        return
    yield f"Sounds like what runners call {advice.pattern.name}."
    if advice.unspoken:
        yield NO_REMEDIES
    for number, ranked in enumerate(advice.remedies, start=1):
        yield f"{number}. {ranked.remedy.name}: {ranked.remedy.how}"
        if ranked.remedy.caution:
            yield f"   Take care: {ranked.remedy.caution}"
        yield f"   {runners_say(ranked.tally, advice.people)}"
        if ranked.evidence:
            yield f"   Research: {GRADES[ranked.evidence.grade]}. {ranked.evidence.says}"
    for ranked in advice.but:
        yield f"Often suggested, but advised against: {ranked.remedy.name}."
    if answer.besides:
        names = ", ".join(catalogue.patterns[one.slug].name for one in answer.besides)
        yield f"Does another place hurt as well? Ask about it by itself: {names}."
    yield "See a professional if: " + " ".join(advice.pattern.see)
