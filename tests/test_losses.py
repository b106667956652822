"""Losses against values worked out by hand, by brute force and by finite differences; on either backend."""

import math

import keras
import numpy as np
import pytest
from keras import ops

from animkit import losses

RNG = np.random.default_rng(0)


def number(tensor):
    return keras.ops.convert_to_numpy(tensor)


def tensor(*values):
    return ops.convert_to_tensor(np.array(values, dtype="float32"))


LOG2, LOG3 = math.log(2.0), math.log(3.0)

# logits 0 and log 3 are D = 1/2 and D = 3/4
BY_HAND = {
    "minimax": ([2 * LOG2, math.log(4 / 3) + math.log(4)], [-LOG2, -math.log(4)]),
    "non_saturating": ([2 * LOG2, math.log(4 / 3) + math.log(4)], [LOG2, math.log(4 / 3)]),
    "least_squares": (
        [0.5, 0.5 * ((LOG3 - 1) ** 2 + LOG3**2)],
        [0.5, 0.5 * (LOG3 - 1) ** 2],
    ),
    "hinge": ([2.0, 1 + LOG3], [0.0, -LOG3]),
    "wasserstein": ([0.0, 0.0], [0.0, -LOG3]),
    "relativistic": ([LOG2, LOG2], [LOG2, LOG2]),
}


