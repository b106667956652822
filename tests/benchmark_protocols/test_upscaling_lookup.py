"""Looking up what stands between the pixels that are given, by hand."""

import numpy as np

from animkit.benchmarks import upscaling_lookup as lookup
from animkit.metrics.texture import codes

# clear, red, blue, green, yellow
PALETTE = np.array(
    [[0] * 4, *([*rgb, 255] for rgb in ((255, 0, 0), (0, 0, 255), (0, 255, 0), (255, 255, 0)))], np.uint8
)


def learned(*pictures):
    """Pictures as characters of one pose, cut into blocks of colours."""
    return codes(PALETTE)[lookup.blocks(np.array(pictures)[:, None])]


def picture(*cut):
    """A row of blocks of four, each written as its two rows."""
    return np.array([[int(c) for one in cut for c in one[:2]], [int(c) for one in cut for c in one[2:]]])


def drawn(double, truth):
    """What is drawn of a picture's given pixels, as indices."""
    found = double(PALETTE[truth][None, ::2, ::2])
    return (found[0, :, :, None] == PALETTE).all(axis=-1).argmax(axis=-1)


def test_blocks_are_cut_and_put_together_again():
    large = np.random.default_rng(0).integers(5, size=(2, 4, 6))
    np.testing.assert_array_equal(lookup.pictures_of(codes(PALETTE)[lookup.blocks(large)]), PALETTE[large])


def test_two_characters_each_help_where_they_agree():
    clear = ["0000"] * 8
    one, two = picture("1112", *clear, "3334"), picture("2221", *clear, "4443")
    truth = picture("1112", *clear, "4443")
    found = drawn(lookup.by_frames(learned(one, two), 0.7), truth)
    np.testing.assert_array_equal(found, truth)
    # a whole frame is of the first, as both agree alike; the pixel that is given stays
    found = drawn(lookup.by_frames(learned(one, two)), truth)
    np.testing.assert_array_equal(found, picture("1112", *clear, "4334"))


def test_of_a_patch_the_commonest_block_is_copied_and_what_is_unknown_is_repeated():
    # red alone: twice blue below, once green
    patches = lookup.count_patches(learned(*(picture("0000", block, "0000") for block in ("1122", "1133", "1122"))), 3)
    table = lookup.majority(*patches)
    double = lookup.by_patches([(3, False, table)])
    np.testing.assert_array_equal(drawn(double, picture("0000", "1111", "0000")), picture("0000", "1122", "0000"))
    np.testing.assert_array_equal(drawn(double, picture("0000", "4444", "0000")), picture("0000", "4444", "0000"))


def test_forms_say_what_is_alike_in_any_colours():
    # between a pixel and its right neighbour stands the neighbour's colour, below what is clear
    patches = lookup.count_patches(learned(picture("0000", "1202", "2222", "0000")), 3)
    double = lookup.by_patches([(3, True, lookup.majority(*lookup.as_forms(*patches)))])
    truth = picture("0000", "3404", "4444", "0000")
    np.testing.assert_array_equal(drawn(double, truth), truth)
    np.testing.assert_array_equal(lookup.form(np.array([[7, 0, 9, 7]])), [[1, 0, 3, 1]])


def test_every_setting_that_is_offered_doubles_and_keeps_what_is_given():
    frames = np.random.default_rng(1).integers(5, size=(3, 2, 8, 8))
    pictures = PALETTE[frames[:, 0]]
    for settings in lookup.lookups(frames, PALETTE).values():
        for double in settings.values():
            np.testing.assert_array_equal(double(pictures[:, ::2, ::2])[:, ::2, ::2], pictures[:, ::2, ::2])
