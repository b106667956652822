"""Networks of bodies that hold each other, a stack that a ball hits and a chain that swings, and their rivals."""

import time
from functools import cache

import keras
import numpy as np

from animkit.data.objects import FPS, simulate
from animkit.models.relations import RelationalForecaster
from animkit.recipes.billiard import FUTURE, MOMENTS, SEEDS, SEEN, straight_line
from animkit.recipes.cards import card
from animkit.recipes.objects import train_pairs
from animkit.training import Batches, by_profile

EPOCHS, RUNS = 16, 1500
# frames of a run at which windows begin; those that are measured begin at the first of them: a stack before it is hit,
# a chain a second after it was let go
STARTS = {"stack": (0, 8), "chain": (24, 8)}
WHOLE = {scene: starts[0] + SEEN + max(MOMENTS.values()) for scene, starts in STARTS.items()}  # frames of a run
NETWORK, ALONE = "interaction network", "the same LSTM without pairs"
WHAT = {
    "stack": "a stack of five crates, and of the ball that hits it",
    "chain": "a chain of six links that swings from a joint",
}


@cache
def happened(scene, count, *, frames, seed):
    """Places and velocities in a scene from its beginning: (count, frames, bodies, 4), drawn once a session."""
    parts = [
        simulate(scene, min(500, count - done), frames=frames, seed=seed + done // 500) for done in range(0, count, 500)
    ]
    return np.concatenate([np.concatenate([part.positions, part.velocities], axis=-1) for part in parts])


def nearest_run(learned):
    """Baseline: what came in the run of training whose seen frames were nearest.

    Args:
        learned: (runs, 10 + frames, bodies, 4) places and velocities.

    Returns:
        Function of (n, 10, bodies, 4) that gives (n, frames, bodies, 2) m.
    """
    known = learned[:, :SEEN].reshape(len(learned), -1)

    def go_on(seen):
        flat = seen.reshape(len(seen), -1)
        square = (flat**2).sum(axis=1)[:, None] - 2 * flat @ known.T + (known**2).sum(axis=1)
        return learned[square.argmin(axis=1), SEEN:, :, :2]

    return go_on


def bodies_foreseen(models, scene, count, *, learned=RUNS, split="validation"):
    """Go on from ten frames of a scene, by networks and by what is simpler.

    Args:
        models: dict: name -> RelationalForecaster.
        scene: "stack" or "chain".
        count: runs.
        learned: runs of training for the baselines that need some.
        split: "validation" or "test".

    Returns:
        dict: method -> mean distance from the truth in each run (count, 48) m; what is seen is exact.
    """
    begin, frames = STARTS[scene][0], max(MOMENTS.values())
    paths = happened(scene, count, frames=WHOLE[scene], seed=SEEDS[split])[:, begin:]
    known = happened(scene, learned, frames=WHOLE[scene], seed=100)[:, begin:]
    x, truth = paths[:, :SEEN], paths[:, SEEN:, :, :2]
    ahead = np.arange(1, frames + 1)[:, None, None] / FPS
    lines = [straight_line(known[:, :, [body]])(x[:, :, [body]]) for body in range(x.shape[2])]
    made = {
        **{name: model.carry_on(x, frames=frames)[..., :2] for name, model in models.items()},
        "linear regression, each body alone": np.concatenate(lines, axis=2),
        f"the nearest of {learned} runs of training": nearest_run(known)(x),
        "constant velocity": x[:, -1:, :, :2] + ahead * x[:, -1:, :, 2:],
        "standing still": np.repeat(x[:, -1:, :, :2], frames, axis=1),
    }
    return {name: np.linalg.norm(path - truth, axis=-1).mean(axis=2) for name, path in made.items()}


def train_scene(
    scene, *, epochs=EPOCHS, count=RUNS, batch_size=64, seed=0, checkpoint=None, progress=True, **sizes
):  # fmt: skip
    """Train a network on a stack or on a chain.

    Args:
        scene: "stack" or "chain".
        epochs: passes.
        count: runs, each of which gives two windows.
        batch_size: windows in a step.
        seed: of weights and order.
        checkpoint: folder for the state, or None.
        progress: show it.
        sizes: of `animkit.models.relations.RelationalForecaster`.

    Returns:
        RelationalForecaster.
    """
    keras.utils.set_random_seed(seed)
    length = SEEN + FUTURE
    runs = happened(scene, count, frames=WHOLE[scene], seed=100)
    paths = np.concatenate([runs[:, start : start + length] for start in STARTS[scene]])
    data = Batches(paths[:, :SEEN], paths[:, SEEN:], batch_size=batch_size, seed=seed, drop_remainder=True)
    model = RelationalForecaster(bodies=paths.shape[2], fps=FPS, **sizes)
    return train_pairs(model, data, epochs=epochs, checkpoint=checkpoint, progress=progress)


def _made(scene, profile, checkpoint):
    started = time.perf_counter()
    epochs, count, tested = by_profile(profile, ci=(1, 8, 2), demo=(2, RUNS, 100), full=(EPOCHS, RUNS, 200))
    options = {"epochs": epochs, "count": count, "batch_size": min(64, count)}
    model = train_scene(scene, checkpoint=checkpoint, **options)
    alone = train_scene(scene, checkpoint=None if checkpoint is None else f"{checkpoint}_alone", pairs=False, **options)
    errors = bodies_foreseen({NETWORK: model, ALONE: alone}, scene, tested, learned=count)
    metrics = {
        f"after_{moment.replace(' ', '_')}": {
            "value": round(float(errors[NETWORK][:, frame - 1].mean()), 4),
            **{name: round(float(error[:, frame - 1].mean()), 4) for name, error in list(errors.items())[1:]},
            "unit": f"m, mean distance from the truth, {tested} validation runs",
        }
        for moment, frame in MOMENTS.items()
    }
    return model, card(
        scene,
        what="an LSTM for each body, which hears what a network of pairs says of all others, that carries on "
        f"{WHAT[scene]}",
        data=f"a twin of it: {count} runs of animkit.data.objects.simulate, pymunk at steps of 1/1000 s",
        recipe=f"body LSTM {model.units}, pair network {model.hidden}, {model.hidden}; Adam 4e-3 to 4e-5 by half a "
        f"cosine, {epochs} epochs; 10 frames are read, {FUTURE} foreseen; distance of a rollout and of each frame's "
        "forecast",
        metrics=metrics,
        profile=profile,
        started=started,
    )


def make_stack(profile="full", *, checkpoint=None):
    """Train the network of a stack that a ball hits, and one without pairs beside it; the model and its card."""
    return _made("stack", profile, checkpoint)


def make_chain(profile="full", *, checkpoint=None):
    """Train the network of a chain, and one without pairs beside it; the model and its card."""
    return _made("chain", profile, checkpoint)
