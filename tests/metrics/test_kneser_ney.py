"""Kneser-Ney by hand, and as a distribution."""

import numpy as np
import pytest

from animkit.metrics.beats import CountedBeats, best_orders
from animkit.metrics.kneser_ney import KneserNey

TEXT = "abacabad"
PAIRS = [((before,), symbol) for before, symbol in zip(TEXT, TEXT[1:], strict=False)]


def test_a_bigram_by_hand():
    model = KneserNey(PAIRS, 2)
    # ab 2, ba 2, ac 1, ca 1, ad 1: n1 = 3, n2 = 2, D = 3 / 7; continuations: a 2, b 1, c 1, d 1, D = 3 / 5
    lower = {
        symbol: (max(count - 0.6, 0) + 0.6 * 4 / 4) / 5 for symbol, count in zip("abcd", (2, 1, 1, 1), strict=True)
    }
    d = 3 / 7
    assert model.probability("b", ("a",), 0.25) == pytest.approx((2 - d + d * 3 * lower["b"]) / 4)
    assert model.probability("a", ("a",), 0.25) == pytest.approx(d * 3 * lower["a"] / 4)
    # an unknown history says nothing
    assert model.probability("a", ("z",), 0.25) == pytest.approx(lower["a"])


@pytest.mark.parametrize("history", [(), ("a",), ("b",), ("z",)])
def test_it_is_a_distribution_and_draws_are_from_it(history):
    model = KneserNey(PAIRS, 2)
    p = [model.probability(symbol, history, 0.2) for symbol in "abcde"]
    assert sum(p) == pytest.approx(1)
    rng = np.random.default_rng(0)
    drawn = [model.draw(history, rng, lambda: "abcde"[rng.integers(5)]) for _ in range(4000)]
    np.testing.assert_allclose([drawn.count(symbol) / 4000 for symbol in "abcde"], p, atol=0.03)


def test_nothing_to_count_is_refused():
    with pytest.raises(ValueError, match="no symbols"):
        KneserNey([], 2)
    with pytest.raises(ValueError, match="order must be 1"):
        KneserNey(PAIRS, 0)


def test_counted_beats_learn_what_follows_from_what():
    sizes = (3, 2, 2, 2, 2, 2, 2, 2)
    rng = np.random.default_rng(0)
    # the first field counts up, the second is drawn
    tales = [np.stack([np.arange(9) % 3, rng.integers(0, 2, 9), *np.zeros((6, 9), int)], axis=1) for _ in range(20)]
    unigram = CountedBeats(tales[:10], sizes, 1).nats(tales[10:])
    by_hand = CountedBeats(tales[:10], sizes, 2, relevant=True).nats(tales[10:])
    assert unigram[0] == pytest.approx(np.log(3), abs=0.01)
    assert by_hand[0] < 0.15
    assert by_hand[1] == pytest.approx(np.log(2), abs=0.05)
    assert best_orders(tales[:10], tales[10:], sizes, 3, relevant=True)[0] > 1
    assert best_orders(tales[:10], tales[10:], sizes, 9) == 9  # the beat before is nine fields away
    drawn = CountedBeats(tales, sizes, 9).draw(7, rng)
    assert np.shape(drawn) == (7, 8)
