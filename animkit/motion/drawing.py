"""Skeletons as pictures: frames for a GIF, several motions in step, and strips that show a whole motion at once."""

import math
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from animkit.motion.clips import centimetres_per_unit, split_side

PAPER, INK, QUIET, GRID, SHADOW = (244, 244, 241), (34, 34, 34), (105, 105, 105), (208, 212, 215), (196, 199, 202)
COLOURS = {  # of Okabe and Ito; right limbs are hollow as well
    "left": (0, 114, 178),
    "right": (213, 94, 0),
    "middle": (60, 60, 60),
    "head": (60, 60, 60),
}
VIEW = (0.6, 0.2)  # yaw and pitch, radians
SMOOTH = 2  # drawn so many times larger, then reduced: Pillow's lines have hard edges
TOP, BOTTOM = 40, 20  # pixels of a panel for title and note, and for the time
SQUARE = 50  # cm, a side of the squares on the ground


class Bones(NamedTuple):
    """What is drawn of a clip."""

    positions: np.ndarray  # (time, nodes, 3), end sites included: without them a figure has no toes and no crown
    parents: list  # (nodes,), -1 for the root
    sides: list  # (nodes,) "left", "right", "head" or "middle"


def bones(clip):
    """Work out what is to be drawn of a clip.

    Args:
        clip: pybvh.Bvh.

    Returns:
        Bones, in the clip's units.
    """
    parents = [-1] * len(clip.nodes)
    for child, parent in clip.node_edges:
        parents[child] = parent
    # an end site has no name of its own, or one that a program made up
    names = [
        clip.nodes[parent].name if node.is_end_site() else node.name
        for node, parent in zip(clip.nodes, parents, strict=True)
    ]
    return Bones(np.asarray(clip.node_positions()), parents, sides(names))


def sides(names):
    """Tell from their names which joints are on the left and which on the right.

    Args:
        names: such as "LeftFoot", "foot_l", "Hand.R", "RThumb", "Head" or "Hips".

    Returns:
        list of "left", "right", "head" and "middle".
    """
    heads = ["head" if name.rpartition(":")[2].lower().startswith("head") else "middle" for name in names]
    return [split_side(name, names)[0] or head for name, head in zip(names, heads, strict=True)]


def film(motions, frames, *, notes=(), size=(240, 280)):
    """Draw motions side by side.

    Args:
        motions: pairs (title, pybvh.Bvh), clips of one skeleton and length.
        frames: which frame numbers.
        notes: (first frame, last frame, text) for each note under the titles.
        size: of each panel, pixels.

    Returns:
        (frames, height, width, 4) uint8.
    """
    drawn = [bones(clip) for _, clip in motions]
    frames = list(frames)
    told = [next((text for first, last, text in notes if first <= frame <= last), "") for frame in frames]
    return draw_skeleton(
        np.stack([one.positions[frames] for one in drawn]),
        drawn[0].parents,
        sides=drawn[0].sides,
        titles=[title for title, _ in motions],
        notes=[told] * len(motions),
        numbers=frames,
        fps=motions[0][1].fps,
        size=size,
        centimetres=centimetres_per_unit(motions[0][1]),
    )


def strip(motions, *, keys=(), poses=12, frames=None, **how):
    """Draw whole motions from the side, a row each.

    Args:
        motions: pairs (title, pybvh.Bvh), clips of one skeleton and length.
        keys: frame numbers that have a diamond.
        poses: how many in a row.
        frames: (first, last) of the part that is drawn; None for all.
        how: further options of `draw_motion_strip`.

    Returns:
        (height, width, 4) uint8.
    """
    drawn = [bones(clip) for _, clip in motions]
    first, last = frames or (0, motions[0][1].frame_count - 1)
    return draw_motion_strip(
        np.stack([one.positions[first : last + 1] for one in drawn]),
        drawn[0].parents,
        sides=drawn[0].sides,
        titles=[title for title, _ in motions],
        keys=[key - first for key in keys],
        poses=poses,
        fps=motions[0][1].fps,
        **how,
    )


