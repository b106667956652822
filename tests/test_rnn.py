import keras
import numpy as np
import pytest
from keras import ops

from animkit import losses
from animkit.rnn import LanguageModel, RecurrentStack, ScheduledSampling, SequenceRegressor, VanillaCell
from animkit.training import Batches, train

RNG = np.random.default_rng(0)
SEQUENCE = RNG.normal(size=(3, 6, 2)).astype("float32")
CONDITION = RNG.normal(size=(3, 4)).astype("float32")
CHARACTERS = RNG.integers(0, 5, size=(3, 7)).astype("int32")
# JAX compiles the same scan for each: one cell will do there
CELLS = [pytest.param("lstm", marks=pytest.mark.both_backends), "gru", "vanilla"]
EVERY_CELL = pytest.mark.parametrize("cell", CELLS)


def regressor(**options):
    """A small regressor of two features, built."""
    conditioned = options.pop("conditioned", False)
    keras.utils.set_random_seed(1)
    model = SequenceRegressor(2, **{"units": (5,), **options})
    model((SEQUENCE, CONDITION) if conditioned else SEQUENCE)
    return model


def language_model(**options):
    """A small model of five characters, built; its logits are large enough for greedy choices to vary."""
    keras.utils.set_random_seed(1)
    model = LanguageModel(5, **{"units": (6,), **options})
    model(CHARACTERS)
    model.head.kernel.assign(4.0 * model.head.kernel)
    return model


def article_network(units=4, outputs=2):
    layer = keras.layers.RNN(VanillaCell(units, outputs), return_sequences=True)
    layer(SEQUENCE)
    return layer


# --- the article's cell ----------------------------------------------------------------------------------------------


def test_vanilla_cell_is_the_article_step_by_step():
    layer = article_network()
    W_xh, W_hh, b_h, W_hy, b_y = (value + 0.1 for value in layer.get_weights())
    layer.set_weights([W_xh, W_hh, b_h, W_hy, b_y])
    h = np.zeros((3, 4))
    for t in range(6):
        h = np.tanh(h @ W_hh + SEQUENCE[:, t] @ W_xh + b_h)
        np.testing.assert_allclose(ops.convert_to_numpy(layer(SEQUENCE))[:, t], h @ W_hy + b_y, atol=1e-6)


@pytest.mark.both_backends
def test_vanilla_cell_equals_simple_rnn_and_dense():
    layer = article_network()
    layer.set_weights([value + 0.1 for value in layer.get_weights()])
    simple = keras.layers.SimpleRNN(4, return_sequences=True)
    dense = keras.layers.Dense(2)
    dense(simple(SEQUENCE))
    simple.set_weights(layer.get_weights()[:3])
    dense.set_weights(layer.get_weights()[3:])
    expected = ops.convert_to_numpy(dense(simple(SEQUENCE)))
    np.testing.assert_allclose(ops.convert_to_numpy(layer(SEQUENCE)), expected, atol=1e-6)


def backpropagation_through_time(x, y, W_xh, W_hh, b_h, W_hy, b_y):
    """Gradients of sum_t |y_t - y_hat_t|^2 for one sequence, written out by hand."""
    h = [np.zeros(len(b_h))]
    for x_t in x:
        h.append(np.tanh(h[-1] @ W_hh + x_t @ W_xh + b_h))
    gradients = [np.zeros_like(value) for value in (W_xh, W_hh, b_h, W_hy, b_y)]
    from_later = np.zeros(len(b_h))
    for t in reversed(range(len(x))):
        error = 2 * (h[t + 1] @ W_hy + b_y - y[t])
        before_tanh = (error @ W_hy.T + from_later) * (1 - h[t + 1] ** 2)
        parts = (
            np.outer(x[t], before_tanh),
            np.outer(h[t], before_tanh),
            before_tanh,
            np.outer(h[t + 1], error),
            error,
        )
        gradients = [total + part for total, part in zip(gradients, parts, strict=True)]
        from_later = before_tanh @ W_hh.T
    return gradients


