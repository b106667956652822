"""Exact pixels, colours that nobody drew, and PSNR, by hand."""

import numpy as np
import pytest

from animkit.metrics.texture import exact_percent, left_percent, psnr, same

RED, BLUE, CLEAR = (255, 0, 0, 255), (0, 0, 255, 255), (0, 0, 0, 0)
TRUE = np.array([[[RED, BLUE], [CLEAR, CLEAR]]], np.uint8)


def test_one_of_two_pixels_of_the_figure_is_exact():
    drawn = TRUE.copy()
    drawn[0, 0, 1] = RED
    assert exact_percent(drawn, TRUE, TRUE[..., 3] > 0) == 50
    assert np.isnan(exact_percent(drawn, TRUE, np.zeros((1, 2, 2), bool)))


def test_what_cannot_be_seen_is_alike():
    drawn = TRUE.copy()
    drawn[0, 1, 0] = (9, 9, 9, 0)
    assert same(drawn, TRUE).all()
    with pytest.raises(ValueError, match="one shape"):
        same(TRUE, TRUE[:, :1])


def test_colours_that_the_small_picture_lacks():
    assert left_percent(TRUE, TRUE[:, :1]) == 0
    assert left_percent(TRUE, TRUE[:, :1, :1]) == 50  # blue is new; what is clear does not count


def test_psnr_of_one_channel_off_by_all():
    drawn = TRUE.copy()
    drawn[0, 0, 0] = (0, 0, 0, 255)
    # one of 12 numbers is off by 255
    assert psnr(drawn, TRUE) == pytest.approx(10 * np.log10(12))
    assert psnr(TRUE, TRUE) == np.inf
