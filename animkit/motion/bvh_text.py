"""The text of a BVH file: its joints, its channels and its numbers, each fault told with its line.

What is meant is left to `animkit.motion.bvh`. Lines that start with # or // are comments; rows may be broken over lines
where all numbers together make the frames; what had to be assumed is noted.
"""

import io
import re
from collections import Counter
from itertools import count, islice
from typing import NamedTuple

import numpy as np

LARGEST = 1e7  # of any number in a file: ten kilometres in millimetres, or 27,777 turns in degrees
FRAME_TIMES = 1e-5, 1e3  # seconds
_COMMENT = re.compile(r"^[ \t]*(?:#|//).*$", re.MULTILINE)
_MOTION = re.compile(r"^[ \t]*MOTION\b", re.MULTILINE | re.IGNORECASE)
_FRAMES = re.compile(
    r"\s*MOTION\s+Frames\s*:\s*(\S+)\s+Frame\s*Time\s*:\s*(\S+)(?:[ \t]+([a-z]+)\.?(?=\s|$))?[ \t]*\n?", re.IGNORECASE
)
_CHANNEL = re.compile(r"([XYZ])(position|rotation)", re.IGNORECASE)
_KEYWORDS = ("ROOT", "JOINT", "END", "OFFSET", "CHANNELS", "}")
_UNITS = {"s": 1.0, "sec": 1.0, "secs": 1.0, "second": 1.0, "seconds": 1.0, "ms": 1e-3, "milliseconds": 1e-3}


class TextNode(NamedTuple):
    """A joint or an end site as the file has it."""

    name: str | None  # None for an end site
    parent: int
    line: int
    offset: list
    channels: list  # (axis 0-2, "position" or "rotation"), in the file's order


def read_text(path):
    """Read what a BVH file says.

    Args:
        path: pathlib.Path.

    Returns:
        list of TextNode, the root first; the numbers of the motion (frames, channels of all nodes); seconds a frame;
        list of what was assumed, in words.

    Raises:
        FileNotFoundError: no file is there.
        ValueError: it is no BVH file, or a broken one.
    """
    text = _text(path)
    motions = list(_MOTION.finditer(text))
    if not motions:
        raise ValueError(f"{path} has no MOTION section: it was cut short. Export it again.")
    start = motions[0].start()
    if len(motions) > 1:
        first, second = (1 + text.count("\n", 0, motion.start()) for motion in motions[:2])
        raise ValueError(
            f"{path}: MOTION stands in line {first} and again in line {second}. A clip holds one motion: keep one of "
            "them, or make a file of each."
        )
    notes = []
    header, motion = text[:start], text[start:]
    # commas for points throughout: one to a number, and no point anywhere
    if "," in motion and "." not in motion and not re.search(r",[^\s,]*,", motion):
        header, motion = re.sub(r"(?<=\d),(?=\d)", ".", header), motion.replace(",", ".")
        notes.append("its decimals are written with commas and were read as points")
    nodes = _hierarchy(header, path)
    _name_apart(nodes, notes)
    values, frame_time = _motion(motion, header.count("\n"), nodes, path, notes)
    return nodes, values, frame_time, notes


def _text(path):
    """The file's text with one kind of line end and without comments, checked to be a BVH file at all."""
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
    text = text.partition("\x1a")[0]  # where a file ends for DOS
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "#" in text or "//" in text:
        text = _COMMENT.sub("", text)  # the lines stay, so that their numbers do
    if not text or text.isspace():
        raise ValueError(f"{path} is empty")
    if not re.match(r"\s*HIERARCHY\b", text, re.IGNORECASE):
        raise ValueError(f"{path} is no BVH file: it starts with {text.split()[0][:40]!r} where HIERARCHY must stand")
    return text


def _hierarchy(header, path):
    """The nodes of the HIERARCHY section, in the file's order."""
    words = []
    for number, line in enumerate(header.splitlines(), 1):
        words += [(word, number) for word in line.replace("{", " { ").replace("}", " } ").split()]
    words = words[1:]  # HIERARCHY
    nodes, open_nodes = [], []
    at = 0
    while at < len(words):
        word, line = words[at]
        key = word.upper()
        here = nodes[open_nodes[-1]] if open_nodes else None
        owner = here and (f"joint {here.name}" if here.name is not None else "an End Site")
        if key in ("ROOT", "JOINT", "END"):
            name, at = _opened(words, at, nodes, here, path)
            open_nodes.append(len(nodes))
            nodes.append(TextNode(name, open_nodes[-2] if len(open_nodes) > 1 else -1, line, [], []))
        elif key == "OFFSET" and here:
            here.offset[:] = _numbers(words, at, 3, f"the OFFSET of {owner}", path)
            at += 4
        elif key == "CHANNELS" and here:
            many = _numbers(words, at, 1, f"the CHANNELS of {owner}", path)[0]
            many = int(many) if many >= 0 and many == int(many) else -1
            here.channels.extend(_channels(words[at + 2 : at + 2 + max(many, 0)], owner, path))
            if len(here.channels) != many or len(set(here.channels)) != many:
                twice = [channel for channel, times in Counter(here.channels).items() if times > 1]
                raise ValueError(
                    f"{path}, line {line}: the CHANNELS of {owner} must be {words[at + 1][0]} different ones"
                    + "".join(f"; {'XYZ'[axis]}{kind} is given twice" for axis, kind in twice)
                )
            at += 2 + many
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