def draw_skeleton(
    positions,
    parents,
    *,
    sides=None,
    titles=None,
    notes=None,
    size=(260, 300),
    view=VIEW,
    follow=True,
    numbers=None,
    fps=None,
    centimetres=1.0,
    floor=None,
):
    """Draws motions side by side and in step, frame by frame, above a ground with squares of half a metre.

    Left limbs are full and blue, right limbs hollow and red, so that colour is not needed to tell them apart. What is
    nearer covers what is farther, and each figure has a shadow straight below.

    Args:
        positions: (time, joints, 3), or several: (motions, time, joints, 3); y up, any unit.
        parents: (joints,), -1 for the root.
        sides: (joints,) of "left", "right", "head" and "middle", as `sides` gives them; None draws all alike.
        titles: one for each motion, or None.
        notes: for each motion a short text for each frame, such as "key", or None.
        size: width and height of a panel, pixels.
        view: yaw and pitch of the camera, radians; at yaw 0 it sees a figure that faces +z from the front, at pi / 2
            its right side.
        follow: the camera goes along with the first joint of the first motion, and the ground passes by; False keeps
            it still, with the whole path in sight.
        numbers: (time,) what each frame is called; None for 0, 1, 2 ...
        fps: frames per second, to write the seconds; None leaves them out.
        centimetres: in one unit of the positions.
        floor: height of the ground in units; None for the lowest joint of the first motion.

    Returns:
        (time, height, width, 4) uint8 RGBA, opaque; the width is that of all panels.

    Raises:
        ValueError: shapes or names do not fit, a panel is too small, or a position is not finite.
    """
    motions, parents, sides = _checked(positions, parents, sides)
    titles = _one_each(titles, len(motions), "titles")
    numbers = range(motions.shape[1]) if numbers is None else list(numbers)
    if len(numbers) != motions.shape[1]:
        raise ValueError(f"{len(numbers)} numbers for {motions.shape[1]} frames")
    notes = None if notes is None else _one_each(notes, len(motions), "notes")
    width, height = (int(side) for side in size)
    if width < 60 or height < 100:
        raise ValueError(f"a panel needs at least 60 x 100 pixels; got {width} x {height}")
    floor = float(motions[0][..., 1].min()) if floor is None else float(floor)
    tall = _tall(motions, floor)
    room = min(width, height - TOP - BOTTOM)
    if follow:
        targets, reach = _followed(motions[0][:, 0]), tall * 1.04
    else:
        low, high = motions.min(axis=(0, 1, 2)), motions.max(axis=(0, 1, 2))
        targets = np.broadcast_to((low + high) / 2, (motions.shape[1], 3))
        reach = max(math.hypot(high[0] - low[0], high[2] - low[2]), tall) * 1.05
    ground = _Ground(floor, _square(reach, centimetres), reach * (0.62 if follow else 0.55))
    frames = np.empty((motions.shape[1], height, width * len(motions), 4), np.uint8)
    for time, (x, _, z) in enumerate(targets):
        camera = _Camera((x, floor + tall / 2, z), view, room / reach, (width / 2, TOP + room / 2))
        sheet = Image.new("RGB", (width * len(motions), height), PAPER)
        for number, motion in enumerate(motions):
            sheet.paste(
                _panel((width, height), camera, motion[time], parents, sides, ground, tall), (number * width, 0)
            )
        pen = ImageDraw.Draw(sheet)
        for number, title in enumerate(titles):
            middle = number * width + width // 2
            pen.text((middle, 11), title, font=_font(13), fill=INK, anchor="mm")
            if notes is not None:
                pen.text((middle, 29), notes[number][time], font=_font(12), fill=INK, anchor="mm")
            if number:
                pen.line((number * width, 0, number * width, height), fill=GRID)
        moment = f"frame {numbers[time]}" + ("" if fps is None else f" · {numbers[time] / fps:.2f} s")
        pen.text((6, height - 10), moment, font=_font(11), fill=QUIET, anchor="lm")
        pen.text((sheet.width - 6, height - 10), ground.told(centimetres), font=_font(11), fill=QUIET, anchor="rm")
        frames[time] = sheet.convert("RGBA")
    return frames


