"""What was read, in plain words, so that a member sees at once if it was misread."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.reading.lexicon import Concept
from bot.reading.places import Place
from bot.reading.reading import Mention, Reading

_MOST = 3


def describe(reading: Reading, places: Sequence[Place], labels: Mapping[Concept, str]) -> str:
    """One line such as "outer side of the right knee, sharp, worse downhill"; "" for nothing.

    `places`: of find_places. `labels`: the lexicon's words for what was read.
    """
    place = next((place for place in places if place.weight > 0), None)
    parts = [_where(place, labels)] if place else []
    parts += _said(reading.of_kind("feeling"), labels)
    parts += _said(reading.of_kind("trigger"), labels)
    return ", ".join(parts)


def _where(place: Place, labels: Mapping[Concept, str]) -> str:
    side = place.side if place.side in ("left", "right") else ""
    label = labels.get(Concept("place", place.name))
    if label:  # it tells the face already
        return f"{label} ({side})" if side else label
    name = f"{side} {place.name}".strip().replace("-", " ")
    face = labels.get(Concept("side", place.face or ""))
    return f"{face} {name}" if face else name


def _said(mentions: Iterable[Mention], labels: Mapping[Concept, str]) -> list[str]:
    affirmed = (labels.get(one.concept) for one in mentions if one.status == "affirmed")
    return list(dict.fromkeys(label for label in affirmed if label))[:_MOST]
