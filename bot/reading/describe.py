"""What was read, in plain words, so that a member sees at once if it was misread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.reading.lexicon import Concept
from bot.reading.places import Place
from bot.reading.reading import Mention, Reading, Status

_MOST = 3
_NO_LESS = 0.5  # of a place's weight


def describe(reading: Reading, places: Sequence[Place], labels: Mapping[Concept, str]) -> str:
    """One line such as "outer side of the right knee, sharp, worse downhill"; "" for nothing.

    `places`: of find_places. `labels`: the lexicon's words for what was read. Where nothing is the
    writer's own, it is about somebody else.
    """
    own = [place for place in places if place.weight > 0]
    whose: Status = "affirmed"
    if not own:
        own = [place for place in places if place.mention.status == "other"]
        whose = "other" if own else "affirmed"
    parts = [_where(own, labels)] if own else []
    # "The sit bone" is no sitting, and "calf raises" are no raising of the heel.
    within = [m for m in reading.mentions if m.concept.kind in ("place", "remedy", "named")]
    for kind in ("feeling", "trigger"):
        said = [m for m in reading.of_kind(kind) if m.status == whose]
        if kind == "trigger":
            said = [m for m in said if not any(_is_part(m, of) for of in within)]
        told = (labels.get(one.concept) for one in said)
        parts += list(dict.fromkeys(label for label in told if label))[:_MOST]
    return ", ".join(parts)


def _is_part(one: Mention, of: Mention) -> bool:
    return of.start <= one.start and one.end <= of.end


def _where(places: Sequence[Place], labels: Mapping[Concept, str]) -> str:
    """The place complained of, and another one that is complained of no less."""
    first, *others = (place for place in places if not place.is_broad or place is places[0])
    named = [_called(first, labels)]
    for other in others:
        if other.weight >= first.weight - _NO_LESS and not _is_part(other.mention, first.mention):
            named.append(_called(other, labels))
    return " and ".join(list(dict.fromkeys(named))[:2])


def _called(place: Place, labels: Mapping[Concept, str]) -> str:
    side = {"left": "left", "right": "right", "both": "both sides"}.get(place.side or "", "")
    label = labels.get(Concept("place", place.name))
    face = labels.get(Concept("side", place.face or ""))
    if label:  # it tells the face already
        return f"{label} ({side})" if side else label
    name = place.name.replace("-", " ")
    if place.side == "both":
        return f"{face} {name} ({side})" if face else f"{name} ({side})"
    name = f"{side} {name}".strip()
    return f"{face} {name}" if face else name
