"""How the walkers' bodies move over their feet: pelvis, trunk, arms, and legs by two-bone inverse kinematics."""

from typing import NamedTuple

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.ndimage import convolve1d, maximum_filter1d
from scipy.spatial.transform import Rotation

from animkit.data.twins.footsteps import BALL, GRAVITY, ease, spaced, wander
from animkit.motion.clips import Node
from animkit.motion.kinematics import about

_SKELETON = (  # name, parent, offset in cm, offset of the end site if there is one
    ("Hips", None, (0, 0, 0), None),
    ("LeftUpLeg", "Hips", (9.5, -1.5, 0), None),
    ("LeftLeg", "LeftUpLeg", (0, -42, 0), None),
    ("LeftFoot", "LeftLeg", (0, -40.5, 0), None),
    ("LeftToe", "LeftFoot", (0, -6, 13.5), (0, -1, 6.5)),
    ("RightUpLeg", "Hips", (-9.5, -1.5, 0), None),
    ("RightLeg", "RightUpLeg", (0, -42, 0), None),
    ("RightFoot", "RightLeg", (0, -40.5, 0), None),
    ("RightToe", "RightFoot", (0, -6, 13.5), (0, -1, 6.5)),
    ("Spine", "Hips", (0, 7, -1), None),
    ("Spine1", "Spine", (0, 12, 0), None),
    ("Spine2", "Spine1", (0, 12, 0), None),
    ("Neck", "Spine2", (0, 22, -0.5), None),
    ("Head", "Neck", (0, 9, 2), (0, 17, 0)),
    ("LeftShoulder", "Spine2", (3, 17, 0), None),
    ("LeftArm", "LeftShoulder", (14.5, 0, -1), None),
    ("LeftForeArm", "LeftArm", (28, 0, 0), None),
    ("LeftHand", "LeftForeArm", (25, 0, 0), (12, 0, 0)),
    ("RightShoulder", "Spine2", (-3, 17, 0), None),
    ("RightArm", "RightShoulder", (-14.5, 0, -1), None),
    ("RightForeArm", "RightArm", (-28, 0, 0), None),
    ("RightHand", "RightForeArm", (-25, 0, 0), (-12, 0, 0)),
)
JOINTS = tuple(name for name, *_ in _SKELETON)

_HIP, _THIGH, _SHIN = np.array([9.5, -1.5, 0.0]), 42.0, 40.5
_REACH = 0.99 * (_THIGH + _SHIN)  # of a standing leg: its knee bends by 16 degrees at least, for straight legs pop


def nodes():
    """The skeleton, as `animkit.motion.clips.make_clip` takes it."""
    made, place = [], {None: -1}
    for name, parent, offset, end in _SKELETON:
        place[name] = len(made)
        made.append(Node(name, place[parent], offset))
        if end is not None:
            made.append(Node(f"EndSite{name}", place[name], end, ""))
    return made


class _Signals(NamedTuple):
    """What the whole body moves to, each (time,)."""

    heading: np.ndarray  # rad
    ahead: np.ndarray  # rad, how much further the path turns soon
    bank: np.ndarray  # rad, the lean into a turn, as a roll about z
    hurry: np.ndarray  # acceleration as a part of gravity's
    jog: np.ndarray  # 0 in a walk, 1 in a run
    hop: np.ndarray  # 1 while jumping
    still: np.ndarray  # 1 while standing
    stride: np.ndarray  # how much of a full stride's swing there is
    pace: np.ndarray  # m/s
    cycle: np.ndarray  # rad, the phase of the legs
    crouch: np.ndarray  # cm of a jump's crouch
    breath: np.ndarray  # -1 to 1


