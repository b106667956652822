"""Normals, colours without light, and heights of a sprite from its picture alone, by a U-Net."""

from typing import NamedTuple

import keras
import numpy as np
from keras import ops

from animkit import losses
from animkit.theory.shading import one_by_colour
from animkit.training import batch_mean, compiled, in_parts
from animkit.unet import FEATURES, UNet, facing_us, features

HEIGHT_UNIT = 8.0  # pixels
SHADING = 1.5  # the log of the largest ratio of a colour without light to the picture's
PIXELS_AT_ONCE = 2**20


class Maps(NamedTuple):
    """What light needs to know of pictures."""

    normals: np.ndarray  # (batch, h, w, 3) float32 of length 1: x right, y up, z to the viewer; (0, 0, 1) outside
    albedo: np.ndarray  # (batch, h, w, 3) float32, 0 to 1: colours without light
    height: np.ndarray  # (batch, h, w) float32 pixels towards the viewer; 0 outside


@keras.saving.register_keras_serializable(package="animkit")
class Relighter(keras.Model):
    """Read a sprite's shape and colours off its picture: a U-Net over the pixels and their distances to the outline.

    Fit it on pictures (batch, h, w, 4), RGBA from 0 to 1, and truth, a dict of `normals`, `albedo` and `height` as
    in `Maps`; sides are multiples of 2 ** (levels - 1). With an adversarial term a patch discriminator looks at picture
    and normals together, and both players learn in the same step.

    Args:
        widths: of `animkit.unet.UNet`.
        adversarial: weight of the adversarial term; 0 trains without a discriminator.

    Raises:
        ValueError: `maps`, when pictures are no uint8 RGBA.

    Source: Ronneberger et al. 2015 (U-Net); Isola et al. 2017 (patch discriminator, conditioned on the picture).
    """

    def __init__(self, *, widths=(16, 32, 64, 80), adversarial=0.0, **model_options):
        super().__init__(**model_options)
        self.widths, self.adversarial = tuple(widths), float(adversarial)
        self.net = UNet(FEATURES, self.widths)
        self.heads = {}
        for name, channels in (("normals", 3), ("albedo", 3), ("height", 1)):
            self.heads[name] = keras.layers.Conv2D(channels, 1, dtype="float32", name=name)
            self.heads[name].build((None, None, None, self.widths[0]))
        if adversarial:
            self.discriminator = keras.Sequential(
                [
                    keras.layers.Conv2D(16, 4, strides=2, padding="same", activation="leaky_relu"),
                    keras.layers.Conv2D(32, 4, strides=2, padding="same", activation="leaky_relu"),
                    keras.layers.Conv2D(32, 3, padding="same", activation="leaky_relu"),
                    keras.layers.Conv2D(1, 1, dtype="float32"),
                ]
            )
            self.discriminator.build((None, None, None, 7))
        names = ["normals", "albedo", "height", *(["discriminator", "deceived"] if adversarial else [])]
        self.trackers = {name: keras.metrics.Mean(name=name) for name in names}
        self.built = True
        self._read = compiled(self, self._both_ways)

    def call(self, pictures, training=None):
        """(batch, h, w, 4), 0 to 1 -> dict: normals of length 1, albedo, height (batch, h, w)."""
        x = self.net(features(pictures))
        colours, solid = ops.cast(pictures[..., :3], "float32"), ops.cast(pictures[..., 3] > 0, "float32")
        return {
            "normals": facing_us(self.heads["normals"](x)),
            "albedo": ops.minimum(colours * ops.exp(SHADING * ops.tanh(self.heads["albedo"](x))), 1.0),
            "height": solid * HEIGHT_UNIT * ops.relu(self.heads["height"](x)[..., 0] + 0.5),
        }

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        mask = ops.cast(x[..., 3] > 0, "float32")
        parts = {
            "normals": losses.mean_distance(y["normals"], y_pred["normals"], mask),
            "albedo": losses.mean_distance(y["albedo"], y_pred["albedo"], mask),
            "height": losses.patch_mean(ops.abs(y["height"] - y_pred["height"]), mask) / HEIGHT_UNIT,
        }
        for name, part in parts.items():
            self.trackers[name].update_state(part)
        total = losses.relief(**parts)
        if self.adversarial:
            total = total + self._adversarial(x, y["normals"], y_pred["normals"], mask)
        return batch_mean(total)

    def _adversarial(self, pictures, true, found, mask):
        """Both players' hinge losses on patches of picture and normals; each feels its own term only."""
        mask = mask[..., None]

        def shown(normals):
            return ops.concatenate([ops.cast(pictures, "float32"), normals * mask], axis=-1)

        # a patch counts by how much of it the figure covers
        weight = ops.average_pool(mask, 4, strides=4)[..., 0]
        real, fake = self.discriminator(shown(true)), self.discriminator(shown(ops.stop_gradient(found)))
        frozen = [ops.stop_gradient(ops.convert_to_tensor(each)) for each in self.discriminator.trainable_variables]
        judged, _ = self.discriminator.stateless_call(frozen, [], shown(found))
        discriminator = losses.patch_mean(losses.hinge_discriminator(real[..., 0], fake[..., 0]), weight)
        deceived = losses.patch_mean(losses.wasserstein_generator(None, judged[..., 0]), weight)
        self.trackers["discriminator"].update_state(discriminator)
        self.trackers["deceived"].update_state(deceived)
        return discriminator + self.adversarial * deceived

    def _both_ways(self, pictures):
        """The mean of what is read off pictures and off their mirror images: (batch, h, w, 4) uint8 -> as `call`."""
        pictures = ops.cast(pictures, "float32") / 255.0
        one, other = self(pictures), self(ops.flip(pictures, axis=2))
        other = {name: ops.flip(part, axis=2) for name, part in other.items()}
        other["normals"] = other["normals"] * np.array([-1, 1, 1], "float32")
        found = {name: 0.5 * (part + other[name]) for name, part in one.items()}
        return {**found, "normals": ops.normalize(found["normals"], axis=-1)}

    def maps(self, pictures):
        """Read pictures of any size, as they are and as a mirror shows them.

        Pixels of one colour in a picture are one colour without light too: the mean of what was read off each.

        Args:
            pictures: (batch, h, w, 4) uint8 RGBA.

        Returns:
            Maps.

        Raises:
            ValueError: when pictures are no such array.
        """
        pictures = np.asarray(pictures)
        if pictures.ndim != 4 or pictures.shape[-1] != 4 or pictures.dtype != np.uint8 or 0 in pictures.shape:
            raise ValueError(f"pictures must be (batch, h, w, 4) uint8 RGBA; got {pictures.shape} {pictures.dtype}")
        height, width = pictures.shape[1:3]
        room = [(0, -side % self.net.multiple) for side in (height, width)]
        padded = np.pad(pictures, [(0, 0), *room, (0, 0)])
        found = in_parts(self._read, padded, at_once=max(1, PIXELS_AT_ONCE // (height * width)))
        found = {name: part[:, :height, :width] for name, part in found.items()}
        solid = pictures[..., 3:] > 0
        normals = np.where(solid, found["normals"], np.array([0, 0, 1], "float32"))
        albedo = np.stack([one_by_colour(*each) for each in zip(pictures, found["albedo"], strict=True)])
        return Maps(normals, albedo, found["height"])

    def get_config(self):
        return {**super().get_config(), "widths": self.widths, "adversarial": self.adversarial}
