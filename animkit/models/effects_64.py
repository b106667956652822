"""From effects at 32 pixels to the same at 64: what is finer than a pixel is learned, not stretched."""

import keras
import numpy as np
from keras import ops

from animkit import losses
from animkit.data.effects import STEPS
from animkit.training import KeepsSeeds, batch_mean, compiled, in_parts

FRAMES_AT_ONCE = 256
# which of four pixels comes first: a dot that is a quarter sure of each place then stands in one, not in four or none
TURNS = np.array([[0, 2], [3, 1]]) / 4


def threes(loops):
    """Every frame between the ones before and after it, around the loop: (n, frames, ...) -> (n * frames, 3, ...)."""
    around = np.stack([np.roll(loops, 1, axis=1), loops, np.roll(loops, -1, axis=1)], axis=2)
    return around.reshape(-1, *around.shape[2:])


@keras.saving.register_keras_serializable(package="animkit")
class EffectFiner(KeepsSeeds, keras.Model):
    """Draw each pixel of an effect as four: convolutions that see a frame and its neighbours in time.

    Fit it on x (batch, 3, height, width) steps, see `threes`, and y (batch, 2 * height, 2 * width) steps; the loss is
    nats per frame.

    Args:
        channels: of the hidden maps.

    Raises:
        ValueError: when there is no channel; `refine` for what is no loop.

    Source: Shi et al. 2016 (sub-pixel convolution).
    """

    def __init__(self, *, channels=24, **model_options):
        super().__init__(**model_options)
        if channels < 1:
            raise ValueError(f"channels start at 1; got {channels}")
        self.channels = channels
        self.layers_in_turn = [
            keras.layers.Conv2D(channels, 5, padding="same", activation="silu"),
            keras.layers.Conv2D(channels, 3, padding="same", activation="silu"),
            keras.layers.Conv2D(4 * STEPS, 3, padding="same", dtype="float32"),
        ]
        for layer, width in zip(self.layers_in_turn, (STEPS + 2, channels, channels), strict=True):
            layer.build((None, None, None, width))
        self.built = True
        self._best = compiled(self, lambda frames: ops.argmax(self(frames), axis=-1))
        self._at = compiled(self, self._quantile)

    def call(self, frames, training=False):
        """Logits (batch, 2 * height, 2 * width, STEPS) for frames (batch, 3, height, width)."""
        now = ops.one_hot(ops.cast(frames[:, 1], "int32"), STEPS)
        beside = ops.cast(ops.transpose(frames[:, ::2], (0, 2, 3, 1)), "float32") / (STEPS - 1)
        x = ops.concatenate([now, beside], axis=-1)
        for layer in self.layers_in_turn:
            x = layer(x)
        height, width = ops.shape(frames)[2], ops.shape(frames)[3]
        x = ops.transpose(ops.reshape(x, (-1, height, width, 2, 2, STEPS)), (0, 1, 3, 2, 4, 5))
        return ops.reshape(x, (-1, 2 * height, 2 * width, STEPS))

    def _quantile(self, frames, chances):
        below = ops.cumsum(ops.softmax(self(frames)), axis=-1)[..., :-1]
        return ops.cast(ops.sum(ops.cast(below < chances[..., None], "int32"), axis=-1), "uint8")

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return batch_mean(losses.categorical_reconstruction(y, y_pred))

    def refine(self, loops, *, seed=0):
        """Draw effects at twice the size.

        Args:
            loops: (n, frames, height, width) steps; the frame after the last is the first.
            seed: of what stands in which of four pixels; each effect of a batch has numbers of its own.

        Returns:
            (n, frames, 2 * height, 2 * width) uint8 steps.

        Raises:
            ValueError: for another shape, or a step that is none.
        """
        loops = np.asarray(loops)
        if loops.ndim != 4 or not loops.size or loops.dtype.kind not in "ui" or loops.max() >= STEPS:
            raise ValueError(f"effects are (n, frames, height, width) steps below {STEPS}; got {loops.shape}")
        count, frames, height, width = loops.shape
        places = [np.random.default_rng([seed, one]).random((frames, height, width)) for one in range(count)]
        turned = np.stack(places).reshape(-1, height, 1, width, 1) + TURNS[:, None]
        chances = (turned % 1).reshape(-1, 2 * height, 2 * width).astype("float32")
        steps = in_parts(self._at, threes(loops), chances, at_once=FRAMES_AT_ONCE)
        return steps.reshape(count, frames, 2 * height, 2 * width)

    def likeliest(self, frames):
        """The likeliest step of each pixel: (n, 3, height, width) -> (n, 2 * height, 2 * width)."""
        return in_parts(self._best, frames, at_once=FRAMES_AT_ONCE)

    def get_config(self):
        return {**super().get_config(), "channels": self.channels}
