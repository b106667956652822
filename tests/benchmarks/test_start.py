"""What needs no model starts without waiting for a framework."""

import subprocess
import sys


def starts(code):
    return lambda: subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_data_and_pictures_start_faster_than_tensorflow(ratio):
    light = starts("import animkit, animkit.data.sprites, animkit.render")
    assert ratio(light, starts("import tensorflow"), pairs=3) < 0.5
