import os
import subprocess
import sys

import numpy as np
import pytest
from scipy import optimize, stats
from scipy.special import expit

from animkit.theory import futures, rnn

STEPS, INPUTS, UNITS, OUTPUTS = 7, 2, 4, 3


def finite_difference(function, point, step=1e-6):
    moves = step * np.eye(point.size).reshape(-1, *point.shape)
    return np.array([(function(point + move) - function(point - move)) / (2 * step) for move in moves]).reshape(
        point.shape
    )


@pytest.fixture
def network():
    rng = np.random.default_rng(0)
    weights = rnn.random_weights(INPUTS, UNITS, OUTPUTS, gain=1.2, seed=1)
    return rng.standard_normal((STEPS, INPUTS)), rng.standard_normal((STEPS, OUTPUTS)), weights


# --- backpropagation through time ------------------------------------------------------------------------------------


def test_two_steps_by_hand():
    weights = rnn.Weights(np.array([[0.5]]), np.array([[2.0]]), np.zeros(1), np.array([[1.0]]), np.zeros(1))
    states, y_hat = rnn.forward([[1.0], [0.0]], weights)
    first = np.tanh(0.5)
    np.testing.assert_allclose(states[:, 0], [0.0, first, np.tanh(2.0 * first)])
    np.testing.assert_array_equal(y_hat, states[1:])


@pytest.mark.parametrize("activation", list(rnn.ACTIVATIONS))
@pytest.mark.parametrize("name", rnn.Weights._fields)
def test_full_gradient_by_finite_differences(network, activation, name):
    x, y, weights = network

    def loss(value):
        _, y_hat = rnn.forward(x, weights._replace(**{name: value}), activation=activation)
        return np.sum((y - y_hat) ** 2)

    unrolled = rnn.unrolled_gradient(x, y, weights, activation=activation)
    assert unrolled.loss == pytest.approx(loss(getattr(weights, name)))
    numeric = finite_difference(loss, getattr(weights, name))
    np.testing.assert_allclose(getattr(unrolled.gradients, name), numeric, rtol=1e-5, atol=1e-5)


def test_each_steps_contribution_by_giving_each_step_its_own_matrix(network):
    x, y, weights = network

    def losses(W_hh, nudge):  # per loss L_t, with (time, units, units) matrices and something added to each h_k
        h, parts = np.zeros(UNITS), []
        for t in range(STEPS):
            h = np.tanh(x[t] @ weights.W_xh + h @ W_hh[t] + weights.b_h) + nudge[t]
            parts.append(np.sum((y[t] - h @ weights.W_hy - weights.b_y) ** 2))
        return np.array(parts)

    same, still = np.repeat(weights.W_hh[None], STEPS, axis=0), np.zeros((STEPS, UNITS))
    unrolled = rnn.unrolled_gradient(x, y, weights)
    numeric = finite_difference(lambda matrices: losses(matrices, still).sum(), same)
    np.testing.assert_allclose(unrolled.recurrent, numeric, atol=1e-7)
    np.testing.assert_allclose(unrolled.recurrent.sum(axis=0), unrolled.gradients.W_hh)
    for t in range(STEPS):
        numeric = finite_difference(lambda nudge, t=t: losses(same, nudge)[t], still)
        np.testing.assert_allclose(unrolled.hidden[t], numeric, atol=1e-7)
        numeric = finite_difference(lambda matrices, t=t: losses(matrices, still)[t], same)
        np.testing.assert_allclose(unrolled.norms[t], np.linalg.norm(numeric, axis=(1, 2)), atol=1e-6)


