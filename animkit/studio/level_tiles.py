"""Our own tiles of 16 x 16 pixels for levels: earth that joins at edges and corners, bricks, trunks, creatures."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from animkit.studio.painting import BAYER, channels, mix_colours

SIDE = 16  # pixels of a tile
COLUMNS = 16  # tiles in a row of the tile set's picture
PHASES = 4  # pictures of what moves

# neighbours of a tile, (rows down, columns right), in the order of a mask's bits: a bit says that there it is open
AROUND = ((-1, 0), (0, 1), (1, 0), (0, -1), (-1, 1), (1, 1), (1, -1), (-1, -1))
NORTH, EAST, SOUTH, WEST = 1, 2, 4, 8


class Ground(NamedTuple):
    """Colours of a place's ground: what grows on top and the earth below, each from light to dark."""

    top: tuple
    earth: tuple
    line: str
    flowers: tuple


_PETALS = ("#f26d7d", "#ffffff", "#ffd24a", "#b78cf0")
GROUNDS = {
    "meadow": Ground(("#c3e87a", "#7cc653", "#46964a"), ("#b98354", "#96623f", "#744a36"), "#43292c", _PETALS),
    "forest": Ground(("#93cf6c", "#4f9f52", "#2c6e48"), ("#93694c", "#714d3d", "#553a36"), "#33232c", _PETALS[1:]),
    "village": Ground(("#d3e878", "#92c64f", "#5a9642"), ("#c79a63", "#a6774a", "#82593d"), "#4a2f2c", _PETALS),
    "castle": Ground(("#b3dd7c", "#6cb357", "#3d874d"), ("#a9a5b8", "#87829a", "#676280"), "#38324c", _PETALS),
    "mountain": Ground(
        ("#ffffff", "#dfeaf6", "#a9bedb"), ("#8b92ab", "#6c738f", "#525873"), "#2f3450", ("#cfe0f2",) * 2
    ),
    "shore": Ground(
        ("#fff3c9", "#f1d793", "#cfa665"), ("#dcb27a", "#bd8e5c", "#976a48"), "#583a33", ("#f59a86", "#fff")
    ),
}
SNOW = GROUNDS["mountain"].top

_WALKER = (  # a burr with feet; the second half of its step is the first, mirrored
    """
................
................
................
....k..k..k.....
...kvk.kvkkvk...
..kvvvkvvvvvvk..
..kvllvvvvvvvvk.
.kvlvvvvvvvvvvk.
.kvvvwwvvvwwvvk.
kvvvvwkvvvwkvvvk
.kvvvwkvvvwkvvk.
.kvdvvvvvvvvdvk.
..kdddvppvdddk..
...kkddddddkk...
...kffk..kffk...
..kfffk...kk....
""",
    """
................
................
....k..k..k.....
...kvk.kvkkvk...
..kvvvkvvvvvvk..
..kvllvvvvvvvvk.
.kvlvvvvvvvvvvk.
.kvvvwwvvvwwvvk.
kvvvvwkvvvwkvvvk
.kvvvwkvvvwkvvk.
.kvdvvvvvvvvdvk.
..kdddvppvdddk..
...kkddddddkk...
....kffkkffk....
....kffkkffk....
.....kk..kk.....
""",
)
_WALKER_ASLEEP = """
................
................
................
................
................
....k..k..k.....
...kvk.kvkkvk...
..kvvvkvvvvvvk..
..kvllvvvvvvvvk.
.kvlvvvvvvvvvvk.
.kvvkkkvvvkkkvk.
kvvvvvvvvvvvvvvk
.kvdvvvppvvvdvk.
.kdddddddddddk..
..kkffkkkkffkk..
...kkk....kkk...
"""
_FLYER = (  # a moth with one large brow
    """
................
.kk..........kk.
kaak........kaak
kaaak.kkkk.kaaak
.kaaakooookaaak.
..kaakoollokak..
...kkoooooook...
....koowkwook...
....koowkwook...
....kooooooyk...
....kyooppoyk...
.....kyyyyyk....
......kyyyk.....
.......kkk......
................
................
""",
    """
................
................
......kkkk......
.....kooook.....
....koolllok....
..kkkooooookkk..
.kaakoowkwokaak.
kaaakoowkwokaaak
kaaakooooookaaak
kaak.kyoppyk.kak
.kk..kyyyyyk..k.
......kyyyk.....
.......kkk......
................
................
................
""",
)
_INKS = {
    **{"k": "#2b1f3d", "v": "#8d62c9", "l": "#c3a0ef", "d": "#5f3f98", "w": "#ffffff", "p": "#ef8fae", "f": "#e8a24b"},
    **{"o": "#f0a95c", "y": "#b8713c", "a": "#f0e2ff", "r": "#d94f4f", "g": "#3f8f45", "c": "#f7efd9"},
}


