import keras
import numpy as np
import pytest
from keras import ops

from animkit.models.motion_vae import MotionVAE, MotionWindows, RolloutSchedule
from animkit.motion.features import forward_kinematics, from_features, rotation_6d, rotation_from_6d
from animkit.motion.guide import AHEAD, LEASH, PATH
from animkit.training import train

HIERARCHY = {
    "hips": {"offset": [0, 0, 0], "parent": None, "rot_channels": ["Z", "X", "Y"]},
    "left_leg": {"offset": [10, -2, 0], "parent": "hips", "rot_channels": ["Z", "X", "Y"]},
    "left_foot": {"offset": [0, -80, 0], "parent": "left_leg", "rot_channels": ["Z", "X", "Y"]},
    "left_end": {"offset": [0, 0, 15], "parent": "left_foot"},
    "right_leg": {"offset": [-10, -2, 0], "parent": "hips", "rot_channels": ["Z", "X", "Y"]},
    "right_foot": {"offset": [0, -80, 0], "parent": "right_leg", "rot_channels": ["Z", "X", "Y"]},
    "right_end": {"offset": [0, 0, 15], "parent": "right_foot"},
}
FEET = ["left_foot", "left_end", "right_foot", "right_end"]
JOINTS = 5


def swing(speed, time=60, phase=0.0):
    """A body on two stiff legs that swing, faster the faster it goes: features (time, 38) and controls (time, 11)."""
    t = np.arange(time) / 30
    angle = 0.4 * np.sin(2 * np.pi * speed * t + phase)
    rotations = np.tile(np.eye(3), (time, JOINTS, 1, 1))
    c, s = np.cos(angle), np.sin(angle)
    for joint, sign in ((1, 1), (3, -1)):
        rotations[:, joint, 1, 1], rotations[:, joint, 1, 2] = c, -sign * s
        rotations[:, joint, 2, 1], rotations[:, joint, 2, 2] = sign * s, c
    six = ops.convert_to_numpy(rotation_6d(ops.convert_to_tensor(rotations, "float32"))).reshape(time, -1)
    steps = np.tile([0.0, speed * 100 / 30, 0.0, 82.0], (time, 1))
    contacts = np.stack([s > 0, s > 0, s <= 0, s <= 0], axis=1)
    controls = np.tile([*(0.0, speed, 0.0) * len(AHEAD), 1.0, 0.0], (time, 1))
    return np.concatenate([steps, six, contacts], axis=1), controls


MOTIONS = [swing(speed, phase=phase) for speed in (0.5, 1.0, 1.5) for phase in (0.0, 1.0, 2.0, 3.0)]
SEQUENCES, CONTROLS = ([pair[part] for pair in MOTIONS] for part in (0, 1))


def make(**options):
    keras.utils.set_random_seed(0)
    small = {"across": [20.0, 0.0, 0.0], "feet": FEET, "gaits": ["walk"], "styles": ["odd"]}
    small |= {"latent_dim": 3, "units": 16, "hidden": 12}
    model = MotionVAE(HIERARCHY, **{**small, **options})
    model.adapt(SEQUENCES, CONTROLS)
    return model


@pytest.fixture(scope="module")
def model():
    """For what changes no weight for good: a rollout of two compiles once for all of them."""
    return make()


def windows(**options):
    return MotionWindows(SEQUENCES, CONTROLS, kinds=(1, 1), **{"time": 8, "batch_size": 4, **options})


def told(time, speed=1.0, batch=2):
    return np.tile([speed, 0.0, 1.0, 0.0], (batch, time, 1))


def test_a_frame_is_features_and_contacts(model):
    assert model.features == 4 + 6 * JOINTS + 4 == SEQUENCES[0].shape[1]
    assert (model.controls, model.commands) == (PATH + 2, 4)
    assert model.parents == (-1, 0, 1, 0, 3)
    state = model.begin(told(1)[:, 0])
    frames, after = model.rollout(told(11), state)
    assert frames.shape == (2, 11, model.features)
    assert frames.dtype == "float32"
    assert after.x.shape == state.x.shape


def test_scale_comes_from_the_data_and_what_hardly_moves_is_not_blown_up(model):
    joined = np.concatenate(SEQUENCES)
    np.testing.assert_allclose(ops.convert_to_numpy(model.mean), joined.mean(axis=0), atol=1e-4)
    deviation = ops.convert_to_numpy(model.deviation)
    np.testing.assert_allclose(deviation[1], joined[:, 1].std(), rtol=1e-4)
    assert deviation.min() >= 0.01
    scaled = (joined - joined.mean(axis=0)) / deviation
    assert (scaled < ops.convert_to_numpy(model.highest)).all()
    assert (scaled > ops.convert_to_numpy(model.lowest)).all()


