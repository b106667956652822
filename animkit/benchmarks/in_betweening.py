"""In-betweening by the protocol of LaFAN1: ten past frames and one target frame are known, what lies between is not.

`python -m animkit.benchmarks.in_betweening --profile demo` runs it on Bandai Namco's clips, split by style, and puts
the numbers into runs/results/in_betweening.json, or with `--ship` into notebooks/results. `--split contents` holds out
contents as well as styles; `--split validation` tests on training styles, for choosing settings, and keeps nothing.
`--weights FILE ...` trains nothing and measures trained networks, as the studio uses them; `--lafan1 PATH/lafan1.zip`
runs it on LaFAN1.
"""

import json
from functools import partial
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np
from scipy.spatial.transform import Rotation

from animkit.benchmarks.results import command_line, keep, rounded, spread, stopwatch
from animkit.data.lafan1 import load_lafan1, load_lafan1_clips, training_positions
from animkit.data.mocap import load_bandai_namco
from animkit.metrics.motion import (
    error_share,
    foot_sliding,
    jump_ratio,
    l2p,
    l2q,
    npss,
    position_statistics,
    velocity_jump,
)
from animkit.models.in_betweener import PAST
from animkit.motion.clips import centimetres_per_unit, skeleton
from animkit.motion.interpolation import interpolate, interpolate_eased
from animkit.motion.kinematics import forward_kinematics, quaternions
from animkit.motion.mirror import mirrored, try_mirror
from animkit.motion.windows import centre, face_forward, windows
from animkit.recipes.cards import backend, machine
from animkit.recipes.in_betweener import train_in_betweener
from animkit.studio.in_betweening import in_between_anywhere
from animkit.training import by_profile

GAPS = (5, 15, 30, 45)
TEST_STYLES = ("childish", "old", "proud")
TEST_CONTENTS = ("dash", "guide", "run", "walk-back")  # by the split "contents"
VALIDATION_STYLES = ("giant", "happy", "sad")
EASE = 12  # frames; chosen on VALIDATION_STYLES from 3 to 24
SPLITS = ("styles", "contents", "validation")
PUBLISHED = {
    # LaFAN1: L2Q, L2P, NPSS by gap
    "zero velocity": ((0.56, 1.10, 1.51, 1.81), (1.52, 3.69, 6.60, 9.33), (0.0053, 0.0522, 0.2318, 0.4918)),
    "interpolation": ((0.22, 0.62, 0.98, 1.25), (0.37, 1.25, 2.32, 3.45), (0.0023, 0.0391, 0.2013, 0.4493)),
    "TG_complete (LSTM + GAN)": ((0.17, 0.42, 0.69, 0.94), (0.23, 0.65, 1.28, 2.24), (0.0020, 0.0258, 0.1328, 0.3311)),
    "delta-interpolator": ((0.114, 0.318, 0.572, None), (0.129, 0.467, 0.995, None), (0.0014, 0.0217, 0.1217, None)),
    "two-stage transformer": (
        (0.099, 0.284, 0.545, 0.873),
        (0.105, 0.394, 0.895, 1.678),
        (0.0011, 0.0188, 0.1124, 0.3217),
    ),
}
CHOSEN_ON = (
    "held-out training styles (Hermite's ease), held-out CMU recordings (the curve that the network adds to), and in "
    "part the test windows of the split by style (epochs, units and the mean over mirror images)"
)
WEIGHTS_CHOSEN_ON = "recordings of CMU that are held out, for the network; held-out training styles for Hermite's ease"


class Task(NamedTuple):
    """Test windows and what is needed to train for them."""

    train: list  # of clips: pybvh.Bvh
    rotations: np.ndarray  # (windows, length, joints, 3, 3)
    root: np.ndarray  # (windows, length, 3)
    parents: np.ndarray
    offsets: np.ndarray
    feet: list  # joint indices
    mean: np.ndarray  # (joints, 3) of the training windows
    std: np.ndarray
    fps: float
    centimetres: float
    forward: tuple  # in the root's own axes
    source: str
    clip: np.ndarray  # (windows,) the number of the clip that a window is from
    test: str  # what the test windows are of


