"""The narrator: an LSTM over words that is told what to say, and crosses it off as it says it."""

import keras
import numpy as np
from keras import ops

from animkit import losses
from animkit.rnn import check_rollout, closed_loop
from animkit.training import KeepsSeeds, batch_mean, compiled

BOUNDARY = 0  # the word before a sentence's first and after its last


@keras.saving.register_keras_serializable(package="animkit")
class SemanticCell(keras.layers.Layer):
    """One step of an LSTM with a third state: d_t, what is still to be said, which a reading gate consumes.

    r_t = sigmoid(W_r x_t + U_r h_{t-1}), d_t = r_t * d_{t-1}, c_t = f * c_{t-1} + i * c + tanh(W_d d_t). Use it inside
    `keras.layers.RNN`, which begins with d_0; the output is h_t and d_t, (batch, units + features).

    Args:
        units: size of h_t.
        features: size of d_t.

    Source: Wen et al. 2015, equations 3 to 8.
    """

    def __init__(self, units, features, **kwargs):
        super().__init__(**kwargs)
        self.units, self.features = units, features
        self.state_size = [units, units, features]
        self.output_size = units + features

    def build(self, input_shape):
        def weight(name, shape, initializer="glorot_uniform"):
            return self.add_weight(name=name, shape=shape, initializer=initializer)

        words, units, features = input_shape[-1], self.units, self.features
        self.W = weight("W", (words, 4 * units))
        self.U = weight("U", (units, 4 * units), "orthogonal")
        self.b = weight("b", (4 * units,), "zeros")
        self.W_r = weight("W_r", (words, features))
        self.U_r = weight("U_r", (units, features))
        # open at first: a gate that begins at one half has forgotten the beat after three words
        self.b_r = weight("b_r", (features,), keras.initializers.Constant(3.0))
        self.W_d = weight("W_d", (features, units))

    def call(self, x, states, training=None):
        h, c, d = states
        gates = ops.matmul(x, self.W) + ops.matmul(h, self.U) + self.b
        i, f, o, new = ops.split(gates, 4, axis=-1)
        d = d * ops.sigmoid(ops.matmul(x, self.W_r) + ops.matmul(h, self.U_r) + self.b_r)
        # + 1: what is in the cell stays there until it is told to go
        c = ops.sigmoid(f + 1.0) * c + ops.sigmoid(i) * ops.tanh(new) + ops.tanh(ops.matmul(d, self.W_d))
        h = ops.sigmoid(o) * ops.tanh(c)
        return ops.concatenate([h, d], axis=-1), [h, c, d]

    def get_config(self):
        return {**super().get_config(), "units": self.units, "features": self.features}


def _said(words):
    """(batch, time) ones up to a sentence's first `BOUNDARY`, which counts: that it ends there is said, too."""
    ends = ops.cast(words == BOUNDARY, "int32")
    return ops.cast(ops.cumsum(ends, axis=1) - ends == 0, "float32")


