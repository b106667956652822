import math

import numpy as np
import pytest

from animkit.data.shakespeare import load_shakespeare
from animkit.metrics.text import bigram, counted, n_gram_curve, n_gram_nats, perplexity, unigram


def witten_bell(train, character, context, letters):
    """The textbook recursion, counting by search."""
    shorter = witten_bell(train, character, context[1:], letters) if context else 1 / letters
    width = len(context)
    followers = [train[i + width] for i in range(len(train) - width) if train[i : i + width] == context]
    if not followers:
        return shorter
    types = len(set(followers))
    return (followers.count(character) + types * shorter) / (len(followers) + types)


def test_by_hand():
    # "aab": P(a) = (2 + 2/2) / (3 + 2), P(b) = (1 + 2/2) / (3 + 2), P(b | a) = (1 + 2 * 2/5) / (2 + 2)
    assert unigram("aab", "ab") == pytest.approx(-(math.log(3 / 5) + math.log(2 / 5)) / 2)
    assert bigram("aab", "ab") == pytest.approx(-(math.log(3 / 5) + math.log(9 / 20)) / 2)


@pytest.mark.parametrize("order", [1, 2, 3, 5, 12])
def test_against_the_textbook_recursion(order):
    rng = np.random.default_rng(order)
    train, validation = ("".join(rng.choice(list("abcd"), size, p=[0.5, 0.3, 0.15, 0.05])) for size in (200, 9))
    letters = len(set(train + validation))
    expected = [
        -math.log(witten_bell(train, validation[i], validation[max(0, i - order + 1) : i], letters))
        for i in range(len(validation))
    ]
    assert n_gram_nats(train, validation, order) == pytest.approx(np.mean(expected))


def test_characters_never_seen_in_training_are_possible():
    assert n_gram_nats("aaaa", "az", 3) < math.inf
    # one character of two was seen, 4 times: P(z) = (0 + 1/2) / (4 + 1)
    assert unigram("aaaa", "z") == pytest.approx(-math.log(1 / 10))


def test_longer_contexts_learn_a_cycle():
    assert n_gram_nats("abc" * 100, "abc" * 10, 2) < 0.2 < unigram("abc" * 100, "abc" * 10)


def test_every_order_of_the_curve_is_the_model_of_that_order():
    train, test = "the cat sat on the mat " * 4, "the mat"
    curve = n_gram_curve(train, test, 9)
    assert curve == pytest.approx([n_gram_nats(train, test, order) for order in range(1, 10)])
    assert curve[7] == curve[6]  # a text has no context longer than itself


def test_the_order_is_chosen_on_training_text_alone():
    coin = "".join(np.random.default_rng(0).choice(list("ab"), 400))
    assert counted(coin, coin[:50])[1] == 1  # nothing to know from what came before, though copies would win
    nats, order = counted("abcacb" * 60, "abcacb" * 5)
    assert order >= 3  # after "a" comes "b" or "c": one letter is not enough
    assert nats["best n-gram"] == n_gram_nats("abcacb" * 60, "abcacb" * 5, order) < nats["bigram"] < nats["unigram"]


def test_perplexity_of_a_uniform_guess_is_the_number_of_characters():
    assert perplexity(math.log(65)) == pytest.approx(65)


def test_texts_and_orders_that_cannot_be():
    with pytest.raises(ValueError, match="both texts need characters; got 0"):
        n_gram_nats("", "a", 2)
    with pytest.raises(ValueError, match="order must be 1 or more; got 0"):
        n_gram_nats("a", "a", 0)


def test_real_plays(real_data):
    text = load_shakespeare("present")
    # BENCHMARKS: 3.347 and 2.484
    assert unigram(text.train, text.validation) == pytest.approx(3.347, abs=1e-3)
    assert bigram(text.train, text.validation) == pytest.approx(2.484, abs=3e-3)
    # BENCHMARKS says 1.697, which is five characters of context, order 6; order 5 is the better model here
    assert n_gram_nats(text.train, text.validation, 6) == pytest.approx(1.697, abs=2e-3)
    assert n_gram_nats(text.train, text.validation, 5) == pytest.approx(1.669, abs=1e-3)
