"""Every objective of the kit, as pure functions of tensors.

Convention: a sum over everything inside an example, then (outside, by the model) a mean over the batch; nats; logits
in, never probabilities. Unless it says otherwise a function returns one value per example, shape (batch,). The file is
long because the objectives of all models stand beside each other, under one convention.
D is the discriminator, G the generator, `real_logits` and `fake_logits` are D's raw outputs, shape (batch,).
"""

import math

import keras
from keras import ops

LOG_2PI = math.log(2.0 * math.pi)


def _sum_per_example(values):
    """Sum all axes but the first: (batch, ...) -> (batch,)."""
    return ops.sum(ops.reshape(values, (ops.shape(values)[0], -1)), axis=1)


# --- two players -----------------------------------------------------------------------------------------------------


def minimax_discriminator(real_logits, fake_logits):
    """D's loss in the minimax game, -[log D(x) + log(1 - D(x_hat))].

    Args:
        real_logits: (batch,) D's logits on data.
        fake_logits: (batch,) D's logits on generated examples.

    Returns:
        (batch,) nats. Its mean is -V(D, G), so it is log 4 for a D that always answers one half.

    Source: the article, 3.1; Goodfellow et al. 2014, equation 1.
    """
    return ops.softplus(-real_logits) + ops.softplus(fake_logits)


def minimax_generator(real_logits, fake_logits):
    """G's loss in the minimax game, log(1 - D(x_hat)): it saturates when D rejects the fakes.

    Args:
        real_logits: unused; every generator loss has the same two arguments.
        fake_logits: (batch,) D's logits on generated examples.

    Returns:
        (batch,) nats, never above zero.

    Source: the article, 3.1; Goodfellow et al. 2014, equation 1.
    """
    return -ops.softplus(fake_logits)


def non_saturating_generator(real_logits, fake_logits):
    """G's loss -log D(x_hat), with a useful slope where the minimax one is flat.

    Args:
        real_logits: unused.
        fake_logits: (batch,) D's logits on generated examples.

    Returns:
        (batch,) nats.

    Source: Goodfellow et al. 2014, section 3.
    """
    return ops.softplus(-fake_logits)


def least_squares_discriminator(real_logits, fake_logits):
    """D's least-squares loss with targets 1 (real) and 0 (fake).

    Args:
        real_logits: (batch,) D's raw outputs on data.
        fake_logits: (batch,) D's raw outputs on generated examples.

    Returns:
        (batch,) half the sum of both squared errors.

    Source: Mao et al. 2017 (LSGAN), equation 9.
    """
    return 0.5 * (ops.square(real_logits - 1.0) + ops.square(fake_logits))


def least_squares_generator(real_logits, fake_logits):
    """G's least-squares loss, pulling D's raw output on fakes to 1.

    Args:
        real_logits: unused.
        fake_logits: (batch,) D's raw outputs on generated examples.

    Returns:
        (batch,) half the squared error.

    Source: Mao et al. 2017 (LSGAN), equation 9.
    """
    return 0.5 * ops.square(fake_logits - 1.0)


def hinge_discriminator(real_logits, fake_logits):
    """D's hinge loss: nothing to gain beyond a margin of one.

    Args:
        real_logits: (batch,) D's raw outputs on data.
        fake_logits: (batch,) D's raw outputs on generated examples.

    Returns:
        (batch,) max(0, 1 - D(x)) + max(0, 1 + D(x_hat)).

    Source: Lim and Ye 2017; Miyato et al. 2018.
    """
    return ops.relu(1.0 - real_logits) + ops.relu(1.0 + fake_logits)


def wasserstein_discriminator(real_logits, fake_logits):
    """The critic's loss, whose negative estimates the Wasserstein-1 distance when the critic is 1-Lipschitz.

    Args:
        real_logits: (batch,) the critic's outputs on data.
        fake_logits: (batch,) the critic's outputs on generated examples.

    Returns:
        (batch,) D(x_hat) - D(x).

    Source: Arjovsky et al. 2017.
    """
    return fake_logits - real_logits


def wasserstein_generator(real_logits, fake_logits):
    """G's loss against a critic, -D(x_hat); the hinge game uses it too.

    Args:
        real_logits: unused.
        fake_logits: (batch,) the critic's outputs on generated examples.

    Returns:
        (batch,).

    Source: Arjovsky et al. 2017.
    """
    return -fake_logits


