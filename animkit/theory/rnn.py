"""The RNN derivation in numbers: backpropagation through time, products of Jacobians, gates, and cliffs.

One sequence at a time: x (time, inputs), y the real target and y_hat the prediction (time, outputs), h_t the hidden
state (units,). Weights are laid out as in Keras: h_t = tanh(x_t W_xh + h_{t-1} W_hh + b_h), y_hat_t = h_t W_hy + b_y.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import expit

# name -> the activation, and its slope written in terms of its value
ACTIVATIONS = {
    "tanh": (np.tanh, lambda h: 1.0 - h**2),
    "relu": (lambda u: np.maximum(u, 0.0), lambda h: 1.0 * (h > 0.0)),
    "linear": (lambda u: u, np.ones_like),
}


def _activation(name):
    if name not in ACTIVATIONS:
        raise ValueError(f"unknown activation {name!r}: use one of {', '.join(ACTIVATIONS)}")
    return ACTIVATIONS[name]


def check_array(value, name, *shape):
    """Refuse what is not an array of finite numbers of a given shape.

    Args:
        value: what to look at.
        name: what the message calls it.
        shape: sizes; None stands for any size but 0.

    Returns:
        The value as an array of floats.

    Raises:
        ValueError: when the shape is another or a number is not finite.
    """
    value = np.asarray(value, dtype=float)
    fits = value.ndim == len(shape) and all(
        size == (want or max(size, 1)) for size, want in zip(value.shape, shape, strict=True)
    )
    if not fits:
        raise ValueError(f"{name} must have shape {tuple(want or 'any' for want in shape)}; got {value.shape}")
    if not np.all(np.isfinite(value)):
        raise ValueError(f"{name} must be finite")
    return value


# --- backpropagation through time ------------------------------------------------------------------------------------


class Weights(NamedTuple):
    """A vanilla network: W_xh (inputs, units), W_hh (units, units), b_h (units,), W_hy (units, outputs), b_y.

    They have the layout of a Keras layer's weights.
    """

    W_xh: np.ndarray
    W_hh: np.ndarray
    b_h: np.ndarray
    W_hy: np.ndarray
    b_y: np.ndarray


class Unrolled(NamedTuple):
    """The gradient of L = sum over t of L_t = |y_t - y_hat_t|^2, taken apart by the step it passes through.

    loss: L. gradients: dL/dweights, as Weights. hidden (time, time, units): at [t, k] dL_t/dh_k, 0 for k > t.
    recurrent (time, units, units): at [k] what step k's use of W_hh adds to dL/dW_hh. norms (time, time): at [t, k] the
    norm of what step k adds to dL_t/dW_hh.
    """

    loss: float
    gradients: Weights
    hidden: np.ndarray
    recurrent: np.ndarray
    norms: np.ndarray


def random_weights(inputs, units, outputs, *, gain=1.0, seed=0):
    """Draw a vanilla network whose recurrent matrix is `gain` times orthogonal.

    Args:
        inputs, units, outputs: sizes.
        gain: of W_hh.
        seed: int.

    Returns:
        Weights.

    Raises:
        ValueError: when a size is below 1.
    """
    if min(inputs, units, outputs) < 1:
        raise ValueError(f"sizes must be at least 1; got {inputs}, {units}, {outputs}")
    rng = np.random.default_rng(seed)
    W_xh = rng.standard_normal((inputs, units)) / np.sqrt(inputs)
    W_hy = rng.standard_normal((units, outputs)) / np.sqrt(units)
    W_hh = recurrent_matrix("orthogonal", units, gain=gain, seed=seed)
    return Weights(W_xh, W_hh, np.zeros(units), W_hy, np.zeros(outputs))


def forward(x, weights, *, h0=None, activation="tanh"):
    """Run a vanilla network over a sequence.

    Args:
        x: (time, inputs).
        weights: Weights.
        h0: (units,) first state, zeros without it.
        activation: name in ACTIVATIONS.

    Returns:
        states (time + 1, units), the first of them h0, and y_hat (time, outputs).

    Raises:
        ValueError: when shapes do not fit or the activation is unknown.

    Source: the article, 3.3; Elman 1990.
    """
    function, _ = _activation(activation)
    x = check_array(x, "x", None, len(weights.W_xh))
    states = np.zeros((len(x) + 1, len(weights.W_hh)))
    if h0 is not None:
        states[0] = check_array(h0, "h0", states.shape[1])
    drive = x @ weights.W_xh + weights.b_h
    for t in range(len(x)):
        states[t + 1] = function(drive[t] + states[t] @ weights.W_hh)
    return states, states[1:] @ weights.W_hy + weights.b_y


def unrolled_gradient(x, y, weights, *, truncation=None, h0=None, activation="tanh"):
    """Backpropagate every L_t through time by itself, and keep what each earlier step contributes.

    Args:
        x: (time, inputs).
        y: (time, outputs) real targets.
        weights: Weights.
        truncation: how many steps L_t may reach, its own included; None for all.
        h0: (units,) first state, zeros without it.
        activation: name in ACTIVATIONS.

    Returns:
        Unrolled.

    Raises:
        ValueError: when shapes do not fit, the activation is unknown or the truncation is below 1.

    Source: the article, 3.3; Werbos 1990; Williams and Peng 1990 for truncation.
    """
    if truncation is not None and truncation < 1:
        raise ValueError(f"truncated backpropagation needs at least its own step; got {truncation}")
    states, y_hat = forward(x, weights, h0=h0, activation=activation)
    x, steps = np.asarray(x, dtype=float), len(y_hat)
    error = y_hat - check_array(y, "y", *y_hat.shape)
    slopes = _activation(activation)[1](states[1:])
    hidden = np.zeros((steps, steps, states.shape[1]))
    reach = np.arange(steps)[:, None] - np.arange(steps) < (truncation or steps)  # which [t, k] may speak
    at_outputs = 2.0 * error @ weights.W_hy.T  # dL_t/dh_t
    flow = np.zeros_like(at_outputs)  # dL_t/dh_k of every t at once, while k walks back
    for k in reversed(range(steps)):
        flow[k] = at_outputs[k]
        hidden[:, k] = flow * reach[:, k, None]
        flow = (flow * slopes[k]) @ weights.W_hh.T
    before = hidden * slopes  # dL_t/d(pre-activation of step k)
    delta = before.sum(axis=0)
    recurrent = states[:-1, :, None] * delta[:, None, :]
    norms = np.linalg.norm(states[:-1], axis=1) * np.linalg.norm(before, axis=2)
    gradients = Weights(
        x.T @ delta, recurrent.sum(axis=0), delta.sum(axis=0), 2.0 * states[1:].T @ error, 2.0 * error.sum(axis=0)
    )
    return Unrolled(float(np.sum(error**2)), gradients, hidden, recurrent, norms)


# --- products of Jacobians -------------------------------------------------------------------------------------------


def recurrent_matrix(kind, units, *, gain=1.0, seed=0):
    """Draw a recurrent matrix.

    Args:
        kind: "orthogonal" (every singular value is the gain) or "gaussian" (eigenvalues fill a disc of that radius).
        units: size.
        gain: not negative.
        seed: int.

    Returns:
        (units, units).

    Raises:
        ValueError: when the kind is unknown, the size below 1 or the gain negative.

    Source: Saxe et al. 2014 (orthogonal); Ginibre 1965 (Gaussian).
    """
    if units < 1 or not (np.isfinite(gain) and gain >= 0.0):
        raise ValueError(f"units must be at least 1 and the gain not negative; got {units} and {gain}")
    noise = np.random.default_rng(seed).standard_normal((units, units))
    if kind == "orthogonal":
        q, r = np.linalg.qr(noise)
        return gain * q * np.where(np.diag(r) < 0.0, -1.0, 1.0)  # the signs make the draw uniform
    if kind == "gaussian":
        return gain * noise / np.sqrt(units)
    raise ValueError(f"unknown kind {kind!r}: use orthogonal or gaussian, or a learned matrix")


def jacobian_log_singular_values(W_hh, steps, *, activation="linear", h0=None, drive=None):
    """How far a nudge of h_0 is stretched by the time it reaches h_t, for t = 1 ... steps.

    The product is rescaled as it grows, so nothing overflows; a singular value below 1e-15 of the largest one is
    rounding noise.

    Args:
        W_hh: (units, units), drawn or learned.
        steps: T, at least 1.
        activation: name in ACTIVATIONS.
        h0: (units,) where to start; zeros without it.
        drive: (steps, units) what the inputs add before the activation, x_t W_xh + b_h; zeros without it.

    Returns:
        (steps, units) natural logs of the singular values of dh_t/dh_0, largest first; -inf where all is lost.

    Raises:
        ValueError: when shapes do not fit, the activation is unknown, or the states themselves overflow.

    Source: Bengio et al. 1994; Pascanu et al. 2013, section 2.1.
    """
    function, slope = _activation(activation)
    W_hh = check_array(W_hh, "W_hh", None, None)
    units = len(W_hh)
    if W_hh.shape[1] != units or steps < 1:
        raise ValueError(f"W_hh must be square and steps at least 1; got {W_hh.shape} and {steps}")
    h = np.zeros(units) if h0 is None else check_array(h0, "h0", units)
    drive = np.zeros((steps, units)) if drive is None else check_array(drive, "drive", steps, units)
    products, scales = np.empty((steps, units, units)), np.empty(steps)
    product, scale = np.eye(units), 0.0
    for t in range(steps):
        h = function(drive[t] + h @ W_hh)
        product = (product @ W_hh) * slope(h)  # transposed Jacobians: the same singular values
        size = np.abs(product).max()
        if size > 0.0:
            product, scale = product / size, scale + np.log(size)
        products[t], scales[t] = product, scale
    if not np.all(np.isfinite(h)):
        raise ValueError(f"the states overflow within {steps} steps: lower the gain or start nearer to 0")
    with np.errstate(divide="ignore"):
        return np.log(np.linalg.svd(products, compute_uv=False)) + scales[:, None]


# --- gates -----------------------------------------------------------------------------------------------------------

GATES = ("input", "forget", "candidate", "output")  # the order of the columns in Keras' kernels: i, f, c, o


class LstmTrace(NamedTuple):
    """Everything an LSTM did: its four gates, its cells and its hidden states, each (time, units)."""

    input: np.ndarray
    forget: np.ndarray
    candidate: np.ndarray
    output: np.ndarray
    cell: np.ndarray
    hidden: np.ndarray


def lstm_forward(x, kernel, recurrent_kernel, bias, *, h0=None, c0=None, edits=None):
    """Run an LSTM with Keras' weights, gates open to view, and to edits.

    Args:
        x: (time, inputs).
        kernel, recurrent_kernel, bias: (inputs, 4 units), (units, 4 units), (4 units,), from `layer.get_weights()`.
        h0, c0: (units,) first hidden state and cells, zeros without them.
        edits: dict gate name -> (time, units) values to put in place of the gate's own, NaN where it keeps its own.

    Returns:
        LstmTrace; with edits, the replay in which everything after an edit follows from it.

    Raises:
        ValueError: when shapes do not fit or an edit names no gate.

    Source: Hochreiter and Schmidhuber 1997; Gers et al. 2000 for the forget gate.
    """
    recurrent_kernel = check_array(recurrent_kernel, "recurrent_kernel", None, None)
    units = len(recurrent_kernel)
    x, kernel = check_array(x, "x", None, None), check_array(kernel, "kernel", None, 4 * units)
    bias = check_array(bias, "bias", 4 * units)
    if recurrent_kernel.shape[1] != 4 * units or len(kernel) != x.shape[1]:
        raise ValueError(f"x {x.shape}, kernel {kernel.shape}, recurrent_kernel {recurrent_kernel.shape} do not fit")
    edits = {name: np.asarray(values, dtype=float) for name, values in (edits or {}).items()}
    for name, values in edits.items():
        if name not in GATES or values.shape != (len(x), units):
            raise ValueError(f"edit one of {', '.join(GATES)} with shape {(len(x), units)}; got {name} {values.shape}")
    h = np.zeros(units) if h0 is None else check_array(h0, "h0", units)
    cell = np.zeros(units) if c0 is None else check_array(c0, "c0", units)
    drive = x @ kernel + bias
    trace = np.empty((6, len(x), units))
    for t in range(len(x)):
        gates = (drive[t] + h @ recurrent_kernel).reshape(4, units)
        values = trace[:4, t]
        values[:] = expit(gates)
        values[2] = np.tanh(gates[2])
        for name, edit in edits.items():
            own = values[GATES.index(name)]
            own[:] = np.where(np.isnan(edit[t]), own, edit[t])
        cell = values[1] * cell + values[0] * values[2]
        h = values[3] * np.tanh(cell)
        trace[4, t], trace[5, t] = cell, h
    return LstmTrace(*trace)


def forget_product(bias, steps):
    """Share of a cell that survives when the forget gate sees its bias alone, sigmoid(bias)^steps.

    Args:
        bias: number(s).
        steps: not negative.

    Returns:
        Share(s) between 0 and 1.

    Raises:
        ValueError: when steps is negative.

    Source: Gers et al. 2000; Jozefowicz et al. 2015.
    """
    if np.any(np.asarray(steps) < 0):
        raise ValueError(f"steps must not be negative; got {steps}")
    return np.exp(-np.asarray(steps) * np.logaddexp(0.0, -np.asarray(bias, dtype=float)))[()]


def cell_survival(forget):
    """Share of the cells after each step that is left at the end, the product of all later forget gates.

    Args:
        forget: (time, units) from an LstmTrace.

    Returns:
        (time, units), 1 in the last row.

    Raises:
        ValueError: when the gates are not a table of finite numbers.

    Source: Hochreiter and Schmidhuber 1997, the constant error carousel; Gers et al. 2000.
    """
    forget = check_array(forget, "forget", None, None)
    later = np.concatenate([forget[1:], np.ones((1, forget.shape[1]))])
    return np.cumprod(later[::-1], axis=0)[::-1]


# --- clipping on a cliff ---------------------------------------------------------------------------------------------
# One unit, two parameters: h_t = w sigmoid(h_{t-1}) + b, and the error of sigmoid(h_T) at the end.


def cliff_loss(w, b, *, steps=50, start=0.5, target=0.7):
    """Loss of a one-unit recurrent network over its two parameters: a plain with a wall.

    A surface of 60 by 60 points takes about 3 ms.

    Args:
        w, b: weight and bias, any matching shapes (a whole surface at once).
        steps: T, at least 1.
        start: h_0.
        target: what sigmoid(h_T) should be.

    Returns:
        (sigmoid(h_T) - target)^2, shaped like w and b.

    Raises:
        ValueError: when steps is below 1.

    Source: Pascanu et al. 2013, figure 6.
    """
    if steps < 1:
        raise ValueError(f"steps must be at least 1; got {steps}")
    h = np.full(np.broadcast(w, b).shape, start)
    for _ in range(steps):
        h = w * expit(h) + b
    return (expit(h) - target) ** 2


def cliff_gradient(w, b, *, steps=50, start=0.5, target=0.7):
    """Slope of `cliff_loss` at one point, carried forwards through the steps.

    Args:
        w, b, steps, start, target: as in `cliff_loss`, w and b numbers.

    Returns:
        (2,) dL/dw and dL/db.

    Raises:
        ValueError: when steps is below 1.

    Source: Pascanu et al. 2013, figure 6; Williams and Zipser 1989 for the forward way.
    """
    if steps < 1:
        raise ValueError(f"steps must be at least 1; got {steps}")
    h, by_w, by_b = float(start), 0.0, 0.0
    for _ in range(steps):
        a = float(expit(h))
        slope = w * a * (1.0 - a)
        h, by_w, by_b = w * a + b, a + slope * by_w, 1.0 + slope * by_b
    a = float(expit(h))
    outer = 2.0 * (a - target) * a * (1.0 - a)
    return np.array([outer * by_w, outer * by_b])


def clip_by_norm(gradient, threshold):
    """Shorten a gradient that is longer than a threshold, and keep its direction.

    Args:
        gradient: array of any shape.
        threshold: above 0.

    Returns:
        The gradient, no longer than the threshold.

    Raises:
        ValueError: when the threshold is not above 0.

    Source: Pascanu et al. 2013, algorithm 1.
    """
    if not threshold > 0.0:
        raise ValueError(f"the threshold must be above 0; got {threshold}")
    gradient = np.asarray(gradient, dtype=float)
    largest = np.abs(gradient).max(initial=0.0)
    if largest == 0.0:
        return gradient
    unit = gradient / largest  # squares of very long or short gradients would leave the range of numbers
    share = threshold / np.linalg.norm(unit)
    return gradient if largest <= share else unit * share


def cliff_descent(w, b, *, rounds=50, learning_rate=0.1, clip=None, steps=50, start=0.5, target=0.7):
    """Roll down the cliff's surface, with or without clipping.

    Args:
        w, b: where to start.
        rounds: updates.
        learning_rate: above 0.
        clip: threshold of `clip_by_norm`, None for none.
        steps, start, target: as in `cliff_loss`.

    Returns:
        (rounds + 1, 2) points (w, b) and the loss at each (rounds + 1,).

    Raises:
        ValueError: when a setting is out of range or the start not finite.

    Source: Pascanu et al. 2013, figure 6.
    """
    if not (np.isfinite([w, b, learning_rate]).all() and learning_rate > 0.0) or rounds < 0:
        raise ValueError(f"start from finite numbers with a rate above 0; got {w}, {b}, {learning_rate}, {rounds}")
    path = [np.array([w, b], dtype=float)]
    for _ in range(rounds):
        gradient = cliff_gradient(*path[-1], steps=steps, start=start, target=target)
        gradient = gradient if clip is None else clip_by_norm(gradient, clip)
        path.append(path[-1] - learning_rate * gradient)
    path = np.array(path)
    return path, cliff_loss(path[:, 0], path[:, 1], steps=steps, start=start, target=target)
