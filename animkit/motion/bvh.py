"""BVH files in and out: read with clear errors, written so that every importer takes them back.

pybvh writes. Reading is here and in `animkit.motion.bvh_text` because pybvh's reader refuses files with position
channels below the root, and lets a missing brace, a NaN or a number like 1e30 pass.
"""

import os
import re
import tempfile
import warnings
from pathlib import Path

import numpy as np
from pybvh import frames_to_node_positions
from pybvh.rotations import euler_to_rotmat, rotmat_to_euler

from animkit.motion.bvh_text import LARGEST, read_text
from animkit.motion.clips import Node, known_joints, make_clip

# what stands above the hips and below them in a figure that is upright
_ABOVE = ("Head", "Neck", "LeftShoulder", "RightShoulder", "LeftArm", "RightArm")
_BELOW = ("LeftLeg", "RightLeg", "LeftFoot", "RightFoot", "LeftToe", "RightToe")

_HIPS = re.compile(r"(.*[\W_])?(hips?|pelvis)", re.IGNORECASE)


def load_bvh(path, *, up="auto"):
    """Read a BVH file.

    Each joint keeps its rotation order and the clip its unit and rate: a frame time within 0.01 % of 1 / N is taken as
    1 / N, and so is one that, rounded or cut off as it is written, can be that of one whole N alone, such as .00833.
    Where joints below the root have position channels, the one that moves becomes the root, as do hips that turn below
    a root that never turns; whatever lay above it is worked into it, and the others are checked to stay at their
    OFFSET, or to be 0 throughout, which is taken as unused.
    Rotation channels that are missing are zero. Spaces in a joint's name become underscores, and joints of one name are
    told apart by their parent's name before it, or by a number. What had to be assumed is said in one warning.

    Args:
        path: the file.
        up: "y" or "z", the axis that points up in the file; "auto" takes z where the rest pose and the motion hold
            head, neck or arms above the hips and knees, feet or toes below them along z, and y otherwise. A z-up
            file is turned to y up, rest pose and rotation orders included.

    Returns:
        pybvh.Bvh, y up.

    Raises:
        FileNotFoundError: no file is there.
        ValueError: it is no BVH file, or a broken one; the message says what is wrong, and where.
    """
    path = Path(path)
    if up not in ("auto", "y", "z"):
        raise ValueError(f'up must be "auto", "y" or "z", got {up!r}')
    nodes, values, frame_time, notes = read_text(path)
    nodes, values = _without_end_channels(nodes, values, notes)
    nodes, root, angles = _normalised(nodes, values, path, notes)

    clip = _clip(nodes, root, angles, frame_time, path)
    if up == "z" or (up == "auto" and _is_z_up(clip, notes)):
        # x stays, y becomes -z and z becomes y; a turn about an axis becomes the same turn about the new axis
        nodes = [
            node._replace(
                offset=[node.offset[0], node.offset[2], -node.offset[1]],
                channels=[((0, 2, 1)[axis], kind) for axis, kind in node.channels],
            )
            for node in nodes
        ]
        signs = [[-1.0 if axis == 2 else 1.0 for axis, _ in node.channels] for node in nodes if node.name is not None]
        clip = _clip(nodes, root[:, [0, 2, 1]] * (1.0, 1.0, -1.0), angles * signs, frame_time, path)
    if notes:
        warnings.warn(f"{path}: {'; '.join(notes)}", stacklevel=2)
    return clip


def save_bvh(path, clip):
    """Write a clip as a BVH file, complete or not at all.

    Args:
        path: the file to write, its name ending in `.bvh`; one that is there is replaced.
        clip: pybvh.Bvh. Angles and positions are written to six decimals.

    Returns:
        The path.

    Raises:
        ValueError: the name does not end in `.bvh`, or the clip has no frames, no frame time, a number that is not
            finite, or a joint's name with a space; nothing is written then.
        FileNotFoundError: the folder is not there.
    """
    path = Path(path)
    if path.suffix != ".bvh":
        raise ValueError(f"{path} must end in .bvh, as every importer expects")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"cannot write {path.name}: the folder {path.parent} does not exist; make it first")
    if path.is_dir():
        raise ValueError(f"cannot write {path.name}: a folder in {path.parent} has that name; choose another")
    if clip.frame_count == 0:
        raise ValueError(f"{path.name} would have no frames: nothing was written")
    if not 0 < clip.frame_time < np.inf:
        raise ValueError(f"the clip's frame_time is {clip.frame_time} s: set it, say to 1 / 30, before saving")
    for name in clip.joint_names:
        if not name or any(map(str.isspace, name)):
            raise ValueError(f"joint {name!r} has a space or nothing as its name, which BVH cannot hold: rename it")
    for node in clip.nodes:
        if not (np.abs(node.offset) < LARGEST).all():
            raise ValueError(f"the OFFSET of {node.name} is {node.offset}: nothing was written")
    numbers = np.concatenate([clip.root_pos[:, None], clip.joint_angles], axis=1)
    bad = np.argwhere(~(np.abs(numbers) < LARGEST))
    if len(bad):
        frame, joint, axis = bad[0]
        what = "the root's position" if joint == 0 else f"the rotation of {clip.joint_names[joint - 1]}"
        raise ValueError(f"{what} is {numbers[frame, joint, axis]} in frame {frame}: nothing was written")

    with tempfile.TemporaryDirectory(prefix=f".{path.stem}-", dir=path.parent) as folder:
        temporary = Path(folder) / path.name
        clip.write(temporary)
        os.replace(temporary, path)
    return path


