"""A VAE of clips that keeps who apart from what: one static code for a clip, one dynamic code for each frame.

x_1:T is a clip, f the static code (who: it never changes), z_t the dynamic code of frame t (what: the pose). An LSTM is
the prior of the poses, p(z_t | z_1:t-1, action), and makes new motion; any f can be drawn in any motion. The prior of
f is N(0, I), or a second LSTM of the same kind that learns which looks there are.
"""

import math

import keras
import numpy as np
from keras import ops

from animkit import losses
from animkit.data.sprites import ROUNDS
from animkit.rnn import SequenceRegressor
from animkit.training import Batches, KeepsSeeds, batch_mean, compiled, in_parts, replica_noise
from animkit.vae import Encoder

FRAMES_AT_ONCE = 256
LOOK_PART = 4  # numbers of a look that its learned prior foretells at a time


@keras.saving.register_keras_serializable(package="animkit")
class PoseEncoder(keras.layers.Layer):
    """Map the frames of a clip to q(z_1:T | x_1:T): convolutions read each frame, an LSTM runs over them.

    Args:
        dynamic_dim: size of z_t.
        convolutions: channels of the convolutions, each halving height and width.
        units: of the LSTM.

    Returns:
        Called on clips (batch, time, height, width, channels): mean and log variance, each (batch, time, dynamic_dim).

    Source: Li and Mandt 2018, section 3.
    """

    def __init__(self, dynamic_dim, *, convolutions, units, **layer_options):
        super().__init__(**layer_options)
        self.dynamic_dim, self.convolutions, self.units = dynamic_dim, tuple(convolutions), units
        self.convolve = [
            keras.layers.Conv2D(channels, 4, strides=2, padding="same", activation="silu")
            for channels in self.convolutions
        ]
        self.dense = keras.layers.Dense(units, activation="silu")
        self.recurrent = keras.layers.LSTM(units, return_sequences=True)
        self.mean = keras.layers.Dense(dynamic_dim, dtype="float32")
        self.log_variance = keras.layers.Dense(dynamic_dim, dtype="float32")

    def build(self, clips_shape):
        shape = (None, *clips_shape[2:])
        for layer in self.convolve:
            layer.build(shape)
            shape = layer.compute_output_shape(shape)
        self.dense.build((None, math.prod(shape[1:])))
        self.recurrent.build((None, None, self.units))
        self.mean.build((None, None, 2 * self.units))
        self.log_variance.build((None, None, 2 * self.units))

    def call(self, clips, training=False):
        x = ops.reshape(clips, (-1, *clips.shape[2:]))
        for layer in self.convolve:
            x = layer(x, training=training)
        x = self.dense(ops.reshape(x, (-1, math.prod(x.shape[1:]))))
        x = ops.reshape(x, (-1, clips.shape[1], self.units))
        # what this frame shows, and what came before it
        x = ops.concatenate([x, self.recurrent(x, training=training)], axis=-1)
        # before the divergences count, one wild step sent it to 138, and the noise with it to infinity
        return self.mean(x), ops.clip(self.log_variance(x), -20.0, 4.0)

    def get_config(self):
        return {
            **super().get_config(),
            "dynamic_dim": self.dynamic_dim,
            "convolutions": self.convolutions,
            "units": self.units,
        }


