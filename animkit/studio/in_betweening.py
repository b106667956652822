"""In-betweening, gaps filled by a network: clips with keys go in, clips with their gaps filled come out, measured."""

import contextlib
from typing import NamedTuple

import numpy as np

from animkit.metrics.motion import foot_sliding, l2q, velocity_jump
from animkit.models.in_betweener import PAST
from animkit.motion.clips import Node, centimetres_per_unit, global_pose, make_clip, skeleton
from animkit.motion.foot_lock import foot_contacts, foot_positions, lock_feet
from animkit.motion.interpolation import (
    at_times,
    check_keys,
    gaps_between,
    interpolate_straight,
    smooth_joins,
    with_keys,
)
from animkit.motion.kinematics import quaternions
from animkit.motion.retarget import retarget
from animkit.motion.stretches import frames_of, gaps

FPS = 30.0  # of the windows that the network has learned from
AFTER = 4  # frames after a gap that the network is shown, when they are kept
EASE = 0.27  # seconds from a key within which a filled motion takes over the velocity that the key has


class Fill(NamedTuple):
    """How a gap was filled; speeds are in cm/s, None where there is nothing to measure."""

    distance: float  # of the joints from the original's, cm, mean over joints and filled frames
    l2q: float  # see `animkit.metrics.motion.l2q`
    sliding: float | None  # of feet, while the original's are on the ground
    jump: float | None  # of velocity, 95th percentile over the joins


class Remembering:
    """A network that fills each window once: where one key of many is moved, the gaps that it does not touch are known.

    Args:
        model: `animkit.models.in_betweener.InBetweener`, all of which it has.
        most: windows that are kept.
    """

    def __init__(self, model, *, most=60):
        self._model, self._most, self._known = model, most, {}

    def __getattr__(self, name):
        return getattr(self._model, name)

    def between(self, rotations, root, start, stop, *, z):
        """As the network's own."""
        window = rotations.tobytes(), root.tobytes(), tuple(start), tuple(stop), z.tobytes()
        if window not in self._known:
            while len(self._known) >= self._most:
                self._known.pop(next(iter(self._known)))
            self._known[window] = self._model.between(rotations, root, start, stop, z=z)
        return self._known[window]


def in_between(model, clip, keys, *, samples=1, seed=0):
    """Fill what lies between keys by a trained network.

    Args:
        model: `animkit.models.in_betweener.InBetweener` of the same skeleton, in any size.
        clip: pybvh.Bvh at any frame rate.
        keys: increasing frame numbers that are kept, the first and the last frame among them. A run of numbers is a
            stretch of motion that the network sees; it shows how fast the motion is at a key.
        samples: how many fillings; the first is the middle of all ways, the others are drawn.
        seed: of the drawn ones.

    Returns:
        list of pybvh.Bvh, all with the given frames at the keys, exactly.

    Raises:
        ValueError: when keys are out of order, not in the clip or none is at an end, the skeleton is another, or
            `samples` is below 1.
    """
    keys = check_keys(keys, clip.frame_count)
    if samples < 1:
        raise ValueError(f"samples must be at least 1, got {samples}")
    ratio = check_skeleton(model, clip)
    drawn = np.random.default_rng(seed).standard_normal((samples, model.latent_dim)).astype("float32")
    drawn[0] = 0.0
    root, rotations = clip.to_rotmat()
    rotations, root = np.repeat(rotations[None], samples, axis=0), np.repeat(ratio * root[None], samples, axis=0)
    kept = np.zeros(clip.frame_count, bool)
    kept[keys] = True
    between = gaps_between(keys)
    for first, last in between:
        steps = max(2, round((last - first) * FPS / clip.fps))
        step = (last - first) / steps
        stretch = np.argmin(np.append(kept[last:], False))  # kept frames from `last` on
        after = min(AFTER, 1 + int((stretch - 1) / step))
        times = first + step * np.arange(1 - PAST, steps + after)
        seen = at_times(rotations, root, times.clip(0, clip.frame_count - 1))
        # before the clip begins, its first pose stands for what was, on the way on which it goes on: from rest it
        # would have to start
        until, lost = first or last, times < 0
        seen[1][:, lost] += (times[lost] / until)[:, None] * (root[:, until] - root[:, 0])[:, None]
        filled, placed = model.between(*seen, [PAST] * samples, [PAST + steps - 1] * samples, z=drawn)
        frames = np.arange(first + 1, last)
        where = (frames - times[0]) / step
        rotations[:, frames], root[:, frames] = at_times(filled, placed, where)
    smooth_joins(rotations, root, between, round(EASE * clip.fps))
    made = [clip.from_rotmat(placed / ratio, turned) for turned, placed in zip(rotations, root, strict=True)]
    return [with_keys(one, clip, keys) for one in made]


