"""The lab of backpropagation through time: its gradients are those of theory and of others."""

import numpy as np

from animkit.theory import rnn
from widgets import rnn_lab


def test_the_unrolled_gradient_agrees_with_differences_and_loses_what_theory_says(shared):
    lab = shared(rnn_lab.unrolled_bptt, length=12, truncation=3, gain=0.9, seed=4)
    rng = np.random.default_rng(4)
    x = rng.standard_normal((12, 1))
    y = np.concatenate([np.zeros((3, 1)), x])[:12]
    weights = rnn.random_weights(1, 8, 1, gain=0.9, seed=4)
    full = rnn.unrolled_gradient(x, y, weights).gradients.W_hh
    short = rnn.unrolled_gradient(x, y, weights, truncation=3).gradients.W_hh
    lost = np.linalg.norm(full - short) / np.linalg.norm(full)
    assert f"<b>{lost:.2%}</b> of the gradient lost" in lab.numbers.value
    assert "the same to 1e-5" in lab.numbers.value


def test_a_gradient_from_the_notebook_is_compared():
    def autodiff(x, y, weights, activation):
        return rnn.unrolled_gradient(x, y, weights, activation=activation).gradients.W_hh

    lab = rnn_lab.unrolled_bptt(autodiff=autodiff)
    assert "the notebook's autodiff" in lab.numbers.value
    assert "by 0.0e+00 of its size: &#10003;" in lab.numbers.value
    assert "autodiff=autodiff" in lab.state.value
    wrong = rnn_lab.unrolled_bptt(autodiff=lambda *given: 1.01 * autodiff(*given))
    assert "by 1.0e-02 of its size" in wrong.numbers.value
    assert "&#10003;" not in wrong.numbers.value


def test_dragging_the_triangle_chooses_the_loss(shared, drag):
    lab = shared(rnn_lab.unrolled_bptt)
    drag(lab, 0, 10.0, 20.2)
    assert lab.controls["step"].value == 20
