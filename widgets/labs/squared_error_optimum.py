"""Squared error wants the mean of all futures, which nobody ever sees; a mixture keeps them apart."""

from functools import partial
from typing import NamedTuple

import numpy as np

from animkit.theory import futures as theory
from widgets.parts.figure import COLOURS, LiveFigure, fan, legend, spread
from widgets.parts.lab import Lab, slider
from widgets.parts.player import AnimationPlayer, skeleton
from widgets.parts.sticks import STICKS, leaner

COUNT, FRAMES = 200, 30
AT = np.arange(FRAMES)
TURN = np.linspace(0.0, 1.0, FRAMES) ** 2 * (3.0 - 2.0 * np.linspace(0.0, 1.0, FRAMES))
ENDS = np.linspace(-1.5, 1.5, 61)  # where a prediction may end, radians

FORMULA = (
    r"$$\mathbb E\,\lVert y-\hat y\rVert^2="
    r"\underbrace{\mathbb E\,\lVert y-\bar y\rVert^2}_{\text{own variance}}"
    r"+\underbrace{\lVert\bar y-\hat y\rVert^2}_{\text{extra}}\qquad \hat y^*=\bar y$$"
    "<p>From the same pose some futures go left and some go right. The prediction with the least squared error "
    "lies between them, where no future goes: the figure freezes. A mixture keeps the ways apart, so what is drawn "
    "from it moves.</p>"
)
PRESETS = {
    "as many left as right": {"left": 0.5, "components": 2, "prediction": 0.0},
    "all go right: no harm": {"left": 0.0, "components": 1, "prediction": 1.0},
    "one in five goes left": {"left": 0.2, "components": 2, "prediction": 0.6},
    "a single Gaussian": {"left": 0.5, "components": 1},
    "right on one of the ways": {"left": 0.5, "prediction": 1.0},
}


class _Fork(NamedTuple):
    """Futures that part, and what is learnt from them."""

    futures: np.ndarray  # (count, frames), radians
    mean: np.ndarray  # (frames,)
    variance: float  # the squared error that even the mean has
    mixture: theory.Mixture
    samples: np.ndarray  # (50, frames) from the mixture
    other: int  # a sample that goes another way than the first, where there is one


def _fork(left, noise, components, seed):
    futures, _ = theory.forked_futures(COUNT, FRAMES, left=left, noise=noise, seed=seed)
    mixture = theory.fit_mixture(futures, components, seed=seed)
    samples, which = theory.sample_mixture(mixture, 50, seed=seed)
    apart = which != which[0]
    mean = futures.mean(axis=0)
    variance = theory.squared_error_split(futures, mean)[0]
    return _Fork(futures, mean, variance, mixture, samples, int(np.argmax(apart)) if apart.any() else 1)


def _clips(fork):
    motions = {
        "a real future": fork.futures[0],
        "mean: least squared error": fork.mean,
        "mixture, sample 1": fork.samples[0],
        "mixture, another sample": fork.samples[fork.other],
    }
    return [skeleton(leaner(motion), STICKS, title=title) for title, motion in motions.items()]


class _Picture:
    """Futures with their mean and a prediction, its squared error, and futures sampled from the mixture."""

    def __init__(self, fork, task):
        self.fork, self.task = fork, task
        self.figure = LiveFigure(
            "Left: many futures that turn left or right, their mean, which stays between, and a prediction that can be"
            " dragged. Middle: squared error against where the prediction ends, cut into the futures' own variance and"
            " the extra. Right: futures sampled from a mixture of Gaussians.",
            columns=3,
            height=320,
            besides=575,  # the player stands below
            ratios=[1.0, 0.9, 1.0],
        )
        left, middle, right = self.figure.axes
        self._make_fork(left)
        self._make_error(middle)
        self._make_mixture(right)
        for axes in (left, right):
            axes.set(xlim=(0, FRAMES - 1), ylim=(-1.6, 2.7), xlabel="frame")
            legend(axes, loc="upper left")
        self.show_fork()

    def _make_fork(self, axes):
        self.futures = fan(self.figure, axes, "0.6")
        self.mean, self.prediction, self.handle = self.figure.moving(
            axes.plot(AT, 0.0 * AT, "--", color=COLOURS["black"], lw=3, label="mean of all")[0],
            axes.plot(AT, 0.0 * AT, "-", color=COLOURS["red"], lw=3, label="prediction: drag it")[0],
            axes.plot([FRAMES - 1], [0], "o", color=COLOURS["red"], ms=12, clip_on=False)[0],
        )
        axes.plot([], [], color="0.6", label="a future")
        axes.set_ylabel("angle, radians (− left, + right)")

    def _make_error(self, axes):
        bar = {"lw": 14, "solid_capstyle": "butt"}
        self.extra, self.own = self.figure.moving(
            axes.plot([0, 0], [0, 1], color=COLOURS["red"], alpha=0.8, label="extra", **bar)[0],
            axes.plot([0, 0], [0, 1], color="0.55", label="own variance", **bar)[0],
        )
        self.bowl, self.ground = self.figure.moving(
            axes.plot(ENDS, 0.0 * ENDS, color=COLOURS["black"], lw=2.5)[0],
            axes.axhline(0, color="0.4", ls=":", lw=2),
        )
        axes.set(xlim=(-1.5, 1.5), ylim=(0, 60))
        axes.set(xlabel="the prediction ends at, radians", ylabel="squared error, 30 frames")
        for handle in axes.legend(frameon=False, handlelength=1.0, loc="upper center").get_lines():
            handle.set_linewidth(8)

    def _make_mixture(self, axes):
        self.samples = fan(self.figure, axes, COLOURS["sky"])
        self.components = [
            self.figure.moving(axes.plot(AT, 0.0 * AT, style, color=COLOURS["green"], lw=3)[0])
            for style in ("-", "--", "-.", ":")
        ]
        self.frozen = self.figure.moving(axes.plot(AT, 0.0 * AT, "--", color=COLOURS["black"], lw=1.5)[0])
        axes.plot([], [], color=COLOURS["sky"], label="mixture: samples")
        axes.plot([], [], color=COLOURS["green"], lw=3, label="its components")

    def show_fork(self):
        """Futures, their mean, the error of every prediction, and the mixture."""
        fork = self.fork
        spread(self.futures, fork.futures[:60])
        spread(self.samples, fork.samples)
        for line in (self.mean, self.frozen):
            line.set_ydata(fork.mean)
        self.bowl.set_ydata(fork.variance + np.sum((ENDS[:, None] * TURN - fork.mean) ** 2, axis=1))
        self.ground.set_ydata([fork.variance] * 2)
        for number, line in enumerate(self.components):
            line.set_visible(number < len(fork.mixture.means))
            if number < len(fork.mixture.means):
                line.set_ydata(fork.mixture.means[number])

    def show_prediction(self, prediction, own, extra):
        """One prediction and the two parts of its squared error."""
        self.prediction.set_ydata(prediction * TURN)
        self.handle.set_data([FRAMES - 1], [prediction])
        self.own.set_data([prediction] * 2, [0.0, own])
        self.extra.set_data([prediction] * 2, [own, own + extra])


