"""The commands that the README promises: listed, wired to the right programs, and refusing what cannot work."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TARGETS = {"run", "test", "lab", "labs", "notebooks", "slides", "student"}
TARGETS |= {"weights", "bench", "lint", "format", "clean"}


@pytest.fixture
def make(needs):
    """`make(...)` in the checkout, free of the settings of a make that may be running this test."""
    needs("make")

    def make(*arguments, check=True):
        ours = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "PYTHON")
        environment = {name: value for name, value in os.environ.items() if name not in ours}
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
        (["run", "FORCE=1"], "-m animkit.cli film --force -o runs/short_film"),
        (
            ["run", 'PROMPT=it\'s a "cat"', "SEED=3", "SECONDS=40"],
            'film --seed 3 --seconds 40 --force -o runs/short_film -- "$PROMPT"',
        ),
        (["labs", "LABS=saturation gates"], "-m widgets.pages saturation gates"),
        (["notebooks", "PROFILE=ci"], "notebooks/run.py --profile ci"),
        (["notebooks", "NOTEBOOK=01_gan", "SOURCE=twin"], "01_gan --profile demo -p SOURCE=twin"),
        (["test"], "-m ruff format --check"),
        (["test"], "KERAS_BACKEND=jax"),
        (["lab", "LAB=--no-browser"], "-m jupyterlab --LabApp.default_url=/lab/tree/notebooks"),
        (["lab", "LAB=--no-browser"], f'--LabApp.app_settings_dir="{ROOT}/notebooks/settings"'),
        (["lab"], f'--LabApp.extra_labextensions_path="{ROOT}/notebooks/settings/labextensions"'),
        (
            ["lab", "LAB=--no-browser"],
            "--ContentsManager.pre_save_hook=widgets.parts.kept_state.keep_state --no-browser",
        ),
        (["weights", "NAME=sprites_vae"], "-m animkit.recipes.make sprites_vae"),
        (["bench"], "tests/benchmarks -m benchmark"),
    ],
)
def test_a_target_calls_its_program(make, arguments, expected):
    assert expected in " ".join(make("-n", *arguments).stdout.split())


def test_every_model_has_tests_that_jax_runs(make):
    assert "-m both_backends $files" in make("-n", "test").stdout
    families = [ROOT / "tests" / f"test_{name}.py" for name in ("gan", "vae", "rnn")]
    models = [*families, *(ROOT / "tests" / "models").glob("test_*.py")]
    assert [path.name for path in models if "mark.both_backends" not in path.read_text()] == []


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


FAKE_PYTHON = """#!/bin/sh
# stands for .venv/bin/python: notes its arguments, pretends to make the film, fails on demand
echo "$@" >> calls
mkdir -p runs/short_film
case "$*" in *short_film*) touch runs/short_film/film.mp4;; esac
test ! -e fail
"""


@pytest.fixture
def fresh(make, tmp_path):
    """A checkout in a folder whose name has a space, and a function that makes a target and returns what it called."""
    root = tmp_path / "a checkout"
    (root / ".venv" / "bin").mkdir(parents=True)
    (root / "animkit").mkdir()
    (root / "notebooks").mkdir()
    sources = ["pyproject.toml", "constraints.txt", "Makefile", "notebooks/run.py", "notebooks/checks.py"]
    for name in [*sources, "animkit/cli.py"]:
        (root / name).write_text((ROOT / name).read_text() if name == "Makefile" else "")
    (root / ".venv" / "bin" / "python").write_text(FAKE_PYTHON)
    (root / ".venv" / "bin" / "python").chmod(0o755)
    (root / ".venv" / ".python").touch()

    def called(*arguments, check=True):
        (root / "calls").write_text("")
        make("-C", str(root), *arguments, check=check)
        return (root / "calls").read_text().splitlines()

    return root, called


def test_what_is_done_is_not_done_again(fresh, monkeypatch):
    root, called = fresh
    install, film = called("run")
    assert "pip install" in install
    assert "[test]" not in install
    assert film == "-m animkit.cli film --force -o runs/short_film"
    assert called("run") == []
    assert called("run", "FORCE=1") == [film]
    assert called("run", 'PROMPT=it\'s "$$(a)" cat') == [f'{film} -- it\'s "$(a)" cat']
    monkeypatch.setenv("PROMPT", "$P$G")  # a shell's own
    assert called("run") == []
    (root / "runs" / "short_film" / "film.mp4").unlink()
    assert called("run") == [film]
    (root / "animkit" / "cli.py").write_text("changed")
    assert called("run") == [film]
    (root / "constraints.txt").write_text("changed")
    assert ["pip install" in call for call in called("run")] == [True, False]


def test_what_failed_is_taken_up_again(fresh):
    root, called = fresh
    (root / "fail").touch()
    assert len(called(".venv/.run", check=False)) == 1
    assert not (root / ".venv" / ".run").exists()
    (root / "fail").unlink()
    called(".venv/.run")
    (root / "fail").touch()
    assert len(called("run", check=False)) == 1
    assert (root / "runs" / "short_film" / "film.mp4").exists()  # with the shots that were done
    (root / "fail").unlink()
    assert len(called("run")) == 1
    assert called("run") == []
