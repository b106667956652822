"""What lies between keys, without a network: straight, by cubic curves, and joins without a jump of velocity."""

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.ndimage import binary_dilation
from scipy.spatial.transform import Rotation, RotationSpline

from animkit.motion.kinematics import rotation_vectors, slerp, turned

_NEAR = 10  # frames: keys farther from all gaps are left out of the cubic curves


def interpolate_straight(clip, keys):
    """Fill what lies between keys in a straight line: slerp of rotations, lerp of the root.

    Args:
        clip: pybvh.Bvh.
        keys: increasing frame numbers that are kept, the first and the last frame among them.

    Returns:
        pybvh.Bvh.

    Raises:
        ValueError: when keys are out of order, not in the clip, or none is at an end.
    """
    keys = check_keys(keys, clip.frame_count)
    root, rotations = clip.to_rotmat()
    rotations, root = rotations.copy(), root.copy()
    for first, last in gaps_between(keys):
        part = slice(first, last + 1)
        filled, placed = interpolate(rotations[None, part], root[None, part], [1], [last - first])
        rotations[part], root[part] = filled[0], placed[0]
    return with_keys(clip.from_rotmat(root, rotations), clip, keys)


def interpolate_smoothly(clip, keys):
    """Fill what lies between keys by cubic curves: no jump of velocity, but room to overshoot.

    Args:
        clip: pybvh.Bvh.
        keys: increasing frame numbers that are kept, the first and the last frame among them.

    Returns:
        pybvh.Bvh.

    Raises:
        ValueError: when keys are out of order, not in the clip, or none is at an end.

    Source: SciPy's CubicSpline for the root's position, and RotationSpline for rotations: continuous angular velocity
    and acceleration.
    """
    keys = check_keys(keys, clip.frame_count)
    root, rotations = clip.to_rotmat()
    missing = np.setdiff1d(np.arange(clip.frame_count), keys)
    if not len(missing):
        return clip.copy()
    # keys far from all gaps change nothing in them, and a curve through all frames of a long clip takes a minute
    near = binary_dilation(np.isin(np.arange(clip.frame_count), missing), iterations=_NEAR)
    near[[0, -1]] = True
    keys = keys[near[keys]]
    root, rotations = root.copy(), rotations.copy()
    root[missing] = CubicSpline(keys, root[keys])(missing)
    for joint in range(rotations.shape[1]):
        curve = RotationSpline(keys, Rotation.from_matrix(rotations[keys, joint]))
        rotations[missing, joint] = curve(missing).as_matrix()
    return clip.from_rotmat(root, rotations)


def check_keys(keys, frames):
    """Check which frames are kept.

    Args:
        keys: frame numbers.
        frames: of the clip.

    Returns:
        (keys,) int array.

    Raises:
        ValueError: when keys are out of order, not in the clip, or none is at an end.
    """
    keys = np.asarray(keys)
    if keys.ndim != 1 or len(keys) < 2 or keys.dtype.kind not in "iu":
        raise ValueError(f"keys must be two or more frame numbers; got {keys.tolist()}")
    if (np.diff(keys) <= 0).any():
        late = int(np.argmax(np.diff(keys) <= 0)) + 1
        raise ValueError(f"keys must increase: frame {keys[late]} comes after {keys[late - 1]}")
    if keys[0] < 0 or keys[-1] >= frames:
        outside = keys[0] if keys[0] < 0 else keys[-1]
        raise ValueError(f"key {outside} is not in the clip, whose frames are 0 to {frames - 1}")
    if keys[0] != 0 or keys[-1] != frames - 1:
        raise ValueError(
            f"keys run from {keys[0]} to {keys[-1]}, the clip from 0 to {frames - 1}: keep its first and last frame, "
            "a gap needs a frame on either side"
        )
    return keys


def with_keys(made, clip, keys):
    """Give a clip the very frames of another at keys, angles turn for turn.

    Args:
        made: pybvh.Bvh.
        clip: pybvh.Bvh of the same skeleton and length.
        keys: frame numbers.

    Returns:
        pybvh.Bvh.
    """
    result = made.copy()
    angles, places = made.joint_angles.copy(), made.root_pos.copy()
    angles[keys], places[keys] = clip.joint_angles[keys], clip.root_pos[keys]
    result.joint_angles, result.root_pos = angles, places
    return result


def gaps_between(keys):
    """List pairs of neighbouring keys with frames between them: (last before a gap, first after it)."""
    return [(int(first), int(last)) for first, last in zip(keys, keys[1:], strict=False) if last > first + 1]


def interpolate(rotations, root, start, stop):
    """Fill each window's gap in a straight line: slerp of local rotations, lerp of the root.

    Args:
        rotations: (windows, time, joints, 3, 3) local.
        root: (windows, time, 3).
        start: (windows,) first frame of the gap, at least 1.
        stop: (windows,) first frame after it.

    Returns:
        rotations and root with every frame in [start, stop) replaced.

    Source: the interpolation baseline of Harvey et al. 2020.
    """
    count, time = rotations.shape[:2]
    each = np.arange(count)
    start, stop = np.asarray(start), np.asarray(stop)
    share = share_of_gap(time, start, stop)
    first, last = rotations[each, start - 1][:, None], rotations[each, stop][:, None]
    slerped = slerp(first, last, share[..., None])
    lerped = root[each, start - 1][:, None] * (1 - share[..., None]) + root[each, stop][:, None] * share[..., None]
    gap = in_gap(time, start, stop)
    return (
        np.where(gap[..., None, None, None], slerped, rotations).astype(rotations.dtype),
        np.where(gap[..., None], lerped, root).astype(root.dtype),
    )


