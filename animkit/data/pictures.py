"""Pictures that users bring, of any kind and depth, still or animated, and one picture of a figure as a character."""

import contextlib
import functools
import io
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageSequence, UnidentifiedImageError
from scipy import ndimage

SMALLEST, LARGEST = 8, 4096  # pixels of a figure's longer side, and of a picture's
MOST = 1 << 27  # pixels of all frames together, 512 MiB of RGBA
FRAME_TIME = 100  # milliseconds of a frame that says nothing of it, as browsers have it
# What Pillow reads by itself, without another program.
FORMATS = ("PNG", "GIF", "WEBP", "JPEG", "BMP", "TIFF", "TGA", "PCX", "ICO", "QOI", "AVIF")
_ORIENTATION = 0x0112  # EXIF's tag
BYTES = (bytes, bytearray, memoryview)


def read_pixels(source):
    """Read one still picture of any kind: PNG, GIF, WebP, JPEG, BMP, TIFF, TGA and others, whatever its name says.

    Channels of 16 bits are rounded to 8. A colour key is transparency. A picture that its EXIF says is turned is
    turned back.

    Args:
        source: a path, or the bytes of a file.

    Returns:
        (height, width, 4) uint8 RGBA; transparent pixels are transparent black.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no picture, or corrupt, animated, far too large or of more than 16 bits a channel.
    """
    return _opened(source, _still)


def read_animation(source, *, most=MOST):
    """Read an animated picture (GIF, APNG, WebP) as the frames of one clip; a still one is a clip of one frame.

    Args:
        source: a path, or the bytes of a file.
        most: pixels of all frames together; more are refused before any is read.

    Returns:
        frames: (frames, height, width, 4) uint8 RGBA as they are seen; transparent pixels are transparent black.
        durations: (frames,) int64 milliseconds. Where the file has none, 100 are assumed, with a warning.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no picture, or corrupt, or far too large; it is animated and of more than 8 bits a channel.
    """
    frames, durations = _opened(source, functools.partial(_frames, most=most))
    unknown = durations == 0
    if unknown.any():
        warnings.warn(
            f"{_name(source)} has no duration for {unknown.sum()} of {len(frames)} frames: {FRAME_TIME} ms are assumed",
            stacklevel=2,
        )
    return frames, np.where(unknown, FRAME_TIME, durations)


def at_rate(frames, durations, *, count, fps):
    """Look at a clip at the middle of each of so many frames of one length: writers join frames that are alike.

    Args:
        frames, durations: of `read_animation`.
        count: frames to look at.
        fps: frames per second.

    Returns:
        (count, height, width, 4) uint8.
    """
    middles = (np.arange(count) + 0.5) * 1000 / fps
    return frames[np.searchsorted(np.cumsum(durations), middles).clip(max=len(frames) - 1)]


