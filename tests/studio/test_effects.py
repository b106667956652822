"""Palettes, effects over pictures, and files that come back as they were; the code draws in a network's place."""

import numpy as np
import pytest

from animkit.data.effects import KINDS, draw_effect, overlay
from animkit.data.pictures import at_rate, read_animation
from animkit.data.sprite_sheet import read_sprite_sheet
from animkit.models.effects_64 import EffectFiner
from animkit.studio import effects


@pytest.fixture(scope="module")
def fire():
    return effects.make_effect(effects.Drawn(), "fire", frames=9, seed=1)


def test_every_kind_has_palettes_that_grow_brighter():
    made_for = [name.split()[-1] for name in effects.PALETTES]
    for kind in KINDS:
        assert made_for.count(kind) >= 3
    for name, palette in effects.PALETTES.items():
        assert palette.shape == (7, 3), name
        assert (np.diff(palette @ [0.2126, 0.7152, 0.0722]) > 0).all(), name


def test_a_ramp_keeps_its_colours_and_its_steps_look_even():
    seven = np.random.default_rng(0).integers(0, 256, (7, 3), "uint8")
    np.testing.assert_array_equal(effects.ramp(seven), seven)
    greys = effects.ramp(["black", "white"])
    # Oklab's lightness of a grey is the cube root of its linear light: the middle one is L = 1/2, so 1/8 of the light
    assert greys.tolist()[3] == [99, 99, 99]
    assert (greys[:, 0] == greys[:, 2]).all()
    # halfway from blue to yellow: in sRGB a dead grey, here a green that keeps the mean of both lightnesses
    middle = effects.ramp(["#0000ff", "#ffff00"])[3]
    assert middle[1] > middle[0] + 20


@pytest.mark.parametrize(
    ("palette", "message"),
    [
        (["red"], "two to 7 colours that differ.*an effect of one colour would be a flat spot"),
        (["red", "#f00"], "two to 7 colours that differ"),
        (["red"] * 4 + ["blue"] * 4, "two to 7 colours"),
        ([], "a colour is a name|two to 7"),
        (["red", "no such colour"], "a colour is a name, '#rrggbb' or three numbers"),
        ([(0, 0, 0), (300, 0, 0)], "from 0 to 255"),
        ([(0, 0), (1, 1)], "a colour is a name"),
        ([0, 1], "a colour is a name"),
        ("purple fire", "no palette 'purple fire'; there are red fire"),
    ],
)
def test_bad_palettes_say_what_is_wrong(palette, message):
    with pytest.raises(ValueError, match=message):
        effects.palette_of(palette)


def test_paint_gives_each_step_its_colour():
    steps = np.array([[0, 1], [7, 3]], "uint8")
    palette = effects.PALETTES["blue fire"]
    painted = effects.paint(steps, "blue fire")
    assert painted[0, 0].tolist() == [0, 0, 0, 0]
    for where, step in (((0, 1), 1), ((1, 0), 7), ((1, 1), 3)):
        assert painted[where].tolist() == [*palette[step - 1], 255]
    with pytest.raises(ValueError, match="steps are whole numbers from 0 to 7; got uint8 up to 8"):
        effects.paint(np.array([[8]], "uint8"), "blue fire")
    with pytest.raises(ValueError, match="steps are whole numbers"):
        effects.paint(steps / 7, "blue fire")


def test_kinds_and_blends_become_weights():
    assert effects.weights_of("smoke").tolist() == [kind == "smoke" for kind in KINDS]
    blend = effects.weights_of({"fire": 3, "rain": 1})
    assert (blend[KINDS.index("fire")], blend[KINDS.index("rain")], blend.sum()) == (0.75, 0.25, 1)
    np.testing.assert_array_equal(effects.natural_palette("portal"), effects.PALETTES["violet portal"])
    for kind, message in (
        ("snow", "no effect snow; there are fire"),
        ({"fire": -1, "rain": 2}, "0 or more, and one is above 0"),
        ({"fire": 0}, "one is above 0"),
        ({"fire": float("nan")}, "one is above 0"),
    ):
        with pytest.raises(ValueError, match=message):
            effects.weights_of(kind)


def test_effects_are_made_in_any_colours(fire):
    assert fire.shape == (9, 32, 32, 4)
    assert set(np.unique(fire[..., 3])) == {0, 255}
    green = effects.make_effect(effects.Drawn(), "fire", frames=9, seed=1, palette=["#031", "#9f6"])
    np.testing.assert_array_equal(green[..., 3], fire[..., 3])
    assert (green[..., 1] > green[..., 0])[green[..., 3] > 0].all()
    once = effects.make_effect(effects.Drawn(), {"dust": 1, "magic": 1}, frames=8, one_shot=True)
    assert not once[[0, -1]].any()
    with pytest.raises(ValueError, match="8 to 32 frames; got 1"):
        effects.make_effect(effects.Drawn(), "fire", frames=1)


