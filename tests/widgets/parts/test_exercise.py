"""Predictions lock before the answer; exercises know blank, wrong and right."""

import pytest

from widgets.parts.exercise import Exercise, Prediction, closest


def test_prediction_locks_on_reveal_and_says_whether_it_was_right():
    guess = Prediction("What is 2 + 2?", ["three", "four"], default="three")
    assert not guess.locked
    guess.choice.value = "four"
    assert guess.reveal("four", "Count them.") is True
    assert guess.locked
    assert guess.choice.disabled
    assert "you said <i>four</i>, it is <b>four</b>. Count them." in guess.answer.value


def test_prediction_has_a_default_for_runs_without_a_reader():
    guess = Prediction("Which?", ["a", "b"], default="a")
    assert guess.reveal("b") is False
    assert "not as predicted" in guess.answer.value


def test_prediction_button_locks():
    guess = Prediction("Which?", ["a", "b"], default="a")
    guess.button.click()
    assert guess.locked
    assert guess.button.disabled


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


def test_the_closest_option_is_the_one_whose_number_is_nearest():
    options = {"none": 0.0, "half": 0.5, "all": 1.0}
    assert [closest(options, value) for value in (-3, 0.3, 0.74, 0.76)] == ["none", "half", "half", "all"]
