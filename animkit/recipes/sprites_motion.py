"""The LSTM that moves in the latent space of `sprites_vae`: a reference and an action in, the action's frames out."""

import time

import keras
import numpy as np

from animkit import weights
from animkit.data.sprites import load_sprites
from animkit.recipes.cards import card
from animkit.recipes.schedules import cosine_decay
from animkit.rnn import ScheduledSampling, SequenceRegressor
from animkit.studio.characters import STANDING, nearest
from animkit.training import Batches, by_profile, train


def motion_sequences(latents, cycles=3):
    """Teach an action from its reference: z_reference, then the action's 8 frames, over and over.

    Args:
        latents: (characters, 9, 8, latent_dim) of every frame.
        cycles: how often the 8 frames follow one another.

    Returns:
        inputs (sequences, 8 * cycles, latent_dim), conditions (sequences, latent_dim + 9), targets like the inputs.
    """
    characters, actions, _, latent_dim = latents.shape
    reference = np.repeat(latents[:, None, STANDING, 0], actions, axis=1)  # (characters, 9, latent_dim)
    targets = np.tile(latents, (1, 1, cycles, 1))
    inputs = np.concatenate([reference[:, :, None], targets[:, :, :-1]], axis=2)
    conditions = np.concatenate([reference, np.tile(np.eye(actions), (characters, 1, 1))], axis=-1)
    return tuple(a.reshape(-1, *a.shape[2:]).astype("float32") for a in (inputs, conditions, targets))


def train_latent_motion(latents, *, epochs, seed=0, checkpoint=None, progress=True):
    """Train an LSTM on latents of known characters, and of points half-way between two of them.

    Args:
        latents: (characters, 9, 8, latent_dim) of every frame.
        epochs: rounds through them; from half-way on the model lives on its own predictions.
        seed: of weights, order and what lies between.
        checkpoint: folder for the state, or None.
        progress: show it.

    Returns:
        SequenceRegressor.
    """
    # half-way characters too: designs are points between the known ones
    rng = np.random.default_rng(seed)
    share = rng.uniform(size=(len(latents), 1, 1, 1))
    between = share * latents + (1 - share) * latents[rng.permutation(len(latents))]
    inputs, conditions, targets = motion_sequences(np.concatenate([latents, between]))
    keras.utils.set_random_seed(seed)
    model = SequenceRegressor(latents.shape[-1], units=(256,), scheduled_sampling=0.0)
    data = Batches((inputs, conditions), targets, batch_size=64, seed=seed, drop_remainder=True)
    warm_up = min(100, len(data))
    # the cosine is as long as the training, so that its last steps, for the warm-up, are not reached
    rate = cosine_decay(3e-3, epochs * len(data) + warm_up, last=0.01, warm_up=warm_up, first=3e-4)
    model.compile(keras.optimizers.Adam(rate, global_clipnorm=100.0))
    # from half-way on the model lives on its own predictions, as it will when it is used
    sampling = ScheduledSampling(epochs // 2)
    train(model, data, epochs=epochs, callbacks=[sampling], checkpoint=checkpoint, progress=progress)
    return model


def make_sprites_motion(profile="full", *, checkpoint=None):
    """Train the LSTM that ships, on the twin's characters as `sprites_vae` sees them; the model and its card."""
    started = time.perf_counter()
    characters, epochs = by_profile(profile, ci=(40, 2), demo=(400, 10), full=(None, 16))
    vae = weights.load("sprites_vae")
    sprites = load_sprites(size=32, source="twin", characters=characters)
    frames = sprites.frames
    latents = np.asarray(vae.encode(frames.reshape(-1, 32, 32))[0]).reshape(*frames.shape[:3], -1)
    model = train_latent_motion(latents[sprites.train], epochs=epochs, checkpoint=checkpoint)
    return model, card(
        "sprites_motion",
        what="an LSTM in the latent space of sprites_vae: from a character's latent and an action to its frames",
        data=f"latents of the procedural twin of animkit.data.sprites, {len(sprites.train)} training characters and as "
        "many points between two of them, three rounds of each of 9 actions",
        recipe="[z_t, z_reference, action] -> LSTM 256 -> z_t+1; squared error, batch 64, Adam 3e-3 with cosine "
        f"decay, {epochs} epochs; scheduled sampling from 0 to 1 over the first half",
        metrics=measure_sprites_motion(model, vae, sprites, latents),
        profile=profile,
        started=started,
    )


def measure_sprites_motion(model, vae, sprites, latents, steps=24, characters=100):
    """Pixels exactly right at frames 1, 8 and 24 of a free run on test characters, beside what needs no LSTM."""
    chosen = sprites.test[:characters]
    frames, reference = sprites.frames[chosen], latents[chosen][:, STANDING, 0]
    actions = frames.shape[1]
    condition = np.concatenate(
        [np.repeat(reference, actions, axis=0), np.tile(np.eye(actions), (len(chosen), 1))], axis=-1
    )
    run = model.rollout(np.repeat(reference, actions, axis=0)[:, None], steps, condition=condition)
    still = sprites.frames[chosen, STANDING, 0][:, None]
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


def baselines_sprites_motion(characters=100):
    """What copying has: the actions of the training character whose reference is nearest, as frames and as latents."""
    vae, sprites = weights.load("sprites_vae"), load_sprites(size=32, source="twin")
    known, truth = sprites.frames[sprites.train], sprites.frames[sprites.test[:characters]]
    alike = known[[nearest(one, known[:, STANDING, 0])[0] for one in truth[:, STANDING, 0]]]
    copied, wanted = (np.asarray(vae.encode(frames.reshape(-1, 32, 32))[0]) for frames in (alike, truth))
    name = "nearest training character"
    exact = {
        f"pixels_exact_percent_frame_{step}": round(
            100 * float((alike[:, :, (step - 1) % 8] == truth[:, :, (step - 1) % 8]).mean()), 3
        )
        for step in (1, 8, 24)
    }
    error = round(float(np.square(copied - wanted).sum(-1).mean()), 4)
    return {metric: {name: value} for metric, value in {**exact, "squared_error_per_step": error}.items()}
