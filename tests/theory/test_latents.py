import numpy as np
import pytest
from scipy import optimize, stats

from animkit.theory import latents


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: latents.linear_rate_distortion([-1.0], 1.0), "must not be negative"),
        (lambda: latents.linear_rate_distortion([1.0], 1.0, beta=0.0), "beta must be above 0"),
        (lambda: latents.linear_rate_distortion([1.0], 1.0, free=-0.1), "free nats must not be negative"),
        (lambda: latents.active_units(np.ones((1, 3))), "at least 2 examples"),
        (lambda: latents.free_bits([1.0], -1.0), "not be negative"),
        (lambda: latents.annealed_beta(0, steps=0), "at least 1"),
        (lambda: latents.annealed_beta(0, steps=5, shape="square"), "unknown shape"),
        (lambda: latents.slerp([1.0, 0.0], [-2.0, 0.0], [0.5]), "opposite"),
        (lambda: latents.lerp([1.0, 0.0], [1.0], [0.5]), "row of 2"),
        (lambda: latents.radius_density(-1.0, 2), "not be negative"),
        (lambda: latents.expected_radius(0), "at least 1"),
        (lambda: latents.aggregate_log_density(np.ones((2, 3)), np.ones((4, 2)), np.ones((4, 2))), "share latent_dim"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# --- rate and distortion ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("variance", "beta"), [(4.0, 1.0), (4.0, 3.0), (0.3, 1.0)])
def test_water_filling_is_the_optimum_of_a_linear_beta_vae(variance, beta):
    noise_variance = 0.5

    def terms(parameters):
        encoder, log_width, decoder = parameters
        width = np.exp(log_width)
        distortion = variance * (1 - decoder * encoder) ** 2 + decoder**2 * width
        return distortion, 0.5 * (encoder**2 * variance + width - log_width - 1)

    def objective(parameters):
        distortion, rate = terms(parameters)
        return distortion / (2 * noise_variance) + beta * rate

    best = optimize.minimize(objective, [0.5, -1.0, 1.0], tol=1e-12).x
    distortion, rate = terms(best)
    rates, distortions = latents.linear_rate_distortion([variance], noise_variance, beta)
    assert rates[0] == pytest.approx(rate, abs=1e-4)
    assert distortions[0] == pytest.approx(distortion, abs=1e-4)


def test_directions_collapse_one_after_another_as_beta_grows():
    variances = np.array([4.0, 1.0, 0.1])
    active = [int(np.sum(latents.linear_rate_distortion(variances, 0.05, beta)[0] > 0)) for beta in (1, 3, 30, 100)]
    assert active == [3, 2, 1, 0]


def test_free_bits_are_used_up_and_those_above_them_change_nothing():
    variances, plain = np.array([4.0, 0.1, 0.0]), latents.linear_rate_distortion([4.0, 0.1, 0.0], 0.5)
    rates, distortions = latents.linear_rate_distortion(variances, 0.5, free=0.25)
    np.testing.assert_allclose(rates, [plain[0][0], 0.25, 0.25])
    np.testing.assert_allclose(distortions, variances * np.exp(-2.0 * rates))
    grid = np.linspace(0.0, 3.0, 30001)
    loss = variances[:, None] * np.exp(-2.0 * grid) / (2.0 * 0.5) + np.maximum(grid, 0.25)
    np.testing.assert_allclose(grid[loss.argmin(axis=1)][:2], rates[:2], atol=1e-4)


def test_active_units_and_free_bits():
    rng = np.random.default_rng(0)
    means = rng.standard_normal((1000, 3)) * [1.0, 0.2, 0.05] + 7.0
    np.testing.assert_array_equal(latents.active_units(means), [True, True, False])
    charged, felt = latents.free_bits([0.1, 2.0], 0.5)
    assert charged == 2.5
    np.testing.assert_array_equal(felt, [False, True])


def test_annealing_rises_from_zero_and_stays():
    np.testing.assert_allclose(latents.annealed_beta([0, 5, 10, 99], steps=10, final=2.0), [0.0, 1.0, 2.0, 2.0])
    np.testing.assert_allclose(
        latents.annealed_beta([0, 5, 10], steps=10, shape="sigmoid"), [0.0, 0.5, 1.0], atol=1e-12
    )
    cyclic = latents.annealed_beta(np.arange(9), steps=8, cycles=2)
    np.testing.assert_allclose(cyclic, [0.0, 0.5, 1.0, 1.0, 0.0, 0.5, 1.0, 1.0, 1.0])
    assert latents.annealed_beta(5, steps=10) == 0.5


# --- latent walks ----------------------------------------------------------------------------------------------------


def test_slerp_keeps_the_norm_where_lerp_cuts_the_corner():
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((2, 64))
    a, b = a / np.linalg.norm(a), b / np.linalg.norm(b)
    t = np.linspace(0, 1, 9)
    np.testing.assert_allclose(np.linalg.norm(latents.slerp(a, b, t), axis=1), 1.0, atol=1e-12)
    halfway = np.linalg.norm(latents.lerp(a, b, [0.5]))
    assert halfway == pytest.approx(np.sqrt(0.5 * (1 + a @ b)))
    for walk in (latents.lerp, latents.slerp):
        np.testing.assert_allclose(walk(a, b, [0.0, 1.0]), [a, b], atol=1e-12)
    np.testing.assert_allclose(latents.slerp([1, 0], [0, 1], [1 / 3]), [[np.cos(np.pi / 6), 0.5]], atol=1e-12)
    np.testing.assert_allclose(latents.slerp([1, 2], [2, 4], [0.5]), [[1.5, 3.0]])
    np.testing.assert_allclose(latents.slerp([0, 0], [2, 4], [0.5]), [[1.0, 2.0]])


@pytest.mark.parametrize("latent_dim", [1, 2, 64])
def test_radius_is_chi(latent_dim):
    radius = np.linspace(0.0, 14.0, 50)
    np.testing.assert_allclose(
        latents.radius_density(radius, latent_dim), stats.chi(latent_dim).pdf(radius), atol=1e-12
    )
    assert latents.expected_radius(latent_dim) == pytest.approx(stats.chi(latent_dim).mean())
    pairs = np.random.default_rng(0).standard_normal((2, 20_000, latent_dim))
    halfway = np.linalg.norm(pairs.mean(axis=0), axis=1)
    assert latents.expected_radius(latent_dim, 0.5) == pytest.approx(halfway.mean(), rel=0.03)


def test_the_aggregate_posterior_is_the_mixture_of_all_posteriors():
    rng = np.random.default_rng(0)
    means, log_variances, z = rng.standard_normal((4, 2)), rng.uniform(-2, 0, (4, 2)), rng.standard_normal((7, 2))
    density = np.mean(
        [stats.norm.pdf(z, mean, np.exp(0.5 * lv)).prod(axis=1) for mean, lv in zip(means, log_variances, strict=True)],
        axis=0,
    )
    np.testing.assert_allclose(latents.aggregate_log_density(z, means, log_variances), np.log(density), rtol=1e-10)
