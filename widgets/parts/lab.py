"""The frame around every derivation lab: controls, picture, formula with its numbers, presets, reset, state."""

import html
import threading

import ipywidgets


class Lab(ipywidgets.VBox):
    """Controls beside a live figure; moving a control redraws the picture and the numbers under it.

    Args:
        title: heading of the lab.
        call: how a cell makes this lab, such as "gan_lab.optimal_discriminator"; for the state line.
        controls: name -> ipywidgets control. Each needs a description (its label, with units) and a tooltip
            (what it does).
        update: called with the controls' values by name; draws, and returns the numbers as HTML. A ValueError it
            raises is shown as a message; the last good picture stays.
        figure: LiveFigure, or None.
        formula: LaTeX in dollars, set once.
        presets: label -> {control name: value}, or None.
        below: further widgets under the numbers.
        more_state: function that returns further arguments for the state line, or None.

    Raises:
        ValueError: when a control has no label or no explanation, or a preset names an unknown control.
    """

    def __init__(
        self, title, call, controls, update, *, figure=None, formula="", presets=None, below=(), more_state=None
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
        # held while the lab changes: JupyterLab sends sliders and buttons to different threads of the kernel
        self.lock = threading.RLock()
        self._start = self.values()
        self._quiet = False
        self.numbers = ipywidgets.HTML()
        self.message = ipywidgets.HTML()
        self.state = ipywidgets.Text(
            description="this state",
            tooltip="Copy this line into a cell to come back to this state; it is then saved with the notebook",
            style={"description_width": "initial"},
            layout=ipywidgets.Layout(width="98%"),
            disabled=True,
        )
        buttons = []
        if presets:
            self.presets = ipywidgets.Dropdown(
                options=[("choose ...", None), *((label, label) for label in presets)],
                description="preset",
                tooltip="Set several controls at once to a case worth seeing",
            )
            self.presets.observe(lambda change: self.set(**presets[change.new]) if change.new else None, "value")
            buttons.append(self.presets)
        reset = ipywidgets.Button(description="reset", tooltip="Back to how the lab began", icon="undo")
        reset.on_click(lambda _: self.reset())
        self.reset_button = reset
        buttons.append(reset)
        for control in controls.values():
            if hasattr(getattr(control, "style", None), "description_width"):
                control.style = {"description_width": "11em"}
            control.layout.width = control.layout.width or "26em"
            if hasattr(control, "continuous_update"):
                control.continuous_update = True
            control.observe(self._refresh, "value")
        grid = ipywidgets.Box(list(controls.values()), layout=ipywidgets.Layout(flex_flow="row wrap"))
        heading = ipywidgets.HTML(f"<h4 style='margin:.3em 0'>{html.escape(title)}</h4>")
        parts = [heading, ipywidgets.HTMLMath(formula)] if formula else [heading]
        parts += [grid, ipywidgets.HBox(buttons)]
        if figure is not None:
            parts.append(figure.widget)
        parts += [self.numbers, self.message, *below, self.state]
        super().__init__(parts)
        self.add_class("animkit-lab")
        self._refresh()

    def values(self):
        """Read the controls.

        Returns:
            dict: control name -> value.
        """
        return {name: control.value for name, control in self.controls.items()}

    def set(self, **values):
        """Set several controls and redraw once.

        Args:
            values: control name -> value.
        """
        with self.lock:
            self._quiet = True
            try:
                for name, value in values.items():
                    self.controls[name].value = value
            finally:
                self._quiet = False
            self._refresh()

    def reset(self):
        """Put every control back to where it was when the lab was made."""
        if hasattr(self, "presets"):
            self.presets.value = None
        self.set(**self._start)

    def show_state(self):
        """Write the state line anew; a lab whose further state changed without a control calls this itself."""
        values = self.values() | (self._more_state() if self._more_state else {})
        tidy = {name: round(value, 10) if isinstance(value, float) else value for name, value in values.items()}
        arguments = ", ".join(f"{name}={value!r}" for name, value in tidy.items())
        self.state.value = f"{self.call}({arguments})"

    def _refresh(self, change=None):
        with self.lock:
            if self._quiet:
                return
            self.show_state()
            try:
                numbers = self._update(**self.values())
            except ValueError as error:
                self.message.value = f"<p role='alert'><b>Not drawn:</b> {html.escape(str(error))}</p>"
                return
            self.message.value = ""
            if numbers is not None:
                self.numbers.value = f"<div style='font-size:115%;line-height:1.5'>{numbers}</div>"


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
    return kind(value=value, min=low, max=high, step=step, description=label, tooltip=explanation)


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
    step = ipywidgets.Button(description="step", tooltip=f"Move {control.description} on by 1", icon="step-forward")

    def forward(_):
        control.value = min(control.value + 1, control.max)

    step.on_click(forward)
    return ipywidgets.HBox([play, step])
