import numpy as np
import pytest

from animkit.data.beats import Beat
from animkit.data.fairytales import CREATURES, PLACES, write_tale
from animkit.studio import backdrop
from animkit.studio.story import StoryIdea
from animkit.studio.storyboard import LONGEST_CAPTION, cast_of, stage_story, storyboard

TALE = (
    "The Silver Bell\nMira the baker and Otto the smith lived in the village. One day, Mira and Otto walked west "
    "through the forest. A grumpy troll sat upon the silver bell. Otto struck straight ahead, but the troll only "
    "laughed. Mira conjured a warm wind to the left, and the troll fell asleep. And the bell rang for ever after."
)


def test_storyboard_reads_who_what_and_where():
    title, shots = storyboard(TALE)
    assert title == "The Silver Bell"
    assert [shot.place for shot in shots] == ["village"] + ["forest"] * 5
    assert [shot.action for shot in shots] == [None, "walk", "sit", "slash", "spellcast", None]
    assert [shot.direction for shot in shots[1:5]] == ["left", "front", "right", "left"]
    assert [shot.company for shot in shots[:3]] == [("Mira", "Otto"), ("Mira", "Otto"), ("troll",)]
    assert [shot.company[0] for shot in shots[3:5]] == ["Otto", "Mira"]
    assert [shot.target for shot in shots] == [None, None, None, "troll", "troll", None]
    assert [shot.mood for shot in shots] == ["calm", "calm", "calm", "vain", "merry", "merry"]
    assert cast_of(shots) == ["Mira", "Otto", "troll"]


def test_storyboard_keeps_every_word_and_stages_any_tale():
    for seed in range(40):
        tale = write_tale(np.random.default_rng(seed))
        title, shots = storyboard(tale)
        assert " ".join([title, *(shot.sentence for shot in shots)]).split() == tale.split()
        assert all(shot.place in PLACES and shot.time in backdrop.TIMES and shot.company for shot in shots)


def test_storyboard_cuts_what_no_caption_holds():
    _, shots = storyboard("Once upon a time " + "there was a very long night " * 20 + "indeed.")
    assert len(shots) > 5
    assert max(len(shot.sentence) for shot in shots) <= LONGEST_CAPTION


def test_storyboard_stages_text_that_knows_no_hero():
    title, shots = storyboard("It rained.")
    assert (title, shots[0].company, shots[0].place) == ("The Tale of Somebody", ("Somebody",), PLACES[0])


@pytest.mark.parametrize("text", ["", "  \n "])
def test_storyboard_needs_a_sentence(text):
    with pytest.raises(ValueError, match="no sentence"):
        storyboard(text)


def test_each_creature_that_a_tale_names_comes_and_strikes_whom_it_is_told_to():
    tale = "Two foes\nMira walked to the forest. Mira struck the dragon. The wolf struck Mira. She struck again."
    _, shots = storyboard(tale)
    fights = [(shot.company[0], shot.target, shot.direction) for shot in shots[1:]]
    assert fights == [("Mira", "dragon", "right"), ("wolf", "Mira", "right"), ("Mira", "wolf", "right")]


@pytest.mark.parametrize("creature", CREATURES[:2])
def test_a_creature_cheers_once_all_is_well(creature):
    tale = f"Mira charmed the {creature}. Even the {creature} was invited to the feast."
    _, shots = storyboard(tale)
    assert shots[1].company == ("Mira", creature)
    assert shots[1].mood == "merry"


CAST = {
    "hero": {"name": "Mira", "kind": "weaver", "pronoun": "she", "wants": "red apple"},
    "villain": {"name": "Grum", "kind": "troll", "pronoun": "he", "wants": None},
    "crowd": {"name": None, "kind": "villagers", "pronoun": "they", "wants": None},
}
BEATS = [
    Beat("hero", "live", where="home"),
    Beat("hero", "want", thing="food"),
    Beat("hero", "go", where="mountain", light="night"),
    Beat("villain", "capture", "hero"),
    Beat("hero", "tell", "villain", effect="magic"),
    Beat("hero", "slay", "villain"),
    Beat("crowd", "meet", "hero"),
    Beat("hero", "return", where="home", feeling="joy"),
]


def story(beats):
    return StoryIdea(
        "Mira", "adventure", 0, CAST, {"home": "cottage", "mountain": "hill"}, {"food": "red apple"}, beats
    )


