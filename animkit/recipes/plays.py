"""The character LSTM that reads plays: notebook 03's, on tinyshakespeare."""

import keras

from animkit.data.text import to_indices, windows
from animkit.recipes.schedules import cosine_decay
from animkit.recipes.timed import train_timed
from animkit.rnn import LanguageModel
from animkit.training import Batches

WINDOW = 100  # characters, each window from a zero state
BATCH_SIZE = 64


def train_playwright(text, *, letters, units=(384,), dropout=0.2, epochs, seed=0, checkpoint=None, progress=True):
    """Train a character LSTM on one long text.

    Args:
        text: what is read.
        letters: the alphabet, of this text and of those to be read later.
        units: of each LSTM.
        dropout: share of each LSTM's output dropped while training.
        epochs: rounds through the text, over which the rate falls.
        seed: of weights, order and dropout.
        checkpoint: folder for the state, or None.
        progress: show it.

    Returns:
        LanguageModel, and the seconds it took.

    Raises:
        ValueError: the text is shorter than a window, or has a letter that the alphabet lacks.
    """
    cut = windows(to_indices(text, letters), WINDOW)
    data = Batches(cut[:, :-1], cut[:, 1:], batch_size=BATCH_SIZE, seed=seed)
    keras.utils.set_random_seed(seed)
    model = LanguageModel(len(letters), units=units, dropout=dropout)
    rate = cosine_decay(4e-3, epochs * len(data), last=0.05)
    # the loss is a sum over the characters of a window, and so is its slope
    model.compile(keras.optimizers.Adam(rate, global_clipnorm=WINDOW))
    return model, train_timed(model, data, epochs=epochs, checkpoint=checkpoint, progress=progress)
