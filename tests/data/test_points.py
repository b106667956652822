import numpy as np
import pytest

from animkit.data.points import GRID_MODES, GRID_SIGMA, RING_MODES, RING_SIGMA, grid, ring

DATASETS = pytest.mark.parametrize(
    ("draw", "modes", "sigma"), [(ring, RING_MODES, RING_SIGMA), (grid, GRID_MODES, GRID_SIGMA)], ids=["ring", "grid"]
)


def test_modes_are_the_protocols():
    assert (RING_MODES.shape, RING_SIGMA) == ((8, 2), 0.01)
    np.testing.assert_allclose(np.linalg.norm(RING_MODES, axis=1), 1)
    np.testing.assert_allclose(RING_MODES[:3], [[1, 0], [0.5**0.5, 0.5**0.5], [0, 1]], atol=1e-12)
    neighbours = np.linalg.norm(RING_MODES - np.roll(RING_MODES, 1, axis=0), axis=1)
    np.testing.assert_allclose(neighbours, 2 * np.sin(np.pi / 8))
    assert (GRID_MODES.shape, GRID_SIGMA) == ((25, 2), 0.05)
    assert {tuple(mode) for mode in GRID_MODES} == {(x, y) for x in (-4, -2, 0, 2, 4) for y in (-4, -2, 0, 2, 4)}


@DATASETS
def test_points_spread_around_their_modes_each_as_likely(draw, modes, sigma):
    count = 50_000
    points = draw(count)
    assert (points.shape, points.dtype) == ((count, 2), np.float32)
    nearest = np.linalg.norm(points[:, None] - modes, axis=-1).argmin(axis=1)
    share = 1 / len(modes)
    # five standard errors of a count, of a mean and of a standard deviation
    assert np.abs(np.bincount(nearest) - count * share).max() < 5 * (count * share) ** 0.5
    apart = points - modes[nearest]
    assert np.abs(apart.mean(axis=0)).max() < 5 * sigma / count**0.5
    np.testing.assert_allclose(apart.std(axis=0), sigma, rtol=5 / (2 * count) ** 0.5)


@DATASETS
def test_points_follow_from_the_seed(draw, modes, sigma):
    np.testing.assert_array_equal(draw(100, seed=3), draw(100, seed=3))
    assert np.all(draw(100, seed=3) != draw(100, seed=4))


@DATASETS
def test_no_points(draw, modes, sigma):
    with pytest.raises(ValueError, match="count must be at least 1; got 0"):
        draw(0)
