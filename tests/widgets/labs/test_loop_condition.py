"""The lab of the loop condition: how much of the gap a round leaves, and when the loop is closed."""

import pytest

from animkit.theory import loops
from widgets import rnn_lab


@pytest.mark.parametrize(("a", "frames"), [(0.9, 16), (0.5, 8), (0.99, 32)])
def test_it_names_the_ratio_and_the_first_closed_round(shared, bold, a, frames):
    ratio, closed = bold(shared(rnn_lab.loop_condition, a=a, frames=frames))
    assert ratio == pytest.approx(a**frames, rel=5e-3)
    gaps = loops.gaps(a, loops.periodic_drive(frames), 6.0, 100)
    assert gaps[int(closed) - 1] < 1e-3 <= gaps[int(closed) - 2]


@pytest.mark.parametrize(("a", "said"), [(1.0, "stays for ever"), (1.02, "runs away")])
def test_what_does_not_forget_does_not_close(shared, a, said):
    assert said in shared(rnn_lab.loop_condition, a=a).numbers.value
