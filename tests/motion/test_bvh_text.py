"""Files of kinds that people meet: what is meant is read and said, and what cannot be is refused with its place."""

import re
import warnings

import numpy as np
import pytest

from animkit.data.twins.walkers import walker
from animkit.motion.bvh import load_bvh, save_bvh
from animkit.motion.clips import centimetres_per_unit, difference, find_across, global_pose, known_joints, skeleton
from animkit.motion.mirror import ACROSS, find_mirror, mirrored
from animkit.motion.retarget import NEEDED, retarget


@pytest.fixture(scope="module")
def walk():
    return walker(seconds=1, turn=0.5).clip


@pytest.fixture(scope="module")
def plain(walk, tmp_path_factory):
    """A walker as text."""
    return save_bvh(tmp_path_factory.mktemp("plain") / "walk.bvh", walk[:6]).read_text()


@pytest.fixture
def load(tmp_path):
    """Load this text as a file would be, with the warning that is expected, or none."""

    def load(text, warning=None):
        path = tmp_path / "take.bvh"
        path.write_text(text, newline="")
        return quietly(path, warning)

    return load


def quietly(path, warning=None):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        clip = load_bvh(path)
    said = [str(one.message) for one in said]
    if warning is None:
        assert said == []
    else:
        assert len(said) == 1
        assert said[0].startswith(str(path))
        assert re.search(warning, said[0])
    return clip


def split(text):
    """The hierarchy, and the lines of the motion's numbers."""
    header, motion = text.split("MOTION")
    return header, motion.strip().split("\n")[2:]


def motion(text, rows, *, frames=6):
    return f"{text.split('MOTION')[0]}MOTION\nFrames: {frames}\nFrame Time: 0.0333333\n" + "\n".join(rows) + "\n"


# what makes no difference


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "# by a script\n// of mine\n" + text.replace("MOTION", "  # the numbers\nMOTION\n//"),
        lambda text: re.sub("(?m)^", "# a comment\n", text),
        lambda text: text.replace("\n", "\r\n") + "\x1a",
        lambda text: text + "\x1a\x1a\x1a",
        lambda text: re.sub(r"Frame Time: (\S+)", r"Frame Time: \1 s", text),
        lambda text: re.sub(r"Frame Time: (\S+)", r"Frame Time: \1sec", text),
        lambda text: re.sub(r"Frame Time: .*", "Frame Time: 33.3333 ms", text),
        lambda text: text.replace("Frames: 6", "Frames: 6.0"),
        lambda text: text.replace("End Site", "End Site Tip"),
        lambda text: re.sub(r"(End Site\s*\{\s*OFFSET.*)", r"\1\nCHANNELS 0", text),
        lambda text: motion(text, [row.replace(" ", "\n", 1) for row in split(text)[1]]),
        lambda text: motion(
            text, [" ".join(row.split()[i : i + 9]) for row in split(text)[1] for i in range(0, 69, 9)]
        ),
        lambda text: motion(text, [words for row in split(text)[1] for words in row.split()]),
    ],
    ids=[
        *("comments", "comment-everywhere", "dos-mark", "dos-marks", "seconds", "glued-unit", "milliseconds", "6.0"),
        *("named-end", "no-channels", "two-lines", "wrapped", "a-number-a-line"),
    ],
)
def test_what_is_plain_is_read_without_a_word(load, plain, change):
    clip = load(change(plain))
    assert clip == load(plain)
    assert clip.fps == pytest.approx(30, rel=1e-12)


@pytest.mark.parametrize(
    ("written", "fps"),
    [
        (".00833", 120),
        ("0.0083333", 120),
        ("0.0333", 30),
        ("0.033", 30),
        ("0.0417", 24),
        ("0.0416", 24),
        ("0.0167", 60),
        ("0.0166", 60),
        ("0.04", 25),
        ("0.033367", 1 / 0.033367),  # 29.97, which is no whole rate
        ("0.03", 1 / 0.03),  # 29 to 39 would all be written so
        ("0.9", 1 / 0.9),
        ("1e-3", 1000),
        ("8.33 ms", 120),
    ],
)
def test_the_whole_rate_that_is_meant(load, plain, written, fps):
    assert load(re.sub("Frame Time: .*", f"Frame Time: {written}", plain)).fps == pytest.approx(fps, rel=1e-12)


