"""Seeds, batches, progress, checkpoints with exact resume, and the stop on NaN."""

import json
import os
import re
import signal
import subprocess
import textwrap

import keras
import numpy as np
import pytest

from animkit import training
from animkit.training import Batches, by_profile, compiled, device_report, train

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 3)).astype("float32")
Y = X @ np.array([[1.0], [-2.0], [0.5]], dtype="float32")


def small_model(rate=0.01):
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(8, "tanh"), keras.layers.Dropout(0.2, seed=3)])
    model.add(keras.layers.Dense(1))
    model.compile(keras.optimizers.Adam(rate), "mse")
    return model


def weights_of(model):
    return [keras.ops.convert_to_numpy(weight) for weight in model.weights]


def test_by_profile_picks_and_refuses():
    assert by_profile("demo", ci=1, demo=2, full=3) == 2
    with pytest.raises(ValueError, match="PROFILE is 'fast'; use one of ci, demo, full"):
        by_profile("fast", ci=1, demo=2, full=3)


def test_batches_cover_each_example_once_and_differ_between_epochs():
    batches = Batches(np.arange(10), batch_size=4)
    first = [batches[i][0] for i in range(len(batches))]
    assert sorted(np.concatenate(first)) == list(range(10))
    assert [len(batch) for batch in first] == [4, 4, 2]
    batches.epoch += 1
    assert any((a != b).any() for a, b in zip(first, [batches[i][0] for i in range(len(batches))], strict=True))
    again = Batches(np.arange(10), batch_size=4)
    again.epoch = batches.epoch
    np.testing.assert_array_equal(batches[1][0], again[1][0])


def test_batches_keep_x_and_y_together_and_drop_the_remainder():
    batches = Batches((np.arange(10), -np.arange(10)), np.arange(10) * 2, batch_size=4, drop_remainder=True)
    assert len(batches) == 2
    (x, minus_x), y = batches[1]
    np.testing.assert_array_equal(x, -minus_x)
    np.testing.assert_array_equal(2 * x, y)


@pytest.mark.parametrize(
    ("x", "y", "batch_size", "message"),
    [
        (np.zeros(3), np.zeros(4), 2, r"same number of examples; got \[3, 4\]"),
        (np.zeros((0, 2)), None, 2, "0 examples do not fill one batch"),
        (np.zeros(3), None, 4, "3 examples do not fill one batch of 4"),
    ],
)
def test_batches_refuse(x, y, batch_size, message):
    with pytest.raises(ValueError, match=message):
        Batches(x, y, batch_size=batch_size, drop_remainder=True)


def test_history_has_one_value_per_epoch_and_learning_happens(capsys, monkeypatch):
    monkeypatch.setattr("animkit.training.PAUSE", 0.0)
    history = train(small_model(), Batches(X, Y, batch_size=8), epochs=4, validation_data=(X, Y))
    assert len(history["loss"]) == len(history["val_loss"]) == 4
    assert history["val_loss"][-1] < history["val_loss"][0]
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert lines[-1].startswith("epoch 4/4")
    monkeypatch.setattr("animkit.training.PAUSE", 1e9)  # short epochs: the first and the last are told
    train(small_model(), Batches(X, Y, batch_size=8), epochs=4)
    assert [line[:9] for line in capsys.readouterr().out.splitlines()] == ["epoch 1/4", "epoch 4/4"]


@pytest.mark.both_backends
def test_same_seed_same_weights():
    runs = []
    for _ in range(2):
        model = small_model()
        train(model, Batches(X, Y, batch_size=8, seed=5), epochs=2, progress=False)
        runs.append(weights_of(model))
    for a, b in zip(*runs, strict=True):
        np.testing.assert_array_equal(a, b)


class Killed(Exception):
    pass


class KillAt(keras.callbacks.Callback):
    """Break off in the middle of an epoch."""

    def __init__(self, step):
        super().__init__()
        self.step = step

    def on_train_batch_end(self, batch, logs=None):
        self.step -= 1
        if self.step == 0:
            raise Killed


