"""Training that can be watched, interrupted and resumed: batches, progress, checkpoints, device report."""

import contextlib
import json
import os
import platform
import time
from pathlib import Path

import keras
import numpy as np
from keras import ops

from animkit.parameters import PROFILES, read_value
from animkit.writing import replacing


def by_profile(profile, *, ci, demo, full):
    """Pick the value that belongs to a notebook's profile.

    Args:
        profile: "ci" (a minute on two cores), "demo" (five minutes on a laptop) or "full" (a GPU).
        ci: value for "ci".
        demo: value for "demo".
        full: value for "full".

    Returns:
        One of the three values.

    Raises:
        ValueError: when the profile is none of the three.
    """
    return dict(zip(PROFILES, (ci, demo, full), strict=True))[read_value("PROFILE", profile, PROFILES)]


def _map(function, data):
    """Apply to an array, or to each array of a tuple or dict."""
    if isinstance(data, dict):
        return {name: function(value) for name, value in data.items()}
    if isinstance(data, tuple):
        return tuple(function(value) for value in data)
    return function(data)


class Batches(keras.utils.PyDataset):
    """Shuffled batches whose order depends on the seed and the epoch alone, so that a resumed run sees the same ones.

    Args:
        x: array, or tuple or dict of arrays, (examples, ...).
        y: targets of the same kind, or None.
        batch_size: examples in a batch.
        seed: decides every order.
        drop_remainder: leave out the last, smaller batch (packing and compiled steps want equal ones).

    Raises:
        ValueError: when the arrays differ in length, there are none, or not one batch can be filled.
    """

    def __init__(self, x, y=None, *, batch_size=64, seed=0, drop_remainder=False):
        super().__init__()
        lengths = []
        for part in (x, y):
            if part is not None:
                _map(lambda array: lengths.append(len(array)), part)
        if len(set(lengths)) != 1:
            raise ValueError(f"all arrays need the same number of examples; got {lengths}")
        self.examples = lengths[0]
        if self.examples < (batch_size if drop_remainder else 1):
            raise ValueError(
                f"{self.examples} examples do not fill one batch of {batch_size}: add data or lower batch_size"
            )
        self.x, self.y = x, y
        self.batch_size, self.seed, self.drop_remainder = batch_size, seed, drop_remainder
        self.epoch, self._ordered = -1, None

    def __len__(self):
        full, rest = divmod(self.examples, self.batch_size)
        return full if self.drop_remainder or not rest else full + 1

    def __getitem__(self, index):
        # Keras looks at one batch before the first epoch begins, hence + 1
        if self._ordered != self.epoch:
            self._ordered = self.epoch
            self._order = np.random.default_rng([self.seed, self.epoch + 1]).permutation(self.examples)
        chosen = self._order[index * self.batch_size : (index + 1) * self.batch_size]
        x = _map(lambda array: array[chosen], self.x)
        return (x,) if self.y is None else (x, _map(lambda array: array[chosen], self.y))

    def on_epoch_begin(self):
        self.epoch += 1


class StopOnNonFinite(keras.callbacks.Callback):
    """Stop with an error that names the loss as soon as one turns NaN or infinite."""

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        broken = {name: float(value) for name, value in (logs or {}).items() if not np.isfinite(float(value))}
        if broken:
            what = ", ".join(f"{name} is {value}" for name, value in broken.items())
            raise FloatingPointError(
                f"{what} in epoch {self.epoch + 1}, step {batch + 1}: lower the learning rate, clip gradients, "
                "or look for NaN in the data; the last checkpoint is untouched"
            )


PAUSE = 3.0  # seconds between two lines that tell of a training, at least


