import keras
import numpy as np
import pytest
from keras import ops
from scipy.spatial.transform import Rotation

from animkit.motion.features import (
    about_y,
    facing,
    forward_kinematics,
    from_features,
    local_rotations,
    rotation_6d,
    rotation_from_6d,
    to_features,
)

PARENTS = [-1, 0, 1, 0, 3, 3]
OFFSETS = np.array([[9, 9, 9], [1, 0, 0], [0, 2, 0], [-1, 0, 0], [0, 0, 3], [0, -1, 0]], float)
ACROSS = (2.0, 0.0, 0.0)


def motion(*shape, seed=0):
    random = np.random.default_rng(seed)
    count = int(np.prod(shape)) * len(PARENTS)
    rotations = Rotation.random(count, rng=random).as_matrix().reshape(*shape, len(PARENTS), 3, 3)
    return rotations.astype("float32"), random.normal(size=(*shape, 3)).astype("float32")


def array(tensor):
    return ops.convert_to_numpy(tensor)


@pytest.mark.both_backends
def test_six_numbers_hold_a_rotation():
    rotations, _ = motion(20)
    np.testing.assert_allclose(array(rotation_from_6d(rotation_6d(rotations))), rotations, atol=1e-5)


def test_any_six_numbers_make_a_rotation():
    made = array(rotation_from_6d(np.random.default_rng(0).normal(size=(100, 6)).astype("float32")))
    np.testing.assert_allclose(made @ made.swapaxes(-1, -2), np.broadcast_to(np.eye(3), made.shape), atol=1e-5)
    np.testing.assert_allclose(np.linalg.det(made), 1, atol=1e-5)


@pytest.mark.both_backends
def test_quarter_turn_of_the_root_and_of_a_child_by_hand():
    rotations = np.broadcast_to(np.eye(3, dtype="float32"), (6, 3, 3)).copy()
    rotations[0] = Rotation.from_euler("z", 90, degrees=True).as_matrix()  # x -> y, y -> -x
    rotations[3] = Rotation.from_euler("x", 90, degrees=True).as_matrix()  # y -> z, z -> -y
    root = np.array([10.0, 0.0, 0.0], "float32")
    places, turned = map(array, forward_kinematics(rotations, root, parents=PARENTS, offsets=OFFSETS))
    # joint 4 hangs on 3: (0, 0, 3) becomes (0, -3, 0), and the root makes (3, 0, 0) of it
    expected = [[10, 0, 0], [10, 1, 0], [8, 1, 0], [10, -1, 0], [13, -1, 0], [10, -1, -1]]
    np.testing.assert_allclose(places, expected, atol=1e-5)
    np.testing.assert_allclose(turned[3], rotations[0] @ rotations[3], atol=1e-6)


@pytest.mark.both_backends
def test_bones_keep_their_length_and_locals_come_back():
    rotations, root = motion(4, 7)
    places, turned = forward_kinematics(rotations, root, parents=PARENTS, offsets=OFFSETS)
    bones = array(places)[..., 1:, :] - array(places)[..., PARENTS[1:], :]
    lengths = np.linalg.norm(OFFSETS[1:], axis=-1)
    np.testing.assert_allclose(np.linalg.norm(bones, axis=-1), np.broadcast_to(lengths, bones.shape[:-1]), atol=1e-4)
    np.testing.assert_allclose(array(local_rotations(turned, PARENTS)), rotations, atol=1e-5)


def test_equals_pybvh_on_mixed_euler_orders(real_data):
    from pybvh import read_bvh_file

    clip = read_bvh_file(real_data / "cmu_bvh" / "01_01.bvh")
    root, rotations = clip.to_rotmat()
    nodes = [node for node in clip.nodes if not node.is_end_site()]
    parents = [nodes.index(node.parent) if node.parent is not None else -1 for node in nodes]
    offsets = np.array([node.offset for node in nodes])
    places, _ = forward_kinematics(
        rotations.astype("float32"), root.astype("float32"), parents=parents, offsets=offsets
    )
    size = np.ptp(clip.joint_positions()[0], axis=0).max()
    assert np.abs(array(places) - clip.joint_positions()).max() < 1e-4 * size


