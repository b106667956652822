import numpy as np
import pytest

from animkit.data.fairytales import write_tale
from animkit.data.tellings import FEATURES, LONGEST, features, read_tellings


def read(text):
    return [" ".join(telling.words) for telling in read_tellings(text)]


@pytest.mark.parametrize(
    ("text", "tellings"),
    [
        ("The old king gave his daughter a golden ring.", ["[who] gave [whom] [thing]"]),
        # one sentence, three clauses; the last two go on with the same subject
        (
            "And then the fox took the bread, ran into the forest and wept.",
            ["then [who] took [thing]", "[who] ran into [where]"],
        ),
        ("He carried it home.", ["[who] carried [thing] home"]),
        ("A knight called Jory took off his hat.", ["[who] took off [thing]"]),
        ("The girl met a bear, and he took her by the hand.", ["[who] met [whom]", "[who] took [whom] by the hand"]),
        ("They were sad.", ["[who] was sad"]),
        ("The queen told the prince that he must go.", []),  # must
        ("The queen showed the king to the prince.", []),  # a third
        ("When the king came home.", []),  # no whole thought
        ("He said.", []),
        ("The wolf damned the lamb.", []),
        ("I gave the king a ring.", []),
        ('"The king ate the bread," said the fox.', []),
    ],
)
def test_clauses_that_tell_a_beat(text, tellings):
    assert read(text) == tellings


def test_what_a_telling_says():
    (first, last) = read_tellings("In the night the witch fled from the castle. Then the boys were glad.")
    assert first[1:] == ("flee", "villain", None, None, "castle", None, "night", None, "first")
    assert (last.does, last.who, last.feeling) == (None, "crowd", "joy")
    told = [name for name, value in zip(FEATURES, features(first), strict=True) if value]
    assert told == ["does flee", "who villain", "where castle", "light night", "place first"]
    np.testing.assert_array_equal(features(first), features(first._replace(words=())))


def test_the_twins_tales_have_tellings():
    rng = np.random.default_rng(0)
    tellings = [telling for _ in range(20) for telling in read_tellings(write_tale(rng))]
    assert len(tellings) > 40
    assert all(telling.who and 3 <= len(telling.words) <= LONGEST for telling in tellings)
    assert any("[thing]" in telling.words for telling in tellings)
