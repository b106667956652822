"""The VAE labs by their traits: presets, extremes, reset, state lines, numbers against the theory, messages."""

import io
import re
from functools import cache

import ipywidgets
import numpy as np
import pytest
from PIL import Image

from animkit.theory import latents as theory
from animkit.theory import vae
from widgets import vae_lab
from widgets.labs.beta_and_collapse import LEAST_BETA, measured_on_trained

RNG = np.random.default_rng(0)
LATENTS = RNG.standard_normal((12, 5))
LOG_VARIANCES = np.full((12, 5), -2.0)
VARIANCES = np.array([4.0, 2.0, 0.5, 0.0])
MEASURED = {
    "beta": [4.0, 0.25, 1.0],
    "kl": [[0.001, 1.0, 0.0], [2.0, 3.0, 0.5], [1.5, 0.2, 0.005]],
    "distortion": [90.0, 20.0, 50.0],
    "baseline": 100.0,
}


def log_likelihood(z):
    """A decoder whose posterior is bent: x = (z_1, z_2 + z_1^2) and noise."""
    mean = np.stack([z[:, 0], z[:, 1] + z[:, 0] ** 2], axis=1)
    return -0.5 * np.sum((np.array([0.5, 1.0]) - mean) ** 2, axis=1) / 0.25


def decode(z):
    """Frames of 4 x 4 whose red, green and blue are the first three latents."""
    frames = np.full((len(z), 4, 4, 4), 255, np.uint8)
    frames[..., :3] = np.clip(128 + 40 * z[:, None, None, :3], 0, 255)
    return frames


MAKERS = {
    "evidence_gap": vae_lab.evidence_gap,
    "decoder_posterior": lambda: vae_lab.decoder_posterior(log_likelihood, points=41),
    "gradient_estimators": vae_lab.gradient_estimators,
    "kl_closed_form": vae_lab.kl_closed_form,
    "beta_and_collapse": vae_lab.beta_and_collapse,
    "beta_and_collapse_measured": lambda: vae_lab.beta_and_collapse(variances=VARIANCES, measured=MEASURED),
    "latent_pad": lambda: vae_lab.latent_pad(decode, LATENTS, log_variances=LOG_VARIANCES),
    "latent_walk": lambda: vae_lab.latent_walk(decode, LATENTS),
}
NAMES = {
    "vae_lab": vae_lab,
    "log_likelihood": log_likelihood,
    "decode": decode,
    "latents": LATENTS,
    "log_variances": LOG_VARIANCES,
    "variances": VARIANCES,
    "measured": MEASURED,
}


@cache
def made(name):
    """A lab that tests share, and how it began."""
    lab = MAKERS[name]()
    return lab, lab.values()


def lab_with(name, **values):
    """A shared lab with these values, all others as it began."""
    lab, start = made(name)
    lab.presets.value = ""
    lab.set(**start | values)
    return lab


@pytest.fixture(params=MAKERS)
def lab(request):
    return lab_with(request.param)


def pixels(lab):
    return np.asarray(Image.open(io.BytesIO(lab.figure.widget.value)).convert("RGB")).astype(int)


def bold(lab):
    found = re.findall(r"<b>(−?[\d.e+-]+)</b>", lab.numbers.value)
    return [float(number.replace("−", "-")) for number in found]


def extremes(control):
    if isinstance(control, ipywidgets.FloatLogSlider):
        return control.base**control.min, control.base**control.max
    return (control.min, control.max) if hasattr(control, "min") else control._options_values


def test_every_control_bears_its_extremes_and_reset_restores(lab, hyphened):
    start, values, numbers = pixels(lab), lab.values(), lab.numbers.value
    for name, control in lab.controls.items():
        first, *others = extremes(control)
        lab.set(**values | {name: first})  # the control before goes back in the same drawing
        for value in (first, *others):
            control.value = value
            assert control.value == pytest.approx(value) if isinstance(value, float) else control.value == value
            assert not re.search(r"\b(nan|inf)\b", lab.numbers.value), (name, value)
            assert hyphened(lab) == [], (name, value)
        if name != "mean_1":  # there q leaves the grid, and a message says so
            assert lab.message.value == "", (name, value)
    lab.reset()
    assert lab.values() == values
    assert lab.numbers.value == numbers
    np.testing.assert_array_equal(pixels(lab), start)


