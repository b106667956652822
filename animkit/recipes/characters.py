"""Training a company: the sequence VAE that animates, the two designers of its looks, a VAE of anybody's pictures."""

import keras
import numpy as np

from animkit.gan import GAN, Discriminator, Generator, TwoTimescaleAdam
from animkit.models.sequence_vae import Clips, SequenceVAE
from animkit.recipes.judge import train_judge
from animkit.studio.characters import OPTIONS, assemble, conditions
from animkit.training import Batches, by_profile, train
from animkit.vae import VAE, BetaAnnealing, Decoder, Encoder

DESIGN_LATENTS = 8


def train_animator(sprites, *, epochs=30, seed=0, shared=4, pairs=True, told=True, checkpoint=None, progress=True):
    """Train the sequence VAE on a set of characters.

    Args:
        sprites: `animkit.data.sprites.Sprites`; its training characters are used.
        epochs: rounds through their clips, nine a character.
        seed: of weights, order and noise.
        shared: clips in a row that show one action and share one motion code; 1 to share nothing.
        pairs: read the look from any clip of the same character; False for the clip's own frames alone.
        told: tell the LSTM the action. With shared=1, pairs=False and told=False nothing is known but the clips.
        checkpoint: folder for the state, or None.
        progress: show it.

    Returns:
        SequenceVAE.
    """
    keras.utils.set_random_seed(seed)
    frames = sprites.frames[sprites.train]
    size = frames.shape[-1]
    clips = Clips(frames, batch_size=32, seed=seed, pairs=pairs, shared=shared)
    # at 64 pixels a cell makes four times as many, and one halving more reads them: the maps between stay as they are
    model = SequenceVAE(
        sprites.palette,
        image_size=(size, size),
        actions=frames.shape[1] if told else 0,
        mixture=1 if told else 16,
        shared=shared,
        encoder_convolutions=(16, 32, 64) if size == 32 else (16, 32, 64, 64),
        cell=size // 16,
        seed=seed,
    )
    steps = epochs * len(clips)
    warm_up = min(100, steps // 10)
    rate = keras.optimizers.schedules.CosineDecay(
        1e-5, steps - warm_up, warmup_target=3e-3, warmup_steps=warm_up, alpha=0.01
    )
    model.compile(keras.optimizers.Adam(rate, global_clipnorm=3000.0))
    callbacks = [BetaAnnealing(max(1, epochs // 5))]
    train(model, clips, epochs=epochs, callbacks=callbacks, checkpoint=checkpoint, progress=progress)
    return model


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
    rate = keras.optimizers.schedules.CosineDecay(2e-3, epochs * len(batches), alpha=0.01)
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


def train_company(sprites, *, profile="demo", seed=0, checkpoint=None, progress=True):
    """Train all four networks of a company on a set of characters.

    Args:
        sprites: Sprites.
        profile: "ci" (seconds), "demo" (minutes) or "full" (an hour on two cores).
        seed: of everything.
        checkpoint: folder for the animator's state, or None.
        progress: show it.

    Returns:
        Company.
    """
    animator = train_animator(
        sprites,
        epochs=by_profile(profile, ci=1, demo=8, full=30),
        seed=seed,
        checkpoint=checkpoint,
        progress=progress,
    )
    looks, told = design_data(animator, sprites, seed=seed)
    epochs = by_profile(profile, ci=1, demo=10, full=30)
    vae, gan = (
        make(looks, told, epochs=epochs, seed=seed, progress=progress) for make in (train_design_vae, train_design_gan)
    )
    judge = train_judge(sprites, epochs=by_profile(profile, ci=1, demo=3, full=8), seed=seed, progress=progress)
    return assemble(animator, vae, gan, judge, sprites)


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