def relativistic_discriminator(real_logits, fake_logits):
    """D's loss on pairs: a real example should score above the fake it is paired with.

    Args:
        real_logits: (batch,) D's logits on data.
        fake_logits: (batch,) D's logits on generated examples, paired by position.

    Returns:
        (batch,) nats; log 2 when the two cannot be told apart.

    Source: Jolicoeur-Martineau 2018; Huang et al. 2024 (R3GAN).
    """
    return ops.softplus(fake_logits - real_logits)


def relativistic_generator(real_logits, fake_logits):
    """G's loss on pairs: a fake should score above the real example it is paired with.

    Args:
        real_logits: (batch,) D's logits on data.
        fake_logits: (batch,) D's logits on generated examples, paired by position.

    Returns:
        (batch,) nats.

    Source: Jolicoeur-Martineau 2018; Huang et al. 2024 (R3GAN).
    """
    return ops.softplus(real_logits - fake_logits)


ADVERSARIAL = {
    "minimax": (minimax_discriminator, minimax_generator),
    "non_saturating": (minimax_discriminator, non_saturating_generator),
    "least_squares": (least_squares_discriminator, least_squares_generator),
    "hinge": (hinge_discriminator, wasserstein_generator),
    "wasserstein": (wasserstein_discriminator, wasserstein_generator),
    "relativistic": (relativistic_discriminator, relativistic_generator),
}


def recognised(name, real_logits, fake_logits):
    """Which examples D takes for what they are.

    Args:
        name: of the game, in `ADVERSARIAL`.
        real_logits: (batch,) D's raw outputs on data.
        fake_logits: (batch,) D's raw outputs on generated examples.

    Returns:
        Two tensors (batch,) of ones and zeros, for data and for fakes. A critic's zero means nothing: there an example
        is recognised when it lies beyond the mean of the other kind.
    """
    if name in ("wasserstein", "relativistic"):
        real_bar, fake_bar = ops.mean(fake_logits), ops.mean(real_logits)
    else:
        real_bar = fake_bar = 0.5 if name == "least_squares" else 0.0
    return ops.cast(real_logits > real_bar, "float32"), ops.cast(fake_logits < fake_bar, "float32")


def input_gradient(function, x):
    """Gradient of a sum of scalars with respect to the input, itself differentiable.

    `keras.ops` has no such operation, so this is the one place with a branch per backend.

    Args:
        function: maps (batch, ...) to (batch,), each value depending on its own example only.
        x: (batch, ...) where the gradient is taken.

    Returns:
        (batch, ...) d function(x)[i] / d x[i].

    Raises:
        NotImplementedError: on a backend other than TensorFlow and JAX.
    """
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            tape.watch(x)
            total = ops.sum(function(x))
        return tape.gradient(total, x)
    if backend == "jax":
        import jax

        return jax.grad(lambda value: ops.sum(function(value)))(x)
    raise NotImplementedError(f"input_gradient knows the backends tensorflow and jax, not {backend}")


def zero_centred_penalty(gradient):
    """Squared norm of D's input gradient: R1 when taken on data, R2 when taken on generated examples.

    Args:
        gradient: (batch, ...) from `input_gradient`.

    Returns:
        (batch,) half the squared Euclidean norm; the weight is gamma of the paper.

    Source: Mescheder et al. 2018, equation 9.
    """
    return 0.5 * _sum_per_example(ops.square(gradient))


def unit_gradient_penalty(gradient):
    """WGAN-GP's penalty: squared distance of the gradient's norm from one.

    Args:
        gradient: (batch, ...) from `input_gradient`, taken at `between(real, fake, weight)`.

    Returns:
        (batch,) (norm - 1)^2, with a finite slope at a zero gradient.

    Source: Gulrajani et al. 2017, equation 3.
    """
    # the square root's slope is infinite at zero: without the epsilon a dead critic turns everything into NaN
    norm = ops.sqrt(_sum_per_example(ops.square(gradient)) + 1e-12)
    return ops.square(norm - 1.0)


def between(real, fake, weight):
    """Points on the straight lines from fakes to data, where WGAN-GP takes its gradient.

    Args:
        real: (batch, ...) data.
        fake: (batch, ...) generated examples.
        weight: (batch,) drawn uniformly from [0, 1], not from a normal.

    Returns:
        (batch, ...) weight * real + (1 - weight) * fake.

    Source: Gulrajani et al. 2017, algorithm 1.
    """
    weight = ops.reshape(weight, (-1,) + (1,) * (len(real.shape) - 1))
    return weight * real + (1.0 - weight) * fake


