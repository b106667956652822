"""More clips out of few: paths bent into curves, and clips played faster or slower."""

import numpy as np

from animkit.motion.clips import resample
from animkit.motion.foot_lock import foot_contacts, lock_feet
from animkit.motion.kinematics import about


def bent(clip, turn, *, contacts=None):
    """Bend a clip's way into a curve; feet that stood are locked to where they stand now.

    Args:
        clip: pybvh.Bvh, y up.
        turn: rad/s that are added to how it turns, positive to the left.
        contacts: see `animkit.motion.foot_lock.lock_feet`; those of the clip if None.

    Returns:
        A new pybvh.Bvh.

    Source: Gleicher 2001, "Motion path editing", for a path of constant curvature in time.
    """
    contacts = foot_contacts(clip) if contacts is None else contacts
    root, rotations = clip.to_rotmat()
    angle = turn * np.arange(len(root)) / clip.fps
    steps = np.diff(root, axis=0)
    c, s = np.cos(angle[:-1]), np.sin(angle[:-1])
    steps[:, [0, 2]] = np.stack([c * steps[:, 0] + s * steps[:, 2], c * steps[:, 2] - s * steps[:, 0]], axis=1)
    root = np.concatenate([root[:1], root[0] + np.cumsum(steps, axis=0)])
    rotations = rotations.copy()
    rotations[:, 0] = about("y", angle) @ rotations[:, 0]
    return lock_feet(clip.from_rotmat(root, rotations), contacts=contacts)


def paced(clip, factor):
    """Play a clip faster or slower, at the rate it had.

    Args:
        clip: pybvh.Bvh.
        factor: of its speed; the steps keep their length and come so much faster.

    Returns:
        A new pybvh.Bvh of 1 / factor of the frames.

    Raises:
        ValueError: when the factor is not positive.
    """
    if not 0 < factor < np.inf:
        raise ValueError(f"factor must be positive, got {factor}")
    fast = clip.copy()
    fast.frame_time = clip.frame_time / factor
    return resample(fast, clip.fps)
