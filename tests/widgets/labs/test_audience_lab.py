"""The labs of the audience: their numbers are those of the theory, and what is typed or dragged arrives."""

import numpy as np
import pytest

from animkit.theory import attention
from animkit.theory import thresholds as theory
from widgets import audience_lab


def test_masking_moves_the_probability_as_the_softmax_says(shared, bold):
    share, spread, fear, had, without = bold(shared(audience_lab.attention_words, masked=6))
    words = ["thanks", ",", "i", "was", "so", "afraid", "alone", "in", "the", "dark"]
    scores, evidence = attention.by_hand(words)
    keep = np.arange(10) != 5
    whole, rest = attention.weights(scores), attention.weights(scores, keep=keep)
    assert (share, had) == pytest.approx((rest.max(), whole[5]), abs=1e-4)
    expected = [attention.probabilities(each, evidence)[3] for each in (whole, rest)]
    assert (fear, without) == pytest.approx(expected, abs=1e-4)
    assert 1 < spread < 9


def test_what_is_typed_is_text_and_is_cut(shared):
    lab = shared(audience_lab.attention_words, text="<b>$x$</b> " + 1000 * "happy ", temperature=0.1)
    assert lab.message.value == ""
    assert "<b>x" not in lab.numbers.value
    lab = shared(audience_lab.attention_words, text="  ")
    assert "no word to read" in lab.message.value


def test_a_click_on_a_bar_masks_it_and_a_second_one_does_not(shared, drag):
    lab = shared(audience_lab.attention_words)
    drag(lab, "attention", 6.2, 0.5)
    assert lab.controls["masked"].value == 7
    drag(lab, "attention", 6.2, 0.5)
    assert lab.controls["masked"].value == 0
    drag(lab, "attention", 13.0, 0.5)
    assert "nothing is masked" in lab.numbers.value


def test_the_threshold_is_dragged_and_its_f1_told(shared, bold, drag):
    lab = shared(audience_lab.thresholds)
    drag(lab, "curves", 0.3, 0.5)
    assert lab.controls["threshold"].value == 0.3
    probabilities, labels = theory.calibrated(0.3, 0.6, 4000, seed=0)
    at = theory.scores(probabilities, labels, [0.3, 0.5])["f1"]
    best = theory.best_threshold(probabilities, labels)
    assert bold(lab)[:4] == pytest.approx([*at, *best], abs=1e-4)


def test_a_readers_probabilities_are_passed_in():
    probabilities = np.array([[0.9, 0.1], [0.4, 0.3], [0.2, 0.2]])
    labels = np.array([[1, 0], [1, 1], [0, 0]], bool)
    lab = audience_lab.thresholds(probabilities=probabilities, labels=labels, names=["joy", "fear"], label="fear")
    assert "fear, true of 1 of 3" in lab.numbers.value
    assert "probabilities=probabilities, labels=labels, names=names" in lab.state.value
    with pytest.raises(ValueError, match="do not fit"):
        audience_lab.thresholds(probabilities=probabilities, labels=labels, names=["joy"])
    with pytest.raises(ValueError, match="there are joy, fear"):
        audience_lab.thresholds(probabilities=probabilities, labels=labels, names=["joy", "fear"], label="awe")


def test_a_mood_is_pushed_by_its_gate_and_fades_by_its_half_life(shared, bold):
    gate, moved, from_calm, most, kept = bold(shared(audience_lab.mood_inertia, sure=1.0, half_life=2.0))
    assert gate == pytest.approx(1 - 0.3**1.6, abs=1e-4)
    assert kept == pytest.approx(0.5 ** (1 / 60), abs=1e-6)
    assert most <= 1
    assert moved != from_calm
    assert bold(shared(audience_lab.mood_inertia, sure=0.0))[:3] == [0, 0, 0]
