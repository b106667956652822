"""KL(N(mean, std^2) || N(0, 1)), term by term and by sampling."""

from functools import partial

import ipywidgets
import numpy as np
from matplotlib.patches import Polygon, Rectangle

from animkit.theory import vae
from widgets.labs.bell import bell, peak, width_under
from widgets.parts.figure import COLOURS, LiveFigure, legend, nice_number, set_limits, stepped
from widgets.parts.lab import Lab, button, slider, transport, within
from widgets.parts.numbers import with_minus

MOST_SAMPLES = 5000
FORMULA = (
    r"$$\mathrm{KL}\big(\mathcal{N}(\mu,\sigma^2)\,\|\,\mathcal{N}(0,1)\big)"
    r"=\mathbb{E}_q[\log q(z)-\log p(z)]=\tfrac{1}{2}\mu^2+\tfrac{1}{2}\sigma^2-\log\sigma-\tfrac{1}{2}$$"
    "<p>One term pulls the mean to 0, two hold the width at 1: too wide costs σ²/2, too narrow costs −log σ. "
    "Draws from q give the same number, but only slowly: a hundred times the draws for one more digit.</p>"
)
PRESETS = {
    "q is the prior: 0": {"mean": 0.0, "std": 1.0},
    "right width, wrong place": {"mean": 2.0, "std": 1.0},
    "right place, too narrow": {"mean": 0.0, "std": 0.1},
    "right place, too wide": {"mean": 0.0, "std": 3.0},
    "ten draws only": {"samples": 10},
    "all draws": {"samples": MOST_SAMPLES},
}
LINE = np.linspace(-5.0, 5.0, 321)
TOP = 1.6  # fixed: were it to grow with q's peak, it would run away from the pointer that drags the peak
TERMS = {"mean": "μ²/2", "variance": "σ²/2", "log_variance": "−log σ", "constant": "−1/2"}
LOOKS = (  # of the four terms and their sum
    {"facecolor": COLOURS["sky"], "hatch": ""},
    {"facecolor": COLOURS["green"], "hatch": "//"},
    {"facecolor": COLOURS["orange"], "hatch": "\\\\"},
    {"facecolor": "0.75", "hatch": ".."},
    {"facecolor": COLOURS["blue"], "hatch": ""},
)
DRAWS = np.arange(1, MOST_SAMPLES + 1)
FEW = 10  # draws whose own spread tells little of their standard error
ROUNDING = 1e-12  # of a sum of terms near 1, nats, with room to spare
SHOWN = np.unique(np.geomspace(2, MOST_SAMPLES, 240).astype(int)) - 1


class _Picture:
    """q and the prior; the four terms, stacked one after another; the running estimate that closes in on their sum."""

    def __init__(self):
        self.figure = LiveFigure(
            "Left: densities of q and of the prior. Middle: the four terms of the KL stacked one after another, and"
            " their sum. Right: a running Monte Carlo estimate with its standard error closes in on that sum.",
            columns=3,
            height=380,
            ratios=[0.9, 1.8, 1.1],
        )
        self.left, self.middle, self.right = self.figure.axes
        self.figure.seldom(self.middle.yaxis, self.right.yaxis)
        self._densities(self.left)
        self._stack(self.middle)
        self._estimate(self.right)
        self.figure.redraw()

    def _densities(self, axes):
        moving = self.figure.moving
        axes.set(xlim=(-5, 5), ylim=(0, TOP), xlabel="z", ylabel="density", xticks=[-4, 0, 4])
        moving(axes.plot(LINE, bell(LINE, 0, 1), ":", color="0.35", lw=2.5, label="prior")[0])
        self.q = moving(axes.plot(LINE, 0 * LINE, "--", color=COLOURS["red"], lw=2.5, label="q")[0])
        self.handle = moving(axes.plot([0], [0], "o", color=COLOURS["red"], ms=12, label="drag me")[0])
        legend(axes, loc="upper left", handlelength=1.6)

    def _stack(self, axes):
        self.blocks, self.heights = [], []
        for number, look in enumerate(LOOKS):
            block = axes.add_patch(Rectangle((number - 0.38, 0), 0.76, 0, edgecolor=COLOURS["black"], **look))
            height = axes.text(number, 0, "", ha="center", va="bottom")
            self.blocks.append(self.figure.moving(block))
            self.heights.append(self.figure.moving(height))
        self.figure.moving(axes.axhline(0, color=COLOURS["black"], lw=1))
        axes.set(xlim=(-0.6, 4.6), ylabel="nats", title="each term starts where the last ended")
        axes.set_xticks(range(5), [*TERMS.values(), "KL"])
        axes.set_ylim(-1.5, 1.5)

    def _estimate(self, axes):
        self.band = self.figure.moving(
            axes.add_patch(Polygon(np.zeros((3, 2)), color=COLOURS["sky"], alpha=0.5, label="± its error"))
        )
        self.exact, self.running, self.last = self.figure.moving(
            axes.axhline(0, color=COLOURS["black"], lw=2, ls="--", label="closed form"),
            axes.plot([1], [0], color=COLOURS["blue"], lw=2, label="mean of draws")[0],
            axes.plot([1], [0], "o", color=COLOURS["blue"], ms=10)[0],
        )
        axes.set(xscale="log", xlim=(2, MOST_SAMPLES), xlabel="draws", ylabel="KL, nats")
        legend(axes, loc="lower right", handlelength=1.4)
        axes.set_ylim(-1.5, 1.5)

    def show_q(self, mean, std):
        """Move q and the handle on its peak."""
        self.q.set_ydata(bell(LINE, mean, std))
        self.handle.set_data([mean], [min(peak(std), 0.985 * TOP)])

    def show_terms(self, terms):
        """Stack the terms, each where the last ended, and their sum."""
        ends = np.cumsum([0.0] + [terms[name] for name in TERMS])
        starts, stops = [*ends[:-1], 0.0], [*ends[1:], terms["kl"]]
        span = nice_number(1.1 * max(np.ptp(ends), 0.5))
        for block, height, start, stop in zip(self.blocks, self.heights, starts, stops, strict=True):
            block.set_y(min(start, stop))
            block.set_height(abs(stop - start))
            height.set_text(with_minus(f"{stop - start:+.2f}"))
            height.set_y(max(start, stop) + 0.015 * span)
        low, high = min(ends.min(), 0.0) - 0.06 * span, max(ends.max(), 0.0) + 0.12 * span
        set_limits(self.middle, ylim=stepped(low, high, 0.1 * span))

    def show_estimate(self, kl, running, error, samples):
        """Draw the running mean and its error as far as the samples go."""
        used = np.append(SHOWN[: np.searchsorted(SHOWN, samples)], samples - 1)
        low, high = (np.stack([DRAWS[used], running[used] + side * error[used]], axis=1) for side in (-1, 1))
        self.band.set_xy(np.concatenate([low, high[::-1]]))
        self.exact.set_ydata([kl] * 2)
        self.running.set_data(DRAWS[used], running[used])
        self.last.set_data([samples], [running[samples - 1]])
        reach = nice_number(max(6.0 * error[-1] * np.sqrt(MOST_SAMPLES / 50), 1e-3))
        set_limits(self.right, ylim=stepped(kl - reach, kl + reach, 0.25 * reach))


