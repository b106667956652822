"""Motion capture: Bandai Namco's styles, CMU's clips and exponential maps, and the walkers that stand in for them.

The procedural twin is drawn by `animkit.data.twins.walkers`. CMU asks for these words: "The data used in this project
was obtained from mocap.cs.cmu.edu. The database was created with funding from NSF EIA-0196217." Bandai Namco's clips
are CC BY-NC 4.0: fit for benchmarks, but weights trained on them are not for shipping.
"""

import json
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from scipy.spatial.transform import Rotation

from animkit.data.lookup import find, wants_twin
from animkit.data.twins.walkers import draw_walkers
from animkit.motion.bvh import load_bvh
from animkit.motion.clips import (
    CMU_UNIT,
    Node,
    Take,
    centimetres_per_unit,
    global_pose,
    make_clip,
    resample,
    skeleton,
)
from animkit.motion.kinematics import forward_kinematics

# name, parent, offset in the database's unit; the names are those of the database's BVH files, ends added
_CMU = (
    ("Hips", -1, 0, 0, 0),
    ("LHipJoint", 0, 0, 0, 0),
    ("LeftUpLeg", 1, 1.65674, -1.80282, 0.62477),
    ("LeftLeg", 2, 2.5972, -7.13576, 0),
    ("LeftFoot", 3, 2.49236, -6.8477, 0),
    ("LeftToeBase", 4, 0.19704, -0.54136, 2.14581),
    ("LeftToeEnd", 5, 0, 0, 1.11249),
    ("RHipJoint", 0, 0, 0, 0),
    ("RightUpLeg", 7, -1.6107, -1.80282, 0.62476),
    ("RightLeg", 8, -2.59502, -7.12977, 0),
    ("RightFoot", 9, -2.4678, -6.78024, 0),
    ("RightToeBase", 10, -0.23024, -0.63258, 2.13368),
    ("RightToeEnd", 11, 0, 0, 1.11569),
    ("LowerBack", 0, 0, 0, 0),
    ("Spine", 13, 0.01961, 2.0545, -0.14112),
    ("Spine1", 14, 0.01021, 2.06436, -0.05921),
    ("Neck", 15, 0, 0, 0),
    ("Neck1", 16, 0.00713, 1.56711, 0.14968),
    ("Head", 17, 0.03429, 1.56041, -0.10006),
    ("HeadEnd", 18, 0.01305, 1.6256, -0.05265),
    ("LeftShoulder", 15, 0, 0, 0),
    ("LeftArm", 20, 3.54205, 0.90436, -0.17364),
    ("LeftForeArm", 21, 4.86513, 0, 0),
    ("LeftHand", 22, 3.35554, 0, 0),
    ("LeftFingerBase", 23, 0, 0, 0),
    ("LeftHandIndex1", 24, 0.66117, 0, 0),
    ("LeftHandEnd", 25, 0.53306, 0, 0),
    ("LThumb", 23, 0, 0, 0),
    ("LThumbEnd", 27, 0.5412, 0, 0.5412),
    ("RightShoulder", 15, 0, 0, 0),
    ("RightArm", 29, -3.49802, 0.75994, -0.32616),
    ("RightForeArm", 30, -5.02649, 0, 0),
    ("RightHand", 31, -3.36431, 0, 0),
    ("RightFingerBase", 32, 0, 0, 0),
    ("RightHandIndex1", 33, -0.73041, 0, 0),
    ("RightHandEnd", 34, -0.58887, 0, 0),
    ("RThumb", 32, 0, 0, 0),
    ("RThumbEnd", 36, -0.59786, 0, 0.59786),
)
CMU_JOINTS = tuple(row[0] for row in _CMU)
CMU_PARENTS = np.array([row[1] for row in _CMU])
CMU_OFFSETS = 70 * np.array([row[2:] for row in _CMU], float)  # the tables' "mm"; 56.444 would make true millimetres

# walkers' joints for CMU's; the other joints of CMU keep their rest rotation
_WALKERS_FOR_CMU = {
    **{name: name for name in ("Hips", "Neck", "Head")},
    **{
        f"{side}{part}": f"{side}{part}"
        for side in ("Left", "Right")
        for part in ("UpLeg", "Leg", "Foot", "Shoulder", "Arm", "ForeArm", "Hand")
    },
    **{"LowerBack": "Spine", "Spine": "Spine1", "Spine1": "Spine2"},
    **{"LeftToeBase": "LeftToe", "RightToeBase": "RightToe"},
}


class CmuMocap(NamedTuple):
    """CMU's recordings as 117 columns: root position, then exponential maps of the root and the 37 joints below it."""

    train: dict[str, list[np.ndarray]]  # action -> recordings (frames, 117) float64, as recorded (about 120 Hz)
    test: dict[str, list[np.ndarray]]
    source: str  # "real" or "twin"


