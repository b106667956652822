import os
import time

import keras

from animkit.recipes.cards import card
from animkit.training import device_report


def made(profile):
    told = {"what": "a model", "data": "made up", "recipe": "none", "metrics": {"error": {"value": 1.0, "unit": "m"}}}
    return card("name", **told, profile=profile, started=time.perf_counter() - 60, seed=3)


def test_a_card_tells_the_real_machine_and_versions():
    told = made("full")
    assert f"{os.cpu_count()} cores" in told["machine"]
    processor = next(line for line in device_report().splitlines() if line.startswith("CPU: "))
    assert told["machine"].startswith(processor.removeprefix("CPU: "))
    assert "GPU" in told["machine"]
    assert told["keras"] == keras.__version__
    assert told["backend"].split() == [keras.backend.backend(), told["backend"].split()[1]]


def test_a_card_tells_how_to_make_the_weights_again():
    assert made("full")["command"] == "python -m animkit.recipes.make name"
    assert made("ci")["command"] == "python -m animkit.recipes.make name --profile ci"
    assert (made("ci")["seconds"], made("ci")["seed"], made("ci")["licence"]) == (60, 3, "MIT")
