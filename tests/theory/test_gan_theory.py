import numpy as np
import pytest
from scipy import integrate, optimize, stats
from scipy.special import expit

from animkit.theory import critic, gan, mlp, point_gan

GRID = np.linspace(-12.0, 28.0, 4001)
LOSSES = list(gan.DIRAC_LOSSES)


def finite_difference(function, point, step=1e-6):
    slopes = [
        (function(point + step * unit) - function(point - step * unit)) / (2 * step) for unit in np.eye(len(point))
    ]
    return np.array(slopes)


def densities(mu, x=GRID):
    return gan.log_gaussian(x), gan.log_gaussian(x, mu)


# --- densities -------------------------------------------------------------------------------------------------------


def test_log_gaussian_and_mixture_are_scipys():
    np.testing.assert_allclose(gan.log_gaussian(GRID, 1.5, 0.7), stats.norm.logpdf(GRID, 1.5, 0.7), rtol=1e-12)
    mixed = 0.25 * stats.norm.pdf(GRID, -2, 0.5) + 0.75 * stats.norm.pdf(GRID, 3, 2.0)
    np.testing.assert_allclose(np.exp(gan.log_mixture(GRID, [-2, 3], [0.5, 2.0], [1, 3])), mixed, atol=1e-14)


def test_a_drawn_density_is_normalised_however_tall():
    heights = np.maximum(0.0, 1.0 - np.abs(GRID))
    for scale in (1.0, 1e300, 1e-300):
        log_p = gan.log_histogram(GRID, scale * heights)
        assert np.trapezoid(np.exp(log_p), GRID) == pytest.approx(1.0, abs=1e-12)
    assert log_p[0] == -np.inf


def test_a_drawing_is_the_curve_under_its_points_in_any_order():
    triangle = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]])
    np.testing.assert_allclose(
        gan.log_drawing(GRID, triangle), gan.log_histogram(GRID, np.maximum(0, 1 - abs(GRID))), atol=1e-12
    )
    rng = np.random.default_rng(0)
    log_p = gan.log_drawing(GRID, rng.random((10_000, 2)))
    assert np.trapezoid(np.exp(log_p), GRID) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: gan.log_gaussian(GRID, 0.0, -1.0), "every std above 0"),
        (lambda: gan.log_gaussian(GRID, np.nan), "mean must be finite"),
        (lambda: gan.log_gaussian(GRID[::-1]), "increasing"),
        (lambda: gan.log_mixture(GRID, [0, 1], [1]), "as many means"),
        (lambda: gan.log_mixture(GRID, [0, 1], [1, 1], [0, 0]), "not all zero"),
        (lambda: gan.log_histogram(GRID, np.zeros(len(GRID))), "drawing is empty"),
        (lambda: gan.log_histogram(GRID, -np.ones(len(GRID))), "not negative"),
        (lambda: gan.log_histogram(GRID, [1.0, 2.0]), "lie on the grid"),
        (lambda: gan.log_drawing(GRID, np.empty((0, 2))), "drawing is empty"),
        (lambda: gan.log_drawing(GRID, [[100.0, 1.0], [101.0, 1.0]]), "drawing is empty"),
        (lambda: gan.log_drawing(GRID, [[0.0, np.nan], [1.0, 1.0]]), "finite"),
        (lambda: gan.js_divergence(GRID, GRID[1:], GRID), "must lie on the grid"),
        (lambda: gan.js_divergence(GRID, np.full(len(GRID), np.nan), GRID), "neither NaN"),
        (lambda: gan.pointwise_value(1.2, 1, 1), "between 0 and 1"),
        (lambda: gan.pointwise_value(0.5, -1, 1), "not be negative"),
        (lambda: gan.best_answer(0, 0), "both zero"),
        (lambda: gan.point_divergences(np.nan), "finite"),
    ],
)
def test_bad_densities_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# --- D*, and the value there -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("a", "b"), [(1.0, 1.0), (0.3, 0.1), (0.0, 2.0)])
def test_the_best_answer_beats_every_other(a, b):
    found = optimize.minimize_scalar(lambda d: -gan.pointwise_value(d, a, b), bounds=(0, 1), method="bounded").x
    assert gan.best_answer(a, b) == pytest.approx(found, abs=1e-5)
    others = gan.pointwise_value(np.linspace(0, 1, 101), a, b)
    assert gan.pointwise_value(gan.best_answer(a, b), a, b) >= others.max() - 1e-15


