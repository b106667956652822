"""Windows of motion as the in-betweening benchmark cuts them: fixed length, centred, and facing one way.

A window is local rotation matrices (length, joints, 3, 3) and root positions (length, 3); y is up. The same code
serves LaFAN1, Bandai Namco's clips and the procedural walkers.
"""

import numpy as np

from animkit.motion.kinematics import about, rotate


def windows(rotations, root, *, length, offset):
    """Cut one clip into windows that may overlap.

    Args:
        rotations: (time, joints, 3, 3) local rotation matrices, or any array whose first axis is time.
        root: (time, 3) root positions.
        length: frames in a window.
        offset: frames from the start of one window to the start of the next.

    Returns:
        rotations, root: (windows, length, joints, 3, 3) and (windows, length, 3), copies; no window when the clip has
        no more than `length` frames.

    Raises:
        ValueError: when the two do not have the same frames, or `length` or `offset` is below 1.

    Source: Harvey et al. 2020, whose evaluation code takes a window only while at least one frame is left after it.
    """
    rotations, root = np.asarray(rotations), np.asarray(root)
    if root.ndim != 2 or root.shape[1] != 3:
        raise ValueError(f"root must be (time, 3); got {root.shape}")
    if len(rotations) != len(root):
        raise ValueError(f"rotations have {len(rotations)} frames and root has {len(root)}: they must be of one clip")
    if length < 1 or offset < 1:
        raise ValueError(f"length and offset are frames, at least 1; got {length} and {offset}")
    frames = np.arange(0, len(root) - length, offset)[:, None] + np.arange(length)
    return rotations[frames], root[frames]


def centre(root, *, frame=None):
    """Move each window so that its root is around x = z = 0; heights stay.

    Args:
        root: (windows, length, 3).
        frame: the frame whose root goes to 0; None for the mean over the window, as in the benchmark.

    Returns:
        As `root`.

    Raises:
        ValueError: when `root` has another shape, or a window has no such frame.
    """
    root = _root(root)
    if frame is not None:
        _inside(frame, root.shape[1])
    middle = root.mean(axis=1) if frame is None else root[:, frame]
    return root - (middle * np.array([1, 0, 1], root.dtype))[:, None]


def face_forward(rotations, root, *, frame, forward=(0, 0, 1), towards=(0, 0, 1)):
    """Turn each window about the world's y axis so that the character faces one way at one frame.

    Args:
        rotations: (windows, length, joints, 3, 3) local rotation matrices, the root joint first.
        root: (windows, length, 3).
        frame: the frame that decides, such as 9, the last of ten past frames.
        forward: the direction, in the root joint's own axes, in which the character looks: (0, 0, 1) for the
            procedural walkers and Bandai Namco's skeleton, (0, 1, 0) for LaFAN1's.
        towards: the horizontal direction to look in: +z is animkit's, +x the benchmark's.

    Returns:
        rotations, root, turned about x = z = 0. A window in which `forward` points straight up or down at that frame
        faces no way and stays as it is.

    Raises:
        ValueError: when shapes do not go together, a window has no such frame, or a direction is none.

    Source: Harvey et al. 2020, evaluation code.
    """
    rotations, root = np.asarray(rotations), _root(root)
    if rotations.ndim != 5 or rotations.shape[3:] != (3, 3) or rotations.shape[:2] != root.shape[:2]:
        raise ValueError(
            f"rotations must be (windows, length, joints, 3, 3) and go with root {root.shape}; got {rotations.shape}"
        )
    _inside(frame, root.shape[1])
    forward, towards = np.asarray(forward, "float64"), np.asarray(towards, "float64")
    if forward.shape != (3,) or not forward.any():
        raise ValueError(f"forward must be a direction (x, y, z); got {forward.tolist()}")
    if towards.shape != (3,) or not (towards[0] or towards[2]):
        raise ValueError(f"towards must be a direction (x, y, z) that is not upright; got {towards.tolist()}")
    looks = rotations[:, frame, 0].astype("float64") @ forward
    level = np.hypot(looks[:, 0], looks[:, 2]) > 1e-6 * np.linalg.norm(forward)
    angle = np.where(level, np.arctan2(towards[0], towards[2]) - np.arctan2(looks[:, 0], looks[:, 2]), 0.0)
    turn = about("y", angle).astype(root.dtype)[:, None]
    turned = rotations.copy()
    turned[:, :, 0] = turn @ rotations[:, :, 0]
    return turned, rotate(turn, root)


def _root(root):
    root = np.asarray(root)
    if root.ndim != 3 or root.shape[-1] != 3:
        raise ValueError(f"root must be (windows, length, 3); got {root.shape}")
    return root


def _inside(frame, length):
    if not 0 <= frame < length:
        raise ValueError(f"frame must be from 0 to {length - 1}, inside the window; got {frame}")