def _opened(words, at, nodes, here, path):
    """The name of a ROOT, JOINT or END, and the place behind its brace."""
    word, line = words[at]
    key = word.upper()
    end = at + 1
    while (
        end < len(words)
        and words[end][0] != "{"
        and (end == at + 1 or words[end][0].upper() not in _KEYWORDS)  # a joint may be called End
    ):
        end += 1
    name = None if key == "END" else "_".join(word for word, _ in words[at + 1 : end])
    if name == "":
        raise ValueError(f"{path}, line {line}: a {word} without a name")
    if end >= len(words) or words[end][0] != "{":
        raise ValueError(f"{path}, line {line}: the '{{' after {word} {name or 'Site'} is missing")
    if key == "ROOT" and nodes:
        raise ValueError(
            f"{path}, line {line}: ROOT {name} is a second root beside {nodes[0].name} (line {nodes[0].line}). A clip "
            "holds one character: export each to a file of its own."
        )
    if key != "ROOT" and here is None:
        raise ValueError(f"{path}, line {line}: {word} {name or 'Site'} stands outside the ROOT's braces")
    return name, end + 1


def _numbers(words, at, count, what, path):
    """So many numbers behind a word."""
    taken = [word for word, _ in words[at + 1 : at + 1 + count]]
    try:
        values = [float(word) for word in taken]
    except ValueError:
        values = []
    if len(values) < count or not all(abs(value) < LARGEST for value in values):
        raise ValueError(
            f"{path}, line {words[at][1]}: {what} needs {count} numbers below {LARGEST:g}, found {' '.join(taken)!r}"
            + _commas(taken)
        )
    return values


def _channels(words, owner, path):
    """Channels, (axis, kind) each, from the words of a CHANNELS line and their line numbers."""
    for channel, line in words:
        match = _CHANNEL.fullmatch(channel)
        if not match and channel.lower().endswith("scale"):
            raise ValueError(
                f"{path}, line {line}: {owner} has a channel {channel}, but bones keep their length here. Export "
                "without scale channels."
            )
        if not match:
            raise ValueError(
                f"{path}, line {line}: unknown channel {channel!r} of {owner}; BVH has Xposition, Yposition, "
                "Zposition, Xrotation, Yrotation and Zrotation, as many as the number before them says"
            )
        yield "XYZ".index(match[1].upper()), match[2].lower()


def _name_apart(nodes, notes):
    """Give joints that share a name names of their own: their parents' before theirs, or numbers behind."""
    places = {}
    for i, node in enumerate(nodes):
        if node.name is not None:
            places.setdefault(node.name, []).append(i)
    taken = set(places)
    for name, bearers in places.items():
        if len(bearers) == 1:
            continue
        made = [f"{nodes[nodes[i].parent].name}_{name}" for i in bearers]
        in_a_row = any(nodes[i].parent < 0 or nodes[nodes[i].parent].name == name for i in bearers)
        if in_a_row or len(set(made)) < len(made) or taken & set(made):
            free = (f"{name}_{number}" for number in count(2) if f"{name}_{number}" not in taken)
            made = [name, *islice(free, len(bearers) - 1)]
        taken.update(made)
        lines = ", ".join(str(nodes[i].line) for i in bearers)
        for i, one in zip(bearers, made, strict=True):
            nodes[i] = nodes[i]._replace(name=one)
        notes.append(f"{len(bearers)} joints are called {name} (lines {lines}); they became {', '.join(made)}")


def _motion(motion, lines_before, nodes, path, notes):
    """The numbers of the MOTION section, (frames, channels), and the frame time in seconds."""
    match = _FRAMES.match(motion)
    if not match:
        raise ValueError(f"{path}: after MOTION must come 'Frames: N' and 'Frame Time: SECONDS'")
    frames, frame_time = _timing(match, path)
    body = motion[match.end() :]
    owners = [(node.name, *channel) for node in nodes for channel in node.channels]
    columns = len(owners)
    try:
        bare = not body or body.isspace()
        values = np.empty((0, columns)) if bare else np.loadtxt(io.StringIO(body), ndmin=2, comments=None)
    except ValueError:
        values = None
    if values is None or values.shape[1] != columns:
        values = _broken_rows(body, columns, frames)
    if values is None:
        _explain(body, lines_before + motion.count("\n", 0, match.end()), owners, frames, path)
    if len(values) < frames:
        raise ValueError(f"{path} says Frames: {frames} but holds {len(values)}: it was cut short; export it again")
    if len(values) > frames:
        notes.append(f"it says Frames: {frames} but holds {len(values)}, and all were read")
    if not (values.min() > -LARGEST and values.max() < LARGEST):  # a NaN is neither
        frame, column = np.argwhere(~(np.abs(values) < LARGEST))[0]
        raise ValueError(
            f"{path}: {_channel_name(owners[column])} is {values[frame, column]} in frame {frame}: "
            f"numbers must be finite and below {LARGEST:g}. Correct it, or export the clip again"
        )
    return values, frame_time


