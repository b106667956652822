"""What an adversarial term adds, and what it costs: a surface leans one way or the other, a flat answer neither."""

from functools import partial

import numpy as np

from animkit.theory import answers as theory
from animkit.theory import gan
from widgets.parts.figure import COLOURS, LiveFigure, legend_above, nice_number, set_limits
from widgets.parts.lab import Lab, slider

ASKED = np.linspace(-60.0, 60.0, 121)  # degrees, answers whose cost is drawn
SPREAD = 4.0
LAMP = 45.0  # degrees to the left of the viewer
MOST = 4.0
WITHIN = 22.5  # degrees: an error that tables call close
ROOF, GAP = 24, 5  # pixels of a picture of a ridge, and between two

FORMULA = (
    r"$$L(\hat\theta)=\frac{\mathbb E\,(\theta-\hat\theta)^2}{\vartheta^2}+\lambda\,\big(\max_D V+\log 4\big),\qquad "
    r"\max_D V+\log 4=2\,\mathrm{JS}\big(p_{\text{real}}\,\|\,p_{\hat\theta}\big)$$"
    "<p>The same picture is a ridge or a groove: its left flank leans by +θ or by −θ. Squared error alone answers with "
    "the mean, a flat surface, which no lamp can model. The best discriminator knows that nothing real is flat, and "
    "charges 2 log 2 for it; for one of the two leans it charges less. What looks real is then wrong every other "
    "time.</p>"
)
PRESETS = {
    "squared error alone": {"weight": 0.0, "share": 0.5, "answer": 0.0},
    "with the term: one of the two": {"weight": 1.2, "share": 0.5, "answer": 27.5},
    "a ridge four times in five, squared error alone": {"weight": 0.0, "share": 0.8, "answer": 18.0},
    "the same with a little of the term": {"weight": 0.3, "share": 0.8, "answer": 27.0},
    "only one answer is right": {"weight": 1.0, "share": 1.0, "answer": 30.0},
    "nearly flat anyway": {"tilt": 5.0, "weight": 1.0, "share": 0.5, "answer": 0.0},
}


