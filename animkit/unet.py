"""A U-Net: what a picture shows nearby, joined with what it shows from afar, for pictures of any size.

Beside it what a network of shapes is told of a sprite, and how it writes a normal.
"""

import keras
from keras import ops

LONGEST_RUN = 64  # pixels to the outline that a network is told of in each direction, a power of 2
DIRECTIONS = ((0, 1), (1, 0), (1, 1), (1, -1))  # rows and columns: across, down, both diagonals
FEATURES = 4 + 2 * len(DIRECTIONS)  # colours and mask, then where between the outlines, and how far they are apart


@keras.saving.register_keras_serializable(package="animkit")
class UNet(keras.layers.Layer):
    """Maps to maps of the same size: each level sees half of the rows and columns, and adds what it saw on the way up.

    The first level, of all pixels, has one convolution each way and is best kept narrow: it costs the most. No layer
    has a bias: where the input is zero nothing is seen, and a figure is read alike however much space is around it.

    Args:
        channels: of the input; sides must be multiples of `multiple`.
        widths: channels of each level, the last the coarsest; the first are those of the output.

    Source: Ronneberger et al. 2015; the blocks below the first level are residual, He et al. 2016.
    """

    def __init__(self, channels, widths=(16, 32, 64, 80), **options):
        super().__init__(**options)
        self.channels, self.widths = channels, tuple(widths)
        self.multiple = 2 ** (len(self.widths) - 1)
        self.first = _convolution(channels, self.widths[0])
        self.last = _convolution(self.widths[0], self.widths[0])
        pairs = list(zip(self.widths[:-1], self.widths[1:], strict=True))
        self.halve = [_convolution(above, below, 4, strides=2) for above, below in pairs]
        self.think = [_convolution(below, below) for _, below in pairs]
        self.answer = [_convolution(below, below) for _, below in pairs]
        self.double = [_convolution(below, above, 4, kind=keras.layers.Conv2DTranspose) for above, below in pairs]
        self.built = True

    def descend(self, x):
        """(batch, height, width, channels) -> a map for each level, the last the coarsest."""
        seen = [self.first(x)]
        for halve, think in zip(self.halve, self.think, strict=True):
            x = halve(seen[-1])
            seen.append(x + think(x))
        return seen

    def ascend(self, seen):
        """Maps of all levels, as `descend` gives them -> (batch, height, width, widths[0])."""
        x = seen[-1]
        for level in reversed(range(len(self.double))):
            x = x + self.answer[level](x)
            x = self.double[level](x) + seen[level]
        return self.last(x)

    def call(self, x):
        return self.ascend(self.descend(x))

    def get_config(self):
        return {**super().get_config(), "channels": self.channels, "widths": self.widths}


def _convolution(before, after, size=3, *, kind=keras.layers.Conv2D, **options):
    if kind is keras.layers.Conv2DTranspose:
        options = {"strides": 2, **options}
    layer = kind(after, size, padding="same", activation="relu", use_bias=False, **options)
    layer.build((None, None, None, before))
    return layer


def features(pictures):
    """What a network of shapes is told: colours, mask, and for each direction where a pixel is between the outlines.

    Args:
        pictures: (batch, h, w, 4), RGBA from 0 to 1.

    Returns:
        (batch, h, w, FEATURES): premultiplied colours and mask; for each of DIRECTIONS -1 at one outline to 1 at the
        other, and how far both are apart, in units of LONGEST_RUN pixels.
    """
    mask = ops.cast(pictures[..., 3] > 0, "float32")
    told = [mask]
    for rows, columns in DIRECTIONS:
        before, after = _run(mask, rows, columns), _run(mask, -rows, -columns)
        across = before + after
        told += [(before - after) / ops.maximum(across, 1.0), across / (2.0 * LONGEST_RUN)]
    colours = ops.cast(pictures[..., :3], "float32") * mask[..., None]
    return ops.concatenate([colours, ops.stack(told, axis=-1)], axis=-1)


def _run(mask, rows, columns):
    """How many pixels of the figure follow each other up to each one, itself with them, at most LONGEST_RUN."""
    run, length = mask, 1
    while length < LONGEST_RUN:
        # what has been full so far goes on with the run that ended before it
        run = run + ops.cast(run >= length, "float32") * _moved(run, rows * length, columns * length)
        length *= 2
    return run


def _moved(maps, rows, columns):
    """Maps moved down and to the right, or up and to the left where negative; nothing comes in from outside."""
    height, width = ops.shape(maps)[1:]
    room = [(0, 0), (max(rows, 0), max(-rows, 0)), (max(columns, 0), max(-columns, 0))]
    padded = ops.pad(maps, room)
    return padded[:, max(-rows, 0) : max(-rows, 0) + height, max(-columns, 0) : max(-columns, 0) + width]


def facing_us(outputs):
    """Any three numbers -> a normal of length 1 that faces the viewer."""
    xy, z = outputs[..., :2], ops.softplus(outputs[..., 2:] + 1.0)
    return ops.normalize(ops.concatenate([xy, z], axis=-1), axis=-1)
