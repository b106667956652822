"""Pixel art drawn larger, or cleaned, as a choice among the colours that the picture has: never a blur.

A network that puts out colours answers with the mean of what it holds possible, and the mean of two greens is no green
of the palette. This one puts out a distribution over the entries of the picture's own palette. How likely an entry is
has two factors: how well its colour fits there, a product of what the place asks for (query) and of what the colour is
and where else it is used (key); and where it stands nearby, a sum of attention over the neighbours that have it. Both
are told by places and relations alone, so that palettes never seen will do.
"""

import math

import keras
import numpy as np
from keras import ops

from animkit import losses
from animkit.training import KeepsSeeds, batch_mean, compiled

CELL = 4  # the network halves height and width twice
AT_ONCE = 1 << 25  # numbers of the largest array: pixels x neighbours x entries


@keras.saving.register_keras_serializable(package="animkit")
class Upscaler(KeepsSeeds, keras.Model):
    """Choose a palette entry for each pixel of a picture of twice the size, or of the same size.

    Fit it on batches of `indices` (batch, height, width), sides divisible by 4, into `colours` (batch, entries, 4) in
    0..1, both in a dict, and of the true indices (batch, scale * height, scale * width), -1 where the true colour is
    none of the entries. The loss is nats per picture.

    Args:
        scale: 2 to double pictures: the first pixel of each block of four is the small picture's, which is every second
            pixel of the large one, and the other three are chosen; 1 to clean pictures, where each is chosen.
        reach: how many pixels away neighbours are that a colour may be taken from by place.
        channels: of the maps at full size; twice as many at a half and a quarter of it.
        key_dim: size of queries and keys.

    Raises:
        ValueError: when a size is out of range; `choose` when indices, colours or sides do not fit.

    Source: Ronneberger et al. 2015 (U-Net); Vinyals et al. 2015 (pointers); Kadlec et al. 2016 (attention summed over
    places that hold the same answer).
    """

    def __init__(self, *, scale=2, reach=2, channels=48, key_dim=16, **model_options):
        super().__init__(**model_options)
        if scale not in (1, 2) or min(reach, channels, key_dim) < 1:
            raise ValueError(
                f"scale is 1 or 2, reach, channels and key_dim start at 1; got {scale}, {reach}, {channels}, {key_dim}"
            )
        self.scale, self.reach, self.channels, self.key_dim = scale, reach, channels, key_dim
        self.chosen = scale * scale - (scale > 1)  # pixels of each block that are not known
        self.neighbours = (2 * reach + 1) ** 2
        self._make_networks()
        self.accuracy = keras.metrics.Mean(name="accuracy")
        self.built = True
        self._choice = compiled(self, lambda indices, colours: ops.argmax(self._logits(indices, colours), axis=-1))

    def _make_networks(self):
        width, wide = self.channels, 2 * self.channels

        def convolution(size, filters, before, strides=1, activation="silu"):
            layer = keras.layers.Conv2D(filters, size, strides=strides, padding="same", activation=activation)
            layer.build((None, None, None, before))
            return layer

        def dense(units, before, **options):
            layer = keras.layers.Dense(units, **options)
            layer.build((None, before))
            return layer

        self.see = convolution(3, width, 4 + self.neighbours)
        self.halve = convolution(4, wide, width, strides=2)
        self.at_half = [convolution(3, wide, wide) for _ in range(2)]
        self.quarter = convolution(4, wide, wide, strides=2)
        self.at_quarter = [convolution(3, wide, wide) for _ in range(2)]
        self.merge_half = convolution(3, wide, 2 * wide)
        self.merge = convolution(1, width, width + wide)
        self.finish = convolution(3, width, width)
        # where it stands nearby: a number for each neighbour, and one for being anywhere else in the picture
        self.places = dense(self.chosen * (self.neighbours + 1), width, dtype="float32")
        self.query = dense(self.chosen * self.key_dim, width, dtype="float32")
        self.key = dense(self.key_dim, 4 + width, dtype="float32")

    def call(self, inputs, training=False):
        return self._logits(inputs["indices"], inputs["colours"])

    def _around(self, indices):
        """(batch, h, w) -> (batch, h, w, neighbours), -1 outside."""
        reach, (_, height, width) = self.reach, ops.shape(indices)
        padded = ops.pad(indices, [(0, 0), (reach, reach), (reach, reach)], constant_values=-1)
        span = range(2 * reach + 1)
        return ops.stack([padded[:, y : y + height, x : x + width] for y in span for x in span], axis=-1)

    def _features(self, seen):
        def block(x, layers):
            for layer in layers:
                x = x + layer(x)
            return x

        def doubled(x):
            return ops.repeat(ops.repeat(x, 2, axis=1), 2, axis=2)

        whole = self.see(seen)
        half = block(self.halve(whole), self.at_half)
        quarter = block(self.quarter(half), self.at_quarter)
        half = self.merge_half(ops.concatenate([half, doubled(quarter)], axis=-1))
        x = self.merge(ops.concatenate([whole, doubled(half)], axis=-1))
        return x + self.finish(x)

    def _logits(self, indices, colours):
        """(batch, h, w) and (batch, entries, 4) -> (batch, h, w, chosen, entries)."""
        indices, colours = ops.cast(indices, "int32"), ops.cast(colours, "float32")
        (_, height, width), entries = ops.shape(indices), ops.shape(colours)[1]
        around = self._around(indices)
        colours = ops.concatenate([colours[..., :3] * colours[..., 3:], colours[..., 3:]], axis=-1) * 2 - 1
        uses = ops.one_hot(ops.reshape(indices, (-1, height * width)), entries)  # (batch, h * w, entries)
        own = ops.reshape(ops.matmul(uses, colours), (-1, height, width, 4))
        alike = ops.cast(ops.equal(around, indices[..., None]), "float32")
        features = self._features(ops.cast(ops.concatenate([own, alike], axis=-1), self.compute_dtype))
        features = ops.cast(features, "float32")

        count = ops.sum(uses, axis=1)[..., None]
        used = ops.matmul(ops.swapaxes(uses, 1, 2), ops.reshape(features, (-1, height * width, self.channels)))
        keys = self.key(ops.concatenate([colours, used / ops.maximum(count, 1.0)], axis=-1))
        queries = ops.reshape(self.query(features), (-1, height * width * self.chosen, self.key_dim))
        fits = ops.matmul(queries, ops.swapaxes(keys, 1, 2)) / math.sqrt(self.key_dim)
        # entries that no pixel has stand there to make batches even
        fits = fits - 1e4 * ops.cast(ops.equal(count[:, None, :, 0], 0), "float32")

        places = ops.reshape(self.places(features), (-1, height, width, self.chosen, self.neighbours + 1))
        places = ops.exp(places - ops.max(places, axis=-1, keepdims=True))
        held = ops.matmul(places[..., 1:], ops.one_hot(around, entries))
        held = ops.log(held + places[..., :1] / self.neighbours + 1e-9)
        return ops.reshape(fits, (-1, height, width, self.chosen, entries)) + held

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        scale = self.scale
        y = ops.cast(y, "int32")
        blocks = [y[:, row::scale, column::scale] for row in range(scale) for column in range(scale)]
        y = ops.stack(blocks[-self.chosen :], axis=-1)
        nats = losses.categorical_reconstruction(ops.maximum(y, 0), y_pred, mask=y >= 0)
        right = ops.cast(ops.equal(ops.cast(ops.argmax(y_pred, axis=-1), "int32"), y), "float32")
        # where all around is alike there is nothing to find out
        told = ops.cast(ops.any(ops.not_equal(self._around(x["indices"]), x["indices"][..., None]), axis=-1), "float32")
        told = ops.broadcast_to(told[..., None], ops.shape(right))
        self.accuracy.update_state(right, sample_weight=told)
        return batch_mean(nats)

    def choose(self, indices, colours):
        """Choose for each pixel the entry that is most likely, which is right most often.

        Args:
            indices: (batch, height, width) integers, any sides.
            colours: (entries, 4) or (batch, entries, 4) uint8 RGBA.

        Returns:
            (batch, scale * height, scale * width) int32 indices, each of an entry that the picture has.

        Raises:
            ValueError: when shapes do not fit, or an index lies outside the entries.
        """
        indices, colours = np.asarray(indices), np.asarray(colours)
        if indices.ndim != 3 or indices.dtype.kind not in "ui" or 0 in indices.shape:
            raise ValueError(f"indices are (batch, height, width) integers; got {indices.shape} {indices.dtype}")
        if colours.dtype != np.uint8 or colours.shape[-1:] != (4,) or colours.ndim not in (2, 3):
            raise ValueError(f"colours are ([batch,] entries, 4) uint8; got {colours.shape} {colours.dtype}")
        if indices.min() < 0 or indices.max() >= colours.shape[-2]:
            raise ValueError(f"indices run from {indices.min()} to {indices.max()} of {colours.shape[-2]} colours")
        batch, height, width = indices.shape
        colours = np.broadcast_to(colours, (batch, *colours.shape[-2:])).astype("float32") / 255
        padded = np.pad(indices, [(0, 0), (0, -height % CELL), (0, -width % CELL)], mode="edge").astype("int32")
        at_once = max(1, AT_ONCE // (padded[0].size * self.neighbours * colours.shape[1]))
        chosen = [
            ops.convert_to_numpy(self._choice(padded[i : i + at_once], colours[i : i + at_once]))
            for i in range(0, batch, at_once)
        ]
        chosen = np.concatenate(chosen)[:, :height, :width]
        blocks = np.concatenate([indices[..., None]] * (self.scale > 1) + [chosen], axis=-1).astype("int32")
        blocks = blocks.reshape(batch, height, width, self.scale, self.scale).swapaxes(2, 3)
        return blocks.reshape(batch, self.scale * height, self.scale * width)

    def get_config(self):
        names = ("scale", "reach", "channels", "key_dim")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
