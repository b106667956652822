"""What the judge of moods is shown: silhouettes of acting, every mood as often as another."""

import numpy as np

from animkit.data.twins.pixel_people import PALETTE, draw_people
from animkit.recipes.mood_judge import FRAMES, NONE, SIDE, STRONG, performances, silhouettes
from animkit.studio.performance import ACTIONS, STYLE

PEOPLE = [PALETTE[one].reshape(-1, 32, 32, 4) for one in draw_people(np.array([[0, 1, 2, 3], [5, 4, 3, 2]]))[0]]


def test_a_silhouette_has_no_colour_and_counts_pixels():
    frame = np.zeros((1, 48, 48, 4), np.uint8)
    frame[0, 4:8, 8:12] = 10, 20, 30, 255  # all of one block
    frame[0, 8, 8:10] = 200, 0, 0, 255  # two pixels of the block below
    seen = silhouettes(frame)
    assert seen.shape == (1, SIDE, SIDE)
    assert seen[0, 1, 2] == 16
    assert seen[0, 2, 2] == 2
    assert seen.sum() == 18


def test_moods_are_even_and_all_follows_from_the_seed():
    seen = performances(PEOPLE, 10, actions=("wave", "flee"), seed=3)
    assert seen.clips.shape == (10, FRAMES, SIDE, SIDE)
    assert (np.bincount(seen.moods) == 2).all()
    assert set(seen.actions) == {ACTIONS.index("wave"), ACTIONS.index("flee")}
    np.testing.assert_array_equal(performances(PEOPLE, 10, actions=("wave", "flee"), seed=3).clips, seen.clips)
    assert (performances(PEOPLE, 10, actions=("wave", "flee"), seed=4).clips != seen.clips).any()


def test_without_strength_no_mood_can_be_seen(monkeypatch):
    plain, strong = (performances(PEOPLE, 5, strength=strength, seed=1).clips for strength in (NONE, STRONG))
    monkeypatch.setitem(STYLE, "sad", STYLE["happy"])
    np.testing.assert_array_equal(performances(PEOPLE, 5, strength=NONE, seed=1).clips, plain)
    assert (performances(PEOPLE, 5, strength=STRONG, seed=1).clips != strong).any()
