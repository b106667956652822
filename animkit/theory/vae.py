"""The objective of the VAE in closed form: the gap of the ELBO, gradient estimators, KL.

x is data, z latent, q(z|x) a Gaussian, p(z) = N(0, I). Everything in nats.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import logsumexp

from animkit.theory.checks import positive, vector

LOG_2PI = np.log(2.0 * np.pi)


def _covariance(value, name, size):
    value = np.asarray(value, dtype=float)
    value = value.reshape(1, 1) if value.size == 1 else value
    if value.shape != (size, size) or not np.all(np.isfinite(value)) or not np.allclose(value, value.T):
        raise ValueError(f"{name} must be a symmetric ({size}, {size}) matrix of finite numbers; got {value}")
    try:
        np.linalg.cholesky(value)
    except np.linalg.LinAlgError:
        raise ValueError(f"{name} must be positive definite: every width above 0; got {value}") from None
    return value


# --- Gaussians -------------------------------------------------------------------------------------------------------


def log_gaussian(x, mean, covariance):
    """Log density of a multivariate Gaussian.

    Args:
        x: (count, d) or (d,).
        mean: (d,).
        covariance: (d, d), positive definite.

    Returns:
        (count,) or a number.

    Raises:
        ValueError: when the covariance is not one.
    """
    mean = vector(mean, "the mean")
    covariance = _covariance(covariance, "the covariance", len(mean))
    difference = np.asarray(x, dtype=float) - mean
    distance = np.sum(difference * np.linalg.solve(covariance, difference.T).T, axis=-1)
    return -0.5 * (distance + np.linalg.slogdet(covariance)[1] + len(mean) * LOG_2PI)


def gaussian_kl(mean_q, covariance_q, mean_p, covariance_p):
    """KL(q || p) of two Gaussians.

    Args:
        mean_q, mean_p: (d,).
        covariance_q, covariance_p: (d, d), positive definite.

    Returns:
        Nats.

    Raises:
        ValueError: when shapes differ or a covariance is not one.

    Source: Kingma and Welling 2013, appendix B, for the diagonal case.
    """
    mean_q = vector(mean_q, "the mean of q")
    mean_p = vector(mean_p, "the mean of p", len(mean_q))
    covariance_q = _covariance(covariance_q, "the covariance of q", len(mean_q))
    covariance_p = _covariance(covariance_p, "the covariance of p", len(mean_q))
    shift = mean_p - mean_q
    ratio = np.linalg.solve(covariance_p, covariance_q)
    distance = shift @ np.linalg.solve(covariance_p, shift)
    return float(0.5 * (np.trace(ratio) + distance - len(mean_q) - np.linalg.slogdet(ratio)[1]))


# --- the gap: a linear Gaussian model knows all its terms ------------------------------------------------------------


class Bound(NamedTuple):
    """The ELBO and its two terms, elbo = expected_log_likelihood - kl. Nats."""

    elbo: float
    expected_log_likelihood: float
    kl: float


def _linear_model(x, weight, bias, sigma):
    x = vector(x, "x")
    weight = np.asarray(weight, dtype=float)
    if weight.ndim != 2 or len(weight) != len(x) or not weight.shape[1] or not np.all(np.isfinite(weight)):
        raise ValueError(f"W must be a finite matrix ({len(x)}, latent_dim); got shape {weight.shape}")
    return x, weight, vector(bias, "b", len(x)), positive(sigma, "sigma", 1)[0]


def log_evidence(x, weight, bias, sigma):
    """log p(x) when x = W z + b + sigma * noise and z is from N(0, I).

    Args:
        x: (d,).
        weight: W (d, latent_dim).
        bias: b (d,).
        sigma: noise, above 0.

    Returns:
        Nats.

    Raises:
        ValueError: when shapes differ or sigma is not above 0.

    Source: Tipping and Bishop 1999, equation 4.
    """
    x, weight, bias, sigma = _linear_model(x, weight, bias, sigma)
    return float(log_gaussian(x, bias, weight @ weight.T + sigma**2 * np.eye(len(x))))


def linear_posterior(x, weight, bias, sigma):
    """p(z|x) of the linear model, itself a Gaussian.

    Args:
        x, weight, bias, sigma: as in `log_evidence`.

    Returns:
        mean (latent_dim,) and covariance (latent_dim, latent_dim).

    Raises:
        ValueError: when shapes differ or sigma is not above 0.

    Source: Tipping and Bishop 1999, equation 6.
    """
    x, weight, bias, sigma = _linear_model(x, weight, bias, sigma)
    covariance = np.linalg.inv(np.eye(weight.shape[1]) + weight.T @ weight / sigma**2)
    return covariance @ weight.T @ (x - bias) / sigma**2, covariance


def linear_elbo(x, weight, bias, sigma, mean, covariance):
    """ELBO of the linear model for any Gaussian q, both terms in closed form.

    Args:
        x, weight, bias, sigma: as in `log_evidence`.
        mean: of q (latent_dim,).
        covariance: of q (latent_dim, latent_dim).

    Returns:
        Bound.

    Raises:
        ValueError: when shapes differ, or sigma or the covariance is not positive.

    Source: the article, 3.2; Kingma and Welling 2013, equation 3.
    """
    x, weight, bias, sigma = _linear_model(x, weight, bias, sigma)
    mean = vector(mean, "the mean of q", weight.shape[1])
    covariance = _covariance(covariance, "the covariance of q", len(mean))
    error = x - weight @ mean - bias
    # E_q |x - W z - b|^2: the error at the mean, and what q's width adds
    squared = error @ error + np.trace(weight @ covariance @ weight.T)
    likelihood = -0.5 * (squared / sigma**2 + len(x) * (LOG_2PI + 2.0 * np.log(sigma)))
    kl = gaussian_kl(mean, covariance, np.zeros(len(mean)), np.eye(len(mean)))
    return Bound(float(likelihood - kl), float(likelihood), kl)


def linear_gap(x, weight, bias, sigma, mean, covariance):
    """What the ELBO lacks, KL(q(z|x) || p(z|x)), computed from the two Gaussians alone.

    Args:
        x, weight, bias, sigma, mean, covariance: as in `linear_elbo`.

    Returns:
        Nats; log p(x) = ELBO + this.

    Raises:
        ValueError: when shapes differ, or sigma or the covariance is not positive.

    Source: Kingma and Welling 2013, equation 1; Jordan et al. 1999.
    """
    return gaussian_kl(mean, covariance, *linear_posterior(x, weight, bias, sigma))


# --- the gap for any decoder: a posterior on a grid ------------------------------------------------------------------


class GridPosterior(NamedTuple):
    """p(z|x) on a grid, its rows z_2 and its columns z_1: log p(x, z) and p(z|x) (points, points), and log p(x)."""

    axis: np.ndarray
    log_joint: np.ndarray
    density: np.ndarray
    log_evidence: float


def _plane(axis):
    return np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)


def grid_posterior(log_likelihood, *, limit=5.0, points=81):
    """Work out p(z|x) over the plane for any decoder.

    Args:
        log_likelihood: function that takes z (count, 2) and returns log p(x|z) (count,); called once.
        limit: the grid covers [-limit, limit] on both axes.
        points: per axis.

    Returns:
        GridPosterior.

    Raises:
        ValueError: when the grid is empty, or the function's answer has another shape, NaN or +inf, or only -inf.

    Source: Bayes' rule; the article, 3.2.
    """
    if points < 3 or not (np.isfinite(limit) and limit > 0.0):
        raise ValueError(f"the grid needs at least 3 points and a limit above 0; got {points} and {limit}")
    axis = np.linspace(-limit, limit, points)
    plane = _plane(axis)
    likelihood = np.asarray(log_likelihood(plane), dtype=float)
    if likelihood.shape != (len(plane),) or not np.all(likelihood < np.inf) or likelihood.max() == -np.inf:
        raise ValueError(f"log_likelihood must give {len(plane)} numbers, no NaN, not all -inf; got {likelihood.shape}")
    log_joint = (likelihood - 0.5 * np.sum(plane**2, axis=1) - LOG_2PI).reshape(points, points)
    evidence = float(logsumexp(log_joint) + 2.0 * np.log(axis[1] - axis[0]))
    return GridPosterior(axis, log_joint, np.exp(log_joint - evidence), evidence)


def grid_moments(posterior):
    """Mean and covariance of a posterior on a grid: the best place for a Gaussian q to start.

    Args:
        posterior: GridPosterior.

    Returns:
        mean (2,), covariance (2, 2).
    """
    plane, cell = _plane(posterior.axis), (posterior.axis[1] - posterior.axis[0]) ** 2
    weight = posterior.density.ravel() * cell
    mean = weight @ plane
    return mean, (plane - mean).T @ (weight[:, None] * (plane - mean))


def grid_elbo(posterior, mean, covariance):
    """ELBO of a Gaussian q and its gap, both as sums over the grid.

    q is cut to the grid and normalised there, so that log p(x) = ELBO + gap holds to the last digits.

    Args:
        posterior: GridPosterior.
        mean: of q (2,).
        covariance: of q (2, 2).

    Returns:
        Bound, and the gap KL(q || p(z|x)).

    Raises:
        ValueError: when q is not a Gaussian of the plane, or lies off the grid or between its points.

    Source: Kingma and Welling 2013, equations 1 to 3.
    """
    plane, cell = _plane(posterior.axis), (posterior.axis[1] - posterior.axis[0]) ** 2
    log_q = log_gaussian(plane, vector(mean, "the mean of q", 2), covariance)
    mass = logsumexp(log_q) + np.log(cell)
    if not 0.5 < np.exp(mass) < 1.5:
        raise ValueError(f"q lies off the grid or is narrower than its cells: {np.exp(mass):.3g} of it is on the grid")
    log_q = log_q - mass
    q = np.exp(log_q) * cell
    log_joint = posterior.log_joint.ravel()
    log_prior = -0.5 * np.sum(plane**2, axis=1) - LOG_2PI
    with np.errstate(invalid="ignore"):  # where q has no mass nothing counts, not even -inf
        likelihood = np.sum(np.where(q > 0.0, q * (log_joint - log_prior), 0.0))
        gap = np.sum(np.where(q > 0.0, q * (log_q - log_joint + posterior.log_evidence), 0.0))
    kl = np.sum(q * (log_q - log_prior))
    return Bound(float(likelihood - kl), float(likelihood), float(kl)), float(gap)


# --- three estimators of one gradient --------------------------------------------------------------------------------

ESTIMATORS = ("score", "baseline", "best_baseline", "reparameterised")


def _latent(mean, std):
    mean = vector(mean, "the mean")
    std = positive(std, "std")
    return mean, np.broadcast_to(std, mean.shape) if len(std) == 1 else positive(std, "std", len(mean))


def _square_moments(mean, std):
    """Of f = |z|^2: E f (), and per dimension E[f e^2], E[(f e)^2] with e = (z_i - mean_i) / std_i, shapes (d,)."""
    own_mean, own_variance = mean**2 + std**2, 2.0 * std**4 + 4.0 * mean**2 * std**2
    rest_mean, rest_variance = own_mean.sum() - own_mean, own_variance.sum() - own_variance
    # with a = z_i^2: E[a e^2] and E[a^2 e^2], from the moments 1, 3, 15 of a Gaussian
    first, second = mean**2 + 3.0 * std**2, mean**4 + 18.0 * mean**2 * std**2 + 15.0 * std**4
    return own_mean.sum(), first + rest_mean, second + 2.0 * rest_mean * first + rest_variance + rest_mean**2


def estimator_variances(mean, std):
    """Variance of one sample of each gradient estimator, for f = |z|^2 and the gradient of E f by the mean.

    The gradient itself is 2 mean. The score function's estimate is (f - c)(z - mean) / std^2, with c = 0, c = E f or
    the best constant E[f e^2]; the reparameterised one is 2 z.

    Args:
        mean, std: of z (d,); std may be one number.

    Returns:
        dict estimator -> (d,) variances.

    Raises:
        ValueError: when shapes differ or a std is not above 0.

    Source: Williams 1992; Kingma and Welling 2013, section 2.2; Greensmith et al. 2004 for the best baseline.
    """
    mean, std = _latent(mean, std)
    expected, cross, square = _square_moments(mean, std)

    def variance(c):
        return (square - 2.0 * c * cross + c**2) / std**2 - 4.0 * mean**2

    return {
        "score": variance(0.0),
        "baseline": variance(expected),
        "best_baseline": variance(cross),
        "reparameterised": 4.0 * std**2,
    }


def estimator_samples(mean, std, count=1000, *, seed=0):
    """Draw single-sample gradients from each estimator, all from the same noise.

    Args:
        mean, std: of z (d,); std may be one number.
        count: how many.
        seed: int.

    Returns:
        dict estimator -> (count, d); their mean is the gradient 2 mean.

    Raises:
        ValueError: when shapes differ, a std is not above 0, or count is below 1.

    Source: Williams 1992; Kingma and Welling 2013, section 2.2.
    """
    mean, std = _latent(mean, std)
    if count < 1:
        raise ValueError(f"draw at least one sample; got {count}")
    noise = np.random.default_rng(seed).standard_normal((count, len(mean)))
    z, (expected, cross, _) = mean + std * noise, _square_moments(mean, std)
    f, score = np.sum(z**2, axis=1, keepdims=True), noise / std
    constants = {"score": 0.0, "baseline": expected, "best_baseline": cross}
    return {name: (f - c) * score for name, c in constants.items()} | {"reparameterised": 2.0 * z}


# --- KL, term by term ------------------------------------------------------------------------------------------------


def kl_terms(mean, log_variance):
    """KL(N(mean, e^log_variance) || N(0, I)) as the four terms that make it up.

    Args:
        mean, log_variance: (latent_dim,).

    Returns:
        dict of arrays (latent_dim,): mean^2 / 2 ("mean"), variance / 2 ("variance"), -log_variance / 2
        ("log_variance"), -1/2 ("constant"), and their sum ("kl").

    Raises:
        ValueError: when shapes differ or a number is not finite.

    Source: Kingma and Welling 2013, appendix B.
    """
    mean = vector(mean, "the mean")
    log_variance = vector(log_variance, "log_variance", len(mean))
    terms = {
        "mean": 0.5 * mean**2,
        "variance": 0.5 * np.exp(log_variance),
        "log_variance": -0.5 * log_variance,
        "constant": np.full(len(mean), -0.5),
    }
    return terms | {"kl": sum(terms.values())}


def kl_running_estimate(mean, log_variance, count=1000, *, seed=0):
    """Watch a Monte Carlo estimate of the same KL close in, one sample of log q - log p after another.

    Args:
        mean, log_variance: (latent_dim,).
        count: samples, at least 2.
        seed: int.

    Returns:
        running mean (count,) and its standard error (count,), infinite after one sample.

    Raises:
        ValueError: when shapes differ, a number is not finite or count is below 2.
    """
    mean = vector(mean, "the mean")
    log_variance = vector(log_variance, "log_variance", len(mean))
    if count < 2:
        raise ValueError(f"a running estimate needs at least 2 samples; got {count}")
    noise = np.random.default_rng(seed).standard_normal((count, len(mean)))
    z = mean + np.exp(0.5 * log_variance) * noise
    ratio = 0.5 * np.sum(z**2 - noise**2 - log_variance, axis=1)
    number = np.arange(1, count + 1)
    running = np.cumsum(ratio) / number
    # shifted by the final mean, so that the difference of squares keeps its digits
    shifted = ratio - running[-1]
    variance = np.cumsum(shifted**2) - np.cumsum(shifted) ** 2 / number
    error = np.full(count, np.inf)
    error[1:] = np.sqrt(np.maximum(variance[1:], 0.0) / (number[1:] - 1) / number[1:])
    return running, error
