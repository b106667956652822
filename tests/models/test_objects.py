"""The forecaster of single bodies: what it is before training, and what it must keep after it."""

import numpy as np
import pytest
from keras import ops

from animkit.models.objects import ObjectForecaster

TIMES = np.arange(10, dtype="float32")[:, None]
FLIES = (np.array([[0.0, 9.0]]) + TIMES * np.array([[0.05, 0.02]]))[None]


@pytest.fixture(scope="module")
def model():
    return ObjectForecaster(units=4, hidden=4)


@pytest.fixture(scope="module")
def stirred():
    """A model with weights at random, as after training."""
    model, random = ObjectForecaster(units=4, hidden=4), np.random.default_rng(0)
    for weight in model.trainable_variables:
        weight.assign(0.3 * random.standard_normal(weight.shape))
    return model


def test_untrained_it_goes_straight_on(model):
    on = model.carry_on(FLIES, frames=60)
    steps = np.arange(10, 70)[:, None]
    np.testing.assert_allclose(on[0], np.array([0.0, 9.0]) + steps * np.array([0.05, 0.02]), atol=1e-4)


def test_untrained_it_bounces_and_never_goes_below_the_ground(model):
    falls = FLIES - np.array([0.0, 8.6]) + TIMES * np.array([0.0, -0.06])
    on = model.carry_on(falls, frames=10)
    assert on[..., 1].min() >= 0
    assert on[0, -1, 1] > 0.1  # 0.7 of its speed upward
    np.testing.assert_allclose(np.diff(on[0, -4:, 1]), 0.028, atol=1e-5)


def test_a_ball_whose_bounces_die_away_lies():
    heavy = ObjectForecaster(units=4, hidden=4)
    pull = np.zeros(heavy.law.bias.shape, "float32")
    pull[7] = -0.02 / (0.03 * 0.3)  # of height, whatever the ball does: 2 cm a frame, squared
    heavy.law.bias.assign(pull)
    heavy.bounce.bias.assign([0.0, 0.5, 0.0, 0.0])  # a fifth of its speed is left
    on = heavy.carry_on(FLIES - np.array([0.0, 8.9]), frames=90)[0]
    assert on[5:20, 1].max() > 0.05
    np.testing.assert_array_equal(on[-20:, 1], 0)
    assert (np.diff(on[-20:, 0]) > 0.04).all()  # and rolls on


@pytest.mark.both_backends
def test_angles_are_carried_where_they_are_given_and_length_is_free(stirred):
    x = np.random.default_rng(1).uniform(0, 1, (3, 10, 3)).astype("float32")
    on = stirred.carry_on(x, frames=50)
    assert on.shape == (3, 50, 3)
    np.testing.assert_allclose(stirred.carry_on(x, frames=7), on[:, :7], atol=1e-5)
    assert stirred.carry_on(x[..., :2], frames=2).shape == (3, 2, 2)
    assert on[..., 1].min() >= 0
    # each body is alone
    np.testing.assert_allclose(stirred.carry_on(x[1:2], frames=50), on[1:2], atol=1e-4)


def test_futures_are_drawn_from_a_seed_and_each_keeps_its_code(stirred):
    x = np.random.default_rng(1).uniform(0, 1, (2, 10, 2))
    some, again = (stirred.carry_on(x, frames=5, samples=4, seed=3) for _ in range(2))
    assert some.shape == (2, 4, 5, 2)
    np.testing.assert_array_equal(some, again)
    assert len(np.unique(some[0, :, 0, 0])) == 4
    assert (stirred.carry_on(x, frames=5, samples=4, seed=4) != some).any()


def test_where_it_lies_does_not_matter_to_the_side(stirred):
    x = np.random.default_rng(1).uniform(0, 1, (1, 10, 2))
    beside = stirred.carry_on(x + np.array([2.0, 0.0]), frames=5) - np.array([2.0, 0.0])
    np.testing.assert_allclose(beside, stirred.carry_on(x, frames=5), atol=1e-4)


def test_the_state_is_that_of_each_body(stirred):
    x = np.random.default_rng(1).uniform(0, 1, (3, 10, 2))
    state = stirred.state(x)
    assert state.shape == (3, 8)
    assert np.abs(state[0] - state[1]).max() > 1e-3


def test_training_sees_distance_and_energy(stirred, few_steps):
    x = np.random.default_rng(1).uniform(0, 1, (4, 14, 3)).astype("float32")
    loss = stirred.compute_loss(x[:, :10], x[:, 10:])
    parts = {name: float(tracker.result()) for name, tracker in stirred.trackers.items()}
    assert float(ops.convert_to_numpy(loss)) == pytest.approx(parts["distance"] + parts["energy"], rel=1e-5)


@pytest.mark.parametrize(
    ("paths", "match"),
    [
        (np.zeros((1, 9, 2)), "the 10 frames that were seen"),
        (np.zeros((10, 2)), "paths must be"),
        (np.full((1, 10, 2), np.nan), "finite"),
    ],
)
def test_bad_paths_are_said(model, paths, match):
    with pytest.raises(ValueError, match=match):
        model.carry_on(paths, frames=3)


def test_bad_numbers_are_said(model):
    with pytest.raises(ValueError, match="frames starts at 1"):
        model.carry_on(FLIES, frames=0)
    with pytest.raises(ValueError, match="seen at 3"):
        ObjectForecaster(seen=2)
