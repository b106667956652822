"""Motions on other skeletons: every usual skeleton is known, bones point the same way, and the way back is exact."""

import warnings

import numpy as np
import pytest

from animkit.data.twins.bodies import JOINTS as WALKERS_JOINTS
from animkit.data.twins.walkers import walker
from animkit.motion.bvh import load_bvh
from animkit.motion.clips import JOINTS, known_joints
from animkit.motion.retarget import NEEDED, retarget

REAL = (
    "cmu_bvh/01_01",
    "cmu_bvh/martial/04",
    "bandai_namco/dataset-1_walk_proud_001",
    "bandai_namco/dataset-1_dash_normal_001",
)


@pytest.fixture(scope="module")
def walk():
    return walker(seconds=1).clip


@pytest.fixture(autouse=True)
def _no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def renamed(clip, names):
    made = clip.copy()
    for node in made.nodes:
        if not node.is_end_site():
            node.name = names(node.name)
    made._create_joint_index()
    return made


def angles_between(one, two):
    """Between the rotations of two clips on one skeleton, in degrees: (frames, joints)."""
    difference = np.linalg.norm(one.to_rotmat()[1] - two.to_rotmat()[1], axis=(-2, -1))
    return np.rad2deg(2 * np.arcsin(np.minimum(1, difference / np.sqrt(8))))


def bone(clip, joints, top, end):
    placed = clip.joint_positions()
    v = placed[:, clip.joint_index[joints[end]]] - placed[:, clip.joint_index[joints[top]]]
    return v / np.linalg.norm(v, axis=-1, keepdims=True)


# names


def test_the_walkers_are_known_by_their_own_names(walk):
    assert set(JOINTS) == set(WALKERS_JOINTS)
    assert known_joints(walk) == {name: name for name in JOINTS}
    assert set(NEEDED) < set(JOINTS)


def mixamo(name):
    return "mixamorig:" + name.replace("Toe", "ToeBase")


def biped(name):
    side = "L " if name.startswith("Left") else "R " if name.startswith("Right") else ""
    part = name.removeprefix("Left").removeprefix("Right")
    part = {"Hips": "Pelvis", "UpLeg": "Thigh", "Leg": "Calf", "Toe": "Toe0", "Shoulder": "Clavicle"}.get(part, part)
    return "Bip01_" + (side + {"Arm": "UpperArm", "ForeArm": "Forearm"}.get(part, part)).replace(" ", "_")


def unreal(name):
    side = "_l" if name.startswith("Left") else "_r" if name.startswith("Right") else ""
    part = name.removeprefix("Left").removeprefix("Right")
    parts = {"Hips": "pelvis", "UpLeg": "thigh", "Leg": "calf", "Toe": "ball", "Shoulder": "clavicle"}
    parts |= {"Arm": "upperarm", "ForeArm": "lowerarm", "Spine": "spine_01", "Spine1": "spine_02", "Spine2": "spine_03"}
    return parts.get(part, part.lower()) + side


def collars(name):
    """Collar, Shoulder, Elbow, Wrist, Hip, Knee, Ankle: the names by joints instead of bones."""
    parts = {"Shoulder": "Collar", "Arm": "Shoulder", "ForeArm": "Elbow", "Hand": "Wrist"}
    parts |= {"UpLeg": "Hip", "Leg": "Knee", "Foot": "Ankle"}
    part = name.removeprefix("Left").removeprefix("Right")
    return name.removesuffix(part) + parts.get(part, part)


def vrm(name):
    side = name[0] if name.startswith(("Left", "Right")) else "C"
    part = name.removeprefix("Left").removeprefix("Right")
    parts = {"UpLeg": "UpperLeg", "Leg": "LowerLeg", "Toe": "ToeBase", "Arm": "UpperArm", "ForeArm": "LowerArm"}
    return f"J_Bip_{side}_{parts.get(part, part)}"


@pytest.mark.parametrize("names", [mixamo, biped, unreal, collars, vrm])
def test_the_usual_skeletons_are_known(walk, names):
    assert known_joints(renamed(walk, names)) == {name: names(name) for name in JOINTS}


def test_real_skeletons_are_known(real_data):
    found = [known_joints(load_bvh(real_data / f"{name}.bvh")[:1]) for name in REAL]
    assert set(JOINTS) - set(found[0]) == set()
    assert (found[0]["Spine"], found[0]["Spine2"], found[0]["LeftToe"]) == ("LowerBack", "Spine1", "LeftToeBase")
    assert set(JOINTS) - set(found[1]) == {"Spine1", "LeftToe", "RightToe"}
    assert (found[1]["LeftArm"], found[1]["RightUpLeg"], found[1]["Spine2"]) == ("lShldr", "rThigh", "chest")
    assert set(JOINTS) - set(found[2]) == {"Spine1"}
    assert (found[2]["LeftArm"], found[2]["Spine2"]) == ("UpperArm_L", "Chest")


