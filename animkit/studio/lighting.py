"""Light on any picture: what surface it shows, lamps on it, its shadow on itself and on the ground, a whole scene."""

import hashlib
import warnings
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from animkit import weights
from animkit.data.pictures import background, read_animation
from animkit.theory.shading import (
    AMBIENT,
    Lamp,
    cast_shadow,
    embossed_height,
    ground_shadow,
    normals_of_height,
    one_by_colour,
    shade,
)

EMBOSS = "emboss"  # in place of a network: distance field and brightness, as the tools have it
TILE, HALO = 512, 64  # a larger picture is worked on in squares of so many pixels, and sees so far beyond them
CLEARANCE = 3.0  # pixels by which a lamp that was put inside a figure is held before it
LARGEST = 1 << 24  # pixels of all frames: 4096 x 4096, whose maps take 450 MiB
_BATCH = TILE * TILE  # pixels worked on at once


class Maps(NamedTuple):
    """What surface a picture shows; transparent pixels are flat, at height 0 and black."""

    normals: np.ndarray  # (..., h, w, 3) float32 of length 1: x right, y up, z to the viewer
    albedo: np.ndarray  # (..., h, w, 3) float32, 0 to 1
    height: np.ndarray  # (..., h, w) float32 pixels towards the viewer


class Figure(NamedTuple):
    """Who stands in a scene."""

    picture: np.ndarray  # (h, w, 4) uint8
    maps: Maps
    column: int  # of the picture's middle
    row: int  # on which its lowest pixel stands


def read_picture(source, *, cell=None):
    """Read what is to be lit: a picture of any kind, depth and size, an animation, or a sheet that is cut into cells.

    What has no transparency is cut out of its background where that is plain: the border's commonest colour, as far as
    it reaches in, if two thirds of the border have it. Otherwise, as in a photograph, all of the picture is lit.

    Args:
        source: a path, or the bytes of a file; PNG, GIF, WebP, JPEG and what else `read_animation` takes.
        cell: (width, height) of a sheet's cells in pixels; None for a picture or an animation.

    Returns:
        (frames, height, width, 4) uint8, of a sheet (rows, columns, height, width, 4); transparent pixels are
        transparent black.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no picture, or corrupt; nothing of it is to be seen; it has more than LARGEST pixels; the
            cells do not divide it.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*has no duration")  # light asks for no time
        frames, _ = read_animation(source, most=LARGEST)
    if not frames[..., 3].any():
        raise ValueError("the picture shows nothing, all of it is transparent: save it with the drawing's layer shown")
    if (frames[..., 3] == 255).all():
        plain = np.stack([background(frame) for frame in frames])
        if plain.any() and not plain.all():
            frames[plain] = 0
    if cell is None:
        return frames
    if len(frames) > 1:
        raise ValueError(f"an animation of {len(frames)} frames is no sheet: leave `cell` out")
    if len(cell) != 2:
        raise ValueError(f"a sheet's cells are (width, height) in pixels, such as (64, 64); got {cell}")
    (rows, columns), (width, height) = frames.shape[1:3], cell
    if min(cell) < 1 or rows % height or columns % width:
        raise ValueError(f"cells of {width} x {height} pixels do not divide a sheet of {columns} x {rows}: check them")
    cells = frames.reshape(rows // height, height, columns // width, width, 4)
    return np.ascontiguousarray(cells.swapaxes(1, 2))


def flicker(seconds):
    """How bright a flame is at a moment, around 1: three waves that never fall into step."""
    waves = (0.1, 2.3, 0.0), (0.06, 5.1, 1.0), (0.04, 9.7, 2.0)
    return 1 + sum(size * np.sin(2 * np.pi * rate * seconds + begin) for size, rate, begin in waves)


def noon(seconds, shape):
    """The sun high up: little colour, short shadows."""
    return [Lamp((1.0, 0.98, 0.9), 0.85, direction=(0.3, 0.8, 0.6))], (0.45, 0.48, 0.55)


def dusk(seconds, shape):
    """The sun low at the left, red; what is left of the sky at the right."""
    sun = Lamp((1.0, 0.58, 0.32), 1.05, direction=(-0.85, 0.3, 0.45))
    return [sun, Lamp((0.4, 0.35, 0.75), 0.4, direction=(0.8, 0.2, 0.5))], (0.27, 0.23, 0.36)


def torch(seconds, shape):
    """A torch at the left, that flickers in the dark."""
    height, width = shape
    place = (0.15 * width, 0.45 * height, 0.4 * height)
    flame = Lamp((1.0, 0.66, 0.3), 1.35 * flicker(seconds), place=place, reach=1.6 * max(shape))
    return [flame], (0.13, 0.13, 0.2)


def rim(seconds, shape):
    """Two lamps behind the figure, which light its edges."""
    warm = Lamp((1.0, 0.9, 0.7), 3.2, direction=(-0.8, 0.5, -0.35))
    return [warm, Lamp((0.45, 0.7, 1.0), 2.2, direction=(0.9, 0.3, -0.35))], (0.2, 0.2, 0.27)


def spell(seconds, shape):
    """Magic at the figure's feet, that swells and turns from blue to violet and back."""
    height, width = shape
    turn = 0.5 + 0.5 * np.sin(1.9 * seconds)
    place = (width * (0.5 + 0.25 * np.sin(1.3 * seconds)), 0.8 * height, 0.35 * height)
    colour = (0.35 + 0.55 * turn, 0.75 - 0.4 * turn, 1.0)
    glow = Lamp(colour, 1.2 + 0.25 * np.sin(5 * seconds), place=place, reach=1.4 * max(shape))
    return [glow], (0.18, 0.16, 0.28)


