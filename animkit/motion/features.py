"""Skeletons in motion as tensors: 6D rotations, forward kinematics and facing-relative features, all differentiable.

Arrays are (..., time, joints, 3, 3) rotation matrices, each joint's relative to its parent's, and (..., time, 3)
positions of the root; y is up. The order of joints puts parents before their children, as BVH files do. What networks
see is made here, in `keras.ops`; `animkit.motion.kinematics` is for clips, in NumPy.
"""

import functools

import numpy as np
from keras import ops


def rotation_6d(matrices):
    """Write rotations as the first two columns of their matrices, a form without jumps.

    Args:
        matrices: (..., 3, 3).

    Returns:
        (..., 6): first column, then second.

    Source: Zhou et al. 2019, "On the Continuity of Rotation Representations in Neural Networks".
    """
    return ops.concatenate([matrices[..., :, 0], matrices[..., :, 1]], axis=-1)


def rotation_from_6d(columns):
    """Make rotations of any six numbers each, by Gram-Schmidt; the inverse of `rotation_6d` on what it gives.

    Args:
        columns: (..., 6); the two columns need not be orthogonal or of length one, but must not vanish.

    Returns:
        (..., 3, 3).

    Source: Zhou et al. 2019.
    """
    first = _unit(columns[..., :3])
    second = columns[..., 3:]
    second = _unit(second - ops.sum(first * second, axis=-1, keepdims=True) * first)
    return ops.stack([first, second, ops.cross(first, second)], axis=-1)


def _unit(vectors):
    # the small number keeps the gradient finite where a network gives zeros
    return vectors / ops.sqrt(ops.sum(ops.square(vectors), axis=-1, keepdims=True) + 1e-12)


def forward_kinematics(rotations, root, *, parents, offsets):
    """Find where the joints are.

    Args:
        rotations: (..., joints, 3, 3) relative to the parent.
        root: (..., 3) position of the root joint; its offset is not added, as `pybvh` and BVH players do it.
        parents: (joints,) index of each joint's parent, -1 for the one root; parents come first.
        offsets: (joints, 3) from the parent, in the parent's frame.

    Returns:
        positions (..., joints, 3) in the unit of root and offsets, and global rotations (..., joints, 3, 3).

    Raises:
        ValueError: when parents do not come first or shapes do not fit.
    """
    parents = tuple(int(parent) for parent in parents)
    if rotations.shape[-3] != len(parents) or np.shape(offsets) != (len(parents), 3):
        raise ValueError(
            f"{len(parents)} parents need rotations (..., {len(parents)}, 3, 3) and offsets ({len(parents)}, 3); "
            f"got {tuple(rotations.shape)} and {np.shape(offsets)}"
        )
    offsets = ops.cast(offsets, root.dtype)
    turned, placed = [rotations[..., :1, :, :]], [root[..., None, :]]
    for joints, above in _levels(parents):
        frame = ops.take(turned[-1], above, axis=-3)
        bone = ops.take(offsets, joints, axis=0)
        placed.append(ops.take(placed[-1], above, axis=-2) + ops.sum(frame * bone[:, None, :], axis=-1))
        turned.append(_product(frame, ops.take(rotations, joints, axis=-3)))
    order = np.argsort([0, *(joint for joints, _ in _levels(parents) for joint in joints)])
    return (
        ops.take(ops.concatenate(placed, axis=-2), order, axis=-2),
        ops.take(ops.concatenate(turned, axis=-3), order, axis=-3),
    )


def local_rotations(rotations, parents):
    """Turn global rotations into rotations relative to the parent, the inverse of what forward kinematics does.

    Args:
        rotations: (..., joints, 3, 3) global.
        parents: (joints,), -1 for the root, which comes first.

    Returns:
        (..., joints, 3, 3).
    """
    above = ops.take(rotations, np.asarray(parents[1:]), axis=-3)
    below = _product(ops.swapaxes(above, -1, -2), rotations[..., 1:, :, :])
    return ops.concatenate([rotations[..., :1, :, :], below], axis=-3)


def _product(a, b):
    # a batched matmul of 3 x 3 matrices costs several times this
    return a[..., :, :1] * b[..., :1, :] + a[..., :, 1:2] * b[..., 1:2, :] + a[..., :, 2:] * b[..., 2:, :]


