"""The variational autoencoder: x -> q(z|x) -> z -> p(x|z), trained on the evidence lower bound."""

import math

import keras
import numpy as np
from keras import ops

from animkit import losses
from animkit.labels import check_labels, label_weights
from animkit.training import Batches, KeepsSeeds, batch_mean, compiled, in_parts, replica_noise

RECONSTRUCTIONS = ("bernoulli", "gaussian", "palette")
EXAMPLES_AT_ONCE = 256
NUMBERS_AT_ONCE = 2**22  # decoder outputs held at a time by `log_likelihood`: 16 MiB


@keras.saving.register_keras_serializable(package="animkit")
class Encoder(keras.layers.Layer):
    """Map x to the mean and log variance of the diagonal Gaussian q(z|x).

    Args:
        latent_dim: size of z.
        convolutions: channels of the convolutions, each halving height and width; none for a dense encoder.
        hidden: units of the dense layers that follow.
        activation: of every layer but the last.
        palette_size: above 0, x is (batch, height, width) palette indices, else floats.
        classes: above 0, q(z|x, label) for labels below it.

    Returns:
        Called as `encoder(x, labels=None)`: mean and log variance, each (batch, latent_dim).

    Source: the article, 3.2 and 4.2.1; Kingma and Welling 2013, appendix C.
    """

    def __init__(
        self,
        latent_dim,
        *,
        convolutions=(),
        hidden=(200, 200),
        activation="relu",
        palette_size=0,
        classes=0,
        **layer_options,
    ):
        super().__init__(**layer_options)
        self.latent_dim, self.convolutions, self.hidden = latent_dim, tuple(convolutions), tuple(hidden)
        self.activation, self.palette_size, self.classes = activation, palette_size, classes
        # an embedding is the one-hot vector times a matrix, without ever making the one-hot vector
        self.embed = keras.layers.Embedding(palette_size, 8) if palette_size else None
        self.convolve = [
            keras.layers.Conv2D(channels, 4, strides=2, padding="same", activation=activation)
            for channels in self.convolutions
        ]
        self.dense = [keras.layers.Dense(units, activation=activation) for units in self.hidden]
        # float32 even under mixed precision: the loss is made of these
        self.mean = keras.layers.Dense(latent_dim, dtype="float32")
        self.log_variance = keras.layers.Dense(latent_dim, dtype="float32")

    def build(self, x_shape, labels_shape=None):
        shape = tuple(x_shape)
        if self.embed:
            self.embed.build(shape)
            shape = (*shape, self.embed.output_dim)
        if self.convolve and len(shape) == 3:
            shape = (*shape, 1)
        for layer in self.convolve:
            layer.build(shape)
            shape = layer.compute_output_shape(shape)
        width = math.prod(shape[1:]) + self.classes
        for layer in self.dense:
            layer.build((None, width))
            width = layer.units
        self.mean.build((None, width))
        self.log_variance.build((None, width))

    def call(self, x, labels=None, training=False):
        if self.embed:
            x = self.embed(x)
        if self.convolve and len(x.shape) == 3:
            x = ops.expand_dims(x, -1)
        for layer in self.convolve:
            x = layer(x, training=training)
        x = _with_labels(ops.reshape(x, (-1, math.prod(x.shape[1:]))), labels, self.classes)
        for layer in self.dense:
            x = layer(x, training=training)
        return self.mean(x), self.log_variance(x)

    def get_config(self):
        return {
            **super().get_config(),
            "latent_dim": self.latent_dim,
            "convolutions": self.convolutions,
            "hidden": self.hidden,
            "activation": self.activation,
            "palette_size": self.palette_size,
            "classes": self.classes,
        }


