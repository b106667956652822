"""BVH files: what is wrong is said, what is only odd loads, and what was written comes back."""

import time
import warnings

import numpy as np
import pybvh
import pytest
from pybvh import rotations

from animkit.motion.bvh import load_bvh, save_bvh
from animkit.motion.clips import resample

HEAD = """HIERARCHY
ROOT Hips
{
  OFFSET 0 90 0
  CHANNELS 6 Xposition Yposition Zposition Zrotation Yrotation Xrotation
  JOINT Spine
  {
    OFFSET 0 20 0
    CHANNELS 3 Yrotation Zrotation Xrotation
    End Site
    {
      OFFSET 0 30 0
    }
  }
}
"""
ROWS = ("1 90 2 3 4 5 6 7 8", "1.5 91 2 3 4 5 6 7 9")
BVH = HEAD + "MOTION\nFrames: 2\nFrame Time: 0.0333333\n" + "\n".join(ROWS) + "\n"


@pytest.fixture(autouse=True)
def _no_warnings():
    """Nothing here may warn the user."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.fixture
def load(tmp_path):
    """Load this text, or these bytes, as a file would be."""

    def load(content, **options):
        path = tmp_path / "take.bvh"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return load_bvh(path, **options)

    return load


def six(channels="Xposition Yposition Zposition Zrotation Xrotation Yrotation", *, beside="", rows):
    """A still root above the hips, six channels on every joint."""
    return f"""HIERARCHY
