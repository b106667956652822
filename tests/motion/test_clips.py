"""What clips are made of: made from arrays, resampled, joined and compared; units, and left and right by name."""

import numpy as np
import pytest

from animkit.data.mocap import CMU_JOINTS, CMU_OFFSETS
from animkit.data.twins.bodies import JOINTS, nodes
from animkit.data.twins.walkers import walker
from animkit.motion.bvh import load_bvh
from animkit.motion.clips import (
    Node,
    centimetres_per_unit,
    difference,
    find_across,
    global_pose,
    joined,
    make_clip,
    moved,
    partners,
    resample,
    skeleton,
    split_side,
)

CHAIN = [Node("Hips", -1, (0, 90, 0)), Node("Spine", 0, (0, 20, 0), "YZX"), Node("EndSiteSpine", 1, (0, 30, 0), "")]


def chain(frames=2):
    return make_clip(CHAIN, np.zeros((frames, 3)), np.zeros((frames, 2, 3)), frame_time=1 / 30)


@pytest.fixture(scope="module")
def walk():
    return walker(seconds=1.0, turn=0.5).clip


def test_a_clip_is_made_of_angles_or_of_matrices(walk):
    root, rotations = walk.to_rotmat()
    by_angles, by_matrices = (
        make_clip(nodes(), root, turns, frame_time=walk.frame_time) for turns in (walk.joint_angles, rotations)
    )
    assert by_angles == walk
    assert by_matrices.matches_hierarchy(walk)
    np.testing.assert_allclose(by_matrices.node_positions(), walk.node_positions(), atol=1e-9)
    assert chain().euler_orders == ["ZXY", "YZX"]


def test_the_skeleton_has_the_joints_without_the_end_sites():
    names, parents, offsets = skeleton(chain())
    assert names == ["Hips", "Spine"]
    assert parents.tolist() == [-1, 0]
    assert offsets.tolist() == [[0, 0, 0], [0, 20, 0]]


def test_joints_are_where_pybvh_has_them(real_data):
    clip = load_bvh(real_data / "cmu_bvh/01_01.bvh")[:5]
    np.testing.assert_allclose(global_pose(clip)[0], clip.joint_positions(), atol=1e-9)


# rates


def test_resampling_keeps_frames_where_it_can(real_data):
    clip = load_bvh(real_data / "cmu_bvh/01_01.bvh")[:241]
    halved = resample(clip, 60)
    np.testing.assert_array_equal(halved.joint_angles, clip.joint_angles[::2])
    assert halved.fps == 60
    for fps in (24, 25, 50, 240):
        made = resample(clip, fps)
        assert made.fps == pytest.approx(fps)
        assert (made.frame_count - 1) / fps <= 2 + 1e-9 < made.frame_count / fps
        np.testing.assert_allclose(made.root_pos[0], clip.root_pos[0])
    assert difference(resample(clip, 240)[::2], clip)[0] < 1e-4
    assert made.frame_count == 481
    same = resample(clip, 120)
    assert same == clip
    assert same is not clip


@pytest.mark.parametrize("fps", [0, -30, np.nan, np.inf])
def test_a_rate_is_positive(fps):
    with pytest.raises(ValueError, match="fps must be positive, got"):
        resample(chain(), fps)


# two clips


def test_clips_are_joined_as_they_are(walk):
    other = walker(seconds=0.5, seed=1).clip
    both = joined([walk, other])
    assert both.frame_count == 45
    np.testing.assert_array_equal(both.joint_angles[30:], other.joint_angles)
    assert walk.frame_count == 30


def test_a_difference_is_the_largest_angle_and_the_largest_way():
    clip, other = chain(), chain()
    angles = other.joint_angles.copy()
    angles[1, 1, 2] = np.radians(-30)
    other.joint_angles, other.root_pos = angles, [[0, 0, 0], [0, -2, 1]]
    assert difference(clip, other) == pytest.approx((30, 2))
    assert difference(clip, clip) == (0, 0)


# what is measured of one


def test_speed_and_turn_are_measured():
    speed, turn = moved(walker(seconds=3.0, speed=150.0, turn=0.5, seed=1).clip)
    assert speed.mean() == pytest.approx(150, rel=0.1)
    assert turn.mean() == pytest.approx(np.degrees(0.5), rel=0.15)


def test_the_unit_is_told_from_the_legs(real_data):
    centimetres = load_bvh(real_data / "cmu_bvh/martial/04.bvh")[:2]
    assert centimetres_per_unit(centimetres) == 1
    assert centimetres_per_unit(centimetres.scale(0.01)) == 100
    assert centimetres_per_unit(load_bvh(real_data / "cmu_bvh/01_01.bvh")) == 5.6444
    assert centimetres_per_unit(load_bvh(real_data / "bandai_namco/dataset-1_bow_active_001.bvh")) == 1
    assert centimetres_per_unit(centimetres.scale(1 / 2.54)) == 2.54
    assert centimetres_per_unit(centimetres.scale(10)) == 0.1
    tiny = centimetres.scale(1e-4)
    unit = centimetres_per_unit(tiny)
    assert centimetres_per_unit(tiny.scale(unit)) == 1
    assert 5e3 < unit < 2e4  # some adult's leg