class Progress(keras.callbacks.Callback):
    """Show training as a bar in a notebook, or as lines where nobody watches: one an epoch, fewer if epochs are short.

    The bar needs a Jupyter kernel; set ANIMKIT_PROGRESS=log to have lines there too (the headless runner does).
    """

    def on_train_begin(self, logs=None):
        self.lines, self.started, self.bar, self.told = [], time.perf_counter(), None, -PAUSE
        if _in_notebook():
            import ipywidgets
            from IPython.display import display

            self.bar = ipywidgets.IntProgress(min=0, max=1, layout=ipywidgets.Layout(width="60%"))
            self.label = ipywidgets.Label()
            self.log = ipywidgets.HTML()
            display(ipywidgets.VBox([ipywidgets.HBox([self.bar, self.label]), self.log]))

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch, self.epoch_started, self.shown = epoch, time.perf_counter(), 0.0

    def on_train_batch_end(self, batch, logs=None):
        now = time.perf_counter()
        if self.bar is None or now - self.shown < 0.2:
            return
        self.shown = now
        steps = self.params["steps"] or 1
        self.bar.max, self.bar.value = steps, batch + 1
        left = (now - self.epoch_started) / (batch + 1) * (steps - batch - 1)
        self.label.value = (
            f"epoch {self.epoch + 1}/{self.params['epochs']} · {left:.0f} s left in it · {_numbers(logs)}"
        )

    def on_epoch_end(self, epoch, logs=None):
        seconds = time.perf_counter() - self.epoch_started
        line = f"epoch {epoch + 1}/{self.params['epochs']} · {seconds:.1f} s · {_numbers(logs)}"
        if self.bar is None:
            now = time.perf_counter()
            if now - self.told >= PAUSE or epoch + 1 == self.params["epochs"]:
                self.told = now
                print(line, flush=True)
            return
        self.lines = [*self.lines, line][-8:]
        self.bar.value = self.bar.max
        self.log.value = "<br>".join(self.lines)

    def on_train_end(self, logs=None):
        if self.bar is not None:
            self.bar.bar_style = "success"
            self.label.value = f"done in {time.perf_counter() - self.started:.0f} s"


def _numbers(logs):
    return ", ".join(f"{name} {float(value):.4g}" for name, value in (logs or {}).items())


def _in_notebook():
    """True in a Jupyter kernel whose output somebody watches."""
    if os.environ.get("ANIMKIT_PROGRESS") == "log":
        return False
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    return hasattr(get_ipython(), "kernel")


def _state(model):
    """Everything a step changes: weights, seed generators, optimizer; once each, in a fixed order."""
    unique = {id(variable): variable for variable in [*model.variables, *model.optimizer.variables]}
    return list(unique.values())


def _restore(model, saved, path):
    """Put a saved state into a built model."""
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
    variables = _state(model)
    shapes = [tuple(value.shape) for value in saved["values"]]
    if shapes != [tuple(variable.shape) for variable in variables]:
        raise ValueError(f"{path} was written by another model: delete it or train with the same arguments")
    for variable, value in zip(variables, saved["values"], strict=True):
        variable.assign(value)


class _Checkpoint(keras.callbacks.Callback):
    """Write the whole state after every epoch; put it back when training begins."""

    def __init__(self, path, saved):
        super().__init__()
        self.path, self.saved = path, saved

    def on_train_begin(self, logs=None):
        self.epochs = self.saved["epochs"] if self.saved else []
        if self.saved:
            _restore(self.model, self.saved, self.path)

    def on_epoch_end(self, epoch, logs=None):
        self.epochs = [*self.epochs, {name: float(value) for name, value in (logs or {}).items()}]
        # bfloat16 has no NumPy file format; float32 holds each of its values exactly
        values = [_portable(ops.convert_to_numpy(variable.value)) for variable in _state(self.model)]
        with replacing(self.path) as temporary, open(temporary, "wb") as file:
            np.savez(file, epochs=np.array(json.dumps(self.epochs)), **{f"v{i:05d}": v for i, v in enumerate(values)})


def _portable(array):
    return array.astype("float32") if array.dtype.name == "bfloat16" else array


def _read_checkpoint(path):
    if not path.exists():
        return None
    try:
        with np.load(path, allow_pickle=False) as file:
            names = sorted(name for name in file.files if name.startswith("v"))
            return {"epochs": json.loads(str(file["epochs"])), "values": [file[name] for name in names]}
    except Exception as error:
        raise ValueError(f"{path} is damaged ({error}): delete it to start again") from error


