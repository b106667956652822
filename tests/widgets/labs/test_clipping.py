"""The lab of clipping: one descent is thrown off the cliff, the other is not."""

from animkit.theory import rnn
from widgets import rnn_lab


def test_the_cliff_throws_the_one_and_not_the_other(shared):
    lab = shared(rnn_lab.clipping)
    _, free = rnn.cliff_descent(4.8, -2.1)
    _, held = rnn.cliff_descent(4.8, -2.1, clip=0.5)
    assert f"{free[0]:.4f} &rarr; <b>{free[-1]:.4f}</b>" in lab.numbers.value
    assert f"{held[0]:.4f} &rarr; <b>{held[-1]:.4f}</b>" in lab.numbers.value
    assert "out of the picture" in lab.numbers.value
