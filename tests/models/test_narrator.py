import keras
import numpy as np
import pytest
from keras import ops

from animkit.models.narrator import Narrator, SemanticCell

WORDS, FEATURES = ("<>", "a", "b", "c"), ("says b", "says c")
BEATS = np.eye(2, dtype="float32")
SENTENCES = np.array([[0, 1, 2, 0, 0], [0, 1, 3, 1, 0]], "int32")


@pytest.fixture(scope="module")
def narrator(few_steps):
    """One that has learned to say a b of one beat, and a c a of the other."""
    keras.utils.set_random_seed(0)
    model = Narrator(WORDS, FEATURES, units=8, embedding_dim=4, dropout=0.0)
    model.compile(keras.optimizers.Adam(0.05), **few_steps)
    x = {"words": np.tile(SENTENCES[:, :-1], (8, 1)), "beat": np.tile(BEATS, (8, 1))}
    for _ in range(40):
        model.train_on_batch(x, np.tile(SENTENCES[:, 1:], (8, 1)))
    return model


@pytest.mark.both_backends
def test_the_reading_gate_only_takes_away():
    cell = SemanticCell(3, 2)
    cell.build((None, 4))
    random = np.random.default_rng(0)
    states = [random.normal(size=(5, size)).astype("float32") for size in (3, 3)] + [np.ones((5, 2), "float32")]
    output, (h, _, d) = cell(random.normal(size=(5, 4)).astype("float32"), states)
    d = ops.convert_to_numpy(d)
    assert ((d > 0) & (d < 1)).all()
    np.testing.assert_array_equal(ops.convert_to_numpy(output), np.concatenate([ops.convert_to_numpy(h), d], axis=1))


def test_it_says_what_the_beat_asks_and_knows_how_likely_that_was(narrator):
    told, nats = narrator.tell(BEATS, 4, temperature=0)
    np.testing.assert_array_equal(told, SENTENCES[:, 1:])
    np.testing.assert_allclose(narrator.nats(SENTENCES, BEATS), nats.sum(axis=1), atol=1e-4)
    assert (nats < np.log(2)).all()


def test_what_a_sentence_says_is_crossed_off(narrator):
    left = ops.convert_to_numpy(narrator({"words": SENTENCES[:, :-1], "beat": BEATS})["left"])
    # d_0 is the beat; the sentences end at their third and fourth word
    np.testing.assert_array_equal(left[:, 0], BEATS)
    assert left[0, 3].sum() < 0.2
    assert left[1, 4].sum() < 0.2


def test_draws_come_from_the_seed_and_from_what_is_allowed(narrator):
    beats, allowed = np.repeat(BEATS, 20, axis=0), np.array([True, True, False, True])
    one, other = (narrator.tell(beats, 4, temperature=2.0, seed=seed)[0] for seed in (1, 2))
    np.testing.assert_array_equal(one, narrator.tell(beats, 4, temperature=2.0, seed=1)[0])
    assert (one != other).any()
    without, _ = narrator.tell(beats, 4, allowed=np.tile(allowed, (40, 1)), temperature=2.0)
    assert (one == 2).any()
    assert not (without == 2).any()


def test_bad_input_is_named(narrator):
    with pytest.raises(ValueError, match="needs words and features"):
        Narrator(("<>",), FEATURES)
    with pytest.raises(ValueError, match=r"beats are \(batch, 2\); got shape \(2, 3\)"):
        narrator.tell(np.zeros((2, 3)), 4)
    with pytest.raises(ValueError, match=r"allowed must be \(2, 4\)"):
        narrator.tell(BEATS, 4, allowed=np.ones((2, 3), bool))
    with pytest.raises(ValueError, match="temperature"):
        narrator.tell(BEATS, 4, temperature=-1)
