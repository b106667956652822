"""The command behind notebooks/results/goemotions.json: its parts, and a small run."""

import numpy as np
import pytest

from animkit.benchmarks import goemotions
from animkit.data.emotions import Emotions, Split, load_emotions


def test_scores_of_a_reader_that_knows_everything():
    truth = np.random.default_rng(0).random((50, 35)) < 0.3
    found = goemotions.scores(np.where(truth, 0.4, 0.1), truth, np.full(35, 0.2))
    for name in goemotions.PARTS:
        assert found[name]["chosen_on_dev"] == found[name]["micro"] == 1
        assert found[name]["at_half"] == 0
        assert found[name]["interval_95"] == (1, 1)


def test_error_rates_name_every_label_and_group():
    truth = np.zeros((4, 35), bool)
    truth[0] = True
    found = goemotions.error_rates(truth, truth, np.full(35, 0.2))
    assert len(found) == 35
    assert found["grief"] == {"precision": 1, "recall": 1, "f1": 1, "support": 1, "told": 1, "threshold": 0.2}
    assert found["group neutral"]["support"] == 1
    nobody = goemotions.error_rates(truth, ~truth & False, np.full(35, 0.2))
    assert nobody["anger"]["precision"] is None


def test_a_small_run_scores_reader_and_linear_models(monkeypatch, tmp_path):
    twin = load_emotions("twin")
    few = Emotions(*(Split(split.texts[:120], split.labels[:120]) for split in twin[:3]), "twin")
    monkeypatch.setattr(goemotions, "load_emotions", lambda source: few)
    found = goemotions.run("ci", folder=tmp_path, progress=False)
    assert set(found["floors"]) == set(found["ahead_of_floors"]) == set(goemotions.FLOORS)
    words = found["floors"]["TF-IDF of words, logistic regression"]
    for name in goemotions.PARTS:
        difference = found[name]["chosen_on_dev"] - words[name]["chosen_on_dev"]
        ahead = found["ahead_of_floors"]["TF-IDF of words, logistic regression"][name]
        assert ahead["mean"] == pytest.approx(difference)
        assert ahead["interval_95"][0] < difference < ahead["interval_95"][1]
    assert found["milliseconds_per_sentence"]["alone"]["clock"] > 0
    assert found["unreadable_of_test"] < 0.2
