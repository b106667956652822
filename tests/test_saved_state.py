"""`make lab` keeps what widgets showed and wraps long lines, without touching the reader's own settings."""

import json
import re
import sys
from pathlib import Path

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