# Tracing a step costs what four to twenty of them cost as they come: 2.9 to 10 s beside 0.15 to 0.5 s a step, for our
# models on a CPU
FEW_STEPS = 8


def train(model, data, *, epochs, validation_data=None, checkpoint=None, callbacks=(), progress=True):
    """Fit a compiled model: progress, a stop on NaN, and checkpoints from which an interrupted run goes on exactly.

    On TensorFlow a run of at most `FEW_STEPS` steps takes them eagerly: a trial begins at once. Models compiled with
    `steps_per_execution` or XLA, or under a strategy, train as they were told.

    Args:
        model: compiled Keras model.
        data: `Batches`.
        epochs: in all, counting those a checkpoint already holds.
        validation_data: `Batches` or arrays, or None.
        checkpoint: folder for the state after each epoch; None keeps none. A run killed in mid-epoch starts that epoch
            again with the same batches and noise, and ends with the weights of an uninterrupted run.
        callbacks: further Keras callbacks; what they keep must follow from the epoch's number.
        progress: show a bar or log lines.

    Returns:
        dict: metric name -> list with one value per epoch, those before the interruption included.

    Raises:
        FloatingPointError: when a loss turns NaN or infinite; it names the loss, epoch and step.
        ValueError: when the checkpoint is damaged or another model's.
    """
    path = saved = None
    # Keras begins an epoch of the data more often than it trains one (it builds the model from a batch): set the count
    follow = keras.callbacks.LambdaCallback(on_epoch_begin=lambda epoch, logs: setattr(data, "epoch", epoch - 1))
    added = [follow, StopOnNonFinite(), *callbacks]
    if progress:
        added.append(Progress())
    if checkpoint is not None:
        path = Path(checkpoint) / "state.npz"
        path.parent.mkdir(parents=True, exist_ok=True)
        saved = _read_checkpoint(path)
        added.append(_Checkpoint(path, saved))
    if keras.backend.backend() == "tensorflow" and model.built and not model.optimizer.built:
        # a step is traced twice where the first trace creates variables: as long as many a small training
        with model.distribute_strategy.scope():
            model.optimizer.build(model.trainable_variables)
    start = len(saved["epochs"]) if saved else 0
    if saved and start >= epochs:
        model.test_on_batch(*data[0])  # builds the model; what that changes is put back with the rest
        _restore(model, saved, path)
        # averages of weights, where the optimizer keeps them, are put in place as `fit` does at its end
        model.optimizer.finalize_variable_values(model.trainable_variables)
    before = saved["epochs"][:epochs] if saved else []
    history = {name: [epoch[name] for epoch in before] for name in (before[0] if before else ())}
    if start < epochs:
        # by all steps, not by those left: a resumed run rounds as the uninterrupted one does
        with _quick_start(model, epochs * len(data)):
            fitted = model.fit(
                data,
                validation_data=validation_data,
                epochs=epochs,
                initial_epoch=start,
                verbose=0,
                shuffle=False,  # Batches does it, from its seed; Keras would shuffle the batches once more, from none
                callbacks=added,
            )
        for name, values in fitted.history.items():
            history[name] = [*history.get(name, []), *map(float, values)]
    return history


@contextlib.contextmanager
def _quick_start(model, steps):
    """Take few steps without tracing one first, where TensorFlow would and nothing else was asked for."""
    few = steps <= FEW_STEPS and keras.backend.backend() == "tensorflow" and model.train_function is None
    alone = few and model.distribute_strategy.num_replicas_in_sync == 1
    if not alone or model.jit_compile or model.steps_per_execution > 1:
        yield
        return
    told, model.run_eagerly = model.run_eagerly, True
    model.make_train_function()
    model.run_eagerly = told  # validation may take many steps
    try:
        yield
    finally:
        model.train_function = None


