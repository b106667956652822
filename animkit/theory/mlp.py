"""A small fully connected network with every derivative written out by hand, second ones included.

Its parameters are one flat vector, so that a gradient has the same shape, Adam is one line of arithmetic, and a
finite difference can check anything. Rows are examples: x is (batch, inputs).
"""

import numpy as np
from scipy.special import expit

LEAK = 0.2


def _tanh(u):
    a = np.tanh(u)
    slope = 1.0 - a * a
    return a, slope, -2.0 * a * slope


def _softplus(u):
    slope = expit(u)
    return np.logaddexp(0.0, u), slope, slope * (1.0 - slope)


def _leaky_relu(u):
    slope = np.where(u > 0.0, 1.0, LEAK)
    # one zero is enough: it broadcasts, and a slice of the batch still holds it
    return u * slope, slope, np.zeros((1, 1))


# name -> function of u that returns the activation, its first and its second derivative
ACTIVATIONS = {"tanh": _tanh, "softplus": _softplus, "leaky_relu": _leaky_relu}


def check_widths(widths):
    """Refuse a network without layers or with an empty one.

    Args:
        widths: sizes from the inputs to the outputs.

    Returns:
        The widths as a tuple of ints.

    Raises:
        ValueError: when there are fewer than two sizes, or one is below 1.
    """
    widths = tuple(int(width) for width in widths)
    if len(widths) < 2 or min(widths) < 1:
        raise ValueError(f"widths are the sizes from inputs to outputs, each at least 1; got {widths}")
    return widths


def parameter_count(widths):
    """Count the weights and biases of a network.

    Args:
        widths: sizes from the inputs to the outputs.

    Returns:
        The length of its parameter vector.
    """
    return sum((inputs + 1) * outputs for inputs, outputs in zip(widths[:-1], widths[1:], strict=True))


def initial_parameters(widths, seed=0):
    """Draw He-normal weights and zero biases.

    Args:
        widths: sizes from the inputs to the outputs.
        seed: int.

    Returns:
        (parameters,) flat vector.

    Raises:
        ValueError: when the widths are not sizes.

    Source: He et al. 2015.
    """
    widths = check_widths(widths)
    rng = np.random.default_rng(seed)
    parameters = np.zeros(parameter_count(widths))
    for weight, _ in layers(parameters, widths):
        weight[:] = rng.standard_normal(weight.shape) * np.sqrt(2.0 / weight.shape[0])
    return parameters


def layers(parameters, widths):
    """Look at a parameter vector as weight matrices and biases, without a copy.

    Args:
        parameters: (parameters,) flat vector.
        widths: sizes from the inputs to the outputs.

    Returns:
        List of pairs: weight (inputs, outputs) and bias (outputs,), views of the vector.
    """
    pairs, start = [], 0
    for inputs, outputs in zip(widths[:-1], widths[1:], strict=True):
        middle, end = start + inputs * outputs, start + (inputs + 1) * outputs
        pairs.append((parameters[start:middle].reshape(inputs, outputs), parameters[middle:end]))
        start = end
    return pairs


def forward(parameters, widths, x, activation="tanh"):
    """Run the network and keep what the derivatives need.

    Args:
        parameters: (parameters,) flat vector.
        widths: sizes from the inputs to the outputs.
        x: (batch, inputs).
        activation: name in ACTIVATIONS, used by all layers but the last.

    Returns:
        outputs (batch, outputs), and the trace: for each layer its input, and for each hidden layer the first and
        second derivative of its activation.

    Raises:
        ValueError: when the activation is unknown.
    """
    if activation not in ACTIVATIONS:
        raise ValueError(f"unknown activation {activation!r}: use one of {', '.join(ACTIVATIONS)}")
    inputs, slopes, curvatures = [x], [], []
    pairs = layers(parameters, widths)
    for weight, bias in pairs[:-1]:
        a, slope, curvature = ACTIVATIONS[activation](inputs[-1] @ weight + bias)
        inputs.append(a)
        slopes.append(slope)
        curvatures.append(curvature)
    weight, bias = pairs[-1]
    return inputs[-1] @ weight + bias, (inputs, slopes, curvatures)