def draw_motion_strip(
    positions,
    parents,
    *,
    sides=None,
    titles=None,
    poses=12,
    keys=(),
    width=960,
    height=190,
    spread=None,
    fps=None,
    centimetres=1.0,
    floor=None,
):
    """Draws a whole motion as one picture from the side: poses along the path, each with its time under it.

    Args:
        positions: (time, joints, 3), or several, a row each: (motions, time, joints, 3); y up, any unit.
        parents: (joints,), -1 for the root.
        sides: as for `draw_skeleton`.
        titles: one for each motion, or None.
        poses: how many of the frames are drawn, the first and the last among them.
        keys: frame numbers; a pose drawn at one of them has a diamond, and each key not drawn has a tick.
        width: pixels.
        height: pixels of a row.
        spread: True sets poses apart evenly, one behind the other in time; False leaves them where they are; None
            sets them apart where they would cover each other.
        fps: to write seconds; None writes frame numbers.
        centimetres: in one unit of the positions.
        floor: height of the ground in units; None for the lowest joint of the first motion.

    Returns:
        (height, width, 4) uint8 RGBA; the height is that of all rows.

    Raises:
        ValueError: shapes or names do not fit, fewer than one pose, or a position is not finite.
    """
    motions, parents, sides = _checked(positions, parents, sides)
    titles = _one_each(titles, len(motions), "titles")
    if poses < 1:
        raise ValueError(f"a strip needs at least one pose; got {poses}")
    floor = float(motions[0][..., 1].min()) if floor is None else float(floor)
    tall = _tall(motions, floor)
    chosen = np.unique(np.rint(np.linspace(0, motions.shape[1] - 1, poses)).astype(int))
    path = motions[0][:, 0]
    along = path[-1, [0, 2]] - path[0, [0, 2]]
    travel = float(np.linalg.norm(along))
    yaw = math.atan2(along[1], along[0]) if travel > 0.1 * tall else math.pi / 2
    yaw += 0.3  # a little from the front or back, or one leg would cover the other
    spread = travel < 0.45 * tall * len(chosen) if spread is None else spread
    top, bottom, side = 20, 24, 30
    scale = (height - top - bottom) / (tall * 1.04)
    across = 0.55 * tall * (len(chosen) - 1) if spread else travel
    scale = min(scale, (width - 2 * side) / (across + 0.9 * tall))
    step = (width - 2 * side - 0.9 * tall * scale) / max(len(chosen) - 1, 1)
    sheet = Image.new("RGB", (width, height * len(motions)), PAPER)
    for row, motion in enumerate(motions):
        large = Image.new("RGB", (width * SMOOTH, height * SMOOTH), PAPER)
        pen = ImageDraw.Draw(large)
        line = (height - bottom) * SMOOTH
        pen.line((0, line, width * SMOOTH, line), fill=SHADOW, width=SMOOTH)
        places = []
        for number, time in enumerate(chosen):
            root = path[time]
            x, _, z = root if spread else (path[0] + path[-1]) / 2
            target = (x, floor, z)
            middle = side + 0.45 * tall * scale + number * step if spread else width / 2
            camera = _Camera(target, (yaw, 0.0), scale, (middle, height - bottom), SMOOTH)
            _figure(pen, camera, motion[time], parents, sides, tall)
            places.append(camera.place(root)[0] / SMOOTH)
        small = large.reduce(SMOOTH)
        sheet.paste(small, (0, row * height))
        pen = ImageDraw.Draw(sheet)
        pen.text((8, row * height + 11), titles[row], font=_font(13), fill=INK, anchor="lm")
        _times(pen, places, chosen, keys, fps, (row + 1) * height - bottom)
    return np.asarray(sheet.convert("RGBA"))


def _times(pen, places, chosen, keys, fps, ground):
    """The time of each pose under it, as far as there is room, and a diamond under a key."""
    keys, free = {int(key) for key in keys}, -math.inf
    for place, time in zip(places, chosen, strict=True):
        if int(time) in keys:
            pen.polygon([(place - 4, ground), (place, ground - 4), (place + 4, ground), (place, ground + 4)], fill=INK)
        text = str(time) if fps is None else f"{time / fps:.2f} s"
        half = _font(11).getlength(text) / 2
        if place - half > free:
            pen.text((place, ground + 14), text, font=_font(11), fill=QUIET, anchor="mm")
            free = place + half + 6


class _Camera(NamedTuple):
    """An orthographic camera; as in the player, so that a picture looks like what was played."""

    target: tuple  # what lies at `middle`, units
    view: tuple  # yaw, pitch
    scale: float  # pixels in a unit
    middle: tuple  # pixels
    smooth: int = SMOOTH

    def place(self, point):
        """A point -> (x, y, nearness), in pixels of the enlarged picture."""
        yaw, pitch = self.view
        x, y, z = (float(a) - float(b) for a, b in zip(point, self.target, strict=True))
        right = math.cos(yaw) * x + math.sin(yaw) * z
        near = math.cos(yaw) * z - math.sin(yaw) * x
        up = math.cos(pitch) * y - math.sin(pitch) * near
        nearness = math.cos(pitch) * near + math.sin(pitch) * y
        left, top = self.middle
        return (
            (left + right * self.scale) * self.smooth,
            (top - up * self.scale) * self.smooth,
            nearness * self.scale * self.smooth,
        )


class _Ground(NamedTuple):
    floor: float
    square: float
    reach: float

    def told(self, centimetres):
        side = self.square * centimetres
        return f"squares of {side:.0f} cm" if side < 100 else f"squares of {side / 100:g} m"

    def lines(self, target):
        """Ends of the lines of a disc around a place; they stay where they are in the world as it moves."""
        x, z = float(target[0]), float(target[2])
        for middle, turned in ((x, False), (z, True)):
            first = math.ceil((middle - self.reach) / self.square)
            for number in range(first, math.floor((middle + self.reach) / self.square) + 1):
                at = number * self.square
                half = math.sqrt(max(self.reach**2 - (at - middle) ** 2, 0))
                if turned:
                    yield (x - half, self.floor, at), (x + half, self.floor, at)
                else:
                    yield (at, self.floor, z - half), (at, self.floor, z + half)


