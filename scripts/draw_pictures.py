"""Draw the body picture of every pain pattern.

Reads ``data/pictures/places.toml`` and writes ``data/pictures/<slug>.png``. Run it from anywhere:

    python scripts/draw_pictures.py

The outlines below are our own. A path is a row of "x,y" points in the unit square of its view
(x to the right, y down); a smooth curve runs through them, and a point given twice is a corner.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from PIL import Image, ImageDraw, ImageFont
from pydantic import BaseModel, ConfigDict, TypeAdapter, model_validator

FOLDER = Path(__file__).resolve().parent.parent / "data" / "pictures"

WIDTH = HEIGHT = 480  # Discord cuts a thumbnail to a square
WINDOW = 360  # how high a view's window stands in it: above and below, the drawing goes on
SAMPLES = 4  # drawn this many times larger, then scaled down: smooth edges
CORNER = 22
OUTLINE = 3.0
INSET_HEIGHT, INSET_MARGIN = 132, 16
TOP_LEFT, TOP_RIGHT, BOTTOM_LEFT = (20, 26), (WIDTH - 20, 26), (20, HEIGHT - 28)

Point = tuple[float, float]
Spot = tuple[float, float, float, float]
Colour = tuple[int, int, int, int]
Kind = Literal["skin", "cloth", "hair", "pale", "line"]

CARD: Colour = (246, 243, 236, 255)
EDGE: Colour = (208, 204, 194, 255)
INK: Colour = (52, 66, 84, 255)
SKIN: Colour = (174, 187, 200, 255)
SHADE: Colour = (122, 138, 156, 255)
FILLS: dict[Kind, Colour] = {
    "skin": SKIN,
    "cloth": (140, 156, 174, 255),
    "hair": (92, 108, 127, 255),
    "pale": (205, 214, 223, 255),
}
# The mark, from the outer halo to the core: pixels around the spot, colour.
RINGS: tuple[tuple[float, Colour], ...] = (
    (13, (240, 96, 48, 70)),
    (6, (240, 90, 44, 140)),
    (0, (226, 52, 18, 222)),
)


class Place(BaseModel):
    """One entry of places.toml: what to show, and where to mark it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    view: Literal["front", "back", "outer", "inner", "sole", "foot"]
    zoom: str
    spots: tuple[Spot, ...]
    both_sides: bool = False
    alt: str

    @model_validator(mode="after")
    def check_zoom(self) -> Self:
        """Refuse a zoom that the view does not have."""
        known = VIEWS[self.view].windows
        if self.zoom not in known:
            raise ValueError(f"view {self.view!r} has no zoom {self.zoom!r}, only {list(known)}")
        return self


@dataclass(frozen=True)
class Part:
    """One shape of a view: filled if closed, else a thin line.

    ``twin`` says what becomes of the mirror image around x = 0.5: "join" closes the path with it,
    "copy" draws it as well, "none" leaves it out.
    """

    kind: Kind
    path: str
    twin: Literal["join", "copy", "none"] = "copy"

    def outlines(self) -> Iterator[list[Point]]:
        """Yield the smooth outlines of the part, in the unit square."""
        points = read_path(self.path)
        closed = self.kind != "line"
        if self.twin == "join":
            yield smooth(points + mirrored(points)[::-1], closed)
            return
        yield smooth(points, closed)
        if self.twin == "copy":
            yield smooth(mirrored(points), closed)


@dataclass(frozen=True)
class View:
    """A drawing that places refer to, with its label and the windows one can zoom to."""

    label: str
    parts: tuple[Part, ...]
    windows: dict[str, tuple[float, float, float]]  # name: centre x, centre y, height
    corner: Point  # where the label starts (or ends, in the right half), in pixels
    inset: bool = False  # show the whole drawing, small, beside the zoomed one


@dataclass(frozen=True)
class Frame:
    """Where the unit square lies on the enlarged image."""

    left: float
    top: float
    scale: float

    def place(self, points: list[Point]) -> list[Point]:
        """Move points of the unit square onto the image."""
        return [(self.left + x * self.scale, self.top + y * self.scale) for x, y in points]


