"""A GAN of points, small enough to play live: two multilayer perceptrons, every gradient by hand, NumPy only.

The game is a plain dict of arrays, so `numpy.savez(file, **game)` saves it and the saved game plays on exactly. Every
step takes a game and returns a new one; losses, rates and batch size are arguments of the step, free to change while
the game runs. Points are (count, 2) in about [-1, 1]; a player's parameters are one flat vector.
"""

import numpy as np
from scipy.special import ndtri

from animkit.theory import mlp
from animkit.theory.critic import (
    GENERATOR_LOSSES,
    check_loss,
    check_points,
    descend,
    new_player,
    player_output,
    train_discriminator,
)

NOISES = {"uniform_1d": 1, "uniform_2d": 2, "gaussian_1d": 1, "gaussian_2d": 2}
PLAYERS = ("discriminator", "generator")

# --- what there is to learn ------------------------------------------------------------------------------------------


def modes(name):
    """Centres of a distribution's modes, and how wide each is.

    Args:
        name: "ring" (8 modes), "grid" (25), "line" (10 places along it) or "disjoint" (2).

    Returns:
        centres (modes, 2) and the standard deviation around each.

    Raises:
        ValueError: when the distribution is unknown.

    Source: Metz et al. 2017, appendix A, for the ring; Srivastava et al. 2017 for the grid.
    """
    if name == "ring":
        angle = 2.0 * np.pi * np.arange(8) / 8
        return 0.75 * np.stack([np.cos(angle), np.sin(angle)], axis=1), 0.03
    if name == "grid":
        place = np.linspace(-0.8, 0.8, 5)
        return np.stack(np.meshgrid(place, place), axis=-1).reshape(-1, 2), 0.03
    if name == "line":
        return np.linspace([-0.8, -0.5], [0.8, 0.5], 10), 0.02
    if name == "disjoint":
        return np.array([[-0.6, 0.4], [0.6, -0.4]]), 0.1
    raise ValueError(f"unknown distribution {name!r}: use ring, grid, line or disjoint, or draw your own")


def distribution(name, count=10_000, *, seed=0):
    """Draw points of a named distribution.

    Args:
        name: "ring", "grid", "line" or "disjoint".
        count: how many.
        seed: int.

    Returns:
        (count, 2).

    Raises:
        ValueError: when the distribution is unknown.
    """
    centres, std = modes(name)
    rng = np.random.default_rng(seed)
    if name == "line":
        along = centres[0] + rng.random((count, 1)) * (centres[-1] - centres[0])
    else:
        along = centres[rng.integers(len(centres), size=count)]
    return along + std * rng.standard_normal((count, 2))


def drawn_distribution(drawn, count=10_000, *, jitter=0.02, seed=0):
    """Draw points around those that a hand has drawn.

    Args:
        drawn: (drawn, 2) pointer positions.
        count: how many.
        jitter: standard deviation around each.
        seed: int.

    Returns:
        (count, 2).

    Raises:
        ValueError: when nothing was drawn, a position is not finite or the jitter is negative.
    """
    drawn = check_points(drawn, "the drawing")
    if not (np.isfinite(jitter) and jitter >= 0.0):
        raise ValueError(f"the jitter must not be negative; got {jitter}")
    rng = np.random.default_rng(seed)
    return drawn[rng.integers(len(drawn), size=count)] + jitter * rng.standard_normal((count, 2))


def spread_centres(points, count=8):
    """Pick centres that lie far from each other, as the modes of a drawing that names none.

    Args:
        points: (points, 2).
        count: how many at most.

    Returns:
        (at most count, 2) of the points.

    Raises:
        ValueError: when there are no points.

    Source: Gonzalez 1985, farthest-first traversal.
    """
    points = check_points(points, "points")
    chosen, distance = [], np.linalg.norm(points - points.mean(axis=0), axis=1)
    for _ in range(count):
        chosen.append(points[np.argmax(distance)])
        from_last = np.linalg.norm(points - chosen[-1], axis=1)
        distance = from_last if len(chosen) == 1 else np.minimum(distance, from_last)
        if distance.max() == 0.0:
            break
    return np.array(chosen)


# --- the game --------------------------------------------------------------------------------------------------------


def _check_noise(noise):
    if noise not in NOISES:
        raise ValueError(f"unknown noise {noise!r}: use one of {', '.join(NOISES)}")


def get_player(game, name):
    """Take one player out of the game.

    Args:
        game: dict of arrays.
        name: "discriminator" or "generator".

    Returns:
        dict of arrays, as from `new_player`.

    Raises:
        ValueError: when there is no such player.
    """
    if name not in PLAYERS:
        raise ValueError(f"unknown player {name!r}: use one of {', '.join(PLAYERS)}")
    return {key.removeprefix(f"{name}_"): value for key, value in game.items() if key.startswith(f"{name}_")}


