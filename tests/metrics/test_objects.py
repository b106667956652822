"""Baselines, bounces, ratios, the probe and the fit of springs, by hand and by what must be."""

import numpy as np
import pytest

from animkit.data.objects import five_springs
from animkit.metrics.objects import first_bounce, linear_probe, parabola, ratio_of_means, spring_constants, straight_on


def test_straight_on_by_hand():
    seen = np.array([[0.0, 0.0], [1.0, 2.0], [3.0, 2.0]])
    np.testing.assert_allclose(straight_on(seen, 2), [[5, 2], [7, 2]])
    np.testing.assert_allclose(straight_on(seen, 2, keeps=0.5), [[4, 2], [4.5, 2]])
    np.testing.assert_allclose(straight_on(seen, 1, over=2), [[4.5, 3]])
    np.testing.assert_allclose(straight_on(seen, 2, keeps=0.0), [[3, 2], [3, 2]])


def test_the_first_bounce_is_the_lowest_frame():
    heights = np.array([[3.0, 2, 1, 2, 1, 2], [3, 2, 1, 0, 0, 0], [1, 2, 3, 2, 1, 2]])
    np.testing.assert_array_equal(first_bounce(heights), [2, np.nan, 4])


def test_a_ratio_has_its_means_and_an_interval_around():
    other = np.random.default_rng(0).uniform(1, 2, 200)
    found = ratio_of_means(other / 2, other)
    assert found["value"] == pytest.approx(0.5)
    np.testing.assert_allclose(found["interval_95"], 0.5)
    low, high = ratio_of_means(np.random.default_rng(1).uniform(1, 2, 200), other)["interval_95"]
    assert low < 1 < high


def test_a_probe_reads_what_is_there_and_nothing_by_chance():
    random = np.random.default_rng(0)
    states = random.normal(size=(400, 5))
    there = linear_probe(states, states @ np.arange(5.0) + 3)
    assert there["r2"] > 0.99
    assert there["shuffled"] < 0.1
    assert linear_probe(states, random.normal(size=400))["r2"] < 0.1
    assert there["read"].shape == there["hidden"].shape == (200,)


def test_springs_are_found_again():
    springs = five_springs(4, frames=12)
    found = spring_constants(springs.positions, springs.velocities, 10)
    np.testing.assert_allclose(found, 0.1 * springs.edges, atol=2e-3)


def test_a_parabola_goes_on():
    path = np.stack([np.arange(9.0) ** 2, 3 - np.arange(9.0)], axis=1)[None]
    np.testing.assert_allclose(parabola(path[:, :6], 3), path[:, 6:], atol=1e-9)
