"""A training step and a rollout of 300 frames, against what is usually written."""

import keras
import numpy as np
import pytest

from animkit.rnn import LanguageModel, SequenceRegressor


@pytest.fixture(scope="module")
def motion():
    model = SequenceRegressor(32, units=(256,))
    # a loop that carries no state looks back on a window: ten frames are the least it could do
    window = np.zeros((1, 10, 32), "float32")
    model(window)
    return model, window


def test_rollout_of_300_frames_is_faster_than_30_direct_calls(ratio, motion):
    """Frame by frame takes so long that the peer makes a tenth of the frames."""
    model, window = motion
    assert ratio(lambda: model.rollout(window, 300), lambda: [model(window) for _ in range(30)], pairs=3) < 0.5


def test_rollout_of_300_frames_is_faster_than_30_calls_of_predict(ratio, motion):
    model, window = motion

    def peer():
        return [model.predict(window, verbose=0) for _ in range(30)]

    assert ratio(lambda: model.rollout(window, 300), peer, pairs=3) < 0.5


def test_language_model_step_costs_no_more_than_plain_keras(ratio):
    """LSTM(256), 50 characters, batch 64, Adam: the loss in nats, masks and metric come free."""
    indices = np.random.default_rng(0).integers(0, 65, size=(64, 51)).astype("int32")
    ours = LanguageModel(65, units=(256,))
    ours.compile("adam")
    plain = keras.Sequential(
        [
            keras.layers.Embedding(65, 65),
            keras.layers.LSTM(256, return_sequences=True),
            keras.layers.Dense(65),
        ]
    )
    plain.compile("adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    x, y = indices[:, :-1], indices[:, 1:]
    assert ratio(lambda: ours.train_on_batch(x, y), lambda: plain.train_on_batch(x, y)) < 1.3
