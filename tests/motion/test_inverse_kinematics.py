"""Limbs that are pulled: by hand, and what must hold in every pose: bones keep their length, ends get there."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from animkit.motion.clips import Skeleton
from animkit.motion.inverse_kinematics import aim, lean, move_hips, reach, swivel
from animkit.motion.kinematics import forward_kinematics

# a root, a limb of bones 3 and 4 that hangs down, and a toe
LIMB = Skeleton(
    ["root", "hip", "knee", "foot", "toe"],
    np.array([-1, 0, 1, 2, 3]),
    np.array([[0.0, 0, 0], [1, 0, 0], [0, -3, 0], [0, -4, 0], [0, 0, 1]]),
)
CHAIN, FORWARDS = (1, 2, 3), np.array([0.0, 0, 1])
STRAIGHT, ORIGIN = np.tile(np.eye(3), (5, 1, 1)), np.zeros(3)


def placed(rotations, root=ORIGIN):
    return forward_kinematics(rotations, root, parents=LIMB.parents, offsets=LIMB.offsets)


def poses(count, seed=0):
    random = np.random.default_rng(seed)
    for _ in range(count):
        yield Rotation.random(5, rng=random).as_matrix(), random.normal(size=3), random


def lengths(rotations, root):
    places, _ = placed(rotations, root)
    return np.linalg.norm(places[1:] - places[LIMB.parents[1:]], axis=1)


def test_a_right_angle_by_hand():
    # bones of 3 and 4 meet at a right angle where the foot is 5 from the hip, the knee 1.8 along and 2.4 aside
    places, _ = placed(reach(STRAIGHT, ORIGIN, LIMB, CHAIN, (1, -5, 0), pole=FORWARDS))
    np.testing.assert_allclose(places[2:4], [[1, -1.8, 2.4], [1, -5, 0]], atol=1e-12)


def test_ends_get_where_they_can_and_bones_keep_their_length():
    for rotations, root, random in poses(200):
        hip = placed(rotations, root)[0][1]
        way = random.normal(size=3)
        for far in (1.001, 2.0, 6.99):
            target = hip + far * way / np.linalg.norm(way)
            made = reach(rotations, root, LIMB, CHAIN, target, pole=FORWARDS)
            np.testing.assert_allclose(placed(made, root)[0][3], target, atol=1e-9)
            np.testing.assert_allclose(lengths(made, root), lengths(rotations, root), atol=1e-9)
            np.testing.assert_allclose(np.linalg.det(made), 1, atol=1e-9)


@pytest.mark.parametrize(("far", "gets"), [(20.0, 7.0), (7.0, 7.0), (0.2, 1.0), (0.0, 1.0)])
def test_what_is_too_far_or_too_near_is_approached(far, gets):
    way = np.array([0.6, 0.0, 0.8])
    places, _ = placed(reach(STRAIGHT, ORIGIN, LIMB, CHAIN, [1, 0, 0] + far * way, pole=FORWARDS))
    foot = places[3] - places[1]
    assert np.linalg.norm(foot) == pytest.approx(gets, abs=1e-6)
    if far:  # in the direction that was meant
        np.testing.assert_allclose(foot / gets, way, atol=1e-6)


def test_the_knee_stays_on_its_side():
    bent = reach(STRAIGHT, ORIGIN, LIMB, CHAIN, (1, -5, 0), pole=(1, 0, 0))
    for target in ((1, -6.5, 0), (1, -2, 0.5), (2, -4, 3)):  # the pole is not asked, for the knee shows its side
        places, _ = placed(reach(bent, ORIGIN, LIMB, CHAIN, target, pole=-FORWARDS))
        ahead = np.array(target) - places[1]
        assert np.cross([0, 0, 1.0], places[3] - places[1]) @ (places[2] - places[1]) > 0
        assert (places[2] - places[1]) @ ahead > 0 or np.linalg.norm(ahead) < 2.7
    for pole in np.eye(3)[[0, 2]]:
        places, _ = placed(reach(STRAIGHT, ORIGIN, LIMB, CHAIN, (1, -6, 0), pole=pole))
        side = places[2] - [1, places[2, 1], 0]
        np.testing.assert_allclose(side / np.linalg.norm(side), pole, atol=1e-9)


def test_a_place_where_the_end_is_already_changes_nothing():
    for rotations, root, _ in poses(20):
        foot = placed(rotations, root)[0][3]
        np.testing.assert_allclose(reach(rotations, root, LIMB, CHAIN, foot, pole=FORWARDS), rotations, atol=1e-6)


def test_a_small_pull_is_a_small_turn():
    rotations = reach(STRAIGHT, ORIGIN, LIMB, CHAIN, (1.5, -5, 1), pole=FORWARDS)
    steps = [
        np.abs(reach(rotations, ORIGIN, LIMB, CHAIN, (1.5 + step, -5, 1), pole=FORWARDS) - rotations).max()
        for step in (1e-3, 1e-4, 1e-5)
    ]
    np.testing.assert_allclose(np.divide(steps[:-1], steps[1:]), 10, rtol=0.01)


def test_a_level_foot_keeps_how_it_is_turned():
    for rotations, root, random in poses(20):
        made = reach(rotations, root, LIMB, CHAIN, root + 2 * random.normal(size=3), pole=FORWARDS, level=True)
        np.testing.assert_allclose(placed(made, root)[1][3], placed(rotations, root)[1][3], atol=1e-9)


def test_a_bone_without_length_is_refused():
    flat = LIMB._replace(offsets=LIMB.offsets * [[1], [1], [0], [1], [1]])
    with pytest.raises(ValueError, match="'hip' has no length"):
        reach(STRAIGHT, ORIGIN, flat, CHAIN, (1, -5, 0), pole=FORWARDS)


def test_a_knee_turns_about_the_line_between_hip_and_foot():
    bent = reach(STRAIGHT, ORIGIN, LIMB, CHAIN, (1, -5, 0), pole=FORWARDS)
    made = swivel(bent, ORIGIN, LIMB, CHAIN, (9, 3, 0))
    (places, turns), (_, before) = placed(made), placed(bent)
    np.testing.assert_allclose(places[2:4], [[3.4, -1.8, 0], [1, -5, 0]], atol=1e-9)
    np.testing.assert_allclose(turns[3], before[3], atol=1e-9)
    np.testing.assert_array_equal(swivel(STRAIGHT, ORIGIN, LIMB, CHAIN, (9, 3, 0)), STRAIGHT)


def test_one_joint_turns_alone():
    made = aim(STRAIGHT, ORIGIN, LIMB, 3, (1, -3, 10))
    np.testing.assert_allclose(placed(made)[0][3], [1, -3, 4], atol=1e-12)
    assert (np.abs(made - STRAIGHT).max(axis=(1, 2)) > 1e-9).tolist() == [False, False, True, False, False]
    back = aim(STRAIGHT, ORIGIN, LIMB, 3, (1, 9, 0))  # the very opposite
    np.testing.assert_allclose(placed(back)[0][3], [1, 1, 0], atol=1e-9)


def test_a_back_leans_evenly_towards_a_place():
    made = lean(STRAIGHT, ORIGIN, LIMB, (1, 2), 3, (1, -6, 4))
    places, turns = placed(made)
    way = places[3] - places[1]
    np.testing.assert_allclose(way / np.linalg.norm(way), np.array([0, -6, 4]) / np.sqrt(52), atol=1e-6)
    np.testing.assert_allclose(turns[1], made[2], atol=1e-9)  # as much at one joint as at the other
    np.testing.assert_array_equal(made[3:], STRAIGHT[3:])


def test_hips_move_and_feet_stay():
    bent = reach(STRAIGHT, ORIGIN, LIMB, CHAIN, (1, -5, 0), pole=FORWARDS)
    made, root = move_hips(bent, ORIGIN, LIMB, [CHAIN], (0.5, -1, 0.5), pole=FORWARDS)
    places, turns = placed(made, root)
    np.testing.assert_allclose(places[[0, 3]], [[0.5, -1, 0.5], [1, -5, 0]], atol=1e-9)
    np.testing.assert_allclose(turns[3], placed(bent)[1][3], atol=1e-9)
    places, _ = placed(*move_hips(bent, ORIGIN, LIMB, [CHAIN], (0, 9, 0), pole=FORWARDS))
    np.testing.assert_allclose(places[3], [1, 2, 0], atol=1e-9)  # stretched towards where it stood