ROOT Root
{{
  OFFSET 0 0 0
  CHANNELS 6 {channels}
  JOINT Hips
  {{
    OFFSET 0 90 0
    CHANNELS 6 {channels}
    JOINT Spine
    {{
      OFFSET 0 20 0
      CHANNELS 6 {channels}
      End Site
      {{
        OFFSET 0 30 0
      }}
    }}
  }}
{beside}}}
MOTION
Frames: {len(rows)}
Frame Time: 0.04
""" + "\n".join(rows)


# a plain file


def test_a_plain_file_loads_as_pybvh_loads_it(load, tmp_path):
    clip = load(BVH)
    assert clip.joint_names == ["Hips", "Spine"]
    assert clip.euler_orders == ["ZYX", "YZX"]
    assert clip.world_up == "+y"
    assert clip.fps == 30  # 0.0333333 is meant as 1 / 30
    np.testing.assert_allclose(clip.root_pos, [[1, 90, 2], [1.5, 91, 2]])
    np.testing.assert_allclose(np.rad2deg(clip.joint_angles[1]), [[3, 4, 5], [6, 7, 9]])
    assert clip == pybvh.read_bvh_file(tmp_path / "take.bvh", world_up="+y")


def test_real_clips_load_as_pybvh_loads_them(real_data):
    paths = sorted(real_data.glob("cmu_bvh/**/*.bvh"))
    assert len(paths) == 6
    for path in paths:
        clip, theirs = load_bvh(path), pybvh.read_bvh_file(path, world_up="+y")
        assert clip.matches_hierarchy(theirs)
        assert clip.euler_orders == theirs.euler_orders
        assert clip.fps == theirs.fps == 120
        np.testing.assert_array_equal(clip.root_pos, theirs.root_pos)
        np.testing.assert_array_equal(clip.joint_angles, theirs.joint_angles)


@pytest.mark.parametrize(
    "content",
    [
        BVH.replace("\n", "\r\n"),
        BVH.replace("\n", "\r"),
        BVH.replace("{\n", "{\r\n").replace("0 20 0\n", "0 20 0\r"),
        b"\xef\xbb\xbf" + BVH.encode(),
        BVH.encode("utf-16"),
        BVH.rstrip(),
        BVH + "\n \n\t\n",
        "\n\n" + BVH.replace("\n", "\n\n"),
        BVH.replace("\n  {", " {").replace("\n{", "{"),
        BVH.replace(" ", "\t"),
        BVH.lower().replace("hips", "Hips").replace("spine", "Spine"),
        BVH.replace("Frames: 2", "Frames:\t2"),
    ],
    ids=("CRLF", "CR", "mixed", "BOM", "UTF-16", "cut-end", "blanks", "double", "braces", "tabs", "small", "tab"),
)
def test_line_ends_marks_and_spaces_make_no_difference(load, content):
    assert load(content) == load(BVH)


def test_one_frame_loads(load):
    clip = load(BVH.replace("Frames: 2", "Frames: 1").replace(ROWS[1], ""))
    assert clip.root_pos.shape == (1, 3)
    assert resample(clip, 60).frame_count == 1


def test_a_hundred_thousand_frames_load_fast(load):
    rows = "\n".join(ROWS * 50_000)
    begun = time.process_time()
    clip = load(HEAD + "MOTION\nFrames: 100000\nFrame Time: 0.01\n" + rows)
    assert time.process_time() - begun < 3
    assert clip.frame_count == 100_000
    np.testing.assert_allclose(clip.root_pos[-1], [1.5, 91, 2])


def test_bones_without_length_load(load):
    clip = load(BVH.replace("0 20 0", "0 0 0").replace("0 30 0", "0 0 0"))
    np.testing.assert_allclose(clip.node_positions()[0], [[1, 90, 2]] * 3)


def test_names_with_spaces_and_of_other_alphabets_load(load):
    assert load(BVH.replace("Spine", "Bip01 Spine 1")).joint_names == ["Hips", "Bip01_Spine_1"]
    assert load(BVH.replace("Spine", "End")).joint_names == ["Hips", "End"]
    assert load(BVH.replace("Spine", "脊椎")).joint_names == ["Hips", "脊椎"]
    assert load(BVH.replace("Spine", "脊椎").encode("shift-jis")).joint_count == 2


def test_missing_channels_are_still_and_the_order_of_channels_is_free(load):
    hinge = load(BVH.replace("3 Yrotation Zrotation Xrotation", "1 Xrotation").replace("6 7 ", "").replace(" 9", " 7"))
    assert hinge.euler_orders[1] == "XZY"
    np.testing.assert_allclose(np.rad2deg(hinge.joint_angles[:, 1]), [[8, 0, 0], [7, 0, 0]], atol=1e-12)
    last = load(
        BVH.replace(
            "Xposition Yposition Zposition Zrotation Yrotation Xrotation",
            "Zrotation Yrotation Xrotation Yposition Xposition Zposition",
        )
    )
    np.testing.assert_allclose(last.root_pos[0], [4, 3, 5])
    np.testing.assert_allclose(np.rad2deg(last.joint_angles[0, 0]), [1, 90, 2])
    still = load(BVH.replace("6 Xposition Yposition Zposition", "3").replace("1 90 2 ", "").replace("1.5 91 2 ", ""))
    np.testing.assert_allclose(still.root_pos, [[0, 90, 0]] * 2)  # its OFFSET


# z up


def z_up():
    """A figure whose head is up along z, turned about each axis in turn."""
    joints = [("Head", "0 0 30"), ("LeftFoot", "10 5 -80"), ("RightFoot", "-10 5 -80")]
    body = "".join(
        f"JOINT {name} {{ OFFSET {offset} CHANNELS 3 Yrotation Zrotation Xrotation End Site {{ OFFSET 0 9 0 }} }}\n"
        for name, offset in joints
    )
    rows = ["1 2 90 3 4 50 6 7 8 1 2 3 4 5 6", "1 3 90 3 4 70 6 7 18 1 2 3 4 15 6"]
    return (
        "HIERARCHY ROOT Hips { OFFSET 0 0 90 CHANNELS 6 Xposition Yposition Zposition Yrotation Xrotation Zrotation\n"
        + body
        + "}\nMOTION\nFrames: 2\nFrame Time: 0.04\n"
        + "\n".join(rows)
    )


def test_a_z_up_file_is_turned_to_y_up(load):
    turned, raw = load(z_up()), load(z_up(), up="y")
    assert turned.world_up == raw.world_up == "+y"
    x, y, z = np.moveaxis(raw.node_positions(), -1, 0)
    np.testing.assert_allclose(turned.node_positions(), np.stack([x, z, -y], axis=-1), atol=1e-9)
    x, y, z = np.moveaxis(raw.rest_pose_positions(), -1, 0)
    np.testing.assert_allclose(turned.rest_pose_positions(), np.stack([x, z, -y], axis=-1), atol=1e-9)
    assert load(z_up(), up="z") == turned
    np.testing.assert_allclose(load(BVH, up="z").root_pos[0], [1, 2, -90])


def test_lying_down_is_not_z_up(load):
    lying = z_up().replace("0 0 30", "0 30 0").replace("5 -80", "-80 5")  # upright at rest, on its back in the motion
    lying = lying.replace("1 2 90 3 4 50", "1 2 90 0 90 0").replace("1 3 90 3 4 70", "1 3 90 0 90 0")
    np.testing.assert_allclose(load(lying).root_pos, [[1, 2, 90], [1, 3, 90]])


def parts(head, neck="Neck", feet=("LeftFoot", "RightFoot"), legs=("LeftUpLeg", "RightUpLeg"), hips="Hips", *, row):
    """A figure upright along z at rest, of joints of these names."""
    joints = [(neck, "0 0 60"), (head, "0 0 80")]
    joints += [(leg, f"{x} 0 -5") for leg, x in zip(legs, (9, -9), strict=True)]
    joints += [(foot, f"{x} 2 -85") for foot, x in zip(feet, (9, -9), strict=True)]
    body = "".join(
        f"JOINT {name} {{ OFFSET {offset} CHANNELS 3 Zrotation Xrotation Yrotation }}\n" for name, offset in joints
    )
    six = "CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation"
    return (
        f"HIERARCHY ROOT {hips} {{ OFFSET 0 0 0 {six}\n{body}}}\nMOTION\nFrames: 1\nFrame Time: 0.04\n{row}{' 0' * 18}"
    )


@pytest.mark.parametrize(
    "names",
    [
        {"head": "Head"},
        {"head": "Crown", "feet": ("LeftAnkle", "RightAnkle")},
        {"head": "Crown", "feet": ("lShin", "rShin"), "hips": "pelvis"},
        {"head": "upperarm_r", "neck": "upperarm_l", "feet": ("calf_l", "calf_r"), "legs": ("thigh_l", "thigh_r")},
    ],
)
def test_up_is_told_by_any_joints_that_are_known(load, names):
    clip = load(parts(**names, row="0 0 90 0 0 20"))
    np.testing.assert_allclose(clip.root_pos, [[0, 90, 0]], atol=1e-12)
    assert clip.rest_pose_positions()[2, 1] == 80


def test_where_up_cannot_be_told_that_is_said(load):
    names = {"head": "a", "neck": "b", "feet": ("c", "d"), "legs": ("e", "f"), "hips": "g"}
    with pytest.warns(
        UserWarning, match=r"take.bvh: its joints .g, b, a, e ....* do not tell which way is up; .*up=.z"
    ):
        clip = load(parts(**names, row="0 0 90 0 0 0"))
    np.testing.assert_allclose(clip.root_pos, [[0, 0, 90]])
    assert load(parts(**names, row="0 0 90 0 0 0"), up="y") == clip
    np.testing.assert_allclose(load(parts(**names, row="0 0 90 0 0 0"), up="z").root_pos, [[0, 90, 0]])
    with pytest.warns(UserWarning, match=r"lie along z in the rest pose alone; it was turned to stand: pass up=.y"):
        clip = load(parts("Head", row="0 0 20 0 0 90"))  # rolled on its side
    np.testing.assert_allclose(clip.root_pos, [[0, 20, 0]])


def test_a_rest_pose_along_z_that_the_motion_stands_up_is_y_up(load):
    clip = load(parts("Head", row="0 90 0 0 -90 0"))
    np.testing.assert_allclose(clip.root_pos, [[0, 90, 0]])
    assert clip.node_positions()[0, 2, 1] == pytest.approx(170)


def test_up_is_one_of_three(load):
    with pytest.raises(ValueError, match='up must be "auto", "y" or "z", got \'x\''):
        load(BVH, up="x")


# six channels on every joint


def test_the_joint_that_moves_becomes_the_root(load):
    clip = load(
        six(rows=["0 0 0 0 0 0 1 95 2 10 20 30 0 20 0 40 50 60", "0 0 0 0 0 0 1 96 2 11 20 30 0 20 0 40 50 61"])
    )
    assert clip.joint_names == ["Hips", "Spine"]
    np.testing.assert_allclose(clip.root_pos, [[1, 95, 2], [1, 96, 2]])
    np.testing.assert_allclose(np.rad2deg(clip.joint_angles[1]), [[11, 20, 30], [40, 50, 61]])
    assert clip.root.offset.tolist() == [0, 0, 0]


def test_what_lies_above_the_new_root_is_worked_into_it(load):
    clip = load(six(rows=["5 0 7 0 0 90 1 95 2 10 20 30 0 20 0 40 50 60"]))
    np.testing.assert_allclose(clip.root_pos, [[5 + 2, 95, 7 - 1]], atol=1e-9)  # turned 90 degrees about y
    about_y = rotations.euler_to_rotmat([0, 0, 90], "ZXY", degrees=True)
    own = rotations.euler_to_rotmat([10, 20, 30], "ZXY", degrees=True)
    np.testing.assert_allclose(clip.to_rotmat()[1][0, 0], about_y @ own, atol=1e-9)


def test_joints_at_their_offset_keep_the_root(load):
    clip = load(six(rows=["5 0 7 0 0 90 0 90 0 10 20 30 0 20.0001 0 40 50 60"]))
    assert clip.joint_names == ["Root", "Hips", "Spine"]
    np.testing.assert_allclose(clip.root_pos, [[5, 0, 7]])


def test_hips_that_turn_below_a_root_that_does_not_become_the_root(load):
    """The root has the way and the hips have the turns: both are the character's."""
    rows = ["5 0 7 0 0 90 0 90 0 10 20 30 0 20 0 40 50 60", "6 0 7 0 0 90 0 90 0 10 20 40 0 20 0 40 50 60"]
    clip = load(six(rows=rows))
    assert clip.joint_names == ["Hips", "Spine"]
    np.testing.assert_allclose(clip.root_pos, [[5, 90, 7], [6, 90, 7]])
    about_y = rotations.euler_to_rotmat([0, 0, 90], "ZXY", degrees=True)
    own = rotations.euler_to_rotmat([[10, 20, 30], [10, 20, 40]], "ZXY", degrees=True)
    np.testing.assert_allclose(clip.to_rotmat()[1][:, 0], about_y @ own, atol=1e-9)
    # a root that turns by itself, or has more to carry than the hips, stays
    assert load(six(rows=[rows[0], rows[1].replace("0 0 90", "0 0 80")])).joint_count == 3
    beside = "JOINT Prop { OFFSET 1 2 3 CHANNELS 3 Zrotation Xrotation Yrotation }\n"
    assert load(six(beside=beside, rows=[f"{row} 0 0 0" for row in rows])).joint_count == 4