def _with_player(game, name, player):
    return {**game, **{f"{name}_{key}": value for key, value in player.items()}}


def new_game(
    *, noise="uniform_2d", generator_hidden=(32, 32), discriminator_hidden=(32, 32), activation="leaky_relu", seed=0
):
    """Set up both players.

    Args:
        noise: "uniform_1d", "uniform_2d", "gaussian_1d" or "gaussian_2d".
        generator_hidden, discriminator_hidden: widths of the hidden layers; an empty tuple makes a linear player.
        activation: name in `mlp.ACTIVATIONS`.
        seed: int, from which everything in the game follows.

    Returns:
        dict of arrays.

    Raises:
        ValueError: when a setting is unknown or out of range.

    Source: Goodfellow et al. 2014; Kahng et al. 2019 (GAN Lab).
    """
    _check_noise(noise)
    game = {"noise": np.array(noise), "seed": np.array(seed), "draws": np.array(0)}
    discriminator = new_player((2, *discriminator_hidden, 1), activation=activation, seed=[seed, 1])
    generator = new_player((NOISES[noise], *generator_hidden, 2), activation=activation, seed=[seed, 2])
    return _with_player(_with_player(game, "discriminator", discriminator), "generator", generator)


def rebuild(game, *, noise=None, generator_hidden=None, discriminator_hidden=None, activation=None):
    """Change the shape of a running game: a player whose shape changes starts anew, the other plays on.

    Args:
        game: dict of arrays.
        noise, generator_hidden, discriminator_hidden, activation: as in `new_game`; None leaves as it is.

    Returns:
        New game.

    Raises:
        ValueError: when a setting is unknown or out of range.
    """
    noise = str(game["noise"]) if noise is None else noise
    _check_noise(noise)
    game, seed = {**game, "noise": np.array(noise)}, int(game["seed"])
    wanted = {"discriminator": (2, discriminator_hidden, 1), "generator": (NOISES[noise], generator_hidden, 2)}
    for number, (name, (inputs, hidden, outputs)) in enumerate(wanted.items(), start=1):
        player = get_player(game, name)
        hidden = player["widths"][1:-1] if hidden is None else hidden
        widths, function = mlp.check_widths((inputs, *hidden, outputs)), activation or str(player["activation"])
        if widths != tuple(player["widths"]) or function != str(player["activation"]):
            game = _with_player(game, name, new_player(widths, activation=function, seed=[seed, number]))
    return game


def _draw_noise(game, count, rng):
    shape = (count, NOISES[str(game["noise"])])
    return rng.uniform(-1.0, 1.0, shape) if str(game["noise"]).startswith("uniform") else rng.standard_normal(shape)


def _next_draw(game, batch_size):
    if batch_size < 1:
        raise ValueError(f"the batch size must be at least 1; got {batch_size}")
    # randomness is a pure function of (seed, draws), so a saved game plays on exactly
    return np.random.default_rng([int(game["seed"]), 3, int(game["draws"])]), {**game, "draws": game["draws"] + 1}


def step_discriminator(
    game,
    data,
    *,
    loss="non_saturating",
    batch_size=128,
    learning_rate=2e-3,
    optimizer="adam",
    r1=0.0,
    gradient_penalty=0.0,
    clip=0.0,
):
    """One step of D against fresh fakes.

    Args:
        game: dict of arrays.
        data: (count, 2) points to draw the real batch from.
        loss, learning_rate, optimizer, r1, gradient_penalty, clip: as in `train_discriminator`.
        batch_size: how many points of each kind.

    Returns:
        New game, and D's loss before the step.

    Raises:
        ValueError: when a setting is unknown or out of range, or there is no data.
        FloatingPointError: when the gradient is not finite.

    Source: Goodfellow et al. 2014, algorithm 1.
    """
    data = check_points(data, "data")
    rng, game = _next_draw(game, batch_size)
    real = data[rng.integers(len(data), size=batch_size)]
    fake = player_output(get_player(game, "generator"), _draw_noise(game, batch_size, rng))
    mix = rng.random((batch_size, 1)) if gradient_penalty else None
    settings = {"r1": r1, "gradient_penalty": gradient_penalty, "clip": clip, "mix": mix}
    player, total = train_discriminator(
        get_player(game, "discriminator"),
        real,
        fake,
        loss=loss,
        learning_rate=learning_rate,
        optimizer=optimizer,
        **settings,
    )
    return _with_player(game, "discriminator", player), total


