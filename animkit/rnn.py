"""Recurrent networks: the article's cell, sequence regressor, character language model, and their rollouts.

x is an input sequence, y the real target, y_hat the prediction, h_t the hidden state. Sequences are
(batch, time, features), characters (batch, time) indices.
"""

import keras
import numpy as np
from keras import ops

from animkit import losses
from animkit.training import KeepsSeeds, batch_mean, compiled, replica_noise

CELLS = ("lstm", "gru", "vanilla")


@keras.saving.register_keras_serializable(package="animkit")
class VanillaCell(keras.layers.Layer):
    """One step of the article's network: h_t = tanh(W_hh h_{t-1} + W_xh x_t + b_h), y_t = W_hy h_t + b_y.

    Use it inside `keras.layers.RNN`. With `output_dim=None` it gives h_t itself and equals Keras' SimpleRNNCell.

    Args:
        units: size of h_t.
        output_dim: size of y_t; None for a cell whose output is h_t (one layer of a stack).

    Raises:
        ValueError: when a size is below one.

    Source: the article, 3.3; Elman 1990.
    """

    def __init__(self, units, output_dim=None, **kwargs):
        super().__init__(**kwargs)
        if units < 1 or (output_dim is not None and output_dim < 1):
            raise ValueError(f"units and output_dim must be at least 1; got {units} and {output_dim}")
        self.units, self.output_dim = units, output_dim
        self.state_size = units
        self.output_size = output_dim or units

    def build(self, input_shape):
        def weight(name, shape, initializer):
            return self.add_weight(name=name, shape=shape, initializer=initializer)

        self.W_xh = weight("W_xh", (input_shape[-1], self.units), "glorot_uniform")
        # orthogonal: repeated products neither grow nor shrink at the start
        self.W_hh = weight("W_hh", (self.units, self.units), "orthogonal")
        self.b_h = weight("b_h", (self.units,), "zeros")
        if self.output_dim:
            self.W_hy = weight("W_hy", (self.units, self.output_dim), "glorot_uniform")
            self.b_y = weight("b_y", (self.output_dim,), "zeros")

    def call(self, x, states):
        (h,) = states
        h = ops.tanh(ops.matmul(h, self.W_hh) + ops.matmul(x, self.W_xh) + self.b_h)
        y = ops.matmul(h, self.W_hy) + self.b_y if self.output_dim else h
        return y, [h]

    def get_initial_state(self, batch_size=None):
        return [ops.zeros((batch_size, self.units), dtype=self.compute_dtype)]

    def get_config(self):
        return {**super().get_config(), "units": self.units, "output_dim": self.output_dim}


def _recurrent_layer(cell, units):
    if cell == "lstm":
        return keras.layers.LSTM(units, return_sequences=True)
    if cell == "gru":
        return keras.layers.GRU(units, return_sequences=True)
    if cell == "vanilla":
        return keras.layers.RNN(VanillaCell(units), return_sequences=True)
    raise ValueError(f"unknown cell {cell!r}: use one of {', '.join(CELLS)}")


