"""Closed forms against hand-worked values, conserved energy, small steps of the same law, and pymunk."""

import numpy as np
import pytest

from animkit.data.objects import drop
from animkit.theory.mechanics import RANGES, ball, bounces, edge, fit_ball, leaf, least_squares, pendulum, spring, wheel

TIMES = np.arange(60) / 24


def stepped(acceleration, position, velocity, times, step=1 / 9600):
    """The same law in small steps, by Heun's method."""
    position, velocity = np.array(position, float), np.array(velocity, float)
    path, now = [], 0.0
    for time in times:
        while now < time - step / 2:
            first = acceleration(position, velocity)
            second = acceleration(position + step * velocity, velocity + step * first)
            position = position + step * (velocity + step * first / 2)
            velocity = velocity + step * (first + second) / 2
            now += step
        path.append(position.copy())
    return np.array(path)


def test_a_ball_by_hand():
    # from 4.905 m it falls one second; at half the speed it rises for half a second, to a quarter of the height
    path = ball((0, 4.905), (2, 0), [0, 1, 1.5, 2], gravity=9.81, restitution=0.5)
    np.testing.assert_allclose(path, [[0, 4.905], [2, 0], [3, 4.905 / 4], [4, 0]], atol=1e-9)
    np.testing.assert_allclose(bounces((0, 4.905), (0, 0), 2.6, restitution=0.5), [1, 2, 2.5], atol=1e-9)


def test_a_ball_comes_to_rest_and_rolls_on():
    path = ball((0, 1), (1, 0), [0.0, 8.0, 9.0], restitution=0.5)
    np.testing.assert_allclose(path[1:], [[8, 0], [9, 0]], atol=1e-12)
    assert len(bounces((0, 1), (1, 0), 9.0, restitution=0.5)) < 12
    np.testing.assert_array_equal(ball((0, 0), (0, 0), [0.0, 1.0])[:, 1], 0)


def test_drag_slows_down_as_small_steps_say():
    gravity, drag = 7.0, 1.3
    path = ball((0, 9), (3, 2), TIMES[:12], gravity=gravity, drag=drag)
    slow = stepped(lambda x, v: np.array([0, -gravity]) - drag * v, (0, 9), (3, 2), TIMES[:12])
    np.testing.assert_allclose(path, slow, atol=1e-6)
    # a weak drag is the limit of none
    np.testing.assert_allclose(ball((0, 2), (1, 1), TIMES, drag=1e-6), ball((0, 2), (1, 1), TIMES), atol=1e-4)


def test_where_it_bounces_with_drag_it_is_on_the_ground():
    numbers = {"gravity": 5.0, "restitution": 0.9, "drag": 1.9}
    times = bounces((0, 3), (1, -8), 4, **numbers)  # thrown down faster than it could ever fall
    assert len(times) >= 3
    np.testing.assert_allclose(ball((0, 3), (1, -8), times, **numbers)[:, 1], 0, atol=1e-9)


def test_many_balls_at_once_are_each_alone():
    gravity = np.array([4.0, 9.0, 16.0])
    together = ball((0, 1), (1, 1), TIMES, gravity=gravity, drag=0.5)
    for one, g in zip(together, gravity, strict=True):
        np.testing.assert_allclose(one, ball((0, 1), (1, 1), TIMES, gravity=g, drag=0.5), atol=1e-12)


@pytest.mark.parametrize(("step", "most"), [(1 / 60, 0.17), (1 / 240, 0.045), (1 / 1000, 0.017)])
def test_pymunk_agrees_the_better_the_smaller_its_steps(needs, step, most):
    needs("pymunk")
    times, heights = drop(2.0, 3.0, restitution=0.8, step=step)
    off = np.abs(heights - ball((0, 2), (0, 0), times, restitution=0.8)[:, 1]).max()
    assert most / 2 < off < most


def test_a_pendulum_swings_as_small_steps_say_and_keeps_its_energy():
    for angle, rate in ((1.2, -0.7), (-0.3, 2.0), (0.0, 0.0)):
        path, angles = pendulum((0, 2), 0.8, angle, rate, TIMES[:12], gravity=9.81)
        slow = stepped(lambda x, v: -9.81 / 0.8 * np.sin(x), angle, rate, TIMES[:12], step=1 / 4800)
        np.testing.assert_allclose(angles, slow, atol=1e-5)
        np.testing.assert_allclose(np.linalg.norm(path - (0, 2), axis=1), 0.8)
    with pytest.raises(ValueError, match="over the top"):
        pendulum((0, 2), 1.0, 0.0, 9.0, TIMES)


def test_a_spring_by_hand():
    swings = spring((1, 0), (0, 0), [0, 0.25, 0.5], stiffness=4 * np.pi**2)
    np.testing.assert_allclose(swings[:, 0], [1, 0, -1], atol=1e-9)
    # critical friction: (1 + w t) exp(-w t)
    critical = spring((1, 0), (0, 0), TIMES, stiffness=9.0, damping=6.0)
    np.testing.assert_allclose(critical[:, 0], (1 + 3 * TIMES) * np.exp(-3 * TIMES), atol=1e-5)