def posed(feet, height, cycle, jumps, style, t, at, rng, fps):
    """Pose the body over its feet.

    Args:
        feet: left and right `footsteps.Foot`.
        height: (time,) of the hips, cm.
        cycle: (time,) phase of the legs, rad.
        jumps: pairs (off, land), seconds.
        style: `footsteps.Style`.
        t: (time,) seconds.
        at: as for `footsteps.schedule`.
        rng: numpy.random.Generator.
        fps: frames a second.

    Returns:
        Rotations (time, joints, 3, 3) relative to the parent, and the root (time, 3), cm.
    """
    pace, jog, hop = at("speed", t) / 100, at("run", t), at("jump", t)
    now = _Signals(
        at("heading", t),
        at("ahead", t),
        -np.arctan(at("speed", t) * at("turn", t) / GRAVITY),
        np.clip(at("acceleration", t) / GRAVITY, -0.5, 0.5),
        jog,
        hop,
        ease(1 - pace / 0.4) * (1 - hop),
        (1 - hop) * np.clip(pace / 1.3, 0, 1.25) ** 0.7,
        pace,
        cycle,
        np.clip(86 - style.crouch - height, 0, None) * hop,
        np.sin(2 * np.pi * (0.27 + 0.25 * jog.mean()) * t + rng.uniform(0, 6)),
    )
    local = np.tile(np.eye(3), (len(t), len(JOINTS), 1, 1))
    root, hips, pelvis_yaw = _pelvis(now, height, style, t, at, rng)
    soles = [about("y", foot.yaw) @ about("x", foot.pitch) for foot in feet]
    ankles = [foot.ball - sole @ BALL for foot, sole in zip(feet, soles, strict=True)]
    sockets = [hips @ (_HIP * [out, 1, 1]) for out in (1, -1)]

    # the hips come down where a standing leg could not reach, smoothly and before it is needed
    excess = np.zeros(len(t))
    for foot, ankle, socket in zip(feet, ankles, sockets, strict=True):
        away = root + socket - ankle
        allowed = np.sqrt(np.maximum(_REACH**2 - away[:, 0] ** 2 - away[:, 2] ** 2, 0))
        excess = np.maximum(excess, np.where(foot.planted, away[:, 1] - allowed, 0))
    around = max(1, round(0.09 * fps))
    window = np.hanning(2 * around + 3)[1:-1]
    root[:, 1] -= convolve1d(maximum_filter1d(excess, 2 * around + 1), window / window.sum(), mode="nearest")

    local[:, 0] = hips
    for name, foot, ankle, sole, socket in zip(("Left", "Right"), feet, ankles, soles, sockets, strict=True):
        thigh, shin = _leg(root + socket, ankle, 0.5 * (foot.yaw + now.heading + pelvis_yaw), foot.airborne)
        local[:, JOINTS.index(f"{name}UpLeg")] = hips.swapaxes(1, 2) @ thigh
        local[:, JOINTS.index(f"{name}Leg")] = thigh.swapaxes(1, 2) @ shin
        local[:, JOINTS.index(f"{name}Foot")] = shin.swapaxes(1, 2) @ sole
        local[:, JOINTS.index(f"{name}Toe")] = about("x", -foot.bend)
    parts = _trunk(now, hips, style, t, rng) | _arms(now, jumps, style, t, rng)
    for name, matrices in parts.items():
        local[:, JOINTS.index(name)] = matrices
    return local, root


def _pelvis(now, height, style, t, at, rng):
    """The root's position (time, 3) and rotation (time, 3, 3), and its yaw against the path, rad."""
    vary = 1 + 0.06 * rng.standard_normal(3)
    shift = (
        now.still * np.tanh(1.3 * wander(t, rng, 0.16)) * min(style.restless, 1.2)
    )  # weight from one leg to the other
    yaw = (4.5 + 3 * now.jog) * style.twist * vary[0] * now.stride * np.sin(now.cycle)
    yaw = np.radians(yaw + (1 + 2.5 * now.still) * wander(t, rng, 0.35))
    tilt = 2 + 3 * now.jog + 0.25 * style.lean + 0.35 * now.crouch + now.stride * np.cos(2 * now.cycle)
    tilt = np.radians(tilt + 0.5 * wander(t, rng, 0.35))
    roll = (3 + 1.5 * now.jog) * style.sway * vary[1] * now.stride * np.cos(now.cycle + 0.5)
    roll = np.radians(roll + 2.2 * shift)
    hips = about("y", now.heading + yaw) @ about("x", tilt) @ about("z", roll + 0.5 * now.bank)

    swing = np.minimum(now.stride, 1)
    sway = (2.3 - 1.2 * now.jog) * style.sway * vary[2] * swing * np.cos(now.cycle) + 4.0 * shift
    surge = -0.8 * swing * np.sin(2 * now.cycle) - 0.12 * now.crouch + 0.4 * now.still * wander(t, rng, 0.3)
    left = np.stack([np.cos(now.heading), 0 * t, -np.sin(now.heading)], 1)
    front = np.stack([np.sin(now.heading), 0 * t, np.cos(now.heading)], 1)
    root = np.stack([at("x", t), height, at("z", t)], 1) + sway[:, None] * left + surge[:, None] * front
    return root, hips, yaw


