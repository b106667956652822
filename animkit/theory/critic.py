"""One player at a time: D trained on densities, a critic on points, and the losses of both players.

A player is a plain dict of arrays (a multilayer perceptron and its optimiser's state), and so can be saved by
`numpy.savez`. Every gradient is written out by hand; a training function takes a player and returns a new one.
"""

import numpy as np
from scipy.special import expit

from animkit.theory import mlp

OPTIMIZERS = ("adam", "sgd")


def _softplus(u):
    return np.logaddexp(0.0, u)


# name -> function of D's outputs on real r and on fake f: loss, slope at r, slope at f
DISCRIMINATOR_LOSSES = {
    "minimax": lambda r, f: (_softplus(-r) + _softplus(f), -expit(-r), expit(f)),
    "non_saturating": lambda r, f: (_softplus(-r) + _softplus(f), -expit(-r), expit(f)),
    "least_squares": lambda r, f: (0.5 * ((r - 1.0) ** 2 + f**2), r - 1.0, f),
    "hinge": lambda r, f: (np.maximum(0.0, 1.0 - r) + np.maximum(0.0, 1.0 + f), -1.0 * (r < 1.0), 1.0 * (f > -1.0)),
    "wasserstein": lambda r, f: (f - r, -np.ones_like(r), np.ones_like(f)),
    "relativistic": lambda r, f: (_softplus(f - r), -expit(f - r), expit(f - r)),
}
# the same for G, which has no say over the real points: loss, slope at f
GENERATOR_LOSSES = {
    "minimax": lambda r, f: (-_softplus(f), -expit(f)),
    "non_saturating": lambda r, f: (_softplus(-f), -expit(-f)),
    "least_squares": lambda r, f: (0.5 * (f - 1.0) ** 2, f - 1.0),
    "hinge": lambda r, f: (-f, -np.ones_like(f)),
    "wasserstein": lambda r, f: (-f, -np.ones_like(f)),
    "relativistic": lambda r, f: (_softplus(r - f), -expit(r - f)),
}


def check_loss(loss):
    """Refuse a loss that neither table has.

    Args:
        loss: a name.

    Raises:
        ValueError: when it is unknown.
    """
    if loss not in GENERATOR_LOSSES:
        raise ValueError(f"unknown loss {loss!r}: use one of {', '.join(GENERATOR_LOSSES)}")


def check_points(points, name, columns=2):
    """Refuse what is not a cloud of points.

    Args:
        points: (count, columns).
        name: what the message calls them.
        columns: coordinates of each.

    Returns:
        The points as an array of floats.

    Raises:
        ValueError: when the shape is another, there are none, or a coordinate is not finite.
    """
    points = np.asarray(points, dtype=float)
    if points.ndim != 2 or points.shape[1] != columns or not len(points):
        raise ValueError(f"{name} must be points (count, {columns}), at least one; got shape {points.shape}")
    if not np.all(np.isfinite(points)):
        raise ValueError(f"{name} must be finite numbers")
    return points


def new_player(widths, *, activation="leaky_relu", seed=0):
    """Make a network and its optimiser's state.

    Args:
        widths: sizes from the inputs to the outputs.
        activation: name in `mlp.ACTIVATIONS`.
        seed: int.

    Returns:
        dict of arrays: widths, activation, parameters, first, second, steps.

    Raises:
        ValueError: when a width is below 1 or the activation unknown.
    """
    if activation not in mlp.ACTIVATIONS:
        raise ValueError(f"unknown activation {activation!r}: use one of {', '.join(mlp.ACTIVATIONS)}")
    parameters = mlp.initial_parameters(widths, seed)
    return {
        "widths": np.array(mlp.check_widths(widths)),
        "activation": np.array(activation),
        "parameters": parameters,
        "first": np.zeros_like(parameters),
        "second": np.zeros_like(parameters),
        "steps": np.array(0),
    }


def player_output(player, x):
    """Run a player's network.

    Args:
        player: dict of arrays.
        x: (batch, inputs).

    Returns:
        (batch, outputs).
    """
    return mlp.forward(player["parameters"], player["widths"], np.asarray(x, dtype=float), str(player["activation"]))[0]


