import argparse
import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from animkit.benchmarks import results


def test_cells_show_numbers_spreads_and_gaps():
    assert results.cell(None) == "–"
    assert results.cell(98.7654) == "98.8"
    assert [results.cell(near) for near in (99.98, 99.9996, 100.0, 205.96)] == ["99.98", "99.9996", "100", "206"]
    assert results.cell(3) == "3"
    assert results.cell({"mean": 8.0, "sd": 0.25, "by_seed": [8]}) == "8 ± 0.25"
    assert results.cell({"mean": 8.5, "sd": None}) == "8.5"
    assert results.cell({"mean": 1234.5, "sd": 0.5}) == "1234.5 ± 0.5"
    assert results.cell({"mean": 1.50655, "sd": 0.0029}) == "1.507 ± 0.0029"


@pytest.mark.parametrize("several", [(85.54, 84.78), [90.85, 86.83], np.array([8.5, 0.1])])
def test_a_spread_is_a_named_field_and_never_a_position(several):
    with pytest.raises(TypeError, match="`mean` and `sd` by name"):
        results.table("", ["model", "nats"], [["published", several]])


def test_a_table_escapes_what_it_is_given():
    made = results.table("a < b", ["model", "%"], [["<script>", 1.0]])
    assert "<script>" not in made
    assert "&lt;script&gt;" in made
    assert "a &lt; b" in made
    with pytest.raises(ValueError, match="2 columns, but a row has 1 cells"):
        results.table("", ["a", "b"], [["c"]])


def test_results_are_read_by_name(tmp_path):
    (tmp_path / "one.json").write_text('{"value": 1}')
    assert results.read("one", tmp_path) == {"value": 1}
    with pytest.raises(FileNotFoundError, match="no results called 'two'; there are one"):
        results.read("two", tmp_path)


def test_a_spread_is_that_of_a_sample_and_one_seed_has_none():
    assert results.spread([1.0, 2.0, 6.0]) == pytest.approx(7**0.5)
    np.testing.assert_allclose(results.spread([[0.0, 1.0], [2.0, 1.0]]), [2**0.5, 0.0])
    assert results.spread([4.0]) is None
    assert results.spread([[4.0, 5.0]]) is None


def test_summaries_by_hand():
    found = results.summaries([{"a": 1.0}, {"a": 2.0}, {"a": 6.0}])
    assert found == {"a": {"mean": 3.0, "sd": pytest.approx(7**0.5), "by_seed": [1.0, 2.0, 6.0]}}
    assert results.summaries([{"a": 4}]) == {"a": {"mean": 4.0, "sd": None, "by_seed": [4]}}


def test_an_interval_draws_characters_and_not_clips():
    right, ones = np.repeat([True, False], 50), np.ones(100)
    assert results.interval(right, ones, np.repeat([0, 1], 50)) == [0, 100]  # two characters: both may be the same one
    low, high = results.interval(right, ones, np.arange(100))
    assert 38 < low < 50 < high < 62
    assert results.interval(2 * ones[:10], 2 * ones[:10], np.arange(10) % 3) == [100, 100]
    assert results.interval(right, ones, np.zeros(100, int)) is None


def test_numbers_are_rounded_wherever_they_stand():
    told = {"a": np.array([1.234567, 2.0]), "b": [(np.float32(0.1), np.int64(123456))], "c": ("x", None, True)}
    assert results.rounded(told) == {"a": [1.2346, 2.0], "b": [[0.1, 123456]], "c": ["x", None, True]}
    json.dumps(results.rounded(told))


def test_runs_are_kept_side_by_side_and_their_scorings_counted(tmp_path, monkeypatch, capsys):
    trials, shipped = tmp_path / "trials", tmp_path / "shipped"
    monkeypatch.setattr(results, "TRIALS", trials)
    monkeypatch.setattr(results, "FOLDER", shipped)

    def keep(name, value, folder):
        header = {"name": "protocol", "what": "something"}
        told = {"header": lambda: header, "chosen_on": "held-out clips"}
        results.keep("protocol", name, {"value": value}, folder=folder, **told)
        kept = results.read("protocol", folder)
        assert kept[name] == {
            "value": value,
            "chosen_on": "held-out clips",
            "test_scorings": kept[name]["test_scorings"],
        }
        return kept[name]["test_scorings"]

    assert keep("full", 1.0, trials) == 1
    assert keep("demo", 2.1235, trials) == 1
    assert keep("full", 2, trials) == 2
    assert keep("full", 3, shipped) == 3  # whoever ships after two trials has looked three times
    assert keep("full", 4, trials) == 4
    assert list(results.read("protocol", trials)) == ["name", "what", "full", "demo"]
    assert list(results.read("protocol", shipped)) == ["name", "what", "full"]
    assert [path.name for path in trials.iterdir()] == ["protocol.json"]
    assert "protocol.json: demo" in capsys.readouterr().out


