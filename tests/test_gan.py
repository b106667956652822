"""The GAN: shapes, the fused step's gradients, penalties, turns, saving, several devices, and learning itself."""

import os
import subprocess
import textwrap

import keras
import numpy as np
import pytest
from keras import ops

from animkit import losses
from animkit.gan import GAN, Discriminator, Generator, latents, pack
from animkit.training import Batches, TwoTimescaleAdam, train

PALETTE = np.array([[0, 0, 0, 0], [255, 0, 0, 255], [0, 0, 255, 128]], "uint8")


@pytest.fixture(autouse=True)
def seed():
    keras.utils.set_random_seed(0)


def dense(inputs, outputs, widths=(16,)):
    hidden = [keras.layers.Dense(width, activation="leaky_relu") for width in widths]
    return keras.Sequential([keras.Input((inputs,)), *hidden, keras.layers.Dense(outputs)])


def point_gan(packing=1, **keywords):
    """Two-dimensional points from three-dimensional noise."""
    return GAN(dense(3, 2), dense(2 * packing, 1), packing=packing, **keywords)


def points(count=32):
    return np.random.default_rng(0).normal(size=(count, 2)).astype("float32")


def gradients(model, function, variables):
    """d function() / d variables as arrays, zero where there is no path, on either backend."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            value = function()
        tensors = tape.gradient(value, [v.value for v in variables], unconnected_gradients="zero")
    else:
        import jax

        def pure(values):
            with keras.StatelessScope(state_mapping=list(zip(variables, values, strict=True))):
                return function()

        tensors = jax.grad(pure)([v.value for v in variables])
    return [ops.convert_to_numpy(tensor) for tensor in tensors]


def rewound(gan, function):
    """`function` with the noise of the first step."""

    def again():
        gan.seed_generator.state.assign([gan.seed, 0])
        return function()

    return again


# --- networks --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "first"), [((28, 28), (7, 7)), ((32, 32), (8, 8)), ((64, 64), (8, 8)), ((30, 9), (8, 3))]
)
def test_generator_starts_from_a_small_map_and_reaches_any_size(size, first):
    generator = Generator(size, 3, latent_dim=4, width=16, hidden=8)
    maps = [layer.output.shape[1:] for layer in generator.body.layers if isinstance(layer, keras.layers.Reshape)]
    assert maps == [(*first, 16)]
    assert generator.images(latents(2, 4)).shape == (2, *size, 3)


def test_article_s_generator_has_the_article_s_units():
    units = [layer.units for layer in Generator().body.layers if isinstance(layer, keras.layers.Dense)]
    assert units == [1024, 7 * 7 * 256]


@pytest.mark.parametrize(
    ("activation", "low", "high"), [("sigmoid", 0, 1), ("tanh", -1, 1), ("linear", -np.inf, np.inf)]
)
def test_output_activation(activation, low, high):
    generator = Generator((8, 8), latent_dim=4, width=8, hidden=32, activation=activation)
    z = 100 * latents(16, 4)
    logits = ops.convert_to_numpy(generator.logits(z, training=False))
    expected = {"sigmoid": 1 / (1 + np.exp(-logits)), "tanh": np.tanh(logits), "linear": logits}[activation]
    images = generator.images(z)
    np.testing.assert_allclose(images, expected, atol=1e-5)
    assert low <= images.min() < images.max() <= high


@pytest.mark.both_backends
def test_palette_gives_the_expected_premultiplied_colour():
    generator = Generator((8, 8), latent_dim=4, width=8, palette=PALETTE)
    z = latents(3, 4)
    probabilities = ops.convert_to_numpy(ops.softmax(generator.logits(z, training=False)))
    half = 128 / 255
    by_hand = probabilities @ np.array([[0, 0, 0, 0], [1, 0, 0, 1], [0, 0, half, half]])
    np.testing.assert_allclose(generator.images(z), by_hand, atol=1e-6)
    indices = generator.indices(z)
    assert indices.dtype == np.uint8
    np.testing.assert_array_equal(indices, probabilities.argmax(-1))


def test_palette_indices_are_data_too():
    gan = GAN(Generator((8, 8), latent_dim=4, width=8, palette=PALETTE), Discriminator((8, 8), 4, width=4, dropout=0.0))
    indices = np.random.default_rng(0).integers(0, 3, (6, 8, 8)).astype("uint8")
    rgba = PALETTE / 255.0
    colours = (rgba * np.array([1, 1, 1, 0]) * rgba[:, 3:] + rgba * np.array([0, 0, 0, 1]))[indices].astype("float32")
    first = rewound(gan, lambda: gan.player_losses(indices))()
    second = rewound(gan, lambda: gan.player_losses(colours))()
    np.testing.assert_allclose(float(first["d_loss"]), float(second["d_loss"]), rtol=1e-6)


@pytest.mark.both_backends
def test_pack_puts_neighbours_on_the_channel_axis():
    examples = np.arange(4 * 1 * 2 * 3).reshape(4, 1, 2, 3)  # four pictures of 1x2 pixels with three channels
    packed = ops.convert_to_numpy(pack(ops.convert_to_tensor(examples), 2))
    np.testing.assert_array_equal(packed, np.concatenate([examples[0::2], examples[1::2]], axis=-1))
    assert ops.convert_to_numpy(pack(ops.ones((6, 2)), 3)).shape == (2, 6)


def test_discriminator_judges_a_label_with_its_image():
    discriminator = Discriminator((8, 8), 1, classes=3, width=4, packing=2)
    discriminator.embedding.embeddings.assign(
        np.random.default_rng(0).normal(size=discriminator.embedding.embeddings.shape)
    )
    images = np.random.default_rng(0).random((2, 8, 8, 2)).astype("float32")

    def logits(labels):
        return ops.convert_to_numpy(discriminator((images, np.array(labels)), training=False))

    before, after = logits([0, 1, 2, 0]), logits([0, 2, 2, 0])
    assert before.shape == (2,)
    assert before[0] != after[0]
    assert before[1] == after[1]
    assert logits([1, 0, 2, 0])[0] != before[0]  # the place in the pack counts


# --- the fused step --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("loss", "packing"),
    [
        *((loss, 1) for loss in sorted(losses.ADVERSARIAL)),
        pytest.param("relativistic", 2, marks=pytest.mark.both_backends),
    ],
)
def test_each_player_feels_its_own_loss_alone(loss, packing):
    gan = point_gan(packing, loss=loss, r1=0.3, r2=0.2, gradient_penalty=0.1)
    x = ops.convert_to_tensor(points(8))
    discriminator_loss, generator_loss = losses.ADVERSARIAL[loss]

    def fused():
        return gan.compute_loss(x=x)

    def plain():
        """Both losses as a textbook has them, with nothing stopped."""
        z = keras.random.normal((1, 8, 3), seed=gan.seed_generator)[0]
        real = ops.reshape(gan.discriminator(ops.reshape(x, (-1, 2 * packing))), (-1,))
        fake = ops.reshape(gan.discriminator(ops.reshape(gan.generator(z), (-1, 2 * packing))), (-1,))
        return ops.mean(discriminator_loss(real, fake)), ops.mean(generator_loss(real, fake))

    def penalty():
        return gan.player_losses(x)["penalty"]

    of_d, of_g = gan.discriminator.trainable_variables, gan.generator.trainable_variables
    expected_d = gradients(gan, rewound(gan, lambda: plain()[0]), of_d)
    expected_penalty = gradients(gan, rewound(gan, penalty), of_d)
    expected_g = gradients(gan, rewound(gan, lambda: plain()[1]), of_g)
    together = gradients(gan, rewound(gan, fused), [*of_g, *of_d])
    for got, adversarial, smooth in zip(together[len(of_g) :], expected_d, expected_penalty, strict=True):
        np.testing.assert_allclose(got, adversarial + smooth, atol=1e-6)
    for got, expected in zip(together, expected_g, strict=False):
        np.testing.assert_allclose(got, expected, atol=1e-6)
    assert max(np.abs(g).max() for g in expected_g) > 1e-4
    assert max(np.abs(g).max() for g in expected_penalty) > 1e-4


@pytest.mark.parametrize("loss", ["non_saturating", "relativistic"])  # G's loss without and with the data's logits
def test_cross_gradients_are_exactly_zero(loss):
    gan = GAN(
        Generator((8, 8), latent_dim=4, width=8),
        Discriminator((8, 8), width=4, dropout=0.5),
        loss=loss,
        r1=1.0,
        r2=1.0,
    )
    x = ops.convert_to_tensor(np.random.default_rng(0).random((4, 8, 8, 1)).astype("float32"))
    for term, others in (("g_loss", gan.discriminator), ("d_loss", gan.generator), ("penalty", gan.generator)):
        for gradient in gradients(gan, lambda term=term: gan.player_losses(x)[term], others.trainable_variables):
            np.testing.assert_array_equal(gradient, 0.0)


def test_batch_statistics_of_the_discriminator_count_data_and_fakes_once():
    judge = keras.Sequential([keras.Input((2,)), keras.layers.BatchNormalization(momentum=0.0), keras.layers.Dense(1)])
    gan = GAN(dense(3, 2), judge)
    gan.player_losses(ops.convert_to_tensor(points(8)))
    gan.seed_generator.state.assign([0, 0])
    fake = ops.convert_to_numpy(gan.generator(keras.random.normal((1, 8, 3), seed=gan.seed_generator)[0]))
    # without momentum the moving mean is that of the last batch that counted: the fakes shown to D
    np.testing.assert_allclose(ops.convert_to_numpy(judge.layers[0].moving_mean), fake.mean(axis=0), atol=1e-5)


def test_dropout_acts_in_both_terms_while_training_only():
    judge = keras.Sequential([keras.Input((2,)), keras.layers.Dropout(0.5, seed=1), keras.layers.Dense(1)])
    gan = GAN(dense(3, 2), judge)
    x = ops.convert_to_tensor(points(8))

    def spread(term, training):
        values = [float(rewound(gan, lambda: gan.player_losses(x, training=training))()[term]) for _ in range(3)]
        return np.ptp(values)

    for term in ("d_loss", "g_loss"):
        assert spread(term, True) > 1e-3
        assert spread(term, False) == 0


def test_losses_of_a_discriminator_that_knows_nothing():
    gan = point_gan()
    for weight in gan.discriminator.trainable_variables:
        weight.assign(ops.zeros(weight.shape))
    values = gan.player_losses(ops.convert_to_tensor(points(8)))
    assert float(values["d_loss"]) == pytest.approx(np.log(4))
    assert float(values["g_loss"]) == pytest.approx(np.log(2))


def constant_players(slope, made):
    """G always makes the number `made`; D's logit is slope * x."""
    generator, discriminator = dense(3, 1), keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    generator.layers[-1].set_weights([np.zeros((16, 1)), np.array([made])])
    discriminator.set_weights([np.array([[slope]]), np.zeros(1)])
    return generator, discriminator