def _update(picture, player, prediction, **task):
    if task != picture.task:
        picture.fork, picture.task = _fork(**task), task
        picture.show_fork()
        player.show(*_clips(picture.fork))
    fork = picture.fork
    own, extra = theory.squared_error_split(fork.futures, prediction * TURN)
    picture.show_prediction(prediction, own, extra)
    picture.figure.update()
    typical, sampled = (float(np.mean(np.abs(motions[:, -1]))) for motions in (fork.futures, fork.samples))
    components = ", ".join(
        f"{weight:.2f} to {mean[-1]:+.2f}"
        for weight, mean in zip(fork.mixture.weights, fork.mixture.means, strict=True)
    )
    return (
        f"Squared error = own variance + extra = {own:.3f} + {extra:.3f} = <b>{own + extra:.3f}</b>; "
        f"the mean has extra 0 and nothing beats it.<br>"
        f"But it ends at {fork.mean[-1]:+.3f} radians while a real future turns by {typical:.2f}: "
        f"<b>{abs(fork.mean[-1]) / typical:.0%}</b> of the movement is left. "
        f"A sample of the mixture turns by <b>{sampled:.2f}</b>; its components, share to end: {components}."
    )


def _drag(lab, x, y, phase):
    share = TURN[int(np.clip(round(x), 8, FRAMES - 1))]  # near the start the turn is too small to divide by
    lab.set(prediction=round(float(np.clip(y / share, -1.5, 1.5)), 2))


def squared_error_optimum(*, prediction=0.8, left=0.5, noise=0.02, components=2, seed=22):
    """Make the lab of squared error: its best prediction is the mean of all futures, which nobody ever sees.

    Args:
        prediction: angle in which the predicted motion ends, radians; negative is left.
        left: share of the futures that turn left.
        noise: of each frame, radians.
        components: of the mixture head.
        seed: of the futures and of what is sampled from the mixture.

    Returns:
        Lab; its `player` is the AnimationPlayer.

    Source: the article, 3.3; Bishop 1994; Bishop 2006, section 1.5.5.
    """
    whole = {"step": 1, "integer": True}
    goes = "Where the one predicted motion goes; or drag it on the left"
    gaussians = "How many Gaussians the mixture head has"
    controls = {
        "prediction": slider("prediction ends at, rad", goes, prediction, -1.5, 1.5),
        "left": slider("share turning left", "How many of the futures turn left", left, 0.0, 1.0),
        "noise": slider("noise, radians", "How shaky each frame is", noise, 0.0, 0.2),
        "components": slider("mixture: components", gaussians, components, 1, 4, **whole),
        "seed": slider("seed", "Decides the futures and the samples", seed, 0, 99, **whole),
    }
    task = {"left": left, "noise": noise, "components": components, "seed": seed}
    picture = _Picture(_fork(**task), task)
    told = "A real future, the frozen mean of all futures, and two samples of the mixture"
    player = AnimationPlayer(*_clips(picture.fork), label=told, fps=12)
    lab = Lab(
        "Squared error wants the mean",
        "rnn_lab.squared_error_optimum",
        controls,
        partial(_update, picture, player),
        figure=picture.figure,
        formula=FORMULA,
        presets=PRESETS,
        beside=[player],
    )
    lab.drag = picture.figure.on_pointer(partial(_drag, lab))
    lab.player = player
    return lab
