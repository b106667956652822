"""The frame of the labs and its live figure."""

import io
import threading

import ipywidgets
import numpy as np
import pytest
from PIL import Image

from widgets.parts.figure import LiveFigure
from widgets.parts.lab import Lab, choice, slider, split_formula, within_it


def pixels(figure):
    return np.asarray(Image.open(io.BytesIO(figure.widget.value)).convert("RGB")).astype(int)


@pytest.fixture
def lab():
    figure = LiveFigure("a bell that moves", width=400, height=200)
    x = np.linspace(-5, 5, 200)
    (bell,) = figure.axes[0].plot(x, np.zeros(200))
    figure.axes[0].set(xlim=(-5, 5), ylim=(0, 1.2))
    figure.moving(bell)

    def update(mean, kind):
        if mean > 4:
            raise ValueError("mean < 4, please")
        bell.set_ydata(np.exp(-((x - mean) ** 2)) * (1 if kind == "high" else 0.5))
        figure.update()
        return f"mean = {mean:.2f}"

    controls = {
        "mean": slider("mean", "moves the bell", 0.0, -5.0, 5.0),
        "kind": choice("kind", "how high", ["high", "low"]),
    }
    lab = Lab("Bell", "demo.bell", controls, update, figure=figure, presets={"right": {"mean": 2.0, "kind": "low"}})
    lab.figure = figure
    return lab


def test_a_control_moves_picture_numbers_and_state(lab):
    before = pixels(lab.figure)
    lab.controls["mean"].value = 1.5
    assert (pixels(lab.figure) != before).any()
    assert "mean = 1.50" in lab.numbers.value
    assert lab.state.value == "demo.bell(mean=1.5, kind='high')"


def test_preset_and_reset_leave_no_trace_of_what_was_drawn_before(lab):
    start = pixels(lab.figure)
    lab.presets.value = "right"
    assert lab.values() == {"mean": 2.0, "kind": "low"}
    lab.reset_button.click()
    assert lab.values() == {"mean": 0.0, "kind": "high"}
    np.testing.assert_array_equal(pixels(lab.figure), start)


def test_a_presets_name_stands_as_long_as_its_state_and_can_be_chosen_again(lab):
    assert lab.presets.label == "choose ..."
    lab.presets.value = "right"
    lab.controls["mean"].value = 1.0
    assert lab.presets.label == "choose ..."
    lab.presets.value = "right"
    assert lab.values() == {"mean": 2.0, "kind": "low"}
    assert lab.presets.label == "right"
    lab.reset_button.click()
    assert lab.presets.label == "choose ..."  # and no empty box
    lab.presets.value = "right"
    assert lab.values() == {"mean": 2.0, "kind": "low"}


def test_what_changes_nothing_is_greyed():
    controls = {
        "on": choice("light", "whether it burns", ["on", "off"]),
        "height": slider("height", "of the flame", 1.0, 0.0, 2.0),
    }

    def idle(on, height):
        return {"height": "it is off"} if on == "off" else {}

    lab = Lab("Lamp", "demo.lamp", controls, lambda **_: "", idle=idle)
    assert not controls["height"].disabled
    lab.controls["on"].value = "off"
    assert controls["height"].disabled
    assert controls["height"].tooltip == "of the flame. Greyed: it is off"
    assert not controls["on"].disabled
    lab.reset_button.click()
    assert not controls["height"].disabled
    assert controls["height"].tooltip == "of the flame"


def test_a_value_error_becomes_a_message_and_goes_away(lab):
    picture = lab.figure.widget.value
    lab.controls["mean"].value = 4.5
    assert "mean &lt; 4, please" in lab.message.value
    assert lab.figure.widget.value == picture
    lab.controls["mean"].value = 1.0
    assert lab.message.value == ""


def test_blitted_picture_equals_a_full_drawing(lab):
    lab.controls["mean"].value = 1.0
    blitted = pixels(lab.figure)
    lab.figure.redraw()
    assert np.abs(pixels(lab.figure) - blitted).max() <= 2