def test_a_bone_that_changes_length_is_named(load):
    rows = ["0 0 0 0 0 0 1 95 2 10 20 30 0 20 0 40 50 60", "0 0 0 0 0 0 1 96 2 11 20 30 0 23 0 40 50 61"]
    with pytest.raises(ValueError, match="joint Spine moves off its OFFSET in frame 1 .by up to 3.. One joint"):
        load(six(rows=rows))


def test_a_moving_joint_beside_another_is_named(load):
    beside = "JOINT Prop { OFFSET 1 2 3 CHANNELS 3 Zrotation Xrotation Yrotation }\n"
    with pytest.raises(ValueError, match="joint Hips moves off its OFFSET in frame 0"):
        load(six(beside=beside, rows=["0 0 0 0 0 0 1 95 2 10 20 30 0 20 0 40 50 60 0 0 0"]))


def test_positions_of_zero_throughout_are_not_used(load):
    """The exporter fills in zeros: the bones do not lie in one place."""
    row = "5 95 7 0 0 90 0 0 0 10 20 30 0 0 0 40 50 60"
    with pytest.warns(UserWarning, match="take.bvh: the position channels of 2 joints, Hips and others, are 0 through"):
        clip = load(six(rows=[row, row]))
    plain = load(six(rows=[row.replace("0 0 0 10", "0 90 0 10").replace("0 0 0 40", "0 20 0 40")] * 2))
    assert clip.joint_names == ["Root", "Hips", "Spine"]
    np.testing.assert_allclose(clip.node_positions(), plain.node_positions())
    # a lone joint at its parent's place is there
    lone = load(six(rows=["5 95 7 0 0 90 0 0 0 10 20 30 0 20 0 40 50 60"]))
    assert lone.joint_names == ["Hips", "Spine"]
    np.testing.assert_allclose(lone.root_pos, [[5, 95, 7]])


