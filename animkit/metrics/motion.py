"""Errors of predicted and in-between motion, sliding feet, jumps of velocity at joins, and diversity.

Positions are (windows, frames, joints, 3) in the units of the clip, y up; quaternions are global (not relative to the
parent), (windows, frames, joints, 4), (w, x, y, z). `y` and `q` are the real motion, `y_hat` and `q_hat` the predicted.
"""

import numpy as np
from scipy.stats import bootstrap


def mpjpe(y, y_hat):
    """Mean distance between real and predicted joints (MPJPE), frame by frame.

    Args:
        y: (windows, frames, joints, 3) positions.
        y_hat: as `y`.

    Returns:
        (frames,), in the units of the positions: the mean over windows and joints.

    Raises:
        ValueError: when shapes differ or are no positions, or values are not finite.

    Source: Ionescu et al. 2014 (Human3.6M); by frame as in Mao et al. 2019 (Traj-GCN).
    """
    y, y_hat = _pair(y, y_hat, 3, "y")
    return np.linalg.norm(y - y_hat, axis=-1).mean(axis=(0, 2))


def position_statistics(positions):
    """Mean and standard deviation of each coordinate of each joint, which `l2p` divides by.

    Args:
        positions: (windows, frames, joints, 3) global positions of the training windows; or an iterable of such
            arrays, read one at a time.

    Returns:
        mean, std: two arrays (joints, 3), over all windows and frames.

    Raises:
        ValueError: when there are no positions, or the arrays do not agree on the joints.
    """
    parts = [positions] if isinstance(positions, np.ndarray) else positions
    count, mean, squares = 0, 0.0, 0.0
    for part in parts:
        part = _checked(part, 3, "positions")
        if count and part.shape[2:] != mean.shape:
            raise ValueError(f"positions have {len(mean)} joints in one array and {part.shape[2]} in another")
        rows = part.reshape(-1, *part.shape[2:])
        # two means are merged, for a plain sum of squares of large positions loses digits
        new, new_mean = count + len(rows), rows.mean(axis=0)
        squares = squares + rows.var(axis=0) * len(rows) + (new_mean - mean) ** 2 * count * len(rows) / new
        mean = mean + (new_mean - mean) * len(rows) / new
        count = new
    if not count:
        raise ValueError("positions are empty: there is nothing to take a mean of")
    return mean, np.sqrt(squares / count)


def l2p(y, y_hat, *, mean, std):
    """Error of z-scored global positions (L2P).

    Args:
        y: (windows, frames, joints, 3) global positions of the frames in the gap.
        y_hat: as `y`.
        mean: (joints, 3), of the training windows (`position_statistics`).
        std: (joints, 3), all above 0.

    Returns:
        float: the Euclidean length of the difference over all joints and coordinates, mean over frames and windows.
        No unit.

    Raises:
        ValueError: when shapes do not go together, values are not finite, or `std` is not positive.

    Source: Harvey et al. 2020, "Robust motion in-betweening", as in its evaluation code.
    """
    y, y_hat = _pair(y, y_hat, 3, "y")
    mean, std = np.asarray(mean, "float64"), np.asarray(std, "float64")
    for name, value in (("mean", mean), ("std", std)):
        if value.shape != y.shape[2:]:
            raise ValueError(f"{name} must be (joints, 3) = {y.shape[2:]}; got {value.shape}")
    if not (std > 0).all():
        joint, axis = np.argwhere(~(std > 0))[0]
        raise ValueError(
            f"std must be above 0; joint {joint} has {std[joint, axis]} in coordinate {axis}: it never moves there "
            "in the training windows, so no error can be measured against it"
        )
    # the mean falls out of the difference, but not before both are scaled in the published code
    return float(np.linalg.norm(((y - mean) / std - (y_hat - mean) / std).reshape(*y.shape[:2], -1), axis=-1).mean())


def l2q(q, q_hat):
    """Error of global quaternions (L2Q).

    A rotation has two quaternions, q and -q: both sequences are made continuous in time and begin in one hemisphere,
    so the sign in which a quaternion is given makes no difference.

    Args:
        q: (windows, frames, joints, 4) global unit quaternions of the frames in the gap.
        q_hat: as `q`.

    Returns:
        float: the Euclidean length of the difference over all joints, mean over frames and windows; at most
        2 sqrt(joints). No unit.

    Raises:
        ValueError: when shapes differ, or quaternions are not of unit length.

    Source: Harvey et al. 2020, as in its evaluation code, where the predicted quaternions go on continuously from the
    past frames (the same thing, unless a joint turns by more than half a turn between two frames).
    """
    q, q_hat = _quaternions(q, q_hat)
    q, q_hat = continuous(q), continuous(q_hat)
    opposed = (q[:, :1] * q_hat[:, :1]).sum(axis=-1, keepdims=True) < 0
    difference = q - np.where(opposed, -q_hat, q_hat)
    return float(np.sqrt((difference**2).sum(axis=(2, 3))).mean())