def test_accuracies():
    gan = GAN(*constant_players(3.0, 0.2), loss="wasserstein")
    values = gan.player_losses(ops.convert_to_tensor(np.array([[-1.0], [0.1], [0.3], [2.0]], "float32")))
    # logits: data (-3, 0.3, 0.9, 6), fakes 0.6
    assert (float(values["real_accuracy"]), float(values["fake_accuracy"])) == (0.5, 1.0)


@pytest.mark.both_backends
@pytest.mark.parametrize(("which", "value"), [("r1", 4.5), ("r2", 4.5), ("gradient_penalty", 4.0)])
def test_penalties_of_a_linear_discriminator(which, value):
    # slope 3 everywhere: half its square is 4.5, and it is 2 away from 1
    gan = GAN(*constant_players(3.0, 0.2), **{which: 2.0})
    values = gan.player_losses(ops.convert_to_tensor(points(8)[:, :1]))
    assert float(values["penalty"]) == pytest.approx(2 * value, rel=1e-5)


# --- turns and rates -------------------------------------------------------------------------------------------------


def weights(network):
    return np.concatenate([weight.ravel() for weight in network.get_weights()])


@pytest.mark.both_backends
def test_generator_moves_in_its_turns_only(few_steps):
    gan = point_gan()
    gan.compile(TwoTimescaleAdam(1e-2, 1e-2, n_critic=3), **few_steps)
    moved = []
    for _ in range(6):
        before = weights(gan.generator), weights(gan.discriminator)
        gan.fit(points(8), batch_size=8, verbose=0)
        moved.append((np.any(before[0] != weights(gan.generator)), np.any(before[1] != weights(gan.discriminator))))
    assert moved == [(False, True), (False, True), (True, True)] * 2


