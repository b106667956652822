"""Points drawn by hand or typed."""

import numpy as np
import pytest

from widgets.parts.drawing import Drawing, thin
from widgets.parts.lab import slider, transport


@pytest.fixture
def drawing():
    return Drawing("points", "what they are for", [(0, 1)], limit=4, cell=0.1)


def test_typed_points_are_read_and_cleared(drawing):
    drawing._text.value = "[(0, 0), (0.5, 0.123)]"
    assert drawing.value == [(0.0, 0.0), (0.5, 0.12)]
    drawing._clear.click()
    assert drawing.value == []
    assert drawing._text.value == ""


@pytest.mark.parametrize("typed", ["[(0, 0", "[1, 2]", "[(0, 'a')]", "[(0, 1e999)]", "__import__('os')", "5"])
def test_what_is_not_points_is_refused_with_a_note(drawing, typed):
    drawing._text.value = typed
    assert "not read" in drawing.note.value
    assert drawing.value == [(0.0, 1.0)]
    drawing._text.value = "[(2, 2)]"
    assert drawing.note.value == ""


def test_too_many_points_are_thinned_evenly_and_the_last_of_a_cell_stays():
    rng = np.random.default_rng(0)
    points = rng.uniform(-1, 1, (10_000, 2))
    kept = thin(points, 100, cell=0.01)
    assert 20 < len(kept) <= 100
    quarters = np.bincount((kept > 0) @ [1, 2], minlength=4)
    assert quarters.min() > len(kept) / 8
    np.testing.assert_array_equal(thin(np.array([[0, 0], [1, 1], [0.001, 0]]), 5, cell=0.1), [[1, 1], [0.001, 0]])


def test_a_curve_keeps_one_height_for_each_place_and_fills_a_fast_stroke():
    curve = Drawing("curve", "heights", limit=50, cell=0.25, curve=True)
    curve.add(0.0, 1.0, "down")
    curve.add(1.0, 3.0, "move")
    x, height = np.array(curve.value).T
    assert len(x) == 5
    np.testing.assert_allclose(height, 1.0 + 2.0 * x, atol=0.02)
    curve.add(1.0, 3.0, "up")
    curve.add(0.0, 2.0, "down")
    assert dict(curve.value)[0.0] == 2.0


def test_step_button_moves_the_slider_as_far_as_it_goes():
    steps = slider("steps", "how long", 1, 0, 2, 1, integer=True)
    play, step = transport(steps).children
    step.click()
    step.click()
    assert steps.value == 2
    assert (play.max, play.tooltip) == (2, "Let steps run")