def test_a_trial_replaces_what_ships_only_when_told(tmp_path, capsys):
    parser = results.command_line("protocol", "A protocol.")
    assert parser.parse_args([]) == argparse.Namespace(
        profile="demo", source="auto", output=Path("runs/results"), checkpoints=Path("runs/protocol")
    )
    assert parser.parse_args(["--output", str(tmp_path)]).output == tmp_path
    assert parser.parse_args(["--ship"]).output == results.FOLDER
    with pytest.raises(SystemExit):
        parser.parse_args(["--ship", "--output", str(tmp_path)])
    assert "not allowed with argument" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        parser.parse_args(["--profile", "huge"])
    assert "invalid choice: 'huge'" in capsys.readouterr().err


def test_a_wrong_profile_is_refused_before_keras_is_imported(tmp_path):
    (tmp_path / "keras.py").write_text("raise SystemExit('too late')")
    path = os.pathsep.join([str(tmp_path), str(Path(results.__file__).parents[2])])
    command = [sys.executable, "-m", "animkit.benchmarks.mnist_nll", "--passes", "3", "--profile", "huge"]
    done = subprocess.run(command, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True)
    assert done.returncode == 2
    assert "invalid choice: 'huge' (choose from" in done.stderr


# that of plays joins seeds, which its own test looks at
@pytest.mark.parametrize("name", [name for name in results.PROTOCOLS if name != "shakespeare_nats"])
def test_every_protocol_writes_under_runs_unless_told_to_ship(name, tmp_path, monkeypatch, capsys):
    protocol = importlib.import_module(f"animkit.benchmarks.{name}")
    made = {"value": {}, "baselines": {}, "methods": {}, "ratio_to_interpolation": {}}
    monkeypatch.setattr(protocol, "run", lambda *_, **__: made)
    monkeypatch.chdir(tmp_path)
    shipped = tmp_path / "notebooks" / "results"
    monkeypatch.setattr(results, "FOLDER", shipped)
    protocol.main(["--profile", "ci"])
    (written,) = tmp_path.rglob("*.json")
    assert written == tmp_path / "runs" / "results" / f"{name}.json"
    kept = json.loads(written.read_text(encoding="utf-8"))
    assert kept["name"] == name
    assert kept["ci"] == {**made, "chosen_on": protocol.CHOSEN_ON, "test_scorings": 1}
    protocol.main(["--profile", "demo", "--ship"])
    assert "demo" in results.read(name, shipped)
    assert "demo" not in results.read(name, "runs/results")


def test_a_protocol_runs_again_as_its_command_does(tmp_path, monkeypatch):
    asked = []

    class Done:
        returncode, stderr = 0, ""

    monkeypatch.setattr(results.subprocess, "run", lambda command, **_: asked.append(command) or Done)
    results.measure_again("sprites", profile="ci", folder=tmp_path)
    assert asked[0][1:] == ["-m", "animkit.benchmarks.sprites", "--profile", "ci", "--output", str(tmp_path)]
    Done.returncode, Done.stderr = 1, "no memory"
    with pytest.raises(RuntimeError, match="no memory"):
        results.measure_again("sprites", profile="ci", folder=tmp_path)
    with pytest.raises(ValueError, match="no protocol called 'sprite'; there are mnist_nll, mode_coverage"):
        results.measure_again("sprite", folder=tmp_path)


@pytest.mark.parametrize("path", sorted(results.FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_every_results_file_says_what_it_is_and_how_to_make_it_again(path):
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert kept["name"] == path.stem
    assert kept["what"]
    assert "command" in json.dumps(kept)
    assert "machine" in json.dumps(kept)
    runs = [part for part in kept.values() if isinstance(part, dict) and "machine" in json.dumps(part)]
    assert runs
    # what chooses settings, or is measured on validation data, is not scored on the test split
    scored = [run for run in runs if "--choose" not in run.get("command", "") and run.get("split") != "validation"]
    assert scored
    assert all(run["chosen_on"] and run["test_scorings"] >= 1 for run in scored)
