"""What clips are made of: their skeleton, its unit, its left and right; clips from arrays, resampled, joined, compared.

A clip is a `pybvh.Bvh`: y up, one root that alone moves, three rotations a joint in the joint's own order, lengths in
a unit of its own.
"""

import re
from typing import NamedTuple

import numpy as np
from pybvh import Bvh
from pybvh.bvhnode import BvhEndSite, BvhJoint, BvhRoot

from animkit.motion.kinematics import facing, forward_kinematics, rotation_vectors

# what the usual skeletons have (CMU, Bandai Namco, LaFAN1, Mixamo, Biped, Poser, Unreal, the kit's walkers)
JOINTS = (
    *("Hips", "LeftUpLeg", "LeftLeg", "LeftFoot", "LeftToe", "RightUpLeg", "RightLeg", "RightFoot", "RightToe"),
    *("Spine", "Spine1", "Spine2", "Neck", "Head"),
    *("LeftShoulder", "LeftArm", "LeftForeArm", "LeftHand", "RightShoulder", "RightArm", "RightForeArm", "RightHand"),
)

# in small letters and without separators; the earlier name wins
_LIMBS = {
    "UpLeg": ("upleg", "upperleg", "thigh", "hip"),
    "Leg": ("leg", "lowerleg", "shin", "calf", "knee"),
    "Foot": ("foot", "ankle"),
    "Toe": ("toe", "toebase", "toes", "toe0", "ball"),
    "Arm": ("arm", "upperarm", "uparm", "shldr", "shoulder"),  # before Shoulder, which may mean either
    "ForeArm": ("forearm", "lowerarm", "elbow"),
    "Hand": ("hand", "wrist"),
    "Shoulder": ("shoulder", "collar", "clavicle", "clav"),
}
_PREFIX = re.compile(r"^(.*:|mixamorig\d*[_:]?|bip0*1|j_bip_(c_)?)", re.IGNORECASE)
CMU_UNIT = 5.6444  # centimetres: 1 / 0.45 inches, as the database's own files say
# what says left or right in a name: a word, or a letter that stands alone or before a capitalised word
_SIDES = (re.compile("left|right", re.IGNORECASE), re.compile(r"(?<![^\W_])[LRlr](?=$|[\W_]|[A-Z](?![A-Z]))"))
_OTHER = {"left": "right", "right": "left", "l": "r", "r": "l"}


class Take(NamedTuple):
    """One recorded clip and what is known of it."""

    name: str
    content: str  # what is done: "walk", "bow" ...
    style: str  # how: "normal", "proud" ...; empty where the data names none
    clip: Bvh


class Skeleton(NamedTuple):
    """The joints of a clip, without the end sites."""

    names: list[str]
    parents: np.ndarray  # (joints,) int64, -1 for the root
    offsets: np.ndarray  # (joints, 3) from the parent, in the clip's unit; 0 for the root


class Node(NamedTuple):
    """A joint, or the end of a limb, from which `make_clip` makes a clip."""

    name: str
    parent: int  # its place among the nodes, which come after their parents; -1 for the root
    offset: tuple  # from the parent
    order: str = "ZXY"  # of its rotations; "" for an end site


def make_clip(nodes, root, turns, *, frame_time):
    """Make a clip from arrays.

    Args:
        nodes: `Node`s, the root first.
        root: (time, 3) positions of the root.
        turns: (time, joints, 3) Euler angles in radians, each joint's in its own order; or (time, joints, 3, 3)
            rotation matrices relative to the parent. End sites have none.
        frame_time: seconds.

    Returns:
        pybvh.Bvh, y up.
    """
    made = []
    for node in nodes:
        parent = made[node.parent] if node.parent >= 0 else None
        if parent is None:
            made.append(BvhRoot(node.name, node.offset, list("XYZ"), list(node.order)))
        elif node.order:
            made.append(BvhJoint(node.name, node.offset, list(node.order), parent=parent))
        else:
            made.append(BvhEndSite(node.name, node.offset, parent))
        if parent is not None:
            parent.children.append(made[-1])
    if turns.ndim == 3:
        return Bvh(made, root, turns, frame_time, world_up="+y")
    return Bvh(made, root, np.zeros(turns.shape[:-1]), frame_time, world_up="+y").from_rotmat(root, turns)


def skeleton(clip):
    """Take a clip's skeleton.

    Args:
        clip: pybvh.Bvh.

    Returns:
        Skeleton, in the order of `clip.joint_names`.
    """
    topology = clip.fk_topology
    joints = np.flatnonzero(topology.joint_idx >= 0)
    place = np.full(len(topology.parent_idx) + 1, -1)  # of a node among the joints; the last is the root's parent, -1
    place[joints] = np.arange(len(joints))
    offsets = topology.offsets[joints]
    offsets[0] = 0  # the root is where its position channels say
    return Skeleton(list(clip.joint_names), place[topology.parent_idx[joints]], offsets)


