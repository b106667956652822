import numpy as np
import pytest
from sklearn.metrics import f1_score, precision_recall_fscore_support

from animkit.metrics.emotion import LinearModel, choose_thresholds, interval, macro_f1, rates

RANDOM = np.random.default_rng(0)
LABELS = RANDOM.random((200, 3)) < [0.5, 0.2, 0.05]
TOLD = LABELS ^ (RANDOM.random((200, 3)) < 0.1)


def test_rates_are_those_of_scikit_learn():
    precision, recall, f1, support = precision_recall_fscore_support(LABELS, TOLD)
    found = rates(LABELS, TOLD)
    for name, value in {"precision": precision, "recall": recall, "f1": f1, "support": support}.items():
        np.testing.assert_allclose(found[name], value, err_msg=name)
    assert macro_f1(LABELS, TOLD) == pytest.approx(f1_score(LABELS, TOLD, average="macro"))


def test_a_label_that_is_never_told_has_no_precision_and_an_f1_of_zero():
    found = rates([[1], [0]], [[0], [0]])
    assert np.isnan(found["precision"][0])
    assert found["f1"][0] == found["recall"][0] == 0


def test_a_threshold_parts_those_that_have_a_label_from_those_that_do_not():
    labels = np.array([[1, 0], [1, 1], [0, 1], [0, 0]], bool)
    p = np.array([[0.4, 0.02], [0.35, 0.9], [0.1, 0.7], [0.02, 0.1]])
    thresholds = choose_thresholds(labels, p)
    # not at the edge of what is as good: a little nearer and somebody else would be taken for one who has it
    assert (thresholds > 0.12).all()
    assert (thresholds < [0.3, 0.6]).all()
    assert macro_f1(labels, p >= thresholds) == 1


def test_interval_holds_the_value_and_that_of_no_difference_holds_nothing():
    low, high = interval(LABELS, TOLD)
    assert low < macro_f1(LABELS, TOLD) < high
    assert interval(LABELS, TOLD) == (low, high)
    assert interval(LABELS, TOLD, TOLD) == (0, 0)
    assert interval(LABELS, LABELS, TOLD)[0] > 0


@pytest.mark.parametrize("kinds", [("words",), ("words", "letters")])
def test_the_linear_model_learns_what_words_say(kinds):
    texts = [f"{'happy' if n % 2 else 'sad'} dog {'barks' if n % 3 else 'sleeps'}" for n in range(60)]
    labels = np.array([[n % 2 == 1, n % 3 == 0] for n in range(60)])
    p = LinearModel(texts, labels, kinds).probabilities(["the happy cat sleeps", "a sad cat barks"])
    assert ((p > 0.5) == [[True, True], [False, False]]).all()
