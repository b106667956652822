"""A GAN of points in the plane, for the ring and the grid on which mode coverage is measured."""

import math

import keras

from animkit.gan import GAN
from animkit.recipes.schedules import cosine_decay
from animkit.training import FEW_STEPS, Batches, TwoTimescaleAdam, train

BATCH_SIZE = 100
LATENT_DIM = 4
GENERATOR = (64, 64, 64, 64)
FREQUENCY = 5.0
RATE, LAST_RATE = 1e-3, 1e-5
BETAS = (0.0, 0.99)
EMA = 0.999


def generator():
    """Noise to points. Its tanh saturates: plateaus, the modes, with steep steps between them."""
    hidden = [keras.layers.Dense(width, activation="tanh") for width in GENERATOR]
    return keras.Sequential([keras.Input((LATENT_DIM,)), *hidden, keras.layers.Dense(2)])


def judge(*, waves, hidden):
    """Points to a logit. Sines of the points may come first: a network of raw coordinates is slow to see fine detail.

    Args:
        waves: how many sines; they start with random frequencies and are learnt on.
        hidden: units of each hidden layer.

    Returns:
        Built `keras.Sequential`.

    Source: Tancik et al. 2020 (Fourier features).
    """
    layers = [keras.Input((2,))]
    if waves:
        frequencies = keras.initializers.RandomNormal(stddev=FREQUENCY)
        phases = keras.initializers.RandomUniform(-math.pi, math.pi)
        layers += [keras.layers.Dense(waves, keras.ops.sin, kernel_initializer=frequencies, bias_initializer=phases)]
    layers += [keras.layers.Dense(width, activation="leaky_relu") for width in hidden]
    return keras.Sequential([*layers, keras.layers.Dense(1)])


def train_points(points, *, discriminator, game, epochs, seed=0):
    """Train one GAN on points of unit spread.

    Args:
        points: (points, 2) float32.
        discriminator: arguments of `judge`.
        game: arguments of `GAN`.
        epochs: passes over the points, over which the rates fall.
        seed: of weights, noise and the order of points.

    Returns:
        `GAN`; its weights are the moving averages.

    Raises:
        FloatingPointError: when a loss turns NaN or infinite.
    """
    keras.utils.set_random_seed(seed)
    gan = GAN(generator(), judge(**discriminator), seed=seed, **game)
    data = Batches(points, batch_size=BATCH_SIZE, seed=seed, drop_remainder=True)
    optimizer = TwoTimescaleAdam(RATE, RATE, beta_1=BETAS[0], beta_2=BETAS[1], ema_momentum=EMA)
    steps = epochs * len(data)
    optimizer.learning_rate = cosine_decay(RATE, steps, last=LAST_RATE / RATE)
    # TensorFlow's steps of networks this small are faster without XLA; JAX' are always compiled
    at_once = 50 if steps > FEW_STEPS else 1
    gan.compile(optimizer, jit_compile=keras.backend.backend() == "jax", steps_per_execution=at_once)
    train(gan, data, epochs=epochs, progress=False)
    return gan
