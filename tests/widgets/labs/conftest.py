"""Labs that tests share, since making one means laying out its figure; how to read a lab, and what it leaves idle."""

import io
import re

import numpy as np
import pytest
from matplotlib.text import Text
from PIL import Image

from widgets.parts.figure import LiveFigure


@pytest.fixture(scope="session")
def made():
    return {}


@pytest.fixture
def shared(made):
    """A function that gives a lab, made once, as it began but for the controls named."""

    def get(make, **values):
        if make not in made:
            made[make] = make()
        lab = made[make]
        lab.reset()
        if hasattr(lab, "restart"):
            lab.restart()
        lab.set(**values)
        return lab

    return get


@pytest.fixture(scope="session")
def pixels():
    """A function that reads the picture of a lab."""
    return lambda lab: np.asarray(Image.open(io.BytesIO(lab.figure.widget.value)).convert("RGB")).astype(int)


def other_values(control):
    """A few values of a control that it does not have now, from its options or between its ends."""
    if hasattr(control, "options"):
        values = [value for _, value in control._options_full]
    elif hasattr(control, "min"):
        values = [control.min, control.max, type(control.min)(0.7 * control.min + 0.3 * control.max)]
    else:
        values = [not control.value] if isinstance(control.value, bool) else []
    return [value for value in values if value != control.value]


@pytest.fixture
def wrongly_greyed(monkeypatch, pixels):
    """A function that names controls of a lab that are greyed and change its numbers, or are not and change nothing.

    A picture is drawn only where the numbers stay as they are, as drawing takes most of a lab's time.
    """
    draw = LiveFigure.update
    monkeypatch.setattr(LiveFigure, "update", lambda self: None)

    def drawn(lab):
        draw(lab.figure)
        return pixels(lab)

    def find(lab):
        here, numbers, before = lab.values(), lab.numbers.value, []

        def moves(name, value):
            lab.set(**here | {name: value})  # what another control moved goes back at the same time
            if lab.message.value:  # refused: what is shown stays as it was
                lab.set(**here)
                lab.set(**{name: value})
            if lab.numbers.value != numbers or lab.controls[name].disabled:
                return lab.numbers.value != numbers
            after = drawn(lab)
            if not before:
                lab.set(**here)
                before.append(drawn(lab))
            return np.abs(after - before[0]).max() > 40

        shown = {name: one for name, one in lab.controls.items() if one.layout.display != "none" and other_values(one)}
        greyed = [name for name, one in shown.items() if getattr(one, "disabled", False)]
        assert all("Greyed: " in shown[name].tooltip for name in greyed)
        # asked before anything moves: a control may have other values then
        tried = {name: other_values(one) for name, one in shown.items()}
        moving = [name for name, values in tried.items() if any(moves(name, value) for value in values)]
        return sorted(set(greyed) & set(moving)), sorted(set(shown) - set(greyed) - set(moving))

    return find


@pytest.fixture(scope="session")
def bold():
    """A function that reads the numbers that a lab prints in bold."""
    return lambda lab: [
        float(text.replace("−", "-")) for text in re.findall(r"<b>(−?[\d.e+-]+)</b>", lab.numbers.value)
    ]


@pytest.fixture(scope="session")
def hyphened():
    """A function that names what a lab shows of negative numbers by a hyphen, where sliders and axes have a minus."""

    def find(lab):
        texts = [text.get_text() for text in lab.figure.figure.findobj(Text) if text.get_visible()]
        words = lab.numbers.value, lab.message.value, lab.figure.alt, *(one.tooltip for one in lab.controls.values())
        # TeX draws a minus itself
        plain = [re.sub(r"<[^>]*>|\$[^$]*\$", "", text) for text in (*texts, *words)]
        return [text for text in plain if re.search(r"(?<![\w.)\]-])-\.?\d", text)]

    return find


@pytest.fixture(scope="session")
def drag():
    """A function that drags the pointer to a place in the data coordinates of one of a lab's axes."""

    def to(lab, axes, x, y, phase="down"):
        pixel_x, pixel_y = lab.figure.axes[axes].transData.transform((x, y))
        lab.drag(pixel_x, lab.figure.figure.bbox.height - pixel_y, phase)

    return to
