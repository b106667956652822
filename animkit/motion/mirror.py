"""Left and right exchanged, for rigs whose joints' own axes follow any convention."""

from typing import NamedTuple

import numpy as np

from animkit.motion.clips import find_across, partners, skeleton
from animkit.motion.kinematics import about, facing

ACROSS = np.array([-1.0, 1.0, 1.0])  # the mirror stands across the world's x
_REFLECTIONS = np.array([[-1, 1, 1], [1, -1, 1], [1, 1, -1], [-1, -1, -1]], float)  # along a joint's own axes


class Mirror(NamedTuple):
    """How a rig is mirrored."""

    order: np.ndarray  # (joints,) each joint's partner, itself in the middle
    signs: np.ndarray  # (joints, 3) what becomes of each joint's own axes
    parents: np.ndarray  # (joints,)


def find_mirror(clips):
    """Find how a rig is mirrored, from its bones and from how it is posed on average.

    Args:
        clips: list of pybvh.Bvh of one skeleton, whose joints' names tell left from right; y up.

    Returns:
        Mirror.

    Raises:
        ValueError: no joints are named as left and right, or the bones of one side are no mirror image of the other's.
    """
    names, parents, offsets = skeleton(clips[0])
    order = partners(names)
    if (order == np.arange(len(names))).all():
        raise ValueError(
            f"no joint of {', '.join(names[:4])} ... is named as left or right: there is nothing to mirror"
        )
    across = find_across(clips[0])
    mean = np.zeros((len(names), 3, 3))
    for clip in clips:
        turned = clip.to_rotmat()[1]
        # heading set aside, poses in a mirror are on average as they are without one
        turned[:, 0] = about("y", -facing(turned[:, 0], across)) @ turned[:, 0]
        mean += turned.sum(axis=0)
    # bones decide first, for one clip's poses may be one-sided; they say nothing of turns about themselves
    tolerance = 0.1 * np.linalg.norm(offsets[1:], axis=1).max()
    away = np.abs(_REFLECTIONS[:, None] * offsets[order] - offsets).max(axis=-1)  # (reflections, joints)
    signs = np.empty((len(names), 3))
    for joint in range(len(names)):
        above = signs[parents[joint]] if joint else ACROSS
        likeness = _REFLECTIONS @ np.diag((above[:, None] * mean[order[joint]]).T @ mean[joint])
        fits = (away[:, np.asarray(parents) == joint] <= tolerance).all(axis=1)
        signs[joint] = _REFLECTIONS[np.where(fits | ~fits.any(), likeness, -np.inf).argmax()]
    away = np.abs(signs[parents[1:]] * offsets[order[1:]] - offsets[1:])
    if away.max() > tolerance:
        raise ValueError(
            f"the bone to {names[1 + int(away.max(axis=1).argmax())]} is no mirror image of its partner's: "
            "this skeleton's left and right differ"
        )
    return Mirror(order, signs, np.asarray(parents))


def try_mirror(clips):
    """Find how a rig is mirrored, where that can be: Mirror or None, see `find_mirror`."""
    try:
        return find_mirror(clips)
    except ValueError:
        return None


def mirrored(rotations, root, mirror):
    """Show a motion in the mirror.

    Args:
        rotations: (time, joints, 3, 3) relative to the parent.
        root: (time, 3).
        mirror: Mirror.

    Returns:
        As rotations and root, on the same skeleton.
    """
    above = np.concatenate([ACROSS[None], mirror.signs[mirror.parents[1:]]])
    return above[:, :, None] * rotations[:, mirror.order] * mirror.signs[:, None, :], root * ACROSS
