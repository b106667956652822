"""The command behind notebooks/results/narrator.json: a small run on the twin's tales."""

import json

from animkit.benchmarks import narrator, results


def test_a_small_run_measures_what_is_written_beside_what_people_and_rules_write(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    narrator.main(["--profile", "ci", "--source", "twin"])
    kept = json.loads((results.TRIALS / "narrator.json").read_text())["ci"]
    assert kept["test_scorings"] == 1
    assert kept["source"] == "twin"
    told = kept["value"]["as told, by rules too"]
    assert told["slot_errors_percent"]["mean"] == 0
    assert kept["value"]["perplexity"]["per word"]["mean"] > 1
    template = kept["baselines"]["template"]
    assert template["slot_errors_percent"] == 0
    assert kept["baselines"]["people, of their own beats"]["slot_errors_percent"] < 20
    assert template["distinct_2"] <= 1
