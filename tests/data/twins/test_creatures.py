"""Made-up creatures: each its own, whole in its cell, on the ground, and moving."""

import numpy as np
import pytest
from scipy.ndimage import label

from animkit.data.twins.creatures import GROUND, ROUNDS, draw_creatures


@pytest.fixture(scope="module")
def creatures():
    return draw_creatures(12, seed=3)


def test_each_has_all_actions_and_looks_like_no_other(creatures):
    assert len(creatures) == 12
    for clips in creatures.values():
        assert {action: len(frames) for action, frames in clips.items()} == ROUNDS
        assert {frames.shape[1:] for frames in clips.values()} == {(32, 32, 4)}
    assert len({clips["walk"][0].tobytes() for clips in creatures.values()}) == 12
    again = draw_creatures(2, seed=3)
    np.testing.assert_array_equal(again["creature_01"]["jump"], creatures["creature_01"]["jump"])


def test_a_creature_is_one_piece_and_whole_in_its_cell(creatures):
    for clips in creatures.values():
        for frame in np.concatenate(list(clips.values())):
            shown = frame[..., 3] > 0
            assert label(shown, np.ones((3, 3)))[1] == 1
            assert not shown[0].any()  # no antler is cut off


def test_it_stands_on_the_ground_but_in_a_jump(creatures):
    for clips in creatures.values():
        for action in ("walk", "eat"):
            lowest = [np.flatnonzero((frame[..., 3] > 0).any(axis=1))[-1] for frame in clips[action]]
            assert set(lowest) == {GROUND + 1}  # the outline under the soles
        lowest = [np.flatnonzero((frame[..., 3] > 0).any(axis=1))[-1] for frame in clips["jump"]]
        assert min(lowest) <= GROUND - 3


def test_a_walk_comes_round_without_a_jump(creatures):
    walk = np.stack([clips["walk"] for clips in creatures.values()])
    change = np.array([(walk[:, i] != walk[:, (i + 1) % 8]).any(axis=-1).mean() for i in range(8)])
    assert change.min() > 0
    assert change[7] <= 1.1 * change.max()
