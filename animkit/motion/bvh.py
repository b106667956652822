"""BVH files in and out: read with clear errors, written so that every importer takes them back.

pybvh writes. Reading is here because pybvh's reader refuses files with position channels below the root, and lets a
missing brace, a NaN or a number like 1e30 pass.
"""

import io
import os
import re
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
from pybvh import frames_to_node_positions
from pybvh.rotations import euler_to_rotmat, rotmat_to_euler

from animkit.motion.clips import Node, make_clip

LARGEST = 1e7  # of any number in a file: ten kilometres in millimetres, or 27,777 turns in degrees
_MOTION = re.compile(r"^[ \t]*MOTION\b", re.MULTILINE | re.IGNORECASE)
_FRAMES = re.compile(r"\s*MOTION\s+Frames\s*:\s*(\S+)\s+Frame\s*Time\s*:\s*(\S+)[ \t]*\n?", re.IGNORECASE)
_CHANNEL = re.compile(r"([XYZ])(position|rotation)", re.IGNORECASE)
_KEYWORDS = ("ROOT", "JOINT", "END", "OFFSET", "CHANNELS", "}")


class _Node(NamedTuple):
    name: str | None  # None for an end site
    parent: int
    line: int
    offset: list
    channels: list  # (axis 0-2, "position" or "rotation"), in the file's order


def load_bvh(path, *, up="auto"):
    """Read a BVH file.

    Each joint keeps its rotation order and the clip its unit and rate (a frame time within 0.01 % of 1 / N is taken as
    1 / N). Where joints below the root have position channels, the one that moves becomes the root, whatever lay above
    it is worked into it, and the others are checked to stay at their OFFSET. Rotation channels that are missing are
    zero. Spaces in a joint's name become underscores.

    Args:
        path: the file.
        up: "y" or "z", the axis that points up in the file; "auto" takes z where both the rest pose and the motion
            hold the head above the hips and the feet below them along z, and y otherwise. A z-up file is turned
            to y up, rest pose and rotation orders included.

    Returns:
        pybvh.Bvh, y up.

    Raises:
        FileNotFoundError: no file is there.
        ValueError: it is no BVH file, or a broken one; the message says what is wrong, and where.
    """
    path = Path(path)
    if up not in ("auto", "y", "z"):
        raise ValueError(f'up must be "auto", "y" or "z", got {up!r}')
    text = _text(path)
    motion = _MOTION.search(text)
    if motion is None:
        raise ValueError(f"{path} has no MOTION section: it was cut short. Export it again.")
    nodes = _hierarchy(text[: motion.start()], path)
    columns = sum(len(node.channels) for node in nodes)
    values, frame_time = _motion(text, motion.start(), nodes, columns, path)
    nodes, root, angles = _normalised(nodes, values, path)

    clip = _clip(nodes, root, angles, frame_time, path)
    if up == "z" or (up == "auto" and _is_z_up(clip)):
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