@pytest.mark.both_backends
def test_each_player_has_its_rate_and_a_schedule_moves_both(few_steps):
    gan = point_gan()
    gan.compile(TwoTimescaleAdam(1e-3, 4e-3), **few_steps)
    players = gan.generator, gan.discriminator
    for rate in (1e-3, 1e-4):
        gan.optimizer.learning_rate = rate
        before = [weights(player) for player in players]
        gan.fit(points(8), batch_size=8, verbose=0)
        moved = [np.abs(weights(player) - old).max() for player, old in zip(players, before, strict=True)]
        # Adam's first step is about as long as the rate in every weight that has a gradient
        assert moved == pytest.approx([4 * rate, rate], rel=0.2)


def test_moving_average_is_in_place_after_training(few_steps):
    def after(steps, ema_momentum):
        keras.utils.set_random_seed(0)
        gan = point_gan()
        gan.compile(TwoTimescaleAdam(1e-2, 1e-2, ema_momentum=ema_momentum), **few_steps)
        gan.fit(points(8), batch_size=8, epochs=steps, verbose=0)
        return weights(gan.generator)

    # the average begins with the first step's weights; at a momentum of one it stays there
    np.testing.assert_allclose(after(3, 1.0), after(1, None), atol=1e-6)


def test_any_other_optimizer_will_do(few_steps):
    gan = point_gan()
    gan.compile(keras.optimizers.SGD(0.1), **few_steps)
    start = weights(gan)
    gan.fit(points(8), verbose=0)
    assert np.any(weights(gan) != start)


