import numpy as np
import pytest

from animkit.studio.blocking import Extra, play
from animkit.studio.cues import cue_effects
from animkit.studio.painting import FLOOR
from animkit.studio.storyboard import Shot

CALM = Shot("They stood.", "meadow", "day", ("Mira",), None, "front", None, "calm")
BLOW = CALM._replace(action="slash", direction="right", target="troll")
FRAMES = 40


def kinds(shot):
    return [cue.kind for cue in cue_effects(shot, FRAMES)]


@pytest.mark.parametrize(
    ("shot", "wanted"),
    [
        (CALM, []),
        (BLOW, ["dust"]),
        (BLOW._replace(mood="vain"), []),
        (BLOW._replace(action="spellcast"), ["magic", "sparkle"]),
        (CALM._replace(effect="fire"), ["fire"]),
        (CALM._replace(sentence="They slept at the inn."), ["fire"]),
        (CALM._replace(effect="magic"), ["portal"]),
        (CALM._replace(effect="storm", time="night"), ["rain"]),
        (CALM._replace(time="night"), ["fire"]),
        (CALM._replace(time="night", place="shore"), []),
        (CALM._replace(action="walk", direction="front"), []),
    ],
)
def test_a_shot_is_given_what_its_story_says(shot, wanted):
    assert kinds(shot) == wanted


def test_a_blow_raises_dust_where_it_lands_and_not_before():
    (right,), (left,) = (cue_effects(BLOW._replace(direction=way), FRAMES) for way in ("right", "left"))
    assert right.start > FRAMES / 3
    assert right.one_shot
    np.testing.assert_allclose(right.places[:, 0] + left.places[:, 0], 160)  # mirror images about the middle
    assert right.places[0, 0] > 80


def test_dust_stays_where_the_step_was_while_the_camera_goes_on():
    walk = CALM._replace(action="walk", direction="right")
    cues = cue_effects(walk, FRAMES)
    assert {cue.kind for cue in cues} == {"dust"}
    assert len(cues) >= 3
    for cue in cues:
        assert (np.diff(cue.places[:, 0]) < 0).all()
    back = cue_effects(walk._replace(direction="left"), FRAMES)
    assert (np.diff(back[0].places[:, 0]) > 0).all()
    assert kinds(walk._replace(effect="rain")) == ["rain"]


@pytest.mark.parametrize("action", [None, "walk", "slash", "spellcast"])
def test_every_cue_ends_with_its_shot(action):
    shot = CALM._replace(action=action, direction="right", target="troll" if action else None, time="night")
    for frames in (21, 40, 80):
        for cue in cue_effects(shot, frames):
            assert cue.start >= 0
            assert cue.frames == len(cue.places) > 0
            assert cue.start + cue.frames <= frames


def test_what_is_cued_is_seen_in_its_place_and_time_and_glows_at_night():
    clips = {"Mira": np.zeros((9, 8, 32, 32, 4), "uint8")}
    red = np.zeros((4, 10, 10, 4), "uint8")
    red[...] = (200, 30, 20, 255)
    shot = CALM._replace(time="night")
    extras = [Extra(red, np.tile([[124, FLOOR]], (4, 1)), 3, glows, "red") for glows in (True, False)]
    (glowing, tinted), plain = (
        (play(shot, clips, frames=8, extras=[extra]).frames for extra in extras),
        play(shot, clips, frames=8).frames,
    )
    changed = (glowing != plain).any(axis=(1, 2, 3))
    np.testing.assert_array_equal(changed, [False] * 3 + [True] * 4 + [False])
    rows, columns = np.nonzero((glowing[3] != plain[3]).any(axis=-1))
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (FLOOR - 10, FLOOR - 1, 119, 128)
    assert (glowing[3, FLOOR - 5, 124] == (200, 30, 20)).all()
    assert (tinted[3, FLOOR - 5, 124] < (200, 30, 21)).all()