@pytest.mark.parametrize("name", ["dash_normal_001", "walk_normal_002", "bow_active_001"])
def test_bandai_namcos_joints_stay_where_six_channels_put_them(real_data, name):
    path = real_data / f"bandai_namco/dataset-1_{name}.bvh"
    clip = load_bvh(path)
    assert clip.joint_count == 21
    header, motion = path.read_text().split("MOTION")
    parents, stack = {}, []
    words = header.split()
    for word, following in zip(words, words[1:], strict=False):
        if word in ("ROOT", "JOINT"):
            parents[following] = stack[-1] if stack else None
            stack.append(following)
        elif word == "End":
            stack.append("end")
        elif word == "}":
            stack.pop()
    values = np.loadtxt(motion.splitlines()[3:], ndmin=2).reshape(-1, 22, 6)
    placed = {}
    for (joint, parent), own in zip(parents.items(), values.swapaxes(0, 1), strict=True):
        turn = rotations.euler_to_rotmat(own[:, 3:], "ZXY", degrees=True)
        if parent is None:
            placed[joint] = own[:, :3], turn
        else:
            place, before = placed[parent]
            placed[joint] = place + np.einsum("tij,tj->ti", before, own[:, :3]), before @ turn
    expected = np.stack([placed[joint][0] for joint in clip.joint_names], axis=1)
    assert np.abs(clip.joint_positions() - expected).max() < 1e-3  # centimetres