# The body, right half of the picture; the person faces us in "front".
TRUNK_AND_LEGS = """
    .5,.100 .529,.112 .530,.140 .540,.158 .575,.170 .606,.181 .624,.200 .622,.230 .608,.262
    .604,.300 .594,.345 .587,.385 .592,.425 .605,.465 .613,.505 .618,.555 .615,.620 .605,.680
    .599,.722 .598,.752 .606,.790 .608,.830 .601,.880 .595,.925 .599,.945 .604,.962 .616,.981
    .616,.994 .598,1 .574,1 .561,.993 .560,.975 .557,.948 .560,.925 .555,.880 .543,.835
    .537,.795 .539,.755 .535,.722 .530,.690 .520,.640 .509,.585 .503,.545 .5,.536
"""
ARM = """
    .590,.176 .616,.182 .634,.203 .641,.240 .648,.290 .656,.335 .667,.375 .680,.425 .687,.460
    .693,.490 .693,.515 .685,.535 .676,.530 .671,.510 .669,.500 .663,.492 .665,.470 .660,.440
    .642,.385 .632,.345 .620,.300 .606,.255 .590,.220
"""
HEAD = ".5,0 .523,.005 .538,.025 .541,.055 .536,.085 .521,.112 .5,.122"
SHORTS = """
    .5,.425 .592,.425 .592,.425 .605,.465 .613,.505 .618,.555 .618,.592 .618,.592 .570,.598
    .510,.589 .510,.589 .503,.545 .5,.536
"""
BODY = (Part("skin", ARM), Part("skin", TRUNK_AND_LEGS, "join"), Part("skin", HEAD, "join"))
FRONT = (
    *BODY,
    Part("hair", ".5,0 .523,.005 .538,.025 .541,.052 .541,.052 .530,.036 .5,.032", "join"),
    Part("cloth", SHORTS, "join"),
    Part("line", ".512,.183 .545,.176 .585,.184"),
    Part("line", ".510,.268 .545,.272 .575,.262 .592,.244"),
    Part("line", ".514,.318 .535,.336 .562,.368"),
    Part("line", ".497,.394 .5,.400 .503,.394", "none"),
    Part("line", ".5,.450 .5,.536", "none"),
    Part("pale", ".567,.712 .580,.718 .582,.735 .567,.750 .552,.735 .554,.718"),
    Part("line", ".560,.752 .562,.768 .572,.768 .574,.752"),
    Part("line", ".562,.795 .565,.840 .571,.890"),
    Part("line", ".574,.988 .574,.998"),
    Part("line", ".585,.987 .586,.998"),
    Part("line", ".595,.986 .597,.998"),
    Part("line", ".605,.984 .608,.995"),
)
BACK = (
    *BODY,
    Part("hair", ".5,0 .523,.005 .538,.025 .541,.055 .534,.085 .516,.103 .5,.106", "join"),
    Part("cloth", SHORTS, "join"),
    Part("line", ".5,.165 .5,.415", "none"),
    Part("line", ".528,.222 .526,.255 .537,.285 .560,.278 .575,.250"),
    Part("line", ".5,.455 .5,.536", "none"),
    Part("line", ".506,.536 .530,.549 .560,.547 .585,.535"),
    Part("line", ".545,.735 .567,.741 .590,.735"),
    Part("line", ".550,.690 .548,.712 .546,.735"),
    Part("line", ".585,.690 .588,.712 .589,.735"),
    Part("line", ".545,.838 .556,.858 .569,.845 .580,.862 .598,.848"),
    Part("line", ".570,.900 .572,.930 .569,.955"),
    Part("line", ".584,.900 .583,.930 .587,.955"),
    Part("line", ".563,.985 .578,.978 .596,.985"),
)
BODY_WINDOWS = {
    "body": (0.5, 0.5, 1.08),
    "trunk": (0.5, 0.27, 0.58),
    "middle": (0.5, 0.42, 0.62),
    "hips": (0.5, 0.53, 0.36),
    "legs": (0.5, 0.725, 0.62),
    "thighs": (0.5, 0.63, 0.36),
    "knees": (0.5, 0.735, 0.26),
    "shins": (0.5, 0.855, 0.34),
}

