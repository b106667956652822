"""Object animation: an LSTM reads ten frames of a moving thing and goes on, with gravity, bounce and drag unknown.

What a body hides never changes, so the LSTM can hold it: its state writes, frame by frame, the coefficients of a law
that is linear in where the body is and how fast it goes. The body moves by that law, and by a second one where it meets
the ground, as a hybrid system does. Where the ground is, is told; all coefficients are the network's.
"""

import keras
import numpy as np
from keras import ops

from animkit import losses
from animkit.rnn import RecurrentStack
from animkit.training import KeepsSeeds, batch_mean, compiled, replica_noise

# a rollout goes through the compiled function in equal parts: one length to compile, whatever is asked for
BLOCK = 48
AXES = 3  # x and y in metres, the angle in radians
# sizes that make inputs about one: of a step from frame to frame, of how it changes, of the way since the last frame
# seen; and those of the coefficients that are written
STEP, CHANGE, AWAY = (np.array(one, "float32") for one in ([0.1, 0.1, 0.2], [0.03, 0.03, 0.05], [0.5, 0.5, 1.0]))
# a radian counts as a third of a metre
WEIGHTS = np.array([1.0, 1.0, 0.3], "float32")


@keras.saving.register_keras_serializable(package="animkit")
class ObjectForecaster(KeepsSeeds, keras.Model):
    """Carry the motion of one body on, from frames as they were seen, with a measuring error.

    Fit it on x (batch, seen, 3) and y (batch, future, 3): x and y in metres, y up from the ground at 0, and the angle
    in radians. It is trained by rollouts: the path of the code 0 by its distance from the truth, logged as `distance`,
    and two paths of drawn codes by the energy score, logged as `energy`, best for draws from what may happen. A code is
    drawn once a path, from an equal mixture of Gaussians: what is not known of a body stays the same in time, and where
    a future forks a path takes one way and keeps to it.

    Args:
        units: of the LSTM.
        hidden: units of the dense layers.
        seen: frames that are read.
        code_dim: size of the code.
        components: of the mixture it is drawn from.
        seed: of the codes in training.

    Raises:
        ValueError: when a size is below one, or fewer than three frames are to be read.

    Source: the article, 3.3; Battaglia et al. 2016 for learned laws of motion; Gneiting and Raftery 2007 for the energy
    score; van der Schaft and Schumacher 2000 for hybrid systems.
    """

    def __init__(self, *, units=96, hidden=96, seen=10, code_dim=4, components=4, seed=0, **model_options):
        # positions stay float32 whatever the policy: bfloat16 tells 1.5 m from 1.51
        super().__init__(autocast=False, **model_options)
        if min(units, hidden, code_dim, components) < 1 or seen < 3:
            raise ValueError(
                "units, hidden, code_dim and components start at 1, seen at 3; got "
                f"{units}, {hidden}, {code_dim}, {components}, {seen}"
            )
        self.units, self.hidden, self.seen = units, hidden, seen
        self.code_dim, self.components, self.seed = code_dim, components, seed
        self.stack = RecurrentStack((units,))
        self.settle = keras.layers.Dense(hidden, activation="silu", name="settle")
        # from zero: the untrained model lets everything go straight on
        last = {"kernel_initializer": "zeros", "dtype": "float32"}
        self.start = keras.layers.Dense(2 * AXES, name="start", **last)
        self.remember = keras.layers.Dense(2 * units, name="remember", kernel_initializer="zeros")
        self.think = keras.layers.Dense(hidden, activation="silu", name="think")
        self.law = keras.layers.Dense(AXES * (1 + 2 * AXES), name="law", **last)
        self.bounce = keras.layers.Dense(AXES + 1, name="bounce", **last)
        read = 3 * AXES + 2
        self.stack.build((None, None, read + code_dim))
        self.settle.build((None, units + seen * read + code_dim))
        self.start.build((None, hidden))
        self.remember.build((None, hidden))
        self.think.build((None, units))
        self.law.build((None, hidden))
        self.bounce.build((None, hidden))
        self.centres = self.add_weight(
            name="centres", shape=(components, code_dim), initializer="random_normal", dtype="float32"
        )
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.trackers = {name: keras.metrics.Mean(name=name) for name in ("distance", "energy")}
        self._compiled_begin = compiled(self, self._begin)
        self._compiled_run = compiled(self, self._run_block, jit_compile=True)
        self.built = True

    def call(self, inputs, training=None):
        return inputs  # all happens in `compute_loss`, which knows the future and may draw codes

    def _read(self, step, change, away, height, code, seen):
        """What the LSTM takes in at a frame; `seen` is 1 for a frame that was given, 0 for one of its own."""
        told = ops.ones_like(height) * seen
        return ops.concatenate([step / STEP, change / CHANGE, away / AWAY, height, told, code], axis=-1)

    def _begin(self, x, code):
        """Read what was seen (batch, seen, 3): place, velocity a frame, the change before it, LSTM state."""
        x = ops.cast(x, "float32")
        last = x[:, -1]
        step = x[:, 1:] - x[:, :-1]
        step = ops.concatenate([step[:, :1], step], axis=1)
        change = ops.concatenate([ops.zeros_like(step[:, :1]), step[:, 1:] - step[:, :-1]], axis=1)
        no_code = ops.zeros((ops.shape(x)[0], self.seen, self.code_dim))
        read = self._read(step, change, x - last[:, None], x[..., 1:2], no_code, 1.0)
        state, h = self.stack.initial_states(ops.shape(x)[0]), None
        for t in range(self.seen):
            h, state = self.stack.step(read[:, t], state)
        # all frames once more: averages over them are a fine matter for a state that is written frame by frame
        frames = ops.reshape(read[..., : -self.code_dim], (-1, self.seen * (3 * AXES + 2)))
        settled = self.settle(ops.concatenate([h, frames, code], axis=-1))
        ((hidden, cell),), added = state, ops.split(self.remember(settled), 2, axis=-1)
        state = ((hidden + added[0], cell + added[1]),)
        moved = self.start(settled)
        place = last + 0.1 * STEP * moved[:, :AXES]
        velocity = (x[:, -1] - x[:, -3]) / 2 + STEP * moved[:, AXES:]
        return place, velocity, change[:, -1], state

    def _advance(self, place, velocity, change, state, last, code):
        """One frame on: free flight by the law that the state writes, and what the ground makes of it."""
        away = place - last
        h, state = self.stack.step(self._read(velocity, change, away, place[:, 1:2], code, 0.0), state)
        h = ops.cast(self.think(h), "float32")
        law = 0.3 * ops.reshape(self.law(h), (-1, AXES, 1 + 2 * AXES))
        terms = ops.concatenate([ops.ones_like(away[:, :1]), velocity / STEP, away / AWAY], axis=-1)
        change = CHANGE * ops.einsum("baf,bf->ba", law, terms)
        before, place, flown = place, place + velocity + 0.5 * change, velocity + change
        below = ops.relu(-place[:, 1])
        touches = ops.cast(below > 0, "float32")[:, None]
        reset = self.bounce(h)
        # a bounce turns the way down into a way up; what is left of each velocity is for the network to say
        left = np.array([1.0, -0.7, 1.0], "float32") + reset[:, :AXES]
        height = ops.relu(place[:, 1]) + below * ops.sigmoid(1.0 + reset[:, AXES])
        after = touches * left * flown + (1.0 - touches) * flown
        # what lay, or came up too slowly to be in the air for a frame, lies: all its further bounces end within it
        lay = ops.logical_and(before[:, 1] <= 0, velocity[:, 1] == 0)
        slow = ops.logical_and(below > 0, after[:, 1] < -0.5 * change[:, 1])
        up = 1.0 - ops.cast(ops.logical_or(lay, slow), "float32")
        place = ops.stack([place[:, 0], up * height, place[:, 2]], axis=-1)
        after = ops.stack([after[:, 0], up * after[:, 1], after[:, 2]], axis=-1)
        return place, after, after - velocity, state

    def _run(self, place, velocity, change, state, last, code, frames):
        def step(carry, _):
            carry = self._advance(*carry, last, code)
            return carry, carry  # TensorFlow's scan wants both alike

        end, out = ops.scan(step, (place, velocity, change, state), ops.arange(frames))
        return end, ops.swapaxes(out[0], 0, 1)

    def _run_block(self, *arguments):
        return self._run(*arguments, BLOCK)

    def _rollout(self, x, code, frames):
        return self._run(*self._begin(x, code), ops.cast(x[:, -1], "float32"), code, frames)[1]

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        batch, frames = ops.shape(x)[0], y.shape[1]
        noise = replica_noise(keras.random.normal, (2 * batch, self.code_dim), self.seed_generator)
        chosen = replica_noise(keras.random.uniform, (2 * batch,), self.seed_generator)
        centre = ops.take(self.centres, ops.cast(chosen * self.components * 0.9999, "int32"), axis=0)
        codes = ops.concatenate([ops.zeros((batch, self.code_dim)), ops.cast(centre, "float32") + noise], axis=0)
        paths = self._rollout(ops.concatenate([x, x, x], axis=0), codes, frames)
        mean, one, other = ops.split((WEIGHTS * paths)[:, :, None], 3)
        truth = (WEIGHTS * ops.cast(y, "float32"))[:, :, None]
        # errors grow with time: so that soon and late count alike
        soon = 1.0 / np.arange(2, frames + 2, dtype="float32")
        soon /= soon.mean()
        values = {
            "distance": losses.weighted_distance(truth, mean, soon),
            "energy": losses.energy_score(truth, one, other, soon),
        }
        for name, value in values.items():
            self.trackers[name].update_state(value)
        return batch_mean(values["distance"] + values["energy"])

    def _checked(self, paths):
        paths = np.asarray(paths, "float32")
        if paths.ndim != 3 or paths.shape[1] != self.seen or paths.shape[2] not in (2, AXES) or not len(paths):
            raise ValueError(
                f"paths must be (batch, {self.seen}, 2), or 3 with angles: the {self.seen} frames that were seen; got "
                f"shape {paths.shape}"
            )
        if not np.isfinite(paths).all():
            raise ValueError("paths must be finite; some are NaN or infinite")
        return np.pad(paths, [(0, 0), (0, 0), (0, AXES - paths.shape[2])])

    def carry_on(self, paths, *, frames, samples=0, seed=0):
        """Say how bodies go on, the same network for all of them.

        Args:
            paths: (batch, seen, 2) metres, y up from the ground at 0, or (batch, seen, 3) with angles in radians.
            frames: how many come next.
            samples: futures to draw; 0 for the one path that is nearest to all of them.
            seed: decides the draws, the same on every backend.

        Returns:
            (batch, frames, 2 or 3), or with samples (batch, samples, frames, 2 or 3) float32.

        Raises:
            ValueError: for another shape, NaN or infinity, or less than one frame.
        """
        x = self._checked(paths)
        if int(frames) != frames or frames < 1 or int(samples) != samples or samples < 0:
            raise ValueError(f"frames starts at 1 and samples at 0, both whole; got {frames} and {samples}")
        each, axes = max(int(samples), 1), np.shape(paths)[2]
        x, code = np.repeat(x, each, axis=0), np.zeros((len(x) * each, self.code_dim), "float32")
        if samples:
            random = np.random.default_rng(seed)
            centres = ops.convert_to_numpy(self.centres)[random.integers(self.components, size=len(x))]
            code = (centres + random.standard_normal(code.shape)).astype("float32")
        carry, made = self._compiled_begin(x, code), []
        for _ in range(-(-int(frames) // BLOCK)):
            carry, out = self._compiled_run(*carry, x[:, -1], code)
            made.append(ops.convert_to_numpy(out))
        made = np.concatenate(made, axis=1)[:, : int(frames), :axes]
        return made.reshape(len(paths), each, int(frames), axes) if samples else made

    def state(self, paths):
        """The LSTM's state after all frames that were seen: (batch, 2 units), hidden state and cell."""
        x = self._checked(paths)
        *_, state = self._compiled_begin(x, np.zeros((len(x), self.code_dim), "float32"))
        return np.concatenate([ops.convert_to_numpy(one) for one in keras.tree.flatten(state)], axis=-1)

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "hidden": self.hidden,
            "seen": self.seen,
            "code_dim": self.code_dim,
            "components": self.components,
            "seed": self.seed,
        }
