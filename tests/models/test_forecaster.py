import keras
import numpy as np
import pytest
from keras import ops

from animkit.models.forecaster import ForecastBatches, MotionForecaster
from animkit.training import train

JOINTS = 3


def recordings(count=3, frames=120):
    """Joints on circles, each recording at its own speed."""
    t = np.arange(frames)[:, None]
    made = []
    for number in range(count):
        angle = 0.02 * (number + 2) * t + np.arange(JOINTS)
        made.append(100 * np.stack([np.cos(angle), np.sin(angle), 0.1 * angle], axis=-1).astype("float32"))
    return made


def forecaster(**options):
    keras.utils.set_random_seed(0)
    return MotionForecaster(np.zeros((JOINTS, 3)), spread=70.0, speed=8.0, past=4, future=6, units=8, **options)


def test_untrained_motion_runs_out():
    past = np.zeros((1, 4, JOINTS, 3), "float32")
    past[0, :, :, 0] = np.arange(4)[:, None]
    y_hat = ops.convert_to_numpy(forecaster()(past))
    # from 3, by 0.9, 0.81, ... of the last step
    np.testing.assert_allclose(y_hat[0, :, 1, 0], 3 + np.cumsum(0.9 ** np.arange(1, 7)), rtol=1e-5)
    np.testing.assert_allclose(y_hat[0, :, :, 1:], 0, atol=1e-5)


def test_moving_everything_moves_the_prediction_as_far_when_the_pose_is_hidden():
    model = forecaster(pose_dropout=0.0)
    past = np.random.default_rng(0).normal(size=(2, 4, JOINTS, 3)).astype("float32")
    there = ops.convert_to_numpy(model(past + 5.0))
    np.testing.assert_allclose(there, ops.convert_to_numpy(model(past)) + 5.0, atol=1e-3)


@pytest.mark.both_backends
def test_loss_is_the_weighted_distance():
    model = forecaster(soonness=0.0)
    y = np.zeros((2, 6, JOINTS, 3), "float32")
    assert float(
        model.compute_loss(y=y, y_pred=ops.convert_to_tensor(y + np.array([3, 4, 0], "float32")))
    ) == pytest.approx(5.0, 1e-4)
    soon = forecaster(soonness=1.0)
    first, last = np.zeros_like(y), np.zeros_like(y)
    first[:, 0, :, 0], last[:, -1, :, 0] = 1.0, 1.0
    one, other = (float(soon.compute_loss(y=y, y_pred=ops.convert_to_tensor(wrong))) for wrong in (first, last))
    assert one / other == pytest.approx(6.0, rel=0.05)


def test_learns_circles_better_than_standing_still(tmp_path):
    data = ForecastBatches(recordings(), past=4, future=6, noise=0.0, backward=0.0, batch_size=32, steps=40)
    model = forecaster()
    model.compile(keras.optimizers.Adam(1e-2))
    history = train(model, data, epochs=3, checkpoint=tmp_path, progress=False)["loss"]
    x, y = data[0]
    still = np.linalg.norm(y - x[:, -1:], axis=-1).mean()
    error = np.linalg.norm(y - ops.convert_to_numpy(model(x)), axis=-1).mean()
    assert error < 0.2 * still
    assert history[-1] < history[0]

    again = forecaster()
    again.compile(keras.optimizers.Adam(1e-2))
    # the checkpoint holds all three epochs: nothing is trained again
    assert train(again, data, epochs=3, checkpoint=tmp_path, progress=False)["loss"] == history
    np.testing.assert_allclose(ops.convert_to_numpy(again(x)), ops.convert_to_numpy(model(x)), atol=1e-4)

    model.save(tmp_path / "forecaster.keras")
    loaded = keras.saving.load_model(tmp_path / "forecaster.keras")
    np.testing.assert_allclose(ops.convert_to_numpy(loaded(x)), ops.convert_to_numpy(model(x)), atol=1e-4)


def test_windows_are_the_recording_when_nothing_is_changed():
    data = ForecastBatches(recordings(1), past=4, future=6, tempo=0.0, noise=0.0, backward=0.0, batch_size=4, steps=1)
    x, y = data[0]
    windows = np.concatenate([x, y], axis=1)
    recording = recordings(1)[0]
    for window in windows:
        first = np.abs(recording - window[0]).sum(axis=(1, 2)).argmin()
        np.testing.assert_allclose(window, recording[first : first + 20 : 2], atol=1e-3)


def test_windows_come_from_the_seed_and_change_by_epoch():
    one, other = (ForecastBatches(recordings(), past=4, future=6, batch_size=4, steps=2, seed=3) for _ in range(2))
    np.testing.assert_array_equal(one[1][0], other[1][0])
    one.on_epoch_begin()
    one.on_epoch_begin()
    assert np.abs(one[1][0] - other[1][0]).max() > 0


def test_mirror_exchanges_partners():
    data = ForecastBatches(
        recordings(1), past=4, future=6, mirror=[1, 0, 2], tempo=0, noise=0, backward=0, batch_size=64, steps=1
    )
    x, _ = data[0]
    recording = recordings(1)[0]
    swapped = recording[:, [1, 0, 2]] * [-1, 1, 1]
    near = [min(np.abs(one - window[0]).sum(axis=(1, 2)).min() for one in [some]) for window in x for some in [swapped]]
    assert 10 < sum(distance < 1e-2 for distance in near) < 54


def test_a_recording_must_hold_a_window():
    with pytest.raises(ValueError, match="no recording has the 19 frames"):
        ForecastBatches(recordings(1, frames=18), past=4, future=6)
