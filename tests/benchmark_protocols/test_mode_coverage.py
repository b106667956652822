"""The command behind notebooks/results/mode_coverage.json: a small run, its resumption, and the file that ships."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from animkit.benchmarks import mode_coverage
from animkit.data.points import GRID_MODES, grid

SHIPPED = Path(__file__).parents[2] / "notebooks" / "results" / "mode_coverage.json"
WRITTEN = "runs/results/mode_coverage.json"
SEEDS = "runs/mode_coverage/ci"
MODES = {"ring": 8, "grid": 25}
METHODS = {"ours", "plain GAN", "fitted Gaussian", "real points"}
TRAINED = METHODS - {"fitted Gaussian", "real points"}
REALLY = {("ring", "ours"), ("grid", "plain GAN")}  # each data set and each method, trained once


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A folder in which the command ran once at profile ci; of four trainings two are made up."""
    folder = tmp_path_factory.mktemp("small")
    train = mode_coverage.run_once

    def run_once(dataset, method, seed, **sizes):
        if (dataset, method) in REALLY:
            return train(dataset, method, seed, **sizes)
        return {"modes": 3, "high_quality_percent": 50.0, "seconds": 1.0, "cpu_seconds": 1.0}

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(mode_coverage, "run_once", run_once)
        mode_coverage.main(["--profile", "ci"])
    return folder


def again(folder, monkeypatch):
    """Run the command there again; returns which runs it trained and the file it wrote."""
    trained = []

    def run_once(dataset, method, seed, **sizes):
        trained.append((dataset, method, seed))
        return {"modes": 3, "high_quality_percent": 50.0, "seconds": 1.0, "cpu_seconds": 1.0}

    monkeypatch.chdir(folder)
    monkeypatch.setattr(mode_coverage, "run_once", run_once)
    mode_coverage.main(["--profile", "ci"])
    return trained, json.loads(Path(WRITTEN).read_text())["ci"]


def check_shape(kept, card):
    assert kept["name"] == "mode_coverage"
    for key in ("what", "unit", "published"):
        assert kept[key], key
    for key in ("profile", "protocol", "target", "machine", "seconds", "command"):
        assert card[key], key
    assert set(card["value"]) == set(card["protocol"]["steps"]) == set(MODES)
    for dataset, methods in card["value"].items():
        assert set(methods) == METHODS
        for method, numbers in methods.items():
            timed = {"seconds", "cpu_seconds"} if method in TRAINED else set()
            assert set(numbers) == {"modes", "high_quality_percent", *timed}
            for number in numbers.values():
                assert len(number["by_seed"]) == len(card["seeds"])
                assert number["mean"] == pytest.approx(np.mean(number["by_seed"]), abs=0.006)
            assert all(0 <= modes <= MODES[dataset] for modes in numbers["modes"]["by_seed"])
            assert all(0 <= share <= 100 for share in numbers["high_quality_percent"]["by_seed"])
    for row in kept["published"]:
        assert {"model", "ring", "grid", "source", "mark"} <= set(row)
        assert row["mark"] in kept["marks"]


def test_a_small_run_writes_the_file(small):
    kept = json.loads((small / WRITTEN).read_text())
    card = kept["ci"]
    check_shape(kept, card)
    assert card["profile"] == "ci"
    assert card["command"].endswith("--profile ci")
    assert len(list((small / SEEDS).rglob("*.json"))) == len(MODES) * len(TRAINED) * len(card["seeds"])
    assert not list(small.rglob("*.partial"))


def test_floor_and_ceiling(small):
    value = json.loads((small / WRITTEN).read_text())["ci"]["value"]
    for dataset, modes in MODES.items():
        assert value[dataset]["real points"]["modes"]["by_seed"] == [modes]
        # 98.89 % of a Gaussian lie within 3 sigma; 1 is five standard errors of 2,500 samples
        assert value[dataset]["real points"]["high_quality_percent"]["by_seed"][0] == pytest.approx(98.89, abs=1.05)
        assert value[dataset]["fitted Gaussian"]["high_quality_percent"]["by_seed"][0] < 5