@functools.cache
def _levels(parents):
    """Joints by their distance from the root: pairs of joint indices and each one's parent within the level above."""
    if parents[:1] != (-1,) or any(not 0 <= parent < joint for joint, parent in enumerate(parents) if joint):
        raise ValueError(f"parents must start with one root, -1, and come before their children; got {parents}")
    levels, above = [], [0]
    while True:
        joints = [joint for joint, parent in enumerate(parents) if joint and parent in above]
        if not joints:
            return levels
        levels.append((np.array(joints), np.array([above.index(parents[joint]) for joint in joints])))
        above = joints


def facing(root_rotations, across):
    """Tell which way a character faces: the angle about y from +z towards +x.

    Args:
        root_rotations: (..., 3, 3).
        across: (3,) from the right hip to the left in the root's frame, which needs no convention of the rig.

    Returns:
        (...) radians.
    """
    left = ops.sum(root_rotations * ops.cast(across, root_rotations.dtype), axis=-1)
    return ops.arctan2(-left[..., 2], left[..., 0])


def about_y(angle):
    """Rotate about y: (..., 3, 3) for angles (...) in radians."""
    c, s, zero, one = ops.cos(angle), ops.sin(angle), ops.zeros_like(angle), ops.ones_like(angle)
    rows = [ops.stack(row, axis=-1) for row in ((c, zero, s), (zero, one, zero), (-s, zero, c))]
    return ops.stack(rows, axis=-2)


def to_features(rotations, root, *, across):
    """Describe motion as a character feels it: by steps in the direction it faces.

    Args:
        rotations: (..., time, joints, 3, 3) relative to the parent.
        root: (..., time, 3).
        across: (3,), see `facing`.

    Returns:
        features (..., time, 4 + 6 joints): steps left and forward since the frame before, in its facing frame;
        turn since then in radians; height; rotations in 6D, the root's without its heading. And the start
        (..., 3): x, z and heading of the first frame, whose steps and turn are zero.
    """
    heading = facing(rotations[..., 0, :, :], across)
    turn = heading[..., 1:] - heading[..., :-1]
    turn = turn - 2 * np.pi * ops.round(turn / (2 * np.pi))
    step = _turned(root[..., 1:, ::2] - root[..., :-1, ::2], -heading[..., :-1])
    change = ops.concatenate([step, turn[..., None]], axis=-1)
    change = ops.concatenate([ops.zeros_like(change[..., :1, :]), change], axis=-2)
    upright = _product(about_y(-heading), rotations[..., 0, :, :])[..., None, :, :]
    six = rotation_6d(ops.concatenate([upright, rotations[..., 1:, :, :]], axis=-3))
    six = ops.reshape(six, (*six.shape[:-2], 6 * rotations.shape[-3]))
    start = ops.concatenate([root[..., 0, ::2], heading[..., :1]], axis=-1)
    return ops.concatenate([change, root[..., 1:2], six], axis=-1), start


def from_features(features, start):
    """Put a described motion back into the world: the inverse of `to_features`.

    Args:
        features: (..., time, 4 + 6 joints).
        start: (..., 3) x, z and heading of the first frame.

    Returns:
        rotations (..., time, joints, 3, 3) and root (..., time, 3).
    """
    heading = start[..., 2:] + ops.cumsum(features[..., 2], axis=-1)
    # a step is told in the facing frame of the frame before; the first frame has none
    before = ops.concatenate([start[..., 2:], heading[..., :-1]], axis=-1)
    ground = start[..., None, :2] + ops.cumsum(_turned(features[..., :2], before), axis=-2)
    root = ops.stack([ground[..., 0], features[..., 3], ground[..., 1]], axis=-1)
    six = features[..., 4:]
    local = rotation_from_6d(ops.reshape(six, (*six.shape[:-1], -1, 6)))
    upright = _product(about_y(heading), local[..., 0, :, :])[..., None, :, :]
    return ops.concatenate([upright, local[..., 1:, :, :]], axis=-3), root


def _turned(ground, angle):
    """Turn (x, z) about y."""
    c, s = ops.cos(angle), ops.sin(angle)
    return ops.stack([c * ground[..., 0] + s * ground[..., 1], c * ground[..., 1] - s * ground[..., 0]], axis=-1)
