import numpy as np
import pytest

from animkit.data.points import GRID_MODES, GRID_SIGMA, grid
from animkit.metrics.coverage import mode_coverage

MODES = [[0.0, 0.0], [10.0, 0.0], [0.0, 10.0]]


def test_coverage_by_hand():
    # sigma 1: within 3 of the first mode two points, on the edge of the second one, between all of them one
    points = [[0.0, 2.5], [-1.0, 1.0], [7.0, 0.0], [5.0, 5.0]]
    coverage = mode_coverage(points, MODES, 1.0)
    assert coverage.modes == 2
    assert coverage.high_quality == 0.75


def test_coverage_of_points_far_from_every_mode():
    assert mode_coverage([[5.0, 5.0], [50.0, 0.0]], MODES, 1.0) == (0, 0.0)


def test_a_point_counts_for_its_nearest_mode_only():
    # both modes are within 3 sigma
    assert mode_coverage([[0.4, 0.0]], [[0.0, 0.0], [1.0, 0.0]], 1.0) == (1, 1.0)


def test_coverage_by_brute_force():
    rng = np.random.default_rng(0)
    points, modes, sigma = rng.uniform(-5, 5, (100, 2)), rng.uniform(-5, 5, (12, 2)), 0.2
    good, reached = 0, set()
    for x, y in points:
        distances = [((x - a) ** 2 + (y - b) ** 2) ** 0.5 for a, b in modes]
        if min(distances) <= 3 * sigma:
            good += 1
            reached.add(distances.index(min(distances)))
    assert 0 < len(reached) < len(modes)
    assert mode_coverage(points, modes, sigma) == (len(reached), good / len(points))


def test_coverage_keeps_when_all_is_moved_scaled_and_shuffled():
    rng = np.random.default_rng(1)
    points = GRID_MODES[rng.integers(20, size=400)] + rng.normal(0, 0.1, (400, 2))
    before = mode_coverage(points, GRID_MODES, GRID_SIGMA)
    assert before.modes == 20
    assert 0 < before.high_quality < 1
    moved = mode_coverage(3 * rng.permutation(points) + 7, 3 * rng.permutation(GRID_MODES) + 7, 3 * GRID_SIGMA)
    assert moved == before


def test_coverage_of_the_data_is_that_of_a_gaussian():
    count, share = 20_000, 1 - np.exp(-9 / 2)
    coverage = mode_coverage(grid(count), GRID_MODES, GRID_SIGMA)
    assert coverage.modes == 25
    assert coverage.high_quality == pytest.approx(share, abs=5 * (share * (1 - share) / count) ** 0.5)


@pytest.mark.parametrize(
    ("points", "modes", "sigma", "message"),
    [
        (np.zeros(4), MODES, 1.0, r"must be \(n, 2\) and \(modes, 2\); got \(4,\) and \(3, 2\)"),
        (np.zeros((4, 3)), MODES, 1.0, r"got \(4, 3\) and \(3, 2\)"),
        (np.zeros((4, 2)), np.zeros((1, 3, 2)), 1.0, r"got \(4, 2\) and \(1, 3, 2\)"),
        (np.zeros((0, 2)), MODES, 1.0, "got 0 points and 3 modes"),
        (np.zeros((4, 2)), np.zeros((0, 2)), 1.0, "got 4 points and 0 modes"),
        ([[0.0, np.nan]], MODES, 1.0, "NaN or infinity"),
        ([[0.0, 0.0]], [[np.inf, 0.0]], 1.0, "NaN or infinity"),
        ([[0.0, 0.0]], MODES, 0.0, "sigma must be above zero; got 0"),
        ([[0.0, 0.0]], MODES, np.nan, "sigma must be above zero; got nan"),
    ],
)
def test_coverage_of_bad_input(points, modes, sigma, message):
    with pytest.raises(ValueError, match=message):
        mode_coverage(points, modes, sigma)
