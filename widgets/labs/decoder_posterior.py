"""The gap for any decoder with two latents: its posterior on a grid, and a Gaussian q on top."""

from functools import cache, partial

import numpy as np

from animkit.theory import vae
from widgets.labs.evidence_bars import EVIDENCE, EvidenceBars, evidence_numbers
from widgets.parts.figure import COLOURS, INK, LiveFigure
from widgets.parts.lab import Lab, button, choice, passed_in, slider, within

FORMULA = EVIDENCE + (
    "<p>Blue is the posterior itself, worked out cell by cell, which only two latents allow. It need not be "
    "round: however you move q, what a Gaussian can't follow stays as a gap.</p>"
)
PRESETS = {
    "q is the prior": {"mean_1": 0.0, "mean_2": 0.0, "width_1": 1.0, "width_2": 1.0, "correlation": 0.0},
    "q narrow and tilted": {"width_1": 0.5, "width_2": 0.5, "correlation": 0.8},
}


def _ellipse(mean, covariance, radius):
    turn = np.linspace(0.0, 2.0 * np.pi, 73)
    return mean + radius * np.stack([np.cos(turn), np.sin(turn)], axis=1) @ np.linalg.cholesky(covariance).T


class _Picture:
    """The posterior as a heat map under q's ellipses; beside it the bars."""

    def __init__(self, limit, points):
        self.figure = LiveFigure(
            "Left: heat map of the decoder's true posterior over two latents, with q's ellipses of one and two standard"
            " deviations. Right: bars of log p(x), of the ELBO with the gap on top of it, and of the ELBO's two terms.",
            columns=2,
            height=440,
            ratios=[1.1, 1.0],
        )
        self.left, right = self.figure.axes
        left, moving = self.left, self.figure.moving
        edge = limit * points / (points - 1)  # cells are centred on the grid's points
        self.heat = left.imshow(
            np.zeros((points, points)), origin="lower", extent=(-edge, edge) * 2, cmap=INK, vmin=0, vmax=1
        )
        for radius, label in ((1.0, "prior, 1 and 2 deviations"), (2.0, None)):
            circle = _ellipse(np.zeros(2), np.eye(2), radius).T
            moving(left.plot(*circle, ":", color="0.35", lw=2, label=label)[0])
        self.inner, self.outer, self.middle = moving(
            left.plot([0], [0], "--", color=COLOURS["red"], lw=2.5, label="q, 1 and 2 deviations")[0],
            left.plot([0], [0], "--", color=COLOURS["red"], lw=1.5)[0],
            left.plot([0], [0], "o", color=COLOURS["red"], ms=11)[0],
        )
        left.set(xlim=(-limit, limit), ylim=(-limit, limit), xlabel="z₁", ylabel="z₂", aspect="equal")
        left.legend(loc="upper left", framealpha=0.9).set_zorder(5)
        self.figure.seldom(self.heat, left.get_legend())
        self.bars, self._shown = EvidenceBars(self.figure, right), None
        self.figure.redraw()

    def show(self, posterior, mean, covariance):
        """Move q, and draw another posterior where it is another."""
        if self._shown is not posterior:
            self._shown = posterior
            self.heat.set_data(posterior.density / posterior.density.max())
        self.inner.set_data(*_ellipse(mean, covariance, 1.0).T)
        self.outer.set_data(*_ellipse(mean, covariance, 2.0).T)
        self.middle.set_data(mean[:1], mean[1:])


def _controls(names, limit, x, mean_1, mean_2, width_1, width_2, correlation):
    return {
        "x": choice("x, the data", "Which data the posterior belongs to", names, x),
        "mean_1": slider("q: mean of z₁", "Moves q sideways; or drag it", mean_1, -limit, limit),
        "mean_2": slider("q: mean of z₂", "Moves q up and down; or drag it", mean_2, -limit, limit),
        "width_1": slider("q: width along z₁", "Standard deviation, in units of z", width_1, 0.1, 2.0),
        "width_2": slider("q: width along z₂", "Standard deviation, in units of z", width_2, 0.1, 2.0),
        "correlation": slider(
            "q: correlation", "Tilts q; an encoder with one width per latent can't do this", correlation, -0.95, 0.95
        ),
    }


def _update(picture, posterior_of, x, mean_1, mean_2, width_1, width_2, correlation):
    posterior, mean = posterior_of(x), np.array([mean_1, mean_2])
    shared = correlation * width_1 * width_2
    covariance = np.array([[width_1**2, shared], [shared, width_2**2]])
    bound, gap = vae.grid_elbo(posterior, mean, covariance)
    picture.show(posterior, mean, covariance)
    picture.bars.show(posterior.log_evidence, bound, gap)
    picture.figure.update()
    return evidence_numbers(posterior.log_evidence, bound, gap)


def _fit_q(lab, posterior_of):
    mean, covariance = vae.grid_moments(posterior_of(lab.controls["x"].value))
    widths = np.sqrt(np.diag(covariance))
    values = *mean, *widths, covariance[0, 1] / widths.prod()
    names = "mean_1", "mean_2", "width_1", "width_2", "correlation"
    lab.set(**{name: within(lab.controls[name], value) for name, value in zip(names, values, strict=True)})


def decoder_posterior(
    log_likelihood,
    *,
    x=None,
    mean_1=-1.0,
    mean_2=0.5,
    width_1=0.7,
    width_2=0.7,
    correlation=0.0,
    limit=4.0,
    points=81,
):
    """Make the lab of the gap for any decoder with two latents: its posterior on a grid, and a Gaussian q on top.

    Args:
        log_likelihood: function z (count, 2) -> log p(x|z) (count,); or a dict of them, one for each x to choose.
        x: name in that dict; the first when None.
        mean_1, mean_2, width_1, width_2, correlation: of q(z|x).
        limit: the plane shown is [-limit, limit] on both axes.
        points: of the grid, per axis.

    Returns:
        Lab.

    Raises:
        ValueError: when a function's answer is not one finite or -inf number per z, or x is no name in the dict.

    Source: the article, 3.2; Cremer et al. 2018 for the gap of a Gaussian q.
    """
    functions = log_likelihood if isinstance(log_likelihood, dict) else {"x": log_likelihood}
    first = next(iter(functions)) if x is None else x
    if first not in functions:
        raise ValueError(f"no log_likelihood for x = {first!r}; there are {', '.join(map(str, functions))}")
    posterior_of = cache(lambda name: vae.grid_posterior(functions[name], limit=limit, points=points))
    posterior_of(first)  # a function that does not fit is an error of the caller, not a message in the lab
    only_x = {} if isinstance(log_likelihood, dict) else {"x": None}
    given = only_x | {"limit": limit, "points": points} | passed_in(log_likelihood=log_likelihood)
    picture = _Picture(limit, points)
    lab = Lab(
        "The gap of a real decoder",
        "vae_lab.decoder_posterior",
        _controls(list(functions), limit, first, mean_1, mean_2, width_1, width_2, correlation),
        partial(_update, picture, posterior_of),
        figure=picture.figure,
        formula=FORMULA,
        presets=PRESETS,
        below=[
            button("fit q", "Gives q the mean, the widths and the correlation of the posterior", lambda: lab.best())
        ],
        more_state=lambda: given,
    )
    lab.best = partial(_fit_q, lab, posterior_of)
    lab.drag = picture.figure.on_pointer(
        lambda z_1, z_2, phase: lab.set(mean_1=round(z_1, 2), mean_2=round(z_2, 2)), axes=picture.left
    )
    return lab
