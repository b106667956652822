"""Several bodies: what holds of the network whatever its weights are."""

import numpy as np
import pytest

from animkit.models.interactions import InteractionNetwork


@pytest.fixture(scope="module")
def stirred():
    """A network with weights at random, as after training."""
    model, random = InteractionNetwork(units=4, hidden=4), np.random.default_rng(0)
    for weight in model.trainable_variables:
        weight.assign(0.2 * random.standard_normal(weight.shape))
    return model


PATHS = np.random.default_rng(1).normal(size=(2, 6, 3, 4)).astype("float32")


def test_untrained_all_go_straight_on():
    on = InteractionNetwork(units=4, hidden=4).carry_on(PATHS, frames=5)
    np.testing.assert_allclose(on[:, -1, :, :2], PATHS[:, -1, :, :2] + 0.5 * PATHS[:, -1, :, 2:], atol=1e-5)


@pytest.mark.both_backends
def test_momentum_is_kept(stirred):
    on = stirred.carry_on(PATHS, frames=8)
    assert on.shape == (2, 8, 3, 4)
    np.testing.assert_allclose(on[..., 2:].sum(axis=2), PATHS[:, -1:, :, 2:].sum(axis=2).repeat(8, axis=1), atol=1e-3)
    assert np.abs(on[:, 0, :, 2:] - PATHS[:, -1, :, 2:]).max() > 1e-3  # but something happens


def test_it_turns_with_the_picture_and_does_not_know_the_bodies_names(stirred):
    on = stirred.carry_on(PATHS, frames=4)
    c, s = np.cos(0.7), np.sin(0.7)
    turn = np.kron(np.eye(2), [[c, s], [-s, c]]).astype("float32")
    np.testing.assert_allclose(stirred.carry_on(PATHS @ turn, frames=4), on @ turn, atol=1e-3)
    order = [2, 0, 1]
    np.testing.assert_allclose(stirred.carry_on(PATHS[:, :, order], frames=4), on[:, :, order], atol=1e-3)


def test_on_a_table_quarter_turns_do_not_matter_but_walls_do():
    table, random = InteractionNetwork(units=4, hidden=4, walls=2.0), np.random.default_rng(0)
    straight = table.carry_on(PATHS, frames=3)
    np.testing.assert_allclose(straight[:, -1, :, :2], PATHS[:, -1, :, :2] + 0.3 * PATHS[:, -1, :, 2:], atol=1e-5)
    for weight in table.trainable_variables:
        weight.assign(0.2 * random.standard_normal(weight.shape))
    on = table.carry_on(PATHS, frames=3)
    quarter = np.kron(np.eye(2), [[0, 1], [-1, 0]]).astype("float32")
    np.testing.assert_allclose(table.carry_on(PATHS @ quarter, frames=3), on @ quarter, atol=1e-3)
    moved = np.array([0.5, 0, 0, 0], "float32")
    assert np.abs(table.carry_on(PATHS + moved, frames=3) - moved - on).max() > 1e-3


def test_bad_input_is_said(stirred):
    with pytest.raises(ValueError, match="at least 2 bodies"):
        stirred.carry_on(PATHS[:, :, :1], frames=2)
    with pytest.raises(ValueError, match="finite"):
        stirred.carry_on(np.full_like(PATHS, np.inf), frames=2)
    with pytest.raises(ValueError, match="a whole number"):
        stirred.carry_on(PATHS, frames=0)
    with pytest.raises(ValueError, match="lie above 0"):
        InteractionNetwork(fps=0)
