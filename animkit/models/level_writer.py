"""Writing levels: an LSTM goes from column to column and is told what is still wished for; a NADE fills each column."""

import keras
import numpy as np
from keras import ops

from animkit import losses
from animkit.rnn import RecurrentStack
from animkit.training import KeepsSeeds, batch_mean, compiled

WISHES = 4  # enemies, jumps, coins and height, as `animkit.metrics.levels.WISHES` has them
AHEAD = 24  # columns that a wish is told for
SPREAD = np.array([AHEAD, AHEAD, AHEAD, 1], "float32")  # from a wish per column; of heights it is the mean
FEET, JUMPS = 0, 1  # places of a column's symbols; its tiles come after, from the bottom up


def ground_column(rows=14, ground=1):
    """The symbols of bare ground, on which every level begins: (2 + rows,) int32."""
    return np.array([rows - 2, 0, ground] + (rows - 1) * [0], np.int32)


def _told(ahead, known):
    """What the LSTM reads of wishes, all of about one size.

    Args:
        ahead: (..., 4) enemies, jumps, coins and mean height of the next AHEAD columns.
        known: (..., 4) 1 where it is wished, 0 where the model is free.
    """
    return ops.concatenate([ops.clip(ahead / 4.0, -0.5, 3.0) * known, known], axis=-1)


