import numpy as np
import pytest
from scipy import integrate, stats

from animkit.theory import vae

# two latents seen through three pixels
W = np.array([[1.0, -0.5], [0.3, 2.0], [-1.2, 0.4]])
B = np.array([0.1, -0.2, 0.3])
SIGMA = 0.6
X = np.array([0.8, -1.0, 0.5])


def random_covariance(rng, size):
    root = rng.standard_normal((size, size))
    return root @ root.T + 0.1 * np.eye(size)


def linear_log_likelihood(z):
    return np.sum(-0.5 * ((X - z @ W.T - B) / SIGMA) ** 2 - np.log(SIGMA) - 0.5 * np.log(2 * np.pi), axis=1)


# --- Gaussians -------------------------------------------------------------------------------------------------------


def test_log_gaussian_is_scipys():
    rng = np.random.default_rng(0)
    covariance, x = random_covariance(rng, 3), rng.standard_normal((5, 3))
    expected = stats.multivariate_normal(B, covariance).logpdf(x)
    np.testing.assert_allclose(vae.log_gaussian(x, B, covariance), expected, rtol=1e-10)
    assert vae.log_gaussian(x[0], B, covariance) == pytest.approx(expected[0])


def test_gaussian_kl_by_numerical_integration():
    q, p = stats.norm(0.4, 0.7), stats.norm(-1.0, 1.5)
    expected, _ = integrate.quad(lambda x: q.pdf(x) * (q.logpdf(x) - p.logpdf(x)), -8, 8, epsabs=1e-12)
    assert vae.gaussian_kl([0.4], [[0.49]], [-1.0], [[2.25]]) == pytest.approx(expected, abs=1e-10)
    assert vae.gaussian_kl(B, np.eye(3), B, np.eye(3)) == 0.0


# --- the gap ---------------------------------------------------------------------------------------------------------


def test_log_evidence_is_the_integral_over_z():
    def joint(z2, z1):
        z = np.array([[z1, z2]])
        return np.exp(linear_log_likelihood(z)[0] - 0.5 * np.sum(z**2)) / (2 * np.pi)

    integral, _ = integrate.dblquad(joint, -4, 4, -4, 4, epsabs=1e-7)
    assert vae.log_evidence(X, W, B, SIGMA) == pytest.approx(np.log(integral), abs=1e-5)


def test_evidence_is_elbo_plus_gap_for_any_gaussian_q():
    rng = np.random.default_rng(1)
    evidence = vae.log_evidence(X, W, B, SIGMA)
    for _ in range(50):
        mean, covariance = rng.uniform(-3, 3, 2), random_covariance(rng, 2)
        bound = vae.linear_elbo(X, W, B, SIGMA, mean, covariance)
        gap = vae.linear_gap(X, W, B, SIGMA, mean, covariance)
        assert gap > 0.0
        assert bound.elbo + gap == pytest.approx(evidence, abs=1e-10)
        assert bound.elbo == bound.expected_log_likelihood - bound.kl


def test_the_gap_closes_at_the_posterior_only():
    mean, covariance = vae.linear_posterior(X, W, B, SIGMA)
    assert vae.linear_gap(X, W, B, SIGMA, mean, covariance) == pytest.approx(0.0, abs=1e-12)
    assert vae.linear_gap(X, W, B, SIGMA, mean + 0.1, covariance) > 1e-3
    assert vae.linear_gap(X, W, B, SIGMA, mean, 1.2 * covariance) > 1e-3