# Lower leg and foot from the side, toes to the right; the inner side is flipped.
LEG_FRONT = """
    .330,-.4 .330,-.4 .575,-.4 .575,-.4 .580,.000 .592,.050 .590,.090 .570,.130 .566,.170
    .556,.250 .540,.370 .522,.500 .507,.620 .502,.720 .512,.785 .550,.835 .620,.880 .690,.912
    .750,.930 .800,.937 .827,.955 .832,.978 .815,.995 .770,.999 .700,.999
"""
LEG_BACK = """
    .400,1 .345,.997 .315,.978 .304,.945 .308,.905 .330,.860 .350,.800 .358,.740 .352,.650
    .328,.540 .292,.430 .275,.330 .282,.240 .312,.150 .334,.070 .335,.000
"""
OUTER = (
    Part("skin", LEG_FRONT + ".600,.996 .500,.996" + LEG_BACK, "none"),
    Part("pale", ".425,.815 .452,.828 .450,.862 .428,.880 .408,.862 .406,.832", "none"),
    Part("line", ".372,.720 .372,.790 .352,.860", "none"),
    Part("line", ".552,.025 .540,.060 .548,.105", "none"),
    Part("line", ".440,.130 .425,.145 .435,.165", "none"),
    Part("line", ".420,.300 .400,.420 .395,.540", "none"),
    Part("line", ".675,.957 .705,.950 .712,.975 .695,.992", "none"),
    Part("line", ".712,.960 .742,.950 .755,.972 .740,.992", "none"),
    Part("line", ".755,.960 .782,.950 .795,.970 .785,.990", "none"),
)
INNER = (
    Part("skin", LEG_FRONT + ".640,.985 .570,.960 .500,.962 .450,.985" + LEG_BACK, "none"),
    Part("pale", ".448,.790 .475,.803 .474,.838 .450,.855 .430,.838 .428,.805", "none"),
    Part("line", ".372,.720 .372,.790 .352,.860", "none"),
    Part("line", ".552,.025 .540,.060 .548,.105", "none"),
    Part("line", ".500,.240 .480,.400 .466,.560 .460,.700", "none"),
    Part("line", ".470,.940 .540,.925 .620,.950", "none"),
    Part("line", ".735,.965 .755,.975 .770,.996", "none"),
    Part("pale", ".796,.944 .822,.954 .828,.966 .800,.960", "none"),
)
LEG_WINDOWS = {"leg": (0.5, 0.5, 1.1), "foot": (0.5, 0.76, 0.58)}


def flipped(part: Part) -> Part:
    """Return the mirror image of a part."""
    points = mirrored(read_path(part.path))
    return Part(part.kind, " ".join(f"{x},{y}" for x, y in points), part.twin)


def read_path(text: str) -> list[Point]:
    """Read a row of "x,y" points."""
    pairs = (pair.split(",") for pair in text.split())
    return [(float(x), float(y)) for x, y in pairs]


def mirrored(points: list[Point]) -> list[Point]:
    """Mirror points left to right."""
    return [(1 - x, y) for x, y in points]


def oval(x: float, y: float, radius_x: float, radius_y: float) -> str:
    """Return the path of an oval."""
    a, b = radius_x * 0.72, radius_y * 0.72
    right = [(0.0, -radius_y), (a, -b), (radius_x, 0.0), (a, b)]
    offsets = right + [(-dx, -dy) for dx, dy in right]
    return " ".join(f"{x + dx},{y + dy}" for dx, dy in offsets)


