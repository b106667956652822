"""Texture: pixel art at twice the size, and cleaned of stray pixels and compression noise, in its own colours."""

import numpy as np
from scipy.spatial.distance import cdist

from animkit import weights

WHOLE = 96  # pixels a side up to which a picture is looked at as a whole; a larger one in tiles
TILE, MARGIN = 48, 8  # pixels a side, and of what is seen around it
ENTRIES = 256  # colours of a tile at most
LARGEST = 1 << 22  # pixels of all frames together
APART = 24.0  # RGB values between colours that are two in the eyes of `find_palette`
AT_ONCE = 1 << 14  # colours whose distances to a palette are worked out at once
FEWEST = 0.002  # share of the figure's pixels below which a colour is noise


def upscale(pictures, model=None):
    """Draw pixel art at twice its size, each pixel in a colour that the picture has.

    The first pixel of each block of four is the picture's own; the network chooses the other three.

    Args:
        pictures: (..., height, width, 4) uint8 RGBA, a picture or frames.
        model: `animkit.models.upscale.Upscaler`; the one that ships if None.

    Returns:
        (..., 2 * height, 2 * width, 4) uint8; alpha, too, has only values that it had.

    Raises:
        ValueError: no such pictures, more than 4,194,304 pixels, or so many colours that this is no pixel art.
    """
    return _redrawn(_checked(pictures), model or weights.load("upscale"))


def denoise(pictures, model=None, *, palette=None):
    """Clean pixel art: stray pixels, wrong colours and compression noise go back to few colours in their places.

    Each pixel is brought to the colour of the palette that is nearest; then the network looks at what stands around it
    and keeps that colour or chooses another. Stray pixels go, single ones that were meant can go, too, and the fringe
    that strong compression leaves along edges mostly stays: look at what comes out.

    Args:
        pictures: (..., height, width, 4) uint8 RGBA, a picture or frames.
        model: `animkit.models.upscale.Upscaler` of scale 1; the one that ships if None.
        palette: (colours, 4) uint8 RGBA of the clean art; None for `find_palette(pictures)`.

    Returns:
        The same shape, in colours of the palette.

    Raises:
        ValueError: as of `upscale`, or a palette of another shape.
    """
    pictures = _checked(pictures)
    palette = find_palette(pictures) if palette is None else palette
    return _redrawn(to_palette(pictures, palette), model or weights.load("denoise"))


def find_palette(pictures, *, apart=APART):
    """Find the colours that noisy pixel art was drawn in: the most frequent first, and none near one already found.

    Args:
        pictures: (..., height, width, 4) uint8 RGBA, a picture or frames that share a palette.
        apart: RGB values between two colours at least.

    Returns:
        (colours, 4) uint8 RGBA, at most 256, most frequent first; transparent black among them if there is any.
    """
    pixels = _checked(pictures).reshape(-1, 4)
    seen = pixels[pixels[:, 3] >= 128] | np.array([0, 0, 0, 255], np.uint8)
    # a colour blurred by compression is many: eight values make a step, whose mean they are
    _, group, count = np.unique(seen[:, :3] >> 3, axis=0, return_inverse=True, return_counts=True)
    means = np.stack([np.bincount(group.ravel(), seen[:, channel]) for channel in range(3)], axis=1) / count[:, None]
    found = np.zeros((0, 3))
    for mean in means[np.argsort(-count, kind="stable")]:
        if len(found) < ENTRIES - 1 and (cdist(mean[None], found) >= apart).all():
            found = np.concatenate([found, mean[None]])
    holds = np.bincount(cdist(means, found).argmin(axis=1), count, minlength=len(found)) if len(found) else found[:, 0]
    found = np.rint(found[holds >= FEWEST * len(seen)]).astype(np.uint8)
    opaque = np.concatenate([found, np.full((len(found), 1), 255, np.uint8)], axis=1)
    return np.concatenate([np.zeros((int(len(seen) < len(pixels)), 4), np.uint8), opaque])


