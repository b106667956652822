"""The labs of the GAN derivation: numbers equal to theory, every control at its ends, state, drawings."""

import asyncio
import io
import re
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from animkit.theory import gan, point_gan
from widgets import gan_lab
from widgets.labs.optimal_discriminator import GRID

LABS = ["optimal_discriminator", "value_at_optimum", "saturation", "two_players", "live_gan", "wasserstein"]


def pixels(lab):
    return np.asarray(Image.open(io.BytesIO(lab.figure.widget.value)).convert("RGB")).astype(int)


def bold(lab):
    """The numbers that the lab prints in bold."""
    return [float(text) for text in re.findall(r"<b>(-?[\d.e+-]+)</b>", lab.numbers.value)]


@pytest.fixture(scope="module")
def labs():
    return {name: getattr(gan_lab, name)() for name in LABS}


@pytest.mark.parametrize("name", LABS)
def test_every_control_works_at_both_ends_and_reset_restores(labs, name):
    lab = labs[name]
    start, values = pixels(lab), lab.values()
    for control_name, control in lab.controls.items():
        if hasattr(control, "options"):
            ends = [value for _, value in control._options_full]
        elif hasattr(control, "base"):
            ends = [control.base**control.min, control.base**control.max]
        elif hasattr(control, "min"):
            ends = [control.min, control.max]
        else:
            ends = [not control.value] if isinstance(control.value, bool) else []
        for end in ends:
            control.value = end
            expected = name == "live_gan" and end == "drawn" or name == "two_players" and control_name == "n_critic"
            assert bool(lab.message.value) == (expected and end != 1), (control_name, end)
            assert "nan" not in lab.numbers.value
        control.value = values[control_name]
    lab.reset_button.click()
    assert lab.values() == values
    assert lab.message.value == ""
    np.testing.assert_array_equal(pixels(lab), start)


@pytest.mark.parametrize("name", LABS)
def test_presets_draw_and_the_state_line_restores_them(labs, name):
    lab = labs[name]
    for preset in [label for label, _ in lab.presets._options_full][1:]:
        lab.reset()
        lab.presets.value = preset
        assert lab.message.value == "", preset
        if name == "live_gan":
            lab.restart()  # a picture that many settings have led to has no short name
        again = eval(lab.state.value, {"gan_lab": gan_lab})
        assert again.state.value == lab.state.value
        assert again.numbers.value == lab.numbers.value
        assert np.abs(pixels(again) - pixels(lab)).max() <= 2
    lab.reset()


def test_the_best_answer_and_the_value_are_those_of_theory():
    lab = gan_lab.optimal_discriminator(p_mean=0.0, q_mean=1.0, place=0.5, steps=50)
    best, value, ceiling = bold(lab)
    assert best == 0.5
    assert ceiling == pytest.approx(-1.163451, abs=1e-5)
    assert value < ceiling


def test_training_comes_closer_to_the_best_value_and_a_new_task_starts_it_anew():
    lab = gan_lab.optimal_discriminator()
    untrained = bold(lab)[1]
    lab.controls["steps"].value = 150
    _, trained, ceiling = bold(lab)
    assert untrained < trained - 0.1
    assert trained == pytest.approx(ceiling, abs=2e-3)
    lab.controls["steps"].value = 37
    back = lab.numbers.value
    assert gan_lab.optimal_discriminator(steps=37).numbers.value == back  # the slider goes back through the same D
    lab.controls["q_mean"].value = 2.0
    assert lab.controls["steps"].value == 0


def test_a_density_drawn_by_pointer_is_what_theory_draws():
    lab = gan_lab.optimal_discriminator(drag="q", place=2.0)
    axes = lab.figure.axes["densities"]
    for (x, height), phase in zip([(1.0, 0.1), (2.0, 0.6), (3.0, 0.1)], ("down", "move", "up"), strict=True):
        pixel_x, pixel_y = axes.transData.transform((x, height))
        lab.drag(pixel_x, 440 - pixel_y, phase)
    drawn = lab.controls["q_drawn"].value
    assert len(drawn) == 9  # a place every quarter, those that the fast stroke skipped included
    log_q = gan.log_drawing(GRID, drawn)
    p, q = np.exp(gan.log_gaussian(GRID, -1.0)), np.exp(log_q)
    at = np.argmin(np.abs(GRID - 2.0))
    assert bold(lab)[0] == pytest.approx(p[at] / (p[at] + q[at]), abs=1e-4)
    lab.controls["place"].value = 5.9
    lab.controls["p_drawn"].value = [(-1, 1), (0, 1)]
    assert "neither density has mass" in lab.numbers.value


