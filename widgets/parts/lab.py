"""The frame around every lab: controls, picture, formula with numbers, presets, reset, state; and what labs share."""

import html
import re
import threading

import ipywidgets
import numpy as np

from widgets.parts.compare import Compare
from widgets.parts.copying import CopyButton
from widgets.parts.numbers import UNCHOSEN, with_minus
from widgets.parts.screen import Screen
from widgets.parts.still import Remembered


class Lab(Remembered, ipywidgets.VBox):
    """Controls beside a live figure; moving a control redraws the picture and the numbers under it.

    Args:
        title: heading of the lab.
        call: how a cell makes this lab, such as "gan_lab.optimal_discriminator"; for the state line.
        controls: name -> ipywidgets control. Each needs a description (its label, with units) and a tooltip
            (what it does).
        update: called with the controls' values by name; draws, and returns the numbers as HTML. A ValueError it
            raises is shown as a message; the last good picture stays.
        figure: LiveFigure, or None.
        formula: LaTeX in dollars, set once; after it a paragraph of HTML, which stands under the controls.
        presets: label -> {control name: value}, or None.
        below: further widgets under the controls.
        beside: further widgets under the figure.
        groups: heading of a tab -> names of its controls, where there are too many for one column; or None.
        more_state: function that returns further arguments for the state line, or None.
        idle: function of the controls' values by name that gives those which change nothing now, each with the
            reason; they are greyed and their tooltips end in it.

    Raises:
        ValueError: when a control has no label or no explanation, or a preset names an unknown control.
    """

    def __init__(
        self,
        title,
        call,
        controls,
        update,
        *,
        figure=None,
        formula="",
        presets=None,
        below=(),
        beside=(),
        groups=None,
        more_state=None,
        idle=None,
    ):
        for name, control in controls.items():
            if not control.description or not control.tooltip:
                raise ValueError(f"the control {name} of {title!r} needs a description and a tooltip")
        presets = presets or {}
        for label, values in presets.items():
            unknown = set(values) - set(controls)
            if unknown:
                raise ValueError(f"the preset {label!r} of {title!r} names unknown controls: {sorted(unknown)}")
        self.controls, self.call, self._update, self._more_state = controls, call, update, more_state
        self._presets, self._preset_state, self._idle = presets, None, idle
        self.below = below
        self._explained = {name: control.tooltip for name, control in controls.items()}
        # held while the lab changes: JupyterLab sends what is first touched, and what was, to different threads
        self.lock = threading.RLock()
        self._start = self.values()
        self.quiet = False  # while it is, controls move and nothing is drawn
        self.numbers = ipywidgets.HTML()
        self.numbers.add_class("animkit-numbers")
        self.message = ipywidgets.HTML()
        self.state = ipywidgets.Text(
            description="this state",
            tooltip="Copy this line into a cell to come back to this state; it is then saved with the notebook",
            style={"description_width": "initial"},
            disabled=True,
        )
        self.state.add_class("animkit-state")
        buttons = []
        if presets:
            self.presets = ipywidgets.Dropdown(
                # a value of None would leave the box empty
                options=[(UNCHOSEN, ""), *((label, label) for label in presets)],
                description="preset",
                tooltip="Set several controls at once to a case worth seeing",
                layout={"flex": "1 1 10em"},  # one row with reset
            )
            self.presets.observe(self._choose, "value")
            buttons.append(self.presets)
        self.reset_button = button("reset", "Back to how the lab began", self.reset, "undo")
        buttons.append(self.reset_button)
        for control in controls.values():
            if hasattr(control, "continuous_update"):
                control.continuous_update = True
            control.observe(self._refresh, "value")
        heading = ipywidgets.HTML(f"<h4>{html.escape(title)}</h4>")
        self.head = ipywidgets.HBox([heading, Screen(self._enlarge)])
        self.head.add_class("animkit-head")
        shown, foot = [*beside, self.numbers, self.message], [self.state, CopyButton(self.state)]
        if figure is not None:
            self.figure, compare = figure, Compare(figure, self.numbers, self.state)
            foot.append(compare.button)
            shown = [figure.widget, *beside, compare.words, self.numbers, self.message]
        formula, words = split_formula(formula)
        shown[:0] = formula
        if groups:
            held = [tabs({title: [controls[name] for name in names] for title, names in groups.items()})]
        else:
            held = controls.values()
        body = columns([*held, ipywidgets.HBox(buttons), *below, *words], shown)
        self.foot = ipywidgets.HBox(foot)
        super().__init__([self.head, body, self.foot])
        self.add_class("animkit-lab")
        self._refresh()

    def values(self):
        """Read the controls.

        Returns:
            dict: control name -> value.
        """
        return {name: _as_shown(control) for name, control in self.controls.items()}

    def set(self, **values):
        """Set several controls and redraw once.

        Args:
            values: control name -> value.
        """
        with self.lock:
            before, self.quiet = self.quiet, True
            try:
                for name, value in values.items():
                    self.controls[name].value = value
            finally:
                self.quiet = before
            self._refresh()

    def reset(self):
        """Put every control back to where it was when the lab was made."""
        if self._presets:
            self.presets.value = ""
        self.set(**self._start)

    def _choose(self, change):
        """Set a preset, whose name stands there until the state is another; then it can be chosen again."""
        with self.lock:
            self._preset_state = None
            if change.new:
                self.set(**self._presets[change.new])
                self._preset_state = self.state.value

    def show_state(self):
        """Write the state line anew; a lab whose further state changed without a control calls this itself."""
        values = self.values() | (self._more_state() if self._more_state else {})
        tidy = {name: round(value, 10) if isinstance(value, float) else value for name, value in values.items()}
        arguments = ", ".join(f"{name}={value!r}" for name, value in tidy.items())
        self.state.value = f"{self.call}({arguments})"
        if self._preset_state not in (None, self.state.value):
            self.presets.value = ""
        idle = self._idle(**self.values()) if self._idle else {}
        for name, control in self.controls.items() if self._idle else ():
            control.disabled = name in idle
            control.tooltip = self._explained[name] + (f". Greyed: {idle[name]}" if name in idle else "")

    def _refresh(self, change=None):
        with self.lock:
            if self.quiet:
                return
            self.show_state()
            try:
                numbers = self._update(**self.values())
            except ValueError as error:
                self.warn("Not drawn", error)
                return
            self.message.value = ""
            if numbers is not None:
                self.tell(numbers)

    def warn(self, what, error):
        """Show what went wrong, as text.

        Args:
            what: happened, in a word or two.
            error: why.
        """
        self.message.value = with_minus(f"<p role='alert'><b>{what}:</b> {html.escape(str(error))}</p>")

    def tell(self, numbers):
        """Write the numbers under the picture.

        Args:
            numbers: HTML.
        """
        self.numbers.value = with_minus(f"<div>{numbers}</div>")

    def _enlarge(self, scale):
        """Draw the plots as large as they are seen."""
        for one in within_it(self):
            if hasattr(one, "plot"):
                one.plot.enlarge(scale)