def test_every_preset_draws_and_greys_what_changes_nothing(lab, wrongly_greyed):
    for label in lab.presets.options[1:]:
        lab.presets.value = label[1]
        assert lab.message.value == "", label
    assert wrongly_greyed(lab) == ([], [])  # one state of each, as many decode a whole pad at each move


def test_state_line_restores_picture_and_numbers(lab):
    lab.presets.value = lab.presets.options[-1][1]
    again = eval(lab.state.value, dict(NAMES))
    assert again.state.value == lab.state.value
    assert again.numbers.value == lab.numbers.value
    np.testing.assert_array_equal(pixels(again), pixels(lab))


def test_blitting_draws_what_a_full_drawing_does(lab):
    lab.presets.value = lab.presets.options[2][1]
    blitted = pixels(lab)
    lab.figure.redraw()
    assert np.abs(pixels(lab) - blitted).max() <= 2


def drag(lab, axes, x, y, phase="move"):
    pixel_x, pixel_y = axes.transData.transform((x, y))
    lab.drag(pixel_x, lab.figure.figure.bbox.height - pixel_y, phase)


def test_the_gap_adds_up_and_closes_where_q_is_the_posterior():
    lab = lab_with("evidence_gap", x=2.0, weight=1.5, sigma=0.5, mean=-1.0, width=0.3)
    model = [2.0], [[1.5]], [0.0], 0.5
    elbo, total, evidence = bold(lab)
    assert elbo == pytest.approx(vae.linear_elbo(*model, [-1.0], [[0.09]]).elbo, abs=1e-6)
    assert total == evidence == pytest.approx(vae.log_evidence(*model), abs=1e-6)
    assert float(re.search(r"differ by ([\d.e+-]+)\.", lab.numbers.value)[1]) < 1e-10
    lab.best()
    elbo, _, evidence = bold(lab)
    assert elbo == evidence
    lab.presets.value = "q is the posterior: no gap"
    assert "+ 0.000000 =" in lab.numbers.value.replace("−0.000000", "0.000000")


def test_dragging_the_peak_moves_mean_and_width():
    lab = lab_with("evidence_gap")
    drag(lab, lab.figure.axes[0], 1.0, 1.0 / (0.5 * np.sqrt(2 * np.pi)))
    assert lab.values()["mean"] == pytest.approx(1.0, abs=0.02)
    assert lab.values()["width"] == pytest.approx(0.5, abs=0.02)
    drag(lab, lab.figure.axes[0], -1.0, 0.0)
    assert lab.values()["width"] == lab.controls["width"].max


def test_fitted_gaussian_leaves_a_gap_under_a_bent_posterior():
    lab = lab_with("decoder_posterior")
    posterior = vae.grid_posterior(log_likelihood, limit=4.0, points=41)
    poor = bold(lab)[0]
    lab.best()
    elbo, total, evidence = bold(lab)
    assert poor < elbo < evidence - 0.01
    assert total == evidence == pytest.approx(posterior.log_evidence, abs=1e-6)
    mean, covariance = vae.grid_moments(posterior)
    assert elbo == pytest.approx(vae.grid_elbo(posterior, mean, covariance)[0].elbo, abs=1e-6)


