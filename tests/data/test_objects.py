"""Bodies whose truth is known, drawn from a seed."""

import numpy as np
import pytest

from animkit.data.objects import BODIES, FPS, SCENES, TABLE, draw_bodies, five_springs, simulate, spring_frames
from animkit.theory.mechanics import ball


@pytest.mark.parametrize("kind", BODIES)
def test_bodies_are_drawn_from_a_seed_above_the_ground(kind):
    drawn, again, other = (draw_bodies(kind, 50, seed=seed) for seed in (0, 0, 1))
    assert drawn.positions.shape == (50, 60, 2)
    assert drawn.angles.shape == (50, 60)
    assert drawn.positions.dtype == drawn.angles.dtype == np.float32
    np.testing.assert_array_equal(drawn.positions, again.positions)
    assert (drawn.positions != other.positions).any()
    assert drawn.positions[..., 1].min() > -1e-6
    assert set(drawn.kind) == {BODIES.index(kind)}
    assert {len(values) for values in drawn.hidden.values()} == {50}
    # no body jumps by more than it could be thrown
    assert np.abs(np.diff(drawn.positions, axis=1)).max() < 12 / FPS


def test_a_balls_hidden_numbers_are_those_of_its_path():
    drawn = draw_bodies("ball", 5)
    hidden = dict(drawn.hidden)
    velocity = np.stack([hidden.pop("right"), hidden.pop("up")], axis=1)
    path = ball(drawn.positions[:, 0], velocity, np.arange(60) / FPS, **hidden)
    np.testing.assert_allclose(path, drawn.positions, atol=1e-4)


def test_unknown_bodies_and_scenes_are_said():
    with pytest.raises(ValueError, match="no body called 'cube'; there are ball"):
        draw_bodies("cube", 1)
    with pytest.raises(ValueError, match="no scene called 'cube'; there are stack"):
        simulate("cube", 1)
    with pytest.raises(ValueError, match="a body and a frame at least"):
        draw_bodies("ball", 0)


@pytest.mark.parametrize("scene", SCENES)
def test_scenes_move_and_come_again(needs, scene):
    needs("pymunk")
    run, again = (simulate(scene, 1, frames=12, seed=3) for _ in range(2))
    np.testing.assert_array_equal(run.positions, again.positions)
    assert np.isfinite(run.positions).all()
    assert np.abs(run.positions[:, -1] - run.positions[:, 0]).max() > 0.05
    if scene == "billiard":
        assert np.abs(run.positions).max() < TABLE
    if scene == "chain":  # links keep their length
        links = np.linalg.norm(np.diff(run.positions, axis=2), axis=-1)
        np.testing.assert_allclose(links, 0.25, atol=2e-3)


def test_five_springs_keep_momentum_and_follow_hookes_law():
    springs = five_springs(20, frames=10)
    assert springs.positions.shape == springs.velocities.shape == (20, 10, 5, 2)
    assert set(np.unique(springs.edges)) == {0.0, 1.0}
    np.testing.assert_array_equal(springs.edges, np.swapaxes(springs.edges, 1, 2))
    assert 0.35 < springs.edges.sum() / (20 * 20) < 0.65
    momentum = springs.velocities.sum(axis=2)
    np.testing.assert_allclose(momentum, momentum[:, :1].repeat(10, axis=1), atol=1e-9)
    # the change of velocity over a frame of a tenth of a second is the force at its middle
    x, edges = springs.positions, springs.edges
    force = 0.1 * (np.einsum("nij,ntjd->ntid", edges, x) - edges.sum(axis=2)[:, None, :, None] * x)
    change = np.diff(springs.velocities, axis=1) / 0.1
    np.testing.assert_allclose(change, (force[:, 1:] + force[:, :-1]) / 2, atol=2e-3)
    # and from any frame on, the same steps give the same frames
    on = spring_frames(x[:, 3], springs.velocities[:, 3], 0.1 * edges, 6)
    np.testing.assert_allclose(on[0], x[:, 4:], atol=1e-12)
