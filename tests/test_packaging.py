"""pyproject.toml, constraints.txt and environment.yml tell one story, and a checkout holds nothing that a run made."""

import ast
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from animkit.cli import main

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
PINS = {
    canonicalize_name(name): version
    for name, version in re.findall(r"^([\w.-]+)==(\S+)$", (ROOT / "constraints.txt").read_text(), flags=re.M)
}


def git(*command):
    return subprocess.run(["git", *command], cwd=ROOT, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("line", [*PROJECT["dependencies"], *EXTRAS["test"]])
def test_each_requirement_has_a_lower_bound_that_its_constraint_meets(line):
    requirement = Requirement(line)
    assert [spec.operator for spec in requirement.specifier] == [">="]
    assert PINS[canonicalize_name(requirement.name)] in requirement.specifier


def test_constraints_name_versions_only():
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
    assert len(lines) == len(PINS)
    assert list(PINS) == sorted(PINS)
    assert not {"torch", "animkit", "pip"} & set(PINS)


def test_the_console_command_is_there():
    assert PROJECT["scripts"] == {"animkit": "animkit.cli:main"}
    assert callable(main)


def test_the_gpu_extra_is_the_same_tensorflow():
    (gpu,) = map(Requirement, EXTRAS["gpu"])
    (plain,) = (r for r in map(Requirement, PROJECT["dependencies"]) if r.name == "tensorflow")
    assert (gpu.name, gpu.extras, gpu.specifier) == ("tensorflow", {"and-cuda"}, plain.specifier)


def test_the_conda_environment_is_the_package_with_its_constraints():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    *conda, pip = environment["dependencies"]
    assert environment["name"] == PROJECT["name"]
    (python,) = (Requirement(line) for line in conda if line.startswith("python"))
    # the same lower bound; the upper one is that of the TensorFlow in constraints.txt
    assert SpecifierSet(PROJECT["requires-python"]) in [SpecifierSet(str(spec)) for spec in python.specifier]
    assert pip["pip"] == ["-c constraints.txt", "-e .[test]"]


def test_the_makefile_asks_for_the_same_pythons():
    makefile = (ROOT / "Makefile").read_text()
    assert "python>=3.11,<3.14" in (ROOT / "environment.yml").read_text()
    assert makefile.count("(3, 11) <= sys.version_info < (3, 14)") == 2


def test_notebooks_pass_the_stripping_hook():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    (entry,) = (hook["entry"] for hook in hooks if hook["id"] == "nbstripout")
    _, *options = shlex.split(entry)  # our own Python instead of .venv's
    notebooks = sorted(map(str, (ROOT / "notebooks").glob("*.ipynb")))
    done = subprocess.run([sys.executable, *options, "--verify", *notebooks], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_checkout_is_small_and_holds_no_runs(needs):
    needs("git")
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    files = [ROOT / name for name in git("ls-files", "-z").split("\0") if name]
    large = {str(path.relative_to(ROOT)) for path in files if path.exists() and path.stat().st_size > 4e6}
    assert large == set()
    ignored = git("ls-files", "--cached", "--ignored", "--exclude-standard")
    assert ignored == ""


def test_nothing_needs_a_module_that_windows_lacks():
    """The standard library's modules for Unix are imported within `try`, or not at all."""
    unix = {"crypt", "fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty"}
    needed = []
    for path in (*ROOT.glob("animkit/**/*.py"), *ROOT.glob("widgets/**/*.py"), *ROOT.glob("notebooks/*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            needed += [(path.name, name) for name in names if name.split(".")[0] in unix]
    assert needed == []


def test_no_module_reaches_into_the_private_names_of_another():
    """What Pillow, Keras or a room of ours keeps to itself may change unsaid; a tuple's `_replace` is public."""
    public = {"_replace", "_asdict", "_fields", "_make", "_repr_mimebundle_"}
    private = []
    for path in (*ROOT.glob("animkit/**/*.py"), *ROOT.glob("widgets/**/*.py"), *ROOT.glob("notebooks/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                private += [(path.name, alias.name) for alias in node.names if re.match("_[^_]", alias.name)]
            elif isinstance(node, ast.Attribute) and re.match("_[^_]", node.attr) and node.attr not in public:
                own = isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
                inherited = isinstance(node.value, ast.Call) and ast.unparse(node.value) == "super()"
                private += [] if own or inherited else [(path.name, node.attr)]
    assert private == []