# broken files


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "take.bvh is empty"),
        (b"\r\n \n", "take.bvh is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "binary file, not BVH text"),
        (b"; FBX 7.7.0 project file\n", "no BVH file: it starts with ';' where HIERARCHY must stand"),
        (HEAD, "no MOTION section: it was cut short"),
        (HEAD[:120], "no MOTION section: it was cut short"),
        (HEAD + "MOTION\n", "after MOTION must come 'Frames: N' and 'Frame Time: SECONDS'"),
        (BVH.replace("Frames: 2\n", ""), "after MOTION must come 'Frames: N'"),
        (BVH.replace(ROWS[1], ""), "says Frames: 2 but holds 1: it was cut short"),
        (BVH.replace(ROWS[0], "").replace(ROWS[1], ""), "says Frames: 2 but holds 0: it was cut short"),
        (BVH[:-8], r"line 20 .frame 1 of 2.: 5 numbers, where .* make 9: it was cut short"),
        (BVH.replace(ROWS[0], ROWS[0] + " 1"), r"line 19 .frame 0 of 2.: 10 numbers, where .* make 9$"),
        (BVH.replace("7 8\n", "7 8 1\n").replace("7 9\n", "7 9 1\n"), r"line 19 .frame 0 of 2.: 10 numbers"),
        (BVH.replace("Frames: 2", "Frames: 0"), r"has no frames .Frames: 0."),
        (BVH.replace("Frames: 2", "Frames: two"), "'Frames: two' and 'Frame Time: 0.0333333' are no numbers"),
        (BVH.replace("0.0333333", "0,0333333"), "'Frame Time: 0,0333333' are no numbers"),
        (BVH.replace("0.0333333", "0"), "frame time must be positive seconds, found 0"),
        (BVH.replace("0.0333333", "-0.03"), "frame time must be positive seconds, found -0.03"),
        (BVH.replace("0.0333333", "nan"), "frame time must be positive seconds, found nan"),
        (BVH.replace("7 9\n", "nan 9\n"), "Zrotation of joint Spine is nan in frame 1"),
        (BVH.replace("1.5 91", "inf 91"), "Xposition of joint Hips is inf in frame 1"),
        (BVH.replace("1.5 91", "1e30 91"), r"Xposition of joint Hips is 1e\+30 in frame 1: .*below 1e\+07"),
        (BVH.replace("1.5 91", "1,5 91"), "line 20 .frame 1.: '1,5' is no number"),
        (BVH.replace("1.5 91", "1_5 91"), "the motion cannot be read"),
        (BVH.replace("OFFSET 0 20 0", "OFFSET 0 1e30 0"), "line 8: the OFFSET of joint Spine needs 3 numbers below"),
        (BVH.replace("OFFSET 0 20 0", "OFFSET 0 nan 0"), "line 8: the OFFSET of joint Spine needs 3 numbers below"),
        (BVH.replace("OFFSET 0 20 0", "OFFSET 0 20"), "line 8: the OFFSET of joint Spine .* found '0 20 CHANNELS'"),
        (BVH.replace("    OFFSET 0 20 0\n", ""), r"line 13: joint Spine .line 6. has no OFFSET"),
        (BVH.replace("      OFFSET 0 30 0\n", ""), r"line 12: an End Site .line 10. has no OFFSET"),
        (BVH.replace("Yrotation Zrotation Xr", "Wrotation Zrotation Xr"), "line 9: unknown channel 'Wrotation' of j"),
        (BVH.replace("3 Yrotation Zrotation", "3 Zrotation"), "line 10: unknown channel 'End' of joint Spine"),
        (BVH.replace("3 Yrotation", "2 Yrotation"), "line 9: 'Xrotation' makes no sense here"),
        (BVH.replace("3 Yrotation Zr", "3 Xrotation Zr"), "line 9: the CHANNELS of joint Spine must be 3 different"),
        (BVH.replace("3 Yrotation", "three Yrotation"), "line 9: the CHANNELS of joint Spine needs 1 numbers"),
        (BVH.replace("JOINT Spine\n  {", "JOINT Spine\n"), "line 6: the '{' after JOINT Spine is missing"),
        (BVH.replace("End Site\n    {", "End Site\n"), "line 10: the '{' after End Site is missing"),
        (BVH.replace("ROOT Hips\n{", "ROOT Hips\n"), "line 2: the '{' after ROOT Hips is missing"),
        (BVH.replace("    }\n  }\n}", "    }\n  }"), "1 '}' missing before MOTION; the last block still open is Hips"),
        (BVH.replace("    }\n  }\n}", ""), "3 '}' missing before MOTION; the last block still open is End Site"),
        (BVH.replace("    }\n  }\n}", "    }\n  }\n}\n}"), "line 16: a '}' too many, or a '{' is missing above it"),
        (BVH.replace("ROOT Hips", "ROOT"), "line 2: a ROOT without a name"),
        (BVH.replace("MOTION", HEAD.replace("Hips", "Other")[10:] + "MOTION"), "a second root beside Hips .line 2.. A"),
        (BVH.replace("ROOT Hips", "JOINT Hips"), "line 2: JOINT Hips stands outside the ROOT's braces"),
        ("HIERARCHY\nMOTION\nFrames: 1\nFrame Time: 1\n1\n", "has no ROOT"),
    ],
)  # fmt: skip
def test_a_broken_file_says_what_and_where(load, content, message):
    with pytest.raises(ValueError, match=message) as raised:
        load(content)
    assert "take.bvh" in str(raised.value)


