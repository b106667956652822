"""A VAE of animated effects: frames by convolutions, their dynamics by an LSTM that noise drives around a closed loop.

w is what stays the same in a whole loop, h_t the state of a convolutional LSTM, a small map, and e_t what is new in
frame t, such as a spark that is born. The prior of w is N(0, I); that of e_t is a Gaussian for each place, condition
and phase, drawn as mean + deviation * noise. After training, `adapt` mends
both priors by what the encoder says of drawn effects: what is a little off in each frame adds up in the state. Driven
by the same noise round after round, an LSTM that forgets where it came from runs into one closed orbit, whatever its
length N: the last frame leads to the first as each to the next.
"""

import keras
import numpy as np
from keras import ops

from animkit import losses
from animkit.data.effects import KINDS, LONGEST, SHORTEST, STEPS
from animkit.training import Batches, KeepsSeeds, batch_mean, compiled, replica_noise

CELL = 4  # pixels a side of a cell of the state
CLOSED = 1e-3  # a loop is closed where the state after a round is as near as this to the state before it
FORGETS = 0.85  # most that a cell keeps of itself from one frame to the next: so a round's end forgets its beginning
EVERY_KIND = tuple(range(len(KINDS)))
ROUNDS = 100  # no loop takes as many
LOOPS_AT_ONCE = 50
# what a network is told beside the kinds: phase by sine and cosine, for loops and one-shots; pace, wind, amount, which
TOLD = 12


def told(kinds, frames, wind, amount, one_shot):
    """Write conditions and phase as the network reads them.

    Args:
        kinds: (batch, kinds) weights.
        frames: of each loop, a number or (batch,).
        wind: a number or (batch,), -1 to 1.
        amount: a number or (batch,), .5 to 1.5.
        one_shot: a bool or (batch,).

    Returns:
        float32 (LONGEST, batch, kinds + TOLD), of which a loop of N frames uses the first N.
    """
    kinds = np.asarray(kinds, "float32")
    frames, wind, amount, one_shot = (
        np.broadcast_to(np.asarray(one, "float32"), len(kinds)) for one in (frames, wind, amount, one_shot)
    )
    phase = 2 * np.pi * np.arange(LONGEST)[:, None] / frames
    clock = np.stack([np.cos(phase), np.sin(phase), np.cos(2 * phase), np.sin(2 * phase)], axis=-1)
    which = one_shot[:, None]
    fixed = np.column_stack([kinds, SHORTEST / frames, wind, amount - 1, one_shot])
    fixed = np.broadcast_to(fixed, (LONGEST, *fixed.shape))
    return np.concatenate([clock * (1 - which), clock * which, fixed], axis=-1).astype("float32")


