"""The GAN derivation in closed form: D*, the value of the game, saturation, two players on a plane, divergences.

Densities live on a grid x (points,) as their logarithms log_p and log_q (points,), p for data and q for the generator.
-inf is allowed: no mass there. Integrals are trapezoid sums, all but exact for smooth densities that fit the grid.
"""

import numpy as np
from scipy.special import expit, logsumexp

LOG_2 = np.log(2.0)
LOG_4 = np.log(4.0)
# far beyond what a phase plane shows; a diverging trajectory stops here instead of at infinity
FAR = 1e6

# --- densities on a grid ---------------------------------------------------------------------------------------------


def _grid(x):
    x = np.asarray(x, dtype=float)
    if x.ndim != 1 or len(x) < 2 or not np.all(np.diff(x) > 0.0):  # a NaN fails this test too
        raise ValueError(f"the grid x must be one row of at least two increasing numbers; got shape {x.shape}")
    return x


def _pair(x, log_p, log_q):
    x, log_p, log_q = _grid(x), np.asarray(log_p, dtype=float), np.asarray(log_q, dtype=float)
    if log_p.shape != x.shape or log_q.shape != x.shape:
        raise ValueError(f"log_p {log_p.shape} and log_q {log_q.shape} must lie on the grid x {x.shape}")
    if not (np.all(log_p < np.inf) and np.all(log_q < np.inf)):
        raise ValueError("log_p and log_q must hold neither NaN nor +inf")
    return x, log_p, log_q


def _weighted(log_weight, factor):
    """Density times factor, where no mass is worth nothing even if the factor is infinite there."""
    with np.errstate(invalid="ignore"):
        return np.where(log_weight > -np.inf, np.exp(log_weight) * factor, 0.0)


def _difference(log_p, log_q):
    """log p - log q, and 0 where neither has mass."""
    with np.errstate(invalid="ignore"):
        return np.where((log_p == -np.inf) & (log_q == -np.inf), 0.0, log_p - log_q)


def log_gaussian(x, mean=0.0, std=1.0):
    """Log density of a Gaussian.

    Args:
        x: (points,) grid.
        mean, std: its centre and its width.

    Returns:
        (points,) log density.

    Raises:
        ValueError: when the width is not positive or a number is not finite.
    """
    return log_mixture(x, [mean], [std])


def log_mixture(x, means, stds, weights=None):
    """Log density of a mixture of Gaussians.

    Args:
        x: (points,) grid.
        means, stds: (components,).
        weights: (components,) not negative; normalised here. Equal without them.

    Returns:
        (points,) log density.

    Raises:
        ValueError: when lengths differ, a width is not positive, or the weights are not weights.
    """
    x, means, stds = _grid(x), np.asarray(means, dtype=float), np.asarray(stds, dtype=float)
    weights = np.ones(len(means)) if weights is None else np.asarray(weights, dtype=float)
    if not means.shape == stds.shape == weights.shape or means.ndim != 1 or not len(means):
        raise ValueError(f"a mixture needs as many means {means.shape} as stds {stds.shape}, weights {weights.shape}")
    if not (np.all(np.isfinite(means)) and np.all(np.isfinite(stds)) and np.all(stds > 0.0)):
        raise ValueError(f"every mean must be finite and every std above 0; got means {means}, stds {stds}")
    if not (np.all(np.isfinite(weights)) and np.all(weights >= 0.0) and weights.sum() > 0.0):
        raise ValueError(f"weights must not be negative, and not all zero; got {weights}")
    scaled = (x[:, None] - means) / stds
    with np.errstate(divide="ignore"):
        log_weights = np.log(weights / weights.sum())
    return logsumexp(log_weights - 0.5 * scaled**2 - np.log(stds) - 0.5 * np.log(2.0 * np.pi), axis=1)


def log_histogram(x, heights):
    """Log density of what was drawn as heights over the grid.

    Args:
        x: (points,) grid.
        heights: (points,) not negative; normalised here to an integral of 1.

    Returns:
        (points,) log density, -inf where the height is 0.

    Raises:
        ValueError: when nothing was drawn, or a height is negative or not finite.
    """
    x, heights = _grid(x), np.asarray(heights, dtype=float)
    if heights.shape != x.shape:
        raise ValueError(f"heights {heights.shape} must lie on the grid x {x.shape}")
    if not np.all(np.isfinite(heights)) or np.any(heights < 0.0):
        raise ValueError("the heights of a drawn density must be finite and not negative")
    if heights.max() == 0.0:
        raise ValueError("the drawing is empty: draw a density first")
    heights = heights / heights.max()  # first, so that huge or tiny heights cannot overflow the integral
    with np.errstate(divide="ignore"):
        return np.log(heights) - np.log(np.trapezoid(heights, x))


