"""The command behind notebooks/results/cmu_prediction.json: a small run, and the file that ships."""

import json
from pathlib import Path

import numpy as np
import pytest

from animkit.benchmarks import cmu_prediction
from animkit.benchmarks.cmu_prediction import ACTIONS, fit_ridge, score, through_the_mirror, zero_velocity
from animkit.data.mocap import CMU_JOINTS, CmuMocap

SHIPPED = Path(__file__).parents[2] / "notebooks" / "results" / "cmu_prediction.json"


def walk(frames=200, joints=38, seed=0):
    random = np.random.default_rng(seed)
    return np.cumsum(np.cumsum(random.normal(0, 0.1, (frames, joints, 3)), axis=0), axis=0).astype("float32")


def test_score_is_the_mean_distance_at_the_reported_frames():
    windows = {"a": np.zeros((3, 35, 38, 3)), "b": np.zeros((1, 35, 38, 3))}
    steps = np.arange(1, 26)[:, None, None] * np.array([0.0, 3.0, 4.0])
    found = score(lambda past: np.broadcast_to(steps, (len(past), 25, 1, 3)).repeat(38, axis=2), windows)
    np.testing.assert_allclose(found["a"], 5.0 * np.array([2, 4, 8, 10, 25]))
    np.testing.assert_allclose(found["average"], found["b"])


def test_zero_velocity_holds_the_last_frame():
    past = walk(10)[None]
    held = zero_velocity(past)
    assert held.shape == (1, 25, 38, 3)
    np.testing.assert_array_equal(held, np.broadcast_to(past[:, -1:], held.shape))


def test_ridge_finds_a_linear_law():
    t = np.arange(100.0)[:, None, None]
    ways = [np.random.default_rng(seed).normal(scale=10, size=(1, 38, 3)) for seed in range(40)]
    straight = [(t * way).astype("float32") for way in ways]
    predict = fit_ridge(straight)
    ahead = 1.3 * straight[3][50:85]
    error = np.abs(predict(ahead[None, :10]) - ahead[None, 10:]).mean()
    assert error < 0.1 * np.abs(zero_velocity(ahead[None, :10]) - ahead[None, 10:]).mean()


def test_through_the_mirror_left_does_what_right_did():
    left, right = CMU_JOINTS.index("LeftHand"), CMU_JOINTS.index("RightHand")
    past = walk(10)[None]

    def lift_left(seen):
        ahead = zero_velocity(seen)
        ahead[:, :, left] += [1.0, 2.0, 3.0]
        return ahead

    away = through_the_mirror(lift_left)(past) - zero_velocity(past)
    np.testing.assert_allclose(away[0, :, right], np.tile([-1.0, 2.0, 3.0], (25, 1)), atol=1e-4)
    assert np.abs(np.delete(away, right, axis=2)).max() < 1e-4


def test_settings_are_chosen_on_recordings_that_training_does_not_see(tmp_path, monkeypatch):
    train = {name: [np.zeros((80, 117))] * count for name, count in (("walking", 3), ("running", 2), ("dance", 2))}
    monkeypatch.setattr(cmu_prediction, "load_cmu_mocap", lambda *, source: CmuMocap(train, {}, source))
    seen = []
    monkeypatch.setattr(cmu_prediction, "train_forecaster", lambda recordings, **_: seen.append(len(recordings)))
    monkeypatch.setattr(cmu_prediction, "_predictor", lambda model: zero_velocity)
    cmu_prediction.main(["--choose", "--profile", "ci", "--source", "twin", "--output", str(tmp_path)])
    kept = json.loads((tmp_path / "cmu_prediction.json").read_text())["validation"]
    assert seen == [5] * 5  # of seven recordings, without the last of both actions that the test has
    assert kept["windows"] == {"running": 6, "walking": 6}
    assert kept["settings"]["as it is, 2 updates"] == {"LSTM": [0.0] * 5, "LSTM and its mirror image": [0.0] * 5}
    assert "test_scorings" not in kept  # nothing was scored on the test split


def test_the_command_runs_small_on_the_twin(tmp_path):
    cmu_prediction.main(
        ["--profile", "ci", "--source", "twin", "--output", str(tmp_path), "--checkpoints", str(tmp_path / "runs")]
    )
    kept = json.loads((tmp_path / "cmu_prediction.json").read_text())
    assert kept["ci"]["source"] == "twin"
    assert set(kept["ci"]["methods"]) == {"zero velocity", "ridge regression", "LSTM"}
    assert all(len(row) == 5 for rows in kept["ci"]["methods"].values() for row in rows.values())
    assert kept["published"]["Traj-GCN"]["average"] == pytest.approx([11.55, 20.7, 37.42, 44.95, 81.13], abs=0.01)


def test_the_file_that_ships_holds_the_published_protocol():
    kept = json.loads(SHIPPED.read_text())
    run = kept["full"]
    assert run["source"] == "real"
    assert run["windows"] == {
        "basketball": 255, "jumping": 1009, "running": 48, "soccer": 265, "walking": 146, "washwindow": 1343
    }  # fmt: skip
    # our own measurement of standing still, which needs no training: the windows are the same as ever
    still = {"basketball": [22.4, 42.4, 78.5, 94.3, 162.4], "walking": [18.9, 36.6, 69.9, 85.3, 165.2]}
    for action, row in still.items():
        assert run["methods"]["zero velocity"][action] == pytest.approx(row, abs=0.051)
    for method, rows in run["methods"].items():
        mean = np.mean([rows[action] for action in ACTIONS], axis=0)
        assert rows["average"] == pytest.approx(mean, abs=0.01), method
    alone = np.array(run["methods"]["LSTM"]["average"])
    assert (alone < run["methods"]["zero velocity"]["average"]).all()
    assert (alone < run["methods"]["ridge regression"]["average"]).all()
