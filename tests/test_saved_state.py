"""`make lab` keeps what widgets showed, without touching the reader's own settings."""

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_setting_that_make_lab_brings_is_one_that_the_widgets_extension_has():
    folder = re.search(r'app_settings_dir="\$\(CURDIR\)/([^"]+)"', (ROOT / "Makefile").read_text())[1]
    overrides = json.loads((ROOT / folder / "overrides.json").read_text())
    extensions = Path(sys.prefix) / "share/jupyter/labextensions"
    for plugin, settings in overrides.items():
        package, name = plugin.split(":")
        schema = json.loads((extensions / package / "schemas" / package / f"{name}.json").read_text())
        assert settings.keys() <= schema["properties"].keys()
        assert settings == {"saveState": True}