@pytest.mark.both_backends
def test_position_of_a_joint_has_the_gradient_of_finite_differences():
    rotations, root = motion(1)
    six = array(rotation_6d(rotations)).astype("float64")
    aim = np.array([3.0, -1.0, 2.0])

    def loss(six):
        places, _ = forward_kinematics(
            rotation_from_6d(ops.cast(six, "float32")), ops.convert_to_tensor(root), parents=PARENTS, offsets=OFFSETS
        )
        return ops.sum(ops.square(places[0, 4] - aim))

    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        variable = tf.Variable(six.astype("float32"))
        with tf.GradientTape() as tape:
            value = loss(variable)
        gradient = tape.gradient(value, variable).numpy()
    else:
        import jax

        gradient = np.asarray(jax.grad(loss)(six.astype("float32")))
    for place in [(0, 0, 0), (0, 3, 2), (0, 3, 4)]:
        step = np.zeros_like(six)
        step[place] = 1e-2
        slope = (float(loss(six + step)) - float(loss(six - step))) / 2e-2
        assert gradient[place] == pytest.approx(slope, rel=0.02, abs=0.02)
    # what hangs elsewhere does not move joint 4
    assert np.abs(gradient[0, [1, 2, 5]]).max() == 0


@pytest.mark.both_backends
def test_faces_where_the_left_says():
    # left is +x at rest, so that one faces +z; a quarter turn about y faces +x
    angles = np.array([0.0, np.pi / 2, -2.0], "float32")
    np.testing.assert_allclose(array(facing(about_y(angles), ACROSS)), angles, atol=1e-6)


def test_features_have_an_exact_inverse():
    rotations, root = motion(3, 12)
    features, start = to_features(rotations, root, across=ACROSS)
    assert features.shape == (3, 12, 4 + 36)
    back, placed = from_features(features, start)
    np.testing.assert_allclose(array(back), rotations, atol=2e-5)
    np.testing.assert_allclose(array(placed), root, atol=2e-5)


def test_features_do_not_change_when_the_world_is_turned_and_moved():
    rotations, root = motion(12)
    turn = Rotation.from_euler("y", 1.2).as_matrix().astype("float32")
    turned = rotations.copy()
    turned[:, 0] = turn @ rotations[:, 0]
    moved = root @ turn.T + np.array([5, 0, -3], "float32")
    one, _ = to_features(rotations, root, across=ACROSS)
    other, _ = to_features(turned, moved, across=ACROSS)
    np.testing.assert_allclose(array(one), array(other), atol=2e-5)


def test_walking_straight_ahead_is_a_step_forward():
    rotations = np.broadcast_to(np.eye(3, dtype="float32"), (5, 6, 3, 3)).copy()
    rotations[:, 0] = array(about_y(np.full(5, np.pi / 2, "float32")))
    root = np.stack([np.arange(5), np.full(5, 2.0), np.zeros(5)], axis=1).astype("float32")  # along +x, facing +x
    features, start = map(array, to_features(rotations, root, across=ACROSS))
    np.testing.assert_allclose(features[1:, :4], [[0, 1, 0, 2]] * 4, atol=1e-6)
    np.testing.assert_allclose(start, [0, 0, np.pi / 2], atol=1e-6)


def test_bad_skeletons_are_told():
    rotations, root = motion(2)
    with pytest.raises(ValueError, match="6 parents need rotations"):
        forward_kinematics(rotations[:, :5], root, parents=PARENTS, offsets=OFFSETS)
    with pytest.raises(ValueError, match="come before their children"):
        forward_kinematics(rotations, root, parents=[-1, 2, 0, 0, 3, 3], offsets=OFFSETS)
    with pytest.raises(ValueError, match="one root"):
        forward_kinematics(rotations, root, parents=[-1, 0, 1, -1, 3, 3], offsets=OFFSETS)