# --- variational autoencoder -----------------------------------------------------------------------------------------


def gaussian_kl(mean, log_variance, prior_mean=0.0, prior_log_variance=0.0):
    """KL divergence between two diagonal Gaussians, in closed form.

    Args:
        mean: (batch, latent_dim) of q(z|x).
        log_variance: (batch, latent_dim) of q(z|x).
        prior_mean: of p(z), broadcast.
        prior_log_variance: of p(z), broadcast.

    Returns:
        (batch, latent_dim) nats per latent, so that a collapsed one shows; sum the last axis for KL(q || p).

    Source: the article, 3.2; Kingma and Welling 2013, appendix B.
    """
    ratio = ops.exp(log_variance - prior_log_variance)
    shift = ops.square(mean - prior_mean) * ops.exp(-1.0 * prior_log_variance)
    return 0.5 * (ratio + shift - 1.0 - log_variance + prior_log_variance)


def gaussian_log_density(x, mean, log_variance):
    """log N(x; mean, exp(log_variance)), summed over everything inside an example.

    Args:
        x: (batch, ...).
        mean: broadcasts to x.
        log_variance: broadcasts to x.

    Returns:
        (batch,) nats.
    """
    density = -0.5 * (LOG_2PI + log_variance + ops.square(x - mean) * ops.exp(-1.0 * log_variance))
    return _sum_per_example(density)


def bernoulli_reconstruction(x, logits):
    """-log p(x|z) of independent Bernoulli pixels.

    Args:
        x: (batch, ...) pixels in [0, 1].
        logits: same shape, the decoder's raw outputs.

    Returns:
        (batch,) nats.

    Source: Kingma and Welling 2013, appendix C.1.
    """
    return _sum_per_example(ops.softplus(logits) - x * logits)


def gaussian_reconstruction(x, mean, log_variance=0.0):
    """-log p(x|z) of independent Gaussian pixels, constants included.

    Args:
        x: (batch, ...) pixels.
        mean: same shape, the decoder's output.
        log_variance: a number or a tensor that broadcasts to x.

    Returns:
        (batch,) nats; squared error is this with log_variance = 0, up to a constant.

    Source: Kingma and Welling 2013, appendix C.2.
    """
    return -gaussian_log_density(x, mean, ops.convert_to_tensor(log_variance, dtype=mean.dtype))


def categorical_reconstruction(indices, logits, mask=None):
    """-log p(x|z) of pixels that are entries of a palette.

    Args:
        indices: (batch, height, width, ...) palette indices.
        logits: the same shape and one axis more, of the palette's size.
        mask: the shape of the indices, true where a pixel counts; all when None.

    Returns:
        (batch,) nats.
    """
    picked = ops.sparse_categorical_crossentropy(ops.cast(indices, "int32"), logits, from_logits=True)
    return _masked_sum(picked, mask)


def noisy_squares(y, y_hat, noise):
    """-log p(y) of independent Gaussians around y_hat, without its constant: 0.5 sum ((y - y_hat) / noise)^2.

    Args:
        y: (batch, ...) what is.
        y_hat: same shape, what was made.
        noise: their standard deviation, in the unit of y.

    Returns:
        (batch,) nats, zero for what was made exactly.
    """
    return 0.5 * _sum_per_example(ops.square((y - y_hat) / noise))


def elbo(reconstruction, kl, beta=1.0):
    """Evidence lower bound: log p(x) - ELBO is exactly KL(q(z|x) || p(z|x)), when beta is 1.

    Args:
        reconstruction: (batch,) -log p(x|z) with z drawn from q(z|x), nats.
        kl: (batch,) KL(q(z|x) || p(z)), nats.
        beta: weight of the KL term; only 1 gives a bound that can be compared between models.

    Returns:
        (batch,) nats; models minimise its negative.

    Source: the article, 3.2; Kingma and Welling 2013; Higgins et al. 2017 for beta.
    """
    return -(reconstruction + beta * kl)


