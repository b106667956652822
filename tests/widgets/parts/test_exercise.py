"""Predictions lock before the answer; exercises know blank, wrong and right."""

import math

import pytest

from widgets.parts.exercise import Exercise, Prediction, least, relative, shown, verdict


def test_prediction_locks_on_reveal_and_says_whether_it_was_right():
    guess = Prediction("What is 2 + 2?", ["three", "four"], default="three")
    assert not guess.locked
    guess.choice.value = "four"
    assert guess.reveal("four", "Count them.") is True
    assert guess.locked
    assert guess.choice.disabled
    assert "As predicted. You said <i>four</i>; it is <b>four</b>. Count them." in guess.answer.value


def test_prediction_has_a_default_for_runs_without_a_reader():
    guess = Prediction("Which?", ["a", "b"], default="a")
    for _ in range(2):  # the cell may be run again
        assert guess.reveal("b") is False
        assert "Nothing was predicted; it is <b>b</b>" in guess.answer.value


def test_a_prediction_leaves_question_options_and_answer_to_readers_without_a_kernel():
    guess = Prediction("Which?", ["a", "b < c"], default="a")
    assert "Which?</div><ul><li>a</li><li>b &lt; c</li></ul>" in guess._repr_mimebundle_()["text/html"]
    guess.reveal("a")
    assert "it is <b>a</b>" in guess.answer._repr_mimebundle_()["text/html"]


def test_prediction_button_locks():
    guess = Prediction("Which?", ["a", "b"], default="a")
    guess.button.click()
    assert guess.locked
    assert guess.button.disabled
    assert guess.reveal("b") is False
    assert "Not as predicted. You said <i>a</i>; it is <b>b</b>" in guess.answer.value


def test_prediction_refuses_what_is_no_option():
    with pytest.raises(ValueError, match="the default 'c' is none of the options"):
        Prediction("Which?", ["a", "b"], default="c")
    with pytest.raises(ValueError, match="the answer 'c' is none of the options"):
        Prediction("Which?", ["a", "b"], default="a").reveal("c")


@pytest.fixture
def exercise():
    return Exercise(
        "Write a function that doubles.",
        lambda double: None if double(4) == 8 else f"double(4) is {double(4)}, not 8",
        hint="Add it to itself.",
        solution="double = lambda x: 2 * x  # <b>",
    )


def test_exercise_blank_wrong_right(exercise):
    assert exercise.status == exercise.check(...) == exercise.check(None) == "not attempted"
    assert exercise.check(lambda x: x) == "not yet"
    assert "double(4) is 4, not 8" in exercise.report.value
    assert exercise.check(lambda x: 2 * x) == "correct"


def test_exercise_survives_an_answer_that_raises(exercise):
    assert exercise.check(lambda x: 1 / 0) == "not yet"
    assert "it raised ZeroDivisionError: division by zero" in exercise.report.value


def test_hint_and_solution_are_shown_escaped_and_change_nothing(exercise):
    hint, solution = exercise.children[1].children
    hint.click()
    assert "Add it to itself." in exercise.report.value
    solution.click()
    assert "&lt;b&gt;" in exercise.report.value
    assert exercise.status == "not attempted"


FAR = {"less than half as far": (None, 0.5), "half to twice as far": (0.5, 2), "twice as far or more": (2, None)}


@pytest.mark.parametrize(
    ("number", "answer"),
    [(-3, "less than half as far"), (0.5, "half to twice as far"), (1.75, "half to twice as far")]
    + [(2.0, "twice as far or more"), (1e9, "twice as far or more"), (None, None), (math.nan, None), (math.inf, None)],
)
def test_a_number_speaks_for_the_range_that_holds_it(number, answer):
    assert verdict(FAR, number) == answer


def test_a_prediction_of_ranges_shows_the_number_that_decides():
    guess = Prediction("How far?", FAR, default="half to twice as far")
    guess.lock()
    assert guess.reveal(1.75, "So it is new.") is True
    assert "it is <b>half to twice as far</b> (1.75). So it is new." in guess.answer.value
    assert guess.reveal(1.9996) is True
    assert "(1.9996)" in guess.answer.value  # not "2.00", which would be twice
    assert guess.reveal(math.nan, "So it is new.") is None
    assert "You said <i>half to twice as far</i>; what was measured (nan) does not decide it.</p>" in guess.answer.value
    assert guess.reveal(None) is None
    assert "what was measured does not decide it" in guess.answer.value


def test_single_numbers_are_met_to_six_digits():
    table = {"log 2": math.log(2), "log 4": math.log(4)}
    assert verdict(table, 0.6931472) == "log 2"
    assert verdict(table, 0.7) is None
    guess = Prediction("How much?", table, default="log 2")
    assert guess.reveal(0.7) is None
    assert "what was measured (0.7) does not decide it" in guess.answer.value


@pytest.mark.parametrize(
    "table",
    [
        {"a": (None, 1), "b": (2, None)},
        {"a": (None, 2), "b": (1, None)},
        {"a": (0, 1), "b": (1, None)},
        {"a": (None, 1), "b": (1, 2)},
        {"a": (None, None), "b": (None, None)},
        {"a": (None, 1), "b": (1, 1), "c": (1, None)},
    ],
)
def test_ranges_must_hold_every_number_once(table):
    with pytest.raises(ValueError, match="leave a gap, overlap or end"):
        Prediction("Which?", table, default="a")


def test_single_numbers_must_differ_and_kinds_do_not_mix():
    with pytest.raises(ValueError, match="two answers stand for the same number"):
        Prediction("Which?", {"a": 1.0, "b": 1 + 1e-9}, default="a")
    with pytest.raises(ValueError, match="all for single numbers"):
        Prediction("Which?", {"a": (None, None), "b": 1.0}, default="a")


def test_a_number_is_shown_on_its_own_side_of_every_border():
    assert [shown(FAR, number) for number in (1.75, 1.99999, 2, 0.49996, 0.1 + 0.2)] == [
        "1.75",
        "1.99999",
        "2",
        "0.49996",
        "0.3",
    ]


def test_a_ratio_to_nothing_is_no_number():
    assert relative(3, 2) == 1.5
    assert relative(0, 2) == 0
    assert all(math.isnan(relative(*pair)) for pair in ((1, 0), (0, 0), (1, None), (None, 1), (math.nan, 1)))


def test_the_least_is_named_unless_it_is_a_tie_or_a_number_is_missing():
    assert least({"a": 2.0, "b": 1.0, "c": 3.0}) == "b"
    assert least({"a": 1e-9, "b": 2e-9}) == "a"
    assert least({"a": 1.0, "b": 1.0 + 1e-9, "c": 3.0}) is None
    assert least({"a": 1.0, "b": None}) is None
    assert least({"a": 1.0, "b": math.nan}) is None
