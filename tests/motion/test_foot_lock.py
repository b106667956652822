import re

import numpy as np
import pytest
from pybvh import read_bvh_file
from scipy.spatial.transform import Rotation

from animkit.data.twins.walkers import walker
from animkit.metrics.motion import foot_sliding, velocity_jump
from animkit.motion.bvh import load_bvh
from animkit.motion.clips import centimetres_per_unit
from animkit.motion.foot_lock import find_legs, foot_contacts, foot_positions, lock_feet

LEG = """JOINT {side}UpLeg
{{
OFFSET {x} -4 0
CHANNELS 3 Zrotation Xrotation Yrotation
JOINT {side}Leg
{{
OFFSET 0 -42 0
CHANNELS 3 Yrotation Xrotation Zrotation
JOINT {side}Foot
{{
OFFSET 0 -41 0
CHANNELS 3 Xrotation Zrotation Yrotation
{toe}
}}
}}
}}
"""
TOE = """JOINT {side}Toe
{{
OFFSET 0 -6 13
CHANNELS 3 Zrotation Yrotation Xrotation
End Site
{{
OFFSET 0 0 6
}}
}}
"""
NO_TOE = """End Site
{{
OFFSET 0 -7 17
}}
"""
SPINE = """JOINT Spine
{
OFFSET 0 20 0
CHANNELS 3 Zrotation Xrotation Yrotation
JOINT Head
{
OFFSET 0 40 0
CHANNELS 3 Zrotation Xrotation Yrotation
End Site
{
OFFSET 0 15 0
}
}
}
"""


def biped(path, frames=60, toe=TOE, fps=30):
    """A skeleton at rest, hips 93 above the ground at 0, right leg first in the file."""
    legs = "".join(LEG.format(side=side, x=x, toe=toe.format(side=side)) for side, x in (("Right", -9), ("Left", 9)))
    channels = "CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation"
    head = f"HIERARCHY\nROOT Hips\n{{\nOFFSET 0 0 0\n{channels}\n"
    columns = 3 + 3 * (11 if toe is TOE else 9)
    rows = "\n".join(" ".join(["0", "93"] + ["0"] * (columns - 2)) for _ in range(frames))
    path.write_text(f"{head}{legs}{SPINE}}}\nMOTION\nFrames: {frames}\nFrame Time: {1 / fps}\n{rows}\n")
    return read_bvh_file(path)


def walking(path, frames=60, toe=TOE, bend=0.15, speed=4.5, seed=0):
    """Legs that swing without care for the ground, so that all feet slide; and when each point is said to stand."""
    clip = biped(path, frames, toe)
    rng = np.random.default_rng(seed)
    phase = 2 * np.pi * np.arange(frames) / 30
    angles = clip.joint_angles.copy()
    contacts = np.zeros((frames, 2, 2), bool)
    for index, (side, shift) in enumerate([("Left", 0.0), ("Right", np.pi)]):
        swing = 0.45 * (np.sin(phase + shift) - np.sin(3 * (phase + shift)) / 9)  # nearly steady while it stands
        knee = bend + 0.5 * np.maximum(np.cos(phase + shift), 0) ** 2
        # the second angle of thigh and shin is about x, and so is the first of the foot
        angles[:, clip.joint_index[f"{side}UpLeg"], 1] = -swing - knee / 2
        angles[:, clip.joint_index[f"{side}Leg"], 1] = knee
        angles[:, clip.joint_index[f"{side}Foot"], 0] = swing - knee / 2
        stands = np.cos(phase + shift) < -0.45
        contacts[:, index] = np.stack([stands, stands], axis=-1)
        contacts[:, index, 1] |= np.roll(stands, 1)  # the heel lifts first
        contacts[:, index, 0] |= np.roll(stands, -1)  # and lands first
    angles += 0.01 * rng.normal(size=angles.shape).cumsum(axis=0) / np.sqrt(frames)
    clip.joint_angles = angles
    clip.root_pos = np.stack([0 * phase, 91 + np.cos(2 * phase), speed * np.arange(frames)], axis=-1)
    return clip, contacts.reshape(frames, 4)


def jumps(clip):
    """Change of velocity of every node at every inner frame, units a second."""
    return np.linalg.norm(np.diff(clip.node_positions(), n=2, axis=0), axis=-1) * clip.fps