def test_no_file_and_a_folder_are_told_apart(tmp_path):
    with pytest.raises(FileNotFoundError, match="nothing.bvh is not there"):
        load_bvh(tmp_path / "nothing.bvh")
    with pytest.raises(ValueError, match="is a folder: name one .bvh file in it"):
        load_bvh(tmp_path)


# writing


def angle_between(one, two):
    """The largest angle between two clips' rotations, in degrees."""
    # from the matrices' difference: a trace near 3 would lose half the digits
    difference = np.linalg.norm(one.to_rotmat()[1] - two.to_rotmat()[1], axis=(-2, -1))
    return np.rad2deg(2 * np.arcsin(difference / np.sqrt(8))).max()


def test_real_clips_survive_a_round_trip(real_data, tmp_path):
    for path in sorted(real_data.glob("cmu_bvh/**/*.bvh")):
        clip = load_bvh(path)[::50]
        assert save_bvh(tmp_path / "out.bvh", clip) == tmp_path / "out.bvh"
        back = load_bvh(tmp_path / "out.bvh")
        theirs = pybvh.read_bvh_file(tmp_path / "out.bvh", world_up="+y")
        assert back == theirs
        assert back.matches_hierarchy(clip)
        assert back.euler_orders == clip.euler_orders
        assert back.frame_time == pytest.approx(clip.frame_time, rel=1e-9)
        assert angle_between(back, clip) < 1e-3
        assert np.abs(back.node_positions() - clip.node_positions()).max() < 1e-4


