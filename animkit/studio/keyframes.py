"""Keys of a clip: which frames are kept, a smooth curve through them, and how well what lies between was filled.

A *stretch* is a pair (first, last) of frame numbers from 0, both in it; a key is a stretch of one frame.
"""

import contextlib
import re
from typing import NamedTuple

import numpy as np
from pybvh import Bvh
from pybvh.bvhnode import BvhJoint, BvhRoot
from scipy.interpolate import CubicSpline
from scipy.ndimage import binary_dilation
from scipy.spatial.transform import Rotation, RotationSpline

from animkit.metrics.motion import foot_sliding, l2q, velocity_jump
from animkit.motion.bvh import centimetres_per_unit, skeleton
from animkit.motion.foot_lock import foot_contacts, foot_positions
from animkit.motion.retarget import retarget
from animkit.motion.windows import pose, quaternions
from animkit.studio.in_betweening import check_skeleton, in_between, interpolate_straight, with_keys

NEAR = 10  # frames


class Fill(NamedTuple):
    """How a gap was filled; speeds are in cm/s, None where there is nothing to measure."""

    distance: float  # of the joints from the original's, cm, mean over joints and filled frames
    l2q: float  # see `animkit.metrics.motion.l2q`
    sliding: float | None  # of feet, while the original's are on the ground
    jump: float | None  # of velocity, 95th percentile over the joins


def read_stretches(text, frames):
    """Read which frames are kept.

    Args:
        text: such as "0-29, 45, 60-89"; in any order, overlaps are merged.
        frames: of the clip.

    Returns:
        tuple of (first, last), increasing, no two of them touching. The first and the last frame are among them.

    Raises:
        ValueError: for anything else than numbers and ranges, a frame that the clip does not have, or a range that
            runs backwards.
    """
    found = []
    for part in filter(None, (part.strip() for part in re.split("[,;]", text))):
        match = re.fullmatch(r"(\d+)(?:\s*[-–]\s*(\d+))?", part)
        if not match:
            raise ValueError(f"{part!r} is neither a frame nor a range: write kept frames as 0-29, 45, 60-89")
        first, last = int(match[1]), int(match[2] or match[1])
        if first > last:
            raise ValueError(f"the range {part} runs backwards: write {last}-{first}")
        if last >= frames:
            raise ValueError(f"there is no frame {last}: the clip's last is {frames - 1}")
        found.append((first, last))
    return _merged([(0, 0), (frames - 1, frames - 1), *found])


def tell_stretches(stretches):
    """Write stretches as `read_stretches` reads them.

    Args:
        stretches: pairs (first, last).

    Returns:
        str.
    """
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in stretches)


def keep(stretches, first, last, frames):
    """Keep more frames.

    Args:
        stretches: pairs (first, last).
        first: frame that is kept from now on, and those up to
        last: this one.
        frames: of the clip.

    Returns:
        tuple of (first, last).

    Raises:
        ValueError: when the clip has no such frames.
    """
    _check_range(first, last, frames)
    return _merged([*stretches, (first, last)])


def clear(stretches, first, last, frames):
    """Keep fewer frames; the first and the last of a clip always stay.

    Args:
        stretches: pairs (first, last).
        first: frame that is to be filled from now on, and those up to
        last: this one.
        frames: of the clip.

    Returns:
        tuple of (first, last).

    Raises:
        ValueError: when the clip has no such frames, or nothing between its ends would be cleared.
    """
    _check_range(first, last, frames)
    if max(first, 1) > min(last, frames - 2):
        raise ValueError("the first and the last frame stay keys: motion in between needs both ends")
    kept = np.zeros(frames, bool)
    kept[frames_of(stretches)] = True
    kept[max(first, 1) : min(last, frames - 2) + 1] = False
    return _merged([(frame, frame) for frame in np.flatnonzero(kept).tolist()])


def frames_of(stretches):
    """List the frames of stretches.

    Args:
        stretches: pairs (first, last).

    Returns:
        Increasing frame numbers, int array.
    """
    return np.concatenate([np.arange(first, last + 1) for first, last in stretches])