def test_a_seed_is_measured_once(small, monkeypatch):
    path = next((small / SEEDS).rglob("grid_plain_GAN_0.json"))
    before = json.loads(path.read_text())
    try:
        path.write_text(json.dumps({**before, "result": {**before["result"], "modes": 11}}))
        trained, card = again(small, monkeypatch)
        assert trained == []
        assert card["value"]["grid"]["plain GAN"]["modes"]["by_seed"] == [11]
    finally:
        path.write_text(json.dumps(before))


def test_a_seed_is_measured_again_when_lost_or_of_other_settings(small, monkeypatch):
    (lost,) = (small / SEEDS).rglob("ring_ours_0.json")
    os.remove(lost)
    (changed,) = (small / SEEDS).rglob("grid_ours_0.json")
    before = json.loads(changed.read_text())
    changed.write_text(json.dumps({**before, "settings": {**before["settings"], "r1": 7.0}}))
    trained, card = again(small, monkeypatch)
    assert trained == [("ring", "ours", 0), ("grid", "ours", 0)]
    assert card["value"]["ring"]["ours"]["modes"]["by_seed"] == [3]
    assert again(small, monkeypatch)[0] == []


def test_seeds_that_meet_the_target_are_counted():
    run = {"modes": 8, "high_quality_percent": 95.0, "seconds": 1.0, "cpu_seconds": 1.0}
    short = {**run, "high_quality_percent": 94.99}
    methods = {"ours": [run, short, {**run, "modes": 7}], "plain GAN": [run] * 3}
    epochs = {"ring": 1, "grid": 1}
    target = mode_coverage.summed_up("ci", range(3), 1000, epochs, {"ring": methods, "grid": methods})["target"]
    assert target["seeds_that_meet_it"] == {"ring": 1, "grid": 0}


def test_points_are_trained_at_unit_spread_and_come_back_at_their_own(monkeypatch):
    class Same:
        """A GAN that draws what it was trained on."""

        def __init__(self, points):
            self.points = points

        def sample(self, count, seed):
            return self.points[:count]

    seen = []

    def train_points(points, *, discriminator, game, epochs, seed):
        seen.append((points.std(), game["loss"], epochs, seed))
        return Same(points)

    monkeypatch.setattr(mode_coverage, "train_points", train_points)
    result = mode_coverage.run_once("grid", "ours", 4, examples=3000, epochs=2)
    assert seen == [(pytest.approx(1.0, rel=1e-4), "relativistic", 2, 4)]
    own = mode_coverage.measure(grid(3000, seed=4)[:2500], GRID_MODES, 0.05)
    assert result["modes"] == own["modes"] == 25
    assert result["high_quality_percent"] == pytest.approx(own["high_quality_percent"], abs=0.05)


def test_unknown_profile(tmp_path, capsys):
    with pytest.raises(SystemExit):
        mode_coverage.main(["--profile", "huge", "--output", str(tmp_path)])
    assert "invalid choice: 'huge'" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_the_file_that_ships():
    kept = json.loads(SHIPPED.read_text())
    card = kept["full"]
    check_shape(kept, card)
    assert card["profile"] == "full"
    assert card["seeds"] == list(range(10))
    for dataset, methods in card["value"].items():
        for numbers in methods.values():
            for number in numbers.values():
                assert number["sd"] == pytest.approx(np.std(number["by_seed"], ddof=1), abs=0.006)
        ours = methods["ours"]
        met = [
            modes == MODES[dataset] and share >= card["target"]["high_quality_percent"]
            for modes, share in zip(ours["modes"]["by_seed"], ours["high_quality_percent"]["by_seed"], strict=True)
        ]
        assert card["target"]["seeds_that_meet_it"][dataset] == sum(met)
