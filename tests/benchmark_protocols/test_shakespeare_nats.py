"""The command behind notebooks/results/shakespeare_nats.json: a small run on the twin, and seeds that join."""

import json

import pytest

from animkit.benchmarks import results, shakespeare_nats


def test_a_small_run_joins_its_seed_to_those_of_the_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shakespeare_nats.main(["--profile", "ci", "--source", "twin", "--seed", "2"])
    kept = json.loads((results.TRIALS / "shakespeare_nats.json").read_text())["ci"]
    assert kept["seeds"] == [2]
    assert 1 < kept["value"]["mean"] < 4
    assert kept["value"]["sd"] is None
    assert kept["by_seed"]["2"]["seconds"]["CPU"] > 0
    assert set(kept["baselines"]) >= {"unigram", "bigram"}
    both = shakespeare_nats.joined({"value": kept["value"]["mean"] + 0.2}, 0, kept)
    assert both["seeds"] == [0, 2]
    assert both["value"]["sd"] == pytest.approx(0.2 / 2**0.5)


def test_seeds_of_other_settings_are_not_joined(tmp_path, monkeypatch):
    shared = {"protocol": {"windows": "50 characters"}}
    monkeypatch.setattr(shakespeare_nats, "run", lambda *_, **__: ({"value": 1.5}, shared))
    results.write(
        {"ci": {"protocol": {"windows": "100"}, "by_seed": {"7": {"value": 9.0}}}}, tmp_path / "shakespeare_nats.json"
    )
    for seed in "12":
        shakespeare_nats.main(["--profile", "ci", "--seed", seed, "--output", str(tmp_path)])
    assert results.read("shakespeare_nats", tmp_path)["ci"]["seeds"] == [1, 2]
