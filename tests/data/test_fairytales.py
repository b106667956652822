import re

import numpy as np
import pytest

from animkit.data.fairytales import (
    ACTION_VERBS,
    DIRECTION_WORDS,
    LONGEST_SENTENCE,
    PLACES,
    load_fairytales,
    read_tale,
    stage_directions,
    write_tale,
)

VERBS = {verb for verbs in ACTION_VERBS.values() for verb in verbs}
WHERE = {word for words in DIRECTION_WORDS.values() for word in words} | set(PLACES)


@pytest.fixture(scope="module")
def tales():
    rng = np.random.default_rng(7)
    return [write_tale(rng) for _ in range(300)]


def words_of(sentence):
    return re.findall("[a-z]+", sentence.lower())


def test_tales_have_a_title_and_a_few_sentences_that_fit_a_caption(tales):
    for tale in tales:
        title, sentences = read_tale(tale)
        assert re.fullmatch("The( [A-Z][a-z]+)+ of the [A-Z][a-z]+", title)
        assert 4 <= len(sentences) <= 7
        assert tale.isascii()
        for sentence in sentences:
            assert re.match('"?[A-Z]', sentence)
            assert sentence.endswith(".")
            assert len(sentence) <= LONGEST_SENTENCE
            assert "{" not in sentence
            assert "  " not in sentence


def test_every_action_can_be_staged(tales):
    for tale in tales:
        _, sentences = read_tale(tale)
        staged = [sentence for sentence in sentences if VERBS & set(words_of(sentence))]
        for sentence in staged:
            assert sum(word in VERBS for word in words_of(sentence)) == 1
            assert WHERE & set(words_of(sentence))
            assert stage_directions(sentence).hero is not None
        actions = [stage_directions(sentence).action for sentence in staged]
        assert actions[0] == "walk"
        assert {"spellcast", "slash"} & set(actions)


def test_treasure_of_the_ending_has_been_told_of(tales):
    found = 0
    for tale in tales:
        *story, ending = read_tale(tale)[1]
        treasure = re.search("the ([a-z]+ [a-z]+) (?:rang|opened|shone|played|glowed|bloomed|is the pride)", ending)
        if treasure:
            found += 1
            assert treasure[1] in " ".join(story)
    assert found > 30


def test_way_home_is_opposite_to_the_way_out(tales):
    homecomings = 0
    for tale in tales:
        walks = [s for s in map(stage_directions, read_tale(tale)[1]) if s.action == "walk" and s.direction != "front"]
        if len(walks) == 2:
            homecomings += 1
            assert {walk.direction for walk in walks} == {"left", "right"}
    assert homecomings > 50


def test_two_friends_never_use_each_others_tools(tales):
    checked = 0
    for tale in tales:
        told = re.search(r"(\w+) (?:struck|slashed|swung) .*(?:her|his) (ladle|oar)", tale)
        if told:
            checked += 1
            hero, tool = told.groups()
            job = {"ladle": "cook", "oar": "fisher"}[tool]
            assert f"{hero} the {job}" in tale or re.search(f"{job} (called|named) {hero}", tale)
    assert checked > 5


def test_tales_are_many_and_repeatable(tales):
    assert len(set(tales)) == len(tales)
    assert write_tale(np.random.default_rng(7)) == tales[0]


def test_twin_is_split_without_overlap():
    twin = load_fairytales("twin")
    assert twin.source == "twin"
    assert (len(twin.train), len(twin.validation), len(twin.test)) == (4000, 500, 500)
    assert len({*twin.train, *twin.validation, *twin.test}) == 5000


def test_fresh_machine_gets_the_twin_when_it_takes_what_is_present(no_real_data):
    assert load_fairytales("present").source == "twin"


def test_real_tales(real_data):
    tales = load_fairytales("present")
    assert tales.source == "real"
    # counted in the files with `cut` and `uniq`
    assert (len(tales.train), len(tales.validation), len(tales.test)) == (230, 23, 23)
    assert tales.validation[0].startswith("ONCE upon a time there was a king whose wife had died")
    title, sentences = read_tale(tales.validation[0])
    assert title == ""
    assert len(sentences) > 50


def test_read_tale():
    title, sentences = read_tale('The Owl of the Shore\nIt sang. "Go home," said Mira. She laughed! And then')
    assert title == "The Owl of the Shore"
    assert sentences == ["It sang.", '"Go home," said Mira.', "She laughed!", "And then"]
    assert read_tale("It was late.\nMira slept.") == ("", ["It was late.", "Mira slept."])
    assert read_tale("") == ("", [])
    assert read_tale("The Owl’s Song\nIt sang… “Go home!” – “No,” said Mira.") == (
        "The Owl's Song",
        ["It sang...", '"Go home!"', '- "No," said Mira.'],
    )


@pytest.mark.parametrize(
    ("sentence", "directions"),
    [
        ("Mira walked east to the forest.", ("Mira", "walk", "right", "forest")),
        ("Mira and Tobin skipped left, home to the shore.", ("Mira", "walk", "left", "shore")),
        ("Turning straight ahead, Otto conjured a rainbow.", ("Otto", "spellcast", "front", None)),
        ("Clara fought the troll in the castle until it ran away.", ("Clara", "slash", "front", "castle")),
        ("From the meadow Pip marched to the village.", ("Pip", "walk", "right", "village")),
        # what a language model may write
        ("Zorba hurriid wset to teh forest", (None, "walk", "front", "forest")),
        ("THEN MIRA STRUCK LEFT.", (None, "slash", "left", None)),
        ("", (None, "walk", "front", None)),
    ],
)
def test_stage_directions(sentence, directions):
    assert stage_directions(sentence) == directions


def test_unknown_source():
    with pytest.raises(ValueError, match="source must be one of auto, present, twin; got 'grimm'"):
        load_fairytales("grimm")
