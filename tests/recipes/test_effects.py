"""What the effect network is measured against: pixels counted, and the step over a loop's seam."""

import numpy as np
import pytest

from animkit.data.effects import HELD_OUT_WIND, KINDS, draw_effect
from animkit.recipes.effects import counted_nats, draw_groups, seam


def test_groups_show_all_kinds_under_the_same_conditions():
    groups, wind, amount, one_shot = draw_groups(6, first_seed=40)
    assert wind.max() <= HELD_OUT_WIND
    given = {"wind": float(wind[2]), "amount": float(amount[2]), "one_shot": bool(one_shot[2])}
    for kind, loop in zip(KINDS, groups[2], strict=True):
        np.testing.assert_array_equal(draw_effect(kind, frames=len(loop), seed=42, **given), loop)


def test_what_always_follows_costs_next_to_nothing_and_a_toss_up_a_bit_a_pixel():
    blink = np.zeros((8, 8, 2, 2), "uint8")
    blink[:, ::2] = 5
    nats = counted_nats(([blink] * 500,), ([blink],))
    assert nats["each pixel by kind and place"] == pytest.approx(4 * np.log(2), abs=0.05)
    assert nats["each pixel after itself, by kind and place"] == pytest.approx(0, abs=0.05)


def test_a_seam_of_twice_the_usual_step():
    loop = np.array([0, 1, 2, 1, 2], "uint8")[None, :, None, None] * np.ones((1, 5, 4, 4), "uint8")
    np.testing.assert_allclose(seam(loop), [2])
    assert np.isnan(seam(np.zeros((1, 8, 4, 4), "uint8"))).all()