# --- saving and resuming ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", ["float32", "mixed_float16"])  # which wraps the optimizer
def test_a_saved_gan_keeps_its_optimizer_and_who_is_who(policy, few_steps, tmp_path):
    keras.config.set_dtype_policy(policy)
    try:
        gan = point_gan(r1=0.5, r2=0.25, gradient_penalty=0.125)
        adam = TwoTimescaleAdam(1e-3, 2e-3, n_critic=2, beta_1=0.25, beta_2=0.99, ema_momentum=0.5)
        gan.compile(adam, **few_steps)
        gan.fit(points(8), batch_size=8, verbose=0)
        gan.save(tmp_path / "gan.keras")
        again = keras.models.load_model(tmp_path / "gan.keras")
    finally:
        keras.config.set_dtype_policy("float32")
    assert (again.r1, again.r2, again.gradient_penalty) == (0.5, 0.25, 0.125)
    assert again.optimizer.get_config() == gan.optimizer.get_config()
    before = weights(again.generator)
    again.fit(points(8), batch_size=8, verbose=0)  # the second step is the generator's turn
    assert np.any(weights(again.generator) != before)


def test_a_generator_is_saved_alone(tmp_path):
    generator = Generator((8, 8), latent_dim=4, width=8, hidden=8, palette=PALETTE, classes=2)
    generator.save(tmp_path / "generator.keras")
    alone = keras.models.load_model(tmp_path / "generator.keras")
    assert alone.get_config() == generator.get_config()
    arguments = latents(5, 4, seed=7), [0, 1, 0, 1, 0]
    np.testing.assert_array_equal(alone.images(*arguments), generator.images(*arguments))
    np.testing.assert_array_equal(alone.indices(*arguments), generator.indices(*arguments))