@keras.saving.register_keras_serializable(package="animkit")
class RecurrentStack(keras.layers.Layer):
    """Recurrent layers on top of each other, to be run over a sequence at once or one step at a time.

    Args:
        units: sizes of the hidden states, from the bottom up.
        cell: "lstm", "gru" or "vanilla".
        dropout: share of each layer's output dropped while training; the state that is carried on stays whole.

    Raises:
        ValueError: when the cell is unknown, or there are no layers.

    Source: the article, 3.3 and 4.3; Hochreiter and Schmidhuber 1997; Cho et al. 2014; Zaremba et al. 2014 for dropout.
    """

    def __init__(self, units, *, cell="lstm", dropout=0.0, **kwargs):
        super().__init__(**kwargs)
        if not units:
            raise ValueError("units is empty: name the size of at least one layer, as in (256,)")
        self.units, self.cell, self.dropout = tuple(units), cell, dropout
        self.recurrent = [_recurrent_layer(cell, size) for size in self.units]
        self.drops = [keras.layers.Dropout(dropout) for _ in self.units]

    def build(self, input_shape):
        for layer, drop, size in zip(self.recurrent, self.drops, self.units, strict=True):
            layer.build(tuple(input_shape))
            input_shape = (*input_shape[:-1], size)
            drop.build(input_shape)

    def call(self, x, training=None):
        for layer, drop in zip(self.recurrent, self.drops, strict=True):
            x = drop(layer(x, training=training), training=training)
        return x

    def step(self, x, states):
        """Run one step: (batch, features) and the states before it -> (batch, units[-1]) and the states after it."""
        after = []
        for layer, state in zip(self.recurrent, states, strict=True):
            x, state = layer.cell(x, list(state), training=False)
            after.append(tuple(state))
        return x, tuple(after)

    def initial_states(self, batch_size):
        """The states before the first step: zeros, one tuple per layer."""
        return tuple(tuple(layer.cell.get_initial_state(batch_size=batch_size)) for layer in self.recurrent)

    def get_config(self):
        return {**super().get_config(), "units": self.units, "cell": self.cell, "dropout": self.dropout}


def closed_loop(advance, draw, truth, forced, extra, noise, outputs, states):
    """Run a model in which every step's input is the truth, where `forced`, or the model's own last prediction.

    Teacher forcing is `forced` everywhere, a rollout is `forced` on the prefix, scheduled sampling lies between.

    Args:
        advance: (x_t, extra_t, states) -> (outputs_t, states).
        draw: (outputs_t, noise_t) -> the next input.
        truth: (batch, time, ...) inputs; what they hold where not forced has no effect.
        forced: (batch, time, ...) booleans that broadcast to `truth`.
        extra: tuple of (batch, time, ...), further inputs of each step.
        noise: tuple of (batch, time, ...).
        outputs: zeros shaped like outputs_t.
        states: before the first step.

    Returns:
        outputs and drawn values, each (batch, time, ...).
    """
    inputs = (truth, forced, extra, noise)

    def step(carry, t):
        drawn, states, _ = carry
        truth_t, forced_t, extra_t, noise_t = keras.tree.map_structure(lambda array: ops.take(array, t, axis=1), inputs)
        # an error is not sent back through a choice that was made: the prediction is input, as the truth is
        x_t = ops.where(forced_t, truth_t, ops.stop_gradient(drawn))
        outputs, states = advance(x_t, extra_t, states)
        carry = (draw(outputs, noise_t), states, outputs)
        return carry, carry  # TensorFlow's scan wants both alike

    # over steps, not over the arrays: TensorFlow's scan takes just one of these when its length is not known beforehand
    steps = ops.arange(ops.shape(truth)[1])
    _, (drawn, _, outputs) = ops.scan(step, (ops.zeros_like(truth[:, 0]), states, outputs), steps)
    return ops.swapaxes(outputs, 0, 1), ops.swapaxes(drawn, 0, 1)


def read_then_go_on(read, go_on, start, seen, future):
    """Run a model that reads all frames that were seen, and is then its own world.

    Args:
        read: (carry, frame) -> carry, after which the carry's first two parts forecast the next frame: (batch, ...).
        go_on: carry -> carry, one frame on.
        start: the carry before the first frame.
        seen: (batch, time, ...).
        future: (batch, frames, ...), of which the number of frames counts.

    Returns:
        Forecasts of the seen frames but the first, (batch, time - 1, ...), and of the future, (batch, frames, ...).
    """

    def twice(carry):
        return carry, carry  # TensorFlow's scan wants both alike

    carry, told = ops.scan(lambda carry, frame: twice(read(carry, frame)), start, ops.swapaxes(seen, 0, 1))
    # the last of those is the first frame of the future
    _, made = ops.scan(lambda carry, _: twice(go_on(carry)), carry, ops.arange(ops.shape(future)[1] - 1))
    told, made = (ops.swapaxes(ops.concatenate(out[:2], axis=-1), 0, 1) for out in (told, made))
    return told[:, :-1], ops.concatenate([told[:, -1:], made], axis=1)


