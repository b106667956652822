import itertools

import numpy as np
import pytest

from animkit.metrics.sequence import accuracy, diversity, entropy, judged

SURE = np.eye(4)[[0, 1, 2, 3, 0, 1, 2, 3]]


def test_sure_and_varied_is_best():
    assert judged(SURE) == pytest.approx({"inception_score": 4.0, "h_y_given_x": 0.0, "h_y": np.log(4)})


def test_sure_of_one_kind_only_is_worth_one_and_so_is_never_sure():
    assert judged(np.eye(4)[[2, 2, 2]])["inception_score"] == pytest.approx(1.0)
    undecided = judged(np.full((5, 4), 0.25))
    assert undecided["inception_score"] == pytest.approx(1.0)
    assert undecided["h_y_given_x"] == pytest.approx(np.log(4))


def test_inception_score_is_the_mean_divergence_from_the_marginal():
    rows = np.random.default_rng(0).dirichlet(np.ones(5), size=20)
    divergence = (rows * np.log(rows / rows.mean(axis=0))).sum(axis=1).mean()
    assert judged(rows)["inception_score"] == pytest.approx(np.exp(divergence))


def test_entropy_of_an_impossible_class_counts_nothing():
    assert entropy([0.5, 0.5, 0.0]) == pytest.approx(np.log(2))
    assert entropy([[1.0, 0.0], [0.5, 0.5]]).tolist() == pytest.approx([0.0, np.log(2)])


def test_accuracy_by_hand():
    assert accuracy([[0.9, 0.1], [0.4, 0.6], [0.7, 0.3]], [0, 1, 1]) == pytest.approx(2 / 3)


def test_diversity_is_the_mean_over_all_pairs():
    frames = np.random.default_rng(1).integers(0, 4, (7, 5, 6))
    pairs = [(one != other).mean() for one, other in itertools.combinations(frames, 2)]
    assert diversity(frames) == pytest.approx(np.mean(pairs))
    assert diversity(np.repeat(frames[:1], 3, axis=0)) == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: judged(np.ones(3)), r"\(n, classes\)"),
        (lambda: judged(np.ones((0, 3))), r"\(n, classes\)"),
        (lambda: judged([[1.5, -0.5]]), "none below 0"),
        (lambda: judged([[0.5, 0.4]]), "sum to 1"),
        (lambda: accuracy(SURE, [0, 1]), "8 rows of probabilities and 2 labels"),
        (lambda: diversity(np.zeros((1, 4, 4))), "at least two pictures"),
    ],
)
def test_refuses(call, match):
    with pytest.raises(ValueError, match=match):
        call()