def knee_side(clip):
    """How far each knee is before the line from hip to ankle, seen from the hips."""
    places, sides = clip.node_positions(), []
    forward = clip.to_rotmat()[1][:, 0, :, 2]
    for leg in find_legs(clip):
        hip, knee, ankle, _ = (places[:, clip.node_index[name]] for name in leg)
        line = (ankle - hip) / np.linalg.norm(ankle - hip, axis=-1, keepdims=True)
        ahead = forward - (forward * line).sum(axis=-1, keepdims=True) * line
        sides.append(((knee - hip) * ahead).sum(axis=-1) / np.linalg.norm(ahead, axis=-1))
    return np.array(sides)


@pytest.fixture(params=[TOE, NO_TOE], ids=["toe joint", "end site"])
def sliding(request, tmp_path):
    return walking(tmp_path / "walk.bvh", toe=request.param)


def test_legs_are_found_left_first(tmp_path):
    legs = find_legs(biped(tmp_path / "a.bvh"))
    assert legs[0] == ("LeftUpLeg", "LeftLeg", "LeftFoot", "LeftToe")
    assert [leg.ankle for leg in legs] == ["LeftFoot", "RightFoot"]
    ends = find_legs(biped(tmp_path / "b.bvh", toe=NO_TOE))
    assert [leg[:3] for leg in ends] == [leg[:3] for leg in legs]


def test_held_feet_stand_still(sliding):
    clip, contacts = sliding
    assert foot_sliding(foot_positions(clip), contacts, fps=30) > 5
    locked = lock_feet(clip, contacts=contacts)
    assert foot_sliding(foot_positions(locked), contacts, fps=30) < 0.01


def test_only_legs_turn_and_the_root_moves(sliding):
    clip, contacts = sliding
    locked = lock_feet(clip, contacts=contacts)
    assert (locked.joint_names, locked.euler_orders, locked.fps) == (clip.joint_names, clip.euler_orders, clip.fps)
    others = [i for i, name in enumerate(clip.joint_names) if not name.endswith(("UpLeg", "Leg", "Foot"))]
    assert (locked.joint_angles[:, others] == clip.joint_angles[:, others]).all()
    assert np.abs(locked.joint_angles - clip.joint_angles).max() < np.pi
    assert np.linalg.norm(locked.root_pos - clip.root_pos, axis=-1).max() < 0.1 * 83


def test_there_are_no_pops(sliding):
    clip, contacts = sliding
    before, after = jumps(clip), jumps(lock_feet(clip, contacts=contacts))
    assert after.max() < 1.1 * before.max()
    assert np.percentile(after, 95) < np.percentile(before, 95)


def test_nothing_to_do_changes_nothing(sliding):
    clip, _ = sliding
    locked = lock_feet(clip, contacts=np.zeros((60, 2)), floor=None)
    assert (locked.joint_angles == clip.joint_angles).all()
    assert (locked.root_pos == clip.root_pos).all()


def test_a_second_time_changes_nothing_more(sliding):
    clip, contacts = sliding
    once = lock_feet(clip, contacts=contacts, floor=None)
    twice = lock_feet(once, contacts=contacts, floor=None)
    moved = np.linalg.norm(foot_positions(twice) - foot_positions(once), axis=-1)
    assert moved[contacts].max() < 1e-3
    assert np.linalg.norm(twice.node_positions() - once.node_positions(), axis=-1).max() < 1.5


@pytest.mark.parametrize("gait", ["walk", "run", "jump", "idle"])
def test_feet_that_stand_already_are_left_alone(gait):
    walk = walker(gait=gait, seconds=3.0, turn=0.3, seed=1)
    locked = lock_feet(walk.clip, contacts=walk.contacts)
    assert np.abs(locked.node_positions() - walk.clip.node_positions()).max() < 1e-3
    assert (foot_contacts(walk.clip) == walk.contacts).mean() > 0.8


def test_whole_feet_can_be_given(sliding):
    clip, contacts = sliding
    whole = contacts[:, [0, 2]]
    one, other = lock_feet(clip, contacts=whole), lock_feet(clip, contacts=np.repeat(whole, 2, axis=1).astype(float))
    assert (one.joint_angles == other.joint_angles).all()


def test_kept_frames_are_exact_and_feet_stand_where_they_stand_in_them(sliding):
    clip, contacts = sliding
    keep = [*range(11), 45, 59]
    locked = lock_feet(clip, contacts=contacts, keep=keep)
    assert (locked.joint_angles[keep] == clip.joint_angles[keep]).all()
    assert (locked.root_pos[keep] == clip.root_pos[keep]).all()
    assert jumps(locked).max() < jumps(clip).max() + 60
    before, after = foot_positions(clip), foot_positions(locked)
    left_toe = np.flatnonzero(contacts[11:, 1] & ~contacts[11:, 1].cumprod().astype(bool))[0] + 11
    assert foot_sliding(after[left_toe:45], contacts[left_toe:45], fps=30) < 1
    assert foot_sliding(before[left_toe:45], contacts[left_toe:45], fps=30) > 5


