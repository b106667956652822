"""The reader of emotions: a BiLSTM over words and letters, with attention, and a linear model of letters beside it."""

import functools
import itertools
import zlib
from typing import NamedTuple

import keras
import numpy as np
import scipy.sparse
from keras import ops
from scipy.special import expit, softmax

from animkit import losses
from animkit.data.emotions import EKMAN, LABELS, LONGEST, words_of
from animkit.training import KeepsSeeds, batch_mean

PADDING, UNKNOWN = 0, 1  # numbers of words and letters; those that are known follow
LETTERS = 12  # of a word that are read
GRAMS = (2, 3, 4, 5)  # letters that follow one another in a word, its ends counted as one each
AT_ONCE = 64  # texts
OUTPUTS = (*LABELS, *EKMAN)  # neutral is the last of both
STEP = 2.0**-5  # of the numbers in a table that is stored in bytes


class Readings(NamedTuple):
    """What is read in texts: probabilities of labels (texts, 28), of groups (texts, 7), and more of each text.

    That is its words, their attention, which sums to one, the share of words known, the labels above their thresholds,
    and whether it could be read at all.
    """

    probabilities: np.ndarray
    words: list
    attention: list
    known: np.ndarray
    labels: list
    readable: np.ndarray
    groups: np.ndarray


@keras.saving.register_keras_serializable(package="animkit")
class Table(keras.layers.Layer):
    """A vector for each number; the file holds a byte for each entry where that loses nothing, see `shorten`.

    Args:
        rows: numbers there are.
        size: of a vector.
        spread: standard deviation of the entries at first.
    """

    def __init__(self, rows, size, *, spread=0.0, **kwargs):
        super().__init__(**kwargs)
        self.rows, self.size, self.spread = rows, size, spread

    def build(self, input_shape=None):
        start = keras.initializers.RandomNormal(stddev=self.spread) if self.spread else "zeros"
        self.table = self.add_weight(name="table", shape=(self.rows, self.size), initializer=start)

    def call(self, numbers):
        return ops.cast(ops.take(self.table, numbers, axis=0), self.compute_dtype)

    def shorten(self):
        """Round the entries to multiples of `STEP`, at most 127 of them."""
        self.table.assign(np.clip(np.round(ops.convert_to_numpy(self.table) / STEP), -127, 127) * STEP)

    def save_own_variables(self, store):
        table = ops.convert_to_numpy(self.table)
        steps = np.round(table / STEP)
        exact = np.abs(steps).max() <= 127 and np.array_equal(steps * STEP, table)
        store["0"] = steps.astype("int8") if exact else table

    def load_own_variables(self, store):
        table = np.asarray(store["0"])
        self.table.assign(table * np.float32(STEP) if table.dtype == np.int8 else table)

    def get_config(self):
        return {**super().get_config(), "rows": self.rows, "size": self.size, "spread": self.spread}


@keras.saving.register_keras_serializable(package="animkit")
class BothWays(keras.layers.Layer):
    """One step of two LSTMs that read a text from its beginning and from its end, in one loop instead of two.

    Use it inside `keras.layers.RNN`. The input holds the gates' part of x_t for both, (batch, 8 units), and whether
    there is a word in each direction, (batch, 2): where there is none the states stay. The output is both h_t.

    Args:
        units: size of each h_t.

    Source: Hochreiter and Schmidhuber 1997; Schuster and Paliwal 1997.
    """

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = [2 * units, 2 * units]
        self.output_size = 2 * units

    def build(self, input_shape):
        self.U = [
            self.add_weight(name=name, shape=(self.units, 4 * self.units), initializer="orthogonal")
            for name in ("forward", "backward")
        ]

    def call(self, x, states):
        new_h, new_c = [], []
        ways = zip(*(ops.split(one, 2, axis=-1) for one in (x[:, :-2], *states, x[:, -2:])), self.U, strict=True)
        for gates, h, c, there, U in ways:
            i, f, o, g = ops.split(gates + ops.matmul(h, U), 4, axis=-1)
            # + 1: what is in the cell stays there until it is told to go
            now = ops.sigmoid(f + 1.0) * c + ops.sigmoid(i) * ops.tanh(g)
            new_h.append(h + there * (ops.sigmoid(o) * ops.tanh(now) - h))
            new_c.append(c + there * (now - c))
        h, c = ops.concatenate(new_h, axis=-1), ops.concatenate(new_c, axis=-1)
        return h, [h, c]

    def get_config(self):
        return {**super().get_config(), "units": self.units}


