"""A GAN of tiles: a generator whose sample is one tile in each place, and through which D's slope still passes."""

import keras
import numpy as np
from keras import ops

from animkit.gan import Generator
from animkit.training import compiled


def straight_through(logits, noise=0.0, *, temperature=1.0):
    """Choose one of several, and let the gradient pass as if the choice had been a softmax.

    Args:
        logits: (..., kinds).
        noise: of the same shape, Gumbel noise: then it is a draw from the softmax; 0 takes the likeliest.
        temperature: of the softmax whose gradient is passed on: low ones come close to the choice, and their gradient
            vanishes or explodes.

    Returns:
        (..., kinds), one-hot.

    Source: Jang et al. 2017 and Maddison et al. 2017 (straight-through Gumbel-softmax); Bengio et al. 2013.
    """
    disturbed = ops.cast(logits, "float32") + noise
    soft = ops.softmax(disturbed / temperature, axis=-1)
    hard = ops.one_hot(ops.argmax(disturbed, axis=-1), logits.shape[-1], dtype=soft.dtype)
    return hard + soft - ops.stop_gradient(soft)


@keras.saving.register_keras_serializable(package="animkit")
class TileGenerator(Generator):
    """G: noise and wishes to a window of tiles, each one-hot; `animkit.gan.GAN` plays it against its `Discriminator`.

    In training a tile is drawn, with the gradient of a softmax; afterwards the likeliest is taken.

    Args:
        image_size: (rows, columns) of a window.
        tiles: kinds of tiles.
        wish_mean, wish_spread: of each wish in the windows that are learned from; what is wished for comes in these
            units, see `told`, as the weights of labels.
        latent_dim, width, hidden: as in `animkit.gan.Generator`.
        temperature: of the softmax whose gradient is passed on.
        seed: of the draws in training.

    Source: Volz et al. 2018 (levels by a GAN).
    """

    def __init__(
        self, image_size=(14, 28), tiles=13, *, wish_mean=(0.0,) * 4, wish_spread=(1.0,) * 4, latent_dim=32, width=96,
        hidden=128, temperature=1.0, seed=0, name="tile_generator",
    ):  # fmt: skip
        shared = {"latent_dim": latent_dim, "classes": len(wish_mean), "width": width, "hidden": hidden, "name": name}
        super().__init__(image_size, tiles, activation="linear", **shared)
        self.wish_mean, self.wish_spread = (tuple(map(float, each)) for each in (wish_mean, wish_spread))
        self.temperature, self.seed = temperature, seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self._tiles = compiled(self, lambda inputs: ops.argmax(self.logits(inputs, training=False), axis=-1))

    def call(self, inputs, training=None):
        logits = ops.cast(self.logits(inputs, training=training), "float32")
        noise = 0.0
        if training:
            uniform = keras.random.uniform(ops.shape(logits), 1e-6, 1 - 1e-6, seed=self.seed_generator)
            noise = -ops.log(-ops.log(uniform))
        return straight_through(logits, noise, temperature=self.temperature)

    def told(self, wishes):
        """Wishes as the networks read them: 0 is the mean of what they learned from, and stands for no wish."""
        return np.nan_to_num((np.asarray(wishes) - self.wish_mean) / self.wish_spread).astype(np.float32)

    def windows(self, z, wishes):
        """Windows of tiles from noise, compiled.

        Args:
            z: (batch, latent_dim).
            wishes: (batch, wishes) as they are, NaN for none.

        Returns:
            (batch, rows, columns) uint8 codes.

        Raises:
            ValueError: an input of another shape.
        """
        return ops.convert_to_numpy(self._tiles(self._inputs(z, self.told(wishes)))).astype("uint8")

    def get_config(self):
        return {
            "image_size": self.image_size,
            "tiles": self.channels,
            "wish_mean": self.wish_mean,
            "wish_spread": self.wish_spread,
            "latent_dim": self.latent_dim,
            "width": self.width,
            "hidden": self.hidden,
            "temperature": self.temperature,
            "seed": self.seed,
            "name": self.name,
        }
