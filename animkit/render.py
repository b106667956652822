"""Frames in, pictures out: PNG, GIF, APNG, WebP, MP4, sheets and notebook figures, written whole or not at all."""

import base64
import html
import io
import itertools
import json
import re
import tempfile
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from IPython.display import display
from PIL import Image
from scipy.spatial import cKDTree

from animkit import __version__
from animkit.writing import check_parent, replacing

CLEAR = (0, 0, 0, 0)
# the page alone knows its theme: on a dark one a plot is turned about but for its hues, a picture's gaps are dark
THEMED = """<style>[data-jp-theme-light="false"] .animkit-plot {filter: invert(.93) hue-rotate(180deg)}
[data-jp-theme-light="false"] .animkit-picture {background: #1c1c1e}</style>"""
# Okabe and Ito's colours can be told apart with any colour vision; each has a line style of its own beside it.
CURVES = (
    ("#0072B2", "-"),
    ("#D55E00", "--"),
    ("#009E73", "-."),
    ("#CC79A7", (0, (1, 1))),
    ("#000000", (0, (6, 2, 1, 2, 1, 2))),
    ("#56B4E9", (0, (8, 3))),
)


def to_uint8(images):
    """Turns intensities in [0, 1] into bytes.

    Args:
        images: floats of any shape; values outside [0, 1] are clipped.

    Returns:
        uint8 array of the same shape, 0-255, rounded.

    Raises:
        ValueError: a value is NaN or infinite.
    """
    images = np.asarray(images, "float64")
    bad = ~np.isfinite(images)
    if bad.any():
        where = tuple(int(i) for i in np.argwhere(bad)[0])
        raise ValueError(f"{int(bad.sum())} values are NaN or infinite, the first at {where}: nothing to draw there")
    return np.rint(np.clip(images, 0, 1) * 255).astype("uint8")


def to_rgba(indices, palette):
    """Looks palette indices up.

    Args:
        indices: (..., height, width) integers.
        palette: (colours, 4) uint8 RGBA.

    Returns:
        (..., height, width, 4) uint8.

    Raises:
        ValueError: the palette has another shape, or an index lies outside it.
    """
    indices, palette = np.asarray(indices), np.asarray(palette)
    if palette.ndim != 2 or palette.shape[1] != 4 or palette.dtype != np.uint8:
        raise ValueError(f"a palette is (colours, 4) uint8; got {palette.shape} {palette.dtype}")
    if indices.dtype.kind not in "ui":
        raise ValueError(f"palette indices are integers; got {indices.dtype}")
    if indices.size and not 0 <= indices.min() <= indices.max() < len(palette):
        raise ValueError(f"indices run from {indices.min()} to {indices.max()}, the palette has {len(palette)} colours")
    return palette[indices]


def upscale(frames, scale):
    """Enlarges pixel art by repeating pixels (nearest neighbour, always crisp).

    Args:
        frames: (..., height, width, 3 or 4) colours, or (..., height, width) of anything else.
        scale: whole number of output pixels per input pixel.

    Returns:
        The same dtype and leading axes, `scale` times as high and wide.

    Raises:
        ValueError: `scale` is not a whole number >= 1.
    """
    if scale != int(scale) or scale < 1:
        raise ValueError(f"scale must be a whole number >= 1, so that pixels stay square; got {scale}")
    frames = np.asarray(frames)
    height = frames.ndim - (3 if frames.shape[-1] in (3, 4) else 2)
    return frames.repeat(scale, axis=height).repeat(scale, axis=height + 1)


