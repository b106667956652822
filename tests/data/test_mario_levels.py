import numpy as np
import pytest

from animkit.data.mario_levels import LETTERS, SHA256, load_mario_levels, read_level, to_text, to_tiles


def test_codes_are_places_among_the_letters():
    tiles = to_tiles("-o-\n-E<\nXX[\n")
    assert tiles.dtype == np.uint8
    assert tiles.tolist() == [[0, 9, 0], [0, 10, 5], [1, 1, 7]]
    assert to_text(tiles) == "-o-\n-E<\nXX["


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "empty level"),
        ("---\n--\nXXX", "line 2 has 2 tiles, line 1 has 3: fill the shorter with -"),
        ("---\n-!-\nXXX", r"line 2, column 2: unknown tile '!'; the tiles are - air, X ground"),
        ("- -\nXXX", "line 1, column 2: unknown tile ' '"),
    ],
)
def test_own_level_that_is_none(text, match, tmp_path):
    with pytest.raises(ValueError, match=match):
        to_tiles(text)
    (tmp_path / "mine.txt").write_text(text)
    with pytest.raises(ValueError, match=f"mine.txt: .*{match}"):
        read_level(tmp_path / "mine.txt")


def test_own_level_with_windows_line_ends_and_byte_order_mark(tmp_path):
    (tmp_path / "mine.txt").write_bytes(b"\xef\xbb\xbf--\r\nXX\r\n")
    assert to_text(read_level(tmp_path / "mine.txt")) == "--\nXX"


def test_a_picture_is_no_level(tmp_path):
    (tmp_path / "level.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    with pytest.raises(ValueError, match="is no text in UTF-8"):
        read_level(tmp_path / "level.png")


@pytest.mark.parametrize("tiles", [np.array([[13]]), np.array([[-1]]), np.zeros(3, int), np.zeros((2, 2))])
def test_what_is_no_tiles(tiles):
    with pytest.raises(ValueError, match="codes of tiles are 0 to 12|a level is"):
        to_text(tiles)


def test_twin_has_every_tile_and_the_split_of_the_real_levels(no_real_data):
    twin = load_mario_levels(source="present")
    assert twin.source == "twin"
    assert {len(tiles) for tiles in twin.all.values()} == {14}
    assert {code for tiles in twin.all.values() for code in np.unique(tiles)} == set(range(len(LETTERS)))
    assert [len(part) for part in twin[:3]] == [9, 3, 3]
    assert sorted(twin.all) == sorted(SHA256)


def test_real_levels(real_data):
    levels = load_mario_levels(source="present")
    assert levels.source == "real"
    assert {len(tiles) for tiles in levels.all.values()} == {14}
    assert sum(tiles.shape[1] for tiles in levels.all.values()) == 2923
    assert to_text(levels.train["1-1"]).splitlines()[-1].startswith("X" * 69 + "--X")


def test_unknown_source():
    with pytest.raises(ValueError, match="source must be one of"):
        load_mario_levels(source="luigi")
