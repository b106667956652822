"""Plots and sheets of pictures in the colours of a dark page."""

import io

import numpy as np
import pytest
from PIL import Image

from widgets.parts.board import PixelSheet
from widgets.parts.figure import LiveFigure
from widgets.parts.screen import Screen
from widgets.parts.theme import as_drawn, in_the_dark, set_dark


@pytest.fixture
def dark():
    yield set_dark
    set_dark(False)


def pixels(widget):
    return np.asarray(Image.open(io.BytesIO(widget.value)).convert("RGB")).astype(int)


def test_greys_turn_about_and_colours_keep_their_hue():
    white, black, grey = in_the_dark([[1, 1, 1, 0.5], [0, 0, 0, 1], [0.5, 0.5, 0.5, 1]])
    np.testing.assert_allclose(white, [0.067, 0.067, 0.067, 0.5], atol=1e-3)
    np.testing.assert_allclose(black, [0.93, 0.93, 0.93, 1])
    assert 0.4 < grey[0] < 0.6
    blue, yellow = in_the_dark([[0, 0.45, 0.7], [0.94, 0.89, 0.26]])
    assert blue.argmax() == 2
    assert blue.min() > 0
    np.testing.assert_allclose(yellow, [0.94, 0.89, 0.26])


def test_a_plot_is_drawn_for_the_page_and_back_again(dark):
    figure = LiveFigure("a line, a picture and a word", width=200, height=100)
    (axes,) = figure.axes
    figure.moving(axes.plot([0, 1], [0, 1], color="black", lw=4)[0])
    axes.imshow(np.ones((2, 2)), cmap="gray", vmin=0, vmax=1, extent=(0, 0.4, 0.6, 1), aspect="auto")
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.text(0.02, 0.8, "####", color="black", fontsize=14)
    as_drawn(*axes.texts)
    figure.update()
    light = pixels(figure.widget)
    dark(True)
    night = pixels(figure.widget)
    assert light.mean() > 200
    assert night[2, 2].tolist() == [17, 17, 17]
    assert night.mean() < 80
    assert night.max() == 255  # the picture stays white, and black what is written on it
    assert night.min() < 10
    dark(False)
    np.testing.assert_array_equal(pixels(figure.widget), light)


def test_a_plot_grows_with_the_screen():
    figure = LiveFigure("an empty plot", width=200, height=100)
    figure.update()
    figure.enlarge(1.5)
    assert pixels(figure.widget).shape == (150, 300, 3)


def test_a_sheet_has_the_pages_paper(dark):
    sheet = PixelSheet(columns=2, side=8)
    sheet.show(np.zeros((2, 8, 8, 4), "uint8"), "two empty pictures", labels=["a", "b"])
    assert pixels(sheet.widget)[0, 0].min() > 200
    dark(True)
    assert pixels(sheet.widget)[0, 0].max() < 60


def test_the_screen_tells_of_theme_and_size(dark):
    scales = []
    screen = Screen(scales.append)
    screen.set_state({"scale": 1.25, "dark": True})
    assert scales == [1.25]
    figure = LiveFigure("an empty plot", width=200, height=100)
    figure.update()
    assert pixels(figure.widget).max() < 255
