"""Frames in, pictures out: PNG, GIF, MP4, sprite sheets and notebook figures, written whole or not at all."""

import base64
import html
import io
import os
import tempfile
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from IPython.display import display
from PIL import Image
from scipy.spatial import cKDTree

WHITE = (255, 255, 255, 255)


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


def contact_sheet(frames, *, columns, gap=2, background=WHITE, scale=1):
    """Lays frames out in a grid, row by row.

    Args:
        frames: (n, height, width[, 3 or 4]) uint8, or a list of equally large pictures.
        columns: pictures in a row.
        gap: pixels between pictures and around them, before scaling.
        background: RGBA behind transparent pixels and in the gaps.
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
        sheet.alpha_composite(
            Image.fromarray(frame).convert("RGBA"), (gap + column * (width + gap), gap + row * (height + gap))
        )
    return upscale(np.asarray(sheet), scale)


def show(picture_or_figure, alt, *, scale=1, fps=8):
    """Displays a picture, a stack of frames as a looping GIF, a figure or a file, with alternative text.

    Args:
        picture_or_figure: (height, width[, 3 or 4]) uint8, (n, height, width, 3 or 4) uint8, a matplotlib figure, or
            the path of a PNG or GIF, shown as it is.
        alt: what a reader who cannot see the picture should know.
        scale: whole-number enlargement of pixels.
        fps: frames per second of a stack.

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
    # nbconvert drops both GIFs and the alt metadata of PNGs: the <img> carries them into saved HTML.
    image = f'<img alt="{html.escape(alt)}" src="data:{mime};base64,{data}" style="max-width: 100%">'
    bundle = {mime: data, "text/html": image, "text/plain": alt}
    display(bundle, raw=True, metadata={mime: {"alt": alt}})


def save_png(path, image):
    """Writes one picture, (height, width[, 3 or 4]) uint8, as PNG.

    Raises:
        ValueError: the picture cannot be drawn. FileNotFoundError: the folder does not exist.
    """
    data = _png(_stack([image])[0])
    with _replacing(path) as temporary:
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
    with _replacing(path) as temporary:
        temporary.write_bytes(data)


def save_mp4(path, frames, *, fps):
    """Writes H.264 that plays everywhere: yuv420p, index first, even sizes (an odd edge is repeated once).

    Args:
        path: file to write.
        frames: (n, height, width, 3 or 4) uint8; transparent pixels become white.
        fps: frames per second.

    Raises:
        ValueError: no frames, mixed sizes, not uint8, or a rate out of range. FileNotFoundError: no such folder.
    """
    frames = _stack(frames)
    _check_rate(fps, highest=240)
    _, height, width, _ = frames.shape
    odd = ((0, height % 2), (0, width % 2), (0, 0))
    with (
        _replacing(path) as temporary,
        av.open(temporary, "w", format="mp4", options={"movflags": "faststart"}) as film,
    ):
        stream = film.add_stream("libx264", rate=Fraction(fps).limit_denominator(1001), options={"crf": "16"})
        stream.width, stream.height, stream.pix_fmt = width + width % 2, height + height % 2, "yuv420p"
        for frame in frames:
            picture = np.pad(_flatten(frame), odd, mode="edge")
            film.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        film.mux(stream.encode())


def save_sprite_sheet(path, frames):
    """Writes frames edge to edge as one PNG, a row per action, as game engines read it.

    Args:
        path: file to write.
        frames: (rows, columns, height, width, 3 or 4) uint8; transparency is kept.

    Raises:
        ValueError: another shape or dtype. FileNotFoundError: no such folder.
    """
    frames = np.asarray(frames)
    if frames.ndim != 5 or 0 in frames.shape:
        raise ValueError(f"a sprite sheet needs (rows, columns, height, width, 3 or 4); got {frames.shape}")
    rows, columns, height, width, channels = frames.shape
    sheet = frames.transpose(0, 2, 1, 3, 4).reshape(rows * height, columns * width, channels)
    save_png(path, sheet)


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


def _check_rate(fps, *, highest):
    if not 0 < fps <= highest:
        raise ValueError(f"frames per second must be above 0 and at most {highest}; got {fps}")


@contextmanager
def _replacing(path):
    """Gives a temporary name in the same folder and moves it to `path` once all is written."""
    path = Path(path)
    if not path.parent.is_dir():
        raise FileNotFoundError(f"cannot write {path.name}: the folder {path.parent} does not exist; make it first")
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(handle)
    os.chmod(temporary, 0o644)
    try:
        yield Path(temporary)
        os.replace(temporary, path)
    finally:
        Path(temporary).unlink(missing_ok=True)


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


def _gif(frames, fps):
    _check_rate(fps, highest=50)
    indices, palette, transparent = _global_palette(frames)
    ends = np.rint(np.arange(1, len(frames) + 1) * 100 / fps)
    durations = (np.diff(ends, prepend=0) * 10).astype(int).tolist()  # ms
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
    indices = np.stack([np.where(_opaque(frame), lookup[_packed(frame)], 0) for frame in frames]).astype("uint8")
    if transparent:
        palette = np.concatenate([np.zeros((1, 3), "uint8"), palette])
    return indices, palette, transparent


def _packed(frame):
    red, green, blue = (frame[..., channel].astype("int32") for channel in range(3))
    return red << 16 | green << 8 | blue


def _opaque(frame):
    return frame[..., 3] >= 128 if frame.shape[-1] == 4 else np.ones(frame.shape[:2], bool)