def test_a_unit_needs_two_bones():
    with pytest.raises(ValueError, match="no two bones follow one another in Hips, Spine"):
        centimetres_per_unit(chain())


# left and right


@pytest.mark.parametrize(
    ("name", "side", "rest"),
    [
        ("LeftFoot", "left", "Foot"),
        ("mixamorig:RightArm", "right", "mixamorig:Arm"),
        ("LEFT_KNEE", "left", "_KNEE"),
        ("hand_right", "right", "hand_"),
        ("Toes_L", "left", "Toes_"),
        ("upperarm.R", "right", "upperarm."),
        ("Hand.L.001", "left", "Hand..001"),
        ("l_thigh", "left", "_thigh"),
        ("Bip01 R Calf", "right", "Bip01  Calf"),
        ("J_Bip_L_UpperLeg", "left", "J_Bip__UpperLeg"),
        ("LHipJoint", "left", "HipJoint"),
        ("rShldr", "right", "Shldr"),
        *((name, "", name) for name in ("Head", "Leg", "LowerBack", "Root", "ROOT", "LEG", "L5", "ribs", "Pelvis")),
    ],
)
def test_sides_are_told_from_names(name, side, rest):
    assert split_side(name) == (side, rest)


def test_a_letter_alone_tells_a_side_where_its_partner_is_there():
    names = ["ROOT", "LFOOT", "RFOOT", "lhand", "rhand", "ToeL", "ToeR", "ribs"]
    assert [split_side(name, names)[0] for name in names] == ["", *("left", "right") * 3, ""]
    assert partners(names).tolist() == [0, 2, 1, 4, 3, 6, 5, 7]


def test_partners_are_each_others_and_mirror_the_bones():
    order = partners(CMU_JOINTS)
    np.testing.assert_array_equal(order[order], np.arange(38))
    assert (order != np.arange(38)).sum() == 30
    # the sides of CMU's skeleton differ by some percent
    assert np.abs(CMU_OFFSETS[order] * [-1, 1, 1] - CMU_OFFSETS).max() < 25
    ours = partners(JOINTS)
    assert [JOINTS[place] for place in ours[[0, 1, 6]]] == ["Hips", "RightUpLeg", "LeftLeg"]
    # a joint whose partner is not there stands alone
    assert partners(["Hips", "LeftHand", "Left_Foot", "Right_Foot"]).tolist() == [0, 1, 3, 2]


def test_across_goes_from_the_right_leg_to_the_left(walk, real_data):
    np.testing.assert_allclose(find_across(walk), [19, 0, 0])
    assert find_across(load_bvh(real_data / "cmu_bvh/martial/04.bvh")[:1])[0] > 0  # lButtock and rButtock
    assert find_across(load_bvh(real_data / "cmu_bvh/01_01.bvh")[:1])[0] > 2  # below LHipJoint, which has no length
    with pytest.raises(
        ValueError, match="the root 'Hips' has no left and right leg.* Its joints are Hips, Spine: call"
    ):
        find_across(chain())


def with_hip_joints(clip, names=("LHipJoint", "RHipJoint"), *, thighs=None):
    """The clip with a joint of no length on either side between hips and thigh, and the thighs wherever they are."""
    made = []
    place = {}
    for node in nodes():
        parent = place.get(node.parent, -1)
        if node.name in ("LeftUpLeg", "RightUpLeg"):
            made.append(Node(names[node.name == "RightUpLeg"], parent, (0, 0, 0)))
            parent = len(made) - 1
            node = node._replace(offset=node.offset if thighs is None else thighs)
        place[len(place)] = len(made)
        made.append(node._replace(parent=parent))
    root, rotations = clip.to_rotmat()
    index = {name: number for number, name in enumerate(clip.joint_names)}
    turns = np.stack(
        [
            rotations[:, index[node.name]] if node.name in index else np.broadcast_to(np.eye(3), (len(root), 3, 3))
            for node in made
            if node.order
        ],
        axis=1,
    )
    return make_clip(made, root, turns, frame_time=clip.frame_time)


def test_across_is_from_thigh_to_thigh_whatever_stands_before_them(walk):
    for names in (("LHipJoint", "RHipJoint"), ("lButtock", "rButtock"), ("Hilfe1", "Hilfe2")):
        clip = with_hip_joints(walk, names)
        np.testing.assert_allclose(find_across(clip), find_across(walk))
        speed, turn = moved(clip)
        np.testing.assert_allclose((speed, turn), moved(walk), atol=1e-9)
        assert turn.mean() == pytest.approx(np.degrees(0.5), rel=0.15)


def test_legs_in_one_place_tell_no_way(walk):
    clip = with_hip_joints(walk, thighs=(0, -5, 0))
    with pytest.raises(
        ValueError, match="LeftUpLeg and RightUpLeg lie in one place, LHipJoint and RHipJoint lie in one"
    ):
        find_across(clip)