def test_a_decoder_may_have_several_x_and_must_answer_with_one_number_each():
    functions = {"bent": log_likelihood, "nothing said": lambda z: np.zeros(len(z))}
    lab = vae_lab.decoder_posterior(functions, points=41)
    lab.controls["x"].value = "nothing said"
    assert bold(lab)[-1] == pytest.approx(0.0, abs=1e-3)  # then the posterior is the prior, and p(x) is 1
    assert eval(lab.state.value, {"vae_lab": vae_lab, "log_likelihood": functions}).numbers.value == lab.numbers.value
    with pytest.raises(ValueError, match="no log_likelihood for x = 'other'; there are bent, nothing said"):
        vae_lab.decoder_posterior(functions, x="other")
    with pytest.raises(ValueError, match="log_likelihood must give 6561 numbers"):
        vae_lab.decoder_posterior(lambda z: z)


def test_q_off_the_grid_is_a_message():
    lab = lab_with("decoder_posterior", mean_1=4.0, mean_2=4.0)
    assert "q lies off the grid" in lab.message.value
    lab.set(mean_1=0.0, mean_2=0.0)
    assert lab.message.value == ""


@pytest.mark.parametrize(("dimension", "expected"), [(1, (30.0, 18.0, 4.0)), (10, (552.0, 72.0, 4.0))])
def test_estimators_have_the_known_variances(dimension, expected):
    assert bold(lab_with("gradient_estimators", dimension=dimension)) == list(expected)


def test_kl_is_its_four_terms_and_the_draws_close_in():
    lab = lab_with("kl_closed_form", mean=1.5, std=0.4, samples=5000)
    exact, estimate = bold(lab)
    assert exact == pytest.approx(0.5 * (1.5**2 + 0.16 - 1.0) - np.log(0.4), abs=1e-6)
    assert abs(exact - estimate) < 4 * float(re.search(r"± ([\d.]+)", lab.numbers.value)[1])
    lab.again()
    assert lab.values()["seed"] == 1
    assert bold(lab)[1] != estimate
    lab.presets.value = "q is the prior: 0"
    assert bold(lab) == [0.0, 0.0]
    assert "exact" in lab.numbers.value


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_rounding_is_no_error_and_two_draws_have_no_standard_error(seed):
    for std in (np.nextafter(1.0, 2.0), np.nextafter(1.0, 0.0)):
        lab = lab_with("kl_closed_form", mean=0.0, std=std, samples=5000, seed=seed)
        assert "exact" in lab.numbers.value
        assert "standard errors" not in lab.numbers.value
        assert "−0.0000" not in lab.numbers.value
    assert "too few to say" in lab_with("kl_closed_form", mean=0.01, std=1.01, samples=2, seed=seed).numbers.value
    assert "standard errors off" in lab_with("kl_closed_form", mean=0.01, std=1.01, samples=10, seed=seed).numbers.value


def test_latents_collapse_under_the_water_level_and_free_bits_keep_them():
    lab = lab_with("beta_and_collapse_measured", beta=1.0, noise_variance=0.5)
    level, active, rate, _ = bold(lab)
    spectrum = VARIANCES / 4.0
    assert (level, active) == (0.5, 1)
    assert rate == pytest.approx(theory.linear_rate_distortion(spectrum, 0.5)[0].sum(), abs=1e-4)
    lab.set(free=0.25)
    assert bold(lab)[1] == 4
    assert bold(lab)[2] == pytest.approx(0.5 * np.log(2.0) + 3 * 0.25, abs=1e-4)
    lab.set(free=0.0, step=0)
    assert bold(lab)[0] == pytest.approx(LEAST_BETA * 0.5)


def test_measured_results_are_sorted_and_checked():
    beta, kl, distortion, active = measured_on_trained(MEASURED)
    np.testing.assert_array_equal(beta, [0.25, 1.0, 4.0])
    np.testing.assert_array_equal(kl[0], [3.0, 2.0, 0.5])
    np.testing.assert_array_equal(distortion, [0.2, 0.5, 0.9])
    np.testing.assert_array_equal(active, [3, 2, 1])
    lab = lab_with("beta_and_collapse_measured", beta=0.3)
    assert "The trained VAE nearest to it has β = 0.25" in lab.numbers.value


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"measured": {"beta": [1.0]}}, "measured lacks distortion, kl"),
        ({"measured": MEASURED | {"kl": [[1.0]]}}, r"got \(3,\), \(1, 1\), \(3,\)"),
        ({"measured": MEASURED | {"beta": [0.0, 1.0, 2.0]}}, "every beta and the baseline above 0"),
        ({"measured": MEASURED | {"active": [1, 2]}}, "a count for each of the 3 betas"),
        ({"variances": [0.0, 0.0]}, "not all 0"),
    ],
)
def test_bad_results_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        vae_lab.beta_and_collapse(**arguments)


