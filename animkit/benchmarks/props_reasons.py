"""Why the forecaster of single bodies misses: is it early or late, and what does it know of a ball's lean?

`python -m animkit.benchmarks.props --only reasons` writes it; all on validation bodies.
"""

import numpy as np
from sklearn.linear_model import LogisticRegression

from animkit.data.objects import FPS
from animkit.recipes.objects import FUTURE, SECOND, SEEDS, SEEN, SEEN_TO, seen_and_future
from animkit.theory.forks import edge_futures

SHIFT = 8  # frames, a third of a second
TIMED = ("pendulum", "spring", "wheel", "leaf")
MOST_LIKELY = "Bayes' rule on the true law"


def reasons(model, count):
    """Look for the reasons of the forecaster's errors.

    Args:
        model: ObjectForecaster.
        count: bodies of each kind; ten times as many balls on an edge.

    Returns:
        dict, each by what is seen, "exact" or "2 mm": `early or late` {kind: metres after a second, `off`, and
        `best shift`, where the true path may be read up to `SHIFT` frames earlier or later}; `side`, percent of balls
        on an edge of which each way of reading names the side.
    """
    seen = {"exact": 0.0, "2 mm": SEEN_TO}
    return {
        "early or late": {
            kind: {name: early_or_late(model, kind, count, noise) for name, noise in seen.items()} for kind in TIMED
        },
        "side": {name: sides(model, 10 * count, noise) for name, noise in seen.items()},
    }


def early_or_late(model, kind, count, noise):
    """Distance from the truth a second ahead, and from the nearest place of the true path around that time."""
    x, y, _ = seen_and_future(kind, count, noise=noise, seed=SEEDS["validation"])
    made = model.carry_on(x, frames=SECOND + 1)[:, -1, :2]
    times = np.linspace(SECOND - SHIFT, SECOND + SHIFT, 20 * SHIFT + 1)
    before = np.floor(times).astype(int)
    share = (times - before)[:, None]
    path = (1 - share) * y[:, before, :2] + share * y[:, before + 1, :2]
    off = np.linalg.norm(made[:, None] - path, axis=-1)
    return {"off": off[:, 10 * SHIFT].mean(), "best shift": off.min(axis=1).mean()}


def sides(model, count, noise):
    """Percent of balls on an edge of which the side is named: by the path, by lines, and by who knows the law.

    Args:
        model: ObjectForecaster.
        count: balls; lines (logistic regression) are fitted to one half and asked of the other, as all are.
        noise: with which frames are seen, m.
    """
    x, _, drawn = seen_and_future("edge", count, noise=noise, seed=SEEDS["validation"] + 1)
    right, half = drawn.hidden["lean"] > 0, count // 2
    start = x[:, :, 0].mean(axis=1)
    named = {
        "the network's path after two seconds": model.carry_on(x[half:], frames=FUTURE)[:, -1, 0] > start[half:],
        "fifty futures": (model.carry_on(x[half:], frames=FUTURE, samples=50)[:, :, -1, 0] > start[half:, None]).mean(
            axis=1
        )
        > 0.5,
    }
    frames = x - x.mean(axis=1, keepdims=True)
    for name, one in (("a line, of the LSTM's state", model.state(x)), ("a line, of the frames", frames)):
        one = one.reshape(count, -1)
        one = (one - one.mean(axis=0)) / (one.std(axis=0) + 1e-9)
        named[name] = LogisticRegression(C=0.1, max_iter=500).fit(one[:half], right[:half]).predict(one[half:])
    if noise:
        likely = edge_futures(x[half:], np.array([SEEN]) / FPS, FPS, noise=noise, samples=1)[0]
        named[MOST_LIKELY] = likely > 0.5
    return {name: 100 * np.mean(one == right[half:]) for name, one in named.items()}