def test_the_code_lays_blends_over_one_another():
    kinds = np.stack([effects.weights_of(kind) for kind in ("fire", {"fire": 3, "portal": 1})])
    fire, blend = effects.Drawn(64).generate(kinds, frames=8, seed=2)
    np.testing.assert_array_equal(fire, draw_effect("fire", frames=8, size=64, seed=2))
    parts = [draw_effect(kind, frames=8, size=64, seed=3) for kind in ("fire", "portal")]
    np.testing.assert_array_equal(blend, overlay(*parts, 0.75))


def test_a_second_network_draws_them_at_64_pixels():
    finer = effects.Finer(effects.Drawn(), EffectFiner(channels=1))
    made = finer.generate(effects.weights_of("fire")[None], frames=8, seed=2)
    assert made.shape == (1, 8, 64, 64)
    small = effects.Drawn().generate(effects.weights_of("fire")[None], frames=8, seed=2)
    np.testing.assert_array_equal(finer.finer.refine(small, seed=2), made)


def test_a_seam_is_measured_beside_its_neighbours():
    steps = np.zeros((4, 1, 2), "uint8")
    steps[:, 0, 0] = [0, 1, 2, 4]
    assert effects.changes(steps).tolist() == [0.5, 0.5, 1.0, 2.0]  # in one of two pixels; the last is the seam


def test_the_nearest_known_loop_is_found_wherever_it_begins():
    known = [draw_effect(kind, frames=16, seed=2) for kind in KINDS]
    copy = np.roll(known[3], 5, axis=0)
    which, found, share = effects.nearest(copy, known)
    assert (which, share) == (3, 0.0)
    np.testing.assert_array_equal(found, copy)
    assert effects.nearest(copy, known, turned=False)[2] > 0.5
    steps = copy.copy()
    steps[steps == 3] = 4  # by brute force the same one, with its share
    _, found, share = effects.nearest(steps, known)
    assert share == (copy == 3).sum() / (copy > 0).sum()
    assert effects.nearest(copy[::2], known)[:1] == (3,)
    assert effects.nearest(copy, [known[0], copy[::2]])[0] == 1
    assert effects.nearest(np.zeros_like(copy), [np.zeros_like(copy)])[2] == 0
    with pytest.raises(ValueError, match="not compared"):
        effects.nearest(copy[:, :8], known)


def test_an_effect_lies_over_pictures_and_is_cut_at_their_edges():
    spot = np.full((2, 2, 2, 4), 255, "uint8")
    spot[1, ..., 3] = 0
    ground = np.full((4, 6, 3), 100, "uint8")
    laid = effects.over(spot, ground, 6, 4)  # half of it beyond the right edge
    assert laid.shape == (2, 4, 6, 3)
    assert np.argwhere((laid[0] != ground).any(axis=-1)).tolist() == [[2, 5], [3, 5]]
    np.testing.assert_array_equal(laid[1], ground)
    film = np.stack([ground] * 5)
    assert (effects.over(spot, film, 3, 3, tint=(1, 0.5, 0))[[0, 2, 4], 1, 2] == [255, 128, 0]).all()
    clear = effects.over(spot, np.zeros((4, 6, 4), "uint8"), 3, 3)
    assert clear[0, ..., 3].sum() == 4 * 255
    for frames, pictures in ((spot[0], ground), (spot, ground[..., :2])):
        with pytest.raises(ValueError, match=r"an effect is|pictures are"):
            effects.over(frames, pictures, 0, 0)


@pytest.mark.parametrize("ending", [".png", ".apng", ".webp", ".gif"])
def test_files_come_back_as_they_were(tmp_path, fire, ending):
    written = effects.save_effect(tmp_path / f"fire{ending}", fire, fps=12)
    if ending == ".png":
        sheet = read_sprite_sheet(written[1])
        np.testing.assert_array_equal(sheet.frames["fire"], fire)
        assert set(sheet.durations["fire"]) == {83}
    else:
        np.testing.assert_array_equal(at_rate(*read_animation(written[0]), count=9, fps=12), fire)
    assert sorted(tmp_path.iterdir()) == sorted(written)


def test_other_endings_are_refused(tmp_path, fire):
    with pytest.raises(ValueError, match=r"fire.bmp: an effect is written as .png, .apng, .webp, .gif"):
        effects.save_effect(tmp_path / "fire.bmp", fire)
    with pytest.raises(ValueError, match=r"an effect is \(frames, height, width, 4\)"):
        effects.save_effect(tmp_path / "fire.gif", fire[0])
    assert not list(tmp_path.iterdir())
