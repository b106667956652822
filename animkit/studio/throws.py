"""Throws: a body is let go, a few frames of it are seen, and what truly comes stands beside what is foretold.

Positions are metres with y up and the ground at 0; the law of each body is a closed form of `animkit.theory.mechanics`.
"""

from typing import NamedTuple

import numpy as np

from animkit.data.objects import FPS
from animkit.studio.props import carry_on_path, roll
from animkit.theory import mechanics
from animkit.theory.fits import ARM, NUMBERS, fitted_on
from animkit.theory.forks import edge_futures

SEEN = 10  # frames that a network or a fit is given
PIVOT = (0.0, 3.2)  # where the pendulum hangs
ANCHOR = (0.0, 1.8)  # where the spring rests
TRUTH, NETWORK, CONSTANT, FITTED = "truth", "network", "constant velocity", "least-squares fit"


class Hidden(NamedTuple):
    """A number that a body hides: what it is, with its unit, and which values it may have."""

    label: str
    explanation: str
    default: float
    low: float
    high: float
    step: float


_FLIES = {
    "gravity": Hidden("gravity, m/s²", "Moon 1.62, Mars 3.71, Earth 9.81, Jupiter 24.8", 9.81, 1.0, 25.0, 0.01),
    "restitution": Hidden("bounce", "Share of its speed that a bounce leaves", 0.8, 0.0, 1.0, 0.01),
    "drag": Hidden("drag, 1/s", "Drag of the air by the ball's mass: a light ball has more", 0.2, 0.0, 3.0, 0.05),
}
HIDDEN = {
    "ball": _FLIES,
    "pendulum": {
        "gravity": _FLIES["gravity"],
        "length": Hidden("length, m", "From the pivot to the bob", 1.2, 0.3, 2.5, 0.05),
    },
    "spring": {
        "stiffness": Hidden("stiffness, N/m", "What the spring pulls with, by a metre", 40.0, 5.0, 200.0, 1.0),
        "mass": Hidden("mass, kg", "Of the body: heavier is slower", 1.0, 0.2, 4.0, 0.05),
        "damping": Hidden("friction, kg/s", "What slows the body down", 0.4, 0.0, 4.0, 0.05),
    },
    "wheel": {
        "slope": Hidden("slope, rad", "Above 0 it goes down the way that the wheel rolls", 0.0, -0.25, 0.25, 0.01),
        "resistance": Hidden("rolling resistance", "0 rolls for ever", 0.03, 0.0, 0.2, 0.005),
    },
    "leaf": {
        "fall": Hidden("falls, m/s", "How fast on average", 0.8, 0.2, 2.0, 0.05),
        "swing": Hidden("swings, m", "Half the width of its swing", 0.3, 0.0, 0.8, 0.05),
        "frequency": Hidden("swings a second", "How often it goes to and fro", 0.7, 0.2, 2.0, 0.05),
    },
    "edge": {
        **_FLIES,
        "radius": Hidden("radius, m", "Of the ball: a large one takes longer to fall", 0.25, 0.15, 0.35, 0.01),
        "leans": Hidden("leans, mrad", "Thousandths of a radian to the right: too few to be seen", 1.0, -5.0, 5.0, 0.1),
    },
}
PROP = {"ball": "ball", "pendulum": "lantern", "spring": "crate", "wheel": "wheel", "leaf": "leaf", "edge": "ball"}
RADIUS = 0.35  # m, of what is drawn; a ball's path is that of its lowest point, a wheel's that of its hub


class Throw(NamedTuple):
    """What came and what was foretold from its first SEEN frames."""

    paths: dict  # name -> (frames, 2) m, as seen in the first SEEN frames
    angles: dict  # name -> (frames,) rad
    futures: np.ndarray  # (samples, frames, 2), of the network
    strange: list  # what network and fit have never seen or never answer, in words


def true_path(body, position, velocity, hidden, times):
    """Where a body goes by its law.

    Args:
        body: a name of HIDDEN.
        position: (2,) m at time 0; a pendulum hangs in this direction, at its own length; of a ball on an edge, where
            the edge is.
        velocity: (2,) m/s at time 0; of a pendulum the part across, of a wheel the part along the ground, of a leaf the
            wind across; a ball on an edge has none.
        hidden: the numbers that HIDDEN names.
        times: (frames,) s.

    Returns:
        positions (frames, 2) m and angles (frames,) rad.

    Raises:
        ValueError: an unknown body, or numbers that its law does not know.
    """
    if body not in HIDDEN:
        raise ValueError(f"no body called {body!r}; there are {', '.join(HIDDEN)}")
    position, velocity = np.asarray(position, float), np.asarray(velocity, float)
    if not (np.isfinite(position).all() and np.isfinite(velocity).all()):
        raise ValueError(f"a throw begins at a finite place and speed; got {position} and {velocity}")
    if body == "ball":
        path = mechanics.ball(position, velocity, times, **hidden)
        return path, roll(path, RADIUS)
    if body == "edge":
        known = {name: value for name, value in hidden.items() if name != "leans"}
        return mechanics.edge(position, hidden["leans"] / 1000, times, **known)
    if body == "pendulum":
        across, down = position[0] - PIVOT[0], PIVOT[1] - position[1]
        angle = np.arctan2(across, down)
        rate = velocity @ [np.cos(angle), np.sin(angle)] / hidden["length"]
        return mechanics.pendulum(PIVOT, hidden["length"], angle, rate, times, gravity=hidden["gravity"])
    if body == "spring":
        path = mechanics.spring(position, velocity, times, **hidden, anchor=ANCHOR)
        return path, np.zeros(len(path))
    if body == "wheel":
        side = -1.0 if velocity[0] < 0 else 1.0
        path, angles = mechanics.wheel(position * [side, 1], abs(velocity[0]), times, **hidden, radius=RADIUS)
        return path * [side, 1], side * angles
    return mechanics.leaf(position, times, **hidden, drift=velocity[0])


