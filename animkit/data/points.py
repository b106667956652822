"""Points in the plane around known modes, the ring and the grid on which mode coverage is measured; no files needed."""

import numpy as np

_ANGLES = 2 * np.pi * np.arange(8) / 8
RING_MODES = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=1)  # (8, 2)
RING_SIGMA = 0.01
GRID_MODES = np.stack(np.meshgrid(np.arange(-4.0, 5, 2), np.arange(-4.0, 5, 2)), axis=-1).reshape(-1, 2)  # (25, 2)
GRID_SIGMA = 0.05


def ring(count, *, seed=0):
    """Draw points around 8 modes on a circle of radius 1, each as likely, with a standard deviation of 0.01.

    Args:
        count: how many.
        seed: whole number.

    Returns:
        (count, 2) float32.

    Raises:
        ValueError: when count is below 1.

    Source: Metz et al. 2017, appendix A; the radius and spread of Srivastava et al. 2017 (VEEGAN).
    """
    return _around(RING_MODES, RING_SIGMA, count, seed)


def grid(count, *, seed=0):
    """Draw points around 25 modes, -4, -2, 0, 2 and 4 along either axis, each as likely, with a deviation of 0.05.

    Args:
        count: how many.
        seed: whole number.

    Returns:
        (count, 2) float32.

    Raises:
        ValueError: when count is below 1.

    Source: Srivastava et al. 2017 (VEEGAN); Lin et al. 2018 (PacGAN), section 4.1.
    """
    return _around(GRID_MODES, GRID_SIGMA, count, seed)


def _around(modes, sigma, count, seed):
    if count < 1:
        raise ValueError(f"count must be at least 1; got {count}")
    rng = np.random.default_rng(seed)
    chosen = modes[rng.integers(len(modes), size=count)]
    return (chosen + sigma * rng.standard_normal((count, 2))).astype("float32")
