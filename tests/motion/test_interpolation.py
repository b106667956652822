"""What lies between keys, without a network: straight lines and curves, keys that are kept, and their checks."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation, Slerp

from animkit.data.twins.walkers import walker
from animkit.metrics.motion import velocity_jump
from animkit.motion.interpolation import (
    at_times,
    check_keys,
    gaps_between,
    in_gap,
    interpolate,
    interpolate_eased,
    interpolate_smoothly,
    interpolate_straight,
    share_of_gap,
    smooth_joins,
    with_keys,
)
from animkit.motion.kinematics import slerp

PAST, GAP = 10, 8
FILLS = (interpolate_straight, interpolate_smoothly)


@pytest.fixture(scope="module")
def clip():
    return walker(seconds=2.0, turn=0.3, seed=3).clip


def windows():
    """Three windows of a motion of four joints, each with a gap of eight frames."""
    random = np.random.default_rng(0)
    swing = random.normal(0, 0.6, (3, 1, 4, 3)) * np.sin(np.arange(PAST + GAP + 1) / 4)[:, None, None]
    rotations = Rotation.from_rotvec(swing.reshape(-1, 3)).as_matrix().reshape(*swing.shape[:3], 3, 3)
    return rotations, random.normal(size=(3, PAST + GAP + 1, 3)).cumsum(axis=1)


def test_gap_and_share_by_hand():
    np.testing.assert_array_equal(in_gap(6, [2], [4]), [[False, False, True, True, False, False]])
    np.testing.assert_allclose(share_of_gap(6, [2], [4]), [[0, 0, 1 / 3, 2 / 3, 1, 1]])


def test_interpolation_is_scipys_slerp_and_a_straight_line():
    rotations, root = windows()
    start, stop = [PAST] * 3, [PAST + 8] * 3
    filled, placed = interpolate(rotations, root, start, stop)
    for which in range(3):
        for joint in range(4):
            ends = Rotation.from_matrix(rotations[which, [PAST - 1, PAST + 8], joint])
            expected = Slerp([0, 9], ends)(np.arange(1, 9)).as_matrix()
            np.testing.assert_allclose(filled[which, PAST : PAST + 8, joint], expected, atol=1e-9)
    np.testing.assert_allclose(np.diff(placed[:, PAST - 1 : PAST + 9], n=2, axis=1), 0, atol=1e-9)
    np.testing.assert_array_equal(filled[:, :PAST], rotations[:, :PAST])
    np.testing.assert_array_equal(placed[:, PAST + 8 :], root[:, PAST + 8 :])


def test_straight_filling_keeps_keys_and_goes_straight(clip):
    keys = [*range(12), *range(30, 40), 59]
    made = interpolate_straight(clip, keys)
    np.testing.assert_array_equal(made.joint_angles[keys], clip.joint_angles[keys])
    np.testing.assert_array_equal(made.root_pos[keys], clip.root_pos[keys])
    np.testing.assert_allclose(np.diff(made.root_pos[11:31], n=2, axis=0), 0, atol=1e-9)


def test_the_cubic_curve_meets_keys_without_a_jump_of_velocity(clip):
    keys = [*range(20), 30, *range(40, 60)]
    made = interpolate_smoothly(clip, keys)
    np.testing.assert_allclose(made.joint_positions()[keys], clip.joint_positions()[keys], atol=1e-6)
    assert not np.allclose(made.joint_positions()[25], clip.joint_positions()[25], atol=0.1)
    at_joins = velocity_jump(made.joint_positions(), [19, 30, 40], fps=30)
    assert np.percentile(at_joins, 95) < np.percentile(velocity_jump(clip.joint_positions(), fps=30), 95)


def test_nothing_between_keys_leaves_a_clip_as_it_is(clip):
    for fill in FILLS:
        assert fill(clip, range(60)) == clip


def test_gaps_lie_between_keys_that_are_no_neighbours():
    assert gaps_between([0, 1, 5, 6, 8]) == [(1, 5), (6, 8)]
    assert gaps_between([0, 1, 2]) == []


def test_motion_is_read_between_its_frames():
    rotations, root = windows()
    turned, placed = at_times(rotations, root, np.array([0.0, 1.25, 18.0]))
    np.testing.assert_array_equal(turned[:, [0, 2]], rotations[:, [0, 18]])
    np.testing.assert_array_equal(placed[:, [0, 2]], root[:, [0, 18]])
    np.testing.assert_allclose(turned[:, 1], slerp(rotations[:, 1], rotations[:, 2], 0.25), atol=1e-12)
    np.testing.assert_allclose(placed[:, 1], 0.75 * root[:, 1] + 0.25 * root[:, 2], atol=1e-12)


def test_joins_are_bent_to_the_velocity_of_their_keys():
    # a root that runs until frame 5, stands from there to 25, and runs again: its gap is taken over in eight frames
    root = np.concatenate([np.arange(6.0), np.full(19, 5.0), np.arange(5.0, 11.0)])[None, :, None] * [1.0, 0, 0]
    rotations = np.tile(np.eye(3), (1, 31, 1, 1, 1))
    bent = root.copy()
    smooth_joins(rotations, bent, [(5, 25)], 8)
    steps, before = (np.abs(np.diff(path[0, :, 0], n=2)) for path in (bent, root))
    assert steps.max() < 0.5 * before.max()
    still = [*range(6), *range(13, 18), *range(25, 31)]
    np.testing.assert_array_equal(bent[:, still], root[:, still])
    np.testing.assert_array_equal(rotations, np.tile(np.eye(3), (1, 31, 1, 1, 1)))


def test_keys_are_given_back_turn_for_turn(clip):
    made = clip.copy()
    made.joint_angles, made.root_pos = clip.joint_angles + 2 * np.pi, clip.root_pos + 1
    kept = with_keys(made, clip, [0, 7])
    np.testing.assert_array_equal(kept.joint_angles[[0, 7]], clip.joint_angles[[0, 7]])
    np.testing.assert_array_equal(kept.root_pos[[0, 7]], clip.root_pos[[0, 7]])
    np.testing.assert_array_equal(kept.joint_angles[1:7], made.joint_angles[1:7])


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
def test_bad_keys_are_told(clip, keys, told):
    for call in (lambda: check_keys(keys, 60), *(lambda fill=fill: fill(clip, keys) for fill in FILLS)):
        with pytest.raises(ValueError, match=told):
            call()


def test_an_eased_line_leaves_as_it_came_and_is_straight_when_the_ease_is_over():
    time, ease = 40, 6
    rotations = np.broadcast_to(np.eye(3), (1, time, 2, 3, 3)).copy()
    root = np.zeros((1, time, 3))
    root[0, :11, 0] = np.arange(11)  # one unit a frame, up to the gap; then it stands where it ends
    root[0, 11:, 0] = 10
    turned, placed = interpolate_eased(rotations, root, [11], [31], ease=ease)
    np.testing.assert_allclose(turned, rotations, atol=1e-12)
    # of the velocity 1 the share k (1 - k / 6)^2 is left after k frames
    away = np.arange(1, 7)
    np.testing.assert_allclose(placed[0, 11:17, 0], 10 + away * (1 - away / ease) ** 2)
    np.testing.assert_allclose(placed[0, 17:, 0], 10)
    np.testing.assert_allclose(placed[0, :11], root[0, :11])


def test_an_eased_turn_goes_on_as_it_came():
    time = 30
    angles = np.zeros((time, 3))
    angles[:10, 1] = 0.1 * np.arange(10)
    angles[10:, 1] = 0.9
    rotations = Rotation.from_rotvec(angles).as_matrix()[None, :, None]
    turned, _ = interpolate_eased(rotations, np.zeros((1, time, 3)), [10], [25], ease=12)
    found = Rotation.from_matrix(turned[0, :, 0]).as_rotvec()[:, 1]
    assert found[10] == pytest.approx(0.9 + 0.1 * (11 / 12) ** 2)
    np.testing.assert_allclose(found[22:], 0.9, atol=1e-9)
