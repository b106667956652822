"""A VAE of motion with an LSTM as its prior: frame after frame, for ever, steered in speed, heading, gait and style.

x_t is a frame of features (`animkit.motion.features`) and foot contacts, c_t the controls, h_t the state of the LSTM
over all frames and controls so far. The prior p(z_t | h_t) is learned; the decoder gives the change from x_t-1 to x_t.

Controls tell the way ahead: where the character is to be, and face, a sixth, a third and half a second on, as seen from
where it is. In training that is where it went. In a rollout it is where a *guide* will be, a point that obeys speed and
turn by a rule; a character that falls behind is told of a longer way, so its errors do not add up.
"""

from typing import NamedTuple

import keras
import numpy as np
from keras import ops

from animkit import losses
from animkit.motion.features import forward_kinematics, rotation_from_6d
from animkit.motion.guide import PATH, beside_character, guided, seen_from, turned, way_from, within_reach
from animkit.rnn import RecurrentStack
from animkit.training import Batches, KeepsSeeds, batch_mean, compiled, replica_noise

# a rollout goes through the compiled function in equal parts: one length to compile, whatever is asked for
BLOCK = 64
# training frames that a model keeps: to start from, and to stay near
KEPT = 2048
# how far the loss expects a motion that lives on its own frames to be from where it should be: metres, radians
DRIFT = np.array([0.04, 0.04, 0.05], "float32")
# share of the way to the kept poses around it that a pose goes every frame, and how far around, squared deviations
PULL, AROUND = 0.05, 1.0


class RolloutState(NamedTuple):
    """All that decides how motions go on.

    x (batch, features) are the last frames, normalised; hidden the LSTM's states; steering (batch, 5) the guides: speed
    (m/s) and turn (rad/s), and as the characters see them how far left and ahead they are (m) and are turned (rad);
    random the state of the generator that draws the noise.
    """

    x: np.ndarray
    hidden: tuple
    steering: np.ndarray
    random: dict


