"""Chinese words for feelings: the longest at each place, none after a "not", and what is no such sentence is left."""

import json

import pytest

from animkit.data import feeling_words
from animkit.data.emotions import LABELS
from animkit.data.feeling_words import OWN, SHOWN, load_feeling_words


@pytest.fixture(scope="module")
def own():
    return load_feeling_words("twin")


@pytest.mark.parametrize(
    ("text", "found", "label"),
    [
        ("我今天很生气！", ["生气"], "anger"),
        ("我很不高兴", ["不高兴"], "sadness"),  # longer than the word in it that says the contrary
        ("謝謝你", ["謝謝"], "gratitude"),
        ("别难过", ["别难过"], "caring"),
    ],
)
def test_a_sentence_is_read_by_its_longest_words(own, text, found, label):
    told = own.read(text)
    assert told["found"] == found
    assert max(told["probabilities"], key=told["probabilities"].get) == label


def test_two_words_share_and_none_is_sure(own):
    told = own.read("谢谢你，我爱你")
    assert told["probabilities"] == {"gratitude": 0.35, "love": 0.35}


@pytest.mark.parametrize(
    "text", ["我不喜欢你", "今天天气怎么样", "", "hello", "Мне грустно", "お元気ですか、生气", "我很高兴" * 11]
)
def test_what_cannot_be_looked_up_is_left(own, text):
    assert own.read(text) is None


def test_labels_are_those_of_the_reader():
    assert {*OWN, *SHOWN} <= set(LABELS[:-1])


def test_words_of_files_are_those_that_name_emoji_of_one_group(tmp_path, monkeypatch):
    named = {"😠": ["生气", "脸", "怒火"], "😡": ["怒火"], "😢": ["脸", "泪水"], "🎩": ["帽子"], "🎉": ["帽子", "庆祝"]}
    every = {one: {"default": named.get(one, []), "tts": []} for emoji in SHOWN.values() for one in emoji} | {
        "🎩": {"default": named["🎩"]}
    }
    path = tmp_path / "annotations.json"
    path.write_text(json.dumps({"annotations": {"annotations": every}}))
    monkeypatch.setattr(feeling_words, "find", lambda file, **more: path)
    words = load_feeling_words("auto").words
    assert words["怒火"] == {"anger": 1.0}
    assert words["庆祝"] == {"excitement": 1.0}
    assert not {"脸", "帽子"} & words.keys()  # names emoji of two groups, or a hat


def test_fresh_machine_gets_the_twin_when_it_takes_what_is_present(no_real_data):
    assert load_feeling_words("present").source == "twin"
