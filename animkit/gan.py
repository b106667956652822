"""Two players in one Keras model: the article's generator, a discriminator to match, and one fused training step.

x is data, x_hat what the generator G makes from noise z, and D's raw output a logit. Both players learn in the same
step from one loss, d_loss + g_loss, in which each can feel its own term only (see `GAN`).
"""

import math

import keras
import numpy as np
from keras import ops

from animkit import losses
from animkit.labels import check_labels, label_weights
from animkit.training import Batches, KeepsSeeds, TwoTimescaleAdam, batch_mean, compiled, replica_noise


def _halvings(image_size):
    """How often the longer side is halved until it is at most 8: twice for 28 (7) and 32 (8), thrice for 64 (8)."""
    return max(0, math.ceil(math.log2(max(image_size) / 8)))


def latents(count, latent_dim, *, seed=0):
    """Draw noise for sampling, the same on every backend.

    Args:
        count: how many.
        latent_dim: size of z.
        seed: whole number.

    Returns:
        (count, latent_dim) float32, standard normal.
    """
    return np.random.default_rng(seed).standard_normal((count, latent_dim)).astype("float32")


def pack(examples, packing):
    """Join neighbouring examples on the last axis, so that D sees several at once and notices when all are alike.

    Args:
        examples: (batch, ..., channels).
        packing: how many examples make one.

    Returns:
        (batch / packing, ..., packing * channels).

    Raises:
        ValueError: when the batch does not divide.

    Source: Lin et al. 2018 (PacGAN).
    """
    if packing == 1:
        return examples
    _check_divides(examples.shape[0], packing)
    shape = tuple(examples.shape[1:])
    rank = len(shape)
    apart = ops.reshape(examples, (-1, packing, *shape))
    # (packs, packing, ..., channels) -> (packs, ..., packing, channels)
    together = ops.transpose(apart, (0, *range(2, rank + 1), 1, rank + 1))
    return ops.reshape(together, (-1, *shape[:-1], packing * shape[-1]))


def _check_divides(batch, packing):
    if batch is not None and batch % packing:  # TensorFlow leaves it None in compiled steps: `GAN.fit` looks first
        raise ValueError(
            f"a batch of {batch} does not divide into packs of {packing}: choose a batch_size that does, "
            "and Batches(..., drop_remainder=True)"
        )


def _as_tensor(labels):
    labels = np.asarray(labels)
    return ops.convert_to_tensor(labels, "float32" if labels.ndim == 2 else "int32")