@keras.saving.register_keras_serializable(package="animkit")
class MotionVAE(KeepsSeeds, keras.Model):
    """Motion of one skeleton, frame by frame, from controls and a latent code z_t per frame.

    Fit it on `MotionWindows`, whose batches are dicts: `frames` (batch, time, features) and `controls` (batch, time,
    controls); call `adapt` on the training data first. In a window the model sees the true frame before each, or, at
    the share `rollout_rate`, the one it made itself: an error is then its own to mend, which is what keeps endless
    motion alive. It logs `reconstruction`, `position`, `sliding`, `drift` from where it should be, and `kl`, nats per
    window; the loss is their sum, the last weighted by `beta`.

    A frame holds 4 + 6 joints numbers (`kinematics.to_features`) and one of 0 or 1 for each of `feet`: is it on the
    ground. Controls are the way ahead, three numbers for each time of `AHEAD` (`animkit.studio.generation.way_ahead`),
    then a weight for each gait and each style; all weights of a kind are zero where nothing is said. What a rollout is
    asked, its *commands*, are speed in m/s and turn in rad/s in place of the way.

    Args:
        hierarchy: the skeleton, {joint or end site: {"offset", "parent", "rot_channels"}}, as
            `pybvh.Bvh.to_hierarchy_dict` tells it; parents come before their children.
        across: (3,) from the right hip to the left, see `kinematics.facing`.
        feet: names of the joints and end sites that stand on the ground.
        gaits: labels of what is done.
        styles: labels of how.
        fps: frames per second.
        centimetres: per unit of the skeleton.
        latent_dim: size of z_t.
        units: of the LSTM.
        hidden: units of the dense layers.
        feature_noise: standard deviation that the loss expects of features, in their own deviations.
        position_noise: of joint positions, centimetres.
        sliding_noise: of the velocity of a foot on the ground, centimetres per frame.
        beta: weight of the KL divergence; kept as the variable `beta`, which `BetaAnnealing` raises.
        rollout_rate: kept as the variable `rollout_rate`, which `RolloutSchedule` raises.
        seed: of the noise in training.

    Raises:
        ValueError: when a size is below one, or the skeleton lacks what is named.

    Source: Ling et al. 2020 (Motion VAE: residual decoder, scheduled rollouts); Chung et al. 2015 (recurrent prior);
    Li et al. 2018 (recurrent networks that live on their own frames in training); Holden et al. 2017 (the way ahead).
    """

    def __init__(
        self,
        hierarchy,
        *,
        across,
        feet,
        gaits=(),
        styles=(),
        fps=30.0,
        centimetres=1.0,
        latent_dim=16,
        units=256,
        hidden=256,
        feature_noise=0.2,
        position_noise=2.0,
        sliding_noise=0.25,
        beta=1.0,
        rollout_rate=0.0,
        seed=0,
        **model_options,
    ):
        super().__init__(**model_options)
        if min(latent_dim, units, hidden) < 1 or not fps > 0 or not centimetres > 0:
            raise ValueError(
                "latent_dim, units and hidden start at 1, fps and centimetres lie above 0; got "
                f"{latent_dim}, {units}, {hidden}, {fps}, {centimetres}"
            )
        self._read_skeleton(hierarchy, across, feet)
        self.gaits, self.styles, self.fps, self.centimetres = list(gaits), list(styles), float(fps), float(centimetres)
        self.latent_dim, self.units, self.hidden = latent_dim, units, hidden
        self.feature_noise, self.position_noise, self.sliding_noise = feature_noise, position_noise, sliding_noise
        self.seed = seed
        labels = len(self.gaits) + len(self.styles)
        self.controls, self.commands = PATH + labels, 2 + labels
        self._make_networks()

        def kept(name, shape, initializer):
            return self.add_weight(name=name, shape=shape, initializer=initializer, trainable=False, dtype="float32")

        self.mean = kept("mean", (self.features,), "zeros")
        self.deviation = kept("deviation", (self.features,), "ones")
        self.lowest = kept("lowest", (self.features,), keras.initializers.Constant(-10.0))
        self.highest = kept("highest", (self.features,), keras.initializers.Constant(10.0))
        self.starts = kept("starts", (KEPT, self.features), "zeros")
        self.start_controls = kept("start_controls", (KEPT, self.controls), "zeros")
        self.beta = kept("beta", (), keras.initializers.Constant(beta))
        self.rollout_rate = kept("rollout_rate", (), keras.initializers.Constant(rollout_rate))
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.trackers = {
            name: keras.metrics.Mean(name=name) for name in ("reconstruction", "position", "sliding", "drift", "kl")
        }
        self.built = True
        self._compiled_run = compiled(self, self._run, jit_compile=True)

    def _read_skeleton(self, hierarchy, across, feet):
        # plain lists and strings, as they will be read from a file
        self.hierarchy = {
            name: {
                "offset": [float(number) for number in node["offset"]],
                "parent": node["parent"],
                **({"rot_channels": list(node["rot_channels"])} if node.get("rot_channels") else {}),
            }
            for name, node in hierarchy.items()
        }
        self.names = [name for name, node in self.hierarchy.items() if "rot_channels" in node]
        missing = [name for name in feet if name not in self.hierarchy]
        if missing or not self.names:
            raise ValueError(f"the skeleton has no {missing}; its joints are {', '.join(self.names) or 'none'}")
        nodes = [self.hierarchy[name] for name in self.names]
        self.parents = tuple(-1 if node["parent"] is None else self.names.index(node["parent"]) for node in nodes)
        self.offsets = np.array([node["offset"] for node in nodes], "float32")
        self.across, self.feet = [float(number) for number in across], list(feet)
        self.joint_features = 4 + 6 * len(self.names)
        self.features = self.joint_features + len(self.feet)
        # an end site is no joint: whether it slides is seen by the joint above it
        self.foot_columns = [column for column, name in enumerate(self.feet) if name in self.names]
        self.foot_joints = [self.names.index(self.feet[column]) for column in self.foot_columns]

    def _make_networks(self):
        units, hidden, latent_dim = self.units, self.hidden, self.latent_dim
        self.stack = RecurrentStack((units,))
        # float32 whatever the policy: a coarse output is a coarse loss
        self.prior = keras.layers.Dense(2 * latent_dim, dtype="float32", name="prior")
        self.read = keras.layers.Dense(hidden, activation="silu", name="read")
        self.posterior = keras.layers.Dense(2 * latent_dim, dtype="float32", name="posterior")
        self.first = keras.layers.Dense(hidden, activation="silu", name="first")
        self.second = keras.layers.Dense(hidden, activation="silu", name="second")
        # a frame that changes nothing is the best first guess
        self.change = keras.layers.Dense(
            self.features, kernel_initializer=keras.initializers.RandomNormal(stddev=0.01), dtype="float32"
        )
        self.stack.build((None, None, self.features + self.controls))
        self.prior.build((None, units))
        self.read.build((None, units + self.features))
        self.posterior.build((None, hidden))
        self.first.build((None, units + latent_dim))
        self.second.build((None, hidden + latent_dim))
        self.change.build((None, hidden))

    def adapt(self, sequences, controls, *, seed=0):
        """Learn the scale of features, their range, and frames to start from.

        Args:
            sequences: list of (time, features) training motions, not normalised.
            controls: list of (time, controls).
            seed: of the frames that are kept to start from.

        Raises:
            ValueError: when sizes do not fit, or there is a NaN.
        """
        frames, told = self._checked(sequences, self.features), self._checked(controls, self.controls)
        if len(frames) != len(told):
            raise ValueError(f"every frame needs its controls; got {len(frames)} frames and {len(told)}")
        mean, deviation = frames.mean(axis=0), frames.std(axis=0)
        # what hardly moves would be blown up to matter as much as what does
        floor = np.full(self.features, 0.05)
        floor[:2] = floor[3] = 0.005 * np.abs(self.offsets).sum()
        floor[2] = 0.01
        deviation = np.maximum(deviation, floor)
        scaled = (frames - mean) / deviation
        low, high = scaled.min(axis=0), scaled.max(axis=0)
        margin = 0.1 * (high - low) + 0.1
        chosen = np.random.default_rng(seed).integers(len(frames), size=KEPT)
        for variable, value in (
            (self.mean, mean),
            (self.deviation, deviation),
            (self.lowest, low - margin),
            (self.highest, high + margin),
            (self.starts, scaled[chosen]),
            (self.start_controls, told[chosen]),
        ):
            variable.assign(value.astype("float32"))

    def _checked(self, arrays, size):
        arrays = [np.asarray(array, "float64") for array in arrays]
        if not arrays or any(array.ndim != 2 or array.shape[1] != size for array in arrays):
            raise ValueError(f"needs a list of arrays (time, {size}); got shapes {[a.shape for a in arrays][:5]}")
        joined = np.concatenate(arrays)
        if not np.isfinite(joined).all() or not len(joined):
            raise ValueError("features and controls must be finite, and at least one frame; some are NaN or infinite")
        return joined

    def call(self, inputs, training=False):
        return inputs  # all happens in `compute_loss`, which knows the frames and may draw noise

    def _decode(self, h, z):
        hidden = self.first(ops.concatenate([h, z], axis=-1))
        return self.change(self.second(ops.concatenate([hidden, z], axis=-1)))

    def _gaussian(self, outputs):
        mean, log_variance = ops.split(outputs, 2, axis=-1)
        return mean, ops.clip(log_variance, -12.0, 4.0)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        frames, controls = ops.cast(x["frames"], "float32"), ops.cast(x["controls"], "float32")
        truth = (frames - self.mean) / self.deviation
        batch, time = ops.shape(truth)[0], truth.shape[1]
        noise = replica_noise(keras.random.normal, (batch, time - 1, self.latent_dim), self.seed_generator)
        own = replica_noise(keras.random.uniform, (batch, time - 1, 1), self.seed_generator) < self.rollout_rate
        # the first frame has none of its own before it
        own = ops.logical_and(own, ops.arange(time - 1)[None, :, None] > 0)
        inputs = (truth[:, :-1], truth[:, 1:], controls[:, 1:], noise, own)
        inputs = keras.tree.map_structure(lambda array: ops.swapaxes(array, 0, 1), inputs)

        metres = self.centimetres / 100
        travelled = ops.convert_to_tensor(self.mean[:3]), ops.convert_to_tensor(self.deviation[:3])

        def step(carry, inputs):
            made, hidden, _, drift = carry
            before, after, told, noise, own = inputs
            x = ops.where(own, made, before)
            # on its own it sees the way from where it has come to, and learns to come back to it
            drift = ops.where(own, drift, 0.0)
            told = ops.concatenate([way_from(told[:, :PATH], drift, self.fps), told[:, PATH:]], axis=-1)
            h, hidden = self.stack.step(ops.concatenate([x, told], axis=-1), hidden)
            prior_mean, prior_log_variance = self._gaussian(self.prior(h))
            mean, log_variance = self._gaussian(self.posterior(self.read(ops.concatenate([h, after], axis=-1))))
            z = mean + ops.exp(0.5 * log_variance) * noise
            kl = losses.gaussian_kl(mean, log_variance, prior_mean, prior_log_variance)
            x = x + self._decode(h, z)
            went, own_way = (one[:, :3] * travelled[1] + travelled[0] for one in (after, x))
            there = turned(went[:, :2] * metres, drift[:, 2:]) + drift[:, :2]
            drift = seen_from(there, drift[:, 2:] + went[:, 2:], own_way[:, :2] * metres, own_way[:, 2:])
            carry = (x, hidden, kl, drift)
            return carry, carry  # TensorFlow's scan wants both alike

        start = (
            truth[:, 0],
            self.stack.initial_states(batch),
            ops.zeros((batch, self.latent_dim)),
            ops.zeros((batch, 3)),
        )
        _, (made, _, kl, drift) = ops.scan(step, start, inputs)
        kl = ops.sum(kl, axis=(0, 2))
        made, drift = (ops.swapaxes(one, 0, 1) for one in (made, drift))
        values = {
            "reconstruction": losses.noisy_squares(truth[:, 1:], made, self.feature_noise),
            **self._in_space(made * self.deviation + self.mean, frames[:, 1:]),
            "drift": losses.noisy_squares(ops.zeros_like(drift), drift, DRIFT),
            "kl": kl,
        }
        for name, value in values.items():
            self.trackers[name].update_state(value)
        misfit = values["reconstruction"] + values["position"] + values["sliding"] + values["drift"]
        return batch_mean(-losses.elbo(misfit, values["kl"], self.beta))

    def positions(self, frames):
        """Find where joints are: frames (..., features), not normalised -> (..., joints, 3) centimetres.

        They are seen from the root's place on the ground, facing +z.
        """
        six = frames[..., 4 : self.joint_features]
        rotations = rotation_from_6d(ops.reshape(six, (*ops.shape(six)[:-1], len(self.names), 6)))
        zero = ops.zeros_like(frames[..., 3])
        root = ops.stack([zero, frames[..., 3], zero], axis=-1)
        positions, _ = forward_kinematics(rotations, root, parents=self.parents, offsets=self.offsets)
        return positions * self.centimetres

    def _in_space(self, made, frames):
        """How far joints are from where they should be, and how fast feet slide that should stand, (batch,) nats."""
        positions, truth = self.positions(made), self.positions(frames)
        feet = ops.take(positions, np.array(self.foot_joints, "int32"), axis=2)
        # the frame before, seen from this one: first the step, told in its facing frame, then the turn
        step = ops.stack([made[..., 0], ops.zeros_like(made[..., 0]), made[..., 1]], axis=-1) * self.centimetres
        moved = feet[:, :-1] - step[:, 1:, None]
        c, s = ops.cos(made[:, 1:, 2:3]), ops.sin(made[:, 1:, 2:3])
        before = ops.stack(
            [
                c * moved[..., 0] - s * moved[..., 2],
                moved[..., 1],
                s * moved[..., 0] + c * moved[..., 2],
            ],
            axis=-1,
        )
        contacts = ops.take(frames, self.joint_features + np.array(self.foot_columns, "int32"), axis=-1)
        standing = contacts[:, 1:] * contacts[:, :-1]
        return {
            "position": losses.noisy_squares(truth, positions, self.position_noise),
            "sliding": losses.foot_sliding(feet[:, 1:] - before, standing, self.sliding_noise),
        }

    def _run(self, x, hidden, steering, commands, noise):
        """Roll out: (time, batch, ...) commands and scaled noise -> frames, hidden states, steering after each step.

        Small errors add up over minutes, where training sees a second: the way is told from where the character is, and
        each pose goes a little of the way to real ones around it.
        """
        bounds = [ops.convert_to_tensor(bound) for bound in (self.lowest, self.highest)]
        # height and rotations: how it moves and what stands follows from them
        posed = slice(3, self.joint_features)
        poses = ops.convert_to_tensor(self.starts)[:, posed]
        metres = self.centimetres / 100
        narrowest, widest = (
            reduce(ops.convert_to_tensor(self.start_controls)[:, :PATH], axis=0) for reduce in (ops.min, ops.max)
        )

        def step(carry, inputs):
            x, hidden, steering = carry
            asked, noise = inputs
            way, guide = guided(steering, asked[:, :2], self.fps)
            # no further than training went
            told = ops.concatenate([ops.clip(way, narrowest, widest), asked[:, 2:]], axis=-1)
            h, hidden = self.stack.step(ops.concatenate([x, told], axis=-1), hidden)
            mean, log_variance = self._gaussian(self.prior(h))
            x = x + self._decode(h, mean + ops.exp(0.5 * log_variance) * noise)
            # what no training frame ever was can only be an error that feeds itself
            x = ops.clip(x, *bounds)
            pose = x[:, posed]
            far = ops.sum(ops.square(poses), axis=-1) - 2.0 * ops.matmul(pose, ops.transpose(poses))
            around = ops.matmul(ops.softmax(-0.5 * far / AROUND), poses)
            x = ops.concatenate([x[:, : posed.start], pose + PULL * (around - pose), x[:, posed.stop :]], axis=-1)
            made = x * self.deviation + self.mean
            beside = seen_from(guide[:, 2:4], guide[:, 4:], made[:, :2] * metres, made[:, 2:3])
            carry = (x, hidden, ops.concatenate([guide[:, :2], within_reach(beside)], axis=-1))
            return carry, carry

        _, out = ops.scan(step, (x, hidden, steering), (commands, noise))
        return out

    def begin(self, commands, *, seed=0):
        """Choose frames to start from: of those kept by `adapt`, one whose controls are near to what is asked.

        Args:
            commands: (batch, commands).
            seed: which of the near ones, and of all noise to come.

        Returns:
            RolloutState.

        Raises:
            ValueError: when commands have another size.
        """
        commands = np.asarray(commands, "float32")
        if commands.ndim != 2 or commands.shape[1] != self.commands or not len(commands):
            raise ValueError(f"commands must be (batch, {self.commands}); got {commands.shape}")
        random = np.random.default_rng(seed)
        known = ops.convert_to_numpy(self.start_controls)
        steering = beside_character(commands[:, :2])
        way, _ = guided(ops.convert_to_tensor(steering), ops.convert_to_tensor(commands[:, :2]), self.fps)
        told = np.concatenate([ops.convert_to_numpy(way), commands[:, 2:]], axis=1)
        distance = np.square(told[:, None] - known).sum(axis=-1)
        chosen = np.argsort(distance, axis=1)[np.arange(len(told)), random.integers(8, size=len(told))]
        hidden = keras.tree.map_structure(ops.convert_to_numpy, self.stack.initial_states(len(told)))
        return RolloutState(ops.convert_to_numpy(self.starts)[chosen], hidden, steering, random.bit_generator.state)

    def follow(self, frames, controls, *, seed=0):
        """Read motion that is there, so that `rollout` goes on where it ends.

        Args:
            frames: (batch, time, features), not normalised.
            controls: (batch, time, controls).
            seed: of all noise to come.

        Returns:
            RolloutState.

        Raises:
            ValueError: for wrong shapes, no time, NaN or infinity.
        """
        frames, controls = np.asarray(frames, "float32"), np.asarray(controls, "float32")
        features = len(ops.convert_to_numpy(self.mean))
        if frames.ndim != 3 or frames.shape[2] != features or not frames.shape[1]:
            raise ValueError(f"frames must be (batch, at least 1 step, {features}); got {frames.shape}")
        if controls.shape != (*frames.shape[:2], self.controls):
            raise ValueError(f"controls must be {(*frames.shape[:2], self.controls)}; got {controls.shape}")
        if not (np.isfinite(frames).all() and np.isfinite(controls).all()):
            raise ValueError("frames and controls must be finite; some are NaN or infinite")
        seen = (frames - ops.convert_to_numpy(self.mean)) / ops.convert_to_numpy(self.deviation)
        hidden = self.stack.initial_states(len(frames))
        for t in range(1, seen.shape[1]):
            _, hidden = self.stack.step(ops.concatenate([seen[:, t - 1], controls[:, t]], axis=-1), hidden)
        hidden = keras.tree.map_structure(ops.convert_to_numpy, hidden)
        steering = beside_character(controls[:, -1, PATH - 2 : PATH])
        return RolloutState(seen[:, -1], hidden, steering, np.random.default_rng(seed).bit_generator.state)

    def rollout(self, commands, state, *, temperature=1.0):
        """Make motion from a state on.

        Args:
            commands: (batch, time, commands): speed, turn, gaits, styles.
            state: from `begin` or an earlier `rollout`.
            temperature: 0 for the likeliest motion, 1 for motion as varied as the model believes.

        Returns:
            frames (batch, time, features), not normalised, float32, and the state after them.

        Raises:
            ValueError: for wrong shapes, no time, NaN or infinity, or a negative temperature.
        """
        commands = np.asarray(commands, "float32")
        if commands.ndim != 3 or commands.shape[::2] != (len(state.x), self.commands) or not commands.shape[1]:
            raise ValueError(
                f"commands must be ({len(state.x)}, at least 1 step, {self.commands}) for this state; "
                f"got {commands.shape}"
            )
        if not np.isfinite(commands).all():
            raise ValueError("commands have NaN or infinite values")
        if not (np.isfinite(temperature) and temperature >= 0):
            raise ValueError(f"temperature is {temperature}: use 0 (the likeliest) or a positive number")
        random = np.random.default_rng()
        random.bit_generator.state = state.random
        batch, time = commands.shape[:2]
        # time first: a motion made in parts draws the same noise
        noise = (temperature * random.standard_normal((time, batch, self.latent_dim))).astype("float32")
        commands = commands.swapaxes(0, 1)
        x, hidden, steering, parts = state.x, state.hidden, state.steering, []
        for start in range(0, time, BLOCK):
            length = min(BLOCK, time - start)
            told, drawn = (
                np.pad(array[start : start + length], ((0, BLOCK - length), (0, 0), (0, 0)))
                for array in (commands, noise)
            )
            run = self._compiled_run(x, hidden, steering, told, drawn)
            made, *after = keras.tree.map_structure(ops.convert_to_numpy, run)
            x, hidden, steering = keras.tree.map_structure(lambda array, last=length - 1: array[last], (made, *after))
            parts.append(made[:length])
        made = np.concatenate(parts).swapaxes(0, 1)
        frames = made * ops.convert_to_numpy(self.deviation) + ops.convert_to_numpy(self.mean)
        return frames, RolloutState(x, hidden, steering, random.bit_generator.state)

    def get_config(self):
        names = (
            "hierarchy across feet gaits styles fps centimetres latent_dim units hidden feature_noise position_noise "
            "sliding_noise seed"
        )
        return {
            **super().get_config(),
            **{name: getattr(self, name) for name in names.split()},
            "beta": float(ops.convert_to_numpy(self.beta.value)),
            "rollout_rate": float(ops.convert_to_numpy(self.rollout_rate.value)),
        }


