import json

import numpy as np
import pytest

from animkit.studio import stage_light
from animkit.studio.backdrop import TIMES, backdrop, view
from animkit.studio.blocking import Extra, play
from animkit.studio.painting import FLOOR, HORIZON
from animkit.studio.stage_light import HOURS, lamps_at, light_shot, light_sprite, surfaces_of, told
from animkit.studio.storyboard import Shot

SHOT = Shot("Mira sat there.", "meadow", "day", ("Mira",), None, "front", None, "calm")
FIRE = np.zeros((6, 12, 8, 4), "uint8")
FIRE[:3, 4:, 2:6] = FIRE[3:, 8:, 3:5] = (240, 120, 30, 255)


def burning(column=124, start=0):
    return Extra(FIRE, np.tile([column, FLOOR - 4], (6, 1)), start, True, "a fire burns there")


@pytest.fixture(scope="module")
def clips():
    frames = np.zeros((9, 8, 32, 32, 4), "uint8")
    for frame in range(8):
        frames[:, frame, 4 + frame % 2 :, 10:22] = (150, 120, 110, 255)
    return {"Mira": frames}


@pytest.fixture(scope="module")
def surfaces(clips):
    return surfaces_of(clips)


def test_each_frame_has_its_surface_once(clips, surfaces):
    assert set(surfaces) == {clips["Mira"][0, 0].tobytes(), clips["Mira"][0, 1].tobytes()}
    assert surfaces[clips["Mira"][3, 4].tobytes()].normals.shape == (32, 32, 3)


def test_every_hour_has_its_light_and_says_why():
    assert set(HOURS) == set(TIMES)
    assert len({light_shot(SHOT._replace(time=time)).far for time in TIMES}) == 4
    for time in TIMES:
        (why,) = light_shot(SHOT._replace(time=time)).why
        assert time in why
    # the sun is where the sky shows it
    assert HOURS["dusk"].key.direction[0] < 0 < HOURS["dawn"].key.direction[0]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"effect": "storm"}, "clouds hide it"),
        ({"place": "mountain"}, "snow throws light back from below"),
        ({"place": "castle", "time": "night"}, "windows are lit behind them"),
        ({"mood": "vain"}, "a deed in vain: it grows dim"),
        ({"mood": "merry"}, "all is merry: it grows warm"),
        ({"company": ("troll",)}, "a creature threatens: it is lit from below"),
    ],
)
def test_weather_ground_and_mood_change_the_light(change, why):
    usual, changed = light_shot(SHOT._replace(time=change.get("time", "day"))), light_shot(SHOT._replace(**change))
    assert changed.why[1:] == (why,)
    assert (changed.far, changed.ambient) != (usual.far, usual.ambient)


def test_what_shines_is_a_lamp_of_its_colour_and_size():
    light = light_shot(SHOT._replace(time="night"), [burning(start=2)])
    assert light.why[-1] == "a fire burns there"
    assert lamps_at(light, 1) == lamps_at(light, 8) == []
    (large,), (small,) = lamps_at(light, 2), lamps_at(light, 5)
    np.testing.assert_allclose(large.colour, np.array((240, 120, 30)) / 240)
    assert small.strength == pytest.approx(large.strength / 2)  # a quarter of the area: half as wide
    assert large.place[0] == 124
    by_day = light_shot(SHOT, [burning(start=2)])
    assert lamps_at(by_day, 2)[0].strength < large.strength
    dust = burning()._replace(glows=False)
    assert light_shot(SHOT, [dust]).near == ()


def test_a_figure_is_brighter_towards_the_sun(clips, surfaces):
    sprite = clips["Mira"][4, 0]
    for time, side in (("dawn", 1), ("dusk", -1)):
        lit = light_sprite(light_shot(SHOT._replace(time=time), (), surfaces), sprite, 80, FLOOR, 0)
        np.testing.assert_array_equal(lit[..., 3], sprite[..., 3])
        left, right = lit[16, 11, :3].sum(dtype=int), lit[16, 20, :3].sum(dtype=int)
        assert side * (right - left) > 30
    assert light_sprite(light_shot(SHOT), sprite, 80, FLOOR, 0) is None  # of whom nothing is known


def test_a_fire_lights_the_ground_beside_it_and_the_figure_keeps_it_off(clips, surfaces):
    night = SHOT._replace(time="night")
    stage = {}
    for name, extras in (("dark", ()), ("lit", [burning()])):
        stage[name] = play(night, clips, frames=20, extras=extras, light=light_shot(night, extras, surfaces)).frames[2]
    red = stage["lit"][..., 0].astype(int) - stage["dark"][..., 0]
    assert red[FLOOR + 1, 118:130].mean() > 30
    assert np.abs(red[:20]).max() == 0  # the sky
    assert red[FLOOR + 1, :20].max() == 0  # far away


def test_figures_throw_long_shadows_away_from_the_sun(clips, surfaces):
    for time, side in (("dawn", -1), ("dusk", 1)):
        shot = SHOT._replace(time=time)
        light = light_shot(shot, (), surfaces)
        with_, without = (
            play(shot, clips, frames=24, light=one).frames[20].astype(int) for one in (light, light_shot(shot))
        )
        darker = (with_ - without).sum(axis=-1) < -20
        away = 80 + side * 25
        assert darker[FLOOR - 2 : FLOOR + 4, away - 8 : away + 8].mean() > 0.2
        assert not darker[FLOOR - 2 : FLOOR + 4, 80 - side * 40 - 8 : 80 - side * 40 + 8].any()
        assert not darker[:HORIZON, :60].any()


def test_lit_windows_throw_light_on_what_is_near():
    painted = backdrop("village", "night")
    plain = view(painted, camera=60)
    lit = view(painted._replace(light=light_shot(SHOT._replace(place="village", time="night"))), camera=60)
    brighter = (lit.astype(int) - plain).sum(axis=-1) > 0
    assert 0.01 < brighter.mean() < 0.4
    np.testing.assert_array_equal(lit[:25], plain[:25])


def test_the_same_light_makes_the_same_pictures(clips, surfaces):
    shot = SHOT._replace(time="night")
    one, two = (
        play(shot, clips, frames=8, extras=[burning()], light=light_shot(shot, [burning()], surfaces)).frames
        for _ in range(2)
    )
    np.testing.assert_array_equal(one, two)


def test_the_record_of_a_light_is_json():
    record = json.loads(json.dumps(told(light_shot(SHOT._replace(effect="snow"), [burning()])), allow_nan=False))
    assert record["why"][-1] == "a fire burns there"
    assert len(record["lamps"]) == 3
    assert set(record["lamps"][0]) == {"colour", "strength", "towards"}


def test_what_is_kept_does_not_grow_and_changes_nothing(clips, surfaces, monkeypatch):
    light, sprite = light_shot(SHOT._replace(time="night"), [burning()], surfaces), clips["Mira"][0, 0]
    whole = [light_sprite(light, sprite, 120, FLOOR, tick) for tick in range(6)]
    monkeypatch.setattr(stage_light, "KEPT", 1)
    light.kept.clear()
    for tick, picture in enumerate(whole):
        np.testing.assert_array_equal(light_sprite(light, sprite, 120, FLOOR, tick), picture)
        assert len(light.kept) == 1