def read_picture(picture, *, size, ground=0):
    """Read one picture of a figure as a character: cut out, brought to pixel size and stood on the ground.

    Background is what is transparent; in a picture without transparency it is the border's colour, as far as that
    reaches in from the border, and nothing if the border has many colours. Pixel art enlarged by a whole factor goes
    back to its own size. A figure still too large is reduced, each pixel taking the colour most common in it, so that
    no new colour arises. Nothing is enlarged.

    Args:
        picture: a still picture as `read_pixels` takes it, a path or the bytes of the file (an upload); or pixels,
            (height, width, 3 or 4) uint8.
        size: pixels a side of the result, 32 or 64 as the sprites are.
        ground: empty rows below the figure. The twin's sprites stand on the last row, hence 0; real ones on the last
            or, sideways, up to two rows above it.

    Returns:
        (size, size, 4) uint8 RGBA, alpha 0 or 255; transparent pixels are transparent black. The figure is centred; one
        of odd width has its middle in column size / 2, as the twin's have.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file cannot be read, as in `read_pixels`; it is larger than 4096 pixels a side; there is nothing
            to be seen, or too small or too thin a figure; `size` or `ground` is out of range.
    """
    if size < SMALLEST or not 0 <= ground <= size - SMALLEST:
        raise ValueError(f"size must be at least {SMALLEST} and ground leave as much; got {size} and {ground}")
    name = _name(picture)
    if isinstance(picture, np.ndarray):
        pixels = _from_array(picture)
    else:
        pixels = _opened(picture, functools.partial(_still, largest=LARGEST))
    _check_not_tiny(name, pixels)
    figure = _cut_out(name, pixels)
    _check_not_tiny(f"the figure in {name}", figure)
    figure = _shrunk(figure)
    height, width = figure.shape[:2]
    scale = max(height / (size - ground), width / size)
    if scale > 1:
        height, width = max(1, round(height / scale)), max(1, round(width / scale))
        figure = _reduced(figure, height, width)
    figure[figure[..., 3] < 128] = 0
    figure[figure[..., 3] > 0, 3] = 255
    if not figure.any():
        raise ValueError(
            f"{name} is drawn too thinly to be seen at {size} pixels: fill the figure, or thicken its lines"
        )
    result = np.zeros((size, size, 4), np.uint8)
    left = (size - width + 1) // 2
    result[size - ground - height : size - ground, left : left + width] = figure
    return result


def background(pixels):
    """Find the background of an opaque picture: the border's commonest colour, as far as it reaches in from the border.

    Args:
        pixels: (height, width, 4) uint8.

    Returns:
        (height, width) bool; nowhere if less than two thirds of the border have one colour.
    """
    border = _border(pixels)[:, :3]
    colours, counts = np.unique(border, axis=0, return_counts=True)
    # 8 of 255: what lossy saving adds to a plain colour is less, the next shade of a drawing is further
    alike = np.ones(pixels.shape[:2], bool)
    for channel, value in enumerate(colours[counts.argmax()].tolist()):
        alike &= (pixels[..., channel] >= max(value - 8, 0)) & (pixels[..., channel] <= min(value + 8, 255))
    # Two thirds: a figure cropped closely touches its border with feet, hands and hair.
    if _border(alike).mean() < 2 / 3:
        return np.zeros_like(alike)
    regions, count = ndimage.label(alike)
    reached = np.zeros(count + 1, bool)
    reached[_border(regions)] = True
    reached[0] = False
    return reached[regions]


def _name(source):
    """What errors call a picture: its path, if it came as one."""
    return "the picture" if isinstance(source, (*BYTES, np.ndarray)) else str(source)


def _opened(source, read):
    """What `read(image, data)` makes of a picture, from a path or the bytes of a file."""
    name = _name(source)
    try:
        data = bytes(source) if isinstance(source, BYTES) else Path(source).read_bytes()
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            return read(image, data)
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no picture {name}: check the name and the folder") from None
    except _Refused as error:
        raise ValueError(f"{name} {error}") from None
    except Image.DecompressionBombError as error:
        raise ValueError(f"{name} is far too large ({error}): reduce it") from error
    except Exception as error:  # Pillow says corrupt in many ways, from OSError to IndexError
        why = "of no kind that is known" if isinstance(error, UnidentifiedImageError) else error
        raise ValueError(f"{name} cannot be read as a picture ({why}): save it again as PNG") from error


class _Refused(Exception):
    """Why a whole picture is not to be read."""


def _still(image, data, *, largest=np.inf):
    if max(image.size) > largest:
        raise _Refused(_too_large(*image.size))
    count = _count(image)
    if count > 1:
        raise _Refused(
            f"is animated ({count} frames): `animkit.data.pictures.read_animation` reads all; for a still, save one "
            "frame as a PNG, or each as a PNG of its own"
        )
    return _turned(_cleared(_rgba(image, data)), image)


