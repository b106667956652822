"""The house as it was designed: imports point one way, light rooms stay light, and the README's example runs.

The rules are read from the imports themselves, at the top of a file or within a function; no file is listed by name.
"""

import ast
import graphlib
import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LONGEST_FILE = 600  # lines; a longer one says why in its docstring
LONGEST_FUNCTION = 80  # lines of code
FAMILIES = ("animkit.gan", "animkit.vae", "animkit.rnn", "animkit.unet")
NETWORKS = (*FAMILIES, "animkit.models")
ABOVE_NETWORKS = ("widgets", *(f"animkit.{room}" for room in ("weights", "studio", "recipes", "benchmarks", "cli")))
LEAVES = ("motion", "data", "metrics", "theory", "render", "training", "losses", "labels", "parameters", "writing")


def name_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {name_of(path): path for folder in ("animkit", "widgets") for path in sorted((ROOT / folder).rglob("*.py"))}


@cache  # and not when the file is imported: each worker imports it, one runs it
def tree(name):
    return ast.parse(FILES[name].read_text(encoding="utf-8"))


@cache
def imported(name):
    """Dotted names that a file imports, as deep as the import says."""
    found = []
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.ImportFrom) and node.module:
            found += [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
    return found


def arrows_of(name):
    """The files of ours that a file imports."""
    for target in imported(name):
        while target and target not in FILES:
            target = target.rpartition(".")[0]
        if target and target != name:
            yield target


@cache
def all_arrows():
    return sorted({(name, target) for name in FILES for target in arrows_of(name)})


def within(name, rooms):
    return any(name == room or name.startswith(f"{room}.") for room in rooms)


def arrows(sources, targets):
    """Arrows that lead from one set of rooms into another."""
    return [(a, b) for a, b in all_arrows() if within(a, sources) and within(b, targets)]


def test_the_imports_are_seen():
    assert ("animkit.vae", "animkit.losses") in all_arrows()
    assert len(all_arrows()) > len(FILES)


def test_what_lies_below_the_networks_imports_no_network_and_nothing_above():
    assert arrows([f"animkit.{room}" for room in LEAVES], (*NETWORKS, *ABOVE_NETWORKS)) == []


def test_networks_import_nothing_above_them():
    assert arrows(NETWORKS, ABOVE_NETWORKS) == []


def test_families_and_models_do_not_know_each_other():
    assert arrows(FAMILIES, NETWORKS) == []
    assert arrows(["animkit.models"], ["animkit.models"]) == []


def test_the_studio_never_imports_recipes():
    assert arrows(["animkit.studio"], ("animkit.recipes", "animkit.benchmarks", "widgets")) == []


def test_recipes_are_for_benchmarks_the_command_line_and_notebooks():
    users = {a for a, _ in arrows(["animkit", "widgets"], ["animkit.recipes"]) if not a.startswith("animkit.recipes")}
    assert [a for a in users if not within(a, ("animkit.benchmarks", "animkit.cli"))] == []


def test_nothing_imports_the_benchmarks_but_notebooks_and_the_command_line():
    users = [a for a, _ in arrows(["animkit", "widgets"], ["animkit.benchmarks"])]
    assert [a for a in users if not within(a, ("animkit.benchmarks", "animkit.cli"))] == []


def test_nothing_below_imports_widgets():
    assert arrows(["animkit"], ["widgets"]) == []


def test_widgets_hold_no_learning_code():
    learning = (*NETWORKS, "animkit.losses", "animkit.training", "animkit.recipes")
    assert arrows(["widgets"], learning) == []


def test_boards_and_labs_share_parts_alone():
    assert arrows(["widgets.boards"], ["widgets.labs"]) == arrows(["widgets.labs"], ["widgets.boards"]) == []
    assert arrows(["widgets.parts"], ["widgets.boards", "widgets.labs"]) == []
    assert arrows(["widgets.labs"], ["animkit.studio", "animkit.weights", "animkit.data"]) == []


def test_metrics_and_theory_are_numpy_alone():
    numeric = {"numpy", "scipy", "sklearn", "skimage", "animkit"} | set(sys.stdlib_module_names)
    rooms = [name for name in FILES if within(name, ("animkit.metrics", "animkit.theory"))]
    assert [(n, t) for n in rooms for t in imported(n) if t.split(".")[0] not in numeric] == []


def test_no_file_imports_itself_by_a_detour():
    graph = {name: {b for a, b in all_arrows() if a == name} for name in FILES}
    assert len(list(graphlib.TopologicalSorter(graph).static_order())) == len(FILES)


def test_a_long_file_says_why():
    long = [name for name, path in FILES.items() if path.read_text(encoding="utf-8").count("\n") > LONGEST_FILE]
    assert [name for name in long if " because " not in (ast.get_docstring(tree(name)) or "")] == []


def code_lines(function, source):
    """Lines of a function that are neither its docstring, nor empty, nor comment."""
    documented = ast.get_docstring(function) is not None
    first = function.body[0].end_lineno if documented else function.lineno - 1
    lines = source[first : function.end_lineno]
    return sum(bool(line.strip()) and not line.strip().startswith("#") for line in lines)


def test_no_function_is_too_long_to_read():
    long = []
    for name in FILES:
        source = FILES[name].read_text(encoding="utf-8").splitlines()
        functions = [node for node in ast.walk(tree(name)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        long += [(name, f.name, code_lines(f, source)) for f in functions if code_lines(f, source) > LONGEST_FUNCTION]
    assert long == []


LIGHT = [  # a star stands for all that a room holds
    "animkit",
    "animkit.parameters",
    "animkit.theory.*",
    "animkit.data.*",
    "animkit.metrics.*",
    "animkit.render",
    "animkit.studio.film",
    "animkit.studio.characters",
    "animkit.benchmarks.results",
    *sorted(f"widgets.{face.stem}" for face in (ROOT / "widgets").glob("*_lab.py")),
]
ONE_AFTER_THE_OTHER = """
import importlib, json, pkgutil, sys
heavy, told = {"tensorflow", "keras", "jax", "torch", "matplotlib"}, {}
for room in sys.argv[1:]:
    package = importlib.import_module(room.removesuffix(".*"))
    if room.endswith(".*"):
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            importlib.import_module(module.name)
    told[room] = sorted(heavy & set(sys.modules))
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def loaded():
    """What is loaded of the heavy once one process has imported a light room, after those that stand before it."""
    command = [sys.executable, "-c", ONE_AFTER_THE_OTHER, *LIGHT]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("room", LIGHT)
def test_light_rooms_load_no_framework(room, loaded):
    """A derivation, a dataset or a picture opens at once: TensorFlow alone takes ten seconds."""
    allowed = set() if room.startswith("animkit.theory") else {"matplotlib"}
    assert set(loaded[room]) <= allowed
