"""A figure of sticks that one angle moves: it walks on the spot, or throws itself to one side."""

import numpy as np

# hip, chest, head, then knee and foot, knee and foot, elbow and hand, elbow and hand; at last both ends of the floor
STICKS = (-1, 0, 1, 0, 3, 0, 5, 1, 7, 1, 9, -1, 11)


def _chain(start, *pieces):
    """Ends of limbs hung on each other: pieces are (length, angle), 0 hanging down, positive forwards."""
    ends = []
    for length, angle in pieces:
        start = start + length * np.stack([np.sin(angle), -np.cos(angle)], axis=-1)
        ends.append(start)
    return ends


def _figure(hip, chest, head, *limbs):
    floor = [np.broadcast_to(np.array([x, 0.0]), hip.shape) for x in (-1.3, 1.3)]
    ends = [end for start, limb in limbs for end in _chain(start, *limb)]
    return np.stack([hip, chest, head, *ends, *floor], axis=1).astype("float32")


def walker(swing):
    """Turn one swinging angle into a walk on the spot.

    Args:
        swing: (time,) radians.

    Returns:
        (time, 13, 2) positions for `player.skeleton` with STICKS as parents.
    """
    swing = np.asarray(swing, dtype=float)
    hip = np.stack([0.0 * swing, 1.0 - 0.06 * swing**2], axis=-1)
    chest = hip + [0.0, 0.62]
    legs = [
        (hip, [(0.5, 0.55 * side * swing), (0.5, 0.55 * side * swing - 0.5 * np.maximum(-side * swing, 0.0))])
        for side in (1.0, -1.0)
    ]
    arms = [(chest, [(0.34, -0.6 * side * swing), (0.34, -0.6 * side * swing + 0.35)]) for side in (1.0, -1.0)]
    return _figure(hip, chest, chest + [0.0, 0.3], *legs, *arms)


def leaner(lean):
    """Turn one angle into a body that throws itself to the left or to the right.

    Args:
        lean: (time,) radians, negative to the left.

    Returns:
        (time, 13, 2) positions for `player.skeleton` with STICKS as parents.
    """
    lean = np.asarray(lean, dtype=float)
    hip = np.stack([0.25 * lean, 0.95 - 0.05 * lean**2], axis=-1)
    (chest,) = _chain(hip, (0.62, np.pi - 0.6 * lean))
    (head,) = _chain(chest, (0.3, np.pi - 0.8 * lean))
    legs = [(hip, [(0.48, 0.25 * side - 0.2 * lean), (0.48, 0.12 * side - 0.4 * lean)]) for side in (1.0, -1.0)]
    arms = [(chest, [(0.34, 0.4 * side + 1.3 * lean), (0.34, 0.2 * side + 1.7 * lean)]) for side in (1.0, -1.0)]
    return _figure(hip, chest, head, *legs, *arms)
