"""A product of Jacobians: gradients that vanish or explode."""

from functools import partial

import numpy as np
from matplotlib.collections import LineCollection

from animkit.theory import rnn
from widgets.parts.figure import COLOURS, LiveFigure, brief, legend_above, set_limits
from widgets.parts.lab import Lab, choice, slider
from widgets.parts.numbers import with_minus

UNITS, FARTHEST = 16, 100
STEPS = np.arange(FARTHEST + 1)
LOW, HIGH = -16, 12  # powers of ten that the picture shows at least
LOWEST, HIGHEST = -120, 36  # and at most

FORMULA = (
    r"$$\frac{\partial h_T}{\partial h_0}=\prod_{t=1}^{T}\operatorname{diag}\big(\varphi'(u_t)\big)\,"
    r"W_{hh}^{\top}\qquad W_{hh}=g\,Q\ \Rightarrow\ \sigma_i=g^T\ \text{when linear}$$"
    "<p>To learn from something T steps ago, the gradient is multiplied T times by much the same matrix. A little "
    "below 1 it dies out, a little above 1 it blows up; tanh can only make it smaller.</p>"
)
LINEAR = {"kind": "orthogonal", "activation": "linear"}
PRESETS = {
    "0.9 for 50 steps: 0.00515": {"gain": 0.9, "steps": 50, **LINEAR, "start": 0.0},
    "1.1 for 50 steps: 117.4": {"gain": 1.1, "steps": 50, **LINEAR, "start": 0.0},
    "1.0 keeps everything": {"gain": 1.0, "steps": 100, **LINEAR},
    "Gaussian: some die, some live": {"gain": 1.0, "steps": 50, "kind": "gaussian", "activation": "linear"},
    "tanh, started far out": {"gain": 1.1, "steps": 50, "kind": "orthogonal", "activation": "tanh", "start": 2.0},
}


CLEAR = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1}  # behind letters: lines end there


class _Picture:
    """Singular values over the steps with the power of the gain, and all of them at one step."""

    def __init__(self):
        self.figure = LiveFigure(
            "Left: the singular values of the product of Jacobians against the number of steps, on a logarithmic axis,"
            " with the line of the gain to the power T. Right: all singular values at the chosen T.",
            columns=2,
            height=400,
            ratios=[1.9, 1.0],
        )
        left, right = self.figure.axes
        moving, blue, red = self.figure.moving, COLOURS["blue"], COLOURS["red"]
        self.band = moving(LineCollection([], colors=COLOURS["sky"], linewidths=1.0, alpha=0.8))
        left.add_collection(self.band)
        left.plot([], [], color=COLOURS["sky"], lw=1.5, label="every singular value")
        self.largest, self.power, self.marker, self.caption = moving(
            left.plot(STEPS, STEPS + 1.0, color=blue, lw=3, label="the largest")[0],
            left.plot(STEPS, STEPS + 1.0, "--", color=red, lw=2.5, label="$g^T$")[0],
            left.plot([0], [1], "s", color=red, ms=10)[0],
            left.text(0, 1, "", fontsize=14, color=red, ha="right", va="bottom", weight="bold", bbox=CLEAR),
        )
        self.bars = moving(LineCollection([], colors=blue, linewidths=7, capstyle="butt"))
        right.add_collection(self.bars)
        self.level = moving(right.axhline(1.0, ls="--", color=red, lw=2.5))
        self.gone = moving(right.text(0.5, 0.98, "", transform=right.transAxes, ha="center", va="top", color="0.25"))
        for axes in (left, right):
            self.figure.seldom(axes.axhline(1.0, color="grey", lw=1), axes.yaxis)
            axes.set(yscale="log")
        left.text(0.01, 0.93, "explodes", color="dimgrey", transform=left.transAxes)
        left.text(0.01, 0.02, "vanishes", color="dimgrey", transform=left.transAxes)
        left.set(xlim=(0, FARTHEST), xlabel="steps T", ylabel="singular values of $\\partial h_T/\\partial h_0$")
        right.set(xlim=(0, UNITS + 1), xlabel="singular values at T")
        legend_above(left)
        self.show_range(10.0**LOWEST, 10.0**HIGHEST)
        self.figure.update()  # the widest range decides how much room its labels get

    def show_range(self, least, most):
        """Let both axes reach from a value to another, by whole steps, so that they seldom move."""
        down, up = np.log10([max(least, 10.0**LOWEST), min(most, 10.0**HIGHEST)])
        self.low = LOW if down >= LOW else 24 * int(np.floor(down / 24))
        self.high = HIGH if up <= HIGH else 12 * int(np.ceil(up / 12))
        for axes in self.figure.axes:
            set_limits(axes, ylim=(10.0**self.low, 10.0**self.high))

    def show_values(self, steps, logs, lost):
        """Logarithms of the singular values (steps + 1, units), and which of them rounding has taken."""
        values = _drawn(logs)
        seen = values[~lost]
        self.show_range(seen.min(), seen.max())
        self.band.set_segments([np.column_stack([STEPS, column]) for column in np.where(lost, np.nan, values).T])
        self.largest.set_ydata(values[:, 0])
        kept = [(rank, value) for rank, value in enumerate(values[steps], 1) if not lost[steps, rank - 1]]
        self.bars.set_segments([[(rank, 10.0**self.low), (rank, value)] for rank, value in kept])
        below = UNITS - len(kept)
        self.gone.set_text(f"{below} of {UNITS}: too small\nto tell from rounding" if below else "")

    def show_power(self, gain, steps, log_powers):
        """The power of the gain over the steps, and written out at one of them."""
        powers = _drawn(log_powers)
        self.power.set_ydata(powers)
        self.level.set_ydata([powers[steps]] * 2)
        part = (self.high - self.low) / 28  # of the decades of the narrowest range
        at = float(np.clip(powers[steps], 10.0 ** (self.low + 0.5 * part), 10.0 ** (self.high - 0.5 * part)))
        self.marker.set_data([steps], [at])
        self.marker.set_marker("s" if at == powers[steps] else "v" if at > powers[steps] else "^")
        falling = gain <= 1.0
        right = steps <= 62 if falling else steps < 38
        self.caption.set_text(f"{gain:.2f}$^{{{steps}}}$ = {with_minus(brief(np.exp(log_powers[steps])))}")
        self.caption.set_ha("left" if right else "right")
        decades = 0.9 if falling == right else -3  # where the line does not go
        place = np.clip(np.log10(at) + decades * part, self.low + part, self.high - 4 * part)
        self.caption.set_position((steps + (2 if right else -2), 10.0**place))


