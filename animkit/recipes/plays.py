"""The character LSTM that reads plays: the architecture of notebook 03's, on tinyshakespeare."""

import keras
import numpy as np

from animkit.data.text import to_indices
from animkit.recipes.schedules import cosine_decay
from animkit.recipes.timed import train_timed
from animkit.rnn import LanguageModel

WINDOW = 50  # characters between two updates
STREAMS = 64  # read side by side
RATE, LAST_RATE = 4e-3, 2e-4
WARM_UP = 0.05  # of all updates


class Streams(keras.utils.PyDataset):
    """One long text as streams side by side, cut into windows that follow one another: a state may be carried on.

    Every epoch starts elsewhere in the text, by the seed and the epoch's number alone.

    Args:
        indices: (characters,) of the text.
        seed: decides the starts.

    Raises:
        ValueError: the text does not fill a window of each stream.
    """

    def __init__(self, indices, *, seed=0):
        super().__init__()
        if len(indices) < STREAMS * (WINDOW + 1):
            raise ValueError(
                f"a text of {len(indices)} characters does not fill a window of {WINDOW + 1} in each of {STREAMS} "
                f"streams: {STREAMS * (WINDOW + 1)} is the least"
            )
        self.indices, self.seed = indices, seed
        self.epoch, self._cut = -1, None

    def __len__(self):
        return (len(self.indices) // STREAMS - 1) // WINDOW

    def __getitem__(self, index):
        if self._cut != self.epoch:
            self._cut = self.epoch
            # Keras looks at one batch before the first epoch begins, hence + 1
            start = np.random.default_rng([self.seed, self.epoch + 1]).integers(len(self.indices))
            whole = len(self.indices) // STREAMS * STREAMS
            self._streams = np.roll(self.indices, -start)[:whole].reshape(STREAMS, -1)
        part = self._streams[:, index * WINDOW : (index + 1) * WINDOW + 1]
        return part[:, :-1], part[:, 1:]

    def on_epoch_begin(self):
        self.epoch += 1


def train_playwright(text, *, letters, units=(384,), dropout=0.2, epochs, seed=0, checkpoint=None, progress=True):
    """Train a character LSTM on one long text, its state carried from each window to the next.

    Args:
        text: what is read.
        letters: the alphabet, of this text and of those to be read later.
        units: of each LSTM.
        dropout: share of each LSTM's output dropped while training.
        epochs: rounds through the text, over which the rate falls.
        seed: of weights, starts and dropout.
        checkpoint: folder for the state, or None.
        progress: show it.

    Returns:
        LanguageModel, and the seconds it took.

    Raises:
        ValueError: the text is too short, or has a letter that the alphabet lacks.

    Source: Williams and Peng 1990 (truncated backpropagation through time).
    """
    data = Streams(to_indices(text, letters), seed=seed)
    keras.utils.set_random_seed(seed)
    told = {"vocabulary_size": len(letters), "units": units, "dropout": dropout}
    reader = LanguageModel(**told)
    layers = reader.stack.recurrent
    for layer in layers:
        layer.stateful = True
    reader.build((STREAMS, WINDOW))
    steps = epochs * len(data)
    rate = cosine_decay(RATE, steps, last=LAST_RATE / RATE, warm_up=round(WARM_UP * steps))
    # the loss is a sum over the characters of a window, and so is its slope
    reader.compile(keras.optimizers.Adam(rate, global_clipnorm=WINDOW))
    afresh = keras.callbacks.LambdaCallback(on_epoch_begin=lambda *_: [layer.reset_state() for layer in layers])
    seconds = train_timed(reader, data, epochs=epochs, callbacks=[afresh], checkpoint=checkpoint, progress=progress)
    # what reads any number of streams carries nothing over
    model = LanguageModel(**told)
    model.build((None, None))
    for value, learned in zip(model.trainable_variables, reader.trainable_variables, strict=True):
        value.assign(learned)
    return model, seconds
