"""Infinitely many bounces by their sum, and steps that come to the closed form as they grow small."""

import numpy as np
import pytest

from animkit.data.objects import drop
from animkit.theory.bouncing import stepped, time_to_rest
from animkit.theory.mechanics import ball, bounces


def test_all_bounces_end_at_the_sum_of_a_geometric_series():
    # 4.905 m under 9.81 m/s^2 take a second; half the speed is left: 1 + 2 (1/2 + 1/4 + ...) = 3
    assert time_to_rest(4.905, restitution=0.5) == pytest.approx(3)
    assert time_to_rest(4.905, restitution=0.0) == pytest.approx(1)
    met = bounces((0, 4.905), (0, 0), 2.99, restitution=0.5)
    np.testing.assert_allclose(met[:4], [1, 2, 2.5, 2.75])


@pytest.mark.parametrize("rate", [60, 240])
def test_steps_are_those_of_pymunk(needs, rate):
    needs("pymunk")
    for height, hidden in ((2.0, {}), (0.7, {"restitution": 0.6, "gravity": 5.0})):
        own, theirs = (take(height, 1.2, step=1 / rate, **hidden)[1] for take in (stepped, drop))
        np.testing.assert_allclose(own, theirs, atol=1e-6)


def test_steps_come_to_the_closed_form_as_they_grow_small():
    off = {}
    for rate in (60, 120, 1000):
        times, heights = stepped(2.0, 3.0, step=1 / rate)
        gap = np.abs(heights - ball((0, 2.0), (0, 0), times)[:, 1])
        off[rate] = gap[times < 0.6].max(), gap.max()
    # before the first bounce the error halves with the step
    assert off[60][0] == pytest.approx(2 * off[120][0], rel=0.05)
    assert off[60][1] > 0.1 > 0.03 > off[1000][1]


def test_bad_numbers_are_said():
    with pytest.raises(ValueError, match="restitution from 0 to below 1"):
        time_to_rest(1, restitution=1)
    with pytest.raises(ValueError, match="a step is above 0 s"):
        stepped(1, 1, step=0)
