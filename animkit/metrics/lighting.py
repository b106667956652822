"""How far normals, relit pictures and shadows are from the truth."""

import numpy as np


def angular_error(predicted, true, mask):
    """Angles between predicted and true normals.

    Args:
        predicted: (..., h, w, 3), of any length above 0.
        true: (..., h, w, 3), of any length above 0.
        mask: (..., h, w), the pixels that count.

    Returns:
        (pixels,) degrees, 0 to 180, in the order of the mask.

    Raises:
        ValueError: the shapes differ, or a normal within the mask has no direction.
    """
    predicted, true, mask = np.asarray(predicted), np.asarray(true), np.asarray(mask, bool)
    if predicted.shape != true.shape or predicted.shape != (*mask.shape, 3):
        raise ValueError(f"normals are (..., h, w, 3) of a mask; got {predicted.shape}, {true.shape}, {mask.shape}")
    a, b = predicted[mask].astype(np.float64), true[mask].astype(np.float64)
    lengths = np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1)
    if not (lengths > 0).all():
        raise ValueError(
            f"{int((~(lengths > 0)).sum())} normals within the mask have no direction: all 0, or not finite"
        )
    # by the tangent of half the angle: exact for small angles, where a cosine is not
    a, b = a / np.linalg.norm(a, axis=-1, keepdims=True), b / np.linalg.norm(b, axis=-1, keepdims=True)
    return np.degrees(2 * np.arctan2(np.linalg.norm(a - b, axis=-1), np.linalg.norm(a + b, axis=-1)))


def share_within(angles, degrees):
    """Percent of angles that are at most so many degrees.

    Args:
        angles: (pixels,) degrees.
        degrees: the bound; the tables of surface normals have 11.25, 22.5 and 30.

    Returns:
        0 to 100.

    Raises:
        ValueError: no angle.
    """
    if not np.size(angles):
        raise ValueError("no pixel to count")
    return 100 * float((np.asarray(angles) <= degrees).mean())


def relit_psnr(picture, true, mask):
    """Peak signal to noise of a relit picture, within the figure.

    Args:
        picture: (..., h, w, 3), 0 to 1.
        true: (..., h, w, 3), 0 to 1: what the true surface gives under the same light.
        mask: (..., h, w), the pixels that count.

    Returns:
        dB; infinite where nothing differs.

    Raises:
        ValueError: the shapes differ, or no pixel counts.
    """
    picture, true, mask = np.asarray(picture), np.asarray(true), np.asarray(mask, bool)
    if picture.shape != true.shape or picture.shape != (*mask.shape, 3) or not mask.any():
        raise ValueError(
            f"pictures are (..., h, w, 3) of a mask; got {picture.shape}, {true.shape}, {mask.sum()} pixels"
        )
    square = float(((picture[mask].astype(np.float64) - true[mask]) ** 2).mean())
    return np.inf if square == 0 else -10 * np.log10(square)


def flicker(maps, mask):
    """How much normals turn from frame to frame of a round, the last frame to the first among them.

    Motion alone turns them as well: what counts is how much more they turn than the true ones.

    Args:
        maps: (frames, h, w, 3) normals.
        mask: (frames, h, w); a pixel counts where the figure is in both frames.

    Returns:
        Degrees, the mean over pixels and frames.

    Raises:
        ValueError: fewer than two frames, or frames that share no pixel.
    """
    maps, mask = np.asarray(maps), np.asarray(mask, bool)
    if len(maps) < 2:
        raise ValueError(f"a round has two frames or more; got {len(maps)}")
    both = mask & np.roll(mask, -1, axis=0)
    if not both.any():
        raise ValueError("no pixel lies in the figure in two frames in a row")
    return float(angular_error(maps, np.roll(maps, -1, axis=0), both).mean())


def shadow_iou(predicted, true):
    """Intersection over union of two shadows.

    Args:
        predicted: (..., h, w), bool or 0 to 1; above a half is shadow.
        true: the same shape.

    Returns:
        0 to 1; 1 where neither has a shadow.

    Raises:
        ValueError: the shapes differ.
    """
    a, b = np.asarray(predicted, float) > 0.5, np.asarray(true, float) > 0.5
    if a.shape != b.shape:
        raise ValueError(f"two shadows of one picture; got {a.shape} and {b.shape}")
    union = (a | b).sum()
    return float((a & b).sum() / union) if union else 1.0
