"""The forecaster of motion: an LSTM on joints' positions."""

import keras
import numpy as np

from animkit.models.forecaster import ForecastBatches, MotionForecaster
from animkit.recipes.schedules import cosine_decay
from animkit.training import train


def train_forecaster(
    recordings,
    *,
    epochs,
    past=10,
    future=25,
    mirror=None,
    backward=0.5,
    steps=100,
    seed=0,
    checkpoint=None,
    progress=True,
):
    """Train an LSTM that sees some frames of joints' positions and says all those to come at once.

    Args:
        recordings: list of (frames, joints, 3), all in one unit; every second frame is used.
        past: frames that are seen.
        future: frames that are predicted.
        mirror: (joints,) each joint's partner on the other side, to learn from mirror images too; or None.
        backward: share of windows that run backward.
        epochs: of `steps` batches of 128 windows.
        steps: batches in an epoch.
        seed: of weights and windows.
        checkpoint: folder for the state, or None.
        progress: show it.

    Returns:
        MotionForecaster.
    """
    keras.utils.set_random_seed(seed)
    everything = np.concatenate(recordings)
    steps_taken = np.concatenate([one[2:] - one[:-2] for one in recordings])
    model = MotionForecaster(
        everything.mean(axis=0),
        spread=everything.std(axis=0).mean(),
        speed=steps_taken.std(),
        past=past,
        future=future,
        pose_dropout=0.4,
    )
    data = ForecastBatches(
        recordings,
        past=past,
        future=future,
        mirror=mirror,
        backward=backward,
        steps=steps,
        seed=seed,
    )
    rate = cosine_decay(1e-3, epochs * steps, last=0.02)
    model.compile(keras.optimizers.Adam(rate, clipnorm=1.0))
    train(model, data, epochs=epochs, checkpoint=checkpoint, progress=progress)
    return model
