"""Rotations and joints in space, in NumPy: forward kinematics, quaternions, slerp and the few turns that clips need.

`animkit.motion.features` has the same forward kinematics in `keras.ops`, for networks. Arrays are rotation matrices
(..., 3, 3) that turn column vectors; y is up.
"""

import numpy as np
from scipy.spatial.transform import Rotation


def forward_kinematics(rotations, root, *, parents, offsets):
    """Find where every joint is and how it is turned in the world.

    Args:
        rotations: (..., joints, 3, 3) relative to the parent.
        root: (..., 3) position of the root joint; its offset is not added.
        parents: (joints,) index of each joint's parent, -1 for the one root; parents come first.
        offsets: (joints, 3) from the parent, in the parent's frame.

    Returns:
        positions (..., joints, 3) in the unit of root and offsets, and global rotations (..., joints, 3, 3).

    Raises:
        ValueError: when shapes do not go together.
    """
    rotations, root = np.asarray(rotations), np.asarray(root)
    parents, offsets = np.asarray(parents), np.asarray(offsets, rotations.dtype)
    if rotations.shape[-2:] != (3, 3) or rotations.shape[:-3] != root.shape[:-1] or root.shape[-1] != 3:
        raise ValueError(
            f"rotations must be (..., joints, 3, 3) and root (..., 3); got {rotations.shape} and {root.shape}"
        )
    if parents.shape != rotations.shape[-3:-2] or offsets.shape != (len(parents), 3):
        raise ValueError(
            f"parents must be (joints,) and offsets (joints, 3) for {rotations.shape[-3]} joints; "
            f"got {parents.shape} and {offsets.shape}"
        )
    places, turns = [root], [rotations[..., 0, :, :]]
    for joint in range(1, len(parents)):
        parent = parents[joint]
        places.append(places[parent] + turns[parent] @ offsets[joint])
        turns.append(turns[parent] @ rotations[..., joint, :, :])
    return np.stack(places, axis=-2), np.stack(turns, axis=-3)


def quaternions(matrices):
    """Write rotation matrices as unit quaternions.

    Args:
        matrices: (..., 3, 3).

    Returns:
        (..., 4), (w, x, y, z), w >= 0: the metrics make them continuous in time.

    Raises:
        ValueError: when they are no rotation matrices.
    """
    matrices = np.asarray(matrices)
    if matrices.shape[-2:] != (3, 3):
        raise ValueError(f"matrices must be (..., 3, 3); got {matrices.shape}")
    flat = matrices.reshape(-1, 3, 3)
    return Rotation.from_matrix(flat).as_quat(canonical=True)[:, [3, 0, 1, 2]].reshape(*matrices.shape[:-2], 4)


def rotation_vectors(first, last):
    """Tell by what each rotation turns into another: axis times angle, in the first one's own frame.

    Args:
        first: (..., 3, 3).
        last: (..., 3, 3), of the same shape.

    Returns:
        (..., 3) radians, of length pi at most.
    """
    flat = (Rotation.from_matrix(np.reshape(matrices, (-1, 3, 3))) for matrices in (first, last))
    return (next(flat).inv() * next(flat)).as_rotvec().reshape(*np.shape(first)[:-2], 3)


def turned(rotations, vectors):
    """Turn rotations further by rotation vectors in their own frames, so that `rotation_vectors` gives these back.

    Args:
        rotations: (..., 3, 3).
        vectors: (..., 3) radians; either may have more or longer axes than the other, as NumPy broadcasts.

    Returns:
        (..., 3, 3).
    """
    vectors = np.asarray(vectors)
    return rotations @ Rotation.from_rotvec(vectors.reshape(-1, 3)).as_matrix().reshape(*vectors.shape[:-1], 3, 3)


def slerp(first, last, share):
    """Go a share of the shortest way from one rotation to another, at an even pace.

    Args:
        first: (..., 3, 3).
        last: (..., 3, 3), of the same shape.
        share: (...), 0 for the first and 1 for the last; it may have more or longer axes, as NumPy broadcasts.

    Returns:
        (..., 3, 3).
    """
    return turned(first, np.asarray(share)[..., None] * rotation_vectors(first, last))


def rotate(matrices, vectors):
    """Turn column vectors: (..., 3, 3) and (..., 3) make (..., 3)."""
    return (matrices @ np.asarray(vectors)[..., None])[..., 0]


def about(axis, angles):
    """Rotate about an axis of the world: (..., 3, 3) for "x", "y" or "z" and angles (...) in radians."""
    angles = np.asarray(angles)
    return Rotation.from_euler(axis, angles.reshape(-1, 1)).as_matrix().reshape(*angles.shape, 3, 3)


def unit(vectors):
    """Bring vectors (..., 3) to length one; those of no length stay 0."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)


def facing(root_rotations, across):
    """Tell which way a character faces: the angle about y from +z towards +x.

    Args:
        root_rotations: (..., 3, 3).
        across: (3,) from the right hip to the left in the root's frame, see `animkit.motion.clips.find_across`.

    Returns:
        (...) radians.
    """
    left = root_rotations @ np.asarray(across)
    return np.arctan2(-left[..., 2], left[..., 0])