def test_nothing_of_a_foot_is_under_the_ground(tmp_path):
    clip, contacts = walking(tmp_path / "walk.bvh")
    clip.root_pos = clip.root_pos - [0, 4, 0]
    feet = [i for i, node in enumerate(clip.nodes) if re.search("Foot|Toe", node.name)]
    assert clip.node_positions()[:, feet, 1].min() < -3
    locked = lock_feet(clip, contacts=contacts, floor=0.0)
    assert locked.node_positions()[:, feet, 1].min() > -1e-6
    assert foot_sliding(foot_positions(locked), contacts, fps=30) < 0.01
    assert jumps(locked).max() < 1.1 * jumps(clip).max()


def test_straight_legs_do_not_jump_at_the_knee(tmp_path):
    clip = biped(tmp_path / "stand.bvh")
    # a body that sways on straight legs: the feet slide some millimetres, which bends the knees by centimetres
    clip.root_pos = clip.root_pos + np.sin(np.arange(60) / 5)[:, None] * [0.3, 0, 0.2]
    contacts = np.ones((60, 2), bool)
    contacts[25:35] = False
    locked = lock_feet(clip, contacts=contacts)
    assert foot_sliding(foot_positions(locked), np.repeat(contacts, 2, axis=1), fps=30) < 0.01
    assert jumps(locked).max() < 25
    assert knee_side(locked).min() > -0.01


def test_knees_bend_forward_as_before(sliding):
    clip, contacts = sliding
    assert knee_side(clip).min() > 0
    assert knee_side(lock_feet(clip, contacts=contacts)).min() > 0


def test_the_root_is_lowered_where_a_leg_is_too_short(tmp_path):
    clip = biped(tmp_path / "stride.bvh")
    angles = clip.joint_angles.copy()
    angles[:, clip.joint_index["LeftUpLeg"], 1] = -np.linspace(0.2, 0.7, 60)
    clip.joint_angles = angles
    contacts = np.zeros((60, 2), bool)
    contacts[20:40] = True
    locked = lock_feet(clip, contacts=contacts, floor=None)
    assert (locked.root_pos - clip.root_pos)[20:40, 1].max() < 0
    assert foot_sliding(foot_positions(locked), np.repeat(contacts, 2, axis=1), fps=30) < 0.01


def test_up_may_be_any_axis(tmp_path):
    clip, contacts = walking(tmp_path / "walk.bvh")
    turned = clip.copy()
    to_z = Rotation.from_euler("x", 90, degrees=True)
    root, rotations = clip.to_rotmat()
    rotations[:, 0] = to_z.as_matrix() @ rotations[:, 0]
    turned = turned.from_rotmat(to_z.apply(root), rotations)
    turned.world_up = "+z"
    made = [lock_feet(one, contacts=contacts).node_positions() for one in (clip, turned)]
    np.testing.assert_allclose(to_z.apply(made[0].reshape(-1, 3)), made[1].reshape(-1, 3), atol=1e-6)


def test_contacts_are_found_where_feet_are_slow_and_low(tmp_path):
    clip = biped(tmp_path / "step.bvh")
    lift = np.zeros(60)
    lift[20:40] = np.sin(np.linspace(0, np.pi, 20)) * 0.8
    angles = clip.joint_angles.copy()
    angles[:, clip.joint_index["LeftUpLeg"], 1] = -lift
    angles[:, clip.joint_index["LeftLeg"], 1] = 2 * lift
    clip.joint_angles = angles
    found = foot_contacts(clip)
    assert found[:, 2:].all()
    assert not found[23:37, :2].any()
    assert found[:20, :2].all()
    assert found[41:, :2].all()
    assert foot_contacts(clip[:2]).shape == (2, 4)


def test_a_jump_from_a_pose_at_the_start_is_no_contact(tmp_path):
    clip = biped(tmp_path / "stand.bvh")
    clip.root_pos = clip.root_pos + np.where(np.arange(60) == 0, 300.0, 0.0)[:, None] * [1, 0, 0]
    found = foot_contacts(clip)
    assert not found[:2].any()
    assert found[2:].all()


def test_short_clips_stay_as_they_are(sliding):
    clip, contacts = sliding
    for frames in (1, 2):
        assert (lock_feet(clip[:frames]).joint_angles == clip.joint_angles[:frames]).all()
    assert lock_feet(clip[:3], contacts=contacts[:3]).frame_count == 3