@keras.saving.register_keras_serializable(package="animkit")
class Generator(keras.Model):
    """G: noise (and a label) to an image: dense 1024 -> dense h*w*width -> reshape -> upsampling convolutions.

    The first map is small, 7x7 for 28x28, and holds as many numbers as the dense layer makes.

    Args:
        image_size: (height, width) in pixels, any.
        channels: of the image; a palette makes it 4.
        latent_dim: size of z.
        activation: of the output, "sigmoid", "tanh" or "linear"; unused with a palette.
        palette: (colours, 4) uint8 RGBA. Then a pixel is a softmax over its entries, and the image their expected
            premultiplied RGBA in [0, 1].
        classes: number of labels; inputs are (z, labels) when above 0. See `animkit.labels` for what labels may be.
        width: channels of the first map; they halve at each upsampling, but not below 32.
        hidden: units of the first dense layer. It makes most of the weights: 128 keeps a file small.

    Returns:
        Called on z (batch, latent_dim), or on (z, labels (batch,)): (batch, height, width, channels).

    Raises:
        ValueError: on an unknown activation or a palette of another shape.

    Source: the article, 4.1.1, with its reshape corrected; Radford et al. 2016 (DCGAN).
    """

    def __init__(
        self,
        image_size=(28, 28),
        channels=1,
        *,
        latent_dim=64,
        activation="sigmoid",
        palette=None,
        classes=0,
        width=256,
        hidden=1024,
        name="generator",
    ):
        super().__init__(name=name)
        if activation not in ("sigmoid", "tanh", "linear"):
            raise ValueError(f"activation is {activation!r}; use sigmoid, tanh or linear")
        self.colours = None
        if palette is not None:
            palette = np.asarray(palette)
            if palette.ndim != 2 or palette.shape[1] != 4 or not 0 <= palette.min() <= palette.max() <= 255:
                raise ValueError(f"palette must be (colours, 4) RGBA in 0..255; got shape {palette.shape}")
            rgba = palette.astype("float32") / 255
            self.colours = np.concatenate([rgba[:, :3] * rgba[:, 3:], rgba[:, 3:]], axis=1)
            channels = 4
        self.image_size, self.channels = tuple(image_size), channels
        self.latent_dim, self.activation, self.palette = latent_dim, activation, palette
        self.classes, self.width, self.hidden = classes, width, hidden

        steps = _halvings(self.image_size)
        height, breadth = (math.ceil(side / 2**steps) for side in self.image_size)
        layers = [
            keras.Input((latent_dim + classes,)),
            keras.layers.Dense(hidden),
            keras.layers.LeakyReLU(0.2),
            keras.layers.Dense(height * breadth * width, use_bias=False),
            keras.layers.BatchNormalization(),
            keras.layers.LeakyReLU(0.2),
            keras.layers.Reshape((height, breadth, width)),
        ]
        for step in range(1, steps + 1):
            layers += [
                # a kernel that the stride divides touches every pixel equally often: no checkerboard
                keras.layers.Conv2DTranspose(
                    min(width, max(32, width // 2**step)), 4, strides=2, padding="same", use_bias=False
                ),
                keras.layers.BatchNormalization(),
                keras.layers.LeakyReLU(0.2),
            ]
        outputs = channels if palette is None else len(palette)
        layers.append(keras.layers.Conv2D(outputs, 3, padding="same"))
        self.body = keras.Sequential(layers, name="body")
        self.built = True  # every weight exists: shapes follow from the arguments
        self._images = compiled(self, lambda inputs: self(inputs, training=False))
        self._indices = compiled(self, lambda inputs: ops.argmax(self.logits(inputs, training=False), axis=-1))

    def logits(self, inputs, training=None):
        """What the output activation is applied to, (batch, height, width, channels or colours)."""
        if self.classes:
            z, labels = inputs
            inputs = ops.concatenate([z, label_weights(labels, self.classes, z.dtype)], axis=-1)
        height, width = self.image_size
        return self.body(inputs, training=training)[:, :height, :width]

    def call(self, inputs, training=None):
        logits = ops.cast(self.logits(inputs, training=training), "float32")
        if self.palette is None:
            return keras.activations.get(self.activation)(logits)
        return ops.matmul(ops.softmax(logits, axis=-1), self.colours)

    def images(self, z, labels=None):
        """Images from noise, compiled and in inference mode.

        Args:
            z: (batch, latent_dim).
            labels: (batch,) when the generator has classes.

        Returns:
            (batch, height, width, channels) float32 array.

        Raises:
            ValueError: when z has another shape, or labels are missing, unwanted or out of range.
        """
        return ops.convert_to_numpy(self._images(self._inputs(z, labels)))

    def indices(self, z, labels=None):
        """The most probable palette entry of each pixel.

        Args:
            z: (batch, latent_dim).
            labels: (batch,) when the generator has classes.

        Returns:
            (batch, height, width) uint8 palette indices.

        Raises:
            ValueError: when the generator has no palette; otherwise as `images`.
        """
        if self.palette is None:
            raise ValueError("this generator paints colours, not palette entries: build it with palette=")
        return ops.convert_to_numpy(self._indices(self._inputs(z, labels))).astype("uint8")

    def _inputs(self, z, labels):
        z = ops.convert_to_tensor(z, "float32")
        if tuple(z.shape[1:]) != (self.latent_dim,):
            raise ValueError(f"the generator maps noise (batch, {self.latent_dim}), not {tuple(z.shape)}")
        if not self.classes:
            if labels is not None:
                raise ValueError("this generator takes no labels: build it with classes=")
            return z
        if labels is None:
            raise ValueError(f"this generator has {self.classes} classes: give labels")
        check_labels(labels, self.classes)
        return z, _as_tensor(labels)

    def get_config(self):
        return {
            "image_size": self.image_size,
            "channels": self.channels,
            "latent_dim": self.latent_dim,
            "activation": self.activation,
            "palette": None if self.palette is None else self.palette.tolist(),
            "classes": self.classes,
            "width": self.width,
            "hidden": self.hidden,
            "name": self.name,
        }


@keras.saving.register_keras_serializable(package="animkit")
class Discriminator(keras.Model):
    """D: any image, or pack of images, to one logit; strided convolutions that mirror the generator.

    Labels enter by projection: the logit gains the inner product of the features with the label's embedding.

    Args:
        image_size: (height, width) in pixels.
        channels: of one image.
        classes: number of labels; inputs are (images, labels) when above 0.
        packing: images per pack.
        width: channels after the first convolution; they double at each.
        dropout: share of features dropped in training.

    Returns:
        Called on packs (batch / packing, height, width, packing * channels), or on (packs, labels (batch,)):
        (batch / packing,) logits.

    Raises:
        ValueError: on images of another shape.

    Source: the article, 4.1.2; Radford et al. 2016 (DCGAN); Miyato and Koyama 2018 (projection).
    """

    def __init__(
        self, image_size=(28, 28), channels=1, *, classes=0, packing=1, width=64, dropout=0.3, name="discriminator"
    ):
        super().__init__(name=name)
        self.image_size, self.channels = tuple(image_size), channels
        self.classes, self.packing, self.width, self.dropout = classes, packing, width, dropout
        self.packed_shape = (*self.image_size, packing * channels)
        layers = [keras.Input(self.packed_shape)]
        for step in range(_halvings(self.image_size) + 1):
            layers += [
                keras.layers.Conv2D(width * 2**step, 4, strides=2, padding="same"),
                keras.layers.LeakyReLU(0.2),
                keras.layers.Dropout(dropout),
            ]
        self.body = keras.Sequential([*layers, keras.layers.Flatten()], name="body")
        features = self.body.output_shape[-1]
        self.head = keras.layers.Dense(1, name="head")
        self.head.build((None, features))
        if classes:
            # one embedding per label and place in the pack; it starts at nothing
            self.embedding = keras.layers.Embedding(packing * classes, features, embeddings_initializer="zeros")
            self.embedding.build((None, packing))
        self.built = True

    def call(self, inputs, training=None):
        images, labels = inputs if self.classes else (inputs, None)
        if tuple(images.shape[1:]) != self.packed_shape:
            raise ValueError(f"the discriminator takes images {self.packed_shape}; got {tuple(images.shape[1:])}")
        features = self.body(images, training=training)
        logits = self.head(features)[:, 0]
        if self.classes:
            weights = label_weights(labels, self.classes, features.dtype)
            weights = ops.reshape(weights, (-1, self.packing * self.classes))
            embedded = ops.matmul(weights, ops.cast(self.embedding.embeddings, features.dtype))
            logits = logits + ops.sum(features * embedded, axis=-1)
        return logits

    def get_config(self):
        return {
            "image_size": self.image_size,
            "channels": self.channels,
            "classes": self.classes,
            "packing": self.packing,
            "width": self.width,
            "dropout": self.dropout,
            "name": self.name,
        }


@keras.saving.register_keras_serializable(package="animkit")
class GAN(KeepsSeeds, keras.Model):
    """Generator and discriminator as one model whose loss is d_loss + g_loss; `fit`, callbacks and jit work as usual.

    Each player feels its own term only. D's term sees x_hat through `stop_gradient`; G's term asks D with its weights
    behind `stop_gradient`, by `stateless_call`, so D's dropout acts and its statistics do not count twice.
    Any two built networks will do: points need no images. Fit on x in the generator's range, with labels as y; with a
    palette, x may be (batch, height, width) integer palette indices.

    Args:
        generator: z (batch, latent_dim), or (z, labels), to x_hat.
        discriminator: x (or packs of x), or (x, labels), to one logit each.
        loss: a name in `animkit.losses.ADVERSARIAL`.
        packing: examples that D sees at once; must divide the batch.
        r1: weight of the zero-centred gradient penalty on data.
        r2: its weight on generated examples.
        gradient_penalty: weight of WGAN-GP's penalty (10 in the paper). Gradient penalties and batch normalisation in
            D do not go together, as D's value must depend on its own example only.
        seed: of the noise in training.

    Raises:
        ValueError: when the loss is unknown, a number is out of range, or the two networks do not match.

    Source: the article, 3.1 and 4.1.3; Goodfellow et al. 2014.
    """

    def __init__(
        self,
        generator,
        discriminator,
        *,
        loss="non_saturating",
        packing=1,
        r1=0.0,
        r2=0.0,
        gradient_penalty=0.0,
        seed=0,
        name="gan",
    ):
        super().__init__(name=name)
        if loss not in losses.ADVERSARIAL:
            raise ValueError(f"loss is {loss!r}; use one of {', '.join(losses.ADVERSARIAL)}")
        if packing < 1 or min(r1, r2, gradient_penalty) < 0:
            raise ValueError(f"packing starts at 1 and penalties at 0; got {packing}, {r1}, {r2}, {gradient_penalty}")
        # named adversarial, as Keras keeps what is compiled under `loss`
        self.generator, self.discriminator, self.adversarial = generator, discriminator, loss
        self.packing, self.r1, self.r2, self.gradient_penalty, self.seed = packing, r1, r2, gradient_penalty, seed
        self.latent_dim = getattr(generator, "latent_dim", None) or generator.input_shape[-1]
        self.classes = getattr(generator, "classes", 0)
        self.example_shape = self._match()

        self.seed_generator = keras.random.SeedGenerator(seed)
        self.trackers = {
            key: keras.metrics.Mean(name=key)
            for key in ("d_loss", "g_loss", "penalty", "real_accuracy", "fake_accuracy")
        }
        self.built = True
        self._generate = compiled(generator, lambda inputs: generator(inputs, training=False))

    def _match(self):
        """Ask both networks symbolically whether they fit; returns the shape of one example."""
        for key, own in (("classes", self.classes), ("packing", self.packing)):
            other = getattr(self.discriminator, key, own)
            if other != own:
                raise ValueError(f"the discriminator has {key} = {other}, but it should be {own}, as in the rest")
        labels = keras.KerasTensor((self.packing,), "int32")
        z = keras.KerasTensor((self.packing, self.latent_dim), "float32")
        fake = self.generator((z, labels) if self.classes else z)
        packed = pack(fake, self.packing)
        try:
            logits = self.discriminator((packed, labels) if self.classes else packed)
        except ValueError as error:
            raise ValueError(
                f"the generator makes {tuple(fake.shape[1:])}, which in packs of {self.packing} is "
                f"{tuple(packed.shape[1:])}, and the discriminator cannot take it: {error}"
            ) from error
        if math.prod(logits.shape[1:]) != 1:
            raise ValueError(f"the discriminator must give one logit per example; it gives {tuple(logits.shape[1:])}")
        return tuple(fake.shape[1:])

    def call(self, x, training=None):
        return x  # both players are asked in `compute_loss`, where the labels are known too

    def compile(self, optimizer=None, **keras_arguments):
        """As `keras.Model.compile`; the optimizer defaults to `TwoTimescaleAdam()`, and there is no loss to give."""
        optimizer = TwoTimescaleAdam() if optimizer is None else keras.optimizers.get(optimizer)
        # mixed_float16 wraps the optimizer in one that scales the loss
        adam = getattr(optimizer, "inner_optimizer", optimizer)
        if isinstance(adam, TwoTimescaleAdam):
            adam.generator_variables = lambda: self.generator.trainable_variables
        super().compile(optimizer=optimizer, **keras_arguments)

    def compile_from_config(self, config):
        self.compile(**keras.saving.deserialize_keras_object(config))
        self.optimizer.build(self.trainable_variables)

    def fit(self, x=None, y=None, batch_size=None, **keras_arguments):
        """As `keras.Model.fit`, after a look at the data.

        Args:
            x: `Batches`, or examples (examples, ...) in the generator's range.
            y: (examples,) labels when the networks have classes.
            batch_size: as in Keras.
            **keras_arguments: of `keras.Model.fit`.

        Raises:
            ValueError: when examples have another shape or hold NaN, labels are missing or out of range, or a batch
                does not divide into packs.
        """
        if isinstance(x, Batches):
            self.check(x.x, x.y)
            self._check_batches(x.examples, x.batch_size, x.drop_remainder)
        elif isinstance(x, np.ndarray):
            self.check(x, y)
            self._check_batches(len(x), batch_size or 32, False)
        return super().fit(x, y, batch_size, **keras_arguments)

    def _check_batches(self, examples, batch_size, drop_remainder):
        _check_divides(min(batch_size, examples), self.packing)
        if not drop_remainder:
            _check_divides(examples % batch_size, self.packing)

    def check(self, x, labels=None):
        """Refuse data that the model cannot learn from.

        Args:
            x: (examples, ...) array.
            labels: (examples,) or None.

        Raises:
            ValueError: when examples have another shape or hold NaN, or labels are missing or out of range.
        """
        self._check_shape(x.shape, x.dtype)
        if x.dtype.kind == "f" and not np.isfinite(x).all():
            bad = int(np.argwhere(~np.isfinite(x.reshape(len(x), -1)).all(axis=1))[0, 0])
            raise ValueError(f"example {bad} of the data holds NaN or infinity: repair or leave it out")
        self._check_labels_given(labels)
        if self.classes:
            check_labels(labels, self.classes)

    def _check_shape(self, shape, dtype):
        wanted = self.example_shape
        if "int" in str(dtype):
            if getattr(self.generator, "palette", None) is None:
                raise ValueError(f"x holds {dtype}: scale it to the generator's range as float32, or give a palette")
            wanted = wanted[:2]
        if tuple(shape[1:]) != wanted:
            raise ValueError(f"examples must be {wanted}, as the generator makes them; got {tuple(shape[1:])}")

    def _check_labels_given(self, labels):
        if self.classes and labels is None:
            raise ValueError(f"the networks have {self.classes} classes: give labels as y")
        if not self.classes and labels is not None:
            raise ValueError("labels were given, but the generator has no classes: build both networks with classes=")

    def _examples(self, x):
        """Examples as G makes them: palette indices become colours."""
        if "int" in str(x.dtype):
            return ops.take(self.generator.colours, ops.cast(x, "int32"), axis=0)
        return ops.cast(x, "float32")

    def _judge(self, examples, labels, training, weights=None):
        """D's logits on packs; with `weights` in place of its own and without side effects."""
        inputs = (examples, labels) if self.classes else examples
        if weights is None:
            logits = self.discriminator(inputs, training=training)
        else:
            state = self.discriminator.non_trainable_variables
            logits, _ = self.discriminator.stateless_call(weights, state, inputs, training=training)
        return ops.cast(ops.reshape(logits, (-1,)), "float32")

    def _penalty(self, real, fake, labels, training):
        """Weighted sum of the gradient penalties that are switched on, a scalar."""
        weights = [ops.convert_to_tensor(weight) for weight in self.discriminator.trainable_variables]

        def slope(examples):
            return losses.input_gradient(lambda packs: self._judge(packs, labels, training, weights), examples)

        total = 0.0
        if self.r1:
            total += self.r1 * ops.mean(losses.zero_centred_penalty(slope(real)))
        if self.r2:
            total += self.r2 * ops.mean(losses.zero_centred_penalty(slope(fake)))
        if self.gradient_penalty:
            weight = replica_noise(keras.random.uniform, ops.shape(real)[:1], self.seed_generator)
            there = losses.between(real, fake, weight)
            total += self.gradient_penalty * ops.mean(losses.unit_gradient_penalty(slope(there)))
        return total

    def player_losses(self, x, labels=None, training=True):
        """Both players' losses on one batch; neither has a gradient for the other's weights.

        Args:
            x: (batch, ...) examples or palette indices.
            labels: (batch,) or None.
            training: as in Keras.

        Returns:
            dict: d_loss (without penalty), g_loss, penalty, real_accuracy, fake_accuracy; scalars, batch means.

        Raises:
            ValueError: when examples have another shape, or the batch does not divide into packs.
        """
        self._check_shape(x.shape, x.dtype)
        self._check_labels_given(labels)
        z = replica_noise(keras.random.normal, (ops.shape(x)[0], self.latent_dim), self.seed_generator)
        fake = ops.cast(self.generator((z, labels) if self.classes else z, training=training), "float32")
        real, fake = pack(self._examples(x), self.packing), pack(fake, self.packing)
        shown = ops.stop_gradient(fake)

        discriminator_loss, generator_loss = losses.ADVERSARIAL[self.adversarial]
        real_logits = self._judge(real, labels, training)
        fake_logits = self._judge(shown, labels, training)
        frozen = [ops.stop_gradient(ops.convert_to_tensor(v)) for v in self.discriminator.trainable_variables]
        judged = self._judge(fake, labels, training, weights=frozen)
        real_right, fake_right = losses.recognised(self.adversarial, real_logits, fake_logits)
        return {
            "d_loss": ops.mean(discriminator_loss(real_logits, fake_logits)),
            "g_loss": ops.mean(generator_loss(ops.stop_gradient(real_logits), judged)),
            "penalty": ops.convert_to_tensor(self._penalty(real, shown, labels, training), "float32"),
            "real_accuracy": ops.mean(real_right),
            "fake_accuracy": ops.mean(fake_right),
        }

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        values = self.player_losses(x, y, training=training)
        for key, value in values.items():
            self.trackers[key].update_state(value)
        return batch_mean(values["d_loss"] + values["g_loss"] + values["penalty"])

    def sample(self, count, *, labels=None, seed=0):
        """Draw examples from G in one compiled call.

        Args:
            count: how many.
            labels: (count,) when the networks have classes; by default they take turns.
            seed: of the noise; the same seed gives the same examples.

        Returns:
            (count, ...) float32 array.

        Raises:
            ValueError: when labels are given but not wanted, number otherwise than count, or are out of range.
        """
        z = ops.convert_to_tensor(latents(count, self.latent_dim, seed=seed))
        if not self.classes:
            self._check_labels_given(labels)
            return ops.convert_to_numpy(self._generate(z))
        labels = np.arange(count) % self.classes if labels is None else np.asarray(labels)
        check_labels(labels, self.classes, count)
        return ops.convert_to_numpy(self._generate((z, _as_tensor(labels))))

    def get_config(self):
        return {
            "generator": keras.saving.serialize_keras_object(self.generator),
            "discriminator": keras.saving.serialize_keras_object(self.discriminator),
            "loss": self.adversarial,
            "packing": self.packing,
            "r1": self.r1,
            "r2": self.r2,
            "gradient_penalty": self.gradient_penalty,
            "seed": self.seed,
            "name": self.name,
        }

    @classmethod
    def from_config(cls, config):
        players = {key: keras.saving.deserialize_keras_object(config[key]) for key in ("generator", "discriminator")}
        return cls(**{**config, **players})