def log_drawing(x, points):
    """Log density under a curve drawn by hand.

    Args:
        x: (points,) grid.
        points: (drawn, 2) pointer positions (x, height) in any order; joined by straight lines, nothing outside.

    Returns:
        (points,) log density.

    Raises:
        ValueError: when fewer than two different places were drawn, or the drawing misses the grid.
    """
    x, points = _grid(x), np.asarray(points, dtype=float)
    if points.ndim != 2 or points.shape[1] != 2 or not np.all(np.isfinite(points)):
        raise ValueError(f"a drawing is pairs (x, height) of finite numbers; got shape {points.shape}")
    # a pointer that crosses the same place twice: the last stroke counts
    places, last = np.unique(points[::-1, 0], return_index=True)
    if len(places) < 2:
        raise ValueError("the drawing is empty: draw from left to right over at least two places")
    heights = np.interp(x, places, np.maximum(points[::-1, 1][last], 0.0), left=0.0, right=0.0)
    return log_histogram(x, heights)


# --- the optimal discriminator, and the value there ------------------------------------------------------------------


def optimal_logit(log_p, log_q):
    """Logit of the best discriminator, log p - log q.

    Args:
        log_p, log_q: (points,) log densities.

    Returns:
        (points,) logits, infinite where only one has mass and 0 where neither has.

    Source: Goodfellow et al. 2014, proposition 1.
    """
    return _difference(np.asarray(log_p, dtype=float), np.asarray(log_q, dtype=float))


def optimal_discriminator(log_p, log_q):
    """The best discriminator, D* = p / (p + q).

    Args:
        log_p, log_q: (points,) log densities.

    Returns:
        (points,) probabilities; one half where neither has mass, since D may say anything there.

    Source: Goodfellow et al. 2014, proposition 1.
    """
    return expit(optimal_logit(log_p, log_q))


def pointwise_value(d, a, b):
    """What D earns at one place, a log D + b log(1 - D).

    Args:
        d: D's answer(s) between 0 and 1.
        a, b: densities of data and of the generator there, not negative.

    Returns:
        Value(s), -inf for a certain answer that can be wrong.

    Raises:
        ValueError: when an answer is not a probability or a density is negative.

    Source: Goodfellow et al. 2014, proof of proposition 1.
    """
    d, a, b = (np.asarray(value, dtype=float) for value in (d, a, b))
    if not np.all((d >= 0.0) & (d <= 1.0)):
        raise ValueError(f"D answers with a probability between 0 and 1; got {d}")
    if not np.all((a >= 0.0) & (b >= 0.0)):
        raise ValueError(f"the densities must not be negative; got {a} and {b}")
    with np.errstate(divide="ignore", invalid="ignore"):
        real = np.where(a > 0.0, a * np.log(d), 0.0)
        fake = np.where(b > 0.0, b * np.log1p(-d), 0.0)
    return (real + fake)[()]


def best_answer(a, b):
    """Where a log D + b log(1 - D) is highest, a / (a + b).

    Args:
        a, b: densities of data and of the generator, not negative and not both zero.

    Returns:
        D's best answer(s).

    Raises:
        ValueError: when a density is negative or both are zero.

    Source: Goodfellow et al. 2014, proposition 1.
    """
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if not np.all((a >= 0.0) & (b >= 0.0) & (a + b > 0.0)):
        raise ValueError(f"the densities must not be negative, nor both zero; got {a} and {b}")
    return (a / (a + b))[()]


def value(x, log_p, log_q, logit):
    """V(D, G) = E_p[log D] + E_q[log(1 - D)] for any discriminator.

    Args:
        x: (points,) grid.
        log_p, log_q: (points,) log densities.
        logit: (points,) D's logits.

    Returns:
        Nats, never above 0.

    Raises:
        ValueError: when the arrays do not fit the grid or are not log densities.

    Source: the article, 3.1; Goodfellow et al. 2014, equation 1.
    """
    x, log_p, log_q = _pair(x, log_p, log_q)
    real, fake = np.logaddexp(0.0, -np.asarray(logit)), np.logaddexp(0.0, logit)
    return -np.trapezoid(_weighted(log_p, real) + _weighted(log_q, fake), x)