def gaps(stretches):
    """List what lies between stretches.

    Args:
        stretches: increasing pairs (first, last).

    Returns:
        list of pairs (first, last).
    """
    return [(end + 1, start - 1) for (_, end), (start, _) in zip(stretches, stretches[1:], strict=False)]


def _check_range(first, last, frames):
    if not 0 <= first <= last < frames:
        raise ValueError(f"frames {first} to {last} are not in a clip whose frames are 0 to {frames - 1}")


def _merged(stretches):
    merged = []
    for first, last in sorted(stretches):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = merged[-1][0], max(last, merged[-1][1])
        else:
            merged.append((first, last))
    return tuple(merged)


def interpolate_smoothly(clip, keys):
    """Fill what lies between keys by cubic curves: no jump of velocity, but room to overshoot.

    Args:
        clip: pybvh.Bvh.
        keys: increasing frame numbers, the first and the last frame among them; all other frames are replaced.

    Returns:
        pybvh.Bvh.

    Raises:
        ValueError: with fewer than two keys, keys out of order, or none at an end of the clip.

    Source: SciPy's CubicSpline for the root's position, and RotationSpline for rotations: continuous angular velocity
    and acceleration.
    """
    keys = np.asarray(keys, int)
    if keys.ndim != 1 or len(keys) < 2 or (np.diff(keys) <= 0).any():
        raise ValueError(f"keys are at least two increasing frame numbers; got {keys.tolist()}")
    if keys[0] != 0 or keys[-1] != clip.frame_count - 1:
        raise ValueError(f"keys run from {keys[0]} to {keys[-1]}; they must be 0 to {clip.frame_count - 1}")
    root, rotations = clip.to_rotmat()
    missing = np.setdiff1d(np.arange(clip.frame_count), keys)
    if not len(missing):
        return clip.copy()
    # keys far from all gaps change nothing in them, and a curve through all frames of a long clip takes a minute
    near = binary_dilation(np.isin(np.arange(clip.frame_count), missing), iterations=NEAR)
    near[[0, -1]] = True
    keys = keys[near[keys]]
    root, rotations = root.copy(), rotations.copy()
    root[missing] = CubicSpline(keys, root[keys])(missing)
    for joint in range(rotations.shape[1]):
        curve = RotationSpline(keys, Rotation.from_matrix(rotations[keys, joint]))
        rotations[missing, joint] = curve(missing).as_matrix()
    return clip.from_rotmat(root, rotations)


def in_between_anywhere(model, clip, keys, *, samples=1, seed=0):
    """Fill what lies between keys by a network, whatever skeleton the clip has.

    A clip on another skeleton than the model's is brought onto the model's, filled there, and brought back. Joints that
    the model does not know, such as fingers, go straight from key to key.

    Args:
        model: `animkit.models.in_betweener.InBetweener`.
        clip: pybvh.Bvh.
        keys: as for `animkit.studio.in_betweening.in_between`, which does the rest.
        samples: how many fillings.
        seed: of the drawn ones.

    Returns:
        list of pybvh.Bvh on the clip's own skeleton, all with the given frames at the keys, exactly.

    Raises:
        ValueError: as `in_between` and `animkit.motion.retarget.retarget`, which names the joints that are missing.
    """
    there = on_skeleton_of(model, clip)
    filled = in_between(model, there, keys, samples=samples, seed=seed)
    if there is clip:
        return filled
    straight = interpolate_straight(clip, keys)
    return [with_keys(retarget(one, straight), clip, keys) for one in filled]


def on_skeleton_of(model, clip):
    """Bring a clip onto a model's skeleton, where it is on another.

    Args:
        model: with `names`, `parents` and `offsets`.
        clip: pybvh.Bvh.

    Returns:
        pybvh.Bvh; the clip itself where its skeleton is the model's already.

    Raises:
        ValueError: as `animkit.motion.retarget.retarget`, which names the joints that are missing.
    """
    try:
        check_skeleton(model, clip)
    except ValueError:
        return retarget(clip, _rest(model))
    return clip


