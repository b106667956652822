"""In-betweening: fill a gap between keyframes by an LSTM over what is missing from eased interpolation.

A window of motion is past frames, a gap and target frames. Poses are written as one vector a frame: the root's
position, then every joint's local rotation in 6D.
"""

import keras
import numpy as np
from keras import ops

from animkit import losses
from animkit.motion.features import facing, forward_kinematics, rotation_from_6d
from animkit.motion.interpolation import in_gap, interpolate_eased, share_of_gap
from animkit.motion.kinematics import about, rotate
from animkit.training import KeepsSeeds, batch_mean, compiled, replica_noise

PAST = 10  # frames before the gap, as in the benchmark


@keras.saving.register_keras_serializable(package="animkit")
class InBetweener(KeepsSeeds, keras.Model):
    """Fill gaps: a two-way LSTM reads interpolated poses and the time to arrival, and adds what interpolation lacks.

    The residual is relative to `interpolate_eased`, and zero at every known frame, so keyframes are met exactly; beside
    them, where interpolation hardly errs, it is small. A window's latent z tells apart the ways to fill its gap; z = 0,
    which half of the training examples use, is their middle. A small adversarial term keeps motion from going soft.

    Fit it on `GapBatches`. Lengths are in units of the skeleton, and divided by `size` inside.

    Args:
        names: (joints,) of the joints.
        parents: (joints,) -1 for the root.
        offsets: (joints, 3).
        size: a length of the skeleton, such as its leg's.
        spread: (joints, 3) standard deviations of joints' positions in windows, by which errors of position are
            divided, as L2P does; one number counts every direction alike.
        across: (3,) see `animkit.motion.features.facing`.
        units: of the LSTM, each way.
        latent_dim: of z; 0 for one way only.
        beta: weight of the latent's KL.
        adversarial: weight of the adversarial term; 0 trains without a critic.
        seen: what was in the clips it was trained on, name -> [least, most]; kept with the weights.

    Source: Harvey et al. 2020 (time to arrival, adversarial term); Oreshkin et al. 2022 (residual to interpolation).
    """

    def __init__(
        self,
        names,
        parents,
        offsets,
        *,
        size,
        across,
        spread=1.0,
        units=256,
        latent_dim=8,
        beta=1e-3,
        adversarial=0.0,
        seen=None,
        **model_options,
    ):
        # poses stay float32 whatever the policy: a coarse key is missed
        super().__init__(autocast=False, **model_options)
        self.names, self.parents = tuple(names), tuple(int(parent) for parent in parents)
        self.offsets = tuple(tuple(map(float, offset)) for offset in offsets)
        self.size, self.across = float(size), tuple(map(float, across))
        self.spread = np.asarray(spread, float).tolist()
        self.units, self.latent_dim = units, latent_dim
        self.beta, self.adversarial = beta, adversarial
        self.seen = {name: [float(end) for end in ends] for name, ends in (seen or {}).items()}
        joints = len(self.parents)
        dim = 3 + 6 * joints
        self._bones = np.array(self.offsets, "float32") / self.size
        self.read = keras.layers.Dense(units, activation="silu")
        self.recurrent = keras.layers.Bidirectional(keras.layers.LSTM(units, return_sequences=True))
        self.mix = keras.layers.Dense(units, activation="silu")
        # from zero: the untrained model is interpolation
        self.write = keras.layers.Dense(dim, kernel_initializer="zeros", dtype="float32")
        self.read.build((None, None, 2 * dim + 3 * joints + 6 + latent_dim))
        self.recurrent.build((None, None, units))
        self.mix.build((None, None, 2 * units))
        self.write.build((None, None, units))
        if latent_dim:
            self.recognise = keras.layers.LSTM(units // 2)
            self.posterior = keras.layers.Dense(2 * latent_dim, dtype="float32")
            self.recognise.build((None, None, dim))
            self.posterior.build((None, units // 2))
        if adversarial:
            self.critic = keras.Sequential(
                [
                    keras.layers.Conv1D(units, 5, activation="silu"),
                    keras.layers.Conv1D(units, 5, strides=2, activation="silu"),
                    keras.layers.Conv1D(1, 1, dtype="float32"),
                ]
            )
            self.critic.build((None, None, 6 * joints))
        self.noise = keras.random.SeedGenerator(0)
        names = ["rotations", "positions", "speeds", *(["kl"] if latent_dim else [])]
        names += ["critic", "deceived"] if adversarial else []
        self.trackers = {name: keras.metrics.Mean(name=name) for name in names}
        self.built = True
        self._fill = compiled(self, lambda x, z: self._turned(self.fill(x, z)))

    def fill(self, x, z):
        """Fill windows: x as `GapBatches` gives it, z (batch, latent_dim); poses (batch, time, 3 + 6 joints)."""
        pose = ops.concatenate([x["pose"][..., :3] / self.size, x["pose"][..., 3:]], axis=-1)
        placed, _ = self._placed(pose)
        placed = placed - pose[..., None, :3]
        step = ops.concatenate([ops.zeros_like(pose[:, :1]), pose[:, 1:] - pose[:, :-1]], axis=1)
        around = ops.broadcast_to(z[:, None], (*ops.shape(pose)[:2], self.latent_dim))
        flat = ops.reshape(placed, (*ops.shape(pose)[:2], 3 * len(self.parents)))
        h = self.read(ops.concatenate([pose, 10.0 * step, flat, x["clock"], around], axis=-1))
        h = self.recurrent(h)
        # as interpolation's error does, it grows with the square of the time from the nearest key
        away = ops.square((1 - x["clock"][..., 4:5]) * (1 - x["clock"][..., 5:6]))
        residual = self.write(self.mix(h)) * x["clock"][..., :1] * away
        pose = pose + residual
        return ops.concatenate([pose[..., :3] * self.size, pose[..., 3:]], axis=-1)

    def _turned(self, pose):
        """Poses as they are, and their local rotations (batch, time, joints, 3, 3)."""
        six = ops.reshape(pose[..., 3:], (*ops.shape(pose)[:2], len(self.parents), 6))
        return pose, rotation_from_6d(six)

    def call(self, x, training=None):
        return self.fill(x, ops.zeros((ops.shape(x["pose"])[0], self.latent_dim)))

    def _placed(self, pose):
        """Positions (batch, time, joints, 3) and global rotations of poses, in units of `size`."""
        return forward_kinematics(self._turned(pose)[1], pose[..., :3], parents=self.parents, offsets=self._bones)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        count = ops.shape(y)[0]
        kl = 0.0
        if self.latent_dim:
            short = ops.concatenate([y[..., :3] / self.size, y[..., 3:]], axis=-1)
            mean, log_variance = ops.split(self.posterior(self.recognise(short)), 2, axis=-1)
            draws = replica_noise(keras.random.normal, ops.shape(mean), self.noise)
            told = ops.cast(ops.arange(count) % 2, "float32")[:, None]
            z = told * (mean + ops.exp(0.5 * log_variance) * draws)
            kl = ops.mean(told[:, 0] * ops.sum(losses.gaussian_kl(mean, log_variance), axis=-1))
            self.trackers["kl"].update_state(2.0 * kl)
            y_pred = self.fill(x, z)
        scale = np.array([1 / self.size] * 3 + [1.0] * (y.shape[-1] - 3), "float32")
        true, turned = self._placed(y * scale)
        found, found_turned = self._placed(y_pred * scale)
        straight, straight_turned = self._placed(x["pose"] * scale)
        gap = x["clock"][..., 0]
        spread = np.asarray(self.spread, "float32")

        def step(positions):
            # the step out of the gap is none of these, the step into it is
            return ops.concatenate([ops.zeros_like(positions[:, :1]), positions[:, 1:] - positions[:, :-1]], axis=1)

        parts = {
            "rotations": losses.relative_distance(turned, found_turned, straight_turned, gap),
            "positions": losses.relative_distance(true / spread, found / spread, straight / spread, gap),
            "speeds": losses.relative_distance(step(true), step(found), step(straight), gap),
        }
        for name, part in parts.items():
            self.trackers[name].update_state(part)
        total = losses.in_betweening(**parts, kl=kl, beta=self.beta)
        if self.adversarial:
            total = total + self._adversarial(true, found, training)
        return batch_mean(total)

    def _adversarial(self, true, found, training):
        """Critic's and generator's least squares on steps and shapes of joints; each player feels its own term only."""

        def seen(positions):
            shape = positions - positions[:, :, :1]
            step = 10.0 * (positions[:, 1:] - positions[:, :-1])
            both = ops.concatenate([shape[:, 1:], step], axis=-1)
            return ops.reshape(both, (*ops.shape(both)[:2], -1))

        fake = seen(found)
        critic = ops.mean(
            losses.least_squares_discriminator(self.critic(seen(true)), self.critic(ops.stop_gradient(fake)))
        )
        frozen = [ops.stop_gradient(ops.convert_to_tensor(weight)) for weight in self.critic.trainable_variables]
        judged, _ = self.critic.stateless_call(frozen, [], fake)
        deceived = ops.mean(losses.least_squares_generator(None, judged))
        self.trackers["critic"].update_state(critic)
        self.trackers["deceived"].update_state(deceived)
        return critic + self.adversarial * deceived

    def between(self, rotations, root, start, stop, *, z=None):
        """Fill windows of rotations and positions.

        Args:
            rotations: (windows, time, joints, 3, 3) local; what is in the gap is not read.
            root: (windows, time, 3).
            start: (windows,) first frame of the gap; at least 1, better 10.
            stop: (windows,) first frame after the gap.
            z: (windows, latent_dim) which way to fill it; None for the middle of all ways.

        Returns:
            rotations and root; known frames are the given ones.

        Raises:
            ValueError: when a gap has no frame before or after it, or shapes do not fit.
        """
        start, stop = np.asarray(start), np.asarray(stop)
        if rotations.shape[2:] != (len(self.parents), 3, 3):
            raise ValueError(f"the model's skeleton has {len(self.parents)} joints; got rotations {rotations.shape}")
        if (start < 1).any() or (stop >= rotations.shape[1]).any() or (start > stop).any():
            raise ValueError("a gap needs at least one known frame before it and one after it")
        z = np.zeros((len(root), self.latent_dim), "float32") if z is None else np.asarray(z, "float32")
        straight, line = interpolate_eased(rotations, root, start, stop)
        heading, ground = _reference(straight, line, start, self.across)
        x = gap_inputs(*_moved(straight, line, -heading, ground, before=True), start, stop)
        pose, turned = (ops.convert_to_numpy(part) for part in self._fill(x, z))
        turned, placed = _moved(turned, pose[..., :3].astype("float64"), heading, ground, before=False)
        gap = in_gap(rotations.shape[1], start, stop)
        return (
            np.where(gap[..., None, None, None], turned, rotations).astype(rotations.dtype),
            np.where(gap[..., None], placed, root).astype(root.dtype),
        )

    def get_config(self):
        return {
            **super().get_config(),
            "names": self.names,
            "parents": self.parents,
            "offsets": self.offsets,
            "size": self.size,
            "across": self.across,
            "spread": self.spread,
            "units": self.units,
            "latent_dim": self.latent_dim,
            "beta": self.beta,
            "adversarial": self.adversarial,
            "seen": {name: list(ends) for name, ends in self.seen.items()},
        }


def gap_inputs(rotations, root, start, stop):
    """What the network reads: interpolated poses, and a clock of the gap.

    Args:
        rotations, root, start, stop: as `animkit.motion.interpolation.interpolate_eased` gives and takes them.

    Returns:
        dict: `pose` (windows, time, 3 + 6 joints) float32; `clock` (windows, time, 6): whether the frame is in the gap,
        the share of the way, seconds since the last key and to the next at 30 frames a second, and their nearness.
    """
    time = rotations.shape[1]
    frames = np.arange(time)
    gap = in_gap(time, start, stop)
    since, until = frames - np.asarray(start)[:, None] + 1, np.asarray(stop)[:, None] - frames
    clock = [
        gap,
        share_of_gap(time, start, stop),
        since.clip(0) / 30,
        until.clip(0) / 30,
        1 / (1 + since.clip(0)),
        1 / (1 + until.clip(0)),
    ]
    return {"pose": pose_vectors(rotations, root), "clock": np.stack(clock, axis=-1).astype("float32")}


def pose_vectors(rotations, root):
    """Poses as vectors (..., 3 + 6 joints) float32: the root's position, then local rotations in 6D."""
    six = np.concatenate([rotations[..., :, 0], rotations[..., :, 1]], axis=-1)
    return np.concatenate([root, six.reshape(*six.shape[:-2], -1)], axis=-1).astype("float32")


def _reference(rotations, root, start, across):
    """Heading and ground position of the last frame before each gap, which the network takes as straight ahead."""
    each = np.arange(len(root))
    seen = rotations[each, np.asarray(start) - 1, 0].astype("float32")
    heading = ops.convert_to_numpy(facing(ops.convert_to_tensor(seen), across))
    return heading, root[each, np.asarray(start) - 1] * np.array([1.0, 0.0, 1.0])


def _moved(rotations, root, angle, ground, *, before):
    """Turn windows about y by angles; move them by -ground before that, or by ground after it."""
    turn = about("y", angle)[:, None]
    turned = np.concatenate([(turn @ rotations[:, :, 0])[:, :, None], rotations[:, :, 1:]], axis=2)
    root = root - ground[:, None] if before else root
    root = rotate(turn, root)
    return turned, root if before else root + ground[:, None]


class GapBatches(keras.utils.PyDataset):
    """Windows cut anew in every epoch from clips of one skeleton: random places and gaps, from a seed.

    Args:
        clips: list of (rotations (time, joints, 3, 3), root (time, 3)).
        across: (3,) see `animkit.motion.features.facing`.
        gaps: frames of a gap; a batch has one of them, and no frame more than it needs.
        after: known frames after the gap; a batch has one of these numbers.
        batch_size: windows.
        steps: batches in an epoch.
        seed: of everything random.

    Raises:
        ValueError: when no clip is as long as the longest window.
    """

    def __init__(
        self, clips, *, across, gaps=(5, 8, 12, 15, 20, 25, 30, 37, 45), after=(1,), batch_size=32, steps=100, seed=0
    ):
        super().__init__()
        self.across, self.gaps, self.after = across, gaps, after
        self.batch_size, self.steps, self.seed = batch_size, steps, seed
        longest = PAST + max(gaps) + max(after)
        # a clip that is too short for the longest gap serves the shorter ones
        self.clips = [(np.asarray(r, "float64"), np.asarray(p, "float64")) for r, p in clips]
        if not any(len(root) >= longest for _, root in self.clips):
            raise ValueError(
                f"no clip has {longest} frames ({PAST} before a gap of {max(gaps)}, {max(after)} after it): "
                "bring longer clips, or ask for shorter gaps"
            )
        self.epoch = -1

    def __len__(self):
        return self.steps

    def __getitem__(self, index):
        random = np.random.default_rng([self.seed, max(self.epoch, 0), index])
        # in turn: Keras on TensorFlow looks at the first two batches to see which sizes vary
        gap = self.gaps[index % len(self.gaps)]
        after = self.after[index // len(self.gaps) % len(self.after)]
        length = PAST + gap + after
        room = np.array([max(0, len(root) - length + 1) for _, root in self.clips])
        clips = random.choice(len(room), size=self.batch_size, p=room / room.sum())
        first = random.integers(room[clips])
        cut = [
            tuple(part[at : at + length] for part in self.clips[clip]) for clip, at in zip(clips, first, strict=True)
        ]
        rotations, root = (np.stack(part) for part in zip(*cut, strict=True))
        start = np.full(self.batch_size, PAST)
        straight, line = interpolate_eased(rotations, root, start, start + gap)
        heading, ground = _reference(rotations, root, start, self.across)
        x = gap_inputs(*_moved(straight, line, -heading, ground, before=True), start, start + gap)
        return x, pose_vectors(*_moved(rotations, root, -heading, ground, before=True))

    def on_epoch_begin(self):
        self.epoch += 1