def test_the_optimal_discriminator_is_p_over_p_plus_q_and_survives_the_tails():
    log_p, log_q = densities(1.0)
    p, q = np.exp(log_p), np.exp(log_q)
    middle = abs(GRID) < 8
    np.testing.assert_allclose(gan.optimal_discriminator(log_p, log_q)[middle], (p / (p + q))[middle], rtol=1e-12)
    np.testing.assert_allclose(gan.optimal_logit(log_p, log_q), 0.5 - GRID, atol=1e-9)  # even where p underflows
    nowhere = np.full(3, -np.inf)
    np.testing.assert_array_equal(gan.optimal_discriminator(nowhere, [-np.inf, 0.0, 0.0]), [0.5, 0.0, 0.0])


@pytest.mark.parametrize(("mu", "expected"), [(0.0, -1.386294), (1.0, -1.163451), (4.0, -0.120854)])
def test_value_at_the_optimum(mu, expected):
    log_p, log_q = densities(mu)
    value = gan.value_at_optimum(GRID, log_p, log_q)
    assert value == pytest.approx(expected, abs=5e-7)
    assert value == pytest.approx(gan.value_from_js(GRID, log_p, log_q), abs=1e-10)
    assert value == pytest.approx(gan.value(GRID, log_p, log_q, gan.optimal_logit(log_p, log_q)), abs=1e-10)

    def integrand(x):
        p, q = stats.norm.pdf(x), stats.norm.pdf(x, mu)
        return p * np.log(p / (p + q)) + q * np.log(q / (p + q))

    assert value == pytest.approx(integrate.quad(integrand, -10, 14, epsabs=1e-12)[0], abs=1e-10)


def test_far_apart_only_the_log_domain_resolves_the_value():
    log_p, log_q = densities(16.0)
    value = gan.value_at_optimum(GRID, log_p, log_q)
    assert value == pytest.approx(-3.8e-15, rel=0.02)

    def deficit(x):  # mirrored at mu / 2, scaled by e^32 so that quad sees numbers near one
        return np.exp(stats.norm.logpdf(x) + 32.0) * np.logaddexp(0.0, 16.0 * x - 128.0)

    exact = -2.0 * integrate.quad(deficit, -2, 28, points=[8.0], epsabs=0, epsrel=1e-10)[0] * np.exp(-32.0)
    assert value == pytest.approx(exact, rel=1e-6)
    # the sum is a multiple of half a unit in the last place of log 4, so it cannot be this number
    assert abs(gan.value_from_js(GRID, log_p, log_q) - value) > 1e-3 * abs(value)
    wide = np.linspace(-10, 110, 12_001)
    assert gan.value_at_optimum(wide, *densities(100.0, wide)) == 0.0  # below the smallest number there is
    assert gan.log_deficit(wide, *densities(100.0, wide)) == pytest.approx(-(100.0**2) / 8, abs=6.0)


def test_any_other_discriminator_earns_less():
    log_p, log_q = densities(1.0)
    best = gan.value_at_optimum(GRID, log_p, log_q)
    for error in (0.1, -0.5, 2.0):
        assert gan.value(GRID, log_p, log_q, gan.optimal_logit(log_p, log_q) + error) < best


# --- divergences -----------------------------------------------------------------------------------------------------


def test_kl_of_gaussians_is_the_closed_form():
    log_p, log_q = gan.log_gaussian(GRID, 0.0, 1.0), gan.log_gaussian(GRID, 1.0, 2.0)
    assert gan.kl_divergence(GRID, log_p, log_q) == pytest.approx(np.log(2.0) + 2.0 / 8.0 - 0.5, abs=1e-10)
    assert gan.kl_divergence(GRID, log_p, log_p) == 0.0