def check_paths(paths, frames, bodies=None):
    """Check the places and velocities that several bodies were seen in, and how many frames come next.

    Args:
        paths: (batch, seen, bodies, 4).
        frames: a whole number, at least 1.
        bodies: how many there must be; None for two or more.

    Returns:
        paths as float32.

    Raises:
        ValueError: for another shape, NaN or infinity, or less than one frame.
    """
    paths = np.asarray(paths, "float32")
    fits = paths.ndim == 4 and paths.shape[3] == 4 and min(paths.shape[:2]) > 0
    if not fits or (paths.shape[2] < 2 if bodies is None else paths.shape[2] != bodies):
        raise ValueError(f"paths must be (batch, seen, {bodies or 'at least 2'} bodies, 4); got shape {paths.shape}")
    if not np.isfinite(paths).all():
        raise ValueError("paths must be finite; some are NaN or infinite")
    if int(frames) != frames or frames < 1:
        raise ValueError(f"frames is {frames}: a whole number, at least 1")
    return paths


def _track_per_step(tracker, per_example, targets, mask):
    """Let the metric be a mean over steps, however they fall into batches."""
    shape = ops.shape(targets)
    steps = shape[0] * shape[1] if mask is None else ops.sum(ops.cast(ops.cast(mask, "bool"), "float32"))
    steps = ops.cast(steps, "float32")
    tracker.update_state(ops.sum(per_example) / ops.maximum(steps, 1.0), sample_weight=steps)


def check_rollout(steps, temperature):
    """Raise a ValueError unless there is a step at least, and a temperature that is not negative."""
    if int(steps) != steps or steps < 1:
        raise ValueError(f"steps is {steps}: a rollout has a whole number of steps, at least 1")
    if not (np.isfinite(temperature) and temperature >= 0):
        raise ValueError(f"temperature is {temperature}: use 0 (the likeliest) or a positive number")


def _rollout_noise(noise, before):
    """Noise for the steps of a rollout, after `before` steps in which nothing is drawn: (batch, time, ...)."""
    return np.concatenate([np.zeros((len(noise), before, *noise.shape[2:])), noise], axis=1).astype("float32")


