"""Train an in-betweener on clips of one skeleton, the user's own or a dataset's."""

import keras
import numpy as np

from animkit.metrics.motion import position_statistics
from animkit.models.in_betweener import PAST, GapBatches, InBetweener
from animkit.motion.bvh import find_across, resample, skeleton
from animkit.motion.mirror import mirrored, try_mirror
from animkit.motion.windows import centre, face_forward, pose, windows
from animkit.studio.in_betweening import FPS
from animkit.training import by_profile, train


def train_in_betweener(
    clips,
    *,
    profile="demo",
    epochs=None,
    units=None,
    spread=None,
    after=(1,),
    latent_dim=8,
    adversarial=0.0,
    seed=0,
    checkpoint=None,
    progress=True,
):
    """Train a network to fill gaps of up to 45 frames at 30 a second.

    Args:
        clips: list of pybvh.Bvh of one skeleton; those of another frame rate are resampled.
        profile: "ci", "demo" (about five minutes on two cores) or "full".
        epochs: of 100 batches (2 at "ci"); the profile's when None.
        units: of the LSTM; the profile's when None.
        spread: (joints, 3) standard deviations by which errors of position are divided; from the clips when None.
        after: known frames after a gap; a batch has one of these numbers.
        latent_dim: numbers that tell one way to fill a gap from another; 0 for one way only.
        adversarial: weight of the adversarial term.
        seed: of weights and windows.
        checkpoint: folder for the state, from which an interrupted training goes on; None keeps none.
        progress: show it.

    Returns:
        InBetweener.

    Raises:
        ValueError: when clips differ in skeleton, or none is long enough.
    """
    first = clips[0]
    names, parents, offsets = skeleton(first)
    for number, clip in enumerate(clips):
        other = skeleton(clip)
        # the root's own offset is where a file's character stands at rest: any will do
        if other.names != names or np.abs(other.offsets - offsets)[1:].max() > 0.01 * first.skeleton_size():
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
        size=first.skeleton_size(),
        across=across,
        spread=spread / np.mean(spread),
        units=units or by_profile(profile, ci=32, demo=128, full=128),
        latent_dim=latent_dim,
        adversarial=adversarial,
    )
    data = GapBatches(moves, across=across, gaps=(5, 10, 15, 20, 30, 45), after=after, steps=steps, seed=seed)
    rate = keras.optimizers.schedules.CosineDecay(2e-3, epochs * steps, alpha=0.02)
    model.compile(keras.optimizers.AdamW(rate, weight_decay=1e-4, clipnorm=1.0))
    train(model, data, epochs=epochs, checkpoint=checkpoint, progress=progress)
    return model


def _spread(moves, parents, offsets):
    cut = [windows(rotations, root, length=PAST + 45, offset=20) for rotations, root in moves]
    rotations, root = (np.concatenate(part) for part in zip(*cut, strict=True))
    if not len(root):
        raise ValueError(f"no clip has more than {PAST + 45} frames at {FPS:.0f} a second: bring longer ones")
    rotations, root = face_forward(rotations, centre(root), frame=PAST - 1)
    _, std = position_statistics(pose(rotations, root, parents=parents, offsets=offsets)[0])
    # a coordinate that hardly moves would count beyond all others
    return np.maximum(std, 0.05 * std.max())
