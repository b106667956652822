"""How backdrops are painted: pixel-art hills, ground, trees and tufts on sheets wider than the picture (Pillow).

Colours are daylight's; `paint_layer` brings in the hour and the distance.
"""

from typing import NamedTuple

import numpy as np
from PIL import Image, ImageColor, ImageDraw

HEIGHT = 90  # of the picture, in art pixels
PAINTED = 360  # layers are wider than what the camera sees, so that it may move
HORIZON = 54  # row where the ground begins
FLOOR = 71  # row where actors stand

LAMPLIGHT = "#ffd777"  # of windows behind which a lamp burns

# Ordered dither, in [0, 1): pixel art's way to mix two colours.
BAYER = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]) / 16


class Layer(NamedTuple):
    """One painted sheet: (phases, height, painted width, 4) uint8, and how fast it passes and drifts."""

    phases: np.ndarray
    speed: float  # columns per column of camera: 0 is infinitely far, 1 is where the actors walk, more is in front
    drift: float = 0.0  # columns per tick, by itself


def channels(colour):
    """Read a colour, by name, by "#rrggbb" or as three numbers: (red, green, blue), 0 to 255."""
    return np.array(ImageColor.getrgb(colour), float) if isinstance(colour, str) else np.asarray(colour, float)


def mix_colours(a, b, amount):
    """Mix two colours into (red, green, blue); at amount 0 it is the first."""
    return tuple(int(round(v)) for v in channels(a) * (1 - amount) + channels(b) * amount)


def blank_sheet():
    """Make an empty sheet, (90, 360) RGBA, and what draws on it."""
    picture = Image.new("RGBA", (PAINTED, HEIGHT))
    return picture, ImageDraw.Draw(picture)


def _graded(picture, light, distance):
    pixels = np.asarray(picture).copy()
    colours = pixels[..., :3] * np.array(light.tint)
    pixels[..., :3] = np.rint(colours * (1 - distance) + channels(light.haze) * distance)
    return pixels


def paint_layer(paint, light, *, speed, distance=0.0, phases=1, glow=None):
    """Paint a layer in the light of an hour.

    Args:
        paint: function of an `ImageDraw` and a phase, that paints in daylight's colours.
        light: `animkit.studio.backdrop.Light`.
        speed: of the Layer.
        distance: how much of the air's haze lies over it, 0 to 1.
        phases: pictures that follow each other.
        glow: function as `paint`, for what shines by itself, or None.

    Returns:
        Layer.
    """
    sheets = []
    for phase in range(phases):
        picture, draw = blank_sheet()
        paint(draw, phase)
        pixels = _graded(picture, light, distance)
        if glow:
            picture, draw = blank_sheet()
            glow(draw, phase)
            shining = np.asarray(picture)
            pixels = np.where(shining[..., 3:] > 0, shining, pixels)
        sheets.append(pixels)
    return Layer(np.stack(sheets), speed)


