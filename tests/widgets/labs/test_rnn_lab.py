"""The RNN labs: every preset and extreme draws, numbers are the theory's, state lines come back, no TensorFlow."""

import io
import re
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from animkit.theory import futures, rnn
from widgets import rnn_lab
from widgets.parts.sticks import STICKS, leaner, walker

LABS = (
    "unrolled_bptt",
    "jacobian_product",
    "gates",
    "forget_bias",
    "clipping",
    "exposure_bias",
    "squared_error_optimum",
)


def pixels(lab):
    return np.asarray(Image.open(io.BytesIO(lab.figure.widget.value)).convert("RGB")).astype(int)


@pytest.fixture(params=LABS)
def lab(request):
    return getattr(rnn_lab, request.param)()


def extremes(control):
    if hasattr(control, "options"):
        return [option[1] if isinstance(option, tuple) else option for option in control.options]
    log = type(control).__name__ == "FloatLogSlider"
    return [10.0**control.min, 10.0**control.max] if log else [control.min, control.max]


def test_presets_extremes_state_and_reset(lab):
    start, first = lab.values(), pixels(lab)
    assert lab.message.value == ""
    labels = [label for label, value in lab.presets.options if value]
    assert labels
    for label in labels:
        lab.presets.value = label
        assert lab.message.value == "", label
        assert "nan" not in lab.numbers.value, label
    again = eval(lab.state.value, {"rnn_lab": rnn_lab})
    assert again.values() == lab.values()
    assert again.numbers.value == lab.numbers.value
    assert np.abs(pixels(again) - pixels(lab)).max() <= 2
    lab.reset()
    for name, control in lab.controls.items():
        for value in extremes(control):
            control.value = value
            assert "nan" not in lab.numbers.value, (name, value)
        control.value = start[name]
    assert lab.values() == start
    assert np.abs(pixels(lab) - first).max() <= 2


# --- unrolled --------------------------------------------------------------------------------------------------------


def test_the_unrolled_gradient_agrees_with_differences_and_loses_what_theory_says():
    lab = rnn_lab.unrolled_bptt(length=12, truncation=3, gain=0.9, seed=4)
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


def test_dragging_the_triangle_chooses_the_loss():
    lab = rnn_lab.unrolled_bptt()
    x, y = lab.figure.axes[0].transData.transform((10.0, 20.2))
    lab.drag(x, lab.figure.figure.bbox.height - y, "down")
    assert lab.controls["step"].value == 20


# --- Jacobians and forgetting ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("gain", "shown"), [(0.9, "0.005154"), (1.1, "117.4")])
def test_fifty_orthogonal_jacobians(gain, shown):
    lab = rnn_lab.jacobian_product(gain=gain)
    assert f"largest <b>{shown}</b>, smallest {shown}; &#10003; all 16 equal" in lab.numbers.value


def test_a_gain_of_zero_leaves_nothing_and_says_so():
    assert "nothing is left" in rnn_lab.jacobian_product(gain=0.0).numbers.value


@pytest.mark.parametrize(("bias", "shown"), [(1.0, "1.6e-07"), (3.0, "0.088")])
def test_forget_bias_over_fifty_steps(bias, shown):
    assert f"<b>{shown}</b> of the cell is left" in rnn_lab.forget_bias(bias=bias).numbers.value


# --- gates -----------------------------------------------------------------------------------------------------------


def test_the_lstm_made_by_hand_counts_brackets():
    weights, x, labels, cells = rnn_lab.bracket_counter()
    trace = rnn.lstm_forward(x, *weights)
    depth = np.cumsum([{"(": 1, ")": -1}.get(label, 0) for label in labels])
    before = np.concatenate([[0], depth[:-1]])
    inside = np.cumsum([label not in "()" and d > 0 for label, d in zip(labels, before, strict=True)])
    np.testing.assert_allclose(trace.cell[:, cells.index("depth")], depth, atol=0.05)
    np.testing.assert_allclose(trace.cell[:, cells.index("letters inside")], inside, atol=0.05)


def test_an_unheard_bracket_stays_in_the_count_and_leaks_from_the_other():
    lab = rnn_lab.gates(cell=0, step=5, edit="input", value=0.0)
    assert "At the last step c is <b>-1.000</b>" in lab.numbers.value
    leak = rnn_lab.gates(cell=1, step=5, edit="input", value=0.0)
    # 11 later forget gates of sigmoid(1)
    assert f"At the last step c is <b>{-rnn.forget_product(1.0, 11):+.3f}</b>" in leak.numbers.value


def test_a_gate_cannot_be_negative_but_a_candidate_can():
    lab = rnn_lab.gates(edit="forget", value=0.5)
    lab.controls["value"].value = -0.5
    assert "lies between 0 (closed) and 1 (open)" in lab.message.value
    lab.controls["edit"].value = "candidate"
    assert lab.message.value == ""


def passed_lstm(units=80, time=70):
    rng = np.random.default_rng(0)
    weights = [rng.standard_normal(shape) for shape in ((4, 4 * units), (units, 4 * units), (4 * units,))]
    weights[1] /= np.sqrt(units)
    return weights, np.eye(4)[rng.integers(4, size=time)]


def test_a_trained_lstm_is_passed_in_and_its_predictions_change():
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
    x_pixel, y_pixel = lab.figure.axes["map"].transData.transform((7.0, 0.0))
    lab.drag(x_pixel, lab.figure.figure.bbox.height - y_pixel, "down")
    assert (lab.controls["step"].value, lab.controls["cell"].value) == (7, 16)


