"""The commands that the README promises: listed, wired to the right programs, and refusing what cannot work."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TARGETS = {"run", "test", "lab", "notebooks", "weights", "bench", "lint", "format", "clean"}


@pytest.fixture
def make(needs):
    """`make(...)` in the checkout, free of the settings of a make that may be running this test."""
    needs("make")
    environment = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "PYTHON")}

    def make(*arguments, check=True):
        return subprocess.run(
            ["make", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=check
        )

    return make


def test_make_alone_prints_the_list(make):
    listed = dict(re.findall(r"^make (\w+) +(\S.*)$", make().stdout, flags=re.M))
    assert set(listed) == TARGETS | {"help"}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["run", "FORCE=1"], "notebooks/run.py 00_short_film --profile demo"),
        (["run", "SEED=3"], "-p SEED=3"),
        (["notebooks", "PROFILE=ci"], "notebooks/run.py  --profile ci"),
        (["notebooks", "NOTEBOOK=01_gan", "SOURCE=twin"], "01_gan --profile demo -p SOURCE=twin"),
        (["test"], "-m ruff format --check"),
        (["test"], "KERAS_BACKEND=jax"),
        (["lab", "LAB=--no-browser"], "-m jupyterlab --LabApp.default_url=/lab/tree/notebooks --no-browser"),
        (["weights", "NAME=sprites_vae"], "-m animkit.weights.make sprites_vae"),
        (["bench"], "tests/benchmarks -m benchmark"),
    ],
)
def test_a_target_calls_its_program(make, arguments, expected):
    assert expected in make("-n", *arguments).stdout


def test_the_model_tests_that_jax_runs_exist():
    (names,) = re.findall(r"^MODEL_TESTS = (.*)$", (ROOT / "Makefile").read_text(), flags=re.M)
    assert [name for name in names.split() if not (ROOT / name).exists()] == []


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("#!/bin/sh\n[ $1 = --version ] && echo Python 3.9.1\nexit 1\n", "needs Python 3.11, 3.12 or 3.13; .* 3.9.1"),
        ("#!/bin/sh\ncase $2 in *ensurepip*) exit 1;; esac\n", "lacks venv"),
    ],
)
def test_a_python_that_cannot_work_is_refused(make, tmp_path, script, message):
    python = tmp_path / "python"
    python.write_text(script)
    python.chmod(0o755)
    done = make("--always-make", f"PYTHON={python}", ".venv/.python", check=False)
    assert done.returncode != 0
    assert re.search(message, done.stderr)


def test_no_python_at_all_is_said(make):
    done = make("--always-make", "PYTHON=", ".venv/.python", check=False)
    assert "found none" in done.stderr


def test_the_readme_names_the_commands():
    readme = (ROOT / "README.md").read_text()
    assert [target for target in ("run", "test", "lab", "notebooks") if f"make {target}" not in readme] == []


def test_ci_calls_the_test_command():
    script = (ROOT / ".ci" / "run").read_text()
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert script.splitlines()[-1] == "exec make test"
