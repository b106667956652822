"""Beasts of fairy tales drawn in code, in the palette of the pixel people: ten kinds in three actions.

A beast is a kind, a colouring, a crest (horns, ears, mane, hat), a pattern (or garment) and a build: 72 of each kind.
"""

from functools import cache

import numpy as np

from animkit.data.fairytales import CREATURES
from animkit.data.twins.beast_fours import FOURS, four_front, four_side
from animkit.data.twins.beast_moments import ACTIONS, Look, walk
from animkit.data.twins.beast_raven import raven_front, raven_side
from animkit.data.twins.beast_shapes import FIRE, FIXED, MATERIALS
from animkit.data.twins.beast_twos import TWOS, two_front, two_side
from animkit.data.twins.pixel_people import INK, PALETTE, WHITE
from animkit.data.twins.pixel_poses import SIZE

OPTIONS = (len(CREATURES), 4, 3, 3, 2)  # of kind, colouring, crest, pattern and build

# ramps: light, base, dark, line
_TAN, _CLAY, _BROWN, _BARK = (3, 4, 5, 6), (4, 5, 6, 7), (5, 6, 7, 8), (6, 7, 8, 1)
_LEAF, _TEAL, _PERI, _BLUE = (9, 10, 11, 24), (22, 23, 24, 1), (12, 13, 14, 28), (25, 26, 27, 28)
_RED, _GOLD, _VIOLET, _ROSE = (15, 16, 17, 18), (19, 20, 21, 7), (29, 30, 31, 32), (37, 38, 39, 18)
_SNOW, _ASH, _SLATE, _COAL = (2, 33, 34, 35), (33, 34, 35, 36), (34, 35, 36, 1), (35, 36, 1, 1)
_FOX, _RUST, _NIGHT, _PLUM = (20, 21, 7, 8), (5, 21, 7, 8), (26, 27, 28, 1), (30, 31, 32, 1)
_BONE = (2, 3, 4, 6)

# kind -> (coat, second colour, horn or hair, eye) of each colouring
COLOURINGS = {
    "troll": (
        (_ASH, _BROWN, _LEAF, 19),
        (_LEAF, _BARK, _BROWN, 19),
        (_BROWN, _COAL, _TEAL, 19),
        (_TEAL, _CLAY, _SNOW, 19),
    ),
    "dragon": (
        (_LEAF, _GOLD, _BONE, 19),
        (_RED, _GOLD, _BONE, 19),
        (_BLUE, _PERI, _SNOW, 19),
        (_VIOLET, _ROSE, _BONE, 19),
    ),
    "giant": (
        (_TAN, _BLUE, _RED, WHITE),
        (_CLAY, _LEAF, _BARK, WHITE),
        (_TAN, _RED, _GOLD, WHITE),
        (_PERI, _SLATE, _SNOW, WHITE),
    ),
    "goblin": (
        (_LEAF, _BROWN, _ASH, 19),
        (_TEAL, _RED, _ASH, 19),
        (_GOLD, _VIOLET, _ASH, 16),
        (_LEAF, _VIOLET, _ASH, 16),
    ),
    "ogre": (
        (_CLAY, _BARK, _BROWN, 19),
        (_LEAF, _BARK, _BROWN, 19),
        (_VIOLET, _BARK, _CLAY, 19),
        (_RED, _COAL, _BROWN, 19),
    ),
    "wolf": (
        (_ASH, _SNOW, _COAL, 19),
        (_SLATE, _ASH, _COAL, 19),
        (_BROWN, _TAN, _COAL, 19),
        (_SNOW, _SNOW, _SLATE, 25),
    ),
    "fox": (
        (_FOX, _SNOW, _BARK, 19),
        (_RUST, _BONE, _COAL, 19),
        (_SNOW, _SNOW, _ASH, 25),
        (_SLATE, _SNOW, _COAL, 19),
    ),
    "bear": (
        (_BROWN, _TAN, _BONE, WHITE),
        (_BARK, _CLAY, _BONE, WHITE),
        (_SNOW, _BONE, _SLATE, WHITE),
        (_COAL, _CLAY, _BONE, WHITE),
    ),
    "raven": (
        (_SLATE, _ASH, _ASH, WHITE),
        (_NIGHT, _PERI, _SLATE, WHITE),
        (_PLUM, _VIOLET, _GOLD, 19),
        (_SNOW, _ASH, _GOLD, 16),
    ),
    "griffin": (
        (_GOLD, _SNOW, _GOLD, 19),
        (_CLAY, _BONE, _GOLD, 19),
        (_BROWN, _GOLD, _GOLD, 19),
        (_PERI, _SNOW, _GOLD, 19),
    ),
}


