"""A user's folder of pictures, or a sheet to be cut: what loads, what is refused, and what each refusal says."""

import numpy as np
import pytest
from PIL import Image

from animkit.data.folder import cut_sprite_sheet, from_folder


def save(path, width, height, colour=(200, 100, 50, 255)):
    Image.new("RGBA", (width, height), colour).save(path)
    return path


def test_images_come_in_natural_order_with_their_transparency(tmp_path):
    save(tmp_path / "hero10.png", 2, 2, (10, 0, 0, 255))
    save(tmp_path / "hero2.PNG", 2, 2, (2, 0, 0, 128))
    save(tmp_path / "hero1.png", 2, 2, (99, 99, 99, 0))
    images, names = from_folder(tmp_path)
    assert names == ["hero1.png", "hero2.PNG", "hero10.png"]
    assert images.dtype == np.uint8
    np.testing.assert_array_equal(images[:, 0, 0], [[0, 0, 0, 0], [2, 0, 0, 128], [10, 0, 0, 255]])


def test_palette_and_grey_pictures_become_rgba(tmp_path):
    paletted = Image.new("P", (2, 1))
    paletted.putpalette([255, 0, 0, 0, 255, 0])
    paletted.putdata([0, 1])
    paletted.save(tmp_path / "a.png", transparency=0)
    Image.new("L", (2, 1), 7).save(tmp_path / "b.png")
    Image.new("RGB", (2, 1), (1, 2, 3)).save(tmp_path / "c.png")
    images, _ = from_folder(tmp_path)
    expected = [[(0, 0, 0, 0), (0, 255, 0, 255)], [(7, 7, 7, 255)] * 2, [(1, 2, 3, 255)] * 2]
    np.testing.assert_array_equal(images[:, 0], expected)


def test_smaller_pictures_stand_bottom_centred(tmp_path):
    save(tmp_path / "large.png", 5, 4)
    save(tmp_path / "small.png", 1, 2)
    images, names = from_folder(tmp_path)
    assert images.shape == (2, 4, 5, 4)
    rows, columns = np.nonzero(images[names.index("small.png")][..., 3])
    assert (set(rows), set(columns)) == ({2, 3}, {2})


def test_size_pads_beyond_the_largest(tmp_path):
    save(tmp_path / "one.png", 1, 1)
    images, _ = from_folder(tmp_path, size=(3, 4))
    assert images.shape == (1, 4, 3, 4)
    assert np.argwhere(images[0, ..., 3]).tolist() == [[3, 1]]


def test_a_single_pixel_is_a_picture(tmp_path):
    save(tmp_path / "dot.png", 1, 1, (1, 2, 3, 4))
    images, _ = from_folder(tmp_path)
    assert images.tolist() == [[[[1, 2, 3, 4]]]]


def test_other_files_are_left_alone(tmp_path):
    save(tmp_path / "hero.png", 2, 2)
    (tmp_path / "notes.txt").write_text("a hero")
    (tmp_path / ".hidden.png").write_bytes(b"nothing")
    (tmp_path / "folder.png").mkdir()
    assert from_folder(tmp_path)[1] == ["hero.png"]


def test_mixed_sizes_are_refused_by_name(tmp_path):
    save(tmp_path / "a.png", 4, 4)
    save(tmp_path / "b.png", 4, 6)
    with pytest.raises(ValueError, match=r"not 4x4 as a\.png: b\.png \(4x6\).*fit=\"pad\""):
        from_folder(tmp_path, fit="refuse")
    with pytest.raises(ValueError, match=r"not 4x6: a\.png \(4x4\)"):
        from_folder(tmp_path, size=(4, 6), fit="refuse")


def test_a_picture_larger_than_the_size_is_named(tmp_path):
    save(tmp_path / "a.png", 4, 4)
    save(tmp_path / "giant.png", 4, 9)
    with pytest.raises(ValueError, match=r"larger than 8x8: giant\.png \(4x9\)"):
        from_folder(tmp_path, size=(8, 8))


def test_empty_folder(tmp_path):
    with pytest.raises(ValueError, match="no PNG in .*no files"):
        from_folder(tmp_path)


def test_folder_of_other_files(tmp_path):
    (tmp_path / "walk.bvh").write_text("HIERARCHY")
    with pytest.raises(ValueError, match=r"no PNG in .*other files \(\.bvh\)"):
        from_folder(tmp_path)


def test_no_such_folder(tmp_path):
    with pytest.raises(NotADirectoryError, match="nowhere is not a folder"):
        from_folder(tmp_path / "nowhere")


def test_unknown_fit(tmp_path):
    with pytest.raises(ValueError, match='fit must be "pad" or "refuse"'):
        from_folder(tmp_path, fit="stretch")