def test_a_ball_rolls_over_an_edge_as_small_steps_say_and_leaves_it_where_it_must():
    radius, gravity, lean = 0.2, 5.0, 0.05
    path, angles = edge((1, 2), lean, TIMES, radius=radius, gravity=gravity)
    slow = stepped(lambda x, v: gravity / (1.5 * radius) * np.sin(x), lean, 0.0, TIMES, step=1 / 4800)
    rolls = np.cos(slow) > 4 / 7 * np.cos(lean)
    rolls[np.argmin(rolls) :] = False
    assert 20 < rolls.sum() < 30
    np.testing.assert_allclose(-angles[rolls], slow[rolls], atol=1e-5)
    centre = path[rolls] + (0, radius) - (1, 2)
    np.testing.assert_allclose(np.linalg.norm(centre, axis=1), radius)
    # then it flies: clear of the edge, and speeds up by gravity alone
    assert (np.linalg.norm(path[~rolls] + (0, radius) - (1, 2), axis=1) > radius).all()
    flies = path[~rolls][1:6]
    np.testing.assert_allclose(np.diff(flies, 2, axis=0) * 24**2, [[0, -gravity]] * 3, atol=1e-6)


def test_an_edge_forks_and_holds_what_is_upright():
    leans = np.array([0.003, -0.003, 0.0])
    path, angles = edge((0, 1), leans, TIMES)
    np.testing.assert_allclose(path[0], path[1] * [-1, 1], atol=1e-12)
    assert path[0, -1, 0] > 0.3
    np.testing.assert_array_equal(path[2], [[0, 1]] * 60)
    with pytest.raises(ValueError, match="leans less than a right angle"):
        edge((0, 1), 2.0, TIMES)


def test_a_wheel_stops_on_the_flat_and_rolls_back_uphill():
    way, angles = wheel((0, 1), 1.5, [0, 1.5, 20], resistance=0.1, radius=0.5)  # slows by 0.654 m/s^2
    np.testing.assert_allclose(way[:, 0], [0, 1.5 * 1.5 - 0.327 * 2.25, 1.5**2 / (2 * 0.654)])
    np.testing.assert_allclose(angles, -way[:, 0] / 0.5)
    assert wheel((0, 1), 1.5, [20.0], slope=-0.2)[0][0, 0] < -1
    with pytest.raises(ValueError, match="to the right"):
        wheel((0, 1), -1.0, TIMES)


def test_a_leaf_falls_at_its_mean_speed_and_lies():
    way, angles = leaf((0, 2), TIMES, fall=1.0, swing=0.3, frequency=1.0)
    assert (np.diff(way[:, 1]) <= 1e-12).all()
    np.testing.assert_allclose(way[24], [0, 1], atol=1e-9)  # after a whole swing
    np.testing.assert_allclose(way[-5:] - way[-1], 0, atol=1e-9)
    assert way[-1, 1] == pytest.approx(0, abs=1e-9)
    assert np.ptp(angles[-5:]) == 0


def balls(count, seed=0):
    random = np.random.default_rng(seed)
    hidden = {name: random.uniform(*ends, count) for name, ends in RANGES.items()}
    start = np.stack([random.uniform(-1, 1, count), random.uniform(0.3, 3, count)], axis=1)
    return start, np.stack([random.uniform(-3, 3, count), random.uniform(-4, 5, count)], axis=1), hidden


def test_the_fit_finds_the_law_again_with_bounces_among_the_frames():
    start, velocity, hidden = balls(12)
    path = ball(start, velocity, TIMES[:10], **hidden)
    found = fit_ball(path, 24)
    assert found.pop("residual").max() < 1e-6
    bounced = np.array([len(bounces(*one, 9 / 24, **{k: v[i] for k, v in hidden.items()})) > 0
                        for i, one in enumerate(zip(start, velocity, strict=True))])  # fmt: skip
    assert 0 < bounced.sum() < 12
    np.testing.assert_allclose(found["gravity"], hidden["gravity"], rtol=1e-4)
    np.testing.assert_allclose(found["drag"], hidden["drag"], atol=1e-4)
    np.testing.assert_allclose(found["restitution"][bounced], hidden["restitution"][bounced], rtol=1e-3)
    # what was not seen is the middle of what can be
    np.testing.assert_allclose(found["restitution"][~bounced], 0.675)
    alone = fit_ball(path[0], 24)
    assert alone["gravity"].shape == ()
    np.testing.assert_allclose(alone["gravity"], found["gravity"][0])


def test_a_fit_without_drag_has_none():
    start, velocity, hidden = balls(2)
    found = fit_ball(ball(start, velocity, TIMES[:10], **hidden), 24, drag=False)
    np.testing.assert_array_equal(found["drag"], 0)


def test_least_squares_of_a_line_within_bounds():
    times = np.linspace(0, 1, 5)
    seen = np.array([1 + 2 * times, 1 + 9 * times])
    starts = np.zeros((2, 1, 2))
    found, cost = least_squares(lambda x: x[:, :1] + x[:, 1:] * times, seen, starts, np.zeros(2), np.full(2, 5.0))
    np.testing.assert_allclose(found[0], [1, 2], atol=1e-6)
    # slope at its bound, the rest least squares: the mean of what is left
    np.testing.assert_allclose(found[1], [1 + 4 * 0.5, 5], atol=1e-6)
    assert cost[0] < 1e-10 < cost[1]


def test_what_cannot_be_is_said():
    with pytest.raises(ValueError, match="below the ground"):
        ball((0, -1), (0, 0), TIMES)
    with pytest.raises(ValueError, match="restitution lies in"):
        ball((0, 1), (0, 0), TIMES, restitution=1.5)
    with pytest.raises(ValueError, match="gravity must be above 0"):
        ball((0, 1), (0, 0), TIMES, gravity=0)
    with pytest.raises(ValueError, match="velocity must be finite"):
        ball((0, 1), (np.nan, 0), TIMES)
    with pytest.raises(ValueError, match="at least 4 frames"):
        fit_ball(np.zeros((3, 2)), 24)
