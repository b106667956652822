"""Posed keys: rows of a BVH file that are pulled, mirrored, put elsewhere and into a clip."""

import numpy as np
import pytest

from animkit.data.twins.walkers import walker
from animkit.motion.bvh import load_bvh, save_bvh
from animkit.motion.clips import find_across
from animkit.motion.kinematics import facing
from animkit.motion.posing import find_handles, mirror_pose, pull, put_pose, read_pose, with_poses

FRAME = 20


@pytest.fixture(scope="module")
def clip():
    return walker(seconds=1.5, turn=0.5, seed=1).clip


@pytest.fixture(scope="module")
def pose(clip):
    return read_pose(clip, FRAME)


def places(clip, pose):
    """Joints of a pose by name."""
    posed = with_poses(clip, {FRAME: pose})
    return dict(zip(posed.joint_names, posed.joint_positions()[FRAME], strict=True))


def face(clip, pose):
    return float(facing(with_poses(clip, {FRAME: pose}).to_rotmat()[1][FRAME, 0], find_across(clip)))


def test_handles_are_found_by_the_joints_of_a_body(clip):
    handles = find_handles(clip)
    assert list(handles) == [
        "Hips",
        *("LeftForeArm", "LeftHand", "LeftLeg", "LeftFoot", "RightForeArm", "RightHand", "RightLeg", "RightFoot"),
        "Head",
    ]
    assert [handle.kind for handle in handles.values()][1:5] == ["elbow", "hand", "knee", "foot"]


def test_handles_of_other_rigs(real_data):
    assert len(find_handles(load_bvh(real_data / "cmu_bvh/01_01.bvh"))) == 10


def test_a_frame_is_read_and_put_back(clip, pose):
    np.testing.assert_allclose(with_poses(clip, {FRAME: pose}).joint_positions(), clip.joint_positions(), atol=1e-3)
    moved = with_poses(clip, {3: pose})
    np.testing.assert_array_equal(read_pose(moved, 3), pose)
    np.testing.assert_array_equal(np.delete(moved.joint_angles, 3, axis=0), np.delete(clip.joint_angles, 3, axis=0))
    assert with_poses(clip, {}) is clip


@pytest.mark.parametrize("key", ["LeftHand", "RightFoot"])
def test_a_limb_goes_along_and_nothing_else(clip, pose, key):
    before = places(clip, pose)
    target = before[key] + [3.0, 5.0, 4.0]
    after = places(clip, pull(clip, pose, key, target))
    np.testing.assert_allclose(after[key], target, atol=1e-3)
    limb = {"LeftHand": ("LeftForeArm", "LeftHand"), "RightFoot": ("RightLeg", "RightFoot", "RightToe")}[key]
    for name in set(before) - set(limb):
        np.testing.assert_allclose(after[name], before[name], atol=1e-6)
    if key == "RightFoot":  # as level as it was
        np.testing.assert_allclose(after["RightToe"] - after[key], before["RightToe"] - before[key], atol=1e-3)


def test_hips_take_the_body_and_the_head_bends_the_back(clip, pose):
    before = places(clip, pose)
    down = places(clip, pull(clip, pose, "Hips", before["Hips"] - [0, 8, 0]))
    np.testing.assert_allclose(down["Head"], before["Head"] - [0, 8, 0], atol=1e-3)
    np.testing.assert_allclose(
        [down["LeftFoot"], down["RightToe"]], [before["LeftFoot"], before["RightToe"]], atol=1e-2
    )
    alone = places(clip, pull(clip, pose, "Hips", before["Hips"] - [0, 8, 0], single=True))
    np.testing.assert_allclose(alone["LeftFoot"], before["LeftFoot"] - [0, 8, 0], atol=1e-3)
    bent = places(clip, pull(clip, pose, "Head", before["Head"] + [0, -10, 30]))
    assert np.linalg.norm(bent["Head"] - before["Head"]) > 10
    np.testing.assert_allclose(bent["Hips"], before["Hips"], atol=1e-6)


def test_an_elbow_turns_and_a_single_joint_turns_alone(clip, pose):
    before = places(clip, pose)
    out = places(clip, pull(clip, pose, "LeftForeArm", before["LeftForeArm"] + [20, 10, 0]))
    np.testing.assert_allclose(out["LeftHand"], before["LeftHand"], atol=1e-3)
    assert np.linalg.norm(out["LeftForeArm"] - before["LeftForeArm"]) > 0.5
    row = pull(clip, pose, "LeftHand", before["LeftHand"] + [0, 50, 0], single=True)
    changed = np.flatnonzero(np.abs(np.subtract(row, pose)[3:].reshape(-1, 3)).max(axis=1))
    assert [clip.joint_names[joint] for joint in changed] == ["LeftForeArm"]


def test_a_pose_in_the_mirror_stands_where_it_stood(clip, pose):
    before, row = places(clip, pose), mirror_pose(clip, pose)
    after = places(clip, row)
    np.testing.assert_allclose(after["Hips"], before["Hips"], atol=1e-3)
    assert face(clip, row) == pytest.approx(face(clip, pose), abs=1e-5)
    for one, other in (("LeftHand", "RightHand"), ("RightToe", "LeftToe"), ("Head", "Head")):
        apart = [np.linalg.norm(found[name] - found["Hips"]) for found, name in ((before, one), (after, other))]
        assert apart[0] == pytest.approx(apart[1], abs=1e-2)
        assert after[other][1] == pytest.approx(before[one][1], abs=1e-2)
    np.testing.assert_allclose(list(places(clip, mirror_pose(clip, row)).values()), list(before.values()), atol=1e-2)


def test_a_pose_is_put_where_another_stands(clip, pose):
    there = read_pose(clip, 40)
    row = put_pose(clip, pose, there)
    assert row[0] == there[0]
    assert row[1:3] == (pose[1], there[2])
    assert face(clip, row) == pytest.approx(face(clip, there), abs=1e-5)
    own, made = places(clip, pose), places(clip, row)
    assert np.linalg.norm(made["LeftHand"] - made["RightFoot"]) == pytest.approx(
        np.linalg.norm(own["LeftHand"] - own["RightFoot"]), abs=1e-2
    )


def test_poses_are_in_the_file_exactly(clip, pose, tmp_path):
    row = pull(clip, pose, "RightHand", [0, 120, 30])
    read = load_bvh(save_bvh(tmp_path / "posed.bvh", with_poses(clip, {FRAME: row})))
    np.testing.assert_allclose(read_pose(read, FRAME), row, atol=1.1e-4)


def test_what_is_no_pose_is_told(clip, pose):
    with pytest.raises(ValueError, match="no frame 99 to pose"):
        with_poses(clip, {99: pose})
    with pytest.raises(ValueError, match="needs 69 finite numbers"):
        with_poses(clip, {3: pose[:-1]})
    with pytest.raises(ValueError, match="three finite numbers"):
        pull(clip, pose, "LeftHand", (0, np.nan, 0))
    with pytest.raises(ValueError, match="no handle 'Tail'; it has Hips, LeftForeArm"):
        pull(clip, pose, "Tail", (0, 0, 0))
