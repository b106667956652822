"""Motion without end: a motion VAE learns from clips, then moves as it is told, in speed, heading, gait and style."""

from typing import NamedTuple

import numpy as np
from keras import ops
from pybvh import Bvh

from animkit.metrics.steering import SWAY, without_sway
from animkit.models.motion_vae import RolloutState
from animkit.motion.clips import Node, Take, centimetres_per_unit, find_across, make_clip, resample, skeleton
from animkit.motion.features import facing, from_features, to_features
from animkit.motion.foot_lock import find_legs, foot_contacts, foot_positions, lock_feet
from animkit.motion.guide import AHEAD
from animkit.motion.mirror import mirrored, try_mirror
from animkit.studio.in_betweening import check_skeleton

# seconds over which a whole clip's speed and turn are averaged, and in which a label gives way to another
CONTROL_SMOOTHING = 0.3
# cm/s: a foot that is faster does not stand
FLIES = 80.0
# steps before the first frame that is shown: the LSTM finds its rhythm
WARM_UP = 64
# the content of a take that shows several gaits
MIXED = "mixed"


class MotionData(NamedTuple):
    """What a motion VAE learns from: features with contacts, and controls, of every frame of every clip."""

    sequences: list  # of (time, features)
    controls: list  # of (time, PATH + gaits + styles), the way ahead and labels
    gaits: list
    styles: list
    clip: Bvh  # one of them, for its skeleton
    feet: list
    across: np.ndarray
    fps: float
    centimetres: float


class GenerationState(NamedTuple):
    """All that decides how a generated motion goes on."""

    rollout: RolloutState
    commands: np.ndarray  # (commands,) in force at the last frame
    place: np.ndarray  # (3,) x, z and heading of the last frame
    contacts: np.ndarray  # (frames, feet) of the part just made: what stands on the ground