def moon(seconds, shape):
    """The moon at the right, cold."""
    return [Lamp((0.6, 0.72, 1.0), 0.8, direction=(0.45, 0.7, 0.55))], (0.17, 0.2, 0.34)


# name -> function of seconds and (height, width) of the picture in pixels, to lamps and ambient light
PRESETS = {"noon": noon, "dusk": dusk, "torch": torch, "rim": rim, "spell": spell, "moon": moon}


def maps_of(pictures, model=None):
    """Predict the surface that pictures show: normals, albedo and height.

    Equal frames are predicted once and empty ones not at all. A picture of more than TILE x TILE pixels is predicted
    in such tiles, each with HALO pixels around it; the albedo of a colour is the mean over all of them.

    Args:
        pictures: (..., h, w, 4) uint8 RGBA.
        model: `animkit.models.relight.Relighter`; None for the one that ships; or EMBOSS for none: a bevel by the
            distance from the outline with the brightness on top, and the picture's own colours for albedo.

    Returns:
        Maps.

    Raises:
        ValueError: no such pictures.

    Source: EMBOSS is what Laigter and the normal-map tools of game engines do.
    """
    pictures = _checked(pictures)
    surface = _embossed if model == EMBOSS else (_shipped() if model is None else model).maps
    *many, height, width, _ = pictures.shape
    frames = pictures.reshape(-1, height, width, 4)
    found = Maps(*(np.zeros((len(frames), height, width, *rest), np.float32) for rest in ((3,), (3,), ())))
    found.normals[..., 2] = 1
    first, same = distinct(frames)
    drawn = np.array([number for number in first if frames[number, ..., 3].any()], int)
    for numbers, seen, kept, inner in _pieces(drawn, height, width):
        piece = frames[numbers][:, *seen]
        there = piece[..., 3] > 0
        for whole, part in zip(found, surface(piece), strict=True):
            part = np.where(there if part.ndim == 3 else there[..., None], part, whole[numbers][:, *seen])
            whole[np.ix_(numbers, *map(_range, kept))] = part[:, *inner]
    if height * width > _BATCH and model != EMBOSS:
        for number in drawn:
            found.albedo[number] = one_by_colour(frames[number], found.albedo[number])
    if len(first) < len(frames):
        found = Maps(*(whole[same] for whole in found))
    return Maps(*(whole.reshape(*many, *whole.shape[1:]) for whole in found))


def distinct(frames):
    """Find equal frames, by a digest of each.

    Args:
        frames: (n, h, w, 4) uint8.

    Returns:
        first: numbers of the frames that differ from all before them, increasing.
        same: (n,) for each frame the number of the first that equals it.
    """
    known, same = {}, []
    for number, frame in enumerate(frames):
        same.append(known.setdefault(hashlib.sha256(np.ascontiguousarray(frame)).digest(), number))
    return np.array(list(known.values()), int), np.array(same, int)