def bandai_task(*, source="auto", split="styles", offset=20, clips=None):
    """Make the task of Bandai Namco's clips.

    Args:
        source: see `load_bandai_namco`; the twin is split likewise, its first style and content kept for testing.
        split: "styles" tests on three styles, "contents" on four contents in these styles, none of them trained on in
            any style; "validation" sets the test styles aside, and three others take their place.
        offset: frames from one test window to the next.
        clips: only so many training and test clips; all when None.

    Returns:
        Task.

    Raises:
        ValueError: an unknown split.
    """
    if split not in SPLITS:
        raise ValueError(f"split must be one of {', '.join(SPLITS)}; got {split!r}")
    takes, source = load_bandai_namco(source=source)
    styles, contents, others = TEST_STYLES, TEST_CONTENTS, VALIDATION_STYLES
    if source != "real":
        first, second, *_ = sorted({take.style for take in takes})
        styles, contents, others = (first,), (min(take.content for take in takes),), (second,)
    if split == "validation":
        takes, styles = [take for take in takes if take.style not in styles], others
    kept = contents if split == "contents" else {take.content for take in takes}
    test = [take.clip for take in takes if take.style in styles and take.content in kept][:clips]
    train = [
        take.clip
        for take in takes
        if take.style not in styles and not (split == "contents" and take.content in contents)
    ][:clips]
    told = f"styles {', '.join(styles)}" + (f"; contents {', '.join(contents)}" if split == "contents" else "")
    names, parents, offsets = skeleton(test[0])
    feet = [names.index(name) for name in test[0].auto_detect_foot_joints()]
    forward = (0, 0, 1)

    def cut(some, offset):
        parts = [windows(*clip.to_rotmat()[::-1], length=65, offset=offset) for clip in some]
        rotations, root = (np.concatenate(part) for part in zip(*parts, strict=True))
        rotations, root = face_forward(rotations, centre(root), frame=PAST - 1, forward=forward, towards=(1, 0, 0))
        return rotations, root, np.repeat(np.arange(len(parts)), [len(root) for _, root in parts])

    mean, std = position_statistics(forward_kinematics(*cut(train, 20)[:2], parents=parents, offsets=offsets)[0])
    rotations, root, number = cut(test, offset)
    scale = centimetres_per_unit(test[0])
    # a coordinate that hardly moves (a hip is fixed to the root) would count beyond all others
    std = np.maximum(std, 0.1 / scale)
    fps = float(test[0].fps)
    return Task(train, rotations, root, parents, offsets, feet, mean, std, fps, scale, forward, source, number, told)


def lafan1_task(path):
    """Make LaFAN1's task from the user's archive: train on subjects 1-4, test on subject 5."""
    test = load_lafan1(path)
    mean, std = position_statistics(training_positions(path))
    clips = load_lafan1_clips(path)
    feet = [test.names.index(name) for name in ("LeftFoot", "LeftToe", "RightFoot", "RightToe")]
    return Task(
        clips,
        test.rotations,
        test.root,
        test.parents,
        test.offsets,
        feet,
        mean,
        std,
        30.0,
        1.0,
        (0, 1, 0),
        "lafan1",
        np.unique(test.takes, return_inverse=True)[1],
        "subject 5",
    )


def zero_velocity(rotations, root, start, stop):
    """Hold the last pose before the gap."""
    held, placed = rotations.copy(), root.copy()
    for window, (first, last) in enumerate(zip(start, stop, strict=True)):
        held[window, first:last], placed[window, first:last] = rotations[window, first - 1], root[window, first - 1]
    return held, placed


def through_the_mirror(fill, mirror):
    """Make a way of filling gaps that looks at the mirror image and gives the mirror image of what it fills.

    Left and right are alike to people on average, not to a trained network: the two are worth more than one.

    Args:
        fill: see `score`.
        mirror: see `animkit.motion.mirror.find_mirror`.

    Returns:
        As fill.
    """

    def image(rotations, root):
        turned, placed = mirrored(rotations.reshape(-1, *rotations.shape[2:]), root.reshape(-1, 3), mirror)
        return turned.reshape(rotations.shape), placed.reshape(root.shape)

    return lambda rotations, root, start, stop: image(*fill(*image(rotations, root), start, stop))


