"""From boxes to one number: the score from which a box is said, and the overlap from which it counts."""

from functools import partial

import numpy as np

from animkit.metrics.detection import (
    STRICTER,
    hits,
    interpolated,
    mean_average_precision,
    precision_by_recall,
)
from animkit.metrics.detection import (
    average_precision as area_under,
)
from widgets.parts.figure import COLOURS, LiveFigure, legend, legend_above
from widgets.parts.lab import Lab, slider

PICTURES, ACROSS = 12, 3  # of a film, and how many stand side by side
WIDE, HIGH = 160, 90  # of a picture
RECALLS = np.linspace(0, 1, 401)

FORMULA = (
    r"$$\mathrm{IoU}=\frac{|A\cap B|}{|A\cup B|}\qquad P_k=\frac{tp_k}{k}\quad R_k=\frac{tp_k}{n}\qquad "
    r"AP_t=\sum_k(R_k-R_{k-1})\max_{j\ge k}P_j\qquad mAP_{50:95}=\frac1{10}\sum_{t=.5,.55,\dots,.95}AP_t$$"
    "<p>A box that overlaps a true one by at least t is a hit, but each true box is hit once: the surest box has it. "
    "Whoever says only what is sure is seldom wrong and misses much. AP is what is under the whole curve, so no score "
    "has to be chosen; and as the best precision at this recall <i>or more</i> counts, the curve falls in steps.</p>"
)
PRESETS = {
    "all that was said counts": {"score": 0.0, "overlap": 0.5},
    "only what is sure": {"score": 0.8, "overlap": 0.5},
    "nearly the very pixels are asked": {"score": 0.0, "overlap": 0.9},
    "boxes that are off by little": {"wobble": 1.0, "overlap": 0.9},
    "boxes that are off by much": {"wobble": 6.0, "overlap": 0.5},
}


def _drawn(wobble, seed):
    """What a made-up detector finds in made-up pictures: list of (boxes, scores, truth)."""
    pictures = []
    for number in range(PICTURES):
        rng = np.random.default_rng([seed, number])
        count = rng.integers(1, 4)
        left = 12 + 48 * rng.permutation(3)[:count] + rng.uniform(0, 14, count)
        top = rng.uniform(26, 46, count)
        truth = np.stack([left, top, left + rng.uniform(18, 26, count), top + rng.uniform(30, 40, count)], axis=1)
        off = rng.normal(size=truth.shape).clip(-1.4, 1.4)  # no side turns about
        sure = rng.beta(5, 2, count) - 0.2 * np.abs(off).mean(axis=1) / 2
        seen = rng.random(count) < 0.93
        corner = rng.uniform((0, 0), (WIDE - 30, HIGH - 36), (2, 2))
        wrong = np.concatenate([corner, corner + rng.uniform(12, 30, (2, 2))], axis=1)[: rng.integers(0, 3)]
        boxes = np.concatenate([(truth + wobble * off)[seen], wrong])
        scores = np.concatenate([sure[seen], rng.beta(2, 4, len(wrong))]).clip(0.01, 0.99)
        pictures.append((boxes, scores, truth))
    return pictures


