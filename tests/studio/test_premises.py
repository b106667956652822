import itertools

import numpy as np
import pytest

from animkit.data.lexicon import DEEDS, PLACES, THINGS
from animkit.data.plots import GENRES
from animkit.studio.casting import read_prompt
from animkit.studio.premises import PREMISES, invent_film, premise_locks
from animkit.studio.story import StoryIdea
from animkit.studio.storyboard import stage_story


@pytest.mark.parametrize("name", PREMISES)
def test_a_premise_asks_for_what_a_plot_can_have(name):
    genres, _ = PREMISES[name]
    assert set(genres) <= set(GENRES)
    for length in (9, 12):
        locks = premise_locks(name, np.random.default_rng(1), length=length, said=read_prompt("")[0])
        assert {0, length - 1} <= set(locks)
        assert max(locks) == length - 1
        for lock in locks.values():
            assert lock["does"] in DEEDS
            assert lock.get("where", "home") in PLACES
            assert lock.get("thing", "tool") in THINGS


@pytest.mark.parametrize("genre", GENRES)
def test_there_is_a_premise_for_every_genre(genre):
    assert any(genre in genres for genres, _ in PREMISES.values())


def films(seeds):
    """Stories that no network has a say in, and their shots."""
    ideas = [invent_film(None, seed=seed) for seed in seeds]
    return ideas, [stage_story(idea, ["."] * len(idea.beats))[1] for idea in ideas]


def test_two_seeds_give_clearly_different_films():
    ideas, filmed = films(range(8))
    rows = [[(shot.action, shot.place, shot.time) for shot in shots] for shots in filmed]
    alike = [np.mean([a == b for a, b in zip(*pair, strict=True)]) for pair in itertools.combinations(rows, 2)]
    assert max(alike) < 0.5
    assert len({idea.notes[0] for idea in ideas}) >= 5
    for shots in filmed:
        assert len({shot.action for shot in shots}) >= 4


def test_the_same_seed_gives_the_same_story():
    (one,), (again,) = (films([3])[0] for _ in range(2))
    assert one == again


def test_a_prompt_chooses_weather_place_and_people():
    idea = invent_film(None, prompt="a shy wizard and a storm in the mountains", seed=2)
    assert idea.cast["villain"]["kind"] == "wizard"
    assert idea.notes[0] == f"premise: {idea.premise}"
    assert StoryIdea.from_json(idea.to_json()) == idea
    assert "mountain" in idea.places
    assert "storm" in {beat.effect for beat in idea.beats}
    romance = invent_film(None, prompt="a romance", seed=2)
    assert romance.genre == "romance"
    assert "marry" in {beat.does for beat in romance.beats}
