"""log p(x) as bars beside the ELBO and its gap: the formula, the picture and the numbers of the two labs of the gap."""

import numpy as np
from matplotlib.patches import Rectangle

from widgets.parts.figure import COLOURS, nice_number, set_limits, stepped
from widgets.parts.numbers import with_minus

EVIDENCE = (
    r"$$\log p(x)=\underbrace{\mathbb{E}_q[\log p(x|z)]-\mathrm{KL}(q\,\|\,p(z))}_{\mathrm{ELBO}}"
    r"+\underbrace{\mathrm{KL}(q\,\|\,p(z|x))}_{\mathrm{gap}\;\geq\;0}$$"
)
COLUMNS = "log p(x)", "ELBO\n+ gap", "E log p(x|z)\n− KL(q‖p(z))"
PLACES = np.array([0, 1, 1, 2, 2])
LOOKS = (
    {"facecolor": "0.75", "edgecolor": COLOURS["black"]},
    {"facecolor": COLOURS["sky"], "edgecolor": COLOURS["black"]},
    {"facecolor": COLOURS["orange"], "edgecolor": COLOURS["black"], "hatch": "//"},
    {"facecolor": COLOURS["sky"], "edgecolor": COLOURS["black"]},
    {"facecolor": "white", "edgecolor": COLOURS["green"], "hatch": "\\\\", "lw": 2},
)
GAP, KL = 2, 4  # of the five bars: thin when q is good


class EvidenceBars:
    """log p(x) three times over: whole, as ELBO + gap, and the ELBO as its two terms.

    Args:
        figure: LiveFigure.
        axes: of the figure, for the bars.
    """

    def __init__(self, figure, axes):
        self.axes = axes
        figure.seldom(axes.yaxis)
        self.bars = [
            axes.add_patch(Rectangle((place - 0.36, 0), 0.72, 1, **look))
            for place, look in zip(PLACES, LOOKS, strict=True)
        ]
        self.level = axes.axhline(0, color=COLOURS["black"], lw=1.5, ls="--")
        plate = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1.5}
        self.labels = [axes.text(place, 0, "", ha="center", va="center", bbox=plate) for place in PLACES]
        figure.moving(*self.bars, self.level, *self.labels)
        axes.set(xlim=(-0.5, 2.5), ylabel="nats", xticks=[0, 1, 2], xticklabels=COLUMNS)
        axes.set_ylim(-100.0, 0.0)

    def show(self, log_evidence, bound, gap):
        """Move the bars.

        Args:
            log_evidence: log p(x), nats.
            bound: `animkit.theory.vae.Bound`.
            gap: KL(q || p(z|x)), nats.
        """
        high = max(log_evidence, bound.expected_log_likelihood)
        span = nice_number(1.25 * max(high - bound.elbo, 1.0))
        floor, ceiling = stepped(min(bound.elbo, high - span) - 0.3 * span, high + 0.12 * span, 0.25 * span)
        set_limits(self.axes, ylim=(floor, ceiling))
        edges = (
            (floor, log_evidence),
            (floor, bound.elbo),
            (bound.elbo, log_evidence),
            (floor, bound.elbo),
            (bound.elbo, bound.expected_log_likelihood),
        )
        texts = (
            f"{log_evidence:.3f}",
            f"ELBO\n{bound.elbo:.3f}",
            f"gap {gap:.3f}",
            f"ELBO\n{bound.elbo:.3f}",
            f"KL {bound.kl:.3f}",
        )
        self.level.set_ydata([log_evidence, log_evidence])
        for number, (bar, label) in enumerate(zip(self.bars, self.labels, strict=True)):
            bottom, top = edges[number]
            bar.set_y(bottom)
            bar.set_height(top - bottom)
            middle = (bottom + top) / 2.0
            if number in (GAP, KL) and top - bottom <= 0.12 * span:  # a thin bar has its label above it
                middle = top + 0.06 * span
            label.set_position((PLACES[number], middle))
            label.set_text(with_minus(texts[number]))


def evidence_numbers(log_evidence, bound, gap):
    """Say how the terms add up.

    Args:
        log_evidence: log p(x), nats.
        bound: `animkit.theory.vae.Bound`.
        gap: KL(q || p(z|x)), nats.

    Returns:
        HTML.
    """
    return (
        f"ELBO = E<sub>q</sub>[log p(x|z)] − KL(q‖p(z)) = {bound.expected_log_likelihood:.6f} − {bound.kl:.6f} = "
        f"<b>{bound.elbo:.6f}</b>.<br>"
        f"ELBO + KL(q‖p(z|x)) = {bound.elbo:.6f} + {gap:.6f} = <b>{bound.elbo + gap:.6f}</b>; "
        f"log p(x) = <b>{log_evidence:.6f}</b>: the two, worked out apart, differ by "
        f"{abs(bound.elbo + gap - log_evidence):.1e}."
    )
