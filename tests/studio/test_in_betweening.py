import numpy as np
import pytest

from animkit.data.twins.walkers import walker
from animkit.metrics.motion import velocity_jump
from animkit.models.in_betweener import InBetweener
from animkit.motion.bvh import find_across, resample, skeleton
from animkit.studio import in_betweening as motion
from animkit.studio.in_betweening import check_keys, in_between, interpolate_straight

CLIP = walker(gait="walk", seconds=2.0, turn=0.3).clip
KEYS = [*range(12), *range(30, 40), CLIP.frame_count - 1]


def model(clip=CLIP):
    made = InBetweener(*skeleton(clip), size=clip.skeleton_size(), across=find_across(clip), units=16)
    # other weights than those from which it merely interpolates
    kernel = np.random.default_rng(0).normal(0, 0.01, made.write.kernel.shape)
    made.write.kernel.assign(kernel)
    return made


MODEL = model()


def test_straight_filling_keeps_keys_and_goes_straight():
    made = interpolate_straight(CLIP, KEYS)
    np.testing.assert_array_equal(made.joint_angles[KEYS], CLIP.joint_angles[KEYS])
    np.testing.assert_array_equal(made.root_pos[KEYS], CLIP.root_pos[KEYS])
    np.testing.assert_allclose(np.diff(made.root_pos[11:31], n=2, axis=0), 0, atol=1e-9)


@pytest.mark.parametrize("fps", [30, 60, 24])
def test_keys_are_met_exactly_at_any_frame_rate(fps):
    clip = resample(CLIP, fps)
    last = clip.frame_count - 1
    keys = [*range(6), last // 2, last]
    filled = in_between(MODEL, clip, keys, samples=2, seed=1)
    for made in filled:
        assert made.frame_time == clip.frame_time
        np.testing.assert_array_equal(made.joint_angles[keys], clip.joint_angles[keys])
        np.testing.assert_array_equal(made.root_pos[keys], clip.root_pos[keys])
    straight = interpolate_straight(clip, keys)
    between = np.setdiff1d(np.arange(clip.frame_count), keys)
    assert np.abs(filled[0].root_pos - straight.root_pos)[between].max() > 0.01
    assert np.abs(filled[0].joint_positions() - filled[1].joint_positions()).max() > 1e-3


def test_velocity_does_not_jump_at_the_keys(monkeypatch):
    joins = [11, 30]
    smooth = velocity_jump(in_between(MODEL, CLIP, KEYS)[0].joint_positions(), joins, fps=30)
    monkeypatch.setattr(motion, "EASE", 0.0)
    raw = velocity_jump(in_between(MODEL, CLIP, KEYS)[0].joint_positions(), joins, fps=30)
    assert (smooth < 0.5 * raw).all()


def test_a_lone_key_is_passed_at_one_velocity(monkeypatch):
    keys = [*range(12), 25, *range(40, CLIP.frame_count)]
    smooth = velocity_jump(in_between(MODEL, CLIP, keys)[0].joint_positions(), [25], fps=30)
    monkeypatch.setattr(motion, "EASE", 0.0)
    raw = velocity_jump(in_between(MODEL, CLIP, keys)[0].joint_positions(), [25], fps=30)
    assert smooth < 0.5 * raw


def test_what_is_in_a_gap_is_not_read():
    clip = CLIP.copy()
    angles = clip.joint_angles.copy()
    missing = np.setdiff1d(np.arange(clip.frame_count), KEYS)
    angles[missing] = 0.0
    clip.joint_angles = angles
    one, other = in_between(MODEL, CLIP, KEYS)[0], in_between(MODEL, clip, KEYS)[0]
    np.testing.assert_allclose(one.joint_positions(), other.joint_positions(), atol=1e-6)


def test_a_character_of_another_size_moves_alike():
    small = CLIP.scale(0.01)
    one, other = in_between(MODEL, CLIP, KEYS)[0], in_between(MODEL, small, KEYS)[0]
    np.testing.assert_allclose(0.01 * one.joint_positions(), other.joint_positions(), atol=1e-4)


def test_samples_come_from_the_seed_and_the_first_is_the_middle():
    first, drawn = in_between(MODEL, CLIP, KEYS, samples=2, seed=7)
    again = in_between(MODEL, CLIP, KEYS, samples=2, seed=7)[1]
    other = in_between(MODEL, CLIP, KEYS, samples=2, seed=8)
    np.testing.assert_array_equal(drawn.joint_angles, again.joint_angles)
    np.testing.assert_allclose(first.joint_angles, other[0].joint_angles, atol=1e-6)
    assert np.abs(drawn.joint_angles - other[1].joint_angles).max() > 1e-4


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ([0], "two or more frame numbers"),
        ([0.0, 59.0], "two or more frame numbers"),
        ([0, 20, 10, 59], "keys must increase: frame 10 comes after 20"),
        ([0, 10, 10, 59], "keys must increase"),
        ([-1, 59], "key -1 is not in the clip"),
        ([0, 60], "key 60 is not in the clip, whose frames are 0 to 59"),
        ([5, 59], "keep its first and last frame"),
        ([0, 58], "keep its first and last frame"),
    ],
)
def test_bad_keys_are_told(keys, told):
    with pytest.raises(ValueError, match=told):
        check_keys(keys, 60)


def test_another_skeleton_is_told_by_its_joints(real_data):
    from animkit.data.mocap import load_bandai_namco

    take = load_bandai_namco(contents=("run",), styles=("normal",))[0][0]
    with pytest.raises(ValueError, match="it lacks LeftUpLeg.*it has Chest.*retarget"):
        in_between(MODEL, take.clip, [0, take.clip.frame_count - 1])


def test_other_proportions_are_told():
    clip = walker(seconds=1).clip
    clip.nodes[clip.node_index["LeftLeg"]].offset = np.array([0.0, -10.0, 0.0])
    with pytest.raises(ValueError, match="the bone to LeftLeg is .* of the longest bone away"):
        in_between(MODEL, clip, [0, clip.frame_count - 1])


def test_samples_must_be_one_or_more():
    with pytest.raises(ValueError, match="at least 1, got 0"):
        in_between(MODEL, CLIP, KEYS, samples=0)