@keras.saving.register_keras_serializable(package="animkit")
class EmotionReader(KeepsSeeds, keras.Model):
    """Read which of GoEmotions' 28 labels, and which of their 7 groups by Ekman, a short English text has.

    Fit it on x = {"words": (batch, time), "letters": (batch, time, 12)}, see `encode`, and y, (batch, 35), zeros and
    ones or a teacher's probabilities, in the order of `OUTPUTS`. Each one's logit is the sum of what a BiLSTM says,
    whose states an attention over the words sums up, and of votes of words and pairs of neighbours. What is read by
    `probabilities` and `read` is a mean of these logits and of those of a linear model of letters, see `letter_counts`.

    Args:
        words: the vocabulary.
        letters: str, all that are known.
        thresholds: (35,) probabilities from which a label or a group is given; a half without them.
        rest: share of neutral among all texts: its probability where a text cannot be read.
        embedding_dim: size of a word's vector.
        units: of the LSTM in each direction.
        shapes: what is seen in the letters: sizes of their vectors and of the convolution over three.
        pairs: votes of pairs, which share them by their hash.
        grams: votes of letters that follow one another, which share them by their hash.
        share: of these in the logits.
        dropout: share of hidden states dropped while training; of vectors it is half.
        forget: share of words that are unknown while training.

    Raises:
        ValueError: there are no words, or not a threshold for each label and group.

    Source: the article, 3.3 and use 4; Bahdanau et al. 2015 (attention); Cheng et al. 2016 (wide and deep).
    """

    def __init__(
        self, words, letters, *, thresholds=None, rest=1.0, embedding_dim=64, units=64, shapes=(16, 32),
        pairs=2**13, grams=2**14, share=0.0, dropout=0.4, forget=0.1, **model_options,
    ):  # fmt: skip
        super().__init__(**model_options)
        thresholds = (0.5,) * len(OUTPUTS) if thresholds is None else thresholds
        if not words or len(thresholds) != len(OUTPUTS):
            raise ValueError(
                f"a reader needs words, and a threshold for each of {len(OUTPUTS)} labels and groups; "
                f"got {len(words)} and {len(thresholds)}"
            )
        self.words, self.letters = tuple(words), letters
        self.thresholds, self.rest = tuple(map(float, thresholds)), float(rest)
        self.embedding_dim, self.units, self.shapes, self.pairs = embedding_dim, units, tuple(shapes), pairs
        self.grams, self.share = grams, float(share)
        self.dropout, self.forget = dropout, forget
        self._number = {word: number for number, word in enumerate(self.words, UNKNOWN + 1)}
        self._letter = {letter: number for number, letter in enumerate(letters, UNKNOWN + 1)}
        layers, rows = keras.layers, len(words) + 2
        self.vectors = Table(rows, embedding_dim, spread=0.3)
        self.letter_vectors = Table(len(letters) + 2, shapes[0], spread=0.3)
        self.shape_of_word = layers.Dense(shapes[1])
        self.gates = layers.Dense(8 * units)
        self.recurrent = layers.RNN(BothWays(units), return_sequences=True)
        self.attend, self.weigh = layers.Dense(units, activation="tanh"), layers.Dense(1, use_bias=False)
        self.say = layers.Dense(len(OUTPUTS), dtype="float32")
        self.word_votes, self.pair_votes = Table(rows, len(OUTPUTS)), Table(pairs, len(OUTPUTS))
        # fitted beside the network; the last row counts for every text
        self.gram_votes = Table(grams + 1, len(OUTPUTS), trainable=False)
        self.hide, self.hide_some = layers.Dropout(dropout), layers.Dropout(dropout / 2)
        self.noise = keras.random.SeedGenerator()
        for table in (self.vectors, self.letter_vectors, self.word_votes, self.pair_votes, self.gram_votes):
            table.build()
        self.shape_of_word.build((None, None, LETTERS, 3 * shapes[0]))
        self.gates.build((None, None, embedding_dim + shapes[1]))
        self.recurrent.build((None, None, 8 * units + 2))
        self.attend.build((None, None, 2 * units))
        self.weigh.build((None, None, units))
        self.say.build((None, 4 * units))
        self.built = True
        self._kept = None

    def encode(self, words, length=None):
        """Turn texts that are cut into words into numbers.

        Args:
            words: list of lists of words, see `animkit.data.emotions.words_of`.
            length: words of each; what is longer is cut off. None for the longest.

        Returns:
            dict: words (texts, length) int32, letters (texts, length, 12) int32.
        """
        length = length or max(map(len, words))
        numbers = np.zeros((len(words), length), "int32")
        letters = np.zeros((len(words), length, LETTERS), "int32")
        for row, text in enumerate(words):
            for column, word in enumerate(text[:length]):
                numbers[row, column] = self._number.get(word, UNKNOWN)
                spelt = [self._letter.get(letter, UNKNOWN) for letter in word[:LETTERS]]
                letters[row, column, : len(spelt)] = spelt
        return {"words": numbers, "letters": letters}

    def call(self, x, training=None):
        return self._look(x, training)[0]

    def _look(self, x, training):
        """Logits (batch, 35) and attention (batch, time)."""
        words = ops.cast(x["words"], "int32")
        there = words != PADDING
        if training:
            forgotten = keras.random.uniform(ops.shape(words), seed=self.noise, dtype="float32") < self.forget
            words = ops.where(ops.logical_and(there, forgotten), UNKNOWN, words)
        mask = ops.cast(there, self.compute_dtype)[..., None]
        vectors = ops.concatenate([self.vectors(words), self._shape(x["letters"])], axis=-1)
        states = self._both_ways(self.hide_some(vectors, training=training), mask)
        beyond = -1e4 * (1 - mask)
        attention = ops.softmax(ops.cast(self.weigh(self.attend(states)) + beyond, "float32"), axis=1)
        found = ops.concatenate(
            [ops.sum(ops.cast(attention, states.dtype) * states, axis=1), ops.max(states + beyond, axis=1)], axis=-1
        )
        before = ops.pad(words[:, :-1], [(0, 0), (1, 0)])
        votes = self.word_votes(words) + self.pair_votes(ops.mod(7919 * before + words, self.pairs))
        votes = ops.sum(ops.cast(votes * mask, "float32"), axis=1)
        many = ops.sum(ops.cast(mask, "float32"), axis=1)
        logits = self.say(self.hide(found, training=training)) + 2 * votes / ops.sqrt(many + 1)
        return logits, attention[..., 0]

    def _shape(self, letters):
        """(batch, time, 12) -> (batch, time, shapes): the strongest of each pattern of three letters in a word."""
        each = self.letter_vectors(letters)
        around = ops.pad(each, [(0, 0), (0, 0), (1, 1), (0, 0)])
        threes = ops.concatenate([around[:, :, :-2], each, around[:, :, 2:]], axis=-1)
        return ops.max(ops.relu(self.shape_of_word(threes)), axis=2)

    def _both_ways(self, vectors, mask):
        """(batch, time, 2 units) states of both LSTMs at each word."""
        ahead, back = ops.split(self.gates(vectors), 2, axis=-1)
        steps = [ahead, ops.flip(back, axis=1), mask, ops.flip(mask, axis=1)]
        states = self.recurrent(ops.concatenate(steps, axis=-1))
        ahead, back = ops.split(states, 2, axis=-1)
        return ops.concatenate([ahead, ops.flip(back, axis=1)], axis=-1)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return batch_mean(losses.bernoulli_reconstruction(y, y_pred))

    def probabilities(self, words):
        """Read texts that are cut into words already.

        Args:
            words: list of lists of words.

        Returns:
            (texts, 35) float32 probabilities, and a list of (words,) float32 attention, which sums to one.
        """
        found, attention = np.zeros((len(words), len(OUTPUTS)), "float32"), [None] * len(words)
        *numbers, votes = self._numbers()
        by_length = sorted(range(len(words)), key=lambda number: len(words[number]))
        for start in range(0, len(words), AT_ONCE):
            chosen = by_length[start : start + AT_ONCE]
            texts = [words[number][:LONGEST] for number in chosen]
            x = self.encode(texts, max(1, len(texts[-1])))
            logits, each = self._network(x, *numbers)
            if self.share:
                logits = (1 - self.share) * logits + letter_counts(texts, self.grams) @ votes[:-1] + votes[-1]
            found[chosen] = expit(logits)
            for number, weights in zip(chosen, each, strict=True):
                attention[number] = weights[: len(words[number])]
        return found, attention

    def _numbers(self):
        """The weights as arrays, kept until training, or what sets them all, has changed the last bias among them."""
        bias = ops.convert_to_numpy(self.say.bias)
        if self._kept is None or not np.array_equal(self._kept[-2], bias):
            self._kept = self._read_weights()
        return self._kept

    def _read_weights(self):
        tables = [self.vectors.table, self.letter_vectors.table, self.word_votes.table, self.pair_votes.table]
        dense = [one for layer in (self.shape_of_word, self.gates) for one in (layer.kernel, layer.bias)]
        ends = [self.attend.kernel, self.attend.bias, self.weigh.kernel, self.say.kernel, self.say.bias]
        both = np.stack([ops.convert_to_numpy(one) for one in self.recurrent.cell.U])
        variables = [*tables, *dense, both, *ends, self.gram_votes.table]
        return tuple(map(ops.convert_to_numpy, variables))

    def _network(self, x, vectors, letter_vectors, word_votes, pair_votes, *weights):
        """`_look` in NumPy: for a text alone faster than a compiled loop over words, and nothing is compiled first."""
        shape, shape_bias, gates, gates_bias, U, attend, attend_bias, weigh, say, say_bias = weights
        words, mask = x["words"], (x["words"] != PADDING)[..., None].astype("float32")
        around = np.zeros((*words.shape, LETTERS + 2, letter_vectors.shape[1]), "float32")
        around[:, :, 1:-1] = letter_vectors[x["letters"]]
        threes = np.concatenate([around[:, :, :-2], around[:, :, 1:-1], around[:, :, 2:]], axis=-1)
        shapes = np.maximum((threes @ shape).max(axis=2) + shape_bias, 0)
        gates = np.concatenate([vectors[words], shapes], axis=-1) @ gates + gates_bias
        states = _both_ways(gates, mask, U)
        beyond = -1e4 * (1 - mask)
        attention = softmax(np.tanh(states @ attend + attend_bias) @ weigh + beyond, axis=1)
        found = np.concatenate([(attention * states).sum(axis=1), (states + beyond).max(axis=1)], axis=-1)
        before = np.zeros_like(words)
        before[:, 1:] = words[:, :-1]
        votes = (word_votes[words] + pair_votes[(7919 * before + words) % self.pairs]) * mask
        logits = found @ say + say_bias + 2 * votes.sum(axis=1) / np.sqrt(mask.sum(axis=1) + 1)
        return logits, attention[..., 0]

    def read(self, texts):
        """Read texts as they were written: their first 500 characters.

        A text can be read if half of its words are known or more; of signs only emoji and what is drawn with signs
        count as words. Of any other text, such as one in another language, it says "neutral", with the probability
        that neutral has among all texts, and nothing else.

        Args:
            texts: list of str.

        Returns:
            `Readings`.

        Raises:
            TypeError: texts is one str, or holds what is no str.
        """
        if isinstance(texts, str):
            raise TypeError("read takes a list of texts, not one: read([text])")
        words = [words_of(text) for text in texts]
        p, attention = self.probabilities(words)
        counted = [[word for word in text if not _is_sign(word)] for text in words]
        known = np.array([np.mean([w in self._number for w in text]) if text else 0.0 for text in counted], "float32")
        readable = known >= 0.5
        p[~readable] = [self.rest * (name == "neutral") for name in OUTPUTS]
        told = (p >= self.thresholds) & readable[:, None]
        labels = [tuple(name for name, one in zip(LABELS, row, strict=False) if one) or ("neutral",) for row in told]
        return Readings(p[:, : len(LABELS)], words, attention, known, labels, readable, p[:, len(LABELS) :])

    def mix(self, votes, share):
        """Have a linear model of letters take part in what is read.

        Args:
            votes: (grams + 1, 35) what it adds to a logit for each of `letter_counts`, and last for every text; rounded
                to what a byte holds.
            share: of its logits; the network has the rest.
        """
        self.share, self._kept = float(share), None
        self.gram_votes.table.assign(self.share * np.asarray(votes))
        self.gram_votes.shorten()

    def shorten(self):
        """Round the tables to what a byte holds, so that the file is small and loses nothing."""
        self._kept = None
        for table in (self.vectors, self.letter_vectors, self.word_votes, self.pair_votes):
            table.shorten()

    def get_config(self):
        return {
            **super().get_config(),
            "words": self.words,
            "letters": self.letters,
            "thresholds": self.thresholds,
            "rest": self.rest,
            "embedding_dim": self.embedding_dim,
            "units": self.units,
            "shapes": self.shapes,
            "pairs": self.pairs,
            "grams": self.grams,
            "share": self.share,
            "dropout": self.dropout,
            "forget": self.forget,
        }


