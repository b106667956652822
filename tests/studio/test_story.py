"""Story ideas: what is drawn holds together by the referee's rules, is kept and read again, and heeds what is asked."""

import json

import keras
import numpy as np
import pytest

from animkit.data.beats import Beat, read_beats
from animkit.data.plots import GENRES, SIZES, TOLD, decode, digest, encode, genre_of, told
from animkit.metrics.plot import faults
from animkit.models.beats import BeatModel
from animkit.studio.casting import synopsis
from animkit.studio.plotting import draw_plots, masked_softmax
from animkit.studio.story import LockConflict, StoryIdea, invent_story
from animkit.studio.world import World


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(0)
    return BeatModel(SIZES, TOLD, units=8, embedding_dim=4, hidden=8)


def test_plots_drawn_within_the_world_pass_the_referee():
    rng = np.random.default_rng(0)
    for length in (6, 8, 12):
        for plot in draw_plots(None, 2, rng=rng, length=length):
            assert faults(plot) == []
            assert len(plot) == length


def test_without_the_world_they_do_not(model):
    rng = np.random.default_rng(0)
    assert all(faults(plot) for plot in draw_plots(model, 5, rng=rng, constrained=False))


def test_the_masked_softmax_keeps_the_odds():
    p = masked_softmax(np.log([0.1, 0.2, 0.3, 0.4]), np.array([True, False, True, False]))
    np.testing.assert_allclose(p, [0.25, 0, 0.75, 0])


def test_a_story_is_the_same_for_the_same_seed_and_comes_back_from_json(model):
    idea = invent_story(model, seed=3, length=6, genre="magic")
    assert idea == invent_story(model, seed=3, length=6, genre="magic")
    assert idea != invent_story(model, seed=4, length=6, genre="magic")
    assert StoryIdea.from_json(idea.to_json()) == idea
    assert len(synopsis(idea)) == 6
    named = {slot for beat in idea.beats for slot in (beat.who, beat.whom) if slot}
    assert named | {"hero"} == set(idea.cast)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda text: "nonsense", "no JSON"),
        (lambda text: "[1]", "no version"),
        (lambda text: text.replace('"version": 1', '"version": 2'), "version 2"),
        (lambda text: text.replace('"title"', '"titel"'), "it has no title"),
        (
            lambda text: text.replace('"does": "live"', '"does": "fly"').replace('"does": "want"', '"does": "fly"'),
            "beats",
        ),
        (lambda text: json.dumps(json.loads(text) | {"title": "Oh shit"}), "coarse"),
    ],
)
def test_what_is_no_story_is_refused(model, change, error):
    text = invent_story(model, seed=3, length=6).to_json()
    with pytest.raises(ValueError, match=error):
        StoryIdea.from_json(change(text))


def test_a_prompt_chooses_who_where_and_what_and_it_says_so(model):
    idea = invent_story(model, prompt="A fox named Ronja looks for a sword in the cave", seed=0, length=12)
    assert idea.used == {
        "fox": "hero",
        "Ronja": "name of the hero",
        "sword": "thing (tool)",
        "cave": "place (mountain)",
    }
    assert idea.cast["hero"]["kind"] == "fox"
    assert idea.cast["hero"]["name"] == "Ronja"
    assert idea.things["tool"] == "sword"
    assert idea.places["mountain"] == "cave"
    assert faults(idea.beats) == []


@pytest.mark.parametrize(
    ("prompt", "notes"),
    [
        ("", 0),
        ("жила-была лиса", 1),
        ("blah " * 2000, 2),
        ("a fucking dragon", 1),
    ],
)
def test_odd_prompts_still_give_a_story(model, prompt, notes):
    idea = invent_story(model, prompt=prompt, seed=0, length=6)
    assert len(idea.notes) == notes
    assert "fuck" not in idea.to_json()


def test_locks_are_kept(model):
    locks = {3: {"who": "villain", "does": "capture", "whom": "friend"}, 5: {"does": "free"}}
    idea = invent_story(model, locks=locks, seed=0, length=8)
    assert idea.beats[3][:3] == ("villain", "capture", "friend")
    assert idea.beats[5].does == "free"
    assert faults(idea.beats) == []


