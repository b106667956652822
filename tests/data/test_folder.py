"""A user's pictures: what loads, what is refused, and what each refusal says."""

import io
import json
import time
import zlib

import numpy as np
import pytest
from PIL import Image, ImageDraw

from animkit import render
from animkit.data.folder import cut_sprite_sheet, from_folder, read_picture, read_sprite_sheet


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


@pytest.mark.parametrize("damage", ["text", "empty", "truncated", "flipped", "jpeg"])
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
    elif damage == "flipped":
        whole[len(whole) // 2] ^= 255
        bad.write_bytes(whole)
    else:
        Image.new("RGB", (4, 4)).save(bad, format="JPEG")
    with pytest.raises(ValueError, match=r"bad\.png cannot be read as a PNG"):
        from_folder(tmp_path)


def test_an_animated_png_is_named(tmp_path):
    frames = [Image.new("RGBA", (4, 4), (shade, 0, 0, 255)) for shade in (0, 100, 200)]
    frames[0].save(tmp_path / "loop.png", save_all=True, append_images=frames[1:])
    with pytest.raises(ValueError, match=r"loop\.png is animated \(3 frames\)"):
        from_folder(tmp_path)


def test_sixteen_bits_are_named(tmp_path):
    Image.fromarray(np.full((2, 2), 60000, np.uint16)).save(tmp_path / "deep.png")
    with pytest.raises(ValueError, match=r"deep\.png has 16 bits"):
        from_folder(tmp_path)


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


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_sixteen_bits_of_colour_are_named(tmp_path, mode):
    Image.new(mode, (2, 2)).save(tmp_path / "deep.png")
    data = bytearray((tmp_path / "deep.png").read_bytes())
    data[24] = 16
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    (tmp_path / "deep.png").write_bytes(data)
    with pytest.raises(ValueError, match=r"deep\.png has 16 bits"):
        from_folder(tmp_path)


def art(height, width, seed=0):
    """(height, width, 4) uint8 opaque noise, every pixel of its own colour."""
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 4), np.uint8)
    pixels[..., 3] = 255
    return pixels


def test_an_exported_sheet_comes_back_exactly(tmp_path):
    frames = np.stack([art(5, 4, seed) for seed in range(6)]).reshape(2, 3, 5, 4, 4)
    frames[:, :, 0, :2] = 0
    render.save_sprite_sheet(tmp_path / "hero.png", frames, tags=["walk front", "slash"], fps=8)
    read, durations = read_sprite_sheet(tmp_path / "hero.json")
    assert list(read) == list(durations) == ["walk front", "slash"]
    for tag, row in zip(read, frames, strict=True):
        np.testing.assert_array_equal(read[tag], row)
        assert durations[tag].tolist() == [125, 125, 125]


def box(x, y, w, h):
    return {"x": x, "y": y, "w": w, "h": h}


@pytest.fixture
def aseprite(tmp_path):
    """A 12x4 PNG and what Aseprite writes of three 4x4 frames on it, as (write, pixels)."""
    pixels = art(4, 12)
    Image.fromarray(pixels).save(tmp_path / "hero.png")

    def write(**meta):
        frames = [{"filename": str(i), "frame": box(4 * i, 0, 4, 4), "duration": 100 * (i + 1)} for i in range(3)]
        return {"frames": frames, "meta": {"image": "hero.png", **meta}}

    return write, pixels


def load(folder, record):
    (folder / "hero.json").write_text(record if isinstance(record, str) else json.dumps(record))
    return read_sprite_sheet(folder / "hero.json")


@pytest.mark.parametrize(
    ("direction", "order"),
    [
        ("forward", [0, 1, 2]),
        ("reverse", [2, 1, 0]),
        ("pingpong", [0, 1, 2, 1]),
        ("pingpong_reverse", [2, 1, 0, 1]),
    ],
)
def test_directions_give_the_order_of_playing(tmp_path, aseprite, direction, order):
    write, pixels = aseprite
    tags = [
        {"name": "go", "from": 0, "to": 2, "direction": direction},
        {"name": "rest", "from": 1, "to": 1, "direction": direction},
    ]
    frames, durations = load(tmp_path, write(frameTags=tags))
    cells = pixels.reshape(4, 3, 4, 4).swapaxes(0, 1)
    np.testing.assert_array_equal(frames["go"], cells[order])
    np.testing.assert_array_equal(frames["rest"], cells[1:2])
    assert durations["go"].tolist() == [100 * (i + 1) for i in order]


@pytest.mark.parametrize("tags", [{}, {"frameTags": []}])
def test_a_sheet_without_tags_is_one_animation(tmp_path, aseprite, tags):
    write, _ = aseprite
    frames, durations = load(tmp_path, write(**tags))
    assert frames["all"].shape == (3, 4, 4, 4)
    assert durations["all"].tolist() == [100, 200, 300]


