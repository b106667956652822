"""Three estimators of one gradient, that of E|z|^2 by the mean of z: what one draw of each is worth."""

from functools import lru_cache, partial

import numpy as np
from matplotlib.ticker import MaxNLocator

from animkit.theory import vae
from widgets.parts.figure import COLOURS, LiveFigure, legend, nice_number, set_limits, stepped
from widgets.parts.lab import Lab, slider
from widgets.parts.numbers import with_minus

FORMULA = (
    r"$$\nabla_\mu\,\mathbb{E}\,f(z),\; f=|z|^2:\qquad \big(f(z)-c\big)\frac{z-\mu}{\sigma^2}\quad"
    r"(c=0\ \mathrm{or}\ \mathbb{E}f)\qquad\mathrm{or}\qquad \nabla_z f=2z,\;\; z=\mu+\sigma\varepsilon$$"
    "<p>All three are right on average. But the score function knows only how good a draw was, not which way was "
    "better, so its noise grows with every further latent; reparametrisation asks f for its slope.</p>"
)
PRESETS = {
    "one latent": {"dimension": 1, "mean": 1.0, "std": 1.0},
    "ten latents": {"dimension": 10, "mean": 1.0, "std": 1.0},
    "thirty latents": {"dimension": 30, "mean": 1.0, "std": 1.0},
    "at the minimum: gradient 0": {"mean": 0.0, "std": 1.0},
    "a narrow q": {"mean": 1.0, "std": 0.1},
}
LOOKS = {  # estimator -> (what it is called, colour, line, marker)
    "score": ("score function", COLOURS["red"], "-", "o"),
    "baseline": ("with baseline", COLOURS["orange"], "--", "s"),
    "reparameterised": ("reparameterised", COLOURS["blue"], "-.", "^"),
}
DIMENSIONS = np.array([1, 2, 3, 4, 6, 8, 11, 16, 22, 30])
TRIED = np.array([1, 2, 4, 8, 16, 30])


@lru_cache(maxsize=4)
def _exact_variances(mean, std):
    """Estimator -> variance of one draw, in each of DIMENSIONS."""
    by_dimension = [vae.estimator_variances(np.full(d, mean), std) for d in DIMENSIONS]
    return {name: [variances[name][0] for variances in by_dimension] for name in (*LOOKS, "best_baseline")}


@lru_cache(maxsize=4)
def _drawn_variances(mean, std, samples, seed):
    """Estimator -> variance of the draws, in each dimension that is TRIED."""
    tries = [vae.estimator_samples(np.full(d, mean), std, samples, seed=seed) for d in TRIED]
    return {name: [drawn[name][:, 0].var(ddof=1) for drawn in tries] for name in LOOKS}


