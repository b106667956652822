"""Keys of a clip: set, posed, moved and deleted, each change another one; what cannot be is told."""

import numpy as np
import pytest

from animkit.data.twins.walkers import walker
from animkit.motion.keys import Keys
from animkit.motion.posing import read_pose


@pytest.fixture(scope="module")
def keys():
    return Keys(walker(seconds=2.0, seed=1).clip, ((0, 9), (30, 30), (59, 59)), {})


def test_frames_that_can_be_dragged_are_posed_or_alone(keys):
    assert keys.frames == [30, 59]
    assert keys.posed is keys.clip
    posed = keys.pose(20, read_pose(keys.clip, 3))
    assert posed.frames == [20, 30, 59]
    assert posed.stretches == ((0, 9), (20, 20), (30, 30), (59, 59))
    assert keys.frames == [30, 59]
    np.testing.assert_allclose(posed.posed.joint_angles[20], keys.clip.joint_angles[3], atol=1e-6)


def test_a_key_moves_with_its_pose_and_stays_itself_beside_a_stretch(keys):
    moved = keys.move(30, 10)
    assert moved.stretches == ((0, 10), (59, 59))
    assert moved.frames == [10, 59]
    back = moved.move(10, 30)
    assert back.stretches == keys.stretches
    np.testing.assert_allclose(back.posed.joint_angles, keys.clip.joint_angles, atol=1e-6)
    assert moved.delete(10).stretches == ((0, 9), (59, 59))


def test_ends_stay_and_become_the_clips_own_again(keys):
    bent = keys.pose(59, read_pose(keys.clip, 5))
    assert bent.delete(59) == keys
    assert bent.original(59) == keys
    assert keys.original(40).stretches[-2] == (40, 40)


def test_poses_go_with_what_is_kept(keys):
    posed = keys.pose(20, read_pose(keys.clip, 3)).pose(40, read_pose(keys.clip, 4))
    assert list(posed.keeping(((0, 25), (59, 59))).poses) == [20]


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (lambda keys: keys.move(30, 59), "frame 59 is kept already: two keys cannot share"),
        (lambda keys: keys.move(30, 60), "frames are 0 to 59; got 60"),
        (lambda keys: keys.move(31, 40), "no key at frame 31; keys are 30, 59"),
        (lambda keys: keys.move(59, 40), "the first and the last frame stay keys"),
        (lambda keys: keys.delete(0), "the first and the last frame stay keys"),
        (lambda keys: keys.delete(29), "frame 29 is no key"),
        (lambda keys: keys.original(30), "frame 30 is kept already"),
        (lambda keys: keys.check(4), "frame 4 lies in the kept stretch 0-9"),
        (lambda keys: keys.check(2.5), "frames are 0 to 59; got 2.5"),
        (lambda keys: keys.pose(20, (1.0, 2.0)).posed, "needs 69 finite numbers"),
    ],
)
def test_what_cannot_be_is_told(keys, act, told):
    with pytest.raises(ValueError, match=told):
        act(keys)
