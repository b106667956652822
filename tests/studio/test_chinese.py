"""What the network cannot read is looked up; what it can stays as it is, and the answer says which it was."""

from types import SimpleNamespace

import numpy as np
import pytest

from animkit.data.emotions import LABELS, words_of
from animkit.data.feeling_words import load_feeling_words
from animkit.studio.audience import Audience, replay
from animkit.studio.chinese import ChineseToo


class English:
    """Finds joy in what is ASCII, and cannot read the rest."""

    def read(self, texts):
        readable = np.array([text.isascii() for text in texts])
        chances = np.zeros((len(texts), len(LABELS)))
        chances[readable, LABELS.index("joy")] = 0.9
        chances[~readable, -1] = 0.3
        words = [words_of(text) for text in texts]
        attention = [np.full(len(each), 1 / max(1, len(each))) for each in words]
        labels = [("joy",) if able else ("neutral",) for able in readable]
        return SimpleNamespace(
            probabilities=chances, words=words, attention=attention, known=readable, labels=labels, readable=readable
        )


@pytest.fixture(scope="module")
def reader():
    return ChineseToo(English(), load_feeling_words("twin"))


def test_the_network_is_asked_first_and_words_are_looked_up_after(reader):
    told = reader.read(["I am glad", "你真讨厌", "去吃饭"])
    assert told.by == ["network", "lexicon", "network"]
    assert told.labels == [("joy",), ("anger",), ("neutral",)]
    assert told.readable == [True, True, False]
    np.testing.assert_allclose(told.probabilities[:2].max(axis=1), [0.9, 0.7])
    np.testing.assert_allclose(told.probabilities[1].sum(), 1)
    np.testing.assert_allclose(told.attention[1], [0, 0, 0.5, 0.5])  # of four characters the last two are the word


def test_they_feel_it_and_say_by_what_they_know(reader):
    audience = Audience(["Mira"], reader=reader)
    (reaction,) = (one for one in audience.hear("我爱你", 1.0) if one.why["event"] == "words")
    assert (reaction.why["by"], reaction.why["emotion"]) == ("lexicon", "love")
    assert reaction.why["strength"] > 0.4
    (plain,) = (one for one in audience.hear("I am glad", 3.0) if one.why["event"] == "words")
    assert "by" not in plain.why
    assert replay(audience.record).record == audience.record
