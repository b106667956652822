import base64
import errno
import json
import os
import re

import av
import numpy as np
import pytest
from PIL import Image, ImageSequence

from animkit import __version__, render
from animkit.data.pictures import at_rate, read_animation
from animkit.data.sprite_sheet import read_sprite_sheet

PALETTE = np.array([[0, 0, 0, 0], [200, 10, 20, 255], [0, 255, 0, 255]], "uint8")


def pixel_art(count, colours, size=16, seed=0):
    """(count, size, size, 4) uint8 opaque frames in at most `colours` colours."""
    rng = np.random.default_rng(seed)
    palette = rng.integers(0, 256, (colours, 3), "uint8")
    rgb = palette[rng.integers(0, colours, (count, size, size))]
    return np.concatenate([rgb, np.full((count, size, size, 1), 255, "uint8")], axis=-1)


def read_gif(path):
    with Image.open(path) as gif:
        frames = [(frame.convert("RGBA"), frame.info["duration"]) for frame in ImageSequence.Iterator(gif)]
        return np.stack([np.asarray(f) for f, _ in frames]), [d for _, d in frames], gif.info.get("loop")


def test_to_rgba_looks_every_index_up():
    rgba = render.to_rgba(np.array([[[0, 1], [2, 1]]]), PALETTE)
    assert rgba.shape == (1, 2, 2, 4)
    assert rgba.tolist() == [[[[0, 0, 0, 0], [200, 10, 20, 255]], [[0, 255, 0, 255], [200, 10, 20, 255]]]]


@pytest.mark.parametrize(
    ("indices", "palette", "message"),
    [
        (np.array([[3]]), PALETTE, "3 colours"),
        (np.array([[-1]]), PALETTE, "from -1"),
        (np.array([[0.5]]), PALETTE, "integers"),
        (np.array([[0]]), PALETTE[:, :3], r"\(colours, 4\)"),
    ],
)
def test_to_rgba_refuses(indices, palette, message):
    with pytest.raises(ValueError, match=message):
        render.to_rgba(indices, palette)


def test_to_uint8_rounds_and_clips():
    assert render.to_uint8([-1, 0, 0.5, 1, 2]).tolist() == [0, 0, 128, 255, 255]


def test_to_uint8_says_where_nan_is():
    with pytest.raises(ValueError, match=r"1 values are NaN.*\(1, 0\)"):
        render.to_uint8([[0.0, 1.0], [np.nan, 0.0]])


def test_upscale_repeats_pixels():
    frames = pixel_art(2, 5, size=3)
    big = render.upscale(frames, 4)
    assert big.shape == (2, 12, 12, 4)
    y, x = np.mgrid[:12, :12] // 4
    np.testing.assert_array_equal(big, frames[:, y, x])
    assert render.upscale(np.eye(2, dtype="uint8"), 2).shape == (4, 4)


def test_upscale_refuses_fractions():
    with pytest.raises(ValueError, match="whole number"):
        render.upscale(pixel_art(1, 2), 1.5)


def test_contact_sheet_places_row_by_row():
    frames = pixel_art(3, 9, size=4)
    frames[2, 0, 0, 3] = 0
    sheet = render.contact_sheet(frames, columns=2, gap=1, background=(7, 8, 9, 255))
    assert sheet.shape == (11, 11, 4)
    np.testing.assert_array_equal(sheet[1:5, 1:5], frames[0])
    np.testing.assert_array_equal(sheet[1:5, 6:10], frames[1])
    np.testing.assert_array_equal(sheet[7:10, 1:5], frames[2, 1:])
    assert not render.contact_sheet(frames, columns=2, gap=1)[0].any()  # what lies behind is the page's
    assert sheet[6, 1].tolist() == sheet[6, 6].tolist() == sheet[0, 0].tolist() == [7, 8, 9, 255]


def test_png_round_trip_keeps_transparency(tmp_path):
    image = pixel_art(1, 9)[0]
    image[3:5, :, 3] = 0
    render.save_png(tmp_path / "a.png", image)
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "a.png")), image)


def test_sprite_sheet_is_edge_to_edge(tmp_path):
    frames = pixel_art(6, 9, size=4).reshape(2, 3, 4, 4, 4)
    render.save_sprite_sheet(tmp_path / "sheet.png", frames)
    sheet = np.asarray(Image.open(tmp_path / "sheet.png"))
    assert sheet.shape == (8, 12, 4)
    np.testing.assert_array_equal(sheet[4:, 8:], frames[1, 2])


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def rows_of_art(rows=2, columns=3):
    return pixel_art(rows * columns, 9, size=4).reshape(rows, columns, 4, 4, 4)


