"""What the networks of texture learn from: windows of pixel art and every second pixel of them, or noise."""

import numpy as np

from animkit.recipes.upscale import NOISES, Windows, compressed, indexed, recoloured, spoilt, strewn, unseen_twins

COLOURS = np.array([[0, 0, 0, 0], [0.9, 0.1, 0.1, 1], [0.1, 0.3, 0.9, 1], [0.9, 0.9, 0.3, 1]])
PALETTE = (COLOURS * 255).astype(np.uint8)


def frames(count=5):
    """Squares of two colours that lie anywhere."""
    pictures = np.zeros((count, 24, 24), np.uint8)
    for number, picture in enumerate(pictures):
        picture[4 + number : 18, 3 : 15 + number] = 1
        picture[6 + number : 12, 5:9] = 2
    return pictures


def test_the_given_pixels_are_every_second_of_the_true_ones():
    data = Windows([(frames(), PALETTE)], side=16, batch_size=8)
    x, truth = data[3]
    np.testing.assert_array_equal(truth[:, ::2, ::2], x["indices"])
    assert x["colours"].shape == (8, 48, 4)
    assert (x["indices"] > 0).any(axis=(1, 2)).all()  # no window misses the figure
    again, _ = Windows([(frames(), PALETTE)], side=16, batch_size=8)[3]
    np.testing.assert_array_equal(again["indices"], x["indices"])


def test_a_colour_that_the_small_picture_lacks_cannot_be_learned():
    lonely = np.ones((1, 16, 16), np.uint8)
    lonely[0, 5, 5] = 3
    truths = [Windows([(lonely, PALETTE)], side=8, batch_size=1)[number][1] for number in range(12)]
    assert {-1} <= {int(one.min()) for one in truths}


def test_noise_stays_within_the_palette_and_the_truth_is_clean():
    data = Windows([(frames(), PALETTE)], scale=1, side=16, batch_size=8)
    x, truth = data[0]
    assert x["indices"].shape == truth.shape
    assert 0 < (x["indices"] != truth).mean() < 0.3
    indices, random = frames()[0], np.random.default_rng(0)
    assert 0 < (strewn(indices, COLOURS, random) != indices).mean() < 0.09
    sent = compressed(indices, COLOURS, random)
    assert sent.max() < 4
    assert (sent == indices).mean() > 0.7


def test_new_colours_are_colours_and_what_is_clear_stays_clear():
    anew = recoloured(COLOURS, np.random.default_rng(0))
    assert ((anew >= 0) & (anew <= 1)).all()
    np.testing.assert_array_equal(anew[:, 3], COLOURS[:, 3])
    assert len(np.unique(anew, axis=0)) == 4


def test_indexed_pictures_are_the_pictures_again():
    pictures = PALETTE[frames(2)]
    pictures[1, 0, 0] = (1, 2, 3, 255)
    indices, palettes = indexed(pictures)
    assert (indices[pictures[..., 3] == 0] == 0).all()
    for one, own, picture in zip(indices, palettes, pictures, strict=True):
        np.testing.assert_array_equal(own[one], picture)


def test_unseen_twins_are_of_two_kinds_and_are_spoilt_within_their_colours():
    unseen = unseen_twins(2)
    assert {kind: pictures.shape for kind, pictures in unseen.items()} == {
        "people": (2, 32, 32, 4),
        "shapes": (2, 64, 64, 4),
    }
    for noise in NOISES:
        noisy, palettes = spoilt(unseen["people"], noise)
        assert (noisy != unseen["people"]).any()
        for one, own in zip(noisy, palettes, strict=True):
            assert {tuple(c) for c in one.reshape(-1, 4)} <= {tuple(c) for c in own}