def test_bad_and_huge_drawings_give_a_message():
    lab = gan_lab.optimal_discriminator(p_drawn=[(0.0, 1.0)])
    assert "draw from left to right" in lab.message.value
    lab.controls["p_drawn"].value = [(x, 1.0 + np.sin(x)) for x in np.linspace(-5, 5, 10_000)]
    assert "10,000 points drawn" in lab.controls["p_drawn"].note.value
    assert len(lab.controls["p_drawn"].value) <= 50
    assert lab.message.value == ""
    live = gan_lab.live_gan(distribution="drawn")
    assert "the drawing is empty" in live.message.value
    live.step("both")  # it plays on with other data
    live.controls["drawn"].value = list(np.random.default_rng(0).uniform(-1, 1, (10_000, 2)))
    assert len(live.controls["drawn"].value) <= 100
    assert live.message.value == ""
    with pytest.raises(ValueError, match="a drawing is a list of pairs of finite numbers"):
        gan_lab.live_gan(drawn=[1.0, 2.0])


@pytest.mark.parametrize(("mean", "expected"), [(0.0, -1.386294), (1.0, -1.163451), (4.0, -0.120854)])
def test_both_formulas_give_the_value_at_the_optimum(mean, expected):
    assert bold(gan_lab.value_at_optimum(mean=mean)) == [expected, expected]


def test_the_sum_ends_in_rounding_where_the_log_domain_goes_on():
    lab = gan_lab.value_at_optimum(mean=16.0)
    exact, summed = bold(lab)
    assert exact == pytest.approx(-3.8e-15, rel=0.02)
    assert round(summed / np.spacing(np.log(4.0)), 2) % 1 == 0  # a whole number of steps between doubles
    assert "whole number of steps" in lab.numbers.value
    assert bold(gan_lab.value_at_optimum(mean=20.0))[0] < 0.0


def test_slopes_of_the_two_generator_losses():
    lab = gan_lab.saturation()
    lab.presets.value = "D(G(z)) = 0.0001: D is sure"
    assert bold(lab) == [-0.0001, -0.9999]
    lab.presets.value = "D(G(z)) = 0.9999: D is fooled"
    assert bold(lab) == [-0.9999, -0.0001]


@pytest.mark.parametrize(
    ("preset", "verdict"),
    [
        ("simultaneous: runs away", "above 1"),
        ("alternating: circles", "exactly 1"),
        ("simultaneous with R1: settles", "below 1"),
        ("alternating with R1: settles", "below 1"),
    ],
)
def test_the_spectral_radius_decides_how_two_players_end(preset, verdict):
    lab = gan_lab.two_players()
    lab.presets.value = preset
    values = lab.values()
    rules = {name: values[name] for name in ("loss", "order", "n_critic", "learning_rate", "r1")}
    assert bold(lab) == [round(gan.spectral_radius(gan.dirac_jacobian(**rules)), 6)]
    assert f"<b>{verdict}</b>" in lab.numbers.value
    start, end = map(float, re.search(r"went from ([\d.]+) to ([\d.e+-]+)\.", lab.numbers.value).groups())
    assert {"above 1": end > 1.5 * start, "exactly 1": 0.5 < end / start < 2.0, "below 1": end < 0.1 * start}[verdict]


def test_dragging_the_start_of_the_game():
    lab = gan_lab.two_players()
    axes = lab.figure.axes["plane"]
    pixel_x, pixel_y = axes.transData.transform((-1.0, 2.0))
    lab.drag(pixel_x, 500 - pixel_y, "down")
    assert (lab.controls["psi"].value, lab.controls["theta"].value) == (-1.0, 2.0)


def test_jsd_is_flat_where_wasserstein_is_not_and_the_penalised_critic_finds_it():
    lab = gan_lab.wasserstein(mu=2.0, steps=200)
    jsd, distance, clipped, penalised = bold(lab)
    assert (jsd, distance) == (0.693147, 2.0)
    assert penalised == pytest.approx(2.2, abs=0.1)  # |mu| (1 + |mu| / 2 lambda), the soft penalty's excess included
    assert abs(clipped - 2.0) > 0.5
    lab.controls["mu"].value = 5.0
    assert bold(lab)[:3] == [0.693147, 5.0, 0.0]
    lab.controls["width"].value = 1.0
    assert bold(lab)[0] < 0.693147


# --- the live GAN ----------------------------------------------------------------------------------------------------


