"""Pixel people drawn in code: the procedural twin of the Sprites benchmark.

Every character is a stack of layers. A layer belongs to one attribute (skin, trousers, top, hair) or to none (shoes,
eyes, blade, glow), so the 1,296 characters come from laying 24 options over one another, not from 1,296 drawings.
"""

from functools import cache

import numpy as np

from animkit.data.twins.pixel_poses import SIZE, slash, spellcast, walk
from animkit.data.twins.pixel_wardrobe import (
    EYE,
    HEAD,
    LINE,
    Y,
    arm,
    hair,
    hair_behind,
    leg,
    lower_garment,
    outlined,
    shine,
    shoe,
    sleeve,
    stamp,
    sword,
    trail,
    upper_garment,
)

COLOURS = """
1d1626 f7f3e8
fbdfc3 efb98f d08a5e a3603a 74402a 4a281f
b5d576 7fa84f 4c7340
b9c8f2 8497d8 5560a6
f28a7c d6453f 97263d 5e1a33
ffe08a f0ad3c b86b25
4fb38a 23786b 174a4e
6fb2ea 3a6fc4 2a4488 1f2a56
c59be6 8c57b8 5a3585 3a2159
cfd4dc 8f97a8 5b6176 383c50
f9a8c9 e0679f a83a78
"""  # 1 ink, 2 white; ramps from light to dark: 3 skin, 9 leaf, 12 periwinkle, 15 red, 19 gold, 22 teal, 25 blue, ...
PALETTE = np.array([(0, 0, 0, 0), *((*bytes.fromhex(code), 255) for code in COLOURS.split())], np.uint8)
INK, WHITE = 1, 2
OVER_PAINT = 128  # the flag of a LINE among palette indices

# One row per option: light, base, dark, line, accent, trim.
SKIN = (
    (3, 4, 5, 6, 16, 5),
    (4, 5, 6, 7, 16, 6),
    (5, 6, 7, 8, 16, 7),
    (6, 7, 8, 8, 16, 8),
    (9, 10, 11, 24, 16, 11),
    (12, 13, 14, 28, 16, 14),
)
TROUSERS = (
    (25, 26, 27, 28, 27, 25),  # jeans
    (29, 30, 31, 32, 31, 29),  # shorts
    (37, 38, 39, 18, 2, 37),  # skirt
    (34, 35, 36, 36, 2, 34),  # striped slacks
    (2, 33, 34, 35, 34, 2),  # baggy
    (22, 23, 24, 24, 19, 22),  # long skirt
)
TOP = (
    (15, 16, 17, 18, 20, 21),  # tunic with belt
    (25, 26, 28, 28, 2, 33),  # vest over a shirt
    (9, 10, 11, 24, 19, 20),  # long coat
    (29, 30, 31, 32, 2, 19),  # robe
    (19, 20, 21, 7, 2, 17),  # striped jumper
    (33, 34, 35, 36, 20, 16),  # armour
)
HAIR = (
    (20, 21, 7, 8, 21, 21),  # spikes
    (26, 27, 28, 28, 28, 28),  # bob
    (19, 20, 21, 7, 20, 20),  # long
    (37, 38, 39, 32, 38, 38),  # crest
    (7, 8, 8, 1, 8, 8),  # curls
    (2, 33, 34, 35, 16, 17),  # bun
)
SHOES = ((5, 7, 8, 1, 1, 1),)
EYES = ((WHITE, INK, 28, INK, 15, INK),)
BLADE = ((WHITE, 33, 34, 36, 20, 7),)
GLOW = ((WHITE, 25, 26, 26, 12, 12),)


