"""Backpropagation through time, unrolled: what every earlier step adds to the gradient, and what truncating loses."""

from functools import partial

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.colors import LogNorm

from animkit.theory import rnn
from widgets.parts.figure import COLOURS, LiveFigure, brief, legend
from widgets.parts.lab import Lab, choice, passed_in, slider

UNITS, LONGEST = 8, 50
BEFORE = 3  # the task: say what the input was that many steps ago
STEPS = np.arange(1, LONGEST + 1)
LOW, HIGH = 1e-8, 1e8  # sizes that the picture tells apart

FORMULA = (
    r"$$\frac{\partial L}{\partial W_{hh}}=\sum_t\sum_{k\le t}\Big(\frac{\partial h_k}{\partial W_{hh}}"
    r"\Big)^{\!*}\,\frac{\partial L_t}{\partial h_k}\qquad \frac{\partial L_t}{\partial h_k}="
    r"\frac{\partial L_t}{\partial h_t}\prod_{j=k+1}^{t}\frac{\partial h_j}{\partial h_{j-1}}$$"
    f"<p>The same W<sub>hh</sub> is used at every step, so every loss L<sub>t</sub> blames every earlier step k. "
    f"The longer the way back, the more factors the blame is multiplied by; truncating cuts the way at the red "
    f"line. The network (here {UNITS} units, untrained) is to say what its input was {BEFORE} steps ago.</p>"
)
PRESETS = {
    "blame fades: gain 0.6": {"gain": 0.6, "activation": "tanh"},
    "blame lasts: gain 1, linear": {"gain": 1.0, "activation": "linear"},
    "blame grows: gain 1.15, linear": {"gain": 1.15, "activation": "linear"},
    "one step only": {"truncation": 1},
    "not truncated": {"truncation": LONGEST},
}


class _Picture:
    """A triangle of what each step adds to the gradient of each loss, and one of its rows as bars."""

    def __init__(self):
        self.figure = LiveFigure(
            "Left: a triangle of squares, one for each loss L_t and each earlier step k, coloured by how much of the"
            " gradient of L_t passes through step k. Right: the row of the chosen t as bars, those within reach of the"
            " truncated gradient filled.",
            columns=2,
            height=400,
            ratios=[1.0, 1.35],
        )
        left, right = self.figure.axes
        moving, edges = self.figure.moving, (0.5, LONGEST + 0.5)
        self.triangle = moving(
            left.imshow(
                np.ones((LONGEST, LONGEST)),
                origin="lower",
                extent=(*edges, *edges),
                norm=LogNorm(LOW, HIGH),
                cmap="viridis",
                interpolation="nearest",
                aspect="auto",
            )
        )
        sizes = [1e-8, 1e-4, 1, 1e4, 1e8]
        self.figure.figure.colorbar(self.triangle, ax=left, ticks=sizes, label="size of the contribution")
        self.frontier, self.row = moving(
            left.step([1], [1], color=COLOURS["red"], lw=2.5, where="mid", label="truncated: no further left")[0],
            left.plot([1], [1], ">", color=COLOURS["black"], ms=10, clip_on=False)[0],
        )
        self.reached, self.beyond = (
            moving(LineCollection([], linewidths=7, colors=colour, linestyles=style, label=label, capstyle="butt"))
            for colour, style, label in (
                (COLOURS["blue"], "-", "full and truncated"),
                (COLOURS["orange"], (0, (0.35, 0.2)), "lost by truncating"),
            )
        )
        for bars in (self.reached, self.beyond):
            right.add_collection(bars)
        left.set(xlabel="step k that passes the gradient on", ylabel="loss $L_t$ of step t", xlim=edges, ylim=edges)
        right.set(xlim=(0, LONGEST + 1), ylim=(LOW, 1e3 * HIGH), yscale="log")
        right.set(xlabel="step k", ylabel="|what step k adds to $dL_t/dW_{hh}$|")
        legend(right, loc="upper left", handlelength=1.4)
        self.nothing = moving(
            right.text(0.5, 0.5, "", transform=right.transAxes, ha="center", fontsize=13, color=COLOURS["red"])
        )

    def show(self, norms, truncation, step):
        """Sizes (length, length) of what each step adds to each loss, and the row of one loss."""
        length = len(norms)
        steps, heights = STEPS[:length], np.clip(norms, LOW, HIGH)
        squares = np.full((LONGEST, LONGEST), np.nan)
        squares[:length, :length] = np.where(np.tri(length) > 0, heights, np.nan)
        squares[:, 0] = np.nan  # h_0 = 0, so the first use of W_hh adds nothing
        self.triangle.set_data(squares)
        self.frontier.set_data(steps[truncation - 1 :] - truncation + 0.5, steps[truncation - 1 :])
        self.frontier.set_visible(truncation < length)
        self.row.set_data([0.2], [step])
        heights = heights[step - 1, :step]
        bars = [[(k, LOW), (k, height)] for k, height in zip(steps[:step], heights, strict=True)]
        self.reached.set_segments(bars[-truncation:])
        self.beyond.set_segments(bars[:-truncation])
        self.nothing.set_text("" if heights.max() > LOW else "nothing to show: no gradient")
        self.figure.update()


