"""Throws: every body goes by its law, a fit of the law foretells it, and errors are what they are by hand."""

import numpy as np
import pytest

from animkit.studio.throws import (
    CONSTANT,
    FITTED,
    FPS,
    HIDDEN,
    NETWORK,
    PIVOT,
    SEEN,
    TRUTH,
    distances,
    throw,
    to_the_right,
    true_path,
)

TIMES = np.arange(30) / FPS


def usual(body, **others):
    return {name: one.default for name, one in HIDDEN[body].items()} | others


class Still:
    """A network for which everything stays where it is."""

    def carry_on(self, paths, *, frames, samples=0, seed=0):
        last = np.repeat(paths[:, -1:], frames, axis=1)
        return np.repeat(last[:, None], samples, axis=1) if samples else last


@pytest.mark.parametrize("body", HIDDEN)
def test_every_body_moves_with_its_usual_numbers(body):
    soon = {"leans": 5.0} if body == "edge" else {}
    path, angles = true_path(body, (0.5, 2.0), (1.0, 0.5), usual(body, **soon), TIMES)
    assert path.shape == (30, 2)
    assert angles.shape == (30,)
    assert np.isfinite(path).all()
    assert np.ptp(path, axis=0).max() > 0.2
    if body != "pendulum":
        np.testing.assert_allclose(path[0], [0.5, 2.0], atol=2e-3)
    for one in HIDDEN[body].values():
        assert one.low <= one.default <= one.high


def test_what_is_dragged_is_what_flies():
    ball, _ = true_path("ball", (0, 1), (2, 3), usual("ball", drag=0.0), TIMES)
    t = TIMES[12]
    np.testing.assert_allclose(ball[12], [2 * t, 1 + 3 * t - 9.81 / 2 * t**2])
    hung, angles = true_path("pendulum", (PIVOT[0] + 0.6, PIVOT[1] - 0.8), (0.8, 0.6), usual("pendulum"), TIMES)
    np.testing.assert_allclose(hung[0] - PIVOT, [1.2 * 0.6, -1.2 * 0.8])  # in this direction, at its length
    np.testing.assert_allclose((angles[1] - angles[0]) * FPS, 1 / 1.2, rtol=0.2)  # 1 m/s across 1.2 m
    left, turned = true_path("wheel", (0, 1), (-2, 0), usual("wheel"), TIMES)
    right, other = true_path("wheel", (0, 1), (2, 0), usual("wheel"), TIMES)
    np.testing.assert_allclose(left, right * [-1, 1])
    np.testing.assert_allclose(turned, -other)


def test_the_fit_knows_the_law_and_errors_are_distances():
    thrown = throw(Still(), "ball", (0, 3), (1, 2), usual("ball", gravity=6.0, drag=0.5), samples=2, seed=1)
    assert list(thrown.paths) == [TRUTH, NETWORK, CONSTANT, FITTED]
    truth, frame = thrown.paths[TRUTH], SEEN - 1 + 12
    found = distances(thrown, 0.5)
    assert found[FITTED] < 1e-3
    assert found[NETWORK] == pytest.approx(np.hypot(*(truth[SEEN - 1] - truth[frame])))
    straight = truth[SEEN - 1] + 12 * (truth[SEEN - 1] - truth[SEEN - 2])
    assert found[CONSTANT] == pytest.approx(np.hypot(*(straight - truth[frame])))
    assert thrown.futures.shape == (2, len(truth), 2)
    assert thrown.strange == []


def test_a_ball_on_an_edge_falls_to_the_side_that_is_likely():
    for leans in (4.0, -4.0):
        thrown = throw(Still(), "edge", (0, 1.5), (0, 0), usual("edge", leans=leans), noise=1e-4, samples=4, seed=1)
        assert np.sign(thrown.paths[TRUTH][-1, 0]) == np.sign(leans)
        share, right = to_the_right(thrown, 1e-4)
        assert share in (0, 1)  # where all futures stay, by chance
        assert right == pytest.approx(float(leans > 0), abs=0.01)
    thrown = throw(Still(), "edge", (0, 1.5), (0, 0), usual("edge", leans=0.2), noise=0.003, samples=4, seed=1)
    assert 0.05 < to_the_right(thrown, 0.003)[1] < 0.95
    assert throw(None, "edge", (0, 1), (0, 0), usual("edge", radius=0.35)).strange == [
        "radius 0.35 lies outside 0.15 to 0.3"
    ]


def test_all_see_the_same_measured_frames():
    thrown = throw(Still(), "wheel", (0, 3), (1, 0), usual("wheel"), noise=0.01, seed=3)
    off = thrown.paths[NETWORK][:SEEN] - thrown.paths[TRUTH][:SEEN]
    assert 0.003 < off.std() < 0.03
    np.testing.assert_array_equal(thrown.paths[CONSTANT][:SEEN], thrown.paths[NETWORK][:SEEN])


def test_what_nobody_has_seen_is_said():
    moon = throw(None, "pendulum", (1, 2), (0, 0), usual("pendulum", gravity=1.62))
    assert moon.strange == ["gravity 1.62 lies outside 3 to 20"]
    assert NETWORK not in moon.paths


def test_what_cannot_be_thrown_is_said():
    with pytest.raises(ValueError, match="no body called 'brick'"):
        throw(None, "brick", (0, 1), (0, 0), {})
    with pytest.raises(ValueError, match="finite place and speed"):
        throw(None, "ball", (0, np.nan), (0, 0), usual("ball"))
    with pytest.raises(ValueError, match="over the top"):
        throw(None, "pendulum", (1, 2), (20, 0), usual("pendulum"))