def _log_softplus(t):
    """log(log(1 + e^t)); for very negative t that is t itself, which the plain formula loses to underflow."""
    return np.where(t < -30.0, t, np.log(np.logaddexp(0.0, np.maximum(t, -30.0))))


def log_deficit(x, log_p, log_q):
    """log(-V(D*)), how far below 0 the best discriminator stays, wholly in the log domain.

    Args:
        x: (points,) grid.
        log_p, log_q: (points,) log densities.

    Returns:
        A number at most log(log 4); -inf for densities that share no place.

    Raises:
        ValueError: when the arrays do not fit the grid or are not log densities.

    Source: Goodfellow et al. 2014, theorem 1.
    """
    x, log_p, log_q = _pair(x, log_p, log_q)
    logit = _difference(log_p, log_q)
    with np.errstate(divide="ignore", invalid="ignore"):
        # no mass earns nothing, even where the best answer to it is infinitely sure
        real = np.where(log_p > -np.inf, log_p + _log_softplus(-logit), -np.inf)
        fake = np.where(log_q > -np.inf, log_q + _log_softplus(logit), -np.inf)
        integrand = np.logaddexp(real, fake)
        step = np.diff(x)
        weights = 0.5 * (np.append(step, 0.0) + np.append(0.0, step))
    return float(logsumexp(integrand + np.log(weights)))


def value_at_optimum(x, log_p, log_q):
    """V(D*) from the densities, with every digit of it even where it is almost 0.

    Args:
        x: (points,) grid.
        log_p, log_q: (points,) log densities.

    Returns:
        Nats between -log 4 (p = q) and 0 (nothing shared).

    Raises:
        ValueError: when the arrays do not fit the grid or are not log densities.

    Source: Goodfellow et al. 2014, theorem 1.
    """
    return -float(np.exp(log_deficit(x, log_p, log_q)))


def value_from_js(x, log_p, log_q):
    """V(D*) as -log 4 + 2 JSD: the theorem's right side.

    The sum cannot resolve anything below about 1e-16 times log 4: use `value_at_optimum` for densities far apart.

    Args:
        x: (points,) grid.
        log_p, log_q: (points,) log densities.

    Returns:
        Nats.

    Raises:
        ValueError: when the arrays do not fit the grid or are not log densities.

    Source: Goodfellow et al. 2014, theorem 1.
    """
    return -LOG_4 + 2.0 * js_divergence(x, log_p, log_q)


# --- divergences -----------------------------------------------------------------------------------------------------


def kl_divergence(x, log_p, log_q):
    """KL(p || q) on a grid.

    Args:
        x: (points,) grid.
        log_p, log_q: (points,) log densities.

    Returns:
        Nats, inf where q misses mass of p.

    Raises:
        ValueError: when the arrays do not fit the grid or are not log densities.
    """
    x, log_p, log_q = _pair(x, log_p, log_q)
    return float(np.trapezoid(_weighted(log_p, _difference(log_p, log_q)), x))


def js_divergence(x, log_p, log_q):
    """Jensen-Shannon divergence, half KL(p || m) plus half KL(q || m) with m halfway between.

    Args:
        x: (points,) grid.
        log_p, log_q: (points,) log densities.

    Returns:
        Nats between 0 and log 2.

    Raises:
        ValueError: when the arrays do not fit the grid or are not log densities.

    Source: Lin 1991.
    """
    x, log_p, log_q = _pair(x, log_p, log_q)
    middle = np.logaddexp(log_p, log_q) - LOG_2
    return 0.5 * (kl_divergence(x, log_p, middle) + kl_divergence(x, log_q, middle))


def wasserstein_1(x, log_p, log_q):
    """Earth mover's distance, the area between the two cumulative distributions.

    Args:
        x: (points,) grid.
        log_p, log_q: (points,) log densities.

    Returns:
        A length, in units of x.

    Raises:
        ValueError: when the arrays do not fit the grid or are not log densities.

    Source: Vallender 1974; Arjovsky et al. 2017, section 2.
    """
    x, log_p, log_q = _pair(x, log_p, log_q)
    difference, step = np.exp(log_p) - np.exp(log_q), np.diff(x)
    cumulative = np.append(0.0, np.cumsum(0.5 * step * (difference[1:] + difference[:-1])))
    return float(np.trapezoid(np.abs(cumulative), x))


