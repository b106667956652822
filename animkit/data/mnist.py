"""Handwritten digits: MNIST (LeCun, Cortes, Burges), and as its twin digits drawn with a simulated pen."""

from typing import NamedTuple

import numpy as np
from scipy.interpolate import make_interp_spline

from animkit.data.lookup import find, wants_twin

FILE = "mnist/mnist.npz"
URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
SHA256 = (
    "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",  # the file that Keras downloads
    "06af5dfe73b70e3bc1c36439982b18a8d76803db9b544f6fdf838a37fbb01b64",  # the same arrays, packed from PNGs
)

# For every digit its ways of writing it: points the pen passes, as (x, y) in a box from -1 to 1 with y down,
# and the strokes as indices of these points. A stroke is smooth; where two strokes share an end there is a corner.
_PENMANSHIP = {
    0: (
        (((0.1, -1), (-0.4, -0.7), (-0.6, 0), (-0.4, 0.75), (0, 1), (0.45, 0.7), (0.6, 0), (0.4, -0.75)),
         ((0, 1, 2, 3, 4, 5, 6, 7, 0),)),
        (((0, -0.9), (-0.55, -0.4), (-0.55, 0.5), (0, 1), (0.55, 0.5), (0.55, -0.4), (0.2, -1), (-0.2, -0.8)),
         ((0, 1, 2, 3, 4, 5, 6, 7),)),
    ),
    1: (
        (((0.05, -1), (0, 0), (-0.05, 1)), ((0, 1, 2),)),
        (((-0.35, -0.6), (0.05, -1), (0.02, 0), (0, 1)), ((0, 1), (1, 2, 3))),
        (((-0.3, -0.65), (0.05, -1), (0, 0.95), (-0.4, 1), (0.4, 0.97)), ((0, 1), (1, 2), (3, 2, 4))),
    ),
    2: (
        (((-0.5, -0.55), (-0.1, -1), (0.45, -0.65), (0.25, -0.05), (-0.2, 0.5), (-0.55, 0.95), (0, 0.9), (0.6, 0.95)),
         ((0, 1, 2, 3, 4, 5), (5, 6, 7))),
        (((-0.45, -0.7), (0, -1), (0.4, -0.6), (0.1, 0.2), (-0.4, 0.9), (-0.55, 0.6), (-0.2, 0.6), (0.2, 0.95),
          (0.65, 0.75)), ((0, 1, 2, 3, 4, 5, 6, 7, 8),)),
    ),
    3: (
        (((-0.5, -0.75), (0, -1), (0.45, -0.6), (0.25, -0.2), (-0.15, -0.05), (0.4, 0.15), (0.5, 0.6), (0.05, 1),
          (-0.55, 0.75)), ((0, 1, 2, 3, 4), (4, 5, 6, 7, 8))),
        (((-0.5, -0.95), (0.45, -0.95), (-0.05, -0.2), (0.45, 0.1), (0.5, 0.6), (0, 1), (-0.5, 0.8)),
         ((0, 1), (1, 2), (2, 3, 4, 5, 6))),
    ),
    4: (
        (((-0.4, -0.95), (-0.5, -0.4), (-0.55, 0.1), (0, 0.12), (0.6, 0.02), (0.4, -0.9), (0.35, 0), (0.25, 1)),
         ((0, 1, 2), (2, 3, 4), (5, 6, 7))),
        (((0.25, -1), (-0.15, -0.35), (-0.6, 0.3), (0, 0.3), (0.6, 0.25), (0.2, 0), (0.15, 1)),
         ((0, 1, 2), (2, 3, 4), (0, 5, 6))),
    ),
    5: (
        (((0.5, -0.95), (0, -0.97), (-0.4, -0.9), (-0.45, -0.5), (-0.45, -0.15), (0.1, -0.3), (0.5, 0.2), (0.35, 0.75),
          (-0.1, 1), (-0.55, 0.75)), ((0, 1, 2), (2, 3, 4), (4, 5, 6, 7, 8, 9))),
        (((0.55, -1), (-0.1, -0.85), (-0.3, -0.3), (0.2, 0), (0.35, 0.5), (0, 0.95), (-0.5, 0.85)),
         ((0, 1), (1, 2), (2, 3, 4, 5, 6))),
    ),
    6: (
        (((0.35, -1), (-0.1, -0.65), (-0.45, 0), (-0.45, 0.6), (0, 1), (0.45, 0.65), (0.3, 0.2), (-0.1, 0.15),
          (-0.42, 0.5)), ((0, 1, 2, 3, 4, 5, 6, 7, 8),)),
        (((0.05, -1), (-0.3, -0.3), (-0.4, 0.4), (-0.1, 0.95), (0.4, 0.7), (0.35, 0.3), (0, 0.3), (-0.35, 0.65)),
         ((0, 1, 2, 3, 4, 5, 6, 7),)),
    ),
    7: (
        (((-0.5, -0.85), (0, -0.87), (0.5, -0.9), (0.2, -0.1), (-0.1, 1)), ((0, 1, 2), (2, 3, 4))),
        (((-0.55, -0.6), (-0.45, -0.9), (0.5, -0.9), (0.2, 0), (-0.05, 1)), ((0, 1), (1, 2), (2, 3, 4))),
        (((-0.5, -0.9), (0, -0.9), (0.5, -0.92), (0.2, 0), (0, 1), (-0.2, 0.05), (0.55, 0)),
         ((0, 1, 2), (2, 3, 4), (5, 6))),
    ),
    8: (
        (((0.4, -0.75), (0, -1), (-0.4, -0.65), (0, -0.1), (0.45, 0.5), (0, 1), (-0.45, 0.5), (0.05, -0.15)),
         ((0, 1, 2, 3, 4, 5, 6, 7, 0),)),
        (((0.05, -0.05), (-0.35, -0.5), (0, -1), (0.35, -0.55), (-0.4, 0.45), (0, 1), (0.42, 0.5)),
         ((0, 1, 2, 3, 0), (0, 4, 5, 6, 0))),
    ),
    9: (
        (((0.4, -0.6), (0, -1), (-0.42, -0.55), (-0.1, -0.1), (0.3, -0.3), (0.4, 0.1), (0.25, 1)),
         ((0, 1, 2, 3, 4, 0), (0, 5, 6))),
        (((0.4, -0.75), (-0.1, -1), (-0.4, -0.6), (-0.1, -0.2), (0.35, -0.45), (0.4, 0.2), (0.05, 0.95), (-0.45, 0.8)),
         ((0, 1, 2, 3, 4, 0), (0, 5, 6, 7))),
    ),
}  # fmt: skip


