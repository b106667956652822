"""The GAN of pixel characters: from noise and one of nine action-directions to a picture."""

import time

import keras
import numpy as np

from animkit.data.sprites import load_sprites
from animkit.gan import GAN, Discriminator, Generator, latents
from animkit.metrics.image import frechet_distance, frechet_distances, pixel_features
from animkit.recipes.cards import card
from animkit.render import to_rgba
from animkit.training import Batches, TwoTimescaleAdam, by_profile, train

BATCH_SIZE = 32


def train_sprites_gan(frames, labels, palette, *, epochs, seed=0, checkpoint=None, progress=True):
    """Train a GAN of pixel characters.

    Args:
        frames: (n, 32, 32) palette indices.
        labels: (n,) int32, the action-direction of each, 0 to 8.
        palette: (colours, 4) uint8 RGBA.
        epochs: rounds through them, over which the rates fall to nothing.
        seed: of weights, noise and order.
        checkpoint: folder for the state, or None.
        progress: show it.

    Returns:
        Generator.

    Source: Jolicoeur-Martineau 2018; Huang et al. 2024 (R3GAN).
    """
    batches = Batches(frames, labels, batch_size=BATCH_SIZE, seed=seed, drop_remainder=True)
    keras.utils.set_random_seed(seed)
    gan = GAN(
        # narrow layers keep the file small
        Generator((32, 32), palette=palette, latent_dim=64, classes=9, width=96, hidden=80),
        Discriminator((32, 32), 4, classes=9, width=32, dropout=0.0),
        loss="relativistic",
        r1=0.2,
        r2=0.2,
        seed=seed,
    )
    gan.compile(TwoTimescaleAdam(5e-4, 1e-3, beta_2=0.99))
    decay = keras.callbacks.LearningRateScheduler(lambda epoch: 5e-4 * (1 - epoch / epochs))
    train(gan, batches, epochs=epochs, callbacks=[decay], checkpoint=checkpoint, progress=progress)
    return gan.generator


def make_sprites_gan(profile="full", *, checkpoint=None):
    """Train the generator that ships: the twin's characters at 32 pixels; the model and its card."""
    started = time.perf_counter()
    characters, epochs, count = by_profile(profile, ci=(20, 1, 100), demo=(400, 2, 2000), full=(None, 3, 2000))
    sprites = load_sprites(size=32, source="twin", characters=characters)
    frames = sprites.frames[sprites.train].reshape(-1, 32, 32)
    labels = np.tile(np.repeat(np.arange(9, dtype="int32"), 8), len(sprites.train))
    generator = train_sprites_gan(frames, labels, sprites.palette, epochs=epochs, checkpoint=checkpoint)
    distances = measure_sprites_gan(generator, sprites, count)
    told = card(
        "sprites_gan",
        what="the generator of a GAN of pixel characters: 32 x 32 palette indices from 64 normal numbers and one of "
        "nine action-directions",
        data="the procedural twin of animkit.data.sprites (drawn in code), size 32, all 72 poses of its "
        f"{len(sprites.train)} training characters; {len(sprites.test)} characters for the metrics",
        recipe={
            "loss": "relativistic",
            "r1": 0.2,
            "r2": 0.2,
            "steps": epochs * (len(frames) // BATCH_SIZE),
            "batch_size": BATCH_SIZE,
            "optimizer": "TwoTimescaleAdam, D 5e-4, G 1e-3, beta_1 0.5, beta_2 0.99, both down by "
            f"{100 / epochs:.0f} % after each of {epochs} epochs",
        },
        metrics={
            "frechet_distance": {
                **{name: round(distance, 3) for name, distance in distances.items()},
                "unit": f"squared units of 64 principal components of RGBA pixels in [0, 1], {count} pictures a side",
            }
        },
        profile=profile,
        started=started,
    )
    baseline = "the mean picture; pixels each taken from another character, in any pose or in the same. The floor is "
    baseline += "data against data, which is also what copies of the training pictures have"
    return generator, {**told, "baseline": baseline}


def measure_sprites_gan(generator, sprites, count):
    """Frechet distance to unseen characters of what the generator draws, of data (the floor), and of two baselines."""
    rng = np.random.default_rng(0)
    known, unseen = _pictures(sprites, count, rng)
    drawn = generator.indices(latents(count, generator.latent_dim, seed=1), np.arange(count) % generator.classes)
    return frechet_distances(to_rgba(drawn, sprites.palette), known, unseen, rng=rng)


def baselines_sprites_gan(count=2000):
    """Frechet distance of pictures whose every pixel comes from another training character in the same pose."""
    sprites, rng = load_sprites(size=32, source="twin"), np.random.default_rng(0)
    known, unseen = _pictures(sprites, count, rng)
    poses = sprites.frames[sprites.train].reshape(len(sprites.train), -1, 32, 32)  # (characters, 72, 32, 32)
    mixed = rng.permuted(poses, axis=0).reshape(-1, 32, 32)[:count]
    features = pixel_features(known)
    distance = frechet_distance(features(to_rgba(mixed, sprites.palette)), features(unseen))
    return {"frechet_distance": {"shuffled_pixels_of_one_pose": round(distance, 3)}}


def _pictures(sprites, count, rng):
    """Random pictures of training characters, and of test characters."""
    return (
        to_rgba(rng.permutation(sprites.frames[chosen].reshape(-1, 32, 32))[:count], sprites.palette)
        for chosen in (sprites.train, sprites.test)
    )
