"""Train the weights that ship again: python -m animkit.weights.make [NAME ...]

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

from animkit import weights
from animkit.data.fairytales import load_fairytales
from animkit.data.sprites import ACTION_DIRECTIONS, load_sprites
from animkit.data.text import alphabet, to_indices, windows
from animkit.gan import GAN, Discriminator, Generator, TwoTimescaleAdam, latents
from animkit.metrics.image import frechet_distance, pixel_features
from animkit.metrics.judge import labels, train_judge
from animkit.metrics.sequence import accuracy, diversity
from animkit.metrics.text import bigram, n_gram_nats, unigram
from animkit.render import to_rgba
from animkit.rnn import LanguageModel, ScheduledSampling, SequenceRegressor
from animkit.studio.character_training import design_data, train_animator, train_design_gan, train_design_vae
from animkit.studio.characters import STANDING, animate, conditions, nearest, read_attributes, settle, stand
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
        "command": "python -m animkit.weights.make sprites_vae",
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
        "command": "python -m animkit.weights.make sprites_gan",
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
        "command": "python -m animkit.weights.make tales_lm",
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
        "command": "python -m animkit.weights.make sprites_motion",
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
        "command": "python -m animkit.weights.make characters",
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
        "command": "python -m animkit.weights.make characters_judge",
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
        "recipe": f"{epochs} epochs, batch 128; see animkit.studio.character_training.{train_designer.__name__}",
        "metrics": measure_designer(designer, animator, weights.load("characters_judge"), sprites),
        "seconds": round(time.perf_counter() - started),
        "machine": "two CPU cores, shared with other work",
        "keras": keras.__version__,
        "command": f"python -m animkit.weights.make {name}",
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
