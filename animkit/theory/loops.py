"""The loop condition: a recurrence that forgets, driven by one round of inputs again and again, closes by itself.

h_t+1 = a h_t + b_t, with inputs b that repeat after N frames. Two runs from different starts differ by a^t times their
first difference, as the inputs cancel. So for |a| < 1 there is one h_0 to which a round comes back, all starts run
into it, and the gap between the ends of a round shrinks by a^N each round. In an LSTM the forget gate stands where a
does, and noise that repeats where b does.
"""

import numpy as np

from animkit.theory.checks import vector


def _inputs(drive):
    return vector(drive, "the drive")


def _number(value, name):
    return float(vector(value, name, 1)[0])


def periodic_drive(frames, *, noise=0.5, seed=0):
    """Make inputs of one round: a wave that fits into it once, and noise that will repeat.

    Args:
        frames: N, at least 1.
        noise: standard deviation of the noise.
        seed: of the noise.

    Returns:
        (frames,) b_0 to b_N-1.

    Raises:
        ValueError: when there is no frame.
    """
    if frames < 1:
        raise ValueError(f"a round has at least one frame; got {frames}")
    phase = 2 * np.pi * np.arange(frames) / frames
    return np.cos(phase) + noise * np.random.default_rng(seed).standard_normal(frames)


def run(a, drive, start, rounds):
    """Go around several times.

    Args:
        a: share of the state that is left after a step.
        drive: (N,) inputs of one round.
        start: h_0.
        rounds: how many, at least 1.

    Returns:
        (rounds * N + 1,) states, the start first.

    Raises:
        ValueError: when a number is not finite or there is no round.
    """
    a, start, drive = _number(a, "a"), _number(start, "the start"), _inputs(drive)
    if rounds < 1:
        raise ValueError(f"go around once at least; got {rounds} rounds")
    states = [start]
    for b in np.tile(drive, rounds):
        states.append(a * states[-1] + b)
    return np.array(states)


def after_a_round(a, drive):
    """Write a whole round as one step, h_N = slope h_0 + shift.

    Args:
        a: share of the state that is left after a step.
        drive: (N,) inputs of one round.

    Returns:
        slope a^N, and shift, the sum of a^(N-1-t) b_t.

    Raises:
        ValueError: when a number is not finite.
    """
    a, drive = _number(a, "a"), _inputs(drive)
    return a ** len(drive), float(np.polyval(drive, a))


def closed_orbit(a, drive):
    """Find the one loop, h_N = h_0, without running into it.

    Args:
        a: share of the state that is left after a step; its N-th power is not 1.
        drive: (N,) inputs of one round.

    Returns:
        (N + 1,) states, of which the last is the first. For |a| > 1 all starts run away from it.

    Raises:
        ValueError: when a number is not finite, or a^N is 1: nothing is forgotten, and no start, or each, comes back.

    Source: Banach's fixed point, here solved for: h_0 = shift / (1 - slope).
    """
    slope, shift = after_a_round(a, drive)
    if slope == 1.0:
        raise ValueError("a^N is 1: what was there at the start is never forgotten, so no single loop is singled out")
    return run(a, drive, shift / (1.0 - slope), 1)


def gaps(a, drive, start, rounds):
    """Tell how far each round's end lies from its beginning, |h_N - h_0|.

    Args:
        a: share of the state that is left after a step.
        drive: (N,) inputs of one round.
        start: h_0 of the first round.
        rounds: how many.

    Returns:
        (rounds,): each is |a^N| times the one before.

    Raises:
        ValueError: as `run`.
    """
    return np.abs(np.diff(run(a, drive, start, rounds)[:: len(_inputs(drive))]))


def rounds_until(share, a, frames):
    """Count the rounds until the gap is below a share of the first one.

    Args:
        share: above 0 and below 1.
        a: share of the state that is left after a step, |a| < 1.
        frames: N.

    Returns:
        int: the smallest k with |a|^(N k) < share; inf where |a| is 1 or more.

    Raises:
        ValueError: when share lies elsewhere, or there is no frame.
    """
    if not 0 < share < 1 or frames < 1:
        raise ValueError(f"share lies between 0 and 1 and a round has a frame at least; got {share} and {frames}")
    left = abs(_number(a, "a")) ** frames
    if left >= 1.0:
        return np.inf
    return int(np.floor(np.log(share) / np.log(left))) + 1 if left > 0 else 1
