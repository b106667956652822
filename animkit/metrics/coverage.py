"""Does a generator reach every mode of its data, and does it hit them?"""

from typing import NamedTuple

import numpy as np


class Coverage(NamedTuple):
    """How many modes are reached, and the share of points, 0 to 1, that lie close to one."""

    modes: int
    high_quality: float


def mode_coverage(points, modes, sigma):
    """Count the modes that points reach, and the share of points of high quality.

    A point is of high quality within 3 sigma of its nearest mode, and a mode is reached with one such point. Of a
    Gaussian in the plane itself the share is 1 - exp(-9 / 2), or 98.9 %, so that 100 % is not what to hope for.

    Args:
        points: array `(n, 2)`, or any other number of coordinates.
        modes: array `(modes, 2)`, the centres.
        sigma: standard deviation around each centre, in the same units.

    Returns:
        `Coverage`.

    Raises:
        ValueError: the shapes do not fit, there are no points or modes, a coordinate is not finite, or sigma is not
            above zero.

    Source: Srivastava et al. 2017 (VEEGAN), section 4.1; Lin et al. 2018 (PacGAN), section 4.1.
    """
    points, modes = np.asarray(points, dtype=np.float64), np.asarray(modes, dtype=np.float64)
    if points.ndim != 2 or modes.ndim != 2 or points.shape[1] != modes.shape[1]:
        raise ValueError(f"points and modes must be (n, 2) and (modes, 2); got {points.shape} and {modes.shape}")
    if not len(points) or not len(modes):
        raise ValueError(f"coverage needs points and modes; got {len(points)} points and {len(modes)} modes")
    if not (np.isfinite(points).all() and np.isfinite(modes).all()):
        raise ValueError("points or modes hold NaN or infinity: look at the generator's training")
    if not (np.isfinite(sigma) and sigma > 0):
        raise ValueError(f"sigma must be above zero; got {sigma}")
    distances = np.linalg.norm(points[:, None] - modes, axis=-1)  # (n, modes)
    good = distances.min(axis=1) <= 3 * sigma
    reached = np.unique(distances.argmin(axis=1)[good])
    return Coverage(len(reached), float(good.mean()))
