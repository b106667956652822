"""Baselines, bounces, ratios, the probe and the fit of springs, by hand and by what must be."""

import numpy as np
import pytest

from animkit.data.objects import five_springs
from animkit.metrics.objects import (
    energy_scores,
    first_bounce,
    inside_band,
    linear_probe,
    parabola,
    ratio_of_means,
    spring_constants,
    straight_on,
)


def test_straight_on_by_hand():
    seen = np.array([[0.0, 0.0], [1.0, 2.0], [3.0, 2.0]])
    np.testing.assert_allclose(straight_on(seen, 2), [[5, 2], [7, 2]])
    np.testing.assert_allclose(straight_on(seen, 2, keeps=0.5), [[4, 2], [4.5, 2]])
    np.testing.assert_allclose(straight_on(seen, 1, over=2), [[4.5, 3]])
    np.testing.assert_allclose(straight_on(seen, 2, keeps=0.0), [[3, 2], [3, 2]])


def test_the_first_bounce_is_between_frames():
    # straight down to 0 after 3 frames and a half, one that comes to rest, and one that turns at its lowest frame
    heights = np.array([[3.5, 2.5, 1.5, 0.5, 0.4, 1.2], [3, 2, 1, 0, 0, 0], [1, 3, 3, 2, 1, 2]])
    np.testing.assert_allclose(first_bounce(heights), [3.5, np.nan, 4])
    # a fall of half a frame squared: 8 - t^2 / 2 is 0 at 4, and what comes before `after` does not count
    falls = 8 - np.arange(7.0) ** 2 / 2
    falls[5:] = 1.0, 2.0
    np.testing.assert_allclose(first_bounce(falls[None]), 4)
    np.testing.assert_allclose(first_bounce(np.concatenate([falls, falls])[None], after=5), 6)


def test_a_band_of_few_draws_holds_what_it_says():
    random = np.random.default_rng(0)
    draws, truth = random.normal(size=(4000, 20, 1)), random.normal(size=(4000, 1))
    assert inside_band(draws, truth).mean() == pytest.approx(0.9, abs=0.015)
    # on the ground, a hair below all draws
    lies, draws = np.zeros((500, 1)), np.full((500, 20, 1), 1e-4)
    assert inside_band(draws, lies).mean() == 0
    assert inside_band(draws, lies, blur=0.002).mean() == pytest.approx(0.9, abs=0.05)


def test_the_energy_score_is_a_distance_less_a_spread():
    truth = np.zeros((1, 2))
    np.testing.assert_allclose(energy_scores(np.array([[[3.0, 4.0]]]), truth), 5)
    # two draws, 5 away each, 6 from each other
    np.testing.assert_allclose(energy_scores(np.array([[[3.0, 4.0], [-3.0, 4.0]]]), truth), 5 - 3)


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