@pytest.mark.parametrize("truncation", [1, 3, STEPS])
def test_truncated_gradient_is_that_of_a_network_that_starts_late(network, truncation):
    x, y, weights = network
    states, _ = rnn.forward(x, weights)

    def loss(W_hh):  # L_t from the last `truncation` steps, the state before them held still
        total = 0.0
        for t in range(STEPS):
            start = max(0, t + 1 - truncation)
            _, y_hat = rnn.forward(x[start : t + 1], weights._replace(W_hh=W_hh), h0=states[start])
            total += np.sum((y[t] - y_hat[-1]) ** 2)
        return total

    unrolled = rnn.unrolled_gradient(x, y, weights, truncation=truncation)
    np.testing.assert_allclose(unrolled.gradients.W_hh, finite_difference(loss, weights.W_hh), rtol=1e-5, atol=1e-6)
    assert np.count_nonzero(unrolled.norms[-1]) == min(truncation, STEPS - 1)  # h_0 = 0: the first step adds nothing


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x, y, w: rnn.forward(x[:, :1], w), "x must have shape"),
        (lambda x, y, w: rnn.forward(x[:0], w), "x must have shape"),
        (lambda x, y, w: rnn.forward(x * np.nan, w), "x must be finite"),
        (lambda x, y, w: rnn.forward(x, w, activation="step"), "unknown activation"),
        (lambda x, y, w: rnn.forward(x, w, h0=np.zeros(9)), "h0 must have shape"),
        (lambda x, y, w: rnn.unrolled_gradient(x, y[:-1], w), "y must have shape"),
        (lambda x, y, w: rnn.unrolled_gradient(x, y, w, truncation=0), "at least its own step"),
        (lambda x, y, w: rnn.random_weights(0, 1, 1), "at least 1"),
        (lambda x, y, w: rnn.recurrent_matrix("sparse", 3), "unknown kind"),
        (lambda x, y, w: rnn.recurrent_matrix("gaussian", 3, gain=-1), "not negative"),
        (lambda x, y, w: rnn.jacobian_log_singular_values(w.W_xh, 5), "square"),
        (lambda x, y, w: rnn.jacobian_log_singular_values(1e200 * w.W_hh, 5, h0=np.ones(UNITS)), "overflow"),
        (lambda x, y, w: rnn.lstm_forward(x, np.ones((2, 8)), np.ones((2, 8)), np.ones(4)), "bias must have shape"),
        (lambda x, y, w: rnn.lstm_forward(x, np.ones((3, 8)), np.ones((2, 8)), np.ones(8)), "do not fit"),
        (lambda x, y, w: rnn.forget_product(1.0, -1), "not be negative"),
        (lambda x, y, w: rnn.clip_by_norm([1.0], 0.0), "threshold must be above 0"),
        (lambda x, y, w: rnn.cliff_loss(1.0, 1.0, steps=0), "at least 1"),
        (lambda x, y, w: rnn.cliff_descent(np.nan, 1.0), "finite numbers"),
    ],
)
def test_bad_input_is_refused(network, call, message):
    with np.errstate(over="ignore", invalid="ignore"), pytest.raises(ValueError, match=message):
        call(*network)


# --- products of Jacobians -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("gain", "expected"), [(0.9, 0.00515), (1.1, 117.4), (1.0, 1.0)])
def test_a_gain_times_orthogonal_over_50_steps(gain, expected):
    matrix = rnn.recurrent_matrix("orthogonal", 16, gain=gain, seed=3)
    np.testing.assert_allclose(matrix @ matrix.T, gain**2 * np.eye(16), atol=1e-12)
    logs = rnn.jacobian_log_singular_values(matrix, 50)
    np.testing.assert_allclose(np.exp(logs[-1]), expected, rtol=1e-3)
    np.testing.assert_allclose(logs, np.log(gain) * np.arange(1, 51)[:, None] * np.ones(16), atol=1e-10)