def error_share(errors, baseline, *, confidence=0.95):
    """Which share of a baseline's error is left, and how far that depends on the clips it was measured on.

    Args:
        errors: (clips,) each clip's error, summed over its windows.
        baseline: (clips,) the baseline's on the same windows.
        confidence: of the interval.

    Returns:
        dict: `share`, of the sums over all clips, and `low` and `high`, the percentile bootstrap interval over clips,
        whose windows overlap and are no independent samples; None and None for a single clip.

    Raises:
        ValueError: when shapes differ, or the baseline makes no error.

    Source: Efron 1979, by SciPy.
    """
    errors, baseline = np.asarray(errors, "float64"), np.asarray(baseline, "float64")
    if errors.shape != baseline.shape or errors.ndim != 1:
        raise ValueError(f"errors and baseline are one number a clip; got {errors.shape} and {baseline.shape}")
    if not baseline.sum() > 0:
        raise ValueError("the baseline makes no error: there is no share of it")

    def share(errors, baseline, axis=-1):
        return errors.sum(axis=axis) / baseline.sum(axis=axis)

    low = high = None
    if len(errors) > 1:
        found = bootstrap(
            (errors, baseline), share, paired=True, confidence_level=confidence, method="percentile", rng=0
        )
        low, high = (float(limit) for limit in found.confidence_interval)
    return {"share": float(share(errors, baseline)), "low": low, "high": high}


def npss(q, q_hat):
    """Normalised power spectrum similarity of global quaternions (NPSS): do the same rhythms have the same power?

    The power spectrum of each number over time is scaled to sum 1; the earth mover's distance between the real and the
    predicted spectrum is averaged over all numbers of all windows, weighted by the real power.

    Args:
        q: (windows, frames, joints, 4) global unit quaternions of the frames in the gap, in either sign.
        q_hat: as `q`.

    Returns:
        float between 0 (best) and the number of frames. No unit.

    Raises:
        ValueError: when shapes differ, or quaternions are not of unit length.

    Source: Gopalakrishnan et al. 2019; as in the evaluation code of Harvey et al. 2020, whose "power" is the square of
    the real part of the Fourier transform. A number without real power (always 0) has no weight here; it made the
    whole result undefined there.
    """
    q, q_hat = _quaternions(q, q_hat)
    real, predicted = (_power(continuous(sequence)) for sequence in (q, q_hat))
    weights = real.sum(axis=1)
    distance = np.abs(np.cumsum(_shares(predicted), axis=1) - np.cumsum(_shares(real), axis=1)).sum(axis=1)
    return float((distance * weights).sum() / weights.sum())


def continuous(q):
    """Give each quaternion the sign that is nearer to the frame before.

    Args:
        q: (windows, frames, joints, 4).

    Returns:
        As `q`: the same rotations, the first frame as it was.
    """
    turned = (q[:, 1:] * q[:, :-1]).sum(axis=-1, keepdims=True) < 0
    signs = np.cumprod(np.where(turned, -1.0, 1.0), axis=1)
    return np.concatenate([q[:, :1], q[:, 1:] * signs], axis=1)


def foot_sliding(feet, contacts, *, fps, centimetres=1.0, up=1):
    """Mean horizontal speed of feet while they are in contact with the ground.

    Args:
        feet: (time, feet, 3) positions of the points that touch the ground, such as ankles and toes.
        contacts: (time, feet), true where a point is in contact. A step between two frames counts when both are.
        fps: frames a second.
        centimetres: centimetres in one unit of the positions.
        up: which coordinate is height.

    Returns:
        float, cm/s; 0.0 when nothing is in contact for two frames running.

    Raises:
        ValueError: when shapes do not go together, or `fps` is not positive.
    """
    feet, contacts = np.asarray(feet, "float64"), np.asarray(contacts)
    if feet.ndim != 3 or feet.shape[-1] != 3:
        raise ValueError(f"feet must be (time, feet, 3); got {feet.shape}")
    if contacts.shape != feet.shape[:2]:
        raise ValueError(f"contacts must be (time, feet) = {feet.shape[:2]}; got {contacts.shape}")
    _finite(feet, "feet")
    steps = np.linalg.norm(np.delete(np.diff(feet, axis=0), up, axis=-1), axis=-1)
    held = contacts[1:].astype(bool) & contacts[:-1].astype(bool)
    return float(steps[held].mean() * _rate(fps) * centimetres) if held.any() else 0.0


