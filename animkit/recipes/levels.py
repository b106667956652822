"""Networks that make levels: the LSTM that writes columns, and the GAN that draws windows."""

import time

import keras
import numpy as np

from animkit.data.mario_levels import LETTERS, load_mario_levels
from animkit.gan import GAN, Discriminator
from animkit.metrics.levels import pattern_kl, physics_paths, take_offs, tile_path
from animkit.metrics.text import n_gram_curve
from animkit.models.level_gan import TileGenerator
from animkit.models.level_writer import AHEAD, SPREAD, LevelWriter, ground_column
from animkit.recipes.cards import card
from animkit.recipes.schedules import cosine_decay
from animkit.studio.scenes import LENGTH, draw_levels
from animkit.training import Batches, TwoTimescaleAdam, train

DATA = "nine human levels of The VGLC (MIT): annotations of tiles, not the procedural twin"
EPOCHS = {"ci": (1, 1), "demo": (4, 6), "full": (10, 12)}  # of the LSTM and of the GAN, by profile
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
    """What a level has of all that one can wish for, column by column: (width, 4)."""
    tiles, height = columns[:, 2:], columns.shape[1] - 4.0 - columns[:, 0]
    return np.stack([(tiles == ENEMY).sum(axis=1), columns[:, 1], (tiles == COIN).sum(axis=1), height], axis=1)


def looking_ahead(wishes):
    """What the next AHEAD columns have, from each column on, as if the level went on as it ends: (width, 4)."""
    sums = np.concatenate([np.zeros((1, wishes.shape[1])), wishes.cumsum(axis=0)])
    first = np.arange(len(wishes))
    last = np.minimum(first + AHEAD, len(wishes))
    return ((sums[last] - sums[first]) / (last - first)[:, None] * SPREAD).astype(np.float32)


def windows_of(tiles, length):
    """The windows of a level as the model reads them: `before`, `columns` and `ahead`, each (windows, length, ...)."""
    columns = to_columns(tiles).astype(np.int32)
    before = np.concatenate([ground_column()[None], columns[:-1]])
    arrays = {"before": before, "columns": columns, "ahead": looking_ahead(to_wishes(columns))}
    return {
        name: np.moveaxis(np.lib.stride_tricks.sliding_window_view(array, length, axis=0), -1, 1)
        for name, array in arrays.items()
    }


class ColumnBatches(keras.utils.PyDataset):
    """Windows at any place of any level, with some of the wishes kept from the model; drawn anew in every epoch.

    Args:
        levels: list of (rows, width) of codes, with a way through each.
        length: columns of a window.
        batch_size, batches: of an epoch.
        seed: decides all draws, with the epoch.
    """

    def __init__(self, levels, *, length=48, batch_size=32, batches=40, seed=0):
        super().__init__()
        cut = [windows_of(tiles, length) for tiles in levels]
        self.windows = {name: np.concatenate([each[name] for each in cut]) for name in cut[0]}
        self.batch_size, self.batches, self.seed, self.epoch = batch_size, batches, seed, -1

    def __len__(self):
        return self.batches

    def __getitem__(self, index):
        rng = np.random.default_rng([self.seed, self.epoch + 1, index])
        chosen = rng.integers(len(self.windows["columns"]), size=self.batch_size)
        # none, some or all of the wishes are told, each number of them as often
        known = (rng.random((self.batch_size, 4)) >= rng.random((self.batch_size, 1))).astype(np.float32)
        return ({**{name: array[chosen] for name, array in self.windows.items()}, "known": known},)

    def on_epoch_begin(self):
        self.epoch += 1


def edge_to_edge(levels, *, length=48):
    """Windows that do not overlap, all wishes known: what a model is chosen by."""
    cut = [windows_of(tiles, length) for tiles in levels]
    joined = {name: np.concatenate([each[name][::length] for each in cut]) for name in cut[0]}
    return {**joined, "known": np.ones((len(joined["columns"]), 4), np.float32)}


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
    held = None if validation is None else (edge_to_edge(validation), None)
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


