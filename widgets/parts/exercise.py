"""Predictions that lock before the answer, and exercises that check an answer, give a hint or show the solution."""

import html

import ipywidgets

from widgets.parts.lab import button

NOT_ATTEMPTED, NOT_YET, CORRECT = "not attempted", "not yet", "correct"


class Prediction(ipywidgets.VBox):
    """Ask for a guess before the answer is shown; locking is final.

    Args:
        question: plain text.
        options: the possible answers.
        default: what a run without a reader predicts; also the choice shown at first.

    Raises:
        ValueError: when the default is none of the options.
    """

    def __init__(self, question, options, *, default):
        if default not in options:
            raise ValueError(f"the default {default!r} is none of the options {list(options)}")
        self.choice = ipywidgets.RadioButtons(
            options=options, value=default, layout=ipywidgets.Layout(width="max-content")
        )
        self.button = button("lock my prediction", "It cannot be changed afterwards", self.lock, width=None)
        self.answer = ipywidgets.HTML()
        self.locked = False
        super().__init__(
            [ipywidgets.HTML(f"<b>Predict:</b> {html.escape(question)}"), self.choice, self.button, self.answer]
        )

    def lock(self):
        """Fix the prediction."""
        self.locked = True
        self.choice.disabled = self.button.disabled = True
        self.button.description = "locked"

    def reveal(self, answer, because=""):
        """Lock, then show the answer beside the prediction.

        Args:
            answer: the option that is right; computed, not typed, where it can be.
            because: one sentence of explanation.

        Returns:
            True when the prediction was right.

        Raises:
            ValueError: when the answer is none of the options.
        """
        if answer not in self.choice.options:
            raise ValueError(f"the answer {answer!r} is none of the options {list(self.choice.options)}")
        self.lock()
        right = self.choice.value == answer
        verdict = "&#10003; as predicted" if right else "&#10007; not as predicted"
        said, is_ = html.escape(str(self.choice.value)), html.escape(str(answer))
        told = f"{verdict}: you said <i>{said}</i>, it is <b>{is_}</b>."
        self.answer.value = f"<p role='status'>{told} {html.escape(because)}</p>"
        return right


def closest(options, value):
    """Choose the option of a prediction that a number speaks for.

    Args:
        options: option -> the number that it stands for.
        value: what was measured.

    Returns:
        The option whose number is nearest.
    """
    return min(options, key=lambda name: abs(options[name] - value))


class Exercise(ipywidgets.VBox):
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
            [ipywidgets.HTML(f"<b>Exercise:</b> {html.escape(question)}"), ipywidgets.HBox(buttons), self.report]
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
        body = f"<pre>{html.escape(text)}</pre>" if code else html.escape(text)
        mark = {NOT_ATTEMPTED: "&#9675;", NOT_YET: "&#9651;", CORRECT: "&#10003;"}[self.status]
        self.report.value = f"<div role='status'>{mark} <b>{self.status}</b> · {body}</div>"
