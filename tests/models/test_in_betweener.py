import keras
import numpy as np
import pytest
from keras import ops
from scipy.spatial.transform import Rotation

from animkit.models.in_betweener import PAST, GapBatches, InBetweener
from animkit.motion.interpolation import in_gap, interpolate_eased
from animkit.training import train

PARENTS = [-1, 0, 1, 0]
OFFSETS = np.array([[0, 0, 0], [5, 0, 0], [0, -20, 0], [-5, 0, 0]], float)
NAMES = ["Hips", "LeftLeg", "LeftFoot", "RightLeg"]
ACROSS = (10.0, 0.0, 0.0)


def clips(count=4, frames=60, seed=0):
    """A hip that goes ahead and legs that swing, smoothly."""
    random = np.random.default_rng(seed)
    t = np.arange(frames)
    made = []
    for _ in range(count):
        angles = np.zeros((frames, 4, 3))
        angles[:, 0, 1] = random.uniform(-2, 2)
        for joint in (1, 2, 3):
            angles[:, joint, 0] = 0.8 * np.sin(2 * np.pi * t / 24 + random.uniform(0, 6))
        rotations = Rotation.from_rotvec(angles.reshape(-1, 3)).as_matrix().reshape(frames, 4, 3, 3)
        ahead = rotations[:, 0, :, 2]
        root = 3.0 * t[:, None] * ahead + [0, 40, 0] + 2 * np.sin(t / 4)[:, None] * [0, 1, 0]
        made.append((rotations, root))
    return made


def make(**options):
    keras.utils.set_random_seed(0)
    return InBetweener(NAMES, PARENTS, OFFSETS, size=20.0, across=ACROSS, **{"units": 16, "latent_dim": 3, **options})


def window(gap=8, after=1, seed=0):
    length = PAST + gap + after
    return tuple(
        np.stack(part) for part in zip(*[(r[:length], p[:length]) for r, p in clips(3, seed=seed)], strict=True)
    )


@pytest.mark.both_backends
def test_untrained_model_interpolates(model):
    rotations, root = window()
    start, stop = [PAST] * 3, [PAST + 8] * 3
    filled, placed = model.between(rotations, root, start, stop)
    straight, line = interpolate_eased(rotations, root, start, stop)
    np.testing.assert_allclose(filled, straight, atol=1e-5)
    np.testing.assert_allclose(placed, line, atol=1e-3)


@pytest.fixture(scope="module")
def model():
    return make()


@pytest.fixture(scope="module")
def stirred():
    """A model with other weights: one that does not merely interpolate."""
    model = make()
    model.write.kernel.assign(np.random.default_rng(1).normal(0, 0.05, model.write.kernel.shape))
    return model


def test_known_frames_stay_and_the_gap_is_never_read(stirred):
    rotations, root = window()
    start, stop = [PAST] * 3, [PAST + 8] * 3
    filled, placed = stirred.between(rotations, root, start, stop)
    known = ~in_gap(rotations.shape[1], start, stop)
    np.testing.assert_array_equal(filled[known], rotations[known])
    np.testing.assert_array_equal(placed[known], root[known])
    assert np.abs(placed - interpolate_eased(rotations, root, start, stop)[1])[~known].max() > 0.1

    other, elsewhere = rotations.copy(), root.copy()
    other[:, PAST : PAST + 8], elsewhere[:, PAST : PAST + 8] = np.eye(3), 99.0
    again, there = stirred.between(other, elsewhere, start, stop)
    np.testing.assert_array_equal(again, filled)
    np.testing.assert_array_equal(there, placed)


def test_filled_rotations_are_rotations(stirred):
    filled, _ = stirred.between(*window(), [PAST] * 3, [PAST + 8] * 3)
    np.testing.assert_allclose(filled @ filled.swapaxes(-1, -2), np.broadcast_to(np.eye(3), filled.shape), atol=1e-5)


def test_it_does_not_matter_where_in_the_world_or_facing_where(stirred):
    rotations, root = window()
    turn = Rotation.from_euler("y", 2.0).as_matrix()
    turned = rotations.copy()
    turned[:, :, 0] = turn @ rotations[:, :, 0]
    moved = root @ turn.T + [30.0, 0.0, -70.0]
    filled, placed = stirred.between(rotations, root, [PAST] * 3, [PAST + 8] * 3)
    other, elsewhere = stirred.between(turned, moved, [PAST] * 3, [PAST + 8] * 3)
    np.testing.assert_allclose(elsewhere, placed @ turn.T + [30.0, 0.0, -70.0], atol=1e-2)
    np.testing.assert_allclose(other[:, :, 1:], filled[:, :, 1:], atol=1e-4)
    np.testing.assert_allclose(other[:, :, 0], turn @ filled[:, :, 0], atol=1e-4)