def generator_gradient(game, noise, real, *, loss="non_saturating"):
    """G's loss, its gradient, and what D tells each fake.

    Args:
        game: dict of arrays.
        noise: (batch, noise).
        real: (batch, 2) data that a relativistic loss compares with; the others ignore it.
        loss: a name in GENERATOR_LOSSES.

    Returns:
        The loss, its gradient (parameters,), the fakes (batch, 2) and the slope of each one's own loss (batch, 2).

    Raises:
        ValueError: when the loss is unknown.

    Source: Goodfellow et al. 2014, algorithm 1.
    """
    check_loss(loss)
    generator, discriminator = get_player(game, "generator"), get_player(game, "discriminator")
    function = str(generator["activation"])
    fake, trace_g = mlp.forward(generator["parameters"], generator["widths"], noise, function)
    judge = discriminator["parameters"], discriminator["widths"]
    fake_output, trace_d = mlp.forward(*judge, fake, str(discriminator["activation"]))
    real_output = player_output(discriminator, real) if loss == "relativistic" else 0.0
    losses, slope = GENERATOR_LOSSES[loss](real_output, fake_output)
    at_fakes = mlp.input_gradient(*judge, trace_d, slope)
    gradient, _ = mlp.backward(generator["parameters"], generator["widths"], trace_g, at_fakes / len(noise))
    return float(losses.mean()), gradient, fake, at_fakes


def step_generator(game, data, *, loss="non_saturating", batch_size=128, learning_rate=2e-3, optimizer="adam"):
    """One step of G against D as it stands.

    Args:
        game: dict of arrays.
        data: (count, 2) points, for the relativistic loss.
        loss, batch_size, learning_rate, optimizer: as in `step_discriminator`.

    Returns:
        New game, and G's loss before the step.

    Raises:
        ValueError: when a setting is unknown or out of range, or there is no data.
        FloatingPointError: when the gradient is not finite.

    Source: Goodfellow et al. 2014, algorithm 1.
    """
    data = check_points(data, "data")
    rng, game = _next_draw(game, batch_size)
    real = data[rng.integers(len(data), size=batch_size)]
    total, gradient, _, _ = generator_gradient(game, _draw_noise(game, batch_size, rng), real, loss=loss)
    player = descend(get_player(game, "generator"), gradient, learning_rate, optimizer)
    return _with_player(game, "generator", player), total


def step(
    game,
    data,
    *,
    loss="non_saturating",
    batch_size=128,
    discriminator_rate=2e-3,
    generator_rate=2e-3,
    optimizer="adam",
    n_critic=1,
    r1=0.0,
    gradient_penalty=0.0,
    clip=0.0,
):
    """One update of the game: n_critic steps of D, then one of G.

    Args:
        game: dict of arrays.
        data: (count, 2) points.
        loss, batch_size, optimizer, r1, gradient_penalty, clip: as in `step_discriminator`.
        discriminator_rate, generator_rate: the players' learning rates.
        n_critic: steps of D for each of G, at least 1.

    Returns:
        New game, and dict d_loss, g_loss.

    Raises:
        ValueError: when a setting is unknown or out of range, or there is no data.
        FloatingPointError: when a gradient is not finite.

    Source: Goodfellow et al. 2014, algorithm 1.
    """
    if n_critic < 1:
        raise ValueError(f"n_critic must be at least 1; got {n_critic}")
    both = {"loss": loss, "batch_size": batch_size, "optimizer": optimizer}
    for _ in range(n_critic):
        game, d_loss = step_discriminator(
            game, data, learning_rate=discriminator_rate, r1=r1, gradient_penalty=gradient_penalty, clip=clip, **both
        )
    game, g_loss = step_generator(game, data, learning_rate=generator_rate, **both)
    return game, {"d_loss": d_loss, "g_loss": g_loss}


# --- what there is to see --------------------------------------------------------------------------------------------


def fixed_noise(game, count=512, *, seed=0):
    """Noise that stays the same from step to step, so that pictures can be compared.

    Args:
        game: dict of arrays.
        count: how many.
        seed: int.

    Returns:
        (count, noise).
    """
    return _draw_noise(game, count, np.random.default_rng(seed))


def generate(game, noise):
    """What G makes of noise.

    Args:
        game: dict of arrays.
        noise: (count, noise).

    Returns:
        (count, 2) points.

    Raises:
        ValueError: when the noise is not what this generator takes.
    """
    return player_output(get_player(game, "generator"), check_points(noise, "noise", int(game["generator_widths"][0])))