class Mnist(NamedTuple):
    """Digits `(n, 28, 28)` uint8, white ink on black, and labels `(n,)` 0-9; `source` is "real" or "twin"."""

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    source: str


def load_mnist(source="auto"):
    """Load handwritten digits.

    Real: MNIST, 60,000 + 10,000. Twin: 10,000 + 2,000 of `draw_digits`.

    Args:
        source: "auto", "present" or "twin", see `animkit.data.lookup.wants_twin`.

    Returns:
        `Mnist`.

    Raises:
        FileNotFoundError: the file is nowhere and cannot be downloaded.
        ValueError: the file is damaged, or `source` is unknown.
    """
    if wants_twin(source, FILE):
        rng = np.random.default_rng(0)
        labels = rng.permutation(np.arange(12_000) % 10).astype(np.uint8)
        images = draw_digits(labels, rng)
        return Mnist(images[:10_000], labels[:10_000], images[10_000:], labels[10_000:], "twin")
    with np.load(find(FILE, url=URL, sha256=SHA256, twin='load_mnist("twin")'), allow_pickle=False) as arrays:
        return Mnist(*(arrays[name] for name in Mnist._fields[:4]), "real")


def draw_digits(labels, rng):
    """Draw digits with a pen whose way of writing, slant, size, thickness and steadiness differ each time.

    Args:
        labels: integers `(n,)` from 0 to 9.
        rng: `numpy.random.Generator`.

    Returns:
        uint8 array `(n, 28, 28)`, white ink on black.

    Raises:
        ValueError: a label is not a digit.
    """
    labels = np.asarray(labels)
    if not np.isin(labels, np.arange(10)).all():
        raise ValueError(f"labels must be digits from 0 to 9; got {np.setdiff1d(labels, np.arange(10))}")
    images = np.zeros((len(labels), 28, 28), np.uint8)
    styles = rng.integers(6, size=len(labels))  # 6: every number of ways, 1 to 3, divides it
    for digit, ways in _PENMANSHIP.items():
        for way, (points, strokes) in enumerate(ways):
            chosen = np.flatnonzero((labels == digit) & (styles % len(ways) == way))
            if len(chosen):
                images[chosen] = _draw(np.array(points), strokes, len(chosen), rng)
    return images


def _draw(points, strokes, count, rng):
    """Draw one way of writing a digit `count` times."""
    wobbly = points + rng.normal(0, 0.07, (count, *points.shape))  # (count, points, 2)
    slant, turn = rng.normal(0.15, 0.22, count), rng.normal(0, 0.1, count)
    width, height = rng.uniform(6.5, 12, count), rng.uniform(8.5, 10.5, count)
    x, y = wobbly[..., 0].T * width, wobbly[..., 1].T * height  # (points, count), pixels
    x, y = x - y * (slant + turn), y + x * turn
    x, y = x - (x.max(0) + x.min(0)) / 2, y - (y.max(0) + y.min(0)) / 2
    x, y = (13.5 + v + rng.normal(0, 0.6, count) for v in (x, y))

    pen = rng.uniform(0.7, 1.6, count)[None, :, None]  # standard deviation of the ink across a stroke, pixels
    pixels = np.arange(28, dtype=np.float32)
    ink = np.zeros((count, 28, 28), np.float32)
    for stroke in strokes:
        stroke = list(stroke)
        path = _smooth_path(points[stroke], np.stack([x, y], -1)[stroke])  # (samples, count, 2)
        step = np.linalg.norm(np.gradient(path, axis=0), axis=-1, keepdims=True)
        across, down = (np.exp(-(((path[..., [axis]] - pixels) / pen) ** 2) / 2) for axis in (0, 1))
        # a Gaussian blot is separable, so the sum of all blots along the stroke is one matrix product per digit
        ink = np.maximum(ink, np.einsum("snj,sni->nji", down * step / pen, across, optimize=True))
    # thresholds turn the blurred line into solid ink with an edge of about a pixel
    return (255 * np.clip(3 * ink / np.sqrt(2 * np.pi) - 1, 0, 1)).astype(np.uint8)


def _smooth_path(template, points, samples=40):
    """Lead splines through points `(points, count, 2)`, at the pace of the template `(points, 2)`."""
    steps = np.linalg.norm(np.diff(template, axis=0), axis=-1)
    times = np.concatenate([[0], np.cumsum(steps)]) / steps.sum()
    spline = make_interp_spline(times, points, k=min(3, len(points) - 1))
    return spline(np.linspace(0, 1, samples)).astype(np.float32)