def shown(lab):
    """The colour of the character that the pad draws."""
    return lab.figure.axes["frame"].images[0].get_array()[0, 0, :3]


def colour(z):
    return decode(np.asarray(z)[None])[0, 0, 0, :3]


def test_corners_of_the_pad_are_the_characters_themselves():
    lab = lab_with("latent_pad", pad="four", corner_4=7)
    for number, (u, v) in {0: (-3, -3), 1: (3, -3), 2: (-3, 3), 7: (3, 3)}.items():
        drag(lab, lab.figure.axes["pad"], u, v)
        np.testing.assert_array_equal(shown(lab), colour(LATENTS[number]))
    lab.set(u=0.0, v=0.0)
    np.testing.assert_array_equal(shown(lab), colour(LATENTS[[0, 1, 2, 7]].mean(axis=0)))
    lab.set(pad="three", u=3.0, v=3.0)  # beside the triangle: the nearest blend of its right edge
    assert "0.00 · z(0)" in lab.numbers.value


def test_directions_span_the_pad_in_their_own_lengths():
    lab = vae_lab.latent_pad(decode, LATENTS, directions=np.eye(5), across=1, up=3, u=1.0, v=-2.0)
    np.testing.assert_array_equal(shown(lab), colour(LATENTS.mean(axis=0) + np.array([1.0, 0, -2.0, 0, 0])))
    assert "log q(z)" not in lab.numbers.value  # no posteriors were given
    assert eval(lab.state.value, dict(NAMES, directions=np.eye(5))).numbers.value == lab.numbers.value


def test_holes_are_where_the_prior_exceeds_the_aggregate_posterior():
    lab = lab_with("latent_pad", pad="four", u=-3.0, v=-3.0)
    z = LATENTS[:1]
    ratio = theory.aggregate_log_density(z, LATENTS, LOG_VARIANCES)[0] - vae.log_gaussian(z[0], np.zeros(5), np.eye(5))
    assert bold(lab)[1] == pytest.approx(ratio, abs=0.05)
    assert "at home" in lab.numbers.value
    lab.set(pad="directions", u=0.0, v=0.0)
    assert "a hole" in lab.numbers.value


def test_walks_keep_or_lose_the_norm():
    latents = np.zeros((3, 4))
    latents[0, 0], latents[1, 1], latents[2, 0] = 2.0, 2.0, -2.0
    lab = vae_lab.latent_walk(decode, latents)
    assert bold(lab) == [2.0, 1.414]
    lab.set(end=2)
    assert "a and b point opposite ways" in lab.message.value
    lab.set(between="prior")
    assert lab.message.value == ""


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: vae_lab.latent_pad(lambda z: decode(z)[..., :3], LATENTS), r"got \(1, 4, 4, 3\) in uint8"),
        (lambda: vae_lab.latent_pad(lambda z: decode(z) / 255, LATENTS), "in float64"),
        (lambda: vae_lab.latent_walk(decode, LATENTS[0]), r"latents must be finite, .* got \(5,\)"),
        (lambda: vae_lab.latent_pad(decode, LATENTS, log_variances=np.zeros((3, 5))), r"shape of latents \(12, 5\)"),
        (lambda: vae_lab.latent_pad(decode, LATENTS, directions=np.eye(3)), r"directions must be finite, \(count, 5\)"),
    ],
)
def test_what_does_not_fit_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