def _controls(mean, std, samples, seed):
    return {
        "mean": slider("q: mean μ", "Moves q along z; or drag its peak", mean, -4.0, 4.0),
        "std": slider("q: width σ", "Standard deviation of q; or drag its peak up or down", std, 0.05, 4.0),
        "samples": slider(
            "draws", "How many draws of log q − log p are averaged", samples, 2, MOST_SAMPLES, 1, integer=True
        ),
        "seed": slider("seed", "Decides the draws", seed, 0, 99, 1, integer=True),
    }


def _update(picture, mean, std, samples, seed):
    log_variance = 2.0 * np.log(std)
    terms = {name: float(value[0]) for name, value in vae.kl_terms([mean], [log_variance]).items()}
    running, error = vae.kl_running_estimate([mean], [log_variance], MOST_SAMPLES, seed=seed)
    picture.show_q(mean, std)
    picture.show_terms(terms)
    picture.show_estimate(terms["kl"], running, error, samples)
    picture.figure.update()
    estimate, deviation = running[samples - 1], error[samples - 1]
    told = round(estimate, 4) + 0.0  # no −0
    if deviation <= ROUNDING:  # all draws agree, and what is left of their spread is the rounding of doubles
        off = "exact"
    elif samples < FEW:
        off = "too few to say how far off"
    else:
        off = f"{abs(estimate - terms['kl']) / deviation:.2f} standard errors off"
    return (
        f"{mean:.2f}²/2 + {std:.2f}²/2 − log {std:.2f} − 1/2 = {terms['mean']:.4f} + {terms['variance']:.4f} "
        f"{'+' if terms['log_variance'] >= 0 else '−'} {abs(terms['log_variance']):.4f} − 0.5 = "
        f"<b>{terms['kl']:.6f}</b> nats.<br>"
        f"Mean of {samples} draws of log q(z) − log p(z): <b>{told:.4f}</b> ± {deviation:.4f}, {off}."
    )


def _drag(lab, z, height, phase):
    mean, std = lab.controls["mean"], lab.controls["std"]
    lab.set(mean=within(mean, round(z, 2)), std=within(std, width_under(height)))


def _draw_again(controls):
    controls["seed"].value = (controls["seed"].value + 1) % 100


def kl_closed_form(*, mean=1.0, std=0.5, samples=500, seed=0):
    """Make the lab of KL(N(mean, std^2) || N(0, 1)), term by term and by sampling.

    Args:
        mean, std: of q, for one latent.
        samples: how many draws of log q - log p have been averaged.
        seed: of the draws.

    Returns:
        Lab.

    Source: the article, 3.2; Kingma and Welling 2013, appendix B.
    """
    picture, controls = _Picture(), _controls(mean, std, samples, seed)
    again = partial(_draw_again, controls)
    buttons = [transport(controls["samples"], stride=25), button("draw again", "The next seed: other draws", again)]
    lab = Lab(
        "KL, term by term",
        "vae_lab.kl_closed_form",
        controls,
        partial(_update, picture),
        figure=picture.figure,
        formula=FORMULA,
        presets=PRESETS,
        idle=lambda mean, std, **_: {"seed": "q is the prior, every draw gives 0"} if (mean, std) == (0, 1) else {},
        below=[ipywidgets.HBox(buttons)],
    )
    lab.again = again
    lab.drag = picture.figure.on_pointer(partial(_drag, lab), axes=picture.left)
    return lab
