"""papermill's own command hands parameters to every notebook: read by type, or refused before anything is loaded."""

import json
import subprocess
import sys
from pathlib import Path

import checks
import nbformat
import pytest
import run as runner
from click.testing import CliRunner
from papermill.cli import papermill

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
CHOICES = {"PROFILE": "ci", "SOURCE": "twin", "TEXT": "fairytales", "RERUN": "sprites"}
OF_TYPE = {bool: ("false", False), int: ("3", 3), float: ("1", 1.0), str: ("a folder/né 画 0", "a folder/né 画 0")}
TELL = """import json, sys
for path, names, cells in json.load(sys.stdin):
    values = {"In": ["", *cells]}
    for cell in cells:
        exec(cell, values)
    loaded = sorted({"tensorflow", "jax", "keras"} & set(sys.modules))
    print(json.dumps([path, {name: values[name] for name in names}, loaded]))"""
QUIETLY = ("-k", "python3", "--no-progress-bar")

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def head(path, folder):
    """A copy of a notebook that ends once its parameters are read."""
    nb = checks.read(path)
    place = nb.cells.index(*checks.tagged(nb, "parameters"))
    nb.cells = nb.cells[: place + 2]
    nbformat.write(nb, folder / path.name)
    return folder / path.name


def given(path):
    """What the command is given for each parameter of a notebook, as text, and what is to be read."""
    defaults = checks.parameters(checks.read(path))
    return {name: (CHOICES[name],) * 2 if name in CHOICES else OF_TYPE[type(value)] for name, value in defaults.items()}


def options(values):
    return [part for name, text in values.items() for part in ("-p", name, text)]


def prepared(path, folder, values):
    """The code cells that papermill's command prepares."""
    arguments = [str(head(path, folder)), str(folder / "made.ipynb"), "--prepare-only", *options(values)]
    done = CliRunner().invoke(papermill, arguments)
    assert done.exit_code == 0, done.output
    return [cell.source for cell in checks.read(folder / "made.ipynb").cells if cell.cell_type == "code"]


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """What one fresh interpreter has read of each notebook's parameters, and what it has loaded by then."""
    folder, texts = tmp_path_factory.mktemp("read"), {path: given(path) for path in NOTEBOOKS}
    cells = [prepared(p, folder, {name: text for name, (text, _) in texts[p].items()}) for p in NOTEBOOKS]
    asked = [[path.stem, [*texts[path]], each] for path, each in zip(NOTEBOOKS, cells, strict=True)]
    told = subprocess.run([sys.executable, "-c", TELL], input=json.dumps(asked), capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    return {name: (values, loaded) for name, values, loaded in map(json.loads, told.stdout.splitlines())}


@each_notebook
def test_values_are_read_by_type(path, read):
    values, loaded = read[path.stem]
    assert values == {name: value for name, (_, value) in given(path).items()}
    assert loaded == []


def test_a_mistake_ends_the_command_and_is_told(tmp_path):
    path = head(NOTEBOOKS[-1], tmp_path)
    command = [sys.executable, "-m", "papermill", str(path), str(tmp_path / "made.ipynb"), *QUIETLY]
    with runner.own_kernel():
        done = subprocess.run([*command, *options({"PROFILE": "dmeo"})], capture_output=True, text=True)
    assert done.returncode == 1
    assert "ValueError: PROFILE is 'dmeo'; use one of ci, demo, full" in checks.plain(done.stderr)


def refusal(path, folder, values):
    """What the prepared cells say, run here without a kernel; None when they pass."""
    cells = prepared(path, folder, values)
    namespace = {"In": ["", *cells]}
    try:
        for cell in cells:
            exec(cell, namespace)
    except ValueError as error:
        return str(error)
    return None


@each_notebook
def test_every_mistake_is_told_in_every_notebook(path, tmp_path):
    kinds = {name: type(value) for name, value in checks.parameters(checks.read(path)).items()}
    wrong = {"PROFILE": "dmeo", "SOURCE": "moon", "SEED": "first"}
    wrong |= {name: "perhaps" for name, kind in kinds.items() if kind is not str}
    wrong |= {name: "unheard of" for name in ("TEXT", "RERUN") if name in kinds}
    for name, value in wrong.items():
        assert f"{name} is {value!r}; use " in refusal(path, tmp_path, {name: value})
    for name in ("TRIAN", "profile"):
        assert f"has no parameter {name}; it has PROFILE, SEED, SOURCE" in refusal(path, tmp_path, {name: "false"})
    assert refusal(path, tmp_path, {"SEED": "1"}) is None
