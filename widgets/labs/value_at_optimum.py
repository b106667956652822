"""The value at the optimum, by two formulas, one of which ends in rounding."""

from functools import lru_cache, partial

import numpy as np

from animkit.theory import gan
from widgets.parts.figure import COLOURS, LiveFigure, legend_above
from widgets.parts.lab import Lab, slider

WIDE = np.linspace(-10.0, 36.0, 1151)
SHIFTS = np.linspace(0.0, 20.0, 41)
LOG_P = gan.log_gaussian(WIDE)
GRAIN = float(np.spacing(gan.LOG_4))  # between neighbouring doubles there

FORMULA = (
    r"$$V(D^*)=\int p\log\frac{p}{p+q}+q\log\frac{q}{p+q}\;dx=-\log 4+2\,\mathrm{JSD}(p\,\|\,q)$$"
    "<p>Against the best D, the generator is left with the Jensen-Shannon divergence: −log 4 when q = p, and "
    "almost 0 once they hardly overlap.</p>"
)
PRESETS = {
    "μ = 0: the generator is right": {"mean": 0.0, "std": 1.0},
    "μ = 1": {"mean": 1.0, "std": 1.0},
    "μ = 4": {"mean": 4.0, "std": 1.0},
    "μ = 16: too fine for the sum": {"mean": 16.0, "std": 1.0},
    "same centre, half the width": {"mean": 0.0, "std": 0.5},
}


class _Picture:
    """The densities; V(D*) over the shift; and how far below 0 it stays, on a logarithmic axis."""

    def __init__(self):
        self.figure = LiveFigure(
            "Left: the density of the data and that of the generator, shifted by mu. Middle: V(D*) rises from -log 4 to"
            " 0 as mu grows, by both formulas. Right: how far below 0 it stays, on a logarithmic axis; the sum ends in"
            " rounding near 10⁻¹⁶, the log domain goes on.",
            columns=3,
            height=360,
        )
        left, middle, right = self.figure.axes
        moving, ones = self.figure.moving, np.ones(len(SHIFTS))
        left.plot(WIDE, np.exp(LOG_P), color=COLOURS["blue"], lw=2.5, label="p, data")
        self.q = moving(left.plot(WIDE, 0 * WIDE, "--", color=COLOURS["red"], lw=2.5, label="q, generator")[0])
        looks = (
            ("-", {"color": COLOURS["black"], "lw": 2.5, "label": "log domain"}),
            ("x", {"color": COLOURS["red"], "ms": 7, "mew": 2, "label": "−log 4 + 2 JSD"}),
        )
        self.curves, self.sums = (
            [moving(axes.plot(SHIFTS, ones, style, **look)[0]) for axes in (middle, right)] for style, look in looks
        )
        self.dots = [moving(axes.plot([0], [1], "o", color=COLOURS["green"], ms=11)[0]) for axes in (middle, right)]
        middle.axhline(-gan.LOG_4, color="grey", lw=1, ls=":")
        middle.text(20, -gan.LOG_4 + 0.03, "−log 4", ha="right", color="dimgrey")
        right.axhspan(1e-26, GRAIN, color="0.88")
        right.text(19.6, 3e-26, "finer than float64\ncan tell near log 4", color="0.3", ha="right", va="bottom")
        left.set(xlim=(-4, 26), ylim=(0, 0.85), xlabel="x", ylabel="density")
        middle.set(xlim=(0, 20.5), ylim=(-1.5, 0.1), xlabel="shift μ", ylabel="V(D*), nats")
        right.set(xlim=(0, 20.5), ylim=(1e-26, 10), yscale="log", xlabel="shift μ", ylabel="−V(D*), nats")
        legend_above(left, columnspacing=0.8, handlelength=1.5)
        legend_above(middle, columnspacing=0.8, handlelength=1.5)

    def show(self, q, mean, value, exact, summed):
        """The density q, its place, the value there, and over all shifts both ways to find the value."""
        self.q.set_ydata(q)
        self.curves[0].set_ydata(exact)
        self.curves[1].set_ydata(-exact)
        self.sums[0].set_ydata(summed)
        # a sum of 0, or on the wrong side of it, has no place on a logarithmic axis
        self.sums[1].set_ydata(np.where(summed < 0.0, -summed, np.nan))
        self.dots[0].set_data([mean], [value])
        self.dots[1].set_data([mean], [-value])
        self.figure.update()


def _both(log_q):
    return gan.value_at_optimum(WIDE, LOG_P, log_q), gan.value_from_js(WIDE, LOG_P, log_q)


@lru_cache(maxsize=16)
def _over_shifts(std):
    """Both values for every shift: (2, shifts)."""
    return np.array([_both(gan.log_gaussian(WIDE, shift, std)) for shift in SHIFTS]).T


def _update(picture, mean, std):
    log_q = gan.log_gaussian(WIDE, mean, std)
    exact, summed = _both(log_q)
    picture.show(np.exp(log_q), mean, exact, *_over_shifts(std))
    shown = (lambda v: f"{v:.6f}") if exact < -1e-4 else (lambda v: f"{v:.3e}")
    jsd = (summed + gan.LOG_4) / 2.0
    lost = (
        f"<br>The sum is {round(summed / GRAIN)} × {GRAIN:.1e}, a whole number of steps between neighbouring "
        f"doubles near log 4: it can't end between two of them, and is {100 * abs(summed / exact - 1.0):.2g}% off. "
        "The log domain adds up small numbers only, and keeps all their digits."
        if -exact < 1e-11
        else ""
    )
    apart = f"the two differ by {abs(exact - summed):.1e}" if exact != summed else "the same to the last digit"
    return (
        f"In the log domain: V(D*) = −exp({gan.log_deficit(WIDE, LOG_P, log_q):.4f}) = <b>{shown(exact)}</b>.<br>"
        f"As a sum: −log 4 + 2 · JSD = −{gan.LOG_4:.6f} + 2 · {jsd:.6f} = <b>{shown(summed)}</b>; "
        f"{apart}.{lost}"
    )


def value_at_optimum(*, mean=1.0, std=1.0):
    """Make the lab of the value at the optimum, two ways, and of what a rounded sum can't show.

    Args:
        mean: of the generator's density; the data's is a standard Gaussian.
        std: width of the generator's density.

    Returns:
        Lab.

    Source: Goodfellow et al. 2014, theorem 1.
    """
    width = "Standard deviation of the generator's density; the data's is 1"
    picture = _Picture()
    return Lab(
        "The value at the optimum",
        "gan_lab.value_at_optimum",
        {
            "mean": slider("shift μ of q", "Distance between the two densities, in units of x", mean, 0.0, 20.0, 0.05),
            "std": slider("width of q", width, std, 0.5, 2.0),
        },
        partial(_update, picture),
        figure=picture.figure,
        formula=FORMULA,
        presets=PRESETS,
    )