def compiled(model, function, *, jit_compile=False):
    """Compile a function that reads a model's weights into one graph, on either backend.

    Args:
        model: built Keras model or layer; its current weights are read at every call, and never written.
        function: takes and returns (nested) tensors only; it may call the model.
        jit_compile: let TensorFlow compile by XLA, as JAX always does: a small loop takes a third of the time, and its
            first call with arrays of other shapes seconds.

    Returns:
        The compiled function.
    """
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        # no autograph: JAX would not take control flow on tensors either, and it rereads sources that may have changed
        # XLA compiles for each shape anyway
        return tf.function(function, autograph=False, reduce_retracing=not jit_compile, jit_compile=jit_compile or None)
    import jax

    @jax.jit
    def pure(values, *args):
        # as arguments: weights captured by the closure would be frozen into the program
        with keras.StatelessScope(state_mapping=list(zip(model.variables, values, strict=True))):
            return function(*args)

    return lambda *args: pure([variable.value for variable in model.variables], *args)


def in_parts(function, *arrays, at_once):
    """Run a function over many examples without holding all that it needs on the way.

    Args:
        function: takes (examples, ...) arrays, returns (nested) tensors (examples, ...).
        arrays: (examples, ...), or None, which is passed on as it is.
        at_once: examples in a part.

    Returns:
        What function gives, as NumPy arrays of all examples.
    """
    parts = [
        keras.tree.map_structure(
            ops.convert_to_numpy,
            function(*(None if array is None else array[start : start + at_once] for array in arrays)),
        )
        for start in range(0, len(arrays[0]), at_once)
    ]
    return keras.tree.map_structure(lambda *pieces: np.concatenate(pieces), *parts)


def replica():
    """Tell which of several devices this is.

    Returns:
        (number of replicas, number of this one) inside a TensorFlow strategy, else (1, 0).
    """
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        context = tf.distribute.get_replica_context()
        if context is not None and context.num_replicas_in_sync > 1:
            return context.num_replicas_in_sync, context.replica_id_in_sync_group
    return 1, 0


def replica_noise(draw, shape, seed, **options):
    """Draw random numbers that differ on every replica.

    Args:
        draw: a function of `keras.random`, such as `keras.random.normal`.
        shape: of this replica's numbers.
        seed: the model's `keras.random.SeedGenerator`.
        **options: of draw.

    Returns:
        What draw gives, of that shape.
    """
    replicas, this = replica()
    # one draw for all replicas, of which each takes its part: their seed generators are equal
    return draw((replicas, *shape), seed=seed, **options)[this]


def batch_mean(per_example):
    """Mean over the batch: what `compute_loss` returns.

    Args:
        per_example: (batch,), or a scalar that is a mean already.

    Returns:
        Scalar; a replica's share of it inside a TensorFlow strategy, which sums the gradients of its replicas.
    """
    return ops.mean(per_example) / replica()[0]


class KeepsSeeds:
    """Let a model's `.keras` file say which noise comes next, so that a resumed run is the run it would have been.

    Keras leaves the states of seed generators out of its files. Name this before `keras.Model` among the bases.
    """

    def _seed_states(self):
        """One variable per seed generator, the model's own first, then those of its layers."""
        weights = {id(variable) for variable in self.weights}
        return [variable for variable in self.variables if id(variable) not in weights]

    def save_own_variables(self, store):
        super().save_own_variables(store)
        states = [ops.convert_to_numpy(variable.value) for variable in self._seed_states()]
        if states:
            store["seed_state"] = np.concatenate(states)

    def load_own_variables(self, store):
        values = {name: store[name] for name in list(store.keys())}  # noqa: SIM118  (an HDF5 store has no iterator)
        # older files, some of which ship, hold no state, or the model's own alone
        states = np.reshape(values.pop("seed_state", ()), (-1, 2))
        for variable, state in zip(self._seed_states(), states, strict=False):
            variable.assign(state)
        if "beta" in values:  # so did the VAEs' older files call their one variable
            values["0"] = values.pop("beta")
        super().load_own_variables(values)


