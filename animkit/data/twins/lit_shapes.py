"""Pictures whose light is known: solids drawn as pixel artists would, beside their exact normals, heights and colours.

Every figure is a union of solids, so that what a network guesses from the picture can be held against the truth. Some
classes, a sector of the light's directions, and the figures of other seeds are kept from those who learn.
"""

from colorsys import hsv_to_rgb
from typing import NamedTuple

import numpy as np

from animkit.data.twins import lit_parts
from animkit.data.twins.lit_characters import CHARACTERS
from animkit.data.twins.lit_solids import look
from animkit.data.twins.lit_strangers import STRANGERS
from animkit.data.twins.lit_things import THINGS

CLASSES = (*CHARACTERS, *THINGS)
HELD_OUT_CLASSES = tuple(STRANGERS)
WALKERS = ("hero", "beast", "bird", "worm", "bug", "robot", "snail", "teddy")
HELD_OUT_LIGHT = (15, 75)  # degrees, from the right upwards: light that no picture to learn from is drawn with
OFTEN = {"hero": 5.0}  # how much more often than the others a class is drawn
FIGURES = {**CHARACTERS, **THINGS, **STRANGERS}
_AT_ONCE = 32  # pictures

NO_OUTLINE, BLACK, OWN = range(3)
_BAYER = np.array([(0, 8, 2, 10), (12, 4, 14, 6), (3, 11, 1, 9), (15, 7, 13, 5)]) / 16 + 1 / 32
_SKINS = ("f6c9a0", "e8a878", "c98a58", "9c6238", "6e4428", "b7c6e0", "9fbf7a")


class LitShapes(NamedTuple):
    """Pictures and their truth; outside the figure normals are (0, 0, 1) and all else is 0."""

    pictures: np.ndarray  # (n, frames, size, size, 4) uint8 RGBA, light and all
    albedo: np.ndarray  # (n, frames, size, size, 3) float32, 0 to 1: colours without light
    normals: np.ndarray  # (n, frames, size, size, 3) float32 of length 1: x right, y up, z to the viewer
    height: np.ndarray  # (n, frames, size, size) float32 pixels to the viewer; the farthest pixel seen of a figure is 0
    mask: np.ndarray  # (n, frames, size, size) bool
    kind: np.ndarray  # (n,) names of classes
    light: np.ndarray  # (n, 3) of length 1, towards the light that the pictures were drawn with