def _outlines(boxes, numbers):
    """Boxes (n, 4) of pictures of those numbers as one line with gaps, x and y."""
    if not len(boxes):
        return [], []
    left, top, right, bottom = np.asarray(boxes).clip([0, 0, 0, 0], [WIDE, HIGH, WIDE, HIGH]).T
    x = np.stack([left, right, right, left, left, np.full(len(left), np.nan)]) + (np.array(numbers) % ACROSS) * WIDE
    y = np.stack([top, top, bottom, bottom, top, top]) + (np.array(numbers) // ACROSS) * HIGH
    return x.T.ravel(), y.T.ravel()


class _Picture:
    """Pictures with true boxes and those that were found, and precision by recall."""

    def __init__(self):
        self.figure = LiveFigure(
            "Left: twelve pictures with the true boxes, and those that a detector found: hits, false ones, and those"
            " below the score that is asked. Right: precision by recall as the score is lowered, the steps of the best"
            " precision at that recall or more, whose area is the average precision, and the score chosen.",
            columns=2,
            height=400,
            ratios=[1.5, 1.0],
        )
        left, right = self.figure.axes
        moving, seldom = self.figure.moving, self.figure.seldom
        for edge in range(1, ACROSS):
            left.axvline(edge * WIDE, color="0.8", lw=1)
        for edge in range(1, PICTURES // ACROSS):
            left.axhline(edge * HIGH, color="0.8", lw=1)
        rows = PICTURES // ACROSS
        left.set(xlim=(0, ACROSS * WIDE), ylim=(rows * HIGH, 0), aspect="equal", xticks=[], yticks=[])
        styles = {
            "there": ("-", "black", 1.5),
            "hit": ("--", "blue", 2.5),
            "false": (":", "red", 2.5),
            "not said": (":", "grey", 1.2),
        }
        self.boxes = {
            name: moving(left.plot([], [], line, color=COLOURS.get(colour, "0.6"), lw=width, label=name)[0])
            for name, (line, colour, width) in styles.items()
        }
        legend_above(left, ncols=2)
        self.curve = seldom(right.plot([], [], "o-", ms=3, color=COLOURS["sky"], lw=1.5, label="score lowered")[0])
        self.steps = seldom(right.plot([], [], color=COLOURS["black"], lw=2.5, label="best from here on")[0])
        self.now = moving(right.plot([0], [0], "v", ms=12, color=COLOURS["red"], label="yours")[0])
        right.set(xlim=(0, 1.02), ylim=(0, 1.05), xlabel="recall", ylabel="precision")
        legend(right, loc="lower left")

    def show(self, boxes, curve, now):
        """Boxes and pictures by name, precision and recall by score, and the point chosen: its recall first."""
        for name, each in boxes.items():
            self.boxes[name].set_data(*_outlines(*each))
        precision, recall = curve
        self.curve.set_data(recall, precision)
        self.steps.set_data(RECALLS, interpolated(precision, recall, RECALLS))
        self.now.set_data([now[0]], [now[1]])
        self.figure.update()


def _update(picture, kept, score, overlap, wobble, seed):
    if kept.get("drawn") != (wobble, seed):
        pictures = _drawn(wobble, seed)
        kept.update({"drawn": (wobble, seed), "pictures": pictures, "mean": mean_average_precision([pictures])})
    pictures = kept["pictures"]
    numbers = np.concatenate([[n] * len(scores) for n, (_, scores, _) in enumerate(pictures)]).astype(int)
    boxes, scores = (np.concatenate([one[part] for one in pictures]) for part in (0, 1))
    truth = np.concatenate([one[2] for one in pictures])
    found = np.concatenate([hits(*one, overlap) for one in pictures])
    said = scores >= score
    right, false, there = int((found & said).sum()), int((~found & said).sum()), len(truth)
    parts = {"hit": found & said, "false": ~found & said, "not said": ~said}
    shown = {name: (boxes[chosen], numbers[chosen]) for name, chosen in parts.items()}
    shown["there"] = truth, np.concatenate([[n] * len(one[2]) for n, one in enumerate(pictures)]).astype(int)
    precision = right / said.sum() if said.any() else 1.0
    picture.show(shown, precision_by_recall(found, scores, there), (right / there, precision))
    area = area_under(pictures, overlap)
    return (
        f"Of {there} there, {int(said.sum())} boxes are said: {right} hits, {false} false, {there - right} missed. "
        f"Precision {precision:.3f}, recall {right / there:.3f}. Average precision at overlap {overlap:.2f}: "
        f"<b>{area:.4f}</b>; over all from {STRICTER[0]:.2f} on, mAP50-95: <b>{kept['mean']:.4f}</b>."
    )


def average_precision(*, score=0.5, overlap=0.5, wobble=2.5, seed=0):
    """Make the lab of average precision: from boxes, scores and overlaps to one number.

    Args:
        score: from which on a box is said.
        overlap: from which on it is a hit.
        wobble: by how many pixels the edges of found boxes are off.
        seed: of the pictures.

    Returns:
        Lab.

    Source: Everingham et al. 2010 (PASCAL VOC); Lin et al. 2014 (COCO).
    """
    picture = _Picture()
    return Lab(
        "Average precision",
        "viewer_lab.average_precision",
        {
            "score": slider("score", "From which score on a box is said", score, 0.0, 1.0, 0.01),
            "overlap": slider(
                "overlap t", "Intersection over union from which on it is a hit", overlap, 0.3, 0.95, 0.05
            ),
            "wobble": slider("wobble", "Pixels by which the edges of found boxes are off", wobble, 0.0, 6.0, 0.5),
            "seed": slider("seed", "Of the pictures", seed, 0, 20, 1, integer=True),
        },
        partial(_update, picture, {}),
        figure=picture.figure,
        formula=FORMULA,
        presets=PRESETS,
    )
