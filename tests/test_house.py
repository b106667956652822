"""The house as it was designed: imports point one way, light rooms stay light, and the README's example runs."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).parents[1]
LEAVES = ("data", "metrics", "theory", "render", "training", "losses", "labels", "kinematics", "skeleton_drawing")
MOTION = {"in_betweening", "motion_vae", "motion_prediction"}


def room(path):
    """widgets, or the part of animkit that a file belongs to."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts[0] if parts[0] == "widgets" else parts[1]


def imported(path):
    """Rooms whose code a file imports, at its top or within a function."""
    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            parts = name.split(".")
            if parts[0] == "widgets":
                yield "widgets"
            elif parts[0] == "animkit" and len(parts) > 1:
                yield parts[1]


ARROWS = {
    (room(path), other)
    for folder in ("animkit", "widgets")
    for path in (ROOT / folder).rglob("*.py")
    for other in imported(path)
    if other != room(path)
}


def test_nothing_below_imports_widgets():
    assert [arrow for arrow in ARROWS if arrow[1] == "widgets"] == []


def test_leaves_never_import_models_studio_or_weights():
    above = {"studio", "weights", "benchmarks", "gan", "vae", "rnn", "sequence_vae"} | MOTION
    assert [(a, b) for a, b in ARROWS if a in LEAVES and b in above] == []


def test_models_do_not_know_each_other_nor_the_studio():
    models = {"gan", "vae", "rnn"}
    above = {"studio", "weights", "benchmarks"}
    assert [(a, b) for a, b in ARROWS if a in models and b in models | above | {"sequence_vae"}] == []
    # the one that is made of two others
    assert {b for a, b in ARROWS if a == "sequence_vae"} & (models | above) == {"vae", "rnn"}


def test_motion_models_build_on_recurrent_cells_at_most():
    above = {"studio", "weights", "benchmarks", "gan", "vae", "sequence_vae"} | MOTION
    assert [(a, b) for a, b in ARROWS if a in MOTION and b in above] == []


def test_nothing_imports_the_benchmarks_but_notebooks():
    assert [a for a, b in ARROWS if b == "benchmarks"] == []


def test_widgets_hold_no_learning_code():
    assert [
        b
        for a, b in ARROWS
        if a == "widgets" and b in {"gan", "vae", "rnn", "sequence_vae", "losses", "training"} | MOTION
    ] == []


@pytest.mark.parametrize(
    "module",
    [
        "animkit",
        "animkit.render",
        "animkit.data.sprites",
        "animkit.metrics.sequence",
        "animkit.studio.film",
        "animkit.studio.characters",
        "animkit.benchmarks.results",
    ],
)
def test_light_rooms_load_no_framework(module):
    loaded = f"import sys, {module}; print(sorted({{'keras', 'tensorflow', 'jax'}} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_readmes_example_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    example = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)[1]
    exec(compile(example, "README.md", "exec"), {})
    with Image.open(tmp_path / "walk.gif") as film:
        assert (film.size, film.n_frames) == ((192, 192), 16)
