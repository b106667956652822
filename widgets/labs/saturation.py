"""Saturating or not: what each of the two generator losses tells a poor generator."""

from functools import partial

import numpy as np
from scipy.special import expit

from animkit.theory import gan
from widgets.parts.figure import COLOURS, LiveFigure, legend
from widgets.parts.lab import Lab, slider

LOGITS = np.linspace(-10.0, 10.0, 201)
SURE = float(np.log(1e-4) - np.log1p(-1e-4))  # the logit of D(G(z)) = 0.0001
LOSSES = (  # name, loss in terms of the logit, and how both are drawn
    ("log(1 − D): slope −D", lambda s: -np.logaddexp(0.0, s), "-", COLOURS["blue"], "o"),
    ("−log D: slope −(1 − D)", lambda s: np.logaddexp(0.0, -s), "--", COLOURS["red"], "s"),
)

FORMULA = (
    r"$$\frac{\partial}{\partial s}\log(1-D)=-D\qquad\frac{\partial}{\partial s}(-\log D)=-(1-D)"
    r"\qquad D=\sigma(s)$$"
    "<p>Both losses fall when D is fooled more. But a poor fake, which D sees through, gets almost no slope from "
    "log(1 − D), while −log D pulls hardest there.</p>"
)
PRESETS = {
    "D(G(z)) = 0.0001: D is sure": {"logit": SURE},
    "D(G(z)) = 0.5": {"logit": 0.0},
    "D(G(z)) = 0.9999: D is fooled": {"logit": -SURE},
}


class _Picture:
    """Both losses with their tangents, and beside them how steep they are."""

    def __init__(self):
        self.figure = LiveFigure(
            "Left: the saturating loss log(1-D) and the non-saturating loss -log D against D's logit on a fake, with"
            " tangents. Right: how steep each is, on a logarithmic axis; where D is sure of a fake only the second is.",
            columns=2,
            height=380,
        )
        left, right = self.figure.axes
        moving = self.figure.moving
        self.tangents, self.dots, self.heights = [], [], []
        for (name, loss, style, colour, marker), slope in zip(LOSSES, gan.saturation_slopes(LOGITS), strict=True):
            left.plot(LOGITS, loss(LOGITS), style, color=colour, lw=2.5, label=name)
            right.plot(LOGITS, -slope, style, color=colour, lw=2.5, label=name)
            self.tangents.append(moving(left.plot([0, 0], [0, 0], color=COLOURS["black"], lw=1.5)[0]))
            self.dots.append(moving(left.plot([0], [0], marker, color=colour, ms=11)[0]))
            self.heights.append(moving(right.plot([0], [1], marker, color=colour, ms=11)[0]))
        left.set(xlim=(-10, 10), ylim=(-10.5, 13), xlabel="logit of D(G(z))", ylabel="G's loss, nats")
        right.set(xlim=(-10, 10), ylim=(2e-5, 20), yscale="log", xlabel="logit of D(G(z))", ylabel="|slope| per logit")
        for axes in (left, right):
            axes.set_xticks([-10, -5, 0, 5, 10])
        legend(left, loc="upper right", handlelength=2.0)
        right.text(-9.7, 3, "D is sure: a fake", color="dimgrey")
        right.text(9.7, 3, "D is fooled", color="dimgrey", ha="right")

    def show(self, logit, slopes):
        """Tangents and slopes at one logit."""
        ends = np.array([logit - 2.5, logit + 2.5])
        for number, ((_, loss, *_), slope) in enumerate(zip(LOSSES, slopes, strict=True)):
            self.tangents[number].set_data(ends, loss(logit) + slope * (ends - logit))
            self.dots[number].set_data([logit], [loss(logit)])
            self.heights[number].set_data([logit], [-slope])
        self.figure.update()


def _update(picture, logit):
    saturating, other = slopes = gan.saturation_slopes(logit)
    picture.show(logit, slopes)
    return (
        f"D(G(z)) = {expit(logit):.4g} (logit {logit:.3f}). "
        f"Slope of log(1 − D): −D = <b>{saturating:.4g}</b>; of −log D: −(1 − D) = <b>{other:.4g}</b>.<br>"
        f"The second is {other / saturating:.4g} times as steep."
    )


def saturation(*, logit=-3.0):
    """Make the lab of the two generator losses and what each tells a poor generator.

    Args:
        logit: D's logit on the fake; D(G(z)) is its sigmoid.

    Returns:
        Lab.

    Source: Goodfellow et al. 2014, section 3.
    """
    how = "How real D finds the fake: far left it is sure of a fake, 0 means one half, far right it is fooled"
    picture = _Picture()
    return Lab(
        "Saturating or not",
        "gan_lab.saturation",
        {"logit": slider("logit of D(G(z))", how, logit, -9.22, 9.22)},
        partial(_update, picture),
        figure=picture.figure,
        formula=FORMULA,
        presets=PRESETS,
    )
