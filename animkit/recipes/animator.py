"""The sequence VAE that animates: who from one picture, what from an LSTM that is told the action."""

import time

import keras
import numpy as np

from animkit.data.sprites import load_sprites
from animkit.models.sequence_vae import LOOK_PART, Clips, SequenceVAE
from animkit.recipes.cards import card
from animkit.recipes.schedules import cosine_decay
from animkit.rnn import SequenceRegressor
from animkit.studio.characters import animate, at_rest, nearest
from animkit.training import Batches, by_profile, in_parts, train
from animkit.vae import BetaAnnealing


def train_animator(
    sprites,
    *,
    epochs=30,
    batch_size=32,
    seed=0,
    shared=4,
    pairs=True,
    told=True,
    look_mixture=0,
    checkpoint=None,
    progress=True,
):
    """Train the sequence VAE on a set of characters.

    Args:
        sprites: `animkit.data.sprites.Sprites`; its training characters are used.
        epochs: rounds through their clips, one for each character and action.
        batch_size: clips in a step, fewer if there are not as many; smaller steps suit a hundred characters or fewer.
        seed: of weights, order and noise.
        shared: clips in a row that show one action and share one motion code; 1 to share nothing.
        pairs: read the look from any clip of the same character; False for the clip's own frames alone.
        told: tell the LSTM the action. With shared=1, pairs=False and told=False nothing is known but the clips.
        look_mixture: Gaussians of a learned prior of looks; 0 for N(0, I), where designers draw the looks.
        checkpoint: folder for the state, or None.
        progress: show it.

    Returns:
        SequenceVAE.
    """
    keras.utils.set_random_seed(seed)
    frames = sprites.frames[sprites.train]
    size = frames.shape[-1]
    batch_size = min(batch_size, frames.shape[0] * frames.shape[1] // shared * shared)
    clips = Clips(frames, batch_size=batch_size, seed=seed, pairs=pairs, shared=shared)
    # at 64 pixels a cell makes four times as many, and one halving more reads them: the maps between stay as they are
    model = SequenceVAE(
        sprites.palette,
        image_size=(size, size),
        actions=frames.shape[1] if told else 0,
        rounds=sprites.rounds,
        mixture=1 if told else 16,
        look_mixture=look_mixture,
        shared=shared,
        encoder_convolutions=(16, 32, 64) if size <= 32 else (16, 32, 64, 64),
        cell=size // 16,
        seed=seed,
    )
    steps = epochs * len(clips)
    rate = cosine_decay(3e-3, steps, last=0.01, warm_up=min(100, steps // 10))
    # TensorFlow traces a step for as long as ten of them take
    eager = keras.backend.backend() == "tensorflow" and steps < 10
    model.compile(keras.optimizers.Adam(rate, global_clipnorm=3000.0), run_eagerly=eager)
    callbacks = [BetaAnnealing(max(1, epochs // 5))]
    train(model, clips, epochs=epochs, callbacks=callbacks, checkpoint=checkpoint, progress=progress)
    if model.look_prior:
        _catch_up(model, frames, seed=seed, progress=progress)
    return model


def _catch_up(model, frames, *, seed, pictures=12_000, draws=8, progress=True):
    """Go on training the prior of looks alone, by the same bound: beside the moving encoder it always lags behind."""
    rng = np.random.default_rng(seed)
    seen = frames.reshape(-1, *frames.shape[-2:])
    seen = seen[rng.permutation(len(seen))[:pictures]]
    mean, log_variance = in_parts(lambda some: model.look_encoder(model.colours[some]), seen, at_once=256)
    noise = rng.standard_normal((draws, *mean.shape)).astype("float32")
    looks = (mean + np.exp(0.5 * log_variance) * noise).reshape(draws * len(seen), -1, LOOK_PART)
    before = np.concatenate([np.zeros_like(looks[:, :1]), looks[:, :-1]], axis=1)
    # a copy: what is compiled here would else be saved with the model
    prior = SequenceRegressor.from_config(model.look_prior.get_config())
    prior.build(before.shape)
    prior.set_weights(model.look_prior.get_weights())
    batches = Batches(before, looks, batch_size=128, seed=seed)
    prior.compile(keras.optimizers.Adam(cosine_decay(2e-3, len(batches), last=0.01)))
    train(prior, batches, epochs=1, progress=progress)
    model.look_prior.set_weights(prior.get_weights())


def make_characters(profile="full", *, checkpoint=None):
    """Train the animator that ships, on the twin's characters; the model and its card."""
    started = time.perf_counter()
    characters, epochs = by_profile(profile, ci=(20, 1), demo=(400, 8), full=(None, 30))
    sprites = load_sprites(size=32, source="twin", characters=characters)
    model = train_animator(sprites, epochs=epochs, checkpoint=checkpoint)
    return model, card(
        "characters",
        what="a sequence VAE of pixel characters: a look of 32 numbers from one picture, a pose of 16 numbers for "
        "each frame, an LSTM that makes the poses of nine actions up",
        data=f"the procedural twin of animkit.data.sprites, size 32, nine clips of {len(sprites.train)} training "
        "characters; its test characters for the metrics",
        recipe=f"{epochs} epochs of all clips, batch 32 in groups that share an action, two frames and a quarter of "
        "the pixels of each; Adam 3e-3 with cosine decay, beta from 0 to 1 in the first fifth",
        metrics=measure_characters(model, sprites),
        profile=profile,
        started=started,
    )


def measure_characters(model, sprites, characters=100):
    """Pixels exactly right on unseen characters: redrawn, and animated from one standing picture."""
    everyone, rounds = sprites.frames, np.array(list(sprites.rounds.values()))
    truth, rest = everyone[sprites.test[:characters]], list(sprites.rounds).index(at_rest(sprites.rounds))
    clips, still = truth.reshape(-1, *truth.shape[2:]), truth[:, rest, 0]
    known = everyone[sprites.train]
    standing = np.ascontiguousarray(known[:, rest, 0])
    drawn = {
        "redrawn": model.draw(model.looks(clips[:, 0]), model.motions(clips)).reshape(truth.shape),
        "animated_from_one_picture": animate(model, model.looks(still), steps=truth.shape[2]),
        "standing picture repeated": np.broadcast_to(still[:, None, None], truth.shape),
        "nearest training character's clips": known[[nearest(frame, standing)[0] for frame in still]],
    }
    once = np.arange(truth.shape[2]) < rounds[:, None]  # (actions, time): a clip that has begun again counts once
    right = {name: round(100 * float((frames == truth)[:, once].mean()), 3) for name, frames in drawn.items()}
    baselines = {name: right.pop(name) for name in list(right)[2:]}
    return {f"{name}_pixels_exact_percent": {"value": value, **baselines, "unit": "%"} for name, value in right.items()}


def baselines_characters(characters=100):
    """What copying has: the training clip nearest to a clip, the training character nearest to a standing picture."""
    sprites = load_sprites(size=32, source="twin")
    known, truth = sprites.frames[sprites.train], sprites.frames[sprites.test[:characters]]
    rest = list(sprites.rounds).index(at_rest(sprites.rounds))
    alike = known[[nearest(one, known[:, rest, 0])[0] for one in truth[:, rest, 0]]]
    # a clip as one tall picture: (characters, 9, 8 * 32, 32)
    tall, known = (clips.reshape(*clips.shape[:2], -1, clips.shape[-1]) for clips in (truth, known))
    closest = [[known[nearest(one, known[:, act])[0], act] for act, one in enumerate(clips)] for clips in tall]
    character = {"nearest training character's clips": round(100 * float((alike == truth).mean()), 3)}
    clip = {"nearest training clip": round(100 * float((closest == tall).mean()), 3)}
    return {
        "redrawn_pixels_exact_percent": {**character, **clip},
        "animated_from_one_picture_pixels_exact_percent": character,
    }
