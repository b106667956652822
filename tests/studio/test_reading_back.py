"""Reading a film back: its pixels, its shots, who is in them, by a viewer that sees what it is told to see."""

import numpy as np
import pytest

from animkit.models.viewer import ACTIONS, FACINGS, HOURS, PATCH, Found
from animkit.studio.film import caption
from animkit.studio.reading_back import (
    Figure,
    ReadShot,
    alt_text,
    apart,
    art_pixels,
    compare,
    followed,
    read_film,
    shots_of,
    standing_patch,
)

RED, BLUE = (200, 30, 30), (30, 30, 200)


class Seer:
    """Finds 8 x 16 pixels of one colour, and knows people by it; all walk to the left, in the forest, at dusk."""

    places = ("meadow", "forest")

    def find(self, frames):
        found = []
        for frame in frames:
            boxes = []
            for colour in (RED, BLUE):
                rows, columns = np.nonzero((frame == colour).all(axis=-1))
                if len(rows):
                    boxes.append([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])
            found.append(
                Found(np.reshape(boxes, (-1, 4)).astype(float), np.ones(len(boxes)), np.zeros(len(boxes), int))
            )
        return found, np.tile(np.eye(4)[2], (len(frames), 1)), np.tile([0.0, 1.0], (len(frames), 1))

    def know(self, patches):
        colours = [[(patch == colour).all(axis=-1).sum() for colour in (RED, BLUE)] for patch in patches]
        return np.array([np.divide(row, np.linalg.norm(row)) for row in colours]), np.zeros((len(patches), 96))

    def tell(self, posed, stands, moves):
        return np.tile(np.eye(len(ACTIONS))[1], (len(posed), 1)), np.tile(np.eye(3)[0], (len(posed), 1))


def person(colour):
    picture = np.zeros((1, 20, 12, 4), np.uint8)
    picture[0, 2:18, 2:10] = (*colour, 255)
    return picture


def film():
    """A title, a shot of somebody red, one of red and blue, and an end card."""
    frames = np.random.default_rng(0).integers(0, 256, (60, 90, 160, 3)).astype(np.uint8)
    frames[10:50] = 90
    for number in range(10, 50):
        frames[number, 40:56, 50 + number : 58 + number] = RED
        if number >= 30:
            frames[number, 40:56, 20:28] = BLUE
    frames = frames.repeat(4, axis=1).repeat(4, axis=2)
    for first, end, text in ((10, 30, "Red went out."), (30, 50, "There was Blue.")):
        caption(frames[first:end], text)
    return frames


@pytest.mark.parametrize("scale", [2, 4, 8])
def test_a_frame_comes_back_to_the_pixels_that_it_was_painted_in(scale):
    art = np.random.default_rng(0).integers(0, 256, (360 // scale, 640 // scale, 3)).astype(np.uint8)
    found, told = art_pixels(art.repeat(scale, axis=0).repeat(scale, axis=1))
    assert told == scale
    np.testing.assert_array_equal(found, art[: 304 // scale])


def test_a_shot_has_a_caption_of_its_own_and_the_cards_have_none():
    assert shots_of(film()) == [(10, 29), (30, 49)]


def test_who_is_where_and_does_what():
    read = read_film(film(), {"Mira": person(RED), "wolf": person(BLUE)}, viewer=Seer())
    assert [(shot.first, shot.last, shot.place, shot.hour) for shot in read] == [
        (10, 29, "forest", "dusk"),
        (30, 49, "forest", "dusk"),
    ]
    assert [sorted(shot.who) for shot in read] == [["Mira"], ["Mira", "wolf"]]
    mira = read[0].who["Mira"]
    assert (mira.action, mira.facing) == ("walk", "left")
    assert mira.boxes[0] == (13, 4 * 63, 160, 4 * 71, 224)
    assert alt_text(read, title="Out") == (
        '"Out", an animated film in 2 shots. 1. Mira walks to the left, in the forest at dusk. '
        "2. Mira walks to the left and the wolf walks to the left, in the forest at dusk."
    )


def test_what_was_read_beside_the_record():
    read = [ReadShot(0, 9, "shore", "day", {"Mira": Figure("walk", "left", []), "wolf": Figure("strike", "left", [])})]
    told = {"first frame": 1, "last frame": 9, "place": "shore", "hour": "dusk"}
    told["who"] = {"Mira": {"action": "walk"}, "wolf": {"action": "reel"}}
    missed = {**told, "first frame": 20, "last frame": 30}
    right, nothing = compare(read, [told, missed])
    assert right == {"who": True, "where": True, "doing": False, "hour": False, "beat": False}
    assert not any(nothing.values())
    told["who"]["wolf"]["action"] = "strike"
    assert compare(read, [told])[0]["beat"]


def test_of_boxes_over_each_other_the_surest_stays():
    boxes = np.array([[0, 0, 10, 10], [0, 1, 10, 11], [20, 0, 30, 10]])
    kept = apart(Found(boxes, np.array([0.9, 0.8, 0.7]), np.array([0, 1, 1])))
    assert kept.scores.tolist() == [0.9, 0.7]


def test_who_moves_a_little_is_followed_and_who_leaps_is_another():
    boxes = [[0, 0, 10, 20], [30, 0, 40, 20], [33, 0, 43, 20], [3, 0, 13, 20], [60, 0, 70, 20], [5, 0, 15, 20]]
    assert followed(boxes, [0, 0, 1, 1, 2, 4]).tolist() == [0, 1, 1, 0, 2, 0]
    assert followed(boxes[:1] * 2, [0, 7]).tolist() == [0, 1]  # after so long nobody is known by where they were


def test_somebody_stands_in_the_middle_of_a_patch_before_one_colour():
    patch = standing_patch(person(RED)[0], behind=(2, 4, 6))
    middle, expected = PATCH // 2, np.tile(np.uint8([1, 2, 3]), (PATCH, PATCH, 1))
    expected[middle - 8 : middle + 8, middle - 10 : middle + 10] = (2, 4, 6)  # the light is on them, and close beside
    expected[middle - 8 : middle + 8, middle - 4 : middle + 4] = RED
    np.testing.assert_array_equal(patch, expected)


def test_the_words_of_the_reader_are_those_of_the_film():
    assert set(FACINGS) == {"left", "front", "right"}
    assert HOURS == ("dawn", "day", "dusk", "night")


def test_bad_input():
    with pytest.raises(ValueError, match=r"\(frames, 360, 640, 3\)"):
        shots_of(np.zeros((3, 90, 160, 3), np.uint8))
    with pytest.raises(ValueError, match="nobody can be known"):
        read_film(film(), {}, viewer=Seer())