@keras.saving.register_keras_serializable(package="animkit")
class FrameDecoder(keras.layers.Layer):
    """Draw one frame from who and what: p(x_t | f, z_t), a softmax over the palette at every pixel.

    f speaks three times: with z_t at the start, as scale and shift of every map, and as the colours that this character
    has at all, which are added to the logits of each pixel. The last map is coarse: each of its cells makes
    `cell` x `cell` pixels, each by a matrix of its own, so that training can draw one pixel of each cell and leave the
    others out.

    Args:
        image_size: (height, width), divisible by `cell` and by 2 once per further convolution.
        palette_size: colours.
        convolutions: channels of the first grid and of each transposed convolution after it, which double its sides.
        channels: of a pixel.
        cell: pixels a side that a cell of the last map makes.
        hidden: units of the dense layers.

    Returns:
        Called as `decoder(f, z, place=None)` on (n, static_dim) and (n, dynamic_dim): logits (n, height, width,
        palette_size); or, for one place below cell * cell, of that pixel of every cell: (n, height / cell,
        width / cell, palette_size).

    Raises:
        ValueError: when height or width cannot be divided that often.

    Source: Li and Mandt 2018, section 3; Perez et al. 2018 (scale and shift); Shi et al. 2016 (pixels from cells).
    """

    def __init__(self, image_size, palette_size, *, convolutions, channels, cell, hidden, **layer_options):
        super().__init__(**layer_options)
        self.image_size, self.palette_size = tuple(image_size), palette_size
        self.convolutions, self.channels, self.cell, self.hidden = tuple(convolutions), channels, cell, hidden
        first, *rest = self.convolutions
        divisor = cell * 2 ** len(rest)
        if any(side % divisor for side in self.image_size):
            raise ValueError(
                f"cells of {cell} pixels and {len(rest)} doublings need a height and width divisible by {divisor}, "
                f"not {self.image_size}"
            )
        self.grid_shape = (*(side // divisor for side in self.image_size), first)
        self.map_size = tuple(side // cell for side in self.image_size)
        self.dense = keras.layers.Dense(hidden, activation="silu")
        self.to_grid = keras.layers.Dense(math.prod(self.grid_shape), activation="silu")
        self.convolve = [keras.layers.Conv2DTranspose(width, 4, strides=2, padding="same") for width in rest]
        # bounded: what multiplies every map must not run away early in training
        self.understand = keras.layers.Dense(hidden, activation="tanh")
        self.modulate = keras.layers.Dense(2 * (sum(rest) + channels))
        self.colours = keras.layers.Dense(palette_size, use_bias=False, dtype="float32")
        self.head = keras.layers.Dense(palette_size, dtype="float32")

    def build(self, f_shape, z_shape):
        self.dense.build((None, f_shape[-1] + z_shape[-1]))
        self.to_grid.build((None, self.hidden))
        self.understand.build((None, f_shape[-1]))
        self.modulate.build((None, self.hidden))
        self.colours.build((None, self.hidden))
        shape = (None, *self.grid_shape)
        for layer in self.convolve:
            layer.build(shape)
            shape = layer.compute_output_shape(shape)
        self.pixels = self.add_weight(
            name="pixels", shape=(self.cell**2, shape[-1], self.channels), initializer="he_normal"
        )
        self.head.build((None, None, None, self.channels))

    def call(self, f, z, place=None, training=False):
        cells = self._cells(f, z, training)
        if place is not None:
            return self._pixels(*cells, place)
        logits = [self._pixels(*cells, one) for one in range(self.cell**2)]
        return ops.reshape(self._together(logits), (-1, *self.image_size, self.palette_size))

    def likeliest(self, f, z):
        """The likeliest palette entry of each pixel, (n, height, width), without ever holding all the logits."""
        cells = self._cells(f, z, False)
        indices = [ops.argmax(self._pixels(*cells, one), axis=-1) for one in range(self.cell**2)]
        return ops.reshape(self._together(indices), (-1, *self.image_size))

    def _cells(self, f, z, training):
        """The last map, how f changes its pixels, and the colours that f has."""
        x = self.to_grid(self.dense(ops.concatenate([f, z], axis=-1)))
        x = ops.reshape(x, (-1, *self.grid_shape))
        who = self.understand(f)
        widths = np.repeat((*self.convolutions[1:], self.channels), 2)
        changes = ops.split(self.modulate(who)[:, None, None], np.cumsum(widths)[:-1].tolist(), axis=-1)
        for layer, scale, shift in zip(self.convolve, changes[:-2:2], changes[1:-2:2], strict=True):
            x = ops.silu(layer(x, training=training) * (1.0 + scale) + shift)
        return x, *changes[-2:], self.colours(who)[:, None, None]

    def _pixels(self, x, scale, shift, colours, place):
        """Logits of one pixel of every cell."""
        return self.head(ops.silu(ops.matmul(x, self.pixels[place]) * (1.0 + scale) + shift)) + colours

    def _together(self, parts):
        """Lay out the pixels of every cell: cell * cell arrays (n, rows, columns, ...) make one picture."""
        height, width = self.map_size
        cells = ops.stack(parts, axis=3)
        rest = cells.shape[4:]
        cells = ops.reshape(cells, (-1, height, width, self.cell, self.cell, *rest))
        return ops.transpose(cells, (0, 1, 3, 2, 4, *range(5, 5 + len(rest))))

    def pick(self, pictures, place):
        """One pixel of every cell: (n, height, width) -> (n, height / cell, width / cell)."""
        height, width = self.map_size
        cells = ops.reshape(pictures, (-1, height, self.cell, width, self.cell))
        cells = ops.reshape(ops.transpose(cells, (0, 1, 3, 2, 4)), (-1, height, width, self.cell**2))
        return ops.take(cells, place, axis=-1)

    def get_config(self):
        return {
            **super().get_config(),
            "image_size": self.image_size,
            "palette_size": self.palette_size,
            "convolutions": self.convolutions,
            "channels": self.channels,
            "cell": self.cell,
            "hidden": self.hidden,
        }


@keras.saving.register_keras_serializable(package="animkit")
class SequenceVAE(KeepsSeeds, keras.Model):
    """Clips of palette pictures as one static code and a dynamic code per frame, with an LSTM as the prior of motion.

    Fit it on `Clips`, whose batches are dicts: `reference` (batch, height, width) is a picture of the character from
    which f is read, `clip` (batch, time, height, width) what is drawn, `action` (batch, actions) one-hot what the LSTM
    is told. Where `shared` clips in a row show one action, the first lends its z_1:T to all of them: a z that others
    can use holds no trace of who moved. It logs `reconstruction`, `static_kl` and `dynamic_kl`, nats per clip, each
    clip bearing its part of a shared motion; loss = reconstruction + beta * (static_kl + dynamic_kl).

    Args:
        palette: (colours, 4) uint8 RGBA.
        image_size: (height, width).
        static_dim: size of f.
        dynamic_dim: size of z_t.
        actions: how many the LSTM is told apart; 0 when it is told nothing.
        rounds: name -> frames of each action, in the order of their numbers; those of the Sprites benchmark if None.
        mixture: Gaussians of the LSTM's prediction; one is enough when it is told the action.
        look_mixture: Gaussians of the learned prior p(f), in which an LSTM foretells each four numbers of f from those
            before them; 0 for N(0, I), which is too wide where looks are few and far between.
        shared: clips in a row that show one action; 1 for any clips.
        encoder_convolutions: channels of both encoders' convolutions.
        decoder_convolutions: see `FrameDecoder`.
        channels: of a pixel in the decoder.
        cell: pixels a side of a cell in the decoder.
        units: of the LSTMs.
        hidden: units of the dense layers.
        frames: how many frames of each clip, drawn at random, a training step draws. It also compares just one pixel of
            each cell; both leave the loss right on average.
        beta: weight of both divergences; kept as the variable `beta`. Raise it from 0 (`BetaAnnealing`): at full weight
            from the start, an LSTM that is told the action may never find out what z is good for.
        seed: of the noise in training.

    Raises:
        ValueError: when a size is out of range; the methods below when data does not fit.

    Source: Li and Mandt 2018 (Disentangled Sequential Autoencoder); Bouchacourt et al. 2018 (codes shared by a group);
    Chen et al. 2016 (Variational Lossy Autoencoder: a learned autoregressive prior).
    """

    def __init__(
        self,
        palette,
        *,
        image_size=(32, 32),
        static_dim=32,
        dynamic_dim=16,
        actions=9,
        rounds=None,
        mixture=1,
        look_mixture=0,
        shared=4,
        encoder_convolutions=(16, 32, 64),
        decoder_convolutions=(64, 48, 32),
        channels=16,
        cell=2,
        units=96,
        hidden=256,
        frames=2,
        beta=1.0,
        seed=0,
        **model_options,
    ):
        super().__init__(**model_options)
        palette = np.asarray(palette)
        if palette.ndim != 2 or palette.shape[1] != 4 or not 0 <= palette.min() <= palette.max() <= 255:
            raise ValueError(f"palette must be (colours, 4) RGBA in 0..255; got shape {palette.shape}")
        if shared < 1 or frames < 1 or mixture < 1 or actions < 0:
            raise ValueError(
                f"shared, frames and mixture start at 1, actions at 0; got {shared}, {frames}, {mixture}, {actions}"
            )
        if look_mixture < 0 or (look_mixture and static_dim % LOOK_PART):
            raise ValueError(
                f"look_mixture starts at 0, and a learned prior takes looks of a multiple of {LOOK_PART} numbers; "
                f"got {look_mixture} and static_dim {static_dim}"
            )
        # the encoders see colours, not numbers: a new shade is close to the old ones
        rgba = palette.astype("float32") / 255
        self.colours = np.concatenate([rgba[:, :3] * rgba[:, 3:], rgba[:, 3:]], axis=1)
        self.palette, self.image_size = palette.astype("uint8"), tuple(image_size)
        self.static_dim, self.dynamic_dim = static_dim, dynamic_dim
        self.actions, self.mixture, self.shared, self.frames = actions, mixture, shared, frames
        self.rounds = dict(ROUNDS if rounds is None else rounds)
        self.look_mixture = look_mixture
        self.encoder_convolutions, self.decoder_convolutions = tuple(encoder_convolutions), tuple(decoder_convolutions)
        self.channels, self.cell, self.units, self.hidden, self.seed = channels, cell, units, hidden, seed
        self.look_encoder = Encoder(static_dim, convolutions=encoder_convolutions, hidden=(hidden,), activation="silu")
        self.pose_encoder = PoseEncoder(dynamic_dim, convolutions=encoder_convolutions, units=units)
        self.decoder = FrameDecoder(
            image_size,
            len(palette),
            convolutions=decoder_convolutions,
            channels=channels,
            cell=cell,
            hidden=hidden,
        )
        self.prior = SequenceRegressor(dynamic_dim, units=(units,), mixture=mixture)
        self.look_prior = SequenceRegressor(LOOK_PART, units=(units,), mixture=look_mixture) if look_mixture else None
        self.beta = keras.Variable(beta, trainable=False, dtype="float32", name="beta")
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.trackers = {name: keras.metrics.Mean(name=name) for name in ("reconstruction", "static_kl", "dynamic_kl")}
        self.look_encoder.build((None, *self.image_size, 4))
        self.pose_encoder.build((None, None, *self.image_size, 4))
        self.decoder.build((None, static_dim), (None, dynamic_dim))
        poses = (None, None, dynamic_dim)
        self.prior.build([poses, (None, None, actions)] if actions else poses)
        if self.look_prior:
            self.look_prior.build((None, None, LOOK_PART))
        self.built = True
        # a code that is mostly noise at first is ignored, and may stay so: begin almost without
        self.look_encoder.log_variance.bias.assign(ops.full((static_dim,), -4.0))
        self.pose_encoder.log_variance.bias.assign(ops.full((dynamic_dim,), -4.0))
        self._looks = compiled(self, lambda pictures: self.look_encoder(self._seen(pictures))[0])
        self._motions = compiled(self, lambda clips: self.pose_encoder(self._seen(clips))[0])
        self._frames = compiled(self, self.decoder.likeliest)

    def _seen(self, pictures):
        return ops.take(self.colours, ops.cast(pictures, "int32"), axis=0)

    def call(self, inputs, training=False):
        return inputs  # all happens in `compute_loss`, which knows whether frames and pixels may be left out

    def _drawn(self, mean, log_variance):
        noise = replica_noise(keras.random.normal, ops.shape(mean), self.seed_generator)
        return mean + ops.exp(0.5 * log_variance) * noise

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        clips = ops.cast(x["clip"], "int32")  # (batch, time, height, width)
        mean, log_variance = self.look_encoder(self._seen(x["reference"]), training=training)
        f = self._drawn(mean, log_variance)
        static_kl = self._static_kl(f, mean, log_variance, training)

        pose_mean, pose_log_variance = self.pose_encoder(self._seen(clips[:: self.shared]), training=training)
        z = self._drawn(pose_mean, pose_log_variance)
        before = _one_later(z)
        told = (before, x["action"][:: self.shared]) if self.actions else before
        prior = self.prior.mixture_parameters(self.prior(told, training=training))
        dynamic_kl = losses.mixture_kl(z, pose_mean, pose_log_variance, *prior)

        z = ops.repeat(z, self.shared, axis=0)[: ops.shape(clips)[0]]
        reconstruction = self._reconstruction(f, z, clips, training)
        values = {"reconstruction": reconstruction, "static_kl": static_kl, "dynamic_kl": dynamic_kl / self.shared}
        for name, value in values.items():
            self.trackers[name].update_state(value)
        kl = ops.mean(static_kl) + ops.mean(dynamic_kl) / self.shared
        return batch_mean(-losses.elbo(ops.mean(reconstruction), kl, self.beta))

    def _static_kl(self, f, mean, log_variance, training):
        """KL of q(f | x) from p(f), (batch,): exact for N(0, I), by the drawn f for a learned prior."""
        if not self.look_prior:
            return ops.sum(losses.gaussian_kl(mean, log_variance), axis=-1)
        f, mean, log_variance = (ops.reshape(part, (-1, *self._parts)) for part in (f, mean, log_variance))
        prior = self.look_prior.mixture_parameters(self.look_prior(_one_later(f), training=training))
        return losses.mixture_kl(f, mean, log_variance, *prior)

    @property
    def _parts(self):
        """How the learned prior takes a look apart: (parts, numbers of each)."""
        return self.static_dim // LOOK_PART, LOOK_PART

    def _reconstruction(self, f, z, clips, training):
        """-log p(x_1:T | f, z_1:T), (batch,): exact, or while training from some frames and pixels."""
        time, count, place = clips.shape[1], clips.shape[1], None
        if training:
            count = min(self.frames, time)
            order = ops.argsort(keras.random.uniform((time,), seed=self.seed_generator))[:count]
            clips, z = ops.take(clips, order, axis=1), ops.take(z, order, axis=1)
            place = keras.random.randint((), 0, self.cell**2, seed=self.seed_generator)
        pictures = ops.reshape(clips, (-1, *self.image_size))
        logits = self.decoder(
            ops.repeat(f, count, axis=0), ops.reshape(z, (-1, self.dynamic_dim)), place=place, training=training
        )
        if training:
            pictures = self.decoder.pick(pictures, place)
        nats = losses.categorical_reconstruction(pictures, logits)
        left_out = (time / count) * (self.cell**2 if training else 1)
        return ops.sum(ops.reshape(nats, (-1, count)), axis=1) * left_out

    def looks(self, pictures):
        """Read who is to be seen.

        Args:
            pictures: (n, height, width) palette indices.

        Returns:
            (n, static_dim) float32, the means of q(f | picture).

        Raises:
            ValueError: when pictures have another size, or hold numbers outside the palette.
        """
        return in_parts(self._looks, self._checked(pictures, 3), at_once=FRAMES_AT_ONCE)

    def new_looks(self, count, *, seed=0):
        """Draw from p(f), the model's own prior: who never was.

        Args:
            count: how many.
            seed: same seed, same looks.

        Returns:
            (count, static_dim) float32.

        Raises:
            ValueError: a count below one.
        """
        if count < 1:
            raise ValueError(f"count is {count}: draw at least one look")
        if not self.look_prior:
            return np.random.default_rng(seed).standard_normal((count, self.static_dim)).astype("float32")
        parts, size = self._parts
        start = np.zeros((count, 1, size), "float32")
        return self.look_prior.rollout(start, parts, seed=seed).reshape(count, self.static_dim)

    def motions(self, clips):
        """Read what is done.

        Args:
            clips: (n, time, height, width) palette indices.

        Returns:
            (n, time, dynamic_dim) float32, the means of q(z_1:T | clip).

        Raises:
            ValueError: when clips have another size, or hold numbers outside the palette.
        """
        return in_parts(self._motions, self._checked(clips, 4), at_once=FRAMES_AT_ONCE // 8)

    def draw(self, looks, motions):
        """Draw characters in motions, the likeliest palette entry at every pixel.

        Args:
            looks: (n, static_dim).
            motions: (n, time, dynamic_dim), one for each look.

        Returns:
            (n, time, height, width) uint8 palette indices.

        Raises:
            ValueError: when sizes do not fit.
        """
        looks, motions = np.asarray(looks, "float32"), np.asarray(motions, "float32")
        if looks.ndim != 2 or looks.shape[1] != self.static_dim or not len(looks):
            raise ValueError(f"looks must be (n, {self.static_dim}), at least one; got {looks.shape}")
        if motions.ndim != 3 or motions.shape[::2] != (len(looks), self.dynamic_dim) or not motions.shape[1]:
            raise ValueError(f"motions must be ({len(looks)}, time, {self.dynamic_dim}); got {motions.shape}")
        time = motions.shape[1]
        one_a_frame = np.repeat(looks, time, axis=0), motions.reshape(-1, self.dynamic_dim)
        frames = in_parts(self._frames, *one_a_frame, at_once=FRAMES_AT_ONCE)
        return frames.reshape(len(looks), time, *self.image_size).astype("uint8")

    def move(self, actions, steps=8, *, temperature=0.0, seed=0):
        """Let the LSTM make up motions.

        Args:
            actions: (n,) action of each; what it says is unused when the model was told none.
            steps: frames.
            temperature: 0 for the likeliest motion, 1 for motions as varied as the model believes.
            seed: of what is drawn.

        Returns:
            (n, steps, dynamic_dim) float32.

        Raises:
            ValueError: for an unknown action, steps below 1, or a negative temperature.
        """
        actions = np.asarray(actions)
        condition = None
        if self.actions:
            if actions.dtype.kind not in "ui" or not ((actions >= 0) & (actions < self.actions)).all():
                raise ValueError(f"actions are whole numbers from 0 to {self.actions - 1}; got {actions}")
            condition = np.eye(self.actions, dtype="float32")[actions]
        start = np.zeros((len(actions), 1, self.dynamic_dim), "float32")
        return self.prior.rollout(start, steps, condition=condition, temperature=temperature, seed=seed)

    def _checked(self, pictures, rank):
        pictures = np.asarray(pictures)
        if pictures.ndim != rank or pictures.shape[-2:] != self.image_size or not pictures.size:
            kind = "pictures (n, " if rank == 3 else "clips (n, time, "
            raise ValueError(f"this model reads {kind}*{self.image_size}); got {pictures.shape}")
        if pictures.dtype.kind not in "ui" or pictures.min() < 0 or pictures.max() >= len(self.palette):
            raise ValueError(
                f"pixels must be palette indices from 0 to {len(self.palette) - 1}; got {pictures.dtype} from "
                f"{pictures.min()} to {pictures.max()}"
            )
        return pictures

    def get_config(self):
        names = (
            "image_size static_dim dynamic_dim actions rounds mixture look_mixture shared "
            "encoder_convolutions decoder_convolutions channels cell units hidden frames seed"
        )
        return {
            **super().get_config(),
            "palette": self.palette.tolist(),
            **{name: getattr(self, name) for name in names.split()},
            "beta": float(ops.convert_to_numpy(self.beta.value)),
        }


def _one_later(sequence):
    """What comes before each step of (batch, time, features): zeros, then all but the last."""
    return ops.concatenate([ops.zeros_like(sequence[:, :1]), sequence[:, :-1]], axis=1)


class Clips(Batches):
    """Batches for a `SequenceVAE`: clips, in groups that show one action, each with a picture of who moves.

    An epoch has as many clips as there are; which action a character shows, and the frame from which its look is read,
    are drawn anew each time, from the seed and the epoch alone.

    Args:
        frames: (characters, actions, time, height, width) palette indices.
        batch_size: clips in a batch, a multiple of `shared`.
        shared: neighbours that show the same action, as the model's argument of that name.
        pairs: read the look from any clip of the character; False for the shown clip alone.
        seed: decides everything.

    Raises:
        ValueError: for another shape, a batch that does not divide into groups, or fewer clips than a batch.

    Source: Li and Mandt 2018; Bouchacourt et al. 2018.
    """

    def __init__(self, frames, *, batch_size=32, shared=4, pairs=True, seed=0):
        frames = np.asarray(frames)
        if frames.ndim != 5:
            raise ValueError(f"frames must be (characters, actions, time, height, width); got {frames.shape}")
        if batch_size % shared:
            raise ValueError(f"a batch of {batch_size} clips does not divide into groups of {shared}")
        self.frames, self.shared, self.pairs = frames, shared, pairs
        who = np.repeat(np.arange(len(frames)), frames.shape[1])
        super().__init__(who, batch_size=batch_size, seed=seed, drop_remainder=True)

    def __getitem__(self, index):
        (who,) = super().__getitem__(index)
        random = np.random.default_rng([self.seed, self.epoch + 1, index])
        _, actions, time = self.frames.shape[:3]
        # as many different actions as there are groups, while they last
        groups = len(who) // self.shared
        rounds = [random.permutation(actions) for _ in range(-(-groups // actions))]
        what = np.repeat(np.concatenate(rounds)[:groups], self.shared)
        seen = random.integers(actions, size=len(who)) if self.pairs else what
        return (
            {
                "reference": self.frames[who, seen, random.integers(time, size=len(who))],
                "clip": self.frames[who, what],
                "action": np.eye(actions, dtype="float32")[what],
            },
        )