@keras.saving.register_keras_serializable(package="animkit")
class EffectVAE(KeepsSeeds, keras.Model):
    """Loops of effects, as steps of a ramp of colours, from kind, wind, amount and noise.

    Fit it on `EffectWindows`, whose batches are dicts: `steps` (batch, time + 2, height, width), one frame more at
    either end, and `told` (batch, time, kinds + TOLD). A window begins in a random state, and a second time in another
    one, driven alike: how far both are apart at its end is `memory`, a sum of squares. Frames after the first `warm_up`
    count for `reconstruction`, all frames for `kl`, both nats per window, w by its part of a loop of 16 frames;
    loss = reconstruction + beta * kl + memory.

    Args:
        image_size: height and width, a multiple of 4; all layers are convolutions, and would take others.
        noise_dim: channels of e_t, whose maps are a quarter of the frames' size.
        style_dim: size of w.
        units: channels of the state.
        channels: of the other maps.
        warm_up: frames at the beginning of a window that do not count.
        beta: weight of both divergences; kept as the variable `beta`.
        seed: of the noise in training.

    Raises:
        ValueError: when a size is out of range; `generate` for conditions that no effect has.

    Source: Shi et al. 2015 (convolutional LSTM); Chung et al. 2015 (recurrent latents); Perez et al. 2018 (scale and
    shift); Pascanu et al. 2013, section 2 (a driven recurrence and its one attractor).
    """

    def __init__(
        self,
        *,
        image_size=32,
        noise_dim=2,
        style_dim=16,
        units=24,
        channels=32,
        warm_up=4,
        beta=1.0,
        seed=0,
        **model_options,
    ):
        super().__init__(**model_options)
        if min(noise_dim, style_dim, units, channels) < 1 or warm_up < 0 or image_size < CELL or image_size % CELL:
            raise ValueError(
                f"noise_dim, style_dim, units and channels start at 1, warm_up at 0, image_size is a multiple of "
                f"{CELL}; got {noise_dim}, {style_dim}, {units}, {channels}, {warm_up}, {image_size}"
            )
        self.image_size, self.noise_dim, self.style_dim = image_size, noise_dim, style_dim
        self.units, self.channels, self.warm_up, self.seed = units, channels, warm_up, seed
        self.cells = image_size // CELL
        y, x = np.mgrid[: self.cells, : self.cells] / (self.cells - 1 or 1) * 2 - 1
        self._places = np.stack([x, y, x * x, y * y, np.exp(-4 * x * x), np.exp(-4 * y * y)], axis=-1).astype("float32")
        self._make_networks()
        self.beta = self.add_weight(
            name="beta", shape=(), initializer=keras.initializers.Constant(beta), trainable=False, dtype="float32"
        )
        kept = {"trainable": False, "dtype": "float32", "autocast": False}
        self.style_mean = self.add_weight(name="style_mean", shape=(len(KINDS), style_dim), initializer="zeros", **kept)
        self.style_spread = self.add_weight(
            name="style_spread", shape=(len(KINDS), style_dim, style_dim), initializer="zeros", **kept
        )
        self.style_spread.assign(np.tile(np.eye(style_dim, dtype="float32"), (len(KINDS), 1, 1)))
        shape = (len(KINDS), TOLD + 1, self.cells, self.cells, noise_dim)
        self.noise_mean = self.add_weight(name="noise_mean", shape=shape, initializer="zeros", **kept)
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.trackers = {name: keras.metrics.Mean(name=name) for name in ("reconstruction", "kl", "memory")}
        self.built = True
        self._context_of = compiled(self, self._contexts)
        self._round = compiled(self, self._run)
        self._frames = compiled(self, self._draw)
        self._read = compiled(self, self._codes)
        self._seen = compiled(self, self._redraw)

    def _make_networks(self):
        units, channels, grid = self.units, self.channels, (None, self.cells, self.cells)

        def built(layer, *shape):
            layer.build(shape)
            return layer

        def convolution(size, width, *, before, at=grid, **options):
            return built(keras.layers.Conv2D(width, size, padding="same", **options), *at, before)

        halves, whole = (None, 2 * self.cells, 2 * self.cells), (None, self.image_size, self.image_size)
        # the frames before, now and after, each as how bright it is and whether there is anything
        self.see = convolution(4, channels // 2, before=6, at=whole, strides=2, activation="silu")
        self.look = convolution(4, channels, before=channels // 2, at=halves, strides=2, activation="silu")
        self.style = built(keras.layers.Dense(2 * self.style_dim, dtype="float32"), None, 2 * channels)
        self.understand = built(
            keras.layers.Dense(2 * channels, activation="silu"), None, None, len(KINDS) + TOLD + self.style_dim
        )
        self.place = built(keras.layers.Dense(2 * channels), None, None, self._places.shape[-1])
        self.context = built(keras.layers.Dense(channels, activation="silu"), None, None, 2 * channels)
        self.modulate = built(keras.layers.Dense(4 * channels), None, None, 2 * channels)
        self.gates = convolution(3, 4 * units, before=units)
        self.drive = convolution(1, 4 * units, before=self.noise_dim + channels, use_bias=False)
        self.notice = convolution(3, channels, before=channels + units, activation="silu")
        self.posterior = convolution(1, 2 * self.noise_dim, before=channels, dtype="float32")
        self.prior = built(keras.layers.Dense(2 * self.noise_dim, dtype="float32"), *grid, channels)
        self.open = convolution(3, channels, before=units + channels)
        self.double = built(
            keras.layers.Conv2DTranspose(channels, 4, strides=2, padding="same"), None, self.cells, self.cells, channels
        )
        # four pixels from each place of a map of half the size
        self.head = convolution(3, 4 * STEPS, before=channels, at=halves, dtype="float32")

    def call(self, inputs, training=False):
        return inputs  # all happens in `compute_loss`, which may draw noise

    def _contexts(self, told, style):
        """What conditions mean in each cell of the state, and to the maps of the decoder.

        (time, batch, kinds + TOLD) and (batch, style_dim) -> (time, batch, rows, columns, channels) and
        (time, batch, 4 * channels).
        """
        style = ops.ones_like(told[..., :1]) * style
        known = self.understand(ops.concatenate([told, style], axis=-1))
        place = self.place(self._places)
        return self.context(known[:, :, None, None] * place), self.modulate(known)

    def _step(self, noise, context, state):
        hidden, cell = state
        heard = self.drive(ops.concatenate([ops.cast(noise, context.dtype), context], axis=-1))
        i, f, o, g = ops.split(self.gates(hidden) + heard, 4, axis=-1)
        cell = FORGETS * ops.sigmoid(f + 1.0) * cell + ops.sigmoid(i) * ops.tanh(g)
        return ops.sigmoid(o) * ops.tanh(cell), cell

    def _start(self, batch):
        empty = ops.zeros((batch, self.cells, self.cells, self.units), dtype=self.compute_dtype)
        return empty, empty

    def _anywhere(self, batch):
        """A random state, as a window finds it."""
        cell = replica_noise(keras.random.normal, (batch, self.cells, self.cells, self.units), self.seed_generator)
        return tuple(ops.cast(one, self.compute_dtype) for one in (0.5 * ops.tanh(cell), cell))

    def _run(self, noise, contexts, state):
        """One round: noise (time, batch, rows, columns, noise_dim) -> hidden states of all frames, last state."""
        mean, log_variance = _gaussian(self.prior(contexts))
        return self._drive(mean + ops.exp(0.5 * log_variance) * noise, contexts, state)

    def _drive(self, new, contexts, state):
        """Let e_t, (time, batch, rows, columns, noise_dim), drive the state: hidden states, last state."""

        def step(state, t):
            state = self._step(ops.take(new, t, axis=0), ops.take(contexts, t, axis=0), state)
            return state, state

        # over numbers, not over the arrays: TensorFlow's scan takes just one of these when its length is not known
        last, (hidden, _) = ops.scan(step, state, ops.arange(ops.shape(new)[0]))
        return hidden, last

    def _follow(self, features, contexts, noises, state):
        """Encode frame by frame: last state, and for all frames states, e_t, and mean and log variance of q(e_t)."""

        def step(carry, t):
            hidden = carry[0][0]
            seen = ops.concatenate([ops.take(features, t, axis=0), hidden], axis=-1)
            mean, log_variance = _gaussian(self.posterior(self.notice(seen)))
            new = mean + ops.exp(0.5 * log_variance) * ops.take(noises, t, axis=0)
            carry = self._step(new, ops.take(contexts, t, axis=0), carry[0]), new, mean, log_variance
            return carry, carry  # TensorFlow's scan wants both alike

        nothing = ops.zeros_like(noises[0])
        last, frames = ops.scan(step, (state, nothing, nothing, nothing), ops.arange(ops.shape(features)[0]))
        return last[0], *frames

    def _codes(self, steps, told, noises, *state):
        """What a window says of w, mean and log variance, and of e_t beside its prior, in the prior's deviations."""
        features = self._features(steps)
        mean, log_variance = self._style(features)
        contexts, _ = self._contexts(ops.swapaxes(told, 0, 1), mean)
        _, _, new, *_ = self._follow(features, contexts, noises, state)
        middle, spread = _gaussian(self.prior(contexts))
        return mean, log_variance, (new - middle) * ops.exp(-0.5 * spread)

    def _logits(self, hidden, contexts, changes):
        """(n, rows, columns, units) -> logits (n, height, width, STEPS)."""
        scale, shift, scale_2, shift_2 = ops.split(changes[:, None, None], 4, axis=-1)
        x = ops.silu(self.open(ops.concatenate([hidden, contexts], axis=-1)) * (1.0 + scale) + shift)
        x = ops.silu(self.double(x) * (1.0 + scale_2) + shift_2)
        x = ops.reshape(self.head(x), (-1, 2 * self.cells, 2 * self.cells, 2, 2, STEPS))
        return ops.reshape(ops.transpose(x, (0, 1, 3, 2, 4, 5)), (-1, self.image_size, self.image_size, STEPS))

    def _draw(self, hidden, contexts, changes, chances):
        """Of all steps a pixel may take, the one at a quantile: at .5 it is there where it rather is than not.

        chances (time, batch, height, width) from 0 to 1.
        """
        flat = [ops.reshape(one, (-1, *one.shape[2:])) for one in (hidden, contexts, changes)]
        below = ops.cumsum(ops.softmax(self._logits(*flat)), axis=-1)[..., :-1]
        below = ops.reshape(below, (-1, ops.shape(hidden)[1], self.image_size, self.image_size, STEPS - 1))
        return ops.cast(ops.sum(ops.cast(below < chances[..., None], "int32"), axis=-1), "uint8")

    def _features(self, steps):
        """What is seen: (batch, time + 2, height, width) -> (time, batch, rows, columns, channels)."""
        steps = ops.swapaxes(ops.cast(steps, "float32"), 0, 1)
        seen = ops.stack([steps / (STEPS - 1), ops.cast(steps > 0, "float32")], axis=-1)
        x = ops.concatenate([seen[:-2], seen[1:-1], seen[2:]], axis=-1)
        x = self.look(self.see(ops.reshape(x, (-1, *x.shape[2:]))))
        return ops.reshape(x, (ops.shape(seen)[0] - 2, -1, *x.shape[1:]))

    def _style(self, features):
        """q(w | what is seen): mean and log variance."""
        pooled = ops.mean(features, axis=(0, 2, 3)), ops.max(features, axis=(0, 2, 3))
        return _gaussian(self.style(ops.concatenate(pooled, axis=-1)))

    def adapt(self, data):
        """Learn of each kind, once trained, which w there are, a Gaussian, and what e_t is on average.

        The average is of e_t beside its prior, in each place, as a linear function of what the network is told.

        Args:
            data: `EffectWindows` without blends; kinds that it leaves out stay as they are.

        Raises:
            ValueError: when a kind has fewer windows than w has numbers.

        Source: Ghosh et al. 2020 (a density fitted to the codes after training).
        """
        random, read = np.random.default_rng(data.seed), []
        for (x,) in map(data.__getitem__, range(len(data))):
            cell = random.standard_normal((len(x["steps"]), self.cells, self.cells, self.units))
            noises = random.standard_normal((data.time, *cell.shape[:3], self.noise_dim))
            codes = self._read(*x.values(), *(one.astype("float32") for one in (noises, 0.5 * np.tanh(cell), cell)))
            read.append(
                (x["told"], *map(ops.convert_to_numpy, codes[:2]), ops.convert_to_numpy(codes[2]).swapaxes(0, 1))
            )
        given, means, log_variances, new = map(np.concatenate, zip(*read, strict=True))
        kind = given[:, 0, 8 : 8 + len(KINDS)].argmax(axis=1)
        if np.bincount(kind, minlength=len(KINDS))[list(data.kinds)].min() <= self.style_dim:
            raise ValueError(f"w has {self.style_dim} numbers: bring more windows of each kind than that")
        known = (self.style_mean, self.style_spread, self.noise_mean)
        middle, spread, average = (ops.convert_to_numpy(one).copy() for one in known)
        for number in data.kinds:
            of_kind = means[kind == number].astype("float64")
            middle[number] = of_kind.mean(axis=0)
            noise = np.diag(np.exp(log_variances[kind == number]).mean(axis=0))
            spread[number] = np.linalg.cholesky(np.cov(of_kind.T) + noise)
            felt = _felt(given[kind == number, self.warm_up :]).reshape(-1, TOLD + 1)
            target = new[kind == number, self.warm_up :].reshape(len(felt), -1)
            fitted = np.linalg.solve(
                felt.T @ felt + np.eye(TOLD + 1), felt.T @ target
            )  # ridge: one-shots may be absent
            average[number] = fitted.reshape(average[number].shape)
        for weight, value in zip(known, (middle, spread, average), strict=True):
            weight.assign(value)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        features = self._features(x["steps"])
        time, batch = features.shape[0], ops.shape(x["steps"])[0]
        mean, log_variance = self._style(features)
        style_kl = ops.sum(losses.gaussian_kl(mean, log_variance), axis=-1)
        drawn = replica_noise(keras.random.normal, (batch, self.style_dim), self.seed_generator)
        contexts, changes = self._contexts(ops.swapaxes(x["told"], 0, 1), mean + ops.exp(0.5 * log_variance) * drawn)
        shape = (batch, time, self.cells, self.cells, self.noise_dim)
        noises = replica_noise(keras.random.normal, shape, self.seed_generator)
        # a window begins anywhere, and twice: under one drive both have to forget where they came from
        one, (hidden, _), new, *code = self._follow(
            features, contexts, ops.swapaxes(noises, 0, 1), self._anywhere(batch)
        )
        _, other = self._drive(new, contexts, self._anywhere(batch))
        kl = ops.sum(losses.gaussian_kl(*code, *_gaussian(self.prior(contexts))), axis=(2, 3, 4))
        memory = sum(
            ops.sum(ops.square(ops.cast(a - b, "float32")), axis=(1, 2, 3)) for a, b in zip(one, other, strict=True)
        )
        counted = [one[self.warm_up :] for one in (hidden, contexts, changes)]
        counted = [ops.reshape(one, (-1, *one.shape[2:])) for one in counted]
        truth = ops.swapaxes(x["steps"][:, 1 + self.warm_up : -1], 0, 1)
        nats = losses.categorical_reconstruction(
            ops.reshape(truth, (-1, self.image_size, self.image_size)), self._logits(*counted)
        )
        count = time - self.warm_up
        reconstruction = ops.sum(ops.reshape(nats, (count, -1)), axis=0)
        kl = ops.sum(kl, axis=0) + style_kl * (time / 16)
        for name, value in (("reconstruction", reconstruction), ("kl", kl), ("memory", memory)):
            self.trackers[name].update_state(value)
        return batch_mean(memory - losses.elbo(reconstruction, kl, self.beta))

    def _redraw(self, steps, told, noises, style, chances, *state):
        features = self._features(steps)
        mean, log_variance = self._style(features)
        contexts, changes = self._contexts(ops.swapaxes(told, 0, 1), mean + ops.exp(0.5 * log_variance) * style)
        _, (hidden, _), *_ = self._follow(features, contexts, noises, state)
        frames = ops.shape(chances)[0]
        return self._draw(hidden[-frames:], contexts[-frames:], changes[-frames:], chances)

    def redraw(self, loops, kinds, *, wind, amount, seed=0):
        """Encode loops and draw them again from their codes: what is lost is lost in drawing, not in dreaming up.

        Args:
            loops: (batch, frames, height, width) steps.
            kinds, wind, amount: of each, as for `generate`.
            seed: of what is drawn from the codes' distributions.

        Returns:
            (batch, frames, height, width) uint8 steps.
        """
        random, (batch, frames) = np.random.default_rng(seed), loops.shape[:2]
        given = told(kinds, frames, wind, amount, False)[:frames]
        twice = np.arange(2 * frames) % frames  # the first round to find the state
        around = loops[:, np.arange(-1, 2 * frames + 1) % frames]
        parts = []
        for start in range(0, batch, LOOPS_AT_ONCE):
            part = slice(start, start + LOOPS_AT_ONCE)
            state = [ops.convert_to_numpy(one) for one in self._start(len(around[part]))]
            shape = (2 * frames, *state[0].shape[:3], self.noise_dim)
            drawn = random.standard_normal(shape), random.standard_normal((shape[1], self.style_dim))
            drawn += (random.random((frames, shape[1], *loops.shape[2:])),)
            drawn = [one.astype("float32") for one in drawn]
            parts.append(self._seen(around[part], given[twice].swapaxes(0, 1)[part], *drawn, *state))
        return np.concatenate([ops.convert_to_numpy(part) for part in parts], axis=1).swapaxes(0, 1)

    def generate(self, kinds, *, frames=16, wind=0.0, amount=1.0, one_shot=False, temperature=1.0, seed=0):
        """Make new loops.

        Args:
            kinds: (batch, kinds) weights that sum to 1, in the order of `animkit.data.effects.KINDS`; .5 and .5 is a
                blend of two.
            frames: of a loop, 8 to 32.
            wind: -1 (to the left) to 1, a number or (batch,).
            amount: .5 to 1.5, a number or (batch,).
            one_shot: begin and end with nothing.
            temperature: 0 for the one effect of the middle, 1 for effects as varied as the model believes, pixel by
                pixel too; in between they are smoother.
            seed: same seed, same loops; each loop of a batch has noise of its own, whatever stands beside it.

        Returns:
            (batch, frames, height, width) uint8 steps below STEPS.

        Raises:
            ValueError: for conditions out of range.
            RuntimeError: when a loop does not close.
        """
        return self.orbit(
            kinds, frames=frames, wind=wind, amount=amount, one_shot=one_shot, temperature=temperature, seed=seed
        )[0]

    def orbit(self, kinds, *, frames, wind, amount, one_shot, temperature, seed):
        """Make loops as `generate` does, and tell how far each state came from closing in every round.

        Returns:
            steps as from `generate`, and the gap max |h_N - h_0| after each round, a list of float.
        """
        kinds = _checked(kinds, frames, wind, amount, temperature)
        given = told(kinds, frames, wind, amount, one_shot)[:frames]
        style, noise, chances = np.empty((len(kinds), self.style_dim)), [], []
        for number in range(len(kinds)):
            random = np.random.default_rng([seed, number])
            style[number] = random.standard_normal(self.style_dim)
            noise.append(random.standard_normal((frames, self.cells, self.cells, self.noise_dim), dtype="float32"))
            chances.append(random.random((frames, self.image_size, self.image_size), dtype="float32"))
        known = (self.style_mean, self.style_spread, self.noise_mean)
        middle, spread, average = (ops.convert_to_numpy(one) for one in known)
        average = np.einsum("bk,tbi,kiyxd->tbyxd", kinds, _felt(given), average, optimize=True)
        noise = (average + temperature * np.stack(noise, axis=1)).astype("float32")
        chances = (0.5 + min(1.0, temperature) * (np.stack(chances, axis=1) - 0.5)).astype("float32")
        style = kinds @ middle + temperature * np.einsum("bk,kij,bj->bi", kinds, spread, style)
        style = style.astype("float32")
        parts, gaps = [], np.zeros(ROUNDS)
        for start in range(0, len(kinds), LOOPS_AT_ONCE):
            part = slice(start, start + LOOPS_AT_ONCE)
            contexts, changes = self._context_of(given[:, part], style[part])
            hidden, part_gaps = self._closed(noise[:, part], ops.convert_to_numpy(contexts))
            parts.append(ops.convert_to_numpy(self._frames(hidden, contexts, changes, chances[:, part])))
            gaps[: len(part_gaps)] = np.maximum(gaps[: len(part_gaps)], part_gaps)
        steps = np.concatenate(parts, axis=1).swapaxes(0, 1)
        if one_shot:  # the boundary condition of what is seen once: nothing before it, nothing after it
            steps[:, [0, -1]] = 0
        return steps, gaps[gaps > 0].tolist()

    def _closed(self, noise, contexts):
        """Go around until each loop's state comes back: hidden states (time, batch, ...), largest gap of each round."""
        state = [ops.convert_to_numpy(one).copy() for one in self._start(noise.shape[1])]
        hidden = np.empty((len(noise), *state[0].shape), state[0].dtype)
        left, gaps = np.arange(noise.shape[1]), []
        while len(left):
            if len(gaps) == ROUNDS:
                raise RuntimeError(f"after {ROUNDS} rounds a loop is still {gaps[-1]:.2g} from closing: train further")
            before = tuple(one[left] for one in state)
            made, after = self._round(noise[:, left], contexts[:, left], before)
            hidden[:, left] = ops.convert_to_numpy(made)
            apart = np.zeros(len(left))
            for whole, old, new in zip(state, before, map(ops.convert_to_numpy, after), strict=True):
                whole[left] = new
                apart = np.maximum(apart, np.abs(new - old).max(axis=(1, 2, 3)))
            gaps.append(float(apart.max()))
            left = left[apart >= CLOSED]
        return hidden, gaps

    def get_config(self):
        names = "image_size noise_dim style_dim units channels warm_up seed"
        return {
            **super().get_config(),
            **{name: getattr(self, name) for name in names.split()},
            "beta": float(ops.convert_to_numpy(self.beta.value)),
        }


def _gaussian(outputs):
    mean, log_variance = ops.split(outputs, 2, axis=-1)
    return mean, ops.clip(log_variance, -12.0, 4.0)


def _felt(told):
    """What is told beside the kinds, and 1 for a constant: (..., kinds + TOLD) -> (..., TOLD + 1)."""
    return np.concatenate([told[..., :8], told[..., 8 + len(KINDS) :], np.ones_like(told[..., :1])], axis=-1)


def _checked(kinds, frames, wind, amount, temperature):
    kinds = np.asarray(kinds, "float64")
    if kinds.ndim != 2 or kinds.shape[1] != len(KINDS) or not len(kinds):
        raise ValueError(f"kinds must be (batch, {len(KINDS)}) weights of {', '.join(KINDS)}; got shape {kinds.shape}")
    if not (kinds >= 0).all() or not np.allclose(kinds.sum(axis=1), 1, atol=1e-3):
        raise ValueError(f"weights of kinds are 0 or more and sum to 1; they sum to {np.round(kinds.sum(axis=1), 3)}")
    if int(frames) != frames or not SHORTEST <= frames <= LONGEST:
        raise ValueError(f"a loop has {SHORTEST} to {LONGEST} frames; got {frames}")
    for name, value, low, high in (("wind", wind, -1, 1), ("amount", amount, 0.5, 1.5)):
        value = np.asarray(value, "float64")
        if value.shape not in ((), (len(kinds),)) or not ((value >= low) & (value <= high)).all():
            raise ValueError(
                f"{name} lies from {low} to {high}, one number or one for each of {len(kinds)}; got {value}"
            )
    if not (np.isfinite(temperature) and temperature >= 0):
        raise ValueError(f"temperature is {temperature}: use 0 or a positive number")
    return kinds


class EffectWindows(Batches):
    """Batches for an `EffectVAE`: windows of loops, some with a second kind laid over the first.

    A window goes around a loop, as often as it is long. Which loop, where in it and what lies over it follow from the
    seed and the epoch alone.

    Args:
        loops: list of (kinds, frames, height, width) uint8: one loop of each kind, under the same conditions.
        wind: (n,) of each entry.
        amount: (n,).
        one_shot: (n,) bool.
        windows: of an epoch.
        time: frames of a window.
        batch_size: windows in a batch.
        blends: share of the windows that show two kinds.
        kinds: places in KINDS of those that are shown; the others are left out.
        seed: decides everything.

    Source: Zhang et al. 2018 (mixup), for two conditions at once; here both are in the picture as well.
    """

    def __init__(
        self,
        loops,
        wind,
        amount,
        one_shot,
        *,
        windows=2048,
        time=12,
        batch_size=8,
        blends=0.2,
        kinds=EVERY_KIND,
        seed=0,
    ):
        self.loops, self.time, self.blends, self.kinds = loops, time, blends, tuple(kinds)
        self.wind, self.amount, self.one_shot = (np.asarray(one, "float32") for one in (wind, amount, one_shot))
        if not len(loops) == len(self.wind) == len(self.amount) == len(self.one_shot) > 0:
            raise ValueError("every group of loops needs its wind, its amount and whether it is a one-shot")
        super().__init__(np.arange(windows), batch_size=batch_size, seed=seed, drop_remainder=True)

    def __getitem__(self, index):
        random = np.random.default_rng([self.seed, self.epoch + 1, index])
        steps, given = zip(*(self._window(random) for _ in range(self.batch_size)), strict=True)
        return ({"steps": np.stack(steps), "told": np.stack(given)},)

    def _window(self, random):
        group, *pair = random.integers((len(self.loops), len(self.kinds), len(self.kinds)))
        loops, (kind, other) = self.loops[group], (self.kinds[place] for place in pair)
        times = (random.integers(loops.shape[1]) + np.arange(-1, self.time + 1)) % loops.shape[1]
        weights = np.eye(len(KINDS))[[kind]]
        steps = loops[kind, times]
        if random.random() < self.blends:
            steps = np.maximum(steps, loops[other, times])
            weights = (weights + np.eye(len(KINDS))[[other]]) / 2
        given = told(weights, loops.shape[1], self.wind[group], self.amount[group], self.one_shot[group])
        return steps, given[times[1:-1], 0]
