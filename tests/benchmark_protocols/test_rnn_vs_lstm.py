"""The command behind notebooks/results/rnn_vs_lstm.json: a small run on the twin, what chooses rates, baselines."""

import json

import numpy as np
import pytest

from animkit.benchmarks import rnn_vs_lstm
from animkit.benchmarks.rnn_vs_lstm import Task, baselines, score, sizes


def test_a_small_run_writes_the_file_and_trains_nothing_twice(tmp_path, monkeypatch):
    monkeypatch.setattr(rnn_vs_lstm, "CELLS", {"LSTM": "lstm"})  # one is enough here
    where = ["--output", str(tmp_path), "--checkpoints", str(tmp_path / "runs")]
    rnn_vs_lstm.main(["--profile", "ci", "--source", "twin", *where])
    kept = json.loads((tmp_path / "rnn_vs_lstm.json").read_text())
    run = kept["ci"]
    assert list(run["value"]) == ["adding problem, 6 steps", "digits, 2 x 2 pixels one by one"]
    assert [found["source"] for found in run["value"].values()] == ["drawn", "twin"]
    assert run["command"].endswith("rnn_vs_lstm --profile ci --source twin")
    assert kept["published"][0]["LSTM"] == 0.164

    monkeypatch.setattr(rnn_vs_lstm, "train_reader", lambda *_, **__: pytest.fail("it was trained already"))
    task = rnn_vs_lstm.tasks("ci")["adding problem, 6 steps"]()
    (path,) = (tmp_path / "runs").rglob("adding*.json")
    again = rnn_vs_lstm.measured(path, task, "LSTM", units=2, rate=1e-2, seed=0, progress=False)
    assert again["score"] == pytest.approx(
        run["value"]["adding problem, 6 steps"]["value"]["LSTM"]["score"]["mean"], rel=1e-4
    )


def test_rates_are_chosen_on_rows_that_are_never_scored(monkeypatch, tmp_path):
    seen = []
    monkeypatch.setattr(
        rnn_vs_lstm, "measured", lambda path, task, cell, **told: seen.append(task) or {"score": told["rate"]}
    )
    found = rnn_vs_lstm.choose("ci", [0.1, 0.2], folder=tmp_path)
    assert found["rates"] == {cell: {"0.1": 0.1, "0.2": 0.2} for cell in ("RNN", "LSTM", "GRU")}
    assert found["command"].endswith("--profile ci --choose 0.1 0.2")
    scored = rnn_vs_lstm.tasks("ci")["adding problem, 6 steps"]().scored
    assert not np.array_equal(seen[0].scored[0], scored[0])


def test_scores_and_baselines_by_hand():
    assert score("MSE", np.array([[1.0], [3.0]]), np.array([[1.0], [1.0]])) == 2.0
    assert score("% right", np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([1, 1])) == 50.0
    x = np.array([[[0.0], [0.0]], [[1.0], [1.0]], [[1.0], [0.9]]], "float32")
    found = baselines(Task((x, np.array([0, 1, 1])), (x[:2], np.array([0, 1])), 2, None, 1, 1, "% right", ""))
    assert found == {"the commonest digit": 50.0, "the nearest training digit": 100.0}
    found = baselines(Task((x, x.sum(axis=1)), (x, x.sum(axis=1)), 1, None, 1, 1, "MSE", ""))
    assert found["the mean sum (chance)"] == pytest.approx(np.var([0, 2, 1.9]), rel=1e-5)
    assert found["ridge regression on all steps"] < found["the mean sum (chance)"]


@pytest.mark.parametrize(("profile", "weights"), [("demo", 17_000), ("full", 70_000)])
def test_all_cells_have_about_as_many_weights(profile, weights):
    units = sizes(profile)
    gates = {"RNN": 1, "LSTM": 4, "GRU": 3}
    for cell, kinds in gates.items():
        found = kinds * units[cell] * (units[cell] + 2 + (2 if cell == "GRU" else 1))
        assert found == pytest.approx(weights, rel=0.03)
