"""The lab of the forget gate's bias: what is left of a cell."""

import pytest

from widgets import rnn_lab


@pytest.mark.parametrize(("bias", "shown"), [(1.0, "1.6e-07"), (3.0, "0.088")])
def test_forget_bias_over_fifty_steps(shared, bias, shown):
    assert f"<b>{shown}</b> of the cell is left" in shared(rnn_lab.forget_bias, bias=bias).numbers.value
