"""What the stage draws beside people and places: bubbles, cover, ropes, sleep, blows, tears and lightning."""

from functools import cache

import numpy as np
from scipy import ndimage

from animkit.studio.painting import channels
from animkit.studio.prop_art import PROPS

FLASH = (19, 9)  # lightning strikes anew after so many drawings of a storm, first in that one
CELL = 64  # rows and columns of a cell in which something is drawn about a figure, whose own is 32 x 32
_INK, _PAPER, _GOLD = (38, 28, 56, 255), (255, 250, 238, 255), (255, 206, 74, 255)
_VIOLET, _CYAN = (236, 140, 255, 255), (122, 230, 255, 255)
_SIGNS = {
    "speaks": "........\n.o.o.o..\n........",
    "heart": ".rr.rr.\nrwrrrrr\nrrrrrrr\n.rrrrr.\n..rrr..\n...r...",
    "z": "oooooo\nowwwwo\nooowoo\noowooo\nowwwwo\noooooo",
    "fear": "oo\noo\noo\n..\noo",
}
_COLOURS = {"o": _INK, "r": (214, 69, 63, 255), "w": (255, 238, 228, 255)}
_BUSH = ("#16402f", "#23633c", "#3f8a4b", "#77b85a")
_STONE = ("#2f3348", "#565d74", "#868ea4", "#bcc4d2")


@cache
def sign(name):
    """A small sign, (height, width, 4) uint8: "speaks", "heart", "z" or "fear"."""
    rows = _SIGNS[name].splitlines()
    picture = np.zeros((len(rows), max(map(len, rows)), 4), np.uint8)
    for row, line in enumerate(rows):
        for column, letter in enumerate(line):
            picture[row, column] = _COLOURS.get(letter, (0, 0, 0, 0))
    return picture


def bubble(picture, *, thought=True):
    """A picture in a bubble, (height, width, 4) uint8: what somebody wishes for, or that they speak."""
    height, width = picture.shape[0] + 6, picture.shape[1] + 6
    whole = np.zeros((height + 5, width, 4), np.uint8)
    rows, columns = np.mgrid[:height, :width]
    across, down = (columns - (width - 1) / 2) / (width / 2), (rows - (height - 1) / 2) / (height / 2)
    for size, colour in ((1.0, _INK), (1 - 2.2 / min(height, width), _PAPER)):
        whole[:height][np.abs(across) ** 3 + np.abs(down) ** 3 <= size**3] = colour
    left = 3
    if thought:
        whole[height + 1 : height + 3, left : left + 2] = _PAPER
        whole[height + 4, left - 2] = _PAPER
    else:
        for row in range(3):
            whole[height - 1 + row, left : left + 4 - row] = _PAPER
            whole[height - 1 + row, left + 4 - row] = whole[height - 1 + row, left - 1] = _INK
    inside = whole[3 : 3 + picture.shape[0], 3 : 3 + picture.shape[1]]
    inside[picture[..., 3] > 0] = picture[picture[..., 3] > 0]
    return whole


def in_cell(picture, column, row):
    """A picture with its middle at a place of a figure's own 32 x 32 cell, in a cell (CELL, CELL, 4) that holds both.

    The larger cell stands on the same row and column of the stage as the figure's: what is drawn in it is before the
    figure, however high it hangs.
    """
    cell = np.zeros((CELL, CELL, 4), np.uint8)
    top = int(round(row - picture.shape[0] / 2)) + CELL - 32
    left = int(round(column - picture.shape[1] / 2)) + CELL // 2 - 16
    rows, columns = np.nonzero(picture[..., 3])
    inside = (rows + top >= 0) & (rows + top < CELL) & (columns + left >= 0) & (columns + left < CELL)
    rows, columns = rows[inside], columns[inside]
    cell[rows + top, columns + left] = picture[rows, columns]
    return cell


@cache
def cover(place):
    """What one can hide behind in a place, (height, width, 4) uint8: barrels, a bush or a rock."""
    if place in ("village", "castle"):
        barrels = np.zeros((28, 42, 4), np.uint8)
        for left, top in ((0, 0), (18, 0), (9, 4)):
            there = PROPS["barrel"][..., 3] > 0
            barrels[top : top + 24, left : left + 24][there] = PROPS["barrel"][there]
        return barrels
    stone = place in ("mountain", "shore")
    height, width = 20, 38
    picture = np.zeros((height, width, 4), np.uint8)
    rows, columns = np.mgrid[:height, :width]
    discs = (
        ((9, 13, 9), (19, 9, 10), (29, 13, 9), (15, 15, 8), (24, 15, 8))
        if not stone
        else ((12, 14, 11), (23, 11, 12), (31, 16, 7))
    )
    ramp = [channels(colour).astype(int) for colour in (_STONE if stone else _BUSH)]
    mask = np.zeros((height, width), bool)
    for x, y, radius in discs:
        mask |= np.hypot(columns - x, rows - y) <= radius
    noise = np.random.default_rng(5).random((height, width))
    for x, y, radius in discs:
        inside = np.hypot(columns - x, rows - y) <= radius
        light = ((x - columns) * 0.5 + (y - rows) * 0.8) / radius + (0.12 if stone else 0.5) * (noise - 0.5)
        tone = np.clip(2 + np.floor(light * 1.6), 1, 3).astype(int)
        picture[inside, :3] = np.array(ramp)[tone[inside]]
    inner = np.pad(mask, 1)
    rim = mask & ~(inner[:-2, 1:-1] & inner[2:, 1:-1] & inner[1:-1, :-2] & inner[1:-1, 2:])
    picture[rim, :3] = ramp[0]
    picture[mask, 3] = 255
    return picture