def draw_lit(count, *, classes=CLASSES, size=64, frames=1, seed=0, new_light=False):
    """Draw figures as pixel art, each with a palette of its own, and say what they are.

    Args:
        count: figures.
        classes: names, of CLASSES and HELD_OUT_CLASSES.
        size: pixels a side.
        frames: of one round of a walk, or of what the class does instead.
        seed: which figures; each depends on the seed and its own number alone, not on `count`.
        new_light: light from HELD_OUT_LIGHT, where otherwise none comes from.

    Returns:
        LitShapes.

    Raises:
        ValueError: an unknown class, or no figure, frame or pixel.
    """
    if unknown := [name for name in classes if name not in FIGURES]:
        raise ValueError(f"no shapes called {', '.join(unknown)}; there are {', '.join(FIGURES)}")
    if not classes or min(count, frames) < 1 or size < 8:
        raise ValueError(
            f"one class, figure and frame at least, and 8 pixels; got {classes}, {count}, {frames}, {size}"
        )
    at_once = max(1, _AT_ONCE * 64**2 // (size**2 * frames))
    pieces = [
        _draw(range(first, min(first + at_once, count)), classes, size, frames, seed, new_light)
        for first in range(0, count, at_once)
    ]
    return LitShapes(*(np.concatenate(parts) for parts in zip(*pieces, strict=True)))


class _Style(NamedTuple):
    """How one figure is drawn."""

    colours: np.ndarray  # (materials, 3) 0 to 1
    light: np.ndarray  # (3,)
    tones: int  # of each material
    wrap: float  # how far light reaches around
    dark: float  # the darkest tone over the colour itself
    bright: float
    tint: float  # how much shadows turn blue and lights yellow
    dither: float
    outline: int
    inner: float  # steps in height above which a line is drawn inside, pixels of 64
    drop: float  # share of light that is left below what stands out
    gloss: bool


def _draw(numbers, classes, size, frames, seed, new_light):
    weights = np.array([OFTEN.get(name, 1.0) for name in classes])
    kinds, styles, parts, views, zooms, picture = [], [], [], [], [], []
    for number in numbers:
        rng = np.random.default_rng([seed, number])
        kind = classes[rng.choice(len(classes), p=weights / weights.sum())]
        kinds.append(kind)
        styles.append(_style(rng, new_light))
        yaw, pitch, zoom, sway = _camera(rng, kind)
        shape = rng.integers(2**32)
        for frame in range(frames):
            phase = 2 * np.pi * frame / frames
            drawn = FIGURES[kind](np.random.default_rng(shape), phase)
            picture += [len(views)] * len(drawn)
            parts += drawn
            views.append(lit_parts.turned(x=-pitch, y=-yaw, z=sway * np.sin(phase)))
            zooms.append(min(zoom, _largest(drawn)) if frame == 0 else zooms[-1])
    hits = look(parts, np.array(picture), np.array(views), np.array(zooms), size=size)
    shape = (len(kinds), frames, size, size)
    mask = (hits.part >= 0).reshape(shape)
    height = np.where(mask, hits.height.reshape(shape), np.inf)
    height = np.where(mask, height - height.min(axis=(1, 2, 3), keepdims=True), 0)
    normals = np.where(mask[..., None], hits.normal.reshape(*shape, 3), (0, 0, 1))
    material, texture = _paint(parts, hits)
    colours = np.stack([style.colours for style in styles])
    albedo = colours[np.arange(len(kinds))[:, None, None, None], material.reshape(shape)]
    albedo = (albedo * (1 + texture.reshape(shape)[..., None])).clip(0, 1) * mask[..., None]
    pictures = np.stack(
        [
            _pixel_art(*maps, size)
            for maps in zip(styles, albedo, normals, height, mask, material.reshape(shape), strict=True)
        ]
    )
    light = np.stack([style.light for style in styles])
    maps = [one.astype(np.float32) for one in (albedo, normals, height)]
    return LitShapes(pictures, *maps, mask, np.array(kinds), light.astype(np.float32))


def _largest(parts):
    """How much a figure can grow until it might touch the edge of the picture."""
    up = max(part.centre[1] + part.size[1] for part in parts)
    around = max(np.hypot(part.centre[0], part.centre[2]) + part.size[0] for part in parts)
    return min(57 / up, 30 / around)


def _camera(rng, kind):
    """Turn about the upright axis, how far one looks down, size, and sway."""
    if kind in WALKERS:
        yaw = rng.choice([0, 0.5, -0.5, 1.0]) * np.pi + rng.normal(0, 0.08)
        if rng.random() < 0.2:
            yaw = rng.uniform(-np.pi, np.pi)
        return yaw, rng.uniform(0, 0.45), rng.uniform(0.85, 1.15), 0.0
    return rng.uniform(-0.7, 0.7), rng.uniform(0, 0.5), rng.uniform(0.75, 1.3), 0.06


def _style(rng, new_light):
    low, high = HELD_OUT_LIGHT
    if new_light:
        azimuth, elevation = rng.uniform(low, high), rng.uniform(25, 65)
    else:
        azimuth = rng.uniform(high, 165) if rng.random() < 0.65 else rng.uniform(high, 360 + low)
        elevation = rng.uniform(75, 90) if rng.random() < 0.15 else rng.uniform(20, 75)
    azimuth, elevation = np.radians((azimuth, elevation))
    light = np.array((np.cos(azimuth) * np.cos(elevation), np.sin(azimuth) * np.cos(elevation), np.sin(elevation)))
    return _Style(
        colours=_colours(rng),
        light=light,
        tones=int(rng.choice([2, 3, 4, 5, 6], p=[0.1, 0.3, 0.3, 0.2, 0.1])),
        wrap=rng.uniform(0, 0.5),
        dark=rng.uniform(0.35, 0.65),
        bright=rng.uniform(1.1, 1.5),
        tint=rng.uniform(0, 0.25),
        dither=float(rng.choice([0, 0, 0.5, 1.0])),
        outline=int(rng.choice([NO_OUTLINE, BLACK, OWN, OWN])),
        inner=rng.uniform(1.5, 4) if rng.random() < 0.75 else np.inf,
        drop=rng.uniform(0.35, 0.8) if rng.random() < 0.6 else 1.0,
        gloss=bool(rng.random() < 0.6),
    )


def _colours(rng):
    """One colour of each material."""

    def one(hue, saturation, value):
        return hsv_to_rgb(rng.uniform(*hue) % 1, rng.uniform(*saturation), rng.uniform(*value))

    skin = np.array(list(bytes.fromhex(_SKINS[rng.integers(len(_SKINS))]))) / 255 * rng.uniform(0.85, 1.05)
    brass, steel = ((0.1, 0.15), (0.5, 0.7), (0.6, 0.85)), ((0.5, 0.75), (0, 0.2), (0.5, 0.75))
    metal = brass if rng.random() < 0.25 else steel
    colours = {
        lit_parts.SKIN: skin.clip(0, 1),
        lit_parts.HAIR: one((0, 1), (0.2, 0.95), (0.2, 0.85)),
        lit_parts.TOP: one((0, 1), (0.15, 0.9), (0.35, 0.9)),
        lit_parts.BOTTOM: one((0, 1), (0.1, 0.8), (0.25, 0.85)),
        lit_parts.LEATHER: one((0.03, 0.12), (0.4, 0.75), (0.3, 0.7)),
        lit_parts.METAL: one(*metal),
        lit_parts.INK: one((0.6, 0.8), (0.1, 0.5), (0.1, 0.22)),
        lit_parts.WHITE: one((0, 1), (0, 0.1), (0.78, 0.92)),
        lit_parts.LEAF: one((0.2, 0.42), (0.35, 0.8), (0.35, 0.75)),
        lit_parts.STONE: one((0.5, 1.1), (0, 0.25), (0.4, 0.7)),
        lit_parts.GLOW: one((0, 1), (0.5, 0.95), (0.7, 0.95)),
    }
    return np.array([colours[material] for material in lit_parts.MATERIALS])


def _paint(parts, hits):
    """The material of each pixel, and by how much its texture makes it brighter or darker."""
    which = hits.part.clip(0)
    pattern = np.array([part.pattern for part in parts], float)[which]
    texture = np.array([part.texture for part in parts], float)[which]
    length = np.array([part.size[1] for part in parts], float)[which]
    material = np.array([part.material for part in parts])[which]
    other = np.array([part.other for part in parts])[which]
    x, y, z = hits.local.T
    kind, a, b, c, d = pattern.T
    along = y / length
    swapped = np.select(
        [
            kind == lit_parts.BAND,
            kind == lit_parts.STRIPES,
            kind == lit_parts.SPOTS,
            kind == lit_parts.EYES,
            kind == lit_parts.HALF,
        ],
        [
            (along >= a) & (along < b),
            np.sin(a * y + b) > c,
            np.sin(a * x + b) * np.sin(a * y + c) * np.sin(a * z + d) > 0.25,
            ((np.abs(x) - a) ** 2 + ((y - b) / 1.6) ** 2 < c**2) & (z > 0),
            a * z + b * x + c * y > d,
        ],
        False,
    )
    kind, often, much = texture.T
    grain = np.sin(often * 1.7 * x + 1) * np.sin(often * 1.3 * y + 2) + np.sin(often * 2.3 * z + often * x)
    strength = np.select(
        [kind == lit_parts.STRANDS, kind == lit_parts.FOLDS, kind == lit_parts.GRAIN],
        [np.sin(often * np.arctan2(x, z) + 0.25 * y), np.sin(often * x + 0.3 * y), grain.clip(-1, 1)],
        0.0,
    )
    return np.where(swapped, other, material), much * strength


def _pixel_art(style, albedo, normals, height, mask, material, size):
    """One figure's frames (frames, size, size, 4): tones by the light, outlines, lines inside, gloss."""
    scale = size / 64
    lit = (normals @ style.light) * (1 - style.wrap) + style.wrap
    if style.drop < 1:
        lit = np.where(_below_something(style.light, height, mask, scale), lit * style.drop, lit)
    rows, columns = np.indices((size, size))
    noise = (_BAYER[rows % 4, columns % 4] - 0.5) * style.dither
    grey = albedo.max(axis=-1) / np.maximum(style.colours[material].max(axis=-1), 1e-6)  # what texture adds
    tone = (lit.clip(0, 1) * grey * style.tones + noise).clip(0, style.tones - 1).astype(int)

    solid = np.pad(mask, [(0, 0), (1, 1), (1, 1)])
    deep = np.pad(np.where(mask, height, 0), [(0, 0), (1, 1), (1, 1)])
    sides = [(slice(None), slice(1 + dy, size + 1 + dy), slice(1 + dx, size + 1 + dx)) for dy, dx in _AROUND]
    rim = ~np.logical_and.reduce([solid[side] for side in sides])
    nearer = np.maximum.reduce([np.where(solid[side], deep[side], -np.inf) for side in sides]) - height
    line = (rim & (style.outline != NO_OUTLINE)) | ((nearer > style.inner * scale) & ~rim)

    ramp = np.linspace(style.dark, style.bright, style.tones)
    tint = style.tint * np.linspace(-1, 1, style.tones)[:, None] * (1, 0.4, -1)
    table = style.colours[:, None] * (ramp[:, None] * (1 + tint))  # (materials, tones, 3)
    pen = style.colours * style.dark * 0.55 * (1 + style.tint * np.array((-0.5, -0.4, 1)))
    if style.outline == BLACK:
        pen = np.broadcast_to(style.colours[lit_parts.INK] * 0.6, pen.shape)
    shown = np.where(line[..., None], pen[material], table[material, tone])
    if style.gloss:
        half = style.light + (0, 0, 1)
        shine = ((normals @ (half / np.linalg.norm(half))) > 0.96) & ~line
        shine &= np.isin(material, (lit_parts.METAL, lit_parts.GLOW))
        shown = np.where(shine[..., None], 0.35 * shown + 0.65, shown)
    paint = np.concatenate([shown.clip(0, 1), np.ones_like(shown[..., :1])], axis=-1)
    return np.where(mask[..., None], np.rint(255 * paint), 0).astype(np.uint8)


_AROUND = ((-1, 0), (1, 0), (0, -1), (0, 1))


def _below_something(light, height, mask, scale):
    """Where something two pixels towards the light stands out by three: the shadow that artists put under a chin."""
    flat = np.hypot(*light[:2])
    if flat < 0.2:
        return np.zeros_like(mask)
    step = np.rint(light[:2] / flat * max(2 * scale, 1)).astype(int)
    there = np.roll(np.where(mask, height, 0), (step[1], -step[0]), axis=(1, 2))
    return there - height > 3 * scale