def columns(controls, shown):
    """Put controls on the left and what they change on the right; one under the other where there is no room for both.

    Args:
        controls: widgets.
        shown: widgets.

    Returns:
        ipywidgets.Box.
    """
    left, right = ipywidgets.VBox(controls), ipywidgets.VBox(shown)
    left.add_class("animkit-controls")
    right.add_class("animkit-shown")
    body = ipywidgets.Box([left, right])
    body.add_class("animkit-body")
    return body


def tabs(pages):
    """Put widgets on pages of which one is seen.

    Args:
        pages: heading -> widgets.

    Returns:
        ipywidgets.Tab.
    """
    return ipywidgets.Tab([ipywidgets.VBox(list(page)) for page in pages.values()], titles=list(pages))


def split_formula(text):
    """Make widgets of a lab's formula, whose parts may stand in several lines, and of the words after it."""
    formula, paragraph, words = text.partition("<p")
    parts = []
    for part in re.split(r"\\q?quad", formula.replace("$$", "")):
        if parts and (
            parts[-1].count("{") > parts[-1].count("}") or parts[-1].count(r"\begin") > parts[-1].count(r"\end")
        ):
            parts[-1] += r"\quad" + part  # the gap was inside
        else:
            parts.append(part)
    formula = "".join(
        rf"<span class='animkit-part'>$\displaystyle {part.strip()}$</span> " for part in parts if part.strip()
    )
    made = [ipywidgets.HTMLMath(part) for part in (formula, paragraph + words)]
    for one, name in zip(made, ("animkit-formula", "animkit-words"), strict=True):
        one.add_class(name)
    return [made[0]] * bool(formula), [made[1]] * bool(words)


