"""How well the motion of things is foreseen: baselines without a law, first bounces, intervals, and a linear probe."""

import numpy as np


def straight_on(seen, frames, *, keeps=1.0, over=1):
    """Baseline: what was seen goes on at its last velocity, of which a share is kept every frame.

    Args:
        seen: (..., time, axes).
        frames: to come.
        keeps: 1 for constant velocity, 0 for standing still.
        over: the last velocity is the mean over as many steps.

    Returns:
        (..., frames, axes).
    """
    velocity = (seen[..., -1, :] - seen[..., -1 - over, :]) / over
    way = np.cumsum(keeps ** np.arange(1, frames + 1))
    return seen[..., -1:, :] + velocity[..., None, :] * way[:, None]


def first_bounce(heights, *, after=0.0):
    """When a path first bounces, between two frames: where the parabola of its last three frames before meets 0.

    Args:
        heights: (bodies, frames).
        after: number of a frame, from 0, after which it counts.

    Returns:
        (bodies,) frames since `after`; NaN where no path turns from down to up.
    """
    step = np.diff(heights, axis=1)
    turns = (step[:, :-1] < 0) & (step[:, 1:] > 0)
    # the frame before the lowest is surely before the bounce; the lowest may be on either side
    last, speed = heights[:, :-2], np.concatenate([step[:, :1], step[:, :-2]], axis=1)
    bend = np.minimum(np.diff(speed, axis=1, prepend=speed[:, :1]), 0.0)
    speed = speed + bend / 2
    root = np.sqrt(np.maximum(speed**2 - 2 * bend * last, 0.0))
    when = np.arange(turns.shape[1]) + np.clip(2 * last / np.maximum(root - speed, 1e-9), 0.0, 2.0)
    hit = turns & (when > after)
    first = np.take_along_axis(when, hit.argmax(axis=1)[:, None], axis=1)[:, 0]
    return np.where(hit.any(axis=1), first - after, np.nan)


def inside_band(draws, truth, *, share=0.9, blur=0.0, seed=0):
    """How often is the truth within the middle of what is drawn, as it should be with probability `share`?

    Of m draws and the truth, all alike, the truth is the k-th of m + 1 with the same probability for each k:
    percentiles are those of m + 1 ranks, or fifty draws would seem too narrow that are not.

    Args:
        draws: (bodies, m, axes).
        truth: (bodies, axes).
        share: of what is drawn.
        blur: standard deviation of an error with which both are seen; without it whatever lies on the ground at 0 is
            outside of draws that are a hair above it.
        seed: of this error.

    Returns:
        (bodies, axes) bool.
    """
    random = np.random.default_rng(seed)
    draws, truth = (one + blur * random.normal(size=np.shape(one)) for one in (draws, truth))
    ends = [50 * (1 - share), 50 * (1 + share)]
    low, high = np.percentile(draws, ends, axis=1, method="weibull")
    return (truth >= low) & (truth <= high)


def energy_scores(draws, truth):
    """Score draws of what may happen against what did: their mean distance from it, less half that between two draws.

    Args:
        draws: (bodies, m, axes); the score of m = 1 is the distance.
        truth: (bodies, axes).

    Returns:
        (bodies,) in the unit of the axes; on average it is least for draws from what truly may happen.

    Source: Gneiting and Raftery 2007, section 4.3.
    """
    count = draws.shape[1]
    near = np.linalg.norm(draws - truth[:, None], axis=-1).mean(axis=1)
    apart = np.linalg.norm(draws[:, :, None] - draws[:, None], axis=-1).sum(axis=(1, 2))
    return near - apart / (2 * max(count * (count - 1), 1))


