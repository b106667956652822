"""The judge of pixel characters: trained on real sequences only, so that it can tell how good made-up ones are."""

import keras
import numpy as np

from animkit.models.judge import Judge
from animkit.recipes.schedules import cosine_decay
from animkit.training import Batches, train


def labels(attributes, actions=9):
    """Label the clips of characters, in the order of `frames.reshape(-1, time, height, width)`.

    Args:
        attributes: (characters, attributes).
        actions: clips of each character.

    Returns:
        (characters * actions, 1 + attributes) int32, action first.
    """
    who = np.repeat(attributes, actions, axis=0)
    return np.column_stack([np.tile(np.arange(actions), len(attributes)), who]).astype("int32")


def train_judge(sprites, *, epochs=4, seed=0, checkpoint=None, progress=True):
    """Train a judge on the real training sequences of a set of characters.

    Args:
        sprites: `animkit.data.sprites.Sprites`.
        epochs: rounds through the training clips.
        seed: of weights and order.
        checkpoint: folder for the state, or None.
        progress: show it.

    Returns:
        Judge.
    """
    keras.utils.set_random_seed(seed)
    frames = sprites.frames[sprites.train]
    _, actions, time, *size = frames.shape
    classes = (actions, *(sprites.attributes.max(axis=0) + 1))
    judge = Judge(size, len(sprites.palette), classes=[int(count) for count in classes])
    told = labels(sprites.attributes[sprites.train], actions)
    batches = Batches(frames.reshape(-1, time, *size), told, batch_size=min(32, len(told)), seed=seed)
    rate = cosine_decay(3e-3, epochs * len(batches), last=0.01)
    judge.compile(keras.optimizers.Adam(rate, clipnorm=1.0))
    train(judge, batches, epochs=epochs, checkpoint=checkpoint, progress=progress)
    return judge