@pytest.mark.both_backends
def test_gradient_is_backpropagation_through_time(few_steps):
    """A step of plain descent on the summed squared error moves every weight by the hand-written gradient."""
    keras.utils.set_random_seed(1)
    model = SequenceRegressor(2, units=(4,), cell="vanilla")
    model(SEQUENCE[:1])
    target = RNG.normal(size=(1, 6, 2)).astype("float32")
    before = [value.astype("float64") for value in model.get_weights()]
    model.compile(keras.optimizers.SGD(1e-3), **few_steps)
    model.fit(SEQUENCE[:1], target, epochs=1, verbose=0)
    expected = backpropagation_through_time(SEQUENCE[0], target[0], *before)
    for old, new, gradient in zip(before, model.get_weights(), expected, strict=True):
        np.testing.assert_allclose((old - new) / 1e-3, gradient, rtol=2e-3, atol=2e-3)


# --- training --------------------------------------------------------------------------------------------------------


def test_loss_is_a_sum_over_steps_and_the_metric_a_mean(few_steps):
    model = regressor()
    model.compile(keras.optimizers.SGD(0.0), **few_steps)
    y = RNG.normal(size=(3, 6, 2)).astype("float32")
    squares = np.square(y - ops.convert_to_numpy(model(SEQUENCE))).sum(axis=-1)
    logs = model.evaluate(SEQUENCE, y, verbose=0, return_dict=True)
    assert logs["loss"] == pytest.approx(squares.sum(axis=1).mean(), rel=1e-5)
    assert logs["squared_error_per_step"] == pytest.approx(squares.mean(), rel=1e-5)


def test_steps_beyond_the_end_of_a_sequence_do_not_count(few_steps):
    lengths = np.array([6, 2, 4])
    mask = np.arange(6) < lengths[:, None]
    y = RNG.normal(size=(3, 6, 2)).astype("float32")
    model = regressor()
    model.compile(keras.optimizers.SGD(0.0), **few_steps)
    squares = np.square(y - ops.convert_to_numpy(model(SEQUENCE))).sum(axis=-1)
    arguments = {"sample_weight": mask.astype("float32"), "verbose": 0, "return_dict": True, "batch_size": 2}
    logs = model.evaluate(SEQUENCE, y, **arguments)
    assert logs["squared_error_per_step"] == pytest.approx(squares[mask].mean(), rel=1e-5)
    y[~mask] = np.nan
    assert model.evaluate(SEQUENCE, y, **arguments)["loss"] == pytest.approx(logs["loss"])


def test_nats_per_character_is_log_of_the_vocabulary_for_a_model_that_knows_nothing(few_steps):
    model = language_model()
    model.head.kernel.assign(0.0 * model.head.kernel)
    model.compile(keras.optimizers.SGD(0.0), **few_steps)
    logs = model.evaluate(CHARACTERS[:, :-1], CHARACTERS[:, 1:], verbose=0, return_dict=True)
    assert logs["nats_per_character"] == pytest.approx(np.log(5), rel=1e-5)
    assert logs["loss"] == pytest.approx(6 * np.log(5), rel=1e-5)
    assert model.nats_per_character(CHARACTERS[0]) == pytest.approx(np.log(5), rel=1e-5)


def test_a_text_is_scored_with_its_state_carried_to_the_end():
    model = language_model(embedding_dim=3)
    text = RNG.integers(0, 5, size=40)
    log_p = keras.ops.log_softmax(model(text[None, :-1]), axis=-1)
    expected = -np.mean(np.take_along_axis(ops.convert_to_numpy(log_p)[0], text[1:, None], axis=-1))
    assert model.nats_per_character(text) == pytest.approx(expected, rel=1e-5)


@EVERY_CELL
def test_language_model_learns_a_cycle(cell):
    cycle = ((np.arange(12) + np.arange(5)[:, None]) % 5).astype("int32")
    keras.utils.set_random_seed(1)
    model = LanguageModel(5, units=(12,), cell=cell)
    model.compile(keras.optimizers.Adam(0.05))
    history = train(model, Batches(cycle[:, :-1], cycle[:, 1:], batch_size=5), epochs=35, progress=False)
    assert history["nats_per_character"][-1] < 0.1 < np.log(5)
    assert model.rollout(np.array([3]), 7, temperature=0).tolist() == [4, 0, 1, 2, 3, 4, 0]


