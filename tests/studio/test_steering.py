"""How a grid of commands is measured, on motions made by hand in place of a network."""

import re
from types import SimpleNamespace

import numpy as np
import pytest

from animkit.studio import steering
from animkit.studio.steering import HELD, Obedience, generated_answers, measure_steering, why_not

MODEL = SimpleNamespace(fps=30.0, centimetres=2.0)


def walk(model, seconds, *, speed, turn, seed, lag=0.0, share=1.0):
    """In place of `roll`: who does as told after so many seconds, at a share of the speed; (motions, time, 4)."""
    wait = round(lag * 30)
    speed, turn = (
        np.concatenate([np.repeat(a[:, :1], wait, axis=1), a[:, : a.shape[1] - wait]], 1) for a in (speed, turn)
    )
    frames = np.zeros((*speed.shape, 4), "float32")
    frames[..., 1] = share * speed / 30 / model.centimetres
    frames[..., 2] = turn / 30
    return frames


@pytest.fixture
def with_roll(monkeypatch):
    def replace(**options):
        monkeypatch.setattr(steering, "roll", lambda *arguments, **told: walk(*arguments, **told, **options))

    return replace


def test_who_obeys_at_once_obeys_every_command(with_roll):
    with_roll()
    grid = measure_steering(MODEL, motions=2)
    assert len(grid) == len(steering.SPEEDS) * len(steering.TURNS)
    assert (grid[0].speed, grid[0].turn, grid[1].turn) == (0.0, -90.0, -60.0)
    assert not any(cell.reason for cell in grid)
    assert max(cell.lag for cell in grid) <= 0.3  # to stop from 250 cm/s: what averaging over a step takes


def test_answers_are_in_centimetres_degrees_and_seconds(with_roll):
    with_roll(lag=1.0, share=0.8)
    ((lag, astray, _, speed_error, heading_error),) = generated_answers(MODEL, [[100.0, 0.0, 200.0, 60.0]])
    assert lag == np.inf
    assert astray == pytest.approx(0.0, abs=0.1)
    assert speed_error == pytest.approx(-40.0, abs=4.0)
    assert heading_error == pytest.approx(-60.0, abs=3.0)


@pytest.mark.parametrize(
    ("options", "speed", "turn", "match"),
    [
        ({"share": 0.7}, 200.0, 0.0, r"asked for 200 cm/s it goes at 140"),
        ({"lag": 0.4}, 80.0, -90.0, r"after 3 s it has turned 3\d° too little"),
        ({"lag": 0.6}, 80.0, 0.0, r"it takes 0\.\d\d s to come to 80 cm/s"),
    ],
)
def test_what_is_not_obeyed_has_a_reason(with_roll, options, speed, turn, match):
    with_roll(**options)
    (cell,) = measure_steering(MODEL, speeds=[speed], turns=[turn], before=[120.0], motions=1)
    assert re.fullmatch(match, cell.reason), cell.reason


def test_a_grid_answers_for_what_lies_between_and_for_nothing_beyond():
    def cell(speed, turn, lag):
        return Obedience(speed, turn, lag, 0.0, 0.0, 0.0, 0.0)

    grid = [cell(0.0, 0.0, 0.2), cell(0.0, 90.0, 0.2), cell(200.0, 0.0, 0.2), cell(200.0, 90.0, HELD)]
    assert why_not(grid, 30.0, 10.0) == ""
    assert why_not(grid, 180.0, 80.0) == "it takes 3.00 s to come to 200 cm/s"
    assert why_not(grid, 201.0, 0.0) == "it is measured up to 200 cm/s and 90°/s only"
    assert why_not(grid, 0.0, -91.0) == "it is measured up to 200 cm/s and 90°/s only"


def test_the_wrong_way_is_a_reason_too():
    told = Obedience(200.0, 0.0, 0.3, 40.0, 0.0, 0.0, 0.0)
    assert told.reason == "it first goes 40 cm/s the wrong way"
    right = Obedience(80.0, -60.0, 0.3, 0.0, 0.0, 0.0, 20.0)
    assert right.reason == "after 3 s it has turned 20° too little"
    assert right._replace(heading_error=-20.0).reason == "after 3 s it has turned 20° too much"