def _colours(kind, colouring):
    """The palette index of each code."""
    coat, mark, horn, eye = COLOURINGS[kind][colouring]
    table = np.zeros(8 * MATERIALS, np.uint8)
    for material, (light, base, dark, line) in enumerate((coat, mark, horn)):
        table[8 * material + 1 : 8 * material + 7] = light, base, dark, line, light, dark
    table[8 * FIXED + 1 : 8 * FIXED + 7] = INK, WHITE, eye, INK, 17, 18
    table[8 * FIRE + 1 : 8 * FIRE + 7] = 19, 20, 16, INK, 19, 20
    return table


def _views(kind):
    """What draws a kind from the side and from the front."""
    if kind in FOURS:
        return four_side, four_front
    return (two_side, two_front) if kind in TWOS else (raven_side, raven_front)


@cache
def _drawn(look):
    """A form in all frames, (3, 2, 8, 32, 32) codes: actions, seen from the side and from the front."""
    views = _views(look.kind)
    return np.array([[[view(look, moment) for moment in action()] for view in views] for action in ACTIONS])


def draw_beasts(attributes):
    """Draw beasts.

    Args:
        attributes: (beasts, 5) int: kind, in the order of `animkit.data.fairytales.CREATURES`, colouring, crest,
            pattern and build, each below its number in OPTIONS.

    Returns:
        frames: (beasts, 9, 8, 32, 32) uint8 palette indices, as `animkit.data.twins.pixel_people.draw_people` gives
            them: walk, threat, strike, each facing left, front, right; 0 is the background.
        palette: (colours, 4) uint8 RGBA, row 0 transparent: that of the people.
    """
    drawn = [
        _colours(CREATURES[kind], colouring)[_drawn(Look(CREATURES[kind], *form))]
        for kind, colouring, *form in np.asarray(attributes).tolist()
    ]
    return with_right(np.reshape(drawn, (len(drawn), 6, 8, SIZE, SIZE))), PALETTE.copy()


def draw_standing(attributes):
    """Draw the first frame of a walk to the left alone, which is all that tells who is who.

    Args:
        attributes: (beasts, 5), as `draw_beasts` takes them.

    Returns:
        (beasts, 32, 32) uint8 palette indices.
    """
    (moment, *_), frames = walk(), []
    for kind, colouring, *form in np.asarray(attributes).tolist():
        look = Look(CREATURES[kind], *form)
        frames.append(_colours(look.kind, colouring)[_views(look.kind)[0](look, moment)])
    return np.array(frames)


def with_right(frames):
    """Adds the views that face right, which mirror those that face left about the column CENTRE.

    Args:
        frames: (n, 6, 8, 32, 32): three actions, each facing left and front; column 0 of the left view is empty.

    Returns:
        (n, 9, 8, 32, 32): three actions, each facing left, front and right.
    """
    left, front = frames[:, 0::2], frames[:, 1::2]
    right = np.zeros_like(left)
    right[..., 1:] = left[..., :0:-1]
    return np.stack([left, front, right], axis=2).reshape(len(frames), 9, *frames.shape[2:])
