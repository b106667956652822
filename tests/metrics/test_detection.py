import numpy as np
import pytest

from animkit.metrics.detection import (
    average_precision,
    hits,
    interpolated,
    mean_average_precision,
    overlap,
    precision_by_recall,
)

TWO = [[0, 0, 10, 10], [20, 0, 30, 10]]


def test_overlap_by_hand():
    # moved by half: 50 shared of 150; a quarter in a corner: 25 of 175; beside each other: nothing
    others = [[0, 0, 10, 10], [5, 0, 15, 10], [5, 5, 15, 15], [10, 0, 20, 10]]
    np.testing.assert_allclose(overlap([[0, 0, 10, 10]], others), [[1, 1 / 3, 1 / 7, 0]])


def test_a_box_that_is_found_twice_counts_once_and_the_surer_has_it():
    twice = [[0, 0, 10, 9], [0, 0, 10, 10]]
    assert hits(twice, [0.9, 0.8], TWO).tolist() == [True, False]
    assert hits(twice, [0.8, 0.9], TWO).tolist() == [False, True]


def test_how_much_is_asked_of_the_overlap_decides():
    # 9 of 10 rows: .9
    assert [hits([[0, 0, 10, 9]], [1.0], TWO, at_least)[0] for at_least in (0.5, 0.9, 0.91)] == [True, True, False]
    assert hits([[0, 0, 1, 1]], [1.0], []).tolist() == [False]


def test_average_precision_by_hand():
    # hit, false, hit: precision 1, 1/2, 2/3 at recall 1/2, 1/2, 1; up to one half the best is 1, from there 2/3
    boxes = [TWO[0], [50, 50, 60, 60], TWO[1]]
    scores = [0.9, 0.8, 0.7]
    precision, recall = precision_by_recall(hits(boxes, scores, TWO), scores, 2)
    np.testing.assert_allclose(precision, [1, 1 / 2, 2 / 3])
    np.testing.assert_allclose(recall, [1 / 2, 1 / 2, 1])
    np.testing.assert_allclose(interpolated(precision, recall, [0, 0.5, 0.51, 1]), [1, 1, 2 / 3, 2 / 3])
    # 51 of the 101 recalls lie at or below one half
    expected = (51 + 50 * 2 / 3) / 101
    assert average_precision([(boxes, scores, TWO)]) == pytest.approx(expected)
    # the same in two pictures
    pictures = [(boxes[:1], scores[:1], TWO[:1]), (boxes[1:], scores[1:], TWO[1:])]
    assert average_precision(pictures) == pytest.approx(expected)


def test_what_is_never_found_costs_its_share_of_the_recall():
    assert average_precision([(TWO[:1], [1.0], TWO)]) == pytest.approx(51 / 101)
    assert average_precision([([], [], TWO)]) == 0.0
    assert average_precision([(TWO, [0.3, 0.2], TWO)]) == 1.0


def test_the_mean_over_kinds_and_overlaps_by_hand():
    # nine rows of ten are found at overlaps from .5 to .9, nine of the ten; the other kind always
    near, exact = [([[0, 0, 10, 9]], [1.0], TWO[:1])], [(TWO, [1.0, 0.9], TWO)]
    assert mean_average_precision([near]) == pytest.approx(0.9)
    assert mean_average_precision([near, exact]) == pytest.approx(0.95)
    assert mean_average_precision([near, exact], [0.5]) == 1.0


def test_it_asks_for_the_order_of_scores_alone():
    rng = np.random.default_rng(0)
    truth = np.array([[x, 0, x + 8, 12] for x in range(0, 100, 10)], float)
    boxes, scores = truth + rng.normal(0, 1, truth.shape), rng.uniform(size=10)
    assert average_precision([(boxes, scores, truth)]) == average_precision([(boxes, 3 * scores - 7, truth)])


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: overlap([[1, 2, 3]], TWO), "left, top, right, bottom"),
        (lambda: overlap([[10, 0, 0, 10]], TWO), "the first two the smaller"),
        (lambda: hits(TWO, [1.0], TWO), "a score for each of 2 boxes"),
        (lambda: average_precision([(TWO, [1, 1], [])]), "nothing to be found"),
    ],
)
def test_bad_input(call, said):
    with pytest.raises(ValueError, match=said):
        call()