@pytest.mark.parametrize("activation", list(rnn.ACTIVATIONS))
def test_jacobian_product_by_finite_differences(activation):
    rng = np.random.default_rng(2)
    matrix, h0, drive = (
        rnn.recurrent_matrix("gaussian", 4, gain=1.2),
        rng.standard_normal(4),
        rng.standard_normal((6, 4)),
    )
    function, _ = rnn.ACTIVATIONS[activation]

    def last(h):
        for t in range(6):
            h = function(drive[t] + h @ matrix)
        return h

    jacobian = np.array([(last(h0 + move) - last(h0 - move)) / 2e-6 for move in 1e-6 * np.eye(4)])
    logs = rnn.jacobian_log_singular_values(matrix, 6, activation=activation, h0=h0, drive=drive)
    np.testing.assert_allclose(np.exp(logs[-1]), np.linalg.svd(jacobian, compute_uv=False), atol=1e-7)


def test_activations_only_shrink_and_nothing_overflows():
    matrix = rnn.recurrent_matrix("orthogonal", 8, gain=1.5)
    h0 = np.random.default_rng(0).standard_normal(8)
    linear = rnn.jacobian_log_singular_values(matrix, 50, h0=h0)
    tanh = rnn.jacobian_log_singular_values(matrix, 50, activation="tanh", h0=h0)
    assert np.all(tanh[:, 0] < linear[:, 0])
    huge = rnn.jacobian_log_singular_values(rnn.recurrent_matrix("orthogonal", 8, gain=1e5), 200)
    assert huge[-1, 0] == pytest.approx(1000 * np.log(10))
    dead = rnn.jacobian_log_singular_values(-np.eye(3), 4, activation="relu", h0=np.ones(3))
    assert np.all(dead == -np.inf)


# --- gates -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def lstm():
    rng = np.random.default_rng(4)
    weights = (
        rng.standard_normal((INPUTS, 4 * UNITS)),
        0.5 * rng.standard_normal((UNITS, 4 * UNITS)),
        rng.standard_normal(4 * UNITS),
    )
    return rng.standard_normal((STEPS, INPUTS)), weights


def test_lstm_is_keras(lstm, tmp_path):
    x, weights = lstm
    np.savez(tmp_path / "lstm.npz", x=x, kernel=weights[0], recurrent_kernel=weights[1], bias=weights[2])
    # in its own process on Keras' NumPy backend, since TensorFlow takes longer to import than all these tests to run
    code = """
import sys
import keras, numpy as np
data = np.load(sys.argv[1])
layer = keras.layers.LSTM(data["bias"].size // 4, return_sequences=True, return_state=True)
layer.build((1, *data["x"].shape))
layer.set_weights([data["kernel"], data["recurrent_kernel"], data["bias"]])
hidden, _, cell = layer(data["x"][None].astype("float32"))
np.savez(sys.argv[2], hidden=np.asarray(hidden)[0], cell=np.asarray(cell)[0])
"""
    run = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "lstm.npz", tmp_path / "keras.npz"],
        env=os.environ | {"KERAS_BACKEND": "numpy"},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    trace = rnn.lstm_forward(x, *weights)
    with np.load(tmp_path / "keras.npz") as expected:
        np.testing.assert_allclose(trace.hidden, expected["hidden"], atol=1e-6)
        np.testing.assert_allclose(trace.cell[-1], expected["cell"], atol=1e-6)


def test_the_trace_satisfies_the_lstms_equations(lstm):
    x, weights = lstm
    trace = rnn.lstm_forward(x, *weights, h0=np.ones(UNITS), c0=np.ones(UNITS))
    before = np.concatenate([np.ones((1, UNITS)), trace.cell[:-1]])
    np.testing.assert_allclose(trace.cell, trace.forget * before + trace.input * trace.candidate)
    np.testing.assert_allclose(trace.hidden, trace.output * np.tanh(trace.cell))


