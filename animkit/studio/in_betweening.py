"""In-betweening for an animator: clips with keys go in, clips with their gaps filled come out."""

import numpy as np
from scipy.spatial.transform import Rotation

from animkit.models.in_betweener import PAST, interpolate
from animkit.motion.bvh import skeleton

FPS = 30.0  # of the windows that the network has learned from
AFTER = 4  # frames after a gap that the network is shown, when they are kept
EASE = 0.27  # seconds from a key within which a filled motion takes over the velocity that the key has


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
    for first, last in _gaps(keys):
        part = slice(first, last + 1)
        filled, placed = interpolate(rotations[None, part], root[None, part], [1], [last - first])
        rotations[part], root[part] = filled[0], placed[0]
    return with_keys(clip.from_rotmat(root, rotations), clip, keys)


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
    gaps = _gaps(keys)
    for first, last in gaps:
        steps = max(2, round((last - first) * FPS / clip.fps))
        step = (last - first) / steps
        stretch = np.argmin(np.append(kept[last:], False))  # kept frames from `last` on
        after = min(AFTER, 1 + int((stretch - 1) / step))
        # before the clip begins, its first frame stands for what was
        times = first + step * np.arange(1 - PAST, steps + after)
        seen = _at(rotations, root, times.clip(0, clip.frame_count - 1))
        filled, placed = model.between(*seen, [PAST] * samples, [PAST + steps - 1] * samples, z=drawn)
        frames = np.arange(first + 1, last)
        where = (frames - times[0]) / step
        rotations[:, frames], root[:, frames] = _at(filled, placed, where)
    _smooth_joins(rotations, root, gaps, round(EASE * clip.fps))
    made = [clip.from_rotmat(placed / ratio, turned) for turned, placed in zip(rotations, root, strict=True)]
    return [with_keys(one, clip, keys) for one in made]


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


def _gaps(keys):
    """Pairs of keys with frames between them."""
    return [(int(first), int(last)) for first, last in zip(keys, keys[1:], strict=False) if last > first + 1]


def _at(rotations, root, times):
    """Motion (windows, time, ...) at fractional frames: slerp and lerp between neighbours, exact at whole frames."""
    low = np.floor(times + 1e-9).astype(int).clip(0, root.shape[1] - 1)
    high = (low + 1).clip(max=root.shape[1] - 1)
    share = np.where(np.abs(times - low) < 1e-6, 0.0, times - low)
    placed = root[:, low] * (1 - share)[:, None] + root[:, high] * share[:, None]
    if not share.any():
        return rotations[:, low], placed
    shape = rotations[:, low].shape
    from_here = Rotation.from_matrix(rotations[:, low].reshape(-1, 3, 3))
    way = (from_here.inv() * Rotation.from_matrix(rotations[:, high].reshape(-1, 3, 3))).as_rotvec().reshape(shape[:-1])
    part = Rotation.from_rotvec((share[:, None, None] * way).reshape(-1, 3))
    return (from_here * part).as_matrix().reshape(shape), placed


def _smooth_joins(rotations, root, gaps, ease):
    """Bend filled motion (samples, time, ...), in place, so that its velocity does not jump at its keys.

    A key that is kept with a neighbour has that neighbour's velocity; one that stands alone gets both sides' mean.
    """
    frames = root.shape[1]
    filled = np.zeros(frames, bool)
    for first, last in gaps:
        filled[first + 1 : last] = True
    turn = np.zeros((*rotations.shape[:3], 3))
    turn[:, 1:] = _turns(rotations[:, :-1], rotations[:, 1:])
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
        bent = Rotation.from_rotvec((ease_out[None, :, None, None] * by_turn[:, None]).reshape(-1, 3))
        shape = rotations[:, where].shape
        rotations[:, where] = (
            (Rotation.from_matrix(rotations[:, where].reshape(-1, 3, 3)) * bent).as_matrix().reshape(shape)
        )
        root[:, where] += ease_out[None, :, None] * by_step[:, None]


def _turns(one, other):
    """Rotation vectors from one set of rotations to the next, (..., 3)."""
    shape = one.shape[:-1]
    way = Rotation.from_matrix(one.reshape(-1, 3, 3)).inv() * Rotation.from_matrix(other.reshape(-1, 3, 3))
    return way.as_rotvec().reshape(shape)


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
