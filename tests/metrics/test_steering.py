"""Obedience, on paths drawn by hand."""

import numpy as np
import pytest

from animkit.metrics.steering import response, travel, without_sway

FPS = 30


def path(speed, turn):
    """A point that goes at cm/s and degrees/s, one number a frame: places and headings."""
    heading = np.concatenate([[0.0], np.cumsum(np.radians(turn[1:]) / FPS)])
    step = np.stack([np.sin(heading), np.cos(heading)], axis=1) * speed[:, None] / FPS
    return np.concatenate([np.zeros((1, 2)), np.cumsum(step, axis=0)[:-1]]), heading


def test_a_circle_is_travelled_at_its_speed_and_turn_up_to_its_ends():
    speed, turn = travel(*path(np.full(90, 120.0), np.full(90, 45.0)), fps=FPS)
    np.testing.assert_allclose(speed, 120.0, rtol=0.02)
    np.testing.assert_allclose(turn, 45.0, rtol=1e-6)


def test_sway_is_no_speed():
    places, heading = path(np.full(120, 100.0), np.zeros(120))
    places[:, 0] += 3 * np.sin(2 * np.pi * 2 * np.arange(120) / FPS)  # two steps a second, 3 cm to either side
    speed, _ = travel(places, heading + 0.1 * np.sin(2 * np.pi * 2 * np.arange(120) / FPS), fps=FPS)
    np.testing.assert_allclose(speed[15:-15], 100.0, rtol=0.02)


def test_what_is_straight_stays_so():
    line = np.outer(np.arange(40.0), [1.0, -2.0])
    np.testing.assert_allclose(without_sway(line, 6.0), line, atol=1e-9)
    assert len(without_sway(line[:3], 6.0)) == 3


def test_a_sudden_change_has_the_lag_of_the_measure_alone():
    speed = np.r_[np.full(60, 50.0), np.full(90, 200.0)]
    found = response(*path(speed, np.zeros(150)), 60, speed=200.0, turn=0.0, fps=FPS)
    assert found.lag <= 0.2
    assert found.astray == pytest.approx(0.0, abs=0.1)
    assert found.overshoot == pytest.approx(0.0, abs=0.5)
    assert found.speed_error == pytest.approx(0.0, abs=0.1)


def test_a_ramp_of_a_second_has_the_lag_of_a_ramp():
    speed = np.concatenate([np.full(60, 100.0), np.linspace(100, 200, 30), np.full(90, 200.0)])
    found = response(*path(speed, np.zeros(180)), 60, speed=200.0, turn=0.0, fps=FPS)
    assert found.lag == pytest.approx(0.8, abs=0.1)  # at 180 of 200 cm/s


def test_who_slows_down_first_goes_astray_and_who_never_comes_never_does():
    speed = np.concatenate([np.full(60, 120.0), np.full(12, 60.0), np.full(78, 150.0)])
    found = response(*path(speed, np.zeros(150)), 60, speed=200.0, turn=0.0, fps=FPS)
    assert found.lag == np.inf
    assert 40 < found.astray < 55
    assert found.speed_error == pytest.approx(-50.0, abs=1.0)


def test_overshoot_is_on_the_far_side_of_the_new_speed():
    speed = np.concatenate([np.full(60, 200.0), np.full(30, 50.0), np.full(60, 80.0)])
    found = response(*path(speed, np.zeros(150)), 60, speed=80.0, turn=0.0, fps=FPS)
    assert found.overshoot == pytest.approx(30.0, abs=3.0)
    assert found.lag < 0.4


def test_heading_is_compared_with_what_the_turn_adds_up_to():
    turn = np.r_[np.zeros(61), np.full(90, -54.0)]
    found = response(*path(np.full(151, 80.0), turn), 60, speed=80.0, turn=-60.0, fps=FPS)
    assert found.heading_error == pytest.approx(18.0, abs=0.5)  # 3 s at 6 degrees/s too little to the right


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: response(np.zeros((70, 2)), np.zeros(70), 20, speed=1.0, turn=0.0, fps=FPS), "1.3 s before"),
        (lambda: response(np.zeros((70, 2)), np.zeros(70), 50, speed=1.0, turn=0.0, fps=FPS), "1.3 s before"),
        (lambda: travel(np.zeros((1, 2)), np.zeros(1), fps=FPS), "2 frames or more"),
        (lambda: travel(np.full((9, 2), np.nan), np.zeros(9), fps=FPS), "finite"),
    ],
)
def test_refuses(call, match):
    with pytest.raises(ValueError, match=match):
        call()
