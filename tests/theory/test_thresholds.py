"""Thresholds: counts by hand, the best one by brute force, half of the best F1 for probabilities that mean what they
say."""

import numpy as np
import pytest

from animkit.theory import thresholds

P = np.array([0.9, 0.6, 0.6, 0.2, 0.1])
TRUE = np.array([True, False, True, True, False])


def test_counts_and_scores_by_hand():
    found = thresholds.counts(P, TRUE, [0.95, 0.6, 0.2, 0.0])
    assert found["tp"].tolist() == [0, 2, 3, 3]
    assert found["fp"].tolist() == [0, 1, 1, 2]
    assert found["fn"].tolist() == [3, 1, 0, 0]
    scores = thresholds.scores(P, TRUE, [0.95, 0.6, 0.2])
    np.testing.assert_allclose(scores["precision"], [1, 2 / 3, 3 / 4])
    np.testing.assert_allclose(scores["recall"], [0, 2 / 3, 1])
    np.testing.assert_allclose(scores["f1"], [0, 2 / 3, 6 / 7])
    assert thresholds.best_threshold(P, TRUE) == (0.2, pytest.approx(6 / 7))


def test_counts_are_those_of_a_loop():
    probabilities, labels = thresholds.calibrated(0.2, 0.5, 60, seed=3)
    tried = np.append(probabilities[::9], 0.3)
    found = thresholds.counts(probabilities, labels, tried)
    for number, threshold in enumerate(tried):
        pairs = [(bool(p >= threshold), bool(true)) for p, true in zip(probabilities, labels, strict=True)]
        assert found["tp"][number] == pairs.count((True, True))
        assert found["fp"][number] == pairs.count((True, False))
        assert found["fn"][number] == pairs.count((False, True))


@pytest.mark.parametrize(("share", "sharpness"), [(0.5, 0.5), (0.1, 0.3), (0.01, 0.1), (0.02, 2.0)])
def test_the_best_threshold_is_half_of_the_best_f1(share, sharpness):
    probabilities, _ = thresholds.calibrated(share, sharpness, 2000, seed=1)
    threshold, reached = thresholds.half_of_best(probabilities)
    tried = np.unique(probabilities)
    assert reached == pytest.approx(thresholds.expected_f1(probabilities, tried).max(), abs=1e-12)
    assert threshold == reached / 2 <= 0.5
    assert reached >= thresholds.always(probabilities.mean()) - 1e-12


def test_macro_is_the_mean_of_what_each_label_reaches():
    both = np.stack([P, 1 - P], axis=1), np.stack([TRUE, ~TRUE], axis=1)
    expected = (6 / 7 + thresholds.scores(1 - P, ~TRUE, [0.3])["f1"][0]) / 2
    assert thresholds.macro_f1(*both, [0.2, 0.3]) == pytest.approx(expected)


def test_always_by_hand():
    assert thresholds.always(0.25) == 0.4
    assert thresholds.expected_f1(np.full(8, 0.25), [0.0]) == 0.4


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="a label for each"):
        thresholds.counts(P, TRUE[:2], [0.5])
    with pytest.raises(ValueError, match="nothing is ever true"):
        thresholds.expected_f1([0.0, 0.0], [0.5])
    with pytest.raises(ValueError, match="between 0 and 1"):
        thresholds.calibrated(1.0, 1.0)
