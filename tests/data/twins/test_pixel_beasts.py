import itertools

import numpy as np
import pytest

from animkit.data.fairytales import CREATURES
from animkit.data.sprites import ACTION_DIRECTIONS
from animkit.data.twins.pixel_beasts import OPTIONS, draw_beasts
from animkit.data.twins.pixel_people import INK, PALETTE
from animkit.data.twins.pixel_poses import GROUND

WALK, FRONT = ACTION_DIRECTIONS.index("walk left"), ACTION_DIRECTIONS.index("walk front")


@pytest.fixture(scope="module")
def beasts():
    """Two of each kind, as unlike as they can be."""
    attributes = [[kind, *rest] for kind in range(len(CREATURES)) for rest in ((0, 0, 0, 0), (3, 2, 2, 1))]
    frames, palette = draw_beasts(attributes)
    return frames.reshape(len(CREATURES), 2, *frames.shape[1:]), palette


def test_ten_kinds_play_nine_actions_in_the_colours_of_the_people(beasts):
    frames, palette = beasts
    assert frames.shape == (10, 2, 9, 8, 32, 32)
    assert frames.dtype == np.uint8
    np.testing.assert_array_equal(palette, PALETTE)
    assert frames.max() < len(palette)
    assert OPTIONS[0] == len(CREATURES)


def test_what_faces_right_mirrors_what_faces_left(beasts):
    frames, _ = beasts
    left, right = frames[:, :, 0::3], frames[:, :, 2::3]
    assert not left[..., 0].any()
    np.testing.assert_array_equal(right[..., 1:], left[..., :0:-1])


def test_each_stands_on_the_ground_and_is_inked_all_round(beasts):
    frames, _ = beasts
    walking = frames[:, :, WALK]
    lowest = np.where(walking.any(axis=-1), np.arange(32), 0).max(axis=-1)
    assert set(np.unique(lowest)) <= {GROUND, GROUND + 1}
    border = np.concatenate([frames[..., 0, :], frames[..., -1, :], frames[..., :, 1], frames[..., :, -1]], axis=-1)
    assert set(np.unique(border)) <= {0, INK}  # nothing runs out of the picture


def test_kinds_are_told_apart_by_their_outline(beasts):
    solid = beasts[0][:, :, WALK, 0] > 0
    for one, other in itertools.combinations(range(10), 2):
        shared = (solid[one, 0] & solid[other, 0]).sum() / (solid[one, 0] | solid[other, 0]).sum()
        assert shared < 0.85, (CREATURES[one], CREATURES[other])


def test_each_action_moves_and_a_bear_rears_up(beasts):
    frames, _ = beasts
    assert (np.diff(frames.astype(int), axis=3) != 0).any(axis=(4, 5)).mean() > 0.95
    bear = frames[CREATURES.index("bear"), 0]
    top = [np.argmax(bear[action, frame].any(axis=1)) for action, frame in ((WALK, 0), (3, 5))]
    assert top[1] < top[0] - 5


def test_combinations_of_a_kind_differ(beasts):
    frames, _ = beasts
    assert ((frames[:, 0, FRONT, 0] != frames[:, 1, FRONT, 0]).mean(axis=(1, 2)) > 0.1).all()