def relight(maps, pictures, lamps, *, ambient=AMBIENT, specular=0.0, shininess=16.0, shadows=True):
    """Light pictures anew. Alpha, and what lies under transparent pixels, stays as it was to the byte.

    A lamp inside the figure of a frame is held CLEARANCE pixels before it, in that frame. Shadows in a picture of more
    than TILE pixels a side are at most HALO pixels long.

    Args:
        maps: Maps of the pictures.
        pictures: (..., h, w, 4) uint8.
        lamps: of `animkit.theory.shading.Lamp`, places in pixels of the picture.
        ambient: (3,) light from everywhere.
        specular: strength of the highlights, 0 for none.
        shininess: the greater, the smaller the highlights.
        shadows: whether the figure throws shadows on itself.

    Returns:
        (..., h, w, 4) uint8.

    Raises:
        ValueError: maps of another size, no such pictures, or what a lamp cannot be.
    """
    pictures = _checked(pictures)
    if maps.height.shape != pictures.shape[:-1]:
        raise ValueError(f"maps of {maps.height.shape} are not those of pictures {pictures.shape[:-1]}: make them anew")
    *_, height, width, _ = pictures.shape
    frames = pictures.reshape(-1, height, width, 4)
    flat_maps = [part.reshape(len(frames), *part.shape[pictures.ndim - 3 :]) for part in maps]
    held = {}  # lamps as frames have them, by their heights -> these frames
    for number, (frame, depth) in enumerate(zip(frames, flat_maps[2], strict=True)):
        outside = [_outside(lamp, depth, frame) for lamp in lamps]
        heights = tuple(lamp.place and lamp.place[2] for lamp in outside)
        held.setdefault(heights, (outside, []))[1].append(number)
    pieces = [(lamps, piece) for lamps, same in held.values() for piece in _pieces(np.array(same), height, width)]
    lit = frames.copy()
    for outside, (numbers, seen, kept, inner) in pieces:
        normals, albedo, depth = (part[numbers][:, *seen] for part in flat_maps)
        there = frames[numbers][:, *seen][..., 3] > 0
        near = [_moved(lamp, seen[1].start, seen[0].start) for lamp in outside]
        thrown = [cast_shadow(depth, there, lamp) for lamp in near] if shadows else None
        colours = shade(albedo, normals, near, ambient=ambient, specular=specular, shininess=shininess, shadows=thrown)
        colours = np.rint(colours * 255).astype(np.uint8)[:, *inner]
        there = there[:, *inner]
        place = np.ix_(numbers, *map(_range, kept))
        was = lit[place]
        was[there, :3] = colours[there]
        lit[place] = was
    return lit.reshape(pictures.shape)


def relight_sheet(frames, lamps, *, ambient=AMBIENT, specular=0.0, shininess=16.0, shadows=True, model=None):
    """Light all frames of a sheet or of a walk by the same lamps; equal frames are worked out once.

    Args:
        frames: (..., h, w, 4) uint8.
        lamps, ambient, specular, shininess, shadows: of `relight`; places are in pixels of a frame.
        model: of `maps_of`.

    Returns:
        lit: (..., h, w, 4) uint8.
        maps: Maps of all frames.

    Raises:
        ValueError: as `maps_of` and `relight`.
    """
    frames = _checked(frames)
    flat_frames = frames.reshape(-1, *frames.shape[-3:])
    first, same = distinct(flat_frames)
    maps = maps_of(flat_frames[first], model)
    options = {"ambient": ambient, "specular": specular, "shininess": shininess, "shadows": shadows}
    lit = relight(maps, flat_frames[first], lamps, **options)
    where = np.searchsorted(first, same)
    whole = Maps(*(part[where].reshape(*frames.shape[:-3], *part.shape[1:]) for part in maps))
    return lit[where].reshape(frames.shape), whole


def relight_scene(backdrop, figures, lamps, *, ambient=AMBIENT, specular=0.0, shininess=16.0, shadows=True, horizon=0):
    """Light a scene: a painted backdrop, flat as a wall, and figures before it that throw shadows on the ground.

    Pixel art is lit at its own size, and enlarged afterwards: the film's stage is 160 x 90.

    Args:
        backdrop: (h, w, 3) uint8.
        figures: of Figure; who stands lower stands in front.
        lamps: of `animkit.theory.shading.Lamp`, places in pixels of the backdrop.
        ambient, specular, shininess: of `relight`.
        shadows: whether the figures throw shadows, on themselves and on the ground.
        horizon: row of the backdrop where its ground begins.

    Returns:
        (h, w, 3) uint8.

    Raises:
        ValueError: a backdrop of another shape, or as `relight`.
    """
    backdrop = np.asarray(backdrop)
    if backdrop.dtype != np.uint8 or backdrop.ndim != 3 or backdrop.shape[-1] != 3:
        raise ValueError(f"a backdrop is (height, width, 3) uint8; got {backdrop.shape} {backdrop.dtype}")
    shape, thrown = backdrop.shape[:2], None
    if shadows:
        thrown = [np.zeros(shape, bool) for _ in lamps]
        for figure in figures:
            for lamp, dark in zip(lamps, thrown, strict=True):
                dark |= shadow_of(figure, lamp, shape)
                dark[:horizon] = False
    wall = np.broadcast_to(np.array((0, 0, 1), np.float32), backdrop.shape)
    picture = shade(backdrop / np.float32(255), wall, lamps, ambient=ambient, shadows=thrown)
    picture = np.rint(picture * 255).astype(np.uint8)
    for figure in sorted(figures, key=lambda figure: figure.row):
        left, top = corner(figure)
        near = [_moved(lamp, left, top) for lamp in lamps]
        lit = relight(
            figure.maps, figure.picture, near, ambient=ambient, specular=specular, shininess=shininess, shadows=shadows
        )
        lay_over(picture, lit, left, top)
    return picture


