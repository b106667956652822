"""The command behind notebooks/results/effects.json, before a network that does no more than draw."""

import json

import numpy as np
import pytest

from animkit import weights
from animkit.benchmarks import effect_tables, effects, results
from animkit.data.effects import KINDS, draw_effect, draw_effects
from animkit.models.judge import Judge


class Drawn:
    """What generates as the network does, and draws."""

    def generate(self, kinds, *, frames=16, wind=0.0, amount=1.0, seed=0):
        known = np.stack([draw_effect(kind, frames=frames, seed=seed) for kind in KINDS])
        return np.stack([known[told > 0].max(axis=0) for told in np.asarray(kinds)])


def test_a_loop_closes_and_a_clip_cut_off_does_not():
    assert effects.seam(draw_effects(24, seed=1).steps)["ratio"] == pytest.approx(1, abs=0.15)
    assert effects.seam(effects.cut(12, 24, seed=1))["ratio"] > 1.4
    assert effects.seam(effects.cut(12, 24, seed=1, fade=4))["ratio"] < 1.3


def test_a_training_loop_that_begins_elsewhere_is_no_new_one():
    training = {kind: draw_effects(2, kinds=(name,), seed=5).steps for kind, name in enumerate(KINDS)}
    found = effects.measure_novelty(Drawn(), 8, training)
    assert found["training loops, begun elsewhere"]["median_percent"] == 0
    assert found["drawn loops"]["nearest_percent"] > 10


def test_a_small_run_measures_and_its_tables_show_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    judge = Judge((32, 32), 8, classes=(len(KINDS),))
    monkeypatch.setattr(weights, "load", {"effects": Drawn(), "effects_judge": judge}.get)
    monkeypatch.setattr(effects, "LENGTHS", (8, 16))
    monkeypatch.setattr(effects, "SAMPLING_SEEDS", (0, 1))
    monkeypatch.setattr(effects, "PAIRS", ((0, 1), (2, 7)))
    monkeypatch.setattr(effects, "known_loops", lambda count: {k: draw_effects(1).steps for k in range(len(KINDS))})
    monkeypatch.setattr(effects, "smoke_of_a_solver", lambda frames, seed: draw_effects(1, frames=frames).steps[0])
    effects.main(["--profile", "ci"])
    kept = json.loads((results.TRIALS / "effects.json").read_text())
    value = kept["ci"]["value"]
    assert kept["ci"]["test_scorings"] == 1
    assert value["seam"]["network"]["lengths"] == 2
    assert value["blends"]["network"]["of"] == 2
    assert value["seconds_per_hundred"]["least"] > 0
    parts = ("likeness", "kinds", "seams", "blends", "new_and_fast")
    shown = "".join(getattr(effect_tables, part)(kept) for part in parts)
    assert shown.count("target") == 4
