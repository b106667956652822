"""What squared error and teacher forcing do to motion: drift on the model's own outputs, and the mean of many futures.

A motion here is the angle of one joint, (time,) radians; futures are (count, frames).
"""

from typing import NamedTuple

import numpy as np
from scipy.special import expit, logsumexp

from animkit.theory.rnn import check_array

# --- exposure bias ---------------------------------------------------------------------------------------------------


def swinging_joint(frames, *, period=30.0, noise=0.05, seed=0):
    """The angle of a joint that swings to and fro, as a camera would measure it.

    Args:
        frames: how many.
        period: frames per swing.
        noise: standard deviation of the measurement, radians.
        seed: int.

    Returns:
        (frames,) radians.

    Raises:
        ValueError: when there are no frames, or the period or the noise is out of range.
    """
    if frames < 1 or not period > 0.0 or not (np.isfinite(noise) and noise >= 0.0):
        raise ValueError(f"frames, period must be positive and noise not negative; got {frames}, {period}, {noise}")
    angle = np.sin(2.0 * np.pi * np.arange(frames) / period)
    return angle + noise * np.random.default_rng(seed).standard_normal(frames)


def fit_autoregression(series, order=2):
    """Fit the next value as a linear function of the last ones, teacher-forced: by least squares on real inputs.

    Args:
        series: (time,).
        order: how many values back.

    Returns:
        (order + 1,) coefficients, the newest value's first and the constant last.

    Raises:
        ValueError: when the order is below 1 or the series too short for it.
    """
    series = check_array(series, "series", None)
    if order < 1 or len(series) < 2 * order + 2:
        raise ValueError(f"order must be at least 1 and the series have {2 * order + 2} values; got {len(series)}")
    past = np.lib.stride_tricks.sliding_window_view(series[:-1], order)[:, ::-1]
    return np.linalg.lstsq(np.column_stack([past, np.ones(len(past))]), series[order:], rcond=None)[0]


def teacher_forced(series, coefficients):
    """Predict each value from the real ones before it.

    Args:
        series: (time,).
        coefficients: (order + 1,) from `fit_autoregression`.

    Returns:
        (time - order,) predictions of series[order:].

    Raises:
        ValueError: when the series is not longer than the order.
    """
    series, order = check_array(series, "series", None), len(coefficients) - 1
    if len(series) <= order:
        raise ValueError(f"the series must be longer than the order {order}; got {len(series)}")
    past = np.lib.stride_tricks.sliding_window_view(series[:-1], order)[:, ::-1]
    return past @ coefficients[:-1] + coefficients[-1]


def free_running(prefix, coefficients, steps, *, noise=0.0, seed=0):
    """Let the model feed on its own predictions.

    Args:
        prefix: (..., order or more) real values to start from, oldest first; leading axes run side by side.
        coefficients: (order + 1,) from `fit_autoregression`.
        steps: how many values to predict.
        noise: standard deviation of what is added to every prediction before it is fed back; above 0 each prefix
            gets a sampled future instead of the expected one.
        seed: int, of that noise.

    Returns:
        (..., steps).

    Raises:
        ValueError: when the prefix is shorter than the order, steps is below 1 or the noise negative.
    """
    prefix, order = np.asarray(prefix, dtype=float), len(coefficients) - 1
    if prefix.ndim < 1 or prefix.shape[-1] < order or steps < 1:
        raise ValueError(f"start from {order} values for at least 1 step; got shape {prefix.shape} and {steps}")
    if not (np.isfinite(noise) and noise >= 0.0):
        raise ValueError(f"noise must not be negative; got {noise}")
    recent = prefix[..., : -order - 1 : -1]  # newest first
    predictions = noise * np.random.default_rng(seed).standard_normal((*prefix.shape[:-1], steps))
    for step in range(steps):
        predictions[..., step] += recent @ coefficients[:-1] + coefficients[-1]
        recent = np.concatenate([predictions[..., step, None], recent[..., :-1]], axis=-1)
    return predictions