def global_pose(clip):
    """Find where all joints of a clip are, and how they are turned in the world.

    Args:
        clip: pybvh.Bvh.

    Returns:
        (time, joints, 3) in the clip's unit, and (time, joints, 3, 3).
    """
    root, rotations = clip.to_rotmat()
    _, parents, offsets = skeleton(clip)
    return forward_kinematics(rotations, root, parents=parents, offsets=offsets)


def resample(clip, fps):
    """Give a clip another frame rate.

    Args:
        clip: pybvh.Bvh.
        fps: frames a second. Where it divides the clip's rate, frames are kept as they are and the rest dropped;
            otherwise rotations are slerped and the root's path is linear between frames.

    Returns:
        A new pybvh.Bvh that starts with the clip and ends at most one new frame before it.

    Raises:
        ValueError: `fps` is not positive.
    """
    if not 0 < fps < np.inf:
        raise ValueError(f"fps must be positive, got {fps}")
    step = round(clip.fps / fps)
    if step >= 1 and abs(clip.fps / fps - step) < 1e-6:
        made = clip[::step]
        made.frame_time = 1 / fps
        return made
    return clip.resample(fps)


def joined(clips):
    """Put clips of one skeleton one after another, as they are.

    Args:
        clips: list of pybvh.Bvh.

    Returns:
        pybvh.Bvh.
    """
    first = clips[0].copy()
    first.root_pos = np.concatenate([clip.root_pos for clip in clips])
    first.joint_angles = np.concatenate([clip.joint_angles for clip in clips])
    return first


def difference(one, other):
    """Measure how far two clips of one skeleton differ.

    Args:
        one: pybvh.Bvh.
        other: pybvh.Bvh.

    Returns:
        The largest angle between rotations of a joint in degrees, and the largest distance of the root in units.
    """
    (root, turns), (other_root, other_turns) = one.to_rotmat(), other.to_rotmat()
    angles = np.linalg.norm(rotation_vectors(turns, other_turns), axis=-1)
    return float(np.degrees(angles.max())), float(np.abs(root - other_root).max())


def moved(clip):
    """Measure how a character goes: the root's speed along the ground, and how it turns.

    Args:
        clip: pybvh.Bvh of two frames or more, whose root has a left and a right leg.

    Returns:
        speed and turn from each frame to the next, cm/s and degrees/s (positive to the left), each (time - 1,).
    """
    steps = np.diff(clip.root_pos[:, [0, 2]], axis=0)
    speed = np.linalg.norm(steps, axis=1) * clip.fps * centimetres_per_unit(clip)
    heading = np.unwrap(facing(clip.to_rotmat()[1][:, 0], find_across(clip)))
    return speed, np.degrees(np.diff(heading)) * clip.fps


def centimetres_per_unit(clip):
    """Tell the unit of a clip from the length of its legs.

    Args:
        clip: pybvh.Bvh of a human-like figure.

    Returns:
        The unit in which the leg (thigh and shank) is 60 to 130 cm: 1.0 for centimetres, 100.0 for metres, 5.6444 for
        the CMU database's unit, 2.54 for inches, 0.1 for millimetres; where in none, whatever makes it 85 cm, the leg
        of an adult. The leg is the longest pair of bones in a row that ends in a foot or ankle, or the longest pair
        below the root's children where no joint is named so.

    Raises:
        ValueError: no two bones follow one another.
    """
    names, parents, offsets = skeleton(clip)
    length = np.linalg.norm(offsets, axis=1)
    pairs = {
        j: length[j] + length[parents[j]]
        for j in range(len(names))
        if parents[j] > 0 and length[j] * length[parents[j]]
    }
    feet = [j for j in pairs if re.search("foot|ankle", names[j], re.IGNORECASE)]
    inner = [j for j in pairs if parents[parents[j]] > 0]
    for chosen in (feet, inner, list(pairs)):
        if chosen:
            leg = max(pairs[j] for j in chosen)
            break
    else:
        raise ValueError(f"the unit cannot be told: no two bones follow one another in {', '.join(names)}")
    for scale in (1.0, 100.0, CMU_UNIT, 2.54, 0.1):
        if 60 <= leg * scale <= 130:
            return scale
    return float(85 / leg)


def split_side(name, names=()):
    """Tell from its name whether a joint is on the left or on the right.

    Args:
        name: such as "LeftFoot", "foot_l", "Hand.R", "lShldr", "RThumb", "Bip01_L_Calf", "Head" or "LowerBack".
        names: of all joints: a first or last letter that nothing sets off, as in "lfoot", counts where its partner,
            "rfoot", is among them.

    Returns:
        "left", "right" or "", and the name without what says so.
    """
    span = _side_of(name, names)
    if span is None:
        return "", name
    side = "left" if name[span[0]] in "lL" else "right"
    return side, name[: span[0]] + name[span[1] :]