class ColumnGrams:
    """Columns drawn each after the few before it, with Witten-Bell interpolation down to uniform ones.

    Args:
        levels: list of (14, width) of codes.
        order: columns in a gram.
    """

    def __init__(self, levels, order):
        self.order = order
        self.columns, ids = np.unique(np.concatenate(levels, axis=1).T, axis=0, return_inverse=True)
        self.counts, start = {}, 0
        for tiles in levels:
            level = (-1,) * (order - 1) + tuple(ids[start : start + tiles.shape[1]].tolist())
            start += tiles.shape[1]
            for at in range(order - 1, len(level)):
                for length in range(order):
                    seen = self.counts.setdefault(level[at - length : at], {})
                    seen[level[at]] = seen.get(level[at], 0) + 1

    def draw(self, count, length, rng):
        """Draw levels: (count, 14, length) of codes."""
        made = np.empty((count, length), int)
        for level in made:
            past = (-1,) * (self.order - 1)
            for at in range(length):
                level[at] = self._next(past, rng)
                past = (*past, level[at])[1:]
        return self.columns[made].transpose(0, 2, 1)

    def _next(self, past, rng):
        for skipped in range(len(past) + 1):
            seen = self.counts.get(past[skipped:])
            if seen is None:
                continue
            total = sum(seen.values())
            # a share types / (total + types) is left to the shorter past
            if rng.random() * (total + len(seen)) < total:
                return rng.choice(list(seen), p=np.array(list(seen.values())) / total)
        return rng.integers(len(self.columns))


def best_order(train, validation, *, highest=6):
    """The order of the column n-gram that foretells the validation levels best, and its nats per column by order."""
    columns = np.concatenate([*train, *validation], axis=1).T
    ids = np.unique(columns, axis=0, return_inverse=True)[1]
    split = sum(tiles.shape[1] for tiles in train)
    text = "".join(chr(0x100 + code) for code in ids)
    nats = n_gram_curve(text[:split], text[split:], highest)
    return int(np.argmin(nats)) + 1, nats


def make_level_writer(profile="full", *, checkpoint=None):
    """Train the LSTM that ships, on nine human levels; the model and its card."""
    started = time.perf_counter()
    train_levels, validation = _levels()
    epochs = EPOCHS[profile][0]
    model, _ = train_level_writer(train_levels, epochs=epochs, validation=validation, checkpoint=checkpoint)
    return model, card(
        "level_writer",
        what="an LSTM that writes levels column by column, told what is still wished for, and a NADE in each column",
        data=DATA,
        recipe=f"one-hot columns and wishes -> LSTM {model.units} -> NADE {model.hidden}; AdamW, {epochs} epochs of 40 "
        "batches of 32 windows of 48 columns, 4e-3 by cosine, dropout 0.3",
        metrics=measure_level_model(model, validation),
        profile=profile,
        started=started,
    )


def make_level_gan(profile="full", *, checkpoint=None):
    """Train the GAN whose generator ships, on windows of nine human levels; the generator and its card."""
    started = time.perf_counter()
    train_levels, validation = _levels()
    epochs = EPOCHS[profile][1]
    gan, _ = train_level_gan(train_levels, epochs=epochs, checkpoint=checkpoint)
    return gan.generator, card(
        "level_gan",
        what="a generator of windows of 14 x 28 tiles, told what is wished for",
        data=DATA,
        recipe=f"relativistic GAN, R1 and R2 0.3, straight-through Gumbel-softmax; {epochs} epochs of batches of 48",
        metrics=measure_level_model(gan.generator, validation),
        profile=profile,
        started=started,
    )


def measure_level_model(model, reference, *, count=60):
    """How many levels can be finished as they come, and how far their patterns are from unseen human ones."""
    levels = draw_levels(model, np.full((count, 4), np.nan), LENGTH, seed=0)
    return _measure(levels, reference)


def baselines_level_model():
    """What a column n-gram has, of the order that foretells the validation levels best."""
    train_levels, validation = _levels()
    grams = ColumnGrams(train_levels, best_order(train_levels, validation)[0])
    found = _measure(grams.draw(60, LENGTH, np.random.default_rng(0)), validation)
    return {name: {"column n-gram": one["value"]} for name, one in found.items()}


def _measure(levels, reference):
    ways, runs = [tile_path(tiles) for tiles in levels], physics_paths(list(levels))
    both = [way is not None and run is not None for way, run in zip(ways, runs, strict=True)]
    told = f"of {len(levels)} levels of {levels.shape[2]} columns, as they come"
    kl = pattern_kl(list(levels), reference, size=(3, 3))
    return {
        "playable_percent": {"value": round(100 * np.mean(both), 1), "unit": f"% {told}, that both referees finish"},
        "pattern_kl": {
            "value": round(kl, 3),
            "unit": f"nats, patterns of 3 x 3 tiles {told}, to the validation levels",
        },
    }


def _levels():
    levels = load_mario_levels()
    return list(levels.train.values()), list(levels.validation.values())
