import numpy as np
import pytest

from animkit.recipes.schedules import cosine_decay


def at(schedule, *steps):
    return [float(schedule(step)) for step in steps]


def test_half_a_cosine_by_hand():
    # half-way it is in the middle of 2 and 0.2; beyond the end it stays
    assert at(cosine_decay(2.0, 10, last=0.1), 0, 5, 10, 30) == pytest.approx([2.0, 1.1, 0.2, 0.2])
    third = 0.2 + 1.8 * (1 + np.cos(np.pi / 3)) / 2
    assert at(cosine_decay(2.0, 12, last=0.1), 4) == pytest.approx([third])


def test_a_warm_up_by_hand():
    schedule = cosine_decay(1.0, 12, last=0.1, warm_up=4, first=0.2)
    assert at(schedule, 0, 2, 4, 8, 12, 20) == pytest.approx([0.2, 0.6, 1.0, 0.55, 0.1, 0.1])
    assert at(cosine_decay(1.0, 12, last=0.1, warm_up=4), 0) == pytest.approx([1e-5])