def test_mixture_keeps_both_ways_where_squared_error_takes_the_middle():
    """A head that says "-1 or +1, one as likely as the other": draws are near either, never between."""
    model = SequenceRegressor(1, units=(4,), mixture=2)
    model(np.zeros((1, 1, 1)))
    model.head.set_weights([np.zeros((4, 6)), np.array([0.0, 0.0, -1.0, 1.0, -3.0, -3.0])])
    drawn = model.rollout(np.zeros((500, 1, 1)), 4)
    assert np.abs(np.abs(drawn) - 1).max() < 5 * np.exp(-3)
    assert 0.45 < np.mean(drawn > 0) < 0.55
    assert np.std(np.abs(drawn)) == pytest.approx(np.exp(-3), rel=0.1)
    assert np.std(np.abs(model.rollout(np.zeros((500, 1, 1)), 4, temperature=0.25))) == pytest.approx(
        0.5 * np.exp(-3), rel=0.1
    )


def test_mixture_loss_is_the_pure_function_of_the_heads_parts(few_steps):
    model = regressor(mixture=3)
    model.compile(keras.optimizers.SGD(0.0), **few_steps)
    outputs = model(SEQUENCE)
    weight_logits, mean, log_scale = model.mixture_parameters(outputs)
    assert tuple(mean.shape) == tuple(log_scale.shape) == (3, 6, 3, 2)
    expected = np.mean(ops.convert_to_numpy(losses.mixture_density(SEQUENCE, weight_logits, mean, log_scale)))
    logs = model.evaluate(SEQUENCE, SEQUENCE, verbose=0, return_dict=True)
    assert logs["loss"] == pytest.approx(expected, rel=1e-5)
    assert logs["nats_per_step"] == pytest.approx(expected / 6, rel=1e-5)


# --- scheduled sampling ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("cell", "mixture"), [("lstm", 2), ("gru", 0), ("vanilla", 0)])
def test_scheduled_sampling_at_rate_zero_trains_as_teacher_forcing_does(cell, mixture, few_steps):
    """Same outputs, and the same weights after a step, so the same gradients."""
    options = {"cell": cell, "units": (5, 4), "conditioned": True, "mixture": mixture}
    plain, scheduled = regressor(**options), regressor(**options, scheduled_sampling=0.0)
    x, y = (SEQUENCE[:, :-1], CONDITION), SEQUENCE[:, 1:]
    scheduled.stack.set_weights(plain.stack.get_weights())
    scheduled.head.set_weights(plain.head.get_weights())
    np.testing.assert_allclose(scheduled(x, training=True), plain(x, training=True), atol=1e-6)
    for model in (plain, scheduled):
        model.compile(keras.optimizers.SGD(0.01), **few_steps)
        model.fit(x, y, verbose=0)
    for trained, other in zip(scheduled.trainable_variables, plain.trainable_variables, strict=True):
        np.testing.assert_allclose(ops.convert_to_numpy(trained), ops.convert_to_numpy(other), atol=1e-6)


@pytest.mark.both_backends
def test_scheduled_sampling_at_rate_one_is_free_running_from_the_first_input():
    model = regressor(scheduled_sampling=1.0, conditioned=True)
    free = model.rollout(SEQUENCE[:, :1], 6, condition=CONDITION)
    np.testing.assert_allclose(ops.convert_to_numpy(model((SEQUENCE, CONDITION), training=True)), free, atol=1e-6)


def test_the_schedule_raises_the_rate_to_its_final_value(few_steps):
    model = regressor(scheduled_sampling=0.0)
    model.compile(keras.optimizers.SGD(0.0), **few_steps)
    seen = []
    look = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append(float(model.sampling_rate)))
    data = Batches(SEQUENCE[:, :-1], SEQUENCE[:, 1:], batch_size=3)
    train(model, data, epochs=4, callbacks=[ScheduledSampling(2, final=0.6), look], progress=False)
    assert seen == pytest.approx([0.0, 0.3, 0.6, 0.6])


# --- rollout ---------------------------------------------------------------------------------------------------------


@EVERY_CELL
def test_rollout_is_a_loop_of_direct_calls(cell):
    model = regressor(cell=cell, units=(5, 4), conditioned=True)
    condition = RNG.normal(size=(3, 6, 4)).astype("float32")
    sequence = SEQUENCE[:, :2]
    for _ in range(5):
        outputs = model((sequence, condition[:, : sequence.shape[1]]))
        sequence = np.concatenate([sequence, ops.convert_to_numpy(outputs)[:, -1:]], axis=1)
    free = model.rollout(SEQUENCE[:, :2], 5, condition=condition)
    np.testing.assert_allclose(free, sequence[:, 2:], atol=1e-5)
    assert free.dtype == np.float32