@keras.saving.register_keras_serializable(package="animkit")
class SequenceRegressor(KeepsSeeds, keras.Model):
    """Predict a vector per step from all inputs so far, by squared error or by a mixture of Gaussians.

    Fit it on x = sequence (batch, time, features), or x = (sequence, condition) where the condition is
    (batch, time, c) or, the same for all steps, (batch, c); y is (batch, time, output_dim). With y the sequence one
    step later this is teacher forcing. `sample_weight` (batch, time) of zeros and ones is the mask of sequences that
    end earlier; fill what lies beyond the end with zeros. The loss is a sum over steps, the metric a mean over them.

    Args:
        output_dim: size of y_t.
        units: sizes of the hidden layers.
        cell: "lstm", "gru" or "vanilla" (the article's network, when `units` has one entry).
        scheduled_sampling: None, or the share in [0, 1] of the training inputs after the first that are the model's own
            predictions. It becomes the variable `sampling_rate`, which the callback `ScheduledSampling` raises.
        mixture: number of Gaussians per step; 0 for squared error.

    Raises:
        ValueError: for an unknown cell, a size below one, or a rate outside [0, 1].

    Source: the article, 3.3; Bengio et al. 2015 (scheduled sampling); Graves 2013 (mixture).
    """

    def __init__(self, output_dim, *, units=(256,), cell="lstm", scheduled_sampling=None, mixture=0, **kwargs):
        super().__init__(**kwargs)
        if output_dim < 1 or mixture < 0:
            raise ValueError(f"output_dim must be at least 1 and mixture at least 0; got {output_dim} and {mixture}")
        self.output_dim, self.mixture, self.scheduled_sampling = output_dim, mixture, scheduled_sampling
        self.stack = RecurrentStack(units, cell=cell)
        # float32 whatever the policy: a coarse output is a coarse loss
        self.head = keras.layers.Dense(mixture * (1 + 2 * output_dim) if mixture else output_dim, dtype="float32")
        self.sampling_rate = None
        if scheduled_sampling is not None:
            if not 0 <= scheduled_sampling <= 1:
                raise ValueError(f"scheduled_sampling is {scheduled_sampling}: a share lies in [0, 1]")
            self.sampling_rate = self.add_weight(
                name="sampling_rate",
                shape=(),
                initializer=keras.initializers.Constant(scheduled_sampling),
                trainable=False,
                autocast=False,  # compared with a draw, which is float32
            )
            self.seeds = keras.random.SeedGenerator(0)
        self.per_step = keras.metrics.Mean(name="nats_per_step" if mixture else "squared_error_per_step")
        self._compiled_rollout = None

    def build(self, input_shape):
        conditioned = isinstance(input_shape[0], (list, tuple))
        sequence, condition = input_shape if conditioned else (input_shape, None)
        if len(sequence) != 3:
            raise ValueError(f"sequences are (batch, time, features); got shape {tuple(sequence)}")
        self.features, self.condition_dim = sequence[-1], condition[-1] if condition else 0
        if self.sampling_rate is not None and self.features != self.output_dim:
            raise ValueError(
                f"scheduled sampling feeds predictions back: {self.features} input features must equal "
                f"output_dim {self.output_dim}"
            )
        self.stack.build((*sequence[:2], self.features + self.condition_dim))
        self.head.build((*sequence[:2], self.stack.units[-1]))

    def call(self, x, training=None):
        sequence, condition = x if isinstance(x, (list, tuple)) else (x, None)
        condition = () if condition is None else (_over_time(condition, sequence),)
        if training and self.sampling_rate is not None:
            return self._scheduled(sequence, condition)
        return self.head(self.stack(ops.concatenate([sequence, *condition], axis=-1), training=training))

    def _scheduled(self, sequence, condition):
        batch, time, _ = ops.shape(sequence)

        def drawn(draw, size, **options):
            return replica_noise(draw, (batch, time, size), self.seeds, **options)

        forced = drawn(keras.random.uniform, 1) >= self.sampling_rate
        forced = ops.logical_or(forced, ops.arange(time)[None, :, None] == 0)
        sequence = ops.cast(sequence, "float32")  # as the predictions are, whatever the policy
        noise = ()
        if self.mixture:
            uniform = drawn(keras.random.uniform, self.mixture, minval=1e-7)
            noise = (-ops.log(-ops.log(uniform)), drawn(keras.random.normal, self.output_dim))
        return self._run(sequence, forced, condition, noise)[0]

    def _run(self, sequence, forced, condition, noise):
        batch = ops.shape(sequence)[0]
        outputs = ops.zeros((batch, self.head.units))
        states = self.stack.initial_states(batch)
        return closed_loop(self._advance, self._draw, sequence, forced, condition, noise, outputs, states)

    def _advance(self, x, condition, states):
        hidden, states = self.stack.step(ops.concatenate([x, *condition], axis=-1), states)
        return self.head(hidden), states

    def _draw(self, outputs, noise):
        """One prediction from the head's outputs (batch, n) and, for a mixture, noise already scaled by temperature."""
        if not self.mixture:
            return outputs
        gumbel, normal = noise
        weight_logits, mean, log_scale = self.mixture_parameters(outputs)
        chosen = ops.one_hot(ops.argmax(weight_logits + gumbel, axis=-1), self.mixture)[..., None]
        return ops.sum(chosen * (mean + ops.exp(log_scale) * normal[..., None, :]), axis=-2)

    def mixture_parameters(self, outputs):
        """Take the outputs of a mixture apart.

        Args:
            outputs: (..., mixture * (1 + 2 * output_dim)) what the model returns.

        Returns:
            weight logits (..., mixture), means and log standard deviations (..., mixture, output_dim).
        """
        weight_logits, mean, log_scale = ops.split(
            outputs, [self.mixture, self.mixture * (1 + self.output_dim)], axis=-1
        )
        shape = (*ops.shape(outputs)[:-1], self.mixture, self.output_dim)
        # a component that shrinks onto one value would send the density, and the gradient, to infinity
        return weight_logits, ops.reshape(mean, shape), ops.maximum(ops.reshape(log_scale, shape), -7.0)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        if len(y.shape) != 3 or y.shape[-1] != self.output_dim:
            raise ValueError(f"targets must be (batch, time, {self.output_dim}); got shape {tuple(y.shape)}")
        y = ops.cast(y, "float32")
        if self.mixture:
            per_example = losses.mixture_density(y, *self.mixture_parameters(y_pred), mask=sample_weight)
        else:
            per_example = losses.squared_error(y, y_pred, sample_weight)
        _track_per_step(self.per_step, per_example, y, sample_weight)
        return batch_mean(per_example)

    def rollout(self, prefix, steps, *, condition=None, temperature=1.0, seed=0):
        """Continue sequences: every prediction is the next step's input. One compiled function, no loop in Python.

        Args:
            prefix: (batch, n, output_dim) the first inputs, n at least 1.
            steps: how many predictions.
            condition: (batch, c) for all steps, or (batch, n + steps - 1, c), one for each input.
            temperature: of a mixture; 0 follows the likeliest component's mean. Squared error draws nothing.
            seed: decides the draws of a mixture, the same on every backend.

        Returns:
            (batch, steps, output_dim) float32 array.

        Raises:
            ValueError: for wrong shapes, an empty prefix, NaN or infinity, steps < 1, a negative temperature.

        Source: the article, 3.3; Graves 2013 for sampling.
        """
        check_rollout(steps, temperature)
        prefix = np.asarray(prefix, dtype="float32")
        if not self.built:
            raise ValueError("the model is not built: fit it, or call it on one sequence, before a rollout")
        if self.features != self.output_dim:
            raise ValueError(f"a model of {self.features} inputs and {self.output_dim} outputs can't feed itself")
        if prefix.ndim != 3 or prefix.shape[1] < 1 or prefix.shape[2] != self.output_dim:
            raise ValueError(
                f"prefix must be (batch, at least 1 step, {self.output_dim}) with the model's features last; "
                f"got shape {prefix.shape}"
            )
        batch, before = prefix.shape[0], prefix.shape[1] - 1
        time = before + int(steps)
        extra = self._rollout_condition(condition, batch, time)
        if not all(np.isfinite(array).all() for array in (prefix, *extra)):
            raise ValueError("prefix or condition has NaN or infinite values")
        noise = ()
        if self.mixture:
            rng = np.random.default_rng(seed)
            gumbel = temperature * rng.gumbel(size=(batch, steps, self.mixture))
            normal = np.sqrt(temperature) * rng.standard_normal((batch, steps, self.output_dim))
            noise = tuple(_rollout_noise(drawn, before) for drawn in (gumbel, normal))
        forced = np.broadcast_to((np.arange(time) <= before)[None, :, None], (batch, time, 1))
        sequence = np.concatenate([prefix, np.zeros((batch, time - prefix.shape[1], self.output_dim), "float32")], 1)
        if self._compiled_rollout is None:
            self._compiled_rollout = compiled(self, lambda *arrays: self._run(*arrays)[1])
        return ops.convert_to_numpy(self._compiled_rollout(sequence, forced, extra, noise))[:, before:]

    def _rollout_condition(self, condition, batch, time):
        if condition is None:
            if self.condition_dim:
                raise ValueError(f"this model was trained with a condition of size {self.condition_dim}: give one")
            return ()
        condition = np.asarray(condition, dtype="float32")
        shapes = ((batch, self.condition_dim), (batch, time, self.condition_dim))
        if condition.shape not in shapes or not self.condition_dim:
            raise ValueError(f"condition must have the shape {shapes[0]} or {shapes[1]}; got {condition.shape}")
        if condition.ndim == 2:
            condition = np.repeat(condition[:, None], time, axis=1)
        return (condition,)

    def get_config(self):
        return {
            **super().get_config(),
            "output_dim": self.output_dim,
            "units": self.stack.units,
            "cell": self.stack.cell,
            "scheduled_sampling": self.scheduled_sampling,
            "mixture": self.mixture,
        }


