"""Several bodies that act on each other: one network for all pairs, whose LSTM state holds what a pair hides.

What two bodies do to each other depends on how far apart they are and how fast, and on what no frame shows, such as
whether a spring joins them. Each pair has a state of its own, which reads by how much the last forecast was off along
the line between the two; the forces it writes act on both, one against the other, so momentum is kept, and they turn
with the picture. Bodies on a table meet its walls, which are pairs of a body and the nearest point of a wall; and they
hit: within a frame the speed at which two close in turns about, which no force at the ends of the frame can say.
"""

import keras
import numpy as np
from keras import ops

from animkit import losses
from animkit.rnn import RecurrentStack, check_paths, read_then_go_on
from animkit.training import KeepsSeeds, batch_mean, compiled

INVARIANTS = 3  # distance squared, approach, speed squared: alike however the picture is turned
OUT = np.array([[-1, 0], [1, 0], [0, -1], [0, 1]], "float32")  # to the walls
NEAR = 0.1  # share of the unit of length below which a distance counts as this


@keras.saving.register_keras_serializable(package="animkit")
class InteractionNetwork(KeepsSeeds, keras.Model):
    """Carry the motion of several bodies on, from frames of their places and velocities.

    Fit it on x (batch, seen, bodies, 4) and y (batch, future, bodies, 4): x, y, and the velocity in the same unit a
    second. The loss is the distance from the truth over a rollout of the future, plus that of every forecast from one
    frame to the next while it reads.

    Args:
        fps: frames per second.
        length: m, or whatever the unit is: a distance between bodies that is neither near nor far.
        strength: 1/s^2: an acceleration per distance that is neither weak nor strong.
        units: of the LSTM of a pair.
        hidden: units of the dense layer after it.
        walls: how far from the middle those of a square table stand, on which bodies hit each other; None for no table.

    Raises:
        ValueError: when a size or number is not above 0.

    Source: Battaglia et al. 2016 (Interaction Networks); Kipf et al. 2018 (NRI), whose decoder with a state this is,
    but that a force acts along the line between two bodies; Villar et al. 2021 for such invariants.
    """

    def __init__(self, *, fps=10.0, length=1.0, strength=0.1, units=32, hidden=32, walls=None, **model_options):
        # places stay float32 whatever the policy
        super().__init__(autocast=False, **model_options)
        if min(units, hidden) < 1 or min(fps, length, strength, walls or 1) <= 0:
            raise ValueError(
                f"units and hidden start at 1, fps, length, strength and walls lie above 0; got {units}, {hidden}, "
                f"{fps}, {length}, {strength}, {walls}"
            )
        self.fps, self.length, self.strength = float(fps), float(length), float(strength)
        self.units, self.hidden, self.walls = units, hidden, walls
        # on a table: how near they come within a frame if they go straight on, and whether one is a wall
        told = INVARIANTS if walls is None else INVARIANTS + 2
        self.stack = RecurrentStack((units,))
        self.think = keras.layers.Dense(hidden, activation="silu", name="think")
        # from zero: the untrained model lets all bodies go straight on
        self.force = keras.layers.Dense(2, kernel_initializer="zeros", dtype="float32", name="force")
        self.stack.build((None, None, told + 4))
        self.think.build((None, units + told))
        self.force.build((None, hidden))
        if walls is not None:
            self.hit = keras.layers.Dense(2, kernel_initializer="zeros", dtype="float32", name="hit")
            self.hit.build((None, hidden))
        self.trackers = {name: keras.metrics.Mean(name=name) for name in ("distance", "next_frame")}
        self._compiled_run = compiled(self, self._run)
        self.built = True

    def call(self, inputs, training=None):
        return inputs  # all happens in `compute_loss`, which knows the future

    def _between(self, bodies, walls=0.0):
        """Differences of all pairs: (batch, bodies, axes) -> (batch, pairs, axes); then those of bodies and walls."""
        first, second = np.triu_indices(bodies.shape[1], 1)
        pairs = ops.take(bodies, second, axis=1) - ops.take(bodies, first, axis=1)
        if self.walls is None:
            return pairs
        away = (walls - ops.einsum("bia,wa->biw", bodies, OUT))[..., None] * OUT
        return ops.concatenate([pairs, ops.reshape(away, (-1, 4 * bodies.shape[1], 2))], axis=1)

    def _acted(self, forces, bodies):
        """Sum of the forces on each body: (batch, pairs, axes) -> (batch, bodies, axes), one against the other."""
        first, second = np.triu_indices(bodies, 1)
        own = np.eye(bodies, dtype="float32")
        sign = own[first] - own[second]
        if self.walls is not None:
            sign = np.concatenate([sign, np.repeat(own, 4, axis=0)])
        return ops.einsum("bpa,pi->bia", forces, sign)

    def _advance(self, x, v, off, seen, pull, state):
        """One frame on; `off` is what the last forecast of velocities lacked, zero where there is none to compare."""
        step, bodies = 1.0 / self.fps, x.shape[1]
        apart, speed = self._between(x, self.walls), self._between(v)
        way = step * speed
        apart, speed = apart / self.length, speed * (1.0 / (self.length * self.strength**0.5))
        lacks = self._between(off) * (self.fps / (self.length * self.strength))

        def dot(one, other):
            return ops.sum(one * other, axis=-1, keepdims=True)

        square = dot(apart, apart)
        invariants = [square, dot(apart, speed), dot(speed, speed)]
        if self.walls is not None:
            way = way / self.length
            share = ops.clip(-dot(apart, way) / (dot(way, way) + 1e-9), 0.0, 1.0)
            nearest = apart + share * way
            invariants += [dot(nearest, nearest), ops.ones_like(square) * self._is_wall(bodies)]
        invariants = ops.arcsinh(ops.concatenate(invariants, axis=-1))
        along = dot(lacks, apart) / (square + NEAR)
        told = ops.ones_like(square) * seen
        read = ops.concatenate([invariants, ops.arcsinh(along), along * ops.exp(-square), pull, told], axis=-1)
        pairs = read.shape[1]
        told = invariants.shape[-1]
        h, state = self.stack.step(ops.reshape(read, (-1, told + 4)), state)
        h = self.think(ops.concatenate([h, ops.reshape(invariants, (-1, told))], axis=-1))
        force = ops.reshape(ops.cast(self.force(h), "float32"), (-1, pairs, 2))
        pull, brake = force[..., :1], force[..., 1:]

        def acceleration(x, v):
            forces = self.strength * pull * self._between(x, self.walls) + self.strength**0.5 * brake * self._between(v)
            return self._acted(forces, bodies)

        # velocity Verlet: the error is of third order in the step, whatever the network writes
        before = acceleration(x, v)
        on = x + step * v + 0.5 * step**2 * before
        after = v + 0.5 * step * (before + acceleration(on, v + step * before))
        if self.walls is not None:
            hit = ops.reshape(ops.cast(self.hit(h), "float32"), (-1, pairs, 2))
            closing = dot(apart, self._between(v)) / (square + 1e-6) * apart
            # of the speed at which they close in: the share that turns about, and that by which the way is another
            after = after + self._acted(hit[..., :1] * closing, bodies)
            on = on + step * self._acted(hit[..., 1:] * closing, bodies)
        return on, after, pull, state

    def _is_wall(self, bodies):
        return np.repeat(np.array([0.0, 1.0], "float32"), [bodies * (bodies - 1) // 2, 4 * bodies])[:, None]

    def _run(self, seen, future):
        """Read (batch, time, bodies, 4), then go on for as many frames as `future` has: forecasts of both."""
        seen = ops.cast(seen, "float32")
        batch, bodies = ops.shape(seen)[0], seen.shape[2]
        pairs = bodies * (bodies - 1) // 2 + (0 if self.walls is None else 4 * bodies)
        first = seen[:, 0]

        def read(carry, frame):
            _, v, pull, state = carry
            x_seen, v_seen = frame[..., :2], frame[..., 2:]
            return self._advance(x_seen, v_seen, v_seen - v, 1.0, pull, state)

        def go_on(carry):
            x, v, pull, state = carry
            return self._advance(x, v, ops.zeros_like(v), 0.0, pull, state)

        states = self.stack.initial_states(batch * pairs)
        start = (first[..., :2], first[..., 2:], ops.zeros((batch, pairs, 1)), states)
        return read_then_go_on(read, go_on, start, seen, future)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        x, y = ops.cast(x, "float32"), ops.cast(y, "float32")
        told, made = self._run(x, y)
        frames = y.shape[1]
        # a forecast of one frame is off by far less than one of many
        scale = np.float32(3.0 / self.length)
        soon = 1.0 / np.arange(2, frames + 2, dtype="float32")
        even = np.ones(x.shape[1] - 1, "float32")
        values = {
            "distance": losses.weighted_distance(scale * y, scale * made, soon / soon.mean()),
            "next_frame": losses.weighted_distance(10.0 * scale * x[:, 1:], 10.0 * scale * told, even),
        }
        for name, value in values.items():
            self.trackers[name].update_state(value)
        return batch_mean(values["distance"] + values["next_frame"])

    def carry_on(self, paths, *, frames):
        """Say how bodies go on.

        Args:
            paths: (batch, seen, bodies, 4): x, y and the velocity a second, of two bodies or more.
            frames: how many come next.

        Returns:
            (batch, frames, bodies, 4) float32.

        Raises:
            ValueError: for another shape, NaN or infinity, or less than one frame.
        """
        paths = check_paths(paths, frames)
        return ops.convert_to_numpy(self._compiled_run(paths, np.zeros((1, int(frames)), "float32"))[1])

    def get_config(self):
        return {
            **super().get_config(),
            "fps": self.fps,
            "length": self.length,
            "strength": self.strength,
            "units": self.units,
            "hidden": self.hidden,
            "walls": self.walls,
        }
