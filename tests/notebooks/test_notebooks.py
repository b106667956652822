"""Every notebook of the kit: what is committed, and what a run at profile `ci` leaves."""

import contextlib
import os
import re
from pathlib import Path
from unittest.mock import patch

import checks
import pytest
import run as runner

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@pytest.fixture
def quick_start(warm_kernels, monkeypatch):
    """The runner's kernels are forked with their imports done."""
    own_kernel = runner.own_kernel

    @contextlib.contextmanager
    def warm_kernel():
        with own_kernel(), patch.dict(os.environ, JUPYTER_PATH=warm_kernels):
            yield

    monkeypatch.setattr(runner, "own_kernel", warm_kernel)


def execute(path, folder, source):
    """Run at `ci` from a scratch folder that stands where `notebooks/` does, so that no file lands in the checkout."""
    here = folder / "notebooks"
    here.mkdir()
    if (ROOT / "notebooks" / "results").is_dir():
        (here / "results").symlink_to(ROOT / "notebooks" / "results")
    return runner.run(path, folder / "runs", parameters={"PROFILE": "ci", "SOURCE": source}, cwd=here, timeout=300)


def test_there_are_notebooks_and_their_names_are_in_order():
    assert NOTEBOOKS
    assert [path.stem for path in NOTEBOOKS if not re.fullmatch(r"\d\d_[a-z_]+", path.stem)] == []


@each_notebook
def test_committed(path):
    assert checks.source_problems(checks.read(path)) == []


@each_notebook
def test_a_run_leaves_no_problem(path, tmp_path, request, quick_start):
    """On real data where they are, else on the twin; the browser tests run 01 to 05 on the twin in any case."""
    source = "auto" if "ANIMKIT_DATA" in os.environ else "twin"
    if source == "twin":
        request.getfixturevalue("no_real_data")
    assert execute(path, tmp_path, source).problems == []


def test_on_jax(tmp_path, on_jax, no_real_data):
    assert execute(ROOT / "notebooks" / "01_gan.ipynb", tmp_path, "twin").problems == []
