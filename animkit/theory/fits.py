"""Least-squares fits of moving bodies' true laws to frames seen, carried on: the baseline that knows the physics."""

import numpy as np

from animkit.theory.mechanics import RANGES, ball, edge, fit_ball, leaf, least_squares, pendulum, spring, wheel

# numbers of each law, by their lowest and highest: those of `animkit.data.objects`, which the fit knows. A place and a
# velocity, where a law has them, come first and are as free as need be.
NUMBERS = {
    "pendulum": {"length": (0.5, 1.5), "angle": (-1.4, 1.4), "rate": (-0.8, 0.8), "gravity": (3, 20)},
    "spring": {"across": (-0.5, 0.5), "high": (1.3, 2), "own": (5, 300), "damping": (0, 3)},
    "wheel": {"speed": (0, 3), "slope": (-0.2, 0.2), "resistance": (0, 0.1), "radius": (0.1, 0.4)},
    "leaf": {"fall": (0.4, 1.2), "swing": (0.1, 0.5), "frequency": (0.4, 1.2), "drift": (-0.4, 0.4), "phase": (0, 7)},
    # what a ball on an edge does not show before it has fallen is in the middle of its range
    "edge": {"lean": (-0.005, 0.005), "radius": (0.15, 0.3), "gravity": (3, 20)}
    | {name: (sum(RANGES[name]) / 2,) * 2 for name in ("restitution", "drag")},
}
STARTS = 24
ARM = 0.2  # m from a body's middle to the mark by which its angle is measured


def _law(kind, x, times, side):
    """The path of a kind of body by its numbers (n, ...), place first: (n, times, 2), and angles (n, times) if any."""
    place, rest = x[:, :2], x[:, 2:]
    if kind == "pendulum":
        length, angle, rate, gravity = rest.T
        # the rate is told as a share of what the pendulum's own length and gravity make of it
        pivot = place - length[:, None] * np.stack([np.sin(angle), -np.cos(angle)], axis=1)
        return pendulum(pivot, length, angle, rate * np.sqrt(gravity / length), times, gravity=gravity)
    if kind == "spring":
        velocity, anchor, (own, damping) = rest[:, :2], rest[:, 2:4], rest[:, 4:].T
        path = spring(place, velocity, times, stiffness=own, damping=damping, anchor=anchor)
        return path, np.zeros(path.shape[:2])
    if kind == "wheel":
        speed, slope, resistance, radius = rest.T
        way, angles = wheel(np.zeros(2), speed, times, slope=slope, resistance=resistance, radius=radius)
        return place[:, None] + way * np.stack([side, np.ones_like(side)], axis=1)[:, None], side[:, None] * angles
    if kind == "edge":
        lean, radius, gravity, restitution, drag = rest.T
        hidden = {"radius": radius, "gravity": gravity, "restitution": restitution, "drag": drag}
        return edge(place, lean, times, **hidden)
    fall, swing, frequency, drift, phase = rest.T
    return leaf(place, times, fall=fall, swing=swing, frequency=frequency, drift=drift, phase=phase)


def fitted_on(kind, seen, frames, fps, *, seed=0):
    """Fit a body's true law to the frames seen, and go on by it.

    Angles, where they are seen, count as the way of a mark `ARM` from the middle; a ball's spin tells nothing.

    Args:
        kind: "ball", "pendulum", "spring", "wheel", "leaf" or "edge".
        seen: (bodies, time, 2) m, or (bodies, time, 3) with angles in radians.
        frames: to come.
        fps: frames per second.
        seed: of the numbers from which fits begin; a ball's begin as `fit_ball` says.

    Returns:
        (bodies, frames, 2) m.
    """
    count, time, axes = seen.shape
    on = np.arange(time, time + frames) / fps
    if kind == "ball":
        found = fit_ball(seen[..., :2], fps)
        del found["residual"]
        return ball(times=on, **found)
    random, ends = np.random.default_rng(seed), np.array(list(NUMBERS[kind].values()), float)
    drawn = random.uniform(*ends.T, size=(count, STARTS, len(ends)))
    place, units = np.repeat(seen[:, None, 0, :2], STARTS, axis=1), np.array([1.0, 1.0, ARM])[:axes]
    free = [[-1e3, 1e3], [0, 1e3]]
    if kind == "spring":
        velocity = np.repeat((seen[:, None, 1, :2] - seen[:, None, 0, :2]) * fps, STARTS, axis=1)
        place, free = np.concatenate([place, velocity], axis=-1), [*free, [-100, 100], [-100, 100]]
    low, high = np.concatenate([free, ends]).T
    side = np.sign(seen[:, -1, 0] - seen[:, 0, 0])

    def law(x):
        path, angles = _law(kind, x, np.arange(time) / fps, np.repeat(side, len(x) // count))
        return units * np.concatenate([path, angles[..., None]], axis=-1)[..., :axes]

    found, _ = least_squares(law, units * seen, np.concatenate([place, drawn], axis=-1), low, high)
    return _law(kind, found, on, side)[0]