# A pair of feet, toes up, the right one given; from below and from above the outline is the same.
FOOT_OUTLINE = """
    .705,.960 .755,.948 .790,.905 .798,.840 .806,.740 .828,.600 .858,.470 .880,.380 .880,.310
    .852,.262 .800,.232 .730,.200 .655,.186 .590,.195 .556,.235 .545,.300 .556,.370 .592,.460
    .622,.560 .630,.660 .618,.770 .615,.860 .632,.925 .665,.952
"""
TOES: tuple[Spot, ...] = (
    (0.597, 0.128, 0.050, 0.088),
    (0.686, 0.118, 0.033, 0.080),
    (0.750, 0.148, 0.030, 0.072),
    (0.807, 0.186, 0.028, 0.064),
    (0.856, 0.236, 0.026, 0.054),
)
FEET = (*(Part("skin", oval(*toe)) for toe in TOES), Part("skin", FOOT_OUTLINE))
SOLE = (
    *FEET,
    *(Part("pale", oval(x, y - ry * 0.25, rx * 0.66, ry * 0.6)) for x, y, rx, ry in TOES),
    Part("pale", ".600,.225 .680,.240 .770,.265 .845,.300 .850,.365 .790,.400 .690,.385 .600,.345"),
    Part("pale", oval(0.707, 0.865, 0.066, 0.070)),
    Part("line", ".652,.460 .672,.560 .676,.660 .664,.760"),
)
TOP = (
    *FEET,
    *(Part("pale", oval(x, y - ry * 0.5, rx * 0.56, ry * 0.32)) for x, y, rx, ry in TOES),
    Part("line", ".600,.230 .625,.330 .668,.500"),
    Part("line", ".684,.230 .690,.340 .698,.500"),
    Part("line", ".745,.245 .745,.350 .724,.500"),
    Part("line", ".800,.270 .790,.370 .748,.510"),
    Part("cloth", oval(0.710, 0.790, 0.074, 0.105)),
)
FEET_WINDOWS = {"feet": (0.5, 0.505, 0.86), "toes": (0.5, 0.26, 0.66)}

VIEWS = {
    "front": View("front", FRONT, BODY_WINDOWS, BOTTOM_LEFT, inset=True),
    "back": View("back", BACK, BODY_WINDOWS, BOTTOM_LEFT, inset=True),
    "outer": View("outer side", OUTER, LEG_WINDOWS, TOP_RIGHT),
    "inner": View("inner side", tuple(flipped(part) for part in INNER), LEG_WINDOWS, TOP_LEFT),
    "sole": View("from below", SOLE, FEET_WINDOWS, TOP_LEFT),
    "foot": View("from above", TOP, FEET_WINDOWS, TOP_LEFT),
}


def smooth(points: list[Point], closed: bool, steps: int = 14) -> list[Point]:
    """Return a Catmull-Rom curve through the points."""
    before, after = (points[-1:], points[:2]) if closed else (points[:1], points[-1:])
    row = [*before, *points, *after]
    curve: list[Point] = []
    for p0, p1, p2, p3 in zip(row, row[1:], row[2:], row[3:], strict=False):
        if p1 == p2:
            continue
        for step in range(steps):
            t = step / steps
            x, y = (blend(p0[i], p1[i], p2[i], p3[i], t) for i in (0, 1))
            curve.append((x, y))
    return curve if closed else [*curve, points[-1]]


