"""`make lab` keeps what widgets showed and wraps long lines, without touching the reader's own settings."""

import importlib
import json
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from widgets.parts.kept_state import STATE, VIEW, keep_state

ROOT = Path(__file__).parents[1]


def test_the_settings_that_make_lab_brings_are_known_to_jupyterlab():
    folder = re.search(r'app_settings_dir="\$\(CURDIR\)/([^"]+)"', (ROOT / "Makefile").read_text())[1]
    overrides = json.loads((ROOT / folder / "overrides.json").read_text())
    share = Path(sys.prefix) / "share/jupyter"
    for plugin, settings in overrides.items():
        package, name = plugin.split(":")
        places = [share / "labextensions" / package / "schemas", share / "lab/schemas"]
        (schema,) = [path for place in places if (path := place / package / f"{name}.json").exists()]
        assert settings.keys() <= json.loads(schema.read_text())["properties"].keys()
    assert overrides["@jupyter-widgets/jupyterlab-manager:plugin"] == {"saveState": True}


def test_the_hook_that_make_lab_sets_is_there():
    module, name = re.search(r"pre_save_hook=(\S+)\.(\w+)", (ROOT / "Makefile").read_text()).groups()
    assert getattr(importlib.import_module(module), name) is keep_state


LIVE = {
    "a": {"state": {"children": ["IPY_MODEL_b"]}},
    "b": {"state": {"value": 1}},
    "c": {"state": {}},
    "d": {"state": {}},
}


@pytest.mark.parametrize(
    ("shown", "live", "kept"),
    [
        ("ac", {}, "abc"),  # opened and not run: d is no longer shown
        ("ac", {"c": {"state": {"value": 2}}}, "abc"),  # one cell was run again
        ("", {}, ""),  # outputs were cleared
        ("x", {}, ""),  # nothing is known of it
    ],
)
def test_a_page_that_did_not_run_a_notebook_leaves_what_it_showed(tmp_path, shown, live, kept):
    def notebook(state):
        outputs = [{"data": {VIEW: {"model_id": one}}} for one in shown] + [{"name": "stdout", "text": ""}]
        return {"cells": [{"outputs": outputs}, {}], "metadata": {"widgets": {STATE: {"state": state}}}}

    (tmp_path / "nb.ipynb").write_text(json.dumps(notebook(LIVE)))
    model = {"type": "notebook", "content": notebook(live)}
    for path in ("other.ipynb", "/nb.ipynb"):
        keep_state(model=model, path=path, contents_manager=SimpleNamespace(root_dir=tmp_path))
        state = model["content"]["metadata"]["widgets"][STATE]["state"]
        assert state == (live if path == "other.ipynb" else {one: (LIVE | live)[one] for one in kept})