# there and back


@pytest.mark.parametrize("name", REAL)
def test_bones_point_the_same_way_and_the_way_back_is_exact(real_data, walk, name):
    clip = load_bvh(real_data / f"{name}.bvh")[::11]
    joints = known_joints(clip)
    there = retarget(clip, walk)
    assert there.joint_names == walk.joint_names
    assert there.frame_time == clip.frame_time
    own = {key: key for key in JOINTS}
    for side in ("Left", "Right"):
        for top, end in (
            ("UpLeg", "Leg"),
            ("Leg", "Foot"),
            ("Shoulder", "Arm"),
            ("Arm", "ForeArm"),
            ("ForeArm", "Hand"),
        ):
            theirs, ours = bone(clip, joints, side + top, side + end), bone(there, own, side + top, side + end)
            np.testing.assert_allclose(ours, theirs, atol=1e-6)
    back = retarget(there, clip)
    assert back.matches_hierarchy(clip)
    assert angles_between(back, clip).max() < 1e-3
    assert np.abs(back.node_positions() - clip.node_positions()).max() < 1e-6


def test_knees_and_elbows_bend_about_the_walkers_axes(real_data, walk):
    """A skeleton whose rest pose is no pose, all bones along x, comes out with the walkers' hinges."""
    clip = load_bvh(real_data / "bandai_namco/dataset-1_dash_normal_001.bvh")
    local = retarget(clip, walk).to_rotmat()[1]
    for joint, axis, sign in (("LeftLeg", 0, 1), ("RightLeg", 0, 1), ("LeftForeArm", 1, -1), ("RightForeArm", 1, 1)):
        turn = local[:, walk.joint_index[joint]]
        hinge = np.stack(
            [turn[:, 2, 1] - turn[:, 1, 2], turn[:, 0, 2] - turn[:, 2, 0], turn[:, 1, 0] - turn[:, 0, 1]], -1
        )
        mean = hinge.mean(axis=0)
        assert sign * mean[axis] / np.linalg.norm(mean) > 0.99


def test_a_change_made_on_the_other_skeleton_comes_back_alone(real_data, walk):
    clip = load_bvh(real_data / "cmu_bvh/martial/04.bvh")[300:330]
    there = retarget(clip, walk)
    angles = there.joint_angles.copy()
    angles[10:20, there.joint_index["LeftForeArm"], 2] += 0.3
    there.joint_angles = angles
    changed = angles_between(retarget(there, clip), clip)
    assert (changed[:10] < 1e-3).all()
    assert (changed[20:] < 1e-3).all()
    moved = [clip.joint_names[j] for j in np.flatnonzero((changed > 1).any(axis=0))]
    assert moved == ["lForeArm"]


def test_the_size_follows_the_legs(walk):
    small = retarget(walk, walk.scale(0.5))
    np.testing.assert_allclose(small.node_positions(), walk.node_positions() / 2, atol=1e-6)


def test_other_frames_hold_the_first_pose(real_data, walk):
    clip = load_bvh(real_data / "cmu_bvh/martial/04.bvh")[300:310]
    made = retarget(walk, clip)
    assert made.frame_count == walk.frame_count
    finger = clip.joint_index["lIndex1"]
    np.testing.assert_allclose(made.to_rotmat()[1][:, finger], np.tile(clip.to_rotmat()[1][0, finger], (30, 1, 1)))


# what does not fit


def test_missing_joints_are_named(walk):
    odd = renamed(walk, lambda name: {"LeftFoot": "Klaue", "Head": "Kopf"}.get(name, name))
    with pytest.raises(ValueError, match="clip has no joint known as LeftFoot, Head. Its joints are Hips, .*Klaue"):
        retarget(odd, walk)
    with pytest.raises(
        ValueError, match="onto has no joint known as LeftFoot, Head. .*name_map={'LeftFoot': 'its name'}"
    ):
        retarget(walk, odd)
    made = retarget(odd, walk, name_map={"LeftFoot": "Klaue", "Head": "Kopf"})
    np.testing.assert_allclose(made.node_positions(), walk.node_positions(), atol=1e-6)


def test_a_name_map_must_fit(walk):
    with pytest.raises(ValueError, match="LeftFoot is 'Klaue', but neither skeleton has a joint of that name"):
        retarget(walk, walk, name_map={"LeftFoot": "Klaue"})
    with pytest.raises(ValueError, match="name_map goes from the kit's names, Hips, .*; it has Tail"):
        known_joints(walk, name_map={"Tail": "Head"})


def test_frames_are_needed(walk):
    with pytest.raises(ValueError, match="clip has no frames"):
        retarget(walk[:0], walk)
    with pytest.raises(ValueError, match="onto has no frames"):
        retarget(walk, walk[:0])
