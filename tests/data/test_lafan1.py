import contextlib
import zipfile

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from animkit.data import lafan1
from animkit.data.lafan1 import load_lafan1, load_lafan1_clips, training_positions
from animkit.metrics.motion import position_statistics
from animkit.motion.kinematics import forward_kinematics

OFFSETS = [[0, 0, 0], [0, 10, 0], [3, 0, 12]]
HIERARCHY = """HIERARCHY
ROOT Hips
{{
  OFFSET 200 90 -50
  CHANNELS 6 Xposition Yposition Zposition Zrotation Yrotation Xrotation
  JOINT Spine
  {{
    OFFSET 0 {length} 0
    CHANNELS 3 Zrotation Yrotation Xrotation
    JOINT Head
    {{
      OFFSET 3 0 12
      CHANNELS 3 Zrotation Yrotation Xrotation
      End Site
      {{
        OFFSET 0 5 0
      }}
    }}
  }}
}}
MOTION
Frames: {frames}
Frame Time: 0.033333
"""


def motion(seed, frames):
    """Rows of a BVH file: root position, then three turns a joint, degrees."""
    rng = np.random.default_rng(seed)
    steps = rng.normal(size=(frames, 12)) * [2, 0.1, 2, 3, 3, 3, 2, 2, 2, 2, 2, 2]
    return np.round(steps.cumsum(axis=0) + [0, 90, 0, 10, 20, 30, 0, 0, 0, 0, 0, 0], 4)


def bvh(rows, length=10):
    lines = "\n".join(" ".join(f"{value:.4f}" for value in row) for row in rows)
    return HIERARCHY.format(frames=len(rows), length=length) + lines + "\n"


FILES = {
    "walk1_subject1": 121,
    "run1_subject2": 80,
    "walk1_subject5": 147,
    "aiming2_subject5": 106,
    "jump_subject5": 65,
}


@pytest.fixture
def archive(tmp_path):
    path = tmp_path / "lafan1" / "lafan1.zip"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as file:
        for seed, (name, frames) in enumerate(FILES.items()):
            file.writestr(f"bvh/{name}.bvh", bvh(motion(seed, frames)))
        file.writestr("__MACOSX/bvh/._walk1_subject5.bvh", b"\x00\x05")
        file.writestr("license.txt", "words")
    return path


def by_hand(name, start, length):
    """One window, step by step: read, turn to matrices, centre on the mean, face +x at frame 9."""
    rows = motion(list(FILES).index(name), FILES[name])[start : start + length]
    root = rows[:, :3] - rows[:, :3].mean(axis=0) * [1, 0, 1]
    local = Rotation.from_euler("ZYX", rows[:, 3:].reshape(-1, 3), degrees=True).as_matrix().reshape(-1, 3, 3, 3)
    look = local[9, 0][:, 1] * [1, 0, 1]
    cos, _, minus_sin = look / np.linalg.norm(look)
    # this turn about y sends the look to +x
    turn = np.array([[cos, 0, minus_sin], [0, 1, 0], [-minus_sin, 0, cos]])
    assert turn @ look / np.linalg.norm(look) == pytest.approx([1, 0, 0])
    local[:, 0] = turn @ local[:, 0]
    return local, root @ turn.T


def test_test_windows_are_those_of_subject_5(archive):
    data = load_lafan1(archive)
    # a window needs a frame after it: 106 frames give 0 and 40, 147 give 0, 40 and 80, 65 give none
    assert data.takes == ("aiming2_subject5",) * 2 + ("walk1_subject5",) * 3
    assert data.rotations.shape == (5, 65, 3, 3, 3)
    assert data.root.shape == (5, 65, 3)
    assert (data.names, data.parents.tolist()) == (("Hips", "Spine", "Head"), [-1, 0, 1])
    for index, (name, start) in enumerate([("aiming2_subject5", 0), ("aiming2_subject5", 40), ("walk1_subject5", 0)]):
        rotations, root = by_hand(name, start, 65)
        np.testing.assert_allclose(data.rotations[index], rotations, atol=1e-5)
        np.testing.assert_allclose(data.root[index], root, atol=1e-4)


def test_statistics_are_of_the_training_subjects(archive):
    mean, std = position_statistics(training_positions(archive))
    windows = [("run1_subject2", 0), ("run1_subject2", 20)] + [("walk1_subject1", start) for start in (0, 20, 40, 60)]
    made = [
        forward_kinematics(*by_hand(name, start, 50), parents=[-1, 0, 1], offsets=OFFSETS)[0] for name, start in windows
    ]
    np.testing.assert_allclose(mean, np.mean(made, axis=(0, 1)), atol=1e-4)
    np.testing.assert_allclose(std, np.std(made, axis=(0, 1)), rtol=1e-5)


def test_the_archive_is_found_in_the_data_folder(archive, monkeypatch):
    monkeypatch.setenv("ANIMKIT_DATA", str(archive.parents[1]))
    assert len(load_lafan1(subjects=(1,), length=50, offset=20).root) == 4


def test_no_archive_says_where_to_get_it(no_real_data):
    with pytest.raises(FileNotFoundError, match=r"Download lafan1/lafan1\.zip from https://github\.com/ubisoft"):
        load_lafan1()
    with pytest.raises(FileNotFoundError, match="missing.zip"):
        load_lafan1(no_real_data / "missing.zip")