def blend(a: float, b: float, c: float, d: float, t: float) -> float:
    """Return one Catmull-Rom coordinate at t, from b (t = 0) to c (t = 1)."""
    bends = (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t**3
    return b + 0.5 * ((c - a) * t + bends)


def draw_stroke(draw: ImageDraw.ImageDraw, points: list[Point], colour: Colour, width: int) -> None:
    """Draw a line with a dot at every point: no notches where it bends, and round ends."""
    draw.line(points, fill=colour, width=width)
    for point in points:
        draw.circle(point, width / 2, fill=colour)


def draw_view(draw: ImageDraw.ImageDraw, view: View, frame: Frame, outline: float) -> None:
    """Draw all parts: first the skin's outline, then its fill, so that parts grow together."""
    width = round(outline * SAMPLES)
    skin = [frame.place(o) for part in view.parts if part.kind == "skin" for o in part.outlines()]
    for points in skin:
        draw_stroke(draw, [*points, points[0]], INK, 2 * width)
    for points in skin:
        draw.polygon(points, fill=SKIN)
    for part in view.parts:
        for points in map(frame.place, part.outlines()):
            if part.kind == "line":
                draw_stroke(draw, points, SHADE, width)
            elif part.kind != "skin":
                draw.polygon(points, fill=FILLS[part.kind])


def mark_spots(image: Image.Image, spots: list[Spot], frame: Frame, size: float) -> None:
    """Lay the marks with their halos over the image."""
    overlay = Image.new("RGBA", image.size)
    draw = ImageDraw.Draw(overlay)
    for margin, colour in RINGS:
        for x, y, radius_x, radius_y in spots:
            ((cx, cy),) = frame.place([(x, y)])
            rx, ry = (r * frame.scale + margin * size * SAMPLES for r in (radius_x, radius_y))
            draw.ellipse((cx - rx, cy - ry, cx + rx, cy + ry), fill=colour)
    image.alpha_composite(overlay)


def draw_inset(image: Image.Image, view: View, window: tuple[float, float, float]) -> None:
    """Draw the whole body, small, in the lower right corner, with the zoomed part framed."""
    scale = INSET_HEIGHT * SAMPLES
    right, bottom = (WIDTH - INSET_MARGIN) * SAMPLES, (HEIGHT - INSET_MARGIN) * SAMPLES
    frame = Frame(right - 0.72 * scale, bottom - scale, scale)
    draw = ImageDraw.Draw(image)
    for part in view.parts:
        for points in map(frame.place, part.outlines()):
            if part.kind == "skin":
                draw.polygon(points, fill=FILLS["pale"])
    y, height = window[1], window[2] * HEIGHT / WINDOW
    top, low = max(y - height / 2, -0.02), min(y + height / 2, 1.02)
    box = frame.place([(0.28, top), (0.72, low)])
    draw.rounded_rectangle([*box[0], *box[1]], 5 * SAMPLES, outline=INK, width=2 * SAMPLES)


def draw_label(image: Image.Image, view: View) -> None:
    """Write the name of the view into its corner."""
    x, y = (n * SAMPLES for n in view.corner)
    font = ImageFont.load_default(24 * SAMPLES)
    anchor = "lm" if view.corner[0] < WIDTH / 2 else "rm"
    ImageDraw.Draw(image).text((x, y), view.label, font=font, fill=INK, anchor=anchor)


def card_shape(inner: float) -> Image.Image:
    """Return the mask of the rounded card, made smaller by so many pixels."""
    mask = Image.new("L", (WIDTH * SAMPLES, HEIGHT * SAMPLES))
    low, right, bottom = (n * SAMPLES for n in (inner, WIDTH - inner, HEIGHT - inner))
    box = (low, low, right - 1, bottom - 1)
    ImageDraw.Draw(mask).rounded_rectangle(box, (CORNER - inner) * SAMPLES, fill=255)
    return mask


def draw_place(place: Place) -> Image.Image:
    """Draw the picture of one place."""
    view = VIEWS[place.view]
    x, y, height = window = view.windows[place.zoom]
    scale = WINDOW * SAMPLES / height
    frame = Frame(WIDTH * SAMPLES / 2 - x * scale, HEIGHT * SAMPLES / 2 - y * scale, scale)
    spots = list(place.spots)
    if place.both_sides:
        spots += [(1 - x, y, radius_x, radius_y) for x, y, radius_x, radius_y in place.spots]
    inside = Image.new("RGBA", (WIDTH * SAMPLES, HEIGHT * SAMPLES), CARD)
    draw_view(ImageDraw.Draw(inside), view, frame, OUTLINE)
    mark_spots(inside, spots, frame, 1)
    if view.inset:
        draw_inset(inside, view, window)
    draw_label(inside, view)
    card = Image.new("RGBA", inside.size, (*EDGE[:3], 0))
    card.paste(EDGE, mask=card_shape(0))
    card.paste(inside, mask=card_shape(2))
    return card.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


def main() -> None:
    """Draw every place of places.toml."""
    entries = tomllib.loads((FOLDER / "places.toml").read_text(encoding="utf-8"))
    for slug, place in TypeAdapter(dict[str, Place]).validate_python(entries).items():
        picture = draw_place(place).quantize(96, Image.Quantize.FASTOCTREE)
        picture.save(FOLDER / f"{slug}.png", optimize=True)


if __name__ == "__main__":
    main()