def _is_sign(word):
    """Whether a word says nothing by itself: a sign or a number, but no emoji, nor what is drawn with signs."""
    return word.isascii() and not any(map(str.isalpha, word)) and (len(word) < 2 or set(word) <= set(".!?0123456789"))


@functools.lru_cache(2**16)
def _grams(word, buckets):
    spelt = f" {word} "
    return [
        zlib.crc32(spelt[at : at + size].encode()) % buckets for size in GRAMS for at in range(len(spelt) - size + 1)
    ]


def letter_counts(words, buckets):
    """Count letters that follow one another in words, two to five of them, a word's ends as spaces.

    Args:
        words: list of lists of words.
        buckets: what is counted together, by a hash.

    Returns:
        scipy.sparse matrix (texts, buckets) float32, each row divided by the square root of its sum.
    """
    seen = [[gram for word in text for gram in _grams(word, buckets)] for text in words]
    many = [len(grams) for grams in seen]
    entries = np.repeat(1 / np.sqrt(np.maximum(many, 1), dtype="float32"), many)
    at = np.fromiter(itertools.chain.from_iterable(seen), "int32", sum(many))
    return scipy.sparse.csr_array((entries, at, np.cumsum([0, *many], dtype="int32")), shape=(len(words), buckets))


def _both_ways(gates, mask, U):
    """`BothWays` in NumPy, over the gates' parts (batch, time, 8 units) of all words: (batch, time, 2 units)."""
    units = U.shape[1]
    ahead, back = np.split(gates, 2, axis=-1)
    gates = np.stack([ahead, back[:, ::-1]]).transpose(2, 0, 1, 3)  # (time, 2, batch, 4 units)
    gates[..., units : 2 * units] += 1
    there = np.stack([mask, mask[:, ::-1]]).transpose(2, 0, 1, 3)
    states = np.empty((*gates.shape[:3], units), "float32")
    h = c = np.zeros(states.shape[1:], "float32")
    for step, (x, now) in enumerate(zip(gates, there, strict=True)):
        z = x + h @ U
        given = expit(z[..., : 3 * units])
        i, f, o = given[..., :units], given[..., units : 2 * units], given[..., 2 * units :]
        # 0 before a text begins; what comes after its end nobody looks at
        c = now * (f * c + i * np.tanh(z[..., 3 * units :]))
        states[step] = h = o * np.tanh(c)
    return np.concatenate([states[:, 0], states[::-1, 1]], axis=-1).transpose(1, 0, 2)