# what is assumed, and said


def test_more_frames_than_said_are_read(load, plain):
    assert load(plain.replace("Frames: 6", "Frames: 5"), "says Frames: 5 but holds 6") == load(plain)


def test_commas_for_points_are_read(load, plain):
    header, rows = plain.split("MOTION")
    other = header.replace(".", ",") + "MOTION" + rows.replace(".", ",")
    assert load(other, "decimals are written with commas") == load(plain)


def test_channels_of_ends_are_left_out(load, plain):
    header, rows = split(plain)
    head = re.sub(r"(JOINT Head\s(?:.*\s)*?.*End Site\s*\{\s*OFFSET.*)", r"\1\nCHANNELS 2 Zrotation Xrotation", header)
    names = re.findall(r"(?:ROOT|JOINT) (\S+)", header)
    at = 6 + 3 * names.index("Head")
    rows = [" ".join((words := row.split())[:at] + ["5", "6"] + words[at:]) for row in rows]
    assert load(motion(head, rows), "channels of 1 End Sites were left out") == load(plain)


def test_joints_of_one_name_are_told_apart(load, plain):
    clip = load(
        re.sub("(Left|Right)Hand", "Nub", plain), "2 joints are called Nub .lines .*LeftForeArm_Nub, RightForeA"
    )
    assert {"LeftForeArm_Nub", "RightForeArm_Nub"} < set(clip.joint_names)
    np.testing.assert_array_equal(clip.joint_angles, load(plain).joint_angles)
    find_mirror([clip])  # which pairs them
    clip = load(plain.replace("Spine1", "my Spine").replace("Spine2", "my_Spine"), "became my_Spine, my_Spine_2")
    assert {"my_Spine", "my_Spine_2"} < set(clip.joint_names)
    clip = load(plain.replace("LeftHand", "Hips").replace("Head", "Hips"), "became Hips, Hips_2, Hips_3")
    assert len(set(clip.joint_names)) == len(clip.joint_names)


def test_a_joint_may_be_called_as_an_end_would_be(load, plain, tmp_path):
    clip = load(plain.replace("LeftShoulder", "EndSiteHead"))
    assert len(clip.node_index) == len(clip.nodes)
    np.testing.assert_array_equal(clip.node_positions(), load(plain).node_positions())
    assert load_bvh(save_bvh(tmp_path / "out.bvh", clip)).joint_names == clip.joint_names