def load_bandai_namco(*, source="auto", contents=None, styles=None):
    """Load Bandai Namco's motion dataset 1, or its procedural twin.

    Args:
        source: "auto" for the real clips (folder, cache, download), "present" for the real clips if they are already
            here and the twin otherwise, "twin" for the twin.
        contents: names of contents to load, such as `("walk", "run")`; all if None. The twin's are the walkers' gaits.
        styles: names of styles to load; all if None.

    Returns:
        The takes, by name, and "real" or "twin". The 174 real clips have 21 joints (the still `joint_Root` above the
        hips is worked into them), 30 frames a second and centimetres; the twin's are `drawdraw_walkers()`.

    Raises:
        ValueError: `source` is none of the three, no clip has one of the contents or styles, or a file has another
            hash.
        FileNotFoundError: a file is neither here nor to be had.

    Source: Kobayashi et al., "Motion Capture Dataset for Practical Use of AI-based Motion Editing and Stylization"
    (2023); CC BY-NC 4.0.
    """
    names = _files("bandai_namco")
    if wants_twin(source, *names):
        return _chosen(draw_walkers(), contents, styles), "twin"
    takes = []
    for name in names:
        stem = name.rsplit("/", 1)[1].removesuffix(".bvh")
        _, content, style, _ = stem.split("_")
        takes.append(Take(stem, content, style, name))
    return [
        take._replace(clip=load_bvh(_found(take.clip, "load_bandai_namco")))
        for take in _chosen(takes, contents, styles)
    ], "real"


def load_cmu_clips(*, source="auto"):
    """Load six clips of the CMU database as BVH (martial arts, an Indian dance, a playground), or the walkers.

    Args:
        source: "auto", "present" or "twin", as for `load_bandai_namco`.

    Returns:
        The takes, by name, and "real" or "twin". The real clips keep their 120 frames a second, their units (five are
        in centimetres, one in the database's 5.644 cm) and their mixed Euler orders.

    Raises:
        ValueError: `source` is none of the three, or a file has another hash.
        FileNotFoundError: a file is neither here nor to be had.

    Source: CMU Graphics Lab Motion Capture Database, mocap.cs.cmu.edu.
    """
    names = _files("cmu_bvh")
    if wants_twin(source, *names):
        return draw_walkers(), "twin"
    takes = []
    for name in names:
        stem = name.removeprefix("cmu_bvh/").removesuffix(".bvh")
        content = stem.rsplit("/", 1)[0] if "/" in stem else "playground"
        takes.append(Take(stem, content, "", load_bvh(_found(name, "load_cmu_clips"))))
    return takes, "real"


def load_cmu_mocap(*, source="auto"):
    """Load the CMU recordings of the motion-prediction benchmark, or their procedural twin.

    Args:
        source: "auto", "present" or "twin", as for `load_bandai_namco`.

    Returns:
        CmuMocap. Of the benchmark's training set the action washwindow and three recordings of directing_traffic are
        missing; six actions have a test recording. The twin is the walkers' clips on CMU's skeleton at 120 frames a
        second, gaits as actions and every fifth clip of a gait for testing; fingers and thumbs stay at rest.

    Raises:
        ValueError: `source` is none of the three, or a file has another hash.
        FileNotFoundError: a file is neither here nor to be had.

    Source: Li et al., "Convolutional Sequence to Sequence Model for Human Dynamics" (2018), whose files these are.
    """
    names = _files("cmu_mocap")
    parts = {"train": {}, "test": {}}
    if wants_twin(source, *names):
        for take in draw_walkers():
            recordings = parts["train"].setdefault(take.content, [])
            held = parts["test"].setdefault(take.content, [])
            (held if (len(recordings) + len(held)) % 5 == 4 else recordings).append(_expmaps(take.clip))
        return CmuMocap(**parts, source="twin")
    for name in names:
        _, part, action, _ = name.split("/")
        path = _found(name, "load_cmu_mocap")
        parts[part].setdefault(action, []).append(np.loadtxt(path, delimiter=",", ndmin=2))
    return CmuMocap(**parts, source="real")


def cmu_positions(expmaps):
    """Place the joints of CMU recordings as the published tables do: root position and root rotation zeroed.

    Args:
        expmaps: (frames, 117) root position and exponential maps.

    Returns:
        (frames, 38, 3) positions in the tables' "mm" (the database's unit times 70), in the order CMU_JOINTS.

    Raises:
        ValueError: there are not 117 columns.

    Source: the evaluation of Mao et al., "Learning Trajectory Dependencies for Human Motion Prediction" (2019), and
    those before it.
    """
    local = _local(expmaps)
    local[:, 0] = np.eye(3)
    return forward_kinematics(local, np.zeros((len(local), 3)), parents=CMU_PARENTS, offsets=CMU_OFFSETS)[0]


