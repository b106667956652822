"""The derivation of the RNN, live: backpropagation through time, Jacobians, gates, clipping. See also futures_lab."""

import html

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.colors import LogNorm

from animkit.theory import rnn
from widgets.labs.futures import exposure_bias, squared_error_optimum
from widgets.parts.figure import COLOURS, LiveFigure, brief, legend
from widgets.parts.lab import Lab, choice, passed_in, slider

__all__ = [
    "clipping",
    "exposure_bias",
    "forget_bias",
    "gates",
    "jacobian_product",
    "squared_error_optimum",
    "unrolled_bptt",
]


# --- 1 ---------------------------------------------------------------------------------------------------------------

UNITS, LONGEST = 8, 50
BEFORE = 3  # the task of the unrolled lab: say what the input was that many steps ago


def _slope_along(direction, x, y, weights, activation):
    """Central difference of the loss as W_hh moves along a direction."""
    nudge = 1e-5
    ahead, behind = (
        float(np.sum((rnn.forward(x, weights._replace(W_hh=moved), activation=activation)[1] - y) ** 2))
        for moved in (weights.W_hh + nudge * direction, weights.W_hh - nudge * direction)
    )
    return (ahead - behind) / (2.0 * nudge)


def unrolled_bptt(*, length=50, truncation=8, gain=1.0, activation="tanh", step=50, seed=0, autodiff=None):
    """Make the lab of backpropagation through time: what every earlier step adds to the gradient.

    Args:
        length: steps of the sequence.
        truncation: how many steps each L_t may reach back in the truncated gradient, its own included.
        gain: W_hh is this times an orthogonal matrix.
        activation: "tanh", "relu" or "linear".
        step: t, whose L_t the bars take apart.
        seed: of the sequence and the weights.
        autodiff: function (x, y, weights, activation) -> dL/dW_hh of L = sum of |y_t - y_hat_t|^2, from the notebook;
            finite differences take its place without one.

    Returns:
        Lab.

    Source: the article, 3.3; Werbos 1990; Williams and Peng 1990.
    """
    figure = LiveFigure(
        "Left: a triangle of squares, one for each loss L_t and each earlier step k, coloured by how much of the"
        " gradient of L_t passes through step k. Right: the row of the chosen t as bars, those within reach of the"
        " truncated gradient filled.",
        columns=2,
        height=400,
        ratios=[1.0, 1.35],
    )
    left, right = figure.axes
    floor, top = 1e-8, 1e8
    steps = np.arange(1, LONGEST + 1)
    picture = figure.moving(
        left.imshow(
            np.ones((LONGEST, LONGEST)),
            origin="lower",
            extent=(0.5, LONGEST + 0.5, 0.5, LONGEST + 0.5),
            norm=LogNorm(floor, top),
            cmap="viridis",
            interpolation="nearest",
            aspect="auto",
        )
    )
    figure.figure.colorbar(picture, ax=left, ticks=[1e-8, 1e-4, 1, 1e4, 1e8], label="size of the contribution")
    frontier, row = figure.moving(
        left.step([1], [1], color=COLOURS["red"], lw=2.5, where="mid", label="truncated: no further left")[0],
        left.plot([1], [1], ">", color=COLOURS["black"], ms=10, clip_on=False)[0],
    )
    reached, beyond = (
        figure.moving(LineCollection([], linewidths=7, colors=colour, linestyles=style, label=label, capstyle="butt"))
        for colour, style, label in (
            (COLOURS["blue"], "-", "full and truncated"),
            (COLOURS["orange"], (0, (0.35, 0.2)), "lost by truncating"),
        )
    )
    for bars in (reached, beyond):
        right.add_collection(bars)
    left.set(xlabel="step k that passes the gradient on", ylabel="loss $L_t$ of step t")
    left.set(xlim=(0.5, LONGEST + 0.5), ylim=(0.5, LONGEST + 0.5))
    right.set(xlim=(0, LONGEST + 1), ylim=(floor, 1e3 * top), yscale="log")
    right.set(xlabel="step k", ylabel="|what step k adds to $dL_t/dW_{hh}$|")
    legend(right, loc="upper left", ncols=2)
    nothing = figure.moving(
        right.text(0.5, 0.5, "", transform=right.transAxes, ha="center", fontsize=13, color=COLOURS["red"])
    )

    controls = {
        "length": slider("length, steps", "How long the sequence is", length, 2, LONGEST, 1, integer=True),
        "truncation": slider(
            "truncated after, steps",
            "How many steps each loss may reach back, its own included",
            truncation,
            1,
            LONGEST,
            1,
            integer=True,
        ),
        "gain": slider("gain of W_hh", "W_hh is this many times an orthogonal matrix", gain, 0.0, 2.0),
        "activation": choice("activation", "What bends the hidden state", list(rnn.ACTIVATIONS), activation),
        "step": slider(
            "look at L_t, t",
            "Whose gradient the bars take apart; or drag on the left",
            step,
            1,
            LONGEST,
            1,
            integer=True,
        ),
        "seed": slider("seed", "Decides the sequence and the weights", seed, 0, 99, 1, integer=True),
    }

    def update(length, truncation, gain, activation, step, seed):
        rng = np.random.default_rng(seed)
        x = rng.standard_normal((length, 1))
        y = np.concatenate([np.zeros((BEFORE, 1)), x])[:length]
        weights = rnn.random_weights(1, UNITS, 1, gain=gain, seed=seed)
        full = rnn.unrolled_gradient(x, y, weights, activation=activation)
        short = rnn.unrolled_gradient(x, y, weights, truncation=truncation, activation=activation)
        step = min(step, length)
        norms = np.full((LONGEST, LONGEST), np.nan)
        norms[:length, :length] = np.where(np.tri(length) > 0, np.clip(full.norms, floor, top), np.nan)
        norms[:, 0] = np.nan  # h_0 = 0, so the first use of W_hh adds nothing
        picture.set_data(norms)
        t = steps[:length]
        frontier.set_data(t[truncation - 1 :] - truncation + 0.5, t[truncation - 1 :])
        frontier.set_visible(truncation < length)
        row.set_data([0.2], [step])
        heights = np.clip(full.norms[step - 1, :step], floor, top)
        bars = [[(k, floor), (k, height)] for k, height in zip(t[:step], heights, strict=True)]
        reached.set_segments(bars[-truncation:])
        beyond.set_segments(bars[:-truncation])
        nothing.set_text("" if heights.max() > floor else "nothing to show: no gradient")
        figure.update()

        whole, kept = full.gradients.W_hh, short.gradients.W_hh
        size = float(np.linalg.norm(whole))
        if autodiff is not None:
            other = np.asarray(autodiff(x, y, weights, activation), dtype=float)
            differs, check = float(np.linalg.norm(whole - other)), "the notebook's autodiff"
        else:
            random = rng.standard_normal(whole.shape)
            differs = max(
                abs(_slope_along(d, x, y, weights, activation) - float(np.sum(whole * d)))
                for d in (whole / (size or 1.0), random / np.linalg.norm(random))
            )
            check = "finite differences, along the gradient and along a random direction,"
        relative = differs / max(size, 1e-3)
        verdict = "&#10003; the same to 1e-5" if relative < 1e-5 else "&#9651; too curved here to compare"
        lost = float(np.linalg.norm(whole - kept)) / size if size else 0.0
        return (
            f"Loss L = {brief(full.loss)}. |dL/dW<sub>hh</sub>| = <b>{brief(size)}</b> in full, "
            f"<b>{brief(np.linalg.norm(kept))}</b> truncated after {truncation}: "
            f"<b>{lost:.2%}</b> of the gradient lost, |full &minus; truncated| / |full|.<br>"
            f"L<sub>{step}</sub> through its own step: {brief(full.norms[step - 1, step - 1])}, through step 2: "
            f"<b>{brief(full.norms[step - 1, min(1, step - 1)])}</b> (step 1 adds nothing, as h<sub>0</sub> = 0).<br>"
            f"Against {check} the full gradient differs by {relative:.1e} of its size: {verdict}."
        )

    def pointer(x, y, phase):
        controls["step"].value = round(y)

    lab = Lab(
        "Backpropagation through time, unrolled",
        "rnn_lab.unrolled_bptt",
        controls,
        update,
        figure=figure,
        formula=r"$$\frac{\partial L}{\partial W_{hh}}=\sum_t\sum_{k\le t}\Big(\frac{\partial h_k}{\partial W_{hh}}"
        r"\Big)^{\!*}\,\frac{\partial L_t}{\partial h_k}\qquad \frac{\partial L_t}{\partial h_k}="
        r"\frac{\partial L_t}{\partial h_t}\prod_{j=k+1}^{t}\frac{\partial h_j}{\partial h_{j-1}}$$"
        f"<p>The same W<sub>hh</sub> is used at every step, so every loss L<sub>t</sub> blames every earlier step k. "
        f"The longer the way back, the more factors the blame is multiplied by; truncating cuts the way at the red "
        f"line. The network (here {UNITS} units, untrained) is to say what its input was {BEFORE} steps ago.</p>",
        presets={
            "blame fades: gain 0.6": {"gain": 0.6, "activation": "tanh"},
            "blame lasts: gain 1, linear": {"gain": 1.0, "activation": "linear"},
            "blame grows: gain 1.15, linear": {"gain": 1.15, "activation": "linear"},
            "one step only": {"truncation": 1},
            "not truncated": {"truncation": LONGEST},
        },
        more_state=lambda: passed_in(autodiff=autodiff),
    )
    lab.drag = figure.on_pointer(pointer, axes=left)
    return lab