def exposure_errors(series, coefficients, steps=50):
    """Root mean square error at each frame after the real ones end, over every possible start in the series.

    Args:
        series: (time,) motion that was not fitted.
        coefficients: (order + 1,) from `fit_autoregression`.
        steps: frames to look ahead.

    Returns:
        Teacher-forced (steps,) and free-running (steps,) errors; at the first frame they are one and the same.

    Raises:
        ValueError: when the series is too short.

    Source: Bengio et al. 2015, section 2.2; Ranzato et al. 2016 for the name.
    """
    series, order = check_array(series, "series", None), len(coefficients) - 1
    if steps < 1 or len(series) < order + steps:
        raise ValueError(f"{steps} frames ahead need a series of at least {order + steps}; got {len(series)}")
    windows = np.lib.stride_tricks.sliding_window_view(series, order + steps)
    free = free_running(windows[:, :order], coefficients, steps) - windows[:, order:]
    forced = np.lib.stride_tricks.sliding_window_view(teacher_forced(series, coefficients) - series[order:], steps)
    return np.sqrt(np.mean(forced**2, axis=0)), np.sqrt(np.mean(free**2, axis=0))


def scheduled_sampling(step, kind="inverse_sigmoid", *, k=None, slope=1e-3, minimum=0.0):
    """Probability of feeding the real value rather than the model's own, as training goes on.

    Args:
        step: (count,) or a number, from 0.
        kind: "linear" max(minimum, k - slope * step), "exponential" k^step, "inverse_sigmoid" k / (k + e^(step / k)).
        k: at most 1 for linear (1 without it), below 1 for exponential (0.999), at least 1 for inverse sigmoid (200).
        slope, minimum: of the linear schedule.

    Returns:
        Probabilities, shaped like step.

    Raises:
        ValueError: when the kind is unknown or a setting is out of range.

    Source: Bengio et al. 2015, section 2.4.
    """
    step = np.asarray(step, dtype=float)
    if not np.all(step >= 0.0):
        raise ValueError(f"step must not be negative; got {step}")
    if kind == "linear":
        k = 1.0 if k is None else k
        if not 0.0 <= minimum <= k <= 1.0 or not slope >= 0.0:
            raise ValueError(f"linear needs 0 <= minimum <= k <= 1, slope not negative; got {minimum}, {k}, {slope}")
        return np.maximum(minimum, k - slope * step)[()]
    if kind == "exponential":
        k = 0.999 if k is None else k
        if not 0.0 < k < 1.0:
            raise ValueError(f"exponential needs k between 0 and 1; got {k}")
        return (k**step)[()]
    if kind == "inverse_sigmoid":
        k = 200.0 if k is None else k
        if not k >= 1.0:
            raise ValueError(f"inverse_sigmoid needs k of at least 1; got {k}")
        return expit(np.log(k) - step / k)  # the same formula, without the overflow
    raise ValueError(f"unknown kind {kind!r}: use linear, exponential or inverse_sigmoid")


# --- squared error and its optimum -----------------------------------------------------------------------------------


class Mixture(NamedTuple):
    """weights (components,), means (components, d), covariances (components, d, d), log_likelihoods (rounds,) of EM."""

    weights: np.ndarray
    means: np.ndarray
    covariances: np.ndarray
    log_likelihoods: np.ndarray


def forked_futures(count=200, frames=30, *, left=0.5, noise=0.02, seed=0):
    """Motions that start from the same pose and turn left or right.

    Args:
        count: how many.
        frames: length of each.
        left: share that turns left (negative angles).
        noise: standard deviation of each frame, radians.
        seed: int.

    Returns:
        futures (count, frames) radians, and (count,) bool: which turn left.

    Raises:
        ValueError: when a setting is out of range.
    """
    if count < 1 or frames < 2 or not 0.0 <= left <= 1.0 or not noise >= 0.0:
        raise ValueError(f"count, frames, left or noise out of range; got {count}, {frames}, {left}, {noise}")
    rng = np.random.default_rng(seed)
    is_left = rng.random(count) < left
    reach = np.where(is_left, -1.0, 1.0) * rng.normal(1.0, 0.15, count)
    share = np.linspace(0.0, 1.0, frames)
    turn = share**2 * (3.0 - 2.0 * share)  # starts and ends at rest
    return reach[:, None] * turn + noise * rng.standard_normal((count, frames)), is_left


def squared_error_split(futures, prediction):
    """Mean squared error of one prediction for all futures: what any must pay, and what this one adds.

    Args:
        futures: (count, d).
        prediction: (d,).

    Returns:
        The futures' own variance, and |prediction - their mean|^2; their sum is the mean squared error.

    Raises:
        ValueError: when shapes differ or there are no futures.

    Source: the article, 3.3; Bishop 2006, section 1.5.5.
    """
    futures = check_array(futures, "futures", None, None)
    mean = futures.mean(axis=0)
    offset = check_array(prediction, "prediction", len(mean)) - mean
    return float(np.sum((futures - mean) ** 2) / len(futures)), float(offset @ offset)


