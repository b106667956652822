"""A softmax over a palette against squared error: the mean of two greens is no green of the palette."""

from functools import partial

import numpy as np
from matplotlib.patches import Rectangle

from animkit.theory import answers as theory
from widgets.parts.figure import COLOURS, LiveFigure, legend, nice_number, set_limits
from widgets.parts.lab import Lab, choice, slider, transport
from widgets.parts.theme import as_drawn

PALETTE = {
    "outline": (34, 32, 52),
    "dark green": (26, 96, 74),
    "light green": (168, 220, 84),
    "stone": (118, 134, 110),
    "red": (190, 60, 66),
    "blue": (70, 104, 190),
    "skin": (232, 182, 142),
    "white": (244, 242, 230),
}
ENTRIES = np.array([*PALETTE.values()], dtype=float)
PAIRS = {  # the two colours that the same place has, in one picture or another
    "a leaf": ("dark green", "light green"),
    "a flag": ("red", "blue"),
    "a blade": ("outline", "white"),
    "a sleeve or an arm": ("blue", "skin"),
}
LINE = np.linspace(0.0, 1.0, 101)
MOST_STEPS, RATE = 60, 1.0
SIDE, GAP = 10, 5  # pixels of a patch, and between two

FORMULA = (
    r"$$\min_{\hat c}\;\mathbb E\,\lVert c-\hat c\rVert^2\;\Rightarrow\;\hat c=\sum_k p_k\,c_k\qquad\qquad "
    r"\min_{\ell}\;-\sum_k p_k\log\pi_k,\;\;\pi=\mathrm{softmax}(\ell)\;\Rightarrow\;"
    r"\frac{\partial}{\partial\ell_k}=\pi_k-p_k,\;\;\pi=p$$"
    "<p>Where a place is one colour or another, squared error wants the mean, which nobody ever painted. "
    "A softmax over the palette's entries ends at the shares themselves, and what is picked from it is an entry.</p>"
)
PRESETS = {
    "a leaf, as often dark as light": {"pair": "a leaf", "share": 0.5, "answer": 0.5},
    "four times in five it is light": {"pair": "a leaf", "share": 0.8, "answer": 0.8},
    "always light: no harm": {"pair": "a leaf", "share": 1.0, "answer": 1.0},
    "a flag: red or blue": {"pair": "a flag", "share": 0.5, "answer": 0.5},
    "a blade: outline or white": {"pair": "a blade", "share": 0.4, "answer": 0.4},
    "before training": {"steps": 0},
}
DRAWN = (
    "as it is",
    "squared error",
    "nearest entry",
    "softmax: likeliest",
    "softmax: drawn",
)


def _hex(colour):
    return "#" + "".join(f"{int(round(one)):02x}" for one in colour)


