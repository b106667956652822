"""The fused GAN step against the usual one with two tapes, on the same 28x28 DCGAN in the same run."""

import time

import keras
import numpy as np
import pytest
from keras import ops

from animkit import losses
from animkit.gan import GAN, Discriminator, Generator

BATCH = 64


def two_tape_step(generator, discriminator, batch, latent_dim):
    """The usual step: D on data and fresh fakes, then G on fresh fakes, each with its own tape and optimizer."""
    tf = pytest.importorskip("tensorflow")
    adams = keras.optimizers.Adam(2e-4, beta_1=0.5), keras.optimizers.Adam(2e-4, beta_1=0.5)
    for adam, player in zip(adams, (discriminator, generator), strict=True):
        adam.build(player.trainable_variables)

    @tf.function
    def step(x):
        with tf.GradientTape() as tape:
            fake = generator(tf.random.normal((batch, latent_dim)), training=True)
            real_logits, fake_logits = discriminator(x, training=True), discriminator(fake, training=True)
            loss = ops.mean(losses.minimax_discriminator(real_logits, fake_logits))
        adams[0].apply(tape.gradient(loss, discriminator.trainable_variables), discriminator.trainable_variables)
        with tf.GradientTape() as tape:
            fake = generator(tf.random.normal((batch, latent_dim)), training=True)
            loss = ops.mean(losses.non_saturating_generator(None, discriminator(fake, training=True)))
        adams[1].apply(tape.gradient(loss, generator.trainable_variables), generator.trainable_variables)

    return step


def cpu_seconds(step, repetitions=5):
    started = time.process_time()
    for _ in range(repetitions):
        step()
    return (time.process_time() - started) / repetitions


@pytest.mark.benchmark
@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="the usual step has TensorFlow's tapes")
def test_fused_step_costs_no_more_than_two_tapes():
    x = np.random.default_rng(0).random((BATCH, 28, 28, 1)).astype("float32")
    gan = GAN(Generator(), Discriminator())
    gan.compile()
    peer = Generator(), Discriminator()
    usual = two_tape_step(*peer, BATCH, peer[0].latent_dim)

    def fused_once():
        gan.train_on_batch(x)

    def usual_once():
        usual(ops.convert_to_tensor(x))

    fused_once(), usual_once()  # compile both
    # taking turns, as the machine's mood changes: seconds of CPU, all cores together
    pairs = [(cpu_seconds(fused_once), cpu_seconds(usual_once)) for _ in range(3)]
    ratio = float(np.median([fused / usual for fused, usual in pairs]))
    fused, usual_seconds = np.median(pairs, axis=0)
    print(f"\nfused {fused * 1e3:.0f} ms, two tapes {usual_seconds * 1e3:.0f} ms of CPU; ratio {ratio:.2f}")
    assert ratio < 1.2