@pytest.mark.parametrize(
    "name",
    [
        "bandai_namco/dataset-1_walk_normal_001.bvh",
        "bandai_namco/dataset-1_run_happy_001.bvh",
        "bandai_namco/dataset-1_bow_active_001.bvh",
        "cmu_bvh/01_01.bvh",
        "cmu_bvh/martial/04.bvh",
    ],
)
def test_real_clips(name, real_data):
    clip = load_bvh(real_data / name)[2:602]  # CMU's first frame is a pose of its own
    unit, contacts = centimetres_per_unit(clip), foot_contacts(clip)
    locked = lock_feet(clip)
    before, after = (
        foot_sliding(foot_positions(one), contacts, fps=clip.fps, centimetres=unit) for one in (clip, locked)
    )
    assert before > 0.5
    assert after < 0.1
    old, new = jumps(clip) * unit, jumps(locked) * unit
    assert np.percentile(new, 95) < 1.05 * np.percentile(old, 95)
    assert new.max() < 1.1 * old.max()
    assert np.linalg.norm(locked.root_pos - clip.root_pos, axis=-1).max() * unit < 3


def test_an_interpolated_gap(real_data):
    clip = load_bvh(real_data / "bandai_namco/dataset-1_walk_normal_001.bvh")
    start, stop = 60, 106
    contacts = foot_contacts(clip)
    root, rotations = clip.to_rotmat()
    share = np.arange(1, stop - start) / (stop - start)
    first = Rotation.from_matrix(rotations[start])
    turn = (first.inv() * Rotation.from_matrix(rotations[stop])).as_rotvec()
    rotations[start + 1 : stop] = [(first * Rotation.from_rotvec(turn * s)).as_matrix() for s in share]
    root[start + 1 : stop] = root[start] + share[:, None] * (root[stop] - root[start])
    linear = clip.from_rotmat(root, rotations)
    locked = lock_feet(linear, contacts=contacts, keep=np.r_[: start + 1, stop : clip.frame_count])
    gap = slice(start, stop + 1)
    slides = [foot_sliding(foot_positions(one)[gap], contacts[gap], fps=30) for one in (linear, locked)]
    assert slides[0] > 30
    assert slides[1] < 1
    joints = [one.joint_positions() for one in (linear, locked)]
    assert velocity_jump(joints[1], fps=30).max() < velocity_jump(joints[0], fps=30).max() + 20


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"contacts": np.zeros((60, 3))}, r"contacts must be \(time, 2 x legs\) = \(60, 4\)"),
        ({"contacts": np.zeros((59, 4))}, r"got \(59, 4\)"),
        ({"keep": [60]}, "frames from 0 to 59"),
        ({"keep": [-1]}, "frames from 0 to 59"),
        ({"blend": 0}, "blend is seconds"),
        ({"blend": np.nan}, "blend is seconds"),
        ({"floor": "low"}, "floor is a height"),
        ({"floor": np.inf}, "floor is a height"),
    ],
)
def test_refuses_arguments(options, match, tmp_path):
    with pytest.raises(ValueError, match=match):
        lock_feet(biped(tmp_path / "a.bvh"), **options)


def test_feet_may_be_called_ankles(tmp_path):
    biped(tmp_path / "a.bvh", toe=NO_TOE)
    text = (tmp_path / "a.bvh").read_text()
    (tmp_path / "b.bvh").write_text(text.replace("LeftFoot", "LeftAnkle").replace("RightFoot", "rAnkle"))
    legs = find_legs(read_bvh_file(tmp_path / "b.bvh"))
    assert [leg[:3] for leg in legs] == [("LeftUpLeg", "LeftLeg", "LeftAnkle"), ("RightUpLeg", "RightLeg", "rAnkle")]


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda text: text.replace("Foot", "End").replace("Toe", "Tip"), "no joint is named foot, ankle or toe"),
        (lambda text: text.replace("OFFSET 0 -41 0", "OFFSET 0 0 0"), "from RightLeg to RightFoot has no length"),
        (
            lambda text: text.replace("RightUpLeg", "RightHip").replace("Spine", "SpineFoot"),
            "foot 'SpineFoot' needs a toe or end site below it, and a knee, a hip and a pelvis above it",
        ),
    ],
)
def test_refuses_skeletons(change, match, tmp_path):
    biped(tmp_path / "a.bvh")
    (tmp_path / "b.bvh").write_text(change((tmp_path / "a.bvh").read_text()))
    clip = read_bvh_file(tmp_path / "b.bvh")
    if "SpineFoot" in match:
        clip = clip.extract_joints([name for name in clip.joint_names if name != "Head"])
    with pytest.raises(ValueError, match=match):
        lock_feet(clip)
