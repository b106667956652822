"""Our own small props, drawn by code: shaded pixel art on transparent ground that turns and bends well."""

import numpy as np

from animkit.studio.painting import channels

SIDE = 24  # pixels of a picture
LIGHT = np.array([-0.5, -0.62, 0.6])  # where it comes from: left, above, in front
# outline, then from dark to light
RED = ("#5c1a33", "#9c2743", "#d23c4d", "#f0645a", "#ffa58c")
CREAM = ("#6d5a6b", "#b39c9a", "#e3d2bd", "#fbf1dc", "#ffffff")
WOOD = ("#3d2430", "#6b3f36", "#98603f", "#c08a50", "#e2b877")
IRON = ("#2a2b40", "#4a4f6a", "#747d99", "#a3afc4", "#dbe4ee")
NIGHT = ("#4a5482", "#2b3056", "#3d4674", "#5f6ea5", "#aebfe8")  # the outline is lighter, to be seen in the dark
GLOW = ("#a4542a", "#e08a32", "#f9bc4a", "#ffe07a", "#fff8cf")
AUTUMN = ("#6b2a24", "#a8432b", "#dd6a2e", "#f39a3c", "#fcd06a")
GREEN = ("#1f4a3a", "#2f7347", "#4fa04f", "#86c95b", "#c8ec8a")

_AT = (np.arange(SIDE) + 0.5) / SIDE * 2 - 1
X, Y = np.meshgrid(_AT, _AT)  # right and down, -1 to 1
R = np.hypot(X, Y)


def _paint(picture, mask, light, colours, *, outlined=True):
    """Fill a mask: light (-1 to 1) chooses one of four tones, the rim has the outline's."""
    tone = np.clip(np.floor((np.broadcast_to(light, mask.shape) + 1) * 2).astype(int), 0, 3) + 1
    if outlined:
        inner = np.pad(mask, 1)
        tone[~(inner[:-2, 1:-1] & inner[2:, 1:-1] & inner[1:-1, :-2] & inner[1:-1, 2:])] = 0
    picture[mask, :3] = np.array([channels(colour) for colour in colours], np.uint8)[tone[mask]]
    picture[mask, 3] = 255


def _round(x=0.0, y=0.0, radius=0.98):
    """Mask of a sphere, and how much light falls on it."""
    away = [(X - x) / radius, (Y - y) / radius]
    front = np.sqrt(np.maximum(0, 1 - away[0] ** 2 - away[1] ** 2))
    light = LIGHT[0] * away[0] + LIGHT[1] * away[1] + LIGHT[2] * front
    return np.hypot(*away) < 1, 1.25 * light - 0.3


def _box(left, right, top, bottom):
    return (left < X) & (right > X) & (top < Y) & (bottom > Y)


def _ball(picture):
    mask, light = _round()
    _paint(picture, mask, light, RED)
    along, across = 0.8 * X + 0.6 * Y, 0.8 * Y - 0.6 * X
    _paint(picture, mask & (R < 0.9) & (abs(across - 0.3 * (1 - along**2)) < 0.27), light, CREAM, outlined=False)


def _barrel(picture):
    mask = abs(X) < 0.62 + 0.24 * (1 - Y**2)
    light = 0.75 - 1.3 * abs(X + 0.3)
    _paint(picture, mask, light, WOOD)
    staves = (np.arange(SIDE) % 5 == 4)[None] & mask & (abs(Y) < 0.9)
    _paint(picture, staves, light - 0.6, WOOD, outlined=False)
    for row in (3, 4, 19, 20):
        _paint(picture, mask & (np.arange(SIDE) == row)[:, None], light - 0.4 * (row % 16 == 4), IRON, outlined=False)
    for row in (3, 4, 19, 20):  # the hoops, too, end in an outline
        edge = np.flatnonzero(mask[row])[[0, -1]]
        picture[row, edge, :3] = channels(IRON[0])


def _crate(picture):
    whole = _box(-1, 1, -1, 1)
    _paint(picture, whole, -0.35 - 0.2 * (np.arange(SIDE) % 5 == 1)[:, None], WOOD)
    brace = abs(X - Y) < 0.3
    _paint(picture, whole & (abs(X - Y) < 0.42), -1.0, WOOD, outlined=False)
    _paint(picture, brace, np.where(Y - X > 0.1, -0.1, 0.3), WOOD, outlined=False)
    edge = np.maximum(abs(X), abs(Y))
    _paint(picture, edge > 0.62, -1.0, WOOD, outlined=False)
    _paint(picture, edge > 0.7, np.where(Y < -0.7, 0.7, 0.2) - 0.3 * (X > 0.7), WOOD)
    for x in (2, 21):
        for y in (2, 21):
            picture[y, x, :3] = channels(WOOD[0])


