"""Every lab but those of VAEs: all controls at their ends, presets, reset, state lines."""

from types import SimpleNamespace

import ipywidgets
import numpy as np
import pytest

from widgets import audience_lab, gan_lab, light_lab, rnn_lab, vae_lab, viewer_lab
from widgets.pages.record import states_of
from widgets.pages.stops import GAMES, STOPS

FACES = {
    "audience_lab": audience_lab,
    "gan_lab": gan_lab,
    "light_lab": light_lab,
    "rnn_lab": rnn_lab,
    "viewer_lab": viewer_lab,
}
LABS = [(face, name) for face in FACES for name in FACES[face].__all__ if name != "bracket_counter"]


@pytest.fixture(params=LABS, ids=lambda each: each[1])
def named(request):
    face, name = request.param
    return face, name, getattr(FACES[face], name)


def ends(control):
    if hasattr(control, "options"):
        values = [value for _, value in control._options_full]
        return [values[0], values[-1]] if isinstance(control, ipywidgets.SelectionSlider) else values
    if hasattr(control, "base"):
        return [control.base**control.min, control.base**control.max]
    if hasattr(control, "min"):
        return [control.min, control.max]
    return [not control.value] if isinstance(control.value, bool) else []


def test_every_control_works_at_both_ends_and_reset_restores(named, shared, pixels, hyphened):
    _, name, make = named
    lab = shared(make)
    start, values = pixels(lab), lab.values()
    for control_name, control in lab.controls.items():
        for end in ends(control):
            control.value = end
            expected = name == "live_gan" and end == "drawn"
            assert bool(lab.message.value) == expected, (control_name, end)
            assert "nan" not in lab.numbers.value, (control_name, end)
            assert hyphened(lab) == [], (control_name, end)
        control.value = values[control_name]
    lab.reset_button.click()
    assert lab.values() == values
    assert lab.message.value == ""
    np.testing.assert_array_equal(pixels(lab), start)


def test_presets_draw_and_the_state_line_restores_them(named, shared, pixels):
    face, name, make = named
    lab, again = shared(make), None
    labels = [label for label, value in lab.presets._options_full if value]
    assert labels
    for label in labels:
        lab.reset()
        lab.presets.value = label
        assert lab.message.value == "", label
        assert "nan" not in lab.numbers.value, label
        if name == "live_gan":
            lab.restart()  # a picture that many settings have led to has no short name
        if again is None:
            again = eval(lab.state.value, FACES.copy())
        else:  # to make a lab takes much longer than to set what its line says
            values = eval(lab.state.value, {face: SimpleNamespace(**{name: dict})})
            if name == "live_gan":
                assert values.pop("steps") == 0
            again.set(**values)
            if name == "live_gan":
                again.restart()
        assert again.state.value == lab.state.value
        assert again.numbers.value == lab.numbers.value
        assert np.abs(pixels(again) - pixels(lab)).max() <= 2


PREPARING = {  # what the training does that has not begun, and what the pointer is to do
    "optimal_discriminator": {"drag"},
    "wasserstein": {"clip", "seed"},
}


def special(lab, values):
    """Whether a preset chooses what the lab did not begin with, or puts a slider to an end or to 0."""
    return any(
        value != lab.controls[name].value
        and (hasattr(lab.controls[name], "options") or value in (0, lab.controls[name].min, lab.controls[name].max))
        for name, value in values.items()
        if hasattr(lab.controls[name], "options") or hasattr(lab.controls[name], "min")
    )


def test_controls_are_greyed_where_they_change_nothing(named, shared, wrongly_greyed):
    _, name, make = named
    if name == "live_gan":  # nearly all of its controls change what is yet to be learnt
        return
    lab = shared(make)
    for values in ({}, *(values for values in lab._presets.values() if special(lab, values))):
        lab.reset()
        few = {"steps": 3} if "steps" in values and name == "wasserstein" else {}  # it trains, and need not train long
        lab.set(**values | few)
        moving, idle = wrongly_greyed(lab)
        assert (moving, sorted(set(idle) - PREPARING.get(name, set()))) == ([], []), values


def test_its_page_can_show_the_start_and_every_preset(named, shared):
    face, name, make = named
    if f"{face}.{name}" == GAMES:
        return  # its page has recorded games, one from each preset
    lab = shared(make)
    positions, states, presets = states_of(lab, STOPS[f"{face}.{name}"])
    assert len(presets) == len(lab.presets.options)
    assert len(states) < 4000  # all of it is computed by `make labs`
    for label, number in presets.items():
        lab.reset()
        lab.presets.value = label
        shown = [positions[control][place] for control, place in zip(positions, states[number], strict=True)]
        assert shown == list(lab.values().values())


def test_no_lab_is_forgotten_where_pages_are_made():
    calls = {f"{face}.{name}" for face, name in LABS} | {f"vae_lab.{name}" for name in vae_lab.__all__}
    assert {*STOPS, GAMES} == calls
