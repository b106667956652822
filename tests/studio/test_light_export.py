import json

import numpy as np
import pytest

from animkit.data.pictures import read_pixels
from animkit.data.sprite_sheet import read_sprite_sheet
from animkit.studio.light_export import normal_picture, save_lighting
from animkit.studio.lighting import EMBOSS, maps_of, relight_sheet
from animkit.theory.shading import Lamp


@pytest.fixture(scope="module")
def sheet():
    """Two rows of two cells: boxes, one of them half-transparent, and an empty cell."""
    frames = np.zeros((2, 2, 12, 10, 4), "uint8")
    frames[0, :, 2:10, 2:8] = (90, 120, 200, 255)
    frames[1, 0, 3:9, 3:7] = (200, 80, 40, 130)
    return frames


def test_normals_as_colours_by_hand():
    normals = np.array([[(0, 0, 1), (1, 0, 0), (0, 1, 0), (0, -1, 0)]], "float32")
    alpha = np.array([[255, 255, 200, 0]], "uint8")
    up = normal_picture(normals, alpha)
    assert up.tolist() == [[[128, 128, 255, 255], [255, 128, 128, 255], [128, 255, 128, 200], [128, 128, 255, 0]]]
    down = normal_picture(normals, alpha, convention="directx")
    assert down[0, 2].tolist() == [128, 0, 128, 200]
    np.testing.assert_array_equal(up[..., (0, 2, 3)], down[..., (0, 2, 3)])


def test_a_sheet_goes_out_and_comes_back(sheet, tmp_path):
    lit, maps = relight_sheet(sheet, [Lamp(direction=(-1, 1, 1))], model=EMBOSS)
    written = save_lighting(tmp_path, "hero", sheet, maps, lit=lit, tags=["walk", "jump"])
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in written)
    assert [path.name for path in written] == [
        *("hero.png", "hero.json", "hero_n.png", "hero_p.png", "hero_d.png", "hero_v.png"),
        *("hero.tres", "hero_maps.json"),
    ]
    read = read_sprite_sheet(tmp_path / "hero.json")
    np.testing.assert_array_equal(read.frames["jump"], sheet[1])
    alpha = read_pixels(tmp_path / "hero.png")[..., 3]
    for what in "npdv":
        np.testing.assert_array_equal(read_pixels(tmp_path / f"hero_{what}.png")[..., 3], alpha)
    told = json.loads((tmp_path / "hero_maps.json").read_text())
    assert told["unity"] == {"secondary textures": [{"name": "_NormalMap", "texture": "hero_n.png"}]}
    assert told["normals"] == {"convention": "opengl", "green": "up"}
    godot = (tmp_path / "hero.tres").read_text()
    assert godot.startswith('[gd_resource type="CanvasTexture" load_steps=3 format=3]')
    assert 'path="hero_n.png" id="2"' in godot
    np.testing.assert_array_equal(read_pixels(tmp_path / "hero_v.png")[:12, :10], lit[0, 0])


def test_a_single_picture_is_a_sheet_of_one(sheet, tmp_path):
    picture = sheet[0, 0]
    save_lighting(tmp_path, "box", picture, maps_of(picture, EMBOSS), convention="directx")
    assert read_sprite_sheet(tmp_path / "box.json").frames["row 1"].shape == (1, 12, 10, 4)
    assert not (tmp_path / "box_v.png").exists()
    save_lighting(tmp_path, "box", picture, maps_of(picture, EMBOSS))  # again, in its place
    assert '"up"' in (tmp_path / "box_maps.json").read_text()
    assert read_pixels(tmp_path / "box_p.png").max() == 255  # the highest is white


def test_what_cannot_be_written_is_said(sheet, tmp_path):
    maps = maps_of(sheet, EMBOSS)
    with pytest.raises(ValueError, match="opengl or directx; got 'metal'"):
        save_lighting(tmp_path, "a", sheet, maps, convention="metal")
    with pytest.raises(ValueError, match="make them anew"):
        save_lighting(tmp_path, "a", sheet[:1], maps)
    with pytest.raises(ValueError, match="has no folder in it"):
        save_lighting(tmp_path, "../a", sheet, maps)
    with pytest.raises(ValueError, match="lit pictures of"):
        save_lighting(tmp_path, "a", sheet, maps, lit=sheet[0])
    with pytest.raises(ValueError, match="float32 are not those of"):
        save_lighting(tmp_path, "a", sheet, maps, lit=sheet.astype("float32"))
    with pytest.raises(ValueError, match="have another alpha"):
        save_lighting(tmp_path, "a", sheet, maps, lit=sheet // 2)
    for name in ('a"b', "a\\b", "a\nb"):
        with pytest.raises(ValueError, match="no quote, backslash, colon or line break"):
            save_lighting(tmp_path, name, sheet, maps)
    assert list(tmp_path.iterdir()) == []


def test_a_drawing_is_not_replaced_and_the_folder_is_made(sheet, tmp_path):
    (tmp_path / "hero.png").write_bytes(b"mine")
    maps = maps_of(sheet, EMBOSS)
    with pytest.raises(FileExistsError, match="was not written here: give another name or folder"):
        save_lighting(tmp_path, "hero", sheet, maps)
    assert (tmp_path / "hero.png").read_bytes() == b"mine"
    written = save_lighting(tmp_path / "new" / "folder", "hero", sheet, maps)
    np.testing.assert_array_equal(read_pixels(written[0])[12:, :10], sheet[1, 0])
