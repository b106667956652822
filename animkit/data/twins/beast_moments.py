"""What beasts of all builds share: the moments of their three actions, their looks, and how a head is laid."""

from typing import NamedTuple

import numpy as np

from animkit.data.twins.beast_heads import CREST_FRONT, CREST_SIDE, FRONT, SIDE
from animkit.data.twins.beast_shapes import mirrored, read
from animkit.data.twins.pixel_poses import CENTRE


class Moment(NamedTuple):
    """One frame of an action."""

    frame: int
    stride: float | None = None  # phase of a step in radians, or None where the feet stand
    rise: float = 0.0  # from gathering (-1) to a threat at its height (1)
    lunge: float = 0.0  # from drawing back (-1) to the blow or bite (1)
    jaw: bool = False  # open


class Look(NamedTuple):
    """What tells beasts of one kind apart in form."""

    kind: str
    crest: int  # horns, ears, mane or hat, 0-2
    pattern: int  # or garment, 0-2
    stout: int  # 0 slender, 1 stout


def walk():
    """Eight frames of one stride."""
    return [Moment(frame, stride=frame * np.pi / 4) for frame in range(8)]


def threaten():
    """It gathers itself, rears up with open jaws, and comes down."""
    rises = (0, -0.5, -0.8, 0.3, 0.85, 1.0, 0.95, 0.4)
    return [Moment(frame, rise=rise, jaw=frame in (3, 4, 5, 6)) for frame, rise in enumerate(rises)]


def strike():
    """It draws back, bites or strikes, and recovers."""
    lunges = (-0.3, -0.8, -1.0, 0.4, 1.0, 0.9, 0.5, 0.1)
    return [Moment(frame, lunge=lunge, jaw=frame in (2, 3, 4)) for frame, lunge in enumerate(lunges)]


ACTIONS = (walk, threaten, strike)


def step(stride, offset, reach, lift):
    """Where a foot is of its place: (ahead, up); ahead is to the left."""
    if stride is None:
        return 0.0, 0.0
    angle = stride + offset
    return -reach * np.cos(angle), -lift * max(0.0, -np.sin(angle))


def towards(rest, back, ahead, share):
    """A point between rest (0) and two others (-1 and 1)."""
    rest, other = np.asarray(rest, float), np.asarray(back if share < 0 else ahead, float)
    return rest + abs(share) * (other - rest)


def flip(points):
    """The same on the other side of the middle, in the front view."""
    return [(2 * CENTRE - x, y) for x, y in points]


def head_of(look, moment, *, front):
    """The stamp of the head and that of the crest with its place beside the head's."""
    skull, shut, open_jaw = (FRONT if front else SIDE)[look.kind]
    rows = skull + "\n" + (open_jaw if moment.jaw else shut)
    crest = (CREST_FRONT if front else CREST_SIDE).get(look.kind)
    crest = crest[look.crest] if crest else None
    stamp = mirrored if front else read
    return stamp(rows), crest and (read(crest[0]) if not front else mirrored(crest[0]), *crest[1:])


def lay_head(canvas, look, moment, x, y, *, front=False):
    """Lay the head with its top left corner at (x, y), the crest behind or, where the third number says so, on it."""
    head, crest = head_of(look, moment, front=front)
    if front:  # here x is the middle
        x = x - head.shape[1] // 2
    if crest and not crest[3]:
        canvas.stamp(crest[0], x + crest[1], y + crest[2], line=False)
    canvas.stamp(head, x, y)
    if crest and crest[3]:
        canvas.stamp(crest[0], x + crest[1], y + crest[2], line=False)
