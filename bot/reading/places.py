"""Which place the complaint is about, with its face and side, out of all that are named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.reading.reading import Mention, Reading

FACES = frozenset(
    "outer inner front back top under above between deep middle edge tip along".split()
)
# These tell which face least: "along the inside" is the inner one.
_LEAST = frozenset("middle edge tip along".split())
SIDES = frozenset({"left", "right", "both"})
_NEAR = 6  # words between a place and the word for its face or side
# "Right behind my knee", "right after i stop" tells no side; "on the right behind my knee" does.
_THE = frozenset("the my on his her your left and".split())
_GOES_ON = frozenset(
    (
        "up down behind under underneath below beneath above at in on after before when where "
        "next through between by away now around across off beside along over inside outside near "
        "from as"
    ).split()
)
# Words of whole regions say little when a finer place is named too.
_BROAD = frozenset("leg lower-leg foot muscle bone joint tendon skin everywhere side".split())


@dataclass(frozen=True, slots=True)
class Place:
    """A named place with what the text says of it.

    `weight`: how much of the complaint it carries, above 0 for the complaint's own places.
    """

    name: str
    face: str | None
    side: str | None
    weight: float
    mention: Mention

    @property
    def label(self) -> str:
        """The place with its face: "knee/outer"."""
        return f"{self.name}/{self.face}" if self.face else self.name

    @property
    def is_broad(self) -> bool:
        """Whether it is a whole region, which says little when a finer place is named too."""
        return self.name in _BROAD


def find_places(reading: Reading) -> list[Place]:
    """The places named, the one most complained of first."""
    sides = [one for one in reading.of_kind("side") if not _is_adverb(reading, one)]
    feelings = [one for one in reading.of_kind("feeling") if one.status == "affirmed"]
    remedies = reading.of_kind("remedy")
    denied = [
        one for one in reading.mentions if one.status == "denied" and one.concept.name in FACES
    ]
    places = []
    for order, mention in enumerate(reading.of_kind("place")):
        face = _nearest(mention, sides, FACES)
        side = _nearest(mention, sides, SIDES)
        face, side = _mirrored(sides, reading, mention, face, side)
        if side in ("left", "right") and _is_of_both(sides, reading, mention):
            side = "both"
        weight = _weight(mention, feelings, remedies, order)
        if weight < 0 and (other := _corrected(mention, denied, reading)):
            face, weight = other, 1.0
        places.append(Place(mention.concept.name, face, side, weight, mention))
    return sorted(places, key=lambda place: -place.weight)


def _weight(
    mention: Mention, feelings: Sequence[Mention], remedies: Sequence[Mention], order: int
) -> float:
    """`remedies`: "calf raises hurt my achilles" is not about the calf."""
    if mention.status in ("denied", "past", "other"):
        return -1.0
    weight = 1.0 if mention.status == "affirmed" else 0.5
    weight += sum(1.0 for one in feelings if one.clause == mention.clause)
    weight += sum(0.5 for one in feelings if one.sentence == mention.sentence)
    if mention.concept.name in _BROAD or any(
        one.start <= mention.start and mention.end < one.end for one in remedies
    ):
        weight *= 0.5
    return weight - 0.05 * order


def _nearest(place: Mention, words: Sequence[Mention], wanted: frozenset[str]) -> str | None:
    best: tuple[int, str] | None = None
    for one in words:
        if one.concept.name not in wanted or one.sentence != place.sentence:
            continue
        gap = place.start - one.end if one.end <= place.start else one.start - place.end + 1
        if -1 <= gap <= _NEAR and one.status != "denied":
            # Before the place and in its clause is where English puts it.
            cost = gap + (0 if one.clause == place.clause else 4)
            cost += _NEAR if one.concept.name in _LEAST else 0
            if best is None or cost < best[0]:
                best = (cost, one.concept.name)
    return best[1] if best else None


def _is_of_both(sides: Sequence[Mention], reading: Reading, place: Mention) -> bool:
    """ "My left and right calf"."""
    near = [one for one in sides if one.concept.name in SIDES and one.end <= place.start]
    if len(near) < 2 or place.start - near[-1].end > 1:
        return False
    one, other = near[-2:]
    between = [token.word for token in reading.tokens[one.end : other.start]]
    return one.concept != other.concept and between in (["and"], ["or"], ["&"], ["n"])


def _is_adverb(reading: Reading, side: Mention) -> bool:
    """Whether a "right" is none: "right behind my knee"."""
    if side.concept.name != "right" or side.end >= len(reading.tokens):
        return False
    before = reading.tokens[side.start - 1].word if side.start else ""
    return before not in _THE and reading.tokens[side.end].word in _GOES_ON


def _corrected(place: Mention, denied: Sequence[Mention], reading: Reading) -> str | None:
    """The face meant by "not the outside of the knee, the inside": the place itself is not denied.

    `denied`: the text's denied faces. None where none of them stands just before the place, or
    another place takes the next face.
    """
    if not any(
        one.sentence == place.sentence and 0 < place.start - one.start <= 3 for one in denied
    ):
        return None
    after = [
        one
        for one in reading.mentions
        if one.sentence == place.sentence
        and one.start >= place.end
        and (one.concept.kind == "place" or one.concept.name in FACES)
    ]
    if not after or any(one.concept.kind == "place" for one in after):
        return None
    return next((one.concept.name for one in after if one.status == "affirmed"), None)


def _mirrored(
    told: Sequence[Mention], reading: Reading, place: Mention, face: str | None, side: str | None
) -> tuple[str | None, str | None]:
    """ "Right of my left knee" is its inner side, "left of my left knee" the outer one."""
    sides = [
        one
        for one in told
        if one.concept.name in ("left", "right") and 0 <= place.start - one.end <= 4
    ]
    if len(sides) < 2 or face is not None:
        return face, side
    of, own = sides[-2].concept.name, sides[-1].concept.name
    between = {token.word for token in reading.tokens[sides[-2].end : sides[-1].start]}
    if "of" not in between:
        return face, side
    return ("outer" if of == own else "inner"), own
