"""From a probability to a label: drag the threshold over precision, recall and F1."""

import html
from functools import partial

import numpy as np

from animkit.theory import thresholds as theory
from widgets.parts.figure import COLOURS, LiveFigure, legend, legend_above
from widgets.parts.lab import Lab, choice, passed_in, slider

TRIED = np.linspace(0.0, 1.0, 401)
BINS = np.linspace(0.0, 1.0, 41)
COUNT = 4000
DRAWN = {
    "often meant, plain": (0.3, 0.6),
    "rarely meant, plain": (0.02, 0.8),
    "rarely meant, hard to hear": (0.02, 0.08),
}  # label -> how often it is true, and how sharp the probabilities are

FORMULA = (
    r"$$F_1=\frac{2\,tp}{2\,tp+fp+fn}=\frac{2\,tp}{\text{said}+\text{true}}\qquad "
    r"\frac{2(tp+p)}{\text{said}+1+\text{true}}>F_1\iff p>\frac{F_1}{2}\qquad t^*=\frac{F^*}{2}$$"
    "<p>To say one label more costs 1 below and brings 2p above. So the best threshold for probabilities that mean "
    "what they say is half of the best F1: one half only for a label that is read without error, and far less for "
    "one that is rare and hard to hear.</p>"
)


class _Picture:
    """Precision, recall and F1 by threshold, how probable labels were called, and the one against the other."""

    def __init__(self):
        self.figure = LiveFigure(
            "Left, above: precision, recall and F1 by threshold, with the threshold chosen, the best one, and half of"
            " the best F1. Below: how often each probability was said where the label is true and where it is not."
            " Right: precision by recall, over lines of equal F1, with the threshold chosen and the best one.",
            mosaic=[["curves", "against"], ["called", "against"]],
            height=450,
            ratios=[1.3, 1.0],
        )
        axes, moving, seldom = self.figure.axes, self.figure.moving, self.figure.seldom
        top, below, right = axes["curves"], axes["called"], axes["against"]
        styles = {"precision": (":", "blue"), "recall": ("--", "orange"), "f1": ("-", "black")}
        self.curves = {
            name: seldom(
                top.plot(TRIED, 0 * TRIED, line, color=COLOURS[colour], lw=2.5, label=name.replace("f", "F"))[0]
            )
            for name, (line, colour) in styles.items()
        }
        self.half = seldom(
            top.plot([0, 0], [0, 1.05], ls=(0, (1, 1)), lw=3, color=COLOURS["green"], label="best F1 / 2")[0]
        )
        top.set(xlim=(0, 1), ylim=(0, 1.05), xticks=[])
        colours = {"not true": "sky", "true": "red"}
        self.called = {
            name: seldom(
                below.step(BINS[:-1], np.ones(len(BINS) - 1), where="post", lw=2, color=COLOURS[colour], label=name)[0]
            )
            for name, colour in colours.items()
        }
        below.set(xlim=(0, 1), yscale="log", ylim=(0.7, 2e4), xlabel="probability, threshold", ylabel="sentences")
        legend(below, loc="upper right")
        recall, precision = np.meshgrid(np.linspace(1e-3, 1, 90), np.linspace(1e-3, 1, 90))
        lines = right.contour(
            recall, precision, 2 * recall * precision / (recall + precision), np.arange(0.1, 1.0, 0.1), colors="0.75"
        )
        right.clabel(lines, fmt=lambda level: f"F1 {level:.1f}")
        self.against = seldom(right.plot([0], [0], color=COLOURS["black"], lw=2.5)[0])
        right.set(xlim=(0, 1.02), ylim=(0, 1.02), xlabel="recall", ylabel="precision")
        self.best = seldom(top.plot([0], [0], "D", ms=10, color=COLOURS["green"], mec="k", label="best")[0])
        self.best_against = seldom(right.plot([0], [0], "D", ms=10, color=COLOURS["green"], mec="k")[0])
        self.now = moving(top.plot([0], [0], "v", ms=12, color=COLOURS["red"], label="yours: drag")[0])
        self.now_against = moving(right.plot([0], [0], "v", ms=12, color=COLOURS["red"])[0])
        self.line = moving(below.plot([0, 0], [0.7, 2e4], color=COLOURS["red"], lw=2)[0])
        legend_above(top)

    def show_label(self, called, curves, best, at_best):
        """Counts (2, bins), scores by name over TRIED, the best threshold, and its scores."""
        for line, heights in zip(self.called.values(), called, strict=True):
            line.set_ydata(np.maximum(heights, 1e-3))
        for name, line in self.curves.items():
            line.set_ydata(curves[name])
        self.half.set_xdata([at_best["f1"] / 2] * 2)
        self.best.set_data([best], [at_best["f1"]])
        self.best_against.set_data([at_best["recall"]], [at_best["precision"]])
        self.against.set_data(curves["recall"], curves["precision"])

    def show(self, threshold, now):
        """The threshold chosen and its scores."""
        self.now.set_data([threshold], [now["f1"]])
        self.now_against.set_data([now["recall"]], [now["precision"]])
        self.line.set_xdata([threshold, threshold])
        self.figure.update()