class _Picture:
    """A histogram of single-draw gradients for each estimator; beside them their variance by dimension."""

    def __init__(self):
        self.figure = LiveFigure(
            "Left: histograms of single-draw gradients from the score function, from the score function with a baseline"
            " and from reparametrisation; all have the same mean. Right: their variance against the dimension of z on"
            " logarithmic axes; only the reparameterised one stays level.",
            mosaic=[["score", "variance"], ["baseline", "variance"], ["reparameterised", "variance"]],
            height=460,
            ratios=[1.0, 1.1],
        )
        self.rows = {name: self._histogram(self.figure.axes[name], name) for name in LOOKS}
        scale = self.figure.axes["reparameterised"].xaxis
        scale.set_major_locator(MaxNLocator(5, prune="lower"))  # a label at the left end would be cut off
        self.figure.seldom(scale)
        self.figure.axes["reparameterised"].set_xlabel("gradient, one draw (dotted: true)")
        self._lines(self.figure.axes["variance"])
        self.figure.redraw()

    def _histogram(self, axes, name):
        label, colour, *_ = LOOKS[name]
        axes.set(ylim=(0, 1.25), yticks=[])
        axes.spines["left"].set_visible(False)
        axes.text(0.01, 0.97, label, transform=axes.transAxes, va="top", color=COLOURS["black"], fontsize=12)
        if name != "reparameterised":  # they share the scale of the lowest
            axes.set_xticks([])
        return self.figure.moving(
            axes.stairs(np.zeros(60), np.arange(61.0), fill=True, color=colour, alpha=0.85),
            axes.axvline(0, color=COLOURS["black"], lw=2, ls=":"),
            axes.text(0.99, 0.97, "", transform=axes.transAxes, va="top", ha="right"),
        )

    def _lines(self, axes):
        self.figure.seldom(axes.yaxis)
        moving, self.curves, self.dots = self.figure.moving, {}, {}
        for name, (label, colour, line, marker) in LOOKS.items():
            self.curves[name] = moving(axes.plot(DIMENSIONS, DIMENSIONS, line, color=colour, lw=2.5, label=label)[0])
            self.dots[name] = moving(axes.plot(TRIED, TRIED, marker, color=colour, ms=9, mfc="white", mew=2)[0])
        self.curves["best_baseline"] = moving(
            axes.plot(DIMENSIONS, DIMENSIONS, ":", color="0.35", lw=2, label="best constant baseline")[0]
        )
        self.here = moving(axes.axvline(1, color="0.5", lw=1.5))
        axes.set(xscale="log", yscale="log", xlim=(0.9, 33), xlabel="dimension of z", ylabel="variance of one draw")
        axes.set_xticks(TRIED, TRIED)
        axes.minorticks_off()
        legend(axes, loc="upper left")
        axes.text(0.98, 0.02, "lines: exact; marks: from samples", transform=axes.transAxes, ha="right", color="0.3")
        axes.set_ylim(1.0, 1e5)

    def show_draws(self, true_gradient, exact, drawn):
        """Histograms of the draws, all on the scale that the score function needs."""
        reach = nice_number(3.0 * np.sqrt(exact["score"]))
        edges = np.linspace(*stepped(true_gradient - reach, true_gradient + reach, 0.25 * reach), 61)
        for name, (bars, rule, text) in self.rows.items():
            counts = np.histogram(drawn[name], edges)[0]
            bars.set_data(counts / max(counts.max(), 1), edges)
            rule.set_xdata([true_gradient] * 2)
            text.set_text(with_minus(f"variance {exact[name]:.4g}\n(drawn: {drawn[name].var(ddof=1):.4g})"))
            set_limits(self.figure.axes[name], xlim=(edges[0], edges[-1]))

    def show_variances(self, dimension, exact, drawn):
        """Lines and marks by dimension, and where we are."""
        for name, curve in self.curves.items():
            curve.set_ydata(exact[name])
        for name, dots in self.dots.items():
            dots.set_ydata(drawn[name])
        self.here.set_xdata([dimension] * 2)
        values = np.log10(np.concatenate(list(exact.values())))
        low, high = values.min() - 0.2, values.max() + 1.0  # room for the legend
        set_limits(self.figure.axes["variance"], ylim=tuple(10.0 ** np.array([np.floor(low), np.ceil(high)])))


def _controls(dimension, mean, std, samples, seed):
    return {
        "dimension": slider("dimension of z", "How many latents", dimension, 1, 30, 1, integer=True),
        "mean": slider("mean of z", "In every dimension; the true gradient is twice this", mean, -3.0, 3.0, 0.05),
        "std": slider("width of z", "Standard deviation of q in every dimension", std, 0.1, 3.0, 0.05),
        "samples": slider(
            "draws", "Single-draw gradients in each histogram and mark", samples, 50, 2000, 50, integer=True
        ),
        "seed": slider("seed", "Decides the draws", seed, 0, 99, 1, integer=True),
    }


def _update(picture, dimension, mean, std, samples, seed):
    means = np.full(dimension, mean)
    exact = {name: value[0] for name, value in vae.estimator_variances(means, std).items()}
    drawn = {name: value[:, 0] for name, value in vae.estimator_samples(means, std, samples, seed=seed).items()}
    picture.show_draws(2.0 * mean, exact, drawn)
    picture.show_variances(dimension, _exact_variances(mean, std), _drawn_variances(mean, std, samples, seed))
    picture.figure.update()
    told = ", ".join(f"{label} {drawn[name].mean():.3f}" for name, (label, *_) in LOOKS.items())
    return (
        f"d = {dimension}, μ = {mean:.2f}, σ = {std:.2f}: one draw has variance "
        f"<b>{exact['score']:.4g}</b> by the score function, <b>{exact['baseline']:.4g}</b> with E f = "
        f"{dimension * (mean**2 + std**2):.4g} taken off, <b>{exact['reparameterised']:.4g}</b> reparameterised: "
        f"one such draw is worth {exact['score'] / exact['reparameterised']:.3g} of the first kind.<br>"
        f"True gradient 2μ = {2 * mean:.3f}; the mean of {samples} draws: {told}."
    )


def gradient_estimators(*, dimension=10, mean=1.0, std=1.0, samples=1000, seed=0):
    """Make the lab of three estimators of one gradient, that of E|z|^2 by the mean of z.

    Args:
        dimension: of z.
        mean: of z, in every dimension.
        std: of z, in every dimension.
        samples: single-draw gradients in each histogram.
        seed: of the draws.

    Returns:
        Lab.

    Source: Williams 1992; Kingma and Welling 2013, section 2.2.
    """
    picture = _Picture()
    return Lab(
        "Three estimators of one gradient",
        "vae_lab.gradient_estimators",
        _controls(dimension, mean, std, samples, seed),
        partial(_update, picture),
        figure=picture.figure,
        formula=FORMULA,
        presets=PRESETS,
    )
