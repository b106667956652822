"""The command behind notebooks/results/effects.json, before a network that does no more than draw."""

import json

import numpy as np
import pytest

from animkit import weights
from animkit.benchmarks import effect_tables, effects, results
from animkit.data.effects import KINDS, draw_effect, draw_effects
from animkit.models.effects_64 import EffectFiner
from animkit.models.judge import Judge


class Drawn:
    """What generates as the network does, and draws."""

    def generate(self, kinds, *, frames=16, wind=0.0, amount=1.0, one_shot=False, seed=0):
        known = np.stack([draw_effect(kind, frames=frames, one_shot=one_shot, seed=seed) for kind in KINDS])
        return np.stack([known[told > 0].max(axis=0) for told in np.asarray(kinds)])


def test_a_loop_closes_and_a_clip_cut_off_does_not():
    assert effects.seam(draw_effects(24, seed=1).steps)["ratio"] == pytest.approx(1, abs=0.15)
    assert effects.seam(effects.cut(12, 24, seed=1))["ratio"] > 1.4
    assert effects.seam(effects.cut(12, 24, seed=1, fade=4))["ratio"] < 1.3


def test_the_seam_of_a_loop_is_any_of_its_steps_and_that_of_a_clip_cut_off_a_large_one():
    assert effects.seam(draw_effects(40, seed=1).steps)["ranks"].mean() == pytest.approx(0.5, abs=0.1)
    assert effects.seam(effects.cut(12, 24, seed=1))["ranks"].mean() > 0.75
    blink = np.array([0, 1, 0, 1], "uint8")[None, :, None, None] * np.ones((1, 4, 2, 2), "uint8")
    np.testing.assert_array_equal(effects.seam(blink.repeat(2, axis=0))["ranks"], 0.5)  # all steps are alike


class Ink:
    """Reads as much of the first kind as there are pixels of step 1, and the rest as the second."""

    def probabilities(self, loops):
        first = (loops == 1).mean(axis=(1, 2, 3))
        return [np.stack([first, 1 - first], axis=1) @ np.eye(2, len(KINDS))]


class Shares:
    """Shows the first kind in as many pixels as its weight's square says."""

    def generate(self, kinds, **given):
        return (np.linspace(0, 1, 64)[:, None, None] < (kinds[:, 0] ** 2)[:, None, None, None]).astype("uint8")


def test_weights_are_found_at_which_both_kinds_are_read_alike(monkeypatch):
    monkeypatch.setattr(effects, "PAIRS", ((0, 1),))
    assert effects.even_weights(Shares(), Ink(), 2) == pytest.approx(0.5**0.5, abs=0.04)


def test_a_training_loop_that_begins_elsewhere_is_no_new_one():
    training = {kind: draw_effects(2, kinds=(name,), seed=5).steps for kind, name in enumerate(KINDS)}
    found = effects.measure_novelty(Drawn(), 8, training)
    assert found["training loops, begun elsewhere"]["median_percent"] == 0
    assert found["drawn loops"]["nearest_percent"] > 10


def test_a_small_run_measures_and_its_tables_show_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    judge, network = Judge((32, 32), 8, classes=(len(KINDS),)), EffectFiner(channels=1)
    shipped = {"effects": Drawn(), "effects_judge": judge, "effects_64": network}
    monkeypatch.setattr(weights, "load", shipped.get)
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
    assert value["one_shots"]["read_as_asked_percent"].keys() == value["one_shots"]["frechet"].keys()
    finer = value["twice_the_size"]["frechet"]
    assert {"drawn at 32 pixels, pixels doubled", "drawn at 32 pixels, Scale2x"} < finer.keys()
    assert value["seconds_per_hundred"]["least"] > 0
    parts = ("likeness", "kinds", "seams", "blends", "one_shots_and_64", "new_and_fast")
    shown = "".join(getattr(effect_tables, part)(kept) for part in parts)
    assert shown.count("target") == 4
    # the seconds alone are no scoring of the test split
    effects.main(["--profile", "ci", "--only", "speed"])
    again = json.loads((results.TRIALS / "effects.json").read_text())["ci"]
    assert again["test_scorings"] == 1
    assert again["value"].pop("seconds_per_hundred").keys() == value.pop("seconds_per_hundred").keys()
    assert again["value"] == value