def test_gates_that_do_not_fit_are_refused():
    weights, x = passed_lstm()
    with pytest.raises(ValueError, match="without x"):
        rnn_lab.gates(weights=weights)
    with pytest.raises(ValueError, match="3 labels for 70 steps"):
        rnn_lab.gates(weights=weights, x=x, labels="abc")


# --- clipping --------------------------------------------------------------------------------------------------------


def test_the_cliff_throws_the_one_and_not_the_other():
    lab = rnn_lab.clipping()
    _, free = rnn.cliff_descent(4.8, -2.1)
    _, held = rnn.cliff_descent(4.8, -2.1, clip=0.5)
    assert f"{free[0]:.4f} &rarr; <b>{free[-1]:.4f}</b>" in lab.numbers.value
    assert f"{held[0]:.4f} &rarr; <b>{held[-1]:.4f}</b>" in lab.numbers.value
    assert "out of the picture" in lab.numbers.value


# --- exposure bias ---------------------------------------------------------------------------------------------------


def test_errors_at_frames_1_10_50_are_those_of_the_theory():
    lab = rnn_lab.exposure_bias(seed=3)
    coefficients = futures.fit_autoregression(futures.swinging_joint(400, seed=3), 3)
    forced, free = futures.exposure_errors(futures.swinging_joint(600, seed=1003), coefficients, 50)
    for frame in (1, 10, 50):
        assert f"frame {frame}: {forced[frame - 1]:.3f} against <b>{free[frame - 1]:.3f}</b>" in lab.numbers.value


def test_only_what_changes_the_motion_sends_new_clips():
    lab = rnn_lab.exposure_bias()
    before = lab.player.data
    lab.controls["step"].value = 2000
    assert lab.player.data is before
    lab.controls["noise"].value = 0.2
    assert lab.player.data != before
    assert [clip["title"] for clip in lab.player.clips] == ["real", "teacher-forced", "free-running"]


@pytest.mark.parametrize("parents", [None, STICKS])
def test_clips_from_the_notebook_play_in_place_of_the_toy(parents):
    angles = np.sin(np.arange(20) / 3.0)
    if parents is None:
        clips = [np.full((20, 4, 4, 4), value, "uint8") for value in (0, 3, 5)]
        wanted = "frame 1: 3.000 against <b>5.000</b>"
    else:
        clips = [walker(angles * size) for size in (1.0, 1.0, 0.5)]
        wanted = "frame 1: 0.000 against <b>0.000</b>"
    fan = np.random.default_rng(0).standard_normal((50, 20))
    lab = rnn_lab.exposure_bias(clips=clips, parents=parents, futures=fan)
    assert wanted in lab.numbers.value
    assert set(lab.controls) == {"frame", "schedule", "k", "step"}
    given = {"clips": clips, "parents": parents, "futures": fan}
    assert eval(lab.state.value, {"rnn_lab": rnn_lab, **given}).values() == lab.values()


def test_clips_of_different_length_are_refused():
    with pytest.raises(ValueError, match="three of one shape"):
        rnn_lab.exposure_bias(clips=[np.zeros((n, 4, 4, 4), "uint8") for n in (5, 5, 6)])


def test_the_figures_of_sticks_keep_their_limbs_and_stand_on_one_floor():
    angle = np.linspace(-1.0, 1.0, 9)
    for body in (walker(angle), leaner(angle)):
        assert body.shape == (9, len(STICKS), 2)
        bones = [(i, parent) for i, parent in enumerate(STICKS) if parent >= 0]
        for child, parent in bones:
            lengths = np.linalg.norm(body[:, child] - body[:, parent], axis=-1)
            np.testing.assert_allclose(lengths, lengths[0], rtol=1e-5)
        assert not body[:, -2:, 1].any()


# --- squared error ---------------------------------------------------------------------------------------------------


def test_squared_error_splits_and_the_mean_freezes():
    lab = rnn_lab.squared_error_optimum(prediction=0.8)
    many, _ = futures.forked_futures(200, 30, seed=22)
    t = np.linspace(0.0, 1.0, 30)
    guess = 0.8 * t**2 * (3.0 - 2.0 * t)
    brute = np.mean(np.sum((many - guess) ** 2, axis=1))
    own, extra, total = map(
        float, re.search(r"extra = ([\d.]+) \+ ([\d.]+) = <b>([\d.]+)</b>", lab.numbers.value).groups()
    )
    assert total == pytest.approx(brute, abs=1e-3)
    assert own + extra == pytest.approx(total, abs=2e-3)
    left = re.search(r"<b>(\d+)%</b> of the movement is left", lab.numbers.value)
    sampled = re.search(r"mixture turns by <b>([\d.]+)</b>", lab.numbers.value)
    assert int(left[1]) <= 2
    assert float(sampled[1]) == pytest.approx(np.abs(many[:, -1]).mean(), abs=0.1)


def test_dragging_the_prediction_moves_its_end():
    lab = rnn_lab.squared_error_optimum()
    x, y = lab.figure.axes[0].transData.transform((29.0, -0.75))
    lab.drag(x, lab.figure.figure.bbox.height - y, "down")
    assert lab.controls["prediction"].value == pytest.approx(-0.75, abs=0.02)


def test_no_tensorflow_is_loaded():
    code = "import sys, widgets.rnn_lab; sys.exit(any(name in sys.modules for name in ('tensorflow', 'keras', 'jax')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
