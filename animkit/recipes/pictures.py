"""A VAE of anybody's pictures: a folder is enough."""

import keras
import numpy as np

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
    pixels = np.where(images[..., 3:] >= 128, images, 0)
    pixels[..., 3] = np.where(images[..., 3] >= 128, 255, 0)
    colours, indices = np.unique(pixels.reshape(-1, 4), axis=0, return_inverse=True)
    exact = len(colours) <= 256 and np.isin(images[..., 3], (0, 255)).all()
    palette = None
    if exact:
        if colours[0, 3]:  # nothing is transparent, but row 0 must be
            colours, indices = np.concatenate([np.zeros((1, 4), "uint8"), colours]), indices + 1
        palette = colours.astype("uint8")
    x = indices.reshape(images.shape[:3]).astype("uint8" if len(colours) <= 256 else "uint16") if exact else None
    keras.utils.set_random_seed(seed)
    options = {"hidden": (128,), "activation": "silu", "palette_size": len(colours) if exact else 0}
    vae = VAE(
        Encoder(16, convolutions=(16, 32, 64), **options),
        Decoder((height, width) if exact else (height, width, 4), convolutions=(64, 32, 16), **options),
        reconstruction="palette" if exact else "bernoulli",
        beta=0.3,
        seed=seed,
    )
    data = x if exact else images.astype("float32") / 255
    batches = Batches(data, batch_size=min(32, len(data)), seed=seed)
    vae.compile(keras.optimizers.Adam(1e-3, clipnorm=100.0))
    train(vae, batches, epochs=epochs, progress=progress)
    return vae, palette