def interpolate_eased(rotations, root, start, stop, *, ease=20):
    """Fill each window's gap in a straight line, but leave and arrive with the velocity that the motion has there.

    What that velocity adds dies away along a cubic Hermite curve. Where nothing is known after the frame that ends the
    gap, the way into it is straight. Of all that has learned nothing this comes nearest to real motion: one curve from
    end to end overshoots in long gaps.

    Args:
        rotations: (windows, time, joints, 3, 3) local.
        root: (windows, time, 3).
        start: (windows,) first frame of the gap, at least 1; with 1 there is no velocity before it.
        stop: (windows,) first frame after it.
        ease: frames after which nothing of a velocity is left, or the whole gap where that is shorter; 20 are best at
            30 frames a second on CMU's recordings that `animkit.recipes.in_betweener` holds out.

    Returns:
        rotations and root with every frame in [start, stop) replaced.
    """
    filled, placed = interpolate(rotations, root, start, stop)
    each, start, stop = np.arange(len(root)), np.asarray(start), np.asarray(stop)
    time = root.shape[1]
    turn, step = np.zeros_like(filled[..., 0]), np.zeros_like(placed)
    length = np.minimum(ease, stop - start + 1)[:, None]
    # time runs away from the key: forward from the last frame before the gap, backward from the first after it
    for key, way in ((start - 1, 1), (stop, -1)):
        before, after = (key - way).clip(0, time - 1), key + way
        away = way * (np.arange(time) - key[:, None])
        share = np.where(in_gap(time, start, stop), away * (1 - away / length).clip(0, 1) ** 2, 0.0)
        by_turn = rotation_vectors(filled[each, before], filled[each, key])
        by_turn -= rotation_vectors(filled[each, key], filled[each, after])
        by_step = 2 * placed[each, key] - placed[each, before] - placed[each, after]
        known = (before != key)[:, None]
        turn += share[..., None, None] * (known[..., None] * by_turn)[:, None]
        step += share[..., None] * (known * by_step)[:, None]
    return turned(filled, turn).astype(rotations.dtype), (placed + step).astype(root.dtype)


def share_of_gap(time, start, stop):
    """How far each frame is from the last frame before the gap (0) to the first after it (1): (windows, time)."""
    start, stop = np.asarray(start)[:, None], np.asarray(stop)[:, None]
    return ((np.arange(time) - start + 1) / (stop - start + 1)).clip(0, 1)


def in_gap(time, start, stop):
    """Which frames are to be filled: (windows, time) bool."""
    return (np.arange(time) >= np.asarray(start)[:, None]) & (np.arange(time) < np.asarray(stop)[:, None])


def at_times(rotations, root, times):
    """Read motion at fractional frames: slerp and lerp between neighbours, exact at whole frames.

    Args:
        rotations: (windows, time, joints, 3, 3) local.
        root: (windows, time, 3).
        times: (n,) frames.

    Returns:
        (windows, n, joints, 3, 3) and (windows, n, 3).
    """
    low = np.floor(times + 1e-9).astype(int).clip(0, root.shape[1] - 1)
    high = (low + 1).clip(max=root.shape[1] - 1)
    share = np.where(np.abs(times - low) < 1e-6, 0.0, times - low)
    placed = root[:, low] * (1 - share)[:, None] + root[:, high] * share[:, None]
    if not share.any():
        return rotations[:, low], placed
    return slerp(rotations[:, low], rotations[:, high], share[:, None]), placed


def smooth_joins(rotations, root, gaps, ease):
    """Bend filled motion, in place, so that its velocity does not jump at its keys.

    A key that is kept with a neighbour has that neighbour's velocity; one that stands alone gets both sides' mean.

    Args:
        rotations: (samples, time, joints, 3, 3) local.
        root: (samples, time, 3).
        gaps: as `gaps_between` gives them.
        ease: frames within which a filled motion takes over the velocity that the key has.
    """
    frames = root.shape[1]
    filled = np.zeros(frames, bool)
    for first, last in gaps:
        filled[first + 1 : last] = True
    turn = np.zeros((*rotations.shape[:3], 3))
    ends = np.unique([end + step for gap in gaps for end in gap for step in (0, 1)])
    ends = ends[(ends > 0) & (ends < frames)].astype(int)
    turn[:, ends] = rotation_vectors(rotations[:, ends - 1], rotations[:, ends])
    step = np.diff(root, axis=1, prepend=root[:, :1])
    bends = []
    for first, last in gaps:
        length = min(ease, (last - first) // 2)
        # time runs away from the key: forward after `first`, backward before `last`
        for key, way in ((first, 1), (last, -1)):
            inside, outside = (key + 1, key) if way > 0 else (key, key + 1)
            beyond = key - way
            if length < 2 or not 0 <= beyond < frames:
                continue
            share = 0.5 if filled[beyond] else 1.0
            bends.append(
                (key, way, length, [share * way * (part[:, outside] - part[:, inside]) for part in (turn, step)])
            )
    for key, way, length, (by_turn, by_step) in bends:
        away = np.arange(1, length)
        # nothing at the key, all of the velocity there, nothing left at the end
        ease_out = away * (1 - away / length) ** 2
        where = key + way * away
        rotations[:, where] = turned(rotations[:, where], ease_out[None, :, None, None] * by_turn[:, None])
        root[:, where] += ease_out[None, :, None] * by_step[:, None]