def test_locks_that_contradict_each_other_are_named_and_the_nearest_story_is_offered(model):
    locks = {
        4: {"who": "hero", "does": "slay", "whom": "villain"},
        6: {"who": "villain", "does": "weep"},
    }
    with pytest.raises(LockConflict, match=r"beats 5 .* and 7 .* contradict") as caught:
        invent_story(model, locks=locks, seed=0, length=8)
    assert caught.value.pair == (4, 6)
    assert caught.value.nearest.beats[4][:3] == ("hero", "slay", "villain")
    assert faults(caught.value.nearest.beats) == []


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"length": 5}, "6 to 12 beats"),
        ({"genre": "noir"}, "no genre called 'noir'"),
        ({"temperature": 0}, "positive number"),
        ({"prompt": 7}, "a prompt is text"),
        ({"locks": {20: {"does": "go"}}}, "no beat 20"),
        ({"locks": {1: {"did": "go"}}}, "no field 'did'"),
        ({"locks": {1: {"does": "fly"}}}, "does cannot be 'fly'"),
        ({"cast": {"king": {}}}, "no slot 'king'"),
        ({"cast": {"hero": {"name": "x" * 30}}}, "1 to 24 letters"),
        ({"cast": {"hero": {"name": "Shit"}}}, "coarse"),
        ({"cast": {"hero": {"age": "7"}}}, "the hero is a dict"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(model, options, error):
    with pytest.raises(ValueError, match=error):
        invent_story(model, **options)


def test_a_chosen_cast_plays(model):
    cast = {"hero": {"name": "Åsa", "kind": "queen"}, "villain": {"kind": "dragon"}}
    idea = invent_story(model, cast=cast, seed=0, length=10)
    assert (idea.cast["hero"]["name"], idea.cast["hero"]["pronoun"]) == ("Åsa", "she")
    assert idea.cast["villain"]["kind"] == "dragon"


def test_the_world_leaves_out_what_cannot_be():
    world = World(9)
    for row in (
        ("hero", "want", None, "treasure", None),
        ("hero", "find", None, "tool", None),
        ("villain", "capture", "hero", None, "forest"),
        ("hero", "flee", None, None, None),
        ("hero", "slay", "villain", "tool", None),
    ):
        assert row in world.next_beats()
        world = world.after(row)
    assert not [row for row in world.next_beats() if "villain" in row[:3]]
    assert not [row for row in world.next_beats() if row[1] == "free"]
    assert world.distance({"who": "villain", "does": "weep"}) == 99
    assert world.distance({"does": "give", "who": "hero", "thing": "tool"}) == 0


def test_beats_are_numbers_and_back():
    beats = [
        Beat("hero", "live", where="castle"),
        Beat("villain", "take", "hero", "treasure", None, "anger", "night", "fire"),
    ]
    assert decode(encode(beats)) == beats
    with pytest.raises(ValueError, match="'fly'"):
        encode([Beat("hero", "fly")])
    kept = digest(encode(beats * 10), 6, np.random.default_rng(0))
    assert kept.shape == (6, 8)


def test_what_the_model_is_told():
    rows = told("magic", 6, 6)
    assert rows.shape == (6, TOLD)
    assert (rows[:, GENRES.index("magic")] == 1).all()
    assert rows.sum(axis=1).tolist() == [3] * 6
    assert rows[0, TOLD - 9] == rows[-1, TOLD - 1] == 1
    assert told(None, None, 4).sum() == 0
    with pytest.raises(ValueError, match="no genre called"):
        told("noir", 6, 6)


@pytest.mark.parametrize(
    ("tale", "genre"),
    [
        ("A fox lived in a wood. The fox ate a cheese.", "animals"),
        ("A knight struck the dragon. The knight slew the dragon.", "adventure"),
        ("A boy met a fairy. The fairy gave the boy a ring.", "magic"),
        ("A shepherd married a queen. The shepherd wept.", "romance"),
        ("A miller baked a cake. The miller ate the cake.", "everyday"),
    ],
)
def test_genres_follow_from_the_beats(tale, genre):
    assert genre_of(read_beats(tale)) == genre