def test_sliding_is_the_speed_of_standing_feet_in_the_world():
    model = make(sliding_noise=1.0, centimetres=2.0)
    rng = np.random.default_rng(0)
    frames = np.stack([swing(1.0, time=9)[0], swing(1.5, time=9, phase=1.0)[0]])
    frames[..., :3] += rng.normal(size=(2, 9, 3)) * [1, 1, 0.1]
    frames = frames.astype("float32")
    found = model._in_space(ops.convert_to_tensor(frames), ops.convert_to_tensor(frames))
    np.testing.assert_allclose(ops.convert_to_numpy(found["position"]), 0.0, atol=1e-6)
    for one, sliding in zip(frames, ops.convert_to_numpy(found["sliding"]), strict=True):
        rotations, root = from_features(ops.convert_to_tensor(one[:, :-4]), np.array([3.0, -2.0, 0.7], "float32"))
        places, _ = forward_kinematics(rotations, root, parents=model.parents, offsets=model.offsets)
        # ankles alone: the ends are no joints
        feet = 2.0 * ops.convert_to_numpy(places)[:, [2, 4]]
        standing = one[:, [-4, -2]]
        held = standing[1:] * standing[:-1]
        by_hand = 0.5 * (np.square(np.diff(feet, axis=0)).sum(axis=-1) * held).sum()
        assert sliding == pytest.approx(by_hand, rel=1e-3)


def test_position_is_measured_in_centimetres():
    model = make(position_noise=3.0, centimetres=10.0)
    frames = np.stack([swing(1.0, time=4)[0]]).astype("float32")
    higher = frames.copy()
    higher[..., 3] += 1.0
    found = model._in_space(ops.convert_to_tensor(higher), ops.convert_to_tensor(frames))
    assert float(found["position"][0]) == pytest.approx(0.5 * 4 * JOINTS * (10 / 3) ** 2, rel=1e-4)


@pytest.mark.parametrize("rate", [0.0, 1.0])
def test_every_weight_learns(rate, few_steps):
    model = make(rollout_rate=rate)
    model.change.kernel.assign(0.1 * np.random.default_rng(0).normal(size=model.change.kernel.shape))
    model.compile(keras.optimizers.SGD(1e-6), **few_steps)
    before = [ops.convert_to_numpy(weight) for weight in model.trainable_weights]
    (x,) = windows()[0]
    # a label that no window has moves nothing
    x["controls"][..., PATH + 1] = 1.0
    model.train_on_batch(x)
    for weight, old in zip(model.trainable_weights, before, strict=True):
        assert (ops.convert_to_numpy(weight) != old).any(), weight.path


def test_at_full_rollout_only_the_first_frame_is_lent(few_steps):
    model = make()
    model.compile(**few_steps)
    (x,) = windows()[0]
    other = {**x, "frames": x["frames"].copy()}
    other["frames"][:, -1] += 0.3  # seen by the posterior and the loss of the last step, by nothing before

    def loss(batch, rate):
        model.rollout_rate.assign(rate)
        model.seed_generator.state.assign(0 * model.seed_generator.state.value)
        return model.test_on_batch(batch, return_dict=True)

    assert loss(x, 0.0)["kl"] != pytest.approx(loss(other, 0.0)["kl"], rel=1e-6)
    # the same noise and weights: the model's own frames are worse to go on from than true ones
    assert loss(x, 1.0)["reconstruction"] > loss(x, 0.0)["reconstruction"]


def test_kl_is_zero_where_posterior_and_prior_are_one(few_steps):
    model = make()
    for layer in (model.prior, model.posterior):
        layer.set_weights([0.0 * weight for weight in layer.get_weights()])
    model.compile(**few_steps)
    logs = model.test_on_batch(*windows()[0], return_dict=True)
    assert logs["kl"] == pytest.approx(0.0, abs=1e-5)
    total = logs["reconstruction"] + logs["position"] + logs["sliding"] + logs["drift"]
    assert logs["loss"] == pytest.approx(total, rel=1e-4)


def test_learns_to_move():
    """That it goes as fast as it is told is tested on the weights that ship: it takes more than a few seconds."""
    model = make(units=32, hidden=32)
    data = windows(time=16, batch_size=12, unlabelled=0.0)
    epochs = 40
    rate = keras.optimizers.schedules.CosineDecay(1e-2, epochs * len(data), alpha=0.02)
    model.compile(keras.optimizers.Adam(rate, global_clipnorm=1000.0))
    history = train(model, data, epochs=epochs, callbacks=[RolloutSchedule(7, 20)], progress=False)
    assert history["loss"][-1] < 0.4 * history["loss"][0]
    assert float(ops.convert_to_numpy(model.rollout_rate)) == 1.0
    controls = np.concatenate([told(180, speed, batch=1) for speed in (0.5, 1.0, 1.5)])
    frames, _ = model.rollout(controls, model.begin(controls[:, 0]))
    # it goes ahead, and its legs swing for as long as it goes
    assert (frames[:, 60:, 1].mean(axis=1) > 0.2 * 100 / 30).all()
    swings = frames[:, 120:, 4 + 6 + 5]  # the z of the second column of the left leg
    assert (swings.std(axis=1) > 0.05).all()