class _Picture:
    """Answers between two colours and their squared error; the softmax over the palette; the same leaf by each."""

    def __init__(self):
        self.figure = LiveFigure(
            "Left: the palette by its place along and beside the line between the two true colours, with the answer"
            " of least squared error between them. Middle: squared error of every answer on that line. Right: bars of"
            " the softmax over the palette beside the true shares. Below: a patch of pixels as it truly is, the mean,"
            " the entry nearest to the mean, the likeliest entry, and entries drawn from the softmax.",
            mosaic=[["plane", "bowl", "bars"], ["plane", "bowl", "bars"], ["patches"] * 3],
            height=520,
            besides=370,
        )
        axes = self.figure.axes
        self._plane(axes["plane"])
        self._bowl(axes["bowl"])
        self._bars(axes["bars"])
        self._strip(axes["patches"])

    def _strip(self, axes):
        self.strip = np.zeros((SIDE, 5 * (SIDE + GAP) - GAP, 4))
        self.patches = self.figure.moving(axes.imshow(self.strip))
        axes.axis("off")
        for number, title in enumerate(DRAWN):
            axes.text(number * (SIDE + GAP) + (SIDE - 1) / 2, SIDE + 0.2, title, ha="center", va="top")

    def _plane(self, axes):
        moving = self.figure.moving
        axes.set(xlim=(-0.75, 1.75), ylim=(-25, 235), xlabel="along the line of the two", ylabel="beside it, levels")
        self.entries = [
            moving(axes.plot([0], [0], "s", color=_hex(colour), mec="grey", ms=15)[0]) for colour in ENTRIES
        ]
        as_drawn(*self.entries)
        self.true = moving(axes.plot([0, 1], [0, 0], "o", ms=23, mfc="none", mec=COLOURS["black"], mew=1.5)[0])
        self.to_entry = moving(axes.plot([0, 0], [0, 0], ":", color=COLOURS["black"], lw=2)[0])
        self.mean = moving(axes.plot([0], [0], "D", ms=12, mec=COLOURS["black"], mfc="white", label="mean")[0])
        self.said = moving(axes.plot([0], [0], "v", ms=11, color=COLOURS["red"], label="your answer")[0])
        legend(axes, loc="upper right")

    def _bowl(self, axes):
        moving = self.figure.moving
        self.curve = moving(axes.plot(LINE, 0 * LINE, color=COLOURS["black"], lw=2.5)[0])
        self.least = moving(axes.plot([0], [0], "D", ms=11, mec=COLOURS["black"], mfc="white", label="mean")[0])
        self.error = moving(axes.plot([0], [0], "v", ms=11, color=COLOURS["red"], label="your answer")[0])
        self.figure.seldom(axes.yaxis)
        axes.set(xlim=(-0.03, 1.03), xlabel="answer, from one colour to the other", ylabel="squared error, levels²")
        legend(axes, loc="upper center")

    def _bars(self, axes):
        names = [*PALETTE]
        self.bars = [
            self.figure.moving(axes.add_patch(Rectangle((0, place - 0.4), 0, 0.8, fc=_hex(colour), ec="grey")))
            for place, colour in enumerate(ENTRIES)
        ]
        as_drawn(*self.bars)
        self.shares = self.figure.moving(
            axes.plot([0] * len(names), range(len(names)), "|", ms=18, mew=3, color=COLOURS["red"], label="true")[0]
        )
        axes.set(xlim=(0, 1.05), ylim=(len(names) - 0.5, -0.5), xlabel="share, softmax")
        axes.set_yticks(range(len(names)), names)
        legend(axes, loc="lower right", markerscale=0.6)

    def show(self, pair, answer, mean, said, patches):
        """Two colours (2, 3), an answer from 0 to 1, the mean (3,), the softmax and shares (entries,), patches."""
        across = pair[1] - pair[0]
        along = (ENTRIES - pair[0]) @ across / (across @ across)
        beside = np.linalg.norm(ENTRIES - pair[0] - along[:, None] * across, axis=1)
        for marker, x, y in zip(self.entries, along, beside, strict=True):
            marker.set_data([x], [y])
        place = float((mean - pair[0]) @ across / (across @ across))
        nearest = theory.nearest_entry(mean, ENTRIES)
        self.to_entry.set_data([place, along[nearest]], [0, beside[nearest]])
        asked = np.array([*LINE, place, answer])[:, None]
        bowl = theory.squared_error((1 - asked) * pair[0] + asked * pair[1], ENTRIES, said[1])
        self.curve.set_ydata(bowl[: len(LINE)])
        set_limits(self.figure.axes["bowl"], ylim=(0, nice_number(1.05 * bowl.max())))
        for marker, x, y in ((self.mean, place, 0), (self.least, place, bowl[-2])):
            marker.set_data([x], [y])
            marker.set_markerfacecolor(_hex(mean))
        self.said.set_data([answer], [0])
        self.error.set_data([answer], [bowl[-1]])
        for bar, wide in zip(self.bars, said[0], strict=True):
            bar.set_width(wide)
        self.shares.set_xdata(said[1])
        for number, colours in enumerate(patches):
            begin = number * (SIDE + GAP)
            self.strip[:, begin : begin + SIDE, :3] = colours / 255.0
            self.strip[:, begin : begin + SIDE, 3] = 1.0
        self.patches.set_data(self.strip)
        self.figure.update()


