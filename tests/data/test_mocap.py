"""Motion capture: the published tables' protocol to the digit, every file pinned, and a twin of the same shapes."""

import hashlib
import json
import re
import shutil
from importlib.resources import files

import numpy as np
import pytest

from animkit.data import mocap
from animkit.data.mocap import (
    CMU_JOINTS,
    CMU_OFFSETS,
    CMU_PARENTS,
    cmu_clip,
    cmu_positions,
    cmu_windows,
    load_bandai_namco,
    load_cmu_clips,
    load_cmu_mocap,
)
from animkit.data.twins.walkers import draw_walkers
from animkit.motion.clips import skeleton

# zero velocity at 2, 4, 8, 10 and 25 frames; washwindow's 14.747 was once printed as 14.8
ZERO_VELOCITY = {
    "basketball": (22.4, 42.4, 78.5, 94.3, 162.4),
    "jumping": (23.4, 44.1, 79.0, 93.2, 142.3),
    "running": (32.4, 61.9, 113.8, 135.8, 210.1),
    "soccer": (24.1, 46.0, 86.2, 104.2, 188.9),
    "walking": (18.9, 36.6, 69.9, 85.3, 165.2),
    "washwindow": (14.7, 28.5, 53.4, 64.0, 113.1),
}
WINDOWS = {"basketball": 255, "jumping": 1009, "running": 48, "soccer": 265, "walking": 146, "washwindow": 1343}


@pytest.fixture(scope="module")
def library():
    return draw_walkers()


@pytest.fixture(scope="module")
def twin(library):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mocap, "draw_walkers", lambda: library)
        return load_cmu_mocap(source="twin")


# the real data


def test_zero_velocity_has_the_published_errors(real_data):
    real = load_cmu_mocap(source="present")
    assert real.source == "real"
    assert list(real.test) == list(ZERO_VELOCITY)
    for action, (recording,) in real.test.items():
        windows = cmu_windows(cmu_positions(recording))
        assert windows.shape == (WINDOWS[action], 35, 38, 3)
        error = np.linalg.norm(windows[:, 10:] - windows[:, 9:10], axis=-1).mean(axis=(0, 2))
        assert tuple(error[[1, 3, 7, 9, 24]].round(1)) == ZERO_VELOCITY[action]


def test_real_recordings_are_those_of_the_benchmark(real_data):
    real = load_cmu_mocap(source="present")
    assert {action: len(recordings) for action, recordings in real.train.items()} == {
        "basketball": 5,
        "basketball_signal": 5,
        "directing_traffic": 2,
        "jumping": 5,
        "running": 5,
        "soccer": 5,
        "walking": 5,
    }
    for recordings in (*real.train.values(), *real.test.values()):
        for recording in recordings:
            assert recording.shape[1] == 117
            assert np.isfinite(recording).all()


def test_bandai_namcos_clips_share_one_skeleton(real_data):
    takes, source = load_bandai_namco(source="present")
    assert source == "real"
    assert len(takes) == 174
    assert len({take.name for take in takes}) == 174
    names, parents, offsets = skeleton(takes[0].clip)
    assert len(names) == 21
    assert names[0] == "Hips"
    for take in takes:
        assert take.name.startswith(f"dataset-1_{take.content}_{take.style}_")
        assert take.clip.fps == 30
        assert take.clip.world_up == "+y"
        others = skeleton(take.clip)
        assert others.names == names
        np.testing.assert_array_equal(others.parents, parents)
        np.testing.assert_allclose(
            others.offsets, offsets, atol=0.05
        )  # centimetres: the right knee of some is half a millimetre off


def test_contents_and_styles_choose(real_data):
    takes, _ = load_bandai_namco(source="present", contents=["walk", "run"], styles="proud")
    assert [(take.content, take.style) for take in takes] == [("run", "proud"), ("walk", "proud"), ("walk", "proud")]
    with pytest.raises(ValueError, match="contents must be some of bow, bye, .*; got 'swim'"):
        load_bandai_namco(source="present", contents=["walk", "swim"])
    with pytest.raises(ValueError, match="styles must be some of active, .*; got 'walk'"):
        load_bandai_namco(source="present", styles="walk")


