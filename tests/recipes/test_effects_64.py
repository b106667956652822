"""Pairs of one effect at two sizes, and pixel art scaled by rule."""

import numpy as np

from animkit.data.effects import KINDS
from animkit.recipes.effects_64 import draw_pairs, off_percent, scaled_twice


def test_pairs_are_the_same_effects_at_both_sizes():
    small, fine = draw_pairs(1, first_seed=40)
    assert len(small) == len(fine)
    assert len(fine) % len(KINDS) == 0
    assert small.shape[1:] == (3, 32, 32)
    coarse = fine.reshape(-1, 32, 2, 32, 2).max(axis=(2, 4)) > 0
    now = small[:, 1] > 0
    assert (coarse & now).sum() > 0.7 * now.sum()


def test_a_slope_is_smoothed_by_hand():
    scaled = scaled_twice(np.array([[[1, 0], [1, 1]]], "uint8"))
    np.testing.assert_array_equal(scaled, [[[1, 1, 0, 0], [1, 1, 1, 0], [1, 1, 1, 1], [1, 1, 1, 1]]])


def test_only_pixels_with_ink_count():
    assert off_percent(np.array([0, 0, 1, 2]), np.array([0, 3, 1, 1])) == 66.7
