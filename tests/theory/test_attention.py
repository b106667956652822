"""Attention: shares by hand, limits of the temperature, slopes and left-out words by brute force."""

import numpy as np
import pytest

from animkit.theory import attention

SCORES = np.log([1.0, 2.0, 5.0])
EVIDENCE = np.array([[8.0, 0.0], [0.0, 4.0], [-8.0, 8.0]])


def test_shares_by_hand():
    np.testing.assert_allclose(attention.weights(SCORES), [1 / 8, 2 / 8, 5 / 8])
    root = np.sqrt([1, 2, 5])
    np.testing.assert_allclose(attention.weights(SCORES, 2.0), root / root.sum())
    np.testing.assert_allclose(attention.weights(SCORES, keep=[True, True, False]), [1 / 3, 2 / 3, 0])
    np.testing.assert_allclose(attention.weights(SCORES, 1e-3), [0, 0, 1], atol=1e-12)
    np.testing.assert_allclose(attention.weights(SCORES, 1e6), np.full(3, 1 / 3), atol=1e-5)


def test_probabilities_by_hand():
    shares = attention.weights(SCORES)
    np.testing.assert_allclose(shares @ EVIDENCE, [1 - 5, 1 + 5])
    odds = np.exp(np.array([-4.0, 6.0]) - 3)
    np.testing.assert_allclose(attention.probabilities(shares, EVIDENCE), odds / (1 + odds))


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_slopes_are_those_of_small_steps(temperature):
    def mean(scores):
        return attention.weights(scores, temperature) @ EVIDENCE

    found = attention.slopes(attention.weights(SCORES, temperature), EVIDENCE, temperature)
    for word, step in enumerate(1e-6 * np.eye(3)):
        np.testing.assert_allclose(found[word], (mean(SCORES + step) - mean(SCORES - step)) / 2e-6, atol=1e-6)


def test_left_out_is_what_masking_gives():
    found = attention.left_out(attention.weights(SCORES), EVIDENCE)
    for word in range(3):
        np.testing.assert_allclose(found[word], attention.weights(SCORES, keep=np.arange(3) != word) @ EVIDENCE)
    assert np.isnan(attention.left_out([1.0, 0.0], EVIDENCE[:2])[0]).all()


def test_the_lexicon_knows_words_in_any_case_and_says_nothing_of_others():
    scores, evidence = attention.by_hand(["HAPPY", "zebra"])
    assert scores.tolist() == [2, 0]
    assert evidence[0].argmax() == attention.EMOTIONS.index("joy")
    assert not evidence[1].any()
    assert attention.by_hand([])[1].shape == (0, 4)


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="keep one at least"):
        attention.weights(SCORES, keep=[False] * 3)
    with pytest.raises(ValueError, match="temperature must be above 0"):
        attention.weights(SCORES, 0.0)