def backward(parameters, widths, trace, output_gradient):
    """Carry a gradient from the outputs back to the parameters and the inputs.

    Args:
        parameters: (parameters,) flat vector.
        widths: sizes from the inputs to the outputs.
        trace: what `forward` returned.
        output_gradient: (batch, outputs) dL/doutputs.

    Returns:
        dL/dparameters (parameters,), summed over the batch, and dL/dx (batch, inputs).

    Source: Rumelhart et al. 1986.
    """
    inputs, slopes, _ = trace
    gradient = np.empty_like(parameters)
    pairs, gradient_pairs = layers(parameters, widths), layers(gradient, widths)
    delta = output_gradient
    for layer in reversed(range(len(pairs))):
        gradient_pairs[layer][0][:] = inputs[layer].T @ delta
        gradient_pairs[layer][1][:] = delta.sum(axis=0)
        delta = delta @ pairs[layer][0].T
        if layer:
            delta = delta * slopes[layer - 1]
    return gradient, delta


def input_gradient(parameters, widths, trace, output_gradient=1.0):
    """Carry a gradient back to the inputs of a network with one output, and leave the parameters out.

    Args:
        parameters: (parameters,) flat vector.
        widths: sizes from the inputs to the outputs, the last of them 1.
        trace: what `forward` returned.
        output_gradient: (batch, 1) dL/doutput; 1 gives dD/dx itself.

    Returns:
        (batch, inputs) dL/dx.
    """
    inputs, slopes, _ = trace
    pairs = layers(parameters, widths)
    delta = np.broadcast_to(output_gradient, (len(inputs[0]), 1))
    for layer in reversed(range(len(pairs))):
        delta = delta @ pairs[layer][0].T
        if layer:
            delta = delta * slopes[layer - 1]
    return delta


def directional_gradient(parameters, widths, trace, direction):
    """Differentiate sum(direction . dD/dx) by the parameters: what a penalty on the input gradient needs.

    The product direction . dD/dx is a derivative along a line, so it can be carried forwards beside the activations
    (a tangent t for each activation a), and ordinary backpropagation through that pair gives the mixed second
    derivative. The direction is held constant: for a penalty rho(dD/dx) it is rho', so the chain rule is complete.

    Args:
        parameters: (parameters,) flat vector.
        widths: sizes from the inputs to the outputs, the last of them 1.
        trace: what `forward` returned at x.
        direction: (batch, inputs).

    Returns:
        (parameters,) gradient, summed over the batch.

    Source: Pearlmutter 1994, the R operator.
    """
    inputs, slopes, curvatures = trace
    pairs = layers(parameters, widths)
    # forwards: tangents t of each layer's input, and s of each pre-activation
    tangents, pre_tangents = [direction], []
    for layer in range(len(pairs) - 1):
        pre_tangents.append(tangents[-1] @ pairs[layer][0])
        tangents.append(slopes[layer] * pre_tangents[-1])
    # backwards: s_bar and u_bar are the adjoints of the pre-activation's tangent and of the pre-activation itself
    gradient = np.empty_like(parameters)
    gradient_pairs = layers(gradient, widths)
    s_bar = np.ones((len(direction), 1))
    u_bar = np.zeros((len(direction), 1))
    for layer in reversed(range(len(pairs))):
        gradient_pairs[layer][0][:] = tangents[layer].T @ s_bar + inputs[layer].T @ u_bar
        gradient_pairs[layer][1][:] = u_bar.sum(axis=0)
        if layer:
            t_bar, a_bar = s_bar @ pairs[layer][0].T, u_bar @ pairs[layer][0].T
            s_bar = slopes[layer - 1] * t_bar
            u_bar = slopes[layer - 1] * a_bar + curvatures[layer - 1] * pre_tangents[layer - 1] * t_bar
    return gradient


def adam(parameters, gradient, first, second, steps, *, learning_rate, beta_1=0.5, beta_2=0.99, epsilon=1e-8):
    """Take one step of Adam downhill.

    Args:
        parameters, gradient: (parameters,).
        first, second: (parameters,) running means of the gradient and of its square.
        steps: how many steps came before.
        learning_rate, beta_1, beta_2, epsilon: the method's constants.

    Returns:
        New parameters, first, second and steps.

    Source: Kingma and Ba 2014, algorithm 1.
    """
    steps = steps + 1
    first = beta_1 * first + (1.0 - beta_1) * gradient
    second = beta_2 * second + (1.0 - beta_2) * gradient * gradient
    scale = np.sqrt(second / (1.0 - beta_2**steps)) + epsilon
    return parameters - learning_rate / (1.0 - beta_1**steps) * first / scale, first, second, steps