@keras.saving.register_keras_serializable(package="animkit")
class Narrator(KeepsSeeds, keras.Model):
    """Tell a beat in words: predict the next word from all words so far and from what is still to be said.

    Fit it on x = {"words": (batch, time) indices, the first of each row `BOUNDARY`, "beat": (batch, features) of zeros
    and ones} and y, the words one step later: a sentence ends with its first `BOUNDARY`, and what follows does not
    count. One table of vectors reads words and writes them.

    Args:
        words: the vocabulary; the first stands for the boundary between sentences.
        features: names of what a beat may hold.
        units: size of the hidden state.
        embedding_dim: size of a word's vector.
        dropout: share of word vectors' and hidden states' entries dropped while training.

    Raises:
        ValueError: when there are no words or features.

    Source: the article, use 1 (story ideas); Wen et al. 2015; Press and Wolf 2017 for the shared table.
    """

    def __init__(self, words, features, *, units=192, embedding_dim=96, dropout=0.3, **model_options):
        super().__init__(**model_options)
        if len(words) < 2 or not features:
            raise ValueError(f"a narrator needs words and features; got {len(words)} and {len(features)}")
        self.words, self.features = tuple(words), tuple(features)
        self.units, self.embedding_dim, self.dropout = units, embedding_dim, dropout
        self.embedding = keras.layers.Embedding(len(words), embedding_dim)
        self.recurrent = keras.layers.RNN(SemanticCell(units, len(features)), return_sequences=True)
        self.hide = keras.layers.Dropout(dropout)
        self.project = keras.layers.Dense(embedding_dim)
        self.embedding.build((None, None))
        self.recurrent.build((None, None, embedding_dim))
        self.project.build((None, None, units))
        self.bias = self.add_weight(name="bias", shape=(len(words),), initializer="zeros")
        self.per_word = keras.metrics.Mean(name="nats_per_word")
        self._compiled_rollout = self._compiled_nats = None
        self.built = True

    def call(self, x, training=None):
        """Read sentences: logits (batch, time, words), and what is still to be said (batch, time + 1, features)."""
        beat = ops.cast(x["beat"], self.compute_dtype)
        vectors = self.hide(self.embedding(x["words"]), training=training)
        nothing = ops.zeros((ops.shape(beat)[0], self.units), dtype=self.compute_dtype)
        output = self.recurrent(vectors, initial_state=[nothing, nothing, beat], training=training)
        hidden, left = ops.split(output, [self.units], axis=-1)
        return {
            "logits": self._logits(self.hide(hidden, training=training)),
            "left": ops.concatenate([beat[:, None], left], axis=1),
        }

    def _logits(self, hidden):
        table = ops.cast(self.embedding.embeddings, self.compute_dtype)
        logits = ops.matmul(self.project(hidden), ops.transpose(table))
        return ops.cast(logits, "float32") + ops.cast(self.bias, "float32")

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        mask = _said(y)
        nats = losses.character_cross_entropy(y, y_pred["logits"], mask)
        steps = ops.sum(mask)
        self.per_word.update_state(ops.sum(nats) / ops.maximum(steps, 1.0), sample_weight=steps)
        return batch_mean(nats + losses.semantic_gates(y_pred["left"], mask))

    def tell(self, beats, steps, *, allowed=None, temperature=1.0, seed=0):
        """Draw a sentence for each beat, word by word. One compiled function, no loop in Python.

        Args:
            beats: (batch, features) zeros and ones.
            steps: words at most.
            allowed: (batch, words) booleans, words that may be drawn; None for all.
            temperature: 0 takes the likeliest, 1 draws as the model believes.
            seed: decides the draws, the same on every backend.

        Returns:
            (batch, steps) int32 indices, `BOUNDARY` from a sentence's end on; and (batch, steps) float32, the nats of
            each, that it ends there included, as the model at temperature 1 with nothing forbidden has them.

        Raises:
            ValueError: for wrong shapes, steps < 1, a negative temperature.

        Source: Gumbel 1954 for the draw.
        """
        check_rollout(steps, temperature)
        beats = np.asarray(beats, "float32")
        shape = (len(beats), len(self.words))
        if beats.ndim != 2 or beats.shape[1] != len(self.features):
            raise ValueError(f"beats are (batch, {len(self.features)}); got shape {beats.shape}")
        if allowed is not None and np.shape(allowed) != shape:
            raise ValueError(f"allowed must be {shape}; got shape {np.shape(allowed)}")
        uniform = np.random.default_rng(seed).random((len(beats), steps, len(self.words)), "float32")
        noise = np.float32(-temperature) * np.log(-np.log(np.maximum(uniform, 1e-30)))
        if allowed is not None:
            noise += np.where(allowed, 0, -np.inf).astype("float32")[:, None]
        if self._compiled_rollout is None:
            self._compiled_rollout = compiled(self, self._run)
        drawn, nats = self._compiled_rollout(beats, noise)
        return ops.convert_to_numpy(drawn), ops.convert_to_numpy(nats)

    def _run(self, beats, noise):
        batch, steps = ops.shape(noise)[0], ops.shape(noise)[1]
        words = ops.zeros((batch, steps), dtype="int32")
        nothing = ops.zeros((batch, self.units), dtype=self.compute_dtype)
        logits, drawn = closed_loop(
            self._advance,
            lambda logits, noise_t: ops.cast(ops.argmax(logits + noise_t, axis=-1), "int32"),
            words,
            ops.broadcast_to(ops.arange(steps) == 0, (batch, steps)),
            (),
            noise,
            ops.zeros((batch, len(self.words))),
            (nothing, nothing, ops.cast(beats, self.compute_dtype)),
        )
        said = _said(drawn)
        nats = ops.sparse_categorical_crossentropy(drawn, logits, from_logits=True)
        return drawn * ops.cast(said, "int32"), nats * said

    def _advance(self, words, _, states):
        output, states = self.recurrent.cell(self.embedding(words), states)
        return self._logits(output[:, : self.units]), tuple(states)

    def nats(self, words, beats):
        """Score sentences.

        Args:
            words: (batch, time + 1) indices, `BOUNDARY` before and behind each sentence.
            beats: (batch, features).

        Returns:
            (batch,) nats of each sentence.
        """
        if self._compiled_nats is None:
            self._compiled_nats = compiled(self, self._nats)
        return ops.convert_to_numpy(self._compiled_nats(words, beats))

    def _nats(self, words, beats):
        logits = self({"words": words[:, :-1], "beat": beats}, training=False)["logits"]
        return losses.character_cross_entropy(words[:, 1:], logits, _said(words[:, 1:]))

    def get_config(self):
        return {
            **super().get_config(),
            "words": self.words,
            "features": self.features,
            "units": self.units,
            "embedding_dim": self.embedding_dim,
            "dropout": self.dropout,
        }
