"""Does a motion do as it is told? How soon it comes to a new speed, how far it goes astray, where it heads."""

from typing import NamedTuple

import numpy as np
from scipy.ndimage import gaussian_filter1d

# seconds over which a body's sway from step to step is averaged; a sudden change is at nine tenths after 1.3 times this
SWAY = 0.15
# a speed is met within this share of it, and a slow one within so many cm/s
SHARE, LEAST = 0.1, 5.0


class Response(NamedTuple):
    """How a motion answers a change of what it is told."""

    lag: float  # seconds until it first is within a tenth (or 5 cm/s) of the new speed; inf if it never is
    astray: float  # cm/s: how far it first goes the wrong way, beyond what it did in the second before
    overshoot: float  # cm/s: how far beyond the new speed it goes, mean over the half second in which that is most
    speed_error: float  # cm/s: mean speed from a second after the change on, less the new speed
    heading_error: float  # degrees: how far it has turned since the change, less how far it was told to


def travel(ground, heading, *, fps):
    """Tell how fast a character travels and turns, without the sway of each step.

    Args:
        ground: (time, 2) position of the root over the ground, in centimetres.
        heading: (time,) radians, without jumps of a whole turn.
        fps: frames a second.

    Returns:
        (time,) cm/s, and (time,) degrees/s.

    Raises:
        ValueError: for fewer than two frames, or numbers that are not finite.
    """
    ground, heading = np.asarray(ground, "float64"), np.asarray(heading, "float64")
    if ground.ndim != 2 or ground.shape[1] != 2 or heading.shape != ground.shape[:1] or len(ground) < 2:
        raise ValueError(f"needs (time, 2) places and (time,) headings of 2 frames or more; got {ground.shape}")
    if not (np.isfinite(ground).all() and np.isfinite(heading).all()):
        raise ValueError("places and headings must be finite")
    smooth = without_sway(heading, SWAY * fps)
    step = np.gradient(ground, axis=0) * fps
    # as the character sees it: smoothed in the world, a curve would be cut short
    c, s = np.cos(smooth), np.sin(smooth)
    seen = np.stack([c * step[:, 0] - s * step[:, 1], s * step[:, 0] + c * step[:, 1]], axis=1)
    return np.linalg.norm(without_sway(seen, SWAY * fps), axis=1), np.degrees(np.gradient(smooth) * fps)


def without_sway(values, frames):
    """Smooth a path; a straight one stays as it is, up to its ends.

    Args:
        values: (time, ...).
        frames: standard deviation of the Gaussian.

    Returns:
        As `values`.
    """
    reach = min(len(values) - 1, int(np.ceil(4 * frames)))
    # beyond its ends a path goes on as it came, turned about its end; repeating the end would slow it down
    wide = np.pad(values, [(reach, reach)] + [(0, 0)] * (np.ndim(values) - 1), mode="reflect", reflect_type="odd")
    return gaussian_filter1d(wide, frames, axis=0, mode="nearest")[reach : reach + len(values)]


def response(ground, heading, change, *, speed, turn, fps):
    """Measure how a motion answers one change of what it is told.

    Args:
        ground: (time, 2) position of the root over the ground, in centimetres.
        heading: (time,) radians, without jumps of a whole turn, positive to the left.
        change: number of the first frame that was told the new command; 1.3 s are before it, and a second after it.
        speed: cm/s, the new one.
        turn: degrees/s, the new one.
        fps: frames a second.

    Returns:
        Response.

    Raises:
        ValueError: when there is less before or after the change.
    """
    pace, _ = travel(ground, heading, fps=fps)
    second = round(fps)
    # smoothing lets what comes after a change be seen this long before it
    blur = round(2 * SWAY * fps)
    if change < second + blur or len(pace) - change <= second:
        raise ValueError(
            f"needs {1 + 2 * SWAY:g} s before the change and a second after it; got frame {change} of {len(pace)}"
        )
    before, after = pace[change - blur - second : change - blur], pace[change:]
    way = np.sign(speed - before.mean()) or 1.0
    met = np.flatnonzero(np.abs(after - speed) <= max(SHARE * speed, LEAST))
    # the first half second: later, it may go slower than before because it was told so no longer
    wrong = max(0.0, (-way * after[: second // 2]).max() - (-way * before).max())
    half = np.ones(second // 2) / (second // 2)
    beyond = max(0.0, (way * (np.convolve(after, half, "valid") - speed)).max())
    # each side for itself: smoothed across the change, the heading would begin to turn before it
    first, last = (without_sway(part, SWAY * fps)[-1] for part in (heading[: change + 1], heading[change:]))
    told = turn * (len(pace) - 1 - change) / fps
    return Response(
        lag=float(met[0] / fps) if len(met) else np.inf,
        astray=float(wrong),
        overshoot=float(beyond),
        speed_error=float(after[second:].mean() - speed),
        heading_error=float(np.degrees(last - first) - told),
    )
