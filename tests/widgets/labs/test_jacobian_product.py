"""The lab of the product of Jacobians: what is left of a gradient."""

import pytest

from widgets import rnn_lab


@pytest.mark.parametrize(("gain", "shown"), [(0.9, "0.005154"), (1.1, "117.4")])
def test_fifty_orthogonal_jacobians(shared, gain, shown):
    lab = shared(rnn_lab.jacobian_product, gain=gain)
    assert f"largest <b>{shown}</b>, smallest {shown}; &#10003; all 16 equal" in lab.numbers.value


def test_the_size_of_h_0_is_greyed_while_there_is_no_slope(shared):
    lab = shared(rnn_lab.jacobian_product)
    assert [name for name, control in lab.controls.items() if control.disabled] == ["start", "seed"]
    lab.set(activation="tanh", start=1.0)
    assert not any(control.disabled for control in lab.controls.values())


def test_a_gain_of_zero_leaves_nothing_and_says_so(shared):
    assert "nothing is left" in shared(rnn_lab.jacobian_product, gain=0.0).numbers.value