def partners(names):
    """Find each joint's partner on the other side, by name.

    Args:
        names: of the joints.

    Returns:
        (joints,) int array: the partner's place, a joint's own where it has none.
    """
    place = {name: number for number, name in enumerate(names)}
    spans = [_side_of(name, place) for name in names]
    return np.array(
        [place.get(_turned_about(name, span), place[name]) for name, span in zip(names, spans, strict=True)], int
    )


def known_joints(clip, *, name_map=None):
    """Find the joints that every human-like skeleton has.

    Args:
        clip: pybvh.Bvh.
        name_map: names of JOINTS -> the clip's names, for those that are called something else.

    Returns:
        Names of JOINTS -> the clip's names; without those that the clip has not. The spine is what lies between hips
        and shoulders, whatever its names; of more than three joints the first, the middle and the last.

    Raises:
        ValueError: `name_map` holds a name that is not one of JOINTS.
    """
    name_map = dict(name_map or {})
    unknown = sorted(set(name_map) - set(JOINTS))
    if unknown:
        raise ValueError(f"name_map goes from the kit's names, {', '.join(JOINTS)}; it has {', '.join(unknown)}")
    names, parents, _ = skeleton(clip)
    plain = {}
    for name in names:
        side, rest = split_side(name, names)
        plain.setdefault((side, re.sub(r"[\s_.\-]", "", _PREFIX.sub("", rest)).lower()), name)
    found = {key: name for key, name in name_map.items() if name in names}

    def take(key, side, words):
        for word in words:
            name = plain.get((side, word))
            if key not in found and name is not None and name not in found.values():
                found[key] = name

    take("Hips", "", ("hips", "pelvis", "hip"))
    take("Head", "", ("head",))
    for side in ("Left", "Right"):
        for limb, words in _LIMBS.items():
            take(f"{side}{limb}", side.lower(), words)

    def above(key):
        """The joint's ancestors below the hips, itself first."""
        line, j = [], names.index(found[key])
        while j >= 0 and names[j] != found["Hips"]:
            line.append(names[j])
            j = parents[j]
        return line if j >= 0 else []

    if {"Hips", "Head", "LeftArm", "RightArm"} <= set(found):
        left, right, head = above("LeftArm"), above("RightArm"), above("Head")
        spine = [name for name in left if name in right][::-1]
        places = {1: {"Spine2": 0}, 2: {"Spine": 0, "Spine2": 1}}
        for key, place in places.get(len(spine), {"Spine": 0, "Spine1": len(spine) // 2, "Spine2": -1}).items():
            if spine:
                found.setdefault(key, spine[place])
        neck = [name for name in head[:0:-1] if name not in spine]
        if neck:
            found.setdefault("Neck", neck[0])
    return {key: found[key] for key in JOINTS if key in found}


def find_across(clip):
    """Find which way the hips point, see `animkit.motion.kinematics.facing`.

    Args:
        clip: pybvh.Bvh.

    Returns:
        (3,) from the right thigh to the left at rest, in the root's frame: those of `known_joints`, or else the first
        pair of joints below the root that are named as left and right.

    Raises:
        ValueError: when there is no such pair, or its two are in one place.
    """
    names, parents, offsets = skeleton(clip)
    rest, _ = forward_kinematics(np.tile(np.eye(3), (len(names), 1, 1)), np.zeros(3), parents=parents, offsets=offsets)
    known = known_joints(clip)
    pairs = []
    if "LeftUpLeg" in known and "RightUpLeg" in known:
        pairs.append([names.index(known[key]) for key in ("LeftUpLeg", "RightUpLeg")])
    for left, right in enumerate(partners(names)):
        # a hip joint of no length may stand on either side before the leg
        at_the_root = left != right and not rest[parents[[left, right]]].any()
        if at_the_root and split_side(names[left], names)[0] == "left":
            pairs.append([left, right])
    for left, right in pairs:
        across = rest[left] - rest[right]
        if np.linalg.norm(across) > 1e-3 * np.abs(offsets).max():
            return across
    tried = ", ".join(f"{names[left]} and {names[right]} lie in one place" for left, right in pairs)
    raise ValueError(
        f"the root {names[0]!r} has no left and right leg: which way the character faces is read from them"
        + (f"; {tried}" if tried else "")
        + f". Its joints are {', '.join(names)}: call the thighs LeftUpLeg and RightUpLeg"
    )


def _side_of(name, names):
    """Where in a name its side stands, (start, end), or None."""
    for sign in _SIDES:
        if found := sign.search(name):
            return found.span()
    ends = ((0, 1), (len(name) - 1, len(name)))
    return next((span for span in ends if _turned_about(name, span) in names), None)


def _turned_about(name, span):
    """The name with the other side in place of its own; None where it has no side."""
    if span is None:
        return None
    own = name[span[0] : span[1]]
    other = _OTHER.get(own.lower())
    if other is None:
        return None
    other = other.upper() if own.isupper() else other.capitalize() if own[:1].isupper() else other
    return name[: span[0]] + other + name[span[1] :]