@pytest.mark.both_backends
@pytest.mark.parametrize("name", losses.ADVERSARIAL)
def test_adversarial_losses_by_hand(name):
    discriminator, generator = losses.ADVERSARIAL[name]
    logits = tensor(0.0, LOG3)
    expected_d, expected_g = BY_HAND[name]
    np.testing.assert_allclose(number(discriminator(logits, logits)), expected_d, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(number(generator(logits, logits)), expected_g, rtol=1e-5, atol=1e-6)


@pytest.mark.both_backends
@pytest.mark.parametrize(
    ("name", "real", "fake"),
    [
        ("non_saturating", [0, 1, 1, 1], [0, 0, 0, 0]),
        ("least_squares", [0, 0, 1, 1], [0, 0, 0, 0]),  # between 0 and 1
        # a critic: data beyond the fakes' mean of 0.6, fakes below the data's of 1.05
        ("wasserstein", [0, 0, 1, 1], [1, 1, 1, 1]),
        ("relativistic", [0, 0, 1, 1], [1, 1, 1, 1]),
    ],
)
def test_what_a_discriminator_recognises(name, real, fake):
    found = losses.recognised(name, tensor(-3.0, 0.3, 0.9, 6.0), tensor(0.6, 0.6, 0.6, 0.6))
    np.testing.assert_array_equal([number(part) for part in found], [real, fake])


@pytest.mark.parametrize("name", losses.ADVERSARIAL)
def test_discriminator_losses_fall_as_it_gets_better(name):
    discriminator, generator = losses.ADVERSARIAL[name]
    worse = number(discriminator(tensor(-0.5), tensor(0.5)))
    better = number(discriminator(tensor(0.5), tensor(-0.5)))
    assert better < worse
    assert number(generator(tensor(0.0), tensor(0.5))) < number(generator(tensor(0.0), tensor(-0.5)))


def test_losses_stay_finite_at_extreme_logits():
    for discriminator, generator in losses.ADVERSARIAL.values():
        for real, fake in ((1e4, -1e4), (-1e4, 1e4)):
            assert np.isfinite(number(discriminator(tensor(real), tensor(fake)))).all()
            assert np.isfinite(number(generator(tensor(real), tensor(fake)))).all()


def test_best_discriminator_on_two_coins_is_p_over_p_plus_q():
    # data heads with probability .8, fakes with .3: the loss over D(heads), D(tails) is least at p / (p + q)
    p, q = np.array([0.8, 0.2]), np.array([0.3, 0.7])
    answers = np.linspace(0.01, 0.99, 99)
    logits = ops.convert_to_tensor(np.log(answers / (1 - answers)).astype("float32"))
    real = number(losses.minimax_discriminator(logits, ops.full_like(logits, -100.0)))
    fake = number(losses.minimax_discriminator(ops.full_like(logits, 100.0), logits))
    for side in (0, 1):
        best = answers[np.argmin(p[side] * real + q[side] * fake)]
        assert best == pytest.approx(p[side] / (p[side] + q[side]), abs=0.0051)


def critic(x):
    """A smooth scalar function of (batch, 2) with a gradient known on paper."""
    return ops.sin(x[:, 0]) + x[:, 0] * ops.square(x[:, 1])


@pytest.mark.both_backends
def test_input_gradient_on_paper():
    x = np.array([[0.3, -1.0], [2.0, 0.5]], dtype="float32")
    expected = np.stack([np.cos(x[:, 0]) + x[:, 1] ** 2, 2 * x[:, 0] * x[:, 1]], axis=1)
    np.testing.assert_allclose(number(losses.input_gradient(critic, ops.convert_to_tensor(x))), expected, rtol=1e-5)


def test_input_gradient_refuses_other_backends(monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "numpy")
    with pytest.raises(NotImplementedError, match="tensorflow and jax, not numpy"):
        losses.input_gradient(critic, tensor(1.0))


def penalty_of(kind, weight, x):
    """A penalty's mean for the critic weight * sin(x_0) + x_0 x_1^2, as a function of its weight."""

    def scaled(points):
        return weight * ops.sin(points[:, 0]) + points[:, 0] * ops.square(points[:, 1])

    return ops.mean(kind(losses.input_gradient(scaled, x)))


@pytest.mark.parametrize("kind", [losses.zero_centred_penalty, losses.unit_gradient_penalty])
def test_penalty_gradients_by_finite_differences(kind):
    x = ops.convert_to_tensor(RNG.normal(size=(6, 2)).astype("float32"))
    slope = number(
        losses.input_gradient(lambda w: ops.reshape(penalty_of(kind, w[0], x), (1,)), tensor(0.7)),
    )[0]
    step = 1e-2
    expected = (number(penalty_of(kind, 0.7 + step, x)) - number(penalty_of(kind, 0.7 - step, x))) / (2 * step)
    assert slope == pytest.approx(expected, rel=2e-3)


@pytest.mark.both_backends
def test_penalties_by_hand():
    gradient = tensor([3.0, 4.0], [0.0, 0.0])
    np.testing.assert_allclose(number(losses.zero_centred_penalty(gradient)), [12.5, 0.0])
    np.testing.assert_allclose(number(losses.unit_gradient_penalty(gradient)), [16.0, 1.0], rtol=1e-5)
    # the slope at a zero gradient is finite: the usual square root gives NaN here
    slope = losses.input_gradient(losses.unit_gradient_penalty, ops.zeros((1, 2)))
    assert np.isfinite(number(slope)).all()


@pytest.mark.both_backends
def test_between_lies_on_the_line():
    real, fake = tensor([[1.0]], [[2.0]]), tensor([[3.0]], [[6.0]])
    middle = losses.between(real, fake, tensor(0.0, 0.75))
    np.testing.assert_allclose(number(middle).ravel(), [3.0, 3.0])


@pytest.mark.both_backends
def test_gaussian_kl_by_hand_and_by_monte_carlo():
    mean, log_variance = np.array([[0.5, -1.0]], "float32"), np.array([[0.0, math.log(0.25)]], "float32")
    closed = number(losses.gaussian_kl(ops.convert_to_tensor(mean), ops.convert_to_tensor(log_variance)))
    # mu^2 / 2, and (s^2 + mu^2 - 1 - log s^2) / 2
    np.testing.assert_allclose(closed, [[0.125, 0.5 * (0.25 + 1 - 1 + math.log(4))]], rtol=1e-5)

    z = mean + np.exp(0.5 * log_variance) * RNG.normal(size=(200_000, 2))
    log_q = -0.5 * (np.log(2 * np.pi) + log_variance + (z - mean) ** 2 / np.exp(log_variance))
    log_p = -0.5 * (np.log(2 * np.pi) + z**2)
    assert (log_q - log_p).sum(axis=1).mean() == pytest.approx(closed.sum(), abs=0.01)


def test_gaussian_kl_is_zero_only_at_the_prior():
    mean, log_variance = tensor([0.3, -2.0]), tensor([0.1, -1.0])
    np.testing.assert_allclose(number(losses.gaussian_kl(mean, log_variance, mean, log_variance)), 0.0, atol=1e-6)
    assert (number(losses.gaussian_kl(mean, log_variance)) > 0).all()


@pytest.mark.both_backends
def test_reconstructions_are_log_probabilities():
    logits = tensor([[0.0, LOG3]])
    # p = 1/2 and 3/4, pixels on and off
    np.testing.assert_allclose(
        number(losses.bernoulli_reconstruction(tensor([[1.0, 0.0]]), logits)), [LOG2 + math.log(4)], rtol=1e-5
    )
    np.testing.assert_allclose(
        number(losses.gaussian_reconstruction(tensor([[1.0, 2.0]]), tensor([[1.0, 0.0]]), math.log(4.0))),
        [math.log(2 * math.pi) + math.log(4) + 0.5],
        rtol=1e-5,
    )
    # probabilities of all images of 2 pixels with 3 colours add up to one
    logits = ops.convert_to_tensor(RNG.normal(size=(1, 1, 2, 3)).astype("float32"))
    images = [np.array([[[a, b]]], "uint8") for a in range(3) for b in range(3)]
    total = sum(np.exp(-number(losses.categorical_reconstruction(image, logits))[0]) for image in images)
    assert total == pytest.approx(1.0, rel=1e-5)


def linear_gaussian(x, z):
    """log p(x|z) + log p(z) for z ~ N(0, 1), x | z ~ N(2z, 0.5^2), so that x ~ N(0, 4.25)."""
    return -0.5 * (np.log(2 * np.pi) + z**2) - 0.5 * (np.log(2 * np.pi) + 2 * np.log(0.5) + ((x - 2 * z) / 0.5) ** 2)


@pytest.mark.parametrize(("mean", "scale"), [(0.0, 1.0), (0.6, 0.3), (-1.0, 0.1)])
def test_elbo_is_below_the_evidence_by_exactly_the_kl_to_the_posterior(mean, scale):
    x = 1.3
    evidence = -0.5 * (np.log(2 * np.pi * 4.25) + x**2 / 4.25)
    posterior_mean, posterior_variance = 2 * x / 4.25, 0.25 / 4.25
    # E_q of -log p(x|z) in closed form for a Gaussian q
    reconstruction = 0.5 * (np.log(2 * np.pi * 0.25) + ((x - 2 * mean) ** 2 + 4 * scale**2) / 0.25)
    kl = ops.sum(losses.gaussian_kl(tensor([mean]), tensor([2 * math.log(scale)])), axis=-1)
    bound = number(losses.elbo(tensor(reconstruction), kl))[0]
    gap = number(
        losses.gaussian_kl(
            tensor([mean]),
            tensor([2 * math.log(scale)]),
            tensor([posterior_mean]),
            tensor([np.log(posterior_variance)]),
        )
    ).sum()
    assert bound <= evidence
    assert evidence - bound == pytest.approx(gap, rel=1e-4)


def test_importance_weighted_bound_rises_from_the_elbo_to_the_evidence():
    x, mean, scale = 1.3, 0.3, 0.5
    z = mean + scale * RNG.normal(size=(64, 20_000))
    log_q = -0.5 * (np.log(2 * np.pi) + 2 * np.log(scale) + ((z - mean) / scale) ** 2)
    log_weights = (linear_gaussian(x, z) - log_q).astype("float32")
    evidence = -0.5 * (np.log(2 * np.pi * 4.25) + x**2 / 4.25)
    bounds = [number(losses.importance_weighted_bound(log_weights[:k])).mean() for k in (1, 4, 64)]
    assert bounds[0] < bounds[1] < bounds[2]
    assert bounds[0] == pytest.approx(log_weights[0].mean(), rel=1e-5)
    assert bounds[2] == pytest.approx(evidence, abs=0.02)


@pytest.mark.both_backends
def test_squared_error_sums_steps_and_ignores_what_the_mask_hides():
    y = np.array([[[1.0, 2.0], [0.0, 0.0], [np.nan, 5.0]]], "float32")
    y_hat = np.zeros((1, 3, 2), "float32")
    mask = np.array([[True, True, False]])
    np.testing.assert_allclose(number(losses.squared_error(y, y_hat, mask)), [5.0])
    np.testing.assert_allclose(number(losses.squared_error(y[:, :2], y_hat[:, :2])), [5.0])


@pytest.mark.both_backends
def test_character_cross_entropy_by_hand():
    logits = ops.log(tensor([[0.5, 0.25, 0.25], [0.2, 0.2, 0.6]]))
    indices = np.array([[1, 2]])
    expected = math.log(4) - math.log(0.6)
    np.testing.assert_allclose(number(losses.character_cross_entropy(indices, logits)), [expected], rtol=1e-5)
    only_first = losses.character_cross_entropy(indices, logits, np.array([[1, 0]]))
    np.testing.assert_allclose(number(only_first), [math.log(4)], rtol=1e-5)
    assert number(losses.perplexity(tensor(math.log(4.0))))[0] == pytest.approx(4.0, rel=1e-5)


def test_mixture_density_integrates_to_one_and_prefers_two_modes_to_their_mean():
    grid = np.linspace(-8, 8, 4001, dtype="float32")
    weight_logits = tensor([[0.3, -0.4]])
    mean = np.array([[[[-2.0], [2.0]]]], "float32")
    log_scale = np.log(np.array([[[[0.5], [0.7]]]], "float32"))
    steps = ops.convert_to_tensor(grid[:, None, None])
    nats = number(
        losses.mixture_density(
            steps,
            ops.broadcast_to(weight_logits, (4001, 1, 2)),
            ops.broadcast_to(mean, (4001, 1, 2, 1)),
            ops.broadcast_to(log_scale, (4001, 1, 2, 1)),
        )
    )
    assert np.trapezoid(np.exp(-nats), grid) == pytest.approx(1.0, abs=1e-4)
    at = dict(zip(np.round(grid, 3), nats, strict=True))
    assert at[np.float32(-2.0)] < at[np.float32(0.0)]
    assert at[np.float32(2.0)] < at[np.float32(0.0)]


def test_mixture_of_one_component_is_a_gaussian():
    y = RNG.normal(size=(3, 4, 2)).astype("float32")
    mean = RNG.normal(size=(3, 4, 1, 2)).astype("float32")
    log_scale = RNG.normal(size=(3, 4, 1, 2)).astype("float32") * 0.3
    mixture = number(losses.mixture_density(y, np.zeros((3, 4, 1), "float32"), mean, log_scale))
    gaussian = number(losses.gaussian_reconstruction(y, ops.convert_to_tensor(mean[:, :, 0]), 2 * log_scale[:, :, 0]))
    np.testing.assert_allclose(mixture, gaussian, rtol=1e-4)


@pytest.mark.both_backends
def test_noisy_squares_are_a_gaussian_without_its_constant():
    y, y_hat = tensor([[1.0, 2.0]], [[0.0, 0.0]]), tensor([[1.0, 5.0]], [[0.0, 0.0]])
    np.testing.assert_allclose(number(losses.noisy_squares(y, y_hat, 2.0)), [0.5 * 1.5**2, 0.0])
    constant = math.log(2 * math.pi) + 2 * math.log(2.0)  # of two numbers
    gaussian = losses.gaussian_reconstruction(y, y_hat, 2 * math.log(2.0))
    np.testing.assert_allclose(number(gaussian) - constant, [1.125, 0.0], rtol=1e-4, atol=1e-5)


@pytest.mark.both_backends
def test_divergence_from_a_mixture_by_hand():
    zeros = np.zeros((1, 2, 1), "float32")
    z, mean, log_variance = zeros + 1.0, zeros, zeros + math.log(4.0)
    # q = N(0, 4) at 1 twice: the prior is half N(1, 1), half N(-1, 1)
    prior = (np.zeros((1, 2, 2)), np.tile([[1.0], [-1.0]], (1, 2, 1, 1)), np.zeros((1, 2, 2, 1)))
    log_q = -0.5 * (math.log(2 * math.pi * 4) + 1 / 4)
    log_p = math.log(0.5 * (1 + math.exp(-2))) - 0.5 * math.log(2 * math.pi)
    found = losses.mixture_kl(z, mean, log_variance, *(part.astype("float32") for part in prior))
    np.testing.assert_allclose(number(found), [2 * (log_q - log_p)], rtol=1e-4)


@pytest.mark.both_backends
def test_classification_adds_the_nats_of_all_labels():
    heads = [ops.log(tensor([0.5, 0.5], [0.25, 0.75])), ops.log(tensor([0.2, 0.3, 0.5], [0.6, 0.2, 0.2]))]
    found = losses.classification(np.array([[0, 2], [1, 0]]), heads)
    np.testing.assert_allclose(number(found), [math.log(2) + math.log(2), -math.log(0.75 * 0.6)], rtol=1e-5)


@pytest.mark.both_backends
def test_weighted_distance_is_a_mean_over_joints_and_time():
    y = np.zeros((1, 2, 2, 3), "float32")
    # 5 and 0 in the first frame, 10 and 10 in the second
    y_hat = np.array([[[[3, 4, 0], [0, 0, 0]], [[0, 6, 8], [10, 0, 0]]]], "float32")
    found = losses.weighted_distance(y, ops.convert_to_tensor(y_hat), np.array([1.5, 0.5], "float32"))
    np.testing.assert_allclose(number(found), [(1.5 * 5 + 0.5 * 20) / 4], rtol=1e-3)


@pytest.mark.both_backends
def test_feet_that_stand_must_not_slide():
    moved = np.array([[[[3, 0, 4], [9, 9, 9]], [[0, 0, 1], [0, 0, 0]]]], "float32")
    standing = np.array([[[1, 0], [1, 1]]], "float32")
    np.testing.assert_allclose(number(losses.foot_sliding(moved, standing, 2.0)), [0.5 * (25 + 1) / 4], rtol=1e-5)


@pytest.mark.both_backends
def test_relative_distance_counts_the_gap_alone():
    y = np.zeros((2, 3, 1, 2), "float32")
    gap = np.array([[0, 1, 1], [0, 1, 0]], "float32")
    guess, baseline = y.copy(), y.copy()
    guess[0, 1], guess[0, 0], baseline[0, 1], baseline[1, 1] = [3, 4], [99, 99], [6, 8], [10, 0]
    found = losses.relative_distance(*map(ops.convert_to_tensor, (y, guess, baseline, gap)))
    assert float(found) == pytest.approx(5 / 20, rel=1e-3)
    assert losses.in_betweening(0.5, 0.25, 0.125, 2.0, 0.1) == pytest.approx(0.5 + 0.5 + 0.125 + 0.2)


@pytest.mark.both_backends
def test_what_is_left_unsaid_and_what_is_said_in_a_rush_cost():
    left = np.array([[[1, 1], [1, 0], [0.6, 0], [9, 9]]], "float32")
    # two steps count: of sizes 1 and 0.4; 0.6 is left over
    found = losses.semantic_gates(ops.convert_to_tensor(left), np.array([[1, 1, 0]]), rush=0.01)
    np.testing.assert_allclose(number(found), [0.6 + 0.01 * (100 + 100**0.4)], rtol=1e-4)


def test_the_energy_score_by_hand_and_that_it_is_best_for_the_truths_own_distribution():
    y, one, other = (np.array([[[[x, 0.0, 0.0]]]], "float32") for x in (0.0, 3.0, 1.0))
    # half of 3 and 1, less half of the 2 between the draws
    np.testing.assert_allclose(losses.energy_score(y, one, other, np.ones(1, "float32")), [1.0], atol=1e-3)
    random = np.random.default_rng(0)

    def mean_score(spread):
        truth, one, other = random.normal(0, [[1.0], [spread], [spread]], (3, 20000)).astype("float32")
        shape = (-1, 1, 1, 1)
        draws = (truth.reshape(shape), one.reshape(shape), other.reshape(shape))
        return np.mean(losses.energy_score(*draws, np.ones(1, "float32")))

    assert mean_score(1.0) < min(mean_score(0.5), mean_score(2.0))


@pytest.mark.both_backends
def test_distances_within_a_figure_by_hand():
    y, y_hat = np.zeros((2, 1, 2, 3), "float32"), np.zeros((2, 1, 2, 3), "float32")
    y_hat[0, 0] = [(3, 0, 4), (0, 2, 0)]
    mask = np.array([[[1, 0]], [[0, 0]]], "float32")
    np.testing.assert_allclose(losses.mean_distance(y, y_hat, mask), [5, 0], atol=1e-3)
    np.testing.assert_allclose(losses.patch_mean(np.array([[[2.0, 5.0]]]), np.array([[[3.0, 1.0]]])), [2.75])


def test_of_two_opposite_answers_the_chord_takes_one_and_a_square_their_mean():
    truth = np.array([[[(-0.8, 0, 0.6)] * 2 + [(0.8, 0, 0.6)]]], "float32")
    mask = np.ones((1, 1, 3), "float32")

    def chord(guess):
        return float(losses.mean_distance(truth, np.broadcast_to(np.array(guess, "float32"), truth.shape), mask)[0])

    assert chord((-0.8, 0, 0.6)) < min(chord((0, 0, 1)), chord((0.8, 0, 0.6)))


@pytest.mark.both_backends
def test_von_mises_fisher_is_a_density_on_the_sphere():
    up = np.array([0.0, 0, 1], "float32").reshape(1, 1, 1, 3)
    mask = np.ones((1, 1, 1), "float32")
    # nearly no concentration: one over the sphere's area
    np.testing.assert_allclose(losses.von_mises_fisher(up, -up, -7.0, mask), np.log(4 * np.pi), atol=2e-3)
    cosines = np.linspace(-1, 1, 4001, dtype="float32")
    around = np.stack([np.sqrt(1 - cosines**2), 0 * cosines, cosines], axis=-1)[:, None, None]
    nats = ops.convert_to_numpy(losses.von_mises_fisher(around, up, 1.5, np.ones((4001, 1, 1), "float32")))
    assert 2 * np.pi * np.trapezoid(np.exp(-nats), cosines) == pytest.approx(1, abs=1e-3)


@pytest.mark.both_backends
def test_the_focal_loss_of_a_heat_map_by_hand():
    # a peak told with p, a place far from it with q, one halfway up its side with r
    p, q, r = 0.8, 0.1, 0.6
    logits = np.log(np.array([[p, q, r]]) / (1 - np.array([[p, q, r]]))).astype("float32")
    heat = np.array([[1.0, 0.0, 0.5]], "float32")
    expected = -((1 - p) ** 2 * np.log(p) + q**2 * np.log(1 - q) + 0.5**4 * r**2 * np.log(1 - r))
    np.testing.assert_allclose(losses.heat_map_focal(heat, logits), [expected], rtol=1e-5)
    # without focus and mercy it is the plain cross entropy of peaks and the rest
    plain = -(np.log(p) + np.log(1 - q) + np.log(1 - r))
    np.testing.assert_allclose(losses.heat_map_focal(heat, logits, focus=0.0, mercy=0.0), [plain], rtol=1e-5)


@pytest.mark.both_backends
def test_the_absolute_error_of_parts_that_count_by_hand():
    y, y_hat = np.zeros((1, 2, 2), "float32"), np.array([[[1.0, -2.0], [5.0, np.nan]]], "float32")
    np.testing.assert_allclose(losses.absolute_error(y, y_hat, np.array([[True, False]])), [3.0])
