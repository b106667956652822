"""What counting cannot tell apart, and what an LSTM by hand can."""

from itertools import product

import numpy as np
import pytest

from animkit.theory import reading


def test_counts_by_hand():
    assert reading.split("Not GOOD, isn't it?") == ["not", "good", ",", "isn't", "it", "?"]
    found = reading.counts(["a", "b", "a"], 2)
    assert found == {("a",): 2, ("b",): 1, ("|", "a"): 1, ("a", "b"): 1, ("b", "a"): 1, ("a", "|"): 1}


@pytest.mark.parametrize(
    ("one", "other", "order"),
    [
        ("good", "bad", 1),
        ("not good, bad", "not bad, good", 2),
        ("very good. not very bad.", "very bad. not very good.", 3),
        ("so very good it was. not so very bad it was.", "so very bad it was. not so very good it was.", 4),
    ],
)
def test_the_order_needed(one, other, order):
    one, other = reading.split(one), reading.split(other)
    assert reading.order_needed(one, other) == order


def by_rule(words):
    """The feeling, by a loop with an if."""
    total, negated = 0, False
    for word in words:
        kind = next((kind for kind, members in reading.KINDS.items() if word in members), None)
        negated = kind == "not" or negated and kind != "end"
        total += {"good": 1, "bad": -1}.get(kind, 0) * (-1 if negated else 1)
    return total


def test_the_lstm_follows_the_rule_on_every_short_sentence():
    for words in product(["good", "bad", "not", ",", "very"], repeat=4):
        assert reading.feelings(words)[-1] == pytest.approx(by_rule(words), abs=1e-2)


def test_it_remembers_over_a_long_distance():
    told = reading.feelings(["not", *["very"] * 500, "good"])
    np.testing.assert_allclose(told[:-1], 0, atol=0.15)
    assert told[-1] < -0.8


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="at least 1"):
        reading.counts(["a"], 0)
    with pytest.raises(ValueError, match="the same text"):
        reading.order_needed(["a"], ["a"])
    with pytest.raises(ValueError, match="no word"):
        reading.feelings([])
