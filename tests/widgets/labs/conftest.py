"""Labs that tests share, since making one means laying out its figure; and how to read what a lab shows."""

import io
import re

import numpy as np
import pytest
from PIL import Image


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


@pytest.fixture(scope="session")
def bold():
    """A function that reads the numbers that a lab prints in bold."""
    return lambda lab: [float(text) for text in re.findall(r"<b>(-?[\d.e+-]+)</b>", lab.numbers.value)]


@pytest.fixture(scope="session")
def drag():
    """A function that drags the pointer to a place in the data coordinates of one of a lab's axes."""

    def to(lab, axes, x, y, phase="down"):
        pixel_x, pixel_y = lab.figure.axes[axes].transData.transform((x, y))
        lab.drag(pixel_x, lab.figure.figure.bbox.height - pixel_y, phase)

    return to