def _at(probabilities, labels, threshold):
    return {name: float(row[0]) for name, row in theory.scores(probabilities, labels, [threshold]).items()}


def _update(picture, data, label, threshold):
    probabilities, labels, names, best = data["probabilities"], data["labels"], data["names"], data["best"]
    place = names.index(label)
    p, true = probabilities[:, place], labels[:, place]
    at_best = _at(p, true, best[place])
    if data.get("shown") != label:  # of a label's curves, a threshold changes nothing
        called = [np.histogram(p[true == truth], BINS)[0] for truth in (False, True)]
        picture.show_label(called, theory.scores(p, true, TRIED), best[place], at_best)
        data["shown"] = label
    now = _at(p, true, threshold)
    picture.show(threshold, now)
    found = {name: int(row[0]) for name, row in theory.counts(p, true, [threshold]).items()}
    macro = theory.macro_f1(probabilities, labels, [threshold] * len(names))
    return (
        f"{html.escape(label)}, true of {int(true.sum())} of {len(true)}: said {found['tp'] + found['fp']} times, "
        f"{found['tp']} hits, {found['fp']} false, {found['fn']} missed. Precision {now['precision']:.3f}, recall "
        f"{now['recall']:.3f}, F1 <b>{now['f1']:.4f}</b>; at .5 it is <b>{_at(p, true, 0.5)['f1']:.4f}</b>.<br>"
        f"Best: threshold <b>{best[place]:.4f}</b> with F1 <b>{at_best['f1']:.4f}</b>, half of which is "
        f"{at_best['f1'] / 2:.4f}; saying it always gives {theory.always(true.mean()):.4f}.<br>Mean over all "
        f"{len(names)} labels, macro-F1: {macro:.4f} with this threshold for each, {data['macro at .5']:.4f} with .5, "
        f"<b>{data['best macro']:.4f}</b> with the best for each, chosen on these very sentences."
    )


def _drag(lab, x, y, phase):
    lab.set(threshold=round(float(np.clip(x, 0.0, 1.0)), 3))


def thresholds(*, probabilities=None, labels=None, names=None, label=None, threshold=0.5):
    """Make the lab of thresholds: what F1 makes of a probability, for labels that are frequent or rare.

    Args:
        probabilities: (sentences, labels) of a trained reader; without them, drawn ones that mean what they say.
        labels: (sentences, labels) bool, which are true.
        names: (labels,) of them.
        label: the one that is looked at; the first when None.
        threshold: from which probability on it is said.

    Returns:
        Lab.

    Raises:
        ValueError: when the shapes do not fit each other, or there is no such label.

    Source: Lipton et al. 2014.
    """
    passed = passed_in(probabilities=probabilities, labels=labels, names=names)
    if probabilities is None:
        drawn = [theory.calibrated(*how, COUNT, seed=seed) for seed, how in enumerate(DRAWN.values())]
        (probabilities, labels), names = (np.stack(part, axis=1) for part in zip(*drawn, strict=True)), [*DRAWN]
    probabilities, labels, names = np.asarray(probabilities, float), np.asarray(labels, bool), [*names]
    if probabilities.shape != labels.shape or probabilities.shape[1:] != (len(names),):
        raise ValueError(f"probabilities {probabilities.shape}, labels {labels.shape}, {len(names)} names do not fit")
    if label is not None and label not in names:
        raise ValueError(f"there is no label {label!r}; there are {', '.join(names)}")
    best = [theory.best_threshold(p, true)[0] for p, true in zip(probabilities.T, labels.T, strict=True)]
    picture, data = _Picture(), {"probabilities": probabilities, "labels": labels, "names": names, "best": best}
    data["macro at .5"] = theory.macro_f1(probabilities, labels, [0.5] * len(names))
    data["best macro"] = theory.macro_f1(probabilities, labels, best)
    cuts = dict(zip(names, np.floor(1e4 * np.array(best)) / 1e4, strict=True))  # the state line has four digits
    presets = {f"{name}, its best": {"label": name, "threshold": float(cuts[name])} for name in names[:3]}
    controls = {
        "threshold": slider("threshold t", "From which probability on it is said", threshold, 0.0, 1.0, 0.005),
        "label": choice("label", "Which of the labels is looked at", names, label),
    }
    lab = Lab(
        "Where to draw the line",
        "audience_lab.thresholds",
        controls,
        partial(_update, picture, data),
        figure=picture.figure,
        formula=FORMULA,
        presets=presets | {"one half": {"threshold": 0.5}},
        more_state=lambda: passed,
    )
    lab.drag = picture.figure.on_pointer(partial(_drag, lab), axes=picture.figure.axes["curves"])
    return lab
