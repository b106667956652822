"""Posed keys: single frames of a clip as rows of its BVH file, pulled by handles, mirrored, and put into the clip."""

from typing import NamedTuple

import numpy as np
from pybvh.rotations import euler_to_rotmat, rotmat_to_euler

from animkit.motion.clips import find_across, known_joints, skeleton
from animkit.motion.inverse_kinematics import aim, lean, move_hips, reach, swivel
from animkit.motion.kinematics import about, facing, forward_kinematics
from animkit.motion.mirror import find_mirror, mirrored

DIGITS = 4  # after the point: a ten-thousandth of a degree moves no hand by a hundredth of a millimetre
_LIMBS = {"Hand": ("Arm", "ForeArm", "Hand"), "Foot": ("UpLeg", "Leg", "Foot")}
_BACK = ("Spine", "Spine1", "Spine2", "Neck")


class Handle(NamedTuple):
    """What a joint of the skeleton does when it is pulled."""

    joint: str  # the clip's name
    kind: str  # "hand", "foot", "elbow", "knee", "hips" or "head"
    chain: tuple  # of the joints that turn, places in the skeleton: a limb's three, the back's


def find_handles(clip):
    """Find what of a skeleton can be pulled: hands, feet, elbows, knees, hips and head, as far as it has them.

    Args:
        clip: pybvh.Bvh.

    Returns:
        dict: name of `animkit.motion.clips.JOINTS` -> Handle. A limb is left out where its three joints do not follow
        each other; a head that has no back still turns its parent.
    """
    known = known_joints(clip)
    names, parents, offsets = skeleton(clip)
    place = {key: names.index(name) for key, name in known.items()}
    found = {}
    if "Hips" in place:
        found["Hips"] = Handle(known["Hips"], "hips", ())
    for side in ("Left", "Right"):
        for end, (kind, middle_kind) in {"Hand": ("hand", "elbow"), "Foot": ("foot", "knee")}.items():
            keys = [side + part for part in _LIMBS[end]]
            if not all(key in place for key in keys):
                continue
            first, middle, last = limb = tuple(place[key] for key in keys)
            lengths = np.linalg.norm(offsets[[middle, last]], axis=1)
            if parents[last] == middle and parents[middle] == first and lengths.all():
                found[keys[1]] = Handle(known[keys[1]], middle_kind, limb)
                found[keys[2]] = Handle(known[keys[2]], kind, limb)
    if "Head" in place and parents[place["Head"]] >= 0:
        back = tuple(place[key] for key in _BACK if key in place)
        found["Head"] = Handle(known["Head"], "head", back or (int(parents[place["Head"]]),))
    return found


def read_pose(clip, frame):
    """Read one frame as its row in a BVH file says it.

    Args:
        clip: pybvh.Bvh.
        frame: number.

    Returns:
        tuple of 3 + 3 joints floats: the root's place, then each joint's angles in its own order, degrees.
    """
    row = np.concatenate([clip.root_pos[frame], np.degrees(clip.joint_angles[frame]).ravel()])
    return tuple(float(value) for value in np.round(row, DIGITS))


def with_poses(clip, poses):
    """Put poses into a clip.

    Args:
        clip: pybvh.Bvh.
        poses: frame -> row as `read_pose` gives it.

    Returns:
        pybvh.Bvh; the clip itself where there are no poses.

    Raises:
        ValueError: for a frame that the clip has not, or a row that is not of finite numbers, 3 + 3 for each joint.
    """
    if not poses:
        return clip
    result, length = clip.copy(), 3 + 3 * clip.joint_count
    places, angles = clip.root_pos.copy(), clip.joint_angles.copy()
    for frame, row in poses.items():
        row = np.asarray(row, float)
        if not 0 <= frame < clip.frame_count:
            raise ValueError(f"there is no frame {frame} to pose: the clip's are 0 to {clip.frame_count - 1}")
        if row.shape != (length,) or not np.isfinite(row).all():
            raise ValueError(
                f"the pose of frame {frame} needs {length} finite numbers, the root's place and three angles for each "
                f"of {clip.joint_count} joints; got shape {row.shape}"
            )
        places[frame], angles[frame] = row[:3], np.radians(row[3:]).reshape(-1, 3)
    result.root_pos, result.joint_angles = places, angles
    return result