def test_tagged_sheet_is_described_as_aseprite_does(tmp_path):
    render.save_sprite_sheet(tmp_path / "hero.png", rows_of_art(), tags=["walk", "läuft"], fps=12)
    assert names(tmp_path) == ["hero.json", "hero.png"]
    record = json.loads((tmp_path / "hero.json").read_text("utf-8"))
    assert record["frames"][4] == {
        "filename": "4",
        "frame": {"x": 4, "y": 4, "w": 4, "h": 4},
        "rotated": False,
        "trimmed": False,
        "spriteSourceSize": {"x": 0, "y": 0, "w": 4, "h": 4},
        "sourceSize": {"w": 4, "h": 4},
        "duration": 83,
    }
    assert record["meta"] == {
        "app": "animkit",
        "version": __version__,
        "image": "hero.png",
        "format": "RGBA8888",
        "size": {"w": 12, "h": 8},
        "scale": "1",
        "frameTags": [
            {"name": "walk", "from": 0, "to": 2, "direction": "forward", "color": "#000000ff"},
            {"name": "läuft", "from": 3, "to": 5, "direction": "forward", "color": "#000000ff"},
        ],
    }
    # Phaser looks frame 4 of a tag up as "4", in the list and by name.
    assert [frame["filename"] for frame in record["frames"]] == list("012345")


def test_rows_of_a_tagged_sheet_may_differ_in_length(tmp_path):
    long, short = rows_of_art()
    render.save_sprite_sheet(tmp_path / "hero.png", [long, short[:1]], tags=["walk", "sit"])
    sheet = np.asarray(Image.open(tmp_path / "hero.png"))
    assert not sheet[4:, 4:].any()
    read = read_sprite_sheet(tmp_path / "hero.json").frames
    np.testing.assert_array_equal(read["walk"], long)
    np.testing.assert_array_equal(read["sit"], short[:1])
    with pytest.raises(ValueError, match="a row holds no frames"):
        render.save_sprite_sheet(tmp_path / "b.png", [long, short[:0]], tags=["walk", "sit"])
    with pytest.raises(ValueError, match="rows have frames of several sizes"):
        render.save_sprite_sheet(tmp_path / "b.png", [long, short[:1, :2]], tags=["walk", "sit"])


def test_the_png_of_a_sheet_is_the_same_with_tags(tmp_path):
    render.save_sprite_sheet(tmp_path / "plain.png", rows_of_art())
    render.save_sprite_sheet(tmp_path / "tagged.png", rows_of_art(), tags=["a", "b"])
    assert (tmp_path / "plain.png").read_bytes() == (tmp_path / "tagged.png").read_bytes()
    assert names(tmp_path) == ["plain.png", "tagged.json", "tagged.png"]


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("a.png", {"tags": ["walk"]}, "1 tags for 2 rows"),
        ("a.png", {"tags": ["walk", "walk"]}, "names that differ"),
        ("a.png", {"tags": ["walk", " "]}, "names that differ"),
        ("a.png", {"tags": ["walk", 3]}, "names that differ"),
        ("a.png", {"tags": ["a", "b"], "fps": 0}, "frames per second"),
        ("a.json", {"tags": ["a", "b"]}, "a.json: a sheet with tags is named .png"),
    ],
)
def test_bad_sheets_are_refused_and_nothing_is_written(tmp_path, name, options, message):
    with pytest.raises(ValueError, match=message):
        render.save_sprite_sheet(tmp_path / name, rows_of_art(), **options)
    with pytest.raises(ValueError, match="to_uint8"):
        render.save_sprite_sheet(tmp_path / "a.png", np.zeros((1, 1, 4, 4, 4)), tags=["a"])
    assert names(tmp_path) == []


def test_a_sheet_whose_json_cannot_be_written_leaves_no_png(tmp_path):
    (tmp_path / "a.json").mkdir()
    with pytest.raises(IsADirectoryError, match="a.json: a folder in .* has that name"):
        render.save_sprite_sheet(tmp_path / "a.png", rows_of_art(), tags=["a", "b"])
    assert names(tmp_path) == ["a.json"]


def test_a_failed_sheet_leaves_the_old_pair(tmp_path, monkeypatch):
    render.save_sprite_sheet(tmp_path / "a.png", rows_of_art(), tags=["a", "b"])
    old = [(tmp_path / name).read_bytes() for name in ("a.json", "a.png")]

    def broken(*args, **options):
        raise OSError("disk full")

    monkeypatch.setattr(render.Path, "write_text", broken)
    with pytest.raises(OSError, match="disk full"):
        render.save_sprite_sheet(tmp_path / "a.png", rows_of_art()[::-1], tags=["c", "d"])
    assert names(tmp_path) == ["a.json", "a.png"]
    assert [(tmp_path / name).read_bytes() for name in ("a.json", "a.png")] == old