def _frames(image, data, *, most):
    count, (width, height) = _count(image), image.size
    if count * width * height > most:
        what = f"is {width}x{height} pixels" if count == 1 else f"has {count} frames of {width}x{height} pixels"
        raise _Refused(f"{what}, more than the {most} that are read at once: crop it to what is needed, or reduce it")
    if count == 1:
        return _still(image, data)[None], np.array([round(image.info.get("duration", 0))])
    if _depth(image, data) == 16:
        raise _Refused("is animated and has 16 bits a channel: save it with 8")
    frames, durations = [], []
    for frame in ImageSequence.Iterator(image):
        frames.append(_cleared(np.array(frame.convert("RGBA"))))
        durations.append(round(frame.info.get("duration", 0)))
    # an APNG may begin with a picture for those who cannot play it, which is no frame
    first = 1 if getattr(image, "default_image", False) else 0
    return np.stack([_turned(frame, image) for frame in frames[first:]]), np.array(durations[first:])


def _count(image):
    """How many frames; a camera's JPEG may hold its preview as a second picture, which is none."""
    return 1 if image.format == "MPO" else getattr(image, "n_frames", 1)


def _depth(image, data):
    """Bits a channel."""
    if image.format == "PNG":
        return data[24]
    if image.format == "TIFF":
        return max(np.atleast_1d(image.tag_v2.get(258, 1)))
    return 8


def _rgba(image, data):
    """The pixels of a still picture as RGBA, 16 bits rounded to 8."""
    depth, key = _depth(image, data), image.info.get("transparency")
    if depth == 16 and (image.format == "PNG" or image.mode.startswith("I;16")):
        deep = _sixteen(image, data)
        rgba = (deep.astype(int) + 128) // 257
        if key is not None:
            rgba[(deep[..., :3] == key).all(axis=-1), 3] = 0
        return rgba.astype(np.uint8)
    if depth > 8 or image.mode in ("I", "F"):
        raise _Refused(f"has {depth} bits a channel: save it as a PNG with 8 or 16")
    if image.format == "PNG" and image.mode == "L" and isinstance(key, int):
        image.info["transparency"] = key * 255 // ((1 << depth) - 1)  # Pillow widens the greys, but not their key
    return np.array(image.convert("RGBA"))


def _sixteen(image, data):
    """A picture of 16 bits a channel as (height, width, 4) uint16; Pillow itself keeps the upper byte of most kinds."""
    if image.mode.startswith("I;16"):
        grey = np.array(image).astype(np.uint16)
        return np.stack([grey, grey, grey, np.full_like(grey, 65535)], axis=-1)

    def decoded(layout):
        with Image.open(io.BytesIO(data), formats=["PNG"]) as again:
            again.tile = [tile._replace(args=layout) for tile in again.tile]
            return np.array(again).astype(np.uint16)

    if data[25] == 4:  # grey and alpha: their four bytes read as four channels
        grey, low_grey, alpha, low_alpha = np.moveaxis(decoded("RGBA"), -1, 0)
        grey, alpha = grey << 8 | low_grey, alpha << 8 | low_alpha
        return np.stack([grey, grey, grey, alpha], axis=-1)
    # read as little-endian, what Pillow keeps for the upper byte is the lower one
    deep = decoded(f"{image.mode};16B") << 8 | decoded(f"{image.mode};16L")
    return np.pad(deep, [(0, 0), (0, 0), (0, 4 - deep.shape[-1])], constant_values=65535)


def _cleared(pixels):
    pixels[pixels[..., 3] == 0] = 0
    return pixels


def _turned(pixels, image):
    """The pixels of a picture that has been read, as its EXIF says that they are to be seen."""
    orientation = 1
    with contextlib.suppress(Exception):  # damaged EXIF says nothing
        orientation = image.getexif().get(_ORIENTATION)
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)


def _from_array(pixels):
    """Checks pixels and gives them as RGBA."""
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[-1] not in (3, 4) or 0 in pixels.shape:
        raise ValueError(f"a picture is (height, width, 3 or 4) uint8; got {pixels.shape} {pixels.dtype}")
    if max(pixels.shape) > LARGEST:
        raise ValueError(f"the picture {_too_large(*pixels.shape[1::-1])}")
    if pixels.shape[-1] == 3:
        pixels = np.pad(pixels, [(0, 0), (0, 0), (0, 1)], constant_values=255)
    return np.where(pixels[..., 3:] > 0, pixels, np.uint8(0))


