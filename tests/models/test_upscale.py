"""The network that chooses among a picture's own colours: never another, whatever the picture and the palette."""

import keras
import numpy as np
import pytest

from animkit.models.upscale import Upscaler

RANDOM = np.random.default_rng(0)
COLOURS = np.array([[0, 0, 0, 0], [200, 30, 40, 255], [20, 90, 220, 255], [250, 240, 90, 255]], np.uint8)


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(0)
    return Upscaler(channels=4, key_dim=4, reach=1)


@pytest.mark.both_backends
def test_attention_to_a_place_gives_the_colour_that_stands_there():
    model = Upscaler(channels=4, key_dim=4, reach=1)
    for layer in (model.places, model.query):
        layer.kernel.assign(np.zeros(layer.kernel.shape))
    # of the three pixels not given, the second of a block is its right neighbour, the third the one below, and the
    # fourth, by its neighbours' votes, what stands there most often
    bias = np.full((3, 10), -20.0)
    bias[0, 1 + 5] = bias[1, 1 + 7] = 10
    bias[2, 1:] = 10
    model.places.bias.assign(bias.ravel())
    indices = np.array([[[1, 1, 2, 2], [1, 1, 3, 2], [1, 1, 2, 2], [3, 1, 2, 2]]])
    drawn = model.choose(indices, COLOURS)[0]
    assert drawn[2:6, 2:6].tolist() == [[1, 3, 3, 2], [1, 1, 2, 2], [1, 2, 2, 2], [1, 1, 2, 2]]


def test_only_entries_that_the_picture_has_and_the_pixel_that_is_given_stays(model):
    indices = RANDOM.integers(1, 3, (2, 5, 7))  # entries 0 and 3 are nowhere
    chosen = model.choose(indices, COLOURS)
    assert chosen.shape == (2, 10, 14)
    assert set(np.unique(chosen)) <= {1, 2}
    np.testing.assert_array_equal(chosen[:, ::2, ::2], indices)


def test_the_order_of_the_palette_says_nothing(model):
    indices, order = RANDOM.integers(0, 4, (1, 8, 8)), np.array([2, 0, 3, 1])
    chosen = model.choose(indices, COLOURS)
    other = model.choose(np.argsort(order)[indices], COLOURS[order])
    np.testing.assert_array_equal(order[other], chosen)


def test_a_picture_is_drawn_alike_beside_others(model, monkeypatch):
    indices = RANDOM.integers(0, 4, (3, 8, 8))
    together = model.choose(indices, COLOURS)
    monkeypatch.setattr("animkit.models.upscale.AT_ONCE", 1)
    np.testing.assert_array_equal(model.choose(indices, COLOURS), together)


def test_cleaning_keeps_the_size():
    chosen = Upscaler(scale=1, channels=4, key_dim=4, reach=1).choose(RANDOM.integers(0, 4, (1, 6, 9)), COLOURS)
    assert chosen.shape == (1, 6, 9)


def test_the_loss_of_no_preference_is_the_logarithm_of_the_entries(model):
    y_pred = np.zeros((1, 4, 4, 3, 4), "float32")
    truth = np.zeros((1, 8, 8), "int32")
    truth[0, 0, 1] = -1  # in no colour of the palette: nothing can be learned from it
    x = {"indices": np.zeros((1, 4, 4), "int32")}
    assert float(model.compute_loss(x=x, y=truth, y_pred=y_pred)) == pytest.approx(47 * np.log(4), rel=1e-5)


@pytest.mark.parametrize("wrong", [{"scale": 3}, {"reach": 0}, {"channels": 0}])
def test_sizes_out_of_range_are_named(wrong):
    with pytest.raises(ValueError, match="scale is 1 or 2"):
        Upscaler(**wrong)


def test_what_does_not_fit_is_named(model):
    with pytest.raises(ValueError, match=r"indices are \(batch, height, width\)"):
        model.choose(np.zeros((4, 4), int), COLOURS)
    with pytest.raises(ValueError, match="colours are"):
        model.choose(np.zeros((1, 4, 4), int), COLOURS / 255)
    with pytest.raises(ValueError, match="run from 0 to 4 of 4 colours"):
        model.choose(np.full((1, 4, 4), [0, 1, 2, 4]), COLOURS)
