"""Rules that double pixel art without learning anything: what the network of textures is measured against.

All take pictures (..., height, width, 4) uint8 RGBA and return them twice as high and wide.
"""

import numpy as np
from PIL import Image

from animkit.data.sprites import scale2x
from animkit.render import upscale


def nearest(pictures):
    """Repeat each pixel four times."""
    return upscale(_checked(pictures), 2)


def bicubic(pictures):
    """Blend by cubic curves, as programs for photographs do: soft, and full of colours that the palette lacks.

    Source: Keys 1981, by Pillow.
    """
    pictures = _checked(pictures)
    *more, height, width, _ = pictures.shape
    each = [Image.fromarray(one) for one in pictures.reshape(-1, height, width, 4)]
    doubled = [np.asarray(one.resize((2 * width, 2 * height), Image.Resampling.BICUBIC)) for one in each]
    return np.stack(doubled).reshape(*more, 2 * height, 2 * width, 4)


def epx(pictures):
    """Round corners where two neighbours agree: Scale2x.

    Source: Johnston 1992 (EPX); Mazzoleni 2001 (Scale2x).
    """
    codes = _codes(_checked(pictures))
    doubled = scale2x(codes.reshape(-1, *codes.shape[-2:]))
    return _colours(doubled).reshape(*codes.shape[:-2], *doubled.shape[-2:], 4)


def mmpx(pictures):
    """Keep lines, corners and single pixels as they were drawn: rules for slopes of one and two, tips and crossings.

    Source: McGuire and Gagiu, "MMPX Style-Preserving Pixel Art Magnification" (JCGT, 2021).
    """
    codes = _codes(_checked(pictures))
    doubled = codes.repeat(2, axis=-2).repeat(2, axis=-1)
    # each rule is written once, for one corner or side, and holds for the picture turned and mirrored
    turned = [tuple(np.rot90(one, turn, axes=(-2, -1)) for one in (codes, doubled)) for turn in range(4)]
    for view in turned:
        _slopes_of_one(*view)
    for view in turned:
        _crossings_and_tips(*view)
    for small, large in turned:
        _slopes_of_two(small, large)
        _slopes_of_two(small[..., ::-1], large[..., ::-1])
    return _colours(doubled)


def _around(codes):
    """A pixel's neighbour so many rows down and columns to the right, for all pixels; the border goes on outside."""
    height, width = codes.shape[-2:]
    padded = np.pad(codes, [(0, 0)] * (codes.ndim - 2) + [(3, 3)] * 2, mode="edge")
    return lambda down, right: padded[..., 3 + down : 3 + down + height, 3 + right : 3 + right + width]


def _light(codes):
    """How light a colour is; the more transparent, the lighter."""
    rgba = codes[..., None].view(np.uint8).astype(int)
    return (rgba[..., :3].sum(axis=-1) + 1) * (256 - rgba[..., 3])


# The letters of the paper: A B C / D E F / G H I around the pixel E, P above B, Q left of D, R right of F, S below H;
# and of what E becomes, J K / L M. Bitwise operators, as these are arrays.


def _slopes_of_one(codes, doubled):
    """The corner J of a diagonal: two neighbours alike."""
    at = _around(codes)
    a, b, c, d, e, f, g, h = (
        at(y, x) for y, x in ((-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 0), (0, 1), (1, -1), (1, 0))
    )
    p, q = at(-2, 0), at(0, -2)
    lighter = _light(np.ascontiguousarray(e)) >= _light(np.ascontiguousarray(d))
    line = (d == b) & (d != h) & (d != f) & (lighter | (e == a)) & ((e == a) | (e == c) | (e == g))
    line &= ~lighter | (a != d) | (e != p) | (e != q)
    np.copyto(doubled[..., ::2, ::2], d, where=line)


def _crossings_and_tips(codes, doubled):
    """The upper half, J and K: of a line crossed by another, and of the tip of a dark triangle."""
    at = _around(codes)
    a, b, c, d, e, f, g, h, i = (at(y, x) for y in (-1, 0, 1) for x in (-1, 0, 1))
    s = at(2, 0)
    crossing = (e != b) & (e == a) & (e == c) & (e == h) & (e == s) & (b == d) & (b == f) & (b != at(-3, 0))
    tip = _light(np.ascontiguousarray(b)) < _light(np.ascontiguousarray(e))
    tip &= (e == g) & (e == h) & (e == i) & (e == s) & (e != a) & (e != d) & (e != c) & (e != f)
    for column in (0, 1):
        np.copyto(doubled[..., ::2, column::2], b, where=crossing | tip)


def _slopes_of_two(codes, doubled):
    """The corner L, left of M, of a line that rises one pixel on two."""
    at = _around(codes)
    a, b, c, d, e, f, g, h, _ = (at(y, x) for y in (-1, 0, 1) for x in (-1, 0, 1))
    line = (h != b) & (h != a) & (h != e) & (h != c) & (h == g) & (h == f) & (h == at(0, 2))
    line &= (h != d) & (h != at(-1, 2))
    np.copyto(doubled[..., 1::2, ::2], doubled[..., 1::2, 1::2], where=line)


def _checked(pictures):
    pictures = np.asarray(pictures)
    if pictures.ndim < 3 or pictures.shape[-1] != 4 or pictures.dtype != np.uint8 or 0 in pictures.shape:
        raise ValueError(f"pictures are (..., height, width, 4) uint8 RGBA; got {pictures.shape} {pictures.dtype}")
    return pictures


def _codes(pictures):
    """RGBA as one number a pixel; whatever is fully transparent is one colour."""
    codes = np.ascontiguousarray(pictures).view(np.uint32)[..., 0]
    return np.where(pictures[..., 3] > 0, codes, np.uint32(0))


def _colours(codes):
    return np.ascontiguousarray(codes)[..., None].view(np.uint8)