def layers(pose):
    """One frame's layers from back to front: (axis of the attribute or None, materials, one drawing per material)."""
    front = pose.front
    dx, dy = pose.lean
    hips = ((18, 22), (14, 22)) if front else ((16, 22), (15, 22))
    shoulders = ((21 + dx, 16.5 + dy), (11 + dx, 16.5 + dy)) if front else ((15 + dx, 16.5 + dy), (16 + dx, 16.5 + dy))
    hands = [np.add(hand, pose.lean) for hand in (pose.far_hand, pose.near_hand)]
    feet = (pose.far_foot, pose.near_foot)
    skin, trousers, top, hairs = range(4)
    lower = [lower_garment(style, pose, hips) for style in range(6)]

    def one_arm(which):
        side = -1 if which == 0 else 1
        dim = not front and which == 0
        bare = arm(shoulders[which], hands[which], 1.3, front=front, side=side, dim=dim)
        yield skin, SKIN, [outlined(bare)] * 6
        sleeves = (sleeve(style, shoulders[which], hands[which], front=front, side=side, dim=dim) for style in range(6))
        yield top, TOP, [outlined(tones) for tones in sleeves]

    def one_leg(which):
        dim = not front and which == 0
        bare = leg(hips[which], feet[which], 1.3, front=front, dim=dim)
        yield skin, SKIN, [outlined(bare)] * 6
        yield None, SHOES, [outlined(shoe(feet[which], front=front))]
        yield trousers, TROUSERS, [outlined(garment[which]) for garment in lower]

    if not front:
        yield from one_arm(0)
    yield from one_leg(0)
    yield from one_leg(1)
    yield trousers, TROUSERS, [outlined(garment[2]) for garment in lower]
    yield top, TOP, [outlined(upper_garment(style, pose)) for style in range(6)]
    yield skin, SKIN, [outlined(stamp(HEAD[front], (10 if front else 9) + dx, 4 + dy))] * 6
    yield None, EYES, [stamp(EYE[front], (12 if front else 11) + dx, 9 + dy)]
    yield hairs, HAIR, [outlined(hair(style, pose)) for style in range(6)]
    yield None, BLADE, [outlined(sword(pose))]
    if front:
        yield from one_arm(0)
    yield from one_arm(1)


def coloured(drawings, materials):
    """Tones to palette indices, (options, 32, 32); a LINE carries the flag OVER_PAINT."""
    return np.stack(
        [
            np.array((0, *material), np.uint8)[tones] | np.where(tones == LINE, OVER_PAINT, 0).astype(np.uint8)
            for tones, material in zip(drawings, materials, strict=True)
        ]
    )


@cache
def _paint(pose):
    """What a pose is drawn with: layers (axis, pixels, (pixels, options) paint), then hair behind, swing and glow."""
    laid = []
    for axis, materials, drawings in layers(pose):
        paint = coloured(drawings, materials).reshape(len(drawings), -1)
        pixels = np.flatnonzero(paint.any(axis=0))
        laid.append((axis, pixels, np.ascontiguousarray(paint[:, pixels].T)))
    behind = coloured([hair_behind(style, pose) for style in range(6)], HAIR)
    return laid, behind, coloured([trail(pose)], BLADE), coloured([shine(pose)], GLOW)


def draw_pose(pose, attributes):
    """One frame of each character, (characters, 32, 32) palette indices."""
    laid, behind, swing, glow = _paint(pose)
    canvas = np.zeros((SIZE * SIZE, len(attributes)), np.uint8)
    for axis, pixels, paint in laid:
        paint, below = paint if axis is None else paint[:, attributes[:, axis]], canvas[pixels]
        seen = (paint > 0) & ((paint < OVER_PAINT) | (below > 0))
        canvas[pixels] = np.where(seen, paint & (OVER_PAINT - 1), below)
    canvas = np.ascontiguousarray(canvas.T).reshape(-1, SIZE, SIZE)
    canvas = np.where(canvas == 0, behind[attributes[:, 3]], canvas)
    solid = np.pad(canvas > 0, [(0, 0), (1, 1), (1, 1)])
    near = solid[:, :-2, 1:-1] | solid[:, 2:, 1:-1] | solid[:, 1:-1, :-2] | solid[:, 1:-1, 2:]
    canvas = np.where((canvas == 0) & near, np.uint8(INK), canvas)
    # light has no outline; a swing passes behind the head and in front of the body
    canvas = np.where((swing > 0) & ((canvas == 0) | (pose.front & (Y > 17))), swing, canvas)
    return np.where(glow > 0, glow, canvas)


def draw_people(attributes):
    """Draw pixel people.

    Args:
        attributes: (characters, 4) int, the options of skin, trousers, top and hair, each 0-5.

    Returns:
        frames: (characters, 9, 8, 32, 32) uint8 palette indices; actions walk, spellcast, slash, each facing left,
            front, right; 0 is the background.
        palette: (colours, 4) uint8 RGBA, row 0 transparent.
    """
    frames = np.zeros((len(attributes), 9, 8, SIZE, SIZE), np.uint8)
    for action, poses in enumerate((walk, spellcast, slash)):
        for direction, front in enumerate((False, True)):
            for frame, pose in enumerate(poses(front)):
                frames[:, 3 * action + direction, frame] = draw_pose(pose, attributes)
        # facing right mirrors facing left about the column CENTRE; column 0 of the left view is empty
        frames[:, 3 * action + 2, :, :, 1:] = frames[:, 3 * action, :, :, :0:-1]
    return frames, PALETTE.copy()