def _trunk(now, hips, style, t, rng):
    """Spine, neck and head: the shoulders turn against the pelvis, the eyes stay ahead."""
    lean = 1 + 1.5 * now.pace * (1 - now.jog) + now.jog * (6 + now.pace) + style.lean
    lean = lean + 0.9 * now.crouch + 18 * now.hurry
    yaw = (-3.5 - 5 * now.jog) * style.twist * rng.normal(1, 0.06) * now.stride * np.sin(now.cycle)
    yaw = np.radians(yaw + 1.2 * wander(t, rng, 0.35)) + 0.35 * now.ahead
    roll = -style.sway * now.stride * np.cos(now.cycle) + (0.5 + 0.5 * now.still) * wander(t, rng, 0.35)
    roll = np.radians(roll) + now.bank
    pitch = lean + 1.2 * now.stride * np.cos(2 * now.cycle + 0.6) + 0.7 * (1 - 0.5 * now.jog) * now.breath
    pitch = np.radians(pitch + style.slump + 0.7 * wander(t, rng, 0.35))
    chest = about("y", now.heading + yaw) @ about("x", pitch) @ about("z", roll)
    hunch = about("x", np.radians(np.full(len(t), 0.35 * style.slump)))

    look = np.radians((4 + 13 * now.still * style.restless) * wander(t, rng, 0.22))
    down = style.head + 2 + 0.25 * lean + 0.3 * style.slump + 3 * now.still * wander(t, rng, 0.3)
    tip = 0.3 * roll + np.radians(wander(t, rng, 0.35))
    gaze = about("y", now.heading + 0.9 * now.ahead + look + 0.15 * yaw)
    gaze = gaze @ about("x", np.radians(down)) @ about("z", tip)

    spine = Rotation.from_matrix(hips.swapaxes(1, 2) @ chest).as_rotvec()
    neck = Rotation.from_matrix((chest @ hunch).swapaxes(1, 2) @ gaze).as_rotvec()
    return {
        "Spine": Rotation.from_rotvec(0.3 * spine).as_matrix(),
        "Spine1": Rotation.from_rotvec(0.35 * spine).as_matrix(),
        "Spine2": Rotation.from_rotvec(0.35 * spine).as_matrix() @ hunch,
        "Neck": Rotation.from_rotvec(0.45 * neck).as_matrix(),
        "Head": Rotation.from_rotvec(0.55 * neck).as_matrix(),
    }