class RolloutSchedule(keras.callbacks.Callback):
    """Raise a MotionVAE's `rollout_rate`: 0 at first, then in equal steps to 1, then 1.

    Args:
        first: epochs at 0.
        rise: epochs of the rise.

    Source: Ling et al. 2020, section 4.2 (supervised, scheduled, autoregressive).
    """

    def __init__(self, first, rise):
        super().__init__()
        self.first, self.rise = first, rise

    def on_epoch_begin(self, epoch, logs=None):
        self.model.rollout_rate.assign(min(1.0, max(0.0, (epoch - self.first + 1) / max(1, self.rise))))


class MotionWindows(Batches):
    """Batches for a `MotionVAE`: windows of motions, cut anew in every epoch, with labels left out at random.

    An epoch shows as many frames as there are. All is decided by the seed and the epoch alone.

    Args:
        sequences: list of (time, features), not normalised.
        controls: list of (time, controls), of which the way ahead is never left out.
        kinds: sizes of the groups of labels, such as (gaits, styles); each is left out as a whole.
        time: frames of a window.
        batch_size: windows in a batch.
        unlabelled: share of the windows from which a kind of label is left out.
        seed: decides everything.

    Raises:
        ValueError: when motions are shorter than a window, or do not fill a batch.
    """

    def __init__(self, sequences, controls, *, kinds=(), time=32, batch_size=32, unlabelled=0.2, seed=0):
        lengths = [len(sequence) for sequence in sequences]
        if lengths != [len(told) for told in controls]:
            raise ValueError("every motion needs the controls of each of its frames")
        long_enough = [number for number, length in enumerate(lengths) if length >= time]
        if time < 2 or not long_enough:
            raise ValueError(
                f"a window has {time} frames (at least 2) and the longest motion {max(lengths, default=0)}: "
                "bring longer motions or shorten the window"
            )
        self.sequences = [np.asarray(sequences[number], "float32") for number in long_enough]
        self.told = [np.asarray(controls[number], "float32") for number in long_enough]
        self.kinds, self.time, self.unlabelled = tuple(kinds), time, unlabelled
        starts = [len(sequence) - time + 1 for sequence in self.sequences]
        # any frame may begin a window: where each of these beginnings lies
        self.places = np.array([(n, start) for n, count in enumerate(starts) for start in range(count)])
        windows = max(batch_size, sum(map(len, self.sequences)) // time)
        super().__init__(np.arange(windows), batch_size=batch_size, seed=seed, drop_remainder=True)

    def __getitem__(self, index):
        (numbers,) = super().__getitem__(index)
        random = np.random.default_rng([self.seed, self.epoch + 1, index])
        chosen = self.places[random.integers(len(self.places), size=len(numbers))]
        frames, told = (
            np.stack([array[n][start : start + self.time] for n, start in chosen])
            for array in (self.sequences, self.told)
        )
        first = PATH
        for size in self.kinds:
            kept = random.random((len(told), 1, 1)) >= self.unlabelled
            told[..., first : first + size] *= kept
            first += size
        return ({"frames": frames, "controls": told},)