def _timing(match, path):
    """Frames and seconds a frame, from what stands under MOTION."""
    said = f"{path}: 'Frames: {match[1]}' and 'Frame Time: {match[2]}'"
    digits, unit = match[2], (match[3] or "s").lower()
    if glued := re.fullmatch(r"([-+.\d]*\d\.?)([a-z]+)", digits, re.IGNORECASE):
        digits, unit = glued[1], glued[2].lower()
    if unit not in _UNITS:
        raise ValueError(f"{said} has the unit {unit!r}: the frame time is in seconds, at 30 fps 0.0333333")
    try:
        frames, frame_time = float(match[1]), float(digits) * _UNITS[unit]
    except ValueError:
        raise ValueError(f"{said} are no numbers" + _commas(match.groups()[:2])) from None
    if not abs(frames) < LARGEST or frames != int(frames):
        raise ValueError(f"{said}: frames are counted in whole numbers below {LARGEST:g}")
    if frames < 1:
        raise ValueError(f"{path} has no frames (Frames: {match[1]})")
    if not FRAME_TIMES[0] <= frame_time <= FRAME_TIMES[1]:
        raise ValueError(
            f"{path}: the frame time must be positive seconds, found {match[2]}; from {FRAME_TIMES[0]:g} to "
            f"{FRAME_TIMES[1]:g}. At 30 fps it is 0.0333333."
        )
    return int(frames), _whole_rate(frame_time, digits, _UNITS[unit])


def _whole_rate(frame_time, digits, unit):
    """The frame time of the whole rate that is meant: digits are rounded or cut off, and long clips would drift."""
    rate = max(1, round(1 / frame_time))
    if abs(1 / rate - frame_time) < 1e-4 * frame_time:
        return 1 / rate
    decimals = re.fullmatch(r"[-+]?\d*\.(\d+)", digits)
    if decimals and frame_time < 0.1:
        step = unit * 10.0 ** -len(decimals[1])
        slowest = int(np.ceil(1 / (frame_time + step)))
        fastest = int(np.floor(1 / max(frame_time - step / 2, step / 2)))
        if slowest == fastest:  # one whole rate alone can be written so
            return 1 / slowest
    return frame_time


def _broken_rows(body, columns, frames):
    """Frames whose rows are broken over lines, (frames, channels); None where the numbers do not make them."""
    words = body.split()
    if len(words) != frames * columns or max(len(line.split()) for line in body.split("\n")) > columns:
        return None
    try:
        rows = (" ".join(words[at : at + columns]) for at in range(0, len(words), columns))
        return np.loadtxt(rows, ndmin=2, comments=None)
    except ValueError:
        return None


def _explain(body, lines_before, owners, frames, path):
    """Say which line of the motion is not as many numbers as there are channels."""
    columns = len(owners)
    rows = [(number, line.split()) for number, line in enumerate(body.split("\n"), lines_before + 1) if line.strip()]
    for frame, (number, words) in enumerate(rows):
        for column, word in enumerate(words):
            try:
                float(word)
            except ValueError:
                owner = f"; it stands for {_channel_name(owners[column])}" if column < columns else ""
                odd = " (so some programs write NaN)" if re.match(r"[-+]?1\.#", word) else ""
                raise ValueError(
                    f"{path}, line {number} (frame {frame}): {word[:40]!r} is no number{odd}{owner}"
                    + (_commas([word]) or ". Correct it, or export the clip again")
                ) from None
        if len(words) != columns:
            last = ": it was cut short; export it again" if frame == len(rows) - 1 and len(words) < columns else ""
            raise ValueError(
                f"{path}, line {number} (frame {frame} of {frames}): {len(words)} numbers, where the channels of all "
                f"joints make {columns}{last}"
            )
    raise ValueError(f"{path}: the motion cannot be read")  # what float() takes and NumPy does not, such as 1_000


def _channel_name(owner):
    name, axis, kind = owner
    return f"{'XYZ'[axis]}{kind} of " + (f"joint {name}" if name is not None else "an End Site")


def _commas(words):
    """What to do about commas, where there are some."""
    if any("," in word for word in words):
        return ". Decimals are written with points and numbers are set apart by spaces: write no commas"
    return ""