@pytest.mark.parametrize("damage", ["text", "empty", "truncated", "flipped"])
def test_a_corrupt_png_is_named(tmp_path, damage):
    rng = np.random.default_rng(0)
    bad = tmp_path / "bad.png"
    Image.fromarray(rng.integers(0, 255, (16, 16, 4), np.uint8)).save(bad)
    whole = bytearray(bad.read_bytes())
    if damage == "text":
        bad.write_text("not a picture")
    elif damage == "empty":
        bad.write_bytes(b"")
    elif damage == "truncated":
        bad.write_bytes(whole[: len(whole) // 2])
    else:
        whole[len(whole) // 2] ^= 255
        bad.write_bytes(whole)
    with pytest.raises(ValueError, match=r"bad\.png cannot be read as a picture"):
        from_folder(tmp_path)


def test_an_animated_png_is_named(tmp_path):
    frames = [Image.new("RGBA", (4, 4), (shade, 0, 0, 255)) for shade in (0, 100, 200)]
    frames[0].save(tmp_path / "loop.png", save_all=True, append_images=frames[1:])
    with pytest.raises(ValueError, match=r"loop\.png is animated \(3 frames\).*read_animation"):
        from_folder(tmp_path)


def test_sixteen_bits_are_rounded_to_eight(tmp_path):
    Image.fromarray(np.full((2, 2), 60000, np.uint16)).save(tmp_path / "deep.png")
    assert (from_folder(tmp_path)[0] == [233, 233, 233, 255]).all()  # 60000 / 257 is 233.46


def test_a_folder_without_pngs_is_read_of_other_kinds(tmp_path):
    for name, kind in (("b10.webp", "WEBP"), ("b2.png", "JPEG"), ("b1.bmp", "BMP"), ("b3.GIF", "GIF")):
        Image.new("RGB", (2, 2), (10, 10, 10)).save(tmp_path / name, format=kind)
    with pytest.warns(UserWarning, match=r"other pictures are left alone \(b1\.bmp, b3\.GIF, b10\.webp\)"):
        assert from_folder(tmp_path)[1] == ["b2.png"]  # whatever it really is
    (tmp_path / "b2.png").unlink()
    images, names = from_folder(tmp_path)
    assert names == ["b1.bmp", "b3.GIF", "b10.webp"]
    assert (images == [10, 10, 10, 255]).all()


@pytest.fixture
def sheet(tmp_path):
    """A sheet of 2 rows and 3 columns of 4x5 cells, each filled with its own row and column."""
    pixels = np.full((10, 12, 4), 255, np.uint8)
    pixels[..., 0], pixels[..., 1] = np.indices((10, 12)) // np.array([5, 4])[:, None, None]
    Image.fromarray(pixels).save(tmp_path / "sheet.png")
    return tmp_path / "sheet.png"


@pytest.mark.parametrize(
    "how",
    [
        {"cell": (4, 5)},
        {"rows": 2, "columns": 3},
        {"cell": (4, 5), "rows": 2, "columns": 3},
        {"cell": (4, 5), "rows": 2},
    ],
)
def test_sheet_is_cut_by_cell_or_by_counts(sheet, how):
    cells = cut_sprite_sheet(sheet, **how)
    assert cells.shape == (2, 3, 5, 4, 4)
    for row in range(2):
        for column in range(3):
            assert (cells[row, column] == [row, column, 255, 255]).all()


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({}, r"give cell=\(width, height\), or both rows and columns"),
        ({"rows": 2}, "or both rows and columns"),
        ({"cell": (5, 5)}, r"cell width of 5 does not divide its width of 12 pixels \(2 left\)"),
        ({"cell": (4, 4)}, r"cell height of 4 does not divide its height of 10 pixels \(2 left\)"),
        ({"cell": (4, 20)}, "cell height of 20 is larger than the sheet's height of 10"),
        ({"rows": 3, "columns": 3}, "rows=3 does not divide its height of 10"),
        ({"cell": (4, 5), "columns": 4}, "makes 3 columns of 12 pixels, not 4"),
        ({"cell": (0, 5)}, "cell width must be at least 1, got 0"),
        ({"rows": 2, "columns": -3}, "columns must be at least 1, got -3"),
    ],
)
def test_sheets_that_cannot_be_cut_say_why(sheet, how, message):
    with pytest.raises(ValueError, match=message):
        cut_sprite_sheet(sheet, **how)


def test_no_such_sheet(tmp_path):
    with pytest.raises(FileNotFoundError, match="missing"):
        cut_sprite_sheet(tmp_path / "missing.png", cell=(4, 4))


def test_a_missing_picture_says_what_to_do(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no picture .*missing\.png: check the name"):
        cut_sprite_sheet(tmp_path / "missing.png", cell=(4, 4))
