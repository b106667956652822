import keras
import numpy as np
import pytest
from keras import ops
from scipy.stats import multivariate_normal

from animkit import vae as vae_module
from animkit.losses import gaussian_kl
from animkit.training import Batches, train
from animkit.vae import VAE, BetaAnnealing, Binarised, Decoder, Encoder, lerp, slerp

RANDOM = np.random.default_rng(7)
BINARY = RANDOM.integers(0, 2, (24, 8, 8)).astype("float32")
INDICES = RANDOM.integers(0, 5, (24, 8, 8), dtype="uint8")
LABELS = RANDOM.integers(0, 3, 24)


def make(
    reconstruction="bernoulli", *, shape=(8, 8), latent_dim=3, convolutions=(), hidden=(16,), classes=0, **options
):
    keras.utils.set_random_seed(1)
    shared = {
        "hidden": hidden,
        "classes": classes,
        "palette_size": 5 if reconstruction == "palette" else 0,
        "activation": "tanh",
    }
    return VAE(
        Encoder(latent_dim, convolutions=convolutions, **shared),
        Decoder(shape, convolutions=convolutions[::-1], **shared),
        reconstruction=reconstruction,
        **options,
    )


KINDS = {
    "dense": lambda: (make(), BINARY),
    "convolutional": lambda: (make(convolutions=(4, 6)), BINARY),
    "colour": lambda: (
        make("gaussian", shape=(8, 8, 4), convolutions=(4,), noise_scale=0.1),
        RANDOM.random((24, 8, 8, 4)),
    ),
    "palette": lambda: (make("palette", convolutions=(4,)), INDICES),
    "dense palette": lambda: (make("palette"), INDICES),
    "conditional": lambda: (make(classes=3), (BINARY, LABELS)),
    "conditional palette": lambda: (make("palette", convolutions=(4,), classes=3), (INDICES, LABELS)),
    "importance weighted": lambda: (make(samples=3), BINARY),
}


@pytest.fixture(params=KINDS)
def kind(request):
    return KINDS[request.param]()


# --- a linear-Gaussian model, where everything is known ---------------------------------------------------------------

W = np.array([[1.0, 1.0, 0.0], [0.5, -0.5, 0.0]])  # z (2) -> x (3); orthogonal rows make the posterior diagonal
OFFSET = np.array([0.1, -0.2, 0.3])
NOISE = 0.7
POSTERIOR_PRECISION = np.eye(2) + W @ W.T / NOISE**2
POSTERIOR_VARIANCE = 1.0 / np.diag(POSTERIOR_PRECISION)
X = np.array([[0.9, -0.4, 1.1], [-1.5, 0.3, 0.2]], "float32")
LOG_P = multivariate_normal(OFFSET, W.T @ W + NOISE**2 * np.eye(3)).logpdf(X)


@pytest.fixture
def linear_gaussian(few_steps):
    return lambda *arguments: compiled_linear_gaussian(few_steps, *arguments)


def compiled_linear_gaussian(few_steps, shift=0.0, stretch=1.0, samples=1):
    """A VAE whose q(z|x) is the true posterior, moved by `shift` and with `stretch` times its variance."""
    model = VAE(
        Encoder(2, hidden=()), Decoder((3,), hidden=()), reconstruction="gaussian", noise_scale=NOISE, samples=samples
    )
    kernel = W.T / NOISE**2 * POSTERIOR_VARIANCE
    model.encoder.mean.set_weights([kernel, -OFFSET @ kernel + shift])
    model.encoder.log_variance.set_weights([np.zeros((3, 2)), np.log(stretch * POSTERIOR_VARIANCE)])
    model.decoder.output_layer.set_weights([W, OFFSET])
    model.compile(**few_steps)
    return model


