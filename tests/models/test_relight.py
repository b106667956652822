"""The network of light: maps of pictures of any size, colours that stay those of a palette, and what it refuses."""

import keras
import numpy as np
import pytest

from animkit import weights
from animkit.models.relight import Relighter

RANDOM = np.random.default_rng(0)


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(0)
    return Relighter(widths=(4, 6, 8))


def pictures(height, width):
    colours = RANDOM.integers(0, 256, (4, 4)).astype("uint8")
    colours[:, 3] = (0, 255, 255, 255)
    return colours[RANDOM.integers(0, 4, (2, height, width))]


@pytest.mark.both_backends
@pytest.mark.parametrize("size", [(8, 8), (5, 11), (1, 1)])
def test_maps_have_the_pictures_size_whatever_it_is(model, size):
    given = pictures(*size)
    normals, albedo, height = model.maps(given)
    assert normals.shape == albedo.shape == (2, *size, 3)
    assert height.shape == (2, *size)
    np.testing.assert_allclose(np.linalg.norm(normals, axis=-1), 1, atol=1e-5)
    outside = given[..., 3] == 0
    np.testing.assert_array_equal(normals[outside], np.broadcast_to([0, 0, 1], (outside.sum(), 3)))
    assert not height[outside].any()
    assert 0 <= albedo.min() <= albedo.max() <= 1


def test_what_is_one_colour_in_the_picture_is_one_without_light(model):
    given = pictures(8, 8)[:1]
    albedo = model.maps(given).albedo
    for colour in np.unique(given.reshape(-1, 4), axis=0):
        assert np.ptp(albedo[(given == colour).all(axis=-1)], axis=0).max() == 0


def test_a_mirrored_picture_has_the_mirrored_surface(model):
    given = pictures(8, 12)
    maps, mirrored = model.maps(given), model.maps(given[:, :, ::-1])
    np.testing.assert_allclose(mirrored.normals[:, :, ::-1] * (-1, 1, 1), maps.normals, atol=1e-5)
    np.testing.assert_allclose(mirrored.height[:, :, ::-1], maps.height, atol=1e-4)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (np.zeros((8, 8, 4), "uint8"), r"\(8, 8, 4\) uint8"),
        (np.zeros((1, 8, 8, 3), "uint8"), "RGBA"),
        (np.zeros((1, 8, 8, 4), "float32"), "float32"),
        (np.zeros((0, 8, 8, 4), "uint8"), r"\(0, 8, 8, 4\)"),
    ],
)
def test_what_is_no_picture_is_refused(model, bad, said):
    with pytest.raises(ValueError, match=said):
        model.maps(bad)


def test_without_a_discriminator_none_is_built():
    without, with_one = (Relighter(widths=(4, 6), adversarial=weight).count_params() for weight in (0.0, 0.1))
    assert without < with_one


def test_the_network_that_ships_sees_a_ball_as_round():
    rows, columns = np.mgrid[-31.5:32, -31.5:32]
    x, y = columns / 20, -rows / 20
    inside = x**2 + y**2 < 1
    z = np.sqrt(np.where(inside, 1 - x**2 - y**2, 0))
    true = np.stack([x, y, z], axis=-1)
    tone = np.rint(4 * np.clip(true @ (-0.5, 0.6, 0.62), 0, 1)) / 4  # four tones, lit from the upper left
    picture = np.dstack([*(value * (0.4 + 0.6 * tone) for value in (200, 80, 60)), 255 * np.ones_like(x)])
    picture = np.where(inside[..., None], np.rint(picture), 0).astype("uint8")
    normals, _, height = weights.load("relight").maps(picture[None])
    angles = np.degrees(np.arccos((normals[0] * true).sum(axis=-1).clip(-1, 1)))[inside]
    assert angles.mean() < 15
    assert height[0, 31, 31] > height[0, 31, 13] + 5