@keras.saving.register_keras_serializable(package="animkit")
class TwoTimescaleAdam(keras.optimizers.Adam):
    """Adam with a rate for each player, and turns in which D learns alone.

    `learning_rate` is D's; G's follows it in fixed proportion, so a schedule or callback moves both.

    Args:
        discriminator_rate: D's learning rate.
        generator_rate: G's learning rate.
        n_critic: G moves in every n_critic-th step only. Between its turns its rate is zero, while its moments go on.
        beta_1: decay of the first moment; high values make two players swing.
        beta_2: decay of the second moment.
        ema_momentum: keep a moving average of all weights, which `fit` puts in place at its end; None keeps none.

    Raises:
        ValueError: when a rate is not above zero, n_critic is below 1, or the model is not a `GAN`.

    Source: Heusel et al. 2017 (two time scales); the article's loop and Arjovsky et al. 2017 (n_critic).
    """

    def __init__(
        self,
        discriminator_rate=2e-4,
        generator_rate=2e-4,
        *,
        n_critic=1,
        beta_1=0.5,
        beta_2=0.999,
        ema_momentum=None,
        name="two_timescale_adam",
    ):
        if discriminator_rate <= 0 or generator_rate <= 0:
            raise ValueError(f"rates must be above zero; got D {discriminator_rate}, G {generator_rate}")
        if n_critic < 1:
            raise ValueError(f"n_critic must be at least 1; got {n_critic}")
        super().__init__(
            learning_rate=discriminator_rate,
            beta_1=beta_1,
            beta_2=beta_2,
            use_ema=ema_momentum is not None,
            ema_momentum=0.99 if ema_momentum is None else ema_momentum,
            name=name,
        )
        self.ratio, self.n_critic = generator_rate / discriminator_rate, n_critic
        self.generator_variables = None  # a function that `GAN.compile` gives

    def build(self, variables):
        if self.generator_variables is None:
            raise ValueError("TwoTimescaleAdam knows two players: compile an animkit GAN with it")
        if self.built:
            return
        super().build(variables)
        # the way to know a variable again that Keras' own pages on optimizers show: strategies hand over copies
        self._of_generator = frozenset(map(self._get_variable_index, self.generator_variables()))

    def update_step(self, gradient, variable, learning_rate):
        if self._get_variable_index(variable) in self._of_generator:
            turn = ops.equal((self.iterations + 1) % self.n_critic, 0)
            learning_rate = learning_rate * self.ratio * ops.cast(turn, learning_rate.dtype)
        super().update_step(gradient, variable, learning_rate)

    def get_config(self):
        config = super().get_config()
        return {
            "discriminator_rate": config["learning_rate"],
            "generator_rate": config["learning_rate"] * self.ratio,
            "n_critic": self.n_critic,
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "ema_momentum": self.ema_momentum if self.use_ema else None,
            "name": self.name,
        }


def device_report():
    """Say what training will run on: backend, devices, memory, precision.

    Returns:
        A few lines of text.
    """
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        version = tf.__version__
        gpus = [
            tf.config.experimental.get_device_details(gpu).get("device_name", "GPU")
            for gpu in tf.config.list_physical_devices("GPU")
        ]
    else:
        import jax

        version = jax.__version__
        gpus = [
            f"{device.device_kind}, {(device.memory_stats() or {}).get('bytes_limit', 0) / 2**30:.0f} GiB"
            for device in jax.devices()
            if device.platform == "gpu"
        ]
    return "\n".join(
        [
            f"Keras {keras.__version__} on {backend} {version}",
            f"GPU: {'; '.join(gpus)}" if gpus else "GPU: none, training on the CPU",
            f"CPU: {_processor()}, {os.cpu_count()} cores, {_memory()}",
            f"precision: {keras.config.dtype_policy().name}",
        ]
    )


def _processor():
    """The processor's name, as the system tells it."""
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:  # not Linux
        told = ""
    named = [line.split(":", 1)[1].strip() for line in told.splitlines() if line.startswith("model name")]
    return named[0] if named and named[0] else platform.processor() or platform.machine()


def _memory():
    """How much memory the machine has, or that the system does not tell: Windows has no sysconf."""
    try:
        return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB of memory"
    except (AttributeError, OSError, ValueError):
        return "memory unknown"