def test_js_is_symmetric_and_between_zero_and_log_2():
    rng = np.random.default_rng(0)
    for _ in range(20):
        log_p = gan.log_mixture(GRID, rng.uniform(-4, 8, 3), rng.uniform(0.2, 2, 3), rng.random(3))
        log_q = gan.log_histogram(GRID, np.where(rng.random(len(GRID)) < 0.5, 0.0, rng.random(len(GRID))))
        js = gan.js_divergence(GRID, log_p, log_q)
        assert js == pytest.approx(gan.js_divergence(GRID, log_q, log_p), abs=1e-14)
        assert 0.0 < js < np.log(2.0)
        assert gan.kl_divergence(GRID, log_p, log_q) == np.inf  # the drawing misses mass of p


def test_w1_moves_where_js_is_flat():
    for mu in (0.0, 0.5, 3.0, 12.0):
        assert gan.wasserstein_1(GRID, *densities(mu)) == pytest.approx(mu, abs=1e-9)
    rng = np.random.default_rng(1)
    p, q = rng.random(len(GRID)), rng.random(len(GRID))
    scipys = stats.wasserstein_distance(GRID, GRID, p, q)
    assert gan.wasserstein_1(GRID, gan.log_histogram(GRID, p), gan.log_histogram(GRID, q)) == pytest.approx(
        scipys, rel=0.05
    )
    js, w1 = gan.point_divergences([-2.0, 0.0, 0.1, 5.0])
    np.testing.assert_allclose(js, [np.log(2.0), 0.0, np.log(2.0), np.log(2.0)])
    np.testing.assert_allclose(w1, [2.0, 0.0, 0.1, 5.0])


def test_saturation_slopes_where_d_is_sure():
    logit = np.log(1e-4 / (1 - 1e-4))
    saturating, non_saturating = gan.saturation_slopes(logit)
    assert saturating == pytest.approx(-1e-4)
    assert non_saturating == pytest.approx(-0.9999)
    step = 1e-6
    assert saturating == pytest.approx(
        (np.log(expit(-logit - step)) - np.log(expit(-logit + step))) / (2 * step), rel=1e-4
    )


# --- the Dirac-GAN ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(
    ("order", "n_critic", "r1"), [("simultaneous", 1, 0.0), ("alternating", 1, 0.3), ("alternating", 3, 0.1)]
)
def test_jacobian_is_the_derivative_of_the_update(loss, order, n_critic, r1):
    settings = {"loss": loss, "learning_rate": 0.2, "order": order, "n_critic": n_critic, "r1": r1}
    point = np.array([0.4, -0.7])
    numeric = finite_difference(lambda at: np.array(gan.dirac_update(*at, **settings)), point).T
    np.testing.assert_allclose(gan.dirac_jacobian(*point, **settings), numeric, atol=1e-8)


def test_the_field_is_the_losses_downhill_direction():
    psi, theta = 0.4, -0.7
    for loss in LOSSES:

        def d_loss(psi, loss=loss):
            losses, _, _ = critic.DISCRIMINATOR_LOSSES[loss](np.array([0.0]), np.array([psi * theta]))
            return losses[0] + 0.15 * psi**2

        def g_loss(theta, loss=loss):
            return critic.GENERATOR_LOSSES[loss](np.array([0.0]), np.array([psi * theta]))[0][0]

        down = (
            -optimize.approx_fprime([psi], lambda p: d_loss(p[0]))[0],
            -optimize.approx_fprime([theta], lambda t: g_loss(t[0]))[0],
        )
        np.testing.assert_allclose(gan.dirac_field(psi, theta, loss=loss, r1=0.3), down, atol=1e-6)


@pytest.mark.parametrize("loss", ["minimax", "non_saturating", "hinge", "wasserstein", "relativistic"])
def test_spectral_radius_says_where_the_game_goes(loss):
    def last_over_first(**settings):
        path = gan.dirac_trajectory(0.1, 0.1, 400, loss=loss, **settings)
        return np.linalg.norm(path[-1]) / np.linalg.norm(path[0]), gan.spectral_radius(
            gan.dirac_jacobian(loss=loss, **settings)
        )

    growth, radius = last_over_first(order="simultaneous")
    assert radius > 1.0
    assert growth > 1.2
    growth, radius = last_over_first(order="alternating")
    assert radius == pytest.approx(1.0, abs=1e-12)  # it circles
    assert 0.5 < growth < 2.0
    for order in ("simultaneous", "alternating"):
        growth, radius = last_over_first(order=order, r1=1.0)
        assert radius < 1.0
        assert growth < 1e-3


