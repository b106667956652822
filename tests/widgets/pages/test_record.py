"""What a page keeps of a lab: which states, which drawings, and the words of each."""

import json

import numpy as np
import pytest
from PIL import Image

from widgets.pages.page import lab_page, theme, with_formulas
from widgets.pages.record import record, states_of
from widgets.pages.recorder import UNITS, Recorder
from widgets.parts.figure import LiveFigure
from widgets.parts.lab import Lab, choice, slider

STOPS = {"height": (3, 9), "kind": (2, 2), "seed": (1, 4)}


@pytest.fixture
def lab():
    figure = LiveFigure("a level", width=400, height=200)
    (level,) = figure.axes[0].plot([0, 1], [0, 0])
    figure.axes[0].set(xlim=(0, 1), ylim=(0, 4))
    picture = figure.axes[0].imshow(np.zeros((2, 2, 3)), extent=(0.0, 0.5, 0.0, 2.0), aspect="auto")
    figure.moving(picture, level)

    def update(height, kind, seed):
        if height > 3.5:
            raise ValueError("too high")
        level.set_ydata([height, height])
        picture.set_visible(kind == "with a picture")
        figure.update()
        return f"<b>{height / 3:.9f}</b> {seed}"

    controls = {
        "height": slider("height, m", "how high", 1.0, 0.0, 4.0, 0.1),
        "kind": choice("kind", "what else", ["plain", "with a picture"]),
        "seed": slider("seed", "chance", 0, 0, 99, 1, integer=True),
    }
    presets = {"odd <1>": {"height": 1.3, "seed": 7}}
    return Lab("A level", "demo.level", controls, update, figure=figure, formula="$$a^2$$<p>b</p>", presets=presets)


def test_a_page_has_a_grid_and_lines_through_start_and_presets(lab):
    positions, states, presets = states_of(lab, STOPS)
    assert positions["height"] == [0.0, 0.5, 1.0, 1.3, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0]
    assert positions["kind"] == ["plain", "with a picture"]
    assert positions["seed"] == [0, 7, 33, 66, 99]
    at = {tuple(positions[name][place] for name, place in zip(positions, state, strict=True)) for state in states}
    grid = {(height, kind, 0) for height in (0.0, 1.0, 2.0, 4.0) for kind in positions["kind"]}
    line = {(height, "plain", 7) for height in positions["height"]}
    assert grid | line <= at
    assert (3.0, "with a picture", 0) not in at
    assert states[presets[""]] == (2, 0, 0)
    assert states[presets["odd <1>"]] == (3, 0, 1)


def test_stops_name_every_control(lab):
    with pytest.raises(ValueError, match=r"demo.level name \['height'\]"):
        states_of(lab, {"height": (3, 3)})


def test_what_is_kept_are_the_labs_own_words_and_an_error_keeps_the_last_picture(lab):
    recording = record(lab, STOPS)
    tables = [[json.loads(part) for part in table] for table in recording.tables]
    for state, row in zip(recording.states, recording.rows, strict=True):
        height, kind, seed = (recording.positions[name][place] for name, place in zip(STOPS, state, strict=True))
        failed, words, _, _, line, *_ = (table[number] for table, number in zip(tables, row, strict=True))
        assert failed == (height > 3.5)
        assert ("too high" if failed else f"<b>{height / 3:.9f}</b> {seed}") in words
        assert line == f"demo.level(height={height!r}, kind={kind!r}, seed={seed})"
    assert len(recording.recorder.images) == 1  # the same picture is kept once
    assert len(tables[-1]) == len({place[0] for place in recording.states} - {9})  # a level's line for each height


def test_lines_and_pictures_are_noted_where_they_are_drawn(lab):
    recorder, (picture, level) = Recorder(lab.figure.figure), lab.figure.artists()
    lab.set(height=2.0, kind="with a picture")
    axes = lab.figure.axes[0]
    ((kind, style, line),) = recorder.note(level)
    x, y = axes.transData.transform((0.0, 2.0))
    end = axes.transData.transform((1.0, 2.0))[0]
    whole = [round(UNITS * at) for at in (x, 200 - y, end)]
    assert (kind, line) == ("p", f"m{whole[0]} {whole[1]}l{whole[2] - whole[0]} 0")
    assert next(look for number, look in recorder.styles.values() if number == style)["c"] == "1f77b4"
    ((kind, number, *box, smooth),) = recorder.note(picture)
    assert (kind, number, box[:2], smooth) == ("i", 0, whole[:2], 0)
    assert abs(box[2] - (whole[2] - whole[0]) / 2) <= 1


def test_the_first_row_of_a_picture_is_above():
    figure = LiveFigure("two rows", width=200, height=200)
    rows = np.zeros((2, 1, 3))
    rows[0] = 1.0
    for origin, above in (("upper", 255), ("lower", 0)):
        figure.axes[0].clear()
        image = figure.moving(figure.axes[0].imshow(rows, origin=origin))
        recorder = Recorder(figure.figure)
        recorder.note(image)
        assert np.asarray(Image.open(decoded(next(iter(recorder.images)))).convert("L"))[0, 0] == above


def decoded(text):
    import base64
    import io

    return io.BytesIO(base64.b64decode(text))


def test_a_page_is_whole_and_says_what_it_is(lab):
    page = lab_page(record(lab, {"height": (2, 2), "kind": (1, 1), "seed": (1, 1)}), "01_demo")
    assert "http" not in page.replace("http://www.w3.org/", "")
    assert "<h1>A level</h1>" in page
    assert 'aria-label="a level"' in page
    assert "has computed" in page
    assert "<msup>" in page
    assert page.index("<msup>") < page.index("<p>b</p>")


def test_formulas_become_mathml():
    assert with_formulas("<p>$a \\lt b$, 5</p>").count("<math") == 1


def test_in_the_dark_greys_turn_about_and_what_stands_for_a_number_stays():
    css = theme(["000000", "000000=", "ffffff80", "0072b2"])
    light, dark = css.split("@media")
    assert "--c0: #000000; --c1: #000000; --c2: #ffffff80; --c3: #0072b2" in light
    assert "--c0: #ededed; --c1: #000000; --c2: #11111180" in dark
