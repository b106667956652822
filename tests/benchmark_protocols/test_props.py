"""The command behind notebooks/results/props.json, with networks that go straight on."""

import json

import numpy as np
import pytest

from animkit.benchmarks import props, props_reasons, props_tables, results
from animkit.data.objects import draw_bodies
from animkit.metrics.objects import straight_on


class StraightOn:
    """Stands in for both networks."""

    fps = 10.0

    def carry_on(self, paths, *, frames, samples=0, seed=0):
        if np.ndim(paths) == 4:
            return np.repeat(np.asarray(paths)[:, -1:], frames, axis=1)
        on = straight_on(np.asarray(paths), frames)
        return np.repeat(on[:, None], samples, axis=1) if samples else on

    def state(self, paths):
        return paths.reshape(len(paths), -1)


@pytest.fixture(scope="module")
def found():
    with pytest.MonkeyPatch.context() as patch:
        for name in ("train_objects", "train_interactions"):
            patch.setattr(props, name, lambda **options: StraightOn())
        patch.setattr(props.billiard, "train_billiard", lambda **options: StraightOn())
        patch.setattr(props.weights, "load", lambda name: StraightOn())
        made = {"ci": props.run("ci", split="validation"), "ci billiard": props.billiard_run("ci", split="validation")}
        made["ci billiard, trainings"] = props.billiard_seeds("ci")
        made["ci bodies, trainings"] = props.body_seeds("ci")
        patch.setattr(props, "train_scene", lambda scene, **options: StraightOn())
        made["ci stack"] = props.scene_run("stack", "ci", split="validation")
    counted = {"chosen_on": props.CHOSEN_ON, "test_scorings": 0}
    kept = results.rounded({**props.header(), **{name: {**run, **counted} for name, run in made.items()}})
    return json.loads(json.dumps(kept))


def test_the_fit_is_exact_where_the_network_goes_straight_on(found):
    balls = found["ci"]["bodies"][props.SEEN_EXACTLY]["ball"]
    assert balls["ratio"]["constant velocity"]["value"] == pytest.approx(1)
    assert balls["metres"][props.LAW]["mean"] < 0.3 * balls["metres"]["LSTM"]["mean"]
    assert set(found["ci"]["bodies"][props.SEEN_AS_PIXELS]) == {"ball", "pendulum", "spring", "wheel", "leaf", "edge"}


def test_first_bounces_are_exact_on_the_true_path(found):
    first = found["ci"]["first_bounce"][props.SEEN_EXACTLY]
    assert first["balls"] > 6
    assert first["percent"]["the true path itself"] == 100
    assert first["percent"]["LSTM"] == 0


def test_errors_by_hand():
    truth = np.zeros((2, 48, 2))
    off = truth + np.array([3.0, 4.0])
    found = props.errors_after_a_second({"LSTM": off, "other": off / 2}, truth)
    assert found["metres"]["LSTM"] == {"mean": 5, "median": 5}
    assert found["ratio"]["other"]["value"] == 2


def test_pymunk_is_off_as_the_lab_says(found):
    off = found["ci"]["pymunk"]
    assert 0.1 < off["1/60 s"] < 0.2
    assert off["1/1000 s"] < 0.02
    assert "cm at steps of 1/60 s" in props_tables.off_by_steps(found)


def test_springs_stand_still_beside_a_fit_that_is_exact(found):
    springs = found["ci"]["springs"]
    assert springs["interaction network"] == springs["standing still"]
    assert springs["least-squares fit of the true law"]["20"] < 1e-4 * springs["standing still"]["20"]


def test_billiard_is_measured_beside_the_engine_that_knows_it(found):
    off, ratio = (found["ci billiard"][part] for part in ("distance", "ratio"))
    assert off[props.NETWORK] == off["standing still"]
    assert ratio["standing still"]["1 s"]["value"] == 1
    assert found["ci billiard, trainings"]["trained"]["1 s"]["sd"] == 0
    engine, alone = off["the true engine, friction fitted"], off["friction and walls, each ball alone"]
    assert engine["1 s"]["mean"] < alone["1 s"]["mean"] < off["constant velocity"]["1 s"]["mean"]


def test_trainings_of_single_bodies_are_held_against_the_fit(found):
    run = found["ci bodies, trainings"]
    assert run["bodies_trained"]["ball"]["sd"] == pytest.approx(0, abs=1e-6)
    assert run["bodies_trained"]["ball"]["mean"] == pytest.approx(run["shipped"]["ball"])
    assert "3 trainings of 2 epochs: ball" in props_tables.trainings(found)


def test_reasons_are_measured_and_shown():
    run = {"why": props_reasons.reasons(StraightOn(), 8)}
    late = run["why"]["early or late"]["leaf"]["exact"]
    assert 0 < late["best shift"] < late["off"]
    assert run["why"]["side"]["2 mm"][props_reasons.MOST_LIKELY] > 65
    assert "a line, of the frames" in props_tables.reasons({"ci reasons": run})


def test_a_stack_is_measured_beside_an_lstm_without_pairs(found):
    off = found["ci stack"]["distance"]
    assert off[props.NETWORK] == off[props.ALONE] == off["standing still"]


def test_the_probe_reads_bodies_that_it_did_not_see(found):
    assert found["ci"]["state"]["gravity"]["LSTM's state"]["r2"] <= 1
    drawn = draw_bodies("ball", 3, seed=props.SEEDS["test"])
    assert (drawn.positions != draw_bodies("ball", 3, seed=props.SEEDS["test"] + 1).positions).any()


def test_a_fork_is_measured_beside_what_is_likely(found):
    forks = found["ci"]["forks"]
    bayes, fit = "fifty draws by Bayes' rule on the true law", props.LAW
    assert forks["off"][bayes] < 0.5 * forks["off"]["one half"]
    assert forks["off"][bayes] < forks["off"][fit]
    assert set(found["ci"]["futures"]["ball"]["percent inside"]) == set(props_tables.WAYS)


@pytest.mark.parametrize("name", ["bodies", "springs", "several", "asked", "held", "futures", "forks"])
def test_tables_show_it(found, name):
    shown = getattr(props_tables, name)(found)
    assert "ci: " in shown or "ci billiard: " in shown
    if name == "asked":
        assert "missed" in shown


@pytest.mark.parametrize("name", ["bodies", "springs", "several", "asked", "held", "futures", "forks"])
def test_what_is_committed_fits_its_tables(name):
    shown = getattr(props_tables, name)(results.read("props"))
    assert ("full billiard: " if name == "several" else "full: ") in shown
