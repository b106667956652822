"""The gap between log p(x) and the ELBO, in a linear model that knows all its terms."""

from functools import partial

import numpy as np

from animkit.theory import vae
from widgets.labs.bell import bell, peak, width_under
from widgets.labs.evidence_bars import EVIDENCE, EvidenceBars, evidence_numbers
from widgets.parts.figure import COLOURS, LiveFigure, legend, nice_number, set_limits
from widgets.parts.lab import Lab, button, slider, within

FORMULA = EVIDENCE + (
    "<p>The data fixes log p(x), the dashed line; q only decides how it is shared out. The better q fits the "
    "posterior, the smaller the gap, and the ELBO can never rise above the line.</p>"
)
MODEL = {"x": 1.25, "weight": 1.0, "sigma": 0.75}
PRESETS = {
    "q is the posterior: no gap": {**MODEL, "mean": 0.8, "width": 0.6},
    "q is the prior: its KL is 0": {**MODEL, "mean": 0.0, "width": 1.0},
    "right place, too narrow": {**MODEL, "mean": 0.8, "width": 0.2},
    "right place, too wide": {**MODEL, "mean": 0.8, "width": 1.8},
    "a decoder that ignores z": {"x": 1.25, "weight": 0.0, "sigma": 0.75, "mean": 0.8, "width": 0.6},
    "a surprising x": {"x": 4.0, "weight": 1.0, "sigma": 0.75, "mean": 0.8, "width": 0.6},
}
LINE = np.linspace(-4.0, 4.0, 321)


class _Picture:
    """Prior, posterior and q over z, with a handle on q's peak; beside them the bars."""

    def __init__(self):
        self.figure = LiveFigure(
            "Left: densities of the prior, of the true posterior p(z|x) and of q. Right: bars of log p(x), of the ELBO"
            " with the gap on top of it, which always reach the same height, and of the two terms of the ELBO.",
            columns=2,
            height=400,
            ratios=[1.25, 1.0],
        )
        self.left, right = self.figure.axes
        left, moving = self.left, self.figure.moving
        self.figure.seldom(left.yaxis)
        moving(left.plot(LINE, bell(LINE, 0, 1), ":", color="0.35", lw=2.5, label="prior p(z)")[0])
        self.posterior = moving(
            left.plot(LINE, 0 * LINE, "-", color=COLOURS["blue"], lw=2.5, label="posterior p(z|x)")[0]
        )
        self.q = moving(left.plot(LINE, 0 * LINE, "--", color=COLOURS["red"], lw=2.5, label="q(z|x)")[0])
        self.handle = moving(left.plot([0], [0], "o", color=COLOURS["red"], ms=12, label="drag me")[0])
        left.set(xlim=(-4, 4), xlabel="z", ylabel="density")
        legend(left, loc="upper left")
        self.bars = EvidenceBars(self.figure, right)
        left.set_ylim(0.0, 1.5)
        self.figure.redraw()  # laid out for the widest labels to come, whatever state the lab starts in

    def show(self, true_mean, true_width, mean, width):
        """Move the densities."""
        top = nice_number(1.5 * peak(min(true_width, 1.0)))
        set_limits(self.left, ylim=(0.0, top))
        self.posterior.set_ydata(bell(LINE, true_mean, true_width))
        self.q.set_ydata(bell(LINE, mean, width))
        self.handle.set_data([mean], [min(peak(width), 0.985 * top)])


def _controls(x, weight, sigma, mean, width):
    return {
        "x": slider("x, the data", "The number that was observed", x, -4.0, 4.0),
        "weight": slider("w of the decoder", "The decoder's mean is w z; 0: it ignores z", weight, 0.0, 2.0),
        "sigma": slider(
            "σ of the decoder", "Standard deviation of the decoder's noise, in units of x", sigma, 0.3, 2.0
        ),
        "mean": slider("q: mean", "Moves q along z; or drag its peak", mean, -4.0, 4.0),
        "width": slider(
            "q: width", "Standard deviation of q, in units of z; or drag its peak up or down", width, 0.1, 3.0
        ),
    }


def _posterior(x, weight, sigma):
    """Mean and width of p(z|x)."""
    mean, covariance = vae.linear_posterior([x], [[weight]], [0.0], sigma)
    return float(mean[0]), float(np.sqrt(covariance[0, 0]))


def _update(picture, x, weight, sigma, mean, width):
    model = [x], [[weight]], [0.0], sigma
    true_mean, true_width = _posterior(x, weight, sigma)
    terms = (
        vae.log_evidence(*model),
        vae.linear_elbo(*model, [mean], [[width**2]]),
        vae.linear_gap(*model, [mean], [[width**2]]),
    )
    picture.show(true_mean, true_width, mean, width)
    picture.bars.show(*terms)
    picture.figure.update()
    return f"p(z|x) is N({true_mean:.4f}, {true_width:.4f}²), q is N({mean:.4f}, {width:.4f}²).<br>" + evidence_numbers(
        *terms
    )


def _make_q_the_posterior(lab):
    now = lab.values()
    mean, width = _posterior(now["x"], now["weight"], now["sigma"])
    lab.set(mean=within(lab.controls["mean"], mean), width=within(lab.controls["width"], width))


def _drag(lab, z, height, phase):
    lab.set(mean=round(z, 2), width=within(lab.controls["width"], width_under(height)))


def evidence_gap(*, x=1.25, weight=1.0, sigma=0.75, mean=-0.6, width=1.0):
    """Make the lab of the gap between log p(x) and the ELBO, in the model x = w z + sigma * noise.

    Args:
        x: the data, one number.
        weight: w of the decoder.
        sigma: noise of the decoder.
        mean, width: of q(z|x).

    Returns:
        Lab.

    Source: the article, 3.2; Kingma and Welling 2013, equation 1.
    """
    picture = _Picture()
    lab = Lab(
        "The gap",
        "vae_lab.evidence_gap",
        _controls(x, weight, sigma, mean, width),
        partial(_update, picture),
        figure=picture.figure,
        formula=FORMULA,
        presets=PRESETS,
        below=[button("make q the posterior", "Puts q's mean and width where the gap is 0", lambda: lab.best())],
    )
    lab.best = partial(_make_q_the_posterior, lab)
    lab.drag = picture.figure.on_pointer(partial(_drag, lab), axes=picture.left)
    return lab
