"""The networks of object animation: one body by ten frames of its path, several by what they do to each other."""

import functools
import time

import keras
import numpy as np

from animkit.data.objects import BODIES, FPS, draw_bodies, five_springs, spring_frames
from animkit.metrics.objects import parabola, spring_constants, straight_on
from animkit.models.interactions import InteractionNetwork
from animkit.models.objects import ObjectForecaster
from animkit.recipes.cards import card
from animkit.recipes.schedules import cosine_decay
from animkit.theory.fits import ARM, fitted_on
from animkit.theory.mechanics import ball, fit_ball
from animkit.training import Batches, by_profile, train

EPOCHS, FURTHER, SPRING_EPOCHS = 60, 10, 5
SEEN, FUTURE = 10, 48
SECOND = FPS - 1  # number of the frame a second after the last that is seen
# of springs: frames seen in training, and in testing as the public code of Kipf et al. has it
SPRINGS_SEEN, SPRINGS_TESTED, SPRINGS_FUTURE = 29, 50, 20
# seeds: training draws bodies from 2 ** 20 on and springs from 100 on
UNITS = np.array([1.0, 1.0, ARM])  # m, and what makes metres of a radian
SEEDS = {"validation": 1000, "test": 7}
SEEN_TO = 0.002  # m: the measuring error of a path drawn on a screen, where a pixel is 7 mm
PIXEL = 0.007  # m, and what such a path is rounded to
NOISE = 0.005  # m, the largest measuring error that is trained on


def seen_and_future(kind, count, *, noise, pixel=0.0, seed=0, future=FUTURE):
    """Draw bodies and measure their first frames; an angle is measured by a mark `fits.ARM` from the middle.

    Args:
        kind: one of `animkit.data.objects.BODIES`.
        count: bodies.
        noise: (count,) or a number: standard deviation of the measuring error, m.
        pixel: m to which what is seen is rounded; 0 for none.
        seed: decides all.
        future: frames to come.

    Returns:
        what is seen (count, 10, 3), what comes (count, future, 3), and the `Bodies`.
    """
    bodies = draw_bodies(kind, count, frames=SEEN + future, seed=seed)
    paths = np.concatenate([bodies.positions, bodies.angles[..., None]], axis=-1)
    x = paths[:, :SEEN].copy()
    random = np.random.default_rng((seed, 1))
    error = np.concatenate([random.normal(size=(count, SEEN, axes)) for axes in (2, 1)], axis=-1)
    x += np.reshape(noise, (-1, 1, 1)) * error / UNITS
    if pixel:
        x = (pixel * np.round(x * UNITS / pixel) / UNITS).astype("float32")
    return x, paths[:, SEEN:], bodies


class ObjectBatches(keras.utils.PyDataset):
    """Bodies drawn anew in every epoch: of all kinds, mirrored, in other scales, seen with a measuring error.

    Args:
        kinds: of `animkit.data.objects.BODIES`, "ball" among them.
        batch_size: bodies in a step, a multiple of 8: an eighth is of each other kind, the rest are balls.
        steps: in an epoch.
        seed: decides all.
    """

    def __init__(self, *, kinds=BODIES, batch_size=64, steps=100, seed=0):
        super().__init__()
        self.kinds, self.batch_size, self.steps, self.seed = kinds, batch_size, steps, seed
        self.epoch, self._drawn = 0, None

    def __len__(self):
        return self.steps

    def _draw(self):
        random = np.random.default_rng((self.seed, self.epoch))
        parts = []
        for kind in self.kinds:
            share = 9 - len(self.kinds) if kind == "ball" else 1
            count = self.steps * self.batch_size * share // 8
            noise = NOISE * random.uniform(0, 1, count) * (random.uniform(size=count) > 0.3)
            # training has seeds of its own: far above those of validation and test
            x, y, _ = seen_and_future(kind, count, noise=noise, seed=int(random.integers(2**20, 2**40)))
            scale = np.exp(random.uniform(-0.2, 0.2, (count, 1, 1))).astype("float32")
            side = random.choice(np.array([-1, 1], "float32"), (count, 1, 1))
            factor = np.concatenate([side * scale, scale, side], axis=-1)
            parts.append([np.reshape(factor * path, (self.steps, -1, *path.shape[1:])) for path in (x, y)])
        return [np.concatenate(path, axis=1) for path in zip(*parts, strict=True)]

    def __getitem__(self, index):
        if self._drawn != self.epoch:
            self._drawn, self._kept = self.epoch, self._draw()
        x, y = self._kept
        return x[index], y[index]

    def on_epoch_begin(self):
        self.epoch += 1