def in_between_anywhere(model, clip, keys, *, samples=1, seed=0):
    """Fill what lies between keys by a network, whatever skeleton the clip has.

    A clip on another skeleton than the model's is brought onto the model's, filled there, and brought back. Joints that
    the model does not know, such as fingers, go straight from key to key.

    Args:
        model: `animkit.models.in_betweener.InBetweener`.
        clip: pybvh.Bvh.
        keys: as for `in_between`, which does the rest.
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


def fill_between(model, clip, stretches, *, samples=1, seed=0, lock=False):
    """Fill the gaps between stretches, whatever skeleton the clip has; with a lock, feet that stand do not slide.

    Args:
        model: `animkit.models.in_betweener.InBetweener`.
        clip: pybvh.Bvh.
        stretches: increasing pairs (first, last) of frames that are kept, as `animkit.motion.stretches` has them.
        samples: how many fillings.
        seed: of the drawn ones.
        lock: whether feet on the ground are held, by `animkit.motion.foot_lock.lock_feet`.

    Returns:
        list of pybvh.Bvh, all with the kept frames exactly as they were.

    Raises:
        ValueError: as `in_between_anywhere` and `lock_feet`.
    """
    keys = frames_of(stretches)
    filled = in_between_anywhere(model, clip, keys, samples=samples, seed=seed)
    return [lock_feet(one, keep=keys) for one in filled] if lock else filled


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
        nodes = [Node(*row) for row in zip(model.names, model.parents, model.offsets, strict=True)]
        # one frame, all rotations zero
        return retarget(clip, make_clip(nodes, np.zeros((1, 3)), np.zeros((1, len(nodes), 3)), frame_time=1 / FPS))
    return clip


def check_skeleton(model, clip):
    """Check that a clip has a model's skeleton, in any size.

    Args:
        model: with `names`, `parents`, `offsets`.
        clip: pybvh.Bvh.

    Returns:
        float, what the clip's lengths are multiplied by to be the model's.

    Raises:
        ValueError: when joints are missing or too many, hang together otherwise, or bones have other proportions.
    """
    names, parents, offsets = skeleton(clip)
    missing = [name for name in model.names if name not in names]
    added = [name for name in names if name not in model.names]
    if missing or added:
        told = [f"it lacks {', '.join(missing)}"] if missing else []
        told += [f"it has {', '.join(added)}"] if added else []
        raise ValueError(
            f"the clip has another skeleton than the model's: {'; '.join(told)}. Bring it onto the model's skeleton "
            "with animkit.motion.retarget, or train a model on clips of this one"
        )
    if tuple(names) != tuple(model.names) or tuple(parents) != tuple(model.parents):
        raise ValueError("the clip has the model's joints, but in another order or hierarchy")
    own, learned = np.asarray(offsets)[1:], np.asarray(model.offsets)[1:]
    ratio = np.linalg.norm(learned) / np.linalg.norm(own)
    worst = np.linalg.norm(ratio * own - learned, axis=1)
    longest = np.linalg.norm(learned, axis=1).max()
    if worst.max() > 0.1 * longest:
        raise ValueError(
            f"the bone to {names[int(worst.argmax()) + 1]} is {worst.max() / longest:.0%} of the longest bone away "
            "from the model's: the proportions differ. Bring the clip onto its skeleton with animkit.motion.retarget"
        )
    return float(ratio)


def measure(original, clip, stretches, *, standing=None):
    """Measure how gaps were filled.

    Args:
        original: pybvh.Bvh, what was there before.
        clip: pybvh.Bvh with the same skeleton and frames, what is there now.
        stretches: what was kept of the original.
        standing: `foot_contacts` of the original, where they are known already.

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
    turns = [quaternions(global_pose(one)[1][filled]) for one in (original, clip)]
    jump = sliding = None
    if original.frame_count > 2:
        joins = [frame for first, last in between for frame in (first - 1, last + 1)]
        joins = [frame for frame in joins if 0 < frame < original.frame_count - 1]
        if joins:
            jump = float(np.percentile(velocity_jump(places[1], joins, fps=original.fps), 95) * scale)
    inside = np.zeros(original.frame_count, bool)
    inside[filled] = True
    with contextlib.suppress(ValueError):  # a skeleton without legs
        standing = (foot_contacts(original) if standing is None else standing) & inside[:, None]
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