def dithered(values, colours):
    """Turn values in [0, 1], (height, width), into a ramp of colours with ordered dither: (height, width, 3) uint8."""
    height, width = values.shape
    bayer = np.tile(BAYER, (-(-height // 4), -(-width // 4)))[:height, :width]
    steps = np.clip(values, 0, 1) * (len(colours) - 1)
    index = np.minimum((steps + bayer * 0.999).astype(int), len(colours) - 1)
    return np.array([channels(c) for c in colours])[index].astype("uint8")


def paste(draw, rgb, where):
    """Put the pixels of a picture of few colours, (height, width, 3), where a mask holds."""
    rows, columns = np.nonzero(np.broadcast_to(where, rgb.shape[:2]))
    # one number a colour: np.unique takes fifteen times as long over rows
    colours = rgb[rows, columns] @ (1 << 16, 1 << 8, 1)
    for colour in np.unique(colours).tolist():
        points = np.stack([columns, rows], axis=-1)[colours == colour]
        draw.point(points.ravel().tolist(), fill=(colour >> 16, colour >> 8 & 255, colour & 255))


def colour_ramp(colours, steps):
    """Resample a colour ramp to so many steps."""
    stops = np.array([channels(c) for c in colours])
    at = np.linspace(0, len(stops) - 1, steps)
    return [tuple(np.interp(t, np.arange(len(stops)), channel) for channel in stops.T) for t in at]


def ridge_line(rng, *, base, rise, waves=(2, 3, 5, 9)):
    """Find the row of a hill's top edge for each column, wrapping around."""
    x = np.arange(PAINTED) / PAINTED * 2 * np.pi
    line = sum(np.sin(k * x + rng.uniform(0, 7)) / np.sqrt(k) for k in waves)
    return (base - rise * line / np.abs(line).max()).astype(int)


def draw_hills(draw, ridge, colours, *, rng=None):
    """Fill what is below a ridge: a lit edge, then the body, with tufts of texture."""
    lit, body, dark = colours
    for x, top in enumerate(ridge):
        draw.line((x, top, x, HEIGHT), fill=body)
        draw.line((x, top, x, top + (1 if x % 2 else 0)), fill=lit)
    if rng is not None:
        for x, y in rng.integers((2, 0), (PAINTED - 2, 22), (160, 2)):
            draw.line((x, ridge[x] + 3 + y, x + 1, ridge[x] + 3 + y), fill=dark if y % 3 else lit)


def draw_ground(draw, rng, near, far, *, tuft=None, top=HORIZON):
    """Draw the floor: a dithered ramp from far to near, strewn with tufts."""
    rows = np.clip((np.arange(HEIGHT) - top) / (HEIGHT - top), 0, 1)[:, None] * np.ones((1, PAINTED))
    rgb = dithered(rows, colour_ramp((far, near), 7))
    paste(draw, rgb, np.arange(HEIGHT)[:, None] >= top)
    if tuft:
        for x, y in rng.integers((3, top + 2), (PAINTED - 3, HEIGHT), (150, 2)):
            draw.line((x, y, x + (y - top) // 14, y), fill=tuft[(x + y) % len(tuft)])


def draw_blob(draw, rng, x, y, radius, tones, lumps=7):
    """Draw a crown of leaves: overlapping discs in three tones, lit from the upper left."""
    around = [(rng.uniform(-0.6, 0.6), rng.uniform(-0.5, 0.5), rng.uniform(0.45, 0.65)) for _ in range(lumps)]
    for tone, shift, scale in ((tones[0], 0.0, 1.0), (tones[1], -0.16, 0.8), (tones[2], -0.34, 0.42)):
        for dx, dy, r in around:
            cx, cy, rr = x + (dx + shift) * radius, y + (dy + shift) * radius, r * scale * radius
            draw.ellipse((cx - rr, cy - rr, cx + rr, cy + rr), fill=tone)


def draw_tree(draw, rng, x, foot, size, tones=("#2d6b45", "#3f8a4d", "#6bb159"), trunk=("#5a3d2b", "#7b5537")):
    """Draw a leafy tree, `size` rows high, over the row of its foot."""
    w = max(1, size // 8)
    draw.rectangle((x - w, foot - size // 2, x + w, foot), fill=trunk[0])
    draw.line((x - w, foot - size // 2, x - w, foot), fill=trunk[1])
    draw_blob(draw, rng, x, foot - size * 0.72, size * 0.42, tones)


def draw_pine(draw, x, foot, size, tones=("#1f4d45", "#2c6a55", "#4a8c68"), snow=None):
    """Draw a pine, `size` rows high, over the row of its foot; with snow of that colour on it, or none."""
    draw.rectangle((x - 1, foot - 3, x, foot), fill="#4a3327")
    tiers = max(3, size // 6)
    for tier in range(tiers):
        top = foot - 2 - size + tier * (size / (tiers + 0.8))
        bottom = top + size / tiers * 1.35
        half = 1.5 + (size * 0.26) * (tier + 1) / tiers
        draw.polygon(((x, top), (x - half, bottom), (x + half, bottom)), fill=tones[0])
        draw.polygon(((x - 0.5, top), (x - half, bottom), (x - half * 0.1, bottom - 1)), fill=tones[1])
        draw.line((x - half + 1, bottom - 1, x - half * 0.4, bottom - 1), fill=snow or tones[2])
        if snow:
            draw.line((x, top, x - half * 0.5, (top + bottom) / 2), fill=snow)


def draw_flowers(draw, rng, count, colours, *, low=HORIZON + 5):
    """Strew flowers over the ground below a row; the near ones have more petals."""
    for x, y in rng.integers((4, low), (PAINTED - 4, HEIGHT - 3), (count, 2)):
        colour = colours[(x * 7 + y) % len(colours)]
        draw.point((x, y + 1), fill="#2f7a3f")
        draw.point((x, y), fill="#fff2b0")
        draw.point(((x - 1, y), (x + 1, y), (x, y - 1)) if y > 66 else ((x, y - 1),), fill=colour)


def grass(rng, tones, *, tufts=30, tall=9):
    """Plant tufts of grass in front of the actors, which sway: a function for `paint_layer`, with 4 phases."""
    roots = rng.integers((4, 0), (PAINTED - 4, 5), (tufts, 2))
    fans = rng.integers((-4, 3), (5, tall), (tufts, 7, 2))

    def paint(draw, phase):
        sway = (0, 1, 0, -1)[phase]
        for (x, down), fan in zip(roots, fans, strict=True):
            foot = HEIGHT - 11 + down
            for i, (lean, length) in enumerate(fan):
                knee = (x + lean // 2, foot - length // 2)
                draw.line((x + (i - 3) // 2, HEIGHT, *knee), fill=tones[i % len(tones)])
                draw.line((*knee, x + lean + sway * (length > 5), foot - length), fill=tones[(i + 1) % len(tones)])

    return paint