def test_spectral_radius_of_simultaneous_descent_in_closed_form():
    # eigenvalues 1 +- i eta / 2: slopes of both losses are one half at the equilibrium
    assert gan.spectral_radius(gan.dirac_jacobian(learning_rate=0.1)) == pytest.approx(np.sqrt(1 + 0.05**2), abs=1e-14)


def test_a_diverging_trajectory_stays_finite_and_a_bad_game_is_refused():
    path = gan.dirac_trajectory(3.0, 3.0, 500, loss="least_squares", learning_rate=2.0)
    assert path.shape == (501, 2)
    assert np.all(np.isfinite(path))
    for settings, message in [
        ({"loss": "none"}, "unknown loss"),
        ({"order": "both"}, "unknown order"),
        ({"n_critic": 2}, "exactly 1"),
        ({"r1": -1.0}, "r1 not negative"),
        ({"learning_rate": np.nan}, "learning rate"),
    ]:
        with pytest.raises(ValueError, match=message):
            gan.dirac_trajectory(1.0, 1.0, 5, **settings)
    with pytest.raises(ValueError, match="finite numbers"):
        gan.dirac_trajectory(np.nan, 1.0, 5)
    with pytest.raises(ValueError, match="square"):
        gan.spectral_radius([[1.0, np.nan], [0.0, 1.0]])


# --- networks by hand ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("activation", list(mlp.ACTIVATIONS))
@pytest.mark.parametrize("widths", [(2, 5, 4, 1), (1, 3, 1), (2, 1)])
def test_first_and_second_derivatives_by_finite_differences(activation, widths):
    rng = np.random.default_rng(3)
    parameters = mlp.initial_parameters(widths, 1) + 0.1 * rng.standard_normal(mlp.parameter_count(widths))
    x, direction = rng.standard_normal((6, widths[0])), rng.standard_normal((6, widths[0]))
    output_gradient = rng.standard_normal((6, 1))

    def total(parameters, x=x):
        return np.sum(output_gradient * mlp.forward(parameters, widths, x, activation)[0])

    def along(parameters):
        _, trace = mlp.forward(parameters, widths, x, activation)
        return np.sum(direction * mlp.input_gradient(parameters, widths, trace))

    _, trace = mlp.forward(parameters, widths, x, activation)
    by_parameters, by_inputs = mlp.backward(parameters, widths, trace, output_gradient)
    np.testing.assert_allclose(by_parameters, finite_difference(total, parameters), atol=1e-7)
    numeric = finite_difference(lambda flat: total(parameters, flat.reshape(x.shape)), x.ravel())
    np.testing.assert_allclose(by_inputs.ravel(), numeric, atol=1e-7)
    np.testing.assert_allclose(mlp.input_gradient(parameters, widths, trace, output_gradient), by_inputs, atol=1e-12)
    mixed = mlp.directional_gradient(parameters, widths, trace, direction)
    np.testing.assert_allclose(mixed, finite_difference(along, parameters), atol=1e-7)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("penalty", [{}, {"r1": 0.7}, {"gradient_penalty": 0.9}])
def test_the_discriminators_gradient_by_finite_differences(loss, penalty):
    rng = np.random.default_rng(5)
    player = critic.new_player((2, 6, 5, 1), activation="softplus", seed=2)
    real, fake, mix = rng.standard_normal((7, 2)), rng.standard_normal((7, 2)), rng.random((7, 1))

    def total(parameters):
        return critic.discriminator_gradient(
            {**player, "parameters": parameters}, real, fake, loss=loss, mix=mix, **penalty
        )[0]

    _, gradient = critic.discriminator_gradient(player, real, fake, loss=loss, mix=mix, **penalty)
    np.testing.assert_allclose(gradient, finite_difference(total, player["parameters"]), atol=1e-6)


