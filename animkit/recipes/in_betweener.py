"""Train an in-betweener on clips of one skeleton, the user's own or a dataset's."""

import time

import keras
import numpy as np

from animkit.data.mocap import cmu_clip, load_cmu_clips, load_cmu_mocap
from animkit.data.twins.walkers import walker
from animkit.metrics.motion import position_statistics
from animkit.models.in_betweener import PAST, GapBatches, InBetweener
from animkit.motion.clips import Take, find_across, resample, skeleton
from animkit.motion.foot_lock import foot_joints
from animkit.motion.interpolation import (
    gaps_between,
    interpolate_eased,
    interpolate_smoothly,
    interpolate_straight,
    with_keys,
)
from animkit.motion.kinematics import forward_kinematics
from animkit.motion.mirror import mirrored, try_mirror
from animkit.motion.retarget import retarget
from animkit.motion.windows import centre, face_forward, windows
from animkit.recipes.cards import card
from animkit.recipes.generator import motion_takes
from animkit.recipes.schedules import cosine_decay
from animkit.studio.familiar import seen_in
from animkit.studio.in_betweening import FPS, compare, in_between
from animkit.training import by_profile, train

GAPS = (5, 10, 15, 20, 30, 45)
LONG_GAPS = (4, 8, 15, 25, 40, 60)  # of the weights that ship
PACES = ((1.0, 0.0), (1.0, 0.5), (1.25, 0.0), (0.8, 0.0))  # how much faster, and which of the frames between
STANDING = ("basketball_signal", "directing_traffic")
HELD_OUT = "martial/04"


def train_in_betweener(
    clips,
    *,
    profile="demo",
    epochs=None,
    units=None,
    spread=None,
    gaps=None,
    after=(1,),
    latent_dim=8,
    adversarial=0.0,
    begin=None,
    seed=0,
    checkpoint=None,
    progress=True,
):
    """Train a network to fill gaps.

    Args:
        clips: list of pybvh.Bvh of one skeleton; those of another frame rate are resampled.
        profile: "ci" (gaps of 15 frames alone), "demo" (about five minutes on two cores) or "full".
        epochs: of 100 batches (2 at "ci"); the profile's when None.
        units: of the LSTM; the profile's when None.
        spread: (joints, 3) standard deviations by which errors of position are divided; from the clips when None.
        gaps: their lengths in frames at 30 a second, at most 45 of them without this; a batch has one of them.
        after: known frames after a gap; a batch has one of these numbers.
        latent_dim: numbers that tell one way to fill a gap from another; 0 for one way only.
        adversarial: weight of the adversarial term.
        begin: a trained InBetweener of the same skeleton and size of network: its layers are where training begins, all
            but the last, which begins from zero.
        seed: of weights and windows.
        checkpoint: folder for the state, from which an interrupted training goes on; None keeps none.
        progress: show it.

    Returns:
        InBetweener.

    Raises:
        ValueError: when clips differ in skeleton, none is long enough, or hips and feet cannot be found.
    """
    first = clips[0]
    names, parents, offsets = skeleton(first)
    size = first.skeleton_size(foot_joints(first))
    for number, clip in enumerate(clips):
        other = skeleton(clip)
        # the root's own offset is where a file's character stands at rest: any will do
        if other.names != names or np.abs(other.offsets - offsets)[1:].max() > 0.01 * size:
            raise ValueError(f"clip {number} has another skeleton than clip 0: bring all clips onto one first")
    keras.utils.set_random_seed(seed)
    moves = [resample(clip, FPS).to_rotmat()[::-1] for clip in clips]
    mirror = try_mirror(clips)  # one-sided rigs are learned as they are
    if mirror is not None:
        moves += [mirrored(rotations, root, mirror) for rotations, root in moves]
    if spread is None:
        spread = _spread(moves, parents, offsets)
    epochs = epochs or by_profile(profile, ci=1, demo=20, full=120)
    steps = by_profile(profile, ci=2, demo=100, full=100)
    across = find_across(first)
    model = InBetweener(
        names,
        parents,
        offsets,
        size=size,
        across=across,
        spread=spread / np.mean(spread),
        units=units or by_profile(profile, ci=32, demo=128, full=128),
        latent_dim=latent_dim,
        adversarial=adversarial,
    )
    # every length of window is compiled anew, which takes most of a training at ci
    gaps = gaps or by_profile(profile, ci=(15,), demo=GAPS, full=GAPS)
    data = GapBatches(moves, across=across, gaps=gaps, after=after, steps=steps, seed=seed)
    if begin is not None:
        last = model.write.get_weights()
        model.set_weights(begin.get_weights())
        model.write.set_weights(last)
    rate = cosine_decay(2e-3 if begin is None else 1.5e-3, epochs * steps, last=0.02)
    model.compile(keras.optimizers.AdamW(rate, weight_decay=1e-4, clipnorm=1.0))
    train(model, data, epochs=epochs, checkpoint=checkpoint, progress=progress)
    model.seen = seen_in(clips, gaps)
    return model


