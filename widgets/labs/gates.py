"""Gates of an LSTM: look into every cell at every step, edit one gate, and replay."""

import html
import re
from functools import partial

import numpy as np

from animkit.theory import rnn
from widgets.parts.figure import COLOURS, LiveFigure, legend
from widgets.parts.lab import Lab, choice, passed_in, slider
from widgets.parts.numbers import with_minus

VIEWS = {
    "input": "input gate i",
    "forget": "forget gate f",
    "candidate": "candidate c̃",
    "output": "output gate o",
    "cell": "cell state c",
    "hidden": "hidden state h",
}
GATES = "input", "forget", "candidate", "output"
ROWS = 64  # cells on one page of the heat map, so that each is seen and can be clicked
COUNTED = "a(b)((c)d)ef(g)hi"
COUNTERS = ["depth", "depth, leaking", "letters since a bracket", "last was a bracket", "letters inside"]

FORMULA = (
    r"$$c_t=f_t\odot c_{t-1}+i_t\odot\tilde c_t\qquad h_t=o_t\odot\tanh c_t$$"
    "<p>The forget gate f says how much of a cell stays, the input gate i how much of the candidate comes in, the "
    "output gate o how much is shown. Overwrite one gate at one step and the rest of the sequence is replayed: a "
    "cell that never forgets carries the change to the end.</p>"
)
PRESETS = {
    "all forget gates": {"view": "forget", "edit": "nothing"},
    "wipe this cell at this step": {"view": "cell", "edit": "forget", "value": 0.0},
    "shut this cell's input": {"view": "cell", "edit": "input", "value": 0.0},
}
UNHEARD = {"view": "cell", "step": 5, "edit": "input", "value": 0.0}
COUNTER_PRESETS = {
    "a bracket goes unheard: wrong to the end": {**UNHEARD, "cell": 0},
    "the same in the leaking cell: it passes": {**UNHEARD, "cell": 1},
}


def bracket_counter():
    """Make an LSTM by hand that counts brackets: its cells can be read.

    Returns:
        weights (kernel, recurrent_kernel, bias) in Keras' layout, x (time, 3) one-hot for "(", ")" and a letter, the
        text as a list of characters, and the names of the 5 cells.
    """
    kernel, recurrent, bias = np.zeros((3, 4, 5)), np.zeros((5, 4, 5)), np.zeros((4, 5))
    bias[:] = [[-6.0], [12.0], [0.0], [6.0]]  # as made: closed to input, never forgets, shows its cell
    for cell in (0, 1, 3):
        kernel[:2, 0, cell] = 18.0  # brackets open the input gate
        kernel[:2, 2, cell] = 6.0, -6.0  # up and down
    bias[1, 1] = 1.0  # a forget bias of 1: 0.73 of the cell stays
    kernel[2, 0, 2], kernel[2, 2, 2] = 18.0, 6.0  # letters count up,
    kernel[:2, 1, 2] = -24.0  # brackets empty the cell
    kernel[:, 0, 3], bias[1, 3] = 18.0, -12.0  # takes in everything, forgets everything
    kernel[2, 0, 4], kernel[2, 2, 4] = 6.0, 6.0  # letters count, but only
    bias[0, 4], recurrent[0, 0, 4] = -18.0, 40.0  # while the first cell says: inside
    x = np.eye(3)[[{"(": 0, ")": 1}.get(character, 2) for character in COUNTED]]
    return (kernel.reshape(3, 20), recurrent.reshape(5, 20), bias.reshape(20)), x, list(COUNTED), COUNTERS


