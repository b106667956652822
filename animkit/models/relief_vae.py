"""Many surfaces for one picture: a conditional VAE of normals, as what one picture shows leaves their shape open."""

import keras
import numpy as np
from keras import ops

from animkit import losses
from animkit.training import KeepsSeeds, batch_mean, compiled, replica_noise
from animkit.unet import FEATURES, UNet, facing_us, features

PIXELS_AT_ONCE = 2**20


@keras.saving.register_keras_serializable(package="animkit")
class ReliefVAE(KeepsSeeds, keras.Model):
    """Draw surfaces that a picture may show: a U-Net whose coarsest map hears a latent map as well.

    The prior of the latents is a Gaussian read off the picture, the posterior one read off picture and true normals; a
    pixel's normal is a von Mises-Fisher distribution about what the network writes, of one concentration everywhere.
    Fit it on what a `Relighter` is fitted on. `reconstruction` and `kl` are nats per figure, loss = reconstruction +
    beta * kl, both over the pixels of a figure.

    Args:
        widths: of `animkit.unet.UNet`.
        latent_dim: numbers in each place of the coarsest map.
        beta: weight of the divergence.
        seed: of the noise in training.

    Raises:
        ValueError: `sample`, when pictures are no uint8 RGBA, count is below 1 or temperature below 0.

    Source: Sohn et al. 2015 (conditional VAE); Kohl et al. 2018 (probabilistic U-Net); Belhumeur et al. 1999 for why
    there is more than one answer.
    """

    def __init__(self, *, widths=(16, 32, 64, 80), latent_dim=4, beta=1.0, seed=0, **model_options):
        super().__init__(**model_options)
        self.widths, self.latent_dim, self.beta, self.seed = tuple(widths), latent_dim, float(beta), seed
        self.net = UNet(FEATURES, self.widths)
        before, self.look = 4, []  # normals and mask
        for width in self.widths[1:]:
            self.look.append(keras.layers.Conv2D(width // 2, 4, strides=2, padding="same", activation="relu"))
            self.look[-1].build((None, None, None, before))
            before = width // 2
        coarsest = self.widths[-1]

        def head(channels, before, **options):
            layer = keras.layers.Conv2D(channels, 1, dtype="float32", **options)
            layer.build((None, None, None, before))
            return layer

        self.prior = head(2 * latent_dim, coarsest)
        self.posterior = head(2 * latent_dim, coarsest + before)
        self.tell = head(coarsest, latent_dim)
        self.normals = head(3, self.widths[0])
        self.log_concentration = self.add_weight(
            name="log_concentration", shape=(), initializer=keras.initializers.Constant(2.0), dtype="float32"
        )
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.trackers = {name: keras.metrics.Mean(name=name) for name in ("reconstruction", "kl")}
        self.built = True
        self._foresee = compiled(self, lambda pictures: self._read(ops.cast(pictures, "float32") / 255.0))
        self._draw = compiled(self, self._write)

    def _read(self, pictures):
        """(batch, h, w, 4), 0 to 1 -> maps of all levels, mean and log variance of the prior."""
        seen = self.net.descend(features(pictures))
        return seen, *_gaussian(self.prior(seen[-1]))

    def _write(self, seen, z):
        """Maps of all levels and latents -> normals (batch, h, w, 3)."""
        heard = ops.cast(self.tell(z), seen[-1].dtype)
        return facing_us(self.normals(self.net.ascend([*seen[:-1], seen[-1] + heard])))

    def call(self, pictures, training=None):
        """The answer of the prior's mean: (batch, h, w, 4), 0 to 1 -> normals (batch, h, w, 3)."""
        seen, mean, _ = self._read(pictures)
        return self._write(seen, mean)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        mask = ops.cast(x[..., 3] > 0, "float32")
        seen, *prior = self._read(x)
        looked = ops.concatenate([y["normals"] * mask[..., None], mask[..., None]], axis=-1)
        for layer in self.look:
            looked = layer(looked)
        mean, log_variance = _gaussian(self.posterior(ops.concatenate([seen[-1], looked], axis=-1)))
        noise = replica_noise(keras.random.normal, ops.shape(mean), self.seed_generator)
        found = self._write(seen, mean + ops.exp(0.5 * log_variance) * noise)
        reconstruction = losses.von_mises_fisher(y["normals"], found, self.log_concentration, mask)
        kl = ops.sum(losses.gaussian_kl(mean, log_variance, *prior), axis=(1, 2, 3))
        for name, value in (("reconstruction", reconstruction), ("kl", kl)):
            self.trackers[name].update_state(value)
        # by the pixels of a picture, so that small and large ones pull alike
        return batch_mean(-losses.elbo(reconstruction, kl, self.beta) / ops.sum(ops.ones_like(mask[0])))

    def sample(self, pictures, count, *, seed=0, temperature=1.0):
        """Draw surfaces that pictures may show.

        Args:
            pictures: (batch, h, w, 4) uint8 RGBA.
            count: surfaces of each.
            seed: same seed, same surfaces.
            temperature: 0 for the one answer of the middle, 1 for answers as varied as the model believes.

        Returns:
            (count, batch, h, w, 3) float32 of length 1; (0, 0, 1) outside the figure.

        Raises:
            ValueError: when pictures are no such array, count is below 1 or temperature below 0.
        """
        pictures = np.asarray(pictures)
        if pictures.ndim != 4 or pictures.shape[-1] != 4 or pictures.dtype != np.uint8 or 0 in pictures.shape:
            raise ValueError(f"pictures must be (batch, h, w, 4) uint8 RGBA; got {pictures.shape} {pictures.dtype}")
        if count < 1 or not (np.isfinite(temperature) and temperature >= 0):
            raise ValueError(f"draw 1 surface or more at a temperature of 0 or more; got {count} at {temperature}")
        height, width = pictures.shape[1:3]
        padded = np.pad(pictures, [(0, 0), (0, -height % self.net.multiple), (0, -width % self.net.multiple), (0, 0)])
        at_once = max(1, PIXELS_AT_ONCE // (height * width))
        random, found = np.random.default_rng(seed), np.empty((count, *pictures.shape[:3], 3), "float32")
        for start in range(0, len(pictures), at_once):
            part = slice(start, start + at_once)
            seen, mean, log_variance = self._foresee(padded[part])
            mean, spread = (ops.convert_to_numpy(one) for one in (mean, ops.exp(0.5 * log_variance)))
            for number in range(count):
                noise = random.standard_normal(mean.shape, dtype="float32")
                drawn = ops.convert_to_numpy(self._draw(seen, mean + np.float32(temperature) * spread * noise))
                found[number, part] = drawn[:, :height, :width]
        return np.where(pictures[..., 3:] > 0, found, np.array([0, 0, 1], "float32"))

    def get_config(self):
        told = {name: getattr(self, name) for name in ("widths", "latent_dim", "beta", "seed")}
        return {**super().get_config(), **told}


def _gaussian(outputs):
    mean, log_variance = ops.split(outputs, 2, axis=-1)
    return mean, ops.clip(log_variance, -8.0, 4.0)