def test_one_latent_by_hand():
    # x = z + noise of variance 1: p(x) = N(0, 2), p(z|x) = N(x / 2, 1 / 2)
    mean, covariance = vae.linear_posterior([3.0], [[1.0]], [0.0], 1.0)
    assert mean == pytest.approx([1.5])
    assert covariance == pytest.approx(np.array([[0.5]]))
    assert vae.log_evidence([3.0], [[1.0]], [0.0], 1.0) == pytest.approx(stats.norm.logpdf(3.0, 0, np.sqrt(2.0)))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: vae.log_evidence(X, W, B, 0.0), "sigma must be above 0"),
        (lambda: vae.log_evidence(X, W.T, B, 1.0), "W must be a finite matrix"),
        (lambda: vae.log_evidence(X, W, B[:2], 1.0), "b must be a row of 3"),
        (lambda: vae.log_evidence(X * np.nan, W, B, 1.0), "x must be finite"),
        (lambda: vae.linear_elbo(X, W, B, 1.0, [0.0, 0.0], -np.eye(2)), "positive definite"),
        (lambda: vae.linear_elbo(X, W, B, 1.0, [0.0, 0.0], np.eye(3)), "symmetric"),
        (lambda: vae.linear_elbo(X, W, B, 1.0, [0.0], np.eye(2)), "row of 2"),
        (lambda: vae.grid_posterior(linear_log_likelihood, limit=0.0), "limit above 0"),
        (lambda: vae.grid_posterior(lambda z: z), "log_likelihood must give"),
        (lambda: vae.grid_posterior(lambda z: np.full(len(z), -np.inf)), "all -inf"),
        (lambda: vae.grid_posterior(lambda z: np.full(len(z), np.nan)), "no NaN"),
        (lambda: vae.grid_elbo(vae.grid_posterior(linear_log_likelihood), [20, 0], np.eye(2)), "off the grid"),
        (lambda: vae.estimator_variances([0.0], 0.0), "std must be above 0"),
        (lambda: vae.estimator_samples([0.0], 1.0, 0), "at least one sample"),
        (lambda: vae.kl_terms([0.0, 1.0], [0.0]), "row of 2"),
        (lambda: vae.kl_running_estimate([0.0], [0.0], 1), "at least 2"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_grid_knows_the_linear_models_posterior():
    posterior = vae.grid_posterior(linear_log_likelihood)
    mean, covariance = vae.linear_posterior(X, W, B, SIGMA)
    assert posterior.log_evidence == pytest.approx(vae.log_evidence(X, W, B, SIGMA), abs=1e-9)
    grid_mean, grid_covariance = vae.grid_moments(posterior)
    np.testing.assert_allclose(grid_mean, mean, atol=1e-9)
    np.testing.assert_allclose(grid_covariance, covariance, atol=1e-9)
    q_mean, q_covariance = mean + [0.3, -0.2], np.diag([0.2, 0.3])
    bound, gap = vae.grid_elbo(posterior, q_mean, q_covariance)
    exact = vae.linear_elbo(X, W, B, SIGMA, q_mean, q_covariance)
    np.testing.assert_allclose(bound, exact, atol=1e-5)
    assert gap == pytest.approx(vae.linear_gap(X, W, B, SIGMA, q_mean, q_covariance), abs=1e-6)


def test_the_gap_of_a_bent_decoder_never_closes():
    def ring(z):  # only the distance from the origin is seen
        return stats.norm.logpdf(1.5, np.linalg.norm(z, axis=1), 0.1)

    posterior = vae.grid_posterior(ring, points=101)
    assert posterior.density.sum() * (posterior.axis[1] - posterior.axis[0]) ** 2 == pytest.approx(1.0)
    for mean, width in (([0.0, 0.0], 1.0), ([1.5, 0.0], 0.2), vae.grid_moments(posterior)):
        bound, gap = vae.grid_elbo(posterior, mean, width * np.eye(2))
        assert gap > 0.5
        assert bound.elbo + gap == pytest.approx(posterior.log_evidence, abs=1e-10)


def test_the_grid_forgives_a_decoder_that_rules_places_out():
    half = vae.grid_posterior(lambda z: np.where(z[:, 0] > 0, 0.0, -np.inf), points=80)
    assert half.log_evidence == pytest.approx(np.log(0.5), abs=1e-5)
    bound, gap = vae.grid_elbo(half, [0.0, 0.0], np.eye(2))
    assert (bound.elbo, gap) == (-np.inf, np.inf)


# --- estimators ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("d", "score", "baseline"), [(1, 30.0, 18.0), (10, 552.0, 72.0)])
def test_variances_at_mean_and_std_one(d, score, baseline):
    variances = vae.estimator_variances(np.ones(d), 1.0)
    assert variances["score"][0] == pytest.approx(score, abs=1e-10)
    assert variances["baseline"][0] == pytest.approx(baseline, abs=1e-10)
    assert variances["reparameterised"][0] == pytest.approx(4.0)
    # by integration over the first latent; the others add a sum of 9 squares with mean 2 and variance 6 each
    rest_mean, rest_variance = 2.0 * (d - 1), 6.0 * (d - 1)

    def second_moment(e, c):
        return stats.norm.pdf(e) * e**2 * (((1 + e) ** 2 + rest_mean - c) ** 2 + rest_variance)

    for name, c in (("score", 0.0), ("baseline", 2.0 * d), ("best_baseline", 2.0 * d + 2.0)):
        integral, _ = integrate.quad(second_moment, -12, 12, args=(c,))
        assert variances[name][0] == pytest.approx(integral - 4.0, abs=1e-6)


def test_monte_carlo_agrees_for_any_mean_and_width():
    mean, std = np.array([0.5, -1.0, 2.0]), np.array([0.8, 1.0, 0.5])
    variances, samples = vae.estimator_variances(mean, std), vae.estimator_samples(mean, std, 100_000, seed=1)
    assert set(variances) == set(samples) == set(vae.ESTIMATORS)
    for name in vae.ESTIMATORS:
        np.testing.assert_allclose(samples[name].var(axis=0), variances[name], rtol=0.07)
        error = np.sqrt(variances[name] / 100_000)
        assert np.all(np.abs(samples[name].mean(axis=0) - 2.0 * mean) < 5 * error)  # every one is unbiased
    assert np.all(variances["best_baseline"] <= np.minimum(variances["score"], variances["baseline"]))


# --- KL --------------------------------------------------------------------------------------------------------------


def test_kl_terms_add_up_to_the_kl():
    mean, log_variance = np.array([0.5, -2.0]), np.array([-1.0, 0.7])
    terms = vae.kl_terms(mean, log_variance)
    expected = vae.gaussian_kl(mean, np.diag(np.exp(log_variance)), np.zeros(2), np.eye(2))
    assert terms["kl"].sum() == pytest.approx(expected, abs=1e-12)
    assert terms["mean"] == pytest.approx([0.125, 2.0])
    assert np.all(vae.kl_terms([0.0], [0.0])["kl"] == 0.0)


def test_the_running_estimate_closes_in_on_the_kl():
    mean, log_variance = [0.5, -1.0], [-1.0, 0.3]
    running, error = vae.kl_running_estimate(mean, log_variance, 4000, seed=2)
    exact = vae.kl_terms(mean, log_variance)["kl"].sum()
    assert abs(running[-1] - exact) < 4 * error[-1]
    assert error[0] == np.inf
    assert error[3999] < 0.2 * error[99]
    inside = np.abs(running[100:] - exact) < 3 * error[100:]
    assert inside.mean() > 0.95
    # the first two samples, by hand
    noise = np.random.default_rng(2).standard_normal((4000, 2))[:2]
    z = np.array(mean) + np.exp(0.5 * np.array(log_variance)) * noise
    ratio = stats.norm.logpdf(z, mean, np.exp(0.5 * np.array(log_variance))).sum(1) - stats.norm.logpdf(z).sum(1)
    assert running[1] == pytest.approx(ratio.mean())
    assert error[1] == pytest.approx(ratio.std(ddof=1) / np.sqrt(2))
