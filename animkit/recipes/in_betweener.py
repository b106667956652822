"""Train an in-betweener on clips of one skeleton, the user's own or a dataset's."""

import time

import keras
import numpy as np

from animkit.data.twins.walkers import draw_walkers
from animkit.metrics.motion import foot_sliding, jump_ratio, position_statistics, velocity_jump
from animkit.models.in_betweener import PAST, GapBatches, InBetweener
from animkit.motion.clips import find_across, resample, skeleton
from animkit.motion.foot_lock import foot_contacts, foot_joints, foot_positions, lock_feet
from animkit.motion.interpolation import interpolate_straight
from animkit.motion.kinematics import forward_kinematics
from animkit.motion.mirror import mirrored, try_mirror
from animkit.motion.windows import centre, face_forward, windows
from animkit.recipes.cards import card
from animkit.recipes.generator import motion_takes
from animkit.recipes.schedules import cosine_decay
from animkit.studio.in_betweening import FPS, in_between
from animkit.training import by_profile, train

GAPS = (5, 10, 15, 20, 30, 45)


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
        begin: a trained InBetweener of the same skeleton and size of network, whose weights it begins with.
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
        model.set_weights(begin.get_weights())
    rate = cosine_decay(2e-3 if begin is None else 1e-3, epochs * steps, last=0.02)
    model.compile(keras.optimizers.AdamW(rate, weight_decay=1e-4, clipnorm=1.0))
    train(model, data, epochs=epochs, checkpoint=checkpoint, progress=progress)
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


def make_motion_in_between(profile="full", *, checkpoint=None):
    """Train the in-betweener that ships, on the twin's walkers; the model and its card."""
    started = time.perf_counter()
    clips, epochs = by_profile(profile, ci=(16, 1), demo=(80, 8), full=(240, 20))
    takes = motion_takes(clips)
    model = train_in_betweener(
        [take.clip for take in takes],
        profile=profile,
        epochs=epochs,
        units=by_profile(profile, ci=16, demo=128, full=128),
        after=by_profile(profile, ci=(1,), demo=(1, 4), full=(1, 4)),
        adversarial=0.02,
        checkpoint=checkpoint,
    )
    told = card(
        "motion_in_between",
        what="a two-way LSTM that adds to interpolation what it lacks: 22 joints, gaps of 5 to 45 frames at 30 fps",
        data=f"the procedural twin of the motion clips (animkit.data.twins.walkers), {clips} takes of 8 s and their "
        "mirror images",
        recipe=f"{epochs} epochs of 100 batches of 32 windows, AdamW 2e-3 with cosine decay; one or four known "
        "frames after a gap; adversarial weight 0.02, latent z of 8 numbers",
        metrics=measure_motion_in_between(model),
        profile=profile,
        started=started,
    )
    return model, {**told, "baseline": "slerp of rotations and lerp of the root, on unseen takes"}


def measure_motion_in_between(model, *, clips=24):
    """Errors on gaps of unseen takes, sliding feet before and after locking, and jumps of velocity at the keys."""
    takes = draw_walkers(clips=clips, seconds=6.0, seed=2)
    before = 2 * PAST
    inside = np.concatenate([velocity_jump(take.clip.joint_positions(), fps=take.clip.fps) for take in takes])
    metrics = {}
    for gap in (15, 30):
        found = {"distance": [], "sliding": [], "sliding_locked": [], "jumps": []}
        for take in takes:
            clip = take.clip
            keys = [*range(before), *range(before + gap, clip.frame_count)]
            rows = [
                _fill(clip, fill, keys, slice(before, before + gap))
                for fill in (in_between(model, clip, keys)[0], interpolate_straight(clip, keys))
            ]
            for name, pair in zip(found, zip(*rows, strict=True), strict=True):
                found[name].append(pair)
        mean = {name: np.mean(found[name], axis=0) for name in ("distance", "sliding", "sliding_locked")}
        jumps = np.array(found["jumps"])  # (takes, ours and straight, two keys)
        mean["jumps_at_keys"] = np.array([jump_ratio(jumps[:, which], inside) for which in (0, 1)])
        units = ("cm", "cm/s", "cm/s", "95th percentile over that inside real clips")
        for (name, pair), unit in zip(mean.items(), units, strict=True):
            value, baseline = (round(float(number), 3) for number in pair)
            metrics[f"{name}_{gap}_frames"] = {"value": value, "baseline": baseline, "unit": unit}
    return metrics


def _fill(clip, fill, keys, gap):
    """Distance of joints from the truth; sliding of feet that stand in truth; of those locked; jumps at both keys."""
    places, made = clip.joint_positions(), fill.joint_positions()
    standing = foot_contacts(fill)
    locked = lock_feet(fill, contacts=standing, keep=keys)
    return (
        np.linalg.norm(places - made, axis=-1)[gap].mean(),
        foot_sliding(foot_positions(fill)[gap], foot_contacts(clip)[gap], fps=clip.fps),
        foot_sliding(foot_positions(locked)[gap], standing[gap], fps=clip.fps),
        velocity_jump(made, [gap.start - 1, gap.stop], fps=clip.fps),
    )
