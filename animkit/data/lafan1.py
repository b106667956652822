"""LaFAN1, the in-betweening benchmark, for those who bring its `lafan1.zip`.

Ubisoft's licence (CC BY-NC-ND 4.0) lets everyone download the archive but nobody pass it on in another form, so it is
neither here nor downloaded. Windows, centring, facing and statistics are those of Ubisoft's evaluation code.
"""

import re
import tempfile
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

from animkit.data.lookup import folders
from animkit.motion.bvh import load_bvh
from animkit.motion.clips import skeleton
from animkit.motion.kinematics import forward_kinematics
from animkit.motion.windows import centre, face_forward, windows

ADDRESS = "https://github.com/ubisoft/ubisoft-laforge-animation-dataset"
TRAIN_SUBJECTS = (1, 2, 3, 4)
TEST_SUBJECTS = (5,)
TEST_WINDOWS = 2232  # of 65 frames, 40 apart, in the whole archive
PAST = 10  # frames known before a gap; the last of them decides where the character faces

LARGEST = 1 << 28  # bytes of one file unpacked, many times the longest clip's
MOST_TIMES = 200  # as large as packed; text of motion packs to a third or so

_FILE = "lafan1/lafan1.zip"
_UNREADABLE = (
    f"is damaged, encrypted or packed in an unknown way ({{}}): download the archive again from {ADDRESS}, or pack it "
    "again"
)
_NAME = re.compile(r"(.+)_subject(\d+)\.bvh", re.IGNORECASE)


class Lafan1(NamedTuple):
    """Windows of motion, centred and facing +x at their last past frame, centimetres, y up, 30 frames a second."""

    rotations: np.ndarray  # (windows, length, joints, 3, 3) float32, each relative to the parent
    root: np.ndarray  # (windows, length, 3) float32
    takes: tuple[str, ...]  # a window's file, such as "walk1_subject5"
    names: tuple[str, ...]  # (joints,)
    parents: np.ndarray  # (joints,), -1 for the root
    offsets: np.ndarray  # (joints, 3), cm


def load_lafan1(path=None, *, subjects=TEST_SUBJECTS, length=65, offset=40):
    """Load windows of LaFAN1; as they stand, the defaults are the benchmark's 2,232 test windows.

    Args:
        path: the archive, `lafan1.zip`; None for `lafan1/lafan1.zip` in the folder `ANIMKIT_DATA` or in the cache.
        subjects: numbers of the actors.
        length: frames in a window, more than `PAST`.
        offset: frames from one window to the next.

    Returns:
        Lafan1, takes in the order of their names.

    Raises:
        FileNotFoundError: there is no archive; the message says where to get it.
        ValueError: it is no LaFAN1 archive, is damaged, or has no window of these subjects.

    Source: Harvey et al. 2020, "Robust motion in-betweening".
    """
    made = list(_windows(path, subjects, length, offset))
    body = made[0][3]
    return Lafan1(
        rotations=np.concatenate([rotations.astype("float32") for _, rotations, _, _ in made]),
        root=np.concatenate([root.astype("float32") for _, _, root, _ in made]),
        takes=tuple(take for take, rotations, _, _ in made for _ in rotations),
        names=tuple(body.names),
        parents=body.parents,
        offsets=body.offsets,
    )


def training_positions(path=None, *, subjects=TRAIN_SUBJECTS, length=50, offset=20):
    """Give the global joint positions of the training windows, file by file, for `position_statistics`.

    Args:
        path: as for `load_lafan1`.
        subjects: numbers of the actors.
        length: frames in a window, more than `PAST`.
        offset: frames from one window to the next.

    Yields:
        (windows, length, joints, 3) cm, centred and facing +x as the test windows are.

    Raises:
        FileNotFoundError: there is no archive.
        ValueError: it is no LaFAN1 archive, is damaged, or has no window of these subjects.
    """
    for _, rotations, root, body in _windows(path, subjects, length, offset):
        yield forward_kinematics(rotations, root, parents=body.parents, offsets=body.offsets)[0]


