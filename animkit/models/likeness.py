"""A look fitted to one picture, and, if asked, the decoder that draws it."""

import keras
import numpy as np
from keras import ops

from animkit import losses
from animkit.training import KeepsSeeds, batch_mean

WEIGHT = 4.0  # of the picture beside the drawings that are to stay
NEAR = 50.0  # nats for a look that moves by one: far from known looks, poses break


class Likeness(KeepsSeeds, keras.Model):
    """Fit one look, and the decoder that draws it, to one picture by the likelihood of its pixels.

    Fit it on dicts: `looks` (n, static_dim), `poses` (n, dynamic_dim) and `pictures` (n, height, width), what they
    shall show; where `own` (n,) is 1, the fitted look takes the place of theirs. The first is the picture itself.

    Args:
        decoder: of a `SequenceVAE`.
        look: (static_dim,) to begin with.
    """

    def __init__(self, decoder, look, **model_options):
        super().__init__(**model_options)
        self.decoder, self.start = decoder, np.asarray(look, "float32")[None]
        begin = keras.initializers.Constant(self.start)
        self.look = self.add_weight(name="look", shape=self.start.shape, initializer=begin)
        self.built = True

    def call(self, inputs, training=False):
        return inputs

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        own, look = x["own"][:, None], ops.cast(self.look, "float32")
        logits = self.decoder(own * look + (1.0 - own) * x["looks"], x["poses"], training=training)
        nats = losses.categorical_reconstruction(x["pictures"], logits)
        nats = nats + (WEIGHT - 1.0) * ops.concatenate([nats[:1], ops.zeros_like(nats[1:])], axis=0)
        return batch_mean(nats) + NEAR * ops.sum(ops.square(look - self.start))