def _text(path):
    """The file's text with one kind of line end, checked to be a BVH file at all."""
    if path.is_dir():
        raise ValueError(f"{path} is a folder: name one .bvh file in it")
    if not path.is_file():
        raise FileNotFoundError(f"{path} is not there")
    raw = path.read_bytes()
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = raw.decode("utf-16", errors="replace")
    elif b"\0" in raw:
        raise ValueError(f"{path} is a binary file, not BVH text: export it as .bvh from the program that made it")
    else:
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = raw.decode("latin-1")  # names in another encoding stay distinct, which is all that matters here
    if not text or text.isspace():
        raise ValueError(f"{path} is empty")
    if not re.match(r"\s*HIERARCHY\b", text, re.IGNORECASE):
        raise ValueError(f"{path} is no BVH file: it starts with {text.split()[0][:40]!r} where HIERARCHY must stand")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _hierarchy(header, path):
    """The nodes of the HIERARCHY section, in the file's order."""
    words = []
    for number, line in enumerate(header.splitlines(), 1):
        words += [(word, number) for word in line.replace("{", " { ").replace("}", " } ").split()]
    words = words[1:]  # HIERARCHY
    nodes, names, open_nodes = [], {}, []
    at = 0

    def numbers(count, what):
        taken = [word for word, _ in words[at + 1 : at + 1 + count]]
        try:
            values = [float(word) for word in taken]
        except ValueError:
            values = []
        if len(values) < count or not all(abs(value) < LARGEST for value in values):
            raise ValueError(
                f"{path}, line {line}: {what} needs {count} numbers below {LARGEST:g}, found {' '.join(taken)!r}"
            )
        return values

    while at < len(words):
        word, line = words[at]
        key = word.upper()
        here = nodes[open_nodes[-1]] if open_nodes else None
        owner = here and (f"joint {here.name}" if here.name is not None else "an End Site")
        if key in ("ROOT", "JOINT", "END"):
            end = at + 1
            while (
                end < len(words)
                and words[end][0] != "{"
                and (
                    end == at + 1 or words[end][0].upper() not in _KEYWORDS  # a joint may be called End
                )
            ):
                end += 1
            name = None if key == "END" else "_".join(word for word, _ in words[at + 1 : end])
            if name == "":
                raise ValueError(f"{path}, line {line}: a {word} without a name")
            if end >= len(words) or words[end][0] != "{":
                raise ValueError(f"{path}, line {line}: the '{{' after {word} {name or 'Site'} is missing")
            if key == "ROOT" and nodes:
                raise ValueError(
                    f"{path}, line {line}: ROOT {name} is a second root beside {nodes[0].name}. A clip holds one "
                    "character: export each to a file of its own."
                )
            if key != "ROOT" and here is None:
                raise ValueError(f"{path}, line {line}: {word} {name or 'Site'} stands outside the ROOT's braces")
            if name in names:
                raise ValueError(
                    f"{path}, line {line}: joint {name} is there twice (first in line {names[name]}): rename one"
                )
            if name is not None:
                names[name] = line
            open_nodes.append(len(nodes))
            nodes.append(_Node(name, open_nodes[-2] if len(open_nodes) > 1 else -1, line, [], []))
            at = end + 1
        elif key == "OFFSET" and here:
            here.offset[:] = numbers(3, f"the OFFSET of {owner}")
            at += 4
        elif key == "CHANNELS" and here and here.name is not None:
            count = int(numbers(1, f"the CHANNELS of {owner}")[0])
            here.channels.extend(_channels(words[at + 2 : at + 2 + count], owner, path))
            if len(here.channels) != count or len(set(here.channels)) != count:
                raise ValueError(f"{path}, line {line}: the CHANNELS of {owner} must be {count} different ones")
            at += 2 + count
        elif key == "}" and here:
            if not here.offset:
                raise ValueError(f"{path}, line {line}: {owner} (line {here.line}) has no OFFSET")
            open_nodes.pop()
            at += 1
        elif key == "}":
            raise ValueError(f"{path}, line {line}: a '}}' too many, or a '{{' is missing above it")
        else:
            raise ValueError(f"{path}, line {line}: {word!r} makes no sense here")
    if not nodes:
        raise ValueError(f"{path} has no ROOT")
    if open_nodes:
        name = nodes[open_nodes[-1]].name or "End Site"
        raise ValueError(
            f"{path}: {len(open_nodes)} '}}' missing before MOTION; the last block still open is {name}, "
            f"line {nodes[open_nodes[-1]].line}"
        )
    return nodes


def _channels(words, owner, path):
    """Channels, (axis, kind) each, from the words of a CHANNELS line and their line numbers."""
    for channel, line in words:
        match = _CHANNEL.fullmatch(channel)
        if not match:
            raise ValueError(
                f"{path}, line {line}: unknown channel {channel!r} of {owner}; BVH has Xposition, Yposition, "
                "Zposition, Xrotation, Yrotation and Zrotation, as many as the number before them says"
            )
        yield "XYZ".index(match[1].upper()), match[2].lower()


def _motion(text, start, nodes, columns, path):
    """The numbers of the MOTION section, (frames, channels), and the frame time in seconds."""
    match = _FRAMES.match(text, start)
    if not match:
        raise ValueError(f"{path}: after MOTION must come 'Frames: N' and 'Frame Time: SECONDS'")
    try:
        frames, frame_time = int(match[1]), float(match[2])
    except ValueError:
        raise ValueError(f"{path}: 'Frames: {match[1]}' and 'Frame Time: {match[2]}' are no numbers") from None
    if frames < 1:
        raise ValueError(f"{path} has no frames (Frames: {frames})")
    if not 0 < frame_time < np.inf:
        raise ValueError(
            f"{path}: the frame time must be positive seconds, found {match[2]}. At 30 fps it is 0.0333333."
        )
    rate = round(1 / frame_time)
    if rate and abs(1 / rate - frame_time) < 1e-4 * frame_time:
        frame_time = 1 / rate  # the usual six digits, 0.033333, would let long clips drift

    body = text[match.end() :]
    try:
        bare = not body or body.isspace()
        values = np.empty((0, columns)) if bare else np.loadtxt(io.StringIO(body), ndmin=2, comments=None)
    except ValueError:
        values = None
    if values is None or values.shape[1] != columns:
        _explain(body, text.count("\n", 0, match.end()), columns, frames, path)
    if len(values) != frames:
        raise ValueError(
            f"{path} says Frames: {frames} but holds {len(values)}: "
            + (
                "it was cut short; export it again"
                if len(values) < frames
                else "correct the number, or export it again"
            )
        )
    if not (values.min() > -LARGEST and values.max() < LARGEST):  # a NaN is neither
        frame, column = np.argwhere(~(np.abs(values) < LARGEST))[0]
        owners = [(node.name, *channel) for node in nodes for channel in node.channels]
        name, axis, kind = owners[column]
        raise ValueError(
            f"{path}: {'XYZ'[axis]}{kind} of joint {name} is {values[frame, column]} in frame {frame}: "
            f"numbers must be finite and below {LARGEST:g}"
        )
    return values, frame_time