class _Run:
    """What an LSTM does with a sequence, and what it does when one gate is overwritten."""

    def __init__(self, weights, x, labels, cells, readout, outputs):
        if x is None:
            raise ValueError("weights came without x: pass the sequence (time, inputs) that the LSTM reads")
        self.weights = [np.asarray(array, dtype=float) for array in weights]
        self.x = np.asarray(x, dtype=float)
        self.own = rnn.lstm_forward(self.x, *self.weights)
        self.time, self.units = self.own.cell.shape
        self.rows = min(self.units, ROWS)
        self.labels = [str(label) for label in (range(self.time) if labels is None else labels)]
        self.cells = [str(name) for name in (range(self.units) if cells is None else cells)]
        if len(self.labels) != self.time or len(self.cells) != self.units:
            raise ValueError(
                f"{len(self.labels)} labels for {self.time} steps, {len(self.cells)} names for {self.units} cells"
            )
        self.readout = readout
        self.odds = None if readout is None else self.read(self.own)
        self.outputs = range(self.odds.shape[1]) if outputs is None and readout is not None else outputs

    def read(self, trace):
        """What the network predicts after every step: (time, outputs)."""
        return np.asarray(self.readout(trace.hidden), dtype=float)

    def page(self, cell):
        """The first cell of the page that shows this one; the last page is full."""
        return min(cell // self.rows * self.rows, self.units - self.rows)

    def replay(self, cell, step, edit, value):
        """The run once more, with one gate of one cell overwritten at one step."""
        if edit == "nothing":
            return self.own
        if edit != "candidate" and value < 0.0:
            raise ValueError(
                f"the {edit} gate lies between 0 (closed) and 1 (open); only the candidate may be negative"
            )
        overwritten = np.full((self.time - step, self.units), np.nan)
        overwritten[0, cell] = value
        state = {"h0": self.own.hidden[step - 1], "c0": self.own.cell[step - 1]} if step else {}
        later = rnn.lstm_forward(self.x[step:], *self.weights, edits={edit: overwritten}, **state)
        return rnn.LstmTrace(*(np.concatenate([a[:step], b]) for a, b in zip(self.own, later, strict=True)))


class _Picture:
    """A heat map of one gate or state, how far the replay differs from it, and the trace of one cell."""

    def __init__(self, run):
        self.run = run
        self.figure = LiveFigure(
            "Top: a heat map of the chosen gate or state, cells upwards and steps to the right, with the chosen cell"
            " and step marked. Middle: how far the replay differs from the run. Bottom: the chosen cell's state over"
            " the steps, as it was and as it is in the replay.",
            mosaic=[["map"], ["difference"], ["trace"]],
            height=580,
        )
        top, middle, bottom = axes = [self.figure.axes[name] for name in ("map", "difference", "trace")]
        moving, colorbar = self.figure.moving, self.figure.figure.colorbar
        extent = (-0.5, run.time - 0.5, -0.5, run.rows - 0.5)
        look = {"aspect": "auto", "origin": "lower", "cmap": "PuOr", "vmin": -1, "vmax": 1, "interpolation": "nearest"}
        empty = np.zeros((run.rows, run.time))
        self.shown = moving(top.imshow(empty, extent=extent, **look))
        self.changed = moving(middle.imshow(empty, extent=extent, **look))
        self.scales = [colorbar(self.shown, ax=top).ax, colorbar(self.changed, ax=middle).ax]
        self.figure.seldom(*(scale.yaxis for scale in self.scales))
        for scale in self.scales:
            _label(scale, 88.88)  # the widest label decides how much room they all get
        self.crosses = [
            moving(each.plot([0], [0], "s", mfc="none", mec=COLOURS["green"], mew=3, ms=15)[0])
            for each in (top, middle)
        ]
        self.titles = [
            moving(each.text(0.0, 1.03, "cell", transform=each.transAxes, weight="bold", va="bottom")) for each in axes
        ]
        t = np.arange(run.time)
        self.before, self.after, self.now = moving(
            bottom.plot(t, 0.0 * t, "--o", color=COLOURS["black"], lw=2, ms=5, label="as it was")[0],
            bottom.plot(t, 0.0 * t, "-s", color=COLOURS["red"], lw=2.5, ms=5, label="replay")[0],
            bottom.axvline(0, color=COLOURS["green"], lw=3, alpha=0.5),
        )
        bottom.set(xlim=extent[:2])
        bottom.locator_params(axis="y", nbins=4)
        moving(bottom.axhline(0.0, color="grey", lw=1), bottom.yaxis)  # each cell has a range of its own
        # a colour bar of its own would be empty; the room it takes keeps the steps of all three pictures in line
        colorbar(self.shown, ax=bottom).ax.set_visible(False)
        legend(bottom, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2)  # beside the title
        self._write_ticks(*axes)
        bottom.set_ylim(-0.06, 0.06)
        self.figure.update()  # the widest range decides how much room its labels get

    def _write_ticks(self, top, middle, bottom):
        run = self.run
        ticks, marks = _ticks(run.labels)
        for axes in (top, middle, bottom):
            axes.set_xticks(ticks, marks)
        if run.time > 55:  # leave the room to the pictures
            middle.set_xticks([])
        for axes in (top, middle):
            if run.units <= 12:
                names = [f"{i} {name}" if name != str(i) else name for i, name in enumerate(run.cells)]
                axes.set_yticks(range(run.units), names)
            else:
                axes.set_ylabel("cell")
                if run.rows < run.units:
                    axes.set_yticks([])

    def show_maps(self, replay, view, cell, step):
        """The replay's values and their difference from the run, on the page of one cell."""
        run = self.run
        first = run.page(cell)
        page = slice(first, first + run.rows)
        # the run decides the colours, so that a replay can be compared with it
        scale = max(1.0, float(np.quantile(np.abs(getattr(run.own, view)), 0.99)))
        self.shown.set_data(getattr(replay, view).T[page] / scale)
        state = view if view in ("cell", "hidden") else "cell"
        difference = getattr(replay, state) - getattr(run.own, state)
        most = float(np.abs(difference).max())
        self.changed.set_data(difference.T[page] / (most or 1.0))
        self.changed.set_visible(most > 0.0)  # no difference is no white slab on a dark page
        for cross in self.crosses:
            cross.set_data([step], [cell - first])
        which = f", cells {first} to {first + run.rows - 1} of {run.units}" if run.rows < run.units else ""
        self.titles[0].set_text(f"{VIEWS[view]}{which}".replace("c̃", "$\\tilde{c}$"))
        self.titles[1].set_text(f"replay − run, {VIEWS[state]}" if most else "replay − run: edit a gate to see one")
        for each, reach in zip(self.scales, (scale, most), strict=True):
            _label(each, reach)

    def show_trace(self, replay, cell, step):
        """The state of one cell over the steps, as it was and in the replay."""
        own = self.run.own
        self.before.set_ydata(own.cell[:, cell])
        self.after.set_ydata(replay.cell[:, cell])
        self.after.set_visible(replay is not own)
        self.now.set_xdata([step, step])
        both = [own.cell[:, cell], replay.cell[:, cell]]
        low, high = min(np.min(both), 0.0), max(np.max(both), 0.0)
        room = max(high - low, 0.1)
        self.figure.axes["trace"].set_ylim(low - 0.1 * room, high + 0.4 * room)
        self.titles[2].set_text(f"cell state c of cell {self.run.cells[cell]}")


def _visible(label):
    return {" ": "␣", "\n": "¶"}.get(label, label)


def _label(scale, reach):
    """Write at a colour scale what its ends stand for: the run's or the replay's greatest value, or nothing."""
    ends = [with_minus(f"-{reach:.3g}"), "0", with_minus(f"{reach:.3g}")] if reach else ["", "0", ""]
    if [text.get_text() for text in scale.get_yticklabels()] != ends:
        scale.set_yticks([-1, 0, 1], ends)


def _ticks(labels):
    """Where to write what under the steps: all of it; too many letters as words, in two rows; or every tenth step."""
    if len(labels) <= 55:
        return range(len(labels)), [_visible(label) for label in labels]
    if len(labels) <= 110 and max(map(len, labels)) == 1:
        words = [(found.start(), found[0]) for found in re.finditer(r"\n*\S+|\n+", "".join(labels))]
        middles = [start + (len(word) - 1) / 2 for start, word in words]
        ends, texts = [0.0, 0.0], []
        for middle, (_, word) in zip(middles, words, strict=True):
            row = int(np.argmin(ends))  # which has room longer
            ends[row] = middle + 0.9 * len(word)  # steps; a letter is wider than a step
            texts.append("\n" * row + word.replace("\n", "¶"))
        return middles, texts
    return range(0, len(labels), 10), range(0, len(labels), 10)


def _favourites(odds, outputs):
    best = np.argsort(odds)[::-1][:3]
    return ", ".join(f"{html.escape(_visible(str(outputs[i])))} {odds[i]:.2f}" for i in best)


def _update(picture, view, cell, step, edit, value):
    run = picture.run
    own, replay = run.own, run.replay(cell, step, edit, value)
    picture.show_maps(replay, view, cell, step)
    picture.show_trace(replay, cell, step)
    picture.figure.update()
    i, f, g, o, c, h = (float(getattr(replay, name)[step, cell]) for name in VIEWS)
    past = float(replay.cell[step - 1, cell]) if step else 0.0
    told = (
        f"Cell {html.escape(run.cells[cell])} at step {step}, {html.escape(_visible(run.labels[step]))}: "
        f"c = f · c<sub>before</sub> + i · c̃ = {f:.3f} · {past:.3f} + {i:.3f} · {g:.3f} = <b>{c:.3f}</b>; "
        f"h = o · tanh c = {o:.3f} · {np.tanh(c):.3f} = <b>{h:.3f}</b>."
    )
    if replay is not own:
        moved = int(np.sum(np.abs(replay.cell - own.cell).max(axis=0) > 1e-3))
        told += (
            f"<br>The {edit} gate was {float(getattr(own, edit)[step, cell]):.3f}, now {value:.2f}. At the last step c "
            f"is <b>{replay.cell[-1, cell] - own.cell[-1, cell]:+.3f}</b> off what it was; "
            f"{moved} of {run.units} cells and the hidden states by up to "
            f"{np.abs(replay.hidden - own.hidden).max():.3f} moved somewhere."
        )
    if run.readout is not None:
        told += f"<br>Next after step {step}: {_favourites(run.odds[step], run.outputs)}"
        if replay is not own:
            told += f"; in the replay {_favourites(run.read(replay)[step], run.outputs)}"
        told += "."
    return told


def _drag(lab, run, x, y, phase):
    row = int(np.clip(round(y), 0, run.rows - 1))
    lab.set(step=int(np.clip(round(x), 0, run.time - 1)), cell=run.page(lab.controls["cell"].value) + row)


def gates(
    *,
    weights=None,
    x=None,
    labels=None,
    cells=None,
    readout=None,
    outputs=None,
    view="cell",
    cell=0,
    step=5,
    edit="nothing",
    value=0.0,
):
    """Make the lab of an LSTM's gates: look into every cell at every step, edit one gate, and replay.

    Args:
        weights: kernel, recurrent_kernel and bias as NumPy arrays, from `layer.get_weights()`; without them a small
            LSTM made by hand, which counts brackets.
        x: (time, inputs) what the LSTM reads.
        labels: (time,) what to write under each step, such as characters.
        cells: (units,) names of the cells, or None for numbers.
        readout: function of hidden states (time, units) -> (time, outputs) probabilities, or None.
        outputs: (outputs,) what each output of `readout` stands for.
        view: "input", "forget", "candidate", "output", "cell" or "hidden".
        cell: which cell is looked at and edited, from 0.
        step: at which step, from 0.
        edit: the gate to edit, or "nothing".
        value: what the edited gate is set to.

    Returns:
        Lab.

    Raises:
        ValueError: when the shapes do not fit each other.

    Source: the article, 4.3.1; Hochreiter and Schmidhuber 1997; Karpathy et al. 2016 for the heat map.
    """
    passed = passed_in(weights=weights, x=x, labels=labels, cells=cells, readout=readout, outputs=outputs)
    if weights is None:
        weights, x, labels, cells = bracket_counter()
    run = _Run(weights, x, labels, cells, readout, outputs)
    whole = {"step": 1, "integer": True}
    edited = "Which gate of this cell is overwritten at this step; the replay goes on from there"
    looked, values = (
        "Which cell is looked at and edited",
        "New value: 0 closed to 1 open; the candidate also down to −1",
    )
    named = [(name, view_) for view_, name in VIEWS.items()]
    edits = [("nothing", "nothing"), *named[:4]]
    controls = {
        "view": choice("heat map of", "Which gate or state the upper picture shows", named, view),
        "cell": slider("cell", f"{looked}; or click on a picture", cell, 0, run.units - 1, **whole),
        "step": slider("step", "At which step; or click on a picture", step, 0, run.time - 1, **whole),
        "edit": choice("edit", edited, edits, edit),
        "value": slider("set it to", values, value, -1.0, 1.0),
    }
    picture = _Picture(run)
    lab = Lab(
        "Gates of an LSTM",
        "rnn_lab.gates",
        controls,
        partial(_update, picture),
        figure=picture.figure,
        formula=FORMULA,
        presets=PRESETS if "weights" in passed else PRESETS | COUNTER_PRESETS,
        more_state=lambda: passed,
        idle=lambda edit, **_: {"value": "no gate is edited"} if edit == "nothing" else {},
    )
    lab.drag = picture.figure.on_pointer(partial(_drag, lab, run), axes=picture.figure.axes["map"])
    return lab
