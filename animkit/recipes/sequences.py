"""A recurrent network that reads a whole sequence and answers once, at its last step."""

import keras

from animkit.recipes.schedules import cosine_decay
from animkit.recipes.timed import train_timed
from animkit.rnn import RecurrentStack
from animkit.training import Batches


def train_reader(x, y, *, cell, units, answers, loss, rate, epochs, batch_size, seed=0, progress=True):
    """Train one recurrent layer, whose last state a dense layer turns into the answer.

    Args:
        x: (examples, steps, features) float32.
        y: (examples, answers) numbers, or (examples,) labels.
        cell: "vanilla", "lstm" or "gru".
        units: of the layer.
        answers: size of the answer.
        loss: a Keras loss of y and the answer.
        rate: of Adam, which falls by half a cosine.
        epochs: rounds through the examples.
        batch_size: examples.
        seed: of weights and order.
        progress: show training.

    Returns:
        Built `keras.Model` from sequences to answers, and the seconds it took.
    """
    keras.utils.set_random_seed(seed)
    sequence = keras.Input(x.shape[1:])
    read = RecurrentStack((units,), cell=cell)(sequence)
    model = keras.Model(sequence, keras.layers.Dense(answers)(read[:, -1]))
    data = Batches(x, y, batch_size=batch_size, seed=seed)
    # plain recurrence over hundreds of steps has slopes that explode: they are cut to a length of one
    model.compile(keras.optimizers.Adam(cosine_decay(rate, epochs * len(data), last=0.01), global_clipnorm=1.0), loss)
    return model, train_timed(model, data, epochs=epochs, progress=progress)
