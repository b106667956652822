"""One answer where several are right: the mean by hand, a softmax that ends at the shares, and what D charges."""

import numpy as np
import pytest

from animkit.theory import answers as theory

LEAF = np.array([[20.0, 90, 70], [160, 220, 90], [95, 150, 100]])  # dark, light, stone


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_the_mean_has_the_least_squared_error_and_a_colour_more_by_what_is_missing(share):
    shares = [1 - share, share, 0]
    mean = theory.mean_colour(LEAF, shares)
    far = np.mean((LEAF[1] - LEAF[0]) ** 2)
    assert theory.squared_error(mean, LEAF, shares) == pytest.approx(share * (1 - share) * far)
    np.testing.assert_allclose(theory.squared_error(LEAF[:2], LEAF, shares), [share * far, (1 - share) * far])
    beside = mean + np.random.default_rng(0).normal(0, 5, (50, 3))
    assert (theory.squared_error(beside, LEAF, shares) > theory.squared_error(mean, LEAF, shares)).all()


def test_the_mean_of_two_greens_snaps_to_a_stone():
    assert theory.nearest_entry(theory.mean_colour(LEAF, [1, 1, 0]), LEAF) == 2
    assert theory.nearest_entry(theory.mean_colour(LEAF, [0, 3, 0]), LEAF) == 1


def test_a_softmax_ends_at_the_shares():
    said = theory.softmax_descent([2, 1, 1], 400)
    np.testing.assert_allclose(said[0], 1 / 3)
    np.testing.assert_allclose(said[-1], [0.5, 0.25, 0.25], atol=1e-9)
    np.testing.assert_allclose(said.sum(axis=1), 1)
    cross_entropy = -(np.log(said) @ [0.5, 0.25, 0.25])
    assert (np.diff(cross_entropy) <= 1e-12).all()


def test_two_leans_by_hand():
    assert theory.lean_errors(0, 30) == {"mean": 30, "rms": pytest.approx(30), "sharpness": 0}
    assert theory.lean_errors(30, 30) == {"mean": 30, "rms": pytest.approx(np.sqrt(1800)), "sharpness": 1}
    assert theory.lean_errors(-30, 30, share=0.9)["mean"] == pytest.approx(54)


def test_what_the_discriminator_charges_at_both_ends():
    tilt, spread = 30.0, 2.0
    flat, sharp, away = theory.discriminator_term([0.0, tilt, 80.0], tilt, spread=spread)
    assert flat == pytest.approx(2 * np.log(2), abs=1e-6)
    assert away == pytest.approx(2 * np.log(2), abs=1e-6)
    # half of what is real, and all that is answered, lies there: D says 1/3
    assert sharp == pytest.approx(np.log(2) + 0.5 * np.log(1 / 3) + np.log(2 / 3) + np.log(2), abs=1e-6)
    assert theory.discriminator_term([tilt], tilt, share=1.0)[0] == pytest.approx(0, abs=1e-9)


def test_the_term_moves_the_cheapest_answer_from_the_mean_to_one_of_the_two():
    asked = np.linspace(-45, 45, 61)
    cheapest = {}
    for weight in (0.0, 0.5, 1.2):
        total, squared, term = theory.total_cost(asked, 30.0, weight)
        np.testing.assert_allclose(total, squared + weight * term)
        np.testing.assert_allclose(squared, 1 + (asked / 30) ** 2)
        cheapest[weight] = abs(asked[total.argmin()])
    assert cheapest[0.0] == cheapest[0.5] == 0
    assert 25 < cheapest[1.2] < 30


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="each of the 2 shares"):
        theory.mean_colour(LEAF, [1, 1])
    with pytest.raises(ValueError, match="not all 0"):
        theory.mean_colour(LEAF, [0, 0, 0])
    with pytest.raises(ValueError, match="rate must be above 0"):
        theory.softmax_descent([1, 1], 3, rate=0.0)
    with pytest.raises(ValueError, match="steps cannot be negative"):
        theory.softmax_descent([1, 1], -1)
    with pytest.raises(ValueError, match="share lies from 0 to 1"):
        theory.lean_errors(0, 30, share=1.2)
    with pytest.raises(ValueError, match="tilt must be above 0"):
        theory.lean_errors(0, 0)
