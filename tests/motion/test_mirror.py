import numpy as np
import pytest

from animkit.data.mocap import load_bandai_namco
from animkit.data.twins.walkers import walker
from animkit.motion.bvh import load_bvh
from animkit.motion.clips import skeleton
from animkit.motion.kinematics import forward_kinematics
from animkit.motion.mirror import ACROSS, find_mirror, mirrored


def check(clips, tolerance):
    mirror = find_mirror(clips)
    _, parents, offsets = skeleton(clips[0])
    root, rotations = clips[0].to_rotmat()
    places, _ = forward_kinematics(rotations, root, parents=parents, offsets=offsets)
    other, placed = mirrored(rotations, root, mirror)
    np.testing.assert_allclose(np.linalg.det(other), 1, atol=1e-9)
    reflected = places[:, mirror.order] * ACROSS
    assert np.abs(forward_kinematics(other, placed, parents=parents, offsets=offsets)[0] - reflected).max() < tolerance
    back, there = mirrored(other, placed, mirror)
    np.testing.assert_allclose(back, rotations, atol=1e-12)
    np.testing.assert_allclose(there, root)
    return mirror


def test_walkers_in_the_mirror_are_reflected_exactly():
    mirror = check([walker(gait="walk", turn=0.5, seconds=2).clip], 1e-6)
    # the axes of every joint are the world's
    np.testing.assert_array_equal(mirror.signs, np.tile([-1.0, 1.0, 1.0], (len(mirror.signs), 1)))


def test_rigs_of_any_axes_are_mirrored(real_data):
    takes, _ = load_bandai_namco(contents=("run",))
    mirror = check([take.clip for take in takes[:4]], 0.1)  # cm; the rig's own sides differ that much
    assert len({tuple(signs) for signs in mirror.signs.tolist()}) == 3


@pytest.mark.parametrize("name", ["01_01", "martial/04"])
def test_rigs_whose_sides_are_told_by_letters_are_mirrored(real_data, name):
    check(
        [load_bvh(real_data / f"cmu_bvh/{name}.bvh")[::20]], 1.0
    )  # of 25 or 149 units; these sides differ by percents


def test_needs_sides_that_are_alike():
    clip = walker(seconds=1).clip
    clip.nodes[clip.node_index["LeftLeg"]].offset = np.array([0.0, -5.0, 0.0])
    with pytest.raises(ValueError, match="no mirror image"):
        find_mirror([clip])


def test_a_pose_held_on_one_side_does_not_mislead():
    clip = walker(seconds=1).clip
    angles = clip.joint_angles.copy()
    for name, angle in (("LeftArm", 2.8), ("LeftForeArm", 1.5)):
        angles[:, clip.joint_index[name]] += [angle, 0, angle / 2]
    clip.joint_angles = angles
    mirror = check([clip], 1e-6)
    arm = mirror.signs[[clip.joint_index[name] for name in ("LeftForeArm", "LeftHand", "RightForeArm", "RightHand")]]
    assert len({tuple(signs) for signs in arm.tolist()}) == 1


@pytest.mark.parametrize("name", ["bye_childish_001", "bow_feminine_001", "kick_normal_001", "guide_feminine_001"])
def test_one_clip_of_one_sided_poses_is_enough(real_data, name):
    check([load_bvh(real_data / f"bandai_namco/dataset-1_{name}.bvh")[::10]], 0.1)