@pytest.mark.both_backends
def test_z_tells_ways_apart_and_zero_is_the_default(stirred):
    arguments = (*window(), [PAST] * 3, [PAST + 8] * 3)
    middle, _ = stirred.between(*arguments)
    same, _ = stirred.between(*arguments, z=np.zeros((3, 3)))
    other, _ = stirred.between(*arguments, z=2 * np.ones((3, 3)))
    np.testing.assert_array_equal(middle, same)
    assert np.abs(other - middle).max() > 1e-3


def test_learning_beats_interpolation(tmp_path):
    data = GapBatches(clips(), across=ACROSS, gaps=(10,), batch_size=16, steps=24)
    model = make(adversarial=0.05)
    model.compile(keras.optimizers.Adam(5e-3))
    history = train(model, data, epochs=3, checkpoint=tmp_path, progress=False)
    # parts are relative to interpolation's error
    assert history["positions"][-1] < 0.8
    assert history["rotations"][-1] < 0.8
    assert {"kl", "critic", "deceived", "speeds"} <= set(history)


def test_each_player_feels_its_own_loss():
    """The critic's weights get no gradient from the deceiving term: with its own term off, they stay."""
    model = make(adversarial=0.5, latent_dim=0)
    x, y = GapBatches(clips(), across=ACROSS, gaps=(8,), batch_size=4, steps=1)[0]

    def gradients(variables, function):
        if keras.backend.backend() == "tensorflow":
            import tensorflow as tf

            with tf.GradientTape() as tape:
                value = function()
            return tape.gradient(value, [variable.value for variable in variables])
        import jax

        def pure(values):
            scope = keras.StatelessScope(state_mapping=list(zip(variables, values, strict=True)))
            with scope:
                return function()

        return jax.grad(pure)([variable.value for variable in variables])

    true, _ = model._placed(ops.convert_to_tensor(y * np.array([1 / 20] * 3 + [1] * 24, "float32")))

    def critic_only():
        return model._adversarial(true, 1.1 * true, True)

    kernel = model.critic.trainable_variables
    with_both = gradients(kernel, critic_only)
    model.adversarial = 0.0
    alone = gradients(kernel, critic_only)
    for one, other in zip(with_both, alone, strict=True):
        np.testing.assert_allclose(ops.convert_to_numpy(one), ops.convert_to_numpy(other), atol=1e-6)


def test_batches_come_from_the_seed_hold_ten_past_frames_and_face_ahead():
    one, other = (GapBatches(clips(), across=ACROSS, gaps=(8, 12), batch_size=4, steps=2, seed=3) for _ in range(2))
    x, y = one[1]
    np.testing.assert_array_equal(x["pose"], other[1][0]["pose"])
    known = x["clock"][..., 0] == 0
    assert known[:, :PAST].all()
    assert known.sum(axis=1).tolist() == [PAST + 1] * 4
    np.testing.assert_allclose(x["pose"][known], y[known], atol=1e-5)
    # at the last past frame it stands at x = z = 0 and looks along z: the first column of the root's rotation is +x
    np.testing.assert_allclose(y[:, PAST - 1, [0, 2]], 0, atol=1e-4)
    np.testing.assert_allclose(y[:, PAST - 1, 3:6], [[1, 0, 0]] * 4, atol=1e-5)


def test_bad_input_is_told(model):
    rotations, root = window()
    with pytest.raises(ValueError, match="4 joints; got rotations"):
        model.between(rotations[:, :, :3], root, [PAST] * 3, [PAST + 8] * 3)
    with pytest.raises(ValueError, match="one known frame before it and one after"):
        model.between(rotations, root, [PAST] * 3, [PAST + 9] * 3)
    with pytest.raises(ValueError, match="one known frame before"):
        model.between(rotations, root, [0] * 3, [5] * 3)
    with pytest.raises(ValueError, match="no clip has 56 frames"):
        GapBatches(clips(frames=55), across=ACROSS)
