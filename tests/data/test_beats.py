import json

import pytest

from animkit.data.beats import FIELDS, SLOTS, Beat, read_beats, sentences_of
from animkit.data.fairytales import load_fairytales
from animkit.data.lexicon import DEEDS, archetypes, kinds, verb_forms

TALE = (
    "Once there lived an old king in a castle. The king's daughter was happy, but a giant stole the golden ring. "
    '"Who will help me?" asked the princess. A boy called Jack took a sword and went into the forest. '
    "He did not sleep. At night Jack struck the giant with his sword, and he found the ring. "
    "He gave the ring to the princess. The giant was killed by Jack. They danced."
)


def test_who_does_what_to_whom_with_what_and_where():
    plot = read_beats(TALE)
    told = [(beat.who, beat.does, beat.whom, beat.thing) for beat in plot.beats]
    assert plot.cast["hero"] == ("Jack",)
    assert plot.cast["villain"] == ("giant",)
    assert plot.cast["friend"] == ("princess",)
    assert told == [
        ("helper", "live", None, None),
        ("villain", "take", None, "treasure"),
        ("friend", "ask", None, None),
        ("hero", "take", None, "tool"),
        ("hero", "strike", "villain", "tool"),
        ("hero", "give", "friend", "treasure"),
        ("hero", "slay", "villain", None),  # passive
        ("crowd", "rejoice", None, None),
    ]
    assert plot.beats[0].where == "castle"
    assert plot.beats[4].light == "night"
    assert plot.numbers == [0, 1, 2, 3, 5, 6, 7, 8]
    assert plot.genders["hero"] == "he"


def test_what_is_said_is_no_deed_and_stays_whole():
    pairs = sentences_of('He cried: "The wolf ate her! Run." Then he ran.')
    assert [sentence for sentence, _ in pairs] == ['He cried: "The wolf ate her! Run."', "Then he ran."]
    assert "wolf" not in pairs[0][1]


@pytest.mark.parametrize(
    "sentence",
    [
        "The king could not sleep.",
        "The king would weep.",
        "The sword struck the ground.",
        "The king gave up.",
        "Smash!",
    ],
)
def test_what_does_not_happen_is_no_beat(sentence):
    assert read_beats(sentence).beats == []


@pytest.mark.parametrize("text", ["", "word", "жили-были старик да старуха. " * 50, '"' * 999, "\n\n"])
def test_text_without_a_tale_has_no_beats(text):
    assert read_beats(text).beats == []


def test_what_is_no_text_is_refused():
    with pytest.raises(TypeError, match="a tale is text"):
        read_beats(b"The king slept.")


def test_every_tale_of_the_twin_begins_with_who_lives_where():
    for tale in load_fairytales("twin").validation[:20]:
        plot = read_beats(tale)
        assert len(plot.beats) == len(plot.sentences) >= 3
        assert all(beat.who in SLOTS and beat.does in DEEDS for beat in plot.beats)
        assert len(plot.beats[0]) == len(FIELDS)


def test_forms_of_verbs_and_kinds_know_the_irregular_ones():
    assert verb_forms()["slew"] == ("slay", True, False)
    assert verb_forms()["slain"] == ("slay", False, True)
    assert kinds()["wolves"] == ("wolf", "they", "villain", True)
    assert Beat("hero", "go").whom is None


def test_archetypes_are_read_where_they_are_and_missed_nowhere(monkeypatch, tmp_path):
    monkeypatch.setenv("ANIMKIT_DATA", str(tmp_path))
    monkeypatch.setenv("ANIMKIT_CACHE", str(tmp_path / "cache"))
    archetypes.cache_clear()
    assert set(archetypes().values()) == {()}
    (tmp_path / "archetypes").mkdir()
    rows = {"artifacts": [{"name": "staff", "synonyms": ["cane"], "nature": "good"}]}
    (tmp_path / "archetypes/artifact.json").write_text(json.dumps(rows))
    archetypes.cache_clear()
    assert archetypes()["artifact"] == ((("staff", "cane"), "good"),)
    archetypes.cache_clear()
