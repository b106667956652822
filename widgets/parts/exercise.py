"""Predictions that lock before the answer, and exercises that check an answer, give a hint or show the solution."""

import html
import itertools
import math
import re

import ipywidgets

from widgets.parts.lab import button
from widgets.parts.still import Remembered

NOT_ATTEMPTED, NOT_YET, CORRECT = "not attempted", "not yet", "correct"


class _Told(Remembered, ipywidgets.HTML):
    pass


class Prediction(Remembered, ipywidgets.VBox):
    """Ask for a guess before the answer is shown; locking is final.

    Args:
        question: plain text.
        options: the possible answers; or a table for `verdict`, from each answer to the numbers it stands for.
        default: what a run without a reader predicts; also the choice shown at first.

    Raises:
        ValueError: when the default is none of the options, or a table leaves a number out or has it twice.
    """

    def __init__(self, question, options, *, default):
        if default not in options:
            raise ValueError(f"the default {default!r} is none of the options {list(options)}")
        self.table = dict(options) if isinstance(options, dict) else None
        if self.table is not None:
            refuse_gaps(self.table)
        self.choice = ipywidgets.RadioButtons(
            options=list(options), value=default, layout=ipywidgets.Layout(width="max-content")
        )
        self.button = button("lock my prediction", "It cannot be changed afterwards", self.lock, width=None)
        self.answer = _Told()  # the notebook shows it again, where it was computed
        self.locked, self._default, self._chosen = False, default, True
        super().__init__([ipywidgets.HTML(f"<b>Predict:</b> {_told(question)}"), self.choice, self.button, self.answer])

    def lock(self):
        """Fix the prediction."""
        self.locked = True
        self.choice.disabled = self.button.disabled = True
        self.button.description = "locked"

    def reveal(self, answer, because=""):
        """Lock, then show the answer beside the prediction.

        Args:
            answer: the option that is right, or where the options stand for numbers the number; None or NaN where
                there is none. It is computed, not typed.
            because: one sentence of explanation, shown when there is an answer.

        Returns:
            True when the prediction was right, None when nothing can be said.

        Raises:
            ValueError: when the answer is none of the options.
        """
        number = ""
        if self.table is not None:
            measured, answer = answer, verdict(self.table, answer)
            digits = "" if measured is None else shown(self.table, measured)
            number = f" ({digits})" if digits not in ("", answer) else ""
        if answer is not None and answer not in self.choice.options:
            raise ValueError(f"the answer {answer!r} is none of the options {list(self.choice.options)}")
        if not self.locked:  # the default is nobody's guess until it is locked
            self._chosen = self.choice.value != self._default
        self.lock()
        said = f"You said <i>{html.escape(str(self.choice.value))}</i>" if self._chosen else "Nothing was predicted"
        if answer is None:
            self.answer.value = f"<p role='status'>{said}; what was measured{number} does not decide it.</p>"
            return None
        right = self.choice.value == answer
        mark = "&#9675;" if not self._chosen else "&#10003; As predicted." if right else "&#10007; Not as predicted."
        told = f"{mark} {said}; it is <b>{html.escape(str(answer))}</b>{number}."
        self.answer.value = f"<p role='status'>{told} {_told(because)}</p>"
        return right