def _update(picture, pair, share, answer, steps, seed):
    places = [[*PALETTE].index(name) for name in PAIRS[pair]]
    shares = np.zeros(len(ENTRIES))
    shares[places] = 1 - share, share
    said = theory.softmax_descent(shares, steps, rate=RATE)[-1]
    mean = theory.mean_colour(ENTRIES, shares)
    likeliest, nearest = int(np.argmax(said)), theory.nearest_entry(mean, ENTRIES)
    random = np.random.default_rng(seed)
    true = ENTRIES[np.where(random.random((SIDE, SIDE)) < share, places[1], places[0])]
    drawn = ENTRIES[np.searchsorted(np.cumsum(said)[:-1], random.random((SIDE, SIDE)))]
    patches = (true, mean, ENTRIES[nearest], ENTRIES[likeliest], drawn)
    picture.show(ENTRIES[places], answer, mean, (said, shares), patches)
    one, other = ENTRIES[places]
    errors = [
        theory.squared_error(colour, ENTRIES, shares)
        for colour in ((1 - answer) * one + answer * other, mean, ENTRIES[likeliest])
    ]
    if errors[1] > 0:
        lead = f"{10 * np.log10(errors[2] / errors[1]):.2f} dB of PSNR ahead of the likeliest entry"
    else:
        lead = "no error is left to either"
    exact = float(shares[[k for k in range(len(ENTRIES)) if np.array_equal(ENTRIES[k], mean)]].sum())
    names = [*PALETTE]
    return (
        f"Your answer costs {errors[0]:.1f}, the mean <b>{errors[1]:.1f}</b>: {lead}, and right in "
        f"<b>{100 * exact:.0f}</b> % of the pixels. The entry nearest to it is {names[nearest]}, "
        f"right in {100 * shares[nearest]:.0f} %.<br>After {steps} steps the softmax says {names[likeliest]} with "
        f"{said[likeliest]:.3f}: right in <b>{100 * shares[likeliest]:.0f}</b> % of the pixels; what is drawn from it "
        f"is right in {100 * float(said @ shares):.0f} %."
    )


def _drag(lab, x, y, phase):
    lab.set(answer=round(float(np.clip(x, 0.0, 1.0)), 2))


def palette_choice(*, pair="a leaf", share=0.5, answer=0.3, steps=60, seed=0):
    """Make the lab of a pixel that is one colour of a palette or another: squared error against a softmax.

    Args:
        pair: which two colours, of PAIRS.
        share: how often it is the second of them.
        answer: from the first colour, 0, to the second, 1.
        steps: of gradient descent on the logits.
        seed: of the pixels drawn.

    Returns:
        Lab.

    Source: Bishop 2006, sections 1.5.5 and 4.3.4.
    """
    picture = _Picture()
    controls = {
        "pair": choice("the place is", "Which two colours it may have", [*PAIRS], pair),
        "share": slider("share of the second", "How often it has the second colour", share, 0.0, 1.0),
        "answer": slider("your answer", "From the first colour to the second; or drag on the left", answer, 0.0, 1.0),
        "steps": slider("training steps", "Of the logits, from all alike", steps, 0, MOST_STEPS, 1, integer=True),
        "seed": slider("seed", "Decides the pixels drawn", seed, 0, 99, 1, integer=True),
    }
    lab = Lab(
        "A choice, not a blend",
        "light_lab.palette_choice",
        controls,
        partial(_update, picture),
        figure=picture.figure,
        formula=FORMULA,
        presets=PRESETS,
        below=[transport(controls["steps"])],
    )
    lab.drag = picture.figure.on_pointer(partial(_drag, lab), axes=picture.figure.axes["plane"])
    return lab
