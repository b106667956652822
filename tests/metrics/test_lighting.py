"""Angles, decibels, flicker and overlap, by hand."""

import numpy as np
import pytest

from animkit.metrics import lighting

UP = np.zeros((2, 3, 3)) + (0, 0, 1)
ALL = np.ones((2, 3), bool)


def leaning(degrees):
    return np.zeros((2, 3, 3)) + (np.sin(np.radians(degrees)), 0, np.cos(np.radians(degrees)))


@pytest.mark.parametrize("degrees", [0, 1e-4, 30, 90, 179, 180])
def test_angles_by_hand(degrees):
    np.testing.assert_allclose(lighting.angular_error(5 * leaning(degrees), 0.1 * UP, ALL), degrees, rtol=1e-6)


def test_only_what_is_in_the_mask_counts():
    mask = np.array([(True, False, False), (False, False, True)])
    other = UP.copy()
    other[0, 1] = 0  # no direction, outside
    other[1, 2] = (1, 0, 0)
    np.testing.assert_allclose(lighting.angular_error(other, UP, mask), [0, 90])
    with pytest.raises(ValueError, match="1 normals within the mask"):
        lighting.angular_error(other, UP, ALL)
    with pytest.raises(ValueError, match="of a mask"):
        lighting.angular_error(other, UP, ALL[:1])


def test_shares():
    assert lighting.share_within([5, 11.25, 22, 40], 11.25) == 50
    with pytest.raises(ValueError, match="no pixel"):
        lighting.share_within([], 30)


def test_decibels():
    picture = np.full((2, 3, 3), 0.5)
    assert lighting.relit_psnr(picture, picture + 0.1, ALL) == pytest.approx(20)
    assert lighting.relit_psnr(picture, picture, ALL) == np.inf
    half = ALL & [[True], [False]]
    worse = picture.copy()
    worse[1] = 0
    assert lighting.relit_psnr(picture + 0.01, worse, half) == pytest.approx(40)
    with pytest.raises(ValueError, match="0 pixels"):
        lighting.relit_psnr(picture, picture, ~ALL)


def test_flicker_of_a_round_of_three():
    frames = np.stack([leaning(degrees) for degrees in (0, 10, 40)])
    assert lighting.flicker(frames, np.stack([ALL] * 3)) == pytest.approx((10 + 30 + 40) / 3)
    seen = np.stack([ALL, ALL, ~ALL])
    assert lighting.flicker(frames, seen) == pytest.approx(10)
    with pytest.raises(ValueError, match="two frames"):
        lighting.flicker(frames[:1], ALL[None])
    with pytest.raises(ValueError, match="in a row"):
        lighting.flicker(frames[:2], np.stack([ALL, ~ALL]))


def test_overlap_of_shadows():
    true = np.array([(1, 1, 0, 0)])
    assert lighting.shadow_iou([(0, 1, 1, 0.4)], true) == pytest.approx(1 / 3)
    assert lighting.shadow_iou(np.zeros((1, 4)), np.zeros((1, 4))) == 1
    with pytest.raises(ValueError, match="two shadows"):
        lighting.shadow_iou(np.zeros((2, 4)), true)