def foreseen(model, kind, count, *, noise, pixel=0.0, split="validation"):
    """Go on from ten frames of bodies: by the network, and by what needs none.

    Args:
        model: ObjectForecaster.
        kind: one of `animkit.data.objects.BODIES`.
        count: bodies.
        noise, pixel: of what is seen, as of `seen_and_future`.
        split: "validation" or "test".

    Returns:
        dict of paths (count, 48, 2) by method, the truth (count, 48, 2), what is seen (count, 10, 3) and the `Bodies`.
    """
    x, y, bodies, simple = _without_network(kind, count, noise, pixel, split)
    return {"LSTM": model.carry_on(x, frames=FUTURE)[..., :2], **simple}, y[..., :2], x, bodies


@functools.cache  # the fits take longer than the network, and are the same beside each
def _without_network(kind, count, noise, pixel, split):
    x, y, bodies = seen_and_future(kind, count, noise=noise, pixel=pixel, seed=SEEDS[split])
    seen = x[..., :2]
    paths = {
        "least-squares fit of the true law": fitted_on(kind, x, FUTURE, FPS),
        "constant velocity": straight_on(seen, FUTURE),
        "damped velocity, 0.9 kept a frame": straight_on(seen, FUTURE, keeps=0.9),
        "parabola": parabola(seen, FUTURE),
    }
    if kind == "ball":
        found = fit_ball(seen, FPS, drag=False)
        del found["residual"]
        paths["the same without drag"] = ball(times=np.arange(SEEN, SEEN + FUTURE) / FPS, **found)
    return x, y, bodies, paths


def springs_foreseen(model, count, *, split="validation"):
    """Go on from fifty frames of five springs, by the network and by what needs none.

    Args:
        model: InteractionNetwork.
        count: simulations.
        split: "validation" or "test".

    Returns:
        dict of mean squared errors (20,) by method, of places and velocities as Kipf et al. scale them: so that those
        of training, of four times as many simulations, lie in [-1, 1].
    """
    seen, future = SPRINGS_TESTED, SPRINGS_FUTURE
    springs = five_springs(count, frames=seen + future, seed=SEEDS[split])
    paths = np.concatenate([springs.positions, springs.velocities], axis=-1)
    x, y = paths[:, :seen], paths[:, seen:]
    constants = spring_constants(springs.positions[:, :seen], springs.velocities[:, :seen], model.fps)
    straight = np.concatenate(
        [x[:, -1:, :, :2] + np.arange(1, future + 1)[:, None, None] / model.fps * x[:, -1:, :, 2:],
         np.repeat(x[:, -1:, :, 2:], future, axis=1)], axis=-1
    )  # fmt: skip
    fitted = spring_frames(x[:, -1, :, :2], x[:, -1, :, 2:], constants, future)
    made = {
        "standing still": np.repeat(x[:, -1:], future, axis=1),
        "constant velocity": straight,
        "least-squares fit of the true law": np.concatenate(fitted, axis=-1),
        "interaction network": model.carry_on(x, frames=future),
    }
    learned = five_springs(4 * count, seed=100)
    half = np.repeat([np.ptp(learned.positions) / 2, np.ptp(learned.velocities) / 2], 2)
    return {name: np.square((path - y) / half).mean(axis=(0, 2, 3)) for name, path in made.items()}


