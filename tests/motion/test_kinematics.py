"""Rotations and joints in space: by hand, by SciPy, and the same in NumPy as in Keras."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation, Slerp

from animkit.motion.kinematics import (
    about,
    facing,
    forward_kinematics,
    quaternions,
    rotate,
    rotation_vectors,
    slerp,
    turned,
    unit,
)

PARENTS = [-1, 0, 1, 0]
OFFSETS = np.array([[9.0, 9, 9], [0, 1, 0], [2, 0, 0], [0, 0, 3]])


def rotations(*shape, seed=0):
    return Rotation.random(int(np.prod(shape)), rng=np.random.default_rng(seed)).as_matrix().reshape(*shape, 3, 3)


def test_forward_kinematics_by_hand():
    quarter = Rotation.from_euler("z", 90, degrees=True).as_matrix()
    rotations = np.stack([quarter, np.eye(3), np.eye(3), np.eye(3)])
    places, turns = forward_kinematics(rotations, np.array([5.0, 0, 0]), parents=PARENTS, offsets=OFFSETS)
    # a quarter turn about z sends +y to -x and +x to +y; the root's own offset is not used
    np.testing.assert_allclose(places, [[5, 0, 0], [4, 0, 0], [4, 2, 0], [5, 0, 3]], atol=1e-12)
    np.testing.assert_allclose(turns, np.tile(quarter, (4, 1, 1)), atol=1e-12)


def test_quaternions_are_w_first():
    quarter = Rotation.from_euler("y", 90, degrees=True).as_matrix()
    half = np.sqrt(0.5)
    np.testing.assert_allclose(quaternions([[np.eye(3), quarter]]), [[[1, 0, 0, 0], [half, 0, half, 0]]], atol=1e-12)


@pytest.mark.both_backends
def test_numpy_and_keras_place_joints_alike():
    from keras import ops

    from animkit.motion import features

    local = rotations(2, 5, 4).astype("float32")
    root = np.random.default_rng(0).normal(size=(2, 5, 3)).astype("float32")
    body = {"parents": PARENTS, "offsets": OFFSETS}
    ours, theirs = forward_kinematics(local, root, **body), features.forward_kinematics(local, root, **body)
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one, ops.convert_to_numpy(other), atol=1e-5)
    across = np.array([2.0, 0.5, 0.0], "float32")
    np.testing.assert_allclose(
        facing(local[..., 0, :, :], across),
        ops.convert_to_numpy(features.facing(local[..., 0, :, :], across)),
        atol=1e-5,
    )
    angles = np.linspace(-4, 4, 9, dtype="float32")
    np.testing.assert_allclose(about("y", angles), ops.convert_to_numpy(features.about_y(angles)), atol=1e-6)


def test_slerp_is_scipys():
    ends = rotations(2, 6)
    shares = np.linspace(0, 1, 5)
    found = slerp(ends[0][:, None], ends[1][:, None], shares)
    for joint in range(6):
        expected = Slerp([0, 1], Rotation.from_matrix(ends[:, joint]))(shares).as_matrix()
        np.testing.assert_allclose(found[joint], expected, atol=1e-12)


def test_what_turns_one_into_another_turns_it_there():
    first, last = rotations(2, 3), rotations(2, 3, seed=1)
    vectors = rotation_vectors(first, last)
    assert vectors.shape == (2, 3, 3)
    assert np.linalg.norm(vectors, axis=-1).max() <= np.pi
    np.testing.assert_allclose(turned(first, vectors), last, atol=1e-12)
    np.testing.assert_array_equal(turned(first, 0 * vectors), first)


def test_turns_by_hand():
    np.testing.assert_allclose(rotate(about("y", np.pi / 2), [1.0, 2.0, 3.0]), [3, 2, -1], atol=1e-12)
    np.testing.assert_allclose(
        rotate(about("z", [[0.0], [np.pi / 2]]), [1.0, 0, 0]), [[[1, 0, 0]], [[0, 1, 0]]], atol=1e-12
    )
    np.testing.assert_allclose(unit([[0.0, 3, 4], [0, 0, 0]]), [[0, 0.6, 0.8], [0, 0, 0]])


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (
            lambda: forward_kinematics(rotations(9, 4), np.zeros((9, 3)), parents=[-1, 0], offsets=OFFSETS),
            "for 4 joints",
        ),
        (
            lambda: forward_kinematics(rotations(9, 4), np.zeros((8, 3)), parents=PARENTS, offsets=OFFSETS),
            "rotations must be",
        ),
        (lambda: quaternions(np.zeros((4, 4))), r"\(\.\.\., 3, 3\)"),
    ],
)
def test_refuses(call, match):
    with pytest.raises(ValueError, match=match):
        call()