def test_trimmed_frames_of_a_hash_go_back_to_their_place(tmp_path, aseprite):
    write, pixels = aseprite
    whole = {"spriteSourceSize": box(3, 1, 2, 3), "sourceSize": {"w": 6, "h": 5}, "trimmed": True, "rotated": False}
    record = write()
    record["frames"] = {
        "hero 0.aseprite": {"frame": box(5, 0, 2, 3), **whole},
        "hero 1.aseprite": {"frame": box(7, 0, 4, 4), **whole, "spriteSourceSize": box(0, 3, 2, 2)},
    }
    frames, durations = load(tmp_path, record)
    expected = np.zeros((2, 5, 6, 4), np.uint8)
    expected[0, 1:4, 3:5] = pixels[0:3, 5:7]
    expected[1, 3:5, 0:2] = pixels[1:3, 8:10]  # its frame has one pixel of inner padding all around
    np.testing.assert_array_equal(frames["all"], expected)
    assert durations["all"].tolist() == [100, 100]


def broken_frame(**changes):
    return lambda record: record["frames"][1].update(changes)


def broken_meta(**changes):
    return lambda record: record["meta"].update(changes)


def tag(**changes):
    return broken_meta(frameTags=[{"name": "go", "from": 0, "to": 2, **changes}])


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda record: record.pop("frames"), r"hero\.json is not a sprite sheet"),
        (lambda record: record.update(frames=[]), "not a sprite sheet"),
        (lambda record: record.pop("meta"), "not a sprite sheet"),
        (lambda record: record["meta"].pop("image"), "not a sprite sheet"),
        (lambda record: record["frames"].append(7), "frame 3 is no frame but 7"),
        (broken_frame(frame=box(9, 0, 4, 4)), r"frame 1 \(4x4 at 9, 0\) lies outside the picture of 12x4"),
        (broken_frame(frame=box(-1, 0, 4, 4)), "frame 1: frame needs whole numbers from 0 for x, y, w, h"),
        (broken_frame(frame=box(0, 0, 4, 2.5)), "needs whole numbers"),
        (broken_frame(frame=None), "needs whole numbers"),
        (broken_frame(duration="long"), "frame 1 needs whole numbers from 0 for duration"),
        (broken_frame(rotated=True), "frame 1 is rotated, which is not supported"),
        (broken_frame(sourceSize={"w": 3, "h": 4}), "does not fit its size of 3x4"),
        (broken_frame(sourceSize={"w": 9, "h": 10**9}), "at most 4096 a side"),
        (broken_frame(spriteSourceSize=box(0, 0, 3, 4)), "4x4 on the sheet but 3x4 in the sprite"),
        (broken_frame(frame=box(0, 0, 2, 2)), r"tag 'all' mixes frames of sizes \[\(2, 2\), \(4, 4\)\]"),
        (tag(to=3), "tag 'go' goes from 0 to 3, but the frames are 0 to 2"),
        (tag(**{"from": 2, "to": 1}), "goes from 2 to 1"),
        (tag(**{"from": -1}), "goes from -1"),
        (tag(direction="sideways"), "unknown direction 'sideways'"),
        (tag(name=None), 'a tag needs a "name" of its own'),
        (broken_meta(frameTags=2 * [{"name": "go", "from": 0, "to": 2}]), 'a tag needs a "name" of its own'),
        (broken_meta(frameTags={"go": [0, 2]}), '"frameTags" must be a list'),
        *((broken_meta(image=name), "must be a plain file name") for name in ("../hero.png", "/hero.png", "", "..")),
        *(
            (broken_meta(image=name), "must be a plain file name")
            for name in ("a/hero.png", "a\\hero.png", "C:hero.png")
        ),
    ],
)
def test_damaged_sheets_say_why(tmp_path, aseprite, damage, message):
    record = aseprite[0]()
    damage(record)
    with pytest.raises(ValueError, match=message):
        load(tmp_path, record)


@pytest.mark.parametrize("text", ["", "a hero", "[" * 100_000, '{"frames": [}'])
def test_what_is_not_json_is_named(tmp_path, text):
    with pytest.raises(ValueError, match=r"hero\.json is not JSON .*give the \.json"):
        load(tmp_path, text)


def test_a_sheet_without_its_files_says_which(tmp_path, aseprite):
    with pytest.raises(FileNotFoundError, match=r"no .*hero\.json: give the \.json"):
        read_sprite_sheet(tmp_path / "hero.json")
    with pytest.raises(FileNotFoundError, match=r"is for lost\.png, which is not beside it: put both in one folder"):
        load(tmp_path, aseprite[0](image="lost.png"))