def _without_end_channels(nodes, values, notes):
    """The nodes and the numbers without the channels of end sites, where nothing hangs that could turn."""
    columns = [node.name is not None for node in nodes for _ in node.channels]
    if all(columns):
        return nodes, values
    ends = sum(1 for node in nodes if node.name is None and node.channels)
    notes.append(f"the channels of {ends} End Sites were left out: nothing hangs on them")
    return [node if node.name is not None else node._replace(channels=[]) for node in nodes], values[:, columns]


def _unused_positions(moving, nodes, place, tolerance):
    """Joints below the root whose positions are 0 throughout, which in some exports means that they are not used.

    Only where there are several: a lone one may truly have come to its parent's place.
    """
    zero = [i for i in moving if np.abs(nodes[i].offset).max() > tolerance and not place(i).any()]
    return zero if len(zero) > 1 else []


def _normalised(nodes, values, path, notes):
    """Three rotations for every joint, a position for the root alone.

    Gives the nodes, their channels now the three rotations; the root (frames, 3); degrees (frames, joints, 3).
    """
    joints = [i for i, node in enumerate(nodes) if node.name is not None]
    column = {}  # of a joint's channel
    for i in joints:
        for axis, kind in nodes[i].channels:
            column[i, kind, axis] = len(column)
    turns = {i: [axis for axis, kind in nodes[i].channels if kind == "rotation"] for i in joints}
    if any(len(axes) < 3 for axes in turns.values()):
        values = np.pad(values, [(0, 0), (0, 1)])
        turns = {i: axes + [axis for axis in (2, 0, 1) if axis not in axes] for i, axes in turns.items()}
    places = [column.get((i, "rotation", axis), len(column)) for i in joints for axis in turns[i]]
    if places == list(range(places[0], places[0] + len(places))):
        places = slice(places[0], places[0] + len(places))  # the common case, without a copy
    angles = values[:, places].reshape(len(values), -1, 3)
    nodes = [
        node._replace(channels=[(axis, "rotation") for axis in turns[i]]) if i in turns else node
        for i, node in enumerate(nodes)
    ]

    def place(i):
        """Where a joint is from its parent: (frames, 3)."""
        own = [column.get((i, "position", axis)) for axis in range(3)]
        still = np.zeros(len(values))
        return np.stack(
            [still + (nodes[i].offset[a] if c is None else values[:, c]) for a, c in enumerate(own)], axis=1
        )

    return _with_one_root(nodes, column, place, angles, path, notes)


