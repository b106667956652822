"""Networks that make levels: the LSTM that writes columns, and the GAN that draws windows."""

import keras
import numpy as np

from animkit.data.mario_levels import LETTERS
from animkit.gan import GAN, Discriminator
from animkit.metrics.levels import take_offs, tile_path
from animkit.models.level_gan import TileGenerator
from animkit.models.level_writer import LevelWriter, ground_column
from animkit.recipes.schedules import cosine_decay
from animkit.training import Batches, TwoTimescaleAdam, train

EPOCHS = {"ci": (1, 1), "demo": (6, 10), "full": (14, 40)}  # of the LSTM and of the GAN, by profile
TEMPERATURE = 1.0  # of the LSTM's draws
ENEMY, COIN = LETTERS.index("E"), LETTERS.index("o")


def to_columns(tiles):
    """Write a level as columns of symbols: the row of the way's cell, whether one jumps there, tiles from the bottom.

    Args:
        tiles: (rows, width) of codes, of a level that the graph of tiles can finish.

    Returns:
        (width, 2 + rows) uint8.

    Raises:
        ValueError: there is no way through the level.
    """
    path = tile_path(tiles)
    if path is None:
        raise ValueError("there is no way through this level: leave it out")
    width = tiles.shape[1]
    columns, first = np.unique(path[:, 0].astype(int), return_index=True)
    rows = np.interp(np.arange(width), columns, path[first, 1] - 1)
    jumps = np.isin(np.arange(width), path[take_offs(path), 0].astype(int))
    return np.concatenate([np.stack([rows, jumps], axis=1), tiles[::-1].T], axis=1).astype(np.uint8)


def to_wishes(columns):
    """What a level has of all that one can wish for, column by column: (width, 5), the last of it ones."""
    rows = columns.shape[1] - 2
    tiles = columns[:, 2:]
    return np.stack(
        [
            (tiles == ENEMY).sum(axis=1), columns[:, 1], (tiles == COIN).sum(axis=1),
            rows - 2.0 - columns[:, 0], np.ones(len(columns)),
        ],
        axis=1,
    )  # fmt: skip


class ColumnBatches(keras.utils.PyDataset):
    """Windows cut anew in every epoch, at any place of any level; each is the beginning of a stretch with its wishes.

    Args:
        levels: list of (rows, width) of codes, with a way through each.
        length: columns of a window.
        longest: columns of a stretch, at most; what is wished for is what the stretch has.
        batch_size, batches: of an epoch.
        hidden: how often each wish is kept from the model.
        seed: decides all draws, with the epoch.
    """

    def __init__(self, levels, *, length=48, longest=144, batch_size=32, batches=40, hidden=0.3, seed=0):
        super().__init__()
        self.columns = [to_columns(tiles) for tiles in levels]
        self.wishes = [to_wishes(columns) for columns in self.columns]
        self.length, self.longest, self.batch_size, self.batches = length, longest, batch_size, batches
        self.hidden, self.seed, self.epoch = hidden, seed, -1

    def __len__(self):
        return self.batches

    def __getitem__(self, index):
        rng = np.random.default_rng([self.seed, self.epoch + 1, index])
        room = np.array([len(columns) - self.length + 1 for columns in self.columns])
        which = rng.choice(len(room), self.batch_size, p=room / room.sum())
        cut = [self._window(level, rng) for level in which]
        before, columns, left = (np.stack(each) for each in zip(*cut, strict=True))
        known = (rng.random((self.batch_size, 4)) >= self.hidden).astype(np.float32)
        return ({"before": before, "columns": columns, "left": left, "known": known},)

    def _window(self, level, rng):
        columns, wishes = self.columns[level], self.wishes[level]
        last = len(columns) - self.length
        start = rng.integers(last + 1)
        stop = min(len(columns), start + rng.integers(self.length, self.longest + 1))
        return windows_of(columns, wishes, start, self.length, stop)

    def on_epoch_begin(self):
        self.epoch += 1


