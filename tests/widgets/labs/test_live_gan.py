"""The live GAN: its moves are those of theory, it plays, stops and says why."""

import asyncio

import numpy as np
import pytest

from animkit.theory import point_gan
from widgets import gan_lab


def test_steps_move_only_their_player(shared):
    lab = shared(gan_lab.live_gan)

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
    assert lab.controls["strength"].disabled  # there is no penalty
    lab.controls["penalty"].value = "r1"
    assert not lab.controls["strength"].disabled


def test_updates_are_those_of_theory_and_the_state_line_replays_them(shared):
    lab = shared(gan_lab.live_gan, n_critic=2, penalty="r1", strength=0.1, seed=3)
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


def test_bad_and_huge_drawings_give_a_message():
    live = gan_lab.live_gan(distribution="drawn")
    assert "the drawing is empty" in live.message.value
    live.step("both")  # it plays on with other data
    live.controls["drawn"].value = list(np.random.default_rng(0).uniform(-1, 1, (10_000, 2)))
    assert len(live.controls["drawn"].value) <= 100
    assert live.message.value == ""
    with pytest.raises(ValueError, match="a drawing is a list of pairs of finite numbers"):
        gan_lab.live_gan(drawn=[1.0, 2.0])


def test_drawing_on_the_plane_becomes_the_data(shared, drag):
    lab = shared(gan_lab.live_gan)
    for x, phase in ((-0.5, "down"), (0.0, "move"), (0.5, "up")):
        drag(lab, "plane", x, 0.25, phase)
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


def test_it_stops_when_the_last_view_of_it_is_closed(shared):
    async def session():
        lab = shared(gan_lab.live_gan)
        lab.play()
        lab._view_count = 1
        assert lab.playing
        lab._view_count = 0
        assert not lab.playing

    asyncio.run(session())


def test_what_stops_the_game_while_it_plays_is_told(shared, monkeypatch):
    async def session():
        lab = shared(gan_lab.live_gan, speed=1)
        monkeypatch.setattr(lab, "_round", None)  # as a mistake in the code would
        lab.play()
        for _ in range(500):
            await asyncio.sleep(0.01)
            if not lab.playing:
                break
        assert not lab.playing
        assert "Stopped" in lab.message.value

    asyncio.run(session())


def test_without_an_event_loop_play_says_so(shared):
    lab = shared(gan_lab.live_gan)
    lab.play()
    assert not lab.playing
    assert "the step buttons work" in lab.message.value


def test_a_diverging_game_stops_with_a_message(shared):
    lab = shared(gan_lab.live_gan, optimizer="sgd", discriminator_rate=0.1, generator_rate=0.1, loss="least_squares")
    lab.game["discriminator_parameters"] = np.full_like(lab.game["discriminator_parameters"], np.inf)
    with np.errstate(invalid="ignore"):
        lab.step("both")
    assert "the game has diverged" in lab.message.value


def test_too_long_a_replay_is_refused():
    with pytest.raises(ValueError, match="steps must lie between 0 and 3000; got 5000"):
        gan_lab.live_gan(steps=5000)
