"""What was read, in plain words, so that a member sees at once if it was misread."""

from __future__ import annotations

from collections.abc import Iterable

from bot.reading.places import find_places
from bot.reading.reading import Mention, Reading

_FACES = {
    "outer": "outer side of the",
    "inner": "inner side of the",
    "front": "front of the",
    "back": "back of the",
    "top": "top of the",
    "under": "underside of the",
    "above": "just above the",
    "deep": "deep in the",
    "middle": "middle of the",
}
# Places whose name already tells the face, or that need other words than their slug.
_NAMES = {
    "it-band-place": "outer thigh",
    "below-kneecap": "just below the kneecap",
    "back-of-knee": "back of the knee",
    "outer-ankle": "outer ankle",
    "inner-ankle": "inner ankle",
    "under-heel": "under the heel",
    "outer-foot": "outer edge of the foot",
    "top-of-foot": "top of the foot",
    "ball-of-foot": "ball of the foot",
    "between-toes": "between the toes",
    "hip-point": "side of the hip",
    "hip-crease": "front of the hip",
    "si-joint": "low in the back, to one side",
    "meniscus": "inner side of the knee",
    "side": "side, under the ribs",
    "quad": "front of the thigh",
    "hamstring": "back of the thigh",
    "everywhere": "all over",
}
_FEELINGS = {
    "sharp": "sharp",
    "dull": "dull",
    "burning": "burning",
    "tight": "tight",
    "cramping": "cramping",
    "numb": "numb",
    "tingling": "tingling",
    "weak": "giving way",
    "clicking": "clicking",
    "pinch": "pinching",
    "pebble": "like a pebble",
    "swollen": "swollen",
    "bruised": "bruised",
    "stitch": "a stitch",
    "chafe": "rubbed",
    "blister": "a blister",
}
_TRIGGERS = {
    "downhill": "worse downhill",
    "uphill": "worse uphill",
    "stairs": "on stairs",
    "squatting": "when squatting",
    "after-sitting": "after sitting",
    "sitting": "when sitting",
    "morning": "in the morning",
    "night": "at night",
    "sprinting": "when running fast",
    "long-run": "on longer runs",
    "same-distance": "at the same point of each run",
    "stops-when-stop": "gone after stopping",
    "rest-pain": "even at rest",
    "hop": "when hopping",
    "rolled": "after it rolled or twisted",
    "fall": "after a fall",
    "new-shoes": "with new shoes",
    "laces": "under the laces",
    "more-miles": "with more running than before",
    "warm-up": "at the start of a run",
    "days-after": "the days after",
    "tiptoe": "on tiptoe",
}
_MOST = 3


def describe(reading: Reading) -> str:
    """One line such as "outer side of the right knee, sharp, worse downhill"; "" for nothing."""
    parts: list[str] = []
    places = [place for place in find_places(reading) if place.weight > 0]
    if places:
        place = places[0]
        side = f"{place.side} " if place.side in ("left", "right") else ""
        name = _NAMES.get(place.name)
        if name:
            parts.append(name + (f" ({place.side})" if side else ""))
        elif place.face in _FACES:
            parts.append(f"{_FACES[place.face]} {side}{place.name.replace('-', ' ')}")
        else:
            parts.append(side + place.name.replace("-", " "))
    parts += _named(reading.of_kind("feeling"), _FEELINGS)
    parts += _named(reading.of_kind("trigger"), _TRIGGERS)
    return ", ".join(parts)


def _named(mentions: Iterable[Mention], names: dict[str, str]) -> list[str]:
    affirmed = (one.concept.name for one in mentions if one.status == "affirmed")
    return list(dict.fromkeys(names[name] for name in affirmed if name in names))[:_MOST]
