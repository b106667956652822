import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from animkit.motion.kinematics import forward_kinematics
from animkit.motion.windows import centre, face_forward, windows

PARENTS = [-1, 0, 1, 0]
OFFSETS = np.array([[9.0, 9, 9], [0, 1, 0], [2, 0, 0], [0, 0, 3]])


def clip(frames=30, joints=4, seed=0):
    rng = np.random.default_rng(seed)
    rotations = Rotation.random(frames * joints, random_state=seed).as_matrix().reshape(frames, joints, 3, 3)
    return rotations, rng.normal(size=(frames, 3))


@pytest.mark.parametrize(
    ("frames", "starts"),
    [(4, []), (5, []), (6, [0]), (7, [0]), (9, [0, 3]), (12, [0, 3, 6])],
)
def test_windows_need_a_frame_after_them(frames, starts):
    rotations, root = clip(frames)
    cut, roots = windows(rotations, root, length=5, offset=3)
    assert cut.shape == (len(starts), 5, 4, 3, 3)
    for window, roots_of_it, start in zip(cut, roots, starts, strict=True):
        assert (window == rotations[start : start + 5]).all()
        assert (roots_of_it == root[start : start + 5]).all()


def test_centre_moves_the_mean_or_a_frame_and_no_height():
    root = np.random.default_rng(0).normal(size=(3, 8, 3))
    np.testing.assert_allclose(centre(root).mean(axis=1)[:, [0, 2]], 0, atol=1e-12)
    assert (centre(root, frame=2)[:, 2, [0, 2]] == 0).all()
    assert (centre(root)[..., 1] == root[..., 1]).all()


@pytest.mark.parametrize(("forward", "towards"), [((0, 0, 1), (0, 0, 1)), ((0, 1, 0), (1, 0, 0))])
def test_face_forward_turns_the_look_and_keeps_the_motion(forward, towards):
    rotations, root = windows(*clip(), length=8, offset=4)
    turned, moved = face_forward(rotations, root, frame=3, forward=forward, towards=towards)
    looks = turned[:, 3, 0] @ np.array(forward, float) * [1, 0, 1]
    looks /= np.linalg.norm(looks, axis=-1, keepdims=True)
    np.testing.assert_allclose(looks, np.tile(towards, (len(looks), 1)), atol=1e-12)
    assert (turned[:, :, 1:] == rotations[:, :, 1:]).all()
    before, _ = forward_kinematics(rotations, root, parents=PARENTS, offsets=OFFSETS)
    after, _ = forward_kinematics(turned, moved, parents=PARENTS, offsets=OFFSETS)
    np.testing.assert_allclose(after[..., 1], before[..., 1], atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(after, axis=-1), np.linalg.norm(before, axis=-1), atol=1e-12)
    steps = [np.linalg.norm(np.diff(points, axis=1), axis=-1) for points in (before, after)]
    np.testing.assert_allclose(*steps, atol=1e-12)


def test_facing_already_changes_nothing_and_no_facing_is_left_alone():
    rotations, root = np.tile(np.eye(3), (1, 5, 4, 1, 1)), np.ones((1, 5, 3))
    turned, moved = face_forward(rotations, root, frame=0)
    np.testing.assert_allclose(turned, rotations, atol=1e-15)
    np.testing.assert_allclose(moved, root, atol=1e-15)
    turned, _ = face_forward(rotations, root, frame=0, forward=(0, 1, 0), towards=(1, 0, 0))
    np.testing.assert_allclose(turned, rotations, atol=1e-15)


def test_precision_is_kept():
    rotations, root = windows(*(array.astype("float32") for array in clip()), length=8, offset=4)
    assert [array.dtype for array in face_forward(rotations, root, frame=3)] == ["float32", "float32"]


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: windows(*clip(), length=0, offset=1), "at least 1"),
        (lambda: windows(clip()[0], clip(29)[1], length=5, offset=1), "30 frames and root has 29"),
        (lambda: windows(clip()[0], np.zeros(30), length=5, offset=1), r"root must be \(time, 3\)"),
        (lambda: centre(np.zeros((5, 3))), r"\(windows, length, 3\)"),
        (lambda: centre(np.zeros((1, 5, 3)), frame=5), "from 0 to 4"),
        (lambda: face_forward(np.zeros((1, 5, 2, 3, 3)), np.zeros((1, 5, 3)), frame=7), "from 0 to 4"),
        (lambda: face_forward(np.zeros((1, 5, 2, 4)), np.zeros((1, 5, 3)), frame=0), "rotations must be"),
        (
            lambda: face_forward(np.zeros((1, 5, 2, 3, 3)), np.zeros((1, 5, 3)), frame=0, forward=(0, 0, 0)),
            "forward must be a direction",
        ),
        (
            lambda: face_forward(np.zeros((1, 5, 2, 3, 3)), np.zeros((1, 5, 3)), frame=0, towards=(0, 1, 0)),
            "not upright",
        ),
    ],
)
def test_refuses(call, match):
    with pytest.raises(ValueError, match=match):
        call()
