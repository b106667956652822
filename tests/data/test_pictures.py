"""A user's pictures of any kind, and a figure in one: what is read, what is refused, and what each refusal says."""

import io
import struct
import time
import zlib

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageOps

from animkit import render
from animkit.data.pictures import read_animation, read_picture, read_pixels


def art(height, width, seed=0):
    """(height, width, 4) uint8 opaque noise, every pixel of its own colour."""
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 4), np.uint8)
    pixels[..., 3] = 255
    return pixels


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
        (b"", "the picture cannot be read as a picture .*save it again as PNG"),
        (b"not a picture", "cannot be read as a picture"),
        (png(art(16, 16))[:200], "cannot be read as a picture"),
        (b"GIF89a", "cannot be read as a picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "cannot be read as a picture"),
        (animation("PNG"), r"animated \(3 frames\).*save one frame as a PNG"),
        (animation("GIF"), r"animated \(3 frames\).*save one frame as a PNG"),
        (png(np.zeros((16, 16), np.float32), format="TIFF"), "has 32 bits a channel: save it as a PNG"),
        (np.tile(np.uint8([90, 20, 30, 85]), (16, 16, 1)), "is transparent, nowhere more than 33% opaque: save"),
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


def coded(width, depth, colour, rows, *chunks):
    """A PNG made by hand, of rows of bytes; Pillow writes few of its kinds."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, len(rows), depth, colour, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"".join(b"\0" + bytes(row) for row in rows)))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunk(*one) for one in chunks) + body + chunk(b"IEND", b"")


@pytest.mark.parametrize(("colour", "channels"), [(0, 1), (2, 3), (4, 2), (6, 4)])
def test_sixteen_bits_are_rounded(colour, channels):
    deep = np.random.default_rng(colour).integers(0, 65536, (5, 7, channels))
    rounded = np.rint(deep / 257).astype(np.uint8)
    colours, alpha = (rounded[..., :-1], rounded[..., -1:]) if channels % 2 == 0 else (rounded, np.uint8([255]))
    expected = np.concatenate([np.broadcast_to(colours, (5, 7, 3)), np.broadcast_to(alpha, (5, 7, 1))], axis=-1)
    expected = np.where(expected[..., 3:] > 0, expected, 0)
    read = read_pixels(coded(7, 16, colour, [row.astype(">u2").tobytes() for row in deep]))
    np.testing.assert_array_equal(read, expected)


@pytest.mark.parametrize(
    ("depth", "colour", "row", "key", "alpha"),
    [
        (1, 0, b"\x50", [1], [255, 0, 255, 0]),
        (2, 0, b"\x1b", [3], [255, 255, 255, 0]),
        (4, 0, b"\x0f\x51", [15], [255, 0, 255, 255]),
        (8, 0, bytes([0, 7, 0, 8]), [7], [255, 0, 255, 255]),
        (16, 0, bytes([0, 7, 0, 8, 0, 7, 9, 7]), [7], [0, 255, 0, 255]),
        (8, 2, bytes([1, 2, 3, 4, 5, 6, 1, 2, 4, 1, 2, 3]), [1, 2, 3], [0, 255, 255, 0]),
        (16, 2, np.array([[1, 2, 3], [1, 2, 4], [0, 2, 3], [1, 2, 3]], ">u2").tobytes(), [1, 2, 3], [0, 255, 255, 0]),
    ],
)
def test_a_colour_key_is_transparency(depth, colour, row, key, alpha):
    read = read_pixels(coded(4, depth, colour, [row], (b"tRNS", struct.pack(f">{len(key)}H", *key))))
    assert read[0, :, 3].tolist() == alpha
    assert not read[read[..., 3] == 0].any()


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF", "BMP", "TIFF", "TGA", "JPEG"])
def test_the_kind_is_told_by_the_content(tmp_path, kind):
    plain = np.full((8, 8, 3), (200, 40, 90), np.uint8)
    path = tmp_path / "picture.png"
    path.write_bytes(png(plain, format=kind, **({"lossless": True} if kind == "WEBP" else {})))
    np.testing.assert_allclose(read_pixels(path)[..., :3].astype(int), plain, atol=2 if kind == "JPEG" else 0)


@pytest.mark.parametrize("orientation", range(10))
def test_what_exif_says_is_turned_is_turned_back(orientation):
    picture, exif = Image.fromarray(art(3, 5)), Image.Exif()
    exif[0x0112] = orientation
    whole = png(np.array(picture), exif=exif)
    with Image.open(io.BytesIO(whole)) as opened:
        np.testing.assert_array_equal(read_pixels(whole), np.array(ImageOps.exif_transpose(opened)))
    damaged = png(np.array(picture), exif=b"Exif\0\0II*\0\xff\xff\xff")
    np.testing.assert_array_equal(read_pixels(damaged), np.array(picture))


@pytest.mark.parametrize(
    ("kind", "durations"), [("GIF", [100, 40, 250]), ("PNG", [100, 40, 250]), ("WEBP", [7, 40, 9])]
)
def test_an_animated_picture_is_the_frames_of_one_clip(kind, durations):
    frames = np.zeros((3, 6, 5, 4), np.uint8)
    for i, frame in enumerate(frames):
        frame[i : i + 2, 1:4] = (200, 100 * i, 50, 255)
    buffer = io.BytesIO()
    first, *others = map(Image.fromarray, frames)
    lossless = {"lossless": True} if kind == "WEBP" else {}
    first.save(buffer, kind, save_all=True, append_images=others, duration=durations, disposal=2, **lossless)
    read, times = read_animation(buffer.getvalue())
    np.testing.assert_array_equal(read, frames)
    assert times.tolist() == durations


def test_frames_without_duration_are_said(tmp_path):
    (tmp_path / "loop.gif").write_bytes(animation("GIF"))
    with pytest.warns(UserWarning, match=r"loop\.gif has no duration for 3 of 3 frames: 100 ms are assumed"):
        frames, durations = read_animation(tmp_path / "loop.gif")
    assert frames[:, 0, 0, 0].tolist() == [0, 100, 200]
    assert durations.tolist() == [100, 100, 100]


def test_the_picture_before_an_animation_is_none_of_its_frames():
    still, *frames = (Image.new("RGBA", (4, 4), (shade, 0, 0, 255)) for shade in (9, 100, 200))
    buffer = io.BytesIO()
    still.save(buffer, "PNG", save_all=True, default_image=True, append_images=frames, duration=50)
    assert read_animation(buffer.getvalue())[0][:, 0, 0, 0].tolist() == [100, 200]


def test_more_than_can_be_held_is_refused():
    with pytest.raises(ValueError, match=r"has 3 frames of 16x16 pixels, more than the 767 that are read at once"):
        read_animation(animation("GIF"), most=3 * 16 * 16 - 1)


def test_a_known_figure_is_the_same_in_every_kind(cases):
    figure = read_pixels(cases / "picture.webp")  # 12x20 at 10, 12, transparent all around
    for name in ("really_webp.png", "rgb_colour_key.png", "exif_rotated.png"):
        np.testing.assert_array_equal(read_pixels(cases / name), figure)
    for name in ("grey_alpha.png", "grey_colour_key.png", "indexed_trns.png", "ghost.png"):
        np.testing.assert_array_equal(read_pixels(cases / name)[..., 3] > 0, figure[..., 3] > 0)
    for name, exact in (("apng.png", True), ("anim.gif", False)):
        with pytest.warns(UserWarning, match="no duration for 2 of 2 frames"):
            frames, durations = read_animation(cases / name)
        assert (frames.shape, durations.tolist()) == ((2, 32, 32, 4), [100, 100])
        assert np.abs(frames[0].astype(int) - figure).max() <= (0 if exact else 20)  # a GIF has 255 colours
        assert not np.array_equal(frames[0], frames[1])
    white = read_pixels(cases / "one_bit.png")
    np.testing.assert_array_equal(white[..., 0], np.where(figure[..., 3] > 0, 255, 0))
    for name in ("indexed_4bit.png", "really_jpeg.png"):
        with Image.open(cases / name) as image:
            expected = np.array(image.convert("RGBA"))
        np.testing.assert_array_equal(read_pixels(cases / name), np.where(expected[..., 3:] > 0, expected, 0))


def test_a_known_picture_of_16_bits_is_rounded(cases):
    data = (cases / "sixteen.png").read_bytes()
    rows = np.frombuffer(zlib.decompress(data[data.index(b"IDAT") + 4 : -16]), np.uint8).reshape(32, 1 + 8 * 32)
    assert not rows[:, 0].any()  # no row is filtered
    expected = np.rint(rows[:, 1:].copy().view(">u2").reshape(32, 32, 4) / 257).astype(np.uint8)
    np.testing.assert_array_equal(read_pixels(cases / "sixteen.png"), np.where(expected[..., 3:] > 0, expected, 0))


def test_a_known_ghost_is_no_figure(cases):
    with pytest.raises(ValueError, match=r"ghost\.png is transparent, nowhere more than 33% opaque"):
        read_picture(cases / "ghost.png", size=32)
    for name in ("anim.gif", "apng.png"):
        with pytest.raises(ValueError, match=r"is animated \(2 frames\).*read_animation"):
            read_picture(cases / name, size=32)