def descend(player, gradient, learning_rate, optimizer):
    """Take one step downhill.

    Args:
        player: dict of arrays.
        gradient: (parameters,).
        learning_rate: not negative.
        optimizer: "adam" or "sgd".

    Returns:
        New player.

    Raises:
        ValueError: when the optimizer is unknown or the rate out of range.
        FloatingPointError: when the gradient is not finite.
    """
    if optimizer not in OPTIMIZERS:
        raise ValueError(f"unknown optimizer {optimizer!r}: use one of {', '.join(OPTIMIZERS)}")
    if not (np.isfinite(learning_rate) and learning_rate >= 0.0):
        raise ValueError(f"the learning rate must not be negative; got {learning_rate}")
    if not np.all(np.isfinite(gradient)):
        raise FloatingPointError("the game has diverged: its gradient is not finite. Lower the rate, and reset")
    if optimizer == "sgd":
        return {**player, "parameters": player["parameters"] - learning_rate * gradient}
    moments = (player["first"], player["second"], player["steps"])
    updated = mlp.adam(player["parameters"], gradient, *moments, learning_rate=learning_rate)
    return {**player, **dict(zip(("parameters", "first", "second", "steps"), updated, strict=True))}


def _first_rows(trace, rows):
    return tuple([part[:rows] for part in parts] for parts in trace)


def discriminator_gradient(player, real, fake, *, loss="non_saturating", r1=0.0, gradient_penalty=0.0, mix=None):
    """D's loss and its gradient, penalties on the input gradient included.

    Args:
        player: dict of arrays, with one output.
        real, fake: (batch, inputs) points, as many of each.
        loss: a name in DISCRIMINATOR_LOSSES.
        r1: weight of |dD/dx|^2 / 2 on real points.
        gradient_penalty: weight of (|dD/dx| - 1)^2 on points between real and fake.
        mix: (batch, 1) how much of real there is in each point between; needed for the gradient penalty.

    Returns:
        The loss, and its gradient (parameters,).

    Raises:
        ValueError: when the loss is unknown.

    Source: Mescheder et al. 2018, equation 9 (R1); Gulrajani et al. 2017, equation 3 (gradient penalty).
    """
    check_loss(loss)
    parameters, widths, activation = player["parameters"], player["widths"], str(player["activation"])
    count = len(real)
    output, trace = mlp.forward(parameters, widths, np.concatenate([real, fake]), activation)
    losses, real_slope, fake_slope = DISCRIMINATOR_LOSSES[loss](output[:count], output[count:])
    total = losses.mean()
    slopes = np.concatenate([real_slope, fake_slope]) / count
    gradient, _ = mlp.backward(parameters, widths, trace, slopes)
    if r1:
        trace = _first_rows(trace, count)
        slope = mlp.input_gradient(parameters, widths, trace)
        total += 0.5 * r1 * np.sum(slope**2) / count
        gradient += mlp.directional_gradient(parameters, widths, trace, r1 / count * slope)
    if gradient_penalty:
        between = mix * real + (1.0 - mix) * fake
        _, trace = mlp.forward(parameters, widths, between, activation)
        slope = mlp.input_gradient(parameters, widths, trace)
        norm = np.sqrt(np.sum(slope**2, axis=1, keepdims=True) + 1e-12)
        total += gradient_penalty * np.mean((norm - 1.0) ** 2)
        direction = 2.0 * gradient_penalty / count * (norm - 1.0) / norm * slope
        gradient += mlp.directional_gradient(parameters, widths, trace, direction)
    return float(total), gradient


