"""Pictures that users bring: a folder of PNGs, a sprite sheet with tags or to be cut, one picture of a figure."""

import io
import json
import re
from pathlib import Path, PureWindowsPath

import numpy as np
from PIL import Image
from scipy import ndimage

SMALLEST, LARGEST = 8, 4096  # pixels of a figure's longer side, and of a picture's
BYTES = (bytes, bytearray, memoryview)


def from_folder(path, *, size=None, fit="pad"):
    """Load every PNG of a folder, transparency kept.

    Files are taken in natural order (2.png before 10.png). Hidden files, other kinds of file and subfolders are left
    alone. A smaller picture stands on the bottom edge, centred, with transparent pixels around it.

    Args:
        path: the folder.
        size: (width, height) in pixels of the result; the largest width and height found if None.
        fit: "pad" to pad smaller pictures up to `size`, "refuse" to insist that all are of that size already.

    Returns:
        images: (n, height, width, 4) uint8 RGBA; transparent pixels are transparent black.
        names: the n file names.

    Raises:
        NotADirectoryError: `path` is no folder.
        ValueError: no PNG in it; one that is corrupt, animated or of more than 8 bits; a picture larger than `size`;
            mixed sizes with fit="refuse"; an unknown `fit`.
    """
    if fit not in ("pad", "refuse"):
        raise ValueError(f'fit must be "pad" or "refuse", got {fit!r}')
    path = Path(path)
    if not path.is_dir():
        raise NotADirectoryError(f"{path} is not a folder: give the folder that holds the PNGs")
    visible = [file for file in path.iterdir() if file.is_file() and not file.name.startswith(".")]
    files = sorted((file for file in visible if file.suffix.lower() == ".png"), key=_natural)
    if not files:
        kinds = ", ".join(sorted({file.suffix or file.name for file in visible}))
        raise ValueError(
            f"no PNG in {path}; it holds {f'other files ({kinds})' if kinds else 'no files'}: save PNGs there"
        )

    pictures = [_read(file) for file in files]
    sizes = [(picture.shape[1], picture.shape[0]) for picture in pictures]
    width, height = size or np.max(sizes, axis=0)
    if size and (too_large := [i for i, (w, h) in enumerate(sizes) if w > width or h > height]):
        raise ValueError(f"larger than {width}x{height}: {_listed(files, sizes, too_large)}; crop them or raise size")
    if fit == "refuse" and (
        odd := [i for i, one in enumerate(sizes) if one != ((width, height) if size else sizes[0])]
    ):
        wanted = f"{width}x{height}" if size else f"{sizes[0][0]}x{sizes[0][1]} as {files[0].name}"
        raise ValueError(f'not {wanted}: {_listed(files, sizes, odd)}; make them one size, or use fit="pad"')

    images = np.zeros((len(pictures), height, width, 4), np.uint8)
    for image, picture, (w, h) in zip(images, pictures, sizes, strict=True):
        left = (width - w) // 2
        image[height - h :, left : left + w] = picture
    return images, [file.name for file in files]


def cut_sprite_sheet(path, *, cell=None, rows=None, columns=None):
    """Cut a sprite sheet into its cells.

    Args:
        path: a PNG whose cells lie edge to edge, without margins.
        cell: (width, height) of a cell in pixels; from `rows` and `columns` if None.
        rows, columns: how many there are; from `cell` if None.

    Returns:
        (rows, columns, height, width, 4) uint8 RGBA; transparent pixels are transparent black.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: neither `cell` nor both counts are given, or they do not divide the sheet exactly; the PNG is
            corrupt, animated or of more than 8 bits.
    """
    if cell is None and (rows is None or columns is None):
        raise ValueError("give cell=(width, height), or both rows and columns")
    for name, value in (
        ("cell width", cell and cell[0]),
        ("cell height", cell and cell[1]),
        ("rows", rows),
        ("columns", columns),
    ):
        if value is not None and value < 1:
            raise ValueError(f"{name} must be at least 1, got {value}")
    sheet = _read(Path(path))
    height, width = sheet.shape[:2]
    rows, cell_height = _divide(path, "height", height, cell and cell[1], "rows", rows)
    columns, cell_width = _divide(path, "width", width, cell and cell[0], "columns", columns)
    return sheet.reshape(rows, cell_height, columns, cell_width, 4).swapaxes(1, 2).copy()