def within_it(widget):
    """Go through a widget and all that it holds."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from within_it(child)


class _Name(str):
    """A name in the reader's notebook: the state line writes it without quotes."""

    __repr__ = str.__str__


def passed_in(**given):
    """Say in the state line what came from the notebook, by the argument's own name.

    Args:
        given: argument name -> what was passed, None where nothing was.

    Returns:
        dict for Lab's `more_state`.
    """
    return {name: _Name(name) for name, value in given.items() if value is not None}


def slider(label, explanation, value, low, high, step=0.01, *, log=False, integer=False):
    """Make a labelled, explained slider that the arrow keys move.

    Args:
        label: name and unit.
        explanation: shown on hover.
        value: at the start.
        low: least value (of the exponent of ten when log).
        high: largest value (of the exponent of ten when log).
        step: between two values.
        log: move along powers of ten.
        integer: whole numbers only.

    Returns:
        An ipywidgets slider.
    """
    kind = ipywidgets.FloatLogSlider if log else ipywidgets.IntSlider if integer else ipywidgets.FloatSlider
    shown = {"readout_format": ".2g"} if log else {}
    return kind(value=value, min=low, max=high, step=step, description=label, tooltip=explanation, **shown)


def _as_shown(control):
    """A control's value; that of a logarithmic slider, which stands between round numbers, in the digits it shows."""
    return float(f"{control.value:.2g}") if isinstance(control, ipywidgets.FloatLogSlider) else control.value


def choice(label, explanation, options, value=None):
    """Make a labelled, explained choice.

    Args:
        label: name.
        explanation: shown on hover.
        options: values, or (label, value) pairs.
        value: at the start; the first option when None.

    Returns:
        An ipywidgets dropdown.
    """
    extra = {} if value is None else {"value": value}
    return ipywidgets.Dropdown(options=options, description=label, tooltip=explanation, **extra)


def within(control, value):
    """Keep a value where a slider can go.

    Args:
        control: slider.
        value: a number.

    Returns:
        float.
    """
    return float(np.clip(value, control.min, control.max))


def button(label, explanation, action, icon="", *, width="auto"):
    """Make a labelled, explained button.

    Args:
        label: what it says.
        explanation: shown on hover.
        action: called without arguments.
        icon: of Font Awesome 4, without "fa-".
        width: CSS; None for the width that all buttons have by themselves.

    Returns:
        ipywidgets.Button.
    """
    made = ipywidgets.Button(description=label, tooltip=explanation, icon=icon, layout=ipywidgets.Layout(width=width))
    made.on_click(lambda _: action())
    return made


def transport(control, *, stride=1, every_ms=100):
    """Make play, pause and step buttons that move a slider along by itself.

    Args:
        control: IntSlider.
        stride: how far each tick moves it.
        every_ms: time between two ticks; a busy kernel skips some.

    Returns:
        An ipywidgets HBox. The clock runs in the browser, so nothing plays on when the page is closed.
    """
    play = ipywidgets.Play(
        value=control.value, min=control.min, max=control.max, step=stride, interval=every_ms, show_repeat=False
    )
    play.tooltip = f"Let {control.description} run"
    ipywidgets.jslink((play, "value"), (control, "value"))

    def forward():
        control.value = min(control.value + 1, control.max)

    step = button("step", f"Move {control.description} on by 1", forward, "step-forward")
    return ipywidgets.HBox([play, step])


KEEP_EVERY = 10  # steps


class Training:
    """States by training step, so that a slider can move through a training in both directions."""

    def __init__(self):
        self._key, self._kept = None, {}

    def at(self, step, key, *, start, advance):
        """Get the state after so many steps.

        Args:
            step: how many.
            key: of the task; a new one begins a new training.
            start: function that makes the state at step 0.
            advance: function of a state and the number of the step, from 1, that returns the next state.

        Returns:
            The state.
        """
        if key != self._key:
            self._key, self._kept = key, {0: start()}
        reached = max(kept for kept in self._kept if kept <= step)
        state = self._kept[reached]
        for done in range(reached + 1, step + 1):
            state = advance(state, done)
            if done % KEEP_EVERY == 0 or done == step:
                self._kept[done] = state
        return state


def restart(control, others):
    """Put a training's slider back to 0 whenever its task changes, before the lab redraws.

    Args:
        control: slider of the training's step.
        others: controls that make up the task.
    """
    for other in others:
        other.observe(lambda _: control.set_trait("value", 0), "value")
