"""The bell of a Gaussian, whose peak tells its width: what the labs draw, and what a drag of the peak means."""

import numpy as np

ROOT_2PI = float(np.sqrt(2.0 * np.pi))


def bell(grid, mean, std):
    """Density of a Gaussian.

    Args:
        grid: (count,) places.
        mean: of the Gaussian.
        std: its standard deviation.

    Returns:
        (count,).
    """
    return np.exp(-0.5 * ((grid - mean) / std) ** 2) / (std * ROOT_2PI)


def peak(std):
    """Height of the bell's peak.

    Args:
        std: its standard deviation.

    Returns:
        float.
    """
    return 1.0 / (std * ROOT_2PI)


def width_under(height):
    """Find the width of the bell that peaks under a pointer.

    Args:
        height: of the peak; 0 and below count as very low.

    Returns:
        Its standard deviation, to two decimals.
    """
    return round(1.0 / (max(height, 1e-3) * ROOT_2PI), 2)