def importance_weighted_bound(log_weights):
    """log of the mean importance weight over k samples: the ELBO for k = 1, towards log p(x) as k grows.

    Args:
        log_weights: (k, batch) log p(x, z_i) - log q(z_i|x).

    Returns:
        (batch,) nats.

    Source: Burda et al. 2015, equation 8.
    """
    samples = ops.cast(ops.shape(log_weights)[0], log_weights.dtype)
    return ops.logsumexp(log_weights, axis=0) - ops.log(samples)


# --- sequences -------------------------------------------------------------------------------------------------------


def _masked_sum(values, mask):
    """Sum (batch, ...) over the steps or pixels that count."""
    if mask is not None:
        mask = ops.cast(mask, "bool")
        # `where`, not a product: what lies beyond the end may be NaN, and NaN * 0 is NaN
        values = ops.where(mask, values, ops.zeros_like(values))
    return _sum_per_example(values)


def squared_error(y, y_hat, mask=None):
    """Squared error of a sequence, summed over its steps: sum_t |y_t - y_hat_t|^2.

    Args:
        y: (batch, time, features) real targets.
        y_hat: (batch, time, features) predictions.
        mask: (batch, time), true where a step counts; all when None.

    Returns:
        (batch,).

    Source: the article, 3.3 (where y and y_hat have swapped names).
    """
    return _masked_sum(ops.sum(ops.square(y - y_hat), axis=-1), mask)


def character_cross_entropy(indices, logits, mask=None):
    """-log p of the next characters, summed over the steps.

    Args:
        indices: (batch, time) the characters that came.
        logits: (batch, time, vocabulary).
        mask: (batch, time), true where a step counts; all when None.

    Returns:
        (batch,) nats; divide by the number of steps for nats per character.
    """
    values = ops.sparse_categorical_crossentropy(ops.cast(indices, "int32"), logits, from_logits=True)
    return _masked_sum(values, mask)


def semantic_gates(left, mask=None, last=1.0, rush=1e-4, base=100.0):
    """What is added to the words' nats so that all of a beat is said, and not all at once.

    last * ||d_T|| + sum_t rush * base ** ||d_{t+1} - d_t||: nothing may be left over at the end, and no step may cross
    off much.

    Args:
        left: (batch, time + 1, features) what is still to be said, d_0 to d_T.
        mask: (batch, time), true where a step counts; d_T is the one after the last of these. All when None.
        last: weight of what is left over.
        rush: weight of the steps.
        base: how steeply a large step costs more.

    Returns:
        (batch,).

    Source: Wen et al. 2015, equation 12, with its weights.
    """
    left = ops.cast(left, "float32")
    mask = ops.ones(ops.shape(left[:, 1:, 0])) if mask is None else ops.cast(mask, "float32")
    # the root has no slope at 0, where a feature that is absent stays
    size = ops.sqrt(ops.sum(ops.square(left[:, 1:] - left[:, :-1]), axis=-1) + 1e-12)
    end = ops.one_hot(ops.cast(ops.sum(mask, axis=1), "int32"), ops.shape(left)[1])
    over = ops.sqrt(ops.sum(ops.square(ops.sum(left * end[..., None], axis=1)), axis=-1) + 1e-12)
    return last * over + ops.sum(rush * ops.power(base, size) * mask, axis=1)


def factored_cross_entropy(values, logits, mask=None):
    """-log p of steps that have several fields, each told by a head of its own; summed over fields and steps.

    The sum over fields is the nats of the whole step, as the chain rule has it, where each head reads the fields before
    its own.

    Args:
        values: (batch, time, fields) class numbers.
        logits: list of (batch, time, classes), one for each field.
        mask: (batch, time), true where a step counts; all when None.

    Returns:
        (batch,) nats.
    """
    values = ops.cast(values, "int32")
    return sum(character_cross_entropy(values[..., field], each, mask) for field, each in enumerate(logits))


def perplexity(nats_per_character):
    """How many equally likely characters the model hesitates between.

    Args:
        nats_per_character: mean negative log likelihood.

    Returns:
        exp of it, at least 1.
    """
    return ops.exp(nats_per_character)


def mixture_density(y, weight_logits, mean, log_scale, mask=None):
    """-log p(y) of a mixture of diagonal Gaussians per step: the head that can say "left or right" without their mean.

    Args:
        y: (batch, time, features) real targets.
        weight_logits: (batch, time, components).
        mean: (batch, time, components, features).
        log_scale: (batch, time, components, features) log standard deviations.
        mask: (batch, time), true where a step counts; all when None.

    Returns:
        (batch,) nats.

    Source: Bishop 1994; Graves 2013, section 4.
    """
    standard = (ops.expand_dims(y, axis=2) - mean) * ops.exp(-log_scale)
    component = -0.5 * ops.sum(ops.square(standard) + LOG_2PI, axis=-1) - ops.sum(log_scale, axis=-1)
    values = -ops.logsumexp(ops.log_softmax(weight_logits, axis=-1) + component, axis=-1)
    return _masked_sum(values, mask)


