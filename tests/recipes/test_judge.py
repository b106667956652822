import numpy as np

from animkit.recipes.judge import labels


def test_labels_come_in_the_order_of_the_clips():
    np.testing.assert_array_equal(labels(np.array([[5, 1], [2, 3]]), 2), [[0, 5, 1], [1, 5, 1], [0, 2, 3], [1, 2, 3]])