def shadow_of(figure, lamp, shape):
    """The shadow that a figure throws on the ground of a scene of a shape, by its height, (h, w) bool.

    That of a figure of 128 pixels or more is worked out at a size of 64 to 127 and enlarged.
    """
    step = max(1, max(figure.picture.shape[:2]) // 64)
    there = figure.picture[::step, ::step, 3] > 0
    height = figure.maps.height[::step, ::step] / step
    if lamp.place is not None:
        lamp = lamp._replace(place=tuple(part / step for part in lamp.place))
    size, feet = tuple(-(-side // step) for side in shape), (figure.column // step, (figure.row - 1) // step)
    shadow = ground_shadow(there, lamp, height=height, shape=size, feet=feet)
    return shadow.repeat(step, axis=0).repeat(step, axis=1)[: shape[0], : shape[1]]


def corner(figure):
    """Column and row where the upper left pixel of a figure's picture lies in its scene."""
    there = np.flatnonzero(figure.picture[..., 3].any(axis=1))
    lowest = there[-1] + 1 if len(there) else len(figure.picture)
    return figure.column - figure.picture.shape[1] // 2, figure.row - int(lowest)


def lay_over(picture, layer, left, top):
    """Lay a picture with alpha, (h, w, 4) uint8, over another, (h', w', 3), in place; what sticks out is cut off."""
    rows = slice(max(top, 0), max(top + layer.shape[0], 0))
    columns = slice(max(left, 0), max(left + layer.shape[1], 0))
    under = picture[rows, columns]
    layer = layer[max(-top, 0) :, max(-left, 0) :][: under.shape[0], : under.shape[1]]
    opacity = layer[..., 3:].astype(int)
    under[...] = (layer[..., :3] * opacity + under * (255 - opacity) + 127) // 255


@lru_cache(maxsize=1)
def _shipped():
    return weights.load("relight")


def _embossed(pictures):
    height = embossed_height(pictures)
    there = pictures[..., 3] > 0
    return normals_of_height(height, there), pictures[..., :3] / np.float32(255), height


def _checked(pictures):
    pictures = np.asarray(pictures)
    if pictures.dtype != np.uint8 or pictures.ndim < 3 or pictures.shape[-1] != 4 or 0 in pictures.shape:
        raise ValueError(f"a picture to be lit is (..., height, width, 4) uint8; got {pictures.shape} {pictures.dtype}")
    return pictures


def _pieces(numbers, height, width):
    """What is worked on at once: frame numbers; rows and columns seen; those kept, in the whole and in the piece."""
    if height * width <= _BATCH:
        everything = slice(0, height), slice(0, width)
        step = max(1, _BATCH // (height * width))
        for start in range(0, len(numbers), step):
            yield numbers[start : start + step], everything, everything, everything
        return
    for number in numbers:
        for top in range(0, height, TILE):
            for left in range(0, width, TILE):
                kept = slice(top, min(top + TILE, height)), slice(left, min(left + TILE, width))
                seen = tuple(
                    slice(max(part.start - HALO, 0), min(part.stop + HALO, most))
                    for part, most in zip(kept, (height, width), strict=True)
                )
                inner = tuple(
                    slice(part.start - around.start, part.stop - around.start)
                    for part, around in zip(kept, seen, strict=True)
                )
                yield np.array([number]), seen, kept, inner


def _range(part):
    return np.arange(part.start, part.stop)


def _moved(lamp, left, top):
    """A lamp as a part of the picture sees it that begins at a column and a row."""
    if lamp.place is None:
        return lamp
    column, row, height = lamp.place
    return lamp._replace(place=(column - left, row - top, height))


def _outside(lamp, height, frame):
    """A near lamp held before the figure of a frame, (h, w, 4), if it was inside."""
    if lamp.place is None:
        return lamp
    column, row, above = lamp.place
    at = round(float(row)), round(float(column))
    if 0 <= at[0] < height.shape[0] and 0 <= at[1] < height.shape[1] and frame[at][3] > 0:
        above = max(above, float(height[at]) + CLEARANCE)
    return lamp._replace(place=(column, row, above))
