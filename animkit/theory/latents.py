"""What becomes of the latents of a VAE: rate and distortion, collapse and its remedies, walks, shell and holes.

z is latent, q(z|x) a Gaussian, p(z) = N(0, I). Everything in nats.
"""

import numpy as np
from scipy.special import gammaln, logsumexp

from animkit.theory.checks import positive, vector
from animkit.theory.vae import LOG_2PI

# --- rate, distortion, collapse --------------------------------------------------------------------------------------


def linear_rate_distortion(variances, noise_variance, beta=1.0, *, free=0.0):
    """What a beta-VAE with a linear Gaussian decoder keeps of each direction of the data at its optimum.

    A direction whose variance lies under the water level beta * noise_variance collapses: no rate, all distortion.

    Args:
        variances: (d,) eigenvalues of the data's covariance, not negative.
        noise_variance: sigma^2 of the decoder, above 0.
        beta: above 0.
        free: nats that each latent may use without being charged (free bits); it then uses them all.

    Returns:
        rate (d,) in nats, and distortion (d,), the mean squared error.

    Raises:
        ValueError: when a number is out of range.

    Source: Cover and Thomas 2006, theorem 10.3.3 (reverse water-filling); Lucas et al. 2019; Alemi et al. 2018;
    Kingma et al. 2016, appendix C.8, for the free bits.
    """
    variances = vector(variances, "the variances")
    level = positive(beta, "beta", 1)[0] * positive(noise_variance, "noise_variance", 1)[0]
    if np.any(variances < 0.0):
        raise ValueError(f"variances must not be negative; got {variances}")
    if not (np.isfinite(free) and free >= 0.0):
        raise ValueError(f"the free nats must not be negative; got {free}")
    # with nothing free: min(variances, level), and 0 nats where the variance lies under the level
    allowance = np.exp(-2.0 * free)
    return 0.5 * np.log(np.maximum(variances / level, 1.0 / allowance)), np.minimum(variances * allowance, level)


def active_units(means, threshold=0.01):
    """Which latents say anything: the variance over data of q's mean is above a threshold.

    Args:
        means: (examples, latent_dim) posterior means.
        threshold: 0.01 is the custom.

    Returns:
        (latent_dim,) bool.

    Raises:
        ValueError: when there are fewer than two examples or a mean is not finite.

    Source: Burda et al. 2015, section 5.2.
    """
    means = np.asarray(means, dtype=float)
    if means.ndim != 2 or len(means) < 2 or not np.all(np.isfinite(means)):
        raise ValueError(f"means must be finite, (examples, latent_dim), at least 2 examples; got {means.shape}")
    return means.var(axis=0, ddof=1) > threshold


def free_bits(kl, minimum):
    """Charge each latent at least a minimum, so that nothing is won by emptying it.

    Args:
        kl: (latent_dim,) batch mean of each latent's KL, nats.
        minimum: nats per latent that are free.

    Returns:
        The KL to charge, a sum, and (latent_dim,) bool: which latents still feel its slope.

    Raises:
        ValueError: when the minimum is negative.

    Source: Kingma et al. 2016, appendix C.8.
    """
    kl = vector(kl, "kl")
    if not minimum >= 0.0:
        raise ValueError(f"the free nats must not be negative; got {minimum}")
    return float(np.maximum(kl, minimum).sum()), kl > minimum


def annealed_beta(step, *, steps, final=1.0, shape="linear", cycles=1):
    """Weight of the KL while training goes on.

    Args:
        step: (count,) or a number, from 0.
        steps: length of the whole schedule, after which beta stays.
        final: beta at the end.
        shape: "linear" or "sigmoid".
        cycles: how often the rise is repeated; with more than one, each fills the first half of its cycle.

    Returns:
        beta, shaped like step.

    Raises:
        ValueError: when a setting is out of range.

    Source: Bowman et al. 2016, section 3.1; Fu et al. 2019 for cycles.
    """
    step = np.asarray(step, dtype=float)
    if steps < 1 or cycles < 1 or not final >= 0.0 or not np.all(step >= 0.0):
        raise ValueError(f"steps, cycles at least 1, final, step not below 0; got {steps}, {cycles}, {final}, {step}")
    share = step / steps * cycles
    share = share if cycles == 1 else 2.0 * (share % 1.0)
    share = np.where(step >= steps, 1.0, np.minimum(share, 1.0))
    if shape == "sigmoid":
        # from 0 to 1 exactly: the logistic curve between -6 and 6, stretched
        low, high = 1.0 / (1.0 + np.exp([6.0, -6.0]))
        share = (1.0 / (1.0 + np.exp(6.0 - 12.0 * share)) - low) / (high - low)
    elif shape != "linear":
        raise ValueError(f"unknown shape {shape!r}: use linear or sigmoid")
    return (final * share)[()]


# --- walks in latent space, and its holes ----------------------------------------------------------------------------


