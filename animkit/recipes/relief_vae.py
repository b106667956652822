"""The VAE that draws many surfaces for one picture; it begins with what the network of light has learned."""

import time

import keras
import numpy as np

from animkit import weights
from animkit.metrics.lighting import angular_error
from animkit.models.relief_vae import ReliefVAE
from animkit.recipes.cards import card
from animkit.recipes.relight import LEARNED, VALIDATION, LitBatches, draw_figures, falling, half_precision
from animkit.training import by_profile, train

RATE = 1e-3
EPOCHS = 6
ANSWERS = 8


def train_relief_vae(shapes, *, epochs, start=None, rate=RATE, seed=0, checkpoint=None, progress=True, **sizes):
    """Train the VAE of surfaces.

    Args:
        shapes: of `animkit.recipes.relight.LitBatches`.
        epochs: passes over all figures.
        start: Relighter of the same widths whose U-Net it begins with, or None.
        rate: the highest learning rate.
        seed: of weights, order and noise.
        checkpoint: folder for the state, or None.
        progress: show it.
        sizes: of `ReliefVAE`.

    Returns:
        ReliefVAE.
    """
    keras.utils.set_random_seed(seed)
    model = ReliefVAE(seed=seed, **sizes)
    if start is not None:
        model.net.set_weights(start.net.get_weights())
        model.normals.set_weights(start.heads["normals"].get_weights())
    model.compile(keras.optimizers.AdamW(rate, weight_decay=1e-3, global_clipnorm=1.0, use_ema=True, ema_momentum=0.99))
    schedule = falling(rate, epochs)
    train(
        model,
        LitBatches(shapes, seed=seed),
        epochs=epochs,
        checkpoint=checkpoint,
        callbacks=[schedule],
        progress=progress,
    )
    return model


def figure_means(values, mask):
    """Means over the pixels of each figure: values (pixels of the mask,), mask (n, h, w) -> (n,)."""
    figure = np.nonzero(mask)[0]
    return np.bincount(figure, values, minlength=len(mask)) / np.bincount(figure, minlength=len(mask))


def measure_relief_vae(model, single, others, *, answers=ANSWERS):
    """Measure draws against the one answer of a network without latents.

    Args:
        model: ReliefVAE.
        single: Relighter.
        others: LitShapes of one frame, all of one size, that neither has seen.
        answers: draws a picture.

    Returns:
        dict of metrics for a card.
    """
    pictures, mask, true = others.pictures[:, 0], others.mask[:, 0], others.normals[:, 0].astype("float32")
    drawn, middle = model.sample(pictures, answers), model.sample(pictures, 1, temperature=0)[0]
    each = np.stack([figure_means(angular_error(one, true, mask), mask) for one in drawn])
    apart = figure_means(angular_error(drawn[0], drawn[1], mask), mask)
    alone = figure_means(angular_error(single.maps(pictures).normals, true, mask), mask)
    central = figure_means(angular_error(middle, true, mask), mask)

    def told(values):
        return round(float(values.mean()), 2)

    return {
        f"nearest_of_{answers}": {
            "value": told(each.min(axis=0)),
            "one draw": told(each[0]),
            "the middle": told(central),
            "the network without latents": told(alone),
            "unit": "degrees, mean over validation figures of the classes known; an oracle chooses the nearest",
        },
        "energy_score": {
            "value": told(each.mean(axis=0) - 0.5 * apart),
            "the network without latents": told(alone),
            "unit": "degrees: mean angle to the truth less half the angle between two draws, less is better",
        },
        "two_draws_apart": {"value": told(apart), "a single answer": 0.0, "unit": "degrees"},
    }


def make_relief_vae(profile="full", *, checkpoint=None):
    """Train the VAE of surfaces that ships; the model and its card."""
    started = time.perf_counter()
    large, small = by_profile(profile, ci=(32, 32), demo=(1500, 2500), full=LEARNED)
    large, small = draw_figures(large, size=64, seed=0), draw_figures(small, size=32, seed=1)
    others = draw_figures(by_profile(profile, ci=8, demo=100, full=300), size=64, seed=VALIDATION)
    single = weights.load("relight")
    epochs = by_profile(profile, ci=1, demo=2, full=EPOCHS)
    with half_precision():
        trained = train_relief_vae([large, small], epochs=epochs, start=single, checkpoint=checkpoint)
    model = ReliefVAE(widths=trained.widths, latent_dim=trained.latent_dim)
    model.set_weights(trained.get_weights())
    return model, card(
        "relief_vae",
        what="a conditional VAE of normals: many surfaces that one picture of a sprite may show",
        data=f"figures of a procedural twin, animkit.data.twins.lit_shapes: {len(large.kind):,} of 64 x 64 pixels "
        f"(seed 0), {len(small.kind):,} of 32 x 32 (seed 1); settings were chosen on {len(others.kind)} of 64 x 64 "
        f"(seed {VALIDATION:,})",
        recipe=f"begins with the U-Net of relight; {model.latent_dim} latents in each place of its coarsest map, prior "
        f"read off the picture, von Mises-Fisher likelihood, beta {model.beta:g}; AdamW {RATE:g}, batches of 16,384 "
        f"pixels, {epochs} epochs at both sizes, moving average of weights, bfloat16",
        metrics=measure_relief_vae(model, single, others),
        profile=profile,
        started=started,
    )