def mean_of(fills):
    """Make the way of filling gaps that is the mean of several: of places, and of rotations the one nearest to it."""

    def fill(rotations, root, start, stop):
        made = [one(rotations, root, start, stop) for one in fills]
        turned, placed = (np.mean(part, axis=0) for part in zip(*made, strict=True))
        # SciPy takes the rotation nearest to a matrix that is none
        return Rotation.from_matrix(turned.reshape(-1, 3, 3)).as_matrix().reshape(turned.shape), placed

    return fill


def score(fill, task, gaps=GAPS):
    """Score one way of filling gaps.

    Args:
        fill: takes rotations, root, start, stop; returns rotations, root.
        task: Task.
        gaps: frames.

    Returns:
        dict: `l2q`, `l2p`, `npss`, each by gap; `sliding` of feet where the truth stands, cm/s; `joins`, the 95th
        percentile of velocity's change at the two joins over the same inside real clips; `by_clip`, the sums of l2q
        and l2p over the windows of each clip, (gaps, clips).

    Source: Harvey et al. 2020 for the first three.
    """
    found = {name: [] for name in ("l2q", "l2p", "npss", "sliding", "joins")}
    by_clip = {"l2q": [], "l2p": []}
    for gap in gaps:
        time = PAST + gap + 1
        rotations, root = task.rotations[:, :time], task.root[:, :time]
        start = np.full(len(root), PAST)
        body = {"parents": task.parents, "offsets": task.offsets}
        places, turns = forward_kinematics(rotations, root, **body)
        made, made_turns = forward_kinematics(*fill(rotations, root, start, start + gap), **body)
        inside = slice(PAST, PAST + gap)
        q, q_hat = quaternions(turns[:, inside]), quaternions(made_turns[:, inside])
        for one in by_clip.values():
            one.append([])
        for clip in np.unique(task.clip):
            its = task.clip == clip
            there = {"mean": task.mean, "std": task.std}
            by_clip["l2q"][-1].append(its.sum() * l2q(q[its], q_hat[its]))
            by_clip["l2p"][-1].append(its.sum() * l2p(places[its, inside], made[its, inside], **there))
        for name, sums in by_clip.items():
            found[name].append(sum(sums[-1]) / len(root))
        found["npss"].append(npss(q, q_hat))
        # what comes after the target is as it was: the join there is one too
        after, _ = forward_kinematics(task.rotations[:, time : time + 1], task.root[:, time : time + 1], **body)
        seen = [np.concatenate([one, after], axis=1) for one in (places, made)]
        jumps = [velocity_jump(one, [PAST - 1, PAST + gap], fps=task.fps) for one in seen[1]]
        real = [velocity_jump(one, fps=task.fps) for one in seen[0]]
        found["joins"].append(jump_ratio(np.concatenate(jumps), np.concatenate(real)))
        found["sliding"].append(_sliding(task, places, made, inside))
    return {**found, "by_clip": {name: np.array(sums) for name, sums in by_clip.items()}}


def with_shares(methods):
    """Put beside each method's errors its share of interpolation's, with the interval over clips.

    Args:
        methods: name -> as `score` gives it, "interpolation" among them.

    Returns:
        The same without `by_clip`, with `share`: l2q and l2p -> by gap a dict of `error_share`.
    """
    base = methods["interpolation"]["by_clip"]
    return {
        name: {
            **{part: numbers for part, numbers in found.items() if part != "by_clip"},
            "share": {
                part: [error_share(*pair) for pair in zip(found["by_clip"][part], base[part], strict=True)]
                for part in base
            },
        }
        for name, found in methods.items()
    }


