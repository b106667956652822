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
from nbformat.v4 import new_code_cell
from papermill.cli import papermill

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
CHOICES = {"PROFILE": "ci", "SOURCE": "twin", "TEXT": "fairytales", "RERUN": "sprites"}
OF_TYPE = {bool: ("false", False), int: ("3", 3), float: ("1", 1.0), str: ("a folder/né 画 0", "a folder/né 画 0")}
TELL = """import json, sys
values = {name: globals()[name] for name in NAMES}
print(json.dumps([values, sorted({"tensorflow", "jax", "keras"} & set(sys.modules))]))"""

QUIETLY = ("-k", "python3", "--no-progress-bar")

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def head(path, folder):
    """A copy of a notebook that ends once its parameters are read, and says what they are and what has been loaded."""
    nb = checks.read(path)
    place = nb.cells.index(*checks.tagged(nb, "parameters"))
    tell = new_code_cell(TELL.replace("NAMES", repr(list(checks.parameters(nb)))))
    nb.cells = [*nb.cells[: place + 2], tell]
    nbformat.write(nb, folder / path.name)
    return folder / path.name


def given(path):
    """What the command is given for each parameter of a notebook, as text, and what is to be read."""
    defaults = checks.parameters(checks.read(path))
    return {name: (CHOICES[name],) * 2 if name in CHOICES else OF_TYPE[type(value)] for name, value in defaults.items()}


def options(values):
    return [part for name, text in values.items() for part in ("-p", name, text)]


@each_notebook
def test_values_are_read_by_type(path, tmp_path):
    """By the function behind papermill's command, and in a kernel of its own."""
    values, made = given(path), tmp_path / "made.ipynb"
    texts = options({name: text for name, (text, _) in values.items()})
    with runner.own_kernel():
        done = CliRunner().invoke(papermill, [str(head(path, tmp_path)), str(made), *QUIETLY, *texts])
    assert done.exit_code == 0, done.output
    read, loaded = json.loads(checks.read(made).cells[-1].outputs[0].text)
    assert read == {name: value for name, (_, value) in values.items()}
    assert loaded == []


def test_a_mistake_ends_the_command_and_is_told(tmp_path):
    path = head(NOTEBOOKS[-1], tmp_path)
    command = [sys.executable, "-m", "papermill", str(path), str(tmp_path / "made.ipynb"), *QUIETLY]
    with runner.own_kernel():
        done = subprocess.run([*command, *options({"PROFILE": "dmeo"})], capture_output=True, text=True)
    assert done.returncode == 1
    assert "ValueError: PROFILE is 'dmeo'; use one of ci, demo, full" in checks.plain(done.stderr)


def refusal(path, folder, values):
    """What the cells say that papermill's command prepares, run here without a kernel; None when they pass."""
    arguments = [str(head(path, folder)), str(folder / "made.ipynb"), "--prepare-only", *options(values)]
    assert CliRunner().invoke(papermill, arguments).exit_code == 0
    sources = [cell.source for cell in checks.read(folder / "made.ipynb").cells if cell.cell_type == "code"]
    namespace = {"In": ["", *sources]}
    try:
        for source in sources[:-1]:
            exec(source, namespace)
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
