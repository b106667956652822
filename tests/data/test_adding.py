import numpy as np
import pytest

from animkit.data.adding import adding_problem


@pytest.mark.parametrize("steps", [2, 7])
def test_one_number_of_each_half_is_marked_and_both_are_added(steps):
    x, y = adding_problem(50, steps, seed=1)
    numbers, marks = x[..., 0], x[..., 1]
    assert x.shape == (50, steps, 2)
    assert (marks[:, : steps // 2].sum(axis=1) == 1).all()
    assert (marks[:, steps // 2 :].sum(axis=1) == 1).all()
    assert numbers.min() >= 0
    assert numbers.max() < 1
    np.testing.assert_allclose(y[:, 0], [row[told == 1].sum() for row, told in zip(numbers, marks, strict=True)])


def test_the_variance_of_the_sum_is_chance():
    y = adding_problem(20_000, 2)[1]
    assert np.var(y) == pytest.approx(1 / 6, rel=0.03)  # two uniform numbers of 1 / 12 each


def test_one_step_is_no_sum():
    with pytest.raises(ValueError, match="steps is 1"):
        adding_problem(4, 1)