def test_an_interrupted_run_ends_as_if_it_had_not_been(few_steps, tmp_path):
    def run(epochs, folder):
        keras.utils.set_random_seed(5)
        judge = keras.Sequential([keras.Input((2,)), keras.layers.Dropout(0.3, seed=2), keras.layers.Dense(1)])
        gan = GAN(dense(3, 2), judge)
        gan.compile(TwoTimescaleAdam(1e-2, 1e-2), **few_steps)
        train(gan, Batches(points(), batch_size=8), epochs=epochs, checkpoint=tmp_path / folder, progress=False)
        return weights(gan)

    whole = run(4, "whole")
    run(2, "parts")
    np.testing.assert_array_equal(run(4, "parts"), whole)


@pytest.mark.both_backends
def test_sampling_has_a_seed_and_follows_the_weights():
    gan = point_gan()
    first = gan.sample(6, seed=1)
    np.testing.assert_array_equal(gan.sample(6, seed=1), first)
    assert np.all(gan.sample(6, seed=2) != first)
    gan.generator.layers[-1].bias.assign(gan.generator.layers[-1].bias + 1.0)
    np.testing.assert_allclose(gan.sample(6, seed=1), first + 1.0, atol=1e-6)


# --- bad input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: point_gan(loss="cross_entropy"), "use one of minimax, non_saturating, least_squares"),
        (lambda: point_gan(r1=-1.0), "penalties at 0"),
        (lambda: GAN(dense(3, 2), dense(3, 1)), r"generator makes \(2,\).*discriminator cannot take it"),
        (lambda: GAN(dense(3, 2), dense(2, 5)), "one logit per example"),
        (
            lambda: GAN(Generator((28, 28), width=8), Discriminator((32, 32), width=4)),
            r"(?s)generator makes \(28, 28, 1\).*takes images \(32, 32, 1\)",
        ),
        (
            lambda: GAN(Generator((8, 8), width=8), Discriminator((8, 8), width=4, packing=2)),
            "discriminator has packing = 2, but it should be 1",
        ),
        (
            lambda: GAN(Generator((8, 8), width=8, classes=3), Discriminator((8, 8), width=4)),
            "discriminator has classes = 0, but it should be 3",
        ),
        (lambda: Generator(activation="relu"), "use sigmoid, tanh or linear"),
        (lambda: Generator(palette=np.zeros((5, 3))), r"palette must be \(colours, 4\)"),
        (lambda: Generator((8, 8), width=8).indices(latents(1, 64)), "build it with palette="),
        (
            lambda: Generator((8, 8), width=8).images(np.zeros((2, 8, 8, 1))),
            r"maps noise \(batch, 64\), not \(2, 8, 8, 1\)",
        ),
        (lambda: TwoTimescaleAdam(0.0), "rates must be above zero"),
        (lambda: TwoTimescaleAdam(n_critic=0), "n_critic must be at least 1"),
        (lambda: TwoTimescaleAdam().build([]), "compile an animkit GAN"),
        (lambda: pack(np.zeros((5, 2)), 2), "batch of 5 does not divide into packs of 2"),
    ],
)
def test_clear_errors_when_building(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def with_hole():
    x = points()
    x[3, 1] = np.nan
    return x


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (with_hole(), None, "example 3 of the data holds NaN"),
        (Batches(with_hole()), None, "example 3 of the data holds NaN"),
        (np.zeros((32, 5), "float32"), None, r"examples must be \(2,\).*got \(5,\)"),
        (np.zeros((32, 2), "uint8"), None, "scale it to the generator's range"),
        (points(), np.zeros(32, "int64"), "the generator has no classes"),
    ],
)
def test_clear_errors_about_data(x, y, message):
    gan = point_gan()
    gan.compile()
    with pytest.raises(ValueError, match=message):
        gan.fit(x, y, verbose=0)


