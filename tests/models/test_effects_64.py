"""The finer: a pixel becomes four, the same for the same seed, around the loop, and what it refuses."""

import keras
import numpy as np
import pytest

from animkit import weights
from animkit.data.effects import KINDS, draw_effect
from animkit.models.effects_64 import EffectFiner, threes


@pytest.fixture(scope="module")
def finer():
    keras.utils.set_random_seed(0)
    return EffectFiner(channels=2)


def test_frames_stand_between_their_neighbours_around_the_loop():
    numbers = np.arange(4)[None, :, None, None]
    np.testing.assert_array_equal(threes(numbers)[:, :, 0, 0], [[3, 0, 1], [0, 1, 2], [1, 2, 3], [2, 3, 0]])


@pytest.mark.both_backends
def test_twice_the_size_by_its_seed_whatever_stands_beside_it(finer):
    loops = np.random.default_rng(0).integers(0, 8, (2, 8, 4, 6)).astype("uint8")
    both = finer.refine(loops, seed=1)
    assert both.shape == (2, 8, 8, 12)
    assert both.dtype == np.uint8
    np.testing.assert_array_equal(finer.refine(loops[:1], seed=1)[0], both[0])
    assert (finer.refine(loops, seed=2) != both).any()


def test_of_four_pixels_that_are_there_at_a_quarter_one_is(finer):
    bias = np.full((4, 8), -1e9, "float32")
    bias[:, [0, 5]] = np.log([3, 1])
    layer = finer.layers_in_turn[-1]
    kept = layer.get_weights()
    layer.set_weights([np.zeros_like(kept[0]), bias.ravel()])
    made = finer.refine(np.zeros((1, 8, 4, 4), "uint8"))
    layer.set_weights(kept)
    assert set(np.unique(made)) == {0, 5}
    np.testing.assert_array_equal((made > 0).reshape(8, 4, 2, 4, 2).sum(axis=(2, 4)), 1)


def test_what_is_no_effect_is_refused(finer):
    for bad in (np.zeros((8, 4, 4), "uint8"), np.zeros((1, 8, 4, 4)), np.full((1, 8, 4, 4), 8)):
        with pytest.raises(ValueError, match="steps below 8"):
            finer.refine(bad)
    with pytest.raises(ValueError, match="channels start at 1"):
        EffectFiner(channels=0)


def test_the_one_that_ships_comes_nearer_to_what_is_drawn_than_doubled_pixels():
    small, fine = (np.stack([draw_effect(kind, size=size, seed=990_000) for kind in KINDS]) for size in (32, 64))
    made = weights.load("effects_64").likeliest(threes(small)).reshape(fine.shape)
    assert (made != fine).mean() < 0.9 * (small.repeat(2, axis=2).repeat(2, axis=3) != fine).mean()