@pytest.mark.parametrize("loss", LOSSES)
def test_the_generators_gradient_by_finite_differences(loss):
    game = point_gan.new_game(generator_hidden=(5,), discriminator_hidden=(4, 3), activation="tanh")
    noise, real = point_gan.fixed_noise(game, 9), point_gan.distribution("ring", 9)

    def total(parameters):
        return point_gan.generator_gradient({**game, "generator_parameters": parameters}, noise, real, loss=loss)[0]

    _, gradient, fake, slope = point_gan.generator_gradient(game, noise, real, loss=loss)
    np.testing.assert_allclose(gradient, finite_difference(total, game["generator_parameters"]), atol=1e-7)
    _, arrows = point_gan.gradients_at_fakes(game, noise, real, loss=loss)
    np.testing.assert_array_equal(arrows, -slope)
    np.testing.assert_array_equal(fake, point_gan.generate(game, noise))


def test_adam_takes_a_first_step_of_the_learning_rate():
    gradient = np.array([3.0, -0.01])
    new, *_ = mlp.adam(np.zeros(2), gradient, np.zeros(2), np.zeros(2), 0, learning_rate=0.1)
    np.testing.assert_allclose(new, [-0.1, 0.1], rtol=1e-5)


# --- one player trained ----------------------------------------------------------------------------------------------


def test_a_small_discriminator_is_trained_towards_p_over_p_plus_q():
    x = np.linspace(-5, 6, 200)
    log_p, log_q = densities(1.0, x)
    player = critic.new_player((1, 16, 1), activation="tanh", seed=0)
    player, value = critic.fit_on_grid(player, x, log_p, log_q, steps=500)
    best = gan.value_at_optimum(x, log_p, log_q)
    assert best - 1e-3 < value <= best
    near = abs(x - 0.5) < 2.5
    answer = expit(critic.player_output(player, x[:, None])[:, 0])
    np.testing.assert_allclose(answer[near], gan.optimal_discriminator(log_p, log_q)[near], atol=0.03)
    with pytest.raises(ValueError, match="must lie on x"):
        critic.fit_on_grid(player, x, log_p[1:], log_q)


def test_a_penalised_critic_measures_w1_and_a_clipped_one_only_a_multiple():
    rng = np.random.default_rng(0)
    real = 0.1 * rng.standard_normal((64, 1))
    fakes = {mu: real + mu for mu in (1.0, 2.0)}

    def estimate(mu, **settings):
        player = critic.new_player((1, 16, 1), activation="leaky_relu", seed=1)
        return critic.train_critic(player, real, fakes[mu], steps=400, learning_rate=5e-3, **settings)[1]

    for mu in (1.0, 2.0):
        assert estimate(mu, gradient_penalty=10.0) == pytest.approx(mu, rel=0.15)
    small, large = estimate(1.0, clip=0.1), estimate(2.0, clip=0.1)
    assert 0.0 < small < large < 0.5


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda player, x: critic.train_critic(player, x, x[1:]), "as many points"),
        (lambda player, x: critic.train_critic(player, x, x, clip=-1.0), "must not be negative"),
        (lambda player, x: critic.train_critic(player, x[:0], x), "at least one"),
        (lambda player, x: critic.train_discriminator(player, x, x, loss="none"), "unknown loss"),
        (lambda player, x: critic.train_discriminator(player, x, x, optimizer="none"), "unknown optimizer"),
        (lambda player, x: critic.train_discriminator(player, x, x, learning_rate=-1), "learning rate"),
        (lambda player, x: critic.new_player((1, 0, 1)), "at least 1"),
        (lambda player, x: critic.new_player((1, 1), activation="none"), "unknown activation"),
    ],
)
def test_bad_training_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call(critic.new_player((1, 2, 1)), np.ones((4, 1)))


def test_a_gradient_that_is_not_finite_stops_with_advice():
    player = critic.new_player((1, 2, 1))
    player["parameters"] = player["parameters"] + np.nan
    with np.errstate(invalid="ignore"), pytest.raises(FloatingPointError, match="Lower the rate"):
        critic.train_discriminator(player, np.ones((4, 1)), np.ones((4, 1)))


