"""The plot model: an LSTM over a tale's beats, whose output is factored, one head for each field of a beat."""

import keras
import numpy as np
from keras import ops

from animkit import losses
from animkit.rnn import RecurrentStack
from animkit.training import KeepsSeeds, batch_mean, compiled


@keras.saving.register_keras_serializable(package="animkit")
class BeatModel(KeepsSeeds, keras.Model):
    """Predict a beat from all beats before it: p(beat) is the product of its fields', each given those before it.

    Fit it on x = {"beats": (batch, time, fields) indices, "told": (batch, time, told), "mask": (batch, time)}; the
    model shifts the beats itself, so there is no y. The loss is nats summed over a tale, the metric a mean over beats.

    Args:
        sizes: number of values of each field, in the order in which they are drawn.
        told: size of what is told at each step: genre, length, how far the tale is.
        units: of the LSTM.
        embedding_dim: size of a value's learned vector.
        hidden: units of each head.
        dropout: share of the LSTM's inputs and outputs dropped while training.

    Raises:
        ValueError: a size is below one, or there are no fields.

    Source: the article, 3.3 and 4.3; factored outputs as in Martin et al. 2018 (event tuples).
    """

    def __init__(self, sizes, told, *, units=96, embedding_dim=12, hidden=48, dropout=0.5, **model_options):
        super().__init__(**model_options)
        if not sizes or min(*sizes, told, units) < 1:
            raise ValueError(f"a beat needs fields, and each a size of at least 1; got {sizes}, told {told}")
        self.sizes, self.told, self.units = tuple(sizes), told, units
        self.embedding_dim, self.hidden, self.dropout = embedding_dim, hidden, dropout
        # one value more: before the first beat there is none
        self.embed = [keras.layers.Embedding(size + 1, embedding_dim) for size in self.sizes]
        self.stack = RecurrentStack((units,), dropout=dropout)
        self.drop = keras.layers.Dropout(dropout)
        self.project = [keras.layers.Dense(hidden, activation="silu") for _ in self.sizes]
        self.heads = [keras.layers.Dense(size, dtype="float32") for size in self.sizes]
        width = embedding_dim * len(self.sizes)
        for layer in self.embed:
            layer.build((None, None))
        self.stack.build((None, None, width + told))
        self.drop.build((None, None, width))
        for number, (project, head) in enumerate(zip(self.project, self.heads, strict=True)):
            project.build((None, None, units + told + embedding_dim * number))
            head.build((None, None, hidden))
        self.per_beat = keras.metrics.Mean(name="nats_per_beat")
        self.built = True
        self._compiled_nats = compiled(self, lambda *x: self._nats(*x))
        self._compiled_step = compiled(self, self._step)
        self._compiled_logits = compiled(self, lambda context, beat: self._logits(context, self._vectors(beat)))

    def _vectors(self, beats):
        """(batch, time, fields) -> list of (batch, time, embedding_dim)."""
        return [layer(beats[..., number]) for number, layer in enumerate(self.embed)]

    def _logits(self, context, vectors, training=False):
        """Logits of each field, from the context and the fields before it in the same beat."""
        inputs = [ops.concatenate([context, *vectors[:number]], axis=-1) for number in range(len(self.sizes))]
        return [
            head(self.drop(project(x), training=training))
            for head, project, x in zip(self.heads, self.project, inputs, strict=True)
        ]

    def call(self, x, training=None):
        beats = ops.cast(x["beats"], "int32")
        none = ops.broadcast_to(ops.convert_to_tensor(self.sizes, "int32"), ops.shape(beats[:, :1]))
        before = ops.concatenate([none, beats[:, :-1]], axis=1)
        told = ops.cast(x["told"], self.compute_dtype)
        read = self.drop(ops.concatenate(self._vectors(before), axis=-1), training=training)
        hidden = self.stack(ops.concatenate([read, told], axis=-1), training=training)
        return self._logits(ops.concatenate([hidden, told], axis=-1), self._vectors(beats), training=training)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        per_example = losses.factored_cross_entropy(x["beats"], y_pred, x["mask"])
        beats = ops.sum(ops.cast(x["mask"], "float32"))
        self.per_beat.update_state(ops.sum(per_example) / ops.maximum(beats, 1.0), sample_weight=beats)
        return batch_mean(per_example)

    def _nats(self, beats, told):
        logits = self({"beats": beats, "told": told}, training=False)
        return [
            ops.sparse_categorical_crossentropy(beats[..., number], each, from_logits=True)
            for number, each in enumerate(logits)
        ]

    def nats(self, beats, told):
        """Score tales of one length, each read as a whole.

        Args:
            beats: (batch, time, fields) indices.
            told: (batch, time, told).

        Returns:
            (batch, time, fields) float32, -log p of each field given all before it.

        Raises:
            ValueError: for wrong shapes or a value no field has.
        """
        beats, told = np.asarray(beats, "int32"), np.asarray(told, "float32")
        if beats.ndim != 3 or beats.shape[2] != len(self.sizes) or told.shape != (*beats.shape[:2], self.told):
            raise ValueError(
                f"beats are (batch, time, {len(self.sizes)}), told is (batch, time, {self.told}); "
                f"got {beats.shape} and {told.shape}"
            )
        if beats.size and (beats.min() < 0 or (beats >= self.sizes).any()):
            raise ValueError(f"fields of a beat have {self.sizes} values each; some value is outside of them")
        return np.stack([ops.convert_to_numpy(each) for each in self._compiled_nats(beats, told)], axis=-1)

    def _step(self, beat, told, states):
        read = ops.concatenate([*self._vectors(beat), ops.cast(told, self.compute_dtype)], axis=-1)
        hidden, states = self.stack.step(read, states)
        return ops.concatenate([hidden, ops.cast(told, hidden.dtype)], axis=-1), states

    def begin(self, batch):
        """Before the first beat: the beat that is none, (batch, fields), and the states of the LSTM."""
        return np.tile(np.int32(self.sizes), (batch, 1)), self.stack.initial_states(batch)

    def step(self, beat, told, states):
        """Read one beat.

        Args:
            beat: (batch, fields) the beat before, from `begin` at first.
            told: (batch, told) of the beat to come.
            states: of the LSTM.

        Returns:
            context for `field_logits`, and the states after.
        """
        return self._compiled_step(np.asarray(beat, "int32"), np.asarray(told, "float32"), states)

    def field_logits(self, context, beat, field):
        """Logits of one field.

        Args:
            context: from `step`.
            beat: (batch, fields) with the fields before this one; what stands in the others has no effect.
            field: number of the field.

        Returns:
            (batch, values) float32 NumPy array.
        """
        return ops.convert_to_numpy(self._compiled_logits(context, np.asarray(beat, "int32"))[field])

    def get_config(self):
        return {
            **super().get_config(),
            "sizes": self.sizes,
            "told": self.told,
            "units": self.units,
            "embedding_dim": self.embedding_dim,
            "hidden": self.hidden,
            "dropout": self.dropout,
        }
