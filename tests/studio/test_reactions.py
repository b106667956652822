"""Rules of how characters answer: what ships fits, the first that fits is followed, and errors say what to do."""

import itertools
import json

import pytest

from animkit.studio.reactions import (
    ACTIONS,
    EMOTIONS,
    EVENTS,
    GESTURES,
    SHIPPED,
    choose,
    parse_reactions,
    read_reactions,
)
from animkit.theory.mood import MOODS

LAST = [{"name": f"any {event}", "when": {"event": event}, "do": {"action": "idle"}} for event in EVENTS]


def text_of(*rules):
    return json.dumps({"rules": [*rules, *LAST]})


def rule(when=None, name="mine", **do):
    return {"name": name, "when": {"event": "words"} | (when or {}), "do": {"action": "wave"} | do}


def test_the_rules_that_ship_take_every_emotion_in_every_mood_and_use_every_action_and_gesture():
    rules, followed = read_reactions(), set()
    for mood, trait in itertools.product(MOODS, ("calm", "shy")):
        facts = {"mood": mood, "trait": trait}
        for emotion, addressed in itertools.product(EMOTIONS, (True, False)):
            facts["near"] = addressed
            followed.add(choose(rules, event="words", emotion=emotion, addressed=addressed, **facts).name)
            followed.add(choose(rules, event="words", emotion=emotion, addressed=True, **facts).name)
        for event, other in itertools.product(EVENTS, ("angry", "sad")):
            followed.add(choose(rules, event=event, emotion="anger", other=other, **facts).name)
            followed.add(choose(rules, event=event, astray=True, **facts).name)
    assert followed == {one.name for one in rules}
    assert {one.do["action"] for one in rules} == set(ACTIONS)
    assert {one.do["gesture"] for one in rules} == set(GESTURES)


def test_the_first_rule_that_fits_is_followed():
    rules = parse_reactions(text_of(rule({"mood": ["sad"], "near": True}, "a"), rule({"emotion": ["joy"]}, "b")), "x")
    facts = {"event": "words", "mood": "sad", "emotion": "joy"}
    assert [choose(rules, near=near, **facts).name for near in (True, False)] == ["a", "b"]
    assert choose(rules, event="words", emotion="fear").name == "any words"
    assert (rules[0].do["lines"], rules[0].do["pace"]) == ((), 1.0)
    with pytest.raises(ValueError, match="no rule takes the event 'thunder'"):
        choose(rules, event="thunder")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "mine.json, line 1, column 2: .* JSON is expected"),
        ("[" * 100_000, "nested too deeply|JSON is expected"),
        ("[]", 'mine.json has no list of 1 to 500 rules under "rules"'),
        (text_of(rule(action="wafe")), r"mine.json, rule 1 \('mine'\), do, action: 'wafe' is none of .* mean 'wave'\?"),
        (
            text_of(rule({"emotion": ["anger", "jealousy"]})),
            "rule 1 .* when, emotion: 'jealousy' is none of admiration",
        ),
        (text_of(rule({"mood": "sad"})), "mood is 'sad'; give a list of names"),
        (text_of(rule({"near": "yes"})), "near is 'yes'; use true or false"),
        (text_of(rule({"weather": "rain"})), "when: 'weather' is none of event, emotion"),
        (text_of(rule(pace=9)), "pace is 9; use a number from 0.25 to 3"),
        (text_of(rule(pace=True)), "pace is True; use a number"),
        (text_of(rule(lines="Hello")), "lines is 'Hello'; give a list of 20 texts"),
        (text_of(rule(lines=["x" * 81])), "is no text of 1 to 80 characters"),
        (text_of(rule(lines=["a\u0007"])), "has a control character; take it out"),
        (text_of(rule(says=["flee"])), 'says is .* give a deed and a feeling, \\["flee", "fear"\\]'),
        (text_of(rule(says=["fly", "fear"])), "says, the deed: 'fly' is none of"),
        (text_of({"name": "mine", "when": {"event": "words"}}), "rule 1 .* has no 'do'; add it"),
        (text_of(rule(), rule({"mood": ["sad"]}, "late")), r"rule 2 \('late'\) is never followed: rule 1 above takes"),
        (json.dumps({"rules": LAST[1:]}), "no rule takes every 'words' .* add a last one"),
    ],
)
def test_what_cannot_be_followed_is_told_where_and_what_would_do(text, says):
    with pytest.raises(ValueError, match=says):
        parse_reactions(text, "mine.json")


def test_a_file_is_read_edited_and_read_again(tmp_path):
    mine = tmp_path / "mine.json"
    with pytest.raises(FileNotFoundError, match="no reactions at .*mine.json; copy reactions.json"):
        read_reactions(mine)
    mine.write_text(
        SHIPPED.read_text(encoding="utf-8").replace("Say that again!", "Noch einmal, bitte!"), encoding="utf-8"
    )
    assert any("Noch einmal, bitte!" in one.do["lines"] for one in read_reactions(mine))
    mine.write_bytes(b"\xff\xfe")
    with pytest.raises(ValueError, match="mine.json is not UTF-8 at byte 0; save it as UTF-8"):
        read_reactions(mine)
    mine.write_text(" " * 1_000_001)
    with pytest.raises(ValueError, match="has 1,000,001 bytes; 1,000,000 at most"):
        read_reactions(mine)
