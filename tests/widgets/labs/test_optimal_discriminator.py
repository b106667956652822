"""The lab of the best discriminator: its answers and values are those of theory, and it can be drawn."""

import numpy as np
import pytest

from animkit.theory import gan
from widgets import gan_lab
from widgets.labs.optimal_discriminator import GRID


def test_the_best_answer_and_the_value_are_those_of_theory(shared, bold):
    lab = shared(gan_lab.optimal_discriminator, p_mean=0.0, q_mean=1.0, place=0.5, steps=50)
    best, value, ceiling = bold(lab)
    assert best == 0.5
    assert ceiling == pytest.approx(-1.163451, abs=1e-5)
    assert value < ceiling


def test_training_comes_closer_to_the_best_value_and_a_new_task_starts_it_anew(shared, bold):
    lab = shared(gan_lab.optimal_discriminator)
    untrained = bold(lab)[1]
    lab.controls["steps"].value = 150
    _, trained, ceiling = bold(lab)
    assert untrained < trained - 0.1
    assert trained == pytest.approx(ceiling, abs=2e-3)
    lab.controls["steps"].value = 37
    back = lab.numbers.value
    assert gan_lab.optimal_discriminator(steps=37).numbers.value == back  # the slider goes back through the same D
    lab.controls["q_mean"].value = 2.0
    assert lab.controls["steps"].value == 0


def test_a_density_drawn_by_pointer_is_what_theory_draws(shared, bold, drag):
    lab = shared(gan_lab.optimal_discriminator, drag="q", place=2.0)
    for (x, height), phase in zip([(1.0, 0.1), (2.0, 0.6), (3.0, 0.1)], ("down", "move", "up"), strict=True):
        drag(lab, "densities", x, height, phase)
    drawn = lab.controls["q_drawn"].value
    assert len(drawn) == 9  # a place every quarter, those that the fast stroke skipped included
    log_q = gan.log_drawing(GRID, drawn)
    p, q = np.exp(gan.log_gaussian(GRID, -1.0)), np.exp(log_q)
    at = np.argmin(np.abs(GRID - 2.0))
    assert bold(lab)[0] == pytest.approx(p[at] / (p[at] + q[at]), abs=1e-4)
    lab.controls["place"].value = 5.9
    lab.controls["p_drawn"].value = [(-1, 1), (0, 1)]
    assert "neither density has mass" in lab.numbers.value


def test_bad_and_huge_drawings_give_a_message(shared):
    lab = shared(gan_lab.optimal_discriminator, p_drawn=[(0.0, 1.0)])
    assert "draw from left to right" in lab.message.value
    lab.controls["p_drawn"].value = [(x, 1.0 + np.sin(x)) for x in np.linspace(-5, 5, 10_000)]
    assert "10,000 points drawn" in lab.controls["p_drawn"].note.value
    assert len(lab.controls["p_drawn"].value) <= 50
    assert lab.message.value == ""