# --- the game of points ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ring", "grid", "line", "disjoint"])
def test_distributions_cover_their_own_modes(name):
    points, (centres, std) = point_gan.distribution(name, 2000, seed=1), point_gan.modes(name)
    assert points.shape == (2000, 2)
    assert np.abs(points).max() < 1.2
    counts, hit = point_gan.coverage(points, centres, 0.15 if name == "line" else 4 * std)
    assert counts.min() > 0
    assert hit > 0.99


def test_a_drawn_distribution_stays_near_its_points():
    drawn = np.random.default_rng(0).random((10_000, 2))
    points = point_gan.drawn_distribution(drawn, 500, jitter=0.0)
    assert all(point in drawn for point in points[:10])
    np.testing.assert_array_equal(point_gan.spread_centres([[0, 0], [0, 0], [1, 1]]), [[1, 1], [0, 0]])
    for call, message in [
        (lambda: point_gan.drawn_distribution(np.empty((0, 2))), "at least one"),
        (lambda: point_gan.drawn_distribution([[np.nan, 0.0]]), "finite"),
        (lambda: point_gan.drawn_distribution([[0.0, 0.0]], jitter=-1), "jitter"),
        (lambda: point_gan.modes("star"), "unknown distribution"),
    ]:
        with pytest.raises(ValueError, match=message):
            call()


def test_the_game_learns_the_ring():
    data, (centres, std) = point_gan.distribution("ring"), point_gan.modes("ring")
    game = point_gan.new_game(noise="gaussian_2d", seed=1)
    noise = point_gan.fixed_noise(game, 1000)
    _, js_before = point_gan.histogram_divergences(data[:1000], point_gan.generate(game, noise))
    for _ in range(1200):
        game, losses = point_gan.step(game, data, r1=0.1)
    counts, _ = point_gan.coverage(point_gan.generate(game, noise), centres, 4 * std)
    _, js = point_gan.histogram_divergences(data[:1000], point_gan.generate(game, noise))
    assert np.sum(counts > 5) >= 6
    assert js < 0.6 * js_before
    assert set(losses) == {"d_loss", "g_loss"}


@pytest.mark.parametrize(
    "settings", [{"gradient_penalty": 0.1, "loss": "wasserstein"}, {"clip": 0.05, "n_critic": 2}, {"optimizer": "sgd"}]
)
def test_a_saved_game_plays_on_exactly(tmp_path, settings):
    data = point_gan.distribution("grid", 500)
    game = point_gan.new_game(noise="uniform_1d", generator_hidden=(8,), discriminator_hidden=(8,), seed=4)
    again = point_gan.new_game(noise="uniform_1d", generator_hidden=(8,), discriminator_hidden=(8,), seed=4)
    for _ in range(3):
        game, again = point_gan.step(game, data, **settings)[0], point_gan.step(again, data, **settings)[0]
    np.savez(tmp_path / "game.npz", **game)
    with np.load(tmp_path / "game.npz", allow_pickle=False) as saved:
        game = dict(saved)
    for _ in range(3):
        game, again = point_gan.step(game, data, **settings)[0], point_gan.step(again, data, **settings)[0]
    assert all(np.array_equal(game[key], again[key]) for key in again)
    if "clip" in settings:
        assert np.abs(game["discriminator_parameters"]).max() <= settings["clip"]


def test_rebuilding_restarts_only_the_player_that_changes():
    game = point_gan.new_game(noise="uniform_2d", seed=0)
    game, _ = point_gan.step(game, point_gan.distribution("ring", 100))
    same = point_gan.rebuild(game, noise="gaussian_2d", generator_hidden=(32, 32))
    np.testing.assert_array_equal(same["generator_parameters"], game["generator_parameters"])
    other = point_gan.rebuild(game, noise="uniform_1d")
    assert tuple(other["generator_widths"]) == (1, 32, 32, 2)
    assert other["generator_steps"] == 0
    np.testing.assert_array_equal(other["discriminator_parameters"], game["discriminator_parameters"])
    deeper = point_gan.rebuild(game, discriminator_hidden=(8, 8, 8))
    assert tuple(deeper["discriminator_widths"]) == (2, 8, 8, 8, 1)
    point_gan.step(deeper, point_gan.distribution("ring", 100))
    with pytest.raises(ValueError, match="unknown noise"):
        point_gan.rebuild(game, noise="pink")
    with pytest.raises(ValueError, match="at least 1"):
        point_gan.rebuild(game, generator_hidden=(0,))


