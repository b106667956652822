"""The fits find the laws again by which bodies were drawn."""

import numpy as np
import pytest

from animkit.data.objects import BODIES, FPS, draw_bodies
from animkit.theory.fits import ARM, fitted_on
from animkit.theory.mechanics import ball, fit_ball


@pytest.mark.parametrize("kind", BODIES[1:])
def test_a_law_is_found_again_from_ten_exact_frames(kind):
    paths = draw_bodies(kind, 6, frames=34, seed=3).positions.astype(float)
    on = fitted_on(kind, paths[:, :10], 24, FPS)
    # how drag slows it down, a ball on an edge does not show before it has left it
    off = np.linalg.norm(on - paths[:, 10:], axis=-1)[:, 8 if kind == "edge" else -1]
    # what ten frames do not tell apart, a slope or a leaf's later landing, they may get wrong for one or two
    assert np.median(off) < 0.02


def test_angles_help_a_fit_that_sees_with_an_error():
    drawn = draw_bodies("pendulum", 30, frames=34, seed=3)
    paths = np.concatenate([drawn.positions, drawn.angles[..., None]], axis=-1).astype(float)
    seen = paths[:, :10] + 0.002 * np.random.default_rng(0).normal(size=(30, 10, 3)) / [1, 1, ARM]
    off = [np.linalg.norm(fitted_on("pendulum", one, 24, FPS) - paths[:, 10:, :2], axis=-1)[:, -1].mean()
           for one in (seen, seen[..., :2])]  # fmt: skip
    assert off[0] < 0.8 * off[1]


def test_a_balls_is_that_of_fit_ball():
    paths = draw_bodies("ball", 2, frames=10, seed=3).positions
    found = fit_ball(paths, FPS)
    del found["residual"]
    on = ball(times=np.arange(10, 20) / FPS, **found)
    np.testing.assert_allclose(fitted_on("ball", paths, 10, FPS), on)