@keras.saving.register_keras_serializable(package="animkit")
class LevelWriter(KeepsSeeds, keras.Model):
    """Predict the next column of a level from all before it and from what is wished for in the next AHEAD columns.

    A column is a list of symbols: the row of the cell in which the way runs, whether the runner takes off there, and
    the tiles from the bottom up. An LSTM reads the columns before and the wishes that are left; a NADE gives each
    symbol its distribution, given those below it in the column. As the model says itself where its way runs, what is
    left of the wishes for a whole level is known while it writes, and is spread over the columns to come.

    Fit it on a dict, without y: `before` and `columns` (batch, time, 2 + rows) indices, the first one step behind the
    second; `ahead` (batch, time, 4): enemies, jumps, coins and the mean height of the way in the next AHEAD columns;
    `known` (batch, 4). The loss is nats, summed over a window.

    Args:
        rows: of a level.
        tiles: kinds of tiles.
        units: of the LSTM.
        hidden: of the NADE.
        dropout: share of the LSTM's and the NADE's output that is dropped in training.
        enemy, coin: codes of the two tiles that are counted.

    Raises:
        ValueError: when a size is below one.

    Source: Summerville and Mateas 2016 (an LSTM that writes levels together with the way through them);
    Boulanger-Lewandowski et al. 2012 (RNN-NADE); Larochelle and Murray 2011 (NADE); Ho and Salimans 2022 (guidance).
    """

    def __init__(self, *, rows=14, tiles=13, units=128, hidden=96, dropout=0.3, enemy=10, coin=9, **kwargs):
        super().__init__(**kwargs)
        if min(rows, tiles, units, hidden) < 1:
            raise ValueError(f"rows, tiles, units and hidden must be at least 1; got {rows, tiles, units, hidden}")
        self.rows, self.tiles, self.units, self.hidden = rows, tiles, units, hidden
        self.dropout, self.enemy, self.coin = dropout, enemy, coin
        self.symbols, self.kinds = rows + 2, max(rows, tiles, 2)
        self.stack = RecurrentStack((units,), dropout=dropout)
        self.into = keras.layers.Dense(hidden)
        self.drop = keras.layers.Dropout(dropout)
        self.stack.build((None, None, self.symbols * self.kinds + 2 * WISHES))
        self.into.build((None, None, units))
        self.drop.build((None, None, self.symbols, hidden))
        shape = (self.symbols, self.kinds, hidden)
        self.seen = self.add_weight(name="seen", shape=shape, initializer="random_normal")
        self.out = self.add_weight(name="out", shape=shape, initializer="glorot_uniform")
        self.bias = self.add_weight(name="bias", shape=shape[:2], initializer="zeros")
        self.per_column = keras.metrics.Mean(name="nats_per_column")
        self._compiled_write = None
        self.built = True

    def _read(self, before, ahead, known):
        """What the LSTM takes in at a column: the one before as one-hot vectors, and the wishes."""
        before = ops.one_hot(ops.cast(before, "int32"), self.kinds, dtype="float32")
        before = ops.reshape(before, (-1, *before.shape[1:-2], self.symbols * self.kinds))
        return ops.concatenate([before, _told(ahead, known)], axis=-1)

    def call(self, x, training=None):
        known = ops.repeat(ops.cast(x["known"], "float32")[:, None], ops.shape(x["ahead"])[1], axis=1)
        read = self._read(x["before"], ops.cast(x["ahead"], "float32"), known)
        h = self.into(self.stack(read, training=training))[:, :, None]
        # what each symbol adds is known to those after it: a sum that leaves out the last
        place = ops.arange(self.symbols) * self.kinds + ops.cast(x["columns"], "int32")
        added = ops.take(ops.reshape(ops.cast(self.seen, "float32"), (-1, self.hidden)), place, axis=0)
        hidden = ops.relu(ops.cast(h, "float32") + ops.cumsum(added, axis=2) - added)
        hidden = ops.cast(self.drop(hidden, training=training), "float32")
        logits = ops.einsum("btsh,skh->btsk", hidden, ops.cast(self.out, "float32"))
        return logits + ops.cast(self.bias, "float32")

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        batch, time = ops.shape(x["columns"])[:2]
        each = ops.reshape(x["columns"], (batch, time * self.symbols))
        per_example = losses.character_cross_entropy(
            each, ops.reshape(y_pred, (batch, time * self.symbols, self.kinds))
        )
        self.per_column.update_state(per_example / ops.cast(time, "float32"))
        return batch_mean(per_example)

    def _write(self, first, left, known, beside, above, guidance, gumbel):
        # a tile after which there is nothing left that may stand above it, as what stands to the left wants another
        blocked = ops.min(ops.maximum(beside[:, None], above[None]), axis=-1)

        def column(h, before, noise, last):
            """Draw a column's symbols one after the other, each from logits plus Gumbel noise."""
            drawn = []
            for symbol in range(self.symbols):
                told, untold = ops.split(ops.matmul(ops.relu(h), ops.transpose(self.out[symbol])), 2)
                logits = untold + guidance * (told - untold) + self.bias[symbol] + noise[:, symbol]
                if symbol > JUMPS:
                    logits = logits - ops.take(beside, before[:, symbol], axis=0) - last * beside[:, 0]
                    up = before[:, symbol + 1] if symbol + 1 < self.symbols else ops.zeros_like(before[:, 0])
                    logits = logits - ops.take(blocked, up, axis=0)
                if symbol > JUMPS + 1:
                    logits = logits - ops.take(above, drawn[-1], axis=0)
                if symbol + 1 == self.symbols:
                    logits = logits - above[:, 0]
                drawn.append(ops.cast(ops.argmax(logits, axis=-1), "int32"))
                h = h + ops.tile(ops.take(self.seen[symbol], drawn[-1], axis=0), (2, 1))
            return ops.stack(drawn, axis=1)

        def step(carry, t):
            before, left, states = carry
            columns = ops.cast(ops.shape(gumbel)[1] - t, "float32")
            ahead = left / columns * SPREAD
            # twice at once: told the wishes, and told none
            twice = [ops.tile(each, (2, 1)) for each in (before, ahead)]
            read = self._read(*twice, ops.concatenate([known, ops.zeros_like(known)]))
            h, states = self.stack.step(ops.cast(read, self.compute_dtype), states)
            drawn = column(
                ops.cast(self.into(h), "float32"),
                before,
                ops.take(gumbel, t, axis=1),
                ops.cast(ops.equal(t + 1, ops.shape(gumbel)[1]), "float32"),
            )
            tiles = drawn[:, 2:]

            def count(code):
                return ops.sum(ops.cast(ops.equal(tiles, code), "float32"), axis=1)

            height = ops.cast(self.rows - 2 - drawn[:, FEET], "float32")
            jumps = ops.cast(ops.equal(drawn[:, JUMPS], 1), "float32")
            spent = (count(self.enemy), jumps, count(self.coin), height)
            carry = (drawn, left - ops.stack(spent, axis=1), states)
            return carry, carry

        carry = (first, left, self.stack.initial_states(2 * ops.shape(first)[0]))
        _, (drawn, *_) = ops.scan(step, carry, ops.arange(ops.shape(gumbel)[1]))
        return ops.swapaxes(drawn, 0, 1)

    def write(self, wishes, length, *, beside=None, above=None, guidance=1.0, temperature=1.0, seed=0):
        """Write levels, all at once, in one compiled function; before the first column is bare ground.

        Args:
            wishes: (levels, 4) enemies, jumps, coins and mean height of the way above the lowest floor, in tiles; NaN
                where the model is free.
            length: columns.
            beside, above: (tiles, tiles) bools: what must not stand to the right of a tile, and what not above one, and
                so gets no probability; None forbids nothing. Beyond the level are tiles of code 0.
            guidance: 1 draws as the model believes; more overstates what the wishes change in its belief.
            temperature: 0 takes the likeliest symbol, 1 draws as the model believes, more is wilder.
            seed: decides the draws, the same on every backend.

        Returns:
            (levels, rows, length) uint8 tiles, and (levels, length) the row where the model means the way to run.

        Raises:
            ValueError: wishes of another shape, a length below one, a temperature below zero.
        """
        wishes = np.asarray(wishes, np.float32)
        if wishes.ndim != 2 or wishes.shape[1] != WISHES:
            raise ValueError(f"wishes are (levels, {WISHES}), NaN for none; got {wishes.shape}")
        if length < 1 or not temperature >= 0:
            raise ValueError(f"length starts at 1 and temperature at 0; got {length} and {temperature}")
        known = np.isfinite(wishes).astype(np.float32)
        left = (np.nan_to_num(wishes, nan=0.0) * [1, 1, 1, length]).astype(np.float32)
        gumbel = np.random.default_rng(seed).gumbel(size=(len(wishes), length, self.symbols, self.kinds))
        first = np.tile(ground_column(self.rows), (len(wishes), 1))
        rules = []
        for rule in (beside, above):
            rules.append(np.zeros((self.kinds, self.kinds), np.float32))
            if rule is not None:
                rules[-1][: self.tiles, : self.tiles] = 1e9 * np.asarray(rule)
            rules[-1][:, self.tiles :] = 1e9  # a row of the way that is no tile
        if self._compiled_write is None:
            self._compiled_write = compiled(self, self._write)
        drawn = self._compiled_write(
            first, left, known, *rules, np.float32(guidance), (temperature * gumbel).astype(np.float32)
        )
        drawn = ops.convert_to_numpy(drawn)
        tiles = drawn[:, :, 2:][:, :, ::-1]
        return tiles.transpose(0, 2, 1).astype(np.uint8), drawn[:, :, FEET]

    def get_config(self):
        return {
            **super().get_config(),
            "rows": self.rows,
            "tiles": self.tiles,
            "units": self.units,
            "hidden": self.hidden,
            "dropout": self.dropout,
            "enemy": self.enemy,
            "coin": self.coin,
        }