def test_cmus_clips_keep_their_rates_and_orders(real_data):
    takes, source = load_cmu_clips(source="present")
    assert source == "real"
    assert [take.content for take in takes] == ["playground", "indian"] + ["martial"] * 4
    assert {take.clip.fps for take in takes} == {120}
    assert len({order for take in takes for order in take.clip.euler_orders}) > 1


def test_cmus_skeleton_is_the_databases(real_data):
    """Names and parents are those of the database's BVH clips, and the bones those of a person much like theirs."""
    clip = next(take.clip for take in load_cmu_clips(source="present")[0] if take.name == "01_01")
    names, parents, offsets = skeleton(clip)
    assert set(names) - set(CMU_JOINTS) <= {"LFingers", "RFingers"}
    for name, parent, offset in zip(names[1:], parents[1:], offsets[1:], strict=True):
        if name in CMU_JOINTS:
            j = CMU_JOINTS.index(name)
            assert CMU_JOINTS[CMU_PARENTS[j]] == names[parent]
            assert np.linalg.norm(CMU_OFFSETS[j] / 70 - offset) < 1


# files


def test_every_file_is_pinned_by_hash_and_commit():
    groups = json.loads(files("animkit.data").joinpath("mocap_files.json").read_text(encoding="utf-8"))
    count = {}
    for group in groups:
        assert set(group) == {"folder", "licence", "address", "sha256"}
        assert re.search(r"^https://raw.githubusercontent.com/[\w-]+/[\w-]+/[0-9a-f]{40}/.*/$", group["address"])
        count[group["folder"]] = count.get(group["folder"], 0) + len(group["sha256"])
        assert all(re.fullmatch("[0-9a-f]{64}", sha256) for sha256 in group["sha256"].values())
    assert count == {"bandai_namco": 174, "cmu_bvh": 6, "cmu_mocap": 38}


def test_the_files_here_are_the_pinned_ones(real_data):
    sources = {row["file"]: row["sha256"] for row in json.loads((real_data / "sources.json").read_text())["files"]}
    for group in json.loads(files("animkit.data").joinpath("mocap_files.json").read_text(encoding="utf-8")):
        for name, sha256 in group["sha256"].items():
            assert sources[f"{group['folder']}/{name}"] == sha256
    name = "cmu_bvh/martial/04.bvh"
    assert hashlib.sha256((real_data / name).read_bytes()).hexdigest() == sources[name]


def test_a_missing_file_names_the_twin(no_real_data, monkeypatch):
    def offline(*_, **__):
        raise OSError("no network")

    monkeypatch.setattr("pooch.retrieve", offline)
    for loader in (load_bandai_namco, load_cmu_clips, load_cmu_mocap):
        with pytest.raises(FileNotFoundError, match=rf"raw.githubusercontent.*{loader.__name__}\(source=\"twin\"\)"):
            loader()


def test_a_damaged_file_is_refused(real_data, no_real_data, monkeypatch, tmp_path):
    copy = tmp_path / "data"
    shutil.copytree(real_data / "cmu_bvh", copy / "cmu_bvh", copy_function=shutil.copyfile)
    (copy / "cmu_bvh/01_01.bvh").write_text("HIERARCHY\n")
    monkeypatch.setenv("ANIMKIT_DATA", str(copy))
    with pytest.raises(ValueError, match="01_01.bvh is damaged or another version: .*load_cmu_clips"):
        load_cmu_clips()


def test_source_is_one_of_three():
    for loader in (load_bandai_namco, load_cmu_clips, load_cmu_mocap):
        with pytest.raises(ValueError, match="source must be one of auto, present, twin; got 'web'"):
            loader(source="web")


# the twin


def test_without_files_the_walkers_come(no_real_data, library, monkeypatch):
    monkeypatch.setattr(mocap, "draw_walkers", lambda: library)
    takes, source = load_bandai_namco(source="present", contents="walk")
    assert source == "twin"
    assert {take.content for take in takes} == {"walk"}
    again, source = load_cmu_clips(source="present")
    assert source == "twin"
    assert [take[:3] for take in again] == [take[:3] for take in library]
    assert all(one.clip == other.clip for one, other in zip(again, library, strict=True))