def _panel(size, camera, points, parents, sides, ground, tall):
    large = Image.new("RGB", (size[0] * SMOOTH, size[1] * SMOOTH), PAPER)
    pen = ImageDraw.Draw(large)
    for start, end in ground.lines(camera.target):
        pen.line((*camera.place(start)[:2], *camera.place(end)[:2]), fill=GRID, width=SMOOTH)
    for child, parent in enumerate(parents):
        if parent >= 0:
            flat = ((points[joint][0], ground.floor, points[joint][2]) for joint in (parent, child))
            (left, top, _), (right, bottom, _) = (camera.place(point) for point in flat)
            pen.line((left, top, right, bottom), fill=SHADOW, width=_thick(tall * camera.scale * SMOOTH))
    _figure(pen, camera, points, parents, sides, tall)
    return large.reduce(SMOOTH)


def _thick(pixels):
    return max(2 * SMOOTH, round(pixels * 0.028))


def _figure(pen, camera, points, parents, sides, tall):
    """The bones of one pose, the farthest first."""
    thick = _thick(tall * camera.scale * camera.smooth)
    placed = [camera.place(point) for point in points]
    limbs = [(child, parent) for child, parent in enumerate(parents) if parent >= 0]
    limbs.sort(key=lambda limb: placed[limb[0]][2] + placed[limb[1]][2])
    for child, parent in limbs:
        (x0, y0, _), (x1, y1, _) = placed[parent], placed[child]
        side = sides[child]
        colour = COLOURS[side]
        if side == sides[parent] == "head":
            radius = max(math.dist((x0, y0), (x1, y1)) * 0.5, 1.7 * thick)  # some heads end in their middle
            x, y = (x0 + x1) / 2, (y0 + y1) / 2
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=PAPER, outline=colour, width=thick // 2)
            continue
        # a margin along the middle of the bone sets it off from what it covers; at its ends it would cut the joints
        near, far = 0.2, 0.8
        inner = [(x0 + share * (x1 - x0), y0 + share * (y1 - y0)) for share in (near, far)]
        pen.line((*inner[0], *inner[1]), fill=PAPER, width=thick + 2 * SMOOTH)
        _round_line(pen, (x0, y0), (x1, y1), colour, thick)
        if side == "right":
            _round_line(pen, (x0, y0), (x1, y1), PAPER, max(thick - 3 * SMOOTH // 2 - 1, 1))


def _round_line(pen, start, end, colour, width):
    pen.line((*start, *end), fill=colour, width=width)
    radius = width / 2 - 0.5
    for x, y in (start, end):
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)


def _followed(path):
    """The root's path without its sway, which would rock the whole picture: (time, 3)."""
    count = len(path)
    return np.array(
        [path[t - half : t + half + 1].mean(axis=0) for t in range(count) for half in [min(8, t, count - 1 - t)]]
    )


def _tall(motions, floor):
    """The height of the figure; of one that lies, its length."""
    wide = np.ptp(motions[0], axis=1)[:, [0, 2]].max()
    return max(float(motions[0][..., 1].max()) - floor, float(wide), 1e-6)


def _square(reach, centimetres):
    """A side of the ground's squares, units: half a metre, or more where there would be too many."""
    square = SQUARE / centimetres
    while reach / square > 16:
        square *= 2
    return square


def _checked(positions, parents, sides):
    motions = np.asarray(positions, "float64")
    motions = motions[None] if motions.ndim == 3 else motions
    if motions.ndim != 4 or motions.shape[-1] != 3 or 0 in motions.shape:
        raise ValueError(f"positions are (time, joints, 3) or (motions, time, joints, 3); got {np.shape(positions)}")
    parents = [int(parent) for parent in parents]
    joints = motions.shape[2]
    if len(parents) != joints or not all(-1 <= parent < joints for parent in parents):
        raise ValueError(f"{joints} joints need {joints} parents from -1 to {joints - 1}; got {parents}")
    sides = ["middle"] * joints if sides is None else list(sides)
    if len(sides) != joints or not set(sides) <= set(COLOURS):
        raise ValueError(f"sides are {joints} of {', '.join(COLOURS)}; got {sides}")
    if not np.isfinite(motions).all():
        motion, time = np.argwhere(~np.isfinite(motions))[0][:2]
        raise ValueError(f"positions are not finite in frame {time} of motion {motion}")
    return motions, parents, sides


def _one_each(texts, count, what):
    texts = [""] * count if texts is None else list(texts)
    if len(texts) != count:
        raise ValueError(f"{len(texts)} {what} for {count} motions")
    return texts


@lru_cache(maxsize=4)
def _font(size):
    return ImageFont.truetype(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf", size)
