import numpy as np
import pytest
from keras import ops

from animkit.models.level_gan import TileGenerator, straight_through


@pytest.mark.both_backends
def test_straight_through_is_one_hot_and_takes_the_likeliest():
    logits = np.random.default_rng(0).normal(size=(5, 7, 3)).astype("float32")
    chosen = ops.convert_to_numpy(straight_through(ops.convert_to_tensor(logits)))
    np.testing.assert_allclose(chosen, np.eye(3)[logits.argmax(axis=-1)], atol=1e-6)


def test_with_noise_it_draws_from_the_softmax():
    rng = np.random.default_rng(0)
    p = np.array([0.6, 0.3, 0.1])
    noise = rng.gumbel(size=(4000, 3)).astype("float32")
    chosen = ops.convert_to_numpy(straight_through(ops.convert_to_tensor(np.tile(np.log(p), (4000, 1))), noise))
    np.testing.assert_allclose(chosen.mean(axis=0), p, atol=0.03)


def test_windows_are_codes_and_no_wish_is_the_mean():
    generator = TileGenerator(
        (14, 28), 3, wish_mean=(2.0, 1.0), wish_spread=(4.0, 1.0), latent_dim=2, width=4, hidden=4
    )
    np.testing.assert_allclose(generator.told([[6.0, np.nan], [2.0, 0.0]]), [[1, 0], [0, -1]])
    z = np.random.default_rng(0).normal(size=(2, 2))
    windows = generator.windows(z, [[np.nan, np.nan]] * 2)
    assert windows.shape == (2, 14, 28)
    assert windows.dtype == np.uint8
    np.testing.assert_array_equal(windows, generator.windows(z, [[2.0, 1.0]] * 2))
