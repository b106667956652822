"""A kept state behind the next ones, its line to copy, and what is left of a lab where no widget can be shown."""

import io

import ipywidgets
import numpy as np
import pytest
from PIL import Image

from widgets.parts.compare import Compare
from widgets.parts.copying import CopyButton
from widgets.parts.figure import LiveFigure
from widgets.parts.lab import Lab, slider
from widgets.parts.saved_page import joined
from widgets.parts.still import MARK, still, with_still


@pytest.fixture
def lab():
    figure = LiveFigure("a level", width=200, height=200)
    (level,) = figure.axes[0].plot([0, 1], [0, 0], color="black", lw=6)
    figure.axes[0].set(xlim=(0, 1), ylim=(0, 4))
    figure.moving(level)

    def update(height):
        level.set_ydata([height, height])
        figure.update()
        return f"{height:.2f} m"

    return Lab("Level", "demo.level", {"height": slider("height", "how high", 1.0, 0.0, 4.0)}, update, figure=figure)


def darkest(figure, height):
    """How dark the picture is where a level of this height would be drawn, in the middle."""
    x, y = figure.axes[0].transData.transform((0.5, height))
    pixels = np.asarray(Image.open(io.BytesIO(figure.widget.value)).convert("L"))
    return pixels[200 - round(y), round(x)]


def widget(lab, kind):
    def within(one):
        return [one, *(each for child in getattr(one, "children", ()) for each in within(child))]

    return next(one for one in within(lab) if isinstance(one, kind))


def test_a_kept_state_stands_faint_behind_the_next_and_its_numbers_stay(lab):
    keep = widget(lab, ipywidgets.ToggleButton)
    keep.value = True
    lab.set(height=3.0)
    assert darkest(lab.figure, 3.0) < 40 < darkest(lab.figure, 1.0) < 220
    shown = still(lab)
    assert "Kept:" in shown
    assert "1.00 m" in shown
    assert "demo.level(height=1.0)" in shown
    assert "3.00 m" in shown
    keep.value = False
    assert darkest(lab.figure, 1.0) == 255
    assert "Kept:" not in still(lab)


def test_a_kept_state_moves_along_with_the_limits(lab):
    widget(lab, ipywidgets.ToggleButton).value = True
    lab.figure.axes[0].set_ylim(0, 8)
    lab.figure.redraw()
    lab.set(height=3.0)
    assert darkest(lab.figure, 1.0) < 220


def test_pictures_are_not_kept_behind():
    figure = LiveFigure("a picture", width=200, height=200)
    figure.moving(figure.axes[0].imshow(np.zeros((2, 2))))
    figure.update()
    compare = Compare(figure, ipywidgets.HTML("1"), ipywidgets.Text("demo()"))
    compare.button.value = True
    assert figure.behind == []
    assert "demo()" in compare.words.value


def test_the_copied_line_is_the_state_line(lab):
    copied = widget(lab, CopyButton)
    lab.set(height=2.5)
    assert copied.text == lab.state.value == "demo.level(height=2.5)"


def test_a_lab_leaves_a_picture_with_its_numbers(lab):
    bundle = lab._repr_mimebundle_()
    shown = bundle[0] if isinstance(bundle, tuple) else bundle
    assert "application/vnd.jupyter.widget-view+json" in shown
    left = shown["text/html"]
    assert MARK in left
    assert "1.00 m" in left
    assert 'alt="a level" src=\'data:image/png;base64,' in left
    assert "height <b>1.00</b>" in left  # as its slider shows it
    assert len(left) < 20_000


def test_what_brings_html_of_its_own_keeps_it(lab):
    assert with_still(lab, {"text/html": "it plays"}) == {"text/html": "it plays"}


def test_a_module_with_an_import_that_cannot_be_joined_is_refused(tmp_path):
    (tmp_path / "page.js").write_text("export const one = 1;\n")
    late = tmp_path / "late.js"
    late.write_text('import { one } from "./page.js";\n\nexport const two = 2 * one;\n')
    assert joined(late) == "export const one = 1;\n\n\nexport const two = 2 * one;\n"
    late.write_text('// words\nimport { one } from "./page.js";\n')
    with pytest.raises(ValueError, match="late.js: .* must stand before all else"):
        joined(late)
