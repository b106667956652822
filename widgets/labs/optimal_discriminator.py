"""The best discriminator, place by place: p / (p + q), and a small network that finds it."""

from functools import partial

import numpy as np
from scipy.special import expit

from animkit.theory import critic, gan
from widgets.parts.drawing import Drawing
from widgets.parts.figure import COLOURS, LiveFigure, legend_above
from widgets.parts.lab import Lab, Training, choice, restart, slider, transport

GRID = np.linspace(-6.0, 6.0, 241)
COARSE = slice(None, None, 4)  # the places on which the small D is trained
ANSWERS = np.linspace(0.001, 0.999, 400)

FORMULA = (
    r"$$\max_D\; a\log D + b\log(1-D) \quad\Rightarrow\quad D^*(x)=\frac{a}{a+b}=\frac{p(x)}{p(x)+q(x)}$$"
    "<p>At every place x, D is paid a log D for real points and b log(1 − D) for fakes. Move x and see that the "
    "curve is highest exactly at p/(p + q); a small network, trained on the same pay, finds that answer.</p>"
)
PRESETS = {
    "the same density twice": {"p_mean": 0.0, "q_mean": 0.0, "q_std": 1.0, "p_drawn": [], "q_drawn": []},
    "far apart": {"p_mean": -3.0, "q_mean": 3.0, "p_drawn": [], "q_drawn": []},
    "a narrow generator": {"p_mean": 0.0, "p_std": 2.0, "q_mean": 0.5, "q_std": 0.5, "q_drawn": []},
    "data drawn with two peaks": {
        "p_drawn": [(-4.0, 0.0), (-2.5, 0.4), (-1.0, 0.05), (1.0, 0.05), (2.5, 0.6), (4.0, 0.0)],
        "q_drawn": [],
        "q_mean": 0.0,
        "q_std": 2.0,
    },
    "D trained for 200 steps": {"steps": 200},
}


class _Picture:
    """Both densities over the answers of D; beside them what each answer earns at one place."""

    def __init__(self):
        self.figure = LiveFigure(
            "Left: densities of data p and of the generator q, and below them the best discriminator p/(p+q) with a"
            " small trained one. Right: what each answer D earns at the chosen place x, with its maximum marked.",
            mosaic=[["densities", "earned"], ["answer", "earned"]],
            height=440,
            ratios=[1.3, 1.0],
        )
        top, bottom, right = (self.figure.axes[name] for name in ("densities", "answer", "earned"))
        moving, blue, red = self.figure.moving, COLOURS["blue"], COLOURS["red"]
        self.p, self.q = moving(
            top.plot(GRID, 0 * GRID, color=blue, lw=2.5, label="p, data")[0],
            top.plot(GRID, 0 * GRID, "--", color=red, lw=2.5, label="q, generator")[0],
        )
        self.a, self.b = moving(
            top.plot([0], [0], "o", color=blue, ms=9)[0],
            top.plot([0], [0], "s", color=red, ms=9)[0],
        )
        self.best, self.small = moving(
            bottom.plot(GRID, 0 * GRID, color=COLOURS["black"], lw=2.5, label="D* = p / (p + q)")[0],
            bottom.plot(GRID, 0 * GRID, "-.", color=COLOURS["green"], lw=2.5, label="small D, trained")[0],
        )
        self.rules = moving(*(axes.axvline(0, color="grey", lw=1) for axes in (top, bottom)))
        self.earned, self.maximum, self.small_earned = moving(
            right.plot(ANSWERS, 0 * ANSWERS, color=COLOURS["black"], lw=2.5, label="earned")[0],
            right.plot([0], [0], "v", color=COLOURS["black"], ms=11, label="maximum")[0],
            right.plot([0], [0], "D", color=COLOURS["green"], ms=9, label="small D")[0],
        )
        top.set(xlim=(-6, 6), ylim=(0, 0.9), ylabel="density")
        bottom.set(xlim=(-6, 6), ylim=(-0.05, 1.05), xlabel="x", ylabel="D says: real")
        right.set(xlim=(0, 1), ylim=(-3, 0.2), xlabel="answer D", ylabel="(a log D + b log(1 − D)) / (a + b)")
        for axes in (top, bottom, right):
            legend_above(axes)

    def show_functions(self, p, q, best, small):
        """Densities and answers, each (places,)."""
        for line, heights in ((self.p, p), (self.q, q), (self.best, best), (self.small, small)):
            line.set_ydata(heights)

    def show_place(self, place, a, b, small):
        """Densities and what can be earned at one place."""
        self.a.set_data([place], [a])
        self.b.set_data([place], [b])
        for rule in self.rules:
            rule.set_xdata([place, place])
        somewhere = bool(a + b > 0.0)
        for artist in (self.earned, self.maximum, self.small_earned):
            artist.set_visible(somewhere)
        if somewhere:
            best = gan.best_answer(a, b)
            height = gan.pointwise_value(np.array([best, small]), a, b) / (a + b)
            self.earned.set_ydata(gan.pointwise_value(ANSWERS, a, b) / (a + b))
            self.maximum.set_data([best], [height[0] + 0.09])  # its tip touches the curve
            self.small_earned.set_data([small], [height[1]])


