"""Guides, and the way that they show."""

import numpy as np
import pytest
from keras import ops

from animkit.motion.guide import AHEAD, LEASH, PATH, REACH, beside_character, guided, seen_from, way_from, within_reach


def ahead_of(steering, asked, frames=1):
    """Guides a while on, of characters who stay where they are, and the way they were told last."""
    steering = ops.convert_to_tensor(np.array([steering], "float32"))
    for _ in range(frames):
        way, steering = guided(steering, ops.convert_to_tensor(np.array([asked], "float32")), 30)
    return ops.convert_to_numpy(way)[0], ops.convert_to_numpy(steering)[0]


def test_the_way_ahead_of_a_guide_is_a_circle_at_the_speed_and_turn_that_are_asked():
    way, guide = ahead_of([1.5, 0.8, 0, 0, 0], [1.5, 0.8])
    for (left, ahead, turned), seconds in zip(way.reshape(-1, 3), AHEAD, strict=True):
        angle = 0.8 * seconds
        assert left * seconds == pytest.approx(1.5 / 0.8 * (1 - np.cos(angle)), abs=0.03)
        assert ahead * seconds == pytest.approx(1.5 / 0.8 * np.sin(angle), abs=0.01)
        assert turned == pytest.approx(0.8, rel=1e-4)
    np.testing.assert_allclose(guide, [1.5, 0.8, 0.0, 1.5 / 30, 0.8 / 30], atol=1e-5)


def test_a_guide_has_made_two_thirds_of_a_change_in_its_time():
    _, (speed, turn, *_) = ahead_of([1.0, 0.0, 0, 0, 0], [2.0, -1.0], frames=3)
    assert speed == pytest.approx(2 - np.exp(-0.1 / REACH[0]), rel=1e-4)
    assert turn == pytest.approx(np.exp(-0.1 / REACH[1]) - 1, rel=1e-4)


def test_who_has_fallen_behind_is_told_of_a_longer_way():
    beside, behind = (ahead_of([1.0, 0.0, 0.0, ahead, 0.0], [1.0, 0.0])[0].reshape(-1, 3) for ahead in (0, 0.2))
    np.testing.assert_allclose((behind - beside)[:, 1], 0.2 / np.array(AHEAD), rtol=1e-4)


def test_a_step_and_a_turn_change_what_is_seen():
    """Two metres ahead and facing as I do; I go one ahead and turn left by a right angle: now it is on my right."""
    seen = seen_from(np.array([[0.0, 2.0]]), np.zeros((1, 1)), np.array([[0.0, 1.0]]), np.full((1, 1), np.pi / 2))
    np.testing.assert_allclose(ops.convert_to_numpy(seen)[0], [-1.0, 0.0, -np.pi / 2], atol=1e-6)


def test_the_way_from_astray_leads_back():
    straight = np.array([[0.0, 1.0, 0.0] * len(AHEAD)])
    np.testing.assert_allclose(ops.convert_to_numpy(way_from(straight, np.zeros((1, 3)), 30.0)), straight)
    drift = np.array([[0.1, -0.2, np.pi / 2]])  # it should be to the left, behind, and face left
    way = ops.convert_to_numpy(way_from(straight, drift, 30.0)).reshape(-1, 3) * np.array(AHEAD)[:, None]
    for (left, ahead, angle), seconds in zip(way, AHEAD, strict=True):
        assert (left, ahead, angle) == pytest.approx((0.1 + seconds, -0.2, np.pi / 2), abs=1e-6)
    assert straight.shape == (1, PATH)


def test_a_leash_draws_guides_to_their_characters():
    drawn = ops.convert_to_numpy(within_reach(np.array([[3.0, 4.0, -2.0], [0.0, 0.1, 0.1]], "float32")))
    np.testing.assert_allclose(drawn[0], [0.6 * LEASH[0], 0.8 * LEASH[0], -LEASH[1]], rtol=1e-5)
    np.testing.assert_allclose(drawn[1], [0.0, 0.1, 0.1], atol=1e-6)
    np.testing.assert_array_equal(beside_character(np.array([[1.0, 2.0]])), [[1.0, 2.0, 0.0, 0.0, 0.0]])