def throw(model, body, position, velocity, hidden, *, frames=58, noise=0.0, samples=0, seed=0):
    """Let a body go, show the first frames of it to a network and to two baselines, and let each go on.

    Args:
        model: with `carry_on`, as `animkit.studio.props.carry_on_path` takes it; None where there is no network.
        body, position, velocity, hidden: as of `true_path`.
        frames: of the whole, FPS a second, SEEN of them seen.
        noise: standard deviation of the measuring error, m; of angles that of a mark 0.2 m from the middle.
        samples: futures that are drawn of the network beside its mean.
        seed: of these, and of the measuring error.

    Returns:
        Throw.

    Raises:
        ValueError: as `true_path`.
    """
    times = np.arange(frames) / FPS
    truth, angles = true_path(body, position, velocity, hidden, times)
    random = np.random.default_rng(seed)
    seen = truth[:SEEN] + noise * random.normal(size=(SEEN, 2))
    both = np.column_stack([seen, angles[:SEEN] + noise / ARM * random.normal(size=SEEN)])
    paths, turned = {TRUTH: truth}, {TRUTH: angles}
    futures = np.zeros((0, frames, 2))
    if model is not None:
        paths[NETWORK], turned[NETWORK] = _joined(both, carry_on_path(model, both, frames - SEEN))
        if samples:
            drawn = carry_on_path(model, both, frames - SEEN, samples=samples, seed=seed)[..., :2]
            futures = np.concatenate([np.broadcast_to(seen, (samples, SEEN, 2)), drawn], axis=1)
    ahead = np.arange(1, frames - SEEN + 1)[:, None]
    paths[CONSTANT], turned[CONSTANT] = _joined(both, both[-1] + (both[-1] - both[-2]) * ahead)
    paths[FITTED] = np.concatenate([seen, fitted_on(body, both[None], frames - SEEN, FPS)[0]])
    turned[FITTED] = _turned(body, paths[FITTED], angles)
    return Throw(paths, turned, futures, _strange(body, hidden))


def _joined(seen, ahead):
    """Places (frames, 2) and angles (frames,) of what was seen and what was foretold, (frames, 3) each."""
    both = np.concatenate([seen, ahead])
    return both[:, :2], both[:, 2]


def _turned(body, path, angles):
    """The angles of what was only foretold a path: it rolls, hangs, or is turned as it truly is."""
    if body in ("ball", "wheel"):
        return roll(path, RADIUS)
    if body == "pendulum":
        return np.arctan2(path[:, 0] - PIVOT[0], PIVOT[1] - path[:, 1])
    return angles


def _strange(body, hidden):
    known = NUMBERS.get(body, {}) | (mechanics.RANGES if body in ("ball", "edge") else {})
    return [
        f"{name} {hidden[name]:g} lies outside {known[name][0]:g} to {known[name][1]:g}"
        for name in hidden
        if name in known and not known[name][0] <= hidden[name] <= known[name][1]
    ]


def distances(throw, seconds):
    """How far each foretold path is from the true one.

    Args:
        throw: Throw.
        seconds: after the last frame seen.

    Returns:
        dict: name -> metres.
    """
    frame = SEEN - 1 + round(seconds * FPS)
    return {
        name: float(np.hypot(*(path[frame] - throw.paths[TRUTH][frame])))
        for name, path in throw.paths.items()
        if name != TRUTH
    }


def to_the_right(throw, noise):
    """How likely is a ball on an edge to fall to the right, by the network's futures and in truth?

    Args:
        throw: Throw of an "edge", with futures.
        noise: with which it was seen, m.

    Returns:
        share of the futures, and the probability by Bayes' rule on the true law; without an error that is 0 or 1.
    """
    seen = np.column_stack([throw.paths[CONSTANT], throw.angles[CONSTANT]])[None, :SEEN]
    right, _ = edge_futures(seen, np.zeros(1), FPS, noise=max(noise, 1e-5), samples=1)
    return float((throw.futures[:, -1, 0] > seen[0, :, 0].mean()).mean()), float(right[0])