def ratio_of_means(one, other, *, draws=1000, seed=0):
    """A ratio of two mean errors on the same bodies, and how far it depends on which bodies there were.

    Args:
        one, other: (bodies,) errors.
        draws: of the bootstrap over bodies.
        seed: of it.

    Returns:
        dict: `value`, and `interval_95` of two numbers.
    """
    one, other = np.asarray(one, float), np.asarray(other, float)
    chosen = np.random.default_rng(seed).integers(len(one), size=(draws, len(one)))
    ratios = one[chosen].mean(axis=1) / other[chosen].mean(axis=1)
    return {"value": one.mean() / other.mean(), "interval_95": np.percentile(ratios, [2.5, 97.5])}


def linear_probe(states, hidden, *, share=0.5, ridge=1e-2, seed=0):
    """Can a hidden number be read off a network's state by a straight line? On bodies the line was not fitted to.

    Args:
        states: (bodies, units).
        hidden: (bodies,) a number that the network was never told.
        share: of the bodies to which the line is fitted.
        ridge: penalty, by body.
        seed: of the split, and of the shuffled control.

    Returns:
        dict: `r2` on the other bodies, `shuffled` the same where the numbers were dealt out anew before the fit, which
        tells what chance gives, and `read` (bodies not fitted to,) with `hidden` beside it.
    """
    random = np.random.default_rng(seed)
    order = random.permutation(len(states))
    fitted, tested = np.split(order, [round(share * len(order))])
    mean, spread = states[fitted].mean(axis=0), states[fitted].std(axis=0) + 1e-6
    x = np.pad((states - mean) / spread, [(0, 0), (0, 1)], constant_values=1.0)

    def read(numbers):
        centre = numbers.mean()
        normal = x[fitted].T @ x[fitted] + ridge * len(fitted) * np.eye(x.shape[1])
        return centre + x[tested] @ np.linalg.solve(normal, x[fitted].T @ (numbers - centre))

    def r2(told):
        truth = hidden[tested]
        return 1.0 - np.square(truth - told).sum() / np.square(truth - truth.mean()).sum()

    told = read(hidden[fitted])
    return {
        "r2": float(r2(told)),
        "shuffled": float(r2(read(random.permutation(hidden[fitted])))),
        "read": told,
        "hidden": hidden[tested],
    }


def spring_constants(positions, velocities, fps):
    """Least-squares fit of the true law of springs to frames seen: a constant for each pair.

    Args:
        positions, velocities: (n, time, particles, 2).
        fps: frames per second.

    Returns:
        (n, particles, particles) symmetric constants.
    """
    count, _, particles, _ = positions.shape
    first, second = np.triu_indices(particles, 1)
    sign = np.eye(particles)[first] - np.eye(particles)[second]
    apart = positions[:, :, second] - positions[:, :, first]
    # over a frame the mean force is that of both ends, less what it bends in between: Simpson's rule by the velocities
    speed = velocities[:, :, second] - velocities[:, :, first]
    mean = (apart[:, 1:] + apart[:, :-1]) / 2 - (speed[:, 1:] - speed[:, :-1]) / (12 * fps)
    acts = np.einsum("ntpd,pi->ntidp", mean, sign).reshape(count, -1, len(first))
    change = (np.diff(velocities, axis=1) * fps).reshape(count, -1, 1)
    found = np.linalg.solve(np.swapaxes(acts, 1, 2) @ acts, np.swapaxes(acts, 1, 2) @ change)[..., 0]
    constants = np.zeros((count, particles, particles))
    constants[:, first, second] = constants[:, second, first] = found
    return constants


def parabola(seen, frames):
    """Baseline: the parabola that fits the frames seen best, an acceleration that stays.

    Args:
        seen: (bodies, time, axes).
        frames: to come.

    Returns:
        (bodies, frames, axes).
    """
    times = np.arange(seen.shape[1])
    numbers = np.polyfit(times, np.moveaxis(seen, 1, 0).reshape(len(times), -1), 2)
    on = np.vander(times[-1] + np.arange(1, frames + 1), 3) @ numbers
    return np.moveaxis(on.reshape(frames, len(seen), -1), 0, 1)
