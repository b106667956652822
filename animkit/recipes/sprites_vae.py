"""The frame VAE: every pose of pixel characters in one latent space."""

import time

import keras
import numpy as np

from animkit.data.sprites import load_sprites
from animkit.recipes.cards import card
from animkit.recipes.schedules import cosine_decay
from animkit.studio.characters import nearest
from animkit.training import Batches, by_profile, train
from animkit.vae import VAE, Decoder, Encoder


def train_frame_vae(
    frames, palette_size, *, epochs, rate=None, seed=0, validation_data=None, checkpoint=None, progress=True
):
    """Train a VAE of single frames.

    Args:
        frames: (n, size, size) palette indices, size 32 or 64.
        palette_size: colours.
        epochs: rounds through them.
        rate: learning rate of Adam; None for a warm-up to 2e-3 and half a cosine down.
        seed: of weights and order.
        validation_data: `Batches` or arrays, or None.
        checkpoint: folder for the state, or None.
        progress: show it.

    Returns:
        VAE with 32 latent dimensions.
    """
    batches = Batches(frames, batch_size=64, seed=seed)
    keras.utils.set_random_seed(seed)
    shared = {"hidden": (256,), "activation": "silu", "palette_size": palette_size}
    convolutions = (16, 32, 64, 64)[: 3 if frames.shape[-1] == 32 else 4]
    vae = VAE(
        Encoder(32, convolutions=convolutions, **shared),
        Decoder(frames.shape[1:], convolutions=convolutions[::-1], **shared),
        reconstruction="palette",
        beta=0.3,
    )
    steps = epochs * len(batches)
    rate = rate or cosine_decay(2e-3, steps, last=1e-5, warm_up=min(200, steps // 10))
    vae.compile(keras.optimizers.Adam(rate, clipnorm=100.0))
    train(vae, batches, epochs=epochs, validation_data=validation_data, checkpoint=checkpoint, progress=progress)
    return vae


def make_sprites_vae(profile="full", *, checkpoint=None):
    """Train the frame VAE that ships: the twin's characters at 32 pixels; the model and its card."""
    started = time.perf_counter()
    characters, epochs = by_profile(profile, ci=(7, 1), demo=(200, 4), full=(None, 7))
    sprites = load_sprites(size=32, source="twin", characters=characters)
    x_train, x_test = (sprites.frames[chosen].reshape(-1, 32, 32) for chosen in (sprites.train, sprites.test))
    model = train_frame_vae(
        x_train,
        len(sprites.palette),
        epochs=epochs,
        validation_data=Batches(x_test[::13], batch_size=256),
        checkpoint=checkpoint,
    )
    told = card(
        "sprites_vae",
        what="a VAE of single frames of pixel characters: 32 x 32 palette indices, latent_dim 32",
        data="the procedural twin of animkit.data.sprites (drawn in code), size 32, all 72 poses of its "
        f"{len(sprites.train)} training characters; {len(sprites.test)} characters for the metrics",
        recipe={
            "reconstruction": "palette",
            "beta": 0.3,
            "epochs": epochs,
            "batch_size": 64,
            "optimizer": "Adam, 2e-3 to 2e-8 by cosine after 200 warm-up steps, clipnorm 100",
        },
        metrics=measure_sprites_vae(model, x_train, x_test),
        profile=profile,
        started=started,
    )
    return model, {**told, "baseline": "independent pixels: the colours seen at each pixel of the training frames"}


def measure_sprites_vae(model, x_train, x_test):
    """The card's numbers: each of the VAE beside that of independent pixels, which know only each pixel's colours."""
    logs = model.evaluate(x_test, batch_size=256, verbose=0, return_dict=True)
    exact = model.decode(model.encode(x_test)[0]) == x_test
    # the baseline knows how often each colour is seen at each pixel, and nothing else
    seen = np.stack([(x_train == colour).mean(axis=0) for colour in range(model.decoder.palette_size)], axis=-1)
    likely = np.take_along_axis(seen + 1e-6, x_test.reshape(-1, 32 * 32).T.reshape(32, 32, -1), axis=-1)
    units = ("nats per frame",) * 3 + ("%",) * 2
    metrics = {
        "reconstruction": {"value": logs["reconstruction"], "baseline": -np.log(likely).sum(axis=(0, 1)).mean()},
        "kl": {"value": logs["kl"], "baseline": 0.0},
        "elbo": {
            "value": -logs["reconstruction"] - logs["kl"],
            "baseline": np.log(likely).sum(axis=(0, 1)).mean(),
        },
        "pixels_exact_percent": {
            "value": 100 * exact.mean(),
            "baseline": 100 * (seen.argmax(axis=-1) == x_test).mean(),
        },
        "frames_exact_percent": {"value": 100 * exact.all(axis=(1, 2)).mean(), "baseline": 0.0},
    }
    return {
        name: {**{key: round(float(value), 3) for key, value in pair.items()}, "unit": unit}
        for (name, pair), unit in zip(metrics.items(), units, strict=True)
    }


def baselines_sprites_vae():
    """What copying has: every unseen frame answered by the nearest training frame of the same pose."""
    sprites = load_sprites(size=32, source="twin")
    known, truth = (
        sprites.frames[chosen].reshape(len(chosen), -1, 32, 32).swapaxes(0, 1)  # (72 poses, characters, 32, 32)
        for chosen in (sprites.train, sprites.test)
    )
    right = np.stack(
        [
            pose[[nearest(frame, pose)[0] for frame in frames]] == frames
            for pose, frames in zip(known, truth, strict=True)
        ]
    )
    name = "nearest training frame of the same pose"
    return {
        "pixels_exact_percent": {name: round(100 * float(right.mean()), 3)},
        "frames_exact_percent": {name: round(100 * float(right.all(axis=(-2, -1)).mean()), 3)},
    }