# --- 2 ---------------------------------------------------------------------------------------------------------------

WIDTH, FARTHEST = 16, 100


def jacobian_product(*, gain=0.9, steps=50, kind="orthogonal", activation="linear", start=0.0, seed=0):
    """Make the lab of the product of Jacobians: gradients that vanish or explode.

    Args:
        gain: of W_hh.
        steps: T, how many Jacobians are multiplied.
        kind: "orthogonal" or "gaussian".
        activation: "tanh", "relu" or "linear".
        start: size of each unit of h_0; 0 leaves tanh in its straight middle.
        seed: of the matrix and h_0.

    Returns:
        Lab.

    Source: Bengio et al. 1994; Pascanu et al. 2013, section 2.1.
    """
    figure = LiveFigure(
        "Left: the singular values of the product of Jacobians against the number of steps, on a logarithmic axis, with"
        " the line of the gain to the power T. Right: all singular values at the chosen T.",
        columns=2,
        height=400,
        ratios=[1.9, 1.0],
    )
    left, right = figure.axes
    low, high = 1e-16, 1e12
    t = np.arange(FARTHEST + 1)
    band = figure.moving(LineCollection([], colors=COLOURS["sky"], linewidths=1.0, alpha=0.8))
    left.add_collection(band)
    left.plot([], [], color=COLOURS["sky"], lw=1.5, label="every singular value")
    largest, power, marker, caption = figure.moving(
        left.plot(t, t + 1.0, color=COLOURS["blue"], lw=3, label="the largest")[0],
        left.plot(t, t + 1.0, "--", color=COLOURS["red"], lw=2.5, label="gain$^T$")[0],
        left.plot([0], [1], "s", color=COLOURS["red"], ms=10)[0],
        left.text(0, 1, "", fontsize=14, color=COLOURS["red"], ha="right", va="bottom", weight="bold"),
    )
    ranks = np.arange(1, WIDTH + 1)
    bars = figure.moving(LineCollection([], colors=COLOURS["blue"], linewidths=9, capstyle="butt"))
    right.add_collection(bars)
    level = figure.moving(right.axhline(1.0, ls="--", color=COLOURS["red"], lw=2.5))
    gone = figure.moving(right.text(0.5, 0.98, "", transform=right.transAxes, ha="center", va="top", color="0.25"))
    for axes in (left, right):
        axes.axhline(1.0, color="grey", lw=1)
        axes.set(yscale="log", ylim=(low, high))
    left.text(1, 2e10, "explodes", color="dimgrey")
    left.text(1, 2e-15, "vanishes", color="dimgrey")
    left.set(xlim=(0, FARTHEST), xlabel="steps T", ylabel="singular values of $\\partial h_T/\\partial h_0$")
    right.set(xlim=(0, WIDTH + 1), xlabel="rank of the singular value, at T")
    legend(left, loc="upper left", bbox_to_anchor=(0.2, 1.0))

    controls = {
        "gain": slider("gain g of W_hh", "How far W_hh stretches: every singular value (orthogonal)", gain, 0.0, 2.0),
        "steps": slider("steps T", "How many Jacobians are multiplied; or drag", steps, 1, FARTHEST, 1, integer=True),
        "kind": choice(
            "W_hh",
            "Orthogonal stretches all directions alike, Gaussian some more than others",
            ["orthogonal", "gaussian"],
            kind,
        ),
        "activation": choice(
            "activation", "Its slope multiplies in at every step: 1 when linear", list(rnn.ACTIVATIONS), activation
        ),
        "start": slider(
            "size of h_0", "Far from 0, tanh is flat and takes gradient away at the first steps", start, 0.0, 3.0
        ),
        "seed": slider("seed", "Decides W_hh and h_0", seed, 0, 99, 1, integer=True),
    }

    def update(gain, steps, kind, activation, start, seed):
        W_hh = rnn.recurrent_matrix(kind, WIDTH, gain=gain, seed=seed)
        h0 = start * np.random.default_rng(seed).standard_normal(WIDTH)
        logs = rnn.jacobian_log_singular_values(W_hh, FARTHEST, activation=activation, h0=h0)
        logs = np.concatenate([np.zeros((1, WIDTH)), logs])  # nothing multiplied yet
        lost = logs < logs[:, :1] - 30.0  # 1e-13 of the largest: mostly rounding
        values = np.exp(np.clip(logs, np.log(low) - 5.0, np.log(high) + 5.0))
        with np.errstate(divide="ignore"):
            log_power = t * np.log(gain) if gain > 0.0 else np.where(t > 0, -np.inf, 0.0)
        powers = np.exp(np.clip(log_power, np.log(low) - 5.0, np.log(high) + 5.0))
        band.set_segments([np.column_stack([t, column]) for column in np.where(lost, np.nan, values).T])
        largest.set_ydata(values[:, 0])
        power.set_ydata(powers)
        at = float(np.clip(powers[steps], 3.0 * low, high / 3.0))
        marker.set_data([steps], [at])
        caption.set_text(f"{gain:.2f}$^{{{steps}}}$ = {brief(np.exp(log_power[steps]))}")
        caption.set_ha("left" if steps < 60 else "right")
        # above a falling line, below a rising one
        caption.set_position(
            (steps + (2 if steps < 60 else -2), np.clip(at * (8.0 if gain <= 1.0 else 1e-4), low, 1e10))
        )
        if steps >= 60:
            caption.set_y(np.clip(at * (1e3 if gain <= 1.0 else 1e-6), low, 1e10))
        bars.set_segments(
            [
                [(rank, low), (rank, value)]
                for rank, value in zip(ranks, values[steps], strict=True)
                if not lost[steps, rank - 1]
            ]
        )
        level.set_ydata([powers[steps]] * 2)
        below = int(np.sum(lost[steps]))
        gone.set_text(f"{below} of {WIDTH}: too small\nto tell from rounding" if below else "")
        figure.update()
        first, last = np.exp(logs[steps, 0]), np.exp(logs[steps, -1])
        smallest = "below what rounding lets us see" if lost[steps, -1] else brief(last)
        size = np.exp(log_power[steps])
        agree = (
            f"&#10003; all {WIDTH} equal g<sup>T</sup>"
            if size > 0.0 and np.allclose(logs[steps], log_power[steps], atol=1e-9)
            else f"largest / g<sup>T</sup> = {brief(first / size)}"
            if size > 0.0
            else "nothing is left"
        )
        fate = "about the same size" if 0.1 < first < 10.0 else "vanished" if first <= 0.1 else "exploded"
        return (
            f"g<sup>T</sup> = {gain:.2f}<sup>{steps}</sup> = <b>{brief(size)}</b>. Singular values of the product: "
            f"largest <b>{brief(first)}</b>, smallest {smallest}; {agree}.<br>"
            f"A gradient that walks back {steps} steps is at most {brief(first)} times as long as it was: "
            f"<b>{fate}</b>."
        )

    def pointer(x, y, phase):
        controls["steps"].value = max(1, round(x))

    lab = Lab(
        "A product of Jacobians",
        "rnn_lab.jacobian_product",
        controls,
        update,
        figure=figure,
        formula=r"$$\frac{\partial h_T}{\partial h_0}=\prod_{t=1}^{T}\operatorname{diag}\big(\varphi'(u_t)\big)\,"
        r"W_{hh}^{\top}\qquad W_{hh}=g\,Q\ \Rightarrow\ \sigma_i=g^T\ \text{when linear}$$"
        "<p>To learn from something T steps ago, the gradient is multiplied T times by much the same matrix. A little "
        "below 1 it dies out, a little above 1 it blows up; tanh can only make it smaller.</p>",
        presets={
            "0.9 for 50 steps: 0.00515": {
                "gain": 0.9,
                "steps": 50,
                "kind": "orthogonal",
                "activation": "linear",
                "start": 0.0,
            },
            "1.1 for 50 steps: 117.4": {
                "gain": 1.1,
                "steps": 50,
                "kind": "orthogonal",
                "activation": "linear",
                "start": 0.0,
            },
            "1.0 keeps everything": {"gain": 1.0, "steps": 100, "kind": "orthogonal", "activation": "linear"},
            "Gaussian: some die, some live": {"gain": 1.0, "steps": 50, "kind": "gaussian", "activation": "linear"},
            "tanh, started far out": {
                "gain": 1.1,
                "steps": 50,
                "kind": "orthogonal",
                "activation": "tanh",
                "start": 2.0,
            },
        },
    )
    lab.drag = figure.on_pointer(pointer, axes=left)
    return lab