def _with_one_root(nodes, column, place, angles, path, notes):
    """As `_normalised`: the one joint that moves has become the root, and all others are at their OFFSET."""
    joints = [i for i, node in enumerate(nodes) if node.name is not None]
    tolerance = 1e-4 * max(np.abs(node.offset).max() for node in nodes)  # Bandai Namco's are off by up to 1e-5 cm
    moving = sorted({i for i, kind, _ in column if kind == "position" and i > 0})
    if unused := _unused_positions(moving, nodes, place, tolerance):
        notes.append(
            f"the position channels of {len(unused)} joints, {nodes[unused[0]].name} and others, are 0 throughout; "
            "they were taken as not used, and the OFFSETs hold"
        )
    moves = {}  # joint below the root -> first frame, distance
    for i in moving:
        if i in unused:
            for axis in range(3):
                column.pop((i, "position", axis), None)  # which leaves its OFFSET
            continue
        away = np.abs(place(i) - nodes[i].offset).max(axis=1)
        if away.max() > tolerance:
            moves[i] = int(np.argmax(away > tolerance)), away.max()
    # becomes the root, if it alone moves and nothing else hangs on the joints above it
    top = min(moves) if moves else _turning_hips(nodes, joints, angles)
    above = [top]
    while nodes[above[0]].parent >= 0:
        above.insert(0, nodes[above[0]].parent)
    lost = [i for i in joints if i not in above and nodes[i].parent < top]
    if not top or (lost and not moves):
        return nodes, place(0), angles
    if len(moves) > 1 or lost:
        i = max(moves)
        raise ValueError(
            f"{path}: joint {nodes[i].name} moves off its OFFSET in frame {moves[i][0]} (by up to {moves[i][1]:.4g}). "
            "One joint of a character may move, the root or a lone joint below it; all other bones keep their length. "
            "Export without translation of the other joints."
        )
    orders = ["".join("XYZ"[axis] for axis, _ in nodes[i].channels) for i in above]
    root, turned = place(0), np.eye(3)
    for i, order, following in zip(above, orders, above[1:], strict=False):
        turned = turned @ euler_to_rotmat(angles[:, joints.index(i)], order, degrees=True)
        root = root + np.einsum("tij,tj->ti", turned, place(following))
    angles = angles[:, joints.index(top) :]
    if not np.array_equal(turned, np.broadcast_to(np.eye(3), turned.shape)):
        own = euler_to_rotmat(angles[:, 0], orders[-1], degrees=True)
        angles[:, 0] = rotmat_to_euler(turned @ own, orders[-1], degrees=True)
    below = [node._replace(parent=node.parent - top) for node in nodes[top + 1 :] if node.parent >= top]
    return [nodes[top]._replace(parent=-1, offset=[0.0, 0.0, 0.0]), *below], root, angles


def _turning_hips(nodes, joints, angles):
    """The hips that turn below a root that never does, as the character's turns are theirs; 0 without such."""
    turning = {i for number, i in enumerate(joints) if np.ptp(angles[:, number], axis=0).any()}
    hips = next((i for i in joints if _HIPS.fullmatch(nodes[i].name)), 0)
    above = nodes[hips].parent
    while above >= 0 and above not in turning:
        above = nodes[above].parent
    return hips if hips in turning and above < 0 else 0


def _clip(nodes, root, angles, frame_time, path):
    """A pybvh clip of normalised nodes; angles in degrees."""
    rows = []
    taken = {node.name for node in nodes}
    for node in nodes:
        order = "".join("XYZ"[axis] for axis, _ in node.channels)
        name = node.name
        if name is None:
            name = f"EndSite{nodes[node.parent].name}"
            while name in taken:
                name += "_"
            taken.add(name)
        rows.append(Node(name, node.parent, node.offset, "" if node.name is None else order))
    clip = make_clip(rows, root, np.deg2rad(angles), frame_time=frame_time)
    clip.source_path = str(path)
    return clip


def _is_z_up(clip, notes):
    """Whether head and feet lie above and below the hips along z, at rest and on average over the motion."""
    rest = clip.rest_pose_positions()[None]
    step = max(1, clip.frame_count // 50)
    motion = frames_to_node_positions(clip.fk_topology, clip.root_pos[::step], clip.joint_angles[::step])
    known = known_joints(clip)
    index = {key: clip.node_index[name] for key, name in known.items()}
    parts = [{index[key] for key in keys if key in index} for keys in (_ABOVE, _BELOW)]
    for part, words in zip(parts, ("head|neck|chest", "foot|ankle|toe|knee"), strict=True):
        part |= {i for i, node in enumerate(clip.nodes) if re.search(words, node.name, re.IGNORECASE)}
    hips = index.get("Hips", 0)

    def axes(positions):
        """Along which axis the one lies above the hips and the other below them; None where along none."""
        above, below = (positions[:, sorted(part)].mean(axis=1) - positions[:, hips] for part in parts)
        for way in (above.mean(axis=0), -below.mean(axis=0)):
            axis = int(np.argmax(way))
            yield axis if way[axis] > 2 * np.abs(np.delete(way, axis)).max() else None

    if all(parts):
        at_rest, moving = list(axes(rest)), list(axes(motion))
        if 1 in at_rest or 1 in moving:
            return False
        if at_rest == [2, 2] or moving == [2, 2]:
            if at_rest != moving:
                notes.append(
                    f"head and feet lie along z in the {'rest pose' if at_rest == [2, 2] else 'motion'} alone; it was "
                    'turned to stand: pass up="y" if it lies'
                )
            return True
    if all(2 * np.ptp(at[0, :, 1]) < np.ptp(at[0, :, 2]) for at in (rest, motion)):
        notes.append(
            f"its joints ({', '.join(clip.joint_names[:4])} ...) do not tell which way is up; y was taken: "
            'pass up="z" if it lies on its back'
        )
    return False
