"""Motion prediction: an LSTM reads the last frames of a skeleton's joint positions and says where they go next."""

import keras
import numpy as np
from keras import ops

from animkit import losses
from animkit.training import KeepsSeeds, batch_mean


@keras.saving.register_keras_serializable(package="animkit")
class MotionForecaster(KeepsSeeds, keras.Model):
    """Predict joint positions: an LSTM's and a linear map's correction to motion that slows down by itself.

    All future frames come out at once, so no error is fed back. What the motion would do by its own velocity, which
    fades, is the first guess; a linear map of past velocities is what ridge regression would use; the LSTM adds to it.

    Fit it on positions (batch, past, joints, 3) and (batch, future, joints, 3), say from `ForecastBatches`.

    Args:
        mean: (joints, 3) mean pose.
        spread: standard deviation of positions, in the unit of the positions.
        speed: standard deviation of a step from frame to frame.
        past: frames read.
        future: frames predicted.
        units: of the LSTM.
        pose_dropout: share of the last pose's coordinates hidden in training: what a pose is says less about unseen
            people than how it moves.
        soonness: the loss weighs future frame t by t ** -soonness.

    Source: the article, 3.3 and 4.3; residual velocities as in Martinez et al. 2017.
    """

    def __init__(
        self, mean, *, spread, speed, past=10, future=25, units=256, pose_dropout=0.2, soonness=0.7, **model_options
    ):
        # positions stay float32 whatever the policy: bfloat16 tells 150 cm from 151
        super().__init__(autocast=False, **model_options)
        self.mean = tuple(tuple(map(float, place)) for place in np.asarray(mean))
        self.spread, self.speed = float(spread), float(speed)
        self.past, self.future, self.units = past, future, units
        self.pose_dropout, self.soonness = pose_dropout, soonness
        dim = 3 * len(self.mean)
        self._flat_mean = np.array(self.mean, "float32").reshape(-1)
        self.recurrent = keras.layers.LSTM(units)
        self.hide = keras.layers.Dropout(pose_dropout)
        self.hidden = keras.layers.Dense(2 * units, activation="silu")
        # from zero: the untrained model lets motion run out
        self.write = keras.layers.Dense(future * dim, kernel_initializer="zeros", dtype="float32")
        self.linear = keras.layers.Dense(future * dim, kernel_initializer="zeros", use_bias=False, dtype="float32")
        self.recurrent.build((None, past, 2 * dim))
        self.hidden.build((None, units + dim))
        self.write.build((None, 2 * units))
        self.linear.build((None, (past - 1) * dim))
        steps = np.arange(1, future + 1, dtype="float32")
        self._fading = np.cumsum(0.9**steps)[:, None]
        # errors grow about as the root of time
        self._growth = 2.0 * np.sqrt(steps)[:, None]
        self._weights = steps**-soonness / np.mean(steps**-soonness)
        self.built = True

    def call(self, x, training=None):
        flat = ops.reshape(ops.cast(x, "float32"), (-1, self.past, len(self._flat_mean)))
        last = flat[:, -1:]
        step = (flat[:, 1:] - flat[:, :-1]) / self.speed
        there = (flat - last) / (0.3 * self.spread)
        read = ops.concatenate([there, ops.concatenate([step[:, :1], step], axis=1)], axis=-1)
        pose = self.hide((last[:, 0] - self._flat_mean) / self.spread, training=training)
        h = self.hidden(ops.concatenate([self.recurrent(read, training=training), pose], axis=-1))
        added = self.write(h) + self.linear(ops.reshape(step, (-1, (self.past - 1) * len(self._flat_mean))))
        added = ops.reshape(added, (-1, self.future, len(self._flat_mean))) * self._growth
        y_hat = last + self.speed * (step[:, -1:] * self._fading + added)
        return ops.reshape(y_hat, (-1, self.future, len(self.mean), 3))

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return batch_mean(losses.weighted_distance(ops.cast(y, "float32"), y_pred, self._weights))

    def get_config(self):
        return {
            **super().get_config(),
            "mean": self.mean,
            "spread": self.spread,
            "speed": self.speed,
            "past": self.past,
            "future": self.future,
            "units": self.units,
            "pose_dropout": self.pose_dropout,
            "soonness": self.soonness,
        }


class ForecastBatches(keras.utils.PyDataset):
    """Windows cut anew in every epoch from recordings: random places and speeds, mirrored, backward, from a seed.

    Args:
        recordings: list of (frames, joints, 3) positions.
        stride: recorded frames from one frame of a window to the next.
        past: frames that are read.
        future: frames to be predicted.
        mirror: (joints,) index of each joint's partner on the other side; None shows nothing mirrored. Left is +x.
        tempo: spread of the logarithm of speed, uniform.
        backward: share of windows that run backward.
        noise: standard deviation of noise on what is read.
        batch_size: windows.
        steps: batches in an epoch.
        seed: of everything random.

    Raises:
        ValueError: when no recording is as long as a window.
    """

    def __init__(
        self,
        recordings,
        *,
        stride=2,
        past=10,
        future=25,
        mirror=None,
        tempo=0.15,
        backward=0.5,
        noise=0.5,
        batch_size=128,
        steps=100,
        seed=0,
    ):
        super().__init__()
        self.stride, self.past, self.future, self.mirror = stride, past, future, mirror
        self.tempo, self.backward, self.noise = tempo, backward, noise
        self.batch_size, self.steps, self.seed = batch_size, steps, seed
        self.span = stride * (past + future - 1) + 1
        self.recordings = [np.asarray(one, "float32") for one in recordings if len(one) >= self.span]
        if not self.recordings:
            raise ValueError(f"no recording has the {self.span} frames of a window")
        self.epoch = -1

    def __len__(self):
        return self.steps

    def __getitem__(self, index):
        random = np.random.default_rng([self.seed, max(self.epoch, 0), index])
        room = np.array([len(one) - self.span + 1 for one in self.recordings])
        chosen = random.choice(len(room), size=self.batch_size, p=room / room.sum())
        first = random.integers(room[chosen])
        pace = self.stride * np.exp(random.uniform(-self.tempo, self.tempo, size=self.batch_size))
        windows = np.stack([self._cut(*one) for one in zip(chosen, first, pace, strict=True)])
        if self.mirror is not None:
            turned = random.random(self.batch_size) < 0.5
            windows[turned] = windows[turned][:, :, self.mirror] * np.array([-1, 1, 1], "float32")
        turned = random.random(self.batch_size) < self.backward
        windows[turned] = windows[turned][:, ::-1]
        x = windows[:, : self.past]
        return x + random.normal(0, self.noise, x.shape).astype("float32"), windows[:, self.past :]

    def _cut(self, number, first, pace):
        recording = self.recordings[number]
        times = first + pace * np.arange(self.past + self.future)
        # a fast window near the end begins earlier; one too long for its recording runs at the recording's pace
        times -= max(0.0, times[-1] - len(recording) + 1)
        if times[0] < 0:
            times = first + self.stride * np.arange(self.past + self.future)
        low = times.astype(int)
        share = (times - low).astype("float32")[:, None, None]
        return recording[low] * (1 - share) + recording[np.minimum(low + 1, len(recording) - 1)] * share

    def on_epoch_begin(self):
        self.epoch += 1