def _arms(now, jumps, style, t, rng):
    """Arms that swing against the legs, and in a jump throw the body up."""
    throw, fold = (now.hop * signal for signal in _throw(jumps, t, style))
    parts = {}
    for name, out in (("Left", 1), ("Right", -1)):
        swing, late = (out * now.stride * np.sin(now.cycle - lag) for lag in (0.15, 0.55))
        raised = (20 + 10 * now.jog) * style.arms * rng.normal(1, 0.06) * swing - 6 * now.jog
        raised = raised + (0.5 + 0.75 * now.pace * now.jog + 0.5 * style.lean + 0.5 * style.slump) + 0.45 * now.crouch
        raised = raised + 0.35 * style.elbow + throw + 1.5 * wander(t, rng, 0.35)
        bent = 18 + 66 * now.jog + max(style.elbow, -8) + (9 + 8 * now.jog) * style.arms**0.5 * late
        bent = bent + fold + rng.normal(0, 1) + 2.5 * wander(t, rng, 0.35)
        spread = 9 + 4 * now.jog + style.spread + 6 * now.hop + 1.2 * wander(t, rng, 0.35)
        inward = 12 + 16 * now.jog + 0.25 * style.elbow + 2 * wander(t, rng, 0.35)
        shrug = 1.5 * now.jog + 1.2 * now.breath + 0.04 * np.maximum(throw, 0) + 0.6 * wander(t, rng, 0.35)
        shoulder = about("y", np.radians(-4 * (0.4 + now.jog) * swing)) @ about("z", np.radians(shrug))
        upper = about("x", -np.radians(raised)) @ about("z", np.radians(spread - 90))
        upper = upper @ about("x", np.radians(inward))
        forearm = about("y", -np.radians(np.maximum(bent, 3)))
        hand = about("z", np.radians(-4 - 5 * late))
        hand = hand @ about("y", np.radians(-8 - 4 * now.jog + 2 * wander(t, rng, 0.35)))
        mirror = np.outer([out, 1, 1], [out, 1, 1])
        for part, matrices in (("Shoulder", shoulder), ("Arm", upper), ("ForeArm", forearm), ("Hand", hand)):
            parts[name + part] = matrices * mirror
    return parts


def _leg(hip, ankle, facing, airborne):
    """Two-bone inverse kinematics with the knee forward: thigh and shin (time, 3, 3), global."""
    away = ankle - hip
    length = np.linalg.norm(away, axis=1)
    # a foot in the air that would be out of reach is drawn in, softly; one on the ground is in reach by now
    near, far = 0.95 * (_THIGH + _SHIN), 0.995 * (_THIGH + _SHIN)
    drawn = near + (far - near) * np.tanh((length - near) / (far - near))
    drawn = np.where(length > near, length + airborne * (drawn - length), length)
    # however the ends of a swing are blended, no leg is longer than its bones
    drawn = np.minimum(drawn, 0.999 * (_THIGH + _SHIN))
    away = away / length[:, None]
    across = np.stack([np.cos(facing), 0 * facing, -np.sin(facing)], 1)
    across -= (across * away).sum(1, keepdims=True) * away
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    forward = np.cross(away, across)  # the plane of the leg, to the front
    cosine = np.clip((_THIGH**2 + drawn**2 - _SHIN**2) / (2 * _THIGH * drawn), -1, 1)
    sine = np.sqrt(1 - cosine**2)
    knee = _THIGH * (cosine[:, None] * away + sine[:, None] * forward)
    foot = drawn[:, None] * away
    bones = []
    for bone in (knee, foot - knee):
        up = -bone / np.linalg.norm(bone, axis=1, keepdims=True)
        bones.append(np.stack([across, up, np.cross(across, up)], 2))
    return bones


def _throw(jumps, t, style):
    """Swing of the arms, and bend of the elbows, that jumps add, degrees (time,)."""
    much = 0.5 + 0.5 * style.jump
    arms, elbows = [(t[0] - 1, 0.0)], [(t[0] - 1, 0.0)]
    for off, land in jumps:
        middle = (off + land) / 2
        arms += [(off - 0.62, 0.0), (off - 0.26, -42.0), (off + 0.02, 65.0), (middle, 105.0)]
        arms += [(land, 75.0), (land + 0.2, 30.0), (land + 0.62, 0.0)]
        elbows += [(off - 0.62, 0.0), (off - 0.26, 12.0), (off - 0.05, 45.0), (middle, 18.0)]
        elbows += [(land, 20.0), (land + 0.2, 32.0), (land + 0.62, 0.0)]
    signals = []
    for keys in (arms, elbows):
        keys = spaced([*keys, (max(t[-1], keys[-1][0]) + 1, 0.0)], 0.02)
        signals.append(much * PchipInterpolator(*np.transpose(keys))(t))
    return signals