def _component_log_densities(values, mixture):
    with np.errstate(divide="ignore"):
        log_weights = np.log(mixture.weights)
    columns = []
    for mean, covariance in zip(mixture.means, mixture.covariances, strict=True):
        root = np.linalg.cholesky(covariance)
        white = np.linalg.solve(root, (values - mean).T)
        columns.append(-0.5 * np.sum(white**2, axis=0) - np.sum(np.log(np.diag(root))))
    return log_weights + np.stack(columns, axis=1) - 0.5 * values.shape[1] * np.log(2.0 * np.pi)


def responsibilities(values, mixture):
    """How much each component answers for each value.

    Args:
        values: (count, d).
        mixture: Mixture.

    Returns:
        (count, components), rows sum to 1.

    Raises:
        ValueError: when the values do not fit the mixture.

    Source: Bishop 1994, equation 30; Bishop 2006, equation 9.23.
    """
    log_joint = _component_log_densities(check_array(values, "values", None, mixture.means.shape[1]), mixture)
    return np.exp(log_joint - logsumexp(log_joint, axis=1, keepdims=True))


def fit_mixture(values, components=2, *, rounds=50, ridge=1e-4, seed=0):
    """Fit a mixture of Gaussians by expectation maximisation; 200 futures of 30 frames take a few milliseconds.

    Args:
        values: (count, d), at least as many as components.
        components: how many.
        rounds: at most; it stops when a round gains less than 1e-9 nats per value.
        ridge: added to every variance, so that no component shrinks onto one value.
        seed: int, for the first centre.

    Returns:
        Mixture.

    Raises:
        ValueError: when there are too few values or a setting is out of range.

    Source: Dempster et al. 1977; Bishop 2006, section 9.2.2.
    """
    values = check_array(values, "values", None, None)
    if not 1 <= components <= len(values) or rounds < 1 or not ridge > 0.0:
        raise ValueError(
            f"components from 1 to {len(values)}, rounds, ridge above 0; got {components}, {rounds}, {ridge}"
        )
    rng = np.random.default_rng(seed)
    means = [values[rng.integers(len(values))]]
    while len(means) < components:  # the next centre is the value farthest from all so far
        distance = np.min([np.sum((values - mean) ** 2, axis=1) for mean in means], axis=0)
        means.append(values[np.argmax(distance)])
    spread = np.eye(values.shape[1]) * (values.var(axis=0).mean() + ridge)
    mixture = Mixture(
        np.full(components, 1.0 / components), np.array(means), np.array([spread] * components), np.empty(0)
    )
    history = []
    for _ in range(rounds):
        log_joint = _component_log_densities(values, mixture)
        log_total = logsumexp(log_joint, axis=1, keepdims=True)
        history.append(float(log_total.sum()))
        share = np.exp(log_joint - log_total)
        mass = np.maximum(share.sum(axis=0), 1e-12)
        means = share.T @ values / mass[:, None]
        covariances = [
            (values - mean).T @ (column[:, None] * (values - mean)) / total + ridge * np.eye(values.shape[1])
            for mean, column, total in zip(means, share.T, mass, strict=True)
        ]
        mixture = Mixture(mass / mass.sum(), means, np.array(covariances), np.array(history))
        if len(history) > 1 and abs(history[-1] - history[-2]) < 1e-9 * len(values):
            break
    return mixture


def sample_mixture(mixture, count=50, *, seed=0):
    """Draw whole futures: first which way, then how.

    Args:
        mixture: Mixture.
        count: how many, at least 1.
        seed: int.

    Returns:
        (count, d) values, and (count,) which component each came from.

    Raises:
        ValueError: when count is below 1.

    Source: Bishop 1994; Graves 2013, section 4.
    """
    if count < 1:
        raise ValueError(f"draw at least one sample; got {count}")
    rng = np.random.default_rng(seed)
    which = rng.choice(len(mixture.weights), size=count, p=mixture.weights)
    roots = np.linalg.cholesky(mixture.covariances)
    noise = rng.standard_normal((count, mixture.means.shape[1]))
    return mixture.means[which] + np.einsum("nij,nj->ni", roots[which], noise), which
