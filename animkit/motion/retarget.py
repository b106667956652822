"""A motion on another skeleton, and back again without loss.

Joints are matched by what they are called in the usual skeletons, see `animkit.motion.clips.known_joints`. A matched
joint takes over the other's rotation in the world, corrected by a constant that lays the two skeletons' bones on one
another; so a motion brought over and back is the motion it was.
"""

import copy
import re

import numpy as np
from pybvh import Bvh
from pybvh.rotations import rotmat_to_euler

from animkit.motion.clips import JOINTS, global_pose, known_joints, skeleton
from animkit.motion.kinematics import rotate, unit

NEEDED = tuple(name for name in JOINTS if not re.search("Toe|Spine|Neck|Shoulder", name))


def retarget(clip, onto, *, name_map=None):
    """Bring a motion onto another skeleton.

    Every joint that both have (see `animkit.motion.clips.known_joints`) takes over its rotation in the world; the hips'
    path is scaled by the length of the legs. With the result of one call as `clip` and the original as `onto`, a second
    call brings it back: the original's other joints, fingers say, keep their own motion.

    Args:
        clip: pybvh.Bvh, the motion, y up.
        onto: pybvh.Bvh with the other skeleton, y up. Joints that `clip` has not keep the rotations they have here,
            frame by frame where there are as many frames, else those of the first frame.
        name_map: names of JOINTS -> names in `clip` or `onto`, for joints called something unusual.

    Returns:
        A new pybvh.Bvh on `onto`'s skeleton, with the frames and the rate of `clip`.

    Raises:
        ValueError: one of the two lacks a joint that is needed (hips, thighs, shanks, feet, upper arms, forearms, hands
            and head); the message names it. Or it has no frames, or `name_map` does not fit.
    """
    for name, one in (("clip", clip), ("onto", onto)):
        if one.frame_count == 0:
            raise ValueError(f"{name} has no frames")
    for key, name in (name_map or {}).items():
        if name not in clip.joint_names and name not in onto.joint_names:
            raise ValueError(f"name_map says {key} is {name!r}, but neither skeleton has a joint of that name")
    known = [known_joints(one, name_map=name_map) for one in (clip, onto)]
    for name, one, joints in zip(("clip", "onto"), (clip, onto), known, strict=True):
        missing = [key for key in NEEDED if key not in joints]
        if missing:
            raise ValueError(
                f"cannot retarget: {name} has no joint known as {', '.join(missing)}. Its joints are "
                f"{', '.join(one.joint_names)}; say which it is by name_map={{{missing[0]!r}: 'its name'}}."
            )
    shared = [key for key in JOINTS if key in known[0] and key in known[1]]
    theirs, ours = (_bone_frames(one, joints, shared) for one, joints in zip((clip, onto), known, strict=True))

    names, parents, offsets = skeleton(onto)
    source = {names.index(known[1][key]): key for key in shared}
    source_index = clip.joint_index
    turned = global_pose(clip)[1]
    own = onto.to_rotmat()[1]
    own = own if len(own) == len(turned) else np.broadcast_to(own[:1], (len(turned), *own.shape[1:]))
    made, local = np.empty((2, *own.shape))
    for j, parent in enumerate(parents):
        before = made[:, parent] if parent >= 0 else np.eye(3)
        if j in source:
            key = source[j]
            made[:, j] = turned[:, source_index[known[0][key]]] @ theirs[key] @ ours[key].T
            local[:, j] = np.swapaxes(before, -1, -2) @ made[:, j]
        else:
            local[:, j] = own[:, j]
            made[:, j] = before @ own[:, j]

    hips = clip.joint_positions()[:, source_index[known[0]["Hips"]]] * (
        _leg_length(onto, known[1]) / _leg_length(clip, known[0])
    )
    j = names.index(known[1]["Hips"])
    while parents[j] >= 0:  # the root is wherever it puts the hips right
        hips = hips - made[:, parents[j]] @ offsets[j]
        j = parents[j]
    angles = np.unwrap(rotmat_to_euler(local, onto.euler_orders), axis=0)
    return Bvh(copy.deepcopy(onto.nodes), hips, angles, clip.frame_time, world_up="+y")


