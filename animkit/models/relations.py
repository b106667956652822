"""Bodies that push, hold and carry each other: an LSTM for each, which hears what all others are to it.

In a stack of crates or a chain nothing is alike however the picture is turned: things fall down, stand on the ground,
hang from a joint. So no symmetry is built in. A network that all pairs share says what one body is to another, from
where they are to each other and what their LSTMs remember; a body hears the sum of it, and its LSTM writes how its
velocity changes. Who is who is told, as a code for each place in the row of bodies.
"""

import keras
import numpy as np
from keras import ops

from animkit import losses
from animkit.rnn import RecurrentStack, check_paths, read_then_go_on
from animkit.training import KeepsSeeds, batch_mean, compiled

# sizes that make inputs about one: m/s of a velocity, of how much it changes in a frame
SPEED, CHANGE = np.float32(2.0), np.float32(0.3)
SLIPS = np.float32(0.02)  # m by which a place may be off from where the velocities lead


@keras.saving.register_keras_serializable(package="animkit")
class RelationalForecaster(KeepsSeeds, keras.Model):
    """Carry the motion of several bodies on, from frames of their places and velocities.

    Fit it on x (batch, seen, bodies, 4) and y (batch, future, bodies, 4): x and y in metres, and the velocity in m/s.
    The loss is the distance from the truth over a rollout of the future, plus that of every forecast from one frame to
    the next while it reads.

    Args:
        bodies: how many, always in the same order.
        fps: frames per second.
        units: of the LSTM of a body, and of its code.
        hidden: units of the two layers of the pair network.
        pairs: whether bodies hear of each other; False for what each foresees alone.

    Raises:
        ValueError: when a size or number is not above 0.

    Source: Battaglia et al. 2016 (Interaction Networks), with the memory of an LSTM in place of hidden properties, as
    in the recurrent decoder of Kipf et al. 2018 (NRI).
    """

    def __init__(self, *, bodies, fps=24.0, units=48, hidden=32, pairs=True, **model_options):
        # places stay float32 whatever the policy
        super().__init__(autocast=False, **model_options)
        if min(bodies, units, hidden) < 1 or fps <= 0:
            raise ValueError(
                f"bodies, units and hidden start at 1, fps lies above 0; got {bodies}, {units}, {hidden}, {fps}"
            )
        self.bodies, self.fps, self.units, self.hidden, self.pairs = bodies, float(fps), units, hidden, pairs
        self.stack = RecurrentStack((units,))
        self.think = keras.layers.Dense(hidden, activation="silu", name="think")
        # from zero: the untrained model lets all bodies go straight on
        self.move = keras.layers.Dense(4, kernel_initializer="zeros", dtype="float32", name="move")
        self.names = self.add_weight(name="names", shape=(bodies, units), initializer="random_normal", dtype="float32")
        own = 6 + units
        self.stack.build((None, None, own + (hidden if pairs else 0)))
        self.think.build((None, units + own + (hidden if pairs else 0)))
        self.move.build((None, hidden))
        if pairs:
            # the first layer of the pair network is a sum: of what lies between two bodies, of the one, of the other
            self.between = keras.layers.Dense(hidden, name="between")
            self.one = keras.layers.Dense(hidden, use_bias=False, name="one")
            self.other = keras.layers.Dense(hidden, use_bias=False, name="other")
            self.hear = keras.layers.Dense(hidden, activation="silu", name="hear")
            self.between.build((None, 5))
            self.one.build((None, units + own))
            self.other.build((None, units + own))
            self.hear.build((None, hidden))
        self.trackers = {name: keras.metrics.Mean(name=name) for name in ("distance", "next_frame")}
        self._compiled_run = compiled(self, self._run)
        self.built = True

    def call(self, inputs, training=None):
        return inputs  # all happens in `compute_loss`, which knows the future

    def _heard(self, x, v, known):
        """What all others are to each body: places and velocities (batch, bodies, 2) -> (batch, bodies, hidden)."""
        apart, speed = x[:, None] - x[:, :, None], (v[:, None] - v[:, :, None]) / SPEED
        distance = ops.sqrt(ops.sum(ops.square(apart), axis=-1, keepdims=True) + 1e-6)
        between = self.between(ops.concatenate([3.0 * apart, speed, 3.0 * distance], axis=-1))
        said = self.hear(ops.silu(between + self.one(known)[:, :, None] + self.other(known)[:, None]))
        others = 1.0 - np.eye(self.bodies, dtype="float32")
        return ops.einsum("bijh,ij->bih", said, others)

    def _advance(self, x, v, off, state):
        """One frame on; `off` is what the last forecast of velocities lacked, zero where there is none to compare."""
        own = ops.concatenate([x, v / SPEED, off / CHANGE, ops.zeros_like(x[..., :1]) + self.names], axis=-1)
        if self.pairs:
            remembered = ops.reshape(ops.cast(state[0][0], "float32"), (-1, self.bodies, self.units))
            own = ops.concatenate([own, self._heard(x, v, ops.concatenate([remembered, own], axis=-1))], axis=-1)
        flat = ops.reshape(own, (-1, own.shape[-1]))
        h, state = self.stack.step(flat, state)
        moved = self.move(self.think(ops.concatenate([h, flat], axis=-1)))
        moved = ops.reshape(ops.cast(moved, "float32"), (-1, self.bodies, 4))
        after = v + CHANGE * moved[..., :2]
        return x + (0.5 / self.fps) * (v + after) + SLIPS * moved[..., 2:], after, state

    def _run(self, seen, future):
        """Read (batch, time, bodies, 4), then go on for as many frames as `future` has: forecasts of both."""
        seen = ops.cast(seen, "float32")
        batch, first = ops.shape(seen)[0], seen[:, 0]

        def read(carry, frame):
            x, v = frame[..., :2], frame[..., 2:]
            return self._advance(x, v, v - carry[1], carry[2])

        def go_on(carry):
            x, v, state = carry
            return self._advance(x, v, ops.zeros_like(v), state)

        start = (first[..., :2], first[..., 2:], self.stack.initial_states(batch * self.bodies))
        return read_then_go_on(read, go_on, start, seen, future)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        x, y = ops.cast(x, "float32"), ops.cast(y, "float32")
        told, made = self._run(x, y)
        # errors grow with time: so that soon and late count alike
        soon = 1.0 / np.arange(2, y.shape[1] + 2, dtype="float32")
        even = np.ones(x.shape[1] - 1, "float32")
        size = np.array([1.0, 1.0, 0.1, 0.1], "float32")  # m/s count for less than m
        values = {
            "distance": losses.weighted_distance(size * y, size * made, soon / soon.mean()),
            "next_frame": losses.weighted_distance(size * x[:, 1:], size * told, even),
        }
        for name, value in values.items():
            self.trackers[name].update_state(value)
        return batch_mean(values["distance"] + values["next_frame"])

    def carry_on(self, paths, *, frames):
        """Say how bodies go on.

        Args:
            paths: (batch, seen, bodies, 4): x, y in metres and the velocity in m/s.
            frames: how many come next.

        Returns:
            (batch, frames, bodies, 4) float32.

        Raises:
            ValueError: for another shape, NaN or infinity, or less than one frame.
        """
        paths = check_paths(paths, frames, self.bodies)
        return ops.convert_to_numpy(self._compiled_run(paths, np.zeros((1, int(frames)), "float32"))[1])

    def get_config(self):
        names = "bodies fps units hidden pairs"
        return {**super().get_config(), **{name: getattr(self, name) for name in names.split()}}