def point_divergences(mu):
    """JSD and W1 between a point at 0 and a point at mu: one is flat, the other is not.

    Args:
        mu: (count,) or a number.

    Returns:
        JSD and W1, shaped like mu.

    Raises:
        ValueError: when mu is not finite.

    Source: Arjovsky et al. 2017, example 1.
    """
    mu = np.asarray(mu, dtype=float)
    if not np.all(np.isfinite(mu)):
        raise ValueError(f"mu must be finite; got {mu}")
    return np.where(mu == 0.0, 0.0, LOG_2)[()], np.abs(mu)


def saturation_slopes(logit):
    """Slopes per logit of the two generator losses, -D for log(1 - D) and -(1 - D) for -log D.

    Args:
        logit: D's logit(s) on a fake.

    Returns:
        Slope of the saturating loss, and of the non-saturating one.

    Source: Goodfellow et al. 2014, section 3.
    """
    return -expit(logit), -expit(-np.asarray(logit))


# --- two players on a plane: the Dirac-GAN ---------------------------------------------------------------------------
# Data is one point at 0, the generator one point at theta, D(x) = psi x: its logit is 0 on data, s = psi theta on the
# fake. Each loss gives the slopes at s of D's and of G's loss, and the slopes of these slopes.

DIRAC_LOSSES = {
    "minimax": lambda s: (expit(s), expit(s) * expit(-s), -expit(s), -expit(s) * expit(-s)),
    "non_saturating": lambda s: (expit(s), expit(s) * expit(-s), -expit(-s), expit(s) * expit(-s)),
    "least_squares": lambda s: (s, 1.0, s - 1.0, 1.0),
    "hinge": lambda s: ((s > -1.0) * 1.0, 0.0, -1.0, 0.0),
    "wasserstein": lambda s: (1.0, 0.0, -1.0, 0.0),
    "relativistic": lambda s: (expit(s), expit(s) * expit(-s), -expit(-s), expit(s) * expit(-s)),
}


def _dirac_loss(loss):
    if loss not in DIRAC_LOSSES:
        raise ValueError(f"unknown loss {loss!r}: use one of {', '.join(DIRAC_LOSSES)}")
    return DIRAC_LOSSES[loss]


def _check_game(learning_rate, order, n_critic, r1):
    if order not in ("simultaneous", "alternating"):
        raise ValueError(f"unknown order {order!r}: use simultaneous or alternating")
    if n_critic < 1 or (order == "simultaneous" and n_critic != 1):
        raise ValueError(f"n_critic must be at least 1, and exactly 1 in a simultaneous game; got {n_critic}")
    if not (np.isfinite(learning_rate) and learning_rate > 0.0 and np.isfinite(r1) and r1 >= 0.0):
        raise ValueError(f"the learning rate must be above 0 and r1 not negative; got {learning_rate} and {r1}")


def dirac_field(psi, theta, *, loss="non_saturating", r1=0.0):
    """Downhill directions of both players at points of the phase plane.

    Args:
        psi, theta: D's slope and G's position, any matching shapes.
        loss: a name in DIRAC_LOSSES.
        r1: weight of D's penalty, r1 psi^2 / 2.

    Returns:
        d psi / dt and d theta / dt.

    Raises:
        ValueError: when the loss is unknown.

    Source: Mescheder et al. 2018, section 2 and 4.1.
    """
    psi, theta = np.asarray(psi, dtype=float), np.asarray(theta, dtype=float)
    slope_d, _, slope_g, _ = _dirac_loss(loss)(psi * theta)
    return -(theta * slope_d + r1 * psi), -psi * slope_g


def _round(psi, theta, slopes, learning_rate, order, n_critic, r1):
    """One round without the checks, which a trajectory makes once."""
    _, _, slope_g, _ = slopes(psi * theta)
    old_psi = psi
    for _ in range(n_critic):
        slope_d, _, _, _ = slopes(psi * theta)
        psi = psi - learning_rate * (theta * slope_d + r1 * psi)
    if order == "alternating":
        old_psi, (_, _, slope_g, _) = psi, slopes(psi * theta)
    return psi, theta - learning_rate * old_psi * slope_g


