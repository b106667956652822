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