def _over_time(condition, sequence):
    """(batch, c) -> (batch, time, c); a condition that has time already stays."""
    if len(condition.shape) == 3:
        return condition
    return ops.repeat(condition[:, None], ops.shape(sequence)[1], axis=1)


class ScheduledSampling(keras.callbacks.Callback):
    """Raise a SequenceRegressor's `sampling_rate` in equal steps, from 0 in the first epoch to `final`.

    Args:
        epochs: how many epochs the rise takes.
        final: the rate from then on.

    Source: Bengio et al. 2015, section 2.4 (linear decay).
    """

    def __init__(self, epochs, final=1.0):
        super().__init__()
        self.epochs, self.final = epochs, final

    def on_epoch_begin(self, epoch, logs=None):
        self.model.sampling_rate.assign(self.final * min(1.0, epoch / self.epochs))


@keras.saving.register_keras_serializable(package="animkit")
class LanguageModel(KeepsSeeds, keras.Model):
    """Predict the next character from all characters so far.

    Fit it on x (batch, time) indices and y, the same one step later; `sample_weight` (batch, time) is the mask. The
    loss is nats summed over a window, the metric `nats_per_character` a mean over characters.

    Args:
        vocabulary_size: number of different characters.
        units: sizes of the hidden layers.
        cell: "lstm", "gru" or "vanilla".
        dropout: share of each layer's output dropped while training.
        embedding_dim: size of a character's learned vector; None for one-hot vectors.

    Raises:
        ValueError: for an unknown cell or a vocabulary of less than one character.

    Source: the article, 3.3 and 4.3; Graves 2013.
    """

    def __init__(self, vocabulary_size, *, units=(256,), cell="lstm", dropout=0.0, embedding_dim=None, **kwargs):
        super().__init__(**kwargs)
        if vocabulary_size < 1:
            raise ValueError(f"vocabulary_size is {vocabulary_size}: there is nothing to predict")
        self.vocabulary_size, self.embedding_dim = vocabulary_size, embedding_dim
        self.embedding = keras.layers.Embedding(vocabulary_size, embedding_dim) if embedding_dim else None
        self.stack = RecurrentStack(units, cell=cell, dropout=dropout)
        self.head = keras.layers.Dense(vocabulary_size, dtype="float32")
        self.per_character = keras.metrics.Mean(name="nats_per_character")
        self._compiled_rollout = self._compiled_logits = None

    def build(self, input_shape):
        if len(input_shape) != 2:
            raise ValueError(f"character indices are (batch, time); got shape {tuple(input_shape)}")
        if self.embedding is not None:
            self.embedding.build(input_shape)
        self.stack.build((*input_shape, self.embedding_dim or self.vocabulary_size))
        self.head.build((*input_shape, self.stack.units[-1]))

    def call(self, x, training=None):
        return self.head(self.stack(self._vectors(x), training=training))

    def _vectors(self, indices):
        if self.embedding is not None:
            return self.embedding(indices)
        return ops.one_hot(ops.cast(indices, "int32"), self.vocabulary_size, dtype=self.compute_dtype)

    def _advance(self, indices, _, states):
        hidden, states = self.stack.step(self._vectors(indices), states)
        return self.head(hidden), states

    def _run(self, indices, forced, gumbel):
        batch = ops.shape(indices)[0]
        return closed_loop(
            self._advance,
            # the largest logit plus Gumbel noise is a draw from the softmax; noise times temperature is logits over it
            lambda logits, gumbel_t: ops.cast(ops.argmax(logits + gumbel_t, axis=-1), "int32"),
            indices,
            forced,
            (),
            gumbel,
            ops.zeros((batch, self.vocabulary_size)),
            self.stack.initial_states(batch),
        )[1]

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        if len(y.shape) != 2:
            raise ValueError(f"targets must be (batch, time) indices; got shape {tuple(y.shape)}")
        per_example = losses.character_cross_entropy(y, y_pred, sample_weight)
        _track_per_step(self.per_character, per_example, y, sample_weight)
        return batch_mean(per_example)

    def _check_indices(self, indices, least):
        indices = np.asarray(indices)
        if not np.issubdtype(indices.dtype, np.integer):
            raise ValueError(f"character indices are whole numbers; got {indices.dtype} (see data.text.to_indices)")
        if indices.ndim not in (1, 2) or indices.shape[-1] < least:
            raise ValueError(
                f"indices must be (time,) or (batch, time) with at least {least} characters; got shape {indices.shape}"
            )
        if indices.min() < 0 or indices.max() >= self.vocabulary_size:
            raise ValueError(
                f"index {indices.min() if indices.min() < 0 else indices.max()} is outside the vocabulary: "
                f"the model knows 0 to {self.vocabulary_size - 1}"
            )
        return np.atleast_2d(indices).astype("int32")

    def rollout(self, prefix, steps, *, temperature=1.0, seed=0):
        """Continue texts, one drawn character at a time. One compiled function, no loop in Python.

        Args:
            prefix: (time,) or (batch, time) indices, at least one character.
            steps: how many characters to write.
            temperature: 0 takes the likeliest, 1 draws as the model believes, more is wilder.
            seed: decides the draws, the same on every backend.

        Returns:
            (steps,) or (batch, steps) int32 indices.

        Raises:
            ValueError: for wrong shapes, an empty prefix, an unknown character, steps < 1, a negative temperature.

        Source: Graves 2013, section 3; Gumbel 1954 for the draw.
        """
        check_rollout(steps, temperature)
        rows = self._check_indices(prefix, least=1)
        before = rows.shape[1] - 1
        gumbel = np.random.default_rng(seed).gumbel(size=(len(rows), steps, self.vocabulary_size))
        forced = np.broadcast_to(np.arange(before + steps) <= before, (len(rows), before + steps))
        indices = np.concatenate([rows, np.zeros((len(rows), steps - 1), "int32")], axis=1)
        if self._compiled_rollout is None:
            self._compiled_rollout = compiled(self, self._run)
        drawn = self._compiled_rollout(indices, forced, _rollout_noise(temperature * gumbel, before))
        drawn = ops.convert_to_numpy(drawn)[:, before:]
        return drawn if np.ndim(prefix) == 2 else drawn[0]

    def nats_per_character(self, indices):
        """Score a text as a whole: the state is carried from its first character to its last.

        Args:
            indices: (time,) or (batch, time), at least two characters.

        Returns:
            float: mean of -log p(character | all before it), over all but each row's first.

        Raises:
            ValueError: for wrong shapes or an unknown character.
        """
        rows = self._check_indices(indices, least=2)
        if self._compiled_logits is None:
            self._compiled_logits = compiled(
                self,
                lambda rows: losses.character_cross_entropy(rows[:, 1:], self(rows[:, :-1], training=False)),
            )
        return float(np.mean(ops.convert_to_numpy(self._compiled_logits(rows)))) / (rows.shape[1] - 1)

    def get_config(self):
        return {
            **super().get_config(),
            "vocabulary_size": self.vocabulary_size,
            "units": self.stack.units,
            "cell": self.stack.cell,
            "dropout": self.stack.dropout,
            "embedding_dim": self.embedding_dim,
        }
