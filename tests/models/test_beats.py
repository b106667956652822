"""The plot model: step by step it says what it says of a whole tale, and it cannot see what comes."""

import keras
import numpy as np
import pytest

from animkit.models.beats import BeatModel


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(0)
    return BeatModel((3, 4), 2, units=5, embedding_dim=3, hidden=4)


BEATS = np.random.default_rng(0).integers(0, 3, (2, 6, 2))
TOLD = np.random.default_rng(1).normal(size=(2, 6, 2)).astype("float32")


@pytest.mark.both_backends
def test_one_step_at_a_time_is_the_same_as_all_at_once(model):
    whole = model.nats(BEATS, TOLD)
    before, states = model.begin(2)
    for step in range(6):
        context, states = model.step(before, TOLD[:, step], states)
        before = BEATS[:, step]
        for field in range(2):
            logits = model.field_logits(context, before, field)
            nats = np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(2), before[:, field]]
            np.testing.assert_allclose(nats, whole[:, step, field], rtol=1e-4)


def test_a_field_depends_on_those_before_it_and_on_nothing_later(model):
    other = BEATS.copy()
    other[:, 3, 1] = (other[:, 3, 1] + 1) % 4
    changed = model.nats(other, TOLD) != model.nats(BEATS, TOLD)
    assert not changed[:, :3].any()
    assert not changed[:, 3, 0].any()
    assert changed[:, 3, 1].all()
    assert changed[:, 4].all()


@pytest.mark.parametrize(
    ("beats", "told", "error"),
    [(BEATS[0], TOLD, r"beats are \(batch, time, 2\)"), (BEATS, TOLD[:, :2], "told is"), (BEATS + 2, TOLD, "outside")],
)
def test_what_does_not_fit_is_refused(model, beats, told, error):
    with pytest.raises(ValueError, match=error):
        model.nats(beats, told)


def test_a_model_without_fields_is_refused():
    with pytest.raises(ValueError, match="needs fields"):
        BeatModel((), 2)