def _drawn(text, inks=_INKS):
    """A tile from a drawing in letters: (16, 16, 4)."""
    picture = np.zeros((SIDE, SIDE, 4), "uint8")
    for y, row in enumerate(text.split()):
        for x, letter in enumerate(row):
            if letter != ".":
                picture[y, x] = (*mix_colours(inks[letter], inks[letter], 0), 255)
    return picture


def _blank():
    picture = Image.new("RGBA", (SIDE, SIDE))
    return picture, ImageDraw.Draw(picture)


def _shade(values, tones):
    """Values in [0, 1], light to dark, as tones with ordered dither: (height, width, 3)."""
    height, width = values.shape
    bayer = np.tile(BAYER, (-(-height // 4), -(-width // 4)))[:height, :width]
    index = np.clip(values * (len(tones) - 1) + (bayer - 0.5) * 0.9 + 0.5, 0, len(tones) - 1).astype(int)
    return np.array([channels(tone) for tone in tones])[index].astype("uint8")


def normal(mask):
    """Forget corners beside an open edge, which do not show: 47 masks are left of 256."""
    for corner, sides in zip(range(4, 8), ((NORTH, EAST), (SOUTH, EAST), (SOUTH, WEST), (NORTH, WEST)), strict=True):
        if mask & sides[0] or mask & sides[1]:
            mask &= ~(1 << corner)
    return mask


MASKS = tuple(sorted({normal(mask) for mask in range(256)}))

# how far grass hangs down, column by column; the ends meet
_FRINGE = np.array([5, 4, 5, 6, 7, 6, 4, 5, 6, 8, 6, 5, 4, 5, 7, 6])


def _earth(rng, ground):
    """Earth all over a tile, with a few stones: (16, 16, 3)."""
    lit, body, dark = (channels(tone) for tone in ground.earth)
    pixels = np.broadcast_to(body, (SIDE, SIDE, 3)).copy()
    for _ in range(5):
        y, x, long = *rng.integers(0, (SIDE, SIDE - 3)), rng.integers(1, 4)
        pixels[y, x : x + long] = dark if rng.random() < 0.6 else mix_colours(lit, body, 0.4)
    for _ in range(int(rng.integers(0, 3))):
        y, x, wide = *rng.integers(2, SIDE - 5, 2), rng.integers(2, 4)
        pixels[y : y + 2, x : x + wide] = lit
        pixels[y, x : x + wide - 1] = mix_colours(lit, "#ffffff", 0.25)
        pixels[y + 2, x : x + wide] = dark
    return pixels


def _ground(mask, variant, ground):
    """A tile of earth that is open on the sides of a mask, in colours of a place."""
    rng = np.random.default_rng([variant, 5])
    rgb, alpha = _earth(rng, ground), np.full((SIDE, SIDE), 255)
    y, x = np.mgrid[:SIDE, :SIDE]
    lit, body, dark = (channels(tone) for tone in ground.earth)
    line = channels(ground.line)
    if mask & WEST:
        rgb[:, 1:3] = mix_colours(lit, body, 0.35)
        rgb[::3, 2] = rgb[1::5, 1] = body
        rgb[:, 0] = line
    if mask & EAST:
        rgb[:, -3:-1] = dark
        rgb[::3, -3] = body
        rgb[:, -1] = line
    if mask & SOUTH:
        rgb[-4:-1] = np.where((x[-4:-1] + y[-4:-1])[..., None] % 2, dark, rgb[-4:-1])
        rgb[-2:] = np.where((np.roll(_FRINGE, 5) > 5)[None, :, None], line, dark)
        rgb[-1] = line
        alpha[-1, np.roll(_FRINGE, 5) < 5] = 0
    if mask & NORTH:
        _grow(rgb, np.roll(_FRINGE, 7 * variant), ground)
    for corner, (rows, columns) in enumerate(((NORTH, EAST), (SOUTH, EAST), (SOUTH, WEST), (NORTH, WEST))):
        down, right = rows == SOUTH, columns == EAST
        aside = SIDE - 1 - x if right else x
        near = (SIDE - 1 - y if down else y) + aside
        if mask & rows and mask & columns:  # rounded off
            alpha[near < 3 - down] = 0
            rgb[near == 3 - down] = line if down else mix_colours(ground.top[2], line, 0.5)
            if not down:  # grass hangs over the edge
                rgb[(aside < 2) & (y > 2) & (y < 8)] = channels(ground.top[2 if right else 1])
                rgb[aside == 0] = line
        elif mask >> 4 + corner & 1:  # an inner corner: a nick
            rgb[near < 2] = line
            rgb[near == 2] = dark
    return np.dstack([rgb, alpha]).astype("uint8")


def _grow(rgb, fringe, ground):
    """Grass over the upper rows of a tile, in place."""
    lit, body, dark = (channels(tone) for tone in ground.top)
    for x, deep in enumerate(fringe):
        rgb[:deep, x] = body
        rgb[deep - 2 : deep, x] = dark
        rgb[deep, x] = channels(ground.line) * 0.4 + channels(ground.earth[2]) * 0.6
        rgb[1 + (x % 3 == 0), x] = lit
    rgb[0] = dark
    rgb[1] = np.where((np.arange(SIDE) % 5 < 4)[:, None], lit, body)


def _brick(mask, variant, moss):
    """Bricks of warm stone in two courses; edges that are open have a rim, moss grows where it is open above."""
    rng = np.random.default_rng([variant, 6])
    picture, draw = _blank()
    draw.rectangle((0, 0, 15, 15), fill="#5a3a3f")
    for row, starts in enumerate(((0, 8), (-4, 4, 12), (0, 8), (-4, 4, 12))):
        for start in starts:
            tone = ("#c87f5c", "#bd7355", "#b26a50", "#c98a68")[int(rng.integers(4))]
            top = row * 4
            draw.rectangle((start, top, start + 6, top + 2), fill=tone)
            draw.line((start, top, start + 6, top), fill=mix_colours(tone, "#ffffff", 0.3))
            draw.line((start + 6, top + 1, start + 6, top + 2), fill=mix_colours(tone, "#3a2030", 0.25))
    for side, box in ((NORTH, (0, 0, 15, 0)), (EAST, (15, 0, 15, 15)), (SOUTH, (0, 15, 15, 15)), (WEST, (0, 0, 0, 15))):
        if mask & side:
            draw.rectangle(box, fill="#43272f")
    if mask & NORTH:
        draw.line((1, 1, 14, 1), fill="#eab48c")
        if variant:
            for x, deep in enumerate((0, 2, 3, 2, 1, 0, 0, 0, 0, 1, 2, 3, 4, 3, 1, 0)):
                if deep:
                    draw.line((x, 0, x, deep), fill=moss[1])
                    draw.point((x, 0), fill=moss[0])
                    draw.point((x, deep), fill=moss[2])
    return np.asarray(picture)


def _trunk(kind, part, variant, top_colours):
    """Half of a hollow trunk or a whole narrow one: part "left", "right" or "narrow"; kind "top" or "body"."""
    tones = ("#c9945f", "#a8733f", "#8a5a35", "#6b4230", "#4d2e2a")
    # light falls from the left over a round trunk of 32 columns, or of 16
    wide = np.arange(SIDE) * 2 + 0.5 if part == "narrow" else np.arange(SIDE) + (SIDE if part == "right" else 0)
    light = np.abs(wide / 31 - 0.28) ** 0.8 * 1.25
    bark = np.array([0, 0.14, 0.02, -0.06, 0.16, 0, 0.1, -0.05])[np.arange(SIDE) * 3 // 2 % 8]
    rows = np.arange(SIDE)[:, None]
    ripple = np.where((rows + np.arange(SIDE) * 5) % 11 == 0, 0.12, 0)
    rgb = _shade(light + bark + ripple, tones)
    alpha = np.full((SIDE, SIDE), 255)
    picture = Image.fromarray(np.dstack([rgb, alpha]).astype("uint8"))
    draw = ImageDraw.Draw(picture)
    line = "#35201f"
    edges = {"left": (0,), "right": (15,), "narrow": (0, 15)}[part]
    if kind == "body":
        inset = [x + (1 if x == 0 else -1) for x in edges]
        for x, inner in zip(edges, inset, strict=True):
            draw.line((x, 0, x, 15), fill=(0, 0, 0, 0))
            draw.line((inner, 0, inner, 15), fill=line)
        if variant:  # a knot, or a leaf that sprouts
            draw.ellipse((5, 5, 9, 10), fill=tones[4])
            draw.ellipse((6, 6, 8, 9), fill=tones[2])
    else:
        for x in edges:
            draw.line((x, 1, x, 15), fill=line)
        draw.rectangle((0, 0, 15, 5), fill="#e9c88f")  # the cut, with rings
        draw.line((0, 2, 15, 2), fill="#c99f63")
        draw.line((2, 4, 13, 4), fill="#d8b277")
        hollow = {"left": (7, 1, 15, 4), "right": (0, 1, 8, 4), "narrow": (4, 1, 11, 4)}[part]
        draw.rectangle(hollow, fill="#3b2426")
        draw.line((hollow[0], 1, hollow[2], 1), fill="#24151c")
        draw.line((0, 6, 15, 6), fill=line)
        draw.line((0, 0, 15, 0), fill=line)
        for x in edges:
            draw.point(((x, 0),), fill=(0, 0, 0, 0))
            draw.line((x, 1, x, 6), fill=line)
        for x, deep in enumerate(
            np.roll((0, 0, 2, 3, 2, 0, 0, 0, 0, 0, 1, 2, 1, 0, 0, 0), 5 if part == "right" else 0)
        ):
            if deep:  # moss
                draw.line((x, 6, x, 6 + deep), fill=top_colours[1])
                draw.point((x, 6), fill=top_colours[0])
                draw.point((x, 6 + deep), fill=top_colours[2])
        draw.line((1, 13, 14, 13), fill=tones[3])
    return np.asarray(picture)


def _treasure(phase):
    """A chest that hangs in the air, with a glint that wanders."""
    picture, draw = _blank()
    draw.rectangle((0, 1, 15, 15), fill="#4a2a1f")
    draw.rectangle((1, 0, 14, 15), fill="#4a2a1f")
    draw.rectangle((1, 1, 14, 14), fill="#d98a35")
    draw.rectangle((2, 1, 13, 5), fill="#f2b24c")
    draw.line((2, 1, 13, 1), fill="#ffe08a")
    draw.line((1, 6, 14, 6), fill="#7a4425")
    draw.line((1, 11, 14, 11), fill="#b96e2b")
    for x in (3, 12):
        draw.rectangle((x, 1, x, 14), fill="#ffe9a6")
        draw.line((x, 7, x, 14), fill="#d6b45f")
    draw.rectangle((6, 5, 9, 10), fill="#4a2a1f")
    draw.rectangle((7, 6, 8, 9), fill=("#8ff0e0", "#c8fff2", "#8ff0e0", "#5fd0c8")[phase])
    x, y = ((2, 3), (5, 2), (10, 3), (13, 8))[phase]
    draw.point(((x, y), (x + 1, y), (x - 1, y), (x, y - 1), (x, y + 1)), fill="#fff6cf")
    return np.asarray(picture)


def _crate():
    """The same, emptied."""
    picture, draw = _blank()
    draw.rectangle((0, 0, 15, 15), fill="#46301f")
    draw.rectangle((1, 1, 14, 14), fill="#a5794c")
    for y in (1, 5, 9, 13):
        draw.line((1, y, 14, y), fill="#c39a66")
        draw.line((1, min(y + 3, 14), 14, min(y + 3, 14)), fill="#7d5736")
    draw.rectangle((1, 1, 3, 14), fill="#8f653e")
    draw.rectangle((12, 1, 14, 14), fill="#805836")
    for y in (2, 13):
        draw.point(((2, y), (13, y)), fill="#e0d3ae")
    draw.line((4, 12, 11, 3), fill="#8f653e")
    draw.line((4, 11, 10, 3), fill="#c39a66")
    return np.asarray(picture)


def _pillar(head):
    """A stone chimney; its head has a lantern niche."""
    picture, draw = _blank()
    left, right = (0, 15) if head else (1, 14)
    draw.rectangle((left, 0, right, 15), fill="#3b3550")
    draw.rectangle((left + 1, 0, right - 1, 15), fill="#8f8aa5")
    draw.rectangle((left + 1, 0, left + 3, 15), fill="#b6b2c6")
    draw.rectangle((right - 3, 0, right - 1, 15), fill="#6e6885")
    for y in (3, 7, 11, 15):
        draw.line((left + 1, y, right - 1, y), fill="#5a5473")
        draw.line((5 + y % 8, y - 3, 5 + y % 8, y), fill="#5a5473")
    if head:
        draw.rectangle((0, 0, 15, 3), fill="#3b3550")
        draw.rectangle((1, 1, 14, 2), fill="#cbc7d8")
        draw.ellipse((4, 5, 11, 12), fill="#3b3550")
        draw.rectangle((4, 8, 11, 12), fill="#3b3550")
    return np.asarray(picture)


def _lantern():
    """What shines in a pillar's head, by day and night."""
    picture, draw = _blank()
    draw.ellipse((6, 6, 9, 12), fill="#ffb648")
    draw.ellipse((7, 8, 8, 11), fill="#fff2b8")
    return np.asarray(picture)


def _coin(phase):
    picture, draw = _blank()
    half = (5, 3, 1, 3)[phase]
    draw.ellipse((7.5 - half, 2, 8.5 + half, 13), fill="#6b3f1d")
    if half > 1:
        draw.ellipse((8.5 - half, 3, 7.5 + half, 12), fill="#f5b53d")
        draw.ellipse((8.5 - half, 3, 5.5 + half, 11), fill="#ffd968")
        draw.line((8, 5, 8, 10), fill="#b9762a")
        draw.point(((9 - half, 6), (9 - half, 7)), fill="#fff6cf")
    else:
        draw.line((8, 3, 8, 12), fill="#ffd968")
    return np.asarray(picture)


def _banner(phase, top):
    """The goal: a pole with a pennant that waves, two tiles high."""
    picture, draw = _blank()
    draw.rectangle((3, 2 if top else 0, 5, 15), fill="#3b2a3d")
    draw.line((4, 3 if top else 0, 4, 15), fill="#d9c7a0")
    if top:
        draw.ellipse((2, 0, 6, 4), fill="#3b2a3d")
        draw.ellipse((3, 1, 5, 3), fill="#ffd968")
        for x in range(6, 16):
            wave = round(1.3 * np.sin(x / 2.4 - phase * np.pi / 2) * (x - 5) / 10)
            half = (15 - x) // 2 + 1
            draw.line((x, 8 - half + wave, x, 8 + half + wave), fill="#3b2a3d")
            if half > 1:
                draw.line((x, 9 - half + wave, x, 7 + half + wave), fill="#e0523f" if x % 6 < 4 else "#f47c5f")
    else:
        draw.rectangle((1, 13, 7, 15), fill="#3b2a3d")
        draw.line((2, 14, 6, 14), fill="#8f8aa5")
    return np.asarray(picture)


def _water(phase, surface):
    picture, draw = _blank()
    for y in range(SIDE):
        down = (y - 6) / 26 if surface else 0.4
        if not surface or y >= 6:
            draw.line((0, y, 15, y), fill=(*mix_colours("#3f9fc4", "#173a63", min(1, max(0, down))), 235))
    for x in range(SIDE) if surface else ():
        crest = (6, 6, 7, 7, 8, 8, 7, 7)[(x + 2 * phase) % 8]
        draw.line((x, 5, x, crest - 1), fill=(0, 0, 0, 0))
        draw.point((x, crest), fill="#d9f6f4")
        draw.point((x, crest + 1), fill="#7cc8d8")
    draw.line(((3 + 4 * phase) % 16, 11, (3 + 4 * phase) % 16 + 3, 11), fill="#5fb4d0" if surface else "#225078")
    return np.asarray(picture)


def _tuft(number, ground):
    """What grows on the ground, behind whoever walks there: grass, flowers, a bush in two halves, stones, mushrooms."""
    rng = np.random.default_rng([number, 7])
    picture, draw = _blank()
    lit, body, dark = ground.top
    if number < 5:  # blades, with flowers from the second on
        for _ in range((4, 6, 6, 7, 5)[number]):
            x, tall = int(rng.integers(2, 14)), int(rng.integers(3, 7))
            draw.line((x, 15, x + int(rng.integers(-1, 2)), 15 - tall), fill=(lit, body, dark)[int(rng.integers(3))])
        for n in range((0, 2, 2, 1, 0)[number]):
            x, y = 4 + 6 * n + int(rng.integers(0, 3)), int(rng.integers(7, 11))
            draw.line((x, y, x, 15), fill=dark)
            petal = ground.flowers[(number + n) % len(ground.flowers)]
            draw.point(((x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)), fill=petal)
            draw.point((x, y), fill="#fff0a8")
    elif number < 7:  # a bush: left half, right half
        for x, y, r in ((6, 12, 5), (13, 9, 7), (20, 9, 7), (26, 12, 5)):
            x -= 16 * (number - 5)
            draw.ellipse((x - r, y - r, x + r, y + r), fill=mix_colours(dark, ground.line, 0.35))
        for tone, up, smaller in ((dark, 0, 1), (body, 2, 2), (lit, 4, 4)):
            for x, y, r in ((6, 12, 5), (13, 9, 7), (20, 9, 7), (26, 12, 5)):
                x, r = x - 16 * (number - 5) - up // 2, max(1, r - smaller)
                draw.ellipse((x - r, y - r - up // 2, x + r, y + r - up), fill=tone)
    elif number == 7:
        draw.ellipse((3, 10, 11, 18), fill=ground.line)
        draw.ellipse((4, 11, 10, 17), fill=ground.earth[1])
        draw.line((5, 12, 8, 12), fill=ground.earth[0])
    else:
        for x, y in ((5, 11), (10, 13)):
            draw.rectangle((x, y, x + 1, 15), fill="#f3e6cf")
            draw.line((x - 2, y, x + 3, y), fill="#b5352f")
            draw.rectangle((x - 1, y - 2, x + 2, y - 1), fill="#e0523f")
            draw.point(((x, y - 2), (x + 2, y - 1)), fill="#fff")
    return np.asarray(picture)


TUFTS = 9


def _moving(first, second):
    """A creature's four phases: two steps, and the same mirrored."""
    return [first, second, first[:, ::-1], second[:, ::-1]]


@lru_cache(maxsize=16)
def tile_set(place, snow=False):
    """Paint every tile in daylight.

    Args:
        place: one of GROUNDS.
        snow: the ground is white.

    Returns:
        {name: first index}, and tiles (n, 16, 16, 4) uint8, and which pixels shine, (n, 16, 16, 1) bool. Names are
        ("ground", mask, variant), ("brick", mask, variant), ("trunk", kind, part, variant), ("tuft", number),
        or a word, such as "coin"; the phases of what moves follow each other.
    """
    ground = GROUNDS[place]
    if snow:
        ground = ground._replace(top=SNOW, flowers=GROUNDS["mountain"].flowers)
    names, tiles, shining = {}, [], []

    def add(name, *pictures, shine=False):
        names[name] = len(tiles)
        tiles.extend(pictures)
        shining.extend(np.broadcast_to(shine, (len(pictures), SIDE, SIDE, 1)))

    add("air", np.zeros((SIDE, SIDE, 4), "uint8"))
    for mask in MASKS:
        for variant in range(2):
            add(("ground", mask, variant), _ground(mask, variant, ground))
    for mask in range(16):
        for variant in range(2):
            add(("brick", mask, variant), _brick(mask, variant, ground.top))
    for kind in ("top", "body"):
        for part in ("left", "right", "narrow"):
            for variant in range(2):
                add(("trunk", kind, part, variant), _trunk(kind, part, variant, ground.top))
    for number in range(TUFTS):
        add(("tuft", number), _tuft(number, ground))
    phases = range(PHASES)
    add("crate", _crate())
    lit = _lantern()
    shine = lit[..., 3:] > 0
    add("pillar top", np.where(shine, lit, _pillar(True)), shine=shine)
    add("pillar", _pillar(False))
    add("treasure", *map(_treasure, phases), shine=True)
    add("coin", *map(_coin, phases), shine=True)
    add("walker", *_moving(*map(_drawn, _WALKER)))
    add("flyer", *_moving(*map(_drawn, _FLYER)))
    add("asleep", _drawn(_WALKER_ASLEEP))
    add("banner", *(_banner(phase, True) for phase in phases), shine=True)
    add("banner foot", _banner(0, False), shine=True)
    add("water", *(_water(phase, True) for phase in phases))
    add("deep", *(_water(phase, False) for phase in phases))
    return names, np.stack(tiles), np.stack(shining)


MOVING = ("treasure", "coin", "walker", "flyer", "banner", "water", "deep")