def read_sprite_sheet(path):
    """Load the animations of a sprite sheet in Aseprite's JSON format, hash or array.

    Frames come in the order in which a tag's direction plays them, once: a pingpong of 0-3 is 0 1 2 3 2 1. Trimmed
    frames are put back to their full size.

    Args:
        path: the .json; the PNG that it names lies beside it.

    Returns:
        frames: (frames, height, width, 4) uint8 RGBA for each tag's name; transparent pixels are transparent black. A
            sheet without tags has one, "all".
        durations: (frames,) int64 milliseconds for each tag's name.

    Raises:
        FileNotFoundError: there is no such file, or no picture beside it.
        ValueError: it is not JSON or not a sprite sheet; a frame is rotated or lies outside the picture; a tag names
            frames that are not there; the PNG cannot be read, as in `cut_sprite_sheet`.

    Source: the format is Aseprite's (aseprite.org/docs/cli).
    """
    path = Path(path)
    try:
        record = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no {path}: give the .json that was exported beside the PNG") from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is not JSON ({error}): give the .json that was exported beside the PNG") from error
    match record:
        case {"frames": list() | dict() as entries, "meta": {"image": str(image)} as meta} if entries:
            tags = meta.get("frameTags") or [{"name": "all", "from": 0, "to": len(entries) - 1}]
        case _:
            raise ValueError(f'{path} is not a sprite sheet: Aseprite\'s have "frames", and "meta" with an "image"')
    if not isinstance(tags, list):
        raise ValueError(f'{path}: "frameTags" must be a list, got {tags!r}: export the sheet again')
    if image in ("", "..") or PureWindowsPath(image).name != image:
        raise ValueError(f'{path}: "image" must be a plain file name, got {image!r}; put the PNG beside the JSON')
    if not (path.parent / image).is_file():
        raise FileNotFoundError(f"{path} is for {image}, which is not beside it: put both in one folder")
    sheet = _read(path.parent / image)

    named = entries.items() if isinstance(entries, dict) else enumerate(entries)
    cells = [_cell(f"{path}: frame {name}", entry, sheet) for name, entry in named]
    frames, durations = {}, {}
    for tag in tags:
        match tag:
            case {"name": str(name), "from": int(first), "to": int(last)} if name not in frames:
                order = _played(f"{path}: tag {name!r}", first, last, tag.get("direction", "forward"), len(cells))
            case _:
                raise ValueError(f'{path}: a tag needs a "name" of its own, "from" and "to"; got {tag}')
        sizes = sorted({cells[i][0].shape[1::-1] for i in order})
        if len(sizes) > 1:
            raise ValueError(f"{path}: tag {name!r} mixes frames of sizes {sizes}: export one sprite at a time")
        frames[name] = np.stack([cells[i][0] for i in order])
        durations[name] = np.array([cells[i][1] for i in order])
    return frames, durations


def read_picture(picture, *, size, ground=0):
    """Read one picture of a figure as a character: cut out, brought to pixel size and stood on the ground.

    Background is what is transparent; in a picture without transparency it is the border's colour, as far as that
    reaches in from the border, and nothing if the border has many colours. Pixel art enlarged by a whole factor goes
    back to its own size. A figure still too large is reduced, each pixel taking the colour most common in it, so that
    no new colour arises. Nothing is enlarged.

    Args:
        picture: a PNG, or a still GIF, as a path or as the bytes of the file (an upload); or pixels,
            (height, width, 3 or 4) uint8.
        size: pixels a side of the result, 32 or 64 as the sprites are.
        ground: empty rows below the figure. The twin's sprites stand on the last row, hence 0; real ones on the last
            or, sideways, up to two rows above it.

    Returns:
        (size, size, 4) uint8 RGBA, alpha 0 or 255; transparent pixels are transparent black. The figure is centred; one
        of odd width has its middle in column size / 2, as the twin's have.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is corrupt, of another kind, animated or of more than 8 bits; it is larger than 4096 pixels
            a side; there is nothing to be seen, or too small or too thin a figure; `size` or `ground` is out of range.
    """
    if size < SMALLEST or not 0 <= ground <= size - SMALLEST:
        raise ValueError(f"size must be at least {SMALLEST} and ground leave as much; got {size} and {ground}")
    name = _name(picture)
    pixels = _from_array(picture) if isinstance(picture, np.ndarray) else _read(picture, limited=True)
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


def _cell(where, entry, sheet):
    """One frame of a sprite sheet at its full size, (height, width, 4), and how long it lasts in milliseconds."""
    if not isinstance(entry, dict):
        raise ValueError(f"{where} is no frame but {entry!r}: export the sheet again")
    if entry.get("rotated"):
        raise ValueError(f"{where} is rotated, which is not supported: export the sheet again without rotation")
    x, y, w, h = _whole(f"{where}: frame", entry.get("frame"), "xywh")
    untrimmed = {"x": 0, "y": 0, "w": w, "h": h}
    left, top, inner_w, inner_h = _whole(f"{where}: spriteSourceSize", entry.get("spriteSourceSize", untrimmed), "xywh")
    width, height = _whole(f"{where}: sourceSize", entry.get("sourceSize", untrimmed), "wh")
    (duration,) = _whole(where, {"duration": 100} | entry, ["duration"])
    if x + w > sheet.shape[1] or y + h > sheet.shape[0]:
        raise ValueError(
            f"{where} ({w}x{h} at {x}, {y}) lies outside the picture of {sheet.shape[1]}x{sheet.shape[0]}: "
            "is it the PNG of another export?"
        )
    # Aseprite counts its inner padding, the same on all sides, in `frame` alone.
    padding = (w - inner_w) // 2
    if padding < 0 or (w - inner_w, h - inner_h) != (2 * padding, 2 * padding):
        raise ValueError(f"{where}: {w}x{h} on the sheet but {inner_w}x{inner_h} in the sprite; export the sheet again")
    if left + inner_w > width or top + inner_h > height or not 0 < min(width, height) <= max(width, height) <= LARGEST:
        raise ValueError(
            f"{where}: {inner_w}x{inner_h} at {left}, {top} does not fit its size of {width}x{height}, which may be at "
            f"most {LARGEST} a side: export the sheet again"
        )
    frame = np.zeros((height, width, 4), np.uint8)
    y, x = y + padding, x + padding
    frame[top : top + inner_h, left : left + inner_w] = sheet[y : y + inner_h, x : x + inner_w]
    return frame, duration


