"""The lab of squared error: its parts add up, and the mean of all futures stands still."""

import re

import numpy as np
import pytest

from animkit.theory import futures
from widgets import rnn_lab
from widgets.parts.screen import Screen


def test_squared_error_splits_and_the_mean_freezes(shared):
    lab = shared(rnn_lab.squared_error_optimum, prediction=0.8)
    many, _ = futures.forked_futures(200, 30, seed=22)
    t = np.linspace(0.0, 1.0, 30)
    guess = 0.8 * t**2 * (3.0 - 2.0 * t)
    brute = np.mean(np.sum((many - guess) ** 2, axis=1))
    own, extra, total = map(
        float, re.search(r"extra = ([\d.]+) \+ ([\d.]+) = <b>([\d.]+)</b>", lab.numbers.value).groups()
    )
    assert total == pytest.approx(brute, abs=1e-3)
    assert own + extra == pytest.approx(total, abs=2e-3)
    left = re.search(r"<b>(\d+)%</b> of the movement is left", lab.numbers.value)
    sampled = re.search(r"mixture turns by <b>([\d.]+)</b>", lab.numbers.value)
    assert int(left[1]) <= 2
    assert float(sampled[1]) == pytest.approx(np.abs(many[:, -1]).mean(), abs=0.1)


def test_dragging_the_prediction_moves_its_end(shared, drag):
    lab = shared(rnn_lab.squared_error_optimum)
    drag(lab, 0, 29.0, -0.75)
    assert lab.controls["prediction"].value == pytest.approx(-0.75, abs=0.02)


def test_beside_a_player_a_plot_is_drawn_as_large_as_it_is_seen(shared):
    lab = shared(rnn_lab.squared_error_optimum)
    (screen,) = (one for one in lab.head.children if isinstance(one, Screen))
    screen.scale = 1.5
    assert lab.figure.figure.dpi == 150
    screen.scale = 1.0
    assert lab.figure.figure.dpi == 100