def cmu_clip(expmaps):
    """Make a clip of a CMU recording, where it went and as it turned.

    Args:
        expmaps: (frames, 117) root position and exponential maps, as recorded.

    Returns:
        pybvh.Bvh on the skeleton of CMU_JOINTS, in the database's unit of 5.644 cm, 120 frames a second.

    Raises:
        ValueError: there are not 117 columns.
    """
    local = _local(expmaps)
    ends = [name.endswith("End") for name in CMU_JOINTS]
    nodes = [
        Node(name, parent, offset, "" if end else "ZYX")
        for name, parent, offset, end in zip(CMU_JOINTS, CMU_PARENTS, CMU_OFFSETS / 70, ends, strict=True)
    ]
    return make_clip(nodes, np.asarray(expmaps)[:, :3], local[:, ~np.array(ends)], frame_time=1 / 120)


def cmu_windows(recording, *, past=10, future=25):
    """Cut the windows of the published tables out of a recording: every second row, every start.

    Args:
        recording: (frames, ...) positions or exponential maps, as recorded.
        past: frames that a model sees.
        future: frames that it predicts.

    Returns:
        (windows, past + future, ...), a view; the last `future` frames are the ones to be predicted.
    """
    halved = np.asarray(recording)[::2]
    if len(halved) < past + future:
        return np.empty((0, past + future, *halved.shape[1:]))
    windows = np.lib.stride_tricks.sliding_window_view(halved, past + future, axis=0)
    return np.moveaxis(windows, -1, 1)


def _files(folder):
    """The files of a dataset, by name."""
    return sorted(f"{folder}/{name}" for group in _groups() if group["folder"] == folder for name in group["sha256"])


def _found(file, loader):
    """The path of one of the files."""
    folder, name = file.split("/", 1)
    group = next(group for group in _groups() if group["folder"] == folder and name in group["sha256"])
    return find(file, url=group["address"] + name, sha256=group["sha256"][name], twin=f'{loader}(source="twin")')


def _groups():
    return json.loads(files("animkit.data").joinpath("mocap_files.json").read_text(encoding="utf-8"))


def _chosen(takes, contents, styles):
    contents, styles = ((one,) if isinstance(one, str) else one for one in (contents, styles))
    for what, wanted, there in (
        ("contents", contents, {take.content for take in takes}),
        ("styles", styles, {take.style for take in takes}),
    ):
        unknown = sorted(set(wanted or ()) - there)
        if unknown:
            raise ValueError(f"{what} must be some of {', '.join(sorted(there))}; got {', '.join(map(repr, unknown))}")
    return [
        take
        for take in takes
        if (contents is None or take.content in contents) and (styles is None or take.style in styles)
    ]


def _local(expmaps):
    """Rotations (frames, 38, 3, 3) of a recording, relative to the parent."""
    expmaps = np.asarray(expmaps, float)
    if expmaps.ndim != 2 or expmaps.shape[1] != 117:
        raise ValueError(f"CMU recordings are (frames, 117), got {expmaps.shape}")
    # the files' maps turn row vectors, so that a column vector is turned the other way round
    return Rotation.from_rotvec(-expmaps[:, 3:].reshape(-1, 3)).as_matrix().reshape(-1, 38, 3, 3)


def _expmaps(clip):
    """A walker's clip as CMU's 117 columns, (frames, 117) at 120 frames a second."""
    clip = resample(clip, 120)
    names, parents, offsets = skeleton(clip)
    _, turned = global_pose(clip)
    made = np.empty((clip.frame_count, 38, 3, 3))
    expmaps = np.zeros((clip.frame_count, 117))
    for j, (name, parent) in enumerate(zip(CMU_JOINTS, CMU_PARENTS, strict=True)):
        before = made[:, parent] if parent >= 0 else np.broadcast_to(np.eye(3), (clip.frame_count, 3, 3))
        made[:, j] = before
        if name not in _WALKERS_FOR_CMU:  # it stays at rest
            continue
        walker = names.index(_WALKERS_FOR_CMU[name])
        made[:, j] = turned[:, walker]
        if name.endswith(("Leg", "Foot")):  # CMU's legs are spread at rest
            (child,) = np.flatnonzero(parents == walker)
            ours, theirs = CMU_OFFSETS[j + 1], offsets[child]
            made[:, j] = turned[:, walker] @ Rotation.align_vectors(theirs[None], ours[None])[0].as_matrix()
        relative = np.swapaxes(before, 1, 2) @ made[:, j]
        expmaps[:, 3 * j + 3 : 3 * j + 6] = -Rotation.from_matrix(relative).as_rotvec()
    expmaps[:, :3] = clip.root_pos * centimetres_per_unit(clip) / CMU_UNIT
    return expmaps
