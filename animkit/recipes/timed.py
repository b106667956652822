"""Training that knows how long it took, whatever interrupted it."""

import time

import keras

from animkit.training import train


class Clock(keras.callbacks.Callback):
    """Log what each epoch took: a checkpoint keeps the logs, so an interrupted run knows its whole time."""

    def on_epoch_begin(self, epoch, logs=None):
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def on_epoch_end(self, epoch, logs=None):
        logs["wall"] = time.perf_counter() - self.wall
        logs["CPU"] = time.process_time() - self.cpu


def train_timed(model, data, *, epochs, checkpoint=None, callbacks=(), progress=True):
    """Train as `animkit.training.train` does, and add up the time.

    Args:
        model: compiled Keras model.
        data: `Batches`.
        epochs: in all, counting those a checkpoint already holds.
        checkpoint: folder for the state, or None.
        callbacks: further Keras callbacks.
        progress: show it.

    Returns:
        dict: seconds of all epochs, those before an interruption included: `wall` and `CPU`.
    """
    callbacks = [Clock(), *callbacks]
    history = train(model, data, epochs=epochs, checkpoint=checkpoint, callbacks=callbacks, progress=progress)
    return {name: round(sum(history[name]), 1) for name in ("wall", "CPU")}