def _drawn(logs):
    return np.exp(np.clip(logs, np.log(10.0) * (LOWEST - 2), np.log(10.0) * (HIGHEST + 2)))


def _update(picture, gain, steps, kind, activation, start, seed):
    W_hh = rnn.recurrent_matrix(kind, UNITS, gain=gain, seed=seed)
    h0 = start * np.random.default_rng(seed).standard_normal(UNITS)
    logs = rnn.jacobian_log_singular_values(W_hh, FARTHEST, activation=activation, h0=h0)
    logs = np.concatenate([np.zeros((1, UNITS)), logs])  # nothing multiplied yet
    lost = logs < logs[:, :1] - 30.0  # 1e-13 of the largest: mostly rounding
    log_powers = STEPS * np.log(gain) if gain > 0.0 else np.where(STEPS > 0, -np.inf, 0.0)
    picture.show_values(steps, logs, lost)
    picture.show_power(gain, steps, log_powers)
    picture.figure.update()
    first, last, size = np.exp(logs[steps, 0]), np.exp(logs[steps, -1]), np.exp(log_powers[steps])
    smallest = "below what rounding lets us see" if lost[steps, -1] else brief(last)
    if size == 0.0:
        agree = "nothing is left"
    elif np.allclose(logs[steps], log_powers[steps], atol=1e-9):
        agree = f"&#10003; all {UNITS} equal g<sup>T</sup>"
    else:
        agree = f"largest / g<sup>T</sup> = {brief(first / size)}"
    fate = "about the same size" if 0.1 < first < 10.0 else "vanished" if first <= 0.1 else "exploded"
    return (
        f"g<sup>T</sup> = {gain:.2f}<sup>{steps}</sup> = <b>{brief(size)}</b>. Singular values of the product: "
        f"largest <b>{brief(first)}</b>, smallest {smallest}; {agree}.<br>"
        f"A gradient that walks back {steps} steps is at most {brief(first)} times as long as it was: "
        f"<b>{fate}</b>."
    )


def _idle(gain, kind, activation, start, **_):
    if not gain:
        return dict.fromkeys(("kind", "activation", "start", "seed"), "a gain of 0 leaves nothing")
    if activation == "relu" and not start:
        return dict.fromkeys(("kind", "seed"), "a ReLU has no slope at 0")
    idle = {"start": "a linear unit has the same slope everywhere"} if activation == "linear" else {}
    if kind == "orthogonal" and (activation == "linear" or not start):
        idle["seed"] = "all orthogonal matrices stretch alike"
    return idle


def jacobian_product(*, gain=0.9, steps=50, kind="orthogonal", activation="linear", start=0.0, seed=0):
    """Make the lab of the product of Jacobians: gradients that vanish or explode.

    Args:
        gain: of W_hh.
        steps: T, how many Jacobians are multiplied.
        kind: "orthogonal" or "gaussian".
        activation: "tanh", "relu" or "linear".
        start: size of each unit of h_0; 0 leaves tanh in its straight middle.
        seed: of the matrix and h_0.

    Returns:
        Lab.

    Source: Bengio et al. 1994; Pascanu et al. 2013, section 2.1.
    """
    kinds = "Orthogonal stretches all directions alike, Gaussian some more than others"
    slopes = "Its slope multiplies in at every step: 1 when linear"
    far = "Far from 0, tanh is flat and takes gradient away at the first steps"
    controls = {
        "gain": slider("gain g of W_hh", "How far W_hh stretches: every singular value (orthogonal)", gain, 0.0, 2.0),
        "steps": slider("steps T", "How many Jacobians are multiplied; or drag", steps, 1, FARTHEST, 1, integer=True),
        "kind": choice("W_hh", kinds, ["orthogonal", "gaussian"], kind),
        "activation": choice("activation", slopes, list(rnn.ACTIVATIONS), activation),
        "start": slider("size of h_0", far, start, 0.0, 3.0),
        "seed": slider("seed", "Decides W_hh and h_0", seed, 0, 99, 1, integer=True),
    }
    picture = _Picture()
    lab = Lab(
        "A product of Jacobians",
        "rnn_lab.jacobian_product",
        controls,
        partial(_update, picture),
        figure=picture.figure,
        formula=FORMULA,
        presets=PRESETS,
        idle=_idle,
    )
    lab.drag = picture.figure.on_pointer(lambda x, y, phase: lab.set(steps=max(1, round(x))))
    return lab