def _walk(a, b, t):
    a = vector(a, "a")
    return a, vector(b, "b", len(a)), vector(t, "t")[:, None]


def lerp(a, b, t):
    """Straight line from a to b.

    Args:
        a, b: (d,).
        t: (steps,) shares of the way.

    Returns:
        (steps, d).

    Raises:
        ValueError: when shapes differ or a number is not finite.
    """
    a, b, t = _walk(a, b, t)
    return (1.0 - t) * a + t * b


def slerp(a, b, t):
    """Arc from a to b about the origin, which keeps the norm where the straight line would cut the corner.

    Args:
        a, b: (d,).
        t: (steps,) shares of the way.

    Returns:
        (steps, d); the straight line where a and b have one direction or one of them is 0.

    Raises:
        ValueError: when shapes differ, a number is not finite, or a and b point opposite ways: no arc is shortest.

    Source: Shoemake 1985; White 2016.
    """
    a, b, t = _walk(a, b, t)
    lengths = np.linalg.norm(a) * np.linalg.norm(b)
    if lengths == 0.0:
        return lerp(a, b, t[:, 0])
    unit_a, unit_b = a / np.linalg.norm(a), b / np.linalg.norm(b)
    # half the chord and half the sum: exact for tiny angles, where arccos of the dot product is not
    angle = 2.0 * np.arctan2(np.linalg.norm(unit_a - unit_b), np.linalg.norm(unit_a + unit_b))
    if angle < 1e-8:
        return lerp(a, b, t[:, 0])
    if np.pi - angle < 1e-8:
        raise ValueError("a and b point opposite ways: every arc between them is as short as any other")
    return (np.sin((1.0 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)


def radius_density(radius, latent_dim):
    """Density of the distance from the origin under N(0, I): nearly all of the prior lies on a shell.

    Args:
        radius: (count,) or a number, not negative.
        latent_dim: at least 1.

    Returns:
        Density, shaped like radius.

    Raises:
        ValueError: when a radius is negative or there is no dimension.

    Source: the chi distribution; Johnson et al. 1994, chapter 18.
    """
    radius = np.asarray(radius, dtype=float)
    if not np.all(radius >= 0.0) or latent_dim < 1:
        raise ValueError(f"radius must not be negative and latent_dim at least 1; got {radius} and {latent_dim}")
    constant = (1.0 - 0.5 * latent_dim) * np.log(2.0) - gammaln(0.5 * latent_dim)
    with np.errstate(divide="ignore"):
        # 0 log 0 = 0 in one dimension, where the density at the origin is not 0
        power = np.zeros_like(radius) if latent_dim == 1 else (latent_dim - 1) * np.log(radius)
    return np.exp(constant + power - 0.5 * radius**2)[()]


def expected_radius(latent_dim, t=0.0):
    """Mean distance from the origin of a point on the straight line between two draws of N(0, I).

    Args:
        latent_dim: at least 1.
        t: share(s) of the way; 0 is a draw itself, one half is the shortest by a factor sqrt(2).

    Returns:
        Distance, shaped like t.

    Raises:
        ValueError: when there is no dimension.

    Source: the chi distribution; White 2016, section 2.
    """
    if latent_dim < 1:
        raise ValueError(f"latent_dim must be at least 1; got {latent_dim}")
    t = np.asarray(t, dtype=float)
    chi = np.sqrt(2.0) * np.exp(gammaln(0.5 * (latent_dim + 1)) - gammaln(0.5 * latent_dim))
    return (chi * np.sqrt((1.0 - t) ** 2 + t**2))[()]


def aggregate_log_density(z, means, log_variances):
    """Log density of all posteriors together, the mixture of q(z|x) over the data: low where the prior has a hole.

    40 x 40 places against 500 examples take about 30 ms: work it out once for a picture, not at each move.

    Args:
        z: (places, latent_dim).
        means, log_variances: (examples, latent_dim).

    Returns:
        (places,) nats.

    Raises:
        ValueError: when shapes differ, there are no examples, or a number is not finite.

    Source: Hoffman and Johnson 2016; Rosca et al. 2018 for the holes.
    """
    z, means, log_variances = (np.asarray(value, dtype=float) for value in (z, means, log_variances))
    if means.ndim != 2 or means.shape != log_variances.shape or not means.size or z.shape[1:] != means.shape[1:]:
        raise ValueError(f"z {z.shape}, means {means.shape}, log_variances {log_variances.shape} must share latent_dim")
    if not all(np.all(np.isfinite(value)) for value in (z, means, log_variances)):
        raise ValueError("z, means and log_variances must be finite")
    precision = np.exp(-log_variances)
    # |z - m|^2 / v, multiplied out into matrix products
    distance = z**2 @ precision.T - 2.0 * z @ (means * precision).T + np.sum(means**2 * precision, axis=1)
    log_q = -0.5 * (distance + log_variances.sum(axis=1) + means.shape[1] * LOG_2PI)
    return logsumexp(log_q, axis=1) - np.log(len(means))
