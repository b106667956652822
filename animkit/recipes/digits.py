"""Three networks of digits: a classifier that judges, a DCGAN and a VAE that draw."""

import keras
from keras import layers

from animkit.gan import GAN, Discriminator, Generator
from animkit.recipes.schedules import cosine_decay
from animkit.recipes.timed import train_timed
from animkit.training import FEW_STEPS, Batches, TwoTimescaleAdam
from animkit.vae import VAE, Binarised, Decoder, Encoder

DIGITS = 10
FEATURES = 64
# on a CPU TensorFlow's own convolutions are faster than XLA's, which JAX always has
CONVOLUTIONS = {"jit_compile": keras.backend.backend() == "jax"}
BATCH_SIZES = {"classifier": 100, "DCGAN": 32, "VAE": 100}
GAME = {"loss": "relativistic", "r1": 0.2, "r2": 0.2}
RATES = {"discriminator": 5e-4, "generator": 1e-3, "share left at the end": 0.05}


def train_classifier(x, y, *, epochs, seed=0, checkpoint=None, progress=True):
    """Train the classifier whose last hidden layer gives the features.

    Args:
        x: (digits, 28, 28, 1) float32 in [0, 1].
        y: (digits,) labels.
        epochs: rounds through them.
        seed: of weights and order.
        checkpoint: folder for the state, or None.
        progress: show it.

    Returns:
        Built `keras.Model` from digits to logits, and the seconds it took.
    """
    keras.utils.set_random_seed(seed)
    classifier = keras.Sequential(
        [
            keras.Input(x.shape[1:]),
            layers.Conv2D(16, 5, strides=2, padding="same", activation="relu"),
            layers.Conv2D(32, 3, strides=2, padding="same", activation="relu"),
            layers.Flatten(),
            layers.Dense(FEATURES, activation="relu", name="features"),
            layers.Dense(DIGITS),
        ]
    )
    batches = Batches(x, y.astype("int32"), batch_size=BATCH_SIZES["classifier"], seed=seed)
    rate = cosine_decay(3e-3, epochs * len(batches), last=0.01)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    classifier.compile(keras.optimizers.Adam(rate), loss=loss, **CONVOLUTIONS)
    return classifier, train_timed(classifier, batches, epochs=epochs, checkpoint=checkpoint, progress=progress)


def train_dcgan(x, *, epochs, width, hidden, seed=0, checkpoint=None, progress=True):
    """Train the DCGAN on grey digits.

    Args:
        x: (digits, 28, 28, 1) float32 in [0, 1].
        epochs: rounds through them, over which the rates fall.
        width: channels of the generator's first map; D starts with half of it.
        hidden: units of the generator's first layer.
        seed: of weights, noise and order.
        checkpoint: folder for the state, or None.
        progress: show it.

    Returns:
        GAN, and the seconds it took.
    """
    keras.utils.set_random_seed(seed)
    # without dropout, which would make the penalised slope of D another one in each call
    gan = GAN(Generator(width=width, hidden=hidden), Discriminator(width=width // 2, dropout=0.0), seed=seed, **GAME)
    batches = Batches(x, batch_size=BATCH_SIZES["DCGAN"], seed=seed, drop_remainder=True)
    optimizer = TwoTimescaleAdam(RATES["discriminator"], RATES["generator"], beta_2=0.99)
    last = RATES["share left at the end"]
    optimizer.learning_rate = cosine_decay(RATES["discriminator"], epochs * len(batches), last=last)
    gan.compile(optimizer, **CONVOLUTIONS)
    return gan, train_timed(gan, batches, epochs=epochs, checkpoint=checkpoint, progress=progress)


def train_digit_vae(
    x, *, epochs, rate, batch_size=BATCH_SIZES["VAE"], samples=1, seed=0, checkpoint=None, progress=True
):
    """Train notebook 02's fully connected VAE, 784-200-200-z50, on digits binarised afresh at every draw.

    Args:
        x: (digits, 28, 28, 1) float32 in [0, 1].
        epochs: rounds through them, over which the rate falls to 1e-4.
        rate: of Adam, at the start.
        batch_size: digits.
        samples: importance samples k per digit; above 1 it is an importance-weighted autoencoder.
        seed: of weights, noise, order and binarisation.
        checkpoint: folder for the state, or None.
        progress: show it.

    Returns:
        VAE of (784,) pixels, and the seconds it took.
    """
    keras.utils.set_random_seed(seed)
    flat = x.reshape(len(x), -1)
    batches = Binarised(flat, batch_size=batch_size, seed=seed)
    vae = VAE(Encoder(50, activation="tanh"), Decoder(flat.shape[1:], activation="tanh"), samples=samples, seed=seed)
    steps = epochs * len(batches)
    decay = cosine_decay(rate, steps, last=1e-4 / rate)
    vae.compile(keras.optimizers.Adam(decay), steps_per_execution=20 if steps > FEW_STEPS else 1)
    return vae, train_timed(vae, batches, epochs=epochs, checkpoint=checkpoint, progress=progress)
