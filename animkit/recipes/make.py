"""Train the weights that ship again: python -m animkit.recipes.make [NAME ...]

Each `make_NAME` returns a model and its card. All are trained on the procedural twins, whose licence is ours to give.
"""

import argparse
import json
import os
import tempfile
import time
import zipfile
from pathlib import Path

import keras
import numpy as np
from scipy.spatial import cKDTree

from animkit import weights
from animkit.data.fairytales import load_fairytales
from animkit.data.mocap import Take
from animkit.data.sprites import ACTION_DIRECTIONS, load_sprites
from animkit.data.text import alphabet, to_indices, windows
from animkit.data.twins.walkers import draw_walkers, walker
from animkit.gan import GAN, Discriminator, Generator, TwoTimescaleAdam, latents
from animkit.metrics.image import frechet_distance, pixel_features
from animkit.metrics.motion import diversity as motion_diversity
from animkit.metrics.motion import foot_sliding, jump_ratio, velocity_jump
from animkit.metrics.sequence import accuracy, diversity
from animkit.metrics.text import bigram, n_gram_nats, unigram
from animkit.models.in_betweener import PAST
from animkit.motion.foot_lock import foot_contacts, foot_positions, lock_feet
from animkit.recipes.characters import design_data, train_animator, train_design_gan, train_design_vae
from animkit.recipes.generator import train_generator
from animkit.recipes.in_betweener import train_in_betweener
from animkit.recipes.judge import labels, train_judge
from animkit.render import to_rgba
from animkit.rnn import LanguageModel, ScheduledSampling, SequenceRegressor
from animkit.studio.characters import STANDING, animate, conditions, nearest, read_attributes, settle, stand
from animkit.studio.generation import (
    facing_positions,
    generate,
    motion_data,
    roll,
    speed_and_turn,
)
from animkit.studio.in_betweening import in_between, interpolate_straight
from animkit.training import Batches, by_profile, train
from animkit.vae import VAE, Decoder, Encoder


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