# what is refused


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda t: t + "MOTION\nFrames: 1\n",
            r"MOTION stands in line \d+ and again in line \d+. .* make a file of each",
        ),
        (lambda t: t + t, r"MOTION stands in line \d+ and again in line \d+"),
        (lambda t: t.replace("MOTION", "ROOT Prop { OFFSET 0 0 0 }\nMOTION"), "ROOT Prop is a second root beside Hips"),
        (lambda t: t.replace("CHANNELS 3 ", "CHANNELS 4 Xscale ", 1), r"line \d+: joint \w+ has a channel Xscale"),
        (
            lambda t: t.replace("Yposition", "Xposition", 1),
            "CHANNELS of joint Hips must be 6 .*Xposition is given twice",
        ),
        (lambda t: t.replace("CHANNELS 3", "CHANNELS 2.5", 1), "must be 2.5 different ones"),
        (lambda t: t.replace("CHANNELS 3", "CHANNELS -3", 1), "must be -3 different ones"),
        (lambda t: re.sub("Frame Time: .*", "Frame Time: 5e-324", t), "seconds, found 5e-324; from 1e-05 to 1000"),
        (lambda t: re.sub("Frame Time: .*", "Frame Time: 1e300", t), "seconds, found 1e300"),
        (
            lambda t: re.sub("Frame Time: .*", "Frame Time: 2 fps", t),
            "has the unit 'fps': the frame time is in seconds",
        ),
        (lambda t: t.replace("Frames: 6", "Frames: 6.5"), "frames are counted in whole numbers"),
        (lambda t: t.replace("Frames: 6", "Frames: 1e999"), "frames are counted in whole numbers"),
        (lambda t: t.replace("Frames: 6", "Frames: nan"), "frames are counted in whole numbers"),
        (lambda t: t.replace("Frames: 6", "Frames: 7"), "says Frames: 7 but holds 6: it was cut short"),
        (lambda t: re.sub(r"OFFSET (\S+)\.", r"OFFSET \1,", t), r"line 4: the OFFSET of joint Hips .* write no commas"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(load, plain, change, message):
    with pytest.raises(ValueError, match=message) as raised:
        load(change(plain))
    assert "take.bvh" in str(raised.value)


@pytest.mark.parametrize("word", ["-1.#IND00", "1.#QNAN", "1.#INF", "nan", "NaN", "1e30", "1,5", "abc"])
def test_a_number_that_is_none_is_named_by_joint_channel_and_frame(load, plain, word):
    _, rows = split(plain)
    words = rows[3].split()
    words[1] = word
    with pytest.raises(ValueError, match=r"frame 3.*Yposition of joint Hips|Yposition of joint Hips.*frame 3"):
        load(motion(plain, [*rows[:3], " ".join(words), *rows[4:]]))


@pytest.mark.parametrize("shift", [1, -1])
def test_a_row_too_long_beside_one_too_short_is_not_taken_for_broken_rows(load, plain, shift):
    words = [row.split() for row in split(plain)[1]]
    words[2 if shift > 0 else 3].append("0")
    words[3 if shift > 0 else 2].pop()
    with pytest.raises(ValueError, match=r"frame \d of 6.: \d+ numbers, where the channels of all joints make"):
        load(motion(plain, map(" ".join, words)))


# the files


READ = {
    "blender_dots": None,
    "comma_decimals": "decimals are written with commas",
    "comment_lines": None,
    "dos_end_of_file_mark": None,
    "end_site_named": None,
    "end_site_with_channels": None,
    "frame_time_00833": None,
    "frame_time_with_unit": None,
    "frames_as_float": None,
    "hash_comment_in_hierarchy": None,
    "inches": None,
    "joint_without_end_site": None,
    "metres": None,
    "mixed_3_and_6_channels": None,
    "names_differ_by_space": "2 joints are called Bip01_Spine .*became Bip01_Spine, Bip01_Spine_2",
    "no_root_position": None,
    "repeated_nubs": "2 joints are called Nub .*became LeftForeArm_Nub, RightForeArm_Nub",
    "rokoko_frames_one_less": "says Frames: 59 but holds 60",
    "root_above_hips": None,
    "six_channels_all_at_offset": None,
    "six_channels_zero_positions": "position channels of 18 joints, .* are 0 throughout",
    "wrapped_rows": None,
    "z_up_ankles": None,
    "z_up_feet": None,
}
UNITS = {"inches": 2.54, "metres": 100.0}


def there_and_back(clip, walk, tmp_path):
    """Mirror, retarget, save and reload a clip."""
    _, parents, offsets = skeleton(clip)
    root, rotations = clip.to_rotmat()
    mirror = find_mirror([clip])
    back, placed = mirrored(*mirrored(rotations, root, mirror), mirror)
    np.testing.assert_allclose(back, rotations, atol=1e-12)
    np.testing.assert_allclose(placed, root)
    if set(NEEDED) <= set(known_joints(clip)):
        there = retarget(retarget(clip, walk), clip)
        degrees, units = difference(there, clip)
        assert degrees < 1e-3
        assert units < 1e-6 * np.abs(clip.rest_pose_positions()).max()
    saved = load_bvh(save_bvh(tmp_path / "out.bvh", clip))
    assert (saved.joint_names, saved.euler_orders) == (clip.joint_names, clip.euler_orders)
    assert np.abs(saved.node_positions() - clip.node_positions()).max() < 1e-4
    assert saved.fps == pytest.approx(clip.fps, rel=1e-9)


@pytest.mark.parametrize("name", READ)
def test_files_of_one_walk_are_read_as_that_walk(cases, walk, tmp_path, name):
    """All tell one second and more of the same circle, in their own way: it was written down by none of them."""
    clip = quietly(cases / f"{name}.bvh", READ[name])
    assert clip.fps == (120 if name == "frame_time_00833" else 30)
    unit = centimetres_per_unit(clip)
    assert unit == pytest.approx(UNITS.get(name, 1.0), rel=1e-4)
    assert clip.frame_count == 60
    # steps of 6 degrees to the left about a circle of 38.2 cm, the hips bobbing 2 cm around 89
    angle = np.radians(6) * np.arange(60)
    if name == "no_root_position":
        np.testing.assert_allclose(clip.root_pos, np.tile([0, 89, 0], (60, 1)))
    else:
        np.testing.assert_allclose(clip.root_pos[0] * unit, [0, 90.5, 4], atol=1e-4)
        steps = np.diff(clip.root_pos[:, [0, 2]] * unit, axis=0)
        np.testing.assert_allclose(np.linalg.norm(steps, axis=1), 4.0, atol=1e-4)
    left = global_pose(clip)[1][:, 0] @ find_across(clip)
    np.testing.assert_allclose(
        left / np.linalg.norm(left[0]), np.stack([np.cos(angle), 0 * angle, -np.sin(angle)], 1), atol=1e-6
    )
    rest = clip.rest_pose_positions() * unit
    head, foot = (clip.node_index[known_joints(clip)[key]] for key in ("Head", "LeftFoot"))
    np.testing.assert_allclose(rest[head] - rest[0], [0, 65, 0], atol=1e-4)
    np.testing.assert_allclose(rest[foot] - rest[0], [9, -89, 0], atol=1e-4)
    there_and_back(clip, walk, tmp_path)


def test_files_tell_their_rotations(cases):
    """As one of them does whose form every reader takes."""
    expected = load_bvh(cases / "joint_without_end_site.bvh")
    for name in READ:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            clip = load_bvh(cases / f"{name}.bvh")
        where = clip.joint_positions() * centimetres_per_unit(clip)
        ours = expected.joint_positions()
        assert np.abs((where - where[:, :1]) - (ours - ours[:, :1])).max() < 1e-4, name


@pytest.mark.parametrize(("name", "across"), [("cmu_hip_joints", [18, 0, 0]), ("poser_buttocks", [24, 0, 0])])
def test_files_of_rigs_with_joints_before_the_legs(cases, walk, tmp_path, name, across):
    clip = quietly(cases / f"{name}.bvh")
    np.testing.assert_allclose(find_across(clip), across)
    there_and_back(clip, walk, tmp_path)
    mirror = find_mirror([clip])
    names, parents, offsets = skeleton(clip)
    np.testing.assert_allclose(offsets[mirror.order] * ACROSS, offsets)


@pytest.mark.parametrize(
    "name", ["cmu_bvh/01_01", "cmu_bvh/indian/07", "cmu_bvh/martial/05", "bandai_namco/dataset-1_walk_proud_001"]
)
def test_real_rigs_are_mirrored_retargeted_saved_and_come_back(real_data, walk, tmp_path, name):
    clip = quietly(real_data / f"{name}.bvh")[::40]
    across = find_across(clip)
    assert np.linalg.norm(across) > 0.05 * np.abs(clip.rest_pose_positions()).max()
    there_and_back(clip, walk, tmp_path)


def test_a_file_of_three_joints_of_odd_names_and_channels(cases):
    """A root called as an end would be, a joint called ROOT, rotations among the positions."""
    clip = quietly(cases / "bvhgen1-82b5ba.bvh")
    assert clip.joint_names == ["EndSiteHead", "ROOT", "Head"]
    np.testing.assert_allclose(clip.root_pos[0], [-0.4842844044, -0.1991583347, 0.4754433726])
    np.testing.assert_allclose(np.rad2deg(clip.joint_angles[0]), [[0, 90, 90], [159.0625391, 0, 90], [0, 0, 0]])
    assert len(clip.node_index) == len(clip.nodes)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("bvh2-3560ae", "frame time must be positive seconds, found 5e-324"),
        (
            "msvc_nan",
            r"line 123 .frame 3.: '-1.#IND00' is no number .*; it stands for Yposition of joint Hips. Correct it",
        ),
        ("scale_channels", "line 5: joint Hips has a channel Xscale, .* Export without"),
        ("two_motion_blocks", "MOTION stands in line 117 and again in line 180"),
        ("two_roots", r"line 117: ROOT Prop is a second root beside Hips .line 2.. .*export each to a file"),
    ],
)
def test_files_that_cannot_be_read_say_where_and_what_to_do(cases, name, message):
    with pytest.raises(ValueError, match=message) as raised:
        load_bvh(cases / f"{name}.bvh")
    assert f"{name}.bvh" in str(raised.value)
