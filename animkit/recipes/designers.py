"""The two designers of a company, a VAE and a GAN of looks, and what they learn from."""

import time

import keras
import numpy as np

from animkit import weights
from animkit.data.sprites import load_sprites
from animkit.gan import GAN, Discriminator, Generator
from animkit.metrics.sequence import diversity
from animkit.recipes.cards import card
from animkit.recipes.schedules import cosine_decay
from animkit.studio.characters import (
    OPTIONS,
    STANDING,
    animate,
    conditions,
    nearest,
    read_attributes,
    settle,
    stand,
)
from animkit.training import Batches, TwoTimescaleAdam, by_profile, train
from animkit.vae import VAE, Decoder, Encoder

DESIGN_LATENTS = 8


def design_data(animator, sprites, *, views=4, copies=4, seed=0):
    """What the designers learn from: looks of the training characters and what is told of each.

    Args:
        animator: SequenceVAE.
        sprites: its Sprites.
        views: random frames of each character that its look is read from.
        copies: how often each look appears, every time with other attributes left out.
        seed: of frames and of what is left out.

    Returns:
        looks (n, static_dim) and conditions (n, 24), float32; an attribute that is left out has weights of zero.
    """
    rng = np.random.default_rng(seed)
    frames = sprites.frames[sprites.train]
    count, actions, time, *_ = frames.shape
    who = np.repeat(np.arange(count), views)
    looks = animator.looks(frames[who, rng.integers(actions, size=len(who)), rng.integers(time, size=len(who))])
    known = conditions(sprites.attributes[sprites.train])[who]
    looks, known = np.tile(looks, (copies, 1)), np.tile(known, (copies, 1))
    told = rng.random((len(known), known.shape[1] // OPTIONS)) < rng.random((len(known), 1))
    return looks, known * np.repeat(told, OPTIONS, axis=1).astype("float32")


def train_design_vae(looks, told, *, epochs=20, seed=0, progress=True):
    """Train a VAE of looks, conditional on what is told of them.

    Args:
        looks: (n, static_dim).
        told: (n, 24), see `design_data`.
        epochs: rounds through them.
        seed: of weights, order and noise.
        progress: show it.

    Returns:
        VAE.

    Source: Kingma et al. 2014 (conditional); Dai and Wipf 2019 (a second VAE on the codes of a first).
    """
    keras.utils.set_random_seed(seed)
    shared = {"hidden": (128, 128), "activation": "silu", "classes": told.shape[1]}
    model = VAE(
        Encoder(DESIGN_LATENTS, **shared),
        Decoder((looks.shape[1],), **shared),
        reconstruction="gaussian",
        noise_scale=0.25,
        seed=seed,
    )
    batches = Batches((looks, told), batch_size=min(128, len(looks)), seed=seed)
    rate = cosine_decay(2e-3, epochs * len(batches), last=0.01)
    model.compile(keras.optimizers.Adam(rate, clipnorm=10.0))
    train(model, batches, epochs=epochs, progress=progress)
    return model


def train_design_gan(looks, told, *, epochs=20, seed=0, progress=True):
    """Train a GAN of looks, conditional on what is told of them.

    To both players a look is a picture of one pixel with static_dim channels: the networks that draw characters in
    notebook 01 serve here unchanged.

    Args:
        looks: (n, static_dim).
        told: (n, 24), see `design_data`.
        epochs: rounds through them.
        seed: of weights, order and noise.
        progress: show it.

    Returns:
        Generator.

    Source: Jolicoeur-Martineau 2018; Huang et al. 2024 (R3GAN).
    """
    keras.utils.set_random_seed(seed)
    size, classes = looks.shape[1], told.shape[1]
    gan = GAN(
        Generator((1, 1), size, latent_dim=DESIGN_LATENTS, activation="linear", classes=classes, width=128, hidden=256),
        Discriminator((1, 1), size, classes=classes, width=96, dropout=0.0),
        loss="relativistic",
        r1=0.2,
        r2=0.2,
        seed=seed,
    )
    gan.compile(TwoTimescaleAdam(5e-4, 5e-4, beta_2=0.99))
    batches = Batches(
        looks.reshape(-1, 1, 1, size), told, batch_size=min(128, len(looks)), seed=seed, drop_remainder=True
    )
    decay = keras.callbacks.LearningRateScheduler(lambda epoch: 5e-4 * (1 - epoch / epochs))
    train(gan, batches, epochs=epochs, callbacks=[decay], progress=progress)
    return gan.generator


def train_prior(animator, sprites, *, epochs=40, seed=0, progress=True):
    """Learn p(f) where N(0, I) is too wide: a second VAE on the looks of the training characters, told nothing else.

    Source: Dai and Wipf 2019 (two-stage VAE).
    """
    looks, told = design_data(animator, sprites, views=4, copies=1, seed=seed)
    return train_design_vae(looks, 0.0 * told, epochs=epochs, seed=seed, progress=progress)


def make_characters_vae(profile="full", *, checkpoint=None):
    """Train the VAE that designs looks."""
    what = "a conditional VAE of looks: 8 normal numbers and any of four attributes to a look of `characters`"
    return _make_designer("characters_vae", what, profile, train_design_vae)


def make_characters_gan(profile="full", *, checkpoint=None):
    """Train the GAN that designs looks, and keep its generator."""
    what = (
        "a conditional GAN's generator of looks: 8 normal numbers and any of four attributes to a look of `characters`"
    )
    return _make_designer("characters_gan", what, profile, train_design_gan)


def _make_designer(name, what, profile, train_designer):
    """Either designer that ships: both learn from the same looks and are measured alike."""
    started = time.perf_counter()
    characters, epochs = by_profile(profile, ci=(20, 1), demo=(400, 10), full=(None, 30))
    sprites = load_sprites(size=32, source="twin", characters=characters)
    animator = weights.load("characters")
    designer = train_designer(*design_data(animator, sprites), epochs=epochs)
    return designer, card(
        name,
        what=what,
        data=f"looks that the weights `characters` read from the procedural twin's {len(sprites.train)} training "
        "characters, eight frames of each, with any of their four attributes left out at random",
        recipe=f"{epochs} epochs, batch 128; see animkit.recipes.designers.{train_designer.__name__}",
        metrics=measure_designer(designer, animator, weights.load("characters_judge"), sprites),
        profile=profile,
        started=started,
    )


def measure_designer(designer, animator, judge, sprites, count=200):
    """What the judge reads in designs beside what was asked; how varied and how new they are, beside real ones."""
    rng = np.random.default_rng(0)
    asked = rng.integers(6, size=(count, 4))
    z = rng.standard_normal((count, designer.latent_dim)).astype("float32")
    draw = designer.decode if hasattr(designer, "decode") else designer.images
    looks, free = (
        settle(animator, draw(z, told).reshape(count, -1))
        for told in (conditions(asked), np.zeros((count, 24), "float32"))
    )
    read = read_attributes(judge, animate(animator, looks, ("walk front",))[:, 0])
    real = sprites.frames[sprites.test[:count], STANDING, 0]
    known = sprites.frames[sprites.train, STANDING, 0]
    drawn = stand(animator, free)

    def away(frames):
        return round(100 * float(np.mean([nearest(frame, known)[1] for frame in frames])), 2)

    return {
        "attributes_as_asked_percent": {
            "value": round(100 * float((read == asked).mean()), 2),
            "chance": 16.67,
            "unit": "% of four attributes, as the judge reads them in a walk",
        },
        "diversity_percent": {
            "value": round(100 * diversity(drawn), 2),
            "one design repeated": 0.0,
            "real characters": round(100 * diversity(real), 2),
            "unit": "% of pixels in which two free designs differ",
        },
        "distance_to_nearest_training_character_percent": {
            "value": away(drawn),
            "a copy": 0.0,
            "unseen real characters": away(real),
            "unit": "% of the figure's pixels",
        },
    }


def baselines_designer(count=200):
    """What retrieval has: for every wish the training character that meets most of it; without one, any of them."""
    judge, sprites = weights.load("characters_judge"), load_sprites(size=32, source="twin")
    rng = np.random.default_rng(0)
    asked = rng.integers(6, size=(count, 4))  # as `measure_designer` asks
    met = (sprites.attributes[sprites.train] == asked[:, None]).sum(axis=-1)  # (wishes, training characters)
    found = sprites.frames[sprites.train[met.argmax(axis=1)], STANDING]
    read = read_attributes(judge, found)
    drawn = sprites.frames[rng.choice(sprites.train, count, replace=False), STANDING, 0]
    return {
        "attributes_as_asked_percent": {
            "training character that meets most": round(100 * float((read == asked).mean()), 2)
        },
        "diversity_percent": {"training characters drawn at random": round(100 * diversity(drawn), 2)},
    }