def dirac_update(psi, theta, *, loss="non_saturating", learning_rate=0.1, order="simultaneous", n_critic=1, r1=0.0):
    """One round of the game: n_critic steps of D and one of G.

    Args:
        psi, theta: D's slope and G's position, any matching shapes.
        loss: a name in DIRAC_LOSSES.
        learning_rate: of both players.
        order: "simultaneous" (G answers D's old slope) or "alternating" (G answers the new one).
        n_critic: steps of D before each of G; alternating only.
        r1: weight of D's penalty.

    Returns:
        New psi and theta.

    Raises:
        ValueError: when a setting is unknown or out of range.

    Source: Mescheder et al. 2018, section 2.
    """
    _check_game(learning_rate, order, n_critic, r1)
    psi, theta = np.asarray(psi, dtype=float), np.asarray(theta, dtype=float)
    return _round(psi, theta, _dirac_loss(loss), learning_rate, order, n_critic, r1)


def dirac_trajectory(
    psi, theta, steps, *, loss="non_saturating", learning_rate=0.1, order="simultaneous", n_critic=1, r1=0.0
):
    """Follow the game from a starting point.

    Args:
        psi, theta: where it starts.
        steps: rounds to play.
        loss, learning_rate, order, n_critic, r1: as in `dirac_update`.

    Returns:
        (steps + 1, 2) points (psi, theta); one that leaves the plane (beyond 1e6) stays where it left.

    Raises:
        ValueError: when a setting is unknown or out of range, or the start is not finite.

    Source: Mescheder et al. 2018, section 2.
    """
    if not (np.isfinite(psi) and np.isfinite(theta)) or steps < 0:
        raise ValueError(f"start from finite numbers for at least 0 steps; got {psi}, {theta} and {steps}")
    _check_game(learning_rate, order, n_critic, r1)
    slopes = _dirac_loss(loss)
    path = [(np.float64(psi), np.float64(theta))]
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(steps):
            psi, theta = _round(*path[-1], slopes, learning_rate, order, n_critic, r1)
            inside = abs(psi) < FAR and abs(theta) < FAR  # a NaN is not
            path.append((psi, theta) if inside else path[-1])
    return np.array(path)


def dirac_jacobian(
    psi=0.0, theta=0.0, *, loss="non_saturating", learning_rate=0.1, order="simultaneous", n_critic=1, r1=0.0
):
    """Derivative of one round with respect to where it starts, by default at the equilibrium.

    Args:
        psi, theta: where.
        loss, learning_rate, order, n_critic, r1: as in `dirac_update`.

    Returns:
        (2, 2) rows: new psi, new theta; columns: psi, theta.

    Raises:
        ValueError: when a setting is unknown or out of range.

    Source: Mescheder et al. 2018, lemmas 2.2 to 2.5.
    """
    _check_game(learning_rate, order, n_critic, r1)

    def discriminator_step(psi, theta):
        slope, curvature, _, _ = _dirac_loss(loss)(psi * theta)
        own = 1.0 - learning_rate * (theta**2 * curvature + r1)
        return np.array([[own, -learning_rate * (slope + psi * theta * curvature)], [0.0, 1.0]])

    def generator_row(psi, theta):
        _, _, slope, curvature = _dirac_loss(loss)(psi * theta)
        return [-learning_rate * (slope + psi * theta * curvature), 1.0 - learning_rate * psi**2 * curvature]

    if order == "simultaneous":
        return np.array([discriminator_step(psi, theta)[0], generator_row(psi, theta)])
    jacobian = np.eye(2)
    for _ in range(n_critic):
        jacobian = discriminator_step(psi, theta) @ jacobian
        psi = psi - learning_rate * (theta * _dirac_loss(loss)(psi * theta)[0] + r1 * psi)
    return np.array([[1.0, 0.0], generator_row(psi, theta)]) @ jacobian


def spectral_radius(jacobian):
    """Largest modulus of the eigenvalues: below 1 the game settles, above 1 it runs away.

    Args:
        jacobian: (n, n).

    Returns:
        A number.

    Raises:
        ValueError: when the matrix is not square or not finite.

    Source: Mescheder et al. 2018, section 3; Bertsekas 1999, proposition 4.4.1.
    """
    jacobian = np.asarray(jacobian, dtype=float)
    if jacobian.ndim != 2 or jacobian.shape[0] != jacobian.shape[1] or not np.all(np.isfinite(jacobian)):
        raise ValueError(f"a spectral radius needs a finite square matrix; got shape {jacobian.shape}")
    return float(np.abs(np.linalg.eigvals(jacobian)).max())
