"""Bouncing as a hybrid system: flights by formula, endless bounces in finite time, and what steps make of it."""

from functools import partial

import numpy as np

from animkit.theory.bouncing import stepped, time_to_rest
from animkit.theory.mechanics import ball, bounces
from widgets.parts.figure import COLOURS, LiveFigure, brief, legend_above, nice_number, set_limits
from widgets.parts.lab import Lab, slider

SECONDS, MEASURED = 6.0, 3.0  # shown, and over which the steps are judged
HIGHEST = 3.0  # m

FORMULA = (
    r"$$\text{flight: } y(t)=y_0+v_0t-\tfrac12gt^2\qquad \text{event: } y(t^*)=0\qquad \text{jump: } "
    r"v^+=-e\,v^-\qquad T=t_0+2t_0(e+e^2+\dots)=\sqrt{\tfrac{2y_0}{g}}\;\frac{1+e}{1-e}$$"
    "<p>A hybrid system: between events a formula, at an event a jump. The time of the event is a root, and so exact. "
    "A simulation in steps, here those of the engine pymunk, finds the ground too late, by up to a step: the ball is "
    "below it by then, and turns about with a speed and at a time that are not those of the event.</p>"
)
PRESETS = {
    "60 steps a second": {"rate": 60, "height": 2.0, "restitution": 0.8, "gravity": 9.81},
    "1,000 steps a second": {"rate": 1000, "height": 2.0, "restitution": 0.8, "gravity": 9.81},
    "on the Moon": {"gravity": 1.62},
    "hardly bounces": {"restitution": 0.3},
    "hardly stops": {"restitution": 0.95},
}


class _Picture:
    """Heights by formula and in steps, the end of all bounces, and the gap between both."""

    def __init__(self):
        self.figure = LiveFigure(
            "Left: a ball's height over time, by formula and in steps; dots mark bounces, which crowd before a line"
            " at the time when infinitely many are over. Right: the gap between the two, in centimetres.",
            columns=2,
            height=380,
            ratios=[1.7, 1.0],
        )
        left, right = self.figure.axes
        moving = self.figure.moving
        self.exact = moving(left.plot([0], [0], color=COLOURS["black"], lw=2.2, label="by formula")[0])
        self.steps = moving(left.plot([0], [0], "--", color=COLOURS["orange"], lw=2, label="in steps")[0])
        self.met = moving(left.plot([0], [0], "o", color=COLOURS["blue"], ms=6, clip_on=False, label="bounces")[0])
        self.end = moving(left.axvline(0, color=COLOURS["red"], ls=":", lw=2.5, label="T: all are over"))
        left.set(xlim=(0, SECONDS), ylim=(-0.1, 1.3 * HIGHEST), xlabel="time, s", ylabel="height, m")
        legend_above(left, ncols=2)
        self.gap = moving(right.plot([0], [0], color=COLOURS["orange"], lw=2)[0])
        self.figure.seldom(right.yaxis)
        right.set(xlim=(0, MEASURED), ylim=(0, 20), xlabel="time, s", ylabel="gap, cm")

    def show(self, exact, steps, met, end, gap):
        """Curves (times, heights) of both, times of bounces, T, and the gap (times, cm)."""
        self.exact.set_data(*exact)
        self.steps.set_data(*steps)
        self.met.set_data(met, np.zeros(len(met)))
        self.end.set_xdata([end, end])
        self.gap.set_data(*gap)
        set_limits(self.figure.axes[1], ylim=(0, nice_number(max(1.1 * gap[1].max(), 0.1))))
        self.figure.update()


def _update(picture, height, restitution, gravity, rate):
    hidden = {"gravity": gravity, "restitution": restitution}
    place, still = (0.0, height), (0.0, 0.0)
    fine = np.linspace(0, SECONDS, 1001)
    times, heights = stepped(height, SECONDS, step=1 / rate, **hidden)
    gap = 100 * np.abs(heights - ball(place, still, times, **hidden)[:, 1])
    judged = times <= MEASURED
    met, end = bounces(place, still, SECONDS, **hidden), time_to_rest(height, **hidden)
    picture.show(
        (fine, ball(place, still, fine, **hidden)[:, 1]), (times, heights), met, end, (times[judged], gap[judged])
    )
    first = np.sqrt(2 * height / gravity)
    return (
        f"t<sub>0</sub> = {first:.3f} s to the ground; T = {first:.3f} s &middot; (1 + {restitution:.2f}) / "
        f"(1 &minus; {restitution:.2f}) = <b>{end:.3f}</b> s for infinitely many bounces.<br>"
        f"{rate:.0f} steps a second are off by <b>{brief(gap[judged].max())}</b> cm at most within {MEASURED:g} s."
    )


def bouncing(*, height=2.0, restitution=0.8, gravity=9.81, rate=60):
    """Make the lab of a bouncing ball: a hybrid system by formula, beside a simulation in steps.

    Args:
        height: from which it falls, m.
        restitution: share of its speed that a bounce leaves.
        gravity: m/s^2.
        rate: steps per second of the simulation.

    Returns:
        Lab.

    Source: van der Schaft and Schumacher 2000.
    """
    controls = {
        "height": slider("falls from, m", "How high the ball is let go", height, 0.2, HIGHEST, 0.1),
        "restitution": slider("bounce e", "Share of its speed that a bounce leaves", restitution, 0.0, 0.95),
        "gravity": slider("gravity g, m/s²", "Moon 1.62, Earth 9.81, Jupiter 24.8", gravity, 1.0, 25.0),
        "rate": slider("steps a second", "Of the simulation", rate, 20, 2000, 10, integer=True),
    }
    picture = _Picture()
    return Lab(
        "A bouncing ball",
        "rnn_lab.bouncing",
        controls,
        partial(_update, picture),
        figure=picture.figure,
        formula=FORMULA,
        presets=PRESETS,
    )
