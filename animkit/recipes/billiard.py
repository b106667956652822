"""The network of pairs on a billiard table: five balls, four walls, and what it is measured against."""

import time

import keras
import numpy as np
from sklearn.linear_model import Ridge

from animkit.data.objects import BALL, FPS, TABLE, billiard_on, simulate
from animkit.models.interactions import InteractionNetwork
from animkit.recipes.cards import card
from animkit.recipes.objects import train_pairs
from animkit.training import Batches, by_profile

EPOCHS, SEEN, FUTURE = 20, 10, 20
# of validation and test; training draws from 100 on
SEEDS = {"validation": 1000, "test": 7}
MOMENTS = {"0.5 s": 12, "1 s": 24, "2 s": 48}  # frames after the last that is seen


def rolled(count, *, frames, seed):
    """Places and velocities of balls on a table: (count, frames, 5, 4)."""
    scenes = simulate("billiard", count, frames=frames, seed=seed)
    return np.concatenate([scenes.positions, scenes.velocities], axis=-1)


def friction(velocities):
    """The share of its speed that friction leaves a ball in a second, from what is seen: hits are few, and the median.

    Args:
        velocities: (..., frames, balls, 2) m/s.

    Returns:
        (...,).
    """
    speed = np.linalg.norm(velocities, axis=-1)
    kept = np.median(speed[..., 1:, :] / np.maximum(speed[..., :-1, :], 1e-6), axis=(-2, -1))
    return np.clip(kept**FPS, 0.75, 1.0)


def thrown_back(place, velocity, keeps, frames):
    """Baseline: each ball alone, slowed by friction, thrown back by walls, through all others.

    Args:
        place, velocity: (n, balls, 2) m and m/s.
        keeps: (n,) of `friction`.
        frames: to come.

    Returns:
        (n, frames, balls, 2) m.
    """
    times = np.arange(1, frames + 1) / FPS
    rate = -np.log(np.minimum(keeps, 1 - 1e-6))[:, None]
    way = (-np.expm1(-rate * times) / rate)[:, :, None, None] * velocity[:, None]
    half = TABLE - BALL
    # unfolded: a table mirrored at every wall is one of four halves' width
    turned = np.mod(place[:, None] + way + half, 4 * half)
    return np.minimum(turned, 4 * half - turned) - half


def straight_line(learned):
    """Baseline: a linear function of a ball's own ten frames, fitted to tables of training by ridge regression.

    Args:
        learned: (tables, 10 + frames, balls, 4) places and velocities.

    Returns:
        Function of (n, 10, balls, 4) that gives (n, frames, balls, 2) m.
    """

    def balls(paths):
        one_by_one = np.moveaxis(paths, 2, 1).reshape(-1, paths.shape[1], 4)
        return one_by_one, one_by_one[:, SEEN - 1, None, :2]

    paths, last = balls(learned)
    line = Ridge(1.0).fit(paths[:, :SEEN].reshape(len(paths), -1), (paths[:, SEEN:, :2] - last).reshape(len(paths), -1))

    def go_on(seen):
        paths, last = balls(seen)
        way = line.predict(paths.reshape(len(paths), -1)).reshape(len(paths), -1, 2)
        return np.moveaxis((last + way).reshape(len(seen), seen.shape[2], -1, 2), 1, 2)

    return go_on