@pytest.mark.parametrize("there", [False, True])
def test_frames_become_files_that_sort(tmp_path, there):
    frames = rows_of_art(2, 11)
    folder = tmp_path / "hero"
    if there:
        folder.mkdir()
    render.save_frames(folder, frames, tags=["walk front", "../übel: 2"])
    assert names(tmp_path) == ["hero"]
    expected = [f"{name}_{i:02}.png" for name in ("walk_front", "übel_2") for i in range(11)]
    assert names(folder) == sorted(expected)
    for name, frame in zip(expected, frames.reshape(22, 4, 4, 4), strict=True):
        np.testing.assert_array_equal(np.asarray(Image.open(folder / name)), frame)


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        (["a", "b", "c"], "3 tags for 2 rows"),
        (["walk front", "Walk/Front"], "as file names the tags would be .*tell them apart"),
        (["walk", "??"], "as file names"),
    ],
)
def test_tags_that_make_no_file_names_are_refused(tmp_path, tags, message):
    with pytest.raises(ValueError, match=message):
        render.save_frames(tmp_path / "hero", rows_of_art(), tags=tags)
    assert names(tmp_path) == []


def test_a_folder_in_use_is_left_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    for taken in (tmp_path, tmp_path / "notes.txt"):
        with pytest.raises(FileExistsError, match="not an empty folder: choose another name, or empty it"):
            render.save_frames(taken, rows_of_art(), tags=["a", "b"])
    with pytest.raises(FileNotFoundError, match=r"cannot write hero.*nowhere"):
        render.save_frames(tmp_path / "nowhere" / "hero", rows_of_art(), tags=["a", "b"])
    assert names(tmp_path) == ["notes.txt"]


def test_frames_that_fail_half_way_leave_no_folder(tmp_path, monkeypatch):
    write, written = render._png, []

    def broken(image):
        if len(written) == 3:
            raise OSError("disk full")
        written.append(image)
        return write(image)

    monkeypatch.setattr(render, "_png", broken)
    with pytest.raises(OSError, match="disk full"):
        render.save_frames(tmp_path / "hero", rows_of_art(), tags=["a", "b"])
    assert names(tmp_path) == []


@pytest.mark.parametrize("colours", [2, 256])
def test_gif_is_exact_and_loops(tmp_path, colours):
    frames = pixel_art(7, colours)
    render.save_gif(tmp_path / "a.gif", frames, fps=12)
    read, durations, loop = read_gif(tmp_path / "a.gif")
    np.testing.assert_array_equal(read, frames)
    assert loop == 0
    assert sum(durations) == 580  # 7/12 s in hundredths
    assert set(durations) == {80, 90}


def test_gif_keeps_holes(tmp_path):
    frames = pixel_art(4, 255)
    for i, frame in enumerate(frames):
        frame[i : i + 4, :, 3] = 0
    render.save_gif(tmp_path / "a.gif", frames, fps=10)
    read, _, _ = read_gif(tmp_path / "a.gif")
    np.testing.assert_array_equal(read[..., 3], frames[..., 3])
    solid = frames[..., 3] == 255
    np.testing.assert_array_equal(read[solid], frames[solid])


def test_gif_of_many_colours_stays_close_and_steady(tmp_path):
    ramp = np.zeros((2, 64, 64, 3), "uint8")
    ramp[..., 0], ramp[..., 1] = np.arange(64) * 4, np.arange(64)[:, None] * 4
    render.save_gif(tmp_path / "a.gif", ramp, fps=10)
    read, _, _ = read_gif(tmp_path / "a.gif")
    assert np.abs(read[0, ..., :3].astype(int) - ramp[0]).mean() < 6
    assert len({tuple(c) for c in read.reshape(-1, 4).tolist()}) <= 256


@pytest.mark.parametrize(("save", "ending"), [(render.save_apng, "apng"), (render.save_webp, "webp")])
def test_every_colour_and_half_transparent_pixel_comes_back(tmp_path, save, ending):
    frames = np.random.default_rng(0).integers(0, 256, (7, 16, 16, 4), "uint8")
    frames[2, :8, :, 3] = 0  # colours under what cannot be seen are not kept
    frames[4] = frames[3]  # one longer frame in the file
    save(tmp_path / f"a.{ending}", frames, fps=12)
    read, durations = read_animation(tmp_path / f"a.{ending}")
    assert durations.sum() == 583  # 7/12 s
    frames[frames[..., 3] == 0] = 0
    np.testing.assert_array_equal(at_rate(read, durations, count=7, fps=12), frames)
    with Image.open(tmp_path / f"a.{ending}") as film:
        assert film.is_animated
        assert film.info["loop"] == 0