def _ridge(lean):
    """Brightness of two flanks, (ROOF, ROOF), under a lamp from the left: the left one leans by `lean`."""
    flanks = np.cos(np.radians([LAMP - lean, LAMP + lean]))
    return np.repeat(np.maximum(flanks, 0.0), ROOF // 2)[None].repeat(ROOF, axis=0)


class _Picture:
    """Real leans and the answer with the discriminator between; what answers cost; the ridge lit."""

    def __init__(self):
        self.figure = LiveFigure(
            "Left: two bells, the leans that are real, and a third, the answer; below them what the best discriminator"
            " says. Middle: cost of every answer, by squared error, by the weighted discriminator, and both together,"
            " with the cheapest and the answer given marked. Right: a ridge, a groove and the answer, lit from the"
            " left; a flat answer shows no ridge.",
            mosaic=[["densities", "cost", "lit"], ["judge", "cost", "lit"]],
            height=430,
            ratios=[1.05, 1.25, 0.55],
        )
        axes, moving = self.figure.axes, self.figure.moving
        blue, red = COLOURS["blue"], COLOURS["red"]
        top, bottom = axes["densities"], axes["judge"]
        self.real = moving(top.plot(theory.LEANS, 0 * theory.LEANS, color=blue, lw=2.5, label="real")[0])
        self.fake = moving(top.plot(theory.LEANS, 0 * theory.LEANS, "--", color=red, lw=2.5, label="answer")[0])
        top.set(xlim=(-60, 60), ylim=(0, 0.125), ylabel="density", xticks=[-60, -30, 0, 30, 60])
        legend_above(top)
        self.judge = moving(bottom.plot(theory.LEANS, 0 * theory.LEANS, color=COLOURS["black"], lw=2.5)[0])
        bottom.set(xlim=(-60, 60), ylim=(-0.05, 1.05), xlabel="left flank leans by, degrees", ylabel="D: real")
        bottom.set_xticks([-60, -30, 0, 30, 60])
        self._costs(axes["cost"])
        self.lit = moving(axes["lit"].imshow(np.ones((3 * (ROOF + GAP) - GAP, ROOF)), cmap="gray", vmin=0, vmax=1))
        axes["lit"].axis("off")
        for number, said in enumerate(("a ridge", "a groove", "the answer")):
            axes["lit"].text(ROOF / 2 - 0.5, number * (ROOF + GAP) - 0.9, said, ha="center", va="bottom")

    def _costs(self, axes):
        moving = self.figure.moving
        self.squared = moving(axes.plot(ASKED, 0 * ASKED, ":", color="0.4", lw=2.5, label="squared error, θ²")[0])
        self.charged = moving(axes.plot(ASKED, 0 * ASKED, "--", color=COLOURS["red"], lw=2, label="λ × 2 JS, nats")[0])
        self.total = moving(axes.plot(ASKED, 0 * ASKED, color=COLOURS["black"], lw=3, label="both")[0])
        self.best = moving(axes.plot([0], [0], "D", ms=11, color=COLOURS["green"], mec="k", label="cheapest")[0])
        self.given = moving(axes.plot([0], [0], "v", ms=12, color=COLOURS["red"], label="yours: drag")[0])
        self.figure.seldom(axes.yaxis)
        axes.set(xlim=(-60, 60), xticks=[-60, -30, 0, 30, 60], xlabel="answer, degrees", ylabel="cost")
        legend_above(axes, ncols=3)

    def show(self, real, answer, costs, best):
        """Log density of what is real; the answer, degrees, and its cost; costs (3, asked); the cheapest's place."""
        fake = gan.log_gaussian(theory.LEANS, answer[0], SPREAD)
        self.real.set_ydata(np.exp(real))
        self.fake.set_ydata(np.exp(fake))
        self.judge.set_ydata(gan.optimal_discriminator(real, fake))
        for line, heights in zip((self.total, self.squared, self.charged), costs, strict=True):
            line.set_ydata(heights)
        self.best.set_data([ASKED[best]], [costs[0][best]])
        self.given.set_data([answer[0]], [answer[1]])
        set_limits(self.figure.axes["cost"], ylim=(0, nice_number(max(1.5 * costs[0].min(), 4.0))))

    def light(self, leans):
        """Draw the ridges, one above the other."""
        sheet = np.full((3 * (ROOF + GAP) - GAP, ROOF), np.nan)  # nothing is drawn between them
        for number, lean in enumerate(leans):
            sheet[number * (ROOF + GAP) :][:ROOF] = _ridge(lean)
        self.lit.set_data(sheet)
        self.figure.update()


def _told(what, lean, tilt, share):
    errors = theory.lean_errors(lean, tilt, share)
    close = sum(
        weight for weight, true in ((share, tilt), (1 - share, -tilt)) if abs(lean - true) < WITHIN and weight > 0
    )
    return (
        f"{what} {lean:+.1f}°: off by <b>{errors['mean']:.2f}</b>° on average, rms <b>{errors['rms']:.2f}</b>°, "
        f"{100 * close:.0f} % within {WITHIN}°; sharpness <b>{errors['sharpness']:.2f}</b>"
    )


def _update(picture, kept, weight, answer, share, tilt):
    if kept.get("task") != (share, tilt):  # the discriminator's term takes a while, and no weight changes it
        kept["task"], kept["parts"] = (share, tilt), theory.total_cost(ASKED, tilt, 0.0, share, SPREAD)[1:]
    squared, term = kept["parts"]
    total = squared + weight * term
    best = int(np.argmin(np.round(total, 9)))
    cost = theory.total_cost([answer], tilt, weight, share, SPREAD)
    picture.show(theory.true_leans(tilt, share, SPREAD), (answer, cost[0][0]), (total, squared, weight * term), best)
    picture.light([tilt, -tilt, answer])
    return (
        f"{_told('Your answer', answer, tilt, share)}; D charges {cost[2][0]:.3f} nats; "
        f"with λ it costs <b>{cost[0][0]:.3f}</b>.<br>"
        f"{_told('Cheapest', ASKED[best], tilt, share)}; D charges {term[best]:.3f} nats of at most "
        f"{2 * gan.LOG_2:.3f}; with λ it costs <b>{total[best]:.3f}</b>."
    )


def _drag(lab, x, y, phase):
    lab.set(answer=round(float(np.clip(x, -60.0, 60.0)), 1))


def adversarial_term(*, weight=0.5, answer=0.0, share=0.5, tilt=30.0):
    """Make the lab of the adversarial term: what it adds to squared error, and what it costs.

    Args:
        weight: of the term, lambda.
        answer: the lean that is answered, degrees.
        share: how often the surface is a ridge, not a groove.
        tilt: by which its flanks lean, degrees.

    Returns:
        Lab.

    Source: Goodfellow et al. 2014, theorem 1; Isola et al. 2017, section 3.1.
    """
    picture = _Picture()
    controls = {
        "weight": slider("weight λ", "Of the adversarial term beside squared error", weight, 0.0, MOST, 0.05),
        "answer": slider("your answer, degrees", "Or drag over the costs", answer, -60.0, 60.0, 0.5),
        "share": slider("share of ridges", "How often it is a ridge, not a groove", share, 0.5, 1.0),
        "tilt": slider("flanks lean by, degrees", "How steep it truly is", tilt, 5.0, 45.0, 1.0),
    }
    lab = Lab(
        "What the adversarial term adds, and costs",
        "light_lab.adversarial_term",
        controls,
        partial(_update, picture, {}),
        figure=picture.figure,
        formula=FORMULA,
        presets=PRESETS,
    )
    lab.drag = picture.figure.on_pointer(partial(_drag, lab), axes=picture.figure.axes["cost"])
    return lab