def test_steps_move_only_their_own_player():
    data, game = point_gan.distribution("ring", 100), point_gan.new_game()
    after_d, _ = point_gan.step_discriminator(game, data)
    np.testing.assert_array_equal(after_d["generator_parameters"], game["generator_parameters"])
    assert np.any(after_d["discriminator_parameters"] != game["discriminator_parameters"])
    after_g, _ = point_gan.step_generator(game, data)
    np.testing.assert_array_equal(after_g["discriminator_parameters"], game["discriminator_parameters"])
    assert np.any(after_g["generator_parameters"] != game["generator_parameters"])
    for settings, message in [({"batch_size": 0}, "batch size"), ({"n_critic": 0}, "n_critic"), ({"r1": np.nan}, "r1")]:
        with pytest.raises(ValueError, match=message):
            point_gan.step(game, data, **settings)
    with pytest.raises(ValueError, match="data must be points"):
        point_gan.step(game, np.empty((0, 2)))


@pytest.mark.parametrize(
    ("noise", "shape"),
    [("uniform_1d", (9, 2)), ("gaussian_1d", (9, 2)), ("uniform_2d", (9, 9, 2)), ("gaussian_2d", (9, 9, 2))],
)
def test_the_manifold_is_a_curve_or_a_net(noise, shape):
    game = point_gan.new_game(noise=noise)
    assert point_gan.generator_manifold(game, 8).shape == shape
    with pytest.raises(ValueError, match="at least one cell"):
        point_gan.generator_manifold(game, 0)
    with pytest.raises(ValueError, match="noise must be points"):
        point_gan.generate(game, np.zeros((3, 5)))


def test_the_heat_map_is_d_at_each_place():
    game = point_gan.new_game()
    heat = point_gan.discriminator_map(game, [0.0, 0.5, 1.0], [-1.0, 1.0])
    assert heat.shape == (2, 3)
    player = point_gan.get_player(game, "discriminator")
    assert heat[1, 2] == pytest.approx(critic.player_output(player, [[1.0, 1.0]])[0, 0])
    with pytest.raises(ValueError, match="unknown player"):
        point_gan.get_player(game, "critic")


def test_divergences_of_histograms_by_hand():
    real, fake = np.array([[-1.0, -1.0], [1.0, 1.0]]), np.array([[-1.0, -1.0], [-1.0, -1.0]])
    kl, js = point_gan.histogram_divergences(real, fake, bins=2)
    # cells hold (1, 0, 0, 1) and (2, 0, 0, 0) points; with half a point more each: over 4
    p, q = np.array([1.5, 0.5, 0.5, 1.5]) / 4, np.array([2.5, 0.5, 0.5, 0.5]) / 4
    assert kl == pytest.approx(np.sum(p * np.log(p / q)))
    assert js == pytest.approx(0.5 * (0.5 * np.log(0.5 / 0.75) + 0.5 * np.log(2.0)) + 0.5 * np.log(1 / 0.75))
    assert point_gan.histogram_divergences(real, real)[1] == 0.0
    assert point_gan.histogram_divergences(real[:1], real[1:])[1] == pytest.approx(np.log(2.0))
    with pytest.raises(ValueError, match="at least one cell"):
        point_gan.histogram_divergences(real, fake, bins=0)
    with pytest.raises(ValueError, match="radius"):
        point_gan.coverage(real, real, 0.0)


def test_the_value_at_the_optimum_where_one_density_has_no_mass():
    log_p = gan.log_drawing(GRID, [(-1, 1), (0, 2), (1, 1)])
    log_q = gan.log_drawing(GRID, [(0, 1), (1, 2), (2, 1)])
    exact = gan.value_at_optimum(GRID, log_p, log_q)
    assert -gan.LOG_4 < exact < 0.0
    assert exact == pytest.approx(gan.value_from_js(GRID, log_p, log_q), abs=1e-10)
