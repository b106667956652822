"""The lab of an LSTM's gates: the counter made by hand, edits and replays, and a trained LSTM."""

import numpy as np
import pytest

from animkit.theory import rnn
from widgets import rnn_lab


def test_the_lstm_made_by_hand_counts_brackets():
    weights, x, labels, cells = rnn_lab.bracket_counter()
    trace = rnn.lstm_forward(x, *weights)
    depth = np.cumsum([{"(": 1, ")": -1}.get(label, 0) for label in labels])
    before = np.concatenate([[0], depth[:-1]])
    inside = np.cumsum([label not in "()" and d > 0 for label, d in zip(labels, before, strict=True)])
    np.testing.assert_allclose(trace.cell[:, cells.index("depth")], depth, atol=0.05)
    np.testing.assert_allclose(trace.cell[:, cells.index("letters inside")], inside, atol=0.05)


def test_an_unheard_bracket_stays_in_the_count_and_leaks_from_the_other(shared):
    lab = shared(rnn_lab.gates, cell=0, step=5, edit="input", value=0.0)
    assert "At the last step c is <b>−1.000</b>" in lab.numbers.value
    leak = shared(rnn_lab.gates, cell=1, step=5, edit="input", value=0.0)
    # 11 later forget gates of sigmoid(1)
    assert f"At the last step c is <b>−{rnn.forget_product(1.0, 11):.3f}</b>" in leak.numbers.value


def test_a_gate_cannot_be_negative_but_a_candidate_can(shared):
    assert shared(rnn_lab.gates).controls["value"].disabled  # nothing is edited
    lab = shared(rnn_lab.gates, edit="forget", value=0.5)
    assert not lab.controls["value"].disabled
    lab.controls["value"].value = -0.5
    assert "lies between 0 (closed) and 1 (open)" in lab.message.value
    lab.controls["edit"].value = "candidate"
    assert lab.message.value == ""


def passed_lstm(units=80, time=70):
    rng = np.random.default_rng(0)
    weights = [rng.standard_normal(shape) for shape in ((4, 4 * units), (units, 4 * units), (4 * units,))]
    weights[1] /= np.sqrt(units)
    return weights, np.eye(4)[rng.integers(4, size=time)]


def test_a_trained_lstm_is_passed_in_and_its_predictions_change(drag):
    weights, x = passed_lstm()

    def readout(hidden):
        odds = np.exp(hidden[:, :4])
        return odds / odds.sum(axis=1, keepdims=True)

    labels, outputs = "ab <" * 17 + "ab", "ab <"
    lab = rnn_lab.gates(weights=weights, x=x, labels=labels, readout=readout, outputs=outputs, step=3, cell=2)
    assert "Next after step 3" in lab.numbers.value
    assert "at step 3, &lt;" in lab.numbers.value
    lab.set(edit="output", value=0.0)
    assert "in the replay" in lab.numbers.value
    given = {"weights": weights, "x": x, "labels": labels, "readout": readout, "outputs": outputs}
    again = eval(lab.state.value, {"rnn_lab": rnn_lab, **given})
    assert again.numbers.value == lab.numbers.value
    # the second page of cells: the lowest row is cell 16, so that the page is full
    lab.controls["cell"].value = 79
    drag(lab, "map", 7.0, 0.0)
    assert (lab.controls["step"].value, lab.controls["cell"].value) == (7, 16)


def test_gates_that_do_not_fit_are_refused():
    weights, x = passed_lstm()
    with pytest.raises(ValueError, match="without x"):
        rnn_lab.gates(weights=weights)
    with pytest.raises(ValueError, match="3 labels for 70 steps"):
        rnn_lab.gates(weights=weights, x=x, labels="abc")
