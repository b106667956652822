"""The VAE of surfaces: draws that differ and are drawn again by their seed, and what it refuses."""

import keras
import numpy as np
import pytest

from animkit import weights
from animkit.models.relief_vae import ReliefVAE

RANDOM = np.random.default_rng(0)


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(0)
    return ReliefVAE(widths=(4, 6, 8), latent_dim=2)


@pytest.fixture(scope="module")
def pictures():
    drawn = RANDOM.integers(0, 256, (2, 6, 9, 4)).astype("uint8")
    drawn[:, 0, :, 3] = 0
    return drawn


@pytest.mark.both_backends
def test_draws_are_surfaces_and_their_seed_alone_decides_them(model, pictures):
    drawn = model.sample(pictures, 3, seed=1)
    assert drawn.shape == (3, 2, 6, 9, 3)
    np.testing.assert_allclose(np.linalg.norm(drawn, axis=-1), 1, atol=1e-5)
    np.testing.assert_array_equal(drawn[:, :, 0], np.broadcast_to([0, 0, 1], (3, 2, 9, 3)))
    np.testing.assert_array_equal(model.sample(pictures, 3, seed=1), drawn)
    assert (model.sample(pictures, 1, seed=2) != drawn[:1]).any()
    assert (drawn[0] != drawn[1]).any()


def test_without_noise_there_is_one_surface(model, pictures):
    one, other = model.sample(pictures, 2, temperature=0)
    np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"pictures": np.zeros((6, 9, 4), "uint8")}, r"\(6, 9, 4\) uint8"),
        ({"count": 0}, "1 surface or more"),
        ({"temperature": -1.0}, "got 2 at -1.0"),
    ],
)
def test_bad_input_is_named(model, pictures, bad, said):
    with pytest.raises(ValueError, match=said):
        model.sample(**{"pictures": pictures, "count": 2, **bad})


def test_the_network_that_ships_has_more_than_one_answer_where_the_outline_says_little():
    rows, columns = np.mgrid[-15.5:16, -15.5:16]
    disc = np.where((rows**2 + columns**2 < 150)[..., None], (180, 120, 90, 255), 0).astype("uint8")
    drawn = weights.load("relief_vae").sample(disc[None], 4)[:, 0][:, disc[..., 3] > 0]
    apart = np.degrees(np.arccos((drawn[0] * drawn[1:]).sum(axis=-1).clip(-1, 1))).mean(axis=-1)
    assert apart.min() > 1
    assert apart.max() < 90