def _told(text):
    """Plain text as HTML; what stands between backticks is code."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", html.escape(text))


def verdict(table, number):
    """Choose the answer that a number speaks for.

    Args:
        table: answer -> (low, high), from low to just below high, None for no end; or answer -> the one number that it
            stands for, met to six digits.
        number: what was measured.

    Returns:
        The answer; None when there is no number, it is not finite, or single numbers are asked for and it is none.
    """
    if number is None or not math.isfinite(number):
        return None
    for answer, numbers in table.items():
        if not isinstance(numbers, tuple):
            met = _alike(number, numbers)
        else:
            low, high = numbers
            met = (low is None or number >= low) and (high is None or number < high)
        if met:
            return answer
    return None


def refuse_gaps(table):
    """Raise a ValueError unless every number has one answer in a table for `verdict`."""
    ranges = [numbers for numbers in table.values() if isinstance(numbers, tuple)]
    if not ranges:
        if any(_alike(one, other) for one, other in itertools.combinations(table.values(), 2)):
            raise ValueError(f"two answers stand for the same number: {table}")
        return
    if len(ranges) < len(table):
        raise ValueError(f"either all answers stand for ranges or all for single numbers: {table}")
    ranges.sort(key=lambda ends: -math.inf if ends[0] is None else ends[0])
    lows, highs = zip(*ranges, strict=True)
    borders = lows[1:]
    whole = lows[0] is None and highs[-1] is None and borders == highs[:-1] and None not in borders
    if not whole or any(low >= high for low, high in itertools.pairwise(borders)):
        raise ValueError(f"the ranges leave a gap, overlap or end: {table}")


def shown(table, number):
    """A number with three digits, or with as many more as it takes to stand on its own side of every border."""
    for digits in range(3, 17):
        text = f"{number:.{digits}g}"
        if verdict(table, float(text)) == verdict(table, number):
            return text
    return repr(float(number))


def _alike(one, other):
    """True for numbers that are the same to six digits."""
    return math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-6)


def relative(number, baseline):
    """How many times the baseline a number is: NaN where there is no baseline, or it is 0."""
    if number is None or baseline is None or baseline == 0:
        return math.nan
    return float(number) / float(baseline)


def least(numbers):
    """Name the least of several numbers.

    Args:
        numbers: name -> number.

    Returns:
        The name; None when the two least are alike to six digits, or a number is missing or not finite.
    """
    if any(number is None or not math.isfinite(number) for number in numbers.values()):
        return None
    first, second = sorted(numbers, key=numbers.get)[:2]
    return None if math.isclose(numbers[first], numbers[second], rel_tol=1e-6) else first  # at any scale


class Exercise(Remembered, ipywidgets.VBox):
    """A task with `check`, `hint` and `solution`; an answer left blank is "not attempted", not wrong.

    Args:
        question: plain text.
        test: called with the answer; returns None when it is right, or what is wrong with it.
        hint: plain text.
        solution: code or text, shown as it is.
    """

    def __init__(self, question, test, *, hint, solution):
        self._test, self._hint, self._solution = test, hint, solution
        self.status = NOT_ATTEMPTED
        self.report = ipywidgets.HTML()
        buttons = [
            button("hint", "A nudge, not the answer", self.hint, width=None),
            button("solution", "One way to do it", self.solution, width=None),
        ]
        super().__init__(
            [ipywidgets.HTML(f"<b>Exercise:</b> {_told(question)}"), ipywidgets.HBox(buttons), self.report]
        )
        self._show("Write your answer in the next cell, then run it.")

    def check(self, answer):
        """Test an answer and say how it stands.

        Args:
            answer: the reader's; `...` or None means not attempted.

        Returns:
            "not attempted", "not yet" or "correct".
        """
        if answer is None or answer is ...:
            self.status, said = NOT_ATTEMPTED, "Replace the dots by your answer, then run the cell again."
        else:
            try:
                wrong = self._test(answer)
            except Exception as error:  # whatever a reader's function raises is a reply, not a crash of the lesson
                wrong = f"it raised {type(error).__name__}: {error}"
            self.status, said = (CORRECT, "Well done.") if wrong is None else (NOT_YET, wrong)
        self._show(said)
        return self.status

    def hint(self):
        """Show the hint."""
        self._show(f"Hint: {self._hint}")

    def solution(self):
        """Show the solution."""
        self._show(self._solution, code=True)

    def _show(self, text, code=False):
        body = f"<pre>{html.escape(text)}</pre>" if code else _told(text)
        mark = {NOT_ATTEMPTED: "&#9675;", NOT_YET: "&#9651;", CORRECT: "&#10003;"}[self.status]
        self.report.value = f"<div role='status'>{mark} <b>{self.status}</b> · {body}</div>"
