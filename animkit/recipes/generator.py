"""The motion VAE that moves as it is told, without end: trained on clips of one skeleton."""

import keras

from animkit.models.motion_vae import MotionVAE, MotionWindows, RolloutSchedule
from animkit.recipes.schedules import cosine_decay
from animkit.studio.generation import motion_data
from animkit.training import by_profile, train
from animkit.vae import BetaAnnealing


def train_generator(takes, *, profile="demo", epochs=None, seed=0, checkpoint=None, progress=True):
    """Train a motion VAE on clips.

    Args:
        takes: `animkit.data.mocap.Take`s of one skeleton: `content` is the gait, `style` the style, "" for none.
        profile: "ci" (seconds), "demo" (minutes) or "full" (a quarter of an hour).
        epochs: rounds through the frames instead of the profile's.
        seed: of weights, order and noise.
        checkpoint: folder for the state, or None.
        progress: show it.

    Returns:
        MotionVAE.

    Raises:
        ValueError: see `animkit.studio.generation.motion_data`; or when no clip is as long as a training window.
    """
    small = profile == "ci"
    epochs = epochs or by_profile(profile, ci=2, demo=8, full=16)
    data = motion_data(takes)
    keras.utils.set_random_seed(seed)
    model = MotionVAE(
        data.clip.to_hierarchy_dict(),
        across=data.across,
        feet=data.feet,
        gaits=data.gaits,
        styles=data.styles,
        fps=data.fps,
        centimetres=data.centimetres,
        units=32 if small else 256,
        hidden=32 if small else 256,
        seed=seed,
    )
    model.adapt(data.sequences, data.controls, seed=seed)
    windows = MotionWindows(
        data.sequences, data.controls, kinds=(len(data.gaits), len(data.styles)), batch_size=32, time=32, seed=seed
    )
    steps = epochs * len(windows)
    rate = cosine_decay(2e-3, steps, last=0.01, warm_up=min(100, steps // 10))
    model.compile(keras.optimizers.Adam(rate, global_clipnorm=1000.0))
    callbacks = [BetaAnnealing(max(1, epochs // 3), final=1.0), RolloutSchedule(0, max(1, epochs // 2))]
    train(model, windows, epochs=epochs, callbacks=callbacks, checkpoint=checkpoint, progress=progress)
    return model
