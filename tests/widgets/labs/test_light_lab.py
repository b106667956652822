"""The labs of light: their numbers are those of the theory, and what is dragged arrives."""

import re

import numpy as np
import pytest

from animkit.theory import answers, normals
from widgets import light_lab
from widgets.labs.shape_from_shading import METHODS


def test_lambert_names_the_cosine_and_the_light_follows_the_pointer(shared, bold):
    lab = shared(light_lab.lambert, azimuth=90, elevation=30)
    assert lab.controls["shininess"].disabled  # of no highlight
    assert bold(lab)[0] == 0.5
    _, surface, mask = normals.person(48)
    dark = (surface[mask] @ normals.towards(90, 30) <= 0).mean()
    assert bold(lab)[1] == round(100 * dark)


@pytest.mark.parametrize(
    ("x", "y", "light"), [(23.5, 23.5, (0, 90)), (23.5 + 0.22 * 48, 23.5, (0, 60)), (23.5, 0, (90, 0))]
)
def test_the_light_is_dragged_over_the_ball(shared, drag, x, y, light):
    lab = shared(light_lab.lambert)
    drag(lab, "ball", x, y)
    values = lab.values()
    assert values["elevation"] == light[1]
    assert light[1] == 90 or values["azimuth"] == light[0]


@pytest.mark.parametrize("shape", ["a ball", "a person"])
def test_two_reliefs_are_one_picture_until_the_lamp_moves(shared, bold, shape):
    same, parted = bold(shared(light_lab.bas_relief, shape=shape, flatten=0.25, slant_up=0.4, turn=40))
    assert same < 1e-12
    assert parted > 0.1
    same, parted = bold(shared(light_lab.bas_relief, flatten=1.0, slant_right=0.0, turn=40))
    assert same == parted == 0  # the very same surface


def test_three_lights_settle_it_and_two_ask_for_a_third(shared, bold):
    off, share = bold(shared(light_lab.shape_from_shading, shape="a person", method=METHODS[2]))
    assert off == 0
    assert 80 < share < 90
    painted = bold(shared(light_lab.shape_from_shading, shape="a person", method=METHODS[2], shades=4))[0]
    assert 4 < painted < 12
    lab = shared(light_lab.shape_from_shading, lights=2, method=METHODS[2])
    assert "takes three lights" in lab.message.value


def test_pointing_at_a_pixel_draws_its_cones(shared, drag):
    lab = shared(light_lab.shape_from_shading)
    drag(lab, "light 1", 13.2, 18.4)
    assert (lab.controls["column"].value, lab.controls["row"].value) == (13, 18)
    assert "At row 18, column 13" in lab.numbers.value


def test_the_mean_gains_three_decibels_and_is_never_right(shared, bold, drag):
    lab = shared(light_lab.palette_choice)
    least, exact, right = bold(lab)
    assert "3.01 dB of PSNR ahead" in lab.numbers.value
    assert "The entry nearest to it is stone, right in 0 %" in lab.numbers.value
    assert (exact, right) == (0, 50)
    drag(lab, "plane", 0.5, 0.0)
    assert lab.controls["answer"].value == 0.5
    assert float(re.search(r"Your answer costs ([\d.]+)", lab.numbers.value)[1]) == least


def test_the_term_trades_squared_error_for_sharpness(shared, bold, drag):
    lab = shared(light_lab.adversarial_term, weight=0.0)
    yours, cheapest = np.split(np.array(bold(lab)), 2)  # each: mean, rms, sharpness, cost
    assert (
        cheapest.tolist() == yours.tolist() == [30, 30, 0, 1]
    )  # without the term, flat costs the variance over itself
    lab = shared(light_lab.adversarial_term, weight=4.0)
    (*_, flat), (mean, rms, sharp, cost) = np.split(np.array(bold(lab)), 2)
    most = 1 + 4 * 2 * np.log(2)  # the bells of flat and real overlap, by a little
    assert most - 0.01 < flat < most
    assert cost < flat
    assert mean == 30
    assert 40 < rms < np.sqrt(1800) + 0.01
    assert sharp > 0.9
    drag(lab, "cost", 12.0, 2.0)
    assert bold(lab)[:2] == pytest.approx([*answers.lean_errors(12.0, 30).values()][:2], abs=0.01)