@keras.saving.register_keras_serializable(package="animkit")
class Decoder(keras.layers.Layer):
    """Map z to the parameters of p(x|z): logits, or the mean of a Gaussian.

    Args:
        output_shape: shape of one x: (pixels,), (height, width) or (height, width, channels).
        convolutions: channels of the transposed convolutions, each doubling height and width; none for a dense decoder.
        hidden: units of the dense layers that come first.
        activation: of every layer but the last.
        palette_size: above 0, x is (height, width) palette indices and every pixel gets that many logits.
        classes: above 0, p(x|z, label) for labels below it.

    Returns:
        Called as `decoder(z, labels=None)`: (batch, *output_shape), with a last axis of palette_size if there is one.

    Raises:
        ValueError: when height or width cannot be halved once per convolution.

    Source: the article, 3.2 and 4.2.2; Kingma and Welling 2013, appendix C.
    """

    def __init__(
        self,
        output_shape,
        *,
        convolutions=(),
        hidden=(200, 200),
        activation="relu",
        palette_size=0,
        classes=0,
        **layer_options,
    ):
        super().__init__(**layer_options)
        self.data_shape, self.convolutions, self.hidden = tuple(output_shape), tuple(convolutions), tuple(hidden)
        self.activation, self.palette_size, self.classes = activation, palette_size, classes
        self.logits_shape = (*self.data_shape, palette_size) if palette_size else self.data_shape
        self.dense = [keras.layers.Dense(units, activation=activation) for units in self.hidden]
        if not self.convolutions:
            self.to_grid, self.convolve = None, []
            self.output_layer = keras.layers.Dense(math.prod(self.logits_shape), dtype="float32")
            return
        halvings = 2 ** len(self.convolutions)
        if len(self.data_shape) < 2 or any(side % halvings for side in self.data_shape[:2]):
            raise ValueError(
                f"{len(self.convolutions)} convolutions need a height and width divisible by {halvings}, "
                f"not x of shape {self.data_shape}"
            )
        self.grid_shape = (*(side // halvings for side in self.data_shape[:2]), self.convolutions[0])
        self.to_grid = keras.layers.Dense(math.prod(self.grid_shape), activation=activation)
        self.convolve = [
            keras.layers.Conv2DTranspose(channels, 4, strides=2, padding="same", activation=activation)
            for channels in self.convolutions
        ]
        self.output_layer = keras.layers.Conv2D(math.prod(self.logits_shape[2:]), 1, dtype="float32")

    def build(self, z_shape, labels_shape=None):
        width = z_shape[-1] + self.classes
        for layer in self.dense:
            layer.build((None, width))
            width = layer.units
        shape = (None, width)
        if self.to_grid:
            self.to_grid.build(shape)
            shape = (None, *self.grid_shape)
        for layer in self.convolve:
            layer.build(shape)
            shape = layer.compute_output_shape(shape)
        self.output_layer.build(shape)

    def call(self, z, labels=None, training=False):
        z = _with_labels(z, labels, self.classes)
        for layer in self.dense:
            z = layer(z, training=training)
        if self.to_grid:
            z = ops.reshape(self.to_grid(z), (-1, *self.grid_shape))
        for layer in self.convolve:
            z = layer(z, training=training)
        return ops.reshape(self.output_layer(z), (-1, *self.logits_shape))

    def get_config(self):
        return {
            **super().get_config(),
            "output_shape": self.data_shape,
            "convolutions": self.convolutions,
            "hidden": self.hidden,
            "activation": self.activation,
            "palette_size": self.palette_size,
            "classes": self.classes,
        }


def _with_labels(features, labels, classes):
    if not classes:
        return features
    return ops.concatenate([features, label_weights(labels, classes, features.dtype)], axis=-1)


@keras.saving.register_keras_serializable(package="animkit")
class VAE(KeepsSeeds, keras.Model):
    """Encoder and decoder trained together: minimise reconstruction + beta * KL, or an importance-weighted bound.

    Data is x (batch, ...), or the pair (x, labels) when encoder and decoder have classes. It logs `loss`,
    `reconstruction` (-log p(x|z)) and `kl` (KL(q(z|x) || p(z))), all in nats per example. With one importance sample
    loss = reconstruction + beta * kl; with k samples it is minus the importance-weighted bound.

    Args:
        encoder: an `Encoder`.
        decoder: a `Decoder` with the same palette and classes.
        reconstruction: p(x|z) of a pixel: "bernoulli" (x in [0, 1]), "gaussian" or "palette" (x indices).
        beta: weight of the KL; kept as the variable `beta`, so that it can change in mid-training (`BetaAnnealing`).
        samples: importance samples k per example.
        noise_scale: standard deviation of p(x|z), only for "gaussian".
        seed: of the noise that draws z while training.

    Raises:
        ValueError: when an argument is out of range, or encoder and decoder do not fit together; `fit`, `evaluate` and
            the methods below when data has the wrong shape, NaN pixels, or values or labels out of range.

    Source: the article, 3.2 and 4.2; Kingma and Welling 2013; Higgins et al. 2017 (beta); Burda et al. 2015 (samples).
    """

    def __init__(
        self,
        encoder,
        decoder,
        *,
        reconstruction="bernoulli",
        beta=1.0,
        samples=1,
        noise_scale=1.0,
        seed=0,
        **model_options,
    ):
        super().__init__(**model_options)
        if reconstruction not in RECONSTRUCTIONS:
            raise ValueError(f"reconstruction is {reconstruction!r}; use one of {', '.join(RECONSTRUCTIONS)}")
        if not beta >= 0.0:
            raise ValueError(f"beta weighs a divergence and cannot be negative; got {beta}")
        if samples < 1:
            raise ValueError(f"samples counts draws of z per example, at least 1; got {samples}")
        if not noise_scale > 0.0:
            raise ValueError(f"noise_scale is a standard deviation and must be above 0; got {noise_scale}")
        if (reconstruction == "palette") != bool(decoder.palette_size):
            raise ValueError(
                f"reconstruction {reconstruction!r} does not go with palette_size={decoder.palette_size}: "
                "palette images need both, others neither"
            )
        for name in ("palette_size", "classes"):
            ours, theirs = getattr(encoder, name), getattr(decoder, name)
            if ours != theirs:
                raise ValueError(f"encoder and decoder disagree on {name}: {ours} and {theirs}")
        self.encoder, self.decoder = encoder, decoder
        self.reconstruction, self.samples, self.noise_scale, self.seed = reconstruction, samples, noise_scale, seed
        self.beta = keras.Variable(beta, trainable=False, dtype="float32", name="beta")
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.reconstruction_tracker = keras.metrics.Mean(name="reconstruction")
        self.kl_tracker = keras.metrics.Mean(name="kl")
        # both shapes are known, so there is nothing to wait for
        if not encoder.built:
            encoder.build((None, *decoder.data_shape))
        if not decoder.built:
            decoder.build((None, encoder.latent_dim))
        self.built = True
        self._encode = compiled(self, lambda x, labels: self.encoder(x, labels, training=False))
        self._decode = compiled(self, lambda z, labels: self._picture(self.decoder(z, labels, training=False)))
        self._log_weights = compiled(self, self._importance)

    @property
    def latent_dim(self):
        """Size of z."""
        return self.encoder.latent_dim

    @property
    def classes(self):
        """Number of labels, 0 for a model without them."""
        return self.encoder.classes

    def call(self, inputs, training=False):
        x, labels = inputs if self.classes else (inputs, None)
        mean, log_variance = self.encoder(x, labels, training=training)
        shape = (self.samples, ops.shape(mean)[0], self.latent_dim)
        noise = replica_noise(keras.random.normal, shape, self.seed_generator)
        z = mean + ops.exp(0.5 * log_variance) * noise  # (samples, batch, latent_dim)
        return {"mean": mean, "log_variance": log_variance, "z": z, "logits": self._logits(z, labels, training)}

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        x = x[0] if self.classes else x
        mean, log_variance, z = y_pred["mean"], y_pred["log_variance"], y_pred["z"]
        reconstruction = self._reconstruction(x, y_pred["logits"])  # (samples, batch)
        kl = ops.sum(losses.gaussian_kl(mean, log_variance), axis=-1)
        self.reconstruction_tracker.update_state(ops.mean(reconstruction, axis=0))
        self.kl_tracker.update_state(kl)
        if self.samples == 1:
            bound = losses.elbo(reconstruction[0], kl, self.beta)
        else:
            log_weights = -reconstruction - self.beta * self._log_ratio(z, mean, log_variance)
            bound = losses.importance_weighted_bound(log_weights)
        return batch_mean(-bound)

    def encode(self, x, labels=None):
        """Find q(z|x).

        Args:
            x: (examples, ...) data.
            labels: (examples,) when the model has classes.

        Returns:
            Mean and log variance, NumPy float32 (examples, latent_dim) each.

        Raises:
            ValueError: when x or labels do not fit the model.
        """
        x, labels = self._checked(x, labels)
        return in_parts(self._encode, x, labels, at_once=EXAMPLES_AT_ONCE)

    def decode(self, z, labels=None):
        """Make pictures from latents.

        Args:
            z: (examples, latent_dim).
            labels: (examples,) when the model has classes.

        Returns:
            NumPy (examples, ...): probabilities ("bernoulli"), means ("gaussian") or the likeliest palette indices,
            integers ("palette").

        Raises:
            ValueError: when z or labels do not fit the model.
        """
        z = np.asarray(z, "float32")
        if z.ndim != 2 or z.shape[1] != self.latent_dim or not len(z):
            raise ValueError(f"z has shape {z.shape}; this VAE decodes (examples, {self.latent_dim})")
        return in_parts(self._decode, z, self._checked_labels(labels, len(z)), at_once=EXAMPLES_AT_ONCE)

    def sample(self, count, *, labels=None, seed=0):
        """Draw z from the prior and decode it.

        Args:
            count: how many.
            labels: (count,) when the model has classes.
            seed: the same seed gives the same pictures, on either backend.

        Returns:
            NumPy (count, ...), as from `decode`.
        """
        return self.decode(np.random.default_rng(seed).standard_normal((count, self.latent_dim)), labels)

    def interpolate(self, a, b, steps, *, how="slerp", label=None):
        """Walk from one example to another through latent space.

        Args:
            a: one example, without a batch axis.
            b: another.
            steps: pictures in all; the first and last are the reconstructions of a and b.
            how: "slerp", along the arc, or "lerp", along the chord.
            label: of both, when the model has classes.

        Returns:
            NumPy (steps, ...), as from `decode`.

        Raises:
            ValueError: when how is neither, or a and b do not fit the model.
        """
        if how not in ("slerp", "lerp"):
            raise ValueError(f"how is {how!r}; use 'slerp' or 'lerp'")
        labels = None if label is None else np.repeat(np.asarray(label)[None], steps, axis=0)
        (start, end), _ = self.encode(np.stack([a, b]), None if label is None else labels[:1].repeat(2))
        path = (slerp if how == "slerp" else lerp)(start, end, np.linspace(0.0, 1.0, steps))
        return self.decode(path, labels)

    def log_likelihood(self, x, samples=5000, *, labels=None, seed=0):
        """Estimate log p(x) by importance sampling from q(z|x): a lower bound in expectation, tight for many samples.

        Args:
            x: (examples, ...) data.
            samples: draws of z per example.
            labels: (examples,) when the model has classes.
            seed: of the draws.

        Returns:
            NumPy float64 (examples,) nats.

        Raises:
            ValueError: when samples is below 1, or x or labels do not fit the model.

        Source: Rezende et al. 2014, appendix E; Burda et al. 2015, section 5.
        """
        if samples < 1:
            raise ValueError(f"samples counts draws of z per example, at least 1; got {samples}")
        x, labels = self._checked(x, labels)
        rows = max(1, NUMBERS_AT_ONCE // math.prod(self.decoder.logits_shape))  # decoded at a time
        draws = np.array_split(np.arange(samples), -(-samples // rows))
        chunks = np.array_split(np.arange(len(x)), -(-len(x) // max(1, rows // samples)))
        random = np.random.default_rng(seed)
        result = np.empty(len(x))
        for chunk in chunks:
            total = np.full(len(chunk), -np.inf)
            for draw in draws:
                noise = random.standard_normal((len(draw), len(chunk), self.latent_dim), dtype="float32")
                weights = self._log_weights(x[chunk], None if labels is None else labels[chunk], noise)
                weights = ops.convert_to_numpy(weights).astype("float64")
                total = np.logaddexp(total, np.logaddexp.reduce(weights, axis=0))
            result[chunk] = total - math.log(samples)
        return result

    def fit(self, x=None, *args, **kwargs):
        self._check_data(x)
        return super().fit(x, *args, **kwargs)

    def evaluate(self, x=None, *args, **kwargs):
        self._check_data(x)
        return super().evaluate(x, *args, **kwargs)

    def get_config(self):
        return {
            **super().get_config(),
            "encoder": keras.saving.serialize_keras_object(self.encoder),
            "decoder": keras.saving.serialize_keras_object(self.decoder),
            "reconstruction": self.reconstruction,
            "beta": float(ops.convert_to_numpy(self.beta.value)),
            "samples": self.samples,
            "noise_scale": self.noise_scale,
            "seed": self.seed,
        }

    @classmethod
    def from_config(cls, config):
        parts = {name: keras.saving.deserialize_keras_object(config[name]) for name in ("encoder", "decoder")}
        return cls(**{**config, **parts})

    def _logits(self, z, labels, training):
        """(samples, batch, latent_dim) -> (samples, batch, *logits_shape)."""
        samples = ops.shape(z)[0]
        labels = None if labels is None else ops.tile(labels, (samples,) + (1,) * (len(labels.shape) - 1))
        logits = self.decoder(ops.reshape(z, (-1, self.latent_dim)), labels, training=training)
        return ops.reshape(logits, (samples, -1, *self.decoder.logits_shape))

    def _reconstruction(self, x, logits):
        """-log p(x|z): x (batch, ...) and logits (samples, batch, ...) -> (samples, batch)."""
        samples = ops.shape(logits)[0]
        x = ops.tile(x, (samples,) + (1,) * (len(x.shape) - 1))
        logits = ops.reshape(logits, (-1, *self.decoder.logits_shape))
        if self.reconstruction == "palette":
            nats = losses.categorical_reconstruction(x, logits)
        elif self.reconstruction == "bernoulli":
            nats = losses.bernoulli_reconstruction(ops.cast(x, logits.dtype), logits)
        else:
            nats = losses.gaussian_reconstruction(ops.cast(x, logits.dtype), logits, 2.0 * math.log(self.noise_scale))
        return ops.reshape(nats, (samples, -1))

    def _log_ratio(self, z, mean, log_variance):
        """log q(z|x) - log p(z) at drawn z (samples, batch, latent_dim) -> (samples, batch)."""
        flat = ops.reshape(z, (-1, self.latent_dim))
        mean, log_variance = (
            ops.reshape(ops.broadcast_to(value, ops.shape(z)), (-1, self.latent_dim)) for value in (mean, log_variance)
        )
        ratio = losses.gaussian_log_density(flat, mean, log_variance) - losses.gaussian_log_density(flat, 0.0, 0.0)
        return ops.reshape(ratio, (ops.shape(z)[0], -1))

    def _importance(self, x, labels, noise):
        """log p(x, z) - log q(z|x) at z = mean + deviation * noise, (samples, batch)."""
        mean, log_variance = self.encoder(x, labels, training=False)
        z = mean + ops.exp(0.5 * log_variance) * noise
        return -self._reconstruction(x, self._logits(z, labels, False)) - self._log_ratio(z, mean, log_variance)

    def _picture(self, logits):
        if self.reconstruction == "palette":
            return ops.cast(ops.argmax(logits, axis=-1), "uint8" if self.decoder.palette_size <= 256 else "int32")
        return ops.sigmoid(logits) if self.reconstruction == "bernoulli" else logits

    def _check_data(self, data):
        """Look at arrays in full, and at the first batch of any other dataset."""
        if isinstance(data, keras.utils.PyDataset):
            data = data.x if hasattr(data, "x") else data[0][0]
        if self.classes:
            if not isinstance(data, tuple | list) or len(data) != 2:
                raise ValueError(f"this VAE has {self.classes} classes: give the pair (x, labels)")
            self._checked(*data)
        elif hasattr(data, "shape"):
            self._checked(data, None)

    def _checked(self, x, labels):
        x = np.asarray(x)
        shape = self.decoder.data_shape
        if x.shape[1:] != shape or not len(x):
            raise ValueError(f"x has shape {x.shape}; this VAE reads (examples, {', '.join(map(str, shape))})")
        low, high = x.min(), x.max()  # NaN if any value is
        if self.reconstruction == "palette":
            colours = self.decoder.palette_size
            if x.dtype.kind not in "ui":
                raise ValueError(f"a palette VAE reads integer indices, not {x.dtype}")
            if low < 0 or high >= colours:
                raise ValueError(f"palette indices run from {low} to {high}, the palette has {colours} colours")
            return x, self._checked_labels(labels, len(x))
        if not (np.isfinite(low) and np.isfinite(high)):
            first = np.flatnonzero(~np.isfinite(x).reshape(len(x), -1).all(axis=1))[0]
            raise ValueError(f"x has NaN or infinite pixels, first in example {first}")
        if self.reconstruction == "bernoulli" and (low < 0 or high > 1):
            raise ValueError(f"Bernoulli pixels lie in [0, 1], these run from {low} to {high}: divide bytes by 255")
        return x.astype("float32", copy=False), self._checked_labels(labels, len(x))

    def _checked_labels(self, labels, examples):
        if not self.classes:
            if labels is not None:
                raise ValueError("this VAE has no classes, so it takes no labels")
            return None
        if labels is None:
            raise ValueError(f"this VAE has {self.classes} classes: give a label for each example")
        check_labels(labels, self.classes, examples)
        labels = np.asarray(labels)
        return labels.astype("float32" if labels.ndim == 2 else "int32")


class BetaAnnealing(keras.callbacks.Callback):
    """Raise a VAE's beta linearly from 0 in the first epoch to `final` after `epochs`, then hold it.

    Args:
        epochs: how many the rise takes.
        final: beta from then on.

    Raises:
        ValueError: when epochs is below 1 or final is negative.

    Source: Bowman et al. 2016, section 3.1.
    """

    def __init__(self, epochs, final=1.0):
        super().__init__()
        if epochs < 1 or not final >= 0.0:
            raise ValueError(f"annealing takes at least 1 epoch and ends at 0 or above; got {epochs} and {final}")
        self.epochs, self.final = epochs, final

    def on_epoch_begin(self, epoch, logs=None):
        self.model.beta.assign(self.final * min(1.0, epoch / self.epochs))


class Binarised(Batches):
    """Batches of grey images in which every pixel is drawn afresh as ink or paper, with its grey as the probability.

    Takes the arguments of `Batches`, without y. Like their order, the draws depend on the seed and the epoch alone.

    Source: Burda et al. 2015, section 5.
    """

    def __getitem__(self, index):
        (x,) = super().__getitem__(index)
        random = np.random.default_rng([self.seed, self.epoch + 1, index])
        return ((random.random(x.shape, dtype="float32") < x).astype("float32"),)


def lerp(a, b, weights):
    """Straight line between two latents.

    Args:
        a: (latent_dim,) at weight 0.
        b: (latent_dim,) at weight 1.
        weights: (steps,).

    Returns:
        (steps, latent_dim).
    """
    weights = np.asarray(weights)[:, None]
    return (1.0 - weights) * a + weights * b


def slerp(a, b, weights):
    """Arc between two latents, which keeps to the shell where a Gaussian prior in many dimensions has its mass.

    Args:
        a: (latent_dim,) at weight 0.
        b: (latent_dim,) at weight 1.
        weights: (steps,).

    Returns:
        (steps, latent_dim); the straight line where a and b are parallel, opposite or zero, as no arc is singled out.

    Source: Shoemake 1985; White 2016.
    """
    a, b, weights = (np.asarray(value, "float64") for value in (a, b, weights))
    lengths = np.linalg.norm(a) * np.linalg.norm(b)
    angle = np.arccos(np.clip(a @ b / lengths, -1.0, 1.0)) if lengths else 0.0
    if np.sin(angle) < 1e-6:
        return lerp(a, b, weights)
    weights = weights[:, None]
    return (np.sin((1.0 - weights) * angle) * a + np.sin(weights * angle) * b) / np.sin(angle)