def make_sprites_vae(profile="full", *, checkpoint=None):
    """The frame VAE: every pose of the twin's characters, 32 px, in one latent space of 32 dimensions."""
    started = time.perf_counter()
    characters, epochs = by_profile(profile, ci=(8, 2), demo=(200, 4), full=(None, 7))
    sprites = load_sprites(size=32, source="twin", characters=characters)
    x_train, x_test = (sprites.frames[chosen].reshape(-1, 32, 32) for chosen in (sprites.train, sprites.test))
    batches = Batches(x_train, batch_size=64, seed=0)

    keras.utils.set_random_seed(0)
    shared = {"hidden": (256,), "activation": "silu", "palette_size": len(sprites.palette)}
    model = VAE(
        Encoder(32, convolutions=(16, 32, 64), **shared),
        Decoder((32, 32), convolutions=(64, 32, 16), **shared),
        reconstruction="palette",
        beta=0.3,
    )
    steps = epochs * len(batches)
    warm_up = min(200, steps // 10)
    rate = keras.optimizers.schedules.CosineDecay(
        1e-5, steps - warm_up, warmup_target=2e-3, warmup_steps=warm_up, alpha=1e-5
    )
    model.compile(keras.optimizers.Adam(rate, clipnorm=100.0))
    train(model, batches, epochs=epochs, validation_data=Batches(x_test[::13], batch_size=256), checkpoint=checkpoint)

    metrics = measure_sprites_vae(model, x_train, x_test)
    card = {
        "name": "sprites_vae",
        "what": "a VAE of single frames of pixel characters: 32 x 32 palette indices, latent_dim 32",
        "data": "the procedural twin of animkit.data.sprites (drawn in code), size 32, all 72 poses of its "
        f"{len(sprites.train)} training characters; {len(sprites.test)} characters for the metrics",
        "licence": "MIT",
        "seed": 0,
        "profile": profile,
        "recipe": {
            "reconstruction": "palette",
            "beta": 0.3,
            "epochs": epochs,
            "batch_size": 64,
            "optimizer": "Adam, 2e-3 to 2e-8 by cosine after 200 warm-up steps, clipnorm 100",
        },
        "metrics": metrics,
        "baseline": "independent pixels: the colours seen at each pixel of the training frames",
        "seconds": round(time.perf_counter() - started),
        "machine": "two CPU cores",
        "keras": keras.__version__,
        "command": "python -m animkit.recipes.make sprites_vae",
    }
    return model, card


def measure_sprites_gan(generator, sprites, count):
    """Frechet distance to unseen characters of what the generator draws, of data (the floor), and of two baselines."""
    rng = np.random.default_rng(0)
    known, unseen = (
        to_rgba(rng.permutation(sprites.frames[chosen].reshape(-1, 32, 32))[:count], sprites.palette)
        for chosen in (sprites.train, sprites.test)
    )
    features = pixel_features(known)
    target = features(unseen)
    drawn = generator.indices(latents(count, generator.latent_dim, seed=1), np.arange(count) % generator.classes)
    pictures = {
        "value": to_rgba(drawn, sprites.palette),
        "floor": known,
        "mean_picture": np.repeat(known.mean(axis=0, keepdims=True) / 255, count, axis=0),
        # each pixel from another character
        "shuffled_pixels": rng.permuted(known.view("uint32"), axis=0).view("uint8"),
    }
    return {name: frechet_distance(features(images), target) for name, images in pictures.items()}


def make_sprites_gan(profile="full", *, checkpoint=None):
    """Pixel characters of the twin from noise and one of nine action-directions, 32 px."""
    started = time.perf_counter()
    characters, epochs, count = by_profile(profile, ci=(20, 1, 100), demo=(400, 2, 2000), full=(None, 3, 2000))
    sprites = load_sprites(size=32, source="twin", characters=characters)
    frames = sprites.frames[sprites.train].reshape(-1, 32, 32)
    labels = np.tile(np.repeat(np.arange(9, dtype="int32"), 8), len(sprites.train))
    batches = Batches(frames, labels, batch_size=32, seed=0, drop_remainder=True)

    keras.utils.set_random_seed(0)
    gan = GAN(
        # narrow layers keep the file small
        Generator((32, 32), palette=sprites.palette, latent_dim=64, classes=9, width=96, hidden=80),
        Discriminator((32, 32), 4, classes=9, width=32, dropout=0.0),
        loss="relativistic",
        r1=0.2,
        r2=0.2,
    )
    gan.compile(TwoTimescaleAdam(5e-4, 1e-3, beta_2=0.99))
    decay = keras.callbacks.LearningRateScheduler(lambda epoch: 5e-4 * (1 - epoch / epochs))
    train(gan, batches, epochs=epochs, callbacks=[decay], checkpoint=checkpoint)

    distances = measure_sprites_gan(gan.generator, sprites, count)
    card = {
        "name": "sprites_gan",
        "what": "the generator of a GAN of pixel characters: 32 x 32 palette indices from 64 normal numbers and one of "
        "nine action-directions",
        "data": "the procedural twin of animkit.data.sprites (drawn in code), size 32, all 72 poses of its "
        f"{len(sprites.train)} training characters; {len(sprites.test)} characters for the metrics",
        "licence": "MIT",
        "seed": 0,
        "profile": profile,
        "recipe": {
            "loss": "relativistic",
            "r1": 0.2,
            "r2": 0.2,
            "steps": epochs * len(batches),
            "batch_size": 32,
            "optimizer": "TwoTimescaleAdam, D 5e-4, G 1e-3, beta_1 0.5, beta_2 0.99, both down by "
            f"{100 / epochs:.0f} % after each of {epochs} epochs",
        },
        "metrics": {
            "frechet_distance": {
                **{name: round(distance, 3) for name, distance in distances.items()},
                "unit": f"squared units of 64 principal components of RGBA pixels in [0, 1], {count} pictures a side",
            }
        },
        "baseline": "the mean picture; and pixels each taken from another character. The floor is data against data",
        "seconds": round(time.perf_counter() - started),
        "machine": "two CPU cores",
        "keras": keras.__version__,
        "command": "python -m animkit.recipes.make sprites_gan",
    }
    return gan.generator, card


def make_tales_lm(profile="full", *, checkpoint=None):
    """Train the character LSTM on the twin's tales: first on short windows, then on whole tales.

    Short windows teach spelling and grammar quickly; only whole tales, each read from its first letter, teach that the
    people and things of a tale stay the same to its end.

    Returns:
        The model and its card.
    """
    started = time.perf_counter()
    short, whole = by_profile(profile, ci=(1, 1), demo=(3, 1), full=(10, 6))
    tales = load_fairytales("twin")
    # a tale begins after an empty line
    training, test = ("".join(f"\n\n{tale}" for tale in part) for part in (tales.train, tales.test))
    characters = alphabet(training)
    indices = to_indices(training, characters)
    starts = np.cumsum([0] + [len(tale) + 2 for tale in tales.train])
    length = 480  # most tales, and the beginning of the next
    starts = starts[starts + length < len(indices)]
    phases = (
        # epochs, windows, batch size, learning rate
        (short, windows(indices, 200), 50, 4e-3),
        (whole, indices[starts[:, None] + np.arange(length + 1)], 32, 2e-3),
    )
    keras.utils.set_random_seed(0)
    model = LanguageModel(len(characters), units=(256,))
    for number, (epochs, cut, batch_size, rate) in enumerate(phases):
        data = Batches(cut[:, :-1], cut[:, 1:], batch_size=batch_size, seed=0, drop_remainder=True)
        rate = keras.optimizers.schedules.CosineDecay(
            rate / 10, epochs * len(data), alpha=0.02, warmup_target=rate, warmup_steps=min(50, len(data))
        )
        # the loss is a sum over the characters of a window, and so is the norm that is clipped
        model.compile(keras.optimizers.Adam(rate, global_clipnorm=cut.shape[1] / 2))
        train(model, data, epochs=epochs, checkpoint=checkpoint and f"{checkpoint}/{number}")
    metrics = {
        "nats_per_character": {
            "value": round(model.nats_per_character(to_indices(test, characters)), 4),
            "unigram": round(unigram(training, test), 4),
            "bigram": round(bigram(training, test), 4),
            "Witten-Bell 5-gram": round(n_gram_nats(training, test, 5), 4),
            "unit": "nats, 500 test tales read in one go",
        },
    }
    return model, {
        "name": "tales_lm",
        "what": "a character LSTM that writes tales; a tale begins after an empty line",
        "data": "the procedural twin of the fairy tales (animkit.data.fairytales), 4,000 tales of its grammar",
        "licence": "MIT",
        "recipe": f"one-hot -> LSTM 256 -> logits; Adam; {short} epochs on windows of 200 characters (batch 50, 4e-3), "
        f"then {whole} on whole tales of 480 (batch 32, 2e-3), cosine decay",
        "seed": 0,
        "profile": profile,
        "alphabet": characters,
        "metrics": metrics,
        "seconds": round(time.perf_counter() - started),
        "machine": "two CPU cores",
        "keras": keras.__version__,
        "command": "python -m animkit.recipes.make tales_lm",
    }


WALK_FRONT = ACTION_DIRECTIONS.index("walk front")


def motion_sequences(latents, cycles=3):
    """Teach an action from its reference: z_reference, then the action's 8 frames, over and over.

    Args:
        latents: (characters, 9, 8, latent_dim) of every frame.
        cycles: how often the 8 frames follow one another.

    Returns:
        inputs (sequences, 8 * cycles, latent_dim), conditions (sequences, latent_dim + 9), targets like the inputs.
    """
    characters, actions, _, latent_dim = latents.shape
    reference = np.repeat(latents[:, None, WALK_FRONT, 0], actions, axis=1)  # (characters, 9, latent_dim)
    targets = np.tile(latents, (1, 1, cycles, 1))
    inputs = np.concatenate([reference[:, :, None], targets[:, :, :-1]], axis=2)
    conditions = np.concatenate([reference, np.tile(np.eye(actions), (characters, 1, 1))], axis=-1)
    return tuple(a.reshape(-1, *a.shape[2:]).astype("float32") for a in (inputs, conditions, targets))


def make_sprites_motion(profile="full", *, checkpoint=None):
    """Train the LSTM that moves in sprites_vae's latent space: a reference and an action in, the action's frames out.

    Returns:
        The model and its card.
    """
    started = time.perf_counter()
    characters, epochs = by_profile(profile, ci=(40, 2), demo=(400, 10), full=(None, 16))
    vae = weights.load("sprites_vae")
    sprites = load_sprites(size=32, source="twin", characters=characters)
    frames = sprites.frames
    latents = np.asarray(vae.encode(frames.reshape(-1, 32, 32))[0]).reshape(*frames.shape[:3], -1)
    known = latents[sprites.train]
    # half-way characters too: designs are points between the known ones
    rng = np.random.default_rng(0)
    share = rng.uniform(size=(len(known), 1, 1, 1))
    between = share * known + (1 - share) * known[rng.permutation(len(known))]
    inputs, conditions, targets = motion_sequences(np.concatenate([known, between]))
    keras.utils.set_random_seed(0)
    model = SequenceRegressor(latents.shape[-1], units=(256,), scheduled_sampling=0.0)
    data = Batches((inputs, conditions), targets, batch_size=64, seed=0, drop_remainder=True)
    rate = keras.optimizers.schedules.CosineDecay(
        3e-4, epochs * len(data), alpha=0.01, warmup_target=3e-3, warmup_steps=min(100, len(data))
    )
    model.compile(keras.optimizers.Adam(rate, global_clipnorm=100.0))
    # from half-way on the model lives on its own predictions, as it will when it is used
    train(model, data, epochs=epochs, callbacks=[ScheduledSampling(epochs // 2)], checkpoint=checkpoint)
    return model, {
        "name": "sprites_motion",
        "what": "an LSTM in the latent space of sprites_vae: from a character's latent and an action to its frames",
        "data": f"latents of the procedural twin of animkit.data.sprites, {len(known)} training characters and as many "
        "points between two of them, three rounds of each of 9 actions",
        "licence": "MIT",
        "seed": 0,
        "profile": profile,
        "recipe": "[z_t, z_reference, action] -> LSTM 256 -> z_t+1; squared error, batch 64, Adam 3e-3 with cosine "
        f"decay, {epochs} epochs; scheduled sampling from 0 to 1 over the first half",
        "metrics": measure_sprites_motion(model, vae, sprites, latents),
        "seconds": round(time.perf_counter() - started),
        "machine": "two CPU cores",
        "keras": keras.__version__,
        "command": "python -m animkit.recipes.make sprites_motion",
    }


def measure_sprites_motion(model, vae, sprites, latents, steps=24, characters=100):
    """Pixels exactly right at frames 1, 8 and 24 of a free run on test characters, beside what needs no LSTM."""
    chosen = sprites.test[:characters]
    frames, reference = sprites.frames[chosen], latents[chosen][:, WALK_FRONT, 0]
    actions = frames.shape[1]
    condition = np.concatenate(
        [np.repeat(reference, actions, axis=0), np.tile(np.eye(actions), (len(chosen), 1))], axis=-1
    )
    run = model.rollout(np.repeat(reference, actions, axis=0)[:, None], steps, condition=condition)
    still = sprites.frames[chosen, WALK_FRONT, 0][:, None]
    report = {}
    for step in (1, 8, 24):
        truth = frames[:, :, (step - 1) % 8]
        drawn = np.asarray(vae.decode(run[:, step - 1])).reshape(truth.shape)
        ceiling = np.asarray(vae.decode(latents[chosen][:, :, (step - 1) % 8].reshape(-1, run.shape[-1])))
        report[f"pixels_exact_percent_frame_{step}"] = {
            "value": round(100 * float((drawn == truth).mean()), 3),
            "reference frame repeated": round(100 * float((still == truth).mean()), 3),
            "ceiling: the VAE's reconstruction": round(100 * float((ceiling.reshape(truth.shape) == truth).mean()), 3),
            "unit": "%",
        }
    target = np.tile(latents[chosen], (1, 1, steps // 8, 1)).reshape(run.shape)
    report["squared_error_per_step"] = {
        "value": round(float(np.square(run - target).sum(-1).mean()), 4),
        "reference repeated": round(float(np.square(target - condition[:, None, : run.shape[-1]]).sum(-1).mean()), 4),
        "unit": "squared latent units, free running, 24 frames",
    }
    return report


def make_characters(profile="full", *, checkpoint=None):
    """Train the sequence VAE that animates: who from one picture, what from an LSTM that is told the action."""
    started = time.perf_counter()
    characters, epochs = by_profile(profile, ci=(20, 1), demo=(400, 8), full=(None, 30))
    sprites = load_sprites(size=32, source="twin", characters=characters)
    model = train_animator(sprites, epochs=epochs, checkpoint=checkpoint)
    return model, {
        "name": "characters",
        "what": "a sequence VAE of pixel characters: a look of 32 numbers from one picture, a pose of 16 numbers for "
        "each frame, an LSTM that makes the poses of nine actions up",
        "data": f"the procedural twin of animkit.data.sprites, size 32, nine clips of {len(sprites.train)} training "
        "characters; its test characters for the metrics",
        "licence": "MIT",
        "seed": 0,
        "profile": profile,
        "recipe": f"{epochs} epochs of all clips, batch 32 in groups that share an action, two frames and a quarter of "
        "the pixels of each; Adam 3e-3 with cosine decay, beta from 0 to 1 in the first fifth",
        "metrics": measure_characters(model, sprites),
        "seconds": round(time.perf_counter() - started),
        "machine": "two CPU cores, shared with other work",
        "keras": keras.__version__,
        "command": "python -m animkit.recipes.make characters",
    }


def measure_characters(model, sprites, characters=100):
    """Pixels exactly right on unseen characters: redrawn, and animated from one standing picture."""
    truth = sprites.frames[sprites.test[:characters]]
    clips = truth.reshape(-1, *truth.shape[2:])
    redrawn = model.draw(model.looks(clips[:, 0]), model.motions(clips))
    moved = animate(model, model.looks(truth[:, STANDING, 0]))
    still = np.broadcast_to(truth[:, STANDING, 0][:, None, None], truth.shape)
    both = {"standing picture repeated": round(100 * float((still == truth).mean()), 3), "unit": "%"}
    return {
        "redrawn_pixels_exact_percent": {"value": round(100 * float((redrawn == clips).mean()), 3), **both},
        "animated_from_one_picture_pixels_exact_percent": {
            "value": round(100 * float((moved == truth).mean()), 3),
            **both,
        },
    }


def make_characters_judge(profile="full", *, checkpoint=None):
    """Train the judge of the twin's characters, on real sequences only."""
    started = time.perf_counter()
    characters, epochs = by_profile(profile, ci=(20, 1), demo=(400, 3), full=(None, 8))
    sprites = load_sprites(size=32, source="twin", characters=characters)
    judge = train_judge(sprites, epochs=epochs, checkpoint=checkpoint)
    return judge, {
        "name": "characters_judge",
        "what": "a classifier of clips: nine actions, and six options each of skin, trousers, top and hair",
        "data": f"the procedural twin of animkit.data.sprites, size 32, nine clips of {len(sprites.train)} training "
        "characters; its test characters for the metrics",
        "licence": "MIT",
        "seed": 0,
        "profile": profile,
        "recipe": f"convolutions on each frame, LSTM 64; {epochs} epochs, batch 32, Adam 3e-3 with cosine decay",
        "metrics": measure_judge(judge, sprites),
        "seconds": round(time.perf_counter() - started),
        "machine": "two CPU cores, shared with other work",
        "keras": keras.__version__,
        "command": "python -m animkit.recipes.make characters_judge",
    }


def measure_judge(judge, sprites, characters=None):
    """Percent of unseen real sequences that are read rightly, beside chance."""
    chosen = sprites.test[:characters]
    clips, told = sprites.frames[chosen], labels(sprites.attributes[chosen])
    views = judge.probabilities(clips.reshape(-1, *clips.shape[2:]))
    names = ("action", "skin", "trousers", "top", "hair")
    return {
        f"{name}_accuracy_percent": {
            "value": round(100 * accuracy(view, column), 3),
            "chance": round(100 / view.shape[1], 2),
            "unit": "%",
        }
        for name, view, column in zip(names, views, told.T, strict=True)
    }


def _make_designer(name, what, profile, train_designer):
    """Either designer of looks: both learn from the same looks and are measured alike."""
    started = time.perf_counter()
    characters, epochs = by_profile(profile, ci=(20, 1), demo=(400, 10), full=(None, 30))
    sprites = load_sprites(size=32, source="twin", characters=characters)
    animator = weights.load("characters")
    designer = train_designer(*design_data(animator, sprites), epochs=epochs)
    return designer, {
        "name": name,
        "what": what,
        "data": f"looks that the weights `characters` read from the procedural twin's {len(sprites.train)} training "
        "characters, eight frames of each, with any of their four attributes left out at random",
        "licence": "MIT",
        "seed": 0,
        "profile": profile,
        "recipe": f"{epochs} epochs, batch 128; see animkit.recipes.characters.{train_designer.__name__}",
        "metrics": measure_designer(designer, animator, weights.load("characters_judge"), sprites),
        "seconds": round(time.perf_counter() - started),
        "machine": "two CPU cores, shared with other work",
        "keras": keras.__version__,
        "command": f"python -m animkit.recipes.make {name}",
    }


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


def motion_takes(clips):
    """The walkers that the motion networks learn from."""
    return draw_walkers(clips=clips, seconds=8.0, seed=1)


def turning_takes(clips):
    """Walkers and runners in tighter curves than `draw_walkers` draws, so that steering is learned too."""
    random = np.random.default_rng(1)
    takes = []
    for number in range(clips):
        gait = ("walk", "walk", "run")[number % 3]
        speed = random.uniform(*{"walk": (20, 220), "run": (160, 380)}[gait])
        turn, seed = random.uniform(-1.3, 1.3), int(random.integers(1_000_000))
        clip = walker(gait=gait, seconds=8.0, speed=speed, turn=turn, seed=seed).clip
        takes.append(Take(f"{gait}_turning_{number}", gait, "normal", clip))
    return takes


def make_motion_generator(profile="full", *, checkpoint=None):
    """Train the motion VAE that walks, runs, jumps and idles as it is told, without end."""
    started = time.perf_counter()
    clips, epochs = by_profile(profile, ci=(16, 1), demo=(80, 8), full=(160, 16))
    takes = motion_takes(clips) + turning_takes(clips // 2)
    model = train_generator(takes, profile=profile, epochs=epochs, checkpoint=checkpoint)
    return model, {
        "name": "motion_generator",
        "what": "a motion VAE with an LSTM as its prior: 22 joints at 30 fps, steered by speed, turn, four gaits and "
        f"{len(model.styles)} styles",
        "data": f"the procedural twin of the motion clips (animkit.data.twins.walkers), {len(takes)} takes of 8 s, a "
        "third of them in curves, and their mirror images",
        "licence": "MIT",
        "seed": 0,
        "profile": profile,
        "recipe": f"{epochs} epochs of windows of 32 frames, batch 32, Adam 2e-3 with cosine decay; beta from 0 to 1 "
        "in the first third, the model's own frames from 0 to all up to half-way",
        "metrics": measure_motion_generator(model, minutes=by_profile(profile, ci=0.5, demo=10, full=10)),
        "baseline": "for speed and turn the training clip that is nearest to what is asked, repeated; unseen takes for "
        "the distance to training data, a figure that glides for sliding feet",
        "times_real_time": measure_generation_speed(model),
        "seconds": round(time.perf_counter() - started),
        "machine": "two CPU cores, shared with other work",
        "keras": keras.__version__,
        "command": "python -m animkit.recipes.make motion_generator",
    }


def measure_motion_generator(model, *, minutes=10, clips=32):
    """Does it go where it is told, stand where it stands, vary, and stay a person for minutes?"""
    known = motion_data(motion_takes(clips), mirror=False)
    unseen = motion_data(draw_walkers(clips=clips // 2, seconds=8.0, seed=2), mirror=False)
    paces = np.array([told[:, :2].mean(axis=0) for told in known.controls])

    def error(speeds, turns):
        """Mean error of speed and turn over 20 s, and that of the nearest training clip."""
        frames = roll(model, 20.0, speed=speeds, turn=turns, seed=0)
        found = np.array([speed_and_turn(one, model.fps, model.centimetres)[30:-30].mean(axis=0) for one in frames])
        asked = np.stack([np.asarray(speeds) / 100, turns], axis=1)
        nearest = paces[np.square(paces[:, None] - asked).sum(axis=-1).argmin(axis=0)]
        return (np.abs(one - asked).mean(axis=0) * [100, 1] for one in (found, nearest))

    speeds = [5.0, 20.0, 50.0, 80.0, 110.0, 140.0, 170.0, 200.0, 250.0, 300.0]
    turns = [-1.0, -0.6, -0.3, -0.1, 0.1, 0.3, 0.6, 1.0]
    (speed_error, _), (clip_speed_error, _) = error(speeds, [0.0] * len(speeds))
    (_, turn_error), (_, clip_turn_error) = error([120.0] * len(turns), turns)

    asked = {"walk": 120.0, "run": 300.0, "jump": 70.0, "idle": 0.0}
    slides, locked, glides = [], [], []
    for gait, speed in asked.items():
        clip = generate(model, 8.0, speed=speed, gait=gait, seed=3)
        still = clip.copy()
        still.joint_angles = np.repeat(clip.joint_angles[:1], len(clip), axis=0)
        for one, kept in ((clip, slides), (lock_feet(clip), locked), (still, glides)):
            contacts = foot_contacts(clip if one is still else one)
            kept.append(foot_sliding(foot_positions(one), contacts, fps=model.fps, centimetres=model.centimetres))

    long = roll(model, 60.0 * minutes, speed=[130.0, 60.0, 250.0], turn=[0.2, 0.0, -0.1], seed=4)
    minute = min(long.shape[1] // 2, round(60 * model.fps))
    poses = facing_positions(model, np.concatenate(known.sequences)[::3])
    new = facing_positions(model, np.concatenate(unseen.sequences)[::9])

    def away(positions):
        """Mean distance of joints to the nearest training pose, cm."""
        flat, among = positions.reshape(len(positions), -1), poses.reshape(len(poses), -1)
        nearest = cKDTree(among).query(flat)[1]
        return float(np.linalg.norm(positions - poses[nearest], axis=-1).mean())

    first, last = (
        facing_positions(model, part.reshape(-1, part.shape[-1])[::9]) for part in (long[:, :minute], long[:, -minute:])
    )
    walks = roll(model, 4.0, speed=[120.0] * 8, gait="walk", style="normal", seed=5)
    real = [
        one[30:150]
        for one, told in zip(known.sequences, known.controls, strict=True)
        if told[0, 2:][model.gaits.index("walk")]
    ]
    return {
        "speed_error": {
            "value": round(speed_error, 2),
            "nearest training clip": round(clip_speed_error, 2),
            "unit": "cm/s, mean over 5 to 300 cm/s asked, straight on, 18 s each",
        },
        "turn_error": {
            "value": round(turn_error, 4),
            "nearest training clip": round(clip_turn_error, 4),
            "unit": "rad/s, mean over -1 to 1 rad/s asked at 120 cm/s, 18 s each",
        },
        "foot_sliding": {
            "value": round(float(np.mean(slides)), 3),
            "after locking": round(float(np.mean(locked)), 3),
            "a figure that glides": round(float(np.mean(glides)), 3),
            "unit": "cm/s of ankles and toes on the ground, mean of four gaits",
        },
        "distance_to_training_poses": {
            "value": round(away(last), 3),
            "in the first minute": round(away(first), 3),
            "unseen takes": round(away(new), 3),
            "mean pose": round(away(np.repeat(poses.mean(axis=0)[None], 10, axis=0)), 3),
            "unit": f"cm per joint, in the last of {minutes:g} minutes without a break",
        },
        "diversity": {
            "value": round(motion_diversity(facing_positions(model, walks)), 3),
            "one clip repeated": 0.0,
            "training walks": round(motion_diversity(facing_positions(model, np.stack(real))), 3),
            "unit": "cm per joint between two walks of 4 s, as the character sees itself",
        },
    }


def measure_generation_speed(model):
    """Times real time, clip and all, once compiled."""
    generate(model, 1.0)
    started = time.perf_counter()
    generate(model, 60.0, seed=1)
    return round(60.0 / (time.perf_counter() - started))


def make_motion_in_between(profile="full", *, checkpoint=None):
    """Train the in-betweener of the walkers' skeleton, 22 joints, for gaps of up to 45 frames at 30 a second."""
    started = time.perf_counter()
    clips, epochs = by_profile(profile, ci=(16, 1), demo=(80, 8), full=(240, 20))
    takes = motion_takes(clips)
    model = train_in_betweener(
        [take.clip for take in takes],
        profile=profile,
        epochs=epochs,
        units=by_profile(profile, ci=16, demo=128, full=128),
        after=(1, 4),
        adversarial=0.02,
        checkpoint=checkpoint,
    )
    return model, {
        "name": "motion_in_between",
        "what": "a two-way LSTM that adds to interpolation what it lacks: 22 joints, gaps of 5 to 45 frames at 30 fps",
        "data": f"the procedural twin of the motion clips (animkit.data.twins.walkers), {clips} takes of 8 s and their "
        "mirror images",
        "licence": "MIT",
        "seed": 0,
        "profile": profile,
        "recipe": f"{epochs} epochs of 100 batches of 32 windows, AdamW 2e-3 with cosine decay; one or four known "
        "frames after a gap; adversarial weight 0.02, latent z of 8 numbers",
        "metrics": measure_motion_in_between(model),
        "baseline": "slerp of rotations and lerp of the root, on unseen takes",
        "seconds": round(time.perf_counter() - started),
        "machine": "two CPU cores, shared with other work",
        "keras": keras.__version__,
        "command": "python -m animkit.recipes.make motion_in_between",
    }


def measure_motion_in_between(model, *, clips=24):
    """Errors on gaps of unseen takes, sliding feet before and after locking, and jumps of velocity at the keys."""
    takes = draw_walkers(clips=clips, seconds=6.0, seed=2)
    before = 2 * PAST
    inside = np.concatenate([velocity_jump(take.clip.joint_positions(), fps=take.clip.fps) for take in takes])
    metrics = {}
    for gap in (15, 30):
        found = {"distance": [], "sliding": [], "sliding_locked": [], "jumps": []}
        for take in takes:
            clip = take.clip
            keys = [*range(before), *range(before + gap, clip.frame_count)]
            rows = [
                _fill(clip, fill, keys, slice(before, before + gap))
                for fill in (in_between(model, clip, keys)[0], interpolate_straight(clip, keys))
            ]
            for name, pair in zip(found, zip(*rows, strict=True), strict=True):
                found[name].append(pair)
        mean = {name: np.mean(found[name], axis=0) for name in ("distance", "sliding", "sliding_locked")}
        jumps = np.array(found["jumps"])  # (takes, ours and straight, two keys)
        mean["jumps_at_keys"] = np.array([jump_ratio(jumps[:, which], inside) for which in (0, 1)])
        units = ("cm", "cm/s", "cm/s", "95th percentile over that inside real clips")
        for (name, pair), unit in zip(mean.items(), units, strict=True):
            value, baseline = (round(float(number), 3) for number in pair)
            metrics[f"{name}_{gap}_frames"] = {"value": value, "baseline": baseline, "unit": unit}
    return metrics


def _fill(clip, fill, keys, gap):
    """Distance of joints from the truth; sliding of feet that stand in truth; of those locked; jumps at both keys."""
    places, made = clip.joint_positions(), fill.joint_positions()
    standing = foot_contacts(fill)
    locked = lock_feet(fill, contacts=standing, keep=keys)
    return (
        np.linalg.norm(places - made, axis=-1)[gap].mean(),
        foot_sliding(foot_positions(fill)[gap], foot_contacts(clip)[gap], fps=clip.fps),
        foot_sliding(foot_positions(locked)[gap], standing[gap], fps=clip.fps),
        velocity_jump(made, [gap.start - 1, gap.stop], fps=clip.fps),
    )


MAKERS = {
    # sprites_motion moves in sprites_vae's latent space, so it comes after it
    "sprites_vae": make_sprites_vae,
    "sprites_gan": make_sprites_gan,
    "sprites_motion": make_sprites_motion,
    "tales_lm": make_tales_lm,
    # the designers draw looks of `characters`, and the judge looks at them
    "characters": make_characters,
    "characters_judge": make_characters_judge,
    "characters_vae": make_characters_vae,
    "characters_gan": make_characters_gan,
    "motion_generator": make_motion_generator,
    "motion_in_between": make_motion_in_between,
}


def write(folder, model, card):
    """Put weights and card into a folder, each complete or not at all.

    Args:
        folder: made if missing.
        model: trained Keras model; its optimizer is left out.
        card: dict, see `animkit.weights.card`.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    # a model that was never compiled carries no optimizer into the file
    bare = type(model).from_config(model.get_config())
    if not bare.built:
        bare.build_from_config(model.get_build_config())
    bare.set_weights(model.get_weights())
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        trained, told = Path(scratch, "weights.keras"), Path(scratch, "card.json")
        bare.save(trained)
        _compress(trained)
        told.write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        os.replace(trained, folder / f"{card['name']}.keras")
        os.replace(told, folder / f"{card['name']}.json")


def _compress(path):
    """Pack a .keras file again, as Keras stores its parts as they are: a tenth smaller, and read as before."""
    packed = path.with_suffix(".packed")
    with zipfile.ZipFile(path) as parts, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as smaller:
        for part in parts.infolist():
            smaller.writestr(part.filename, parts.read(part))
    os.replace(packed, path)


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Train the weights that ship again.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(MAKERS)}; all of them without one")
    parser.add_argument("--profile", default="full", help="ci, demo or full (what ships; an hour or two on two cores)")
    parser.add_argument("--output", default=weights.FOLDER, type=Path, help="folder to write to")
    parser.add_argument(
        "--checkpoints", default=Path("runs/weights"), type=Path, help="an interrupted run goes on from here"
    )
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.names) - set(MAKERS):
        parser.error(f"no weights called {', '.join(sorted(unknown))}; there are {', '.join(MAKERS)}")
    for name in chosen.names or MAKERS:
        print(f"{name}, profile {chosen.profile}", flush=True)
        model, card = MAKERS[name](chosen.profile, checkpoint=chosen.checkpoints / f"{name}_{chosen.profile}")
        write(chosen.output, model, card)
        print(json.dumps(card["metrics"], indent=2))


if __name__ == "__main__":
    main()
