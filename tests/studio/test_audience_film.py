"""The film of a stage: who walks is where the law says, what was said is written, and light is light."""

import numpy as np
import pytest
from PIL import Image

from animkit.studio.audience_film import (
    EFFECTS,
    LIGHTS,
    PHASES,
    SPEED,
    Film,
    act_of,
    film,
    gesture_row,
    light_stage,
    make_effects,
    save_film,
    shadow_of,
    underway,
)
from animkit.studio.effects import Drawn
from animkit.studio.sentient import Reaction
from animkit.theory.shading import GROUND_SEEN, Lamp
from tests.studio.actors import actors

HOMES = {"Mira": (50.0, 75.0), "Pip": (110.0, 80.0)}
WHY = {"event": "words", "rule": "one", "mood": "afraid", "feels": [-0.6, 0.6, -0.4]}
FLEES = Reaction("Pip", 0.5, "flee", (0.9, 0.9), 1.0, "recoil", "away", None, "Help! <b>", "template", WHY)._asdict()


@pytest.fixture(scope="module")
def lit():
    return light_stage(actors(*HOMES), HOMES, "meadow", "as painted")


def test_a_way_begins_and_ends_slowly():
    place, there = underway((0, 70), (40, 100), 10, 2.5)  # of 50 pixels the half
    np.testing.assert_allclose(place, (20, 85))
    assert not there
    np.testing.assert_allclose(underway((0, 70), (40, 100), 10, 1.25)[0], (40 * 0.15625, 70 + 30 * 0.15625))
    assert underway((0, 70), (40, 100), 10, 5)[1]
    assert underway((3, 70), (3, 70), 10, 0)[1]


def test_a_shadow_lies_away_from_its_lamp():
    assert shadow_of(Lamp(direction=(0.3, 0.6, 0.6)), (80, 75)) == pytest.approx((-0.5, min(GROUND_SEEN, 0.7)))
    assert shadow_of(Lamp(place=(40, 35, 40)), (80, 75)) == pytest.approx((1.0, min(GROUND_SEEN, 0.7)))


def test_a_gesture_is_over_after_a_while():
    assert gesture_row("droop", 1, 0.6)[7] == pytest.approx(2.5)
    assert not gesture_row("droop", 1, 1.3).any()
    assert not gesture_row("none", 1, 0.6).any()


def test_an_act_is_told_in_pixels_with_the_effect_of_its_mood():
    act = act_of(FLEES)
    assert act["target"] == pytest.approx([144, 81])
    assert (act["mood"], act["effect"], act["line"]) == ("afraid", "dust", "Help! <b>")
    sad = act_of(FLEES | {"action": "sulk", "target": "audience", "why": WHY | {"mood": "sad"}})
    assert (sad["target"], sad["effect"]) == (None, "rain")
    assert act_of(FLEES | {"action": "idle"})["effect"] == ""


def test_the_film_shows_who_flees_where_the_law_says_and_what_was_said(lit):
    frames = film([act_of(FLEES)], [(1.0, "Boo\x00!")], lit, HOMES, make_effects(Drawn()), seconds=2.5)
    assert (len(frames), frames[0].shape) == (30, (360, 640, 3))
    way = np.hypot(144 - 110, 81 - 80) / SPEED
    assert way < 1.5  # so that it has arrived in the end
    body = np.all(frames[-1] == (120, 150, 80), axis=-1)  # of Pip
    assert abs(np.flatnonzero(body.any(axis=0)).mean() / 4 - 144) < 3
    assert (frames[3] != frames[20]).any()
    bubble = np.all(frames[14][:, 300:] == (255, 253, 244), axis=-1)
    assert bubble.sum() > 500


def test_before_anybody_acts_they_stand_in_the_moods_given(lit):
    calm, sad = (film([act_of(FLEES)], [], lit, HOMES, moods=at, seconds=0.1)[0] for at in (None, {"Mira": "sad"}))
    changed = (calm != sad).any(axis=(0, 2))
    assert changed[:320].any()  # where Mira stands
    assert not changed[320:].any()


def test_without_anything_to_film_or_for_too_long_it_says_so(lit):
    with pytest.raises(ValueError, match="nothing has happened"):
        film([], [], lit, HOMES)
    with pytest.raises(ValueError, match="up to 120 seconds"):
        film([act_of(FLEES)], [], lit, HOMES, seconds=500)


def test_films_are_written_by_their_ending(tmp_path):
    frames = np.zeros((24, 36, 64, 3), np.uint8)
    save_film(tmp_path / "strip.png", frames)
    assert Image.open(tmp_path / "strip.png").size == (96, 72)
    drawn = []
    save_film(tmp_path / "strip.png", Film(1440, lambda number: drawn.append(number) or frames[0]))
    assert (len(drawn), drawn[0], drawn[-1]) == (12, 0, 1439)  # no more than are shown
    done = []
    save_film(tmp_path / "film.gif", frames, progress=lambda *told: done.append(told))
    assert done == [(0, 24), (12, 24)]
    with pytest.raises(ValueError, match=".mp4, .gif or .png"):
        save_film(tmp_path / "film.avi", frames)


def test_a_torch_lights_the_wall_near_it_and_who_stands_there():
    torch = light_stage(actors(*HOMES), HOMES, "meadow", "torch")
    assert torch.wall.shape == (PHASES, 90, 160, 3)
    ground = torch.wall[0, 60:].astype(float).mean(axis=(0, 2))
    assert ground[:40].mean() > 1.3 * ground[-40:].mean()
    assert torch.cells["Mira"][0, ..., :3].sum() > torch.cells["Pip"][0, ..., :3].sum()
    assert torch.flicker


def test_an_unknown_light_is_named():
    with pytest.raises(ValueError, match="there are " + ", ".join(LIGHTS)):
        light_stage(actors(*HOMES), HOMES, "meadow", "disco")


def test_effects_are_loops_of_every_kind():
    assert {kind: frames.shape for kind, frames in make_effects(Drawn()).items()} == dict.fromkeys(
        EFFECTS, (16, 32, 32, 4)
    )