def _check_not_tiny(what, pixels):
    height, width = pixels.shape[:2]
    if max(height, width) < SMALLEST:
        raise ValueError(
            f"{what} is {width}x{height} pixels, too small to be a figure: draw it {SMALLEST} or more a side"
        )


def _too_large(width, height):
    return f"is {width}x{height} pixels, more than {LARGEST} a side: crop it to the figure, or reduce it"


def _cut_out(name, pixels):
    """The figure without background, cropped: (height, width, 4) RGBA."""
    visible = pixels[..., 3] >= 128
    if visible.all():
        visible = ~background(pixels)
        pixels = pixels * visible[..., None]
        if not visible.any():
            raise ValueError(f"{name} is all of one colour: draw the figure in others than its background")
    elif not visible.any():
        most = pixels[..., 3].max() / 255
        raise ValueError(
            f"{name} is transparent{f', nowhere more than {most:.0%} opaque' if most else ''}: save it with the layer "
            "shown on which the figure is drawn, at full opacity"
        )
    rows, columns = (np.flatnonzero(visible.any(axis=axis)) for axis in (1, 0))
    return pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].copy()


def _border(image):
    """The outermost pixels of (height, width, ...), one after another."""
    return np.concatenate([image[0], image[-1], image[1:-1, 0], image[1:-1, -1]])


def _shrunk(figure):
    """Undoes an enlargement by a whole factor: a factor that divides every place where the colour changes."""
    codes = figure.view(np.uint32)[..., 0]
    rows = np.flatnonzero((codes[1:] != codes[:-1]).any(axis=1)) + 1
    columns = np.flatnonzero((codes[:, 1:] != codes[:, :-1]).any(axis=0)) + 1
    factor = int(np.gcd.reduce([*codes.shape, *rows, *columns]))
    # a drawing of few large blocks stays large enough to be a figure
    factor = next(f for f in range(factor, 0, -1) if factor % f == 0 and max(codes.shape) // f >= SMALLEST)
    return figure[::factor, ::factor].copy()


def _reduced(figure, height, width):
    """Reduces a figure to (height, width, 4): mean opacity, and in each pixel one colour of those that it covers.

    The colour is the most common one; where none fills a quarter, as in a photograph, the one nearest the mean.
    """
    image = Image.fromarray(figure)
    result = np.array(image.resize((width, height), Image.Resampling.BOX))  # by premultiplied alpha
    # 16 x 16 samples of each new pixel count colours well enough, and as fast for 4000 pixels as for 100
    samples = np.asarray(image.resize((16 * width, 16 * height), Image.Resampling.NEAREST))
    samples = samples.reshape(height, 16, width, 16, 4).swapaxes(1, 2).reshape(height, width, 256, 4)
    solid = samples[..., 3] >= 128
    number = np.arange(256)

    distance = ((samples[..., :3] - result[..., None, :3].astype(int)) ** 2).sum(axis=-1)
    nearest = np.where(solid, distance, distance.max() + 1).argmin(axis=-1)

    codes = np.where(solid, np.ascontiguousarray(samples).view(np.uint32)[..., 0].astype(int), -1 - number)
    order = codes.argsort(axis=-1)
    codes = np.take_along_axis(codes, order, axis=-1)
    new = np.concatenate([np.ones((height, width, 1), bool), codes[..., 1:] != codes[..., :-1]], axis=-1)
    run = number - np.maximum.accumulate(np.where(new, number, 0), axis=-1)  # how often the colour came before
    common = np.take_along_axis(order, run.argmax(axis=-1)[..., None], axis=-1)[..., 0]

    chosen = np.where(4 * (run.max(axis=-1) + 1) >= solid.sum(axis=-1), common, nearest)
    result[..., :3] = np.take_along_axis(samples, chosen[..., None, None], axis=2)[..., 0, :3]
    return result