def mixture_kl(z, mean, log_variance, weight_logits, prior_mean, prior_log_scale):
    """KL divergence of a sequence's diagonal Gaussians from mixtures of them, estimated by one draw.

    Args:
        z: (batch, time, latent_dim) drawn from q.
        mean: (batch, time, latent_dim) of q.
        log_variance: (batch, time, latent_dim) of q.
        weight_logits: (batch, time, components) of the mixture.
        prior_mean: (batch, time, components, latent_dim).
        prior_log_scale: (batch, time, components, latent_dim) log standard deviations.

    Returns:
        (batch,) nats: log q(z) - log p(z), summed over time; a draw may be negative, its mean is not.

    Source: Li and Mandt 2018, equation 5.
    """
    return gaussian_log_density(z, mean, log_variance) + mixture_density(z, weight_logits, prior_mean, prior_log_scale)


def classification(labels, logits):
    """-log p of several labels of one example, told independently.

    Args:
        labels: (batch, heads) class numbers.
        logits: list of (batch, classes), one for each head.

    Returns:
        (batch,) nats.
    """
    return sum(
        ops.sparse_categorical_crossentropy(labels[:, head], each, from_logits=True) for head, each in enumerate(logits)
    )


# --- motion ----------------------------------------------------------------------------------------------------------


def weighted_distance(y, y_hat, weights):
    """Distance of predicted joints from real ones, averaged over joints and time; soon may count for more than late.

    Args:
        y: (batch, time, joints, 3) real positions.
        y_hat: (batch, time, joints, 3) predictions.
        weights: (time,) with a mean of one.

    Returns:
        (batch,) in the unit of y. The slope is finite where nothing is wrong.

    Source: mean per-joint position error, as in Mao et al. 2019.
    """
    distance = ops.sqrt(ops.sum(ops.square(y - y_hat), axis=-1) + 1e-6)
    return ops.mean(distance * weights[:, None], axis=(1, 2))


def energy_score(y, one, other, weights):
    """How well draws say what may happen, from two of them: near the truth, yet no nearer to each other than need be.

    Args:
        y: (batch, time, joints, 3) real positions.
        one, other: (batch, time, joints, 3) draws, independent of each other.
        weights: (time,) with a mean of one.

    Returns:
        (batch,) in the unit of y; on average it is least for draws from the truth's own distribution in every frame.

    Source: Gneiting and Raftery 2007, section 4.3.
    """
    near = weighted_distance(y, one, weights) + weighted_distance(y, other, weights)
    return 0.5 * (near - weighted_distance(one, other, weights))


def foot_sliding(moved, standing, noise):
    """How fast feet move that should stand, as -log p of a Gaussian velocity without its constant.

    Args:
        moved: (batch, time, feet, 3) way of each foot since the frame before.
        standing: (batch, time, feet) one where a foot stands, zero where it is free.
        noise: standard deviation of the velocity, in the unit of moved.

    Returns:
        (batch,) nats.
    """
    return 0.5 * _sum_per_example(standing * ops.sum(ops.square(moved / noise), axis=-1))


def relative_distance(y, y_hat, baseline, gap):
    """Distance from the truth within gaps, as a share of a baseline's: short gaps count as much as long ones.

    Args:
        y: (batch, time, ...) real.
        y_hat: (batch, time, ...) predictions.
        baseline: (batch, time, ...) the baseline's, such as interpolation's.
        gap: (batch, time) one where a frame counts, zero elsewhere.

    Returns:
        Scalar without a unit, of the batch as a whole: a window with hardly any motion must not rule. One is as good
        as the baseline.

    Source: the L2P and L2Q of Harvey et al. 2020, relative to their interpolation.
    """

    def distance(guess):
        apart = ops.reshape(y - guess, (*ops.shape(y)[:2], -1))
        return ops.sum(ops.sqrt(ops.sum(ops.square(apart), axis=-1) + 1e-8) * gap)

    return distance(y_hat) / distance(baseline)


