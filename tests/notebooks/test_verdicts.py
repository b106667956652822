"""What a notebook reveals follows from the number shown: every prediction, at borders, without a number, three seeds.

The tables of answers are read from the notebooks' source; the parts that need no network are run.
"""

import ast
import math
import re
from pathlib import Path
from typing import NamedTuple
from unittest.mock import MagicMock

import checks
import numpy as np
import pytest

from widgets.parts.exercise import Prediction, least, shown, verdict

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
NUMBERS = {
    "a thousandth": 0.001,
    "a hundredth": 0.01,
    "nine tenths": 0.9,
    "a tenth": 0.1,
    "three quarters": 0.75,
    "a quarter": 0.25,
    "two thirds": 2 / 3,
    "a third": 1 / 3,
    "half": 0.5,
    "once": 1,
    "fewer": 1,
    "twice": 2,
}
SEEDS = (0, 1, 2)


class Asked(NamedTuple):
    """A prediction as a notebook asks it, and the expression that decides it."""

    notebook: str
    name: str
    question: str
    options: dict | list
    default: str
    revealed: list  # of ast.expr


def asked():
    """Every prediction of every notebook."""
    for path in NOTEBOOKS:
        tree = ast.parse("\n".join(source for _, _, source in checks.code_cells(checks.read(path))))
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        reveals = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "reveal"]
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and ast.unparse(node.value).startswith("Prediction("):
                (name,), call = node.targets, node.value
                question, options, default = (
                    eval(ast.unparse(part), {"np": np}) for part in (*call.args, call.keywords[0].value)
                )
                revealed = [one.args[0] for one in reveals if ast.unparse(one.func.value) == name.id]
                yield Asked(path.stem, name.id, question, options, default, revealed)


ASKED = list(asked())
TABLES = [one for one in ASKED if isinstance(one.options, dict)]
RANGES = [one for one in TABLES if isinstance(next(iter(one.options.values())), tuple)]


def each(predictions):
    return pytest.mark.parametrize("one", predictions, ids=lambda one: f"{one.notebook}:{one.name}")


def borders(table):
    return sorted({end for ends in table.values() for end in ends if end is not None})


def numbers_in(text):
    """The numbers that a text states, in figures or words."""
    found = set()
    for words, number in NUMBERS.items():
        if re.search(rf"\b{words}\b", text):
            found.add(number)
            text = text.replace(words, "")
    return found | {float(figure) for figure in re.findall(r"\d+(?:\.\d+)?", text)}


def test_there_are_predictions_and_nothing_else_is_revealed():
    assert len(ASKED) > 30
    for path in NOTEBOOKS:
        told = sum(source.count(".reveal(") for _, _, source in checks.code_cells(checks.read(path)))
        assert told == sum(one.notebook == path.stem for one in ASKED)


@each(ASKED)
def test_a_prediction_is_revealed_once_by_what_was_measured(one):
    (revealed,) = one.revealed
    Prediction(one.question, one.options, default=one.default)  # refuses ranges with gaps
    parts = [ast.unparse(node) for node in ast.walk(revealed)]
    if isinstance(
        one.options, dict
    ):  # a number, not an answer; a quotient by `relative`, which knows of a baseline of 0
        assert not any(isinstance(node, ast.Constant | ast.IfExp | ast.BoolOp) for node in [revealed])
        assert not any(isinstance(node, ast.Div) for node in ast.walk(revealed))
        assert not any(part.startswith(("max(", "min(")) for part in parts)
    else:
        assert parts[0].startswith("least(")


@each(RANGES)
def test_an_answers_text_states_its_borders(one):
    if not any(numbers_in(answer) for answer in one.options):
        return
    for answer, (low, high) in one.options.items():
        assert numbers_in(answer) == {abs(end) for end in (low, high) if end is not None}, answer
        if low is None:
            assert re.search(r"less than|below|fewer|more than", answer), answer
        elif high is None:
            assert "or more" in answer, answer
        else:
            assert re.search(r" to |within", answer), answer


@each(RANGES)
@pytest.mark.parametrize("seed", SEEDS)
def test_every_number_has_the_answer_whose_range_holds_it(one, seed):
    ends = borders(one.options)
    drawn = np.random.default_rng(seed).normal(np.mean(ends), 2 * max(map(abs, ends)), 200)
    beside = [number for end in ends for number in (end, math.nextafter(end, -math.inf), math.nextafter(end, math.inf))]
    for number in (*drawn, *beside, -1e9, 0, 1e9):
        holding = [
            answer
            for answer, (low, high) in one.options.items()
            if (-math.inf if low is None else low) <= number < (math.inf if high is None else high)
        ]
        assert holding == [verdict(one.options, number)]
        assert verdict(one.options, float(shown(one.options, number))) == holding[0]
        guess = Prediction(one.question, one.options, default=one.default) if number in beside else None
        if guess:
            assert guess.reveal(number) is (holding[0] == one.default)
            assert f"it is <b>{holding[0]}</b> ({shown(one.options, number)})" in guess.answer.value


@each([one for one in TABLES if one not in RANGES])
def test_single_numbers_are_met_or_not_decided(one):
    for answer, number in one.options.items():
        assert verdict(one.options, number) == answer
        assert verdict(one.options, number + 1e-9) == answer
        assert verdict(one.options, number + 0.01) is None


@each(TABLES)
@pytest.mark.parametrize("number", [None, math.nan, math.inf, -math.inf])
def test_without_a_number_nothing_is_claimed(one, number):
    guess = Prediction(one.question, one.options, default=one.default)
    assert guess.reveal(number, "Because of something.") is None
    assert "does not decide it" in guess.answer.value
    assert "Because" not in guess.answer.value
    with pytest.raises(TypeError):
        guess.reveal((1.0, 2.0))  # two numbers are no number


@each([one for one in ASKED if one not in TABLES])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_least_is_named_and_a_tie_is_not_decided(one, seed):
    numbers = dict(zip(one.options, np.random.default_rng(seed).uniform(1, 2, len(one.options)), strict=True))
    first = min(numbers, key=numbers.get)
    assert least(numbers) == first
    for other in set(numbers) - {first}:
        assert least(numbers | {other: numbers[first]}) is None
        assert least(numbers | {other: math.nan}) is None
    assert Prediction(one.question, one.options, default=one.default).reveal(None) is None


HEAVY = re.compile(r"^(?:import keras|from animkit\.(?:data|recipes|models|studio|training|weights))", flags=re.M)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", ["01_gan", "02_vae", "03_rnn"])
def test_what_needs_no_network_is_decided_at_every_seed(name, seed, capsys):
    (path,) = (path for path in NOTEBOOKS if path.stem == name)
    namespace = {}
    for _, cell, source in checks.code_cells(checks.read(path)):
        if HEAVY.search(source):
            break
        exec(source, namespace)
        if "parameters" in cell.metadata.get("tags", []):
            namespace["SEED"] = seed
        for lab in {"gan_lab", "vae_lab", "rnn_lab"} & set(namespace):
            if not isinstance(namespace[lab], MagicMock):  # no pictures
                namespace[lab] = MagicMock(bracket_counter=getattr(namespace[lab], "bracket_counter", None))
    guesses = [value for value in namespace.values() if isinstance(value, Prediction)]
    assert len(guesses) >= 3
    assert [guess.answer.value for guess in guesses if "it is <b>" not in guess.answer.value] == []
