"""What the network of billiard is measured against: friction, walls, and each ball alone."""

import numpy as np
import pytest

from animkit.data.objects import BALL, FPS, TABLE, billiard_on
from animkit.recipes.billiard import SEEN, friction, rolled, straight_line, thrown_back


def test_friction_is_read_off_speeds():
    slows = 0.8 ** (np.arange(10) / FPS)[:, None, None] * np.array([[1.0, 0.5], [-2.0, 0.0]])
    assert friction(slows) == pytest.approx(0.8)
    assert friction(np.ones((10, 2, 2))) == 1


def test_a_ball_alone_is_thrown_back_by_walls():
    place, velocity = np.array([[[0.0, 0.5]]]), np.array([[[1.0, -3.0]]])
    on = thrown_back(place, velocity, np.ones(1), 24)[0, :, 0]
    half = TABLE - BALL
    # after a second: 1 m to the right and back from the wall, 3 m down: to the wall, the other, and on
    np.testing.assert_allclose(on[-1], [2 * half - 1, 3 - 0.5 - 2 * half], atol=1e-3)
    assert np.abs(on).max() <= half


def test_the_line_learns_what_is_linear():
    start, velocity = np.random.default_rng(0).normal(size=(2, 200, 1, 3, 2))
    times = np.arange(SEEN + 6)[:, None, None] / FPS
    places = start + times * velocity
    paths = np.concatenate([places, np.broadcast_to(velocity, places.shape)], axis=-1)
    on = straight_line(paths[:150])(paths[150:, :SEEN])
    np.testing.assert_allclose(on, paths[150:, SEEN:, :, :2], atol=0.02)


def test_the_engine_goes_on_from_any_frame(needs):
    needs("pymunk")
    paths = rolled(1, frames=14, seed=3)[0]
    on = billiard_on(paths[5, :, :2], paths[5, :, 2:], friction(paths[:, :, 2:]), 8)
    np.testing.assert_allclose(on, paths[6:, :, :2], atol=5e-3)
