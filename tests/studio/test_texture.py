"""Pictures drawn larger and cleaned: their own colours and no other, in one piece and in tiles."""

import keras
import numpy as np
import pytest

from animkit.models.upscale import Upscaler
from animkit.studio import texture
from animkit.studio.texture import denoise, find_palette, to_palette, upscale

RANDOM = np.random.default_rng(0)
COLOURS = np.array([[0, 0, 0, 0], [200, 30, 40, 255], [20, 90, 220, 255], [250, 240, 90, 128]], np.uint8)


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(0)
    return Upscaler(channels=4, key_dim=4, reach=1)


@pytest.fixture(scope="module")
def cleaner():
    keras.utils.set_random_seed(0)
    return Upscaler(scale=1, channels=4, key_dim=4, reach=1)


def colours(picture):
    return {tuple(one) for one in picture.reshape(-1, 4).tolist()}


def test_frames_are_doubled_in_their_own_colours_and_keep_what_they_had(model):
    frames = COLOURS[RANDOM.integers(0, 4, (2, 3, 6, 9))]
    doubled = upscale(frames, model)
    assert doubled.shape == (2, 3, 12, 18, 4)
    assert colours(doubled) <= colours(frames)
    np.testing.assert_array_equal(doubled[..., ::2, ::2, :], frames)


def test_a_single_pixel_becomes_four(model):
    np.testing.assert_array_equal(upscale(COLOURS[None, 1:2], model), np.broadcast_to(COLOURS[1], (2, 2, 4)))


def test_a_large_picture_goes_in_tiles_and_empty_ones_stay_empty(model, monkeypatch):
    picture = np.zeros((70, 150, 4), np.uint8)
    picture[:40, :30] = COLOURS[RANDOM.integers(1, 3, (40, 30))]
    seen = []
    monkeypatch.setattr(texture, "WHOLE", 64)
    monkeypatch.setattr(
        texture, "_chosen", lambda codes, model: (seen.append(len(codes)), codes.repeat(2, axis=1).repeat(2, axis=2))[1]
    )
    doubled = upscale(picture, model)
    np.testing.assert_array_equal(doubled, picture.repeat(2, axis=0).repeat(2, axis=1))
    assert seen == [1]  # one tile of two by four has anything in it


def test_many_colours_are_brought_to_a_palette_in_parts(monkeypatch):
    picture = RANDOM.integers(0, 256, (9, 11, 4)).astype(np.uint8)
    whole = to_palette(picture, COLOURS)
    monkeypatch.setattr(texture, "AT_ONCE", 7)
    np.testing.assert_array_equal(to_palette(picture, COLOURS), whole)


def test_cleaning_answers_in_the_palette_that_was_told(cleaner):
    noisy = COLOURS[RANDOM.integers(0, 3, (5, 6))] + RANDOM.integers(0, 4, (5, 6, 1)).astype(np.uint8)
    cleaned = denoise(noisy, cleaner, palette=COLOURS[:3])
    assert cleaned.shape == noisy.shape
    assert colours(cleaned) <= colours(COLOURS[:3])


def test_the_nearest_colour_and_nothing_where_there_was_nearly_nothing():
    picture = np.array([[[190, 40, 40, 255], [30, 90, 200, 200], [250, 0, 0, 20]]], np.uint8)
    assert to_palette(picture, COLOURS[:3])[0].tolist() == COLOURS[[1, 2, 0]].tolist()


def test_a_palette_is_found_under_noise():
    clean = COLOURS[RANDOM.choice(3, (3, 40, 40), p=[0.2, 0.5, 0.3])]
    noisy = clean.copy()
    noisy[..., :3] = (clean[..., :3] + RANDOM.normal(0, 4, clean[..., :3].shape)).clip(0, 255)
    found = find_palette(noisy)
    assert found.shape == (3, 4)
    np.testing.assert_allclose(found[found[:, 0].argsort()], COLOURS[[0, 2, 1]], atol=4)
    assert found[0].tolist() == [0, 0, 0, 0]
    np.testing.assert_array_equal(find_palette(np.zeros((2, 2, 4), np.uint8)), np.zeros((1, 4)))


def test_a_photograph_and_far_too_many_pixels_are_named(model, monkeypatch):
    photograph = RANDOM.integers(0, 256, (24, 24, 4)).astype(np.uint8) | np.array([0, 0, 0, 255], np.uint8)
    with pytest.raises(ValueError, match="colours in 24 x 24 pixels are no pixel art"):
        upscale(photograph, model)
    monkeypatch.setattr(texture, "LARGEST", 100)
    with pytest.raises(ValueError, match="576 pixels are too many at once: 100 at most"):
        upscale(photograph, model)
    with pytest.raises(ValueError, match=r"height, width, 4\) uint8 RGBA"):
        upscale(np.zeros((4, 4, 3), np.uint8), model)
    with pytest.raises(ValueError, match="a palette is"):
        to_palette(np.zeros((4, 4, 4), np.uint8), np.zeros((3, 3)))