def test_what_is_no_archive_is_named(tmp_path):
    path = tmp_path / "lafan1.zip"
    path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\n")
    with pytest.raises(ValueError, match="Git LFS pointer"):
        load_lafan1(path)
    path.write_text("words")
    with pytest.raises(ValueError, match="no zip archive"):
        load_lafan1(path)
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("walk.bvh", "words")
    with pytest.raises(ValueError, match="no file named like walk1_subject5.bvh"):
        load_lafan1(path)


def test_refuses(archive):
    with pytest.raises(ValueError, match=r"nothing of subjects \[7\]; it has subjects \[1, 2, 5\]"):
        load_lafan1(archive, subjects=(7,))
    with pytest.raises(ValueError, match="no clip of subjects .* is longer than 200 frames"):
        load_lafan1(archive, length=200)
    with pytest.raises(ValueError, match="more than the 10 past frames"):
        load_lafan1(archive, length=10)
    with zipfile.ZipFile(archive, "a") as file:
        file.writestr("walk9_subject5.bvh", bvh(motion(9, 90), length=11))
    with pytest.raises(ValueError, match="walk9_subject5 has another skeleton than aiming2_subject5"):
        load_lafan1(archive)


PACKED = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]


@pytest.mark.parametrize("packing", PACKED)
def test_a_damaged_archive_is_one_error_that_names_it(tmp_path, packing):
    path = tmp_path / "lafan1.zip"
    with zipfile.ZipFile(path, "w", packing) as file:
        file.writestr("bvh/walk1_subject5.bvh", bvh(motion(0, 80)))
    whole, rng = path.read_bytes(), np.random.default_rng(packing)
    assert len(load_lafan1(path).root) == 1
    table = whole.rindex(b"PK\1\2")
    refused = 0
    for start, end in [(30, table)] * 15 + [(table, len(whole) - 6)] * 25 + [(0, 30)] * 10:
        damaged = bytearray(whole)
        damaged[rng.integers(start, end)] ^= 1 << rng.integers(8)
        path.write_bytes(damaged)
        with contextlib.suppress(ValueError):
            load_lafan1(path)
            continue
        refused += 1
        with pytest.raises(ValueError, match=f"{lafan1.ADDRESS}|has no file named like|has nothing of") as error:
            load_lafan1(path)
        assert str(error.value).startswith(str(path))
    assert refused > 25
    path.write_bytes(whole[: len(whole) // 2] + whole[table:])
    with pytest.raises(
        ValueError, match=r"is damaged, encrypted or packed in an unknown way .*download the archive again"
    ):
        load_lafan1(path)


@pytest.mark.parametrize(("at", "value"), [("flags", 1), ("flags", 64), ("packing", 99)])
def test_what_is_encrypted_or_packed_otherwise_is_named(archive, at, value):
    data = bytearray(archive.read_bytes())
    for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        start = -1
        while (start := data.find(signature, start + 1)) >= 0:
            data[start + offset + (2 if at == "packing" else 0)] = value
    archive.write_bytes(data)
    said = (
        r"lafan1\.zip: bvh/aiming2_subject5\.bvh is damaged, encrypted or packed in an unknown way .*or pack it again"
    )
    for load in (load_lafan1, lambda path: load_lafan1_clips(path, subjects=(5,)), lambda path: list(of_five(path))):
        with pytest.raises(ValueError, match=said):
            load(archive)


def of_five(path):
    return training_positions(path, subjects=(5,))


def test_what_unpacks_out_of_all_proportion_is_refused_before(tmp_path, monkeypatch):
    path = tmp_path / "lafan1.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("walk1_subject5.bvh", bytes(20_000_000))
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("it was unpacked"))
    with pytest.raises(
        ValueError, match="walk1_subject5.bvh would be 20,000,000 bytes unpacked from .* out of proport"
    ):
        load_lafan1(path)


@pytest.mark.parametrize("folder", ["../../", "/etc/", "C:\\windows\\", "x" * 300, "a/" * 200])
def test_a_name_in_an_archive_is_only_a_name(tmp_path, monkeypatch, folder):
    path = tmp_path / "lafan1.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(f"{folder}walk1_subject5.bvh", bvh(motion(0, 80)))
    (clip,) = load_lafan1_clips(path, subjects=(5,))
    assert clip.frame_count == 80
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(f"{folder}walk1_subject5.bvh", "HIERARCHY\n")
    with pytest.raises(ValueError, match=r"lafan1\.zip: .*subject5\.bvh has no MOTION"):
        load_lafan1_clips(path, subjects=(5,))


@pytest.mark.parametrize("loads", [load_lafan1, lambda path: load_lafan1_clips(path, subjects=(5,))])
def test_known_damaged_archives_say_what_to_do(cases, loads):
    archives = sorted(cases.glob("lafan_zip-*.zip"))
    assert archives
    for path in archives:
        with pytest.raises(
            ValueError, match="is damaged, encrypted or packed in an unknown way .*pack it again"
        ) as error:
            loads(path)
        assert str(error.value).startswith(str(path))
        assert "subject5.bvh" in str(error.value) or "table of contents" in str(error.value)


def test_a_known_archive_with_a_name_too_long_for_a_file_is_read(cases):
    for path in cases.glob("lafan_names-*.zip"):
        (clip,) = load_lafan1_clips(path, subjects=(5,))
        assert clip.frame_count == 12
