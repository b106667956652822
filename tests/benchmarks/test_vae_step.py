"""A VAE's training step, against the two forms people write: a `train_step` of one's own, and PyTorch."""

import keras
import numpy as np
import pytest
from keras import ops

from animkit.vae import VAE, Decoder, Encoder

BATCH = np.random.default_rng(0).integers(0, 2, (100, 784)).astype("float32")
STEPS = 20


def ours():
    shared = {"activation": "tanh"}
    model = VAE(Encoder(50, **shared), Decoder((784,), **shared))
    model.compile(keras.optimizers.Adam(1e-3), jit_compile=False)
    return model


def usual_form():
    """784-200-200-50 as the usual example has it: layers in a Sequential, a tape in `train_step`."""
    import tensorflow as tf

    def stack(*units, out):
        layers = [keras.layers.Dense(unit, activation="tanh") for unit in units]
        return keras.Sequential([*layers, keras.layers.Dense(out)])

    class Usual(keras.Model):
        def __init__(self):
            super().__init__()
            self.encoder, self.decoder = stack(200, 200, out=100), stack(200, 200, out=784)
            self.seed = keras.random.SeedGenerator(0)
            self.tracker = keras.metrics.Mean(name="loss")

        def call(self, x):
            return self.decoder(self.encoder(x)[:, :50])

        def train_step(self, data):
            x, *_ = keras.utils.unpack_x_y_sample_weight(data)
            with tf.GradientTape() as tape:
                mean, log_variance = ops.split(self.encoder(x, training=True), 2, axis=1)
                z = mean + ops.exp(0.5 * log_variance) * keras.random.normal(ops.shape(mean), seed=self.seed)
                logits = self.decoder(z, training=True)
                reconstruction = ops.sum(ops.binary_crossentropy(x, logits, from_logits=True), axis=1)
                kl = -0.5 * ops.sum(1 + log_variance - ops.square(mean) - ops.exp(log_variance), axis=1)
                loss = ops.mean(reconstruction + kl)
            self.optimizer.apply(tape.gradient(loss, self.trainable_weights), self.trainable_weights)
            self.tracker.update_state(loss)
            return {"loss": self.tracker.result()}

    model = Usual()
    model(BATCH)
    model.compile(keras.optimizers.Adam(1e-3), jit_compile=False)
    return model


def steps(model):
    return lambda: [model.train_on_batch(BATCH) for _ in range(STEPS)]


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="the usual form is TensorFlow's tape")
def test_a_step_costs_no_more_than_the_usual_form(ratio):
    assert ratio(steps(ours()), steps(usual_form())) < 1.3


def test_a_step_against_pytorch(ratio):
    torch = pytest.importorskip("torch")

    class Peer(torch.nn.Module):
        def __init__(self):
            super().__init__()

            def stack(*units):
                layers = [torch.nn.Linear(*pair) for pair in zip(units[:-1], units[1:], strict=True)]
                return torch.nn.Sequential(
                    *(part for layer in layers[:-1] for part in (layer, torch.nn.Tanh())), layers[-1]
                )

            self.encoder, self.decoder = stack(784, 200, 200, 100), stack(50, 200, 200, 784)

        def forward(self, x):
            mean, log_variance = self.encoder(x).chunk(2, dim=1)
            logits = self.decoder(mean + (0.5 * log_variance).exp() * torch.randn_like(mean))
            cross_entropy = torch.nn.functional.binary_cross_entropy_with_logits
            kl = 0.5 * (log_variance.exp() + mean**2 - 1 - log_variance)
            return (cross_entropy(logits, x, reduction="sum") + kl.sum()) / len(x)

    peer, x = Peer(), torch.from_numpy(BATCH)
    optimizer = torch.optim.Adam(peer.parameters(), 1e-3)

    def peer_steps():
        for _ in range(STEPS):
            optimizer.zero_grad()
            peer(x).backward()
            optimizer.step()

    assert ratio(steps(ours()), peer_steps) < 4.0  # a few ms a step, most of it Python: measured, not raced
