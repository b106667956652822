import json

import pytest

from animkit.benchmarks import results


def test_cells_show_numbers_spreads_and_gaps():
    assert results.cell(None) == "–"
    assert results.cell(98.7654) == "98.77"
    assert results.cell(3) == "3"
    assert results.cell({"mean": 8.0, "sd": 0.25, "by_seed": [8]}) == "8 ± 0.25"
    assert results.cell({"mean": 8.5, "sd": None}) == "8.5"
    assert results.cell((1234.5, 0.5)) == "1234 ± 0.5"


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
    with pytest.raises(ValueError, match="no protocol called 'sprite'; there are mode_coverage, sprites"):
        results.measure_again("sprite", folder=tmp_path)


@pytest.mark.parametrize("path", sorted(results.FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_every_results_file_says_what_it_is_and_how_to_make_it_again(path):
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert kept["name"] == path.stem
    assert kept["what"]
    assert "command" in json.dumps(kept)
    assert "machine" in json.dumps(kept)
