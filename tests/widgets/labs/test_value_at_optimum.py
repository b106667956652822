"""The lab of the value at the optimum: both formulas, and where the sum ends in rounding."""

import numpy as np
import pytest

from widgets import gan_lab


@pytest.mark.parametrize(("mean", "expected"), [(0.0, -1.386294), (1.0, -1.163451), (4.0, -0.120854)])
def test_both_formulas_give_the_value_at_the_optimum(shared, bold, mean, expected):
    assert bold(shared(gan_lab.value_at_optimum, mean=mean)) == [expected, expected]


def test_the_sum_ends_in_rounding_where_the_log_domain_goes_on(shared, bold):
    lab = shared(gan_lab.value_at_optimum, mean=16.0)
    exact, summed = bold(lab)
    assert exact == pytest.approx(-3.8e-15, rel=0.02)
    assert round(summed / np.spacing(np.log(4.0)), 2) % 1 == 0  # a whole number of steps between doubles
    assert "whole number of steps" in lab.numbers.value
    assert bold(shared(gan_lab.value_at_optimum, mean=20.0))[0] < 0.0