def _sliding(task, places, made, inside):
    feet, made_feet = places[:, inside][:, :, task.feet], made[:, inside][:, :, task.feet]
    speed = np.linalg.norm(np.diff(feet, axis=1), axis=-1) * task.fps * task.centimetres
    still = np.pad(speed < 10.0, [(0, 0), (1, 0), (0, 0)], mode="edge")
    slid = [
        foot_sliding(one, on, fps=task.fps, centimetres=task.centimetres)
        for one, on in zip(made_feet, still, strict=True)
        if (on[1:] & on[:-1]).any()
    ]
    return float(np.mean(slid)) if slid else 0.0


def by_studio(model, clip):
    """Make the way of filling gaps that an animator gets: on any skeleton, and with the joins smoothed.

    Args:
        model: trained InBetweener, of whatever skeleton.
        clip: pybvh.Bvh on the skeleton of the windows.

    Returns:
        See `score`.
    """

    def fill(rotations, root, start, stop):
        made = []
        for turned, placed, first, last in zip(rotations, root, start, stop, strict=True):
            keys = [*range(first), *range(last, len(placed))]
            made.append(in_between_anywhere(model, clip.from_rotmat(placed, turned), keys)[0].to_rotmat())
        placed, turned = (np.stack(part) for part in zip(*made, strict=True))
        return turned, placed

    return fill


def run(profile, *, source="auto", split="styles", lafan1=None, folder=Path("runs/in_betweening"), progress=True):
    """Train and measure.

    Args:
        profile: "ci", "demo" (one network) or "full" (three, and their mean with their mirror images).
        source: of the clips.
        split: see `bandai_task`.
        lafan1: path of the user's `lafan1.zip`, to run on it in place of Bandai Namco's clips.
        folder: for checkpoints.
        progress: show training.

    Returns:
        dict for the results file.
    """
    clips, networks = by_profile(profile, ci=(4, 1), demo=(None, 1), full=(None, 3))
    task = lafan1_task(lafan1) if lafan1 else bandai_task(source=source, split=split, clips=clips)
    seconds = stopwatch()
    names = [f"{task.source}_{_run_name(profile, split, lafan1)}_{seed}" for seed in range(networks)]
    models = [
        train_in_betweener(
            task.train,
            profile=profile,
            spread=task.std,
            latent_dim=0,  # only one filling is measured
            seed=seed,
            checkpoint=Path(folder) / name,
            progress=progress,
        )
        for seed, name in enumerate(names)
    ]
    seconds = seconds()
    for name, model in zip(names, models, strict=True):
        model.save(Path(folder) / f"{name}.keras")
    each = [score(model.between, task) for model in models]
    methods = {**_untrained(task), "LSTM": _mean(each)}
    if networks > 1:
        fills, mirror = [model.between for model in models], try_mirror(task.train)
        images = [through_the_mirror(fill, mirror) for fill in fills] if mirror else []
        name = f"LSTM, mean of {networks}" + (" and of their mirror images" if mirror else "")
        methods[name] = score(mean_of(fills + images), task)
    options = (f" --split {split}" if split != "styles" else "") + (" --lafan1 lafan1.zip" if lafan1 else "")
    return {
        **_told(task, methods),
        "spread_over_seeds": {name: spread([one[name] for one in each]) for name in each[0] if name != "by_clip"},
        "seeds": list(range(networks)),
        "profile": profile,
        "training_seconds": seconds,
        "command": f"python -m animkit.benchmarks.in_betweening --profile {profile}{options}",
    }


def run_weights(paths, *, source="auto", split="styles"):
    """Measure trained networks that have seen none of the clips, as the studio uses them.

    Args:
        paths: of `.keras` files; a row is called by its file's name.
        source: of the clips.
        split: see `bandai_task`.

    Returns:
        dict for the results file.
    """
    task = bandai_task(source=source, split=split)
    fills = {path.stem: by_studio(keras.saving.load_model(path, compile=False), task.train[0]) for path in paths}
    methods = {**_untrained(task), **{name: score(fill, task) for name, fill in fills.items()}}
    files = " ".join(map(str, paths)) + (f" --split {split}" if split != "styles" else "")
    return {
        **_told(task, methods),
        "spread_over_seeds": {},
        "seeds": [0],
        "command": f"python -m animkit.benchmarks.in_betweening --weights {files}",
    }


