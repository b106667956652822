import numpy as np
import pytest

from animkit.data.fairytales import TREASURES
from animkit.data.sprites import ACTION_DIRECTIONS
from animkit.studio.casting import _WORDS as WORDS
from animkit.studio.things import arm, arm_cast, draw_thing, hand_of, tool_of

STILL, SLASH = ACTION_DIRECTIONS.index("spellcast left"), ACTION_DIRECTIONS.index("slash left")


@pytest.mark.parametrize("words", [*TREASURES, *WORDS["tool"], *WORDS["food"], *WORDS["letter"], *WORDS["clothes"]])
def test_every_thing_of_a_story_has_a_drawing(words):
    picture = draw_thing(words)
    assert picture.ndim == 3
    assert max(picture.shape[:2]) <= 10
    assert set(np.unique(picture[..., 3])) <= {0, 255}
    assert (picture[..., 3] > 0).sum() >= 16


def test_a_thing_has_the_colour_that_is_told():
    golden, silver = draw_thing("golden bell"), draw_thing("silver bell")
    np.testing.assert_array_equal(golden[..., 3], silver[..., 3])
    assert (golden != silver).any()
    assert draw_thing("carriage") is None
    assert draw_thing("") is None


@pytest.mark.parametrize("words", [*WORDS["mount"], "cat", "hare"])
def test_what_no_hand_holds_is_larger_and_stands_on_the_ground(words):
    picture = draw_thing(words)
    assert 10 < max(picture.shape[:2]) <= 18
    assert picture[-1, :, 3].any()
    assert (picture != draw_thing(f"white {words.split()[-1]}")).any() == ("white" not in words)


def test_a_hand_is_mirrored_when_one_turns_round():
    for frame in range(8):
        left, right = hand_of("walk", "left", frame), hand_of("walk", "right", frame)
        assert left[0] + right[0] == pytest.approx(31)
        assert left[1] == right[1]
    assert hand_of("walk", "right", 0, "fox")[0] > 24  # in the mouth


def test_a_mop_is_no_sword():
    clip = np.zeros((9, 8, 32, 32, 4), np.uint8)
    clip[:, :, 10:30, 11:21] = (150, 40, 60, 255)
    clip[6:9, :, 4:14, 3:5] = (235, 240, 245, 255)  # steel, beside the body
    armed = arm(clip, tool_of("sailor"))
    np.testing.assert_array_equal(armed[:6], clip[:6])
    assert not (armed[6:9, ..., :3].min(axis=-1) > 230).any()
    assert (armed[SLASH] != clip[SLASH]).any(axis=(1, 2, 3)).all()
    assert arm(clip, tool_of("prince")) is clip
    assert arm_cast({"wolf": clip}, [], {"wolf": "wolf"})["wolf"] is clip