def windows_of(columns, wishes, start, length, stop):
    """The window from `start` on, as the model reads it, of a stretch that ends at `stop`: before, columns, left."""
    padded = np.concatenate([ground_column()[None], columns]).astype(np.int32)
    left = np.cumsum(wishes[start:stop][::-1], axis=0)[::-1][:length].astype(np.float32)
    return padded[start : start + length], padded[start + 1 : start + 1 + length], left


def whole(levels, *, length=48):
    """Windows edge to edge, each the beginning of what is left of its level up to 144 columns, all wishes known."""
    cut = []
    for tiles in levels:
        columns = to_columns(tiles)
        wishes = to_wishes(columns)
        starts = range(0, len(columns) - length + 1, length)
        cut += [windows_of(columns, wishes, start, length, start + 144) for start in starts]
    before, columns, left = (np.stack(each) for each in zip(*cut, strict=True))
    return {"before": before, "columns": columns, "left": left, "known": np.ones((len(cut), 4), np.float32)}


def train_level_writer(levels, *, epochs, validation=None, seed=0, checkpoint=None, progress=True, **sizes):
    """Train the LSTM on windows of levels.

    Args:
        levels: list of (14, width) of codes.
        epochs: of 40 batches of 32 windows.
        validation: list of levels whose nats a column are told after each epoch; None tells none.
        seed: of weights and windows.
        checkpoint: folder for the state after each epoch, or None.
        progress: show it.
        **sizes: of `LevelWriter`.

    Returns:
        LevelWriter, and the history of its losses.
    """
    keras.utils.set_random_seed(seed)
    model = LevelWriter(**sizes)
    data = ColumnBatches(levels, seed=seed)
    model.compile(
        keras.optimizers.AdamW(
            cosine_decay(4e-3, epochs * len(data), last=0.02), weight_decay=1e-2, global_clipnorm=200.0
        )
    )
    held = None if validation is None else (whole(validation), None)
    return model, train(model, data, epochs=epochs, validation_data=held, checkpoint=checkpoint, progress=progress)


WINDOW = 28  # columns of the GAN's


def windows_and_wishes(levels):
    """Windows of levels at every place, with what each has.

    Args:
        levels: list of (14, width) of codes, with a way through each.

    Returns:
        (windows, 14, 28) uint8, and (windows, 4): enemies, jumps, coins, mean height of the way.
    """
    cut, wishes = [], []
    for tiles in levels:
        has = to_wishes(to_columns(tiles))[:, :4]
        for start in range(tiles.shape[1] - WINDOW + 1):
            cut.append(tiles[:, start : start + WINDOW])
            wishes.append(has[start : start + WINDOW].sum(axis=0) / [1, 1, 1, WINDOW])
    return np.stack(cut), np.array(wishes, np.float32)


def train_level_gan(levels, *, epochs, seed=0, checkpoint=None, progress=True, **sizes):
    """Train the GAN on windows of levels.

    Args:
        levels: list of (14, width) of codes.
        epochs: over all windows.
        seed: of weights, order and noise.
        checkpoint: folder for the state after each epoch, or None.
        progress: show it.
        **sizes: of `TileGenerator`.

    Returns:
        GAN, and the history of its losses.
    """
    keras.utils.set_random_seed(seed)
    windows, wishes = windows_and_wishes(levels)
    generator = TileGenerator(seed=seed, wish_mean=wishes.mean(axis=0), wish_spread=wishes.std(axis=0), **sizes)
    discriminator = Discriminator((14, WINDOW), len(LETTERS), classes=4, width=32, dropout=0.2)
    gan = GAN(generator, discriminator, loss="relativistic", r1=0.3, r2=0.3, seed=seed)
    data = Batches(
        np.eye(len(LETTERS), dtype=np.float32)[windows], generator.told(wishes),
        batch_size=48, seed=seed, drop_remainder=True,
    )  # fmt: skip
    gan.compile(TwoTimescaleAdam(4e-4, 4e-4, beta_1=0.0, beta_2=0.99, ema_momentum=0.995))
    return gan, train(gan, data, epochs=epochs, checkpoint=checkpoint, progress=progress)
