"""A skeleton acts in a mood: the motion generator walks, runs or stands, and the style of the sprites is laid on."""

import numpy as np
from scipy.spatial.transform import Rotation

from animkit.motion.clips import known_joints, skeleton
from animkit.motion.foot_lock import lock_feet
from animkit.motion.kinematics import about, rotation_vectors, turned
from animkit.motion.warp import paced
from animkit.studio.generation import generate
from animkit.studio.performance import styled

SPEEDS = {"idle": 0.0, "approach": 110.0, "flee": 260.0}  # cm/s
TRUNK = ("Spine", "Spine1", "Spine2")
HANGS = 9.0  # degrees that neck and head bend for each pixel that a sprite's head sinks
LEGS = ("Hips", "LeftUpLeg", "LeftLeg", "LeftFoot", "LeftToe", "RightUpLeg", "RightLeg", "RightFoot", "RightToe")


def act_skeleton(model, action, mood, seconds, *, strength=1.0, temperature=0.6, seed=0):
    """Let the motion generator do something in a mood; `animkit.motion.bvh.save_bvh` keeps it.

    The network moves; rules lay the numbers of `animkit.studio.performance.STYLE` on it. It is played as fast as the
    tempo says; trunk and arms swing so much farther or less about their mean pose; the trunk bends by the lean; neck
    and head hang. Legs are the network's, and feet that stand are locked.

    Args:
        model: `animkit.models.motion_vae.MotionVAE`.
        action: one of SPEEDS.
        mood: of STYLE, or a Style.
        seconds: how long.
        strength: of the mood, from 0 to 1.
        temperature: of the generator.
        seed: of the generator.

    Returns:
        pybvh.Bvh.

    Raises:
        ValueError: another action, see `styled` and `generate`.
    """
    if action not in SPEEDS:
        raise ValueError(f"a skeleton does not {action!r}: the generator knows {', '.join(SPEEDS)}")
    style = styled(mood, strength)
    clip = generate(model, seconds * style.tempo, speed=SPEEDS[action], temperature=temperature, seed=seed)
    return restyle(paced(clip, style.tempo), style)


def restyle(clip, style):
    """Lay a style's swing, lean and hanging head on a clip's trunk, arms and head.

    Args:
        clip: pybvh.Bvh.
        style: `animkit.studio.performance.Style`.

    Returns:
        pybvh.Bvh.
    """
    names, known = skeleton(clip).names, known_joints(clip)
    root, rotations = clip.to_rotmat()
    rotations = rotations.copy()
    legs = {known[joint] for joint in LEGS if joint in known}
    above = [j for j, name in enumerate(names) if name not in legs]
    means = np.stack([Rotation.from_matrix(rotations[:, j]).mean().as_matrix() for j in above])[None]
    means = np.broadcast_to(means, rotations[:, above].shape)
    rotations[:, above] = turned(means, style.swing * rotation_vectors(means, rotations[:, above]))
    # a trunk alone, half of the height, brings the head where a sprite's is that leans from its feet
    bend = {known[joint]: 2 * np.arctan(style.lean) for joint in TRUNK if joint in known}
    bend = {name: angle / len(bend) for name, angle in bend.items()}
    bend |= {known[joint]: np.radians(HANGS * style.hang / 2) for joint in ("Neck", "Head") if joint in known}
    for name, angle in bend.items():
        rotations[:, names.index(name)] = about("x", np.array(angle)) @ rotations[:, names.index(name)]
    return lock_feet(clip.from_rotmat(root, rotations))
