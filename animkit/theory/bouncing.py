"""What makes a bouncing ball hard: infinitely many bounces in finite time, and the steps of a simulation."""

import numpy as np

# of pymunk's solver as `animkit.data.objects.drop` has it: m of overlap that stay, and their share that a second leaves
SLOP, OVERLAP = 1e-4, 0.9**60


def time_to_rest(height, *, gravity=9.81, restitution=0.8):
    """When a ball that is dropped has done all of its bounces, infinitely many of them.

    It falls for t_0 = sqrt(2 h / g); flight n between two bounces takes 2 e^n t_0. Their sum is a geometric series,
    t_0 + 2 t_0 (e + e^2 + ...) = t_0 (1 + e) / (1 - e).

    Args:
        height: that it falls, m.
        gravity: m/s^2.
        restitution: share of its speed that a bounce leaves, 0 to below 1.

    Returns:
        s.

    Raises:
        ValueError: a number is out of range.

    Source: van der Schaft and Schumacher 2000, on the Zeno behaviour of hybrid systems.
    """
    _check(height, gravity, restitution)
    return float(np.sqrt(2 * height / gravity) * (1 + restitution) / (1 - restitution))


def stepped(height, duration, *, step, gravity=9.81, restitution=0.8):
    """Drop a ball as pymunk does, which knows no formula: looking after each step whether it hit the ground.

    A step moves the ball on by its speed, then looks; where it overlaps the ground, the speed that it came with is
    turned about, and a push apart, which counts as no speed, takes some of the overlap back in the next step.

    Args:
        height: that it falls, m.
        duration: s.
        step: s.
        gravity: m/s^2.
        restitution: share of its speed that a bounce leaves, 0 to below 1.

    Returns:
        times (n,) s and heights (n,) m at the end of every step.

    Raises:
        ValueError: a number is out of range.

    Source: the order of Chipmunk's cpSpaceStep, the engine in pymunk; Bender et al. 2014 for such engines.
    """
    _check(height, gravity, restitution)
    if not 0 < step <= duration:
        raise ValueError(f"a step is above 0 s and at most the duration; got {step} and {duration}")
    speed, push, heights = 0.0, 0.0, []
    for _ in range(round(duration / step)):
        height += (speed + push) * step
        came, speed, push = speed, speed - gravity * step, 0.0
        if height <= 0:
            speed = max(speed, -restitution * min(came, 0.0))
            push = max(-height - SLOP, 0.0) * (1 - OVERLAP**step) / step
        heights.append(height)
    return step * np.arange(1, len(heights) + 1), np.array(heights)


def _check(height, gravity, restitution):
    if not (height >= 0 and gravity > 0 and 0 <= restitution < 1):
        raise ValueError(
            "height is at least 0 m, gravity above 0 m/s^2, restitution from 0 to below 1; got "
            f"{height}, {gravity}, {restitution}"
        )
