import numpy as np
import pytest
from keras import ops

from animkit.gan import Discriminator, Generator
from animkit.labels import check_labels, label_weights
from animkit.vae import VAE, Decoder, Encoder

LABELS = np.array([0, 2, 1, 2])
WEIGHTS = np.eye(3, dtype="float32")[LABELS]
RANDOM = np.random.default_rng(0)


@pytest.mark.both_backends
def test_weights_of_class_numbers_are_one_hot_and_weights_stay():
    np.testing.assert_array_equal(ops.convert_to_numpy(label_weights(ops.convert_to_tensor(LABELS), 3)), WEIGHTS)
    mixed = np.array([[0.5, 0.5, 0.0], [0.0, 0.0, 0.0]], "float32")
    np.testing.assert_array_equal(ops.convert_to_numpy(label_weights(ops.convert_to_tensor(mixed), 3)), mixed)


def test_every_conditional_network_takes_weights_for_numbers(few_steps):
    vae = VAE(Encoder(2, hidden=(4,), classes=3), Decoder((5,), hidden=(4,), classes=3))
    x, z = RANDOM.random((4, 5)).astype("float32"), RANDOM.standard_normal((4, 2)).astype("float32")
    np.testing.assert_allclose(vae.encode(x, LABELS)[0], vae.encode(x, WEIGHTS)[0], atol=1e-6)
    np.testing.assert_allclose(vae.decode(z, LABELS), vae.decode(z, WEIGHTS), atol=1e-6)
    vae.compile(**few_steps)
    assert np.isfinite(vae.evaluate((x, WEIGHTS), verbose=0, return_dict=True)["loss"])

    generator = Generator((8, 8), classes=3, latent_dim=2, width=4, hidden=4)
    np.testing.assert_allclose(generator.images(z, LABELS), generator.images(z, WEIGHTS), atol=1e-6)
    # half of each: neither of the two
    half = generator.images(z[:1], np.array([[0.5, 0.5, 0.0]]))
    assert all(np.abs(half - generator.images(z[:1], np.array([label]))).max() > 1e-5 for label in (0, 1))

    discriminator = Discriminator((8, 8), 1, classes=3, width=4, packing=2)
    discriminator.embedding.embeddings.assign(RANDOM.normal(size=discriminator.embedding.embeddings.shape))
    packs = RANDOM.random((2, 8, 8, 2)).astype("float32")
    one, other = (ops.convert_to_numpy(discriminator((packs, labels), training=False)) for labels in (LABELS, WEIGHTS))
    np.testing.assert_allclose(one, other, rtol=1e-5)


@pytest.mark.parametrize(
    ("labels", "match"),
    [
        (np.array([0, 3]), r"labels must lie in 0\.\.2; got 0\.\.3"),
        (np.array([0.0, 1.0]), r"integers or \(batch, 3\) weights; got \(2,\) float64"),
        (np.zeros((2, 4)), r"must be \(batch, 3\); got \(2, 4\)"),
        (np.full((2, 3), np.inf), "must be finite"),
        (np.array([0]), "2 examples need 2 labels; got 1"),
    ],
)
def test_refuses(labels, match):
    with pytest.raises(ValueError, match=match):
        check_labels(labels, 3, 2)