def _leg_length(clip, joints):
    names, parents, offsets = skeleton(clip)
    length = 0.0
    for side in ("Left", "Right"):
        j, top = names.index(joints[f"{side}Foot"]), names.index(joints[f"{side}UpLeg"])
        while j != top:
            if j < 0:
                raise ValueError(f"{joints[side + 'Foot']} does not hang below {joints[side + 'UpLeg']}")
            length += np.linalg.norm(offsets[j])
            j = parents[j]
    if not length:
        raise ValueError(f"the legs of {', '.join(clip.joint_names)} have no length")
    return length


def _bone_frames(clip, joints, shared):
    """For each shared joint three axes in its own coordinates: along the bone, across it, and the third.

    The same axes of two skeletons mean the same direction on the body, whatever their rest poses: taken at rest where
    that is a standing figure, otherwise as they are on average over the motion.
    """
    index = {key: clip.joint_index[joints[key]] for key in shared}

    def at(key):
        return placed[:, index[key]]

    placed = clip.rest_pose_positions()[None, [i for i, node in enumerate(clip.nodes) if not node.is_end_site()]]
    turned = np.broadcast_to(np.eye(3), (*placed.shape, 3))
    head, feet = at("Head") - at("Hips"), (at("LeftFoot") + at("RightFoot")) / 2 - at("Hips")
    if min(unit(head)[0, 1], -unit(feet)[0, 1]) < 0.8:
        step = max(1, clip.frame_count // 300)
        placed, turned = (part[::step] for part in global_pose(clip))

    up = unit(at("Head") - at("Hips"))
    hips, chest = (unit(at(f"Left{limb}") - at(f"Right{limb}")) for limb in ("UpLeg", "Arm"))  # to the left
    spine = [key for key in ("Spine", "Spine1", "Spine2", "Neck", "Head") if key in shared]
    directions = {"Hips": (hips, up)}  # of a joint: along, across
    for i, key in enumerate(spine):
        later = [at(name) - at(key) for name in spine[i + 1 :]]
        # CMU's chest and neck are in one place, which leaves the way to the head
        directions[key] = next((v for v in later if np.linalg.norm(v[0]) > 1e-3 * np.linalg.norm(head[0])), up), chest
    for side in ("Left", "Right"):
        limb = {name: at(side + name) for name in ("UpLeg", "Leg", "Foot", "Arm", "ForeArm", "Hand")}
        thigh, shank = unit(limb["Leg"] - limb["UpLeg"]), unit(limb["Foot"] - limb["Leg"])
        arm, fore = unit(limb["ForeArm"] - limb["Arm"]), unit(limb["Hand"] - limb["ForeArm"])
        # a knee bends back and an elbow forward, which tells the front of either; straight limbs take the body's
        front, ahead = np.cross(hips, up) / 10, np.cross(chest, up) / 10
        directions[f"{side}UpLeg"] = thigh, front - _across(shank, thigh)
        directions[f"{side}Leg"] = shank, front + _across(thigh, shank)
        left = hips / 10 - np.cross(shank, _across(thigh, shank))
        toe = at(f"{side}Toe") - limb["Foot"] if f"{side}Toe" in shared else front
        directions[f"{side}Foot"], directions[f"{side}Toe"] = (toe, left), (front, left)
        directions[f"{side}Arm"] = arm, ahead + _across(fore, arm)
        for name in ("ForeArm", "Hand"):
            directions[side + name] = fore, ahead - _across(arm, fore)
        if f"{side}Shoulder" in shared:
            directions[f"{side}Shoulder"] = limb["Arm"] - at(f"{side}Shoulder"), ahead

    frames = {}
    for key in shared:
        inverse = np.swapaxes(turned[:, index[key]], -1, -2)
        first, second = (rotate(inverse, v).mean(axis=0) for v in directions[key])
        first = unit(first)
        second = unit(second - first * (first @ second))
        frames[key] = np.stack([first, second, np.cross(first, second)], axis=-1)
    return frames


def _across(v, along):
    """What of a direction stands at right angles to another."""
    return v - along * (v * along).sum(axis=-1, keepdims=True)