def test_an_edited_gate_is_replayed(lstm):
    x, weights = lstm
    trace = rnn.lstm_forward(x, *weights)
    edit = np.full((STEPS, UNITS), np.nan)
    edit[3, 1] = 0.0
    replay = rnn.lstm_forward(x, *weights, edits={"forget": edit})
    for name in rnn.LstmTrace._fields:
        np.testing.assert_array_equal(getattr(replay, name)[:3], getattr(trace, name)[:3])
    assert replay.forget[3, 1] == 0.0
    assert replay.cell[3, 1] == pytest.approx(trace.input[3, 1] * trace.candidate[3, 1])
    assert np.all(replay.hidden[4:] != trace.hidden[4:])
    own = rnn.lstm_forward(x, *weights, edits={name: getattr(trace, name) for name in rnn.GATES})
    np.testing.assert_allclose(own.hidden, trace.hidden)
    for bad in ({"cell": edit}, {"forget": edit[1:]}):
        with pytest.raises(ValueError, match="edit one of"):
            rnn.lstm_forward(x, *weights, edits=bad)


def test_forget_bias_over_50_steps():
    assert rnn.forget_product(1.0, 50) == pytest.approx(1.6e-7, rel=0.02)
    assert rnn.forget_product(3.0, 50) == pytest.approx(0.088, rel=0.002)
    assert rnn.forget_product(3.0, 50) == pytest.approx(expit(3.0) ** 50)


def test_cell_survival_is_the_derivative_through_the_cells_alone(lstm):
    x, weights = lstm
    forget = rnn.lstm_forward(x, *weights).forget
    survival = rnn.cell_survival(forget)
    np.testing.assert_allclose(survival[-1], 1.0)
    np.testing.assert_allclose(survival[2], forget[3:].prod(axis=0))
    np.testing.assert_allclose(rnn.cell_survival(np.full((51, 1), expit(3.0)))[0], rnn.forget_product(3.0, 50))


# --- the cliff -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("w", "b"), [(5.0, -2.2), (1.0, 0.5), (-3.0, 2.0)])
def test_cliff_gradient_by_finite_differences(w, b):
    numeric = optimize.approx_fprime([w, b], lambda p: rnn.cliff_loss(*p), 1e-7)
    np.testing.assert_allclose(rnn.cliff_gradient(w, b), numeric, rtol=1e-4, atol=1e-6)


def test_there_is_a_cliff():
    w = np.linspace(4.0, 6.0, 401)
    losses = rnn.cliff_loss(w, -2.5)
    slopes = np.abs(np.diff(losses)) / (w[1] - w[0])
    assert slopes.max() > 50 * np.median(slopes)


def test_the_cliff_throws_plain_descent_off_and_clipping_holds_on():
    path, losses = rnn.cliff_descent(4.8, -2.1, learning_rate=0.1)
    clipped, clipped_losses = rnn.cliff_descent(4.8, -2.1, learning_rate=0.1, clip=0.5)
    assert path.shape == (51, 2)
    assert np.linalg.norm(np.diff(path, axis=0), axis=1).max() > 10.0
    assert np.linalg.norm(np.diff(clipped, axis=0), axis=1).max() <= 0.05 + 1e-12
    assert losses[-1] > losses[0]
    assert clipped_losses[-1] < 0.2 * clipped_losses[0]


def test_clipping_keeps_the_direction():
    np.testing.assert_allclose(rnn.clip_by_norm([3.0, 4.0], 1.0), [0.6, 0.8])
    np.testing.assert_array_equal(rnn.clip_by_norm([3.0, 4.0], 6.0), [3.0, 4.0])
    np.testing.assert_array_equal(rnn.clip_by_norm([0.0, 0.0], 1.0), [0.0, 0.0])
    with np.errstate(all="raise"):  # squares and quotients of these leave the range of numbers
        np.testing.assert_allclose(rnn.clip_by_norm([3e200, -4e200], 1.0), [0.6, -0.8])
        np.testing.assert_array_equal(rnn.clip_by_norm([1e-200, 0.0], 1e300), [1e-200, 0.0])


# --- exposure bias ---------------------------------------------------------------------------------------------------