def _spread(moves, parents, offsets):
    cut = [windows(rotations, root, length=PAST + 45, offset=20) for rotations, root in moves]
    rotations, root = (np.concatenate(part) for part in zip(*cut, strict=True))
    if not len(root):
        raise ValueError(f"no clip has more than {PAST + 45} frames at {FPS:.0f} a second: bring longer ones")
    rotations, root = face_forward(rotations, centre(root), frame=PAST - 1)
    _, std = position_statistics(forward_kinematics(rotations, root, parents=parents, offsets=offsets)[0])
    # a coordinate that hardly moves would count beyond all others
    return np.maximum(std, 0.05 * std.max())


def cmu_recordings(*, source="auto"):
    """Gather CMU's recordings: walks, runs, jumps, soccer, basketball, a playground, a dance and martial arts.

    Args:
        source: "auto", "present" or "twin", as for `animkit.data.mocap.load_cmu_mocap`.

    Returns:
        Takes to learn from and takes that are held out, each on its own skeleton at 120 frames a second. Of people who
        stand and give signals only the first recording is learned from: they are two thirds of all frames.

    Raises:
        FileNotFoundError: the recordings are neither here nor to be had; the message names the file and its address.
    """
    mocap = load_cmu_mocap(source=source)
    learned, held = [], []
    for takes, actions in ((learned, mocap.train), (held, mocap.test)):
        for action, recordings in actions.items():
            kept = recordings[:1] if action in STANDING else recordings
            takes += [Take(f"{action}_{n}", action, "", cmu_clip(one)) for n, one in enumerate(kept, 1)]
    for take in load_cmu_clips(source=source)[0]:
        (held if take.name == HELD_OUT else learned).append(take)
    # a file's first frame is a pose of rest, which nobody moved out of
    return [[take._replace(clip=take.clip[1:]) for take in takes] for takes in (learned, held)]


def on_walkers(clips, paces=((1.0, 0.0),)):
    """Bring clips onto the walkers' skeleton at 30 frames a second.

    Args:
        clips: list of pybvh.Bvh on any skeletons that `animkit.motion.retarget` knows.
        paces: pairs (how much faster, share of a frame by which it begins later), each a copy of every clip.

    Returns:
        list of pybvh.Bvh.
    """
    body, made = walker(seconds=0.1).clip, []
    for clip in clips:
        for faster, later in paces:
            copy = clip[round(later * clip.fps / FPS) :]
            copy.frame_time = copy.frame_time / faster
            made.append(retarget(resample(copy, FPS), body))
    return made