def test_a_story_is_staged_as_its_beats_say():
    told = [f"Sentence {number}." for number in range(len(BEATS))]
    title, shots = stage_story(story(BEATS), told)
    assert title == "Mira"
    assert [shot.sentence for shot in shots] == told
    assert [shot.place for shot in shots] == ["village"] * 2 + ["mountain"] * 5 + ["village"]
    assert shots[2].time == "night"
    assert [shot.action for shot in shots] == [None, None, "walk", "slash", "spellcast", "slash", None, "walk"]
    assert [shot.direction for shot in shots] == ["front", "front", "right", "right", "right", "right", "front", "left"]
    # a creature goes by its kind; of a crowd nobody is drawn
    assert [shot.company for shot in shots[2:7]] == [("Mira",), ("troll",), ("Mira",), ("Mira",), ("Mira",)]
    assert [shot.target for shot in shots] == [None, None, None, "Mira", "troll", "troll", None, None]
    assert [shot.mood for shot in shots[:6]] == ["calm"] * 5 + ["merry"]
    assert cast_of(shots) == ["Mira", "troll"]


def test_what_no_caption_holds_becomes_two_shots_of_the_same_beat():
    _, shots = stage_story(story(BEATS[2:3]), ["word " * 30])
    assert len(shots) == 2
    assert {shot[1:8] for shot in shots} == {("mountain", "night", ("Mira",), "walk", "right", None, "calm")}


def test_a_story_needs_a_sentence_for_each_beat():
    with pytest.raises(ValueError, match="a story of 8 beats was told in 1 sentences"):
        stage_story(story(BEATS), ["Once."])


QUEST = [
    Beat("hero", "want", thing="food"),
    Beat("hero", "find", thing="food", where="mountain"),
    Beat("hero", "go", where="home"),
    Beat("villain", "take", "hero", "food"),
    Beat("villain", "flee", where="mountain"),
    Beat("hero", "hide"),
    Beat("hero", "take", "villain", "food"),
    Beat("hero", "eat", thing="food"),
    Beat("hero", "sleep"),
    Beat("crowd", "tell", "hero"),
]


def test_a_thing_goes_from_hand_to_hand_as_the_beats_say():
    _, shots = stage_story(story(QUEST), ["."] * len(QUEST))
    assert [(shot.action, shot.how) for shot in shots] == [
        (None, "wished"),
        ("thing", "found"),
        ("walk", None),
        ("hand", "taken"),
        ("run", None),
        ("hide", None),
        ("hand", "taken"),
        ("thing", "eaten"),
        ("sleep", None),
        ("talk", "heard"),
    ]
    holders = [dict(shot.holds) for shot in shots]
    assert holders == [{}, {}, {"Mira": "red apple"}, {}, *[{"troll": "red apple"}] * 2, *[{}] * 4]
    assert shots[-1].notes == ("villagers are shadows",)
    assert [shot.time for shot in shots] == [
        "dawn",
        "day",
        "dusk",
        "dusk",
        "night",
        "night",
        "night",
        "night",
        "night",
        "dawn",
    ]


def test_nobody_holds_a_horse_but_it_is_seen_and_spoken_of():
    beats = [
        Beat("hero", "want", thing="mount"),
        Beat("hero", "find", thing="food"),
        Beat("hero", "find", thing="mount"),
        Beat("hero", "see", thing="mount"),
        Beat("hero", "tell", "villain", thing="mount"),
        Beat("villain", "take", "hero", "mount"),
    ]
    idea = story(beats)
    idea.things |= {"mount": "white horse"}
    _, shots = stage_story(idea, ["."] * len(beats))
    horse = [shot.thing == "white horse" for shot in shots]
    assert horse == [True, False, False, True, True, False]
    told = [any("not drawn" in note for note in shot.notes) for shot in shots]
    assert told == [False, False, True, False, False, True]
    assert shots[3].holds == (("Mira", "red apple"),)


def test_a_cat_that_a_readers_tale_names_is_seen_beside_people():
    _, shots = storyboard("Pets\nMira and her cat lived in the village. Mira walked east with her horse.")
    assert (shots[0].thing, shots[0].how, shots[1].holds) == ("cat", "seen", ())


def test_a_readers_tale_runs_hides_and_sleeps():
    tale = (
        "T\nMira the miller fled to the forest. Mira hid. Mira slept. Mira danced. Mira struck the troll, and it ran "
        "away. Mira walked east with the silver bell."
    )
    _, shots = storyboard(tale)
    assert [(shot.action, shot.how) for shot in shots] == [
        ("run", None), ("hide", None), ("sleep", None), ("cheer", None), ("slash", "routed"), ("walk", None),
    ]  # fmt: skip
    assert shots[5].holds == (("Mira", "silver bell"),)
    _, shots = storyboard("T\nMira attacked Otto. The wolf hit Mira. Otto ran away.")
    assert [(shot.action, shot.company, shot.target) for shot in shots] == [
        ("slash", ("Mira",), "Otto"), ("slash", ("wolf",), "Mira"), ("run", ("Otto",), None),
    ]  # fmt: skip