def test_steps_move_only_their_player():
    lab = gan_lab.live_gan()

    def parameters():
        return [point_gan.get_player(lab.game, name)["parameters"] for name in point_gan.PLAYERS]

    d_0, g_0 = parameters()
    lab.step("d")
    d_1, g_1 = parameters()
    lab.step("g")
    d_2, g_2 = parameters()
    assert (d_1 != d_0).any()
    assert (g_1 == g_0).all()
    assert (d_2 == d_1).all()
    assert (g_2 != g_1).any()
    assert lab.updates == 0
    lab.step("both")
    assert lab.updates == 1


def test_updates_are_those_of_theory_and_the_state_line_replays_them():
    lab = gan_lab.live_gan(n_critic=2, penalty="r1", strength=0.1, seed=3)
    for _ in range(5):
        lab.step("both")
    game, data = point_gan.new_game(seed=3), point_gan.distribution("ring")
    for _ in range(5):
        game, losses = point_gan.step(game, data, n_critic=2, r1=0.1, discriminator_rate=5e-3)
    np.testing.assert_array_equal(lab.game["generator_parameters"], game["generator_parameters"])
    assert lab.losses == losses
    again = eval(lab.state.value, {"gan_lab": gan_lab})
    assert again.numbers.value == lab.numbers.value
    lab.controls["loss"].value = "hinge"
    assert "Settings changed on the way" in lab.numbers.value


def test_a_new_shape_starts_only_its_player_anew():
    lab = gan_lab.live_gan(steps=3)
    before = lab.game["generator_parameters"]
    lab.controls["discriminator_layers"].value = (16,)
    assert list(lab.game["discriminator_widths"]) == [2, 16, 1]
    assert lab.game["discriminator_steps"] == 0
    np.testing.assert_array_equal(lab.game["generator_parameters"], before)
    lab.controls["noise"].value = "gaussian_1d"
    assert lab.game["generator_widths"][0] == 1
    lab.step("both")


def test_drawing_on_the_plane_becomes_the_data():
    lab = gan_lab.live_gan()
    axes = lab.figure.axes["plane"]
    for x, phase in ((-0.5, "down"), (0.0, "move"), (0.5, "up")):
        pixel_x, pixel_y = axes.transData.transform((x, 0.25))
        lab.drag(pixel_x, 560 - pixel_y, phase)
    assert lab.controls["distribution"].value == "drawn"
    assert lab.controls["drawn"].value == [(-0.5, 0.25), (0.0, 0.25), (0.5, 0.25)]
    assert np.abs(lab.data[:, 1] - 0.25).max() < 0.15


def test_it_plays_on_the_event_loop_which_still_answers_and_stops_when_closed():
    async def session():
        lab = gan_lab.live_gan(speed=1)
        lab.play()
        assert lab.playing
        for _ in range(500):  # until it has played, however busy the machine is
            await asyncio.sleep(0.01)
            if lab.updates >= 3:
                break
        assert lab.updates >= 3
        lab.pause()
        reached = lab.updates
        await asyncio.sleep(0.2)
        assert lab.updates == reached
        lab.play()
        lab.close()
        assert not lab.playing

    asyncio.run(session())


def test_it_stops_when_the_last_view_of_it_is_closed():
    async def session():
        lab = gan_lab.live_gan()
        lab.play()
        lab._view_count = 1
        assert lab.playing
        lab._view_count = 0
        assert not lab.playing

    asyncio.run(session())


def test_what_stops_the_game_while_it_plays_is_told():
    async def session():
        lab = gan_lab.live_gan(speed=1)
        lab._round = None  # as a mistake in the code would
        lab.play()
        for _ in range(500):
            await asyncio.sleep(0.01)
            if not lab.playing:
                break
        assert not lab.playing
        assert "Stopped" in lab.message.value

    asyncio.run(session())


def test_without_an_event_loop_play_says_so():
    lab = gan_lab.live_gan()
    lab.play()
    assert not lab.playing
    assert "the step buttons work" in lab.message.value


def test_a_diverging_game_stops_with_a_message():
    lab = gan_lab.live_gan(optimizer="sgd", discriminator_rate=0.1, generator_rate=0.1, loss="least_squares")
    lab.game["discriminator_parameters"] = np.full_like(lab.game["discriminator_parameters"], np.inf)
    with np.errstate(invalid="ignore"):
        lab.step("both")
    assert "the game has diverged" in lab.message.value


def test_too_long_a_replay_is_refused():
    with pytest.raises(ValueError, match="steps must lie between 0 and 3000; got 5000"):
        gan_lab.live_gan(steps=5000)


def test_the_labs_load_no_learning_framework():
    code = "import sys; from widgets import gan_lab; print(sorted({'tensorflow', 'keras', 'jax'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