def test_finished_training_that_averages_its_weights_comes_back_with_the_averages(tmp_path):
    models = small_model(), small_model()
    for model in models:
        model.compile(keras.optimizers.Adam(0.01, use_ema=True, ema_momentum=0.9), "mse")
        train(model, Batches(X, Y, batch_size=8), epochs=1, checkpoint=tmp_path, progress=False)
    for a, b in zip(*map(weights_of, models), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.both_backends
def test_interrupted_training_resumes_exactly(tmp_path):
    whole = small_model()
    expected = train(whole, Batches(X, Y, batch_size=8), epochs=5, progress=False)
    with pytest.raises(Killed):
        train(
            small_model(),
            Batches(X, Y, batch_size=8),
            epochs=5,
            checkpoint=tmp_path,
            callbacks=[KillAt(13)],
            progress=False,
        )
    resumed = small_model()
    history = train(resumed, Batches(X, Y, batch_size=8), epochs=5, checkpoint=tmp_path, progress=False)
    for a, b in zip(weights_of(whole), weights_of(resumed), strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_allclose(history["loss"], expected["loss"], rtol=1e-6)
    assert list(tmp_path.iterdir()) == [tmp_path / "state.npz"]

    # a finished run is put back without another step
    finished = small_model()
    assert train(finished, Batches(X, Y, batch_size=8), epochs=5, checkpoint=tmp_path, progress=False) == history
    for a, b in zip(weights_of(whole), weights_of(finished), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_finished_run_is_put_back_into_a_model_that_was_never_called(tmp_path):
    def unbuilt():
        model = keras.Sequential([keras.layers.Dense(4, "tanh"), keras.layers.Dense(1)])
        model.compile("adam", "mse")
        return model

    first, second = unbuilt(), unbuilt()
    for model in (first, second):
        train(model, Batches(X, Y, batch_size=8), epochs=2, checkpoint=tmp_path, progress=False)
    for a, b in zip(weights_of(first), weights_of(second), strict=True):
        np.testing.assert_array_equal(a, b)


KILLED_RUN = """
    import os, signal, sys
    import keras
    sys.path.insert(0, sys.argv[1])
    from test_training import run_to_be_killed

    class Die(keras.callbacks.Callback):
        steps = 0
        def on_train_batch_end(self, batch, logs=None):
            self.steps += 1
            if self.steps == 6:
                os.kill(os.getpid(), signal.SIGKILL)

    run_to_be_killed(sys.argv[2], callbacks=[Die()])
"""


def run_to_be_killed(folder, **options):
    """Two epochs of four steps."""
    model = small_model()
    train(model, Batches(X, Y, batch_size=10), epochs=2, checkpoint=folder, progress=False, **options)
    return weights_of(model)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no kill -9")
def test_kill_9_in_mid_epoch_then_resume_equals_an_uninterrupted_run(tmp_path, python):
    folder = tmp_path / "killed"
    command = [*python, "-c", textwrap.dedent(KILLED_RUN), os.path.dirname(__file__), str(folder)]
    killed = subprocess.run(command, check=False, capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    with np.load(folder / "state.npz", allow_pickle=False) as state:
        assert len(json.loads(str(state["epochs"]))) == 1
    for a, b in zip(run_to_be_killed(folder), run_to_be_killed(tmp_path / "whole"), strict=True):
        np.testing.assert_array_equal(a, b)


def test_damaged_and_foreign_checkpoints_are_refused(tmp_path):
    train(small_model(), Batches(X, Y), epochs=1, checkpoint=tmp_path, progress=False)
    other = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    other.compile("adam", "mse")
    with pytest.raises(ValueError, match="written by another model"):
        train(other, Batches(X, Y), epochs=2, checkpoint=tmp_path, progress=False)
    path = tmp_path / "state.npz"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(ValueError, match=r"state\.npz is damaged .* delete it to start again"):
        train(small_model(), Batches(X, Y), epochs=2, checkpoint=tmp_path, progress=False)


def test_nan_stops_training_and_names_the_loss():
    x = X.copy()
    x[3, 1] = np.nan
    with pytest.raises(FloatingPointError, match=r"loss is nan in epoch 1, step \d: lower the learning rate"):
        train(small_model(), Batches(x, Y, batch_size=8), epochs=2, progress=False)


class CountsRuns(keras.layers.Layer):
    """Counts how often Python runs through it: once for each step, or once to trace them all."""

    runs = 0

    def call(self, x):
        self.runs += 1
        return x


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="JAX compiles any step")
@pytest.mark.parametrize(
    ("epochs", "asked", "traced"),
    [(2, {}, False), (3, {}, True), (2, {"jit_compile": True}, True), (2, {"steps_per_execution": 2}, True)],
)
def test_few_steps_start_at_once_unless_more_was_asked_for(epochs, asked, traced):
    model = small_model()
    model.add(CountsRuns())
    model.compile("adam", "mse", **asked)
    model.layers[-1].runs = 0
    data = Batches(X, Y, batch_size=10)
    train(model, data, epochs=epochs, progress=False)
    assert (model.layers[-1].runs < epochs * len(data)) == traced
    assert not model.run_eagerly
    assert (model.train_function is not None) == traced  # what follows is compiled


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="JAX compiles any step")
def test_few_steps_learn_the_same_as_traced(monkeypatch):
    quick, traced = small_model(), small_model()
    told = [train(quick, Batches(X, Y, batch_size=10), epochs=2, progress=False)]
    monkeypatch.setattr(training, "FEW_STEPS", 0)
    told.append(train(traced, Batches(X, Y, batch_size=10), epochs=2, progress=False))
    np.testing.assert_allclose(told[0]["loss"], told[1]["loss"], rtol=1e-5)
    for a, b in zip(weights_of(quick), weights_of(traced), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)


@pytest.mark.both_backends
def test_compiled_reads_current_weights():
    model = small_model()
    function = compiled(model, lambda x: model(x, training=False))
    before = keras.ops.convert_to_numpy(function(X))
    np.testing.assert_allclose(before, model(X, training=False), atol=1e-6)
    for weight in model.trainable_weights:
        weight.assign(weight * 2.0)
    after = keras.ops.convert_to_numpy(function(X))
    np.testing.assert_allclose(after, model(X, training=False), atol=1e-6)
    assert np.abs(after - before).max() > 0.01


@pytest.mark.both_backends
def test_jit_and_mixed_precision_are_switches(tmp_path):
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = small_model()
        model.compile("adam", "mse", jit_compile=True)
        history = train(model, Batches(X, Y, batch_size=8), epochs=2, checkpoint=tmp_path, progress=False)
        assert model.layers[0].compute_dtype == "bfloat16"
        assert np.isfinite(history["loss"]).all()
        assert "precision: mixed_bfloat16" in device_report()
    finally:
        keras.config.set_dtype_policy("float32")


@pytest.mark.both_backends
def test_device_report_names_backend_and_processor():
    report = device_report()
    assert keras.backend.backend() in report
    assert re.search(rf"CPU: .+, {os.cpu_count()} cores, \d+ GiB", report)


def test_memory_is_unknown_where_the_system_does_not_tell(monkeypatch):
    monkeypatch.delattr(os, "sysconf", raising=False)  # as on Windows
    assert f"{os.cpu_count()} cores, memory unknown" in device_report()