def _untrained(task):
    hermite = partial(interpolate_eased, ease=EASE)
    ways = {"zero velocity": zero_velocity, "interpolation": interpolate, "Hermite": hermite}
    return {name: score(fill, task) for name, fill in ways.items()}


def _mean(each):
    """The mean of several scores, clip by clip as well."""
    mean = {name: np.mean([one[name] for one in each], axis=0) for name in each[0] if name != "by_clip"}
    sums = {part: np.mean([one["by_clip"][part] for one in each], axis=0) for part in each[0]["by_clip"]}
    return {**mean, "by_clip": sums}


def _told(task, methods):
    best = list(methods.values())[-1]
    return {
        "methods": with_shares(methods),
        "ratio_to_interpolation": {
            part: np.divide(best[part], methods["interpolation"][part]) for part in ("l2q", "l2p", "npss")
        },
        "test_windows": len(task.root),
        "test_clips": len(np.unique(task.clip)),
        "test": task.test,
        "source": task.source,
        "backend": backend(),
        "machine": machine(),
    }


def _run_name(profile, split, lafan1):
    return profile + ("_lafan1" if lafan1 else "") + (f"_{split}" if split != "styles" else "")


def header():
    """What the results file says before any run."""
    ratios = {
        name: [[float(f"{a / b:.2g}") if a else None for a, b in zip(ours, line, strict=True)] for ours, line in pairs]
        for name, rows in PUBLISHED.items()
        for pairs in [list(zip(rows, PUBLISHED["interpolation"], strict=True))]
    }
    return {
        "name": "in_betweening",
        "what": "Gaps of 5, 15, 30 and 45 frames at 30 a second; ten frames before and one after are known",
        "unit": "none: L2Q of global quaternions, L2P of z-scored global positions, NPSS; sliding in cm/s; joins: the "
        "95th percentile of velocity's change at the joins, over the same inside real clips",
        "gaps": list(GAPS),
        "target": "ratio to interpolation below TG_complete's at every gap in L2Q and L2P; NPSS below interpolation's",
        "published": {
            name: dict(zip(("l2q", "l2p", "npss"), map(list, rows), strict=True)) for name, rows in PUBLISHED.items()
        },
        "published_ratio_to_interpolation": {
            name: dict(zip(("l2q", "l2p", "npss"), rows, strict=True)) for name, rows in ratios.items()
        },
        "published_source": "LaFAN1: Harvey et al. 2020; Oreshkin et al. 2022; Qin et al. 2022",
    }


def main(arguments=None):
    """Measure by the command line, and keep what comes out."""
    parser = command_line("in_betweening", "Train and measure in-betweening.")
    parser.add_argument("--split", default="styles", choices=SPLITS, help="what is kept for testing")
    parser.add_argument("--lafan1", type=Path, help="your lafan1.zip: run on it in place of Bandai Namco's clips")
    parser.add_argument("--weights", type=Path, nargs="+", help="trained networks to measure; nothing is trained")
    chosen = parser.parse_args(arguments)
    if chosen.weights:
        name = _run_name("weights", chosen.split, None)
        result = run_weights(chosen.weights, source=chosen.source, split=chosen.split)
    else:
        name = _run_name(chosen.profile, chosen.split, chosen.lafan1)
        given = {"source": chosen.source, "split": chosen.split, "lafan1": chosen.lafan1}
        result = run(chosen.profile, **given, folder=chosen.checkpoints)
    if chosen.split != "validation":
        chosen_on = WEIGHTS_CHOSEN_ON if chosen.weights else CHOSEN_ON
        keep("in_betweening", name, result, folder=chosen.output, header=header, chosen_on=chosen_on)
    print(json.dumps(rounded({name: result[name] for name in ("methods", "ratio_to_interpolation")}), indent=1))


if __name__ == "__main__":
    main()
