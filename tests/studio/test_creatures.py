"""Creatures with bodies of their own: of the kind asked for, new, mirrored, on the ground."""

import numpy as np
import pytest

from animkit.data.fairytales import CREATURES
from animkit.studio.creatures import cast_creature, creature_clips, known_creatures, play_creature, wipe


@pytest.fixture(scope="module")
def dragon():
    return cast_creature("dragon", seed=1)


def test_a_creature_is_new_and_its_nearest_training_creature_is_told(dragon):
    numbers, frames = known_creatures("dragon")
    assert dragon.frame.shape == (32, 32)
    twin = frames[list(numbers).index(dragon.nearest)]
    np.testing.assert_array_equal(dragon.twin, twin)
    shown = (twin > 0) | (dragon.frame > 0)
    assert dragon.differs == pytest.approx((twin != dragon.frame)[shown].mean())


def test_it_plays_nine_actions_of_which_three_mirror_three(dragon):
    clips = play_creature(dragon.look)
    assert clips.shape == (9, 8, 32, 32, 4)
    assert clips.dtype == np.uint8
    np.testing.assert_array_equal(clips[2::3, :, :, 1:], clips[0::3, :, :, :0:-1])
    assert np.isin(clips[..., 3], (0, 255)).all()
    lowest = np.where(clips[0, ..., 3].any(axis=-1), np.arange(32), 0).max(axis=-1)
    assert (lowest >= 30).all()


def test_a_kind_asked_for_is_the_kind_drawn():
    for number, kind in enumerate(CREATURES):
        frame = cast_creature(kind, seed=0).frame
        away = [min((frame != known).sum() for known in known_creatures(other)[1]) for other in CREATURES]
        assert int(np.argmin(away)) == number, kind


def test_the_same_seed_gives_the_same_creature_and_another_seed_another():
    np.testing.assert_array_equal(creature_clips("fox", 3), creature_clips("fox", 3))
    assert (creature_clips("fox", 3) != creature_clips("fox", 4)).any()


def test_specks_are_wiped_off_and_what_hangs_on_by_a_corner_stays():
    frame = np.zeros((1, 8, 8), int)
    frame[0, 0, 0] = 3  # alone
    frame[0, 3:5, 3:6], frame[0, 5, 6] = 2, 4
    np.testing.assert_array_equal(wipe(frame)[0] > 0, (frame[0] > 0) & (frame[0] != 3))


def test_an_unknown_kind_is_named():
    with pytest.raises(ValueError, match="no creature 'unicorn'; there are troll, dragon, "):
        creature_clips("unicorn")
