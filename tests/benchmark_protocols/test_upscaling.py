"""The command behind notebooks/results/upscaling.json, and its measures by hand."""

import json

import numpy as np
import pytest

from animkit import weights
from animkit.benchmarks import results, upscaling, upscaling_lookup, upscaling_tables
from animkit.data.sprites import load_sprites
from animkit.models.upscale import Upscaler
from animkit.studio.pixel_scalers import nearest

PALETTE = np.array([[0, 0, 0, 0], [255, 0, 0, 255], [0, 0, 255, 255]], np.uint8)


def test_characters_and_garments_are_held_out():
    sprites = load_sprites(source="twin", characters=300)
    learned, last, unseen, dressed = upscaling.split(sprites)
    assert not set(learned) & {*last, *unseen, *dressed}
    assert set(last) < set(sprites.train)
    worn = {1: 1, 2: 4, 3: 3}  # trousers, top and hair, by their places among the attributes
    for layer, option in worn.items():
        assert (sprites.attributes[[*learned, *last, *unseen], layer] != option).all()
        assert (sprites.attributes[dressed, layer] == option).all()


def test_repeating_pixels_is_exact_where_they_repeat():
    # two columns of red, then a column of red beside blue: of eight pixels one is wrong, and it was not given
    picture = PALETTE[np.array([[[1, 1, 1, 2], [1, 1, 1, 1]]])]
    found = upscaling.measure(picture, np.zeros(1, int), {"nearest": nearest})["nearest"]
    assert found["exact_percent"] == pytest.approx(87.5)
    assert found["exact_of_the_unknown_percent"] == pytest.approx(100 * 5 / 6)
    assert found["left_palette_percent"] == 0
    ceiling = upscaling.ceilings(picture)
    assert ceiling["in the small picture"] == pytest.approx(87.5)  # blue is not given anywhere


def test_the_commonest_colour_around_removes_a_stray_pixel():
    picture = np.ones((1, 5, 5), int)
    picture[0, 2, 2] = 2
    np.testing.assert_array_equal(upscaling.most_common_around(PALETTE[picture]), PALETTE[np.ones((1, 5, 5), int)])


def test_a_small_run_measures_and_its_tables_show_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tiny = {"channels": 4, "key_dim": 4, "reach": 1}
    networks = {"upscale": Upscaler(**tiny), "denoise": Upscaler(scale=1, **tiny)}
    monkeypatch.setattr(weights, "load", networks.get)
    monkeypatch.setattr(upscaling, "train_upscaler", lambda data, **options: networks["upscale"])
    upscaling.main(["--profile", "ci", "--source", "twin"])
    upscaling.main(["--profile", "ci", "--source", "twin", "--clean"])
    upscaling.main(["--profile", "ci", "--source", "twin", "--lookup"])
    kept = json.loads((results.TRIALS / "upscaling.json").read_text())
    run = kept["ci_twin"]
    assert run["test_scorings"] == 1
    ways = run["value"]["held-out characters"]
    assert ways["nearest"]["left_palette_percent"] == ways[upscaling.LEARNED]["left_palette_percent"] == 0
    assert ways["bicubic"]["left_palette_percent"] > 10
    assert kept["ci_twin_clean"]["cleaning"]["JPEG"]["as it came"]["spoilt_percent"] == 0
    assert "nearest" not in kept["ci_twin_lookup"]["lookup"]["held-out characters"]
    parts = ("doubling", "targets", "garments", "cleaning")
    shown = "".join(getattr(upscaling_tables, part)(kept) for part in parts)
    assert shown.count("never leaves the palette, %") == len(run["value"])
    assert "MMPX" in shown
    assert shown.count(upscaling_lookup.WHOLE) == len(run["value"])
