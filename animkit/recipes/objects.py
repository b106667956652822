"""The networks of object animation: one body by ten frames of its path, several by what they do to each other."""

import keras
import numpy as np

from animkit.data.objects import BODIES, draw_bodies
from animkit.models.objects import ObjectForecaster
from animkit.recipes.schedules import cosine_decay
from animkit.training import train

SEEN, FUTURE = 10, 48
NOISE = 0.005  # m, the largest measuring error that is trained on
BALLS = 0.5  # share of balls among the bodies: their bounces are hardest


def seen_and_future(kind, count, *, noise, seed=0, future=FUTURE):
    """Draw bodies and measure their first frames.

    Args:
        kind: one of `animkit.data.objects.BODIES`.
        count: bodies.
        noise: (count,) or a number: standard deviation of the measuring error of places, m.
        seed: decides all.
        future: frames to come.

    Returns:
        what is seen (count, 10, 3), what comes (count, future, 3), and the `Bodies`.
    """
    bodies = draw_bodies(kind, count, frames=SEEN + future, seed=seed)
    paths = np.concatenate([bodies.positions, bodies.angles[..., None]], axis=-1)
    x = paths[:, :SEEN].copy()
    error = np.random.default_rng((seed, 1)).normal(size=(count, SEEN, 2))
    x[..., :2] += np.reshape(noise, (-1, 1, 1)) * error
    return x, paths[:, SEEN:], bodies


class ObjectBatches(keras.utils.PyDataset):
    """Bodies drawn anew for every step: of all kinds, mirrored, in other scales, seen with a measuring error.

    Args:
        batch_size: bodies in a step.
        steps: in an epoch.
        seed: decides all.
    """

    def __init__(self, *, batch_size=64, steps=100, seed=0):
        super().__init__()
        self.batch_size, self.steps, self.seed, self.epoch = batch_size, steps, seed, -1

    def __len__(self):
        return self.steps

    def __getitem__(self, index):
        random = np.random.default_rng((self.seed, max(self.epoch, 0), index))
        balls = round(BALLS * self.batch_size)
        kinds = np.bincount(random.integers(1, len(BODIES), self.batch_size - balls), minlength=len(BODIES))
        kinds[0] = balls
        parts = []
        for kind, count in zip(BODIES, kinds, strict=True):
            if count:
                noise = NOISE * random.uniform(0, 1, count) * (random.uniform(size=count) > 0.3)
                # training has seeds of its own: far above those of validation and test
                parts.append(seen_and_future(kind, count, noise=noise, seed=int(random.integers(2**20, 2**40)))[:2])
        x, y = (np.concatenate(part) for part in zip(*parts, strict=True))
        scale = np.exp(random.uniform(-0.2, 0.2, (self.batch_size, 1, 1))).astype("float32")
        side = random.choice(np.array([-1, 1], "float32"), (self.batch_size, 1, 1))
        factor = np.concatenate([side * scale, scale, side], axis=-1)
        return x * factor, y * factor

    def on_epoch_begin(self):
        self.epoch += 1


def train_objects(*, epochs, steps=100, batch_size=64, seed=0, checkpoint=None, progress=True, **sizes):
    """Train the forecaster of single bodies.

    Args:
        epochs: of `steps` steps each.
        steps: in an epoch.
        batch_size: bodies in a step.
        seed: of weights, bodies and codes.
        checkpoint: folder for the state, or None.
        progress: show it.
        sizes: of `animkit.models.objects.ObjectForecaster`.

    Returns:
        ObjectForecaster.
    """
    keras.utils.set_random_seed(seed)
    model = ObjectForecaster(seed=seed, **sizes)
    rate = cosine_decay(2e-3, epochs * steps, last=0.01, warm_up=min(50, steps * epochs // 2))
    model.compile(keras.optimizers.Adam(rate, global_clipnorm=1.0))
    data = ObjectBatches(batch_size=batch_size, steps=steps, seed=seed)
    train(model, data, epochs=epochs, checkpoint=checkpoint, progress=progress)
    return model