def discriminator_map(game, x, y):
    """D's outputs over a grid of the plane.

    Args:
        game: dict of arrays.
        x: (columns,) and y: (rows,) places of the grid.

    Returns:
        (rows, columns) outputs: logits, unless the loss has no probabilities.
    """
    plane = np.stack(np.meshgrid(x, y), axis=-1)
    return player_output(get_player(game, "discriminator"), plane.reshape(-1, 2)).reshape(plane.shape[:2])


def generator_manifold(game, cells=16):
    """Where G puts a regular grid of noise whose cells are equally likely.

    Args:
        game: dict of arrays.
        cells: per axis of the noise, at least 1.

    Returns:
        (cells + 1, 2) a curve for 1-D noise, (cells + 1, cells + 1, 2) corners of a net for 2-D noise.

    Raises:
        ValueError: when there is no cell.

    Source: Kahng et al. 2019 (GAN Lab), section 4.
    """
    if cells < 1:
        raise ValueError(f"the manifold needs at least one cell; got {cells}")
    # the outermost Gaussian corners would lie at infinity
    share = np.clip(np.linspace(0.0, 1.0, cells + 1), 0.005, 0.995)
    axis = np.linspace(-1.0, 1.0, cells + 1) if str(game["noise"]).startswith("uniform") else ndtri(share)
    if NOISES[str(game["noise"])] == 1:
        return generate(game, axis[:, None])
    net = np.stack(np.meshgrid(axis, axis), axis=-1)
    return generate(game, net.reshape(-1, 2)).reshape(net.shape)


def gradients_at_fakes(game, noise, data, *, loss="non_saturating"):
    """The arrows along which each fake would lower its loss.

    Args:
        game: dict of arrays.
        noise: (count, noise).
        data: (count or more, 2), for the relativistic loss.
        loss: a name in GENERATOR_LOSSES.

    Returns:
        fakes (count, 2) and arrows (count, 2), minus the slope of each one's own loss.

    Raises:
        ValueError: when the loss is unknown or there are fewer points than fakes.
    """
    real = check_points(data, "data")[: len(noise)]
    if loss == "relativistic" and len(real) < len(noise):
        raise ValueError(f"the relativistic loss pairs every fake with a real point; got {len(real)} for {len(noise)}")
    _, _, fake, slope = generator_gradient(game, noise, real, loss=loss)
    return fake, -slope


def coverage(points, centres, radius):
    """Count the points that fall into each mode.

    Args:
        points: (count, 2) fakes.
        centres: (modes, 2).
        radius: how near a point must be; 3 standard deviations is the custom.

    Returns:
        (modes,) counts, and the share of points that hit any mode.

    Raises:
        ValueError: when there are no points or the radius is not positive.

    Source: Srivastava et al. 2017 (VEEGAN), section 4.1.
    """
    points, centres = check_points(points, "points"), check_points(centres, "centres")
    if not radius > 0.0:
        raise ValueError(f"the radius must be above 0; got {radius}")
    distance = np.linalg.norm(points[:, None] - centres, axis=-1)
    nearest, hit = distance.argmin(axis=1), distance.min(axis=1) <= radius
    return np.bincount(nearest[hit], minlength=len(centres)), float(hit.mean())


def histogram_divergences(real, fake, *, bins=20, limit=1.2):
    """Estimate KL(real || fake) and the Jensen-Shannon divergence on a grid of cells.

    Args:
        real, fake: (count, 2) points; those outside are counted in the outermost cells.
        bins: cells per axis.
        limit: the cells cover [-limit, limit] on both axes.

    Returns:
        KL with half a point added to every cell, so that it stays finite; JS without, so between 0 and log 2. Nats.
        Both are biased upwards while points are few.

    Raises:
        ValueError: when there are no points, or the grid is empty.

    Source: Krichevsky and Trofimov 1981 for the half point; Lin 1991.
    """
    if bins < 1 or not limit > 0.0:
        raise ValueError(f"the grid needs at least one cell and a limit above 0; got {bins} and {limit}")
    counts = []
    for points, name in ((real, "real"), (fake, "fake")):
        cell = (np.clip(check_points(points, name) / limit, -1.0, 1.0) + 1.0) * (bins / 2)
        column, row = np.minimum(cell.astype(int), bins - 1).T
        counts.append(np.bincount(row * bins + column, minlength=bins * bins).astype(float))
    smooth_p, smooth_q = ((count + 0.5) / (count + 0.5).sum() for count in counts)
    p, q = (count / count.sum() for count in counts)
    middle = 0.5 * (p + q)
    js = 0.5 * sum(np.sum(part[part > 0] * np.log(part[part > 0] / middle[part > 0])) for part in (p, q))
    return float(np.sum(smooth_p * np.log(smooth_p / smooth_q))), float(js)