def test_autoregression_finds_the_recurrence_of_a_sinusoid():
    # sin((n + 1) a) = 2 cos(a) sin(n a) - sin((n - 1) a)
    clean = futures.swinging_joint(100, period=20.0, noise=0.0)
    coefficients = futures.fit_autoregression(clean, 2)
    np.testing.assert_allclose(coefficients, [2 * np.cos(2 * np.pi / 20), -1.0, 0.0], atol=1e-9)
    np.testing.assert_allclose(futures.teacher_forced(clean, coefficients), clean[2:], atol=1e-9)
    np.testing.assert_allclose(futures.free_running(clean[:2], coefficients, 98), clean[2:], atol=1e-7)


def test_sampled_futures_spread_as_their_noise_adds_up():
    # y_t = y_{t-1} + noise: after n steps the standard deviation is noise sqrt(n)
    fan = futures.free_running(np.zeros((4000, 1)), np.array([1.0, 0.0]), 16, noise=0.1, seed=0)
    np.testing.assert_allclose(fan.std(axis=0), 0.1 * np.sqrt(np.arange(1, 17)), rtol=0.05)
    again = futures.free_running(np.zeros((4000, 1)), np.array([1.0, 0.0]), 16, noise=0.1, seed=0)
    np.testing.assert_array_equal(fan, again)
    with pytest.raises(ValueError, match="noise must not be negative"):
        futures.free_running([0.0], [1.0, 0.0], 3, noise=-1.0)


def test_free_running_drifts_where_teacher_forcing_looks_fine():
    coefficients = futures.fit_autoregression(futures.swinging_joint(300), 3)
    forced, free = futures.exposure_errors(futures.swinging_joint(600, seed=1), coefficients, 50)
    assert forced[0] == pytest.approx(free[0])
    np.testing.assert_allclose(forced, forced[0], rtol=0.1)
    assert free[9] > 2 * forced[9]
    assert free[49] > 5 * forced[49]


def test_exposure_errors_by_brute_force():
    series = futures.swinging_joint(12, noise=0.2)
    coefficients = np.array([0.5, 0.2, 0.1])
    squares = []
    for start in range(12 - 2 - 4 + 1):
        window = list(series[start : start + 2])
        for _ in range(4):
            window.append(0.5 * window[-1] + 0.2 * window[-2] + 0.1)
        squares.append((np.array(window[2:]) - series[start + 2 : start + 6]) ** 2)
    np.testing.assert_allclose(futures.exposure_errors(series, coefficients, 4)[1], np.sqrt(np.mean(squares, axis=0)))


def test_scheduled_sampling_falls_from_real_to_own():
    assert futures.scheduled_sampling(500, "linear", slope=1e-3, minimum=0.2) == pytest.approx(0.5)
    assert futures.scheduled_sampling(5000, "linear", slope=1e-3, minimum=0.2) == 0.2
    assert futures.scheduled_sampling(10, "exponential", k=0.9) == pytest.approx(0.9**10)
    assert futures.scheduled_sampling(30, k=10.0) == pytest.approx(10 / (10 + np.exp(3.0)))
    for kind in ("linear", "exponential", "inverse_sigmoid"):
        share = futures.scheduled_sampling(np.arange(0, 10**6, 1000), kind)
        assert np.all(np.diff(share) <= 0.0)
        assert share[0] > 0.99
        assert share[-1] == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: futures.swinging_joint(0), "must be positive"),
        (lambda: futures.fit_autoregression([1.0, 2.0], 2), "order must be"),
        (lambda: futures.fit_autoregression([], 2), "series must have shape"),
        (lambda: futures.teacher_forced([1.0], [1.0, 0.0]), "longer than the order"),
        (lambda: futures.free_running([1.0], [1.0, 1.0, 0.0], 3), "start from 2 values"),
        (lambda: futures.exposure_errors(np.ones(5), [1.0, 0.0], 10), "at least 11"),
        (lambda: futures.scheduled_sampling(-1), "not be negative"),
        (lambda: futures.scheduled_sampling(1, "cosine"), "unknown kind"),
        (lambda: futures.scheduled_sampling(1, "exponential", k=1.0), "between 0 and 1"),
        (lambda: futures.scheduled_sampling(1, k=0.5), "at least 1"),
        (lambda: futures.scheduled_sampling(1, "linear", k=2.0), "minimum <= k <= 1"),
        (lambda: futures.forked_futures(0), "out of range"),
        (lambda: futures.squared_error_split(np.ones((3, 2)), [1.0]), "prediction must have shape"),
        (lambda: futures.squared_error_split(np.ones((0, 2)), [1.0]), "futures must have shape"),
        (lambda: futures.fit_mixture(np.ones((3, 2)), 4), "components from 1 to 3"),
        (lambda: futures.fit_mixture(np.full((3, 2), np.nan)), "finite"),
    ],
)
def test_bad_motion_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# --- the mean of futures ---------------------------------------------------------------------------------------------