def png(pixels, **options):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, options.pop("format", "PNG"), **options)
    return buffer.getvalue()


def on(colour, figure, *, margin):
    """An opaque picture of a figure with a margin of one colour."""
    height, width = figure.shape[:2]
    picture = np.full((height + 2 * margin, width + 2 * margin, 3), colour, np.uint8)
    inside = picture[margin : margin + height, margin : margin + width]
    inside[figure[..., 3] > 0] = figure[figure[..., 3] > 0][:, :3]
    return picture


@pytest.fixture
def figure():
    """12 rows and 9 columns, each pixel of its own colour, without the upper corners."""
    pixels = art(12, 9)
    pixels[:3, [0, 1, 7, 8]] = 0
    return pixels


def standing(figure, size=32, ground=0):
    """Where `figure`, of 9 columns, stands: on the bottom, its middle in column size / 2."""
    cell = np.zeros((size, size, 4), np.uint8)
    cell[size - ground - len(figure) : size - ground, size // 2 - 4 : size // 2 + 5] = figure
    return cell


def test_a_small_picture_stands_on_the_ground(tmp_path, figure):
    padded = np.pad(figure, [(3, 1), (6, 2), (0, 0)])
    (tmp_path / "hero.png").write_bytes(png(padded))
    for picture in (padded, png(padded), memoryview(png(padded)), tmp_path / "hero.png", str(tmp_path / "hero.png")):
        np.testing.assert_array_equal(read_picture(picture, size=32), standing(figure))
    np.testing.assert_array_equal(read_picture(padded, size=64, ground=3), standing(figure, size=64, ground=3))


def test_the_twins_own_sprites_stay_where_they_stand():
    from animkit.data.sprites import load_sprites

    sprites = load_sprites(source="twin", characters=1)
    frames = render.to_rgba(sprites.frames[0, 1], sprites.palette)
    for frame in frames:
        read = read_picture(frame, size=32)
        rows = np.flatnonzero(read.any(axis=(1, 2)))
        np.testing.assert_array_equal(rows, np.flatnonzero(frame.any(axis=(1, 2))))
        np.testing.assert_array_equal(read[read[..., 3] > 0], frame[frame[..., 3] > 0])


def test_a_still_gif_is_read(figure):
    figure[...] = np.where(figure[..., 3:] > 0, (200, 30, 40, 255), 0)
    np.testing.assert_array_equal(read_picture(png(figure, format="GIF"), size=32), standing(figure))


@pytest.mark.parametrize("factor", [2, 8, 25])
def test_enlarged_pixel_art_goes_back_exactly(figure, factor):
    large = render.upscale(figure, factor)
    off_grid = np.pad(large, [(1, 2), (3, 0), (0, 0)])
    np.testing.assert_array_equal(read_picture(off_grid, size=32), standing(figure))
    white = on((255, 255, 255), large, margin=5)
    np.testing.assert_array_equal(read_picture(white, size=32), standing(figure))


def test_large_blocks_are_not_taken_for_pixels():
    block = np.full((24, 24, 4), (90, 20, 30, 255), np.uint8)
    block[:12, :12] = (10, 200, 30, 255)
    read = read_picture(block, size=32)
    assert (read[..., 3] > 0).sum() == 12 * 12  # by 2 and not by 12, which would leave four pixels


def test_background_is_what_the_border_reaches(figure):
    figure[5:8, 4] = (255, 255, 255, 255)  # a white shirt inside stays
    white = on((255, 255, 255), figure, margin=2)
    np.testing.assert_array_equal(read_picture(white, size=32), standing(figure))
    noisy = white.copy()
    noisy[0] -= np.arange(13, dtype=np.uint8)[:, None] % 5  # as JPEG leaves it
    np.testing.assert_array_equal(read_picture(noisy, size=32), standing(figure))


def test_a_picture_with_a_border_of_many_colours_is_kept_whole():
    photo = art(20, 16)
    read = read_picture(photo[..., :3], size=32)
    np.testing.assert_array_equal(read[12:, 8:24], photo)
    assert (read[..., 3] > 0).sum() == 20 * 16


def test_soft_edges_become_hard(figure):
    figure[3, 0, 3], figure[11, 8, 3] = 127, 128
    read = read_picture(figure, size=32)
    figure[3, 0], figure[11, 8, 3] = 0, 255
    np.testing.assert_array_equal(read, standing(figure))


def test_reducing_takes_the_most_common_colour():
    red, green, blue = (200, 0, 0, 255), (0, 200, 0, 255), (0, 0, 200, 255)
    picture = np.zeros((64, 64, 4), np.uint8)
    picture[...] = red
    picture[0:2, 0:2] = [[green, green], [green, red]]
    picture[0:2, 2:4] = [[blue, blue], [(0, 0, 0, 0), (0, 0, 0, 0)]]
    picture[0:2, 4:6] = [[blue, (0, 0, 0, 0)], [(0, 0, 0, 0), (0, 0, 0, 0)]]
    read = read_picture(picture, size=32)
    assert read[0, :4].tolist() == [list(green), list(blue), [0, 0, 0, 0], list(red)]
    assert (read[1:] == red).all()


def test_reducing_makes_no_new_colour_and_keeps_the_proportions():
    picture = art(300, 90)
    read = read_picture(picture, size=64, ground=4)
    rows, columns = np.nonzero(read[..., 3])
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (0, 59, 23, 40)  # 60 x 18
    assert {tuple(p) for p in read[read[..., 3] > 0].tolist()} <= {tuple(p) for p in picture.reshape(-1, 4).tolist()}


def test_a_photograph_takes_the_colour_nearest_the_mean():
    photo = art(640, 640)
    photo[..., :3] //= 4  # 0-63 around a mean of 31 and a half
    read = read_picture(photo, size=32)
    assert np.abs(read[..., :3].astype(int) - 31.5).mean() < 6  # a colour taken at random is 16 away


def test_four_thousand_pixels_are_read_in_good_time(figure):
    large = np.pad(render.upscale(figure, 300), [(400, 0), (600, 700), (0, 0)])
    assert large.shape == (4000, 4000, 4)
    start = time.process_time()
    np.testing.assert_array_equal(read_picture(large, size=32), standing(figure))
    assert time.process_time() - start < 5  # a fraction of a second on a quiet machine


def animation(kind):
    frames = [Image.new("RGB", (16, 16), (shade, 0, 0)) for shade in (0, 100, 200)]
    buffer = io.BytesIO()
    frames[0].save(buffer, kind, save_all=True, append_images=frames[1:])
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("picture", "message"),
    [
        (b"", "the picture cannot be read as a PNG .*save it again"),
        (b"not a picture", "cannot be read as a PNG"),
        (png(art(16, 16))[:200], "cannot be read as a PNG"),
        (b"GIF89a", "cannot be read as a PNG"),
        (animation("PNG"), r"animated \(3 frames\): save one frame as a PNG"),
        (animation("GIF"), r"animated \(3 frames\): save one frame as a PNG"),
        (png(np.full((16, 16), 60000, np.uint16)), "has 16 bits a channel: save it with 8"),
        (np.zeros((16, 16, 4), np.uint8), "is transparent: save it with the layer shown"),
        (np.full((16, 16, 4), 100, np.uint8), "is transparent"),
        (np.full((16, 16, 3), 90, np.uint8), "is all of one colour"),
        (art(1, 1), "is 1x1 pixels, too small to be a figure: draw it 8 or more a side"),
        (art(7, 5), "is 5x7 pixels, too small"),
        (np.pad(art(3, 2), [(9, 9), (9, 9), (0, 0)]), "the figure in the picture is 2x3 pixels, too small"),
        (png(np.zeros((1, 4097, 3), np.uint8)), "is 4097x1 pixels, more than 4096 a side: crop it"),
        (np.zeros((4097, 8, 3), np.uint8), "is 8x4097 pixels, more than 4096 a side"),
        (np.zeros((16, 16), np.uint8), r"\(height, width, 3 or 4\) uint8; got \(16, 16\)"),
        (np.zeros((16, 16, 3)), "got .*float64"),
    ],
)
def test_pictures_that_are_no_figure_say_why(picture, message):
    with pytest.raises(ValueError, match=message):
        read_picture(picture, size=32)


def test_lines_too_thin_to_see_are_named():
    drawing = Image.new("RGBA", (800, 800))
    ImageDraw.Draw(drawing).ellipse((10, 10, 790, 790), outline=(0, 0, 0, 255))
    with pytest.raises(ValueError, match="drawn too thinly to be seen at 32 pixels"):
        read_picture(np.asarray(drawing), size=32)


def test_a_picture_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no picture .*lost\.png"):
        read_picture(tmp_path / "lost.png", size=32)
    (tmp_path / "bad.png").write_text("not a picture")
    with pytest.raises(ValueError, match=r"bad\.png cannot be read"):
        read_picture(tmp_path / "bad.png", size=32)


@pytest.mark.parametrize("options", [{"size": 7}, {"size": 32, "ground": -1}, {"size": 32, "ground": 25}])
def test_sizes_without_room_are_refused(options):
    with pytest.raises(ValueError, match="size must be at least 8 and ground leave as much"):
        read_picture(art(16, 16), **options)