def in_betweening(rotations, positions, speeds, kl, beta):
    """Objective of filled gaps; where the body goes counts double, as the harder part of a long gap.

    Args:
        rotations: `relative_distance` of global rotations.
        positions: that of positions.
        speeds: that of steps from frame to frame.
        kl: mean KL divergence of the windows' latents, nats.
        beta: its weight.

    Returns:
        Scalar.
    """
    return rotations + 2.0 * positions + speeds + beta * kl


# --- light -----------------------------------------------------------------------------------------------------------


def mean_distance(y, y_hat, mask):
    """Distance of vectors from true ones, averaged over the pixels of a figure.

    Args:
        y: (batch, h, w, n) true.
        y_hat: (batch, h, w, n).
        mask: (batch, h, w), one where a pixel counts, zero elsewhere.

    Returns:
        (batch,) in the unit of y; of unit vectors the chord, 2 sin(angle / 2), whose best guess among several answers
        is one of them rather than their mean.
    """
    distance = ops.sqrt(ops.sum(ops.square(y - y_hat), axis=-1) + 1e-6)
    return patch_mean(distance, mask)


def patch_mean(values, weight):
    """The weighted mean over places.

    Args:
        values: (batch, h, w).
        weight: (batch, h, w), 0 or more.

    Returns:
        (batch,), 0 where nothing has weight.
    """
    return _sum_per_example(values * weight) / ops.maximum(_sum_per_example(weight), 1e-6)


def relief(normals, albedo, height):
    """Objective of shape and colours from a picture, as weights of its parts.

    Args:
        normals: `mean_distance` of normals.
        albedo: that of colours, 0 to 1.
        height: that of heights, in units of eight pixels.

    Returns:
        (batch,).
    """
    return normals + albedo + 0.5 * height


def von_mises_fisher(y, mean, log_concentration, mask):
    """-log p of unit vectors about mean directions, on the sphere; summed over the pixels of a figure.

    Args:
        y: (batch, h, w, 3) of length 1.
        mean: (batch, h, w, 3) of length 1.
        log_concentration: scalar, or (batch, h, w); about minus twice the log of the usual angle in radians.
        mask: (batch, h, w), one where a pixel counts, zero elsewhere.

    Returns:
        (batch,) nats.

    Source: Fisher 1953. The density is k / (2 pi (1 - e^(-2k))) e^(-k (1 - cos)).
    """
    concentration = ops.exp(log_concentration)
    constant = math.log(2.0 * math.pi) + ops.log1p(-ops.exp(-2.0 * concentration)) - log_concentration
    # half the squared chord is 1 - cos, without its loss of digits where both are alike
    apart = 0.5 * ops.sum(ops.square(y - mean), axis=-1)
    return _sum_per_example((constant + concentration * apart) * mask)


# --- seeing ----------------------------------------------------------------------------------------------------------


def heat_map_focal(heat, logits, focus=2.0, mercy=4.0):
    """Cross entropy of a map of peaks, in which what is told well already and what lies near a peak count little.

    Args:
        heat: (batch, ...) 1 at the peaks, falling to 0 around them.
        logits: the same shape.
        focus: power of how wrong a place is.
        mercy: power of how far a place without a peak is from one.

    Returns:
        (batch,); divide by the number of peaks.

    Source: Law and Deng 2018 (CornerNet), equation 1; Zhou et al. 2019 (CenterNet).
    """
    heat = ops.cast(heat, logits.dtype)
    p = ops.sigmoid(logits)
    peaks = ops.cast(heat >= 1.0, logits.dtype)
    # log sigmoid in the stable form: log p = -softplus(-x), log(1 - p) = -softplus(x)
    here = peaks * ops.power(1.0 - p, focus) * ops.softplus(-logits)
    elsewhere = (1.0 - peaks) * ops.power(1.0 - heat, mercy) * ops.power(p, focus) * ops.softplus(logits)
    return _sum_per_example(here + elsewhere)


def absolute_error(y, y_hat, mask=None):
    """Absolute error of what has several parts, summed over those that count: sum_t |y_t - y_hat_t|_1.

    Args:
        y: (batch, parts, features) true.
        y_hat: (batch, parts, features).
        mask: (batch, parts), true where one counts; all when None.

    Returns:
        (batch,).
    """
    return _masked_sum(ops.sum(ops.abs(y - y_hat), axis=-1), mask)