def _rest(model):
    """One frame on a model's skeleton, all rotations zero."""
    nodes = []
    for name, parent, offset in zip(model.names, model.parents, model.offsets, strict=True):
        if parent < 0:
            nodes.append(BvhRoot(name, offset=list(offset), rot_channels=list("ZXY")))
        else:
            nodes.append(BvhJoint(name, offset=list(offset), rot_channels=list("ZXY"), parent=nodes[parent]))
            nodes[parent].children.append(nodes[-1])
    return Bvh(
        nodes=nodes,
        root_pos=np.zeros((1, 3)),
        joint_angles=np.zeros((1, len(nodes), 3)),
        frame_time=1 / 30,
        world_up="+y",
    )


def measure(original, clip, stretches):
    """Measure how gaps were filled.

    Args:
        original: pybvh.Bvh, what was there before.
        clip: pybvh.Bvh with the same skeleton and frames, what is there now.
        stretches: what was kept of the original.

    Returns:
        Fill.

    Raises:
        ValueError: when the clips differ in skeleton or length, or nothing was filled.
    """
    if not original.matches_hierarchy(clip) or original.frame_count != clip.frame_count:
        raise ValueError("the clips differ in skeleton or length: they cannot be compared frame by frame")
    between = gaps(stretches)
    if not between:
        raise ValueError("nothing was filled: all frames are kept")
    scale = centimetres_per_unit(original)
    filled = frames_of(between)
    places = [np.asarray(one.joint_positions()) for one in (original, clip)]
    turns = [_quaternions(one)[filled] for one in (original, clip)]
    jump = sliding = None
    if original.frame_count > 2:
        joins = [frame for first, last in between for frame in (first - 1, last + 1)]
        joins = [frame for frame in joins if 0 < frame < original.frame_count - 1]
        if joins:
            jump = float(np.percentile(velocity_jump(places[1], joins, fps=original.fps), 95) * scale)
    inside = np.zeros(original.frame_count, bool)
    inside[filled] = True
    with contextlib.suppress(ValueError):  # a skeleton without legs
        standing = foot_contacts(original) & inside[:, None]
        if (standing[1:] & standing[:-1]).any():
            sliding = foot_sliding(foot_positions(clip), standing, fps=original.fps, centimetres=scale)
    return Fill(
        float(np.linalg.norm(places[0] - places[1], axis=-1)[filled].mean() * scale),
        l2q(turns[0][None], turns[1][None]),
        sliding,
        jump,
    )


def compare(fillers, clips, lengths):
    """Measure ways to fill gaps, each gap in the middle of each clip that is long enough.

    Args:
        fillers: name -> function of (clip, keys) that returns a clip.
        clips: list of pybvh.Bvh.
        lengths: of the gaps, frames.

    Returns:
        name -> {length: Fill, the mean over clips; None where there was nothing to measure}.

    Raises:
        ValueError: when no clip is long enough for one of the gaps and a third of a second on either side.
    """
    found = {name: {} for name in fillers}
    for length in lengths:
        long_enough = [clip for clip in clips if clip.frame_count >= length + 2 * round(clip.fps / 3)]
        if not long_enough:
            raise ValueError(f"no clip is long enough for a gap of {length} frames")
        for name, filler in fillers.items():
            rows = []
            for clip in long_enough:
                start = (clip.frame_count - length) // 2
                kept = ((0, start - 1), (start + length, clip.frame_count - 1))
                rows.append(measure(clip, filler(clip, frames_of(kept)), kept))
            columns = [[value for value in column if value is not None] for column in zip(*rows, strict=True)]
            found[name][length] = Fill(*(float(np.mean(column)) if column else None for column in columns))
    return found


def usual_jump(clip, percentile=95):
    """Measure how much velocity changes from frame to frame within a clip.

    Args:
        clip: pybvh.Bvh of three frames or more.
        percentile: of all its frames.

    Returns:
        float, cm/s.
    """
    jumps = velocity_jump(np.asarray(clip.joint_positions()), fps=clip.fps)
    return float(np.percentile(jumps, percentile) * centimetres_per_unit(clip))


def _quaternions(clip):
    """Global rotations, (time, joints, 4)."""
    root, rotations = clip.to_rotmat()
    _, parents, offsets = skeleton(clip)
    return quaternions(pose(rotations, root, parents=parents, offsets=offsets)[1])
