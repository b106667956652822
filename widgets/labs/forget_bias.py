"""The forget gate's bias: what is left of a cell after many steps."""

from functools import partial

import numpy as np

from animkit.theory import rnn
from widgets.parts.figure import COLOURS, LiveFigure
from widgets.parts.lab import Lab, slider

STEPS = np.arange(0, 201)
BIASES = np.linspace(-2.0, 8.0, 201)
KNOWN = {0: ":", 1: "--", 2: "-.", 3: (0, (6, 1)), 5: (0, (3, 1, 1, 1, 1, 1))}  # bias -> line style

FORMULA = (
    r"$$\frac{\partial c_T}{\partial c_0}=\prod_{t=1}^{T} f_t=\sigma(b_f)^T\quad\text{when }f\text{ hears "
    r"only its bias}$$"
    "<p>Along the cell, the gradient is multiplied by forget gates alone. Started half closed they erase "
    "everything within a few steps; a bias of a few units opens the road before training begins.</p>"
)
PRESETS = {
    "bias 0: half": {"bias": 0.0, "steps": 50},
    "bias 1, Keras' default": {"bias": 1.0, "steps": 50},
    "bias 3": {"bias": 3.0, "steps": 50},
    "bias 5": {"bias": 5.0, "steps": 50},
}


class _Picture:
    """The share left over the steps, and over the biases."""

    def __init__(self):
        self.figure = LiveFigure(
            "Left: share of a cell that is left against steps, on a logarithmic axis, for biases 0 to 5 and the chosen"
            " one. Right: the share left at the chosen step against the bias.",
            columns=2,
            height=380,
            ratios=[1.5, 1.0],
        )
        left, right = self.figure.axes
        for known, style in KNOWN.items():
            share = rnn.forget_product(known, STEPS)
            left.plot(STEPS, share, ls=style, color="0.45", lw=1.5)
            edge = int(np.argmax(share < 1e-9) or 200)
            left.annotate(f"bias {known}", (STEPS[edge], share[edge]), (4, 4), textcoords="offset points", color="0.3")
        (self.over_steps, self.here), (self.over_biases, self.there) = (
            self.figure.moving(
                axes.plot(places, np.ones(201), color=COLOURS["blue"], lw=3)[0],
                axes.plot([0], [1], "o", color=COLOURS["red"], ms=11)[0],
            )
            for axes, places in ((left, STEPS), (right, BIASES))
        )
        left.set(
            xlim=(0, 230),
            xticks=range(0, 201, 50),
            ylim=(1e-10, 2),
            yscale="log",
            xlabel="steps T",
            ylabel="share of the cell left",
        )
        right.set(xlim=(-2, 8), ylim=(-0.03, 1.05), xlabel="bias of the forget gate", ylabel="share left after T steps")

    def show(self, bias, steps, share):
        """The share at one bias and after so many steps, and all around it."""
        self.over_steps.set_ydata(np.maximum(rnn.forget_product(bias, STEPS), 1e-12))
        self.here.set_data([steps], [max(share, 1.3e-10)])
        self.over_biases.set_ydata(rnn.forget_product(BIASES, steps))
        self.there.set_data([bias], [share])
        self.figure.update()


def _update(picture, bias, steps):
    gate, share = (float(rnn.forget_product(bias, count)) for count in (1, steps))
    picture.show(bias, steps, share)
    return (
        f"f = &sigma;({bias:.2f}) = {gate:.4f}; after {steps} steps {gate:.4f}<sup>{steps}</sup> = "
        f"<b>{share:.2g}</b> of the cell is left. Its memory falls to 1/e in {-1.0 / np.log(gate):.1f} steps."
    )


def forget_bias(*, bias=1.0, steps=50):
    """Make the lab of the forget gate's bias: what is left of a cell after many steps.

    Args:
        bias: of the forget gate, which hears nothing else.
        steps: T.

    Returns:
        Lab.

    Source: Gers et al. 2000; Jozefowicz et al. 2015.
    """
    picture = _Picture()
    return Lab(
        "The forget gate's bias",
        "rnn_lab.forget_bias",
        {
            "bias": slider("bias", "What the forget gate adds before its sigmoid, at birth", bias, -2.0, 8.0),
            "steps": slider("steps T", "How long the cell has to remember", steps, 1, 200, 1, integer=True),
        },
        partial(_update, picture),
        figure=picture.figure,
        formula=FORMULA,
        presets=PRESETS,
    )
