"""Levels painted: which tile goes where, what hour, weather and camera change, and maps that come back."""

import json

import numpy as np
import pytest
from PIL import Image

from animkit.data.mario_levels import LETTERS, load_mario_levels, to_tiles
from animkit.studio import backdrop
from animkit.studio.level_art import DEEPER, WEATHERS, figures, paint_level, read_tmj, save_tmj, view
from animkit.studio.level_tiles import GROUNDS, MASKS, PHASES, SIDE, normal, tile_set
from animkit.studio.places import PLACES

LEVEL = """
----------------------------
-----o----------------E-----
----SSS--?Q-----------------
----------------<>----------
--B---------[---[]----------
E-b--------------]----------
XXXXX--XXXXXXXXXXXXXXXXXX--X
XXXXX--XXXXXXXXXXXXXXXXXX--X
"""


@pytest.fixture(scope="module")
def tiles():
    return to_tiles(LEVEL.strip())


@pytest.fixture(scope="module")
def painting(tiles):
    return paint_level(tiles, seed=1)


def named(painting, layer, row, column):
    names, _, _ = tile_set("meadow")
    number = getattr(painting, layer)[row, column]
    return next(name for name, first in reversed(names.items()) if first <= number)


def test_every_place_of_the_backdrops_has_ground():
    assert set(GROUNDS) == set(PLACES)


def test_a_corner_beside_an_open_edge_does_not_show():
    assert normal(0b11110000) == 0b11110000
    assert normal(0b00010001) == 0b00000001  # north-east corner beside the open north
    assert len(MASKS) == 47


def test_tiles_join(painting):
    # open above, and at the corner that the gap leaves; then earth with earth around it
    assert named(painting, "blocks", 6, 4)[:2] == ("ground", 0b0011)
    assert named(painting, "blocks", 7, 4)[:2] == ("ground", 0b0010)
    assert named(painting, "blocks", 7, 2)[:2] == ("ground", 0)
    assert [named(painting, "blocks", 2, column)[1] for column in (4, 5, 6)] == [0b1101, 0b0101, 0b0111]


def test_half_a_trunk_without_the_other_is_a_narrow_one(painting):
    assert [named(painting, "blocks", 3, column)[1:3] for column in (16, 17)] == [("top", "left"), ("top", "right")]
    assert named(painting, "blocks", 4, 12)[1:3] == ("body", "narrow")
    assert [named(painting, "blocks", row, 17)[2] for row in (4, 5)] == ["right", "narrow"]


def test_creatures_walk_where_there_is_floor_and_fly_elsewhere(painting):
    assert named(painting, "things", 5, 0) == "walker"
    assert named(painting, "things", 1, 22) == "flyer"
    assert named(painting, "things", 1, 5) == "coin"


def test_gaps_hold_water_and_the_last_column_a_banner(painting, tiles):
    assert named(painting, "scenery", 7, 5) == "water"
    assert {named(painting, "scenery", row, 5) for row in range(8, 8 + DEEPER)} == {"deep"}
    assert [named(painting, "scenery", row, 27) for row in (4, 5)] == ["banner", "banner foot"]
    assert painting.blocks.shape == (len(tiles) + DEEPER, tiles.shape[1])


@pytest.mark.parametrize("variant", range(2))
def test_grass_meets_at_the_joins(variant):
    names, pictures, _ = tile_set("meadow")
    one = pictures[names["ground", 1, variant]]
    fringe = [int(np.flatnonzero(column[:, 1] > column[:, 0])[-1]) for column in one.swapaxes(0, 1)[:, :10].astype(int)]
    assert abs(fringe[0] - fringe[-1]) <= 2  # set side by side, the fringe goes on


def test_the_whole_level_is_seen_and_a_camera_sees_its_part(painting, tiles):
    whole = view(painting)
    assert whole.shape == (len(tiles) * SIDE, tiles.shape[1] * SIDE, 3)
    part = view(painting, camera=(37, 21), size=(90, 160))
    solid = np.isin(tiles, [LETTERS.index(letter) for letter in "XS?Q"])
    mask = solid.repeat(SIDE, 0).repeat(SIDE, 1)
    grass_free = mask & np.roll(mask, 8, axis=0)  # below what is cut out at corners
    seen = grass_free[21:111, 37:197]
    np.testing.assert_array_equal(part[seen], whole[21:111, 37:197][seen])


def test_hours_weathers_places_and_seeds_differ(tiles):
    first = view(paint_level(tiles))
    others = [paint_level(tiles, hour=hour) for hour in backdrop.TIMES if hour != "day"]
    others += [paint_level(tiles, weather=weather) for weather in WEATHERS if weather != "clear"]
    others += [paint_level(tiles, place="shore"), paint_level(tiles, seed=9)]
    for other in others:
        assert (view(other) != first).any(axis=-1).mean() > 0.02
    night = view(paint_level(tiles, hour="night"))
    assert night.mean() < 0.6 * first.mean()