def test_saving_leaves_one_file_and_replaces_the_old(load, tmp_path):
    clip = load(BVH)
    (tmp_path / "out").mkdir()
    for frames in (clip, clip[:1]):
        save_bvh(tmp_path / "out" / "my take.bvh", frames)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["my take.bvh"]
    assert load_bvh(tmp_path / "out" / "my take.bvh").frame_count == 1


def test_a_save_that_fails_leaves_the_old_file(load, tmp_path, monkeypatch):
    clip = load(BVH)
    path = save_bvh(tmp_path / "out.bvh", clip)

    def full(*_, **__):
        raise OSError("no space left")

    monkeypatch.setattr(np, "savetxt", full)
    with pytest.raises(OSError, match="no space left"):
        save_bvh(path, clip[:1])
    assert load_bvh(path) == clip
    assert sorted(file.name for file in tmp_path.iterdir()) == ["out.bvh", "take.bvh"]


def test_what_cannot_be_saved_says_so(load, tmp_path):
    clip = load(BVH)
    for name in ("out.fbx", "out", "out.BVH"):
        with pytest.raises(ValueError, match=f"{name} must end in .bvh"):
            save_bvh(tmp_path / name, clip)
    with pytest.raises(FileNotFoundError, match="the folder .*none does not exist; make it first"):
        save_bvh(tmp_path / "none" / "out.bvh", clip)
    (tmp_path / "folder.bvh").mkdir()
    with pytest.raises(ValueError, match="a folder in .* has that name"):
        save_bvh(tmp_path / "folder.bvh", clip)
    with pytest.raises(ValueError, match="would have no frames"):
        save_bvh(tmp_path / "out.bvh", clip[:0])
    for value, where in ((np.nan, "nan"), (1e30, r"1e\+30")):
        broken = clip.copy()
        broken.root_pos = [[0, 0, 0], [0, value, 0]]
        with pytest.raises(ValueError, match=f"the root's position is {where} in frame 1: nothing was written"):
            save_bvh(tmp_path / "out.bvh", broken)
    broken = clip.copy()
    broken.joint_angles = [np.zeros((2, 3)), [[0, 0, 0], [0, np.inf, 0]]]
    with pytest.raises(ValueError, match="the rotation of Spine is inf in frame 1: nothing was written"):
        save_bvh(tmp_path / "out.bvh", broken)
    stopped = clip.copy()
    stopped.frame_time = 0
    with pytest.raises(ValueError, match="frame_time is 0 s: set it"):
        save_bvh(tmp_path / "out.bvh", stopped)
    renamed = clip.copy()
    renamed.nodes[1].name = "my spine"
    with pytest.raises(ValueError, match="joint 'my spine' has a space"):
        save_bvh(tmp_path / "out.bvh", renamed)
    assert not (tmp_path / "out.bvh").exists()