def test_mp4_is_h264_of_even_size(tmp_path):
    frames = np.zeros((5, 33, 47, 3), "uint8")
    frames[:, :, 24:] = 255
    frames[..., 1] += (np.arange(5, dtype="uint8") * 20)[:, None, None]
    render.save_mp4(tmp_path / "a.mp4", frames, fps=12)
    with av.open(tmp_path / "a.mp4") as film:
        stream = film.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (stream.width, stream.height) == (48, 34)
        assert stream.average_rate == 12
        read = np.stack([frame.to_ndarray(format="rgb24") for frame in film.decode(stream)])
    assert read.shape == (5, 34, 48, 3)
    assert np.abs(read[:, 4:28, 4:16].astype(int) - frames[:, 4:28, 4:16]).mean() < 6


def test_mp4_takes_frames_one_by_one(tmp_path):
    render.save_mp4(tmp_path / "a.mp4", iter(np.zeros((3, 16, 16, 3), "uint8")), fps=8)
    with av.open(tmp_path / "a.mp4") as film:
        assert sum(1 for _ in film.decode(video=0)) == 3
    with pytest.raises(ValueError, match="no frames"):
        render.save_mp4(tmp_path / "b.mp4", iter(()), fps=8)
    with pytest.raises(ValueError, match="mixed sizes"):
        render.save_mp4(tmp_path / "b.mp4", (np.zeros((16, n, 3), "uint8") for n in (16, 18)), fps=8)
    assert [p.name for p in tmp_path.iterdir()] == ["a.mp4"]


def test_mp4_shows_holes_as_white(tmp_path):
    render.save_mp4(tmp_path / "a.mp4", np.zeros((2, 16, 16, 4), "uint8"), fps=8)
    with av.open(tmp_path / "a.mp4") as film:
        assert next(film.decode(video=0)).to_ndarray(format="rgb24").min() > 250


@pytest.mark.parametrize("save", [render.save_gif, render.save_apng, render.save_webp, render.save_mp4])
@pytest.mark.parametrize(
    ("frames", "message"),
    [
        ([], "no frames"),
        ([np.zeros((4, 4, 3), "uint8"), np.zeros((4, 5, 3), "uint8")], "mixed sizes"),
        (np.zeros((2, 4, 4, 3)), "to_uint8"),
        (np.array([np.zeros((4, 4, 3)), np.full((4, 4, 3), np.nan)]), "frame 1 holds NaN"),
        (np.zeros((2, 4, 4, 2), "uint8"), r"\(4, 4, 2\)"),
        (np.zeros((2, 0, 4, 3), "uint8"), r"\(0, 4, 3\)"),
    ],
)
def test_bad_frames_are_refused_and_nothing_is_written(tmp_path, save, frames, message):
    with pytest.raises(ValueError, match=message):
        save(tmp_path / "film", frames, fps=8)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("fps", [0, -1, 500])
@pytest.mark.parametrize("save", [render.save_gif, render.save_apng, render.save_webp, render.save_mp4])
def test_rates_out_of_range_are_refused(tmp_path, save, fps):
    with pytest.raises(ValueError, match="frames per second"):
        save(tmp_path / "film", pixel_art(2, 2), fps=fps)


def test_missing_folder_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"cannot write a.png.*nowhere"):
        render.save_png(tmp_path / "nowhere" / "a.png", pixel_art(1, 2)[0])


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "film.mp4"
    path.write_bytes(b"the last good one")

    def broken(*args, **options):
        raise OSError("disk full")

    monkeypatch.setattr(render.av, "VideoFrame", type("Broken", (), {"from_ndarray": broken}))
    with pytest.raises(OSError, match="disk full"):
        render.save_mp4(path, pixel_art(2, 2), fps=8)
    assert path.read_bytes() == b"the last good one"
    assert [p.name for p in tmp_path.iterdir()] == ["film.mp4"]


