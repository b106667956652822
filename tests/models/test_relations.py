"""Bodies that hear of each other: what holds of the network whatever its weights are."""

import numpy as np
import pytest

from animkit.models.relations import RelationalForecaster

PATHS = np.random.default_rng(1).normal(size=(2, 6, 3, 4)).astype("float32")


def stirred(**options):
    """A network with weights at random, as after training."""
    model, random = RelationalForecaster(bodies=3, units=4, hidden=4, **options), np.random.default_rng(0)
    for weight in model.trainable_variables:
        weight.assign(0.3 * random.standard_normal(weight.shape))
    return model


@pytest.mark.both_backends
def test_untrained_all_go_straight_on():
    on = RelationalForecaster(bodies=3, fps=10, units=4, hidden=4).carry_on(PATHS, frames=5)
    np.testing.assert_allclose(on[:, -1, :, :2], PATHS[:, -1, :, :2] + 0.5 * PATHS[:, -1, :, 2:], atol=1e-5)
    np.testing.assert_allclose(on[..., 2:], np.repeat(PATHS[:, -1:, :, 2:], 5, axis=1), atol=1e-6)


def test_a_body_hears_of_others_where_there_are_pairs_and_only_there():
    moved = PATHS.copy()
    moved[:, :, 2] += 0.5
    for pairs in (True, False):
        model = stirred(pairs=pairs)
        apart = model.carry_on(moved, frames=3)[:, :, :2] - model.carry_on(PATHS, frames=3)[:, :, :2]
        assert (np.abs(apart).max() > 1e-3) == pairs


def test_bad_input_is_said():
    model = stirred()
    with pytest.raises(ValueError, match="3 bodies"):
        model.carry_on(PATHS[:, :, :2], frames=2)
    with pytest.raises(ValueError, match="finite"):
        model.carry_on(np.full_like(PATHS, np.nan), frames=2)
    with pytest.raises(ValueError, match="a whole number"):
        model.carry_on(PATHS, frames=1.5)
    with pytest.raises(ValueError, match="start at 1"):
        RelationalForecaster(bodies=0)