def velocity_jump(positions, joins=None, *, fps):
    """Change of velocity from one frame step to the next, at the joins of a clip or at every frame.

    Args:
        positions: (time, joints, 3).
        joins: frame numbers from 1 to time - 2 at which pieces meet, such as the last kept frame before a gap and the
            first after it; every inner frame if None.
        fps: frames a second.

    Returns:
        (joins,): the length of the change of velocity at each, mean over joints, in units of the positions a second.

    Raises:
        ValueError: when the clip has fewer than three frames, or a join is not an inner frame.
    """
    positions = np.asarray(positions, "float64")
    if positions.ndim != 3 or positions.shape[-1] != 3:
        raise ValueError(f"positions must be (time, joints, 3); got {positions.shape}")
    if len(positions) < 3:
        raise ValueError(f"a change of velocity takes three frames; got {len(positions)}")
    _finite(positions, "positions")
    jumps = np.linalg.norm(np.diff(positions, n=2, axis=0), axis=-1).mean(axis=-1) * _rate(fps)
    if joins is None:
        return jumps
    joins = np.asarray(joins, dtype=int).reshape(-1)
    if ((joins < 1) | (joins > len(positions) - 2)).any():
        raise ValueError(f"joins must be inner frames, 1 to {len(positions) - 2}; got {joins.tolist()}")
    return jumps[joins - 1]


def jump_ratio(joins, inside, *, percentile=95):
    """How the jumps of velocity at joins compare with those inside real clips.

    Args:
        joins: jumps at the joins (`velocity_jump`), any number of them.
        inside: jumps at every frame of real clips, in the same unit.
        percentile: of both, in [0, 100].

    Returns:
        float: percentile at the joins / percentile inside real clips. At most 1 means that joins are as smooth as
        what is real.

    Raises:
        ValueError: when either is empty, or the real clips do not move.
    """
    joins, inside = np.asarray(joins, "float64").reshape(-1), np.asarray(inside, "float64").reshape(-1)
    if not joins.size or not inside.size:
        raise ValueError(f"need jumps at joins and inside real clips; got {joins.size} and {inside.size}")
    limit = np.percentile(inside, percentile)
    if not limit > 0:
        raise ValueError(f"the {percentile}th percentile inside the real clips is {limit}: they do not move")
    return float(np.percentile(joins, percentile) / limit)


def diversity(samples):
    """How unlike each other several motions for one task are: mean distance between joints over all pairs.

    Args:
        samples: (samples, frames, joints, 3) positions, at least two samples.

    Returns:
        float in the units of the positions; 0 when all are alike.

    Raises:
        ValueError: with fewer than two samples, or no positions.
    """
    samples = _checked(samples, 3, "samples")
    if len(samples) < 2:
        raise ValueError(f"diversity compares at least two samples; got {len(samples)}")
    distances = [np.linalg.norm(samples[i + 1 :] - samples[i], axis=-1).mean(axis=(1, 2)) for i in range(len(samples))]
    return float(np.concatenate(distances).mean())


def _power(sequence):
    return np.fft.fft(sequence, axis=1).real ** 2


def _shares(power):
    total = power.sum(axis=1, keepdims=True)
    return power / np.where(total > 0, total, 1.0)


def _pair(real, predicted, size, name):
    real, predicted = _checked(real, size, name), _checked(predicted, size, f"{name}_hat")
    if real.shape != predicted.shape:
        raise ValueError(f"{name} and {name}_hat must have one shape; got {real.shape} and {predicted.shape}")
    return real, predicted


def _quaternions(q, q_hat):
    q, q_hat = _pair(q, q_hat, 4, "q")
    for name, value in (("q", q), ("q_hat", q_hat)):
        error = np.abs(np.linalg.norm(value, axis=-1) - 1).max()
        if error > 1e-3:
            raise ValueError(f"{name} must hold unit quaternions (w, x, y, z); a length is off by {error:.3g}")
    return q, q_hat


def _checked(array, size, name):
    array = np.asarray(array, "float64")
    if array.ndim != 4 or array.shape[-1] != size or not array.size:
        raise ValueError(f"{name} must be (windows, frames, joints, {size}), none empty; got {array.shape}")
    _finite(array, name)
    return array


def _finite(array, name):
    if not np.isfinite(array).all():
        raise ValueError(
            f"{name} must be finite; the first bad value is at index {np.argwhere(~np.isfinite(array))[0]}"
        )


def _rate(fps):
    if not fps > 0:
        raise ValueError(f"fps must be above 0; got {fps}")
    return fps
