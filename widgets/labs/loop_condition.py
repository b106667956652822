"""The loop condition: what forgets its past, and is driven round after round by the same inputs, closes by itself."""

from functools import partial

import numpy as np

from animkit.theory import loops
from widgets.parts.figure import COLOURS, LiveFigure, legend
from widgets.parts.lab import Lab, slider

SHORTEST, LONGEST = 8, 32  # frames of a loop
DRAWN, ROUNDS = 4, 12  # rounds on the left, and on the right
CLOSED = 1e-3
LOW, HIGH, FAR = 1e-7, 1e4, 14.0  # gaps and states that the picture shows

FORMULA = (
    r"$$h_{t+1}=a\,h_t+b_t,\quad b_{t+N}=b_t\qquad h_N=a^N h_0+\sum_{t\lt N}a^{N-1-t}b_t\qquad "
    r"|h_{2N}-h_N|=|a|^N\,|h_N-h_0|$$"
    "<p>One round is one step of the same kind, with slope a<sup>N</sup>. Below 1 it has one fixed point, the only "
    "h<sub>0</sub> whose round ends where it began, and every other start runs into it. In an LSTM the forget gate "
    "stands where a does; b is what it hears in each frame: phase, and noise that repeats.</p>"
)
PRESETS = {
    "16 frames, a = 0.9": {"a": 0.9, "frames": 16},
    "8 frames: the same network forgets half as much in a round": {"a": 0.9, "frames": 8},
    "32 frames": {"a": 0.9, "frames": 32},
    "never forgets: a = 1": {"a": 1.0, "frames": 16},
    "runs away: a = 1.02": {"a": 1.02, "frames": 16},
}


class _Picture:
    """The state in the first rounds, over each other, and the gap between the ends of every round."""

    def __init__(self):
        self.figure = LiveFigure(
            "Left: the state over one round, for the first four rounds and for the closed orbit that they run into."
            " Right: the gap between a round's two ends, on a logarithmic axis, by round, with the straight line that"
            " a to the power of N gives.",
            columns=2,
            height=380,
            ratios=[1.5, 1.0],
        )
        left, right = self.figure.axes
        moving = self.figure.moving
        styles = zip(("-", "--", "-.", ":"), ("sky", "blue", "green", "orange"), strict=True)
        self.rounds = [
            moving(left.plot([0], [0], style, color=COLOURS[colour], lw=2, label=f"round {number + 1}")[0])
            for number, (style, colour) in enumerate(styles)
        ]
        self.orbit = moving(left.plot([0], [0], color=COLOURS["black"], lw=4, alpha=0.35, label="closed orbit")[0])
        self.ends = moving(left.plot([0, 0], [0, 0], "o", color=COLOURS["red"], ms=9, label="ends of round 1")[0])
        left.set(xlim=(-0.5, LONGEST + 0.5), ylim=(-FAR, FAR), xlabel="frame t of a round", ylabel="state $h_t$")
        legend(left, loc="lower left", ncols=3)
        self.line = moving(right.plot([1], [1], color="0.5", lw=1.5, label="first gap times $|a|^{N(k-1)}$")[0])
        self.gaps = moving(right.plot([1], [1], "o", color=COLOURS["red"], ms=8, label="measured")[0])
        right.axhline(CLOSED, color=COLOURS["black"], lw=1, ls=":")
        right.text(ROUNDS, 1.5 * CLOSED, "closed", ha="right")
        right.set(xlim=(0.5, ROUNDS + 0.5), ylim=(LOW, HIGH), yscale="log", xlabel="round k", ylabel="gap $|h_N-h_0|$")
        legend(right, loc="upper right")

    def show(self, frames, states, orbit, gaps, ratio):
        """All rounds of one recurrence; orbit None where there is no single one."""
        for number, line in enumerate(self.rounds):
            part = states[number * frames : (number + 1) * frames + 1]
            line.set_data(np.arange(frames + 1), np.clip(part, -2 * FAR, 2 * FAR))
        self.orbit.set_visible(orbit is not None)
        if orbit is not None:
            self.orbit.set_data(np.arange(frames + 1), np.clip(orbit, -2 * FAR, 2 * FAR))
        self.ends.set_data([0, frames], np.clip(states[[0, frames]], -2 * FAR, 2 * FAR))
        number = np.arange(1, ROUNDS + 1)
        self.gaps.set_data(number, np.clip(gaps, LOW / 10, 10 * HIGH))
        self.line.set_data(number, np.clip(gaps[0] * ratio ** (number - 1.0), LOW / 10, 10 * HIGH))
        self.figure.update()


def _update(picture, a, frames, start, seed):
    drive = loops.periodic_drive(frames, seed=seed)
    states, ratio = loops.run(a, drive, start, ROUNDS), abs(a) ** frames
    gaps = loops.gaps(a, drive, start, ROUNDS)
    orbit = None if ratio == 1.0 else loops.closed_orbit(a, drive)
    picture.show(frames, states, orbit, gaps, ratio)
    told = f"A round multiplies the gap by a<sup>N</sup> = {a:.2f}<sup>{frames}</sup> = <b>{ratio:.3g}</b>. "
    if ratio == 1.0:
        return told + f"Nothing is forgotten: the gap of {gaps[0]:.3g} stays for ever, and there is no loop."
    if ratio > 1.0:
        return told + "It grows: a loop is there, but every start runs away from it."
    rounds = loops.rounds_until(CLOSED / gaps[0], a, frames) + 1 if gaps[0] > CLOSED else 1
    return told + f"From h<sub>0</sub> = {start:.1f} round <b>{rounds}</b> is the first with a gap below {CLOSED:g}."


def loop_condition(*, a=0.9, frames=16, start=6.0, seed=0):
    """Make the lab of the loop condition: a driven recurrence runs into its one closed orbit.

    Args:
        a: share of the state that is left after a step.
        frames: N, of a loop.
        start: h_0 of the first round.
        seed: of the noise that repeats.

    Returns:
        Lab.

    Source: Banach 1922; Pascanu et al. 2013, section 2.1.
    """
    picture = _Picture()
    return Lab(
        "The loop condition",
        "rnn_lab.loop_condition",
        {
            "a": slider("a", "Share of the state that is left after a step", a, 0.3, 1.05, 0.01),
            "frames": slider("frames N", "Length of the loop", frames, SHORTEST, LONGEST, 1, integer=True),
            "start": slider("start h_0", "Where the first round begins", start, -10.0, 10.0),
            "seed": slider("seed", "Of the noise that is the same in every round", seed, 0, 20, 1, integer=True),
        },
        partial(_update, picture),
        figure=picture.figure,
        formula=FORMULA,
        presets=PRESETS,
    )
