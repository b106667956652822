"""Every wording says what its beat asks, and nothing that the stage would have to show beside it."""

import pytest

from animkit.data.lexicon import COARSE, DEEDS, EFFECTS, FEELINGS, LIGHTS, moods
from animkit.data.tellings import Telling
from animkit.metrics.telling import slot_errors
from animkit.studio.cues import HEARTHS
from animkit.studio.wordings import EFFECT, FEELING, LIGHT, SAYINGS, inverted, wordings

NOTHING = Telling((), "go", "person", None, None, None, None, None, None)


@pytest.mark.parametrize("deed", DEEDS)
def test_a_wording_says_what_is_asked_and_nothing_else(deed):
    for words in SAYINGS[deed]:
        slots = {slot: "any" for slot in ("whom", "thing", "where") if f"[{slot}]" in words}
        home = {"where": "home"} if "home" in words else {}
        wrong = slot_errors(NOTHING._replace(does=deed, **slots, **home), words)
        allowed = deed == "return" and {"came", "went", "walked", "come", "set"} & set(words)  # as good as "returned"
        assert not wrong["redundant"] + wrong["missing"] or allowed, words
        assert words.count("[who]") == 1
        assert not set(words) & (HEARTHS | COARSE | {"ball"} | set().union(*moods()))
    assert len(set(SAYINGS[deed])) == len(SAYINGS[deed]) > 3


def test_a_phrase_names_its_own_mood_alone():
    for phrases, group, number in ((FEELING, FEELINGS, 0), (LIGHT, LIGHTS, 1), (EFFECT, EFFECTS, 2)):
        assert phrases.keys() == group.keys()
        for mood, lines in phrases.items():
            for line in lines:
                named = [[known[word] for word in line.split() if word in known] for known in moods()]
                assert named[number] == [mood], line
                assert sum(map(len, named)) == 1, line


def test_a_place_that_is_not_named_may_be_where_it_happens_but_not_where_it_leads():
    found, gone = NOTHING._replace(does="find", thing="tool"), NOTHING._replace(does="flee")
    assert all("[where]" not in words for words in wordings(found))
    assert any("[where]" in words for words in wordings(found, "forest"))
    assert all("[where]" not in words for words in wordings(gone, "forest"))
    assert {words[0] for words in wordings(found._replace(light="night"), "forest")} == {"[who]"}


def test_who_stands_behind_the_verb_is_said_to_be_new():
    assert inverted(("in", "[where]", "lived", "[who]"))
    assert not any(map(inverted, (("off", "[who]", "went"), ("[who]", "hid"), ("soon", "[who]", "reached", "[where]"))))