def _lantern(picture):
    _paint(picture, (abs(np.hypot(X, Y + 0.72) - 0.2) < 0.09), 0.2, IRON, outlined=False)
    glass = (abs(X) < 0.5 + 0.1 * (1 - (Y / 0.6) ** 2)) & (Y > -0.35) & (Y < 0.66)
    _paint(picture, glass, 1.05 - 2.0 * np.hypot(X, 0.75 * (Y - 0.25)), GLOW)
    for x in (-0.29, 0.29):
        _paint(picture, glass & (abs(X - x) < 0.05), -0.4, IRON, outlined=False)
    roof = (abs(X) < 0.9 * (Y + 0.85) + 0.1) & (Y < -0.25) & (Y > -0.75)
    _paint(picture, roof, 0.5 - 1.2 * abs(X + 0.25), IRON)
    _paint(picture, _box(-0.72, 0.72, 0.6, 1), 0.4 - 1.1 * abs(X + 0.3), IRON)


def _leaf(picture):
    along, across = (X - Y) * 0.7071, (X + Y) * 0.7071  # the tip points up and to the right
    half = 0.56 * np.clip(1 - ((along - 0.05) / 0.98) ** 2, 0, None) * (1 - 0.25 * along)
    bend = across - 0.1 * along**2
    _paint(picture, (abs(bend) < 0.06) & (along < -0.7) & (along > -1.35), 0.0, WOOD, outlined=False)
    blade = abs(bend) < half
    _paint(picture, blade, 0.35 - 1.1 * bend, AUTUMN)
    veins = blade & (abs((along - 0.6 * abs(bend)) % 0.4 - 0.2) < 0.05) & (abs(bend) < 0.8 * half)
    _paint(picture, veins, -0.3 - 0.6 * bend, AUTUMN, outlined=False)
    _paint(picture, blade & (abs(bend) < 0.065) & (along < 0.75), 0.9, AUTUMN, outlined=False)


def _wheel(picture):
    turn = np.arctan2(Y, X)
    for number in range(8):
        angle = turn - np.pi / 8 - number * np.pi / 4
        spoke = (abs(R * np.sin(angle)) < 0.09) & (np.cos(angle) > 0) & (R < 0.8)
        _paint(picture, spoke, 0.45, WOOD, outlined=False)
    _paint(picture, (R < 0.98) & (R > 0.62), 0.7 * (-0.5 * X - 0.62 * Y), WOOD)
    _paint(picture, (R < 0.98) & (R > 0.84), 0.9 * (-0.5 * X - 0.62 * Y) + 0.1, IRON, outlined=False)
    picture[(R < 0.98) & (R > 0.92), :3] = channels(IRON[0])
    hub, light = _round(radius=0.3)
    _paint(picture, hub, light, IRON)


def _bomb(picture):
    body, light = _round(-0.08, 0.2, 0.78)
    _paint(picture, body, light - 0.1, NIGHT)
    neck = (abs(X - Y - 0.95) < 0.28) & (abs(X + Y + 0.28) < 0.3)
    _paint(picture, neck, 0.25, IRON)
    fuse = abs(np.hypot(X - 0.72, Y + 0.5) - 0.28) < 0.08
    _paint(picture, fuse & (X < 0.8) & (Y < -0.45), 0.3, WOOD, outlined=False)
    spark = abs(X - 0.75) + abs(Y + 0.75) < 0.3
    _paint(picture, spark, 1.0 - 3.2 * (abs(X - 0.75) + abs(Y + 0.75)), GLOW, outlined=False)


def _apple(picture):
    dent = 0.16 * np.exp(-((X / 0.22) ** 2))
    mask = (X / 0.93) ** 2 + ((Y - 0.16) / (0.8 - dent)) ** 2 < 1 - 0.2 * (Y > 0.4) * abs(X)
    front = np.sqrt(np.maximum(0, 1 - X**2 - (Y - 0.16) ** 2))
    _paint(picture, mask, 1.25 * (LIGHT[0] * X + LIGHT[1] * (Y - 0.16) + LIGHT[2] * front) - 0.35, RED)
    _paint(picture, (X + 0.42) ** 2 / 2 + (Y + 0.12) ** 2 < 0.02, 1.0, CREAM, outlined=False)
    _paint(picture, (abs(X - 0.05 + 0.2 * (Y + 0.6)) < 0.08) & (Y < -0.35) & (Y > -0.98), -0.2, WOOD, outlined=False)
    leaf = ((X - 0.42) * 0.8 - (Y + 0.75) * 0.6) ** 2 / 0.13 + ((X - 0.42) * 0.6 + (Y + 0.75) * 0.8) ** 2 / 0.03 < 1
    _paint(picture, leaf, 0.3 - 2.5 * (Y + 0.75), GREEN)


def _drawn(draw):
    picture = np.zeros((SIDE, SIDE, 4), np.uint8)
    draw(picture)
    picture.flags.writeable = False
    return picture


PROPS = {draw.__name__[1:]: _drawn(draw) for draw in (_ball, _barrel, _crate, _lantern, _leaf, _wheel, _bomb, _apple)}
"""Name -> (24, 24, 4) uint8 RGBA, alpha 0 or 255."""