def test_a_resumed_training_is_the_uninterrupted_one(few_steps, tmp_path):
    def run(epochs, folder):
        model = make()
        model.compile(keras.optimizers.Adam(1e-3), **few_steps)
        train(
            model,
            windows(time=4, batch_size=180),
            epochs=epochs,
            callbacks=[RolloutSchedule(1, 2)],
            checkpoint=folder,
            progress=False,
        )
        return model

    whole = run(3, tmp_path / "whole")
    run(1, tmp_path / "parts")
    resumed = run(3, tmp_path / "parts")
    for one, other in zip(whole.get_weights(), resumed.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_saved_model_moves_as_before(model, tmp_path):
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    made = [one.rollout(told(20), one.begin(told(1)[:, 0], seed=3))[0] for one in (model, loaded)]
    np.testing.assert_allclose(made[0], made[1], rtol=1e-4, atol=1e-4)


def test_motion_depends_on_seed_and_temperature(model):
    def run(seed=1, temperature=1.0):
        return model.rollout(told(30), model.begin(told(1)[:, 0], seed=seed), temperature=temperature)[0]

    np.testing.assert_array_equal(run(), run())
    assert np.abs(run() - run(seed=2)).max() > 1e-3
    assert np.abs(run() - run(temperature=0.0)).max() > 1e-3
    start = model.begin(told(1)[:, 0], seed=1)
    other = start._replace(random=np.random.default_rng(9).bit_generator.state)
    np.testing.assert_array_equal(
        model.rollout(told(30), start, temperature=0.0)[0], model.rollout(told(30), other, temperature=0.0)[0]
    )


@pytest.mark.both_backends
def test_parts_in_a_row_are_one_long_motion(model):
    controls = np.concatenate([told(70, 0.5), told(80, 1.5)], axis=1)
    start = model.begin(controls[:, 0], seed=5)
    whole, end = model.rollout(controls, start)
    parts, state = [], start
    for first, last in ((0, 1), (1, 65), (65, 150)):
        part, state = model.rollout(controls[:, first:last], state)
        parts.append(part)
    np.testing.assert_allclose(np.concatenate(parts, axis=1), whole, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(state.x, end.x, rtol=1e-4, atol=1e-4)
    assert state.random == end.random


def test_even_a_wild_model_stays_within_what_was_ever_seen(model):
    kernel = ops.convert_to_numpy(model.change.kernel)
    model.change.kernel.assign(np.random.default_rng(0).normal(size=kernel.shape))
    frames, _ = model.rollout(told(1800), model.begin(told(1)[:, 0]), temperature=5.0)
    model.change.kernel.assign(kernel)
    assert np.isfinite(frames).all()
    scaled = (frames - ops.convert_to_numpy(model.mean)) / ops.convert_to_numpy(model.deviation)
    assert (scaled <= ops.convert_to_numpy(model.highest) + 1e-3).all()
    assert (scaled >= ops.convert_to_numpy(model.lowest) - 1e-3).all()
    six = ops.convert_to_tensor(frames[..., 4:-4].reshape(-1, JOINTS, 6))
    assert np.isfinite(ops.convert_to_numpy(rotation_from_6d(six))).all()


def test_starts_are_frames_whose_controls_are_near(model):
    known = ops.convert_to_numpy(model.start_controls)
    starts = ops.convert_to_numpy(model.starts)
    state = model.begin(np.array([[1.5, 0.0, 1.0, 0.0], [0.5, 0.0, 1.0, 0.0]]), seed=0)
    for x, speed in zip(state.x, (1.5, 0.5), strict=True):
        (row,) = np.unique(known[(starts == x).all(axis=1)], axis=0)
        assert row[1] == pytest.approx(speed)


def test_a_guide_is_held_by_a_leash(model):
    """A model that stands still whatever it is told is not told of an ever longer way."""
    kernel = ops.convert_to_numpy(model.change.kernel)
    model.change.kernel.assign(0.0 * kernel)
    state = model.begin(told(1, speed=1.5)[:, 0])
    still = state._replace(
        x=state.x * 0 + (0 - ops.convert_to_numpy(model.mean)) / ops.convert_to_numpy(model.deviation)
    )
    _, after = model.rollout(np.tile([1.5, 1.0, 1.0, 0.0], (2, 60, 1)), still)
    model.change.kernel.assign(kernel)
    assert (np.linalg.norm(after.steering[:, 2:4], axis=1) <= LEASH[0] + 1e-4).all()
    assert (np.abs(after.steering[:, 4]) <= LEASH[1] + 1e-4).all()


def test_drift_is_how_far_a_motion_is_from_where_it_should_be(few_steps):
    """A model that changes nothing goes straight on at the speed it had; the truth goes half as fast from then on."""
    model = make(rollout_rate=1.0)
    model.change.set_weights([0.0 * weight for weight in model.change.get_weights()])
    model.compile(**few_steps)
    frames = np.repeat(SEQUENCES[4][:1], 8, axis=0)
    slower = frames.copy()
    slower[1:, 1] -= 1.0  # centimetres a frame
    (same, behind) = (
        model.test_on_batch(
            {"frames": np.tile(one, (4, 1, 1)).astype("float32"), "controls": np.tile(CONTROLS[4][:8], (4, 1, 1))},
            return_dict=True,
        )["drift"]
        for one in (frames, slower)
    )
    assert same == pytest.approx(0.0, abs=1e-4)
    assert behind == pytest.approx(0.5 * (np.arange(1, 8) ** 2).sum() * (0.01 / 0.04) ** 2, rel=1e-2)


def test_windows_are_stretches_of_motion_drawn_from_the_seed():
    data = windows(unlabelled=0.5, batch_size=12)
    data.on_epoch_begin()
    (x,) = data[0]
    assert x["frames"].shape == (12, 8, 38)
    for frames, controls in zip(x["frames"], x["controls"], strict=True):
        places = [
            (number, start)
            for number, sequence in enumerate(SEQUENCES)
            for start in range(len(sequence) - 7)
            if np.allclose(sequence[start : start + 8], frames, atol=1e-5)
        ]
        assert places
        assert controls[0, 1] == pytest.approx(CONTROLS[places[0][0]][0, 1])
    # labels are left out of whole windows, never the way
    assert set(np.unique(x["controls"][..., PATH])) == {0.0, 1.0}
    assert (x["controls"][..., PATH] == x["controls"][:, :1, PATH]).all()
    (again,) = data[0]
    np.testing.assert_array_equal(x["frames"], again["frames"])
    data.on_epoch_begin()
    assert (data[0][0]["frames"] != x["frames"]).any()


def test_the_share_of_own_frames_rises_from_nothing_to_all():
    model, schedule = make(), RolloutSchedule(2, 4)
    schedule.set_model(model)
    rates = []
    for epoch in range(8):
        schedule.on_epoch_begin(epoch)
        rates.append(float(ops.convert_to_numpy(model.rollout_rate)))
    assert rates == [0.0, 0.0, 0.25, 0.5, 0.75, 1.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda _: make(units=0), "latent_dim, units and hidden start at 1"),
        (lambda _: make(fps=0), "fps and centimetres lie above 0"),
        (lambda _: make(feet=["tail"]), r"has no \['tail'\]; its joints are hips, left_leg"),
        (lambda model: model.adapt([], []), r"list of arrays \(time, 38\)"),
        (
            lambda model: model.adapt([SEQUENCES[0][:, 1:]], CONTROLS[:1]),
            r"list of arrays \(time, 38\); got shapes \[\(60, 37",
        ),
        (lambda model: model.adapt([SEQUENCES[0] * np.nan], CONTROLS[:1]), "some are NaN or infinite"),
        (lambda model: model.adapt(SEQUENCES[:2], CONTROLS[:1]), "120 frames and 60"),
        (lambda model: model.begin(np.zeros(4)), r"commands must be \(batch, 4\); got \(4,\)"),
        (lambda model: model.rollout(told(3), model.begin(told(1, batch=3)[:, 0])), r"\(3, at least 1 step, 4\)"),
        (lambda model: model.rollout(told(0), model.begin(told(1)[:, 0])), "at least 1 step"),
        (lambda model: model.rollout(told(3) * np.inf, model.begin(told(1)[:, 0])), "NaN or infinite"),
        (lambda model: model.rollout(told(3), model.begin(told(1)[:, 0]), temperature=-1), "temperature is -1"),
        (lambda model: model.rollout(told(3), model.begin(told(1)[:, 0]), temperature=np.nan), "temperature is nan"),
        (lambda _: windows(time=61), "61 frames .* the longest motion 60"),
        (lambda _: windows(time=1), "1 frames"),
        (lambda _: MotionWindows(SEQUENCES, CONTROLS[:2]), "every motion needs the controls"),
    ],
)
def test_refuses(model, call, match):
    with pytest.raises(ValueError, match=match):
        call(model)