def test_what_seldom_changes_is_drawn_again_when_it_does():
    figure = LiveFigure("a line over an axis that grows", width=400, height=200)
    (line,) = figure.axes[0].plot([0, 1], [0, 1])
    figure.moving(line)
    figure.seldom(figure.axes[0].yaxis)
    figure.update()
    before = pixels(figure)
    figure.axes[0].set_ylim(0, 50)
    line.set_ydata([0, 50])
    figure.update()
    assert (pixels(figure)[:, :50] != before[:, :50]).any()  # the ticks' labels
    blitted = pixels(figure)
    figure.update()
    np.testing.assert_array_equal(pixels(figure), blitted)
    figure.redraw()
    assert np.abs(pixels(figure) - blitted).max() <= 2


def test_two_threads_never_draw_at_once_on_one_figure_or_two(monkeypatch):
    figure, other = (LiveFigure("an empty plot", width=200, height=100) for _ in range(2))
    meeting, met = threading.Barrier(2), []

    def draw_and_wait():
        try:
            meeting.wait(0.2)
            met.append(True)
        except threading.BrokenBarrierError:
            pass

    for one in (figure, other):
        one.redraw()
        monkeypatch.setattr(one.canvas, "draw", draw_and_wait)
    threads = [threading.Thread(target=one.redraw) for one in (figure, figure, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not met


def test_the_state_line_hides_the_rounding_of_floats(lab):
    lab.controls["mean"].value = 0.1 + 0.2
    assert lab.state.value == "demo.bell(mean=0.3, kind='high')"


def test_a_logarithmic_slider_counts_as_what_it_shows():
    controls = {"beta": slider("beta", "weight", 0.05, -3, 1, 0.05, log=True)}
    lab = Lab("Weight", "demo.weight", controls, lambda beta: f"{beta}")
    controls["beta"].value = 10**-1.3  # where the slider stands for .05
    assert lab.values() == {"beta": 0.05}
    assert lab.state.value == "demo.weight(beta=0.05)"


def test_pointer_positions_become_data_coordinates(lab):
    seen = []
    move = lab.figure.on_pointer(lambda x, y, phase: seen.append((round(x, 3), round(y, 3), phase)))
    axes = lab.figure.axes[0]
    pixel_x, pixel_y = axes.transData.transform((2.0, 0.6))
    move(pixel_x, 200 - pixel_y, "down")
    move(-1000, -1000, "move")
    assert seen == [(2.0, 0.6, "down"), (-5.0, 1.2, "move")]


def test_controls_need_a_label_and_an_explanation():
    with pytest.raises(ValueError, match="control mean of 'Bell' needs a description and a tooltip"):
        Lab("Bell", "demo.bell", {"mean": slider("mean", "", 0.0, -1.0, 1.0)}, lambda mean: None)
    with pytest.raises(ValueError, match=r"preset 'far' of 'Bell' names unknown controls: \['men'\]"):
        Lab(
            "Bell",
            "b",
            {"mean": slider("mean", "moves", 0.0, -1.0, 1.0)},
            lambda mean: None,
            presets={"far": {"men": 1}},
        )
    with pytest.raises(ValueError, match="alt is empty"):
        LiveFigure(" ")


def test_a_formula_is_cut_between_its_parts_only_and_words_stand_apart():
    (formula,), (words,) = split_formula(
        r"$$a\qquad b=\frac{1}{c\quad d}\quad\begin{matrix}1\quad 2\end{matrix}$$<p>Why.</p>"
    )
    assert [part.split("$")[1] for part in formula.value.split("<span")[1:]] == [
        r"\displaystyle a",
        r"\displaystyle b=\frac{1}{c\quad d}",
        r"\displaystyle \begin{matrix}1\quad 2\end{matrix}",
    ]
    assert words.value == "<p>Why.</p>"
    assert split_formula("") == ([], [])


def test_many_controls_stand_on_pages():
    controls = {name: slider(name, "moves", 0.0, -1.0, 1.0) for name in ("mean", "width")}
    lab = Lab("Bell", "demo.bell", controls, lambda **_: "", groups={"one": ["width"], "other": ["mean"]})
    (pages,) = (one for one in within_it(lab) if isinstance(one, ipywidgets.Tab))
    assert pages.titles == ("one", "other")
    assert pages.children[0].children == (controls["width"],)