def _windows(path, subjects, length, offset):
    """(take, rotations, root, skeleton) of each file that has a window."""
    if length <= PAST:
        raise ValueError(f"length must be more than the {PAST} past frames; got {length}")
    path, first, found = _archive(path), None, False
    for take, clip in _clips(path, subjects):
        body = skeleton(clip)
        if first is None:
            first = take, body
        elif body.names != first[1].names or not np.allclose(body.offsets[1:], first[1].offsets[1:], atol=1e-3):
            raise ValueError(f"{path}: {take} has another skeleton than {first[0]}: this is not LaFAN1 as published")
        root, rotations = clip.to_rotmat()
        rotations, root = windows(rotations, root, length=length, offset=offset)
        if len(root):
            found = True
            yield take, *_placed(rotations, root), first[1]
    if not found:
        raise ValueError(f"{path}: no clip of subjects {list(subjects)} is longer than {length} frames")


def _placed(rotations, root):
    # the benchmark centres on the mean over the window, gap included; LaFAN1's hips look along their own y
    return face_forward(rotations, centre(root), frame=PAST - 1, forward=(0, 1, 0), towards=(1, 0, 0))


def _archive(path):
    places = [Path(path)] if path is not None else [folder / _FILE for folder in folders()]
    for place in places:
        if place.is_file():
            return place
    raise FileNotFoundError(
        f"LaFAN1 is not here (looked for {' and '.join(map(str, places))}). Download lafan1/lafan1.zip from {ADDRESS} "
        "(CC BY-NC-ND 4.0) and give its path, or put it there. The walkers of "
        "animkit.data.twins.walkers need no download."
    )


def _opened(path):
    if not zipfile.is_zipfile(path):
        with path.open("rb") as file:
            pointer = file.read(40).startswith(b"version https://git-lfs")
        why = "is a Git LFS pointer: fetch the file itself (`git lfs pull`)" if pointer else "is no zip archive"
        raise ValueError(f"{path} {why}, or download it again from {ADDRESS}")
    try:
        return zipfile.ZipFile(path)
    except Exception as error:  # the library says damaged in many ways, from BadZipFile to NotImplementedError
        raise ValueError(f"{path}: its table of contents {_UNREADABLE.format(error)}") from error


def _clips(path, subjects):
    """(take, clip) of each file of these subjects."""
    with _opened(path) as archive, tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "clip.bvh"  # never a name out of the archive, which could lead anywhere
        for take, entry in _entries(archive, path, subjects):
            where = f"{path}: {_short(entry.filename)}"
            file.write_bytes(_unpacked(where, archive, entry))
            try:
                clip = load_bvh(file, up="y")
            except ValueError as error:
                raise ValueError(f"{where}{str(error).removeprefix(str(file))}") from error
            yield take, clip


def _unpacked(where, archive, entry):
    """The bytes of one file of an archive."""
    if entry.file_size > min(LARGEST, MOST_TIMES * entry.compress_size + 1_000_000):
        raise ValueError(
            f"{where} would be {entry.file_size:,} bytes unpacked from {entry.compress_size:,}, which no clip is: it "
            f"{_UNREADABLE.format('its size is out of proportion')}"
        )
    try:
        return archive.read(entry)
    except Exception as error:  # and so do its decompressors, from zlib.error to EOFError and RuntimeError
        raise ValueError(f"{where} {_UNREADABLE.format(error)}") from error


def _short(name):
    return name if len(name) <= 80 else f"{name[:40]}...{name[-30:]}"


def _entries(archive, path, subjects):
    takes = {}
    for entry in archive.infolist():
        name = _NAME.fullmatch(entry.filename.rsplit("/", 1)[-1])
        if name and not name[1].startswith("._"):
            takes[f"{name[1]}_subject{name[2]}"] = (int(name[2]), entry)
    if not takes:
        raise ValueError(f"{path} has no file named like walk1_subject5.bvh: it is not LaFAN1's archive")
    chosen = [(take, entry) for take, (subject, entry) in sorted(takes.items()) if subject in subjects]
    if not chosen:
        found = sorted({subject for subject, _ in takes.values()})
        raise ValueError(f"{path} has nothing of subjects {list(subjects)}; it has subjects {found}")
    return chosen


def load_lafan1_clips(path=None, *, subjects=TRAIN_SUBJECTS):
    """Load whole clips of LaFAN1, for training.

    Args:
        path: as for `load_lafan1`.
        subjects: numbers of the actors.

    Returns:
        list of pybvh.Bvh, by name.

    Raises:
        FileNotFoundError: there is no archive.
        ValueError: it is no LaFAN1 archive, is damaged, or has nothing of these subjects.
    """
    return [clip for _, clip in _clips(_archive(path), subjects)]