@pytest.mark.parametrize(
    ("x", "batch_size"),
    [(Batches(points(24), batch_size=6), None), (Batches(points(30), batch_size=8), None), (points(30), 8)],
)
def test_batches_that_do_not_divide_are_refused(x, batch_size):
    gan = point_gan(packing=4)
    gan.compile()
    with pytest.raises(ValueError, match="batch of 6 does not divide into packs of 4"):
        gan.fit(x, batch_size=batch_size, verbose=0)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (None, "give labels as y"),
        (np.array([0, 1, 2, 3]), r"labels must lie in 0\.\.2; got 0\.\.3"),
        (np.array([0.0, 1.0, 2.0, 0.0]), "labels must be .* integers"),
    ],
)
def test_labels_are_checked(labels, message):
    gan = GAN(Generator((8, 8), latent_dim=4, width=8, classes=3), Discriminator((8, 8), width=4, classes=3))
    gan.compile()
    with pytest.raises(ValueError, match=message):
        gan.fit(np.zeros((4, 8, 8, 1), "float32"), labels, verbose=0)
    if labels is not None:
        with pytest.raises(ValueError, match=message):
            gan.sample(4, labels=labels)


# --- several devices -------------------------------------------------------------------------------------------------

TWO_DEVICES = """
    import keras, numpy as np, tensorflow as tf
    from animkit.gan import GAN
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)

    def dense(inputs, outputs):
        return keras.Sequential(
            [keras.Input((inputs,)), keras.layers.Dense(8, activation="tanh"), keras.layers.Dense(outputs)]
        )

    def step():
        keras.utils.set_random_seed(0)
        gan = GAN(dense(3, 2), dense(4, 1), packing=2, r1=0.3, gradient_penalty=0.5)
        gan.compile(keras.optimizers.SGD(1.0))
        x = np.random.default_rng(0).normal(size=(8, 2)).astype("float32")
        data = tf.data.Dataset.from_tensor_slices(x).batch(8)
        loss = gan.fit(data, verbose=0).history["loss"]
        return loss, gan.get_weights()

    with tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]).scope():
        loss, shared = step()
    expected, alone = step()
    np.testing.assert_allclose(loss, expected, rtol=1e-5)
    for one, other in zip(shared, alone, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)
"""


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="MirroredStrategy is TensorFlow's")
def test_two_devices_take_the_step_of_one(python):
    """Noise differs per replica and the loss is divided by their number: the step equals one device's, batch whole."""
    done = subprocess.run(
        [*python, "-c", textwrap.dedent(TWO_DEVICES)],
        env={**os.environ, "KERAS_BACKEND": "tensorflow"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-3000:]


# --- learning --------------------------------------------------------------------------------------------------------


@pytest.mark.both_backends
def test_learns_the_modes_of_a_ring():
    """Eight Gaussians on a circle; plain GANs drop most of them (PacGAN, table 1)."""
    rng = np.random.default_rng(0)
    angles = np.arange(8) * np.pi / 4
    centres = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    x = (centres[rng.integers(0, 8, 128 * 500)] + 0.01 * rng.normal(size=(128 * 500, 2))).astype("float32")
    gan = GAN(dense(8, 2, (64, 64)), dense(2, 1, (64, 64)), loss="relativistic", r1=0.1, r2=0.1)
    gan.compile(TwoTimescaleAdam(1e-3, 1e-3, beta_1=0.0, beta_2=0.99), steps_per_execution=50)
    gan.fit(Batches(x, batch_size=128), epochs=4, verbose=0)
    distances = np.linalg.norm(gan.sample(2000)[:, None] - centres, axis=-1)
    shares = np.bincount(distances.argmin(1)[distances.min(1) < 0.2], minlength=8) / 2000
    assert shares.sum() > 0.5
    assert (shares > 0.02).sum() >= 6