def bound(model, x, draws=4000):
    """Mean and standard error of the training objective, with its sign changed, at one x."""
    x, values = np.repeat(x[None], draws // 10, axis=0), []
    for _ in range(10):
        model.reset_metrics()
        values.append(-model.test_on_batch(x, return_dict=True)["loss"])
    return np.mean(values), np.std(values, ddof=1) / np.sqrt(10)


def test_the_bound_of_the_true_posterior_is_log_p(linear_gaussian):
    model = linear_gaussian()
    # every importance weight is p(x) then, whatever z was drawn
    np.testing.assert_allclose(model.log_likelihood(X, samples=1), LOG_P, atol=1e-4)
    value, error = bound(model, X[0])
    assert abs(value - LOG_P[0]) < 4 * error + 1e-4


@pytest.mark.both_backends
def test_the_gap_below_log_p_is_the_divergence_from_the_posterior(linear_gaussian):
    shift, stretch = np.array([0.6, -0.3]), 1.8
    gap = 0.5 * np.sum(stretch + shift**2 / POSTERIOR_VARIANCE - 1.0 - np.log(stretch))
    model = linear_gaussian(shift, stretch)
    for x, log_p in zip(X, LOG_P, strict=True):
        value, error = bound(model, x)
        assert error < 0.05 * gap
        assert abs(log_p - value - gap) < 4 * error


def test_more_importance_samples_tighten_the_bound(linear_gaussian):
    values = []
    for samples in (1, 4, 32):
        value, error = bound(linear_gaussian(0.6, 1.8, samples), X[0])
        assert value < LOG_P[0] + 4 * error
        values.append(value)
    assert np.all(np.diff(values) > 0.02)


@pytest.mark.both_backends
def test_log_likelihood_approaches_the_known_value(linear_gaussian):
    model = linear_gaussian(0.6, 1.8)
    error = [np.abs(model.log_likelihood(X, samples=k) - LOG_P).max() for k in (1, 20_000)]
    assert error[1] < 0.02 < error[0]


@pytest.mark.parametrize("numbers", [1, 7, 60])
def test_log_likelihood_does_not_depend_on_its_chunks(monkeypatch, linear_gaussian, numbers):
    monkeypatch.setattr(vae_module, "NUMBERS_AT_ONCE", numbers)
    np.testing.assert_allclose(linear_gaussian().log_likelihood(X, samples=11), LOG_P, atol=1e-4)


def test_log_likelihood_takes_any_number_of_samples_and_labels():
    for model, labels in ((make(), None), (make(classes=3), LABELS[:3])):
        for samples in (5, 3, 1):
            assert np.isfinite(model.log_likelihood(BINARY[:3], samples, labels=labels)).all()


def test_reported_kl_is_the_monte_carlo_one(linear_gaussian):
    model = linear_gaussian(0.6, 1.8)
    mean, log_variance = (value[0].astype("float64") for value in model.encode(X))
    deviation = np.exp(0.5 * log_variance)
    z = mean + deviation * np.random.default_rng(0).standard_normal((200_000, 2))
    ratio = multivariate_normal(mean, np.diag(deviation**2)).logpdf(z) - multivariate_normal(np.zeros(2)).logpdf(z)
    logs = model.evaluate(X[:1], verbose=0, return_dict=True)
    assert abs(logs["kl"] - ratio.mean()) < 4 * ratio.std() / np.sqrt(len(z))


# --- training ---------------------------------------------------------------------------------------------------------


@pytest.mark.both_backends
def test_learns_and_its_logs_add_up():
    model = make(beta=0.5)
    x = np.repeat(BINARY[:4], 30, axis=0)
    model.compile(keras.optimizers.Adam(0.01))
    history = train(model, Batches(x, batch_size=50), epochs=25, validation_data=Batches(x), progress=False)
    assert history["val_loss"][-1] < 0.6 * history["val_loss"][0]
    for prefix in ("", "val_"):
        parts = np.add(history[prefix + "reconstruction"], np.multiply(0.5, history[prefix + "kl"]))
        np.testing.assert_allclose(history[prefix + "loss"], parts, rtol=1e-5)


def test_every_kind_trains_validates_and_keeps_its_shapes(kind, few_steps):
    model, data = kind
    x, labels = data if isinstance(data, tuple) else (data, None)
    model.compile(keras.optimizers.Adam(0.01), **few_steps)
    before = model.evaluate(data, verbose=0, return_dict=True)
    model.fit(data, epochs=8, verbose=0, validation_data=(data,), validation_freq=8)
    after = model.evaluate(data, verbose=0, return_dict=True)
    assert after["loss"] < before["loss"]
    if model.samples == 1:
        assert after["loss"] == pytest.approx(after["reconstruction"] + after["kl"], rel=1e-5)
    else:
        assert after["loss"] < after["reconstruction"] + after["kl"]  # a tighter bound

    mean, log_variance = model.encode(x, labels)
    assert mean.shape == log_variance.shape == (24, 3)
    pictures = model.decode(mean, labels)
    assert pictures.shape == x.shape
    assert pictures.dtype == ("uint8" if model.reconstruction == "palette" else "float32")
    assert model.sample(2, labels=None if labels is None else LABELS[:2]).shape == (2, *x.shape[1:])
    estimate = model.log_likelihood(x[:3], 4, labels=None if labels is None else labels[:3])
    assert np.isfinite(estimate).all()

    again = VAE.from_config(model.get_config())
    for one, other in ((again.encoder, model.encoder), (again.decoder, model.decoder)):
        assert one.get_config() == other.get_config()
    settings = ("reconstruction", "samples", "noise_scale")
    assert [getattr(again, name) for name in settings] == [getattr(model, name) for name in settings]


def test_training_draws_new_noise_and_evaluation_too(few_steps):
    model = make()
    model.compile("sgd", **few_steps)
    first, second = (model.evaluate(BINARY, verbose=0, return_dict=True) for _ in range(2))
    assert first["kl"] == pytest.approx(second["kl"], rel=1e-6)
    assert first["reconstruction"] != second["reconstruction"]


@pytest.mark.both_backends
def test_beta_takes_effect_at_once_in_a_step_compiled_by_xla():
    model = make(hidden=())
    model.compile(keras.optimizers.SGD(0.0), jit_compile=True)
    model.fit(BINARY, epochs=1, verbose=0)
    trained = model.train_function
    for beta in (0.0, 3.0):
        model.beta.assign(beta)
        logs = {name: values[0] for name, values in model.fit(BINARY, epochs=1, verbose=0).history.items()}
        assert logs["loss"] == pytest.approx(logs["reconstruction"] + beta * logs["kl"], rel=1e-5)
    assert model.train_function is trained


def test_beta_annealing_climbs_then_holds(few_steps):
    model = make()
    model.compile("sgd", **few_steps)
    history = train(model, Batches(BINARY), epochs=4, callbacks=[BetaAnnealing(2, final=0.8)], progress=False)
    betas = (np.array(history["loss"]) - history["reconstruction"]) / history["kl"]
    np.testing.assert_allclose(betas, [0.0, 0.4, 0.8, 0.8], atol=1e-4)


def test_binarised_batches_draw_each_grey_afresh_from_the_seed():
    grey = np.full((50, 20, 20), 0.3, "float32")
    first, same, other = (Binarised(grey, batch_size=50, seed=seed) for seed in (0, 0, 1))
    x = first[0][0]
    assert set(np.unique(x)) == {0.0, 1.0}
    assert abs(x.mean() - 0.3) < 4 * np.sqrt(0.3 * 0.7 / x.size)
    np.testing.assert_array_equal(x, same[0][0])
    first.on_epoch_begin()
    for changed in (first[0][0], other[0][0]):
        assert 0.3 < (changed != x).mean() < 0.54  # two independent draws differ in 2 * 0.3 * 0.7


def test_a_collapsed_latent_shows_as_no_information(few_steps):
    model = make(hidden=())
    for head in (model.encoder.mean, model.encoder.log_variance):
        head.set_weights([np.zeros(shape) for shape in (head.kernel.shape, head.bias.shape)])
    model.compile(**few_steps)
    assert model.evaluate(BINARY, verbose=0, return_dict=True)["kl"] == 0.0
    assert float(ops.sum(gaussian_kl(*model.encode(BINARY)))) == 0.0


def test_labels_reach_encoder_and_decoder():
    model = make(classes=3)
    other = (LABELS + 1) % 3
    assert np.abs(model.encode(BINARY, LABELS)[0] - model.encode(BINARY, other)[0]).max() > 1e-3
    z = np.zeros((24, 3))
    assert np.abs(model.decode(z, LABELS) - model.decode(z, other)).max() > 1e-3


def test_mixed_precision_keeps_the_loss_in_float32():
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = make(convolutions=(4,))
    finally:
        keras.config.set_dtype_policy("float32")
    assert model.decoder.convolve[0].compute_dtype == "bfloat16"
    output = model(BINARY)
    assert {keras.backend.standardize_dtype(output[name].dtype) for name in ("mean", "logits")} == {"float32"}


# --- walks in latent space --------------------------------------------------------------------------------------------


def test_slerp_by_hand():
    path = slerp(np.array([2.0, 0.0]), np.array([0.0, 2.0]), [0.0, 1 / 3, 1.0])
    np.testing.assert_allclose(path, [[2, 0], [3**0.5, 1], [0, 2]], atol=1e-12)


def test_slerp_keeps_the_norm_where_lerp_cuts_the_corner():
    a, b = np.random.default_rng(3).standard_normal((2, 32))
    b *= np.linalg.norm(a) / np.linalg.norm(b)
    weights = np.linspace(0, 1, 9)
    arc, chord = slerp(a, b, weights), lerp(a, b, weights)
    np.testing.assert_allclose(np.linalg.norm(arc, axis=1), np.linalg.norm(a), rtol=1e-12)
    assert np.linalg.norm(chord[4]) < 0.9 * np.linalg.norm(a)
    for path in (arc, chord):
        np.testing.assert_allclose(path[[0, -1]], [a, b], atol=1e-12)


@pytest.mark.parametrize("b", [[3.0, 0.0], [-2.0, 0.0], [0.0, 0.0]], ids=["parallel", "opposite", "zero"])
def test_slerp_without_an_arc_is_the_straight_line(b):
    a, weights = np.array([2.0, 0.0]), np.linspace(0, 1, 5)
    np.testing.assert_allclose(slerp(a, b, weights), lerp(a, np.array(b), weights))


@pytest.mark.parametrize("how", ["slerp", "lerp"])
def test_interpolation_starts_and_ends_at_the_reconstructions(how):
    model = make("palette")
    path = model.interpolate(INDICES[0], INDICES[1], 5, how=how)
    assert path.shape == (5, 8, 8)
    np.testing.assert_array_equal(path[[0, -1]], model.decode(model.encode(INDICES[:2])[0]))


def test_a_conditional_model_interpolates_within_a_class():
    path = make(classes=3).interpolate(BINARY[0], BINARY[1], 4, label=2)
    assert path.shape == (4, 8, 8)


@pytest.mark.both_backends
def test_samples_depend_on_the_seed_alone():
    model = make()
    np.testing.assert_array_equal(model.sample(4, seed=5), model.sample(4, seed=5))
    assert np.abs(model.sample(4, seed=5) - model.sample(4, seed=6)).max() > 1e-4


def test_many_examples_are_the_same_as_few_at_a_time():
    model = make()
    x = np.tile(BINARY, (12, 1, 1))
    np.testing.assert_allclose(model.encode(x)[0][264:], model.encode(x[264:])[0], atol=1e-6)
    assert len(model.decode(np.zeros((300, 3)))) == 300


# --- bad input --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["fit", "evaluate", "encode", "log_likelihood"])
@pytest.mark.parametrize(
    ("damage", "match"),
    [
        (lambda x: x[:, :7], r"x has shape \(24, 7, 8\); this VAE reads \(examples, 8, 8\)"),
        (
            lambda x: np.where(np.arange(24)[:, None, None] == 5, np.nan, x),
            "NaN or infinite pixels, first in example 5",
        ),
        (lambda x: 255 * x, r"Bernoulli pixels lie in \[0, 1\], these run from 0.0 to 255.0: divide bytes by 255"),
        (lambda x: x - 0.5, r"these run from -0.5 to 0.5"),
    ],
)
def test_refuses_broken_pixels(method, damage, match):
    model = make()
    model.compile("adam")
    with pytest.raises(ValueError, match=match):
        getattr(model, method)(damage(BINARY))


def test_refuses_broken_pixels_inside_batches(few_steps):
    model = make()
    model.compile("adam", **few_steps)
    with pytest.raises(ValueError, match="divide bytes by 255"):
        train(model, Batches(255 * BINARY), epochs=1, progress=False)
    with pytest.raises(ValueError, match="divide bytes by 255"):
        model.fit(BINARY, validation_data=(255 * BINARY,), verbose=0)


def test_refuses_indices_outside_the_palette():
    model = make("palette")
    with pytest.raises(ValueError, match="indices run from 0 to 5, the palette has 5 colours"):
        model.encode(np.pad(INDICES[:, :7, :7], ((0, 0), (1, 0), (1, 0)), constant_values=5))
    with pytest.raises(ValueError, match="reads integer indices, not float64"):
        model.encode(INDICES / 2)


@pytest.mark.parametrize(
    ("labels", "match"),
    [
        (None, "3 classes: give a label"),
        (LABELS[:5], "24 examples need 24 labels; got 5"),
        (LABELS / 2, r"labels must be \(batch,\) integers or \(batch, 3\) weights; got \(24,\) float64"),
        (LABELS + 1, r"labels must lie in 0\.\.2; got 1\.\.3"),
        (np.eye(4)[LABELS], r"weights of labels must be \(batch, 3\); got \(24, 4\)"),
        (np.full((24, 3), np.nan), "weights of labels must be finite"),
    ],
)
def test_refuses_broken_labels(labels, match):
    model = make(classes=3)
    with pytest.raises(ValueError, match=match):
        model.encode(BINARY, labels)
    with pytest.raises(ValueError, match=match):
        model.decode(np.zeros((24, 3)), labels)


def test_refuses_labels_where_they_do_not_belong():
    with pytest.raises(ValueError, match="has no classes, so it takes no labels"):
        make().encode(BINARY, LABELS)
    model = make(classes=3)
    model.compile("adam")
    with pytest.raises(ValueError, match=r"give the pair \(x, labels\)"):
        model.fit(BINARY)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"beta": -0.1}, "beta weighs a divergence and cannot be negative; got -0.1"),
        ({"beta": float("nan")}, "cannot be negative; got nan"),
        ({"samples": 0}, "at least 1; got 0"),
        ({"reconstruction": "poisson"}, "use one of bernoulli, gaussian, palette"),
        ({"reconstruction": "gaussian", "noise_scale": 0.0}, "must be above 0"),
        (
            {"convolutions": (4, 4, 4, 4)},
            r"4 convolutions need a height and width divisible by 16, not x of shape \(8, 8\)",
        ),
        ({"shape": (64,), "convolutions": (4,)}, r"not x of shape \(64,\)"),
    ],
)
def test_refuses_broken_arguments(options, match):
    with pytest.raises(ValueError, match=match):
        make(**options)


def test_refuses_an_encoder_and_decoder_that_do_not_fit():
    with pytest.raises(ValueError, match="disagree on classes: 2 and 3"):
        VAE(Encoder(3, classes=2), Decoder((8, 8), classes=3))
    with pytest.raises(ValueError, match="'palette' does not go with palette_size=0"):
        VAE(Encoder(3), Decoder((8, 8)), reconstruction="palette")


def test_refuses_bad_requests():
    model = make()
    with pytest.raises(ValueError, match="at least 1; got 0"):
        model.log_likelihood(BINARY, samples=0)
    with pytest.raises(ValueError, match=r"z has shape \(2, 4\); this VAE decodes \(examples, 3\)"):
        model.decode(np.zeros((2, 4)))
    with pytest.raises(ValueError, match="use 'slerp' or 'lerp'"):
        model.interpolate(BINARY[0], BINARY[1], 3, how="cubic")
    for bad in ({"epochs": 0}, {"epochs": 3, "final": -1.0}):
        with pytest.raises(ValueError, match="at least 1 epoch"):
            BetaAnnealing(**bad)