@pytest.mark.parametrize("cell", ["lstm", "gru", "vanilla"])
def test_greedy_text_is_a_loop_of_direct_calls(cell):
    model = language_model(cell=cell, units=(6, 5), embedding_dim=3 if cell == "gru" else None)
    text = CHARACTERS[:, :3]
    for _ in range(6):
        logits = ops.convert_to_numpy(model(text))[:, -1]
        text = np.concatenate([text, logits.argmax(axis=-1)[:, None]], axis=1)
    assert (model.rollout(CHARACTERS[:, :3], 6, temperature=0) == text[:, 3:]).all()
    assert (model.rollout(CHARACTERS[0, :3], 6, temperature=0) == text[0, 3:]).all()


def test_draws_follow_the_models_probabilities():
    model = language_model()
    prefix = np.tile(CHARACTERS[:1, :3], (4000, 1))
    for temperature in (0.5, 1.0):
        logits = ops.convert_to_numpy(model(CHARACTERS[:1, :3]))[0, -1] / temperature
        share = np.bincount(model.rollout(prefix, 1, temperature=temperature)[:, 0], minlength=5) / 4000
        np.testing.assert_allclose(share, np.exp(logits) / np.exp(logits).sum(), atol=0.03)


@pytest.mark.both_backends
def test_a_seed_decides_the_rollout_and_temperature_zero_needs_none():
    text, motion = language_model(), regressor(mixture=2)
    for model, prefix in ((text, CHARACTERS[:, :2]), (motion, SEQUENCE[:, :2])):
        once, again, other = (model.rollout(prefix, 20, seed=seed) for seed in (0, 0, 1))
        assert (once == again).all()
        assert (once != other).any()
        assert (
            model.rollout(prefix, 20, temperature=0, seed=0) == model.rollout(prefix, 20, temperature=0, seed=1)
        ).all()


def test_draws_after_a_longer_prefix_use_the_same_noise():
    """Nothing is drawn inside the prefix, so moving its end by one forced character changes nothing else."""
    model = language_model()
    whole = model.rollout(CHARACTERS[:1, :2], 1, seed=3)
    model.head.kernel.assign(0.0 * model.head.kernel)
    assert (model.rollout(CHARACTERS[:1, :2], 5, seed=3) == model.rollout(CHARACTERS[:1, :4], 5, seed=3)).all()
    assert whole.shape == (1, 1)


def test_rollouts_of_any_length_follow_one_another():
    """The compiled function meets new lengths, and gives the same steps whatever the total."""
    text, motion = language_model(), regressor(mixture=2, conditioned=True)
    for before, steps in ((1, 3), (2, 5), (4, 2), (3, 4)):
        written = text.rollout(CHARACTERS[:, :before], steps, temperature=0)
        assert (written == text.rollout(CHARACTERS[:, :before], 9, temperature=0)[:, :steps]).all()
        moved = [motion.rollout(SEQUENCE[:, :before], n, condition=CONDITION, temperature=0) for n in (steps, 9)]
        np.testing.assert_allclose(moved[0], moved[1][:, :steps], atol=1e-6)


def test_rollout_reads_the_current_weights():
    model = regressor()
    before = model.rollout(SEQUENCE[:, :1], 3)
    model.head.bias.assign(model.head.bias + 1.0)
    np.testing.assert_allclose(model.rollout(SEQUENCE[:, :1], 1), before[:, :1] + 1.0, atol=1e-6)


def test_mixed_precision_rolls_out():
    model = regressor(dtype="mixed_bfloat16", conditioned=True)
    assert np.isfinite(model.rollout(SEQUENCE[:, :2], 5, condition=CONDITION)).all()


# --- saving ----------------------------------------------------------------------------------------------------------


def test_a_saved_model_rolls_out_as_before(tmp_path):
    motion = regressor(units=(5, 4), cell="vanilla", scheduled_sampling=0.25, mixture=2, conditioned=True)
    text = language_model(units=(6, 4), cell="gru", dropout=0.1, embedding_dim=3)
    for model, prefix, options in ((motion, SEQUENCE[:, :2], {"condition": CONDITION}), (text, CHARACTERS, {})):
        model.save(tmp_path / "model.keras")
        loaded = keras.saving.load_model(tmp_path / "model.keras")
        assert (loaded.rollout(prefix, 9, seed=4, **options) == model.rollout(prefix, 9, seed=4, **options)).all()