def _whole(where, part, names):
    """The named whole numbers of a part of the JSON."""
    values = [part.get(name) for name in names] if isinstance(part, dict) else [None]
    if not all(isinstance(value, int) and 0 <= value < 1 << 31 for value in values):
        raise ValueError(f"{where} needs whole numbers from 0 for {', '.join(names)}; got {part}")
    return values


def _played(where, first, last, direction, count):
    """The numbers of a tag's frames in the order of playing."""
    if not 0 <= first <= last < count:
        raise ValueError(
            f"{where} goes from {first} to {last}, but the frames are 0 to {count - 1}: export all frames, each under "
            "a name of its own"
        )
    if direction not in ("forward", "reverse", "pingpong", "pingpong_reverse"):
        raise ValueError(f"{where} has the unknown direction {direction!r}: use forward, reverse or pingpong")
    order = list(range(first, last + 1))
    if direction.endswith("reverse"):
        order.reverse()
    return order + order[-2:0:-1] if direction.startswith("pingpong") else order


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
        visible = ~_background(pixels)
        pixels = pixels * visible[..., None]
        if not visible.any():
            raise ValueError(f"{name} is all of one colour: draw the figure in others than its background")
    elif not visible.any():
        raise ValueError(f"{name} is transparent: save it with the layer shown on which the figure is drawn")
    rows, columns = (np.flatnonzero(visible.any(axis=axis)) for axis in (1, 0))
    return pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].copy()


def _background(pixels):
    """Where the border's colour reaches in from the border, (height, width) bool; nowhere if it has no one colour."""
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


def _divide(path, side, length, step, name, count):
    """How many cells and how large along one side of a sheet."""
    if step is None:
        if length % count:
            raise ValueError(
                f"{path}: {name}={count} does not divide its {side} of {length} pixels ({length % count} left)"
            )
        return count, length // count
    if step > length:
        raise ValueError(f"{path}: a cell {side} of {step} is larger than the sheet's {side} of {length} pixels")
    if length % step:
        raise ValueError(
            f"{path}: a cell {side} of {step} does not divide its {side} of {length} pixels ({length % step} left): "
            "check the cell size, or crop the sheet's margin"
        )
    if count is not None and count != length // step:
        raise ValueError(
            f"{path}: a cell {side} of {step} makes {length // step} {name} of {length} pixels, not {count}"
        )
    return length // step, step


def _name(source):
    """What errors call a picture: its path, if it came as one."""
    return "the picture" if isinstance(source, (*BYTES, np.ndarray)) else str(source)


def _read(source, *, limited=False):
    """One still 8-bit picture, from a path or the bytes of a file, as (height, width, 4) RGBA."""
    name = _name(source)
    try:
        data = bytes(source) if isinstance(source, BYTES) else Path(source).read_bytes()
        with Image.open(io.BytesIO(data), formats=["PNG", "GIF"]) as image:
            problem = _problem(image, data, limited)
            pixels = None if problem else np.array(image.convert("RGBA"))
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no picture {name}: check the name and the folder") from None
    except Image.DecompressionBombError as error:
        raise ValueError(f"{name} is far too large ({error}): reduce it") from error
    except Exception as error:  # Pillow says corrupt in many ways, from OSError to IndexError
        raise ValueError(f"{name} cannot be read as a PNG ({error}): save it again as PNG") from error
    if problem:
        raise ValueError(f"{name} {problem}")
    pixels[pixels[..., 3] == 0] = 0
    return pixels


def _problem(image, data, limited):
    """Why an opened picture is not to be read, None if it is."""
    if limited and max(image.size) > LARGEST:
        return _too_large(*image.size)
    if getattr(image, "n_frames", 1) > 1:
        return f"is animated ({image.n_frames} frames): save one frame as a PNG, or each as a PNG of its own"
    # Pillow thins colours of 16 bits without a word; byte 24 of a PNG is its depth.
    if image.format == "PNG" and data[24] == 16:
        return "has 16 bits a channel: save it with 8"
    return None


def _natural(file):
    """The sorting key that puts 2.png before 10.png."""
    return [
        (int(part), "") if part.isdecimal() else (-1, part.lower()) for part in re.split(r"(\d+)", file.name) if part
    ]


def _listed(files, sizes, which):
    """The first few names and sizes."""
    shown = ", ".join(f"{files[i].name} ({sizes[i][0]}x{sizes[i][1]})" for i in which[:5])
    return shown + (f" and {len(which) - 5} more" if len(which) > 5 else "")