def test_the_twin_has_the_recordings_shapes(twin):
    assert twin.source == "twin"
    assert set(twin.train) == set(twin.test)
    for action in twin.train:
        assert len(twin.train[action]) >= 3 * len(twin.test[action]) >= 3
        for recording in (*twin.train[action], *twin.test[action]):
            assert recording.shape[1] == 117
            assert np.isfinite(recording).all()
            assert len(cmu_windows(recording)) > 100
            joints = recording[:, 3:].reshape(-1, 38, 3)
            still = [j for j, name in enumerate(CMU_JOINTS) if re.search("End|Finger|Thumb|Index|HipJoint", name)]
            assert not joints[:, still].any()


def test_the_twins_limbs_point_where_the_walkers_do():
    clip = draw_walkers(clips=1, seconds=2)[0].clip
    placed = dict(zip(clip.joint_names, np.moveaxis(clip.joint_positions(), 1, 0), strict=True))
    hips = clip.to_rotmat()[1][:, 0]
    ours = dict(zip(CMU_JOINTS, np.moveaxis(cmu_positions(mocap._expmaps(clip)), 1, 0), strict=True))
    for top, end, ours_end in (
        ("LeftUpLeg", "LeftLeg", "LeftLeg"),
        ("RightLeg", "RightFoot", "RightFoot"),
        ("LeftFoot", "LeftToe", "LeftToeBase"),
        ("RightArm", "RightForeArm", "RightForeArm"),
        ("LeftForeArm", "LeftHand", "LeftHand"),
    ):
        theirs = np.einsum("tji,tj->ti", hips, placed[end] - placed[top])
        own = (ours[ours_end] - ours[top])[::4][: len(theirs)]  # 120 frames a second
        theirs, own = (v / np.linalg.norm(v, axis=-1, keepdims=True) for v in (theirs, own))
        np.testing.assert_allclose(own, theirs, atol=1e-6)


# positions and windows


def test_at_rest_joints_are_at_their_offsets():
    placed = cmu_positions(np.zeros((1, 117)))[0]
    assert len(CMU_JOINTS) == len(set(CMU_JOINTS)) == len(CMU_PARENTS) == 38
    for j, parent in enumerate(CMU_PARENTS):
        np.testing.assert_allclose(placed[j] - (placed[parent] if parent >= 0 else 0), CMU_OFFSETS[j], atol=1e-9)
    height = placed[CMU_JOINTS.index("HeadEnd"), 1] - placed[CMU_JOINTS.index("LeftToeBase"), 1]
    assert 1300 < height / 70 * 56.444 < 1700  # millimetres


def test_root_position_and_rotation_do_not_count():
    rng = np.random.default_rng(0)
    one = rng.normal(size=(4, 117))
    other = one.copy()
    other[:, :6] = rng.normal(size=(4, 6))
    np.testing.assert_array_equal(cmu_positions(one), cmu_positions(other))


@pytest.mark.parametrize("shape", [(117,), (5, 99), (2, 5, 117)])
def test_positions_need_117_columns(shape):
    with pytest.raises(ValueError, match=re.escape(f"CMU recordings are (frames, 117), got {shape}")):
        cmu_positions(np.zeros(shape))


def test_a_recording_becomes_a_clip_that_goes_where_it_went(twin):
    recording = next(iter(twin.train.values()))[0]
    clip = cmu_clip(recording)
    assert (clip.fps, clip.frame_count, clip.joint_count) == (pytest.approx(120), len(recording), 31)
    np.testing.assert_allclose(clip.root_pos, recording[:, :3], atol=1e-9)
    # with the root held still it is what the tables measure
    still = clip.to_rotmat()[1]
    still[:, 0] = np.eye(3)
    placed = clip.from_rotmat(0 * clip.root_pos, still).joint_positions()
    joints = [CMU_JOINTS.index(name) for name in clip.joint_names]
    np.testing.assert_allclose(70 * placed, cmu_positions(recording)[:, joints], atol=1e-3)
    with pytest.raises(ValueError, match="117"):
        cmu_clip(recording[:, :90])


def test_windows_are_every_start_of_every_second_row():
    windows = cmu_windows(np.arange(75)[:, None], past=2, future=3)
    assert windows.shape == (38 - 4, 5, 1)
    assert windows[0, :, 0].tolist() == [0, 2, 4, 6, 8]
    assert windows[-1, :, 0].tolist() == [66, 68, 70, 72, 74]
    assert cmu_windows(np.zeros((69, 38, 3))).shape == (1, 35, 38, 3)
    assert cmu_windows(np.zeros((68, 38, 3))).shape == (0, 35, 38, 3)
