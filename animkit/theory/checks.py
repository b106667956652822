"""Checks of numbers that the closed forms share."""

import numpy as np


def vector(value, name, length=None):
    """Check a row of numbers.

    Args:
        value: (d,), or a number, which is a row of one.
        name: of the value, for the message.
        length: d, or None for any above 0.

    Returns:
        (d,) float.

    Raises:
        ValueError: when the shape is another, or a number is not finite.
    """
    value = np.atleast_1d(np.asarray(value, dtype=float))
    if value.ndim != 1 or not len(value) or (length is not None and len(value) != length):
        raise ValueError(f"{name} must be a row of {length or 'some'} numbers; got shape {value.shape}")
    if not np.all(np.isfinite(value)):
        raise ValueError(f"{name} must be finite; got {value}")
    return value


def positive(value, name, length=None):
    """Check a row of numbers above 0; as `vector`."""
    value = vector(value, name, length)
    if not np.all(value > 0.0):
        raise ValueError(f"{name} must be above 0; got {value}")
    return value