@pytest.mark.parametrize(
    ("number", "message"),
    [(errno.ENOSPC, "the disk is full; free some space"), (errno.EACCES, "nobody may write there; choose another")],
)
def test_what_stops_a_write_is_said_and_the_old_file_stays(tmp_path, monkeypatch, number, message):
    path = tmp_path / "fire.webp"
    path.write_bytes(b"the last good one")

    def broken(*args):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(render.Path, "write_bytes", broken)
    with pytest.raises(OSError, match=f"cannot write fire.webp into .*: {message}.*; fire.webp is as it was"):
        render.save_webp(path, pixel_art(2, 2), fps=8)
    assert path.read_bytes() == b"the last good one"
    assert names(tmp_path) == ["fire.webp"]


@pytest.fixture
def shown(monkeypatch):
    """What `show` hands to the notebook."""
    calls = []
    monkeypatch.setattr(render, "display", lambda bundle, *, raw, metadata: calls.append((bundle, metadata)))
    return calls


def test_show_gives_a_picture_with_alternative_text(shown):
    render.show(pixel_art(1, 3)[0], 'a "red" square', scale=2)
    (bundle, metadata), *_ = shown
    assert metadata == {"image/png": {"alt": 'a "red" square'}}
    assert bundle["text/html"].startswith('<img alt="a &quot;red&quot; square" src="data:image/png;base64,')
    assert bundle["text/plain"] == 'a "red" square'


def test_show_gives_a_stack_as_gif_and_a_figure_as_png(shown):
    from matplotlib.figure import Figure

    render.show(pixel_art(3, 3), "noise")
    render.show(Figure(), "an empty figure")
    assert [next(iter(bundle)) for bundle, _ in shown] == ["image/gif", "image/png"]
    kinds = [re.search(r'class="animkit-(\w+)"', bundle["text/html"])[1] for bundle, _ in shown]
    assert kinds == ["picture", "plot"]  # each dark on a dark page in its own way


def test_show_gives_a_file_as_it_is(shown, tmp_path):
    render.save_gif(tmp_path / "a.gif", pixel_art(3, 3), fps=8)
    render.show(tmp_path / "a.gif", "noise")
    (bundle, _), *_ = shown
    assert base64.b64decode(bundle["image/gif"]) == (tmp_path / "a.gif").read_bytes()


@pytest.mark.parametrize("alt", ["", "  ", None])
def test_show_needs_alternative_text(alt):
    with pytest.raises(ValueError, match="alternative text"):
        render.show(pixel_art(1, 2)[0], alt)


def test_clips_side_by_side_are_a_sheet_for_each_moment():
    clips = pixel_art(12, 5).reshape(4, 3, 16, 16, 4)  # four clips of three frames
    sheets = render.contact_sheets(clips, columns=2, scale=2)
    assert len(sheets) == 3
    for moment, sheet in enumerate(sheets):
        np.testing.assert_array_equal(sheet, render.contact_sheet(clips[:, moment], columns=2, scale=2))
    with pytest.raises(ValueError, match=r"\(n, time, height, width, 3 or 4\); got \(3, 16, 16, 4\)"):
        render.contact_sheets(clips[0], columns=2)


def test_curves_are_told_apart_by_more_than_colour(monkeypatch):
    drawn = []
    monkeypatch.setattr(render, "show", lambda figure, alt: drawn.append((figure.axes[0], alt)))
    curves = {"one": [1.0, 2.0], "other": np.array([3.0, 1.0]), "level": 2.5}
    render.show_curves(curves, "two curves and a level", x=[0.5, 1.5], ylabel="nats", ylim=(0, None))
    ((axes, alt),) = drawn
    one, other, level = axes.get_lines()
    assert alt == "two curves and a level"
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["one", "other", "level"]
    assert one.get_xdata().tolist() == [0.5, 1.5]
    assert one.get_color() != other.get_color()
    assert len({line.get_linestyle() for line in (one, other, level)}) == 3
    assert set(level.get_ydata()) == {2.5}
    assert (axes.get_ylabel(), axes.get_ylim()[0]) == ("nats", 0)
    with pytest.raises(ValueError, match="the curve 'one' has 2 heights over 3 places"):
        render.show_curves(curves, "too few", x=[0, 1, 2])


def test_curves_on_a_logarithmic_scale_fill_the_picture(monkeypatch):
    drawn = []
    monkeypatch.setattr(render, "show", lambda figure, alt: drawn.append(figure.axes[0]))
    render.show_curves({"falling": [100.0, 10.0, 1.0]}, "a curve that falls", log=True)
    (axes,) = drawn
    low, high = axes.get_ylim()
    assert axes.get_yscale() == "log"
    assert 0.3 < low < 1
    assert 100 < high < 300
    assert all(tick == round(tick) for tick in axes.get_xticks())  # steps are whole