def _update(picture, training, p_mean, p_std, q_mean, q_std, place, drag, p_drawn, q_drawn, seed, steps):
    log_p = gan.log_drawing(GRID, p_drawn) if p_drawn else gan.log_gaussian(GRID, p_mean, p_std)
    log_q = gan.log_drawing(GRID, q_drawn) if q_drawn else gan.log_gaussian(GRID, q_mean, q_std)
    player = training.at(
        steps,
        (log_p.tobytes(), log_q.tobytes(), seed),
        start=lambda: critic.new_player((1, 12, 12, 1), activation="tanh", seed=seed),
        advance=lambda player, _: critic.fit_on_grid(
            player, GRID[COARSE], log_p[COARSE], log_q[COARSE], learning_rate=0.03
        )[0],
    )
    logit = critic.player_output(player, GRID[:, None])[:, 0]
    p, q, small = np.exp(log_p), np.exp(log_q), expit(logit)
    a, b, small_here = (np.interp(place, GRID, heights) for heights in (p, q, small))
    picture.show_functions(p, q, gan.optimal_discriminator(log_p, log_q), small)
    picture.show_place(place, a, b, small_here)
    picture.figure.update()
    here = (
        f"At x = {place:.2f}: a = p(x) = {a:.4f}, b = q(x) = {b:.4f}, "
        f"best answer a / (a + b) = <b>{gan.best_answer(a, b):.4f}</b>; the small D says {small_here:.4f}."
        if a + b > 0.0
        else f"At x = {place:.2f} neither density has mass: nothing is earned there, D may say anything."
    )
    value, ceiling = gan.value(GRID, log_p, log_q, logit), gan.value_at_optimum(GRID, log_p, log_q)
    return (
        f"{here}<br>After {steps} training steps V(D) = <b>{value:.5f}</b>, "
        f"the best possible is V(D*) = <b>{ceiling:.5f}</b>."
    )


def _idle(p_drawn, q_drawn, **_):
    drawn = [name for name, heights in (("p", p_drawn), ("q", q_drawn)) if heights]
    return {f"{name}_{what}": f"{name} is drawn by hand" for name in drawn for what in ("mean", "std")}


def _drag(controls, x, y, phase):
    if controls["drag"].value == "place":
        controls["place"].value = round(x, 2)
    else:
        controls[f"{controls['drag'].value}_drawn"].add(x, y, phase)


def optimal_discriminator(
    *,
    p_mean=-1.0,
    p_std=1.0,
    q_mean=1.0,
    q_std=1.0,
    place=0.5,
    drag="place",
    p_drawn=(),
    q_drawn=(),
    seed=0,
    steps=0,
):
    """Make the lab of the best discriminator, p / (p + q), place by place.

    Args:
        p_mean, p_std, q_mean, q_std: two Gaussians, the data's and the generator's.
        place: x where D answers.
        drag: what dragging on the left picture does, "place", "p" or "q".
        p_drawn, q_drawn: heights drawn by hand [(x, height), ...] in place of a Gaussian.
        seed: of the small D's first weights.
        steps: training steps of the small D.

    Returns:
        Lab.

    Source: the article, 3.1; Goodfellow et al. 2014, proposition 1.
    """
    drags = [("moves the place x", "place"), ("draws p by hand", "p"), ("draws q by hand", "q")]
    heights = {"limit": 50, "cell": 0.25, "curve": True}
    controls = {
        "p_mean": slider("p: mean", "Moves the data's density along x", p_mean, -4.0, 4.0),
        "p_std": slider("p: width", "Standard deviation of the data, in units of x", p_std, 0.5, 2.5),
        "q_mean": slider("q: mean", "Moves the generator's density along x", q_mean, -4.0, 4.0),
        "q_std": slider("q: width", "Standard deviation of the fakes, in units of x", q_std, 0.5, 2.5),
        "place": slider("place x", "Where D is asked for its answer; or drag on the left picture", place, -6.0, 6.0),
        "drag": choice("dragging", "What the pointer does on the densities", drags, drag),
        "p_drawn": Drawing("p by hand", "Heights over x, in place of p's sliders", p_drawn, **heights),
        "q_drawn": Drawing("q by hand", "Heights over x, in place of q's sliders", q_drawn, **heights),
        "seed": slider("seed", "Decides the small D's first weights", seed, 0, 99, 1, integer=True),
        "steps": slider("training steps of D", "How long the small D has learnt", steps, 0, 200, 1, integer=True),
    }
    task = [control for name, control in controls.items() if name not in ("place", "drag", "steps")]
    restart(controls["steps"], task)
    picture = _Picture()
    lab = Lab(
        "The best discriminator",
        "gan_lab.optimal_discriminator",
        controls,
        partial(_update, picture, Training()),
        figure=picture.figure,
        formula=FORMULA,
        presets=PRESETS,
        below=[transport(controls["steps"], stride=2)],
        idle=_idle,
    )
    lab.drag = picture.figure.on_pointer(partial(_drag, controls), axes=picture.figure.axes["densities"])
    return lab
