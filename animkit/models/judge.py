"""The judge of generated clips: a classifier of action and attributes that has seen real sequences only."""

import math

import keras
import numpy as np
from keras import ops

from animkit import losses
from animkit.training import KeepsSeeds, batch_mean, compiled, in_parts

CLIPS_AT_ONCE = 128


@keras.saving.register_keras_serializable(package="animkit")
class Judge(KeepsSeeds, keras.Model):
    """Tell a clip's action and its character's attributes: convolutions on each frame, an LSTM over the frames.

    Fit it on clips (batch, time, height, width) of palette indices and labels (batch, 1 + attributes), action first.

    Args:
        image_size: (height, width), divisible by 8.
        palette_size: colours.
        classes: how many actions there are, then how many options each attribute has.
        units: of the LSTM; also the size of the features.

    Raises:
        ValueError: when a side is not divisible by 8; the methods below when clips do not fit.

    Source: the classifiers by which MoCoGAN, DSVAE and their successors are compared on Sprites.
    """

    def __init__(self, image_size, palette_size, *, classes=(9, 6, 6, 6, 6), units=64, **model_options):
        super().__init__(**model_options)
        self.image_size, self.palette_size = tuple(image_size), palette_size
        self.classes, self.units = tuple(classes), units
        if any(side % 8 for side in self.image_size):
            raise ValueError(f"the judge halves height and width thrice: they must divide by 8, not {self.image_size}")
        self.embed = keras.layers.Embedding(palette_size, 4)
        self.convolve = [
            keras.layers.Conv2D(32, 4, strides=4, padding="same", activation="silu"),
            keras.layers.Conv2D(64, 4, strides=2, padding="same", activation="silu"),
        ]
        self.dense = keras.layers.Dense(units, activation="silu")
        self.recurrent = keras.layers.LSTM(units)
        self.heads = [keras.layers.Dense(count, dtype="float32") for count in self.classes]
        shape = (None, *self.image_size, 4)
        self.embed.build(shape[:-1])
        for layer in self.convolve:
            layer.build(shape)
            shape = layer.compute_output_shape(shape)
        self.dense.build((None, math.prod(shape[1:])))
        self.recurrent.build((None, None, units))
        for head in self.heads:
            head.build((None, units))
        self.accuracy = keras.metrics.Mean(name="accuracy")
        self.built = True
        self._features = compiled(self, lambda clips: self.features(clips, training=False))
        self._probabilities = compiled(self, lambda clips: [ops.softmax(logits) for logits in self(clips)])

    def features(self, clips, training=False):
        """What the heads read: (batch, units) for clips (batch, time, height, width)."""
        x = self.embed(ops.reshape(clips, (-1, *self.image_size)))
        for layer in self.convolve:
            x = layer(x)
        x = self.dense(ops.reshape(x, (-1, math.prod(x.shape[1:]))))
        return self.recurrent(ops.reshape(x, (-1, clips.shape[1], self.units)), training=training)

    def call(self, clips, training=False):
        features = self.features(clips, training=training)
        return [head(features) for head in self.heads]

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        y = ops.cast(y, "int32")
        right = [ops.equal(ops.argmax(logits, axis=-1), y[:, number]) for number, logits in enumerate(y_pred)]
        self.accuracy.update_state(ops.mean(ops.cast(ops.stack(right), "float32"), axis=0))
        return batch_mean(losses.classification(y, y_pred))

    def probabilities(self, clips):
        """Say how sure the judge is of each action and each option.

        Args:
            clips: (n, time, height, width) palette indices.

        Returns:
            list of float32 arrays: (n, actions), then (n, options) for each attribute; rows sum to 1.

        Raises:
            ValueError: when clips have another size or hold colours outside the palette.
        """
        return self._in_parts(self._probabilities, clips)

    def describe(self, clips):
        """Describe clips by what the judge thinks before it decides, for the Frechet distance.

        Args:
            clips: (n, time, height, width) palette indices.

        Returns:
            (n, units) float32.

        Raises:
            ValueError: when clips have another size or hold colours outside the palette.
        """
        return self._in_parts(self._features, clips)

    def _in_parts(self, function, clips):
        clips = np.asarray(clips)
        if clips.ndim != 4 or clips.shape[2:] != self.image_size or not len(clips):
            raise ValueError(f"the judge reads clips (n, time, *{self.image_size}); got {clips.shape}")
        if clips.dtype.kind not in "ui" or clips.min() < 0 or clips.max() >= self.palette_size:
            raise ValueError(f"clips must hold palette indices below {self.palette_size}")
        return in_parts(function, clips, at_once=CLIPS_AT_ONCE)

    def get_config(self):
        return {
            **super().get_config(),
            "image_size": self.image_size,
            "palette_size": self.palette_size,
            "classes": self.classes,
            "units": self.units,
        }