def motion_data(takes, *, fps=30.0, mirror=True):
    """Turn clips into what a motion VAE learns from.

    Args:
        takes: `animkit.motion.clips.Take`s of one skeleton; `content` is the gait, `style` the style; "" for none, and
            a content of "mixed" is none.
        fps: frames per second; clips of another rate are resampled.
        mirror: add every clip with left and right exchanged, where the skeleton's sides are alike.

    Returns:
        MotionData.

    Raises:
        ValueError: when there are no takes, skeletons differ, or feet and hips cannot be found.
    """
    takes = list(takes)
    if not takes:
        raise ValueError("there are no takes to learn from")
    first = takes[0].clip
    names, parents, offsets = skeleton(first)
    for take in takes:
        others = skeleton(take.clip)
        if names != others.names or (parents != others.parents).any():
            raise ValueError(f"take {take.name!r} has other joints than {takes[0].name!r}: bring clips of one skeleton")
        if np.abs(others.offsets - offsets)[1:].max(initial=0) > 0.01 * np.abs(offsets).max():
            raise ValueError(f"take {take.name!r} has other bone lengths than {takes[0].name!r}: retarget it first")
    legs, across = find_legs(first), find_across(first)
    feet = [name for leg in legs for name in (leg.ankle, leg.toe)]
    gaits = sorted({take.content for take in takes} - {"", MIXED})
    styles = sorted({take.style for take in takes} - {""})
    centimetres = centimetres_per_unit(first)
    sides = try_mirror([take.clip for take in takes]) if mirror else None
    sequences, controls = [], []
    for take in takes:
        clip = take.clip if abs(take.clip.fps - fps) < 1e-3 else resample(take.clip, fps)
        labels = np.array(
            [*(gait == take.content for gait in gaits), *(style == take.style for style in styles)], "float64"
        )
        rotations, root, contacts = clip.to_rotmat()[1], clip.root_pos, foot_contacts(clip)
        root = root - [0.0, _ground(clip, feet, contacts), 0.0]
        versions = [(rotations, root, contacts)]
        if sides is not None:
            versions.append((*mirrored(rotations, root, sides), np.roll(contacts, len(feet) // 2, axis=1)))
        for version in versions:
            features = describe(*version, across)
            way = way_ahead(features, fps, centimetres)
            sequences.append(features)
            controls.append(np.concatenate([way, np.tile(labels, (len(features), 1))], axis=1))
    return MotionData(sequences, controls, gaits, styles, first, feet, across, float(fps), centimetres)


def _ground(clip, feet, contacts):
    """Height of the ground: where feet that stand are lowest, or else the lowest point."""
    soles = [
        number for number, node in enumerate(clip.nodes) if {node.name, getattr(node.parent, "name", None)} & set(feet)
    ]
    heights = clip.node_positions()[:, soles, 1].min(axis=1)
    standing = contacts.any(axis=1)
    return float(np.median(heights[standing]) if standing.any() else heights.min())


def describe(rotations, root, contacts, across):
    """Turn motion into features and foot contacts.

    Args:
        rotations: (time, joints, 3, 3), relative to the parent.
        root: (time, 3), the ground at height 0.
        contacts: (time, feet).
        across: (3,) from the right hip to the left.

    Returns:
        (time, 4 + 6 joints + feet).
    """
    features, _ = to_features(rotations, root, across=np.asarray(across))
    return np.concatenate([ops.convert_to_numpy(features), contacts], axis=1)


def speed_and_turn(features, fps, centimetres):
    """Tell how motion travels, without the sway of each step.

    Args:
        features: (time, 4 or more), see `animkit.motion.features.to_features`.
        fps: frames per second.
        centimetres: per unit of the skeleton.

    Returns:
        (time, 2): m/s in the direction it heads, and rad/s to the left.
    """
    if len(features) < 2:
        return np.zeros((len(features), 2))
    ground, heading = ground_path(features)
    smooth = without_sway(heading, CONTROL_SMOOTHING * fps)
    step = np.gradient(ground, axis=0) * fps * centimetres / 100
    ahead = step[:, 0] * np.sin(smooth) + step[:, 1] * np.cos(smooth)
    return np.stack([without_sway(ahead, CONTROL_SMOOTHING * fps), np.gradient(smooth) * fps], axis=1)


def way_ahead(features, fps, centimetres):
    """Tell where motion will be soon, without the sway of each step, as it is seen from the frame before.

    After its end it is taken to go on at the speed and turn that it has there.

    Args:
        features: (time, 4 or more), see `animkit.motion.features.to_features`.
        fps: frames per second.
        centimetres: per unit of the skeleton.

    Returns:
        (time, PATH): for each time of `AHEAD`, m/s to the left and forwards and rad/s, on average until then.
    """
    ground, heading = ground_path(features)
    smooth = without_sway(np.column_stack([ground, heading]), SWAY * fps)
    last = smooth[-1] - smooth[-2] if len(smooth) > 1 else np.zeros(3)
    left = last[0] * np.cos(smooth[-1, 2]) - last[1] * np.sin(smooth[-1, 2])
    forwards = last[0] * np.sin(smooth[-1, 2]) + last[1] * np.cos(smooth[-1, 2])
    reach = round(AHEAD[-1] * fps)
    after = smooth[-1, 2] + last[2] * np.arange(reach)
    steps = np.stack(
        [
            forwards * np.sin(after) + left * np.cos(after),
            forwards * np.cos(after) - left * np.sin(after),
            np.full(reach, last[2]),
        ],
        axis=1,
    )
    smooth = np.concatenate([smooth, smooth[-1] + np.cumsum(steps, axis=0)])
    told, now = [], np.arange(-1, len(features) - 1).clip(0)
    for frames in (round(ahead * fps) for ahead in AHEAD):
        x, z, turned = (smooth[now + frames] - np.column_stack([ground, heading])[now]).T
        c, s = np.cos(heading[now]), np.sin(heading[now])
        left, forwards = (length * centimetres / 100 for length in (c * x - s * z, s * x + c * z))
        told.append(np.stack([left, forwards, turned], axis=1) * fps / frames)
    return np.concatenate(told, axis=1)


def ground_path(features):
    """Tell where a described motion goes, from the origin and heading 0 on.

    Args:
        features: (time, 4 or more), see `animkit.motion.features.to_features`.

    Returns:
        (time, 2) places over the ground in the skeleton's unit, and (time,) headings in radians.
    """
    heading = np.cumsum(features[:, 2]) - features[0, 2]
    before = np.concatenate([[0.0], heading[:-1]])
    c, s = np.cos(before), np.sin(before)
    steps = np.stack([c * features[:, 0] + s * features[:, 1], c * features[:, 1] - s * features[:, 0]], axis=1)
    steps[0] = 0.0  # the first frame has none
    return np.cumsum(steps, axis=0), heading


def generate(
    model,
    seconds,
    *,
    speed=120.0,
    turn=0.0,
    gait=None,
    style=None,
    temperature=1.0,
    lock=False,
    seed=0,
):
    """Make up motion that does as it is told.

    Args:
        model: MotionVAE.
        seconds: how long.
        speed: cm/s, one number or one for each frame; how soon it is come to the card of the weights tells.
        turn: rad/s, positive to the left, one number or one for each frame.
        gait: one of `model.gaits`, or weights {label: weight}; None leaves it to the speed.
        style: one of `model.styles`, or weights; None for any.
        temperature: 0 for the likeliest motion, 1 for motion as varied as the model believes.
        lock: let feet on the ground stand still (`animkit.motion.foot_lock.lock_feet`).
        seed: of the start and of all that is drawn.

    Returns:
        pybvh.Bvh on the model's skeleton, which starts at x = z = 0.

    Raises:
        ValueError: for a time that is not positive, numbers that are not finite, or unknown labels.
    """
    clip, state = generate_more(
        model, seconds, speed=speed, turn=turn, gait=gait, style=style, temperature=temperature, seed=seed
    )
    return lock_feet(clip, contacts=state.contacts) if lock else clip


def generate_more(model, seconds, state=None, *, speed=120.0, turn=0.0, gait=None, style=None, temperature=1.0, seed=0):
    """Make up motion in parts, endlessly: parts in a row are what one long call gives.

    Args:
        model: MotionVAE.
        seconds: of this part.
        state: what the call before returned; None to begin.
        speed: see `generate`; it may change from part to part.
        turn: see `generate`.
        gait: see `generate`.
        style: see `generate`.
        temperature: see `generate`.
        seed: used at the beginning only.

    Returns:
        pybvh.Bvh, and a GenerationState for the next part.

    Raises:
        ValueError: see `generate`.
    """
    frames = _frames(model, seconds)
    asked = commands(model, frames, speed=speed, turn=turn, gait=gait, style=style)
    beginning = state is None
    if beginning:
        nothing = np.zeros((0, len(model.feet)), bool)
        state = GenerationState(_begin(model, asked[:1], temperature, seed), asked[0], np.zeros(3), nothing)
    now = state.commands
    # a gait and a style give way to another by this share a frame; the model itself rounds off speed and turn
    share = 1 - np.exp(-1 / (CONTROL_SMOOTHING * model.fps))
    for goal in asked:
        goal[2:] = now[2:] + share * (goal[2:] - now[2:])
        now = goal
    made, rollout = model.rollout(asked[None], state.rollout, temperature=temperature)
    made = made[0].astype("float64")
    if beginning:
        made[0, :3] = 0.0
    rotations, root = from_features(made[:, : model.joint_features], state.place)
    root = ops.convert_to_numpy(root)
    place = np.array([root[-1, 0], root[-1, 2], state.place[2] + made[:, 2].sum()])
    clip = make_clip(_nodes(model.hierarchy), root, ops.convert_to_numpy(rotations), frame_time=1 / model.fps)
    return clip, GenerationState(rollout, now, place, _standing(clip, made[:, model.joint_features :] > 0.5))


def _standing(clip, told):
    """Which feet stand, (frames, feet): those that the network tells to, and that do not fly (it errs in runs)."""
    if clip.frame_count < 2:
        return told
    speed = np.linalg.norm(np.diff(foot_positions(clip), axis=0), axis=-1) * clip.fps * centimetres_per_unit(clip)
    return told & (np.concatenate([speed[:1], speed]) < FLIES)


def predict(model, clip, seconds, *, temperature=0.0, seed=0):
    """Say how a clip goes on: the network reads it to its end and moves on at the pace and turn it has there.

    Args:
        model: MotionVAE of the clip's skeleton.
        clip: pybvh.Bvh, at any frame rate; its last two seconds are read.
        seconds: how far ahead.
        temperature: 0 for the likeliest future, 1 for futures as varied as the model believes.
        seed: of what is drawn.

    Returns:
        pybvh.Bvh of what comes after the clip, at the model's frame rate.

    Raises:
        ValueError: for a time that is not positive, or a skeleton that is not the model's.
    """
    frames = _frames(model, seconds)
    ratio = check_skeleton(model, clip)
    clip = clip.scale(ratio)
    data = motion_data([Take("clip", "", "", clip)], fps=model.fps, mirror=False)
    features, told = data.sequences[0][-round(2 * model.fps) :], data.controls[0][-round(2 * model.fps) :]
    # neither gait nor style is told: the model sees them in what it reads
    told = np.pad(told, [(0, 0), (0, model.controls - told.shape[1])])
    state = model.follow(features[None], told[None], seed=seed)
    pace = speed_and_turn(data.sequences[0], model.fps, data.centimetres)[-1]
    asked = np.pad(pace, (0, model.commands - 2))
    made, _ = model.rollout(np.tile(asked, (1, frames, 1)), state, temperature=temperature)
    root, rotations = clip.to_rotmat()
    heading = float(ops.convert_to_numpy(facing(rotations[-1:, 0].astype("float32"), data.across))[0])
    made = made[0].astype("float64")
    turned, placed = from_features(made[:, : model.joint_features], np.array([root[-1, 0], root[-1, 2], heading]))
    placed = ops.convert_to_numpy(placed) + [0.0, _ground(clip, data.feet, foot_contacts(clip)), 0.0]
    after = resample(clip, model.fps) if abs(clip.fps - model.fps) > 1e-3 else clip
    return after.from_rotmat(placed, ops.convert_to_numpy(turned)).scale(1 / ratio)


def _frames(model, seconds):
    if not (np.isfinite(seconds) and seconds > 0):
        raise ValueError(f"seconds is {seconds}: a motion lasts some positive time")
    return max(1, round(seconds * model.fps))


def _begin(model, told, temperature, seed):
    """The state from which motion goes on as it is told, (motions, commands)."""
    state = model.begin(told, seed=seed)
    return model.rollout(np.repeat(told[:, None], WARM_UP, axis=1), state, temperature=temperature)[1]


def roll(model, seconds, *, speed, turn=0.0, gait=None, style=None, temperature=1.0, seed=0):
    """Make up several motions at once, as features: for measurements.

    Args:
        model: MotionVAE.
        seconds: how long.
        speed: (motions,) cm/s.
        turn: one number or (motions,), rad/s.
        gait: see `generate`; the same for all.
        style: see `generate`; the same for all.
        temperature: see `generate`.
        seed: of all that is drawn.

    Returns:
        (motions, time, features) float32, see `MotionVAE`.

    Raises:
        ValueError: see `generate`.
    """
    frames = _frames(model, seconds)
    told = [
        commands(model, frames, speed=one, turn=way, gait=gait, style=style)
        for one, way in zip(speed, np.broadcast_to(turn, np.shape(speed)), strict=True)
    ]
    state = _begin(model, np.array([one[0] for one in told]), temperature, seed)
    return model.rollout(np.array(told), state, temperature=temperature)[0]


def facing_positions(model, frames):
    """Find where joints are as the character sees them: from above the ground below the hips, facing +z.

    Args:
        model: MotionVAE.
        frames: (..., features).

    Returns:
        (..., joints, 3) centimetres.
    """
    return ops.convert_to_numpy(model.positions(ops.convert_to_tensor(frames, "float32")))


def commands(model, frames, *, speed=120.0, turn=0.0, gait=None, style=None):
    """Write down what a motion is asked, as the model reads it.

    Args:
        model: MotionVAE.
        frames: how many.
        speed: cm/s, one number or (frames,).
        turn: rad/s, one number or (frames,).
        gait: label, weights, or None.
        style: label, weights, or None.

    Returns:
        (frames, model.commands) float64.

    Raises:
        ValueError: for another number of frames, numbers that are not finite, or unknown labels.
    """
    parts = []
    for name, value, unit in (("speed", speed, 100.0), ("turn", turn, 1.0)):
        value = np.asarray(value, "float64")
        if value.shape not in ((), (1,), (frames,)) or not np.isfinite(value).all():
            raise ValueError(f"{name} is one finite number or one for each of {frames} frames; got {value}")
        parts.append(np.broadcast_to(value / unit, (frames,))[:, None])
    for name, value, known in (("gait", gait, model.gaits), ("style", style, model.styles)):
        weights = {value: 1.0} if isinstance(value, str) else dict(value or {})
        if unknown := [label for label in weights if label not in known]:
            raise ValueError(f"unknown {name} {', '.join(map(str, unknown))}; there are {', '.join(known) or 'none'}")
        row = np.array([weights.get(label, 0.0) for label in known], "float64")
        if not np.isfinite(row).all() or (row < 0).any():
            raise ValueError(f"weights of {name} must be finite and not negative; got {weights}")
        parts.append(np.broadcast_to(row, (frames, len(known))))
    return np.concatenate(parts, axis=1)


def _nodes(hierarchy):
    """The nodes that a hierarchy of pybvh's tells."""
    place = {name: number for number, name in enumerate(hierarchy)}
    return [
        Node(name, place.get(told["parent"], -1), told["offset"], "".join(told.get("rot_channels", ())))
        for name, told in hierarchy.items()
    ]