def balls_foreseen(model, count, *, learned=500, split="validation"):
    """Go on from ten frames of billiard, by the network and by what is simpler.

    Args:
        model: InteractionNetwork.
        count: tables.
        learned: tables of training to which the linear baseline is fitted.
        split: "validation" or "test".

    Returns:
        dict: method -> mean distance from the truth of each table (count, 48) m; what is seen is exact.
    """
    frames = max(MOMENTS.values())
    paths = rolled(count, frames=SEEN + frames, seed=SEEDS[split])
    x, truth = paths[:, :SEEN], paths[:, SEEN:, :, :2]
    place, velocity = x[:, -1, :, :2], x[:, -1, :, 2:]
    keeps = friction(x[..., 2:])
    ahead = np.arange(1, frames + 1)[:, None, None] / FPS
    made = {
        "interaction network": model.carry_on(x, frames=frames)[..., :2],
        "linear regression, each ball alone": straight_line(rolled(learned, frames=SEEN + frames, seed=100))(x),
        "constant velocity": place[:, None] + ahead * velocity[:, None],
        "friction and walls, each ball alone": thrown_back(place, velocity, keeps, frames),
        "standing still": np.repeat(place[:, None], frames, axis=1),
        "the true engine, each ball alone": np.stack([
            np.concatenate([billiard_on(x[None], v[None], keeps, frames) for x, v in zip(*table, strict=True)], axis=1)
            for *table, keeps in zip(place, velocity, keeps, strict=True)
        ]),
        "the true engine, friction fitted": np.stack([
            billiard_on(*one, frames) for one in zip(place, velocity, keeps, strict=True)
        ]),
    }  # fmt: skip
    return {name: np.linalg.norm(path - truth, axis=-1).mean(axis=2) for name, path in made.items()}


def train_billiard(*, epochs, count=2000, batch_size=64, seed=0, checkpoint=None, progress=True, **sizes):
    """Train the network of pairs on billiard.

    Args:
        epochs: passes.
        count: tables, of 60 frames in two halves.
        batch_size: halves in a step.
        seed: of weights and order.
        checkpoint: folder for the state, or None.
        progress: show it.
        sizes: of `animkit.models.interactions.InteractionNetwork`.

    Returns:
        InteractionNetwork.
    """
    keras.utils.set_random_seed(seed)
    length = SEEN + FUTURE
    parts = [rolled(min(500, count - done), frames=2 * length, seed=100 + done // 500) for done in range(0, count, 500)]
    paths = np.concatenate([part[:, half : half + length] for part in parts for half in (0, length)])
    data = Batches(paths[:, :SEEN], paths[:, SEEN:], batch_size=batch_size, seed=seed, drop_remainder=True)
    model = InteractionNetwork(
        fps=FPS, walls=TABLE, **{"length": 0.2, "strength": 25.0, "units": 16, "hidden": 48, **sizes}
    )
    return train_pairs(model, data, epochs=epochs, checkpoint=checkpoint, progress=progress)


def make_billiard(profile="full", *, checkpoint=None):
    """Train the network of pairs on billiard; the model and its card."""
    started = time.perf_counter()
    epochs, count, tested = by_profile(profile, ci=(1, 32, 4), demo=(1, 2000, 100), full=(EPOCHS, 2000, 200))
    model = train_billiard(epochs=epochs, count=count, checkpoint=checkpoint, batch_size=min(64, count))
    return model, billiard_card(model, tested, epochs, count, profile=profile, started=started)


def billiard_card(model, tested, epochs, count, *, profile, started):
    """Measure the network on validation tables, for its card.

    Args:
        model: InteractionNetwork.
        tested: tables.
        epochs, count: that it was trained for, and on.
        profile, started: as of `animkit.recipes.cards.card`.

    Returns:
        dict.
    """
    errors = balls_foreseen(model, tested)
    metrics = {
        f"after_{moment.replace(' ', '_')}": {
            "value": round(float(errors["interaction network"][:, frame - 1].mean()), 4),
            **{name: round(float(error[:, frame - 1].mean()), 4) for name, error in list(errors.items())[1:]},
            "unit": f"m, mean distance from the truth, {tested} validation tables",
        }
        for moment, frame in MOMENTS.items()
    }
    return card(
        "billiard",
        what="one network for all pairs of balls, and of balls and walls, that carries five on a billiard table on",
        data=f"a twin of billiard: {count} tables of animkit.data.objects.simulate, pymunk at steps of 1/1000 s",
        recipe=f"pair LSTM 16 -> forces along the line between two, and shares of the speed at which they close in; "
        f"Adam 4e-3 to 4e-5 by half a cosine, {epochs} epochs; 10 frames are read, 20 foreseen; distance of a rollout "
        "and of each frame's forecast",
        metrics=metrics,
        profile=profile,
        started=started,
    )