def _explain(body, lines_before, columns, frames, path):
    """Say which line of the motion is not as many numbers as there are channels."""
    frame = -1
    rows = [(number, line.split()) for number, line in enumerate(body.split("\n"), lines_before + 1) if line.strip()]
    for frame, (number, words) in enumerate(rows):
        for word in words:
            try:
                float(word)
            except ValueError:
                raise ValueError(f"{path}, line {number} (frame {frame}): {word[:40]!r} is no number") from None
        if len(words) != columns:
            last = ": it was cut short; export it again" if frame == len(rows) - 1 and len(words) < columns else ""
            raise ValueError(
                f"{path}, line {number} (frame {frame} of {frames}): {len(words)} numbers, where the channels of all "
                f"joints make {columns}{last}"
            )
    raise ValueError(f"{path}: the motion cannot be read")  # what float() takes and NumPy does not, such as 1_000


def _normalised(nodes, values, path):
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
        own = (column.get((i, "position", axis)) for axis in range(3))
        still = np.zeros(len(values))
        return np.stack(
            [still + (nodes[i].offset[a] if c is None else values[:, c]) for a, c in enumerate(own)], axis=1
        )

    tolerance = 1e-4 * max(np.abs(node.offset).max() for node in nodes)  # Bandai Namco's are off by up to 1e-5 cm
    moves = {}  # joint below the root -> first frame, distance
    for i in sorted({i for i, kind, _ in column if kind == "position" and i > 0}):
        away = np.abs(place(i) - nodes[i].offset).max(axis=1)
        if away.max() > tolerance:
            moves[i] = int(np.argmax(away > tolerance)), away.max()
    if not moves:
        return nodes, place(0), angles

    top = min(moves)  # becomes the root, if it alone moves and nothing else hangs on the joints above it
    above = [top]
    while nodes[above[0]].parent >= 0:
        above.insert(0, nodes[above[0]].parent)
    lost = [i for i in joints if i not in above and nodes[i].parent < top]
    if len(moves) > 1 or lost:
        i = max(moves)
        raise ValueError(
            f"{path}: joint {nodes[i].name} moves off its OFFSET in frame {moves[i][0]} (by up to {moves[i][1]:.4g}). "
            "One joint of a character may move, the root or a lone joint below it; all other bones keep their length. "
            "Export without translation of the other joints."
        )
    orders = ["".join("XYZ"[axis] for axis in turns[i]) for i in above]
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


def _clip(nodes, root, angles, frame_time, path):
    """A pybvh clip of normalised nodes; angles in degrees."""
    rows = []
    for node in nodes:
        order = "".join("XYZ"[axis] for axis, _ in node.channels)
        name = f"EndSite{nodes[node.parent].name}" if node.name is None else node.name
        rows.append(Node(name, node.parent, node.offset, "" if node.name is None else order))
    clip = make_clip(rows, root, np.deg2rad(angles), frame_time=frame_time)
    clip.source_path = str(path)
    return clip


def _is_z_up(clip):
    """Whether head and feet lie above and below the root along z, at rest and on average over the motion."""
    index = {part: [i for i, node in enumerate(clip.nodes) if part in node.name.lower()] for part in ("head", "foot")}
    if not index["head"] or not index["foot"]:
        return False

    def stands(positions):
        head, foot = ((positions[:, index[part]].mean(axis=1) - positions[:, 0]).mean(axis=0) for part in index)
        return all(v[2] > 2 * max(abs(v[0]), abs(v[1])) for v in (head, -foot))

    if not stands(clip.rest_pose_positions()[None]):
        return False
    step = max(1, clip.frame_count // 50)
    return stands(frames_to_node_positions(clip.fk_topology, clip.root_pos[::step], clip.joint_angles[::step]))