def pull(clip, pose, key, target, *, single=False):
    """Pull a pose by a handle.

    A hand or a foot takes its limb along, a foot staying as level as it was; an elbow or a knee turns it about the line
    from end to end; the hips move the body while the feet stay; the head bends the back.

    Args:
        clip: pybvh.Bvh that has the skeleton.
        pose: row as `read_pose` gives it.
        key: a name of `find_handles`.
        target: (3,) to where it is pulled, in the world, the clip's unit.
        single: turn nothing but the joint above the handle; the hips then take the feet along.

    Returns:
        The new row.

    Raises:
        ValueError: no such handle, or a place that is not three finite numbers.
    """
    target = np.asarray(target, float)
    if target.shape != (3,) or not np.isfinite(target).all():
        raise ValueError(f"a handle is pulled to a place of three finite numbers; got {target.tolist()}")
    handles = find_handles(clip)
    if key not in handles:
        raise ValueError(f"this skeleton has no handle {key!r}; it has {', '.join(handles) or 'none'}")
    handle, bones = handles[key], skeleton(clip)
    rotations, root = _turns(clip, pose)
    joint = bones.names.index(handle.joint)
    ahead = _ahead(clip, rotations)
    if handle.kind == "hips":
        legs = [] if single else [handles[foot].chain for foot in ("LeftFoot", "RightFoot") if foot in handles]
        # the hips need not be the root
        hips = forward_kinematics(rotations, root, parents=bones.parents, offsets=bones.offsets)[0][joint]
        rotations, root = move_hips(rotations, root, bones, legs, root + target - hips, pole=ahead)
    elif single:
        rotations = aim(rotations, root, bones, joint, target)
    elif handle.kind in ("elbow", "knee"):
        rotations = swivel(rotations, root, bones, handle.chain, target)
    elif handle.kind == "head":
        rotations = lean(rotations, root, bones, handle.chain, joint, target)
    else:
        foot = handle.kind == "foot"
        rotations = reach(
            rotations, root, bones, handle.chain, target, pole=ahead if foot else -ahead, level=foot
        )  # knees bend forwards, elbows backwards
    return _row(clip, rotations, root, pose)


def mirror_pose(clip, pose):
    """Exchange left and right of a pose where it stands: its place on the ground and the way it faces stay.

    Args:
        clip: pybvh.Bvh that has the skeleton, by whose frames the mirror is found.
        pose: row as `read_pose` gives it.

    Returns:
        The new row.

    Raises:
        ValueError: as `animkit.motion.mirror.find_mirror`.
    """
    rotations, root = _turns(clip, pose)
    turned, _ = mirrored(rotations[None], root[None], find_mirror([clip]))
    return _row(clip, _faced(clip, turned[0], rotations), root, pose)


def put_pose(clip, pose, there):
    """Put a pose where another stands, facing as that one does.

    Args:
        clip: pybvh.Bvh that has the skeleton.
        pose: row as `read_pose` gives it.
        there: row, whose place on the ground and whose facing are taken.

    Returns:
        The new row.
    """
    (rotations, root), (other, place) = _turns(clip, pose), _turns(clip, there)
    return _row(clip, _faced(clip, rotations, other), np.array([place[0], root[1], place[2]]), there)


def _turns(clip, pose):
    """Rotations (joints, 3, 3) and root (3,) of a row."""
    row = np.asarray(pose, float)
    angles = np.radians(row[3:]).reshape(-1, 3)
    turns = [euler_to_rotmat(angle, order) for angle, order in zip(angles, clip.euler_orders, strict=True)]
    return np.stack(turns), row[:3]


def _row(clip, rotations, root, near):
    """The row of a pose; joints that did not turn keep their very angles, the others the nearest that say the same."""
    before, old = _turns(clip, near)[0], np.asarray(near, float)[3:].reshape(-1, 3)
    angles = old.copy()
    for joint in np.flatnonzero(np.abs(rotations - before).max(axis=(1, 2)) > 1e-12):
        made = rotmat_to_euler(rotations[joint], clip.euler_orders[joint], degrees=True)
        made = made + 360 * np.round((old[joint] - made) / 360)
        angles[joint] = made
    return tuple(float(value) for value in np.round(np.concatenate([root, angles.ravel()]), DIGITS))


def _faced(clip, rotations, like):
    """Rotations turned about the vertical so that they face as others do."""
    across = find_across(clip)
    turned = rotations.copy()
    turned[0] = about("y", facing(like[0], across) - facing(rotations[0], across)) @ rotations[0]
    return turned


def _ahead(clip, rotations):
    """The way a pose faces, (3,); z where the skeleton does not tell."""
    try:
        angle = facing(rotations[0], find_across(clip))
    except ValueError:
        angle = 0.0
    return np.array([np.sin(angle), 0.0, np.cos(angle)])
