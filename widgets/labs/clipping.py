"""Clipping on a cliff: a loss with a wall, and gradients that are clipped by their norm."""

from functools import partial

import numpy as np
from matplotlib.colors import LogNorm

from animkit.theory import rnn
from widgets.parts.figure import COLOURS, LiveFigure, brief, legend_above
from widgets.parts.lab import Lab, slider
from widgets.parts.theme import as_drawn

SURFACE = (4.2, 5.4), (-2.7, -2.0)  # where w and b may lie
FLOOR = 1e-5  # least loss that is told apart
LOOKS = {  # of both descents, on the surface
    "without clipping": {"ls": "--", "marker": "X", "color": COLOURS["red"], "lw": 2.2, "ms": 7},
    "clipped": {"ls": "-", "marker": "o", "color": "white", "lw": 2.2, "ms": 5, "mec": "black"},
}

FORMULA = (
    r"$$g\leftarrow g\cdot\min\Big(1,\frac{\text{threshold}}{\lVert g\rVert}\Big)\qquad "
    r"h_t=w\,\sigma(h_{t-1})+b,\quad L=\big(\sigma(h_{50})-0.7\big)^2$$"
    "<p>Over many steps a tiny change of the weights flips where the state ends up, so the loss has a wall. A "
    "single gradient taken on the wall throws the weights far away; clipping keeps its direction and shortens the "
    "jump.</p>"
)
PRESETS = {
    "thrown off the cliff": {"w": 4.8, "b": -2.1, "learning_rate": 0.1, "threshold": 0.5, "rounds": 50},
    "threshold too high to help": {"w": 4.8, "b": -2.1, "learning_rate": 0.1, "threshold": 1000.0},
    "threshold too low to arrive": {"w": 4.8, "b": -2.1, "learning_rate": 0.1, "threshold": 0.02},
    "a small rate: safe and slow": {"w": 4.8, "b": -2.1, "learning_rate": 0.002, "rounds": 100},
}


class _Picture:
    """The loss as a surface with both descents, and their losses round by round."""

    def __init__(self, w, b):
        self.figure = LiveFigure(
            "Left: the loss over the weight w and the bias b, a plain with a steep wall, with one descent that is"
            " clipped and one that is not. Right: the loss of both, round by round.",
            columns=2,
            height=430,
            ratios=[1.25, 1.0],
        )
        left, right = self.figure.axes
        moving = self.figure.moving
        loss = rnn.cliff_loss(*np.meshgrid(*(np.linspace(*side, 161) for side in SURFACE)))
        surface = left.imshow(
            np.maximum(loss, FLOOR),
            origin="lower",
            extent=(*SURFACE[0], *SURFACE[1]),
            aspect="auto",
            cmap="cividis",
            norm=LogNorm(FLOOR, loss.max()),
        )
        self.figure.figure.colorbar(surface, ax=left, label="loss")
        self.paths = [moving(left.plot([0], [0], label=name, **look)[0]) for name, look in LOOKS.items()]
        seen = {"without clipping": {}, "clipped": {"color": COLOURS["blue"]}}  # white would not be, on white
        self.curves = [
            moving(right.plot([0], [1], label=name, markevery=5, **look | seen[name])[0])
            for name, look in LOOKS.items()
        ]
        left.text(5.05, -2.13, "plain", color="white", fontsize=14)
        left.text(4.23, -2.45, "behind the wall", fontsize=13)
        self.start = moving(left.plot([w], [b], "*", color=COLOURS["yellow"], mec="black", ms=20, label="start")[0])
        as_drawn(*left.lines, *left.texts)
        left.set(xlim=SURFACE[0], ylim=SURFACE[1], xlabel="weight w", ylabel="bias b")
        left.legend(loc="lower left", facecolor="0.75", framealpha=0.9)
        right.set(xlim=(-1, 100), ylim=(FLOOR, 1), yscale="log", xlabel="round", ylabel="loss")
        legend_above(right, columnspacing=0.8, handlelength=1.5)

    def show(self, w, b, runs):
        """Where both begin, and the path (rounds + 1, 2) and losses (rounds + 1,) of each."""
        for (path, losses), line, curve in zip(runs, self.paths, self.curves, strict=True):
            line.set_data(*path.T)
            curve.set_data(np.arange(len(losses)), np.maximum(losses, FLOOR))
        self.start.set_data([w], [b])
        self.figure.update()


def _update(picture, w, b, learning_rate, threshold, rounds):
    settings = {"rounds": rounds, "learning_rate": learning_rate}
    runs = [rnn.cliff_descent(w, b, clip=clip, **settings) for clip in (None, threshold)]
    picture.show(w, b, runs)
    (free, free_losses), (held, held_losses) = runs
    jumps = np.linalg.norm(np.diff(free, axis=0), axis=1)
    shortened = np.linalg.norm(np.diff(held, axis=0), axis=1) > learning_rate * threshold * (1.0 - 1e-9)
    outside = not all(low <= v <= high for v, (low, high) in zip(free[-1], SURFACE, strict=True))
    thrown = f", out of the picture, to w = {free[-1, 0]:.1f}, b = {free[-1, 1]:.1f}" if outside else ""
    worst = int(np.argmax(jumps))
    return (
        f"Without clipping the longest gradient, in round {worst + 1}, is {brief(jumps[worst] / learning_rate)}: "
        f"one jump of {learning_rate:.3g} · {brief(jumps[worst] / learning_rate)} = "
        f"<b>{brief(jumps[worst])}</b>{thrown}; "
        f"loss {free_losses[0]:.4f} &rarr; <b>{free_losses[-1]:.4f}</b>.<br>"
        f"Clipped at {threshold:.3g}, no jump is longer than {brief(learning_rate * threshold)} "
        f"({int(shortened.sum())} of {rounds} were shortened); loss {held_losses[0]:.4f} &rarr; "
        f"<b>{held_losses[-1]:.4f}</b>."
    )


def clipping(*, w=4.8, b=-2.1, learning_rate=0.1, threshold=0.5, rounds=50):
    """Make the lab of a loss with a cliff, and of gradients clipped by norm.

    Args:
        w, b: where both descents start.
        learning_rate: of both.
        threshold: longest gradient allowed when clipping.
        rounds: updates.

    Returns:
        Lab.

    Source: Pascanu et al. 2013, figure 6 and algorithm 1.
    """
    powers = {"step": 0.05, "log": True}
    controls = {
        "w": slider("start: w", "Weight at the start; or drag the star", w, *SURFACE[0]),
        "b": slider("start: b", "Bias at the start; or drag the star", b, *SURFACE[1]),
        "learning_rate": slider(
            "learning rate", "How far a gradient of length 1 moves", learning_rate, -3.0, 0.0, **powers
        ),
        "threshold": slider("clip at length", "A longer gradient is shortened to this", threshold, -2.0, 3.0, **powers),
        "rounds": slider("rounds", "Updates of each descent", rounds, 1, 100, 1, integer=True),
    }
    picture = _Picture(w, b)
    lab = Lab(
        "Clipping on a cliff",
        "rnn_lab.clipping",
        controls,
        partial(_update, picture),
        figure=picture.figure,
        formula=FORMULA,
        presets=PRESETS,
    )
    lab.drag = picture.figure.on_pointer(lambda x, y, phase: lab.set(w=round(x, 2), b=round(y, 2)))
    return lab