def train_objects(
    *, epochs, start=None, kinds=BODIES, steps=100, batch_size=64, seed=0, checkpoint=None, progress=True, **sizes
):
    """Train the forecaster of single bodies.

    Args:
        epochs: of `steps` steps each.
        start: ObjectForecaster to train on, at a quarter of the rate; None for a new one.
        kinds: of bodies, as of `ObjectBatches`.
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
    model = ObjectForecaster(seed=seed, **sizes) if start is None else start
    most = 2e-3 if start is None else 5e-4
    rate = cosine_decay(most, epochs * steps, last=0.01, warm_up=min(50, steps * epochs // 2))
    model.compile(keras.optimizers.Adam(rate, global_clipnorm=1.0))
    data = ObjectBatches(kinds=kinds, batch_size=batch_size, steps=steps, seed=seed)
    train(model, data, epochs=epochs, checkpoint=checkpoint, progress=progress)
    return model


def train_interactions(*, epochs, count=10_000, batch_size=64, seed=0, checkpoint=None, progress=True, **sizes):
    """Train the network of pairs on five springs.

    Args:
        epochs: passes.
        count: simulations, of 49 frames as published.
        batch_size: simulations in a step.
        seed: of weights and order.
        checkpoint: folder for the state, or None.
        progress: show it.
        sizes: of `animkit.models.interactions.InteractionNetwork`.

    Returns:
        InteractionNetwork.
    """
    keras.utils.set_random_seed(seed)
    parts = [five_springs(min(2000, count - start), seed=100 + start // 2000) for start in range(0, count, 2000)]
    paths = [np.concatenate([part.positions, part.velocities], axis=-1) for part in parts]
    paths = np.concatenate(paths).astype("float32")
    data = Batches(
        paths[:, :SPRINGS_SEEN], paths[:, SPRINGS_SEEN:], batch_size=batch_size, seed=seed, drop_remainder=True
    )
    return train_pairs(InteractionNetwork(**sizes), data, epochs=epochs, checkpoint=checkpoint, progress=progress)


def train_pairs(model, data, *, epochs, checkpoint=None, progress=True):
    """Train a network of pairs, on springs or on billiard, by the one schedule that both have.

    Args:
        model: InteractionNetwork.
        data: Batches of what is seen and what follows.
        epochs: passes.
        checkpoint: folder for the state, or None.
        progress: show it.

    Returns:
        The model.
    """
    rate = cosine_decay(4e-3, epochs * len(data), last=0.01, warm_up=min(30, epochs * len(data) // 2))
    model.compile(keras.optimizers.Adam(rate, global_clipnorm=1.0))
    train(model, data, epochs=epochs, checkpoint=checkpoint, progress=progress)
    return model


def make_objects(profile="full", *, checkpoint=None):
    """Train the forecaster of single bodies that ships, first without balls on an edge; the model and its card."""
    started = time.perf_counter()
    epochs, further, steps, count = by_profile(
        profile, ci=(1, 0, 2, 8), demo=(4, 1, 100, 100), full=(EPOCHS, FURTHER, 100, 100)
    )
    first = None if checkpoint is None else f"{checkpoint}_first"
    model = train_objects(epochs=epochs, kinds=BODIES[:-1], steps=steps, checkpoint=first)
    if further:
        model = train_objects(epochs=further, start=model, batch_size=128, steps=steps, checkpoint=checkpoint)
    return model, objects_card(model, count, epochs, further, profile=profile, started=started)


def objects_card(model, count, epochs, further, *, profile, started):
    """Measure a forecaster of single bodies on validation bodies, for its card.

    Args:
        model: ObjectForecaster.
        count: bodies of each kind.
        epochs, further: that it was trained without, then with balls on an edge.
        profile, started: as of `animkit.recipes.cards.card`.

    Returns:
        dict.
    """
    metrics = {}
    for kind in BODIES:
        paths, truth, *_ = foreseen(model, kind, count, noise=SEEN_TO)
        errors = {name: np.linalg.norm(path - truth, axis=-1)[:, SECOND].mean() for name, path in paths.items()}
        metrics[f"{kind}_after_a_second"] = {
            "value": round(float(errors.pop("LSTM")), 4),
            **{name: round(float(error), 4) for name, error in errors.items()},
            "unit": f"m, mean distance from the truth, {count} validation bodies seen to 2 mm",
        }
    return card(
        "objects",
        what="an LSTM that reads ten frames of one moving body and goes on, with what the body hides unknown",
        data="a procedural twin of things that move, animkit.data.objects: balls, pendulums, springs, wheels, leaves, "
        "balls on an edge",
        recipe=f"LSTM 96 -> coefficients of a law and of a bounce; Adam 2e-3 to 2e-5 by half a cosine, {epochs} epochs "
        f"of 100 steps of 64 bodies drawn anew, then 5e-4 to 5e-6, {further} epochs of 128 with balls on an edge; "
        "distance of a rollout over 48 frames and energy score of two draws; what is seen has an error of 0 to 5 mm",
        metrics=metrics,
        profile=profile,
        started=started,
    )


def make_interactions(profile="full", *, checkpoint=None):
    """Train the network of pairs that ships, on five springs; the model and its card."""
    started = time.perf_counter()
    epochs, count, tested = by_profile(
        profile, ci=(1, 128, 8), demo=(1, 10_000, 100), full=(SPRING_EPOCHS, 10_000, 500)
    )
    model = train_interactions(epochs=epochs, count=count, checkpoint=checkpoint)
    errors = springs_foreseen(model, tested)
    metrics = {
        f"after_{steps}_steps": {
            "value": float(f"{errors['interaction network'][steps - 1]:.3g}"),
            **{name: float(f"{errors[name][steps - 1]:.3g}") for name in errors if name != "interaction network"},
            "unit": f"mean squared error, scaled to [-1, 1], {tested} validation simulations",
        }
        for steps in (1, 10, 20)
    }
    sheet = card(
        "interactions",
        what="one network for all pairs of bodies, with an LSTM state for each pair, that carries five springs on",
        data=f"a twin of the simulation of Kipf et al. 2018: {count} runs of animkit.data.objects.five_springs",
        recipe=f"pair LSTM 32 -> pull and brake along the line between two; Adam 4e-3 to 4e-5 by half a cosine, "
        f"{epochs} epochs; 29 frames are read, 20 foreseen; distance of the rollout and of each frame's forecast",
        metrics=metrics,
        profile=profile,
        started=started,
    )
    return model, sheet
