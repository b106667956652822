"""Parameters are read by type, as a cell or papermill's command hands them over."""

import subprocess
import sys

import pytest
from papermill.cli import _resolve_type

from animkit.benchmarks.results import PROTOCOLS
from animkit.data import lookup
from animkit.parameters import SOURCES, read_parameters, read_value

ALL = {"PROFILE": "demo", "SEED": 0, "SOURCE": "present"}


@pytest.mark.parametrize("text", ["true", "True", "TRUE", "yes", "1", " true "])
def test_what_means_true(text):
    assert read_value("TRAIN", text, bool) is True
    assert read_value("TRAIN", _resolve_type(text), bool) is True


@pytest.mark.parametrize("text", ["false", "False", "no", "No", "0"])
def test_what_means_false(text):
    assert read_value("TRAIN", text, bool) is False
    assert read_value("TRAIN", _resolve_type(text), bool) is False


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (int, "0", 0),
        (int, "12", 12),
        (int, "9007199254740993", 9007199254740993),  # no double holds it
        (int, "1e3", 1000),
        (int, "2.0", 2),
        (float, "1", 1.0),
        (float, "-0.5", -0.5),
        (float, "1e-3", 0.001),
        (str, "", ""),
        (str, "../runs/a b/né 画.bvh", "../runs/a b/né 画.bvh"),
        (str, 'C:\\new folder\\it\'s "mine"', 'C:\\new folder\\it\'s "mine"'),
        (str, "true", "true"),
        (str, "2024", "2024"),
        (("shakespeare", "fairytales"), "fairytales", "fairytales"),
        (("", *PROTOCOLS), "", ""),
    ],
)
def test_values_are_read_alike_from_text_and_from_papermill(kind, text, value):
    for given in (text, _resolve_type(text)):
        read = read_value("NAME", given, kind)
        assert read == value
        assert type(read) is type(value)


@pytest.mark.parametrize(
    ("kind", "value", "wanted"),
    [
        (bool, "maybe", "true or false"),
        (bool, "", "true or false"),
        (bool, 2, "true or false"),
        (bool, None, "true or false"),
        (int, "three", "a whole number, 0 or above"),
        (int, -1, "a whole number"),
        (int, "-1", "a whole number"),
        (int, 1.5, "a whole number"),
        (int, True, "a whole number"),
        (int, "", "a whole number"),
        (int, "nan", "a whole number"),
        (float, "warm", "a number"),
        (float, "inf", "a number"),
        (float, float("nan"), "a number"),
        (float, False, "a number"),
        (str, None, "text"),
        (str, ["a"], "text"),
        (("ci", "demo"), "Demo", "one of ci, demo"),
        (("", "sprites"), "sprite", "one of '', sprites"),
    ],
)
def test_what_cannot_be_read_is_told_with_what_can(kind, value, wanted):
    with pytest.raises(ValueError, match="NAME is ") as refused:
        read_value("NAME", value, kind)
    assert f"NAME is {value!r}; use {wanted}" in str(refused.value)


def test_a_notebooks_parameters_are_read_together():
    given = {**ALL, "SEED": "7", "TRAIN": "false", "OUT": 2024, "loaded": object()}
    assert read_parameters(given, TRAIN=bool, OUT=str) == {**ALL, "SEED": 7, "TRAIN": False, "OUT": "2024"}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"PROFILE": "dmeo"}, "PROFILE is 'dmeo'; use one of ci, demo, full"),
        ({"SOURCE": "moon"}, "SOURCE is 'moon'; use one of auto, present, twin"),
        ({"SEED": "x"}, "SEED is 'x'; use a whole number"),
    ],
)
def test_profile_seed_and_source_are_known_everywhere(changed, message):
    with pytest.raises(ValueError, match=message):
        read_parameters({**ALL, **changed})


def test_a_missing_and_an_unknown_name_are_told():
    with pytest.raises(ValueError, match="the parameters cell lacks TRAIN"):
        read_parameters(ALL, TRAIN=bool)
    history = ["", "PROFILE = 'demo'", '# Parameters\nPROFILE = "ci"\ntrian = "false"\nprofile = 1\n', "OTHER = 1"]
    with pytest.raises(ValueError, match="this notebook has no parameter profile, trian; it has PROFILE, SEED, SOURCE"):
        read_parameters({**ALL, "In": history})
    assert read_parameters({**ALL, "In": ["", *history[3:], '# Parameters\nPROFILE = "ci"\n']}) == ALL


def test_the_sources_are_those_of_the_data():
    assert set(SOURCES) == set(lookup.SOURCES)


def test_reading_loads_nothing():
    told = subprocess.run(
        [sys.executable, "-c", "import sys, animkit.parameters; print('numpy' in sys.modules, 'keras' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == ["False", "False"]
