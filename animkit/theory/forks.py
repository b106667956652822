"""Where a future forks: what may become of a ball on an edge, by Bayes' rule on its true law."""

import numpy as np

from animkit.theory.fits import ARM, NUMBERS
from animkit.theory.mechanics import RANGES, edge


def edge_futures(seen, times, fps, *, noise, samples, draws=20_000, seed=0):
    """Draw what may become of balls on an edge that were seen with a measuring error.

    What a ball hides is drawn from the ranges it comes from, and counts by how likely it makes the frames seen: the
    lean, the radius and gravity by importance sampling, the edge's place by formula (any place is as likely).
    Restitution and drag have not yet been seen and stay as they were drawn.

    Args:
        seen: (bodies, frames, 3) m, m and rad.
        times: (n,) s since the first frame, of what is wanted.
        fps: frames per second.
        noise: standard deviation of the measuring error, m.
        samples: futures of each ball.
        draws: of what is hidden.
        seed: of these.

    Returns:
        the probability (bodies,) that it falls to the right, and futures (bodies, samples, n, 2) m.

    Source: MacKay 2003, section 29.2, for importance sampling.
    """
    random, count = np.random.default_rng(seed), len(seen)
    lean, radius, gravity = (random.uniform(*NUMBERS["edge"][name], draws) for name in ("lean", "radius", "gravity"))
    hidden = {"radius": radius, "gravity": gravity}
    path, angles = edge(np.zeros((draws, 2)), lean, np.arange(seen.shape[1]) / fps, **hidden, ground=-9.0)
    units = np.array([1.0, 1.0, ARM])

    def unplaced(paths):
        """Ways without the place of the edge, in units of the error."""
        paths = units * paths
        paths[..., :2] -= paths[..., :2].mean(axis=1, keepdims=True)
        return paths.reshape(len(paths), -1) / noise

    said, shown = unplaced(np.concatenate([path, angles[..., None]], axis=-1)), unplaced(np.array(seen, float))
    likely = shown @ said.T - np.square(said).sum(axis=1) / 2
    likely = np.exp(likely - likely.max(axis=1, keepdims=True))
    likely /= likely.sum(axis=1, keepdims=True)
    chosen = np.stack([random.choice(draws, samples, p=one) for one in likely])
    corner = (seen[:, None, :, :2] - path[chosen]).mean(axis=2)
    corner += noise / np.sqrt(seen.shape[1]) * random.normal(size=corner.shape)
    unseen = {name: random.uniform(*RANGES[name], (count, samples)) for name in ("restitution", "drag")}
    hidden = {name: values[chosen] for name, values in hidden.items()}
    return likely @ (lean > 0), edge(corner, lean[chosen], times, **hidden, **unseen)[0]