def to_palette(pictures, palette):
    """Bring each pixel to the nearest colour of a palette; what is rather transparent, to its transparent colour.

    Args:
        pictures: (..., height, width, 4) uint8 RGBA.
        palette: (colours, 4) uint8 RGBA.

    Returns:
        The same shape, colours of the palette only.

    Raises:
        ValueError: a palette of another shape.
    """
    pictures, palette = _checked(pictures), np.asarray(palette)
    if palette.ndim != 2 or palette.shape[1:] != (4,) or palette.dtype != np.uint8 or not len(palette):
        raise ValueError(f"a palette is (colours, 4) uint8; got {palette.shape} {palette.dtype}")
    colours, place = np.unique(pictures.reshape(-1, 4), axis=0, return_inverse=True)
    # whether a colour is there at all outweighs which it is
    weigh = np.where(np.arange(4) == 3, 1000.0, 1.0)
    solid = [np.where(some[:, 3:] >= 128, some | np.array([0, 0, 0, 255], np.uint8), 0) for some in (colours, palette)]
    parts = np.split(solid[0], range(AT_ONCE, len(colours), AT_ONCE))
    nearest = np.concatenate([cdist(part * weigh, solid[1] * weigh).argmin(axis=1) for part in parts])
    return palette[nearest][place.ravel()].reshape(pictures.shape)


def _checked(pictures):
    pictures = np.asarray(pictures)
    if pictures.ndim < 3 or pictures.shape[-1] != 4 or pictures.dtype != np.uint8 or 0 in pictures.shape:
        raise ValueError(f"pictures are (..., height, width, 4) uint8 RGBA; got {pictures.shape} {pictures.dtype}")
    if pictures.size // 4 > LARGEST:
        raise ValueError(f"{pictures.size // 4:,} pixels are too many at once: {LARGEST:,} at most; give them in parts")
    return pictures


def _redrawn(pictures, model):
    """What the model makes of pictures, which it sees one by one or in tiles."""
    *more, height, width, _ = pictures.shape
    codes = np.ascontiguousarray(pictures).view(np.uint32)[..., 0]
    codes = np.where(pictures[..., 3] > 0, codes, np.uint32(0)).reshape(-1, height, width)
    drawn = _chosen(codes, model) if max(height, width) <= WHOLE else _in_tiles(codes, model)
    return drawn[..., None].view(np.uint8).reshape(*more, model.scale * height, model.scale * width, 4)


def _in_tiles(codes, model):
    """Tile by tile, each with a margin around it; tiles of one colour stay so."""
    (count, height, width), scale, side = codes.shape, model.scale, TILE + 2 * MARGIN
    padded = np.pad(codes, [(0, 0), (MARGIN, MARGIN - height % -TILE), (MARGIN, MARGIN - width % -TILE)], mode="edge")
    tiles = np.lib.stride_tricks.sliding_window_view(padded, (side, side), axis=(1, 2))[:, ::TILE, ::TILE]
    rows, columns = tiles.shape[1:3]
    tiles = tiles.reshape(-1, side, side)
    drawn = tiles.repeat(scale, axis=1).repeat(scale, axis=2)
    busy = (tiles != tiles[:, :1, :1]).any(axis=(1, 2))
    if busy.any():
        drawn[busy] = _chosen(tiles[busy], model)
    drawn = drawn[:, scale * MARGIN : -scale * MARGIN, scale * MARGIN : -scale * MARGIN]
    whole = drawn.reshape(count, rows, columns, scale * TILE, scale * TILE).swapaxes(2, 3)
    whole = whole.reshape(count, rows * scale * TILE, columns * scale * TILE)
    return np.ascontiguousarray(whole[:, : scale * height, : scale * width])


def _chosen(codes, model):
    """Colours as numbers (n, h, w) -> the same of what the model chooses among each picture's own."""
    entries, indices = zip(*(np.unique(one, return_inverse=True) for one in codes), strict=True)
    most = max(map(len, entries))
    if most > ENTRIES:
        raise ValueError(
            f"{most} colours in {codes.shape[2]} x {codes.shape[1]} pixels are no pixel art, which has {ENTRIES} at "
            "most: bring the picture to a palette first, `to_palette(picture, find_palette(picture))`"
        )
    palettes = np.stack([np.pad(one, (0, most - len(one))) for one in entries])
    indices = np.stack([one.reshape(codes.shape[1:]) for one in indices])
    chosen = model.choose(indices, palettes[..., None].view(np.uint8))
    return np.take_along_axis(palettes, chosen.reshape(len(codes), -1), axis=1).reshape(chosen.shape)