def test_squared_error_is_lowest_at_the_mean_of_futures():
    motions, is_left = futures.forked_futures(400)
    found = optimize.minimize(lambda c: np.mean(np.sum((motions - c) ** 2, axis=1)), np.ones(30)).x
    np.testing.assert_allclose(found, motions.mean(axis=0), atol=1e-4)
    for prediction in (motions.mean(axis=0), motions[0], np.zeros(30)):
        own, extra = futures.squared_error_split(motions, prediction)
        assert own + extra == pytest.approx(np.mean(np.sum((motions - prediction) ** 2, axis=1)))
    # the best constant hardly moves, though no future stays still
    assert abs(motions.mean(axis=0)[-1]) < 0.2
    assert np.abs(motions[:, -1]).min() > 0.4
    assert np.all((motions[:, -1] < 0) == is_left)


def test_em_tells_the_two_futures_apart():
    motions, is_left = futures.forked_futures(300, left=0.3)
    mixture = futures.fit_mixture(motions)
    which = int(np.argmin(mixture.means[:, -1]))
    assert mixture.weights[which] == pytest.approx(is_left.mean(), abs=1e-6)
    np.testing.assert_allclose(mixture.means[which], motions[is_left].mean(axis=0), atol=1e-6)
    share = futures.responsibilities(motions, mixture)
    np.testing.assert_allclose(share.sum(axis=1), 1.0)
    np.testing.assert_array_equal(share[:, which] > 0.5, is_left)


def test_em_never_loses_likelihood_and_scores_as_scipy():
    values = np.random.default_rng(0).standard_normal((100, 2)) * [1.0, 3.0]
    mixture = futures.fit_mixture(values, 3, ridge=1e-9)
    assert len(mixture.log_likelihoods) > 5
    assert np.all(np.diff(mixture.log_likelihoods) > -1e-6)
    parts = [
        weight * stats.multivariate_normal(mean, covariance).pdf(values)
        for weight, mean, covariance in zip(mixture.weights, mixture.means, mixture.covariances, strict=True)
    ]
    expected = np.stack(parts, axis=1) / np.sum(parts, axis=0)[:, None]
    np.testing.assert_allclose(futures.responsibilities(values, mixture), expected, atol=1e-9)
    one = futures.fit_mixture(values, 1)
    np.testing.assert_allclose(one.means[0], values.mean(axis=0))


def test_sampled_futures_choose_a_side():
    motions, _ = futures.forked_futures(300)
    samples, which = futures.sample_mixture(futures.fit_mixture(motions), 50, seed=1)
    assert samples.shape == (50, 30)
    assert set(which) == {0, 1}
    assert np.abs(samples[:, -1]).min() > 0.3
    again, _ = futures.sample_mixture(futures.fit_mixture(motions), 50, seed=1)
    np.testing.assert_array_equal(samples, again)
    with pytest.raises(ValueError, match="at least one sample"):
        futures.sample_mixture(futures.fit_mixture(motions), 0)