def train_discriminator(
    player,
    real,
    fake,
    *,
    loss="non_saturating",
    learning_rate=2e-3,
    optimizer="adam",
    r1=0.0,
    gradient_penalty=0.0,
    clip=0.0,
    mix=None,
):
    """One step of D on given points.

    Args:
        player: dict of arrays, with one output.
        real, fake: (batch, inputs) points, as many of each.
        loss, r1, gradient_penalty, mix: as in `discriminator_gradient`.
        learning_rate, optimizer: "adam" or "sgd".
        clip: parameters are clipped to [-clip, clip] after the step; 0 for no clipping.

    Returns:
        New player, and the loss before the step.

    Raises:
        ValueError: when a setting is unknown or out of range.
        FloatingPointError: when the gradient is not finite.

    Source: Arjovsky et al. 2017, algorithm 1, for clipping.
    """
    if not (min(r1, gradient_penalty, clip) >= 0.0 and np.isfinite(r1 + gradient_penalty + clip)):
        raise ValueError(f"r1, gradient_penalty, clip must not be negative; got {r1}, {gradient_penalty}, {clip}")
    total, gradient = discriminator_gradient(
        player, real, fake, loss=loss, r1=r1, gradient_penalty=gradient_penalty, mix=mix
    )
    player = descend(player, gradient, learning_rate, optimizer)
    if clip:
        player["parameters"] = np.clip(player["parameters"], -clip, clip)
    return player, total


def train_critic(player, real, fake, *, steps=1, learning_rate=2e-3, gradient_penalty=0.0, clip=0.0, seed=0):
    """Some steps of a Wasserstein critic on fixed points, kept Lipschitz by clipping or by the gradient penalty.

    Args:
        player: dict of arrays, with one output.
        real, fake: (batch, inputs) points, as many of each.
        steps: how many.
        learning_rate: of Adam.
        gradient_penalty, clip: as in `train_discriminator`.
        seed: int, for the points between.

    Returns:
        New player, and its estimate of W1: the mean output on real less that on fake. A penalised critic's is about
        right (a little high, since the penalty is soft); a clipped one's is off by an unknown factor.

    Raises:
        ValueError: when a setting is out of range or the points don't match.

    Source: Arjovsky et al. 2017, algorithm 1; Gulrajani et al. 2017, algorithm 1.
    """
    inputs = int(player["widths"][0])
    real, fake = check_points(real, "real", inputs), check_points(fake, "fake", inputs)
    if real.shape != fake.shape:
        raise ValueError(f"real {real.shape} and fake {fake.shape} must be as many points each")
    rng = np.random.default_rng(seed)
    for _ in range(steps):
        mix = rng.random((len(real), 1))
        settings = {"learning_rate": learning_rate, "gradient_penalty": gradient_penalty, "clip": clip, "mix": mix}
        player, _ = train_discriminator(player, real, fake, loss="wasserstein", **settings)
    return player, float(player_output(player, real).mean() - player_output(player, fake).mean())


def fit_on_grid(player, x, log_p, log_q, *, steps=1, learning_rate=1e-2):
    """Some steps of D towards p / (p + q), on the densities themselves instead of samples.

    Args:
        player: dict of arrays, with one input and one output.
        x: (points,) grid; 200 points are plenty.
        log_p, log_q: (points,) log densities.
        steps: how many.
        learning_rate: of Adam.

    Returns:
        New player, and V(D) before the last step, which can't exceed V(D*).

    Raises:
        ValueError: when the arrays don't fit the grid or steps is below 1.

    Source: Goodfellow et al. 2014, proposition 1.
    """
    x, p, q = np.asarray(x, dtype=float), np.exp(log_p), np.exp(log_q)
    if x.ndim != 1 or p.shape != x.shape or q.shape != x.shape or steps < 1:
        raise ValueError(f"log_p {p.shape}, log_q {q.shape} must lie on x {x.shape}, and steps {steps} be at least 1")
    width = np.diff(x)
    p, q = (0.5 * (np.append(width, 0.0) + np.append(0.0, width)) * density for density in (p, q))
    for _ in range(steps):
        parameters, widths = player["parameters"], player["widths"]
        logit, trace = mlp.forward(parameters, widths, x[:, None], str(player["activation"]))
        slope = q * expit(logit[:, 0]) - p * expit(-logit[:, 0])
        gradient, _ = mlp.backward(parameters, widths, trace, slope[:, None])
        player = descend(player, gradient, learning_rate, "adam")
    return player, -float(p @ _softplus(-logit[:, 0]) + q @ _softplus(logit[:, 0]))