def contact_sheet(frames, *, columns, gap=2, background=CLEAR, scale=1):
    """Lays frames out in a grid, row by row.

    Args:
        frames: (n, height, width[, 3 or 4]) uint8, or a list of equally large pictures.
        columns: pictures in a row.
        gap: pixels between pictures and around them, before scaling.
        background: RGBA behind transparent pixels and in the gaps; by itself they stay clear.
        scale: whole-number enlargement of the sheet.

    Returns:
        (height, width, 4) uint8.

    Raises:
        ValueError: no frames, mixed sizes, or not uint8.
    """
    frames = _stack(frames)
    count, height, width, _ = frames.shape
    rows = -(-count // columns)
    sheet = Image.new("RGBA", (columns * (width + gap) + gap, rows * (height + gap) + gap), tuple(background))
    for i, frame in enumerate(frames):
        row, column = divmod(i, columns)
        place = gap + column * (width + gap), gap + row * (height + gap)
        sheet.alpha_composite(Image.fromarray(frame).convert("RGBA"), place)
    return upscale(np.asarray(sheet), scale)


def contact_sheets(clips, *, columns, gap=2, background=CLEAR, scale=1):
    """Lays clips out in a grid, moment by moment, so that they play side by side.

    Args:
        clips: (n, time, height, width, 3 or 4) uint8.
        columns: clips in a row.
        gap: pixels between clips and around them, before scaling.
        background: RGBA behind transparent pixels and in the gaps; by itself they stay clear.
        scale: whole-number enlargement of the sheets.

    Returns:
        (time, height, width, 4) uint8.

    Raises:
        ValueError: another shape, no clips, no frames, or not uint8.
    """
    clips = np.asarray(clips)
    if clips.ndim != 5 or 0 in clips.shape:
        raise ValueError(f"clips are (n, time, height, width, 3 or 4); got {clips.shape}")
    moments = clips.swapaxes(0, 1)
    return np.stack(
        [contact_sheet(frames, columns=columns, gap=gap, background=background, scale=scale) for frames in moments]
    )


def show(picture_or_figure, alt, *, scale=1, fps=8, ink=False):
    """Displays a picture, a stack of frames as a looping GIF, a figure or a file, with alternative text.

    Args:
        picture_or_figure: (height, width[, 3 or 4]) uint8, (n, height, width, 3 or 4) uint8, a matplotlib figure, or
            the path of a PNG or GIF, shown as it is.
        alt: what a reader who cannot see the picture should know.
        scale: whole-number enlargement of pixels.
        fps: frames per second of a stack.
        ink: the picture is of lines on light paper; on a dark page it is then dark, as a figure is.

    Raises:
        ValueError: `alt` is empty, or the frames cannot be drawn.
    """
    if not alt or not alt.strip():
        raise ValueError("a figure needs alternative text: say in `alt` what it shows")
    if hasattr(picture_or_figure, "savefig"):
        from matplotlib import pyplot

        buffer = io.BytesIO()
        picture_or_figure.savefig(buffer, format="png", bbox_inches="tight")
        pyplot.close(picture_or_figure)  # or the notebook would draw it a second time
        mime, data = "image/png", buffer.getvalue()
    elif isinstance(picture_or_figure, Path):
        mime, data = f"image/{picture_or_figure.suffix[1:]}", picture_or_figure.read_bytes()
    elif np.ndim(picture_or_figure) == 4:
        mime, data = "image/gif", _gif(upscale(_stack(picture_or_figure), scale), fps)
    else:
        mime, data = "image/png", _png(upscale(_stack([picture_or_figure])[0], scale))
    data = base64.b64encode(data).decode()
    kind = "plot" if ink or hasattr(picture_or_figure, "savefig") else "picture"
    # nbconvert drops both GIFs and the alt metadata of PNGs: the <img> carries them into saved HTML.
    image = f'<img alt="{html.escape(alt)}" src="data:{mime};base64,{data}" class="animkit-{kind}"'
    bundle = {mime: data, "text/html": f'{image} style="max-width: 100%">{THEMED}', "text/plain": alt}
    display(bundle, raw=True, metadata={mime: {"alt": alt}})


def show_curves(curves, alt, *, x=None, xlabel="", ylabel="", title="", ylim=None, log=False, size=(8, 3)):
    """Displays curves over a common axis, told apart by line style as well as by colour.

    Args:
        curves: name -> heights, (n,); a single number is a level line across all of the picture.
        alt: what a reader who cannot see the picture should know.
        x: (n,), common to all curves; None for 0, 1, 2 ...
        xlabel: what x is, with its unit.
        ylabel: what the heights are, with their unit.
        title: above the picture, or none.
        ylim: least and greatest height shown; None for one of them leaves it open.
        log: heights on a logarithmic scale.
        size: width and height, inches.

    Raises:
        ValueError: `alt` is empty, or a curve has another length than `x`.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=size)
    axes = figure.subplots()
    axes.set(xlabel=xlabel, ylabel=ylabel, title=title, yscale="log" if log else "linear")
    for (name, heights), (colour, style) in zip(curves.items(), itertools.cycle(CURVES), strict=False):
        if np.ndim(heights) == 0:
            axes.axhline(heights, color="black", linestyle=":", label=name)
            continue
        places = np.arange(len(heights)) if x is None else np.asarray(x)
        if len(places) != len(heights):
            raise ValueError(f"the curve {name!r} has {len(heights)} heights over {len(places)} places")
        axes.plot(places, heights, color=colour, linestyle=style, label=name)
    axes.set_ylim(ylim or (None, None))
    if x is None or np.equal(np.mod(x, 1), 0).all():
        axes.xaxis.get_major_locator().set_params(integer=True)  # there is no half an epoch
    # beside the axes, where it hides no curve
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    show(figure, alt)


def save_png(path, image):
    """Writes one picture, (height, width[, 3 or 4]) uint8, as PNG.

    Raises:
        ValueError: the picture cannot be drawn. FileNotFoundError: the folder does not exist.
    """
    data = _png(_stack([image])[0])
    with replacing(path) as temporary:
        temporary.write_bytes(data)


def save_gif(path, frames, *, fps):
    """Writes a GIF that loops for ever, with one palette for all frames.

    Up to 256 colours stay exact; more are reduced without dither, which would flicker. Pixels less than half opaque
    become transparent. GIF counts in 1/100 s: frame times are rounded such that the whole lasts as long as it should.

    Args:
        path: file to write.
        frames: (n, height, width, 3 or 4) uint8.
        fps: frames per second, at most 50 (players slow down faster ones).

    Raises:
        ValueError: no frames, mixed sizes, not uint8, or a rate out of range. FileNotFoundError: no such folder.
    """
    data = _gif(_stack(frames), fps)
    with replacing(path) as temporary:
        temporary.write_bytes(data)


def save_apng(path, frames, *, fps):
    """Writes an animated PNG that loops for ever: every colour and half-transparent pixel stays exact.

    A viewer without animation shows the first frame. Times are whole milliseconds, rounded such that the whole lasts as
    long as it should; pixels that cannot be seen are written as transparent black.

    Args:
        path: file to write.
        frames: (n, height, width, 3 or 4) uint8.
        fps: frames per second, at most 50 (players slow down faster ones).

    Raises:
        ValueError: no frames, mixed sizes, not uint8, or a rate out of range. FileNotFoundError: no such folder.
    """
    # each frame replaces the picture: laid over one another, half-transparent pixels would add up
    data = _animated(frames, fps, "PNG", blend=0, disposal=0)
    with replacing(path) as temporary:
        temporary.write_bytes(data)


def save_webp(path, frames, *, fps):
    """Writes an animated WebP without loss, as `save_apng` an animated PNG; it is smaller."""
    data = _animated(frames, fps, "WEBP", lossless=True, exact=True)
    with replacing(path) as temporary:
        temporary.write_bytes(data)


def save_mp4(path, frames, *, fps):
    """Writes H.264 that plays everywhere: yuv420p, index first, even sizes (an odd edge is repeated once).

    Args:
        path: file to write.
        frames: (n, height, width, 3 or 4) uint8, or an iterator of such frames; transparent pixels become white.
        fps: frames per second.

    Raises:
        ValueError: no frames, mixed sizes, not uint8, or a rate out of range. FileNotFoundError: no such folder.
    """
    _check_rate(fps, highest=240)
    frames = _one_by_one(frames)
    height, width, _ = (first := next(frames)).shape
    odd = ((0, height % 2), (0, width % 2), (0, 0))
    with (
        replacing(path) as temporary,
        av.open(temporary, "w", format="mp4", options={"movflags": "faststart"}) as film,
    ):
        stream = film.add_stream("libx264", rate=Fraction(fps).limit_denominator(1001), options={"crf": "16"})
        stream.width, stream.height, stream.pix_fmt = width + width % 2, height + height % 2, "yuv420p"
        for frame in itertools.chain([first], frames):
            picture = np.pad(_flatten(frame), odd, mode="edge")
            film.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        film.mux(stream.encode())


def save_sprite_sheet(path, frames, *, tags=None, fps=8):
    """Writes frames edge to edge as one PNG, a row per action, and with `tags` the JSON by which game engines play it.

    The JSON lies beside the PNG under the same name. It is what Aseprite exports by `--format json-array --list-tags`,
    and `animkit.data.sprite_sheet.read_sprite_sheet` reads it back. Both files come whole or not at all.

    Args:
        path: file to write; with `tags` its name ends in .png.
        frames: (rows, columns, height, width, 3 or 4) uint8, or with `tags` a list of rows of any lengths, such as
            actions of 8 and of 6 frames; transparency is kept.
        tags: a name for each row, such as "walk front"; None writes the PNG alone.
        fps: frames per second, at most 240; the JSON holds it as whole milliseconds a frame.

    Raises:
        ValueError: another shape or dtype, not one name for each row, a rate or a file name that cannot be.
        FileNotFoundError: no such folder. IsADirectoryError: a folder has one of the two names.

    Source: the format is Aseprite's (aseprite.org/docs/cli).
    """
    lengths = [len(row) for row in frames]
    if tags is not None and len(set(lengths)) > 1:
        frames = _filled(frames, max(lengths))
    frames = _grid(frames, tags)
    rows, columns, height, width, channels = frames.shape
    sheet = frames.transpose(0, 2, 1, 3, 4).reshape(rows * height, columns * width, channels)
    if tags is None:
        save_png(path, sheet)
        return
    _check_rate(fps, highest=240)
    path = Path(path)
    if path.suffix.lower() != ".png":
        raise ValueError(f"{path.name}: a sheet with tags is named .png, as its tags go to the same name with .json")
    picture = _png(_stack([sheet])[0])
    content = _aseprite(path.name, frames.shape, lengths, tags, round(1000 / fps))
    text = json.dumps(content, indent=1, ensure_ascii=False)
    # The inner file is moved to its place first: whoever sees the JSON finds its PNG.
    with replacing(path.with_suffix(".json")) as record, replacing(path) as temporary:
        temporary.write_bytes(picture)
        record.write_text(text, encoding="utf-8")


def save_frames(folder, frames, *, tags):
    """Writes one PNG per frame into a new folder, named such that importers sort them: walk_front_00.png, ..._01.png.

    Args:
        folder: where to; made here, or there already and empty. It comes whole or not at all.
        frames: (rows, columns, height, width, 3 or 4) uint8; transparency is kept.
        tags: a name for each row; what is neither letter, digit nor hyphen becomes an underscore in the file's name.

    Raises:
        ValueError: another shape or dtype, or not one name for each row that differs from the others as a file name.
        FileExistsError: the folder holds something already. FileNotFoundError: no such folder to make it in.
    """
    folder, tags = Path(folder), list(tags)
    frames = _grid(frames, tags)
    pictures = _stack(frames.reshape(-1, *frames.shape[2:])).reshape(frames.shape)
    names = [re.sub(r"[^\w-]+", "_", tag).strip("_") for tag in tags]
    # Some file systems take Walk and walk for one.
    if "" in names or len({name.casefold() for name in names}) < len(names):
        raise ValueError(f"as file names the tags would be {names}: use letters and digits that tell them apart")
    check_parent(folder)
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise FileExistsError(f"{folder} is there already and not an empty folder: choose another name, or empty it")
    digits = max(2, len(str(frames.shape[1] - 1)))
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.parent) as temporary:
        made = Path(temporary) / "frames"
        made.mkdir()
        for name, row in zip(names, pictures, strict=True):
            for i, picture in enumerate(row):
                (made / f"{name}_{i:0{digits}}.png").write_bytes(_png(picture))
        if folder.exists():
            folder.rmdir()  # it is empty, but Windows moves nothing to a name that is taken
        made.rename(folder)


def _filled(rows, columns):
    """Rows of differing lengths as one array, empty cells behind the shorter ones."""
    if 0 in map(len, rows):
        raise ValueError("a row holds no frames: leave it and its tag out")
    rows = [_stack(row) for row in rows]
    shapes = sorted({row.shape[1:] for row in rows})
    if len(shapes) > 1:
        raise ValueError(f"rows have frames of several sizes: {', '.join(map(str, shapes))}; make them one size first")
    return np.stack([np.pad(row, [(0, columns - len(row)), *[(0, 0)] * 3]) for row in rows])


def _grid(frames, tags):
    """Checks that frames have rows and columns, and each row a name of its own if there are names."""
    frames = np.asarray(frames)
    if frames.ndim != 5 or 0 in frames.shape:
        raise ValueError(f"sprites are (rows, columns, height, width, 3 or 4); got {frames.shape}")
    if tags is None:
        return frames
    if len(tags) != len(frames):
        raise ValueError(f"{len(tags)} tags for {len(frames)} rows: give one name for each row")
    if not all(isinstance(tag, str) and tag.strip() for tag in tags) or len(set(tags)) < len(tags):
        raise ValueError(f"tags are names that differ, such as 'walk front'; got {list(tags)}")
    return frames


def _aseprite(image, shape, lengths, tags, duration):
    """What Aseprite's JSON array says of an untrimmed sheet (rows, columns, height, width, channels) of such rows."""
    rows, columns, height, width, channels = shape
    size, ends = {"w": width, "h": height}, np.cumsum(lengths).tolist()
    places = [(row, column) for row, length in enumerate(lengths) for column in range(length)]
    return {
        "frames": [
            {
                "filename": str(i),  # Phaser finds a tag's frames by their number
                "frame": {"x": column * width, "y": row * height, **size},
                "rotated": False,
                "trimmed": False,
                "spriteSourceSize": {"x": 0, "y": 0, **size},
                "sourceSize": size,
                "duration": duration,
            }
            for i, (row, column) in enumerate(places)
        ],
        "meta": {
            "app": "animkit",
            "version": __version__,
            "image": image,
            "format": "RGBA8888" if channels == 4 else "RGB888",
            "size": {"w": columns * width, "h": rows * height},
            "scale": "1",
            "frameTags": [
                {"name": tag, "from": end - length, "to": end - 1, "direction": "forward", "color": "#000000ff"}
                for tag, length, end in zip(tags, lengths, ends, strict=True)
            ],
        },
    }


def _stack(frames):
    """Checks frames and gives them as one (n, height, width, 3 or 4) uint8 array, a film's without a copy."""
    if not len(frames):
        raise ValueError("no frames: there is nothing to draw")
    shapes = sorted({np.shape(frame) for frame in frames})
    if len(shapes) > 1:
        raise ValueError(f"frames have mixed sizes: {', '.join(map(str, shapes))}; make them one size first")
    frames = np.asarray(frames)
    if frames.dtype.kind == "f" and np.isnan(frames).any():
        first = int(np.argwhere(np.isnan(frames))[0][0])
        raise ValueError(f"frame {first} holds NaN: the model that drew it has diverged")
    if frames.dtype != np.uint8:
        raise ValueError(f"frames must be uint8 (0-255), got {frames.dtype}; for floats in [0, 1] call to_uint8 first")
    if frames.ndim == 3:
        frames = np.repeat(frames[..., None], 3, axis=-1)
    if frames.ndim != 4 or frames.shape[-1] not in (3, 4) or 0 in frames.shape:
        raise ValueError(f"a frame is (height, width), (height, width, 3) or (height, width, 4); got {shapes[0]}")
    return frames


def _one_by_one(frames):
    """Yields frames, checked as by `_stack`; those of an iterator never lie in memory together."""
    first = list(itertools.islice(frames, 1)) if isinstance(frames, Iterator) else frames
    yield from _stack(first)
    for frame in frames if first is not frames else ():
        yield _stack([*first, frame])[1]


def _check_rate(fps, *, highest):
    if not 0 < fps <= highest:
        raise ValueError(f"frames per second must be above 0 and at most {highest}; got {fps}")


def _flatten(frame):
    """(height, width, 3 or 4) -> (height, width, 3) on white."""
    if frame.shape[-1] == 3:
        return frame
    alpha = frame[..., 3:].astype("uint16")
    return ((frame[..., :3] * alpha + 255 * (255 - alpha) + 127) // 255).astype("uint8")


def _png(image):
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _durations(count, fps, unit):
    """How long each frame lasts, in ms that are whole units, such that the sum is right."""
    _check_rate(fps, highest=50)
    ends = np.rint(np.arange(1, count + 1) * 1000 / (fps * unit))
    return (np.diff(ends, prepend=0) * unit).astype(int).tolist()


def _animated(frames, fps, format, **options):
    frames = _stack(frames)
    durations = _durations(len(frames), fps, 1)
    if frames.shape[-1] == 4:
        frames = frames.copy()
        frames[frames[..., 3] == 0] = 0  # pixels that cannot be seen are transparent black
    first, *others = map(Image.fromarray, frames)
    buffer = io.BytesIO()
    first.save(buffer, format, save_all=True, append_images=others, duration=durations, loop=0, **options)
    return buffer.getvalue()


def _gif(frames, fps):
    durations = _durations(len(frames), fps, 10)
    indices, palette, transparent = _global_palette(frames)
    pictures = [Image.fromarray(picture, "P") for picture in indices]
    for picture in pictures:
        picture.putpalette(palette.tobytes())
    # Frames with holes must be cleared before the next is drawn.
    holes = {"transparency": 0, "disposal": 2} if transparent else {"disposal": 1}
    buffer = io.BytesIO()
    pictures[0].save(
        buffer, "GIF", save_all=True, append_images=pictures[1:], duration=durations, loop=0, optimize=False, **holes
    )
    return buffer.getvalue()


def _global_palette(frames):
    """(n, height, width, 3 or 4) -> indices (n, height, width), palette (colours, 3), and whether index 0 is a hole."""
    # One flag per 24-bit colour, frame by frame: no sorting and no second copy of millions of pixels.
    seen = np.zeros(1 << 24, bool)
    for frame in frames:
        seen[_packed(frame)[_opaque(frame)]] = True
    colours = np.flatnonzero(seen)
    rgb = np.stack([colours >> 16, colours >> 8 & 255, colours & 255], axis=-1).astype("uint8")
    transparent = not all(_opaque(frame).all() for frame in frames)
    room = 255 if transparent else 256
    palette = rgb
    if len(rgb) > room:
        step = max(1, frames.size // 4_000_000)  # a million pixels keep the proportions
        sample = np.concatenate([frame[_opaque(frame)][::step, :3] for frame in frames])
        reduced = Image.fromarray(sample[None]).quantize(room, Image.Quantize.MEDIANCUT)
        palette = np.array(reduced.getpalette(), "uint8").reshape(-1, 3)[:room]
    lookup = np.zeros(1 << 24, "uint8")
    if len(rgb):
        lookup[colours] = cKDTree(palette.astype("float64")).query(rgb)[1].astype("uint8") + transparent
    indices = np.stack([np.where(_opaque(frame), lookup[_packed(frame)], 0) for frame in frames])
    if transparent:
        palette = np.concatenate([np.zeros((1, 3), "uint8"), palette])
    return indices, palette, transparent


def _packed(frame):
    red, green, blue = (frame[..., channel].astype("int32") for channel in range(3))
    return red << 16 | green << 8 | blue


def _opaque(frame):
    return frame[..., 3] >= 128 if frame.shape[-1] == 4 else np.ones(frame.shape[:2], bool)
