"""The rules that double pixel art, against pictures worked out by hand."""

import numpy as np
import pytest

from animkit.studio.pixel_scalers import bicubic, epx, mmpx, nearest

# by letter: nothing, white, black, red
PALETTE = {".": (0, 0, 0, 0), "w": (255, 255, 255, 255), "k": (0, 0, 0, 255), "r": (200, 0, 0, 255)}


def drawn(*rows):
    return np.array([[PALETTE[letter] for letter in row] for row in rows], np.uint8)


def told(picture):
    letters = {colour: letter for letter, colour in PALETTE.items()}
    return ["".join(letters[tuple(pixel)] for pixel in row) for row in picture.tolist()]


def test_nearest_repeats():
    assert told(nearest(drawn("wk"))) == ["wwkk", "wwkk"]


def test_scale2x_rounds_a_corner():
    assert told(epx(drawn("www", "wkk", "wkk")))[2:4] == ["wwwkkk", "wwkkkk"]


def test_scale2x_fills_a_diagonal_from_both_sides():
    assert told(epx(drawn("kww", "wkw", "wwk"))) == ["kkwwww", "kwkwww", "wkkkww", "wwkkkw", "wwwkwk", "wwwwkk"]


def test_mmpx_makes_a_dark_diagonal_a_line_and_no_staircase():
    # each light pixel beside the line takes the line's colour in the corner between two of its pixels
    found = told(mmpx(drawn("kwww", "wkww", "wwkw", "wwwk")))
    assert found[2:6] == ["wkkkwwww", "wwkkkwww", "wwwkkkww", "wwwwkkkw"]


def test_mmpx_keeps_a_square_and_a_single_pixel_as_they_are():
    for picture in (drawn("wwww", "wkkw", "wkkw", "wwww"), drawn("www", "wkw", "www")):
        np.testing.assert_array_equal(mmpx(picture), nearest(picture))
    # which Scale2x cannot: it rounds the square's corners
    assert (epx(picture := drawn("wwww", "wkkw", "wkkw", "wwww")) != nearest(picture)).any()


def test_mmpx_lays_a_slope_of_two_evenly():
    # a dark line that rises by one in two: where a run of two ends, two more pixels halve the step to the next
    found = told(mmpx(drawn("wwwwww", "wwwwkk", "wwkkww", "kkwwww", "wwwwww")))
    assert found[2:8] == [
        "wwwwwwwwkkkk", "wwwwwwkkkkkk", "wwwwkkkkkkww", "wwkkkkkkwwww", "kkkkkkwwwwww", "kkkkwwwwwwww",
    ]  # fmt: skip


def test_mmpx_turns_with_the_picture():
    picture = np.array(list(PALETTE.values()), np.uint8)[np.random.default_rng(0).integers(0, 3, (16, 16))]
    for turn in (1, 2, 3):
        np.testing.assert_array_equal(mmpx(np.rot90(picture, turn)), np.rot90(mmpx(picture), turn))
    np.testing.assert_array_equal(mmpx(picture[:, ::-1]), mmpx(picture)[:, ::-1])


@pytest.mark.parametrize("rule", [nearest, epx, mmpx])
def test_rules_take_batches_and_make_no_new_colour(rule):
    pictures = np.array(list(PALETTE.values()), np.uint8)[np.random.default_rng(1).integers(0, 4, (2, 3, 6, 5))]
    doubled = rule(pictures)
    assert doubled.shape == (2, 3, 12, 10, 4)
    assert {tuple(one) for one in doubled.reshape(-1, 4)} <= set(PALETTE.values())
    np.testing.assert_array_equal(doubled[1, 2], rule(pictures[1, 2]))


def test_bicubic_makes_colours_that_nobody_drew():
    doubled = bicubic(np.tile(drawn("wwkk", "wwkk", "kkww", "kkww"), (2, 1, 1, 1)))
    assert doubled.shape == (2, 8, 8, 4)
    assert len(np.unique(doubled.reshape(-1, 4), axis=0)) > 2


def test_anything_but_rgba_is_named():
    with pytest.raises(ValueError, match=r"height, width, 4\) uint8"):
        mmpx(np.zeros((4, 4, 3), np.uint8))
