"""How near pixel art that was drawn larger, or cleaned, is to the true one: pixels, not how soft it looks."""

import numpy as np


def exact_percent(drawn, true, mask):
    """Share of pixels whose colour is exactly the true one.

    Args:
        drawn: (..., height, width, 4) uint8 RGBA.
        true: the same shape.
        mask: (..., height, width) bool, the pixels that count.

    Returns:
        Percent; NaN where none counts.
    """
    right = same(drawn, true)[mask]
    return 100 * float(right.mean()) if right.size else float("nan")


def same(one, other):
    """Where two pictures have the same colour; what is fully transparent is all alike.

    Args:
        one: (..., height, width, 4) uint8 RGBA.
        other: the same shape.

    Returns:
        (..., height, width) bool.
    """
    one, other = np.asarray(one), np.asarray(other)
    if one.shape != other.shape or one.shape[-1] != 4:
        raise ValueError(
            f"two pictures of one shape (..., height, width, 4) are compared; got {one.shape}, {other.shape}"
        )
    return (one == other).all(axis=-1) | ((one[..., 3] == 0) & (other[..., 3] == 0))


def left_percent(drawn, small):
    """Share of opaque pixels in colours that the small picture does not have.

    Args:
        drawn: (n, height, width, 4) uint8 RGBA.
        small: (n, h, w, 4) uint8, what each was drawn from.

    Returns:
        Percent.
    """
    new = [~np.isin(codes(one), codes(from_)) for one, from_ in zip(drawn, small, strict=True)]
    opaque = np.asarray(drawn)[..., 3] > 0
    return 100 * float(np.stack(new)[opaque].mean()) if opaque.any() else 0.0


def psnr(drawn, true):
    """Peak signal-to-noise ratio of whole pictures on black, the mean over pictures; it rewards blur.

    Args:
        drawn: (n, height, width, 4) uint8 RGBA.
        true: the same shape.

    Returns:
        Decibels; infinite where a picture is exact.
    """
    one, other = (np.asarray(some)[..., :3] * (np.asarray(some)[..., 3:] / 255) for some in (drawn, true))
    with np.errstate(divide="ignore"):
        return float(np.mean(10 * np.log10(255**2 / np.square(one - other).mean(axis=(1, 2, 3)))))


def codes(pictures):
    """Write colours as numbers, 0 for all that is transparent.

    Args:
        pictures: (..., 4) uint8 RGBA.

    Returns:
        (...) uint32.
    """
    pictures = np.ascontiguousarray(pictures)
    return np.where(pictures[..., 3] > 0, pictures.view(np.uint32)[..., 0], np.uint32(0))