def make_motion_in_between(profile="full", *, checkpoint=None):
    """Train the in-betweener that ships, first on the twin's walkers, then on CMU's people; the model and its card."""
    started = time.perf_counter()
    # at once: without them hours of training would be in vain
    learned, held = cmu_recordings(source=by_profile(profile, ci="twin", demo="auto", full="auto"))
    people = [take.clip for take in learned]
    walkers, epochs, further = by_profile(profile, ci=(16, 1, 1), demo=(80, 8, 4), full=(240, 20, 14))
    settings = {"profile": profile, "after": by_profile(profile, ci=(1,), demo=(1, 4), full=(1, 4))}
    part = "{}_{}".format if checkpoint else lambda *_: None
    begin = train_in_betweener(
        [take.clip for take in motion_takes(walkers)],
        epochs=epochs,
        checkpoint=part(checkpoint, "walkers"),
        **settings,
    )
    lengths = by_profile(profile, ci=(15,), demo=LONG_GAPS, full=LONG_GAPS)
    model = train_in_betweener(
        on_walkers(people, PACES),
        epochs=further,
        gaps=lengths,
        begin=begin,
        checkpoint=part(checkpoint, "people"),
        **settings,
    )
    # their own figures, not the one that all were brought onto
    model.seen = {**seen_in(people, lengths), "speed": model.seen["speed"]}
    told = card(
        "motion_in_between",
        what="a two-way LSTM that adds to interpolation what it lacks: 22 joints, gaps of 4 to 60 frames at 30 fps",
        data=f"the procedural twin of the motion clips (animkit.data.twins.walkers), {walkers} takes of 8 s, then "
        f"{len(learned)} recordings of the CMU Graphics Lab Motion Capture Database (walking, running, jumping, "
        "soccer, basketball, signals, a playground, a dance, martial arts) at three paces; all with their mirror "
        "images. The data used in this project was obtained from mocap.cs.cmu.edu. The database was created with "
        "funding from NSF EIA-0196217.",
        recipe=f"{epochs} epochs on walkers and {further} on people, of 100 batches of 32 windows, AdamW 2e-3 and "
        "1.5e-3 with cosine decay; one or four known frames after a gap; latent z of 8 numbers; settings chosen on the "
        "recordings that are held out, and measured there",
        metrics=measure_motion_in_between(model, held),
        profile=profile,
        started=started,
    )
    licence = "MIT; CMU's recordings are free for research and for products, but not to be sold as data"
    baseline = "linear: slerp and lerp; cubic: SciPy's splines; eased: interpolate_eased, which the network adds to"
    return model, {**told, "licence": licence, "seen": model.seen, "baseline": baseline}


def measure_motion_in_between(model, takes, *, lengths=(5, 15, 30, 45, 60)):
    """Errors on gaps of held-out takes, sliding feet and jumps at the keys, beside those of curves."""
    clips = on_walkers([take.clip for take in takes])
    ways = {
        "value": lambda clip, keys: in_between(model, clip, keys)[0],
        "linear": interpolate_straight,
        "cubic": interpolate_smoothly,
        "eased": _eased,
    }
    metrics = {}
    for gap in lengths:
        pieces = [
            clip[first : first + gap + 2 * PAST]
            for clip in clips
            for first in range(0, clip.frame_count - gap - 2 * PAST + 1, 3 * int(FPS))
        ]
        found = {name: by_gap[gap] for name, by_gap in compare(ways, pieces, (gap,)).items()}
        for measured, unit in (("distance", "cm"), ("l2q", "L2Q, no unit"), ("sliding", "cm/s"), ("jump", "cm/s")):
            numbers = {name: getattr(one, measured) for name, one in found.items()}
            if None not in numbers.values():
                rounded = {name: round(number, 3) for name, number in numbers.items()}
                metrics[f"{measured}_{gap}_frames"] = {**rounded, "unit": unit}
    return metrics


def _eased(clip, keys):
    """What the network begins from."""
    root, rotations = (part[None] for part in clip.to_rotmat())
    for first, last in gaps_between(keys):
        seen = slice(max(0, first - 1), last + 2)
        start = [first + 1 - seen.start]
        filled = interpolate_eased(rotations[:, seen], root[:, seen], start, [last - seen.start])
        rotations[:, seen], root[:, seen] = filled
    return with_keys(clip.from_rotmat(root[0], rotations[0]), clip, keys)
