"""Poses by their ends: joints turn so that a hand, a knee or the hips go where they are pulled, bones keeping length.

A pose is rotations (joints, 3, 3) relative to the parent and the root's place (3,), as in `forward_kinematics`, on a
`Skeleton` of `animkit.motion.clips`. `foot_lock` does the like over time.
"""

import numpy as np
from scipy.spatial.transform import Rotation

from animkit.motion.kinematics import forward_kinematics, unit

_ROUNDS = 30  # of leaning, which brings a back towards a place by half of what is left


def reach(rotations, root, skeleton, limb, target, *, pole, level=False):
    """Bend a limb of two bones so that its end comes to a place, or as near as its length allows.

    The limb turns by the shortest way, so that elbow or knee stay on the side on which they were.

    Args:
        rotations: (joints, 3, 3).
        root: (3,).
        skeleton: `Skeleton`.
        limb: places in the skeleton of its three joints, each the parent of the next, such as arm, forearm and hand.
        target: (3,) where its end shall be, in the world.
        pole: (3,) direction to which a limb that is stretched out bends, in the world.
        level: whether the end keeps how it is turned in the world, as a foot on the ground does.

    Returns:
        (joints, 3, 3) rotations, those of the limb changed.

    Raises:
        ValueError: a bone of the limb has no length.

    Source: the law of cosines.
    """
    first, middle, last = limb
    places, turns = _placed(rotations, root, skeleton)
    upper, lower = places[middle] - places[first], places[last] - places[middle]
    a, b = np.linalg.norm(upper), np.linalg.norm(lower)
    if not (a > 0 and b > 0):
        raise ValueError(f"a bone below {skeleton.names[first]!r} has no length: this limb cannot bend")
    line, way = upper + lower, np.asarray(target, float) - places[first]
    ahead = unit(way if np.linalg.norm(way) > 1e-9 * a else line)
    length = np.clip(np.linalg.norm(way), abs(a - b), a + b)
    # along the line to the end, and aside from it
    along = (a * a - b * b + length * length) / (2 * length) if length > 1e-9 * a else 0.0
    aside = np.sqrt(max(a * a - along * along, 0.0))
    swing = _turn(line, ahead)
    side = _across(swing @ upper, ahead)
    if np.linalg.norm(side) < 1e-4 * a:
        side = _across(np.asarray(pole, float), ahead)
    to = along * ahead + aside * unit(side)
    bend = _turn(swing @ upper, to) @ swing
    shin = _turn(bend @ lower, length * ahead - to) @ bend
    changed = {first: bend @ turns[first], middle: shin @ turns[middle]} | ({last: turns[last]} if level else {})
    return _with(rotations, root, skeleton, changed)


def swivel(rotations, root, skeleton, limb, target):
    """Turn a limb about the line from its first joint to its last, so that its middle comes near a place.

    Args:
        rotations: (joints, 3, 3).
        root: (3,).
        skeleton: `Skeleton`.
        limb: as for `reach`; its ends stay where they are, and its last joint stays turned as it is.
        target: (3,) to which elbow or knee shall point, in the world.

    Returns:
        (joints, 3, 3) rotations, those of the limb changed.
    """
    first, middle, last = limb
    places, turns = _placed(rotations, root, skeleton)
    axis = unit(places[last] - places[first])
    side, wanted = (_across(np.asarray(place) - places[first], axis) for place in (places[middle], target))
    if min(np.linalg.norm(side), np.linalg.norm(wanted)) < 1e-9 * np.linalg.norm(places[middle] - places[first]):
        return np.array(rotations)  # a straight limb points nowhere, and a place on the line neither
    angle = np.arctan2(axis @ np.cross(side, wanted), side @ wanted)
    about = Rotation.from_rotvec(angle * axis).as_matrix()
    return _with(rotations, root, skeleton, {first: about @ turns[first], last: turns[last]})


def aim(rotations, root, skeleton, joint, target):
    """Turn nothing but a joint's parent, so that the bone between them points to a place.

    Args:
        rotations: (joints, 3, 3).
        root: (3,).
        skeleton: `Skeleton`.
        joint: its place in the skeleton; not the root.
        target: (3,) in the world.

    Returns:
        (joints, 3, 3) rotations, the parent's changed.
    """
    places, turns = _placed(rotations, root, skeleton)
    parent = skeleton.parents[joint]
    turn = _turn(places[joint] - places[parent], np.asarray(target) - places[parent])
    return _with(rotations, root, skeleton, {parent: turn @ turns[parent]})


def lean(rotations, root, skeleton, chain, joint, target):
    """Bend a chain evenly, such as a back, so that a joint at its end lies towards a place.

    Args:
        rotations: (joints, 3, 3).
        root: (3,).
        skeleton: `Skeleton`.
        chain: places in the skeleton of the joints that turn, each an ancestor of the next.
        joint: of the end that is pulled, below the chain.
        target: (3,) in the world.

    Returns:
        (joints, 3, 3) rotations, those of the chain changed.
    """
    result = np.array(rotations, float)
    for _ in range(_ROUNDS):
        places, _ = _placed(result, root, skeleton)
        base = places[chain[0]]
        missing = Rotation.from_matrix(_turn(places[joint] - base, np.asarray(target) - base)).as_rotvec()
        if np.linalg.norm(missing) < 1e-7:
            break
        share = Rotation.from_rotvec(missing / len(chain)).as_matrix()
        for one in chain:
            _, turns = _placed(result, root, skeleton)
            result = _with(result, root, skeleton, {one: share @ turns[one]})
    return result


def move_hips(rotations, root, skeleton, legs, target, *, pole):
    """Move the body by its hips while the feet stay, as far as the legs reach.

    Args:
        rotations: (joints, 3, 3).
        root: (3,).
        skeleton: `Skeleton`.
        legs: limbs as for `reach`, whose ends stay in place.
        target: (3,) where the root shall be.
        pole: (3,) direction to which knees bend.

    Returns:
        (joints, 3, 3) rotations and (3,) root.
    """
    places, _ = _placed(rotations, root, skeleton)
    root, result = np.array(target, float), np.array(rotations, float)
    for leg in legs:
        result = reach(result, root, skeleton, leg, places[leg[2]], pole=pole, level=True)
    return result, root


def _placed(rotations, root, skeleton):
    """Places and turns of the joints in the world."""
    return forward_kinematics(rotations, root, parents=skeleton.parents, offsets=skeleton.offsets)


def _with(rotations, root, skeleton, changed):
    """The pose with some joints turned as given in the world, {joint: (3, 3)}; what hangs on them goes along."""
    result = np.array(rotations, float)
    for joint in sorted(changed):
        parent = skeleton.parents[joint]
        above = _placed(result, root, skeleton)[1][parent] if parent >= 0 else np.eye(3)
        result[joint] = above.T @ changed[joint]
    return result


def _turn(old, new):
    """The smallest rotation (3, 3) from one direction to another."""
    if min(np.linalg.norm(old), np.linalg.norm(new)) < 1e-12:
        return np.eye(3)
    return Rotation.align_vectors(unit(new)[None], unit(old)[None])[0].as_matrix()


def _across(vector, axis):
    """What of a vector is at right angles to an axis of length one."""
    return vector - (vector @ axis) * axis
