"""Pictures that users bring in a folder, or as a sprite sheet to be cut."""

import re
import warnings
from pathlib import Path

import numpy as np

from animkit.data.pictures import read_pixels

PNG = (".png", ".apng")
OTHERS = (".webp", ".gif", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".tga", ".pcx", ".ico", ".qoi", ".avif")


def from_folder(path, *, size=None, fit="pad"):
    """Load every PNG of a folder, or every picture of one without PNGs, transparency kept.

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
        ValueError: no picture in it; one that cannot be read, as in `animkit.data.pictures.read_pixels`; a picture
            larger than `size`; mixed sizes with fit="refuse"; an unknown `fit`.
    """
    if fit not in ("pad", "refuse"):
        raise ValueError(f'fit must be "pad" or "refuse", got {fit!r}')
    path = Path(path)
    if not path.is_dir():
        raise NotADirectoryError(f"{path} is not a folder: give the folder that holds the PNGs")
    visible = [file for file in path.iterdir() if file.is_file() and not file.name.startswith(".")]
    files = sorted((file for file in visible if file.suffix.lower() in PNG), key=_natural)
    others = sorted((file for file in visible if file.suffix.lower() in OTHERS), key=_natural)
    if files and others:
        some = ", ".join(file.name for file in others[:5]) + (", ..." if len(others) > 5 else "")
        warnings.warn(f"{path}: the PNGs are read, other pictures are left alone ({some})", stacklevel=2)
    files = files or others
    if not files:
        kinds = ", ".join(sorted({file.suffix or file.name for file in visible}))
        raise ValueError(
            f"no PNG in {path}; it holds {f'other files ({kinds})' if kinds else 'no files'}: save PNGs there"
        )

    pictures = [read_pixels(file) for file in files]
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
        path: a picture, best a PNG, whose cells lie edge to edge, without margins.
        cell: (width, height) of a cell in pixels; from `rows` and `columns` if None.
        rows, columns: how many there are; from `cell` if None.

    Returns:
        (rows, columns, height, width, 4) uint8 RGBA; transparent pixels are transparent black.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: neither `cell` nor both counts are given, or they do not divide the sheet exactly; the picture
            cannot be read, as in `animkit.data.pictures.read_pixels`.
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
    sheet = read_pixels(path)
    height, width = sheet.shape[:2]
    rows, cell_height = _divide(path, "height", height, cell and cell[1], "rows", rows)
    columns, cell_width = _divide(path, "width", width, cell and cell[0], "columns", columns)
    return sheet.reshape(rows, cell_height, columns, cell_width, 4).swapaxes(1, 2).copy()


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


def _natural(file):
    """The sorting key that puts 2.png before 10.png."""
    return [
        (int(part), "") if part.isdecimal() else (-1, part.lower()) for part in re.split(r"(\d+)", file.name) if part
    ]


def _listed(files, sizes, which):
    """The first few names and sizes."""
    shown = ", ".join(f"{files[i].name} ({sizes[i][0]}x{sizes[i][1]})" for i in which[:5])
    return shown + (f" and {len(which) - 5} more" if len(which) > 5 else "")