def test_cell_survives_its_configuration():
    config = VanillaCell(3, 2).get_config()
    assert VanillaCell.from_config(config).get_config() == config


# --- bad input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: SequenceRegressor(2, cell="lsmt"), "unknown cell 'lsmt': use one of lstm, gru, vanilla"),
        (lambda: LanguageModel(5, cell="rnn"), "unknown cell 'rnn'"),
        (lambda: RecurrentStack(()), "units is empty"),
        (lambda: VanillaCell(0), "at least 1"),
        (lambda: SequenceRegressor(0), "output_dim must be at least 1"),
        (lambda: SequenceRegressor(2, scheduled_sampling=1.5), r"lies in \[0, 1\]"),
        (lambda: LanguageModel(0), "nothing to predict"),
        (lambda: SequenceRegressor(3, scheduled_sampling=0.0)(SEQUENCE), "2 input features must equal output_dim 3"),
        (lambda: SequenceRegressor(2)(SEQUENCE[0]), r"\(batch, time, features\)"),
        (lambda: LanguageModel(5)(CHARACTERS[0]), r"\(batch, time\)"),
    ],
)
def test_a_model_that_cannot_be_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("prefix", "steps", "options", "message"),
    [
        (SEQUENCE[0], 3, {}, "prefix must be"),
        (SEQUENCE[:, :0], 3, {}, "at least 1 step"),
        (SEQUENCE[..., :1], 3, {}, "features last"),
        (np.full((1, 2, 2), np.nan), 3, {}, "NaN"),
        (SEQUENCE, 0, {}, "at least 1"),
        (SEQUENCE, 2.5, {}, "whole number"),
        (SEQUENCE, 3, {"temperature": -1.0}, "temperature is -1.0"),
        (SEQUENCE, 3, {"condition": CONDITION}, "condition must have the shape"),
    ],
)
def test_a_rollout_that_cannot_be_is_refused(prefix, steps, options, message):
    with pytest.raises(ValueError, match=message):
        regressor().rollout(prefix, steps, **options)


def test_a_condition_is_demanded_and_checked():
    model = regressor(conditioned=True)
    with pytest.raises(ValueError, match="trained with a condition of size 4"):
        model.rollout(SEQUENCE, 3)
    with pytest.raises(ValueError, match=r"\(3, 4\) or \(3, 8, 4\); got \(3, 6, 4\)"):
        model.rollout(SEQUENCE, 3, condition=np.zeros((3, 6, 4)))
    with pytest.raises(ValueError, match="NaN"):
        model.rollout(SEQUENCE, 3, condition=np.full((3, 4), np.nan))


def test_a_model_that_cannot_feed_itself_says_so():
    with pytest.raises(ValueError, match="not built"):
        SequenceRegressor(2).rollout(SEQUENCE, 3)
    model = SequenceRegressor(1, units=(3,))
    model(SEQUENCE)
    with pytest.raises(ValueError, match="2 inputs and 1 outputs"):
        model.rollout(SEQUENCE[..., :1], 3)


def test_targets_of_another_shape_are_refused(few_steps):
    model = regressor()
    model.compile(keras.optimizers.SGD(0.0), **few_steps)
    with pytest.raises(ValueError, match=r"targets must be \(batch, time, 2\)"):
        model.evaluate(SEQUENCE, SEQUENCE[..., :1], verbose=0)


@pytest.mark.parametrize(
    ("prefix", "steps", "options", "message"),
    [
        (np.array([], "int32"), 3, {}, "at least 1 character"),
        (np.array([1, 5]), 3, {}, "index 5 is outside the vocabulary: the model knows 0 to 4"),
        (np.array([-1, 2]), 3, {}, "index -1 is outside"),
        (np.array([0.5]), 3, {}, "whole numbers"),
        (np.zeros((1, 1, 1), "int32"), 3, {}, "got shape"),
        (np.array([1]), 0, {}, "at least 1"),
        (np.array([1]), 3, {"temperature": -0.5}, "temperature is -0.5"),
        (np.array([1]), 3, {"temperature": float("nan")}, "temperature is nan"),
    ],
)
def test_a_text_that_cannot_be_continued_is_refused(prefix, steps, options, message):
    with pytest.raises(ValueError, match=message):
        language_model().rollout(prefix, steps, **options)


def test_one_character_cannot_be_scored():
    with pytest.raises(ValueError, match="at least 2 characters"):
        language_model().nats_per_character(np.array([1]))
