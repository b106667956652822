"""The way ahead, which steers a motion, and the guide whose way it is: a point that obeys speed and turn by a rule.

Steering is (batch, 5): a guide's speed in m/s and turn in rad/s, and as the character sees it how far left and ahead of
it the guide is, in metres, and how it is turned. The way ahead is (batch, PATH): for each time of `AHEAD` how far left
and ahead it leads and how it turns until then, on average a second.
"""

import numpy as np
from keras import ops

# seconds ahead of which the way is told
AHEAD = (1 / 6, 1 / 3, 1 / 2)
PATH = 3 * len(AHEAD)  # controls that tell it: left, forwards in m/s, turn in rad/s, on average until then
# seconds in which the guide has made two thirds of a change of speed and of turn; how far it may be from the character:
# metres, radians
REACH, LEASH = (0.12, 0.06), (0.3, 0.35)


def beside_character(pace):
    """Put guides where the characters are.

    Args:
        pace: (batch, 2) m/s and rad/s.

    Returns:
        (batch, 5) float32 steering.
    """
    return np.concatenate([pace, np.zeros((len(pace), 3))], axis=1).astype("float32")


def guided(steering, asked, fps):
    """Move guides on, and tell their way ahead.

    Args:
        steering: (batch, 5).
        asked: (batch, 2) m/s and rad/s, two thirds of a change are made within `REACH`.
        fps: frames per second.

    Returns:
        The way (batch, PATH), and the guides a frame on (batch, 5) as the characters see them from where they are now.

    Source: Holden et al. 2017, "Phase-functioned neural networks", for the way ahead as what a network is told.
    """
    frames = np.array([round(ahead * fps) for ahead in AHEAD])
    after = np.arange(1, frames[-1] + 1)
    # what of an old command is left after so many frames
    left = [np.exp(-after / (reach * fps)).astype("float32") for reach in REACH]
    speed, turn = (asked[:, i : i + 1] + (steering[:, i : i + 1] - asked[:, i : i + 1]) * left[i] for i in (0, 1))
    heading = steering[:, 4:] + ops.cumsum(turn, axis=1) / fps
    before = ops.concatenate([steering[:, 4:], heading[:, :-1]], axis=1)
    places = (
        start + ops.cumsum(speed * part(before), axis=1) / fps
        for start, part in ((steering[:, 2:3], ops.sin), (steering[:, 3:4], ops.cos))
    )
    way = ops.stack([*places, heading], axis=-1)  # (batch, frames ahead, 3)
    told = ops.take(way, frames - 1, axis=1) * (fps / frames)[:, None].astype("float32")
    guide = ops.concatenate([speed[:, :1], turn[:, :1], way[:, 0]], axis=-1)
    return ops.reshape(told, (-1, PATH)), guide


def turned(ground, angle):
    """Turn directions to the left.

    Args:
        ground: (batch, 2) left and ahead.
        angle: (batch, 1) radians.

    Returns:
        (batch, 2).
    """
    left, ahead = ground[:, :1], ground[:, 1:]
    c, s = ops.cos(angle), ops.sin(angle)
    return ops.concatenate([c * left + s * ahead, c * ahead - s * left], axis=-1)


def seen_from(place, heading, step, turn):
    """Tell where something is for who makes a step and turns then.

    Args:
        place: (batch, 2) where it is, left and ahead, before the step.
        heading: (batch, 1) how it is turned, to the left.
        step: (batch, 2) left and ahead.
        turn: (batch, 1).

    Returns:
        (batch, 3): left, ahead, turned.
    """
    return ops.concatenate([turned(place - step, -turn), heading - turn], axis=-1)


def way_from(way, drift, fps):
    """Tell the way ahead to who should be elsewhere.

    Args:
        way: (batch, PATH) from where the character should be.
        drift: (batch, 3) where that is: left, ahead, turned, as the character sees it.
        fps: frames per second.

    Returns:
        (batch, PATH).
    """
    parts = []
    for i, ahead in enumerate(AHEAD):
        seconds = round(ahead * fps) / fps
        part = way[:, 3 * i : 3 * i + 3]
        parts += [turned(part[:, :2], drift[:, 2:]) + drift[:, :2] / seconds, part[:, 2:] + drift[:, 2:] / seconds]
    return ops.concatenate(parts, axis=-1)


def within_reach(beside):
    """Draw guides to their characters by a leash, so that what cannot be done is not asked for later.

    Args:
        beside: (batch, 3) left, ahead, turned.

    Returns:
        (batch, 3), no farther than `LEASH`.
    """
    away = beside[:, :2]
    length = ops.sqrt(ops.sum(ops.square(away), axis=-1, keepdims=True) + 1e-12)
    away = away * ops.minimum(1.0, LEASH[0] / length)
    return ops.concatenate([away, ops.clip(beside[:, 2:], -LEASH[1], LEASH[1])], axis=-1)