def bind(sprite):
    """Ropes about a figure, (height, width, 4) uint8: drawn over it they bind it."""
    ropes = np.zeros_like(sprite)
    for row in (18, 21, 24):
        there = np.flatnonzero(sprite[row, :, 3])
        if len(there):
            span = np.arange(there[0], there[-1] + 1)
            ropes[row, span] = np.where((span % 3 == 0)[:, None], (120, 84, 52, 255), (226, 190, 130, 255))
    return ropes


def lie_down(sprite):
    """A figure on its back, or a beast on its belly, in a cell of the same size whose lowest row it touches."""
    rows, columns = (np.ptp(at) if len(at) else 0 for at in np.nonzero(sprite[..., 3]))
    if columns > rows:  # four legs fold
        return np.concatenate([np.zeros_like(sprite[:7]), sprite[:-7]])
    lying = np.rot90(sprite).copy()
    there = np.flatnonzero(lying[..., 3].any(axis=1))
    return np.roll(lying, len(lying) - 1 - there[-1], axis=0) if len(there) else lying


def lean(sprite, pixels):
    """A figure whose head is so many pixels to the right of its feet, to the left below 0, in a cell as much wider."""
    rows = np.flatnonzero(sprite[..., 3].any(axis=1))
    leaning = np.pad(sprite, ((0, 0), (abs(pixels), abs(pixels)), (0, 0)))
    if len(rows):
        share = (rows[-1] - rows) / max(rows[-1] - rows[0], 1)
        for row, shift in zip(rows, np.rint(pixels * share).astype(int), strict=True):
            leaning[row] = np.roll(leaning[row], shift, axis=0)
    return leaning


def rim(picture):
    """A picture (height, width, 4) uint8 with a pale rim about what is solid, two rows and columns larger."""
    larger = np.pad(picture, ((1, 1), (1, 1), (0, 0)))
    there = larger[..., 3] > 0
    larger[ndimage.binary_dilation(there) & ~there] = _PAPER
    return larger


def orb(tick):
    """Magic that gathers before it flies, larger from drawing to drawing: a star in a ring, (17, 17, 4) uint8."""
    picture = np.zeros((17, 17, 4), np.uint8)
    across, down = np.mgrid[-8:9, -8:9]
    far, radius = np.hypot(across, down), min(2 + tick, 6)
    picture[np.abs(far - radius) < 0.6] = _VIOLET
    picture[far < radius / 2] = _CYAN
    if tick % 2:
        picture[((across == 0) | (down == 0)) & (far <= radius + 2)] = _PAPER
    picture[far < 1.5] = _PAPER
    return picture


def stars(tick):
    """Stars that circle over the head of somebody dazed, (9, 26, 4) uint8."""
    ring = np.zeros((9, 26, 4), np.uint8)
    turns = 2 * np.pi * (np.arange(3) / 3 + tick / 10)
    for turn in sorted(turns, key=np.sin):  # what is nearer to us covers what is behind
        column, row = 12.5 + 10 * np.cos(turn), 4 + 2.5 * np.sin(turn)
        _star(ring, int(round(column)), int(round(row)))
    return ring


def _star(picture, column, row):
    picture[row - 1 : row + 2, column - 1 : column + 2] = _INK
    picture[row, column - 2 : column + 3] = picture[max(row - 2, 0) : row + 3, column] = _GOLD
    picture[row, column] = _PAPER


def flash(picture, whose, rng):
    """Lightning: everything is pale for a moment, and a bolt stands in the sky, behind whoever is on stage."""
    lit = np.minimum(picture * 1.25 + 34, 255).astype(np.uint8)
    column, row = int(rng.integers(20, 140)), 0
    while row < 46:
        step = int(rng.integers(-2, 3))
        for down in range(4):
            at = (row + down, int(np.clip(column + step * down // 2, 1, 158)))
            if not whose[at]:
                lit[at[0], at[1] : at[1] + 2] = (255, 255, 236)
        column, row = column + 2 * step, row + 4
    return lit


def blow(picture, tick, weather):
    """Flakes that fall, or gusts with leaves that pass, over a picture, (height, width, 3)."""
    height, width = picture.shape[:2]
    rng = np.random.default_rng(11)
    shown = picture.copy()
    if weather == "snow":
        column, row, size = rng.uniform(0, width, 90), rng.uniform(0, height, 90), rng.integers(1, 3, 90)
        at_column = (column + 2 * np.sin(tick / 5 + row) + 0.3 * tick).astype(int) % width
        at_row = (row + tick * (0.6 + 0.5 * size)).astype(int) % height
        for x, y, side in zip(at_column, at_row, size, strict=True):
            shown[y : y + side, x : x + side] = (244, 248, 255)
        return shown
    column, row = rng.uniform(0, 2 * width, 14), rng.integers(8, height - 22, 14)
    for number, (x, y) in enumerate(zip((column + 7 * tick).astype(int) % (2 * width), row, strict=True)):
        streak = shown[y, max(x - 14, 0) : min(x, width)]
        streak[:] = (streak * 0.55 + 255 * 0.45).astype(np.uint8)
        bob = y + 4 + int(2 * np.sin(tick / 2 + number))
        shown[bob : bob + 2, min(x, width) : min(x + 2, width)] = ((201, 140, 52), (98, 152, 62))[number % 2]
    return shown