def test_the_same_seed_paints_the_same_and_time_moves_what_moves(tiles):
    one, two = (view(paint_level(tiles, weather="rain", seed=3), tick=7) for _ in range(2))
    np.testing.assert_array_equal(one, two)
    painting = paint_level(tiles, seed=3)
    coin = np.s_[SIDE : 2 * SIDE, 5 * SIDE : 6 * SIDE]
    assert (view(painting, tick=0)[coin] != view(painting, tick=4)[coin]).any()
    assert painting.moves.sum() * PHASES < len(painting.atlas)


def test_actors_are_seen(painting):
    sprite = np.full((8, 8, 4), (255, 0, 0, 255), "uint8")
    picture = view(painting, camera=(50, 10), size=(90, 160), actors=[backdrop.Actor(sprite, 100, 40)])
    assert (picture[22:30, 46:54] == (255, 0, 0)).all()


def test_a_figure_is_three_quarters_as_large_and_has_no_new_colours(tiles):
    clips = np.zeros((9, 1, 8, 8, 4), "uint8")
    clips[..., 4:, :, :] = (10, 200, 30, 255)
    clips[0, 0, 0, 0] = (1, 2, 3, 255)  # one pixel is not the commonest of its four by four
    small = figures(paint_level(tiles)._replace(tint=(1, 1, 1)), clips)
    assert small.shape == (9, 1, 6, 6, 4)
    assert (small[:, :, 3:] == (10, 200, 30, 255)).all()
    assert {tuple(colour) for colour in small[:, :, :3].reshape(-1, 4)} == {(0, 0, 0, 0), (1, 2, 3, 255)}


def test_a_map_is_what_tiled_reads_and_comes_back(painting, tiles, tmp_path):
    from pytiled_parser import parse_map

    path, picture = save_tmj(tmp_path / "level.tmj", painting)
    map_ = parse_map(path)
    assert (map_.map_size.width, map_.map_size.height) == tiles.shape[::-1]
    assert map_.background_color.blue > map_.background_color.red  # the sky's
    (tile_set_,) = map_.tilesets.values()
    assert Image.open(picture).size == (tile_set_.image_width, tile_set_.image_height)
    letters = np.full(tiles.shape, "-")
    for layer in map_.layers[1:]:
        for row, column in np.argwhere(np.array(layer.data)):
            letters[row, column] = tile_set_.tiles[layer.data[row][column] - 1].properties["letter"]
    assert "\n".join("".join(row) for row in letters) == LEVEL.strip()
    np.testing.assert_array_equal(read_tmj(path), tiles)
    animated = [tile for tile in tile_set_.tiles.values() if tile.animation]
    assert all(len(tile.animation) == PHASES for tile in animated)
    assert {path.name for path in tmp_path.iterdir()} == {"level.tmj", "level_tiles.png"}  # nothing half written


def test_a_level_of_the_corpus_size_comes_back(tmp_path):
    level = load_mario_levels(source="twin").train["1-1"]
    save_tmj(tmp_path / "twin.tmj", paint_level(level, hour="night", weather="snow"))
    np.testing.assert_array_equal(read_tmj(tmp_path / "twin.tmj"), level)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"place": "moon"}, "no place 'moon'; there are meadow"),
        ({"hour": "noon"}, "no hour 'noon'; there are dawn"),
        ({"weather": "hail"}, "no weather 'hail'; there are clear, rain"),
    ],
)
def test_unknown_wishes_are_refused(tiles, options, message):
    with pytest.raises(ValueError, match=message):
        paint_level(tiles, **options)


def test_what_is_no_level_or_no_figure_is_refused(tiles, painting, tmp_path):
    with pytest.raises(ValueError, match="codes of tiles are 0 to 12"):
        paint_level(tiles + 50)
    with pytest.raises(ValueError, match="at least 4 rows"):
        paint_level(tiles[:3])
    with pytest.raises(ValueError, match="beyond the painting of 448 x 160 pixels"):
        view(painting, camera=(400, 0), size=(90, 160))
    with pytest.raises(ValueError, match=r"clips are \(9, frames"):
        figures(painting, np.zeros((1, 8, 32, 32, 4), "uint8"))
    with pytest.raises(ValueError, match="four must divide its sides, 6 x 8"):
        figures(painting, np.zeros((9, 8, 6, 8, 4), "uint8"))
    with pytest.raises(ValueError, match="ends in .tmj; got 'level.json'"):
        save_tmj(tmp_path / "level.json", painting)
    with pytest.raises(FileNotFoundError):
        save_tmj(tmp_path / "nowhere" / "level.tmj", painting)


@pytest.mark.parametrize("text", ["", "{}", json.dumps({"tilesets": [{"tiles": [], "firstgid": 1}], "height": 2})])
def test_other_files_are_refused_by_name(text, tmp_path):
    path = tmp_path / "other.tmj"
    path.write_text(text)
    with pytest.raises(ValueError, match="other.tmj: no level that save_tmj wrote"):
        read_tmj(path)