# --- 3 ---------------------------------------------------------------------------------------------------------------

VIEWS = [
    ("input gate i", "input"),
    ("forget gate f", "forget"),
    ("candidate c~", "candidate"),
    ("output gate o", "output"),
    ("cell state c", "cell"),
    ("hidden state h", "hidden"),
]
ROWS = 64  # cells on one page of the heat map, so that each is seen and can be clicked
COUNTED = "a(b)((c)d)ef(g)hi"
COUNTERS = ["depth", "depth, leaking", "letters since a bracket", "last was a bracket", "letters inside"]


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
    if x is None:
        raise ValueError("weights came without x: pass the sequence (time, inputs) that the LSTM reads")
    weights = [np.asarray(array, dtype=float) for array in weights]
    x = np.asarray(x, dtype=float)
    own = rnn.lstm_forward(x, *weights)
    time, units = own.cell.shape
    labels = [str(t) for t in range(time)] if labels is None else [str(label) for label in labels]
    cells = [str(unit) for unit in range(units)] if cells is None else [str(name) for name in cells]
    if len(labels) != time or len(cells) != units:
        raise ValueError(f"{len(labels)} labels for {time} steps, {len(cells)} names for {units} cells")
    odds = None if readout is None else np.asarray(readout(own.hidden), dtype=float)
    outputs = outputs if outputs is not None or odds is None else [str(i) for i in range(odds.shape[1])]

    figure = LiveFigure(
        "Top: a heat map of the chosen gate or state, cells upwards and steps to the right, with the chosen cell and"
        " step marked. Middle: how far the replay differs from the run. Bottom: the chosen cell's state over the steps,"
        " as it was and as it is in the replay.",
        mosaic=[["map"], ["difference"], ["trace"]],
        height=580,
    )
    top, middle, bottom = (figure.axes[name] for name in ("map", "difference", "trace"))
    look = {"aspect": "auto", "origin": "lower", "cmap": "PuOr", "vmin": -1, "vmax": 1, "interpolation": "nearest"}
    rows = min(units, ROWS)
    extent = (-0.5, time - 0.5, -0.5, rows - 0.5)
    shown = figure.moving(top.imshow(np.zeros((rows, time)), extent=extent, **look))
    changed = figure.moving(middle.imshow(np.zeros((rows, time)), extent=extent, **look))
    figure.figure.colorbar(shown, ax=top, ticks=[-1, 0, 1])
    figure.figure.colorbar(changed, ax=middle, ticks=[-1, 0, 1])
    crosses = [
        figure.moving(axes.plot([0], [0], "s", mfc="none", mec=COLOURS["green"], mew=3, ms=15)[0])
        for axes in (top, middle)
    ]
    titles = [
        figure.moving(axes.text(0.0, 1.03, "cell", transform=axes.transAxes, weight="bold", va="bottom"))
        for axes in (top, middle, bottom)
    ]
    t = np.arange(time)
    before, after, now = figure.moving(
        bottom.plot(t, 0.0 * t, "--o", color=COLOURS["black"], lw=2, ms=5, label="as it was")[0],
        bottom.plot(t, 0.0 * t, "-s", color=COLOURS["red"], lw=2.5, ms=5, label="replay")[0],
        bottom.axvline(0, color=COLOURS["green"], lw=3, alpha=0.5),
    )
    bottom.set(xlim=extent[:2])
    bottom.locator_params(axis="y", nbins=4)
    figure.moving(bottom.axhline(0.0, color="grey", lw=1), bottom.yaxis)  # each cell has a range of its own
    # a colour bar of its own would be empty; the room it takes keeps the steps of all three pictures in line
    figure.figure.colorbar(shown, ax=bottom).ax.set_visible(False)
    legend(bottom, loc="upper left", ncols=2)
    ticks, marks = _ticks(labels)
    for axes in (top, middle, bottom):
        axes.set_xticks(ticks, marks)
    if time > 55:  # leave the room to the pictures
        middle.set_xticks([])
    if units <= 12:
        for axes in (top, middle):
            axes.set_yticks(range(units), [f"{i} {name}" if name != str(i) else name for i, name in enumerate(cells)])
    else:
        for axes in (top, middle):
            axes.set_ylabel("cell")
            if rows < units:
                axes.set_yticks([])

    reach = float(np.abs(own.cell).max()) + 1.0
    bottom.set_ylim(-reach, reach)
    figure.update()  # the widest range decides how much room its labels get

    controls = {
        "view": choice("heat map of", "Which gate or state the upper picture shows", VIEWS, view),
        "cell": slider(
            "cell", "Which cell is looked at and edited; or click on a picture", cell, 0, units - 1, 1, integer=True
        ),
        "step": slider("step", "At which step; or click on a picture", step, 0, time - 1, 1, integer=True),
        "edit": choice(
            "edit",
            "Which gate of this cell is overwritten at this step; the replay goes on from there",
            [("nothing", "nothing"), *VIEWS[:4]],
            edit,
        ),
        "value": slider("set it to", "New value: 0 closed to 1 open; the candidate also down to -1", value, -1.0, 1.0),
    }

    def replay(cell, step, edit, value):
        if edit == "nothing":
            return own
        if edit != "candidate" and value < 0.0:
            raise ValueError(
                f"the {edit} gate lies between 0 (closed) and 1 (open); only the candidate may be negative"
            )
        overwritten = np.full((time - step, units), np.nan)
        overwritten[0, cell] = value
        state = {"h0": own.hidden[step - 1], "c0": own.cell[step - 1]} if step else {}
        later = rnn.lstm_forward(x[step:], *weights, edits={edit: overwritten}, **state)
        return rnn.LstmTrace(*(np.concatenate([a[:step], b]) for a, b in zip(own, later, strict=True)))

    def update(view, cell, step, edit, value):
        run = replay(cell, step, edit, value)
        data = getattr(run, view)
        # the run decides the colours, so that a replay can be compared with it
        scale = max(1.0, float(np.quantile(np.abs(getattr(own, view)), 0.99)))
        first = min(cell // rows * rows, units - rows)
        page = slice(first, first + rows)
        shown.set_data(data.T[page] / scale)
        state = view if view in ("cell", "hidden") else "cell"
        difference = getattr(run, state) - getattr(own, state)
        most = float(np.abs(difference).max())
        changed.set_data(difference.T[page] / (most or 1.0))
        for cross in crosses:
            cross.set_data([step], [cell - first])
        before.set_ydata(own.cell[:, cell])
        after.set_ydata(run.cell[:, cell])
        after.set_visible(edit != "nothing")
        now.set_xdata([step, step])
        low, high = (f([own.cell[:, cell], run.cell[:, cell]]) for f in (np.min, np.max))
        low, high = min(low, 0.0), max(high, 0.0)
        room = max(high - low, 0.1)
        bottom.set_ylim(low - 0.1 * room, high + 0.4 * room)
        named = dict((v, k) for k, v in VIEWS)
        which = f", cells {first} to {first + rows - 1} of {units}" if rows < units else ""
        times = "" if scale == 1.0 else f", colour bar × {scale:.2f}"
        titles[0].set_text(f"{named[view]}{which}{times}")
        titles[1].set_text(
            f"replay − run, {named[state]}, colour bar × {most:.2g}" if most else "replay − run: edit a gate to see one"
        )
        titles[2].set_text(f"cell state c of cell {cells[cell]}")
        figure.update()

        i, f, g, o, c, h = (float(getattr(run, name)[step, cell]) for _, name in VIEWS)
        past = float(run.cell[step - 1, cell]) if step else 0.0
        told = (
            f"Cell {html.escape(cells[cell])} at step {step}, {html.escape(_visible(labels[step]))}: "
            f"c = f · c<sub>before</sub> + i · c~ = {f:.3f} · {past:.3f} + {i:.3f} · {g:.3f} = <b>{c:.3f}</b>; "
            f"h = o · tanh c = {o:.3f} · {np.tanh(c):.3f} = <b>{h:.3f}</b>."
        )
        if edit != "nothing":
            was = float(getattr(own, edit)[step, cell])
            moved = int(np.sum(np.abs(run.cell - own.cell).max(axis=0) > 1e-3))
            told += (
                f"<br>The {edit} gate was {was:.3f}, now {value:.2f}. At the last step c is "
                f"<b>{run.cell[-1, cell] - own.cell[-1, cell]:+.3f}</b> off what it was; "
                f"{moved} of {units} cells and the hidden states by up to "
                f"{np.abs(run.hidden - own.hidden).max():.3f} moved somewhere."
            )
        if readout is not None:
            new = odds if run is own else np.asarray(readout(run.hidden), dtype=float)
            told += f"<br>Next after step {step}: {_favourites(odds[step], outputs)}"
            if run is not own:
                told += f"; in the replay {_favourites(new[step], outputs)}"
            told += "."
        return told

    def pointer(x_, y, phase):
        page = min(controls["cell"].value // rows * rows, units - rows)
        lab.set(step=int(np.clip(round(x_), 0, time - 1)), cell=page + int(np.clip(round(y), 0, rows - 1)))

    presets = {
        "all forget gates": {"view": "forget", "edit": "nothing"},
        "wipe this cell at this step": {"view": "cell", "edit": "forget", "value": 0.0},
        "shut this cell's input": {"view": "cell", "edit": "input", "value": 0.0},
    }
    if "weights" not in passed:
        presets |= {
            "a bracket goes unheard: wrong to the end": {
                "view": "cell",
                "cell": 0,
                "step": 5,
                "edit": "input",
                "value": 0.0,
            },
            "the same in the leaking cell: it passes": {
                "view": "cell",
                "cell": 1,
                "step": 5,
                "edit": "input",
                "value": 0.0,
            },
        }
    lab = Lab(
        "Gates of an LSTM",
        "rnn_lab.gates",
        controls,
        update,
        figure=figure,
        formula=r"$$c_t=f_t\odot c_{t-1}+i_t\odot\tilde c_t\qquad h_t=o_t\odot\tanh c_t$$"
        "<p>The forget gate f says how much of a cell stays, the input gate i how much of the candidate comes in, the "
        "output gate o how much is shown. Overwrite one gate at one step and the rest of the sequence is replayed: a "
        "cell that never forgets carries the change to the end.</p>",
        presets=presets,
        more_state=lambda: passed,
    )
    lab.drag = figure.on_pointer(pointer, axes=top)
    return lab


def _visible(label):
    return {" ": "␣", "\n": "¶"}.get(label, label)


def _ticks(labels):
    """Where to write what under the steps: all of it, in two rows when one is too narrow, or every tenth step."""
    shown = [_visible(label) for label in labels]
    if len(shown) <= 55:
        return range(len(shown)), shown
    if len(shown) <= 110 and max(map(len, shown)) == 1:
        return range(len(shown)), [label if i % 2 == 0 else f"\n{label}" for i, label in enumerate(shown)]
    return range(0, len(shown), 10), range(0, len(shown), 10)


def _favourites(odds, outputs):
    best = np.argsort(odds)[::-1][:3]
    return ", ".join(f"{html.escape(_visible(str(outputs[i])))} {odds[i]:.2f}" for i in best)


def forget_bias(*, bias=1.0, steps=50):
    """Make the lab of the forget gate's bias: what is left of a cell after many steps.

    Args:
        bias: of the forget gate, which hears nothing else.
        steps: T.

    Returns:
        Lab.

    Source: Gers et al. 2000; Jozefowicz et al. 2015.
    """
    figure = LiveFigure(
        "Left: share of a cell that is left against steps, on a logarithmic axis, for biases 0 to 5 and the chosen one."
        " Right: the share left at the chosen step against the bias.",
        columns=2,
        height=380,
        ratios=[1.5, 1.0],
    )
    left, right = figure.axes
    t, biases = np.arange(0, 201), np.linspace(-2.0, 8.0, 201)
    for known, style in zip((0, 1, 2, 3, 5), (":", "--", "-.", (0, (6, 1)), (0, (3, 1, 1, 1, 1, 1))), strict=True):
        share = rnn.forget_product(known, t)
        left.plot(t, share, ls=style, color="0.45", lw=1.5)
        edge = int(np.argmax(share < 1e-9) or 200)
        left.annotate(f"bias {known}", (t[edge], share[edge]), (4, 4), textcoords="offset points", color="0.3")
    chosen, dot = figure.moving(
        left.plot(t, t + 1.0, color=COLOURS["blue"], lw=3)[0],
        left.plot([0], [1], "o", color=COLOURS["red"], ms=11)[0],
    )
    curve, place = figure.moving(
        right.plot(biases, biases, color=COLOURS["blue"], lw=3)[0],
        right.plot([0], [1], "o", color=COLOURS["red"], ms=11)[0],
    )
    left.set(
        xlim=(0, 230),
        xticks=range(0, 201, 50),
        ylim=(1e-10, 2),
        yscale="log",
        xlabel="steps T",
        ylabel="share of the cell left",
    )
    right.set(xlim=(-2, 8), ylim=(0, 1.05), xlabel="bias of the forget gate", ylabel="share left after T steps")

    def update(bias, steps):
        share = float(rnn.forget_product(bias, steps))
        chosen.set_ydata(np.maximum(rnn.forget_product(bias, t), 1e-12))
        dot.set_data([steps], [max(share, 1.3e-10)])
        curve.set_ydata(rnn.forget_product(biases, steps))
        place.set_data([bias], [share])
        figure.update()
        gate = float(rnn.forget_product(bias, 1))
        life = -1.0 / np.log(gate)
        return (
            f"f = &sigma;({bias:.2f}) = {gate:.4f}; after {steps} steps {gate:.4f}<sup>{steps}</sup> = "
            f"<b>{share:.2g}</b> of the cell is left. Its memory falls to 1/e in {life:.1f} steps."
        )

    lab = Lab(
        "The forget gate's bias",
        "rnn_lab.forget_bias",
        {
            "bias": slider("bias", "What the forget gate adds before its sigmoid, at birth", bias, -2.0, 8.0),
            "steps": slider("steps T", "How long the cell has to remember", steps, 1, 200, 1, integer=True),
        },
        update,
        figure=figure,
        formula=r"$$\frac{\partial c_T}{\partial c_0}=\prod_{t=1}^{T} f_t=\sigma(b_f)^T\quad\text{when }f\text{ hears "
        r"only its bias}$$"
        "<p>Along the cell, the gradient is multiplied by forget gates alone. Started half closed they erase "
        "everything within a few steps; a bias of a few units opens the road before training begins.</p>",
        presets={
            "bias 0: half": {"bias": 0.0, "steps": 50},
            "bias 1, Keras' default": {"bias": 1.0, "steps": 50},
            "bias 3": {"bias": 3.0, "steps": 50},
            "bias 5": {"bias": 5.0, "steps": 50},
        },
    )
    return lab


# --- 4 ---------------------------------------------------------------------------------------------------------------

SURFACE = (4.2, 5.4), (-2.7, -2.0)


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
    figure = LiveFigure(
        "Left: the loss over the weight w and the bias b, a plain with a steep wall, with one descent that is clipped"
        " and one that is not. Right: the loss of both, round by round.",
        columns=2,
        height=430,
        ratios=[1.25, 1.0],
    )
    left, right = figure.axes
    ws, bs = (np.linspace(*side, 161) for side in SURFACE)
    loss = rnn.cliff_loss(*np.meshgrid(ws, bs))
    floor = 1e-5
    picture = left.imshow(
        np.maximum(loss, floor),
        origin="lower",
        extent=(*SURFACE[0], *SURFACE[1]),
        aspect="auto",
        cmap="cividis",
        norm=LogNorm(floor, loss.max()),
    )
    figure.figure.colorbar(picture, ax=left, label="loss")
    looks = {
        "without clipping": {"ls": "--", "marker": "X", "color": COLOURS["red"], "lw": 2.2, "ms": 7},
        "clipped": {"ls": "-", "marker": "o", "color": "white", "lw": 2.2, "ms": 5, "mec": "black"},
    }
    paths = [figure.moving(left.plot([0], [0], label=name, **style)[0]) for name, style in looks.items()]
    looks["clipped"]["color"] = COLOURS["blue"]
    curves = [figure.moving(right.plot([0], [1], label=name, markevery=5, **style)[0]) for name, style in looks.items()]
    left.text(5.05, -2.13, "plain", color="white", fontsize=14)
    left.text(4.23, -2.45, "behind the wall", fontsize=13)
    start = figure.moving(left.plot([w], [b], "*", color=COLOURS["yellow"], mec="black", ms=20, label="start")[0])
    left.set(xlim=SURFACE[0], ylim=SURFACE[1], xlabel="weight w", ylabel="bias b")
    left.legend(loc="lower left", facecolor="0.75", framealpha=0.9)
    right.set(xlim=(-1, 100), ylim=(floor, 1), yscale="log", xlabel="round", ylabel="loss")
    legend(right, loc="lower left")

    controls = {
        "w": slider("start: w", "Weight at the start; or drag the star", w, *SURFACE[0]),
        "b": slider("start: b", "Bias at the start; or drag the star", b, *SURFACE[1]),
        "learning_rate": slider(
            "learning rate", "How far a gradient of length 1 moves", learning_rate, -3.0, 0.0, 0.05, log=True
        ),
        "threshold": slider(
            "clip at length", "A longer gradient is shortened to this", threshold, -2.0, 3.0, 0.05, log=True
        ),
        "rounds": slider("rounds", "Updates of each descent", rounds, 1, 100, 1, integer=True),
    }

    def update(w, b, learning_rate, threshold, rounds):
        settings = {"rounds": rounds, "learning_rate": learning_rate}
        runs = [rnn.cliff_descent(w, b, clip=clip, **settings) for clip in (None, threshold)]
        for (path, losses), line, curve in zip(runs, paths, curves, strict=True):
            line.set_data(*path.T)
            curve.set_data(np.arange(rounds + 1), np.maximum(losses, floor))
        start.set_data([w], [b])
        figure.update()
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

    def pointer(x, y, phase):
        lab.set(w=round(x, 2), b=round(y, 2))

    lab = Lab(
        "Clipping on a cliff",
        "rnn_lab.clipping",
        controls,
        update,
        figure=figure,
        formula=r"$$g\leftarrow g\cdot\min\Big(1,\frac{\text{threshold}}{\lVert g\rVert}\Big)\qquad "
        r"h_t=w\,\sigma(h_{t-1})+b,\quad L=\big(\sigma(h_{50})-0.7\big)^2$$"
        "<p>Over many steps a tiny change of the weights flips where the state ends up, so the loss has a wall. A "
        "single gradient taken on the wall throws the weights far away; clipping keeps its direction and shortens the "
        "jump.</p>",
        presets={
            "thrown off the cliff": {"w": 4.8, "b": -2.1, "learning_rate": 0.1, "threshold": 0.5, "rounds": 50},
            "threshold too high to help": {"w": 4.8, "b": -2.1, "learning_rate": 0.1, "threshold": 1000.0},
            "threshold too low to arrive": {"w": 4.8, "b": -2.1, "learning_rate": 0.1, "threshold": 0.02},
            "a small rate: safe and slow": {"w": 4.8, "b": -2.1, "learning_rate": 0.002, "rounds": 100},
        },
    )
    lab.drag = figure.on_pointer(pointer, axes=left)
    return lab
