"""A VAE of anybody's pictures: a folder is enough."""

import keras
import numpy as np

from animkit.render import to_rgba, to_uint8
from animkit.training import Batches, train
from animkit.vae import VAE, Decoder, Encoder


def train_on_pictures(images, *, epochs=200, seed=0, progress=True):
    """Train a VAE on pictures that a user brings, all of one size.

    Args:
        images: (n, height, width, 4) uint8 RGBA, as from `animkit.data.folder.from_folder`; at least two that differ.
        epochs: rounds through them.
        seed: of weights, order and noise.
        progress: show it.

    Returns:
        vae: over palette indices when there are at most 255 colours, else over RGBA in [0, 1].
        palette: (colours, 4) uint8, row 0 transparent; None in the second case.

    Raises:
        ValueError: fewer than two different pictures, another shape, or sides not divisible by 8 and at least 16.
    """
    images = np.asarray(images)
    if images.ndim != 4 or images.shape[-1] != 4 or images.dtype != np.uint8:
        raise ValueError(f"pictures must be (n, height, width, 4) uint8; got {images.shape} {images.dtype}")
    if len(images) < 2 or not (images != images[0]).any():
        raise ValueError("a designer learns how pictures differ: bring at least two different ones")
    height, width = images.shape[1:3]
    if min(height, width) < 16 or height % 8 or width % 8:
        raise ValueError(
            f"pictures are {width}x{height}: sides must divide by 8 and be at least 16; from_folder(size=...) pads them"
        )
    data, palette = _learned(images)
    exact = palette is not None
    keras.utils.set_random_seed(seed)
    options = {"hidden": (128,), "activation": "silu", "palette_size": len(palette) if exact else 0}
    vae = VAE(
        Encoder(16, convolutions=(16, 32, 64), **options),
        Decoder((height, width) if exact else (height, width, 4), convolutions=(64, 32, 16), **options),
        reconstruction="palette" if exact else "bernoulli",
        beta=0.3,
        seed=seed,
    )
    batches = Batches(data, batch_size=min(8, len(data)), seed=seed)  # of few pictures: many steps, not large ones
    vae.compile(keras.optimizers.Adam(2e-3, clipnorm=100.0))
    train(vae, batches, epochs=epochs, progress=progress)
    return vae, palette


def draw_more(vae, images, count, *, seed=0, spread=0.7):
    """Draw more pictures of a kind, by codes from a Gaussian fitted to theirs: few leave most of the prior empty.

    Args:
        vae: of `train_on_pictures`.
        images: that it was trained on.
        count: how many.
        seed: of the codes.
        spread: how far they go from the middle, as a share of how far the pictures' own do.

    Returns:
        (count, height, width, 4) uint8.

    Source: ex-post density estimation, Ghosh et al. 2020.
    """
    data, palette = _learned(np.asarray(images))
    codes = vae.encode(data)[0]
    rng = np.random.default_rng(seed)
    drawn = vae.decode(rng.multivariate_normal(codes.mean(axis=0), spread**2 * np.cov(codes.T), count))
    return to_uint8(drawn) if palette is None else to_rgba(drawn, palette)


def _learned(images):
    """What a VAE learns of pictures: indices and their palette; RGBA in [0, 1] and None where it needs more colours."""
    pixels = np.where(images[..., 3:] >= 128, images, 0)
    pixels[..., 3] = np.where(images[..., 3] >= 128, 255, 0)
    colours, indices = np.unique(pixels.reshape(-1, 4), axis=0, return_inverse=True)
    if len(colours) > 256 or not np.isin(images[..., 3], (0, 255)).all():
        return images.astype("float32") / 255, None
    if colours[0, 3]:  # nothing is transparent, but row 0 must be
        colours, indices = np.concatenate([np.zeros((1, 4), "uint8"), colours]), indices + 1
    return indices.reshape(images.shape[:3]).astype("uint8" if len(colours) <= 256 else "uint16"), colours.astype(
        "uint8"
    )