def _slope_along(direction, x, y, weights, activation):
    """Central difference of the loss as W_hh moves along a direction."""
    nudge = 1e-5
    ahead, behind = (
        float(np.sum((rnn.forward(x, weights._replace(W_hh=moved), activation=activation)[1] - y) ** 2))
        for moved in (weights.W_hh + nudge * direction, weights.W_hh - nudge * direction)
    )
    return (ahead - behind) / (2.0 * nudge)


def _check(gradient, autodiff, random, *task):
    """Compare the gradient with another way to find it: by how much it differs, and what the other is called."""
    if autodiff is not None:
        return float(np.linalg.norm(gradient - np.asarray(autodiff(*task), dtype=float))), "the notebook's autodiff"
    directions = gradient / (np.linalg.norm(gradient) or 1.0), random / np.linalg.norm(random)
    differs = max(abs(_slope_along(each, *task) - float(np.sum(gradient * each))) for each in directions)
    return differs, "finite differences, along the gradient and along a random direction,"


def _update(picture, autodiff, length, truncation, gain, activation, step, seed):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((length, 1))
    y = np.concatenate([np.zeros((BEFORE, 1)), x])[:length]
    weights = rnn.random_weights(1, UNITS, 1, gain=gain, seed=seed)
    full = rnn.unrolled_gradient(x, y, weights, activation=activation)
    short = rnn.unrolled_gradient(x, y, weights, truncation=truncation, activation=activation)
    step = min(step, length)
    picture.show(full.norms, truncation, step)

    whole, kept = full.gradients.W_hh, short.gradients.W_hh
    size = float(np.linalg.norm(whole))
    differs, check = _check(whole, autodiff, rng.standard_normal(whole.shape), x, y, weights, activation)
    relative = differs / max(size, 1e-3)
    verdict = "&#10003; the same to 1e-5" if relative < 1e-5 else "&#9651; too curved here to compare"
    lost = float(np.linalg.norm(whole - kept)) / size if size else 0.0
    return (
        f"Loss L = {brief(full.loss)}. |dL/dW<sub>hh</sub>| = <b>{brief(size)}</b> in full, "
        f"<b>{brief(np.linalg.norm(kept))}</b> truncated after {truncation}: "
        f"<b>{lost:.2%}</b> of the gradient lost, |full &minus; truncated| / |full|.<br>"
        f"L<sub>{step}</sub> through its own step: {brief(full.norms[step - 1, step - 1])}, through step 2: "
        f"<b>{brief(full.norms[step - 1, min(1, step - 1)])}</b> (step 1 adds nothing, as h<sub>0</sub> = 0).<br>"
        f"Against {check} the full gradient differs by {relative:.1e} of its size: {verdict}."
    )


def unrolled_bptt(*, length=50, truncation=8, gain=1.0, activation="tanh", step=50, seed=0, autodiff=None):
    """Make the lab of backpropagation through time: what every earlier step adds to the gradient.

    Args:
        length: steps of the sequence.
        truncation: how many steps each L_t may reach back in the truncated gradient, its own included.
        gain: W_hh is this times an orthogonal matrix.
        activation: "tanh", "relu" or "linear".
        step: t, whose L_t the bars take apart.
        seed: of the sequence and the weights.
        autodiff: function (x, y, weights, activation) -> dL/dW_hh of L = sum of |y_t - y_hat_t|^2, from the notebook;
            finite differences take its place without one.

    Returns:
        Lab.

    Source: the article, 3.3; Werbos 1990; Williams and Peng 1990.
    """
    cut, looked = "How many steps each loss may reach back, its own included", "Whose gradient the bars take apart"
    whole = {"step": 1, "integer": True}
    controls = {
        "length": slider("length, steps", "How long the sequence is", length, 2, LONGEST, **whole),
        "truncation": slider("truncated after, steps", cut, truncation, 1, LONGEST, **whole),
        "gain": slider("gain of W_hh", "W_hh is this many times an orthogonal matrix", gain, 0.0, 2.0),
        "activation": choice("activation", "What bends the hidden state", list(rnn.ACTIVATIONS), activation),
        "step": slider("look at L_t, t", f"{looked}; or drag on the left", step, 1, LONGEST, **whole),
        "seed": slider("seed", "Decides the sequence and the weights", seed, 0, 99, **whole),
    }
    picture = _Picture()
    lab = Lab(
        "Backpropagation through time, unrolled",
        "rnn_lab.unrolled_bptt",
        controls,
        partial(_update, picture, autodiff),
        figure=picture.figure,
        formula=FORMULA,
        presets=PRESETS,
        more_state=lambda: passed_in(autodiff=autodiff),
    )
    lab.drag = picture.figure.on_pointer(lambda x, y, phase: lab.set(step=round(y)))
    return lab
